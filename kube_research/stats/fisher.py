"""Fisher's exact test of a table of any shape, by enumeration: no Monte Carlo, the same p every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy
from scipy.special import gammaln

from ..words import say
from .result import Estimate, undefined

WORK = 20_000_000  # partial tables looked at before giving up


def _columns(total: int, room: np.ndarray) -> np.ndarray:
    """Every way (ways, rows) to fill a column of `total` within the `room` left in each row."""
    heads = np.meshgrid(*(np.arange(min(total, r) + 1) for r in room[:-1]), indexing="ij")
    grid = np.stack([h.ravel() for h in heads], 1)
    last = total - grid.sum(1)
    good = (last >= 0) & (last <= room[-1])
    return np.column_stack([grid[good], last[good]])


@dataclass(frozen=True, eq=False)
class _Partial:
    """Tables filled in part, flat and sorted: room (n,) key of what is left in the rows, log probability, how many have it."""

    room: np.ndarray
    log: np.ndarray
    many: np.ndarray

    def groups(self) -> Iterator[tuple[int, slice]]:
        """Key of each room and its stretch."""
        keys, first = np.unique(self.room, return_index=True)
        for key, start, end in zip(keys, first, np.append(first[1:], len(self.room)), strict=True):
            yield int(key), slice(int(start), int(end))


def _fill(partial: _Partial, totals: list[int], base: np.ndarray, budget: list[int]) -> _Partial | None:
    """Fill columns one after the other; None when the work would exceed the budget.

    base   powers of one number: a room's key has what is left in the rows, sorted, as its digits (what is to come does not
           depend on which row has how much left, so rooms that differ in their order only are one)
    """
    digit = int(base[1])
    for total in totals:
        left = partial.room[:, None] // base % digit
        if left[0].sum() == total:  # the last column: one way only
            log = np.round(partial.log - gammaln(left + 1).sum(1), 9)
            order = np.argsort(log)
            return _Partial(np.zeros(len(order), np.int64), log[order], partial.many[order])
        rooms, logs, many = [], [], []
        for key, part in partial.groups():
            room, size = key // base % digit, part.stop - part.start
            budget[0] -= int(np.prod(np.minimum(room[:-1], total) + 1.0)) * size
            if budget[0] < 0:
                return None
            ways = _columns(total, room)
            step = -gammaln(ways + 1).sum(1)
            rooms.append(np.repeat(np.sort(room - ways, axis=1) @ base, size))
            logs.append(np.add.outer(step, partial.log[part]).ravel())
            many.append(np.tile(partial.many[part], len(ways)))
        flat = np.concatenate(rooms), np.round(np.concatenate(logs), 9), np.concatenate(many)
        order = np.lexsort((flat[1], flat[0]))
        room, log, weight = (x[order] for x in flat)
        new = np.append(True, (np.diff(room) != 0) | (np.diff(log) != 0))
        partial = _Partial(room[new], log[new], np.add.reduceat(weight, np.flatnonzero(new)))
    return partial


def fisher_exact(table, *, rounds: int = 0, seed: int = 0, unit: str = "case") -> Estimate:
    """Two-sided p of an r × c table: the probability of all tables with its margins that are no likelier than it.

    table (r, c) counts of independent units: cases or persons, never segments of the same interview.
    Enumerated from both ends and joined in the middle; scipy's `fisher_exact` is Monte Carlo beyond 2 × 2.  A table too
    large for that has no p, unless `rounds` tables may be drawn with `seed`: then both are in the estimate.

    >>> round(fisher_exact([[3, 0, 1], [0, 3, 1]]).value, 4)                                                    # 2/35
    0.0571
    >>> round(fisher_exact([[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]).value, 4)     # Agresti: .7827
    0.7827
    """
    counts = np.asarray(table)
    if counts.ndim != 2 or (counts < 0).any() or (counts != np.floor(counts)).any():
        raise ValueError("a table of counts has two axes and whole, non-negative numbers")
    counts = counts.astype(int)
    rule = say("uji eksak Fisher, dua sisi, semua tabel dengan jumlah pinggir ini", "Fisher's exact test, two-sided, all tables with these margins")
    frame = {"n": int(counts.sum()), "unit": unit, "rule": rule}
    counts = counts[counts.sum(1) > 0][:, counts.sum(0) > 0]
    if min(counts.shape, default=0) < 2:
        why = say("hanya satu baris atau satu kolom yang terisi: tidak ada yang dibandingkan", "only one row or column is filled: nothing to compare")
        return undefined("Fisher's exact p", why, **frame)
    margins = [sorted(map(int, counts.sum(axis))) for axis in (1, 0)]
    rows, columns = sorted(margins, key=lambda m: np.prod(np.array(m, float) + 1))  # the fewer states, the less work
    base = gammaln(np.array(rows) + 1).sum() + gammaln(np.array(columns) + 1).sum() - gammaln(frame["n"] + 1)
    limit = base - gammaln(counts + 1).sum() + 1e-7
    half = len(columns) // 2
    budget = [WORK if (max(rows) + 1.0) ** len(rows) < 2**62 else -1]
    radix = np.array([(max(rows) + 1) ** i for i in range(len(rows))], dtype=np.int64) if budget[0] > 0 else np.ones(2, np.int64)
    one = np.ones(1)
    left = _fill(_Partial(np.array([int(np.dot(rows, radix))]), np.zeros(1), one), columns[:half], radix, budget) if budget[0] > 0 else None
    p = 0.0
    for room, part in left.groups() if left else ():
        right = _fill(_Partial(np.array([room]), np.zeros(1), one), columns[half:], radix, budget)
        if right is None:
            left = None
            break
        top = right.log[-1]  # right.log is sorted
        weight = np.append(0.0, np.cumsum(np.exp(right.log - top) * right.many))
        below = weight[np.searchsorted(right.log, limit - base - left.log[part], side="right")]
        p += float((np.exp(left.log[part] + top + base) * left.many[part] * below).sum())
    if left is None and rounds:
        drawn = scipy.stats.random_table(rows, columns).rvs(rounds, random_state=np.random.default_rng(seed))
        hits = int((base - gammaln(drawn + 1).sum((1, 2)) <= limit).sum())
        drawn_rule = rule + say(f"; {rounds} tabel diundi", f"; {rounds} tables drawn")
        return Estimate("Fisher's exact p", (hits + 1) / (rounds + 1), seed=seed, rounds=rounds, **(frame | {"rule": drawn_rule}))
    if left is None:
        why = say("tabel terlalu besar untuk dihitung satu per satu: undi dengan rounds dan seed", "too large to enumerate: draw tables, with rounds and a seed")
        return undefined("Fisher's exact p", why, **frame)
    return Estimate("Fisher's exact p", min(1.0, p), **frame)
