"""Units of agreement: informants' turns or sentences out of the corpus, and which of them bear which code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from ..corpus import Corpus, Document, evidence
from ..study import Study
from ..text import sentences


def units_of(document: Document, corpus: Corpus, unit: str) -> list[tuple[int, int]]:
    """Spans of the units of a document: informants' turns, or their sentences."""
    spans = []
    for t in document.turns:
        if not corpus.keeps(t) or not evidence(document, t):
            continue
        if unit == "turn":
            spans.append((t.body, t.end))
        else:
            spans += [(t.body + a, t.body + b) for a, b in sentences(document.text[t.body:t.end])]
    return spans


def domains(study: Study, codes: Iterable[str]) -> dict[str, list[str]]:
    """Codes by the codebook they stand in (by the first part of their id, where none has them); those of two codes or more."""
    home = {c.id: b.name for b in study.sound_codebooks() for c in b}
    groups: dict[str, list[str]] = {}
    for code in codes:
        groups.setdefault(home.get(code, code.partition(".")[0]), []).append(code)
    return {name: of for name, of in groups.items() if len(of) > 1}


def marks(spans: Sequence[tuple[str, int, int]], frame: pd.DataFrame, index: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Which unit (document, start, end; in the order of the documents' text) bears which code: two arrays, one entry a mark, some twice."""
    number = {d: i for i, d in enumerate(dict.fromkeys(d for d, _, _ in spans))}
    unit = np.array([(number[d], a, b) for d, a, b in spans], np.int64).reshape(-1, 3)
    document = frame["document"].map(number).fillna(-1).to_numpy(np.int64)
    code = frame["code"].map(index).fillna(-1).to_numpy(np.int64)
    chosen = (document >= 0) & (code >= 0)
    document, code = document[chosen], code[chosen]
    start, end = frame["start"].to_numpy()[chosen], frame["end"].to_numpy()[chosen]
    if not len(document):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    stride = int(max(unit[:, 2].max(), end.max())) + 1
    line = unit[:, 0] * stride + unit[:, 1]  # the documents one behind the other
    first = np.searchsorted(unit[:, 0], document)
    low = np.maximum(first, np.searchsorted(line, document * stride + start, "right") - 1)
    count = np.maximum(low + 1, np.searchsorted(line, document * stride + end, "left")) - low
    u = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)
    meets = (unit[u, 1] < np.repeat(end, count)) & (np.repeat(start, count) < unit[u, 2])
    return u[meets], np.repeat(code, count)[meets]
