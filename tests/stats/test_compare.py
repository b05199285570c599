"""Few cases: exact tests against published values, scipy and brute force."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kube_research.stats import compare as cp

TEA = [[3, 1], [1, 3]]
CONVICTIONS = [[2, 10], [15, 3]]
JOB = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]


def test_fisher_published():
    assert cp.fisher_exact(TEA).value == pytest.approx(0.4857, abs=5e-5)
    assert cp.fisher_exact(CONVICTIONS).value == pytest.approx(0.000536724, abs=5e-10)
    assert cp.fisher_exact([[3, 0, 1], [0, 3, 1]]).value == pytest.approx(2 / 35)
    assert cp.fisher_exact(JOB).value == pytest.approx(0.7827, abs=5e-5)


def test_fisher_is_the_same_turned_round():
    table = [[3, 1, 0, 2], [0, 2, 3, 1], [1, 0, 1, 4]]
    assert cp.fisher_exact(np.array(table).T).value == pytest.approx(cp.fisher_exact(table).value)


def brute(table):
    """Every table of these margins, one by one."""
    t = np.array(table)
    rows, columns = t.sum(1), t.sum(0)
    lf = [math.lgamma(i + 1) for i in range(t.sum() + 1)]
    probabilities = {}
    for cells in product(*(range(min(rows[i], columns[j]) + 1) for i in range(t.shape[0] - 1) for j in range(t.shape[1] - 1))):
        full = np.zeros_like(t)
        full[:-1, :-1] = np.reshape(cells, (t.shape[0] - 1, t.shape[1] - 1))
        full[:-1, -1] = rows[:-1] - full[:-1, :-1].sum(1)
        full[-1] = columns - full[:-1].sum(0)
        if (full >= 0).all():
            probabilities[full.tobytes()] = math.exp(-sum(lf[x] for x in full.ravel()))
    own = probabilities[t.tobytes()]
    return sum(p for p in probabilities.values() if p <= own * (1 + 1e-7)) / sum(probabilities.values())


@pytest.mark.parametrize("table", [[[2, 0, 1], [1, 3, 0], [0, 1, 2]], [[3, 1, 0, 2], [0, 2, 3, 1]], [[4, 1], [2, 2], [0, 3]]])
def test_fisher_against_brute_force(table):
    assert cp.fisher_exact(table).value == pytest.approx(brute(table))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 7), min_size=2, max_size=2), min_size=2, max_size=2))
def test_fisher_two_by_two_is_scipys(table):
    found = cp.fisher_exact(table)
    t = np.array(table)
    if (t.sum(0) > 0).all() and (t.sum(1) > 0).all():
        assert found.value == pytest.approx(stats.fisher_exact(t).pvalue)
    else:
        assert "nothing to compare" in found.reason


def test_fisher_of_large_counts_does_not_overflow():
    table = np.array([[200, 150], [180, 300]])
    assert cp.fisher_exact(table).value == pytest.approx(stats.fisher_exact(table).pvalue)


def test_fisher_gives_up_rather_than_guess():
    big = np.full((6, 6), 40)
    assert "too large" in cp.fisher_exact(big).reason
    drawn = cp.fisher_exact(np.full((5, 5), 4) + np.eye(5, dtype=int) * 3, rounds=2000, seed=1)
    assert (drawn.rounds, drawn.seed) == (2000, 1)
    assert 0 < drawn.value <= 1
    with pytest.raises(ValueError, match="whole"):
        cp.fisher_exact([[1.5, 2], [1, 1]])


# --- permutation ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "p"), [(3, 0.10), (4, 0.029), (5, 0.008)])
def test_smallest_possible_p(n, p):
    assert cp.smallest_p(n, n) == pytest.approx(p, abs=5e-4)
    found = cp.permutation_test(range(2 * n), [0] * n + [1] * n)
    assert (found.p.value, found.smallest) == (pytest.approx(p, abs=5e-4), pytest.approx(p, abs=5e-4))


def test_unequal_groups_and_ties():
    assert cp.smallest_p(2, 4) == pytest.approx(1 / 15)
    found = cp.permutation_test([0, 0, 1, 1], [0, 0, 1, 1])
    assert found.smallest == found.p.value == pytest.approx(2 / 6)
    assert "cannot show" in found.p.limits[0]


def test_permutation_is_scipys():
    x, second = np.array([3.1, 2.2, 5.0, 7.7, 6.1, 9.2, 4.4]), np.array([0, 0, 0, 1, 1, 1, 0], bool)
    theirs = stats.permutation_test((x[second], x[~second]), lambda a, b: abs(a.mean() - b.mean()), alternative="greater", n_resamples=np.inf)
    assert cp.permutation_test(x, second).p.value == pytest.approx(theirs.pvalue)


def test_permutation_with_another_statistic_and_drawn():
    x, second = np.arange(40.0), np.arange(40) >= 20
    drawn = cp.permutation_test(x, second, rounds=500, seed=3)
    assert not drawn.exact
    assert (drawn.p.seed, drawn.p.rounds) == (3, 500)
    assert drawn.p.value == pytest.approx(1 / 501)
    median = cp.permutation_test(x[15:25], second[15:25], statistic=lambda a, b: float(np.median(b) - np.median(a)))
    assert median.exact
    assert median.statistic == 5


def test_two_cases_are_description_only():
    found = cp.permutation_test([1, 9], [False, True])
    assert "description only" in found.p.reason
    assert (found.statistic, found.smallest) == (8, 1)
    assert "two groups" in cp.permutation_test([1, 2, 3], [0, 0, 0]).p.reason
    with pytest.raises(ValueError, match="no value"):
        cp.permutation_test([1, float("nan")], [0, 1])
    with pytest.raises(ValueError, match="same length"):
        cp.permutation_test([1, 2], [0, 1, 1])


# --- association ----------------------------------------------------------------------------------------------------------


def test_conditional_odds_ratio_of_the_tea():
    """6.40832, .2117–626.2 (scipy); R prints 6.408309, its root finder being coarser."""
    found = cp.odds_ratio(TEA)
    assert found.value == pytest.approx(6.40832, abs=5e-6)
    assert found.interval == (pytest.approx(0.2117, abs=5e-5), pytest.approx(626.2, abs=0.05))


def test_convictions_lower_limit():
    """R prints .003326 for the lower limit; the exact value is .003317."""
    assert cp.odds_ratio(CONVICTIONS).low == pytest.approx(0.003317, abs=5e-7)


def test_aspirin():
    """Physicians' health study: 1.832 (1.440–2.331), Wald."""
    found = cp.odds_ratio([[189, 10845], [104, 10933]], kind="sample")
    assert [round(x, 3) for x in (found.value, found.low, found.high)] == [1.832, 1.440, 2.331]


