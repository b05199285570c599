"""The shelf: people's codings as one table in columns, sorted by document and start, kept beside the study (`.cache/codings-…`).

Every journal is read and digested each time; only journals whose bytes changed are taken apart again.  The table is made group by group and lies in
the cache's file, which is mapped: words come into memory when they are looked at.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from . import cache, synced
from .codings import FIELDS_OF, Factor, astray, found_in, tidy
from .corpus import Corpus, let_go
from .journal import FIELDS, Journal, settle
from .ledger import FEW, ledger, read_bytes
from .spans import STR, Flat, taken
from .text import context

GROUP = 16 << 20  # bytes of journals taken apart at a time
LARGE = 256 << 20  # bytes of a table of which nothing stays in memory that nobody looks at
_NAMED = (*FEW, "speaker", "role", "case")
_WHOLE = ("start", "end", "turn", "_journal")
_ALL = (*FIELDS_OF, "_journal")
_SCHEMA = pa.schema([(n, pa.int64() if n in ("start", "end") else pa.int32() if n in (*_WHOLE, *_NAMED) else pa.large_string()) for n in _ALL])
_LENGTHS = struct.Struct("<QQ")


@dataclass(frozen=True)
class Shelf:
    """All codings that stand, and what each journal (coder, document) holds: how many codings wait for a place, and how many stand in another text than the present one (left out)."""

    columns: Mapping[str, Any]  # numbers, and columns of many distinct words
    factors: Mapping[str, Factor]  # the columns of few distinct values, as numbers
    waiting: Mapping[tuple[str, str], int]
    journal: np.ndarray  # per row: which of `waiting` it comes from
    astray: Mapping[tuple[str, str], int]
    rest: Callable[[], None] | None = None  # where it is large: puts what was read of its file out of memory again

    def of(self, coders: Iterable[str]) -> tuple[dict[str, Any], dict[str, Factor]]:
        """The columns of the rows out of these coders' journals."""
        names = set(coders)
        if names >= {c for c, _ in self.waiting}:
            return dict(self.columns), dict(self.factors)
        return self.at(np.flatnonzero(np.array([c in names for c, _ in self.waiting], bool)[self.journal]))

    def at(self, rows: np.ndarray) -> tuple[dict[str, Any], dict[str, Factor]]:
        """The columns of some rows."""
        return {k: taken(v, rows) for k, v in self.columns.items()}, {k: f.take(rows) for k, f in self.factors.items()}


@dataclass
class _Making:
    """What is known of the journals while the table is made; `listed` is coder, file, digest, waiting and astray of each."""

    listed: list[tuple[str, str, str, int, int]]
    names: dict[str, dict[str, int]] = field(default_factory=lambda: {n: {} for n in _NAMED})
    last: str = ""
    in_order: bool = True


class _Odd(Exception):
    """A journal holds values of an unexpected kind."""


def shelf(root: Path, coders: Iterable[str], corpus: Corpus, renames: Mapping[str, str]) -> Shelf:
    """Read the journals of all coders, out of the cache as far as it holds."""
    folder = os.path.join(root, "corpus", "codings")
    journals = sorted(((c, name) for c in coders for name in synced.journals(os.path.join(folder, c))), key=lambda j: (j[1][:-6], j[0]))  # document by document, as the table is
    paths = [f"{folder}{os.sep}{c}{os.sep}{name}" for c, name in journals]
    base, place = _base(corpus, renames), root / ".cache"
    digests = [hashlib.sha256(read).digest() for read in _read(paths)] if cache.kept(place, "codings") else [b""] * len(paths)
    kept = cache.read(place, "codings", _key(base, journals, digests))
    if kept:
        table, about = _unpack(kept)
        for names, told in about["voices"]:  # who speaks is known with it
            voices = tuple(map(tuple, told))
            for n in names:
                corpus[n].__dict__.setdefault("voices", voices)
        return _mapped(kept, table, about)
    old, about = None, {}
    last = cache.read(place, "codings")
    if last:
        old, about = _unpack(last)
        if about["base"] != base.hex():  # nothing of it can be used
            old, about = None, {}
    before = {(c, n): (i, d, w, a) for i, (c, n, d, w, a) in enumerate(about.get("journals", ()))}
    number = np.full(len(before) + 1, -1)
    making = _Making([])
    for i, ((coder, name), digest) in enumerate(zip(journals, digests, strict=True)):
        known = before.get((coder, name))
        same = known is not None and known[1] == digest.hex()
        if same:
            number[known[0]] = i  # type: ignore[index]
        making.listed.append((coder, name, digest.hex(), *known[2:]) if same else (coder, name, "", 0, 0))  # type: ignore[index]
    held = _Held(old, about, number) if old is not None and (number >= 0).any() else None
    told: list[dict[str, Any]] = []  # what is known of the table, when it is made

    def known_now() -> dict[str, Any]:
        told[:] = [_about(making, base, corpus)]
        return told[0]

    try:
        key = cache.write(place, "codings", lambda: _key(base, journals, [bytes.fromhex(x[2]) for x in making.listed]), _pack(_made(making, paths, corpus, renames, held), known_now), under=corpus.stamp)
        written = cache.read(place, "codings", key, sound=True) if key else None
        if written:
            return _mapped(written, _table(written), told[0])
        making.names, making.last, making.in_order = {n: {} for n in _NAMED}, "", True
        batches = list(_made(making, paths, corpus, renames, held))
    except _Odd:
        return _one_by_one(paths, journals, corpus, renames)
    return _shelf(pa.Table.from_batches(batches, _SCHEMA), _about(making, base, corpus))


