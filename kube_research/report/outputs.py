"""A notebook's outputs in a chapter: tables, pictures and quotations stand where their cell stands.

A code cell may say in its first lines what a chapter makes of them: `#| caption: …`, `#| label: …` (for `@tabel:…`), `#| chapter: false` leaves them out.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..finding import head
from ..model import Fault, KubeError
from ..recount import ATTRIBUTE
from ..text import normalise
from ..words import say

MOST_ROWS = 40  # of a table in a chapter
_OPTION = re.compile(r"^#\|\s*(caption|label|chapter)\s*:\s*(.*?)\s*$", re.M)


@dataclass(frozen=True)
class Output:
    """One output of a code cell: a picture, a table (rows of cells, the first `heads` of them heads), or quotations (words, source)."""

    kind: str  # picture, table, quotations
    caption: str = ""
    label: str = ""
    data: bytes = b""
    alt: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    note: str = ""
    mark: str = ""  # the mark that counts a table again


def outputs(path: Path) -> tuple[str, dict[str, Output]]:
    """The Markdown of a notebook with a place (`![](cell-3-1)`) for every output that goes into a chapter, and these outputs by place."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        texts: list[str] = []
        found: dict[str, Output] = {}
        for n, cell in enumerate(cells, 1):
            if cell["cell_type"] == "markdown":
                texts.append("".join(cell["source"]))
                continue
            options = dict(_OPTION.findall("".join(cell["source"])))
            if options.get("chapter", "").lower() in ("false", "no", "tidak"):
                continue
            texts += [_joined(out["data"]["text/markdown"]) for out in cell.get("outputs", []) if "text/markdown" in (out.get("data") or {})]
            texts += [p for out in cell.get("outputs", []) if out.get("output_type") == "stream" and out.get("name") == "stdout" for p in _prose(_joined(out.get("text", "")))]
            mine = [o for out in cell.get("outputs", []) for o in _of(out.get("data") or {}, options)]
            for k, o in enumerate(mine, 1):
                if o.mark:  # counted anew, and bound
                    texts.append(o.mark)
                    continue
                found[f"cell-{n}-{k}"] = o
                texts.append(f"![](cell-{n}-{k})")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as e:
        raise KubeError(Fault(say("Notebook tidak dapat dibaca.", "The notebook cannot be read."), path.name, say("Buka dan simpan lagi di JupyterLab.", "Open and save it again in JupyterLab."))) from e
    return normalise("\n\n".join(texts)), found


def _of(data: dict[str, Any], options: dict[str, str]) -> list[Output]:
    caption, label = options.get("caption", ""), options.get("label", "")
    if "text/markdown" in data:
        return []  # sentences: they stand in the text
    if "image/png" in data:
        alt = " ".join(_joined(data.get("text/plain", "")).split())
        return [Output("picture", caption, label, base64.b64decode(_joined(data["image/png"])), alt)]
    markup = _joined(data.get("text/html", ""))
    return _html(markup, caption, label) if "<table" in markup or "<blockquote" in markup else []


def _prose(printed: str) -> list[str]:
    """The sentences among what a cell printed (not its tables), as Markdown in which nothing is markup."""
    lines = [line.strip() for line in printed.split("\n")]
    return [re.sub(r"([\\`*_\[\]<>#|$^~@!{}-])", r"\\\1", line) for line in lines if len(line.split()) >= 6 and re.search(r"[.!?][)”\"']?$", line) and "  " not in line]


def _joined(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def _html(markup: str, caption: str, label: str) -> list[Output]:
    """The tables and block quotations of an output; what stands in a small paragraph behind a table is its note."""
    from lxml import html

    if len(markup) > 5_000_000:
        return []
    root = html.document_fromstring(markup)
    for e in list(root.iter("script", "style", "template", "svg", "button")):
        e.drop_tree()
    out: list[Output] = []
    notes = [_said(e) for e in root.iter("small")]
    for table in root.iter("table"):
        rows = [tuple(_said(c) for c in row.iterchildren("td", "th")) for row in table.iter("tr")]
        rows = [r for r in rows if any(r)]
        width = max(map(len, rows), default=0)
        heads = len(table.xpath("./thead/tr")) or (1 if table.xpath(".//tr[1][not(td)]") else 0)
        if heads == 2 and len(rows) > 2 and not any(rows[1][1:]):  # pandas writes the name of the rows in a line of its own
            rows[:2], heads = [(rows[1][0], *rows[0][1:])], 1
        if heads and not rows[0][0] and all(r[0] == str(n) for n, r in enumerate(rows[1:])):  # and numbers rows that have no name
            rows, width = [r[1:] for r in rows], width - 1
        own = table.find("caption")
        if len(rows) > 1 and width and heads == 1:  # a list of a few words and their values is no table of a thesis
            left = len(rows) - 1 - MOST_ROWS
            mark = _again(table.get(ATTRIBUTE, ""), caption, label if not out else "")
            told = " ".join(notes) + (say(f" Ditampilkan {MOST_ROWS} baris; {left} baris lagi ada di notebook.", f" {MOST_ROWS} rows are shown; {left} more are in the notebook.") if left > 0 else "")
            out.append(Output("table", caption or (_said(own) if own is not None else ""), label if not out else "", rows=tuple((*r, *[""] * (width - len(r))) for r in (tuple(map(head, rows[0])), *rows[1:MOST_ROWS + 1])), note=told.strip(), mark=mark))
    quoted = []
    for quote in root.iter("blockquote"):
        foot = quote.find("footer")
        source = _said(foot).partition(" · ")[0] if foot is not None else ""
        if foot is not None:
            foot.drop_tree()
        quoted.append((_said(quote), source))
    if quoted:
        out.append(Output("quotations", rows=tuple(quoted)))
    return out


def _again(mark: str, caption: str, label: str) -> str:
    """The mark of a matrix with the caption and label that its cell gives."""
    if not mark.startswith("{table ") or not mark.endswith("}"):
        return ""
    name = {"caption": re.sub(r'["\n{}]', "'", caption), "label": re.sub(r"[^\w-]", "", label)}
    return mark[:-1] + "".join(f' {k}="{v}"' for k, v in name.items() if v) + "}"


def _said(e: Any) -> str:
    return " ".join(e.text_content().split())


__all__ = ["MOST_ROWS", "Output", "outputs"]
