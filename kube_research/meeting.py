"""Codes that meet: how often two codes overlap, stand in one turn or document, or lie near each other; the pairs are listed when asked for."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from . import sweep
from .codings import Codings
from .matrix import shown
from .model import KubeError, unknown
from .words import say

WINDOWS = ("overlap", "turn", "document")


@dataclass(frozen=True)
class Cooccurrence:
    """How often codes meet within a window.  frame[a, b]: codings of a that meet a coding of b; the diagonal: all codings of a."""

    frame: pd.DataFrame
    codings: Codings = field(repr=False)
    window: str

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Row numbers of the codings that meet, listed only when they are asked for."""
        return meeting_pairs(self.codings._frame, self.window if self.window in WINDOWS else int(self.window))

    def cell(self, row: str, column: str) -> Codings:
        """The codings of `row` that meet a coding of `column`."""
        for name in (row, column):
            if name not in self.frame.index:
                raise KubeError(unknown("kode", "code", name, list(self.frame.index)))
        code = self.codings._frame["code"].to_numpy()
        a, b = (np.concatenate((x, y)) for x, y in (self.pairs, self.pairs[::-1]))
        chosen = np.unique(a[(code[a] == row) & (code[b] == column)])
        c = self.codings
        return Codings(c._frame.iloc[chosen], c.corpus, c.books, (*c.filters, ("code", (row,)), ("with", (column,))), c.source)

    def coefficient(self) -> pd.DataFrame:
        """c = n12 / (n1 + n2 - n12) with n12 the pairs that meet; above 1 where one long passage meets several short ones (flagged, not clipped)."""
        names = self.frame.index
        n = np.diag(self.frame.to_numpy()).astype(float)
        met = _counted(self.codings, self.window if self.window in WINDOWS else int(self.window), pairs=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            c = met / (n[:, None] + n[None, :] - met)
        c[(n[:, None] + n[None, :] - met) <= 0] = np.inf
        np.fill_diagonal(c, np.nan)
        return pd.DataFrame(c, index=names, columns=names)

    @property
    def note(self) -> str:
        words = {"overlap": say("kutipan yang bertumpang-tindih", "quotations that overlap"), "turn": say("giliran bicara yang sama", "the same turn"), "document": say("dokumen yang sama", "the same document")}
        window = words.get(self.window, say(f"jarak paling jauh {self.window} karakter", f"at most {self.window} characters apart"))
        return say(f"Jendela: {window}. Sel: pengodean kode baris yang bertemu kode kolom; diagonal: seluruh pengodeannya. Sumber: {self.codings.source}. Saringan: {self.codings.describe()}.",
                   f"Window: {window}. Cell: codings of the row's code that meet the column's; diagonal: all its codings. Source: {self.codings.source}. Filter: {self.codings.describe()}.")

    def __repr__(self) -> str:
        return f"{shown(self.frame).to_string()}\n{self.note}"

    def _repr_html_(self) -> str:
        names = {c.id: c.label for b in self.codings.books for c in b}
        return shown(self.frame.rename(index=names, columns=names)).to_html(escape=True, border=0) + f"<p><small>{html.escape(self.note)}</small></p>"


def cooccurrence(codings: Codings, window: str | int = "overlap") -> Cooccurrence:
    """How often two codes meet: codings that overlap, stand in the same turn or document, or lie within `window` characters."""
    if isinstance(window, str) and window not in WINDOWS:
        raise KubeError(unknown("jendela", "window", window, (*WINDOWS, "N")))
    index = pd.Index(sorted(codings.factor("code").names))
    return Cooccurrence(pd.DataFrame(_counted(codings, window), index=index, columns=index), codings, str(window))


def _counted(codings: Codings, window: str | int, *, pairs: bool = False) -> np.ndarray:
    """[a, b], codes in order of their names: codings of a that meet a coding of b, on the diagonal all its codings; or the pairs that meet."""
    names = sorted(codings.factor("code").names)
    code, q = codings.factor("code").among(names), len(names)
    document = codings.factor("document").codes
    if window in ("turn", "document"):
        turn = codings._numbers("turn")
        group = document if window == "document" else document * (np.int64(turn.max(initial=0)) + 1) + turn
        counts = sweep.together(group, code, q, pairs=pairs)
    else:
        counts = (sweep.pairs if pairs else sweep.meetings)(document, codings._numbers("start"), codings._numbers("end"), code, q, 0 if window == "overlap" else int(window))
    np.fill_diagonal(counts, np.bincount(code, minlength=q))
    return counts


def meeting_pairs(frame: pd.DataFrame, window: str | int = "overlap") -> tuple[np.ndarray, np.ndarray]:
    """Row numbers (a < b in order of the text) of codings of different codes that meet within the window."""
    if isinstance(window, str) and window not in WINDOWS:
        raise KubeError(unknown("jendela", "window", window, (*WINDOWS, "N")))
    if not len(frame):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    document = pd.factorize(frame["document"])[0].astype(np.int64)
    start, end = frame["start"].to_numpy(), frame["end"].to_numpy()
    if window == "turn":
        group = document * (int(frame["turn"].max()) + 1) + frame["turn"].to_numpy()
        low, high = group, group + 1
    elif window == "document":
        low, high = document, document + 1
    else:
        reach = 0 if window == "overlap" else int(window)
        stride = int(end.max()) + reach + 2
        low, high = document * stride + start, document * stride + end + reach
    order = np.argsort(low, kind="stable")
    low_sorted = low[order]
    stop = np.searchsorted(low_sorted, high[order], "left")
    count = np.maximum(stop - np.arange(len(order)) - 1, 0)
    first = np.repeat(np.arange(len(order)), count)
    second = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + first + 1
    a, b = order[first], order[second]
    different = frame["code"].to_numpy()[a] != frame["code"].to_numpy()[b]
    return a[different], b[different]
