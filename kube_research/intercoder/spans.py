"""Agreement on free spans: Krippendorff's u-alpha family, span precision and recall, characters as NVivo counts them, gamma on request."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
import pandas as pd

from ..corpus import Document
from ..study import Study
from ..progress import steps
from ..words import say
from . import ALL, Agreement
from .units import domains, units_of

Span = tuple[int, int, str]


class Continuum:
    """A document's informants' words as one line: where a place of the text lies on it; interviewers' words are cut out."""

    def __init__(self, document: Document, turns: list[tuple[int, int]]):
        self.text = document.text
        heard = np.zeros(len(self.text) + 1, np.int64)
        for a, b in turns:
            heard[a + 1 : b + 1] = 1
        self.place = np.cumsum(heard)
        self.length = int(self.place[-1])

    def snap(self, start: int, end: int) -> tuple[int, int]:
        """The span without blanks and punctuation at its ends, and with its first and last word whole."""
        t = self.text
        while start < end and not t[start].isalnum():
            start += 1
        while end > start and not t[end - 1].isalnum():
            end -= 1
        if start < end:
            while start > 0 and t[start - 1].isalnum():
                start -= 1
            while end < len(t) and t[end].isalnum():
                end += 1
        return start, end

    def on(self, start: int, end: int, code: str) -> Span | None:
        """A span on the line, snapped to words; None where it holds no informant's word."""
        start, end = self.snap(start, end)
        a, b = int(self.place[start]), int(self.place[end])
        return (a, b, code) if a < b else None


def on_spans(study: Study, frames: Mapping[str, pd.DataFrame], shared: list[str], names: list[str], blind: str, missing: str, begun: Mapping[str, set[str]], gamma: bool, seed: int) -> Agreement:
    """Agreement on free spans, code by code and domain by domain (a domain: a codebook)."""
    from ..stats.unitizing import character_agreement, concatenate, merge_spans, span_scores, u_alpha

    corpus, coders = study.corpus, tuple(frames)
    shared = [d for d in shared if all(d in begun[c] for c in coders)]  # a coder who did not see a text left no gaps in it
    lines = {d: Continuum(corpus[d], units_of(corpus[d], corpus, "turn")) for d in shared}
    wanted, outside = set(names), 0
    found: dict[tuple[str, str], list[Span]] = {}
    for c, f in frames.items():
        for d, a, b, code in zip(f["document"], f["start"], f["end"], f["code"], strict=True):
            if d in lines and code in wanted:
                span = lines[d].on(int(a), int(b), code)
                outside += span is None
                if span:
                    found.setdefault((c, d), []).append(span)
    length, joined = concatenate([(lines[d].length, [found.get((c, d), []) for c in coders]) for d in shared])
    by_code: list[dict[str, list[Span]]] = [{} for _ in coders]
    for own, line in zip(by_code, joined, strict=True):
        for s in line:
            own.setdefault(s[2], []).append(s)
    pairs = list(combinations(range(len(coders)), 2))
    merged = sum(len(own.get(code, [])) - len(merge_spans(own.get(code, []))) for own in by_code for code in names)
    rows = []
    for code in [*names, ALL]:
        each = [merge_spans(own.get(code, []) if code != ALL else line) for own, line in zip(by_code, joined, strict=True)]
        got = [span_scores(each[i], each[j]) for i, j in pairs]
        row = {"code": code, "spans": "/".join(str(len(s)) for s in each), "alpha_u": np.nan, "coverage": np.nan, "precision": _mean([s.precision.value for s in got]), "recall": _mean([s.recall.value for s in got]), "f1": _mean([s.f1.value for s in got]), "characters": np.nan, "char_kappa": np.nan}
        if code != ALL:
            family = u_alpha(each, length)
            chars = [character_agreement(each[i], each[j], length) for i, j in pairs]
            row |= {"alpha_u": round(family.u.value, 3), "coverage": round(family.coverage.get(code, float("nan")), 3), "characters": _mean([x.percent for x in chars]), "char_kappa": _mean([x.kappa.value for x in chars])}
        rows.append(row)
    frame = pd.DataFrame(rows)
    domains, inside = _domains(study, by_code, names, length)
    more = {"domains": domains, **({"codes in domain": inside} if len(inside) else {})}
    if gamma:
        more["gamma"] = _gamma(lines, shared, found, coders, seed)
    limits = [say("per kode, karena kutipan dengan kode berbeda boleh bertumpang-tindih; ranah hanya bila tidak", "code by code, since quotations of different codes may overlap; domains only where they do not"),
              say("batas digeser ke kata utuh; kata pewawancara tidak ikut; dokumen disambung, ujungnya menjadi batas", "ends are snapped to whole words; interviewers' words are left out; documents are joined, their ends are boundaries"),
              say("karakter tidak saling bebas: tanpa selang", "characters are not independent: no interval")]
    if len(coders) > 2:
        limits.append(say("presisi, recall, F1 dan karakter: rata-rata pasangan pengode", "precision, recall, F1 and characters: means over pairs of coders"))
    if merged:
        limits.append(say(f"{merged} rentang sekode yang bertumpuk digabung", f"{merged} overlapping span{'s' * (merged != 1)} of one code {'was' if merged == 1 else 'were'} merged"))
    if outside:
        limits.append(say(f"{outside} kutipan tanpa kata informan tidak dihitung", f"{outside} quotations without an informant's word are left out"))
    weak = frame.iloc[:-1].sort_values("alpha_u")["code"].head(3).tolist()
    meaning = say(f"{' – '.join(coders)}: letak kutipan paling kurang disepakati pada {', '.join(weak)}; F1 semua kode {frame['f1'].iloc[-1]:.2f} (IoU ≥ 0,5). Tidak boleh disimpulkan bahwa kode tanpa irisan berarti maknanya tidak disepakati: mungkin hanya panjang kutipannya berbeda.",
                  f"{' – '.join(coders)}: the places of quotations are agreed on least for {', '.join(weak)}; F1 over all codes {frame['f1'].iloc[-1]:.2f} (IoU ≥ .5). It may not be concluded that codes that do not meet differ in meaning: perhaps only the quotations differ in length.")
    rule = say("alfa-u (Krippendorff dkk. 2016; 2019 bab 12.6); satu-satu, IoU ≥ 0,5; kappa per karakter seperti NVivo", "u-alpha (Krippendorff et al. 2016; 2019 ch. 12.6); one to one, IoU ≥ .5; kappa on characters as in NVivo") + (f"; gamma (Mathet et al. 2015), seed {seed}" if gamma else "")
    return Agreement(frame, say("rentang bebas (karakter kata informan)", "free spans (characters of informants' words)"), length, rule, meaning, coders, missing, tuple(limits), more, pd.DataFrame(), tuple(shared), blind)


