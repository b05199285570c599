"""Labels with an age, a job or a stage direction in brackets: whole, and never the first word of a line."""

from __future__ import annotations

from kube_research.corpus import Document

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
    from kube_research.readers.transcript import transcript
    from kube_research.readers.source import Mapped

    lines = ["Bu Marni (47, jualan gorengan): Saya ikut dari awal.", "Ratna (mahasiswa): Terus bagaimana?", "Bu Marni (47, jualan gorengan): Rapat tiap malam Jumat.", "Ratna (mahasiswa): Siapa yang memutuskan?",
             "Pak Sukardi (63, buruh tani): Semua ikut.", "(semua tertawa)", "Ratna (mahasiswa): Lalu?", "Bu Marni (47, jualan gorengan): Sudah.", "Pak Sukardi (63, buruh tani): Belum."]
    d = Document("x", "\n".join(lines) + "\n")
    assert [t.label for t in d.turns if d.text[t.body:t.end].strip() and t.role != "researcher"] == ["Bu Marni", "Bu Marni", "Pak Sukardi", "Bu Marni", "Pak Sukardi"]
    text = transcript("x", Mapped.of("\n".join(lines))).text
    assert "47" not in text and "Pak Sukardi: Semua ikut." in text
