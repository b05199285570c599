"""Published tables beyond those that came with the methods: each with its source; docs/statistics.md lists statistic, source, value and test."""

import re
from pathlib import Path

import numpy as np
import pytest

from kube_research.stats import agreement as ag
from kube_research.stats import compare as cp
from kube_research.stats import qca as q
from kube_research.stats import saturation as sat
from kube_research.stats import unitizing as un

from . import data

SEXUAL_FUN = [[7, 7, 2, 3], [2, 8, 3, 7], [1, 5, 4, 9], [2, 8, 9, 14]]  # Hout, Duncan & Sobel 1987; Agresti 1990, p. 32; R vcd
MEHTA_PATEL = [[1, 2, 2, 1, 1, 0, 1], [2, 0, 0, 2, 3, 0, 0], [0, 1, 1, 1, 2, 7, 3], [1, 1, 2, 0, 0, 0, 1], [0, 1, 1, 1, 1, 0, 0]]  # Mehta & Patel 1986, sixth table; R's fisher.test


def test_cohen_1968_weighted_kappa():
    """Disagreement weights 0 1 3 / 1 0 6 / 3 6 0 on the table of 1960: kappa_w .348."""
    weights = 1 - np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]]) / 6
    assert ag.cohen_kappa(ag.from_table([[88, 14, 18], [10, 40, 10], [2, 6, 12]]), weights=weights).value == pytest.approx(0.348, abs=5e-4)


def test_kappa_of_vcd_with_standard_errors():
    """Unweighted .1293 (ASE .06860), equal spacing .2374 (ASE .07832), intervals −.0051 to .2638 and .0839 to .3909."""
    ratings = ag.from_table(SEXUAL_FUN)
    plain, weighted = ag.cohen_kappa(ratings), ag.cohen_kappa(ratings, weights="linear")
    assert (round(plain.value, 4), round(plain.se, 5), round(weighted.value, 4), round(weighted.se, 5)) == (0.1293, 0.06860, 0.2374, 0.07832)
    assert (*plain.interval, *weighted.interval) == pytest.approx((-0.005120399, 0.2637809, 0.083883432, 0.3908778), abs=1e-6)


WEIGHTS = ("nominal", "linear", "ordinal", "quadratic", "radical", "ratio")


@pytest.mark.parametrize(("f", "abstractors", "diagnosis", "errors"), [
    (ag.gwet_ac, (0.849, 0.900, 0.925, 0.940, 0.875, 0.963), (0.456, 0.377, 0.324, 0.299, 0.418, 0.359), (0.043, 0.056, 0.069, 0.075, 0.048, 0.070)),
    (ag.cohen_kappa, (0.796, 0.843, 0.872, 0.892, 0.819, 0.927), (0.432, 0.407, 0.390, 0.383, 0.419, 0.413), (0.046, 0.053, 0.062, 0.066, 0.048, 0.063)),
    (ag.scott_pi, (0.796, 0.843, 0.872, 0.892, 0.819, 0.927), (0.430, 0.406, 0.389, 0.382, 0.418, 0.412), (0.046, 0.054, 0.062, 0.066, 0.049, 0.063)),
    (ag.brennan_prediger, (0.835, 0.876, 0.901, 0.918, 0.855, 0.951), (0.450, 0.347, 0.273, 0.236, 0.401, 0.310), (0.044, 0.060, 0.076, 0.085, 0.050, 0.077)),
])
def test_gwets_two_tables_under_six_weights(f, abstractors, diagnosis, errors):
    """Gwet's 3 × 3 (100 abstracted records) and 4 × 4 (223 psychiatric patients): 48 values and 24 standard errors as irrCAC's own tests hold them."""
    for table, values in ((data.ABSTRACTORS, abstractors), (data.DIAGNOSIS, diagnosis)):
        assert [round(f(ag.from_table(table, range(1, len(table) + 1)), weights=w).value, 3) for w in WEIGHTS] == list(values)
    assert [f(ag.from_table(data.DIAGNOSIS, range(1, 5)), weights=w).se for w in WEIGHTS] == pytest.approx(errors, abs=7e-4)  # rounded there, and divided by n where we divide by n − 1


@pytest.mark.parametrize(("counts", "value", "low", "high", "error"), [((34, 3, 2, 121), 34.99, 34.09, 44.61, 1.81), ((26, 6, 8, 11), 27.52, 26.23, 36.15, 1.9)])
def test_chao2_of_estimates(counts, value, low, high, error):
    """EstimateS 9.1 on two data sets that come with it (seed bank of Butler & Chazdon 1998; oak, hickory, white pine): bias-corrected."""
    found = sat.chao2(counts=counts, corrected=True)
    assert (found.value, found.low, found.high) == (pytest.approx(value, abs=6e-3), pytest.approx(low, abs=6e-3), pytest.approx(high, abs=0.03))
    assert found.se == pytest.approx(error, abs=6e-3) and "bias-corrected" in found.rule


def test_agresti_prime_minister_mcnemar():
    """Agresti's 1,600 voters, 150 who turned away and 86 who turned towards: his z² is 17.36, and the exact p the binomial's."""
    from scipy import stats

    assert (86 - 150) ** 2 / (86 + 150) == pytest.approx(17.36, abs=5e-3)
    found = cp.mcnemar_exact(150, 86)
    assert found.p.value == pytest.approx(stats.binomtest(86, 236).pvalue, rel=1e-9) and found.p.value == pytest.approx(stats.chi2.sf(17.36, 1), rel=0.3)


def test_conger_1980_on_fleiss_patients():
    assert ag.conger_kappa(ag.from_counts(data.FLEISS_1971)).value == pytest.approx(0.442, abs=5e-4)


