"""Files: a .qdpx read, stored and written, and one coding saved durably; beside the least that does the same."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clock import timed
from common import Run, codings


def qdpx(run: Run) -> None:
    """10,000 codings through REFI-QDA, beside a bare pass over the same file, and beside the least that does the same: a row a coding stored, an f-string a coding zipped."""
    from kube_research.exchange.landing import land
    from kube_research.exchange.registry import find
    from kube_research.study import open_study

    folder = run.root / ".cache/qdpx"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path, study = folder / "all.qdpx", open_study(run.root)
    n = len(study.codings())
    write, read = find(path, "out"), find(path, "in")
    out, _ = timed(f"{n:,} codings out as .qdpx, read back and held against what was meant", lambda: write(study, path), None, 3)
    into, project = timed(f"{n:,} codings of a .qdpx read", lambda: read(path), None, 3)
    targets = iter(range(99))
    landed, _ = timed(f"{n:,} codings of a .qdpx read and stored as a study", lambda: land(read(path), folder / f"back{next(targets)}"), None, 2)
    run.ours_done()
    bare = Bare(path, folder)
    plain, _ = timed("expat and unzip", bare.parse)
    kept, _ = timed("expat and unzip, texts written, a row a coding in one SQLite transaction", bare.store)
    both, _ = timed("the same bytes zipped (level 6), unzipped and read by expat", lambda: (bare.pack(bare.data), bare.parse()))
    rows = list(study.codings()._frame[["document", "start", "end", "code", "coder", "created", "quote"]].itertuples(index=False, name=None))
    said, _ = timed("an f-string a coding, zipped with the texts as zipfile does by itself (level 6)", lambda: bare.written(rows))
    even, _ = timed("the same, zipped as lightly as ours (level 3)", lambda: bare.written(rows, 3))
    run.row(into, plain, 2)
    run.row(landed, kept, 2)
    run.row(out, said, 1.5)
    run.row(out, even)
    run.row(out, both, 2)
    back = open_study(folder / "back0").codings()
    columns = ["document", "start", "end", "quote", "code", "polarity", "coder"]
    mine, theirs = (sorted(c._frame[columns].itertuples(index=False, name=None)) for c in (study.codings(), back))
    run.same(f"{sum(len(s.selections) for s in project.sources):,} passages; every coding comes back (document, place, words, code, polarity, coder)", mine == theirs)
    shutil.rmtree(folder, ignore_errors=True)


class Bare:
    """The least that a program can do with a .qdpx: nothing is checked, nobody's consent asked, no other program's oddity known."""

    def __init__(self, path: Path, folder: Path):
        import zipfile

        self.path, self.folder, self.zip = path, folder, zipfile.ZipFile
        self.method = zipfile.ZIP_DEFLATED
        with self.zip(path) as z:
            self.data = {n: z.read(n) for n in z.namelist()}

    def parse(self, hear: Callable[[str, dict[str, str]], None] | None = None) -> dict[str, bytes]:
        from xml.parsers import expat

        with self.zip(self.path) as z:
            data = {n: z.read(n) for n in z.namelist()}
        parser = expat.ParserCreate()
        if hear:
            parser.StartElementHandler = hear
        parser.Parse(data["project.qde"], True)
        return data

    def store(self) -> None:
        """Every text a file, every coding a row: source, place, user, date, code."""
        rows: list[tuple[str, ...]] = []
        at: dict[str, str] = {}

        def hear(tag: str, a: dict[str, str]) -> None:
            if tag == "TextSource":
                at["source"] = a["guid"]
            elif tag == "PlainTextSelection":
                at.update(start=a["startPosition"], end=a["endPosition"])
            elif tag == "Coding":
                at.update(guid=a["guid"], user=a["creatingUser"], date=a["creationDateTime"])
            elif tag == "CodeRef":
                rows.append((at["guid"], at["source"], at["start"], at["end"], at["user"], at["date"], a["targetGUID"]))

        for i, (name, body) in enumerate(self.parse(hear).items()):
            if name != "project.qde":
                (self.folder / f"text{i}").write_bytes(body)
        with sqlite3.connect(self.folder / "rows.sqlite") as db:
            db.execute("drop table if exists c")
            db.execute("create table c (guid, source, start, end, user, date, code)")
            db.executemany("insert into c values (?, ?, ?, ?, ?, ?, ?)", rows)
        db.close()

    def pack(self, data: dict[str, bytes], level: int | None = None) -> None:
        with self.zip(self.folder / "bare.zip", "w", self.method, compresslevel=level) as z:
            for name, body in data.items():
                z.writestr(name, body)

    def written(self, rows: list[tuple[Any, ...]], level: int | None = None) -> None:
        """The codings alone, as lines of XML; the codebook, the cases and the users are not written."""
        from uuid import uuid4
        from xml.sax.saxutils import quoteattr

        code, user = ({x: uuid4() for x in {r[k] for r in rows}} for k in (3, 4))
        lines = [f'<PlainTextSelection guid="{uuid4()}" name={quoteattr(quote[:80])} startPosition="{start}" endPosition="{end}" creatingUser="{user[coder]}" creationDateTime="{created}"><Coding guid="{uuid4()}" creatingUser="{user[coder]}" creationDateTime="{created}"><CodeRef targetGUID="{code[named]}"/></Coding></PlainTextSelection>\n'
                 for _, start, end, named, coder, created, quote in rows]
        self.pack(self.data | {"project.qde": "".join(lines).encode()}, level)


def save(run: Run) -> None:
    from kube_research.journal import Journal, seal

    made = next(iter(sorted((run.root / "corpus/codings").rglob("*.jsonl"))))
    folder = run.root / ".cache/saved"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "ani").mkdir(parents=True)
    journal, event = Journal(shutil.copy(made, folder / "ani/d.jsonl")), json.loads(made.read_text("utf-8").splitlines()[0])
    event = {k: v for k, v in event.items() if k not in ("id", "time", "sum", "check")}
    before = len(journal.events()[0])
    plain, line, mine, theirs = open(folder / "plain", "ab", buffering=0), (seal(event) + "\n").encode(), [], []
    for _ in range(40):  # turn about, so that both meet the same disk
        start = time.perf_counter()
        journal.append(event)
        mid = time.perf_counter()
        plain.write(line)
        os.fsync(plain.fileno())
        mine.append(mid - start)
        theirs.append(time.perf_counter() - mid)
    run.ours_done()
    run.row(("one coding saved durably", statistics.median(mine), 40), ("one append + fsync", statistics.median(theirs), 40), 2, 0.001)
    run.same("all 40 stand in the journal", len(journal.events()[0]) == before + 40)
