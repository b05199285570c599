"""A chapter in Word and PDF: thesis form, words kept, the same bytes for the same study, numbers that `verify` recomputes."""

from __future__ import annotations

import base64
import io
import sys
import tempfile
import zipfile
from pathlib import Path

import docx
import nbformat
import pandas as pd
import pytest
from docx.shared import Cm

import kube_research as kr
from kube_research.bind import marks
from kube_research.cli import main
from kube_research.model import KubeError
from kube_research.report import write
from kube_research.study import open_study
from kube_research.verify import verify
from tests.conftest import ROOT
from tests.test_bind import _append, coded  # noqa: F401

pytest.importorskip("pypandoc")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
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
    assert "\nHASIL" in texts and "Kekompakan" in texts and numbered(d) == ["BAB IV \nHASIL", "4.1 Kekompakan"]
    assert "Tabel 4.1 Orang" in texts and "Gambar 4.1 Peta" in texts
    assert any(t.startswith("Yang kompak 1 dari 2 orang (Tabel 4.1).") for t in texts)
    assert f"{HOSTILE} (TUTI, b1:6)" in texts


def numbered(d):
    """The headings of a Word file with the numbers that Word gives them: level by level, as its list of heading styles says."""
    out, at = [], [0] * 9
    levels = {n.numId: n.abstractNumId.val for n in d.part.numbering_part.element.num_lst}
    for p in d.paragraphs:
        found = [x for x in (p._p.pPr, p.style.element.pPr) if p.style.name.startswith("Heading") and x is not None and x.numPr is not None]
        if not found:
            continue
        number, level = found[0].numPr.numId.val, found[0].numPr.ilvl.val if found[0].numPr.ilvl is not None else 0
        if not number:
            out.append(p.text)
            continue
        definition = {lvl.get(W + "ilvl"): lvl for a in d.part.numbering_part.element.iter(W + "abstractNum") if a.get(W + "abstractNumId") == str(levels[number]) for lvl in a.iter(W + "lvl")}
        at[level], at[level + 1:] = at[level] + 1, [0] * (8 - level)
        label = definition[str(level)].find(W + "lvlText").get(W + "val")
        for k in range(level + 1):
            n = int(definition[str(k)].find(W + "start").get(W + "val")) + at[k] - 1
            label = label.replace(f"%{k + 1}", {4: "IV"}[n] if definition[str(k)].find(W + "numFmt").get(W + "val") == "upperRoman" else str(n))
        assert definition[str(level)].find(W + "pStyle").get(W + "val") == p.style.style_id
        out.append(f"{label} {p.text}")
    return out


def test_word_numbers_the_headings_itself(chapter, study_dir):
    """Levels count and begin again; the references, and a second head of the first level, bear no number; English says CHAPTER."""
    chapter.write_text("# Hasil\n\n## A\n\n### Satu\n\n### Dua\n\n#### Kecil\n\n## B\n\n### Tiga\n\n# Daftar pustaka\n\nBuku.\n\n# Lampiran\n\n## C\n", encoding="utf-8")
    d = docx.Document(str(write(open_study(study_dir), study_dir / "b.docx", chapter=chapter)))
    assert numbered(d) == ["BAB IV \nHASIL", "4.1 A", "4.1.1 Satu", "4.1.2 Dua", "4.1.2.1 Kecil", "4.2 B", "4.2.1 Tiga", "DAFTAR PUSTAKA", "LAMPIRAN", "4.3 C"]
    chapter.write_text("---\nlang: en\nbab: 5\n---\n# Results\n\n## A\n", encoding="utf-8")
    assert numbered(docx.Document(str(write(open_study(study_dir), study_dir / "c.docx", chapter=chapter)))) == ["CHAPTER 5 \nRESULTS", "5.1 A"]


def test_the_same_study_gives_the_same_bytes(chapter, study_dir):
    for ending in ("docx", "pdf"):
        a = write(open_study(study_dir), study_dir / f"1.{ending}", chapter=chapter).read_bytes()
        b = write(open_study(study_dir), study_dir / f"2.{ending}", chapter=chapter).read_bytes()
        assert a == b
    with zipfile.ZipFile(study_dir / "1.docx") as z:
        for name in z.namelist():
            told = z.read(name).decode("utf-8", "replace")
            assert tempfile.gettempdir() not in told and str(ROOT) not in told and str(Path.home()) not in told, name


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


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def fields_of(path):
    """The field codes of a Word file with what they show, and its bookmarks."""
    d = docx.Document(str(path))
    found, code, shown, inside = [], "", "", 0
    for e in d.element.body.iter(f"{W}fldChar", f"{W}instrText", f"{W}t"):
        kind = e.get(f"{W}fldCharType")
        if kind == "begin":
            code, shown, inside = "", "", 1
        elif kind == "separate":
            inside = 2
        elif kind == "end":
            found.append((code.strip(), shown))
            inside = 0
        elif e.tag == f"{W}instrText":
            code += e.text
        elif inside == 2:
            shown += e.text
    marks = [b.get(f"{W}name") for b in d.element.body.iter(f"{W}bookmarkStart")]
    numbers = [b.get(f"{W}id") for b in d.element.body.iter(f"{W}bookmarkStart")]
    assert len(set(numbers)) == len(numbers)
    return found, marks