def test_fleiss_by_category():
    """Kappa of each diagnosis of Fleiss 1971 (his table 3, R irr's detail): present/absent, .245 .245 .520 .471 .566."""
    counts = np.array(data.FLEISS_1971)
    each = [ag.fleiss_kappa(ag.from_counts(np.column_stack([counts[:, k], 6 - counts[:, k]]))).value for k in range(5)]
    assert [round(x, 3) for x in each] == [0.245, 0.245, 0.520, 0.471, 0.566]


def test_feinstein_cicchetti_1990_paradox():
    """The same 85 % agreement, kappa .70 and .32; S (Brennan–Prediger) .70 both times; AC1 .70 and .81."""
    balanced, skewed = ag.from_table([[40, 9], [6, 45]]), ag.from_table([[80, 10], [5, 5]])
    assert [round(ag.percent_agreement(t).value, 2) for t in (balanced, skewed)] == [0.85, 0.85]
    assert [round(ag.cohen_kappa(t).value, 2) for t in (balanced, skewed)] == [0.70, 0.32]
    assert [round(ag.brennan_prediger(t, [0, 1]).value, 2) for t in (balanced, skewed)] == [0.70, 0.70]
    assert [round(ag.gwet_ac(t).value, 2) for t in (balanced, skewed)] == [0.70, 0.81]


def test_gwet_weights_written_out_are_the_named_ones():
    """On the pathologists' 4 × 4 table (Landis & Koch; Agresti 1992) the matrix of squares gives what "quadratic" gives."""
    ratings = ag.from_table(data.PATHOLOGISTS)
    squares = 1 - (np.subtract.outer(np.arange(4), np.arange(4)) / 3) ** 2
    assert ag.gwet_ac(ratings, weights=squares).value == pytest.approx(ag.gwet_ac(ratings, weights="quadratic").value)


def test_mehta_patel_1986_sixth_table():
    assert round(cp.fisher_exact(MEHTA_PATEL).value, 4) == 0.0393


@pytest.mark.parametrize(
    ("hits", "n", "score", "exact"),
    [(81, 263, (0.2553, 0.3662), (0.2527, 0.3676)), (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)), (0, 20, (0, 0.1611), (0, 0.1684)), (1, 29, (0.0061, 0.1718), (0.0009, 0.1776))],
)
def test_newcombe_1998_table_one(hits, n, score, exact):
    assert tuple(round(x, 4) for x in cp.wilson(hits, n).interval) == score
    assert tuple(round(x, 4) for x in cp.clopper_pearson(hits, n).interval) == exact


def test_exact_mcnemar_of_r_exact2x2():
    """matrix(c(21, 9, 2, 12)): two against nine discordant pairs, p .06543."""
    assert round(cp.mcnemar_exact(2, 9).p.value, 5) == 0.06543


def test_gries_2008_deviation_of_proportions():
    """The letter a, 1 2 3 4 5 times in five parts of 9, 10, 10, 10, 11: DP .18."""
    found = cp.keyness([15], 50, [1], 50, per_document=[[1], [2], [3], [4], [5]], document_sizes=[9, 10, 10, 10, 11])
    assert found.dispersion[0] == pytest.approx(0.18, abs=1e-9)


def test_lipset_necessity_and_membership_of_a_formula():
    """R QCA 3.25: DEV + URB necessary, inclN .8991, covN .7539, RoN .7582."""
    found = q.necessity(q.membership("DEV + URB", data.LIPSET_FUZZY), data.SURVIVED)
    assert [round(x, 4) for x in (found.consistency, found.coverage, found.ron)] == [0.8991, 0.7539, 0.7582]
    with pytest.raises(KeyError, match="XYZ"):
        q.membership("DEV*~XYZ", data.LIPSET_FUZZY)


def test_krippendorff_2019_binary_unitizing_and_values():
    family = un.u_alpha([data.ALEX, data.PAUL, data.SUZAN], 60)
    assert {c: (round(e.value, 6) if e.defined else None) for c, e in family.codes.items()} == {1: 1, 2: 0, 3: 0, 4: 0, 5: 1, 6: 1, 7: None}


def test_every_row_of_the_list_names_a_test_that_exists():
    """docs/statistics.md: statistic → source → value → test."""
    root = Path(__file__).resolve().parents[2]
    text = (root / "docs/statistics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| [^|]+ \| [^|]+ \| [^|]+ \| `([^`]+)` \|$", text, re.M)
    assert len(rows) >= 40
    for name in rows:
        path, _, test = name.partition("::")
        source = (root / path).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in source, name


def test_lines_of_the_list_cover_every_statistic():
    """No public function of the core stands outside the list."""
    text = (Path(__file__).resolve().parents[2] / "docs/statistics.md").read_text(encoding="utf-8")
    wanted = {"percent_agreement", "cohen_kappa", "scott_pi", "fleiss_kappa", "conger_kappa", "brennan_prediger", "gwet_ac", "krippendorff_alpha", "mv_alpha", "u_alpha", "gamma_agreement", "span_scores", "character_agreement", "bootstrap", "guest_namey_chen", "accumulation", "chao2", "sample_coverage", "meaning_saturation", "fisher_exact",
              "permutation_test", "odds_ratio", "cramers_v", "mcnemar_exact", "benjamini_hochberg", "keyness", "cooccurrence", "calibrate", "truth_table", "sufficiency", "necessity", "conservative", "parsimonious", "intermediate", "wilson", "clopper_pearson", "elusion_sample", "recall_bound", "scores", "document_folds"}
    assert not [w for w in wanted if f"`{w}`" not in text]
