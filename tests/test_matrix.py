"""Matrices: counts by hand, the quotations behind a cell, what the note says, co-occurrence against brute force."""

import numpy as np
import pytest

from kube_research.codings import make, tabulate
from kube_research.corpus import Corpus, Document
from kube_research.matrix import cross, framework
from kube_research.meeting import cooccurrence, meeting_pairs
from kube_research.model import KubeError, Speaker
from kube_research.quotations import negative_cases, quotes


@pytest.fixture
def coded():
    text = "A: satu dua tiga empat lima\nB: enam tujuh delapan sembilan sepuluh\n"
    docs = tuple(Document(f"d{i}", text, case=c, speakers=(Speaker(f"d{i}", "A", f"a{c}", "member"), Speaker(f"d{i}", "B", f"b{i}", "officer"))) for i, c in ((1, "X"), (2, "X"), (3, "Y")))
    corpus = Corpus(docs, {"X": {"case": "X", "outcome": "berhasil"}, "Y": {"case": "Y", "outcome": "gagal"}})
    codings = [make(corpus, "d1", 3, 11, "k"), make(corpus, "d1", 8, 16, "k"), make(corpus, "d2", 3, 7, "k", polarity="absent"), make(corpus, "d2", 31, 35, "l"), make(corpus, "d3", 3, 16, "l"), make(corpus, "d3", 8, 11, "k")]
    return tabulate(codings, corpus, source="hand")


@pytest.mark.parametrize(("count", "polarity", "want"), [
    ("segments", "any", [[3, 1], [1, 1]]), ("persons", "any", [[1, 1], [1, 1]]), ("documents", "any", [[2, 1], [1, 1]]), ("words", "any", [[4, 1], [1, 3]]),
    ("segments", "absent", [[1, 0], [0, 0]]), ("segments", "balance", [[1, 1], [1, 1]]), ("persons", "balance", [[0, 1], [1, 1]]),
])
def test_counts_by_hand(coded, count, polarity, want):
    table = cross(coded, "case", count=count, polarity=polarity)
    assert table.frame.loc[["X", "Y"], ["k", "l"]].to_numpy().tolist() == want


@pytest.mark.parametrize("polarity", ["any", "absent"])
def test_a_table_larger_than_what_is_counted(polarity):
    """More cells than codings, codes that first come in another order than their own."""
    text = "satu dua tiga empat lima enam\n"
    corpus = Corpus(tuple(Document(f"d{i:02d}", text, kind="abstract", case="X") for i in range(40)))
    place = [(i, c, p) for i, c, p in ((i, "bczak"[i * 7 % 5], ("present", "absent")[i % 3 == 0]) for i in range(0, 40, 2))]
    table = cross(tabulate([make(corpus, f"d{i:02d}", 0, 4, c, polarity=p) for i, c, p in place], corpus), "document", every=False, polarity=polarity).frame
    want = {(f"d{i:02d}", c): 1 for i, c, p in place if polarity in ("any", p)}
    assert list(table.columns) == sorted(set("bczak")) and table.size > len(place)
    assert {(r, c): int(table.loc[r, c]) for r in table.index for c in table.columns if table.loc[r, c]} == want


def test_rows_by_attribute_speaker_and_role(coded):
    assert cross(coded, "outcome").frame.loc["berhasil", "k"] == 3
    assert cross(coded, "role", count="persons").frame.loc["officer", "l"] == 1
    assert cross(coded, "speaker").frame.loc["aX", "k"] == 3
    assert cross(coded, "case", count="persons").base.to_dict() == {"X": 3, "Y": 2}
    with pytest.raises(KubeError, match="Did you mean 'outcome'"):
        cross(coded, "outcom")


def test_cell_hands_back_the_quotations(coded):
    table = cross(coded, "case")
    assert list(table.cell("X", "k").frame["quote"]) == ["satu dua", "dua tiga", "satu"]
    assert list(cross(coded, "case", polarity="absent").cell("X", "k").frame["document"]) == ["d2"]
    with pytest.raises(KubeError, match="Did you mean"):
        table.cell("X", "kk")


def test_the_note_says_unit_rule_n_filter_source(coded):
    note = cross(coded.where(case="X"), "case", count="persons").note
    for part in ("persons", "once in a cell", "n (persons who speak)", "case=X", "hand"):
        assert part in note


def test_empty_cells_and_order(coded):
    table = cross(coded.where(code="l"), "case")
    assert table.order("outcome").frame.index.tolist() == ["X", "Y"]
    f = framework(coded, {("X", "k"): "ringkasan"})
    assert ("X", "l") in f.missing() and ("X", "k") not in f.missing() and "ringkasan [n=3: d1:1" in f.frame.loc["X", "k"]


@pytest.mark.parametrize("window", ["overlap", "turn", "document", 0, 5, 30])
def test_cooccurrence_is_what_brute_force_finds(window):
    rng = np.random.default_rng(3)
    text = "A: " + "kata " * 80 + "\nB: " + "lain " * 80
    corpus = Corpus(tuple(Document(f"d{i}", text) for i in range(3)))
    codings = []
    for _ in range(60):
        a = int(rng.integers(3, 700))
        codings.append(make(corpus, f"d{rng.integers(3)}", a, a + int(rng.integers(1, 60)), "abc"[rng.integers(3)]))
    table = tabulate(codings, corpus)
    f = table._frame
    want = set()
    for i in range(len(f)):
        for j in range(len(f)):
            x, y = f.iloc[i], f.iloc[j]
            if i == j or x["document"] != y["document"] or x["code"] == y["code"]:
                continue
            reach = 0 if window == "overlap" else window
            near = x["turn"] == y["turn"] if window == "turn" else window == "document" or max(x["start"], y["start"]) < min(x["end"], y["end"]) + reach
            if near:
                want.add((min(i, j), max(i, j)))
    a, b = meeting_pairs(f, window)
    assert {(min(i, j), max(i, j)) for i, j in zip(a.tolist(), b.tolist(), strict=True)} == want and len(a) == len(want)
    o = cooccurrence(table, window)
    assert o.frame.loc["a", "b"] == len({i for p in want for i, j in (p, p[::-1]) if f.iloc[i]["code"] == "a" and f.iloc[j]["code"] == "b"}) == len(o.cell("a", "b"))


