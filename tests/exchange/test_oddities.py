"""What ATLAS.ti, MAXQDA, QualCoder and others write in their own way: small invented projects after what was read of their exports."""

import json
from collections import Counter

import pytest
from lxml import etree

from kube_research.cli import main
from kube_research.exchange.landing import land
from kube_research.exchange.registry import find
from kube_research.journal import Journal
from kube_research.study import open_study
from tests.exchange.test_carry import export, g
from tests.exchange.test_refi import WORDS, bring, pack

USERS = f'<Users><User guid="{g("u1").upper()}" name="Tuti"/><User guid="{g("u2").upper()}" name="Wati"/></Users>'
CODES = f'<CodeBook><Codes><Code guid="{g("k1").upper()}" name="Ikut"/><Code guid="{g("k2").upper()}" name="Uang"/><Code guid="{g("k3")}" name="😀"/><Code guid="{g("k4")}" name="👍🏽 setuju"/></Codes></CodeBook>'
WHO = [f'creatingUser="{g(u).upper()}" creationDateTime="2024-0{n}-02T03:04:05Z"' for n, u in enumerate(("u1", "u2"), 1)]


def whole(sources, more="", origin="ATLAS.ti Win 26.1.1", files=(), codes=CODES):
    return f'<?xml version="1.0" encoding="utf-8"?><Project xmlns="urn:QDA-XML:project:1.0" name="P" origin="{origin}">{USERS}{codes}<Sources>{sources}</Sources>{more}</Project>'


def coding(n, code="k1", who=0, inner=""):
    return f'<Coding guid="{g(n).upper()}" {WHO[who]}><CodeRef targetGUID="{g(code).upper()}"/>{inner}</Coding>'


def atlas_pdf():
    """A passage on a page and in the text under one GUID, its codings twice under GUIDs of their own; another that goes on on the next page; and one that is an area only."""
    at, far = WORDS.index("diajak"), WORDS.index("Uangnya")
    name, day = 'name="Uangnya dipegang"', 'creationDateTime="2024-03-03T03:03:03Z"'
    box = 'firstX="1" firstY="2" secondX="3" secondY="4"'
    return (f'<PDFSource guid="{g("f1")}" name="Laporan.pdf" path="internal://f1.pdf"><PDFSelection guid="{g("s1").upper()}" name="diajak" page="0" {box} {WHO[0]}>{coding("p1")}{coding("p2", "k2", 1)}</PDFSelection>'
            f'<PDFSelection guid="{g("s2").upper()}" {name} page="0" {box} {day}>{coding("p3")}</PDFSelection><PDFSelection guid="{g("s3").upper()}" {name} page="1" {box} {day}>{coding("p4")}</PDFSelection><PDFSelection guid="{g("s4").upper()}" name="tabel" page="2" {box} {WHO[0]}>{coding("p5")}</PDFSelection>'
            f'<Representation guid="{g("r1")}" name="Laporan" plainTextPath="internal://r1.txt"><PlainTextSelection guid="{g("s1").upper()}" name="diajak" startPosition="{at}" endPosition="{at + 6}" {WHO[0]}>{coding("t1")}{coding("t2", "k2", 1)}</PlainTextSelection>'
            f'<PlainTextSelection guid="{g("s2").upper()}" {name} startPosition="{far}" endPosition="{far + 16}" {day}>{coding("t3")}</PlainTextSelection></Representation></PDFSource>'), [("sources/f1.pdf", b"%PDF-1.4"), ("sources/r1.txt", b"\xef\xbb\xbf" + WORDS.replace("\n", "\r\n").encode())]


