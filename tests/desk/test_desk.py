"""The desk's Python side: messages in, replies out, and what stands on disk afterwards.  No browser."""

import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from itertools import accumulate
from pathlib import Path

import pytest

import kube_research as kr
from kube_research import history
from kube_research.desk import phrases, reading, saving, scene, still
from kube_research.desk import session as session_module
from kube_research.desk.chooser import Chooser
from kube_research.desk.module import module
from kube_research.desk.packed import packed
from kube_research.desk.session import Session
from kube_research.model import Coding, KubeError
from kube_research.study import open_study
from kube_research.words import using
from tests.conftest import ROOT

DESK = ROOT / "kube_research" / "desk"


def session(study, **options):
    options.setdefault("codebook", study.codebook("small"))
    return Session(study, coder=options.pop("coder", "ani"), **options)


def one(replies, kind):
    found = [r for r in replies if r["kind"] == kind]
    assert found, [r["kind"] for r in replies] + [r.get("text") for r in replies]
    return found[0]


def event(study, quote, code="s.meet", n=1, document="a1", **more):
    start = study.corpus[document].text.index(quote)
    return {"id": f"event{n:08d}", "event": "code", "coding": f"coding{n:08d}", "start": start, "end": start + len(quote), "quote": quote, "code": code, **more}


def save(s, *events, document="a1", **more):
    return s.handle({"kind": "save", "view": "v", "document": document, "events": list(events), **more})


