"""What our model does not hold is carried along: sets, links, graphs, pictures and recordings with their codings come out as they came in, and the schema holds."""

import io
import zipfile

import pytest
from lxml import etree

from kube_research.codings import make
from kube_research.exchange import refi_read, refi_write
from kube_research.exchange.leaving import leave
from kube_research.exchange.registry import find
from kube_research.exchange.shape import CHILDREN, GUID, fitted, real
from kube_research.memo import memos
from kube_research.study import open_study
from tests.conftest import ROOT
from tests.exchange.test_refi import WORDS, bring, pack, rows

HERE = ROOT / "tests/exchange/schema"
PROJECT = etree.XMLSchema(etree.parse(HERE / "Project.xsd"))
BOOK = etree.XMLSchema(etree.parse(HERE / "Codebook.xsd"))


def g(name):
    return real(name)


def project(extra_sources="", codings=""):
    """A project with everything that the standard has and we do not."""
    w = 'creatingUser="{%s}" creationDateTime="2024-01-02T03:04:05Z" modifyingUser="%s" modifiedDateTime="2024-02-02T03:04:05Z"' % (g("u1").upper(), g("u2"))
    c = 'creatingUser="%s" creationDateTime="2024-01-02T03:04:05Z"' % g("u1")
    at = WORDS.index("diajak")
    coding = lambda n, k="k1", inner="": f'<Coding guid="{g(n)}" {c}><CodeRef targetGUID="{g(k)}"/>{inner}</Coding>'  # noqa: E731
    return f'''<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="Pinjam" origin="NVivo" creatingUserGUID="{g('u1')}" creationDateTime="2024-01-02T03:04:05Z">
<Users><User guid="{g('u1').upper()}" name="Tuti" id="TT"/><User guid="{g('u2')}" name="Wati"/></Users>
<CodeBook><Codes><Code guid="{g('k0')}" name="Map: A/B" isCodable="false" color="#AABBCC"><Description>Sebuah map.</Description><Code guid="{g('k1')}" name="Ikut" isCodable="true"/></Code><Code guid="{g('k2')}" name="Uang" isCodable="true"/></Codes></CodeBook>
<Variables><Variable guid="{g('v1')}" name="Umur" typeOfVariable="Integer"><Description>dalam tahun</Description></Variable><Variable guid="{g('v2')}" name="Date" typeOfVariable="Date"/></Variables>
<Cases><Case guid="{g('a1')}" name="Bu Ani"><CodeRef targetGUID="{g('k2')}"/><VariableValue><VariableRef targetGUID="{g('v1')}"/><IntegerValue>41</IntegerValue></VariableValue><SourceRef targetGUID="{g('t1')}"/><SelectionRef targetGUID="{g('s1')}"/></Case></Cases>
<Sources><TextSource guid="{g('t1')}" name="Wawancara 1" richTextPath="internal://t1.docx" plainTextPath="internal://t1.txt" {w}><PlainTextSelection guid="{g('s1')}" name="kutipan pertama" startPosition="{at}" endPosition="{at + 6}" {w}><Description>kata pengode</Description>{coding('c1', inner=f'<NoteRef targetGUID="{g("n1")}"/>')}{coding('c2', 'k2')}</PlainTextSelection>
<PlainTextSelection guid="{g('s2')}" name="tanpa kode" startPosition="0" endPosition="5" {w}/>{codings}{coding('c3')}<VariableValue><VariableRef targetGUID="{g('v2')}"/><DateValue>2024-03-01</DateValue></VariableValue></TextSource>
<PictureSource guid="{g('p1')}" name="Foto" path="internal://p1.jpg" {w}><PictureSelection guid="{g('ps')}" name="pojok" firstX="1" firstY="2" secondX="3" secondY="4" {w}>{coding('c4')}<NoteRef targetGUID="{g('n2')}"/></PictureSelection>{coding('c5', 'k2')}</PictureSource>
<PDFSource guid="{g('f1')}" name="Laporan" path="internal://f1.pdf"><PDFSelection guid="{g('fs')}" page="1" firstX="1" firstY="2" secondX="3" secondY="4">{coding('c6')}</PDFSelection><Representation guid="{g('fr')}" name="Laporan teks" plainTextPath="internal://fr.txt"><PlainTextSelection guid="{g('s3')}" name="" startPosition="{at}" endPosition="{at + 6}" {w}>{coding('c7')}</PlainTextSelection></Representation></PDFSource>
<AudioSource guid="{g('m1')}" name="Rekaman" path="relative:///m1.mp3" currentPath="C:\\Data\\m1.mp3"><Transcript guid="{g('mt')}" name="Transkrip" plainTextPath="internal://mt.txt"><SyncPoint guid="{g('y1')}" timeStamp="0" position="0"/><SyncPoint guid="{g('y2')}" timeStamp="900" position="5"/><SyncPoint guid="{g('y3')}" timeStamp="2000" position="31"/><TranscriptSelection guid="{g('s4')}" fromSyncPoint="{g('y1')}" toSyncPoint="{g('y2')}" {w}>{coding('c8')}</TranscriptSelection></Transcript><AudioSelection guid="{g('ms')}" begin="10" end="20">{coding('c9')}</AudioSelection></AudioSource>
<TextSource guid="{g('t9')}" name="Di luar" plainTextPath="relative:///t9.txt"><PlainTextSelection guid="{g('s9')}" startPosition="3" endPosition="9">{coding('c10')}</PlainTextSelection></TextSource>{extra_sources}</Sources>
<Notes><Note guid="{g('n1')}" name="Judul" {w}><PlainTextContent>catatan pengodean</PlainTextContent></Note><Note guid="{g('n2')}" name="Foto" {w}><PlainTextContent>catatan foto</PlainTextContent><PlainTextSelection guid="{g('ns')}" startPosition="0" endPosition="7">{coding('c11')}</PlainTextSelection></Note><Note guid="{g('n3')}" name="Rencana" {w}><PlainTextContent>catatan proyek</PlainTextContent></Note></Notes>
<Links><Link guid="{g('l1')}" name="sebab" direction="OneWay" originGUID="{g('k1')}" targetGUID="{g('k2')}"><NoteRef targetGUID="{g('n1')}"/></Link><Link guid="{g('l2')}" name="lihat" originGUID="{g('s1')}" targetGUID="{g('ps')}"/></Links>
<Sets><Set guid="{g('z1')}" name="Kelompok"><Description>dua kode</Description><MemberCode targetGUID="{g('k1')}"/><MemberCode targetGUID="{g('k2')}"/><MemberSource targetGUID="{g('t1')}"/><MemberNote targetGUID="{g('n2')}"/></Set></Sets>
<Graphs><Graph guid="{g('b1')}" name="Bagan"><Vertex guid="{g('x1')}" representedGUID="{g('k1')}" name="Ikut" firstX="0" firstY="0" shape="Oval"/><Vertex guid="{g('x2')}" firstX="9" firstY="9"/><Edge guid="{g('e1')}" sourceVertex="{g('x1')}" targetVertex="{g('x2')}" direction="OneWay" lineStyle="dashed"/></Graph></Graphs>
<NoteRef targetGUID="{g('n3')}"/></Project>'''


