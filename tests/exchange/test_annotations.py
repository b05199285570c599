"""Parquet, Taguette codebook, Web Annotation, DocBin, WebAnno TSV: the same passages, and no word that may not be quoted."""

import json
import zipfile

import pandas as pd
import pytest

from kube_research.codings import make
from kube_research.exchange.annotations import _tsv
from kube_research.exchange.registry import find
from kube_research.study import open_study


@pytest.fixture
def coded(study_dir):
    study = open_study(study_dir)
    study.journal("ani", "a1").code(make(study.corpus, "a1", 50, 60, "s.meet", polarity="absent", note="ragu", coder="ani"))
    return study_dir


def out(folder, tmp_path, name):
    study = open_study(folder)
    assert find(tmp_path / name, "out")(study, tmp_path / name)
    return study, tmp_path / name


def test_tables_and_web_annotation(coded, tmp_path):
    study, path = out(coded, tmp_path, "c.parquet")
    assert pd.read_parquet(path)["quote"].tolist() == study.codings().frame["quote"].tolist()
    _, path = out(coded, tmp_path, "c.tags.csv")
    assert path.read_text().startswith("tag,description,number of highlights") and "s.meet," in path.read_text()
    _, path = out(coded, tmp_path, "c.jsonld")
    items = json.loads(path.read_text())["items"]
    assert len(items) == len(study.codings())
    for x in items:
        place, quote = x["target"]["selector"]
        text = study.corpus[x["target"]["source"].rpartition(":")[2]].text
        assert text[place["start"]:place["end"]] == quote["exact"]


def test_spacy_and_webanno(coded, tmp_path):
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    study, path = out(coded, tmp_path, "c.spacy")
    docs = list(DocBin().from_disk(path).get_docs(Vocab()))
    assert sum(len(d.user_data["exact"]) for d in docs) == len(study.codings())
    _, path = out(coded, tmp_path, "c.tsv.zip")
    with zipfile.ZipFile(path) as z:
        assert set(z.namelist()) == {f"{d.id}.tsv" for d in study.corpus} and b"s.meet[" in z.read("a1.tsv")


def test_webanno_counts_in_utf16_and_escapes():
    lines = _tsv("😀 ikut [x]\n\ndua", [(2, 6, "a_b|c", "ani", "present"), (2, 14, "d", "budi", "absent")]).splitlines()
    assert "1-2\t3-7\tikut\ta\\_b\\|c[1]|d[2]\tani[1]|budi[2]\tpresent[1]|absent[2]\t" in lines
    assert "2-1\t13-16\tdua\td[2]\tbudi[2]\tabsent[2]\t" in lines and "#Text=😀 ikut [x]" in lines


@pytest.mark.parametrize("consent", ["analyse", "withdrawn"])
@pytest.mark.parametrize("ending", [".jsonld", ".tsv.zip", ".spacy", ".parquet", ".csv"])
def test_consent_is_kept(coded, tmp_path, consent, ending):
    word = "urunan"
    assert word in open_study(coded).corpus["a1"].text
    (coded / "corpus/speakers.csv").write_text(f"document,label,speaker,role,consent\na1,P,R1,researcher,\na1,N,SITI,member,{consent}\nb1,P,R1,researcher,\nb1,N,TUTI,member,\nb1,Ketua,KARTO,officer,\n")
    _, path = out(coded, tmp_path, f"c{ending}")
    if ending == ".tsv.zip":
        with zipfile.ZipFile(path) as z:
            data = z.read("a1.tsv").decode()
    elif ending == ".parquet":
        frame = pd.read_parquet(path)
        data = frame[frame["document"] == "a1"].to_csv()
    elif ending == ".spacy":
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab

        data = " ".join(d.text for d in DocBin().from_disk(path).get_docs(Vocab()) if d.user_data["document"] == "a1")
    elif ending == ".csv":
        frame = pd.read_csv(path)
        data = frame[frame["document"] == "a1"].to_csv()
    else:
        data = json.dumps([x for x in json.loads(path.read_text())["items"] if x["target"]["source"].endswith(":a1")])
    assert word not in data
