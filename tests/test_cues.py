"""Cues: several weak words code together, weights can be read and edited, learning is the same every time."""

import re

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from kube_research.codebook import load
from kube_research.cli import main
from kube_research.codings import make
from kube_research.corpus import Corpus, Document
from kube_research.engine import autocode, explain
from kube_research.engine import cue_table
from kube_research.engine.cue_table import CueModel
from kube_research.engine.cues import letters, root
from kube_research.learning import Sample, _fit, learn_cues, logistic, read_bank, shared, telling
from kube_research.model import KubeError, Speaker

BOOK = "codebook: tiny\ncodes:\n  - id: t.book\n    indicators: {id: [buku kas]}\n"
TABLE = "cue,t.book,(absent)\n(bias),-2,-4\n(threshold),,\ntulis,1.2,\nmalam,1.0,\n?uang,.9,\n=t.book: id: buku kas,1.5,\ntidak,,5\n"


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
    assert coded("P: Uangnya?\nN: Ditulis tiap malam.\n", book)[0][2] == "cues: ditulis +1.2 · malam +1.0 · ?uang +0.9"


def test_polarity_is_weighed(book):
    assert coded("P: Uangnya?\nN: Tidak ditulis tiap malam.\n", book)[0][1] == "absent"


def test_a_rule_that_the_table_does_not_name_codes_alone(book, tmp_path):
    (tmp_path / "tiny.yml").write_text(BOOK.replace("[buku kas]", "[buku kas, papan tulis]"))
    again = load(tmp_path / "tiny.yml")
    assert coded("P: Apa?\nN: Ada papan tulis.\n", again) == [("Ada papan tulis", "present", "id: papan tulis")]
    assert len(autocode(Corpus((Document("d", "N: Buku kas ada."),)), again, cues=False)) == 1


def test_a_regional_form_counts_by_its_letters(book, tmp_path):
    (tmp_path / "tiny.cues.csv").write_text(TABLE + "~uruk,2.5,\n")
    assert [c[0] for c in coded("P: Apa?\nN: Diurukake sareng.\n", book)] == ["Diurukake sareng"] and letters("kas") == ["~<kas", "~kas>"]


def test_doubt_about_polarity_costs(book, tmp_path):
    sure, unsure = TABLE.replace("(bias),-2,-4", "(bias),-2.1,-4"), TABLE.replace("(bias),-2,-4", "(bias),-2.1,0")
    for table, n in ((sure, 1), (unsure, 0)):
        (tmp_path / "tiny.cues.csv").write_text(table)
        assert len(coded("P: Apa?\nN: Ditulis tiap malam.\n", book)) == n


def test_a_broken_table_is_told(tmp_path, book):
    for table, said in (("cue,t.book\nx,heavy\n", "tiny.cues.csv:2"), ("code,cue,weight\nt.book,x,1\n", "tiny.cues.csv:1"), ("cue,t.book\nx,1,2\n", "3 kolom|3 columns")):
        (tmp_path / "tiny.cues.csv").write_text(table)
        with pytest.raises(KubeError, match=said):
            coded("N: x.\n", book)


def test_learning_finds_the_word_that_matters():
    x = csr_matrix(np.array([[1, 0, 1], [1, 0, 1], [0, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 1]]))
    y = np.array([[True], [True], [False], [False], [False], [False]])
    good, bad, both = logistic(x, y, np.full((3, 1), 0.1))[0][:, 0]
    assert good > 1 and bad <= 0 and abs(both) < good and telling(x, y)[0, 0] > telling(x, y)[2, 0]


def test_the_quick_way_gives_what_the_matrix_gives(study):
    """Scores through the weight of every word are the products of the matrix that was learned from."""
    lines = ["P: Rapatnya gimana?", "N: Kumpul tiap malam Jumat. Nggak pernah telat, nggak. Anak saya rewel.", "P: Uangnya dicatat?", "N: Dicatat bendahara. Tidak kumpul lagi sekarang."] * 6
    speakers = (Speaker("d", "P", "p", "researcher"), Speaker("d", "N", "n", "member"))
    text = "\n".join(lines) + "\n"
    spans = [("d", m.start(), m.end(), "s.meet", "absent" if "Tidak" in m.group() else "present") for m in re.finditer(r"Kumpul tiap malam Jumat|Tidak kumpul lagi sekarang", text)]
    sample = Sample([Document("d", text, speakers=speakers)], spans, [study.codebook("small")])
    column = np.array([sample.codes.index("s.meet")])
    model = _fit(sample, column, sample.spoken, 2.0)
    table = np.array([model.table[model.cues[n]] if n in model.cues else np.zeros(2) for n in sample.names])
    total = sample.features.scores(model, sample.told)
    assert np.allclose((sample.cues @ table + model.bias)[sample.spoken, 0], total[sample.spoken, 0]) and np.ptp(total[sample.spoken, 0]) > 1
    pairs = np.argwhere(sample.coded[:, column])
    cues, names = sample.features.denial_matrix(pairs[:, 0], ["s.meet"] * len(pairs), sample.told)
    slow = cues @ np.array([model.table[model.cues[n], 1] if n in model.cues else 0.0 for n in names]) + model.bias[1]
    assert np.allclose(slow, sample.features.denied(model, total, pairs[:, 0], pairs[:, 1], sample.told)) and (slow > 0).any() and (slow < 0).any()


