"""Ratings of units by coders, brought into one form: integers per unit and coder, −1 where a judgement is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from ..words import say


@dataclass(frozen=True, eq=False)
class Ratings:
    """codes: (units, coders) integers into `categories`, −1 missing; `given`: the categories come from the codebook."""

    codes: np.ndarray
    categories: tuple
    given: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Units and coders."""
        return self.codes.shape

    @property
    def q(self) -> int:
        """Number of categories."""
        return len(self.categories)

    @cached_property
    def per_unit(self) -> np.ndarray:
        """(units,) judgements on each unit."""
        return (self.codes >= 0).sum(1)

    @property
    def missing(self) -> int:
        """Judgements that are not there."""
        return int((self.codes < 0).sum())

    @cached_property
    def seen(self) -> np.ndarray:
        """Indices of the categories that occur."""
        return np.flatnonzero(np.bincount(self.codes.ravel() + 1, minlength=1)[1:])

    @cached_property
    def numbers(self) -> np.ndarray:
        """The categories as numbers, for metrics that measure distance."""
        try:
            return np.asarray(self.categories, float)
        except (TypeError, ValueError):
            shown = ", ".join(map(str, self.categories[:5]))
            raise ValueError(
                say(f"Metrik ini memerlukan kategori berupa angka, bukan: {shown}", f"This metric needs categories that are numbers, not: {shown}")
            ) from None


def _blank(x: object) -> bool:
    return x is None or (isinstance(x, (float, np.floating)) and np.isnan(x))


def encode(ratings: object, categories: Sequence | None = None) -> Ratings:
    """Bring `ratings` (units × coders; None, NaN or a mask where missing) into `Ratings`.

    Without `categories` those that occur are taken, sorted; the codebook's own list is better: Brennan–Prediger and AC1
    need its length, the ordinal metric its order.

    >>> encode([["a", "b"], [None, "a"]]).codes.tolist()
    [[0, 1], [-1, 0]]
    """
    if isinstance(ratings, Ratings):
        return ratings
    mask = np.ma.getmaskarray(ratings) if isinstance(ratings, np.ma.MaskedArray) else None
    table = np.asarray(ratings.data if mask is not None else ratings)
    if table.dtype.kind not in "biuf":
        table = np.asarray(ratings.data if mask is not None else ratings, dtype=object)
    if table.ndim != 2:
        raise ValueError(f"ratings must have two axes, units × coders; these have {table.ndim}")
    flat = table.ravel()
    if flat.dtype == object:
        blank = np.fromiter((_blank(x) for x in flat), bool, flat.size)
    else:
        blank = np.isnan(flat) if flat.dtype.kind == "f" else np.zeros(flat.size, bool)
    if mask is not None:
        blank |= mask.ravel()
    codes = np.full(flat.size, -1, np.int64)
    if flat.dtype == object:
        kept = flat[~blank].tolist()
        if categories is None:
            try:
                found = sorted(set(kept))
            except TypeError:
                found = sorted(set(kept), key=str)
        else:
            found = list(categories)
        where = {c: i for i, c in enumerate(found)}
        strange = sorted({str(x) for x in kept if x not in where})
        if not strange:
            codes[~blank] = [where[x] for x in kept]
    elif categories is not None and len(found := list(categories)) <= 8 and all(isinstance(c, (int, float)) for c in found):
        where = {c: i for i, c in enumerate(found)}
        for c, i in where.items():
            codes[(flat == c) & ~blank] = i
        left = (codes < 0) & ~blank
        strange = [str(x) for x in np.unique(flat[left]).tolist()] if left.any() else []
    else:
        seen, inverse = np.unique(flat[~blank], return_inverse=True)
        found = seen.tolist() if categories is None else list(categories)
        where = {c: i for i, c in enumerate(found)}
        strange = [str(x) for x in seen.tolist() if x not in where]
        if not strange:
            codes[~blank] = np.array([where[x] for x in seen.tolist()] or [0])[inverse]
    if len(where) != len(found):
        raise ValueError(f"categories repeat: {found}")
    if strange:
        listed = ", ".join(strange[:5])
        raise ValueError(say(f"Kategori di luar daftar: {listed}. Yang ada: {found}", f"Categories not in the list: {listed}. There are: {found}"))
    return Ratings(codes.reshape(table.shape), tuple(found), categories is not None)


