"""Code and recode: one journal split at a date, two journals of one person, what is said and what is refused."""

import math

import pytest

from kube_research.cli import main
from kube_research.codings import make
from kube_research.intercoder.again import recode
from kube_research.model import KubeError
from kube_research.revise import update
from kube_research.study import open_study


def put(study, coder, document, words, code, time, **more):
    text = study.corpus[document].text
    a = text.index(words)
    c = make(study.corpus, document, a, a + len(words), code)
    return study.journal(coder, document).append({"event": "code", "coding": f"{coder}-{document}-{words[:6]}-{code}-{time[:10]}", "time": time, "document": document, "start": a, "end": a + len(words), "quote": words, "code": code, "coder": coder, "before": c.before, "after": c.after, "polarity": "present", **more})


EARLY, LATE = "2026-01-05T08:00:00.000000Z", "2026-02-05T08:00:00.000000Z"


@pytest.fixture
def twice(study):
    """b1 coded in January and in February in one journal: the first turn both times, the second only the first time; a1 only once."""
    put(study, "ani", "b1", "Kompak banget", "s.close", EARLY)
    put(study, "ani", "b1", "masing-masing", "s.close", EARLY)
    put(study, "ani", "b1", "Kompak banget. Kumpul", "s.close", LATE)
    put(study, "ani", "a1", "Iya", "s.meet", EARLY)
    return study


def test_a_journal_split_at_a_date(twice):
    """Two turns, earlier on both, later on one: percent 1/2, kappa 0 (as by hand in test_agreement)."""
    found = recode(twice, "ani", split="2026-01-20", rounds=5)
    row = found.frame.set_index("code").loc["s.close"]
    assert (row["units"], row["both"], row["percent"], row["kappa"]) == (2, 1, 0.5, 0) and found.documents == ("b1",)
    days = found.more["days"].iloc[0]
    assert (days["earlier"], days["later"], days["days"]) == ("2026-01-05", "2026-02-05", 31)
    assert "at least 31 days" in found.note and "shows the old codings" in found.note and "another person would code the same" in found.meaning
    assert list(found.disagreements["coded by"]) == ["ani ≤ 2026-01-20"]


def test_what_was_withdrawn_later_still_stood_then(twice):
    j = twice.journal("ani", "b1")
    j.append({"event": "withdraw", "coding": "ani-b1-masing-s.close-2026-01-05", "time": LATE})
    assert recode(twice, "ani", split="2026-01-20", rounds=5).frame.iloc[0]["units"] == 2


def test_a_second_journal_of_the_same_person(twice):
    put(twice, "ani-2", "b1", "Kompak banget", "s.close", "2026-01-10T08:00:00.000000Z")
    put(twice, "ani-2", "b1", "masing-masing", "s.close", "2026-01-10T08:01:00.000000Z")
    found = recode(open_study(twice.root), "ani", again="ani-2", rounds=5)
    assert found.coders == ("ani", "ani-2") and found.frame.iloc[0]["percent"] == 1 and math.isnan(found.frame.iloc[0]["kappa"])
    assert "one journal" not in found.note and "under 14 days" in found.note


def test_earlier_codings_keep_their_place_after_a_correction(twice):
    text = twice.corpus["b1"].text.replace("Bagaimana kelompoknya?", "Bagaimana keadaan kelompoknya sekarang, Bu?")
    update(open_study(twice.root), "b1", text)
    found = recode(open_study(twice.root), "ani", split="2026-01-20", rounds=5)
    assert (found.frame.iloc[0]["units"], found.frame.iloc[0]["both"]) == (2, 1) and "Missing: none" in found.note


def test_refusals(twice):
    for wanted, says in (({}, "exactly one"), ({"split": "2026-01-20", "again": "x"}, "exactly one"), ({"split": "soon"}, "no date"), ({"split": "2026-03-01"}, "coded twice"), ({"split": "2020-01-01"}, "coded twice"), ({"again": "ani"}, "is the first"), ({"again": "anu"}, "Did you mean")):
        with pytest.raises(KubeError, match=says):
            recode(twice, "ani", **wanted)
    with pytest.raises(KubeError, match="coder"):
        recode(twice, "budi", split="2026-01-20")


def test_command(twice, tmp_path, capsys):
    assert main(["agreement", "--study", str(twice.root), "--coders", "ani", "--split", "2026-01-20", "--rounds", "5", "--output", str(tmp_path / "a.xlsx")]) == 0
    assert "at least 31 days" in capsys.readouterr().out and (tmp_path / "a.xlsx").stat().st_size > 3000
    assert main(["agreement", "--study", str(twice.root), "--coders", "ani", "budi", "--split", "2026-01-20"]) == 2
    assert "single coder" in capsys.readouterr().err


def test_a_second_coding_of_one_person_is_no_second_coder(twice):
    """"ani-2" beside "ani": not among the coders of the report's agreement, nor of a bound alpha; compared on purpose, it is said."""
    from kube_research.adjudication import first_of, independent
    from kube_research.intercoder import agreement
    from kube_research.report.findings import agreements

    assert independent(["ani", "ani-2", "budi", "budi-consensus", "x-2"]) == ["ani", "budi", "x-2"] and first_of("x-2", ["x-2"]) == "x-2"
    put(twice, "ani-2", "b1", "Kompak banget", "s.close", "2026-01-10T08:00:00.000000Z")
    study = open_study(twice.root)
    assert "ani-2" in study.coders and all("ani-2" not in a.coders for a, _ in agreements(study, rounds=2))
    assert "one person, not two" in agreement(study, ["ani", "ani-2"], rounds=2).note
