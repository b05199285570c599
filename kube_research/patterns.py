"""The pattern language of indicators: text → rows of words.  Standard library only; docs/codebooks.md describes it.

A pattern becomes a few *rows*.  A row is a tuple of `Step(gap, words)`: up to `gap` words may stand before one of `words`.  There is
no backtracking anywhere: a row is matched step by step, so that no pattern can hang the machine.

>>> parse("~ajak ..2 (rapat|urun rembug)")
(Row(~ajak ..2 rapat), Row(~ajak ..2 urun rembug))
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

MAX_ROWS, MAX_STEPS, MAX_GAP, MAX_LENGTH = 2000, 24, 12, 600
_PLAIN = r"[=~]?[\w'’*-]+"
_REST = rf"\s*(?:\.\.(\d+)|&(\d+)|\(({_PLAIN}(?:\|{_PLAIN})*)\)(?!\?)|(\()|(\)\??)|(\|)|(\^)|(\$)|"
_TOKEN = re.compile(_REST + r"([^\s()|^$]+(?:\|[^\s()|^$]+)*)|\Z)")  # outside brackets a|b is one place …
_INSIDE = re.compile(_REST + r"([^\s()|^$]+)|\Z)")  # … inside them | parts rows; (a|b) of plain words is one place anywhere
_WORD = re.compile(r"[=~@]?[\w'’*-]+\Z")
_NAMED = re.compile(r"@([\w'’*-]+)")
_KINDS = ("", "..", "&", "w", "(", ")", "|", "^", "$", "w")  # what the groups of _TOKEN are
_OPENING, _CLOSING = _KINDS.index("("), _KINDS.index(")")


class PatternError(ValueError):
    """A pattern that cannot be read: `args` are (Indonesian, English) sentences."""

    def __init__(self, indonesian: str, english: str):
        super().__init__(english)
        self.indonesian, self.english = indonesian, english


class Step(NamedTuple):
    """One place in a row: one of `words`, with up to `gap` words before it."""

    gap: int
    words: tuple[str, ...]

    def __repr__(self) -> str:
        return (f"..{self.gap} " if self.gap else "") + "|".join(self.words)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of steps; `first`/`last`: the match begins/ends its clause."""

    steps: tuple[Step, ...]
    first: bool = False
    last: bool = False

    def __repr__(self) -> str:
        return f"Row({'^ ' if self.first else ''}{' '.join(map(repr, self.steps))}{' $' if self.last else ''})"


_PARSED: dict[tuple[str, str], tuple[Row, ...]] = {}


def parse(pattern: str, sets: Mapping[str, Sequence[str]] | None = None, *, key: str = "") -> tuple[Row, ...]:
    """Return the rows of a pattern; raise PatternError with a sentence in both languages.

    key: names the word lists (the same key, the same lists); with it a pattern is parsed once only.
    """
    if not key:
        return _parse(pattern, sets, "")
    known = _PARSED.get((key, pattern))
    if known is None:
        if len(_PARSED) > 100_000:
            _PARSED.clear()
        known = _PARSED[key, pattern] = _parse(pattern, sets, key)
    return known


def _parse(pattern: str, sets: Mapping[str, Sequence[str]] | None, key: str) -> tuple[Row, ...]:
    if len(pattern) > MAX_LENGTH:
        raise PatternError(f"Pola lebih dari {MAX_LENGTH} karakter.", f"The pattern is longer than {MAX_LENGTH} characters.")
    tokens = _tokens(pattern)
    first = bool(tokens) and tokens[0][0] == "^"
    last = bool(tokens) and tokens[-1][0] == "$"
    tokens = tokens[1 if first else 0: -1 if last else None]
    near = [i for i, t in enumerate(tokens) if t[0] == "&"]
    if len(near) > 1:
        raise PatternError("Hanya satu & dalam satu pola.", "Only one & in a pattern.")
    parser = _Parser(sets or {}, key)
    if near:
        i, gap = near[0], _gap(tokens[near[0]][1])
        a, b = parser.rows(tokens[:i]), parser.rows(tokens[i + 1:])
        rows = [_join(x, y, gap) for x, y in product(a, b)] + [_join(y, x, gap) for x, y in product(a, b)]
    else:
        rows = parser.rows(tokens)
    rows = _merge(rows)
    if not rows or any(not r or len(r) > MAX_STEPS for r in rows):
        raise PatternError("Pola tanpa kata, atau lebih dari 24 kata.", "The pattern has no word, or more than 24.")
    if any(all(w == "_" for w in s.words) for r in rows for s in (r[0], r[-1])):
        raise PatternError("Pola tidak boleh diawali atau diakhiri _ .", "A pattern cannot begin or end with _ .")
    if len(rows) > MAX_ROWS:
        raise PatternError(f"Pola ini berarti {len(rows)} urutan kata; paling banyak {MAX_ROWS}.", f"This pattern means {len(rows)} rows of words; at most {MAX_ROWS}.")
    return tuple(Row(r, first, last) for r in rows)


