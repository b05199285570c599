"""How good the rules are against people: per code with intervals, the agreement of two people beside it as the ceiling."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .codings import Codings
from .finding import Finding
from .intercoder import marks, units_of
from .model import Fault, KubeError, unknown
from .words import say


def evaluate(hits: Codings, human: Codings, *, against: str = "", unit: str = "turn", target: float = 0.8, seed: int = 1, rounds: int = 1000) -> Finding:
    """Precision, recall and F1 of the machine's codings against one coder, on the documents that both hold.

    hits     what `kr.autocode` found; the codes are those of its codebook that people or rules used
    human    codings of people; against: the coder taken as reference (default: who coded most); any other coder of the
             table gives the ceiling: F1 of a second person against the first, on the documents both coded
    unit     "turn" or "sentence" of informants; target: recall that the sampling plan is to show
    Columns: code, tp, fp, fn, precision, p_low, p_high, recall, r_low, r_high, f1, human_f1.  Wilson intervals, 95 %.
    """
    from .stats.evaluate import elusion_sample, scores

    if unit not in ("turn", "sentence"):
        raise KubeError(unknown("satuan", "unit", unit, ("turn", "sentence")))
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
    result = scores(gold, machine, codes=codes, documents=where, rounds=rounds, seed=seed, unit=unit)
    second = next((p for p in people if p != first and coded[p] & set(documents)), "")
    ceiling = None
    if second:
        both = np.isin(where, sorted(coded[second] & set(documents)))
        ceiling = scores(gold[both], table(frame[frame["coder"] == second])[both], codes=codes, unit=unit)
    rows = []
    for i, s in enumerate((*result.codes, result.micro)):
        top = (ceiling.micro if s is result.micro else ceiling.codes[i]).f1.value if ceiling else float("nan")
        rows.append({"code": s.code, "tp": s.tp, "fp": s.fp, "fn": s.fn, "precision": s.precision.value, "p_low": s.precision.low, "p_high": s.precision.high, "recall": s.recall.value, "r_low": s.recall.low, "r_high": s.recall.high, "f1": s.f1.value, "human_f1": top})
    found, pool = int((gold & machine).any(1).sum()), int((~machine.any(1)).sum())
    plan = say("Rencana sampel: belum ada temuan benar atau tidak ada sisa untuk diperiksa.", "Sampling plan: no true hit yet, or nothing left to check.")
    if found and pool:
        size = elusion_sample(found, pool, target)
        plan = say(f"Rencana sampel: bila {size} dari {pool} satuan yang tidak dikodekan mesin diambil acak dan semuanya bersih, recall (kode apa pun) sedikitnya {target:.2f} dengan keyakinan 95 %.",
                   f"Sampling plan: if {size} of the {pool} units the machine left uncoded, drawn at random, are all clear, recall (of any code) is at least {target:.2f} with 95 % confidence.")
    m = result.micro
    beside = say(f"F1 dua manusia ({first}, {second}) {ceiling.micro.f1.value:.2f}", f"F1 of two people ({first}, {second}) {ceiling.micro.f1.value:.2f}") if ceiling else say("tanpa pengode kedua, jadi langit-langitnya tidak diketahui", "no second coder, so the ceiling is not known")
    meaning = say(f"Terhadap {first}: presisi {m.precision.value:.2f}, recall {m.recall.value:.2f}, F1 {m.f1.value:.2f}; {beside}. {plan} Tidak boleh disimpulkan bahwa mesin benar di mana manusia belum mengode, atau pada teks lain.",
                  f"Against {first}: precision {m.precision.value:.2f}, recall {m.recall.value:.2f}, F1 {m.f1.value:.2f}; {beside}. {plan} It may not be concluded that the machine is right where nobody coded, nor on other texts.")
    limits = (*result.limits, say("satuan dari wawancara yang sama tidak saling bebas: selang Wilson terlalu sempit", "units of one interview are not independent: Wilson's intervals are too narrow"),
              say("hanya sah bila aturan tidak disusun dari dokumen ini", "valid only if the rules were not made from these documents"))
    if ceiling:
        shared = len(coded[second] & set(documents))
        limits = (*limits, say(f"langit-langit manusia dihitung pada {shared} dari {len(documents)} dokumen", f"the human ceiling rests on {shared} of {len(documents)} documents"))
    absent = [d.id for d in hits.corpus if d.id not in documents]
    return Finding(pd.DataFrame(rows).round(3), {"turn": say("giliran bicara informan", "informants' turn"), "sentence": say("kalimat informan", "informants' sentence")}[unit], len(spans),
                   say("hadir/tidak per satuan; Wilson 95 % (Newcombe 1998); F1 = 2TP/(2TP+FP+FN)", "present or not per unit; Wilson 95 % (Newcombe 1998); F1 = 2TP/(2TP+FP+FN)"), meaning, tuple(p for p in (first, second) if p),
                   say(f"{len(absent)} dokumen tanpa {first}", f"{len(absent)} documents without {first}") if absent else "", limits)
