"""REFI-QDA out: a .qdpx or .qdc that every program reads: project.qde first, sources/, UTF-8 without BOM, LF, code points; the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile

from lxml import etree

from . import graft
from .project import Mark, Project, ProjectCode, ProjectSource, Selection
from .shape import NS as _NS
from .shape import VALUES, clean, guid

NS = {"Project": _NS, "CodeBook": "urn:QDA-XML:codebook:1.0"}
_STAMP = (1980, 1, 1, 0, 0, 0)
EPOCH = "2000-01-01T00:00:00Z"
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SAFE = "\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"  # needs no escape and no repair, wherever it stands
_ODD = re.compile(f"[^{_SAFE}]").search
_ODD_TEXT = re.compile(f'[^{_SAFE}\t\n"]').search
_TEXT_SIGNS = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))
_SIGNS = (*_TEXT_SIGNS, ('"', "&quot;"), ("\t", "&#9;"), ("\n", " "))


def _said(value: str) -> str:
    """An attribute's value, escaped; what XML cannot hold becomes �, a line end a blank."""
    return value if _ODD(value) is None else _escaped(value, _SIGNS)


def _words(value: str) -> str:
    """An element's text, escaped."""
    return value if _ODD_TEXT(value) is None else _escaped(value, _TEXT_SIGNS)


def _escaped(value: str, signs: tuple[tuple[str, str], ...]) -> str:
    value = clean(value)
    for sign, said in signs:  # & is the first
        value = value.replace(sign, said)
    return value


class _Known(dict[str, str]):
    """What stands in many places (users, codes), escaped once."""

    def __missing__(self, value: str) -> str:
        self[value] = said = _said(value)
        return said


class _Lines(list[str]):
    """XML, line by line: two blanks a level."""

    def __init__(self, *lines: str):
        super().__init__(lines)
        self.known = _Known()

    def encoded(self) -> bytes:
        """Line by line: one wide sign makes wide signs of the whole it stands in."""
        return b"".join([line.encode() for line in self])

    def who(self, user: str, created: str) -> str:
        return (f' creatingUser="{self.known[user]}"' if user else "") + (f' creationDateTime="{_said(created)}"' if created else "")

    def open(self, depth: int, tag: str, **attributes: str) -> None:
        self.append(f"{'  ' * depth}<{tag}{_listed(attributes)}>\n")

    def close(self, depth: int, tag: str) -> None:
        """End an element; one that holds nothing ends in itself."""
        if self[-1].startswith(f"{'  ' * depth}<{tag}") and not self[-1].endswith("/>\n"):
            self[-1] = f"{self[-1][:-2]}/>\n"
        else:
            self.append(f"{'  ' * depth}</{tag}>\n")

    def leaf(self, depth: int, tag: str, text: str | None = None, **attributes: str) -> None:
        self.append(f"{'  ' * depth}<{tag}{_listed(attributes)}/>\n" if text is None else f"{'  ' * depth}<{tag}{_listed(attributes)}>{_words(text)}</{tag}>\n")

    def refs(self, depth: int, notes: list[str]) -> None:
        if notes:
            self.append(_refs("  " * depth, notes))


def _listed(attributes: dict[str, str]) -> str:
    return "".join(f' {k}="{_said(v)}"' for k, v in attributes.items() if v != "")


def _codes(out: _Lines, depth: int, codes: list[ProjectCode], *, notes: bool) -> None:
    known = {c.guid for c in codes}
    children: dict[str, list[ProjectCode]] = {}
    for c in codes:
        children.setdefault(c.parent if c.parent in known else "", []).append(c)
    out.open(depth, "Codes")
    stack: list[tuple[int, ProjectCode, bool]] = [(depth + 1, c, False) for c in reversed(children.get("", []))]
    while stack:
        at, c, done = stack.pop()
        if done:
            out.close(at, "Code")
            continue
        out.open(at, "Code", guid=c.guid, name=c.name, isCodable="true" if c.codable else "false", color=c.color if re.fullmatch(r"#[0-9A-Fa-f]{6}", c.color) else "")
        if c.description:
            out.leaf(at + 1, "Description", c.description)
        if notes:
            out.refs(at + 1, c.notes)
        stack += [(at, c, True), *((at + 1, k, False) for k in reversed(children.get(c.guid, [])))]
    out.close(depth, "Codes")


