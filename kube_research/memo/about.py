"""What a memo can be about: a code, a document, a line, a case, a day, a coding, the study."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from ..model import KubeError, unknown
from ..study import Study
from ..words import say

TARGETS = ("coding", "passage", "code", "document", "case", "day", "study")
KINDS = ("", "theory", "method", "field")
LINE = re.compile(r"(.+):(\d{1,6})$")


def resolve(study: Study, about: str) -> tuple[str, str]:
    """What a word names: ("code", "gd.goal"), ("document", "LD01"), ("passage", "LD01:41"), ("case", …), ("day", …), ("coding", id), ("study", "")."""
    about = about.strip()
    target, colon, key = about.partition(":")
    codes = {c.id for b in study.sound_codebooks() for c in b}
    known: dict[str, Iterable[str]] = {"code": codes, "document": [d.id for d in study.corpus], "case": list(study.corpus.cases)}
    if about in ("", "study"):
        return "study", ""
    if colon and target in known:
        if key not in known[target]:
            raise KubeError(unknown(*{"code": ("kode", "code"), "document": ("dokumen", "document"), "case": ("kasus", "case")}[target], key, sorted(known[target])))
        return target, key
    if colon and target == "day" and is_day(key) or is_day(about):
        return "day", key if colon else about
    line = LINE.match(about)
    if line and line[1] in study.corpus:
        if not 1 <= int(line[2]) <= len(study.corpus[line[1]].lines.starts):
            raise KubeError(say(f"{line[1]} tidak mempunyai baris {line[2]}.", f"{line[1]} has no line {line[2]}."))
        return "passage", about
    for name in ("code", "document", "case"):
        if about in known[name]:
            return name, about
    ident = key if colon and target == "coding" else about
    if re.fullmatch(r"[0-9A-Za-z_-]{6,64}", ident) and any(ident in s.codings for _, s in study.states()):
        return "coding", ident
    raise KubeError(unknown("hal yang dapat diberi memo", "thing to write a memo on", about, sorted({*codes, *known["document"], *known["case"]})))


def is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False
