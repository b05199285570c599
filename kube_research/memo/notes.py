"""Memos as they stand: what each is about, where its links lead, how they are shown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ..consent import hinders, withheld
from ..model import Coding, Fault
from ..study import Study
from ..words import say
from .about import LINE, is_day, resolve
from .markdown import rendered

LINK = re.compile(r"\[\[([^\[\]\n|]{1,120})(?:\|([^\[\]\n]{1,200}))?\]\]")


@dataclass(frozen=True)
class Link:
    """A link of a memo, [[LD01:41]] or [[gd.goal]]: what it points to, and what stands there."""

    text: str
    target: str  # line | document | code | case | day | memo | coding | "" where there is nothing of this name
    shown: str  # the words of a line, the name of a code, the title of a document
    place: str = ""  # document:line


@dataclass(frozen=True)
class Memo:
    """One memo as it stands now: `target` and `key` say what it is about, `time` when it was begun, `edited` when it was last changed."""

    id: str
    author: str
    target: str
    key: str
    text: str
    time: str
    edited: str = ""
    kind: str = ""
    document: str = ""
    start: int = -1
    end: int = -1
    quote: str = ""
    code: str = ""

    @property
    def about(self) -> str:
        return self.target if self.target in ("study",) else f"{self.target}:{self.key}"


class Memos:
    """The memos of a study, oldest first.  `where` and `search` give fewer; shown as Markdown rendered safely, printed as text."""

    def __init__(self, study: Study, memos: Iterable[Memo]):
        self.study, self._memos = study, tuple(memos)

    def __iter__(self) -> Iterator[Memo]:
        return iter(self._memos)

    def __len__(self) -> int:
        return len(self._memos)

    def __getitem__(self, n: int) -> Memo:
        return self._memos[n]

    def where(self, *, about: str = "", author: str = "", kind: str = "", code: str = "", document: str = "", case: str = "") -> Memos:
        """Those about something ("gd.goal", "LD01", "case:lentera", "2026-11-28"), of somebody, of a kind; code, document, case: on it, or on a passage, coding or document of it."""
        target, key = resolve(self.study, about) if about else ("", "")
        cases = {d.id for d in self.study.corpus if d.case == case} if case else set()
        return Memos(self.study, (m for m in self if (not about or (m.target, m.key) == (target, key) or target == "document" and m.document == key) and author in ("", m.author) and kind in ("", m.kind) and code in ("", m.code)
                                  and document in ("", m.document) and (not case or m.target == "case" and m.key == case or m.document in cases)))

    def search(self, words: str) -> Memos:
        """Those whose text, quotation or subject holds all the words (case does not matter)."""
        wanted = words.casefold().split()
        return Memos(self.study, (m for m in self if all(w in f"{m.text}\n{m.quote}\n{m.about}\n{m.code}\n{m.author}\n{m.time}".casefold() for w in wanted)))

    @cached_property
    def _codes(self) -> dict[str, str]:
        books = tuple(self.study.sound_codebooks())
        labels = {c.id: c.label for b in books for c in b}
        return labels | {old: labels[new] for b in books for old, new in b.renames().items() if old not in labels and new in labels}

    @cached_property
    def _standing(self) -> dict[str, Coding]:
        """People's codings that stand, by id."""
        return {c.id: c for _, s in self.study.states() for c in s.codings.values()}

    @cached_property
    def _coded(self) -> dict[tuple[str, int], dict[tuple[int, int], str]]:
        """(document, line) → the passages coded on it, each with the id of its first coding."""
        out: dict[tuple[str, int], dict[tuple[int, int], str]] = {}
        for c in sorted(self._standing.values(), key=lambda c: (c.created, c.id)):
            if c.document in self.study.corpus:
                out.setdefault((c.document, self.study.corpus[c.document].line(c.start)), {}).setdefault((c.start, c.end), c.id)
        return out

    def title(self, m: Memo) -> str:
        """What a memo is about, in words."""
        if m.target == "code":
            return f"{self._codes.get(m.key, m.key)} ({m.key})"
        if m.target in ("coding", "passage") and m.document:
            place = f"{m.document}:{self.study.corpus[m.document].line(m.start)}" if m.document in self.study.corpus and m.start >= 0 else m.document
            return f"{place}{' · ' + self._codes.get(m.code, m.code) if m.code else ''}"
        return {"document": say("dokumen", "document") + f" {m.key}", "case": say("kasus", "case") + f" {m.key}", "day": m.key, "study": say("studi", "study")}.get(m.target, m.key)

    def links(self, m: Memo) -> list[Link]:
        """The links of a memo's text, each with what stands there now."""
        return [self.link(x.group(1).strip()) for x in LINK.finditer(m.text)]

    def link(self, text: str) -> Link:
        """What a link points to; words that may not be quoted are withheld."""
        corpus = self.study.corpus
        line = LINE.match(text)
        if line and line[1] in corpus:
            d, n = corpus[line[1]], int(line[2])
            starts = d.lines.starts
            if 1 <= n <= len(starts):
                a = starts[n - 1]
                b = starts[n] - 1 if n < len(starts) else len(d.text)
                why = hinders(d, a, b) if b > a else ""
                turn = d.turn_at(a)
                body = max(a, turn.body) if turn and turn.body < b else a
                return Link(text, "line", withheld(why) if why else d.text[body:b].strip(), f"{d.id}:{n}")
            return Link(text, "", "")
        for target in ("code", "document", "case", "day", "memo"):
            shown = self._named(target, text)
            if shown is not None:
                return Link(text, target, shown)
        return Link(text, "", "")

    def _named(self, target: str, text: str) -> str | None:
        if target == "code":
            return self._codes.get(text)
        if target == "document":
            return self.study.corpus[text].title if text in self.study.corpus else None
        if target == "case":
            row = self.study.corpus.cases.get(text)
            return (row.get("name") or text) if row is not None else None
        if target == "day":
            return text if is_day(text) else None
        return next((m.text.partition("\n")[0][:80] for m in self if m.id == text), None)

    def faults(self) -> list[Fault]:
        """Links that point to nothing."""
        return [Fault(say(f"Memo {m.id[:12]} ({self.title(m)}): tautan [[{x.text}]] tidak menunjuk apa pun.", f"The memo {m.id[:12]} ({self.title(m)}): the link [[{x.text}]] points to nothing."), "", say(f"Sunting dengan `kube-research memo edit {m.id[:12]}`.", f"Edit it with `kube-research memo edit {m.id[:12]}`."), "finding")
                for m in self for x in self.links(m) if not x.target]

    # --- shown ----------------------------------------------------------------------------------------------------------
    def __repr__(self) -> str:
        blocks = []
        for m in self:
            quote = f"\n  > {' '.join(m.quote.split())}" if m.quote else ""
            blocks.append(f"{m.time[:10]}  {self.title(m)}  — {m.author}{' · ' + m.kind if m.kind else ''}  [{m.id[:12]}]{quote}\n" + "\n".join(f"  {x}" for x in m.text.splitlines()))
        return "\n\n".join(blocks) or say("Belum ada memo.", "No memos yet.")

    def html(self, m: Memo, *, buttons: bool = False) -> str:
        """A memo's text as HTML: Markdown rendered, everything else escaped, links to lines shown with their words; no picture, no script.

        buttons: a link to a line is a button with data-place (document:line), for a page that can go there.
        """
        return rendered(LINK.sub(lambda x: self._chip(x.group(1).strip(), x.group(2)), m.text), {x.text: x for x in self.links(m)}, buttons)

    @staticmethod
    def _chip(text: str, label: str | None) -> str:
        """A link becomes a mark that the Markdown renderer lets through untouched."""
        return f"\ue000{text}\ue001{label or ''}\ue002"

    def rows(self) -> list[dict[str, str]]:
        """What a page needs, memo by memo: id, title, about, target, key, code, document, case, date, author, kind, quote, text, html (safe)."""
        corpus = self.study.corpus
        return [{"id": m.id, "title": self.title(m), "about": m.about, "target": m.target, "key": m.key, "code": m.code, "document": m.document, "case": corpus[m.document].case if m.document in corpus else m.key if m.target == "case" else "",
                 "date": m.time[:10], "edited": m.edited[:10], "author": m.author, "kind": m.kind, "quote": m.quote, "text": m.text, "html": self.html(m)} for m in self]

    def _repr_html_(self) -> str:
        e = html.escape
        parts = [f"<section><h4 style='margin:.8em 0 .2em'>{e(r['title'])}</h4><p style='margin:0'><small>{e(r['date'])} · {e(r['author'])}{' · ' + e(r['kind']) if r['kind'] else ''}</small></p>"
                 + (f"<blockquote>{e(r['quote'])}</blockquote>" if r["quote"] else "") + r["html"] + "</section>" for r in self.rows()]
        return "".join(parts) or f"<p>{e(repr(self))}</p>"

    def draft(self) -> str:
        """The memos as the beginning of a chapter, in Markdown; see `memo.chapter`."""
        from .chapter import draft

        return draft(self)
