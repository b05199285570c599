"""Saturation of a study's codings: the conception is named, the order is not trusted, reflexive analysis is refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .codings import Codings
from .finding import Finding
from .model import Fault, KubeError, unknown
from .words import say

CONCEPTIONS = ("code", "meaning")
_SOURCE = "Guest, Namey & Chen 2020; Chao 1987; Chao & Jost 2012; Hennink, Kaiser & Marconi 2017"


def saturation(codings: Codings, *, conception: str = "", approach: str = "", order: Sequence[str] | None = None, base: int = 4, run: int = 2, threshold: float = 0.05, rounds: int = 1000, seed: int = 1) -> Finding:
    """When interviews stop bringing new codes; unit: the document.  Columns: interview, new, total, expected, low, high.

    conception  "code" (no new codes) or "meaning" (no new codes within each theme of the codebook: the codes are its dimensions)
    approach    "reflexive": refused, since reflexive thematic analysis does not use saturation (Braun & Clarke 2021)
    order       document ids in the order of the interviews; default: by date, then id
    base, run, threshold  of Guest, Namey & Chen 2020; rounds, seed: interview orders drawn beyond seven interviews
    Raises KubeError without codings, for a document that is not there, for a conception that is not named.
    """
    from .stats import saturation as core

    if not conception:
        raise KubeError(Fault(say("Sebut dulu apa yang dimaksud dengan saturasi.", "Say first what saturation means here."), "conception", say('conception="code": tidak ada kode baru lagi; conception="meaning": tidak ada kode baru lagi di dalam setiap tema.', 'conception="code": no new codes any more; conception="meaning": no new codes within each theme any more.')))
    if conception not in CONCEPTIONS:
        raise KubeError(unknown("konsep saturasi", "conception of saturation", conception, CONCEPTIONS))
    if approach == "reflexive":
        raise KubeError(Fault(say("Saturasi tidak dihitung untuk analisis tematik refleksif.", "Saturation is not computed for reflexive thematic analysis."), "approach", say("Di sana makna dibuat penafsir, bukan habis terkumpul (Braun & Clarke 2021): bahas daya informasi.", "There meaning is made by the interpreter and does not run out (Braun & Clarke 2021): discuss information power.")))
    documents = {d.id: codings.corpus.attribute(d, "date") for d in codings.corpus}
    names = list(order) if order is not None else sorted(documents, key=lambda d: (documents[d], d))
    for name in names:
        if name not in documents:
            raise KubeError(unknown("dokumen", "document", name, list(documents)))
    if len(set(names)) < len(names):
        raise KubeError(Fault(say("Satu dokumen disebut dua kali dalam urutan.", "A document stands twice in the order."), "order", say("Sebut setiap dokumen sekali.", "Name each document once.")))
    frame = codings._frame[codings._frame["document"].isin(names)]
    codes = sorted(frame["code"].unique())
    if not codes:
        raise KubeError(Fault(say("Tidak ada pengodean pada dokumen ini.", "There are no codings in these documents."), "codings", say("Kodekan dulu, atau longgarkan saringan.", "Code first, or loosen the filter.")))
    table = np.zeros((len(names), len(codes)), bool)
    table[frame["document"].map({d: i for i, d in enumerate(names)}), frame["code"].map({c: i for i, c in enumerate(codes)})] = True
    new, band, mean = core.new_codes(table), core.orders(table, rounds=rounds, seed=seed), core.accumulation(table)
    out = pd.DataFrame({"interview": names, "new": new, "total": new.cumsum(), "expected": mean[1:].round(2), "low": band.low.round(2), "high": band.high.round(2)})
    found, most, cover = core.guest_namey_chen(table, base=base, run=run, threshold=threshold), core.chao2(table), core.sample_coverage(table)
    drawn = np.random.default_rng(seed).permuted(np.tile(np.arange(len(names)), (min(rounds, 500), 1)), axis=1)
    ends = [core.guest_namey_chen(table[o], base=base, run=run, threshold=threshold).reached for o in drawn]
    ok = [e for e in ends if e is not None]
    share = len(ok) / len(ends) if ends else 0.0
    spread = f"{int(np.quantile(ok, 0.05))}–{int(np.quantile(ok, 0.95))}" if ok else "–"
    summary = pd.DataFrame([
        ("Guest–Namey–Chen", found.label or found.reason or say("tidak tercapai", "not reached")),
        (say(f"urutan acak ({len(ends)}) yang mencapainya", f"random orders ({len(ends)}) that reach it"), f"{share:.0%}"), (say("wawancara, 90 % tengah", "interviews, middle 90 %"), spread),
        ("Chao2", f"{most.value:.1f} [{most.low:.1f}, {most.high:.1f}]" if most.defined else most.reason), (say("cakupan", "coverage"), f"{cover.value:.3f}" if cover.defined else cover.reason)], columns=["measure", "value"])  # fmt: skip
    more = {"summary": summary}
    limits = [*found.limits[:1], *most.limits]
    if conception == "meaning":
        theme = {c.id: b.theme(c.id) for b in codings.books for c in b}
        m = core.meaning_saturation(table, [theme.get(c) or c for c in codes])
        more["meaning"] = pd.DataFrame([(k, v, names[v - 1]) for k, v in m.codes.items()], columns=["theme", "interview no.", "document"])
        limits += m.limits
    if len(codings.coders) > 1:
        limits.append(say("pengodean beberapa pengode digabung", "codings of several coders are pooled"))
    kinds = {d.kind for d in codings.corpus if d.id in set(names)}
    if len(kinds) > 1:
        limits.append(say(f"jenis dokumen bercampur ({', '.join(sorted(kinds))})", f"kinds of document are mixed ({', '.join(sorted(kinds))})"))
    empty = [d for d, row in zip(names, table, strict=True) if not row.any()]
    stated = say("kode baru (saturasi kode)", "new codes (code saturation)") if conception == "code" else say("dimensi baru per tema (saturasi makna)", "new dimensions per theme (meaning saturation)")
    late = int(new[found.reached:].sum()) if found.reached is not None else 0
    if late:
        limits.append(say(f"setelah titik itu masih datang {late} kode baru", f"after that point {late} new codes still came"))
    reached = say(f"tercapai pada {found.label}", f"reached at {found.label}") if found.reached is not None else say("tidak tercapai", "not reached")
    meaning = say(f"Menurut konsep {stated}, saturasi kode {reached} dalam urutan ini dan dalam {share:.0%} urutan acak; {len(codes)} kode ditemukan{f', {late} di antaranya setelah titik itu' if late else ''}. Tidak boleh disimpulkan bahwa wawancara lain tidak akan membawa hal baru, atau bahwa makna telah dipahami.",
                  f"Under the conception of {stated}, code saturation is {reached} in this order and in {share:.0%} of random orders; {len(codes)} codes were found{f', {late} of them after that point' if late else ''}. It may not be concluded that further interviews would bring nothing new, nor that meanings are understood.")
    ways = say(f"semua {band.orders} urutan", f"all {band.orders} orders") if band.exact else say(f"{band.orders} urutan acak, benih {seed}", f"{band.orders} random orders, seed {seed}")
    return Finding(out, say("dokumen (wawancara)", "document (interview)"), len(names), f"{found.rule}; {say('pita', 'band')} 90 %: {ways}; {_SOURCE}", meaning, tuple(codings.coders),
                   say(f"dokumen tanpa kode: {', '.join(empty)}", f"documents without a code: {', '.join(empty)}") if empty else "", tuple(limits), more)
