"""Cues: words and rules that speak together for a code, with weights learned from passages that people coded.

One word is seldom evidence; several are.  A cue model adds up, sentence by sentence, the weights of the words said, of the words
of the question before, and of the rules that hit; where the sum passes the code's threshold the sentence is coded, and the cues
that weighed most are its rule.  The model is a table that a person can read and edit: code, cue, weight.

Learning is logistic regression with a quadratic penalty (L-BFGS), one code at a time; nothing random, no download.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..model import Fault, KubeError
from ..words import say
from .words import Words, plain, stripped

BIAS, THRESHOLD = "(bias)", "(threshold)"
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


class Features:
    """The cues of every sentence of a corpus: stems said, and stems of the question just answered."""

    def __init__(self, words: Words, speaking: np.ndarray, asked: Mapping[int, int]):
        """speaking: per word, does it count as evidence?  asked: segment of an answer → segment of the question before it."""
        self.words, self.speaking, self.asked = words, speaking, asked
        names = [root(t) for t in words.types]
        self.table = list(dict.fromkeys(names))
        self.index = {n: i for i, n in enumerate(self.table)}
        self.stem = np.array([self.index[n] for n in names], dtype=np.int64)[words.ids] if len(words) else np.zeros(0, np.int64)
        self.sentences = int(words.sentence[-1]) + 1 if len(words) else 0

    def pairs(self, known: Mapping[str, int] | None = None) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """All (sentence, cue) pairs, each once: sentence numbers, cue numbers, cue names.

        With `known` (cue name → number) only those cues are looked for, and the numbers are theirs.
        """
        w, stem, n = self.words, self.stem, len(self.table)
        s = w.sentence
        one, ask = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
        if known is None:
            names = self.table + ["?" + t for t in self.table]
            one, ask = np.arange(n), np.arange(n, 2 * n)
        else:
            names = list(known)
            for cue, number in known.items():
                table, cue = (ask, cue[1:]) if cue.startswith("?") else (one, cue)
                if cue in self.index:
                    table[self.index[cue]] = number
        said = np.flatnonzero(self.speaking)
        at = said[one[stem[said]] >= 0]
        rows, cols = [s[at]], [one[stem[at]]]
        for more in self._asked(ask):
            rows.append(more[0])
            cols.append(more[1])
        return (*_distinct(np.concatenate(rows), np.concatenate(cols)), names)


    def _asked(self, ask: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(sentence, cue) pairs of the questions: every sentence of an answer bears the cues of the question before it."""
        w = self.words
        if not self.asked or not len(w):
            return
        answers = np.array(list(self.asked), dtype=np.int64)
        questions = np.array(list(self.asked.values()), dtype=np.int64)
        token = np.flatnonzero(ask[self.stem] >= 0)
        segment, cue = _distinct(w.segment[token], ask[self.stem[token]])
        low, high = np.searchsorted(segment, questions, "left"), np.searchsorted(segment, questions, "right")
        index = _ranges(low, high)
        answer, cue = np.repeat(answers, high - low), cue[index]
        starts, ends = np.searchsorted(w.segment, answer, "left"), np.searchsorted(w.segment, answer, "right")
        spoken = ends > starts
        answer, cue, starts, ends = answer[spoken], cue[spoken], starts[spoken], ends[spoken]
        first, last = w.sentence[starts], w.sentence[ends - 1] + 1
        yield _ranges(first, last), np.repeat(cue, last - first)


def _ranges(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """low[0]..high[0]-1, low[1]..high[1]-1, … in one array."""
    count = high - low
    return np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count)


