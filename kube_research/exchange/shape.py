"""The shape of a REFI-QDA project: which children, in which order, and which attributes each element may have; elements of others are made to fit.

Facts of the published standard (QDA-XML 1.0 of 18 March 2019).  Tests hold what we write against the official schema itself.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterable

import numpy as np
from lxml import etree

from .elements import bare, color

NS = "urn:QDA-XML:project:1.0"
SPACE = uuid.UUID("6b7562e5-7265-5365-a172-636800000006")
_BEGUN, _VARIANT = hashlib.sha1(SPACE.bytes, usedforsecurity=False), dict(zip("0123456789abcdef", 4 * "89ab", strict=True))
GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DATE = re.compile(r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_BAD = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TEXT = "Description PlainTextContent PlainTextSelection Coding NoteRef VariableValue"
_SELECTION = "Description Coding NoteRef"
_MEDIA = "Description Transcript {} Coding NoteRef VariableValue"
CHILDREN: dict[str, tuple[str, ...]] = {tag: tuple(kids.split()) for tag, kids in {
    "Project": "Users CodeBook Variables Cases Sources Notes Links Sets Graphs Description NoteRef", "Users": "User", "CodeBook": "Codes Sets", "Codes": "Code", "Code": "Description NoteRef Code", "Variables": "Variable", "Variable": "Description",
    "Cases": "Case", "Case": "Description CodeRef VariableValue SourceRef SelectionRef", "VariableValue": "VariableRef TextValue BooleanValue IntegerValue FloatValue DateValue DateTimeValue", "Sets": "Set", "Set": "Description MemberCode MemberSource MemberNote",
    "Sources": "", "TextSource": _TEXT, "Note": _TEXT, "Representation": _TEXT, "TextDescription": _TEXT, "PictureSource": "Description TextDescription PictureSelection Coding NoteRef VariableValue",
    "PDFSource": "Description PDFSelection Representation Coding NoteRef VariableValue", "AudioSource": _MEDIA.format("AudioSelection"), "VideoSource": _MEDIA.format("VideoSelection"),
    "PlainTextSelection": _SELECTION, "PictureSelection": _SELECTION, "AudioSelection": _SELECTION, "VideoSelection": _SELECTION, "TranscriptSelection": _SELECTION, "PDFSelection": "Description Representation Coding NoteRef",
    "Transcript": "Description PlainTextContent SyncPoint TranscriptSelection NoteRef", "Coding": "CodeRef NoteRef", "Graphs": "Graph", "Graph": "Vertex Edge", "Notes": "Note", "Links": "Link", "Link": "NoteRef"}.items()}
_LOG = " creatingUser creationDateTime modifyingUser modifiedDateTime"
_AREA = "guid name firstX firstY secondX secondY" + _LOG
_PATHS = "guid name richTextPath plainTextPath" + _LOG
_FILE = "guid name path currentPath" + _LOG
_STRETCH = "guid name begin end" + _LOG
ATTRIBUTES: dict[str, tuple[str, ...]] = {tag: tuple(names.split()) for tag, names in {
    "User": "guid name id", "Code": "guid name isCodable color", "Variable": "guid name typeOfVariable", "Case": "guid name", "Set": "guid name", "TextSource": _PATHS, "Note": _PATHS, "Representation": _PATHS, "TextDescription": _PATHS, "Transcript": _PATHS,
    "PictureSource": _FILE, "PDFSource": _FILE, "AudioSource": _FILE, "VideoSource": _FILE, "PlainTextSelection": "guid name startPosition endPosition" + _LOG, "PictureSelection": _AREA, "PDFSelection": _AREA + " page", "AudioSelection": _STRETCH, "VideoSelection": _STRETCH,
    "TranscriptSelection": "guid name fromSyncPoint toSyncPoint" + _LOG, "SyncPoint": "guid timeStamp position", "Coding": "guid creatingUser creationDateTime", "Graph": "guid name", "Vertex": "guid representedGUID name firstX firstY secondX secondY shape color",
    "Edge": "guid representedGUID name sourceVertex targetVertex color direction lineStyle", "Link": "guid name direction color originGUID targetGUID",
    **dict.fromkeys(("NoteRef", "CodeRef", "SourceRef", "SelectionRef", "VariableRef", "MemberCode", "MemberSource", "MemberNote"), "targetGUID")}.items()}
NEEDED: dict[str, tuple[str, ...]] = {"PictureSelection": ("firstX", "firstY", "secondX", "secondY"), "PDFSelection": ("page", "firstX", "firstY", "secondX", "secondY"), "AudioSelection": ("begin", "end"), "VideoSelection": ("begin", "end"), "PlainTextSelection": ("startPosition", "endPosition"),
                                      "Vertex": ("firstX", "firstY"), "Edge": ("sourceVertex", "targetVertex"), "Set": ("name",), "Variable": ("name", "typeOfVariable")}
_ONCE = {"Description", "PlainTextContent", "VariableRef", "TextDescription", "Representation"}
_GUIDS = {"guid", "targetGUID", "creatingUser", "modifyingUser", "fromSyncPoint", "toSyncPoint", "representedGUID", "sourceVertex", "targetVertex", "originGUID"}
_NUMBERS = {"firstX", "firstY", "secondX", "secondY", "page", "begin", "end", "startPosition", "endPosition", "timeStamp", "position"}
_WORDS = {"direction": ("Associative", "OneWay", "Bidirectional"), "lineStyle": ("dotted", "dashed", "solid"), "typeOfVariable": ("Text", "Boolean", "Integer", "Float", "Date", "DateTime"),
          "shape": ("Person", "Oval", "Rectangle", "RoundedRectangle", "Star", "LeftTriangle", "RightTriangle", "UpTriangle", "DownTriangle", "Note")}
VALUES = {"Text": re.compile(r".*", re.S), "Boolean": re.compile(r"true|false|0|1"), "Integer": re.compile(r"[+-]?\d+"), "Float": re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
          "Date": re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "DateTime": _DATE}


def guid(*parts: str) -> str:
    """The same guid for the same thing, every time."""
    digest = _BEGUN.copy()  # as uuid.uuid5 does, without its checks
    digest.update("\x1f".join(parts).encode())
    x = digest.hexdigest()
    return f"{x[:8]}-{x[8:12]}-5{x[13:16]}-{_VARIANT[x[16]]}{x[17:20]}-{x[20:32]}"


def guids(things: Iterable[str]) -> list[str]:
    """The guids of thousands of things at once, the parts of each joined by \x1f."""
    digests = []
    for thing in things:
        digest = _BEGUN.copy()
        digest.update(thing.encode())
        digests.append(digest.digest())
    signs = np.frombuffer(b"".join(digests), "u1").reshape(-1, _BEGUN.digest_size)[:, :16].copy()
    signs[:, 6], signs[:, 8] = signs[:, 6] & 0x0F | 0x50, signs[:, 8] & 0x3F | 0x80
    plain = np.frombuffer(signs.tobytes().hex().encode(), "u1").reshape(-1, 32)
    said = np.insert(plain, (8, 12, 16, 20), ord("-"), axis=1).tobytes().decode()
    return [said[i:i + 36] for i in range(0, len(said), 36)]


def real(said: str | None) -> str:
    """A GUID as the schema wants it; another's identifier that is none becomes one, always the same."""
    plain = bare(said)
    return plain if GUID.fullmatch(plain) else guid("imported", plain)


