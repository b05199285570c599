"""Polarity and fact: is what a hit names said to hold, denied, or only wished?"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .. import lexicon
from ..patterns import parse
from .match import TAILS, Matcher, flags
from .words import Words


class Polarity:
    """The negators and wishes of a corpus selection, and what they do to a hit."""

    def __init__(self, matcher: Matcher):
        self.matcher = matcher
        self.words: Words = matcher.words

    @cached_property
    def _flags(self) -> dict[str, np.ndarray]:
        w = self.words
        return {"neg": flags(w, lexicon.NEGATORS), "weak": flags(w, lexicon.WEAK), "light": flags(w, lexicon.TRANSPARENT), "stop": flags(w, lexicon.BREAKERS),
                "after": flags(w, lexicon.AFTER_OK), "verdict": flags(w, lexicon.VERDICTS), "tail": flags(w, TAILS), "ever": flags(w, ("pernah", "ever")), "that": flags(w, ("yang", "who", "that")), "yes": flags(w, tuple("ya iya iyalah ada selalu rutin sering jelas tentu banget yes sure of always".split()))}

    @cached_property
    def negators(self) -> np.ndarray:
        """Per word: 2 a negator, 1 a weak one, 0 none; words of a pseudo-negation ("tidak hanya") are 0."""
        w = self.words
        out = np.where(self._flags["neg"][w.ids], 2, np.where(self._flags["weak"][w.ids], 1, 0)).astype(np.int8) if len(w) else np.zeros(0, np.int8)
        for phrase in lexicon.PSEUDO:
            first, last = self.matcher.rows(parse(phrase))
            for d in range(0, int((last - first).max()) + 1 if len(first) else 0):
                inside = first + d
                out[inside[inside <= last]] = 0
        return out

    @cached_property
    def unreal(self) -> np.ndarray:
        """Per clause: does it tell a wish, a plan, advice or a condition?"""
        w = self.words
        out = np.zeros(int(w.clause[-1]) + 1 if len(w) else 0, bool)
        if not len(w):
            return out
        rows = [r for p in lexicon.IRREALIS for r in parse(p)]
        first, last = self.matcher.rows(rows)
        out[w.clause[first]] = True
        size = np.bincount(w.clause)
        begins = np.searchsorted(w.clause, np.arange(len(out)))
        short = np.unique(w.clause[first])
        short = short[(size[short] <= 3) & (short + 1 < len(out))]
        same = w.sentence[begins[short]] == w.sentence[begins[short + 1]]
        out[short[same] + 1] = True
        return out

    @cached_property
    def asked(self) -> np.ndarray:
        """Per sentence: is it a real question (not one that ends in "ya?", "kan?")?"""
        w = self.words
        if not len(w):
            return np.zeros(0, bool)
        last = np.flatnonzero(np.concatenate((w.sentence[1:] != w.sentence[:-1], [True])))
        tag = self._flags["tail"][w.ids[last]]
        out = w.question.copy()
        out[w.sentence[last]] &= ~tag
        return out

    @cached_property
    def sizes(self) -> np.ndarray:
        """Per sentence: how many words it has."""
        return np.bincount(self.words.sentence)

    def answered(self, last: np.ndarray) -> np.ndarray:
        """For hits in questions: does the speaker answer a short one at once ("Kompak? Nggak.", "Rapat? Ya rutin")?  -2 no, -1 yes, else the denying word."""
        w = self.words
        n = len(w)
        out = np.full(len(last), -2, np.int64)
        if not n:
            return out
        size = self.sizes
        ends = np.searchsorted(w.sentence, w.sentence[last], "right")
        q = np.minimum(ends, n - 1)
        short = (size[w.sentence[last]] <= 5) & (ends < n) & (w.segment[q] == w.segment[last])
        denied = short & (self.negators[q] == 2)
        out[short & self._flags["yes"][w.ids[q]]] = -1
        out[denied] = q[denied]
        return out

    def judge(self, first: np.ndarray, last: np.ndarray, wording: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For hits (first and last word): is each negated, and by which word (-1: none)?

        `wording` is True where the rule names a negator itself: one within the hit then belongs to the wording.
        """
        w, f = self.words, self._flags
        n = len(w)
        by = np.full(len(first), -1, np.int64)
        if not n or not len(first):
            return by >= 0, by
        for d in range(0, int((last - first).max()) + 1):
            q = np.minimum(first + d, last)
            inside = ~wording & (by < 0) & (self.negators[q] > 0)
            by[inside] = q[inside]
        alive = np.ones(len(first), bool)
        counted = np.zeros(len(first), np.int64)
        for d in range(1, 10):
            p = first - d
            alive &= p >= 0
            q = np.maximum(p, 0)
            alive &= (w.clause[q] == w.clause[first]) & ~f["stop"][w.ids[q]]
            hit = alive & (self.negators[q] > 0)
            by[hit & (by < 0)] = q[hit & (by < 0)]
            alive &= ~hit
            counted += alive & ~f["light"][w.ids[q]]
            alive &= counted < lexicon.WINDOW
            if not alive.any():
                break
        self._behind(first, last, by)
        return by >= 0, by

    def _behind(self, first: np.ndarray, last: np.ndarray, by: np.ndarray) -> None:
        """A verdict behind the hit: "rapat rutin mah udah nggak ada", "pembukuan nggak pernah dibuka"."""
        w, f = self.words, self._flags
        n = len(w)
        alive = by < 0
        for d in range(1, 6):
            q = np.minimum(last + d, n - 1)
            alive = alive & (last + d < n) & (w.clause[q] == w.clause[last])
            neg = alive & (self.negators[q] == 2)
            if neg.any():
                r1, r2 = np.minimum(q + 1, n - 1), np.minimum(q + 2, n - 1)
                in1 = (q + 1 < n) & (w.clause[r1] == w.clause[q])
                in2 = (q + 2 < n) & (w.clause[r2] == w.clause[q])
                ever = in1 & f["ever"][w.ids[r1]]
                clause_after = in2 & f["that"][w.ids[r2]]  # "nggak ada yang sok" speaks of something else
                said = (~in1) | (in1 & ~ever & f["verdict"][w.ids[r1]]) | (ever & (~in2 | f["verdict"][w.ids[r2]]))
                yes = neg & said & ~clause_after
                by[yes] = q[yes]
                alive &= ~neg
            alive &= f["after"][w.ids[q]] & ~(self.negators[q] > 0)
            if not alive.any():
                break