def test_zero_cells_are_infinite_with_a_bound():
    found = cp.odds_ratio([[4, 0], [1, 3]])
    assert found.value == math.inf
    assert found.high == math.inf
    assert 0 < found.low < 24
    assert "zero" in found.limits[0]
    wald = cp.odds_ratio([[4, 0], [1, 3]], kind="sample")
    assert wald.value == math.inf
    assert math.isnan(wald.low)
    assert cp.odds_ratio([[0, 4], [3, 1]], kind="sample").value == 0
    assert "nothing to compare" in cp.odds_ratio([[0, 0], [1, 3]]).reason
    with pytest.raises(ValueError, match="kind is"):
        cp.odds_ratio(TEA, kind="bayes")


def test_cramers_v():
    table = np.array([[20, 5, 3], [4, 18, 9]])
    assert cp.cramers_v(table).value == pytest.approx(stats.contingency.association(table, method="cramer"))
    n, (r, c) = table.sum(), table.shape
    phi = max(0, stats.contingency.chi2_contingency(table, correction=False).statistic / n - (r - 1) * (c - 1) / (n - 1))
    by_hand = math.sqrt(phi / min(r - (r - 1) ** 2 / (n - 1) - 1, c - (c - 1) ** 2 / (n - 1) - 1))  # Bergsma 2013
    assert cp.cramers_v(table, corrected=True).value == pytest.approx(by_hand)
    assert cp.cramers_v([[5, 5], [5, 5]], corrected=True).value == 0
    assert "only one row" in cp.cramers_v([[3, 4], [0, 0]]).reason


def test_mcnemar():
    """1 against 8: .0390625, mid-p .0215; five discordant persons give .0625 at best."""
    found = cp.mcnemar_exact(1, 8)
    assert found.p.value == 0.0390625
    assert found.mid_p == pytest.approx(0.0215, abs=5e-5)
    assert cp.mcnemar_exact(0, 5).smallest == cp.mcnemar_exact(0, 5).p.value == 0.0625
    assert "description only" in cp.mcnemar_exact(2, 3).p.limits[0]
    assert "nobody changed" in cp.mcnemar_exact(0, 0).p.reason
    assert cp.mcnemar_exact(4, 4).mid_p == 1


BH = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]


def test_benjamini_hochberg_1995():
    assert [cp.adjust(BH, method=m).count for m in ("bh", "bonferroni", "holm")] == [4, 3, 3]
    shuffled = np.random.default_rng(1).permutation(15)
    assert cp.benjamini_hochberg(np.array(BH)[shuffled]).p == pytest.approx(cp.benjamini_hochberg(BH).p[shuffled])
    assert cp.benjamini_hochberg(BH).p == pytest.approx(stats.false_discovery_control(BH))


