"""Co-occurrence: the sweep against every pair held by hand, whatever lies over what; costs that do not grow with the pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kube_research import sweep

SPAN = st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(0, 25), st.integers(0, 4))  # document, start, length, code


def brute(document, low, high, code, q, reach):
    """Of two in order of their starts, the second begins before the first's end + reach."""
    met, pairs = [set() for _ in document], np.zeros((q, q), np.int64)
    order = sorted(range(len(document)), key=lambda i: (document[i], low[i]))
    for n, i in enumerate(order):
        for j in order[n + 1:]:
            if document[i] == document[j] and low[j] < high[i] + reach:
                met[i].add(code[j])
                met[j].add(code[i])
                pairs[code[i], code[j]] += 1
                pairs[code[j], code[i]] += 1
    out = np.zeros((q, q), np.int64)
    for c, others in zip(code, met, strict=True):
        out[c, list(others)] += 1
    return out, pairs


@pytest.fixture(params=[(1 << 15, 1 << 18, 24, 8), (1, 1, 1, 1), (5, 20, 2, 1), (3, 3, 0, 10**9)], ids=["as it is", "by document", "runs soon", "runs at once"])
def sizes(request, monkeypatch):
    """The same answer however the work is cut into blocks, and wherever steps give way to runs."""
    for name, value in zip(("BLOCK", "COUNTED", "NEAR", "FEW"), request.param, strict=True):
        monkeypatch.setattr(sweep, name, value)


@settings(max_examples=150, deadline=None)
@given(spans=st.lists(SPAN, max_size=40), reach=st.sampled_from([0, 1, 7, 200]), spread=st.sampled_from([1, 13, 40]))
def _held(spans, reach, spread):
    document, start, long, code = (np.array([s[k] for s in spans], np.int64) for k in range(4))
    code, q = code * spread, 4 * spread + 1  # codes beyond the 64 of one word too
    want, pairs = brute(document.tolist(), start.tolist(), (start + long).tolist(), code.tolist(), q, reach)
    assert np.array_equal(sweep.meetings(document.astype(np.int32), start, start + long, code, q, reach), want)
    found = sweep.pairs(document, start, start + long, code, q, reach)
    off = ~np.eye(q, dtype=bool)
    assert np.array_equal(found[off], pairs[off])


def test_every_pair_held_by_hand(sizes):
    _held()


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3)), max_size=40))
def test_groups_held_by_hand(rows):
    group, code = (np.array([r[k] for r in rows], np.int64) for k in range(2))
    met, pairs = np.zeros((4, 4), np.int64), np.zeros((4, 4), np.int64)
    for g, a in rows:
        for b in {b for h, b in rows if h == g}:
            met[a, b] += 1
    for i, (g, a) in enumerate(rows):
        for j, (h, b) in enumerate(rows):
            pairs[a, b] += i != j and g == h
    off = ~np.eye(4, dtype=bool)
    assert np.array_equal(sweep.together(group, code, 4)[off], met[off])
    assert np.array_equal(sweep.together(group, code, 4, pairs=True)[off], pairs[off])


def test_many_over_one_another_are_no_more_work_than_few(monkeypatch):
    """20,000 codings on one passage are 200 million pairs: none is listed, and no step is taken for each."""
    n, steps = 20_000, []
    run = sweep._runs
    monkeypatch.setattr(sweep, "_runs", lambda rows, *rest: (steps.append(len(rows)), run(rows, *rest)))
    code = np.arange(n) % 70
    found = sweep.meetings(np.zeros(n, np.int32), np.arange(n), np.full(n, n + 1), code, 70)
    assert steps == [n - sweep.NEAR - 1] * 2  # two words of codes
    assert np.array_equal(found, np.repeat(np.bincount(code)[:, None], 70, 1))


def test_more_codes_than_a_byte_counts():
    rng = np.random.default_rng(1)
    n, q = 3000, 700
    document, start = np.sort(rng.integers(0, 9, n)), rng.integers(0, 400, n)
    end, code = start + rng.integers(1, 30, n), rng.integers(0, q, n)
    assert np.array_equal(sweep.meetings(document, start, end, code, q), brute(document.tolist(), start.tolist(), end.tolist(), code.tolist(), q, 0)[0])
