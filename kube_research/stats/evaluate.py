"""How good is the machine: precision, recall and F1 per code against people, folds by document, samples that bound recall.

Agreement with one person is not truth: print the agreement of two people beside it, as the ceiling.  Nothing may be learnt
from test documents, neither word lists nor thresholds; and a suggestion someone accepted is not independent evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log, log1p

import numpy as np
import scipy

from ..words import say
from .proportions import clopper_pearson, wilson
from .result import NAN, Estimate, undefined

MINIMUM = 8  # documents from which their bootstrap gives an interval


@dataclass(frozen=True, slots=True)
class CodeScore:
    """One code: true positives, false positives, false negatives; shares with Wilson intervals; F1; prevalence with people."""

    code: object
    tp: int
    fp: int
    fn: int
    precision: Estimate
    recall: Estimate
    f1: Estimate
    prevalence: float


@dataclass(frozen=True, slots=True)
class Scores:
    """codes: one entry a code; micro: all decisions together; macro: mean F1 of the codes that have one, `macro.n` of them."""

    codes: tuple[CodeScore, ...]
    micro: CodeScore
    macro: Estimate
    limits: tuple[str, ...]


def _f1(tp, fp, fn):
    below = 2 * tp + fp + fn
    return np.divide(2 * tp, below, out=np.full(np.shape(below), np.nan), where=np.asarray(below) > 0)


def _score(code, parts: np.ndarray, n: int, unit: str, draws: np.ndarray | None, level: float, seed: int) -> CodeScore:
    """parts (groups, 3): tp, fp, fn of each document (or of all units in one group)."""
    tp, fp, fn = map(int, parts.sum(0))
    precision = wilson(tp, tp + fp, level=level, unit=say("pengodean mesin", "machine coding"), name="precision")
    recall = wilson(tp, tp + fn, level=level, unit=say("pengodean manusia", "human coding"), name="recall")
    rule = "2 TP / (2 TP + FP + FN)"
    if not tp + fp + fn:
        why = say("kode ini tidak dipakai manusia maupun mesin", "neither people nor machine used this code")
        f1 = undefined("F1", why, n, unit, rule)
    else:
        extra = {}
        if draws is not None:
            sums = draws @ parts
            values = _f1(*sums.T)
            values = values[np.isfinite(values)]
            low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
            extra = {"low": float(low), "high": float(high), "level": level, "seed": seed, "rounds": len(draws), "resampled": "documents"}
        f1 = Estimate("F1", float(_f1(tp, fp, fn)), n, unit, rule, **extra)
    return CodeScore(code, tp, fp, fn, precision, recall, f1, (tp + fn) / n if n else NAN)


def scores(
    people, machine, *, codes: Sequence | None = None, documents=None, rounds: int = 1000, seed: int = 0, level: float = 0.95, unit: str = "segment",
) -> Scores:  # fmt: skip
    """Precision, recall and F1 of the machine's codings, per code, micro and macro.

    people, machine  (units, codes) booleans on the same units, coded blind
    documents        (units,) documents; with at least 8 of them F1 gets a bootstrap interval over documents
    Precision and recall carry Wilson intervals (Newcombe 1998); F1 has no simple one.

    >>> s = scores([[1, 0], [1, 0], [0, 0], [1, 0]], [[1, 0], [0, 0], [1, 0], [1, 0]], codes=["a", "b"])
    >>> s.codes[0].tp, s.codes[0].fp, s.codes[0].fn, round(s.codes[0].f1.value, 3), s.codes[1].f1.defined
    (2, 1, 1, 0.667, False)
    """
    a, b = np.asarray(people, bool), np.asarray(machine, bool)
    if a.ndim != 2 or a.shape != b.shape:
        raise ValueError(f"people and machine are units × codes, of one shape; they are {a.shape} and {b.shape}")
    n, k = a.shape
    names = list(range(k)) if codes is None else list(codes)
    index = np.zeros(n, int) if documents is None else np.unique(np.asarray(documents), return_inverse=True)[1].reshape(-1)
    if len(index) != n:
        raise ValueError(f"documents must name the document of each of the {n} units")
    groups = int(index.max(initial=-1)) + 1
    parts = np.zeros((groups, k, 3))
    for j, cell in enumerate((a & b, ~a & b, a & ~b)):
        np.add.at(parts[:, :, j], index, cell.astype(float))
    notes = [say("kesepakatan dengan seorang manusia bukan kebenaran: bandingkan dengan kesepakatan antarmanusia",
                 "agreement with a person is not truth: compare it with the agreement of two people")]  # fmt: skip
    draws = None
    if documents is not None and groups >= MINIMUM:
        draws = np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), size=rounds).astype(float)
    elif documents is not None:
        notes.append(say(f"kurang dari {MINIMUM} dokumen: F1 tanpa selang", f"fewer than {MINIMUM} documents: F1 without an interval"))
    each = tuple(_score(names[c], parts[:, c], n, unit, draws, level, seed) for c in range(k))
    micro = _score(say("semua kode", "all codes"), parts.sum(1), n * k, say("keputusan", "decision"), draws, level, seed)
    found = [c.f1.value for c in each if c.f1.defined]
    rule = say("rata-rata F1 kode yang terpakai", "mean F1 of the codes that are used")
    if found:
        macro = Estimate("macro F1", float(np.mean(found)), len(found), say("kode", "code"), rule)
    else:
        macro = undefined("macro F1", say("tidak ada kode yang terpakai", "no code is used"), 0, say("kode", "code"), rule)
    return Scores(each, micro, macro, tuple(notes))


def document_folds(documents, k: int = 5, *, seed: int = 0) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Folds (train, test) of unit indices that never split a document; better still, pass cases or persons as `documents`.

    Documents are dealt, longest first, to the fold with fewest units; `seed` breaks ties.  Fewer documents than k: as many
    folds as documents.

    >>> [test.tolist() for _, test in document_folds(["a", "a", "a", "b", "b", "c"], 2)]
    [[0, 1, 2], [3, 4, 5]]
    """
    names, index, sizes = np.unique(np.asarray(documents), return_inverse=True, return_counts=True)
    index = index.reshape(-1)
    if len(names) < 2 or k < 2:
        raise ValueError(say("perlu sedikitnya dua dokumen dan dua lipatan", "needs at least two documents and two folds"))
    k = min(k, len(names))
    shuffle = np.random.default_rng(seed).permutation(len(names))
    fold, load = np.zeros(len(names), int), np.zeros(k)
    for d in shuffle[np.argsort(-sizes[shuffle], kind="stable")]:
        fold[d] = int(load.argmin())
        load[fold[d]] += sizes[d]
    of = fold[index]
    return tuple((np.flatnonzero(of != f), np.flatnonzero(of == f)) for f in range(k))


