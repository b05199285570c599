"""A corrected transcript at the desk: codings carried over, those that wait settled there, undone, and never an old place in a new text."""

from kube_research.desk import saving
from kube_research.study import open_study
from kube_research.waiting import queue
from tests.desk.test_desk import event, one, save, session


def corrected(study_dir, old, new):
    path = study_dir / "corpus/transcripts/a1.txt"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def waits(study, study_dir):
    """A desk whose one coding waits: its words were rewritten."""
    s = session(study)
    s.handle({"kind": "hello"})
    save(s, event(study, "Kasnya sih ada.", gesture="g1"), event(study, "Nggak kompak kok.", "s.close", n=2, gesture="g2"))
    corrected(study_dir, "Kasnya sih ada.", "Uang simpanan kami memang tersedia.")
    told = one(s.handle({"kind": "refresh", "document": "a1"}), "told")
    assert told["act"] == "carry" and "not carried over" in told["text"]
    replies = s.handle({"kind": "carry", "document": "a1"})
    return s, one(replies, "document"), one(replies, "told")


def test_carried_over_from_the_desk_and_settled_there(study, study_dir):
    s, document, told = waits(study, study_dir)
    assert told["text"].startswith("Carried over to the new text: 1") and [r[3] for r in document["codings"]] == ["s.close"]
    w = document["waiting"][0]
    assert (w["id"], w["quote"]) == ("coding00000001", "Kasnya sih ada.") and one(s.handle({"kind": "progress"}), "progress")["documents"]["a1"]["waiting"] == 1
    text, new = document["text"], "Uang simpanan kami memang tersedia."
    place = {"start": text.index(new), "end": text.index(new) + len(new), "quote": new}
    assert one(save(s, {"id": "settle000001", "event": "change", "coding": w["id"], "settles": True, "gesture": "g3", **place}), "saved")
    journal = s.journal("ani", "a1")
    assert journal.state().codings[w["id"]].quote == new and not queue(open_study(study_dir))
    # undone, it waits again with its old words; done again, it stands
    past = saving.history(journal.events()[0])
    assert past["done"][-1] == {"do": [{"event": "change", "coding": w["id"], "settles": True, "start": place["start"], "end": place["end"]}], "undo": [{"event": "wait", "coding": w["id"]}]}
    save(s, {"id": "settle000002", "event": "wait", "coding": w["id"], "gesture": "g4", "via": "undo"})
    again = queue(open_study(study_dir))
    assert [i.coding.quote for i in again] == ["Kasnya sih ada."] and len(saving.history(journal.events()[0])["undone"]) == 1
    save(s, {"id": "settle000003", "event": "change", "coding": w["id"], "settles": True, "gesture": "g5", "via": "redo", **place})
    assert journal.state().codings[w["id"]].quote == new and not saving.history(journal.events()[0])["undone"]


def test_let_go(study, study_dir):
    s, document, _ = waits(study, study_dir)
    save(s, {"id": "settle000001", "event": "withdraw", "coding": document["waiting"][0]["id"], "why": "update", "gesture": "g3"})
    assert "coding00000001" in s.journal("ani", "a1").state().withdrawn and not queue(open_study(study_dir))


def test_undo_never_goes_back_to_a_place_in_the_old_text(study, study_dir):
    s = session(study)
    s.handle({"kind": "hello"})
    e = event(study, "Kasnya sih ada.", gesture="g1")
    save(s, e)
    shorter = {"id": "change000001", "event": "change", "coding": e["coding"], "start": e["start"], "end": e["end"] - 1, "quote": "Kasnya sih ada", "gesture": "g2"}
    save(s, shorter)
    assert saving.history(s.journal("ani", "a1").events()[0])["done"][1]["undo"][0]["end"] == e["end"]
    corrected(study_dir, "P: Apa Ibu", "P: Nah, jadi apa Ibu")
    s.handle({"kind": "refresh", "document": "a1"})
    s.handle({"kind": "carry", "document": "a1"})
    done = saving.history(s.journal("ani", "a1").events()[0])["done"]
    assert [g["undo"][0]["event"] for g in done] == ["withdraw"]  # the resize is of the old text
    assert next(iter(s.journal("ani", "a1").state().codings.values())).quote == "Kasnya sih ada"


def test_what_changes_on_disk_comes_by_itself(study, study_dir):
    a, b = session(study), session(study, coder="budi")
    look = lambda s, view="v": [r["kind"] for r in s.handle({"kind": "look", "view": view, "document": "a1"})]  # noqa: E731 - a glance
    a.handle({"kind": "hello", "view": "v"})
    assert look(a) == look(a) == ["looked"]
    save(a, event(study, "Kasnya sih ada."))
    assert look(a) == ["looked"]  # its own saving is no news
    save(b, event(study, "Nggak kompak kok.", n=5))
    assert "layer" in look(a) and look(a) == ["looked"]
    book = study_dir / "codebooks/small.yml"
    good = book.read_text()
    book.write_text("codes: [unclosed")
    assert "told" in look(a)
    book.write_text(good)
    assert "codes" in look(a)
    other = session(study)  # the same coder in another notebook
    save(other, event(study, "rapat rutin", n=9))
    assert "layer" in look(a)
    save(a, event(study, "rapat rutin", n=9))  # sent again from here: nothing is doubled
    assert (study_dir / "corpus/codings/ani/a1.jsonl").read_text(encoding="utf-8").count("event00000009") == 1
