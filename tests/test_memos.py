"""Memos: written once, edited without loss, linked, searched, rendered safely, grown into a draft; consent holds in them too."""

from __future__ import annotations

import json

import pytest

import kube_research as kr
from kube_research.cli import main
from kube_research.memo import add, edit, memos, restore
from kube_research.model import Coding, KubeError


def test_on_everything(study, study_dir, capsys):
    text = study.corpus["a1"].text
    at = text.index("diajak rapat sama")
    coding = study.journal("ana", "a1").code(Coding("", "a1", at, at + 12, text[at:at + 12], "s.meet", coder="ana"))
    made = [add(study, about, f"Tentang {about}", author="ana") for about in (coding.id, "a1:4", "s.meet", "a1", "case:A", "2026-11-28", "study")]
    assert [m.target for m in made] == ["coding", "passage", "code", "document", "case", "day", "study"]
    assert made[0].quote == "diajak rapat" and made[0].code == "s.meet" and made[1].quote.startswith("Iya, diajak")
    again = [add(study, about, f"Tentang {about}", author="ana") for about in (coding.id, "a1:4", "s.meet", "a1", "case:A", "2026-11-28", "study")]
    assert [m.id for m in again] == [m.id for m in made] and len(memos(study)) == 7  # twice is once
    assert len(kr.memos(study, about="a1")) == 3 and len(kr.memos(study, case="A")) == 4 and len(kr.memos(study, code="s.meet")) == 2
    assert [m.target for m in kr.memos(study, search="tentang DIAJAK")] == ["coding", "passage"]
    assert not [f for f in study.faults() if f.level == "error"]
    for where, n in (("codings/ana/a1.jsonl", 4), ("memos/ana.jsonl", 4)):
        assert (study_dir / "corpus" / where).read_text(encoding="utf-8").count("\n") == n


def test_edit_remove_restore_and_dry_run(study):
    m = add(study, "s.meet", "Pertama", author="ana", kind="theory")
    edit(study, m.id[:10], "Kedua", dry_run=True)
    assert memos(study)[0].text == "Pertama"
    edit(study, m.id[:10], "Kedua")
    now = memos(study)[0]
    assert (now.text, now.kind, now.id, now.time) == ("Kedua", "theory", m.id, m.time) and now.edited > m.time
    edit(study, m.id, "")
    assert len(memos(study)) == 0
    assert restore(study, m.id) == "Kedua" and memos(study)[0].text == "Kedua"
    with pytest.raises(KubeError, match="no earlier words"):
        restore(study, add(study, "a1", "satu", author="ana").id)
    with pytest.raises(KubeError, match="s.meet"):
        add(study, "s.meat", "x", author="ana")
    with pytest.raises(KubeError, match="no line 99"):
        add(study, "a1:99", "x", author="ana")
    with pytest.raises(KubeError, match="empty"):
        add(study, "a1", "  ", author="ana")


def test_memos_of_the_desk(study):
    journal = study.journal("ana", "a1")
    journal.append({"event": "memo", "about": "document", "text": "lama"}, {"event": "memo", "about": "document", "text": "baru"}, {"event": "memo", "about": "code:s.close", "text": "kode"}, {"event": "memo", "about": "passage", "text": "bagian", "start": 40, "end": 50})
    found = memos(study)
    assert [(m.target, m.key, m.text) for m in found] == [("document", "a1", "baru"), ("code", "s.close", "kode"), ("passage", "", "bagian")]
    edit(study, found[0].id, "terbaru")
    assert memos(study, about="a1")[0].text == "terbaru"


def test_links_are_resolved_and_rendered_safely(study):
    add(study, "study", "# Kepala\nLihat [[a1:4]], [[s.close]], [[tidak.ada]] dan [[A|kasus A]]. <script>x()</script> ![p](http://x/y.png) [t](javascript:x()) **tebal**", author="ana")
    m = memos(study)[0]
    links = memos(study).links(m)
    assert [(x.target, x.shown[:12]) for x in links] == [("line", "Iya, diajak "), ("code", "Close"), ("", ""), ("case", "KUBE A")]
    page = memos(study)._repr_html_()
    assert "<script" not in page and "<img" not in page and "<a " not in page and "<strong>tebal</strong>" in page and "memo-broken" in page and "<q>Iya, diajak rapat" in page and "Close" in page
    assert [f.level for f in memos(study).faults()] == ["finding"] and "tidak.ada" in str(memos(study).faults()[0])
    from kube_research.report import write_html

    made = write_html(study, study.root / "r.html").read_text(encoding="utf-8")
    assert "<strong>tebal</strong>" in made and "data-place='a1:4'" in made and "<script>x()" not in made and "y.png'" not in made
    assert {"id", "title", "html", "date", "author", "case"} <= set(memos(study).rows()[0])


def test_a_draft_of_a_chapter(study):
    add(study, "s.close", "Kekompakan menurun:\n\n- lihat [[b1:4]] dan [[b1:5]]", author="ana", kind="theory")
    add(study, "2026-11-28", "Hujan, rapat batal.", author="ana", kind="field")
    add(study, "study", "Mulai dari kode kelompok.", author="ana", kind="method")
    draft = memos(study).draft()
    assert "## Close (s.close)" in draft and "> “Kompak banget." in draft and "(TUTI, b1:4)" in draft and "(KARTO, b1:5)" in draft
    assert draft.index("## Close") < draft.index("## Method") < draft.index("## Field notes")


