"""Rules over a selection too large for memory: block by block, the same table; words cut out of the texts only when asked for."""

import dataclasses
import shutil

import numpy as np
import pandas as pd
import pytest

import kube_research as kr
from kube_research import engine as rules
from kube_research.codings import Codings
from kube_research.engine import kept
from kube_research.engine import table as tables


@pytest.fixture(scope="module")
def study():
    return kr.open_study(".")


@pytest.fixture(scope="module")
def some(study):
    """Interviews, sessions, abstracts: a quarter of the study's words, several blocks of them."""
    return study.corpus.where(document=[d.id for d in study.corpus][::4])


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    monkeypatch.setattr(rules, "_ENGINES", {})
    monkeypatch.setattr(rules, "_BLOCKS", {})


@pytest.mark.parametrize("options", [{}, {"cues": False}, {"everything": True, "unit": "turn"}], ids=str)
def test_block_by_block_is_the_same_table(study, some, monkeypatch, options):
    books = [study.codebook(n) for n in ("group_dynamics", "mentoring", "participation")]
    some = some.where(document=[d.id for d in some][::2])
    whole = kr.autocode(some, *books, **options)
    begun = []
    made = rules.Engine
    monkeypatch.setattr(rules, "Engine", lambda corpus, **k: (begun.append(len(corpus)), made(corpus, **k))[1])
    monkeypatch.setattr(rules, "WHOLE", 0)
    monkeypatch.setattr(rules, "BLOCK", 5_000)
    monkeypatch.setattr(tables, "PART", 4_000)
    parts = kr.autocode(some, *books, **options)
    assert len(begun) > 4 and sum(begun) == len(some) and len(rules._ENGINES) == 1  # every document once, and no engine is kept but that of the whole
    pd.testing.assert_frame_equal(parts._frame, whole._frame)
    assert repr(parts) == repr(whole) and parts.source == whole.source and len(parts) > 60


def test_words_are_cut_only_for_the_rows_asked_for(study):
    hits = kr.autocode(study.corpus, study.codebook("group_dynamics"), study.codebook("stages"))
    asked = []
    hits._held["quote"] = (lambda cut: lambda rows=None: (asked.append(rows), cut(rows))[1])(hits._held["quote"])
    some = hits.where(code=hits.factor("code").names[0])
    shown = kr.quotes(some).frame
    assert 0 < len(shown) < len(hits) and [len(r) for r in asked] == [len(some)] and "_frame" not in hits.__dict__
    assert sorted(shown["quote"]) == sorted(study.corpus[d].text[a:b] for d, a, b in zip(some._frame["document"], some._frame["start"], some._frame["end"], strict=True))


def test_a_part_of_a_part_has_its_rows(study):
    hits = kr.autocode(study.corpus, study.codebook("group_dynamics"), study.codebook("stages"))
    part = hits.where(polarity="absent").where(case=hits.factor("case").names[0])
    table = hits.full
    want = table[(table["polarity"] == "absent") & (table["case"] == hits.factor("case").names[0])]
    pd.testing.assert_frame_equal(kr.autocode(study.corpus, study.codebook("group_dynamics"), study.codebook("stages")).where(polarity="absent").where(case=hits.factor("case").names[0])._frame, want)
    pd.testing.assert_frame_equal(part._frame, want)
    assert len(want)


def test_places_in_any_order(study):
    hits = kr.autocode(study.corpus, study.codebook("participation"))
    rows = np.random.default_rng(1).permutation(len(hits))
    for name in ("quote", "before", "after", "id"):
        assert list(hits._array(name, rows)) == hits._frame[name].to_numpy()[rows].tolist()
    none = np.zeros(0, np.int64)
    assert len(hits._array("quote", none)) == 0 and isinstance(hits, Codings)


def test_reading_around_block_by_block_is_the_same(study, some, monkeypatch):
    from kube_research import search

    book = study.codebook("group_dynamics")
    ask = lambda: (search.kwic(some, "~kumpul").frame, search.kwic(some, "=tidakadakataini").frame, search.collocations(some, window=3, least=2), search.dispersion(some, ["~kumpul", "uang", "=tidakadakataini"]),  # noqa: E731
                   rules.families(book, some), pd.DataFrame([(h.document, h.start, h.end, h.indicator.rule, h.polarity, h.negator) for h in rules.hits(some, book)]).sort_values([0, 1, 2, 3], ignore_index=True))
    whole = ask()
    monkeypatch.setattr(rules, "WHOLE", 0)
    monkeypatch.setattr(rules, "BLOCK", 5_000)
    monkeypatch.setattr(rules, "engine", lambda *_, **__: pytest.fail("all words at once"))
    engines = len(rules._ENGINES)
    for a, b in zip(ask(), whole, strict=True):
        pd.testing.assert_frame_equal(a, b)
    assert len(whole[0]) > 5 and not len(whole[1]) and len(whole[2]) > 10 and len(whole[4]) > 20 < len(whole[5]) and len(rules._ENGINES) == engines