FILES = [("sources/t1.txt", WORDS.encode()), ("sources/t1.docx", b"PK docx"), ("Sources/p1.jpg", b"\xff\xd8 foto"), ("sources/f1.pdf", b"%PDF-1.4"), ("sources/fr.txt", WORDS.encode()), ("sources/mt.txt", WORDS.encode())]


def elements(root):
    """Every element: kind, where, attributes (places and paths apart), text."""
    out = set()
    for e in root.iter():
        name = etree.QName(e).localname
        where = e.getparent().get("guid", etree.QName(e.getparent()).localname) if e.getparent() is not None else ""
        said = {k: refi_read.bare(v) if "uid" in k.lower() or k.endswith("User") else v.lower() if k == "color" else v for k, v in e.attrib.items() if v and k != "plainTextPath"}
        if name not in ("Project", "PlainTextContent"):
            out.add((name, refi_read.bare(where), tuple(sorted(said.items())), "" if len(e) else (e.text or "").strip()))
    return out


def export(study, tmp_path, name="out.qdpx"):
    lines = find(tmp_path / name, "out")(study, tmp_path / name)
    with zipfile.ZipFile(tmp_path / name) as z:
        entries = {n: z.read(n) for n in z.namelist()}
    root = etree.fromstring(entries["project.qde"])
    PROJECT.assertValid(root)
    return root, entries, lines


