"""Two people in two branches, merged by git itself: nothing anybody coded is lost, and what the merge leaves unsure waits."""

import shutil
import subprocess

import pytest

from kube_research import revise, waiting
from kube_research.cli import main
from kube_research.codings import make
from kube_research.model import KubeError
from kube_research.starter import new_study
from kube_research.study import Study
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
QUOTES = 25


def git(root, *words, ok=True):
    done = subprocess.run(["git", "-C", str(root), "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not ok, done.stderr + done.stdout
    return done


def commit(root, message):
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)


def code(root, coder, quote, label="gd.goal", nth=0):
    study = Study(root)
    at = -1
    for _ in range(nth + 1):
        at = study.corpus["PA01"].text.index(quote, at + 1)
    return study.journal(coder, "PA01").code(make(study.corpus, "PA01", at, at + len(quote), label)).id


def words(root):
    """The lines of the transcript that are answers."""
    return [line.partition(": ")[2] for line in Study(root).corpus["PA01"].text.split("\n") if line.startswith("N: ") and len(line) > 40]


@pytest.fixture
def shared(tmp_path):
    """A study in git, with an interview that two people have coded."""
    root = new_study(tmp_path / "s")
    shutil.copyfile(ROOT / "corpus/transcripts/PA01.txt", root / "corpus/transcripts/PA01.txt")
    (root / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\nPA01,interview,,id,,,,\n")
    for n, line in enumerate(words(root)[:QUOTES]):
        code(root, ("ana", "budi")[n % 2], line[:45].rstrip())
    code(root, "ana", "N: ")  # a short one that occurs in every turn
    revise.update(Study(root), "PA01", Study(root).corpus["PA01"].text)
    git(root, "init", "-q", "-b", "main")
    commit(root, "base")
    return root


def edited(root, n, what="Nah, begini. "):
    """The text with words put in at the beginning of the n-th answer."""
    line = words(root)[n]
    text = Study(root).corpus["PA01"].text
    return text.replace(line, what + line, 1)


def live(root):
    """Everything that anybody coded and did not withdraw: standing or waiting."""
    out = {}
    for journal, state in Study(root).states():
        assert not state.faults
        out |= {k: (journal.coder, c) for k, c in (*state.codings.items(), *state.waiting.items())}
    return out


def sound(root):
    study = Study(root)
    text = study.corpus["PA01"].text
    return all(text[c.start:c.end] == c.quote for c in study.codings()) and not [f for f in study.faults() if f.level == "error"]


def test_both_correct_and_both_code(shared):
    before = live(shared)
    last = len(words(shared)) - 2
    git(shared, "switch", "-qc", "ana")
    revise.update(Study(shared), "PA01", edited(shared, 0))
    new = {code(shared, "ana", words(shared)[1][:30]), code(shared, "ana", words(shared)[last][5:25])}
    commit(shared, "ana")
    git(shared, "switch", "-q", "main")
    git(shared, "switch", "-qc", "budi")
    revise.update(Study(shared), "PA01", edited(shared, last, "Ya itu tadi, "))
    new |= {code(shared, "budi", words(shared)[2][:30]), code(shared, "budi", words(shared)[last][:20])}
    ours = {i: c.quote for i, (_, c) in live(shared).items()}
    commit(shared, "budi")
    git(shared, "merge", "-q", "--no-edit", "ana")
    assert "<<<<" not in (shared / "corpus/documents.csv").read_text() + (shared / "corpus/versions/log.csv").read_text()
    assert any("changed since" in f.what for f in Study(shared).faults())
    assert main(["update", "--study", str(shared)]) in (0, 1)
    after = live(shared)
    assert set(after) == set(before) | new
    queued = {i.coding.id for i in waiting.queue(Study(shared))}
    assert sound(shared) and len(queued) <= 2
    for i, (coder, c) in before.items():
        assert after[i][0] == coder and after[i][1].code == c.code and (i in queued or after[i][1].quote == ours[i])
    for i in new - queued:
        assert after[i][1].quote in Study(shared).corpus["PA01"].text
    assert len((shared / "corpus/documents.csv").read_text().strip().split("\n")) == 2
    assert main(["update", "--study", str(shared)]) == int(bool(queued)) or not queued
    assert not [r for r in [revise.update(Study(shared), "PA01", Study(shared).corpus["PA01"].text)] if not r.same]


def test_both_take_in_the_same_correction(shared):
    text, before = edited(shared, 3), set(live(shared))
    for who in ("ana", "budi"):
        git(shared, "switch", "-qc", who, "main")
        revise.update(Study(shared), "PA01", text)
        code(shared, who, words(shared)[5][:20])
        commit(shared, who)
    git(shared, "merge", "-q", "--no-edit", "ana")
    assert revise.update(Study(shared), "PA01", text).same and sound(shared)
    assert len(live(shared)) == len(before) + 2 and before < set(live(shared))


def test_one_codes_the_old_text_while_the_other_corrects_it(shared):
    git(shared, "switch", "-qc", "ana", "main")
    revise.update(Study(shared), "PA01", edited(shared, 0))
    commit(shared, "ana")
    git(shared, "switch", "-qc", "budi", "main")
    made = [code(shared, "budi", line[:30].strip(), "gd.task") for line in words(shared)[1:15]]
    quotes = {i: live(shared)[i][1].quote for i in made}
    commit(shared, "budi")
    assert main(["hook", "install", "--study", str(shared)]) == 0
    told = git(shared, "merge", "-q", "--no-edit", "ana")
    assert "codings in PA01 are not carried over to the merged text. Type: kube-research update" in told.stderr
    study = Study(shared)
    assert any("broken anchor" in f.what for f in study.faults())
    gone = sum(study.behind.values())
    assert 0 < gone <= len(made) and f"{gone} in another text than the present one, not counted: run `kube-research update`" in study.codings(coder="budi").source
    assert f"{gone} codings are not carried over" in repr(study) and all(study.corpus["PA01"].text[c.start:c.end] == c.quote for c in study.codings())
    main(["update", "--study", str(shared)])
    assert not Study(shared).behind and "another text" not in Study(shared).codings().source + repr(Study(shared))
    queued = {i.coding.id for i in waiting.queue(Study(shared))}
    assert sound(shared) and not queued & set(made)
    assert {i: live(shared)[i][1].quote for i in made} == quotes


def test_both_correct_the_same_line(shared):
    first = set(live(shared))
    for who, what in (("ana", "Gini ya. "), ("budi", "Nah. ")):
        git(shared, "switch", "-qc", who, "main")
        revise.update(Study(shared), "PA01", edited(shared, 2, what))
        commit(shared, who)
    merged = git(shared, "merge", "--no-edit", "ana", ok=False)
    assert merged.returncode and merged.stdout.count("CONFLICT") == 1 and "PA01.txt" in merged.stdout  # journals and tables are merged by git itself
    with pytest.raises(KubeError, match="not finished"):
        revise.update(Study(shared), "PA01", (shared / "corpus/transcripts/PA01.txt").read_text())
    assert "delete the three lines" in refused(shared, "update")
    before = live(shared)
    git(shared, "checkout", "--theirs", "corpus/transcripts/PA01.txt")
    commit(shared, "merged")
    main(["update", "--study", str(shared)])
    assert sound(shared) and set(live(shared)) == set(before) == first


def test_a_decision_in_one_branch_is_asked_again_rather_than_lost(shared):
    turned = Study(shared).corpus["PA01"].text.replace(words(shared)[4][:45].rstrip(), "Nggak " + words(shared)[4][5:45].rstrip(), 1)
    for who in ("ana", "budi"):
        git(shared, "switch", "-qc", who, "main")
        revise.update(Study(shared), "PA01", turned)
        if who == "ana":
            items = waiting.queue(Study(shared))
            assert items
            waiting.settle(Study(shared), items[0].coding.id, withdraw=True, who="ana")
            one = items[0].coding.id
        commit(shared, who)
    git(shared, "merge", "-q", "--no-edit", "ana")
    state = next(s for _, s in Study(shared).states() if one in s.withdrawn or one in s.waiting or one in s.codings)
    assert one in state.withdrawn  # the decision stands, and can be taken back
    waiting.settle(Study(shared), one, undo=True, who="budi")
    assert one in {i.coding.id for i in waiting.queue(Study(shared))}


def test_each_adds_a_document(shared):
    for who in ("ana", "budi"):
        git(shared, "switch", "-qc", who, "main")
        (shared / f"corpus/transcripts/{who}1.txt").write_text("P: Apa kabar?\nN: Baik, kelompok kami rapat terus.\n")
        with open(shared / "corpus/documents.csv", "a") as f:
            f.write(f"{who}1,interview,,id,,,,\n")
        commit(shared, who)
    git(shared, "merge", "-q", "--no-edit", "ana")
    assert {d.id for d in Study(shared).corpus} == {"PA01", "ana1", "budi1"}


def refused(root, *words):
    """What a command that must refuse says."""
    import contextlib
    import io

    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
        assert main([*words, "--study", str(root)]) == (1 if words[0] == "check" else 2)
    return err.getvalue()


def test_two_steps_in_one_codebook_are_told_with_the_other_sides(shared):
    from kube_research.history import apply

    for who, step in (("ana", {"what": "rename", "code": "gd.goal", "to": "gd.aim"}), ("budi", {"what": "retire", "code": "gd.hidden"})):
        git(shared, "switch", "-qc", who, "main")
        apply(Study(shared), who=who, why=f"reason of {who}", **step)
        commit(shared, who)
    merged = git(shared, "merge", "--no-edit", "ana", ok=False)
    assert merged.returncode and "<<<<<<<" in (shared / "codebooks/group_dynamics.yml").read_text()
    said = refused(shared, "check").strip().split("\n")
    assert len(said) == 1 and "git checkout --ours codebooks/group_dynamics.yml" in said[0] and "reason of ana (ana, 20" in said[0] and "reason of budi" not in said[0]
    assert "kube-research code" in refused(shared, "autocode", "--codebook", "group_dynamics")
    git(shared, "checkout", "--ours", "codebooks/group_dynamics.yml")
    apply(Study(shared), "rename", "budi", code="gd.goal", to="gd.aim", why="reason of ana")
    git(shared, "add", "-A")
    git(shared, "commit", "-qm", "merged")
    book = Study(shared).codebook("group_dynamics")
    assert "gd.aim" in book and book["gd.hidden"].retired and sound(shared)
    assert set(Study(shared).codings()._frame["code"]) == {"gd.aim"}
    apply(Study(shared), "undo", "budi", book="group_dynamics")
    assert "gd.goal" in Study(shared).codebook("group_dynamics")


@pytest.mark.parametrize("name", ["corpus/documents.csv", "corpus/speakers.csv", "corpus/codings/ana/PA01.jsonl", "corpus/transcripts/PA01.txt", "corpus/versions/log.csv", "notebooks/start-here.ipynb", "chapters/bab4.md"])
def test_conflict_marks_are_one_error_with_what_to_do(shared, name):
    """Whatever the file: one line, its place, the remedy; a journal's codings of both sides count all the same."""
    path, before = shared / name, live(shared)
    path.parent.mkdir(exist_ok=True)
    head = path.read_text() if path.exists() else "# Bab\n"
    path.write_text(f"{head}<<<<<<< HEAD\n{head}=======\n{head}>>>>>>> budi\n")
    said = refused(shared, "check").strip().split("\n")
    assert len(said) == 1 and f"{name}:{head.count(chr(10)) + 1}:" in said[0] and "not finished" in said[0]
    if name.endswith(".csv") and "log" not in name or name.endswith(".txt"):
        assert "marks" in refused(shared, "matrix", "--codebook", "group_dynamics", "--source", "ana")
    if name.endswith(".jsonl"):
        assert {k for _, s in Study(shared).states() for k in s.codings} == set(before)
