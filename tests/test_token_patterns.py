"""Indicators that are patterns of spaCy's Matcher: read without spaCy, applied with the researcher's own pipeline."""

import sys

import pytest

from kube_research import codebook, words
from kube_research.cli import main
from kube_research.codings import Codings
from kube_research.corpus import Corpus, Document, Speaker
from kube_research.engine import autocode, explain
from kube_research.model import KubeError
from kube_research.patterns import PatternError
from kube_research.token_patterns import read

BOOK = """codebook: help
version: "1"
masks: [Membantu Tetangga Jaya]
codes:
  - id: h.help
    indicators:
      id:
        - {spacy: [{LEMMA: bantu}, {OP: "?"}, {LOWER: tetangga}], not: [pura pura]}
      en:
        - {spacy: [{LOWER: {IN: [helped, helping]}}], unit: sentence}
"""
TEXT = "P: Jadi Ibu membantu tetangga.\nN: Kami membantu para tetangga, ya. Nggak pernah membantu tetangga sih. Membantu pura pura tetangga. He helped us a lot, he did. Saya di KUBE Membantu Tetangga Jaya.\n"


@pytest.fixture(autouse=True)
def english():
    with words.using("en"):
        yield


@pytest.fixture
def nlp():
    import spacy

    made = spacy.blank("id")
    made.add_pipe("attribute_ruler").add([[{"LOWER": "membantu"}]], {"LEMMA": "bantu"})
    return made


def corpus() -> Corpus:
    return Corpus((Document("a1", TEXT, "interview", speakers=(Speaker("a1", "P", "P", "researcher"), Speaker("a1", "N", "N1", "member"))),))


def coded(nlp=None, text: str = BOOK) -> Codings:
    return autocode(corpus(), codebook.loads(text, "help.yml"), nlp=nlp)


def test_the_pipeline_decides_and_the_engine_does_the_rest(nlp):
    hits = coded(nlp)
    assert [(q, p) for q, p in zip(hits.frame.quote, hits.frame.polarity, strict=True)] == [
        ("Kami membantu para tetangga", "present"), ("Nggak pernah membantu tetangga sih", "absent"), ("He helped us a lot, he did", "present")]
    assert all(TEXT[a:b] == q for a, b, q in zip(hits.frame.start, hits.frame.end, hits.frame.quote, strict=True)), "verbatim, and no word of the interviewer"
    assert hits.frame.rule[0].startswith('id: spacy [{"LEMMA": "bantu"}') and "spaCy" not in hits.source
    book = codebook.loads(BOOK, "help.yml")
    assert "membantu tetangga" in explain(hits.frame.iloc[1], book, corpus(), nlp=nlp) and "Nggak" in explain(hits.frame.iloc[1], book, corpus(), nlp=nlp)
    assert "give its pipeline" in explain(hits.frame.iloc[1], book, corpus()), "without the pipeline it does not say that no rule hits"


def test_without_a_pipeline_nothing_is_coded_and_it_is_said():
    hits = coded()
    assert len(hits) == 0 and "2 spaCy patterns not applied" in hits.source
    with pytest.raises(KubeError, match="not a spaCy pipeline"):
        coded("id_core")


def test_a_pipeline_without_lemmas_is_told():
    import spacy

    with pytest.raises(KubeError, match="does not give what a pattern asks for"):
        coded(spacy.blank("id"), BOOK.replace("LEMMA: bantu", "POS: VERB"))


def test_reading_a_codebook_does_not_load_spacy(tmp_path):
    import subprocess

    (tmp_path / "help.yml").write_text(BOOK)
    code = f"import sys; from kube_research import codebook; b = codebook.load({str(tmp_path / 'help.yml')!r}); print(sum(1 for _ in b.indicators()), 'spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["2", "False"]


@pytest.mark.parametrize(("pattern", "told"), [
    ("bantu", "a list of tokens"), ([], "a list of tokens"), ([{"LOWER": {"REGEX": "(a+)+$"}}], "'REGEX' is not accepted inside LOWER"), ([{"LOWR": "x"}], "'LOWR' is not accepted"),
    ([{"OP": "*"}], "At least one token"), ([{"LOWER": "a"}, *[{"OP": "*"}] * 4], "3 of them"), ([{"LOWER": "a"}] * 13, "At most 12"), ([{"LOWER": "a", "OP": "{2,}"}], "OP is '{2,}'"),
    ([{"IS_ALPHA": "perhaps"}], "true or false"), ([{"LENGTH": "long"}], "takes a number"), ([{"LOWER": ["a"]}], "takes one word"), ([{"LOWER": "a" * 1100}], "longer than")])
def test_bad_patterns_are_told(pattern, told):
    with pytest.raises(PatternError) as e:
        read(pattern)
    assert told in e.value.english and e.value.indonesian != e.value.english


def test_faults_in_a_codebook_bear_their_line():
    with pytest.raises(KubeError) as e:
        codebook.loads(BOOK.replace("LEMMA: bantu", "LEMA: bantu").replace("{spacy: [{LOWER: {IN", "{match: helped, spacy: [{LOWER: {IN"), "help.yml")
    assert [f.where for f in e.value.faults] == ["help.yml:8", "help.yml:10"]


def test_the_command(study_dir, capsys, tmp_path):
    book = tmp_path / "help.yml"
    book.write_text('codebook: help\nversion: "1"\ncodes:\n  - id: h.cash\n    indicators:\n      id: [{spacy: [{LOWER: kasnya}]}]\n')
    assert main(["autocode", "--study", str(study_dir), "--codebook", str(book)]) == 0
    out = capsys.readouterr()
    assert "1 spaCy patterns were not applied" in out.err and "h.cash" not in out.out
    assert main(["autocode", "--study", str(study_dir), "--codebook", str(book), "--pipeline", "blank:id"]) == 0
    out = capsys.readouterr()
    assert "h.cash" in out.out and not out.err
    assert main(["autocode", "--study", str(study_dir), "--codebook", str(book), "--pipeline", "no_such_pipeline"]) == 2
    assert "not installed" in capsys.readouterr().err
