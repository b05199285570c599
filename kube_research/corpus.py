"""The corpus: documents, their turns, and selections of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from . import labels as _labels
from .model import Speaker, Turn
from .text import Lines, digest, trim
from .turns import Said, key, segment
from .turns.head import legend
from .turns.page import page
from .turns.roles import guess_roles
from .words import say

SPOKEN = ("interview", "focus-group", "session")


@dataclass(frozen=True)
class Document:
    """One document: its text (NFC, LF) and its turns, with the attributes of its row in documents.csv."""

    id: str
    text: str
    kind: str = "interview"
    case: str = ""
    language: str = "id"
    date: str = ""
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    speakers: tuple[Speaker, ...] = field(default=(), repr=False)
    checked: tuple[str, ...] = field(default=(), repr=False)  # quotations that their speaker has checked
    original: str = field(default="", repr=False)  # digest of the file's text where what is read here is veiled

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The turns in the order of the text (paragraphs, where nobody speaks)."""
        return tuple(parse(self.text, {s.label: s for s in self.speakers}, spoken=self.kind in SPOKEN))

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def sha256(self) -> str:
        return self.original or digest(self.text)

    @cached_property
    def head(self) -> dict[str, str]:
        """The metadata lines (`# Key: value`) at the top of the file."""
        pairs = (m.groups() for m in re.finditer(r"^#\s*([^:\n#]+?)\s*:\s*(.*)$", self.text[: self.body_start], re.M))
        return dict(pairs)

    @cached_property
    def body_start(self) -> int:
        return head_end(self.text)

    @property
    def title(self) -> str:
        return self.meta.get("title", "") or self.head.get("Judul", "") or self.id

    @property
    def synthetic(self) -> bool:
        """Whether the document says in its head that it is invented."""
        return bool(re.search(r"sintetis|synthetic", self.text[: self.body_start], re.I))

    def line(self, offset: int) -> int:
        """Line number (from 1) of an offset."""
        return self.lines.number(offset)

    def turn_at(self, offset: int) -> Turn | None:
        """The turn that holds an offset, or None."""
        for t in self.turns:
            if t.start <= offset < t.end:
                return t
        return None

    def words(self) -> int:
        return len(self.text[self.body_start:].split())

    def __repr__(self) -> str:
        return f"Document({self.id!r}, {self.kind}, case={self.case!r}, {len(self.turns)} turns, {len(self.text)} characters)"


def head_end(text: str) -> int:
    """Offset behind the metadata lines (`# …`, not `## …`) at the top of a text."""
    at = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not re.match(r"#(?:[ \t]|[^\W\d_]{4,}[^:\n]*:)", line):
            break
        at += len(line)
    return at


def parse(text: str, listed: Mapping[str, Speaker] | None = None, *, spoken: bool = True) -> Iterator[Turn]:
    """Yield the turns of a text, in the project's own form or as others transcribe.

    `listed` is what speakers.csv says of the labels; a label that it does not name gets a guessed role.  A text in which nobody
    speaks is cut into paragraphs without label.
    """
    listed = listed or {}
    start = head_end(text)
    said = (_own(text, start, listed) or list(segment(text, listed=listed, start=start).turns)) if spoken or listed else []
    if not said:
        yield from _doubtful(text, list(_paragraphs(text, start))) if spoken else _paragraphs(text, start)
        return
    who = _who(text, said, listed)
    asides = _Asides({t.label for t in said})
    for n, t in enumerate(said, 1):
        body, end = trim(text, t.body, t.end)
        speaker, role = who[t.label]
        yield Turn(n, t.start, min(body, end), end, t.label, speaker, role, t.time, asides.of(text, body, end, t.skips))


def _own(text: str, start: int, listed: Mapping[str, Speaker]) -> list[Said]:
    """The turns of a text in the project's own form, the quick way: every line opens a turn of a listed label, or [] to be looked at closely."""
    if not listed:
        return []
    marks = [m for m in _labels.TURN.finditer(text, start) if m.group(2).strip() in listed]
    lines = len(re.compile(r"^[^\n]*\S", re.M).findall(text, start))
    if not marks or len(marks) < lines or text[start:marks[0].start()].strip():
        return []
    names = "|".join(re.escape(x) for x in listed)
    if re.compile(rf"(?<=\S)[ \t]+(?:{names})[ \t]*[:：]\s").search(text, marks[0].end()):
        return []
    return [Said(m.start(), m.end(), marks[n].start() if n < len(marks) else len(text), m.group(2).strip(), m.group(1) or "") for n, m in enumerate(marks, 1)]


