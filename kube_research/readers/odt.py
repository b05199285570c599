"""OpenDocument texts (.odt): words, styles, tables, footnotes; tracked deletions and comments are dropped and said so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..model import KubeError
from ..words import say
from . import guard
from .rich import Flow, finish
from .source import Source

_WANT = re.compile(r"^(content|styles|meta)\.xml$|^META-INF/manifest\.xml$")
_DROP = {"tracked-changes": "deleted", "annotation": "comments", "annotation-end": "", "note": "", "image": "pictures", "object": "objects", "forms": "", "sequence-decls": "", "variable-decls": "", "table-of-content": "fields"}


def read(path: Path, data: bytes) -> list[Source]:
    """Read an .odt file."""
    found, title = flow(path, data)
    return finish(path.stem, found, title=title)


def flow(path: Path, data: bytes) -> tuple[Flow, str]:
    """The words of an .odt file with their styles, and its title."""
    parts = guard.unzip(data, path.name, want=_WANT)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise KubeError(say("Berkas ini dikunci kata sandi.", "This file is locked by a password."), path.name, say("Simpan ulang tanpa kata sandi.", "Save it again without the password."))
    if "content.xml" not in parts:
        raise KubeError(say("Tidak ada isi OpenDocument (content.xml) di berkas ini.", "There is no OpenDocument content (content.xml) in this file."), path.name, say("Periksa akhiran namanya.", "Check its extension."))
    out = _Text()
    for name in ("styles.xml", "content.xml"):
        if name in parts:
            root = guard.xml(parts[name], f"{path.name}:{name}")
            out.learn(root)
    body = next((e for e in root.iter() if _tag(e) == "text" and "office" in str(e.tag)), None)
    if body is not None:
        out.walk(body, ())
    meta = guard.xml(parts["meta.xml"], f"{path.name}:meta.xml") if "meta.xml" in parts else None
    title = next((e.text or "" for e in meta.iter() if _tag(e) == "title"), "") if meta is not None else ""
    return out.flow, title.strip()


def _tag(e: Any) -> str:
    return e.tag.rpartition("}")[2] if isinstance(e.tag, str) else ""


def _get(e: Any, name: str) -> str:
    return next((v for k, v in e.attrib.items() if k.rpartition("}")[2] == name), "")


class _Text:
    def __init__(self) -> None:
        self.flow = Flow()
        self.styles: dict[str, tuple[str, tuple[str, ...]]] = {}

    def learn(self, root: Any) -> None:
        """The styles by name: their parent and what they look like."""
        for s in root.iter():
            if _tag(s) != "style":
                continue
            marks = []
            for p in s:
                if _tag(p) == "text-properties":
                    if _get(p, "font-weight") in ("bold", "600", "700", "800", "900"):
                        marks.append("bold")
                    if _get(p, "font-style") in ("italic", "oblique"):
                        marks.append("italic")
                    if _get(p, "text-underline-style") not in ("", "none"):
                        marks.append("underline")
                    if _get(p, "color") not in ("", "#000000"):
                        marks.append(f"color:{_get(p, 'color')}")
                    if _get(p, "display") == "none":
                        marks.append("hidden")
                elif _tag(p) == "paragraph-properties" and (m := re.match(r"([\d.]+)(cm|in|mm|pt)", _get(p, "margin-left"))):
                    size = float(m.group(1)) * {"cm": 1, "in": 2.54, "mm": 0.1, "pt": 0.035}[m.group(2)]
                    if size >= 0.4:
                        marks.append(f"indent:{round(size)}")
            self.styles[_get(s, "name")] = (_get(s, "parent-style-name"), tuple(marks))

    def look(self, name: str, depth: int = 0) -> tuple[str, ...]:
        if name not in self.styles or depth > 20:
            return ()
        parent, marks = self.styles[name]
        return (*self.look(parent, depth + 1), *marks)

    def walk(self, e: Any, marks: tuple[str, ...], depth: int = 0) -> None:
        """The content of an element and what follows each child."""
        if depth > 300:
            return
        self.flow.put(self._space(e.text) if _tag(e) in ("p", "h", "span", "a", "ruby-base", "title", "date", "time", "page-number", "bookmark-ref", "sequence") else "", marks)
        for child in e:
            self._child(child, marks, depth)
            if _tag(e) in ("p", "h", "span", "a"):
                self.flow.put(self._space(child.tail), marks)

    def _space(self, text: str | None) -> str:
        return re.sub(r"[ \t\n\r]+", " ", text or "")

    def _child(self, e: Any, marks: tuple[str, ...], depth: int) -> None:
        tag = _tag(e)
        mine = tuple(dict.fromkeys((*marks, *self.look(_get(e, "style-name")))))
        if "hidden" in mine:
            self.flow.dropped["hidden"] += 1
        elif tag in ("p", "h"):
            self.walk(e, (*mine, "heading") if tag == "h" else mine, depth + 1)
            self.flow.paragraph()
        elif tag == "s":
            self.flow.put(" " * min(200, int(_get(e, "c") or 1) if (_get(e, "c") or "1").isdigit() else 1), mine)
        elif tag == "tab":
            self.flow.put("\t")
        elif tag == "line-break":
            self.flow.put("\n")
        elif tag == "note":
            words = " ".join(" ".join(" ".join(str(t) for t in b.itertext()) for b in e if _tag(b) == "note-body").split())
            if words:
                self.flow.repaired["notes"] += 1
                self.flow.put(f" [{say('catatan', 'note')}: {words.replace('[', '(').replace(']', ')')}]")
        elif tag == "tracked-changes":
            self.flow.dropped["deleted"] += sum(_tag(x) == "deletion" for x in e.iter())
        elif tag in _DROP:
            if _DROP[tag]:
                self.flow.dropped[_DROP[tag]] += 1
        elif tag == "table":
            self._table(e, mine, depth)
        elif tag == "list-item":
            self.walk(e, (*mine, "number"), depth + 1)
        elif tag == "text-box":
            self.flow.repaired["boxes"] += 1
            self.flow.paragraph()
            self.walk(e, mine, depth + 1)
        else:
            self.walk(e, mine, depth + 1)

    def _table(self, table: Any, marks: tuple[str, ...], depth: int) -> None:
        for row in (r for r in table.iter() if _tag(r) == "table-row"):
            if next((a for a in row.iterancestors() if _tag(a) == "table"), None) is not table:
                continue
            self.flow.row()
            for i, cell in enumerate(c for c in row if _tag(c) in ("table-cell", "covered-table-cell")):
                if i:
                    self.flow.cell()
                self.walk(cell, marks, depth + 1)
            self.flow.end_row()