def test_the_words_of_blocks_are_kept_in_files(tmp_path, monkeypatch):
    """A second question of a large selection, and another session's, reads no text again; without a study to keep them beside, or with damaged files, it does."""
    from kube_research import search

    shutil.copytree("corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("*.lock", "codings"))
    (tmp_path / "codebooks").mkdir()
    read, begun = rules.Words._read, []
    monkeypatch.setattr(rules.Words, "_read", lambda self, *a: (begun.append(1), read(self, *a))[1])
    monkeypatch.setattr(kept, "LEAST", 1)
    monkeypatch.setattr(rules, "WHOLE", 0)
    monkeypatch.setattr(rules, "BLOCK", 20_000)
    ask = lambda corpus: (rules._ENGINES.clear(), begun.clear(), search.kwic(corpus, "~kumpul").frame, len(begun))[2:]  # noqa: E731
    corpus = kr.open_study(tmp_path).corpus
    first, reads = ask(corpus)
    files = sorted((tmp_path / ".cache").glob("block-*"))
    assert len(first) > 5 and reads == len(files) > 4 and not list((tmp_path / ".cache").glob("words-*"))
    for again in (corpus, kr.open_study(tmp_path).corpus, corpus.where(kind="interview")):
        found, reads = ask(again)
        if again.filters:
            assert reads and len(found) < len(first)
        else:
            assert not reads
            pd.testing.assert_frame_equal(found, first)
    files[0].write_bytes(files[0].read_bytes()[:-9])
    damaged = kr.open_study(tmp_path).corpus
    nowhere = dataclasses.replace(kr.open_study(tmp_path).corpus, home="")
    for corpus, many in ((damaged, 1), (nowhere, len(files)), (nowhere, len(files))):
        found, reads = ask(corpus)
        assert reads == many
        pd.testing.assert_frame_equal(found, first)
    ask(damaged)
    with monkeypatch.context() as m:  # in one session they stay open
        m.setattr(kept, "read", lambda *_, **__: pytest.fail("a file was opened again"))
        pd.testing.assert_frame_equal(ask(damaged)[0], first)


def test_blocks_rest_behind_every_question(some, monkeypatch, tmp_path):
    """Also where more stay open than may: of none anything stays in memory that is made again."""
    from kube_research import search

    monkeypatch.setattr(kept, "LEAST", 1)
    monkeypatch.setattr(rules, "WHOLE", 0)
    monkeypatch.setattr(rules, "BLOCK", 20_000)
    monkeypatch.setattr(rules, "HELD", 2)
    corpus = dataclasses.replace(some, home=str(tmp_path))
    first = search.kwic(corpus, "~kumpul").frame
    for _ in range(2):
        pd.testing.assert_frame_equal(search.kwic(corpus, "~kumpul").frame, first)
        (held,) = rules._BLOCKS.values()
        assert len(held) == 2 and len(list((tmp_path / ".cache").glob("block-*"))) > 2
        assert not any({"flat", "keys", "text"} & e.words.__dict__.keys() for e in held.values())


def test_a_document_that_takes_the_place_of_another_is_read(tmp_path, monkeypatch):
    """A selection is known by its documents; one that is gone leaves its number in memory to the next."""
    from kube_research import search
    from kube_research.corpus import Corpus, Document
    from kube_research.model import Speaker

    monkeypatch.setattr(kept, "LEAST", 1)
    monkeypatch.setattr(rules, "WHOLE", 0)
    monkeypatch.setattr(rules, "BLOCK", 2_000)
    said = lambda n, label, lines: "".join(f"{label}: uang kas {i:03d}\n" for i in range(lines))  # noqa: E731
    who = (Speaker("", "N", "N", "member"), Speaker("", "P", "P", "researcher"))
    others = [Document(f"d{n}", said(n, "N", 63), speakers=who) for n in range(6)]
    ask = lambda d: len(search.kwic(Corpus((*others[:2], d, *others[2:]), home=str(tmp_path)), "=uang", everything=False))  # noqa: E731
    monkeypatch.setattr(rules, "_selection", lambda *_: "what is gone had these numbers")
    for lines in (1, 20, 50, 90, 130, 200):
        rules._BLOCKS.clear()
        assert ask(Document("d9", said(9, "P", 150), speakers=who)) == 378  # a block of its own, in which only the researcher speaks: nothing of it is kept
        assert ask(Document("d9", said(9, "N", lines), speakers=who)) == 378 + lines


def test_an_edit_block_by_block_is_the_same(study, some, monkeypatch):
    from kube_research.codebook import loads
    from kube_research.engine import edits

    before = study.codebook("group_dynamics")
    text = (study.root / "codebooks/group_dynamics.yml").read_text(encoding="utf-8")
    after = loads(text.replace("    indicators:\n      id:\n", "    indicators:\n      id:\n        - '=yang'\n", 1))
    whole = edits.edited(some, before, after, use_cues=False)
    monkeypatch.setattr(rules, "WHOLE", 0)
    monkeypatch.setattr(rules, "BLOCK", 5_000)
    parts = edits.edited(some, before, after, use_cues=False)
    assert len(whole.gained) > 20 and parts.codes == whole.codes
    for a, b in ((parts.gained, whole.gained), (parts.lost, whole.lost)):
        pd.testing.assert_frame_equal(a.full, b.full)
