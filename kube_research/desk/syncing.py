"""The desk in a synced folder: conflict copies are told and taken in, and codings that another program's file replaced are written again when asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from .. import synced
from ..consent import hinders
from ..gather import take
from ..journal import whole
from ..words import say

if TYPE_CHECKING:
    from .ground import Ground


def missing(before: Iterable[Mapping[str, Any]], now: set[str]) -> dict[str, dict[str, Any]]:
    """The events that were on disk and are no more: a sync client or git put another file in the journal's place."""
    return {str(e["id"]): dict(e) for e in before if str(e.get("id")) not in now}


def told(ground: Ground, document: str) -> list[dict[str, Any]]:
    """What must be said of one's own journal of a document, each with its remedy as a button."""
    if not ground.coder or ground.readonly:
        return []
    out = []
    beside = synced.copies(ground.journal(ground.coder, document).path)
    if beside:
        names = ", ".join(p.name for p in beside)
        out.append({"kind": "told", "level": "warning", "act": "gather", "document": document,
                    "text": say(f"Folder sinkron meninggalkan salinan jurnal Anda: {names}. Isinya sudah terbaca di sini, sekali.", f"The synced folder left a copy of your journal: {names}. What it holds is read here, once.")})
    events = again(ground, document)
    lost, gone = len(events), sum(e.get("event") == "code" for e in events)
    if lost:
        out.append({"kind": "told", "level": "warning", "act": "again", "document": document,
                    "text": say(f"Jurnal {document} di disk diganti program lain (sinkronisasi, git): {lost} keputusan yang tadi tersimpan ({gone} pengodean) tidak ada lagi di dalamnya.",
                                f"The journal of {document} on disk was replaced by another program (sync, git): {lost} decisions that were saved ({gone} codings) are no longer in it.")})
    return out


def again(ground: Ground, document: str) -> list[dict[str, Any]]:
    """One's own events that were saved and are gone from disk; the words of a person who withdrew stay away."""
    gone = ground.vanished.get((ground.coder, document), {})
    if not gone or document not in ground.corpus:
        return []
    text = ground.corpus[document]
    away = {str(e.get("coding")) for e in gone.values() if e.get("event") == "code" and hinders(text, int(e["start"]), int(e["end"])) == "withdrawn"}
    kept = [e for e in gone.values() if whole(e) and str(e.get("coding")) not in away]
    return [e for e in kept if "start" not in e or hinders(text, int(e["start"]), int(e["end"])) != "withdrawn"]


def rewritten(ground: Ground, document: str) -> str:
    """Write them again, with their own ids and times and a record of it; says what was done."""
    events = again(ground, document)
    if events:
        ground.journal(ground.coder, document).append(*events, {"event": "session", "blind": ground.blind, "program": "kube_research desk", "again": len(events)})
        ground.vanished.pop((ground.coder, document), None)
    return say(f"{len(events)} keputusan ditulis lagi.", f"{len(events)} decision{'s' if len(events) != 1 else ''} written again.")


def gathered(ground: Ground, document: str) -> str:
    """Take in one's own conflict copies of a document; says what was done."""
    journal = ground.journal(ground.coder, document)
    done = [t for copy in synced.copies(journal.path) for t in [take(journal, copy, ground.study.root)] if t]
    return "; ".join(map(str, done)) or say("Tidak ada salinan lagi.", "There is no copy any more.")
