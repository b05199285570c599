"""The passages of a REFI-QDA project by the thousand: those in the form in which a program writes most of them are cut out of its XML as columns.

A parser makes an object of every element, and ten thousand of those cost more than all else.  What is cut out is sound XML by itself (plain
characters and the five entities, no attribute twice), and an empty element stays in its place; all that is written otherwise is left to the
parser, so a file that is broken stays broken.  A file with comments, CDATA or another encoding is not cut at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from .elements import Bares
from .project import Mark, Selection

CUT = "kube-cut"  # attribute of the elements that stand for passages that were cut out: first row, row behind the last
_VALUE, _BLANK = rb'[^"<&\x00-\x1f]', rb"[ \t\r\n]*"
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))


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
_MARK = ("CodeRef", "creatingUser", "creationDateTime", "NoteRef")
_ELSE = {"creatingUser": "modifyingUser", "creationDateTime": "modifiedDateTime"}  # said instead: left to the parser
_POINTS = {"creatingUser", "CodeRef", "NoteRef"}  # GUIDs of other things
_MOST = 3  # codings of a passage; one that has more is left to the parser


class Rows:
    """Passages as columns of texts ("" where nothing is said): `passage[name]`, `description`, `note`, and `codings`, one such table for each coding a passage may have.

    What points to other things is there as we compare it, GUIDs of the passages and codings themselves as they are written (`plain`: which is how we compare them).
    """

    def __init__(self, columns: dict[tuple[int, str], list[str]], count: int):
        self.count = count
        blank = [""] * count
        self.passage = {name: columns.get((0, name), blank) for name in _PASSAGE}
        self.description, self.note = columns.get((0, "Description"), blank), columns.get((0, "NoteRef"), blank)
        self.codings = [{name: columns.get((n, name), blank) for name in (*_CODING, "CodeRef", "NoteRef")} for n in range(1, _MOST + 1) if (n, "guid") in columns]
        self.plain = all(_plain("\0".join(column)) for column in (self.passage["guid"], *(c["guid"] for c in self.codings)))

    def guids(self, a: int, b: int) -> list[list[str]]:
        """The GUIDs of rows as they are written: of the passages, then of each coding they may have."""
        return [self.passage["guid"][a:b], *(c["guid"][a:b] for c in self.codings)]


@dataclass
class Run:
    """The passages of rows a to b, under the GUIDs given: those of the passages, then of each coding they may have."""

    rows: Rows
    a: int
    b: int
    guids: list[list[str]]

    def passage(self, name: str) -> list[str]:
        return self.rows.passage[name][self.a:self.b]

    def coding(self, n: int, name: str) -> list[str]:
        return self.rows.codings[n][name][self.a:self.b]

    @property
    def description(self) -> list[str]:
        return self.rows.description[self.a:self.b]

    @property
    def note(self) -> list[str]:
        return self.rows.note[self.a:self.b]

    def flat(self) -> tuple[Sequence[int], list[list[str]]]:
        """All codings, one behind the other: of which passage each is (a number), and their GUIDs, codes, users, dates and notes as columns."""
        tables = [[mine, *(self.coding(n, name) for name in _MARK)] for n, mine in enumerate(self.guids[1:])]
        if len(tables) == 1:
            return range(self.b - self.a), tables[0]
        pairs = [(i, t) for i in range(self.b - self.a) for t in tables if t[0][i]]
        return [i for i, _ in pairs], [[t[k][i] for i, t in pairs] for k in range(len(_MARK) + 1)]

    def codes(self) -> set[str]:
        """The codes that stand in these rows."""
        return {c for of in self.rows.codings for c in of["CodeRef"][self.a:self.b]} - {""}

    def selections(self) -> list[Selection]:
        """The passages as objects."""
        codings: list[list[Mark]] = [[] for _ in range(self.b - self.a)]
        for n, mine in enumerate(self.guids[1:]):
            notes = [[x] if x else [] for x in self.coding(n, "NoteRef")]
            for marks, m in zip(codings, map(Mark, mine, self.coding(n, "CodeRef"), self.coding(n, "creatingUser"), self.coding(n, "creationDateTime"), notes), strict=True):
                if m.code:
                    marks.append(m)
        notes = [[x] if x else [] for x in self.note]
        return list(map(Selection, self.guids[0], map(int, self.passage("startPosition")), map(int, self.passage("endPosition")), self.passage("name"), self.description, self.passage("creatingUser"), self.passage("creationDateTime"), codings, notes))


def cut(raw: bytes) -> tuple[bytes, Rows | None]:
    """The XML without its usual passages, and these; the XML as it is, and None, where it must not be cut or there are none."""
    firsts = [m.groups() for m in islice(_TYPICAL.finditer(raw), 20)]
    if not firsts or not (head := _HEAD.match(raw)):
        return raw, None
    passage, coding = (max((re.findall(r"(\w+)=", re.sub(r'"[^"]*"', "", said.decode("utf-8", "replace"))) for said in column), key=len) for column in zip(*firsts, strict=True))
    if any(len(set(names)) < len(names) or not needed <= set(names) for names, needed in ((passage, {"guid", *_PLACE}), (coding, {"guid"}))) or "sourceGUID" in passage or any(made not in passage and last in passage for made, last in _ELSE.items()):
        return raw, None
    for strict in (False, True) if _without_controls(raw) else (True,):
        form, names = _form(passage, coding, strict)
        parts = form.split(raw)
        wide, count = len(names) + 1, len(parts) // (len(names) + 1)
        try:
            columns = {name: _column(parts[i::wide], name[1], strict) for i, name in enumerate(names, 1) if name[0] < 2 or any(parts[names.index((name[0], "guid")) + 1::wide])}
        except ValueError:
            continue
        if any(g and not c for n, of in columns if of == "CodeRef" for g, c in zip(columns[n, "guid"], columns[n, of], strict=True)):
            return raw, None  # a coding without a code is told
        body = _left(parts, wide, count, head.end())
        return (raw, None) if body is None else (body, Rows(columns, count))
    return raw, None


def _left(parts: list[bytes], wide: int, count: int, head: int) -> bytes | None:
    """What is left when the passages are cut out, with an element in the place of each run of them; None where they must stay."""
    left, begun = [], 0
    for i, between in enumerate(parts[wide::wide], 1):
        if i == count or between.strip(b" \t\r\n"):
            left += (parts[begun * wide], b'<PlainTextSelection %s="%d %d"/>' % (CUT.encode(), begun, i))
            begun = i
    left.append(parts[-1])
    body = b"".join(left)
    return None if b"<!" in body or body.find(b"<?", head) >= 0 or body.count(CUT.encode()) > len(left) // 2 else body


def _without_controls(raw: bytes) -> bool:
    """Whether line ends and tabs are the only control characters."""
    return not any(bytes([sign]) in raw for sign in range(32) if sign not in b"\t\n\r")


def _plain(guids: str) -> bool:
    """Whether GUIDs (parted by NULs) are written as we compare them."""
    return guids.isascii() and guids == guids.lower() and not any(sign in guids for sign in "{} \t\n\r")


def _column(values: list[bytes | None], name: str, strict: bool) -> list[str]:
    """A column's values as text, all decoded together (none of them holds a NUL); a ValueError where XML could not hold them, or we do not see it at once."""
    if name in _POINTS and len(known := set(values)) < len(values) // 2:  # users and codes: each is read once
        points = dict(zip(known, _column(list(known), "", strict), strict=True))
        bares = Bares()
        return list(map({k: bares[v] for k, v in points.items()}.__getitem__, values))
    try:
        whole = b"\0".join(values)  # type: ignore[arg-type]
    except TypeError:  # a part that some passages lack
        if not any(values):
            return [""] * len(values)
        whole = b"\0".join([v or b"" for v in values])
    if not strict and any(sign in whole for sign in (b"<\r" if name == "Description" else b"<\r\n\t")):
        raise ValueError(name)
    said = whole.decode()
    if "]]>" in said or "\ufffe" in said or "\uffff" in said:
        raise ValueError(name)
    if "&" in said:
        signs = said.count("&")
        said, known = _ENTITY.subn(lambda e: _ENTITIES[e[0]], said)
        if known < signs:
            raise ValueError(name)
    out = said.split("\0")
    return list(map(Bares().__getitem__, out)) if name in _POINTS and not _plain(said) else out


