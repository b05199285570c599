"""What the data cannot carry, through the faces: a clear error, or NaN with its reason; one test for each line of the list in docs/statistics.md."""

import math

import numpy as np
import pandas as pd
import pytest

import kube_research as kr
from kube_research.codings import make
from kube_research.study import open_study

SILENT = "# Status: sintetis (synthetic)\n\nP: Halo? Ada orang?\nP: Baik, saya kembali besok.\n"


def put(study, coder, document, *spans):
    text = study.corpus[document].text
    for words, code in spans:
        a = text.index(words)
        study.journal(coder, document).code(make(study.corpus, document, a, a + len(words), code))


@pytest.fixture
def silent(study_dir):
    """The small study with a third transcript in which only the interviewer speaks."""
    (study_dir / "corpus/transcripts/c1.txt").write_text(SILENT, encoding="utf-8", newline="\n")
    for name, row in (("documents", "c1,interview,A,id,2024-01-03,,,\n"), ("speakers", "c1,P,R1,researcher\n")):
        path = study_dir / f"corpus/{name}.csv"
        path.write_text(path.read_text("utf-8") + row, encoding="utf-8")
    return open_study(study_dir)


def test_one_coder(study):
    put(study, "ani", "b1", ("Kompak", "s.close"))
    with pytest.raises(kr.KubeError, match="at least two coders"):
        kr.agreement(study, ["ani"])
    with pytest.raises(kr.KubeError, match="at least two coders"):
        kr.agreement(study, ["ani", "ani"])


def test_no_overlap(study):
    put(study, "ani", "b1", ("Kompak", "s.close"))
    put(study, "budi", "a1", ("Iya", "s.meet"))
    with pytest.raises(kr.KubeError, match="No document was coded by all"):
        kr.agreement(study, ["ani", "budi"])


def test_one_category_only(study):
    """Both put the code on both turns: nothing varies, so there is no alpha and no kappa, neither 1 nor 0."""
    for who in ("ani", "budi"):
        put(study, who, "b1", ("Kompak", "s.close"), ("masing-masing", "s.close"))
    found = kr.agreement(study, ["ani", "budi"], rounds=5)
    row = found.frame.iloc[0]
    assert row["percent"] == 1 and all(math.isnan(row[c]) for c in ("alpha", "kappa", "pi", "low", "high")) and "does not vary" in found.note and "no variation" in found.meaning


def test_a_document_without_an_informant(silent):
    for who in ("ani", "budi"):
        silent.journal(who, "c1").append({"event": "session", "blind": True})
    put(silent, "ani", "c1", ("Halo", "s.meet"))
    put(silent, "budi", "c1", ("Halo", "s.meet"))
    for unit in ("turn", "sentence", "span"):
        found = kr.agreement(silent, ["ani", "budi"], unit=unit, rounds=5)
        assert found.n == 0 and all(math.isnan(v) for v in found.frame["alpha_u" if unit == "span" else "alpha"]), unit
    put(silent, "ani", "b1", ("Kompak", "s.close"))
    put(silent, "budi", "b1", ("Kompak", "s.close"))
    each = kr.agreement(silent, ["ani", "budi"], rounds=5).more["documents"].set_index("document")
    assert each.loc["c1", "units"] == 0 and math.isnan(each.loc["c1", "alpha"])
    with pytest.raises(kr.KubeError, match="share no code"):
        kr.evaluate(kr.autocode(silent.corpus.where(document="c1"), silent.codebook("small")), silent.codings())


def test_a_document_nobody_put_a_code_on(study):
    put(study, "ani", "a1", ("Iya", "s.meet"))
    study.journal("ani", "b1").append({"event": "session", "blind": True})
    found = kr.saturation(study.codings(), conception="code", order=["b1", "a1"])
    assert list(found.frame["new"]) == [0, 1] and "documents without a code: b1" in found.note and "no code in the base" in repr(found) or "needs at least" in repr(found)


