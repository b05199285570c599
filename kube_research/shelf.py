"""The shelf: people's codings as one table in columns, sorted by document and start, kept beside the study (`.cache/codings`).

Every journal is read and digested each time; only journals whose bytes changed are taken apart again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from . import cache
from .codings import EXTRA, Factor, astray, empty, found_in, tidy
from .corpus import Corpus
from .journal import FIELDS, Journal, settle
from .ledger import FEW, ledger, read_bytes
from .model import COLUMNS
from .spans import STR, Flat
from .text import context

_NAMED = (*FEW, "speaker", "role", "case")


@dataclass(frozen=True)
class Shelf:
    """All codings that stand, and what each journal (coder, document) holds: how many codings wait for a place, and how many stand in another text than the present one (left out)."""

    frame: pd.DataFrame
    factors: Mapping[str, Factor]  # the columns of few distinct values, as numbers
    waiting: Mapping[tuple[str, str], int]
    journal: np.ndarray  # per row: which of `waiting` it comes from
    astray: Mapping[tuple[str, str], int]

    def of(self, coders: Iterable[str]) -> tuple[pd.DataFrame, dict[str, Factor]]:
        """The rows out of these coders' journals."""
        names = set(coders)
        if names >= {c for c, _ in self.waiting}:
            return self.frame, dict(self.factors)
        mine = np.array([c in names for c, _ in self.waiting], bool)
        rows = np.flatnonzero(mine[self.journal])
        return self.frame.take(rows).reset_index(drop=True), {k: f.take(rows) for k, f in self.factors.items()}


def shelf(root: Path, coders: Iterable[str], corpus: Corpus, renames: Mapping[str, str]) -> Shelf:
    """Read the journals of all coders, out of the cache as far as it holds."""
    folder = os.path.join(root, "corpus", "codings")
    journals = sorted(((c, name) for c in coders for name in os.listdir(os.path.join(folder, c)) if name.endswith(".jsonl")), key=lambda j: j[::-1])  # document by document, as the table is
    paths = [f"{folder}{os.sep}{c}{os.sep}{name}" for c, name in journals]
    base = _base(corpus, renames)
    path = root / ".cache" / "codings"
    kept = cache.read(path)
    digests = [hashlib.sha256(read_bytes(p)).digest() for p in paths] if kept else [b""] * len(paths)
    if kept and kept[0] == _key(base, journals, digests):
        table, about = _unpack(kept[1])
        for d in corpus:  # who speaks is known with it
            if d.id in about["voices"]:
                d.__dict__.setdefault("voices", tuple(map(tuple, about["voices"][d.id])))
        return _shelf(table, about["journals"])
    old, known = (None, {})
    if kept:
        old, about = _unpack(kept[1])
        if about["base"] == base.hex():
            known = {(c, n): (i, d, w, a) for i, (c, n, d, w, a) in enumerate(about["journals"])}
        else:  # nothing of it can be used: its memory is wanted
            kept = old = None
    reuse, fresh, listed = [], [], []
    for i, ((coder, name), digest) in enumerate(zip(journals, digests, strict=True)):
        before = known.get((coder, name))
        if before and before[1] == digest.hex():
            reuse.append((before[0], i))
            listed.append((coder, name, digest.hex(), *before[2:]))
        else:
            fresh.append(i)
            listed.append((coder, name, digest.hex(), 0, 0))
    found = ledger([(paths[i], journals[i][0]) for i in fresh])
    if found is None:
        return _one_by_one(paths, journals, corpus, renames)
    away = _astray(found.table, corpus)
    lost = np.bincount(found.journal[away], minlength=len(fresh)).tolist()
    for i, digest, n, a in zip(fresh, found.digests, found.waiting, lost, strict=True):
        listed[i] = (*listed[i][:2], digest.hex(), n, a)
    rows, journal = (found.table.filter(pa.array(~away)), found.journal[~away]) if away.any() else (found.table, found.journal)
    del found
    table = _arranged(rows, np.array(fresh, np.int64)[journal], corpus, renames)
    del rows
    if old is not None and reuse:
        number = np.full(len(about["journals"]), -1)
        number[[o for o, _ in reuse]] = [n for _, n in reuse]
        now = number[old.column("_journal").to_numpy()]
        same = old.set_column(old.schema.get_field_index("_journal"), "_journal", pa.array(now)).filter(pa.array(now >= 0)).select(table.column_names)
        table = _sorted(pa.concat_tables([same.cast(table.schema), table]).unify_dictionaries().combine_chunks()) if len(table) else same
    cache.write(path, _key(base, journals, [bytes.fromhex(d) for _, _, d, *_ in listed]), _pack(table, {"base": base.hex(), "journals": listed, "voices": {d.id: d.voices for d in corpus if "columns" in d.__dict__}}))
    return _shelf(table, listed)


def _key(base: bytes, journals: list[tuple[str, str]], digests: Iterable[bytes]) -> bytes:
    return cache.key(base, json.dumps(journals), b"".join(digests))


