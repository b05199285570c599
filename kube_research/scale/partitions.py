"""Partitions: a table of texts on disk, cut into pieces that can be read apart; Parquet by row group, CSV and JSONL by file."""

from __future__ import annotations

import csv
import glob
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from ..model import Fault, KubeError, unknown
from ..words import say

ENDINGS = (".parquet", ".csv", ".jsonl", ".ndjson")
ROWS = 5_000  # read at a time
Batch = tuple[list[str], list[tuple[str, ...]]]  # texts, and the group of each


@dataclass(frozen=True, order=True)
class Partition:
    """A file, or one row group of a Parquet file (-1: the whole file)."""

    path: str
    group: int = -1

    def __str__(self) -> str:
        return Path(self.path).name + (f"#{self.group}" if self.group >= 0 else "")

    def digest(self) -> str:
        """SHA-256 of the file's bytes and the row group's number."""
        return hashlib.sha256(f"{_file_digest(self.path, os.stat(self.path).st_mtime_ns)}#{self.group}".encode()).hexdigest()


@lru_cache(maxsize=4096)
def _file_digest(path: str, moment: int) -> str:
    """SHA-256 of a file, read once for all its row groups."""
    whole = hashlib.sha256()
    with open(path, "rb") as f:
        while block := f.read(1 << 20):
            whole.update(block)
    return whole.hexdigest()


def partitions(source: str | Path | Iterable[str | Path], columns: Sequence[str]) -> list[Partition]:
    """The partitions of a source, in the order of their names; every file's schema is looked at first, and all faults are raised at once."""
    paths: list[Path] = []
    for s in [source] if isinstance(source, (str, Path)) else list(source):
        s = Path(s)
        if s.is_dir():
            paths += [p for p in sorted(s.iterdir()) if p.suffix in ENDINGS]
        elif glob.has_magic(str(s)) and not s.exists():
            paths += [Path(p) for p in sorted(glob.glob(str(s), recursive=True))]
        else:
            paths.append(s)
    if not paths:
        raise KubeError(Fault(say(f"Tidak ada berkas: {source}", f"There are no files: {source}"), "", say(f"Yang dibaca: {', '.join(ENDINGS)}.", f"What is read: {', '.join(ENDINGS)}.")))
    out, faults = [], []
    for path in dict.fromkeys(paths):
        try:
            out += _look(path, columns)
        except KubeError as e:
            faults += e.faults
    if faults:
        raise KubeError(faults)
    return out


def _look(path: Path, columns: Sequence[str]) -> list[Partition]:
    if path.suffix not in ENDINGS:
        raise KubeError(Fault(say(f"Akhiran '{path.suffix}' tidak dikenal.", f"The ending '{path.suffix}' is not known."), str(path), say(f"Yang dibaca: {', '.join(ENDINGS)}.", f"What is read: {', '.join(ENDINGS)}.")))
    try:
        size = path.stat().st_size
    except OSError:
        raise KubeError(Fault(say("Berkas tidak ada.", "The file is not there."), str(path))) from None
    if not size:
        raise KubeError(Fault(say("Berkas ini kosong (0 byte).", "This file is empty (0 bytes)."), str(path), say("Hapus berkasnya atau tulis ulang.", "Delete the file, or write it again.")))
    groups = -1
    if path.suffix == ".parquet":
        file = _parquet(path)
        names = file.schema_arrow.names
        for c in columns:
            if c in names and str(file.schema_arrow.field(c).type).startswith(("list", "struct", "map", "large_list")):
                raise KubeError(Fault(say(f"Kolom '{c}' bukan teks atau angka.", f"The column '{c}' is neither text nor number."), str(path)))
        groups = file.num_row_groups
        file.close()
    elif path.suffix == ".csv":
        with _csv(path) as (_, names):
            pass
    else:
        with _open(path) as f:
            names = list(_record(path, 1, f.readline(), True))
    for c in columns:
        if c not in names:
            f = unknown("kolom", "column", c, names, str(path))
            raise KubeError(f)
    return [Partition(str(path), g) for g in range(groups)] if groups > 1 else [Partition(str(path))]


def _parquet(path: Path | str):
    import pyarrow
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(path)
    except (pyarrow.ArrowInvalid, OSError) as e:
        raise KubeError(_broken(path, str(e).split("\n")[0])) from None


def _broken(path: Path | str, why: str, line: int = 0) -> Fault:
    return Fault(say(f"Berkas rusak atau baru separuh tertulis: {why}", f"The file is damaged or half written: {why}"), f"{path}:{line}" if line else str(path), say("Tulis ulang partisi ini, lalu jalankan lagi.", "Write this partition again, then run again."))


def _open(path: Path | str):
    return open(path, encoding="utf-8-sig", newline="")


class _csv:
    """Rows of a CSV file with comma, semicolon or tab, as lists; strict about quotes and the number of fields."""

    def __init__(self, path: Path | str):
        self.path = path

    def __enter__(self):
        csv.field_size_limit(1 << 27)
        self.file = _open(self.path)
        try:
            first = self.file.readline()
        except UnicodeDecodeError as e:
            self.file.close()
            raise KubeError(_broken(self.path, f"UTF-8, byte {e.start}")) from None
        self.file.seek(0)
        reader = csv.reader(self.file, delimiter=max(",;\t", key=first.count), strict=True)
        return reader, [n.strip() for n in next(reader, [])]

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _record(path: Path | str, line: int, text: str, last: bool) -> dict:
    try:
        found = json.loads(text)
    except ValueError:
        raise KubeError(_broken(path, say("baris ini bukan JSON yang utuh", "this line is no whole JSON"), line)) from None
    if not isinstance(found, dict):
        raise KubeError(_broken(path, say("baris ini bukan objek JSON", "this line is no JSON object"), line))
    return found


