"""Forms: journal lines as the program itself writes them, cut at their quotation marks many at a time; whatever is written otherwise is left to a JSON parser.

A form is learned from a line: its keys in their order, and which values are words and which numbers.  Of every other line with as many
quotation marks all bytes between the values are held against it, so that a line that fits is read as JSON would read it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from .spans import pieces

FEWEST = 64  # lines; below that a JSON parser is as quick
_MOST = 8  # forms tried on one block
_NUMBERS = ("start", "end")
_PASSAGES = ("after", "before", "note", "quote")  # in which a \ may stand
_MEANT = np.zeros(256, np.uint8)  # what stands for \" \n …; \u is left to others, and so is \\, whose second half is no sign of its own
_MEANT[list(b'"/bfnrt')] = list(b'"/\b\f\n\r\t')
_LOW = [np.uint64((1 << 8 * n) - 1) for n in range(9)]


@dataclass(frozen=True)
class _Form:
    """The keys of a line's values; the bytes before each value and behind the last; how many quotation marks stand before each of these; and in the line."""

    keys: tuple[str, ...]
    fixed: tuple[bytes, ...]
    before: tuple[int, ...]
    marks: int


def _learned(line: bytes) -> _Form | None:
    """The form of a line that makes a coding; None where a value is neither words nor a whole number, or not what its key needs."""
    try:
        event = json.loads(line)
    except ValueError:
        return None
    if not isinstance(event, dict) or event.get("event") != "code" or list(event)[-1] != "sum":
        return None
    keys, fixed, here = [], [], b"{"
    for key, value in event.items():
        words = isinstance(value, str)
        if not (words or type(value) is int) or words == (key in _NUMBERS) or not (key.isidentifier() and key.isascii()):
            return None
        here += f'"{key}":'.encode()
        if key == "event":
            here += b'"code",'
            continue
        keys.append(key)
        fixed.append(here + b'"' if words else here)
        here = b'",' if words else b","
    fixed.append(b'"}')
    counts = np.cumsum([0, *(f.count(b'"') for f in fixed)]).tolist()
    return _Form(tuple(keys), tuple(fixed), tuple(counts[:-1]), counts[-1])


class Signs:
    """Lines one behind the other, with what is found in all of them at once: where they end, and the signs that need care."""

    def __init__(self, whole: bytes):
        self.whole, self.data = whole, np.frombuffer(whole, np.uint8)
        found = self.data < 32
        found |= self.data == 92
        at = np.flatnonzero(found)
        which = self.data[at]
        self.stop, self.slash = at[which == 10], at[which == 92]
        self.strange = at[(which != 10) & (which != 92)]  # JSON has no such signs in words
        self.start = np.append(0, self.stop[:-1] + 1)