def test_a_file_without_words_is_refused(study_dir):
    (study_dir / "corpus/transcripts/b1.txt").write_text(" \n", encoding="utf-8")
    with pytest.raises(kr.KubeError, match="empty"):
        open_study(study_dir)


def test_overlapping_spans_of_one_code_count_once(study):
    put(study, "ani", "b1", ("Kompak banget", "s.close"), ("banget. Kumpul", "s.close"))
    put(study, "budi", "b1", ("Kompak banget. Kumpul", "s.close"))
    found = kr.agreement(study, ["ani", "budi"], unit="span")
    assert found.frame.iloc[0]["spans"] == "1/1" and found.frame.iloc[0]["alpha_u"] == 1 and "1 overlapping span of one code was merged" in found.note


def test_overlapping_spans_of_different_codes_have_no_domain_figure(study):
    put(study, "ani", "b1", ("Kompak banget", "s.close"), ("banget. Kumpul", "s.meet"))
    put(study, "budi", "b1", ("Kompak", "s.close"))
    domain = kr.agreement(study, ["ani", "budi"], unit="span").more["domains"].iloc[0]
    assert math.isnan(domain["u"]) and "spans overlap (s.close, s.meet)" in domain["reason"]
    put(study, "ani", "a1", ("Iya", "s.meet"))


def test_membership_of_exactly_one_half():
    with pytest.raises(kr.KubeError, match=r"membership of exactly 0\.5: A \(case 1\)"):
        kr.qca(pd.DataFrame({"A": [1, 0.5, 0], "Y": [1, 0, 0]}), "Y", ["A"])
    with pytest.raises(kr.KubeError, match=r"exactly 0\.5"):  # a case on the crossover after calibration
        kr.qca(pd.DataFrame({"A": [900, 550, 400.0], "Y": [1, 0, 0]}), "Y", ["A"], anchors={"A": (400, 550, 900)})


def test_contradictory_rows_are_marked_and_counted():
    found = kr.qca(pd.DataFrame({"A": [1, 1, 0, 0, 0, 0], "Y": [1, 0, 0, 0, 0, 0]}), "Y", ["A"], consistency=0.5, pri=0)
    assert list(found.frame["contradictory"]) == ["", "yes"] and "1 contradictory rows" in found.note
    assert "1 row is contradictory" in found.meaning
    nothing = kr.qca(pd.DataFrame({"A": [1, 1, 0, 0], "Y": [1, 0, 1, 0]}), "Y", ["A"])
    assert "There is no formula: no configuration is consistent enough" in nothing.meaning and not len(nothing.more["models"])


def test_more_conditions_than_cases():
    found = kr.qca(pd.DataFrame(np.eye(3, 5), columns=list("ABCDE")).assign(Y=[1, 0, 1]), "Y", list("ABCDE"))
    assert found.meaning.startswith("WARNING: 3 cases for 5 conditions") and "more conditions (5) than cases (3)" in found.note
    with pytest.raises(kr.KubeError, match="too many"):
        kr.qca(pd.DataFrame(np.zeros((2, 12)), columns=[f"c{i}" for i in range(12)]), "c0", [f"c{i}" for i in range(1, 12)])


def test_one_unit_and_one_interview(study):
    """A single unit: percent, and NaN for the rest; a single interview: saturation says how many it needs."""
    put(study, "ani", "b1", ("Kompak", "s.close"))
    put(study, "budi", "b1", ("Kompak", "s.close"))
    found = kr.saturation(study.codings(coder="ani"), conception="code")
    assert "needs at least 6 interviews, there are 1" in repr(found)
    from kube_research.stats.agreement import gwet_ac, krippendorff_alpha, percent_agreement

    one = [["a", "b"]]
    assert percent_agreement(one).value == 0 and krippendorff_alpha(one).value == 0 and gwet_ac(one).defined and math.isnan(gwet_ac(one).low)
