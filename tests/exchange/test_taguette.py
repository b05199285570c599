"""Taguette out: the database we write comes back with every coding, and places are bytes over the text of its HTML."""

import sqlite3
from html.parser import HTMLParser

from kube_research.codings import make
from kube_research.exchange.registry import find
from kube_research.study import open_study
from tests.conftest import ROOT
from tests.exchange.test_refi import bring

COLUMNS = ["document", "start", "end", "quote", "code", "polarity", "coder", "created"]


def rows(study):
    return sorted(study.codings().full[COLUMNS].itertuples(index=False, name=None))


def nodes(html):
    found = []
    parser = HTMLParser(convert_charrefs=True)
    parser.handle_data = found.append
    parser.feed(html)
    parser.close()
    return "".join(found).encode()


def test_the_demo_comes_back_whole(tmp_path):
    study = open_study(ROOT)
    lines = find(tmp_path / "d.sqlite3", "out")(study, tmp_path / "d.sqlite3")
    landed, back = bring(tmp_path / "d.sqlite3", tmp_path / "s")
    assert rows(back) == rows(study) and len(rows(back)) > 1000
    assert {d.id: d.text for d in back.corpus} == {d.id: d.text for d in study.corpus}
    assert any("note on a coding" in x for x in lines) and any("case" in x for x in lines)
    db = sqlite3.connect(tmp_path / "d.sqlite3")
    pages = {i: nodes(h) for i, h in db.execute("SELECT id, contents FROM documents")}
    for document, a, b, snippet in db.execute("SELECT document_id, start_offset, end_offset, snippet FROM highlights"):
        assert pages[document][a:b] == nodes(snippet)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == [] and db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_signs_lines_names_and_poles(study_dir, tmp_path):
    path = study_dir / "corpus/transcripts/a1.txt"
    path.write_text("P: <b>Rapat</b> & arisan 😀?\n\n\nN: Cafe\u0301 \"ramai\".\nselesai".replace("e\u0301", "é"), encoding="utf-8")
    study = open_study(study_dir)
    text = study.corpus["a1"].text
    for quote, code, pole, who in (("<b>Rapat</b> & arisan 😀", "s.meet", "present", "Bu Tuti"), ("?\n\n\nN: Café", "s.close", "absent", "budi"), ("selesai", "s.meet", "present", "budi"), ("selesai", "s.meet", "absent", "Bu Tuti")):
        a = text.index(quote)
        study.journal(who.replace(" ", "-"), "a1").code(make(study.corpus, "a1", a, a + len(quote), code, polarity=pole, coder=who.replace(" ", "-")))
    lines = find(tmp_path / "d.sqlite3", "out")(open_study(study_dir), tmp_path / "d.sqlite3")
    _, back = bring(tmp_path / "d.sqlite3", tmp_path / "s")
    lower = [tuple(x.lower() if i == 6 else x for i, x in enumerate(r)) for r in rows(open_study(study_dir))]
    assert rows(back) == sorted(lower) and back.corpus["a1"].text.rstrip("\n") == text
    assert any("small letters only" in x for x in lines)


def test_the_withdrawn_do_not_leave(study_dir, tmp_path):
    (study_dir / "corpus/speakers.csv").write_text("document,label,speaker,role,consent\na1,P,R1,researcher,\na1,N,SITI,member,withdrawn\nb1,P,R1,researcher,\nb1,N,TUTI,member,\nb1,Ketua,KARTO,officer,\n")
    find(tmp_path / "d.sqlite3", "out")(open_study(study_dir), tmp_path / "d.sqlite3")
    assert b"urunan" not in (tmp_path / "d.sqlite3").read_bytes()