def test_the_demo_is_valid(tmp_path):
    PROJECT.assertValid(etree.fromstring(refi_write.qde(leave(open_study(ROOT)))))
    find(tmp_path / "b.qdc", "out")(open_study(ROOT), tmp_path / "b.qdc")
    BOOK.assertValid(etree.parse(tmp_path / "b.qdc"))


def test_everything_comes_out_as_it_came_in(tmp_path):
    original = etree.fromstring(project().encode())
    PROJECT.assertValid(original)
    landed, study = bring(pack(tmp_path / "p.qdpx", project(), FILES), tmp_path / "s")
    assert not [f for f in study.faults() if f.level == "error"]
    assert sorted(r[3] for r in rows(study) if r[0] != "Wawancara-1" or r[2] < 60) == ["Rapat", "diajak", "diajak", "diajak"]
    root, entries, _ = export(study, tmp_path)
    lost = elements(original) - elements(root)
    assert not lost, lost
    assert entries["sources/p1.jpg"] == b"\xff\xd8 foto" and entries["sources/f1.pdf"] == b"%PDF-1.4" and entries["sources/t1.docx"] == b"PK docx"
    _, again = bring(tmp_path / "out.qdpx", tmp_path / "t")  # and once more round, through our own file
    assert rows(again) == rows(study)
    root2, _, _ = export(again, tmp_path, "again.qdpx")
    assert not elements(original) - elements(root2)
    assert {(m.about.partition(":")[0], m.text) for m in memos(again)} == {(m.about.partition(":")[0], m.text) for m in memos(study)}


def test_what_was_changed_here_leaves_as_it_is_now(tmp_path):
    _, study = bring(pack(tmp_path / "p.qdpx", project(), FILES), tmp_path / "s")
    journal = study.journal("Tuti", "Wawancara-1")
    first = next(c for c in study.codings() if c.quote == "diajak" and c.document == "Wawancara-1" and c.code == "Ikut")
    journal.withdraw(first.id)
    journal.code(make(study.corpus, "Wawancara-1", 31, 35, "Uang", coder="Tuti"))
    root, _, _ = export(open_study(tmp_path / "s"), tmp_path)
    found = {refi_read.bare(e.get("guid")): e for e in root.iter("{*}Coding")}
    assert g("c1") not in found and g("c2") in found and g("c4") in found and len(found) == 11


def test_a_code_that_is_gone_takes_its_codings_members_and_links_along_and_says_so(tmp_path):
    _, study = bring(pack(tmp_path / "p.qdpx", project(), FILES), tmp_path / "s")
    path = next((tmp_path / "s/codebooks").glob("*.yml"))
    body = path.read_text()
    assert "- id: Uang" in body
    path.write_text(body.partition("- id: Uang")[0])
    for j in (tmp_path / "s/corpus/codings").rglob("*.jsonl"):
        j.unlink()
    root, _, lines = export(open_study(tmp_path / "s"), tmp_path)
    assert not [e for e in root.iter() if refi_read.bare(e.get("targetGUID")) == g("k2")]
    assert [e.get("name") for e in root.iter("{*}Link")] == [] and len(root.findall(".//{*}MemberCode")) == 1
    assert "link with an end that is no longer there" in "\n".join(lines) and "no longer there (not written)" in "\n".join(lines)


def test_pictures_and_recordings_of_the_withdrawn_stay(tmp_path):
    _, study = bring(pack(tmp_path / "p.qdpx", project(), FILES), tmp_path / "s")
    path = tmp_path / "s/corpus/documents.csv"
    text = path.read_text("utf-8-sig").splitlines()
    column = text[0].split(",").index("consent")
    name = next(line.split(",")[0] for line in text if "Laporan" in line)
    path.write_text("\n".join([text[0], *(",".join([*(c := line.split(","))[:column], "withdrawn", *c[column + 1:]]) if line.startswith(name) else line for line in text[1:])]) + "\n")
    root, entries, lines = export(open_study(tmp_path / "s"), tmp_path)
    assert not root.findall(".//{*}PDFSource") and "sources/f1.pdf" not in entries and root.findall(".//{*}AudioSource")
    assert "picture, PDF or recording of a document that stays behind: Laporan" in "\n".join(lines)
    (tmp_path / "s/corpus/speakers.csv").write_text("document,label,speaker,role,consent\nTranskrip,Rapat,ANI,member,withdrawn\n")
    root, _, _ = export(open_study(tmp_path / "s"), tmp_path)
    assert not root.findall(".//{*}AudioSource")


