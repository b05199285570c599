"""Consent: who withdrew is veiled where the text is read, and who may not be quoted is counted but never quoted.

A withdrawn person's words become as many █, so that every offset stays true and no room above can show them.  The file on disk is
left as it is: erasing it is the researcher's decision.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from . import labels
from .corpus import Document
from .model import Coding, Speaker
from .text import context
from .words import say

RANK = {"": 0, "quote": 1, "quote-after-check": 2, "analyse": 3, "withdrawn": 4}
VEIL = "█"


def strictest(*consents: str) -> str:
    """The strictest of some consents; one that is not known counts as "analyse".

    >>> strictest("quote", "analyse", "")
    'analyse'
    """
    return max((c if c in RANK else "analyse" for c in consents), key=RANK.__getitem__, default="")


def veil(document: Document) -> Document:
    """The document with the words of those who withdrew replaced by as many █ (white space stays); itself where nobody did.

    Veiled are their turns, their interjections in others' turns that bear their label — "(Siti: iya betul)" — and their name or
    pseudonym where others say it.  What others tell of them in other words cannot be known.
    """
    gone = [s for s in document.speakers if s.role == "withdrawn"]
    if not gone:
        return document
    text, turns = document.text, document.turns
    spans = [(t.body, t.end) for t in turns if t.role == "withdrawn"]
    names = _names(gone)
    spans += [(a, b) for a, b, _ in _asides(text, gone)]
    openers = {t.start: t.body for t in turns}
    said = "|".join(re.escape(n) for n in names if _is_name(n))
    if said:
        spans += [m.span() for m in re.finditer(rf"(?<!\w)(?:{said})(?!\w)", text) if not _opens(openers, m.start())]
    chars = list(text)
    for a, b in spans:
        chars[a:b] = [c if c.isspace() else VEIL for c in chars[a:b]]
    veiled = replace(document, text="".join(chars), original=document.sha256)
    veiled.__dict__["turns"] = tuple(replace(t, speaker=VEIL) if t.role == "withdrawn" else t for t in turns)  # who speaks where is known from the words as they were
    return veiled


def _names(speakers: Iterable[Speaker]) -> list[str]:
    """What some speakers are called: label, pseudonym, the label without its honorific; the longest first."""
    return sorted({n for s in speakers for n in (s.label, s.speaker, re.sub(r"^(?:Bu|Ibu|Pak|Bapak|Mbak|Mas|Teh|Kang|Kak|Bang|Mak|Mpok|Haji|Ustadz) ", "", s.label)) if n}, key=len, reverse=True)


def _asides(text: str, speakers: Iterable[Speaker]) -> Iterator[tuple[int, int, Speaker]]:
    """The labelled interjections of speakers in others' turns — "(Siti: iya betul)" — as (start, end, whose)."""
    for s in speakers:
        listed = "|".join(map(re.escape, _names([s])))
        for m in re.finditer(rf"[(\[/—–|]\s*(?:{listed})\s*[:：]\s?([^)\]/\n—–|]*)", text):
            yield (*m.span(1), s)


def _interjected(document: Document) -> tuple[tuple[int, int, Speaker], ...]:
    """The interjections of those who may not (yet) be quoted; looked for once a document."""
    kept = document.__dict__.get("_interjected")
    if kept is None:
        kept = document.__dict__["_interjected"] = tuple(_asides(document.text, [s for s in document.speakers if RANK.get(s.consent, 3) > 1]))
    return kept


_ROLES = re.compile(r"(?i)\W*(?:ketua|wakil|sekretaris|bendahara|anggota|pengurus|informan|narasumber|partisipan|responden|pendamping|penyuluh|mentor|member|officer|chair|participant|respondent|ibu|bapak|kube)\b")


def _is_name(label: str) -> bool:
    """Whether a label is a name or pseudonym that would betray its person, and no role ("Ketua") or letter ("N")."""
    return label[:1].isupper() and not _ROLES.match(label) and (len(label) >= 4 or len(label) == 3 and any(c.islower() for c in label))


def _opens(openers: dict[int, int], at: int) -> bool:
    """Whether a place is inside a turn's label, which must stay for its turn to be found."""
    starts = sorted(openers)
    i = bisect_right(starts, at) - 1
    return i >= 0 and at < openers[starts[i]]


def restricted(document: Document) -> bool:
    """Whether anything in a document may not be quoted; asked once a document."""
    told = document.__dict__.get("_restricted")
    if told is None:
        told = document.__dict__["_restricted"] = any(RANK.get(c, 3) > 1 for c in (document.meta.get("consent", "").lower(), *(s.consent for s in document.speakers)))
    return told


def hinders(document: Document, start: int, end: int) -> str:
    """Why a passage may not be quoted: "analyse", "quote-after-check" (not checked yet) or "withdrawn"; "" where it may.

    What counts is whose words it holds: turns, and labelled interjections in others' turns.
    """
    return _spoken(document, start, end, [s.consent for a, b, s in _interjected(document) if a < end and start < b]) if restricted(document) else ""


