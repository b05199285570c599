"""The ledger: many journals taken apart at once, in columns; what needs a closer look (a change, a damaged line) goes by `journal.settle`.

Nothing here walks over codings: lines are cut, checked and parsed by numpy, zlib and Arrow; the closer look costs what it looks at.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj

from . import synced
from .forms import Signs, parsed
from .journal import FIELDS, Journal, settle, whole_file

CHUNK = 4 << 20  # bytes of journals parsed at a time
_NUMBERS = ("start", "end")
SCHEMA = pa.schema([(f, pa.int64() if f in _NUMBERS else pa.string()) for f in FIELDS])
FEW = ("document", "code", "polarity", "coder", "rule", "note", "codebook")  # few distinct values: kept as numbers into a list
_SLIM = pa.schema([(f, pa.dictionary(pa.int32(), pa.string()) if f in FEW else SCHEMA.field(f).type) for f in FIELDS])
_READ = pa.schema(sorted([*SCHEMA, pa.field("event", pa.string()), pa.field("coding", pa.string()), pa.field("time", pa.string())], key=lambda f: f.name))  # as they stand in a line: so they are found at once
_CUT = pa.schema([_SLIM.field(f.name) if f.name in FEW else f for f in _READ])
_LATER = pa.array(["change", "wait", "withdraw", "restore"])
_MARK = int.from_bytes(b',"sum":"', "little")
_PLACES = np.arange(28, -1, -4, dtype=np.uint32)
_TAIL = 18  # characters of ,"sum":"01234567"}


@dataclass(frozen=True)
class Ledger:
    """The codings that stand, their columns those of `FIELDS`; per row its journal (a number); per journal how many codings wait, and the digest of what was read."""

    table: pa.Table
    journal: np.ndarray
    waiting: list[int]
    digests: list[bytes]


def ledger(journals: Sequence[tuple[str, str, bytes]]) -> Ledger | None:
    """Of journals given as path, coder and what was read of it; None where one holds values of an unexpected kind."""
    parts: list[tuple[pa.Table, np.ndarray, np.ndarray]] = []
    waiting = [0] * len(journals)
    digests: list[bytes] = []
    for group in _groups(journals):
        digests += [hashlib.sha256(data).digest() for _, _, data in group.values()]
        odd: list[int] = []
        parts += _read(group, list(group), waiting, odd)
        rows: list[Mapping[str, object]] = []
        owner: list[int] = []
        for n in odd:
            path, coder, data = group[n]
            state = settle(Journal(path, coder).read(data)[0])
            rows += state.standing()
            owner += [n] * (len(rows) - len(owner))
            waiting[n] = state.waiting()
        if rows:
            try:
                parts.append((_of(rows), np.array(owner, np.int64), np.arange(len(rows))))
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
                return None
    if not parts:
        return Ledger(_SLIM.empty_table(), np.zeros(0, np.int64), waiting, digests)
    journal, place = (np.concatenate([p[k] for p in parts]) for k in (1, 2))
    tables = [parts.pop(0)[0].cast(_SLIM) for _ in range(len(parts))]
    table = pa.concat_tables(tables).unify_dictionaries()
    line = journal << 32 | place
    if not bool((line[1:] > line[:-1]).all()):
        order = np.argsort(line, kind="stable")
        table, journal = table.take(order), journal[order]
    return Ledger(table, journal, waiting, digests)


def _groups(journals: Sequence[tuple[str, str, bytes]]) -> Iterator[dict[int, tuple[str, str, bytes]]]:
    group, size = {}, 0
    for n, journal in enumerate(journals):
        group[n] = journal
        size += len(journal[2])
        if size >= CHUNK:
            yield group
            group, size = {}, 0
    if group:
        yield group


def read_bytes(path: str, beside: Sequence[Path] | None = None) -> bytes:
    """A journal's bytes, and those of its conflict copies (None: look for them) behind them; none where the file is gone since it was listed."""
    beside = synced.copies(path) if beside is None else beside
    return b"\n".join(_bytes(p) for p in (path, *beside)) if beside else _bytes(path)


def _bytes(path: str | Path) -> bytes:
    try:
        return whole_file(path)
    except FileNotFoundError:
        return b""


