"""Qualitative comparative analysis of a study's cases: calibration in the open, every minimal model, warnings first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .codings import Codings
from .finding import Finding
from .matrix import cross
from .model import Fault, KubeError, unknown
from .words import say


def _fault(what: tuple[str, str], where: str, remedy: tuple[str, str]) -> KubeError:
    return KubeError(Fault(say(*what), where, say(*remedy)))


def qca(data: Codings | pd.DataFrame, outcome: str, conditions: Sequence[str], *, success: Sequence[str] = (), anchors: Mapping[str, tuple[float, float, float]] | None = None, constant: float = 3.0,
        consistency: float = 0.8, pri: float = 0.5, frequency: int = 1, expectations: Mapping[str, int | None] | None = None) -> Finding:  # fmt: skip
    """Truth table, necessity and all minimal models (conservative, parsimonious, intermediate); unit: the case.

    data        codings: a condition is a code, its raw value the share of a case's speakers who have it; or a table with one
                row a case (index: its name) and raw values or memberships
    outcome     a column, or (codings) an attribute of cases;  success: its values that count as 1, where they are words
    anchors     column → (full out, crossover, full in); a column without anchors is taken as memberships, 0 to 1
                (codings: 1 where anyone in the case has the code, else 0)
    constant    log odds at the outer anchors: 3.0 as Ragin published it, 2.944 (ln 19) as R's QCA
    consistency, pri, frequency   cuts of the truth table;  expectations: condition → 1, 0 or None, for the intermediate solution
    `frame` is the truth table; `more` holds the models, necessity and the calibrated memberships.
    """
    from .stats import qca as core

    conditions, anchors = list(conditions), dict(anchors or {})
    raw, coders = _raw(data, outcome, conditions, anchors, success)
    for name in [*anchors, *(expectations or {})]:
        if name not in raw.columns:
            raise KubeError(unknown("kondisi", "condition", name, list(raw.columns)))
    if len(conditions) > 10:
        raise _fault((f"{len(conditions)} kondisi terlalu banyak (paling banyak 10).", f"{len(conditions)} conditions are too many (10 at most)."), "conditions", ("Gabungkan atau pilih yang ditopang teori.", "Join them, or choose those theory supports."))
    lost = raw.index[raw.isna().any(axis=1)]
    raw = raw.drop(index=lost)
    try:
        members = pd.DataFrame({c: core.calibrate(raw[c], *anchors[c], constant=constant) if c in anchors else raw[c].astype(float) for c in raw.columns}, index=raw.index)
        if members.empty:
            raise ValueError(say("tidak ada kasus yang lengkap", "no complete case"))
        table = core.truth_table(members[conditions].to_numpy(), members[outcome].to_numpy(), conditions=conditions, consistency_cut=consistency, pri_cut=pri, frequency_cut=frequency)
    except ValueError as e:
        raise _fault((f"QCA tidak dapat dihitung: {e}.", f"QCA cannot be computed: {e}."), "data", ("Perbaiki data atau titik jangkarnya.", "Mend the data or the anchors.")) from e
    rows = [{**dict(zip(conditions, r.configuration, strict=True)), "n": r.n, "outcome": "?" if r.outcome is None else str(r.outcome), "consistency": r.consistency, "pri": r.pri, "contradictory": "yes" if r.contradictory else "", "cases": ", ".join(str(members.index[i]) for i in r.cases)} for r in table.rows if r.n]
    truth = pd.DataFrame(rows).round(3)
    solutions = [core.conservative(table), core.parsimonious(table), core.intermediate(table, expectations or {})]
    models = pd.DataFrame([{"solution": s.kind, "model": f"{i}/{len(s.models)}", "formula": f"{m} → {outcome}", "consistency": m.fit.consistency, "pri": m.fit.pri, "coverage": m.fit.coverage, "assumptions": len(m.assumptions)} for s in solutions for i, m in enumerate(s.models, 1)],
                          columns=["solution", "model", "formula", "consistency", "pri", "coverage", "assumptions"]).round(3)  # fmt: skip
    needed = [(c, core.necessity(members[c], members[outcome])) for c in conditions] + [("~" + c, core.necessity(1 - members[c], members[outcome])) for c in conditions]
    necessity = pd.DataFrame([{"condition": c, "consistency": f.consistency, "coverage": f.coverage, "ron": f.ron} for c, f in needed]).round(3)
    limits = list(dict.fromkeys(x for x in (*table.limits, *(n for s in solutions for n in s.limits), *(s.reason for s in solutions)) if x))
    if not expectations:
        limits.append(say("tanpa harapan arah, solusi antara sama dengan yang konservatif", "without directional expectations the intermediate solution is the conservative one"))
    most = max(len(s.models) for s in solutions)
    n, k = len(members), len(conditions)
    thin = n < core.PER_CONDITION * k
    warn = say(f"PERINGATAN: {n} kasus untuk {k} kondisi, kurang dari {core.PER_CONDITION} per kondisi: data acak pun dapat memberi rumus seperti ini. ", f"WARNING: {n} cases for {k} conditions, under {core.PER_CONDITION} a condition: even random data can give formulas like these. ") if thin else ""
    if most:
        told = say(f"Konfigurasi dengan hasil {outcome}: {len(table.true)} baris; paling banyak {most} model per solusi, semuanya dicantumkan.", f"Configurations with outcome {outcome}: {len(table.true)} row{'s' * (len(table.true) != 1)}; at most {most} model{'s' * (most != 1)} a solution, all of them listed.")
    else:
        told = say(f"Tidak ada rumus: tidak satu konfigurasi pun cukup konsisten untuk hasil {outcome}." if not table.true else "Tidak ada rumus.", f"There is no formula: no configuration is consistent enough with outcome {outcome}." if not table.true else "There is no formula.")
    if mixed := sum(r.contradictory for r in table.rows):
        told += " " + say(f"{mixed} baris bertentangan: kasus dengan konfigurasi sama berbeda hasil, dan harus dijelaskan dulu.", f"{mixed} row{'s are' if mixed != 1 else ' is'} contradictory: cases of the same configuration differ in outcome, which wants an explanation first.")
    meaning = warn + told + " " + say("Tidak boleh disimpulkan sebab-akibat, dan kontrafakta di balik solusi hemat adalah anggapan, bukan data.", "Cause and effect may not be concluded, and the counterfactuals behind the parsimonious solution are assumptions, not data.")
    shown = say("nilai jangkar", "anchors") + ": " + ("; ".join(f"{c} {a}" for c, a in anchors.items()) or say("tidak ada (keanggotaan sudah 0–1)", "none (memberships are 0–1 already)"))
    rule = f"Quine–McCluskey; {say('ambang', 'cuts')}: n ≥ {frequency}, {say('konsistensi', 'consistency')} ≥ {consistency}, PRI ≥ {pri}; {say('konstanta kalibrasi', 'calibration constant')} {constant:.4g}; {shown}"
    more = {"models": models, "necessity": necessity, "memberships": members.round(4).rename_axis("case").reset_index()}
    return Finding(truth, say("kasus", "case"), n, rule, meaning, coders, say(f"kasus tanpa nilai: {', '.join(map(str, lost))}", f"cases without a value: {', '.join(map(str, lost))}") if len(lost) else "", tuple(limits), more)


def _raw(data: Codings | pd.DataFrame, outcome: str, conditions: list[str], anchors: Mapping[str, object], success: Sequence[str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """One row a case: conditions and outcome as numbers, NaN where a case has none."""
    if not conditions or len(set(conditions)) < len(conditions) or outcome in conditions:
        raise _fault(("Kondisi harus ada, berbeda-beda, dan bukan hasilnya sendiri.", "There must be conditions, all different, none of them the outcome."), "conditions", ("Sebut tiap kondisi sekali.", "Name each condition once."))
    if isinstance(data, pd.DataFrame):
        for name in (*conditions, outcome):
            if name not in data.columns:
                raise KubeError(unknown("kolom", "column", name, list(map(str, data.columns))))
        out, coders = data[[*conditions, outcome]].copy(), ()
    else:
        there = cross(data, "case", count="persons")
        for name in conditions:
            if name not in there.frame.columns:
                raise KubeError(unknown("kode", "code", name, list(there.frame.columns)))
        share = there.share()
        out = pd.DataFrame({c: share[c] if c in anchors else (there.frame[c] > 0).astype(float) for c in conditions}, index=there.frame.index)
        out[outcome] = [data.corpus.cases.get(str(c), {}).get(outcome) or np.nan for c in out.index]
        coders = tuple(data.coders)
    if success:
        out[outcome] = [np.nan if v != v else float(str(v) in success) for v in out[outcome]]
    for name in out.columns:
        try:
            out[name] = out[name].astype(float)
        except (ValueError, TypeError):
            words = sorted({str(v) for v in out[name].dropna()})
            raise _fault((f"{name!r} bukan angka: {', '.join(words[:6])}.", f"{name!r} is not a number: {', '.join(words[:6])}."), name, ("Sebut nilai yang berarti berhasil: success=(…,).", "Name the values that mean success: success=(…,).")) from None
    return out, coders
