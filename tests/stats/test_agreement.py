"""Agreement on given units against published tables and other people's programs."""

import math

import numpy as np
import pytest

from kube_research.stats import agreement as ag
from kube_research.stats.ratings import Patterns, encode

from . import data

FIVE = [1, 2, 3, 4, 5]


def test_cohen_1960():
    table = ag.from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    kappa = ag.cohen_kappa(table)
    assert kappa.value == pytest.approx(0.492, abs=5e-4)
    assert (kappa.observed, kappa.expected, kappa.n, kappa.coders) == (pytest.approx(0.70), pytest.approx(0.41), 200, 2)
    assert ag.kappa_maximum(table).value == pytest.approx(0.831, abs=5e-4)


def test_artstein_poesio_2008():
    two = ag.from_table([[20, 20], [10, 50]])  # p. 558
    assert ag.brennan_prediger(two, [0, 1]).value == pytest.approx(0.400, abs=5e-4)
    assert ag.scott_pi(two).value == pytest.approx(0.341, abs=5e-4)
    assert ag.cohen_kappa(two).value == pytest.approx(0.348, abs=5e-4)
    three = ag.from_table([[46, 6, 0], [0, 32, 0], [0, 6, 10]])  # p. 568
    assert ag.cohen_kappa(three).value == pytest.approx(0.801, abs=5e-4)
    assert ag.krippendorff_alpha(three).value == pytest.approx(0.800, abs=6e-4)
    weights = np.array([[1, 0, 0.5], [0, 1, 0.5], [0.5, 0.5, 1]])
    assert ag.cohen_kappa(three, weights=weights).value == pytest.approx(0.816, abs=5e-4)


def test_agresti_1992_standard_error():
    kappa = ag.cohen_kappa(ag.from_table(data.PATHOLOGISTS))
    assert (round(kappa.value, 3), round(kappa.se, 3)) == (0.493, 0.057)
    assert kappa.low == pytest.approx(kappa.value - 1.959964 * kappa.se, abs=1e-6)


def test_fleiss_1971():
    fleiss = ag.fleiss_kappa(ag.from_counts(data.FLEISS_1971))
    assert fleiss.value == pytest.approx(0.430, abs=5e-4)
    assert (fleiss.n, fleiss.coders) == (30, 6)


@pytest.mark.parametrize("table", ([[12, 9, 9], [9, 14, 9], [9, 9, 20]], [[12, 18, 18], [0, 14, 18], [0, 0, 20]]))
def test_kappa_rewards_unequal_marginals_and_pi_does_not(table):
    """Krippendorff 2004, p. 246: pi .186 in both tables, kappa .186 and .258."""
    ratings = ag.from_table(table)
    assert ag.scott_pi(ratings).value == pytest.approx(0.186, abs=5e-4)
    assert ag.cohen_kappa(ratings).value == pytest.approx(0.186 if table[0][1] == 9 else 0.258, abs=5e-4)


def test_gwet_on_krippendorffs_data():
    """irrCAC on the 4 × 12 data: AC1 .77544 (SE .14295, CI .461–1), Fleiss .76117, BP .77273, Conger .76282."""
    ac1 = ag.gwet_ac(data.GWET_RATERS, FIVE)
    assert (round(ac1.value, 5), round(ac1.se, 5), round(ac1.low, 3), ac1.high) == (0.77544, 0.14295, 0.461, 1.0)
    assert (round(ac1.observed, 5), round(ac1.expected, 5), ac1.missing, ac1.n) == (0.81818, 0.19032, 7, 11)
    fleiss = ag.fleiss_kappa(data.GWET_RATERS, FIVE)
    assert (round(fleiss.value, 5), round(fleiss.se, 5), round(fleiss.low, 5)) == (0.76117, 0.15302, 0.42438)
    bp = ag.brennan_prediger(data.GWET_RATERS, FIVE)
    assert (round(bp.value, 5), round(bp.se, 3), round(bp.low, 3)) == (0.77273, 0.145, 0.454)
    assert round(ag.conger_kappa(data.GWET_RATERS, FIVE).value, 5) == 0.76282


