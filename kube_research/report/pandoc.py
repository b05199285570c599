"""Pandoc's document tree: small makers of its nodes, and the calls to pandoc and typst."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..model import Fault, KubeError
from ..words import say

Node = dict[str, Any]
READ = "markdown-smart-raw_html-raw_tex-raw_attribute-tex_math_dollars-tex_math_single_backslash-yaml_metadata_block-citations-auto_identifiers+bracketed_spans+fenced_divs+citations"


def pandoc() -> Any:
    """The pypandoc module with its pandoc, or an error with the line that installs it."""
    try:
        import pypandoc

        pypandoc.get_pandoc_version()
    except (ImportError, OSError):
        raise KubeError(Fault(say("Bab dalam Word atau PDF membutuhkan pandoc, yang belum terpasang.", "A chapter in Word or PDF needs pandoc, which is not installed."), "pandoc",
                              say('Pasang dengan: pip install "kube_research[chapter]"  (atau: pip install pypandoc_binary)', 'Install it with: pip install "kube_research[chapter]"  (or: pip install pypandoc_binary)'))) from None
    return pypandoc


def parse(markdown: str) -> dict[str, Any]:
    """Markdown as pandoc's tree; quotation marks, `[...]` and HTML stay as they were typed."""
    return json.loads(pandoc().convert_text(markdown, "json", format=READ, extra_args=["--sandbox"]))


def convert(tree: dict[str, Any], to: str, *, output: Path | None = None, extra: tuple[str, ...] = (), epoch: int = 0) -> str:
    """The tree in another form, with citations worked out."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    try:
        return str(pandoc().convert_text(json.dumps(tree), to, format="json", outputfile=str(output) if output else None, extra_args=["--citeproc", *extra]))
    except RuntimeError as e:
        raise KubeError(Fault(say(f"Pandoc menolak bab ini: {str(e).strip()[:300]}", f"Pandoc refuses this chapter: {str(e).strip()[:300]}"), "pandoc", say("Periksa bab dan daftar pustakanya.", "Look at the chapter and its references."))) from None
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def words(text: str) -> list[Node]:
    """Text as Str nodes with Space between: never read as markup."""
    out: list[Node] = []
    for w in text.split():
        if out:
            out.append({"t": "Space"})
        out.append({"t": "Str", "c": w})
    return out


def para(inlines: list[Node], kind: str = "Para") -> Node:
    return {"t": kind, "c": inlines}


def div(style: str, blocks: list[Node]) -> Node:
    """Blocks in a paragraph style of the reference document."""
    return {"t": "Div", "c": [["", [], [["custom-style", style]]], blocks]}


def raw(form: str, text: str, *, block: bool = False) -> Node:
    return {"t": "RawBlock" if block else "RawInline", "c": [form, text]}


def table(head: list[list[Node]], rows: list[list[list[Node]]], widths: list[float], aligns: list[str], form: str, *, small: bool = False) -> Node:
    """A table of inline cells for a form ("docx", "typst"); `widths` are shares of the line, `aligns` AlignLeft/AlignRight/AlignCenter; `small`: many columns, set small."""
    def cell(c: list[Node], first: bool) -> Node:
        if form == "docx":
            style = ("Table Head" if first else "") + (" Small" if first and small else "Table Small" if small else "")
            return div(style, [para(c)]) if style else para(c, "Plain")
        return para([raw("typst", "#text(size: 8pt)["), *c, raw("typst", "]")] if small else c, "Plain")

    def row(cells: list[list[Node]], first: bool = False) -> list[Any]:
        return [["", [], []], [[["", [], []], {"t": "AlignDefault"}, 1, 1, [cell(c, first)]] for c in cells]]
    columns = [[{"t": a}, {"t": "ColWidth", "c": w}] for a, w in zip(aligns, widths, strict=True)]
    return {"t": "Table", "c": [["", [], []], [None, []], columns, [["", [], []], [row(head, True)]], [[["", [], []], 0, [], [row(r) for r in rows]]], [["", [], []], []]]}


def walk(node: Any) -> Iterator[Node]:
    """Every node of a tree, outer ones first."""
    if isinstance(node, dict):
        if "t" in node:
            yield node
        for v in node.values():
            yield from walk(v)
    elif isinstance(node, list):
        for v in node:
            yield from walk(v)


def plain(inlines: Any) -> str:
    """The words of inlines."""
    return "".join({"Str": n.get("c", ""), "Space": " ", "SoftBreak": " ", "LineBreak": " ", "Code": n["c"][1] if n["t"] == "Code" else ""}.get(n["t"], "") for n in walk(inlines))
