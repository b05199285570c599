"""Anchors: passages follow their words through random edits whose truth the editor itself keeps; what is unclear is never certain."""

import random
import re

import pytest

from kube_research.anchors import Alignment, carry, weighty
from kube_research.text import decode, normalise
from tests.conftest import ROOT

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
BODY = re.compile(r"^(?:[\[(]?\d[\d:.,]*[\])]?\s*)?[^\n:]{1,30}:\s|^#.*$", re.M)


def transcripts():
    return {p.stem: normalise(decode(p.read_bytes())) for p in sorted((ROOT / "corpus/transcripts").glob("*.txt"))}


class Editor:
    """Changes a share of a text's words at random, and knows where every old word is afterwards."""

    def __init__(self, text, vocabulary, rate, moves, rng):
        self.old = text
        words = [m.span() for m in WORD.finditer(text)]
        fixed = [m.span() for m in BODY.finditer(text)]
        self.words = [s for s in words if not any(a <= s[0] < b for a, b in fixed)]
        # pieces: (text, old word or None); a line end closes a line
        pieces, at = [], 0
        for n, (a, b) in enumerate(self.words):
            pieces.append((text[at:a], None))
            pieces += self._edit(text[a:b], n, vocabulary, rng) if rng.random() < rate else [(text[a:b], n)]
            at = b
        pieces.append((text[at:], None))
        lines, line = [], []
        for piece, n in pieces:
            parts = piece.split("\n") if n is None else [piece]
            for k, part in enumerate(parts):
                if k:
                    lines.append(line)
                    line = []
                line.append((part, n))
        lines.append(line)
        for _ in range(moves):
            size = rng.randint(2, 6)
            i = rng.randrange(8, max(9, len(lines) - size - 1))
            block = lines[i:i + size]
            rest = lines[:i] + lines[i + size:]
            j = rng.randrange(8, len(rest))
            lines = rest[:j] + block + rest[j:]
        out, self.place, at = [], {}, 0
        for k, line in enumerate(lines):
            for piece, n in ([("\n", None)] if k else []) + line:
                if n is not None and piece:
                    a, b = self.place.get(n, (at, at))
                    self.place[n] = (a, at + len(piece))
                out.append(piece)
                at += len(piece)
        self.new = "".join(out)

    @staticmethod
    def _edit(word, n, vocabulary, rng):
        kind = rng.choices(("respell", "replace", "delete", "before", "after", "double", "case", "space"), (20, 15, 20, 10, 10, 5, 12, 8))[0]
        other = rng.choice(vocabulary)
        if kind == "respell" and len(word) > 3:
            i = rng.randrange(1, len(word) - 1)
            return [(word[:i] + rng.choice("aeiounk") + word[i + 1:], n)]
        return {"delete": [("", n)], "before": [(other + " ", None), (word, n)], "after": [(word, n), (" " + other, None)], "double": [(word, n), (" " + word, None)],
                "case": [(word.swapcase() if len(word) < 4 else word.capitalize(), n)], "space": [(rng.choice(("  ", "\n   ", "\t")), None), (word, n)]}.get(kind, [(other, n)])

    def truth(self, first, last):
        """Where the words first..last are: (start, end); None when nothing is left of them or something else came between."""
        here = [self.place[n] for n in range(first, last + 1) if n in self.place]
        if not here:
            return None
        a, b = min(s[0] for s in here), max(s[1] for s in here)
        mine = range(first, last + 1)
        return None if any(a <= s[0] < b and n not in mine for n, s in self.place.items()) else (a, b)


def ranges(editor, rng):
    """Passages to follow: one word of every short answer, and runs of 1 to 30 words."""
    n = len(editor.words)
    out = [(i, i) for i, (a, b) in enumerate(editor.words) if re.search(r":\s*$", editor.old[max(0, a - 3):a]) and editor.old[b:b + 1] in ".,?"][:15]
    for size in (1, 1, 2, 3, 4, 6, 8, 12, 20, 30):
        for _ in range(2):
            i = rng.randrange(0, max(1, n - size))
            out.append((i, min(n - 1, i + size - 1)))
    return out


def measure(rate, moves, seed):
    """(right, queued, silently wrong, how many passages of one word) over all demo transcripts."""
    rng = random.Random(seed)
    texts = transcripts()
    vocabulary = [w for t in texts.values() for w in WORD.findall(t)]
    right = queued = single = 0
    wrong = []
    for name, text in texts.items():
        e = Editor(text, vocabulary, rate, moves, rng)
        chosen = ranges(e, rng)
        single += sum(i == j for i, j in chosen)
        for (i, j), v in zip(chosen, carry(text, e.new, [(e.words[i][0], e.words[j][1]) for i, j in chosen]), strict=True):
            if not v.certain:
                queued += 1
                continue
            truth = e.truth(i, j)
            shared = max(0, min(v.end, truth[1]) - max(v.start, truth[0])) if truth else 0
            if truth and shared >= 0.9 * (max(v.end, truth[1]) - min(v.start, truth[0])):
                right += 1
            else:
                wrong.append((name, text[e.words[i][0]:e.words[j][1]], e.new[v.start:v.end], truth and e.new[slice(*truth)], v))
    return right, queued, wrong, single


@pytest.mark.parametrize(("rate", "moves", "most_queued"), [(0.01, 0, 0.05), (0.05, 0, 0.15), (0.20, 0, 0.45), (0.0, 1, 0.06), (0.05, 1, 0.2)])
def test_random_edits(rate, moves, most_queued):
    right, queued, wrong, single = measure(rate, moves, seed=11)
    n = right + queued + len(wrong)
    assert n > 1000
    assert len(wrong) <= 0.001 * n, wrong[:5]
    assert (right + queued) >= 0.995 * n
    assert single > 500 and sum(" " not in w[1].strip() for w in wrong) <= 0.001 * single  # short answers such as "Ya." by themselves
    assert queued <= most_queued * n
