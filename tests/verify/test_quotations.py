"""Quotations of a write-up against a study: nothing altered passes as verbatim, nothing unaltered is accused."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from docx.shared import Cm

from kube_research.study import open_study
from kube_research.verify import judge_all, verify
from kube_research.verify.quoting import spans
from kube_research.verify.pages import Paragraph, of_docx
from kube_research.verify.sources import Sources
from tests.conftest import ROOT
from tests.verify.planted import altered, unaltered

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.fixture(scope="module")
def demo():
    study = open_study(ROOT)
    return study, Sources(study)


def judged(sources, *texts, **fields):
    return judge_all([Paragraph(i + 1, t, **fields) for i, t in enumerate(texts)], sources)


def test_none_of_200_altered_quotations_passes(demo):
    study, sources = demo
    planted = altered(study, 200)
    found = judged(sources, *(t for _, t in planted))
    assert len(found) == 200
    passed = [(planted[j.quoted.paragraph.n - 1][0], j.quoted.text) for j in found if not j.finding]
    assert passed == []
    kinds = {planted[j.quoted.paragraph.n - 1][0]: [] for j in found}
    for j in found:
        kinds[planted[j.quoted.paragraph.n - 1][0]].append(j)
    assert all(j.verdict == "wrong-speaker" for j in kinds["wrong speaker"])
    assert all(j.verdict == "stitched" for j in kinds["two speakers stitched"])
    assert all("negation" in j.flags for j in kinds["negation dropped"] + kinds["negation added"])
    assert all("number" in j.flags for j in kinds["number changed"])


def test_300_unaltered_quotations_pass(demo):
    study, sources = demo
    found = judged(sources, *unaltered(study, 300))
    assert [(j.verdict, j.quoted.text) for j in found if j.verdict != "verbatim"] == []
    assert len(found) == 300


@pytest.fixture
def small(study_dir):
    (study_dir / "corpus/transcripts/a1.txt").write_text(
        "P: Bagaimana?\nN: Saya tidak ikut. Kata Bu Tuti, \"ikut saja, Bu.\" (tertawa) Uangnya dua juta, dibagi sepuluh orang.\nP: Lalu?\nN: Ibu-ibu tidak mau; mereka takut sama rentenir itu.\n", encoding="utf-8")
    (study_dir / "corpus/transcripts/b1.txt").write_text("P: Bagaimana kabar kelompoknya sekarang?\nN: Kompak sekali kami ini, tiap minggu kumpul.\nKetua: Sekarang masing-masing saja, tidak ada yang datang.\n", encoding="utf-8")
    return open_study(study_dir)


@pytest.mark.parametrize(("text", "verdict", "flag"), [
    ("“saya tidak ikut” (SITI)", "verbatim", ""),
    ("'Uangnya dua juta, dibagi sepuluh orang' (SITI, a1:2)", "verbatim", ""),
    ("“Uangnya dua juta, dibagi sepuluh orang” (SITI, a1:9)", "verbatim", "line"),
    ("“Uangnya tiga juta, dibagi sepuluh orang” (SITI)", "changed", "number"),
    ("“Saya ikut. Kata Bu Tuti” (SITI)", "changed", "negation"),
    ("“mau; mereka takut sama rentenir itu” (SITI)", "changed", "negation"),
    ("“Saya tidak ikut. Kata Bu Tuti, ‘ikut saja, Bu.’ Uangnya dua juta” (SITI)", "verbatim", "aside"),
    ("\"Kata Bu Tuti, \"ikut saja, Bu.\" (tertawa) Uangnya dua juta\" (SITI)", "verbatim", ""),
    ("“Saya tidak ikut. […] Uangnya dua juta” (SITI)", "verbatim", "omission"),
    ("“Uangnya dua juta [...] Saya tidak ikut.” (SITI)", "changed", ""),
    ("“Saya [...] ikut. Kata Bu Tuti” (SITI)", "changed", "negation"),
    ("“Ibu-ibu tidak mau; mereka [warga] takut sama rentenir [sic] itu” (SITI)", "verbatim", "bracket"),
    ("“bu-ibu tidak mau; mereka takut” (SITI)", "changed", ""),
    ("“Kompak sekali kami ini, tiap minggu kumpul” (SITI)", "wrong-speaker", ""),
    ("“Kompak sekali kami ini. Sekarang masing-masing saja” (TUTI)", "stitched", ""),
    ("“Bagaimana kabar kelompoknya sekarang?” tanya peneliti (P).", "verbatim", "interviewer"),
    ("“Kami selalu untung besar sejak awal berdiri” (TUTI)", "not-found", ""),
    ("“modal sosial adalah jaringan dan norma” (Putnam, 1993: 35)", "literature", ""),
    ("konsep “gotong royong” itu", "term", ""),
    ("“Sa\u00adya tidak\u200b ikut. \u202aKata Bu Tuti\u202c” (SITI)", "verbatim", ""),
])
def test_verdicts(small, text, verdict, flag):
    [j] = judged(Sources(small), text)
    assert (j.verdict, flag in j.flags or not flag) == (verdict, True), j


def test_a_translation_needs_its_original_beside_it(small):
    found = judged(Sources(small), "“Saya tidak ikut” (SITI), artinya “I was not part of that thing at all”.", "Artinya “I was not part of that thing at all” (TUTI).")
    assert [j.verdict for j in found] == ["verbatim", "translation", "not-found"]
    found = judged(Sources(small), "“Saya tidak ikut” (SITI) [“I was not part of that thing at all”].", "“Saya ikut” (SITI) [“I was not part of that thing at all”].")
    assert [j.verdict for j in found][:2] == ["verbatim", "translation"] and found[-1].verdict == "not-found"


def test_a_name_replaced_by_the_same_persons_code_is_verbatim(study_dir):
    (study_dir / "corpus/transcripts/a1.txt").write_text("P: Siapa?\nBu Odah: Waktu itu Bu Odah bilang jangan dijual dulu kambingnya.\n", encoding="utf-8")
    (study_dir / "corpus/speakers.csv").write_text("document,label,speaker,role\na1,P,R1,researcher\na1,Bu Odah,INF-07,member\n", encoding="utf-8")
    sources = Sources(open_study(study_dir))
    [j] = judged(sources, "“Waktu itu INF-07 bilang jangan dijual dulu kambingnya” (INF-07)")
    assert (j.verdict, j.flags) == ("verbatim", ("pseudonym",))
    [j] = judged(sources, "“Waktu itu Pak Karto bilang jangan dijual dulu kambingnya” (INF-07)")
    assert j.verdict == "changed"


def test_consent_counts_before_everything_and_nothing_is_shown(small, study_dir):
    (study_dir / "corpus/speakers.csv").write_text("document,label,speaker,role,consent\na1,P,R1,researcher,\na1,N,SITI,member,withdrawn\nb1,P,R1,researcher,\nb1,N,TUTI,member,analyse\nb1,Ketua,KARTO,officer,\n", encoding="utf-8")
    sources = Sources(open_study(study_dir))
    texts = ["“Uangnya dua juta, dibagi sepuluh orang” (SITI)", "“Uangnya tiga juta, dibagi sepuluh orang” (SITI)", "“Kompak sekali kami ini, tiap minggu kumpul” (TUTI)", "“Sekarang masing-masing saja” (KARTO)"]
    found = judged(sources, *texts)
    assert [j.verdict for j in found] == ["no-consent", "no-consent", "no-consent", "verbatim"]
    assert [j.why for j in found][:3] == ["withdrawn", "withdrawn", "analyse"]
    document = docx.Document()
    for t in texts:
        document.add_paragraph(t)
    document.save(study_dir / "t.docx")
    v = verify(open_study(study_dir), study_dir / "t.docx")
    for out in (repr(v), v.html(), str(v.as_dict()["quotations"])):
        assert "dua juta" not in out and "tiga juta" not in out and "Kompak" not in out


def test_spans_of_nested_and_unclosed_quotations():
    def inner(t):
        return [t[a:b] for a, b in spans(t)]
    assert inner('a “b ‘c’ d” e') == ["b ‘c’ d"]
    assert inner("“a “b” c”") == ["a “b” c"]
    assert inner('x "a b" y "c"') == ["a b", "c"]
    assert inner("“tidak ditutup sampai akhir") == ["tidak ditutup sampai akhir"]
    assert inner("Qur’an dan Jum’at") == []


def word_file(*, changes=True):
    d = docx.Document()
    d.add_heading("BAB IV", 1)
    p = d.add_paragraph("Siti berkata, “Saya ")
    p._p.append(parse_xml(f'<w:del {W} w:id="1" w:author="x"><w:r><w:delText>memang </w:delText></w:r></w:del>'))
    p._p.append(parse_xml(f'<w:ins {W} w:id="2" w:author="x"><w:r><w:t xml:space="preserve">tidak </w:t></w:r></w:ins>'))
    p.add_run("ikut. Kata Bu Tuti” (SITI, a1:2).")
    p = d.add_paragraph("Uangnya tiga juta, dibagi sepuluh orang. (SITI, a1:2)")
    p.paragraph_format.left_indent = Cm(1.5)
    p = d.add_paragraph("Paragraf biasa yang menjorok tanpa kutipan siapa pun, hanya uraian peneliti tentang kelompok itu.")
    p.paragraph_format.left_indent = Cm(1.5)
    table = d.add_table(2, 2)
    for cell, text in zip([c for r in table.rows for c in r.cells], ["Informan", "Kutipan", "TUTI", "Kompak sekali mereka ini, tiap minggu kumpul"], strict=True):
        cell.text = text
    box = d.add_paragraph("Lihat kotak.")
    box._p.append(parse_xml(f'<w:r {W} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape><v:textbox><w:txbxContent><w:p><w:r><w:t>“mereka berani sama rentenir itu” (SITI)</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>'))
    out = io.BytesIO()
    d.save(out)
    return out.getvalue()


def test_a_word_file_with_tracked_changes_tables_boxes_and_blocks(small, study_dir):
    (study_dir / "t.docx").write_bytes(word_file())
    v = verify(open_study(study_dir), study_dir / "t.docx")
    assert [(j.verdict, j.quoted.paragraph.kind) for j in v.quotations] == [("verbatim", "body"), ("changed", "body"), ("term", "body"), ("changed", "cell"), ("changed", "box")]
    assert not v.sound
    copy = docx.Document(io.BytesIO(v.commented()))
    said = [c.text for c in copy.comments]
    assert len(said) == 4 and any("tiga" in t for t in said) and any("berani" in t for t in said)
    anchored = [r for r in copy.element.iter() if r.tag.endswith("}commentRangeStart")]
    assert len(anchored) == 4
    original, again = of_docx((study_dir / "t.docx").read_bytes(), "t"), of_docx(v.commented(), "t")
    assert [p.text for p in original.paragraphs] == [p.text for p in again.paragraphs]


def test_footnotes_are_read_and_commented_at_their_reference(small, study_dir):
    import zipfile
    d = docx.Document()
    p = d.add_paragraph("Ada yang berbeda")
    p._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="5"/></w:r>'))
    d.save(study_dir / "t.docx")
    note = f'<w:footnotes {W}><w:footnote w:id="5"><w:p><w:r><w:t>“Saya selalu ikut. Kata Bu Tuti” (SITI)</w:t></w:r></w:p></w:footnote></w:footnotes>'
    source = zipfile.ZipFile(study_dir / "t.docx")
    with zipfile.ZipFile(study_dir / "n.docx", "w") as z:
        for i in source.infolist():
            data = source.read(i)
            if i.filename == "[Content_Types].xml":
                data = data.replace(b"</Types>", b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>')
            if i.filename == "word/_rels/document.xml.rels":
                data = data.replace(b"</Relationships>", b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/></Relationships>')
            z.writestr(i.filename, data)
        z.writestr("word/footnotes.xml", note)
    v = verify(open_study(study_dir), study_dir / "n.docx")
    [j] = v.quotations
    assert (j.verdict, j.quoted.paragraph.kind) == ("changed", "footnote") and "negation" in j.flags
    assert len(list(docx.Document(io.BytesIO(v.commented())).comments)) == 2


def test_markdown_and_odt_and_bad_files(small, study_dir, capsys):
    from kube_research.cli import main
    (study_dir / "b.md").write_text("# Bab\n\nKata Siti:\n\n> Uangnya dua juta, dibagi sepuluh orang. (SITI, a1:2)\n", encoding="utf-8")
    assert main(["verify", str(study_dir / "b.md"), "--study", str(study_dir)]) == 0
    (study_dir / "b.md").write_text("Kata Siti, “Uangnya dua juta, dibagi enam orang” (SITI).\n", encoding="utf-8")
    assert main(["verify", str(study_dir / "b.md"), "--study", str(study_dir), "--json"]) == 1
    assert '"number"' in capsys.readouterr().out
    for name, data in (("x.docx", b"PK\x03\x04 broken"), ("x.pdf", b"%PDF"), ("none.docx", None)):
        if data is not None:
            (study_dir / name).write_bytes(data)
        assert main(["verify", str(study_dir / name), "--study", str(study_dir)]) == 2
        assert name in capsys.readouterr().err


def test_html_in_a_quotation_stays_text(small, study_dir):
    (study_dir / "b.md").write_text("“Uangnya <script>alert(1)</script> dua juta, dibagi sepuluh orang” (SITI)\n", encoding="utf-8")
    page = verify(open_study(study_dir), study_dir / "b.md").html()
    assert "<script" not in page and "&lt;" in page
    assert "<a href='#f1'>paragraph 1</a>" in page and page.count("<article id='f1' class='finding'>") == 1  # a list of the findings leads to each


@pytest.mark.parametrize("text", [" 'a" * 20_000, '"' * 50_000, "“" * 20_000 + "x", "“halo apa kabar semua” (Aa " + "Bb & " * 20_000, "“" + "saya tidak mau ikut itu " * 8_000 + "”", "[" * 20_000 + "“a b c d e”"])
def test_no_text_makes_it_hang(small, text):
    judged(Sources(small), text)  # quadratic work took minutes here


def test_a_table_cell_cut_inside_a_word(small, study_dir):
    """A program's shortened cell: verbatim when all that is left stands so, and the torn word goes on so in the source; else changed."""
    import docx

    for cell, verdict in (("“Uangnya dua juta, dibagi sep...”", "verbatim"), ("“Uangnya dua juta, dibagi sem...”", "changed"), ("“Uangnya tiga juta, dibagi sep...”", "changed")):
        d = docx.Document()
        table = d.add_table(rows=2, cols=2)
        for c, words in zip((*table.rows[0].cells, *table.rows[1].cells), ("Informan", "Kutipan", "SITI", cell), strict=True):
            c.text = words
        d.save(study_dir / "t.docx")
        assert [j.verdict for j in verify(open_study(study_dir), study_dir / "t.docx").quotations] == [verdict], cell


