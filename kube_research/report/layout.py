"""How the parts of a chapter are laid out: widths of a table's columns, names of its axes, captions, codes that no line end cuts."""

from __future__ import annotations

import json
import re

from ..words import say
from . import pandoc as p
from .pandoc import Node

FIGURE = re.compile(r"[-–+−]?[\d.,/]*%?")


def short(alt: str) -> str:
    """The beginning of a picture's description, as its caption."""
    first = re.split(r"(?<=[^\W\d])[.:](?= )", alt, maxsplit=1)[0]
    return first if len(first) <= 140 else first[:140].rsplit(" ", 1)[0] + " …"


def columns_of(rows: tuple[tuple[str, ...], ...]) -> tuple[list[float], list[str], bool]:
    """Of a table's columns the widths (no word cut, what is left by the usual length), the alignments (numbers centred); whether it must be set small."""
    columns = list(zip(*rows, strict=True))
    least = [max(len(w) for c in column for w in (c.split() or [""])) + 3 for column in columns]
    small = sum(least) > 70  # characters of 11 pt in a line
    left = max(0.0, (100 if small else 70) - sum(least))
    usual = [min(60.0, max(sum(map(len, column[1:])) / max(1, len(column) - 1), 0.8 * len(column[0]))) + 1 for column in columns]
    width = [a + left * b / sum(usual) for a, b in zip(least, usual, strict=True)]
    figures = [all(FIGURE.fullmatch(c) for c in column[1:]) for column in columns]
    return [w / sum(width) for w in width], ["AlignCenter" if f else "AlignLeft" for f in figures], small


def as_typed(blocks: list[Node]) -> None:
    """Words that typst would set otherwise ("..." as one sign, "--" as a dash) become strings, which it leaves alone."""
    for n in p.walk(blocks):
        if n["t"] == "Str" and re.search(r"\.\.|--|-\?", n["c"]):
            n["t"], n["c"] = "RawInline", ["typst", "#" + json.dumps(n["c"], ensure_ascii=False) + ";"]


def unbroken(source: str) -> str:
    """A speaker's code and a place that no line end cuts."""
    return source.replace("-", "\u2011")


def title(name: str) -> str:
    return {"case": say("Kasus", "Case"), "code": say("Kode", "Code"), "outcome": say("Hasil", "Outcome"), "speaker": say("Informan", "Informant"), "role": say("Peran", "Role"), "document": say("Dokumen", "Document"), "theme": say("Tema", "Theme")}.get(name, name)


__all__ = ["FIGURE", "as_typed", "columns_of", "short", "title", "unbroken"]
