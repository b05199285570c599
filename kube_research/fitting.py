"""Fitting: from sentences × cues and what people coded to weights: regressions side by side, a layer that codes share, word bundles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .engine.bundles import Bundles
from .model import Fault, KubeError
from .words import say

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEVELS = 31  # a bundle's largest weight: more make the file larger and nothing better
SEVERAL, SEVERAL_PAIRS, SEVERAL_LETTERS = 3, 5, 6  # sentences that a cue must occur in to be in a bundle


def logistic(x: csr_matrix, y: np.ndarray, penalty: np.ndarray, *, start: float = -4.0, rounds: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regressions side by side.

    x: n × p counts; y: n × m truth; penalty: p × m (or p × 1), of the squared weights.  Returns weights p × m and biases m.
    """
    from scipy.optimize import minimize

    (n, p), m = x.shape, y.shape[1]
    sign, xt = np.where(y, 1.0, -1.0), x.T.tocsr()

    def loss(v: np.ndarray) -> tuple[float, np.ndarray]:
        w = v.reshape(p + 1, m)
        z = sign * (x @ w[:-1] + w[-1])
        e = np.exp(-np.clip(z, -50, 50))
        g = -sign * (e / (1 + e))
        return float(np.log1p(e).sum() + 0.5 * (penalty * w[:-1] ** 2).sum()), np.vstack((xt @ g + penalty * w[:-1], g.sum(0))).ravel()

    begin = np.zeros((p + 1, m))
    begin[-1] = start
    w = minimize(loss, begin.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": rounds}).x.reshape(p + 1, m)
    return w[:-1], w[-1]


def shared(x: csr_matrix, y: np.ndarray, *, width: int = 64, rounds: int = 8, seeds: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Logistic regressions of many codes through one linear layer: weights that are the product of two narrow tables.

    x: n × p counts; y: n × m truth.  The mean of `seeds` runs (`_layer`).  Returns weights p × m and biases m.
    """
    weights, bias = np.zeros((x.shape[1], y.shape[1])), np.zeros(y.shape[1])
    for seed in range(seeds):
        into, base, out, last = (t.astype(float) for t in _layer(x, y, width, rounds, seed, wakes=False))
        weights += into @ out / seeds
        bias += (base @ out + last) / seeds
    return weights, bias


def bundled(x: csr_matrix, names: Sequence[str], y: np.ndarray, *, width: int = 128, rounds: int = 7, seeds: int = 2) -> tuple[Bundles, np.ndarray, np.ndarray]:
    """Word bundles: the same through a layer that is not linear, of whole numbers.

    x: n × p counts of the cues `names`, two words in a row among them (rules' hits are left out: they speak for themselves); y: n × m truth.  The bundles of `seeds` runs
    stand side by side.  KubeError where too few sentences are given.  Returns the bundles, what each says for each code (bundles × m, the runs' mean) and biases m.
    """
    from scipy.sparse import diags

    kinds = [0 if c[0] == "=" else 1 if c[0] == "~" else 2 if c[0] == "?" else 3 if " " in c else 4 for c in names]
    kind, least = (np.array(v)[kinds] for v in ((0.0, 0.4, 0.7, 0.7, 1.0), (x.shape[0] + 1, SEVERAL_LETTERS, SEVERAL, SEVERAL_PAIRS, SEVERAL)))
    seen = np.asarray((x > 0).sum(0)).ravel()
    kept = np.flatnonzero(seen >= least)
    if not len(kept):
        raise KubeError(Fault(say(f"Terlalu sedikit kalimat untuk ikatan kata (sebuah kata harus ada di sedikitnya {SEVERAL} kalimat).", f"Too few sentences for word bundles (a word must stand in {SEVERAL} at least)."), "", say("Kodekan lebih banyak dokumen, atau belajarlah tanpa ikatan kata.", "Code more documents, or learn without bundles.")))
    rare = np.log(x.shape[0] / seen[kept])
    size = np.round(100 * kind[kept] * rare / rare.mean()).astype(np.int16)
    counts = x[:, kept]
    even = (diags(Bundles.stretch(counts @ size.astype(float) ** 2)) @ counts @ diags(size / 100)).tocsr()
    weights, scales, base, mix, bias = [], [], [], [], np.zeros(y.shape[1])
    for seed in range(seeds):
        into, first, out, last = (t.astype(float) for t in _layer(even, y, width, rounds, seed, wakes=True))
        into *= size[:, None] / 100
        scale = np.maximum(np.abs(into).max(0), 1e-9) / LEVELS
        weights.append(np.round(into / scale).astype(np.int8))
        scales.append(scale)
        base.append(first)
        mix.append(out / seeds)
        bias += last / seeds
    names = [names[i] for i in kept]
    return Bundles({c: i for i, c in enumerate(names)}, size, np.hstack(weights), np.concatenate(scales), np.concatenate(base)), np.vstack(mix), bias


def _layer(x: csr_matrix, y: np.ndarray, width: int, rounds: int, seed: int, *, wakes: bool, batch: int = 256) -> list[np.ndarray]:
    """One layer between n × p cues and n × m codes: Adam (Kingma & Ba 2015), a fifth of the cues and half of the layer left out at random in each
    step (Srivastava et al. 2014); `wakes`: below 0 a place of the layer says nothing (rectifier).  Returns p × width, width, width × m, m.
    """
    x = x.astype(np.float32).tocsr()
    (n, p), m = x.shape, y.shape[1]
    dice = np.random.default_rng(seed)
    tables = [dice.standard_normal((p, width), np.float32) * 0.1, np.zeros(width, np.float32), dice.standard_normal((width, m), np.float32) * 0.1, np.full(m, -4, np.float32)]
    mean, square = [np.zeros_like(t) for t in tables], [np.zeros_like(t) for t in tables]
    step, steps = 0, rounds * -(-n // batch)
    for _ in range(rounds):
        order = dice.permutation(n)
        for start in range(0, n, batch):
            rows = order[start:start + batch]
            some = x[rows]
            some.data = some.data * (dice.random(len(some.data), np.float32) > 0.2) / np.float32(0.8)
            left = (dice.random((len(rows), width), np.float32) > 0.5) * np.float32(2)
            layer = some @ tables[0] + tables[1]
            if wakes:
                left *= layer > 0
            layer *= left
            wrong = (1 / (1 + np.exp(-(layer @ tables[2] + tables[3]))) - y[rows]).astype(np.float32) / len(rows)
            back = (wrong @ tables[2].T) * left
            step += 1
            for t, g, a, b in zip(tables, (some.T @ back, back.sum(0), layer.T @ wrong, wrong.sum(0)), mean, square, strict=True):
                a += 0.1 * (g - a)
                b += 0.001 * (g * g - b)
                t -= 0.002 * (1 - (step - 1) / steps) * (a / (1 - 0.9**step)) / (np.sqrt(b / (1 - 0.999**step)) + 1e-8)
    return tables
