"""Memos read from the journals: each in its last words, under the consent of those it quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from .. import synced
from ..consent import hinders, restricted, withheld
from ..journal import Journal, fold
from ..ledger import read_bytes
from ..study import Study
from .about import TARGETS
from .notes import Memo, Memos


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


def journals(study: Study) -> Iterator[tuple[Journal, str]]:
    for journal in study.journals():
        yield journal, journal.path.stem
    folder = study.root / "corpus" / "memos"
    for name in synced.journals(folder):
        yield Journal(folder / name, name[:-6]), ""


def _read(study: Study) -> Iterator[Memo]:
    gone = {r["document"] for r in study.rows["documents"] if r.get("consent", "").lower() == "withdrawn"}
    for journal, document in journals(study):
        if document in gone:
            continue
        data = read_bytes(str(journal.path))
        if b"memo" not in data:  # most journals hold none: they are not taken apart
            continue
        every, _ = journal.read(data)
        events = [e for e in every if e.get("event") == "memo"]
        if not events:
            continue
        state = fold(every) if document else None
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
