"""Reading: the sentences of a selection as the sentence reader is given them, what it said of them, and which words moved it.

What it said is kept beside the study (`engine.said`), so that a book is applied again, and another selection coded, without reading again.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from ..progress import steps
from ..words import say
from . import said
from .reader import OWN, Reader, Sentence
from .words import Words

UNREAD = -(1 << 31)
WORTH, KEEP = 20, 3_000  # sentences: fewer are not kept; while more are read it is kept after so many (half a minute)


class Reading:
    """A selection's sentences and a reader; sentences are called by their numbers in `Words.sentence`."""

    def __init__(self, words: Words, reader: Reader):
        self.words, self.reader = words, reader
        self.n = int(words.sentence[-1]) + 1 if len(words) else 0

    def says(self, sentences: np.ndarray) -> np.ndarray:
        """What the reader says of these sentences: sentences × the reader's codes; each is read once."""
        new = sentences[self._said[sentences, 0] == UNREAD]
        if len(new) and self._kept:
            names = self._names(new)
            there, at = said.found(names, self._known[0])
            self._said[new[there]] = self._known[1][at]
            new = new[~there]
        if len(new):
            self._read(new)
        return self._said[sentences] / 1000

    def _read(self, sentences: np.ndarray) -> None:
        """Have sentences read; what is said of many is kept now and then, so that a cut loses little."""
        given = [self.given(i) for i in sentences.tolist()]
        fresh = 0
        for rows in steps(self.reader.blocks(given), say("membaca kalimat", "reading sentences")):
            self._said[sentences[rows]] = np.round(1000 * self.reader.says([given[i] for i in rows.tolist()]))
            fresh += len(rows)
            if fresh >= KEEP:
                self._keep()
                fresh = 0
        if len(sentences) >= WORTH and fresh:
            self._keep()

    def _keep(self) -> None:
        """Keep all that is known of this selection, what could not be written the last time or was overwritten by another kernel among it."""
        if self._kept:
            done = np.flatnonzero(self._said[:, 0] != UNREAD)
            said.add(self._folder, self.reader.digest, self._names(done), self._said[done], self.words.corpus.stamp)

    def moved(self, sentences: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Which words moved the reader: their places in `Words`, to which of the pairs (sentence, code) each belongs, and what it added.  codes: numbers of the reader's."""
        shares = self.reader.shares([self.given(i) for i in sentences.tolist()], codes.tolist())
        places = [self._pieces(i)[1][:OWN] for i in sentences.tolist()]
        at = np.array([p for own in places for p in own], dtype=np.int64)
        pair = np.repeat(np.arange(len(places)), [len(p) for p in places])
        word = np.searchsorted(self.words.start, at, "right") - 1
        return np.maximum(word, self._edges[sentences[pair]]), pair, np.array([x for share, own in zip(shares, places, strict=True) for x in share[:len(own)].tolist()])

    def given(self, i: int) -> Sentence:
        """A sentence as the reader is given it: after the last question asked, and the sentence before."""
        question, previous = self._before(i)
        return self.reader.sequence(*(self._pieces(k)[0] if k >= 0 else [] for k in (question, previous, i)))

    def _before(self, i: int) -> tuple[int, int]:
        """The last question asked before a sentence, and the sentence before it in one talk; -1 where there is none."""
        previous = i - 1
        talk = previous >= 0 and self._document[previous] == self._document[i] and not self._asks[previous]
        return int(self._latest[i]), previous if talk else -1

    def _names(self, sentences: np.ndarray) -> np.ndarray:
        """What these sentences are called where it is kept what was said of them: by all the words given."""
        new = sentences[self._called[sentences] == b""]
        self._called[new] = [said.name(*(self.text(k) if k >= 0 else "" for k in (*self._before(i), i))) for i in new.tolist()]
        return self._called[sentences]

    def text(self, i: int) -> str:
        """A sentence's words as they stand."""
        return self.words.text[self.words.start[self._edges[i]]:self.words.end[self._edges[i + 1] - 1]]

    def _pieces(self, i: int) -> tuple[list[int], list[int]]:
        """The pieces of a sentence's words, and the places in the joined text where their words begin."""
        found, places = self.reader.pieces.of(self.text(i))
        start = int(self.words.start[self._edges[i]])
        return found, [start + p for p in places]

    @property
    def _folder(self) -> Path:
        return Path(self.words.corpus.home) / ".cache"

    @cached_property
    def _kept(self) -> bool:
        """Whether it is kept beside the study what the reader says (not of selections in blocks: they are too many sentences)."""
        return bool(self.words.corpus.home and self.reader.digest and not self.words.blocks)

    @cached_property
    def _known(self) -> tuple[np.ndarray, np.ndarray]:
        """What is kept of this reader: names of sentences, and what it said of each."""
        return said.known(self._folder, self.reader.digest, len(self.reader.codes))

    @cached_property
    def _said(self) -> np.ndarray:
        """What the reader has said: sentences × codes, thousandths; UNREAD where it was not asked yet."""
        return np.full((self.n, len(self.reader.codes)), UNREAD, np.int32)

    @cached_property
    def _called(self) -> np.ndarray:
        """The names of sentences, where they have been asked for."""
        return np.zeros(self.n, said.NAME)

    @cached_property
    def _edges(self) -> np.ndarray:
        """The first word of every sentence, and the end."""
        return np.searchsorted(self.words.sentence, np.arange(self.n + 1), "left")

    @cached_property
    def _segment(self) -> np.ndarray:
        return self.words.segment[self._edges[:-1]]

    @cached_property
    def _document(self) -> np.ndarray:
        """Sentence → its document."""
        return self.words.owners[self._segment, 0]

    @cached_property
    def _asks(self) -> np.ndarray:
        """Per sentence: does the researcher say it?"""
        return np.array([role == "researcher" for *_, role in self.words._voices], bool)[self.words.voice[self._segment]]

    @cached_property
    def _latest(self) -> np.ndarray:
        """Per sentence the last of the researcher's before it in its document, or -1."""
        last = np.maximum.accumulate(np.where(self._asks, np.arange(self.n), -1)) if self.n else np.zeros(0, np.int64)
        return np.where((last >= 0) & (self._document[last] == self._document), last, -1)
