"""Write back what our model does not hold: sets, links, graphs, pictures and recordings with their codings, what a case points to.

What stood in another program's project goes into ours as it was, made to fit the schema; what points to something that is gone
(a code that was deleted, a source whose person withdrew) is left out and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import unquote

from lxml import etree

from .kept import Original, text_of
from .project import Project, ProjectSource
from .elements import bare
from .texts import composed
from .shape import ATTRIBUTES, CHILDREN, NS, attribute, clean, fitted, order, real, tag

_MEDIA = ("PictureSource", "PDFSource", "AudioSource", "VideoSource")
_SOURCES = ("TextSource", *_MEDIA)
_PARTS = ("Representation", "Transcript", "TextDescription")
_REFERENCES = {"CodeRef": "targetGUID", "NoteRef": "targetGUID", "SourceRef": "targetGUID", "SelectionRef": "targetGUID", "MemberCode": "targetGUID", "MemberSource": "targetGUID", "MemberNote": "targetGUID", "VariableRef": "targetGUID"}


def _file(path: str | None) -> str:
    """The name of the file that a path means, whatever stands before it and however its letters are written."""
    return composed(unquote((path or "").replace("\\", "/")).rpartition("/")[2])


def graft(root: etree._Element, p: Project) -> None:
    """Put into the project that is being written what the kept originals hold and it does not."""
    assert p.originals
    for o in p.originals.all:
        if tag(o.root) == "Project":
            _Graft(root, p, o).run()
    for k in [k for k in root if not len(k) and tag(k) not in ("Description", "NoteRef")]:
        root.remove(k)
    order(root)


class _Graft:
    def __init__(self, root: etree._Element, p: Project, o: Original):
        self.root, self.p, self.o = root, p, o
        self.mine = {bare(e.get("guid")): e for e in root.iter() if e.get("guid")}
        self.twins: set[str] = set()  # transcripts whose text is that of a source of its own
        self.gone: set[str] = set()  # sources whose document is no longer there, or may not leave

    def box(self, name: str) -> etree._Element:
        found = self.root.find(f"{{{NS}}}{name}")
        if found is None:
            ranks = {t: i for i, t in enumerate(CHILDREN["Project"])}
            at = next((i for i, k in enumerate(self.root) if ranks[tag(k)] > ranks[name]), len(self.root))
            found = etree.Element(f"{{{NS}}}{name}", nsmap={None: NS})
            self.root.insert(at, found)
        return found

    def run(self) -> None:
        documents = {bare(str(row.get("guid", ""))): name for name, row in self.o.table.documents.items()}
        names = {s.name for s in self.p.sources if s.clean}
        self.texts = {k.get("plainTextPath"): documents.get(bare(k.get("guid")), "") for k in self.o.box("Sources") if tag(k) == "TextSource" and k.get("plainTextPath")}
        self.said: dict[str, set[str]] = {}  # the same by file, however its path is written
        for path, d in self.texts.items():
            self.said.setdefault(_file(path), set()).add(d)
        came = Counter(bare(str(row.get("guid", ""))) for row in self.o.table.documents.values())
        left = Counter(s.guid for s in self.p.sources if s.clean)
        for e in self.o.box("Sources"):
            g = bare(e.get("guid"))
            words = [d for k in e if tag(k) in _PARTS for d in self.said.get(_file(k.get("plainTextPath")), ()) if d]  # what is said in it, in documents of their own
            if came[g] > max(left[g], left[real(g)]) or any(d not in names for d in words):
                self.gone.add(g)
                documents.setdefault(g, e.get("name", ""))
                if tag(e) in _MEDIA:
                    self.p.losses.add("gambar, PDF atau rekaman dari dokumen yang tidak ikut", "picture, PDF or recording of a document that stays behind", documents[g])
        self.users()
        self.codes()
        self.variables()
        self.sources()
        self.notes()
        self.cases()
        for name in ("Links", "Sets", "Graphs"):
            for e in self.of(name, name[:-1]):
                self.other(name, e)

    def of(self, box: str, kind: str) -> Iterator[etree._Element]:
        """The things of a box; what does not belong there is told."""
        for e in self.o.box(box):
            if tag(e) == kind:
                yield e
            else:
                self.p.losses.add("unsur berkas asli yang tidak memenuhi standar (tidak ditulis)", "element of the original that does not fit the standard (not written)", f"{tag(e)} {e.get('name', '')}".strip())

    # --- what may come along -------------------------------------------------------------------------------------------
    def keep(self, e: etree._Element) -> bool:
        """Whether what an element points to is there; a note that is only in the original is fetched."""
        name = tag(e)
        if name in _REFERENCES:
            g = bare(e.get("targetGUID") or e.get("guid"))
            if g not in self.mine and name in ("NoteRef", "MemberNote"):
                self.fetch(g)
            there = g in self.mine or real(g) in self.mine
            if not there:
                self.lost(e)
            return there
        if name == "Coding":
            return any(self.keep(k) for k in e if tag(k) == "CodeRef")
        return True

    def lost(self, e: etree._Element) -> None:
        self.p.losses.add("rujukan ke sesuatu yang sudah tidak ada (tidak ditulis)", "reference to something that is no longer there (not written)", f"{tag(e.getparent())} {e.getparent().get('name', '')}".strip())

    def take(self, e: etree._Element, parent: etree._Element) -> etree._Element | None:
        made = fitted(e, self.keep)
        if made is None:
            self.p.losses.add("unsur berkas asli yang tidak memenuhi standar (tidak ditulis)", "element of the original that does not fit the standard (not written)", f"{tag(e)} {e.get('name', '')}".strip())
            return None
        for k in made.iter():
            g = k.get("guid")
            if g and "guid" in ATTRIBUTES.get(tag(k), ()):
                if g in self.mine and (tag(k), tag(self.mine[g])) == ("PDFSelection", "PlainTextSelection"):  # ATLAS.ti: one passage, on its page and in the text
                    continue
                if g in self.mine:
                    k.set("guid", real(f"{g}-again-{len(self.mine)}"))
                self.mine[k.get("guid", "")] = k
        parent.append(made)
        return made

    def fetch(self, g: str) -> None:
        """A note of the original that something points to."""
        e = self.o.by.get(g)
        if e is None or tag(e) != "Note" or g not in self.o.table.notes or g in self.mine:
            return
        self.mine[g] = made = etree.SubElement(self.box("Notes"), f"{{{NS}}}Note", guid=real(g), nsmap={None: NS})
        self.like(made, e, "name", "creatingUser", "creationDateTime", "modifyingUser", "modifiedDateTime")
        etree.SubElement(made, f"{{{NS}}}PlainTextContent").text = self.o.table.notes[g][1]

    @staticmethod
    def like(mine: etree._Element, theirs: etree._Element, *names: str) -> None:
        """Attributes as they were in the original; what it did not say we do not make up."""
        for name in names:
            if name in ("creatingUser", "creationDateTime") and tag(mine) != "Note":
                mine.attrib.pop(name, None)
            if theirs.get(name) is not None and (value := attribute(name, theirs.get(name, ""))) is not None:
                mine.set(name, value)

    # --- box by box ----------------------------------------------------------------------------------------------------
    def users(self) -> None:
        for e in self.o.box("Users"):
            if (mine := self.mine.get(bare(e.get("guid")))) is not None and tag(mine) == "User":
                self.like(mine, e, "id", "name")

    def codes(self) -> None:
        for e in self.o.root.iter("{*}Code"):
            mine = self.mine.get(bare(e.get("guid")))
            if mine is not None and tag(mine) == "Code" and mine.get("name") == e.get("name"):
                self.like(mine, e, "isCodable")

    def variables(self) -> None:
        for e in self.of("Variables", "Variable"):
            mine = self.mine.get(bare(e.get("guid")))
            if mine is None:
                self.take(e, self.box("Variables"))
            elif tag(mine) == "Variable":
                self.like(mine, e, "name")
                if text_of(e, "Description") and not text_of(mine, "Description"):
                    etree.SubElement(mine, f"{{{NS}}}Description").text = text_of(e, "Description")

    def sources(self) -> None:
        box = self.box("Sources")
        parts = {(s.guid, s.part_guid): self.mine[s.part_guid] for s in self.p.sources if s.part}
        texts = {s.guid: s for s in self.p.sources if not s.part}
        for e in self.o.box("Sources"):
            g = bare(e.get("guid"))
            if g in self.gone or tag(e) not in _SOURCES:
                continue
            inside = {pg: made for (sg, pg), made in parts.items() if sg == real(g) and made.getparent() is box}  # of two recordings under one GUID the first has it
            if g in texts and g in self.mine:
                self.text(e, self.mine[g], texts[g].same and texts[g].clean)
            elif inside:
                self.outer(e, inside, box)
            elif g not in self.mine:
                self.take(self.shared(e), box)
        for s in self.p.sources:  # a part whose picture or recording is gone stands as a text
            if s.part and self.mine[s.part_guid].getparent() is box:
                self.stands_alone(self.mine[s.part_guid])

    @staticmethod
    def stands_alone(part: etree._Element) -> None:
        """A transcript without its recording is a text: places instead of times."""
        part.tag = f"{{{NS}}}TextSource"
        points = {k.get("guid"): k.get("position", "") for k in part if tag(k) == "SyncPoint"}
        for k in list(part):
            if tag(k) == "SyncPoint":
                part.remove(k)
            elif tag(k) == "TranscriptSelection":
                k.tag = f"{{{NS}}}PlainTextSelection"
                for name, at in (("startPosition", "fromSyncPoint"), ("endPosition", "toSyncPoint")):
                    k.set(name, points.get(k.attrib.pop(at, ""), "0"))

    def text(self, e: etree._Element, mine: etree._Element, same: bool) -> None:
        self.like(mine, e, "name", "creatingUser", "creationDateTime", *(("modifyingUser", "modifiedDateTime") if same else ()))
        if same and e.get("richTextPath"):
            self.like(mine, e, "richTextPath")
        self.logs(e)
        if same:
            self.at_cases(e, mine)

    def at_cases(self, e: etree._Element, mine: etree._Element) -> None:
        """Passages that were coded at cases only (NVivo), where the text is as it came."""
        for x in e.iterchildren("{*}PlainTextSelection"):
            refs = [bare(k.get("targetGUID")) for c in x.iterchildren("{*}Coding") for k in c.iterchildren("{*}CodeRef")]
            if refs and bare(x.get("guid")) not in self.mine and all(g in self.mine and tag(self.mine[g]) == "Case" for g in refs):
                self.take(x, mine)
        order(mine)

    def logs(self, e: etree._Element) -> None:
        """Who last changed a passage, where it is as it came."""
        for x in e.iter("{*}PlainTextSelection", "{*}TranscriptSelection"):
            mine = self.mine.get(bare(x.get("guid")))
            if mine is not None:
                self.like(mine, x, "modifyingUser", "modifiedDateTime")

    def outer(self, e: etree._Element, inside: dict[str, etree._Element], box: etree._Element) -> None:
        """A picture, a PDF or a recording around its texts as they are now."""
        bare_one = self.shared(e)
        for k in [k for k in bare_one if tag(k) in _PARTS and bare(k.get("guid")) not in self.twins or tag(k) in ("Coding", "NoteRef", "VariableValue")]:
            bare_one.remove(k)
        self.pages(bare_one, e)
        made = self.take(bare_one, box)
        if made is None:
            return
        for n, part in enumerate(inside.values()):
            theirs = self.o.by.get(bare(part.get("guid")))
            if theirs is not None:
                self.like(part, theirs, "name", "creatingUser", "creationDateTime")
                self.logs(theirs)
            for k in [k for k in part if tag(k) in ("Description", "Coding", "NoteRef", "VariableValue")]:
                part.remove(k)
                if n == 0 and (tag(k) != "Description" or not text_of(made, "Description")):
                    made.append(k)
            made.append(part)
        order(made)

    def shared(self, e: etree._Element) -> etree._Element:
        """A copy of a picture, a PDF or a recording; a transcript whose text is a source of its own points to that source's text, and goes where that was changed."""
        here = {s.name: s for s in self.p.sources if s.same and s.clean}
        out = etree.fromstring(etree.tostring(e))
        for k in [k for k in out if tag(k) in _PARTS and bare(k.get("guid")) in self.mine]:
            out.remove(k)
        for k, d in [(k, d) for k in out if tag(k) in _PARTS and bare(k.get("guid")) not in self.mine and (d := self.twin(k.get("plainTextPath"))) is not None]:
            s = here.get(d)
            if s is not None and s.guid in self.mine:
                k.set("plainTextPath", self.mine[s.guid].get("plainTextPath", ""))
                self.twins.add(bare(k.get("guid")))
                self.timed(k, s)
            else:
                out.remove(k)
                self.p.losses.add("transkrip yang teksnya sudah berubah atau tidak ikut (tidak ditulis)", "transcript whose text was changed or stays behind (not written)", k.get("name", ""))
        return out

    def twin(self, path: str | None) -> str | None:
        """The document whose file a transcript's path means; None where no source of its own has it."""
        same = self.said.get(_file(path), set()) if path else set()
        return self.texts.get(path, next(iter(same)) if len(same) == 1 else None)

    @staticmethod
    def timed(k: etree._Element, s: ProjectSource) -> None:
        """A transcript's sync points as its text counts them now; a coding that was taken away from the text leaves the transcript as well."""
        places = {g: at for g, _, at in s.sync}
        now = {(x.start, x.end, m.code) for x in s.selections for m in x.marks}
        for x in [x for x in k if tag(x) == "SyncPoint" and real(x.get("guid")) in places]:
            x.set("position", str(places[real(x.get("guid"))]))
        for x in [x for x in k if tag(x) == "TranscriptSelection"]:
            ends = [real(bare(x.get(name))[:36]) for name in ("fromSyncPoint", "toSyncPoint")]
            x.set("fromSyncPoint", ends[0]), x.set("toSyncPoint", ends[1])
            gone = [c for c in x if tag(c) == "Coding" and not any((*map(places.get, ends), bare(r.get("targetGUID"))) in now for r in c.iterchildren("{*}CodeRef"))]
            for c in gone:
                x.remove(c)
            if gone and not any(tag(c) == "Coding" for c in x):
                k.remove(x)

    def pages(self, mine: etree._Element, e: etree._Element) -> None:
        """Passages that stand on a page and in the text, in ATLAS.ti's way: what was taken away from the text leaves the page as well."""
        twice = {bare(x.get("guid")) for part in e if tag(part) in _PARTS for x in part.iterchildren("{*}PlainTextSelection")}
        on = [k for k in mine if tag(k) == "PDFSelection"]
        first = {(k.get("name"), k.get("creationDateTime")): bare(k.get("guid")) for k in on if k.get("name") and bare(k.get("guid")) in twice}
        for k in on:
            g = bare(k.get("guid"))
            g = g if g in twice else first.get((k.get("name"), k.get("creationDateTime")), "")
            if not g:
                continue
            now = self.mine.get(g)
            codes = {bare(r.get("targetGUID")) for r in now.iter("{*}CodeRef")} if now is not None else set()
            gone = [c for c in k.iterchildren("{*}Coding") if not codes & {bare(r.get("targetGUID")) for r in c.iterchildren("{*}CodeRef")}]
            if now is None:
                mine.remove(k)
            for c in gone if now is not None else ():
                k.remove(c)

    def notes(self) -> None:
        """The form of notes that came along as they were, and codings within notes whose words are the same."""
        for e in self.o.box("Notes"):
            mine = self.mine.get(bare(e.get("guid")))
            if mine is None or tag(mine) != "Note":
                continue
            self.like(mine, e, "name", "creatingUser", "creationDateTime", "modifyingUser", "modifiedDateTime")
            for about in self.o.table.notes.get(bare(e.get("guid")), [])[2:] if not text_of(mine, "Description") else ():
                etree.SubElement(mine, f"{{{NS}}}Description").text = clean(about)
            for k in e:
                if tag(k) in ("PlainTextSelection", "Coding", "NoteRef", "VariableValue") and self.keep(k):
                    self.take(k, mine)
            order(mine)

    def cases(self) -> None:
        for e in self.of("Cases", "Case"):
            mine = self.mine.get(bare(e.get("guid")))
            if mine is None and not e.get("name") and self.still(e):
                self.take(e, self.box("Cases"))
            if mine is None or tag(mine) != "Case":
                continue
            if not e.get("name"):
                mine.attrib.pop("name", None)
            had = {(tag(k), k.get("targetGUID")) for k in mine}
            for k in e:
                if tag(k) in ("CodeRef", "SelectionRef", "SourceRef") and (tag(k), bare(k.get("targetGUID"))) not in had and bare(k.get("targetGUID")) not in self.gone and self.keep(k):
                    self.take(k, mine)
            order(mine)

    def still(self, e: etree._Element) -> bool:
        """Whether a nameless case, which holds the variables of one source, says what that source says now."""
        target = next((bare(k.get("targetGUID")) for k in e if tag(k) == "SourceRef"), "")
        now = next((s.values for s in self.p.sources if s.guid == target), None)
        names = {g: name for name, g in self.p.variable_guids.items()}
        said = [(names.get(bare(v[0].get("targetGUID")), ""), "".join(v[1].itertext())) for v in e if tag(v) == "VariableValue" and len(v) > 1]
        return now is not None and all(now.get(name, "") == value for name, value in said)

    def other(self, name: str, e: etree._Element) -> None:
        """A set, a link, a graph: whole, where what it is about is still there."""
        if tag(e) == "Link":
            ends = [bare(e.get(k)) for k in ("originGUID", "targetGUID") if e.get(k)]
            for g in ends:
                self.fetch(g)
            if any(g not in self.mine for g in ends):
                self.p.losses.add("tautan yang salah satu ujungnya sudah tidak ada (tidak ditulis)", "link with an end that is no longer there (not written)", e.get("name", ""))
                return
        made = self.take(e, self.box(name))
        if made is not None and name == "Graphs":
            for k in made:
                if k.get("representedGUID") and k.get("representedGUID") not in self.mine:
                    del k.attrib["representedGUID"]


