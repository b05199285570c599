"""The queue: codings that wait for a person, whose place in a corrected text is unsure or whose code was split; each decision is one event.

Nothing is decided by itself, and every decision can be taken back: a place waits again, a withdrawn coding is restored, a code is the
split one again.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .anchors import Verdict
from .consent import veil, visible
from .journal import Journal, now
from .model import Coding, Fault, KubeError, unknown
from .revise import Carried, _short, _waiting, verdict_name
from .study import Study
from .text import check_span, context
from .words import say

AROUND = 60  # characters shown on each side


class Queue:
    """The codings that wait for a decision, old and new words side by side: a table to look at, and the decisions as methods.

    `which` is a row's number (1 is the first) or the beginning of an id.  Every method writes one event and returns the queue that is left.
    """

    def __init__(self, items: Sequence[Carried], study: Study | None = None, document: str = "", who: str = ""):
        self.items, self.study, self.document, self.who = tuple(items), study, document, who

    def __iter__(self) -> Iterator[Carried]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, n: int) -> Carried:
        return self.items[n]

    # --- decisions ------------------------------------------------------------------------------------------------------
    def place(self, which: int | str, candidate: int = 1) -> Queue:
        """It stands at this candidate now (1: the likeliest)."""
        return self._after(lambda s, i: settle(s, i, candidate=candidate, who=self.who), which)

    def words(self, which: int | str, quote: str) -> Queue:
        """It stands at these words, which the present text holds once."""
        return self._after(lambda s, i: settle(s, i, quote=quote, who=self.who), which)

    def recode(self, which: int | str, code: str) -> Queue:
        """After a split: it goes to this code."""
        return self._after(lambda s, i: settle(s, i, code=code, who=self.who), which)

    def withdraw(self, which: int | str) -> Queue:
        """It no longer holds; it stays in the journal."""
        return self._after(lambda s, i: settle(s, i, withdraw=True, who=self.who), which)

    def undo(self, coding: str) -> Queue:
        """Take the last decision on a coding back (by its id)."""
        return self._after(lambda s, i: settle(s, i, undo=True, who=self.who), coding)

    def _after(self, decide, which: int | str) -> Queue:
        if self.study is None:
            raise KubeError(say("Antrean ini tidak tahu studinya.", "This queue does not know its study."), "", "kr.queue(study)")
        if isinstance(which, int):
            if not 1 <= which <= len(self.items):
                raise KubeError(say(f"Tidak ada baris {which}; ada {len(self.items)}.", f"There is no row {which}; there are {len(self.items)}."))
            which = self.items[which - 1].coding.id
        decide(self.study, which)
        return queue(self.study, self.document, who=self.who)

    # --- shown ------------------------------------------------------------------------------------------------------------
    def __str__(self) -> str:
        if not self.items:
            return say("Tidak ada pengodean yang menunggu.", "No coding waits.")
        return "\n\n".join(f"{i.coding.document}: {i}" for i in self.items)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        if not self.items:
            return f"<p>{html.escape(str(self))}</p>"
        heads = ("#", say("dokumen", "document"), say("pengode", "coder"), say("kode", "code"), say("putusan", "verdict"), say("kata lama", "old words"), say("kata baru (calon)", "new words (candidates)"))
        rows = []
        for n, i in enumerate(self.items, 1):
            cells = (str(n), html.escape(i.coding.document), html.escape(i.coder), html.escape(i.coding.code), html.escape(verdict_name(i.verdict.verdict)), side_old(i), side_new(i))
            rows.append("<tr>" + "".join(f"<td style='text-align:left;vertical-align:top;white-space:normal;max-width:28em'>{c}</td>" for c in cells) + f"</tr><!-- {html.escape(i.coding.id)} -->")
        head = "".join(f"<th scope='col' style='text-align:left'>{html.escape(h)}</th>" for h in heads)
        caption = say(f"{len(self)} pengodean menunggu keputusan", f"{len(self)} coding{'s wait' if len(self) != 1 else ' waits'} for a decision")
        return f"<table><caption style='text-align:left'>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def side_old(i: Carried) -> str:
    """The old words within those around them, as HTML."""
    c = i.coding
    return _within(c.before, html.escape(c.quote), c.after)


def side_new(i: Carried) -> str:
    """The candidates with what came and went against the old words, as HTML; of a split: the codes to choose from."""
    if i.codes:
        return " · ".join(f"<code>{html.escape(c)}</code>" for c in i.codes)
    out = [f"<div>{n}. {candidate(i, a, b)}</div>" for n, (a, b) in enumerate(i.places, 1)]
    return "".join(out) or f"<em>{say('kata-katanya tidak ditemukan lagi', 'its words are no longer found')}</em>"


def candidate(i: Carried, a: int, b: int) -> str:
    """One candidate within its surroundings, as HTML."""
    return _within(i.now[max(0, a - AROUND):a], word_diff(i.coding.quote, i.now[a:b]), i.now[b:b + AROUND])


def word_diff(old: str, new: str) -> str:
    """What came (underlined) and went (struck), word by word, as escaped HTML.

    >>> word_diff("Nggak kompak kok", "Kompak kok")
    '<del>Nggak kompak</del> <ins>Kompak</ins> kok'
    """
    a, b = re.findall(r"\s+|\S+", old), re.findall(r"\s+|\S+", new)
    out = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        gone, come = html.escape("".join(a[i:j])), html.escape("".join(b[k:m]))
        out.append(come if tag == "equal" else " ".join(x for x in (f"<del>{gone}</del>" if gone else "", f"<ins>{come}</ins>" if come else "") if x))
    return "".join(out)


def _within(before: str, quote: str, after: str) -> str:
    head, tail = (html.escape(re.sub(r"\s+", " ", s)) for s in (before, after))
    shade = "<span style='opacity:.65'>{}</span>"
    return f"{shade.format('…' + head)}<mark style='background:#fde8a0;color:#000'>{quote}</mark>{shade.format(tail + '…')}"


# --- what waits ----------------------------------------------------------------------------------------------------------
def queue(study: Study, document: str = "", *, who: str = "") -> Queue:
    """The codings that wait for a decision (of one document): after a correction of its text, or after its code was split.

    `who` is the name that decisions made through this queue bear.
    """
    out = []
    gone = {r["document"] for r in study.rows["documents"] if r.get("consent", "").lower() == "withdrawn"}
    books = tuple(study.sound_codebooks())
    renames = {old: new for b in books for old, new in b.renames().items()}
    splits = {code: parts for b in books for code, parts in b.splits().items()}
    for journal, state in study.states():
        for c in state.waiting.values():
            if document in ("", c.document) and c.document not in gone:
                wait = state.waits[c.id]
                if c.document in study.corpus and study.corpus[c.document].original:  # somebody in it withdrew: their words are not shown here either
                    old = study.version(c.document, str(wait.get("old", "")))
                    kept = visible(veil(replace(study.corpus[c.document], text=old, original="")), [c]) if old is not None else []
                    if not kept:
                        continue
                    c = kept[0]
                out.append(_waiting(replace(c, code=renames.get(c.code, c.code)), journal.coder, wait, study.corpus[c.document].text if c.document in study.corpus else ""))
        for c in state.codings.values() if splits else ():
            parts = splits.get(renames.get(c.code, c.code))
            if parts and document in ("", c.document) and c.document in study.corpus:
                shown = visible(study.corpus[c.document], [c])
                out += [Carried(replace(s, code=renames.get(s.code, s.code)), journal.coder, Verdict(s.start, s.end, "split", 1.0, (), False), s.quote, "", True, parts) for s in shown]
    return Queue(sorted(out, key=lambda i: (i.coding.document, i.coding.start, i.coder, i.coding.id)), study, document, who)


# --- decisions -----------------------------------------------------------------------------------------------------------
def settle(study: Study, coding: str, *, candidate: int = 0, span: tuple[int, int] | None = None, quote: str = "", code: str = "", withdraw: bool = False, undo: bool = False, who: str = "", dry_run: bool = False, among: Queue | None = None) -> str:
    """Decide one waiting coding, by one event in its coder's journal; returns what was decided, in words.

    A place: `candidate` (1 is the likeliest), `span` (start, end in the present text) or `quote` (words that it holds once).  After a split:
    `code`.  `withdraw`: it no longer holds.  `undo`: take the last such decision back.  The same decision twice is one decision.
    `among`: the queue, where many are decided in a row and it need not be read again for each.
    """
    if sum((candidate > 0, span is not None, bool(quote), bool(code), withdraw, undo)) != 1:
        raise KubeError(say("Sebut tepat satu keputusan.", "Name exactly one decision."), coding, say("Tempat (calon, rentang atau kata), kode, tarik, atau batal.", "A place (candidate, span or words), a code, withdraw, or undo."))
    if undo:
        return _undo(study, coding, who, dry_run)
    items = {i.coding.id: i for i in (queue(study) if among is None else among)}
    ident = _ident(study, coding, items)
    item = items.get(ident)
    if item is None:
        return _already(study, ident, candidate, span, quote, code, withdraw)
    journal = study.journal(item.coder, item.coding.document)
    d = study.unveiled(item.coding.document)
    common = {"coding": ident, "who": who}
    split = bool(item.codes)
    if withdraw:
        return _write(journal, {"event": "withdraw", **common, "why": "split" if split else "update", "old": item.base, "new": d.sha256}, say("ditarik", "withdrawn"), dry_run)
    if split != bool(code):
        raise KubeError(say("Pengodean ini menunggu kode, bukan tempat." if split else "Pengodean ini menunggu tempat, bukan kode.", "This coding waits for a code, not for a place." if split else "This coding waits for a place, not for a code."), ident,
                        f"--code {' | '.join(item.codes)}" if split else "--candidate 1")
    if split:
        known = [c.id for b in study.sound_codebooks() for c in b]
        if code not in known:
            raise KubeError(unknown("kode", "code", code, list(item.codes)))
        if code == item.coding.code:
            raise KubeError(say(f"Kode '{code}' sudah dipecah.", f"The code '{code}' was split."), ident, say(f"Pilih {' atau '.join(item.codes)}.", f"Choose {' or '.join(item.codes)}."))
        return _write(journal, {"event": "change", **common, "code": code, "split": item.coding.code, "why": "split"}, f"{item.coding.code} → {code}", dry_run)
    if candidate:
        if candidate > len(item.places):
            raise KubeError(say(f"Tidak ada calon {candidate}; ada {len(item.places)}.", f"There is no candidate {candidate}; there are {len(item.places)}."), ident, say("Sebut kata-katanya, atau tarik pengodean ini.", "Name the words, or withdraw this coding."))
        span = item.places[candidate - 1]
    if quote:
        places = [m.start() for m in re.finditer(r"\s+".join(map(re.escape, quote.split())), d.text)]
        if len(places) != 1:
            raise KubeError(say(f"Kata-kata ini ada {len(places)} kali dalam {d.id}.", f"These words stand {len(places)} times in {d.id}."), ident, say("Sebut lebih banyak kata, atau rentangnya (--at).", "Name more words, or the span (--at)."))
        found = re.compile(r"\s+".join(map(re.escape, quote.split()))).search(d.text)
        span = found.span() if found else None
    start, end = span  # type: ignore[misc]
    check_span(d.text, start, end, d.id)
    before, after = context(d.text, start, end)
    return _write(journal, {"event": "change", **common, "start": start, "end": end, "quote": d.text[start:end], "before": before, "after": after, "verdict": "settled", "old": item.base, "new": d.sha256, "why": "update"},
                  f"{_short(item.coding.quote, 60)} → {_short(study.corpus[d.id].text[start:end], 60)}", dry_run)


def _write(journal: Journal, event: dict[str, object], said: str, dry_run: bool) -> str:
    if not dry_run:
        journal.append(event)
    return f"{event['coding']}  {said}"


def _ident(study: Study, coding: str, waiting: dict[str, Carried]) -> str:
    """The whole id of a coding that is named by its beginning."""
    every = list(waiting)
    if not any(k.startswith(coding) for k in every):
        every = [k for _, s in study.states() for k in (*s.codings, *s.withdrawn, *s.waiting)]
    found = [k for k in every if k == coding] or [k for k in every if len(coding) >= 4 and k.startswith(coding)]
    if len(found) == 1:
        return found[0]
    if found:
        raise KubeError(say(f"'{coding}' adalah awal dari {len(found)} pengodean.", f"'{coding}' is the beginning of {len(found)} codings."), "", say("Tulis lebih banyak hurufnya.", "Write more of its letters."))
    raise KubeError(unknown("pengodean yang menunggu", "waiting coding", coding, list(waiting)))


def _already(study: Study, ident: str, candidate: int, span: tuple[int, int] | None, quote: str, code: str, withdraw: bool) -> str:
    """A decision that was made already is no fault when it is the same one."""
    for journal, state in study.states():
        c = state.codings.get(ident)
        if c is not None and candidate:  # the same candidate of its last wait
            wait = max((e for e in journal.events()[0] if e.get("event") == "wait" and e.get("coding") == ident), key=lambda e: str(e.get("time", "")), default=None)
            places = _waiting(c, journal.coder, wait, "").places if wait else ()
            span = places[candidate - 1] if candidate <= len(places) else None
        if withdraw and ident in state.withdrawn or c is not None and (code == c.code or span == (c.start, c.end) or bool(quote) and quote.split() == c.quote.split()):
            return f"{ident}  " + say("sudah diputuskan begitu", "decided so already")
    raise KubeError(say("Pengodean ini tidak menunggu.", "This coding does not wait."), ident, say("Batalkan keputusan lama dengan `kube-research settle ID --undo`.", "Take the old decision back with `kube-research settle ID --undo`."))


def _undo(study: Study, coding: str, who: str, dry_run: bool) -> str:
    ident = _ident(study, coding, {})
    if any(i.coding.id == ident for i in queue(study)):
        return f"{ident}  " + say("masih menunggu", "waits still")
    for journal, state in study.states():
        if ident not in state.codings and ident not in state.withdrawn and ident not in state.waiting:
            continue
        mine = sorted((e for e in journal.events()[0] if e.get("coding") == ident), key=lambda e: (str(e.get("time", "")), str(e.get("id"))))
        kinds = ("withdraw",) if ident in state.withdrawn else ("change", "withdraw", "restore", "wait", "code")
        last = next((e for e in reversed(mine) if e.get("event") in kinds), {})
        common = {"coding": ident, "who": who, "why": "undo"}
        if last.get("event") == "withdraw" and last.get("why") in ("update", "split"):
            return _write(journal, {"event": "restore", **common}, say("menunggu lagi", "waits again"), dry_run)
        if last.get("event") == "change" and last.get("why") == "split":
            return _write(journal, {"event": "change", **common, "code": last["split"]}, say("menunggu lagi", "waits again"), dry_run)
        wait = next((e for e in reversed(mine) if e.get("event") == "wait"), None)
        if last.get("event") == "change" and last.get("verdict") == "settled" and wait is not None:
            if last.get("new") != study.unveiled(str(journal.path.stem)).sha256:
                raise KubeError(say("Teksnya sudah dibetulkan lagi sesudah keputusan itu.", "The text was corrected again after that decision."), ident, say("Ubah pengodean itu di meja.", "Change the coding at the desk."))
            again = {k: wait[k] for k in ("verdict", "candidates", "old", "new") if k in wait}
            back = next(e for e in reversed(mine) if e.get("event") in ("code", "change") and "start" in e and str(e.get("time", "")) <= str(wait.get("time", "")))
            place = {k: back.get(k, "") for k in ("start", "end", "quote", "before", "after")}
            at = now()
            if not dry_run:  # its place before, then the wait: one block, so both or neither
                journal.append({"event": "change", **common, "time": at, **place, "new": wait.get("old", "")}, {"event": "wait", **common, "time": now(), **again})
            return f"{ident}  " + say("menunggu lagi", "waits again")
        break
    raise KubeError(Fault(say("Tidak ada keputusan yang dapat dibatalkan pada pengodean ini.", "There is no decision on this coding to take back."), ident))
