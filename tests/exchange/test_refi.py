"""REFI-QDA: our own round trip; hand-made files as NVivo, MAXQDA, ATLAS.ti and QualCoder write them; hostile files refused."""

import io
import re
import unicodedata
import uuid
import zipfile

import pytest

from kube_research.cli import main
from kube_research.exchange import refi_read, refi_write
from kube_research.exchange.landing import land
from kube_research.exchange.leaving import leave
from kube_research.exchange.registry import endings, find
from kube_research.journal import Journal
from kube_research.memo import memos
from kube_research.model import KubeError
from kube_research.study import open_study
from tests.conftest import ROOT

NS = "urn:QDA-XML:project:1.0"
WORDS = "Rapat di rumah Bu Ani 😀 ramai.\nSaya diajak 🙏 ikut, katanya gratis.\nUangnya dipegang ketua 😀 terus.\nKami mundur pelan-pelan saja.\n"
QUOTES = ["diajak 🙏 ikut", "Uangnya dipegang ketua", "mundur pelan-pelan", "Rapat", "katanya gratis"]


def offset(text, at, unit):
    return {"cp": at, "utf16": len(text[:at].encode("utf-16-le")) // 2, "utf8": len(text[:at].encode())}[unit]


def selections(text, unit, quotes=QUOTES, shift=0, names=False, attrs='creatingUser="u1" creationDateTime="2024-01-02T03:04:05Z"'):
    out = []
    for i, q in enumerate(quotes):
        a = text.index(q)
        name = f' name="{q}"' if names else ""
        out.append(f'<PlainTextSelection guid="s{i}"{name} startPosition="{offset(text, a, unit) + shift}" endPosition="{offset(text, a + len(q), unit) + shift}" {attrs}>'
                   f'<Coding guid="c{i}" {attrs}><CodeRef targetGUID="k1"/></Coding></PlainTextSelection>')
    return "".join(out)


def qde(source, extra="", codes='<Code guid="k1" name="Ikut serta" isCodable="true" color="#ff0000"><Description>Diajak.</Description><Code guid="k2" name="Mundur" isCodable="true"/></Code>', ns=NS, users='<Users><User guid="u1" name="Bu Tuti/Ani"/></Users>'):
    return f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="{ns}" name="P" origin="X">{users}<CodeBook><Codes>{codes}</Codes></CodeBook>{extra}<Sources>{source}</Sources></Project>'


def pack(path, xml, files=(), name="project.qde", last=False):
    entries = [(name, xml.encode() if isinstance(xml, str) else xml)]
    entries = [*files, *entries] if last else [*entries, *files]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for n, b in entries:
            z.writestr(n, b)
    return path


def bring(path, into, given=None):
    landed = land(find(path, "in")(path), into, given)
    return landed, open_study(into)


def rows(study):
    f = study.codings().full
    return sorted(f[["document", "start", "end", "quote", "code", "polarity", "coder"]].itertuples(index=False, name=None))


def test_demo_round_trip(tmp_path):
    study = open_study(ROOT)
    find(tmp_path / "d.qdpx", "out")(study, tmp_path / "d.qdpx")
    find(tmp_path / "e.qdpx", "out")(study, tmp_path / "e.qdpx")
    assert (tmp_path / "d.qdpx").read_bytes() == (tmp_path / "e.qdpx").read_bytes()
    landed, back = bring(tmp_path / "d.qdpx", tmp_path / "s")
    assert len(rows(study)) > 1000 and rows(back) == rows(study)
    a, b = study.codings().full, back.codings().full
    keys = ["document", "start", "end", "code", "coder"]
    for column in ("created", "note", "case", "role", "speaker"):
        assert a.sort_values(keys)[column].tolist() == b.sort_values(keys)[column].tolist(), column
    assert not landed.losses and not back.faults()
    assert {x.id: (x.case, x.kind, x.text) for x in study.corpus} == {x.id: (x.case, x.kind, x.text) for x in back.corpus}
    assert study.codebook_names == back.codebook_names
    for x, y in zip(study.codebooks(), back.codebooks(), strict=True):
        assert [(c.id, c.name, c.definition, c.parent) for c in x] == [(c.id, c.name, c.definition, c.parent) for c in y]
    assert [{k: v for k, v in c.items() if v} for c in study.corpus.cases.values()] == [{k: v for k, v in c.items() if v} for c in back.corpus.cases.values()]


def test_what_is_written(study, tmp_path):
    data = refi_write.write_qdpx(leave(study))
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        names = z.namelist()
        assert names[0] == "project.qde" and all(n.startswith("sources/") for n in names[1:])
        xml = z.read("project.qde")
        assert b"<Sets" not in xml and b"\r" not in xml and not xml.startswith(b"\xef\xbb\xbf")
        assert not any(z.read(n).startswith(b"\xef\xbb\xbf") for n in names)


@pytest.mark.parametrize("maker", ["nvivo-windows", "nvivo-mac", "maxqda", "atlas", "qualcoder"])
def test_other_programs(tmp_path, maker):
    windows, text = WORDS.replace("\n", "\r\n"), WORDS
    source = '<TextSource guid="t1" name="Wawancara 1" plainTextPath="{}">{}</TextSource>'
    if maker == "nvivo-windows":  # UTF-16 units, CRLF is two, a BOM in the file that is not counted
        path = pack(tmp_path / "p.qdpx", qde(source.format("internal://t1.txt", selections(windows, "utf16"))), [("Sources/t1.txt", b"\xef\xbb\xbf" + windows.encode())], "Project.qde", True)
        want = "utf-16+file"
    elif maker == "nvivo-mac":
        path = pack(tmp_path / "p.qdpx", qde(source.format("internal://t1.txt", selections(text, "utf16"))), [("Sources/t1.txt", text.encode())])
        want = "utf-16+file"
    elif maker == "maxqda":
        path = pack(tmp_path / "p.qdpx", qde(source.format("internal://t1.txt", selections(windows, "cp", names=True))), [("sources/t1.txt", windows.encode())])
        want = "code-points+file"
    elif maker == "atlas":  # relative path, one for a line end although the file has two
        path = pack(tmp_path / "p.qdpx", qde(source.format("relative:///sources/t1.txt", selections(text, "cp"))), [("sources/t1.txt", windows.encode())])
        want = "code-points+lf"
    else:  # the BOM counts: everything one to the right
        path = pack(tmp_path / "p.qdpx", qde(source.format("t1.txt", selections(text, "cp", shift=1)), ns="urn:QDA-XML:project:0:10"), [("sources/t1.txt", b"\xef\xbb\xbf" + text.encode())])
        want = "code-points+file+bom"
    landed, study = bring(path, tmp_path / "s")
    assert landed.votes[0].chosen == want, str(landed)
    assert sorted(r[3] for r in rows(study)) == sorted(QUOTES)
    assert {r[6] for r in rows(study)} == {"Bu-Tuti-Ani"}
    assert not [f for f in study.faults() if f.level == "error"]
    book = next(study.codebooks())
    assert book["Mundur"].parent == "Ikut serta" and book["Ikut serta"].color == "#ff0000" and book["Ikut serta"].definition["en"] == "Diajak."


def test_taguette_bytes_and_the_user_overrules(tmp_path):
    path = pack(tmp_path / "p.qdpx", qde('<TextSource guid="t1" name="W" ><PlainTextContent>' + WORDS + "</PlainTextContent>" + selections(WORDS, "utf8") + "</TextSource>"))
    landed, study = bring(path, tmp_path / "s")
    assert landed.votes[0].chosen == "utf-8+file" and sorted(r[3] for r in rows(study)) == sorted(QUOTES)
    landed, study = bring(path, tmp_path / "s2", {"W": "code-points"})
    assert landed.votes[0].overruled and sorted(r[3] for r in rows(study)) != sorted(QUOTES)
    for wrong in ({"W": "furlongs"}, {"Z": "utf-16"}):
        with pytest.raises(KubeError):
            bring(path, tmp_path / "s3", wrong)
    assert not (tmp_path / "s3").exists()


def test_decomposed_letters_are_mapped(tmp_path):
    text = "Kelompok itu cafe\u0301 cafe\u0301 dan\r\nmere\u0301ka pergi ke Jakarta."
    path = pack(tmp_path / "p.qdpx", qde('<TextSource guid="t1" name="W" plainTextPath="internal://t1.txt">' + selections(text, "cp", ["mere\u0301ka pergi", "Jakarta"]) + "</TextSource>"), [("sources/t1.txt", text.encode())])
    _, study = bring(path, tmp_path / "s")
    assert sorted(r[3] for r in rows(study)) == ["Jakarta", "meréka pergi"]


def test_every_source_of_a_mixed_project_votes_for_itself(tmp_path):
    text = "Rapat cafe\u0301 😀 me\u0301re\u0301ka.\n\nSaya diajak 🙏 ikut 👩\u200d👧 arisan.\nUangnya dipegang ke\u0301tua 😀 terus.\nKami mundur pelan-pelan saja.\n"
    quotes, windows = ["diajak 🙏 ikut", "dipegang ke\u0301tua", "mundur pelan-pelan", "me\u0301re\u0301ka", "saja", "arisan"], text.replace("\n", "\r\n")
    makers = {"Win": (windows, "utf16", 0, b"\xef\xbb\xbf", windows), "Mac": (text, "utf16", 0, b"", text), "Max": (windows, "cp", 0, b"", windows), "Atlas": (text, "cp", 0, b"", windows),
              "QualCoder": (text, "cp", 1, b"\xef\xbb\xbf", text), "Taguette": (text, "utf8", 0, b"", text), "Crlf": (windows, "utf16", 0, b"", text)}
    source = "".join(f'<TextSource guid="{n}" name="{n}" plainTextPath="internal://{n}.txt">' + selections(counted, unit, quotes, shift).replace('guid="', f'guid="{n}') + "</TextSource>" for n, (counted, unit, shift, _, _) in makers.items())
    path = pack(tmp_path / "p.qdpx", qde(source), [(f"sources/{n}.txt", bom + stored.encode()) for n, (*_, bom, stored) in makers.items()])
    landed, study = bring(path, tmp_path / "s")
    wanted = sorted(unicodedata.normalize("NFC", q) for q in quotes)
    for n in makers:
        assert sorted(r[3] for r in rows(study) if r[0] == n) == wanted, (n, str(landed.votes))


def test_transcript_passages_with_sync_points_land_and_those_with_times_only_are_told(tmp_path):
    a, b = WORDS.index("katanya"), WORDS.index(" gratis")
    inner = "".join(f'<TranscriptSelection guid="s{i}" {at}><Coding guid="c{i}"><CodeRef targetGUID="k1"/></Coding></TranscriptSelection>' for i, at in enumerate(('fromSyncPoint="{Y1}" toSyncPoint="y2"', 'fromSyncPoint="y1" toSyncPoint="y3"')))
    source = ('<AudioSource guid="t1" name="Rekaman"><Transcript guid="t2" name="Transkrip" plainTextPath="internal://t2.txt">'
              f'<SyncPoint guid="y1" timeStamp="0" position="{a}"/><SyncPoint guid="y2" timeStamp="900" position="{b}"/><SyncPoint guid="y3" timeStamp="950"/>{inner}</Transcript></AudioSource>')
    landed, study = bring(pack(tmp_path / "p.qdpx", qde(source), [("sources/t2.txt", WORDS.encode())]), tmp_path / "s")
    assert [r[3] for r in rows(study)] == ["katanya"]
    assert "transcript passage with times only" in "\n".join(landed.losses)


def test_oddities(tmp_path):
    long = len(WORDS)
    sel = lambda g, a, b, inner="", extra="": f'<PlainTextSelection guid="{g}" startPosition="{a}" endPosition="{b}" {extra}>{inner}</PlainTextSelection>'  # noqa: E731
    code = lambda g, k="k1", inner="": f'<Coding guid="{g}"><CodeRef targetGUID="{k}"/>{inner}</Coding>'  # noqa: E731
    source = ('<TextSource guid="t1" name="Wawancara" plainTextPath="internal://t1.txt">' + sel("s1", 5, 0, code("c1")) + sel("s1", long - 6, long + 500, code("c1")) + sel("s2", 9, 9, code("c2"))
              + sel("s3", 6, 14) + sel("s4", 0, 5, code("c4", "nowhere")) + sel("s5", "x", 5, code("c5")) + sel("s6", 0, 5, code("c6", "k3", '<NoteRef targetGUID="n1"/><NoteRef targetGUID="gone"/>'))
              + sel("s7", -4, 5, code("c7")) + sel("s8", 10 ** 30, 10 ** 31, code("c8"))
              + '<NoteRef targetGUID="n1"/><VariableValue><VariableRef targetGUID="v1"/><TextValue>Desa</TextValue></VariableValue></TextSource>'
              + '<TextSource guid="t2" name="Hilang" plainTextPath="internal://no.txt">' + sel("s9", 0, 5, code("c9")) + "</TextSource>"
              + '<PictureSource guid="t3" name="Foto"><PictureSelection guid="p1"/></PictureSource><TextSource guid="t1" name="Wawancara" plainTextPath="../../etc/t1.txt"/>')
    codes = '<Code guid="k1" name="Sama" isCodable="true"/><Code guid="k2" name="sama" isCodable="true"/><Code guid="k3" name="A/B: ü?" isCodable="true"/><Code guid="k4" name="" isCodable="true"/>'
    extra = ('<Variables><Variable guid="v1" name="Date" typeOfVariable="Text"/></Variables><Cases><Case guid="a1"><SourceRef targetGUID="t1"/></Case><Case guid="a2" name="Bu Ani"><SourceRef targetGUID="t1"/></Case></Cases>'
             '<Notes><Note guid="n1" name="N"><PlainTextContent>polarity: absent\nbelum yakin</PlainTextContent></Note><Note guid="n2" name="yatim"><PlainTextContent>tak bertempat</PlainTextContent></Note></Notes>'
             '<Links><Link guid="l1"/></Links><Sets><Set guid="z1" name="Z"/></Sets>')
    path = pack(tmp_path / "p.qdpx", qde(source, extra, codes, users=""), [("sources/t1.txt", WORDS.encode())])
    landed, study = bring(path, tmp_path / "s")
    told = "\n".join(landed.losses)
    for word in ("reversed", "past the end", "empty passage", "without a code", "code that is not there", "readable place", "without a user", "without a date", "stands twice", "duplicate GUIDs", "without a name",
                 "several cases", "picture", "text is not in the file", "source whose text is not there", "link", "set", "note that is not there", "hangs on no text"):
        assert word in told, word
    found = rows(study)
    assert all(study.corpus[d].text[a:b] == q for d, a, b, q, *_ in found)
    assert [r[5] for r in found if r[4].startswith("A-B")] == ["absent"]
    assert {c.id for c in next(study.codebooks())} >= {"Sama", "sama-2"}
    assert study.corpus["Wawancara"].meta["var_Date"] == "Desa"
    assert (tmp_path / "s/corpus/imported/P.qde").exists() and [m.text for m in memos(study, about="study")] == ["yatim\n\ntak bertempat"]
    assert not [f for f in study.faults() if f.level == "error"]
    (tmp_path / "s/corpus/imported/P.qde").write_bytes(b"<Project>")
    assert "original that cannot be read any more" in "\n".join(leave(study).losses.lines())


def test_memos_and_notes_travel(study_dir, tmp_path):
    study = open_study(study_dir)
    from kube_research.codings import make

    j = study.journal("ani", "a1")
    j.code(make(study.corpus, "a1", 50, 60, "s.meet", polarity="absent", note="=belum\nyakin", coder="ani"))
    j.code(make(study.corpus, "a1", 50, 60, "s.close", coder="ani"))
    j.append({"event": "memo", "about": "document", "text": "tentang dokumen"}, {"event": "memo", "about": "code:s.meet", "text": "tentang kode"})
    study.journal("budi", "a1").code(make(study.corpus, "a1", 50, 60, "s.meet", coder="budi"))
    Journal(study_dir / "corpus/memos/budi.jsonl", "budi").append({"event": "memo", "about": "case:A", "text": "tentang kasus"}, {"event": "memo", "about": "study", "text": "tentang studi"})
    find(tmp_path / "p.qdpx", "out")(study, tmp_path / "p.qdpx")
    _, back = bring(tmp_path / "p.qdpx", tmp_path / "s")
    assert rows(back) == rows(study) and sorted(back.codings().frame["note"]) == ["", "", "=belum\nyakin"]
    assert {(m.author, m.about, m.text) for m in memos(back)} == {("ani", "document:a1", "tentang dokumen"), ("ani", "code:s.meet", "tentang kode"), ("budi", "case:A", "tentang kasus"), ("budi", "study", "tentang studi")}


def test_the_withdrawn_do_not_leave(study_dir, tmp_path):
    path = study_dir / "corpus/speakers.csv"
    path.write_text("document,label,speaker,role,consent\na1,P,R1,researcher,\na1,N,SITI,member,withdrawn\nb1,P,R1,researcher,\nb1,N,TUTI,member,\nb1,Ketua,KARTO,officer,\n")
    project = leave(open_study(study_dir))
    text = project.sources[0].text
    assert "urunan" not in text and "SITI" not in refi_write.qde(project).decode() and "withdrew" in "\n".join(project.losses.lines())


def test_codebook_alone(study, tmp_path):
    find(tmp_path / "b.qdc", "out")(study, tmp_path / "b.qdc")
    _, back = bring(tmp_path / "b.qdc", tmp_path / "s")
    assert [(c.id, c.name) for c in back.codebook("small")] == [(c.id, c.name) for c in study.codebook("small")]
    (tmp_path / "old.qdc").write_text('<CodeBook xmlns="urn:QDA-XML:codebook:0:4"><Codes><Code name="Satu" guid="A"/></Codes></CodeBook>')
    _, old = bring(tmp_path / "old.qdc", tmp_path / "o")
    assert [c.id for b in old.codebooks() for c in b] == ["Satu"]


BOMB = b"<Project>" + b" " * 40_000_000 + b"</Project>"
HOSTILE = {
    "xxe": [("project.qde", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><Project>&e;</Project>')],
    "bomb": [("project.qde", BOMB)],
    "traversal": [("../evil.txt", b"x"), ("project.qde", b"<Project/>")],
    "twice": [("project.qde", b"<Project/>"), ("Project.qde", b"<Project/>")],
    "broken": [("project.qde", b"<Project><Sources>")],
    "alien": [("project.qde", b"<html/>")],
    "empty": [("readme.txt", b"x")],
    "binary": [("project.qde", b"\x00\xff\xfe")],
}


@pytest.mark.parametrize("kind", [*HOSTILE, "cut", "not-a-zip"])
def test_hostile_files_are_refused(tmp_path, kind):
    path = tmp_path / "bad.qdpx"
    if kind == "not-a-zip":
        path.write_bytes(b"hello")
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
            for n, b in HOSTILE.get(kind, [("project.qde", qde("").encode() * 50)]):
                z.writestr(n, b)
        if kind == "cut":
            path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(KubeError) as e:
        bring(path, tmp_path / "s")
    assert "bad.qdpx" in str(e.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.qdpx"]


def test_locked_large_and_misnamed_files(tmp_path, monkeypatch):
    locked = bytearray()
    with zipfile.ZipFile(out := io.BytesIO(), "w") as z:
        z.writestr("project.qde", qde(""))
    locked += out.getvalue()
    locked[6] |= 1  # the bit that says: encrypted
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "kunci.qdpx").write_bytes(locked)
    with open(tmp_path / "besar.qdpx", "wb") as f:
        f.truncate(1_000_000_000)
    (tmp_path / "tukar.qdpx").write_bytes(b"SQLite format 3\x00" + b"\x00" * 100)
    (tmp_path / "tukar.qda").write_bytes(out.getvalue())
    for name, word in (("kunci.qdpx", "locked by a password"), ("besar.qdpx", "the limit is"), ("tukar.qdpx", "is a database"), ("tukar.qda", "not an SQLite database"), ("tak-ada.qdpx", "cannot be opened")):
        with pytest.raises(KubeError) as e:
            bring(tmp_path / name, tmp_path / "s")
        assert word in str(e.value) and name in str(e.value), name
    assert not (tmp_path / "s").exists()


def test_overlapping_passages_and_media_that_cannot_be_had(tmp_path):
    picks = "".join(f'<PlainTextSelection guid="s{i}" startPosition="{a}" endPosition="{b}"><Coding guid="c{i}"><CodeRef targetGUID="k1"/></Coding></PlainTextSelection>' for i, (a, b) in enumerate(((0, 5), (0, 14), (6, 14), (0, 5))))
    source = f'<TextSource guid="t1" name="W"><PlainTextContent>{WORDS}</PlainTextContent>{picks}</TextSource><PictureSource guid="p1" name="Foto" path="internal://../../etc/passwd"/><PDFSource guid="p2" name="Besar" path="internal://besar.pdf"/>'
    landed, study = bring(pack(tmp_path / "p.qdpx", qde(source), [("sources/besar.pdf", b" " * 60_000_000)]), tmp_path / "s")
    assert sorted(r[3] for r in rows(study)) == ["Rapat", "Rapat", "Rapat di rumah", "di rumah"]
    assert "were not kept" in "\n".join(landed.losses) and not list((tmp_path / "s/corpus/imported").glob("*.zip"))
    find(tmp_path / "out.qdpx", "out")(study, tmp_path / "out.qdpx")


def test_a_full_folder_stays_as_it_is(tmp_path, study):
    find(tmp_path / "p.qdpx", "out")(study, tmp_path / "p.qdpx")
    (tmp_path / "s").mkdir()
    (tmp_path / "s/mine.txt").write_text("x")
    with pytest.raises(KubeError):
        bring(tmp_path / "p.qdpx", tmp_path / "s")
    assert [p.name for p in (tmp_path / "s").iterdir()] == ["mine.txt"]


def test_commands(study_dir, tmp_path, capsys):
    assert main(["export", "--study", str(study_dir), str(tmp_path / "p.qdpx")]) == 0
    assert main(["import-project", str(tmp_path / "p.qdpx"), "--into", str(tmp_path / "s"), "--json"]) == 0
    assert main(["export", "--study", str(study_dir), str(tmp_path / "p.pages")]) == 2
    err = capsys.readouterr().err
    assert all(k in err for k in endings("out").split())
    assert main(["import-project", str(tmp_path / "none.qdpx"), "--into", str(tmp_path / "t")]) == 2


def test_tables(tmp_path):
    import openpyxl

    study = open_study(ROOT)
    find(tmp_path / "t.xlsx", "out")(study, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames[:2] == ["codings", "codebook"] and len(book.sheetnames) == 5 and book["codings"].max_row == len(study.codings()) + 1
    heads = [c.value for c in book["codebook"][1]]
    first = dict(zip(heads, [c.value for c in book["codebook"][2]], strict=True))
    assert {"name_id", "name_en", "include_id", "include_en", "exclude_id", "exclude_en"} <= set(heads) and first["include_id"] and first["include_id"] != first["include_en"]
    find(tmp_path / "t.csv", "out")(study, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfdocument,start")


def docx(*paragraphs):
    out = io.BytesIO()
    body = "".join(f"<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs)
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')
        z.writestr("word/document.xml", f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>')
    return out.getvalue()


@pytest.mark.parametrize("plain", [None, b"\n", b"\xef\xbb\xbf\r\n"])
def test_a_source_with_words_in_word_only(tmp_path, plain):
    lines = WORDS.rstrip("\n").split("\n")
    source = '<TextSource guid="t1" name="W" richTextPath="internal://t1.docx" plainTextPath="internal://t1.txt">' + selections("\r\n".join(lines) + "\r\n", "utf16") + "</TextSource>"
    files = [("Sources/t1.docx", docx(*lines)), *([("Sources/t1.txt", plain)] if plain else [])]
    landed, study = bring(pack(tmp_path / "p.qdpx", qde(source), files), tmp_path / "s")
    assert sorted(r[3] for r in rows(study)) == sorted(QUOTES) and landed.votes[0].chosen == "utf-16+crlf"
    assert "taken from the Word file" in "\n".join(landed.losses)


def test_ends_that_name_the_last_character(tmp_path):
    picks = "".join(f'<PlainTextSelection guid="s{i}" startPosition="{WORDS.index(q)}" endPosition="{WORDS.index(q) + len(q) - 1}"><Coding guid="c{i}"><CodeRef targetGUID="k1"/></Coding></PlainTextSelection>' for i, q in enumerate(QUOTES))
    landed, study = bring(pack(tmp_path / "p.qdpx", qde(f'<TextSource guid="t1" name="W"><PlainTextContent>{WORDS}</PlainTextContent>{picks}</TextSource>')), tmp_path / "s")
    assert landed.votes[0].chosen == "code-points+file+last" and sorted(r[3] for r in rows(study)) == sorted(QUOTES)


def test_whole_lines_and_names_that_say_nothing_make_no_weak_vote(tmp_path):
    lines = [m for m in WORDS.splitlines(True)]
    picks, at = "", 0
    for i, line in enumerate(lines):
        picks += f'<PlainTextSelection guid="s{i}" name="line:{i + 1}" startPosition="{at}" endPosition="{at + len(line)}"><Coding guid="c{i}"><CodeRef targetGUID="k1"/></Coding></PlainTextSelection>'
        at += len(line)
    landed, study = bring(pack(tmp_path / "p.qdpx", qde(f'<TextSource guid="t1" plainTextPath="board%201.txt">{picks}</TextSource>'), [("sources\\board 1.txt", WORDS.encode())]), tmp_path / "s")
    assert not landed.votes[0].weak and [d.id for d in study.corpus] == ["board-1"] and [r[3] for r in sorted(rows(study), key=lambda r: r[1])] == lines


def test_places_within_words_do_not_call_up_an_exotic_way_of_counting(tmp_path):
    picks = "".join(f'<PlainTextSelection guid="s{i}" name="s{i}" startPosition="{a}" endPosition="{a + 9}"><Coding guid="c{i}"><CodeRef targetGUID="k1"/></Coding></PlainTextSelection>' for i, a in enumerate((3, 41, 58)))
    landed, study = bring(pack(tmp_path / "p.qdpx", qde(f'<TextSource guid="t1" name="W"><PlainTextContent>{WORDS}</PlainTextContent>{picks}</TextSource>')), tmp_path / "s")
    assert landed.votes[0].chosen == "code-points+file" and landed.votes[0].weak
    assert sorted(r[3] for r in rows(study)) == sorted(WORDS[a:a + 9] for a in (3, 41, 58))


def test_texts_of_pictures_deep_codes_and_several_notes_on_one_document(tmp_path):
    codes = "".join(f'<Code guid="d{i}" name="tingkat {i}" isCodable="true">' for i in range(60)) + "</Code>" * 60 + '<Code guid="k1" name="k1"/>'
    source = ('<PictureSource guid="p1" name="Foto" creatingUser="{U1}"><TextDescription guid="pd" name="Foto" ><PlainTextContent>Rapat di rumah</PlainTextContent>'
              '<PlainTextSelection guid="s1" startPosition="0" endPosition="5"><Coding guid="c1"><CodeRef targetGUID="d59"/></Coding></PlainTextSelection></TextDescription><NoteRef targetGUID="n1"/><NoteRef targetGUID="n2"/></PictureSource>')
    notes = "<Notes>" + "".join(f'<Note guid="n{i}" name="Judul {i}" creatingUser="u1"><PlainTextContent>isi {i}</PlainTextContent></Note>' for i in (1, 2)) + "</Notes>"
    landed, study = bring(pack(tmp_path / "p.qdpx", qde(source, notes, codes)), tmp_path / "s")
    assert [r[3:5] for r in rows(study)] == [("Rapat", "tingkat 59")] and rows(study)[0][6] == "Bu-Tuti-Ani"
    assert sorted(m.text for m in memos(study)) == ["Judul 1\n\nisi 1", "Judul 2\n\nisi 2"]


def passed_on(data, origin, *, notes=True, flat=False):
    """Our .qdpx as another program gives it back: its own name and GUIDs, a BOM on every text; no notes, line ends of variables as blanks."""
    seen = {}
    new = lambda s: re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda m: seen.setdefault(m.group(), f"{{{uuid.uuid5(uuid.NAMESPACE_URL, m.group())}}}".strip("{}").upper()), s)  # noqa: E731
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as z, zipfile.ZipFile(out, "w") as w:
        x = z.read("project.qde").decode().replace('origin="kube_research"', f'origin="{origin}"')
        if not notes:
            x = re.sub(r"<NoteRef [^>]*/>|<Notes>.*</Notes>", "", x, flags=re.S)
        if flat:
            x = re.sub(r"(?<=<TextValue>)[^<]*", lambda m: " ".join(m.group().split()), x)
        w.writestr("project.qde", new(x))
        for n in z.namelist():
            if n != "project.qde":
                w.writestr(new(n), b"\xef\xbb\xbf" + z.read(n))
    return out.getvalue()


@pytest.mark.parametrize(("origin", "notes", "flat"), [("NVivo 14", True, False), ("QualCoder-3.8", False, False), ("MAXQDA 24 (Release 24.7.0)", True, True)])
def test_a_study_comes_back_through_another_program(tmp_path, origin, notes, flat):
    data = refi_write.write_qdpx(leave(open_study(ROOT)))
    (tmp_path / "them.qdpx").write_bytes(passed_on(data, origin, notes=notes, flat=flat))
    _, study = bring(tmp_path / "them.qdpx", tmp_path / "back")
    here = open_study(ROOT)
    assert rows(study) == rows(here), "places, words, codes, polarity and coders"
    noted = lambda s: sorted(s.codings().full[["document", "start", "code", "note"]].itertuples(index=False, name=None))  # noqa: E731
    assert noted(study) == noted(here)
    for name in ("documents", "speakers", "cases"):
        mine, theirs = ((root / f"corpus/{name}.csv").read_text(encoding="utf-8").splitlines() for root in (ROOT, tmp_path / "back"))
        assert mine[0] == theirs[0] and sorted(mine) == sorted(theirs), "no column grew; consent, kinds, roles and attributes as they were"


def test_ends_within_a_word_are_told(tmp_path):
    at = WORDS.index("diajak")
    x = f'<TextSource guid="t" name="T"><PlainTextContent>{WORDS}</PlainTextContent><PlainTextSelection guid="s" startPosition="{at}" endPosition="{at + 4}"><Coding guid="c"><CodeRef targetGUID="k1"/></Coding></PlainTextSelection>{selections(WORDS, "cp")}</TextSource>'
    landed, study = bring(pack(tmp_path / "w.qdpx", qde(x)), tmp_path / "w")
    told = [line for line in landed.losses if "within a word" in line or "tengah kata" in line]
    assert len(told) == 1 and told[0].startswith("1 ×") and any(r[3] == "diaj" for r in rows(study))
