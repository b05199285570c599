"""Cues: words and rules that speak together for a code, with weights learned from passages that people coded.

One word is seldom evidence; several are.  A cue model adds up, sentence by sentence, the weights of the words said (of their stems and
of their groups of four letters, so that a regional form of a word still counts), of the words of the question before, and of the rules
that hit; where the sum passes the code's threshold the sentence is coded, and the cues that weighed most are its rule.  The model is a
table that a person can read and edit, one row a cue and one column a code:

    catat       a stem that is said            ?usul       a stem of the question before
    ~cata       four letters of a word said    =part.x: …  a rule's hit     ==part.x  any rule's hit of a code

The column `(absent)` weighs whether what was coded is denied; there, besides, `<stem` stands for the sentence before, `a b` for two
words in a row, `#no1` for the number of negators, `@code` for the code and `=!` and `=+` for the verdict of the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from .cue_table import ABSENT, CueModel
from .words import Words, plain, stripped

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

DOUBT = 0.8  # what a sentence loses whose polarity is wholly unsure
PREFIXES = ("memper", "diper", "meny", "meng", "mem", "men", "me", "peny", "peng", "pem", "pen", "per", "pe", "ber", "di", "ter", "ke", "se", "ng", "ny", "ku")
SUFFIXES = ("kan", "an", "in", "i", "eun", "ake")
Told = tuple[int, str, str, bool]  # sentence, code, rule, absent: a rule's hit


@lru_cache(maxsize=200_000)
def root(word: str) -> str:
    """A light stem, for counting only (rules never match by stems): clitics, one prefix and one suffix off, four letters kept.

    >>> root("dicatetnya"), root("pembukuan"), root("ngajakin"), root("kas")
    ('catet', 'buku', 'ajak', 'kas')
    """
    word = plain(word.partition("-")[0] if "-" in word else word)
    for short in stripped(word)[:1]:
        word = plain(short)
    for p in PREFIXES:
        if word.startswith(p) and len(word) - len(p) >= 4:
            word = word[len(p):]
            break
    for s in SUFFIXES:
        if word.endswith(s) and len(word) - len(s) >= 4:
            word = word[: -len(s)]
            break
    return word


def letters(word: str) -> list[str]:
    """The cues of a word's groups of four letters, its edges marked.

    >>> letters("kas")
    ['~<kas', '~kas>']
    """
    marked = f"<{plain(word)}>"
    return ["~" + marked[i:i + 4] for i in range(max(1, len(marked) - 3))]


def rule_cue(code: str, rule: str) -> str:
    """How a rule is called among the cues."""
    return f"={code}: {rule}"


class Features:
    """What the sentences of a corpus offer to a cue model: words said, words of the question just answered, negators."""

    def __init__(self, words: Words, negators: np.ndarray | None = None, leave_out: Iterable[str] = ()):
        """negators: per word 2 for a negator, 1 for a weak one (`polarity.Polarity.negators`); leave_out: words never to be a cue (people's names)."""
        self.words = words
        self.stems = [root(t) for t in words.types]
        self.n = int(words.sentence[-1]) + 1 if len(words) else 0
        names = set(leave_out)
        self.heard = np.array([t not in names and stem not in names for t, stem in zip(words.types, self.stems, strict=True)], dtype=bool)[words.ids] if names else np.ones(len(words), bool)
        self.said = np.flatnonzero(words.speaking & self.heard)
        self.asked = questions(words)
        self._kept: tuple[CueModel, tuple[np.ndarray, np.ndarray]] | None = None
        self.negators = np.zeros(len(words), np.int8) if negators is None else negators

    @cached_property
    def of_sentence(self) -> np.ndarray:
        """Sentence → its segment."""
        out = np.full(self.n, -1, np.int64)
        out[self.words.sentence] = self.words.segment
        return out

    @cached_property
    def evidence(self) -> np.ndarray:
        """Per sentence: is any word of it said in a turn that is meant?"""
        out = np.zeros(self.n, bool)
        out[self.words.sentence[self.words.speaking]] = True
        return out

    @cached_property
    def _questions(self) -> tuple[np.ndarray, np.ndarray]:
        """(question segment, type) pairs, each stem once a question; and for every sentence the question that it answers (-1: none)."""
        w = self.words
        answers = np.full(self.n, -1, np.int64)
        if not self.asked:
            return np.zeros((0, 2), np.int64), answers
        of = np.full(len(w.segments), -1, np.int64)
        of[np.fromiter(self.asked, np.int64)] = np.fromiter(self.asked.values(), np.int64)
        there = self.of_sentence >= 0
        answers[there] = of[self.of_sentence[there]]
        token = np.flatnonzero(np.isin(w.segment, np.unique(of[of >= 0])) & self.heard)
        _, stem = np.unique(np.array(self.stems), return_inverse=True)
        _, first = np.unique(w.segment[token].astype(np.int64) * (int(stem.max()) + 1) + stem[w.ids[token]], return_index=True)
        token = token[np.sort(first)]
        return np.column_stack((w.segment[token], w.ids[token])), answers

    @cached_property
    def pairs(self) -> np.ndarray:
        """Places of the first of two neighbouring words said in one sentence."""
        a = self.said[:-1][np.diff(self.said) == 1] if len(self.said) else self.said
        s = self.words.sentence
        return a[s[a] == s[a + 1]] if len(a) else a

    @cached_property
    def denials(self) -> list[list[str]]:
        """Per sentence, how many negators are said in it: "#no0", "#no1", "#no2" (two or more), and "#weak"."""
        s = self.words.sentence[self.said]
        strong = np.minimum(np.bincount(s, self.negators[self.said] == 2, self.n), 2).astype(int)
        weak = np.bincount(s, self.negators[self.said] == 1, self.n) > 0
        return [[f"#no{k}", "#weak"] if f else [f"#no{k}"] for k, f in zip(strong.tolist(), weak.tolist(), strict=True)]

    def before(self) -> np.ndarray:
        """Per sentence the one before it in the same turn, or -1."""
        at = np.arange(self.n) - 1
        same = (at >= 0) & (self.of_sentence[np.maximum(at, 0)] == self.of_sentence)
        return np.where(same, at, -1)

    # --- scores: the quick way, through the weight of every word of the vocabulary -------------------------------------------
    def scores(self, model: CueModel, told: Iterable[Told]) -> np.ndarray:
        """The sum of the cues that speak for each code, and of the words that speak for absence: sentences × columns of the model."""
        w, k = self.words, len(model.codes)
        total = np.zeros((self.n, k))
        if not self.n:
            return total
        spoken, asked = self._weights(model)
        s, ids = w.sentence[self.said], w.ids[self.said]
        for j in range(k):
            total[:, j] = np.bincount(s, spoken[ids, j], self.n)
        pairs, answers = self._questions
        if len(pairs):
            heard = np.stack([np.bincount(pairs[:, 0], asked[pairs[:, 1], j], len(w.segments)) for j in range(k)], axis=1)
            there = answers >= 0
            total[there] += heard[answers[there]]
        for sentence, cue in {(s, c) for s, code, rule, _ in told for c in (rule_cue(code, rule), f"=={code}") if c in model.cues}:
            total[sentence] += model.table[model.cues[cue]]
        return total + model.bias

    def _weights(self, model: CueModel) -> tuple[np.ndarray, np.ndarray]:
        """The weights of every word of the vocabulary, said and asked: types × columns; those of the last model are kept."""
        if self._kept is None or self._kept[0] is not model:
            self._kept = (model, self._weigh(model))
        return self._kept[1]

    def _weigh(self, model: CueModel) -> tuple[np.ndarray, np.ndarray]:
        known = model.cues
        said = [[known[c] for c in (stem, *letters(t)) if c in known] for t, stem in zip(self.words.types, self.stems, strict=True)]
        asked = [[known["?" + stem]] if "?" + stem in known else [] for stem in self.stems]
        out = []
        for rows in (said, asked):
            count = np.fromiter(map(len, rows), np.int64, len(rows))
            weights = np.zeros((len(rows), model.table.shape[1]))
            heard = count > 0
            if heard.any():
                weights[heard] = np.add.reduceat(model.table[np.array([c for r in rows for c in r], dtype=np.int64)], (np.cumsum(count) - count)[heard], axis=0)
            out.append(weights.round(6))  # the same figures on every machine
        return out[0], out[1]

    def denied(self, model: CueModel, total: np.ndarray, sentence: np.ndarray, code: np.ndarray, told: Iterable[Told]) -> np.ndarray:
        """How strongly each of these (sentence, code) pairs speaks for absence (above 0: denied)."""
        if ABSENT not in model.codes:
            return np.full(len(sentence), -9.0)
        j = model.codes.index(ABSENT)
        weight = {c: float(model.table[i, j]) for c, i in model.cues.items() if model.table[i, j]}
        w = self.words
        previous = np.array([weight.get("<" + stem, 0.0) for stem in self.stems])
        by_sentence = np.bincount(w.sentence[self.said], previous[w.ids[self.said]], self.n)
        base, before = total[:, j].copy(), self.before()
        base += np.where(before >= 0, by_sentence[np.maximum(before, 0)], 0.0)
        two = {c for c in weight if " " in c and c[0] not in "=#@"}
        if two:
            first, second = {x.split(" ")[0] for x in two}, {x.split(" ")[1] for x in two}
            fits = np.array([x in first for x in self.stems])[w.ids[self.pairs]] & np.array([x in second for x in self.stems])[w.ids[self.pairs + 1]]
            for p in self.pairs[fits].tolist():
                base[w.sentence[p]] += weight.get(f"{self.stems[w.ids[p]]} {self.stems[w.ids[p + 1]]}", 0.0)
        verdicts: dict[tuple[int, str], set[str]] = {}
        for s, c, _, absent in told:
            verdicts.setdefault((s, c), set()).add("=!" if absent else "=+")
        out = np.zeros(len(sentence))
        for i, (s, k) in enumerate(zip(sentence.tolist(), code.tolist(), strict=True)):
            out[i] = base[s] + sum(weight.get(c, 0.0) for c in circumstances(model.codes[k], self.denials[s], verdicts.get((s, model.codes[k]), ())))
        return out

    # --- the same as a matrix, for learning ----------------------------------------------------------------------------------
    def matrix(self, told: Iterable[Told]) -> tuple[csr_matrix, list[str]]:
        """How often each cue speaks in each sentence (sentences × cues), and the cues' names."""
        w = self.words
        names: dict[str, int] = {}
        per = [[names.setdefault(c, len(names)) for c in (stem, *letters(t))] for t, stem in zip(w.types, self.stems, strict=True)]
        rows, cols = _spread(w.sentence[self.said], w.ids[self.said], per)
        parts = [(rows, cols)]
        pairs, answers = self._questions
        if len(pairs):
            order = np.argsort(pairs[:, 0], kind="stable")
            segment, types = pairs[order, 0], pairs[order, 1]
            there = np.flatnonzero(answers >= 0)
            low, high = np.searchsorted(segment, answers[there], "left"), np.searchsorted(segment, answers[there], "right")
            cues = np.array([names.setdefault("?" + self.stems[t], len(names)) for t in types.tolist()], dtype=np.int64)
            parts.append((np.repeat(there, high - low), cues[_ranges(low, high)]))
        extra = sorted({(s, c) for s, code, rule, _ in told for c in (rule_cue(code, rule), f"=={code}")})
        parts.append((np.array([s for s, _ in extra], dtype=np.int64), np.array([names.setdefault(c, len(names)) for _, c in extra], dtype=np.int64)))
        return _counts(self.n, len(names), parts), list(names)

    def denial_matrix(self, sentence: np.ndarray, code: Sequence[str], told: Iterable[Told]) -> tuple[csr_matrix, list[str]]:
        """The cues for absence of (sentence, code) pairs: pairs × cues, and the cues' names."""
        w = self.words
        names: dict[str, int] = {}
        stem = [[names.setdefault(x, len(names))] for x in self.stems]
        earlier = [[names.setdefault("<" + x, len(names))] for x in self.stems]
        said = _spread(w.sentence[self.said], w.ids[self.said], stem)
        back = _spread(w.sentence[self.said], w.ids[self.said], earlier)
        after = np.full(self.n + 1, -1, np.int64)
        before = self.before()
        after[before[before >= 0]] = np.flatnonzero(before >= 0)
        rows = after[back[0]]
        two = np.array([names.setdefault(f"{self.stems[a]} {self.stems[b]}", len(names)) for a, b in zip(w.ids[self.pairs].tolist(), w.ids[self.pairs + 1].tolist(), strict=True)], dtype=np.int64)
        parts = [said, (rows[rows >= 0], back[1][rows >= 0]), (w.sentence[self.pairs], two)]
        verdicts: dict[tuple[int, str], set[str]] = {}
        for s, c, _, absent in told:
            verdicts.setdefault((s, c), set()).add("=!" if absent else "=+")
        own = [(i, names.setdefault(c, len(names))) for i, (s, k) in enumerate(zip(sentence.tolist(), code, strict=True)) for c in circumstances(k, self.denials[s], verdicts.get((s, k), ()))]
        text = _counts(self.n, len(names), parts)[sentence]
        return (text + _counts(len(sentence), len(names), [(np.array([i for i, _ in own], dtype=np.int64), np.array([c for _, c in own], dtype=np.int64))])).tocsr(), list(names)


def circumstances(code: str, denials: Iterable[str], verdicts: Iterable[str]) -> list[str]:
    """The cues for absence that are no words: the code, the negators of its sentence, the verdict of its rules."""
    found = [*denials, *sorted(verdicts)]
    return ["@" + code, *found, *(f"{c} @{code}" for c in found)]


def questions(words: Words) -> dict[int, int]:
    """Segment of an informant's answer → segment of the researcher's turn just before it."""
    out: dict[int, int] = {}
    roles = [{t.n: t.role for t in d.turns} for d in words.documents]
    owner = words.owners
    previous = -1
    for i, (d, n) in enumerate(owner.tolist()):
        if roles[d].get(n) == "researcher":
            previous = i
        elif previous >= 0 and owner[previous][0] == d and n - owner[previous][1] <= 1:
            out[i] = previous
    return out


def _ranges(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """low[0]..high[0]-1, low[1]..high[1]-1, … in one array."""
    count = high - low
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)


def _spread(rows: np.ndarray, types: np.ndarray, per: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """(row, cue) for every token and every cue of its type."""
    ends = np.cumsum([0, *map(len, per)])
    flat = np.array([c for cues in per for c in cues], dtype=np.int64)
    return np.repeat(rows, np.diff(ends)[types]), flat[_ranges(ends[types], ends[types + 1])] if len(types) else np.zeros(0, np.int64)


def _counts(n: int, width: int, parts: Iterable[tuple[np.ndarray, np.ndarray]]) -> csr_matrix:
    from scipy.sparse import csr_matrix

    parts = list(parts)
    rows, cols = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    out = csr_matrix((np.ones(len(rows)), (rows, cols)), shape=(n, width))
    out.sum_duplicates()
    return out


@dataclass(frozen=True)
class Verdict:
    """Sentences that a cue model codes: arrays of sentence numbers and code numbers, whether absent, and the cues that weighed most."""

    codes: tuple[str, ...]
    sentence: np.ndarray
    code: np.ndarray
    absent: np.ndarray
    why: list[str]


def judge(model: CueModel, features: Features, told: list[Told]) -> Verdict:
    """Apply a model to sentences with the hits that the book's rules told."""
    total = features.scores(model, told)
    margin = total - model.threshold
    real = [j for j, c in enumerate(model.codes) if c != ABSENT]
    near = np.argwhere((margin[:, real] >= 0) & features.evidence[:, None])
    sentence, code = near[:, 0], np.array(real, dtype=np.int64)[near[:, 1]]
    denial = features.denied(model, total, sentence, code, told)
    kept = margin[sentence, code] >= doubt(denial)
    sentence, code, denial = sentence[kept], code[kept], denial[kept]
    return Verdict(model.codes, sentence, code, denial >= 0, _why(model, features, sentence, code, told))


def doubt(denial: np.ndarray) -> np.ndarray:
    """What a sentence loses that might as well be a denial: most where the sum for absence is near 0."""
    return DOUBT * np.exp(-np.abs(denial))


def _why(model: CueModel, features: Features, sentence: np.ndarray, code: np.ndarray, told: Iterable[Told]) -> list[str]:
    """The four cues that weighed most in each coded sentence, as "catat +1.2 · ?usul +0.9"."""
    w = features.words
    spoken, asked = features._weights(model)
    first = np.searchsorted(w.sentence, sentence, "left")
    last = np.searchsorted(w.sentence, sentence, "right")
    pairs, answers = features._questions
    begin = np.searchsorted(pairs[:, 0], answers[sentence], "left") if len(pairs) else first
    stop = np.searchsorted(pairs[:, 0], answers[sentence], "right") if len(pairs) else first
    rules: dict[int, set[tuple[str, str]]] = {}
    for s, c, rule, _ in told:
        rules.setdefault(s, set()).update(((rule_cue(c, rule), rule), (f"=={c}", c)))
    out = []
    for s, c, a, b, x, y in zip(sentence.tolist(), code.tolist(), first.tolist(), last.tolist(), begin.tolist(), stop.tolist(), strict=True):
        weights: dict[str, float] = {}
        for t in w.ids[a:b][w.speaking[a:b]].tolist():
            weights[w.types[t]] = weights.get(w.types[t], 0.0) + float(spoken[t, c])
        if len(pairs):
            for t in pairs[x:y, 1].tolist():
                weights["?" + features.stems[t]] = float(asked[t, c])
        for cue, name in rules.get(s, ()):
            if cue in model.cues:
                weights[name] = float(model.table[model.cues[cue], c])
        top = sorted(weights.items(), key=lambda kv: (-kv[1], kv[0]))[:4]
        out.append(" · ".join(f"{name} +{x:.1f}" for name, x in top if x > 0))
    return out
