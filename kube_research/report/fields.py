"""Word's own marks: numbers that Word counts itself, references that follow them, controls that keep what a number was counted from."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape


def caption(name: str, chapter: int, number: int, anchor: str) -> str:
    """"Tabel 4.1" whose 1 is a SEQ field, under a bookmark: Word renumbers it (Ctrl+A, F9) and makes the list of tables from it."""
    i = _number(anchor)
    counted = _field(f"SEQ {name} \\* ARABIC \\s 1", str(number))
    return f'<w:bookmarkStart w:id="{i}" w:name="{anchor}"/>{_run(f"{name} {chapter}.")}{counted}<w:bookmarkEnd w:id="{i}"/>'


def reference(shown: str, anchor: str) -> str:
    """A REF field that repeats what stands under a bookmark."""
    return _field(f"REF {anchor} \\h", shown)


def unnumbered(document: bytes, titles: tuple[str, ...]) -> bytes:
    """The document in which the first heading of the first level bears the chapter's number, and no later one, nor one of these titles."""
    from lxml import etree

    w = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, huge_tree=True))
    begun = False
    for style in [s for s in root.iter(f"{w}pStyle") if s.get(f"{w}val") == "Heading1"]:
        head = style.getparent()
        if not begun and "".join(head.getparent().itertext()).strip().upper() not in titles:
            begun = True
        else:
            number = etree.SubElement(head, f"{w}numPr")
            style.addnext(number)
            etree.SubElement(number, f"{w}ilvl").set(f"{w}val", "0")
            etree.SubElement(number, f"{w}numId").set(f"{w}val", "0")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def escaped(text: str) -> str:
    """Text for an XML part, without what XML cannot hold."""
    return escape(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text), {'"': "&quot;"})


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escaped(text)}</w:t></w:r>'


def _field(code: str, shown: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {escaped(code)} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{_run(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _number(anchor: str) -> int:
    """A bookmark's number: tables and figures of a chapter apart from each other and from pandoc's own."""
    kind, _, number = re.sub("^_Ref_", "", anchor).partition("_")
    chapter, _, n = number.partition("_")
    return (50_000 if kind == "tabel" else 60_000) + 100 * int(chapter) + int(n)


def control(tag: str, title: str, value: str) -> str:
    """A content control around a bound value."""
    return f'<w:sdt><w:sdtPr><w:alias w:val="{escaped(title)}"/><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent>{_run(value)}</w:sdtContent></w:sdt>'