def _distinct(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(a):
        return a.astype(np.int64), b.astype(np.int64)
    width = int(b.max()) + 1
    key = np.unique(a.astype(np.int64) * width + b)
    return key // width, key % width


@dataclass(frozen=True)
class CueModel:
    """Weights of cues by code; bias and threshold among them."""

    weights: Mapping[str, Mapping[str, float]]

    def __repr__(self) -> str:
        return f"CueModel({len(self.weights)} codes, {sum(map(len, self.weights.values()))} cues)"

    def matrix(self) -> tuple[list[str], dict[str, int], np.ndarray, np.ndarray]:
        """codes, cue → row, weights (cues × codes), bias minus threshold (codes)."""
        codes = list(self.weights)
        cues = {c: i for i, c in enumerate(dict.fromkeys(c for w in self.weights.values() for c in w if c not in (BIAS, THRESHOLD)))}
        table = np.zeros((len(cues), len(codes)), np.float32)
        edge = np.zeros(len(codes), np.float32)
        for j, code in enumerate(codes):
            for cue, weight in self.weights[code].items():
                if cue in cues:
                    table[cues[cue], j] = weight
            edge[j] = self.weights[code].get(BIAS, 0.0) - self.weights[code].get(THRESHOLD, 0.0)
        return codes, cues, table, edge

    def save(self, path: Path | str) -> None:
        from ..study import write_atomic

        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("code", "cue", "weight"))
        for code, cues in self.weights.items():
            for cue, weight in sorted(cues.items(), key=lambda kv: (kv[0] not in (BIAS, THRESHOLD), -abs(kv[1]), kv[0])):
                writer.writerow((code, cue, f"{weight:.2f}"))
        write_atomic(Path(path), out.getvalue())

    @classmethod
    def load(cls, path: Path | str) -> CueModel:
        """Read a cue table (CSV: code, cue, weight); faults carry their line."""
        from ..study import read_table

        path = Path(path)
        weights: dict[str, dict[str, float]] = {}
        faults = []
        for r in read_table(path, ("code", "cue", "weight")):
            try:
                weights.setdefault(r["code"], {})[r["cue"]] = float(r["weight"].replace(",", "."))
            except ValueError:
                faults.append(Fault(say(f"Bobot {r['weight']!r} bukan angka.", f"The weight {r['weight']!r} is not a number."), f"{path.parent.name}/{path.name}:{r['_line']}", say("Tulis misalnya 0.75.", "Write 0.75, for instance.")))
        if faults:
            raise KubeError(faults)
        return cls(weights)


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


