"""Agreement of coders on units that are given: percent, kappa and its kin, Gwet's AC, each with its frame.

Every function takes `ratings`, an array (units, coders) with None or NaN where a judgement is missing, and returns an
`Estimate`.  Krippendorff's alpha stands in `alpha`, several codes on one unit in `mvalpha`, intervals in `resample`;
all are gathered here.

>>> cohen_kappa(from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]]))        # Cohen 1960, p. 45: .492
Cohen's kappa(0.4915 [0.392, 0.591] | 200 unit × 2 coders)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from ..words import say
from .alpha import krippendorff_alpha
from .chance import agree, cautions, chance, no_variation, trouble, weight_matrix
from .mvalpha import mv_alpha
from .ratings import Patterns, Ratings, encode, from_counts, from_table
from .resample import CodeAgreement, agreement_per_code, bootstrap
from .result import NAN, Estimate, undefined

__all__ = [
    "CodeAgreement", "Estimate", "agreement_per_code", "bootstrap", "brennan_prediger", "cohen_kappa", "conger_kappa", "encode", "fleiss_kappa",
    "from_counts", "from_table", "gwet_ac", "kappa_maximum", "krippendorff_alpha", "mv_alpha", "percent_agreement", "scott_pi", "weight_matrix",
]  # fmt: skip


def _complete(r: Ratings) -> Ratings:
    return Ratings(r.codes[(r.codes >= 0).all(1)], r.categories, r.given)


def _judging(r: Ratings) -> Ratings:
    """Without coders who judged nothing."""
    return Ratings(r.codes[:, (r.codes >= 0).any(0)], r.categories, r.given)


def _estimate(kind, name, ratings, categories, weights, unit, rule, coders=None, complete=False, error: Callable | None = None, level=0.95) -> Estimate:
    r = encode(ratings, categories)
    used = _judging(_complete(r) if complete else r) if r.shape[1] >= 2 else r
    frame = {"unit": unit, "rule": rule, "coders": r.shape[1], "missing": r.missing, "limits": cautions(r)}
    why = trouble(r, coders) or trouble(used)
    if why:
        return undefined(name, why, **frame)
    w = weight_matrix(weights, r.categories)
    p = Patterns.of(used, exchangeable=kind != "conger")
    observed, expected = (float(x[0]) for x in chance(kind, p, p.weight[None, :], w)) if r.q > 1 or kind == "percent" else (NAN, NAN)
    n = int((used.per_unit >= 2).sum())
    frame |= {"n": n, "observed": observed, "expected": expected}
    if not expected < 1 - 1e-12:
        return undefined(name, no_variation(r), **frame)
    value = (observed - expected) / (1 - expected)
    if error is not None:
        se, df = error(kind, used, w, value, observed, expected)
        half = se * (special.ndtri(0.5 + level / 2) if df is None else special.stdtrit(df, 0.5 + level / 2)) if df is None or df > 0 else NAN
        if half == half:  # a single unit has no standard error, and no interval
            frame |= {"se": se, "low": max(-1.0, value - half), "high": min(1.0, value + half), "level": level}
    return Estimate(name, value, **frame)


def percent_agreement(ratings, categories=None, *, unit: str = "unit") -> Estimate:
    """Mean share of agreeing pairs over the units with at least two judgements; no correction for chance.

    >>> percent_agreement([[1, 1], [0, 1], [None, 1]]).value
    0.5
    """
    rule = say("rata-rata pasangan yang sepakat / pasangan, atas satuan; sajikan di samping angka yang dikoreksi peluang", "mean over units of agreeing pairs / pairs; report it beside a chance-corrected figure")
    return _estimate("percent", "percent agreement", ratings, categories, "nominal", unit, rule)


def _everitt(kind, r: Ratings, w, kappa, observed, expected) -> tuple[float, None]:
    """Standard error of (weighted) kappa, Fleiss, Cohen & Everitt 1969, of two complete coders."""
    n = len(r.codes)
    p = np.zeros((r.q, r.q))
    np.add.at(p, (r.codes[:, 0], r.codes[:, 1]), 1 / n)
    mean = (w @ p.sum(0))[:, None] + w.T @ p.sum(1)
    var = (p * (w - mean * (1 - kappa)) ** 2).sum() - (kappa - expected * (1 - kappa)) ** 2
    return float(np.sqrt(max(var, 0) / n) / (1 - expected)), None


def cohen_kappa(ratings, categories=None, *, weights="nominal", unit: str = "unit", level: float = 0.95) -> Estimate:
    """Kappa of two coders, each with their own marginals (Cohen 1960, 1968); units both judged.

    Standard error by Fleiss, Cohen & Everitt 1969, which takes units as independent: segments of one interview are not.
    Two coders who both used a single category have no kappa, neither 1 nor 0.

    >>> cohen_kappa(from_table([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 17, 10]])).se.__round__(3)   # Agresti 1992: .057
    0.057
    """
    rule = say("(po - pe)/(1 - pe), pe dari marginal tiap pengode; SE Fleiss, Cohen & Everitt 1969", "(po - pe)/(1 - pe), pe from each coder's own marginals; SE Fleiss, Cohen & Everitt 1969")
    return _estimate("conger", "Cohen's kappa", ratings, categories, weights, unit, rule, 2, True, _everitt, level)


def kappa_maximum(ratings, categories=None, *, unit: str = "unit") -> Estimate:
    """The largest kappa that the two coders' marginals allow (Cohen 1960).

    >>> round(kappa_maximum(from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])).value, 3)       # Cohen 1960, p. 45: .831
    0.831
    """
    kappa = cohen_kappa(ratings, categories, unit=unit)
    if not kappa.defined:
        return kappa.but(name="maximum kappa")
    r = _complete(encode(ratings, categories))
    own = np.stack([np.bincount(r.codes[:, g], minlength=r.q) for g in (0, 1)]) / len(r.codes)
    top = float(own.min(0).sum())
    rule = say("kappa dengan po = jumlah marginal yang lebih kecil", "kappa with po = sum of the smaller marginals")
    return Estimate("maximum kappa", (top - kappa.expected) / (1 - kappa.expected), kappa.n, unit, rule, 2, kappa.missing, top, kappa.expected)


def _linear(kind, r: Ratings, w, value, observed, expected) -> tuple[float, int]:
    """Standard error by linearisation over units with n − 1 (Gwet 2014, ch. 5; 2008 for AC1)."""
    p = Patterns.of(r, exchangeable=True)
    rated = p.r > 0
    n, paired = p.weight[rated].sum(), p.weight[p.r >= 2].sum()
    inverse = np.divide(1.0, p.r, out=np.zeros_like(p.r), where=rated)
    share = (p.weight @ p.counts.multiply(inverse[:, None]).tocsr()) / n
    if kind == "bp":
        own = np.full(len(p.r), expected)
    elif kind == "fleiss":
        own = (p.counts @ ((w + w.T) @ share / 2)) * inverse
    else:
        own = (p.counts @ (1 - share)) * inverse * w.sum() / (p.q * (p.q - 1))
    each = (n / paired) * (agree(p, w) - expected * (p.r >= 2)) / (1 - expected)
    each = each - 2 * (1 - value) * (own - expected) / (1 - expected)
    if n < 2:
        return NAN, 0
    return float(np.sqrt((p.weight * (each - value) ** 2)[rated].sum() / (n * (n - 1)))), int(n - 1)


def scott_pi(ratings, categories=None, *, weights="nominal", unit: str = "unit", level: float = 0.95) -> Estimate:
    """Pi of two coders, chance from their pooled marginals (Scott 1955); units both judged.

    >>> round(scott_pi(from_table([[20, 20], [10, 50]])).value, 3)                 # Artstein & Poesio 2008, p. 558: .341
    0.341
    """
    rule = say("(po - pe)/(1 - pe), pe dari marginal gabungan; SE dengan linearisasi, n - 1", "(po - pe)/(1 - pe), pe from the pooled marginals; SE by linearisation, n - 1")
    return _estimate("fleiss", "Scott's pi", ratings, categories, weights, unit, rule, 2, True, _linear, level)


def fleiss_kappa(ratings, categories=None, *, weights="nominal", unit: str = "unit", level: float = 0.95) -> Estimate:
    """Scott's pi for any number of coders (Fleiss 1971), with unequal numbers of judgements in Gwet's form (2014).

    >>> patients = '''00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012 51000 02040
    ...     10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006'''.split()        # Fleiss 1971: .430
    >>> round(fleiss_kappa(from_counts([[int(n) for n in row] for row in patients])).value, 3)
    0.43
    """
    rule = say("(po - pe)/(1 - pe), pe dari rata-rata bagian kategori setiap satuan; SE dengan linearisasi, n - 1", "(po - pe)/(1 - pe), pe from the mean of the units' category shares; SE by linearisation, n - 1")
    return _estimate("fleiss", "Fleiss' kappa", ratings, categories, weights, unit, rule, None, False, _linear, level)


def conger_kappa(ratings, categories=None, *, weights="nominal", unit: str = "unit") -> Estimate:
    """Cohen's kappa for several coders: chance agreement averaged over pairs of coders (Conger 1980)."""
    rule = say("(po - pe)/(1 - pe), pe rata-rata atas pasangan pengode, masing-masing dengan marginalnya", "(po - pe)/(1 - pe), pe averaged over pairs of coders, each with their own marginals")
    return _estimate("conger", "Conger's kappa", ratings, categories, weights, unit, rule)


