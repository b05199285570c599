"""Agreement on free spans: the u-alpha family, NVivo's characters, span scores."""

import math

import numpy as np
import pytest

from kube_research.stats import unitizing as un
from kube_research.stats.agreement import from_table, scott_pi

from . import data

BOOK = [data.ALEX, data.PAUL, data.SUZAN]


def test_u_alpha_family_of_the_book():
    """Krippendorff 2019, fig. 12.11: .510, |.413, cu .724; (k) 1 for values 1, 5, 6 and 0 for 2, 3, 4; coverage of 5 44 %."""
    found = un.u_alpha(BOOK, 60)
    assert found.u.value == pytest.approx(0.50998, abs=5e-6)
    assert found.binary.value == pytest.approx(0.4136, abs=5e-5)
    assert found.coding.value == pytest.approx(0.7242, abs=5e-5)
    assert {k: round(e.value, 9) + 0 for k, e in found.codes.items() if e.defined} == {1: 1, 2: 0, 3: 0, 4: 0, 5: 1, 6: 1}
    assert "meets no unit" in found.codes[7].reason
    assert found.coverage[5] == pytest.approx(8 / 18)
    assert found.coverage[7] == 0
    assert (found.u.n, found.u.coders) == (60, 3)


def test_u_alpha_of_pygammas_variant():
    """The spans as another package gives them: .510, .413, .724 as well (positions of code 5 differ)."""
    found = un.u_alpha(data.PYGAMMA_APS, 60)
    assert [round(e.value, 3) for e in (found.u, found.binary, found.coding)] == [0.51, 0.413, 0.724]


def test_identical_unitizations_agree():
    spans = [(0, 10, "a"), (10, 20, "b"), (25, 30, "c")]
    found = un.u_alpha([spans, spans], 40)
    assert [e.value for e in (found.u, found.binary, found.coding)] == pytest.approx([1, 1, 1])
    assert all(e.value == pytest.approx(1) for e in found.codes.values())


def test_by_definition():
    """Agreement counted character by character, chance from the margins less what a unit shares with itself."""
    a, b, length = [(0, 4, "x"), (6, 9, "y")], [(1, 5, "x"), (6, 9, "x")], 12
    marks = [[next((c for s, e, c in own if s <= i < e), "") for i in range(length)] for own in (a, b)]
    labels = ["", "x", "y"]
    margin = [sum(m.count(c) for m in marks) for c in labels]
    agreed = 2 * sum(p == q for p, q in zip(*marks, strict=True))
    own = [margin[0], 4**2 + 4**2 + 3**2, 3**2]
    total = 2 * length
    chance = sum(total * (m * m - o) / (total**2 - sum(own)) for m, o in zip(margin, own, strict=True))
    assert un.u_alpha([a, b], length).u.value == pytest.approx(1 - (total - agreed) / (total - chance))


def test_an_empty_coder_is_a_valid_partition():
    found = un.u_alpha([data.ALEX, [], data.SUZAN], 60)
    assert found.u.defined
    assert found.u.value < un.u_alpha([data.ALEX, data.SUZAN], 60).u.value


def test_nobody_coded_one_coder_and_an_empty_document():
    assert "nobody" in un.u_alpha([[], []], 60).u.reason
    assert "one coder" in un.u_alpha([data.ALEX], 60).u.reason
    assert "nobody" in un.u_alpha([[], []], 0).binary.reason


def test_overlap_of_different_codes_is_refused_and_named():
    found = un.u_alpha([[(0, 10, "a"), (5, 15, "b")], [(0, 10, "a")]], 20)
    assert not found.u.defined
    assert "a, b" in found.u.reason
    assert set(found.codes) == {"a", "b"}


def test_overlap_of_one_code_is_merged_and_said():
    found = un.u_alpha([[(0, 10, "a"), (5, 15, "a")], [(0, 15, "a")]], 20)
    assert found.u.value == pytest.approx(1)
    assert "1 overlapping" in found.u.limits[0]
    inside = un.u_alpha([[(0, 10, "a"), (2, 4, "a"), (12, 13, "b")], [(0, 10, "a"), (12, 13, "b")]], 20)
    assert inside.u.value == pytest.approx(1)


def test_touching_spans_stay_apart():
    assert un.merge_spans([(0, 4, "a"), (4, 8, "a")]) == [(0, 4, "a"), (4, 8, "a")]


def test_spans_outside_the_text():
    for wrong in ([(0, 21, "a")], [(-1, 3, "a")], [(3, 3, "a")]):
        with pytest.raises(ValueError, match="outside the text"):
            un.u_alpha([wrong, []], 20)


def test_one_code_has_no_coding_reliability():
    found = un.u_alpha([[(0, 10, "a")], [(5, 15, "a")]], 20)
    assert found.u.defined
    assert "no variation" in found.coding.reason


