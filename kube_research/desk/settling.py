"""After a correction of the transcript: the coder's own codings that wait for a place, settled at the desk; and carrying the rest over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..corpus import Document
from ..study import Study, write_atomic
from ..words import say

MOST = 9  # candidates: a digit each


def rows(study: Study, document: Document, coder: str) -> list[dict[str, Any]]:
    """The coder's waiting codings with their old words, and the places in the present text that they may have now (code points, best first)."""
    from ..waiting import queue

    out = []
    for i in queue(study, document.id):
        if i.coder == coder and not i.codes:  # a split waits for a code: kr.decide
            c, n = i.coding, len(document.text)
            places = [[a, b] for a, b in i.places if 0 <= a < b <= n][:MOST]
            out.append({"id": c.id, "code": c.code, "polarity": c.polarity, "note": c.note, "quote": c.quote, "before": c.before[-40:], "after": c.after[:40], "places": places, "start": c.start})
    return out


def settled(event: dict[str, Any], events: Iterable[Mapping[str, Any]], document: Document, coder: str) -> dict[str, Any]:
    """A change that gives a waiting coding its place, as `waiting.settle` writes it."""
    wait = next((e for e in reversed(_of(event, events)) if e.get("event") == "wait"), {})
    return {**event, "verdict": "settled", "old": str(wait.get("old", "")), "new": document.sha256, "why": "update", "who": coder}


def unsettled(event: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What takes a settled place back: the coding's old words as the journal has them, and that it waits again."""
    mine = _of(event, events)
    last = max((i for i, e in enumerate(mine) if e.get("event") == "wait"), default=-1)
    place = next((e for e in reversed(mine[:max(last, 0)]) if e.get("event") in ("code", "change") and "start" in e), None)
    if place is None:
        return []
    common = {k: event[k] for k in ("coding", "gesture", "via") if k in event}
    was = {k: place.get(k, "") for k in ("start", "end", "quote", "before", "after")}
    wait = {k: mine[last][k] for k in ("verdict", "candidates", "old", "new") if k in mine[last]}
    return [{"id": f"{event['id']}-place", "event": "change", **common, **was, "new": wait.get("old", ""), "why": "undo"}, {"id": str(event["id"]), "event": "wait", **common, **wait, "why": "undo"}]


def _of(event: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return sorted((e for e in events if str(e.get("coding")) == str(event["coding"])), key=lambda e: (str(e.get("time", "")), str(e.get("id"))))


def unrecorded(document: Document) -> bool:
    """Whether the text is another one than the study's table has noted, so that codings made in the old text are not carried over yet."""
    noted = document.meta.get("sha256", "")
    return bool(noted) and noted != document.sha256


def keep(study: Study, document: Document) -> None:
    """The text as the desk last read it, kept among the versions, so that codings can be carried over from it (not where it is veiled)."""
    path = study.root / "corpus" / "versions" / document.id / f"{document.sha256[:12]}.txt"
    if not document.original and not path.exists():
        write_atomic(path, document.text)


def carry(study: Study, document: str) -> str:
    """Carry every coding of a document over to the text as it is on disk now; returns what happened in a sentence."""
    from ..revise import update

    done = update(study, document, study.unveiled(document).text)
    over, waiting = len(done.items) - len(done.waiting), len(done.waiting)
    return say(f"Pindah ke teks baru: {over} pengodean", f"Carried over to the new text: {over}") + (say(f"; menunggu keputusan: {waiting}.", f"; waiting for a decision: {waiting}.") if waiting else ".")
