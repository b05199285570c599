"""What rules coded as a table: places in columns of numbers; words are cut out of the texts when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from ..codebook import Codebook
from ..codings import Codings, Factor, empty
from ..corpus import Corpus
from ..model import MACHINE
from ..spans import STR, Flat, joined, named

if TYPE_CHECKING:
    from . import Passages
    from .words import Words

AROUND = 40  # characters shown before and after a quotation
STRIDE = 1 << 16  # rows in which the order of a column's values is looked for at a time
PART = 16 << 20  # characters of texts cut at a time
_NAMED = ("code", "speaker", "role", "rule", "codebook")
_NUMBERS = ("document", "start", "end", "turn", "absent", *_NAMED)
Coded = tuple["Words", Sequence[tuple[Codebook, "Passages"]]]  # what books code in the words of some documents


@dataclass(frozen=True)
class Cut:
    """A column of words that lie between two places of each row's document (`more` characters before the first, behind the second); called with some rows, it gives theirs."""

    corpus: Corpus
    document: Factor
    low: np.ndarray
    high: np.ndarray
    more: tuple[int, int] = (0, 0)

    def __call__(self, rows: np.ndarray | None = None) -> pd.arrays.ArrowStringArray:
        code, low, high = (a if rows is None else a[rows] for a in (self.document.codes, self.low, self.high))
        low, high = low - self.more[0], high + self.more[1]
        order = None if bool((code[1:] >= code[:-1]).all()) else np.argsort(code, kind="stable")
        if order is not None:
            code, low, high = code[order], low[order], high[order]
        there, number = np.unique(code, return_inverse=True)
        texts = [self.corpus.by_id[self.document.names[i]].text for i in there.tolist()]
        part = np.cumsum([0, *map(len, texts)])[:-1] // PART  # texts of one number are cut together
        edges = [0, *(np.flatnonzero(part[1:] != part[:-1]) + 1).tolist(), len(texts)] if texts else [0]
        found = []
        for a, b in zip(edges, edges[1:], strict=False):
            i, j = np.searchsorted(number, (a, b)).tolist()
            flat, n = Flat(texts[a:b]), number[i:j] - a
            found += flat.cut(n, np.maximum(low[i:j], 0), np.minimum(high[i:j], flat.size[n]))._pa_array.chunks
        words = pa.chunked_array(found, pa.large_string())
        if order is not None:
            back = np.empty(len(order), np.int64)
            back[order] = np.arange(len(order))
            words = words.take(pa.array(back))
        return pd.arrays.ArrowStringArray(words, dtype=STR)


@dataclass(frozen=True)
class _Ids:
    """The column of a machine's ids: document:start-end:code."""

    document: Factor
    start: np.ndarray
    end: np.ndarray
    code: Factor

    def __call__(self, rows: np.ndarray | None = None) -> pd.arrays.ArrowStringArray:
        d, a, b, c = (x if rows is None else x[rows] for x in (self.document.codes, self.start, self.end, self.code.codes))
        return joined(named(d, self.document.names), ":", a, "-", b, ":", named(c, self.code.names))


class Table:
    """A table in the making: the codings of books in the order of the corpus, by document, start, end and code; the words they were found in need not stay."""

    def __init__(self, corpus: Corpus):
        self.corpus = corpus
        self._number = {id(d): i for i, d in enumerate(corpus.documents)}
        self._names: dict[str, dict[str, int]] = {n: {} for n in _NAMED}
        self._parts: list[dict[str, np.ndarray]] = []

    def add(self, w: Words, found: Sequence[tuple[Codebook, Passages]]) -> None:
        """What books coded in the words of the next documents."""
        self._parts.append(_sorted([_columns(w, b, p, self._number, self._names) for b, p in found], self._names["code"]))

    def codings(self, books: tuple[Codebook, ...], source: str) -> Codings:
        corpus, parts, names = self.corpus, self._parts, self._names
        whole = {n: np.concatenate([p.pop(n) for p in parts]) if parts else np.zeros(0, np.int64) for n in _NUMBERS}
        n = len(whole["start"])
        if not n:
            return Codings(empty(), corpus, books, source=source)
        factors = {c: _first(whole.pop(c), tuple(names[c])) for c in _NAMED}
        document = factors["document"] = Factor(whole.pop("document"), tuple(d.id for d in corpus.documents)).used()
        factors["case"] = document.map({d.id: d.case for d in corpus.documents})
        factors["polarity"] = _first(whole.pop("absent").astype(np.int32), ("present", "absent"))
        same = np.broadcast_to(np.zeros(1, np.int32), n)
        factors |= {"coder": Factor(same, (MACHINE,)), "note": Factor(same, ("",)), "created": Factor(same, ("",))}
        start, end, turn = (whole.pop(n).astype(np.int64) for n in ("start", "end", "turn"))
        held = {"start": start, "end": end, "turn": turn, "quote": Cut(corpus, document, start, end), "before": Cut(corpus, document, start, start, (AROUND, 0)), "after": Cut(corpus, document, end, end, (0, AROUND)),
                "id": _Ids(document, start, end, factors["code"])}
        return Codings(None, corpus, books, source=source, factors=factors, held=held)


