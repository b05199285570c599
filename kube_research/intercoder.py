"""Agreement between coders: units out of the corpus, coefficients out of `stats`, disagreements with both coders' words."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from .corpus import Corpus, Document, evidence
from .model import Fault, KubeError, unknown
from .study import Study
from .text import sentences
from .words import say

UNITS = ("turn", "sentence", "span")


@dataclass(frozen=True)
class Agreement:
    """Agreement of coders, code by code and pooled.  `frame` is the table, `note` its frame, `disagreements` the places."""

    frame: pd.DataFrame
    disagreements: pd.DataFrame = field(repr=False)
    unit: str
    coders: tuple[str, ...]
    documents: tuple[str, ...]
    n: int
    blind: str
    limits: tuple[str, ...] = ()
    seed: int = 0
    rounds: int = 0

    @property
    def note(self) -> str:
        """Unit, n, coders, documents, blindness, interval rule and limits in words."""
        unit = {"turn": say("giliran bicara informan", "informants' turns"), "sentence": say("kalimat informan", "informants' sentences"), "span": say("rentang bebas (karakter)", "free spans (characters)")}[self.unit]
        text = say(f"Satuan: {unit}; n = {self.n}; pengode: {', '.join(self.coders)}; {len(self.documents)} dokumen yang dikodekan semuanya. {self.blind}", f"Unit: {unit}; n = {self.n}; coders: {', '.join(self.coders)}; {len(self.documents)} documents that all of them coded. {self.blind}")
        if self.rounds:
            text += say(f" Selang 95 %: bootstrap, {self.rounds} putaran, benih {self.seed}; di bawah 10 satuan hanya hitungan.", f" Interval 95 %: bootstrap, {self.rounds} rounds, seed {self.seed}; under 10 units counts only.")
        return " ".join([text, *self.limits])

    def __repr__(self) -> str:
        return f"{self.frame.to_string(index=False)}\n{self.note}"

    def _repr_html_(self) -> str:
        return self.frame.to_html(index=False, escape=True, border=0, na_rep="–") + f"<p><small>{html.escape(self.note)}</small></p>"


def units_of(document: Document, corpus: Corpus, unit: str) -> list[tuple[int, int]]:
    """Spans of the units of a document: informants' turns, or their sentences."""
    spans = []
    for t in document.turns:
        if not corpus.keeps(t) or not evidence(document, t):
            continue
        if unit == "turn":
            spans.append((t.body, t.end))
        else:
            spans += [(t.body + a, t.body + b) for a, b in sentences(document.text[t.body:t.end])]
    return spans


def agreement(study: Study, coders: Sequence[str], *, unit: str = "turn", codes: Iterable[str] | None = None, rounds: int = 1000, seed: int = 1) -> Agreement:
    """Agreement of coders over the documents that all of them coded.

    unit: "turn" or "sentence" (present or absent on each unit, any polarity), or "span" (free spans, Krippendorff's u-alpha family).
    codes: which codes (default: every code that one of them used).  Columns for units: code, units (bearing it), both, percent, alpha,
    low, high, kappa (two coders), ac1; for spans: code, alpha_u, coverage, precision, recall, f1 of the second coder against the first.
    """
    if unit not in UNITS:
        raise KubeError(unknown("satuan", "unit", unit, UNITS))
    coders = tuple(dict.fromkeys(coders))
    if len(coders) < 2:
        raise KubeError(Fault(say("Kesepakatan membutuhkan sedikitnya dua pengode.", "Agreement needs at least two coders."), "", say(f"Yang ada: {', '.join(study.coders) or '-'}.", f"There is: {', '.join(study.coders) or '-'}.")))
    tables = {c: study.codings(coder=c) for c in coders}
    shared = [d.id for d in study.corpus if all(d.id in tables[c].corpus for c in coders)]
    if not shared:
        raise KubeError(Fault(say(f"Tidak ada dokumen yang dikodekan oleh {' dan '.join(coders)} bersama-sama.", f"No document was coded by all of {', '.join(coders)}."), "corpus/codings",
                              say("Kesepakatan hanya dapat dihitung atas dokumen yang sama.", "Agreement can only be computed on the same documents.")))
    frames = {c: t.full[t.full["document"].isin(shared)] for c, t in tables.items()}
    used = sorted(set().union(*(f["code"] for f in frames.values())))
    names = [c for c in (codes or used)]
    blind = _blind(study, coders, shared)
    if unit == "span":
        return _spans(study, coders, shared, frames, names, blind)
    return _on_units(study, coders, shared, frames, names, blind, unit, rounds, seed)


