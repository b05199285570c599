"""Taguette out: a database that Taguette 1.5 opens (`taguette FILE.sqlite3`): documents, tags, highlights and who made them.

Taguette counts a highlight's place in UTF-8 bytes over the text of its HTML; a line is a paragraph here, so line ends count nothing.
It has no notes and no polarity: a coding that holds something absent bears the tag `polarity.absent` besides, which our reader knows.
"""

from __future__ import annotations

import html
import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..study import Study, write_atomic
from .leaving import leave
from .phrasing import note_parts
from .project import Project, ProjectSource

POLARITY = "polarity.absent"
_VERSION = "db5e31a0233d"  # the shape of Taguette 1.5; a later one carries it over when it opens the file
_TABLES = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
CREATE TABLE users (login VARCHAR(30) NOT NULL, created DATETIME NOT NULL, hashed_password VARCHAR(192), disabled BOOLEAN NOT NULL, password_set_date DATETIME, language VARCHAR(10), email VARCHAR(256), email_sent DATETIME, CONSTRAINT pk_users PRIMARY KEY (login));
CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL, created DATETIME NOT NULL);
CREATE TABLE project_members (project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE, user_login VARCHAR(30) NOT NULL REFERENCES users (login) ON DELETE CASCADE ON UPDATE CASCADE, privileges VARCHAR(11) NOT NULL, CONSTRAINT pk_project_members PRIMARY KEY (project_id, user_login));
CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL, description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL, project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE, text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL);
CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL, user_login VARCHAR(30) NOT NULL REFERENCES users (login) ON UPDATE CASCADE, project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE, document_id INTEGER, payload TEXT NOT NULL);
CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE, path VARCHAR(200) NOT NULL, description TEXT NOT NULL, CONSTRAINT uq_tags_project_id UNIQUE (project_id, path));
CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE, start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL REFERENCES highlights (id) ON DELETE CASCADE, tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE, CONSTRAINT pk_highlight_tags PRIMARY KEY (highlight_id, tag_id));
"""
_INDEXES = ("project_members project_id", "project_members user_login", "documents project_id", "commands date", "commands document_id", "commands user_login", "commands project_id", "tags project_id", "tags path", "highlights document_id", "highlight_tags highlight_id", "highlight_tags tag_id")


def _page(text: str) -> str:
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" if line else "<p><br></p>" for line in text.removesuffix("\n").split("\n"))


def _login(name: str, taken: dict[str, str]) -> str:
    base, n = re.sub(r"[^a-z0-9_.-]", "-", name.lower())[:30] or "coder", 1
    login = base
    while login in taken.values():
        n += 1
        login = f"{base[:26]}-{n}"
    return login


def _time(said: str) -> str:
    return said.replace("T", " ").rstrip("Z") if "." in said else said.replace("T", " ").rstrip("Z") + ".000000"


def sqlite3_file(study: Study, path: Path) -> list[str]:
    """A Taguette database; returns what Taguette cannot hold."""
    p = leave(study)
    db = sqlite3.connect(":memory:")
    try:
        db.executescript(_TABLES)
        for row in _INDEXES:
            table, column = row.split()
            db.execute(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")
        db.execute("CREATE UNIQUE INDEX ix_users_email ON users (email)")
        db.execute("CREATE INDEX idx_project_id ON commands (project_id, id)")
        db.execute("CREATE INDEX idx_project_document ON commands (project_id, document_id)")
        db.execute("INSERT INTO alembic_version VALUES (?)", (_VERSION,))
        _fill(db, p)
        db.commit()
        write_atomic(path, db.serialize())
    finally:
        db.close()
    return p.losses.lines()


def _fill(db: sqlite3.Connection, p: Project) -> None:
    when = _time(p.created)
    logins: dict[str, str] = {"": "admin"}
    for u in p.users:
        logins[u.guid] = _login(u.name, logins)
        if logins[u.guid] != u.name:
            p.losses.add("pengode yang namanya lain di Taguette (hanya huruf kecil)", "coder with another name in Taguette (small letters only)", f"{u.name} → {logins[u.guid]}")
    db.executemany("INSERT INTO users (login, created, disabled) VALUES (?, ?, 0)", [(x, when) for x in logins.values()])
    db.execute("INSERT INTO projects VALUES (1, ?, ?, ?)", (p.name[:200], p.description, when))
    db.executemany("INSERT INTO project_members VALUES (1, ?, 'ADMIN')", [(x,) for x in logins.values()])
    used = {m.code for s in p.sources for x in s.selections for m in x.marks} | {m.code for s in p.sources for m in s.codes}
    tags: dict[str, int] = {}
    paths = {POLARITY}
    for c in p.codes:
        if c.codable or c.guid in used:
            path, n = c.name[:195] or "?", 1
            while path in paths:
                n += 1
                path = f"{c.name[:190]}-{n}"
            paths.add(path)
            tags[c.guid] = len(tags) + 1
            db.execute("INSERT INTO tags VALUES (?, 1, ?, ?)", (tags[c.guid], path, c.description))
    absent = len(tags) + 1
    db.execute("INSERT INTO tags VALUES (?, 1, ?, ?)", (absent, POLARITY, "kube_research: tidak ada / absent"))
    marks = 0
    for n, s in enumerate(p.sources, 1):
        text = s.text or ""
        db.execute("INSERT INTO documents VALUES (?, ?, ?, ?, ?, 1, 'LEFT_TO_RIGHT', ?)", (n, s.name[:200], s.description, f"{s.name[:190]}.txt", when, _page(text)))
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        width = np.where(points == 10, 0, 1 + (points > 0x7F).astype("int64") + (points > 0x7FF) + (points > 0xFFFF))
        at = np.concatenate([[0], np.cumsum(width)])
        for start, end, user, created, polarity, codes in _highlights(s, p):
            a, b = int(at[start]), int(at[end])
            if a >= b:
                p.losses.add("kutipan yang hanya ganti baris", "passage of line ends only", s.name)
                continue
            marks += 1
            given = sorted({tags[c] for c in codes if c in tags} | ({absent} if polarity == "absent" else set()))
            db.execute("INSERT INTO highlights VALUES (?, ?, ?, ?, ?)", (marks, n, a, b, _page(text[start:end])))
            db.executemany("INSERT INTO highlight_tags VALUES (?, ?)", [(marks, t) for t in given])
            db.execute("INSERT INTO commands (date, user_login, project_id, document_id, payload) VALUES (?, ?, 1, ?, ?)",
                       (_time(created or p.created), logins.get(user, "admin"), n, json.dumps({"type": "highlight_add", "highlight_id": marks, "start_offset": a, "end_offset": b, "tags": given})))
    for name, indonesian, english, times in (
            ("", "catatan pada pengodean", "note on a coding", sum(bool(note_parts("\n".join(p.notes[x].text for x in m.notes))[1]) for s in p.sources for y in s.selections for m in y.marks)),
            ("", "memo", "memo", sum(len(s.notes) + sum(len(x.notes) for x in s.selections) for s in p.sources) + len(p.project_notes) + sum(len(c.notes) for c in p.codes)),
            ("", "kasus", "case", len(p.cases)), ("", "peubah", "variable", len(p.variables)), ("", "jenjang kode (Taguette hanya tahu titik dalam nama)", "hierarchy of codes (Taguette knows only dots in names)", sum(bool(c.parent) for c in p.codes if c.codable and c.parent not in {x.guid for x in p.codes if not x.codable}))):
        if times:
            p.losses.add(indonesian, english, name, times)


def _highlights(s: ProjectSource, p: Project) -> Iterator[tuple[int, int, str, str, str, list[str]]]:
    """Start, end, user, time, polarity and codes of every highlight: one a passage, coder, polarity and time."""
    found: dict[tuple[int, int, str, str, str], list[str]] = defaultdict(list)
    for start, end, marks in (*((x.start, x.end, x.marks) for x in s.selections), (0, len(s.text or ""), s.codes)):
        for m in marks:
            polarity, _ = note_parts("\n".join(p.notes[n].text for n in m.notes if n in p.notes))
            found[start, end, m.user, m.created, polarity].append(m.code)
    for (start, end, user, created, polarity), codes in found.items():
        yield start, end, user, created, polarity, codes
