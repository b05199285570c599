"""Lists of codes as NVivo, MAXQDA, ATLAS.ti and Taguette write them in Excel or CSV: name, path or parent, description, colour."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from ..model import KubeError
from ..readers.encoding import decode
from ..readers.guard import unzip
from ..words import say
from .databases import ordered
from .project import Project, ProjectCode
from .elements import load

_NAME = ("name", "code", "tag", "path", "code name", "codename", "node", "nodes", "code system", "nama", "kode", "codesystem", "hierarchical name", "id")
_PARENT = ("parent", "parent code", "parent name", "folder", "induk", "category", "kategori", "code group", "code groups")
_TEXT = ("description", "definition", "comment", "memo", "deskripsi", "definisi", "keterangan", "code memo", "definition_id", "definition_en")
_COLOR = ("color", "colour", "warna")
_DEEP = re.compile(r"\s*(?:\\\\|\\|>|::)\s*")


def read_csv(path: Path) -> Project:
    """Read a list of codes in CSV."""
    data = load(path)
    text = decode(data, path.name)[0].replace("\x00", "")
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    csv.field_size_limit(10_000_000)
    try:
        return _codes(path, [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)], data)
    except csv.Error as e:
        raise KubeError(say(f"Tabel ini tidak terbaca ({e}).", f"This table cannot be read ({e})."), path.name, say("Simpan ulang sebagai CSV UTF-8.", "Save it again as CSV UTF-8.")) from None


def read_xlsx(path: Path) -> Project:
    """Read a list of codes in Excel: the first sheet that has a column of names."""
    import openpyxl

    data = load(path)
    unzip(data, path.name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = [[["" if v is None else str(v) for v in row] for row in sheet.iter_rows(max_row=50_000, values_only=True)] for sheet in book.worksheets]
    except Exception as e:  # openpyxl raises what it meets: KeyError, ValueError, zip and XML errors
        raise KubeError(say(f"Buku kerja ini tidak terbaca ({e}).", f"This workbook cannot be read ({e})."), path.name, say("Buka di Excel dan simpan ulang.", "Open it in Excel and save it again.")) from None
    good = [s for s in sheets if _head(s)]
    return _codes(path, good[0] if good else [], data)


def _head(rows: list[list[str]]) -> tuple[int, dict[str, int]] | None:
    """The row of headings among the first ten, and which column is what."""
    for n, row in enumerate(rows[:10]):
        low = [c.strip().lstrip("\ufeff").lower() for c in row]
        at = {what: next((low.index(x) for x in names if x in low), -1) for what, names in (("name", _NAME), ("parent", _PARENT), ("text", _TEXT), ("color", _COLOR))}
        if at["name"] >= 0:
            return n, at
    return None


def _codes(path: Path, rows: list[list[str]], raw: bytes) -> Project:
    found = _head(rows)
    if not found:
        raise KubeError(say("Tidak ada kolom nama kode di tabel ini.", "There is no column of code names in this table."), path.name, say("Beri kolomnya judul: name, parent, description, color.", "Head the columns: name, parent, description, color."))
    n, at = found
    p = Project(name=path.stem.removesuffix(".tags"), origin="list", raw=raw, raw_name=path.name)
    by: dict[tuple[str, ...], ProjectCode] = {}

    def code(steps: tuple[str, ...]) -> ProjectCode:
        if steps not in by:
            above = code(steps[:-1]).guid if len(steps) > 1 else ""
            by[steps] = ProjectCode(f"code-{len(by)}", steps[-1], above)
            p.codes.append(by[steps])
        return by[steps]

    def cell(row: list[str], what: str) -> str:
        return row[at[what]].strip() if 0 <= at[what] < len(row) else ""

    parents: list[tuple[ProjectCode, str]] = []
    for row in rows[n + 1:]:
        name = cell(row, "name")
        if not name:
            if any(x.strip() for x in row):
                p.losses.add("baris tanpa nama kode", "row without a code's name", " ".join(row)[:30].strip())
            continue
        steps = tuple(x for x in _DEEP.split(name) if x) or (name,)
        if steps in by and by[steps].description:
            p.losses.add("kode yang dua kali di dalam daftar", "code that stands twice in the list", name)
        c = code(steps)
        c.description = c.description or cell(row, "text")
        color = cell(row, "color")
        c.color = color if re.fullmatch(r"#[0-9A-Fa-f]{6}", color) else c.color
        if cell(row, "parent") and len(steps) == 1:
            parents.append((c, cell(row, "parent")))
    for c, above in parents:
        c.parent = code(tuple(x for x in _DEEP.split(above) if x) or (above,)).guid
    extra = [h for i, h in enumerate(rows[n]) if i not in at.values() and h.strip()]
    if extra:
        p.losses.add("kolom daftar kode yang tidak diambil", "column of the code list that is not taken", ", ".join(extra))
    if not p.codes:
        raise KubeError(say("Tidak ada kode di tabel ini.", "There are no codes in this table."), path.name)
    p.codes = ordered(p)
    return p
