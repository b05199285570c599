"""Krippendorff's alpha, mv-alpha, and the resampled intervals."""

import itertools
import math

import numpy as np
import pytest

from kube_research.stats import resample
from kube_research.stats.agreement import agreement_per_code, bootstrap, from_table, krippendorff_alpha, mv_alpha

from . import data

METRICS = ("nominal", "ordinal", "interval", "ratio")


@pytest.mark.parametrize(("metric", "value"), list(zip(METRICS, (0.743, 0.815, 0.849, 0.797), strict=True)))
def test_krippendorff_2011(metric, value):
    alpha = krippendorff_alpha(data.KRIPPENDORFF_2011, [1, 2, 3, 4, 5], metric=metric)
    assert alpha.value == pytest.approx(value, abs=5e-4)
    assert (alpha.n, alpha.coders, alpha.missing) == (11, 4, 7)


def test_hayes_krippendorff_2007():
    assert krippendorff_alpha(data.HAYES_KRIPPENDORFF, range(4), metric="ordinal").value == pytest.approx(0.7598, abs=5e-5)
    assert krippendorff_alpha(data.HAYES_KRIPPENDORFF).value == pytest.approx(0.4765, abs=5e-5)


def test_krippendorff_2019_more():
    """Pages 306 (three coders, binary: .2343) and 310 (two coders, nominal: .759), from the tests of R's icr."""
    three = list(zip("010110001111", "010100001101", "011001001000", strict=True))
    assert krippendorff_alpha(three).value == pytest.approx(0.2343, abs=1e-4)
    assert krippendorff_alpha(list(zip("aacccccbbbbd", "acccccbbbbbd", strict=True))).value == pytest.approx(0.759, abs=6e-4)


def test_chan_saeltzer_2020():
    """1 − 4/((5·25)/29), worked by hand in the issue of oolong."""
    rows = np.array([2, 1, 1, 2, 2, 1, 2, 2, 1, 2, 2, 1] + [2] * 18).reshape(10, 3)
    assert krippendorff_alpha(rows).value == pytest.approx(1 - 4 / (125 / 29))


def test_ordinal_needs_the_full_list_in_order():
    ratings = [["low", "mid"], ["mid", "high"], ["high", "high"], ["low", "low"], ["low", "high"]]
    good = krippendorff_alpha(ratings, ["low", "mid", "high"], metric="ordinal").value
    assert good != pytest.approx(krippendorff_alpha(ratings, metric="ordinal").value)


def test_metrics_refuse_what_they_cannot_carry():
    with pytest.raises(ValueError, match="numbers"):
        krippendorff_alpha([["a", "b"], ["b", "a"]], metric="interval")
    assert "not negative" in krippendorff_alpha([[-1, 2], [2, 2]], metric="ratio").reason
    with pytest.raises(ValueError, match="metric is one of"):
        krippendorff_alpha([[1, 2]], metric="euclid")


def test_variation_only_in_single_judgements_is_none():
    """A unit with one judgement drops out, and with it the only variation."""
    found = krippendorff_alpha([["a", "a"], ["a", "a"], ["b", None]])
    assert "no variation" in found.reason


@pytest.mark.parametrize("metric", METRICS)
def test_against_krippendorff_package(metric):
    theirs = pytest.importorskip("krippendorff")
    rng = np.random.default_rng(11)
    for _ in range(20):
        x = rng.integers(1, 5, (15, 4)).astype(float)
        x[rng.random(x.shape) < 0.25] = np.nan
        expected = theirs.alpha(x.T, level_of_measurement=metric, value_domain=[1, 2, 3, 4])
        assert krippendorff_alpha(x, [1, 2, 3, 4], metric=metric).value == pytest.approx(expected)


def test_mv_alpha_table_3():
    table = [[{"b", "d"}, {"d"}, None], [{"a", "b", "d"}, {"b"}, {"b", "d"}], [set(), {"a"}, {"a"}], [{"a"}, None, None]]
    found = mv_alpha(table)
    assert found.value == pytest.approx(0.2866, abs=5e-5)
    assert (found.n, found.coders, found.missing) == (3, 3, 3)


def test_mv_alpha_of_single_codes_is_nominal_alpha():
    rng = np.random.default_rng(4)
    x = rng.integers(0, 3, (30, 3))
    sets = [[{int(c)} for c in row] for row in x]
    assert mv_alpha(sets).value == pytest.approx(krippendorff_alpha(x).value)


