"""Pieces: a word cut into the likeliest parts of a known list (unigram model; Kudo 2018, "Subword regularization"), as the sentence reader hears it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

START, END, UNKNOWN = "<s>", "</s>", "<unk>"
EDGE = "▁"  # marks where a word begins
LONGEST = 64  # characters of a word that are looked at


@dataclass
class Pieces:
    """The list: piece → its number and the logarithm of how likely it is."""

    number: Mapping[str, int]
    likely: Mapping[str, float]
    _words: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._longest = max(map(len, self.likely), default=1)
        self._strange = min(self.likely.values(), default=0.0) - 10.0
        self.start, self.end, self._unknown = (self.number[x] for x in (START, END, UNKNOWN))

    def of(self, text: str) -> tuple[list[int], list[int]]:
        """The pieces of a text, and of each the place in the text where its word begins."""
        found, places, at = [], [], 0
        for word in text.split():
            at = text.index(word, at)
            parts = self._words.get(word)
            if parts is None:
                parts = self._words[word] = tuple(p for part in unicodedata.normalize("NFKC", word[:LONGEST]).split() for p in self._cut(EDGE + part))
            found += parts
            places += [at] * len(parts)
            at += len(word)
        return found, places

    def _cut(self, word: str) -> list[int]:
        """The likeliest way to cut a word: the best sum of logarithms (Viterbi)."""
        n = len(word)
        best = [(0.0, 0, 0)] + [(float("-inf"), 0, 0)] * n  # sum, where the last piece begins, its number
        for i in range(n):
            sofar = best[i][0]
            for j in range(i + 1, min(n, i + self._longest) + 1):
                likely = self.likely.get(word[i:j])
                if likely is not None and sofar + likely > best[j][0]:
                    best[j] = (sofar + likely, i, self.number[word[i:j]])
            if sofar + self._strange > best[i + 1][0]:
                best[i + 1] = (sofar + self._strange, i, self._unknown)
        out = []
        while n:
            _, n, piece = best[n]
            out.append(piece)
        return out[::-1]
