"""REFI-QDA in: .qdpx projects and .qdc codebooks of any program, with the oddities that programs write."""

from __future__ import annotations

import io
import re
from pathlib import Path, PurePosixPath

from lxml import etree

from ..model import KubeError
from ..readers import guard
from ..readers.encoding import decode
from ..readers.guard import unzip, xml
from ..words import say
from .project import Case, Mark, Note, Project, ProjectCode, ProjectSource, Selection, User

_WANT = re.compile(r"\.qde$|\.(txt|text|md|docx|odt|rtf|html?)$|(^|/)[^./]+$", re.I)
_TEXTS = {"TextSource", "TranscriptSource", "Transcript"}
_OTHER = {"PictureSource": ("gambar", "picture"), "PDFSource": ("PDF", "PDF"), "AudioSource": ("rekaman suara", "audio recording"), "VideoSource": ("video", "video")}
_AREAS = {"PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection", "TranscriptSelection"}


def load(path: Path) -> bytes:
    """A file's bytes, size checked."""
    try:
        size = path.stat().st_size
        if size > guard.MAX_FILE:
            raise KubeError(say(f"Berkas ini {size // 1_000_000} MB; batasnya {guard.MAX_FILE // 1_000_000} MB.", f"This file has {size // 1_000_000} MB; the limit is {guard.MAX_FILE // 1_000_000} MB."), path.name)
        return path.read_bytes()
    except OSError as e:
        raise KubeError(say(f"Berkas ini tidak dapat dibuka: {e.strerror or e}.", f"This file cannot be opened: {e.strerror or e}."), path.name, say("Periksa nama dan foldernya.", "Check its name and folder.")) from None


def read_qdpx(path: Path) -> Project:
    """Read a .qdpx project."""
    entries = unzip(load(path), path.name, want=_WANT)
    qdes = sorted((n for n in entries if n.lower().endswith(".qde")), key=lambda n: (n.lower() != "project.qde", n.count("/"), n))
    if not qdes:
        raise KubeError(say("Tidak ada project.qde di dalam berkas ini.", "There is no project.qde in this file."), path.name, say("Ekspor ulang sebagai REFI-QDA (.qdpx).", "Export it again as REFI-QDA (.qdpx)."))
    where = f"{path.name}:{qdes[0]}"
    root = xml(entries[qdes[0]], where)
    return _Reader(root, where, {n.casefold(): (n, b) for n, b in entries.items()}, path.stem, entries[qdes[0]]).project()


def read_qdc(path: Path) -> Project:
    """Read a .qdc codebook."""
    data = load(path)
    return _Reader(xml(data, path.name), path.name, {}, path.stem, data, f"{path.stem}.qdc").project()


def _tag(e: etree._Element) -> str:
    return etree.QName(e).localname if isinstance(e.tag, str) else ""


def _kids(e: etree._Element | None, *names: str) -> list[etree._Element]:
    return [k for k in e if _tag(k) in names] if e is not None else []


def _kid(e: etree._Element | None, name: str) -> etree._Element | None:
    found = _kids(e, name)
    return found[0] if found else None


def _text(e: etree._Element | None, name: str) -> str:
    k = _kid(e, name)
    return "".join(k.itertext()) if k is not None else ""