def _spoken(document: Document, start: int, end: int, more: Iterable[str] = ()) -> str:
    """The same by the turns alone, with `more` consents that hold."""
    whole = document.meta.get("consent", "").lower()
    said = {labels.key(s.label): s.consent for s in document.speakers}
    turns = document.turns
    first = max(0, bisect_right([t.start for t in turns], start) - 1)
    mine = list(more)
    for t in turns[first:]:
        if t.start >= end:
            break
        if t.end > start:
            mine += [said.get(labels.key(t.label), ""), "withdrawn" if t.role == "withdrawn" else ""]
    found = strictest(whole, *mine)
    if RANK[found] < 2 or found == "quote-after-check" and is_checked(document, document.text[start:end]):
        return ""
    return found


def by_turn(document: Document) -> list[str]:
    """For each turn the strictest consent that governs it, where that hinders quoting: "analyse", "quote-after-check", "withdrawn"; else ""."""
    if not restricted(document) and not any(s.role == "withdrawn" for s in document.speakers):
        return [""] * len(document.turns)
    whole, said = document.meta.get("consent", "").lower(), {labels.key(s.label): s.consent for s in document.speakers}
    found = (strictest(whole, said.get(labels.key(t.label), ""), "withdrawn" if t.role == "withdrawn" else "") for t in document.turns)
    return [c if RANK[c] > 1 else "" for c in found]


def checked_spans(document: Document) -> list[tuple[int, int]]:
    """Where the quotations stand that their speakers have checked (corpus/checked.csv)."""
    return [m.span() for words in document.checked if words.split() for m in re.finditer(r"\s+".join(map(re.escape, words.split())), document.text)]


def is_checked(document: Document, quote: str) -> bool:
    """Whether these words were checked by the person who said them (corpus/checked.csv)."""
    words = " ".join(quote.split())
    return bool(words) and any(words in c for c in document.checked)


def withheld(why: str) -> str:
    """What stands where the words may not."""
    return {"quote-after-check": say("(belum dikutip: menunggu pemeriksaan narasumber)", "(not quoted yet: waits for the participant's check)"),
            "withdrawn": say("(persetujuan ditarik)", "(consent withdrawn)")}.get(why, say("(tidak dikutip: persetujuan hanya untuk analisis)", "(not quoted: consent for analysis only)"))


def closed(document: Document) -> list[tuple[int, int]]:
    """Where the words stand that may not be quoted: whole turns, and labelled interjections in others' turns."""
    if not restricted(document):
        return []
    return [*((t.body, t.end) for t in document.turns if _spoken(document, t.body, t.end)), *((a, b) for a, b, _ in _interjected(document) if hinders(document, a, b))]


def shown(document: Document) -> str:
    """The text with every turn that may not be quoted replaced by as many ░ (white space, labels and checked quotations stay)."""
    if not restricted(document):
        return document.text
    chars = list(document.text)
    free = checked_spans(document)
    for a, b in closed(document):
        chars[a:b] = [c if c.isspace() or c == VEIL else "░" for c in chars[a:b]]
    for a, b in free:
        if not hinders(document, a, b):
            chars[a:b] = document.text[a:b]
    return "".join(chars)


def visible(document: Document, codings: Iterable[Coding]) -> list[Coding]:
    """The codings of a document without those in the words of somebody who withdrew, and with no such word in the others' quotations."""
    if not document.original:
        return list(codings)
    turns = document.turns
    starts = [t.start for t in turns]
    out = []
    for c in codings:
        i = bisect_right(starts, c.start) - 1
        if not (i >= 0 and c.start < turns[i].end and turns[i].role == "withdrawn"):
            before, after = context(document.text, c.start, c.end)
            out.append(replace(c, quote=document.text[c.start:c.end], before=before, after=after))
    return out


def remark(documents: Iterable[Document], gone: tuple[int, int]) -> str:
    """What a note says of consent: how many withdrew, how many documents are counted but not (all) quoted; "" where nobody did."""
    found = counts(documents)
    parts = []
    if any(gone):
        parts.append(say(f"Persetujuan ditarik, tidak dihitung: {gone[0]} dokumen, {gone[1]} orang.", f"Consent withdrawn, not counted: {gone[0]} documents, {gone[1]} persons."))
    if any(found.values()):
        n, m = found["analyse"], found["quote-after-check"]
        parts.append(say(f"Dihitung tetapi tidak dikutip: {n} dokumen (hanya analisis), {m} (menunggu pemeriksaan).", f"Counted but not quoted: {n} documents (analysis only), {m} (until checked)."))
    return " ".join(parts)


def counts(documents: Iterable[Document]) -> dict[str, int]:
    """How many documents hold something that is only analysed, or quoted only after a check."""
    out = {"analyse": 0, "quote-after-check": 0}
    for d in documents:
        found = {d.meta.get("consent", "").lower(), *(s.consent for s in d.speakers)}
        for k in out:
            out[k] += k in found
    return out
