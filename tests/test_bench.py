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
        importlib.import_module("clock")
    finally:
        sys.path.remove(str(HERE))
    size = corpora.Size(4, 4_000, 800, 5, 2)
    return tasks, run, size, corpora.study(tmp_path_factory.mktemp("bench") / "T", size)


@pytest.mark.parametrize("task", ["load", "apply", "matrices", "meeting", "alphas", "intervals", "kwic", "queries", "qdpx", "save", "programs"])
def test_the_answers_agree(bench, monkeypatch, task):
    tasks, _, _, root = bench
    clock = sys.modules["clock"]
    monkeypatch.setattr(clock, "BUDGET", 0.0)  # one repetition each
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


def test_the_readmes_quote_the_run(bench, tmp_path):
    _, run, _, _ = bench
    pairs = [("apply the codebook with offsets, first pass", "spaCy PhraseMatcher, x", 1.0, 8.0, None), ("apply the codebook with offsets, first pass", "spaCy EntityRuler", 1.0, 16.0, None), ("apply the codebook with offsets, first pass", "ahocorasick-rs + word filter", 1.0, 0.5, 9),
             ("apply the codebook in a new session, words kept", "ahocorasick-rs + word filter", 0.5, 0.5, None), ("a rule is added: what", "ahocorasick-rs", 0.02, 0.5, 1), ("61 alphas and kappas (x)", "krippendorff, x", 1.0, 300.0, None), ("document × code", "pandas crosstab", 1.0, 40.0, None),
             ("load the study, nothing cached", "sha256 of every file", 4.2, 1.0, 3), ("words in context, 20 words, cold", "one regular expression", 1.0, 2.0, None), ("words in context, 20 words, a new session, words kept", "one regular expression", 1.0, 8.0, None)]
    found = {"M": {"x": {"rows": [[a, t, 3, b, u, 3, limit, 0.0] for a, b, t, u, limit in pairs], "answers": []}}}
    (tmp_path / "docs").mkdir()
    for name in ("README.md", "README.id.md", "docs/scale.md"):
        (tmp_path / name).write_text((HERE.parent / name).read_text(encoding="utf-8"), encoding="utf-8")
    assert run.quoted(found, tmp_path) == []
    english, bahasa, scale = ((tmp_path / n).read_text(encoding="utf-8") for n in ("README.md", "README.id.md", "docs/scale.md"))
    assert "8 times faster than spaCy PhraseMatcher" in english and "an edited rule 20 ms" in english and "4,2 kali lebih lambat" in bahasa and "**Not** kept: load the study, nothing cached 4.2 ×" in scale
    assert len(english.split("\n")) == len((HERE.parent / "README.md").read_text(encoding="utf-8").split("\n"))
    found["M"]["x"]["rows"].pop()
    assert run.quoted(found, tmp_path)


def test_growth_is_told_apart_with_the_fixed_cost(bench):
    tasks, run, size, root = bench
    assert run.exponent([250, 500, 1_000], [1.0, 2.0, 4.0]) == pytest.approx(1) and run.exponent([50, 200, 800], [1.0, 16.0, 256.0]) == pytest.approx(2)
    grown = {f"{axis} {at}": {"load": 0.001 * d * (c / d) ** 1.5} for axis, of in run.GROWN.items() for at, (d, c) in of.items()} | {"one": {"load": 0.0123}}
    page = run.written({}, {"T": size}, 1, "", grown)
    assert "| load | 12.3 ms |" in page and "| 1.00 |" in page and "| **1.50** |" in page
    ours = tasks.grow(root)
    assert len(ours) > 10 and all(t > 0 for t in ours.values())


def test_programs_that_are_not_there_are_named(bench, monkeypatch, tmp_path):
    tasks, _, _, root = bench
    programs = sys.modules["task_programs"]
    monkeypatch.setattr(programs, "OTHERS", {"qc": "nowhere"})
    run = tasks.Run(root)
    assert programs.other(run, "qc", {})["rows"] == {} and run.missing == ["qc"]
