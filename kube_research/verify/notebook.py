"""A notebook as a write-up: its Markdown cells, and what its code cells printed or showed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ..model import Fault, KubeError
from ..recount import ATTRIBUTE
from ..text import decode, normalise
from ..words import say
from . import pages
from .pages import Cell, Paragraph, WriteUp

_LEAVES = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "td", "th", "pre", "figcaption", "summary", "footer", "caption", "dd", "dt", "blockquote", "div"}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def of_notebook(data: bytes, where: str) -> WriteUp:
    """The paragraphs of a notebook, each with the number of its cell."""
    try:
        cells = json.loads(decode(data, where))["cells"]
        out: list[Paragraph] = []
        bound: list[dict[str, str]] = []
        for n, cell in enumerate(cells, 1):
            for p in _cell(cell):
                p.n, p.cell = len(out) + 1, n
                out.append(p)
                if p.controls:  # a cell of a matrix that says what it was counted from
                    mark = p.controls[0][2]
                    p.controls = [(0, len(p.text), f"cell{len(bound) + 1}")]
                    bound.append({"id": f"cell{len(bound) + 1}", "mark": mark, "value": p.text, "at_row": p.row, "at_column": p.column})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise KubeError(Fault(say("Notebook tidak dapat dibaca.", "The notebook cannot be read."), where, say("Buka dan simpan lagi di JupyterLab.", "Open and save it again in JupyterLab."))) from e
    return WriteUp(where, out, bound)


def _cell(cell: dict[str, Any]) -> Iterator[Paragraph]:
    if cell["cell_type"] == "markdown":
        yield from pages.flat("", _text(cell["source"])).paragraphs
    for o in cell.get("outputs", []):
        shown = o.get("data", {})
        if "text/html" in shown:
            yield from _html(_text(shown["text/html"]))
        elif "text/markdown" in shown:
            yield from pages.flat("", _text(shown["text/markdown"])).paragraphs
        elif text := _text(shown.get("text/plain", o.get("text", ""))):
            yield from (Paragraph(0, line.strip(), "output") for line in _ESCAPE.sub("", text).split("\n") if line.strip())


def _text(source: str | list[str]) -> str:
    return normalise(source if isinstance(source, str) else "".join(source))


def _html(markup: str) -> Iterator[Paragraph]:
    """The paragraphs of an output; block quotations and tables as in a Word file."""
    from lxml import html

    if len(markup) > 5_000_000 or not markup.strip():
        return
    root = html.document_fromstring(markup)
    for e in list(root.iter("script", "style", "template", "svg", "button", "select", "option")):
        e.drop_tree()
    cells: dict[Any, Cell] = {}
    counted: dict[Any, str] = {}
    for number, table in enumerate(root.iter("table"), 1):
        heads: list[str] = []
        for row in table.iter("tr"):
            found = list(row.iterchildren("td", "th"))
            words = [" ".join(c.text_content().split()) for c in found]
            cells.update({c: Cell.of(heads, words, i, number) for i, c in enumerate(found)})
            counted.update({c: mark for c in found if c.tag == "td" and (mark := table.get(ATTRIBUTE, ""))})
            heads = heads or words
    for e in root.iter():
        if not isinstance(e.tag, str) or e.tag not in _LEAVES or any(isinstance(c.tag, str) and c.tag in _LEAVES for c in e.iterdescendants()):
            continue
        quoted = next((a for a in e.iterancestors("blockquote")), None) if e.tag != "blockquote" else e
        kept = e.find("strong") if quoted is not None else None
        text = " ".join((kept if kept is not None else e).text_content().split())
        if e.tag == "footer" or not text:
            continue
        foot = next(iter(quoted.iter("footer")), None) if quoted is not None else None
        if foot is not None:
            text = f"{text} ({' '.join(foot.text_content().split()).partition(' · ')[0]})"
        text = re.sub(r"\S*\.\.\.$", "", text)  # a cell that a table cut short
        place = next((cells[a] for a in (e, *e.iterancestors()) if a in cells), pages.NO_CELL)
        yield Paragraph(0, text, "output", quoted is not None or place.quoted, controls=[(0, 0, counted[e])] if e in counted else [], **place.fields())


__all__ = ["of_notebook"]
