"""What a shown matrix was counted from, as the mark with which a chapter counts it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .codings import Codings

ATTRIBUTE = "data-counted-from"  # of the <table> in a notebook's output
_KEY = re.compile(r"[A-Za-z_][\w-]*")
_VALUE = re.compile(r"[^\n\",{}]+")
_OTHER = {"form", "unit", "coders", "of", "id", "at", "count", "rows", "columns", "caption", "label", "source", "kind_of", "order", "quote", "start", "end", "note", "rule", "with", "negative"}  # what a mark means otherwise, or cannot say


def mark(codings: Codings, rows: str, columns: str, *, count: str, polarity: str, order: Sequence[str]) -> str:
    """`{table rows=case columns=code count=persons coder=dian …}`; "" for what a mark cannot say: the machine's codings, two filters on one column, a balance."""
    wanted: dict[str, tuple[str, ...]] = {}
    for key, values in (*codings.corpus.filters, *codings.filters):
        if set(wanted.setdefault(key, tuple(values))) != set(values):
            return ""
    coders = re.sub(r" \(.*", "", codings.source).split(", ")
    if not set(wanted.pop("coder", coders)) == set(coders):
        return ""
    if polarity != "any" and "polarity" in wanted:
        return ""
    if polarity != "any":
        wanted["polarity"] = (polarity,)
    if polarity == "balance" or len(wanted.get("polarity", ("any",))) != 1 or not all(re.fullmatch(r"[\w.-]+", c) for c in coders):
        return ""
    wanted = {"rows": (rows,), "columns": (columns,), "count": (count,), "coder": tuple(coders), **wanted}
    if list(order) != sorted(order):
        wanted["order"] = tuple(order)
    pairs = [(k, _value(v)) for k, v in wanted.items()]
    if not all(_KEY.fullmatch(k) and v and (k in ("rows", "columns", "count", "order") or k not in _OTHER) for k, v in pairs):
        return ""
    return "{table " + " ".join(f"{k}={v}" for k, v in pairs) + "}"


def _value(values: Iterable[str]) -> str:
    """Values as a mark writes them; "" where it cannot."""
    values = tuple(str(v) for v in values)
    if not values or not all(_VALUE.fullmatch(v) for v in values):
        return ""
    joined = ",".join(values)
    return joined if re.fullmatch(r"[^\s\"{}]+", joined) else f'"{joined}"'
