"""The project's own form, read for many documents at once: what `own` finds line by line, found in arrays.

A document in which anything is out of the ordinary (a time, a label with a space, a line that opens no turn, a label inside a line) is left to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache

import numpy as np

from ..labels import TURN
from .own import Columns, Later, marked

WIDTH = 16  # characters of a label, at most
BLOCK = 1 << 20  # characters read at a time: their arrays stay in the processor's cache
_SPACE, _SIGN, _DASH, _COLON, _PAREN, _BREAK = 1, 2, 4, 8, 16, 32


def _look(c: str) -> int:
    kind = _SPACE if c.isspace() else 0
    kind |= {"(": _PAREN, ")": _PAREN, "-": _DASH, ":": _COLON, "\n": _BREAK}.get(c, 0)
    return kind | (_SIGN if c in "[{/*<~_#—–|=" else 0)


@cache
def _table() -> bytes:
    """Kinds of the first 256 code points."""
    return bytes(_look(chr(i)) for i in range(256))


def _kinds(text: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Points (0 where beyond a byte) and kinds of a text."""
    narrow = text.encode("latin-1", "replace")
    points, kinds = np.frombuffer(narrow, np.uint8), np.frombuffer(narrow.translate(_table()), np.uint8)
    if text.isascii():
        return points, kinds
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    odd = np.flatnonzero(wide > 255)
    points, kinds = points.copy(), kinds.copy()
    points[odd] = 0
    seen, at = np.unique(wide[odd], return_inverse=True)
    kinds[odd] = np.array([_look(chr(i)) for i in seen.tolist()], np.uint8)[at] if len(seen) else kinds[odd]
    return points, kinds


def many(texts: Sequence[str], heads: Sequence[int], listed: Sequence[Mapping[str, object]], voice: Callable[[int, str], tuple[str, str, str]], asides: Callable[[set[str]], Callable[[str, int, int], tuple[tuple[int, int], ...]]]) -> list[Columns | None]:
    """The turns of texts behind their head lines (which end at `heads`); None where one wants a closer look.

    `listed` are each text's labels, `voice` says who a text's label is, `asides` what inside a turn is not its speaker's (for a text's labels).
    """
    out: list[Columns | None] = [None] * len(texts)
    block: list[int] = []
    size = 0
    for n, text in enumerate(texts):
        if len(text) <= heads[n] or not listed[n] or "：" in text or not all(_easy(x) for x in listed[n]):
            continue
        block.append(n)
        size += len(text)
        if size >= BLOCK:
            _block(texts, heads, listed, voice, asides, block, out)
            block, size = [], 0
    if block:
        _block(texts, heads, listed, voice, asides, block, out)
    return out


@cache
def _easy(label: str) -> bool:
    """Whether `label:` at the beginning of a line always opens a turn of that label."""
    m = TURN.match(f"{label}: x")
    return bool(m) and not any(c.isspace() for c in label) and len(label) <= WIDTH and m.group(2) == label and not m.group(1) and m.end() == len(label) + 1 and all(0 < ord(c) < 256 for c in label)