def clean(text: str) -> str:
    """Text without what XML cannot hold."""
    return _BAD.sub("\ufffd", text)


def tag(e: etree._Element) -> str:
    name = e.tag
    return name[name.rfind("}") + 1:] if isinstance(name, str) else ""


def attribute(name: str, value: str) -> str | None:
    """An attribute's value made to fit, or None where it cannot."""
    if name in _GUIDS:
        return real(value) if value.strip() else None
    if name in _NUMBERS:
        found = re.fullmatch(r"\s*([+-]?\d{1,18})(\.\d+)?\s*", value)
        return found.group(1) if found else None
    if name.endswith("DateTime"):
        return value.strip() if _DATE.fullmatch(value.strip()) else None
    if name in _WORDS:
        return next((w for w in _WORDS[name] if w.casefold() == value.strip().casefold()), None)
    if name == "color":
        return color(value) or None
    if name == "isCodable":
        return "false" if value.strip().lower() in ("false", "0") else "true"
    return clean(value)


def order(parent: etree._Element) -> None:
    """Put an element's children into the order of the schema (those of one kind stay in theirs)."""
    ranks = {t: i for i, t in enumerate(CHILDREN.get(tag(parent), ()))}
    kids = [(ranks.get(tag(k), len(ranks)), k) for k in parent] if ranks else []
    if any(a[0] > b[0] for a, b in zip(kids, kids[1:], strict=False)):  # moving a child costs as much as there is in it
        parent[:] = [k for _, k in sorted(kids, key=lambda x: x[0])]


def fitted(e: etree._Element, keep: Callable[[etree._Element], bool]) -> etree._Element | None:
    """A copy of another program's element as the schema allows it, without the children for which `keep` says no; None where it cannot be."""
    name = tag(e)
    if name not in ATTRIBUTES and name not in CHILDREN:
        return None
    out = etree.Element(f"{{{NS}}}{name}", nsmap={None: NS})
    for key in ATTRIBUTES.get(name, ()):
        if (said := e.get(key)) is not None and (value := attribute(key, said)) is not None:
            out.set(key, value)
    if name in ("MemberCode", "MemberSource", "MemberNote") and out.get("targetGUID") is None and e.get("guid"):
        out.set("targetGUID", real(e.get("guid")))  # codebooks of version 0:4 say guid
    wanted = ("guid",) if "guid" in ATTRIBUTES.get(name, ()) else ATTRIBUTES.get(name, ())
    if "guid" in wanted and out.get("guid") is None:
        out.set("guid", guid("imported", etree.tostring(e).decode()))
    if any(out.get(k) is None for k in (*wanted, *NEEDED.get(name, ()))):
        return None
    allowed = CHILDREN.get(name, ())
    for k in e:
        if tag(k) not in allowed or (tag(k) in _ONCE or name == "Coding" and tag(k) == "CodeRef") and any(tag(x) == tag(k) for x in out) or not keep(k):
            continue
        if tag(k) in CHILDREN or tag(k) in ATTRIBUTES:
            if (made := fitted(k, keep)) is not None:
                out.append(made)
        else:
            made = etree.SubElement(out, f"{{{NS}}}{tag(k)}")
            made.text = clean("".join(k.itertext()))
    if name == "VariableValue" and any((form := VALUES.get(tag(k).removesuffix("Value"))) and not form.fullmatch((k.text or "").strip()) for k in out):
        return None
    if name == "Coding" and not any(tag(k) == "CodeRef" for k in out) or name == "VariableValue" and (not len(out) or tag(out[0]) != "VariableRef"):
        return None
    order(out)
    return out
