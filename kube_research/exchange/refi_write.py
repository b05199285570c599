"""REFI-QDA out: a .qdpx or .qdc that every program reads: project.qde first, sources/, UTF-8 without BOM, LF, code points; the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree

from . import graft
from .project import Mark, Project, ProjectCode, ProjectSource
from .shape import NS as _NS
from .shape import VALUES, clean, guid

NS = {"Project": _NS, "CodeBook": "urn:QDA-XML:codebook:1.0"}
_STAMP = (1980, 1, 1, 0, 0, 0)
EPOCH = "2000-01-01T00:00:00Z"


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    space = parent.tag[:parent.tag.index("}") + 1]  # type: ignore[index]
    e = etree.SubElement(parent, space + tag, {k: v if v.isascii() and v.isprintable() else clean(v).replace("\n", " ") for k, v in attributes.items() if v != ""})
    if text is not None:
        e.text = clean(text)
    return e


def _codes(parent: etree._Element, codes: list[ProjectCode], *, notes: bool) -> None:
    known = {c.guid for c in codes}
    box = _add(parent, "Codes")
    made: dict[str, etree._Element] = {}
    children: dict[str, list[ProjectCode]] = {}
    for c in codes:
        children.setdefault(c.parent if c.parent in known else "", []).append(c)
    stack = [(box, c) for c in reversed(children.get("", []))]
    while stack:
        above, c = stack.pop()
        e = _add(above, "Code", guid=c.guid, name=c.name, isCodable="true" if c.codable else "false", color=c.color if re.fullmatch(r"#[0-9A-Fa-f]{6}", c.color) else "")
        made[c.guid] = e
        if c.description:
            _add(e, "Description", c.description)
        for n in c.notes if notes else ():
            _add(e, "NoteRef", targetGUID=n)
        stack += [(e, k) for k in reversed(children.get(c.guid, []))]


def write_qdc(project: Project) -> bytes:
    """The codebook alone."""
    root = etree.Element(f"{{{NS['CodeBook']}}}CodeBook", {"origin": "kube_research"}, nsmap={None: NS["CodeBook"]})
    _codes(root, project.codes, notes=False)
    graft.sets_of_codes(root, project)
    return _bytes(root)


def _bytes(root: etree._Element) -> bytes:
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + etree.tostring(root, encoding="utf-8", pretty_print=True)


def _coding(parent: etree._Element, m: Mark) -> None:
    e = _add(parent, "Coding", guid=m.guid, creatingUser=m.user, creationDateTime=m.created)
    _add(e, "CodeRef", targetGUID=m.code)
    for n in m.notes:
        _add(e, "NoteRef", targetGUID=n)


def qde(project: Project) -> bytes:
    """project.qde."""
    p = project
    first = p.users[0].guid if p.users else ""
    root = etree.Element(f"{{{NS['Project']}}}Project", {"name": clean(p.name), "origin": "kube_research", "creatingUserGUID": first, "creationDateTime": p.created or EPOCH}, nsmap={None: NS["Project"]})
    if not first:
        del root.attrib["creatingUserGUID"]
    if p.users:
        box = _add(root, "Users")
        for u in p.users:
            _add(box, "User", guid=u.guid, name=u.name)
    if p.codes:
        _codes(_add(root, "CodeBook"), p.codes, notes=True)
    kinds = _kinds(p)
    if p.variables:
        box = _add(root, "Variables")
        for name in p.variables:
            _add(box, "Variable", guid=_variable(p, name), name=name, typeOfVariable=kinds[name])
    if p.cases:
        box = _add(root, "Cases")
        for c in p.cases:
            e = _add(box, "Case", guid=c.guid, name=c.name)
            if c.description:
                _add(e, "Description", c.description)
            _values(e, c.values, p, kinds)
            for s in c.sources:
                _add(e, "SourceRef", targetGUID=s)
    if p.sources:
        box = _add(root, "Sources")
        for s in p.sources:
            _source(box, s, p, first, kinds)
    if p.notes:
        box, files = _add(root, "Notes"), note_files(p)
        for n in p.notes.values():
            e = _add(box, "Note", guid=n.guid, name=n.name or "note", **({"plainTextPath": f"internal://{n.guid}.txt"} if n.guid in files else {}), creatingUser=n.user or first, creationDateTime=n.created or EPOCH)
            if n.guid not in files:
                _add(e, "PlainTextContent", n.text)
    if p.description:
        _add(root, "Description", p.description)
    for n in p.project_notes:
        _add(root, "NoteRef", targetGUID=n)
    if p.originals and p.originals.all:
        graft.graft(root, p)
    return _bytes(root)


def note_files(p: Project) -> dict[str, str]:
    """The notes of the project that go out as files: QualCoder reads only such as its journal."""
    return {g: clean(p.notes[g].text) for g in p.project_notes if g in p.notes and p.notes[g].text.strip()}


def file_of(s: ProjectSource) -> str:
    """The name of a source's text in the archive."""
    return f"{s.part_guid or s.guid}.txt"


