"""Memos: dated notes in Markdown on a coding, a passage, a code, a document, a case, a day or the study; linked, searched, grown into the write-up.

They are `memo` events: on a document or its codings in the coder's journal, on anything else in `corpus/memos/<coder>.jsonl`.  An event bears
`about` ("code:gd.goal", "case:lentera", "document", "coding:<id>", "day:2026-11-28", "study"), `text`, perhaps `kind` and `memo` (the id it
changes).  Nothing is overwritten: an edit is a later event, an empty text takes the memo away, and the earlier words stay in the journal.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from .consent import hinders, restricted, withheld
from .journal import Journal, new_id, safe_name
from .model import Fault, KubeError, unknown
from .study import Study
from .words import say

TARGETS = ("coding", "passage", "code", "document", "case", "day", "study")
KINDS = ("", "theory", "method", "field")
LINK = re.compile(r"\[\[([^\[\]\n|]{1,120})(?:\|([^\[\]\n]{1,200}))?\]\]")
_LINE = re.compile(r"(.+):(\d{1,6})$")


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
        line = _LINE.match(text)
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
            return text if _day(text) else None
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
        return _markdown(LINK.sub(lambda x: self._chip(x.group(1).strip(), x.group(2)), m.text), {x.text: x for x in self.links(m)}, buttons)

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
        """The memos as the beginning of a chapter, in Markdown: theory by code in the order of the codebooks, then method, field notes by day; every link to a line as a quotation with its place."""
        order = {c: n for n, c in enumerate(self._codes)}
        theory = sorted((m for m in self if m.kind == "theory" or m.target == "code" or m.kind == "" and m.target in ("coding", "passage", "case", "document")), key=lambda m: (order.get(m.code, len(order)), m.code or m.about, m.time))
        out = [f"# {say('Memo', 'Memos')}", "", say("*Draf dari memo; setiap kutipan membawa tempatnya.*", "*A draft out of the memos; every quotation bears its place.*"), ""]
        heading = None
        for m in theory:
            title = f"{self._codes.get(m.code, m.code)} ({m.code})" if m.code else self.title(m)
            if title != heading:
                out += [f"## {title}", ""]
                heading = title
            out += self._paragraphs(m)
        for kind, name in (("method", say("Metode", "Method")), ("field", say("Catatan lapangan", "Field notes")), ("", say("Hari demi hari", "Day by day"))):
            rest = [m for m in self if m not in theory and m.kind == kind]
            if rest:
                out += [f"## {name}", ""]
                for m in rest:
                    out += self._paragraphs(m)
        return "\n".join(out).rstrip() + "\n"

    def _paragraphs(self, m: Memo) -> list[str]:
        quotes: list[str] = []

        def put(x: re.Match[str]) -> str:
            found = self.link(x.group(1).strip())
            if found.target == "line":
                quotes.append(f"> “{found.shown}” ({self._who(found.place)})")
                return x.group(2) or found.place
            return x.group(2) or found.shown or x.group(1)

        text = LINK.sub(put, m.text)
        if m.quote and m.start >= 0 and m.document in self.study.corpus:
            quotes.insert(0, f"> “{' '.join(m.quote.split())}” ({self._who(f'{m.document}:{self.study.corpus[m.document].line(m.start)}')})")
        lines = [re.sub(r"^#{1,4} ", lambda h: "##" + h.group(), line) for line in text.splitlines()]
        return [*lines, "", *[x for q in quotes for x in (q, "")], f"<!-- memo {m.id[:12]}, {m.author}, {m.time[:10]} -->", ""]

    def _who(self, place: str) -> str:
        name, _, n = place.rpartition(":")
        d = self.study.corpus[name]
        turn = d.turn_at(d.lines.starts[int(n) - 1])
        return f"{turn.speaker or turn.label}, {place}" if turn and (turn.speaker or turn.label) else place


def _markdown(text: str, links: Mapping[str, Link], buttons: bool = False) -> str:
    """Markdown to HTML with mistune: HTML in it is escaped, pictures become their words, web addresses stay text (nothing is ever loaded)."""
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            return html.escape(text or url)

        def link(self, text: str, url: str, title: str | None = None) -> str:
            return f"{text} ({html.escape(url)})" if text != url else html.escape(url)

        def heading(self, text: str, level: int, **attrs: object) -> str:
            return f"<p><strong>{text}</strong></p>\n"

    made = str(mistune.create_markdown(renderer=Renderer(escape=True), plugins=["strikethrough", "table"])(text))

    def chip(x: re.Match[str]) -> str:
        found = links.get(html.unescape(x.group(1)))
        label = x.group(2) or x.group(1)
        if found is None or not found.target:
            return f"<span class='memo-link memo-broken' title='{html.escape(say('tidak ditemukan', 'not found'))}'>{label}</span>"
        shown = html.escape(" ".join(found.shown.split())[:300], quote=True)
        if found.target == "line":
            tag = "button type='button'" if buttons else "span"
            return f"<{tag} class='{'link' if buttons else 'memo-link'}' data-place='{html.escape(found.place, quote=True)}'>{label}</{tag.split()[0]}> <q>{shown}</q>"
        return f"<span class='memo-link' data-{found.target}='{x.group(1)}' title='{shown}'>{x.group(2) or (shown if found.target != 'memo' else label)}</span>"

    return re.sub("\ue000([^\ue001]*)\ue001([^\ue002]*)\ue002", chip, made)


# --- reading -----------------------------------------------------------------------------------------------------------------
def memos(study: Study, *, about: str = "", search: str = "", **criteria: str) -> Memos:
    """The memos of a study, oldest first: all, or those about something, holding some words, or fitting `Memos.where`.

    Memos on what somebody said who withdrew are left out, and words that may not be quoted are withheld.
    """
    renames = {old: new for b in study.sound_codebooks() for old, new in b.renames().items()}
    found = Memos(study, sorted((_renamed(m, renames) for m in _read(study)), key=lambda m: (m.time, m.id)))
    if about or criteria:
        found = found.where(about=about, **criteria)
    return found.search(search) if search else found


def _renamed(m: Memo, renames: Mapping[str, str]) -> Memo:
    """A memo follows its code through renames and merges, as codings do."""
    if m.code not in renames:
        return m
    return replace(m, code=renames[m.code], key=renames[m.code] if m.target == "code" else m.key)


def _journals(study: Study) -> Iterator[tuple[Journal, str]]:
    for journal in study.journals():
        yield journal, journal.path.stem
    for path in sorted((study.root / "corpus" / "memos").glob("*.jsonl")):
        yield Journal(path, path.stem), ""


def _read(study: Study) -> Iterator[Memo]:
    gone = {r["document"] for r in study.rows["documents"] if r.get("consent", "").lower() == "withdrawn"}
    for journal, document in _journals(study):
        if document in gone:
            continue
        events = [e for e in journal.events()[0] if e.get("event") == "memo"]
        if not events:
            continue
        state = journal.state() if document else None
        codings = {**state.codings, **state.waiting, **state.withdrawn} if state else {}
        made: dict[str, Memo] = {}
        last: dict[str, str] = {}  # what the desk writes has no id of its own: the later memo on the same thing replaces the earlier
        for e in sorted({str(e["id"]): e for e in events}.values(), key=lambda e: (str(e.get("time", "")), str(e["id"]))):
            about, text = str(e.get("about", "")), str(e.get("text", ""))
            own = str(e.get("memo", "")) or (last.get(about, "") if about != "passage" and "start" not in e else "") or str(e["id"])
            if "memo" not in e:
                last[about] = own
            before = made.get(own)
            if before:
                made[own] = replace(before, text=text, edited=str(e.get("time", "")), kind=str(e.get("kind", before.kind)))
            else:
                made[own] = _memo(own, journal.coder, e, about, text, document, codings)
        for m in made.values():
            shown = _consented(study, m) if m.text.strip() else None
            if shown is not None:
                yield shown


def _memo(own: str, author: str, e: Mapping[str, object], about: str, text: str, document: str, codings: Mapping[str, object]) -> Memo:
    target, _, key = about.partition(":")
    if target not in TARGETS:
        target, key = ("document", document) if document else ("study", "")
    if target == "document":
        key = key or document
    start, end = (int(e[k]) if isinstance(e.get(k), int) else -1 for k in ("start", "end"))  # type: ignore[call-overload]
    quote, code = str(e.get("quote", "")), key if target == "code" else ""
    c = codings.get(key) if target == "coding" else None
    if c is not None:
        start, end, quote, code = c.start, c.end, c.quote, c.code  # type: ignore[attr-defined]
    if target == "coding" and c is None and start < 0 or target == "passage" and start < 0:
        target, key = ("document", document) if document else ("study", "")
    on = document if target in ("coding", "passage", "document") else ""
    return Memo(own, author, target, key, text, str(e.get("time", "")), "", str(e.get("kind", "")), on, start, end, quote, code)


def _consented(study: Study, m: Memo) -> Memo | None:
    """The memo with its quotation as it may be shown; None where it speaks of one who withdrew."""
    if not m.document or m.document not in study.corpus or m.start < 0:
        return m
    d = study.corpus[m.document]
    if m.quote and study.unveiled(m.document).text[m.start:m.end] != m.quote:  # the transcript was corrected: its words are looked for again
        text = study.unveiled(m.document).text
        places = [x.start() for x in re.finditer(re.escape(m.quote), text)]
        if not places:
            return replace(m, start=-1, end=-1, quote="" if d.original or restricted(d) else m.quote)
        at = min(places, key=lambda p: abs(p - m.start))
        m = replace(m, start=at, end=at + len(m.quote))
    turn = d.turn_at(m.start)
    if turn is not None and turn.role == "withdrawn":
        return None
    if not 0 <= m.start < m.end <= len(d.text):
        return m if not d.original else replace(m, quote="")
    why = hinders(d, m.start, m.end)
    return replace(m, quote=withheld(why) if why else d.text[m.start:m.end])


# --- writing -----------------------------------------------------------------------------------------------------------------
def resolve(study: Study, about: str) -> tuple[str, str]:
    """What a word names: ("code", "gd.goal"), ("document", "LD01"), ("passage", "LD01:41"), ("case", …), ("day", …), ("coding", id), ("study", "")."""
    about = about.strip()
    target, colon, key = about.partition(":")
    codes = {c.id for b in study.sound_codebooks() for c in b}
    known: dict[str, Iterable[str]] = {"code": codes, "document": [d.id for d in study.corpus], "case": list(study.corpus.cases)}
    if about in ("", "study"):
        return "study", ""
    if colon and target in known:
        if key not in known[target]:
            raise KubeError(unknown(*{"code": ("kode", "code"), "document": ("dokumen", "document"), "case": ("kasus", "case")}[target], key, sorted(known[target])))
        return target, key
    if colon and target == "day" and _day(key) or _day(about):
        return "day", key if colon else about
    line = _LINE.match(about)
    if line and line[1] in study.corpus:
        if not 1 <= int(line[2]) <= len(study.corpus[line[1]].lines.starts):
            raise KubeError(say(f"{line[1]} tidak mempunyai baris {line[2]}.", f"{line[1]} has no line {line[2]}."))
        return "passage", about
    for name in ("code", "document", "case"):
        if about in known[name]:
            return name, about
    ident = key if colon and target == "coding" else about
    if re.fullmatch(r"[0-9A-Za-z_-]{6,64}", ident) and any(ident in s.codings for _, s in study.states()):
        return "coding", ident
    raise KubeError(unknown("hal yang dapat diberi memo", "thing to write a memo on", about, sorted({*codes, *known["document"], *known["case"]})))


def add(study: Study, about: str, text: str, *, author: str, kind: str = "", dry_run: bool = False) -> Memo:
    """Write a memo; the same words on the same thing by the same person are written once.  Returns it (dry_run: as it would be)."""
    if not text.strip():
        raise KubeError(say("Memo ini kosong.", "This memo is empty."))
    if kind not in KINDS:
        raise KubeError(unknown("jenis memo", "kind of memo", kind, KINDS[1:]))
    author = safe_name(author, say("penulis", "author"))
    target, key = resolve(study, about)
    same = [m for m in memos(study) if (m.author, m.text.strip()) == (author, text.strip()) and (m.target == target and (m.key == key or target == "passage" and about == f"{m.document}:{_line(study, m)}"))]
    if same:
        return same[-1]
    event: dict[str, object] = {"event": "memo", "id": new_id(), "about": target if target in ("study", "passage", "document") else f"{target}:{key}", "text": text, **({"kind": kind} if kind else {})}
    event["memo"] = event["id"]
    document = key if target == "document" else ""
    if target == "passage":
        document, _, n = key.rpartition(":")
        d = study.corpus[document]
        a = d.lines.starts[int(n) - 1]
        b = d.text.find("\n", a) if d.text.find("\n", a) >= 0 else len(d.text)
        turn = d.turn_at(a)
        a = turn.body if turn and a < turn.body < b else a
        event |= {"start": a, "end": b, "quote": d.text[a:b]}
    elif target == "coding":
        document = next(s.codings[key].document for _, s in study.states() if key in s.codings)
    if dry_run:
        return Memo(str(event["id"]), author, target, key, text, "", "", kind, document)
    journal = study.journal(author, document) if document else Journal(study.root / "corpus" / "memos" / f"{author}.jsonl", author)
    journal.append(event)
    return next(m for m in memos(study) if m.id == event["id"])


def _line(study: Study, m: Memo) -> int:
    return study.corpus[m.document].line(m.start) if m.document in study.corpus and m.start >= 0 else 0


def edit(study: Study, memo: str, text: str, *, dry_run: bool = False) -> None:
    """Change a memo's words (by its id or the beginning of it); an empty text takes it away.  The earlier words stay in the journal."""
    journal, own, e, about = _find(study, memo)
    if str(e.get("text", "")) == text or dry_run:
        return
    journal.append({"event": "memo", "memo": own, "about": about, "text": text, **{k: e[k] for k in ("kind", "start", "end", "quote") if k in e}})


