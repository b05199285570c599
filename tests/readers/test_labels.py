"""Labels with an age, a job or a stage direction in brackets: whole, and never the first word of a line."""

from __future__ import annotations

import pytest

from kube_research.corpus import Document
from kube_research.readers.source import Mapped
from kube_research.readers.transcript import transcript

OLD = {"S": "Bu Marni (47, jualan gorengan)", "T": "Pak Sukardi (63, buruh tani)", "E": "Mas Eko (35, tukang kayu)", "P": "Ratna (mahasiswa)"}
NEW = {"S": "BU MARNIH (47, gorengan)", "T": "SUKARDI (63, buruh)", "E": "EKO (35, tkg kayu)", "P": "RATNA (mhs)"}
SAID = [("P", "Saya mulai ya. Sejak kapan arisannya?"), ("S", "Lha wong sudah lama,\nsejak anak saya digendong."), ("T", "Saya ikut belakangan."), ("P", "Oh."), ("E", "Lha saya cuma bantu."),
        ("S", "Ditagih dari rumah ke rumah."), ("P", "Macet kenapa, Mas?"), ("E", "Lha kerjaan sepi."), ("T", "Ya dimaklumi saja."), ("P", "Dimaklumi?")]


def test_a_group_typed_twice():
    text = "".join("--- halaman 3, ketikan kedua ---\n\n" * (n == 5) + f"{(OLD if n < 5 else NEW)[k]}\n{words}\n\n" for n, (k, words) in enumerate(SAID))
    turns = Document("x", text).turns
    assert [" ".join(text[t.body:t.end].split()) for t in turns if "ketikan" not in text[t.body:t.end]][:3] == [" ".join(w.split()) for _, w in SAID[:3]]
    assert len(turns) == len(SAID) and [t.role == "researcher" for t in turns] == [k == "P" for k, _ in SAID]
    assert {t.label for t in turns if t.role != "researcher"} == {"Bu Marni", "BU MARNIH", "Pak Sukardi", "SUKARDI", "Mas Eko", "EKO"}


def test_a_small_group_whose_labels_stand_once():
    who = ["Mbak Yuni (moderator)", "Ani (ketua, 45 tahun)", "Siti (anggota, 33 tahun)", "Lastri (bendahara, 50 tahun)"]
    text = "\n".join(f"{x}\n{w}\n" for x, w in zip(who, ["Siapa pegang kas?", "Lastri.", "Iya, Lastri.", "Saya catat di buku."], strict=True))
    assert [(t.label, t.role) for t in Document("x", text).turns][1:] == [("Ani", "officer"), ("Siti", "member"), ("Lastri", "officer")]


def test_a_third_voice_comes_in_late():
    text = "\n\n".join([x for n in range(5) for x in (f"Nu naros – Kumaha ayeuna, ka-{n}?", "Nu ngawaler – Sae, alhamdulillah.")] + ["Ibu O. (dari dapur) – Bohong, jarang datang.", "Nu naros – Naha kitu?"])
    assert Document("x", text).turns[-2].label == "Ibu O"


def test_a_student_who_answers_is_no_interviewer():
    text = "\n".join(f"Bu Tini: Sejak kapan ikut, {n}?\nRudi (mahasiswa): Sudah lama sekali." for n in range(5))
    assert {t.label[:4]: t.role for t in Document("x", text).turns} == {"Bu T": "researcher", "Rudi": "member"}


def test_ages_and_jobs_before_a_colon_are_nobodys_words():
    """They say who speaks; a member heard twice is a voice; a line in brackets is a note."""
    lines = ["Bu Marni (47, jualan gorengan): Saya ikut dari awal.", "Ratna (mahasiswa): Terus bagaimana?", "Bu Marni (47, jualan gorengan): Rapat tiap malam Jumat.", "Ratna (mahasiswa): Siapa yang memutuskan?",
             "Pak Sukardi (63, buruh tani): Semua ikut.", "(semua tertawa)", "Ratna (mahasiswa): Lalu?", "Bu Marni (47, jualan gorengan): Sudah.", "Pak Sukardi (63, buruh tani): Belum."]
    d = Document("x", "\n".join(lines) + "\n")
    assert [t.label for t in d.turns if d.text[t.body:t.end].strip() and t.role != "researcher"] == ["Bu Marni", "Bu Marni", "Pak Sukardi", "Bu Marni", "Pak Sukardi"]
    text = transcript("x", Mapped.of("\n".join(lines))).text
    assert "47" not in text and "Pak Sukardi: Semua ikut." in text


