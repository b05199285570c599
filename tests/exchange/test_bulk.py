"""What is cut out of a project's XML reads exactly as the parser would have read it; what must not be cut is not."""

import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from kube_research.exchange import bulk, refi_read, refi_write
from kube_research.exchange.bulk import cut
from kube_research.exchange.checking import check
from kube_research.exchange.project import Mark, Note, Project, ProjectCode, ProjectSource, Selection, User
from kube_research.model import KubeError

SIGNS = st.text(st.sampled_from("ab& <>\"'\t\n\ré😀]\ufffe#;x\x01{}"), max_size=8)
G = [f"{i:08x}-0000-4000-8000-000000000000" for i in range(9)]


def read(xml: bytes) -> Project:
    return refi_read.from_entries({"project.qde": xml})


def slowly(xml: bytes, monkeypatch) -> Project:
    with monkeypatch.context() as m:
        m.setattr(refi_read, "cut", lambda raw: (raw, None))
        return read(xml)


def same(xml: bytes, monkeypatch) -> Project | None:
    """Both ways give the same project, or both refuse."""
    try:
        meant = slowly(xml, monkeypatch)
    except KubeError:
        with pytest.raises(KubeError):
            read(xml)
        return None
    found = read(xml)
    assert found.sources == meant.sources and found.notes == meant.notes and found.codes == meant.codes and found.losses.found == meant.losses.found
    return found


def passage(n: int, start: str = "0", end: str = "3", name: str = ' name="kas"', inside: str = "", about: str = "") -> str:
    coding = inside or f'<Coding guid="c{n}" creatingUser="u" creationDateTime="2026-01-01T00:00:00Z"><CodeRef targetGUID="k"/></Coding>'
    return f'<PlainTextSelection guid="s{n}"{name} startPosition="{start}" endPosition="{end}" creatingUser="u" creationDateTime="2026-01-01T00:00:00Z">{about}{coding}</PlainTextSelection>'


