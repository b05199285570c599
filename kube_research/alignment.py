"""The words of two texts side by side: groups that occur once in both, then difflib between them; blocks that were moved are aligned by themselves."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from .lexicon import NEGATORS, VARIANTS

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LABEL = re.compile(r"^[ \t]*(?:[\[(#]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])#]?[ \t]*)?(?P<label>[^\W\d_][^:\n]{0,29}?)[ \t]*:(?=\s)", re.M)
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?")
_NOT = {v.strip("_"): word for word in ("tidak", "belum", "bukan", "jangan", "tanpa") for v in VARIANTS[word] if not v.endswith("_") and v not in ("seng", "sing", "ada", "tara", "tra")}
_NUMBERS = frozenset("satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belas puluh ratus ribu juta seratus seribu setengah nol kosong one two three four five six seven eight nine ten eleven twelve "
                     "hundred thousand million half zero".split())


def weighty(word: str) -> bool:
    """Whether a word turns the meaning round: a negation or a number.

    >>> weighty("nggak"), weighty("3"), weighty("rapat")
    (True, True, False)
    """
    w = word.casefold().replace("’", "'")
    return w in NEGATORS or w in _NOT or w in _NUMBERS or w.startswith("dua") and w[3:] in _NUMBERS or any(c.isdigit() for c in w)


class Words:
    """The words of a text: their places, what they are compared by, and which are labels or times (of no weight)."""

    def __init__(self, text: str, rename: dict[str, str] | None = None):
        self.text = text
        found: list[tuple[int, int, str, bool]] = []
        taken: list[tuple[int, int]] = []
        for m in _LABEL.finditer(text):
            a, b = m.span("label")
            if len(text[a:b].split()) > 4:
                continue
            label = text[a:b].casefold()
            found.append((a, b, "\0" + (rename or {}).get(label, label), True))
            taken.append((a, b))
        for m in _TIME.finditer(text):
            found.append((*m.span(), "\1" + m.group(), True))
            taken.append(m.span())
        taken.sort()
        starts = [a for a, _ in taken]
        for m in _TOKEN.finditer(text):
            i = bisect_left(starts, m.end()) - 1
            if i >= 0 and taken[i][1] > m.start():
                continue
            w = m.group().casefold().replace("’", "'")
            found.append((*m.span(), _NOT.get(w, w), False))
        found.sort()
        self.starts = [f[0] for f in found]
        self.ends = [f[1] for f in found]
        self.keys = [f[2] for f in found]
        self.light = [f[3] for f in found]
        self.weighty = [not f[3] and weighty(f[2]) for f in found]

    def __len__(self) -> int:
        return len(self.keys)

    def within(self, start: int, end: int) -> tuple[int, int]:
        """The words that a span touches, as a range."""
        i = bisect_left(self.ends, start + 1)
        return i, max(i, bisect_left(self.starts, end))


def _unique(keys: Sequence[str], a: int, b: int, k: int) -> dict[tuple[str, ...], int]:
    count: Counter[tuple[str, ...]] = Counter()
    place: dict[tuple[str, ...], int] = {}
    for i in range(a, b - k + 1):
        gram = tuple(keys[i:i + k])
        count[gram] += 1
        place[gram] = i
    return {g: i for g, i in place.items() if count[g] == 1}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs (sorted by the first) whose second rises."""
    tails: list[int] = []
    last: list[int] = []
    back: list[int] = []
    for n, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        back.append(last[at - 1] if at else -1)
        if at == len(tails):
            tails.append(j)
            last.append(n)
        else:
            tails[at], last[at] = j, n
    out, n = [], last[-1] if last else -1
    while n >= 0:
        out.append(pairs[n])
        n = back[n]
    return out[::-1]