@pytest.mark.parametrize(("word", "stem"), [("nulisnya", "nulis"), ("dicatet", "catet"), ("pencatatan", "catat"), ("ibu-ibu", "ibu"), ("nggak", "tidak")])
def test_stems(word, stem):
    assert root(word) == stem


def test_save_and_load(tmp_path):
    model = CueModel(("a", "b"), {"x": 0, '?y, "z"': 1}, np.array([[0.5, 0.0], [-0.25, 1.5]]), np.array([-1.0, -2.0]), np.array([0.5, 0.0]))
    model.save(tmp_path / "m.cues.csv")
    again = CueModel.load(tmp_path / "m.cues.csv")
    assert again.codes == model.codes and {c: again.table[i].tolist() for c, i in again.cues.items()} == {c: model.table[i].tolist() for c, i in model.cues.items()}
    assert again.bias.tolist() == [-1, -2] and again.threshold.tolist() == [0.5, 0]


def test_learn_from_a_bank_and_from_a_studys_own_codings(study_dir, study, tmp_path, capsys):
    bank = tmp_path / "bank.jsonl"
    lines = ['{"q":"Rapat?","a":[["Kumpul tiap malam Jumat ke-%d.",["s.meet+"]],["Anak saya %d.",[]],["Tidak pernah kumpul %d.",["s.meet-"]]]}' % (i, i, i) for i in range(200)]
    bank.write_text("\n".join(lines) + "\n")
    documents, spans = read_bank(bank)
    assert len(documents) == 4 and documents[0].text[spans[0][1]:spans[0][2]] == "Kumpul tiap malam Jumat ke-0." and {s[4] for s in spans} == {"present", "absent"}
    one, two = (learn_cues(documents, spans, study.codebook("small"))[0] for _ in range(2))
    assert np.array_equal(one.model.table, two.model.table) and one.precision >= 0.7 and one.recall > 0.9
    study.journal("ani", "b1").code(make(study.corpus, "b1", 60, 75, "s.meet"))
    assert main(["learn", "--study", str(study_dir), "--codebook", "small", "--bank", str(bank)]) == 0
    assert (study_dir / "codebooks/small.cues.csv").read_text().startswith("cue,s.meet") and "cross-validated" in capsys.readouterr().out
    bank.write_text("{}\n")
    with pytest.raises(KubeError, match="bank.jsonl:1") as e:
        read_bank(bank)
    assert '["sentence", ["code+", "code-"]]' in str(e.value)


def test_a_coding_by_cues_explains_itself(book):
    corpus = Corpus((Document("d", "P: Uangnya?\nN: Ditulis tiap malam.\n", speakers=(Speaker("d", "P", "p", "researcher"), Speaker("d", "N", "n", "member"))),))
    hit = autocode(corpus, book).frame.iloc[0]
    assert "ditulis +1.2 · malam +1.0 · ?uang +0.9" in explain(hit, book, corpus) and "tiny.cues.csv" in explain(hit, book, corpus)


@pytest.mark.parametrize("end", ["N: …\n", "N: 🙏\n", "P: ?\nN: !\n", "N: (tertawa)\n", "P: Uangnya?\n"])
def test_a_last_turn_without_words(book, end):
    assert [c[0] for c in coded("P: Uangnya?\nN: Ditulis tiap malam.\n" + end, book)] == ["Ditulis tiap malam"]


def test_only_questions_or_nothing_said(book):
    assert coded("P: Uangnya?\nN: …\n", book) == coded("P: Uangnya?\n", book) == coded("P: …\nN: …\n", book) == []


