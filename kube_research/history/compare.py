"""Two versions of a codebook side by side: codes new and gone, renamed, merged, split, moved, retired; rules and wording that changed."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, fields

from ..codes import Code, Codebook, pairs
from ..words import say

_WORDING = ("name", "definition", "includes", "excludes", "source", "automatic", "negation", "strike", "false_friends", "examples", "color", "alias")


@dataclass(frozen=True)
class Table:
    """Rows that explain themselves: what happened, to which code, how."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def as_dict(self) -> dict[str, object]:
        return {"title": self.title, "rows": [dict(zip(self.heads, r, strict=True)) for r in self.rows]}

    def __str__(self) -> str:
        if not self.rows:
            return f"{self.title}: {self.empty}"
        widths = [min(30, max(len(r[i]) for r in (*self.rows, self.heads))) for i in range(len(self.heads))]
        return "\n".join((self.title, *("  ".join(x.ljust(w) for x, w in zip(r, widths, strict=True)).rstrip() for r in (self.heads, *self.rows))))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        e = html.escape
        if not self.rows:
            return f"<p>{e(str(self))}</p>"
        head = "".join(f"<th scope='col' style='text-align:left'>{e(h)}</th>" for h in self.heads)
        body = "".join("<tr>" + "".join(f"<td style='text-align:left;vertical-align:top'>{e(x)}</td>" for x in r) + "</tr>" for r in self.rows)
        return f"<table><caption style='text-align:left'>{e(self.title)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def log(book: Codebook) -> Table:
    """The history of a codebook, oldest first; what was undone is marked."""
    names = {"split": say("dipecah", "split"), "moved": say("dipindah", "moved"), "retired": say("pensiun", "retired"), "rules": say("aturan", "rules"), "undone": say("membatalkan", "undone")}
    held = [id(e) for e in book.history()]
    rows = []
    for e in book.changelog:
        done = "; ".join([f"{old} → {new}" for old, new in pairs(e)] + [f"{name}: {_said(e[k])}" for k, name in names.items() if e.get(k)])
        rows.append((str(e.get("version", "")), str(e.get("date", "")), str(e.get("who", "")), str(e.get("why", "")), done, "" if id(e) in held else say("dibatalkan", "undone")))
    return Table(book.id, (say("versi", "version"), say("tanggal", "date"), say("siapa", "who"), say("mengapa", "why"), say("langkah", "step"), ""), tuple(rows), say("belum ada riwayat", "no history yet"))


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} → {_said(v) or '-'}" for k, v in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")


def codebook_diff(old: Codebook, new: Codebook) -> Table:
    """What differs between two versions of a codebook: one row a difference (what, code, before, after), in the order of the new book.

    Renames, merges and splits are read from the changelog of the later one (either order of versions works); a code is followed through
    them, so that a renamed code shows only what else changed.  Rules are compared as patterns with their masks, polarity and unit.

    >>> from kube_research.codebook import loads
    >>> a = loads('codebook: b\\nversion: "1"\\ncodes:\\n  - {id: x, name: X, definition: d}\\n')
    >>> c = loads('codebook: b\\nversion: "2"\\ncodes:\\n  - {id: y, name: X, definition: e}\\nchangelog:\\n  - {version: "2", renamed: {x: y}}\\n')
    >>> [r[:2] for r in codebook_diff(a, c)]
    [('renamed', 'y'), ('definition', 'y')]
    """
    earlier = {str(e.get("version")) for e in old.changelog}
    steps = [e for e in new.history() if str(e.get("version")) not in earlier]
    to: dict[str, str] = {c.id: c.id for c in old}
    rows: list[tuple[str, str, str, str]] = []
    merged: set[str] = set()
    for e in steps:
        for a, b in pairs(e, merges=False):
            to = {k: b if v == a else v for k, v in to.items()}
        for a, b in pairs(e):
            if any(v == a for v in to.values()):
                merged |= {k for k, v in to.items() if v == a}
                to = {k: b if v == a else v for k, v in to.items()}
    splits = {code: parts for code, parts in new.splits().items() if code not in old.splits()}
    back = {v: k for k, v in to.items() if k not in merged}
    for code in new:
        before = old.by_id.get(back.get(code.id, ""))
        if before is None:
            origin = next((o for o, parts in splits.items() if code.id in parts), "")
            rows.append((say("baru", "new"), code.id, origin, code.label))
            continue
        if before.id != code.id:
            rows.append((say("ganti id", "renamed"), code.id, before.id, code.id))
        rows += [(say("digabung", "merged"), code.id, k, code.id) for k in sorted(merged) if to[k] == code.id]
        if code.id in splits:
            rows.append((say("dipecah", "split"), code.id, before.id, ", ".join(splits[code.id])))
        if to.get(before.parent, before.parent) != code.parent:
            rows.append((say("pindah", "moved"), code.id, before.parent or "-", code.parent or "-"))
        if before.retired != code.retired and code.id not in splits:
            rows.append((say("pensiun", "retired") if code.retired else say("dipakai lagi", "in use again"), code.id, "", ""))
        rows += _wording(before, code)
    gone = [c.id for c in old if to[c.id] not in new]
    rows += [(say("hilang", "gone"), c, old[c].label, "") for c in gone]
    rows += [("masks", "", m, "") for m in old.masks if m not in new.masks] + [("masks", "", "", m) for m in new.masks if m not in old.masks]
    for name in dict.fromkeys((*old.sets, *new.sets)):
        a, b = old.sets.get(name, ()), new.sets.get(name, ())
        if set(a) != set(b):
            rows.append(("sets", "@" + name, " ".join(w for w in a if w not in b), " ".join(w for w in b if w not in a)))
    return Table(f"{old.id} → {new.id}", (say("apa", "what"), say("kode", "code"), say("lama", "before"), say("baru", "after")), tuple(rows), say("tidak ada bedanya", "no difference"))


def _wording(a: Code, b: Code) -> list[tuple[str, str, str, str]]:
    rows = []
    for f in fields(Code):
        x, y, name = getattr(a, f.name), getattr(b, f.name), {"includes": "include", "excludes": "exclude"}.get(f.name, f.name)
        if f.name in _WORDING and x != y:
            if isinstance(x, tuple):
                gone, more = [v for v in x if v not in y], [v for v in y if v not in x]
                rows += [(name, b.id, _cell(v), "") for v in gone] + [(name, b.id, "", _cell(v)) for v in more]
            elif isinstance(x, Mapping):
                rows += dict.fromkeys((name, b.id, str(x.get(k, "")), str(y.get(k, ""))) for k in (*x, *y) if x.get(k) != y.get(k))
            else:
                rows.append((name, b.id, str(x), str(y)))
    ours, theirs = {_rule(i) for i in a.indicators}, {_rule(i) for i in b.indicators}
    rule = say("aturan", "rule")
    rows += [(rule, b.id, _rule(i), "") for i in a.indicators if _rule(i) not in theirs]
    return rows + [(rule, b.id, "", _rule(i)) for i in b.indicators if _rule(i) not in ours]


def _rule(i) -> str:
    more = [f"not {m}" for m in i.masks] + ([i.polarity] if i.polarity else []) + ([i.unit] if i.unit != "clause" else []) + ([f"negation {i.negation}"] if i.negation != "general" else [])
    return i.rule + (f" ({'; '.join(more)})" if more else "")


def _cell(value: object) -> str:
    return " · ".join(map(str, value)) if isinstance(value, tuple) else str(value)
