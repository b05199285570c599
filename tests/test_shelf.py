"""The shelf: the table out of the cache is the table out of the journals, whatever changed, broke or was written at the same time."""

from __future__ import annotations

import multiprocessing
import shutil

import pandas as pd
import pytest

from kube_research import cache
from kube_research.model import Coding
from kube_research.study import open_study
from tests.conftest import ROOT


@pytest.fixture
def copy(tmp_path):
    """The demo study's corpus, journals and one codebook."""
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("*.lock"))
    (tmp_path / "codebooks").mkdir()
    shutil.copy(ROOT / "codebooks" / "group_dynamics.yml", tmp_path / "codebooks")
    return tmp_path


def both(root, **criteria):
    """The table by way of the cache, twice, and by way of the journals."""
    plain = open_study(root).codings(until="9999", **criteria)
    for _ in range(2):
        kept = open_study(root).codings(**criteria)
        pd.testing.assert_frame_equal(kept._frame, plain._frame)
        assert [d.id for d in kept.corpus] == [d.id for d in plain.corpus]
        assert kept.source == plain.source and list(kept._frame.dtypes) == list(plain._frame.dtypes)
    return kept


def test_the_cache_says_what_the_journals_say(copy):
    n = len(both(copy))
    assert n > 100 and (copy / ".cache" / "codings").exists()
    coders = open_study(copy).coders
    assert 0 < len(both(copy, coder=coders[0])) < n
    both(copy, coder=coders[-1], role="member")


def test_what_changed_is_seen(copy):
    before = both(copy)
    study = open_study(copy)
    coder, document = study.coders[0], before._frame["document"].iloc[0]
    text = study.corpus[document].text
    at = text.index(" ", study.corpus[document].turns[1].body) + 1
    journal = study.journal(coder, document)
    made = journal.code(Coding("", document, at, at + 9, text[at:at + 9], "gd.goal"))
    assert len(both(copy)) == len(before) + 1
    journal.withdraw(made.id)
    assert len(both(copy)) == len(before)
    journal.change(next(iter(journal.state().codings)), note="lain")
    assert "lain" in set(both(copy)._frame["note"])
    speakers = copy / "corpus" / "speakers.csv"
    speakers.write_text(speakers.read_text(encoding="utf-8").replace(",officer", ",member"), encoding="utf-8")
    assert "officer" not in set(both(copy)._frame["role"])
    book = copy / "codebooks" / "group_dynamics.yml"
    book.unlink()
    both(copy)
    journal.path.unlink()
    assert document not in set(both(copy, coder=coder)._frame["document"])


@pytest.mark.parametrize("harm", [lambda b: b[:len(b) // 2], lambda b: b"", lambda b: b[:-100] + bytes([b[-100] ^ 1]) + b[-99:], lambda b: b[:20] + bytes(32) + b[52:], lambda b: b"x" * 500])
def test_a_damaged_cache_is_not_used(copy, harm):
    both(copy)
    path = copy / ".cache" / "codings"
    path.write_bytes(harm(path.read_bytes()))
    both(copy)


def test_another_program_does_not_read_it(copy, monkeypatch):
    both(copy)
    old = (copy / ".cache" / "codings").read_bytes()[:60]
    monkeypatch.setattr(cache, "program", lambda: b"another")
    both(copy)
    assert (copy / ".cache" / "codings").read_bytes()[:60] != old


def test_where_nothing_can_be_written_it_goes_on(copy, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.os, "replace", full)
    both(copy)
    assert not list((copy / ".cache").iterdir())


def _load(root):
    return len(open_study(root).codings())


def test_two_kernels_at_once(copy):
    n = len(both(copy))
    shutil.rmtree(copy / ".cache")
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert set(pool.map(_load, [copy] * 6)) == {n}
    both(copy)
