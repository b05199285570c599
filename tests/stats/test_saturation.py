"""Saturation: published sums, brute force over all orders, and bad input."""

from itertools import permutations

import numpy as np
import pytest

from kube_research.stats import saturation as sat


def incidence(new):
    """Interviews that bring `new` codes each, every code found once."""
    first = np.repeat(np.arange(len(new)), new)
    return np.arange(len(new))[:, None] == first


# Guest, Namey & Chen 2020: base 37, first run 4/37 = 11 %, last 1/37 = 3 %; the division over interviews is ours
GUEST = incidence([12, 10, 8, 7, 2, 2, 1, 0, 1, 0])


def test_guest_namey_chen_2020():
    two = sat.guest_namey_chen(GUEST)
    assert (two.base_codes, two.new[0], two.new[2]) == (37, 4, 1)
    assert [f"{two.ratio[i]:.0%}" for i in (0, 2)] == ["11%", "3%"]
    assert two.label == "6+2"
    assert sat.guest_namey_chen(GUEST, run=3).label == "7+3"
    assert sat.guest_namey_chen(GUEST, threshold=0).label == ""
    assert sat.guest_namey_chen(incidence([3, 1, 0, 1, 0, 0]), threshold=0).label == "4+2"


def test_guest_namey_chen_says_what_it_is_and_what_it_is_not():
    found = sat.guest_namey_chen(GUEST)
    assert any("order" in x for x in found.limits)
    assert any("conception" in x for x in found.limits)
    assert (found.n, found.unit) == (10, "interview")


def test_guest_namey_chen_needs_interviews_and_codes():
    short = sat.guest_namey_chen(GUEST[:5])
    assert "at least 6" in short.reason
    assert short.label == ""
    assert "no code" in sat.guest_namey_chen(np.zeros((8, 3))).reason


def test_new_codes_are_counted_once():
    assert sat.new_codes([[1, 0], [1, 1], [0, 1]]).tolist() == [1, 1, 0]
    with pytest.raises(ValueError, match="two axes"):
        sat.new_codes([1, 0])


def test_accumulation_equals_brute_force_over_24_orders():
    table = np.random.default_rng(1).random((4, 9)) < 0.35
    by_hand = np.mean([np.logical_or.accumulate(table[list(o)], 0).sum(1) for o in permutations(range(4))], axis=0)
    curve = sat.accumulation(table)
    assert curve[0] == 0
    assert curve[1:] == pytest.approx(by_hand)


def test_accumulation_is_stable_for_many_interviews():
    table = np.random.default_rng(1).random((300, 20)) < 0.02
    curve = sat.accumulation(table)
    assert curve[-1] == pytest.approx(table.any(0).sum())
    assert (np.diff(curve) >= -1e-9).all()


def test_band_exact_and_drawn():
    table = np.random.default_rng(2).random((6, 12)) < 0.3
    exact = sat.orders(table)
    assert (exact.exact, exact.orders, exact.seed) == (True, 720, None)
    assert exact.mean == pytest.approx(sat.accumulation(table)[1:])
    assert (exact.lowest <= exact.low).all()
    assert (exact.low <= exact.high).all()
    assert (exact.high <= exact.highest).all()
    every = [np.logical_or.accumulate(table[list(o)], 0).sum(1) for o in permutations(range(6))]
    wide = sat.orders(table, level=0.5)
    assert wide.low == pytest.approx(np.quantile(every, 0.25, axis=0))
    assert wide.high == pytest.approx(np.quantile(every, 0.75, axis=0))
    many = np.random.default_rng(2).random((12, 12)) < 0.3
    drawn = sat.orders(many, rounds=400, seed=7)
    assert (drawn.exact, drawn.orders, drawn.seed) == (False, 400, 7)
    assert drawn.mean == pytest.approx(sat.accumulation(many)[1:], abs=0.3)
    assert np.array_equal(drawn.mean, sat.orders(many, rounds=400, seed=7).mean)


def test_chao2_hand():
    """S = 227, Q1 = 49, Q2 = 23, T = 599 → 279.11."""
    found = sat.chao2(counts=(227, 49, 23, 599))
    assert found.value == pytest.approx(279.11, abs=5e-3)
    assert (found.observed, found.n) == (227, 599)
    assert 227 < found.low < found.value < found.high
    extra, spread = found.value - 227, (found.high - 227) / (found.value - 227)
    assert found.low == pytest.approx(227 + extra / spread)  # log-normal: the limits are symmetric as ratios
    assert spread == pytest.approx(np.exp(1.959964 * np.sqrt(np.log(1 + found.se**2 / extra**2))))


def test_chao2_variance_by_definition():
    a, q1, q2 = 598 / 599, 49, 23
    expected = q2 * (a / 2 * (q1 / q2) ** 2 + a**2 * (q1 / q2) ** 3 + a**2 / 4 * (q1 / q2) ** 4)
    assert sat.chao2(counts=(227, 49, 23, 599)).se == pytest.approx(expected**0.5)


def test_chao2_without_doubletons():
    found = sat.chao2([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]])
    assert found.value == pytest.approx(4 + 2 / 3 * 3 * 2 / 2)
    assert any("unstable" in x for x in found.limits)


def test_chao2_variance_without_doubletons():
    a, q1, found = 2 / 3, 3, sat.chao2([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]])
    expected = a * q1 * (q1 - 1) / 2 + a**2 * q1 * (2 * q1 - 1) ** 2 / 4 - a**2 * q1**4 / (4 * found.value)
    assert found.se == pytest.approx(expected**0.5)


def test_chao2_complete_and_undefined():
    complete = sat.chao2([[1, 1], [1, 1], [1, 1]])
    assert (complete.value, complete.low, complete.high) == (2, 2, 2)
    assert "two interviews" in sat.chao2([[1, 1]]).reason
    assert "at least one code" in sat.chao2(np.zeros((4, 3))).reason


def test_coverage_of_chao_jost_2012():
    table = [[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 1]]
    q1, q2, uses, total = 2, 1, 7, 4
    assert sat.sample_coverage(table).value == pytest.approx(1 - q1 / uses * (3 * q1) / (3 * q1 + 2 * q2))
    assert sat.sample_coverage(counts=(uses, q1, q2, total)).value == sat.sample_coverage(table).value
    assert sat.sample_coverage([[1, 1], [1, 1]]).value == 1
    assert not sat.sample_coverage([[1, 1]]).defined


def test_coverage_estimates_what_a_next_interview_would_hold():
    """Against simulation: the share of a fresh interview's code uses that were already found."""
    rng = np.random.default_rng(3)
    p = rng.beta(0.5, 3, 60)
    seen = [(rng.random((12, 60)) < p).any(0) for _ in range(300)]
    truth = np.mean([(p * s).sum() / p.sum() for s in seen])
    estimate = np.mean([sat.sample_coverage(rng.random((12, 60)) < p).value for _ in range(300)])
    assert estimate == pytest.approx(truth, abs=0.02)


def test_meaning_saturation():
    """Code saturation comes before meaning saturation: a code's dimensions go on growing after the codebook is stable."""
    table = np.zeros((6, 4))
    table[0, 0] = table[1, 2] = table[4, 1] = 1
    found = sat.meaning_saturation(table, ["trust", "trust", "debt", "unused"])
    assert found.code_saturation == 2
    assert dict(found.codes) == {"trust": 5, "debt": 2}
    assert "counts tags" in found.limits[0]
    with pytest.raises(ValueError, match="each of the 4 dimensions"):
        sat.meaning_saturation(table, ["trust"])