def test_captions_and_references_are_fields_of_word(chapter, study_dir):
    text = chapter.read_text(encoding="utf-8")
    chapter.write_text(text.replace("caption=Peta}", "label=peta caption=Peta}\n\nLihat (@gambar:peta) dan @tabel:t, juga @tabel:t.\n\n{table rows=case columns=code code=s.close label=dua caption=Kedua}\n\nDan @tabel:dua."), encoding="utf-8")
    path = write(open_study(study_dir), study_dir / "b.docx", chapter=chapter)
    found, marks = fields_of(path)
    assert [f for f in found if f[0].startswith("SEQ")] == [("SEQ Tabel \\* ARABIC \\s 1", "1"), ("SEQ Gambar \\* ARABIC \\s 1", "1"), ("SEQ Tabel \\* ARABIC \\s 1", "2")]
    references = [(c.split()[1], shown) for c, shown in found if c.startswith("REF")]
    assert [s for _, s in references] == ["Tabel 4.1", "Gambar 4.1", "Tabel 4.1", "Tabel 4.1", "Tabel 4.2"] and {r for r, _ in references} <= set(marks)
    from kube_research.verify.pages import of_docx
    texts = [p.text for p in of_docx(path.read_bytes(), "b").paragraphs]
    assert "Lihat (Gambar 4.1) dan Tabel 4.1, juga Tabel 4.1." in texts and "Tabel 4.2 Kedua" in texts
    styles = {p.style.name for p in docx.Document(str(path)).paragraphs}
    assert {"Heading 1", "Heading 2", "Block Text", "Table Caption", "Image Caption"} <= styles
    chapter.write_text(chapter.read_text(encoding="utf-8").replace("label=dua", "label=t"), encoding="utf-8")
    with pytest.raises(KubeError, match="twice|dua kali"):
        write(open_study(study_dir), study_dir / "b.docx", chapter=chapter)


def test_the_pdf_links_its_references(chapter, study_dir):
    import pypdf

    path = write(open_study(study_dir), study_dir / "b.pdf", chapter=chapter)
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    assert any(a.get_object().get("/Subtype") == "/Link" for page in pages for a in page.get("/Annots") or [])


