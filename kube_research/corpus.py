"""The corpus: documents, their turns, and selections of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from . import labels as _labels
from .model import Speaker, Turn
from .text import Lines, digest, trim
from .words import say

SPOKEN = ("interview", "focus-group", "session")
_ASIDE = re.compile(r"\([^()\n]{1,300}\)|\[[^\[\]\n]{1,300}\]")


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

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """The turns in the order of the text (paragraphs, where nobody speaks)."""
        return tuple(parse(self.text, {s.label: s for s in self.speakers}, spoken=self.kind in SPOKEN))

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def sha256(self) -> str:
        return digest(self.text)

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
        if line.strip() and not re.match(r"#(?!#)", line):
            break
        at += len(line)
    return at


def parse(text: str, listed: Mapping[str, Speaker] | None = None, *, spoken: bool = True) -> Iterator[Turn]:
    """Yield the turns of a text in the project's own form.

    A label opens a turn when `listed` (speakers.csv) names it, or when it recurs or is a usual mark such as `P:`; its role is the
    listed one or a guess.  A text in which nobody speaks is cut into paragraphs without label.
    """
    listed = listed or {}
    start = head_end(text)
    marks = []
    if spoken or listed:
        counts = _labels.found(text[start:])
        open_ = _labels.openers(counts, listed)
        marks = [m for m in _labels.TURN.finditer(text, start) if m.group(2).strip() in open_]
    if not marks:
        yield from _paragraphs(text, start)
        return
    names = {m.group(2).strip() for m in marks}
    for n, m in enumerate(marks, 1):
        stop = marks[n].start() if n < len(marks) else len(text)
        label = m.group(2).strip()
        body, end = trim(text, m.end(), stop)
        who = listed.get(label)
        role = who.role if who else _labels.guess(label, names)
        yield Turn(n, m.start(), min(body, end), end, label, who.speaker if who else "", role, m.group(1) or "", tuple(_asides(text, body, end)))


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


def _asides(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for m in _ASIDE.finditer(text, start, end):
        yield m.start(), m.end()


def _as_set(value: object) -> set[str]:
    return {value} if isinstance(value, str) else {str(v) for v in value}  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Corpus:
    """Documents, and which of their turns are meant.  `where` gives a smaller corpus; nothing is ever changed in place."""

    documents: tuple[Document, ...]
    cases: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()

    _TURN_KEYS = ("role", "speaker", "label")

    def where(self, **criteria: str | Iterable[str]) -> Corpus:
        """Keep the documents and turns that fit: kind, case, document, language, date, role, speaker, or any attribute column."""
        added = tuple((k, tuple(sorted(_as_set(v)))) for k, v in criteria.items())
        documents = self.documents
        for key, values in added:
            if key not in self._TURN_KEYS:
                documents = tuple(d for d in documents if self.attribute(d, key) in values)
        return Corpus(documents, self.cases, (*self.filters, *added))

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
    """Whether a turn may count as evidence: not a researcher's, not in a chapter of literature, nobody who withdrew."""
    if document.kind == "chapter" or turn.role in ("researcher", "withdrawn"):
        return False
    return bool(turn.role) or document.kind not in SPOKEN or not any(t.role for t in document.turns)
