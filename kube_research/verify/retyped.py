"""Bound numbers whose binding is gone: found again by the words around them, so that a number typed over is still compared."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from rapidfuzz.distance import Indel

from ..bind import Binder, accepted, language_of, marks, names_of
from ..claims import _MARK as CLAIM
from ..claims import texts
from ..model import KubeError
from ..study import Study
from ..words import using
from . import pages
from .pages import Paragraph
from .words import is_number, is_word, tokens

Record = dict[str, str]
AROUND = 300  # characters of a sentence that are kept before and behind a bound number
_ALIKE = 0.6  # share of common words below which a paragraph is another one
_OPEN, _CLOSE = "\ue000", "\ue001"


def surroundings(paragraphs: list[Paragraph]) -> dict[str, Record]:
    """Tag of a content control → the words around it, or the row and column of its table cell."""
    out: dict[str, Record] = {}
    for p in paragraphs:
        for a, b, tag in p.controls:
            out[tag] = {"at_row": p.row, "at_column": p.column} if p.column else {"before": p.text[max(0, a - AROUND):a], "after": p.text[b:b + AROUND]}
    return out


def from_chapters(study: Study) -> list[Record]:
    """Records of every bound number in the study's chapters and notebooks, for a write-up that bears none of its own."""
    out: list[Record] = []
    for where, text in texts(study.root, []):
        path = study.root / where.partition("#")[0]
        try:
            binder = Binder(study, language_of(text))
            found = marks(text, where)
            old = accepted(path)
            values: dict[str, str] = {m.raw: binder.value(m) for m in found if m.measure not in ("table", "figure", "quote")}
        except KubeError:
            continue  # `check` tells of it
        for m in found:
            if m.measure == "table":
                with using(binder.language):
                    matrix = binder.matrix(m)
                    names = names_of(matrix)
                out += [{"mark": m.raw, "value": str(matrix.frame.at[r, c]), "lang": binder.language, "row": str(r), "column": str(c), "at_row": str(names.get(r, r)), "at_column": str(names.get(c, c))} for r in matrix.frame.index for c in matrix.frame.columns]
        for block in re.split(r"\n\s*\n", CLAIM.sub("", text)):
            mine = [m for m in marks(block) if m.raw in values]
            for m in mine:
                shown, at = [], 0
                for x in mine:
                    shown += [block[at:x.start], f"{_OPEN}{values[x.raw]}{_CLOSE}" if x is m else values[x.raw]]
                    at = x.end
                whole = next((p.text for p in pages.flat("", "".join([*shown, block[at:]])).paragraphs if _OPEN in p.text), "")
                before, _, rest = whole.partition(_OPEN)
                out.append({"mark": m.raw, "value": (old.get(m.raw) or [values[m.raw]])[0], "lang": binder.language, "before": before[-AROUND:], "after": rest.partition(_CLOSE)[2][:AROUND]})
    return out


def located(records: list[Record], paragraphs: list[Paragraph]) -> Iterator[tuple[Record, Paragraph, int, int]]:
    """The records that are found again: where each stands and the span of what is written there now."""
    index: dict[str, set[int]] = defaultdict(set)
    words = [[t for t, _, _ in tokens(p.text)] for p in paragraphs]
    for n, found in enumerate(words):
        for w in found:
            index[w].add(n)
    yield from _cells([r for r in records if r.get("at_column")], paragraphs)
    for r in records:
        if "before" in r:
            a, v, b = ([t for t, _, _ in tokens(r[k])] for k in ("before", "value", "after"))
            place = _nearest(a + b, index, words, paragraphs)
            span = _between(paragraphs[place], a, v, b) if place is not None else None
            if place is not None and span:
                yield r, paragraphs[place], *span


def _nearest(wanted: list[str], index: Mapping[str, set[int]], words: list[list[str]], paragraphs: list[Paragraph]) -> int | None:
    """The paragraph that shares most words with these, in order."""
    rare = sorted({w for w in wanted if is_word(w)}, key=lambda w: (len(index.get(w, ())), w))[:12]
    votes = Counter(n for w in rare for n in index.get(w, ()) if paragraphs[n].kind != "heading")
    best = max(((Indel.similarity(wanted, words[n]) / max(1, 2 * len(wanted)), -n) for n, _ in votes.most_common(8)), default=(0.0, 0))
    return -best[1] if best[0] >= _ALIKE and len(wanted) >= 4 else None


def _between(p: Paragraph, before: list[str], value: list[str], after: list[str]) -> tuple[int, int] | None:
    """The span of what stands in a paragraph between the words that stood around a number."""
    here = tokens(p.text)
    ops = [o for o in Indel.opcodes(before + value + after, [t for t, _, _ in here]) if o.tag == "equal"]
    i, j = len(before), len(before) + len(value)
    first = max((min(o.dest_end, o.dest_start + i - o.src_start) for o in ops if o.src_start < i), default=0)
    last = min((max(o.dest_start, o.dest_start + j - o.src_start) for o in ops if o.src_end > j), default=len(here))
    if not first <= last or last - first > len(value) + 6:
        return None
    numbers = [k for k in range(first, last) if is_number(here[k][0])]
    if numbers:
        first, last = numbers[0], numbers[-1] + 1
        if last < len(here) and here[last][0] == "%":
            last += 1
    return (here[first][1], here[last - 1][2]) if last > first else (here[first - 1][2] if first else 0,) * 2


def _cells(records: list[Record], paragraphs: list[Paragraph]) -> Iterator[tuple[Record, Paragraph, int, int]]:
    """Table cells by their row and column; of several tables the one that holds most of a mark's cells."""
    at: dict[tuple[str, str], list[Paragraph]] = defaultdict(list)
    for p in paragraphs:
        if p.column and p.text.strip():
            at[_bare(p.row), _bare(p.column)].append(p)
    for mark in dict.fromkeys(r["mark"] for r in records):
        mine = [(r, at.get((_bare(r["at_row"]), _bare(r["at_column"])), [])) for r in records if r["mark"] == mark]
        tables = Counter(p.table for _, found in mine for p in {p.table: p for p in found}.values())
        if not tables or tables.most_common(1)[0][1] * 2 < len(mine):
            continue
        table = min(t for t, n in tables.items() if n == max(tables.values()))
        for r, found in mine:
            p = next((p for p in found if p.table == table), None)
            if p is not None:
                yield r, p, 0, len(p.text)


def _bare(text: str) -> str:
    return " ".join(t for t, _, _ in tokens(text))


_UNITS = {w: n for n, w in enumerate("nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split())} | {w: n for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())} | {"seratus": 100}


def same(written: str, value: str) -> bool:
    """Whether two values say the same: spaces aside, and numbers in words as in digits.

    >>> same("lima dari enam", "5 dari 6"), same("Dua puluh tiga", "23"), same("0,8", "0,80")
    (True, True, False)
    """
    return _figures(written) == _figures(value)


def _figures(text: str) -> list[Any]:
    out: list[Any] = []
    for t, _, _ in tokens(text):
        n = _UNITS.get(t)
        if t in ("belas", "puluh", "ratus") and out and isinstance(out[-1], int):
            out[-1] = out[-1] + 10 if t == "belas" else out[-1] * (10 if t == "puluh" else 100)
        elif n is not None and out and isinstance(out[-1], int) and out[-1] >= 20 and out[-1] % 10 == 0 and n < out[-1]:
            out[-1] += n
        else:
            out.append(n if n is not None else int(t) if t.isdecimal() else t)
    return out


__all__ = ["from_chapters", "located", "same", "surroundings"]