def write_qdc(project: Project) -> bytes:
    """The codebook alone."""
    out = _Lines(_HEAD)
    out.open(0, "CodeBook", xmlns=NS["CodeBook"], origin="kube_research")
    _codes(out, 1, project.codes, notes=False)
    out.close(0, "CodeBook")
    return _grafted(out.encoded(), project, graft.sets_of_codes)


def _grafted(body: bytes, p: Project, graft_onto) -> bytes:
    """The XML with what the kept originals add to it."""
    if not (p.originals and p.originals.all):
        return body
    root = etree.fromstring(body, etree.XMLParser(remove_blank_text=True, resolve_entities=False, huge_tree=True))
    graft_onto(root, p)
    return _HEAD.encode() + etree.tostring(root, encoding="utf-8", pretty_print=True)


def qde(project: Project) -> bytes:
    """project.qde."""
    p, out = project, _Lines(_HEAD)
    first = p.users[0].guid if p.users else ""
    out.append(f'<Project xmlns="{_NS}" name="{_said(p.name)}"{_listed({"origin": "kube_research", "creatingUserGUID": first, "creationDateTime": p.created or EPOCH})}>\n')
    if p.users:
        out.open(1, "Users")
        for u in p.users:
            out.leaf(2, "User", guid=u.guid, name=u.name)
        out.close(1, "Users")
    if p.codes:
        out.open(1, "CodeBook")
        _codes(out, 2, p.codes, notes=True)
        out.close(1, "CodeBook")
    kinds = _kinds(p)
    if p.variables:
        out.open(1, "Variables")
        for name in p.variables:
            out.leaf(2, "Variable", guid=variable(p, name), name=name, typeOfVariable=kinds[name])
        out.close(1, "Variables")
    if p.cases:
        out.open(1, "Cases")
        for c in p.cases:
            out.open(2, "Case", guid=c.guid, name=c.name)
            if c.description:
                out.leaf(3, "Description", c.description)
            _values(out, c.values, p, kinds)
            for s in c.sources:
                out.leaf(3, "SourceRef", targetGUID=s)
            out.close(2, "Case")
        out.close(1, "Cases")
    if p.sources:
        out.open(1, "Sources")
        for s in p.sources:
            _source(out, s, p, first, kinds)
        out.close(1, "Sources")
    if p.notes:
        files = note_files(p)
        out.open(1, "Notes")
        for n in p.notes.values():
            out.open(2, "Note", guid=n.guid, name=n.name or "note", plainTextPath=f"internal://{n.guid}.txt" if n.guid in files else "", creatingUser=n.user or first, creationDateTime=n.created or EPOCH)
            if n.guid not in files:
                out.leaf(3, "PlainTextContent", n.text)
            out.close(2, "Note")
        out.close(1, "Notes")
    if p.description:
        out.leaf(1, "Description", p.description)
    out.refs(1, p.project_notes)
    out.close(0, "Project")
    return _grafted(out.encoded(), p, graft.graft)


def note_files(p: Project) -> dict[str, str]:
    """The notes of the project that go out as files: QualCoder reads only such as its journal."""
    return {g: clean(p.notes[g].text) for g in p.project_notes if g in p.notes and p.notes[g].text.strip()}


def file_of(s: ProjectSource) -> str:
    """The name of a source's text in the archive."""
    return f"{s.part_guid or s.guid}.txt"


