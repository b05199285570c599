"""What changed in the codings between two commits or two moments: added, withdrawn, recoded, placed anew, and by whom."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ..journal import Journal, State, fold, moment
from ..model import Coding
from ..past import commit_of, tree
from ..study import Study
from ..words import say
from .compare import Table


@dataclass(frozen=True)
class Side:
    """The journals at one moment: what they hold (coder, document → events), when that was, and the codebooks' versions if known."""

    name: str
    events: dict[tuple[str, str], list[dict[str, object]]]
    until: str = ""
    books: dict[str, str] = field(default_factory=dict)

    def state(self, key: tuple[str, str]) -> State:
        return fold(self.events.get(key, ()), until=self.until)

    def ids(self, key: tuple[str, str]) -> set[str]:
        return {str(e.get("id")) for e in self.events.get(key, ()) if not self.until or str(e.get("time", "")) <= self.until}


class Changes(Table):
    """One row a coding that changed: what, when, who, coder, document, words, code before, code after."""

    def __str__(self) -> str:
        if not self.rows:
            return super().__str__()
        lines = [self.title]
        for what, n in Counter(r[0] for r in self.rows).most_common():
            people = ", ".join(f"{who} {k}" for who, k in Counter(r[2] for r in self.rows if r[0] == what).most_common())
            lines.append(f"  {n} {what} ({people})")
        for what, time, who, coder, document, quote, a, b in self.rows:
            code = a if a == b else " → ".join(filter(None, (a, b)))
            quote = " ".join(quote.split())
            lines.append(f"{time[:10]}  {what:<10} {code}  {document} “{quote[:70]}{'…' if len(quote) > 70 else ''}”  {coder}{by(who, coder)}")
        return "\n".join(lines)

    __repr__ = __str__


def by(who: str, coder: str) -> str:
    """Who did it, where that is not the coder."""
    return f" ({say('oleh', 'by')} {who})" if who != coder else ""


def coding_diff(study: Study, old: str, new: str = "", *, coder: str | Iterable[str] | None = None) -> Changes:
    """What changed in people's codings from `old` to `new`: git commits, branches, tags, or dates (2026-11-20, 2026-11-20 14:30).

    A date means the end of that day, on this computer's clock; "" is the present.  Codes are read as the codebooks call them now, so that a
    renamed code is no change.  Rows: what (added, withdrawn, restored, recoded, polarity, words, note, waits, settled, missing), time of the last
    event (UTC), who did it, whose coding it is, document, quotation, code before, code after.  A coding whose words stayed the same and only
    moved with the text is not listed.
    """
    a, b = side(study, old), side(study, new)
    names = None if coder is None else {coder} if isinstance(coder, str) else set(coder)
    renames = {o: n for book in study.sound_codebooks() for o, n in book.renames().items()}
    rows: list[tuple[str, ...]] = []
    for key in sorted({*a.events, *b.events}):
        if names is not None and key[0] not in names:
            continue
        rows += _journal(study, key, a, b, renames)
    rows.sort(key=lambda r: r[1])
    heads = (say("apa", "what"), say("waktu", "time"), say("siapa", "who"), say("pengode", "coder"), say("dokumen", "document"), say("kata-kata", "quote"), say("kode lama", "code before"), say("kode baru", "code after"))
    versions = [f"{n} {v} → {b.books[n]}" for n, v in a.books.items() if n in b.books and b.books[n] != v]
    title = f"{a.name} → {b.name}" + (f"; {', '.join(versions)}" if versions else "")
    return Changes(title, heads, tuple(rows), say("tidak ada pengodean yang berubah", "no coding changed"))


def side(study: Study, when: str) -> Side:
    """The journals at a moment: a date, a git revision, or "" for now."""
    until = moment(when)
    if not when or until:
        books = {} if when else {b.name: b.version for b in study.sound_codebooks()}
        return Side(when or say("sekarang", "now"), {(j.coder, j.path.stem): j.events()[0] for j in study.journals()}, until, books)
    commit, time = commit_of(study.root, when)
    events, books = {}, {}
    for name, data in tree(study.root, commit, "corpus/codings", "codebooks").items():
        path = PurePosixPath(name)
        if path.suffix == ".jsonl":
            events[path.parent.name, path.stem] = Journal(study.root / name).read(data)[0]
        elif path.suffix == ".yml" and path.parent.name == "codebooks":
            found = re.search(rb"^version:[ \t]*[\"']?([^\"'\s#]+)", data, re.M)
            books[path.stem] = found.group(1).decode() if found else ""
    return Side(f"{when} ({commit[:10]}, {time[:10]})", events, "", books)


def _journal(study: Study, key: tuple[str, str], a: Side, b: Side, renames: dict[str, str]) -> list[tuple[str, ...]]:
    old, new = a.state(key), b.state(key)
    before, seen = _all(old), a.ids(key)
    coder, document = key
    last: dict[str, dict[str, object]] = {}
    for e in sorted(b.events.get(key, ()), key=lambda e: (str(e.get("time", "")), str(e.get("id")))):
        if str(e.get("id")) not in seen and (not b.until or str(e.get("time", "")) <= b.until):
            last[str(e.get("coding", ""))] = e
    rows = []
    for ident, (status, c) in _all(new).items():
        was, o = before.get(ident, ("", c))
        what = _what(was, status, o, c, renames)
        if not what:
            continue
        e = last.get(ident, {})
        words = study.words_of(c)
        if words is None:  # its speaker withdrew
            continue
        codes = ("" if not was else renames.get(o.code, o.code), "" if status == "withdrawn" else renames.get(c.code, c.code))
        rows.append((what, str(e.get("time", "") or c.created), str(e.get("who") or coder), coder, document, words, *codes))
    rows += [(say("tidak ada di sini", "missing"), c.created, coder, coder, document, words, renames.get(c.code, c.code), "") for ident, (status, c) in before.items() if ident not in _all(new) and status != "withdrawn" and (words := study.words_of(c)) is not None]
    return rows


def _all(state: State) -> dict[str, tuple[str, Coding]]:
    return {**{k: ("stands", c) for k, c in state.codings.items()}, **{k: ("waits", c) for k, c in state.waiting.items()}, **{k: ("withdrawn", c) for k, c in state.withdrawn.items()}}


def _what(was: str, status: str, o: Coding, c: Coding, renames: dict[str, str]) -> str:
    if was == status == "withdrawn" or not was and status == "withdrawn":
        return ""
    if not was:
        return say("ditambah", "added")
    if status == "withdrawn":
        return say("ditarik", "withdrawn")
    if was == "withdrawn":
        return say("dipulihkan", "restored")
    if was != status:
        return say("menunggu", "waits") if status == "waits" else say("diputuskan", "settled")
    if renames.get(o.code, o.code) != renames.get(c.code, c.code):
        return say("kode lain", "recoded")
    if o.polarity != c.polarity:
        return say("polaritas", "polarity")
    if " ".join(o.quote.split()) != " ".join(c.quote.split()):
        return say("kata lain", "words")
    return say("catatan", "note") if o.note != c.note else ""