def _key(base: bytes, journals: list[tuple[str, str]], digests: Iterable[bytes]) -> bytes:
    return cache.key(base, json.dumps(journals), b"".join(digests))


def _about(making: _Making, base: bytes, corpus: Corpus) -> dict[str, Any]:
    voices: dict[tuple[tuple[str, str, str], ...], list[str]] = {}
    for d in corpus:
        if "columns" in d.__dict__ or "voices" in d.__dict__:
            voices.setdefault(d.voices, []).append(d.id)
    return {"base": base.hex(), "journals": making.listed, "names": {k: list(v) for k, v in making.names.items()}, "in_order": making.in_order, "voices": [(names, told) for told, names in voices.items()]}


def _read(paths: Iterable[str]) -> Iterator[bytes]:
    """What stands in journals (and their conflict copies), one after the other; each coder's folder is looked at once."""
    beside: dict[str, Mapping[str, Sequence[Path]]] = {}
    for path in paths:
        folder, _, name = path.rpartition(os.sep)
        if folder not in beside:
            beside[folder] = synced.beside(folder)
        yield read_bytes(path, beside[folder].get(name, ()))


def _groups(making: _Making, paths: Sequence[str], fresh: np.ndarray) -> Iterator[tuple[int, int, list[bytes]]]:
    """Runs of journals, whole documents each, with what was read of those to be taken apart: about so many bytes."""
    low = size = 0
    read: list[bytes] = []
    found = _read(p for p, new in zip(paths, fresh.tolist(), strict=True) if new)
    for i in range(len(paths)):
        if size >= GROUP and making.listed[i][1] != making.listed[i - 1][1]:
            yield low, i, read
            low, size, read = i, 0, []
        if fresh[i]:
            read.append(next(found))
            size += len(read[-1])
    if low < len(paths):
        yield low, len(paths), read


class _Held:
    """The rows of an older table whose journals have not changed."""

    def __init__(self, table: pa.Table, about: Mapping[str, Any], number: np.ndarray):
        self.table, self.names, self.now = table, about["names"], number[table.column("_journal").to_numpy()]
        self.known = number[number >= 0]  # the journals, by their numbers now, also those without a coding that stands

    def of(self, low: int, high: int) -> dict[str, Any]:
        rows = np.flatnonzero((self.now >= low) & (self.now < high))
        part = self.table.take(rows)
        out: dict[str, Any] = {n: Factor(part.column(n).to_numpy(), tuple(self.names[n])) if n in _NAMED else part.column(n).to_numpy() if n in _WHOLE else part.column(n) for n in _ALL}
        return out | {"_journal": self.now[rows]}


