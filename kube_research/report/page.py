"""The page: a jinja2 template with autoescape, inert JSON, one hashed inline script, a strict content security policy."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import jinja2
import numpy as np

from .. import __version__
from ..codings import Codings
from ..consent import shown
from ..engine import autocode
from ..matrix import cross
from ..quotations import negative_cases
from ..study import Study
from ..words import current, say
from .facts import audit, warnings_of
from .phrases import phrases

_HERE = Path(__file__).resolve().parent


def utf16(text: str) -> np.ndarray | None:
    """Code point offset → UTF-16 offset (an array of len+1), or None where they are the same."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    wide = points > 0xFFFF
    return None if not wide.any() else np.concatenate(([0], np.cumsum(1 + wide)))


def quotable(study: Study, document: str) -> bool:
    """Whether a document's words may be shown (consent is not "analyse" only, nor still to be checked)."""
    return study.corpus[document].meta.get("consent", "").lower() in ("", "quote", "quote-after-check")


def payload(study: Study, codings: Codings) -> dict[str, object]:
    """What the script needs: documents with turns, codings as columns, codes, coders.  Offsets are UTF-16 here and nowhere else."""
    frame = codings.full
    used = [d for d in study.corpus if d.id in set(frame["document"])]
    number = {d.id: i for i, d in enumerate(used)}
    shift = {d.id: utf16(d.text) for d in used}

    def offset(document: str, at: int) -> int:
        table = shift[document]
        return int(at if table is None else table[at])

    documents = []
    for d in used:
        open_ = quotable(study, d.id)
        documents.append({"id": d.id, "title": d.title, "kind": d.kind, "case": d.case, "date": d.date, "text": shown(d) if open_ else "",
                          "turns": [[offset(d.id, t.start), offset(d.id, t.body), offset(d.id, t.end), t.speaker or t.label, t.role, t.time, d.line(t.start)] for t in d.turns] if open_ else []})
    codes = list(dict.fromkeys([c.id for b in study.codebooks() for c in b] + sorted(set(frame["code"]))))
    coders = sorted(set(frame["coder"]))
    code_no, coder_no = {c: i for i, c in enumerate(codes)}, {c: i for i, c in enumerate(coders)}
    rows = [[number[r.document], offset(r.document, r.start), offset(r.document, r.end), code_no[r.code], 1 if r.polarity == "absent" else 0, coder_no[r.coder], r.speaker, r.role,
             study.corpus[r.document].line(r.start), r.note, r.rule] for r in frame.itertuples(index=False)]
    return {"documents": documents, "codes": codes, "coders": coders, "codings": rows, "words": phrases(), "language": current()}


def render(study: Study, *, rules: bool = True, without: tuple[str, ...] = (), since: str = "") -> str:
    """The whole page as text."""
    books = tuple(study.codebooks())
    people = study.codings()
    machine = autocode(study.corpus, *books) if rules else None
    everything = people + machine if machine is not None else people
    everything.books = books
    tables = []
    for source, codings in [*((c, people.where(coder=c)) for c in people.coders), *([("rules", machine)] if machine is not None else [])]:
        for book in books:
            mine = codings.where(code=[c.id for c in book])
            if len(mine):
                mine.books = (book,)
                tables.append({"source": source, "book": book, "matrix": cross(mine, "case", count="persons")})
    script = (_HERE / "report.js").read_text(encoding="utf-8")
    style = (_HERE / "report.css").read_text(encoding="utf-8")
    data = json.dumps(payload(study, everything), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    names = {c.id: c for b in books for c in b}
    found = negative_cases(people)
    return environment.get_template("report.html.j2").render(
        say=say, language=current(), version=__version__, study=study, title=study.root.resolve().name, books=books, tables=tables, names=names, people=people, machine=machine,
        negative=[(r, study.corpus[r.document].line(r.start), quotable(study, r.document)) for r in found.full.head(60).itertuples(index=False)], negative_count=len(found), audit=audit(study), warnings=warnings_of(study, people),
        cases=study.corpus.cases, script=script, style=style, data=data, script_hash=_hash(script), style_hash=_hash(style),
        synthetic=sum(d.synthetic for d in study.corpus), counts={"documents": len(study.corpus), "turns": sum(len(d.turns) for d in study.corpus), "words": sum(d.words() for d in study.corpus)})


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
