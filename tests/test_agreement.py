"""Agreement faces: units by hand, the published coefficient behind them, what the note says, bad input."""

import math

import pytest

from kube_research.intercoder import agreement
from kube_research.codings import make
from kube_research.cli import main
from kube_research.model import KubeError


@pytest.fixture
def coded(study):
    text = study.corpus["b1"].text
    a, b = text.index("Kompak banget"), text.index("Sekarang")
    for coder, spans in (("ani", [(a, a + 6, "s.close"), (b, b + 8, "s.close")]), ("budi", [(a + 2, a + 13, "s.close")])):
        for x, y, code in spans:
            study.journal(coder, "b1").code(make(study.corpus, "b1", x, y, code))
    return study


def test_units_by_hand(coded):
    """Two informants' turns: both on the first, ani alone on the second: 1 of 2 agree; alpha = 1 - (4-1) * 2 / (2 * 3 * 1) = 0."""
    result = agreement(coded, ["ani", "budi"], rounds=10)
    row = result.frame.set_index("code").loc["s.close"]
    assert (row["units"], row["both"], row["percent"]) == (2, 1, 0.5) and row["alpha"] == pytest.approx(0.0, abs=1e-9) and math.isnan(row["low"])
    assert result.n == 2 and list(result.disagreements["coded by"]) == ["ani"] and "Sekarang" in result.disagreements.iloc[0]["words"]
    for part in ("informants' turns", "n = 2", "ani, budi", "0 of 2 journals", "seed 1"):
        assert part in result.note


def test_blindness_is_told(coded):
    coded.journal("ani", "b1").append({"event": "session", "blind": True})
    assert "1 of 2 journals" in agreement(coded, ["ani", "budi"], rounds=5).note


def test_sentences_and_spans(coded):
    assert agreement(coded, ["ani", "budi"], unit="sentence", rounds=5).n == 3
    spans = agreement(coded, ["ani", "budi"], unit="span").frame.set_index("code")
    assert spans.loc["s.close", "spans"] == "2/1" and 0 <= spans.loc["s.close", "recall"] <= 1


def test_bad_input(coded):
    with pytest.raises(KubeError, match="at least two"):
        agreement(coded, ["ani"])
    with pytest.raises(KubeError, match="Did you mean 'budi'"):
        agreement(coded, ["ani", "bud"])
    coded.journal("cici", "a1").code(make(coded.corpus, "a1", 30, 40, "s.meet"))
    with pytest.raises(KubeError, match="No document"):
        agreement(coded, ["ani", "cici"])


def test_command(coded, tmp_path, capsys):
    assert main(["agreement", "--study", str(coded.root), "--coders", "ani", "budi", "--output", str(tmp_path / "a.csv")]) == 0
    assert "s.close" in (tmp_path / "a.csv").read_text("utf-8-sig") and "bootstrap" in capsys.readouterr().out


def test_every_coefficient_by_hand(coded):
    """Marks (1, 1), (1, 0): kappa pe = .5 → 0; pi p = .75, pe = .625 → −1/3; S pe = .5 → 0; AC1 pe = 2 · .75 · .25 → .2."""
    row = agreement(coded, ["ani", "budi"], rounds=5).frame.set_index("code").loc["s.close"]
    assert (row["kappa"], row["pi"], row["bp"], row["ac1"]) == (0, -0.333, 0, 0.2)


def test_polarity_of_what_both_found(coded):
    text = coded.corpus["b1"].text
    b = text.index("Sekarang")
    coded.journal("budi", "b1").code(make(coded.corpus, "b1", b, b + 8, "s.close", polarity="absent"))
    row = agreement(coded, ["ani", "budi"], rounds=5).frame.set_index("code").loc["s.close"]
    assert (row["both"], row["polarity"]) == (2, "1/2")


def test_a_third_coder_who_saw_less_is_missing_not_silent(coded):
    text = coded.corpus["a1"].text
    for who in ("ani", "budi", "cici"):
        a = text.index("Nggak kompak")
        coded.journal(who, "a1").code(make(coded.corpus, "a1", a, a + 12, "s.close"))
    every = agreement(coded, ["ani", "budi", "cici"], rounds=5)
    assert every.documents == ("a1",) and set(every.frame.columns) >= {"conger", "fleiss"} and "kappa" not in every.frame
    some = agreement(coded, ["ani", "budi", "cici"], overlap="two", rounds=5)
    assert some.documents == ("a1", "b1") and list(some.disagreements["not by"]) == ["budi"]  # cici did not judge b1: she did not disagree
    with pytest.raises(KubeError, match="overlap"):
        agreement(coded, ["ani", "budi"], overlap="three")


def test_several_codes_and_documents(coded):
    text = coded.corpus["b1"].text
    a = text.index("Kompak banget")
    coded.journal("ani", "b1").code(make(coded.corpus, "b1", a, a + 6, "s.meet"))
    more = agreement(coded, ["ani", "budi"], rounds=5).more
    assert more["several codes"].iloc[0]["codes"] == 2 and -1 <= more["several codes"].iloc[0]["mv_alpha"] <= 1
    assert list(more["documents"]["document"]) == ["b1"] and more["documents"].iloc[0]["units"] == 2


def test_spans_lie_on_informants_words(coded):
    """The continuum leaves out the interviewer; ends are snapped to words, so a trailing full stop makes no difference."""
    result = agreement(coded, ["ani", "budi"], unit="span", gamma=True)
    text = coded.corpus["b1"].text
    assert result.n == sum(len(t) for t in ("Kompak banget. Kumpul di rumah saya saban minggu, rapat rutin mah jalan terus.", "Sekarang masing-masing aja sih."))
    assert "Bagaimana" in text and result.more["gamma"].iloc[0]["spans"] == 3 and "snapped" in result.note
    row = result.frame.set_index("code").loc["s.close"]
    assert row["f1"] == pytest.approx(0, abs=1e-9) and 0 < row["characters"] < 1


def test_words_of_those_who_may_not_be_quoted_are_not_in_the_table(coded):
    path = coded.root / "corpus/speakers.csv"
    path.write_text(path.read_text("utf-8").replace("role\n", "role,consent\n").replace("b1,Ketua,KARTO,officer", "b1,Ketua,KARTO,officer,analyse"), encoding="utf-8")
    from kube_research.study import open_study

    odd = agreement(open_study(coded.root), ["ani", "budi"], rounds=5).disagreements
    assert len(odd) == 1 and "Sekarang" not in odd.to_string() and "masing" not in odd.to_string()


def test_indonesian_heads_and_stable_names(coded, tmp_path, capsys):
    from kube_research import words

    with words.using("id"):
        result = agreement(coded, ["ani", "budi"], rounds=5)
        html = result._repr_html_()
        assert "<th>satuan</th>" in html and "<th>units</th>" not in html and "semua kode" in repr(result) and "units" in result.frame
        assert "bukan kebenaran" in result.meaning or "tidak dapat dihitung" in result.meaning
    assert "<th>units</th>" in agreement(coded, ["ani", "budi"], rounds=5)._repr_html_()


def test_unknown_codes_and_bad_options(coded, capsys, tmp_path):
    with pytest.raises(KubeError, match="s.close"):
        agreement(coded, ["ani", "budi"], codes=["s.clse"])
    assert main(["agreement", "--study", str(coded.root), "--coders", "ani", "budi", "--rounds", "0"]) == 2
    assert main(["agreement", "--study", str(coded.root), "--coders", "ani", "budi", "--output", str(tmp_path / "a.docx")]) == 2
