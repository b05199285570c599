"""Which codings meet: counted for every pair of codes in one sweep along the texts; no pair of codings is ever listed.

Codings stand in order of their starts, so those that one meets further on are a run right behind it.  The nearest are held against it step by step,
all codings at once; longer runs are written and read as two overlapping halves of a power of two.  Codes are bits: a code met twice is noted once.
Time grows as n log n however many codings lie over one another.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

BLOCK = 1 << 15  # codings in whole documents that are held against each other at a time: what stays in the processor's own memory
COUNTED = 1 << 18  # codings counted at a time
NEAR = 24  # steps taken one by one
FEW = 8  # once one coding in so many still meets another, only these are looked at
ONE = np.uint64(1)


def meetings(document: np.ndarray, start: np.ndarray, end: np.ndarray, code: np.ndarray, codes: int, reach: int = 0) -> np.ndarray:
    """[a, b]: how many codings of code a meet at least one other coding of code b.

    document, start, end, code: int arrays (n), start and end in characters, code from 0 to codes - 1.  Two codings of a document meet when, of the two in
    order of their starts, the second begins before the first's end + reach (characters).  Returns int64 (codes, codes).
    """
    if not len(start):
        return np.zeros((codes, codes), np.int64)
    if not bool((document[1:] >= document[:-1]).all()):
        order = np.argsort(document, kind="stable")
        document, start, end, code = document[order], start[order], end[order], code[order]
    stride, counts = np.int64(int(end.max()) + reach + 2), np.zeros((codes, codes), np.int64)
    for a, b in _blocks(document, COUNTED):
        met, own = np.empty((-(-codes // 64), b - a), np.uint64), np.empty(b - a, np.int64)
        for c, d in _blocks(document[a:b], BLOCK):
            low, own[c:d] = document[a:b][c:d] * stride, code[a:b][c:d]
            high = low + end[a:b][c:d]
            high += reach
            low += start[a:b][c:d]
            if not bool((low[1:] >= low[:-1]).all()):
                order = np.argsort(low, kind="stable")
                low, high, own[c:d] = low[order], high[order], own[c:d][order]
            bit = np.left_shift(ONE, own[c:d] & 63, dtype=np.uint64, casting="unsafe")[None]
            if len(met) > 1:
                bit = bit * (own[c:d] >> 6 == np.arange(len(met))[:, None])
            met[:, c:d] = _met(low, high, bit)
        _count(own, met, counts)
    return counts


def together(group: np.ndarray, code: np.ndarray, codes: int, *, pairs: bool = False) -> np.ndarray:
    """[a, b]: how many codings of a stand in a group that holds a coding of b; `pairs`: how many pairs of a coding of a and one of b stand in one group.

    group, code: int arrays (n).  A sparse product.  Returns int64 (codes, codes); of pairs the diagonal means nothing.
    """
    from scipy.sparse import csr_matrix

    if not len(group):
        return np.zeros((codes, codes), np.int64)
    order = None if bool((group[1:] >= group[:-1]).all()) else np.argsort(group, kind="stable")
    sorted_ = group if order is None else group[order]
    number = np.cumsum(np.append(0, np.diff(sorted_) != 0))
    many = csr_matrix((np.ones(len(code), np.int64), (number, code if order is None else code[order])), shape=(int(number[-1]) + 1, codes))
    there = many
    if not pairs:
        there = many.copy()
        there.data[:] = 1
    return np.asarray((many.T @ there).todense())


def pairs(document: np.ndarray, start: np.ndarray, end: np.ndarray, code: np.ndarray, codes: int, reach: int = 0) -> np.ndarray:
    """[a, b]: how many pairs of a coding of a and one of b meet (see `meetings`), counted code by code; the diagonal means nothing."""
    stride = np.int64(int(end.max(initial=0)) + reach + 2)
    low = document * stride + start
    order = np.argsort(low, kind="stable")
    low, high, code = low[order], (document * stride + end + reach)[order], code[order]
    behind = np.arange(1, len(low) + 1)
    stop = np.maximum(np.searchsorted(low, high), behind)
    out = np.zeros((codes, codes), np.int64)
    for b in range(codes):
        before = np.append(0, np.cumsum(code == b))
        out[:, b] = np.bincount(code, before[stop] - before[behind], codes)
    return out + out.T


def _blocks(document: np.ndarray, size: int) -> Iterator[tuple[int, int]]:
    """Rows of whole documents, about so many of them."""
    low, n = 0, len(document)
    while low < n:
        high = int(np.searchsorted(document, document[low + size], "right")) if low + size < n else n
        yield low, high
        low = high


def _met(low: np.ndarray, high: np.ndarray, bit: np.ndarray) -> np.ndarray:
    """The codes (in bits, as `bit` gives each coding's own) that every coding meets; low is in order."""
    n = len(low)
    met, part = np.zeros_like(bit), np.empty(n, np.uint64)
    for lag in range(1, n):
        meets = low[lag:] < high[:n - lag]
        some = np.count_nonzero(meets)
        if some * FEW < n or lag > NEAR:
            break
        for mine, noted in zip(bit, met, strict=True):
            noted[:n - lag] |= np.multiply(mine[lag:], meets, out=part[lag:])
            noted[lag:] |= np.multiply(mine[:n - lag], meets, out=part[lag:])
    else:
        return met
    rows = np.flatnonzero(meets)
    while len(rows) and lag <= NEAR:
        behind = rows + lag
        for mine, noted in zip(bit, met, strict=True):
            noted[rows] |= mine[behind]
            noted[behind] |= mine[rows]
        lag += 1
        rows = rows[:np.searchsorted(rows, n - lag)]
        rows = rows[low[rows + lag] < high[rows]]
    if len(rows):
        long = np.searchsorted(low, high[rows]) - rows - 1
        for mine, noted in zip(bit, met, strict=True):
            _runs(rows, long, mine, noted)
    return met


def _runs(rows: np.ndarray, long: np.ndarray, bit: np.ndarray, met: np.ndarray) -> None:
    """Note what each of the rows meets in the `long` rows behind it, and there that they meet it."""
    level = np.frexp(long.astype(np.float64))[1] - 1  # the largest power of two within
    tables = [bit]
    for p in range(int(level.max())):  # [p][i]: all bits of the rows i … i + 2**p - 1
        tables.append(tables[-1][:-(1 << p)] | tables[-1][1 << p:])
    for p in range(len(tables) - 1, -1, -1):
        here = np.zeros(len(tables[p]), np.uint64)
        if p < len(tables) - 1:  # what was written of twice as long a run, to both its halves
            here[:len(written)] |= written
            here[1 << p:] |= written
        some = np.flatnonzero(level == p)
        at = rows[some]
        first, last = at + 1, at + 1 + long[some] - (1 << p)
        met[at] |= tables[p][first] | tables[p][last]
        np.bitwise_or.at(here, first, bit[at])
        np.bitwise_or.at(here, last, bit[at])
        written = here
    met |= written


def _count(code: np.ndarray, met: np.ndarray, counts: np.ndarray) -> None:
    """Add to [a, b] in how many codings of a the bit of b is set: bits are added up as an adder does, all columns at once."""
    n, q = len(code), len(counts)
    many = np.bincount(code, minlength=q)
    steps = min(8, (n // q).bit_length())
    columns = (many + (1 << steps) - 1) >> steps  # of each code, of 2**steps codings each; the last is filled up with nothing
    begins = np.cumsum(columns) - columns
    order = np.argsort(code.astype(np.uint8 if q <= 1 << 8 else np.uint16), kind="stable")
    at = np.arange(n) + np.repeat((begins << steps) - (np.cumsum(many) - many), many)
    used = np.flatnonzero(many)
    for w, mine in enumerate(met):
        rows = np.zeros(int(columns.sum()) << steps, np.uint64)
        rows[at] = mine[order]
        digits = [np.ascontiguousarray(rows.reshape(-1, 1 << steps).T).reshape(-1)]  # how often a bit is set in a column, digit by digit
        for _ in range(steps):
            carry, added = np.uint64(0), []
            for digit in digits:
                a, b = digit[:len(digit) // 2], digit[len(digit) // 2:]
                either = a ^ b
                added.append(either ^ carry)
                carry = a & b | either & carry
            digits = [*added, carry]
        total = np.zeros((int(columns.sum()), 64), np.int32)
        for k, digit in enumerate(digits):
            total += np.unpackbits(digit.astype("<u8", copy=False).view(np.uint8).reshape(-1, 8), axis=1, bitorder="little").astype(np.int32) << k
        counts[used, 64 * w:64 * w + 64] += np.add.reduceat(total, begins[used], axis=0)[:, :q - 64 * w]