def test_atlas_writes_a_passage_on_its_page_and_in_the_text(tmp_path):
    sources, files = atlas_pdf()
    landed, study = bring(pack(tmp_path / "p.qdpx", whole(sources), files), tmp_path / "s")
    assert sorted(study.codings().full[["quote", "code", "coder"]].itertuples(index=False, name=None)) == [("Uangnya dipegang", "Ikut", "Tuti"), ("diajak", "Ikut", "Tuti"), ("diajak", "Uang", "Wati")]
    told = "\n".join(landed.losses)
    assert "1 × coding of an area, a page" in told  # the table; the other three are the passages that were read
    root, _, _ = export(study, tmp_path)
    ids = Counter(e.get("guid") for e in root.iter("{*}PDFSelection", "{*}PlainTextSelection"))
    assert ids == {g("s1"): 2, g("s2"): 2, g("s3"): 1, g("s4"): 1}
    journal = next(Journal(f) for f in sorted((tmp_path / "s/corpus/codings/Wati").iterdir()))
    mine = next(iter(journal.state().codings))
    journal.append({"event": "withdraw", "coding": mine})
    root, _, _ = export(open_study(tmp_path / "s"), tmp_path)
    page = next(e for e in root.iter("{*}PDFSelection") if e.get("guid") == g("s1"))
    assert [r.get("targetGUID") for r in page.iter("{*}CodeRef")] == [g("k1")]  # the coding that was taken back leaves the page as well
    for f in (tmp_path / "s/corpus/codings/Tuti").iterdir():
        Journal(f).append(*({"event": "withdraw", "coding": c} for c, x in Journal(f).state().codings.items() if x.quote.startswith("Uangnya")))
    root, _, _ = export(open_study(tmp_path / "s"), tmp_path)
    assert {e.get("guid") for e in root.iter("{*}PDFSelection")} == {g("s1"), g("s4")}


def test_a_pdf_whose_guid_is_none_comes_and_goes(tmp_path):
    sources, files = atlas_pdf()
    _, study = bring(pack(tmp_path / "p.qdpx", whole(sources.replace(g("f1"), "PDF-1")), files), tmp_path / "s")
    root, entries, _ = export(study, tmp_path)
    assert len(root.findall(".//{*}PDFSource/{*}Representation/{*}PlainTextSelection")) == 2 and "sources/f1.pdf" in entries


@pytest.mark.parametrize("text", [True, False])
def test_passages_beside_a_pdf_s_text_are_its_own(tmp_path, text):
    at = WORDS.index("diajak")
    inner = f'<Representation guid="{g("r1")}" plainTextPath="internal://r1.txt"/>' if text else ""
    source = f'<PDFSource guid="{g("f1")}" name="Laporan.pdf" path="internal://f1.pdf">{inner}<PlainTextSelection guid="{g("s1")}" startPosition="{at}" endPosition="{at + 6}" {WHO[0]}>{coding("t1")}</PlainTextSelection></PDFSource>'
    landed, study = bring(pack(tmp_path / "p.qdpx", whole(source), [("sources/r1.txt", WORDS.encode())]), tmp_path / "s")
    assert list(study.codings().full["quote"]) == ["diajak"] * text
    assert ("1 × passage of a source whose text is not there" in "\n".join(landed.losses)) is not text
    export(study, tmp_path)


GROUPS = f'<Sets><Set guid="{g("z1")}" name="Gelombang 1"><MemberSource targetGUID="{g("a")}"/><MemberSource targetGUID="{g("b")}"/></Set><Set guid="{g("z2")}" name="Desa Atas"><MemberSource targetGUID="{g("b")}"/></Set><Set guid="{g("z4")}" name="umur: 40"><MemberSource targetGUID="{g("b")}"/></Set><Set guid="{g("z3")}" name="Kode"><MemberCode targetGUID="{g("k1")}"/></Set></Sets>'


@pytest.mark.parametrize("how", ["", "kelompok", "case"])
def test_document_groups_become_what_the_user_says(tmp_path, capsys, how):
    texts = "".join(f'<TextSource guid="{g(n)}" name="W {n}"><PlainTextContent>{WORDS}</PlainTextContent></TextSource>' for n in "abc")
    pack(tmp_path / "p.qdpx", whole(texts, GROUPS, "MAXQDA 24 (Release 24.7.0)"))
    assert main(["import-project", str(tmp_path / "p.qdpx"), "--into", str(tmp_path / "s"), "--json", *(["--groups", how] if how else [])]) == 0
    told = json.loads(capsys.readouterr().out)["losses"]
    study = open_study(tmp_path / "s")
    assert any("3 × set of documents" in x and "--groups" in x for x in told) and any("1 × set (kept" in x for x in told)
    documents = {r["source"]: r for r in study.rows["documents"]}
    if how == "kelompok":
        assert [documents[f"W {n}"].get("kelompok", "") for n in "abc"] == ["Gelombang 1", "Gelombang 1; Desa Atas", ""]
    elif how == "case":
        assert [d.case for d in study.corpus] == ["Gelombang-1", "Gelombang-1", ""] and [c["name"] for c in study.corpus.cases.values()] == ["Gelombang 1", "Desa Atas"]
        assert any("several cases" in x for x in told)
    assert [documents[f"W {n}"].get("umur", "") for n in "abc"] == ["", "40" if how else "", ""]
    root, _, _ = export(study, tmp_path)
    assert {e.get("name"): len(e) for e in root.iter("{*}Set")} == {"Gelombang 1": 2, "Desa Atas": 1, "umur: 40": 1, "Kode": 1}


