"""What was written is read again and held against what was meant, before it counts as written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

from lxml import etree

from ..model import KubeError
from ..readers.guard import xml
from ..words import say
from . import refi_read
from .project import Project, ProjectSource
from .refi_write import file_of, note_files, variable
from .shape import NS, clean, tag


def _path(said: str) -> etree.XPath:
    return etree.XPath(said, namespaces={"p": NS}, smart_strings=False)


_GUIDS = _path("p:PlainTextSelection/@guid | p:PlainTextSelection/p:Coding/@guid")  # in the order of the file
_STARTS, _ENDS = _path("p:PlainTextSelection/@startPosition"), _path("p:PlainTextSelection/@endPosition")
_USERS, _TIMES, _TARGETS = _path("p:PlainTextSelection/p:Coding/@creatingUser"), _path("p:PlainTextSelection/p:Coding/@creationDateTime"), _path("p:PlainTextSelection/p:Coding/*/@targetGUID")
_WHOLE = _path("p:Coding/p:CodeRef/@targetGUID")
_CODES = _path("//p:Code/@guid")


def check(data: bytes, p: Project) -> None:
    """Hold a .qdpx against the project it was made of; a difference is an error, not a remark."""
    if not (_carried(data, p) if p.originals and p.originals.all else _streamed(data, p)):
        raise KubeError(say("Berkas yang ditulis tidak terbaca kembali dengan isi yang sama.", "The file that was written does not read back with the same content."), "", say("Laporkan ini sebagai kesalahan program.", "Report this as a fault of the program."))


def _streamed(data: bytes, p: Project) -> bool:
    """Column by column: places, codes, users, dates, notes and texts stand in the file as they were meant, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        entries = {n: z.read(n) for n in z.namelist()}
    root = xml(entries["project.qde"], "project.qde")
    boxes = {tag(e): e for e in root}
    sources = list(boxes.get("Sources", ()))
    if len(sources) != len(p.sources) or not {c.guid for c in p.codes} <= set(_CODES(root)) or not _noted(boxes.get("Notes", ()), entries, p):
        return False
    return all(e.get("guid") == s.guid and entries.get(f"sources/{file_of(s)}", b"") == (s.text or "").encode() and _passages(e, s) and _valued(e, s, p) for e, s in zip(sources, p.sources, strict=True))


def _passages(e: etree._Element, s: ProjectSource) -> bool:
    places, marks = s.selections, [m for x in s.selections for m in x.marks]
    return (_GUIDS(e) == [g for x in places for g in (x.guid, *[m.guid for m in x.marks])]
            and _STARTS(e) == [str(x.start) for x in places] and _ENDS(e) == [str(x.end) for x in places]
            and _USERS(e) == [m.user for m in marks if m.user] and _TIMES(e) == [m.created for m in marks if m.created]
            and _TARGETS(e) == [g for m in marks for g in (m.code, *m.notes)] and _WHOLE(e) == [m.code for m in s.codes])


def _valued(e: etree._Element, s: ProjectSource, p: Project) -> bool:
    values = [(k[0].get("targetGUID"), k[1].text or "") for k in e.iterchildren(f"{{{NS}}}VariableValue")]
    return values == [(variable(p, name), clean(v)) for name, v in s.values.items()]


def _noted(box: Iterable[etree._Element], entries: dict[str, bytes], p: Project) -> bool:
    files = note_files(p)
    said = {e.get("guid"): entries.get(f"sources/{e.get('guid')}.txt", b"").decode() if e.get("guid") in files else "".join(e[0].itertext()) for e in box}
    return said == {n.guid: clean(n.text) for n in p.notes.values()}


def _carried(data: bytes, meant: Project) -> bool:
    """A project that carries another program's original: read as any project is, for what was grafted in is no part of what was meant."""
    written = refi_read.from_bytes(data)
    keys = {(s.guid, s.part_guid) for s in meant.sources}

    def flat(p: Project) -> list[tuple[str, ...]]:
        sources = [s for s in p.sources if (s.guid, s.part_guid) in keys]
        return sorted((s.guid, str(x.start), str(x.end), m.code, m.user, m.created, "\n".join(p.notes[n].text for n in m.notes)) for s in sources for x in s.selections for m in x.marks)

    def texts(p: Project) -> list[tuple[object, ...]]:
        return sorted((s.guid, s.part_guid, s.text or "", tuple(sorted(s.values.items()))) for s in p.sources if (s.guid, s.part_guid) in keys)

    return flat(written) == flat(meant) and texts(written) == texts(meant) and {c.guid for c in meant.codes} <= {c.guid for c in written.codes}