def _who(text: str, said: list[Said], listed: Mapping[str, Speaker]) -> dict[str, tuple[str, str]]:
    """Speaker and role of each label: what speakers.csv says (letter for letter, else case and dots aside), else a guess."""
    known = {key(label): s for label, s in listed.items()}
    out = {}
    for label in dict.fromkeys(t.label for t in said):
        found = listed.get(label) or known.get(key(label))
        if found:
            out[label] = (found.speaker, found.role)
    left = [t for t in said if t.label not in out]
    if left:
        head = legend(page(text[: said[0].start]), said[0].start)
        guesses = guess_roles([(t.label, text[t.body:t.end]) for t in said], head, " ".join(text[: said[0].start].split())[:400])
        for t in left:
            same = [s for s in listed.values() if (s.role == "researcher") == (guesses[t.label].role == "researcher")]
            out[t.label] = (same[0].speaker, same[0].role) if t.label in ("P", "N") and len(same) == 1 else ("", guesses[t.label].role)
    return out


def _doubtful(text: str, found: list[Turn]) -> Iterator[Turn]:
    """Paragraphs of an interview in which no speakers were told apart: what only asks, or looks like a head line, is nobody's evidence."""
    head = re.compile(r"[^.?!\n:]{2,40}:\s.{0,80}$|[^.?!]{0,60}$")
    mine = [not (words := text[t.body:t.end].strip()).rstrip("\"”’)*_ ").endswith("?") and not (t.n <= 3 and head.fullmatch(words)) for t in found]
    for t, said in zip(found, mine, strict=True):
        yield t if all(mine) or not any(mine) else replace(t, role="member" if said else "researcher")


def _paragraphs(text: str, start: int) -> Iterator[Turn]:
    n = 0
    for m in re.finditer(r"\S(?:[^\n]|\n(?!\s*\n))*", text[start:]):
        a, b = trim(text, start + m.start(), start + m.end())
        if re.match(r"#{2,6}\s", text[a:b]):
            a = text.find("\n", a, b) + 1 or b
            a, b = trim(text, a, b)
        if a < b:
            n += 1
            yield Turn(n, a, a, b)


class _Asides:
    """Finds what inside a turn is not the speaker's words: brackets, interjections between marks, times."""

    _ANY = re.compile(r"[(\[{/*<~_#—–|=]|\s-|\d:\d\d")  # without one of these a turn holds none of what follows
    _STAMP = re.compile(r"#?\b\d{1,2}:\d{2}:\d{2}(?:[.,-]\d{1,3})?\b#?")
    _ASKED = re.compile(r"(?<!\w)(\*\*|__|[*_/])(?=[^\s*_/])[^*_/\n]{1,200}\?\s?\1(?!\w)")
    _LABELLED = re.compile(r"(?P<m>//|(?<=\s)/|\*\*?|<|~)[ \t]*(?:[A-Z]{1,3}\d?|[A-Z][\w.]{0,15}(?: [A-Z\d][\w.]{0,15})?)[ \t]*:\s(?:[^\n]|\n(?!\s*\n)){0,300}?(?:(?P=m)|(?<!<)>)")

    def __init__(self, labels: set[str]):
        names = "|".join(re.escape(x) for x in sorted(labels, key=len, reverse=True) if x) or "(?!)"
        self.interjection = re.compile(rf"(?P<m>—|–|(?<=\s)-|\||=)[ \t]*(?:{names})[ \t]*[:：](?:[^\n]|\n(?!\s*\n)){{0,300}}?(?:(?P=m))")

    def of(self, text: str, start: int, end: int, skips: Iterable[tuple[int, int]] = ()) -> tuple[tuple[int, int], ...]:
        found = [(a, b) for a, b in skips if start <= a and b <= end] if skips else []
        if not found and not self._ANY.search(text, start, end):
            return ()
        found += brackets(text, start, end)
        for pattern in (self.interjection, self._LABELLED, self._ASKED, self._STAMP):
            found += [m.span() for m in pattern.finditer(text, start, end)]
        out: list[tuple[int, int]] = []
        for a, b in sorted(found):
            if out and a < out[-1][1]:
                out[-1] = (out[-1][0], max(out[-1][1], b))
            else:
                out.append((a, b))
        return tuple(out)


