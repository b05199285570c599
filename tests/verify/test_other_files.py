"""Write-ups that are not Word: .odt, notebooks; and bound numbers whose control is gone."""

from __future__ import annotations

import io
import json
import zipfile

import docx
import nbformat
import pytest

from kube_research.cli import main
from kube_research.report import write
from kube_research.study import open_study
from kube_research.verify import verify
from kube_research.verify.retyped import same
from tests.test_bind import coded  # noqa: F401
from tests.verify.test_quotations import small  # noqa: F401

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SPACES = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{u}:1.0"' for n, u in {"office": "office", "text": "text", "table": "table", "style": "style", "fo": "xsl-fo-compatible", "draw": "drawing"}.items())
BODY = """<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>memang “Saya selalu ikut, Bu”</text:p></text:deletion></text:changed-region></text:tracked-changes>
<text:h>BAB IV</text:h>
<text:p>Siti berkata, “Saya <text:change text:change-id="c1"/>tidak<text:s/>ikut. <text:span>Kata</text:span> Bu Tuti” (SITI, a1:2).<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body><text:p>“Saya selalu ikut. Kata Bu Tuti” (SITI)</text:p></text:note-body></text:note></text:p>
<text:p text:style-name="P1">Uangnya tiga juta, dibagi sepuluh orang. (SITI, a1:2)</text:p>
<text:soft-page-break/>
<text:p text:style-name="Quotations">Kompak sekali kami ini, tiap minggu kumpul. (TUTI)</text:p>
<text:p>Lihat kotak.<draw:frame><draw:text-box><text:p>“mereka berani sama rentenir itu” (SITI)</text:p></draw:text-box></draw:frame></text:p>
<table:table><table:table-row><table:table-cell><text:p>Informan</text:p></table:table-cell><table:table-cell><text:p>Kutipan</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>TUTI</text:p></table:table-cell><table:table-cell><text:p>Kompak sekali mereka ini, tiap minggu kumpul</text:p></table:table-cell></table:table-row></table:table>
<text:p text:style-name="Hid">“Tersembunyi sama sekali di sini, Bu” (SITI)</text:p><office:annotation><text:p>“Kata komentar yang panjang ini” (SITI)</text:p></office:annotation>"""
STYLES = '<style:style style:name="Quotations" style:family="paragraph"/><style:style style:name="Q" style:family="paragraph"/>'
AUTO = '<style:style style:name="P1" style:family="paragraph"><style:paragraph-properties fo:margin-left="1.25cm"/></style:style><style:style style:name="Hid" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'


def odt(body=BODY, content="content.xml"):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        z.writestr(content, f'<office:document-content {SPACES}><office:automatic-styles>{AUTO}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>')
        z.writestr("styles.xml", f"<office:document-styles {SPACES}><office:styles>{STYLES}</office:styles></office:document-styles>")
    return out.getvalue()


def test_an_odt_with_changes_notes_tables_boxes_blocks_and_pages(small, study_dir):  # noqa: F811
    (study_dir / "t.odt").write_bytes(odt())
    v = verify(open_study(study_dir), study_dir / "t.odt")
    assert [(j.verdict, j.quoted.paragraph.kind, j.quoted.paragraph.page(j.quoted.start)) for j in v.quotations] == [
        ("verbatim", "body", 1), ("changed", "footnote", 1), ("changed", "body", 1), ("verbatim", "body", 2), ("changed", "box", 2), ("changed", "cell", 2)]
    assert "Page 2" in v.html()


@pytest.mark.parametrize("data", [b"PK broken", odt(content="other.xml"), odt("<text:p>"), odt("<text:section>" * 5_000 + "</text:section>" * 5_000)])
def test_bad_odt_files(small, study_dir, data, capsys):  # noqa: F811
    (study_dir / "t.odt").write_bytes(data)
    assert main(["verify", str(study_dir / "t.odt"), "--study", str(study_dir)]) in (0, 2)
    assert "Traceback" not in capsys.readouterr().err


def notebook(*cells):
    made = [nbformat.v4.new_markdown_cell(c) if isinstance(c, str) else nbformat.v4.new_code_cell("x", outputs=c) for c in cells]
    return nbformat.writes(nbformat.v4.new_notebook(cells=made))


def shown(markup):
    return [nbformat.v4.new_output("display_data", {"text/html": markup, "text/plain": "—"})]


