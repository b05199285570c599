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

from . import cache
from .codings import EXTRA, astray, empty, tidy
from .corpus import Corpus
from .journal import FIELDS, Journal, settle
from .model import COLUMNS

_DEFAULTS = {"polarity": "present"}
_NAMED = ("document", "code", "polarity", "speaker", "role", "case", "coder", "rule", "note", "codebook")  # few distinct values: kept as numbers into a list


@dataclass(frozen=True)
class Shelf:
    """All codings that stand, and what each journal (coder, document) holds: how many codings wait for a place, and how many stand in another text than the present one (left out)."""

    frame: pd.DataFrame
    waiting: Mapping[tuple[str, str], int]
    journal: np.ndarray  # per row: which of `waiting` it comes from
    astray: Mapping[tuple[str, str], int]

    def of(self, coders: Iterable[str]) -> pd.DataFrame:
        """The rows out of these coders' journals."""
        names = set(coders)
        mine = np.array([c in names for c, _ in self.waiting], bool)
        return self.frame[mine[self.journal]].reset_index(drop=True)


def shelf(root: Path, coders: Iterable[str], corpus: Corpus, renames: Mapping[str, str]) -> Shelf:
    """Read the journals of all coders, out of the cache as far as it holds."""
    folder = os.path.join(root, "corpus", "codings")
    journals = [(c, name) for c in coders for name in sorted(n for n in os.listdir(os.path.join(folder, c)) if n.endswith(".jsonl"))]
    paths = [os.path.join(folder, c, name) for c, name in journals]
    digests = [_digest(p) for p in paths]
    base = _base(corpus, renames)
    whole = cache.key(base, json.dumps(journals), b"".join(digests))
    path = root / ".cache" / "codings"
    kept = cache.read(path)
    if kept and kept[0] == whole:
        frame, about = _unpack(kept[1])
        return _shelf(frame, about["journals"])
    rows, known = (None, {})
    if kept:
        rows, about = _unpack(kept[1])
        if about["base"] == base.hex():
            known = {(c, n): (i, d, w, a) for i, (c, n, d, w, a) in enumerate(about["journals"])}
    reuse, fresh, listed = [], [], []
    for i, ((coder, name), digest) in enumerate(zip(journals, digests, strict=True)):
        old = known.get((coder, name))
        if old and old[1] == digest.hex():
            reuse.append((old[0], i))
            listed.append((coder, name, digest.hex(), *old[2:]))
            continue
        data = _bytes(paths[i])
        state = settle(Journal(paths[i], coder).read(data)[0])
        standing = state.standing()
        lost = astray(standing, corpus)
        fresh += [(i, c) for c, away in zip(standing, lost.tolist(), strict=True) if not away]
        listed.append((coder, name, hashlib.sha256(data).hexdigest(), state.waiting(), int(lost.sum())))
    frame = _table(fresh, corpus, renames)
    if rows is not None and reuse:
        number = np.full(len(about["journals"]), -1)
        number[[o for o, _ in reuse]] = [n for _, n in reuse]
        now = number[rows["_journal"].to_numpy()]
        same = rows[now >= 0].assign(_journal=now[now >= 0])
        frame = _sorted(pd.concat([same, frame], ignore_index=True)) if len(frame) else same
    about = {"base": base.hex(), "journals": listed}
    made_from = cache.key(base, json.dumps([(c, n) for c, n, *_ in listed]), b"".join(bytes.fromhex(d) for _, _, d, *_ in listed))
    packed = _pack(frame, about)
    if packed is not None:
        cache.write(path, made_from, packed)
    return _shelf(frame, listed)


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as f:
            return f.read()
    except FileNotFoundError:
        return b""


def _digest(path: str) -> bytes:
    return hashlib.sha256(_bytes(path)).digest()


def _shelf(frame: pd.DataFrame, journals: Iterable[tuple[str, str, str, int, int]]) -> Shelf:
    named = [((c, n.removesuffix(".jsonl")), w, a) for c, n, _, w, a in journals]
    return Shelf(frame[[*COLUMNS, *EXTRA]], {k: w for k, w, _ in named}, frame["_journal"].to_numpy(), {k: a for k, _, a in named if a})


def _base(corpus: Corpus, renames: Mapping[str, str]) -> bytes:
    """What besides the journals decides the table: texts, who speaks in them, cases, renamed codes."""
    parts = [json.dumps(sorted(renames.items()))]
    for d in corpus:
        parts += [d.id, hashlib.sha256(d.text.encode("utf-8", "surrogatepass")).digest(), json.dumps((d.kind, d.case, d.original, [(s.label, s.speaker, s.role) for s in d.speakers]))]
    return cache.key(*parts)


def _table(found: list[tuple[int, Mapping[str, object]]], corpus: Corpus, renames: Mapping[str, str]) -> pd.DataFrame:
    """The tidy table of codings given as (journal, fields)."""
    found = [(j, c) for j, c in found if c["document"] in corpus]
    if not found:
        return empty().assign(_journal=pd.Series(dtype="int64"))
    data: dict[str, object] = {k: [c.get(k, _DEFAULTS.get(k, "")) for _, c in found] for k in FIELDS}
    if renames:
        data["code"] = [renames.get(c, c) for c in data["code"]]  # type: ignore[union-attr]
    data["_journal"] = np.array([j for j, _ in found], np.int64)
    return tidy(pd.DataFrame(data), corpus, ("_journal",))


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["document", "start", "end", "code", "coder"], kind="stable", ignore_index=True)


def _pack(frame: pd.DataFrame, about: Mapping[str, object]) -> list[memoryview] | None:
    """The table as an Arrow file; None where a journal holds values of an unexpected kind (it is then read anew each time)."""
    import pyarrow as pa

    columns = {}
    for name in frame.columns:
        values = frame[name]
        if values.dtype == "int64":
            columns[name] = pa.array(values.to_numpy())
        elif isinstance(values.dtype, pd.StringDtype) and not values.isna().any():
            array = pa.array(values.array, type=pa.large_string())
            columns[name] = array.dictionary_encode() if name in _NAMED else array
        else:
            return None
    table = pa.table(columns).replace_schema_metadata({"about": json.dumps(about)})
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return [memoryview(sink.getvalue())]


def _unpack(body: memoryview) -> tuple[pd.DataFrame, dict]:
    import pyarrow as pa

    table = pa.ipc.open_file(pa.py_buffer(body)).read_all()
    about = json.loads(table.schema.metadata[b"about"])
    out: dict[str, object] = {}
    for name in table.column_names:
        column = table.column(name)
        if pa.types.is_integer(column.type):
            out[name] = column.to_numpy()
        else:
            strings = column.cast(pa.large_string()) if pa.types.is_dictionary(column.type) else column
            out[name] = pd.arrays.ArrowStringArray(strings, dtype=_STR)
    return pd.DataFrame(out, copy=False), about


_STR = pd.StringDtype(na_value=np.nan)