def files(body: bytes, p: Project) -> dict[str, bytes]:
    """The pictures, recordings, PDF and Word files that the written project points to."""
    if not p.originals or not any(o.path.with_suffix(".media.zip").exists() for o in p.originals.all):
        return {}
    root = etree.fromstring(body)
    named = {PurePosixPath(unquote(re.sub(r"^internal://+", "", v)).replace("\\", "/")).name.casefold() for e in root.iter() for a in ("path", "richTextPath") if (v := e.get(a))}
    return {name: data for o in p.originals.all for name, data in o.media().items() if name.casefold() in named}


def sets_of_codes(root: etree._Element, p: Project) -> None:
    """Sets of codes of an imported codebook, back into a codebook; a set of a project keeps its codes."""
    space = etree.QName(root).namespace
    known = {bare(e.get("guid")) for e in root.iter(f"{{{space}}}Code")}
    box = etree.Element(f"{{{space}}}Sets")
    for o in p.originals.all if p.originals else ():
        for e in o.root.iter("{*}Set"):
            members = [g for k in e if tag(k) == "MemberCode" and (g := bare(k.get("targetGUID") or k.get("guid"))) in known]
            if members:
                made = etree.SubElement(box, f"{{{space}}}Set", guid=real(e.get("guid")), name=e.get("name") or "set")
                if text_of(e, "Description"):
                    etree.SubElement(made, f"{{{space}}}Description").text = text_of(e, "Description")
                for g in members:
                    etree.SubElement(made, f"{{{space}}}MemberCode", guid=g)
    if len(box):
        root.append(box)