def _made(making: _Making, paths: Sequence[str], corpus: Corpus, renames: Mapping[str, str], held: _Held | None) -> Iterator[pa.RecordBatch]:
    """The table, group by group; `making` learns what each journal holds."""
    fresh, large = np.ones(len(paths), bool), sum(len(d.text) for d in corpus) > LARGE >> 3
    if held is not None:
        fresh[held.known] = False
    for low, high, read in _groups(making, paths, fresh):
        mine = np.flatnonzero(fresh[low:high]) + low
        found = ledger([(paths[i], making.listed[i][0], data) for i, data in zip(mine.tolist(), read, strict=True)])
        if found is None:
            raise _Odd
        away = _astray(found.table, corpus)
        lost = np.bincount(found.journal[away], minlength=len(mine)).tolist()
        for i, digest, n, a in zip(mine.tolist(), found.digests, found.waiting, lost, strict=True):
            making.listed[i] = (*making.listed[i][:2], digest.hex(), n, a)
        rows, journal = (found.table.filter(pa.array(~away)), found.journal[~away]) if away.any() else (found.table, found.journal)
        parts = [_arranged(rows, mine[journal], corpus, renames)]
        if held is not None:
            parts.append(held.of(low, high))
        yield _batch(parts, making)
        if large:
            let_go(corpus[n] for n in parts[0]["document"].names)


