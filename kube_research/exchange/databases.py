"""Projects that other programs keep in SQLite, read directly: Taguette (.sqlite3), QualCoder (.qda); RQDA stands in `rqda`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from ..model import KubeError
from ..words import say
from .project import Case, Mark, Note, Project, ProjectCode, ProjectSource, Selection, User
from .elements import load

_BLOCKS = frozenset("address article aside blockquote dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li ol p pre section table td th tr ul br".split())
_STEPS = 200_000_000  # steps of SQLite's machine before a query counts as hostile


class Base:
    """A database in memory: the file is never written, no statement of its own runs long, and missing tables or columns read as empty."""

    def __init__(self, path: Path, needs: tuple[str, ...], program: str):
        data = load(path)
        self.where, self.data = path.name, data
        if data[:16] != b"SQLite format 3\x00":
            raise KubeError(say(f"Ini bukan basis data SQLite {program}.", f"This is not an SQLite database of {program}."), path.name, say("Periksa berkasnya; buka dan simpan di program asalnya.", "Check the file; open and save it in its own program."))
        self.odd = 0  # texts that are not UTF-8
        self.late = (wal := path.with_name(path.name + "-wal")).exists() and wal.stat().st_size > 0
        self.db = sqlite3.connect(":memory:")
        plain = data[:18] + b"\x01\x01" + data[20:] if data[18:20] == b"\x02\x02" else data  # a write-ahead log cannot be opened in memory
        try:
            self.db.deserialize(plain)
            self.db.execute("PRAGMA trusted_schema=OFF")
            self.db.text_factory = self._text
            left = [_STEPS // 10_000]

            def step() -> int:
                left[0] -= 1
                return left[0] < 0

            self.db.set_progress_handler(step, 10_000)
            self.tables = {r[0].lower() for r in self.db.execute("SELECT name FROM sqlite_master WHERE type='table'")}
        except (sqlite3.Error, OverflowError, UnicodeDecodeError) as e:  # names of tables that are no UTF-8
            self.db.close()
            raise self._broken(e) from None
        missing = [t for t in needs if t not in self.tables]
        if missing:
            self.db.close()
            raise KubeError(say(f"Ini bukan proyek {program}: tabel {', '.join(missing)} tidak ada.", f"This is not a project of {program}: it has no table {', '.join(missing)}."), path.name, say("Periksa programnya dan akhiran nama berkasnya.", "Check the program and the ending of the file's name."))

    def _broken(self, e: Exception) -> KubeError:
        return KubeError(say(f"Basis data ini rusak atau terpotong ({e}).", f"This database is damaged or cut off ({e})."), self.where, say("Buka di program asalnya dan simpan salinan baru.", "Open it in its own program and save a new copy."))

    def _text(self, data: bytes) -> str:
        """UTF-8; where most of what is not ASCII is no UTF-8 (RQDA on Windows), the code page of western Windows."""
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self.odd += 1
            text = data.decode("utf-8", "replace")
            bad = text.count("\ufffd")
            return data.decode("cp1252", "replace") if 2 * bad > sum(c > "\x7f" for c in text) else text

    def rows(self, table: str, *columns: str) -> Iterator[tuple]:
        """The rows of a table; a column that is not there gives ""."""
        if table.lower() not in self.tables:
            return
        try:
            there = {r[1].lower() for r in self.db.execute(f'PRAGMA table_info("{table}")')}
            picked = ", ".join(f'"{c}"' if c.lower() in there else "''" for c in columns)
            for row in self.db.execute(f'SELECT {picked} FROM "{table}" ORDER BY rowid'):
                yield tuple("" if v is None else self._text(v) if isinstance(v, bytes) else v for v in row)
        except (sqlite3.Error, UnicodeDecodeError) as e:
            raise self._broken(e) from None

    def live(self, table: str, *columns: str) -> Iterator[tuple]:
        """The rows of an RQDA table that were not deleted (status 1)."""
        for *row, status in self.rows(table, *columns, "status"):
            if status in ("", 1, "1"):
                yield tuple(row)


def number(value: object) -> int | None:
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        return None


def placed(p: Project, name: str, start: object, end: object) -> tuple[int, int] | None:
    a, b = number(start), number(end)
    if a is None or b is None or max(abs(a), abs(b)) > 1 << 52:
        p.losses.add("kutipan tanpa tempat yang terbaca", "passage without a readable place", name)
        return None
    return a, b


def noted(p: Project, guid: str, text: object, user: str = "", created: str = "", name: str = "") -> list[str]:
    if not str(text).strip():
        return []
    p.notes[guid] = Note(guid, name, str(text), user, created)
    return [guid]


def coders(p: Project, *names: object) -> None:
    known = {u.guid for u in p.users}
    for n in map(str, names):
        if n and n not in known:
            known.add(n)
            p.users.append(User(n, n))


def opened(path: Path, needs: tuple[str, ...], program: str, name: str) -> tuple[Base, Project]:
    base = Base(path, needs, program)
    p = Project(name=name, origin=program, raw=base.data, raw_name=f"{name}{path.suffix}")
    if base.late:
        p.losses.add("perubahan yang belum dirapikan ke dalam basis data (-wal); tutup programnya lalu impor lagi", "changes not yet folded into the database (-wal); close the program and import again", path.name)
    return base, p


def closed(base: Base, p: Project) -> None:
    """Close a database; texts in another encoding are told."""
    base.db.close()
    if base.odd:
        p.losses.add("teks yang bukan UTF-8; dibaca sebagai Windows-1252 atau dengan tanda �; periksa", "text that is not UTF-8; read as Windows-1252 or with the sign �; check it", "", base.odd)


def counted(base: Base, p: Project, *tables: tuple[str, str, str, str]) -> None:
    """Tell what stands in tables that nothing of ours holds: (table, a column, Indonesian, English)."""
    for table, column, indonesian, english in tables:
        n = sum(1 for _ in base.rows(table, column))
        if n:
            p.losses.add(indonesian, english, "", n)


# ------------------------------------------------------------------ QualCoder

def read_qualcoder(path: Path) -> Project:
    """Read a QualCoder project: its .qda folder, or the data.qda in it.  Offsets are voted on: Qt counts UTF-16 units, the assistant code points."""
    folder = path.is_dir()
    base, p = opened(path / "data.qda" if folder else path, ("source", "code_name", "code_text"), "QualCoder", (path if folder or path.stem != "data" else path.absolute().parent).stem)
    try:
        _qualcoder(base, p)
    finally:
        closed(base, p)
    return p


def _qualcoder(base: Base, p: Project) -> None:
    for (memo,) in base.rows("project", "memo"):
        p.project_notes += noted(p, "project-memo", memo, name="study")
    for id_, name, memo, _, _, above in base.rows("code_cat", "catid", "name", "memo", "owner", "date", "supercatid"):
        p.codes.append(ProjectCode(f"cat-{id_}", str(name), f"cat-{above}" if above != "" else "", str(memo), codable=False))
    for id_, name, memo, cat, color, above in base.rows("code_name", "cid", "name", "memo", "catid", "color", "supercid"):
        p.codes.append(ProjectCode(f"code-{id_}", str(name), f"code-{above}" if above != "" else f"cat-{cat}" if cat != "" else "", str(memo), str(color)))
    p.codes = ordered(p)
    sources: dict[object, ProjectSource] = {}
    for id_, name, text, media, memo, owner, date in base.rows("source", "id", "name", "fulltext", "mediapath", "memo", "owner", "date"):
        coders(p, owner)
        s = sources[id_] = ProjectSource(f"source-{id_}", str(name), str(text) or None, str(owner), str(date))
        s.notes = noted(p, f"source-memo-{id_}", memo, str(owner), str(date), str(name))
        p.sources.append(s)
        if not s.text:
            p.losses.add("gambar, rekaman atau PDF tanpa teks", "picture, recording or PDF without text", str(media or name))
    passages: dict[tuple, Selection] = {}
    for n, (id_, cid, fid, words, a, b, owner, date, memo, weighty) in enumerate(base.rows("code_text", "ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo", "important"), 1):
        s, id_ = sources.get(fid), f"row-{n}" if id_ == "" else id_  # databases before v4 gave codings no id
        if s is None:
            p.losses.add("kutipan dari sumber yang tidak ada", "passage of a source that is not there", f"code_text {id_}")
            continue
        if (at := placed(p, s.name, a, b)) is None:
            continue
        coders(p, owner)
        x = passages.get((fid, at, owner))
        if x is None:
            x = passages[(fid, at, owner)] = Selection(f"selection-{id_}", *at, str(words), "", str(owner), str(date), quote=str(words))
            s.selections.append(x)
        if weighty == 1:
            p.losses.add("pengodean yang ditandai penting (tanda itu tidak ada di sini)", "coding marked as important (there is no such mark here)", s.name)
        x.marks.append(Mark(f"coding-{id_}", f"code-{cid}", str(owner), str(date), noted(p, f"coding-memo-{id_}", memo, str(owner), str(date))))
    for id_, fid, a, b, memo, owner, date in base.rows("annotation", "anid", "fid", "pos0", "pos1", "memo", "owner", "date"):
        s = sources.get(fid)
        if s is not None and (at := placed(p, s.name, a, b)) is not None:
            coders(p, owner)
            s.selections.append(Selection(f"annotation-{id_}", *at, "", "", str(owner), str(date), [], noted(p, f"annotation-memo-{id_}", memo, str(owner), str(date))))
    counted(base, p, ("code_image", "cid", "pengodean pada gambar", "coding of a picture"), ("code_av", "cid", "pengodean pada rekaman", "coding of a recording"), ("graph", "grid", "bagan", "graph"),
            ("ris", "risid", "baris pustaka", "line of a reference"), ("stored_sql", "title", "kueri tersimpan", "stored query"))
    for id_, name, entry, date, owner in base.rows("journal", "jid", "name", "jentry", "date", "owner"):
        coders(p, owner)
        p.project_notes += noted(p, f"journal-{id_}", entry, str(owner), str(date), str(name))
    cases = {id_: Case(f"case-{id_}", str(name), str(memo)) for id_, name, memo in base.rows("cases", "caseid", "name", "memo")}
    for n, (case, fid, a, b, memo, owner, date) in enumerate(base.rows("case_text", "caseid", "fid", "pos0", "pos1", "memo", "owner", "date")):
        if case in cases and fid in sources and str(memo).strip():
            coders(p, owner)
            sources[fid].notes += noted(p, f"case-text-memo-{n}", memo, str(owner), str(date), cases[case].name)
        if case in cases and fid in sources and sources[fid].guid not in cases[case].sources:
            cases[case].sources.append(sources[fid].guid)
            if (number(a) or 0) > 0 or 0 < (number(b) or 0) < len(sources[fid].text or "") - 1:
                p.losses.add("kasus yang hanya sebagian sebuah sumber; kini seluruhnya", "case that is only a part of a source; now the whole", cases[case].name)
    for name, memo, owner, date in base.rows("attribute_type", "name", "memo", "owner", "date"):
        coders(p, *[owner] * bool(str(memo).strip()))
        p.project_notes += noted(p, f"attribute-memo-{name}", memo, str(owner), str(date), str(name))
    coders(p, *(name for name, in base.rows("coder_names", "name")))
    for name, kind, value, id_ in base.rows("attribute", "name", "attr_type", "value", "id"):
        owner = cases.get(id_) if kind == "case" else sources.get(id_) if kind == "file" else None
        if value == "":
            continue
        if owner is None:
            p.losses.add("nilai peubah tanpa kasus atau sumber", "value of a variable without a case or source", str(name))
        else:
            owner.values[str(name)] = str(value)
            p.variables[str(name)] = "Text"
    p.cases = list(cases.values())


def ordered(p: Project) -> list[ProjectCode]:
    """Codes with every parent before its children; a parent that is missing or in a circle is let go."""
    by = {c.guid: c for c in p.codes}
    for c in p.codes:
        seen, up = {c.guid}, c
        while up.parent:
            if up.parent in seen or up.parent not in by:
                p.losses.add("induk kode yang tidak ada atau melingkar", "parent of a code that is missing or in a circle", up.name)
                up.parent = ""
                break
            seen.add(up.parent)
            up = by[up.parent]
    out: list[ProjectCode] = []
    kids: dict[str, list[ProjectCode]] = {}
    for c in p.codes:
        kids.setdefault(c.parent, []).append(c)
    stack = list(reversed(kids.get("", [])))
    while stack:
        c = stack.pop()
        out.append(c)
        stack += reversed(kids.get(c.guid, []))
    return out


# ------------------------------------------------------------------- Taguette

class _Words(HTMLParser):
    """The text nodes in a row, and line ends where blocks meet; `cuts` maps bytes of the text nodes to the text with line ends."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.at: list[int] = []  # byte of each character among the text nodes, -1 for a line end that was put in
        self.bytes = 0
        self.fresh = False  # right behind <pre>, where a first line end does not count
        self.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
        self.close()
        self.text = "".join(self.parts)

    def _line(self, tag: str, always: bool = False) -> None:
        last = self.parts[-1][-1:] if self.parts else "\n"
        if tag in _BLOCKS and (last != "\n" or always and self.parts):
            self.parts.append("\n")
            self.at.append(-1)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._line(tag, tag == "br")
        self.fresh = tag in ("pre", "listing", "textarea")

    def handle_endtag(self, tag: str) -> None:
        self._line(tag)

    def handle_data(self, data: str) -> None:
        data = data.removeprefix("\n") if self.fresh else data
        self.fresh = False
        if not data:
            return
        self.parts.append(data)
        for c in data:
            self.at.append(self.bytes)
            self.bytes += len(c.encode("utf-8", "surrogatepass"))


