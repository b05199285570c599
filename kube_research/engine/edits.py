"""Edits: what an edited codebook codes that it did not before, and what no longer; only the codes touched are coded again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..codebook import Codebook
from ..codings import Codings
from ..corpus import Corpus
from . import Passages, cue_table, engines, passages
from .table import Table


@dataclass(frozen=True)
class Edited:
    """The segments that an edit gains and loses; a passage whose polarity turned is in both.  `codes`: the codes that the edit touches."""

    gained: Codings
    lost: Codings
    codes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Edited({len(self.gained)} gained, {len(self.lost)} lost; {', '.join(self.codes) or '-'})"


def edited(corpus: Corpus, before: Codebook, after: Codebook, *, unit: str | None = None, everything: bool = False, use_cues: bool = True) -> Edited:
    """Compare what two versions of a codebook code in a corpus.

    The corpus stays interned between calls, and a rule that was not edited is not looked for again: a call costs what the edit touches.  A
    selection too large for memory is held against it block by block.  With a cue table beside the book every code may be touched, since
    rules speak to each other's codes.
    """
    path = cue_table.table_path(after) or cue_table.table_path(before) if use_cues else None
    model = cue_table.CueModel.load(path) if path is not None else None
    codes = touched(before, after)
    if model is not None and codes:
        codes = tuple(dict.fromkeys([c.id for b in (before, after) for c in b]))
    gained, lost = Table(corpus), Table(corpus)
    for e in engines(corpus, everything=everything) if codes else ():
        old, new = (passages(e, b.only([c for c in codes if c in b]), unit, model) for b in (before, after))
        a, b = _keys(old, new)
        gained.add(e.words, [(after, new.at(np.flatnonzero(~np.isin(b, a))))])
        lost.add(e.words, [(before, old.at(np.flatnonzero(~np.isin(a, b))))])
    return Edited(gained.codings((after,), after.id), lost.codings((before,), before.id), codes)


def touched(before: Codebook, after: Codebook) -> tuple[str, ...]:
    """The codes whose rules differ between two versions (all, where word lists or masked names differ)."""
    if (before.sets, before.masks) != (after.sets, after.masks):
        return tuple(dict.fromkeys([c.id for b in (before, after) for c in b]))
    rules = [{c.id: (c.strike, c.automatic, c.retired, [(i.pattern, i.masks, i.polarity, i.negation, i.unit) for i in c.indicators]) for c in b} for b in (before, after)]
    return tuple(c for c in dict.fromkeys([*rules[0], *rules[1]]) if rules[0].get(c) != rules[1].get(c))


def _keys(old: Passages, new: Passages) -> tuple[np.ndarray, np.ndarray]:
    """A number for every passage: equal where place, code and polarity are."""
    names = tuple(dict.fromkeys((*old.code.names, *new.code.names)))
    width = int(max(old.last.max(initial=0), new.last.max(initial=0))) + 1
    out = []
    for p in (old, new):
        code = p.code.among(names)
        out.append(((code * 2 + p.absent) * width + p.first) * width + p.last if width < 1 << 26 else np.array([hash(x) for x in zip(code, p.absent, p.first, p.last, strict=True)], np.int64))
    return out[0], out[1]


__all__ = ["Edited", "edited", "touched"]
