"""Tables: turns in rows; the columns are told from their header, else from what stands in them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ..labels import key
from .page import CELL, OPEN_ROW, ROW, STAMP, Page, hms
from .schemes import is_head_key, known, plausible

Span = tuple[int, int]
TOP = 12  # rows among which a header may stand
_HEADS = {
    "number": r"no\.?|nomor|#|urut(an)?|baris|line|turn|id|nr",
    "time": r"waktu|time|timestamp|menit|jam|start|mulai|timecode|durasi|begin|in|start ?time|detik|pukul",
    "end": r"end|selesai|akhir|end ?time|out|sampai",
    "speaker": r"penutur|pembicara|speaker|nama|name|siapa|pelaku|aktor|partisipan|peran|role|kode( penutur| informan)?|subjek|subyek|label|inisial|speaker ?name|who|pihak|oleh|nama peserta|peserta|person|participant|nama pembicara|pembicara/.*",
    "text": r"ucapan|isi|teks|text|transkrip(si)?( verbatim)?|tuturan|percakapan|pernyataan|ujaran|kalimat|dialog(ue)?|utterance|content|verbatim|hasil( wawancara)?|kata(-kata)?|speech|transcript(ion)?|uraian|pembicaraan|isi .*|pesan|message|komentar peserta",
    "question": r"pertanyaan( .*)?|question|tanya|q|daftar pertanyaan|questions|peneliti bertanya",
    "answer": r"jawaban( .*)?|answer|jawab|respon(s|den)?|tanggapan|response|a|answers|jawaban informan",
    "note": r"catatan|keterangan|ket\.?|koding|coding|kode tema|tema|kategori|analisis|open coding|note|notes|memo|refleksi|interpretasi|makna|axial.*|theme|category|komentar|observasi|konsep|reduksi.*",
}
_HEAD = {name: re.compile(rf"^\W*(?:{pattern})\W*$", re.I) for name, pattern in _HEADS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it begins, and the spans of its cells (trimmed)."""

    start: int
    end: int
    cells: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One speech of a table: whose, when, and where."""

    row: int
    start: int
    label: str
    time: str
    body: int
    end: int


def _trim(text: str, a: int, b: int) -> Span:
    while a < b and text[a].isspace():
        a += 1
    while b > a and text[b - 1].isspace():
        b -= 1
    return a, b


def rows(page: Page) -> list[Row]:
    """The rows of the tables of a text, from the header on where lines about the interview stand above it in the same table."""
    found = _rows(page)
    for i, r in enumerate(found[:TOP]):
        kinds = set(_named(words := _words(page, r)).values())
        if i + 2 < len(found) and all(len(w.split()) <= 5 for w in words) and ({"speaker", "text"} <= kinds or {"question", "answer"} <= kinds):
            return found[i:]
        if all(words):  # a full row is no line about the interview
            break
    return found


def _words(page: Page, row: Row) -> list[str]:
    return [page.shadow[a:b].strip(" *_") for a, b in row.cells]


def _named(head: list[str]) -> dict[int, str]:
    """What the columns hold whose head says so."""
    told = ((i, next((name for name, pattern in _HEAD.items() if pattern.match(w)), "")) for i, w in enumerate(head) if w and len(w) < 40)
    return {i: name for i, name in told if name}


def _rows(page: Page) -> list[Row]:
    text = page.text
    if OPEN_ROW in text:
        out = []
        for m in re.finditer(f"{OPEN_ROW}([^{ROW}]*){ROW}", text):
            cells, at = [], m.start(1)
            for piece in m.group(1).split(CELL):
                cells.append(_trim(text, at, at + len(piece)))
                at += len(piece) + 1
            out.append(Row(m.start(), m.end(), tuple(cells)))
        return out
    for sign in "|\t;¦":
        out = _plain(page, sign)
        if out:
            return out
    return []


def _plain(page: Page, sign: str) -> list[Row]:
    found = []
    for line in page.lines:
        s = page.text[line.a:line.b]
        n = s.count(sign)
        if line.a == line.b or n < 2 or not s.strip():
            continue
        if sign == "|" and re.fullmatch(r"[\s|:+\-–—=]+", s):
            continue
        cells, at = [], line.a
        for piece in s.split(sign):
            cells.append(_trim(page.text, at, at + len(piece)))
            at += len(piece) + 1
        if sign == "|":
            if s.strip().startswith("|"):
                cells = cells[1:]
            if s.strip().endswith("|"):
                cells = cells[:-1]
        found.append(Row(line.a, line.b, tuple(cells)))
    full = sum(1 for x in page.lines if x.a < x.b and page.text[x.a:x.b].strip(" \t|-:+="))
    widths = Counter(len(r.cells) for r in found)
    if len(found) < 3 or len(found) < 0.4 * full or not widths or widths.most_common(1)[0][1] < 0.6 * len(found):
        return []
    width = widths.most_common(1)[0][0]
    fixed = []
    for r in found:
        if len(r.cells) > width:  # the sign occurs in the words too
            last = _trim(page.text, r.cells[width - 1][0], r.cells[-1][1])
            r = Row(r.start, r.end, (*r.cells[: width - 1], last))
        if len(r.cells) == width:
            fixed.append(r)
    return _wrapped(page, fixed) if sign == "\t" else fixed


def _wrapped(page: Page, found: list[Row]) -> list[Row]:
    """Rows of tabs: a line without tabs below a row goes on with its last cell."""
    out = []
    for i, r in enumerate(found):
        stop = found[i + 1].start if i + 1 < len(found) else r.end
        for line in page.lines:
            if r.end < line.a < stop:
                if line.blank or "\t" in page.text[line.a:line.b].strip():
                    break
                r = Row(r.start, line.b, (*r.cells[:-1], _trim(page.text, r.cells[-1][0], line.b)))
        out.append(r)
    return out


def _kinds(page: Page, table: list[Row]) -> tuple[dict[int, str], bool]:
    """What each column holds, and whether the first row is a header."""
    text = page.text
    width = Counter(len(r.cells) for r in table).most_common(1)[0][0]
    head = _words(page, table[0])
    kinds = _named(head)
    header = len(kinds) >= max(1, sum(1 for h in head if h) / 2) and all(len(h.split()) <= 5 for h in head)
    if not header:
        kinds = {}
    body = [r for r in table[1 if header else 0:] if len(r.cells) == width]
    columns = [[text[r.cells[i][0]:r.cells[i][1]] for r in body] for i in range(width)]
    for i, cells in enumerate(columns):
        full = [c for c in cells if c]
        if i in kinds or not full:
            continue
        length = sum(map(len, full)) / len(full)
        if all(re.fullmatch(r"\W*\d{1,5}\W*", c) for c in full) and len(full) >= 2:
            kinds[i] = "number"
        elif sum(bool(STAMP.match(c)) and len(c) < 32 for c in full) >= 0.8 * len(full):
            kinds[i] = "time" if "time" not in kinds.values() else "end"
        elif "speaker" not in kinds.values() and len(set(full)) >= 2 and not (header and head[i]) and length <= 28 and len(set(map(key, full))) <= max(3, 0.5 * len(full)) and all(plausible(c, 3) for c in set(full)):
            kinds[i] = "speaker"
    values = list(kinds.values())
    if "text" not in values and not ("question" in values and "answer" in values):
        left = [i for i in range(width) if kinds.get(i, "text") in ("text", "question", "answer")]
        if left:
            longest = max(left, key=lambda i: sum(map(len, columns[i])))
            if "speaker" in values:
                kinds[longest] = "text"
    return kinds, header


def cells(page: Page, table: list[Row]) -> list[Cell]:
    """The speeches of a table in their order; [] when it is no transcript."""
    if len(table) < 2:
        return []
    text = page.text
    kinds, header = _kinds(page, table)
    at = {name: i for i, name in sorted(kinds.items(), reverse=True)}
    out: list[Cell] = []
    body = table[1 if header else 0:]
    if "speaker" in at and "text" in at:
        label = time = ""
        for n, r in enumerate(body):
            get = lambda name, r=r: r.cells[at[name]] if name in at and at[name] < len(r.cells) else (0, 0)  # noqa: E731
            a, b = get("text")
            who = page.shadow[slice(*get("speaker"))].strip(" *_:.")
            label = " ".join(who.split()) or label
            stamp = STAMP.match(text[slice(*get("time"))])
            time = hms(stamp.group("t") or stamp.group("f")) if stamp else ""
            if a < b and label:
                out.append(Cell(n, r.start, label, time, a, b))
        return out
    texty = [i for i in range(len(table[0].cells)) if kinds.get(i, "text") in ("text", "question", "answer")]
    if len(texty) < 2:
        return []
    share = {}
    for i in texty:
        full = [text[slice(*r.cells[i])] for r in body if i < len(r.cells) and r.cells[i][0] < r.cells[i][1]]
        share[i] = sum("?" in c for c in full) / max(1, len(full))
    asks = at.get("question") if "question" in at else max(texty, key=lambda i: share[i])
    heads = [page.shadow[slice(*c)].strip(" *_:") for c in table[0].cells]
    for n, r in enumerate(body if header or not _names(heads, texty) else table[1:]):
        stamp = STAMP.match(text[slice(*r.cells[at["time"]])]) if "time" in at and at["time"] < len(r.cells) else None
        time = hms(stamp.group("t") or stamp.group("f")) if stamp else ""
        for i in texty:
            if i < len(r.cells) and r.cells[i][0] < r.cells[i][1]:
                name = heads[i] if _names(heads, texty) and not header else ""
                label = name or ("P" if i == asks else "N")
                out.append(Cell(n, r.start if i == texty[0] else r.cells[i][0], label, time, *r.cells[i]))
    return out if max(share.values()) >= 0.3 and max(share.values()) - min(share.values()) >= 0.2 or _names(heads, texty) else []


def _names(heads: list[str], columns: list[int]) -> bool:
    """Whether the columns' heads are the speakers' names."""
    return all(heads[i] and len(heads[i].split()) <= 4 and "?" not in heads[i] and (known(heads[i]) or heads[i][0].isupper() and len(heads[i]) < 30) and not is_head_key(heads[i])
               or known(heads[i]) for i in columns)


def column(page: Page, table: list[Row], share: float) -> str:
    """The text with all but its column of speech blank, for tables whose speech bears its labels in the cell ("P: …"); "" when there is none."""
    if len(table) < 2:
        return ""
    kinds, header = _kinds(page, table)
    body = table[1 if header else 0:]
    labelled = re.compile(r"\s*(?:\*\*|[\[(<])?[^\W_][^:\n]{0,30}[:.>\])]", re.M)
    best, most = -1, 0
    for i in range(len(table[0].cells)):
        full = [page.text[slice(*r.cells[i])] for r in body if i < len(r.cells) and r.cells[i][0] < r.cells[i][1]]
        hits = sum(bool(labelled.match(c)) for c in full)
        if kinds.get(i, "text") in ("text", "question", "answer") and hits >= share * max(1, len(full)) and len(full) >= 2 and sum(map(len, full)) > most:
            best, most = i, sum(map(len, full))
    if best < 0:
        return ""
    out = list(re.sub(r"[^\n]", " ", page.text))
    for r in body:
        if best < len(r.cells):
            a, b = r.cells[best]
            out[a:b] = page.text[a:b]
            if OPEN_ROW in page.text and a:
                out[a - 1] = "\n"
            if OPEN_ROW in page.text and b < len(out):
                out[b] = "\n"
    return "".join(out)
