"""Learn cue tables from passages that people coded: the study's own codings, and banks of coded snippets.

`kube-research learn` writes `codebooks/<name>.cues.csv` beside a codebook.  The weights come from logistic regression (`engine.cues`);
the threshold from cross-validation by document, so that the precision asked for is one on documents the weights have not seen.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .codebook import Codebook
from .corpus import Corpus, Document
from .engine import Engine
from .engine.cues import ABSENT, BIAS, THRESHOLD, CueModel, learn, rule_cue
from .model import Fault, KubeError, Speaker
from .text import normalise
from .words import say

Span = tuple[str, int, int, str, str]  # document, start, end, code, polarity
SNIPPETS = 60  # snippets of a bank that make one document


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
            except (ValueError, KeyError, TypeError) as e:
                raise KubeError(Fault(say("Baris bank potongan tidak terbaca.", "A line of the snippet bank cannot be read."), f"{path.name}:{n}", str(e))) from None
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

    def __init__(self, documents: Sequence[Document], spans: Iterable[Span], book: Codebook):
        self.engine = Engine(Corpus(tuple(documents)))
        w = self.engine.words
        self.features = self.engine.features
        self.n = self.features.sentences
        rows, cols, names = self.features.pairs()
        rules, hits = self.engine.find(book)
        self.told = [(int(w.sentence[a]), rules[n].code, rules[n].rule, bool(absent)) for n, a, _, _, absent in hits.tolist()]
        index: dict[str, int] = {}
        cues = sorted({(s, rule_cue(c, r)) for s, c, r, _ in self.told} | {(s, f"=={c}") for s, c, _, _ in self.told})
        numbers = [index.setdefault(cue, len(index)) for _, cue in cues]
        self.rows = np.concatenate((rows, np.array([s for s, _ in cues], dtype=np.int64)))
        self.cols = np.concatenate((cols, np.array(numbers, dtype=np.int64) + len(names)))
        self.names = names + list(index)
        self.home = np.zeros(self.n, np.int64)
        self.spoken = np.zeros(self.n, bool)
        if len(w):
            self.home[w.sentence] = w.owners[w.segment, 0]
            self.spoken[w.sentence[w.speaking]] = True
        self.labels, self.absent = self._labels(spans)

    def _labels(self, spans: Iterable[Span]) -> tuple[dict[str, set[int]], dict[tuple[int, str], bool]]:
        """A sentence bears a code where a passage covers half of it, or it half of the passage."""
        w = self.engine.words
        first = np.searchsorted(w.sentence, np.arange(self.n), "left")
        last = np.searchsorted(w.sentence, np.arange(self.n), "right") - 1
        starts, ends = w.start[first], w.end[last]
        base = {d.id: b for d, b in zip(w.documents, w.bases, strict=True)}
        labels: dict[str, set[int]] = defaultdict(set)
        absent: dict[tuple[int, str], bool] = {}
        for document, a, b, code, polarity in spans:
            if document not in base:
                continue
            a, b = a + base[document], b + base[document]
            for s in range(max(0, int(np.searchsorted(ends, a, "right"))), int(np.searchsorted(starts, b, "left"))):
                overlap = min(b, ends[s]) - max(a, starts[s])
                if self.spoken[s] and overlap > 0 and overlap * 2 >= min(b - a, ends[s] - starts[s]):
                    labels[code].add(s)
                    absent[s, code] = polarity == "absent"
        return dict(labels), absent


def learn_cues(documents: Sequence[Document], spans: Sequence[Span], book: Codebook, *, precision: float = 0.7, judged: Iterable[str] | None = None, folds: int = 5, penalty: float = 2.0) -> Learned:
    """Learn the cues of a book's automatic codes from coded documents.

    precision: what the threshold aims at, by cross-validation over `folds` groups of documents, counted in the documents `judged`
    (default: all).  penalty: of the squared weights.
    """
    codes = {c.id for c in book if c.automatic and not c.retired}
    sample = Sample(documents, [s for s in spans if s[3] in codes], book)
    labels = {c: sample.labels[c] for c in sorted(sample.labels) if len(sample.labels[c]) >= 5}
    if not labels:
        raise KubeError(Fault(say("Belum cukup pengodean untuk belajar (sedikitnya 5 kalimat per kode).", "Not enough codings to learn from (at least 5 sentences a code)."), "", say("Kodekan lebih banyak dokumen dahulu.", "Code more documents first.")))
    names = [d.id for d in sample.engine.words.documents]
    counted = np.isin(sample.home, [i for i, n in enumerate(names) if judged is None or n in set(judged)]) & sample.spoken
    order = sorted(range(len(names)), key=lambda i: (names[i] not in set(judged or names), names[i]))
    fold_of = np.zeros(len(names), np.int64)
    fold_of[order] = np.arange(len(names)) % folds
    fold = fold_of[sample.home]
    scores = {c: np.full(sample.n, -np.inf) for c in labels}
    for k in range(folds):
        train = fold != k
        kept = train[sample.rows]
        weights = learn(sample.rows[kept], sample.cols[kept], sample.names, {c: {s for s in v if train[s]} for c, v in labels.items()}, sample.n, penalty=penalty, among=train & sample.spoken)
        test = np.flatnonzero((fold == k) & counted)
        for c, s in _score(weights, sample).items():
            scores[c][test] = s[test]
    threshold, p, r = _threshold(scores, labels, counted, precision)
    weights = learn(sample.rows, sample.cols, sample.names, labels, sample.n, penalty=penalty, among=sample.spoken)
    for c in weights:
        weights[c][THRESHOLD] = threshold
    for rule in book.indicators():  # a rule that the table names does not code alone, also one that never hit so far
        if rule.code in weights:
            weights[rule.code].setdefault(rule_cue(rule.code, rule.rule), 0.0)
    weights[ABSENT] = _polarity(sample, labels)
    return Learned(CueModel(weights), int(sample.spoken.sum()), {c: len(v) for c, v in labels.items()}, p, r, len(names))


def _score(weights: dict[str, dict[str, float]], sample: Sample) -> dict[str, np.ndarray]:
    out = {}
    for code, cues in weights.items():
        table = np.array([cues.get(n, 0.0) for n in sample.names])
        out[code] = cues[BIAS] + np.bincount(sample.rows, weights=table[sample.cols], minlength=sample.n)
    return out


def _threshold(scores: dict[str, np.ndarray], labels: dict[str, set[int]], counted: np.ndarray, precision: float) -> tuple[float, float, float]:
    """The lowest threshold at which the precision is reached, with precision and recall there."""
    value = np.concatenate([s[counted] for s in scores.values()])
    truth = np.concatenate([np.isin(np.flatnonzero(counted), list(labels[c])) for c in scores])
    order = np.argsort(-value, kind="stable")
    right = np.cumsum(truth[order])
    share = right / np.arange(1, len(order) + 1)
    good = np.flatnonzero(share >= precision)
    at = int(good[-1]) if len(good) else int(np.argmax(share[9:]) + 9)
    return float(value[order[at]]), float(share[at]), float(right[at] / max(1, truth.sum()))


def _polarity(sample: Sample, labels: dict[str, set[int]]) -> dict[str, float]:
    """Weights of what speaks for absence, learned on the coded sentences alone: words, the code ("@code"), the rules' own verdict."""
    instances = [(s, c) for c, v in labels.items() for s in sorted(v)]
    number = {x: i for i, x in enumerate(instances)}
    of_sentence: dict[int, list[int]] = defaultdict(list)
    for (s, _), i in number.items():
        of_sentence[s].append(i)
    rows, names = [], []
    for s, c in zip(sample.rows.tolist(), sample.cols.tolist(), strict=True):
        name = sample.names[c]
        if not name.startswith(("=", "?")):
            rows += of_sentence.get(s, ())
            names += [name] * len(of_sentence.get(s, ()))
    for s, c, _, absent in sample.told:
        if (s, c) in number:
            rows.append(number[s, c])
            names.append(f"=!{c}" if absent else f"=+{c}")
    for (_, c), i in number.items():
        rows.append(i)
        names.append("@" + c)
    pairs = sorted(set(zip(rows, names, strict=True)))
    index: dict[str, int] = {}
    cols = np.array([index.setdefault(n, len(index)) for _, n in pairs], dtype=np.int64)
    denied = {number[x] for x in number if sample.absent.get(x)}
    if not denied:
        return {BIAS: -9.0}
    return learn(np.array([i for i, _ in pairs], dtype=np.int64), cols, list(index), {ABSENT: denied}, len(instances), penalty=1.0, least=2)[ABSENT]
