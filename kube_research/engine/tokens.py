"""Token patterns through the researcher's own spaCy pipeline: their places as words of the engine."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..codebook import Codebook, Indicator
from ..model import Fault, KubeError
from ..words import say
from .words import Words


def places(words: Words, rules: Iterable[Indicator], nlp: Callable[..., Any]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Pattern → first and last word of every match, in order; each informant's turn is read once by `nlp`, for all patterns together."""
    from spacy.matcher import Matcher
    from tqdm import tqdm

    patterns = list(dict.fromkeys(r.pattern for r in rules))
    if not hasattr(nlp, "pipe") or not hasattr(nlp, "vocab"):
        raise KubeError(Fault(say("`nlp` bukan pipeline spaCy.", "`nlp` is not a spaCy pipeline."), "", say("Beri misalnya spacy.load('…') atau spacy.blank('id').", "Give spacy.load('…') or spacy.blank('id'), for example.")))
    matcher = Matcher(nlp.vocab)
    for n, pattern in enumerate(patterns):
        matcher.add(str(n), [json.loads(pattern)], greedy="LONGEST")
    names = {nlp.vocab.strings[str(n)]: n for n in range(len(patterns))}
    chosen = np.flatnonzero(np.bincount(words.segment[words.speaking], minlength=len(words.segments)))
    found: list[tuple[int, int, int]] = []
    spans = [(int(words.segments[s, 0]), int(words.segments[s, 1])) for s in chosen.tolist()]
    for (base, _), doc in zip(spans, nlp.pipe(tqdm([words.text[a:b] for a, b in spans], desc=say("membaca dengan spaCy", "reading with spaCy"), delay=2, leave=False, file=sys.stderr, disable=not sys.stderr.isatty())), strict=True):
        try:
            matches = matcher(doc)
        except ValueError as e:  # a pattern asks for what this pipeline does not give, such as LEMMA without a lemmatizer
            raise KubeError(Fault(say(f"Pipeline spaCy ini tidak memberi apa yang diminta sebuah pola: {e}", f"This spaCy pipeline does not give what a pattern asks for: {e}"), "",
                                  say("Pakai pipeline yang memilikinya, atau tulis pola dengan LOWER.", "Use a pipeline that has it, or write the pattern with LOWER."))) from None
        found += [(names[name], base + doc[a].idx, base + doc[b - 1].idx + len(doc[b - 1])) for name, a, b in matches]
    rows = np.array(sorted(found), dtype=np.int64).reshape(-1, 3)
    first, last = np.searchsorted(words.end, rows[:, 1], "right"), np.searchsorted(words.start, rows[:, 2], "left") - 1
    real = first <= last
    return {p: (first[real & (rows[:, 0] == n)], last[real & (rows[:, 0] == n)]) for n, p in enumerate(patterns)}


def unread(books: Iterable[Codebook]) -> int:
    """How many rules of these books wait for a pipeline."""
    return sum(r.spacy for book in books for r in book.indicators())