def _align(x: Sequence[str], y: Sequence[str], a0: int, a1: int, b0: int, b1: int, out: dict[int, int]) -> None:
    """Align x[a0:a1] with y[b0:b1]: equal ends, then word groups that occur once in both, then difflib between them."""
    stack = [(a0, a1, b0, b1, (5, 3, 2, 1))]
    while stack:
        a0, a1, b0, b1, sizes = stack.pop()
        while a0 < a1 and b0 < b1 and x[a0] == y[b0]:
            out[a0] = b0
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and x[a1 - 1] == y[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
            out[a1] = b1
        if a0 == a1 or b0 == b1:
            continue
        for n, k in enumerate(sizes):
            ux, uy = _unique(x, a0, a1, k), _unique(y, b0, b1, k)
            chain = _rising(sorted((i, uy[g]) for g, i in ux.items() if g in uy))
            if chain:
                pa, pb = a0, b0
                for i, j in chain:
                    if i < pa or j < pb:  # overlaps the group before it
                        if i - pa == j - pb:
                            for d in range(k):
                                out.setdefault(i + d, j + d)
                            pa, pb = i + k, j + k
                        continue
                    stack.append((pa, i, pb, j, sizes[n:]))
                    for d in range(k):
                        out[i + d] = j + d
                    pa, pb = i + k, j + k
                stack.append((pa, a1, pb, b1, sizes[n:]))
                break
        else:
            if (a1 - a0) * (b1 - b0) < 1_000_000:
                for m in SequenceMatcher(None, x[a0:a1], y[b0:b1], False).get_matching_blocks():
                    for d in range(m.size):
                        out[a0 + m.a + d] = b0 + m.b + d


def _thin(out: dict[int, int], n: int) -> None:
    """Take away chance matches: a stretch of 6 words and more in which few stay aligned next to each other."""
    good = [False] * n
    for i, j in out.items():
        for d in (1, 2):
            if out.get(i + d) == j + d:
                good[i] = good[i + d] = True
    for i in [i for i in out if not good[i]]:
        near = [k for k in range(max(0, i - 4), min(n, i + 5)) if k != i and good[k] and abs(out[k] - out[i] - (k - i)) <= 4]
        if not near:
            del out[i]


def both(x: Sequence[str], y: Sequence[str]) -> dict[int, int]:
    out: dict[int, int] = {}
    _align(x, y, 0, len(x), 0, len(y), out)
    _thin(out, len(x))
    _moved_blocks(x, y, out)
    return out


def run(keys: Sequence[str], i: int) -> int:
    """How many equal words stand in a row at i."""
    a, b = i, i + 1
    while a and keys[a - 1] == keys[i]:
        a -= 1
    while b < len(keys) and keys[b] == keys[i]:
        b += 1
    return b - a


def _holes(taken: Iterable[int], n: int) -> list[tuple[int, int]]:
    out, last = [], 0
    for i in [*sorted(taken), n]:
        if i - last >= 3:
            out.append((last, i))
        last = i + 1
    return out


def _moved_blocks(x: Sequence[str], y: Sequence[str], out: dict[int, int]) -> None:
    """Align what was cut out at one place with what was put in at another (wholes of three words and more)."""
    old, new = _holes(out, len(x)), _holes(out.values(), len(y))
    if not old or not new:
        return
    for _ in range(4):
        grams: dict[tuple[str, ...], list[int]] = {}
        for a, b in new:
            for j in range(a, b - 2):
                grams.setdefault(tuple(y[j:j + 3]), []).append(j)
        best: list[tuple[int, int, int, int, int]] = []
        for a, b in old:
            runs: Counter[tuple[int, int]] = Counter()
            for i in range(a, b - 2):
                at = grams.get(tuple(x[i:i + 3]), ())
                if len(at) == 1:
                    hole = next((h for h in new if h[0] <= at[0] < h[1]))
                    runs[hole] += 1
            best += [(count, a, b, *hole) for hole, count in runs.most_common(2)]
        if not best:
            return
        for count, a, b, c, d in sorted(best, reverse=True):
            if (a, b) not in old or (c, d) not in new or count < 1:
                continue
            piece: dict[int, int] = {}
            _align(x, y, a, b, c, d, piece)
            _thin(piece, len(x))
            if len(piece) < 3:
                continue
            out.update(piece)
            old.remove((a, b))
            new.remove((c, d))
            i0, i1, j0, j1 = min(piece), max(piece) + 1, min(piece.values()), max(piece.values()) + 1
            old += [h for h in ((a, i0), (i1, b)) if h[1] - h[0] >= 3]
            new += [h for h in ((c, j0), (j1, d)) if h[1] - h[0] >= 3]


def renamed(old: Words, new: Words, table: dict[int, int]) -> dict[str, str]:
    """Labels of the old text that the new one calls otherwise: old → new, where most turns agree."""
    ours, theirs = {k for k in old.keys if k[0] == "\0"}, {k for k in new.keys if k[0] == "\0"}
    if ours <= theirs or not theirs - ours:
        return {}
    votes: dict[str, Counter[str]] = {}
    for i, key in enumerate(old.keys):
        if key[0] == "\0" and key not in theirs and i + 1 in table:
            j = table[i + 1] - 1
            if j >= 0 and new.keys[j][0] == "\0":
                votes.setdefault(key, Counter())[new.keys[j]] += 1
    out = {}
    for key, counted in votes.items():
        name, n = counted.most_common(1)[0]
        if name not in ours and n > 0.6 * counted.total():
            out[key[1:]] = name[1:]
    return out
