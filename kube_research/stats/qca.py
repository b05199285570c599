"""Qualitative comparative analysis, crisp and fuzzy: calibration, truth table, fit, and all minimal models.

Sources: Ragin 2008, Redesigning Social Inquiry; Rihoux & Ragin 2009; Schneider & Wagemann 2012 (RoN); Duşa 2019.
Memberships are arrays of numbers from 0 to 1, one a case.  A membership of exactly .5 belongs to no row and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from scipy.special import expit

from ..words import say
from .boolean import Term, covered, prime_implicants, smallest_covers

RAGIN = 3.0  # log odds of the outer anchors in Ragin's direct method (membership .953, .047)
R_QCA = log(19)  # 2.944, what R's QCA and setqca use (membership .95, .05)
PER_CONDITION = 3  # cases a condition, about (Marx & Duşa 2011)


def calibrate(raw, full_out: float, crossover: float, full_in: float, *, constant: float = RAGIN) -> np.ndarray:
    """Direct calibration into a fuzzy set (Ragin 2008, ch. 5).

    raw       (cases,) values; full_out, crossover, full_in  anchors, rising or falling
    constant  log odds at the outer anchors: RAGIN (3.0) gives the published scores, R_QCA (ln 19) what R prints;
              on Lipset's data they differ in the second decimal of 24 of 108 scores

    >>> calibrate([720, 550, 1098], 400, 550, 900).round(2).tolist()              # Ragin 2009: .81, .50, .99
    [0.81, 0.5, 0.99]
    >>> float(calibrate([15.0], 15, 9.5, 5, constant=R_QCA).round(2)[0])
    0.05
    """
    x = np.asarray(raw, float)
    if not (full_out < crossover < full_in or full_out > crossover > full_in):
        raise ValueError(say("titik jangkar harus naik atau turun terus", "the anchors must rise or fall throughout"))
    away = x - crossover
    width = np.where((away >= 0) == (full_in > crossover), full_in - crossover, crossover - full_out)  # negative in a falling set
    return expit(constant * away / width)


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """x sufficient for y: consistency Σmin(x,y)/Σx, PRI, coverage Σmin(x,y)/Σy; NaN where no case has a membership."""

    consistency: float
    pri: float
    coverage: float


def _ratio(top: float, below: float) -> float:
    return float(top / below) if below > 0 else float("nan")


def sufficiency(x, y) -> Sufficiency:
    """Fit of x as sufficient for y (Ragin 2006; PRI as in fsQCA).

    >>> dev = [.81, .99, .58, .16, .58, .98, .89, .04, .07, .72, .34, .98, .02, .01, .01, .03, .95, .98]     # Lipset's 18 countries
    >>> surv = [.05, .95, .89, .12, .77, .95, .05, .06, .42, .92, .05, .95, .12, .05, .21, .06, .95, .95]
    >>> s = sufficiency(dev, surv); [round(x, 4) for x in (s.consistency, s.pri, s.coverage)]                    # R QCA 3.25
    [0.7746, 0.7431, 0.831]
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    both, split = np.minimum(x, y).sum(), np.minimum(np.minimum(x, y), 1 - y).sum()
    return Sufficiency(_ratio(both, x.sum()), _ratio(both - split, x.sum() - split), _ratio(both, y.sum()))


@dataclass(frozen=True, slots=True)
class Necessity:
    """x necessary for y: consistency Σmin(x,y)/Σy, coverage Σmin(x,y)/Σx, and its relevance RoN."""

    consistency: float
    coverage: float
    ron: float


