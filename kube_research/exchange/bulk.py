"""The passages of a REFI-QDA project by the thousand: those in the form in which a program writes most of them are cut out of its XML as columns.

A parser makes an object of every element, and ten thousand of those cost more than all else.  What is cut out is sound XML by itself (plain
characters and the five entities, no attribute twice), and an empty element stays in its place; all that is written otherwise is left to the
parser, so a file that is broken stays broken.  A file with comments, CDATA or another encoding is not cut at all.
"""

from __future__ import annotations

import re
from itertools import islice

from .project import Mark, Selection

CUT = "kube-cut"  # attribute of the elements that stand for passages that were cut out: first row, row behind the last
_VALUE, _BLANK = rb'[^"<&\x00-\x1f]', rb"[ \t\r\n]*"
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))


def _spoken(sign: bytes) -> bytes:
    """Signs of this class, and entities among them."""
    return sign + rb"*(?:&(?:lt|gt|quot|apos|amp);" + sign + rb"*)*"


_NAME, _WORDS = _spoken(_VALUE), _spoken(rb"[^<&\x00-\x08\x0b-\x1f]")
_SAID = rb'((?: \w+="' + _NAME + rb'")+)'
_TYPICAL = re.compile(rb"<PlainTextSelection" + _SAID + rb">" + _BLANK + rb"(?:<Description>" + _WORDS + rb"</Description>" + _BLANK + rb")?<Coding" + _SAID + rb">" + _BLANK + rb'<CodeRef targetGUID="' + _VALUE + rb'+" ?/>')
_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?(?:<\?xml(?: version=['\"]1\.0['\"])?(?: encoding=['\"][Uu][Tt][Ff]-8['\"])?(?: standalone=['\"]\w+['\"])? ?\?>)?\s*<(?![?!])")
_PLACE = {"startPosition", "endPosition"}
_PASSAGE = ("guid", "startPosition", "endPosition", "name", "creatingUser", "creationDateTime")
_CODING = ("guid", "creatingUser", "creationDateTime")
_MOST = 3  # codings of a passage; one that has more is left to the parser


class Rows:
    """Passages as columns of texts ("" where nothing is said): `passage[name]`, `description`, `note`, and `codings`, one such table for each coding a passage may have."""

    def __init__(self, columns: dict[tuple[int, str], list[str]], count: int):
        self.count = count
        blank = [""] * count
        self.passage = {name: columns.get((0, name), blank) for name in _PASSAGE}
        self.description, self.note = columns[0, "Description"], columns[0, "NoteRef"]
        self.codings = [{name: columns.get((n, name), blank) for name in (*_CODING, "CodeRef", "NoteRef")} for n in range(1, _MOST + 1) if (n, "guid") in columns]

    def selections(self, a: int, b: int, guids: list[list[str]], bares: dict[str, str]) -> list[Selection]:
        """The passages of some rows, under the GUIDs given: those of the passages, then of each coding; `bares` gives a GUID as we compare it."""
        bare = bares.__getitem__
        said = {k: v[a:b] for k, v in self.passage.items()}
        codings: list[list[Mark]] = [[] for _ in range(b - a)]
        for of, mine in zip(self.codings, guids[1:], strict=True):
            notes = [[bare(n)] if n else [] for n in of["NoteRef"][a:b]]
            made = map(Mark, mine, map(bare, of["CodeRef"][a:b]), map(bare, of["creatingUser"][a:b]), of["creationDateTime"][a:b], notes)
            for marks, m in zip(codings, made, strict=True):
                if m.code:
                    marks.append(m)
        notes = [[bare(n)] if n else [] for n in self.note[a:b]]
        return list(map(Selection, guids[0], map(int, said["startPosition"]), map(int, said["endPosition"]), said["name"], self.description[a:b], map(bare, said["creatingUser"]), said["creationDateTime"], codings, notes))

    def guids(self, a: int, b: int) -> list[list[str]]:
        """The GUIDs of rows as they are written: of the passages, then of each coding they may have."""
        return [self.passage["guid"][a:b], *(c["guid"][a:b] for c in self.codings)]


def cut(raw: bytes) -> tuple[bytes, Rows | None]:
    """The XML without its usual passages, and these; the XML as it is, and None, where it must not be cut or there are none."""
    firsts = [m.groups() for m in islice(_TYPICAL.finditer(raw), 20)]
    if not firsts or not (head := _HEAD.match(raw)):
        return raw, None
    passage, coding = (max((re.findall(r"(\w+)=", re.sub(r'"[^"]*"', "", said.decode("utf-8", "replace"))) for said in column), key=len) for column in zip(*firsts, strict=True))
    if any(len(set(names)) < len(names) or not needed <= set(names) for names, needed in ((passage, {"guid", *_PLACE}), (coding, {"guid"}))):
        return raw, None
    form, names = _form(passage, coding)
    parts = form.split(raw)
    wide, count = len(names) + 1, len(parts) // (len(names) + 1)
    left, begun = [], 0
    for i, between in enumerate(parts[wide::wide], 1):
        if i == count or between.strip(b" \t\r\n"):
            left += (parts[begun * wide], b'<PlainTextSelection %s="%d %d"/>' % (CUT.encode(), begun, i))
            begun = i
    left.append(parts[-1])
    body = b"".join(left)
    if b"<!" in body or body.find(b"<?", head.end()) >= 0 or body.count(CUT.encode()) > len(left) // 2:
        return raw, None
    try:
        columns = {name: _column(parts[i::wide]) for i, name in enumerate(names, 1) if name[0] < 2 or any(parts[names.index((name[0], "guid")) + 1::wide])}
    except ValueError:
        return raw, None
    if any(code and not code.strip("{} ") for name, column in columns.items() if name[1] == "CodeRef" for code in set(column)):
        return raw, None
    return body, Rows(columns, count)


def _column(values: list[bytes | None]) -> list[str]:
    """A column's values as text, all decoded together (none of them holds a NUL); a ValueError where XML could not hold them."""
    try:
        whole = b"\0".join(values).decode()  # type: ignore[arg-type]
    except TypeError:  # a part that some passages lack
        whole = b"\0".join([v or b"" for v in values]).decode()
    if "]]>" in whole or "\ufffe" in whole or "\uffff" in whole:
        raise ValueError(whole)
    if "&" in whole:
        for entity, sign in _ENTITIES:
            whole = whole.replace(entity, sign)
    return whole.split("\0")


def _form(passage: list[str], coding: list[str]) -> tuple[re.Pattern[bytes], list[tuple[int, str]]]:
    """The form of a passage with these attributes in this order, and what its groups are: (0 or the number of a coding, what)."""
    names: list[tuple[int, str]] = []

    def said(n: int, attributes: list[str]) -> bytes:
        out = b""
        for a in attributes:
            wanted = a in (_CODING if n else _PASSAGE)
            names.extend([(n, a)] if wanted else [])
            value = rb"\d{1,15}" if n == 0 and a in _PLACE else _NAME if a == "name" else _VALUE + (rb"+" if a == "guid" else rb"*")
            one = rb' %s="(%s%s)"' % (a.encode(), b"" if wanted else b"?:", value)
            out += one if a == "guid" or n == 0 and a in _PLACE else b"(?:%s)?" % one
        return out

    def leaf(n: int, tag: str) -> bytes:
        names.append((n, tag))
        return rb'<%s targetGUID="(%s+)" ?/>%s' % (tag.encode(), _VALUE, _BLANK)

    def coded(n: int) -> bytes:
        return rb"<Coding%s>%s%s(?:%s)?</Coding>%s" % (said(n, coding), _BLANK, leaf(n, "CodeRef"), leaf(n, "NoteRef"), _BLANK)

    out = rb"<PlainTextSelection%s>%s" % (said(0, passage), _BLANK)
    names.append((0, "Description"))
    out += rb"(?:<Description>(%s)</Description>%s)?" % (_WORDS, _BLANK)
    out += coded(1) + b"".join(rb"(?:%s)?" % coded(n) for n in range(2, _MOST + 1))
    out += rb"(?:%s)?</PlainTextSelection>" % leaf(0, "NoteRef")
    return re.compile(out), names