def test_open_code_reload(study, study_dir):
    s = session(study, suggestions=kr.autocode(study.corpus, study.codebook("small")))
    replies = s.handle({"kind": "hello", "view": "v"})
    start, document = one(replies, "start"), one(replies, "document")
    assert [d["id"] for d in start["documents"]] == ["a1", "b1"] and {c["id"] for c in start["codes"]} == {"s.meet", "s.close", "s.none"}
    assert document["text"] == study.corpus["a1"].text and document["suggestions"] and all(r["view"] == "v" for r in replies)
    sentences = document["sentences"]
    assert [document["text"][a:b] for a, b in zip(sentences[::2], sentences[1::2], strict=True)][1] == "Iya, diajak rapat sama ketua."
    assert one(save(s, event(study, "Kasnya sih ada.")), "saved")["ids"] == ["event00000001"]
    lines = (study_dir / "corpus/codings/ani/a1.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2 and '"event":"session"' in lines[0]  # how it was done, then the decision
    again = one(session(study).handle({"kind": "open", "document": "a1"}), "document")
    assert [(r[0], r[3]) for r in again["codings"]] == [("coding00000001", "s.meet")]
    assert study.codings(coder="ani").frame["quote"].tolist() == ["Kasnya sih ada."]


def test_sending_again_doubles_nothing(study, study_dir):
    e = event(study, "Kasnya sih ada.")
    s, other = session(study), session(study)
    for _ in range(3):
        assert one(save(s, e), "saved")["ids"] == [e["id"]]
    assert one(save(other, e), "saved")["ids"] == [e["id"]]  # a second kernel that had not read the journal
    assert len(s.journal("ani", "a1").state().codings) == 1
    assert sum(e["id"] in line for line in (study_dir / "corpus/codings/ani/a1.jsonl").read_text().splitlines()) == 1


def test_what_goes_to_the_browser_in_columns_is_what_was_said(study):
    s = session(study, suggestions=kr.autocode(study.corpus, study.codebook("small")))
    save(s, event(study, "ngajak saya urunan", code="s.close", note="later", polarity="absent"), event(study, "Kasnya sih ada.", n=2), event(study, "diajak rapat", n=3), {"id": "event00000004", "event": "withdraw", "coding": "coding00000003"})
    reply = one(s.handle({"kind": "open", "document": "a1", "view": "v"}), "document")
    p = packed(reply)
    c, t, back = p["codings"], p["turns"], lambda gaps: list(accumulate(gaps))
    rows = [[c["id"][i], at, at + c["long"][i], c["codes"][c["code"][i]], "absent" if i in c["absent"] else "present", c["coders"][c["coder"][i]], c["notes"].get(i, ""), int(i in c["gone"])] for i, at in enumerate(back(c["start"]))]
    assert rows == sorted(reply["codings"], key=lambda r: r[1]) and [r[0] for r in rows] == ["coding00000003", "coding00000002", "coding00000001"] and [r[7] for r in rows] == [1, 0, 0]
    at = back(t["at"])
    turns = [[n, *at[3 * i:3 * i + 3], *t["who"][t["which"][i]][:3], t["time"][i], *t["who"][t["which"][i]][3:]] for i, n in enumerate(t["n"])]
    assert turns == reply["turns"] and tuple(back(p["sentences"])) == reply["sentences"]
    assert {k: v for k, v in p.items() if k not in ("codings", "turns", "sentences")} == {k: v for k, v in reply.items() if k not in ("codings", "turns", "sentences")}
    assert packed({"kind": "told", "codings": 3}) == {"kind": "told", "codings": 3} and packed({"kind": "layer", "codings": []})["codings"] == {"id": []}


def test_the_past_comes_in_pieces(study, monkeypatch):
    s = session(study)
    save(s, *(event(study, "Kasnya sih ada.", n=n, code=c) for n, c in enumerate(("s.meet", "s.close", "s.meet"), 1)))
    past = one(s.handle({"kind": "past", "document": "a1"}), "past")
    assert len(past["done"]) == 3 and past["undone"] == [] and past["more"] == {"done": False, "undone": False}
    monkeypatch.setattr(session_module, "MOST_PAST", 2)
    assert one(s.handle({"kind": "past", "document": "a1"}), "past") == {**past, "done": past["done"][-2:], "more": {"done": True, "undone": False}}
    save(s, {"id": "event00000009", "event": "withdraw", "coding": "coding00000003", "via": "undo", "gesture": "g"})
    assert len(one(s.handle({"kind": "past", "document": "a1"}), "past")["undone"]) == 1  # news of the journal, not what was kept
    assert one(Session(study).handle({"kind": "past", "document": "a1"}), "past")["done"] == []


def test_the_next_document_is_read_while_nobody_waits(study):
    s = session(study)
    s.handle({"kind": "hello", "view": "v"})
    s.handle({"kind": "progress"})
    scene._KEPT.clear()
    assert [r["kind"] for r in s.handle({"kind": "look", "document": "a1", "view": "v"})] == ["looked"]
    assert [k[0] for k in scene._KEPT] == ["b1"]
    s.handle({"kind": "look", "document": "a1", "view": "v"})
    assert [k[0] for k in scene._KEPT] == ["b1"]


def test_history_survives_a_reload(study):
    s = session(study)
    a, b = event(study, "Kasnya sih ada.", gesture="g1"), {"id": "event00000002", "event": "change", "coding": "coding00000001", "polarity": "absent", "gesture": "g2"}
    save(s, a)
    save(s, b)
    past = saving.history(s.journal("ani", "a1").events()[0])
    assert [g["undo"][0]["event"] for g in past["done"]] == ["withdraw", "change"] and past["done"][1]["undo"][0]["polarity"] == "present"
    save(s, {"id": "event00000003", "event": "change", "coding": "coding00000001", "polarity": "present", "gesture": "g3", "via": "undo"})
    past = saving.history(s.journal("ani", "a1").events()[0])
    assert len(past["done"]) == 1 and len(past["undone"]) == 1
    save(s, {"id": "event00000004", "event": "change", "coding": "coding00000001", "polarity": "absent", "gesture": "g4", "via": "redo"})
    past = saving.history(s.journal("ani", "a1").events()[0])
    assert len(past["done"]) == 2 and not past["undone"]


def test_blind_hides_the_others_and_is_recorded(study, study_dir):
    save(session(study, coder="budi"), event(study, "Kasnya sih ada.", n=7))
    s = session(study, blind=True)
    assert one(s.handle({"kind": "open", "document": "a1"}), "document")["codings"] == []
    assert one(s.handle({"kind": "quotes", "code": "s.meet"}), "quotes")["total"] == 0
    assert "blind" in one(s.handle({"kind": "compare", "a": "ani", "b": "budi"}), "told")["text"]
    save(s, event(study, "Kasnya sih ada."))
    assert s.journal("ani", "a1").state().sessions[0]["blind"] is True
    assert one(session(study).handle({"kind": "open", "document": "a1"}), "document")["codings"][1][5] == "budi"


def test_two_coders_see_each_other_on_refresh(study):
    a, b = session(study), session(study, coder="budi")
    a.handle({"kind": "hello"})
    save(b, event(study, "Kasnya sih ada."))
    assert [c[5] for c in one(a.handle({"kind": "refresh", "document": "a1"}), "layer")["codings"]] == ["budi"]


def test_compare_and_consensus(study):
    a, b = session(study), session(study, coder="budi")
    save(a, event(study, "Kasnya sih ada.", n=1), event(study, "Nggak kompak kok.", "s.close", n=2, polarity="absent"))
    save(b, event(study, "Kasnya sih ada.", n=3), event(study, "Nggak kompak kok.", "s.close", n=4))
    judge = session(study, coder="cici")
    found = one(judge.handle({"kind": "compare", "a": "ani", "b": "budi", "document": "a1"}), "compare")
    assert found["agreed"] == 1 and [(i["kind"], i["a"], i["b"]) for i in found["items"]] == [("polarity", "coding00000002", "coding00000004")]
    save(judge, event(study, "Nggak kompak kok.", "s.close", n=5, polarity="absent", agreed=["coding00000002"]), {"id": "event00000006", "event": "decide", "suggestion": found["items"][0]["key"], "verdict": "a"}, consensus=True)
    assert [c.polarity for c in judge.journal("cici-consensus", "a1").state().codings.values()] == ["absent"]
    assert one(judge.handle({"kind": "compare", "a": "ani", "b": "budi", "document": "a1"}), "compare")["items"] == []
    assert len(a.journal("ani", "a1").state().codings) == len(b.journal("budi", "a1").state().codings) == 2  # both are kept


def test_quotations_and_words_in_context(study):
    s = session(study)
    save(s, event(study, "Kasnya sih ada."), event(study, "Nggak kompak kok.", "s.close", n=2, polarity="absent"))
    save(s, event(study, "Kompak banget.", "s.close", n=3, document="b1"), document="b1")
    found = one(s.handle({"kind": "quotes", "code": "s.close"}), "quotes")
    assert [(i["document"], i["quote"], i["case"], i["role"]) for i in found["items"]] == [("a1", "Nggak kompak kok.", "A", "member"), ("b1", "Kompak banget.", "B", "member")]
    for wish, n in (({"case": "B"}, 1), ({"polarity": "absent"}, 1), ({"role": "officer"}, 0), ({"coder": "ani"}, 2), ({"coder": "x"}, 0)):
        assert one(s.handle({"kind": "quotes", "code": "s.close", **wish}), "quotes")["total"] == n
    hits = one(s.handle({"kind": "search", "pattern": "~ajak"}), "hits")
    assert {i["hit"] for i in hits["items"]} == {"diajak", "ngajak"}
    assert one(s.handle({"kind": "search", "pattern": "~ajak", "only": "b1"}), "hits")["total"] == 0
    assert one(s.handle({"kind": "search", "pattern": "(((kas"}), "hits")["total"] >= 0


def test_new_code_rename_merge_keep_the_comments(study, study_dir):
    path = study_dir / "codebooks/small.yml"
    path.write_text("# by hand\n" + path.read_text().replace("  - id: s.close", "  # close or not\n  - id: s.close"))
    s = session(study)
    save(s, event(study, "Nggak kompak kok.", "s.close"))
    made = one(s.handle({"kind": "book", "what": "new", "name": "Uang kas"}), "codes")["made"]
    assert made["code"] == "s.uang_kas"
    assert one(s.handle({"kind": "book", "what": "new", "name": "saban minggu", "vivo": True}), "codes")["made"]["code"] == "iv.saban_minggu"
    s.handle({"kind": "book", "what": "name", "code": "s.uang_kas", "name": "Kas"})
    s.handle({"kind": "book", "what": "rename", "code": "s.uang_kas", "to": "s.kas"})
    replies = s.handle({"kind": "book", "what": "merge", "code": "s.close", "to": "s.meet"})
    text = path.read_text()
    assert "# by hand" in text and "# close or not" in text
    book = open_study(study_dir).codebook("small")
    assert book["s.kas"].name["en"] == "Kas" and "s.close" not in book and book.renames() == {"s.uang_kas": "s.kas", "s.close": "s.meet"}
    assert any("kompak" in i.pattern for i in book["s.meet"].indicators) and book.version == "1.0.5"
    assert one(replies, "layer")["codings"][0][3] == "s.meet"  # the old coding is read under the new code
    assert not list(study_dir.glob("codebooks/.*tmp"))
    for wrong in ({"what": "rename", "code": "s.kas", "to": "s.meet"}, {"what": "rename", "code": "s.kas", "to": "a/b"}, {"what": "merge", "code": "s.kas", "to": "nix"}, {"what": "name", "code": "s.kas", "name": " "}, {"what": "new", "name": ""}):
        before = path.read_text()
        assert one(s.handle({"kind": "book", **wrong}), "told")["level"] == "error"
        assert path.read_text() == before


def test_in_vivo_without_any_codebook(study, study_dir):
    (study_dir / "codebooks/small.yml").unlink()
    s = Session(study, coder="ani")
    assert one(s.handle({"kind": "book", "what": "new", "name": "kas ada", "vivo": True}), "codes")["made"]["book"] == history.IN_VIVO
    assert [c.id for c in s.books[0]] == ["iv.kas_ada"]


# --- bad input: each is told in a sentence, and coding that can go on goes on ------------------------------------------------------
@pytest.mark.parametrize("name", ["a/b", "..", "con", "x" * 99, "", "rules"])
def test_a_coders_name_that_cannot_be_one(study, name):
    s = session(study, coder=name)
    replies = s.handle({"kind": "hello"})
    assert one(replies, "start")["readonly"] and one(replies, "start")["notices"] and one(replies, "document")
    assert one(save(s, event(study, "Kasnya sih ada.")), "refused")["text"]


def test_journal_cannot_be_written(study, study_dir, monkeypatch):
    s = session(study)
    (study_dir / "corpus/codings/ani").write_text("a file where a folder should be")
    refused = one(save(s, event(study, "Kasnya sih ada.")), "refused")
    assert refused["ids"] == ["event00000001"] and not refused.get("final") and refused["text"]
    (study_dir / "corpus/codings/ani").unlink()
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert "No space left" in one(save(s, event(study, "Kasnya sih ada.")), "refused")["text"]
    monkeypatch.setattr(os, "fsync", real)
    assert one(save(s, event(study, "Kasnya sih ada.")), "saved")  # the same event, sent again, once there is room
    assert len(s.journal("ani", "a1").state().codings) == 1


def test_torn_last_line_and_bad_middle_line(study, study_dir):
    s = session(study)
    save(s, event(study, "Kasnya sih ada."), event(study, "Nggak kompak kok.", n=2))
    path = study_dir / "corpus/codings/ani/a1.jsonl"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join([lines[0], lines[1][:40] + "?" + lines[1][41:], lines[2], lines[2][:50]]), encoding="utf-8")
    fresh = session(study)
    document = one(fresh.handle({"kind": "open", "document": "a1"}), "document")
    assert len(document["codings"]) == 1 and len(document["faults"]) == 2
    assert one(save(fresh, event(study, "Kasnya sih ada.", n=3)), "saved")
    assert len(session(study).journal("ani", "a1").state().codings) == 2