def _gap(digits: str) -> int:
    n = int(digits)
    if n > MAX_GAP:
        raise PatternError(f"Jarak ..{n} terlalu jauh; paling banyak ..{MAX_GAP}.", f"The gap ..{n} is too wide; at most ..{MAX_GAP}.")
    return n


def _tokens(pattern: str) -> list[tuple[str, str]]:
    found, at, depth, end = [], 0, 0, len(pattern)
    while at < end:
        m = (_INSIDE if depth else _TOKEN).match(pattern, at)
        if m is None:
            mark = pattern[at:].lstrip()[0]
            raise PatternError(f"Tanda {mark!r} tidak dikenal dalam pola.", f"The mark {mark!r} is not known in a pattern.")
        kind = m.lastindex  # None: blanks at the end
        if kind is not None:
            if kind == _OPENING:
                depth += 1
            elif kind == _CLOSING:
                depth = max(0, depth - 1)
            found.append((_KINDS[kind], m[kind]))
        at = m.end()
    return found


class _Parser:
    """Tokens → rows.  A row's first step has no gap; lists of rows are shared and never changed."""

    known: dict[tuple[object, ...], list[tuple[Step, ...]]] = {}  # (key, list) and (the list's words, with those of the lists it names) → its rows
    words: dict[str, list[tuple[Step, ...]]] = {}  # words that name no list → their rows

    def __init__(self, sets: Mapping[str, Sequence[str]], key: str = ""):
        self.sets, self.key = sets, key
        self.open: list[str] = []

    def rows(self, tokens: list[tuple[str, str]]) -> list[tuple[Step, ...]]:
        at, rows = self._sequence(tokens, 0, inside=False)
        if at < len(tokens):
            raise PatternError("Kurung tutup tanpa kurung buka.", "A closing bracket without an opening one.")
        return rows

    def _sequence(self, tokens: list[tuple[str, str]], at: int, inside: bool) -> tuple[int, list[tuple[Step, ...]]]:
        rows: list[tuple[Step, ...]] = [()]
        gap = 0
        while at < len(tokens):
            kind, value = tokens[at]
            if inside and kind in (")", "|"):
                break
            at += 1
            if kind == "..":
                gap = _gap(value)
                continue
            if kind == "(":
                at, choice, optional = self._group(tokens, at)
            elif kind == "w":
                optional = value[-1] == "?"
                choice = self._word(value.rstrip("?"))
            else:
                raise PatternError(f"{kind} tidak boleh berdiri di sini.", f"{kind} cannot stand here.")
            longer = choice if rows == [()] else [_join(r, c, gap) for r in rows for c in choice]
            rows = longer + rows if optional else longer
            if len(rows) > MAX_ROWS:
                rows = _merge(rows)
                if len(rows) > MAX_ROWS:
                    raise PatternError(f"Pola ini berarti lebih dari {MAX_ROWS} urutan kata.", f"This pattern means more than {MAX_ROWS} rows of words.")
            gap = 0
        if gap:
            raise PatternError("Pola tidak boleh berakhir dengan jarak.", "A pattern cannot end with a gap.")
        return at, rows

    def _group(self, tokens: list[tuple[str, str]], at: int) -> tuple[int, list[tuple[Step, ...]], bool]:
        rows: list[tuple[Step, ...]] = []
        while True:
            if at + 1 < len(tokens) and tokens[at][0] == "w" and tokens[at + 1][0] in (")", "|") and tokens[at][1][-1] != "?":
                more, at = self._word(tokens[at][1]), at + 1
            else:
                at, more = self._sequence(tokens, at, inside=True)
            rows = rows + more if rows else more
            if at >= len(tokens):
                raise PatternError("Kurung buka tanpa kurung tutup.", "An opening bracket without a closing one.")
            kind, value = tokens[at]
            at += 1
            if kind == ")":
                return at, _merge(rows), value[-1] == "?"

    def _word(self, text: str) -> list[tuple[Step, ...]]:
        rows = self.words.get(text)
        if rows is None:
            rows = self._words(text)
            if "@" not in text:
                if len(self.words) > 100_000:
                    self.words.clear()
                self.words[text] = rows
        return rows

    def _words(self, text: str) -> list[tuple[Step, ...]]:
        single: list[str] = []
        rows: list[tuple[Step, ...]] = []
        for word in text.split("|"):
            if word == "_":
                single.append("_")
                continue
            if not _WORD.match(word) or not word.strip("=~@*_-'’"):
                raise PatternError(f"{word!r} bukan kata dalam pola.", f"{word!r} is not a word of a pattern.")
            if word[0] != "@":
                single.append(word[0] + word[1:].lower() if word[0] in "=~" else word.lower())
                continue
            rows = rows + self._set(word[1:])
        if single:
            rows.append((Step(0, tuple(dict.fromkeys(single))),))
        return _merge(rows)

    def _set(self, name: str) -> list[tuple[Step, ...]]:
        rows = self.known.get((self.key, name)) if self.key else None
        if rows is not None:
            return rows
        if name not in self.sets:
            raise PatternError(f"Daftar kata @{name} tidak ada. Yang ada: {', '.join(sorted(self.sets))}.", f"There is no word list @{name}. There is: {', '.join(sorted(self.sets))}.")
        if name in self.open:
            raise PatternError(f"Daftar kata @{name} menyebut dirinya sendiri.", f"The word list @{name} names itself.")
        same = self._meaning(name) if self.key else ()
        rows = self.known.get(same) if same else None
        if rows is None:
            self.open.append(name)
            rows = _merge([r for member in self.sets[name] for r in self.rows(_tokens(str(member)))])
            self.open.pop()
        if self.key:
            self.known[self.key, name] = self.known[same] = rows
        return rows

    def _meaning(self, name: str) -> tuple[object, ...]:
        """What decides the rows of a list: its members, and those of every list that they name (most books share most lists)."""
        found = {name: tuple(map(str, self.sets[name]))}
        todo = [name]
        while todo:
            for other in sorted({m for member in found[todo.pop()] if "@" in member for m in _NAMED.findall(member)} - found.keys() & self.sets.keys()):
                found[other] = tuple(map(str, self.sets[other]))
                todo.append(other)
        return tuple(found.items())


def _join(a: tuple[Step, ...], b: tuple[Step, ...], gap: int) -> tuple[Step, ...]:
    """One row behind the other, `gap` words between them."""
    if not (a and b):
        return a or b
    return a + (Step(gap, b[0].words), *b[1:]) if gap else a + b


def _merge(rows: list[tuple[Step, ...]]) -> list[tuple[Step, ...]]:
    """Make one row of rows that differ in a single place only (first those of one word)."""
    if len(rows) < 2:
        return rows
    longest = max(map(len, rows))
    if longest == 1 and all(rows):
        return [(Step(0, tuple(dict.fromkeys(w for (step,) in rows for w in step.words))),)]
    rows = list(dict.fromkeys(rows))
    for place in range(longest):
        groups: dict[tuple[object, ...], list[tuple[Step, ...]]] = {}
        for r in rows:
            groups.setdefault((r[:place], r[place].gap, r[place + 1:]) if place < len(r) else r, []).append(r)
        if len(groups) < len(rows):
            rows = [g[0] if len(g) == 1 or len(g[0]) <= place else (*g[0][:place], Step(g[0][place].gap, tuple(dict.fromkeys(w for r in g for w in r[place].words))), *g[0][place + 1:])
                    for g in groups.values()]
    return rows
