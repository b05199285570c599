"""Verdicts: the sentences that a cue model codes, whether it takes them for denials, and the cues that weighed most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..words import say
from .bundles import BLOCK
from .cue_table import ABSENT, CueModel
from .cues import Features, Told, inside

DOUBT = 0.8  # what a sentence loses whose polarity is wholly unsure
SHOWN = 4  # cues that a coding names


@dataclass(frozen=True)
class Verdict:
    """Sentences that a cue model codes: arrays of sentence numbers and code numbers, whether absent, and the cues that weighed most."""

    codes: tuple[str, ...]
    sentence: np.ndarray
    code: np.ndarray
    absent: np.ndarray
    why: list[str]


def judge(model: CueModel, features: Features, told: Told, wanted: np.ndarray, open_to: np.ndarray) -> Verdict:
    """Apply a model to sentences with the hits that the book's rules told: for the codes `wanted`, in the sentences `open_to` (both true or false)."""
    total = features.scores(model, told)
    margin = total - model.threshold
    real = [j for j, c in enumerate(model.codes) if c != ABSENT and wanted[j]]
    near = np.argwhere((margin[:, real] >= 0) & (features.evidence & open_to)[:, None])
    sentence, code = near[:, 0], np.array(real, dtype=np.int64)[near[:, 1]]
    denial = features.denied(model, total, sentence, code, told)
    kept = margin[sentence, code] >= doubt(denial)
    sentence, code, denial = sentence[kept], code[kept], denial[kept]
    return Verdict(model.codes, sentence, code, denial >= 0, _why(model, features, sentence, code, told))


def doubt(denial: np.ndarray) -> np.ndarray:
    """What a sentence loses that might as well be a denial: most where the sum for absence is near 0."""
    return DOUBT * np.exp(-np.abs(denial))


def _why(model: CueModel, features: Features, sentence: np.ndarray, code: np.ndarray, told: Told) -> list[str]:
    """The cues that weighed most in each coded sentence, as "catat +1.2 · ?usul +0.9"; a word's weight holds its share in the bundles it helped to wake; what the sentence reader said is one of them."""
    w = features.words
    spoken, asked = features._weights(model)
    pairs, answers = features._questions
    at, cue, names = told.cues
    where = w.sentence[features.said]
    n, k = len(w.types), len(names)
    said, hit = inside(where, sentence)
    word = w.ids[features.said[said]].astype(np.int64)
    question, asking = inside(pairs[:, 0], answers[sentence])
    ask = pairs[question, 1]
    rule, ruled = inside(at, sentence)
    row = np.array([model.cues.get(c, -1) for c in names], dtype=np.int64)[cue[rule]]
    rule, ruled, row = rule[row >= 0], ruled[row >= 0], row[row >= 0]
    of_word, of_ask = spoken[word, code[hit]], asked[ask, code[asking]]
    two, pairing = np.zeros(0, np.int64), np.zeros(0, np.int64)
    of_two = np.zeros(0)
    if model.bundles is not None:
        (of_said, _), (of_asked, _), in_a_row = features._once("bundles", model.bundles, features._wake)
        chosen = in_a_row[sentence]
        two, pairing = chosen.indices.astype(np.int64), np.repeat(np.arange(len(sentence)), np.diff(chosen.indptr))
        of_word, of_ask, of_two = of_word + 0.0, of_ask + 0.0, np.zeros(len(two))
        for a in range(0, len(sentence), BLOCK // 4):
            share = _shares(model, features, sentence[a:a + BLOCK // 4], code[a:a + BLOCK // 4])
            for weight, table, what, home in ((of_word, of_said, word, hit), (of_ask, of_asked, ask, asking), (of_two, model.bundles.table, two, pairing)):
                low, high = np.searchsorted(home, [a, a + len(share)])
                weight[low:high] += np.einsum("ij,ij->i", table[what[low:high]], share[home[low:high] - a])
        of_two *= chosen.data
    # what a word said several times weighs is one sum
    keys, inverse = np.unique(hit * n + word, return_inverse=True)
    every = np.arange(len(sentence) if model.reader is not None else 0)
    read = _read(model, features, sentence, code) if model.reader is not None else np.zeros(0)
    more = len(model.bundles.cues) if model.bundles else 0
    weight = np.concatenate((np.bincount(inverse, of_word, len(keys)), of_ask, model.table[row, code[ruled]], of_two, read))
    home = np.concatenate((keys // n, asking, ruled, pairing, every)) if n else hit
    name = np.concatenate((keys % n, n + ask, 2 * n + cue[rule], 2 * n + k + two, np.full(len(every), 2 * n + k + more))) if n else hit
    order = np.lexsort((name, -weight.round(6), home))
    order = order[weight[order] >= 0.05]
    order = order[np.arange(len(order)) - np.searchsorted(home[order], home[order], "left") < SHOWN]
    shown = [c.partition(": ")[2] if not c.startswith("==") else c[2:] for c in names] + (list(model.bundles.cues) if model.bundles else []) + [say("(pembaca)", "(reader)")]
    out: list[list[str]] = [[] for _ in range(len(sentence))]
    for i, what, x in zip(home[order].tolist(), name[order].tolist(), weight[order].tolist(), strict=True):
        out[i].append(f"{w.types[what] if what < n else '?' + features.stems[what - n] if what < 2 * n else shown[what - 2 * n]} +{x:.1f}")
    return [" · ".join(parts) for parts in out]


def _read(model: CueModel, features: Features, sentence: np.ndarray, code: np.ndarray) -> np.ndarray:
    """What the reader added to each (sentence, code) pair, beyond what it says of any sentence."""
    assert model.reader is not None
    says, always = features.reading(model.reader).says(sentence), np.append(0.0, model.reader.constant)[model.output[code]]
    return (says @ model.listened)[np.arange(len(code)), code] - model.heed[code] * always


def _shares(model: CueModel, features: Features, sentence: np.ndarray, code: np.ndarray) -> np.ndarray:
    """What one point in each bundle is worth to each (sentence, code) pair: pairs × bundles (0 where the bundle sleeps)."""
    assert model.bundles is not None
    added, squared = features.sums(model.bundles, sentence)
    return (model.bundles.values(added, squared) > 0) * model.mix[:, code].T * model.bundles.scale * model.bundles.stretch(squared)[:, None]
