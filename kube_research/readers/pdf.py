"""PDF (.pdf): lines put together by their places; running heads dropped, hyphenated words rejoined."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import KubeError
from ..words import say
from .rich import Flow, finish
from .source import Source

MAX_PAGES = 3000
_REDUPLICATED = re.compile(r"(\w{2,})-$")


def read(path: Path, data: bytes) -> list[Source]:
    """Read a .pdf file (in a child process)."""
    from . import child

    found, meta = child.parse("pdf", data, path.name)
    return finish(path.stem, found, title=meta.get("title", "")) if found.length else []


@dataclass(slots=True)
class _Line:
    text: str
    bold: bool
    italic: bool
    x: float
    y: float
    size: float


def flow(data: bytes, where: str) -> tuple[Flow, dict[str, str]]:
    """The words of a PDF, page by page."""
    import logging

    import pypdf

    logging.disable(logging.CRITICAL)
    if b"%PDF" not in data[:1024]:
        raise KubeError(say("Isi berkas ini bukan PDF.", "The content of this file is not PDF."), where, say("Periksa akhiran namanya.", "Check its extension."))
    book = pypdf.PdfReader(io.BytesIO(data))
    if book.is_encrypted and not book.decrypt(""):
        raise KubeError(say("PDF ini dikunci kata sandi.", "This PDF is locked by a password."), where, say("Simpan ulang tanpa kata sandi.", "Save it again without the password."))
    if len(book.pages) > MAX_PAGES:
        raise KubeError(say(f"PDF ini {len(book.pages)} halaman; batasnya {MAX_PAGES}.", f"This PDF has {len(book.pages)} pages; the limit is {MAX_PAGES}."), where, say("Bagi menjadi beberapa berkas.", "Split it into several files."))
    pages = [_lines(p) for p in book.pages]
    out = Flow()
    out.dropped["heads"] += _drop_heads(pages)
    out.dropped["pictures"] += sum(_pictures(p) for p in book.pages)
    _write(out, [line for p in pages for line in [*p, None]])
    title = ""
    if book.metadata and isinstance(book.metadata.title, str):
        title = book.metadata.title
    return out, {"title": title}


def _pictures(page: Any) -> int:
    try:
        objects = page["/Resources"].get("/XObject", {}).get_object()
        return sum(1 for o in objects.values() if o.get_object().get("/Subtype") == "/Image")
    except Exception:
        return 0


def _lines(page: Any) -> list[_Line]:
    """The lines of a page, in the order in which they are drawn, split where the height changes."""
    pieces: list[tuple[str, bool, bool, float, float, float]] = []

    def see(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if not text:
            return
        name = str((font or {}).get("/BaseFont", "")).lower()
        scale = abs(tm[3]) or abs(tm[0]) or 1.0
        pieces.append((text, bool(re.search(r"bold|black|heavy|semibold|demi", name)), bool(re.search(r"ital|obliq", name)), tm[4] * cm[0] + cm[4], tm[5] * cm[3] + cm[5], (size or 1) * scale))

    page.extract_text(visitor_text=see)
    out: list[_Line] = []
    y = None
    letters = [0, 0, 0]
    for text, bold, italic, x, height, size in pieces:
        for i, part in enumerate(text.split("\n")):
            if i or y is None or not out:
                out.append(_Line("", False, False, x, height, size))
                letters = [0, 0, 0]
            line = out[-1]
            if not part:
                continue
            if not line.text.strip():
                line.x, line.y, line.size = x, height, size
            line.text += part
            n = sum(c.isalnum() for c in part)
            letters[0] += n
            letters[1] += n * bold
            letters[2] += n * italic
            line.bold, line.italic = letters[0] > 0 and letters[1] >= 0.85 * letters[0], letters[0] > 0 and letters[2] >= 0.85 * letters[0]
            y = height
    return [x for x in out if x.text.strip()]


def _drop_heads(pages: list[list[_Line]]) -> int:
    """Drop the lines at the top and foot of pages that recur (numbers aside); returns how many."""
    if len(pages) < 2:
        return 0
    shape = lambda s: re.sub(r"\d+|\b[ivxl]+\b", "#", " ".join(s.split()).lower())  # noqa: E731
    counts: Counter[tuple[str, str]] = Counter()
    for p in pages:
        counts.update({("top", shape(x.text)) for x in p[:2]} | {("foot", shape(x.text)) for x in p[-2:]})
    need = max(2, 0.5 * len(pages))
    dropped = 0
    for p in pages:
        for place, where in (("top", slice(0, 2)), ("foot", slice(-2, None))):
            for x in list(p[where]):
                s = shape(x.text)
                bare = re.fullmatch(r"\W*(?:(?:hal|halaman|page|p)\W*)?#(?:\s*(?:/|of|dari)\s*#)?\W*", s)
                if (bare and counts[place, s] >= 2) or (counts[place, s] >= need and len(pages) >= 3 and not x.text.rstrip().endswith("?") and (len(s) > 4 or bare)):
                    p.remove(x)
                    dropped += 1
    return dropped


def _write(out: Flow, lines: list[_Line | None]) -> None:
    """Lines to text: an empty line at wide gaps, hyphenated words rejoined."""
    real = [x for x in lines if x]
    gaps = sorted(a.y - b.y for a, b in zip(real, real[1:], strict=False) if 0 < a.y - b.y < 60)
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    left = min((x.x for x in real), default=0.0)
    before: _Line | None = None
    page_turned = False
    for i, line in enumerate(lines):
        if line is None:
            page_turned = True
            continue
        words = line.text.rstrip()
        if before is not None:
            wide = not page_turned and usual and before.y - line.y > 1.35 * usual
            torn = _REDUPLICATED.search(before.text.rstrip())
            start = re.match(r"\s*(\w+)", words)
            if torn and start and start.group(1)[0].islower() and not wide:
                half, rest = torn.group(1).lower(), start.group(1).lower()
                if rest.startswith(half[-max(3, len(half)):]) or len(rest) > 3 and half.endswith(rest):
                    pass  # a doubled word keeps its hyphen
                else:
                    out.parts[-1] = out.parts[-1][:-1]
                    out.length -= 1
                    out.marks = [(a, min(b, out.length), k) for a, b, k in out.marks]
                out.repaired["hyphens"] += 1
                words = words.lstrip()
            else:
                out.put("\n\n" if wide or (page_turned and re.search(r"[.?!…]\W*$", before.text)) else "\n")
        page_turned = False
        marks = [k for k, on in (("bold", line.bold), ("italic", line.italic)) if on]
        step = round((line.x - left) / 18)
        if step >= 1:
            marks.append(f"indent:{min(step, 9)}")
        out.put(words, marks)
        before = line
    if real:
        out.put("\n")