def test_published_c_coefficient():
    """ATLAS.ti 22 manual: 100 and 10 quotations, 5 meetings: c = 5 / (100 + 10 - 5) = .048."""
    text = "x" * 4000
    corpus = Corpus((Document("d", text),))
    codings = [make(corpus, "d", 20 * i, 20 * i + 5, "a") for i in range(100)] + [make(corpus, "d", 20 * i + (0 if i < 5 else 10), 20 * i + (5 if i < 5 else 15), "b") for i in range(10)]
    assert cooccurrence(tabulate(codings, corpus)).coefficient().loc["a", "b"] == pytest.approx(0.048, abs=0.0005)


def test_quotations_and_negative_cases(coded):
    shown = quotes(coded, by="code")
    assert list(shown.frame["place"][:1]) == ["d1:1"] and "“satu dua” (aX, d1:1)" in repr(shown)
    assert list(negative_cases(coded).frame["document"]) == ["d2"]


def test_hostile_words_are_escaped_and_never_formulas(tmp_path):
    import openpyxl

    text = "A: <script>alert(1)</script> =cmd|' /C calc'!A0\n"
    corpus = Corpus((Document("d", text, case="=1+1"),))
    table = tabulate([make(corpus, "d", 3, len(text) - 1, "k")], corpus)
    html = cross(table)._repr_html_() + quotes(table)._repr_html_() + table._repr_html_() + framework(table)._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html
    path = cross(table).save(tmp_path / "m.xlsx")
    book = openpyxl.load_workbook(path)
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_a_matrix_is_shown_with_axes_in_the_readers_language(study):
    """What is printed and shown names its axes; the frame keeps the names that programs rely on."""
    from kube_research import words
    from kube_research.engine import autocode

    with words.using("id"):
        table = cross(autocode(study.corpus, study.codebook("small")), "case")
        assert "kode" in repr(table).splitlines()[0] and ">kasus<" in table._repr_html_() and ">kode<" in table._repr_html_() and ">code<" not in table._repr_html_()
        assert (table.frame.index.name, table.frame.columns.name) == ("case", "code")


def test_roles_are_called_as_the_reader_calls_them(coded):
    """In the shown table and its note; the frame keeps the ids that programs rely on."""
    from kube_research.words import using

    m = cross(coded, "role", count="persons")
    with using("id"):
        assert "<th>anggota</th>" in m._repr_html_() and "member" not in m._repr_html_() and "anggota 2" in m.note
    assert "member" in m.frame.index


def test_what_a_study_shows_of_itself_is_in_the_readers_language(study):
    """Study, corpus, document, codebook and codings say in both languages how much they hold."""
    from kube_research import words
    from kube_research.engine import autocode

    things = (study, study.corpus, study.corpus.documents[0], study.codebook("small"), autocode(study.corpus, study.codebook("small")))
    with words.using("id"):
        shown = [repr(x) for x in things]
    assert all(word in x for x, word in zip(shown, ("buku kode", "giliran bicara", "karakter", "indikator", "pengodean"), strict=True)) and not any(" turns" in x or " codes" in x for x in shown)
    with words.using("en"):
        assert all(word in repr(x) for x, word in zip(things, ("codebooks", "turns of", "characters", "indicators", "codings of"), strict=True))


def test_a_passage_over_two_lines_is_one_line_in_a_table():
    text = "A: Kumpul di rumah\nsaban minggu.\n"
    corpus = Corpus((Document("d", text, speakers=(Speaker("d", "A", "a", "member"),)),))
    table = tabulate([make(corpus, "d", 3, len(text) - 2, "k")], corpus)
    assert "Kumpul di rumah saban minggu" in table._repr_html_() and table.frame["quote"].iloc[0] == text[3:-2]


def test_words_are_counted_once_as_by_hand():
    import random

    import numpy as np
    import pandas as pd

    from kube_research.matrix import _words

    r = random.Random(4)
    texts = ["".join(r.choices(["a", "b", " ", "\n", "\u00a0", "😀", "é", "\u3000"], k=200)) for _ in range(3)]
    rows = []
    for _ in range(400):
        d, a = r.randrange(3), r.randrange(190)
        b = a + r.randrange(1, 30)
        rows.append((f"d{d}", a, b, texts[d][a:b]))
    frame = pd.DataFrame(rows, columns=["document", "start", "end", "quote"])
    cells = np.array([r.randrange(5) for _ in rows])
    want = np.zeros(6, np.int64)
    for cell in range(5):
        for d in range(3):
            seen = -1
            for a, b, q in sorted(((a, b, q) for (doc, a, b, q), c in zip(rows, cells, strict=True) if c == cell and doc == f"d{d}"), key=lambda x: x[0]):
                want[cell] += len((q if a >= seen else q[seen - a:]).split())
                seen = max(seen, b)
    assert _words(frame, cells, 6).tolist() == want.tolist() and want.sum() > 100