def _read(journals: Mapping[int, tuple[str, str, bytes]], group: list[int], waiting: list[int], odd: list[int]) -> list[tuple[pa.Table, np.ndarray, np.ndarray]]:
    """What a group of journals comes to; those that are not plain are named in `odd`."""
    group = [n for n in group if journals[n][2]]
    if not group:
        return []
    blobs = [_lf(journals[n][2]) for n in group]
    whole = b"".join(blobs)
    lines = _lines(whole, blobs)
    sound = lines.sound if lines else np.zeros(len(group), bool)
    if lines and not sound.all():
        odd += [n for n, ok in zip(group, sound.tolist(), strict=True) if not ok]
        return _read(journals, [n for n, ok in zip(group, sound.tolist(), strict=True) if ok], waiting, odd)
    table = _parsed(whole, lines) if lines else None
    if lines is None or table is None:  # somewhere in it: each half by itself
        if len(group) == 1:
            odd += group
            return []
        half = len(group) // 2
        return _read(journals, group[:half], waiting, odd) + _read(journals, group[half:], waiting, odd)
    plain = _plain(table, lines.owner, len(group))
    if not plain.all():
        odd += [n for n, ok in zip(group, plain.tolist(), strict=True) if not ok]
        return _read(journals, [n for n, ok in zip(group, plain.tolist(), strict=True) if ok], waiting, odd)
    return _stand(table, lines, whole, np.array(group), waiting)


def _lf(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data


@dataclass(frozen=True)
class _Lines:
    signs: Signs | None
    start: np.ndarray
    stop: np.ndarray
    owner: np.ndarray
    sound: np.ndarray  # per journal: is every line whole and its sum right?


def _lines(whole: bytes, blobs: list[bytes]) -> _Lines | None:
    """Where the lines of journals are that lie one behind the other, and whether their sums are right (see `journal.seal`)."""
    sound = np.array([b.endswith(b"\n") for b in blobs])
    if not sound.all():
        return _Lines(None, np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), sound) if sound.any() else None
    if len(whole) < _TAIL:
        return None
    signs = Signs(whole)
    data, start, stop = signs.data, signs.start, signs.stop
    owner = np.searchsorted(np.cumsum([len(b) for b in blobs]), stop, "right")
    ok = stop - start > _TAIL
    at = np.where(ok, stop - _TAIL, start[0])  # a line too short is looked at elsewhere, and is not sound
    eights = np.ndarray((len(data) - 7,), "<u8", whole, strides=(1,))  # eight bytes from every place
    ok &= (eights[at] == _MARK) & (data[at + 16] == 34) & (data[at + 17] == 125)
    digits = _HEX[eights[at + 8].view(np.uint8).reshape(-1, 8)]
    ok &= (digits < 16).all(axis=1)
    told = (digits << _PLACES).sum(axis=1, dtype=np.uint32)
    view = memoryview(whole)
    sums = np.fromiter(map(zlib.crc32, map(view.__getitem__, map(slice, start.tolist(), at.tolist()))), np.uint32, len(at))
    sums = ~sums
    ok &= ~(_CRC[(sums ^ 125) & 255] ^ (sums >> 8)) == told  # the sum stands for the line with a } behind it
    sound = np.ones(len(blobs), bool)
    sound[owner[~ok]] = False
    return _Lines(signs, start, stop, owner, sound)


def _crc_table() -> np.ndarray:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, np.uint32(0xEDB88320) ^ (table >> 1), table >> 1)
    return table


_CRC = _crc_table()
_HEX = np.full(256, 255, np.uint32)
_HEX[list(b"0123456789abcdef")] = range(16)


def _parsed(whole: bytes, lines: _Lines) -> pa.Table | None:
    """The lines as columns; None where they hold what a column cannot (null, a number for a word, half a character)."""
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, pa.py_buffer(np.array([0, len(whole)], np.int64)), pa.py_buffer(whole)]).validate(full=True)  # UTF-8
    except pa.ArrowInvalid:
        return None
    table, rows = parsed(lines.signs, _CUT)
    if len(rows) < len(lines.start):
        left = np.setdiff1d(np.arange(len(lines.start)), rows, assume_unique=True)
        others = _json(whole if not len(rows) else b"".join(map(whole.__getitem__, map(slice, lines.start[left].tolist(), (lines.stop[left] + 1).tolist()))), len(left))
        if others is None:
            return None
        place = np.empty(len(lines.start), np.int64)
        place[np.concatenate((rows, left))] = np.arange(len(place))
        table = pa.concat_tables([table, others.cast(_CUT)]).unify_dictionaries().take(pa.array(place)) if len(rows) else others
    return None if table["id"].null_count else table


def _json(whole: bytes, lines: int) -> pa.Table | None:
    """What a JSON parser makes of lines; None where it finds others than there are, or a null."""
    if b":null" in whole:
        return None
    try:
        table = pj.read_json(pa.BufferReader(whole), read_options=pj.ReadOptions(block_size=CHUNK << 1, use_threads=False), parse_options=pj.ParseOptions(explicit_schema=_READ, unexpected_field_behavior="ignore"))
    except pa.ArrowInvalid:
        return None
    return table.select(_READ.names) if table.num_rows == lines else None