def tabled(corpus: Corpus, coded: Iterable[Coded], books: tuple[Codebook, ...], source: str) -> Codings:
    """The codings of books in the words of documents, as they come."""
    table = Table(corpus)
    for w, found in coded:
        table.add(w, found)
    return table.codings(books, source)


def _columns(w: Words, book: Codebook, p: Passages, number: Mapping[int, int], names: Mapping[str, dict[str, int]]) -> dict[str, np.ndarray]:
    """The passages of a book as numbers; `names` learns what they stand for."""
    segment = w.segment[p.first]
    owner = w.owners[segment]
    base = np.array(w.bases, np.int64)[owner[:, 0]]
    voices = list(w._voices)
    return {"document": np.array([number[id(d)] for d in w.documents], np.int32)[owner[:, 0]], "start": w.start[p.first] - base, "end": w.end[p.last] - base, "turn": owner[:, 1], "absent": p.absent.astype(bool),
            "code": _renamed(p.code, names["code"]), "rule": _renamed(p.rule, names["rule"]),
            "speaker": _renamed(Factor(w.voice[segment], tuple(s or label for label, s, _ in voices)), names["speaker"]), "role": _renamed(Factor(w.voice[segment], tuple(r for _, _, r in voices)), names["role"]),
            "codebook": np.full(len(segment), names["codebook"].setdefault(book.id, len(names["codebook"])), np.int32)}


def _renamed(factor: Factor, names: dict[str, int]) -> np.ndarray:
    """A factor's numbers by the names of the whole table."""
    return np.array([names.setdefault(n, len(names)) for n in factor.names], np.int32)[factor.codes] if len(factor.codes) else np.zeros(0, np.int32)


def _sorted(parts: Sequence[dict[str, np.ndarray]], codes: Mapping[str, int]) -> dict[str, np.ndarray]:
    """The columns of several books in one, by document, start, end and code."""
    whole = {n: np.concatenate([p[n] for p in parts]) if parts else np.zeros(0, np.int64) for n in _NUMBERS}
    rank = np.empty(len(codes), np.int64)
    rank[[codes[c] for c in sorted(codes)]] = np.arange(len(codes))
    order = np.lexsort((rank[whole["code"]], whole["end"], whole["start"], whole["document"]))
    return {n: (c.astype(np.int32) if n in ("start", "end", "turn") else c)[order] for n, c in whole.items()}


def _first(codes: np.ndarray, names: tuple[str, ...]) -> Factor:
    """A factor whose values come in the order in which rows have them."""
    wanted = int(np.count_nonzero(np.bincount(codes, minlength=len(names))))
    there: dict[int, None] = {}
    for at in range(0, len(codes), STRIDE):
        found, first = np.unique(codes[at:at + STRIDE], return_index=True)
        there |= dict.fromkeys(n for n in found[np.argsort(first)].tolist() if n not in there)
        if len(there) == wanted:
            break
    if wanted == 1:
        return Factor(np.broadcast_to(np.zeros(1, np.int32), len(codes)), tuple(names[i] for i in there))
    place = np.zeros(len(names), np.int32)
    place[list(there)] = np.arange(wanted)
    return Factor(place[codes], tuple(names[i] for i in there))


__all__ = ["Coded", "Cut", "Table", "tabled"]
