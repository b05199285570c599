"""Plain text and Markdown: a transcript, a library record, an abstract, a chapter, or a note."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from .language import language
from ..turns import segment
from ..turns.page import CELL, OPEN_ROW, ROW, Mark
from . import chapter, record
from .encoding import decode, tidy
from .source import Mapped, Remark, Source
from .transcript import transcript


def read(path: Path, data: bytes) -> list[Source]:
    """Read a .txt or .md file."""
    raw, encoding, fixed = decode(data, path.name)
    text, repaired = tidy(raw)
    return [replace(s, encoding=encoding) for s in from_text(path.stem, text, raw=raw, repaired=[*fixed, *repaired])]


def from_text(name: str, text: Mapped, marks: Iterable[Mark] = (), *, raw: str = "", dropped: Iterable[Remark] = (), repaired: Iterable[Remark] = (), title: str = "", author: str = "", date: str = "") -> list[Source]:
    """The Sources of a text whatever it is."""
    dropped, repaired, marks = list(dropped), list(repaired), list(marks)
    if not text.text.strip():
        return []
    flat = text.text if OPEN_ROW not in text.text else ""
    if not flat and len(record.keyed(text.text)) >= 3:
        signs = {OPEN_ROW: "", CELL: " | ", ROW: " |"}
        text = text.replace([(m.start(), m.end(), signs.get(m.group(), ": | ")) for m in re.finditer(f"(?<=\\w):?\\s*{CELL}|[{OPEN_ROW}{CELL}{ROW}]", text.text)])
        flat = text.text
    if flat and (found := record.read(name, text, raw=raw, dropped=dropped, repaired=repaired)):
        return [found]
    if flat and (found := chapter.read(name, text, raw=raw, dropped=dropped, repaired=repaired)):
        return [found]
    source = transcript(name, text, marks, dropped=dropped, repaired=repaired, raw=raw, found=segment(text.text, marks))
    if source is None:
        out = text.replace([(m.start(), m.end(), " | " if m.group() == CELL else "") for m in re.finditer(f"[{OPEN_ROW}{CELL}{ROW}]", text.text)])
        out = _ending(out.replace([(m.start(), m.end(), "\n\n") for m in re.finditer(r"\n[ \t]*(?:\n[ \t]*){2,}", out.text)]))
        source = Source(name=name, text=out.text, kind="note", language=language(out.text), dropped=tuple(dropped), repaired=tuple(repaired), raw=raw, map=out)
    return [replace(source, title=source.title or title, author=source.author or author, date=source.date or date)]


def _ending(text: Mapped) -> Mapped:
    stripped = text.cut(len(text.text) - len(text.text.lstrip()), len(text.text.rstrip()))
    return Mapped.join([stripped, "\n"])
