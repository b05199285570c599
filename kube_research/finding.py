"""A finding: a table of numbers that never stands without its frame and one sentence that says what it means."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from .words import say


@dataclass(frozen=True, repr=False)
class Finding:
    """frame: the table; unit, n, rule, coders, missing, limits: its frame; meaning: what it says and what may not be concluded.

    more: further tables by name.  Texts are in the language that was chosen when it was computed.
    """

    frame: pd.DataFrame
    unit: str
    n: int
    rule: str
    meaning: str
    coders: tuple[str, ...] = ()
    missing: str = ""
    limits: tuple[str, ...] = ()
    more: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def note(self) -> str:
        """Unit, n, coders, rule, what is missing, limits."""
        none = say("tidak ada", "none")
        parts = [f"{say('Satuan', 'Unit')}: {self.unit}; n = {self.n}", f"{say('Pengode', 'Coders')}: {', '.join(self.coders) or none}", f"{say('Aturan', 'Rule')}: {self.rule}", f"{say('Yang hilang', 'Missing')}: {self.missing or none}"]
        if self.limits:
            parts.append(f"{say('Batas', 'Limits')}: {'; '.join(dict.fromkeys(self.limits))}")
        return ". ".join(p.rstrip(".") for p in parts) + "."

    def __repr__(self) -> str:
        tables = [self.frame.to_string(index=False), *(f"[{name}]\n{t.to_string(index=False)}" for name, t in self.more.items())]
        return "\n\n".join([*tables, self.note + "\n" + self.meaning])

    def _repr_html_(self) -> str:
        def table(t: pd.DataFrame) -> str:
            return t.to_html(index=False, escape=True, border=0, na_rep="–")

        more = "".join(f"<h4>{html.escape(name)}</h4>{table(t)}" for name, t in self.more.items())
        return f"{table(self.frame)}{more}<p>{html.escape(self.meaning)}</p><p><small>{html.escape(self.note)}</small></p>"


__all__ = ["Finding"]
