"""Krippendorff's alpha: nominal, ordinal, interval, ratio, any number of coders, missing judgements allowed."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from ..words import say
from .chance import cautions, no_variation, trouble
from .ratings import Patterns, Ratings, encode
from .result import Estimate, undefined

METRICS = ("nominal", "ordinal", "interval", "ratio")
METRIK = {"ratio": "rasio"}  # what Indonesian calls otherwise


def distance(r: Ratings, metric: str) -> np.ndarray:
    """(q, q) squared differences of the categories; the ordinal metric depends on the margins and is not made here."""
    if metric == "nominal":
        return 1.0 - np.eye(r.q)
    x = r.numbers
    gap = (x[:, None] - x) ** 2
    if metric == "interval":
        return gap
    total = (x[:, None] + x) ** 2
    return np.divide(gap, total, out=np.zeros_like(gap), where=total > 0)


def disagreements(p: Patterns, draws: np.ndarray, metric: str, delta: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Observed and expected disagreement (rounds,) of the patterns weighted by `draws` (rounds, D); NaN where nothing varies."""
    pairable = p.r >= 2
    inverse = np.divide(1.0, p.r - 1, out=np.zeros_like(p.r), where=pairable)
    counts = p.counts.multiply(pairable[:, None].astype(float)).tocsr()
    margins = np.asarray((counts.T @ draws.T).T)  # (B, q)
    n = margins.sum(1)
    with np.errstate(all="ignore"):
        if metric == "ordinal":
            middle = np.cumsum(margins, 1) - margins / 2  # the ordinal metric is the interval metric on mid-ranks
            dense = np.asarray(counts.todense())
            pairs = dense[:, :, None] * dense[:, None, :] * inverse[:, None, None]
            pairs[:, np.arange(p.q), np.arange(p.q)] -= dense * inverse[:, None]
            flat = sparse.csr_matrix(pairs.reshape(len(p.r), -1))
            coincidences = np.asarray((flat.T @ draws.T).T).reshape(-1, p.q, p.q)
            gap = (middle[:, :, None] - middle[:, None, :]) ** 2
            observed = (coincidences * gap).sum((1, 2)) / n
            expected = (margins[:, :, None] * margins[:, None, :] * gap).sum((1, 2)) / (n * (n - 1))
        else:
            each = np.asarray(counts.multiply(counts @ delta).sum(1)).ravel() * inverse
            observed = (draws @ each) / n
            expected = np.einsum("bk,kl,bl->b", margins, delta, margins, optimize=True) / (n * (n - 1))
        expected[~(expected > 0)] = np.nan
    return observed, expected


def prepared(ratings, categories, metric: str) -> tuple[Ratings, np.ndarray | None, str]:
    """Ratings, the metric's distances, and why alpha is not defined ("" if it may be)."""
    if metric not in METRICS:
        raise ValueError(f"metric is one of {', '.join(METRICS)}, not {metric!r}")
    r = encode(ratings, categories)
    why = trouble(r)
    if not why and len(np.unique(r.codes[(r.codes >= 0) & (r.per_unit >= 2)[:, None]])) < 2:
        why = no_variation(r)
    if not why and metric == "ratio" and (r.numbers < 0).any():
        why = say("metrik rasio memerlukan nilai tak negatif", "the ratio metric needs values that are not negative")
    return r, None if why or metric == "ordinal" else distance(r, metric), why


def krippendorff_alpha(ratings, categories=None, *, metric: str = "nominal", unit: str = "unit") -> Estimate:
    """Alpha = 1 − observed / expected disagreement, from the coincidences of judgements (Krippendorff 2019, ch. 12).

    ratings (units, coders), None or NaN where missing; a unit with a single judgement drops out.  The ordinal metric needs
    the full ordered list of categories in `categories`.  No variation: not defined.  `observed`, `expected`: disagreements.

    >>> x = None
    >>> coders = [[1, 2, 3, 3, 2, 1, 4, 1, 2, x, x, x], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, x, 3],
    ...           [x, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, x], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, x]]
    >>> [round(krippendorff_alpha(list(zip(*coders)), metric=m).value, 3) for m in METRICS]      # Krippendorff 2011
    [0.743, 0.815, 0.849, 0.797]
    """
    r, delta, why = prepared(ratings, categories, metric)
    name = f"Krippendorff's alpha ({metric})"
    rule = say(f"1 - Do/De atas matriks koinsidensi, metrik {METRIK.get(metric, metric)}; satuan dengan satu penilaian tidak dihitung", f"1 - Do/De on the coincidence matrix, {metric} metric; units with one judgement left out")
    used = r.per_unit >= 2
    frame = {"n": int(used.sum()), "unit": unit, "rule": rule, "coders": r.shape[1], "missing": r.missing, "limits": cautions(r)}
    if why:
        return undefined(name, why, **frame)
    p = Patterns.of(r, exchangeable=True)
    observed, expected = (float(x[0]) for x in disagreements(p, p.weight[None, :], metric, delta))
    return Estimate(name, 1 - observed / expected, observed=observed, expected=expected, **frame)
