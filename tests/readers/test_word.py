"""Word documents: what a reader of the page sees, with the print that tells questions from answers."""

import io

import docx as python_docx
import pytest

from kube_research.corpus import Document
from kube_research.readers import read
from kube_research.readers.docx import flow
from tests.readers.build import docx, p
from tests.readers.talk import PAIR


def source(tmp_path, data, name="w.docx"):
    path = tmp_path / name
    path.write_bytes(data)
    return read(path)[0]


def words(data):
    return flow(data, "w.docx")[0]


def pairs(s):
    return [(t.label, s.text[t.body:t.end]) for t in Document("x", s.text).turns if t.label != "Catatan"]


BOLD, ITALIC, RED, HIGH = "<w:b/>", "<w:i/>", '<w:color w:val="FF0000"/>', '<w:highlight w:val="yellow"/>'


@pytest.mark.parametrize(("question", "answer"), [((BOLD, ""), ("", "")), ((ITALIC, ""), ("", "")), ((RED, ""), ("", "")), ((HIGH, ""), ("", "")), (('<w:u w:val="single"/>', ""), ("", "")), (("", '<w:ind w:left="720"/>'), ("", "")),
                                                  (("", ""), ("", '<w:ind w:left="720"/>')), (("", '<w:pStyle w:val="Q"/>'), ("", "")), (("", '<w:numPr><w:numId w:val="1"/></w:numPr>'), ("", "")), (("", '<w:pStyle w:val="Heading2"/>'), ("", ""))],
                         ids=["bold", "italic", "colour", "highlight", "underline", "question indented", "answer indented", "bold by style", "numbered list", "heading"])
def test_print_tells_the_questions(question, answer, tmp_path):
    styles = '<w:style w:type="paragraph" w:styleId="Base"><w:name w:val="Base"/><w:rPr><w:b/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Q"><w:name w:val="Pertanyaan"/><w:basedOn w:val="Base"/></w:style><w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/></w:style>'
    body = p("Transkrip 4") + "".join(p(w.replace("&", "&amp;"), *(question if x == "P" else answer)) for x, w in PAIR)
    s = source(tmp_path, docx(body, styles=styles))
    assert pairs(s) == [(x, w) for x, w in PAIR]
    assert {x: g.role for x, g in s.roles.items()} == {"P": "researcher", "N": "member"}


def test_bold_turned_off_in_a_bold_style():
    styles = '<w:style w:type="paragraph" w:styleId="Q"><w:name w:val="Q"/><w:rPr><w:b/></w:rPr></w:style>'
    f = words(docx(p("Tebal", "", '<w:pStyle w:val="Q"/>') + p("Tidak", '<w:b w:val="0"/>', '<w:pStyle w:val="Q"/>'), styles=styles))
    assert [f.text()[a:b] for a, b, k in f.marks if k == "bold"] == ["Tebal"]


def test_tables_turn_into_turns(tmp_path):
    d = python_docx.Document()
    table = d.add_table(rows=0, cols=3)
    for row in [("No", "Penutur", "Ucapan"), *((str(n), "Peneliti" if x == "P" else "Bu Entin (ketua)", w) for n, (x, w) in enumerate(PAIR, 1))]:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = value
    out = io.BytesIO()
    d.save(out)
    s = source(tmp_path, out.getvalue())
    assert [w for _, w in pairs(s)] == [w for _, w in PAIR] and s.roles["Bu Entin (ketua)"].role == "officer"


def test_question_and_answer_columns(tmp_path):
    d = python_docx.Document()
    table = d.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Pertanyaan", "Jawaban"
    for (_, q), (_, a) in zip(PAIR[::2], PAIR[1::2], strict=True):
        row = table.add_row().cells
        row[0].text, row[1].text = q, a + "\nBaris kedua."
    out = io.BytesIO()
    d.save(out)
    s = source(tmp_path, out.getvalue())
    assert pairs(s)[:2] == [("P", PAIR[0][1]), ("N", PAIR[1][1] + "\nBaris kedua.")]


def test_nothing_that_is_seen_is_lost_and_what_is_dropped_is_said():
    box = '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><w:txbxContent>' + p("di kotak") + '</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>' + p("di kotak") + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    body = (
        '<w:p><w:r><w:t xml:space="preserve">N: Kami </w:t></w:r><w:ins w:author="a"><w:r><w:t xml:space="preserve">memang </w:t></w:r></w:ins><w:del><w:r><w:delText>tidak </w:delText></w:r></w:del>'
        '<w:sdt><w:sdtContent><w:r><w:t xml:space="preserve">urunan </w:t></w:r></w:sdtContent></w:sdt><w:hyperlink><w:r><w:t xml:space="preserve">tiap </w:t></w:r></w:hyperlink><w:r><w:rPr><w:vanish/></w:rPr><w:t>rahasia</w:t></w:r>'
        '<w:r><w:t>minggu</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:br/><w:t>baris dua</w:t><w:tab/><w:t>x</w:t><w:noBreakHyphen/></w:r>' + box + "</w:p>"
        "<w:sdt><w:sdtContent>" + p("P: Oh ya?") + '</w:sdtContent></w:sdt><w:ins><w:p><w:r><w:t>N: Iya.</w:t></w:r></w:p></w:ins><w:p><w:moveFrom><w:r><w:t>pindah</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>P: pindah</w:t></w:r></w:moveTo></w:p>')
    f = words(docx(body, footnotes='<w:footnote w:id="2"><w:p><w:r><w:t>Saban Jumat.</w:t></w:r></w:p></w:footnote>', comments='<w:comment w:id="1"/>', **{"word/header1.xml": f'<w:hdr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">{p("Halaman")}</w:hdr>'}))
    assert f.text() == "N: Kami memang urunan tiap minggu [note: Saban Jumat.]\nbaris dua\tx-\n\ndi kotak\n\nP: Oh ya?\n\nN: Iya.\n\nP: pindah\n\n"
    assert {"deleted": 2, "comments": 1, "hidden": 1, "headers": 1}.items() <= f.dropped.items()
    assert {"inserted": 2, "controls": 2, "boxes": 1, "notes": 1}.items() <= f.repaired.items()


def test_words_of_a_run_are_verbatim(tmp_path):
    said = "Kalau «untung» 50% — e\u0301 bagi\u00a0rata… 😀 &lt;tag&gt; *bintang* [x] #1 _a_"
    s = source(tmp_path, docx("".join(p(w) for w in ("P: Apa?", "N: " + said, "P: Oh?", "N: Iya."))))
    assert pairs(s)[1] == ("N", "Kalau «untung» 50% — é bagi\u00a0rata… 😀 <tag> *bintang* [x] #1 _a_")
    where = s.text.index("😀")
    assert s.raw[slice(*s.raw_span(where, where + 1))] == "😀"


def test_strict_documents_are_read():
    data = docx(p("P: Apa?") + p("N: Iya.")).replace(b"x", b"x")
    assert words(data).text().startswith("P: Apa?")
    from tests.readers.build import zipped

    strict = f'<w:document xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"><w:body>{p("P: Strict?")}</w:body></w:document>'
    assert words(zipped(**{"word/document.xml": strict})).text() == "P: Strict?\n\n"
