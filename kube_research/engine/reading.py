"""Reading: the sentences of a selection as the sentence reader is given them, what it said of them, and which words moved it.

What it said is kept beside the study (`.cache/read-…`, numbers only), so that a book is applied again without reading again.
"""

from __future__ import annotations

import sys
from functools import cached_property
from pathlib import Path

import numpy as np

from .. import cache
from ..progress import steps
from ..words import say
from .reader import OWN, Reader, Sentence
from .words import Words

UNREAD = -(1 << 31)
WORTH = 100  # sentences: what is read more quickly is not kept


class Reading:
    """A selection's sentences and a reader; sentences are called by their numbers in `Words.sentence`."""

    def __init__(self, words: Words, reader: Reader):
        self.words, self.reader = words, reader
        self.n = int(words.sentence[-1]) + 1 if len(words) else 0

    def says(self, sentences: np.ndarray) -> np.ndarray:
        """What the reader says of these sentences: sentences × the reader's codes; each is read once."""
        new = sentences[self._said[sentences, 0] == UNREAD]
        if len(new):
            self._said[new] = np.round(1000 * self.reader.says([self.given(i) for i in new.tolist()], lambda blocks: steps(blocks, say("membaca kalimat", "reading sentences"))))
            if self._name and len(new) >= WORTH:
                cache.write(self._folder, "read", lambda: self._name, (self._said.view(np.uint8).reshape(-1).data,), most=6)
        return self._said[sentences] / 1000

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
        previous = i - 1
        talk = previous >= 0 and self._document[previous] == self._document[i] and not self._asks[previous]
        question = int(self._latest[i])
        return self.reader.sequence(self._pieces(question)[0] if question >= 0 else [], self._pieces(previous)[0] if talk else [], self._pieces(i)[0])

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
    def _name(self) -> bytes:
        """What this selection and reader are called in the cache; nothing where it is not kept."""
        if not self.words.corpus.home or not self.reader.digest or self.n < WORTH:
            return b""
        arrays = (self.words.start, self.words.end, self._edges, self._asks, self._document)
        return cache.key("read", sys.byteorder, self.reader.digest, self.words.text, *(np.ascontiguousarray(a).tobytes() for a in arrays))

    @cached_property
    def _said(self) -> np.ndarray:
        """What the reader has said, in this session or an earlier one: sentences × codes, thousandths; UNREAD where it was not asked."""
        shape = (self.n, len(self.reader.codes))
        body = cache.read(self._folder, "read", self._name) if self._name else None
        return np.full(shape, UNREAD, np.int32) if body is None or len(body) != 4 * shape[0] * shape[1] else np.frombuffer(body, np.int32).reshape(shape).copy()

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