def _mean(values: list[float]) -> float:
    known = [v for v in values if v == v]
    return round(float(np.mean(known)), 3) if known else float("nan")


def _domains(study: Study, by_code: list[dict[str, list[Span]]], names: list[str], length: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The u-alpha family of every codebook with two codes or more; a coder's codes that overlap give the reason instead."""
    from ..stats.unitizing import u_alpha

    rows, inside = [], []
    for name, codes in domains(study, names).items():
        family = u_alpha([[s for code in codes for s in own.get(code, [])] for own in by_code], length)
        rows.append({"domain": name, "codes": len(codes), "u": round(family.u.value, 3), "|u": round(family.binary.value, 3), "cu": round(family.coding.value, 3), "coverage": round(family.covered, 3), "reason": family.u.reason})
        inside += [{"domain": name, "code": c, "ku": round(e.value, 3), "coverage": round(family.coverage[c], 3), "reason": e.reason} for c, e in family.codes.items() if not family.u.reason]
    return pd.DataFrame(rows, columns=["domain", "codes", "u", "|u", "cu", "coverage", "reason"]), pd.DataFrame(inside)


def _gamma(lines: Mapping[str, Continuum], shared: list[str], found: Mapping[tuple[str, str], list[Span]], coders: tuple[str, ...], seed: int) -> pd.DataFrame:
    from ..stats.gamma import gamma_agreement

    rows = []
    for d in steps(shared, "gamma"):
        g = gamma_agreement([found.get((c, d), []) for c in coders], max(1, lines[d].length), seed=seed).gamma
        rows.append({"document": d, "spans": g.n, "gamma": round(g.value, 3), "reason": g.reason})
    return pd.DataFrame(rows)
