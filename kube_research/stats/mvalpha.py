"""Agreement when a unit may bear several codes at once: Krippendorff & Craggs' multi-valued alpha."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import combinations
from math import comb

import numpy as np

from ..words import say
from .result import Estimate, undefined

CAP = 30_000_000  # pairs of code sets that the expectation may run over


def _subsets(labels: int, size: int) -> np.ndarray:
    """(C(labels, size), labels) membership of every set of that size."""
    out = np.zeros((comb(labels, size), labels))
    for row, members in zip(out, combinations(range(labels), size), strict=True):
        row[list(members)] = 1
    return out


def _between(c: np.ndarray, k: np.ndarray, frequency: np.ndarray) -> float:
    """Mean distance of a set of c's size and one of k's, each drawn by the frequencies of its labels, without replacement."""
    with np.errstate(divide="ignore"):
        log, less = np.log(frequency), np.maximum(np.log((frequency - 1) / frequency), -1e9)
    overlap = c @ k.T
    weight = np.exp(np.add.outer(c @ log, k @ log) + (c * less) @ k.T)
    sizes = c.sum(1)[:, None] + k.sum(1)[None, :]
    apart = 1 - np.divide(2 * overlap, sizes, out=np.ones_like(overlap), where=sizes > 0)
    total = weight.sum()
    return float((weight * apart).sum() / total) if total > 0 else 0.0


def mv_alpha(sets: Sequence[Sequence[Iterable[Hashable] | None]], *, unit: str = "unit") -> Estimate:
    """Multi-valued alpha, nominal (Krippendorff & Craggs 2016, Communication Methods and Measures 10(4)).

    sets    (units, coders) of code sets.  The empty set says "looked, no code"; None says "not judged".
    The distance of two sets is 1 − 2|C∩K| / (|C| + |K|); the expectation runs over all sets of the sizes that occur, by the
    frequencies of their labels.  Its cost grows with C(labels, size): about 15 labels or 4 codes a unit.

    >>> table3 = [[{"b", "d"}, {"d"}, None], [{"a", "b", "d"}, {"b"}, {"b", "d"}], [set(), {"a"}, {"a"}], [{"a"}, None, None]]
    >>> round(mv_alpha(table3).value, 4)                                                         # table 3: .2866
    0.2866
    """
    name, rule = "mv-alpha (nominal)", say("1 - Do/De atas himpunan kode, Krippendorff & Craggs 2016; himpunan kosong adalah penilaian, yang hilang bukan", "1 - Do/De over sets of codes, Krippendorff & Craggs 2016; empty set is a judgement, missing is not")
    table = [[None if x is None else frozenset(x) for x in row] for row in sets]
    coders = max((len(row) for row in table), default=0)
    missing = sum(x is None for row in table for x in row)
    kept = [[x for x in row if x is not None] for row in table]
    kept = [row for row in kept if len(row) >= 2]
    frame = {"n": len(kept), "unit": unit, "rule": rule, "coders": coders, "missing": missing}
    if coders < 2 or not kept:
        return undefined(name, say("tidak ada unit yang dinilai oleh dua pengode", "no unit was judged by two coders"), **frame)
    labels = sorted({x for row in kept for s in row for x in s}, key=str)
    if len({s for row in kept for s in row}) < 2:
        return undefined(name, say("semua himpunan kode sama: tidak ada variasi", "all sets of codes are the same: there is no variation"), **frame)
    sizes = Counter(len(s) for row in kept for s in row)
    order = sorted(sizes)
    cost = sum(comb(len(labels), a) * comb(len(labels), b) for a in order for b in order)
    if cost > CAP:
        text = say(
            f"terlalu banyak kombinasi ({len(labels)} kode, sampai {order[-1]} kode per unit): hitung per kode atau per ranah",
            f"too many combinations ({len(labels)} codes, up to {order[-1]} on a unit): compute per code or per domain",
        )
        return undefined(name, text, **frame)
    place = {x: i for i, x in enumerate(labels)}
    frequency = np.zeros(len(labels))
    observed = total = 0.0
    for row, times in Counter(map(tuple, kept)).items():  # units that were judged alike are weighed, not repeated
        member = np.zeros((len(row), len(labels)))
        for line, s in zip(member, row, strict=True):
            line[[place[x] for x in s]] = 1
        frequency += times * member.sum(0)
        total += times * len(row)
        both = np.add.outer(member.sum(1), member.sum(1))
        apart = 1 - np.divide(2 * member @ member.T, both, out=np.ones_like(both), where=both > 0)
        observed += times * (apart.sum() - np.trace(apart)) / (len(row) - 1)
    families = {s: _subsets(len(labels), s) for s in order}
    expected = sum(sizes[a] * sizes[b] * _between(families[a], families[b], frequency) for a in order for b in order) / total**2
    observed /= total
    return Estimate(name, float(1 - observed / expected), observed=float(observed), expected=float(expected), **frame)