def restore(study: Study, memo: str, *, dry_run: bool = False) -> str:
    """Bring back the words before the last change, or a memo that was taken away; returns them."""
    journal, own, e, about = _find(study, memo)
    texts = [str(x.get("text", "")) for x in _history(journal, own)]
    before = next((t for t in reversed(texts[:-1]) if t.strip() and t != texts[-1]), None)
    if before is None:
        raise KubeError(say("Memo ini tidak mempunyai kata-kata sebelumnya.", "This memo has no earlier words."), memo)
    if not dry_run:
        journal.append({"event": "memo", "memo": own, "about": about, "text": before, **{k: e[k] for k in ("kind", "start", "end", "quote") if k in e}})
    return before


def _history(journal: Journal, own: str) -> list[dict[str, object]]:
    events = [e for e in journal.events()[0] if e.get("event") == "memo"]
    return sorted((e for e in events if own in (str(e.get("memo", "")), str(e["id"]))), key=lambda e: (str(e.get("time", "")), str(e["id"])))


def _find(study: Study, memo: str) -> tuple[Journal, str, dict[str, object], str]:
    found: dict[str, Journal] = {}
    for journal, _ in _journals(study):
        for e in journal.events()[0]:
            own = str(e.get("memo") or e.get("id"))
            if e.get("event") == "memo" and len(memo) >= 6 and own.startswith(memo):
                found[own] = journal
    if len(found) != 1:
        raise KubeError(unknown("memo", "memo", memo, sorted({m.id[:14] for m in memos(study)})) if not found else Fault(say("Awal id ini cocok dengan beberapa memo.", "Several memos begin with this id."), memo, say("Tulis lebih banyak hurufnya.", "Write more of it.")))
    own, journal = next(iter(found.items()))
    events = _history(journal, own)
    return journal, own, events[-1], str(events[0].get("about", ""))


def _day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False


__all__ = ["Link", "Memo", "Memos", "add", "edit", "memos", "resolve", "restore"]
