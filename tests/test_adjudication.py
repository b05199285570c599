"""Adjudication: a consensus beside two codings that stay, undone without a loss, shared with the desk, nothing shown that may not be."""

import pytest

import kube_research as kr
from kube_research.adjudication import Adjudication
from kube_research.codings import make
from kube_research.desk.session import Session
from kube_research.model import KubeError
from kube_research.study import open_study


@pytest.fixture
def two(study):
    """a1: alike on one passage; ani alone on one; both on one with opposite poles.  b1: budi alone."""
    text = {d: study.corpus[d].text for d in ("a1", "b1")}
    for coder, spans in (("ani", [("a1", "Iya, diajak rapat", "s.meet", "present"), ("a1", "Kasnya sih ada", "s.close", "present"), ("a1", "Nggak kompak", "s.close", "absent"), ("b1", "Kumpul", "s.meet", "present")]),
                         ("budi", [("a1", "rapat sama ketua", "s.meet", "present"), ("a1", "Nggak kompak kok", "s.close", "present"), ("b1", "Kumpul", "s.meet", "present"), ("b1", "masing-masing", "s.close", "absent")])):
        for d, words, code, pole in spans:
            a = text[d].index(words)
            study.journal(coder, d).code(make(study.corpus, d, a, a + len(words), code, polarity=pole, note=f"catatan {coder}" if "ompak" in words else ""))
    return study


def stand(study, coder):
    return [(c.document, c.quote, c.code, c.polarity) for c in open_study(study.root).codings(coder=coder)]


def test_the_table_shows_words_and_memos_of_both(two):
    t = Adjudication(two, ("ani", "budi"), "cici")
    assert [(d.document, d.code, d.kind) for d in t] == [("a1", "s.close", "polarity"), ("a1", "s.close", "only"), ("b1", "s.close", "only")] and len(t.alike) == 2
    page = t._repr_html_()
    assert "Nggak kompak" in page and "catatan ani" in page and "catatan budi" in page and "not coded" in page


def test_decisions_make_a_consensus_and_keep_both(two):
    before = {c: (two.journal(c, d).path.read_bytes()) for c in ("ani", "budi") for d in ("a1",)}
    t = Adjudication(two, ("ani", "budi"), "cici")
    t.take(1, "ani", why="di sana ditolak").take(1, "neither").take(1, "budi").agree()
    assert len(t) == 0 and t.judged == 3 and not t.alike
    assert stand(two, "cici-consensus") == [("a1", "Iya, diajak rapat", "s.meet", "present"), ("a1", "Nggak kompak", "s.close", "absent"), ("b1", "Kumpul", "s.meet", "present"), ("b1", "masing-masing", "s.close", "absent")]
    assert {c: two.journal(c, "a1").path.read_bytes() for c in ("ani", "budi")} == before
    first = t.decided[0]
    assert (first["verdict"], first["why"]) == ("ani", "di sana ditolak")
    assert two.journal("cici-consensus", "a1").state().sessions[0]["coders"] == ["ani", "budi"]
    assert not [f for f in open_study(two.root).faults() if "consensus" in f.where]


def test_both_and_undo_and_again(two):
    t = Adjudication(two, ("ani", "budi"), "cici")
    key = t.items[0].key
    t.take(1, "both")
    assert len(stand(two, "cici-consensus")) == 2
    t.undo(key)
    assert t.items[0].key == key and stand(two, "cici-consensus") == [] and t.judged == 0
    t.take(1, "ani")
    assert [c[3] for c in stand(two, "cici-consensus")] == ["absent"] and t.judged == 1
    with pytest.raises(KubeError, match="not decided"):
        t.undo("nothing")


def test_undo_keeps_what_another_decision_took(two):
    """Budi has two passages against one of ani's: two differences share her coding."""
    text = two.corpus["b1"].text
    for coder, words, pole in (("ani", "Sekarang masing-masing aja", "present"), ("budi", "aja sih", "absent")):
        a = text.index(words)
        two.journal(coder, "b1").code(make(two.corpus, "b1", a, a + len(words), "s.close", polarity=pole))
    t = Adjudication(two, ("ani", "budi"), "cici", "b1")
    keys = [d.key for d in t]
    assert len(keys) == 2
    t.take(keys[0], "ani").take(keys[1], "ani").undo(keys[0])
    assert [c[1] for c in stand(two, "cici-consensus")] == ["Sekarang masing-masing aja"] and len(t) == 1
    t.undo(keys[1])
    assert stand(two, "cici-consensus") == [] and len(t) == 2