def _blind(study: Study, coders: Sequence[str], documents: Sequence[str]) -> str:
    known = {(j.coder, j.path.stem): any(s.get("blind") for s in state.sessions) for c in coders for j, state in study.states(c)}
    yes = sum(bool(known.get((c, d))) for c in coders for d in documents)
    total = len(coders) * len(documents)
    return say(f"Pengodean buta tercatat pada {yes} dari {total} jurnal.", f"Blind coding is recorded for {yes} of {total} journals.")


def _on_units(study: Study, coders: tuple[str, ...], shared: list[str], frames: dict[str, pd.DataFrame], names: list[str], blind: str, unit: str, rounds: int, seed: int) -> Agreement:
    from .stats.agreement import cohen_kappa, gwet_ac, percent_agreement
    from .stats.resample import agreement_per_code

    corpus = study.corpus
    spans = [(d, a, b) for d in shared for a, b in units_of(corpus[d], corpus, unit)]
    index = {c: i for i, c in enumerate(names)}
    put = np.zeros((len(spans), len(coders), len(names)), bool)
    for k, coder in enumerate(coders):
        u, code = marks(spans, frames[coder], index)
        put[u, k, code] = True
    documents = np.array([s[0] for s in spans])
    results = agreement_per_code(put, codes=names, documents=documents if len(shared) >= 8 else None, rounds=rounds, seed=seed, unit=unit)
    rows = []
    for r in results:
        pooled = r.code not in index
        table = put.reshape(len(spans), len(coders), -1)
        ratings = (np.concatenate([table[:, :, j] for j in range(len(names))]) if pooled else table[:, :, index[r.code]]).astype(float)
        percent = percent_agreement(ratings, [0.0, 1.0]).value
        kappa = cohen_kappa(ratings, [0.0, 1.0]).value if len(coders) == 2 else float("nan")
        rows.append({"code": say("semua kode", "all codes") if pooled else r.code, "units": r.positives, "both": r.both, "percent": round(percent, 3), "alpha": round(r.alpha.value, 3), "low": round(r.alpha.low, 3),
                     "high": round(r.alpha.high, 3), "kappa": round(kappa, 3), "ac1": round(gwet_ac(ratings, [0.0, 1.0]).value, 3)})
    frame = pd.DataFrame(rows)
    limits = (say("Satuan dari wawancara yang sama tidak saling bebas. AC1 tinggi bila kode jarang: baca di samping alfa.", "Units of one interview are not independent. AC1 is high where a code is rare: read it beside alpha."),)
    return Agreement(frame, _disagreements(study, spans, put, coders, names, frames), unit, coders, tuple(shared), len(spans), blind, limits, seed, rounds)


