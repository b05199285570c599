"""How good the rules are against people: per code with intervals, cross-validated by document, two people beside as the ceiling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import floor
from pathlib import Path

import numpy as np
import pandas as pd

from .adjudication import first_of, independent, is_consensus
from .codings import Codings
from .consent import hinders, withheld
from .finding import Finding
from .intercoder import marks, units_of
from .model import Fault, KubeError, unknown
from .progress import steps
from .words import say

UNITS = ("turn", "sentence")
ALL, ANY = "all codes", "any code"


def evaluate(hits: Codings, human: Codings, *, against: str = "", unit: str = "turn", folds: int = 0, by: str = "document", bank: Sequence[str | Path] = (), target: float = 0.8, seed: int = 1, rounds: int = 1000) -> Finding:
    """Precision, recall and F1 of the machine's codings against one coder, on the documents that both hold.

    hits     what `kr.autocode` found; the codes are those of its codebook that people or rules used
    human    codings of people; against: the coder taken as reference (default: who coded most); any other coder of the
             table gives the ceiling: F1 of a second person against the first, on the documents both coded
    unit     "turn" or "sentence" of informants
    folds    0: the hits as they are; 2 or more: cross-validation that never splits a document (by="document") or a case ("case").
             A codebook's cue table, where hits came by it, is learned anew without the fold (`learn_cues`, from the reference coder and
             the banks of coded snippets in `bank`); its patterns were written by people and cannot be learned anew: the limits say so
    target   recall that the sampling plans are to show
    Columns: code, tp, fp, fn, precision, p_low, p_high, recall, r_low, r_high, f1 (Wilson intervals, 95 %), human_f1 (the ceiling) and
    f1_there (the machine on the ceiling's documents).  `more`: a sampling plan for every code (found, pool, check: units that must all
    be clear; check_1: with one miss), the folds, and the ways beside each other (as given, learned anew, the rules alone).
    """
    from .stats.evaluate import document_folds, scores

    if unit not in UNITS:
        raise KubeError(unknown("satuan", "unit", unit, UNITS))
    if by not in ("document", "case"):
        raise KubeError(unknown("kelompok lipatan", "grouping of folds", by, ("document", "case")))
    if not 0 < target < 1:
        raise KubeError(Fault(say(f"Recall sasaran harus antara 0 dan 1, bukan {target}.", f"The target recall lies between 0 and 1, not {target}."), "target", "target=0.8"))
    frame = human._frame
    if not len(frame):
        raise KubeError(Fault(say("Tidak ada pengodean manusia.", "There are no codings by people."), "human", say("Kodekan beberapa dokumen secara buta dulu.", "Code some documents blind first.")))
    people = list(frame["coder"].value_counts().index)
    first = against or people[0]
    if first not in people:
        raise KubeError(unknown("pengode", "coder", first, people))
    coded = {p: set(frame.loc[frame["coder"] == p, "document"]) for p in people}
    documents = [d.id for d in hits.corpus if d.id in coded[first]]
    if not documents:
        raise KubeError(Fault(say(f"Tidak ada dokumen yang dikodekan baik oleh mesin maupun {first}.", f"No document was coded by both the machine and {first}."), "hits, human", say("Jalankan aturan pada dokumen yang dikodekan manusia.", "Run the rules on documents that a person coded.")))
    mine = frame[(frame["coder"] == first) & frame["document"].isin(documents)]
    known = {c.id for b in hits.books for c in b} or set(hits._frame["code"])
    used = set(mine["code"]) | set(hits._frame.loc[hits._frame["document"].isin(documents), "code"])
    codes = sorted(known & used)
    spans = [(d, a, b) for d in documents for a, b in units_of(hits.corpus[d], hits.corpus, unit)]
    if not codes or not spans:
        raise KubeError(Fault(say("Mesin dan manusia tidak memakai kode yang sama.", "Machine and people share no code."), "hits, human", say("Pakai buku kode yang sama.", "Use the same codebook.")))
    index = {c: i for i, c in enumerate(codes)}

    def table(f: pd.DataFrame) -> np.ndarray:
        out = np.zeros((len(spans), len(codes)), bool)
        out[marks(spans, f, index)] = True
        return out

    gold, machine, where = table(mine), table(hits._frame), np.array([s[0] for s in spans])
    more: dict[str, pd.DataFrame] = {}
    limits: list[str] = []
    if folds:
        group = where if by == "document" else np.array([hits.corpus[d].case or d for d in where])
        if folds < 2 or len(set(group)) < 2:
            raise KubeError(Fault(say(f"Validasi silang memerlukan dua lipatan dan dua {say('dokumen', 'documents') if by == 'document' else say('kasus', 'cases')} atau lebih; ada {len(set(group))}.", f"Cross-validation needs two folds and two {by}s or more; there {'is' if len(set(group)) == 1 else 'are'} {len(set(group))}."), "folds", "folds=5"))
        parts = document_folds(group, folds, seed=seed)
        ways, told = _crossed(hits, mine, machine, where, parts, table, bank)
        machine = ways.get("learned anew", machine)
        limits.append(told)
    result = scores(gold, machine, codes=codes, documents=where, rounds=rounds, seed=seed, unit=unit)
    second = next((p for p in independent(people) if p != first_of(first, people) and coded[p] & set(documents)), "")
    ceiling = there = None
    if second:
        both = np.isin(where, sorted(coded[second] & set(documents)))
        ceiling = scores(gold[both], table(frame[frame["coder"] == second])[both], codes=codes, unit=unit)
        there = scores(gold[both], machine[both], codes=codes, unit=unit)
    rows = []
    for i, s in enumerate((*result.codes, result.micro)):
        top, same = ((x.micro if s is result.micro else x.codes[i]).f1.value if x else float("nan") for x in (ceiling, there))
        rows.append({"code": ALL if s is result.micro else s.code, "tp": s.tp, "fp": s.fp, "fn": s.fn, "precision": s.precision.value, "p_low": s.precision.low, "p_high": s.precision.high, "recall": s.recall.value, "r_low": s.recall.low, "r_high": s.recall.high, "f1": s.f1.value, "human_f1": top, "f1_there": same})
    if folds:
        each = [(n, test, scores(gold[test], machine[test], codes=codes, unit=unit).micro) for n, (_, test) in enumerate(parts, 1)]
        more["folds"] = pd.DataFrame([{"fold": n, "documents": ", ".join(dict.fromkeys(where[t])), "units": len(t), "tp": m.tp, "fp": m.fp, "fn": m.fn, "precision": m.precision.value, "recall": m.recall.value, "f1": m.f1.value} for n, t, m in each]).round(3)
        if len(ways) > 1:
            beside_ = [(way, scores(gold, marked, codes=codes, unit=unit).micro) for way, marked in ways.items()]
            more["ways"] = pd.DataFrame([{"way": w, "tp": m.tp, "fp": m.fp, "fn": m.fn, "precision": m.precision.value, "recall": m.recall.value, "f1": m.f1.value} for w, m in beside_]).round(3)
    plan, sentence = _plan(gold, machine, codes, target)
    more["sampling plan"] = plan
    m = result.micro
    beside = say(f"F1 dua manusia ({first}, {second}) {ceiling.micro.f1.value:.2f}, mesin pada dokumen yang sama {there.micro.f1.value:.2f}", f"F1 of two people ({first}, {second}) {ceiling.micro.f1.value:.2f}, of the machine on the same documents {there.micro.f1.value:.2f}") if ceiling and there else say("tanpa pengode kedua, jadi langit-langitnya tidak diketahui", "no second coder, so the ceiling is not known")
    how = say(f", validasi silang {len(more['folds'])} lipatan", f", cross-validated in {len(more['folds'])} folds") if folds else ""
    meaning = say(f"Terhadap {first}{how}: presisi {m.precision.value:.2f}, recall {m.recall.value:.2f}, F1 {m.f1.value:.2f}; {beside}. {sentence} Tidak boleh disimpulkan bahwa mesin benar di mana manusia belum mengode, atau pada teks lain.",
                  f"Against {first}{how}: precision {m.precision.value:.2f}, recall {m.recall.value:.2f}, F1 {m.f1.value:.2f}; {beside}. {sentence} It may not be concluded that the machine is right where nobody coded, nor on other texts.")
    limits += [*result.limits, say("satuan dari wawancara yang sama tidak saling bebas: selang Wilson terlalu sempit", "units of one interview are not independent: Wilson's intervals are too narrow")]
    if not folds:
        limits.append(say("hanya sah bila aturan dan tabel isyarat tidak disusun dari dokumen ini (folds=5 untuk tabel isyarat)", "valid only if the rules and cue tables were not made from these documents (folds=5 for cue tables)"))
    if ceiling and is_consensus(first):
        limits.append(say(f"{second} ikut membentuk {first}: langit-langitnya terlalu tinggi", f"{second} took part in {first}: the ceiling is too high"))
    if ceiling:
        limits.append(say(f"langit-langit manusia dihitung pada {len(coded[second] & set(documents))} dari {len(documents)} dokumen", f"the human ceiling rests on {len(coded[second] & set(documents))} of {len(documents)} documents"))
    absent = [d.id for d in hits.corpus if d.id not in documents]
    return Finding(pd.DataFrame(rows).round(3), _unit(unit), len(spans), say("hadir/tidak per satuan; Wilson 95 % (Newcombe 1998); F1 = 2TP/(2TP+FP+FN)", "present or not per unit; Wilson 95 % (Newcombe 1998); F1 = 2TP/(2TP+FP+FN)"), meaning, tuple(p for p in (first, second) if p),
                   say(f"{len(absent)} dokumen tanpa {first}", f"{len(absent)} documents without {first}") if absent else "", tuple(limits), more)


def _unit(unit: str) -> str:
    return {"turn": say("giliran bicara informan", "informants' turn"), "sentence": say("kalimat informan", "informants' sentence")}[unit]


def _crossed(hits: Codings, mine: pd.DataFrame, machine: np.ndarray, where: np.ndarray, folds: tuple[tuple[np.ndarray, np.ndarray], ...], table: Callable[[pd.DataFrame], np.ndarray], bank: Sequence[str | Path]) -> tuple[dict[str, np.ndarray], str]:
    """The machine's marks as given, with each fold coded by cue weights learned without it, and by the rules alone; and what may be said of that."""
    from .engine import engine, passages
    from .engine.cue_table import CueModel, table_path
    from .engine.table import tabled
    from .learning import learn_cues, read_bank
    from .privacy.names import names_in

    by_cues = hits._frame["rule"].str.startswith(("isyarat: ", "cues: ")).any()
    learns = [b for b in hits.books if by_cues and table_path(b) is not None]
    if not learns:
        return {"as given": machine}, say("aturan tetap: tidak ada yang dipelajari, lipatan hanya memperlihatkan sebarannya; bila pola ditulis sambil membaca dokumen ini, angkanya terlalu tinggi", "fixed rules: nothing is learned, the folds only show the spread; if the patterns were written with these documents in sight, the figures are too high")
    e, out = engine(hits.corpus), machine.copy()
    fixed = [c.id for b in hits.books if b not in learns for c in b]
    kept = hits._frame[hits._frame["code"].isin(fixed)]
    spans = list(zip(mine["document"], mine["start"], mine["end"], mine["code"], mine["polarity"], strict=True))
    banks = [read_bank(p) for p in bank]
    more, told_spans = [d for docs, _ in banks for d in docs], [x for _, found in banks for x in found]
    names = names_in(d.text for d in hits.corpus)
    bare = 0

    def coded(models: list[CueModel | None]) -> np.ndarray:
        frames = [kept]
        for book, model in zip(learns, models, strict=True):
            p = passages(e, book, None, model)
            if len(p.first):
                frames.append(tabled(e.corpus, [(e.words, [(book, p)])], (book,), book.id)._frame)
        full = [f for f in frames if len(f)]
        return table(pd.concat(full, ignore_index=True) if full else kept)

    for train, test in steps(folds, say("validasi silang", "cross-validation")):
        inside = set(where[train])
        models: list[CueModel | None] = []
        for book in learns:
            try:
                models.append(learn_cues([*(hits.corpus[d] for d in sorted(inside)), *more], [*(s for s in spans if s[0] in inside), *told_spans], book, judged=sorted(inside), folds=min(4, len(inside)), leave_out=names)[0].model)
            except KubeError:  # too few codings to learn from: the rules code alone
                models.append(None)
                bare += 1
        out[test] = coded(models)[test]
    source = say("dokumen ini dan bank potongan" if bank else "dokumen ini saja, tanpa bank potongan", "these documents and the banks" if bank else "these documents only, without banks")
    told = say(f"bobot isyarat dipelajari ulang tanpa lipatan yang diuji (dari {source}); polanya ditulis orang dan tidak dipelajari ulang", f"cue weights were learned anew without the fold under test (from {source}); the patterns were written by people and not learned anew")
    return {"as given": machine, "learned anew": out, "rules alone": coded([None] * len(learns))}, told + (say(f"; {bare} kali terlalu sedikit pengodean: aturan saja", f"; {bare} times too few codings: the rules alone") if bare else "")


