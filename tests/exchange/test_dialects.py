"""What each program means by the standard, after what their own exporters write: NVivo, MAXQDA, ATLAS.ti, QualCoder, Quirkos."""

import zipfile

import pytest
from lxml import etree

from kube_research.exchange.registry import find
from kube_research.exchange.shape import real
from kube_research.memo import memos
from tests.exchange.test_carry import PROJECT
from tests.exchange.test_refi import NS, bring, pack, rows

TEXT = "Rapat di rumah Bu Ani ramai.\nSaya diajak ikut, katanya gratis.\n\nUangnya dipegang ketua 😀 terus.\nKami mundur pelan-pelan saja.\n"
QUOTES = ["diajak ikut", "Uangnya dipegang ketua", "mundur pelan-pelan"]


def g(name):
    return real(name).upper()


def coding(quote, code, n, *, inner="", name="", size=len, extra=""):
    a = TEXT.index(quote)
    return (f'<PlainTextSelection guid="{g(f"s{n}")}" name="{name}" startPosition="{size(TEXT[:a])}" endPosition="{size(TEXT[:a + len(quote)])}" creatingUser="{g("u")}" creationDateTime="2025-07-14T18:42:34Z"{extra}>{inner}'
            + "".join(f'<Coding guid="{g(f"c{n}{k}")}" creatingUser="{g("u")}"><CodeRef targetGUID="{g(k)}"/></Coding>' for k in code.split()) + "</PlainTextSelection>")


def project(origin, sources, *, cases="", notes="", rest="", variables="", codes=""):
    return (f'<?xml version="1.0" encoding="utf-8"?>\n<Project xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="{NS}" origin="{origin}" name="Mawar" modifiedDateTime="2025-07-14T18:42:34Z"><Users><User guid="{g("u")}" name="tuti"/></Users>'
            f'<CodeBook><Codes><Code color="#ef8256" guid="{g("k1")}" name="Ikut" isCodable="true"><Code color="#ef8256" guid="{g("k2")}" name="Mundur" isCodable="true"/></Code>{codes}</Codes></CodeBook>'
            f'{variables}{cases}<Sources>{sources}</Sources>{notes}{rest}</Project>')


def source(inner, name="Wawancara 1", kind="t1", **more):
    attributes = "".join(f' {k}="{v}"' for k, v in more.items())
    return f'<TextSource guid="{g(kind)}" name="{name}" plainTextPath="internal://{g(kind)}.txt"{attributes}>{inner}</TextSource>'


def crlf(text=TEXT):
    return text.replace("\n", "\r\n").encode()


def back(study, tmp_path):
    find(tmp_path / "out.qdpx", "out")(study, tmp_path / "out.qdpx")
    with zipfile.ZipFile(tmp_path / "out.qdpx") as z:
        root = etree.fromstring(z.read("project.qde"))
    PROJECT.assertValid(root)
    return root


@pytest.mark.parametrize("quote", QUOTES)
@pytest.mark.parametrize(("origin", "bom"), [("ATLAS.ti Win 23.4.0", b""), ("QualCoder 3.8.2", b"\xef\xbb\xbf")])
def test_a_line_end_counts_one_where_the_file_has_two(tmp_path, origin, bom, quote):
    x = project(origin, source(coding(quote, "k1", 1)))
    landed, study = bring(pack(tmp_path / "a.qdpx", x, [(f"sources/{g('t1')}.txt", bom + crlf())], name="Trial.qde"), tmp_path / "a")
    assert [r[3] for r in rows(study)] == [quote] and "+lf" in landed.votes[0].chosen, "one passage is enough, where it is known how the program counts"


def test_nvivo_cases_are_coded_and_annotations_linked(tmp_path):
    utf16 = lambda s: len(s.replace("\n", "\r\n").encode("utf-16-le")) // 2  # noqa: E731
    at = dict(size=utf16)
    inner = (coding(TEXT.strip(), "a1", 1, **at) + coding(QUOTES[0], "k1", 2, **at) + coding(QUOTES[1], "k1 k2", 3, **at) + coding(QUOTES[2], "", 4, **at))
    other = coding("Rapat di rumah", "a1", 5, **at) + coding("Uangnya", "a2", 6, **at)
    notes = f'<Notes><Note guid="{g("n1")}" name="Annotation" plainTextPath="internal://n1.txt" creatingUser="{g("u")}" creationDateTime="2025-07-14T18:42:34Z"/><Note guid="{g("n2")}" name="Memo wawancara" creatingUser="{g("u")}" creationDateTime="2025-07-14T18:42:34Z"><PlainTextContent>suasananya ramai</PlainTextContent></Note></Notes>'
    links = f'<Links><Link guid="{g("l1")}" originGUID="{g("n1")}" targetGUID="{g("s4")}"/><Link guid="{g("l2")}" originGUID="{g("t1")}" targetGUID="{g("n2")}"/></Links>'
    cases = f'<Cases><Case guid="{g("a1")}" name="Bu Ani"/><Case guid="{g("a2")}" name="Bu Wati"/></Cases>'
    x = project("NVivo for Windows 12.6", source(inner) + source(other, "FGD", "t2"), cases=cases, notes=notes, rest=links)
    files = [(f"Sources/{g(t)}.txt", b"\xef\xbb\xbf" + crlf()) for t in ("t1", "t2")] + [("Sources/n1.txt", b"\xef\xbb\xbflihat rekaman")]
    landed, study = bring(pack(tmp_path / "n.qdpx", x, files, last=True), tmp_path / "n")
    assert [(r[3], r[4]) for r in rows(study)] == [(QUOTES[0], "Ikut"), (QUOTES[1], "Ikut"), (QUOTES[1], "Mundur")], "a passage of a case is no coding"
    assert study.corpus["Wawancara-1"].case == "Bu-Ani" and study.corpus["FGD"].case == "" and "code that is not there" not in "\n".join(landed.losses)
    assert "2 × reference of a case to passages" in "\n".join(landed.losses)
    said = {m.text: m for m in memos(study)}
    m = next(m for t, m in said.items() if "lihat rekaman" in t)
    assert study.corpus[m.document].text[m.start:m.end] == QUOTES[2]
    assert next(m for t, m in said.items() if "suasananya" in t).document == "Wawancara-1"
    root = back(study, tmp_path)
    coded = {e.getparent().getparent().get("guid") for e in root.iter("{*}CodeRef") if e.get("targetGUID") in (real("a1"), real("a2"))}
    assert {real("s5"), real("s6")} <= coded and len(root.findall(".//{*}Link")) == 2, "what our model does not hold goes out again"


