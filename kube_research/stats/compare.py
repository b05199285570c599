"""Comparison with few cases: the unit is the case or the person, never the segment; p values are exact.

Fisher's test of any table stands in `fisher`, intervals of a share in `proportions`, words and co-occurrence in `keyness`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from math import comb, sqrt

import numpy as np
import scipy
from scipy import special

from ..words import say
from .fisher import fisher_exact
from .keyness import CoOccurrence, Keyness, cooccurrence, keyness
from .proportions import clopper_pearson, wilson
from .result import NAN, Estimate, undefined

__all__ = [
    "Adjusted", "CoOccurrence", "Keyness", "McNemar", "Permutation", "adjust", "benjamini_hochberg", "clopper_pearson", "cooccurrence", "cramers_v",
    "fisher_exact", "keyness", "mcnemar_exact", "odds_ratio", "permutation_test", "smallest_p", "wilson",
]  # fmt: skip

ARRANGEMENTS = 200_000  # enumerated up to here, drawn beyond


def smallest_p(first: int, second: int) -> float:
    """Smallest two-sided p that a permutation test of two groups of these sizes can give.

    >>> [round(smallest_p(n, n), 3) for n in (1, 3, 4, 5)]
    [1.0, 0.1, 0.029, 0.008]
    """
    ways = comb(first + second, first)
    return min(1.0, (2 if first == second else 1) / ways) if first and second else 1.0


@dataclass(frozen=True, slots=True)
class Permutation:
    """p: the estimate; statistic: of the data; smallest: smallest p these data could give; arrangements: looked at; exact."""

    p: Estimate
    statistic: float
    smallest: float
    arrangements: int
    exact: bool


def permutation_test(
    values, second, *, statistic: Callable[[np.ndarray, np.ndarray], float] | None = None, rounds: int = 10_000, seed: int = 0, unit: str = "case",
) -> Permutation:  # fmt: skip
    """Two-sided permutation test of two groups of cases; exact up to 200,000 arrangements, else drawn with `seed`.

    values     (n,) one number a case
    second     (n,) booleans: the case is of the second group
    statistic  f(first, second) → number, |.| large when groups differ; default: difference of the means
    Two cases, one in each group: no test, only description; `smallest` says what could have come out at best.

    >>> t = permutation_test([1, 2, 3, 7, 8, 9], [0, 0, 0, 1, 1, 1]); t.p.value, t.smallest, t.arrangements
    (0.1, 0.1, 20)
    """
    x, member = np.asarray(values, float), np.asarray(second, bool)
    if x.ndim != 1 or x.shape != member.shape:
        raise ValueError("values and second are two lists of the same length, one entry a case")
    if np.isnan(x).any():
        raise ValueError(say("ada kasus tanpa nilai: keluarkan dulu dan laporkan", "a case has no value: leave it out first, and say so"))
    n, k = len(x), int(member.sum())
    frame = {"n": n, "unit": unit, "rule": say("uji permutasi, dua sisi", "permutation test, two-sided")}
    if not k or k == n:
        why = say("perlu dua kelompok", "needs two groups")
        return Permutation(undefined("permutation p", why, **frame), NAN, 1.0, 0, True)
    if n == 2:
        why = say("dua kasus: hanya deskripsi, tidak ada uji", "two cases: description only, no test")
        return Permutation(undefined("permutation p", why, **frame), float(x[member][0] - x[~member][0]), 1.0, 2, True)
    exact = comb(n, k) <= ARRANGEMENTS
    if exact:
        chosen = np.zeros((comb(n, k), n), bool)
        chosen[np.arange(len(chosen))[:, None], np.array(list(combinations(range(n), k)))] = True
    else:
        chosen = np.random.default_rng(seed).permuted(np.tile(member, (rounds, 1)), axis=1)
    if statistic is None:
        found = chosen @ x / k - (~chosen) @ x / (n - k)
        own = float(x[member].mean() - x[~member].mean())
    else:
        found = np.array([statistic(x[~c], x[c]) for c in chosen])
        own = float(statistic(x[~member], x[member]))
    far = np.abs(found)
    slack = 1e-9 * max(1.0, far.max())
    hits, top = int((far >= abs(own) - slack).sum()), int((far >= far.max() - slack).sum())
    if exact:
        p, least, drawn = hits / len(far), top / len(far), {}
    else:
        p, least, drawn = (hits + 1) / (rounds + 1), smallest_p(n - k, k), {"seed": seed, "rounds": rounds}
    notes = ()
    if least > 0.05:
        notes = (say(f"p terkecil yang mungkin {least:.3g}: uji ini tidak dapat menunjukkan beda", f"smallest possible p {least:.3g}: this test cannot show a difference"),)
    return Permutation(Estimate("permutation p", p, limits=notes, **drawn, **frame), own, least, len(far), exact)


def _two_by_two(table) -> np.ndarray:
    t = np.asarray(table)
    if t.shape != (2, 2) or (t < 0).any():
        raise ValueError("a 2 × 2 table of counts")
    return t.astype(int)


def odds_ratio(table, *, kind: str = "conditional", level: float = 0.95, unit: str = "case") -> Estimate:
    """Odds ratio of a 2 × 2 table with its interval.

    kind  "conditional": maximum likelihood given the margins, exact interval (what Fisher's test belongs to);
          "sample": ad/bc with Wald's interval, for large tables
    A zero cell gives infinity or 0 with a one-sided bound; no .5 is added silently.

    >>> tea = odds_ratio([[3, 1], [1, 3]]); round(tea.value, 5), [round(x, 4) for x in tea.interval]      # scipy; R's root is coarser
    (6.40832, [0.2117, 626.2435])
    >>> aspirin = odds_ratio([[189, 10845], [104, 10933]], kind="sample"); [round(x, 3) for x in (aspirin.value, *aspirin.interval)]
    [1.832, 1.44, 2.331]
    """
    t = _two_by_two(table)
    (a, b), (c, d) = t.tolist()
    frame = {"n": int(t.sum()), "unit": unit, "rule": say(f"rasio odds {'bersyarat' if kind == 'conditional' else 'sampel'}", f"{kind} odds ratio"), "level": level}
    if 0 in (a + b, c + d, a + c, b + d):
        why = say("satu baris atau kolom kosong: tidak ada yang dibandingkan", "a row or column is empty: nothing to compare")
        return undefined("odds ratio", why, **(frame | {"level": NAN}))
    notes = (say("ada sel nol: hanya satu batas selang berarti", "a cell is zero: only one limit of the interval means something"),) if not t.all() else ()
    if kind == "conditional":
        found = scipy.stats.contingency.odds_ratio(t)
        low, high = found.confidence_interval(level)
        return Estimate("odds ratio", float(found.statistic), low=float(low), high=float(high), limits=notes, **frame)
    if kind != "sample":
        raise ValueError(f"kind is 'conditional' or 'sample', not {kind!r}")
    if not t.all():
        value = float("inf") if b * c == 0 else 0.0
        return Estimate("odds ratio", value, limits=notes, **(frame | {"level": NAN}))
    value, half = a * d / (b * c), special.ndtri(0.5 + level / 2) * sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    return Estimate("odds ratio", value, low=float(value * np.exp(-half)), high=float(value * np.exp(half)), **frame)


def cramers_v(table, *, corrected: bool = False, unit: str = "case") -> Estimate:
    """Cramér's V of an r × c table, plain or bias-corrected (Bergsma 2013).

    >>> round(cramers_v([[10, 20], [20, 10]]).value, 4), round(cramers_v([[10, 20], [20, 10]], corrected=True).value, 4)
    (0.3333, 0.3095)
    """
    t = np.asarray(table, float)
    t = t[t.sum(1) > 0][:, t.sum(0) > 0]
    name = "Cramér's V (bias-corrected)" if corrected else "Cramér's V"
    n = t.sum()
    frame = {"n": int(n), "unit": unit, "rule": "Bergsma 2013" if corrected else "sqrt(chi2 / (n (min(r, c) - 1)))"}
    if min(t.shape, default=0) < 2:
        return undefined(name, say("hanya satu baris atau kolom yang terisi", "only one row or column is filled"), **frame)
    expected = np.outer(t.sum(1), t.sum(0)) / n
    phi = float(((t - expected) ** 2 / expected).sum() / n)
    r, c = t.shape
    if not corrected:
        return Estimate(name, sqrt(phi / (min(r, c) - 1)), **frame)
    if n < 2:
        return undefined(name, say("perlu dua kasus", "needs two cases"), **frame)
    phi = max(0.0, phi - (r - 1) * (c - 1) / (n - 1))
    r, c = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    if min(r, c) <= 1:
        return undefined(name, say("terlalu sedikit kasus untuk koreksi", "too few cases for the correction"), **frame)
    return Estimate(name, sqrt(phi / (min(r, c) - 1)), **frame)


@dataclass(frozen=True, slots=True)
class McNemar:
    """p exact, mid-p, and the smallest exact p that this many discordant pairs could give."""

    p: Estimate
    mid_p: float
    smallest: float


def mcnemar_exact(up: int, down: int, *, unit: str = "person") -> McNemar:
    """Before/after of the same persons: exact McNemar test on the pairs that changed (`up`, `down`), with mid-p.

    One interview that tells of before and after is one measurement, not two: say so.

    >>> m = mcnemar_exact(1, 8); m.p.value, round(m.mid_p, 4), mcnemar_exact(0, 5).smallest
    (0.0390625, 0.0215, 0.0625)
    """
    n, least = up + down, min(up, down)
    frame = {"n": n, "unit": unit, "rule": say("uji McNemar eksak, binomial dua sisi atas pasangan yang tidak sama", "exact McNemar test, two-sided binomial on discordant pairs")}
    if not n:
        return McNemar(undefined("McNemar p", say("tidak seorang pun berubah", "nobody changed"), **frame), NAN, 1.0)
    p = min(1.0, 2 * float(scipy.stats.binom.cdf(least, n, 0.5)))
    mid = 1.0 if up == down else p - float(scipy.stats.binom.pmf(least, n, 0.5))
    smallest = min(1.0, 2 * 0.5**n)
    notes = ()
    if smallest > 0.05:
        notes = (say(f"p terkecil yang mungkin {smallest:.3g}: hanya deskripsi", f"smallest possible p {smallest:.3g}: description only"),)
    return McNemar(Estimate("McNemar p", p, limits=notes, **frame), mid, smallest)


@dataclass(frozen=True, slots=True)
class Adjusted:
    """p values after adjustment, in the order given; rejected at `level`; `count` of them."""

    p: np.ndarray
    rejected: np.ndarray
    method: str
    level: float

    @property
    def count(self) -> int:
        """How many are rejected."""
        return int(self.rejected.sum())


def adjust(p, *, method: str = "bh", level: float = 0.05) -> Adjusted:
    """Adjust p values for being many: "bh" (Benjamini & Hochberg 1995), "holm", "bonferroni".  NaN stays NaN, uncounted.

    >>> p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1]
    >>> [adjust(p, method=m).count for m in ("bh", "bonferroni", "holm")]                     # Benjamini & Hochberg 1995
    [4, 3, 3]
    """
    given = np.asarray(p, float)
    if given.ndim != 1 or ((given < 0) | (given > 1)).any():
        raise ValueError("p values lie between 0 and 1, in one list")
    known = np.flatnonzero(~np.isnan(given))
    order = known[np.argsort(given[known], kind="stable")]
    m = len(order)
    rank = np.arange(1, m + 1)
    out = np.full(len(given), np.nan)
    if method == "bh":
        steps = np.minimum.accumulate((given[order] * m / rank)[::-1])[::-1]
    elif method == "holm":
        steps = np.maximum.accumulate(given[order] * (m - rank + 1))
    elif method == "bonferroni":
        steps = given[order] * m
    else:
        raise ValueError(f"method is bh, holm or bonferroni, not {method!r}")
    out[order] = np.minimum(1.0, steps)
    with np.errstate(invalid="ignore"):
        return Adjusted(out, out <= level + 1e-12, method, level)


def benjamini_hochberg(p, *, level: float = 0.05) -> Adjusted:
    """Control the false discovery rate (Benjamini & Hochberg 1995).

    >>> benjamini_hochberg([0.01, 0.04, 0.5]).p.round(3).tolist()
    [0.03, 0.06, 0.5]
    """
    return adjust(p, method="bh", level=level)
