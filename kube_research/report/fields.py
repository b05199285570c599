"""Word's own fields: numbers of captions that Word counts, and references that follow them."""

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


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _field(code: str, shown: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{_run(shown)}<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _number(anchor: str) -> int:
    """A bookmark's number: tables and figures of a chapter apart from each other and from pandoc's own."""
    kind, _, number = re.sub("^_Ref_", "", anchor).partition("_")
    chapter, _, n = number.partition("_")
    return (50_000 if kind == "tabel" else 60_000) + 100 * int(chapter) + int(n)
