"""Reading around: quotations of a code across documents, words in context, and where two coders disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ..adjudication import disagreements
from ..consent import hinders, restricted
from ..corpus import Corpus, Document
from ..model import Coding
from ..patterns import PatternError, parse
from ..search import kwic

MOST = 400
AROUND = 45  # characters on each side of a hit


def choices(corpus: Corpus) -> dict[str, list[str]]:
    """What quotations can be filtered by: the cases and roles that there are."""
    return {"case": sorted({d.case for d in corpus if d.case}), "role": sorted({s.role for d in corpus for s in d.speakers if s.role})}


def quotations(corpus: Corpus, codings: Iterable[Coding], wanted: dict[str, Any]) -> dict[str, Any]:
    """The quotations of a code with context, filtered by case, role, polarity and coder; at most MOST are sent, all are counted."""
    code, found, total = str(wanted.get("code", "")), [], 0
    order = {d.id: i for i, d in enumerate(corpus)}
    chosen = [c for c in codings if c.code == code and c.document in order]
    for c in sorted(chosen, key=lambda c: (order[c.document], c.start, c.end)):
        document = corpus[c.document]
        turn = _turn(document, c.start)
        role = turn.role if turn else ""
        facts = {"case": document.case, "role": role, "polarity": c.polarity, "coder": c.coder}
        if role == "withdrawn" or any(wanted.get(k) and wanted[k] != v for k, v in facts.items()):
            continue
        total += 1
        if len(found) < MOST:
            before, after = around(document.text, c.start, c.end, turn.body if turn and turn.body <= c.start else 0, turn.end if turn and turn.end >= c.end else len(document.text), 60)
            found.append({"id": c.id, "document": c.document, "title": document.title, "start": c.start, "end": c.end, "line": document.line(c.start), "speaker": (turn.speaker or turn.label) if turn else "",
                          "before": before, "quote": document.text[c.start:c.end], "after": after, "note": c.note, "consent": hinders(document, c.start, c.end), **facts})
    return {"code": code, "total": total, "items": found}


def around(text: str, start: int, end: int, low: int, high: int, width: int) -> tuple[str, str]:
    """The words before and after a passage within its turn, whole words only and never beginning with a comma; … where the turn goes on.

    >>> around("Ya, kami, semua pendamping itu baik hati sekali.", 16, 26, 0, 48, 14)
    ('… kami, semua ', ' itu baik hati …')
    """
    first, last = max(low, start - width), min(high, end + width)
    before, after = text[first:start], text[end:last]
    if first > low:
        before = re.sub(r"^(?:\S+(?=\s)|\S*$)", "", before) if not text[first - 1].isspace() else before
        before = "… " + re.sub(r"^[\s,.;:!?…)\]”’»]+", "", before)
    if last < high:
        after = re.sub(r"(?:(?<=\s)\S+|^\S*)$", "", after) if not text[last].isspace() else after
        after = after.rstrip() + " …"
    return re.sub(r"\s+", " ", before), re.sub(r"\s+", " ", after)


def _turn(document: Document, offset: int) -> Any:
    from bisect import bisect_right

    turns = document.turns
    i = bisect_right([t.start for t in turns], offset) - 1
    return turns[i] if i >= 0 and offset < turns[i].end else None


def search(corpus: Corpus, pattern: str, only: str = "") -> dict[str, Any]:
    """Words in context; a pattern as in a codebook, or plain words when it is none."""
    pattern = " ".join(pattern.split())
    if not pattern:
        return {"pattern": "", "total": 0, "items": []}
    try:
        parse(pattern, _sets())
    except PatternError:
        pattern = " ".join(w.strip("()|^$&.,;:?!\"'“”") for w in pattern.split())
    frame = kwic(corpus, pattern, width=AROUND).frame
    if only:
        frame = frame[frame["document"] == only]
    items = [_read(corpus[r["document"]], r) for r in frame.head(MOST).to_dict("records")]
    return {"pattern": pattern, "total": len(frame), "items": items}


def _read(document: Document, hit: dict[str, Any]) -> dict[str, Any]:
    """A hit with the words themselves: what may not be quoted is withheld in a concordance, but read at the desk (who withdrew is veiled in the text itself)."""
    start, end, text, turn = hit["start"], hit["end"], document.text, _turn(document, hit["start"])
    low, high = (turn.body, turn.end) if turn and turn.body <= start and end <= turn.end else (0, len(text))
    before, after = around(text, start, end, low, high, AROUND)
    return {**hit, "before": before, "hit": text[start:end].replace("\n", " "), "after": after, "consent": hinders(document, start, end) if restricted(document) else ""}


def _sets() -> Any:
    from ..lexicon import sets

    return sets()


__all__ = ["MOST", "choices", "disagreements", "quotations", "search"]
