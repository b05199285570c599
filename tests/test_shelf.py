"""The shelf: the table out of the cache is the table out of the journals, whatever changed, broke or was written at the same time."""

from __future__ import annotations

import multiprocessing
import shutil

import pandas as pd
import pytest

from kube_research import cache, ledger
from kube_research import shelf as shelving
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
    assert n > 100 and cache.kept(copy / ".cache", "codings")
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


def _again(journal, edit):
    """The journal's file with its lines edited."""
    journal.path.write_bytes(b"".join(edit(journal.path.read_bytes().splitlines(keepends=True))))


@pytest.mark.parametrize("edit", [
    lambda lines: lines[:3] + [b"{damaged}\n"] + lines[3:], lambda lines: [x.replace(b"present", b"absent", 1) for x in lines], lambda lines: lines + lines[:4], lambda lines: lines[::-1],
    lambda lines: [x.replace(b"\n", b"\r\n") for x in lines], lambda lines: lines[:-1] + [lines[-1][:40]], lambda lines: lines[:-1] + [lines[-1].rstrip()], lambda lines: [*lines[:2], b"\n", b"  \n", *lines[2:]], lambda _: [],
    lambda lines: lines[:2] + [b"\xff\xfe" + lines[2]] + lines[3:], lambda lines: [lines[0] + x for x in lines[1:]]], ids=range(11))
def test_a_journal_out_of_order_is_read_as_by_itself(copy, edit):
    study = open_study(copy)
    coder, document = study.coders[0], study.codings(coder=study.coders[0])._frame["document"].iloc[0]
    _again(study.journal(coder, document), edit)
    shutil.rmtree(copy / ".cache")
    both(copy)


@pytest.mark.parametrize("fields", [{"note": 5}, {"note": None}, {"note": "a\\n\"b\" [c] {d}"}, {"start": "7", "end": "12"}, {"extra": {"start": 3}}, {"created": "2020-01-01"}, {"document": "nowhere"}, {"coding": 17}])
def test_values_of_any_kind_are_read_as_by_themselves(copy, fields):
    study = open_study(copy)
    coder, document = study.coders[0], study.codings(coder=study.coders[0])._frame["document"].iloc[0]
    text = study.corpus[document].text
    at = study.corpus[document].turns[1].body
    journal = study.journal(coder, document)
    journal.append({"event": "code", "coding": "x1", "document": document, "start": at, "end": at + 9, "quote": text[at:at + 9], "code": "gd.goal", "coder": coder, **fields})
    journal.append({"event": "code", "coding": "x2", "document": document, "start": at, "end": at + 5, "quote": text[at:at + 5], "code": "gd.goal", "coder": coder}, {"event": "change", "coding": "x2", "polarity": "absent"}, {"event": "wait", "coding": next(iter(journal.state().codings))})
    shutil.rmtree(copy / ".cache")
    plain = open_study(copy).codings(until="9999")
    for _ in range(2):
        kept = open_study(copy).codings()
        pd.testing.assert_frame_equal(kept._frame, plain._frame, check_dtype=not isinstance(fields.get("note", ""), (int, type(None))))
        assert kept.source == plain.source and "1 " in kept.source


def test_many_journals_fall_into_several_groups(copy, monkeypatch):
    whole = both(copy)
    monkeypatch.setattr(ledger, "CHUNK", 5_000)
    shutil.rmtree(copy / ".cache")
    pd.testing.assert_frame_equal(both(copy)._frame, whole._frame)


def test_factors_are_the_columns(copy):
    for criteria in ({}, {"coder": "dian"}):
        kept = both(copy, **criteria)
        assert {"document", "code", "coder", "case", "speaker"} <= set(kept._factors) and not {"quote", "id"} & set(kept._factors)
        for name, factor in kept._factors.items():
            assert factor.values().tolist() == kept._frame[name].tolist() and set(factor.names) == set(kept._frame[name])


@pytest.mark.parametrize("character", ["", "é", "😀"])
def test_codings_in_another_text_are_found_wherever_they_are(copy, character):
    study = open_study(copy)
    coder, document = study.coders[0], study.codings(coder=study.coders[0])._frame["document"].iloc[0]
    path = study.text_path(document)
    text = study.corpus[document].text
    at = text.index("\n", len(text) // 2) - 1
    path.write_text(text[:at] + character + text[at:], encoding="utf-8", newline="\n")
    if character:
        assert sum(open_study(copy).behind.values()) > 0
    journal = open_study(copy).journal(coder, document)
    now = open_study(copy).corpus[document].text
    journal.code(Coding("", document, len(now) - 9, len(now), now[-9:], "gd.goal"))
    journal.code(Coding("", document, len(now) - 4, len(now) + 5, now[-4:], "gd.goal"))
    both(copy)


@pytest.mark.parametrize("harm", [lambda b: b[:len(b) // 2], lambda b: b"", lambda b: b[:-100] + bytes([b[-100] ^ 1]) + b[-99:], lambda b: b[:20] + bytes(32) + b[52:], lambda b: b"x" * 500])
def test_a_damaged_cache_is_not_used(copy, harm):
    both(copy)
    path = cache.kept(copy / ".cache", "codings")[0]
    harmed = harm(path.read_bytes())
    for kept in cache.kept(copy / ".cache", "codings"):  # whoever has a file mapped keeps its bytes: another takes its place
        kept.unlink()
    path.write_bytes(harmed)
    both(copy)


def test_another_program_does_not_read_it(copy, monkeypatch):
    both(copy)
    old = cache.kept(copy / ".cache", "codings")[0]
    monkeypatch.setattr(cache, "program", lambda: b"another")
    both(copy)
    assert cache.kept(copy / ".cache", "codings")[0] != old


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


def test_a_table_outlives_the_file_that_it_is_mapped_from(copy):
    kept = open_study(copy).codings()
    both(copy)
    for path in cache.kept(copy / ".cache", "codings"):
        path.unlink()
    pd.testing.assert_frame_equal(kept._frame, open_study(copy).codings(until="9999")._frame)


@pytest.mark.parametrize("group", [1, 20_000])
def test_the_table_is_the_same_in_groups(copy, monkeypatch, group):
    """Groups of journals, a changed journal among kept ones, and a coding that names another document than its journal does."""
    whole = both(copy)
    monkeypatch.setattr(shelving, "GROUP", group)
    shutil.rmtree(copy / ".cache")
    pd.testing.assert_frame_equal(both(copy)._frame, whole._frame)
    study = open_study(copy)
    f = whole._frame
    coder, last, first = study.coders[-1], f["document"].iloc[-1], f["document"].iloc[0]
    text = study.corpus[first].text
    study.journal(coder, last).code(Coding("", first, 5, 12, text[5:12], "gd.goal"))
    assert len(both(copy)) == len(whole) + 1
    study.journal(coder, first).code(Coding("", first, 5, 14, text[5:14], "gd.goal"))
    assert len(both(copy)) == len(whole) + 2


def test_a_file_that_cannot_be_thrown_away_is_tried_again(copy, monkeypatch):
    both(copy)
    folder = copy / ".cache"

    def locked(*_, **__):
        raise PermissionError(13, "held by another program")

    with monkeypatch.context() as m:
        m.setattr(cache.Path, "unlink", locked)
        m.setattr(cache, "_blank", locked)
        cache.purge(folder, b"withdrawn")
    assert cache.kept(folder, "codings") and not (folder / "consent").exists()
    cache.purge(folder, b"withdrawn")
    assert not cache.kept(folder, "codings") and (folder / "consent").read_bytes() == b"withdrawn"