def test_consent_holds_in_memos(study_dir):
    study = kr.open_study(study_dir)
    for line in (4, 5):
        add(study, f"b1:{line}", f"baris {line} [[b1:5]]", author="ana")
    add(study, "a1", "dokumen", author="ana")
    (study_dir / "corpus/speakers.csv").write_text("document,label,speaker,role,consent\na1,P,R1,researcher,\na1,N,SITI,member,\nb1,P,R1,researcher,\nb1,N,TUTI,member,analyse\nb1,Ketua,KARTO,officer,withdrawn\n", encoding="utf-8")
    (study_dir / "corpus/documents.csv").write_text("document,kind,case,consent\na1,interview,A,withdrawn\nb1,interview,B,\n", encoding="utf-8")
    found = memos(kr.open_study(study_dir))
    whole = found._repr_html_() + repr(found) + found.draft()
    assert len(found) == 1 and "Kompak banget" not in whole and "masing-masing" not in whole and "analysis only" in whole and "consent withdrawn" in whole


def test_commands(study_dir, capsys, monkeypatch):
    def memo(*words):
        assert main(["memo", words[0], "--study", str(study_dir), *words[1:]]) == 0
        return capsys.readouterr().out

    assert "A dry run" in memo("add", "s.meet", "percobaan", "--author", "ana", "--dry-run") and "No memos yet" in memo("list")
    assert "Meeting (s.meet)" in memo("add", "s.meet", "Rapat", "itu", "ritual", "--author", "ana")
    found = json.loads(memo("list", "--json"))
    assert found[0]["text"] == "Rapat itu ritual" and "ritual" in memo("search", "RITUAL") and "No memos" in memo("search", "lain")
    memo("edit", found[0]["id"], "Rapat itu upacara")
    memo("remove", found[0]["id"])
    assert "upacara" in memo("restore", found[0]["id"]) and "upacara" in memo("draft")
    memo("draft", "--output", str(study_dir / "memo.md"))
    assert "upacara" in (study_dir / "memo.md").read_text(encoding="utf-8")
    assert main(["memo", "add", "--study", str(study_dir)]) == 2
    memo("add", "a1", "[[a1:999]]", "--author", "ana")
    assert main(["check", "--study", str(study_dir)]) == 1 and "points to nothing" in capsys.readouterr().err


def test_a_memo_on_a_passage_follows_a_correction(study):
    from kube_research.revise import update

    add(study, "b1:5", "lihat", author="ana")
    update(study, "b1", study.corpus["b1"].text.replace("P: Bagaimana", "P: Nah, jadi bagaimana"))
    m = memos(kr.open_study(study.root))[0]
    assert m.quote == "Sekarang masing-masing aja sih." and kr.open_study(study.root).corpus["b1"].text[m.start:m.end] == m.quote
    update(kr.open_study(study.root), "b1", kr.open_study(study.root).corpus["b1"].text.replace("masing-masing aja", "sendiri-sendiri saja"))
    assert memos(kr.open_study(study.root))[0].start == -1


def test_memos_grow_into_a_chapter(study, tmp_path, capsys):
    """What the researcher wrote stays to the letter; a memo comes once, under its code; quotations are bound; undone where nobody touched it."""
    at = study.corpus["b1"].text.index("Kompak banget")
    coding = study.journal("ana", "b1").code(Coding("", "b1", at, at + 13, "Kompak banget", "s.close", coder="ana"))
    study = kr.open_study(study.root)
    chapter = tmp_path / "bab.md"
    own = "# Hasil\n\n## Kekompakan (s.close)\n\nKalimat saya sendiri.\n\n## Penutup\n\nSelesai.\n"
    chapter.write_text(own, encoding="utf-8")
    first = add(study, "s.close", "Menurun: [[b1:4]] lawan [[b1:5]]", author="ana", kind="theory")
    add(study, "2026-11-28", "Hujan.", author="ana", kind="field")

    def draft(*words):
        assert main(["memo", "draft", "--study", str(study.root), "--into", str(chapter), *words]) == 0
        return capsys.readouterr().out

    assert "dry run" in draft("--dry-run") and chapter.read_text(encoding="utf-8") == own
    assert "2 memos taken in" in draft()
    text = chapter.read_text(encoding="utf-8")
    assert text.index("Kalimat saya sendiri.") < text.index("Menurun: b1:4") < text.index("## Penutup") < text.index("## Field notes")
    assert [line for line in own.splitlines() if line and line not in text] == []
    assert f"{{quote id={coding.id}}}" in text and "KARTO, b1:5)" in text
    assert "“Kompak banget” (TUTI, b1:4)" in kr.bind(study, text)
    assert "0 memos" in draft() and chapter.read_text(encoding="utf-8") == text  # twice is once
    second = add(study, "s.close", "Lagi pula utang.", author="ana", kind="theory")
    draft()
    grown = chapter.read_text(encoding="utf-8")
    assert grown.index("Menurun") < grown.index("Lagi pula") < grown.index("## Penutup")
    chapter.write_text(grown.replace("Lagi pula utang.", "Lagi pula, kata mereka, utang."), encoding="utf-8")
    assert "2 taken away" in draft("--undo")
    left = chapter.read_text(encoding="utf-8")
    assert second.id[:12] in left and first.id[:12] not in left and "kata mereka" in left and "Kalimat saya sendiri." in left and "Hujan" not in left
    other = tmp_path / "draft.md"
    other.write_text("tulisan saya", encoding="utf-8")
    assert main(["memo", "draft", "--study", str(study.root), "--output", str(other)]) == 2 and other.read_text() == "tulisan saya"
    assert "--into" in capsys.readouterr().err
