"""Gamma: agreement on where spans lie and what they are called, from the best alignment of all coders' spans.

Mathet, Widlöcher & Métivier 2015, Computational Linguistics 41(3).  Gamma is random, since the expected disorder is
estimated from shuffled continua: the seed is part of the result.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy
from scipy import sparse

from ..words import say
from .result import NAN, Estimate, undefined

Span = tuple[int, int, Hashable]
CANDIDATES = 200_000  # unitary alignments considered at most


@dataclass(frozen=True, slots=True)
class Gamma:
    """gamma: the estimate; disorder, chance: observed and mean expected disorder; alignment: per row an index or None per coder."""

    gamma: Estimate
    disorder: float
    chance: float
    alignment: tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True, slots=True)
class _Costs:
    alpha: float
    beta: float
    empty: float
    codes: Mapping | None

    def between(self, a: Sequence[Span], b: Sequence[Span]) -> np.ndarray:
        """(len(a), len(b)) dissimilarity: alpha·((Δstart+Δend)/(length+length))² + beta·[code differs], in units of `empty`."""
        p, q = (np.array([s[:2] for s in x], float).reshape(-1, 2) for x in (a, b))
        apart = np.abs(p[:, None] - q[None]).sum(2) / np.add.outer(p[:, 1] - p[:, 0], q[:, 1] - q[:, 0])
        if self.codes is None:
            other = np.array([[float(s[2] != t[2]) for t in b] for s in a]).reshape(len(a), len(b))
        else:
            other = np.array([[0.0 if s[2] == t[2] else float(self.codes[frozenset((s[2], t[2]))]) for t in b] for s in a]).reshape(len(a), len(b))
        return self.empty * (self.alpha * apart**2 + self.beta * other)


def _two(cost: np.ndarray, empty: float) -> tuple[float, list[tuple]]:
    """Best alignment of two coders: an assignment problem with a free empty partner for everyone."""
    a, b = cost.shape
    square = np.zeros((a + b, a + b))
    square[:a, :b] = cost
    square[:a, b:] = square[a:, :b] = empty
    rows, columns = scipy.optimize.linear_sum_assignment(square)
    out = [(int(i) if i < a else None, int(j) if j < b else None) for i, j in zip(rows, columns, strict=True) if i < a or j < b]
    return float(square[rows, columns].sum()), out


def _many(spans: Sequence[Sequence[Span]], costs: _Costs) -> tuple[float, list[tuple]] | None:
    """Best alignment of three or more coders, exact: choose unitary alignments that use every span once (integer programme)."""
    m = len(spans)
    pairs = m * (m - 1) / 2
    between = {(g, h): costs.between(spans[g], spans[h]) for g, h in combinations(range(m), 2)}
    partial: list[tuple[tuple, float]] = [((), 0.0)]
    ceiling = m * pairs * costs.empty  # dearer than all its spans alone (Mathet et al. 2015, 5.1.1)
    for g in range(m):
        grown = []
        for members, sum_cost in partial:
            grown.append(((*members, None), sum_cost))
            for i in range(len(spans[g])):
                more = sum(between[h, g][members[h], i] for h in range(g) if members[h] is not None)
                if sum_cost + more <= ceiling:
                    grown.append(((*members, i), sum_cost + more))
            if len(grown) > CANDIDATES:
                return None
        partial = grown
    kept, price = [], []
    for members, sum_cost in partial:
        k = m - members.count(None)
        cost = (sum_cost + (pairs - k * (k - 1) / 2) * costs.empty) / pairs  # every pair with an empty place costs one `empty`
        if k and (k == 1 or cost < k * costs.empty):
            kept.append(members)
            price.append(cost)
    start = np.concatenate([[0], np.cumsum([len(s) for s in spans])])
    entries = [(start[g] + i, c) for c, members in enumerate(kept) for g, i in enumerate(members) if i is not None]
    rows, columns = np.array(entries).T
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), (int(start[-1]), len(kept)))
    found = scipy.optimize.milp(np.array(price), constraints=scipy.optimize.LinearConstraint(matrix, 1, 1), integrality=np.ones(len(kept)), bounds=scipy.optimize.Bounds(0, 1))
    if found.x is None:
        return None
    return float(found.fun), [members for members, x in zip(kept, found.x, strict=True) if x > 0.5]


def _align(spans: Sequence[Sequence[Span]], costs: _Costs) -> tuple[float, list[tuple]] | None:
    """Disorder of the best alignment (sum of unitary disorders over the mean number of spans) and the alignment itself."""
    mean = sum(map(len, spans)) / len(spans)
    if len(spans) == 2:
        best = _two(costs.between(*spans), costs.empty)
    else:
        best = _many(spans, costs)
    return None if best is None else (best[0] / mean, best[1])


def _shuffled(spans: Sequence[Sequence[Span]], length: float, apart: float, rng: np.random.Generator) -> list[list[Span]]:
    """A continuum of chance: for each coder somebody's spans, shifted round the text, shifts at least `apart` from each other."""
    shifts: list[float] = []
    for _ in spans:
        for _attempt in range(100):
            shift = rng.uniform(0, length)
            if all(min(abs(shift - s), length - abs(shift - s)) >= apart for s in shifts):
                break
        shifts.append(shift)
    chosen = [spans[rng.integers(len(spans))] for _ in shifts]
    while not any(chosen):  # a coder without spans may be drawn, but not for everybody: such a continuum has no disorder
        chosen = [spans[rng.integers(len(spans))] for _ in shifts]
    out = []
    for shift, own in zip(shifts, chosen, strict=True):
        out.append([((s + shift) % length, (s + shift) % length + (e - s), c) for s, e, c in own])
    return out


