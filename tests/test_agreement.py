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
