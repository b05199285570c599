"""Observed and chance agreement, computed on many resamples at once, and the reasons why there is none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..words import say
from .ratings import Patterns, Ratings

FEW = 10  # units of a category under which an interval says more than the data do (simulation in methods.md, A1)


def weight_matrix(kind: str | np.ndarray, categories: Sequence) -> np.ndarray:
    """Agreement weights (q, q) of Gwet 2014, ch. 3: nominal, linear, quadratic, radical, ratio, ordinal, or a matrix given.

    Numbers are weighed by their values, other categories by their rank.

    >>> weight_matrix("quadratic", ["low", "mid", "high"])[0].tolist()
    [1.0, 0.75, 0.0]
    """
    q = len(categories)
    if not isinstance(kind, str):
        given = np.asarray(kind, float)
        if given.shape != (q, q) or not np.allclose(np.diag(given), 1):
            raise ValueError(f"weights must be {q} × {q} with ones on the diagonal")
        return given
    try:
        x = np.asarray(categories, float)
    except (TypeError, ValueError):
        x = np.arange(1.0, q + 1)
    gap, span = np.abs(x[:, None] - x), max(np.ptp(x), 1e-300) if q else 1.0
    if kind == "nominal":
        return np.eye(q)
    if kind == "linear":
        return 1 - gap / span
    if kind == "quadratic":
        return 1 - (gap / span) ** 2
    if kind == "radical":
        return 1 - np.sqrt(gap / span)
    if kind == "ratio":
        total = x[:, None] + x
        top = ((x.max() - x.min()) / (x.max() + x.min())) ** 2
        return 1 - np.divide(gap, total, out=np.zeros_like(gap), where=total != 0) ** 2 / top
    if kind == "ordinal":
        rank = np.abs(np.subtract.outer(np.arange(q), np.arange(q)))
        return 1 - rank * (rank + 1) / max(q * (q - 1), 1)
    raise ValueError(f"weights are nominal, linear, quadratic, radical, ratio, ordinal or a matrix, not {kind!r}")


def agree(p: Patterns, w: np.ndarray) -> np.ndarray:
    """(D,) weighted agreement among the judgements of each pattern; 0 where there are fewer than two."""
    if p.q and np.array_equal(w, np.eye(p.q)):
        same = np.asarray(p.counts.multiply(p.counts).sum(1)).ravel()
    else:
        same = np.asarray(p.counts.multiply(p.counts @ w.T).sum(1)).ravel()
    pairs = p.r * (p.r - 1)
    return np.divide(same - p.r, pairs, out=np.zeros_like(pairs), where=pairs > 0)


def _times(draws: np.ndarray, matrix) -> np.ndarray:
    return np.asarray((matrix.T @ draws.T).T)


def chance(kind: str, p: Patterns, draws: np.ndarray, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Observed and chance agreement (rounds,), of the patterns weighted by `draws` (rounds, D)."""
    pairable = (p.r >= 2).astype(float)
    with np.errstate(all="ignore"):
        observed = (draws @ (agree(p, w) * pairable)) / (draws @ pairable)
        if kind == "percent":
            return observed, np.zeros_like(observed)
        if kind == "bp":
            return observed, np.full_like(observed, w.mean())
        if kind == "conger":
            q, m = p.q, p.rows.shape[1]
            share = np.stack([_times(draws, (p.rows[:, [g]] == np.arange(q)).astype(float)) for g in range(m)], 1)  # (B, m, q)
            share /= share.sum(2, keepdims=True)
            total = share.sum(1)
            own = np.einsum("bgk,kl,bgl->b", share, w, share, optimize=True)
            return observed, (np.einsum("bk,kl,bl->b", total, w, total, optimize=True) - own) / (m * (m - 1))
        rated = p.r > 0
        rows = p.counts.multiply(np.divide(1.0, p.r, out=np.zeros_like(p.r), where=rated)[:, None]).tocsr()
        share = _times(draws, rows) / (draws @ rated.astype(float))[:, None]
        if kind == "fleiss":
            return observed, np.einsum("bk,kl,bl->b", share, w, share, optimize=True)
        return observed, w.sum() * (share * (1 - share)).sum(1) / (p.q * (p.q - 1))


def trouble(r: Ratings, coders: int | None = None) -> str:
    """Why these ratings carry no agreement statistic ("" if they do): one coder, no overlap, too many coders."""
    n, m = r.shape
    if m < 2:
        return say("hanya ada satu pengode", "there is only one coder")
    if coders and m != coders:
        return say(f"ukuran ini untuk {coders} pengode, datanya {m}", f"this measure is for {coders} coders, the data have {m}")
    if not n or not (r.per_unit >= 2).any():
        return say("tidak ada unit yang dinilai oleh dua pengode", "no unit was judged by two coders")
    return ""


def no_variation(r: Ratings) -> str:
    """The reason when everybody used one and the same category."""
    only = r.categories[int(r.seen[0])] if len(r.seen) else "-"
    return say(f"semua penilaian memakai satu kategori ({only}): tidak ada variasi", f"every judgement is in one category ({only}): there is no variation")


def cautions(r: Ratings) -> tuple[str, ...]:
    """What every agreement figure on these ratings must say."""
    out = []
    counts = [(int((r.codes == k).any(1).sum()), r.categories[int(k)]) for k in r.seen]
    rare = [str(c) for n, c in counts if n < FEW]
    if rare:
        out.append(say(f"kategori pada kurang dari {FEW} unit: {', '.join(rare)}", f"categories on fewer than {FEW} units: {', '.join(rare)}"))
    if not r.given:
        out.append(say("kategori diambil dari data, bukan dari buku kode", "the categories are those seen in the data, not the codebook's list"))
    return tuple(out)
