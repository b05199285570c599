"""The rules: what is found, what is turned, what is left alone, and exactly where."""

import pytest

from kube_research.codebook import loads
from kube_research.corpus import Corpus, Document
from kube_research.engine import autocode, explain, families, sentence_hits
from kube_research.engine.families import forms
from tests.conftest import BOOK


@pytest.fixture(scope="module")
def book():
    return loads(BOOK)


def verdicts(text, book):
    return sorted((h.indicator.code, h.polarity) for h in sentence_hits(text, book))


@pytest.mark.parametrize(("text", "want"), [
    ("Kita diajakin rapat sama ketua.", [("s.meet", "present")]),
    ("DIAJAK RAPAT!!", [("s.meet", "present")]),
    ("Nggak diajak rapat.", [("s.meet", "absent")]),
    ("Rapat rutin mah udah nggak ada.", [("s.meet", "absent")]),
    ("Kompak banget, nggak ada masalah.", [("s.close", "present")]),
    ("Bukan hanya kompak.", [("s.close", "present")]),
    ("Kurang kompak lah.", [("s.close", "absent")]),
    ("Kita kompaaaak.", [("s.close", "present")]),
    ("Masing-masing aja sekarang.", [("s.close", "absent")]),
    ("Harapannya sih kompak.", []),
    ("Kompak nggak?", []),
    ("Kompak? Nggak pernah.", [("s.close", "absent")]),
    ("Rapat rutin? Ya ada.", [("s.meet", "present")]),
    ("Kompak banget, dulu mah belum.", [("s.close", "present")]),
    ("Pada kompak, ya?", [("s.close", "present")]),
    ("KUBE Kompak Jaya dari dulu.", []),
    ("Nggak pernah ada yang ngajak saya.", [("s.none", "present")]),
    ("Tidak hadir, tapi kompak.", [("s.close", "present")]),
    ("Diajak. Rapat rame.", []),
])
def test_hits(text, want, book):
    assert verdicts(text, book) == want


def test_only_informants_words(study):
    frame = autocode(study.corpus, study.codebook("small")).frame
    assert set(frame["role"]) <= {"member", "officer"}
    assert not frame["quote"].str.contains("kompak ya").any()
    for row in frame.itertuples():
        assert study.corpus[row.document].text[row.start:row.end] == row.quote
    assert ("Kompak banget", "present") in list(zip(frame["quote"], frame["polarity"], strict=True))
    assert len(autocode(study.corpus, study.codebook("small"), everything=True)) > len(frame)


@pytest.mark.parametrize("unit", ["clause", "sentence", "turn"])
def test_units(unit, study, book):
    frame = autocode(study.corpus, book, unit=unit).frame
    quote = frame[frame["code"].eq("s.meet") & frame["document"].eq("b1")].iloc[0]["quote"]
    assert {"clause": "Kumpul di rumah saya saban minggu", "sentence": "Kumpul di rumah saya saban minggu, rapat rutin mah jalan terus", "turn": "Kompak banget. Kumpul di rumah saya saban minggu, rapat rutin mah jalan terus"}[unit] == quote


@pytest.mark.parametrize("prefix", ["", "😀 ", "e\u0301 ", "İ ", "𝔸 ", "ﬁ "])
def test_offsets_survive_odd_characters(prefix, book):
    import unicodedata

    text = unicodedata.normalize("NFC", f"N: {prefix}ini kompak sekali")
    frame = autocode(Corpus((Document("x", text),)), book).frame
    assert [text[a:b] for a, b in zip(frame["start"], frame["end"], strict=True)] == list(frame["quote"])
    assert frame["quote"].iloc[0].endswith("kompak sekali")


def test_families_keep_apart_what_a_stemmer_throws_together():
    assert not {"pendapat", "pendapatan"} & forms("dapat")
    assert "sebelum" not in forms("belum") and "menurut" not in forms("turut") and "peserta" not in forms("serta") and "pengusaha" not in forms("usaha")
    assert {"mengajak", "ngajak", "diajakin", "ajakan", "terajak"} <= forms("ajak")
    assert {"memilih", "dipilih", "milih", "pemilihan", "kepilih", "milihin"} <= forms("pilih")
    assert {"mengusulkan", "ngusulin", "diusulkan", "usulan"} <= forms("usul")
    assert {"menyimpan", "nyimpen"} & forms("simpan") and {"ngelola", "pengelolaan"} & forms("kelola")


def test_families_are_shown_and_can_be_struck(study, book):
    shown = families(book, study.corpus)
    assert {"diajak", "ngajak"} <= set(shown.loc[shown["root"] == "ajak", "form"])
    struck = loads(BOOK.replace("id: s.meet", "id: s.meet\n    strike: [diajak]"))
    text = "Diajak rapat."
    assert sentence_hits(text, book) and not [h for h in sentence_hits(text, struck) if h.indicator.code == "s.meet"]


def test_explain(study, book):
    hits = autocode(study.corpus, book)
    row = hits.frame[hits.frame["polarity"] == "absent"].iloc[0]
    said = explain(row, book, study.corpus)
    assert row["code"] in said and "hence: absent" in said and "a1:" in said


def test_masks_of_a_rule():
    book = loads("codebook: m\ncodes:\n  - id: m.a\n    indicators:\n      id: [{match: ~usul, not: [usul-usil, asal usul]}]\n")
    assert sentence_hits("Saya usul beli mesin.", book) and not sentence_hits("Tahu asal usulnya nggak.", book)


def test_a_hundred_thousand_words_in_one_turn(book):
    text = "N: " + "saya diajak rapat ya " * 25_000
    assert len(autocode(Corpus((Document("x", text),)), book)) == 1  # one clause without any mark: one passage
