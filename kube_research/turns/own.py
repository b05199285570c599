"""The project's own form, read quickly: every line opens a turn of a listed label.  Anything else is left to a closer look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..labels import TURN
from ..model import Turn

_SIGN, _DASH, _TIME = re.compile(r"[(\[{/*<~_#—–|=]"), re.compile(r"\s-"), re.compile(r"\d:\d\d")


def marked(words: str) -> bool:
    """Whether a turn may hold what is not its speaker's: without one of these signs it does not."""
    return bool(_SIGN.search(words) or "-" in words and _DASH.search(words) or ":" in words and _TIME.search(words))


@dataclass(frozen=True, slots=True)
class Columns:
    """The turns of a document in columns, as long as there are turns; a turn's number is its place from 1.

    `voices` are the distinct (label, speaker, role); `voice` says which of them speaks.  `times` and `asides` name only the turns that
    have any.
    """

    start: Sequence[int]
    body: Sequence[int]
    end: Sequence[int]
    voice: Sequence[int]
    voices: tuple[tuple[str, str, str], ...]
    times: Mapping[int, str]
    asides: Mapping[int, tuple[tuple[int, int], ...]]

    @classmethod
    def of(cls, turns: Iterable[Turn]) -> Columns:
        """The columns of turns found by a closer look."""
        turns = list(turns)
        index: dict[tuple[str, str, str], int] = {}
        voice = [index.setdefault((t.label, t.speaker, t.role), len(index)) for t in turns]
        return cls([t.start for t in turns], [t.body for t in turns], [t.end for t in turns], voice, tuple(index),
                   {i: t.time for i, t in enumerate(turns) if t.time}, {i: t.aside for i, t in enumerate(turns) if t.aside})

    def turns(self) -> tuple[Turn, ...]:
        """The same as records."""
        v, times, asides = self.voices, self.times, self.asides
        plain = (c if isinstance(c, list) else c.tolist() for c in (self.start, self.body, self.end, self.voice))  # type: ignore[attr-defined]
        return tuple(Turn(i + 1, s, b, e, *v[w], times.get(i, ""), asides.get(i, ())) for i, (s, b, e, w) in enumerate(zip(*plain, strict=True)))

    def __len__(self) -> int:
        return len(self.start)


@dataclass(slots=True, eq=False)
class Later(Mapping[int, tuple[tuple[int, int], ...]]):
    """The asides of a text's turns, looked for when they are first asked for (`many.look` does it for many texts at once).

    `asides` gives, for the labels of the text, what inside a turn is not its speaker's.
    """

    text: str
    body: Sequence[int]
    end: Sequence[int]
    labels: tuple[str, ...]
    asides: Callable[[set[str]], Callable[[str, int, int], tuple[tuple[int, int], ...]]]
    found: dict[int, tuple[tuple[int, int], ...]] | None = None

    def _found(self) -> dict[int, tuple[tuple[int, int], ...]]:
        if self.found is None:
            from .many import look

            look([self])
        return self.found  # type: ignore[return-value]

    def __getitem__(self, turn: int) -> tuple[tuple[int, int], ...]:
        return self._found()[turn]

    def __iter__(self) -> Iterator[int]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())


@dataclass(slots=True)
class Lines:
    """The turns of a text in our own form, before anyone asks who speaks: labels by number, and the turns that may hold asides."""

    start: list[int]
    body: list[int]
    end: list[int]
    label: list[int]
    labels: list[str]
    times: dict[int, str]
    marked: list[int]


def own(text: str, start: int, listed: Mapping[str, object]) -> Lines | None:
    """The turns behind `start` when every line with words opens a turn of a listed label and no label stands inside a line; else None."""
    if not listed:
        return None
    spaced = any(any(c.isspace() for c in x) for x in listed)
    inline = re.compile(rf"(?<=\S)[ \t]+(?:{'|'.join(re.escape(x) for x in listed)})[ \t]*[:：]\s")
    out = Lines([], [], [], [], [], {}, [])
    starts, bodies, ends, labels = out.start, out.body, out.end, out.label
    names: dict[str, int] = {}
    heads: dict[str, int] = {}  # what stands before the colon → its label
    wide = "：" in text
    empty: list[int] = []
    at = start
    for line in text[start:].split("\n"):
        size = len(line)
        colon = line.find(":")
        number = heads.get(line[:colon], -1) if colon > 0 and line[colon + 1:colon + 2] in " \t" else -1
        if number < 0:
            m = TURN.match(line)
            name = m.group(2).strip() if m else ""
            if m is None or name not in listed:
                if line.strip():
                    return None
                at += size + 1
                continue
            number = names.setdefault(name, len(names))
            colon = m.end() - 1
            if m.group(1):
                out.times[len(starts)] = m.group(1)
            else:
                heads[line[:colon]] = number
        if (spaced or wide or line.find(":", colon + 1) >= 0) and inline.search(text, at + colon + 1 if not starts or len(starts) in out.times else at, at + size + 1):
            return None
        words = line[colon + 1:].lstrip()
        body = at + size - len(words)
        words = words.rstrip()
        if not words:
            empty.append(len(starts))
        elif marked(words):
            out.marked.append(len(starts))
        starts.append(at)
        bodies.append(body)
        ends.append(body + len(words))
        labels.append(number)
        at += size + 1
    for i in empty:  # nothing said: the turn is an empty place where the next one begins
        bodies[i] = ends[i] = starts[i + 1] if i + 1 < len(starts) else len(text)
    out.labels = list(names)
    return out if starts else None
