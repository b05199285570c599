"""Many codes at once: alpha and kappa of every code, present or absent, out of the marks alone; nothing grows with units × coders × codes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


DENSE = 16  # cells (codes × units) a mark up to which a cell each costs less than sorting


@dataclass(frozen=True, eq=False)
class Bulk:
    """Per code, and last for all codes pooled: alpha (nominal), Fleiss' kappa, units that bear the code.  NaN where a code does not vary."""

    alpha: np.ndarray
    kappa: np.ndarray
    positives: np.ndarray


def binary_agreement(unit: np.ndarray, coder: np.ndarray, code: np.ndarray, *, units: int, coders: int, codes: int) -> Bulk:
    """Agreement of `coders` who all judged all `units` on each of `codes` codes, out of their marks.

    unit, coder, code   (marks,) integers: this coder put this code on this unit; repetitions count once
    Krippendorff's alpha (2019, ch. 12) and Fleiss' kappa (1971) of the categories present and absent.

    >>> b = binary_agreement(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([0, 0, 0]), units=4, coders=2, codes=1)
    >>> b.alpha.round(4).tolist(), b.kappa.round(4).tolist()
    ([0.5333, 0.5333], [0.4667, 0.4667])
    """
    if coders < 2:
        raise ValueError("agreement needs at least two coders")
    dense = coders <= 8 and 0 < units * codes <= DENSE * len(unit)
    table = (_by_bits if dense else _by_order)(np.asarray(unit), np.asarray(coder), np.asarray(code), units, coders, codes)
    table[:, 0] = units - table[:, 1:].sum(1)
    table = np.vstack((table, table.sum(0)))
    k = np.arange(coders + 1)
    n = table.sum(1) * coders
    ones = table @ k
    zeros = n - ones
    apart = table @ (2.0 * k * (coders - k) / (coders - 1))  # pairs of judgements that differ, weighted as in the coincidences
    with np.errstate(divide="ignore", invalid="ignore"):
        alpha = 1 - (n - 1) * apart / (2 * ones * zeros)
        chance = (ones**2 + zeros**2) / n**2
        kappa = ((1 - apart / n) - chance) / (1 - chance)
    still = (ones == 0) | (zeros == 0)
    alpha[still] = kappa[still] = np.nan
    return Bulk(alpha, kappa, table[:, 1:].sum(1).astype(np.int64))


def _by_bits(unit: np.ndarray, coder: np.ndarray, code: np.ndarray, units: int, coders: int, codes: int) -> np.ndarray:
    """Per code how many units so many coders (eight at most) marked: a bit for each coder in a cell for each code and unit."""
    cells = np.zeros(codes * units, np.uint8)
    cell = np.asarray(code, np.int64) * units
    cell += unit
    for c in range(coders):  # one coder after the other: the same cell twice is the same bit
        cells[cell[coder == c]] |= np.uint8(1 << c)
    return np.stack([np.bincount(np.bitwise_count(row), minlength=coders + 1) for row in cells.reshape(codes, units)]).astype(float)


def _by_order(unit: np.ndarray, coder: np.ndarray, code: np.ndarray, units: int, coders: int, codes: int) -> np.ndarray:
    """The same where marks are few beside the cells: they are sorted."""
    mark = _distinct((unit.astype(np.int64) * codes + code) * coders + coder)
    cell, many = _runs(mark // coders)  # (unit, code) and how many coders marked it
    return np.bincount(cell % codes * (coders + 1) + many, minlength=codes * (coders + 1)).reshape(codes, coders + 1).astype(float)


def _distinct(values: np.ndarray) -> np.ndarray:
    values = np.sort(values)
    return values[np.append(True, values[1:] != values[:-1])] if len(values) else values


def _runs(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct numbers of a sorted array, and how often each stands there."""
    if not len(values):
        return values, values
    at = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    return values[at], np.diff(np.append(at, len(values)))
