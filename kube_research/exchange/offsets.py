"""In what do a program's offsets count?  Every space is tried on every source; the selections' ends on word boundaries vote.

A space is a unit (code-points, utf-16, utf-8), with what a line end counts (file: as it stands; lf: one; crlf: two) and
whether the BOM counts: `utf-16+crlf`, `code-points+file+bom`.  `+last`: ends name the last character of a passage, as some
exporters write them; it is tried only where starts fit and ends do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..model import KubeError, unknown
from ..text import normalise
from ..words import say

UNITS = ("code-points", "utf-16", "utf-8")
ENDS = ("file", "lf", "crlf")
SPACES = tuple(f"{u}+{e}{b}" for b in ("", "+bom") for e in ENDS for u in UNITS)
_DOUBT = {s: 0 if s == "code-points+file" else 0.25 if s == "utf-16+file" else 1 for s in SPACES}  # signs by which a space must beat the standard
LAST = "+last"  # the end names the last character, not the place behind it
_ASCII = re.compile(r"[\x00-\x7f]")


def space(name: str) -> str:
    """The full name of a space that a user names, or an error that lists them."""
    name, last = name.removesuffix(LAST), LAST if name.endswith(LAST) else ""
    for full in (name, f"{name}+file", name.replace("+bom", "+file+bom")):
        if full in SPACES:
            return full + last
    raise KubeError(unknown("ruang offset", "offset space", name, SPACES, "--offsets"))


class Text:
    """A source's text as it stands in the file, and the way from there to the corpus (NFC, LF, no BOM, no NUL)."""

    def __init__(self, raw: str):
        self.bom = raw.startswith("\ufeff")
        raw = raw.removeprefix("\ufeff")
        self.raw = raw
        self.points = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        p = self.points
        self.cr = p == 13
        self.lf = p == 10
        after = np.append(self.lf[1:], False)
        before = np.append(False, self.cr[:-1]) if len(p) else self.cr
        self.paired = self.cr & after  # the CR of a CRLF
        self.bare = (self.lf & ~before) | (self.cr & ~after)  # a line end of one character
        self.keep = ~(self.paired | (p == 0))
        self.canonical = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
        self.places = np.concatenate([[0], np.cumsum(self.keep)])
        self.text = normalise(self.canonical)
        self.same = self.text == self.canonical
        self._cuts: np.ndarray | None = None

    def starts(self, name: str) -> np.ndarray:
        """Where each raw character (and the end) begins, counted in a space."""
        unit, ends, *bom = name.removesuffix(LAST).split("+")
        p = self.points
        if unit == "code-points":
            width = np.ones(len(p), "int64")
        elif unit == "utf-16":
            width = 1 + (p > 0xFFFF).astype("int64")
        else:
            width = 1 + (p > 0x7F).astype("int64") + (p > 0x7FF) + (p > 0xFFFF)
        if ends == "lf":
            width = np.where(self.paired, 0, width)
        elif ends == "crlf":
            width = np.where(self.bare, 2, width)
        base = ({"code-points": 1, "utf-16": 1, "utf-8": 3}[unit]) if bom else 0
        return base + np.concatenate([[0], np.cumsum(width)])

    def place(self, name: str, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Offsets of a space → places in the canonical text, and whether each is a real place there."""
        starts = self.starts(name)
        at = np.searchsorted(starts, offsets, "left")
        real = at < len(starts)
        at = np.minimum(at, len(starts) - 1)
        real &= starts[at] == offsets
        return self.places[at], real

    def last(self, name: str, offsets: np.ndarray) -> bool:
        """Whether the passages' ends name their last characters: starts fit, ends do not, and one character further they would."""
        at, real = self.place(name, offsets)
        n = len(offsets) // 2
        start, end = self.edges()
        fits, here, on = float((start[at[:n]] * real[:n]).mean()), float((end[at[n:]] * real[n:]).mean()), float((end[np.minimum(at[n:] + 1, len(end) - 1)] * real[n:]).mean())
        return fits > 0.7 and here < 0.4 and on > 0.7

    def final(self, offsets: np.ndarray) -> np.ndarray:
        """Places in the canonical text → places in the corpus text (NFC)."""
        if self.same:
            return offsets
        if self._cuts is None:
            self._cuts = np.array(sorted({0, *(m.start() for m in _ASCII.finditer(self.canonical))}), "int64")
            bounds = [*self._cuts.tolist(), len(self.canonical)]
            sizes = [b - a if b - a == 1 else len(unicodedata.normalize("NFC", self.canonical[a:b])) for a, b in zip(bounds, bounds[1:], strict=False)]
            self._new = np.concatenate([[0], np.cumsum(sizes)])
        seg = np.maximum(np.searchsorted(self._cuts, offsets, "right") - 1, 0)
        inside = [len(unicodedata.normalize("NFC", self.canonical[a:b])) if b > a else 0 for a, b in zip(self._cuts[seg].tolist(), offsets.tolist(), strict=True)]
        return self._new[seg] + np.array(inside, "int64")

    def edges(self) -> tuple[np.ndarray, np.ndarray]:
        """For every place of the canonical text: how well may a selection start (end) here?  1 at a word or a line, ½ beside the blank before or behind a word, else 0."""
        kinds = _kinds(self.canonical)
        padded = np.zeros(len(kinds) + 2, "int8")
        padded[1:-1] = kinds & 3
        padded[0] = padded[-1] = 3
        left, right = padded[:-1], padded[1:]
        word, turn = (left == 1) | (left == 2), left != right
        next_word = (right == 1) | (right == 2)
        start = np.where(next_word & turn | (left == 3), 1.0, np.where(turn & word, 0.5, 0.0))
        end = np.where(word & turn | (left == 3) | (right == 3), 1.0, np.where(turn & next_word, 0.5, 0.0))
        return start, end


_KIND = np.zeros(0x110000, "int8")  # code point → 8 + its kind, and 4 more for a letter or a digit; 0 where nobody has asked yet


def _kinds(text: str) -> np.ndarray:
    """For every character: 0 a blank, 1 another sign, 2 of a word, 3 a line end; 4 more for a letter or a digit of a script with blanks between words."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    found = _KIND[points]
    if not found.all():
        for c in np.unique(points[found == 0]).tolist():
            x = chr(c)
            kind = 3 if c == 10 else 0 if x.isspace() else 2 if x.isalnum() or x in "_’'" or unicodedata.combining(x) else 1
            _KIND[c] = 8 + kind + 4 * (x.isdigit() or unicodedata.category(x) in ("Lu", "Ll"))
        found = _KIND[points]
    return found & 7


def within(text: str) -> np.ndarray:
    """For every place of a text: does it stand between two letters of one word?  (Scripts without blanks between words say nothing.)"""
    letter = _kinds(text) >= 4
    return np.concatenate([[False], letter[1:] & letter[:-1], [False]]) if len(letter) else np.zeros(1, bool)


@dataclass(frozen=True)
class Vote:
    """How one source voted: spaces that place the selections alike are one candidate."""

    source: str
    ends: int  # signs there could be: two ends a passage, and names that repeat its first words
    tally: tuple[tuple[str, float], ...]  # space, signs that fit; best first
    chosen: str
    overruled: bool = False
    others: tuple[str, ...] = field(default=())  # spaces that place every selection alike

    @property
    def weak(self) -> bool:
        """Whether fewer than six signs in ten fit, or another placing of the passages fits as well."""
        score = dict(self.tally).get(self.chosen, 0)
        return not self.overruled and (score < 0.6 * self.ends or sum(v >= score for _, v in self.tally) > 1)

    def __str__(self) -> str:
        score = dict(self.tally).get(self.chosen, 0)
        shown = ", ".join(f"{n} {int(v)}" for n, v in self.tally[:4] if n != self.chosen)
        how = say("ditentukan", "given") if self.overruled else say(f"{int(score)} dari {self.ends} tanda cocok", f"{int(score)} of {self.ends} signs fit")
        return f"{self.source}: {self.chosen} ({how}{'; ' + shown if shown else ''})" + (say(" — SUARA LEMAH, periksa", " — WEAK VOTE, check it") if self.weak else "")


def _score(text: Text, name: str, offsets: np.ndarray, names: Sequence[str], edges: tuple[np.ndarray, np.ndarray]) -> tuple[float, bytes, set[int]]:
    """Signs that fit, a fingerprint of the places, and which names repeat the words there."""
    at, real = text.place(name, offsets)
    n = len(offsets) // 2
    good = float((edges[0][at[:n]] * real[:n]).sum() + (edges[1][at[n:]] * real[n:]).sum())
    said = {i for i, hint in enumerate(names) if hint and real[i] and " ".join(text.canonical[at[i]:at[i] + len(hint) + 8].split()).startswith(hint)}
    return good + len(said), np.where(real, at, -1).tobytes(), said


def _doubts(bom: bool, ends: str) -> dict[str, float]:
    """Signs by which each space must beat the standard; what a program is known for changes places with the standard."""
    out = {s: _DOUBT[s] + (1.5 if "+bom" in s and not bom else 0) for s in SPACES}
    for unit in UNITS[:2] if ends else ():
        out[unit + ends], out[f"{unit}+file"] = out[f"{unit}+file"], out[unit + ends]
    return out


def hint(name: str) -> str:
    """The first words of a selection's name, which many programs take from the passage."""
    name = " ".join(name.rstrip(".… ").strip().split())[:12].rstrip()
    return name if len(name) >= 6 else ""


def vote(sources: Iterable[tuple[str, Text, np.ndarray, np.ndarray, Sequence[str], str]], given: Mapping[str, str] | None = None, favoured: str = "") -> dict[int, Vote]:
    """Choose each source's space: (name, text, starts, ends, hints, known space) in, votes by position out.

    A source decides for itself; where its selections leave a tie, the whole project's favourite decides, then the standard.
    `favoured`: the line ends (+lf, +crlf) that the program is known to count by; they need no more signs than the standard.
    """
    given = dict(given or {})
    tallies: dict[int, tuple[dict[str, float], dict[str, bytes]]] = {}
    told: dict[int, int] = {}  # names that repeat their passage in some space: the others say nothing
    total = dict.fromkeys(SPACES, 0.0)
    rows = list(sources)
    for i, (name, text, starts, ends, hints, known) in enumerate(rows):
        both = np.concatenate([np.minimum(starts, ends), np.maximum(starts, ends)]) if len(starts) else np.array([], "int64")
        wanted = SPACES if not (known or given.get(name) or given.get("")) else ()
        edges = text.edges() if len(both) and wanted else (np.zeros(1), np.zeros(1))
        scored = {s: _score(text, s, both, hints, edges) for s in wanted}
        tallies[i] = ({s: v for s, (v, *_) in scored.items()}, {s: b for s, (_, b, _) in scored.items()})
        told[i] = len(set().union(*(n for *_, n in scored.values()))) if scored else 0
        for s, (v, *_) in scored.items():
            total[s] += v
    top = max(total.values(), default=0.0) or 1.0
    offsets = {i: np.concatenate([np.minimum(a, b), np.maximum(a, b)]) for i, (_, _, a, b, *_) in enumerate(rows)}
    out = {}
    for i, (name, _, starts, _, _, known) in enumerate(rows):
        tally, prints = tallies[i]
        forced = given.get(name) or given.get("") or known
        if forced:
            out[i] = Vote(name, 2 * len(starts), ((forced, 0.0),), space(forced), True)
            continue
        doubt = _doubts(rows[i][1].bom, favoured)
        chosen = max(SPACES, key=lambda s: (tally[s] + 2 * total[s] / top - doubt[s], -SPACES.index(s)))
        alike = tuple(s for s in SPACES if prints[s] == prints[chosen])
        best = alike[0] if alike else chosen
        if len(starts) > 3 and rows[i][1].last(best, offsets[i]):
            best += LAST
            tally[best] = tally[chosen] + len(starts) / 2
            prints[best] = prints[chosen] + LAST.encode()
            alike = ()
        seen: dict[bytes, str] = {}
        for s in (*SPACES, best):
            seen.setdefault(prints[s], s)
        shown = sorted(((s, tally[s]) for s in seen.values()), key=lambda x: -x[1])
        out[i] = Vote(name, 2 * len(starts) + told[i], tuple(shown), best, False, alike[1:])
    return out
