"""What an import keeps beside the study, so that an export can write it back: the other program's project as it came, its pictures and
recordings, and a table of which thing of ours was which of theirs (`corpus/imported/NAME.qde`, `.media.zip`, `.json`)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lxml import etree

from ..importing import slug
from ..model import KubeError
from ..readers.guard import unzip, xml
from ..files import put
from ..study import Study
from .phrasing import titled
from .project import Losses, Note, Project
from .elements import bare
from .shape import GUID, guid, tag

RESERVED = {"document", "kind", "case", "language", "date", "source", "sha256", "consent"}  # columns of documents.csv that mean something
_LIMIT = 20_000_000  # bytes of a table of names


@dataclass
class Table:
    """Ours → theirs, by kind; the texts of their notes; the sync points of their transcripts in our counting."""

    name: str = ""
    book: str = ""  # the codebook that the import made of codes without one
    codes: dict[str, str] = field(default_factory=dict)
    documents: dict[str, dict[str, object]] = field(default_factory=dict)
    cases: dict[str, str] = field(default_factory=dict)
    coders: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)


def keep(root: Path, p: Project, table: Table) -> str:
    """Write the original, its media and the table into a study; returns where the original is."""
    folder, stem = root / "corpus" / "imported", slug(p.name)
    ext = Path(p.raw_name).suffix or ".qde"
    if not p.raw:
        return ""
    put(folder / f"{stem}{ext}", p.raw)
    if ext in (".qde", ".qdc"):
        put(folder / f"{stem}.json", json.dumps(vars(table), ensure_ascii=False, sort_keys=True).encode("utf-8", "replace"))
    if p.media:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
            for name, data in sorted(p.media.items()):
                z.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
        put(folder / f"{stem}.media.zip", out.getvalue())
    return f"corpus/imported/{stem}{ext}"


def refs(e: etree._Element) -> list[str]:
    """The notes that an element points to."""
    return [bare(k.get("targetGUID")) for k in e if tag(k) == "NoteRef"]


def text_of(e: etree._Element, name: str) -> str:
    """The text of an element's child."""
    return next(("".join(k.itertext()) for k in e if tag(k) == name), "")


class Original:
    """A kept original: its XML, its table, and every element of it by GUID."""

    def __init__(self, path: Path, root: etree._Element, table: Table):
        self.path, self.root, self.table = path, root, table
        self.by: dict[str, etree._Element] = {}
        for e in root.iter():
            g = bare(e.get("guid"))
            if g and tag(e) not in ("MemberCode", "MemberSource", "MemberNote"):
                self.by.setdefault(g, e)

    def media(self) -> dict[str, bytes]:
        path = self.path.with_suffix(".media.zip")
        return unzip(path.read_bytes(), path.name) if path.exists() else {}

    def box(self, name: str) -> Iterator[etree._Element]:
        """The children of a box of the project: Sets, Links, …"""
        for e in self.root:
            if tag(e) == name:
                yield from (k for k in e if isinstance(k.tag, str))

    def said(self, note: str) -> str:
        """What a note became in our study when it came."""
        name, text, *about = self.table.notes[note]
        return titled(name, Note(note, name, text, about="".join(about)).words)

    def coding(self, id_: str) -> etree._Element | None:
        e = self.by.get(id_)
        return e if e is not None and tag(e) == "Coding" else None


