"""What the page's script reads: transcripts, codings as columns, codes, threads.  Offsets become UTF-16 here and nowhere else."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from ..codings import Codings
from ..consent import shown
from ..corpus import Document
from ..review import Reviews
from ..study import Study
from .bilingual import of
from .phrases import PHRASES

def utf16(text: str) -> np.ndarray | None:
    """Code point offset → UTF-16 offset (an array of len+1), or None where they are the same."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    wide = points > 0xFFFF
    return None if not wide.any() else np.concatenate(([0], np.cumsum(1 + wide)))


def text_of(document: Document) -> str:
    """The text as it may be shown: what may not be quoted masked (`consent.shown`), what stands in no turn blank; the same length in UTF-16."""
    masked, out, at = shown(document), [], 0
    for t in document.turns:
        out += [" " * (t.start - at), masked[t.start:t.end]]
        at = t.end
    text = "".join(out) + " " * (len(masked) - at)
    if any(ord(c) > 0xFFFF for c in set(document.text)):
        text = "".join(b * 2 if b != a and ord(a) > 0xFFFF else b for a, b in zip(document.text, text, strict=True))
    return text


def payload(study: Study, codings: Codings, threads: Reviews, facts: dict[str, object]) -> dict[str, object]:
    """The data of the page; `report` is a digest over all of it, so that comments can name the report they were written on."""
    frame = codings.full
    coded = set(frame["document"])
    used = [d for d in study.corpus if d.id in coded or d.speakers]
    number = {d.id: i for i, d in enumerate(used)}
    documents, shifts = [], {}
    for d in used:
        shifts[d.id] = shift = utf16(d.text)
        move = (lambda n, shift=shift: int(n)) if shift is None else (lambda n, shift=shift: int(shift[n]))
        turns = [[move(t.start), move(t.body), move(t.end), t.speaker or t.label, t.role, t.time, d.line(t.start)] for t in d.turns]
        documents.append({"id": d.id, "title": d.title, "kind": d.kind, "case": d.case, "date": d.date, "lang": d.language, "sha": d.sha256[:12], "text": text_of(d), "turns": turns})
    books = tuple(study.sound_codebooks())
    known = {c.id: of(c.name) for b in books for c in b}
    book_of = {c.id: i for i, b in enumerate(books) for c in b}
    codes = list(dict.fromkeys([*known, *sorted(set(frame["code"]))]))
    columns = {k: list(dict.fromkeys(frame[k])) for k in ("coder", "speaker", "role", "rule")}
    index = {k: {v: i for i, v in enumerate(vs)} for k, vs in columns.items()}
    code_no = {c: i for i, c in enumerate(codes)}
    rows = []
    for r in frame.itertuples(index=False):
        d, shift = study.corpus[r.document], shifts[r.document]
        a, b = (r.start, r.end) if shift is None else (int(shift[r.start]), int(shift[r.end]))
        rows.append([number[r.document], int(a), int(b), code_no[r.code], int(r.polarity == "absent"), index["coder"][r.coder], index["speaker"][r.speaker], index["role"][r.role], d.line(r.start), r.note, index["rule"][r.rule], r.id])
    data: dict[str, object] = {
        **facts, "documents": documents, "texts": {d.id: d.sha256[:12] for d in study.corpus}, "codes": codes, "names": {"id": [known[c].id if c in known and known[c].id else c for c in codes], "en": [known[c].en if c in known and known[c].en else c for c in codes]},
        "bookOf": [book_of.get(c, -1) for c in codes], "bookIds": [b.name for b in books], "books": {b.name: b.version for b in books},
        "cases": {k: v.get("name") or k for k, v in study.corpus.cases.items()}, "coders": columns["coder"], "speakers": columns["speaker"], "roles": columns["role"], "rules": columns["rule"], "codings": rows,
        "threads": [{"id": t.id, "key": t.key, "kind": t.kind, "where": t.where, "closed": t.closed, "place": t.place, "target": dict(t.target), "messages": [[m.by, m.time[:10], m.event, m.verdict, "" if m.event == "withdraw" else m.text, int(m.edited), m.comment] for m in t.messages]} for t in threads],
        "words": PHRASES,
    }
    data["report"] = hashlib.sha256(json.dumps(data, ensure_ascii=True, sort_keys=True, default=str).encode()).hexdigest()[:16]
    return data


def inert(data: object) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = "".join(c if not 0xD800 <= ord(c) <= 0xDFFF else "\ufffd" for c in text) if any(0xD800 <= ord(c) <= 0xDFFF for c in set(text)) else text
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