def read_taguette(path: Path) -> Project:
    """Read a Taguette database (its first project with documents); places are UTF-8 bytes over the text nodes of the document."""
    base, p = opened(path, ("documents", "highlights", "tags"), "Taguette", path.stem)
    try:
        _taguette(base, p)
    finally:
        closed(base, p)
    return p


def _taguette(base: Base, p: Project) -> None:
    import numpy as np

    projects = {id_: (str(name), str(text), str(made)) for id_, name, text, made in base.rows("projects", "id", "name", "description", "created")}
    documents = list(base.rows("documents", "id", "name", "description", "created", "project_id", "contents"))
    chosen = next((d[4] for d in documents), next(iter(projects), ""))
    p.name, p.description, p.created = projects.get(chosen, (p.name, "", ""))
    p.name = p.name or "taguette"
    for other in sorted({str(projects.get(x, (str(x),))[0]) for x in {*projects, *(d[4] for d in documents)} if x != chosen}):
        p.losses.add("proyek lain dalam basis data yang sama (hanya yang pertama diambil)", "another project in the same database (only the first is taken)", other)
    tags: dict[object, str] = {}
    absent: object = None  # the tag by which our own export says that something does not hold
    for id_, project, name, text, above in base.rows("tags", "id", "project_id", "path", "description", "parent_id"):
        if project == chosen and name == "polarity.absent":
            absent = id_
        elif project == chosen:
            tags[id_] = str(name)
            p.codes.append(ProjectCode(f"tag-{id_}", str(name), f"tag-{above}" if above != "" else "", str(text)))
    p.codes = ordered(p)
    who: dict[object, tuple[str, str]] = {}
    for date, user, payload in base.rows("commands", "date", "user_login", "payload"):
        try:
            event = json.loads(payload)
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(event, dict) and event.get("type") == "highlight_add" and isinstance(made := event.get("highlight_id", event.get("id")), int):  # before 1.0 it was `id`
            who.setdefault(made, (str(user), str(date)))
    given: dict[object, list[object]] = {}
    for highlight, tag in base.rows("highlight_tags", "highlight_id", "tag_id"):
        given.setdefault(highlight, []).append(tag)
    grouped: dict[object, list[str]] = {}  # before 1.0 a document could be in groups
    groups = {id_: str(path) for id_, path in base.rows("groups", "id", "path")}
    for document, group in base.rows("document_groups", "document_id", "group_id"):
        grouped.setdefault(document, []).extend([groups[group]] if group in groups else [])
    places = {}
    for id_, name, text, made, project, html in documents:
        if project == chosen:
            w = _Words(str(html))
            s = ProjectSource(f"document-{id_}", str(name), w.text or None, "", str(made), str(text), "code-points+file")
            at = np.array(w.at + [w.bytes], "int64")
            real = np.flatnonzero(at >= 0)
            if grouped.get(id_):
                s.values["document_group"] = "; ".join(grouped[id_])
                p.variables["document_group"] = "Text"
            places[id_] = (s, w, at[real], real)
            p.sources.append(s)
    for id_, document, a, b, snippet in base.rows("highlights", "id", "document_id", "start_offset", "end_offset", "snippet"):
        if document not in places:
            continue
        s, w, starts, real = places[document]
        if (place := placed(p, s.name, a, b)) is None:
            continue
        first, last = min(place), max(place)
        i, j = np.searchsorted(starts, [first, last], "left").tolist()
        if last > w.bytes or first < 0:
            p.losses.add("kutipan melewati akhir teks; dipotong", "passage past the end of the text; cut", s.name)
        elif starts[i] != first or starts[j] != last:
            p.losses.add("kutipan yang mulai atau berakhir di tengah sebuah karakter; digeser", "passage that began or ended within a character; moved", s.name)
        i, j = min(i, len(real) - 1), min(j, len(real) - 1)
        start, end = int(real[i]), int(real[j - 1]) + 1 if j > i else int(real[i])
        user, date = who.get(id_, ("", ""))
        coders(p, user)
        s.selections.append(Selection(f"highlight-{id_}", start, end, "", "", user, date, [Mark(f"highlight-{id_}-{t}", f"tag-{t}", user, date, noted(p, f"polarity-{id_}-{t}", "polarity: absent" if absent in given[id_] else "", user, date)) for t in given.get(id_, ()) if t != absent or absent is None], quote=_Words(str(snippet)).text))
