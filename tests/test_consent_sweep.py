"""Consent, swept: every command that shows or writes anything is run on a study with people who withdrew or may not be quoted; their words are in none of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kube_research import open_study
from kube_research.cli import main
from kube_research.memo import add
from kube_research.model import Coding
from kube_research.privacy.leaks import read
from kube_research.revise import update

TALK = """P: Bagaimana rapatnya?
TUTI: Saya selalu diajak rapat, kompak banget orangnya.
KARTO: Zebrakunci satu dua, kami diajak rapat terus zebratutup.
MINAH: Yakkunci tiga empat, kami tidak pernah diajak rapat yaktutup.
TUTI: Iya, rapat rutin jalan.
"""
GONE = TALK.replace("Zebra", "Kudanil").replace("zebra", "kudanil").replace("Yak", "Rusa").replace("yak", "rusa")
SECRETS = ("zebrakunci", "zebratutup", "kudanilkunci", "rusakunci", "yakkunci", "yaktutup")


@pytest.fixture
def swept(study_dir: Path) -> Path:
    root = study_dir
    (root / "corpus/transcripts/f1.txt").write_text(TALK, encoding="utf-8", newline="\n")
    (root / "corpus/transcripts/g1.txt").write_text(GONE, encoding="utf-8", newline="\n")
    people = "".join(f"{d},{a},{b},{c},\n" for d in ("f1", "g1") for a, b, c in (("P", "R1", "researcher"), ("TUTI", "TT", "member"), ("KARTO", f"{d}-K", "officer"), ("MINAH", f"{d}-M", "member")))
    (root / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\nf1,focus-group,A,id,,,,\ng1,focus-group,B,id,,,,\nb1,interview,B,id,,,,\n", encoding="utf-8")
    (root / "corpus/speakers.csv").write_text("document,label,speaker,role,consent\n" + people + "b1,P,R1,researcher,\nb1,N,TUTI,member,\nb1,Ketua,KRT,officer,\n", encoding="utf-8")
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@b.example"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "start"], check=True)
    study = open_study(root)
    for d, text in (("f1", TALK), ("g1", GONE)):
        for coder in ("ana", "budi"):
            for line in text.splitlines()[1:]:
                at = text.index(line) + line.index(": ") + 2
                quote = text[at:at + len(line) - line.index(": ") - 2 - (coder == "budi") * 4]
                study.journal(coder, d).code(Coding("", d, at, at + len(quote), quote, "s.meet" if coder == "ana" else "s.close", coder=coder, before=text[max(0, at - 40):at], after=text[at + len(quote):at + len(quote) + 40]))
        for n in (3, 4):
            add(study, f"{d}:{n}", f"lihat [[{d}:{n}]]", author="ana")
    for d, text in (("f1", TALK), ("g1", GONE)):  # some wait in the queue
        update(open_study(root), d, text.replace("diajak rapat terus", "xx yy zz ww").replace("tidak pernah diajak", "qq rr ss tt"))
    rows = (root / "corpus/speakers.csv").read_text(encoding="utf-8").replace("f1,KARTO,f1-K,officer,", "f1,KARTO,f1-K,officer,withdrawn").replace("f1,MINAH,f1-M,member,", "f1,MINAH,f1-M,member,analyse")
    (root / "corpus/speakers.csv").write_text(rows, encoding="utf-8")
    table = (root / "corpus/documents.csv").read_text(encoding="utf-8").split("\n")
    (root / "corpus/documents.csv").write_text("\n".join(line + "withdrawn" if line.startswith("g1,") else line for line in table), encoding="utf-8")
    return root


COMMANDS = [
    ["queue"], ["diff", "HEAD"], ["diff", "2020-01-01", "--json"], ["autocode", "--codebook", "small"], ["autocode", "--codebook", "small", "--output", "@a.csv"], ["matrix", "--codebook", "small", "--source", "ana", "--rows", "speaker", "--output", "@m.xlsx"],
    ["agreement", "--coders", "ana", "budi", "--output", "@g.xlsx"], ["report", "--output", "@r.html"], ["report", "--output", "@r.docx"], ["export", "@e.csv"], ["export", "@e.xlsx"], ["memo", "list"], ["memo", "draft"], ["memo", "search", "lihat", "--json"], ["check"], ["consent"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda w: " ".join(w))
def test_nothing_of_theirs_is_shown_or_written(swept, tmp_path, capsys, words):
    code = main([words[0], "--study", str(swept), *[str(tmp_path / w[1:]) if w.startswith("@") else w for w in words[1:]]])
    shown = capsys.readouterr()
    whole = shown.out + shown.err
    made = [tmp_path / w[1:] for w in words if w.startswith("@")]
    assert code in (0, 1) or "report" in words, shown.err
    whole += "".join(read(p) for p in made if p.exists())
    low = whole.casefold()
    secrets = [s for s in SECRETS if not s.startswith("yak")] if words[0] == "queue" else SECRETS  # to decide, the researcher must read
    assert not [s for s in secrets if s in low], [low[max(0, low.index(s) - 80):low.index(s) + 80] for s in secrets if s in low]
    assert "f1-k" not in low or words[0] in ("consent", "check")


def test_a_project_for_another_program_holds_nothing_of_those_who_withdrew(swept, tmp_path):
    assert main(["export", "--study", str(swept), str(tmp_path / "e.qdpx")]) == 0
    low = read(tmp_path / "e.qdpx").casefold()
    assert not [s for s in SECRETS if s in low and not s.startswith("yak")]


def test_the_desk_and_the_still_view(swept):
    from kube_research.desk import still
    from kube_research.desk.session import Session

    s = Session(open_study(swept), coder="ana", document="f1")
    whole = str([s.handle(m) for m in ({"kind": "hello"}, {"kind": "open", "document": "f1"}, {"kind": "quotes", "code": "s.meet"}, {"kind": "compare", "a": "ana", "b": "budi", "document": "f1"}, {"kind": "search", "pattern": "kunci"}, {"kind": "progress"})]).casefold()
    assert not [x for x in SECRETS if x in whole and not x.startswith("yak")]
    assert not [x for x in SECRETS if x in still.page(s).casefold()]


def test_no_file_that_the_program_keeps_for_itself_holds_them(swept):
    """The cache was made before they withdrew: the first command that sees the withdrawal throws it away, whatever that command is."""
    people = (swept / "corpus/speakers.csv").read_text(encoding="utf-8")
    table = (swept / "corpus/documents.csv").read_text(encoding="utf-8")
    (swept / "corpus/speakers.csv").write_text(people.replace("withdrawn", ""), encoding="utf-8")
    (swept / "corpus/documents.csv").write_text(table.replace("withdrawn", ""), encoding="utf-8")
    assert len(open_study(swept).codings()) > 8

    def kept():
        return b"".join(p.read_bytes() for p in (swept / ".cache").rglob("*") if p.is_file()).lower()

    assert b"zebrakunci" in kept() and b"kudanilkunci" in kept()
    (swept / "corpus/speakers.csv").write_text(people, encoding="utf-8")
    (swept / "corpus/documents.csv").write_text(table, encoding="utf-8")
    assert main(["consent", "--study", str(swept)]) == 0
    assert b"kunci" not in kept()
    assert len(open_study(swept).codings()) and b"zebrakunci" not in kept() and b"kudanil" not in kept()
    held = kept()
    open_study(swept).codings()
    assert kept() == held  # and stays a cache
