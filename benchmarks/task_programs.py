"""Whole programs (Taguette, qc, pyrefiqda): their own functions beside ours, each in a Python of its own."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import clock
from clock import by_the_clock, timed
from common import ROOT, Run, codings

OTHERS = {"taguette": "bench-taguette", "qc": "bench-qc", "pyrefiqda": "bench-qc"}  # program → its environment in .cache
PATIENCE = 5.0  # seconds that one function of another program may take


def other(run: Run, program: str, data: dict[str, Any]) -> dict[str, Any]:
    """What another program's own functions need and answer, in its own Python; empty, and a word on it, where it is not there or fails."""
    import subprocess

    folder = ROOT / ".cache" / OTHERS[program]
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    given = run.root / f".cache/{program}.json"
    given.parent.mkdir(exist_ok=True)
    given.write_text(json.dumps({**data, "limit": PATIENCE}), encoding="utf-8")
    try:
        done = subprocess.run([python, Path(__file__).with_name("others.py"), program, given], capture_output=True, text=True, encoding="utf-8", timeout=240, stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
        if done.returncode == 0:
            return json.loads(done.stdout.strip().splitlines()[-1])
        why = (done.stderr.strip().splitlines() or ["no word"])[-1][:150]
    except (OSError, subprocess.SubprocessError) as e:
        why = "" if isinstance(e, FileNotFoundError) else type(e).__name__
    finally:
        given.unlink()
    run.missing.append(f"{program}: {why}" if why else program)
    return {"rows": {}, "answers": {}}


def programs(run: Run) -> None:
    """Whole programs' own functions on the same study: Taguette, qc; and at 10,000 codings pyrefiqda on the .qdpx we write."""
    from kube_research.codings import Codings, lines
    from kube_research.exchange.registry import find
    from kube_research.matrix import cross
    from kube_research.meeting import cooccurrence
    from kube_research.quotations import quotes
    from kube_research.study import open_study

    clock.BUDGET = min(clock.BUDGET, 1.0)
    study, table = codings(run.root)
    cooccurrence(table, "turn")  # what a first use brings in is no part of it
    f = table._frame
    codes = sorted(f["code"].unique())[:8]
    new = lambda: Codings(None, table.corpus, table.books, factors=table._factors, held=table._held)  # noqa: E731 - as the study gives it
    ours: dict[str, Any] = {"load": timed("load the study, nothing cached", lambda _: len(open_study(run.root).codings()), lambda: [p.unlink() for p in (run.root / ".cache").glob("codings-*")], 3),
                            "again": timed("load the study again", lambda: len(open_study(run.root).codings()), None, 5), "cross": timed("document × code", lambda c: cross(c, "document", "code", count="segments", every=False).frame, new),
                            "meeting": timed("co-occurrence, same turn", lambda c: cooccurrence(c, "turn").frame, new), "queries": timed("every passage of 8 codes, with text", lambda c: [sorted(quotes(c.where(code=a)).frame["quote"]) for a in codes], new)}
    from kube_research.journal import Journal

    folder = run.root / ".cache/programs"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "ani").mkdir(parents=True)
    first = next(iter(sorted((run.root / "corpus/codings").rglob("*.jsonl"))))
    event = {k: v for k, v in json.loads(first.read_text("utf-8").splitlines()[0]).items() if k not in ("id", "time", "sum")}
    journal = Journal(shutil.copy(first, folder / "ani/d.jsonl"))
    ours["save"] = by_the_clock("one coding saved durably", lambda _: journal.append(event), 40), None
    path = folder / "all.qdpx"
    if len(f) <= 20_000:
        write, read = find(path, "out"), find(path, "in")
        ours["out"] = timed(f"{len(f):,} codings out as .qdpx, read back and held against what was meant", lambda: write(study, path), None, 3)
        ours["in"] = timed(f"{len(f):,} codings of a .qdpx read", lambda: read(path), None, 3)
    run.ours_done()
    data = {"documents": {d.id: str(study.text_path(d.id, d.kind).resolve()) for d in study.corpus}, "codes": codes, "qdpx": str(path.resolve()) if path.exists() else "",
            "rows": list(zip(*(f[n].tolist() for n in ("document", "start", "end", "code", "coder")), lines(table).tolist(), strict=True))}
    for program in OTHERS:
        found = other(run, program, data)
        for what, row in found["rows"].items():
            run.row(ours["again" if (program, what) == ("qc", "load") else what][0], tuple(row))
        told = found["answers"]
        if told.get("load") is not None:
            run.same(f"{program}: {told['load']:,} codings", told["load"] == len(f))
        if told.get("queries") is not None:
            run.same(f"{program}: the same {sum(map(len, told['queries'])):,} passages of 8 codes", told["queries"] == ours["queries"][1])
        if told.get("cross") is not None:
            mine = ours["cross"][1]
            run.same(f"{program}: document × code, every cell", all(told["cross"][d].get(c, 0) == n for d, row in mine.to_dict("index").items() for c, n in row.items()))
        if told.get("meeting"):
            run.same(f"{program}: codes meet on the same line, ours in the same turn", None)
        if isinstance(told.get("in"), str):
            run.same(told["in"], None)
        elif told.get("in") is not None:
            run.same(f"{program}: {told['in']:,} passages of our .qdpx", told["in"] == len(f))
    shutil.rmtree(folder, ignore_errors=True)
