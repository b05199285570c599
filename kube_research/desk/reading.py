"""Reading around: quotations of a code across documents, words in context, and where two coders disagree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..adjudication import disagreements
from ..consent import hinders, restricted
from ..corpus import Corpus, Document
from ..model import Coding
from ..patterns import PatternError, parse
from ..search import kwic
from ..text import context

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
            before, after = context(document.text, c.start, c.end, 60)
            found.append({"id": c.id, "document": c.document, "title": document.title, "start": c.start, "end": c.end, "line": document.line(c.start), "speaker": (turn.speaker or turn.label) if turn else "",
                          "before": " ".join(before.split()) + (" " if before[-1:].isspace() else ""), "quote": document.text[c.start:c.end], "after": (" " if after[:1].isspace() else "") + " ".join(after.split()), "note": c.note, "consent": hinders(document, c.start, c.end), **facts})
    return {"code": code, "total": total, "items": found}


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
    if not restricted(document):
        return {**hit, "consent": ""}
    start, end, text, turn = hit["start"], hit["end"], document.text, _turn(document, hit["start"])
    low, high = (turn.body, turn.end) if turn else (0, len(text))
    words = {"before": text[max(low, start - AROUND):start], "hit": text[start:end], "after": text[end:min(high, end + AROUND)]}
    return {**hit, **{k: v.replace("\n", " ") for k, v in words.items()}, "consent": hinders(document, start, end)}


def _sets() -> Any:
    from ..lexicon import sets

    return sets()


__all__ = ["MOST", "choices", "disagreements", "quotations", "search"]