def test_a_shared_layer_learns_what_separate_regressions_learn():
    """Two codes of one kind of talk: the words of one help the other, and the weights are those of a table (no hidden state)."""
    dice = np.random.default_rng(1)
    x = csr_matrix((dice.random((600, 12)) < 0.2).astype(float))
    first = np.asarray((x[:, 0] + x[:, 1] > 0).todense()).ravel()
    y = np.column_stack((first, first & (dice.random(600) < 0.9), np.asarray((x[:, 5] > 0).todense()).ravel()))
    weights, bias = shared(x, y, rounds=200, seeds=2)
    assert weights.shape == (12, 3) and bias.shape == (3,)
    score = x @ weights + bias
    for j in (0, 2):
        assert score[y[:, j], j].min() > np.quantile(score[~y[:, j], j], 0.9)
    assert (weights[[0, 1], 0] > 2).all() and abs(weights[5, 0]) < 1 and weights[5, 2] > 2
    again, _ = shared(x, y, rounds=200, seeds=2)
    assert (weights == again).all()


def test_books_learned_together_keep_to_their_own_rules(tmp_path, monkeypatch):
    """One threshold, one table a book; another book's rule says nothing in it, for a book is also applied alone.  The layer is shared from MANY codings on."""
    (tmp_path / "tiny.yml").write_text(BOOK)
    (tmp_path / "two.yml").write_text("codebook: two\ncodes:\n  - id: u.meet\n    indicators: {id: [rapat malam]}\n")
    bank = tmp_path / "bank.jsonl"
    bank.write_text("".join('{"q":"Lalu?","a":[["Buku kas ditulis saat rapat malam %d.",["t.book+","u.meet+"]],["Rapat malam %d.",["u.meet+"]],["Anak saya %d.",[]]]}\n' % (i, i, i) for i in range(150)))
    documents, spans = read_bank(bank)
    books = [load(tmp_path / n) for n in ("tiny.yml", "two.yml")]
    with pytest.raises(KubeError, match="two documents"):
        learn_cues(documents[:1], spans, *books)
    with pytest.raises(KubeError, match="two.*Not enough codings|Not enough codings.*two"):
        learn_cues(documents, [s for s in spans if s[3] == "t.book"], *books)
    called = []
    monkeypatch.setattr("kube_research.learning.shared", lambda x, y, seeds: called.append(y.shape) or shared(x, y, seeds=seeds))
    apart = learn_cues(documents, spans, *books)
    assert not called
    monkeypatch.setattr("kube_research.learning.MANY", 100)
    together = learn_cues(documents, spans, *books)
    assert called and {s[1] for s in called} == {2}
    for learned in (apart, together):
        assert [x.model.codes for x in learned] == [("t.book", "(absent)"), ("u.meet", "(absent)")]
        assert learned[0].model.threshold[0] == learned[1].model.threshold[0] and all(x.precision > 0.4 and x.recall > 0.9 for x in learned)
        cues = [{c for c, i in x.model.cues.items() if c[0] == "=" and x.model.table[i, 0]} for x in learned]
        assert cues[0] and cues[1] and all("t.book" in c for c in cues[0]) and all("u.meet" in c for c in cues[1])
    assert not np.array_equal(apart[0].model.table, together[0].model.table)


@pytest.mark.parametrize(("line", "amiss"), [("x,1", "2 columns"), ("x,1,2,3", "4 columns"), ("x,one,2", "'one'"), ('"a, ""b""",.5,', ""), ("nan,,1", ""), ("null,-.25,", ""), ("x,inf,1", "'inf'"), ("x,1e400,1", "'1e400'"), ("x,1.,bad", "'bad'"), ("x,nan,", "'nan'")])
def test_a_table_is_read_alike_quickly_and_line_by_line(tmp_path, line, amiss):
    """The quick way takes only a table in which nothing is amiss; the slow one names the line."""
    path = tmp_path / "m.cues.csv"
    path.write_text(f"cue,a,(absent)\n(bias),-2,-4\n(threshold),,\ntulis,1.2,\n{line}\nmalam,,.5\n", encoding="utf-8")
    if amiss:
        with pytest.raises(KubeError, match=re.escape(amiss)) as e:
            CueModel.load(path)
        assert "m.cues.csv:5" in str(e.value)
        return
    quick = CueModel.load(path)
    text = path.read_text(encoding="utf-8")
    names, table = cue_table._line_by_line(text, ["cue", "a", "(absent)"], "m")
    assert cue_table._quickly(text, ["cue", "a", "(absent)"]) is not None
    assert {c: quick.table[i].tolist() for c, i in quick.cues.items()} == {c: table[i].tolist() for c, i in names.items() if c[0] != "("}


def test_a_cue_that_weighs_next_to_nothing_is_not_named(book, tmp_path):
    (tmp_path / "tiny.cues.csv").write_text(TABLE + "saja,.04,\n")
    assert coded("P: Uangnya?\nN: Ditulis tiap malam saja.\n", book)[0][2] == "cues: ditulis +1.2 · malam +1.0 · ?uang +0.9"