VALUES = {"Text": "ya & tidak", "Boolean": "true", "Integer": "-4", "Float": "2.50", "Date": "2024-02-29", "DateTime": "2024-02-29T10:00:00Z"}


def test_variables_of_every_type_keep_it(tmp_path):
    variables = "".join(f'<Variable guid="{g("v" + k)}" name="tipe {k}" typeOfVariable="{k}"/>' for k in VALUES)
    values = "".join(f'<VariableValue><VariableRef targetGUID="{g("v" + k)}"/><{k}Value>{v.replace("&", "&amp;")}</{k}Value></VariableValue>' for k, v in VALUES.items())
    xml = whole(f'<TextSource guid="{g("a")}" name="W"><PlainTextContent>{WORDS}</PlainTextContent>{values}</TextSource>').replace("<Sources>", f'<Variables>{variables}</Variables><Cases><Case guid="{g("c1")}" name="Melati">{values}<SourceRef targetGUID="{g("a")}"/></Case></Cases><Sources>')
    _, study = bring(pack(tmp_path / "p.qdpx", xml), tmp_path / "s")
    # the columns carry what was said, as it was said
    for row in (study.rows["documents"][0], study.corpus.cases["Melati"]):
        assert {k: row.get(f"tipe_{k}") for k in VALUES} == VALUES
    root, _, _ = export(study, tmp_path)
    assert {e.get("name"): e.get("typeOfVariable") for e in root.iter("{*}Variable")} == {f"tipe {k}": k for k in VALUES}
    said = [(etree.QName(v[1]).localname, v[1].text) for v in root.iter("{*}VariableValue")]
    assert Counter(said) == Counter((f"{k}Value", v) for k, v in VALUES.items() for _ in range(2))


@pytest.mark.parametrize("name", ["date", "case", "\u2028", "desa\tatas"])
def test_variables_named_like_our_columns_or_like_nothing_go_out_again(tmp_path, name):  # found by fuzzing: the export refused itself
    value = f'<VariableValue><VariableRef targetGUID="{g("v1")}"/><TextValue>Maret</TextValue></VariableValue>'
    xml = whole(f'<TextSource guid="{g("a")}" name="W"><PlainTextContent>{WORDS}</PlainTextContent>{value}</TextSource>').replace("<Sources>", f'<Variables><Variable guid="{g("v1")}" name="{name}" typeOfVariable="Text"/></Variables><Sources>')
    _, study = bring(pack(tmp_path / "p.qdpx", xml), tmp_path / "s")
    root, _, _ = export(study, tmp_path)
    assert [v.text for v in root.iter("{*}TextValue")] == ["Maret"] and root.find(".//{*}Variable").get("guid") == g("v1")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("unit", ["utf-32-le", "utf-16-le"])
