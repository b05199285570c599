"""The machine against people: shares by hand, folds that split no document, published sample sizes."""

import math

import numpy as np
import pytest
from scipy import stats

from kube_research.stats import evaluate as ev


def codings(seed=0, n=120, k=3):
    rng = np.random.default_rng(seed)
    people = rng.random((n, k)) < [0.4, 0.2, 0.0]
    return people, people ^ (rng.random((n, k)) < [0.1, 0.1, 0.0])


def test_scores_by_hand():
    people = [[1], [1], [1], [1], [0], [0], [0], [0], [0], [0]]
    machine = [[1], [1], [1], [0], [1], [0], [0], [0], [0], [0]]
    one = ev.scores(people, machine, codes=["x"]).codes[0]
    assert (one.code, one.tp, one.fp, one.fn, one.prevalence) == ("x", 3, 1, 1, 0.4)
    assert (one.precision.value, one.recall.value, one.f1.value) == (0.75, 0.75, 0.75)
    assert one.precision.interval == ev.wilson(3, 4).interval
    assert one.recall.n == 4
    assert math.isnan(one.f1.low)  # F1 has no simple interval


def test_micro_and_macro():
    people = np.zeros((20, 2), bool)
    people[:10, 0] = people[:2, 1] = True
    machine = people.copy()
    machine[1, 1] = False
    found = ev.scores(people, machine)
    assert (found.micro.tp, found.micro.fp, found.micro.fn) == (11, 0, 1)
    assert found.micro.f1.value == pytest.approx(22 / 23)
    assert found.macro.value == pytest.approx((1 + 2 / 3) / 2)
    assert found.macro.n == 2


def test_codes_nobody_used_do_not_count_as_zero():
    people, machine = codings()
    found = ev.scores(people, machine)
    unused = found.codes[2]
    assert "neither" in unused.f1.reason
    assert "nothing to count" in unused.precision.reason
    assert found.macro.n == 2
    assert "no code is used" in ev.scores(np.zeros((5, 2)), np.zeros((5, 2))).macro.reason
    none = ev.scores([[0], [0]], [[1], [0]]).codes[0]
    assert (none.precision.value, none.f1.value) == (0, 0)
    assert not none.recall.defined


def test_f1_interval_over_documents():
    people, machine = codings()
    documents = np.repeat(np.arange(12), 10)
    found = ev.scores(people, machine, documents=documents, rounds=400, seed=3)
    f1 = found.codes[0].f1
    assert f1.low < f1.value < f1.high
    assert (f1.seed, f1.rounds, f1.resampled) == (3, 400, "documents")
    assert f1.interval == ev.scores(people, machine, documents=documents, rounds=400, seed=3).codes[0].f1.interval
    few = ev.scores(people, machine, documents=documents // 2)
    assert math.isnan(few.codes[0].f1.low)
    assert any("fewer than 8" in x for x in few.limits)


def test_the_ceiling_is_named():
    people, machine = codings()
    assert "two people" in ev.scores(people, machine).limits[0]


def test_score_shapes():
    with pytest.raises(ValueError, match="one shape"):
        ev.scores([[1, 0]], [[1]])
    with pytest.raises(ValueError, match="each of the 2 units"):
        ev.scores([[1], [0]], [[1], [0]], documents=["a"])


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_folds_never_split_a_document(seed):
    documents = np.array(["d%d" % d for d in np.random.default_rng(2).integers(0, 9, 200)])
    folds = ev.document_folds(documents, 4, seed=seed)
    assert len(folds) == 4
    for train, test in folds:
        assert not set(documents[train]) & set(documents[test])
        assert len(train) + len(test) == 200
    assert sorted(np.concatenate([t for _, t in folds]).tolist()) == list(range(200))
    sizes = [len(t) for _, t in folds]
    assert max(sizes) < 2 * min(sizes)


def test_folds_of_few_documents():
    assert len(ev.document_folds(["a", "b", "b"], 5)) == 2
    with pytest.raises(ValueError, match="two documents"):
        ev.document_folds(["a", "a"])


def test_elusion_sample_published():
    """120 true hits and 2,000 uncoded segments: zero misses in 199 show recall ≥ .80 (115 for .70, 448 for .90)."""
    assert [ev.elusion_sample(120, 2000, r) for r in (0.8, 0.7, 0.9)] == [199, 115, 448]
    assert ev.elusion_sample(120, 500, 0.8) == 49
    assert ev.elusion_sample(120, 10_000, 0.8) == 998


def test_recall_bound_published():
    """With 300 checked: 0 misses → .858, 1 → .792, 2 → .742, 5 → .633."""
    assert [round(ev.recall_bound(120, 2000, 300, m).low, 3) for m in (0, 1, 2, 5)] == [0.858, 0.792, 0.742, 0.633]


def test_the_sample_is_just_enough():
    n = ev.elusion_sample(120, 2000, 0.8)
    assert ev.recall_bound(120, 2000, n, 0).low >= 0.8
    assert ev.recall_bound(120, 2000, n - 1, 0).low < 0.8


def test_the_bound_holds_in_a_finite_pool():
    """With recall truly below .80, zero misses in 199 come up in at most 5 % of samples."""
    missed = 31  # 120 / 151 < .80
    assert stats.hypergeom.pmf(0, 2000, missed, ev.elusion_sample(120, 2000, 0.8)) <= 0.05


def test_recall_point_and_undefined():
    found = ev.recall_bound(120, 2000, 400, 4)
    assert found.value == pytest.approx(120 / (120 + 2000 * 4 / 400))
    assert found.low < found.value
    assert "checked" in ev.recall_bound(120, 2000, 0, 0).reason
    assert "no true hit" in ev.recall_bound(0, 2000, 10, 0).reason
    assert ev.recall_bound(120, 10, 10, 10).low == pytest.approx(120 / 130)
    with pytest.raises(ValueError, match="misses"):
        ev.recall_bound(120, 2000, 10, 11)
    with pytest.raises(ValueError, match="positive"):
        ev.elusion_sample(0, 2000, 0.8)
    assert ev.elusion_sample(120, 20, 0.5) == 0  # a pool too small to hold that many misses
