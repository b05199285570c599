"""The corpus: documents, their turns, and selections of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from .model import Speaker, Turn
from .text import Lines, digest, trim
from .turns import Said, key, segment
from .turns.head import legend
from .turns.own import Columns, Later, marked, own
from .turns.page import page
from .turns.roles import guess_roles
from .words import say

if TYPE_CHECKING:
    import numpy as np

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
        return self.columns.turns()

    @cached_property
    def columns(self) -> Columns:
        """The turns in columns, for work over many documents."""
        if "turns" in self.__dict__:  # found already, in the words as they were (consent.veil)
            return Columns.of(self.turns)
        return columns(self.text, {s.label: s for s in self.speakers}, spoken=self.kind in SPOKEN)

    @cached_property
    def voices(self) -> tuple[tuple[str, str, str], ...]:
        """Who speaks here: each (label, speaker, role) once."""
        return self.columns.voices

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def breaks(self) -> np.ndarray:
        """Where the lines end."""
        import numpy as np

        if self.text.isascii():
            return np.flatnonzero(np.frombuffer(self.text.encode("ascii"), np.uint8) == 10)
        return np.flatnonzero(np.frombuffer(self.text.encode("utf-32-le", "surrogatepass"), np.uint32) == 10)

    @cached_property
    def sha256(self) -> str:
        return self.original or digest(self.text)

    @cached_property
    def digest(self) -> bytes:
        """SHA-256 of what is read here (where somebody withdrew: of the veiled words)."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).digest()

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
        n, long = len(self.turns), len(self.text)
        return f"Document({self.id!r}, {self.kind}, case={self.case!r}, {say(f'{n} giliran bicara, {long} karakter', f'{n} turns, {long} characters')})"


def head_end(text: str) -> int:
    """Offset behind the metadata lines (`# …`, not `## …`) at the top of a text."""
    if text and text[0] != "#" and not text[0].isspace():
        return 0
    at = 0
    while at < len(text):
        stop = text.find("\n", at) + 1 or len(text)
        for line in text[at:stop].splitlines(keepends=True):
            if line.strip() and not _HEAD_LINE.match(line):
                return at
            at += len(line)
    return at


_HEAD_LINE = re.compile(r"#(?:[ \t]|[^\W\d_]{4,}[^:\n]*:)")


def parse(text: str, listed: Mapping[str, Speaker] | None = None, *, spoken: bool = True) -> Iterator[Turn]:
    """Yield the turns of a text, in the project's own form or as others transcribe.

    `listed` is what speakers.csv says of the labels; a label that it does not name gets a guessed role.  A text in which nobody
    speaks is cut into paragraphs without label.
    """
    yield from columns(text, listed, spoken=spoken).turns()


def columns(text: str, listed: Mapping[str, Speaker] | None = None, *, spoken: bool = True) -> Columns:
    """The turns of a text in columns; see `parse`."""
    listed = listed or {}
    start = head_end(text)
    if not (spoken or listed):
        return _paragraphs(text, start)
    quick = own(text, start, listed)
    if quick:
        voices = tuple((x, listed[x].speaker, listed[x].role) for x in quick.labels)
        asides = _Asides(set(quick.labels)) if quick.marked else None
        found = {i: a for i in quick.marked if (a := asides.of(text, quick.body[i], quick.end[i]))} if asides else {}
        return Columns(quick.start, quick.body, quick.end, quick.label, voices, quick.times, found)
    seen = segment(text, listed=listed, start=start)
    said = list(seen.turns)
    if not said:
        plain = _paragraphs(text, start)
        return Columns.of(_doubtful(text, list(plain.turns()))) if spoken else plain
    who = _who(text, said, listed, seen.legend)
    around = _Asides({t.label for t in said})
    turns = []
    for n, t in enumerate(said, 1):
        body, end = trim(text, t.body, t.end)
        speaker, role = who[t.label]
        turns.append(Turn(n, t.start, min(body, end), end, t.label, speaker, role, t.time, around.of(text, body, end, t.skips)))
    return Columns.of(turns)


def read_columns(documents: Iterable[Document]) -> None:
    """Find the turns of many documents at once, as far as they are in the project's own form; each keeps its own."""
    left = [d for d in documents if d.speakers and not {"columns", "turns"} & d.__dict__.keys()]
    if len(left) < 2:
        return
    from .turns.many import many

    listed = [{s.label: s for s in d.speakers} for d in left]
    found = many([d.text for d in left], [d.body_start for d in left], listed, lambda n, x: (x, listed[n][x].speaker, listed[n][x].role), _look)
    for d, c in zip(left, found, strict=True):
        if c is not None:
            d.__dict__["columns"] = c


