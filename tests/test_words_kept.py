"""Interned words kept beside the study: what is found with them is what is found without, whatever changed, broke or was written at the same time."""

from __future__ import annotations

import multiprocessing
import shutil

import pandas as pd
import pytest

import kube_research.engine as rules
from kube_research import cache, loading
from kube_research.engine import kept
from kube_research.search import kwic
from kube_research.study import open_study
from tests.conftest import ROOT


@pytest.fixture
def copy(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "corpus", tmp_path / "corpus", ignore=shutil.ignore_patterns("*.lock", "codings"))
    (tmp_path / "codebooks").mkdir()
    shutil.copy(ROOT / "codebooks" / "group_dynamics.yml", tmp_path / "codebooks")
    monkeypatch.setattr(kept, "LEAST", 1)
    monkeypatch.setattr(rules, "_ENGINES", {})
    return tmp_path


def found(root, **criteria):
    """Codings, words in context and families of a selection, in a session of its own."""
    rules._ENGINES.clear()
    study = open_study(root)
    corpus, book = study.corpus.where(**criteria), study.codebook("group_dynamics")
    return rules.autocode(corpus, book, cues=False)._frame, kwic(corpus, "~kelompok").frame, rules.families(book, corpus)


def same(a, b):
    for x, y in zip(a, b, strict=True):
        pd.testing.assert_frame_equal(x, y)


def files(root):
    return {p.name for p in cache.kept(root / ".cache", "words")}


def plain(root, monkeypatch, **criteria):
    """The same with nothing kept."""
    with monkeypatch.context() as m:
        m.setattr(kept, "worth", lambda _: False)
        return found(root, **criteria)


@pytest.mark.parametrize("criteria", [{}, {"role": "member"}, {"kind": "interview", "role": ("member", "officer")}])
def test_kept_words_find_what_fresh_words_find(copy, monkeypatch, criteria):
    fresh = plain(copy, monkeypatch, **criteria)
    assert len(fresh[0]) > 20 and not files(copy)
    same(found(copy, **criteria), fresh)
    assert files(copy)
    monkeypatch.setattr(rules.Words, "_read", lambda *_: pytest.fail("the words were read again"))
    same(found(copy, **criteria), fresh)


def test_another_text_another_speaker_another_program(copy, monkeypatch):
    before = found(copy)
    study = open_study(copy)
    path = study.text_path(before[1]["document"].iloc[0])
    path.write_text(path.read_text(encoding="utf-8").replace("kelompok", "golongan"), encoding="utf-8", newline="\n")
    after = found(copy)
    assert len(after[1]) < len(before[1])
    same(after, plain(copy, monkeypatch))
    speakers = copy / "corpus" / "speakers.csv"
    speakers.write_text(speakers.read_text(encoding="utf-8").replace(",member", ",researcher"), encoding="utf-8")
    fewer = found(copy)
    assert len(fewer[0]) < len(after[0])
    same(fewer, plain(copy, monkeypatch))
    known = files(copy)
    monkeypatch.setattr(cache, "program", lambda: b"another")
    found(copy)
    assert files(copy) - known and len(files(copy)) <= 3