def necessity(x, y) -> Necessity:
    """Fit of x as necessary for y, with the relevance of necessity (Schneider & Wagemann 2012, p. 236).

    High consistency with low RoN: the condition is nearly always there, and says little.

    >>> lit = [.99, .98, .98, .98, .99, .99, .99, .13, .88, .98, .41, .99, .59, .01, .17, .09, .99, .99]     # Lipset's 18 countries
    >>> surv = [.05, .95, .89, .12, .77, .95, .05, .06, .42, .92, .05, .95, .12, .05, .21, .06, .95, .95]
    >>> n = necessity(lit, surv); [round(x, 4) for x in (n.consistency, n.coverage, n.ron)]                      # R QCA 3.25
    [0.9906, 0.6428, 0.5094]
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    both = np.minimum(x, y)
    return Necessity(_ratio(both.sum(), y.sum()), _ratio(both.sum(), x.sum()), _ratio((1 - x).sum(), (1 - both).sum()))


def membership(formula: str, columns: Mapping[str, Sequence[float]]) -> np.ndarray:
    """(cases,) membership in a formula of conditions: "*" is and (minimum), "+" or (maximum), "~" not (1 − x).

    columns   condition → (cases,) memberships
    Raises KeyError with the name of a condition that is not there.

    >>> membership("A*~B + C", {"A": [0.8, 0.2], "B": [0.3, 0.1], "C": [0.4, 0.9]}).tolist()
    [0.7, 0.9]
    """

    def literal(text: str) -> np.ndarray:
        name = text.strip().removeprefix("~").strip()
        if name not in columns:
            raise KeyError(name)
        x = np.asarray(columns[name], float)
        return 1 - x if text.strip().startswith("~") else x

    return np.max([np.min([literal(part) for part in term.split("*")], axis=0) for term in formula.split("+")], axis=0)


@dataclass(frozen=True, slots=True)
class Row:
    """One configuration.  outcome: 1, 0, or None for a logical remainder; cases: indices of those that belong to it.

    contradictory: its cases disagree on the outcome (some above, some below .5), whatever the cut decides.
    """

    index: int
    configuration: tuple[int, ...]
    n: int
    consistency: float
    pri: float
    outcome: int | None
    cases: tuple[int, ...]
    contradictory: bool


@dataclass(frozen=True, slots=True, repr=False)
class TruthTable:
    """All 2^k rows, with the memberships they came from."""

    rows: tuple[Row, ...]
    conditions: tuple[str, ...]
    members: np.ndarray
    outcome: np.ndarray
    frequency_cut: int
    consistency_cut: float
    pri_cut: float
    limits: tuple[str, ...]

    @property
    def true(self) -> frozenset[int]:
        """Rows with outcome 1."""
        return frozenset(r.index for r in self.rows if r.outcome == 1)

    @property
    def remainders(self) -> frozenset[int]:
        """Rows too few cases belong to."""
        return frozenset(r.index for r in self.rows if r.outcome is None)

    def __repr__(self) -> str:
        false = len(self.rows) - len(self.true) - len(self.remainders)
        return f"TruthTable({len(self.true)} rows 1, {false} rows 0, {len(self.remainders)} remainders | {len(self.outcome)} cases)"


def _memberships(values, what: str) -> np.ndarray:
    x = np.asarray(values, float)
    if np.isnan(x).any() or (x < 0).any() or (x > 1).any():
        raise ValueError(say(f"{what}: keanggotaan harus 0 sampai 1, tanpa yang kosong", f"{what}: memberships run from 0 to 1, none missing"))
    return x


def truth_table(
    members, outcome, *, conditions: Sequence[str] | None = None, consistency_cut: float = 0.8, pri_cut: float = 0.0, frequency_cut: int = 1,
) -> TruthTable:  # fmt: skip
    """The truth table of cases × conditions.

    members (cases, k) memberships, outcome (cases,); a row is 1 with at least `frequency_cut` cases above .5 in it,
    consistency ≥ `consistency_cut` and PRI ≥ `pri_cut`; a remainder with fewer cases; else 0.

    >>> truth_table([[1, 1], [1, 0], [0, 0]], [1, 1, 0])
    TruthTable(2 rows 1, 1 rows 0, 1 remainders | 3 cases)
    """
    x, y = _memberships(members, say("kondisi", "conditions")), _memberships(outcome, say("hasil", "outcome"))
    if x.ndim != 2 or y.shape != (len(x),):
        raise ValueError(f"members are cases × conditions and outcome one value a case; they are {x.shape} and {y.shape}")
    n, k = x.shape
    names = tuple(conditions) if conditions is not None else tuple(f"X{i + 1}" for i in range(k))
    if len(names) != k or len(set(names)) != k:
        raise ValueError(f"{k} conditions need {k} different names, not {names}")
    half = np.argwhere(x == 0.5)
    if len(half):
        at = ", ".join(f"{names[j]} ({say('kasus', 'case')} {i})" for i, j in half[:5])
        raise ValueError(say(f"keanggotaan tepat 0,5: {at}; geser titik tengahnya", f"membership of exactly 0.5: {at}; move the crossover"))
    grid = np.array([[r >> (k - 1 - j) & 1 for j in range(k)] for r in range(1 << k)])
    belongs = (x > 0.5) @ (1 << np.arange(k - 1, -1, -1))
    rows, clashes = [], 0
    for index, configuration in enumerate(grid):
        cases = np.flatnonzero(belongs == index)
        fit = sufficiency(np.where(configuration, x, 1 - x).min(1), y)
        pri = 0.0 if np.isnan(fit.pri) else fit.pri
        passed = fit.consistency >= consistency_cut - 1e-12 and pri >= pri_cut - 1e-12
        value = None if len(cases) < max(1, frequency_cut) else int(passed)
        split = bool(len(cases)) and bool((y[cases] > 0.5).any()) and bool((y[cases] < 0.5).any())
        clashes += split and value is not None
        rows.append(Row(index, tuple(map(int, configuration)), len(cases), fit.consistency, pri, value, tuple(map(int, cases)), split))
    notes = []
    if n < k:
        notes.append(say(f"lebih banyak kondisi ({k}) daripada kasus ({n})", f"more conditions ({k}) than cases ({n})"))
    elif n < PER_CONDITION * k:
        notes.append(say(f"{k} kondisi sebaiknya dengan sekitar {PER_CONDITION * k} kasus, ada {n}", f"{k} conditions want about {PER_CONDITION * k} cases, there are {n}"))
    if clashes:
        notes.append(say(f"{clashes} baris kontradiktif: kasusnya berbeda hasil", f"{clashes} contradictory rows: their cases differ in outcome"))
    if (y == 0.5).any():
        notes.append(say("hasil tepat 0,5 tidak memihak pada kontradiksi", "an outcome of exactly 0.5 takes no side in contradictions"))
    return TruthTable(tuple(rows), names, x, y, frequency_cut, consistency_cut, pri_cut, tuple(notes))


@dataclass(frozen=True, slots=True)
class Model:
    """One formula.  terms with their fits and unique coverage; fit of the whole; assumptions: remainders it takes as 1.

    easy: of those, the ones directional expectations support (intermediate solution only).
    """

    terms: tuple[str, ...]
    fits: tuple[Sufficiency, ...]
    unique: tuple[float, ...]
    fit: Sufficiency
    assumptions: frozenset[int]
    easy: frozenset[int] = frozenset()

    def __str__(self) -> str:
        return " + ".join(self.terms)


@dataclass(frozen=True, slots=True)
class Solution:
    """All minimal models of one kind; more than one is model ambiguity, to be reported as such.  No model: see `reason`."""

    kind: str
    models: tuple[Model, ...]
    primes: tuple[str, ...]
    rule: str
    limits: tuple[str, ...]
    reason: str = ""


def _membership(term: Term, table: TruthTable) -> np.ndarray:
    k, x = len(table.conditions), table.members
    columns = [x[:, j] if term.literal(j, k) else 1 - x[:, j] for j in range(k) if term.literal(j, k) is not None]
    return np.min(columns, axis=0) if columns else np.ones(len(x))


def _model(terms: tuple[Term, ...], table: TruthTable, easy: frozenset[int] = frozenset()) -> Model:
    each = np.array([_membership(t, table) for t in terms])
    whole = sufficiency(each.max(0), table.outcome)
    unique = []
    for i in range(len(terms)):
        others = np.delete(each, i, 0)
        unique.append(whole.coverage - (sufficiency(others.max(0), table.outcome).coverage if len(others) else 0.0))
    text = tuple(t.text(table.conditions) for t in terms)
    taken = covered(terms, len(table.conditions)) & table.remainders
    return Model(text, tuple(sufficiency(m, table.outcome) for m in each), tuple(unique), whole, taken, easy)


def _empty(kind: str, table: TruthTable) -> Solution | None:
    if table.true:
        return None
    why = say("tidak ada baris dengan hasil 1: tidak ada yang diminimalkan", "no row has outcome 1: nothing to minimise")
    return Solution(kind, (), (), "", table.limits, why)


def _notes(table: TruthTable, models: int) -> tuple[str, ...]:
    if models < 2:
        return table.limits
    return (*table.limits, say(f"{models} model sama baiknya: laporkan semuanya", f"{models} models are equally good: report them all"))


def _solve(kind: str, table: TruthTable, free: frozenset[int], rule: str) -> Solution:
    if (none := _empty(kind, table)) is not None:
        return none
    primes = prime_implicants(table.true, free, len(table.conditions))
    models = smallest_covers(primes, table.true)
    texts = tuple(t.text(table.conditions) for t in primes)
    return Solution(kind, tuple(_model(m, table) for m in models), texts, rule, _notes(table, len(models)))


def conservative(table: TruthTable) -> Solution:
    """Minimise the rows that are 1, assuming nothing of the remainders; all models with fewest terms.

    >>> [str(m) for m in conservative(truth_table([[1, 1], [1, 0], [0, 0]], [1, 1, 0], conditions="AB")).models]
    ['A']
    """
    return _solve("conservative", table, frozenset(), say("Quine-McCluskey, tanpa sisa logis, suku paling sedikit", "Quine-McCluskey, no remainders, fewest terms"))


def parsimonious(table: TruthTable) -> Solution:
    """Minimise with every remainder that makes it shorter; all models with fewest terms, with their assumptions."""
    return _solve("parsimonious", table, table.remainders, say("Quine-McCluskey, semua sisa logis boleh dipakai, suku paling sedikit", "Quine-McCluskey, all remainders at will, fewest terms"))


def intermediate(table: TruthTable, expectations: Mapping[str, int | None]) -> Solution:
    """Minimise with the easy counterfactuals only (Ragin & Sonnett 2005; Ragin 2008, ch. 9).

    expectations  condition → 1 (expected present where the outcome is), 0 (absent) or None; left out: None
    A remainder of a parsimonious term is easy when a row that is 1, under the same term, becomes it by turning conditions
    into their expected state only.  All models of all parsimonious models are given; programs differ when these are several.
    """
    strange = sorted(set(expectations) - set(table.conditions))
    if strange:
        raise ValueError(f"no condition {strange[0]!r}; there are {', '.join(table.conditions)}")
    if (none := _empty("intermediate", table)) is not None:
        return none
    k = len(table.conditions)
    up = sum(1 << (k - 1 - j) for j, c in enumerate(table.conditions) if expectations.get(c) == 1)
    down = sum(1 << (k - 1 - j) for j, c in enumerate(table.conditions) if expectations.get(c) == 0)
    found: dict[frozenset[Term], frozenset[int]] = {}
    names: list[str] = []
    for model in smallest_covers(prime_implicants(table.true, table.remainders, k), table.true):
        easy = set()
        for term in model:
            here = [r for r in table.true if term.covers(r)]
            for s in table.remainders:
                if term.covers(s) and any(not (s & ~m) & ~up and not (m & ~s) & ~down for m in here):
                    easy.add(s)
        primes = prime_implicants(table.true, easy, k)
        names += [t for t in (p.text(table.conditions) for p in primes) if t not in names]
        for cover in smallest_covers(primes, table.true):
            found.setdefault(frozenset(cover), frozenset(easy & covered(cover, k)))
    models = tuple(_model(tuple(sorted(terms, key=lambda t: (t.literals, -t.mask, -t.value))), table, easy) for terms, easy in found.items())
    rule = say("Quine-McCluskey dengan kontrafaktual mudah, Ragin & Sonnett 2005", "Quine-McCluskey with easy counterfactuals, Ragin & Sonnett 2005")
    return Solution("intermediate", models, tuple(names), rule, _notes(table, len(models)))


__all__ = [
    "RAGIN", "R_QCA", "Model", "Necessity", "Row", "Solution", "Sufficiency", "TruthTable", "calibrate", "conservative", "intermediate", "membership",
    "necessity", "parsimonious", "sufficiency", "truth_table",
]  # fmt: skip