def _shelf(table: pa.Table, journals: Iterable[tuple[str, str, str, int, int]]) -> Shelf:
    frame, factors = {}, {}
    for name in table.column_names[:-1]:
        column = table.column(name)
        if pa.types.is_integer(column.type):
            frame[name] = column.to_numpy()
            continue
        if pa.types.is_dictionary(column.type):
            chunk = column.combine_chunks()
            chunk = chunk.chunk(0) if isinstance(chunk, pa.ChunkedArray) and chunk.num_chunks else chunk
            codes = chunk.indices.to_numpy(zero_copy_only=False) if len(chunk) else np.zeros(0, np.int32)
            factors[name] = Factor(codes, tuple(chunk.dictionary.to_pylist()) if len(chunk) else ()).used()
        frame[name] = pd.arrays.ArrowStringArray(column.cast(pa.large_string()), dtype=STR)
    named = [((c, n.removesuffix(".jsonl")), w, a) for c, n, _, w, a in journals]
    return Shelf(pd.DataFrame(frame, copy=False), factors, {k: w for k, w, _ in named}, table.column("_journal").to_numpy(), {k: a for k, _, a in named if a})


def _base(corpus: Corpus, renames: Mapping[str, str]) -> bytes:
    """What besides the journals decides the table: texts, who speaks in them, cases, renamed codes."""
    told = [(d.id, d.kind, d.case, d.original, [(s.label, s.speaker, s.role) for s in d.speakers]) for d in corpus]
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


def _arranged(table: pa.Table, journal: np.ndarray, corpus: Corpus, renames: Mapping[str, str]) -> pa.Table:
    """The tidy table of codings that stand: in documents there are, with turn, speaker, role and case, sorted by place; its journal behind each."""
    document = Factor.arrow(table["document"])
    here = np.array([n in corpus for n in document.names], bool)
    if not here.all():
        rows = np.flatnonzero(here[document.codes])
        table, journal, document = table.take(rows), journal[rows], document.take(rows)
    start = table["start"].to_numpy()
    place = found_in(corpus, document, start)
    out: dict[str, Factor | np.ndarray | pa.ChunkedArray] = {n: Factor.arrow(table[n]) if n in _NAMED else table[n] for n in table.column_names} | {"document": document, "start": start, "end": table["end"].to_numpy()} | place | {"_journal": journal}
    out["code"] = out["code"].map(renames) if renames else out["code"]  # type: ignore[union-attr]
    gone = out["role"].among(["withdrawn"]) == 0  # type: ignore[union-attr]
    veiled = {i: corpus[n].text for i, n in enumerate(document.names) if n in corpus and corpus[n].original}
    if veiled:
        _veil(out, document, veiled)
    columns = {n: pa.DictionaryArray.from_arrays(pa.array(v.codes.astype(np.int32)), pa.array(v.names, pa.large_string())) if isinstance(v, Factor) else v if isinstance(v, pa.ChunkedArray) else pa.array(v) for n, v in ((n, out[n]) for n in (*COLUMNS, *EXTRA, "_journal"))}
    made = pa.table(columns).cast(_schema(columns))
    return _sorted(made.filter(pa.array(~gone)) if gone.any() else made)


def _schema(columns: Mapping[str, object]) -> pa.Schema:
    return pa.schema([(n, pa.int64() if n in ("start", "end", "turn", "_journal") else pa.dictionary(pa.int32(), pa.large_string()) if n in _NAMED else pa.large_string()) for n in columns])


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


def _sorted(table: pa.Table) -> pa.Table:
    """By document, start, end, code, coder."""
    if not len(table):
        return table
    rank = {}
    for name in ("document", "code", "coder"):
        f = Factor.arrow(table[name])
        place = np.empty(len(f.names), np.int64)
        place[sorted(range(len(f.names)), key=f.names.__getitem__)] = np.arange(len(f.names))
        rank[name] = place[f.codes]
    start, end = table["start"].to_numpy(), table["end"].to_numpy()
    low, high = int(start.min()), int(end.min())
    first = rank["document"] * (int(start.max()) - low + 1) + (start - low)
    second = ((end - high) * (int(rank["code"].max()) + 1) + rank["code"]) * (int(rank["coder"].max()) + 1) + rank["coder"]
    if bool(((first[1:] > first[:-1]) | (first[1:] == first[:-1]) & (second[1:] >= second[:-1])).all()):
        return table
    order = np.argsort(first, kind="stable")
    sorted_ = first[order]
    tied = np.flatnonzero(sorted_[1:] == sorted_[:-1])
    if len(tied):
        at = np.union1d(tied, tied + 1)
        part = order[at]
        order[at] = part[np.lexsort((second[part], sorted_[at]))]
    return table.take(order)


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
    frame = tidy(pd.DataFrame(data), corpus, ("_journal",)) if found else empty().assign(_journal=pd.Series(dtype="int64"))
    return Shelf(frame[[*COLUMNS, *EXTRA]], {}, waiting, frame["_journal"].to_numpy(), {k: int(a.sum()) for k, a in zip(waiting, lost, strict=True) if a.any()})


def _pack(table: pa.Table, about: Mapping[str, object]) -> list[bytes]:
    """The table as an Arrow file, piece by piece."""
    pieces = _Pieces()
    with pa.ipc.new_file(pa.PythonFile(pieces, "w"), table.schema.with_metadata({"about": json.dumps(about)})) as writer:
        writer.write_table(table.combine_chunks())
    return pieces.found


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


def _unpack(body: memoryview) -> tuple[pa.Table, dict]:
    table = pa.ipc.open_file(pa.py_buffer(body)).read_all()
    return table.replace_schema_metadata(None), json.loads(table.schema.metadata[b"about"])