def test_transcript_changed_on_disk_meanwhile(study, study_dir):
    s = session(study)
    s.handle({"kind": "hello"})
    e = event(study, "Kasnya sih ada.")
    path = study_dir / "corpus/transcripts/a1.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("P: Apa Ibu", "P: Nah, apa Ibu"), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    replies = save(s, e)
    assert "changed on disk" in one(replies, "told")["text"] and one(replies, "document")["text"].startswith("# Status")
    c = next(iter(s.journal("ani", "a1").state().codings.values()))
    assert c.quote == "Kasnya sih ada." and s.corpus["a1"].text[c.start:c.end] == c.quote  # found again by its words
    gone = {**e, "id": "event00000009", "coding": "coding9", "quote": "kata yang tidak ada", "start": 10, "end": 29}
    assert one(save(s, gone), "refused")["final"]


def test_codebook_broken_while_open(study, study_dir):
    s = session(study)
    path = study_dir / "codebooks/small.yml"
    good = path.read_text()
    path.write_text("codes: [unclosed")
    replies = s.handle({"kind": "refresh", "document": "a1"})
    assert "Coding goes on" in one(replies, "told")["text"] and len(one(replies, "codes")["codes"]) == 3
    assert one(save(s, event(study, "Kasnya sih ada.")), "saved")
    assert "small.yml" in one(s.handle({"kind": "book", "what": "new", "name": "Baru"}), "told")["text"] and path.read_text() == "codes: [unclosed"
    path.write_text(good)
    assert not [r for r in s.handle({"kind": "refresh"}) if r["kind"] == "told"]