def _block(texts: Sequence[str], heads: Sequence[int], listed: Sequence[Mapping[str, object]], voice: Callable, asides: Callable, block: list[int], out: list[Columns | None]) -> None:
    whole = "\n".join(texts[n] for n in block)
    points, kinds = _kinds(whole)
    lengths = np.array([len(texts[n]) for n in block], np.int64)
    base = np.cumsum(lengths + 1) - lengths - 1
    stop = np.append(np.flatnonzero(points == 10), len(points))
    start = np.append(0, stop[:-1] + 1)
    owner = np.searchsorted(base, start, "right") - 1
    body, end = _stripped(kinds, start, stop)
    blank = (body >= end) | (start < (base + np.array([heads[n] for n in block], np.int64))[owner])
    start, stop, owner, body, end = (a[~blank] for a in (start, stop, owner, body, end))
    colons = np.append(np.flatnonzero(points == 58), len(points))
    colon = colons[np.searchsorted(colons, start)]
    size = colon - start
    behind = points[np.minimum(colon + 1, len(points) - 1)]
    ok = (colon < stop) & (size > 0) & (size <= WIDTH) & ((behind == 32) | (behind == 9) | (colon + 1 == stop))
    good = np.ones(len(block), bool)
    good[owner[~ok]] = False
    good[np.setdiff1d(np.arange(len(block)), owner)] = False
    start, stop, owner, end, colon, size = (a[good[owner]] for a in (start, stop, owner, end, colon, size))
    if not len(start):
        return
    names = np.zeros((len(start), WIDTH), np.uint8)
    for i in range(int(size.max())):
        names[:, i] = np.where(i < size, points[np.minimum(start + i, len(points) - 1)], 0)
    pairs = np.empty(len(start), np.dtype([("text", np.int32), ("name", f"S{WIDTH}")]))
    pairs["text"], pairs["name"] = owner, names.view(f"S{WIDTH}")[:, 0]
    number, place = _numbered(owner, pairs["name"])
    said = [(int(owner[i]), bytes(pairs["name"][i]).decode("latin-1")) for i in place.tolist()]  # every label of every text, in the order in which they come
    for n, name in said:
        good[n] &= name in listed[block[n]]
    before = np.zeros(256, bool)  # what may stand before the colon of a label inside a line: all that `_inline` takes (labels here are Latin-1 and without white space, `_easy`)
    before[[32, 9, *{ord(x[-1]) for n in block for x in listed[n]}]] = True
    inside = colons[:-1][before[points[colons[:-1] - 1]] & (kinds[np.minimum(colons[:-1] + 1, len(kinds) - 1)] & _SPACE > 0)]
    for i in np.flatnonzero(np.searchsorted(inside, stop) > np.searchsorted(inside, colon, "right")).tolist():
        n = int(owner[i])
        if good[n] and _inline(tuple(listed[block[n]])).search(whole, int(start[i]) if not i or owner[i - 1] != n else int(colon[i]) + 1, int(stop[i]) + 1):
            good[n] = False
    keep = good[owner]
    if not keep.any():
        return
    start, stop, owner, end, colon, number = (a[keep] for a in (start, stop, owner, end, colon, number))
    body, end = _stripped(kinds, colon + 1, stop)
    bounds = np.searchsorted(owner, np.arange(len(block) + 1))
    empty = body >= end
    if empty.any():  # nothing said: the turn is an empty place where the next one begins
        after = np.append(start[1:], 0)
        last = np.append(owner[1:] != owner[:-1], True)
        after[last] = (base + lengths)[owner[last]]
        body, end = np.where(empty, after, body), np.where(empty, after, end)
    offset = base[owner]
    starts, bodies, ends = start - offset, body - offset, end - offset
    begins = np.searchsorted([n for n, _ in said], np.arange(len(block) + 1)).tolist()
    for n in np.flatnonzero(good).tolist():
        a, b = int(bounds[n]), int(bounds[n + 1])
        labels = [name for _, name in said[begins[n]:begins[n + 1]]]
        out[block[n]] = Columns(starts[a:b], bodies[a:b], ends[a:b], number[a:b], tuple(voice(block[n], x) for x in labels), {}, Later(texts[block[n]], bodies[a:b], ends[a:b], tuple(labels), asides))


def look(wanted: Sequence[Later]) -> None:
    """Find the asides of many texts at once; each keeps its own."""
    block: list[Later] = []
    size = 0
    for later in wanted:
        block.append(later)
        size += len(later.text)
        if size >= BLOCK:
            _look_block(block)
            block, size = [], 0
    if block:
        _look_block(block)


def _look_block(block: list[Later]) -> None:
    whole = "\n".join(x.text for x in block)
    points, kinds = _kinds(whole)
    lengths = np.array([len(x.text) for x in block], np.int64)
    base = np.cumsum(lengths + 1) - lengths - 1
    many_turns = [len(x.body) for x in block]
    owner = np.repeat(np.arange(len(block)), many_turns)
    bodies, ends = (np.concatenate([np.asarray(a, np.int64) for a in arrays]) for arrays in ([x.body for x in block], [x.end for x in block]))
    body, end = bodies + base[owner], ends + base[owner]
    found = _asides(whole, points, np.flatnonzero(kinds >= _SIGN), kinds, body, end, body >= end, owner)
    first = np.cumsum([0, *many_turns]).tolist()
    for n, later in enumerate(block):
        mine: dict[int, tuple[tuple[int, int], ...]] = {}
        close = None
        for i in found.of(n):
            spans = found.easy.get(i)
            if spans is None:
                close = close or later.asides(set(later.labels))
                spans = close(later.text, int(bodies[i]), int(ends[i]))
            else:
                spans = tuple((x - int(base[n]), y - int(base[n])) for x, y in spans)
            if spans:
                mine[i - first[n]] = spans
        later.found = mine