def test_mv_alpha_no_code_is_not_missing():
    looked = mv_alpha([[{"a"}, set()], [{"b"}, {"b"}], [{"a"}, {"a"}]])
    absent = mv_alpha([[{"a"}, None], [{"b"}, {"b"}], [{"a"}, {"a"}]])
    assert looked.value < absent.value == pytest.approx(1)


def test_mv_alpha_undefined():
    assert "no variation" in mv_alpha([[{"a"}, {"a"}], [{"a"}, {"a"}]]).reason
    assert "two coders" in mv_alpha([[{"a"}, None]]).reason
    labels = [f"c{i}" for i in range(24)]
    many = [[set(labels[:12]), set(labels[12:])]]
    assert "24 codes" in mv_alpha(many).reason


# --- intervals ------------------------------------------------------------------------------------------------------------


def test_unit_bootstrap_on_hayes_krippendorff():
    """Resampling units gives about .61–.84, much wider than the published pair bootstrap (.708–.808)."""
    found = bootstrap(data.HAYES_KRIPPENDORFF, range(4), metric="ordinal", rounds=4000, seed=1)
    assert found.value == pytest.approx(0.7598, abs=5e-5)
    assert found.interval == (pytest.approx(0.61, abs=0.02), pytest.approx(0.84, abs=0.02))
    assert (found.seed, found.rounds, found.resampled, found.level) == (1, 4000, "units", 0.95)


def test_bootstrap_equals_drawing_units_by_hand():
    """The resampled patterns are a bootstrap of units: same spread as drawing the rows themselves."""
    x = np.array(data.HAYES_KRIPPENDORFF, float)
    rng = np.random.default_rng(9)
    by_hand = [krippendorff_alpha(x[rng.integers(0, 40, 40)]).value for _ in range(400)]
    found = bootstrap(x, rounds=4000, seed=2)
    assert found.interval == (pytest.approx(np.quantile(by_hand, 0.025), abs=0.04), pytest.approx(np.quantile(by_hand, 0.975), abs=0.04))


def test_seed_decides():
    a, b, c = (bootstrap(data.HAYES_KRIPPENDORFF, rounds=200, seed=s) for s in (3, 3, 4))
    assert a.interval == b.interval != c.interval


def test_many_rounds_are_drawn_in_parts(monkeypatch):
    whole = bootstrap(data.HAYES_KRIPPENDORFF, rounds=250, seed=3)
    sizes = []
    monkeypatch.setattr(resample, "CELLS", 1000)
    draw = resample.Patterns.draw
    monkeypatch.setattr(resample.Patterns, "draw", lambda self, rng, rounds, index=None: sizes.append(rounds) or draw(self, rng, rounds, index))
    assert bootstrap(data.HAYES_KRIPPENDORFF, rounds=250, seed=3).interval == whole.interval
    assert sum(sizes) == 250
    assert len(sizes) > 3


def test_more_coders_than_a_key_can_hold():
    """Seventy coders: rows no longer fit one integer; the figure is that of the per-code count."""
    put = np.random.default_rng(5).random((30, 70, 1)) < np.linspace(0.1, 0.9, 30)[:, None, None]
    assert krippendorff_alpha(put[:, :, 0].astype(int)).value == pytest.approx(agreement_per_code(put, rounds=20)[0].alpha.value)


@pytest.mark.parametrize("coefficient", ["alpha", "fleiss", "conger", "bp", "gwet", "percent"])
def test_every_coefficient_can_be_resampled(coefficient):
    found = bootstrap(data.HAYES_KRIPPENDORFF, range(4), coefficient=coefficient, rounds=300, seed=5)
    assert found.low < found.value < found.high