def test_hostile_messages(study):
    s = session(study)
    e = event(study, "Kasnya sih ada.")
    for bad in ({"event": "drop"}, {"id": "../x"}, {"code": "<b>"}, {"polarity": "maybe"}, {"start": "x"}, {"start": -5, "quote": ""}, {"end": 10**9, "quote": ""}):
        assert one(save(s, {**e, **bad}), "refused")
    assert one(save(s, e, document="../../etc"), "told")
    assert s.handle({"kind": "nonsense"}) == [] and one(s.handle({"kind": "open", "document": "zz"}), "told")
    save(s, {**e, "coder": "budi", "document": "b1", "surprise": 1})
    c = next(iter(s.journal("ani", "a1").state().codings.values()))
    assert (c.coder, c.document) == ("ani", "a1")


def test_a_turn_of_100_000_words_opens_quickly(study, study_dir):
    words = "Kompak itu penting sekali bagi kami 😀 semua. " * 12_500
    (study_dir / "corpus/transcripts/a1.txt").write_text("P: Ya?\nN: " + words, encoding="utf-8")
    s = session(open_study(study_dir))
    begin = time.perf_counter()
    document = one(s.handle({"kind": "open", "document": "a1"}), "document")
    assert time.perf_counter() - begin < 3 and len(document["sentences"]) > 20_000
    assert document["sentences"][-1] == len(document["text"].rstrip())


