"""Intervals for agreement: resampling units, or the documents they stand in; and one figure per code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..words import say
from .alpha import disagreements, prepared
from .chance import FEW, chance, trouble, weight_matrix
from .ratings import Patterns, draw_documents, encode
from .result import NAN, Estimate, undefined

DOCUMENTS = 8  # documents from which they, not the units, are resampled
CELLS = 4_000_000  # weights held at once
KINDS = {"alpha": "Krippendorff's alpha", "fleiss": "Fleiss' kappa", "conger": "Conger's kappa", "bp": "Brennan-Prediger", "gwet": "Gwet's AC",
         "percent": "percent agreement"}  # fmt: skip


def _clusters(documents, n: int) -> np.ndarray | None:
    """(n,) document indices if there are enough documents to resample, else None."""
    if documents is None:
        return None
    names = np.asarray(documents)
    if names.shape != (n,):
        raise ValueError(f"documents must name the document of each of the {n} units; shape {names.shape}")
    index = np.unique(names, return_inverse=True)[1].reshape(-1)
    return index if index.max(initial=-1) + 1 >= DOCUMENTS else None


def _percentiles(values: np.ndarray, level: float) -> tuple[float, float, tuple[str, ...]]:
    good = values[np.isfinite(values)]
    lost = len(values) - len(good)
    notes = ()
    if lost:
        notes = (say(f"{lost} dari {len(values)} ulangan tak terdefinisi dan dibuang", f"{lost} of {len(values)} rounds were not defined and left out"),)
    if lost > len(values) / 10:
        return NAN, NAN, (*notes, say("terlalu banyak ulangan tak terdefinisi: tanpa selang", "too many rounds not defined: no interval"))
    low, high = np.quantile(good, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high), notes


def bootstrap(
    ratings, categories=None, *, coefficient: str = "alpha", metric: str = "nominal", documents=None, rounds: int = 1000, seed: int = 0,
    level: float = 0.95, unit: str = "unit",
) -> Estimate:  # fmt: skip
    """Percentile interval of an agreement coefficient, from resampled units or, given at least 8 `documents`, documents.

    ratings      (units, coders), None or NaN where missing
    coefficient  alpha, fleiss, conger (with two complete coders: Cohen's kappa), bp, gwet, percent
    metric       of alpha, or the weights of the others (see `weight_matrix`)
    documents    (units,) the document of each unit: units of one document resemble each other
    Not the bootstrap of pairs (Hayes & Krippendorff 2007), which is too narrow for several coders (Zapf et al. 2016).

    >>> hk = "1120 1101 2333"                                                      # a small excerpt
    >>> e = bootstrap([list(row) for row in hk.split()] * 5, rounds=200, seed=1); e.rounds, e.seed, e.resampled
    (200, 1, 'units')
    """
    if coefficient not in KINDS:
        raise ValueError(f"coefficient is one of {', '.join(KINDS)}, not {coefficient!r}")
    rule = say(f"bootstrap persentil, {rounds} putaran, benih {seed}", f"percentile bootstrap, {rounds} rounds, seed {seed}")
    if coefficient == "alpha":
        r, delta, why = prepared(ratings, categories, metric)
    else:
        r, delta = encode(ratings, categories), None
        why = trouble(r) or (say("hanya ada satu kategori", "there is only one category") if r.q < 2 and coefficient != "percent" else "")
    frame = {"n": int((r.per_unit >= 2).sum()), "unit": unit, "rule": rule, "coders": r.shape[1], "missing": r.missing}
    if why:
        return undefined(KINDS[coefficient], why, **frame)
    p = Patterns.of(r, exchangeable=coefficient != "conger")

    def value(draws: np.ndarray) -> np.ndarray:
        if coefficient == "alpha":
            observed, expected = disagreements(p, draws, metric, delta)
            return 1 - observed / expected
        observed, expected = chance(coefficient, p, draws, weight_matrix(metric, r.categories))
        expected[expected > 1 - 1e-12] = np.nan
        return (observed - expected) / (1 - expected)

    point = float(value(p.weight[None, :])[0])
    if not np.isfinite(point):
        return undefined(KINDS[coefficient], say("tidak ada variasi", "there is no variation"), **frame)
    index = _clusters(documents, r.shape[0])
    rng = np.random.default_rng(seed)
    step = max(1, CELLS // max(len(p.rows), 1))
    values = np.concatenate([value(p.draw(rng, min(step, rounds - at), index)) for at in range(0, rounds, step)])
    low, high, notes = _percentiles(values, level)
    if documents is not None and index is None:
        notes += (say(f"kurang dari {DOCUMENTS} dokumen: unit yang diambil ulang, selang cenderung terlalu sempit",
                      f"fewer than {DOCUMENTS} documents: units were resampled, the interval is rather too narrow"),)  # fmt: skip
    return Estimate(KINDS[coefficient], point, low=low, high=high, level=level, seed=seed, rounds=rounds,
                    resampled="units" if index is None else "documents", limits=notes, **frame)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CodeAgreement:
    """One code's agreement.  positives: units where at least one coder put it; both: where all who judged did."""

    code: object
    positives: int
    both: int
    alpha: Estimate


def _binary(k: np.ndarray, r: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Alpha (rounds,) of present/absent: patterns of k present among r judgements, weighted by draws (rounds, D)."""
    pairable = r >= 2
    each = np.where(pairable, 2 * k * (r - k) / np.maximum(r - 1, 1), 0.0)
    ones, n = draws @ np.where(pairable, k, 0.0), draws @ np.where(pairable, r, 0.0)
    with np.errstate(all="ignore"):
        return np.where(ones * (n - ones) > 0, 1 - (n - 1) * (draws @ each) / (2 * ones * (n - ones)), np.nan)


def agreement_per_code(
    present, *, judged=None, codes: Sequence | None = None, documents=None, rounds: int = 1000, seed: int = 0, level: float = 0.95, unit: str = "unit",
) -> tuple[CodeAgreement, ...]:  # fmt: skip
    """Nominal alpha of each code as present/absent, with a bootstrap interval; the last entry pools all codes.

    present    (units, coders, codes) booleans: the coder put the code on the unit
    judged     (units, coders) booleans, False where a coder did not see the unit; default: all saw all
    documents  (units,) documents, resampled if there are at least 8; else units are
    A code on fewer than 10 units gets its counts and no interval.

    >>> put = np.zeros((40, 2, 1), bool); put[:20] = True; put[19, 1] = False
    >>> [c.alpha for c in agreement_per_code(put, codes=["gd.cohesion"], rounds=200)][0]
    gd.cohesion(0.9506 [0.834, 1] | 40 unit × 2 coders)
    """
    put = np.asarray(present, bool)
    if put.ndim != 3:
        raise ValueError(f"present must have three axes, units × coders × codes; it has {put.ndim}")
    n, m, width = put.shape
    seen = np.ones((n, m), bool) if judged is None else np.asarray(judged, bool)
    if seen.shape != (n, m):
        raise ValueError(f"judged must be units × coders, {n} × {m}; it is {seen.shape}")
    names = list(range(width)) if codes is None else list(codes)
    r = seen.sum(1)
    many = np.zeros((n, width), np.int16)
    for g in range(m):
        many += put[:, g] & seen[:, g, None]
    index = _clusters(documents, n)
    rng = np.random.default_rng(seed)
    rule = say("alfa Krippendorff, ada/tidak, nominal", "Krippendorff's alpha, present/absent, nominal")
    frame = {"n": int((r >= 2).sum()), "unit": unit, "rule": rule, "coders": m, "missing": int((~seen).sum())}
    rr, kk = (x.ravel().astype(float) for x in np.meshgrid(np.arange(m + 1), np.arange(m + 1), indexing="ij"))
    drawn = {"seed": seed, "rounds": rounds, "level": level, "resampled": "units" if index is None else "documents"}
    why = trouble(encode(np.where(seen, 1.0, np.nan)))
    shared = None if index is None else draw_documents(rng, int(index.max()) + 1, rounds)  # every code sees the same resamples
    out = []
    for c in range(width):
        k = many[:, c]
        positives, both = int(((k > 0) & (r >= 2)).sum()), int(((k == r) & (r >= 2)).sum())
        key = r * (m + 1) + k
        weight = np.bincount(key, minlength=(m + 1) ** 2).astype(float)
        point = float(_binary(kk, rr, weight[None, :])[0]) if not why else NAN
        if not np.isfinite(point):
            reason = why or say("kode ini tidak bervariasi (ada di semua atau tidak ada di satu unit pun)", "this code does not vary (on all units, or on none)")
            out.append(CodeAgreement(names[c], positives, both, undefined(str(names[c]), reason, **frame)))
        elif positives < FEW:
            note = say(f"hanya {positives} unit memuat kode ini: hitungan saja, tanpa selang", f"only {positives} units bear this code: counts, no interval")
            out.append(CodeAgreement(names[c], positives, both, Estimate(str(names[c]), point, limits=(note,), **frame)))
        else:
            there = np.flatnonzero(weight)
            p = Patterns(there[:, None], np.searchsorted(there, key), weight[there], 2)
            low, high, notes = _percentiles(_binary(kk[there], rr[there], p.draw(rng, rounds, index, shared)), level)
            out.append(CodeAgreement(names[c], positives, both, Estimate(str(names[c]), point, low=low, high=high, limits=notes, **drawn, **frame)))
    return (*out, _pooled(many, r, index, shared, rng, why, drawn, frame))


def _pooled(many: np.ndarray, r: np.ndarray, index, shared, rng, why: str, drawn: dict, frame: dict) -> CodeAgreement:
    """All codes together: every code of every unit is a present/absent decision; whole units (or documents) are resampled."""
    k, pairable = many[r >= 2].astype(float), r[r >= 2].astype(float)[:, None]
    parts = np.column_stack([(2 * k * (pairable - k) / (pairable - 1)).sum(1), k.sum(1), pairable[:, 0] * k.shape[1]])
    positives, both = int((k > 0).any(1).sum()), int(((k == pairable).sum(1) > 0).sum())

    def value(s: np.ndarray) -> np.ndarray:
        apart, ones, n = s.T
        with np.errstate(all="ignore"):
            return np.where(ones * (n - ones) > 0, 1 - (n - 1) * apart / (2 * ones * (n - ones)), np.nan)

    point = float(value(parts.sum(0)[None, :])[0]) if len(parts) else NAN
    name = say("semua kode", "all codes")
    if why or not np.isfinite(point):
        return CodeAgreement(name, positives, both, undefined(name, why or say("tidak ada variasi", "there is no variation"), **frame))
    if positives < FEW:
        return CodeAgreement(name, positives, both, Estimate(name, point, **frame))
    groups, rounds = (np.arange(len(parts)) if index is None else index[r >= 2]), drawn["rounds"]
    sums = np.stack([np.bincount(groups, parts[:, j], minlength=int(groups.max()) + 1) for j in range(3)], 1)
    if shared is not None and len(sums) == shared.shape[1]:
        values = value(shared @ sums)
    else:  # units that look alike are drawn together
        alike, often = np.unique(sums, axis=0, return_counts=True)
        values = value(rng.multinomial(len(sums), often / len(sums), size=rounds) @ alike)
    low, high, notes = _percentiles(values, drawn["level"])
    return CodeAgreement(name, positives, both, Estimate(name, point, low=low, high=high, limits=notes, **drawn, **frame))