def test_documents_are_resampled_when_there_are_eight():
    """Documents in which coders agree or disagree as a whole: the interval over documents is wider than over units."""
    rng = np.random.default_rng(1)
    first = rng.integers(0, 2, 400)
    good = np.repeat(np.arange(10) % 2, 40).astype(bool)
    ratings = np.column_stack([first, np.where(good, first, rng.integers(0, 2, 400))])
    documents = np.repeat(np.arange(10), 40)
    units = bootstrap(ratings, rounds=500)
    over = bootstrap(ratings, documents=documents, rounds=500)
    assert (units.resampled, over.resampled) == ("units", "documents")
    assert over.high - over.low > 1.5 * (units.high - units.low)
    few = bootstrap(ratings, documents=documents // 2, rounds=100)
    assert few.resampled == "units"
    assert any("fewer than 8 documents" in x for x in few.limits)
    with pytest.raises(ValueError, match="each of the 400 units"):
        bootstrap(ratings, documents=[1, 2])


def test_undefined_rounds_are_counted_and_too_many_give_no_interval():
    found = bootstrap([["a", "a"]] * 19 + [["b", "b"]], rounds=500)
    assert math.isnan(found.low)
    assert any("of 500 rounds were not defined" in x for x in found.limits)


def test_bootstrap_undefined():
    assert "one coder" in bootstrap([[1], [2]]).reason
    assert "no variation" in bootstrap([[1, 1], [1, 1]], coefficient="conger", categories=[1, 2]).reason
    with pytest.raises(ValueError, match="coefficient is one of"):
        bootstrap([[1, 2]], coefficient="icc")


def test_rare_codes_break_the_interval():
    """methods.md A1: two coders, agreement .75; balanced codes N=50 cover 93–95 %, prevalence 90/7/3 N=20 about half."""

    def coverage(prevalence, n, runs=150):
        prevalence = np.array(prevalence)
        truth = 0.75  # coders share the unit's code with probability .75, else each draws by prevalence: population alpha .75
        rng, hits = np.random.default_rng(8), 0
        for run in range(runs):
            shared = rng.choice(len(prevalence), n, p=prevalence)
            other = rng.choice(len(prevalence), (2, n), p=prevalence)
            same = rng.random(n) < truth
            found = bootstrap(np.where(same, shared, other).T, rounds=200, seed=run)
            hits += found.defined and found.low <= truth <= found.high
        return hits / runs

    assert coverage([1 / 3] * 3, 50) > 0.88
    assert coverage([0.9, 0.07, 0.03], 20) < 0.7


# --- per code -------------------------------------------------------------------------------------------------------------


def coded(units=60, coders=3, codes=4, seed=0):
    rng = np.random.default_rng(seed)
    truth = rng.random((units, 1, codes)) < [0.4, 0.3, 0.5, 0.02]
    return truth ^ (rng.random((units, coders, codes)) < 0.08)


def test_per_code_is_alpha_of_present_absent():
    put = coded()
    found = agreement_per_code(put, codes="wxyz", rounds=200)
    for i, c in enumerate("wxyz"):
        assert found[i].code == c
        assert found[i].alpha.value == pytest.approx(krippendorff_alpha(put[:, :, i].astype(int)).value)
    pooled = krippendorff_alpha(np.concatenate([put[:, :, i] for i in range(4)]).astype(int)).value
    assert found[-1].alpha.value == pytest.approx(pooled)
    assert found[-1].alpha.low < pooled < found[-1].alpha.high


def test_per_code_with_units_not_judged():
    put, judged = coded(), np.random.default_rng(3).random((60, 3)) < 0.7
    found = agreement_per_code(put, judged=judged, rounds=100)
    table = np.where(judged, put[:, :, 0].astype(float), np.nan)
    assert found[0].alpha.value == pytest.approx(krippendorff_alpha(table).value)
    assert found[0].alpha.missing == int((~judged).sum())


def test_under_ten_positives_counts_and_no_interval():
    put = np.zeros((50, 2, 1), bool)
    put[:9] = True
    put[8, 1] = False
    few = agreement_per_code(put, rounds=100)[0]
    assert (few.positives, few.both) == (9, 8)
    assert math.isnan(few.alpha.low)
    assert "9 units" in few.alpha.limits[0]
    put[9] = True
    assert not math.isnan(agreement_per_code(put, rounds=100)[0].alpha.low)


def test_unused_code_and_one_coder():
    put = np.zeros((30, 2, 2), bool)
    put[:15, :, 0] = True
    found = agreement_per_code(put, codes=["used", "never"], rounds=50)
    assert found[0].alpha.value == pytest.approx(1)
    assert "does not vary" in found[1].alpha.reason
    assert all("one coder" in c.alpha.reason for c in agreement_per_code(put[:, :1], rounds=10))


def test_per_code_shapes():
    with pytest.raises(ValueError, match="three axes"):
        agreement_per_code(np.zeros((3, 2)))
    with pytest.raises(ValueError, match="judged must be"):
        agreement_per_code(np.zeros((3, 2, 1)), judged=np.zeros((2, 2)))


def test_scale_stays_in_seconds():
    """200,000 codings × 5 coders over 60 codes with 1,000 rounds (the benchmark prints the seconds; here a generous bound)."""
    import time

    rng = np.random.default_rng(0)
    put = np.zeros((20_000, 5, 60), bool)
    at = rng.integers(0, 20_000, 200_000), rng.integers(0, 60, 200_000)
    for g in range(5):
        kept = rng.random(200_000) < 0.85
        put[at[0][kept], g, at[1][kept]] = True
    start = time.perf_counter()
    found = agreement_per_code(put, rounds=1000)
    assert len(found) == 61
    assert all(c.alpha.defined and c.alpha.low < c.alpha.high for c in found)
    assert time.perf_counter() - start < 20


def test_brute_force_coincidences():
    """Alpha from its definition: pairs of judgements within units against pairs of all pairable judgements."""
    rng = np.random.default_rng(2)
    x = rng.integers(0, 3, (12, 3)).astype(float)
    x[0, 0] = x[3, 1] = x[3, 2] = np.nan
    units = [[v for v in row if not math.isnan(v)] for row in x]
    units = [u for u in units if len(u) > 1]
    values = [v for u in units for v in u]
    observed = sum(sum((a - b) ** 2 for a, b in itertools.permutations(u, 2)) / (len(u) - 1) for u in units) / len(values)
    expected = sum((a - b) ** 2 for a, b in itertools.permutations(values, 2)) / (len(values) * (len(values) - 1))
    assert krippendorff_alpha(x, metric="interval").value == pytest.approx(1 - observed / expected)


def test_from_table_agrees_with_counts():
    assert krippendorff_alpha(from_table([[5, 1], [0, 4]])).n == 10


def test_the_pooled_interval_resamples_whole_units_the_first_among_them():
    """Of forty units only the first is disputed, on all six codes: drawn or not, it moves the pooled alpha; by hand the same spread."""
    put = np.zeros((40, 2, 6), bool)
    put[:20] = True
    put[0, 1] = False
    pooled = agreement_per_code(put, rounds=4000, seed=1)[-1].alpha
    rng = np.random.default_rng(5)
    flat = put.astype(float)
    by_hand = [krippendorff_alpha(np.concatenate(list(flat[rng.integers(0, 40, 40)].transpose(2, 0, 1)))).value for _ in range(600)]
    assert pooled.low == pytest.approx(np.quantile(by_hand, 0.025), abs=0.02) and pooled.low < 0.9 and pooled.high == 1


def test_the_pooled_interval_over_documents_by_hand():
    rng = np.random.default_rng(4)
    put = rng.random((60, 2, 3)) < 0.3
    put[:, 1] = np.where(rng.random((60, 3)) < 0.8, put[:, 0], put[:, 1])
    documents = np.repeat(np.arange(10), 6)
    pooled = agreement_per_code(put, documents=documents, rounds=4000, seed=1)[-1].alpha
    flat, by_hand = put.astype(float), []
    for _ in range(600):
        units = np.concatenate([np.flatnonzero(documents == d) for d in rng.integers(0, 10, 10)])
        by_hand.append(krippendorff_alpha(np.concatenate(list(flat[units].transpose(2, 0, 1)))).value)
    assert pooled.resampled == "documents"
    assert pooled.interval == (pytest.approx(np.quantile(by_hand, 0.025), abs=0.04), pytest.approx(np.quantile(by_hand, 0.975), abs=0.04))


def test_mv_alpha_expectation_by_hand_with_labels_that_occur_once():
    """{a} {b} / ∅ ∅: Do = 2/4; De = (8 · 1 for a code against none + 4 · 1, since a label that occurs once cannot meet itself)/16 = .75."""
    once = mv_alpha([[{"a"}, {"b"}], [set(), set()]])
    assert (once.observed, once.expected) == (0.5, pytest.approx(0.75)) and once.value == pytest.approx(1 / 3)