def test_static_view_is_escaped_and_keeps_consent(study, study_dir):
    path = study_dir / "corpus/transcripts/a1.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("Kasnya sih ada.", "Kasnya <script>x()</script> ada."), encoding="utf-8")
    s = session(open_study(study_dir))
    save(s, event(s.study, "Kasnya <script>x()</script> ada.", note="<i>n</i>"))
    shown = still.page(s)
    assert "&lt;script&gt;" in shown and "<script" not in shown and "<i>" not in shown
    csv = study_dir / "corpus/documents.csv"
    csv.write_text(csv.read_text().replace("2024-01-01,,,", "2024-01-01,,,analyse"))
    shown = still.page(session(open_study(study_dir)))
    assert "Kasnya" not in shown and "does not allow" in shown


def test_widget_and_its_bundle(study):
    w = kr.desk(study, codebook=study.codebook("small"), coder="ani")
    data, _ = w._repr_mimebundle_()
    assert data["text/plain"] == "Desk('study', coder='ani', document='a1')" and "<table" in data["text/html"] and "application/vnd.jupyter.widget-view+json" in data
    state = {k: v for k, v in w.get_state().items() if k not in ("_esm", "_css")}
    assert "diajak" not in repr(state)  # the text never travels as a trait
    assert callable(kr.desk) and repr(kr.coding_page(str(study.root))).startswith("Halaman pengodean")


