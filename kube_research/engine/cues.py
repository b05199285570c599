"""Cues: words and rules that speak together for a code, with weights learned from passages that people coded.

One word is seldom evidence; several are.  A cue model adds up, sentence by sentence, the weights of the words said (of their stems and
of their groups of four letters, so that a regional form of a word still counts), of the words of the question before, and of the rules
that hit; where the sum passes the code's threshold the sentence is coded, and the cues that weighed most are its rule.  The model is a
table that a person can read and edit, one row a cue and one column a code:

    catat       a stem that is said            ?usul       a stem of the question before
    ~cata       four letters of a word said    =part.x: …  a rule's hit     ==part.x  any rule's hit of a code

Words that are often said together are one cue more: a bundle (`&…`, see `engine.bundles`), which weighs by how much it is awake.  Where the table
names the sentence reader (`engine.reader`), it reads the sentences whose cues come near a code, and what it says is added too.

The column `(absent)` weighs whether what was coded is denied; there, besides, `<stem` stands for the sentence before, `a b` for two
words in a row, `#no1` for the number of negators, `@code` for the code and `=!` and `=+` for the verdict of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .bundles import BLOCK, Bundles
from .cue_table import ABSENT, CueModel
from .reader import Reader
from .reading import Reading
from .words import Words, plain, stripped

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PREFIXES = ("memper", "diper", "meny", "meng", "mem", "men", "me", "peny", "peng", "pem", "pen", "per", "pe", "ber", "di", "ter", "ke", "se", "ng", "ny", "ku")
SUFFIXES = ("kan", "an", "in", "i", "eun", "ake")


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


@dataclass(frozen=True)
class Told:
    """The hits of rules as a cue model hears them: of each the sentence, the rule (its place in `rules`: code and rule), whether absent."""

    rules: tuple[tuple[str, str], ...]
    sentence: np.ndarray
    rule: np.ndarray
    absent: np.ndarray

    @classmethod
    def together(cls, many: Sequence[Told]) -> Told:
        """The hits of several books."""
        starts = np.cumsum([0, *(len(t.rules) for t in many)])
        return cls(tuple(r for t in many for r in t.rules), *(np.concatenate(x) for x in ([t.sentence for t in many], [t.rule + a for t, a in zip(many, starts, strict=False)], [t.absent for t in many])))

    @cached_property
    def cues(self) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """(sentence, cue) pairs, each once, and the cues' names: what a hit says for itself, and for its code."""
        names: dict[str, int] = {}
        own = [(names.setdefault(rule_cue(c, r), len(names)), names.setdefault(f"=={c}", len(names))) for c, r in self.rules]
        if not len(self.sentence):
            return self.sentence, self.rule, list(names)
        pair = np.unique((self.sentence[:, None] * len(names) + np.array(own)[self.rule]).ravel())
        return pair // len(names), pair % len(names), list(names)

    def verdicts(self, codes: Sequence[str], sentence: np.ndarray, code: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each (sentence, code) pair: does a rule of the code say absent there, does one say present?"""
        column = {c: j for j, c in enumerate(codes)}
        of_rule = np.array([column.get(c, -1) for c, _ in self.rules], dtype=np.int64)[self.rule]
        keys, wanted = self.sentence * len(codes) + of_rule, sentence * len(codes) + code
        absent, present = (np.isin(wanted, keys[(of_rule >= 0) & side]) for side in (self.absent, ~self.absent))
        return absent, present


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
        self._kept: dict[str, tuple[Any, tuple[Any, ...]]] = {}
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
    def denials(self) -> tuple[np.ndarray, np.ndarray]:
        """Per sentence: how many negators are said in it (2: two or more), and whether a weak one is."""
        s = self.words.sentence[self.said]
        return np.minimum(np.bincount(s, self.negators[self.said] == 2, self.n), 2).astype(np.int64), np.bincount(s, self.negators[self.said] == 1, self.n) > 0

    def before(self) -> np.ndarray:
        """Per sentence the one before it in the same turn, or -1."""
        at = np.arange(self.n) - 1
        same = (at >= 0) & (self.of_sentence[np.maximum(at, 0)] == self.of_sentence)
        return np.where(same, at, -1)

    # --- scores: the quick way, through the weight of every word of the vocabulary -------------------------------------------
    def scores(self, model: CueModel, told: Told) -> np.ndarray:
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
        at, cue, names = told.cues
        row = np.array([model.cues.get(c, -1) for c in names], dtype=np.int64)[cue]
        np.add.at(total, at[row >= 0], model.table[row[row >= 0]])
        if model.bundles is not None:
            spoke = np.flatnonzero(self.evidence)
            total[spoke] += self._once(f"bundles say for {model.codes}", model, lambda m: (self._bundled(m, spoke),))[0]
        total += model.bias
        if model.reader is not None:
            near = np.flatnonzero((total >= np.minimum(model.reads, model.threshold))[:, [c != ABSENT for c in model.codes]].any(1) & self.evidence)
            total[near] += (self.reading(model.reader).says(near) @ model.listened).round(6)
        return total

    def reading(self, reader: Reader) -> Reading:
        """These sentences as the reader is given them; what it said is kept."""
        return self._once("reader", reader, lambda r: (Reading(self.words, r),))[0]

    def _bundled(self, model: CueModel, sentences: np.ndarray) -> np.ndarray:
        """What the bundles say for each code in these sentences."""
        assert model.bundles is not None
        blocks = [sentences[a:a + BLOCK] for a in range(0, len(sentences), BLOCK)] or [sentences]
        few = len(blocks) == 1
        return np.concatenate([((self._once("awake", model.bundles, lambda x, b=b: (self.awake(x, b),))[0] if few else self.awake(model.bundles, b)) @ model.mix).round(6) for b in blocks])

    def awake(self, bundles: Bundles, sentences: np.ndarray) -> np.ndarray:
        """How much each bundle is awake in these sentences."""
        return bundles.values(*self.sums(bundles, sentences))

    def sums(self, bundles: Bundles, sentences: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the words of these sentences, and of the questions they answer, add up to in each bundle (sentences × bundles), and their squared sizes."""
        said, asked, two = self._once("bundles", bundles, self._wake)
        _, answers = self._questions
        there = answers[sentences] >= 0
        out = []
        for of_said, of_asked, of_two in zip(said, asked, (bundles.table, bundles.squares), strict=True):
            added = self._said[sentences] @ of_said + two[sentences] @ of_two
            if there.any():
                added[there] += self._heard[answers[sentences[there]]] @ of_asked
            out.append(added)
        return out[0], out[1]

    @cached_property
    def _said(self) -> csr_matrix:
        """How often each word of the vocabulary is said in each sentence."""
        w = self.words
        return _counts(self.n, len(w.types), [(w.sentence[self.said], w.ids[self.said])], np.float32)

    @cached_property
    def _heard(self) -> csr_matrix:
        """Which words of the vocabulary each question says."""
        pairs, _ = self._questions
        return _counts(len(self.words.segments), len(self.words.types), [(pairs[:, 0], pairs[:, 1])], np.float32)

    def _wake(self, bundles: Bundles) -> tuple[Any, ...]:
        """What every word of the vocabulary, said and asked, adds to each bundle (types × bundles) and to the squared size, and how often two words in a row that are a cue are said (sentences × the bundles' cues)."""
        known, types = bundles.cues, self.words.types
        said = [[known[c] for c in (stem, *letters(t)) if c in known] for t, stem in zip(types, self.stems, strict=True)]
        asked = [[known["?" + stem]] if "?" + stem in known else [] for stem in self.stems]
        every = np.arange(len(types))
        adds = [(rows @ bundles.table, rows @ bundles.squares) for rows in (_counts(len(types), len(known), [_spread(every, every, per)], np.float32) for per in (said, asked))]
        at, row = self.in_a_row(known)
        return adds[0], adds[1], _counts(self.n, len(known), [(self.words.sentence[self.pairs[at]], row)], np.float32)

    def in_a_row(self, known: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
        """Of the cues that are two words in a row ("catat kas"): places in `pairs`, and the cue's number."""
        two = [(*c.split(" "), i) for c, i in known.items() if c.count(" ") == 1 and c[0] not in "=#@"]
        if not two or not len(self.pairs):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        first, second = ({x: i for i, x in enumerate(dict.fromkeys(t[k] for t in two))} for k in (0, 1))
        a, b = (np.array([of.get(x, -1) for x in self.stems], dtype=np.int64)[self.words.ids[self.pairs + k]] for k, of in ((0, first), (1, second)))
        number = np.array([first[x] * len(second) + second[y] for x, y, _ in two], dtype=np.int64)
        order = np.argsort(number)
        said = np.where((a >= 0) & (b >= 0), a * len(second) + b, -1)
        place = order[np.minimum(np.searchsorted(number[order], said), len(order) - 1)]
        at = np.flatnonzero(number[place] == said)
        return at, np.array([i for *_, i in two], dtype=np.int64)[place[at]]

    def _once(self, kind: str, made_of: Any, make: Callable[[Any], tuple[Any, ...]]) -> tuple[Any, ...]:
        """What `make` makes of a model or of bundles; that of the last one is kept."""
        if kind not in self._kept or self._kept[kind][0] is not made_of:
            self._kept[kind] = (made_of, make(made_of))
        return self._kept[kind][1]

    def _weights(self, model: CueModel) -> tuple[np.ndarray, np.ndarray]:
        """The weights of every word of the vocabulary, said and asked: types × columns; those of the last model are kept."""
        return self._once("model", model, self._weigh)

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

    def denied(self, model: CueModel, total: np.ndarray, sentence: np.ndarray, code: np.ndarray, told: Told) -> np.ndarray:
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
        at, row = self.in_a_row({c: i for c, i in model.cues.items() if c in weight})
        base += np.bincount(w.sentence[self.pairs[at]], model.table[row, j], self.n)
        told_so = np.zeros((len(model.codes), 3, 2, 2, 2))
        for k, no, weak, absent, present in np.ndindex(told_so.shape):
            told_so[k, no, weak, absent, present] = sum(weight.get(c, 0.0) for c in circumstances(model.codes[k], no, weak, absent, present))
        strong, weak = self.denials
        absent, present = told.verdicts(model.codes, sentence, code)
        return base[sentence] + told_so[code, strong[sentence], weak[sentence].astype(int), absent.astype(int), present.astype(int)]

    # --- the same as a matrix, for learning ----------------------------------------------------------------------------------
    def matrix(self, told: Told) -> tuple[csr_matrix, list[str]]:
        """How often each cue speaks in each sentence (sentences × cues), and the cues' names."""
        w = self.words
        names: dict[str, int] = {}
        per = [[names.setdefault(c, len(names)) for c in (stem, *letters(t))] for t, stem in zip(w.types, self.stems, strict=True)]
        rows, cols = _spread(w.sentence[self.said], w.ids[self.said], per)
        parts = [(rows, cols)]
        pairs, answers = self._questions
        if len(pairs):
            there = np.flatnonzero(answers >= 0)
            at, of = inside(pairs[:, 0], answers[there])
            cues = np.array([names.setdefault("?" + self.stems[t], len(names)) for t in pairs[:, 1].tolist()], dtype=np.int64)
            parts.append((there[of], cues[at]))
        at, cue, told_names = told.cues
        parts.append((at, np.array([names.setdefault(c, len(names)) for c in told_names], dtype=np.int64)[cue]))
        return _counts(self.n, len(names), parts), list(names)

    def pair_matrix(self) -> tuple[csr_matrix, list[str]]:
        """How often two words in a row are said in each sentence (sentences × cues), and the cues' names; those said in fewer than three are left out."""
        w, n = self.words, len(self.stems)
        names, stem = np.unique(np.array(self.stems, dtype=object), return_inverse=True) if n else (np.zeros(0, object), np.zeros(0, np.int64))
        keys, cue = np.unique(stem[w.ids[self.pairs]].astype(np.int64) * max(1, len(names)) + stem[w.ids[self.pairs + 1]], return_inverse=True)
        out = _counts(self.n, len(keys), [(w.sentence[self.pairs], cue)])
        kept = np.flatnonzero(out.getnnz(axis=0) >= 3)
        return out[:, kept], [f"{names[k // len(names)]} {names[k % len(names)]}" for k in keys[kept].tolist()]

    def denial_matrix(self, sentence: np.ndarray, code: Sequence[str], told: Told) -> tuple[csr_matrix, list[str]]:
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
        listed = list(dict.fromkeys(code))
        strong, weak = self.denials
        absent, present = told.verdicts(listed, sentence, np.array([listed.index(k) for k in code], dtype=np.int64))
        own = [(i, names.setdefault(c, len(names))) for i, (k, *how) in enumerate(zip(code, strong[sentence].tolist(), weak[sentence].tolist(), absent.tolist(), present.tolist(), strict=True)) for c in circumstances(k, *how)]
        text = _counts(self.n, len(names), parts)[sentence]
        return (text + _counts(len(sentence), len(names), [(np.array([i for i, _ in own], dtype=np.int64), np.array([c for _, c in own], dtype=np.int64))])).tocsr(), list(names)


def circumstances(code: str, negators: int, weak: bool, absent: bool, present: bool) -> list[str]:
    """The cues for absence that are no words: the code, the negators of its sentence, the verdict of its rules."""
    found = [f"#no{negators}", *(name for name, so in (("#weak", weak), ("=!", absent), ("=+", present)) if so)]
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


def ranges(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """low[0]..high[0]-1, low[1]..high[1]-1, … in one array."""
    count = high - low
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)


def inside(groups: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places in `groups` (sorted) of each number wanted, and which of `wanted` each belongs to."""
    low, high = np.searchsorted(groups, wanted, "left"), np.searchsorted(groups, wanted, "right")
    return ranges(low, high), np.repeat(np.arange(len(wanted)), high - low)


def _spread(rows: np.ndarray, types: np.ndarray, per: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """(row, cue) for every token and every cue of its type."""
    ends = np.cumsum([0, *map(len, per)])
    flat = np.array([c for cues in per for c in cues], dtype=np.int64)
    return np.repeat(rows, np.diff(ends)[types]), flat[ranges(ends[types], ends[types + 1])] if len(types) else np.zeros(0, np.int64)


def _counts(n: int, width: int, parts: Iterable[tuple[np.ndarray, np.ndarray]], kind: type = float) -> csr_matrix:
    from scipy.sparse import csr_matrix

    parts = list(parts)
    rows, cols = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    out = csr_matrix((np.ones(len(rows), kind), (rows, cols)), shape=(n, width))
    out.sum_duplicates()
    return out
