"""A whole thesis in Word: every quotation in another form; none altered passes as verbatim, none unaltered is accused."""

from __future__ import annotations

import re

import pytest

from kube_research.study import open_study
from kube_research.verify import judge_all, verify
from kube_research.verify.pages import Paragraph
from kube_research.verify.sources import Sources
from tests.conftest import ROOT
from tests.verify.dressing import Thesis
from tests.verify.planted import altered, unaltered

_PARTS = re.compile(r"^Hal ini tampak dari ucapan berikut: [“\"](.*)[”\"] (\([^()]*\))\.$", re.S)
TRANSCRIPTS = {"w1": """P: Ceritakan awalnya, Bu.
Informan 3: Waktu itu saya bilang, "Pak, kami ini tidak punya modal." Lha terus Pak Lurah bilang, "Sabar dulu, Bu" -- eh, tiga bulan tidak ada kabar... Modalnya Rp1.500.000, dibagi 10 orang.
P: Lalu kelompoknya milik siapa?
Informan 3: Kelompoknya bukan milik ketua, tapi milik kami semua. (tertawa) Ya begitulah ibu-ibu di sini, Jum'at kumpul, Sabtu kumpul lagi. Setengah, 1/2 hari saja.
P: Dan uangnya?
Informan 3: Uang kasnya saya yang pegang - bukan bendahara. Kalau ada yang sakit ya kita jenguk, bawa gula, bawa teh, seadanya lah.
""", "w2": """P: Bagaimana menurut Bapak?
Pak Darsa: Kelompok itu sudah bubar sejak 2019, tinggal papan namanya saja. Saya tidak menyalahkan siapa-siapa.
P: Bapak dulu ketuanya?
Pak Darsa: Iya, saya ketuanya. Waktu itu anggotanya 12 orang, sekarang tinggal tiga.
"""}


@pytest.fixture(scope="module")
def demo():
    return open_study(ROOT)


