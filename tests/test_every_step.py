"""Every step of the living study, one row each: --dry-run writes nothing, twice is once, and its undo brings the study back."""

from __future__ import annotations

import shutil

import pytest

from kube_research import revise, waiting
from kube_research.cli import main
from kube_research.codings import make
from kube_research.memo import add, memos
from kube_research.starter import new_study
from kube_research.study import Study

TEXT = "P: Bagaimana rapatnya, Bu?\nN: Kami rapat tiap bulan di rumah Bu Marlina. Tidak pernah ada yang dipaksa.\nP: Semua ikut?\nN: Ya.\nP: Uangnya?\nN: Uang kas dicatat Mbak Tuti.\n"
NEW = TEXT.replace("tiap bulan", "setiap bulan").replace("Uang kas dicatat", "Uang kas itu dicatat").replace("\nN: Ya.", "\nN: Iya.")
PASS = "lima kata acak yang panjang"


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("KUBE_PASSPHRASE", PASS)
    monkeypatch.setenv("KUBE_CODER", "ani")
    folder = new_study(tmp_path / "s")
    shutil.rmtree(folder / "notebooks")
    for path in (folder / "codebooks").iterdir():
        if path.name != "group_dynamics.yml":
            path.unlink()
    (folder / "corpus/transcripts/W1.txt").write_text(TEXT, encoding="utf-8")
    (folder / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\nW1,interview,,id,,,,quote-after-check\n", encoding="utf-8")
    (folder / "corpus/speakers.csv").write_text("document,label,speaker,role\nW1,P,R1,researcher\nW1,N,N1,member\n", encoding="utf-8")
    study = Study(folder)
    for coder, quote, label in (("ani", "rapat tiap bulan", "gd.goal"), ("ani", "Ya.", "gd.goal"), ("budi", "Tidak pernah ada yang dipaksa", "gd.cohesion"), ("budi", "Uang kas dicatat", "gd.tension"), ("ani", "Uang kas dicatat", "gd.cohesion")):
        at = TEXT.index(quote)
        study.journal(coder, "W1").code(make(study.corpus, "W1", at, at + len(quote), label))
    add(study, "gd.goal", "Tujuan lahir dari utang.", author="ani", kind="theory")
    (tmp_path / "W1.txt").write_text(NEW, encoding="utf-8")
    (folder / "chapters").mkdir()
    (folder / "chapters/bab4.md").write_text("# Hasil\n\nKalimat saya.\n", encoding="utf-8")
    return folder


def tree(root):
    """Every byte that the study keeps."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file() and ".cache" not in p.parts and p.suffix != ".lock"}


def meaning(root):
    """What the study says: texts, codings with their places, codes, memos, chapters, what was checked."""
    study = Study(root)
    assert not [f for f in study.faults() if f.level == "error"]
    codings = {(j.coder, c.id, c.start, c.end, c.quote, c.code, c.polarity) for j, s in study.states() for c in s.codings.values()}
    renames = study.codebook("group_dynamics").renames()
    return ({d.id: (d.text, d.checked) for d in study.corpus}, {(*c[:5], renames.get(c[5], c[5]), c[6]) for c in codings}, {i.coding.id for i in waiting.queue(study)},
            {(c.id, c.parent, c.retired, c.name.get("id"), tuple(i.rule for i in c.indicators)) for c in study.codebook("group_dynamics")}, {(m.id, m.text) for m in memos(study)}, (root / "chapters/bab4.md").read_text(encoding="utf-8"))


def corrected(root):
    revise.update(Study(root), "W1", NEW)
    assert len(waiting.queue(Study(root)))


def waits(root):
    return waiting.queue(Study(root))[0].coding.id


def memo(root):
    return memos(Study(root))[0].id


CODE = ["code", "undo", "group_dynamics"]
STEPS = [  # what stands before it, the step, its undo (a name in capitals is looked up when it is run)
    (None, ["update", "@W1.txt"], ["update", "--undo", "W1"]),
    (corrected, ["settle", "WAITS", "--candidate", "1"], ["settle", "WAITS", "--undo"]),
    (corrected, ["settle", "WAITS", "--withdraw"], ["settle", "WAITS", "--undo"]),
    (corrected, ["settle", "WAITS", "--quote", "rumah Bu Marlina"], ["settle", "WAITS", "--undo"]),
    (None, ["code", "rename", "gd.goal", "gd.aim"], CODE),
    (None, ["code", "move", "gd.cohesion", "--under", "gd.goal"], CODE),
    (None, ["code", "merge", "gd.tension", "--into", "gd.cohesion"], CODE),
    (None, ["code", "split", "gd.goal", "--into", "gd.aim=Arah", "gd.wish=Harapan"], CODE),
    (None, ["code", "retire", "gd.goal"], CODE),
    (None, ["rules", "group_dynamics", "--code", "gd.goal", "--add", "id: zebra lari", "--keep"], CODE),
    (None, ["memo", "add", "W1:2", "Ia tertawa."], None),
    (None, ["memo", "edit", "MEMO", "Tujuan lahir dari arisan."], ["memo", "restore", "MEMO"]),
    (None, ["memo", "remove", "MEMO"], ["memo", "restore", "MEMO"]),
    (None, ["memo", "draft", "--into", "chapters/bab4.md"], ["memo", "draft", "--into", "chapters/bab4.md", "--undo"]),
    (None, ["consent", "check", "W1", "Uang kas dicatat"], ["consent", "uncheck", "W1", "Uang kas dicatat"]),
    (lambda root: main(["pseudonymize", "--study", str(root)]), ["pseudonymize", "--apply", "--yes"], ["pseudonymize", "--undo"]),
]


@pytest.mark.parametrize(("before", "step", "back"), STEPS, ids=[" ".join(s[1][:2]) + f" {n}" for n, s in enumerate(STEPS)])
def test_dry_run_twice_and_undone(root, before, step, back, capsys, monkeypatch):
    monkeypatch.chdir(root)
    if before:
        before(root)
    names = {k: f(root) for k, f in (("WAITS", waits), ("MEMO", memo)) if k in step}

    def run(words, *more):
        code = main([*[str(root.parent / w[1:]) if w.startswith("@") else names.get(w, w) for w in words], *more, "--study", str(root)])
        out = capsys.readouterr()
        assert code in (0, 1), out.err
        return out.out

    start, said = tree(root), meaning(root)
    assert "dry run" in run(step, "--dry-run").lower() or step[0] == "rules"
    assert tree(root) == start
    run(step)
    done = tree(root)
    assert done != start and meaning(root) != said
    run(step)
    assert tree(root) == done  # twice is once
    if back is None:  # a memo added is taken away by its id
        names["NEW"] = memos(Study(root))[-1].id
        back = ["memo", "remove", "NEW"]
    held = tree(root)
    assert "dry run" in run(back, "--dry-run").lower()
    assert tree(root) == held
    run(back)
    assert meaning(root) == said


def test_the_hooks_too(root, capsys):
    import subprocess

    subprocess.run(["git", "-C", str(root), "init", "-q"], check=True)
    start = tree(root)
    for words, changed in ((["install", "--dry-run"], False), (["install"], True), (["install"], True), (["remove", "--dry-run"], True), (["remove"], False)):
        assert main(["hook", *words, "--study", str(root)]) == 0
        assert (tree(root) != start) == changed
    assert capsys.readouterr().out.count("Dry run") == 2


def test_yesterdays_matrix_after_a_correction(root, capsys):
    """Made before the correction and after it, for the moment before: the same bytes; a date that is none is refused."""
    from kube_research.journal import now

    def matrix(name, *more):
        assert main(["matrix", "--codebook", "group_dynamics", "--source", "ani", "--rows", "speaker", "--count", "words", "--output", str(root.parent / name), "--study", str(root), *more]) == 0
        return (root.parent / name).read_bytes()

    before, moment = matrix("a.csv"), now()
    corrected(root)
    assert matrix("b.csv") != before and matrix("c.csv", "--until", moment) == before
    assert "As it stood at" in capsys.readouterr().out
    assert main(["matrix", "--codebook", "group_dynamics", "--until", "kemarin", "--study", str(root)]) == 2
