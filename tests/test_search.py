"""Reading around: concordance, collocations, dispersion; spaCy documents there and back."""

import math

import pytest

from kube_research.engine import autocode
from kube_research.exchange.spacy_docs import displacy, from_doc, save_docbin, to_doc
from kube_research.model import KubeError
from kube_research.search import collocations, dispersion, kwic


def test_kwic_with_families(study):
    found = kwic(study.corpus, "~ajak")
    assert list(found.frame["hit"]) == ["diajak", "diajak", "ngajak"] and set(found.frame["document"]) == {"a1"}
    assert found.frame.iloc[1]["before"].endswith("Iya, ") and "[ngajak]" in repr(found) and found.frame.iloc[0]["line"] == 3
    assert len(kwic(study.corpus, "~ajak", everything=False)) == 2
    with pytest.raises(KubeError, match="bracket"):
        kwic(study.corpus, "(a")


def test_collocations_and_dispersion(study):
    found = collocations(study.corpus, least=1)
    assert {"first", "second", "count", "documents", "score"} == set(found.columns) and len(found)
    spread = dispersion(study.corpus, ["~kompak", "tidakada"]).set_index("pattern")
    assert spread.loc["~kompak", "documents"] == 2 and 0 <= spread.loc["~kompak", "dp"] < 1 and math.isnan(spread.loc["tidakada", "dp"])


def test_spacy_there_and_back(study, tmp_path):
    hits = autocode(study.corpus, study.codebook("small"))
    for name in ("a1", "b1"):
        doc = to_doc(hits, name)
        back = from_doc(doc, study.corpus, coder="x")
        want = hits.where(document=name).frame
        assert [(c.start, c.end, c.code, c.polarity) for c in back] == list(zip(want["start"], want["end"], want["code"], want["polarity"], strict=True))
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    save_docbin(hits, tmp_path / "x.spacy")
    docs = list(DocBin(store_user_data=True).from_disk(tmp_path / "x.spacy").get_docs(Vocab()))
    assert len(docs) == 2 and len(docs[0].spans["codes"]) == len(hits.where(document="a1"))


def test_displacy_escapes(study_dir):
    from kube_research.study import open_study

    path = study_dir / "corpus/transcripts/b1.txt"
    path.write_text(path.read_text().replace("Kompak banget", "<script>alert(1)</script> kompak banget"))
    study = open_study(study_dir)
    shown = displacy(autocode(study.corpus, study.codebook("small")), "b1")
    assert "<script" not in shown and "&lt;" in shown and "s.close" in shown
