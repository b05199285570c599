"""REFI-QDA out: a .qdpx or .qdc that every program reads: project.qde first, sources/, UTF-8 without BOM, LF, code points; the same bytes every time."""

from __future__ import annotations

import io
import re
import uuid
import zipfile

from lxml import etree

from .project import Mark, Project, ProjectCode

NS = {"Project": "urn:QDA-XML:project:1.0", "CodeBook": "urn:QDA-XML:codebook:1.0"}
SPACE = uuid.UUID("6b7562e5-7265-5365-a172-636800000006")
_BAD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STAMP = (1980, 1, 1, 0, 0, 0)
EPOCH = "2000-01-01T00:00:00Z"


def guid(*parts: str) -> str:
    """The same guid for the same thing, every time."""
    return str(uuid.uuid5(SPACE, "\x1f".join(parts)))


def _clean(text: str) -> str:
    return _BAD.sub("\ufffd", text)


def _add(parent: etree._Element, tag: str, text: str | None = None, **attributes: str) -> etree._Element:
    e = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{tag}", {k: _clean(v).replace("\n", " ") for k, v in attributes.items() if v != ""})
    if text is not None:
        e.text = _clean(text)
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
    root = etree.Element(f"{{{NS['Project']}}}Project", {"name": _clean(p.name), "origin": "kube_research", "creatingUserGUID": first, "creationDateTime": p.created or EPOCH}, nsmap={None: NS["Project"]})
    if not first:
        del root.attrib["creatingUserGUID"]
    if p.users:
        box = _add(root, "Users")
        for u in p.users:
            _add(box, "User", guid=u.guid, name=u.name)
    if p.codes:
        _codes(_add(root, "CodeBook"), p.codes, notes=True)
    if p.variables:
        box = _add(root, "Variables")
        for name, kind in p.variables.items():
            _add(box, "Variable", guid=guid("variable", name), name=name, typeOfVariable=kind)
    if p.cases:
        box = _add(root, "Cases")
        for c in p.cases:
            e = _add(box, "Case", guid=c.guid, name=c.name)
            if c.description:
                _add(e, "Description", c.description)
            _values(e, c.values)
            for s in c.sources:
                _add(e, "SourceRef", targetGUID=s)
    if p.sources:
        box = _add(root, "Sources")
        for s in p.sources:
            e = _add(box, "TextSource", guid=s.guid, name=s.name, plainTextPath=f"internal://{s.guid}.txt", creatingUser=s.user or first, creationDateTime=s.created or EPOCH)
            if s.description:
                _add(e, "Description", s.description)
            for x in s.selections:
                k = _add(e, "PlainTextSelection", guid=x.guid, name=x.name, startPosition=str(x.start), endPosition=str(x.end), creatingUser=x.user, creationDateTime=x.created)
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
            _values(e, s.values)
    if p.notes:
        box = _add(root, "Notes")
        for n in p.notes.values():
            e = _add(box, "Note", guid=n.guid, name=n.name or "note", creatingUser=n.user or first, creationDateTime=n.created or EPOCH)
            _add(e, "PlainTextContent", n.text)
    if p.description:
        _add(root, "Description", p.description)
    for n in p.project_notes:
        _add(root, "NoteRef", targetGUID=n)
    return _bytes(root)


def _values(e: etree._Element, values: dict[str, str]) -> None:
    for name, value in values.items():
        v = _add(e, "VariableValue")
        _add(v, "VariableRef", targetGUID=guid("variable", name))
        _add(v, "TextValue", value)


def write_qdpx(project: Project) -> bytes:
    """The whole project as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in (("project.qde", qde(project)), *((f"sources/{s.guid}.txt", (s.text or "").encode("utf-8")) for s in project.sources)):
            info = zipfile.ZipInfo(name, _STAMP)
            info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
            z.writestr(info, data)
    return out.getvalue()
