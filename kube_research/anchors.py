"""Anchors: where a coded passage stands after its transcript was edited, and how sure that is.

The words of both texts are aligned twice, forwards and backwards (where the two disagree, an insertion or deletion could slide: not certain);
blocks that were moved are aligned by themselves.  A passage follows its own words; the words around it, negations and numbers
decide whether that is certain.  What finds no words is looked for as an exact quote, then as a similar one, and never certain.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from .alignment import Words, both, renamed, run, weighty

__all__ = ["VERDICTS", "Alignment", "Verdict", "carry", "weighty"]
VERDICTS = ("exact", "moved", "changed", "ambiguous", "lost")
AROUND = 8  # words looked at on each side
_STOP = re.compile(r"[.!?…]\s|\n\s*\n")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a passage is now: exact (the same words), moved, changed, ambiguous (several places, or its ends are unclear), lost."""

    start: int
    end: int
    verdict: str
    score: float = 0.0
    candidates: tuple[tuple[int, int, float], ...] = ()
    certain: bool = False


def _beside(words: Words, i0: int, i1: int) -> list[int]:
    """The three words before and the two behind a passage that stand in its own sentence."""
    text = words.text
    return [i for i in range(max(0, i0 - 3), i0) if not _STOP.search(text, words.ends[i], words.starts[i0])] + [i for i in range(i1, min(len(words), i1 + 2)) if not _STOP.search(text, words.ends[i1 - 1], words.starts[i])]


class Alignment:
    """Two texts side by side, made once for all passages of a document."""

    def __init__(self, old: str, new: str):
        self.y = Words(new)
        self.x = Words(old)
        first = both(self.x.keys, self.y.keys) if old != new else {}
        self.labels = renamed(self.x, self.y, first)
        if self.labels:
            self.x = Words(old, self.labels)
            first = both(self.x.keys, self.y.keys)
        n, m = len(self.x), len(self.y)
        if old == new:
            self.tables: tuple[dict[int, int], ...] = ({i: i for i in range(n)},)
        else:
            back = both(self.x.keys[::-1], self.y.keys[::-1])
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
        return x[i] == y[j] and run(x, i) != run(y, j)

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

    def _around(self, words: Words, i0: int, i1: int) -> str:
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
