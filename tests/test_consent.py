"""Consent: who withdrew disappears everywhere, who may not be quoted is counted and never quoted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kube_research import autocode, cross, kwic, open_study, quotes
from kube_research.cli import main
from kube_research.consent import hinders, shown, strictest, veil
from kube_research.corpus import Document
from kube_research.model import Coding, KubeError, Speaker
from kube_research.revise import update
from kube_research.text import normalise

TALK = """P: Bagaimana rapatnya?
TUTI: Saya selalu diajak rapat, kompak banget. (KARTO: saya mah rahasia)
KARTO: Saya bilang terus terang, rapat rutin itu rekayasa ketua. 😀
TUTI: Kata KARTO begitu, tapi rapat rutin jalan.
"""


def consents(root, **who):
    rows = [("P", "R1", "researcher"), ("TUTI", "TUTI", "member"), ("KARTO", "KRT", "officer")]
    (root / "corpus/transcripts/f1.txt").write_text(TALK, encoding="utf-8", newline="\n")
    (root / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\nf1,focus-group,A,id,,,," + who.get("document", "") + "\nb1,interview,B,id,,,,\n", encoding="utf-8")
    (root / "corpus/speakers.csv").write_text("document,label,speaker,role,consent\n" + "".join(f"f1,{a},{b},{c},{who.get(a, '')}\n" for a, b, c in rows) + "b1,P,R1,researcher,\nb1,N,TUTI,member,\nb1,Ketua,KRT,officer,\n", encoding="utf-8")
    return root


def code(study, who, start, end, document="f1"):
    text = study.unveiled(document).text
    return study.journal(who, document).code(Coding("", document, start, end, text[start:end], "s.meet", coder=who))


@pytest.fixture
def talk(study_dir):
    consents(study_dir)
    study = open_study(study_dir)
    for words in ("selalu diajak rapat", "rekayasa ketua", "Kata KARTO begitu"):
        at = TALK.index(words)
        code(study, "ana", at, at + len(words))
    return study_dir


SECRET = ("rekayasa", "terus terang", "rahasia")


def test_a_withdrawn_person_is_in_nothing(talk, tmp_path, capsys):
    before = open_study(talk)
    assert len(before.codings()) == 3 and len(before.corpus["f1"].text) == len(TALK)
    consents(talk, KARTO="withdrawn")
    study = open_study(talk)
    d = study.corpus["f1"]
    assert len(d.text) == len(TALK) and [t.role for t in d.turns] == ["researcher", "member", "withdrawn", "member"]
    assert not any(s in d.text for s in SECRET) and "Kata █████ begitu" in d.text
    assert study.withdrawn == {"documents": 0, "speakers": 1}
    table = study.codings()
    assert sorted(table.frame["quote"]) == ["Kata █████ begitu", "selalu diajak rapat"]
    m = cross(table, rows="speaker", count="persons")
    assert "KRT" not in m.frame.index and "withdrawn, not counted: 0 documents, 1 persons" in m.note
    assert not len(kwic(study.corpus, "rekayasa")) and "KRT" not in set(autocode(study.corpus, study.codebook("small")).frame["speaker"])
    # withdrawn in one document, gone from the others: they are one person
    assert "withdrawn" in {t.role for t in study.corpus["b1"].turns} and "masing-masing" not in study.corpus["b1"].text
    for name in ("out.csv", "out.xlsx", "out.qdpx"):
        assert main(["export", "--study", str(talk), str(tmp_path / name)]) == 0
    from kube_research.report import write_html

    written = write_html(study, tmp_path / "r.html").read_text(encoding="utf-8")
    assert not any(s in written for s in SECRET) and "KRT" not in written
    import zipfile

    for name in ("out.xlsx", "out.qdpx"):
        with zipfile.ZipFile(tmp_path / name) as z:
            whole = b"".join(z.read(n) for n in z.namelist()).decode("utf-8", "replace")
        assert not any(s in whole for s in SECRET), name
    assert not any(s in (tmp_path / "out.csv").read_text(encoding="utf-8") for s in SECRET)
    from kube_research.desk.session import Session

    desk = Session(study, coder="ana", document="f1")
    replies = str(desk.handle({"kind": "hello"})) + str(desk.handle({"kind": "quotes", "code": "s.meet"})) + str(desk.handle({"kind": "search", "pattern": "rekayasa"}))
    assert not any(s in replies.replace("'pattern': 'rekayasa'", "") for s in SECRET)
    assert not [f for f in study.faults() if "rekayasa" in str(f) or f.level == "error"]  # the journal's own words are no broken anchor
    assert "rekayasa" in (talk / "corpus/transcripts/f1.txt").read_text(encoding="utf-8")  # the file is whole
    consents(talk)
    assert len(open_study(talk).codings()) == 3  # and so the withdrawal can be taken back


def test_a_correction_keeps_the_words_of_one_who_withdrew_on_disk(talk):
    consents(talk, KARTO="withdrawn")
    update(open_study(talk), "f1", TALK.replace("kompak banget", "kompak sekali"))
    text = (talk / "corpus/transcripts/f1.txt").read_text(encoding="utf-8")
    assert "█" not in text and "rekayasa ketua" in text and "kompak sekali" in text
    assert sorted(open_study(talk).codings().frame["quote"]) == ["Kata █████ begitu", "selalu diajak rapat"]
    consents(talk)
    assert sorted(open_study(talk).codings().frame["quote"])[1] == "rekayasa ketua"


def test_analyse_is_counted_and_never_quoted(talk, tmp_path):
    consents(talk, KARTO="analyse")
    study = open_study(talk)
    table = study.codings()
    assert len(table) == 3 and "rekayasa ketua" not in set(table.frame["quote"]) and "rekayasa" not in repr(quotes(table)) + quotes(table)._repr_html_() + table._repr_html_()
    m = cross(table, rows="speaker", count="words")
    assert m.frame.loc["KRT", "s.meet"] == 2 and "Counted but not quoted: 1 documents" in m.note
    table.save(tmp_path / "c.csv")
    m.save(tmp_path / "m.xlsx")
    assert "rekayasa" not in (tmp_path / "c.csv").read_text(encoding="utf-8")
    assert "rekayasa" not in shown(study.corpus["f1"]) and "selalu diajak" in shown(study.corpus["f1"])
    from kube_research.report import write_html

    assert "rekayasa" not in write_html(study, tmp_path / "r.html").read_text(encoding="utf-8")


def test_quote_after_check(talk):
    consents(talk, document="quote-after-check")
    study = open_study(talk)
    assert "rekayasa ketua" not in set(study.codings().frame["quote"])
    assert main(["consent", "--study", str(talk), "check", "f1", "rekayasa  ketua"]) == 0
    assert main(["consent", "--study", str(talk), "check", "f1", "rekayasa  ketua"]) == 0  # twice is once
    study = open_study(talk)
    assert list(study.codings().frame["quote"]).count("rekayasa ketua") == 1
    at = TALK.index("rekayasa")
    assert hinders(study.corpus["f1"], at, at + 14) == "" and hinders(study.corpus["f1"], at - 5, at + 14) == "quote-after-check"
    assert "rekayasa ketua" in shown(study.corpus["f1"]) and "terus terang" not in shown(study.corpus["f1"])
    assert (talk / "corpus/checked.csv").read_text(encoding="utf-8").count("rekayasa") == 1
    assert main(["consent", "--study", str(talk), "check", "f1", "kata yang tidak pernah diucapkan"]) == 2
    assert main(["consent", "--study", str(talk), "uncheck", "f1", "rekayasa ketua"]) == 0
    assert "rekayasa ketua" not in set(open_study(talk).codings().frame["quote"])


def test_a_consent_that_is_not_known_is_an_error_and_quotes_nothing(talk):
    consents(talk, KARTO="withdrawed")
    with pytest.raises(KubeError, match="Did you mean 'withdrawn'"):
        open_study(talk)
    assert strictest("quote", "withdrawed") == "analyse"


def test_consent_is_listed(talk, capsys):
    consents(talk, KARTO="withdrawn", TUTI="quote-after-check")
    assert main(["consent", "--study", str(talk)]) == 0
    out = capsys.readouterr().out
    assert "withdrawn" in out and "quote-after-check" in out and "rekayasa" not in out


def test_consent_goes_along_to_another_study(talk, tmp_path):
    consents(talk, KARTO="analyse", document="quote-after-check")
    assert main(["export", "--study", str(talk), str(tmp_path / "p.qdpx")]) == 0
    assert main(["import-project", str(tmp_path / "p.qdpx"), "--into", str(tmp_path / "back")]) in (0, 1)
    d = open_study(tmp_path / "back").corpus["f1"]
    at = d.text.index("rekayasa")
    assert d.meta["consent"] == "quote-after-check" and hinders(d, at, at + 8) == "analyse"


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["P", "SITI", "KARTO"]), st.text(alphabet="abc K.ARTO😀é(:\n", min_size=1, max_size=30)), min_size=1, max_size=8))
def test_the_veil_moves_nothing(turns):
    text = normalise("".join(f"{who}: x{said} y\n" for who, said in turns))
    d = Document("d", text, "interview", speakers=(Speaker("d", "P", "R", "researcher"), Speaker("d", "SITI", "S", "member"), Speaker("d", "KARTO", "K", "withdrawn", "withdrawn")))
    v = veil(d)
    assert len(v.text) == len(text) and v.sha256 == d.sha256 and [(t.start, t.body, t.end, t.role) for t in v.turns] == [(t.start, t.body, t.end, t.role) for t in d.turns]
    assert [c.isspace() for c in v.text] == [c.isspace() for c in text]
    for t in v.turns:
        if t.role == "withdrawn":
            assert set(v.text[t.body:t.end]) <= {"█"} | {c for c in v.text if c.isspace()}


def test_what_a_notebook_prints_is_counted_and_not_quoted(talk, tmp_path):
    """Words in context, the reason of a rule's coding, a spaCy Doc: who may only be analysed is counted in them, and not read."""
    import kube_research as kr

    consents(talk, KARTO="analyse")
    study = open_study(talk)
    found = kr.kwic(study.corpus, "rekayasa")
    assert len(found) == 1 == found.closed and "analysis only" in repr(found) and "1 of 1 stand in words that may not be quoted" in found._repr_html_()
    assert not [s for s in ("terus terang", "itu", "ketua") if s in repr(found) + found._repr_html_() + found.frame.to_csv()]
    beside = kr.kwic(study.corpus, "begitu", width=400)
    assert beside.closed == 0 and "begitu" in repr(beside) and not [s for s in SECRET if s in repr(beside)]
    book = kr.load_codebook(talk / "codebooks/small.yml")
    hits = kr.autocode(study.corpus, book)
    said = [kr.explain(h, book, study.corpus) for h in hits]
    assert said and not [s for s in SECRET if s in "".join(said)]
    doc = kr.to_doc(study.codings(), "f1")
    assert len(doc.text) == len(study.corpus["f1"].text) and not [s for s in SECRET if s in doc.text] and [c.start for c in kr.from_doc(doc, study.corpus, coder="x")] == [c.start for c in study.codings().where(document="f1")]


def test_a_kept_widget_state_is_looked_through(talk):
    import json

    consents(talk, KARTO="analyse")
    book = {"cells": [], "metadata": {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"m1": {"state": {"value": f"<b>{TALK.split('KARTO: ')[2].splitlines()[0]}</b>"}}}}}}, "nbformat": 4, "nbformat_minor": 5}
    (talk / "notebooks").mkdir(exist_ok=True)
    (talk / "notebooks/x.ipynb").write_text(json.dumps(book), encoding="utf-8")
    from kube_research.privacy import leaks

    assert any(f.where.startswith("notebooks/x.ipynb") and "may not be quoted" in f.what for f in leaks(open_study(talk)))
