"""Corrections on disk: codings follow or wait, nothing is deleted, old texts stay readable, a cut-off update can be run again."""

import json

import pytest

from kube_research import revise, waiting as queueing
from kube_research.cli import main
from kube_research.codings import make
from kube_research.model import KubeError
from kube_research.study import Study
from kube_research.text import digest
from tests.conftest import TRANSCRIPT_A


@pytest.fixture
def coded(study):
    """The small study with five codings by two coders in a1."""
    text = study.corpus["a1"].text
    for coder, quote, code in (("ana", "diajak rapat sama ketua", "s.meet"), ("ana", "Nggak kompak kok", "s.close"), ("budi", "Kasnya", "s.close"), ("budi", "Nggak pernah ada yang ngajak saya urunan", "s.none"), ("budi", "Iya", "s.meet")):
        at = text.index(quote, text.index("N: "))
        study.journal(coder, "a1").code(make(study.corpus, "a1", at, at + len(quote), code))
    return study


def quotes(study, **kw):
    return sorted(c.quote for c in study.codings(**kw))


def fresh(study):
    return Study(study.root)


EDITED = TRANSCRIPT_A.replace("P: Apa Ibu diajak rapat?", "P: Selamat pagi, Bu. Apa Ibu diajak rapat?").replace("ngajak saya urunan", "ngajak saya  iuran")
TURNED = TRANSCRIPT_A.replace("Nggak kompak kok", "Kompak kok")


def test_certain_ones_move_and_the_old_text_stays(coded):
    before, old = quotes(coded), coded.corpus["a1"].text
    mark = coded.versions()
    assert not mark
    report = revise.update(coded, "a1", EDITED, dry_run=True)
    assert report.dry and coded.corpus["a1"].text == old and not (coded.root / "corpus/versions").exists()
    from kube_research.journal import now

    yesterday = now()
    report = revise.update(coded, "a1", EDITED)
    assert coded.corpus["a1"].text == EDITED
    text = coded.corpus["a1"].text
    assert all(text[c.start:c.end] == c.quote for c in coded.codings())
    assert len(coded.codings()) + len(report.waiting) == 5
    assert coded.version("a1", digest(old)) == old and coded.versions("a1")[0]["new"] == digest(EDITED)
    assert not [f for f in fresh(coded).faults() if f.level == "error"]
    then = coded.codings(until=yesterday)
    assert quotes(coded, until=yesterday) == before and then.corpus["a1"].text == old
    again = revise.update(fresh(coded), "a1", EDITED)
    assert again.same and "taken in before" in str(again) and len(coded.versions()) == 1


def test_what_is_unsure_waits_and_is_settled(coded):
    report = revise.update(coded, "a1", TURNED)
    assert [w.coding.quote for w in report.waiting] == ["Nggak kompak kok"]
    waiting = queueing.queue(coded)
    assert len(waiting) == 1 and waiting[0].new_quote == "Kompak kok" and "<del>Nggak kompak</del>" in waiting._repr_html_()
    assert len(coded.codings()) == 4 and "1 waiting" in coded.codings().source
    faults = fresh(coded).faults()
    assert any("waits for a decision" in f.what for f in faults) and not any("broken anchor" in f.what for f in faults)
    item = waiting[0]
    with pytest.raises(KubeError, match="outside"):
        queueing.settle(coded, item.coding.id, span=(5, 99999), who="ana")
    queueing.settle(coded, item.coding.id, span=(item.verdict.start, item.verdict.end), who="ana")
    assert not queueing.queue(coded) and "Kompak kok" in quotes(coded)
    with pytest.raises(KubeError, match="does not wait"):
        queueing.settle(coded, item.coding.id, withdraw=True, who="ana")


