"""Agreement: alphas and their intervals, beside their peers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from clock import peer, timed
from common import Run, codings, present


def alphas(run: Run) -> None:
    from kube_research.intercoder import marks, units_of
    from kube_research.stats.bulk import binary_agreement

    study, table = codings(run.root)
    corpus = study.corpus
    spans = [(d.id, a, b) for d in corpus for a, b in units_of(d, corpus, "turn")]
    coders, names = table.factor("coder").ordered, table.factor("code").ordered
    index = {c: i for i, c in enumerate(names)}
    parts = [marks(spans, pd.DataFrame({n: t._array(n) for n in ("document", "start", "end", "code")}, copy=False), index) for t in (table.where(coder=c) for c in coders)]
    unit, code = (np.concatenate([p[k] for p in parts]) for k in (0, 1))
    coder = np.repeat(np.arange(len(coders)), [len(p[0]) for p in parts])
    ours, answer = timed(f"{len(names) + 1} alphas and kappas ({len(spans):,} turns, {len(coders)} coders)", lambda: binary_agreement(unit, coder, code, units=len(spans), coders=len(coders), codes=len(names)))
    run.ours_done()
    many = len(coders)
    pairs = 2.0 * np.arange(many + 1) * (many - np.arange(many + 1)) / (many - 1)

    def masks() -> list[float]:
        mask = np.zeros((len(names), len(spans)), np.uint8)
        for c in range(many):  # a coder's marks one after the other: no two of them want the same bit of a byte at once
            mine = coder == c
            mask[code[mine], unit[mine]] |= np.uint8(1 << c)
        counts = np.stack([np.bincount(np.bitwise_count(m), minlength=many + 1) for m in mask]).astype(float)
        counts = np.vstack((counts, counts.sum(0)))
        ones, n = counts @ np.arange(many + 1), counts.sum(1) * many
        return (1 - (n - 1) * (counts @ pairs) / (2 * ones * (n - ones))).tolist()

    bare, quick = timed("numpy, a bit a coder", masks)
    run.row(ours, bare, 2.5)
    run.same("alpha of every code and of all pooled, as the bits count it, to 9 decimals", np.allclose(answer.alpha, quick, atol=1e-9, equal_nan=True))
    if not (k := present(run, "krippendorff", "krippendorff")):
        return
    put = np.zeros((len(names), len(coders), len(spans)))
    put[code, coder, unit] = 1
    tables = [*put, put.transpose(1, 0, 2).reshape(len(coders), -1)]
    theirs, other = peer("krippendorff, a call for each, tables made already", lambda: [k.alpha(reliability_data=t, level_of_measurement="nominal") for t in tables])
    run.row(ours, theirs)
    run.same("alpha of every code and of all pooled, to 9 decimals", np.allclose(answer.alpha, other, atol=1e-9) if other is not None else None)


def intervals(run: Run) -> None:
    """Alphas with bootstrap intervals, 1,000 rounds over documents; the peers, which have no interval, give each alpha once."""
    from kube_research.intercoder import marks, units_of
    from kube_research.stats.agreement import agreement_per_code, krippendorff_alpha

    study, table = codings(run.root)
    corpus = study.corpus
    spans = [(d.id, a, b) for d in corpus for a, b in units_of(d, corpus, "turn")]
    f = table._frame
    coders, names = sorted(f["coder"].unique()), sorted(f["code"].unique())
    put = np.zeros((len(spans), len(coders), len(names)), bool)
    for k, c in enumerate(coders):
        u, j = marks(spans, f[f["coder"] == c], {n: i for i, n in enumerate(names)})
        put[u, k, j] = True
    where = np.array([s[0] for s in spans])
    ours, found = timed(f"{len(names) + 1} alphas, each with an interval of 1,000 rounds over documents", lambda: agreement_per_code(put, codes=names, documents=where, rounds=1000, seed=1), None, 3)
    units = min(len(spans), 4_000)
    few = put[:units, :, 0].astype(float)
    one, alpha = timed("one alpha of a code, without an interval", lambda: krippendorff_alpha(few, [0.0, 1.0]).value)
    run.ours_done()
    if k := present(run, "krippendorff", "krippendorff"):
        tables = [put[:, :, j].T.astype(float) for j in range(len(names))]
        theirs, other = timed(f"krippendorff, the {len(names)} alphas once, no interval, tables made already", lambda: [k.alpha(reliability_data=t, level_of_measurement="nominal") for t in tables], None, 3)
        run.row(ours, theirs)
        run.same("alpha of every code, to 9 decimals", np.allclose([c.alpha.value for c in found[:-1]], other, atol=1e-9))
    rows = [(f"c{g}", f"u{i}", "yes" if few[i, g] else "no") for i in range(units) for g in range(len(coders))]
    from nltk.metrics.agreement import AnnotationTask

    theirs, other = timed("nltk AnnotationTask.alpha, the same code, its task made already", lambda t: t.alpha(), lambda: AnnotationTask(rows), 3)
    run.row(one, theirs)
    run.same(f"nltk's alpha of one code on {units:,} turns, to 9 decimals", abs(alpha - other) < 1e-9)
    if s := present(run, "simpledorff", "simpledorff"):
        frame = pd.DataFrame(rows, columns=["who", "unit", "label"])
        theirs, other = timed("simpledorff, the same code", lambda: s.calculate_krippendorffs_alpha_for_df(frame, experiment_col="unit", annotator_col="who", class_col="label"), None, 3)
        run.row(one, theirs)
        run.same("simpledorff's alpha of the same, to 9 decimals", abs(alpha - other) < 1e-9)
