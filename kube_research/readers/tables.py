"""Tables (.csv, .tsv, .xlsx): transcripts in rows, and the open answers of a survey."""

from __future__ import annotations

import csv
import io
import re
import warnings
from collections import Counter
from pathlib import Path

from ..model import KubeError
from ..turns import segment
from ..turns.page import CELL, OPEN_ROW, ROW
from ..words import say
from . import guard
from .encoding import decode, tidy
from .plain import from_text
from .rich import remarks
from .source import Guess, Mapped, Remark, Source
from .transcript import transcript

MAX_ROWS, MAX_COLUMNS = 200_000, 400
_ID = re.compile(r"\W*(?:id|kode|no\.?|nomor|nama|name|responden\w*|respondent|informan|peserta|participant|inisial|email.*)\W*$", re.I)


def read(path: Path, data: bytes) -> list[Source]:
    """Read a .csv, .tsv or .xlsx file."""
    if path.suffix.lower() == ".xlsx":
        out = []
        sheets = _sheets(data, path.name)
        for title, rows in sheets:
            out += _source(path.stem if len(sheets) == 1 else f"{path.stem}-{title}", rows, "", [])
        return out
    raw, _, fixed = decode(data, path.name)
    text, repaired = tidy(raw)
    body = text.text.removeprefix("\ufeff")
    if body.startswith("sep="):
        body = body.partition("\n")[2]
    first = body.lstrip("\n").partition("\n")[0]
    delimiter = "\t" if path.suffix.lower() == ".tsv" else max(",;\t|", key=first.count)
    csv.field_size_limit(10_000_000)
    try:
        rows = [[c.strip() for c in row] for row in csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)]
    except csv.Error as e:
        raise KubeError(say(f"Tabel ini rusak: {e}", f"This table is damaged: {e}"), path.name, say("Simpan ulang sebagai CSV UTF-8.", "Save it again as CSV UTF-8.")) from None
    return _source(path.stem, rows, raw, [*fixed, *repaired])


def _sheets(data: bytes, where: str) -> list[tuple[str, list[list[str]]]]:
    import openpyxl

    for name, content in guard.unzip(data, where).items():
        if name.endswith((".xml", ".rels")):
            guard.no_doctype(content, f"{where}:{name}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            out = []
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    continue
                rows = []
                for row in sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True):
                    rows.append(["" if v is None else str(v).strip() for v in row])
                if any(any(r) for r in rows):
                    out.append((sheet.title, rows))
            return out
    except KubeError:
        raise
    except Exception as e:
        raise KubeError(say(f"Buku kerja ini rusak ({type(e).__name__}: {e}).", f"This workbook is damaged ({type(e).__name__}: {e})."), where, say("Buka di Excel dan simpan ulang, atau simpan sebagai CSV.", "Open it in Excel and save it again, or save it as CSV.")) from None


def _source(name: str, rows: list[list[str]], raw: str, repaired: list[Remark]) -> list[Source]:
    full = [r for r in rows if any(r)]
    dropped = Counter({"rows": len(rows) - len(full)})
    if not full:
        return []
    width = max(max(i for i, c in enumerate(r, 1) if c) for r in full)  # Excel's rows may go on empty for hundreds of columns
    full = [[*r[:width], *[""] * (width - len(r))] for r in full]
    clean = [[re.sub(f"[{OPEN_ROW}{CELL}{ROW}]", "", c.replace("\r\n", "\n").replace("\r", "\n")) for c in r] for r in full]
    text = "".join(f"{OPEN_ROW}{CELL.join(r)}{ROW}\n" for r in clean)
    found = segment(text)
    each = len({t.label for t in found.turns}) == len(found.turns)  # a row a person: a survey
    if found.turns and found.convention == "table" and not each and not any(h.endswith("?") for h in clean[0]):
        source = transcript(name, Mapped.of(text), raw=raw or text, dropped=remarks(dropped), repaired=repaired, found=found)
        if source:
            return [source]
    survey = _survey(name, clean, raw or text, remarks(dropped), repaired)
    return [survey] if survey else from_text(name, Mapped.of(text), raw=raw or text, dropped=remarks(dropped), repaired=repaired)


def _survey(name: str, rows: list[list[str]], raw: str, dropped: list[Remark], repaired: list[Remark]) -> Source | None:
    """The open answers of a survey: a column is a question, a row a respondent."""
    head, body = rows[0], rows[1:]
    if len(body) < 2 or not all(len(h) < 300 for h in head):
        return None
    columns = list(zip(*body, strict=True))
    open_ = [i for i, c in enumerate(columns) if head[i] and (words := [len(x.split()) for x in c if x]) and (sum(words) / len(words) >= 4 or head[i].rstrip().endswith("?") and sum(words) / len(words) >= 2)]
    if not open_:
        return None
    who = next((i for i, h in enumerate(head) if i not in open_ and _ID.match(h) and len(set(columns[i])) == len(body) and all(columns[i])), None)
    labels = []
    for n, r in enumerate(body, 1):
        label = re.sub(r"[:\[\]?!\n]", " ", r[who]).strip() if who is not None else ""
        labels.append((label if label[:1].isalpha() else f"R{label or n}")[:40].strip())
    parts = []
    for i in open_:
        parts.append(f"P: {' '.join(head[i].split())}")
        parts += [f"{label}: {' '.join(r[i].split())}" for label, r in zip(labels, body, strict=True) if r[i]]
    closed = len(head) - len(open_) - (who is not None)
    roles = {"P": Guess("researcher", say("pertanyaan di kepala kolom", "the columns' heads are questions")), **{x: Guess("member", say("satu baris satu responden", "one row a respondent")) for x in labels}}
    text = "\n\n".join(parts) + "\n"
    from .language import language

    notes = [*dropped, *remarks(Counter({"columns": closed}))]
    return Source(name=name, text=text, kind="interview", language=language(text), roles=roles, dropped=tuple(notes), repaired=tuple(repaired), convention="survey", raw=raw, map=Mapped(text, ((0, 0, len(raw), False),)))
