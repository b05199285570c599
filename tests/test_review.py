"""Review threads: a comments file comes in, once; is answered and closed; bad files are refused whole; claims without a segment are told."""

import json

import pytest

import kube_research as kr
from kube_research.cli import main
from kube_research.journal import Journal
from kube_research.model import Coding
from kube_research.review import FORMAT, crc, import_comments

CODING = "aaaaaaaaaaaaaa000000000001"


@pytest.fixture
def study(study_dir):
    study = kr.open_study(study_dir)
    text = study.corpus["a1"].text
    at = text.index("diajak rapat sama")
    study.journal("dian", "a1").code(Coding(CODING, "a1", at, at + 12, text[at:at + 12], "s.meet", coder="dian"))
    return study


def comment(n=1, text="Kurang bukti", verdict="disagree", **over):
    target = {"kind": "code", "key": "code:s.meet", "code": "s.meet"}
    return {"id": f"{n:016x}", "target": target, "verdict": verdict, "text": text, "time": "2026-11-28T05:00:00Z", **over}


def written(study, /, *comments, **over):
    data = {"format": FORMAT, "version": 1, "study": "study", "reviewer": "Dr. Ratna, M.Si.", "report": "abc", "as_of": "2026-11-01T00:00:00.000000Z", "documents": {d.id: d.sha256[:12] for d in study.corpus},
            "books": {"small": "1.0.0"}, "comments": list(comments), "sum": crc(list(comments)), **over}
    path = study.root / "comments.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_comments_come_in_once_and_are_answered_and_closed(study, capsys):
    path = written(study, comment(1), comment(2, "<b>bagus</b> 😀", "agree", target={"kind": "quotation", "key": f"quotation:{CODING}", "coding": CODING, "document": "a1", "start": 58, "code": "s.meet", "polarity": "present", "coder": "dian", "quote": "diajak rapat"}))
    assert main(["import", str(path), "--study", str(study.root)]) == 0
    assert "2 new comments (Dr. Ratna, M.Si.)" in capsys.readouterr().out
    lines = list((study.root / "corpus/reviews").glob("*.jsonl"))
    assert [p.name for p in lines] == ["Dr.-Ratna-M.Si.jsonl"]
    before = lines[0].read_bytes()
    assert main(["import", str(path), "--study", str(study.root)]) == 0
    assert lines[0].read_bytes() == before and "already here" in capsys.readouterr().out
    found = kr.reviews(study)
    assert len(found) == 2 and not found.faults
    thread = found.where(kind="code").threads[0]
    assert (thread.verdict, thread.closed, thread.answered, thread.place) == ("disagree", False, False, "here")
    found = found.answer(thread.id[:16], "Sudah saya tambah.", by="dian")
    assert found[thread.id].answered and found[thread.id].messages[-1].by == "dian"
    assert main(["reviews", "--study", str(study.root), "--close", thread.id, "Selesai", "--by", "dian"]) == 0
    found = kr.reviews(study)
    assert found[thread.id].closed and len(found.where(closed=False)) == 1
    assert (study.root / "corpus/reviews/dian.jsonl").exists() and lines[0].read_bytes() == before  # nobody writes in another's file
    page = found._repr_html_()
    assert "&lt;b&gt;bagus&lt;/b&gt;" in page and "<b>bagus" not in page


def test_a_comment_saved_again_in_other_words_replaces_its_former_words_and_the_journal_keeps_both(study):
    import_comments(study, written(study, comment(1)))
    got = import_comments(study, written(study, comment(1, "Sudah cukup", "agree"), comment(2, "Baru")))
    assert (got.new, got.known) == (2, 0)
    threads = kr.reviews(study).threads
    assert [t.messages[0].text for t in threads] == ["Sudah cukup", "Baru"] and len(threads[0].messages) == 1
    events, _ = Journal(next((study.root / "corpus/reviews").glob("*.jsonl"))).events()
    assert [e["text"] for e in events if e["event"] == "comment"] == ["Kurang bukti", "Sudah cukup", "Baru"]


def test_a_reply_goes_into_its_thread(study):
    import_comments(study, written(study, comment(1)))
    kr.reviews(study).answer("0000000000000001", "Sudah.", by="dian")
    import_comments(study, written(study, comment(9, "Terima kasih", "agree", thread="0000000000000001", target={})))
    thread = kr.reviews(study)["0000000000000001"]
    assert [m.by for m in thread.messages] == ["Dr. Ratna, M.Si.", "dian", "Dr. Ratna, M.Si."] and thread.verdict == "agree"


