"""The formats that projects come in and go out by: the command, its help, the docs and the error message are made from these rows.

>>> endings("in"), endings("out")
('.qdpx .qdc', '.qdpx .qdc .xlsx .csv')
"""

from __future__ import annotations

import importlib
from pathlib import Path

from ..model import KubeError
from ..words import say

# ending → (Indonesian, English, reader "module:function" or "", writer "module:function" or "")
FORMATS: dict[str, tuple[str, str, str, str]] = {
    ".qdpx": ("proyek REFI-QDA (NVivo, MAXQDA, ATLAS.ti, QualCoder, Taguette)", "REFI-QDA project (NVivo, MAXQDA, ATLAS.ti, QualCoder, Taguette)", "refi_read:read_qdpx", "writing:qdpx"),
    ".qdc": ("buku kode REFI-QDA", "REFI-QDA codebook", "refi_read:read_qdc", "writing:qdc"),
    ".xlsx": ("Excel: pengodean, buku kode, matriks", "Excel: codings, codebook, matrices", "", "writing:xlsx"),
    ".csv": ("tabel pengodean", "table of codings", "", "writing:csv"),
}


def endings(way: str) -> str:
    """The endings that can be read ("in") or written ("out"), in a row."""
    return " ".join(k for k, v in FORMATS.items() if v[2 if way == "in" else 3])


def find(path: Path, way: str):
    """The function that reads ("in") or writes ("out") a file of this ending."""
    row = FORMATS.get(path.suffix.lower())
    if not row or not row[2 if way == "in" else 3]:
        name = path.suffix or path.name
        raise KubeError(say(f"Tidak dapat {'membaca' if way == 'in' else 'menulis'} {name}; yang dapat: {endings(way)}.", f"Cannot {'read' if way == 'in' else 'write'} {name}; can {'read' if way == 'in' else 'write'} {endings(way)}."), path.name)
    module, _, function = row[2 if way == "in" else 3].partition(":")
    return getattr(importlib.import_module(f".{module}", __package__), function)


def listing(way: str) -> str:
    """The formats in words, for a command's help."""
    return "; ".join(f"{k} {say(v[0], v[1])}" for k, v in FORMATS.items() if v[2 if way == "in" else 3])