class _Reader:
    def __init__(self, root: etree._Element, where: str, entries: dict[str, tuple[str, bytes]], name: str, raw: bytes, raw_name: str = ""):
        self.root, self.where, self.entries = root, where, entries
        self.p = Project(name=name, raw=raw, raw_name=raw_name or f"{name}.qde")
        self.losses = self.p.losses
        self.seen: set[str] = set()

    def guid(self, e: etree._Element) -> str:
        return (e.get("guid") or e.get("GUID") or "").strip().strip("{}").lower()

    def fresh(self, e: etree._Element) -> str:
        """An element's guid, made unique."""
        guid, n = self.guid(e) or f"{_tag(e).lower()}-{len(self.seen)}", 1
        if guid in self.seen:
            self.losses.add("GUID kembar dibedakan", "duplicate GUIDs told apart", e.get("name") or guid)
            while f"{guid}-{n}" in self.seen:
                n += 1
            guid = f"{guid}-{n}"
        self.seen.add(guid)
        return guid

    def target(self, e: etree._Element | None) -> str:
        return (e.get("targetGUID") or e.get("targetGuid") or "").strip().strip("{}").lower() if e is not None else ""

    def project(self) -> Project:
        tag = _tag(self.root)
        if tag not in ("Project", "CodeBook"):
            raise KubeError(say(f"Ini bukan REFI-QDA: unsur pertama bernama {tag!r}.", f"This is not REFI-QDA: its first element is {tag!r}."), self.where, say("Ekspor ulang sebagai REFI-QDA.", "Export it again as REFI-QDA."))
        r, p = self.root, self.p
        p.name, p.origin, p.created = r.get("name") or p.name, r.get("origin", ""), r.get("creationDateTime", "")
        book = r if tag == "CodeBook" else _kid(r, "CodeBook")
        for u in _kids(_kid(r, "Users"), "User"):
            p.users.append(User(self.fresh(u), u.get("name") or u.get("id") or ""))
        codes = _kid(book, "Codes")
        for c in _kids(codes if codes is not None else book, "Code"):
            self.code(c, "")
        for s in _kid(book, "Sets") if _kid(book, "Sets") is not None else ():
            self.losses.add("himpunan kode", "set of codes", s.get("name", ""))
        if tag == "CodeBook":
            return p
        variables = {}
        for v in _kids(_kid(r, "Variables"), "Variable"):
            variables[self.fresh(v)] = v.get("name") or "variable"
            p.variables[v.get("name") or "variable"] = v.get("typeOfVariable", "Text")
        self.variables = variables
        for n in _kids(_kid(r, "Notes"), "Note"):
            guid = self.fresh(n)
            p.notes[guid] = Note(guid, n.get("name", ""), self.body(n, "Note") or _text(n, "Description"), n.get("creatingUser", "").strip("{}").lower(), n.get("creationDateTime", ""))
            if _kids(n, "PlainTextSelection", "Coding"):
                self.losses.add("pengodean di dalam catatan", "coding within a note", n.get("name", ""))
        for s in _kid(r, "Sources") if _kid(r, "Sources") is not None else ():
            self.source(s)
        for c in _kids(_kid(r, "Cases"), "Case"):
            p.cases.append(Case(self.fresh(c), c.get("name", ""), _text(c, "Description"), self.values(c), [self.target(k) for k in _kids(c, "SourceRef")]))
            for k in _kids(c, "CodeRef", "SelectionRef"):
                self.losses.add("kasus yang menunjuk kode atau kutipan", "reference of a case to a code or a passage", c.get("name", ""))
        for name, indonesian, english in (("Links", "tautan", "link"), ("Sets", "himpunan", "set"), ("Graphs", "bagan", "graph")):
            for k in _kid(r, name) if _kid(r, name) is not None else ():
                self.losses.add(indonesian, english, k.get("name", ""))
        p.description = _text(r, "Description")
        p.project_notes = [self.target(k) for k in _kids(r, "NoteRef")]
        return p

    def code(self, e: etree._Element, parent: str) -> None:
        stack = [(e, parent)]
        while stack:
            c, above = stack.pop()
            guid = self.fresh(c)
            self.p.codes.append(ProjectCode(guid, c.get("name", ""), above, _text(c, "Description"), c.get("color", ""), c.get("isCodable", "true").lower() not in ("false", "0"), [self.target(k) for k in _kids(c, "NoteRef")]))
            stack += [(k, guid) for k in reversed(_kids(c, "Code"))]

    def values(self, e: etree._Element) -> dict[str, str]:
        out = {}
        for v in _kids(e, "VariableValue"):
            name = self.variables.get(self.target(_kid(v, "VariableRef")), "")
            value = next(("".join(k.itertext()) for k in v if _tag(k).endswith("Value")), "")
            if name:
                out[name] = value
            elif value:
                self.losses.add("nilai peubah yang tidak ada", "value of a variable that is not there", value[:30])
        return out

    def find(self, path: str) -> tuple[str, bytes] | None:
        """The entry that a path means: internal://x, relative://x, sources/x, ./x or bare."""
        clean = re.sub(r"^(internal|relative|file)://+|^\./", "", path.strip()).replace("\\", "/").casefold()
        for name in (clean, f"sources/{clean}", f"sources/{PurePosixPath(clean).name}", PurePosixPath(clean).name):
            if name in self.entries:
                return self.entries[name]
        return None

    def body(self, e: etree._Element, what: str) -> str:
        inline = _kid(e, "PlainTextContent")
        path = e.get("plainTextPath") or ""
        if path:
            found = self.find(path)
            if found:
                text = decode(found[1], f"{self.where}:{found[0]}")[0]
                return ("\ufeff" if found[1][:3] == b"\xef\xbb\xbf" or found[1][:2] in (b"\xff\xfe", b"\xfe\xff") else "") + text
        if inline is not None:
            return "".join(inline.itertext())
        rich = e.get("richTextPath") or ""
        found = self.find(rich) if rich else None
        if found:
            return self.rich(found)
        return ""

    def rich(self, found: tuple[str, bytes]) -> str:
        """The words of a Word file, where a program wrote no plain text beside it."""
        import tempfile

        from ..readers import can_read, read

        name = PurePosixPath(found[0]).name
        if not can_read(Path(name)):
            return ""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"source{Path(name).suffix}"
            file.write_bytes(found[1])
            try:
                self.losses.add("sumber tanpa teks polos; teksnya diambil dari berkas Word, tempat kutipan mungkin bergeser", "source without plain text; its words were taken from the Word file, places may have shifted", name)
                return "\n".join(s.text for s in read(file))
            except KubeError:
                return ""

    def source(self, e: etree._Element) -> None:
        tag, name = _tag(e), e.get("name", "")
        if tag in _OTHER:
            inner = _kids(e, "Representation", "Transcript")
            self.losses.add(f"{_OTHER[tag][0]} (hanya teksnya yang dibaca)", f"{_OTHER[tag][1]} (only its text is read)", name)
            for k in _kids(e, *_AREAS):
                self.losses.add("pengodean pada gambar, halaman atau waktu", "coding of an area, a page or a stretch of time", name)
            if not inner:
                return
            for k in inner:
                self.text_source(k, k.get("name") or name, e)
            return
        if tag in _TEXTS:
            self.text_source(e, name, e)
        else:
            self.losses.add("sumber jenis lain", "source of another kind", f"{tag} {name}".strip())

    def text_source(self, e: etree._Element, name: str, outer: etree._Element) -> None:
        guid = self.fresh(outer) if outer is e else self.guid(outer) or self.fresh(e)
        s = ProjectSource(guid, name, None, e.get("creatingUser", ""), e.get("creationDateTime", ""), _text(outer, "Description"), values=self.values(outer))
        text = self.body(e, name)
        s.text = text or None
        if s.text is None:
            self.losses.add("sumber yang teksnya tidak ada di dalam berkas", "source whose text is not in the file", name)
        s.notes = [self.target(k) for k in _kids(outer, "NoteRef")]
        s.codes = [m for k in _kids(outer, "Coding") if (m := self.mark(k))]
        sync = {self.guid(k): k.get("position", "") for k in _kids(e, "SyncPoint")}
        for k in _kids(e, "PlainTextSelection", "TranscriptSelection"):
            try:
                start, end = (int(float(k.get(at) or sync.get((k.get(point) or "").strip().strip("{}").lower(), ""))) for at, point in (("startPosition", "fromSyncPoint"), ("endPosition", "toSyncPoint")))
            except (ValueError, OverflowError):
                if _tag(k) == "PlainTextSelection":
                    self.losses.add("kutipan tanpa tempat yang terbaca", "passage without a readable place", name)
                else:
                    self.losses.add("kutipan transkrip yang hanya punya waktu, tanpa tempat di teks", "transcript passage with times only, no place in the text", name)
                continue
            big = 1 << 52
            s.selections.append(Selection(self.fresh(k), max(-big, min(start, big)), max(-big, min(end, big)), k.get("name", ""), _text(k, "Description"), k.get("creatingUser", "").strip("{}").lower(),
                                          k.get("creationDateTime", ""), [m for c in _kids(k, "Coding") if (m := self.mark(c))], [self.target(n) for n in _kids(k, "NoteRef")]))
        self.p.sources.append(s)

    def mark(self, e: etree._Element) -> Mark | None:
        code = self.target(_kid(e, "CodeRef"))
        if not code:
            self.losses.add("pengodean tanpa kode", "coding without a code", self.guid(e))
            return None
        return Mark(self.fresh(e), code, e.get("creatingUser", "").strip("{}").lower(), e.get("creationDateTime", ""), [self.target(k) for k in _kids(e, "NoteRef")])


def from_bytes(data: bytes, name: str = "written") -> Project:
    """Read a .qdpx that is still in memory."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as z:
        entries = {n.casefold(): (n, z.read(n)) for n in z.namelist()}
    return _Reader(xml(entries["project.qde"][1], name), name, entries, name, entries["project.qde"][1]).project()
