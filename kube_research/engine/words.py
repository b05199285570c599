"""Interned words: a corpus selection as arrays of word ids with their places, sentences and clauses.

One pass over the text builds the arrays; a rule never looks at the text again, only at the ids of the words that it names.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from ..corpus import Corpus, Document, read_asides, read_columns
from ..lexicon import CLITICS, NOT_CLITIC, spelling
from ..spans import Flat
from ..text import ABBREVIATIONS, CLAUSE_WORDS
from . import families, kept
from .characters import CLAUSE, DECIMAL, DIGIT, JOINER, MARK, NEWLINE, STOP, WORD, read
from .segments import segments

_OPENERS = frozenset(CLAUSE_WORDS)
BLOCK = 1 << 20  # characters read at a time: their arrays stay in the processor's cache


class Places(NamedTuple):
    """Where passages stand: number of the document, turn, who speaks in which role, start and end in the document."""

    document: np.ndarray
    turn: np.ndarray
    speaker: np.ndarray
    role: np.ndarray
    start: np.ndarray
    end: np.ndarray


class Words:
    """The words of a corpus selection.

    Arrays of length n (words): `ids` (into `types`), `start`, `end` (code points in the joined text), `sentence`, `clause`, `segment`
    (a turn, or a part of it between interjections).  `speaking` is True for the words of the turns that are meant (informants', unless
    `everything`); the other turns are read too, as the context of an answer.  `question[sentence]` is True for questions.
    """

    def __init__(self, corpus: Corpus, *, everything: bool = False, blocks: int = 0):
        """blocks: of a selection that is read in so many blocks this is one; its columns then lie in the kept file, as far as one can be written (`mapped`)."""
        self.corpus, self.blocks, self.mapped = corpus, blocks, False
        self.documents: list[Document] = []
        self.bases: list[int] = []
        self.types: list[str] = []
        self._short: list[bool] = []  # per type: an abbreviation or a single letter
        self._opens: list[bool] = []  # per type: does it open a clause?
        self._voices: dict[tuple[str, str, str], int] = {}  # (label, speaker, role) → number; `voice` says per segment who speaks
        made_from = kept.key(corpus, everything) if kept.worth(corpus) else b""
        if made_from and kept.read(self, made_from, blocks):
            return
        self._read(everything)
        if made_from and len(self) and kept.write(self, made_from, blocks) and blocks:
            kept.read(self, made_from, blocks, sound=True)

    def _read(self, everything: bool) -> None:
        corpus = self.corpus
        self._sentences = self._clauses = self._segments = 0
        self._parts: dict[str, list[np.ndarray]] = {}
        block: list[tuple[Document, tuple[bool, ...]]] = []
        base = size = begun = 0
        read_columns(corpus.documents)
        read_asides(corpus.documents)
        for d in corpus.documents:
            meant = corpus.meant(d, everything)
            if not any(meant) or not all(meant) and not any(map(meant.__getitem__, d.columns.voice)):
                continue
            self.documents.append(d)
            self.bases.append(base)
            block.append((d, meant))
            base += len(d.text) + 1
            size += len(d.text) + 1
            if size >= BLOCK:
                self._block(block, begun)
                block, begun, size = [], base, 0
        self._block(block, begun)
        for name, kind in (("start", np.int32), ("end", np.int32), ("ids", np.int32), ("sentence", np.int32), ("clause", np.int32), ("segment", np.int32), ("voice", np.int32), ("capital", bool), ("question", bool), ("meant", bool)):
            parts = self._parts.get(name, [])
            setattr(self, name, np.concatenate(parts) if parts else np.zeros(0, kind))
        for name in ("segments", "owners"):
            parts = self._parts.get(name, [])
            setattr(self, name, np.concatenate(parts) if parts else np.zeros((0, 2), np.int64))
        del self._parts

    def _add(self, **arrays: np.ndarray) -> None:
        for name, array in arrays.items():
            self._parts.setdefault(name, []).append(array)

    def _block(self, block: list[tuple[Document, tuple[bool, ...]]], base: int) -> None:
        """Read the words of some documents, which lie from `base` on in the joined text."""
        if not block:
            return
        documents = [d for d, _ in block]
        found = segments(documents)
        columns = [d.columns for d in documents]
        voice = np.concatenate([np.asarray(c.voice, np.int64) for c in columns])[found.row]
        voice += np.cumsum([0, *(len(c.voices) for c in columns)])[found.owner]  # among the voices of all documents, one behind the other
        numbers = np.array([self._voices.setdefault(v, len(self._voices)) for c in columns for v in c.voices], np.int32)
        owners = np.stack((found.owner + len(self.documents) - len(block), found.turn), axis=1)
        self._add(segments=found.spans + base, owners=owners, meant=np.array([m for _, meant in block for m in meant], bool)[voice], voice=numbers[voice])
        self._words("\n".join(d.text for d in documents), found.spans, found.notes, base)
        self._segments += len(found.spans)

    def _words(self, text: str, spans: np.ndarray, silent: np.ndarray, base: int) -> None:
        points, kind, lowered = read(text)
        size = len(points)
        word = (kind & WORD).view(bool)
        marks = np.flatnonzero(kind & MARK)
        if len(marks) and marks[0] == 0:
            marks = marks[1:]
        inner = marks[:-1] if len(marks) and marks[-1] == size - 1 else marks  # has a neighbour on either side
        kinds = kind[inner]
        beside = kind[inner - 1] & kind[inner + 1]
        joins = ((kinds == JOINER) & (beside & WORD > 0)) | ((kinds == DECIMAL) & (beside & DIGIT > 0))
        word = word.copy()
        word[inner[joins]] = True
        decimal = inner[joins & (kinds == DECIMAL)]
        cover = np.zeros(size + 1, np.int8)
        for places, step in ((spans[:, 0], 1), (spans[:, 1], -1), (silent[:, 0], -1), (silent[:, 1], 1)):
            np.add.at(cover, places, step)
        word &= np.cumsum(cover[:-1], dtype=np.int8) > 0
        change = np.empty(size + 1, bool)
        change[0], change[-1] = word[0], word[-1]
        np.not_equal(word[1:], word[:-1], out=change[1:-1])
        edge = np.flatnonzero(change)
        start, end = edge[0::2], edge[1::2]
        n = len(start)
        # a word cut by a segment's edge stays apart: edges always lie at spaces or brackets
        ids = self._intern(lowered[word], np.concatenate(([0], np.cumsum(end - start))))
        capital = points[start] != lowered[start]
        segment = np.repeat(np.arange(len(spans)), np.diff(np.searchsorted(start, np.append(spans[:, 0], size))))
        self._add(start=(start + base).astype(np.int32), end=(end + base).astype(np.int32), ids=ids, capital=capital, segment=(segment + self._segments).astype(np.int32))
        if n:
            special = np.concatenate(([0], marks)) if kind[0] & MARK else marks
            special = special[~word[special]]
            special = special[~np.isin(special, decimal, assume_unique=True)] if len(decimal) else special
            self._borders(points, kind, special, start, end, ids, capital, segment, spans)

    def _intern(self, characters: np.ndarray, offsets: np.ndarray) -> np.ndarray:
        """Ids of words that stand one behind the other in `characters`; new types are added in the order of the text."""
        import pyarrow as pa

        width = characters.dtype.itemsize
        buffers = [None, pa.py_buffer((offsets * width).astype(np.int32)), pa.py_buffer(np.ascontiguousarray(characters))]
        coded = pa.Array.from_buffers(pa.binary(), len(offsets) - 1, buffers).dictionary_encode()
        found = [t.decode("latin-1" if width == 1 else "utf-16-le", "surrogatepass") for t in coded.dictionary.to_pylist()]
        known = self.lookup
        before = len(known)
        numbers = np.array([known.setdefault(t, len(known)) for t in found], dtype=np.int32)
        for t in list(known)[before:] if len(known) > before else ():
            self.types.append(t)
            self._short.append(t in ABBREVIATIONS or (len(t) == 1 and t.isalpha()))
            self._opens.append(t in _OPENERS)
        return numbers[coded.indices.to_numpy()] if len(found) else np.zeros(0, np.int32)

    def _borders(self, points: np.ndarray, kind: np.ndarray, special: np.ndarray, start: np.ndarray, end: np.ndarray, ids: np.ndarray, capital: np.ndarray, segment: np.ndarray, spans: np.ndarray) -> None:
        """Sentences and clauses, from the marks that stand between words."""
        n = len(start)
        gap = np.searchsorted(start, special) - 1  # behind which word a mark stands
        between = (gap >= 0) & (gap < n - 1)
        marks, gap, what = special[between], gap[between], kind[special[between]]
        signs = points[marks]

        def count(chosen: np.ndarray) -> np.ndarray:
            """How many of the chosen marks stand between word i and word i+1 (n-1 numbers)."""
            return np.bincount(gap[chosen], minlength=n - 1)

        def some(chosen: np.ndarray) -> np.ndarray:
            """Does one stand there?"""
            out = np.zeros(n - 1, bool)
            out[gap[chosen]] = True
            return out

        dots, hard, ellipses = count((what == DECIMAL) & (signs == ord("."))), count(what == STOP), count(signs == ord("…"))
        lines = count(what == NEWLINE)
        trails = (ellipses > 0) & (hard == ellipses)
        abbreviation = np.array(self._short, bool)[ids[:-1]] & (dots == 1) & (start[1:] - end[:-1] <= 3)
        pause = (dots >= 2) | trails
        stop = ((dots == 1) & ~abbreviation) | ((hard > 0) & ~trails) | (lines >= 2) | (pause & capital[1:])
        stop |= segment[1:] != segment[:-1]
        clause_stop = stop | pause | some((what == CLAUSE) | (what == JOINER) | ((what == DECIMAL) & (signs == ord(",")))) | np.array(self._opens, bool)[ids[1:]]
        sentence = np.concatenate(([0], np.cumsum(stop)))
        clause = np.concatenate(([0], np.cumsum(clause_stop)))
        asked = special[points[special] == ord("?")]
        last = np.flatnonzero(np.append(stop, True))
        limit = np.minimum(np.append(start[1:], len(points))[last], spans[segment[last], 1])
        question = np.searchsorted(asked, np.maximum(limit, end[last])) > np.searchsorted(asked, end[last])
        self._add(sentence=(sentence + self._sentences).astype(np.int32), clause=(clause + self._clauses).astype(np.int32), question=question)
        self._sentences += int(sentence[-1]) + 1
        self._clauses += int(clause[-1]) + 1

    @cached_property
    def text(self) -> str:
        """The documents' texts, joined."""
        return "\n".join(d.text for d in self.documents)

    @cached_property
    def flat(self) -> Flat:
        """The documents' texts, to be cut into pieces."""
        return Flat([d.text for d in self.documents])

    @cached_property
    def turns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where the words of every turn begin and end in its document, and each document's first turn."""
        columns = [d.columns for d in self.documents]
        body, end = (np.concatenate([np.asarray(part, np.int64) for part in parts]) if parts else np.zeros(0, np.int64) for parts in ([c.body for c in columns], [c.end for c in columns]))
        return body, end, np.cumsum([0, *map(len, columns)])[:-1]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def speaking(self) -> np.ndarray:
        """Per word: is it said in a turn that is meant?"""
        return self.meant[self.segment] if len(self) else np.zeros(0, bool)

    @property
    def silent(self) -> np.ndarray | None:
        """Per word: is it said in a turn that is not meant?  None where there is none."""
        return None if self.meant.all() else ~self.speaking

    @cached_property
    def counts(self) -> np.ndarray:
        """How often each type occurs."""
        return np.bincount(self.ids, minlength=len(self.types))

    @cached_property
    def _postings(self) -> tuple[np.ndarray, np.ndarray]:
        order = _order(self.ids)
        return order, np.concatenate(([0], np.cumsum(self.counts)))

    def positions(self, types: np.ndarray) -> np.ndarray:
        """Where any of these types occur, in order."""
        order, bounds = self._postings
        if len(types) == 1:
            return order[bounds[types[0]]:bounds[types[0] + 1]].astype(np.int64, copy=False)
        return np.sort(np.concatenate([order[bounds[t]:bounds[t + 1]] for t in types])).astype(np.int64, copy=False) if len(types) else np.zeros(0, np.int64)

    def places(self, first: np.ndarray, last: np.ndarray) -> Places:
        """Where passages stand, given as first and last word."""
        segment = self.segment[first]
        owner = self.owners[segment]
        base = np.array(self.bases, np.int64)[owner[:, 0]] if len(first) else np.zeros(0, np.int64)
        labels, speakers, roles = (np.array([v[k] for v in self._voices], dtype=object) for k in range(3))
        voice = self.voice[segment]
        named = np.array([s or n for s, n in zip(speakers, labels, strict=True)], dtype=object)
        return Places(owner[:, 0], owner[:, 1], named[voice] if len(voice) else named[:0], roles[voice] if len(voice) else roles[:0], self.start[first] - base, self.end[last] - base)

    def place(self, offset: int) -> tuple[Document, int]:
        """Document and offset in it, for an offset in the joined text."""
        i = int(np.searchsorted(self.bases, offset, "right")) - 1
        return self.documents[i], offset - self.bases[i]

    # --- the vocabulary -------------------------------------------------------------------------------------------------
    @cached_property
    def lookup(self) -> dict[str, int]:
        """Type → its number."""
        return {t: i for i, t in enumerate(self.types)}

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
            begin, _, rest = word.partition("*")
            pattern = re.compile("".join(".*" if p == "*" else re.escape(p) for p in re.split(r"(\*)", word)) + r"\Z")
            found = {i for i, t in enumerate(self.types) if t.startswith(begin) and (not rest or pattern.match(t))}
        else:
            found = set(self.keys.get(plain(word), ()))
        for struck in strike:
            found.discard(self.lookup.get(struck, -1))
        return np.array(sorted(found), dtype=np.int64)


_LONG = re.compile(r"(\w)\1{2,}")


@lru_cache(maxsize=1 << 17)
def plain(word: str) -> str:
    """The spelling that a word is read as.

    >>> plain("nggak"), plain("bangeeet"), plain("ibu-ibu")
    ('tidak', 'banget', 'ibu-ibu')
    """
    word = _LONG.sub(r"\1", word)
    return spelling().get(word, word)


def readings(form: str) -> set[str]:
    """All keys that a form of the vocabulary is read as.

    >>> sorted(readings("kelompoknya")), sorted(readings("ibu2"))
    (['kelompok', 'kelompoknya'], ['ibu', 'ibu2'])
    """
    squeezed = _LONG.sub(r"\1", form)
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


def _order(ids: np.ndarray) -> np.ndarray:
    """A stable argsort; numbers of 16 bits are sorted by radix, so larger ones go by halves."""
    order = np.argsort((ids & 0xFFFF).astype(np.uint16), kind="stable")
    if len(ids) and int(ids.max()) > 0xFFFF:
        order = order[np.argsort((ids[order] >> 16).astype(np.uint16), kind="stable")]
    return order
