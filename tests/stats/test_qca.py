"""QCA: Lipset's 18 countries in every published form, model ambiguity, invariants, and bad input."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kube_research.stats import boolean
from kube_research.stats import qca as q

from .data import CONDITIONS, COUNTRIES, CRISP, CRISP_SURVIVED, FUZZY, LIPSET_ANCHORS, LIPSET_FUZZY, LIPSET_RAW, SURVIVED


def crisp(negated=False):
    return q.truth_table(CRISP, 1 - CRISP_SURVIVED if negated else CRISP_SURVIVED, conditions=CONDITIONS)


def fuzzy(cut, negated=False):
    return q.truth_table(FUZZY, 1 - SURVIVED if negated else SURVIVED, conditions=CONDITIONS, consistency_cut=cut)


def formulas(solution):
    return [str(m) for m in solution.models]


# --- calibration ----------------------------------------------------------------------------------------------------------


def misses(constant):
    return sum(int((abs(q.calibrate(LIPSET_RAW[c], *a, constant=constant).round(2) - LIPSET_FUZZY[c]) > 0.0051).sum()) for c, a in LIPSET_ANCHORS.items())


def test_ragins_constant_gives_all_108_published_scores():
    assert misses(q.RAGIN) == 0
    assert misses(q.R_QCA) == 24


def test_calibration_of_r():
    """R QCA 3.25, thresholds 20, 50, 80: rising and falling, idm .95 and .99."""
    x = [0, 10, 20, 25, 30, 40, 50, 60]
    rising = [0.00733745807066141, 0.01934249769983508, 0.05, 0.07916845804317633, 0.1231471380298757, 0.2725982855090026, 0.5, 0.7274017144909974]
    assert q.calibrate(x, 20, 50, 80, constant=q.R_QCA) == pytest.approx(rising)
    assert q.calibrate(x, 80, 50, 20, constant=q.R_QCA) == pytest.approx(1 - np.array(rising))
    assert q.calibrate([10], 20, 50, 80, constant=math.log(99)) == pytest.approx(0.002178742102633038)


def test_calibration_anchors_and_extremes():
    assert q.calibrate([-1e9, 1e9], 0, 1, 2).tolist() == [0, 1]
    with pytest.raises(ValueError, match="rise or fall"):
        q.calibrate([1], 0, 5, 3)


# --- crisp ----------------------------------------------------------------------------------------------------------------


def test_crisp_truth_table():
    table = crisp()
    filled = {r.index + 1: (r.n, r.consistency, r.outcome) for r in table.rows if r.n}
    assert filled == {32: (4, 1, 1), 22: (2, 1, 1), 24: (2, 1, 1), 1: (3, 0, 0), 2: (2, 0, 0), 5: (2, 0, 0), 6: (1, 0, 0), 23: (1, 0, 0), 31: (1, 0, 0)}
    assert [COUNTRIES[i] for i in table.rows[31].cases] == ["BE", "CZ", "NL", "UK"]
    assert len(table.remainders) == 23


def test_rihoux_de_meur_2009():
    assert formulas(q.conservative(crisp())) == ["DEV*~URB*LIT*STB + DEV*LIT*IND*STB"]  # p. 57
    short = q.parsimonious(crisp())
    assert formulas(short) == ["DEV*STB"]  # p. 60
    assert {r + 1 for r in short.models[0].assumptions} == {18, 20, 26, 28, 30}  # five simplifying assumptions
    assert formulas(q.conservative(crisp(negated=True))) == ["~DEV*~URB*~IND + DEV*LIT*IND*~STB"]  # p. 59
    negated = q.parsimonious(crisp(negated=True))
    assert formulas(negated) == ["~DEV + ~STB"]  # p. 61
    assert len(negated.models[0].assumptions) == 18


def test_crisp_coverage():
    model = q.conservative(crisp()).models[0]
    assert [f.coverage for f in model.fits] == [0.5, 0.75]
    assert model.unique == (0.25, 0.5)
    assert (model.fit.consistency, model.fit.coverage) == (1, 1)
    negated = q.parsimonious(crisp(negated=True)).models[0]
    assert [round(f.coverage, 3) for f in negated.fits] == [0.8, 0.7]
    assert [round(u, 3) for u in negated.unique] == [0.3, 0.2]


# --- fuzzy ----------------------------------------------------------------------------------------------------------------


def test_ragin_2009_cut_70():
    assert formulas(q.conservative(fuzzy(0.7))) == formulas(q.conservative(crisp()))
    assert formulas(q.conservative(fuzzy(0.7, True))) == formulas(q.conservative(crisp(True)))
    assert formulas(q.parsimonious(fuzzy(0.7))) == ["DEV*STB"]
    assert formulas(q.parsimonious(fuzzy(0.7, True))) == ["~DEV + ~STB"]


def test_fuzzy_truth_table_of_r():
    rows = fuzzy(0.8).rows
    published = {0: (3, 0.21598, 0), 4: (2, 0.52090, 0.11310), 21: (2, 0.80427, 0.71939), 23: (2, 0.70877, 0.63436), 31: (4, 0.90421, 0.88579)}
    assert {i: (rows[i].n, round(rows[i].consistency, 5), round(rows[i].pri, 5)) for i in published} == published


def test_fuzzy_solutions_of_r_cut_80():
    table = fuzzy(0.8)
    full = q.conservative(table)
    assert formulas(full) == ["DEV*URB*LIT*IND*STB + DEV*~URB*LIT*~IND*STB"]
    assert (round(full.models[0].fit.consistency, 4), round(full.models[0].fit.coverage, 4)) == (0.8698, 0.6585)
    assert [round(u, 4) for u in full.models[0].unique] == [0.3932, 0.2042]
    short = q.parsimonious(table)
    assert formulas(short) == ["DEV*~IND + URB*STB"]
    assert (round(short.models[0].fit.consistency, 4), round(short.models[0].fit.coverage, 4)) == (0.8503, 0.7136)
    assert [round(f.pri, 4) for f in short.models[0].fits] == [0.7208, 0.8454]


def test_intermediate_of_r():
    """All expected present: one easy of twelve counterfactuals; with IND expected absent, the same formula."""
    table = fuzzy(0.8)
    found = q.intermediate(table, dict.fromkeys(CONDITIONS, 1))
    assert formulas(found) == ["DEV*URB*LIT*STB + DEV*LIT*~IND*STB"]
    model = found.models[0]
    assert (round(model.fit.consistency, 4), round(model.fit.coverage, 4)) == (0.8659, 0.6596)
    assert model.easy == {29}
    assert len(q.parsimonious(table).models[0].assumptions) == 12
    assert formulas(q.intermediate(table, {**dict.fromkeys(CONDITIONS, 1), "IND": 0})) == formulas(found)


def test_three_conditions_of_r():
    table = q.truth_table(FUZZY[:, [0, 2, 4]], SURVIVED, conditions=("DEV", "LIT", "STB"))
    assert formulas(q.conservative(table)) == formulas(q.intermediate(table, {"DEV": 1, "LIT": 1, "STB": 1})) == ["DEV*LIT*STB"]
    assert formulas(q.parsimonious(table)) == ["DEV*STB"]
    assert q.parsimonious(table).models[0].assumptions == {5}


def test_no_expectation_is_the_conservative_solution():
    table = fuzzy(0.8)
    assert formulas(q.intermediate(table, {})) == formulas(q.conservative(table))


def test_necessity_of_literacy():
    found = q.necessity(FUZZY[:, 2], SURVIVED)
    assert [round(x, 4) for x in (found.consistency, found.coverage, found.ron)] == [0.9906, 0.6428, 0.5094]
    either = q.necessity(np.maximum(FUZZY[:, 0], FUZZY[:, 1]), SURVIVED)  # DEV + URB
    assert [round(x, 4) for x in (either.consistency, either.coverage, either.ron)] == [0.8991, 0.7539, 0.7582]
    absent = q.necessity(1 - FUZZY[:, 3], SURVIVED)  # ~IND
    assert [round(x, 4) for x in (absent.consistency, absent.coverage, absent.ron)] == [0.4167, 0.3671, 0.5765]


def test_fits_without_members_are_undefined():
    assert math.isnan(q.sufficiency([0, 0], [1, 0]).consistency)
    assert math.isnan(q.necessity([1, 0], [0, 0]).consistency)
    assert math.isnan(q.necessity([1, 1], [1, 1]).ron)


# --- ambiguity ------------------------------------------------------------------------------------------------------------


def rows_of(numbers, k):
    return np.array([[n >> (k - 1 - j) & 1 for j in range(k)] for n in numbers], float)


def test_model_ambiguity_shows_both():
    """Four conditions, nine cases: A*B + C*D and B*C + C*D (R QCA lists both)."""
    on, off = [3, 7, 11, 14], [1, 4, 8, 9, 10]
    table = q.truth_table(rows_of(on + off, 4), [1] * 4 + [0] * 5, conditions="ABCD")
    found = q.parsimonious(table)
    assert sorted(formulas(found)) == ["A*B + C*D", "B*C + C*D"]
    assert any("2 models" in x for x in found.limits)


def test_published_chart_of_cebotari_vink():
    """The prime implicant chart printed by R QCA gives four models of four terms, two of them in all."""
    chart = {
        "~NATPRIDE": [5, 15, 27, 29, 31], "~DEMOC*ETHFRACT*POLDIS": [15, 16], "DEMOC*ETHFRACT*GEOCON": [29, 30, 31, 32],
        "DEMOC*ETHFRACT*~POLDIS": [29, 30], "DEMOC*GEOCON*POLDIS": [24, 31, 32], "ETHFRACT*GEOCON*POLDIS": [15, 16, 31, 32],
    }  # fmt: skip

    class Printed(boolean.Term):
        """A term known only by the rows of the chart."""

        def covers(self, row):
            return row in chart[self.value]

    terms = [Printed(0, name) for name in chart]
    rows = sorted({r for found in chart.values() for r in found})
    models = [{t.value for t in m} for m in boolean.smallest_covers(terms, rows)]
    both = {"~NATPRIDE", "DEMOC*GEOCON*POLDIS"}
    rest = [{"~DEMOC*ETHFRACT*POLDIS", "DEMOC*ETHFRACT*GEOCON"}, {"~DEMOC*ETHFRACT*POLDIS", "DEMOC*ETHFRACT*~POLDIS"},
            {"DEMOC*ETHFRACT*GEOCON", "ETHFRACT*GEOCON*POLDIS"}, {"DEMOC*ETHFRACT*~POLDIS", "ETHFRACT*GEOCON*POLDIS"}]  # fmt: skip
    assert len(models) == 4
    assert all(both | r in models for r in rest)


def brute_minimum(on, free, k):
    """Fewest implicants that cover `on` within on ∪ free, over all 3^k terms."""
    allowed = set(on) | set(free)
    terms = []
    for digits in itertools.product((0, 1, None), repeat=k):
        rows = {r for r in range(1 << k) if all(d is None or (r >> (k - 1 - j) & 1) == d for j, d in enumerate(digits))}
        if rows <= allowed and rows & set(on):
            terms.append(rows)
    return next(n for n in range(1, len(on) + 1) if any(set(on) <= set().union(*c) for c in itertools.combinations(terms, n)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2]), min_size=8, max_size=8))
def test_minimisation_against_brute_force(states):
    on, free = [i for i, s in enumerate(states) if s == 1], [i for i, s in enumerate(states) if s == 2]
    if not on:
        return
    models = boolean.smallest_covers(boolean.prime_implicants(on, free, 3), on)
    assert {len(m) for m in models} == {brute_minimum(on, free, 3)}
    for model in models:
        rows = boolean.covered(model, 3)
        assert set(on) <= rows <= set(on) | set(free)
    assert len(set(map(frozenset, models))) == len(models)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2]), min_size=16, max_size=16), st.lists(st.sampled_from([0, 1, None]), min_size=4, max_size=4))
def test_on_set_within_intermediate_within_parsimonious(states, expected):
    known = [i for i, s in enumerate(states) if s != 2]
    if not any(s == 1 for s in states):
        return
    table = q.truth_table(rows_of(known, 4), [float(states[i] == 1) for i in known], conditions="ABCD")
    wide = [m.assumptions for m in q.parsimonious(table).models]
    for model in q.intermediate(table, dict(zip("ABCD", expected, strict=True))).models:
        assert any(model.assumptions <= w for w in wide)
        assert model.easy == model.assumptions
        assert model.fit.coverage == pytest.approx(1)
        assert model.fit.consistency == pytest.approx(1)


def test_against_setqca():
    theirs = pytest.importorskip("setqca.minimize")
    rng = np.random.default_rng(5)
    for _ in range(120):
        k = int(rng.integers(2, 6))
        state = rng.integers(0, 3, 1 << k)
        on, free = set(np.flatnonzero(state == 1).tolist()), set(np.flatnonzero(state == 2).tolist())
        if not on or len(on | free) == 1 << k:
            continue
        names = "ABCDE"[:k]
        mine = {frozenset(t.text(names) for t in m) for m in boolean.smallest_covers(boolean.prime_implicants(on, free, k), on)}
        size = {m: sum(t.count("*") + 1 for t in m) for m in mine}
        other = {frozenset(s.as_expression(tuple(names)).replace(" ", "").split("+")) for s in theirs.minimize(on, dont_cares=free, width=k)}
        assert {m for m in mine if size[m] == min(size.values())} == other  # setqca keeps those with fewest literals


def test_intermediate_against_setqca():
    """setqca does not ask that the row and the remainder share a parsimonious term, as fsQCA and R do; so its easy
    counterfactuals include ours, and where they are the same the formulas are."""
    setqca, pd = pytest.importorskip("setqca"), pytest.importorskip("pandas")
    rng = np.random.default_rng(6)
    same = compared = 0
    while compared < 40:
        rows = rng.choice(16, 10, replace=False)
        y = rng.integers(0, 2, 10).astype(float)
        table = q.truth_table(rows_of(rows, 4), y, conditions="ABCD")
        expectations = dict(zip("ABCD", map(int, rng.integers(0, 2, 4)), strict=True))
        if not table.true or len(q.parsimonious(table).models) > 1:
            continue
        compared += 1
        frame = pd.DataFrame(rows_of(rows, 4).astype(int), columns=list("ABCD")).assign(Y=y.astype(int))
        states = {c: "present" if v else "absent" for c, v in expectations.items()}
        fitted = setqca.CSQCA(directional_expectations=states).fit(frame, outcome="Y", conditions=list("ABCD"))
        other = {frozenset(s.expression(tuple("ABCD")).replace(" ", "").split("+")) for s in fitted.solutions("intermediate")}
        models = q.intermediate(table, expectations).models
        least = min(sum(t.count("*") + 1 for t in m.terms) for m in models)
        mine = {frozenset(m.terms) for m in models if sum(t.count("*") + 1 for t in m.terms) == least}
        easy = set().union(*(m.easy for m in models))
        theirs = set(fitted.counterfactuals.easy)
        assert easy <= theirs
        if easy == theirs:
            assert mine == other
            same += 1
    assert same >= 25


# --- bad input ------------------------------------------------------------------------------------------------------------


def test_membership_of_exactly_half_is_refused():
    x = FUZZY.copy()
    x[3, 1] = 0.5
    with pytest.raises(ValueError, match=r"URB \(case 3\)"):
        q.truth_table(x, SURVIVED, conditions=CONDITIONS)


def test_contradictory_rows_are_flagged():
    table = q.truth_table([[1, 1], [1, 1], [0, 1], [0, 0]], [1, 0, 0, 0], conditions="AB", consistency_cut=0.75)
    assert table.rows[3].contradictory
    assert (table.rows[3].outcome, table.rows[3].consistency) == (0, 0.5)
    assert any("1 contradictory" in x for x in table.limits)
    undecided = q.truth_table([[1, 1], [1, 1], [0, 1], [0, 0]], [1, 0.5, 0, 0])
    assert not undecided.rows[3].contradictory
    assert any("exactly 0.5" in x for x in undecided.limits)


def test_more_conditions_than_cases():
    few = q.truth_table(np.eye(3, 4), [1, 0, 1])
    assert any("more conditions (4) than cases (3)" in x for x in few.limits)
    some = q.truth_table(rows_of(range(8), 4), [1] * 8)
    assert any("about 12 cases" in x for x in some.limits)
    assert crisp().limits == ()


def test_no_positive_row_has_no_solution():
    table = q.truth_table([[1, 0], [0, 1]], [0, 0])
    for found in (q.conservative(table), q.parsimonious(table), q.intermediate(table, {})):
        assert found.models == ()
        assert "no row has outcome 1" in found.reason


def test_everything_positive_is_always_true():
    assert formulas(q.parsimonious(q.truth_table([[1, 0], [0, 1]], [1, 1]))) == ["1"]


def test_cuts():
    table = q.truth_table(FUZZY, SURVIVED, conditions=CONDITIONS, pri_cut=0.8)
    assert table.true == {31}
    thin = q.truth_table(FUZZY, SURVIVED, conditions=CONDITIONS, frequency_cut=3)
    assert thin.true == {31}
    assert thin.rows[21].outcome is None


def test_shapes_and_names():
    with pytest.raises(ValueError, match="different names"):
        q.truth_table(FUZZY, SURVIVED, conditions=("A", "A", "B", "C", "D"))
    with pytest.raises(ValueError, match="0 to 1"):
        q.truth_table([[2.0]], [1])
    with pytest.raises(ValueError, match="0 to 1"):
        q.truth_table([[float("nan")]], [1])
    with pytest.raises(ValueError, match="cases × conditions"):
        q.truth_table([[1.0]], [1, 0])
    with pytest.raises(ValueError, match="no condition 'WAR'"):
        q.intermediate(crisp(), {"WAR": 1})
    with pytest.raises(ValueError, match="at most 12"):
        boolean.prime_implicants({1}, (), 13)
    with pytest.raises(ValueError, match="covered by no term"):
        boolean.smallest_covers([boolean.Term(1, 1)], {0})
    assert boolean.smallest_covers([], ()) == ()