def _source(out: _Lines, s: ProjectSource, p: Project, first: str, kinds: dict[str, str]) -> None:
    """A text source, or the text of a picture, a PDF or a recording, which `graft` puts back there."""
    name = s.part or "TextSource"
    out.open(2, name, guid=s.part_guid or s.guid, name=s.name, plainTextPath=f"internal://{file_of(s)}", creatingUser=s.user or first, creationDateTime=s.created or EPOCH)
    if s.description:
        out.leaf(3, "Description", s.description)
    points: dict[int, str] = {}
    if s.part == "Transcript":
        for g, stamp, at in s.sync:
            points.setdefault(at, g)
            out.leaf(3, "SyncPoint", guid=g, timeStamp=stamp, position=str(at))
        for at in sorted({at for x in s.selections for at in (x.start, x.end)} - points.keys()):
            points[at] = guid("sync", s.part_guid, str(at))
            out.leaf(3, "SyncPoint", guid=points[at], position=str(at))
    for x in s.selections:
        _passage(out, x, points)
    out.extend(_coding(out, "      ", m, out.who(m.user, m.created)) for m in s.codes)
    out.refs(3, s.notes)
    _values(out, s.values, p, kinds)
    out.close(2, name)


def _passage(out: _Lines, x: Selection, points: dict[int, str]) -> None:
    """A passage with its codings: the lines of which there are thousands."""
    place = f'fromSyncPoint="{points[x.start]}" toSyncPoint="{points[x.end]}"' if points else f'startPosition="{x.start}" endPosition="{x.end}"'
    tag, name, who = "TranscriptSelection" if points else "PlainTextSelection", f' name="{_said(x.name)}"' if x.name else "", out.who(x.user, x.created)
    head = f'      <{tag} guid="{_said(x.guid)}"{name} {place}{who}'
    if not (x.marks or x.notes or x.description):
        out.append(f"{head}/>\n")
        return
    said = f"        <Description>{_words(x.description)}</Description>\n" if x.description else ""
    for m in x.marks:
        said += _coding(out, "        ", m, who if m.created == x.created and m.user == x.user else out.who(m.user, m.created))
    if x.notes:
        said += _refs("        ", x.notes)
    out.append(f"{head}>\n{said}      </{tag}>\n")


def _coding(out: _Lines, blank: str, m: Mark, who: str) -> str:
    notes = _refs(f"{blank}  ", m.notes) if m.notes else ""
    return f'{blank}<Coding guid="{_said(m.guid)}"{who}>\n{blank}  <CodeRef targetGUID="{out.known[m.code]}"/>\n{notes}{blank}</Coding>\n'


def _refs(blank: str, notes: list[str]) -> str:
    return "".join([f'{blank}<NoteRef targetGUID="{_said(n)}"/>\n' for n in notes])


def variable(p: Project, name: str) -> str:
    """The GUID of a variable."""
    return p.variable_guids.get(name) or guid("variable", name)


def _kinds(p: Project) -> dict[str, str]:
    """The type of each variable: what it was in the project it came from, where all its values still fit, else Text."""
    values: dict[str, list[str]] = {}
    for owner in (*p.cases, *p.sources):
        for name, value in owner.values.items():
            values.setdefault(name, []).append(value)
    out = dict.fromkeys(p.variables, "Text")
    for name in out:
        had = p.originals.by(variable(p, name)) if p.originals else None
        kind = had[1].get("typeOfVariable", "Text") if had else "Text"
        if kind in VALUES and all(VALUES[kind].fullmatch(v) for v in values.get(name, ())):
            out[name] = kind
    return out


def _values(out: _Lines, values: dict[str, str], p: Project, kinds: dict[str, str]) -> None:
    for name, value in values.items():
        out.open(3, "VariableValue")
        out.leaf(4, "VariableRef", targetGUID=variable(p, name))
        out.leaf(4, f"{kinds.get(name, 'Text')}Value", value)
        out.close(3, "VariableValue")


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
            z.writestr(info, data, compresslevel=3)  # half the time of 6 for a tenth more bytes
    return out.getvalue()