@pytest.mark.parametrize(
    ("weights", "ac2", "se", "conger", "bp"),
    [("quadratic", 0.914, 0.104, 0.858, 0.902), ("linear", 0.859, 0.117, 0.814, 0.848), ("ordinal", 0.899, 0.107, 0.844, 0.886),
     ("radical", 0.820, 0.128, 0.788, 0.813), ("ratio", 0.857, 0.122, 0.812, 0.840)],
)  # fmt: skip
def test_weighted_coefficients_of_irrcac(weights, ac2, se, conger, bp):
    gwet = ag.gwet_ac(data.GWET_RATERS, FIVE, weights=weights)
    assert (round(gwet.value, 3), round(gwet.se, 3), gwet.name) == (ac2, se, "Gwet's AC2")
    assert round(ag.conger_kappa(data.GWET_RATERS, FIVE, weights=weights).value, 3) == conger
    assert round(ag.brennan_prediger(data.GWET_RATERS, FIVE, weights=weights).value, 3) == bp


@pytest.mark.parametrize(
    ("ratings", "ac1", "low", "conger", "bp"),
    [(data.GWET_OBSERVERS, 0.497, 0.235, 0.469, 0.487), (data.GWET_GENDER, 0.208, 0.014, 0.166, 0.183), (data.GWET_BEN_GERRY, 0.661, 0.257, 0.657, 0.659)],
)
def test_more_of_irrcac(ratings, ac1, low, conger, bp):
    gwet = ag.gwet_ac(ratings)
    assert (round(gwet.value, 3), round(gwet.low, 3)) == (ac1, low)
    assert round(ag.conger_kappa(ratings).value, 3) == conger
    assert round(ag.brennan_prediger(ratings).value, 3) == bp


def test_gwet_divides_by_n_minus_one():
    """On the same 100 records irrCAC's raw functions give .04344, its table functions .04322."""
    ac1 = ag.gwet_ac(ag.from_table(data.ABSTRACTORS))
    assert (round(ac1.value, 3), round(ac1.se, 5)) == (0.849, 0.04344)
    assert round(ac1.se * math.sqrt(99 / 100), 5) == 0.04322
    assert round(ag.gwet_ac(ag.from_table(data.ABSTRACTORS), weights="quadratic").value, 3) == 0.940
    diagnosis = ag.gwet_ac(ag.from_table(data.DIAGNOSIS), weights="quadratic")
    assert (round(diagnosis.value, 3), round(diagnosis.se, 3), round(diagnosis.low, 3), round(diagnosis.high, 3)) == (0.299, 0.075, 0.150, 0.447)


def test_percent_counts_pairs_of_units_with_two_judgements():
    percent = ag.percent_agreement([["a", "a", "b"], ["a", None, None], ["b", "b", "b"]])
    assert percent.value == pytest.approx((1 / 3 + 1) / 2)
    assert percent.n == 2


# --- what cannot be computed says why -------------------------------------------------------------------------------------

EVERY = [ag.percent_agreement, ag.cohen_kappa, ag.scott_pi, ag.fleiss_kappa, ag.conger_kappa, ag.brennan_prediger, ag.gwet_ac, ag.krippendorff_alpha]


@pytest.mark.parametrize("f", EVERY)
def test_one_coder(f):
    assert "one coder" in f([[1], [2], [1]]).reason


@pytest.mark.parametrize("f", EVERY)
def test_no_overlap(f):
    found = f([[1, None], [None, 2], [1, None]])
    assert not found.defined
    assert "two coders" in found.reason


@pytest.mark.parametrize("f", EVERY[1:6] + [ag.krippendorff_alpha, ag.gwet_ac])
def test_one_category_is_neither_one_nor_zero(f):
    found = f([["a", "a"], ["a", "a"], ["a", "a"]])
    assert math.isnan(found.value)
    assert "no variation" in found.reason


def test_one_category_of_a_codebook_of_two():
    """Where chance does not come from the data, full agreement is agreement."""
    ones = [[1, 1]] * 12
    assert ag.brennan_prediger(ones, [0, 1]).value == 1
    assert ag.gwet_ac(ones, [0, 1]).value == 1
    assert not ag.cohen_kappa(ones, [0, 1]).defined
    assert ag.percent_agreement(ones).value == 1


def test_cohen_is_for_two_coders():
    assert "3" in ag.cohen_kappa([[1, 2, 1], [2, 2, 2]]).reason


