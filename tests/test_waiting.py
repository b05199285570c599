"""The queue: every decision one event, none by itself, all of them reversible; updates undone; a split's codings asked one by one."""

import json

import pytest

import kube_research as kr
from kube_research import revise
from kube_research.cli import main
from kube_research.codings import make
from kube_research.history import apply
from kube_research.model import KubeError
from kube_research.study import Study
from kube_research.waiting import queue, settle, word_diff
from tests.conftest import TRANSCRIPT_A

TURNED = TRANSCRIPT_A.replace("Nggak kompak kok", "Kompak kok")


@pytest.fixture
def coded(study):
    text = study.corpus["a1"].text
    for coder, quote, code in (("ana", "diajak rapat sama ketua", "s.meet"), ("ana", "Nggak kompak kok", "s.close"), ("budi", "Nggak kompak kok", "s.close"), ("budi", "Kasnya", "s.close")):
        at = text.index(quote)
        study.journal(coder, "a1").code(make(study.corpus, "a1", at, at + len(quote), code))
    return study


def fresh(study):
    return Study(study.root)


def table(study):
    return sorted((c.coder, c.start, c.quote, c.code) for c in fresh(study).codings())


def events(study):
    return sum(len(j.events()[0]) for j in study.journals())


def test_decisions_one_event_each_and_back(coded):
    revise.update(coded, "a1", TURNED)
    q = kr.queue(fresh(coded), who="ani")
    assert len(q) == 2 and {i.coder for i in q} == {"ana", "budi"} and q[0].places
    assert "<del>Nggak kompak</del> <ins>Kompak</ins>" in q._repr_html_() and "scope='col'" in q._repr_html_()
    n, one, two = events(coded), q[0].coding.id, q[1].coding.id
    q = q.place(1)
    assert len(q) == 1 and events(coded) == n + 1
    q = q.withdraw(two[:20])
    assert not q and events(coded) == n + 2
    assert [e.get("who") for j in coded.journals() for e in j.events()[0] if e.get("why") == "update"] == ["ani", "ani"]
    assert "does" not in settle(fresh(coded), two, withdraw=True) and events(coded) == n + 2  # the same decision twice is one
    assert ("ana", table(coded)[0][1]) and any(r[2] == "Kompak kok" for r in table(coded)) and len(table(coded)) == 3
    q = q.undo(two).undo(one)
    assert [i.coding.id for i in q] == [one, two] and q[0].coding.quote == "Nggak kompak kok" and q[0].new_quote == "Kompak kok"
    q = q.words(one, "Kompak  kok").withdraw(1)
    assert len(table(coded)) == 3
    with pytest.raises(KubeError, match="no row"):
        q.place(7)


@pytest.mark.parametrize(("wanted", "said"), [({"candidate": 9}, "no candidate 9"), ({"quote": "tidak ada begini"}, "stand 0 times"), ({"quote": "a"}, "times"), ({"span": (5, 99999)}, "outside"), ({"code": "s.meet"}, "waits for a place"), ({}, "exactly one"), ({"candidate": 1, "withdraw": True}, "exactly one")])
def test_bad_decisions_write_nothing(coded, wanted, said):
    revise.update(coded, "a1", TURNED)
    one, n = queue(coded)[0].coding.id, events(coded)
    with pytest.raises(KubeError, match=said):
        settle(coded, one, **wanted)
    assert events(coded) == n
    with pytest.raises(KubeError, match="No waiting coding"):
        settle(coded, "nothere", withdraw=True)
    assert "waits still" in settle(coded, one, undo=True) and events(coded) == n
    with pytest.raises(KubeError, match="no decision"):
        settle(coded, next(iter(coded.codings())).id, undo=True)


def test_an_update_undone_brings_everything_back(coded):
    before = table(coded)
    revise.update(coded, "a1", TURNED)
    q = queue(fresh(coded))
    q.place(1).withdraw(1)
    text = fresh(coded).corpus["a1"].text
    at = text.index("urunan")
    fresh(coded).journal("ana", "a1").code(make(fresh(coded).corpus, "a1", at, at + 6, "s.meet"))  # coded on the newer text
    held = events(coded)
    report = revise.undo(fresh(coded), "a1", dry_run=True)
    assert report.dry and events(coded) == held
    assert not revise.undo(fresh(coded), "a1").waiting
    assert fresh(coded).corpus["a1"].text == TRANSCRIPT_A
    assert [r for r in table(coded) if r[2] != "urunan"] == before and any(r[2] == "urunan" and TRANSCRIPT_A[r[1]:r[1] + 6] == "urunan" for r in table(coded))
    revise.undo(fresh(coded), "a1")  # the undo undone: the newer text again, and the decision on it stands
    assert fresh(coded).corpus["a1"].text == TURNED and any(r[2] == "Kompak kok" for r in table(coded))
    with pytest.raises(KubeError, match="No correction to undo"):
        revise.undo(fresh(coded), "b1")


