"""Other programs' own functions, run in a Python of their own on the same data; nothing of ours is imported here.

    PYTHON others.py PROGRAM DATA.json

DATA: {"documents": {id: path}, "rows": [[document, start, end, code, coder, line]], "codes": [asked], "qdpx": path or "", "limit": seconds}.
Prints one line of JSON: {"rows": {what: [name, seconds, runs]}, "answers": {what: answer}}; seconds of 0 runs: stopped.
"""

from __future__ import annotations

import html
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
import clock  # noqa: E402
from clock import by_the_clock, peer  # noqa: E402

clock.BUDGET = 1.0


def taguette(data: dict[str, Any], folder: Path) -> tuple[dict, dict]:
    """Its database, filled in bulk; its own copy of a project, its own query of a tag's highlights, and what its `HighlightAdd` does."""
    from taguette import database, extract
    from taguette.database import copy, models as m

    def fresh(name: str):
        db = database.connect(f"sqlite:///{folder / name}")()
        if not db.query(m.User).filter_by(login="admin").first():
            db.add(m.User(login="admin"))
            db.commit()
        return db

    db = fresh("study.sqlite3")
    project = m.Project(name="bench", description="")
    db.add(project)
    db.flush()
    db.add(m.ProjectMember(project_id=project.id, user_login="admin", privileges=m.Privileges.ADMIN))
    names = sorted({r[3] for r in data["rows"]})
    db.bulk_insert_mappings(m.Tag, [{"id": i, "project_id": project.id, "path": n, "description": ""} for i, n in enumerate(names, 1)])
    texts = {d: Path(p).read_text(encoding="utf-8") for d, p in data["documents"].items()}
    ids = {d: i for i, d in enumerate(texts, 1)}
    db.bulk_insert_mappings(m.Document, [{"id": ids[d], "name": d, "description": "", "filename": f"{d}.txt", "project_id": project.id, "text_direction": m.TextDirection.LEFT_TO_RIGHT, "contents": "".join(f"<p>{html.escape(x, quote=False)}</p>" for x in t.split("\n"))} for d, t in texts.items()])
    tag, marks, highlights, ties = {n: i for i, n in enumerate(names, 1)}, {}, [], []
    for document, places in _places(data["rows"]).items():
        marks[document] = _bytes(texts[document], places)
    for i, (document, start, end, code, _, _) in enumerate(data["rows"], 1):
        highlights.append({"id": i, "document_id": ids[document], "start_offset": marks[document][start], "end_offset": marks[document][end], "snippet": html.escape(texts[document][start:end], quote=False)})
        ties.append({"highlight_id": i, "tag_id": tag[code]})
    db.bulk_insert_mappings(m.Highlight, highlights)
    db.execute(m.highlight_tags.insert(), ties)
    db.commit()
    rows, answers = {}, {}

    def copied() -> int:
        new = fresh("copied.sqlite3")
        copy.copy_project(db, new, project.id, "admin")
        new.commit()
        return new.query(m.Highlight).count()

    rows["load"], answers["load"] = peer("Taguette, a project taken into another database (copy_project)", copied, 1, data["limit"])

    def asked() -> list[list[str]]:
        db.expire_all()
        return [sorted(h.snippet for h in db.query(m.Highlight).join(m.highlight_tags, m.highlight_tags.c.highlight_id == m.Highlight.id).join(m.Tag, m.highlight_tags.c.tag_id == m.Tag.id).filter(m.Tag.path.startswith(c, autoescape=True)).order_by(m.Highlight.document_id, m.Highlight.start_offset)) for c in data["codes"]]

    rows["queries"], found = peer("Taguette, the same tags' highlights, its query", asked, 3, data["limit"])
    answers["queries"] = None if found is None else [sorted(html.unescape(s) for s in part) for part in found]
    document = db.get(m.Document, 1) if hasattr(db, "get") else db.query(m.Document).get(1)

    def add(i: int) -> None:  # the body of its HighlightAdd
        snippet = extract.extract(document.contents, 100 + i, 160 + i)
        h = m.Highlight(document=document, start_offset=100 + i, end_offset=160 + i, snippet=snippet)
        db.add(h)
        db.flush()
        db.execute(m.highlight_tags.insert(), [{"highlight_id": h.id, "tag_id": 1}])
        db.add(m.Command.highlight_add("admin", document, h, [1]))
        db.commit()

    rows["save"] = by_the_clock("Taguette, what its HighlightAdd does", add, 20)
    return rows, answers


def _places(rows: list[list]) -> dict[str, list[int]]:
    out: dict[str, set[int]] = {}
    for document, start, end, *_ in rows:
        out.setdefault(document, set()).update((start, end))
    return {d: sorted(p) for d, p in out.items()}


def _bytes(text: str, places: list[int]) -> dict[int, int]:
    """Place → bytes of words before it, as Taguette counts them: line ends are no words."""
    out, at, size = {}, 0, 0
    for p in places:
        part = text[at:p]
        size += len(part.encode()) - part.count("\n")
        out[p], at = size, p
    return out


