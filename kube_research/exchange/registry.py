"""The formats that projects come in and go out by: the command, its help, the docs and the error message are made from these rows.

>>> endings("in"), endings("out")
('.qdpx .qdc .sqlite3 .qda .rqda .xlsx .csv', '.qdpx .qdc .sqlite3 .xlsx .csv .parquet .tags.csv .jsonld .spacy .tsv.zip')
"""

from __future__ import annotations

import importlib
from pathlib import Path

from ..model import KubeError
from ..words import say

# ending → (Indonesian, English, reader "module:function" or "", writer "module:function" or "")
FORMATS: dict[str, tuple[str, str, str, str]] = {
    ".qdpx": ("proyek REFI-QDA (NVivo, MAXQDA, ATLAS.ti, QualCoder, qc)", "REFI-QDA project (NVivo, MAXQDA, ATLAS.ti, QualCoder, qc)", "refi_read:read_qdpx", "writing:qdpx"),
    ".qdc": ("buku kode REFI-QDA", "REFI-QDA codebook", "refi_read:read_qdc", "writing:qdc"),
    ".sqlite3": ("basis data Taguette (dibuka dengan `taguette BERKAS`)", "Taguette database (opened by `taguette FILE`)", "databases:read_taguette", "taguette_write:sqlite3_file"),
    ".qda": ("proyek QualCoder (folder .qda atau data.qda)", "QualCoder project (.qda folder or data.qda)", "databases:read_qualcoder", ""),
    ".rqda": ("proyek RQDA", "RQDA project", "rqda:read_rqda", ""),
    ".xlsx": ("Excel; masuk: daftar kode, keluar: pengodean, buku kode, matriks", "Excel; in: a list of codes, out: codings, codebook, matrices", "code_lists:read_xlsx", "writing:xlsx"),
    ".csv": ("CSV; masuk: daftar kode, keluar: tabel pengodean", "CSV; in: a list of codes, out: table of codings", "code_lists:read_csv", "writing:csv"),
    ".parquet": ("tabel pengodean untuk R, pandas, DuckDB", "table of codings for R, pandas, DuckDB", "", "annotations:parquet"),
    ".tags.csv": ("buku kode Taguette", "Taguette codebook", "", "annotations:taguette"),
    ".jsonld": ("W3C Web Annotation", "W3C Web Annotation", "", "annotations:jsonld"),
    ".spacy": ("spaCy DocBin", "spaCy DocBin", "", "annotations:docbin"),
    ".tsv.zip": ("WebAnno TSV 3 untuk INCEpTION, satu berkas per dokumen", "WebAnno TSV 3 for INCEpTION, one file a document", "", "annotations:webanno"),
}


def endings(way: str) -> str:
    """The endings that can be read ("in") or written ("out"), in a row."""
    return " ".join(k for k, v in FORMATS.items() if v[2 if way == "in" else 3])


def find(path: Path, way: str):
    """The function that reads ("in") or writes ("out") a file of this ending."""
    fits = [k for k, v in FORMATS.items() if path.name.lower().endswith(k) and v[2 if way == "in" else 3]]
    row = FORMATS[max(fits, key=len)] if fits else None
    if not row:
        name = path.suffix or path.name
        raise KubeError(say(f"Tidak dapat {'membaca' if way == 'in' else 'menulis'} {name}; yang dapat: {endings(way)}.", f"Cannot {'read' if way == 'in' else 'write'} {name}; can {'read' if way == 'in' else 'write'} {endings(way)}."), path.name)
    module, _, function = row[2 if way == "in" else 3].partition(":")
    return getattr(importlib.import_module(f".{module}", __package__), function)


def listing(way: str) -> str:
    """The formats in words, for a command's help."""
    return "; ".join(f"{k} {say(v[0], v[1])}" for k, v in FORMATS.items() if v[2 if way == "in" else 3])


def table() -> str:
    """The formats as the table of docs/exchange.md."""
    rows = [f"| `{k}` | {v[1]} | {v[0]} | {'yes' if v[2] else ''} | {'yes' if v[3] else ''} |" for k, v in FORMATS.items()]
    return "\n".join(["| ending | what | apa | `import-project` | `export` |", "| --- | --- | --- | --- | --- |", *rows])