def test_the_same_words_of_two_persons(study_dir):
    """Whoever of the two is named said them; with another pause in one of them that one is changed, not the other's; a third is a wrong speaker."""
    (study_dir / "corpus/transcripts/a1.txt").write_text("P: Siapa?\nBu A: Dua jam nggak ada yang lihat jam. Kami semua ikut menimbang singkong.\nBu B: Dua jam. Nggak ada yang nanya. Kami semua ikut menimbang singkong.\nBu C: Saya tidak ikut.\n", encoding="utf-8")
    (study_dir / "corpus/speakers.csv").write_text("document,label,speaker,role\na1,P,R1,researcher\na1,Bu A,INF-01,member\na1,Bu B,INF-02,member\na1,Bu C,INF-03,member\n", encoding="utf-8")
    sources = Sources(open_study(study_dir))

    def of(words, who):
        [j] = judged(sources, f"“{words}” ({who}).")
        return j.verdict, j.place.speaker
    assert [of("Kami semua ikut menimbang singkong", w) for w in ("INF-01", "INF-02", "INF-03")] == [("verbatim", "INF-01"), ("verbatim", "INF-02"), ("wrong-speaker", "INF-01")]
    assert [of("Dua jam nggak ada yang", w) for w in ("INF-01", "INF-02", "INF-03")] == [("verbatim", "INF-01"), ("changed", "INF-02"), ("wrong-speaker", "INF-01")]
