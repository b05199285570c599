"""Spans: many pieces cut out of many texts at once, as columns of words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

STR = pd.StringDtype(na_value=np.nan)
# glibc gives every array above 128 kB back to the system, and has the next one's pages made anew, until it has seen a larger one freed: this one, never touched,
# teaches it (up to 32 MB).  Measured: co-occurrence in 11 ms and not 19, a study's codings in 1.32 s and not 1.47.
np.empty(31 << 20, np.uint8)


class Flat:
    """Texts one behind the other as UTF-8; places are code points, as everywhere."""

    def __init__(self, texts: Sequence[str]):
        data = [t.encode("utf-8", "surrogatepass") for t in texts]
        self.size = np.array([len(t) for t in texts], np.int64)  # code points
        self.base = np.cumsum(self.size) - self.size
        self._whole = np.frombuffer(b"".join([*data, bytes(ROOM)]), np.uint8)
        self.data = self._whole[:-ROOM]
        at, more = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for i, (t, d) in enumerate(zip(texts, data, strict=True)):
            if len(t) != len(d):
                wide = np.frombuffer(t.encode("utf-32-le", "surrogatepass"), np.uint32)
                odd = np.flatnonzero(wide > 127)
                at.append(odd + self.base[i])
                more.append(1 + (wide[odd] > 0x7FF) + (wide[odd] > 0xFFFF))
        self._at = np.concatenate(at)
        self._more = np.append(0, np.cumsum(np.concatenate(more)))

    def bytes(self, text: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Where places of texts (their numbers) are among the bytes."""
        point = self.base[text] + place
        return point + self._more[np.searchsorted(self._at, point)] if len(self._at) else point

    @cached_property
    def _breaks(self) -> np.ndarray:
        return np.flatnonzero(self.data == 10)

    def lines(self, text: np.ndarray, place: np.ndarray) -> np.ndarray:
        """Line numbers (from 1) of places."""
        first = np.searchsorted(self._breaks, self.bytes(np.arange(len(self.base)), np.zeros(len(self.base), np.int64)))
        return np.searchsorted(self._breaks, self.bytes(text, place)) - first[text] + 1 if len(text) else np.zeros(0, np.int64)

    def cut(self, text: np.ndarray, start: np.ndarray, end: np.ndarray, *, lines: bool = True) -> pd.arrays.ArrowStringArray:
        """The pieces start..end of texts (their numbers); `lines=False`: on one line, a space for each line end."""
        found = self.pieces(self.bytes(text, start), self.bytes(text, end))
        if not lines and len(found) and found.buffers()[2] is not None:
            raw = np.frombuffer(found.buffers()[2], np.uint8)
            if (raw == 10).any():
                found = pa.Array.from_buffers(found.type, len(found), [None, found.buffers()[1], pa.py_buffer(np.where(raw == 10, np.uint8(32), raw))])
        return pd.arrays.ArrowStringArray(pa.chunked_array([found], pa.large_string()), dtype=STR)

    def pieces(self, low: np.ndarray, high: np.ndarray) -> pa.Array:
        """The pieces between places among the bytes."""
        return pieces(self._whole, low, high)


ROOM = 16  # bytes that must follow the last piece
_PART = 1 << 30


def pieces(data: np.ndarray, low: np.ndarray, high: np.ndarray) -> pa.Array:
    """The pieces low..high of bytes (uint8, with ROOM bytes behind the last) as words: views that Arrow copies, without an index for each byte."""
    n, size = len(low), (high - low).astype(np.uint32)
    if not n:
        return pa.array([], pa.large_string())
    view = np.empty((n, 4), np.uint32)
    fours = np.ndarray((len(data) - 3,), "<u4", data, strides=(1,))
    view[:, 0], view[:, 1], view[:, 2], view[:, 3] = size, fours[low], low >> 30, low & (_PART - 1)
    at = np.flatnonzero(size <= 12)
    if len(at):  # up to twelve bytes stand in the view itself
        for k in range(3):
            left = np.clip(size[at].astype(np.int64) - 4 * k, 0, 4)
            view[at, k + 1] = fours[low[at] + 4 * k] & ((np.uint64(1) << (8 * left).astype(np.uint64)) - np.uint64(1)).astype(np.uint32)
    parts = [pa.py_buffer(data[i:i + 2 * _PART - 1]) for i in range(0, len(data), _PART)]
    return pa.Array.from_buffers(pa.string_view(), n, [None, pa.py_buffer(view), *parts]).cast(pa.large_string())


