"""What a newcomer brings: files as their programs write them, each read whole."""

import io
import zipfile

import openpyxl

from kube_research.readers import read


def test_excel_rows_that_go_on_empty(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Waktu", "Pembicara", "Ucapan"], ["00:01", "Moderator", "Apa manfaat KUBE?"], ["00:05", "Bu Sari", "Ada simpanan."], ["00:09", "Pak Karto", "Kambing bertambah, tapi pasar jauh."]):
        book.active.append(row)
    book.save(tmp_path / "fgd.xlsx")
    (source,) = read(tmp_path / "fgd.xlsx")
    assert "[00:00:05] Bu Sari: Ada simpanan." in source.text and "|" not in source.text and set(source.roles) == {"Moderator", "Bu Sari", "Pak Karto"}
    book = openpyxl.Workbook()
    for row in (["Nama", "Umur", "Apa kendalanya?"], ["Resp 1", 41, "Modal kurang dan jauh."], ["Resp 2", 35, "Belum ada pasar tetap."]):
        book.active.append(row)
    book.save(tmp_path / "survei.xlsx")
    (source,) = read(tmp_path / "survei.xlsx")
    assert "1 other columns were not read." in map(str, source.dropped)


def test_footnotes_and_heads_of_an_rtf(tmp_path):
    (tmp_path / "w.rtf").write_bytes(rb"""{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Calibri;}}{\header Laporan {\b 2024}\par}
P: Apa kendala?\par N: Modal caf\'e9.{\super\chftn{\footnote\pard {\super\chftn} Tertawa \u8220?keras\u8221? \{a\}.}}\par P: Lalu?\par N: Ya begitu {\footnotes x} sudah.\par}""")
    (source,) = read(tmp_path / "w.rtf")
    assert "N: Modal café. [note: Tertawa “keras” {a}.]" in source.text and source.text.rstrip().endswith("sudah.") and "Laporan" not in source.text
    assert {"1 headers and footers of pages were dropped."} == set(map(str, source.dropped)) and "1 footnotes were kept in square brackets." in set(map(str, source.repaired))


def test_an_rtf_that_never_closes_its_footnote(tmp_path):
    (tmp_path / "w.rtf").write_bytes(rb"{\rtf1 P: Apa kabar?\par N: Baik{\footnote sampai akhir\par")
    assert "N: Baik" in read(tmp_path / "w.rtf")[0].text


def test_labels_in_the_words_where_others_have_a_voice(tmp_path):
    (tmp_path / "z.vtt").write_text("WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\nPeneliti: Bagaimana awalnya?\n\n2\n00:00:04.500 --> 00:00:09.000\n<v Bu Sari>Kami sepuluh orang,\n\n3\n00:00:09.000 --> 00:00:12.000\n<v Bu Sari>tinggal enam.</v>\n", encoding="utf-8")
    (source,) = read(tmp_path / "z.vtt")
    assert "[00:00:01] Peneliti: Bagaimana awalnya?" in source.text and set(source.roles) == {"Peneliti", "Bu Sari"}


def test_a_word_file_with_everything(tmp_path):
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    r = lambda t, p="": f"<w:r>{'<w:rPr>' + p + '</w:rPr>' if p else ''}<w:t xml:space='preserve'>{t}</w:t></w:r>"  # noqa: E731
    body = ("<w:p>" + r("P: Siapa yang memutuskan?") + "</w:p><w:p>" + r("N: Kami ") + "<w:ins>" + r("semua ") + "</w:ins><w:del><w:r><w:delText>ketua </w:delText></w:r></w:del>" + r("bersama.") + '<w:r><w:footnoteReference w:id="2"/></w:r>' + r("rahasia", "<w:vanish/>") + "</w:p>"
            + "<w:p><w:sdt><w:sdtContent>" + r("P: Bagaimana caranya?") + "</w:sdtContent></w:sdt></w:p><w:p>" + r("N: Musyawarah.") + "</w:p>")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr("word/document.xml", f"<w:document {w}><w:body>{body}</w:body></w:document>")
        z.writestr("word/footnotes.xml", f'<w:footnotes {w}><w:footnote w:id="2"><w:p>{r("tertawa")}</w:p></w:footnote></w:footnotes>')
    (tmp_path / "w.docx").write_bytes(out.getvalue())
    (source,) = read(tmp_path / "w.docx")
    assert "N: Kami semua bersama. [note: tertawa]" in source.text and "P: Bagaimana caranya?" in source.text and "rahasia" not in source.text and "ketua" not in source.text
