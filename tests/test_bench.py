"""The benchmark's tasks on a tiny study: every answer is held against the peers'; the page says what failed."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    sys.path.insert(0, str(HERE))
    try:
        corpora, tasks, run = (importlib.import_module(n) for n in ("corpora", "tasks", "run"))
    finally:
        sys.path.remove(str(HERE))
    size = corpora.Size(4, 4_000, 800, 5, 2)
    return tasks, run, size, corpora.study(tmp_path_factory.mktemp("bench") / "T", size)


@pytest.mark.parametrize("task", ["load", "apply", "matrices", "meeting", "alphas", "intervals", "kwic", "queries", "save"])
def test_the_answers_agree(bench, monkeypatch, task):
    tasks, _, _, root = bench
    monkeypatch.setattr(tasks, "BUDGET", 0.0)  # one repetition each
    found = tasks.measure(task, root)
    assert all(agrees is not False for _, agrees in found["answers"]), found["answers"]
    assert found["memory"] > 1 and (found["rows"] or found["missing"])


def test_a_task_that_fails_or_hangs_loses_nothing_of_the_others(bench, tmp_path):
    tasks, run, size, root = bench
    good, gone, slow = run.child("save", root, 60), run.child("save", tmp_path / "nothing", 60), run.child("load", root, 0.01)
    assert good["rows"] and "failed" in gone and "not done within" in slow["failed"]
    page = run.written({"T": {"save": good, "load": gone, "apply": slow}}, {"T": size}, 1, "")
    assert page.count("**failed**") == 2 and "one append + fsync" in page
    run.drawn({"T": {"save": good}}, tmp_path / "p.svg")
    assert "<svg" in (tmp_path / "p.svg").read_text(encoding="utf-8")


def test_a_wrong_answer_and_a_broken_limit_are_said(bench):
    _, run, size, _ = bench
    found = {"T": {"x": {"rows": [["a", 2.0, 1, "b", 1.0, 1, 1.5, 0.0]], "answers": [["cells", False]], "memory": 5.0, "missing": ["krippendorff"]}}}
    page = run.written(found, {"T": size}, 1, "no network")
    assert "**no**" in page and "**DIFFERENT**: cells" in page and "krippendorff (no network)" in page
