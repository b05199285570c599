"""The study on disk: tables as Excel writes them, faults told all at once, nothing half-written."""

import shutil

import pytest

from kube_research.cli import main
from kube_research.codings import make
from kube_research.corpus import Document, parse
from kube_research.model import COLUMNS, Coding, KubeError
from kube_research.study import Study, find_study, open_study, read_table, write_atomic


def test_turns_roles_and_times(study):
    a = study.corpus["a1"]
    assert [(t.label, t.speaker, t.role, t.time) for t in a.turns] == [("P", "R1", "researcher", ""), ("N", "SITI", "member", ""), ("P", "R1", "researcher", "00:01:05"), ("N", "SITI", "member", "00:01:09")]
    assert a.text[a.turns[1].body:a.turns[1].end].startswith("Iya, diajak") and a.line(a.turns[1].start) == 4
    assert [a.text[x:y] for x, y in a.turns[1].aside] == ["(P: kompak ya?)"]


def test_head_lines_are_no_turns():
    text = "Tanggal : 3 Mei 2024\nInforman: Bu X\n\nP: Satu?\nN: Dua. Masalahnya: tidak ada.\nMasalahnya: uang.\nP: Oh?\nN: Ya.\n"
    assert [t.label for t in parse(text)] == ["P", "N", "P", "N"]


def test_semicolons_and_bom(tmp_path):
    (tmp_path / "t.csv").write_bytes("\ufeffdocument;kind;note\r\na;interview;\"x; y\"\r\n\r\n".encode())
    assert read_table(tmp_path / "t.csv") == [{"document": "a", "kind": "interview", "note": "x; y", "_line": "2"}]


def test_every_fault_is_told_at_once(study_dir):
    with open(study_dir / "corpus/documents.csv", "a") as f:
        f.write("gone,interview,A,id,,,,\na1,interview,A,id,,,,\nempty,interview,A,id,,,,\nlatin,intervew,A,id,,,,\n")
    (study_dir / "corpus/transcripts/empty.txt").write_text(" \n")
    (study_dir / "corpus/transcripts/latin.txt").write_bytes(b"P: x\nN: caf\xe9\n")
    with open(study_dir / "corpus/speakers.csv", "a") as f:
        f.write("b1,Z,ZZ,membr\n")
    with pytest.raises(KubeError) as e:
        open_study(study_dir)
    said = "\n".join(map(str, e.value.faults))
    for part in ("documents.csv:4", "listed twice", "missing", "empty", "latin.txt:2", "not UTF-8", "Did you mean 'interview'", "speakers.csv:7", "Did you mean 'member'"):
        assert part in said, said


def test_check_finds_labels_anchors_codes_and_changed_text(study_dir, study):
    study.journal("ani", "a1").code(make(study.corpus, "a1", 30, 40, "s.meet"))
    study.journal("ani", "a1").code(Coding("", "a1", 30, 40, "not there", "s.meat"))
    path = study_dir / "corpus/transcripts/b1.txt"
    path.write_text(path.read_text() + "Siti: Halo.\nP: Apa?\nSiti: Nggih.\n")
    rows = (study_dir / "corpus/documents.csv").read_text().replace("b1,interview,B,id,2024-01-02,,,", "b1,interview,B,id,2024-01-02,,abc,")
    (study_dir / "corpus/documents.csv").write_text(rows)
    said = "\n".join(map(str, Study(study_dir).faults()))
    assert "broken anchor" in said and "'s.meat'" in said and "Did you mean 's.meet'" in said and "Label" not in said.split("b1.txt")[0] and "The label 'Siti' is not in speakers.csv" in said and "text has changed" in said


def test_withdrawn_people_disappear(study_dir, study):
    from kube_research.engine import autocode

    before = autocode(study.corpus, study.codebook("small"))
    assert "TUTI" in set(before.frame["speaker"])
    text = (study_dir / "corpus/speakers.csv").read_text().replace("speaker,role", "speaker,role,consent").replace("TUTI,member", "TUTI,member,withdrawn")
    (study_dir / "corpus/speakers.csv").write_text(text)
    again = open_study(study_dir)
    assert "TUTI" not in set(autocode(again.corpus, again.codebook("small")).frame["speaker"]) and again.withdrawn["speakers"] == 1


def test_codings_table(study):
    j = study.journal("ani", "b1")
    c = j.code(make(study.corpus, "b1", 60, 75, "s.meet", polarity="absent", note="x"))
    table = study.codings(coder="ani")
    assert tuple(table.frame.columns) == COLUMNS
    row = table.frame.iloc[0]
    assert (row["quote"], row["speaker"], row["role"], row["case"], row["coder"], row["polarity"]) == (study.corpus["b1"].text[60:75], *[table.frame.iloc[0][k] for k in ("speaker", "role")], "B", "ani", "absent")
    assert c.id and len(study.codings(coder="ani", code="other")) == 0
    with pytest.raises(KubeError, match="Did you mean 'ani'"):
        study.codings(coder="anj")


def test_nouns_are_frozen(study):
    smaller = study.corpus.where(role="member")
    assert len(list(smaller.turns())) < len(list(study.corpus.turns())) and study.corpus.filters == ()
    with pytest.raises(AttributeError):
        study.corpus.documents[0].text = "x"
    with pytest.raises(AttributeError):
        Document("a", "b").id = "c"
    assert "member" in repr(smaller)


def test_no_study_here(tmp_path):
    with pytest.raises(KubeError, match="no study"):
        find_study(tmp_path)


def test_write_atomic_leaves_the_old_file(tmp_path, monkeypatch):
    import os

    path = tmp_path / "x.csv"
    write_atomic(path, "old")
    monkeypatch.setattr(os, "fsync", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(KubeError, match="No space"):
        write_atomic(path, "new")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_command_line(study_dir, tmp_path, capsys):
    out = tmp_path / "t.csv"
    assert main(["autocode", "--study", str(study_dir), "--codebook", "small", "--output", str(out)]) == 0
    assert out.read_text("utf-8-sig").splitlines()[0] == ",".join(COLUMNS)
    assert main(["matrix", "--study", str(study_dir), "--codebook", "small", "--rows", "outcome", "--count", "persons", "--output", str(tmp_path / "m.csv")]) == 0
    assert (tmp_path / "m.csv").read_text("utf-8-sig").splitlines()[0].startswith("outcome,s.meet")
    assert main(["check", "--study", str(study_dir)]) == 0
    shutil.rmtree(study_dir / "corpus/transcripts")
    assert main(["check", "--study", str(study_dir)]) == 1
    assert main(["autocode", "--study", str(study_dir), "--codebook", "small"]) == 2
    assert main(["autcode"]) == 2 and main(["autocode"]) == 2 and main([]) == 0
    assert "Did you mean 'autocode'" in capsys.readouterr().err


def test_a_coding_that_names_another_document_than_its_journal_is_not_counted(study, study_dir):
    """Only documents that somebody began are in the table; a line that a program wrote into the wrong file must not bring in another."""
    study.journal("ani", "a1").code(make(study.corpus, "a1", 40, 50, "s.meet"))
    study.journal("ani", "a1").code(make(study.corpus, "b1", 40, 50, "s.meet"))
    table = open_study(study_dir).codings()
    assert list(table._frame["document"]) == ["a1"] and [d.id for d in table.corpus] == ["a1"]