def test_documents_concatenate_with_their_ends_as_boundaries():
    length, spans = un.concatenate([(30, [[(20, 30, "a")], [(20, 30, "a")]]), (20, [[(0, 5, "a")], []])])
    assert (length, spans[0]) == (50, [(20, 30, "a"), (30, 35, "a")])
    with pytest.raises(ValueError, match="every coder"):
        un.concatenate([(10, [[], []]), (10, [[]])])
    with pytest.raises(ValueError, match="outside the text"):
        un.concatenate([(10, [[(8, 12, "a")], []])])


def test_a_document_nobody_coded_adds_agreement_on_gaps():
    spans = [[(0, 10, "a")], [(5, 15, "a")]]
    alone = un.u_alpha(spans, 30).u.value
    length, both = un.concatenate([(30, spans), (300, [[], []])])
    assert un.u_alpha(both, length).u.value > alone


# --- NVivo ----------------------------------------------------------------------------------------------------------------


def test_nvivo_characters():
    """1000 characters, 50 both, 150 one, 800 none: 85 % agreement."""
    found = un.character_agreement([(0, 130)], [(80, 200)], 1000)
    assert (found.both, found.first + found.second, found.neither) == (50, 150, 800)
    assert found.percent == pytest.approx(0.85)
    assert math.isnan(found.kappa.low)
    assert math.isnan(found.kappa.se)
    assert "not independent" in found.kappa.limits[0]


def test_krippendorff_1995_case_a():
    """Kappa .385, pi .314, alpha .329: the only table of up to 40 characters with these is 6 / 0 / 8 / 10."""
    found = un.character_agreement([(0, 6)], [(0, 14)], 24)
    assert (found.both, found.first, found.second, found.neither) == (6, 0, 8, 10)
    assert round(found.kappa.value, 3) == 0.385
    assert round(found.alpha.value, 3) == 0.329
    assert round(scott_pi(from_table([[10, 8], [0, 6]])).value, 3) == 0.314


def test_characters_nobody_coded():
    found = un.character_agreement([], [], 100)
    assert found.percent == 1
    assert "no variation" in found.kappa.reason
    assert math.isnan(un.character_agreement([], [], 0).percent)


# --- spans ----------------------------------------------------------------------------------------------------------------

GOLD = [(0, 10, "a"), (20, 30, "a"), (40, 50, "b"), (60, 70, "b"), (80, 90, "c")]
OTHER = [(0, 10, "a"), (22, 30, "a"), (40, 50, "b"), (60, 72, "b"), (80, 90, "d")]


def test_span_scores_by_hand():
    """Exact .40, IoU ≥ .5 .80."""
    exact, half = un.span_scores(GOLD, OTHER, iou=1), un.span_scores(GOLD, OTHER, iou=0.5)
    assert (exact.precision.value, exact.recall.value, exact.f1.value) == pytest.approx((0.4, 0.4, 0.4))
    assert half.f1.value == pytest.approx(0.8)
    assert half.pairs == ((0, 0), (1, 1), (2, 2), (3, 3))
    assert "IoU >= 0.5" in half.f1.rule


def test_matching_is_one_to_one_and_leaves_few_alone():
    gold = [(0, 10, "a"), (10, 20, "a")]
    found = [(4, 14, "a"), (0, 9, "a")]
    assert len(un.span_scores(gold, found, iou=0.25).pairs) == 2  # the first found span goes to the second gold span
    assert un.span_scores([(0, 10, "a")], [(0, 10, "a"), (0, 10, "a")]).precision.value == 0.5


def test_span_scores_without_spans():
    none = un.span_scores([], [])
    assert not none.precision.defined
    assert not none.recall.defined
    assert not none.f1.defined
    assert un.span_scores(GOLD, []).recall.value == 0
    assert un.span_scores([], OTHER).precision.value == 0
    with pytest.raises(ValueError, match="iou"):
        un.span_scores(GOLD, OTHER, iou=0)


# --- gamma ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "disorder"),
    [([(1, 5, "c")], [(2, 6, "c")], 0.0625), ([(1, 5, "c"), (6, 8, "b")], [(2, 6, "c")], 0.70833), ([(0, 6, "c")], [(1, 7, "b")], 1.02778)],
)
def test_gamma_observed_disorder_of_three_fixtures(first, second, disorder):
    """.0625, .70833, 1.02778 with alpha = beta = Δ∅ = 1 (the spans of the third are reconstructed from its value)."""
    found = un.gamma_agreement([first, second], 20, alpha=1, beta=1, samples=5)
    assert found.disorder == pytest.approx(disorder, abs=5e-6)


def test_gamma_of_alex_paul_suzan():
    """pygamma-agreement: observed disorder .96, mean over seven unitary alignments .731; gamma about .42–.47."""
    found = un.gamma_agreement(data.PYGAMMA_APS, 60, samples=60, seed=1)
    assert found.disorder == pytest.approx(0.960625)
    assert found.disorder * 16 / 3 / len(found.alignment) == pytest.approx(0.731, abs=0.002)
    assert len(found.alignment) == 7
    assert 0.42 <= found.gamma.value <= 0.49
    assert found.gamma.seed == 1


