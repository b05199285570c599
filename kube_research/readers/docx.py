"""Word documents (.docx): every word that a reader of the page sees, tracked insertions, content controls and text boxes too.

Read from the XML itself: python-docx and mammoth lose indents, colours, the bold of styles or the text in controls, and those
are often all that tells a question from an answer.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..model import KubeError
from ..words import say
from . import guard
from .rich import Flow, finish
from .source import Source

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WANT = re.compile(r"^(word/(document\d*|styles\d*|footnotes\d*|endnotes\d*|comments|header\d*|footer\d*|numbering)\.xml|docProps/core\.xml|\[Content_Types\]\.xml|_rels/\.rels)$")
_RECORD = re.compile(r"^customXml/item\d+\.xml$")
BOUND = "kube-research-bound"  # the root of the custom XML part in which a chapter keeps what its numbers were bound to
_OFF = ("0", "false", "off", "none")


def read(path: Path, data: bytes) -> list[Source]:
    """Read a .docx file (in a child process)."""
    from . import child

    found, meta = child.parse("docx", data, path.name)
    return finish(path.stem, found, author="", title="", date="") if found.length else []


def made_here(path: Path) -> bool:
    """Whether a file is a chapter that kube_research made: a .docx with the record of what its numbers are bound to."""
    if path.suffix.lower() != ".docx" or not path.is_file():
        return False
    try:
        return any(BOUND.encode() in v for v in guard.unzip(path.read_bytes(), path.name, want=_RECORD).values())
    except (KubeError, OSError):
        return False  # whoever reads it says what is wrong


def flow(data: bytes, where: str) -> tuple[Flow, dict[str, str]]:
    """The words of a .docx file with their styles."""
    parts = guard.unzip(data, where, want=_WANT)
    main = next((parts[n] for n in sorted(parts) if re.fullmatch(r"word/document\d*\.xml", n)), None)
    if main is None:
        raise KubeError(say("Tidak ada isi Word (word/document.xml) di dalam berkas ini.", "There is no Word content (word/document.xml) in this file."), where,
                        say("Periksa akhiran namanya; simpan ulang sebagai .docx.", "Check its extension; save it again as .docx."))
    out = _Word(parts, where)
    root = guard.xml(main.replace(_STRICT[1:-1].encode(), W[1:-1].encode()), f"{where}:word/document.xml")
    body = root.find(f"{W}body")
    out.blocks(body if body is not None else root)
    for name, counter in (("word/comments.xml", f"{W}comment"),):
        if name in parts:
            out.flow.dropped["comments"] += len(guard.xml(parts[name], f"{where}:{name}").findall(counter))
    for name, content in parts.items():
        if re.match(r"word/(header|footer)\d*\.xml", name) and re.search(rb"<w:t[ >]", content):
            out.flow.dropped["headers"] += 1
    return out.flow, {}


class _Word:
    def __init__(self, parts: dict[str, bytes], where: str):
        self.flow = Flow()
        self.where = where
        self.styles: dict[str, tuple[str, dict[str, str], str]] = {}
        self.notes: dict[tuple[str, str], Any] = {}
        self.boxes: list[Any] = []
        if "word/styles.xml" in parts:
            for s in guard.xml(parts["word/styles.xml"], f"{where}:word/styles.xml").iter(f"{W}style"):
                based, name = s.find(f"{W}basedOn"), s.find(f"{W}name")
                props = self._props(s.find(f"{W}rPr"))
                self.styles[s.get(f"{W}styleId", "")] = (based.get(f"{W}val", "") if based is not None else "", props, name.get(f"{W}val", "") if name is not None else "")
        for kind in ("footnote", "endnote"):
            if f"word/{kind}s.xml" in parts:
                for n in guard.xml(parts[f"word/{kind}s.xml"], f"{where}:word/{kind}s.xml").iter(f"{W}{kind}"):
                    if n.get(f"{W}type") in (None, "normal"):
                        self.notes[kind, n.get(f"{W}id", "")] = n

    def _props(self, rpr: Any) -> dict[str, str]:
        out: dict[str, str] = {}
        if rpr is None:
            return out
        for child in rpr:
            if not isinstance(child.tag, str):
                continue
            tag, val = child.tag.removeprefix(W), child.get(f"{W}val")
            if tag in ("b", "i", "vanish", "strike", "dstrike", "webHidden"):
                out[tag] = "0" if (val or "1").lower() in _OFF else "1"
            elif tag == "u":
                out[tag] = "0" if (val or "single").lower() in _OFF else "1"
            elif tag in ("highlight", "color", "rStyle"):
                out[tag] = (val or "").lower() if tag != "rStyle" else val or ""
        return out

    def _of_style(self, style: str, seen: tuple[str, ...] = ()) -> dict[str, str]:
        if style not in self.styles or style in seen:
            return {}
        based, props, _ = self.styles[style]
        return {**self._of_style(based, (*seen, style)), **props}

    def blocks(self, parent: Any) -> None:
        """Paragraphs, tables and what wraps them."""
        for e in parent:
            if not isinstance(e.tag, str):
                continue
            tag = e.tag.removeprefix(W)
            if tag == "p":
                self._paragraph(e)
            elif tag == "tbl":
                self._table(e)
            elif tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag", "txbxContent"):
                if tag == "sdt":
                    self.flow.repaired["controls"] += 1
                self.blocks(e)
            elif tag in ("del", "moveFrom"):
                self.flow.dropped["deleted"] += 1
            elif e.tag == f"{_MC}AlternateContent":
                self.blocks(e[0] if len(e) else e)
            elif tag == "altChunk":
                self.flow.dropped["objects"] += 1

    def _paragraph(self, p: Any) -> None:
        ppr = p.find(f"{W}pPr")
        style = ""
        marks: list[str] = []
        if ppr is not None:
            s, ind = ppr.find(f"{W}pStyle"), ppr.find(f"{W}ind")
            style = s.get(f"{W}val", "") if s is not None else ""
            if ppr.find(f"{W}numPr") is not None:
                marks.append("number")
            side = ppr.find(f"{W}jc")
            if side is not None and side.get(f"{W}val") in ("right", "end", "center"):
                marks.append(f"align:{side.get(f'{W}val')}")
            if ind is not None:
                left = ind.get(f"{W}left") or ind.get(f"{W}start") or "0"
                if re.fullmatch(r"-?\d+", left) and int(left) >= 200:
                    marks.append(f"indent:{round(int(left) / 180)}")
        name = self.styles.get(style, ("", {}, style))[2]
        if re.match(r"(heading|title|judul|subtitle|toc)", name, re.I):
            marks.append("heading")
        elif name and name.lower() not in ("normal", "list paragraph", "body text", "no spacing"):
            marks.append(f"style:{name}")
        base = self._of_style(style)
        self._runs(p, base, marks)
        boxes, self.boxes = self.boxes, []
        self.flow.paragraph()
        for box in boxes:
            self.flow.repaired["boxes"] += 1
            self.blocks(box)

    def _runs(self, parent: Any, base: dict[str, str], marks: list[str]) -> None:
        for e in parent:
            if not isinstance(e.tag, str):
                continue
            tag = e.tag.removeprefix(W)
            if tag == "r":
                self._run(e, base, marks)
            elif tag in ("ins", "moveTo"):
                self.flow.repaired["inserted"] += 1
                self._runs(e, base, marks)
            elif tag in ("del", "moveFrom"):
                self.flow.dropped["deleted"] += 1
            elif tag == "sdt":
                self.flow.repaired["controls"] += 1
                content = e.find(f"{W}sdtContent")
                if content is not None:
                    self._runs(content, base, marks)
            elif tag in ("hyperlink", "smartTag", "customXml", "fldSimple", "sdtContent", "dir", "bdo"):
                self._runs(e, base, marks)
            elif tag == "p":  # a paragraph inside an inline control
                self._runs(e, base, marks)
            elif e.tag == f"{_MC}AlternateContent":
                self._runs(e[0] if len(e) else e, base, marks)

    def _run(self, r: Any, base: dict[str, str], marks: list[str]) -> None:
        own = self._props(r.find(f"{W}rPr"))
        props = {**base, **self._of_style(own.get("rStyle", "")), **own}
        if props.get("vanish") == "1":
            if r.findtext(f"{W}t"):
                self.flow.dropped["hidden"] += 1
            return
        styles = list(marks)
        for tag, kind in (("b", "bold"), ("i", "italic"), ("u", "underline")):
            if props.get(tag) == "1":
                styles.append(kind)
        if props.get("highlight", "none") != "none":
            styles.append("highlight")
        if props.get("color", "auto") not in ("auto", "000000", ""):
            styles.append(f"color:{props['color']}")
        if "1" in (props.get("strike"), props.get("dstrike")):
            self.flow.repaired["struck"] += 1
        for e in r:
            if not isinstance(e.tag, str):
                continue
            tag = e.tag.removeprefix(W)
            if tag == "t":
                self.flow.put(e.text or "", styles)
            elif tag == "tab":
                self.flow.put("\t")
            elif tag in ("br", "cr"):
                self.flow.put("\n")
            elif tag == "noBreakHyphen":
                self.flow.put("-", styles)
            elif tag == "sym":
                self.flow.dropped["objects"] += 1
            elif tag in ("footnoteReference", "endnoteReference"):
                self._note(tag.removesuffix("Reference"), e.get(f"{W}id", ""))
            elif tag == "delText":
                self.flow.dropped["deleted"] += 1
            elif tag == "instrText":
                self.flow.dropped["fields"] += 1
            elif tag in ("drawing", "pict", "object") or e.tag == f"{_MC}AlternateContent":
                self._drawing(e)

    def _drawing(self, e: Any) -> None:
        scope = e
        if e.tag == f"{_MC}AlternateContent" and len(e):
            scope = e[0]
        boxes = [b for b in scope.iter(f"{W}txbxContent") if not any(a.tag == f"{W}txbxContent" for a in b.iterancestors())]
        boxes = [b for b in boxes if not any(a.tag == f"{_MC}Fallback" for a in b.iterancestors())]
        if boxes:
            self.boxes += boxes
        else:
            self.flow.dropped["pictures"] += 1

    def _note(self, kind: str, number: str) -> None:
        note = self.notes.get((kind, number))
        words = " ".join("".join(t.text or "" for t in note.iter(f"{W}t")).split()) if note is not None else ""
        if words:
            self.flow.repaired["notes"] += 1
            self.flow.put(f" [{say('catatan', 'note')}: {words.replace('[', '(').replace(']', ')')}]")

    def _table(self, table: Any) -> None:
        for row in self._children(table, "tr"):
            self.flow.row()
            for i, cell in enumerate(self._children(row, "tc")):
                if i:
                    self.flow.cell()
                self.blocks(cell)
            self.flow.end_row()

    def _children(self, parent: Any, name: str) -> list[Any]:
        """Rows or cells, also those wrapped in content controls."""
        out = []
        for e in parent:
            if e.tag == f"{W}{name}":
                out.append(e)
            elif isinstance(e.tag, str) and e.tag.removeprefix(W) in ("sdt", "sdtContent", "customXml", "ins"):
                out += self._children(e, name)
        return out