def test_withdrawn_by_decision_and_back_again(coded):
    old = coded.corpus["a1"].text
    revise.update(coded, "a1", TURNED)
    assert not revise.update(fresh(coded), "a1", old).waiting  # undone: everything stands where it stood
    coded = fresh(coded)
    assert "Nggak kompak kok" in quotes(coded) and len(coded.codings()) == 5
    revise.update(coded, "a1", TURNED)
    one = queueing.queue(coded)[0].coding.id
    queueing.settle(coded, one, withdraw=True, who="ana")
    assert not queueing.queue(coded) and one in coded.journal("ana", "a1").state().withdrawn


def test_another_document_and_an_empty_one_are_refused(coded):
    with pytest.raises(KubeError, match=r"another document.*%"):
        revise.update(coded, "a1", coded.corpus["b1"].text)
    with pytest.raises(KubeError, match="empty"):
        revise.update(coded, "a1", " \n")
    assert coded.corpus["a1"].text == TRANSCRIPT_A and not coded.versions()


def test_turns_labelled_anew(coded):
    report = revise.update(coded, "a1", TRANSCRIPT_A.replace("N: ", "Bu Siti: "))
    assert report.labels == {"N": "Bu Siti"} and not report.waiting
    coded = fresh(coded)
    assert {c for c in coded.codings().frame["speaker"]} == {"SITI"} and not [f for f in coded.faults() if "label" in f.what.lower()]


@pytest.mark.parametrize("step", range(6))
def test_cut_off_at_any_step_and_run_again(coded, monkeypatch, step):
    """The n-th write never happens, as if the power went; the same call finishes."""
    from kube_research import files, journal

    done = [0]

    def guarded(f):
        def write(*a, **kw):
            if done[0] == step:
                raise InterruptedError
            done[0] += 1
            return f(*a, **kw)
        return write

    with monkeypatch.context() as m:
        write = guarded(files.write_atomic)
        m.setattr(revise, "write_atomic", write)
        m.setattr(files, "write_atomic", write)
        m.setattr(journal.Journal, "append", guarded(journal.Journal.append))
        with pytest.raises(InterruptedError):
            revise.update(fresh(coded), "a1", EDITED)
    report = revise.update(fresh(coded), "a1", EDITED)
    done_study = fresh(coded)
    text = done_study.corpus["a1"].text
    assert text == EDITED and len(done_study.versions()) == 1
    assert len(done_study.codings()) + len(queueing.queue(done_study)) == 5 and len(queueing.queue(done_study)) == len(report.waiting)
    assert all(text[c.start:c.end] == c.quote for c in done_study.codings())
    assert revise.update(done_study, "a1", EDITED).same


def test_edited_in_its_place(coded):
    """Nobody kept the old text: the words around each coding find it; what they do not find waits."""
    path = coded.root / "corpus/transcripts/a1.txt"
    path.write_text(EDITED, encoding="utf-8", newline="\n")
    report = revise.update(fresh(coded), "a1", EDITED)
    done = fresh(coded)
    assert all(done.corpus["a1"].text[c.start:c.end] == c.quote for c in done.codings())
    assert len(done.codings()) + len(report.waiting) == 5 and len(done.codings()) >= 3


def test_commands(coded, tmp_path, capsys):
    file = tmp_path / "a1.txt"
    file.write_text(TURNED, encoding="utf-8")
    where = ["--study", str(coded.root)]
    assert main(["update", str(file), "--dry-run", *where]) == 1 and "nothing written" in capsys.readouterr().out
    assert main(["queue", *where]) == 0 and "No coding waits" in capsys.readouterr().out
    assert main(["update", str(file), *where]) == 1 and "Nggak kompak kok" in capsys.readouterr().out
    assert main(["queue", "--json", *where]) == 1
    assert json.loads(capsys.readouterr().out)[0]["new"]["quote"] == "Kompak kok"
    file.write_text("", encoding="utf-8")
    assert main(["update", str(file), *where]) == 2 and "empty" in capsys.readouterr().err
    assert main(["update", str(tmp_path / "none.txt"), *where]) == 2