def value(x: object) -> str:
    """A group's value as text, the same whatever file it comes from.

    >>> value(2015), value(2015.0), value(None), value(True), value("Depok")
    ('2015', '2015', '', 'true', 'Depok')
    """
    if x is None or (isinstance(x, float) and x != x):
        return ""
    if isinstance(x, bool):
        return "true" if x else "false"
    if isinstance(x, float) and x.is_integer():
        return str(int(x))
    if isinstance(x, (date, datetime)):
        return x.isoformat()
    return str(x)


def batches(part: Partition, text: str, by: Sequence[str], reader: str = "arrow") -> Iterator[Batch]:
    """The texts of a partition with their groups, some thousand rows at a time.  reader: "arrow" or "polars"."""
    if reader == "polars":
        yield from _by_polars(part, text, by)
    elif part.path.endswith(".parquet"):
        yield from _by_arrow(part, text, by)
    else:
        yield from _in_batches(_csv_rows(part, text, by) if part.path.endswith(".csv") else _json_rows(part, text, by))


def _by_arrow(part: Partition, text: str, by: Sequence[str]) -> Iterator[Batch]:
    import pyarrow

    file = _parquet(part.path)
    try:
        for batch in file.iter_batches(ROWS, row_groups=[part.group] if part.group >= 0 else None, columns=list(dict.fromkeys((text, *by)))):
            yield _batch(batch.column(text).to_pylist(), [batch.column(c).to_pylist() for c in by])
    except (pyarrow.ArrowInvalid, OSError) as e:
        raise KubeError(_broken(part.path, str(e).split("\n")[0])) from None
    finally:
        file.close()


def _batch(texts: list, columns: list[list]) -> Batch:
    groups = list(zip(*([value(x) for x in c] for c in columns), strict=True)) if columns else [()] * len(texts)
    return [value(t) for t in texts], groups


def _by_polars(part: Partition, text: str, by: Sequence[str]) -> Iterator[Batch]:
    import polars

    columns = list(dict.fromkeys((text, *by)))
    try:
        if part.path.endswith(".parquet"):
            before = sum(_group_rows(part)[:part.group]) if part.group >= 0 else 0
            frame = polars.scan_parquet(part.path).select(columns)
            frame = (frame.slice(before, _group_rows(part)[part.group]) if part.group >= 0 else frame).collect()
        elif part.path.endswith(".csv"):
            with _csv(part.path) as (reader, names):
                separator = reader.dialect.delimiter
            frame = polars.read_csv(part.path, separator=separator, infer_schema=False, new_columns=names).select(columns)
        else:
            with _open(part.path) as f:
                for n, line in enumerate(f, 1):
                    if not line.endswith("\n"):
                        _record(part.path, n, line, True)  # a torn last line is told with its number
            frame = polars.read_ndjson(part.path).select(columns)
    except polars.exceptions.PolarsError as e:
        raise KubeError(_broken(part.path, str(e).split("\n")[0])) from None
    for piece in frame.iter_slices(ROWS):
        yield _batch(piece[text].to_list(), [piece[c].to_list() for c in by])


def _group_rows(part: Partition) -> list[int]:
    file = _parquet(part.path)
    try:
        return [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    finally:
        file.close()


def _csv_rows(part: Partition, text: str, by: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    with _csv(part.path) as (reader, names):
        at, places = names.index(text), [names.index(c) for c in by]
        try:
            for row in reader:
                if not row:
                    continue
                if len(row) != len(names):
                    raise KubeError(_broken(part.path, say(f"{len(row)} kolom, seharusnya {len(names)}", f"{len(row)} fields instead of {len(names)}"), reader.line_num))
                yield row[at], tuple(row[i] for i in places)
        except (csv.Error, UnicodeDecodeError) as e:
            raise KubeError(_broken(part.path, str(e), reader.line_num)) from None


def _json_rows(part: Partition, text: str, by: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    n = 0
    with _open(part.path) as f:
        try:
            for n, line in enumerate(f, 1):
                if line.strip():
                    record = _record(part.path, n, line, False)
                    missing = [c for c in (text, *by) if c not in record]
                    if missing:
                        raise KubeError(unknown("kolom", "column", missing[0], list(record), f"{part.path}:{n}"))
                    yield value(record[text]), tuple(value(record[c]) for c in by)
        except UnicodeDecodeError as e:
            raise KubeError(_broken(part.path, str(e), n + 1)) from None


def _in_batches(rows: Iterator[tuple[str, tuple[str, ...]]]) -> Iterator[Batch]:
    texts: list[str] = []
    groups: list[tuple[str, ...]] = []
    for text, group in rows:
        texts.append(text)
        groups.append(group)
        if len(texts) == ROWS:
            yield texts, groups
            texts, groups = [], []
    if texts:
        yield texts, groups
