"""A rule change before it is kept: the segments it would gain and lose, and precision and recall against people's codings, before and after."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .codebook import Codebook
from .codings import Codings
from .corpus import Corpus
from .engine import autocode
from .engine.cue_table import CueModel, table_path
from .engine.cues import rule_cue
from .engine.edits import touched
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


def rule_change(study: Study, old: Codebook, new: Codebook, *, coder: str | Iterable[str] | None = None, codes: Iterable[str] = (), cues: bool = True) -> RuleChange:
    """What the rules of `new` find that those of `old` do not, and the reverse, in the whole corpus; and how both fare against people.

    Shown is what `autocode` would do: where a cue table lies beside the codebook it decides with both versions' rules (a rule it does not
    know yet codes alone, one taken away no longer speaks, and neighbouring codes may move too); `cues=False` lets the rules work alone.
    `codes`: only these are told.  Precision and recall count informants' sentences of the documents that `coder` (None: anybody) has coded: the
    code on the sentence, any polarity; with 95 % Wilson intervals.  Columns of scores: code, language (of the document), human (sentences coded
    by people), precision and recall before and after.
    """
    codes = tuple(codes)
    for code in codes:
        if code not in new and code not in old:
            raise KubeError(unknown("kode", "code", code, [c.id for c in new]))
    corpus, people = study.corpus, study.codings(coder=coder)
    path = new.path or old.path
    old, new = (replace(b, path=path) for b in (old, new))  # the same weights with both
    weighed = cues and table_path(new) is not None
    edits = touched(old, new)
    looked = edits if not weighed else tuple(dict.fromkeys(c.id for b in (old, new) for c in b)) if edits else ()
    found = [autocode(corpus, b if weighed else b.only([c for c in looked if c in b]), cues=weighed) if any(c in b for c in looked) else None for b in (old, new)]
    gained, lost = _differing(found[1], found[0]), _differing(found[0], found[1])
    moved = {c for f in (gained, lost) if f is not None for c in f._frame["code"]}
    names = [c for c in looked if (c in edits or c in moved) and (not codes or c in codes)]
    gained, lost = (_segments(f.where(code=names) if f is not None and names else None, people) for f in (gained, lost))
    table, n = _scores(corpus, people, found[0], found[1], names)
    who = say("siapa saja", "anybody") if coder is None else coder if isinstance(coder, str) else ", ".join(coder)
    note = say(f"Satuan: kalimat informan, n = {n}, dalam dokumen yang dikodekan oleh {who}; kode pada kalimat, polaritas apa pun; selang 95 % Wilson; {_how(weighed, old, new)} Kesepakatan dengan seorang manusia bukan kebenaran.",
               f"Unit: informants' sentences, n = {n}, in the documents coded by {who}; the code on the sentence, any polarity; 95 % Wilson intervals; {_how(weighed, old, new)} Agreement with a person is not truth.")
    return RuleChange(old.id, new.id, tuple(names), gained, lost, table, note)


def _how(weighed: bool, old: Codebook, new: Codebook) -> str:
    """How the machine decided, and what that does to the figures."""
    if not weighed:
        return say("aturan saja, tanpa tabel isyarat.", "rules alone, without a cue table.")
    model = CueModel.load(table_path(new))  # type: ignore[arg-type]
    strange = [i.rule for c in new for i in c.indicators if c.id in model.codes and rule_cue(c.id, i.rule) not in model.cues and not any(i.rule == j.rule for j in (old[c.id].indicators if c.id in old else ()))]
    alone = say(f" Aturan yang belum dikenalnya mengode sendiri sampai `kube-research learn {new.name}`: {'; '.join(strange[:4])}.", f" Rules it does not know yet code alone until `kube-research learn {new.name}`: {'; '.join(strange[:4])}.") if strange else ""
    return say("aturan ditimbang bersama tabel isyarat, seperti autocode. Bila tabel itu belajar dari pengodean yang sama, angka ini terlalu bagus." + alone,
               "rules weighed together with the cue table, as autocode does. If the table was learned from these same codings, the figures flatter." + alone)


def _differing(mine: Codings | None, theirs: Codings | None) -> Codings | None:
    """The codings of one that the other does not have: another place, code or polarity."""
    if mine is None or theirs is None or not len(theirs):
        return mine
    key = ["document", "start", "end", "code", "polarity"]
    other = pd.MultiIndex.from_frame(theirs._frame[key])
    keep = ~pd.MultiIndex.from_frame(mine._frame[key]).isin(other)
    return Codings(mine._frame[keep], mine.corpus, mine.books, mine.filters, mine.source)


def _segments(found: Codings | None, people: Codings) -> pd.DataFrame:
    """The hits, each with whether people gave it the code too."""
    columns = ["document", "code", "polarity", "quote", "rule", "people"]
    if found is None or not len(found):
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