def test_gamma_with_distances_between_codes():
    """pygamma-agreement's own test of the best alignment: .43478875 with this matrix and Δ∅ .5."""
    names = ["Alice", "Bob", "Carol", "Jeremy"]  # its categories are sorted before the matrix is applied
    matrix = [[0, 0.5, 0.3, 0.7], [0.5, 0, 0.6, 0.4], [0.3, 0.6, 0, 0.7], [0.7, 0.4, 0.7, 0]]
    codes = {frozenset((a, b)): matrix[i][j] for i, a in enumerate(names) for j, b in enumerate(names) if i < j}
    coders = [
        [(1, 5, "Carol"), (6, 8, "Bob"), (12, 18, "Carol"), (7, 20, "Alice")],
        [(2, 6, "Carol"), (7, 8, "Bob"), (12, 18, "Alice"), (8, 10, "Alice"), (7, 19, "Jeremy")],
        [(1, 6, "Carol"), (8, 10, "Alice"), (7, 19, "Jeremy"), (19, 20, "Alice")],
    ]
    found = un.gamma_agreement(coders, 20, alpha=3, empty=0.5, codes=codes, samples=2)
    assert found.disorder == pytest.approx(0.43478875, abs=1e-4)


def test_gamma_two_and_many_coders_agree():
    """The assignment of two coders and the integer programme give the same disorder when the third coder adds nothing new."""
    from kube_research.stats.gamma import _Costs, _many, _two

    costs = _Costs(3.0, 1.0, 1.0, None)
    spans = [data.ALEX, data.PAUL]
    assert _two(costs.between(*spans), 1.0)[0] == pytest.approx(_many(spans, costs)[0])


def test_chance_continua_are_shifted_apart():
    """Every coder of a chance continuum is somebody's spans, whole, shifted by more than half a mean span from the others."""
    from kube_research.stats.gamma import _shuffled

    rng = np.random.default_rng(0)
    for _ in range(50):
        shifted = _shuffled([data.ALEX, data.ALEX, data.ALEX], 60, 5, rng)
        assert all([e - s for s, e, _ in own] == pytest.approx([e - s for s, e, _ in data.ALEX]) for own in shifted)
        at = [own[0][0] for own in shifted]
        assert all(min(abs(a - b), 60 - abs(a - b)) >= 5 for i, a in enumerate(at) for b in at[:i])


def test_gamma_seed_and_undefined():
    a = [un.gamma_agreement(data.PYGAMMA_APS, 60, samples=5, seed=s).gamma.value for s in (1, 1, 2)]
    assert a[0] == a[1] != a[2]
    assert un.gamma_agreement([data.ALEX, data.ALEX], 60, samples=5).gamma.value == pytest.approx(1)
    assert "one coder" in un.gamma_agreement([data.ALEX], 60).gamma.reason
    assert "nobody" in un.gamma_agreement([[], []], 60).gamma.reason
    with pytest.raises(ValueError, match="outside the text"):
        un.gamma_agreement([[(0, 90, "a")], []], 60)


def test_gamma_allows_overlap_within_a_coder():
    spans = [(0, 10, "a"), (5, 15, "b")]
    assert un.gamma_agreement([spans, spans], 40, samples=10, seed=1).disorder == pytest.approx(0)


def test_gamma_with_a_coder_who_found_nothing():
    """Chance may draw the empty coder, never for everybody; an empty partner costs one empty unit a span, so the disorder is two empties over a mean of one span."""
    g = un.gamma_agreement([[(0, 10, "x"), (20, 30, "y")], []], 40, samples=50, seed=1)
    assert g.disorder == 2.0 and g.gamma.defined and g.gamma.value <= 0.5


def test_gamma_standard_error_is_that_of_the_mean_disorder():
    """gamma = 1 − d/mean: its standard error is d/mean² · sd/√samples, from the very draws that the seed gives."""
    spans, length, samples = [[(0, 10, "x"), (20, 30, "y")], [(0, 9, "x"), (22, 30, "y")]], 40, 12
    found = un.gamma_agreement(spans, length, samples=samples, seed=3)
    from kube_research.stats.gamma import _align, _Costs, _shuffled

    rng, costs = np.random.default_rng(3), _Costs(3.0, 1.0, 1.0, None)
    drawn = np.array([_align(_shuffled(spans, length, (10 + 10 + 9 + 8) / 4 / 2, rng), costs)[0] for _ in range(samples)])
    assert found.chance == pytest.approx(drawn.mean())
    assert found.gamma.se == pytest.approx(found.disorder / drawn.mean() ** 2 * drawn.std(ddof=1) / math.sqrt(samples))
    assert math.isnan(un.gamma_agreement(spans, length, samples=1, seed=3).gamma.se)