def test_a_second_table_goes_on_where_the_first_stopped(two):
    Adjudication(two, ("ani", "budi"), "cici").take(1, "ani")
    assert len(Adjudication(open_study(two.root), ("ani", "budi"), "cici")) == 2
    assert len(Adjudication(two, ("ani", "budi"), "dodi")) == 3  # another adjudicator, another consensus


def test_the_desk_and_the_table_share_their_decisions(two):
    Adjudication(two, ("ani", "budi"), "cici", "a1").take(1, "ani").agree()
    desk = Session(open_study(two.root), coder="cici")
    found = desk.handle({"kind": "compare", "a": "ani", "b": "budi", "document": "a1"})[0]
    assert found["judged"] == 1 and len(found["items"]) == 1 and found["alike"] == []
    key = found["items"][0]["key"]
    desk.handle({"kind": "save", "document": "a1", "consensus": True, "events": [{"id": "event00000001", "event": "decide", "suggestion": key, "verdict": "neither"}]})
    assert len(Adjudication(open_study(two.root), ("ani", "budi"), "cici", "a1")) == 0


def test_words_for_analysis_only_are_not_shown(two):
    path = two.root / "corpus/speakers.csv"
    path.write_text(path.read_text("utf-8").replace("role\n", "role,consent\n").replace("a1,N,SITI,member", "a1,N,SITI,member,analyse"), encoding="utf-8")
    study = open_study(two.root)
    w = kr.adjudicate(study, coders=("ani", "budi"), who="cici")
    whole = w.table._repr_html_() + repr(w.table) + repr(w) + str([c.get_state() for c in _all(w)])
    assert not [x for x in ("ompak", "Kasnya", "catatan ani") if x in whole] and "analysis only" in whole
    w.table.take(1, "ani")  # it can be decided all the same, and the journal holds the words as journals do
    assert two.journal("cici-consensus", "a1").state().codings


def _all(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _all(child)


def test_buttons(two):
    w = kr.adjudicate(two, coders=("ani", "budi"), who="cici")
    buttons = {b.description: b for b in _all(w) if hasattr(b, "click")}
    buttons["Take the 2 alike"].click()
    assert len(stand(two, "cici-consensus")) == 2
    next(b for b in _all(w) if getattr(b, "description", "") == "both").click()
    assert len(w.table) == 2 and len(stand(two, "cici-consensus")) == 4 and "→ both" in w.told.value
    next(b for b in _all(w) if getattr(b, "description", "") == "Undo the last one").click()
    assert len(w.table) == 3 and len(stand(two, "cici-consensus")) == 2


def test_markup_in_words_and_memos_is_text(study):
    text = study.corpus["a1"].text
    a = text.index("Nggak kompak")
    study.journal("ani", "a1").code(make(study.corpus, "a1", a, a + 12, "s.close", note="<script>x</script>"))
    study.journal("budi", "a1").code(make(study.corpus, "a1", 0, 5, "s.meet"))
    assert "<script>" not in Adjudication(study, ("ani", "budi"), "cici")._repr_html_()


def test_refusals(two):
    for coders, who, says in ((("ani",), "c", "between two"), (("ani", "ani"), "c", "between two"), (("ani", "bud"), "c", "Did you mean 'budi'"), (("ani", "budi"), "rules", "belongs to the rules"), (("ani", "budi"), "a/b", "file's name")):
        with pytest.raises(KubeError, match=says):
            Adjudication(two, coders, who)
    t = Adjudication(two, ("ani", "budi"), "cici")
    with pytest.raises(KubeError, match="did not code this place"):
        t.take(2, "budi")
    with pytest.raises(KubeError, match="no row 9"):
        t.take(9, "ani")
    with pytest.raises(KubeError, match="decision"):
        t.take(1, "c")


def test_a_consensus_is_no_independent_coder(two):
    """It may be compared, but the note says what it is; the report's agreement and the ceiling leave it out."""
    from kube_research.report.findings import agreements

    t = Adjudication(two, ("ani", "budi"), "cici").take(1, "both").take(1, "neither").take(1, "budi").agree()
    assert not len(t)
    study = open_study(two.root)
    assert "not independent of them" in kr.agreement(study, ["ani", "cici-consensus"], rounds=5).note
    assert [a.coders for a, _ in agreements(study, rounds=5)] == [("ani", "budi")]
    found = kr.evaluate(kr.autocode(study.corpus, study.codebook("small")), study.codings(), against="cici-consensus")
    assert found.coders[1] in ("ani", "budi") and "the ceiling is too high" in found.note
    assert kr.evaluate(kr.autocode(study.corpus, study.codebook("small")), study.codings(), against="ani").coders == ("ani", "budi")