def test_a_document_s_variables_in_a_nameless_case(tmp_path):
    variables = f'<Variables><Variable guid="{g("v1")}" name="Umur" typeOfVariable="Integer"/></Variables>'
    value = f'<VariableValue><VariableRef targetGUID="{g("v1")}"/><IntegerValue>41</IntegerValue></VariableValue>'
    cases = f'<Cases><Case guid="{g("a1")}">{value}<SourceRef targetGUID="{g("t1")}"/></Case></Cases>'
    sets = f'<Sets><Set guid="{g("z")}" name="Desa"><MemberSource targetGUID="{g("t1")}"/></Set></Sets>'
    x = project("MAXQDA 24 (Release 24.7.0)", source(coding(QUOTES[0], "k1", 1) + coding(QUOTES[2], "", 2, inner="<Description>catatan di teks</Description>")), variables=variables, cases=cases, rest=sets)
    landed, study = bring(pack(tmp_path / "m.qdpx", x, [(f"sources/{g('t1')}.txt", TEXT.encode())]), tmp_path / "m")
    assert study.rows["documents"][0]["Umur"] == "41" and not study.rows["cases"] and "case without a name" not in "\n".join(landed.losses)
    assert {m.text for m in memos(study)} == {"catatan di teks"} and [r[3] for r in rows(study)] == [QUOTES[0]]
    root = back(study, tmp_path)
    assert root.find(".//{*}Case/{*}SourceRef").get("targetGUID") == real("t1") and root.find(".//{*}Set").get("name") == "Desa" and {v.get("name"): v.get("typeOfVariable") for v in root.iter("{*}Variable")}["Umur"] == "Integer"


def test_remarks_on_a_place(tmp_path):
    a, b = TEXT.index(QUOTES[1]), TEXT.index(QUOTES[1]) + len(QUOTES[1])
    note = lambda n, t: f'<Note guid="{g(n)}" creatingUser="{g("u")}" creationDateTime="2025-07-14T18:42:34Z"><PlainTextContent>{t}</PlainTextContent><PlainTextSelection guid="{g(n + "p")}" startPosition="{a}" endPosition="{b}"/></Note>'  # noqa: E731
    x = project("QualCoder 3.8.2", source(coding(QUOTES[0], "k1", 1, name=QUOTES[0], inner="<Description>polarity: absent\nragu</Description>") + f'<NoteRef targetGUID="{g("n1")}"/>'), notes=f"<Notes>{note('n1', 'uang & kuasa < 3')}{note('n2', 'lagi')}</Notes>", rest="<Description/>")
    landed, study = bring(pack(tmp_path / "q.qdpx", x, [(f"sources/{g('t1')}.txt", b"\xef\xbb\xbf" + TEXT.encode())]), tmp_path / "q")
    said = {m.text: study.corpus[m.document].text[m.start:m.end] for m in memos(study) if m.document}
    assert said == {"uang & kuasa < 3": QUOTES[1], "lagi": QUOTES[1]}, "also the second, whose source QualCoder does not name"
    assert "mended" in "\n".join(landed.losses), "QualCoder writes & and < into its XML as they are"
    assert rows(study)[0][5] == "absent" and list(study.codings().full["note"]) == ["ragu"], "what we said in a description comes back out of one"
    back(study, tmp_path)


@pytest.mark.parametrize("damage", ["sets within the links", "a case with the GUID of a text", "a number that is none", "a user that is none"])
def test_what_fuzzing_found(tmp_path, damage):
    value = f'<VariableValue><VariableRef targetGUID="{g("v1")}"/><IntegerValue>{"x41" if "number" in damage else 41}</IntegerValue></VariableValue>'
    cases = f'<Cases><Case guid="{g("t1" if "GUID of a text" in damage else "a1")}">{value}<SourceRef targetGUID="{g("t1")}"/></Case></Cases>'
    links = f'<Links>{"<Sets/>" if "links" in damage else ""}<Link guid="{g("l1")}" originGUID="{g("k1")}" targetGUID="{g("k2")}"/></Links>'
    alone = coding(QUOTES[2], "", 4)
    inner = coding(QUOTES[0], "k1", 1) + (alone.replace(g("u"), g("u")[:-3]) if "user" in damage else alone)
    x = project("NVivo", source(inner), cases=cases, rest=links, variables=f'<Variables><Variable guid="{g("v1")}" name="Umur" typeOfVariable="Integer"/></Variables>')
    _, study = bring(pack(tmp_path / "f.qdpx", x, [(f"sources/{g('t1')}.txt", TEXT.encode())]), tmp_path / "f")
    assert [r[3] for r in rows(study)] == [QUOTES[0]] and back(study, tmp_path) is not None, "and the schema holds"
