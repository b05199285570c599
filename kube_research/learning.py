"""Learn cue tables from passages that people coded: the study's own codings, and banks of coded snippets.

`kube-research learn` writes `codebooks/<name>.cues.csv` beside a codebook.  The weights come from logistic regression with a quadratic
penalty (L-BFGS; no download).  A cue that separates coded from other sentences by itself is held back less (after the
log-count ratios of Wang & Manning 2012, "Baselines and bigrams"); letters, questions and words in a row are held back more.  Where there
are thousands of codings, the regressions of all codes share a layer of 64 instead (Caruana 1997, "Multitask
learning"; cues left out at random, seeds fixed): what tells one code of villagers' talk tells others too.  That layer is linear, so the table
stays a table; the shipped tables add word bundles (`engine.bundles`), a layer that is not.  The threshold comes from cross-validation by document, so that the precision asked for is one on documents the weights
have not seen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .codebook import Codebook
from .corpus import Corpus, Document
from .engine import Engine
from .engine.cue_table import ABSENT, CueModel
from .engine.cues import Features, Told, rule_cue
from .engine.verdict import doubt
from .fitting import bundled, logistic, shared
from .model import Fault, KubeError, Speaker
from .text import normalise
from .words import say

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Span = tuple[str, int, int, str, str]  # document, start, end, code, polarity
SNIPPETS = 60  # snippets of a bank that make one document
LEAST, LEAST_LETTERS = 2, 4  # sentences that a cue must occur in
SMALLEST = 0.05  # weights below are left out of the table
MANY = 4000  # codings from which on the codes share a layer


@dataclass(frozen=True)
class Learned:
    """A cue model with how it was learned: sentences, coded sentences by code, and precision and recall in cross-validation."""

    model: CueModel
    sentences: int
    coded: dict[str, int]
    precision: float
    recall: float
    documents: int

    def __repr__(self) -> str:
        return say(f"Tabel isyarat: {len(self.coded)} kode, {self.sentences} kalimat dari {self.documents} dokumen; validasi silang per dokumen: presisi {self.precision:.2f}, recall {self.recall:.2f} (per kalimat).",
                   f"Cue table: {len(self.coded)} codes, {self.sentences} sentences of {self.documents} documents; cross-validated by document: precision {self.precision:.2f}, recall {self.recall:.2f} (by sentence).")


def read_bank(path: Path | str) -> tuple[list[Document], list[Span]]:
    """Coded snippets (JSON lines: q, a = [[sentence, ["code+", "code-", …]], …]) as documents of question and answer, with their codings."""
    path = Path(path)
    items = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                item = json.loads(line)
                items.append((str(item["q"]), [(str(s), [str(t) for t in tags]) for s, tags in item["a"]]))
            except (ValueError, KeyError, TypeError):
                raise KubeError(Fault(say("Baris bank potongan tidak terbaca.", "A line of the snippet bank cannot be read."), f"{path.name}:{n}", say('Bentuknya: {"q": "pertanyaan", "a": [["kalimat", ["kode+", "kode-"]]]}', 'Its form: {"q": "question", "a": [["sentence", ["code+", "code-"]]]}'))) from None
    documents, spans = [], []
    for k in range(0, len(items), SNIPPETS):
        name, text = f"bank-{path.stem}-{k // SNIPPETS:03d}", ""
        for question, answer in items[k:k + SNIPPETS]:
            text += "P: " + normalise(" ".join(question.split())) + "\nN: "
            for sentence, tags in answer:
                sentence = normalise(" ".join(sentence.split()))
                if not sentence:
                    continue
                sentence += "" if sentence[-1] in ".?!…\"'" else "."
                start, text = len(text), text + sentence
                spans += [(name, start, len(text), t[:-1], "absent" if t.endswith("-") else "present") for t in tags]
                text += " "
            text += "\n"
        documents.append(Document(name, text, speakers=(Speaker(name, "P", "P", "researcher"), Speaker(name, "N", "N", "member"))))
    return documents, spans


class Sample:
    """The sentences of some documents with their cues and the codes that people gave them."""

    def __init__(self, documents: Sequence[Document], spans: Iterable[Span], books: Sequence[Codebook], leave_out: Iterable[str] = ()):
        self.engine = Engine(Corpus(tuple(documents)))
        w = self.engine.words
        self.features = Features(w, self.engine.polarity.negators, leave_out)
        self.n = self.features.n
        self.codes = [c.id for book in books for c in book if c.automatic and not c.retired]
        self.book = {c.id: k for k, book in enumerate(books) for c in book}
        self.told = Told.together([self.engine.told(*self.engine.find(book)) for book in books])
        self.cues, self.names = self.features.matrix(self.told)
        self.spoken = self.features.evidence
        self.home = np.zeros(self.n, np.int64)
        if len(w):
            self.home[w.sentence] = w.owners[w.segment, 0]
        self.coded, self.touched, self.absent = self._labels(spans)

    @cached_property
    def pairs(self) -> tuple[csr_matrix, list[str]]:
        """Two words in a row: sentences × cues, and the cues' names."""
        return self.features.pair_matrix()

    def _labels(self, spans: Iterable[Span]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Sentences × codes: coded (a passage covers half of the sentence, or it half of the passage), touched by a passage at all, coded absent."""
        w = self.engine.words
        first = np.searchsorted(w.sentence, np.arange(self.n), "left")
        last = np.searchsorted(w.sentence, np.arange(self.n), "right") - 1
        starts, ends = w.start[first], w.end[last]
        base = {d.id: b for d, b in zip(w.documents, w.bases, strict=True)}
        column = {c: j for j, c in enumerate(self.codes)}
        coded, touched, absent = (np.zeros((self.n, len(self.codes)), bool) for _ in range(3))
        for document, a, b, code, polarity in spans:
            if document not in base or code not in column:
                continue
            a, b, j = a + base[document], b + base[document], column[code]
            for s in range(max(0, int(np.searchsorted(ends, a, "right"))), int(np.searchsorted(starts, b, "left"))):
                overlap = min(b, ends[s]) - max(a, starts[s])
                if self.spoken[s] and overlap > 0:
                    touched[s, j] = True
                    if overlap * 2 >= min(b - a, ends[s] - starts[s]):
                        coded[s, j] = True
                        absent[s, j] = polarity == "absent"
        return coded, touched, absent


def learn_cues(documents: Sequence[Document], spans: Sequence[Span], *books: Codebook, precision: float = 0.7, judged: Iterable[str] | None = None, folds: int | Mapping[str, object] = 6, penalty: float = 2.0, leave_out: Iterable[str] = (), bundles: bool = False) -> tuple[Learned, ...]:
    """Learn the cues of the automatic codes of some books from coded documents: one table a book.

    Books learned together share what tells their codes, and one threshold, at which the precision of all their codings is what was asked.
    precision: what the threshold aims at, by cross-validation, counted in the documents `judged` (default: all).  folds: how many
    groups of documents are judged in turn by what the others teach; or who wrote each document (document → writer): then each writer is
    judged by what the others teach, so that the precision may be hoped for with people never met.  penalty: of the squared weights.  leave_out: words that may not become cues (people's names: `names_in`).
    bundles: also learn word bundles (`engine.bundles`; for tens of thousands of sentences).
    """
    sample = Sample(documents, spans, books, leave_out)
    enough = np.flatnonzero(sample.coded.sum(0) >= 5)
    codes = [sample.codes[j] for j in enough]
    poor = [book.name for k, book in enumerate(books) if k not in {sample.book[c] for c in codes}]
    if poor:
        raise KubeError(Fault(say("Belum cukup pengodean untuk belajar (sedikitnya 5 kalimat per kode).", "Not enough codings to learn from (at least 5 sentences a code)."), ", ".join(poor), say("Kodekan lebih banyak dokumen dahulu.", "Code more documents first.")))
    names = [d.id for d in sample.engine.words.documents]
    wanted = set(names if judged is None else judged)
    counted = np.isin(sample.home, [i for i, n in enumerate(names) if n in wanted]) & sample.spoken
    fold_of = np.zeros(len(names), np.int64)
    if isinstance(folds, int):
        fold_of[sorted(range(len(names)), key=lambda i: (names[i] not in wanted, names[i]))] = np.arange(len(names)) % folds
    else:
        fold_of = np.unique([str(folds.get(n, "")) for n in names], return_inverse=True)[1]
    if not fold_of.any():
        raise KubeError(Fault(say("Belajar memerlukan sedikitnya dua dokumen: ambang diuji pada dokumen yang tidak dipelajari.", "Learning needs two documents at least: the threshold is tried on documents that were not learned from."), "", say("Kodekan dokumen lain juga.", "Code another document too.")))
    fold = fold_of[sample.home]
    scores = np.full((sample.n, len(codes)), -np.inf)
    for k in range(int(fold_of.max()) + 1):
        test = np.flatnonzero((fold == k) & counted)
        if len(test):
            scores[test] = _surely(_fit(sample, enough, (fold != k) & sample.spoken, penalty, bundles), sample, test, codes)
    truth = sample.touched[:, enough]
    threshold = float(np.floor(100 * _threshold(scores[counted].ravel(), truth[counted].ravel(), precision)) / 100)
    whole = _fit(sample, enough, sample.spoken, penalty, bundles)
    out = []
    for k, book in enumerate(books):
        own = [i for i, c in enumerate(codes) if sample.book[c] == k]
        right = truth[np.ix_(counted, own)]
        chosen = scores[np.ix_(counted, own)] >= threshold
        p, r = float(right[chosen].mean()) if chosen.any() else float("nan"), float(right[chosen].sum() / max(1, right.sum()))
        rules = [rule_cue(x.code, x.rule) for x in book.indicators() if x.code in codes]  # a rule that the table names does not code alone, also one that never hit so far
        coded = {codes[i]: int(sample.coded[:, enough[i]].sum()) for i in own}
        out.append(Learned(_compact(whole, own, rules, threshold), int(sample.spoken.sum()), coded, p, r, len(names)))
    return tuple(out)


def _surely(model: CueModel, sample: Sample, sentences: np.ndarray, codes: list[str]) -> np.ndarray:
    """The scores of sentences × codes, less what doubt about the polarity takes."""
    total = sample.features.scores(model, sample.told)
    out = total[sentences][:, : len(codes)]
    near = np.argwhere(out > model_edge(out))
    denial = sample.features.denied(model, total, sentences[near[:, 0]], near[:, 1], sample.told)
    out[near[:, 0], near[:, 1]] -= doubt(denial)
    return out


def model_edge(scores: np.ndarray) -> float:
    """Below this score no sentence is ever coded: the fifth of the pairs with the highest scores is looked at closely."""
    return float(np.quantile(scores, 0.8)) if scores.size else 0.0


def _fit(sample: Sample, columns: np.ndarray, train: np.ndarray, penalty: float, bundles: bool = False) -> CueModel:
    """The weights learned from the sentences `train`: of every code, and of absence among the coded sentences.  With bundles a code's score is the mean of what cues and bundles say."""
    from scipy.sparse import diags, hstack

    letters = np.array([c.startswith("~") for c in sample.names], bool)
    seen = np.asarray((sample.cues[train] > 0).sum(0)).ravel()
    kept = np.flatnonzero(seen >= np.where(letters, LEAST_LETTERS, LEAST))
    x, y = sample.cues[train][:, kept], sample.coded[np.ix_(train, columns)]
    names = [sample.names[i] for i in kept]
    if int(y.sum()) >= MANY:
        size = np.array([0.5 if c[0] == "~" else 0.6 if c[0] == "?" else 0.85 for c in names])
        weights, bias = shared(x @ diags(size), y, seeds=2 if bundles else 4)
        weights = size[:, None] * weights
    else:
        weights, bias = logistic(x, y, penalty * held_back(names)[:, None] / telling(x, y) ** 2)
    codes = [sample.codes[j] for j in columns]
    home = np.array([sample.book[c] for c in codes])
    for i, name in enumerate(names):  # a book is also applied without the others: their rules do not speak for its codes
        if name[0] == "=":
            weights[i, home != sample.book[name.lstrip("=").partition(":")[0]]] = 0.0
    layer = None
    if bundles:
        two, rows = sample.pairs
        layer, mix, base = bundled(hstack((sample.cues[train], two[train])).tocsr(), [*sample.names, *rows], y)
        weights, bias, names = np.vstack((weights, mix)) / 2, (bias + base) / 2, [*names, *layer.names]
    pairs = np.argwhere(sample.coded[:, columns] & train[:, None])
    denied = sample.absent[:, columns][pairs[:, 0], pairs[:, 1]]
    if not denied.any():
        return CueModel((*codes, ABSENT), {n: i for i, n in enumerate(names)}, _short(np.hstack((weights, np.zeros((len(names), 1)))), names), np.append(bias, -9.0).round(2), np.zeros(len(codes) + 1), layer)
    more, cues = sample.features.denial_matrix(pairs[:, 0], [codes[j] for j in pairs[:, 1]], sample.told)
    often = np.flatnonzero(np.asarray((more > 0).sum(0)).ravel() >= LEAST)
    cues = [cues[i] for i in often]
    for_absence, base = logistic(more[:, often], denied[:, None], 0.5 * penalty * held_back(cues)[:, None], start=-1.0)
    index = {n: i for i, n in enumerate(names)}
    for c in cues:
        index.setdefault(c, len(index))
    table = np.zeros((len(index), len(codes) + 1))
    table[: len(names), : len(codes)] = weights
    table[[index[c] for c in cues], -1] = for_absence[:, 0]
    return CueModel((*codes, ABSENT), index, _short(table, list(index)), np.append(bias, base).round(2), np.zeros(len(codes) + 1), layer)


def _short(table: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Weights as a cue table writes them: two decimals, small ones of single cues left out."""
    table = table.round(2)
    table[(np.abs(table) < SMALLEST) & np.array([c[0] != "&" for c in names])[:, None]] = 0.0
    return table


def held_back(names: Sequence[str]) -> np.ndarray:
    """How many times harder than a stem each kind of cue is penalised."""
    return np.array([6.25 if c[0] in "~<" else 2.0 if c[0] == "?" else 4.0 if " @" in c or " " in c and c[0] not in "=#@" else 1.0 for c in names])


def telling(x: csr_matrix, y: np.ndarray) -> np.ndarray:
    """Cues × codes: half of 1 plus the size of the log-count ratio, against the code's mean."""
    inside, outside = x.T @ y.astype(float) + 1.0, x.T @ (~y).astype(float) + 1.0
    ratio = np.abs(np.log((inside / inside.sum(0)) / (outside / outside.sum(0))))
    return 0.5 + 0.5 * ratio / np.maximum(ratio.mean(0), 1e-9)


def _threshold(value: np.ndarray, truth: np.ndarray, precision: float) -> float:
    """The lowest threshold at which the precision is reached."""
    order = np.argsort(-value, kind="stable")
    right = np.cumsum(truth[order])
    share = right / np.arange(1, len(order) + 1)
    good = np.flatnonzero((share >= precision) & np.append(value[order][1:] != value[order][:-1], True))  # equal scores pass together
    at = int(good[-1]) if len(good) else int(np.argmax(share[9:]) + 9)
    return float(value[order[at]])


def _compact(model: CueModel, own: Sequence[int], rules: Sequence[str], threshold: float) -> CueModel:
    """The columns `own` of a model as their table says it, every rule named."""
    columns = [*own, len(model.codes) - 1]
    table = model.table[:, columns]
    names = list(model.cues)
    kept = [i for i, n in enumerate(names) if table[i].any() or n in set(rules)]
    index = {names[i]: k for k, i in enumerate(kept)}
    extra = [r for r in dict.fromkeys(rules) if r not in index]
    index.update({r: len(kept) + k for k, r in enumerate(extra)})
    edge = np.full(len(columns), threshold)
    edge[-1] = 0.0
    return CueModel(tuple(model.codes[j] for j in columns), index, np.vstack((table[kept], np.zeros((len(extra), len(columns))))), model.bias[columns], edge, model.bundles)