def test_damaged_tables_and_originals_do_not_stop_an_export(tmp_path):
    _, study = bring(pack(tmp_path / "p.qdpx", project(), FILES), tmp_path / "s")
    table = tmp_path / "s/corpus/imported/Pinjam.json"
    for said in ("{", "[]", '{"codes": 3, "documents": {"a": 1}, "notes": {"x": [1]}}', '{"documents": {"Wawancara-1": {"guid": 5, "sync": [1]}}}'):
        table.write_text(said)
        export(open_study(tmp_path / "s"), tmp_path)
    (tmp_path / "s/corpus/imported/Pinjam.qde").write_bytes(b"<Project>")
    _, _, lines = export(open_study(tmp_path / "s"), tmp_path)
    assert "original that cannot be read any more" in "\n".join(lines)


def test_sets_of_a_codebook(tmp_path):
    (tmp_path / "b.qdc").write_text(f'<CodeBook xmlns="urn:QDA-XML:codebook:0:4" origin="ATLAS.ti"><Codes><Code guid="{g("k1")}" name="satu" isCodable="true" color="rgb(70,170,0)"/></Codes><Sets><Set guid="{g("z")}" name="kelompok"><Description>isi</Description><MemberCode guid="{g("k1")}"/></Set></Sets></CodeBook>')
    _, study = bring(tmp_path / "b.qdc", tmp_path / "s")
    find(tmp_path / "out.qdc", "out")(study, tmp_path / "out.qdc")
    root = etree.parse(tmp_path / "out.qdc").getroot()
    BOOK.assertValid(root)
    assert [(e.get("name"), e[0].text, e[1].get("guid")) for e in root.iter("{*}Set")] == [("kelompok", "isi", g("k1"))]
    assert [e.get("color") for e in root.iter("{*}Code")] == ["#46aa00"]


@pytest.mark.parametrize("odd", ['<PictureSelection guid="x" firstX="1.0" firstY="2" secondX="3" secondY="4" vendor="1"/>', '<PictureSelection firstX="a"/>', "<Set/>", '<Set name="n" guid="{ABC}"><Member/><MemberCode/></Set>', '<Link guid="1" direction="oneway" color="red"/>'])
def test_odd_elements_are_made_to_fit_or_left_out(odd):
    made = fitted(etree.fromstring(odd), lambda e: True)
    if made is not None:
        assert GUID.fullmatch(made.get("guid")) and "vendor" not in made.attrib
        root = etree.fromstring('<Project xmlns="urn:QDA-XML:project:1.0" name="p"/>')
        name = etree.QName(made).localname
        box = etree.SubElement(root, "{urn:QDA-XML:project:1.0}" + {"Set": "Sets", "Link": "Links", "PictureSelection": "Sources"}[name])
        if name == "PictureSelection":
            box = etree.SubElement(box, "{urn:QDA-XML:project:1.0}PictureSource", guid=g("p"))
        box.append(made)
        PROJECT.assertValid(root)


def test_our_table_of_the_standard_is_that_of_the_schema():
    ns = {"x": "http://www.w3.org/2001/XMLSchema"}
    tree = etree.parse(HERE / "Project.xsd")
    types = {e.get("name"): tuple(k.get("name") for k in e.findall(".//x:element", ns)) for e in tree.findall(".//x:complexType", ns)}
    kinds = {e.get("name"): e.get("type") for e in tree.findall(".//x:element", ns)}
    for name, kids in CHILDREN.items():
        if kids and kinds[name] in types:
            wanted = types[kinds[name]]
            assert tuple(k for k in kids if k in wanted) == wanted, name


def test_the_archive_is_read_again_whole(tmp_path):
    _, study = bring(pack(tmp_path / "p.qdpx", project(), FILES), tmp_path / "s")
    data = refi_write.write_qdpx(leave(study))
    assert len(zipfile.ZipFile(io.BytesIO(data)).namelist()) == len(set(map(str.lower, zipfile.ZipFile(io.BytesIO(data)).namelist())))
