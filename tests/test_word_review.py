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


def as_word_writes_it(path, study_dir, *, replies=True):
    """A file as Word itself saves it: comments.xml with paraIds, commentsExtended with answers and resolved threads, commentsIds, people; ranges over runs and paragraphs, an answer to a comment of `verify`."""
    import zipfile
    names = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml' xmlns:w15='http://schemas.microsoft.com/office/word/2012/wordml' xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' mc:Ignorable='w14 w15'"
    rows = [(0, "Bu Pembimbing", "2024-07-01T09:00:00Z", ["Apakah ini semua?", "Sebutkan jumlahnya."], "0A0B0C01", "", 0), (1, "Dian", "2024-07-02T10:00:00Z", ["Sudah saya tambahkan."], "0A0B0C02", "0A0B0C01", 0),
            (2, "Bu Pembimbing", "2024-07-01T09:05:00Z", ["Kutipan bagus."], "0A0B0C03", "", 1), (3, "kube_research", "2024-07-01T08:00:00Z", ["berubah: …"], "0A0B0C04", "", 0), (4, "Bu Pembimbing", "2024-07-03T08:00:00Z", ["Perbaiki ini dulu."], "0A0B0C05", "0A0B0C04", 0)]
    if not replies:
        rows = rows[:1]
    said = "".join(f"<w:comment w:id='{i}' w:author='{a}' w:date='{d}' w:initials='X'>" + "".join(f"<w:p w14:paraId='{para if k == len(ps) - 1 else f'0F0F0F{i}{k}'}'><w:pPr><w:pStyle w:val='CommentText'/></w:pPr><w:r><w:annotationRef/></w:r><w:r><w:t>{t}</w:t></w:r></w:p>" for k, t in enumerate(ps)) + "</w:comment>" for i, a, d, ps, para, _, _ in rows)
    linked = "".join(f"<w15:commentEx w15:paraId='{para}'" + (f" w15:paraIdParent='{parent}'" if parent else "") + f" w15:done='{done}'/>" for *_, para, parent, done in rows)

    def about(i):
        return f"<w:commentRangeStart w:id='{i}'/>", f"<w:commentRangeEnd w:id='{i}'/><w:r><w:rPr><w:rStyle w:val='CommentReference'/></w:rPr><w:commentReference w:id='{i}'/></w:r>"
    (a, z), (b, y), (c, x), (d, w), (e, v) = (about(i) for i in range(5))
    if not replies:
        b = y = c = x = d = w = e = v = ""
    body = (f"<w:p>{a}{b}<w:r><w:t xml:space='preserve'>Kelompok ini </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>rukun.</w:t></w:r></w:p><w:p><w:r><w:t>Anggotanya banyak.</w:t></w:r>{z}{y}</w:p>"
            f"<w:p><w:r><w:t xml:space='preserve'>Katanya, </w:t></w:r>{c}<w:r><w:t>“Kompak banget. Kum</w:t></w:r><w:r><w:t>pul di rumah saya saban minggu” (TUTI).</w:t></w:r>{x}</w:p><w:p>{d}{e}<w:r><w:t>Angkanya lima.</w:t></w:r>{w}{v}</w:p>")
    kinds = {"comments": ("http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments", f"<w:comments {names}>{said}</w:comments>"), "commentsExtended": ("http://schemas.microsoft.com/office/2011/relationships/commentsExtended", f"<w15:commentsEx {names}>{linked}</w15:commentsEx>"),
             "people": ("http://schemas.microsoft.com/office/2011/relationships/people", f"<w15:people {names}><w15:person w15:author='Dian'/></w15:people>")}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>')
        file.writestr("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
        file.writestr("word/document.xml", f"<w:document {names}><w:body>{body}</w:body></w:document>")
        file.writestr("word/_rels/document.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' + "".join(f'<Relationship Id="r{i}" Type="{t}" Target="{n}.xml"/>' for i, (n, (t, _)) in enumerate(kinds.items())) + "</Relationships>")
        for n, (_, xml) in kinds.items():
            file.writestr(f"word/{n}.xml", xml)
    return path


def test_answers_and_resolved_threads_as_word_writes_them(coded, study_dir, capsys):  # noqa: F811
    path = as_word_writes_it(study_dir / "bab4.docx", study_dir)
    assert main(["import", str(path), "--reviews", "--study", str(study_dir)]) == 0
    found = {t.messages[0].text: t for t in reviews(open_study(study_dir))}
    assert set(found) == {"Apakah ini semua?\nSebutkan jumlahnya.", "Kutipan bagus.", "Perbaiki ini dulu."}
    first = found["Apakah ini semua?\nSebutkan jumlahnya."]
    assert [(m.by, m.event, m.text) for m in first.messages][1:] == [("Dian", "reply", "Sudah saya tambahkan.")] and first.answered and not first.closed
    assert first.target["text"] == "Kelompok ini rukun. Anggotanya banyak." and first.messages[0].time.startswith("2024-07-01")
    second = found["Kutipan bagus."]
    assert second.closed and second.kind == "quotation" and second.target["document"] == "b1"
    assert found["Perbaiki ini dulu."].kind == "passage" and "Angkanya lima." in found["Perbaiki ini dulu."].where
    capsys.readouterr()
    assert main(["import", str(path), "--reviews", "--study", str(study_dir)]) == 0
    assert "0 new" in capsys.readouterr().out and len(reviews(open_study(study_dir))) == 3


def test_an_answer_that_came_later_joins_its_thread(coded, study_dir):  # noqa: F811
    main(["import", str(as_word_writes_it(study_dir / "bab4.docx", study_dir, replies=False)), "--reviews", "--study", str(study_dir)])
    assert [len(t.messages) for t in reviews(open_study(study_dir))] == [1]
    main(["import", str(as_word_writes_it(study_dir / "bab4.docx", study_dir)), "--reviews", "--study", str(study_dir)])
    assert sorted(len(t.messages) for t in reviews(open_study(study_dir))) == [1, 2, 2]


def test_a_comment_deleted_in_word_is_told_and_kept(commented, study_dir, capsys):
    """The same file comes again without one of its comments: told with the command that withdraws it; a new file without any comment withdraws nothing."""
    main(["import", str(commented), "--reviews", "--study", str(study_dir)])
    d = docx.Document(str(commented))
    part = d.part._comments_part.element
    gone = next(c for c in part if "Kata siapa?" in "".join(c.itertext()))
    name = gone.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}id")
    part.remove(gone)
    for e in [e for e in d.element.iter() if isinstance(e.tag, str) and e.tag.rpartition("}")[2] in ("commentRangeStart", "commentRangeEnd", "commentReference") and e.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}id") == name]:
        e.getparent().remove(e)
    d.save(commented)
    capsys.readouterr()
    assert main(["import", str(commented), "--reviews", "--study", str(study_dir)]) == 0
    told = capsys.readouterr().out
    thread = next(t for t in reviews(open_study(study_dir)) if t.messages[0].text == "Kata siapa?")
    assert "No longer in this file: “Kata siapa?”" in told and f"--withdraw {thread.id[:8]}" in told and told.count("No longer") == 1 and len(thread.messages) == 1
    reviews(open_study(study_dir)).withdraw(thread.id, by="Bu Pembimbing")
    main(["import", str(commented), "--reviews", "--study", str(study_dir)])
    assert "No longer" not in capsys.readouterr().out
    docx.Document().save(commented)
    main(["import", str(commented), "--reviews", "--study", str(study_dir)])
    assert "No longer" not in capsys.readouterr().out