def _plan(gold: np.ndarray, machine: np.ndarray, codes: list[str], target: float) -> tuple[pd.DataFrame, str]:
    """Per code: true hits, units left uncoded, and how many of these must be looked at to show `target`; and a sentence on any code."""
    from .stats.evaluate import elusion_sample, recall_bound

    rows = []
    for name, right, left in [*((c, gold[:, j] & machine[:, j], ~machine[:, j]) for j, c in enumerate(codes)), (ANY, (gold & machine).any(1), ~machine.any(1))]:
        found, pool = int(right.sum()), int(left.sum())
        row: dict[str, object] = {"code": name, "found": found, "pool": pool, "check": "–", "check_1": "–", "reason": ""}
        if not found or not pool:
            row["reason"] = say("belum ada temuan benar" if not found else "tidak ada sisa", "no true hit yet" if not found else "nothing is left")
        else:
            n = elusion_sample(found, pool, target)
            more = next((k for k in range(n, pool + 1) if recall_bound(found, pool, k, 1).low >= target), None) if n else 0
            row |= {"check": n, "check_1": more if more is not None else "–", "reason": say("sisa terlalu kecil untuk menyembunyikan sebanyak itu", "the pool is too small to hide so many") if not n else ""}
        rows.append(row)
    last = rows[-1]
    if last["check"] == "–":
        return pd.DataFrame(rows), say(f"Rencana sampel: {last['reason']}.", f"Sampling plan: {last['reason']}.")
    return pd.DataFrame(rows), say(f"Rencana sampel: bila {last['check']} dari {last['pool']} satuan yang tidak dikodekan mesin diambil acak dan semuanya bersih, recall (kode apa pun) sedikitnya {target:.2f} dengan keyakinan 95 %.",
                                   f"Sampling plan: if {last['check']} of the {last['pool']} units the machine left uncoded, drawn at random, are all clear, recall (of any code) is at least {target:.2f} with 95 % confidence.")


