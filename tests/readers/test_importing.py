"""The import: files → corpus, tables and a report; everything of a call or nothing."""

import json
import shutil

import pytest

from kube_research.cli import main
from kube_research.corpus import evidence
from kube_research.importing import import_files, slug
from kube_research.model import KubeError
from kube_research.study import Study, open_study, read_table
from kube_research.text import digest
from kube_research.words import using
from tests.readers.talk import GROUP, PAIR, written


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "sources"
    (folder / "more").mkdir(parents=True)
    (folder / "Wawancara Bu Entin (1).txt").write_text("Informan : Bu Entin (bendahara)\nTanggal: 3 Mei 2024\n\n" + written(PAIR, "%L : @", names=("Peneliti", "Bu Entin")).text, encoding="utf-8")
    (folder / "more" / "fgd.md").write_text("# FGD anggota\n\n" + written(GROUP, "**%L:** @", keep=True, sep="\n\n").text, encoding="utf-8")
    (folder / "foto.jpg").write_bytes(b"x")
    (folder / "~$lock.docx").write_bytes(b"x")
    return folder


def everything(root):
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def test_a_folder_comes_in(study_dir, files):
    report = import_files(Study(study_dir), [files], case="C")
    assert report.documents == ["Wawancara-Bu-Entin-1", "fgd"] and report.skipped == ("foto.jpg",)
    study = open_study(study_dir)
    d = study.corpus["Wawancara-Bu-Entin-1"]
    row = next(r for r in read_table(study_dir / "corpus/documents.csv") if r["document"] == d.id)
    assert (row["kind"], row["case"], row["language"], row["date"], row["source"], row["consent"]) == ("interview", "C", "id", "2024-05-03", "Wawancara Bu Entin (1).txt", "")
    assert row["sha256"] == d.sha256 == digest(d.text)
    assert [(t.label, d.text[t.body:t.end]) for t in d.turns] == [("Peneliti" if x == "P" else "Bu Entin", w) for x, w in PAIR]
    assert {(s.label, s.speaker, s.role) for s in d.speakers} == {("Peneliti", "Wawancara-Bu-Entin-1-Peneliti", "researcher"), ("Bu Entin", "Wawancara-Bu-Entin-1-Bu-Entin", "officer")}
    fgd = study.corpus["fgd"]
    assert fgd.kind == "focus-group" and {s.label: s.role for s in fgd.speakers} == {"Dian": "researcher", "Bu Kasti": "member", "Neng Iis": "member", "Mak Onih": "member"}
    assert "C" in study.corpus.cases and [f for f in study.faults() if f.level == "error"] == []
    assert [(t.label, fgd.text[t.body:t.end]) for t in fgd.turns if evidence(fgd, t)] == [(x, w) for x, w in GROUP if x != "Dian"]


def test_the_report_speaks_both_languages(study_dir, files):
    for language, words in (("en", ("name adapted", "convention", "Peneliti = researcher", "not read: foto.jpg", "2 new documents", "dry run")), ("id", ("nama disesuaikan", "konvensi", "tidak dibaca: foto.jpg", "2 dokumen baru", "percobaan"))):
        with using(language):
            before = everything(study_dir)
            text = str(import_files(Study(study_dir), [files], dry_run=True))
            assert all(w in text for w in words), text
            assert everything(study_dir) == before


def test_the_same_file_twice_is_recognised(study_dir, files):
    import_files(Study(study_dir), [files])
    before = everything(study_dir)
    report = import_files(Study(study_dir), [files])
    assert report.documents == [] and all(i.status == "same" for i in report.items) and everything(study_dir) == before
    source = next(files.glob("Waw*"))
    source.write_text(source.read_text(encoding="utf-8").replace("banjir", "gempa"), encoding="utf-8")
    assert import_files(Study(study_dir), [source]).documents == ["Wawancara-Bu-Entin-1-2"]


@pytest.mark.parametrize("spoil", [lambda f: (f / "bad.docx").write_bytes(b"PK"), lambda f: (f / "leer.txt").write_bytes(b"")])
def test_a_bad_file_leaves_the_study_untouched(study_dir, files, spoil):
    spoil(files)
    before = everything(study_dir)
    with pytest.raises(KubeError) as e:
        import_files(Study(study_dir), [files])
    assert "bad.docx" in str(e.value) or "leer.txt" in str(e.value)
    assert everything(study_dir) == before


def test_a_full_disk_leaves_the_study_untouched(study_dir, files, monkeypatch):
    import kube_research.importing as module

    def fail(*_):
        raise KubeError("disk full")

    before = everything(study_dir)
    monkeypatch.setattr(module, "write_table", fail)
    with pytest.raises(KubeError, match="disk full"):
        import_files(Study(study_dir), [files])
    assert everything(study_dir) == before


def test_speakers_csv_is_asked_first(study_dir, files):
    with open(study_dir / "corpus/documents.csv", "a", encoding="utf-8") as f:
        f.write("fgd,focus-group,B,id,2024-02-02,,,quote\n")
    with open(study_dir / "corpus/speakers.csv", "a", encoding="utf-8") as f:
        f.write("fgd,Dian,R9,researcher\nfgd,bu kasti,KASTI,officer\n")
    report = import_files(Study(study_dir), [files / "more" / "fgd.md"])
    assert report.documents == ["fgd"] and "from speakers.csv" in str(report)
    d = open_study(study_dir).corpus["fgd"]
    assert d.case == "B" and d.date == "2024-02-02" and d.meta["consent"] == "quote"
    assert {s.label: (s.speaker, s.role) for s in d.speakers}["Bu Kasti"] == ("KASTI", "officer")


