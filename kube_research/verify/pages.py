"""A write-up as it is read: paragraphs in order, with page, kind, block quotations, bound content controls; from .docx, .md, and (in `odf`, `notebook`) .odt, .ipynb."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model import Fault, KubeError
from ..readers import guard
from ..readers.docx import BOUND, W
from ..text import decode, normalise
from ..words import say

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_WANT = re.compile(r"^(word/(document\d*|styles\d*|footnotes\d*|endnotes\d*)\.xml|customXml/item\d+\.xml)$")
_THROUGH = ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple", "sdtContent", "dir", "bdo", "p")
QUOTE_STYLE = re.compile(r"quot|kutipan|block ?text|zitat", re.I)
HEADING_STYLE = re.compile(r"heading|^title|judul|subtitle|^toc|caption|bibliograph|daftar", re.I)
_TRANSLATED_COLUMN = re.compile(r"(?i)^\W*(?:terjemah|translation|artinya|bahasa indonesia$|english$)")
_QUOTE_COLUMN = re.compile(r"kutipan|pernyataan|ucapan|verbatim|transkrip|quotation|quote|statement|excerpt", re.I)
_WHO_COLUMN = re.compile(r"(?i)informan|narasumber|partisipan|responden|pembicara|penutur|nama|sumber|dokumen|speaker|informant|participant|respondent|name|source|document")


@dataclass
class Paragraph:
    """One paragraph: its text, where it stands, what it is.  `runs`: (start, end, w:r element); `controls`: (start, end, tag)."""

    n: int
    text: str = ""
    kind: str = "body"  # body, heading, cell, footnote, box
    block: bool = False
    speaker: str = ""  # who is named in the same table row
    translation: bool = False  # stands in a column of translations
    row: str = ""  # of a table cell: the first cell of its row
    column: str = ""  # … and the head of its column
    table: int = 0  # … and the number of its table, from 1
    cell: int = 0  # the notebook cell, from 1
    pages: list[tuple[int, int]] = field(default_factory=list)
    runs: list[tuple[int, int, Any]] = field(default_factory=list)
    controls: list[tuple[int, int, str]] = field(default_factory=list)
    anchor: Any = None  # the run that a footnote or text box hangs on

    def page(self, offset: int = 0) -> int:
        """The page of an offset; 0 where the file tells of no pages."""
        return max((p for at, p in self.pages if at <= offset), default=self.pages[0][1] if self.pages else 0)


@dataclass
class WriteUp:
    """What a write-up holds: its paragraphs and the records of its bound numbers (id, mark, value, …)."""

    name: str
    paragraphs: list[Paragraph]
    bound: list[dict[str, str]] = field(default_factory=list)
    paged: bool = False


def read(path: Path) -> WriteUp:
    """Read a write-up by its ending: .docx, .odt, .md, .txt."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise KubeError(Fault(say("Berkas ini tidak ada.", "There is no such file."), str(path), say("Periksa nama dan foldernya.", "Check its name and folder.")))
    data = path.read_bytes()
    if suffix == ".docx":
        return of_docx(data, path.name)
    if suffix == ".odt":
        from .odf import of_odt

        return of_odt(data, path.name)
    if suffix == ".ipynb":
        from .notebook import of_notebook

        return of_notebook(data, path.name)
    if suffix in (".md", ".markdown", ".txt"):
        return flat(path.name, normalise(decode(data, path.name)))
    raise KubeError(Fault(say(f"Akhiran {suffix!r} tidak dapat diperiksa.", f"A file ending in {suffix!r} cannot be verified."), path.name, say("Simpan sebagai .docx, .odt, .md atau .ipynb.", "Save it as .docx, .odt, .md or .ipynb.")))