@pytest.mark.parametrize("sign", "–—-")
def test_a_third_voice_in_lines_set_tightly(sign):
    """Even where most lines are about as long as a line that was broken by hand."""
    text = "\n".join([x for n in range(5) for x in (f"Nu naros {sign} Kumaha pami aya anggota nu udur atanapi pindah, ka-{n}?", f"Nu ngawaler {sign} Sae, alhamdulillah, urang iuran teras ngalongok sasarengan.")]
                     + [f"Ibu O. (dari dapur) {sign} Bohong, pendampingna jarang pisan datang ka dieu.", f"Nu naros {sign} Naha kitu?"])
    assert [t.label for t in Document("x", text).turns[-3:]] == ["Nu ngawaler", "Ibu O", "Nu naros"]


GROUP = [("Dewi (mhs)", "Sejak kapan kelompok ini berdiri?"), ("Ani (ketua, 45 tahun)", "Sejak lima tahun lalu."), ("Siti (40 tahun)", "Saya ikut belakangan."), ("Dewi (mhs)", "Siapa pegang kas?"), ("Lastri (bendahara, 50 tahun)", "Saya, dicatat di buku."),
         ("Ani (ketua, 45 tahun)", "Tiap bulan dibacakan.")]


@pytest.mark.parametrize("sign", [":", " –", " -"])
def test_a_small_group_with_a_sign_behind_each_label(sign):
    """Labels that stand once or twice are no alternation of question and answer."""
    turns = Document("x", "\n".join(f"{who}{sign} {words}" for who, words in GROUP)).turns
    assert [t.label.split(" (")[0] for t in turns] == [who.split(" (")[0] for who, _ in GROUP]
    assert [t.label for t in turns if t.role == "researcher"] == ["Dewi (mhs)"] * 2


@pytest.mark.parametrize("form", ["{} [{}]: {}", "{} [{}]\n{}\n"], ids=["colon", "own line"])
def test_square_brackets_hold_an_age_and_a_job_too(form):
    text = "\n".join(form.format(*OLD[k].rstrip(")").split(" ("), words) for k, words in SAID)
    turns = Document("x", text).turns
    assert [t.label for t in turns] == [OLD[k].partition(" (")[0] if k != "P" else "Ratna (mahasiswa)" for k, _ in SAID]
    assert [t.role == "researcher" for t in turns] == [k == "P" for k, _ in SAID]
    assert "47" not in transcript("x", Mapped.of(text)).text


def test_a_stage_direction_in_square_brackets_stands_before_the_words():
    text = "".join(f"P: Sudah lama, {n}?\nBu Ani [{x}]: Sudah sekali.\n" for n, x in enumerate(["tertawa", "batuk", "tertawa", "diam sebentar"]))
    assert {t.label for t in Document("x", text).turns} == {"P", "Bu Ani"}
    assert "Bu Ani: [batuk] Sudah sekali." in transcript("x", Mapped.of(text)).text
    named = "".join(f"[00:0{n}] [Peneliti]: Sudah lama?\n[00:0{n}] [Bu Ani]: Sudah.\n" for n in range(1, 5))
    assert "Peneliti: Sudah lama?" in transcript("x", Mapped.of(named)).text


def test_a_list_of_those_present_is_nobodys_turn():
    there = "Hadir:\n" + "\n".join(OLD.values()) + "\n\nKelompok Sekar Wangi, pertemuan pertama\n\n"
    turns = Document("x", there + "".join(f"{OLD[k]}\n{words}\n\n" for k, words in SAID)).turns
    assert turns[0].start >= len(there) and len(turns) == len(SAID)