def _batch(parts: Sequence[Mapping[str, Any]], making: _Making) -> pa.RecordBatch:
    """A group's rows in their order, the columns of few values as numbers into the lists of the whole table."""
    columns: dict[str, Any] = {}
    for n in _ALL:
        if n in _NAMED:
            names = making.names[n]
            codes = []
            for p in parts:
                f = p[n].used()
                codes.append(np.array([names.setdefault(v, len(names)) for v in f.names], np.int32)[f.codes] if len(f.codes) else np.zeros(0, np.int32))
            columns[n] = np.concatenate(codes)
        elif n in _WHOLE:
            columns[n] = np.concatenate([np.asarray(p[n]) for p in parts])
        else:
            columns[n] = pa.chunked_array([c for p in parts for c in p[n].cast(pa.large_string()).chunks], pa.large_string())
    rank = {}
    for n in ("document", "code", "coder"):
        names = list(making.names[n])
        rank[n] = np.empty(len(names), np.int64)
        rank[n][sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
        if n == "document" and len(columns[n]):
            there = np.unique(columns[n]).tolist()
            making.in_order &= making.last < min(names[i] for i in there)
            making.last = max(making.last, *(names[i] for i in there))
    order = _order(rank["document"][columns["document"]], columns["start"], columns["end"], rank["code"][columns["code"]], rank["coder"][columns["coder"]])
    arrays = []
    for f in _SCHEMA:
        c = columns[f.name]
        if isinstance(c, pa.ChunkedArray):
            whole = pa.concat_arrays(c.chunks) if c.num_chunks else pa.array([], f.type)
            arrays.append(whole if order is None else whole.take(pa.array(order)))
        else:
            arrays.append(pa.array((c if order is None else c[order]).astype(f.type.to_pandas_dtype(), copy=False)))
    return pa.record_batch(arrays, _SCHEMA)


def _order(document: np.ndarray, start: np.ndarray, end: np.ndarray, code: np.ndarray, coder: np.ndarray) -> np.ndarray | None:
    """The rows by document, start, end, code, coder; None where they stand so."""
    if len(start) < 2:
        return None
    low, high = int(start.min()), int(end.min())
    first = document * (int(start.max()) - low + 1) + (start - low)
    second = ((end - high) * (int(code.max()) + 1) + code) * (int(coder.max()) + 1) + coder
    if bool(((first[1:] > first[:-1]) | (first[1:] == first[:-1]) & (second[1:] >= second[:-1])).all()):
        return None
    order = np.argsort(first, kind="stable")
    sorted_ = first[order]
    tied = np.flatnonzero(sorted_[1:] == sorted_[:-1])
    if len(tied):
        at = np.union1d(tied, tied + 1)
        part = order[at]
        order[at] = part[np.lexsort((second[part], sorted_[at]))]
    return order


def _mapped(content: memoryview, table: pa.Table, about: Mapping[str, Any]) -> Shelf:
    made = _shelf(table, about, partial(cache.rest, content))
    return replace(made, rest=partial(cache.rest, content)) if len(content) > LARGE else made


def _shelf(table: pa.Table, about: Mapping[str, Any], rest: Callable[[], None] = lambda: None) -> Shelf:
    """The shelf out of a table; its numbers are copied, one column after the other, and `rest` is called behind each."""
    columns: dict[str, Any] = {}
    factors: dict[str, Factor] = {}
    for n in _ALL:
        rest()
        if n in _NAMED:
            names = tuple(about["names"][n])
            factors[n] = Factor(table.column(n).to_numpy() if len(names) != 1 else np.broadcast_to(np.zeros(1, np.int32), len(table)), names)
        elif n in _WHOLE:
            columns[n] = table.column(n).to_numpy() if n == "_journal" else table.column(n).to_numpy().astype(np.int64, copy=False)
        else:
            columns[n] = pd.arrays.ArrowStringArray(table.column(n), dtype=STR)
    rest()
    journal = columns.pop("_journal")
    if not about["in_order"]:  # a coding names another document than its journal does
        rank = {n: np.argsort(np.array(sorted(range(len(f.names)), key=f.names.__getitem__), np.int64)) for n, f in factors.items() if n in ("document", "code", "coder")}
        order = _order(*(rank[n][factors[n].codes] for n in ("document",)), columns["start"], columns["end"], *(rank[n][factors[n].codes] for n in ("code", "coder")))
        if order is not None:
            columns, journal = {k: taken(v, order) for k, v in columns.items()}, journal[order]
            factors = {k: Factor(f.codes[order], f.names) for k, f in factors.items()}
    named = [((c, n.removesuffix(".jsonl")), w, a) for c, n, _, w, a in about["journals"]]
    return Shelf(columns, {k: f.used() for k, f in factors.items()}, {k: w for k, w, _ in named}, journal, {k: a for k, _, a in named if a})


def _base(corpus: Corpus, renames: Mapping[str, str]) -> bytes:
    """What besides the journals decides the table: texts, who speaks in them, cases, renamed codes."""
    told = [x for d in corpus for x in (d.id, d.kind, d.case, d.original, *(y for s in d.speakers for y in (s.label, s.speaker, s.role)), len(d.speakers))]  # one long list: a thousand small ones cost more to make than to tell
    return cache.key(json.dumps((sorted(renames.items()), told)), b"".join(d.digest for d in corpus))


def _astray(table: pa.Table, corpus: Corpus) -> np.ndarray:
    """Which codings do not have the words that stand at their place (see `codings.astray`): bytes are held against bytes, and only what differs is looked at closely."""
    document, start, end = Factor.arrow(table["document"]), table["start"].to_numpy(), table["end"].to_numpy()
    flat = Flat([corpus[n].text if n in corpus else "" for n in document.names])
    inside = (start >= 0) & (start <= end) & (end <= flat.size[document.codes]) if len(start) else np.zeros(0, bool)
    low, high = (flat.bytes(document.codes, np.where(inside, x, 0)) for x in (start, end)) if len(start) else (start, end)
    same, at = [], 0
    for chunk in table["quote"].chunks:
        here = slice(at, at + len(chunk))
        equal = pc.equal(chunk.cast(pa.large_string()), flat.pieces(low[here], high[here]))
        same.append(equal.to_numpy(zero_copy_only=False) & inside[here] & (high[here] > low[here]))
        at += len(chunk)
    out = np.zeros(len(table), bool)
    doubt = np.flatnonzero(~np.concatenate(same)) if same else np.zeros(0, np.int64)
    if len(doubt):
        out[doubt] = astray(table.select(["document", "start", "end", "quote"]).take(doubt).to_pylist(), corpus)
    return out


def _arranged(table: pa.Table, journal: np.ndarray, corpus: Corpus, renames: Mapping[str, str]) -> dict[str, Any]:
    """The columns of codings that stand: in documents there are, with turn, speaker, role and case; the journal of each."""
    document = Factor.arrow(table["document"])
    here = np.array([n in corpus for n in document.names], bool)
    if not here.all():
        rows = np.flatnonzero(here[document.codes])
        table, journal, document = table.take(rows), journal[rows], document.take(rows)
    start = table["start"].to_numpy()
    place = found_in(corpus, document, start)
    out: dict[str, Any] = {n: Factor.arrow(table[n]) if n in _NAMED else table[n] for n in table.column_names} | {"document": document, "start": start, "end": table["end"].to_numpy()} | place | {"_journal": journal}
    out["code"] = out["code"].map(renames) if renames else out["code"]
    veiled = {i: corpus[n].text for i, n in enumerate(document.names) if corpus[n].original}
    if veiled:
        _veil(out, document, veiled)
    gone = out["role"].among(["withdrawn"]) == 0
    if gone.any():
        rows = np.flatnonzero(~gone)
        out = {n: v.take(rows) for n, v in out.items()}
    return out


def _veil(out: dict, document: Factor, texts: Mapping[int, str]) -> None:
    """A journal keeps the words as they were; what is shown comes from the veiled text."""
    rows = np.flatnonzero(np.isin(document.codes, list(texts)))
    words = [out[n].to_pylist() for n in ("quote", "before", "after")]
    for i in rows.tolist():
        text, a, b = texts[int(document.codes[i])], int(out["start"][i]), int(out["end"][i])
        words[0][i] = text[a:b]
        words[1][i], words[2][i] = context(text, a, b)
    for n, values in zip(("quote", "before", "after"), words, strict=True):
        out[n] = pa.chunked_array([pa.array(values, pa.large_string())])


def _one_by_one(paths: list[str], journals: list[tuple[str, str]], corpus: Corpus, renames: Mapping[str, str]) -> Shelf:
    """The same without columns, where a journal holds values of an unexpected kind; nothing is kept of it."""
    states = [settle(Journal(path, coder).events()[0]) for path, (coder, _) in zip(paths, journals, strict=True)]
    standing = [s.standing() for s in states]
    lost = [astray(rows, corpus) for rows in standing]
    found = [(j, c) for j, rows in enumerate(standing) for c, away in zip(rows, lost[j].tolist(), strict=True) if not away and c["document"] in corpus]
    waiting = {(c, n.removesuffix(".jsonl")): s.waiting() for (c, n), s in zip(journals, states, strict=True)}
    data: dict[str, object] = {k: [c.get(k, "present" if k == "polarity" else "") for _, c in found] for k in FIELDS}
    data["code"] = [renames.get(c, c) for c in data["code"]]  # type: ignore[union-attr]
    data["_journal"] = np.array([j for j, _ in found], np.int64)
    frame = tidy(pd.DataFrame(data), corpus, ("_journal",)) if found else None
    if frame is None:
        return Shelf(*_empty(), waiting, np.zeros(0, np.int64), {k: int(a.sum()) for k, a in zip(waiting, lost, strict=True) if a.any()})
    columns = {n: frame[n].to_numpy() if n in _WHOLE else frame[n].array for n in FIELDS_OF}
    return Shelf(columns, {}, waiting, frame["_journal"].to_numpy(), {k: int(a.sum()) for k, a in zip(waiting, lost, strict=True) if a.any()})


def _empty() -> tuple[dict[str, Any], dict[str, Factor]]:
    none = _shelf(_SCHEMA.empty_table(), {"names": {n: [] for n in _NAMED}, "in_order": True, "journals": ()})
    return dict(none.columns), dict(none.factors)


def _pack(batches: Iterable[pa.RecordBatch], about: Callable[[], Mapping[str, Any]]) -> Iterator[bytes | memoryview]:
    """The table as an Arrow file, batch by batch, and behind it what is known of it."""
    pieces = _Pieces()
    size = 0
    with pa.ipc.new_file(pa.PythonFile(pieces, "w"), _SCHEMA) as writer:
        for batch in batches:
            writer.write_batch(batch)
            for piece in pieces.taken():
                size += len(piece)
                yield piece
    for piece in pieces.taken():
        size += len(piece)
        yield piece
    told = json.dumps(about()).encode()
    yield told
    yield _LENGTHS.pack(size, len(told))


class _Pieces:
    """What Arrow writes, kept as it comes."""

    closed = False

    def __init__(self) -> None:
        self.found: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.found.append(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> list[bytes]:
        found, self.found = self.found, []
        return found


def _table(body: memoryview) -> pa.Table:
    size, _ = _LENGTHS.unpack(body[-_LENGTHS.size:])
    return pa.ipc.open_file(pa.py_buffer(body[:size])).read_all()


def _unpack(body: memoryview) -> tuple[pa.Table, dict[str, Any]]:
    size, long = _LENGTHS.unpack(body[-_LENGTHS.size:])
    return _table(body), json.loads(bytes(body[size:size + long]))
