"""The two languages of the interface: every word a user reads is said in Indonesian and in English.

>>> use("en"); say("berkas", "file")
'file'
>>> use("id"); say("berkas", "file")
'berkas'
"""

from __future__ import annotations

import contextlib
import locale
import os
from collections.abc import Iterator

LANGUAGES = ("id", "en")
_chosen: str | None = None


def current() -> str:
    """The interface language: what `use` chose, else KUBE_LANG, else Indonesian on an Indonesian system, else English."""
    if _chosen:
        return _chosen
    wanted = os.environ.get("KUBE_LANG", "").lower()[:2]
    if wanted in LANGUAGES:
        return wanted
    with contextlib.suppress(ValueError):
        system = (locale.getlocale()[0] or os.environ.get("LANG", "")).lower()
        if system.startswith(("id", "indonesian")):
            return "id"
    return "en"


def use(language: str | None) -> None:
    """Choose the interface language ("id" or "en"; None: decide by the system again)."""
    global _chosen
    if language not in (*LANGUAGES, None):
        raise ValueError(f"language is 'id' or 'en', not {language!r}")
    _chosen = language


@contextlib.contextmanager
def using(language: str | None) -> Iterator[None]:
    """Speak `language` within a block (None: as it is)."""
    global _chosen
    before = _chosen
    try:
        if language:
            use(language)
        yield
    finally:
        _chosen = before


def say(indonesian: str, english: str) -> str:
    """Return the text in the interface language."""
    return indonesian if current() == "id" else english


def pick(texts: dict[str, str] | str) -> str:
    """Return the text of {"id": …, "en": …} in the interface language, or in the other if it is missing."""
    if isinstance(texts, str):
        return texts
    other = "en" if current() == "id" else "id"
    return texts.get(current()) or texts.get(other) or ""


def role(name: str) -> str:
    """A speaker's role as it is shown; one of the study's own as it is written."""
    return {"member": say("anggota", "member"), "officer": say("pengurus", "officer"), "mentor": say("pendamping", "mentor"), "agency": say("dinas", "agency"), "family": say("keluarga", "family"), "researcher": say("peneliti", "researcher")}.get(name, name)
