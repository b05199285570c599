"""Boolean minimisation, exact: prime implicants after Quine and McCluskey, and all smallest models of the chart.

A row of a truth table of k conditions is the number whose binary digits are its configuration, the first condition the
highest digit.  Used by `qca`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST = 12  # conditions; 3^12 implicants are still looked at
MODELS = 500  # smallest models listed at most


@dataclass(frozen=True, slots=True, order=True)
class Term:
    """A conjunction: the conditions in `mask` have the digits of `value`; the others are free.  mask 0: always true."""

    mask: int
    value: int

    def covers(self, row: int) -> bool:
        """Does the row satisfy the term?"""
        return row & self.mask == self.value

    @property
    def literals(self) -> int:
        """How many conditions it names."""
        return self.mask.bit_count()

    def literal(self, condition: int, k: int) -> int | None:
        """1 present, 0 absent, None free."""
        bit = 1 << (k - 1 - condition)
        return None if not self.mask & bit else int(bool(self.value & bit))

    def text(self, names: Sequence[str]) -> str:
        """As written in QCA.

        >>> Term(0b110, 0b100).text(["A", "B", "C"])
        'A*~B'
        """
        found = [(name, self.literal(i, len(names))) for i, name in enumerate(names)]
        return "*".join(name if x else f"~{name}" for name, x in found if x is not None) or "1"


def prime_implicants(true: Iterable[int], free: Iterable[int], k: int) -> tuple[Term, ...]:
    """Prime implicants of the rows that are `true`, with `free` rows at will, of which each covers a true one.

    >>> [t.text("ABC") for t in prime_implicants({6, 7}, {4, 5}, 3)]
    ['A']
    """
    if k > MOST:
        raise ValueError(f"at most {MOST} conditions, not {k}")
    rows = set(true)
    full = (1 << k) - 1
    level, primes = {(full, r) for r in rows | set(free)}, set()
    while level:
        merged, nxt = set(), set()
        for mask, value in level:
            for digit in range(k):
                bit = 1 << digit
                if mask & bit and not value & bit and (mask, value | bit) in level:
                    merged |= {(mask, value), (mask, value | bit)}
                    nxt.add((mask & ~bit, value))
        primes |= level - merged
        level = nxt
    terms = (Term(m, v) for m, v in primes)
    return tuple(sorted((t for t in terms if any(t.covers(r) for r in rows)), key=lambda t: (t.literals, -t.mask, -t.value)))


def smallest_covers(terms: Sequence[Term], rows: Iterable[int]) -> tuple[tuple[Term, ...], ...]:
    """Every way to cover all rows with as few terms as possible, never one picked silently.

    >>> chart = prime_implicants({0, 1, 2, 5, 6, 7}, (), 3)                  # a cyclic chart: two models of three terms
    >>> [len(m) for m in smallest_covers(chart, {0, 1, 2, 5, 6, 7})]
    [3, 3]
    """
    wanted = sorted(set(rows))
    if not wanted:
        return ()
    by_row = {r: [i for i, t in enumerate(terms) if t.covers(r)] for r in wanted}
    if any(not found for found in by_row.values()):
        raise ValueError("a row is covered by no term")
    covered_by = [frozenset(r for r in wanted if t.covers(r)) for t in terms]
    essential = frozenset(found[0] for found in by_row.values() if len(found) == 1)
    rest = frozenset(wanted).difference(*(covered_by[i] for i in essential))

    def search(left: frozenset, chosen: frozenset, budget: int, out: set) -> None:
        if not left:
            out.add(chosen)
            return
        most = max(len(left & rows_of) for rows_of in covered_by)
        if budget * most < len(left) or len(out) >= MODELS:
            return
        row = min(left, key=lambda r: len(by_row[r]))
        for i in by_row[row]:
            search(left - covered_by[i], chosen | {i}, budget - 1, out)

    for extra in range(len(rest) + 1):
        found: set[frozenset] = set()
        search(rest, essential, extra, found)
        if found:
            return tuple(sorted(tuple(terms[i] for i in sorted(model)) for model in found))
    raise AssertionError("a cover exists")


def covered(terms: Iterable[Term], k: int) -> frozenset[int]:
    """All rows that satisfy one of the terms."""
    listed = tuple(terms)
    return frozenset(r for r in range(1 << k) if any(t.covers(r) for t in listed))
