"""Segments: what is said without a break, turns and the parts of turns between interjections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from ..corpus import Document

SOFT_ASIDE_WORDS = 3


class Segments(NamedTuple):
    """The segments of documents that lie one behind the other, a line end between two: spans in their joined text, whose they are, the turn (from 1), the turn among the turns of all; and the short notes ("(tertawa)") to be left out inside."""

    spans: np.ndarray
    owner: np.ndarray
    turn: np.ndarray
    row: np.ndarray
    notes: np.ndarray


def segments(documents: Sequence[Document]) -> Segments:
    """The segments of some documents (one at least).

    The interviewer's interjection, or a note of more than three words, ends a segment: no passage runs across it.
    """
    columns = [d.columns for d in documents]
    many = np.array([len(c) for c in columns], np.int64)
    size = np.array([len(d.text) + 1 for d in documents], np.int64)
    base, first = np.cumsum(size) - size, np.cumsum(many) - many
    owner, row = np.repeat(np.arange(len(columns)), many), np.arange(int(many.sum()))
    spans = np.stack([np.concatenate([np.asarray(part, np.int64) for part in parts]) + base[owner] for parts in ([c.body for c in columns], [c.end for c in columns])], axis=1)
    said = spans[:, 0] < spans[:, 1]
    notes: list[tuple[int, int]] = []
    cut: list[tuple[int, int]] = []
    whose: list[int] = []
    for i in (i for i, c in enumerate(columns) if c.asides):
        d, c, at, begin = documents[i], columns[i], int(base[i]), int(first[i])
        for n, aside in c.asides.items():
            if not said[begin + n]:
                continue
            soft: list[tuple[int, int]] = []
            parts = _speech(d.text, c.body[n], c.end[n], aside, soft)
            notes += [(a + at, b + at) for a, b in soft]
            if len(soft) < len(aside):  # one of them ends a segment
                said[begin + n] = False
                cut += [(a + at, b + at) for a, b in parts]
                whose += [begin + n] * len(parts)
    spans, row = spans[said], row[said]
    if cut:
        spans, row = np.concatenate((spans, np.array(cut, np.int64))), np.concatenate((row, np.array(whose, np.int64)))
        order = np.argsort(row, kind="stable")
        spans, row = spans[order], row[order]
    return Segments(spans, owner[row], row - first[owner[row]] + 1, row, np.array(notes, np.int64).reshape(-1, 2))


def _short_note(note: str) -> bool:
    """Whether a note is left out without ending a span."""
    return ":" not in note and "?" not in note and len(note.split()) <= SOFT_ASIDE_WORDS


def _speech(text: str, body: int, end: int, aside: Iterable[tuple[int, int]], notes: list[tuple[int, int]]) -> list[tuple[int, int]]:
    spans, at = [], body
    for a, b in aside:
        if _short_note(text[a + 1:b - 1]):
            notes.append((a, b))
            continue
        spans.append((at, a))
        at = max(at, b)
    spans.append((at, end))
    return [s for s in spans if text[s[0]:s[1]].strip()]
