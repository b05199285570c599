"""Anchors: where a coded passage stands after its transcript was edited, and how sure that is.

The words of both texts are aligned twice, forwards and backwards (where the two disagree, an insertion or deletion could slide: not certain);
blocks that were moved are aligned by themselves.  A passage follows its own words; the words around it, negations and numbers
decide whether that is certain.  What finds no words is looked for as an exact quote, then as a similar one, and never certain.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from .lexicon import NEGATORS, VARIANTS

VERDICTS = ("exact", "moved", "changed", "ambiguous", "lost")
AROUND = 8  # words looked at on each side
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_LABEL = re.compile(r"^[ \t]*(?:[\[(#]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])#]?[ \t]*)?(?P<label>[^\W\d_][^:\n]{0,29}?)[ \t]*:(?=\s)", re.M)
_TIME = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?")
_STOP = re.compile(r"[.!?…]\s|\n\s*\n")
_NOT = {v.strip("_"): word for word in ("tidak", "belum", "bukan", "jangan", "tanpa") for v in VARIANTS[word] if not v.endswith("_") and v not in ("seng", "sing", "ada", "tara", "tra")}
_NUMBERS = frozenset("satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas belas puluh ratus ribu juta seratus seribu setengah nol kosong one two three four five six seven eight nine ten eleven twelve "
                     "hundred thousand million half zero".split())


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a passage is now: exact (the same words), moved, changed, ambiguous (several places, or its ends are unclear), lost."""

    start: int
    end: int
    verdict: str
    score: float = 0.0
    candidates: tuple[tuple[int, int, float], ...] = ()
    certain: bool = False


def weighty(word: str) -> bool:
    """Whether a word turns the meaning round: a negation or a number.

    >>> weighty("nggak"), weighty("3"), weighty("rapat")
    (True, True, False)
    """
    w = word.casefold().replace("’", "'")
    return w in NEGATORS or w in _NOT or w in _NUMBERS or w.startswith("dua") and w[3:] in _NUMBERS or any(c.isdigit() for c in w)


class _Words:
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


def _both(x: Sequence[str], y: Sequence[str]) -> dict[int, int]:
    out: dict[int, int] = {}
    _align(x, y, 0, len(x), 0, len(y), out)
    _thin(out, len(x))
    _moved_blocks(x, y, out)
    return out


def _run(keys: Sequence[str], i: int) -> int:
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


def _renamed(old: _Words, new: _Words, table: dict[int, int]) -> dict[str, str]:
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


def _beside(words: _Words, i0: int, i1: int) -> list[int]:
    """The three words before and the two behind a passage that stand in its own sentence."""
    text = words.text
    return [i for i in range(max(0, i0 - 3), i0) if not _STOP.search(text, words.ends[i], words.starts[i0])] + [i for i in range(i1, min(len(words), i1 + 2)) if not _STOP.search(text, words.ends[i1 - 1], words.starts[i])]


