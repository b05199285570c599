"""What becomes of coded passages when a transcript is edited: right, queued, silently wrong, for one word and for longer ones.

Run from the project's folder: `python -m benchmarks.anchors [SEED …]`.  The editor that keeps the truth is that of tests/test_anchors.py.
"""

from __future__ import annotations

import random
import sys
from collections import Counter

from kube_research.anchors import carry
from tests.test_anchors import WORD, Editor, ranges, transcripts

CASES = ((0.01, 0, "1 %"), (0.05, 0, "5 %"), (0.20, 0, "20 %"), (0.0, 1, "a moved block"), (0.05, 1, "5 % and a moved block"))


def measure(rate: float, moves: int, seed: int) -> Counter[tuple[str, str]]:
    """(one | longer, right | queued | wrong) → passages, over all demo transcripts."""
    rng = random.Random(seed)
    texts = transcripts()
    vocabulary = [w for t in texts.values() for w in WORD.findall(t)]
    out: Counter[tuple[str, str]] = Counter()
    for text in texts.values():
        e = Editor(text, vocabulary, rate, moves, rng)
        chosen = ranges(e, rng)
        for (i, j), v in zip(chosen, carry(text, e.new, [(e.words[i][0], e.words[j][1]) for i, j in chosen]), strict=True):
            size, truth = "one" if i == j else "longer", e.truth(i, j)
            shared = max(0, min(v.end, truth[1]) - max(v.start, truth[0])) if truth else 0
            good = truth is not None and shared >= 0.9 * (max(v.end, truth[1]) - min(v.start, truth[0]))
            out[size, "queued" if not v.certain else "right" if good else "wrong"] += 1
    return out


def main(seeds: list[int]) -> None:
    for rate, moves, name in CASES:
        found: Counter[tuple[str, str]] = Counter()
        for seed in seeds:
            found += measure(rate, moves, seed)
        shares = []
        for size in ("one", "longer"):
            n = sum(c for (s, _), c in found.items() if s == size)
            shares.append(f"{size} word{'' if size == 'one' else 's'} ({n}): " + " / ".join(f"{100 * found[size, k] / n:.1f}" for k in ("right", "queued", "wrong")) + " %")
        print(f"{name:<22} right / queued / wrong   " + "   ".join(shares))


if __name__ == "__main__":
    main([int(a) for a in sys.argv[1:]] or [11, 12, 13])