def elusion(hits: Codings, code: str, *, precision: float, unit: str = "turn", target: float = 0.8, checked: int | None = None, misses: int = 0, seed: int = 1) -> Finding:
    """A sampling plan for one code: which uncoded units to read, and, once they were read, what recall they show.

    precision  of this code, from `kr.evaluate` (its lower limit is the careful choice): precision × hits are taken as true
    target     recall that is to be shown;  checked, misses: how many of the drawn units were read, and how many held the code
    `frame` is the random sample in the order in which to read it (unit, document, line, words), or, with `checked`, the bound.
    Rule: with `found` true hits and a pool of uncoded units, n clear ones show recall ≥ target when (1 − missed/pool)^n ≤ .05,
    missed = found (1 − target)/target.

    >>> from kube_research.stats.evaluate import elusion_sample
    >>> elusion_sample(120, 2000, 0.8)          # 120 true hits, 2,000 uncoded segments: 199 clear ones show recall of at least .80
    199
    """
    from .stats.evaluate import elusion_sample, recall_bound

    if unit not in UNITS:
        raise KubeError(unknown("satuan", "unit", unit, UNITS))
    if not (0 < precision <= 1 and 0 < target < 1):
        raise KubeError(Fault(say("Presisi dan recall sasaran harus antara 0 dan 1.", "Precision and target recall lie between 0 and 1."), "precision, target", "precision=0.7, target=0.8"))
    known = sorted({c.id for b in hits.books for c in b} | set(hits._frame["code"]))
    if code not in known:
        raise KubeError(unknown("kode", "code", code, known))
    spans = [(d.id, a, b) for d in hits.corpus for a, b in units_of(d, hits.corpus, unit)]
    coded = np.zeros(len(spans), bool)
    if spans:
        coded[marks(spans, hits._frame, {code: 0})[0]] = True
    found, pool = floor(precision * int(coded.sum()) + 1e-9), np.flatnonzero(~coded)
    if not found or not len(pool):
        raise KubeError(Fault(say("Tidak ada temuan benar, atau tidak ada satuan tersisa: tidak ada yang dapat dibatasi.", "There is no true hit, or no unit is left: nothing can be bounded."), code, say("Jalankan aturan pada lebih banyak dokumen.", "Run the rules on more documents.")))
    size = elusion_sample(found, len(pool), target)
    rule = say(f"sampel elusi: {found} temuan dianggap benar ({precision:.2f} × {int(coded.sum())}), {len(pool)} satuan tak terkode; Clopper–Pearson satu sisi, 95 %; benih {seed}", f"elusion sample: {found} hits taken as true ({precision:.2f} × {int(coded.sum())}), {len(pool)} uncoded units; Clopper–Pearson one-sided, 95 %; seed {seed}")
    limits = (say("berlaku bila sampel diambil acak dan pemeriksa tidak melihat saran mesin", "holds when the sample is random and the checker does not see the machine's suggestion"),)
    if checked is not None:
        if not 0 <= misses <= checked <= len(pool) or not checked:
            raise KubeError(Fault(say(f"Harus 0 ≤ misses ≤ checked ≤ {len(pool)}, dan checked lebih dari 0.", f"It must be 0 ≤ misses ≤ checked ≤ {len(pool)}, and checked above 0."), "checked, misses", f"checked={size}, misses=0"))
        b = recall_bound(found, len(pool), checked, misses)
        verdict = say("tercapai", "shown") if b.low >= target else say("belum ditunjukkan", "not shown")
        meaning = say(f"{code}: {misses} dari {checked} satuan bersih yang diperiksa ternyata memuat kode; recall sedikitnya {b.low:.3f} (95 %), sasaran {target:.2f} {verdict}. Tidak boleh disimpulkan untuk kode atau dokumen lain.", f"{code}: {misses} of {checked} uncoded units that were read held the code; recall is at least {b.low:.3f} (95 %), the target {target:.2f} is {verdict}. Nothing may be concluded for other codes or documents.")
        return Finding(pd.DataFrame([{"code": code, "found": found, "pool": len(pool), "checked": checked, "misses": misses, "recall": round(b.value, 3), "bound": round(b.low, 3)}]), _unit(unit), checked, rule, meaning, limits=limits)
    rows = []
    for n, i in enumerate(np.random.default_rng(seed).permutation(pool)[:size], 1):
        d, a, b = spans[int(i)]
        document = hits.corpus[d]
        why = hinders(document, a, b)
        rows.append({"unit": n, "document": d, "line": document.line(a), "words": withheld(why) if why else " ".join(document.text[a:b].split())})
    meaning = say(f"Baca {size} satuan ini tanpa melihat saran mesin. Bila tidak satu pun memuat {code}, recall sedikitnya {target:.2f} (95 %); bila ada, hitung batasnya dengan checked={size}, misses=…. Tidak boleh disimpulkan apa pun sebelum dibaca.", f"Read these {size} units without the machine's suggestions. If none holds {code}, recall is at least {target:.2f} (95 %); if some do, compute the bound with checked={size}, misses=…. Nothing may be concluded before they are read.")
    return Finding(pd.DataFrame(rows, columns=["unit", "document", "line", "words"]), _unit(unit), size, rule, meaning, limits=limits)


__all__ = ["elusion", "evaluate"]
