"""A rule change before it is kept: the segments it would gain and lose, and precision and recall against people's codings, before and after."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .codebook import Codebook
from .codings import Codings
from .corpus import Corpus
from .engine import autocode
from .engine.edits import edited
from .intercoder import units_of
from .model import KubeError, unknown
from .stats.evaluate import CodeScore, scores
from .study import Study
from .words import say

SHOWN = 40  # segments printed of each kind


@dataclass(frozen=True)
class RuleChange:
    """gained, lost: tables of segments (document, code, polarity, quote, rule, people); scores: one row a code and language."""

    old: str
    new: str
    codes: tuple[str, ...]
    gained: pd.DataFrame
    lost: pd.DataFrame
    scores: pd.DataFrame
    note: str

    def as_dict(self) -> dict[str, object]:
        return {"old": self.old, "new": self.new, "codes": list(self.codes), "gained": self.gained.to_dict("records"), "lost": self.lost.to_dict("records"), "scores": self.scores.to_dict("records"), "note": self.note}

    def __str__(self) -> str:
        if not self.codes:
            return f"{self.old} → {self.new}: " + say("tidak ada aturan yang berubah", "no rule changed")
        lines = [f"{self.old} → {self.new}: {', '.join(self.codes)}"]
        for sign, frame, name in (("+", self.gained, say("didapat", "gained")), ("-", self.lost, say("hilang", "lost"))):
            lines.append(say(f"{len(frame)} segmen {name}", f"{len(frame)} segment{'s' if len(frame) != 1 else ''} {name}"))
            lines += [f"  {sign} {r.code} ({_polarity(r.polarity)}) {r.document} “{_cut(r.quote)}”  [{r.people}]  {r.rule}" for r in frame.head(SHOWN).itertuples()]
            if len(frame) > SHOWN:
                lines.append("  …")
        return "\n".join((*lines, self.scores.to_string(index=False) if len(self.scores) else "", self.note))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [f"<p><b>{html.escape(self.old)} → {html.escape(self.new)}</b></p>"]
        for frame, name in ((self.gained, say("Segmen yang didapat", "Segments gained")), (self.lost, say("Segmen yang hilang", "Segments lost")), (self.scores, say("Presisi dan recall terhadap manusia", "Precision and recall against people"))):
            parts.append(f"<p>{html.escape(name)} ({len(frame)})</p>" + (frame.head(SHOWN).to_html(index=False, escape=True, border=0) if len(frame) else ""))
        return "".join(parts) + f"<p><small>{html.escape(self.note)}</small></p>"


def rule_change(study: Study, old: Codebook, new: Codebook, *, coder: str | Iterable[str] | None = None, codes: Iterable[str] = ()) -> RuleChange:
    """What the rules of `new` find that those of `old` do not, and the reverse, in the whole corpus; and how both fare against people.

    Only codes whose rules differ are looked at (or `codes`).  Rules work alone here, without the cue table that `learn` makes.  Precision and
    recall count informants' sentences of the documents that `coder` (None: anybody) has coded: the code on the sentence, any polarity; with
    95 % Wilson intervals.  Columns of scores: code, language, human (sentences coded by people), precision and recall before and after.
    """
    for code in codes:
        if code not in new and code not in old:
            raise KubeError(unknown("kode", "code", code, [c.id for c in new]))
    corpus, people = study.corpus, study.codings(coder=coder)
    if codes:
        old, new = (b.only([c for c in codes if c in b]) for b in (old, new))
    edit = edited(corpus, old, new, use_cues=False)
    names = list(edit.codes)
    gained, lost = (_segments(f, people) for f in (edit.gained, edit.lost))
    found = [autocode(corpus, b.only([c for c in names if c in b]), cues=False) if any(c in b for c in names) else None for b in (old, new)]
    table, n = _scores(corpus, people, found[0], found[1], names)
    who = say("siapa saja", "anybody") if coder is None else coder if isinstance(coder, str) else ", ".join(coder)
    note = say(f"Satuan: kalimat informan, n = {n}, dalam dokumen yang dikodekan oleh {who}; kode pada kalimat, polaritas apa pun; selang 95 % Wilson; aturan saja, tanpa tabel isyarat. Kesepakatan dengan seorang manusia bukan kebenaran.",
               f"Unit: informants' sentences, n = {n}, in the documents coded by {who}; the code on the sentence, any polarity; 95 % Wilson intervals; rules alone, without the cue table. Agreement with a person is not truth.")
    return RuleChange(old.id, new.id, tuple(names), gained, lost, table, note)


def _segments(found: Codings, people: Codings) -> pd.DataFrame:
    """The hits, each with whether people gave it the code too."""
    columns = ["document", "code", "polarity", "quote", "rule", "people"]
    if not len(found):
        return pd.DataFrame(columns=columns)
    frame = found.frame
    theirs = {k: (g["start"].to_numpy(), g["end"].to_numpy()) for k, g in people.frame.groupby(["document", "code"])}
    coded = {d.id for d in people.corpus}
    yes, no, unread = say("manusia: ya", "people: yes"), say("manusia: tidak", "people: no"), say("belum dikodekan", "not coded yet")

    def said(document: str, code: str, start: int, end: int) -> str:
        if document not in coded:
            return unread
        at = theirs.get((document, code))
        return yes if at is not None and bool(((at[0] < end) & (at[1] > start)).any()) else no

    return frame.assign(people=[said(*r) for r in zip(frame["document"], frame["code"], frame["start"], frame["end"], strict=True)])[columns].reset_index(drop=True)


def _scores(corpus: Corpus, people: Codings, old: Codings | None, new: Codings | None, codes: list[str]) -> tuple[pd.DataFrame, int]:
    spans = [(d.id, d.language, a, b) for d in people.corpus for a, b in units_of(d, corpus, "sentence")]
    if not spans or not codes:
        return pd.DataFrame(columns=_COLUMNS), len(spans)
    laid = [_laid(c, spans, codes) for c in (people, old, new)]
    languages = np.array([s[1] for s in spans])
    rows = []
    for language in dict.fromkeys(languages.tolist()):
        mine = languages == language
        before, after = (scores(laid[0][mine], x[mine], codes=codes).codes for x in laid[1:])
        rows += [(x.code, language, x.tp + x.fn, _share(x, "precision"), _share(y, "precision"), _share(x, "recall"), _share(y, "recall")) for x, y in zip(before, after, strict=True) if x.tp + x.fn + x.fp + y.fp]
    return pd.DataFrame(sorted(rows, key=lambda r: codes.index(str(r[0]))), columns=_COLUMNS), len(spans)


_COLUMNS = ["code", "language", "human", "precision before", "precision after", "recall before", "recall after"]


def _laid(codings: Codings | None, spans: list[tuple[str, str, int, int]], codes: list[str]) -> np.ndarray:
    """Codings on sentences: (sentences, codes) booleans."""
    out = np.zeros((len(spans), len(codes)), bool)
    if codings is None or not len(codings):
        return out
    first: dict[str, int] = {}
    for i, (document, *_) in enumerate(spans):
        first.setdefault(document, i)
    count = pd.Series([s[0] for s in spans]).value_counts()
    starts, ends = np.array([s[2] for s in spans]), np.array([s[3] for s in spans])
    column = {c: j for j, c in enumerate(codes)}
    frame = codings._frame
    for document, group in frame[frame["code"].isin(codes)].groupby("document"):
        if document not in first:
            continue
        at, n = first[document], int(count[document])
        low = at + np.searchsorted(ends[at:at + n], group["start"].to_numpy(), "right")
        high = at + np.searchsorted(starts[at:at + n], group["end"].to_numpy(), "left")
        for a, b, code in zip(low, high, group["code"], strict=True):
            out[a:b, column[code]] = True
    return out


def _share(score: CodeScore, name: str) -> str:
    e = getattr(score, name)
    return f"{e.value:.2f} [{e.low:.2f}, {e.high:.2f}]" if e.defined else "–"


def _polarity(polarity: str) -> str:
    return say("ada", "present") if polarity == "present" else say("tidak ada", "absent")


def _cut(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= 90 else line[:89] + "…"
