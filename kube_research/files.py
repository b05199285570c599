"""Files of a study: its CSV tables, as Excel writes them too, and writing in one step."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from . import conflicts
from .model import KubeError
from .text import decode
from .words import say

_AT_ONCE = 4  # files that the disk is asked to take at a time
FOLDERS = {"abstract": "abstracts", "chapter": "abstracts"}
TABLES = {"documents": ("document", "kind", "case", "language", "date", "source", "sha256", "consent"), "speakers": ("document", "label", "speaker", "role"), "cases": ("case", "name", "outcome")}


def read_table(path: Path, required: Iterable[str] = ()) -> list[dict[str, str]]:
    """Rows of a CSV file as Excel writes it (comma, semicolon or tab; BOM); each row bears its line as `_line`."""
    if not path.exists():
        return []
    text = decode(path.read_bytes(), f"{path.parent.name}/{path.name}").removeprefix("\ufeff")
    conflicts.refuse(text, f"{path.parent.name}/{path.name}")
    if text.startswith("sep="):
        text = text.partition("\n")[2]
    first = text.lstrip("\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [n.strip() for n in next(reader, [])]
    missing = [c for c in required if c not in names]
    if missing:
        raise KubeError(say(f"Kolom {', '.join(missing)} tidak ada.", f"The column {', '.join(missing)} is missing."), f"corpus/{path.name}:1", say(f"Yang ada: {', '.join(names)}.", f"There is: {', '.join(names)}."))
    rows = []
    seen: dict[str, str] = {}  # the same word is kept once
    for row in reader:
        values = [seen.setdefault(w := v.strip(), w) for v in row[:len(names)]]
        if any(values):
            clean = dict(zip_longest(names, values, fillvalue=""))
            clean["_line"] = str(reader.line_num)
            rows.append(clean)
    return rows


def write_table(path: Path, rows: Iterable[Mapping[str, str]], columns: Iterable[str], write: Callable[[Path, str], None] | None = None) -> None:
    """Write rows as CSV in one step (a half-written table is never seen), or with `write`."""
    rows = list(rows)
    names = list(dict.fromkeys([*columns, *(k for r in rows for k in r if k != "_line")]))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows([{k: r.get(k, "") for k in names} for r in rows])
    (write or write_atomic)(path, out.getvalue())


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write a file beside its place and move it there, so that a crash or a full disk leaves the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as f:
            f.write(content if isinstance(content, bytes) else content.encode("utf-8"))
            f.flush()
            os.fsync(f.fileno())
        os.replace(temporary, path)
    except OSError as e:
        temporary.unlink(missing_ok=True)
        raise _unwritten(path, e) from e


def _made(path: Path) -> BinaryIO:
    """A new file, in a folder that is made where it is not there yet."""
    try:
        return open(path, "wb")
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(path, "wb")


def put(path: Path, content: str | bytes) -> None:
    """Write a file in a folder that nobody sees yet; it is on the disk only when `to_disk` has seen to that."""
    try:
        with _made(path) as f:
            f.write(content if isinstance(content, bytes) else content.encode("utf-8"))
    except OSError as e:
        raise _unwritten(path, e) from e


def to_disk(root: Path) -> None:
    """Have the disk take every file and folder within `root`, a few at a time: one commit of the file system serves many."""
    tree = list(os.walk(root))
    files = [os.path.join(top, name) for top, _, names in tree for name in names]
    with ThreadPoolExecutor(_AT_ONCE) as several:
        for failed in several.map(_all_to_disk, (files[i::_AT_ONCE] for i in range(_AT_ONCE))):
            for path, error in failed:
                raise _unwritten(Path(path), error) from error
    for top, *_ in tree:
        sync_folder(top)


def sync_folder(folder: str | Path) -> None:
    """Have the disk take the names in a folder; Windows has no such thing, nor have some file systems."""
    if os.name == "posix":
        _to_disk(str(folder), os.O_RDONLY)


def _all_to_disk(files: list[str]) -> list[tuple[str, OSError]]:
    """Have the disk take these files; which it did not take."""
    return [(path, failed) for path in files if (failed := _to_disk(path))]


def _to_disk(path: str, how: int = os.O_RDWR | getattr(os, "O_BINARY", 0)) -> OSError | None:
    try:
        file = os.open(path, how)
        try:
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as e:
        return e
    return None


def _unwritten(path: Path, e: OSError) -> KubeError:
    return KubeError(say(f"Tidak dapat menulis: {e.strerror or e}.", f"Cannot write: {e.strerror or e}."), str(path), say("Kosongkan ruang disk atau tutup berkas itu di program lain.", "Free disk space, or close the file in the other program."))


def joined(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows of two branches that git put one behind the other: the same row twice is one, also where only the digest of the text differs."""
    out: dict[tuple[object, ...], dict[str, str]] = {}
    if len({(r.get("document"), r.get("label"), r.get("case")) for r in rows}) == len(rows):
        return rows
    for r in rows:
        out.setdefault(tuple(sorted((k, v) for k, v in r.items() if k not in ("_line", "sha256"))), r)
    return list(out.values())