def let_go(documents: Iterable[Document]) -> None:
    """Let go of the turns of documents, which are found again when they are asked for; who speaks there stays known."""
    for d in documents:
        if "turns" not in d.__dict__ and "columns" in d.__dict__:
            d.voices  # noqa: B018 - kept with the document
            del d.__dict__["columns"]


def _look(labels: set[str]) -> Callable[[str, int, int], tuple[tuple[int, int], ...]]:
    return _Asides(labels).of


def read_asides(documents: Iterable[Document]) -> None:
    """Find the asides of many documents at once, as far as they wait."""
    left = [a for d in documents if isinstance(a := d.columns.asides, Later) and a.found is None]
    if left:
        from .turns.many import look

        look(left)


def _who(text: str, said: list[Said], listed: Mapping[str, Speaker], labels: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Speaker and role of each label: what speakers.csv says (letter for letter, else case and dots aside), else a guess."""
    known = {key(label): s for label, s in listed.items()}
    out = {}
    for label in dict.fromkeys(t.label for t in said):
        found = listed.get(label) or known.get(key(label))
        if found:
            out[label] = (found.speaker, found.role)
    left = [t for t in said if t.label not in out]
    if left:
        head = {**{k: v for k, v in labels.items() if v.startswith(f"{k} (")}, **legend(page(text[: said[0].start]), said[0].start)}
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


_NONE: Mapping = MappingProxyType({})
_NOBODY = (("", "", ""),)
_BREAK = re.compile(r"\n\s*\n")
_HEADING = re.compile(r"#{2,6}\s")


def _paragraphs(text: str, start: int) -> Columns:
    """Paragraphs, each a turn that nobody is named for; a heading line before one is left out."""
    starts, ends = [], []
    at = start
    first = text.find("\n", start)
    if first > start and text[first:].isspace():  # most abstracts are one paragraph
        a, b = trim(text, start, first)
        if a < b and text[a] != "#":
            return Columns([a], [a], [b], [0], _NOBODY, _NONE, _NONE)
    for stop, after in [*((m.start(), m.end()) for m in _BREAK.finditer(text, start)), (len(text), len(text))]:
        a, b = trim(text, at, stop)
        at = after
        if a < b and text[a] == "#" and _HEADING.match(text[a:b]):
            a = text.find("\n", a, b) + 1 or b
            a, b = trim(text, a, b)
        if a < b:
            starts.append(a)
            ends.append(b)
    return Columns(starts, starts, ends, [0] * len(starts), _NOBODY if starts else (), _NONE, _NONE)


class _Asides:
    """Finds what inside a turn is not the speaker's words: brackets, interjections between marks, times."""

    _STAMP = re.compile(r"#?\b\d{1,2}:\d{2}:\d{2}(?:[.,-]\d{1,3})?\b#?")
    _ASKED = re.compile(r"(?<!\w)(\*\*|__|[*_/])(?=[^\s*_/])[^*_/\n]{1,200}\?\s?\1(?!\w)")
    _LABELLED = re.compile(r"(?P<m>//|(?<=\s)/|\*\*?|<|~)[ \t]*(?:[A-Z]{1,3}\d?|[A-Z][\w.]{0,15}(?: [A-Z\d][\w.]{0,15})?)[ \t]*:\s(?:[^\n]|\n(?!\s*\n)){0,300}?(?:(?P=m)|(?<!<)>)")

    def __init__(self, labels: set[str]):
        names = "|".join(re.escape(x) for x in sorted(labels, key=len, reverse=True) if x) or "(?!)"
        self.interjection = re.compile(rf"(?P<m>—|–|(?<=\s)-|\||=)[ \t]*(?:{names})[ \t]*[:：](?:[^\n]|\n(?!\s*\n)){{0,300}}?(?:(?P=m))")

    def of(self, text: str, start: int, end: int, skips: Iterable[tuple[int, int]] = ()) -> tuple[tuple[int, int], ...]:
        found = [(a, b) for a, b in skips if start <= a and b <= end] if skips else []
        words = text[start:end]
        if not found and not marked(words):
            return ()
        if "(" in words or "[" in words or "{" in words:
            found += brackets(text, start, end)
        colon = ":" in words
        patterns = [self.interjection] if colon or "：" in words else []
        patterns += [self._LABELLED, self._STAMP] if colon else []
        patterns += [self._ASKED] if "?" in words else []
        for pattern in patterns:
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


@dataclass(frozen=True, slots=True)
class TurnLine:
    """The turns of documents that lie one behind the other on one long line: per turn start, end, voice and document; per document its place and its first turn."""

    start: np.ndarray
    end: np.ndarray
    voice: np.ndarray
    owner: np.ndarray
    base: np.ndarray
    first: np.ndarray
    voices: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Corpus:
    """Documents, and which of their turns are meant.  `where` gives a smaller corpus; nothing is ever changed in place."""

    documents: tuple[Document, ...]
    cases: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    withdrawn: tuple[int, int] = field(default=(0, 0), repr=False)  # documents and persons left out of the study: they withdrew

    home: str = field(default="", repr=False, compare=False)  # the study's folder, for what is kept beside it
    stamp: bytes = field(default=b"", repr=False, compare=False)  # that of the cache when the study was read (`cache.stamp`)

    _TURN_KEYS = ("role", "speaker", "label")

    def where(self, **criteria: str | Iterable[str]) -> Corpus:
        """Keep the documents and turns that fit: kind, case, document, language, date, role, speaker, or any attribute column."""
        added = tuple((k, tuple(sorted(_as_set(v)))) for k, v in criteria.items())
        documents = self.documents
        for key, values in added:
            if key not in self._TURN_KEYS:
                if documents is self.documents:
                    groups = self._groups(key)
                    documents = tuple(documents[i] for i in sorted(i for v in values for i in groups.get(v, ())))
                else:
                    documents = tuple(d for d in documents if self.attribute(d, key) in values)
        return Corpus(documents, self.cases, (*self.filters, *added), self.withdrawn, self.home, self.stamp)

    def _groups(self, key: str) -> dict[str, list[int]]:
        """The value of an attribute → the places of the documents that have it, found once."""
        kept = self.__dict__.setdefault("_grouped", {})
        if key not in kept:
            groups: dict[str, list[int]] = {}
            for i, d in enumerate(self.documents):
                groups.setdefault(self.attribute(d, key), []).append(i)
            kept[key] = groups
        return kept[key]

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

    def means(self, document: Document, voice: tuple[str, str, str], everything: bool = False) -> bool:
        """Whether what a voice (label, speaker, role) says in a document is kept and counts as evidence (or, with `everything`, is kept)."""
        turn = Turn(0, 0, 0, 0, *voice)
        return self.keeps(turn) and (everything or evidence(document, turn))

    def meant(self, document: Document, everything: bool = False) -> tuple[bool, ...]:
        """The same of every voice of a document, in the order of `voices`; asked once for documents that are alike."""
        known = self.__dict__.setdefault("_meant", {})
        alike = (document.kind, bool(document.meta.get("translation")), document.voices, everything)
        if alike not in known:
            known[alike] = tuple(self.means(document, v, everything) for v in document.voices)
        return known[alike]

    @cached_property
    def voices(self) -> tuple[tuple[Document, tuple[str, str, str]], ...]:
        """Every document with each (label, speaker, role) that speaks there as evidence."""
        read_columns(d for d in self.documents if "voices" not in d.__dict__)
        return tuple((d, v) for d in self.documents for v, kept in zip(d.voices, self.meant(d), strict=True) if kept)

    def turn_line(self, documents: Sequence[Document]) -> TurnLine:
        """The turns of some documents one behind the other."""
        import numpy as np

        read_columns(documents)
        columns = [d.columns for d in documents]
        size = np.array([len(d.text) + 1 for d in documents], np.int64)
        many = np.array([len(c) for c in columns], np.int64)
        base, first = np.cumsum(size) - size, np.cumsum(many) - many
        whole = [np.concatenate([np.asarray(part, np.int64) for part in parts]) if columns else np.zeros(0, np.int64) for parts in ([c.start for c in columns], [c.end for c in columns], [c.voice for c in columns])]
        voices: dict[tuple[str, str, str], int] = {}
        numbers = np.array([voices.setdefault(v, len(voices)) for c in columns for v in c.voices], np.int64)
        before = np.cumsum([0, *(len(c.voices) for c in columns)])[:-1]
        owner = np.repeat(np.arange(len(columns)), many)
        return TurnLine(whole[0] + base[owner], whole[1] + base[owner], numbers[whole[2] + before[owner]] if len(numbers) else whole[2], owner, base, first, tuple(voices))

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
        k = len(self.documents)
        return f"Corpus({say(f'{n} giliran bicara, {k} dokumen', f'{n} turns of {k} documents')}{' | ' + shown if shown else ''})"


def evidence(document: Document, turn: Turn) -> bool:
    """Whether a turn may count as evidence: not a researcher's, not in a chapter of literature or a translation, nobody who withdrew."""
    if document.kind == "chapter" or document.meta.get("translation") or turn.role in ("researcher", "withdrawn"):
        return False
    return bool(turn.role) or document.kind not in SPOKEN or not any(role for _, _, role in document.voices)