def project(*passages: str, notes: str = "", text: str = "kas kosong", head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return (f'{head}<Project xmlns="urn:QDA-XML:project:1.0" name="P"><CodeBook><Codes><Code guid="k" name="kas"/></Codes></CodeBook><Sources><TextSource guid="t" name="T"><PlainTextContent>{text}</PlainTextContent>'
            f'{"".join(passages)}</TextSource></Sources>{notes}</Project>').encode()


LONG = "".join(f'<Coding guid="d{i}"><CodeRef targetGUID="k"/></Coding>' for i in range(5))


@pytest.mark.parametrize(("xml", "taken"), [
    (project(*map(passage, range(5))), 5), (project(passage(1), passage(2, "-1"), passage(3)), 2), (project(passage(1), passage(1), passage(1)), 3), (project(passage(1), passage(2, name=""), passage(3)), 3),
    (project(passage(1, name=' name="a &amp; b &amp;lt; &quot;c&quot; &#65;"'), passage(2, name=' name="a &amp;lt; &quot;c&quot;"')), 1), (project(passage(1, about="<Description>polarity: absent\nya &lt;</Description>")), 1), (project(passage(1, inside=LONG), passage(2)), 1),
    (project(passage(1, inside=LONG[:len(LONG) // 5 * 2]), passage(2)), 2), (project(passage(1, inside='<Coding guid="c"><CodeRef targetGUID="k"/><NoteRef targetGUID="n"/></Coding><NoteRef targetGUID="n2"/>')), 1),
    (project(passage(1), "<!-- ", passage(2), " -->", passage(3)), 0), (project(passage(1), "<?x ", passage(2), " ?>"), 0), (project(passage(1), text="<![CDATA[" + passage(4) + "]]>"), 0), (project(passage(1), notes=f'<Notes><Note guid="n" name="N"><PlainTextContent>kas</PlainTextContent>{passage(7)}</Note></Notes>'), 2),
    (project(passage(1), head='<?xml version="1.0" encoding="iso-8859-1"?>'), 0), (project(passage(1), head="\ufeff"), 1), (project(passage(1), f'<PlainTextSelection {bulk.CUT}="0 1"/>'), 0), (project(passage(1)).replace(b'"s1"', b'"{S1}"'), 1), (project(passage(1)).replace(b'targetGUID="k"', b'targetGUID="{}"'), 0), (project(passage(1)).replace(b'targetGUID="k"', b'targetGUID="{K}"').replace(b'creatingUser="u"', b'creatingUser="{U}"'), 1),
    (project(passage(1)).decode().encode("utf-16"), 0), (project(passage(1), passage(2)).replace(b'name="kas" start', b'name="kas" name="x" start'), 0)])
def test_each_form(xml, taken, monkeypatch):
    assert (rows.count if (rows := cut(xml)[1]) else 0) == taken
    same(xml, monkeypatch)


@pytest.mark.parametrize("broken", [
    project(passage(1, name=' name="a & b"')), project(passage(1), "</TextSource>"), project(passage(1), '<X a="', passage(2), '"/>'), project(passage(1), "<X ", passage(2), "/>"), project(passage(1), passage(2).replace("kas", "k\x01s")), project(passage(1), passage(2, about="<Description>]]></Description>")),
    project(passage(1), passage(2, name=' name="\ufffe"')), project(passage(1)).replace(b"kas", b"k\xffs"), project(passage(1))[:-3], project(passage(1), "<!DOCTYPE x>")])
def test_what_is_broken_stays_broken(broken, monkeypatch):
    with pytest.raises(KubeError):
        read(broken)
    assert same(broken, monkeypatch) is None


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 30), st.sampled_from(["", "<", ">", '"', "&", "\x00", "é", " ", "<!--", "-->", "{}", "kas", "s1", "<Coding>", "</PlainTextSelection>", '"/>', "\n", "&amp;", "]]>"])), max_size=3))
@example([(434, 0, "&amp;")])
@settings(max_examples=300, deadline=None)
def test_any_damage_reads_as_the_parser_reads_it(damage):
    xml = project(*map(passage, range(4)), passage(5, inside=LONG), passage(6, about="<Description>ya</Description>"), notes='<Notes><Note guid="n" name="N"><PlainTextContent>kas</PlainTextContent></Note></Notes>').decode()
    for at, length, new in damage:
        at %= len(xml)
        xml = xml[:at] + new + xml[at + length:]
    with pytest.MonkeyPatch.context() as m:
        same(xml.encode(), m)


@given(SIGNS, SIGNS, SIGNS, SIGNS, SIGNS, st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), SIGNS, SIGNS, st.integers(0, 4)), max_size=5))
@settings(max_examples=150, deadline=None)
def test_any_words_are_written_and_found_again(name, text, note, value, code, places):
    source = ProjectSource(G[0], name, text, G[1], values={"desa": value} if value.strip() else {})
    for n, (a, b, said, told, marks) in enumerate(places):
        source.selections.append(Selection(f"{n:08x}-1111-4000-8000-000000000000", a, b, said, told, G[1], "2026-01-01T00:00:00Z", [Mark(f"{n:08x}-{k}222-4000-8000-000000000000", G[2], G[1], "2026-01-01T00:00:00Z", [G[3]] * (k == 1)) for k in range(marks)]))
    p = Project(name, "kube_research", users=[User(G[1], "ani")], codes=[ProjectCode(G[2], code)], sources=[source], variables={"desa": "Text"}, notes={G[3]: Note(G[3], "memo", note, G[1], "2026-01-01T00:00:00Z")})
    check(refi_write.write_qdpx(p), p)


def test_the_parser_sees_none_of_the_usual_passages(monkeypatch):
    seen = []
    monkeypatch.setattr(refi_read._Reader, "passage", lambda self, e, *_: seen.append(e))
    read(project(*map(passage, range(50))))
    assert not seen
    read(project(*(passage(n, "-1") for n in range(3))))
    assert len(seen) == 3


def test_a_form_that_never_ends_costs_what_it_is_long():
    import time

    def cost(n: int) -> float:
        xml = project(passage(0), '<PlainTextSelection guid="x" name="' + "a&amp;" * n + '" startPosition="0" endPosition="3">' * 3)
        began = time.process_time()
        cut(xml)
        return time.process_time() - began

    cost(1000)
    assert cost(400_000) < 60 * cost(20_000) + 0.5
