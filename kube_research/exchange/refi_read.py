"""REFI-QDA in: .qdpx projects and .qdc codebooks of any program, with the oddities that programs write."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from itertools import count
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from lxml import etree

from ..model import KubeError
from ..readers.guard import unzip, xml
from ..words import say
from .bulk import CUT, Rows, Run, cut
from .dialects import mended, settle
from .elements import Bares, Names, bare, color, inside, kid, kids, lines_of, load, name_of, whole, words_of
from .project import Case, Mark, Note, Project, ProjectCode, ProjectSource, Selection, User, unswept
from .shape import CHILDREN, guid
from .texts import BLANK, TEXTS, Texts

_WANT = re.compile(r"\.qde$|\.(txt|text|md|docx|odt|rtf|html?)$|(^|/)[^./]+$", re.I)
_PARTS = ("Representation", "Transcript", "TextDescription")  # where a picture, a PDF or a recording holds its text
_OTHER = {"PictureSource": ("gambar", "picture"), "PDFSource": ("PDF", "PDF"), "AudioSource": ("rekaman suara", "audio recording"), "VideoSource": ("video", "video")}
_BIG = 1 << 52
_FILES = etree.XPath("//@path | //@richTextPath", smart_strings=False)
_NONE = (etree.Element("none"),)
_READ = {"PlainTextSelection", "TranscriptSelection", "Selections", "CodeBook", "Code"}  # wherever they stand
_AREAS = {"PDFSelection", "PictureSelection", "AudioSelection", "VideoSelection", "TranscriptSelection"}


@unswept()
def read_qdpx(path: Path) -> Project:
    """Read a .qdpx project."""
    data = load(path)
    if data[:16] == b"SQLite format 3\x00":
        raise KubeError(say("Berkas ini basis data, bukan arsip REFI-QDA.", "This file is a database, no REFI-QDA archive."), path.name, say("Beri akhiran .sqlite3 (Taguette), .qda (QualCoder) atau .rqda (RQDA).", "End its name in .sqlite3 (Taguette), .qda (QualCoder) or .rqda (RQDA)."))
    entries = unzip(data, path.name, want=_WANT)
    qdes = sorted((n for n in entries if n.lower().endswith(".qde")), key=lambda n: (n.lower() != "project.qde", n.count("/"), n))
    if not qdes:
        raise KubeError(say("Tidak ada project.qde di dalam berkas ini.", "There is no project.qde in this file."), path.name, say("Ekspor ulang sebagai REFI-QDA (.qdpx).", "Export it again as REFI-QDA (.qdpx)."))
    where = f"{path.name}:{qdes[0]}"
    raw = entries[qdes[0]]
    home = qdes[0].casefold()[:-len(PurePosixPath(qdes[0]).name)]  # a folder that was zipped as a whole
    project, root = _read(raw, where, {n.casefold().removeprefix(home): (n, b) for n, b in entries.items()}, path.stem)
    named = {PurePosixPath(unquote(v).replace("\\", "/")).name.casefold() for v in _FILES(root)} if b"path" in raw or b"richTextPath" in raw or b"\x00" in raw[:4] else set()
    if named - {""}:
        try:
            project.media = {PurePosixPath(n.replace("\\", "/")).name: b for n, b in unzip(data, path.name, want=re.compile("(?:^|[/\\\\])(?:" + "|".join(map(re.escape, sorted(named - {""}))) + ")$", re.I)).items()}
        except KubeError as e:
            project.losses.add("gambar, rekaman dan berkas Word di dalam arsip tidak ikut disimpan", "pictures, recordings and Word files of the archive were not kept", str(e)[:120])
    return project


def read_qdc(path: Path) -> Project:
    """Read a .qdc codebook."""
    return _read(load(path), path.name, {}, path.stem, f"{path.stem}.qdc")[0]


def _read(raw: bytes, where: str, entries: dict[str, tuple[str, bytes]], name: str, raw_name: str = "") -> tuple[Project, etree._Element]:
    """A project file as a project, and its XML; what somebody forgot to escape is mended, and told."""
    body, rows = cut(raw)
    try:
        root = xml(body, where)
    except KubeError:
        if (sound := mended(raw)) is None:
            raise
        body, rows = cut(sound)
        project = _Reader(root := xml(body, where), where, entries, name, sound, raw_name, rows).project()
        project.losses.add("XML yang rusak karena &, < atau tanda kutip di tempat yang salah; diperbaiki", "XML that &, < or a quotation mark in the wrong place had broken; mended", PurePosixPath(where.rpartition(":")[2]).name)
        return project, root
    return _Reader(root, where, entries, name, raw, raw_name, rows).project(), root


class _Reader:
    def __init__(self, root: etree._Element, where: str, entries: dict[str, tuple[str, bytes]], name: str, raw: bytes, raw_name: str = "", rows: Rows | None = None):
        self.root, self.where, self.rows = root, where, rows
        self.p = Project(name=name, raw=raw, raw_name=raw_name or f"{name}.qde")
        self.losses = self.p.losses
        self.texts = Texts(entries, where, self.losses)
        self.seen: set[str] = set()
        self.names, self.bares = Names(), Bares()

    def guid(self, e: etree._Element) -> str:
        return bare(e.get("guid") or e.get("GUID"))

    def fresh(self, e: etree._Element) -> str:
        """An element's guid, made unique."""
        return self.single(e.get("guid") or e.get("GUID"), name_of(e), e.get("name", ""))

    def single(self, said: str | None, kind: str, name: str) -> str:
        """A guid as we compare it, made unique."""
        guid, n = bare(said) or f"{kind.lower()}-{len(self.seen)}", 1
        if guid in self.seen:
            self.losses.add("GUID kembar dibedakan", "duplicate GUIDs told apart", name or guid)
            while f"{guid}-{n}" in self.seen:
                n += 1
            guid = f"{guid}-{n}"
        self.seen.add(guid)
        return guid

    def who(self, e: etree._Element) -> tuple[str, str]:
        """Who made a thing and when; some programs say only who changed it last."""
        return self.bares[e.get("creatingUser") or e.get("modifyingUser")], e.get("creationDateTime") or e.get("modifiedDateTime") or ""

    def astray(self) -> None:
        """Passages that stand beside the sources and name theirs (Quackdas); what the standard does not know, and we do not read, is told."""
        by = {s.guid: s for s in self.p.sources}
        for k in [k for box in kids(self.root, "Selections") for k in kids(box, "PlainTextSelection")]:
            s = by.get(self.bares[k.get("sourceGUID")])
            if s is None:
                self.losses.add("kutipan dari sumber yang teksnya tidak ada", "passage of a source whose text is not there", k.get("name", ""))
            elif (x := self.passage(k, "PlainTextSelection", s.name, {})) is not None:
                s.selections.append(x)
        for e in self.root.iter():
            known = CHILDREN.get(self.names[e.tag])
            for k in e if known else ():
                name = self.names[k.tag]
                if name and name not in known and name not in _READ:  # type: ignore[operator]
                    self.losses.add("unsur yang tidak dikenal standar; hanya ada di berkas asli", "element that the standard does not know; it is in the original only", f"{name} {k.get('name', '')}".strip())

    def target(self, e: etree._Element | None) -> str:
        return self.bares[e.get("targetGUID") or e.get("targetGuid") or e.get("guid")] if e is not None else ""

    def project(self) -> Project:
        tag = name_of(self.root)
        if tag not in ("Project", "CodeBook"):
            raise KubeError(say(f"Ini bukan REFI-QDA: unsur pertama bernama {tag!r}.", f"This is not REFI-QDA: its first element is {tag!r}."), self.where, say("Ekspor ulang sebagai REFI-QDA.", "Export it again as REFI-QDA."))
        r, p = self.root, self.p
        p.name, p.origin, p.created = r.get("name") or p.name, r.get("origin", ""), r.get("creationDateTime", "")
        book = r if tag == "CodeBook" else kid(r, "CodeBook")
        links = [(self.guid(n), self.target(k)) for n in inside(r, "Notes", "Note") for k in n.iterchildren("{*}NoteRef")]  # Quackdas: a note names what it is on
        for u in inside(r, "Users", "User"):
            p.users.append(User(self.fresh(u), u.get("name") or u.get("id") or ""))
        self.persons = {self.guid(c) for c in inside(r, "Cases", "Case")}
        for c in [*inside(book, "Codes", "Code"), *kids(book, "Code")]:
            self.code(c, "")
        for s in inside(book, "Sets"):
            self.losses.add("himpunan kode (tersimpan; ikut lagi saat diekspor)", "set of codes (kept; goes out again)", s.get("name", ""))
        if tag == "CodeBook":
            return p
        variables = {}
        for v in inside(r, "Variables", "Variable"):
            name = v.get("name") or "variable"
            if name in p.variables:
                self.losses.add("peubah kembar dibedakan", "variables of one name told apart", name)
                name = next(n for i in count(2) if (n := f"{name} ({i})") not in p.variables)
            variables[self.fresh(v)] = name
            p.variables[name] = v.get("typeOfVariable", "Text")
        self.variables = p.variable_guids = variables
        placed: dict[str, list[tuple[str, int, int]]] = {}
        for n in inside(r, "Notes", "Note"):
            guid = self.fresh(n)
            inline = n[0] if len(n) == 1 and self.names[n[0].tag] == "PlainTextContent" else None
            if inline is not None and not len(inline) and n.get("plainTextPath") is None and n.get("richTextPath") is None:
                p.notes[guid] = Note(guid, n.get("name", ""), inline.text or "", *self.who(n))
                continue
            words, about = lines_of(self.texts.of(n, kid(n, "PlainTextContent"))), words_of(n, "Description")
            p.notes[guid] = Note(guid, n.get("name", ""), words or about, *self.who(n), about if words.strip() and about.strip() and about.strip() not in words else "")
            within = kids(n, "PlainTextSelection")
            if within and not kids(n, "Coding") and not any(kids(k, "Coding") or self.rows and k.get(CUT) for k in within):
                spots = [(self.fresh(k), a, b) for k in within if (a := whole(k.get("startPosition"))) is not None and (b := whole(k.get("endPosition"))) is not None]
                if spots:
                    placed[guid] = spots
            elif within or kids(n, "Coding"):
                self.losses.add("catatan dengan pengodean di dalamnya (pengodeannya hanya ada di berkas asli, dan ikut lagi saat diekspor)", "note with codings in it (they are in the original only, and go out again)", n.get("name", ""))
        sources = inside(r, "Sources")
        alone = {self.texts.name(path): s for s in sources if name_of(s) == "TextSource" and (path := s.get("plainTextPath"))}
        same = [(s, k, alone.get(self.texts.name(k.get("plainTextPath", "")))) for s in sources if name_of(s) in _OTHER for k in kids(s, *_PARTS)]
        self.twins = {k: twin for _, k, twin in same if twin is not None and self.coded(k) <= self.coded(twin, anybody=True)}
        for s in sources:
            self.source(s)
        self.astray()
        here = {s.guid for s in p.sources}
        within_it = {self.guid(s): self.guid(self.twins[k]) for s, k, _ in same if k in self.twins and self.guid(s) not in here}  # a recording whose words are that source's
        for c in inside(r, "Cases", "Case"):
            p.cases.append(Case(self.fresh(c), c.get("name", ""), words_of(c, "Description"), self.values(kids(c, "VariableValue")), list(dict.fromkeys(within_it.get(g, g) for g in map(self.target, kids(c, "SourceRef")))), [self.target(k) for k in kids(c, "SelectionRef")]))
            for k in kids(c, "CodeRef"):
                self.losses.add("kasus yang menunjuk kode (tersimpan; ikut lagi saat diekspor)", "reference of a case to a code (kept; goes out again)", c.get("name", ""))
        for k in inside(r, "Sets", "Set"):
            members = [g for m in kids(k, "MemberSource") if (g := within_it.get(self.target(m), self.target(m))) in here]
            if members:
                p.groups.setdefault(k.get("name") or "set", []).extend(members)
                self.losses.add("himpunan dokumen (tersimpan; ikut lagi saat diekspor; --groups menjadikannya kolom atau kasus)", "set of documents (kept; goes out again; --groups makes a column or cases of it)", k.get("name", ""))
            else:
                self.losses.add("himpunan (tersimpan; ikut lagi saat diekspor)", "set (kept; goes out again)", k.get("name", ""))
        for name, indonesian, english in (("Links", "tautan (tersimpan; ikut lagi saat diekspor)", "link (kept; goes out again)"), ("Graphs", "bagan (tersimpan; ikut lagi saat diekspor)", "graph (kept; goes out again)")):
            for k in inside(r, name):
                self.losses.add(indonesian, english, k.get("name", ""))
        settle(p, placed, [*links, *((bare(k.get("originGUID")), bare(k.get("targetGUID"))) for k in inside(r, "Links", "Link"))])
        p.description = words_of(r, "Description")
        p.project_notes = [self.target(k) for k in kids(r, "NoteRef")]
        return p

    def code(self, e: etree._Element, parent: str) -> None:
        stack = [(e, parent)]
        while stack:
            c, above = stack.pop()
            if self.guid(c) in self.persons:
                self.losses.add("kode yang sebenarnya kasus; apa yang dikode di sana milik kasus itu", "code that is a case; what is coded at it belongs to the case", c.get("name", ""))
                stack += [(k, above) for k in reversed(kids(c, "Code"))]
                continue
            guid = self.fresh(c)
            tint = color(c.get("color", ""))
            if c.get("color", "").strip() and not tint:
                self.losses.add("warna yang tidak dikenal", "colour that is none", f"{c.get('name', '')} {c.get('color', '')[:20]}")
            self.p.codes.append(ProjectCode(guid, c.get("name", ""), above, words_of(c, "Description"), tint, c.get("isCodable", "true").lower() not in ("false", "0"), [self.target(k) for k in kids(c, "NoteRef")]))
            stack += [(k, guid) for k in reversed(kids(c, "Code"))]

    def values(self, said: Iterable[etree._Element]) -> dict[str, str]:
        out = {}
        for v in said:
            name = self.variables.get(self.target(kid(v, "VariableRef")), "")
            value = next(("".join(k.itertext()) for k in v if name_of(k).endswith("Value")), "")
            if name and out.get(name, value) != value:
                self.losses.add("peubah yang di satu tempat bernilai beberapa; disambung dengan ;", "variable with several values in one place; joined by ;", f"{name}: {value[:30]}")
                out[name] = f"{out[name]}; {value}"
            elif name:
                out[name] = value
            elif value:
                self.losses.add("nilai peubah yang tidak ada", "value of a variable that is not there", value[:30])
        return out

    def source(self, e: etree._Element) -> None:
        tag, name = name_of(e), e.get("name", "")
        if tag in _OTHER:
            inner = kids(e, *_PARTS)
            for k in [k for k in inner if k in self.twins]:  # ATLAS.ti, QualCoder
                inner.remove(k)
                self.losses.add("transkrip yang juga sumber tersendiri; dibaca sekali (titik waktunya tersimpan, ikut lagi saat diekspor)", "transcript that is a source of its own as well; read once (its sync points are kept, and go out again)", k.get("name") or name)
            self.losses.add(f"{_OTHER[tag][0]} (teksnya dibaca; selebihnya tersimpan dan ikut lagi saat diekspor)", f"{_OTHER[tag][1]} (its text is read; the rest is kept and goes out again)", name)
            for _ in self.areas(e, inner):
                self.losses.add("pengodean pada gambar, halaman atau waktu (tersimpan; ikut lagi saat diekspor)", "coding of an area, a page or a stretch of time (kept; goes out again)", name)
            home = self.fresh(e) if self.guid(e) else ""
            for n, k in enumerate(inner):
                self.text_source(k, name_of(k) == "Transcript" and k.get("name") or name or k.get("name", ""), e, home, first=n == 0)
            if not inner and (lost := kids(e, "PlainTextSelection")):
                self.losses.add("kutipan dari sumber yang teksnya tidak ada", "passage of a source whose text is not there", name, sum(len(self.written(k)) for k in lost))
            return
        if tag in TEXTS:
            self.text_source(e, name, e)
        else:
            self.losses.add("sumber jenis lain", "source of another kind", f"{tag} {name}".strip())

    def written(self, e: etree._Element) -> list[str]:
        """The GUIDs, as written, of the passages that an element is or stands for."""
        said = e.get(CUT) if self.rows else None
        return self.rows.passage["guid"][slice(*map(int, said.split()))] if self.rows and said else [e.get("guid") or ""]

    def areas(self, e: etree._Element, inner: list[etree._Element]) -> list[etree._Element]:
        """The codings of areas, pages and times that no passage of the text repeats: ATLAS.ti writes each twice, under one GUID, and what goes on on the next page once more."""
        told = {bare(g) for part in inner for k in kids(part, "PlainTextSelection") for g in self.written(k)}
        areas = kids(e, *_AREAS)
        twice = {(k.get("name"), k.get("creationDateTime")) for k in areas if self.guid(k) in told and k.get("name")}
        return [k for k in areas if self.guid(k) not in told and (k.get("name"), k.get("creationDateTime")) not in twice]

    def text_source(self, e: etree._Element, name: str, outer: etree._Element, home: str = "", first: bool = True) -> None:
        """A text, of its own or within a picture, a PDF or a recording that bears the GUID `home`."""
        guid = home or self.fresh(e)
        parts = self.parts(e)
        around = parts if outer is e else self.parts(outer)
        name = name.strip() or PurePosixPath(unquote((e.get("plainTextPath") or e.get("richTextPath") or e.get("path") or outer.get("path") or "").replace("\\", "/"))).stem
        (user, made), (their, when) = self.who(e), self.who(outer)
        s = ProjectSource(guid, name, None, user or their, made or when, "".join(around.get("Description", _NONE)[0].itertext()), values=self.values(around.get("VariableValue", ())))
        s.space = "code-points+file" if self.p.origin == "kube_research" else ""
        text = self.texts.of(e, parts.get("PlainTextContent", [None])[0])
        s.text = text if text.strip(BLANK) else None
        if s.text is None:
            self.losses.add("sumber yang teksnya tidak ada di dalam berkas, atau kosong", "source whose text is not in the file, or empty", name)
        if e is not outer:
            s.part, s.part_guid = name_of(e), self.guid(e)
        s.notes = [self.target(k) for k in around.get("NoteRef", ())]
        s.codes = [m for k in around.get("Coding", ()) for m in self.marks(k)]
        points = parts.get("SyncPoint") or [x for k, twin in self.twins.items() if twin is e for x in kids(k, "SyncPoint")]
        sync = self.points(points)
        s.sync = [(self.guid(k), k.get("timeStamp", ""), int(at)) for k in points if re.fullmatch(r"\d{1,15}", at := k.get("position", ""))]
        found: list[Run | Selection] = []
        for kind in ("PlainTextSelection", "TranscriptSelection"):
            for k in (*parts.get(kind, ()), *(around.get(kind, ()) if outer is not e and first else ())):  # some put a PDF's passages beside its text
                if self.rows and (said := k.get(CUT)):
                    found.append(self.passages(self.rows, *map(int, said.split())))
                elif (x := self.passage(k, kind, name, sync)) is not None:
                    found.append(x)
        if len(found) == 1 and isinstance(run := found[0], Run):
            s.wait(run)
        else:
            s.selections = [x for k in found for x in (k.selections() if isinstance(k, Run) else (k,))]
        self.p.sources.append(s)

    def points(self, points: Iterable[etree._Element]) -> dict[str, str]:
        """Sync points by their GUIDs (QualCoder writes several into one reference: the first counts)."""
        return {self.guid(k)[:36]: k.get("position", "") for k in points}

    def coded(self, e: etree._Element, anybody: bool = False) -> set[tuple[str | None, ...]]:
        """Where a text is coded with what by whom: (start, end, code, coder); a passage without a code as such.  anybody: each also without its coder, whom many a transcript does not name."""
        out: set[tuple[str | None, ...]] = set()
        sync = self.points(kids(e, "SyncPoint"))
        for k in kids(e, "PlainTextSelection", "TranscriptSelection"):
            if self.rows and (said := k.get(CUT)):
                run = Run(self.rows, *map(int, said.split()), [])
                out.update(x for n in range(len(self.rows.codings)) for x in zip(run.passage("startPosition"), run.passage("endPosition"), run.coding(n, "CodeRef"), run.coding(n, "creatingUser"), strict=True))
                continue
            place = [k.get(at) or sync.get(bare(k.get(point))[:36]) for at, point in (("startPosition", "fromSyncPoint"), ("endPosition", "toSyncPoint"))]
            codings = kids(k, "Coding")
            out.update((*place, code, self.who(c)[0]) for c in codings for code in self.codes(c))
            out.update([] if codings else [(*place, None, "")])
        return out | {(*x[:3], "") for x in out} if anybody else out

    def codes(self, e: etree._Element) -> list[str]:
        """The codes that a coding gives: one; some programs write several, or name theirs in an attribute."""
        return list(dict.fromkeys(code for k in e if self.names[k.tag] == "CodeRef" and (code := self.target(k)))) or [self.bares[e.get("codeGUID")]][: bool(e.get("codeGUID"))]

    def parts(self, e: etree._Element) -> dict[str, list[etree._Element]]:
        """An element's children by their names."""
        out: dict[str, list[etree._Element]] = {}
        for k in e:
            out.setdefault(self.names[k.tag], []).append(k)
        return out

    def passages(self, rows: Rows, a: int, b: int) -> Run:
        """The passages of these rows, with their codings."""
        guids = rows.guids(a, b)
        plain = set().union(*guids) - {""}
        if rows.plain and len(plain) == sum(len(mine) - mine.count("") for mine in guids) and self.seen.isdisjoint(plain):
            self.seen |= plain
        else:  # a GUID twice, or otherwise written
            names = rows.passage["name"][a:b]
            told = [[self.single(g, "Coding" if n else "PlainTextSelection", "" if n else name) if g else g for n, g in enumerate(row)] for name, *row in zip(names, *guids, strict=True)]
            guids = list(map(list, zip(*told, strict=True)))
        return Run(rows, a, b, guids)

    def passage(self, e: etree._Element, kind: str, source: str, sync: dict[str, str]) -> Selection | None:
        """A passage with its codings, or None where it has no place."""
        get = e.get
        try:
            start, end = int(get("startPosition", "")), int(get("endPosition", ""))
        except ValueError:
            try:
                start, end = (int(float(get(at) or sync.get(bare(get(point))[:36], ""))) for at, point in (("startPosition", "fromSyncPoint"), ("endPosition", "toSyncPoint")))
            except (ValueError, OverflowError):
                if kind == "PlainTextSelection":
                    self.losses.add("kutipan tanpa tempat yang terbaca", "passage without a readable place", source)
                else:
                    self.losses.add("kutipan transkrip yang hanya punya waktu, tanpa tempat di teks", "transcript passage with times only, no place in the text", source)
                return None
        x = Selection(self.fresh(e), start, end, get("name", ""), "", *self.who(e))
        if not -_BIG < start < _BIG or not -_BIG < end < _BIG:
            x.start, x.end = max(-_BIG, min(start, _BIG)), max(-_BIG, min(end, _BIG))
        described = False
        for k in e:
            part = self.names[k.tag]
            if part == "Coding":
                x.marks += self.marks(k)
            elif part == "NoteRef":
                x.notes.append(self.target(k))
            elif part == "Description" and not described:
                x.description, described = "".join(k.itertext()), True
        return x

    def marks(self, e: etree._Element) -> list[Mark]:
        """A coding as ours: one for each code that it gives."""
        codes, notes = self.codes(e), [self.target(k) for k in e if self.names[k.tag] == "NoteRef"]
        if not codes:
            self.losses.add("pengodean tanpa kode", "coding without a code", self.guid(e))
            return []
        said, (user, made) = self.fresh(e), self.who(e)
        return [Mark(guid("coding", said, code) if n else said, code, user, made, list(notes)) for n, code in enumerate(codes)]


def unpacked(data: bytes) -> dict[str, bytes]:
    """The entries of a .qdpx of ours that is still in memory."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        return {n: z.read(n) for n in z.namelist()}


def from_entries(entries: dict[str, bytes], name: str = "written") -> Project:
    """Read these entries as a project."""
    body, rows = cut(raw := entries["project.qde"])
    return _Reader(xml(body, name), name, {n.casefold(): (n, b) for n, b in entries.items()}, name, raw, rows=rows).project()