class Originals:
    """All kept originals of a study; gives things of ours the GUIDs that their programs gave them."""

    def __init__(self, study: Study, losses: Losses):
        self.all: list[Original] = []
        for path in sorted([*(study.root / "corpus" / "imported").glob("*.qde"), *(study.root / "corpus" / "imported").glob("*.qdc")]):
            try:
                self.all.append(Original(path, xml(path.read_bytes(), path.name), _table(path.with_suffix(".json"))))
            except (OSError, KubeError):
                losses.add("berkas asli yang tidak terbaca lagi; yang hanya ada di dalamnya tidak ikut keluar", "original that cannot be read any more; what only it holds is not written", path.name)
        self._given: dict[tuple[str, str], str] = {}
        self._made: dict[tuple[str, str], str] = {}
        taken: set[str] = set()
        for o in self.all:
            for kind in ("codes", "cases", "coders", "variables"):
                for ours, theirs in getattr(o.table, kind).items():
                    self._take(kind, ours, theirs, taken)
            for document, row in o.table.documents.items():
                self._take("documents", document, str(row.get("guid", "")) if not row.get("later") else "", taken)

    def _take(self, kind: str, ours: str, theirs: str, taken: set[str]) -> None:
        if GUID.fullmatch(theirs) and theirs not in taken and (kind, ours) not in self._given:
            taken.add(theirs)
            self._given[kind, ours] = theirs

    def guid(self, kind: str, ours: str, new: str) -> str:
        """The GUID that a thing of ours had, or a new one, always the same."""
        found = self._given.get((kind, ours)) or self._made.get((new, ours))
        if found is None:
            found = self._made[new, ours] = guid(new, ours)
        return found

    def had(self, kind: str, ours: str) -> tuple[Original, etree._Element] | None:
        """Where a thing of ours stands in an original."""
        g = self._given.get((kind, ours), "")
        return next(((o, o.by[g]) for o in self.all if g in o.by), None) if g else None

    def coding(self, id_: str) -> tuple[Original, etree._Element] | None:
        if not GUID.fullmatch(id_):
            return None
        return next(((o, e) for o in self.all if (e := o.coding(id_)) is not None), None)

    def by(self, id_: str) -> tuple[Original, etree._Element] | None:
        return next(((o, o.by[id_]) for o in self.all if id_ in o.by), None) if GUID.fullmatch(id_) else None

    @cached_property
    def elsewhere(self) -> set[str]:
        """Notes that something of an original points to, but not the project itself."""
        return {bare(e.get("targetGUID")) for o in self.all for e in o.root.iter() if tag(e) in ("NoteRef", "MemberNote") and e.getparent() is not o.root}

    @cached_property
    def homes(self) -> dict[str, tuple[etree._Element, bool]]:
        """Note → the passage without codes that it is about, and whether a link says so (else the passage refers to the note)."""
        out: dict[str, tuple[etree._Element, bool]] = {}
        for o in self.all:
            for e in o.root.iter("{*}PlainTextSelection"):
                if tag(e.getparent()) != "Note" and not any(tag(k) == "Coding" for k in e):
                    out.update((n, (e, False)) for n in refs(e))
            for e in o.box("Links"):
                ends = [bare(e.get(k)) for k in ("originGUID", "targetGUID")]
                for note, other in (ends, ends[::-1]):
                    x = o.by.get(other)
                    if note in o.table.notes and x is not None and tag(x) == "PlainTextSelection" and not any(tag(k) == "Coding" for k in x):
                        out.setdefault(note, (x, True))
        return out

    def note(self, id_: str) -> tuple[Original, etree._Element] | None:
        return next(((o, o.by[id_]) for o in self.all if id_ in o.table.notes and id_ in o.by), None)


def _table(path: Path) -> Table:
    """The table beside an original; empty where there is none or it is damaged (then only GUIDs that stand in the original itself are known)."""
    try:
        if path.stat().st_size > _LIMIT:
            return Table()
        said = json.loads(path.read_text(encoding="utf-8"))
        t = Table()
        for key, blank in vars(t).items():
            value = said.get(key, blank)
            if isinstance(value, type(blank)):
                setattr(t, key, value)
        for kind in ("codes", "cases", "coders", "variables"):
            setattr(t, kind, {str(k): str(v) for k, v in getattr(t, kind).items()})
        t.documents = {str(k): v for k, v in t.documents.items() if isinstance(v, dict)}
        t.notes = {str(k): [str(x) for x in v[:3]] for k, v in t.notes.items() if isinstance(v, list) and len(v) >= 2}
        return t
    except (OSError, ValueError, AttributeError, RecursionError):
        return Table()
