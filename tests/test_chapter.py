"""A chapter in Word and PDF: thesis form, words kept, the same bytes for the same study, numbers that `verify` recomputes."""

from __future__ import annotations

import io
import sys

import docx
import pytest
from docx.shared import Cm

from kube_research.cli import main
from kube_research.model import KubeError
from kube_research.report import write
from kube_research.study import open_study
from kube_research.verify import verify
from tests.conftest import ROOT
from tests.test_bind import _append, coded  # noqa: F401

pytest.importorskip("pypandoc")
HOSTILE = 'Kata "dia" <script>alert(1)</script> *bukan* _main_ [x](y) ${a} #let @b \\\\ `c` {d} 100% ~e~ & f [...] --- ya'


@pytest.fixture
def chapter(coded, study_dir):  # noqa: F811
    path = study_dir / "corpus/transcripts/b1.txt"
    path.write_text(path.read_text(encoding="utf-8") + f"N: {HOSTILE}\n", encoding="utf-8")
    study = open_study(study_dir)
    text = study.corpus["b1"].text
    _append(study, "ana", "b1", text, text.index(HOSTILE), HOSTILE, "s.meet", "present")
    (study_dir / "chapters").mkdir()
    (study_dir / "chapters/b.md").write_text(
        '---\nlang: id\nbab: 4\n---\n\n# Hasil\n\n## Kekompakan\n\nYang kompak {persons code=s.close case=B} orang (@tabel:t). {claim id=k code=s.close case=B}\n\n{table rows=code columns=case code=s.close,s.meet label=t caption="Orang"}\n\n'
        "Katanya:\n\n{quote at=b1:6 code=s.meet}\n\n{figure kind_of=heatmap code=s.close,s.meet caption=Peta}\n", encoding="utf-8")
    return study_dir / "chapters/b.md"


def test_the_word_file_has_the_thesis_form_and_the_words(chapter, study_dir):
    path = write(open_study(study_dir), study_dir / "b.docx", chapter=chapter)
    d = docx.Document(str(path))
    s = d.sections[0]
    assert [round(x / Cm(1), 1) for x in (s.left_margin, s.top_margin, s.right_margin, s.bottom_margin, s.page_width)] == [4, 4, 3, 3, 21]
    normal = d.styles["Normal"]
    assert (normal.font.name, normal.font.size.pt, normal.paragraph_format.line_spacing) == ("Times New Roman", 12, 1.5)
    from kube_research.verify.pages import of_docx
    texts = [p.text for p in of_docx(path.read_bytes(), "b").paragraphs]
    assert "BAB IV\nHASIL" in texts and "4.1 Kekompakan" in texts
    assert "Tabel 4.1 Orang" in texts and "Gambar 4.1 Peta" in texts
    assert any(t.startswith("Yang kompak 1 dari 2 orang (Tabel 4.1).") for t in texts)
    assert f"{HOSTILE} (TUTI, b1:6)" in texts


def test_the_same_study_gives_the_same_bytes(chapter, study_dir):
    for ending in ("docx", "pdf"):
        a = write(open_study(study_dir), study_dir / f"1.{ending}", chapter=chapter).read_bytes()
        b = write(open_study(study_dir), study_dir / f"2.{ending}", chapter=chapter).read_bytes()
        assert a == b


def test_the_pdf_holds_the_words_untouched(chapter, study_dir):
    import pypdf

    path = write(open_study(study_dir), study_dir / "b.pdf", chapter=chapter)
    text = " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages).split())
    assert "<script>alert(1)</script> *bukan* _main_ [x](y)" in text and "[...] ---" in text and "Tabel 4.1 Orang" in text


def test_verify_recomputes_the_bound_numbers_of_the_word_file(chapter, study_dir):
    path = write(open_study(study_dir), study_dir / "b.docx", chapter=chapter)
    v = verify(open_study(study_dir), path)
    assert v.sound and len(v.numbers) == 5 and [j.verdict for j in v.quotations] == ["verbatim"]
    study = open_study(study_dir)
    text = study.corpus["b1"].text
    _append(study, "ana", "b1", text, text.index("Sekarang"), "Sekarang", "s.close", "present")
    v = verify(open_study(study_dir), path)
    wrong = [n for n in v.numbers if n.finding]
    assert [(n.written, n.now) for n in wrong] == [("1 dari 2", "2 dari 2")] and "Yang kompak" in wrong[0].sentence
    assert "2 dari 2" in " ".join(c.text for c in docx.Document(io.BytesIO(v.commented())).comments)


def test_a_number_typed_over_in_word_is_told(chapter, study_dir):
    path = write(open_study(study_dir), study_dir / "b.docx", chapter=chapter)
    d = docx.Document(str(path))
    for t in d.element.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"):
        if t.text == "1 dari 2":
            t.text = "2 dari 2"
    d.save(study_dir / "edited.docx")
    v = verify(open_study(study_dir), study_dir / "edited.docx")
    assert [(n.written, n.recorded, n.now) for n in v.numbers if n.finding] == [("2 dari 2", "1 dari 2", "1 dari 2")]


def test_without_pandoc_one_clear_error(chapter, study_dir, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pypandoc", None)
    assert main(["report", "--study", str(study_dir), "--output", str(study_dir / "b.docx"), "--chapter", str(chapter)]) == 2
    assert "kube_research[chapter]" in capsys.readouterr().err


def test_bad_chapters(chapter, study_dir):
    for text in ("![x](https://example.org/a.png)\n", "![x](../../../etc/hosts.png)\n", "Lihat @tabel:lain.\n", "a {table code=s.close} b\n"):
        chapter.write_text(text, encoding="utf-8")
        with pytest.raises(KubeError):
            write(open_study(study_dir), study_dir / "b.docx", chapter=chapter)


def test_the_worked_chapter_of_the_demo_is_sound():
    v = verify(open_study(ROOT), ROOT / "chapters/bab4.md")
    assert v.sound, v
    assert v.counts == {"verbatim": 5}


def test_a_notebook_becomes_a_chapter_with_its_pictures(chapter, study_dir):
    import base64

    import nbformat
    from PIL import Image
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Hasil\n\nKompak {persons code=s.close case=B}."), nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", {"image/png": base64.b64encode(out.getvalue()).decode(), "text/plain": "Sebuah peta"})])])
    nbformat.write(nb, study_dir / "n.ipynb")
    path = write(open_study(study_dir), study_dir / "n.docx", chapter=study_dir / "n.ipynb")
    texts = [p.text for p in docx.Document(str(path)).paragraphs]
    assert "Gambar 4.1 Sebuah peta" in texts
