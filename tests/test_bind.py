"""Numbers bound in prose: counted from the data, locked beside the chapter, told when they change."""

from __future__ import annotations

import json

import pytest

from kube_research.bind import bind, changes, marks, write_lock
from kube_research.cli import main
from kube_research.model import KubeError
from kube_research.study import open_study


@pytest.fixture
def coded(study_dir):
    """a1: SITI (case A, gagal); b1: TUTI and KARTO (case B, berhasil)."""
    study = open_study(study_dir)
    text = {d.id: d.text for d in study.corpus}
    for coder, document, quote, code, polarity in (("ana", "b1", "Kompak banget.", "s.close", "present"), ("ana", "b1", "masing-masing aja", "s.close", "absent"), ("ana", "a1", "Nggak kompak kok.", "s.close", "absent"),
                                                   ("ana", "b1", "rapat rutin mah jalan terus", "s.meet", "present"), ("budi", "b1", "Kompak banget.", "s.close", "present"), ("budi", "a1", "diajak rapat", "s.meet", "present")):
        at = text[document].index(quote)
        _append(study, coder, document, text[document], at, quote, code, polarity)
    return open_study(study_dir)


def _append(study, coder, document, text, at, quote, code, polarity):
    from kube_research.journal import new_id
    study.journal(coder, document).append({"event": "code", "coding": new_id(), "document": document, "start": at, "end": at + len(quote), "quote": quote, "code": code, "polarity": polarity, "before": "", "after": ""})


@pytest.mark.parametrize(("mark", "value"), [
    ("{persons code=s.close outcome=berhasil}", "1 dari 2"), ("{persons code=s.close outcome=gagal}", "0 dari 1"), ("{persons code=s.close outcome=berhasil polarity=any}", "2 dari 2"),
    ("{persons code=s.close polarity=absent form=n}", "2"), ("{share code=s.close case=B}", "50%"), ("{segments code=s.close polarity=any coder=ana}", "3"), ("{documents code=s.close}", "1 dari 2"), ("{words code=s.close coder=ana}", "2"),
    ("{persons code=s.close coder=rules case=B}", "1 dari 2"), ("{quote at=b1:4 code=s.close coder=ana}", "“Kompak banget.” (TUTI, b1:4)"),
])
def test_values(coded, mark, value):
    assert str(bind(coded, mark)) == value


def test_the_language_of_the_chapter_decides(coded):
    assert bind(coded, "---\nlang: en\n---\n\n{persons code=s.close case=B} persons.").endswith("1 of 2 persons.")
    assert str(bind(coded, "{persons code=s.close case=B}", language="en")) == "1 of 2"


def test_agreement_is_bound_as_agreement_computes_it(coded):
    from kube_research.intercoder import agreement
    frame = agreement(coded, ["ana", "budi"], rounds=1).frame
    alpha = frame[frame["code"] == "s.close"]["alpha"].iloc[0]
    assert str(bind(coded, "{alpha code=s.close coders=ana,budi}")) == f"{alpha:.2f}".replace(".", ",")


def test_every_fault_at_once_with_its_line(coded):
    text = "Satu {persons code=s.clos}.\n\nDua {person code=s.close}.\n"
    with pytest.raises(KubeError) as e:
        bind(coded, text, where="x.md")
    assert "person" in str(e.value) and "persons" in str(e.value)
    with pytest.raises(KubeError) as e:
        bind(coded, "a {persons code=s.clos} b {persons code=s.close outcome=behasil} c {segments kode=x}", where="x.md")
    assert len(e.value.faults) == 3 and "s.close" in str(e.value) and "berhasil" in str(e.value)
    with pytest.raises(KubeError):
        marks("{persons kode s.close}")
    assert marks("{claim id=k1 code=a} \\{persons code=x} {notes} {a b}") == []


def test_a_changed_coding_fails_with_the_sentence_the_old_and_the_new_number(coded, study_dir, capsys):
    (study_dir / "chapters").mkdir()
    chapter = study_dir / "chapters" / "b.md"
    chapter.write_text("Awal. Yang kompak {persons code=s.close case=B} orang. Akhir.\n", encoding="utf-8")
    assert main(["verify", str(chapter), "--study", str(study_dir), "--accept"]) == 0
    assert main(["verify", str(chapter), "--study", str(study_dir)]) == 0
    text = coded.corpus["b1"].text
    _append(coded, "ana", "b1", text, text.index("Sekarang"), "Sekarang", "s.close", "present")
    capsys.readouterr()
    assert main(["verify", str(chapter), "--study", str(study_dir)]) == 1
    out = capsys.readouterr().out
    assert "'1 dari 2' is now '2 dari 2'" in out and "Yang kompak 2 dari 2 orang." in out
    assert main(["check", "--study", str(study_dir)]) == 1
    assert "2 dari 2" in capsys.readouterr().err
    assert main(["verify", str(chapter), "--study", str(study_dir), "--accept"]) == 0


def test_a_damaged_lock_is_told(coded, study_dir):
    chapter = study_dir / "b.md"
    chapter.write_text("{persons code=s.close case=B}", encoding="utf-8")
    bound = bind(coded, chapter.read_text(encoding="utf-8"))
    path = write_lock(chapter, bound)
    assert changes(chapter, bound) == [] and json.loads(path.read_text(encoding="utf-8"))["values"][0]["value"] == "1 dari 2"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(KubeError):
        changes(chapter, bound)


def test_words_that_may_not_be_quoted_are_not_bound_in(coded, study_dir):
    (study_dir / "corpus/speakers.csv").write_text("document,label,speaker,role,consent\na1,P,R1,researcher,\na1,N,SITI,member,\nb1,P,R1,researcher,\nb1,N,TUTI,member,analyse\nb1,Ketua,KARTO,officer,\n", encoding="utf-8")
    assert "Kompak" not in bind(open_study(study_dir), "{quote at=b1:4 code=s.close coder=ana}")
