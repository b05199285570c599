"""Interned words: a corpus selection as arrays of word ids with their places, sentences and clauses.

One pass over the text builds the arrays; a rule never looks at the text again, only at the ids of the words that it names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from ..corpus import Corpus, Document, evidence
from ..lexicon import CLITICS, NOT_CLITIC, spelling
from ..model import Turn
from ..text import ABBREVIATIONS, CLAUSE_WORDS
from . import families

_PLANE = 0x10000
SOFT_ASIDE_WORDS = 3


def _tables() -> tuple[np.ndarray, np.ndarray]:
    """Per code point (BMP): character class and lower-case twin of the same length.

    Classes: 0 other, 1 word, 2 joiner (- ' ’), 3 sentence end, 4 clause mark, 5 newline, 6 decimal mark (. and , between digits), 7 digit.
    """
    classes = np.zeros(_PLANE, np.uint8)
    lower = np.arange(_PLANE, dtype=np.uint32)
    import unicodedata

    for i in range(_PLANE):
        c = chr(i)
        if c.isalnum() or unicodedata.category(c) == "Mn":
            classes[i] = 7 if c.isdigit() else 1
            low = c.lower()
            if len(low) == 1:
                lower[i] = ord(low)
    for c in "-'’‑":
        classes[ord(c)] = 2
    for c in "!?…":
        classes[ord(c)] = 3
    for c in ";:–—\"“”":
        classes[ord(c)] = 4
    classes[ord("\n")] = 5
    for c in ".,":
        classes[ord(c)] = 6
    lower[ord("’")] = ord("'")
    lower[ord("‑")] = ord("-")
    return classes, lower


_CACHE: dict[str, tuple[np.ndarray, np.ndarray]] = {}


def tables() -> tuple[np.ndarray, np.ndarray]:
    if "t" not in _CACHE:
        _CACHE["t"] = _tables()
    return _CACHE["t"]


class Words:
    """The words of a corpus selection.

    Arrays of length n (words): `ids` (into `types`), `start`, `end` (code points in the joined text), `sentence`, `clause`, `segment`
    (a turn, or a part of it between interjections).  `speaking` is True for the words of the turns that are meant (informants', unless
    `everything`); the other turns are read too, as the context of an answer.  `question[sentence]` is True for questions.
    """

    def __init__(self, corpus: Corpus, *, everything: bool = False):
        self.corpus = corpus
        self.documents: list[Document] = []
        self.bases: list[int] = []
        segments: list[tuple[int, int]] = []
        owners: list[tuple[int, int]] = []
        silent: list[tuple[int, int]] = []
        meant: list[bool] = []
        base = 0
        for d in corpus.documents:
            kept = {t.n for t in d.turns if corpus.keeps(t) and (everything or evidence(d, t))}
            if not kept:
                continue
            number = len(self.documents)
            self.documents.append(d)
            self.bases.append(base)
            for t in d.turns:
                spans, notes = speech(d, t)
                for a, b in spans:
                    segments.append((base + a, base + b))
                    owners.append((number, t.n))
                    meant.append(t.n in kept)
                silent += [(base + a, base + b) for a, b in notes]
            base += len(d.text) + 1
        self.text = "\n".join(d.text for d in self.documents)
        self.segments = np.array(segments, dtype=np.int64).reshape(-1, 2)
        self.owners = np.array(owners, dtype=np.int64).reshape(-1, 2)
        self.meant = np.array(meant, dtype=bool)
        self._build(np.array(silent, dtype=np.int64).reshape(-1, 2))

    def _build(self, silent: np.ndarray) -> None:
        classes, lowering = tables()
        points = np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        small = np.where(points < _PLANE, points, 0)
        kind = classes[small]
        word = (kind == 1) | (kind == 7)
        joins = (kind == 2)
        joins[1:] &= word[:-1]
        joins[:-1] &= word[1:]
        digits = kind == 7
        marks = kind == 6
        decimal = marks.copy()
        decimal[1:] &= digits[:-1]
        decimal[:-1] &= digits[1:]
        if len(decimal):
            decimal[0] = decimal[-1] = joins[0] = joins[-1] = False
        word = word | joins | decimal
        cover = np.zeros(len(points) + 1, np.int32)
        np.add.at(cover, self.segments[:, 0], 1)
        np.add.at(cover, self.segments[:, 1], -1)
        np.add.at(cover, silent[:, 0], -1)
        np.add.at(cover, silent[:, 1], 1)
        word &= np.cumsum(cover[:-1]) > 0
        edge = np.flatnonzero(np.diff(np.concatenate(([0], word.view(np.int8), [0]))))
        self.start, self.end = edge[0::2], edge[1::2]
        lowered = lowering[small]
        lowered[~word] = 32
        # a word cut by a segment's edge stays apart: edges always lie at spaces or brackets
        strings = lowered.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass").split()
        table: dict[str, int] = defaultdict()
        table.default_factory = table.__len__  # type: ignore[assignment]
        self.ids = np.fromiter(map(table.__getitem__, strings), dtype=np.int32, count=len(strings))
        table.default_factory = None  # type: ignore[assignment]
        self.types: list[str] = list(table)
        self.lookup: dict[str, int] = dict(table)
        self.capital = small[self.start] != lowered[self.start] if len(self.start) else np.zeros(0, bool)
        self._borders(points, kind, word, marks & ~decimal)

    def _borders(self, points: np.ndarray, kind: np.ndarray, word: np.ndarray, marks: np.ndarray) -> None:
        n = len(self.start)
        self.segment = np.searchsorted(self.segments[:, 0], self.start, "right") - 1 if n else np.zeros(0, np.int64)
        if not n:
            self.sentence = self.clause = np.zeros(0, np.int64)
            self.question = np.zeros(0, bool)
            return

        def between(mask: np.ndarray) -> np.ndarray:
            """How many marked characters lie between word i and word i+1 (n-1 numbers)."""
            total = np.concatenate(([0], np.cumsum(mask)))
            return total[self.start[1:]] - total[self.end[:-1]]

        dots = between(marks & (points == ord(".")))
        hard = between(kind == 3)
        lines = between(kind == 5)
        commas = between(marks & (points == ord(",")))
        clause_marks = between(kind == 4) + commas
        dashes = between((kind == 2) & ~word)
        short = np.zeros(len(self.types), bool)
        for i, t in enumerate(self.types):
            short[i] = t in ABBREVIATIONS or (len(t) == 1 and t.isalpha())
        abbreviation = short[self.ids[:-1]] & (dots == 1) & (self.start[1:] - self.end[:-1] <= 3)
        new_segment = self.segment[1:] != self.segment[:-1]
        ellipsis_char = between(points == ord("…"))
        pause = (dots >= 2) | ((ellipsis_char > 0) & (hard == ellipsis_char))
        stop = ((dots == 1) & ~abbreviation) | ((hard > 0) & ~((ellipsis_char > 0) & (hard == ellipsis_char))) | (lines >= 2) | (pause & self.capital[1:])
        stop |= new_segment
        opening = np.zeros(len(self.types), bool)
        for w in CLAUSE_WORDS:
            if w in self.lookup:
                opening[self.lookup[w]] = True
        clause_stop = stop | pause | (clause_marks > 0) | (dashes > 0) | opening[self.ids[1:]]
        self.sentence = np.concatenate(([0], np.cumsum(stop)))
        self.clause = np.concatenate(([0], np.cumsum(clause_stop)))
        self.question = np.zeros(int(self.sentence[-1]) + 1, bool)
        marks_q = np.concatenate(([0], np.cumsum(points == ord("?"))))
        last = np.flatnonzero(np.concatenate((stop, [True])))
        after = np.concatenate((self.start[1:], [len(points)]))[last]
        limit = np.minimum(after, self.segments[self.segment[last], 1])
        self.question[self.sentence[last]] = (marks_q[np.maximum(limit, self.end[last])] - marks_q[self.end[last]]) > 0

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def speaking(self) -> np.ndarray:
        """Per word: is it said in a turn that is meant?"""
        return self.meant[self.segment] if len(self) else np.zeros(0, bool)

    @cached_property
    def counts(self) -> np.ndarray:
        """How often each type occurs."""
        return np.bincount(self.ids, minlength=len(self.types))

    @cached_property
    def _postings(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.ids, kind="stable")
        return order, np.concatenate(([0], np.cumsum(self.counts)))

    def positions(self, types: np.ndarray) -> np.ndarray:
        """Where any of these types occur, in order."""
        order, bounds = self._postings
        if len(types) == 1:
            return order[bounds[types[0]]:bounds[types[0] + 1]]
        return np.sort(np.concatenate([order[bounds[t]:bounds[t + 1]] for t in types])) if len(types) else np.zeros(0, np.int64)

    def place(self, offset: int) -> tuple[Document, int]:
        """Document and offset in it, for an offset in the joined text."""
        i = int(np.searchsorted(self.bases, offset, "right")) - 1
        return self.documents[i], offset - self.bases[i]

    # --- the vocabulary -------------------------------------------------------------------------------------------------
    @cached_property
    def keys(self) -> dict[str, list[int]]:
        """Key → the types that are read as it: the type itself, its plain spelling, without clitics, unreduplicated."""
        index: dict[str, list[int]] = defaultdict(list)
        for i, t in enumerate(self.types):
            for key in readings(t):
                index[key].append(i)
        return dict(index)

    @cached_property
    def parts(self) -> dict[str, list[int]]:
        """Part of a hyphenated word → the types that hold it (tolong-menolong, dibagi-bagi)."""
        index: dict[str, list[int]] = defaultdict(list)
        for i, t in enumerate(self.types):
            if "-" in t:
                for part in t.split("-"):
                    for key in readings(part):
                        index[key].append(i)
        return dict(index)

    def expand(self, word: str, strike: Iterable[str] = ()) -> np.ndarray:
        """The type ids that a word of a pattern means (see docs/codebooks.md), without the struck forms."""
        found: set[int] = set()
        if word.startswith("="):
            found = {self.lookup[word[1:]]} if word[1:] in self.lookup else set()
        elif word.startswith("~"):
            root = word[1:]
            for form in families.forms(root) | families.english(root):
                found.update(self.keys.get(form, ()))
                found.update(self.parts.get(form, ()))
            for banned in families.LEXICAL.get(root, ()):
                found.difference_update(self.keys.get(banned, ()))
        elif "*" in word:
            pattern = re.compile("".join(".*" if p == "*" else re.escape(p) for p in re.split(r"(\*)", word)) + r"\Z")
            found = {i for i, t in enumerate(self.types) if pattern.match(t)}
        else:
            found = set(self.keys.get(plain(word), ()))
        for struck in strike:
            found.discard(self.lookup.get(struck, -1))
        return np.array(sorted(found), dtype=np.int64)


def plain(word: str) -> str:
    """The spelling that a word is read as.

    >>> plain("nggak"), plain("bangeeet"), plain("ibu-ibu")
    ('tidak', 'banget', 'ibu-ibu')
    """
    word = re.sub(r"(\w)\1{2,}", r"\1", word)
    return spelling().get(word, word)


def readings(form: str) -> set[str]:
    """All keys that a form of the vocabulary is read as.

    >>> sorted(readings("kelompoknya")), sorted(readings("ibu2"))
    (['kelompok', 'kelompoknya'], ['ibu', 'ibu2'])
    """
    squeezed = re.sub(r"(\w)\1{2,}", r"\1", form)
    base = {form, squeezed}
    a, hyphen, b = squeezed.partition("-")
    if hyphen and b and (a == b or b.startswith(a) and b[len(a):] in CLITICS):
        base.add(a)
    if squeezed.endswith("2") and squeezed[:-1].isalpha():
        base.add(squeezed[:-1])
    out = set()
    for f in base:
        out.add(f)
        out.add(plain(f))
        for stem in stripped(f):
            out.add(stem)
            out.add(plain(stem))
    return out


def stripped(form: str) -> list[str]:
    """A form without its clitics, one and then two."""
    out: list[str] = []
    frontier = [form]
    for _ in range(2):
        nxt = []
        for f in frontier:
            if f in NOT_CLITIC:
                continue
            for c in CLITICS:
                stem = f.removesuffix(c)
                least = 3 if len(c) > 2 else 4
                if len(stem) >= least and stem != f and not stem.endswith("-"):
                    nxt.append(stem)
        out += nxt
        frontier = nxt
    return out


def speech(document: Document, turn: Turn) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The spans of a turn that the speaker says, and the short notes ("(tertawa)") to be left out inside them.

    The interviewer's interjection, or a note of more than three words, ends a span: no passage runs across it.
    """
    text, spans, soft, at = document.text, [], [], turn.body
    for a, b in turn.aside:
        note = text[a + 1:b - 1]
        if not set(":?") & set(note) and len(note.split()) <= SOFT_ASIDE_WORDS:
            soft.append((a, b))
            continue
        spans.append((at, a))
        at = max(at, b)
    spans.append((at, turn.end))
    return [s for s in spans if text[s[0]:s[1]].strip()], soft
