"""Match rows of words on interned ids: from the rarest word of a row outwards, all candidates at once.

No row is ever run over the text: the work grows with the occurrences of its rarest word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ..patterns import Row, Step
from .words import Words, plain

FILLERS = tuple("ya iya nah terus trus lalu ngene gini gitu jadi eh anu mm hmm heeh lho loh wah aduh alah halah pokoknya kan dan kalau kalo nek begini itu ini tuh sih mah teh so well yes and oh o em e".split())
TAILS = tuple("ya iya kan sih mah teh lah deh dong to toh tuh gitu begitu pak bu mas mbak kok lho loh nih kang teu ceu bang neng yo".split())


class Matcher:
    """Rows over the words of one corpus selection; expansions of words are kept between calls."""

    def __init__(self, words: Words):
        self.words = words
        self._types: dict[tuple[str, tuple[str, ...]], np.ndarray] = {}
        self._steps: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[np.ndarray, int]] = {}
        self._edges: tuple[np.ndarray, np.ndarray] | None = None

    def rest(self) -> None:
        """Let go of what a clause's first and last words are; what a pattern's words mean stays."""
        self._edges = None

    def types(self, word: str, strike: tuple[str, ...] = ()) -> np.ndarray:
        key = (word, strike)
        if key not in self._types:
            self._types[key] = self.words.expand(word, strike)
        return self._types[key]

    def step(self, words: tuple[str, ...], strike: tuple[str, ...] = ()) -> tuple[np.ndarray, int]:
        """The type ids of a step and how often they occur together."""
        key = (words, strike)
        if key not in self._steps:
            parts = [self.types(w, strike) for w in words if w != "_"]
            ids = np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)
            self._steps[key] = (ids, int(self.words.counts[ids].sum()) if len(ids) else 0)
        return self._steps[key]

    def rows(self, rows: Iterable[Row], strike: tuple[str, ...] = (), hidden: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """First and last word (inclusive) of every match of any row; `hidden` words match nothing but a gap."""
        found = [self._row(r, strike, hidden) for r in rows]
        found = [f for f in found if len(f[0])]
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        return _unique(np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found]))

    def _row(self, row: Row, strike: tuple[str, ...], hidden: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        none = np.zeros(0, np.int64)
        steps: Sequence[Step] = row.steps
        sizes = []
        for s in steps:
            if "_" in s.words:
                sizes.append(len(self.words) + 1)
                continue
            n = self.step(s.words, strike)[1]
            if not n:
                return none, none
            sizes.append(n)
        anchor = int(np.argmin(sizes))
        at = self.words.positions(self.step(steps[anchor].words, strike)[0])
        if hidden is not None and len(at):
            at = at[~hidden[at]]
        first, last = at, at
        for i in range(anchor + 1, len(steps)):
            first, last = self._reach(first, last, steps[i], steps[i].gap, +1, strike, hidden)
            if not len(first):
                return none, none
        for i in range(anchor - 1, -1, -1):
            last, first = self._reach(last, first, steps[i], steps[i + 1].gap, -1, strike, hidden)
            if not len(first):
                return none, none
        if row.first:
            keep = self.edges[0][first]
            first, last = first[keep], last[keep]
        if row.last:
            keep = self.edges[1][last]
            first, last = first[keep], last[keep]
        return first, last

    def _reach(self, origin: np.ndarray, edge: np.ndarray, step: Step, gap: int, way: int, strike: tuple[str, ...], hidden: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Extend matches by one step: all places within the gap, in the same sentence, that hold a word of the step."""
        w = self.words
        n = len(w)
        table = None
        if "_" not in step.words:
            table = np.zeros(len(w.types), bool)
            table[self.step(step.words, strike)[0]] = True
        origins, edges = [], []
        for d in range(1, gap + 2):
            q = edge + way * d
            ok = (q >= 0) & (q < n)
            qs = q[ok]
            good = w.sentence[qs] == w.sentence[edge[ok]]
            if table is not None:
                good &= table[w.ids[qs]]
                if hidden is not None:
                    good &= ~hidden[qs]
            origins.append(origin[ok][good])
            edges.append(qs[good])
        return _unique(np.concatenate(origins), np.concatenate(edges))

    @property
    def edges(self) -> tuple[np.ndarray, np.ndarray]:
        """Which words begin, and which end, their clause (fillers before and behind do not count)."""
        if self._edges is None:
            w = self.words
            n = len(w)
            begins = np.ones(n, bool)
            begins[1:] = w.clause[1:] != w.clause[:-1]
            ends = np.ones(n, bool)
            ends[:-1] = begins[1:]
            filler, tail = self._flag(FILLERS), self._flag(TAILS)
            for _ in range(4):
                begins[1:] |= begins[:-1] & filler[w.ids[:-1]] & (w.clause[1:] == w.clause[:-1])
                ends[:-1] |= ends[1:] & tail[w.ids[1:]] & (w.clause[1:] == w.clause[:-1])
            self._edges = (begins, ends)
        return self._edges

    def _flag(self, forms: Iterable[str]) -> np.ndarray:
        return flags(self.words, tuple(forms))


def flags(words: Words, forms: Iterable[str]) -> np.ndarray:
    """A boolean per type: is it read as one of these words (clitics stripped only where the form is not itself a word)?"""
    out = np.zeros(len(words.types) + 1, bool)
    wanted = set(forms)
    for i, t in enumerate(words.types):
        if t in wanted or plain(t) in wanted:
            out[i] = True
    return out


def _unique(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct pairs, sorted by a then b."""
    if len(a) < 2:
        return a, b
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    keep = np.ones(len(a), bool)
    keep[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    return a[keep], b[keep]