def learn(rows: np.ndarray, cols: np.ndarray, names: list[str], labels: Mapping[str, set[int]], n: int, *, penalty: float = 2.0, least: int = 2, keep: int = 500, among: np.ndarray | None = None) -> dict[str, dict[str, float]]:
    """Logistic regression, one code at a time.

    rows, cols: the pairs (sentence, cue) of n sentences; names: of the cues; labels: code → the sentences coded with it.  `among`: which sentences
    to learn from.  Cues in fewer than `least` sentences are left out; the `keep` largest weights of each code are kept, and every rule's ("=…", also when it
    is 0: a rule that the table names does not code alone).  Returns code → cue → weight, with the bias.
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    chosen = np.ones(n, bool) if among is None else among
    inside = chosen[rows]
    rows, cols = rows[inside], cols[inside]
    frequent = np.bincount(cols, minlength=len(names)) >= least
    new = np.cumsum(frequent) - 1
    ok = frequent[cols]
    cues = [c for c, f in zip(names, frequent, strict=True) if f]
    x = csr_matrix((np.ones(int(ok.sum())), (rows[ok], new[cols[ok]])), shape=(n, len(cues)))
    xt = x.T.tocsr()
    out: dict[str, dict[str, float]] = {}
    for code, coded in labels.items():
        y = np.full(n, -1.0)
        y[list(coded)] = 1.0

        def loss(w: np.ndarray, y: np.ndarray = y) -> tuple[float, np.ndarray]:
            z = y * (x @ w[:-1] + w[-1])
            g = -y / (1 + np.exp(np.clip(z, -50, 50))) * chosen
            return float((np.logaddexp(0, -z) * chosen).sum() + 0.5 * penalty * w[:-1] @ w[:-1]), np.append(xt @ g + penalty * w[:-1], g.sum())

        w = minimize(loss, np.append(np.zeros(len(cues)), -4.0), jac=True, method="L-BFGS-B", options={"maxiter": 80}).x
        top = np.argsort(-np.abs(w[:-1]))[:keep]
        out[code] = {BIAS: float(w[-1]), **{cues[i]: float(w[i]) for i in top if abs(w[i]) >= 0.05 or cues[i].startswith("=")}}
    return out


# --- a book's cue table at work -----------------------------------------------------------------------------------------
ABSENT = "(absent)"  # pseudo-code: what speaks for absence, given a code ("@code")


def table_path(book: object) -> Path | None:
    """The cue table beside a codebook (participation.yml → participation.cues.csv), if there is one."""
    path = getattr(book, "path", None)
    if path is None:
        return None
    beside = Path(path).with_suffix("").with_suffix(".cues.csv")
    return beside if beside.exists() else None


def rule_cue(code: str, rule: str) -> str:
    """How a rule is called among the cues."""
    return f"={code}: {rule}"


@dataclass(frozen=True)
class Verdict:
    """Sentences that a cue model codes: arrays of sentence numbers and code numbers, whether absent, score and the cues that weighed most."""

    codes: list[str]
    sentence: np.ndarray
    code: np.ndarray
    absent: np.ndarray
    score: np.ndarray
    why: list[str]


def incidence(features: Features, hits: Iterable[tuple[int, str]], known: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """The (sentence, cue) pairs of a corpus for the cues of a model: words, questions and rule hits."""
    rows, cols, _ = features.pairs(known)
    extra = sorted({(s, known[c]) for s, c in hits if c in known})
    if extra:
        more = np.array(extra, dtype=np.int64)
        rows, cols = np.concatenate((rows, more[:, 0])), np.concatenate((cols, more[:, 1]))
    return rows, cols


def judge(model: CueModel, features: Features, hits: list[tuple[int, str, str, bool]]) -> Verdict:
    """Apply a model: hits are (sentence, code, rule, absent) of the book's rules."""
    from scipy.sparse import csr_matrix

    codes, known, table, edge = model.matrix()
    n = features.sentences
    cues = [(s, rule_cue(code, rule)) for s, code, rule, _ in hits] + [(s, f"=={code}") for s, code, _, _ in hits]
    rows, cols = incidence(features, cues, known)
    x = csr_matrix((np.ones(len(rows), np.float32), (rows, cols)), shape=(n, len(known)))
    total = x @ table + edge
    evidence = np.zeros(n, bool)
    evidence[features.words.sentence[features.speaking]] = True
    real = [j for j, c in enumerate(codes) if c != ABSENT]
    coded = np.argwhere((total[:, real] >= 0) & evidence[:, None])
    sentence, code = coded[:, 0], np.array(real, dtype=np.int64)[coded[:, 1]] if len(coded) else np.zeros(0, np.int64)
    absent = np.zeros(len(sentence), bool)
    if ABSENT in codes and len(sentence):
        j = codes.index(ABSENT)
        own = np.array([model.weights[ABSENT].get("@" + c, 0.0) for c in codes])
        told = {(s, c): a for s, c, _, a in hits}
        marks = [told.get((s, codes[c])) for s, c in zip(sentence.tolist(), code.tolist(), strict=True)]
        verdict = np.array([0.0 if m is None else model.weights[ABSENT].get(f"=!{codes[c]}" if m else f"=+{codes[c]}", 0.0) for m, c in zip(marks, code.tolist(), strict=True)])
        absent = total[sentence, j] + own[code] + verdict >= 0
    names = list(known)
    why = []
    for s, c in zip(sentence.tolist(), code.tolist(), strict=True):
        there = x.indices[x.indptr[s]:x.indptr[s + 1]]
        top = there[np.argsort(-table[there, c], kind="stable")[:4]]
        why.append(" · ".join(f"{_shown(names[k])} +{table[k, c]:.1f}" for k in top if table[k, c] > 0))
    return Verdict(codes, sentence, code, absent, total[sentence, code] if len(sentence) else np.zeros(0), why)


def _shown(cue: str) -> str:
    return cue[2:] if cue.startswith("==") else cue.partition(": ")[2] if cue.startswith("=") else cue
