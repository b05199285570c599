"""The tasks of `make bench`: each runs us and its peers on one generated study, holds the answers together, and gives medians.

    python benchmarks/tasks.py TASK FOLDER

prints one line of JSON: {"rows": [[ours, seconds, runs, peer, seconds, runs, limit, extra]], "answers": [[what, agrees]], "memory": MB}.  `limit`
is the issue's: ours ≤ limit × peer + extra seconds (null: none).  `agrees` is true, false, or null where the two cannot agree, and the text says why.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

import clock
from clock import by_the_clock, timed
from common import ROOT, Run, codings, forget, peers
from task_agreement import alphas, intervals
from task_files import qdpx, save
from task_programs import programs
from task_tables import matrices, meeting, queries
from task_words import apply, kwic, load


def grow(root: Path) -> dict[str, float]:
    """Our seconds for the tasks on one study: for growth, and on a study of one document for what a task costs at all."""
    import kube_research.engine as engine
    from kube_research.codings import Codings
    from kube_research.intercoder import marks, units_of
    from kube_research.journal import Journal
    from kube_research.matrix import cross
    from kube_research.meeting import cooccurrence
    from kube_research.quotations import quotes
    from kube_research.search import kwic as concordance
    from kube_research.stats.bulk import binary_agreement
    from kube_research.study import open_study

    clock.BUDGET = min(clock.BUDGET, 0.6)
    run, demo = Run(root), open_study(ROOT)
    demo.codings()
    engine.autocode(demo.corpus, demo.codebook("success"), everything=True, cues=False)  # the program's own start is no part of it
    cache = root / ".cache"
    out = [timed("load the study, nothing cached", lambda _: len(open_study(root).codings()), lambda: shutil.rmtree(cache, ignore_errors=True), 3)[0],
           timed("load the study again", lambda: len(open_study(root).codings()), None, 3)[0]]
    study, table = codings(root)
    corpus, book, f = study.corpus, study.codebook("bench"), table._frame
    fresh = lambda: (engine._ENGINES.clear(), engine._BLOCKS.clear(), forget(run), open_study(root).corpus)[3]  # noqa: E731 - texts read, nothing interned
    new = lambda: Codings(None, table.corpus, table.books, factors=table._factors, held=table._held)  # noqa: E731 - as the study gives it
    out.append(timed("apply the codebook with offsets, first pass", lambda c: engine.autocode(c, book, everything=True, cues=False), fresh, 3)[0])
    out.append(timed("words in context, cold", lambda c: len(concordance(c, "=yang")), fresh, 3)[0])
    out.append(timed("document × code", lambda c: cross(c, "document", "code", count="segments", every=False), new)[0])
    out += [timed(f"co-occurrence, {name}", lambda c, w=w: cooccurrence(c, w), new)[0] for w, name in (("overlap", "overlap"), (200, "within 200 characters"), ("turn", "same turn"))]
    spans = [(d.id, a, b) for d in corpus for a, b in units_of(d, corpus, "turn")]
    coders, names = sorted(f["coder"].unique()), {c: i for i, c in enumerate(sorted(f["code"].unique()))}
    parts = [marks(spans, f[f["coder"] == c], names) for c in coders]
    unit, code = (np.concatenate([p[k] for p in parts]) for k in (0, 1))
    coder = np.repeat(np.arange(len(coders)), [len(p[0]) for p in parts])
    out.append(timed("61 alphas and kappas", lambda: binary_agreement(unit, coder, code, units=len(spans), coders=len(coders), codes=len(names)))[0])
    asked = [(c, case) for c, case in zip(sorted(names)[:8], sorted(f["case"].unique()) * 8, strict=False)]
    out.append(timed("coded passages of 8 queries, with text", lambda c: [quotes(c.where(code=a, case=b)).frame for a, b in asked], new)[0])
    first = next(iter(sorted((root / "corpus/codings").rglob("*.jsonl"))))
    event = {k: v for k, v in json.loads(first.read_text("utf-8").splitlines()[0]).items() if k not in ("id", "time", "sum")}
    shutil.rmtree(cache / "saved", ignore_errors=True)
    (cache / "saved").mkdir(parents=True)
    journal = Journal(shutil.copy(first, cache / "saved/d.jsonl"))
    out.append(by_the_clock("one coding saved durably", lambda _: journal.append(event), 40))
    return {name: seconds for name, seconds, _ in out}


TASKS = {t.__name__: t for t in (load, apply, matrices, meeting, alphas, intervals, kwic, queries, qdpx, save, programs)}


def measure(task: str, root: Path) -> dict[str, Any]:
    run = Run(root)
    TASKS[task](run)
    return {"rows": run.rows, "answers": run.answers, "memory": run.memory, "missing": run.missing}


if __name__ == "__main__":
    peers()
    print(json.dumps(grow(Path(sys.argv[2])) if sys.argv[1] == "grow" else measure(sys.argv[1], Path(sys.argv[2]))))
