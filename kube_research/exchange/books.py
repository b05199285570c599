"""The codebooks of a project that came in: one YAML file a book, ids made of names, twins told apart."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from ..importing import slug
from ..files import put
from .kept import Table
from .phrasing import book_of, parts
from .project import Project, ProjectCode


def unique(name: str, taken: set[str]) -> str:
    """A name that is not taken yet; it is taken now."""
    out, n = name, 1
    while out.casefold() in taken:
        n += 1
        out = f"{name[:70]}-{n}"
    taken.add(out.casefold())
    return out


def _code_id(name: str) -> str:
    """A code's id: its name where that can be one."""
    flat = " ".join(name.split())
    if re.fullmatch(r"[A-Za-z0-9][\w.\- ]{0,79}", flat):
        return flat
    flat = re.sub(r"[^\w.\- ]+", "-", flat).strip("-. _")[:70]
    return flat if re.match(r"[A-Za-z0-9]", flat) else f"code {flat}".strip()


def codebooks(p: Project, root: Path, table: Table) -> dict[str, str]:
    """Write the codebooks and note in the table which code was which; returns code guid → id."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    book_at: dict[str, str] = {}  # code guid → book name
    versions: dict[str, str] = {}
    books: dict[str, list[dict[str, object]]] = {}
    first = slug(p.name)[:40] or "imported"
    by = {c.guid: c for c in p.codes}
    for c in p.codes:
        mine = book_of(c.description) if not c.parent and not c.codable else None
        if mine:
            name = slug(mine[0])
            book_at[c.guid], versions[name] = name, mine[1]
            books.setdefault(name, [])
            continue
        plain = " ".join(c.name.split())
        if not plain:
            p.losses.add("kode tanpa nama diberi nama", "code without a name was given one", c.guid[:12])
        wanted = _code_id(c.name)
        ids[c.guid] = unique(wanted, taken)
        if ids[c.guid] != wanted:
            p.losses.add("nama kode kembar; id-nya dibedakan", "code name that stands twice; ids told apart", ids[c.guid])
        parent = by.get(c.parent)
        book = book_at.get(c.parent, "") if parent else ""
        book_at[c.guid] = book or first
        if not book:
            table.book = first
        table.codes[ids[c.guid]] = c.guid
        books.setdefault(book or first, []).append(_row(c, ids, plain))
    for name, rows in books.items():
        body = {"codebook": name, "version": versions.get(name, "1.0.0"), "title": name, "codes": rows}
        put(root / "codebooks" / f"{name}.yml", _yaml(body))
    return ids


def _yaml(body: dict[str, object]) -> str:
    """YAML for people: libyaml's writer is fifteen times as quick, but writes signs beyond the first 65,536 as numbers."""
    for dumper in (getattr(yaml, "CSafeDumper", yaml.SafeDumper), yaml.SafeDumper):
        said = yaml.dump(body, Dumper=dumper, allow_unicode=True, sort_keys=False, width=10_000)
        if "\\U" not in said:
            break
    return said


def _row(c: ProjectCode, ids: dict[str, str], plain: str) -> dict[str, object]:
    row: dict[str, object] = {"id": ids[c.guid]}
    ours = parts(c.description)
    if ours:
        row.update({k: v for k, v in ours.items() if v})
    else:
        row["name"] = plain or ids[c.guid]
        if c.description.strip():
            row["definition"] = c.description.strip()
    if c.parent in ids:
        row["parent"] = ids[c.parent]
    if c.color:
        row["color"] = c.color
    return row