def test_coding_page(study, study_dir):
    chooser = Chooser(study_dir)
    _, replies = chooser.handle({"kind": "hello"})
    assert replies[0]["studies"][0]["codebooks"] == ["small"] and len(replies[0]["studies"][0]["documents"]) == 2
    w = kr.coding_page(str(study_dir))
    kinds = [r["kind"] for r in w.answer({"kind": "choose", "view": "v", "study": 0, "coder": "ani", "document": "b1", "suggest": True})]
    assert kinds == ["start", "document"] and w.session.document == "b1"
    assert w.answer({"kind": "choose", "study": 99})[0]["kind"] == "told"
    _, nothing = Chooser(study_dir / "corpus").handle({"kind": "hello"})
    assert nothing[0]["studies"]


def test_every_word_is_said_in_both_languages():
    used = set(re.findall(r"""\bt\("([A-Za-z0-9.]+)\"""", module()))
    assert {k for k in used if k.endswith(".")} <= {"by.", "role.", "consent.", "tag."}
    dynamic = {f"{k}.{why}" for k in ("consent", "tag") for why in ("analyse", "quote-after-check", "withdrawn")} | {"by.case", "by.role", "by.polarity", "by.coder"} | {k for k in phrases.WORDS if k.startswith("role.")}
    assert {k for k in used if not k.endswith(".")} <= set(phrases.WORDS) and len(used) > 80 and dynamic <= set(phrases.WORDS)
    with using("id"):
        assert phrases.phrases()["search"] == "Cari"
    for a, b in phrases.WORDS.values():
        assert a and b and re.findall(r"\{\d\}", a).sort() == re.findall(r"\{\d\}", b).sort()


def test_the_module_makes_no_markup_of_text():
    source = module()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://", source)
    assert "@import" not in (DESK / "desk.css").read_text() and "url(" not in (DESK / "desk.css").read_text()


def test_the_module_is_its_files(study):
    """Each once, what it imports before it; every method on the desk; no name exported twice; each file takes what it uses of `small.js`."""
    made, files = module(), {p.name: p.read_text(encoding="utf-8") for p in (DESK / "js").glob("*.js")}
    parts = {name: re.sub(r"^import .*\n+", "", text, flags=re.MULTILINE) for name, text in files.items()}
    assert all(made.count(part) == 1 for part in parts.values()) and "import {" not in made and made.index(parts["small.js"]) == 0 and made.endswith(parts["desk.js"])
    names = re.findall(r"^export (?:const|class|function) (\w+)", made, re.MULTILINE)
    assert len(names) == len(set(names)) > 20
    methods = {name: re.findall(r"^  (?:get )?(\w+)\(.*\{", part, re.MULTILINE) for name, part in parts.items() if name != "small.js"}
    every = [m for found in methods.values() for m in found]
    assert len(every) == len(set(every)) > 150 and all(len(text.splitlines()) < 350 and text.startswith("// ") for text in files.values())
    assert set(re.search(r"Object\.assign\(Desk\.prototype, (.*)\);", parts["desk.js"])[1].split(", ")) == {name.removesuffix(".js") for name in methods if name != "desk.js"}
    ours = {*re.findall(r"^export (?:const|class|function) (\w+)", files["small.js"], re.MULTILINE), *re.findall(r"\b([A-Z_]{4,}) = ", files["small.js"])}
    for name in methods:
        code = re.sub(r'(^|\s)//.*$|"[^"\n]*"', "", parts[name], flags=re.MULTILINE)
        taken = re.search(r'^import \{ (.*) \} from "\./small\.js"', files[name], re.MULTILINE)
        assert {n for n in ours if re.search(rf"(?<![\w.$]){n}\b(?!\s*:)", code)} == set(taken[1].split(", ") if taken else ()), name
    assert kr.desk(study)._esm == made