def brennan_prediger(ratings, categories=None, *, weights="nominal", unit: str = "unit", level: float = 0.95) -> Estimate:
    """Agreement against categories taken as equally likely (Bennett's S 1954; Brennan & Prediger 1981).

    q is the number of categories of the codebook: pass `categories`, or a category nobody used is not counted.

    >>> round(brennan_prediger(from_table([[20, 20], [10, 50]]), [0, 1]).value, 3)     # Artstein & Poesio 2008, p. 558: S = .400
    0.4
    """
    rule = say("(po - pe)/(1 - pe), pe = bobot rata-rata (1/q bila nominal); SE dengan linearisasi, n - 1", "(po - pe)/(1 - pe), pe = mean weight (1/q when nominal); SE by linearisation, n - 1")
    return _estimate("bp", "Brennan-Prediger", ratings, categories, weights, unit, rule, None, False, _linear, level)


def gwet_ac(ratings, categories=None, *, weights="nominal", unit: str = "unit", level: float = 0.95) -> Estimate:
    """Gwet's AC1, or AC2 with weights (Gwet 2008, 2014).  High when a code is rare: give it beside alpha, and say why.

    The variance divides by n − 1 (irrCAC's raw functions; its table functions divide by n).

    >>> abstractors = from_table([[13, 0, 0], [0, 20, 7], [0, 4, 56]])                          # Gwet 2014, 100 records
    >>> ac1 = gwet_ac(abstractors); round(ac1.value, 3), round(ac1.se, 5)
    (0.849, 0.04344)
    """
    name = "Gwet's AC1" if isinstance(weights, str) and weights == "nominal" else "Gwet's AC2"
    rule = say("(po - pe)/(1 - pe), pe = jumlah(w)/(q(q-1)) * jumlah pi(1 - pi); SE Gwet 2008, n - 1", "(po - pe)/(1 - pe), pe = sum(w)/(q(q-1)) * sum pi(1 - pi); SE Gwet 2008, n - 1")
    return _estimate("gwet", name, ratings, categories, weights, unit, rule, None, False, _linear, level)
