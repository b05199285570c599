"""Autocoding of transcripts that no rule or weight has seen: precision, recall, polarity; no interviewer's word; every quotation verbatim."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from kube_research.codings import Codings
from kube_research.engine import autocode
from kube_research.importing import import_files
from kube_research.starter import new_study
from kube_research.study import Study, open_study
from tests.conftest import ROOT

HERE = ROOT / "tests" / "autocoding"
BOOKS = ("participation", "mentoring", "group_dynamics")
Gold = tuple[str, int, int, str, str, str]  # document, start, end, code, polarity, quote


@dataclass(frozen=True)
class Score:
    """Hits that touch a human coding of their code (precision), human codings touched (recall), polarity right among the true hits."""

    precision: float
    recall: float
    polarity: float
    hits: int
    gold: int

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f}, polarity {self.polarity:.3f} ({self.hits} hits, {self.gold} human codings)"


def squeeze(text: str) -> tuple[str, list[int]]:
    places = [i for i, c in enumerate(text) if not c.isspace()]
    return "".join(text[i] for i in places), places


def gold_set(name: str, folder: Path) -> tuple[Study, list[Gold]]:
    """Import a set's transcripts into a fresh study, and find its human codings there (white space apart)."""
    new_study(folder)
    import_files(Study(folder), sorted((HERE / name).glob("*.txt")), case="x", kind="interview")
    study = open_study(folder)
    texts = {d.id: squeeze(d.text) for d in study.corpus}
    found = []
    for line in (HERE / name / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        g = json.loads(line)
        text, places = texts[g["document"]]
        quote = squeeze(g["quote"])[0]
        at = text.find(quote)
        if at >= 0:
            found.append((g["document"], places[at], places[at + len(quote) - 1] + 1, g["code"], g["polarity"], g["quote"]))
    return study, found


def compare(hits: Codings, gold: list[Gold]) -> Score:
    """Score hits against human codings: same code, overlapping characters."""
    by: dict[tuple[str, str], list[tuple[int, Gold]]] = {}
    for k, g in enumerate(gold):
        by.setdefault((g[0], g[3]), []).append((k, g))
    touched, true, right = set(), 0, 0
    rows = list(hits.frame.itertuples(index=False))
    for r in rows:
        near = [(k, g) for k, g in by.get((r.document, r.code), ()) if g[1] < r.end and r.start < g[2]]
        touched |= {k for k, _ in near}
        true += bool(near)
        right += any(g[4] == r.polarity for _, g in near)
    return Score(true / max(1, len(rows)), len(touched) / max(1, len(gold)), right / max(1, true), len(rows), len(gold))


@pytest.fixture(scope="module")
def heldout(tmp_path_factory):
    return gold_set("heldout", tmp_path_factory.mktemp("held") / "study")


@pytest.mark.parametrize("name", ["dev", "heldout"])
def test_roles_are_guessed_without_a_mistake_about_the_interviewer(name, tmp_path):
    study, gold = gold_set(name, tmp_path / "study")
    roles = json.loads((HERE / name / "roles.json").read_text(encoding="utf-8"))
    for d in study.corpus:
        want = sum(r == "researcher" for r in roles[d.id].values())
        assert len({t.label for t in d.turns if t.role == "researcher"}) == want, d.id
        assert all(t.role for t in d.turns), d.id
    lines = (HERE / name / "gold.jsonl").read_text(encoding="utf-8").count("\n")
    assert len(gold) >= lines * 0.99
    for g in gold:
        assert study.corpus[g[0]].turn_at(g[1]).role != "researcher", g


def test_quotations_are_verbatim_and_no_interviewers_word_is_coded(heldout):
    study, _ = heldout
    hits = autocode(study.corpus, *(study.codebook(n) for n in BOOKS))
    for r in hits.frame.itertuples(index=False):
        assert study.corpus[r.document].text[r.start:r.end] == r.quote and r.role != "researcher"
        turn = study.corpus[r.document].turn_at(r.start)
        assert turn.body <= r.start and r.end <= turn.end
        assert not any(a < r.end and r.start < b and ":" in study.corpus[r.document].text[a:b] for a, b in turn.aside)


def test_the_untouched_half(heldout, record_property):
    """Precision .70 and recall .30, polarity .85 of the true hits (the goal is .90: docs/autocoding.md says what was measured)."""
    study, gold = heldout
    half = study.corpus.where(document=[f"h{i:02}" for i in range(7, 13)])
    score = compare(autocode(half, *(study.codebook(n) for n in BOOKS)), [g for g in gold if g[0] in half])
    record_property("autocoding", str(score))
    print(score)
    assert score.precision >= FLOOR[0] and score.recall >= FLOOR[1] and score.polarity >= FLOOR[2], str(score)


FLOOR = (0.70, 0.30, 0.85)