def test_a_notebook_with_its_outputs(coded, study_dir, capsys):  # noqa: F811
    from kube_research.quotations import quotes
    study = open_study(study_dir)
    real = quotes(study.codings(coder="ana"))._repr_html_()
    path = study_dir / "notebooks/n.ipynb"
    path.write_text(notebook("# Hasil\n\nKompak {persons code=s.close case=B}.\n\n> Kompak banget. Kumpul di rumah saya saban minggu. (TUTI)", shown(real)), encoding="utf-8")
    v = verify(open_study(study_dir), path)
    assert v.sound and v.counts["verbatim"] == 1 + len(quotes(study.codings(coder="ana")))
    stale = real.replace("Kompak", "Guyub")
    stream = [nbformat.v4.new_output("stream", name="stdout", text="“Kumpul di rumah kamu saban minggu” (TUTI, b1:4) +s.close\n~pola: “apa saja di sini boleh” dan \"belum ditutup\n")]
    table = shown("<table><tr><th>speaker</th><th>quote</th></tr><tr><td>TUTI</td><td>Kumpul di rumah dia saban minggu</td></tr><tr><td>TUTI</td><td>Kumpul di rumah saya sab...</td></tr></table><script>“bukan ini yang dibaca di sana” (TUTI)</script>")
    path.write_text(notebook("Katanya “Kumpul di rumah saya tiap minggu” (TUTI).", shown(stale), stream, table), encoding="utf-8")
    v = verify(open_study(study_dir), path)
    assert sorted({j.quoted.paragraph.cell for j in v.quotations if j.finding}) == [1, 2, 3, 4]
    assert "cell 3, output" in repr(v) and len([j for j in v.quotations if j.quoted.paragraph.cell in (3, 4)]) == 3
    assert main(["verify", str(path), "--study", str(study_dir), "--json"]) == 1
    assert {q["cell"] for q in json.loads(capsys.readouterr().out)["quotations"]} == {1, 2, 3, 4}


@pytest.mark.parametrize("text", ["{", "[]", '{"cells": 3}', '{"cells": [{"cell_type": "markdown"}]}', '{"cells": [{"cell_type": "code", "outputs": [3]}]}'])
def test_bad_notebooks(small, study_dir, text, capsys):  # noqa: F811
    (study_dir / "n.ipynb").write_text(text, encoding="utf-8")
    assert main(["verify", str(study_dir / "n.ipynb"), "--study", str(study_dir)]) == 2
    assert "n.ipynb" in capsys.readouterr().err


# --- numbers -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def made(coded, study_dir):  # noqa: F811
    pytest.importorskip("pypandoc")
    (study_dir / "chapters").mkdir()
    (study_dir / "chapters/b.md").write_text("---\nbab: 4\n---\n\n# Hasil\n\nDi KUBE B kekompakan disebut oleh {persons code=s.close case=B} orang, sedangkan seluruhnya ada {segments code=s.close,s.meet polarity=any} segmen yang dikodekan. {claim id=k code=s.close case=B}\n\n"
                                             "{table rows=code columns=case code=s.close,s.meet caption=Orang}\n", encoding="utf-8")
    return write(open_study(study_dir), study_dir / "b.docx", chapter=study_dir / "chapters/b.md")


def unbound(path, *, keep_record=True, **change):
    """The Word file without its content controls, with some words typed over, perhaps without its record (as other programs save it)."""
    d = docx.Document(str(path))
    for sdt in list(d.element.iter(f"{W}sdt")):
        parent, at = sdt.getparent(), sdt.getparent().index(sdt)
        for k, e in enumerate(list(sdt.find(f"{W}sdtContent"))):
            parent.insert(at + k, e)
        parent.remove(sdt)
    for t in d.element.iter(f"{W}t"):
        t.text = change.get((t.text or "").replace(" ", "_"), t.text)
    if not keep_record:
        for rid, rel in list(d.part.rels.items()):
            if rel.reltype.endswith("/customXml"):
                del d.part.rels[rid]
    out = path.with_name("edited.docx")
    d.save(out)
    return out


@pytest.mark.parametrize("keep", [True, False])
def test_a_number_typed_without_its_control_is_found_by_its_sentence(made, study_dir, keep):
    v = verify(open_study(study_dir), unbound(made, keep_record=keep))
    assert v.sound, v
    assert len(v.numbers) == 6 and all(n.loose for n in v.numbers)
    v = verify(open_study(study_dir), unbound(made, keep_record=keep, **{"1_dari_2": "2 dari 2"}))
    assert [(n.written, n.recorded, n.now) for n in v.numbers if n.finding] == [("2 dari 2", "1 dari 2", "1 dari 2")]
    assert "typed over" in repr(v) and "Di KUBE B kekompakan" in v.html()
    v = verify(open_study(study_dir), unbound(made, keep_record=keep, **{"1_dari_2": "satu dari dua", "orang,": "peserta,"}))
    assert v.sound


def test_a_table_cell_typed_over(made, study_dir):
    d = docx.Document(str(unbound(made)))
    cell = d.tables[0].rows[1].cells[2]
    was = cell.text
    cell.paragraphs[0].runs[0].text = "7"
    d.save(study_dir / "t.docx")
    v = verify(open_study(study_dir), study_dir / "t.docx")
    assert [(n.written, n.recorded) for n in v.numbers if n.finding] == [("7", was)]


def test_a_sentence_that_was_rewritten_is_told(made, study_dir):
    d = docx.Document(str(unbound(made)))
    p = next(p for p in d.paragraphs if "kekompakan disebut" in p.text)
    p.clear().add_run("Kelompok kedua tampak sangat rukun menurut hampir semua orang.")
    d.save(study_dir / "t.docx")
    v = verify(open_study(study_dir), study_dir / "t.docx")
    assert sum("not found again" in f.what for f in v.faults) == 2 and not v.sound


def test_numbers_in_words():
    assert same("dua belas", "12") and same("Dua puluh satu", "21") and same("tiga ratus", "300") and not same("lima", "6") and not same("5 dari 6", "5 dari 7")
