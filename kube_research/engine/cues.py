"""Cues: words, pairs of words and rules that speak together for a code, with weights learned from passages that people coded.

One word is seldom evidence; several are.  A cue model adds up, sentence by sentence, the weights of the words said, of the words
of the question before, and of the rules that hit; where the sum passes the code's threshold the sentence is coded, and the cues
that weighed most are its rule.  The model is a table that a person can read and edit: code, cue, weight.

Learning is logistic regression with a quadratic penalty (L-BFGS), one code at a time; nothing random, no download.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ..corpus import Corpus
from ..model import Fault, KubeError
from ..words import say
from .words import Words, plain, stripped

BIAS, THRESHOLD = "(bias)", "(threshold)"
ANSWERED = 2  # how many sentences of an answer the question's words are counted for
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
    """The cues of every sentence of a corpus: stems said, adjacent pairs of stems, and stems of the question just answered."""

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
        one, two, ask = np.full(n, -1, np.int64), {}, np.full(n, -1, np.int64)
        names: list[str] = list(known) if known is not None else []
        if known is not None:
            for cue, number in known.items():
                if cue.startswith("?"):
                    if cue[1:] in self.index:
                        ask[self.index[cue[1:]]] = number
                elif " " in cue and not cue.startswith("="):
                    a, _, b = cue.partition(" ")
                    if a in self.index and b in self.index:
                        two[self.index[a] * n + self.index[b]] = number
                elif cue in self.index:
                    one[self.index[cue]] = number
        else:
            names = list(self.table) + ["?" + t for t in self.table]
            one, ask = np.arange(n), np.arange(n, 2 * n)
        said = np.flatnonzero(self.speaking)
        at = said[one[stem[said]] >= 0]
        rows, cols = [s[at]], [one[stem[at]]]
        next_to = np.flatnonzero(self.speaking[:-1] & self.speaking[1:] & (s[:-1] == s[1:])) if len(s) > 1 else np.zeros(0, np.int64)
        keys = stem[next_to] * n + stem[next_to + 1] if len(next_to) else np.zeros(0, np.int64)
        if known is None:
            distinct, inverse = np.unique(keys, return_inverse=True)
            rows.append(s[next_to])
            cols.append(len(names) + inverse)
            names += [f"{self.table[k // n]} {self.table[k % n]}" for k in distinct.tolist()]
        elif two and len(keys):
            order = np.array(sorted(two), dtype=np.int64)
            place = np.minimum(np.searchsorted(order, keys), len(order) - 1)
            hit = order[place] == keys
            rows.append(s[next_to[hit]])
            cols.append(np.array([two[k] for k in order.tolist()], dtype=np.int64)[place[hit]])
        bounds = np.searchsorted(w.segment, np.arange(len(w.segments) + 1)) if len(w) else np.zeros(1, np.int64)
        for answer, question in self.asked.items():
            q = ask[np.unique(stem[bounds[question]:bounds[question + 1]])]
            q = q[q >= 0]
            if len(q):
                for sentence in np.unique(s[bounds[answer]:bounds[answer + 1]])[:ANSWERED]:
                    rows.append(np.full(len(q), sentence))
                    cols.append(q)
        return (*_distinct(np.concatenate(rows), np.concatenate(cols)), names)


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


def learn(rows: np.ndarray, cols: np.ndarray, names: list[str], labels: Mapping[str, set[int]], n: int, *, penalty: float = 0.5, least: int = 2, keep: int = 500) -> dict[str, dict[str, float]]:
    """Logistic regression, one code at a time.

    rows, cols: the pairs (sentence, cue) of n sentences; names: of the cues; labels: code → the sentences coded with it.  Cues in
    fewer than `least` sentences are left out; the `keep` largest weights of each code are kept, and every rule's ("=…", also when it
    is 0: a rule that the table names does not code alone).  Returns code → cue → weight, with the bias.
    """
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

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
            g = -y / (1 + np.exp(np.clip(z, -50, 50)))
            return float(np.logaddexp(0, -z).sum() + 0.5 * penalty * w[:-1] @ w[:-1]), np.append(xt @ g + penalty * w[:-1], g.sum())

        w = minimize(loss, np.append(np.zeros(len(cues)), -4.0), jac=True, method="L-BFGS-B", options={"maxiter": 80}).x
        top = np.argsort(-np.abs(w[:-1]))[:keep]
        out[code] = {BIAS: float(w[-1]), **{cues[i]: float(w[i]) for i in top if abs(w[i]) >= 0.05 or cues[i].startswith("=")}}
    return out


def words_of(corpus: Corpus) -> tuple[Words, np.ndarray]:
    """All words of a corpus, and which of them are evidence."""
    from ..corpus import evidence

    w = Words(corpus, everything=True)
    good = {(i, t.n) for i, d in enumerate(w.documents) for t in d.turns if evidence(d, t)}
    of_segment = np.array([tuple(o) in good for o in w.owners.tolist()], dtype=bool)
    return w, of_segment[w.segment] if len(w) else np.zeros(0, bool)