def gamma_agreement(
    coders: Sequence[Sequence[Span]], length: int, *, alpha: float = 3.0, beta: float = 1.0, empty: float = 1.0,
    codes: Mapping | None = None, samples: int = 30, seed: int = 0,
) -> Gamma:  # fmt: skip
    """Gamma = 1 − observed / expected disorder; an option beside alpha, for spans that may overlap.

    coders   spans (start, end, code) per coder (two: solved as an assignment; more: an integer programme, exact)
    length   characters of the continuum, round which the chance continua are shifted
    alpha, beta   weights of position and code; empty: cost of a span without partner (Δ∅)
    codes    dissimilarities {frozenset({code, code}): 0..1}; default 1 for any two different codes
    samples  chance continua; the estimate's `se` is that of their mean disorder carried to gamma

    >>> a = [(0, 10, "x"), (20, 30, "y")]; b = [(0, 10, "x"), (20, 25, "y")]
    >>> g = gamma_agreement([a, b], 40, samples=20, seed=1); round(g.disorder, 4), g.alignment
    (0.1667, ((0, 0), (1, 1)))
    """
    name = "gamma"
    rule = say(f"Mathet dkk. 2015, alfa {alpha:g}, beta {beta:g}, kosong {empty:g}; {samples} kontinum acak", f"Mathet et al. 2015, alpha {alpha:g}, beta {beta:g}, empty {empty:g}; {samples} chance continua")
    filled = [list(s) for s in coders]
    frame = {"n": sum(map(len, filled)), "unit": say("rentang", "span"), "rule": rule, "coders": len(filled), "seed": seed, "rounds": samples}
    why = ""
    if len(filled) < 2:
        why = say("hanya ada satu pengode", "there is only one coder")
    elif not frame["n"]:
        why = say("tidak ada rentang yang dikode", "nobody coded a span")
    elif wrong := [s for own in filled for s in own if not 0 <= s[0] < s[1] <= length]:
        raise ValueError(say(f"rentang di luar teks 0..{length} atau kosong: {wrong[0]}", f"a span outside the text 0..{length}, or empty: {wrong[0]}"))
    if why:
        return Gamma(undefined(name, why, **frame), NAN, NAN, ())
    costs = _Costs(alpha, beta, empty, codes)
    best = _align(filled, costs)
    rng = np.random.default_rng(seed)
    apart = float(np.mean([e - s for own in filled for s, e, _ in own])) / 2
    drawn = [_align(_shuffled(filled, length, apart, rng), costs) for _ in range(samples)] if best else [None]
    if best is None or any(d is None for d in drawn):
        return Gamma(undefined(name, say("terlalu banyak penyelarasan yang mungkin", "too many alignments are possible"), **frame), NAN, NAN, ())
    chance = np.array([d[0] for d in drawn])
    order = tuple(sorted(best[1], key=lambda row: min(filled[g][i][0] for g, i in enumerate(row) if i is not None)))
    if not chance.mean() > 0:
        why = say("ketidakteraturan harapan nol", "expected disorder is zero")
        return Gamma(undefined(name, why, **frame), best[0], 0.0, order)
    value = 1 - best[0] / chance.mean()
    se = (1 - value) * chance.std(ddof=1) / chance.mean() / np.sqrt(samples) if samples > 1 else NAN
    notes = (say("bergantung pada undian: ulangi dengan seed lain", "depends on the draw: repeat with another seed"),)
    estimate = Estimate(name, float(value), se=float(se), observed=best[0], expected=float(chance.mean()), limits=notes, **frame)
    return Gamma(estimate, best[0], float(chance.mean()), order)
