"""What our model says and theirs cannot, put into words that come back: polarity into a note, both names of a code into its description."""

from __future__ import annotations

import re
from functools import lru_cache

from ..codebook import Code, Codebook

ABSENT = "polarity: absent"
_LINE = re.compile(r"^(id|en|include|exclude|source|alias)(?: \((id|en)\))?: ?(.*)$")
_BOOK = re.compile(r"^kube_research codebook (\S+) (\S+)$", re.M)


def note_text(polarity: str, note: str) -> str:
    """The note of a coding: `polarity: absent` on its first line, then the coder's own words; "" where there is nothing to say."""
    if polarity == "present":
        return note
    return f"polarity: {polarity}\n{note}" if note else f"polarity: {polarity}"


@lru_cache(4096)
def note_parts(text: str) -> tuple[str, str]:
    """(polarity, note) of a coding's note."""
    head, _, rest = text.strip().partition("\n")
    found = re.fullmatch(r"\s*polarity:\s*(absent|present)\s*", head)
    return (found.group(1), rest.strip()) if found else ("present", text.strip())


def composed(notes: list[str], description: str = "") -> tuple[str, str]:
    """(polarity, note) of a coding that several notes and the description of its passage speak of; a description that repeats a note says nothing new."""
    said = [*notes, *([description] if description.strip() and description.strip() not in {x.strip() for x in notes} else [])]
    pairs = [note_parts(x) for x in said]
    return next((q for q, _ in pairs if q != "present"), "present"), "\n\n".join(n for _, n in pairs if n)


@lru_cache(4096)
def titled(name: str, text: str) -> str:
    """A note's text, headed by its name where the name says something of its own."""
    name = " ".join(name.split())
    if not name or re.match(r"\s*polarity:", text) or text.lstrip().startswith(name[:40]) or re.fullmatch(r"note|memo|comment|study|passage|(document|case|day|code|coding)(:.*)?", name, re.I):
        return text
    return f"{name}\n\n{text}" if text.strip() else name


def describe(code: Code) -> str:
    """A code's names, definitions and limits, one line each."""
    lines = [f"{k}: {code.name.get(k, '')} — {code.definition.get(k, '')}" for k in ("id", "en") if code.name.get(k) or code.definition.get(k)]
    for key, texts in (("include", code.includes), ("exclude", code.excludes)):
        one = len(texts) == 2 and len(set(texts.values())) == 1  # written in one language, it stands for both
        lines += [f"{key}: {texts['id']}"] if one else [f"{key} ({k}): {texts[k]}" for k in ("id", "en") if texts.get(k)]
    lines += [f"{k}: {v}" for k, v in (("source", code.source), ("alias", ", ".join(code.alias))) if v]
    return "\n".join(lines)


def book_line(book: Codebook) -> str:
    return f"kube_research codebook {book.name} {book.version}"


def book_of(description: str) -> tuple[str, str] | None:
    """(name, version) where a description is that of one of our codebooks."""
    found = _BOOK.search(description)
    return (found.group(1), found.group(2)) if found else None


def parts(description: str) -> dict[str, object] | None:
    """What `describe` wrote, as the keys of a codebook's YAML; None where the description is somebody else's."""
    lines = [x for x in description.replace("\r\n", "\n").split("\n") if x.strip()]
    found = [_LINE.match(x) for x in lines]
    if not lines or not all(found) or not any(m and m.group(1) in ("id", "en") and " — " in m.group(3) + " " for m in found):
        return None
    out: dict[str, object] = {"name": {}, "definition": {}}
    for m in found:
        assert m
        key, language, value = m.groups()
        if key in ("id", "en"):
            name, _, definition = value.partition(" — ")
            out["name"][key], out["definition"][key] = name.removesuffix(" —").strip(), definition.strip()  # type: ignore[index]
        elif language:
            out[key] = {**(out[key] if isinstance(out.get(key), dict) else {}), language: value}  # type: ignore[dict-item]
        elif key == "alias":
            out["alias"] = [a.strip() for a in value.split(",")]
        else:
            out[key] = value
    return out
