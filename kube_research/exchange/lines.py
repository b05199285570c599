"""The words of thousands of codings of one text as a journal's lines have them: the text is escaped once, its passages are cut out of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..journal import inner
from .bulk import Run

WIDTH = 40  # characters before and behind a passage, as `text.context` gives them
_SIZES = np.ones(256, "int64")
_SIZES[:32] = 6
_SIZES[[8, 9, 10, 12, 13, 34, 92]] = 2


class Escaped:
    """A text as JSON has it, and where each of its characters stands there."""

    def __init__(self, text: str):
        self.said, self.size = inner(text), len(text)
        self.at: np.ndarray | None = None
        if len(self.said) > self.size:
            points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
            self.at = np.concatenate([[0], np.cumsum(_SIZES[np.minimum(points, 255)])])

    def words(self, starts: np.ndarray, ends: np.ndarray) -> list[tuple[str, str, str]]:
        """For passages (two arrays of places): the words before, in and behind each."""
        edges = [np.maximum(starts - WIDTH, 0), starts, ends, np.minimum(ends + WIDTH, self.size)]
        a, b, c, d = ((self.at[e] if self.at is not None else e).tolist() for e in edges)
        said = self.said
        return [(said[p:q], said[q:r], said[r:s]) for p, q, r, s in zip(a, b, c, d, strict=True)]


@dataclass
class Marks:
    """The codings of many passages, one behind the other, as columns; `of` is the passage of each."""

    of: Sequence[int]
    guid: list[str]
    code: list[str]
    user: list[str]
    created: list[str]
    notes: list[str]

    @classmethod
    def of_run(cls, run: Run, owner: str) -> Marks:
        """`owner`: whose passages they are where nobody is named."""
        users, dates = run.passage("creatingUser"), run.passage("creationDateTime")
        of, (guids, codes, who, when, notes) = run.flat()
        if "" in who:
            who = [u or users[i] or owner for u, i in zip(who, of, strict=True)]
        if "" in when:
            when = [d or dates[i] for d, i in zip(when, of, strict=True)]
        return cls(of, guids, codes, who, when, notes)