class Alignment:
    """Two texts side by side, made once for all passages of a document."""

    def __init__(self, old: str, new: str):
        self.y = _Words(new)
        self.x = _Words(old)
        first = _both(self.x.keys, self.y.keys) if old != new else {}
        self.labels = _renamed(self.x, self.y, first)
        if self.labels:
            self.x = _Words(old, self.labels)
            first = _both(self.x.keys, self.y.keys)
        n, m = len(self.x), len(self.y)
        if old == new:
            self.tables: tuple[dict[int, int], ...] = ({i: i for i in range(n)},)
        else:
            back = _both(self.x.keys[::-1], self.y.keys[::-1])
            self.tables = (first, {n - 1 - i: m - 1 - j for i, j in back.items()})
        self.inverses = tuple({j: i for i, j in t.items()} for t in self.tables)
        self.count = Counter(k for k, light in zip(self.y.keys, self.y.light, strict=True) if not light)

    @property
    def similarity(self) -> float:
        """Share of the shorter text's word triples that the other one has too: 1 the same words, about 0 another document."""
        a, b = ({tuple(w.keys[i:i + 3]) for i in range(len(w) - 2)} for w in (self.x, self.y))
        if not a or not b:
            return 1.0 if self.x.keys == self.y.keys else fuzz.ratio(self.x.text, self.y.text) / 100
        return len(a & b) / min(len(a), len(b))

    # --- one passage ----------------------------------------------------------------------------------------------------
    def carry(self, start: int, end: int) -> Verdict:
        """Where the passage old[start:end] is now."""
        x, y = self.x, self.y
        if x.text == y.text:
            return Verdict(start, end, "exact", 1.0, (), True)
        i0, i1 = x.within(start, end)
        if i0 == i1:
            return self._fallback(start, end)
        places = [self._place(t, inv, i0, i1) for t, inv in zip(self.tables, self.inverses, strict=True)]
        if any(p is None for p in places):
            return self._in_its_place(i0, i1, start, end)
        spans, firm = [], True
        for low, high, ok in places:  # type: ignore[misc]
            firm = firm and ok
            spans += [self._characters(start, end, i0, i1, *low), self._characters(start, end, i0, i1, *high)]
        a, b = spans[0]
        quote, found = x.text[start:end], y.text[a:b]
        score = round(fuzz.ratio(quote, found) / 100, 3)
        widest, narrowest = (min(s[0] for s in spans), max(s[1] for s in spans)), (max(s[0] for s in spans), min(s[1] for s in spans))
        clear = narrowest[1] - narrowest[0] >= 0.9 * (widest[1] - widest[0])
        j0, j1 = y.within(a, b)
        same = " ".join(quote.split()) == " ".join(found.split())
        support, tight = self._support(i0, i1, j0, j1)
        kept = sum(1 for i in range(i0, i1) if i in self.tables[0] or self._similar(i)) / (i1 - i0)
        certain = firm and clear and support and not self._turned(i0, i1, j0, j1) and (same or kept == 1 or (kept >= 0.6 and i1 - i0 > 3)) and score >= 0.6
        candidates: tuple[tuple[int, int, float], ...] = tuple(dict.fromkeys((*s, round(fuzz.ratio(quote, y.text[slice(*s)]) / 100, 3)) for s in spans))
        rival = ()
        if certain and not tight and i1 - i0 <= 3:
            rival = self._rivals(i0, i1, j0)
            certain = not rival
        if not clear or not firm or rival:
            return Verdict(a, b, "ambiguous", score, tuple(dict.fromkeys((*candidates, *rival)))[:5], False)
        verdict = ("moved" if self._elsewhere(i0, j0) else "exact") if same else "changed"
        return Verdict(a, b, verdict, score, () if certain else candidates, certain)

    def _place(self, table: dict[int, int], inverse: dict[int, int], i0: int, i1: int) -> tuple[tuple[int, int], tuple[int, int], bool] | None:
        """The range of words where words i0..i1 are now: the narrowest, the widest, and whether nothing foreign lies in it."""
        x, y = self.x, self.y
        at = [table[i] for i in range(i0, i1) if i in table]
        if not at:
            return None
        low, high = min(at), max(at) + 1
        foreign = sum(1 for j in range(low, high) if j in inverse and not i0 <= inverse[j] < i1)
        ordered = all(p < q for p, q in zip(at, at[1:], strict=False))
        added = [j for j in range(low, high) if j not in inverse]
        label = any(y.keys[j][0] == "\0" for j in added) or any(x.keys[i][0] == "\0" and i not in table for i in range(i0, i1))
        firm = not foreign and ordered and not label and len(added) <= max(2, 0.6 * (i1 - i0)) and not any(p + 4 == q for p, q in zip(added, added[4:], strict=False))
        wide_low, wide_high = low, high
        slips = self._slips(i0, low) or self._slips(i1 - 1, high - 1)
        if i0 not in table:  # the first word was changed or cut: where does the passage begin?
            u = next(i for i in range(i0, i1) if i in table) - i0
            p = next((n for n in range(i0) if i0 - 1 - n in table), i0)
            g = next((n for n in range(low) if low - 1 - n in inverse), low)
            if g == p + u and all(fuzz.ratio(x.keys[i0 + n], y.keys[low - u + n]) > 70 for n in range(u)):
                low = wide_low = low - u
            else:
                gone = low
                while low < high - 1 and y.light[low] and not x.light[i0]:
                    low += 1
                same = gone > 0 and y.keys[gone - 1] in x.keys[i0:i0 + u]  # the very word stands there, as another one's
                wide_low = gone - min(g, u + 2) if g else gone - 1 if same else low
        if i1 - 1 not in table:
            u = i1 - 1 - max(i for i in range(i0, i1) if i in table)
            p = next((n for n in range(len(x) - i1) if i1 + n in table), len(x) - i1)
            g = next((n for n in range(len(y) - high) if high + n in inverse), len(y) - high)
            if g == p + u and all(fuzz.ratio(x.keys[i1 - u + n], y.keys[high + n]) > 70 for n in range(u)):
                high = wide_high = high + u
            else:
                gone = high
                while high > low + 1 and y.light[high - 1] and not x.light[i1 - 1]:
                    high -= 1
                same = gone < len(y) and y.keys[gone] in x.keys[i1 - u:i1]
                wide_high = gone + min(g, u + 2) if g else gone + 1 if same else high
        return (low, high), (wide_low, wide_high), firm and not (slips and i1 - i0 < 20)

    def _slips(self, i: int, j: int) -> bool:
        """Whether a word stands doubled in one of the texts: which of the two is it?"""
        x, y = self.x.keys, self.y.keys
        return x[i] == y[j] and _run(x, i) != _run(y, j)

    def _similar(self, i: int) -> bool:
        """Whether an unaligned word was only respelt: the one word between the same neighbours, and alike."""
        t = self.tables[0]
        if i - 1 in t and i + 1 in t and t[i + 1] - t[i - 1] == 2:
            return fuzz.ratio(self.x.keys[i], self.y.keys[t[i - 1] + 1]) > 70
        return False

    def _characters(self, start: int, end: int, i0: int, i1: int, j0: int, j1: int) -> tuple[int, int]:
        """From words to characters: signs at the ends of the passage come along."""
        x, y = self.x, self.y
        a, b = y.starts[j0], y.ends[j1 - 1]
        if start > x.starts[i0] and x.keys[i0] == y.keys[j0]:
            a += min(start - x.starts[i0], b - a - 1)
        elif start < x.starts[i0]:
            head = x.text[start:x.starts[i0]].strip()
            floor = y.ends[j0 - 1] if j0 else 0
            while head and a > floor and y.text[a - 1] in head and not y.text[a - 1].isspace():
                a -= 1
        if end < x.ends[i1 - 1] and x.keys[i1 - 1] == y.keys[j1 - 1]:
            b = max(a + 1, b - (x.ends[i1 - 1] - end))
        elif end > x.ends[i1 - 1]:
            tail = x.text[x.ends[i1 - 1]:end].strip()
            ceiling = y.starts[j1] if j1 < len(y) else len(y.text)
            mark = re.compile(r"[^\w\s]+" if tail else r"(?!)").match(y.text, b, ceiling)
            if mark:
                full = x.text[x.ends[i1 - 1]:end + 1].split()[0] == tail if end < len(x.text) and not x.text[end].isspace() else True
                b = mark.end() if full and y.text[mark.end():mark.end() + 1].isspace() or mark.end() == len(y.text) else b + min(len(tail), mark.end() - b)
        return a, b

    def _support(self, i0: int, i1: int, j0: int, j1: int) -> tuple[bool, bool]:
        """Whether the words around the passage are still around it; and whether they are so without a gap."""
        x, t = self.x, self.tables[0]
        before = [i for i in range(i0 - 1, max(-1, i0 - 16), -1) if not x.light[i]][:AROUND]
        after = [i for i in range(i1, min(len(x), i1 + 15)) if not x.light[i]][:AROUND]
        left = [i in t and j0 - 20 <= t[i] < j0 for i in before]
        right = [i in t and j1 <= t[i] < j1 + 20 for i in after]
        n = len(left) + len(right)
        if not n:
            return True, True
        total = (sum(left) + sum(right)) / n
        near = max((sum(s[:4]) / len(s[:4]) for s in (left, right) if s), default=0.0)
        close = all(i in t and t[i] == j0 - (i0 - i) for i in before[:3]) and all(i in t and t[i] == j1 + (i - i1) for i in after[:3])
        words = i1 - i0
        return (total >= 0.5 and near >= 0.75) if words <= 3 else total >= 0.35 or near >= 0.75, close and total >= 0.8

    def _turned(self, i0: int, i1: int, j0: int, j1: int) -> bool:
        """Whether a negation or a number came or went in the passage (a negation also just beside it)."""
        x, y = self.x, self.y
        for t, inv in zip(self.tables, self.inverses, strict=True):
            if any(x.weighty[i] and i not in t for i in range(i0, i1)) or any(y.weighty[j] and j not in inv for j in range(j0, j1)):
                return True
            if any(x.weighty[i] and not x.keys[i].isdigit() and i not in t for i in _beside(x, i0, i1)) or any(y.weighty[j] and not y.keys[j].isdigit() and j not in inv for j in _beside(y, j0, j1)):
                return True
        return False

    def _around(self, words: _Words, i0: int, i1: int) -> str:
        return " ".join((*words.keys[max(0, i0 - AROUND):i0], "|", *words.keys[i1:i1 + AROUND]))

    def _rivals(self, i0: int, i1: int, j0: int) -> tuple[tuple[int, int, float], ...]:
        """Other places with the same few words whose surroundings fit nearly as well."""
        x, y, n = self.x, self.y, i1 - i0
        mine = self._around(x, i0, i1)
        here = fuzz.ratio(mine, self._around(y, j0, j0 + n))
        out = []
        for j in (j for j in range(len(y) - n + 1) if j != j0 and y.keys[j] == x.keys[i0] and y.keys[j:j + n] == x.keys[i0:i1]):
            score = fuzz.ratio(mine, self._around(y, j, j + n))
            if score >= here - 12:
                out.append((y.starts[j], y.ends[j + n - 1], round(score / 100, 3)))
        return tuple(out[:4])

    def _elsewhere(self, i0: int, j0: int) -> bool:
        """Whether the passage left its place in the order: most of the aligned words of the old text before it now follow it, or the reverse."""
        t = self.tables[0]
        crossed = sum(1 for i, j in t.items() if (i < i0) != (j < j0))
        return crossed > 8 and crossed > 0.02 * len(t)

    def _in_its_place(self, i0: int, i1: int, start: int, end: int) -> Verdict:
        """No word of the passage is left: what stands between its neighbours now ("Ya." → "Iya.") is the first candidate, what the words find elsewhere comes behind it; never certain."""
        v, t = self._fallback(start, end), self.tables[0]
        low, high = t.get(i0 - 1, -1 if i0 == 0 else None), t.get(i1, len(self.y) if i1 == len(self.x) else None)
        if low is None or high is None or not 0 < high - low - 1 <= 2 * (i1 - i0) + 1:
            return v
        a, b = self._characters(start, end, i0, i1, low + 1, high)
        alike = round(fuzz.ratio(self.x.text[start:end].casefold(), self.y.text[a:b].casefold()) / 100, 3)
        found = tuple(dict.fromkeys(((a, b, alike), *v.candidates)))[:5]
        return Verdict(a, b, "changed", alike, found, False) if alike >= 0.5 else Verdict(v.start, v.end, v.verdict, v.score, tuple(dict.fromkeys((*v.candidates[:4], (a, b, alike)))), False)

    def _fallback(self, start: int, end: int) -> Verdict:
        """The same words, then similar ones, anywhere in the new text; never certain."""
        x, y = self.x.text, self.y.text
        quote = x[start:end]
        around = x[max(0, start - 60):start], x[end:end + 60]
        found: list[tuple[int, int, float]] = []
        for n, m in enumerate(re.finditer(re.escape(quote), y)):
            if n >= 400:
                break
            near = (fuzz.ratio(around[0], y[max(0, m.start() - 60):m.start()]) + fuzz.ratio(around[1], y[m.end():m.end() + 60])) / 200
            found.append((*m.span(), round(near, 3)))
        if found:
            found.sort(key=lambda c: -c[2])
            a, b, near = found[0]
            if near >= 0.45 or (len(found) == 1 and len(quote) > 20):
                alone = len(found) == 1 or near - found[1][2] > 0.15
                return Verdict(a, b, "moved" if alone else "ambiguous", 1.0, tuple(found[:5]), False)
            return Verdict(0, 0, "lost", 0.0, tuple(found[:3]), False)
        if len(quote) >= 8 and len(quote) < 2000:
            part = fuzz.partial_ratio_alignment(quote, y, score_cutoff=65)
            if part is not None and part.dest_end > part.dest_start:
                a, b = part.dest_start, part.dest_end
                return Verdict(a, b, "changed", round(part.score / 100, 3), ((a, b, round(part.score / 100, 3)),), False)
        return Verdict(0, 0, "lost", 0.0, (), False)


def carry(old: str, new: str, spans: Iterable[tuple[int, int]]) -> list[Verdict]:
    """A verdict for every (start, end) of the old text.

    >>> carry("N: Iya, rapat tiap bulan di rumah ketua.", "N: Iya, kami rapat tiap bulan di rumah ketua.", [(8, 24)])
    [Verdict(start=13, end=29, verdict='exact', score=1.0, candidates=(), certain=True)]
    """
    alignment = Alignment(old, new)
    return [alignment.carry(a, b) for a, b in spans]
