"""Consent at the desk: who withdrew is hidden, also while it is open; who may only be analysed is read and coded, marked, and never leaves in the still view."""

import pytest

from kube_research.desk import still
from kube_research.study import open_study
from tests.desk.test_desk import event, one, save, session

SPEAKERS = "document,label,speaker,role,consent\na1,P,R,researcher,\na1,N,SITI,member,{}\nb1,P,R,researcher,\nb1,N,TUTI,member,\n"


@pytest.fixture
def give(study_dir):
    def consent(speaker="", document=""):
        (study_dir / "corpus/speakers.csv").write_text(SPEAKERS.format(speaker))
        path = study_dir / "corpus/documents.csv"
        head, a, *rest = path.read_text().splitlines()
        cells = dict(zip(head.split(","), [*a.split(","), *[""] * 9], strict=False)) | {"consent": document}
        path.write_text("\n".join([head, ",".join(cells[k] for k in head.split(",")), *rest]) + "\n")
        return open_study(study_dir)
    return consent


def words_of(replies):
    return repr([{k: v for k, v in r.items() if k != "words"} for r in replies])


def test_analysis_only_is_read_coded_and_marked_and_stays_here(give, study_dir):
    study = give("analyse")
    s = session(study)
    replies = s.handle({"kind": "hello"})
    document = one(replies, "document")
    assert "Kasnya sih ada." in document["text"] and {t[9] for t in document["turns"] if t[5] == "N"} == {"analyse"} and {t[9] for t in document["turns"] if t[5] == "P"} == {""}
    assert [d["quotable"] for d in one(replies, "start")["documents"]] == [False, True]
    assert one(save(s, event(study, "Kasnya sih ada.", note="m")), "saved")
    assert {i["consent"] for i in one(s.handle({"kind": "search", "pattern": "kasnya"}), "hits")["items"]} == {"analyse"} and "Kasnya" in words_of(s.handle({"kind": "search", "pattern": "kasnya"}))
    assert {i["consent"] for i in one(s.handle({"kind": "quotes", "code": "s.meet"}), "quotes")["items"]} == {"analyse"}
    shown = still.page(s)
    assert "Kasnya" not in shown and "analysis only" in shown and "Meeting" in shown  # counted, never quoted
    refused = s.handle({"kind": "book", "what": "new", "name": "Kasnya sih ada", "vivo": True, "at": ["a1", *[event(study, "Kasnya sih ada.")[k] for k in ("start", "end")]]})
    assert "quotes the informant" in one(refused, "told")["text"] and "Kasnya" not in (study_dir / "codebooks/small.yml").read_text()


def test_a_whole_document_for_analysis_only(give):
    study = give(document="analyse")
    s = session(study)
    document = one(s.handle({"kind": "hello"}), "document")
    assert document["consent"] == "analyse" and {t[9] for t in document["turns"]} == {"analyse"}
    save(s, event(study, "Kasnya sih ada."))
    assert "Kasnya" not in still.page(s)


def test_checked_words_may_be_quoted(give, study_dir):
    (study_dir / "corpus/checked.csv").write_text("document,quote\na1,Kasnya sih ada.\n")
    study = give("quote-after-check")
    s = session(study)
    save(s, event(study, "Kasnya sih ada."), event(study, "Nggak kompak kok.", n=2))
    document = one(s.handle({"kind": "open", "document": "a1"}), "document")
    assert [document["text"][a:b] for a, b in document["checked"]] == ["Kasnya sih ada."]
    assert "Kasnya" in still.page(s) and "kompak" not in still.page(s)


@pytest.mark.parametrize("before", ["", "analyse"])
def test_withdrawn_while_the_desk_is_open(give, study_dir, before):
    study = give(before)
    s = session(study)
    s.handle({"kind": "hello", "view": "v"})
    save(s, event(study, "Kasnya sih ada."))
    assert "Kasnya" in words_of(s.handle({"kind": "open", "document": "a1"}))
    e = event(study, "Nggak kompak kok.", n=2)
    give("withdrawn")
    replies = s.handle({"kind": "look", "view": "v", "document": "a1"})  # the desk looks every few seconds
    document = one(replies, "document")
    assert "\u2588" in document["text"] and document["codings"] == [] and "Kasnya" not in words_of(replies)
    assert len(document["text"]) == len(study.corpus["a1"].text)
    assert "withdrew" in one(save(s, e), "refused")["text"] or "no longer found" in one(save(s, e), "refused")["text"]
    place = {**e, "id": "event00000003", "quote": document["text"][e["start"]:e["end"]]}
    assert "withdrew" in one(save(s, place), "refused")["text"]  # nobody codes what is veiled
    for m in ({"kind": "search", "pattern": "kasnya"}, {"kind": "quotes", "code": "s.meet"}, {"kind": "refresh", "document": "a1"}, {"kind": "compare", "a": "ani", "b": "ani"}):
        assert "Kasnya" not in words_of(s.handle(m))
    assert "Kasnya" not in still.page(s)
    give(document="withdrawn")
    replies = s.handle({"kind": "refresh", "document": "a1"})
    assert [d["id"] for d in one(replies, "documents")["documents"]] == ["b1"] and one(replies, "document")["id"] == "b1" and "no longer part" in one(replies, "told")["text"]
    assert len((study_dir / "corpus/codings/ani/a1.jsonl").read_text().splitlines()) == 2  # nothing is lost, nothing was added