def flat(name: str, text: str) -> WriteUp:
    out = []
    text = re.sub(r"\A---\n.*?\n---\n", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
    for block in re.split(r"\n\s*\n", text):
        if block.strip():
            quoted = all(x.lstrip().startswith(">") for x in block.strip().split("\n"))
            clean = re.sub(r"^[ \t]*>[ \t]?", "", block.strip(), flags=re.M) if quoted else block.strip()
            clean = re.sub(r"(?<![\w*])\*{1,3}(?=\S)|(?<=\S)\*{1,3}(?![\w*])|\\(?=[\[\]*_\"'.~])", "", clean)
            out.append(Paragraph(len(out) + 1, clean, "heading" if clean.startswith("#") else "body", quoted))
    return WriteUp(name, out)


def of_docx(data: bytes, where: str) -> WriteUp:
    """The paragraphs of a .docx file as they read with all tracked changes accepted."""
    parts = guard.unzip(data, where, want=_WANT, total=120_000_000)
    main = next((parts[n] for n in sorted(parts) if re.fullmatch(r"word/document\d*\.xml", n)), None)
    if main is None:
        raise KubeError(say("Tidak ada isi Word (word/document.xml) di dalam berkas ini.", "There is no Word content (word/document.xml) in this file."), where, say("Periksa akhiran namanya; simpan ulang sebagai .docx.", "Check its extension; save it again as .docx."))
    roots = {n: guard.xml(v.replace(_STRICT, W[1:-1].encode()), f"{where}:{n}") for n, v in parts.items() if n.startswith("word/")}
    walker = Walker(roots)
    paragraphs = walker.paragraphs()
    bound: list[dict[str, str]] = []
    for n, v in sorted(parts.items()):
        if n.startswith("customXml/") and BOUND.encode() in v:
            root = guard.xml(v, f"{where}:{n}")
            if root.tag == BOUND:
                try:
                    found = json.loads(root.text or "[]")
                    bound = [{str(k): str(x) for k, x in r.items()} for r in found if isinstance(r, dict)]
                except (ValueError, RecursionError):
                    raise KubeError(say("Catatan angka terikat di berkas Word ini rusak.", "The record of bound numbers in this Word file is damaged."), f"{where}:{n}", say("Buat ulang dengan `kube-research report`.", "Make it again with `kube-research report`.")) from None
    return WriteUp(where, paragraphs, bound, walker.rendered)


@dataclass(frozen=True)
class Cell:
    """Where in its table a paragraph stands, and what that says of its words."""

    row: str = ""
    column: str = ""
    speaker: str = ""
    table: int = 0

    @classmethod
    def of(cls, heads: list[str], words: list[str], i: int, table: int) -> Cell:
        """Cell i of a row with these words below these heads; no heads: the first row."""
        if not heads:
            return cls(table=table)
        said = [w for j, w in enumerate(words) if j != i and len(w) < 80]
        named = [w for j, w in enumerate(words) if j != i and j < len(heads) and _WHO_COLUMN.search(heads[j])]
        return cls(" ".join(words[0].split()), " ".join(heads[i].split()) if i < len(heads) else "", " ".join(named or said), table)

    @property
    def quoted(self) -> bool:
        return bool(_QUOTE_COLUMN.search(self.column)) and not self.translated

    @property
    def translated(self) -> bool:
        return bool(_TRANSLATED_COLUMN.search(self.column))

    def fields(self) -> dict[str, Any]:
        return {"speaker": self.speaker, "row": self.row, "column": self.column, "table": self.table, "translation": self.translated}


NO_CELL = Cell()


class Walker:
    """Walks Word XML in reading order; the same walk over the same XML gives the same paragraphs, so that comments find their runs."""

    def __init__(self, roots: dict[str, Any]):
        self.document = next(r for n, r in sorted(roots.items()) if re.fullmatch(r"word/document\d*\.xml", n))
        self.styles: dict[str, tuple[str, str, dict[str, int]]] = {}
        self.notes: dict[tuple[str, str], Any] = {}
        self.rendered = next(self.document.iter(f"{W}lastRenderedPageBreak"), None) is not None
        self.page, self.tables = 1, 0
        self.out: list[Paragraph] = []
        self.ranges: dict[str, list[tuple[int, int]]] = {}  # comment → [(paragraph, offset) of its start, of its end]
        self.changes: list[tuple[int, int, str, str, str, str]] = []  # tracked: paragraph, offset, ins|del, author, date, words
        for n, root in roots.items():
            if re.fullmatch(r"word/styles\d*\.xml", n):
                for s in root.iter(f"{W}style"):
                    based, name = s.find(f"{W}basedOn"), s.find(f"{W}name")
                    self.styles[s.get(f"{W}styleId", "")] = (based.get(f"{W}val", "") if based is not None else "", name.get(f"{W}val", "") if name is not None else "", _indent(s.find(f"{W}pPr")))
            for kind in ("footnote", "endnote"):
                if re.fullmatch(rf"word/{kind}s\d*\.xml", n):
                    self.notes |= {(kind, e.get(f"{W}id", "")): e for e in root.iter(f"{W}{kind}") if e.get(f"{W}type") in (None, "normal")}

    def paragraphs(self) -> list[Paragraph]:
        body = self.document.find(f"{W}body")
        self._blocks(body if body is not None else self.document, "body")
        for n, p in enumerate(self.out, 1):
            p.n = n
        return self.out

    def _style(self, name: str, seen: tuple[str, ...] = ()) -> tuple[str, dict[str, int]]:
        if name not in self.styles or name in seen:
            return name, {}
        based, label, ind = self.styles[name]
        return label, {**self._style(based, (*seen, name))[1], **ind}

    def _blocks(self, parent: Any, kind: str, anchor: Any = None, place: Cell = NO_CELL) -> None:
        for e in parent:
            tag = e.tag.removeprefix(W) if isinstance(e.tag, str) else ""
            if tag == "p":
                self._paragraph(e, kind, anchor, place)
            elif tag == "tbl":
                self._table(e, kind, anchor)
            elif tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "txbxContent"):
                self._blocks(e, kind, anchor, place)
            elif tag == "commentRangeStart":
                self.ranges[e.get(f"{W}id", "")] = [(len(self.out), 0)]
            elif tag == "commentRangeEnd" and self.out:
                self.ranges.setdefault(e.get(f"{W}id", ""), [(len(self.out) - 1, 0)]).append((len(self.out) - 1, len(self.out[-1].text)))
            elif e.tag == f"{_MC}AlternateContent" and len(e):
                self._blocks(e[0], kind, anchor, place)

    def _table(self, table: Any, kind: str, anchor: Any) -> None:
        rows = [list(_children(r, "tc")) for r in _children(table, "tr")]
        heads: list[str] = []
        self.tables += 1
        number = self.tables
        for cells in rows:
            words = ["".join(t.text or "" for t in c.iter(f"{W}t")) for c in cells]
            for i, cell in enumerate(cells):
                self._blocks(cell, "cell" if kind == "body" else kind, anchor, Cell.of(heads, words, i, number))
            heads = heads or words

    def _paragraph(self, e: Any, kind: str, anchor: Any, place: Cell) -> None:
        ppr = e.find(f"{W}pPr")
        style = ppr.find(f"{W}pStyle") if ppr is not None else None
        name, ind = self._style(style.get(f"{W}val", "") if style is not None else "")
        ind = {**ind, **_indent(ppr)}
        numbered = ppr is not None and ppr.find(f"{W}numPr") is not None
        heading = bool(HEADING_STYLE.search(name))
        p = Paragraph(0, kind="heading" if heading and kind == "body" else kind, anchor=anchor, **place.fields())
        p.block = not heading and (place.quoted or bool(QUOTE_STYLE.search(name)) or kind in ("body", "footnote") and ind.get("left", 0) >= 400 and not ind.get("hanging") and not numbered)
        p.pages = [(0, self.page)] if self.rendered else []
        self.out.append(p)
        parts: list[str] = []
        later: list[tuple[Any, str, Any]] = []
        self._runs(e, p, parts, later)
        p.text = "".join(parts)
        for content, what, run in later:
            self._blocks(content, what, run if anchor is None else anchor)

    def _runs(self, parent: Any, p: Paragraph, parts: list[str], later: list[tuple[Any, str, Any]]) -> None:
        for e in parent:
            tag = e.tag.removeprefix(W) if isinstance(e.tag, str) else ""
            if tag == "r":
                self._run(e, p, parts, later)
            elif tag == "sdt":
                mark = e.find(f"{W}sdtPr/{W}tag")
                start = sum(map(len, parts))
                content = e.find(f"{W}sdtContent")
                if content is not None:
                    self._runs(content, p, parts, later)
                if mark is not None:
                    p.controls.append((start, sum(map(len, parts)), mark.get(f"{W}val", "")))
            elif tag in ("ins", "del", "moveTo", "moveFrom") or tag in _THROUGH:
                if tag in ("ins", "del"):
                    words = "".join(t.text or "" for t in e.iter(f"{W}t" if tag == "ins" else f"{W}delText"))
                    self.changes.append((len(self.out) - 1, sum(map(len, parts)), tag, e.get(f"{W}author", ""), e.get(f"{W}date", ""), words))
                if tag not in ("del", "moveFrom"):
                    self._runs(e, p, parts, later)
            elif tag in ("commentRangeStart", "commentRangeEnd"):
                at = (len(self.out) - 1, sum(map(len, parts)))
                self.ranges.setdefault(e.get(f"{W}id", ""), []).append(at)
            elif e.tag == f"{_MC}AlternateContent" and len(e):
                self._runs(e[0], p, parts, later)

    def _run(self, r: Any, p: Paragraph, parts: list[str], later: list[tuple[Any, str, Any]]) -> None:
        hidden = r.find(f"{W}rPr/{W}vanish")
        if hidden is not None and hidden.get(f"{W}val", "1") not in ("0", "false", "off"):
            return
        start = sum(map(len, parts))
        for e in r:
            tag = e.tag.removeprefix(W) if isinstance(e.tag, str) else ""
            if tag == "t":
                parts.append(e.text or "")
            elif tag in ("tab", "br", "cr"):
                parts.append("\t" if tag == "tab" else "\n")
                if tag == "br" and e.get(f"{W}type") == "page" and not self.rendered:
                    self.page += 1
            elif tag == "noBreakHyphen":
                parts.append("-")
            elif tag == "lastRenderedPageBreak":
                self.page += 1
                p.pages.append((sum(map(len, parts)), self.page))
            elif tag == "commentReference":
                self.ranges.setdefault(e.get(f"{W}id", ""), [(len(self.out) - 1, 0), (len(self.out) - 1, max(1, start))])
            elif tag in ("footnoteReference", "endnoteReference"):
                note = self.notes.get((tag.removesuffix("Reference"), e.get(f"{W}id", "")))
                if note is not None:
                    later.append((note, "footnote", r))
            elif tag in ("drawing", "pict", "object") or e.tag == f"{_MC}AlternateContent":
                scope = e[0] if e.tag == f"{_MC}AlternateContent" and len(e) else e
                later += [(b, "box", r) for b in scope.iter(f"{W}txbxContent") if not any(a.tag in (f"{W}txbxContent", f"{_MC}Fallback") for a in b.iterancestors())]
        end = sum(map(len, parts))
        if end > start:
            p.runs.append((start, end, r))


def _indent(ppr: Any) -> dict[str, int]:
    ind = ppr.find(f"{W}ind") if ppr is not None else None
    out: dict[str, int] = {}
    if ind is not None:
        for key, names in {"left": ("left", "start"), "hanging": ("hanging",)}.items():
            value = next((v for n in names if (v := ind.get(f"{W}{n}")) is not None), None)
            if value is not None and re.fullmatch(r"-?\d+", value):
                out[key] = int(value)
    return out


def _children(parent: Any, name: str) -> Iterator[Any]:
    for e in parent:
        if e.tag == f"{W}{name}":
            yield e
        elif isinstance(e.tag, str) and e.tag.removeprefix(W) in ("sdt", "sdtContent", "customXml", "ins"):
            yield from _children(e, name)