def marks(spans: Sequence[tuple[str, int, int]], frame: pd.DataFrame, index: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Which unit (document, start, end; in the order of the documents' text) bears which code: two arrays, one entry a mark, some twice."""
    number = {d: i for i, d in enumerate(dict.fromkeys(d for d, _, _ in spans))}
    unit = np.array([(number[d], a, b) for d, a, b in spans], np.int64).reshape(-1, 3)
    document = frame["document"].map(number).fillna(-1).to_numpy(np.int64)
    code = frame["code"].map(index).fillna(-1).to_numpy(np.int64)
    chosen = (document >= 0) & (code >= 0)
    document, code = document[chosen], code[chosen]
    start, end = frame["start"].to_numpy()[chosen], frame["end"].to_numpy()[chosen]
    if not len(document):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    stride = int(max(unit[:, 2].max(), end.max())) + 1
    line = unit[:, 0] * stride + unit[:, 1]  # the documents one behind the other
    first = np.searchsorted(unit[:, 0], document)
    low = np.maximum(first, np.searchsorted(line, document * stride + start, "right") - 1)
    count = np.maximum(low + 1, np.searchsorted(line, document * stride + end, "left")) - low
    u = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    meets = (unit[u, 1] < np.repeat(end, count)) & (np.repeat(start, count) < unit[u, 2])
    return u[meets], np.repeat(code, count)[meets]


def _disagreements(study: Study, spans: list[tuple[str, int, int]], put: np.ndarray, coders: tuple[str, ...], names: list[str], frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    said: dict[tuple[str, str, str], list[tuple[int, int, str, str]]] = {}  # (coder, document, code) → its codings, looked up once
    for c, f in frames.items():
        for d, code, a, b, quote, note in zip(f["document"], f["code"], f["start"], f["end"], f["quote"], f["note"], strict=True):
            said.setdefault((c, d, code), []).append((a, b, quote, note))
    rows = []
    odd = np.argwhere(put.any(axis=1) & ~put.all(axis=1))
    for u, j in odd.tolist():
        d, a, b = spans[u]
        text = study.corpus[d].text
        yes = [c for k, c in enumerate(coders) if put[u, k, j]]
        words = []
        for c in yes:
            words += [f"{c}: “{' '.join(quote.split())}”" + (f" [{note}]" if note else "") for x, y, quote, note in said.get((c, d, names[j]), ()) if x < b and y > a]
        rows.append({"document": d, "line": study.corpus[d].line(a), "code": names[j], "coded by": ", ".join(yes), "not by": ", ".join(c for c in coders if c not in yes), "words": "; ".join(words), "unit": " ".join(text[a:b].split())})
    return pd.DataFrame(rows, columns=["document", "line", "code", "coded by", "not by", "words", "unit"])


def _spans(study: Study, coders: tuple[str, ...], shared: list[str], frames: dict[str, pd.DataFrame], names: list[str], blind: str) -> Agreement:
    from .stats.unitizing import concatenate, span_scores, u_alpha

    rows = []
    total = sum(len(study.corpus[d].text) for d in shared)
    for code in names:
        documents = []
        for d in shared:
            per = []
            for c in coders:
                f = frames[c]
                mine = f[(f["document"] == d) & (f["code"] == code)]
                per.append([(int(a), int(b), code) for a, b in zip(mine["start"], mine["end"], strict=True)])
            documents.append((len(study.corpus[d].text), per))
        length, joined = concatenate(documents)
        family = u_alpha(joined, length)
        scores = [span_scores(joined[i], joined[j]) for i, j in combinations(range(len(coders)), 2)]
        rows.append({"code": code, "spans": "/".join(str(len(s)) for s in joined), "alpha_u": round(family.u.value, 3), "precision": round(float(np.nanmean([s.precision.value for s in scores])), 3),
                     "recall": round(float(np.nanmean([s.recall.value for s in scores])), 3)})
    limits = (say("Per kode, karena kutipan yang bertumpang-tindih dengan kode berbeda tidak dapat menjadi satu partisi. Presisi dan recall: satu-satu, IoU ≥ 0,5, pengode kedua terhadap pertama.",
                  "Code by code, since quotations that overlap under different codes are no single partition. Precision and recall: one to one, IoU ≥ .5, the second coder against the first."),)
    return Agreement(pd.DataFrame(rows), pd.DataFrame(), "span", coders, tuple(shared), total, blind, limits)