def brackets(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans in round, square or curly brackets (the outermost; over a line end, not over an empty line).

    >>> brackets("Iya (P: oh (tertawa) ya?) terus [tidak jelas].", 0, 46)
    [(4, 25), (32, 45)]
    """
    found: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    for m in re.compile(r"[()\[\]{}]|\n\s*\n").finditer(text, start, end):
        c = m.group()
        if c in "([{":
            stack.append((c, m.start()))
        elif c in ")]}":
            while stack and stack[-1][0] != {")": "(", "]": "[", "}": "{"}[c]:
                stack.pop()
            if stack:
                opened = stack.pop()[1]
                if not stack:
                    found.append((opened, m.end()))
        else:
            stack.clear()
    return found


def _as_set(value: object) -> set[str]:
    return {value} if isinstance(value, str) else {str(v) for v in value}  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Corpus:
    """Documents, and which of their turns are meant.  `where` gives a smaller corpus; nothing is ever changed in place."""

    documents: tuple[Document, ...]
    cases: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    withdrawn: tuple[int, int] = field(default=(0, 0), repr=False)  # documents and persons left out of the study: they withdrew

    _TURN_KEYS = ("role", "speaker", "label")

    def where(self, **criteria: str | Iterable[str]) -> Corpus:
        """Keep the documents and turns that fit: kind, case, document, language, date, role, speaker, or any attribute column."""
        added = tuple((k, tuple(sorted(_as_set(v)))) for k, v in criteria.items())
        documents = self.documents
        for key, values in added:
            if key not in self._TURN_KEYS:
                documents = tuple(d for d in documents if self.attribute(d, key) in values)
        return Corpus(documents, self.cases, (*self.filters, *added), self.withdrawn)

    def attribute(self, document: Document, key: str) -> str:
        """The value of an attribute for a document: its own column, else its case's."""
        if key == "document":
            return document.id
        if key in ("kind", "case", "language", "date"):
            return str(getattr(document, key))
        if key in document.meta:
            return document.meta[key]
        return self.cases.get(document.case, {}).get(key, "")

    def keeps(self, turn: Turn) -> bool:
        """Whether the filters on turns keep a turn."""
        return all(getattr(turn, key) in values for key, values in self.filters if key in self._TURN_KEYS)

    def turns(self) -> Iterator[tuple[Document, Turn]]:
        """Every kept turn with its document."""
        for d in self.documents:
            for t in d.turns:
                if self.keeps(t):
                    yield d, t

    def __getitem__(self, document: str) -> Document:
        try:
            return self.by_id[document]
        except KeyError:
            from .model import KubeError, unknown

            raise KubeError(unknown("dokumen", "document", document, list(self.by_id), "corpus/documents.csv")) from None

    @cached_property
    def by_id(self) -> dict[str, Document]:
        return {d.id: d for d in self.documents}

    def __contains__(self, document: object) -> bool:
        return document in self.by_id

    def __iter__(self) -> Iterator[Document]:
        return iter(self.documents)

    def __len__(self) -> int:
        return len(self.documents)

    def describe(self) -> str:
        """The filter in words, as matrices print it."""
        if not self.filters:
            return say("semua dokumen", "all documents")
        return ", ".join(f"{k}={'/'.join(v)}" for k, v in self.filters)

    def __repr__(self) -> str:
        n = sum(1 for _ in self.turns())
        shown = ", ".join(f"{k}={v[0] if len(v) == 1 else v!r}" if len(v) > 1 else f"{k}={v[0]!r}" for k, v in self.filters)
        return f"Corpus({n} turns of {len(self.documents)} documents{' | ' + shown if shown else ''})"


def evidence(document: Document, turn: Turn) -> bool:
    """Whether a turn may count as evidence: not a researcher's, not in a chapter of literature or a translation, nobody who withdrew."""
    if document.kind == "chapter" or document.meta.get("translation") or turn.role in ("researcher", "withdrawn"):
        return False
    return bool(turn.role) or document.kind not in SPOKEN or not any(t.role for t in document.turns)
