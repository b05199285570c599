"""A supervisor's comments and tracked changes in Word, read back to the passages they hang on."""

from __future__ import annotations

import docx
import pytest
from docx.oxml import parse_xml

from kube_research.cli import main
from kube_research.review import reviews
from kube_research.study import open_study
from tests.test_bind import coded  # noqa: F401

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture
def commented(coded, study_dir):  # noqa: F811
    d = docx.Document()
    p = d.add_paragraph()
    first = p.add_run("Kelompok ini rukun, ")
    quote = p.add_run("“Kompak banget. Kumpul di rumah saya saban minggu” (TUTI).")
    d.add_comment([first], "Kata siapa?", author="Bu Pembimbing", initials="BP")
    d.add_comment([quote], "Bagus, tetapi <b>satu</b> orang saja.", author="Bu Pembimbing", initials="BP")
    d.add_comment([quote], "berubah: …", author="kube_research", initials="KR")
    q = d.add_paragraph("Modalnya ")
    q._p.append(parse_xml(f'<w:del {W} w:id="91" w:author="Bu Pembimbing" w:date="2024-07-01T09:00:00Z"><w:r><w:delText>banyak</w:delText></w:r></w:del>'))
    q._p.append(parse_xml(f'<w:ins {W} w:id="92" w:author="Bu Pembimbing" w:date="2024-07-01T09:00:00Z"><w:r><w:t>sedikit</w:t></w:r></w:ins>'))
    q.add_run(" dan habis.")
    path = study_dir / "bab4-komentar.docx"
    d.save(path)
    return path


def test_comments_hang_on_their_passages(commented, study_dir, capsys):
    assert main(["import", str(commented), "--reviews", "--study", str(study_dir)]) == 0
    assert "3 new" in capsys.readouterr().out
    found = reviews(open_study(study_dir))
    by = {t.messages[0].text: t for t in found}
    assert len(found) == 3 and {m.by for t in found for m in t.messages} == {"Bu Pembimbing"}
    passage = by["Kata siapa?"]
    assert passage.kind == "passage" and "Kelompok ini rukun," in passage.where and "paragraph 1" in passage.where
    quotation = by["Bagus, tetapi <b>satu</b> orang saja."]
    assert quotation.kind == "quotation" and quotation.place == "here" and quotation.target["document"] == "b1" and quotation.where.startswith("b1:4")
    assert by["Replaces “banyak” by “sedikit”."].kind == "passage"
    assert "&lt;b&gt;" in found._repr_html_()


def test_imported_twice_nothing_is_added_and_answers_stay(commented, study_dir, capsys):
    main(["import", str(commented), "--reviews", "--study", str(study_dir)])
    thread = next(iter(reviews(open_study(study_dir))))
    reviews(open_study(study_dir)).answer(thread.id, "Sudah.", by="dian")
    capsys.readouterr()
    main(["import", str(commented), "--reviews", "--study", str(study_dir)])
    assert "0 new" in capsys.readouterr().out
    assert sorted(len(t.messages) for t in reviews(open_study(study_dir))) == [1, 1, 2]


def test_a_comment_changed_by_its_author_replaces_its_words(commented, study_dir):
    main(["import", str(commented), "--reviews", "--study", str(study_dir)])
    d = docx.Document(str(commented))
    for t in d.part._comments_part.element.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"):
        if t.text == "Kata siapa?":
            t.text = "Kata siapa, dan di mana?"
    d.save(commented)
    main(["import", str(commented), "--reviews", "--study", str(study_dir)])
    found = reviews(open_study(study_dir))
    assert len(found) == 3 and [m.text for t in found for m in t.messages if m.text.startswith("Kata siapa")] == ["Kata siapa, dan di mana?"]


def test_bad_files(study_dir, capsys):
    (study_dir / "x.docx").write_bytes(b"no zip")
    for name in ("x.docx", "none.docx", "x.pdf"):
        assert main(["import", str(study_dir / name), "--reviews", "--study", str(study_dir)]) == 2
    assert "x.docx" in capsys.readouterr().err
    docx.Document().save(study_dir / "empty.docx")
    assert main(["import", str(study_dir / "empty.docx"), "--reviews", "--study", str(study_dir)]) == 0