def qc(data: dict[str, Any], folder: Path) -> tuple[dict, dict]:
    """qualitative-coding: a line is coded; its database, filled in bulk, then its own functions."""
    from qualitative_coding.corpus import QCCorpus
    from qualitative_coding.database.models import Code, CodedLine, Coder, coded_line_location_association_table as ties
    from sqlalchemy import insert, select

    (folder / "corpus").mkdir()
    settings = folder / "settings.yaml"
    QCCorpus.initialize(settings, only_write_settings_file=True)
    QCCorpus.initialize(settings)
    for d, p in data["documents"].items():
        shutil.copy(p, folder / f"corpus/{d}.txt")
    corpus = QCCorpus(settings)
    (folder / "codebook.yaml").write_text("".join(f"- {c}\n" for c in sorted({r[3] for r in data["rows"]})), encoding="utf-8")
    with corpus.session():
        from qualitative_coding.database.models import Document, DocumentIndex, Location

        s = corpus.get_session()
        s.execute(insert(Document), [{"file_path": f"{d}.txt", "file_hash": corpus.hash_file(folder / f"corpus/{d}.txt")} for d in data["documents"]])
        s.execute(insert(DocumentIndex), [{"name": "paragraphs", "document_id": f"{d}.txt", "time_series": False} for d in data["documents"]])
        index = {d: i for i, d in s.execute(select(DocumentIndex.id, DocumentIndex.document_id))}
        s.execute(insert(Location), [{"start_line": 0, "end_line": 1_000_000, "document_index_id": i} for i in index.values()])
        location = {i: n for n, i in s.execute(select(Location.id, Location.document_index_id))}
        s.execute(insert(Code), [{"name": n} for n in sorted({r[3] for r in data["rows"]})])
        s.execute(insert(Coder), [{"name": n} for n in sorted({r[4] for r in data["rows"]})])
        s.execute(insert(CodedLine), [{"id": i, "line": r[5] - 1, "coder_id": r[4], "code_id": r[3]} for i, r in enumerate(data["rows"], 1)])
        s.execute(ties.insert(), [{"coded_line_id": i, "location_id": location[index[f"{r[0]}.txt"]]} for i, r in enumerate(data["rows"], 1)])
        s.commit()
    rows, answers = {}, {}

    def loaded() -> int:
        c = QCCorpus(settings)
        with c.session():
            return len(c.get_coded_lines())

    rows["load"], answers["load"] = peer("qc, every coded line out of its database (get_coded_lines)", loaded, 3, data["limit"])
    with corpus.session():
        rows["cross"], answers["cross"] = peer("qc, count_codes of each document", lambda: {d: corpus.count_codes(file_list=[f"{d}.txt"]) for d in data["documents"]}, 1, data["limit"])
        rows["meeting"], found = peer("qc, get_code_matrix (codes on the same line)", lambda: corpus.get_code_matrix(None, unit="line"), 1, data["limit"])
        answers["meeting"] = found is not None
        first = next(iter(data["documents"]))
        coder = data["rows"][0][4]
        lines = [{"line": r[5] - 1, "code_id": r[3]} for r in data["rows"] if r[0] == first and r[4] == coder]
        rows["save"] = by_the_clock("qc, update_coded_lines with one more", lambda i: corpus.update_coded_lines(f"{first}.txt", coder, [*lines, *({"line": j, "code_id": data["rows"][0][3]} for j in range(i + 1))]), 3)
    if data["qdpx"]:
        from qualitative_coding.refi_qda.reader import REFIQDAReader
        from qualitative_coding.refi_qda.writer import REFIQDAWriter

        rows["out"], _ = peer("qc, its writer (lines, not places)", lambda: REFIQDAWriter(settings).write(folder / "out.qdpx"), 1, data["limit"])
        import os

        (folder / "in").mkdir()
        os.chdir(folder / "in")
        try:
            rows["in"], _ = peer("qc, its reader", lambda: REFIQDAReader(data["qdpx"]).unpack_project(folder / "in"), 1, data["limit"])
        except Exception as e:
            answers["in"] = f"qc's reader breaks off ({type(e).__name__}{': ' if str(e) else ''}{' '.join(str(e).split())[:120]}) on our .qdpx" + (": a break point of its authors is left in it" if type(e).__name__ == "BdbQuit" else "")
    return rows, answers


def pyrefiqda(data: dict[str, Any], folder: Path) -> tuple[dict, dict]:
    from pyrefiqda import RefiProject

    if not data["qdpx"]:
        return {}, {}
    rows: dict[str, Any] = {}
    rows["in"], project = peer("pyrefiqda, load", lambda: RefiProject.load(data["qdpx"], extract_dir=folder / "x"), 1, data["limit"])
    if project is not None:
        rows["out"], _ = peer("pyrefiqda, save", lambda: RefiProject.save(project, folder / "out.qdpx", folder / "x"), 1, data["limit"])
    return rows, {"in": None if project is None else sum(len(s.plain_text_selection) for s in project.sources.text_source) if hasattr(project, "sources") else None}


if __name__ == "__main__":
    program, given = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(dir=Path(sys.argv[2]).parent) as scratch:
        found = {"taguette": taguette, "qc": qc, "pyrefiqda": pyrefiqda}[program](given, Path(scratch))
    print(json.dumps({"rows": found[0], "answers": found[1]}))
