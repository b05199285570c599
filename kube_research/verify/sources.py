"""The words that a quotation may come from: every turn of every document, those who withdrew too, ready to be searched."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from .. import labels
from ..consent import hinders
from ..corpus import Document
from ..model import KubeError, Speaker
from ..study import Study
from ..text import decode, normalise
from .words import tokens

END = "\x1f"
HONORIFIC = re.compile(r"^(?:Bu|Ibu|Pak|Bapak|Mbak|Mas|Teh|Teteh|Kang|Kak|Bang|Mak|Mpok|Ceu|Cik|Cing|Haji|Ustadz|Mang|Bi|Neng)\s+", re.I)

GENERIC = re.compile(r"(?i)(?:ketua|wakil|sekretaris|bendahara|anggota|pengurus|informan|narasumber|partisipan|responden|pendamping|penyuluh|mentor|member|officer|chair|participant|respondent|ibu|bapak|peneliti|pewawancara|fasilitator)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where words were found: a document, a span in it, the turn's speaker, label and role."""

    document: str
    start: int
    end: int
    speaker: str
    label: str
    role: str
    line: int
    turn: int


class Stream:
    """Tokens of all turns in a row, a mark between turns; with or without what stands in asides.  A match is a run of whole tokens."""

    def __init__(self, sources: Sources, asides: bool, punctuation: bool):
        words: list[str] = []
        self.at: list[tuple[int, int, int]] = []  # token number → (turn number, start, end)
        for n, (_, t) in enumerate(sources.turns):
            found = sources.tokens_of(n)
            if not asides and t.aside:
                found = [x for x in found if not any(p <= x[1] < q for p, q in t.aside)]
            if not punctuation:
                found = [x for x in found if x[0][0].isalnum()]
            words += [x[0] for x in found]
            self.at += [(n, a, b) for _, a, b in found]
            words.append(END)
            self.at.append((n, t.end, t.end))
        self.words = words
        self.text = " " + " ".join(words) + " "
        self.offsets = np.cumsum(np.fromiter(map(len, words), np.int64, len(words)) + 1) + 1
        self.offsets = np.concatenate(([1], self.offsets))

    def find(self, wanted: list[str], start: int = 0, most: int = 40) -> list[tuple[int, int]]:
        """Token spans at which the words stand in a row, from token `start` on."""
        needle = " " + " ".join(wanted) + " "
        out: list[tuple[int, int]] = []
        at = self.text.find(needle, int(self.offsets[start]) - 1)
        while at >= 0 and len(out) < most:
            first = int(np.searchsorted(self.offsets, at + 1))
            out.append((first, first + len(wanted)))
            at = self.text.find(needle, at + 1)
        return out


