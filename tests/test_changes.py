"""What changed: codings between two commits or dates, and what a change of rules gains and loses before it is kept."""

import json
import shutil
import subprocess

import pytest

import kube_research as kr
from kube_research import revise
from kube_research.cli import main
from kube_research.codings import make
from kube_research.history import apply
from kube_research.journal import now
from kube_research.model import KubeError
from kube_research.study import Study
from kube_research.waiting import queue
from tests.conftest import TRANSCRIPT_A

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def code(study, coder, quote, label, document="a1", polarity="present"):
    at = study.corpus[document].text.index(quote)
    return study.journal(coder, document).code(make(study.corpus, document, at, at + len(quote), label, polarity=polarity)).id


@pytest.fixture
def moments(study):
    """The study before and after a week of work: (study, time before, ids)."""
    ids = {q: code(study, c, q, k) for c, q, k in (("ana", "diajak rapat sama ketua", "s.meet"), ("ana", "Nggak kompak kok", "s.close"), ("budi", "Kasnya", "s.close"), ("budi", "Iya,", "s.meet"), ("budi", "urunan", "s.none"))}
    before = now()
    return study, before, ids


def work(study, ids):
    """A week's work: one added, withdrawn, recoded, turned; a text corrected; a code renamed."""
    code(study, "ana", "KUBE Kompak Jaya", "s.none")
    study.journal("budi", "a1").withdraw(ids["Kasnya"])
    study.journal("budi", "a1").change(ids["Iya,"], code="s.none")
    study.journal("ana", "a1").change(ids["diajak rapat sama ketua"], polarity="absent")
    gone = code(study, "ana", "Apa Ibu", "s.meet")
    study.journal("ana", "a1").withdraw(gone)  # came and went: no net change
    apply(study, "rename", "ani", code="s.none", to="s.alone")
    revise.update(Study(study.root), "a1", TRANSCRIPT_A.replace("P: Apa Ibu", "P: Selamat pagi. Apa Ibu").replace("Nggak kompak kok", "Kompak kok"))


ROWS = {("added", "ana", "KUBE Kompak Jaya", "", "s.alone"), ("withdrawn", "budi", "Kasnya", "s.close", ""), ("recoded", "budi", "Iya,", "s.meet", "s.alone"), ("polarity", "ana", "diajak rapat sama ketua", "s.meet", "s.meet"), ("waits", "ana", "Nggak kompak kok", "s.close", "s.close")}


def test_between_dates(moments):
    study, before, ids = moments
    work(study, ids)
    found = kr.coding_diff(Study(study.root), before)
    assert {(r[0], r[3], r[5], *r[6:]) for r in found} == ROWS  # the renamed code alone, and what only moved, is no change
    assert "1 recoded (budi 1)" in str(found) and not kr.coding_diff(Study(study.root), now())
    assert {r[3] for r in kr.coding_diff(Study(study.root), before, coder="ana")} == {"ana"}
    queue(Study(study.root), who="citra").place(1)
    settled = [r for r in kr.coding_diff(Study(study.root), before) if r[5] == "Kompak kok"]
    assert settled[0][0] == "words" and settled[0][2:4] == ("citra", "ana") and "(by citra)" in str(kr.coding_diff(Study(study.root), before))
    assert {r[0] for r in kr.coding_diff(Study(study.root), "2001-01-01", before)} == {"added"}
    back = kr.coding_diff(Study(study.root), "", before)
    assert "missing" in {r[0] for r in back} or "restored" in {r[0] for r in back}
    with pytest.raises(KubeError, match="no date"):
        kr.coding_diff(study, "2024-13-45")