def test_q_is_the_codebooks():
    ratings = [["a", "a"], ["b", "a"], ["b", "b"]] * 5
    assert ag.brennan_prediger(ratings, list("abcd")).value > ag.brennan_prediger(ratings, list("ab")).value
    assert any("codebook" in x for x in ag.brennan_prediger(ratings).limits)
    assert not any("codebook" in x for x in ag.brennan_prediger(ratings, list("ab")).limits)


def test_rare_categories_are_named():
    assert any("fewer than 10" in x and "c" in x for x in ag.cohen_kappa([["a", "a"], ["b", "b"]] * 10 + [["c", "a"]]).limits)


def test_bad_shapes_and_categories():
    with pytest.raises(ValueError, match="two axes"):
        ag.percent_agreement([1, 2, 3])
    with pytest.raises(ValueError, match="not in the list: z"):
        ag.cohen_kappa([["a", "z"]], list("ab"))
    with pytest.raises(ValueError, match="repeat"):
        encode([[1, 2]], [1, 2, 2])
    with pytest.raises(ValueError, match="not 'cubic'"):
        ag.weight_matrix("cubic", [1, 2])
    with pytest.raises(ValueError, match="diagonal"):
        ag.weight_matrix(np.zeros((2, 2)), [1, 2])
    with pytest.raises(ValueError, match="square"):
        ag.from_table([[1, 2, 3]])


def test_missing_comes_in_every_dress():
    expected = [[0, 1], [-1, 1]]
    assert encode([[1, 2], [None, 2]]).codes.tolist() == expected
    assert encode([[1.0, 2.0], [np.nan, 2.0]]).codes.tolist() == expected
    assert encode(np.ma.masked_equal([[1, 2], [9, 2]], 9)).codes.tolist() == expected
    assert encode(np.ma.masked_array([[1.0, 2.0], [1.0, 2.0]], [[0, 0], [1, 0]]), [1.0, 2.0]).codes.tolist() == expected  # what is masked is missing, whatever lies beneath
    assert encode([["x", "y"], [float("nan"), "y"]]).codes.tolist() == expected


def test_nothing_is_changed():
    table = np.array(data.KRIPPENDORFF_2011, float)
    before = table.copy()
    for f in EVERY:
        f(table)
    assert np.array_equal(before, table, equal_nan=True)


def test_patterns_keep_every_unit():
    r = encode(data.HAYES_KRIPPENDORFF)
    p = Patterns.of(r, exchangeable=False)
    assert p.weight.sum() == 40
    assert np.array_equal(p.rows[p.which], r.codes)


# --- other people's programs ----------------------------------------------------------------------------------------------


def test_statsmodels():
    inter = pytest.importorskip("statsmodels.stats.inter_rater")
    theirs = inter.cohens_kappa(np.array(data.PATHOLOGISTS))
    mine = ag.cohen_kappa(ag.from_table(data.PATHOLOGISTS))
    assert (mine.value, mine.se) == (pytest.approx(theirs.kappa), pytest.approx(theirs.std_kappa))
    weighted = inter.cohens_kappa(np.array(data.DIAGNOSIS), wt="quadratic")
    quadratic = ag.cohen_kappa(ag.from_table(data.DIAGNOSIS), weights="quadratic")
    assert (quadratic.value, quadratic.se) == (pytest.approx(weighted.kappa), pytest.approx(weighted.std_kappa))
    assert ag.fleiss_kappa(ag.from_counts(data.FLEISS_1971)).value == pytest.approx(inter.fleiss_kappa(np.array(data.FLEISS_1971)))


def test_nltk():
    task = pytest.importorskip("nltk.metrics.agreement")
    ratings = ag.from_table(data.DIAGNOSIS)
    rows = [(f"c{g}", str(i), int(ratings[i, g])) for i in range(len(ratings)) for g in (0, 1)]
    theirs = task.AnnotationTask(rows)
    assert ag.cohen_kappa(ratings).value == pytest.approx(theirs.kappa())
    assert ag.scott_pi(ratings).value == pytest.approx(theirs.pi())
    assert ag.brennan_prediger(ratings).value == pytest.approx(theirs.S())
    assert ag.krippendorff_alpha(ratings).value == pytest.approx(theirs.alpha())