def png():
    from PIL import Image
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def test_a_notebook_becomes_a_chapter_with_its_pictures_and_tables(chapter, study_dir):
    frame = "<table><thead><tr><th>case</th><th>Kompak</th><th>Rapat</th></tr><tr><th>kasus</th><th></th><th></th></tr></thead><tbody><tr><th>A</th><td>1</td><td>2</td></tr><tr><th>B &lt;i&gt;x&lt;/i&gt;</th><td>3</td><td>4</td></tr></tbody></table><p><small>Satuan: orang.</small></p><script>bad()</script>"
    said = "<h4>A</h4><blockquote><p>Kompak banget.</p><footer>TUTI, b1:4 · Kompak · hadir</footer></blockquote>"
    v4 = nbformat.v4

    def cell(source, data):
        return v4.new_code_cell(source, outputs=[v4.new_output("display_data", data)])
    wide = "<table><thead><tr>" + "".join(f"<th>Kolom yang panjang {i}</th>" for i in range(14)) + "</tr></thead><tbody>" + "<tr>" * 0 + "".join("<tr>" + "<td>1</td>" * 14 + "</tr>" for _ in range(60)) + "</tbody></table>"
    nb = v4.new_notebook(cells=[v4.new_markdown_cell("# Hasil\n\nKompak {persons code=s.close case=B}. Lihat @tabel:k dan @gambar:g."), cell("#| caption: Kekompakan\n#| label: k\nx", {"text/html": frame, "text/plain": "-"}),
                                v4.new_markdown_cell("## Kedua"), cell("#| label: g\nx", {"image/png": png(), "text/plain": "Sebuah peta. Dengan uraian."}), cell("x", {"text/html": said, "text/plain": "-"}),
                                cell("#| chapter: false\nx", {"text/html": frame, "text/plain": "-"}), cell("x", {"text/html": wide, "text/plain": "-"}), cell("x", {"text/markdown": "Sebuah *kalimat* terikat.", "text/plain": "-"}),
                                cell("x", {"text/html": "<table><tr><th>status</th><td>ringkasan</td></tr></table>", "text/plain": "-"}),
                                v4.new_code_cell("print(x)", outputs=[v4.new_output("stream", name="stdout", text="Kompak disebut *hadir* oleh {7} dari 8 orang (misalnya b1:4).\na  1\nb  2\n")])])
    nbformat.write(nb, study_dir / "n.ipynb")
    path = write(open_study(study_dir), study_dir / "n.docx", chapter=study_dir / "n.ipynb")
    from kube_research.verify.pages import of_docx
    paragraphs = of_docx(path.read_bytes(), "n").paragraphs
    texts = [p.text for p in paragraphs]
    order = ["Kompak 1 dari 2. Lihat Tabel 4.1 dan Gambar 4.1.", "Tabel 4.1 Kekompakan", "Kedua", "Gambar 4.1 Sebuah peta", "Kompak banget. (TUTI, b1:4)", "Tabel 4.2 Keluaran notebook", "Sebuah kalimat terikat.", "Kompak disebut *hadir* oleh {7} dari 8 orang (misalnya b1:4)."]
    assert [t for t in texts if t in order] == order
    assert "B <i>x</i>" in texts and "Keterangan: Satuan: orang." in texts and not any("bad()" in t for t in texts)
    tables = docx.Document(str(path)).tables
    assert not any(t.startswith("a  1") for t in texts)
    assert [[c.text for c in r.cells] for r in tables[0].rows] == [["kasus", "Kompak", "Rapat"], ["A", "1", "2"], ["B <i>x</i>", "3", "4"]]
    assert len(tables) == 2 and len(tables[1].rows) == 41 and any("20 baris lagi" in t for t in texts)
    assert [p.kind for p in paragraphs if p.block] == ["body"] and verify(open_study(study_dir), path).sound
    a = write(open_study(study_dir), study_dir / "n1.pdf", chapter=study_dir / "n.ipynb").read_bytes()
    assert a == write(open_study(study_dir), study_dir / "n2.pdf", chapter=study_dir / "n.ipynb").read_bytes()
    (study_dir / "n.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(KubeError):
        write(open_study(study_dir), study_dir / "n.docx", chapter=study_dir / "n.ipynb")


def test_a_matrix_that_a_notebook_shows_is_bound_in_its_chapter_and_recomputed(chapter, study_dir, capsys):
    """Its cells are counted anew when the chapter is made, are content controls in Word, and a stale output is told by verify."""
    study = open_study(study_dir)
    shown = kr.cross(study.codings(coder="ana", code=["s.close", "s.meet"]), rows="case", count="segments")
    v4 = nbformat.v4
    nb = v4.new_notebook(cells=[v4.new_markdown_cell("# Hasil\n\nLihat @tabel:m."), v4.new_code_cell('#| caption: Orang "kompak"\n#| label: m\nx', outputs=[v4.new_output("display_data", {"text/html": shown._repr_html_(), "text/plain": repr(shown)})])])
    notebook, word = study_dir / "m.ipynb", study_dir / "m.docx"
    nbformat.write(nb, notebook)
    v = verify(study, write(study, word, chapter=notebook))
    assert v.sound and sorted(n.now for n in v.numbers) == sorted(map(str, shown.frame.to_numpy().ravel().tolist())) and len(v.numbers) == 4
    assert sum(n.now == n.written for n in verify(study, notebook).numbers) == 4 and verify(study, notebook).sound
    text = study.corpus["b1"].text
    _append(study, "ana", "b1", text, text.index("Sekarang"), "Sekarang", "s.close", "present")
    study = open_study(study_dir)
    now = kr.cross(study.codings(coder="ana", code=["s.close", "s.meet"]), rows="case", count="segments").frame
    told = [(n.written, n.now) for n in verify(study, notebook).numbers if n.finding]
    assert told == [(n.written, n.now) for n in verify(study, word).numbers if n.finding] and len(told) == (now != shown.frame).to_numpy().sum() > 0
    assert [c.text for r in docx.Document(str(write(study, word, chapter=notebook))).tables[0].rows for c in r.cells][4:6] != []
    capsys.readouterr()
    assert main(["report", "--study", str(study_dir), "--output", str(word), "--chapter", str(notebook)]) == 1  # the accepted table was another
    said = capsys.readouterr().err
    assert "Table “Orang 'kompak'” has changed: " in said and said.count("→") == len(told)  # the cells that differ, no others


def test_a_matrix_says_what_it_was_counted_from_or_nothing():
    study = open_study(ROOT)
    binder = kr.bind.__globals__["Binder"](study)
    both = study.codings(coder=["dian", "raka"])
    dian = study.codings(coder="dian")
    for m in (kr.cross(dian, "case", count="persons"), kr.cross(both.where(code=["gd.cohesion", "gd.goal"], case=["sinar", "lentera"]), "case").order("outcome"), kr.cross(dian.where(role=["member", "officer"], polarity="absent"), "speaker", "theme", count="words"),
              kr.cross(dian, "outcome", count="documents", polarity="present")):
        mark = marks(m.mark)
        assert len(mark) == 1, m.mark
        pd.testing.assert_frame_equal(binder.matrix(mark[0]).frame, m.frame, check_names=False)
    for m in (kr.cross(kr.autocode(study.corpus, study.codebook("mentoring")), "case"), kr.cross(both.where(coder="dian"), "case"), kr.cross(dian, "case", polarity="balance"), kr.cross(dian, "case", every=False), kr.cross(dian.where(case="sinar").where(case=["lentera", "sinar"]), "case"),
              kr.cross(dian.where(quote="Ya, begitu"), "case"), kr.cross(kr.negative_cases(dian), "case")):
        assert m.mark == "" and "data-counted-from" not in m._repr_html_()


def test_a_campus_brings_its_own_form(chapter, study_dir, capsys):
    """templates/report/: the styles of a Word document, the head of the PDF, the style of citations; what reaches for the network is refused."""
    own = study_dir / "templates/report"
    own.mkdir(parents=True)
    template = docx.Document()
    template.styles["Normal"].font.name = "Arial"
    template.sections[0].left_margin = Cm(5)
    template.save(own / "reference.docx")
    d = docx.Document(str(write(open_study(study_dir), study_dir / "b.docx", chapter=chapter)))
    assert d.styles["Normal"].font.name == "Arial" and round(d.sections[0].left_margin / Cm(1)) == 5
    assert [p.text for p in d.paragraphs if p.style.name.startswith("Heading")] == ["BAB IV\nHASIL", "4.1 Kekompakan"]  # its headings bear no numbers of Word's: they are typed
    chapter.write_text(chapter.read_text(encoding="utf-8") + "\n[@x]\n", encoding="utf-8")
    (study_dir / "chapters/references.bib").write_text("@book{x, author={Ana Sari and Budi Rao and Cici Dew}, title={Judul}, year={2020}}", encoding="utf-8")
    from kube_research.report import campus

    (own / "citations.csl").write_text(campus.text(open_study(study_dir), "citations.csl").replace("dkk.", "et alii"), encoding="utf-8")
    assert "Sari et alii, 2020" in "".join(p.text for p in docx.Document(str(write(open_study(study_dir), study_dir / "c.docx", chapter=chapter))).paragraphs)
    (own / "thesis.typ").write_text('#import "@preview/x:1.0.0": y\n', encoding="utf-8")
    for ending, said in (("pdf", "from the network"), ("docx", "reference.docx")):
        if ending == "docx":
            (own / "reference.docx").write_bytes(b"PK broken")
        assert main(["report", "--study", str(study_dir), "--output", str(study_dir / f"x.{ending}"), "--chapter", str(chapter)]) == 2
        assert said in capsys.readouterr().err


def test_run_makes_the_chapters_and_writes_nothing_beside_them(chapter, study_dir, monkeypatch):
    from kube_research.pipeline import chapters

    (study_dir / "chapters/bad.md").write_text("Satu {persons code=s.clos}.\n", encoding="utf-8")
    before = sorted(p.name for p in (study_dir / "chapters").iterdir())
    found = chapters(open_study(study_dir), study_dir / "outputs")
    assert [p.name for p in (study_dir / "outputs/chapters").iterdir()] == ["b.docx"] and "s.clos" in str(found[0])
    assert sorted(p.name for p in (study_dir / "chapters").iterdir()) == before


def test_a_chapter_of_our_own_is_not_taken_for_a_source(chapter, study_dir, capsys):
    """Imported without `--reviews` it would make the student's sentences data; who wants that says so by --kind."""
    out = study_dir / "b.docx"
    assert main(["report", "--study", str(study_dir), "--output", str(out), "--chapter", str(chapter)]) == 0
    before = {p: p.read_bytes() for p in (study_dir / "corpus").rglob("*") if p.is_file()}
    capsys.readouterr()
    assert main(["import", "--study", str(study_dir), str(out)]) == 2
    told = capsys.readouterr().err
    assert "b.docx" in told and "--reviews" in told and "--kind chapter" in told
    folder = study_dir / "from-the-supervisor"
    folder.mkdir()
    (folder / "b.docx").write_bytes(out.read_bytes())
    assert main(["import", "--study", str(study_dir), str(folder)]) == 2 and "--reviews" in capsys.readouterr().err
    assert {p: p.read_bytes() for p in (study_dir / "corpus").rglob("*") if p.is_file()} == before
    assert main(["import", "--study", str(study_dir), str(out), "--reviews"]) == 0
    assert main(["import", "--study", str(study_dir), str(out), "--kind", "chapter"]) == 0