def dressed(texts):
    thesis = Thesis()
    forms = []
    for i, text in enumerate(texts):
        words, sign = _PARTS.match(text).groups()
        forms.append(thesis.add(i + i // len(thesis.forms), words, sign))
    return thesis.data(), forms


def test_200_altered_quotations_in_every_form_of_word(demo, tmp_path):
    planted = altered(demo, 200, seed=5)
    data, forms = dressed([t for _, t in planted])
    (tmp_path / "t.docx").write_bytes(data)
    found = [j for j in verify(demo, tmp_path / "t.docx").quotations if not j.quoted.translation]
    assert len(found) == 200
    assert [(form, kind, j.quoted.text) for form, (kind, _), j in zip(forms, sorted(planted, key=lambda x: 0), found, strict=True) if not j.finding] == []


def test_200_unaltered_quotations_in_every_form_of_word(demo, tmp_path):
    data, _ = dressed(unaltered(demo, 200, seed=6))
    (tmp_path / "t.docx").write_bytes(data)
    v = verify(demo, tmp_path / "t.docx")
    assert [(j.verdict, j.flags, j.quoted.text) for j in v.quotations if j.finding] == []
    assert v.counts["verbatim"] == 200


@pytest.fixture
def sources(study_dir):
    for name, text in TRANSCRIPTS.items():
        (study_dir / f"corpus/transcripts/{name}.txt").write_text(text, encoding="utf-8")
    (study_dir / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\nw1,interview,A,id,2024-01-01,,,\nw2,interview,B,id,2024-01-02,,,\n", encoding="utf-8")
    (study_dir / "corpus/speakers.csv").write_text("document,label,speaker,role\nw1,P,R1,researcher\nw1,Informan 3,INF-03,member\nw2,P,R1,researcher\nw2,Pak Darsa,DARSA,officer\n", encoding="utf-8")
    return Sources(open_study(study_dir))


@pytest.mark.parametrize("text", [
    "“Waktu itu saya bilang, ‘Pak, kami ini tidak punya modal.’ Lha terus Pak Lurah bilang, ‘Sabar dulu, Bu’ – eh, tiga bulan tidak ada kabar…” (Informan 3, baris 2)",
    "“Waktu itu saya bilang, “Pak, kami ini tidak punya modal.” Lha terus” (Informan 3)",
    "\"Waktu itu saya bilang, \"Pak, kami ini tidak punya modal.\" Lha terus\" (Informan 3)",
    "‘Waktu itu saya bilang, “Pak, kami ini tidak punya modal.” Lha terus’ (Informan 3)",
    "“Modalnya Rp1.500.000, dibagi 10\u00a0orang” (INF\u201103, w1:2)",
    "“Modalnya Rp1.500.000, dibagi 10 orang” (Inf. 3, baris 2)",
    "“Ya begitulah ibu\u2011ibu di sini, Jum’at kumpul” (INF-03)",
    "“milik kami semua. Ya begitulah ibu-ibu di sini” (INF-03)",
    "“Kelompoknya bukan milik ketua, [...] Ya begitulah ibu-ibu” (INF-03)",
    "“Kelompoknya [KUBE A] bukan milik ketua [sic], tapi milik kami semua” (INF-03)",
    "“Uang kasnya saya yang pegang — bukan bendahara” (INF-03)",
    "“Setengah, ½ hari saja” (INF-03)",
    "»Kalau ada yang sakit ya kita jenguk« (INF-03)",
    "“Saya tidak menyalahkan siapa-siapa” (Hasil wawancara, Pak Darsa, 2024)",
    "Pak Darsa mengatakan bahwa “Kelompok itu sudah bubar sejak 2019, tinggal papan namanya saja.”",
    "“Kalau ada yang sakit ya kita jenguk” (“If somebody is ill we visit them, of course”) (INF-03)",
    "Kata Pak Darsa: “Iya, saya ketuanya.”",
])
def test_what_stands_so_is_verbatim(sources, text):
    assert [j.verdict for j in judge_all([Paragraph(1, text)], sources)][0] == "verbatim"
    assert not any(j.finding for j in judge_all([Paragraph(1, text)], sources))


@pytest.mark.parametrize("text", [
    "“Modalnya Rp1.500.000, dibagi 10 orang.” (Informan 3, baris 41)",
    "“Modalnya Rp15.000.000, dibagi 10 orang” (INF-03)",
    "“Modalnya Rp1.500.000, dibagi sepuluh orang” (INF-03)",
    "“Kelompok bukan milik ketua, tapi milik kami semua” (INF-03)",
    "“milik ketua, tapi milik kami semua” (INF-03)",
    "“Kelompoknya ... milik ketua” (INF-03)",
    "“Uang kasnya saya yang pegang” (DARSA)",
    "“Uang kasnya saya yang pegang [...] Waktu itu anggotanya 12 orang” (INF-03)",
    "“Kelompok itu bubar karena pengurusnya korupsi besar-besaran” (Wawancara Bu Ratmi, 2024)",
    "“Kelompok itu sudah bubar [sejak lama], tinggal papan namanya saja” (DARSA)",
    "“Kalau ada yang sakit ya kita jenguk” (“If somebody is ill we visit them, of course”) (DARSA)",
    "“Kalau ada yang sakit ya kita jenguk” (“Kalau ada yang sakit tidak kita jenguk, bawa gula”) (INF-03)",
    "Kata Informan 3: “Iya, saya ketuanya.”",
    "“Saya tidak menyalahkan siapa” (DARSA)",
])
def test_what_does_not_stand_so_is_a_finding(sources, text):
    assert any(j.finding for j in judge_all([Paragraph(1, text)], sources))


def test_a_paragraph_set_in_is_not_a_hiding_place(sources):
    text = "Dalam uraian ini peneliti hendak menunjukkan bahwa kelompok pernah berjalan; “Uang kasnya kamu yang pegang, bukan bendahara” (INF-03), demikian dikatakan."
    found = judge_all([Paragraph(1, text, block=True)], sources)
    assert [j.verdict for j in found] == ["changed"]


def test_columns_of_a_table(sources):
    cells = [Paragraph(1, "Kalau ada yang sakit ya kita jenguk", "cell", True, "INF-03"), Paragraph(2, "“We visit the sick”", "cell", speaker="INF-03", translation=True)]
    assert [j.verdict for j in judge_all(cells, sources)] == ["verbatim", "translation"]