def _form(passage: list[str], coding: list[str], strict: bool) -> tuple[re.Pattern[bytes], list[tuple[int, str]]]:
    """The form of a passage with these attributes in this order, and what its groups are: (0 or the number of a coding, what).

    The strict form takes nothing but sound values; the other takes anything up to the next quotation mark, at twice the speed, and `_column` looks at it.
    """
    names: list[tuple[int, str]] = []
    value, name, words = (_VALUE, _NAME, _WORDS) if strict else (rb'[^"]', rb'[^"]*+', rb"[^<]*+")
    more = b"" if strict else b"+"

    def said(n: int, attributes: list[str]) -> bytes:
        out = b""
        for a in attributes:
            wanted = a in (_CODING if n else _PASSAGE)
            names.extend([(n, a)] if wanted else [])
            any_ = rb"\d{1,15}" if n == 0 and a in _PLACE else (name if wanted else _NAME) if a == "name" else (value if wanted else _VALUE) + (rb"+" if a == "guid" else rb"*") + (more if wanted else b"")
            one = rb' %s="(%s%s)"' % (a.encode(), b"" if wanted else b"?:", any_)
            out += one if a == "guid" or n == 0 and (a in _PLACE or _ELSE.get(a) in passage) else b"(?:%s)?" % one
        return out

    def leaf(n: int, tag: str) -> bytes:
        names.append((n, tag))
        return rb'<%s targetGUID="(%s+%s)" ?/>%s' % (tag.encode(), value, more, _BLANK)

    def coded(n: int) -> bytes:
        return rb"<Coding%s>%s%s(?:%s)?</Coding>%s" % (said(n, coding), _BLANK, leaf(n, "CodeRef"), leaf(n, "NoteRef"), _BLANK)

    out = rb"<PlainTextSelection%s>%s" % (said(0, passage), _BLANK)
    names.append((0, "Description"))
    out += rb"(?:<Description>(%s)</Description>%s)?" % (words, _BLANK)
    out += coded(1) + b"".join(rb"(?:%s)?" % coded(n) for n in range(2, _MOST + 1))
    out += rb"(?:%s)?</PlainTextSelection>" % leaf(0, "NoteRef")
    return re.compile(out), names