def _source(box: etree._Element, s: ProjectSource, p: Project, first: str, kinds: dict[str, str]) -> None:
    """A text source, or the text of a picture, a PDF or a recording, which `graft` puts back there."""
    e = _add(box, s.part or "TextSource", guid=s.part_guid or s.guid, name=s.name, plainTextPath=f"internal://{file_of(s)}", creatingUser=s.user or first, creationDateTime=s.created or EPOCH)
    if s.description:
        _add(e, "Description", s.description)
    points: dict[int, str] = {}
    if s.part == "Transcript":
        for g, stamp, at in s.sync:
            points.setdefault(at, g)
            _add(e, "SyncPoint", guid=g, timeStamp=stamp, position=str(at))
        for at in sorted({at for x in s.selections for at in (x.start, x.end)} - points.keys()):
            points[at] = guid("sync", s.part_guid, str(at))
            _add(e, "SyncPoint", guid=points[at], position=str(at))
    for x in s.selections:
        place = {"fromSyncPoint": points[x.start], "toSyncPoint": points[x.end]} if points else {"startPosition": str(x.start), "endPosition": str(x.end)}
        k = _add(e, "TranscriptSelection" if points else "PlainTextSelection", guid=x.guid, name=x.name, **place, creatingUser=x.user, creationDateTime=x.created)
        if x.description:
            _add(k, "Description", x.description)
        for m in x.marks:
            _coding(k, m)
        for n in x.notes:
            _add(k, "NoteRef", targetGUID=n)
    for m in s.codes:
        _coding(e, m)
    for n in s.notes:
        _add(e, "NoteRef", targetGUID=n)
    _values(e, s.values, p, kinds)


def _variable(p: Project, name: str) -> str:
    return p.variable_guids.get(name) or guid("variable", name)


def _kinds(p: Project) -> dict[str, str]:
    """The type of each variable: what it was in the project it came from, where all its values still fit, else Text."""
    values: dict[str, list[str]] = {}
    for owner in (*p.cases, *p.sources):
        for name, value in owner.values.items():
            values.setdefault(name, []).append(value)
    out = dict.fromkeys(p.variables, "Text")
    for name in out:
        had = p.originals.by(_variable(p, name)) if p.originals else None
        kind = had[1].get("typeOfVariable", "Text") if had else "Text"
        if kind in VALUES and all(VALUES[kind].fullmatch(v) for v in values.get(name, ())):
            out[name] = kind
    return out


def _values(e: etree._Element, values: dict[str, str], p: Project, kinds: dict[str, str]) -> None:
    for name, value in values.items():
        v = _add(e, "VariableValue")
        _add(v, "VariableRef", targetGUID=_variable(p, name))
        _add(v, f"{kinds.get(name, 'Text')}Value", value)


def write_qdpx(project: Project) -> bytes:
    """The whole project as a zip."""
    out = io.BytesIO()
    body = qde(project)
    files = {f"sources/{file_of(s)}": (s.text or "").encode("utf-8") for s in project.sources}
    files.update({f"sources/{g}.txt": text.encode("utf-8", "replace") for g, text in note_files(project).items()})
    files.update({f"sources/{name}": data for name, data in graft.files(body, project).items() if f"sources/{name}".casefold() not in {f.casefold() for f in files}})
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in (("project.qde", body), *files.items()):
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            z.writestr(info, data)
    return out.getvalue()