@pytest.mark.slow
def test_the_wheel_carries_the_browser_side(tmp_path):
    root = DESK.parents[1]
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=root, capture_output=True, check=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        assert {f"kube_research/desk/{p.relative_to(DESK).as_posix()}" for p in (*(DESK / "js").glob("*.js"), DESK / "desk.css")} <= set(wheel.namelist())


@pytest.mark.skipif(not shutil.which("node"), reason="node is absent; the offsets are tried in the browser tests")
def test_offsets_code_points_and_utf16(tmp_path):
    (tmp_path / "desk.mjs").write_text(module(), encoding="utf-8")
    text = "a😀b\u0301c👩\u200d👧 ש x𝒳"
    (tmp_path / "t.mjs").write_text(textwrap.dedent("""
        import { Offsets } from "./desk.mjs";
        const text = JSON.parse(process.argv[2]), o = new Offsets(text), points = [...text];
        let u = 0;
        for (let p = 0; p <= points.length; p++) { if (o.units(p) !== u || o.point(u) !== p) throw new Error(`${p} ${u} ${o.units(p)} ${o.point(u)}`); u += points[p]?.length ?? 0; }
        console.log("ok", points.length);"""))
    import json

    out = subprocess.run(["node", str(tmp_path / "t.mjs"), json.dumps(text)], capture_output=True, text=True, check=True)
    assert out.stdout.split() == ["ok", str(len(text))]


def test_disagreements_in_order(study):
    d = study.corpus["a1"]
    c = [Coding(str(i), "a1", s, e, "", code, p) for i, (s, e, code, p) in enumerate([(0, 9, "x", "present"), (20, 30, "y", "present"), (5, 12, "x", "present"), (22, 25, "y", "absent"), (40, 44, "z", "present")])]
    found = reading.disagreements(d, c[:2], c[2:])
    assert found["alike"] == ["0"] and [(i["kind"], i["code"]) for i in found["items"]] == [("polarity", "y"), ("only", "z")]
    assert scene.progress(d, [])["coded"] == 0


KILLED = """
import sys, time
sys.path.insert(0, sys.argv[3])
from kube_research.study import open_study
from kube_research.desk.session import Session
s = Session(open_study(sys.argv[1]), coder="ani")
n = int(sys.argv[2])
text = s.corpus["a1"].text
while True:
    n += 1
    e = {"id": f"event{n:08d}", "event": "code", "coding": f"coding{n:08d}", "start": 40, "end": 60, "quote": text[40:60], "code": "s.meet"}
    for r in s.handle({"kind": "save", "view": "v", "document": "a1", "events": [e]}):
        if r["kind"] == "saved":
            print(n, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a matter of POSIX")
def test_kill_9_loses_and_doubles_nothing(study_dir):
    acknowledged: list[int] = []
    for round_ in range(int(os.environ.get("KUBE_KILLS", "4"))):
        p = subprocess.Popen([sys.executable, "-c", KILLED, str(study_dir), str(round_ * 100_000), str(ROOT)], stdout=subprocess.PIPE, text=True)
        first = p.stdout.readline()
        time.sleep(0.02 + 0.013 * (round_ % 17))
        p.send_signal(signal.SIGKILL)
        rest = p.stdout.read()
        p.wait()
        acknowledged += [int(x) for x in (first + rest).split("\n")[:-1] if x]
        p.stdout.close()
    state = session(open_study(study_dir)).journal("ani", "a1").state()
    kept = {int(c.removeprefix("coding")) for c in state.codings}
    assert set(acknowledged) <= kept and len(kept) - len(acknowledged) <= round_ + 1
    raw = Path(study_dir / "corpus/codings/ani/a1.jsonl").read_text(encoding="utf-8")
    assert raw.count('"event":"code"') == len(kept)


def test_missing_package_is_told(study, monkeypatch):
    monkeypatch.setitem(sys.modules, "kube_research.desk.widget", None)
    monkeypatch.delattr(sys.modules["kube_research.desk"], "widget", raising=False)
    with pytest.raises(KubeError, match="pip install anywidget"):
        sys.modules["kube_research.desk"].desk(study)
