"""What the browser is shown: documents, codes, one document's text with its turns, sentences, codings and suggestions.

Every offset is a code point; the ES module alone turns them into UTF-16.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..codebook import Code, Codebook
from ..consent import by_turn, checked_spans, restricted, strictest
from ..corpus import Corpus, Document, evidence
from ..model import Coding
from ..text import sentences
from ..words import pick

LONG = 4000  # a turn longer than this is cut into sentences piece by piece, so that one turn of 100,000 words is not one regex


def documents(corpus: Corpus) -> list[dict[str, Any]]:
    """One row a document for the list; `quotable` is false where some of its words may not be quoted."""
    return [{"id": d.id, "title": d.title, "kind": d.kind, "case": d.case, "date": d.date, "quotable": not restricted(d)} for d in corpus]


def codes(books: Iterable[Codebook]) -> list[dict[str, Any]]:
    """The code tree, flat: every code with its book, parent, names, definition and rules of use."""
    return [_code(b, c) for b in books for c in b]


def _code(book: Codebook, c: Code) -> dict[str, Any]:
    names = dict(c.name)
    return {"id": c.id, "book": book.name, "bookLabel": book.label, "parent": c.parent, "name": c.label, "names": " ".join({*map(str, names.values()), *c.alias}),
            "definition": pick(dict(c.definition)), "include": c.include, "exclude": c.exclude, "source": c.source, "color": c.color, "retired": c.retired,
            "examples": [t for _, t, _ in c.examples[:3]]}


_KEPT: dict[tuple[str, str], tuple[int, ...]] = {}


def _sentences(document: Document) -> tuple[int, ...]:
    key = (document.id, document.sha256)
    if key not in _KEPT:
        if len(_KEPT) > 200:
            _KEPT.clear()
        _KEPT[key] = _cut(document)
    return _KEPT[key]


def _cut(document: Document) -> tuple[int, ...]:
    flat: list[int] = []
    text = document.text
    for t in document.turns:
        body = text[t.body:t.end]
        lines = _pieces(body)
        for at, piece in lines:
            for a, b in sentences(piece):
                flat += (t.body + at + a, t.body + at + b)
    return tuple(flat)


def _pieces(body: str) -> list[tuple[int, str]]:
    """A turn's lines; a line of book length in pieces cut at a space, so that each sentence search is short."""
    out, at = [], 0
    for line in body.split("\n"):
        start = 0
        while len(line) - start > LONG * 4:
            cut = max(line.rfind(". ", start, start + LONG * 4) + 1, 0) or line.rfind(" ", start, start + LONG * 4) + 1 or start + LONG * 4
            out.append((at + start, line[start:cut]))
            start = cut
        out.append((at + start, line[start:]))
        at += len(line) + 1
    return out


def transcript(document: Document) -> dict[str, Any]:
    """The text with its turns [n, start, body, end, speaker, label, role, time, evidence, consent that hinders quoting] and its sentences [start, end, start, end …]."""
    turns = [[t.n, t.start, t.body, t.end, t.speaker or t.label, t.label, t.role, t.time, int(evidence(document, t)), why] for t, why in zip(document.turns, by_turn(document), strict=True)]
    whole = strictest(document.meta.get("consent", "").lower())
    return {"id": document.id, "title": document.title, "case": document.case, "date": document.date, "text": document.text,
            "body": document.body_start, "turns": turns, "sentences": _sentences(document), "digest": document.sha256[:16], "language": document.language,
            "consent": whole if whole not in ("", "quote") else "", "checked": checked_spans(document)}


def coding(c: Coding, *, gone: bool = False) -> list[Any]:
    """A coding as the browser keeps it: id, start, end, code, polarity, coder, note, gone."""
    return [c.id, c.start, c.end, c.code, c.polarity, c.coder, c.note, int(gone)]


def progress(document: Document, codings: Iterable[Coding]) -> dict[str, Any]:
    """How far a document is coded: turns that can be evidence, those with a coding, and codings in all."""
    turns = [t for t in document.turns if evidence(document, t)]
    found = sorted(codings, key=lambda c: c.start)
    coded, i = 0, 0
    for t in turns:
        while i < len(found) and found[i].start < t.body:
            i += 1
        if i < len(found) and found[i].start < t.end:
            coded += 1
    return {"turns": len(turns), "coded": coded, "codings": len(found)}