def _plain(table: pa.Table, owner: np.ndarray, journals: int) -> np.ndarray:
    """Per journal: has every event its own id and coding, and do the events stand in the order of time?"""
    ok = np.ones(journals, bool)
    time = table["time"].combine_chunks()
    if len(time) > 1:
        later = pc.fill_null(pc.less(time.slice(0, len(time) - 1), time.slice(1)), False).to_numpy(zero_copy_only=False) | (owner[1:] != owner[:-1])
        ok[owner[1:][~later]] = False
    made = pc.fill_null(pc.equal(table["event"], "code"), False).to_numpy()
    missing = np.zeros(len(made), bool)
    for name in ("coding", "document", "start", "end", "quote", "code"):
        missing |= table[name].is_null().to_numpy()
    ok[owner[made & missing]] = False
    for name, among in (("id", np.ones(len(made), bool)), ("coding", made & ~missing)):
        values = (table[name] if among.all() else table[name].filter(pa.array(among))).combine_chunks()
        whose = owner[among]
        if len(values) > 1 and bool((pc.less(values.slice(0, len(values) - 1), values.slice(1)).to_numpy(zero_copy_only=False) | (whose[1:] != whose[:-1])).all()):
            continue  # each above the one before: made one after the other, as they are
        if pc.count_distinct(values).as_py() < len(values):
            number = values.dictionary_encode().indices.to_numpy(zero_copy_only=False)
            pair = whose.astype(np.int64) * (int(number.max()) + 1) + number
            first = np.zeros(len(pair), bool)
            first[np.unique(pair, return_index=True)[1]] = True
            ok[whose[~first]] = False
    return ok


def _stand(table: pa.Table, lines: _Lines, whole: bytes, group: np.ndarray, waiting: list[int]) -> list[tuple[pa.Table, np.ndarray, np.ndarray]]:
    made = pc.fill_null(pc.equal(table["event"], "code"), False).to_numpy()
    later = pc.is_in(table["event"], _LATER).to_numpy()
    place = np.arange(len(made))
    parts = []
    if later.any():
        touched = made & pc.is_in(table["coding"], table["coding"].filter(pa.array(later)).combine_chunks()).to_numpy()
        chosen = np.flatnonzero(touched | later)
        events = [json.loads(whole[a:b]) for a, b in zip(lines.start[chosen].tolist(), lines.stop[chosen].tolist(), strict=True)]
        rows: list[Mapping[str, object]] = []
        at: list[int] = []
        for n, mine in _by(lines.owner[chosen].tolist(), events, chosen.tolist()):
            state = settle(e for e, _ in mine)
            line = {str(e["coding"]): i for e, i in mine if e.get("event") == "code"}
            rows += (stood := state.standing())
            at += [line[str(c["id"])] for c in stood]
            waiting[int(group[n])] = state.waiting()
        if rows:
            parts.append((_of(rows), group[lines.owner[at]], place[at]))
        made &= ~touched
    table = table if made.all() else table.filter(pa.array(made))
    told, time = table["created"], table["time"]
    created = time if told.null_count == len(told) else pc.if_else(pc.equal(pc.fill_null(told, ""), ""), time, told)
    table = table.set_column(table.schema.get_field_index("created"), "created", created)
    table = table.set_column(table.schema.get_field_index("id"), "id", table["coding"]).select(FIELDS)
    return [(_filled(table), group[lines.owner[made]], place[made]), *parts]


def _by(owners: list[int], *columns: list) -> Iterator[tuple[int, list[tuple]]]:
    groups: dict[int, list[tuple]] = {}
    for n, *row in zip(owners, *columns, strict=True):
        groups.setdefault(n, []).append(tuple(row))
    yield from groups.items()


def _filled(table: pa.Table) -> pa.Table:
    """Every field that an event does not name has its usual value."""
    usual = {"polarity": "present"}
    columns = []
    for name, column in zip(table.column_names, table.columns, strict=True):
        if name in FEW and column.null_count == len(column):
            columns.append(pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(column), np.int32)), pa.array([usual.get(name, "")])))
            continue
        if name in FEW and not pa.types.is_dictionary(column.type):
            column = column.dictionary_encode()
        columns.append(pc.fill_null(column, usual.get(name, "")) if column.null_count else column)
    return pa.table(columns, schema=_SLIM)


def _of(rows: Iterable[Mapping[str, object]]) -> pa.Table:
    """Rows of fields as columns."""
    rows = list(rows)
    usual = {**dict.fromkeys(FIELDS, ""), "polarity": "present"}
    for r in rows:
        if any(not isinstance(v, str) for k, v in r.items() if k not in _NUMBERS):
            raise pa.ArrowTypeError("a field that is no text")
    return pa.table({f: pa.array([r.get(f, usual[f]) for r in rows], SCHEMA.field(f).type) for f in FIELDS}, schema=SCHEMA)