class _Block:
    """The same with their quotation marks, and the words as they are meant."""

    def __init__(self, signs: Signs):
        self.whole, self.data, self.start, self.stop, self.slash = signs.whole, signs.data, signs.start, signs.stop, signs.slash
        self.eights = np.ndarray((len(self.data) - 7,), "<u8", self.whole, strides=(1,))  # eight bytes from every place
        self.plain = np.ones(len(self.start), bool)
        self.plain[np.searchsorted(self.stop, signs.strange)] = False
        self.line = np.searchsorted(self.stop, self.slash)
        meant = _MEANT[self.data[self.slash + 1]]
        self.plain[self.line[meant == 0]] = False
        self.slashes = np.bincount(self.line, minlength=len(self.start))
        self.before = np.cumsum(self.slashes) - self.slashes
        mark = self.data == 34
        self.clean = self.data
        if len(self.slash):
            mark[self.slash + 1] = False
            copy = bytearray(self.whole)
            view = np.frombuffer(copy, np.uint8)
            view[self.slash + 1] = meant
            view[self.slash] = 92
            self.clean = np.frombuffer(copy.replace(b"\\", b""), np.uint8)
        self.mark = np.flatnonzero(mark)
        n, each = len(self.start), len(self.mark) // len(self.start)
        if each and len(self.mark) == n * each and bool((self.mark[::each] >= self.start).all()) and bool((self.mark[each - 1::each] < self.stop).all()):
            self.first, self.marks = np.arange(0, n * each, each), np.full(n, each)
        else:
            self.first = np.searchsorted(self.mark, self.start)
            self.marks = np.diff(self.first, append=len(self.mark))

    def fit(self, form: _Form, rows: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        """Which of these lines have a form, and where in them its fixed bytes begin."""
        rows = rows[self.marks[rows] == form.marks]
        first = self.first[rows]
        even = len(rows) == len(self.start) and len(rows) * form.marks == len(self.mark)  # all lines, all alike
        ok = np.ones(len(rows), bool)
        at = []
        for fixed, before in zip(form.fixed, form.before, strict=True):
            place = (self.mark[before::form.marks] if even else self.mark[first + before]) - fixed.index(b'"')
            ok &= self._reads(place, fixed, at == [])
            at.append(place)
        return (rows, at) if ok.all() else (rows[ok], [p[ok] for p in at])

    def _reads(self, place: np.ndarray, fixed: bytes, left: bool) -> np.ndarray:
        """Where these bytes stand; they are read by eights that begin (`left`) or end with them, so that none lies outside the block."""
        size = -(-len(fixed) // 8)
        away = 8 * size - len(fixed)
        found = np.ndarray((len(self.data) - 8 * size + 1,), f"V{8 * size}", self.whole, strides=(1,))[place if left else place - away].view("<u8").reshape(-1, size)
        whole = np.frombuffer(fixed + bytes(away) if left else bytes(away) + fixed, "<u8")
        mask = np.frombuffer(b"\xff" * len(fixed) + bytes(away) if left else bytes(away) + b"\xff" * len(fixed), "<u8")
        ok = np.ones(len(place), bool)
        for k in range(size):
            column = found[:, k]
            ok &= (column if mask[k] == _LOW[8] else column & mask[k]) == whole[k]
        return ok

    def number(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whole numbers of up to eight digits, eight at a time, and which are such."""
        size = np.clip(high - low, 1, 8)
        ok = (high - low == size) & ((self.data[low] != 48) | (size == 1))
        x = (self.eights[high - 8] ^ np.uint64(0x3030303030303030)) & ~_SIZES[8 - size]
        ok &= ((x + np.uint64(0x7676767676767676)) | x) & np.uint64(0x8080808080808080) == 0
        for step, width, mask in ((10, 8, 0x00FF00FF00FF00FF), (100, 16, 0x0000FFFF0000FFFF), (10_000, 32, 0x00000000FFFFFFFF)):
            x = (x * np.uint64(step) + (x >> np.uint64(width))) & np.uint64(mask)
        return x.astype(np.int64), ok

    def words(self, low: np.ndarray, high: np.ndarray, few: bool) -> pa.Array:
        """Values without a \\ in them; short ones of which there are few as numbers into their list."""
        size = high - low
        wide = int(size.max())
        if few and wide <= 8:
            number, names = pd.factorize(self.eights[low] & _SIZES[size])
            told = names.astype("<u8").tobytes()
            return pa.DictionaryArray.from_arrays(pa.array(number.astype(np.int32)), pa.array([told[i:i + 8].rstrip(b"\0").decode() for i in range(0, len(told), 8)], pa.string()))
        if not wide or int(size.min()) < wide:
            found = pieces(self.data, low, high).cast(pa.string())
        else:
            bytes_ = np.ndarray((len(self.data) - wide + 1,), f"V{wide}", self.whole, strides=(1,))[low]
            found = pa.Array.from_buffers(pa.string(), len(low), [None, pa.py_buffer(np.arange(0, wide * (len(low) + 1), wide, dtype=np.int32)), pa.py_buffer(bytes_)])
        return found.dictionary_encode() if few else found


_SIZES = np.array(_LOW, np.uint64)


def parsed(signs: Signs, schema: pa.Schema) -> tuple[pa.Table, np.ndarray]:
    """The lines that fit a form, as columns, and which they are (numbers, rising).

    The lines are UTF-8, each with a line end behind it.  A key that the schema does not name is passed over; a column that a form does not have is null.
    """
    if len(signs.start) < FEWEST:
        return schema.empty_table(), np.zeros(0, np.int64)
    block = _Block(signs)
    left = np.flatnonzero(block.plain)
    parts, found = [], []
    for _ in range(_MOST):
        alike = left[block.marks[left] == np.argmax(np.bincount(block.marks[left]))] if len(left) else left
        if len(alike) < FEWEST:
            break
        form = _learned(signs.whole[signs.start[alike[0]]:signs.stop[alike[0]]])
        rows, table = _taken(block, form, alike, schema) if form else (left[:0], None)
        if table is not None:
            parts.append(table)
            found.append(rows)
        block.plain[rows] = block.plain[alike[0]] = False
        left = left[block.plain[left]]
    if len(parts) < 2:
        return (parts[0], found[0]) if parts else (schema.empty_table(), left[:0])
    rows = np.concatenate(found)
    order = np.argsort(rows)
    return pa.concat_tables(parts).unify_dictionaries().take(pa.array(order)), rows[order]


def _taken(block: _Block, form: _Form, left: np.ndarray, schema: pa.Schema) -> tuple[np.ndarray, pa.Table | None]:
    """The lines of one form as columns; None where there are none."""
    rows, at = block.fit(form, left)
    low, high = {k: p + len(f) for k, p, f in zip(form.keys, at, form.fixed, strict=False)}, dict(zip(form.keys, at[1:], strict=True))
    columns: dict[str, object] = {}
    ok = np.ones(len(rows), bool)
    for key in (k for k in form.keys if k in _NUMBERS):
        columns[key], good = block.number(low[key], high[key])
        ok &= good
    place = np.full(len(block.start), -1)
    place[rows] = np.arange(len(rows))
    mine = place[block.line]
    slash, mine = block.slash[mine >= 0], mine[mine >= 0]
    gone = block.before[rows]  # how many signs are gone before a place
    moved = {}
    for key in (k for k in form.keys if k in _PASSAGES):
        inside = (slash >= low[key][mine]) & (slash < high[key][mine])
        more = gone + np.bincount(mine[inside], minlength=len(rows))
        moved[key], gone = (low[key] - gone, high[key] - more), more
    ok &= gone == block.before[rows] + block.slashes[rows]  # none of them elsewhere
    if not ok.any():
        return rows[:0], None
    keep = slice(None) if ok.all() else ok
    for field in schema:
        key = field.name
        if key in columns:
            columns[key] = pa.array(columns[key][keep])  # type: ignore[index]
        elif key in moved:
            words = pieces(block.clean, *(p[keep] for p in moved[key])).cast(pa.string())
            columns[key] = words.dictionary_encode() if pa.types.is_dictionary(field.type) else words
        elif key in low:
            columns[key] = block.words(low[key][keep], high[key][keep], pa.types.is_dictionary(field.type))
        else:
            columns[key] = pa.repeat("code", len(rows[keep])) if key == "event" else pa.nulls(len(rows[keep]), field.type)
    return rows[keep], pa.table([columns[f.name] for f in schema], schema=schema)
