"""Rich text on its way to plain text: words with marks of style, paragraphs, tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from ..turns.page import CELL, OPEN_ROW, ROW, Mark
from .encoding import tidy
from .plain import from_text
from .source import Mapped, Remark, Source

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")


class Flow:
    """Collects text and style marks in the order of reading."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.marks: list[Mark] = []
        self.dropped: Counter[str] = Counter()
        self.repaired: Counter[str] = Counter()
        self.depth = 0  # inside a table cell

    def put(self, text: str, styles: Iterable[str] = ()) -> None:
        text = _CONTROL.sub("", text)
        if not text:
            return
        self._raw(text, styles)

    def _raw(self, text: str, styles: Iterable[str] = ()) -> None:
        for s in styles:
            if self.marks and self.marks[-1][2] == s and self.marks[-1][1] == self.length:
                self.marks[-1] = (self.marks[-1][0], self.length + len(text), s)
            else:
                self.marks.append((self.length, self.length + len(text), s))
        self.parts.append(text)
        self.length += len(text)

    def last(self) -> str:
        for p in reversed(self.parts):
            if p:
                return p[-1]
        return ""

    def paragraph(self) -> None:
        """End a paragraph: an empty line, or within a table a line end."""
        if self.length and self.last() not in (OPEN_ROW, CELL):
            self._raw("\n" if self.depth else "\n\n")

    def row(self) -> None:
        if self.depth == 0:
            self._raw(OPEN_ROW)
        self.depth += 1

    def cell(self) -> None:
        self._raw(CELL if self.depth == 1 else "\t")

    def end_row(self) -> None:
        self.depth -= 1
        self._raw(ROW + "\n" if self.depth == 0 else "\n")

    def text(self) -> str:
        return "".join(self.parts)


NAMES = {
    "deleted": ("penghapusan terlacak dibuang", "tracked deletions were dropped"), "comments": ("komentar dibuang", "comments were dropped"),
    "hidden": ("potongan teks tersembunyi dibuang", "pieces of hidden text were dropped"), "pictures": ("gambar dibuang", "pictures were dropped"),
    "headers": ("kepala dan kaki halaman dibuang", "headers and footers of pages were dropped"), "fields": ("kode medan dibuang (hasilnya disimpan)", "field codes were dropped (their results kept)"),
    "struck": ("potongan teks tercoret disimpan", "pieces of struck-out text were kept"), "inserted": ("sisipan terlacak disimpan", "tracked insertions were kept"),
    "boxes": ("kotak teks disimpan", "text boxes were kept"), "controls": ("kontrol isi disimpan", "content controls were kept"), "cut": ("berkas berhenti di tengah; ujungnya mungkin hilang: bandingkan dengan aslinya", "file stops midway; its end may be lost: compare it with the original"),
    "notes": ("catatan kaki disimpan dalam kurung siku", "footnotes were kept in square brackets"),
    "scripts": ("naskah atau gaya halaman dibuang", "scripts or styles of the page were dropped"), "objects": ("objek tertanam dibuang", "embedded objects were dropped"),
    "heads": ("kepala atau kaki halaman yang berulang dibuang", "running heads or feet were dropped"), "hyphens": ("kata yang terpenggal di ujung baris disambung", "words hyphenated at line ends were rejoined"),
    "rows": ("baris kosong dibuang", "empty rows were dropped"), "tiers": ("lapisan anotasi turunan dibuang", "dependent tiers were dropped"), "columns": ("kolom lain tidak dibaca", "other columns were not read"),
}


def remarks(counts: Counter[str]) -> list[Remark]:
    return [Remark(f"{n} {NAMES[k][0]}.", f"{n} {NAMES[k][1]}.") for k, n in sorted(counts.items()) if n]


def finish(name: str, flow: Flow, *, title: str = "", author: str = "", date: str = "") -> list[Source]:
    """Sources of what was collected: marks move along with the repairs of the text."""
    raw = flow.text()
    guarded = raw.replace(OPEN_ROW, "\ue01d").replace(CELL, "\ue01f").replace(ROW, "\ue01e")
    clean, fixed = tidy(guarded)
    back = Mapped(clean.text.replace("\ue01d", OPEN_ROW).replace("\ue01f", CELL).replace("\ue01e", ROW), clean.pieces)
    marks = flow.marks if back.text == raw else _moved(flow.marks, back)
    return from_text(name, back, marks, raw=raw, dropped=remarks(flow.dropped), repaired=[*remarks(flow.repaired), *fixed], title=title, author=author, date=date)


def _moved(marks: list[Mark], text: Mapped) -> list[Mark]:
    """Marks on the raw text, as marks on the clean one."""
    import bisect

    keys = [p[1] for p in text.pieces]
    def there(x: int) -> int:
        i = max(0, bisect.bisect_right(keys, x) - 1)
        at, ra, rb, exact = text.pieces[i]
        return at + (min(x, rb) - ra if exact else 0)
    return [(there(a), max(there(b), there(b - 1) + 1), kind) for a, b, kind in marks] if keys else []
