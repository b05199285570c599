"""What a reader hands over: the text in the project's form, what was guessed, dropped and repaired."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ..turns.roles import Guess
from ..words import say

__all__ = ["Citation", "Guess", "Mapped", "Remark", "Source"]


@dataclass(frozen=True, slots=True)
class Remark:
    """One sentence to the reader of a report, in both languages."""

    id: str
    en: str

    def __str__(self) -> str:
        return say(self.id, self.en)


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation as it stands: who, when, which pages, and where in the text."""

    names: str
    year: str
    pages: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.names} {self.year}{': ' + self.pages if self.pages else ''}".strip()


@dataclass(frozen=True)
class Mapped:
    """A text made from another one: every character knows the raw characters it came from.

    >>> m = Mapped.of("a-\\nb").replace([(1, 3, "")])
    >>> m.text, m.raw_span(1, 2)
    ('ab', (3, 4))
    """

    text: str
    pieces: tuple[tuple[int, int, int, bool], ...] = ()  # start in text, raw start, raw end, characters one to one

    @staticmethod
    def of(text: str) -> Mapped:
        return Mapped(text, ((0, 0, len(text), True),) if text else ())

    def __len__(self) -> int:
        return len(self.text)

    def _bounds(self, i: int) -> tuple[int, int]:
        return self.pieces[i][0], self.pieces[i + 1][0] if i + 1 < len(self.pieces) else len(self.text)

    def cut(self, start: int, end: int) -> Mapped:
        """The part start..end."""
        import bisect

        out = []
        i = max(0, bisect.bisect_right(self.pieces, start, key=lambda p: p[0]) - 1) if self.pieces else 0
        while i < len(self.pieces) and self.pieces[i][0] < end:
            a, b = self._bounds(i)
            _, ra, rb, exact = self.pieces[i]
            x, y = max(a, start), min(b, end)
            if x < y:
                out.append((x - start, ra + (x - a), ra + (y - a), True) if exact else (x - start, ra, rb, False))
            i += 1
        return Mapped(self.text[start:end], tuple(out))

    @staticmethod
    def join(parts: Iterable[Mapped | str]) -> Mapped:
        """Parts in a row; a plain string is text that no raw character stands for."""
        texts: list[str] = []
        pieces: list[tuple[int, int, int, bool]] = []
        at = raw = 0
        for part in parts:
            if isinstance(part, str):
                if part:
                    pieces.append((at, raw, raw, False))
                    texts.append(part)
                    at += len(part)
                continue
            for a, ra, rb, exact in part.pieces:
                pieces.append((at + a, ra, rb, exact))
                raw = rb
            texts.append(part.text)
            at += len(part.text)
        merged: list[tuple[int, int, int, bool]] = []
        for p in pieces:
            if merged and p[3] and merged[-1][3] and p[1] == merged[-1][2] and p[0] - merged[-1][0] == p[1] - merged[-1][1]:
                merged[-1] = (merged[-1][0], merged[-1][1], p[2], True)
            else:
                merged.append(p)
        return Mapped("".join(texts), tuple(merged))

    def replace(self, changes: Iterable[tuple[int, int, str]]) -> Mapped:
        """The text with spans replaced (spans in order, not overlapping)."""
        changes = list(changes)
        if not changes:
            return self
        out: list[Mapped | str] = []
        at = 0
        for a, b, new in changes:
            out.append(self.cut(at, a))
            if new:
                old = self.cut(a, b)
                ra = old.pieces[0][1] if old.pieces else 0
                rb = old.pieces[-1][2] if old.pieces else ra
                out.append(Mapped(new, ((0, ra, rb, False),)))
            at = b
        out.append(self.cut(at, len(self.text)))
        return Mapped.join(out)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw characters that text[start:end] came from."""
        part = self.cut(start, end)
        real = [p for p in part.pieces if p[2] > p[1]] or list(part.pieces)
        return (real[0][1], real[-1][2]) if real else (0, 0)

    def normalised(self) -> Mapped:
        """NFC, one LF a line end, no NUL; cut only where a character changes."""
        import re

        changes = []
        base = self
        found = [(m.start(), m.end(), {"\x00": ""}.get(m.group(), "\n")) for m in re.finditer("\r\n|[\r\x0b\x0c\x85\u2028\u2029]|\x00", base.text)]
        if found:
            base = base.replace(found)
        if unicodedata.is_normalized("NFC", base.text):
            return base
        for m in re.finditer(r"[^\u0300-\u036f\u0653-\u0655\u3099\u309a\u1100-\u11ff][\u0300-\u036f\u0653-\u0655\u3099\u309a\u1160-\u11ff]+|[^\x00-\x7f]", base.text):
            new = unicodedata.normalize("NFC", m.group())
            if new != m.group():
                changes.append((m.start(), m.end(), new))
        base = base.replace(changes)
        if not unicodedata.is_normalized("NFC", base.text):  # rare scripts: give up the exact places, keep the text right
            base = Mapped(unicodedata.normalize("NFC", base.text), ((0, 0, len(self.text), False),))
        return base


@dataclass(frozen=True)
class Source:
    """One document read from a file, ready for the corpus.

    `text` is the project's own form, `raw` what the file holds, and `map` leads from the one to the other.  `roles` gives for each
    label a role and the reason of the guess.  A record of a library has `title`, `author`, `year` (empty where the source does not
    say) and `keywords` by language.
    """

    name: str
    text: str
    kind: str = "interview"
    language: str = ""
    title: str = ""
    author: str = ""
    year: str = ""
    date: str = ""
    keywords: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    meta: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    roles: Mapping[str, Guess] = field(default_factory=lambda: MappingProxyType({}))
    halves: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))
    sections: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    missing: tuple[str, ...] = ()
    dropped: tuple[Remark, ...] = ()
    repaired: tuple[Remark, ...] = ()
    convention: str = ""
    encoding: str = ""
    raw: str = field(default="", repr=False)
    map: Mapped = field(default=Mapped(""), repr=False)

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of `raw` that text[start:end] was made from."""
        return self.map.raw_span(start, end)

    def split(self) -> tuple[Source, ...]:
        """One Source a language: the translation marked as one, so that nobody counts both as evidence."""
        if len(self.halves) < 2:
            return (self,)
        first = self.language.partition("+")[0]
        first = first if first in self.halves else next(iter(self.halves))
        head = min(a for a, _ in self.halves.values())
        head = self.text.rfind("## ", 0, head)
        out = []
        for tongue, (a, b) in sorted(self.halves.items(), key=lambda x: x[0] != first):
            heading = self.text.rfind("## ", 0, a)
            part = Mapped.join([self.map.cut(0, head), self.map.cut(heading, b), "\n"])
            mine = tongue == first
            out.append(replace(self, name=self.name if mine else f"{self.name}-{tongue}", text=part.text, map=part, language=tongue, halves={tongue: (head + a - heading, head + b - heading)},
                               meta=self.meta if mine else {**self.meta, "translation": self.name}, dropped=self.dropped if mine else (), repaired=self.repaired if mine else (), missing=self.missing if mine else ()))
        return tuple(out)

    def meta_columns(self) -> dict[str, str]:
        """What of the metadata belongs into documents.csv: year, publisher, identifiers."""
        return {k: v for k, v in self.meta.items() if k in ("year", "publisher", "url", "issn", "record", "translation", "series") and v}
