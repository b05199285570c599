"""Quotations: the words behind codings, in order, each with document:line, speaker and role."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .codings import FIELDS_OF, Codings, lines
from .spans import joined, named
from .words import say


@dataclass(frozen=True)
class Quotations:
    """Quotations grouped by an attribute; printed as text, shown as HTML with the participants' words escaped."""

    codings: Codings = field(repr=False)
    by: str
    limit: int | None = None
    context: bool = False

    @property
    def frame(self) -> pd.DataFrame:
        """One row a quotation: group, place (document:line), speaker, role, code, polarity, quote, coder; with `context` also before and after."""
        c = self.codings
        group = c.factor(self.by) if self.by in FIELDS_OF else c.factor("document").map({d.id: c.corpus.attribute(d, self.by) for d in c.corpus})
        names = sorted(group.names)
        at = group.among(names)
        order = np.argsort(at, kind="stable")
        if self.limit:
            nth = np.arange(len(order)) - np.searchsorted(at[order], at[order])
            order = order[nth < self.limit]
        shown = c._columns(("document", "speaker", "role", "code", "polarity", "quote", "coder", *(("before", "after") if self.context else ())), order)
        place = joined(shown.pop("document"), ":", lines(c)[order])
        return pd.DataFrame({self.by: named(at[order], names), "place": place} | {n: v for n, v in shown.items() if n != self.by}, copy=False)

    def _left(self) -> int:
        return len(self.codings) - len(self.frame)

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        lines = []
        for name, group in self.frame.groupby(self.by, sort=False):
            lines.append(f"{name}")
            for q in group.itertuples(index=False):
                lines.append(f"  “{' '.join(q.quote.split())}” ({q.speaker}, {q.place}) {'−' if q.polarity == 'absent' else '+'}{q.code}")
        if self._left():
            lines.append(say(f"… {self._left()} kutipan lagi", f"… {self._left()} more quotations"))
        return "\n".join(lines) or say("(tidak ada kutipan)", "(no quotations)")

    def _repr_html_(self) -> str:
        e = html.escape
        names = {c.id: c.label for b in self.codings.books for c in b}
        parts = []
        for name, group in self.frame.groupby(self.by, sort=False):
            parts.append(f"<h4>{e(str(name))}</h4>")
            for q in group.itertuples(index=False):
                mark = say("tidak hadir", "absent") if q.polarity == "absent" else say("hadir", "present")
                tag = ("<strong>", "</strong>") if self.context else ("", "")
                around = (e(q.before[-40:]), e(q.after[:40])) if self.context else ("", "")
                parts.append(f"<blockquote><p>{around[0]}{tag[0]}{e(q.quote)}{tag[1]}{around[1]}</p><footer>{e(q.speaker)}, {e(q.place)} · {e(names.get(q.code, q.code))} · {mark}</footer></blockquote>")
        if self._left():
            parts.append("<p>" + e(say(f"… {self._left()} kutipan lagi", f"… {self._left()} more quotations")) + "</p>")
        return "".join(parts) or f"<p>{e(say('(tidak ada kutipan)', '(no quotations)'))}</p>"


def quotes(codings: Codings, by: str = "case", *, limit: int | None = None, context: bool = False) -> Quotations:
    """The quotations of codings grouped by case, code, speaker or any attribute; `limit` a group, `context` adds the words around."""
    return Quotations(codings, by, limit, context)


def negative_cases(codings: Codings) -> Codings:
    """Codings that speak against the majority of their case: for each case and code, the rarer polarity."""
    f = codings._frame
    if not len(f):
        return codings
    size = f.groupby(["case", "code", "polarity"])["start"].transform("size")
    total = f.groupby(["case", "code"])["start"].transform("size")
    keep = (size * 2 < total).to_numpy()
    return Codings(f[keep], codings.corpus, codings.books, (*codings.filters, ("negative", ("case",))), codings.source)
