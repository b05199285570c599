"""A transcript in any convention → the project's own form (`[hh:mm:ss] LABEL: words`)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .. import labels as _labels
from .language import language
from ..turns import NOTE, Said, Segmentation, segment
from ..turns.page import CELL, OPEN_ROW, ROW, Mark
from ..turns.roles import guess_roles
from .source import Mapped, Remark, Source

_DATE_KEYS = re.compile(r"(hari\W*)?(tanggal|tgl|date|waktu wawancara|hari)\b", re.I)


def transcript(name: str, text: Mapped, marks: Iterable[Mark] = (), *, kind: str = "", dropped: Iterable[Remark] = (), repaired: Iterable[Remark] = (), raw: str = "", encoding: str = "", found: Segmentation | None = None) -> Source | None:
    """The Source of a transcript, or None when nobody speaks in it."""
    found = found or segment(text.text, marks)
    if not found.turns:
        return None
    parts: list[Mapped | str] = []
    head, meta = _head(text, found)
    pairs = [(t.label, found.words(t)) for t in found.turns]
    title = _title(text.text[:found.start])
    roles = guess_roles(pairs, found.legend, " ".join(text.text[:found.start].split())[:400])
    openers = {t.label for t in found.turns}
    for t in found.turns:
        body = _body(text, t.body, t.end, t.skips, openers)
        if not body.text and t.label == NOTE:
            continue
        parts += ["\n\n" if parts else "", f"[{t.time}] " if t.time else "", f"{t.label}: " if body.text else f"{t.label}:", *_gesture(text, t), body]
    labels = list(dict.fromkeys(t.label for t in found.turns))
    speakers = [x for x in labels if roles.get(x) and roles[x].role != "researcher"]
    out = Mapped.join([*head, *parts, "\n"])
    return Source(
        name=name, text=out.text, kind=kind or _kind(text.text[:found.start], speakers), language=language(" ".join(w for _, w in pairs)), title=title, date=_date(found.legend),
        meta=meta, roles=roles, dropped=tuple(dropped), repaired=tuple(repaired), convention=found.convention, encoding=encoding, raw=raw, map=out)


def _gesture(text: Mapped, t: Said) -> list[Mapped | str]:
    """A transcriber's note between label and colon ("N (sambil tertawa): …") goes before the words."""
    m = re.search(r"(?:\(([^()\n]{2,60})\)|(?<=\S[ \t])\[([^\[\]\n]{2,60})\])(?=\s*[:：])", text.text[t.start:t.body])
    words = m and (m.group(1) or m.group(2))
    if not m or f"({words})" in t.label or words == t.label or re.search(r"\d[:.]\d", m.group()) or _labels.persona(t.label + m.group()):
        return []
    return [text.cut(t.start + m.start(), t.start + m.end()), " "]


def _body(text: Mapped, start: int, end: int, skips: Iterable[tuple[int, int]], openers: set[str]) -> Mapped:
    """The words of a turn: marks of form out, blank lines closed up, no line that would look like another turn."""
    cuts = [(a, b, "") for a, b in skips if start <= a and b <= end]
    part = text.cut(start, end).replace([(a - start, b - start, new) for a, b, new in sorted(cuts)])
    changes = [(m.start(), m.end(), "\n") for m in re.finditer(r"[ \t]*\n\s*\n[ \t]*|[ \t]+\n[ \t]*|\n[ \t]+", part.text)]
    part = part.replace(changes)
    controls = [(m.start(), m.end(), "\n" if m.group() != OPEN_ROW else "") for m in re.finditer(f"[{OPEN_ROW}{CELL}{ROW}]", part.text)]
    part = _strip(part.replace(controls))
    risky = [(m.start() - 1, m.start(), " ") for m in _labels.TURN.finditer(part.text) if m.start() and part.text[m.start() - 1] == "\n"]
    return part.replace(risky)


def _strip(part: Mapped) -> Mapped:
    a, b = 0, len(part.text)
    while a < b and part.text[a].isspace():
        a += 1
    while b > a and part.text[b - 1].isspace():
        b -= 1
    return part.cut(a, b)


def _head(text: Mapped, found: Segmentation) -> tuple[list[Mapped | str], dict[str, str]]:
    """The head as metadata lines."""
    out: list[Mapped | str] = []
    at = 0
    for line in text.text[:found.start].split("\n"):
        a, b = at, at + len(line)
        at = b + 1
        part = _strip(text.cut(a, min(b, found.start)))
        bare = re.match(r"[#*_>\s]*", part.text)
        part = part.cut(bare.end() if bare else 0, len(part.text))
        part = part.replace([(m.start(), m.end(), " " if m.group() != OPEN_ROW else "") for m in re.finditer(rf"[{OPEN_ROW}{CELL}{ROW}]|\*\*", part.text)])
        if re.search(r"\w", part.text) and not re.fullmatch(r"[\s|:+=-]*", part.text):
            out += ["# ", "" if re.match(r"[^:\n#]+:", part.text) else "Kepala: ", part, "\n"]
    return ([*out, "\n"] if out else []), dict(found.legend)


def _title(head: str) -> str:
    for line in head.split("\n"):
        if CELL in line.strip(OPEN_ROW + CELL + ROW):  # a row of a table: the names of its columns, no title
            continue
        bare = line.strip(" #*_>|\t=-" + OPEN_ROW + CELL + ROW)
        if re.search(r"[^\W\d]{3}", bare):
            m = re.match(r"(?:judul|title|topik|topic)\s*[:=]\s*(.+)", bare, re.I)
            return (m.group(1) if m else bare)[:200] if m or ":" not in bare[:30] else ""
    return ""


def _kind(head: str, speakers: list[str]) -> str:
    if re.search(r"\b(fgd|focus group|diskusi (?:kelompok )?ter(?:arah|fokus)|diskusi kelompok)\b", head, re.I) or len(speakers) >= 4:
        return "focus-group"
    if re.search(r"\b(sesi|session|pertemuan ke)\b\W*\d", head, re.I):
        return "session"
    return "interview"


def _date(head: dict[str, str]) -> str:
    from .dates import iso

    for name, value in head.items():
        if _DATE_KEYS.match(name) and (found := iso(value)):
            return found
    return ""