class Sources:
    """All documents of a study for verifying.  Words of those who withdrew are read here to be recognised, never to be shown."""

    def __init__(self, study: Study):
        self.study = study
        self.documents: dict[str, Document] = {d.id: study.unveiled(d.id) for d in study.corpus}
        listed: dict[str, list[Speaker]] = defaultdict(list)
        for r in study.rows["speakers"]:
            listed[r["document"]].append(Speaker(r["document"], r["label"], r.get("speaker") or r["label"], r["role"].lower(), r.get("consent", "").lower()))
        for r in study.rows["documents"]:
            path = study.text_path(r["document"], r.get("kind", "")) if r["document"] not in self.documents and r.get("consent", "").lower() == "withdrawn" else None
            if path is not None:
                try:
                    text = normalise(decode(path.read_bytes(), path.name))
                except (KubeError, OSError):
                    continue
                self.documents[r["document"]] = Document(r["document"], text, r.get("kind", "") or "interview", r.get("case", ""), meta=MappingProxyType({"consent": "withdrawn"}), speakers=tuple(listed[r["document"]]))
        self.turns = [(d, t) for d in self.documents.values() for t in d.turns]
        self._tokens: dict[int, list[tuple[str, int, int]]] = {}

    def tokens_of(self, n: int) -> list[tuple[str, int, int]]:
        if n not in self._tokens:
            d, t = self.turns[n]
            base = t.body
            self._tokens[n] = [(w, a + base, b + base) for w, a, b in tokens(d.text[base:t.end])]
        return self._tokens[n]

    @cached_property
    def strict(self) -> Stream:
        """Words and punctuation, asides too."""
        return Stream(self, True, True)

    @cached_property
    def spoken(self) -> Stream:
        """Words and punctuation without asides."""
        return Stream(self, False, True)

    @cached_property
    def bare(self) -> Stream:
        """Words only, without asides."""
        return Stream(self, False, False)

    @cached_property
    def ids(self) -> tuple[dict[str, int], np.ndarray, np.ndarray, np.ndarray]:
        """The words of `bare` as numbers: vocabulary, number a token, order of tokens by number, first of each number in that order."""
        vocabulary: dict[str, int] = {}
        numbers = np.array([vocabulary.setdefault(w, len(vocabulary)) for w in self.bare.words], np.int64)
        order = np.argsort(numbers, kind="stable")
        return vocabulary, numbers, order, np.searchsorted(numbers[order], np.arange(len(vocabulary) + 1))

    def place(self, stream: Stream, first: int, last: int) -> Place:
        """The place of tokens first..last (last excluded) of a stream."""
        n, a, _ = stream.at[first]
        d, t = self.turns[n]
        b = stream.at[last - 1][2]
        return Place(d.id, a, b, t.speaker or t.label, t.label, t.role, d.line(a), n)

    def why_not(self, place: Place) -> str:
        """Why the words at a place may not be quoted, or ""."""
        return hinders(self.documents[place.document], place.start, place.end)

    # --- who is named -------------------------------------------------------------------------------------------------
    @cached_property
    def names(self) -> dict[str, frozenset[tuple[str, str]]]:
        """A name as compared → the (document, speaker) pairs it may mean: speaker codes, labels, labels without their honorific."""
        out: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for d in self.documents.values():
            for s in d.speakers:
                if s.role == "researcher":
                    continue
                for name in {s.speaker, s.label, HONORIFIC.sub("", s.label), re.sub(r"^[A-Z]{1,3}-", "", s.speaker).title()}:
                    if len(name) >= 3 and not name.islower() and not GENERIC.fullmatch(name):
                        out[labels.key(name)].add((d.id, s.speaker))
        for d in self.documents:
            out.pop(labels.key(d), None)
        return {k: frozenset(v) for k, v in out.items()}

    @cached_property
    def _who(self) -> re.Pattern[str]:
        listed = "|".join(re.escape(n).replace(r"\ ", r"[\s._]+") for n in sorted(self.names, key=len, reverse=True))
        return re.compile(rf"(?<![\w-])(?:{listed or '(?!)'})(?![\w-])", re.I)

    @cached_property
    def _where(self) -> re.Pattern[str]:
        listed = "|".join(re.escape(n) for n in sorted(self.documents, key=len, reverse=True))
        return re.compile(rf"(?<![\w-])({listed or '(?!)'})(?:\s*[:,]\s*(?:baris\s*|line\s*|b\.\s*)?(\d{{1,5}})(?:\s*[-–]\s*(\d{{1,5}}))?)?(?![\w-])")

    def named(self, text: str) -> list[tuple[int, str, frozenset[tuple[str, str]]]]:
        """(offset, words, whom they may mean) of every person named in a text (capitalised, as names are)."""
        text = text.replace("\u2011", "-")
        return [(m.start(), m.group(), self.names[key]) for m in self._who.finditer(text) if not m.group()[0].islower() and (key := labels.key(m.group())) in self.names]

    def cited(self, text: str) -> list[tuple[int, str, int, int]]:
        """(offset, document, first line or 0, last line) of every document named in a text."""
        text = text.replace("\u2011", "-")
        return [(m.start(), m.group(1), int(m.group(2) or 0), int(m.group(3) or m.group(2) or 0)) for m in self._where.finditer(text)]
