"""What a statistic hands back: its value with the frame that a reader needs, or NaN with the reason.

>>> Estimate("alpha", float("nan"), 0, "unit", "")
Traceback (most recent call last):
ValueError: alpha: a value that is not defined needs a reason
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from ..words import say

NAN = float("nan")


@dataclass(frozen=True, slots=True, repr=False)
class Estimate:
    """One number and its frame.

    value      the statistic; NaN when it is not defined, and then `reason` says why
    n, unit    how many of which unit it rests on ("turn", "case", "character" …)
    rule       how it was computed, with its source
    coders     number of coders (0: not about coders); missing: judgements absent from the units × coders table
    observed, expected   observed and chance agreement, where the statistic has them
    se, low, high, level standard error and interval with its level (NaN: none was computed)
    seed, rounds, resampled   of a bootstrap: generator seed, number of rounds, what was drawn ("units", "documents")
    limits     what may not be concluded, one sentence each
    """

    name: str
    value: float
    n: int
    unit: str
    rule: str
    coders: int = 0
    missing: int = 0
    observed: float = NAN
    expected: float = NAN
    se: float = NAN
    low: float = NAN
    high: float = NAN
    level: float = NAN
    seed: int | None = None
    rounds: int = 0
    resampled: str = ""
    limits: tuple[str, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        if math.isnan(self.value) and not self.reason:
            raise ValueError(f"{self.name}: a value that is not defined needs a reason")

    @property
    def defined(self) -> bool:
        """Is there a value?"""
        return not math.isnan(self.value)

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper limit (NaN, NaN: none)."""
        return self.low, self.high

    def __float__(self) -> float:
        return float(self.value)

    def __repr__(self) -> str:
        shown = f"{self.value:.4g}" if self.defined else f"NaN: {self.reason}"
        if not math.isnan(self.low):
            shown += f" [{self.low:.3g}, {self.high:.3g}]"
        who = " × " + say(f"{self.coders} pengode", f"{self.coders} coders") if self.coders else ""
        return f"{self.name}({shown} | {self.n} {self.unit}{who})"

    def but(self, **changes: object) -> Estimate:
        """The same estimate with some fields changed.

        >>> Estimate("a", 0.5, 3, "case", "r").but(value=0.25)
        a(0.25 | 3 case)
        """
        return replace(self, **changes)


def undefined(name: str, reason: str, n: int = 0, unit: str = "unit", rule: str = "", **frame: object) -> Estimate:
    """An estimate that is not defined.

    >>> undefined("kappa", "only one coder")
    kappa(NaN: only one coder | 0 unit)
    """
    return Estimate(name, NAN, int(n), unit, rule, reason=reason, **frame)