def test_git_marks_are_refused(coded):
    with pytest.raises(KubeError, match="not finished"):
        revise.update(coded, "a1", TRANSCRIPT_A.replace("N: Iya", "<<<<<<< HEAD\nN: Iya").replace("\n\n[00:01:05]", "\n=======\nN: Ya\n>>>>>>> b\n\n[00:01:05]"))


def test_a_split_is_asked_coding_by_coding(coded):
    apply(coded, "split", "ani", code="s.close", into={"s.mood": "Mood", "s.ties": "Ties"})
    q = queue(fresh(coded), who="ani")
    assert len(q) == 3 and q[0].codes == ("s.mood", "s.ties") and "which code: s.mood, s.ties" in str(q) and "<code>s.mood</code>" in q._repr_html_()
    one = q[0].coding.id
    with pytest.raises(KubeError, match="waits for a code"):
        q.place(1)
    with pytest.raises(KubeError, match="was split"):
        q.recode(1, "s.close")
    q = q.recode(1, "s.mood").recode(1, "s.ties")
    assert len(q) == 1 and sorted(r[3] for r in table(coded)) == ["s.close", "s.meet", "s.mood", "s.ties"]
    assert len(q.undo(one)) == 2
    q.undo(one).recode(one, "s.meet")  # another code altogether is a decision too
    old = fresh(coded).codebook("small", version="1.0.0")
    assert {c.code for c in fresh(coded).codings(under=old)} == {"s.close", "s.meet"}
    apply(fresh(coded), "undo", "ani", book="small")
    assert not queue(fresh(coded)) and sorted(r[3] for r in table(coded)) == ["s.close", "s.close", "s.meet", "s.meet"]


def test_commands(coded, tmp_path, capsys, monkeypatch):
    where = ["--study", str(coded.root)]
    file = tmp_path / "a1.txt"
    file.write_text(TURNED, encoding="utf-8")
    main(["update", str(file), *where])
    capsys.readouterr()
    assert main(["queue", "--json", *where]) == 1
    one, two = (i["coding"] for i in json.loads(capsys.readouterr().out))
    assert main(["settle", one, "--candidate", "--dry-run", *where]) == 0 and "nothing written" in capsys.readouterr().out and len(queue(fresh(coded))) == 2
    assert main(["settle", one, "--candidate", "--who", "ani", *where]) == 0 and "1 still waits" in capsys.readouterr().out
    assert main(["settle", one, "--undo", *where]) == 0 and len(queue(fresh(coded))) == 2
    assert main(["settle", one, two, "--withdraw", "--json", *where]) == 0 and json.loads(capsys.readouterr().out.partition("wait.")[2] or "{}") is not None
    assert main(["settle", *where]) == 2 and main(["settle", one, *where]) == 2 and main(["settle", one, "--at", "x", *where]) == 2 and main(["settle", one, "--at", "1:2", "--withdraw", *where]) == 2
    assert main(["update", "--undo", "a1", *where]) == 0 and fresh(coded).corpus["a1"].text == TRANSCRIPT_A and len(table(coded)) == 4
    assert main(["update", *where]) == 0 and main(["update", "--undo", "a1", str(file), *where]) == 2
    main(["update", str(file), *where])
    answers = iter(["9", "u", "", "1"])
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    monkeypatch.setattr("sys.stdin", type("T", (), {"isatty": lambda self: True})())
    assert main(["settle", *where]) == 1 and "no candidate 9" in capsys.readouterr().out  # one put off, one placed
    assert len(queue(fresh(coded))) == 1


def test_words_are_escaped():
    assert word_diff("<b>x</b>", "<i>y") == "<del>&lt;b&gt;x&lt;/b&gt;</del> <ins>&lt;i&gt;y</ins>"


def test_buttons(coded):
    from kube_research.desk.deciding import decide

    revise.update(coded, "a1", TURNED)
    w = decide(fresh(coded), who="ani")

    def walk(x):
        yield x
        for c in getattr(x, "children", ()):
            yield from walk(c)

    def press(text):
        next(b for b in walk(w) if getattr(b, "description", "") == text).click()

    assert repr(w) == "Decide('study', 2 waiting)" and "<del>Nggak kompak</del>" in w.children[2].children[1]._markup
    kept = str([getattr(x, "get_state", dict)() for x in walk(w)])  # what JupyterLab would save in the notebook
    assert "Withdraw" in kept and not [s for s in ("ompak", "ajak", "apat") if s in kept]
    press("These words")
    assert "Write the words" in w.told.value and len(w.items) == 2
    first = w.items[0].coding.id
    press("Later")
    assert w.items[1].coding.id == first
    press("Place 1")
    press("Withdraw")
    assert "No coding waits" in w.children[0]._markup and len(table(coded)) == 3
    press("Undo the last one")
    assert [i.coding.id for i in w.items] == [first]
    apply(fresh(coded), "split", "ani", code="s.meet", into={"s.a": "", "s.b": ""})
    w = decide(fresh(coded), who="ani")
    press("s.b")
    assert any(r[3] == "s.b" for r in table(coded))
