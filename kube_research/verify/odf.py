"""An OpenDocument text (.odt) as a write-up: what Word files hold too, read from content.xml with all tracked changes accepted."""

from __future__ import annotations

import re
from typing import Any

from ..model import KubeError
from ..readers import guard
from ..words import say
from .pages import HEADING_STYLE, NO_CELL, QUOTE_STYLE, Cell, Paragraph, WriteUp

_WANT = re.compile(r"^(content|styles)\.xml$|^META-INF/manifest\.xml$")
_SKIP = ("tracked-changes", "annotation", "annotation-end", "note", "sequence-decls", "variable-decls", "forms", "table-of-content", "illustration-index", "table-index", "desc", "title", "ruby-text")
_CM = {"cm": 1.0, "in": 2.54, "mm": 0.1, "pt": 0.0353, "pc": 0.423}


def of_odt(data: bytes, where: str) -> WriteUp:
    """The paragraphs of an .odt file."""
    parts = guard.unzip(data, where, want=_WANT, total=120_000_000)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise KubeError(say("Berkas ini dikunci kata sandi.", "This file is locked by a password."), where, say("Simpan ulang tanpa kata sandi.", "Save it again without the password."))
    if "content.xml" not in parts:
        raise KubeError(say("Tidak ada isi OpenDocument (content.xml) di dalam berkas ini.", "There is no OpenDocument content (content.xml) in this file."), where, say("Periksa akhiran namanya; simpan ulang sebagai .odt.", "Check its extension; save it again as .odt."))
    walker = _Walker([guard.xml(parts[n], f"{where}:{n}") for n in ("styles.xml", "content.xml") if n in parts])
    return WriteUp(where, walker.paragraphs(), [], walker.paged)


def _tag(e: Any) -> str:
    return e.tag.rpartition("}")[2] if isinstance(e.tag, str) else ""


def _get(e: Any, name: str) -> str:
    return next((v for k, v in e.attrib.items() if k.rpartition("}")[2] == name), "")


class _Walker:
    def __init__(self, roots: list[Any]):
        self.styles: dict[str, tuple[str, str, float | None, bool]] = {}  # name → parent, display name, left margin in cm, hidden
        self.body = next((e for e in roots[-1].iter() if _tag(e) == "text" and "office" in str(e.tag)), roots[-1])
        self.paged = any(_tag(e) == "soft-page-break" for e in self.body.iter())
        self.page, self.tables, self.out = 1, 0, list[Paragraph]()
        for root in roots:
            for s in root.iter():
                if _tag(s) == "style":
                    margin, hidden = None, False
                    for p in s:
                        if _tag(p) == "paragraph-properties" and (m := re.match(r"(-?[\d.]+)(cm|in|mm|pt|pc)$", _get(p, "margin-left"))):
                            margin = float(m.group(1)) * _CM[m.group(2)]
                        hidden = hidden or _tag(p) == "text-properties" and _get(p, "display") == "none"
                    name = _get(s, "name")
                    self.styles[name] = (_get(s, "parent-style-name"), _get(s, "display-name") or name, margin, hidden)

    def paragraphs(self) -> list[Paragraph]:
        self._blocks(self.body, "body")
        for n, p in enumerate(self.out, 1):
            p.n = n
        return self.out

    def _look(self, name: str) -> tuple[str, float, bool]:
        """The names of a style and its parents, the left margin, whether hidden."""
        names, margin, hidden, seen = [], None, False, set[str]()
        while name in self.styles and name not in seen:
            seen.add(name)
            name, label, mine, veiled = self.styles[name]
            names.append(label)
            margin = mine if margin is None else margin
            hidden = hidden or veiled
        return " / ".join([*names, name]), margin or 0.0, hidden

    def _blocks(self, parent: Any, kind: str, place: Cell = NO_CELL, listed: bool = False, depth: int = 0) -> None:
        if depth > 200:
            return
        for e in parent:
            tag = _tag(e)
            if tag in ("p", "h"):
                self._paragraph(e, kind, place, listed, depth)
            elif tag == "table":
                self._table(e, kind, depth)
            elif tag == "soft-page-break":
                self.page += 1
            elif tag == "note-body":
                self._blocks(e, "footnote", place, listed, depth + 1)
            elif tag == "text-box":
                self._blocks(e, "box", NO_CELL, False, depth + 1)
            elif tag and tag not in _SKIP:
                self._blocks(e, kind, place, listed or tag == "list-item", depth + 1)

    def _table(self, table: Any, kind: str, depth: int) -> None:
        heads: list[str] = []
        self.tables += 1
        number = self.tables
        for row in (r for r in table.iter() if _tag(r) == "table-row" and next(a for a in r.iterancestors() if _tag(a) == "table") is table):
            cells = [c for c in row if _tag(c) in ("table-cell", "covered-table-cell")]
            words = [" ".join("".join(self._words(p) for p in c.iter() if _tag(p) in ("p", "h")).split()) for c in cells]
            for i, cell in enumerate(cells):
                self._blocks(cell, "cell" if kind == "body" else kind, Cell.of(heads, words, i, number), False, depth + 1)
            heads = heads or words

    def _words(self, e: Any) -> str:
        return "".join(x for x, _ in self._inline(e, [], 0))

    def _paragraph(self, e: Any, kind: str, place: Cell, listed: bool, depth: int) -> None:
        names, margin, hidden = self._look(_get(e, "style-name"))
        if hidden:
            return
        heading = _tag(e) == "h" or bool(HEADING_STYLE.search(names.partition(" / ")[0]))
        p = Paragraph(0, kind="heading" if heading and kind == "body" else kind, **place.fields())
        p.block = not heading and (place.quoted or bool(QUOTE_STYLE.search(names)) or kind in ("body", "footnote") and margin >= 0.7 and not listed)
        p.pages = [(0, self.page)] if self.paged else []
        self.out.append(p)
        later: list[tuple[Any, str]] = []
        at = 0
        parts = []
        for words, turned in self._inline(e, later, 0):
            if turned:
                self.page += 1
                p.pages.append((at, self.page))
            parts.append(words)
            at += len(words)
        p.text = "".join(parts)
        for content, what in later:
            self._blocks(content, what, NO_CELL, False, depth + 1)

    def _inline(self, e: Any, later: list[tuple[Any, str]], depth: int) -> list[tuple[str, bool]]:
        """The words of a paragraph in pieces, and where a page begins; notes and boxes are kept for later."""
        out = [(_spaced(e.text), False)]
        if depth > 200:
            return out
        for c in e:
            tag = _tag(c)
            if tag == "s":
                out.append((" " * min(200, int(_get(c, "c")) if _get(c, "c").isdigit() else 1), False))
            elif tag in ("tab", "line-break"):
                out.append(("\t" if tag == "tab" else "\n", False))
            elif tag == "soft-page-break":
                out.append(("", True))
            elif tag == "note":
                later += [(b, "footnote") for b in c if _tag(b) == "note-body"]
            elif tag == "frame":
                later += [(b, "box") for b in c if _tag(b) == "text-box"]
            elif tag and tag not in _SKIP and tag not in ("p", "h") and not self._look(_get(c, "style-name"))[2]:
                out += self._inline(c, later, depth + 1)
            out.append((_spaced(c.tail), False))
        return out


def _spaced(text: str | None) -> str:
    return re.sub(r"[ \t\n\r]+", " ", text or "")


__all__ = ["of_odt"]
