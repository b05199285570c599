"""Saturation: when interviews stop bringing new codes.  Name the conception you use; reflexive thematic analysis rejects it.

All functions take an incidence array (interviews, codes) of booleans in the order of the interviews: the code was found in
the interview.  (Braun & Clarke 2021: saturation does not belong to reflexive thematic analysis; then leave this out.)
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import permutations
from math import factorial, sqrt
from types import MappingProxyType

import numpy as np
from scipy.special import gammaln, ndtri

from ..words import say
from .result import Estimate, undefined

EXACT_ORDERS = 5040  # orders enumerated (7 interviews) before they are drawn


def _table(incidence) -> np.ndarray:
    table = np.asarray(incidence)
    if table.ndim != 2:
        raise ValueError(f"incidence must have two axes, interviews × codes; it has {table.ndim}")
    return table.astype(bool)


def new_codes(incidence) -> np.ndarray:
    """(interviews,) codes that each interview brings for the first time.

    >>> new_codes([[1, 1, 0], [1, 0, 0], [0, 0, 1]]).tolist()
    [2, 0, 1]
    """
    found = np.logical_or.accumulate(_table(incidence), axis=0).sum(1)
    return np.diff(found, prepend=0)


@dataclass(frozen=True, slots=True)
class Saturation:
    """Guest, Namey & Chen's finding.

    base, base_codes   interviews of the base and codes found in them
    new, ratio         per run: new codes and their share of the base; run i covers interviews base+i … base+i+run−1 (from 0)
    reached            interviews up to saturation, without the confirming run (None: not reached); label: "6+2"
    """

    base: int
    run: int
    threshold: float
    base_codes: int
    new: tuple[int, ...]
    ratio: tuple[float, ...]
    reached: int | None
    n: int
    unit: str
    rule: str
    limits: tuple[str, ...]
    reason: str = ""

    @property
    def label(self) -> str:
        """ "6+2": interviews, plus those of the run that confirms; "" when not reached."""
        return f"{self.reached}+{self.run}" if self.reached is not None else ""


def guest_namey_chen(incidence, *, base: int = 4, run: int = 2, threshold: float = 0.05, unit: str = "interview") -> Saturation:
    """Guest, Namey & Chen 2020 (PLoS ONE 15(5)): the first run whose new codes are at most `threshold` of the base's.

    incidence (interviews, codes), in order; base 4–6 interviews; runs of 2–3, each starting one interview after the last;
    threshold .05, or 0.  Depends on the order: give the band of `orders` too.

    >>> first = np.repeat(np.arange(10), [12, 10, 8, 7, 2, 2, 1, 0, 1, 0])          # 37 codes in the base, as published
    >>> s = guest_namey_chen(np.arange(10)[:, None] == first); s.base_codes, [f"{r:.0%}" for r in s.ratio[:3]], s.label
    (37, ['11%', '8%', '3%'], '6+2')
    >>> guest_namey_chen(np.arange(10)[:, None] == first, run=3).label
    '7+3'
    """
    fresh = new_codes(incidence)
    n = len(fresh)
    rule = say(f"Guest, Namey & Chen 2020: dasar {base}, putaran {run}, informasi baru <= {threshold:.0%}", f"Guest, Namey & Chen 2020: base {base}, run {run}, new information <= {threshold:.0%}")
    notes = (say("bergantung pada urutan wawancara", "depends on the order of the interviews"),
             say("konsep: tidak ada kode baru (saturasi kode), bukan kedalaman makna", "conception: no new codes (code saturation), not depth of meaning"))  # fmt: skip
    found = int(fresh[:base].sum())
    why = ""
    if n < base + run:
        why = say(f"perlu sedikitnya {base + run} wawancara, ada {n}", f"needs at least {base + run} interviews, there are {n}")
    elif not found:
        why = say("tidak ada kode pada wawancara dasar", "no code in the base interviews")
    if why:
        return Saturation(base, run, threshold, found, (), (), None, n, unit, rule, notes, why)
    new = np.lib.stride_tricks.sliding_window_view(fresh[base:], run).sum(1)
    ratio = new / found
    first = np.flatnonzero(ratio <= threshold + 1e-12)
    reached = base + int(first[0]) if len(first) else None
    return Saturation(base, run, threshold, found, tuple(map(int, new)), tuple(map(float, ratio)), reached, n, unit, rule, notes)


def accumulation(incidence) -> np.ndarray:
    """(interviews + 1,) codes expected after 0, 1, … interviews over all their orders, exact.

    Mao Tau, the sample-based rarefaction of Colwell, Mao & Chang 2004: each code is found by t of T interviews unless all
    its interviews lie among the T − t others.

    >>> accumulation([[1, 1, 0], [1, 0, 0], [0, 0, 1]]).round(3).tolist()
    [0.0, 1.333, 2.333, 3.0]
    """
    table = _table(incidence)
    total = len(table)
    often = table.sum(0)
    often = often[often > 0]
    t = np.arange(total + 1)[:, None]
    rest = total - often[None, :]
    with np.errstate(all="ignore"):
        missed = np.exp(gammaln(rest + 1) - gammaln(rest - t + 1) - gammaln(total + 1) + gammaln(total - t + 1))
    return (1 - np.where(t > rest, 0.0, missed)).sum(1)


@dataclass(frozen=True, slots=True)
class Band:
    """Curves over interview orders: (interviews,) lowest, quantile `low`, mean, quantile `high`, highest; how orders were had."""

    lowest: np.ndarray
    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray
    highest: np.ndarray
    orders: int
    exact: bool
    seed: int | None
    level: float


def orders(incidence, *, rounds: int = 1000, seed: int = 0, level: float = 0.9) -> Band:
    """The band of accumulation curves over interview orders: all of them up to 7 interviews, else `rounds` drawn with `seed`.

    >>> b = orders([[1, 1, 0], [1, 0, 0], [0, 0, 1]]); b.exact, b.orders, b.lowest.tolist(), b.highest.tolist()
    (True, 6, [1, 2, 3], [2, 3, 3])
    """
    table = _table(incidence)
    total = len(table)
    exact = total <= 7 and factorial(total) <= EXACT_ORDERS
    if exact:
        drawn = np.array(list(permutations(range(total)))).reshape(-1, total)
    else:
        drawn = np.random.default_rng(seed).permuted(np.tile(np.arange(total), (rounds, 1)), axis=1)
    curves = np.stack([np.logical_or.accumulate(table[order], axis=0).sum(1) for order in drawn])
    low, high = np.quantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return Band(curves.min(0), low, curves.mean(0), high, curves.max(0), len(drawn), exact, None if exact else seed, level)


def chao2(incidence=None, *, counts: tuple[int, int, int, int] | None = None, corrected: bool = False, level: float = 0.95, unit: str = "interview") -> Estimate:
    """Chao2: a lower bound of the codes there are, S + (T−1)/T · Q1²/(2 Q2), with a log-normal interval.

    incidence (interviews, codes), or counts = (S codes found, Q1 in one interview, Q2 in two, T interviews).
    Q2 = 0: S + (T−1)/T · Q1(Q1−1)/2.  Chao 1987; variance and interval as in Colwell 2013 (EstimateS).
    corrected: the bias-corrected form that EstimateS prints unless told otherwise, S + (T−1)/T · Q1(Q1−1)/(2(Q2+1)).
    `observed`: S.  Two coders' different names for one code inflate it; with Q2 < 3 it is unstable.

    >>> round(chao2(counts=(227, 49, 23, 599)).value, 2)
    279.11
    >>> chao2(counts=(34, 3, 2, 121), corrected=True)                        # EstimateS 9.1, seed bank of Butler & Chazdon
    Chao2(34.99 [34.1, 44.6] | 121 interview)
    """
    if counts is None:
        often = _table(incidence).sum(0)
        total = len(_table(incidence))
        found, once, twice = int((often > 0).sum()), int((often == 1).sum()), int((often == 2).sum())
    else:
        found, once, twice, total = map(int, counts)
    frame = {"n": total, "unit": unit, "rule": say(f"Chao2{' terkoreksi bias' if corrected else ''} (Chao 1987), selang log-normal", f"Chao2{', bias-corrected' if corrected else ''} (Chao 1987), log-normal interval"), "observed": float(found)}
    if total < 2 or not found:
        why = say("perlu dua wawancara dan sedikitnya satu kode", "needs two interviews and at least one code")
        return undefined("Chao2", why, **frame)
    a = (total - 1) / total
    if corrected and twice:
        extra = a * once * (once - 1) / (2 * (twice + 1))
        var = extra + a**2 * once * (2 * once - 1) ** 2 / (4 * (twice + 1) ** 2) + a**2 * once**2 * twice * (once - 1) ** 2 / (4 * (twice + 1) ** 4)
    elif twice:
        extra, x = a * once**2 / (2 * twice), once / twice
        var = twice * (a / 2 * x**2 + a**2 * x**3 + a**2 / 4 * x**4)
    else:
        extra = a * once * (once - 1) / 2
        var = a * once * (once - 1) / 2 + a**2 * once * (2 * once - 1) ** 2 / 4 - a**2 * once**4 / (4 * (found + extra))
    notes = [say("batas bawah, bukan jumlah sebenarnya", "a lower bound, not the true number")]
    if twice < 3:
        notes.append(say(f"hanya {twice} kode ditemukan tepat dua kali: tidak stabil", f"only {twice} code{'s were' if twice != 1 else ' was'} found exactly twice: unstable"))
    low = high = float(found)
    if extra > 0:
        spread = np.exp(ndtri(0.5 + level / 2) * sqrt(np.log1p(max(var, 0) / extra**2)))
        low, high = found + extra / spread, found + extra * spread
    return Estimate("Chao2", found + extra, se=sqrt(max(var, 0)), low=float(low), high=float(high), level=level, limits=tuple(notes), **frame)


def sample_coverage(incidence=None, *, counts: tuple[int, int, int, int] | None = None, unit: str = "interview") -> Estimate:
    """Share of all code occurrences that belong to codes already found (Chao & Jost 2012, incidence data).

    1 − Q1/U · (T−1)Q1 / ((T−1)Q1 + 2 Q2), U the sum of incidences; counts = (U, Q1, Q2, T).

    >>> round(sample_coverage([[1, 1, 0], [1, 0, 1], [1, 1, 0]]).value, 4)
    0.9167
    """
    if counts is None:
        often = _table(incidence).sum(0)
        total = len(_table(incidence))
        uses, once, twice = int(often.sum()), int((often == 1).sum()), int((often == 2).sum())
    else:
        uses, once, twice, total = map(int, counts)
    frame = {"n": total, "unit": unit, "rule": say("cakupan data kejadian, Chao & Jost 2012", "coverage of incidence data, Chao & Jost 2012")}
    if total < 2 or not uses:
        why = say("perlu dua wawancara dan sedikitnya satu kode", "needs two interviews and at least one code")
        return undefined("coverage", why, **frame)
    if not once:
        return Estimate("coverage", 1.0, **frame)
    below = (total - 1) * once + 2 * twice if twice else (total - 1) * (once - 1) + 2
    above = (total - 1) * once if twice else (total - 1) * (once - 1)
    return Estimate("coverage", 1 - once / uses * above / below, **frame)


@dataclass(frozen=True, slots=True)
class MeaningSaturation:
    """codes: code → interview (from 1) of its last new dimension; code_saturation: interview of the last new code."""

    code_saturation: int
    codes: MappingProxyType
    n: int
    limits: tuple[str, ...]


def meaning_saturation(incidence, code_of: Sequence[Hashable]) -> MeaningSaturation:
    """Code and meaning saturation (Hennink, Kaiser & Marconi 2017), counted from dimension tags.

    incidence  (interviews, dimensions): the dimension was tagged in the interview
    code_of    (dimensions,) the code each dimension belongs to
    Software can only count tags; whether a meaning is understood it cannot.

    >>> m = meaning_saturation([[1, 0, 1], [0, 0, 1], [0, 1, 0]], ["trust", "trust", "debt"]); m.code_saturation, dict(m.codes)
    (1, {'trust': 3, 'debt': 1})
    """
    table = _table(incidence)
    if len(code_of) != table.shape[1]:
        raise ValueError(f"code_of must name the code of each of the {table.shape[1]} dimensions, it names {len(code_of)}")
    first = np.where(table.any(0), table.argmax(0) + 1, 0)
    last: dict[Hashable, int] = {}
    opened: dict[Hashable, int] = {}
    for code, when in zip(code_of, map(int, first), strict=True):
        if when:
            last[code] = max(last.get(code, 0), when)
            opened[code] = min(opened.get(code, when), when)
    note = say("hanya menghitung tanda dimensi; pemahaman makna tetap penilaian peneliti", "counts tags of dimensions; understanding a meaning stays the researcher's")
    return MeaningSaturation(max(opened.values(), default=0), MappingProxyType(last), len(table), (note,))


__all__ = [
    "Band", "MeaningSaturation", "Saturation", "accumulation", "chao2", "guest_namey_chen", "meaning_saturation", "new_codes", "orders",
    "sample_coverage",
]  # fmt: skip