def test_another_study_is_refused(study):
    path = written(study, comment(), documents={"x1": "000000000000", "a1": "111111111111"}, study="Lain")
    with pytest.raises(kr.KubeError, match="another study.*'Lain'"):
        import_comments(study, path)
    assert not (study.root / "corpus/reviews").exists()


def test_another_version_comes_in_with_notes(study):
    sha = study.corpus["b1"].sha256[:12]
    got = import_comments(study, written(study, comment(), documents={"a1": "111111111111", "b1": sha, "gone": "222222222222"}, books={"small": "0.9.0"}))
    assert got.new == 1 and "a1" in got.notes[0] and "gone" in got.notes[1] and "0.9.0 → 1.0.0" in got.notes[2]


def test_a_file_edited_by_hand_comes_in_marked(study, capsys):
    path = written(study, comment())
    path.write_text(path.read_text().replace("Kurang bukti", "Bagus sekali").replace('"disagree"', '"agree"'))
    assert main(["import", str(path), "--study", str(study.root)]) == 1
    assert kr.reviews(study).threads[0].messages[0].edited and "changed after" in capsys.readouterr().out


@pytest.mark.parametrize(("change", "says"), [
    (lambda c: c.update(verdict="maybe"), "verdict 'maybe'"), (lambda c: c.update(id="../x"), "unsound id"), (lambda c: c.update(text=5), "no text"), (lambda c: c.update(text=" ", verdict=""), "empty"),
    (lambda c: c.update(target={"kind": "shell", "key": "x"}), "target 'shell'"), (lambda c: c.update(target="x"), "unsound target"), (lambda c: c.update(thread="ffffffffffff"), "does not have"), (lambda c: c.update(text="x" * 20001), "longer"),
])
def test_one_unsound_comment_refuses_the_file_whole(study, change, says):
    bad = comment(2)
    change(bad)
    path = study.root / "c.json"
    path.write_text(json.dumps({**json.loads(written(study, comment(1)).read_text()), "comments": [comment(1), bad]}))
    with pytest.raises(kr.KubeError, match=says) as e:
        import_comments(study, path)
    assert "comment 2" in str(e.value) and not (study.root / "corpus/reviews").exists()


@pytest.mark.parametrize("text", ['{"format": "kube-research-comments", "comments": [', '[]', '{"format": "kube-research-comments", "version": 9, "comments": []}', '{"format": "kube-research-comments", "version": 1, "comments": 3}', "[" * 100000])
def test_damaged_files(study, text):
    path = study.root / "c.json"
    path.write_text(text)
    with pytest.raises(kr.KubeError):
        import_comments(study, path)


def test_lone_surrogates_and_control_characters_do_not_reach_the_journal(study):
    import_comments(study, _raw(study, '"a\\ud800b\\u0000c\\u202e"'))
    message = kr.reviews(study).threads[0].messages[0]
    message.text.encode("utf-8")
    assert message.text == "a\ufffdbc\u202e" and not message.edited


def _raw(study, text):
    path = written(study, comment())
    c = json.loads(path.read_text())
    c["comments"][0]["text"] = json.loads(text)
    c["sum"] = crc(c["comments"])
    path.write_text(json.dumps(c))
    return path


def test_a_withdrawn_or_changed_coding_is_told(study):
    target = {"kind": "quotation", "key": f"quotation:{CODING}", "coding": CODING, "document": "a1", "start": study.codings().full["start"].iloc[0].item(), "code": "s.meet", "polarity": "present", "coder": "dian", "quote": "diajak rapat"}
    import_comments(study, written(study, comment(1, target=target)))
    assert kr.reviews(study).threads[0].place == "here"
    study.journal("dian", "a1").change(CODING, code="s.close")
    assert kr.reviews(study).threads[0].place == "changed"
    study.journal("dian", "a1").withdraw(CODING)
    assert kr.reviews(study).threads[0].place == "gone"


def test_cells_are_shown_at_their_matrix(study):
    target = {"kind": "cell", "key": "cell:x", "rows": "case", "count": "persons", "row": "A", "column": "s.meet", "source": "dian", "value": 1}
    import_comments(study, written(study, comment(1, target=target), comment(2)))
    table = kr.cross(study.codings(), "case", count="persons")
    row = str(table.frame.index[0])
    assert len(kr.reviews(study).at(table)) == (row == "A")
    assert len(kr.reviews(study).at(kr.cross(study.codings(), "case", count="segments"))) == 0