@needs_git
def test_between_commits_by_the_command(moments, capsys):
    study, _, ids = moments

    def git(*words):
        subprocess.run(["git", "-C", str(study.root), "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false", *words], check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "one")
    work(study, ids)
    git("add", "-A")
    git("commit", "-qm", "two")
    where = ["--study", str(study.root)]
    assert main(["diff", "HEAD~1", "HEAD", "--json", *where]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {(r["what"], r["coder"], r["quote"], r["code before"], r["code after"]) for r in found["rows"]} == ROWS and "small 1.0.0 → 1.0.1" in found["title"]
    assert main(["diff", "HEAD", *where]) == 0 and "no coding changed" in capsys.readouterr().out
    assert main(["diff", "nope", *where]) == 2 and main(["diff", "HEAD..x", *where]) == 2 and main(["diff", "--upload-pack=x", *where]) == 2
    shutil.rmtree(study.root / "codebooks/versions")
    assert Study(study.root).codebook("small", version="1.0.0").version == "1.0.0"  # out of git
    held = (study.root / "codebooks/small.yml").read_text()
    (study.root / "codebooks/small.yml").write_text(held.replace('"rapat rutin", ', ""))
    assert main(["rules", "small", *where]) == 0 and "segment lost" in (out := capsys.readouterr().out) or "segments lost" in out


def test_without_git_a_commit_is_refused(moments):
    with pytest.raises(KubeError):
        kr.coding_diff(moments[0], "HEAD~1")


def test_a_rule_is_seen_before_it_is_kept(moments, capsys):
    study, _, _ = moments
    code(study, "ana", "rapat rutin mah jalan terus", "s.meet", "b1")
    where, held = ["--study", str(study.root)], (study.root / "codebooks/small.yml").read_text()
    change = ["rules", "small", "--code", "s.meet", "--add", "id: urunan", "id: saban minggu", "--remove", "id: rapat rutin"]
    assert main([*change, *where]) == 0
    out = capsys.readouterr().out
    assert "+ s.meet (absent) a1 “Nggak pernah ada yang ngajak saya urunan”" in out and "[people: no]" in out and "- s.meet (present) b1 “rapat rutin mah jalan”  [people: yes]" in out and "Not kept yet" in out
    assert (study.root / "codebooks/small.yml").read_text() == held
    assert main([*change, "--json", *where]) == 0
    found = json.loads(capsys.readouterr().out)
    score = next(r for r in found["scores"] if r["language"] == "id")
    assert score["human"] == 2 and score["recall before"].startswith("1.00") and score["recall after"].startswith("1.00") and score["precision before"].startswith("1.00") and score["precision after"].startswith("0.67")
    assert main([*change, "--keep", "--why", "urunan is a meeting here", "--who", "ani", *where]) == 0
    book = Study(study.root).codebook("small")
    assert {i.pattern for i in book["s.meet"].indicators} == {"~ajak ..3 rapat", "~kumpul ..3 (tiap|saban) minggu", "we met ..2 every", "urunan", "saban minggu"} and book.changelog[-1]["who"] == "ani"
    capsys.readouterr()
    assert main([*change, "--keep", *where]) == 0 and "nothing to change" in capsys.readouterr().out and Study(study.root).codebook("small").version == book.version
    assert main(["code", "undo", "small", *where]) == 0
    assert {i.pattern for i in Study(study.root).codebook("small")["s.meet"].indicators} == {i.pattern for i in study.codebook("small").only(["s.meet"])["s.meet"].indicators} | {"~ajak ..3 rapat", "rapat rutin"} - {"urunan", "saban minggu"}
    for wrong in (["--add", "id: x"], ["--code", "nix", "--add", "id: x"], ["--code", "s.meet", "--add", "xx: y"], ["--code", "s.meet", "--add", "id: (((("], ["--code", "s.meet", "--remove", "id: nothere"]):
        assert main(["rules", "small", *wrong, *where]) == 2


def test_the_preview_shows_what_autocode_will_do(moments, capsys):
    """With a cue table beside the book: gained and lost are those of `autocode` before and after the change was kept, neighbouring codes too."""
    study, _, _ = moments
    where, path = ["--study", str(study.root)], study.root / "codebooks/small.cues.csv"
    path.write_text("cue,s.meet,s.close\n(bias),-2.00,-2.00\n(threshold),0.00,0.00\n=s.meet: id: rapat rutin,3.00,3.00\n=s.meet: id: ~ajak ..3 rapat,1.00,\n=s.close: id: ~kompak,,3.00\n")
    change = ["rules", "small", "--code", "s.meet", "--add", "id: urunan", "--remove", "id: rapat rutin"]

    def coded():
        fresh = Study(study.root)
        return {tuple(r) for r in kr.autocode(fresh.corpus, fresh.codebook("small"))._frame[["document", "quote", "code", "polarity"]].itertuples(index=False)}

    assert main([*change, "--json", *where]) == 0
    found = json.loads(capsys.readouterr().out)
    assert main([*change, "--json", "--rules-only", *where]) == 0
    alone = json.loads(capsys.readouterr().out)
    before = coded()
    assert main([*change, "--keep", *where]) == 0
    after = coded()
    told = [{(r["document"], r["quote"], r["code"], r["polarity"]) for r in found[side]} for side in ("gained", "lost")]
    assert told == [after - before, before - after] and {r[2] for r in told[1]} == {"s.meet", "s.close"} and any(r[1].endswith("urunan") for r in told[0])
    assert set(found["codes"]) == {"s.meet", "s.close"} and alone["codes"] == ["s.meet"] and len(alone["lost"]) == 1 and found["lost"] != alone["lost"]
    assert "cue table" in found["note"] and "id: urunan" in found["note"] and "rules alone" in alone["note"]
