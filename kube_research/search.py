"""Reading around: words in context, with word families; collocations and dispersion (NLTK, without any download)."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .consent import hinders, restricted, shown, withheld
from .corpus import Corpus
from .engine import Engine, engines
from .model import Fault, KubeError
from .patterns import PatternError, Row, parse
from .spans import named
from .words import say


@dataclass(frozen=True)
class Concordance:
    """Hits of a pattern with the words around them.  `frame`: document, line, turn, speaker, role, before, hit, after, start, end.

    A notebook keeps what it shows, so words that may not be quoted (consent) are counted and not shown: `closed` says how many hits those are.
    """

    pattern: str
    frame: pd.DataFrame = field(repr=False)
    closed: int = 0

    def __len__(self) -> int:
        return len(self.frame)

    def __repr__(self) -> str:
        width = int(self.frame["before"].str.len().max() or 0) if len(self.frame) else 0
        lines = [f"{r.document}:{r.line:<4} {r.before:>{width}} [{r.hit}] {r.after}" for r in self.frame.itertuples(index=False)]
        lines += [self._note()] if self.closed else []
        return "\n".join(lines) or say(f"“{self.pattern}” tidak ditemukan.", f"“{self.pattern}” is not found.")

    def _note(self) -> str:
        return say(f"{self.closed} dari {len(self)} ada dalam kata-kata yang tidak boleh dikutip (persetujuan); bacalah di meja kerja.", f"{self.closed} of {len(self)} stand in words that may not be quoted (consent); read them at the desk.")

    def _repr_html_(self) -> str:
        e = html.escape
        rows = "".join(f'<tr><td>{e(r.document)}:{r.line}</td><td>{e(r.speaker)}</td><td style="text-align:right">{e(r.before)}</td><td><mark>{e(r.hit)}</mark></td><td style="text-align:left">{e(r.after)}</td></tr>'
                       for r in self.frame.itertuples(index=False))
        return f"<table><caption>{e(self.pattern)}: {len(self)}</caption>{rows}</table>" + (f"<p>{e(self._note())}</p>" if self.closed else "")


def kwic(corpus: Corpus, pattern: str, *, width: int = 40, everything: bool = True) -> Concordance:
    """Words in context: `pattern` is written as in a codebook ("~damping", "di rapat ..4 ~usul"); `width` characters on each side.

    everything: the researcher's turns too (a concordance is for reading, not evidence).  Words that may not be quoted stay counted and are not shown.
    """
    rows = _rows(pattern)
    found = [_lines(e, rows, width) for e in engines(corpus, everything=everything)]
    frames = [f for f, _ in found if len(f)] or [f for f, _ in found[:1]]
    return Concordance(pattern, frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True), sum(n for _, n in found))


def _lines(e: Engine, rows: Sequence[Row], width: int) -> tuple[pd.DataFrame, int]:
    """The lines of a concordance in an engine's words, and how many of them may not be shown."""
    w = e.words
    first, last = e.matcher.rows(rows, hidden=w.silent)
    p = w.places(first, last)
    number, turn = p.document, p.turn - 1
    low, high, first = w.turns
    at = first[number] + turn if len(number) else turn
    ids = [d.id for d in w.documents]
    cut = w.flat.cut
    frame = pd.DataFrame({"document": named(number, ids), "line": w.flat.lines(number, p.start), "turn": p.turn, "speaker": p.speaker, "role": p.role, "before": cut(number, np.maximum(low[at], p.start - width), p.start, lines=False), "hit": cut(number, p.start, p.end),
                          "after": cut(number, p.end, np.minimum(high[at], p.end + width), lines=False), "start": p.start, "end": p.end})
    shut = {i: shown(w.documents[i]) for i in np.unique(number).tolist() if restricted(w.documents[i])}
    held = np.flatnonzero(np.isin(number, list(shut))).tolist()  # only in these documents something may be closed
    why = [hinders(w.documents[number[i]], int(p.start[i]), int(p.end[i])) for i in held]
    if held:
        text = [shut[number[i]] for i in held]
        spans = [(max(int(low[at[i]]), int(p.start[i]) - width), int(p.start[i]), int(p.end[i]), min(int(high[at[i]]), int(p.end[i]) + width)) for i in held]
        for column, values in (("before", [t[a:b].replace("\n", " ") for t, (a, b, _, _) in zip(text, spans, strict=True)]), ("hit", [withheld(x) if x else t[b:c] for t, x, (_, b, c, _) in zip(text, why, spans, strict=True)]),
                               ("after", [t[c:d].replace("\n", " ") for t, (_, _, c, d) in zip(text, spans, strict=True)])):
            whole = frame[column].astype(object).to_numpy().copy()
            whole[held] = values
            frame[column] = whole
    return frame, sum(map(bool, why))


def _rows(pattern: str):
    from .lexicon import sets

    try:
        return parse(pattern, sets())
    except PatternError as e:
        raise KubeError(Fault(say(f"Pola '{pattern}': {e.indonesian}", f"The pattern '{pattern}': {e.english}"), "", say("Lihat docs/codebooks.md.", "See docs/codebooks.md."))) from None