def test_roles_and_kind_may_be_given(study_dir, files):
    import_files(Study(study_dir), [files / "more" / "fgd.md"], kind="session", roles={"Neng Iis": "mentor", "bu kasti": "officer"})
    d = open_study(study_dir).corpus["fgd"]
    assert d.kind == "session" and {s.label: s.role for s in d.speakers}["Neng Iis"] == "mentor" and {s.label: s.role for s in d.speakers}["Bu Kasti"] == "officer"
    for wrong, words in (({"roles": {"Bu Kasty": "member"}}, "Bu Kasti"), ({"roles": {"Dian": "boss"}}, "boss"), ({"kind": "film"}, "film")):
        with pytest.raises(KubeError, match=words):
            import_files(Study(study_dir), [files / "more" / "fgd.md"], **wrong)


def test_a_file_beside_the_tables_is_not_overwritten(study_dir, files):
    (study_dir / "corpus/transcripts/fgd.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(KubeError, match="fgd.txt"):
        import_files(Study(study_dir), [files / "more" / "fgd.md"])
    assert (study_dir / "corpus/transcripts/fgd.txt").read_text(encoding="utf-8") == "mine"


def test_records_become_abstracts_and_their_translation_is_marked(study_dir, tmp_path):
    ris = tmp_path / "r.ris"
    ris.write_text("TY  - JOUR\nTI  - Judul satu\nAU  - Entin, Bu\nPY  - 2019/01/01\nKW  - kelompok\nKW  - usaha\nAB  - Penelitian ini membahas kelompok usaha bersama dan cara anggotanya berkumpul setiap minggu di rumah ketua.\n"
                   "  This study discusses the joint business group and the way in which its members meet every week at the house of the chair.\nUR  - https://example.org/1\nER  - \n\nTY  - JOUR\nTI  - Judul dua\nER  -\n", encoding="utf-8")
    report = import_files(Study(study_dir), [ris])
    assert report.documents == ["r-1", "r-1-en", "r-2"]
    rows = {r["document"]: r for r in read_table(study_dir / "corpus/documents.csv")}
    assert rows["r-1"]["title"] == "Judul satu" and rows["r-1"]["date"] == "2019" and rows["r-1"]["author"] == "Entin, Bu" and rows["r-1"]["keywords"] == "kelompok; usaha"
    assert rows["r-1-en"]["translation"] == "r-1" and rows["r-1-en"]["language"] == "en" and not rows["r-1"]["translation"]
    study = open_study(study_dir)
    assert [t for d in study.corpus.where(document="r-1-en") for t in d.turns if evidence(d, t)] == [] and study.corpus["r-1"].kind == "abstract"


def test_bibtex_and_dublin_core(tmp_path):
    from kube_research.readers import read

    (tmp_path / "a.bib").write_text("@article{k1, title = {Dinamika {KUBE} \\& kawan}, author = {Entin, Bu and Dian}, year = 2018, abstract = \"Penelitian ini tentang kelompok dan anggotanya.\", keywords = {a, b}}\n@comment{x}\n@book{k2, title={Dua}, author={Caf\\'{e}}}", encoding="utf-8")
    one, two = read(tmp_path / "a.bib")
    assert (one.title, one.author, one.year, list(one.keywords.values()), one.meta["record"]) == ("Dinamika KUBE & kawan", "Entin, Bu; Dian", "2018", [("a", "b")], "k1") and two.author == "Café" and two.year == ""
    (tmp_path / "a.xml").write_text('<r xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Judul</dc:title><dc:creator>Dian</dc:creator><dc:date>2020-05-01</dc:date><dc:subject>x; y</dc:subject><dc:description>Penelitian ini membahas kelompok.</dc:description><dc:identifier>https://example.org</dc:identifier></r>', encoding="utf-8")
    (s,) = read(tmp_path / "a.xml")
    assert (s.title, s.author, s.year, s.meta["url"], s.kind) == ("Judul", "Dian", "2020", "https://example.org", "abstract")


@pytest.mark.parametrize(("name", "want"), [("CON", "dok-CON"), ("a/../b", "a-..-b"), ("Bu Ani — 1", "Bu-Ani-1"), ("...", "dok-"), ("x" * 200, "x" * 72), ("日本", "dok-")])
def test_slugs_are_safe_names(name, want):
    from kube_research.journal import safe_name

    assert slug(name).startswith(want) and safe_name(slug(name))


def test_the_command(study_dir, files, capsys):
    assert main(["import", str(files), "--study", str(study_dir), "--case", "A", "--roles", "Neng Iis=mentor", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [d["document"] for d in answer["documents"]] == ["Wawancara-Bu-Entin-1", "fgd"] and answer["documents"][1]["roles"]["Neng Iis"]["role"] == "mentor"
    assert main(["import", str(files / "foto.jpg"), "--study", str(study_dir)]) == 2
    assert "Cannot read .jpg; can read" in capsys.readouterr().err
    assert main(["import", str(files), "--study", str(study_dir), "--roles", "x"]) == 2
    assert "LABEL=ROLE" in capsys.readouterr().err
    shutil.rmtree(files)
    assert main(["import", str(files), "--study", str(study_dir)]) == 2