def words_behind(texts: Sequence[str], place: np.ndarray) -> np.ndarray:
    """How many words (between white space, as `str.split` cuts them) stand in each text behind a place in it.

    >>> words_behind(["dua kata", "dua kata", "", " ada\\u00a0tiga\\nkata "], np.array([0, 1, 3, 0])).tolist()
    [2, 2, 0, 3]
    """
    texts = list(texts)
    size = np.fromiter(map(len, texts), np.int64, len(texts))
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), np.uint32)
    high = np.cumsum(size)
    low = high - size + np.clip(place, 0, size)
    inside = np.append(~_SPACE[np.minimum(points, len(_SPACE) - 1)], False)
    begins = inside[:-1] & ~np.append(False, inside[:-2]) if len(points) else inside[:-1]
    before = np.append(0, np.cumsum(begins))
    return before[high] - before[low] + ((low < high) & inside[low] & ~np.append(begins, False)[low])


_SPACE = np.array([chr(i).isspace() for i in range(0x3002)])


def reach(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places low..high of every span one behind the other, and where each span's begin (and the last ends)."""
    long = high - low
    edge = np.append(0, np.cumsum(long))
    return edge, np.repeat(low - edge[:-1], long) + np.arange(int(edge[-1]))


def taken(words: Any, rows: np.ndarray) -> Any:
    """Rows of a column, each out of the part of it that it lies in: Arrow alone would first lay all parts one behind the other."""
    chunks = words._pa_array.chunks if isinstance(words, pd.arrays.ArrowStringArray) else ()
    if len(chunks) < 2:
        return words.take(rows)
    order = None if len(rows) < 2 or bool((rows[1:] >= rows[:-1]).all()) else np.argsort(rows, kind="stable")
    sorted_ = rows if order is None else rows[order]
    edges = np.cumsum([0, *map(len, chunks)])
    cuts = np.searchsorted(sorted_, edges).tolist()
    parts = [c.take(pa.array(sorted_[a:b] - e)) for c, a, b, e in zip(chunks, cuts, cuts[1:], edges.tolist(), strict=False) if b > a]
    whole = pa.concat_arrays(parts) if parts else pa.array([], pa.large_string())
    if order is not None:
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        whole = whole.take(pa.array(back))
    return pd.arrays.ArrowStringArray(pa.chunked_array([whole]), dtype=STR)


def named(codes: np.ndarray, names: Sequence[str]) -> pd.arrays.ArrowStringArray:
    """A column of words given as numbers into a list of them."""
    if len(codes) < 256:  # a list of so few is made sooner than a dictionary
        return pd.arrays.ArrowStringArray(pa.chunked_array([pa.array([names[i] for i in codes.tolist()], pa.large_string())]), dtype=STR)
    array = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(list(names), pa.large_string()))
    return pd.arrays.ArrowStringArray(pa.chunked_array([array.cast(pa.large_string())]), dtype=STR)


def joined(*parts: pd.arrays.ArrowStringArray | np.ndarray | str) -> pd.arrays.ArrowStringArray:
    """Columns of words and numbers, and words between them, one behind the other, row by row."""
    arrays = [pa.scalar(p, pa.large_string()) if isinstance(p, str) else pa.array(p).cast(pa.large_string()) if isinstance(p, np.ndarray) else p._pa_array for p in parts]
    whole = pc.binary_join_element_wise(*arrays, pa.scalar("", pa.large_string()))
    return pd.arrays.ArrowStringArray(whole if isinstance(whole, pa.ChunkedArray) else pa.chunked_array([whole]), dtype=STR)