def elusion_sample(found: int, pool: int, recall: float, *, confidence: float = 0.95) -> int:
    """Uncoded segments to check, all of them clear, to show recall ≥ `recall` (one-sided, binomial: safe for small pools).

    found   true hits among the machine's codings;  pool  segments the machine left uncoded, to be sampled at random

    >>> [elusion_sample(120, 2000, r) for r in (.7, .8, .9)], elusion_sample(120, 500, .8), elusion_sample(120, 10_000, .8)
    ([115, 199, 448], 49, 998)
    """
    if not (found > 0 and pool > 0 and 0 < recall < 1 and 0 < confidence < 1):
        raise ValueError("found and pool are positive, recall and confidence lie between 0 and 1")
    missed = found * (1 - recall) / recall
    if missed >= pool:
        return 0
    return min(pool, ceil(log(1 - confidence) / log1p(-missed / pool) - 1e-9))


def recall_bound(found: int, pool: int, checked: int, misses: int, *, confidence: float = 0.95) -> Estimate:
    """Lower bound of recall after checking `checked` of `pool` uncoded segments and finding `misses` hits among them.

    value: the point estimate found / (found + pool·misses/checked); low: the one-sided bound, from Clopper & Pearson's.

    >>> [round(recall_bound(120, 2000, 300, m).low, 3) for m in (0, 1, 2, 5)]
    [0.858, 0.792, 0.742, 0.633]
    """
    if not 0 <= misses <= checked <= pool or found < 0:
        raise ValueError("0 <= misses <= checked <= pool")
    frame = {"n": checked, "unit": say("segmen tak terkode yang diperiksa", "uncoded segment checked"), "rule": say("sampel elusi, Clopper-Pearson satu sisi", "elusion sample, Clopper-Pearson one-sided")}
    if not checked or not found:
        why = say("belum ada yang diperiksa" if found else "belum ada temuan yang benar", "nothing was checked yet" if found else "no true hit yet")
        return undefined("recall", why, **frame)
    top = 1.0 if misses == checked else float(scipy.stats.beta.ppf(confidence, misses + 1, checked - misses))
    value, low = found / (found + pool * misses / checked), found / (found + pool * top)
    notes = (say("berlaku bila sampel acak dan pemeriksa tidak melihat saran mesin", "holds when the sample is random and the checker does not see the machine's suggestion"),)
    return Estimate("recall", value, low=low, high=1.0, level=confidence, limits=notes, **frame)


__all__ = ["CodeScore", "Scores", "clopper_pearson", "document_folds", "elusion_sample", "recall_bound", "scores", "wilson"]
