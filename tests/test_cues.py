"""Cues: several weak words code together, weights can be read and edited, learning is the same every time."""

import numpy as np
import pytest

from kube_research.codebook import load
from kube_research.cli import main
from kube_research.codings import make
from kube_research.corpus import Corpus, Document
from kube_research.engine import autocode
from kube_research.engine.cues import CueModel, learn, root
from kube_research.learning import learn_cues, read_bank
from kube_research.model import KubeError, Speaker

BOOK = "codebook: tiny\ncodes:\n  - id: t.book\n    indicators: {id: [buku kas]}\n"
TABLE = "code,cue,weight\nt.book,(bias),-2\nt.book,tulis,1.2\nt.book,malam,1.0\nt.book,?uang,0.9\nt.book,=t.book: id: buku kas,1.5\n(absent),(bias),-1\n(absent),ndak,0\n(absent),tidak,2\n"


@pytest.fixture
def book(tmp_path):
    (tmp_path / "tiny.yml").write_text(BOOK)
    (tmp_path / "tiny.cues.csv").write_text(TABLE)
    return load(tmp_path / "tiny.yml")


def coded(text, book):
    speakers = (Speaker("d", "P", "p", "researcher"), Speaker("d", "N", "n", "member"))
    return [(r.quote, r.polarity, r.rule) for r in autocode(Corpus((Document("d", text, speakers=speakers),)), book).frame.itertuples()]


def test_cues_add_up(book):
    assert coded("P: Apa?\nN: Ditulis saja.\n", book) == []
    assert [c[:2] for c in coded("P: Apa?\nN: Ditulis tiap malam.\n", book)] == [("Ditulis tiap malam", "present")]
    assert [c[:2] for c in coded("P: Uangnya?\nN: Ditulis saja.\n", book)] == [("Ditulis saja", "present")]
    assert coded("P: Uangnya ditulis malam?\nN: Buku kas.\n", book) != [] and coded("P: Apa?\nN: Buku kas.\n", book) == []


def test_the_rule_says_which_cues(book):
    assert coded("P: Uangnya?\nN: Ditulis tiap malam.\n", book)[0][2] == "cues: tulis +1.2 · malam +1.0 · ?uang +0.9"


def test_polarity_is_weighed(book):
    assert coded("P: Uangnya?\nN: Tidak ditulis tiap malam.\n", book)[0][1] == "absent"


def test_a_rule_that_the_table_does_not_name_codes_alone(book, tmp_path):
    (tmp_path / "tiny.yml").write_text(BOOK.replace("[buku kas]", "[buku kas, papan tulis]"))
    again = load(tmp_path / "tiny.yml")
    assert coded("P: Apa?\nN: Ada papan tulis.\n", again) == [("Ada papan tulis", "present", "id: papan tulis")]
    assert len(autocode(Corpus((Document("d", "N: Buku kas ada."),)), again, cues=False)) == 1


def test_a_broken_table_is_told(tmp_path, book):
    (tmp_path / "tiny.cues.csv").write_text("code,cue,weight\nt.book,x,heavy\n")
    with pytest.raises(KubeError, match="tiny.cues.csv:2"):
        coded("N: x.\n", book)


def test_learning_finds_the_word_that_matters():
    rows = np.array([0, 1, 2, 3, 0, 1, 2, 3, 4, 5])
    cols = np.array([0, 0, 1, 1, 2, 2, 2, 2, 2, 2])
    weights = learn(rows, cols, ["good", "bad", "both"], {"c": {0, 1}}, 6, penalty=0.1)["c"]
    assert weights["good"] > 1 and weights.get("bad", 0) <= 0 and abs(weights.get("both", 0)) < weights["good"]


@pytest.mark.parametrize(("word", "stem"), [("nulisnya", "nulis"), ("dicatet", "catet"), ("pencatatan", "catat"), ("ibu-ibu", "ibu"), ("nggak", "tidak")])
def test_stems(word, stem):
    assert root(word) == stem


def test_save_and_load(tmp_path):
    model = CueModel({"a": {"(bias)": -1.0, "x": 0.5, "?y, \"z\"": -0.25}})
    model.save(tmp_path / "m.cues.csv")
    assert CueModel.load(tmp_path / "m.cues.csv").weights == model.weights


def test_learn_from_a_bank_and_from_a_studys_own_codings(study_dir, study, tmp_path, capsys):
    bank = tmp_path / "bank.jsonl"
    lines = ['{"q":"Rapat?","a":[["Kumpul tiap malam Jumat ke-%d.",["s.meet+"]],["Anak saya %d.",[]],["Tidak pernah kumpul %d.",["s.meet-"]]]}' % (i, i, i) for i in range(200)]
    bank.write_text("\n".join(lines) + "\n")
    documents, spans = read_bank(bank)
    assert len(documents) == 4 and documents[0].text[spans[0][1]:spans[0][2]] == "Kumpul tiap malam Jumat ke-0." and {s[4] for s in spans} == {"present", "absent"}
    one, two = (learn_cues(documents, spans, study.codebook("small")) for _ in range(2))
    assert one.model.weights == two.model.weights and one.precision >= 0.7 and one.recall > 0.9
    study.journal("ani", "b1").code(make(study.corpus, "b1", 60, 75, "s.meet"))
    assert main(["learn", "--study", str(study_dir), "--codebook", "small", "--bank", str(bank)]) == 0
    assert (study_dir / "codebooks/small.cues.csv").read_text().startswith("code,cue,weight") and "cross-validated" in capsys.readouterr().out
    bank.write_text("{}\n")
    with pytest.raises(KubeError, match="bank.jsonl:1"):
        read_bank(bank)