def collocations(corpus: Corpus, *, window: int = 2, least: int = 3, measure: str = "likelihood_ratio", top: int = 30) -> pd.DataFrame:
    """Words that informants say together more often than by chance, within a window of words of one sentence.

    measure: "likelihood_ratio" or "pmi" (NLTK's BigramAssocMeasures).  Columns: first, second, count, documents, score.  Words are not
    independent and one talkative person makes a pair: read `documents` beside the score.
    """
    from nltk.collocations import BigramAssocMeasures, BigramCollocationFinder
    from nltk.probability import FreqDist

    measures = {"likelihood_ratio": BigramAssocMeasures.likelihood_ratio, "pmi": BigramAssocMeasures.pmi}
    if measure not in measures:
        raise KubeError(say(f"Ukuran '{measure}' tidak ada.", f"There is no measure '{measure}'."), "", say(f"Pilihannya: {', '.join(measures)}.", f"The choice is: {', '.join(measures)}."))
    said, met = _counted(corpus, window, least)
    words, pairs, homes = FreqDist(said), FreqDist({p: n for p, (n, _) in met.items()}), {p: n for p, (_, n) in met.items()}
    finder = BigramCollocationFinder(words, pairs, window_size=window)
    finder.apply_freq_filter(least)
    scored = finder.score_ngrams(measures[measure])[:top]
    return pd.DataFrame([(a, b, pairs[a, b], homes[a, b], round(float(s), 3)) for (a, b), s in scored], columns=["first", "second", "count", "documents", "score"])


def _counted(corpus: Corpus, window: int, least: int) -> tuple[dict[str, int], dict[tuple[str, str], tuple[int, int]]]:
    """Word → how often it is said; pair of words said at least so often → how often, and in how many documents."""
    number: dict[str, int] = {}
    said = np.zeros(0, np.int64)
    keys, counts, homes = (np.zeros(0, np.int64) for _ in range(3))
    for e in engines(corpus):
        w = e.words
        if not len(w):
            continue
        ids = np.array([number.setdefault(t, len(number)) for t in w.types], np.int64)[w.ids]
        said = np.pad(said, (0, len(number) - len(said))) + np.bincount(ids[w.speaking], minlength=len(number))
        owner = w.owners[w.segment, 0]
        first = np.concatenate([np.flatnonzero((w.sentence[d:] == w.sentence[:-d]) & w.speaking[:-d]) for d in range(1, window)]) if window > 1 else np.zeros(0, np.int64)
        second = first + np.repeat(np.arange(1, window), [int(((w.sentence[d:] == w.sentence[:-d]) & w.speaking[:-d]).sum()) for d in range(1, window)])
        pair, n = np.unique(ids[first] << 32 | ids[second], return_counts=True)
        place = np.searchsorted(pair, ids[first] << 32 | ids[second])
        in_ = np.bincount(np.unique(place * len(w.documents) + owner[first]) // max(1, len(w.documents)), minlength=len(pair))
        keys, at = np.unique(np.concatenate((keys, pair)), return_inverse=True)
        counts, homes = (np.bincount(at, np.concatenate(x), len(keys)).astype(np.int64) for x in ((counts, n), (homes, in_)))
    often = np.flatnonzero(counts >= least)
    types = list(number)
    pairs = [(types[k >> 32], types[k & 0xFFFFFFFF]) for k in keys[often].tolist()]
    return {types[i]: int(said[i]) for i in np.flatnonzero(said).tolist()}, dict(zip(pairs, zip(counts[often].tolist(), homes[often].tolist(), strict=True), strict=True))


def dispersion(corpus: Corpus, patterns: list[str]) -> pd.DataFrame:
    """How evenly words are spread over the documents: count, documents that hold it, and Gries' DP (0 even, 1 all in one place).

    DP = ½ Σ |share of the word in a document − share of the document in the corpus| (Gries 2008).
    """
    rows = [_rows(p) for p in patterns]
    spoken: list[np.ndarray] = []
    hits: list[list[np.ndarray]] = [[] for _ in patterns]
    for e in engines(corpus):
        w = e.words
        owner = w.owners[w.segment, 0] if len(w) else np.zeros(0, np.int64)
        spoken.append(np.bincount(owner[w.speaking], minlength=len(w.documents)))
        for r, per in zip(rows, hits, strict=True):
            first, _ = e.matcher.rows(r, hidden=w.silent)
            per.append(np.bincount(owner[first], minlength=len(w.documents)))
    size = np.concatenate(spoken) if spoken else np.zeros(0)
    size, n, out = size / max(1, int(size.sum())), len(size), []
    for p, parts in zip(patterns, hits, strict=True):
        per = np.concatenate(parts) if parts else np.zeros(0)
        dp = float(np.abs(per / per.sum() - size).sum() / 2) if per.sum() else float("nan")
        out.append((p, int(per.sum()), int((per > 0).sum()), n, round(dp, 3)))
    return pd.DataFrame(out, columns=["pattern", "count", "documents", "of", "dp"])