def test_adjust_leaves_undefined_alone():
    found = cp.adjust([0.01, float("nan"), 0.04])
    assert math.isnan(found.p[1])
    assert found.p[0] == pytest.approx(0.02)
    assert found.count == 2
    assert cp.adjust([]).count == 0
    with pytest.raises(ValueError, match="between 0 and 1"):
        cp.adjust([1.2])
    with pytest.raises(ValueError, match="method is"):
        cp.adjust([0.1], method="sidak")


def test_adjust_against_statsmodels():
    multi = pytest.importorskip("statsmodels.stats.multitest")
    for mine, theirs in (("bh", "fdr_bh"), ("holm", "holm"), ("bonferroni", "bonferroni")):
        assert cp.adjust(BH, method=mine).p == pytest.approx(multi.multipletests(BH, method=theirs)[1])


def test_newcombe_1998():
    """15 of 148: Wilson .0624–.1605, Clopper–Pearson .0578–.1617."""
    assert [round(x, 4) for x in cp.wilson(15, 148).interval] == [0.0624, 0.1605]
    assert [round(x, 4) for x in cp.clopper_pearson(15, 148).interval] == [0.0578, 0.1617]


def test_shares_at_the_ends():
    assert cp.wilson(0, 20).low == 0
    assert cp.wilson(20, 20).high == 1
    assert cp.clopper_pearson(0, 20).interval == (0, pytest.approx(1 - 0.025 ** (1 / 20)))
    assert cp.clopper_pearson(20, 20).high == 1
    assert "nothing to count" in cp.wilson(0, 0).reason
    with pytest.raises(ValueError, match="between 0 and n"):
        cp.wilson(3, 2)


# --- words and codes together ---------------------------------------------------------------------------------------------


def test_keyness():
    """52 of 50,000 against 57 of 75,000: G² 2.65, below 3.84."""
    found = cp.keyness([52, 0, 10], 50_000, [57, 9, 0], 75_000)
    assert found.g2[0] == pytest.approx(2.65, abs=5e-3)
    assert found.log_ratio[0] == pytest.approx(math.log2((52 / 50_000) / (57 / 75_000)))
    assert found.g2[1] < 0 < found.g2[2]
    assert found.log_ratio[1] == pytest.approx(math.log2((0.5 / 50_000) / (9 / 75_000)))  # half an occurrence for none
    assert found.g2[2] == pytest.approx(2 * 10 * math.log(10 / (10 * 50_000 / 125_000)))


def test_keyness_shows_the_talkative_person():
    even, one = np.array([[5], [5], [5], [5]]), np.array([[20], [0], [0], [0]])
    sizes = [1000] * 4
    a, b = (cp.keyness([20], 4000, [5], 4000, per_document=t, document_sizes=sizes) for t in (even, one))
    assert a.g2[0] == b.g2[0]
    assert (a.documents[0], b.documents[0]) == (4, 1)
    assert (a.dispersion[0], b.dispersion[0]) == (pytest.approx(0), pytest.approx(0.75))
    with pytest.raises(ValueError, match="add up"):
        cp.keyness([19], 4000, [5], 4000, per_document=even, document_sizes=sizes)
    with pytest.raises(ValueError, match="document_sizes"):
        cp.keyness([20], 4000, [5], 4000, per_document=even)
    with pytest.raises(ValueError, match="empty"):
        cp.keyness([1], 0, [1], 10)


def test_cooccurrence():
    """ATLAS.ti 22: 5/(100 + 10 − 5) = .048, though B meets A in half of its uses."""
    found = cp.cooccurrence(5, 100, 10, window="same segment")
    assert found.c.value == pytest.approx(0.048, abs=5e-4)
    assert (found.of_first, found.of_second, found.overlap) == (0.05, 0.5, 0.5)
    assert any("unequal" in x for x in found.c.limits)
    assert "same segment" in found.c.rule


def test_cooccurrence_beyond_one_is_flagged_not_clipped():
    found = cp.cooccurrence(3, 1, 3, window="overlap")
    assert found.c.value == 3
    assert any("exceed 1" in x for x in found.c.limits)
    assert "not used" in cp.cooccurrence(0, 0, 0, window="same turn").c.reason
    assert "too many" in cp.cooccurrence(6, 2, 3, window="overlap").c.reason
    with pytest.raises(ValueError, match="negative"):
        cp.cooccurrence(-1, 2, 3, window="overlap")


def test_no_groups_no_arrangements():
    nothing = cp.permutation_test([1, 2, 3], [False, False, False])
    assert (nothing.arrangements, nothing.exact, nothing.smallest) == (0, True, 1.0) and "two groups" in nothing.p.reason
    assert math.isnan(nothing.statistic)


def test_log_ratio_adds_half_an_occurrence_to_a_zero():
    """16 in 1,000 against 0 in 1,000: log2(16/.5) = 5; the other way round −5."""
    found = cp.keyness([16, 0], 1000, [0, 16], 1000)
    assert found.log_ratio.tolist() == pytest.approx([5.0, -5.0])