def from_table(table: object, categories: Sequence | None = None) -> np.ndarray:
    """Ratings (n, 2) of two coders from their square contingency table (rows: first coder).

    The categories are 0, 1, … unless `categories` names them; ratio weights and metric depend on them (Gwet's tables begin at 1).

    >>> from_table([[1, 1], [0, 2]]).tolist()
    [[0, 0], [0, 1], [1, 1], [1, 1]]
    >>> from_table([[1, 1], [0, 2]], categories=(1, 2)).tolist()
    [[1, 1], [1, 2], [2, 2], [2, 2]]
    """
    counts = np.asarray(table, int)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or (counts < 0).any():
        raise ValueError("a contingency table of two coders is square, with counts")
    names = np.arange(len(counts)) if categories is None else np.asarray(categories)
    if len(names) != len(counts):
        raise ValueError(f"{len(counts)} categories in the table, {len(names)} named")
    return names[np.repeat(np.argwhere(counts >= 0), counts.ravel(), axis=0)]


def from_counts(counts: object) -> np.ndarray:
    """Ratings (units, most judgements) from a units × categories table of counts; who judged is not known.

    >>> from_counts([[2, 1], [0, 2]]).tolist()
    [[0.0, 0.0, 1.0], [1.0, 1.0, nan]]
    """
    table = np.asarray(counts, int)
    out = np.full((len(table), int(table.sum(1).max(initial=0))), np.nan)
    for row, line in zip(out, table, strict=True):
        row[: line.sum()] = np.repeat(np.arange(table.shape[1]), line)
    return out


def draw_documents(rng: np.random.Generator, documents: int, rounds: int) -> np.ndarray:
    """(rounds, documents) how often each document comes when as many as there are are drawn with replacement."""
    return rng.multinomial(documents, np.full(documents, 1 / documents), size=rounds).astype(float)


def _collapsed(codes: np.ndarray, base: int) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows of integers from −1 to base − 2, and which of them each row is."""
    m = codes.shape[1]
    if m * np.log2(max(base, 2)) >= 62:
        rows, which = np.unique(codes, axis=0, return_inverse=True)
        return rows, which.reshape(-1)
    place = base ** np.arange(m - 1, -1, -1, dtype=np.int64)
    keys = (codes + 1) @ place
    if base**m <= 1 << 16:  # few patterns are possible: they are counted, not sorted
        there = np.flatnonzero(np.bincount(keys, minlength=1))
        number = np.zeros(int(there[-1]) + 1 if len(there) else 0, np.int64)
        number[there] = np.arange(len(there))
        which = number[keys]
    else:
        there, which = np.unique(keys, return_inverse=True)
    return there[:, None] // place % base - 1, which.reshape(-1)


@dataclass(frozen=True, eq=False)
class Patterns:
    """The distinct rows of a units × coders table, so that a thousand resamples cost no more than the distinct rows.

    rows (D, m) codes; which (units,) the row of each unit; weight (D,) how many units have it.
    """

    rows: np.ndarray
    which: np.ndarray
    weight: np.ndarray
    q: int

    @classmethod
    def of(cls, ratings: Ratings, exchangeable: bool) -> Patterns:
        """Collapse equal rows; `exchangeable`: it does not matter who judged, so rows are sorted first."""
        rows, which = _collapsed(ratings.codes, ratings.q + 1)
        if exchangeable:  # of the few distinct rows, not of every unit
            rows, again = _collapsed(np.sort(rows, axis=1), ratings.q + 1)
            which = again[which]
        return cls(rows, which, np.bincount(which, minlength=len(rows)).astype(float), ratings.q)

    @cached_property
    def r(self) -> np.ndarray:
        """(D,) judgements in each row."""
        return (self.rows >= 0).sum(1).astype(float)

    @cached_property
    def counts(self) -> sparse.csr_matrix:
        """(D, q) judgements per category, sparse."""
        at, who = np.nonzero(self.rows >= 0)
        return sparse.csr_matrix((np.ones(len(at)), (at, self.rows[at, who])), (len(self.rows), self.q))

    def draw(self, rng: np.random.Generator, rounds: int, documents: np.ndarray | None = None, drawn: np.ndarray | None = None) -> np.ndarray:
        """(rounds, D) weights of resamples with replacement, of units or, with `documents` (units,) indices, of documents.

        drawn   (rounds, documents) how often each document was drawn, where that is known (many codes share one drawing)
        """
        n, d = len(self.which), len(self.rows)
        if documents is not None:
            k = int(documents.max()) + 1
            per = sparse.csr_matrix((np.ones(n), (documents, self.which)), (k, d))
            drawn = draw_documents(rng, k, rounds) if drawn is None else drawn
            return np.asarray((per.T @ drawn.T).T)
        if d * 10 < n:
            return rng.multinomial(n, self.weight / n, size=rounds).astype(float)
        out = np.empty((rounds, d))
        for row in out:
            row[:] = np.bincount(self.which[rng.integers(0, n, n)], minlength=d)
        return out