def _numbered(owner: np.ndarray, name: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Per turn the number of its label among its text's, in the order in which they come; and the turn in which each label comes first."""
    _, label = np.unique(name, return_inverse=True)
    key = owner.astype(np.int64) * (int(label.max()) + 1) + label
    _, place, which = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(place)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    place = place[order]
    first = np.searchsorted(owner[place], owner)
    return rank[which] - first, place


def _stripped(kinds: np.ndarray, start: np.ndarray, stop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spans without the white space at their ends."""
    start, stop = start.copy(), stop.copy()
    left = np.flatnonzero(start < stop)
    while len(left := left[(start[left] < stop[left])]) and len(left := left[kinds[start[left]] & _SPACE > 0]):
        start[left] += 1
    right = np.flatnonzero(start < stop)
    while len(right := right[kinds[stop[right] - 1] & _SPACE > 0]):
        stop[right] -= 1
        right = right[start[right] < stop[right]]
    return start, stop


@cache
def _inline(labels: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<=\S)[ \t]+(?:{'|'.join(re.escape(x) for x in labels)})[ \t]*[:：]\s")


class _Found:
    """The turns that may hold what is not their speaker's: those with nothing but plain brackets are told already."""

    def __init__(self, turns: np.ndarray, owner: np.ndarray, easy: dict[int, tuple[tuple[int, int], ...]]):
        self._turns, self._bounds, self.easy = turns, np.searchsorted(owner[turns], np.arange(int(owner.max()) + 2)).tolist(), easy

    def of(self, text: int) -> list[int]:
        return self._turns[self._bounds[text]:self._bounds[text + 1]].tolist()


def _asides(whole: str, points: np.ndarray, special: np.ndarray, kinds: np.ndarray, body: np.ndarray, end: np.ndarray, empty: np.ndarray, owner: np.ndarray) -> _Found:
    def holds(places: np.ndarray) -> np.ndarray:
        return np.searchsorted(places, end) > np.searchsorted(places, body)

    what = kinds[special]
    parens, dashes = special[what & _PAREN > 0], special[what & _DASH > 0]
    dashes = dashes[(dashes > 0) & (kinds[dashes - 1] & _SPACE > 0)]
    sign, dash, colon = holds(special[what & _SIGN > 0]), holds(dashes), holds(special[what & _COLON > 0])
    openers, closers = parens[points[parens] == 40], parens[points[parens] == 41]
    opened = np.searchsorted(openers, end) > np.searchsorted(openers, body)
    maybe = (sign | opened | dash | colon) & ~empty
    plain = opened & ~sign & ~colon & ~empty
    easy: dict[int, tuple[tuple[int, int], ...]] = {}
    rows = np.flatnonzero(plain)
    lo, hi = np.searchsorted(parens, body[rows]), np.searchsorted(parens, end[rows])
    a, b = np.searchsorted(openers, body[rows]), np.searchsorted(openers, end[rows])
    paired = hi - lo == 2 * (b - a)
    # ( and ) in turn: the i-th opener is the 2i-th bracket of the turn
    turn = np.repeat(np.arange(len(rows)), b - a)
    nth = np.arange(len(turn)) - np.repeat(np.cumsum(b - a) - (b - a), b - a)
    at = np.minimum(lo[turn] + 2 * nth, len(parens) - 1)
    fits = openers[a[turn] + nth] == parens[at]
    bad = np.bincount(turn, weights=~fits, minlength=len(rows)) > 0
    ends = np.minimum(at + 1, len(parens) - 1)
    spans = list(zip(parens[at].tolist(), (parens[ends] + 1).tolist(), strict=True)) if len(turn) else []
    edge = (np.cumsum(b - a) - (b - a)).tolist()
    for r, ok, x, y in zip(rows.tolist(), (paired & ~bad).tolist(), edge, (b - a).tolist(), strict=True):
        if ok:
            easy[r] = tuple(spans[x:x + y])
    turns = np.flatnonzero(maybe)
    sure = (sign | opened)[turns]
    turns = turns[[s or marked(whole[p:q]) for s, p, q in zip(sure.tolist(), body[turns].tolist(), end[turns].tolist(), strict=True)]] if len(turns) else turns
    return _Found(turns, owner, easy)
