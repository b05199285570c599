"""Intervals of a share."""

from __future__ import annotations

import numpy as np
import scipy
from scipy import special

from ..words import say
from .result import Estimate, undefined


def _share(name: str, hits: int, n: int, unit: str, rule: str) -> Estimate | None:
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n}: hits lie between 0 and n")
    return None if n else undefined(name, say("tidak ada satu pun yang dihitung", "there is nothing to count"), 0, unit, rule)


def wilson(hits: int, n: int, *, level: float = 0.95, unit: str = "unit", name: str = "share") -> Estimate:
    """A share with Wilson's score interval (Wilson 1927; Newcombe 1998), the one to print.

    >>> [round(x, 4) for x in wilson(15, 148).interval]                                   # Newcombe 1998: .0624 to .1605
    [0.0624, 0.1605]
    """
    rule = say("bagian, selang skor Wilson", "share, Wilson score interval")
    if (none := _share(name, hits, n, unit, rule)) is not None:
        return none
    p, z = hits / n, special.ndtri(0.5 + level / 2)
    middle, half = p + z * z / (2 * n), z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    low, high = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    low, high = (0.0 if hits == 0 else float(low)), (1.0 if hits == n else float(high))
    return Estimate(name, p, int(n), unit, rule, low=low, high=high, level=level)


def clopper_pearson(hits: int, n: int, *, level: float = 0.95, unit: str = "unit", name: str = "share") -> Estimate:
    """A share with the exact interval, which is never too narrow (Clopper & Pearson 1934).

    >>> [round(x, 4) for x in clopper_pearson(15, 148).interval]                          # Newcombe 1998: .0578 to .1617
    [0.0578, 0.1617]
    """
    rule = say("bagian, selang eksak Clopper-Pearson", "share, Clopper-Pearson exact interval")
    if (none := _share(name, hits, n, unit, rule)) is not None:
        return none
    tail = (1 - level) / 2
    low = float(scipy.stats.beta.ppf(tail, hits, n - hits + 1)) if hits else 0.0
    high = float(scipy.stats.beta.isf(tail, hits + 1, n - hits)) if hits < n else 1.0
    return Estimate(name, hits / n, int(n), unit, rule, low=low, high=high, level=level)