@pytest.mark.parametrize("harm", [lambda b: b[:len(b) // 2], lambda b: b"", lambda b: b[:5000] + bytes([b[5000] ^ 1]) + b[5001:], lambda b: b[:-30] + bytes(30)])
def test_a_damaged_file_is_not_used(copy, monkeypatch, harm):
    fresh = found(copy)
    for path in cache.kept(copy / ".cache", "words"):
        harmed = harm(path.read_bytes())
        path.unlink()
        path.write_bytes(harmed)
    same(found(copy), fresh)


def test_who_withdraws_leaves_no_word_behind(copy):
    found(copy)
    assert files(copy)
    text = open_study(copy)
    speaker = next(s for d in text.corpus for s in d.speakers if s.role == "member")
    speakers = copy / "corpus" / "speakers.csv"
    lines = speakers.read_text(encoding="utf-8").splitlines()
    head = lines[0].split(",")
    rows = [line.split(",") for line in lines]
    if "consent" not in head:
        rows = [[*rows[0], "consent"], *([*r, "withdrawn" if r[head.index("speaker")] == speaker.speaker else ""] for r in rows[1:])]
    else:
        for r in rows[1:]:
            r[head.index("consent")] = "withdrawn" if r[head.index("speaker")] == speaker.speaker else r[head.index("consent")]
    speakers.write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8")
    old = files(copy)
    open_study(copy)
    assert not files(copy)
    kwic(text.corpus.where(kind="interview"), "~kelompok")  # a kernel that was left open still has the words, and keeps none of them
    text.codings()
    assert not files(copy) and not cache.kept(copy / ".cache", "codings")
    found(copy)
    assert files(copy) and not files(copy) & old


def test_names_replaced_in_another_kernel_do_not_come_back(copy):
    found(copy)
    first = open_study(copy)
    place = copy / ".cache"
    assert files(copy) and first.corpus.stamp == cache.stamp(place) == b""
    cache.renew(place)
    second = open_study(copy)
    for step in (lambda: None, lambda: cache.purge(place, b"somebody"), lambda: cache.renew(place), lambda: cache.purge(place, b"")):  # taken back: the old stamp does not come again
        step()
        for opened in (first, second)[:1 if second.corpus.stamp == cache.stamp(place) else 2]:
            rules._ENGINES.clear()
            kwic(opened.corpus, "~kelompok")
            assert not files(copy)
    found(copy)
    assert files(copy)


def test_what_is_written_while_the_cache_is_thrown_away_does_not_stay(copy, monkeypatch):
    found(copy)
    place, under = copy / ".cache", cache.stamp(copy / ".cache")
    remove = cache.Path.unlink
    late = lambda: cache.write(place, "words", lambda: b"k" * 32, (b"their words",), under=under)  # noqa: E731
    for step in (lambda: cache.purge(place, b"somebody"), lambda: cache.renew(place)):
        told = []
        with monkeypatch.context() as m:
            m.setattr(cache.Path, "unlink", lambda self, **k: (remove(self, **k), told.append(late()))[0])
            (place / "words-1").write_bytes(b"x")
            step()
        assert told and not any(told) and not files(copy)
        under = cache.stamp(place)
    with monkeypatch.context() as m:  # at the last moment
        move = cache.os.replace
        m.setattr(cache.os, "replace", lambda a, b: (move(a, b), "words-" in str(b) and (place / "stamp").write_bytes(b"new")))
        assert late() is None and not files(copy)
    under = cache.stamp(place)
    with monkeypatch.context() as m:  # nothing can be removed or emptied: nothing more is written all the same
        m.setattr(cache.Path, "unlink", _locked)
        m.setattr(cache, "_blank", _locked)
        (place / "words-1").write_bytes(b"x")
        cache.purge(place, b"somebody else")
    assert late() is None and cache.consent(place) == b"somebody" and files(copy) == {"words-1"}
    cache.purge(place, b"somebody else")
    assert cache.consent(place) == b"somebody else" and not files(copy)


def _locked(*_, **__):
    raise PermissionError(13, "held by another program")


def test_names_replaced_while_a_study_is_read(copy, monkeypatch):
    read = loading.read_table
    monkeypatch.setattr(loading, "read_table", lambda *a: (cache.renew(copy / ".cache"), read(*a))[1])
    (copy / ".cache").mkdir()
    found(copy)
    assert not files(copy) and cache.stamp(copy / ".cache")


def test_a_withdrawal_is_stamped_before_anything_is_kept(tmp_path):
    cache.purge(tmp_path / ".cache", b"somebody")
    assert cache.consent(tmp_path / ".cache") == b"somebody" and cache.stamp(tmp_path / ".cache")
    cache.purge(tmp_path / "none" / ".cache", b"somebody")
    assert not (tmp_path / "none").exists()


def _find(root):
    kept.LEAST = 1
    return [len(f) for f in found(root)]


def test_two_kernels_at_once(copy, monkeypatch):
    fresh = [len(f) for f in plain(copy, monkeypatch)]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert all(n == fresh for n in pool.map(_find, [copy] * 4))
    assert not [p for p in (copy / ".cache").iterdir() if p.name.endswith(".tmp")]


def test_where_nothing_can_be_written_words_are_read(copy, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    fresh = plain(copy, monkeypatch)
    monkeypatch.setattr(cache.os, "replace", full)
    same(found(copy), fresh)
    assert not files(copy)