@pytest.mark.parametrize("counted", [1, 2])
def test_line_ends_marks_and_emoji_in_every_combination(tmp_path, ends, bom, unit, counted):
    text = "".join(f"P: Siapa 😀 yang {w} itu?{ends}N: Ya {w} 👍🏽 sekali, Bu {w}.{ends}" for w in ("ikut", "mundur", "rapat", "simpan", "pinjam"))
    shown = text if counted == 2 or ends == "\n" else text.replace("\r\n", "\n")
    size = 4 if unit == "utf-32-le" else 2
    at = lambda i: len(shown[:i].encode(unit)) // size  # noqa: E731
    picks = [(i, i + len(q)) for w in ("ikut", "mundur", "rapat", "simpan", "pinjam") for q in (f"Ya {w} 👍🏽 sekali", f"Bu {w}") for i in [shown.index(q)]]
    body = "".join(f'<PlainTextSelection guid="{g("q" + str(n))}" name="" startPosition="{at(a)}" endPosition="{at(b)}" {WHO[0]}>{coding("d" + str(n))}</PlainTextSelection>' for n, (a, b) in enumerate(picks))
    landed, study = bring(pack(tmp_path / "p.qdpx", whole(f'<TextSource guid="{g("a")}" name="W" plainTextPath="internal://a.txt">{body}</TextSource>', origin="X"), [("sources/a.txt", bom + text.encode())]), tmp_path / "s")
    assert sorted(study.codings().full["quote"]) == sorted(shown[a:b] for a, b in picks), str(landed)


def test_a_quotation_of_many_codes_and_coders_with_notes_links_and_an_empty_one(tmp_path):
    at = WORDS.index("diajak")
    many = "".join(coding(f"m{n}", f"k{1 + n % 4}", n % 2) for n in range(6))
    body = (f'<PlainTextSelection guid="{g("s1")}" startPosition="{at}" endPosition="{at + 6}" {WHO[0]}><Description>kutipan kunci</Description>{many}<NoteRef targetGUID="{g("n1")}"/></PlainTextSelection>'
            f'<PlainTextSelection guid="{g("s2")}" startPosition="4" endPosition="4" {WHO[0]}>{coding("e1")}</PlainTextSelection><PlainTextSelection guid="{g("s3")}" startPosition="0" endPosition="5" {WHO[0]}>' + coding("e2", inner=f'<NoteRef targetGUID="{g("n2")}"/>') + "</PlainTextSelection>")
    notes = "".join(f'<Note guid="{g(n)}" name="{t}" {WHO[1]}><PlainTextContent>{t}</PlainTextContent></Note>' for n, t in (("n1", "memo kutipan"), ("n2", "komentar pengodean")))
    links = f'<Links><Link guid="{g("l1")}" name="bertentangan" direction="OneWay" originGUID="{g("s1")}" targetGUID="{g("s3")}"/></Links>'
    landed, study = bring(pack(tmp_path / "p.qdpx", whole(f'<TextSource guid="{g("a")}" name="W"><PlainTextContent>{WORDS}</PlainTextContent>{body}</TextSource>', f"<Notes>{notes}</Notes>{links}")), tmp_path / "s")
    f = study.codings().full
    assert Counter(f["quote"]) == {"diajak": 6, "Rapat": 1} and "1 × empty passage" in "\n".join(landed.losses)
    assert all("memo kutipan" in n and "kutipan kunci" in n for n in f.loc[f["quote"] == "diajak", "note"]) and list(f.loc[f["quote"] == "Rapat", "note"]) == ["komentar pengodean"]
    assert len({c.id for b in study.codebooks() for c in b}) == 4  # codes that are nothing but a picture keep names of their own
    root, _, _ = export(study, tmp_path)
    assert len(next(e for e in root.iter("{*}PlainTextSelection") if e.get("guid") == g("s1")).findall("{*}Coding")) == 6
    assert [(e.get("originGUID"), e.get("targetGUID")) for e in root.iter("{*}Link")] == [(g("s1"), g("s3"))]
    assert [e.get("name") for e in root.iter("{*}Code")] == ["Ikut", "Uang", "😀", "👍🏽 setuju"]


def test_what_is_written_by_the_thousand_and_what_is_not_say_the_same(tmp_path):
    sources, files = atlas_pdf()
    spaced = whole(sources).replace("<PlainTextSelection guid", "<PlainTextSelection  guid")  # two blanks: read by the parser, not as columns
    out = []
    for n, xml in enumerate((whole(sources), spaced)):
        project = find(p := pack(tmp_path / f"{n}.qdpx", xml, files), "in")(p)
        landed = land(project, tmp_path / f"s{n}")
        out.append((project.sources, landed.losses, sorted(open_study(tmp_path / f"s{n}").codings().full[["quote", "code", "coder", "created"]].itertuples(index=False, name=None))))
    assert out[0] == out[1]