def test_claims(study, capsys):
    (study.root / "chapters").mkdir()
    (study.root / "chapters/bab4.md").write_text("# Bab\n\nRapat itu ramai. *Anggota* diajak {persons code=s.meet}. {claim id=k1 code=s.meet}\n\nTak berbukti. {claim id=k2 code=s.none} Tanpa apa-apa. {claim id=k1}\n\nSalah {claim id=k3 colour=red} {claim nonsense}\n")
    (study.root / "notebooks/x.ipynb").write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": ["Dari buku. {claim id=n1 code=s.meet at=a1:4}"]}, {"cell_type": "code", "source": ["{claim id=no}"]}]}))
    (study.root / "notebooks/broken.ipynb").write_text("{")
    found = kr.claims(study)
    assert {c.id: (c.text, len(c.support)) for c in found} == {"k1": ("Anggota diajak [#].", 1), "k2": ("Tak berbukti.", 0), "n1": ("Dari buku.", 1)}
    told = " | ".join(map(str, found.faults))
    for word in ("k2' has no segment", "id 'k1' is taken", "colour", "cannot be read", "broken.ipynb"):
        assert word in told
    assert main(["check", "--study", str(study.root)]) == 1 and "k2" in capsys.readouterr().err
    assert "Tak berbukti" in found._repr_html_()


def test_a_comment_is_taken_back_by_its_author_and_by_nobody_else(study):
    import_comments(study, written(study, comment(1), comment(2, "Kedua")))
    got = import_comments(study, written(study, comment(1, "", "withdraw"), comment(2, "", "withdraw"), reviewer="Orang lain"))
    assert got.new == 2 and [t.messages[0].text for t in kr.reviews(study)] == ["Kurang bukti", "Kedua"]  # another's name takes nothing back
    assert import_comments(study, written(study, comment(1, "", "withdraw"))).new == 1
    assert import_comments(study, written(study, comment(1, "", "withdraw"))).new == 0
    found = kr.reviews(study)
    assert [(t.closed, t.messages[0].event, t.messages[0].text) for t in found][0] == (True, "withdraw", "")
    assert "taken back" in repr(found) and "Kurang bukti" not in repr(found) + found._repr_html_()
    events, _ = Journal(study.root / "corpus/reviews/Dr.-Ratna-M.Si.jsonl").events()
    assert "Kurang bukti" in [e.get("text") for e in events]  # the journal keeps it
    import_comments(study, written(study, comment(1, "Maksud saya: kurang", "disagree")))
    assert kr.reviews(study).threads[0].messages[0].text == "Maksud saya: kurang"
    import_comments(study, written(study, comment(3, "", "withdraw")))  # never heard of: nothing to take back
    assert len(kr.reviews(study)) == 2


def test_an_answer_is_taken_back_at_the_command_line(study, capsys):
    import_comments(study, written(study, comment(1)))
    kr.reviews(study).answer("0000000000000001", "Salah tulis.", by="dian")
    assert main(["reviews", "--study", str(study.root), "--withdraw", "0000", "--by", "dian"]) == 0
    assert "Salah tulis" not in capsys.readouterr().out and not kr.reviews(study).threads[0].answered
    assert main(["reviews", "--study", str(study.root), "--withdraw", "0000", "--by", "siapa"]) == 2


def test_threads_stand_beside_what_is_shown(study):
    at = {"kind": "quotation", "key": f"quotation:{CODING}", "coding": CODING, "document": "a1", "start": 58, "code": "s.meet", "polarity": "present", "coder": "dian", "quote": "diajak rapat"}
    import_comments(study, written(study, comment(1), comment(2, "Kuat", target=at), comment(3, target={"kind": "code", "key": "code:s.close", "code": "s.close"})))
    codings = study.codings(coder="dian")
    assert [t.kind for t in kr.reviews(study).at(codings)] == ["code", "quotation"] == [t.kind for t in kr.reviews(study).at(kr.quotes(codings))]
    assert len(kr.reviews(study).at(kr.claims(study))) == 0


def test_open_threads_stand_with_the_status_at_the_head_of_a_notebook(study):
    codings = study.codings(coder="dian")
    before = kr.status(study, codings)._repr_html_()
    assert "comments" not in before
    import_comments(study, written(study, comment(1, "Kurang <i>bukti</i>"), comment(2, "Kedua")))
    kr.reviews(study).close("0000000000000002", by="dian")
    page = kr.status(study, codings)._repr_html_()
    assert "1 open, 1 of them on these codings" in page and "Kurang &lt;i&gt;bukti&lt;/i&gt;" in page and "Kedua" not in page
    kr.reviews(study).close("0000000000000001", by="dian")
    assert kr.status(study, codings)._repr_html_() == before
