"""The words that a quotation may come from: every turn of every document, those who withdrew too, ready to be searched."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable
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
from .words import compared, is_word, tokens

END = "\x1f"
_SPLIT, _ASIDE = "\uffff", "\ufffe"  # stand in no text
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
    """Tokens of all turns in a row, a mark between turns; with or without what stands in asides.  A match is a run of whole tokens.

    Words are numbers here; a run is looked for from its rarest word outwards.  Where a token stands in its text is worked out when asked.
    """

    def __init__(self, vocabulary: dict[str, int], ids: np.ndarray, offset: Callable[[int, int], tuple[int, int]]):
        self._vocabulary, self.ids, self._offset = vocabulary, ids, offset
        self._names = list(vocabulary)
        self._first = np.concatenate(([0], np.flatnonzero(ids == 0) + 1))  # turn → its first token; 0 is END

    def __len__(self) -> int:
        return len(self.ids)

    def words(self, a: int, b: int) -> list[str]:
        """The tokens a..b (b excluded) as compared."""
        return [self._names[i] for i in self.ids[a:b]]

    def numbers(self, wanted: list[str]) -> list[int]:
        """Tokens as numbers; -1 where no turn holds one."""
        return [self._vocabulary.get(w, -1) for w in wanted]

    def turn(self, token: int) -> int:
        """The turn that holds a token."""
        return int(np.searchsorted(self._first, token, side="right")) - 1

    def offset(self, token: int) -> tuple[int, int]:
        """Start and end of a token in its document's text."""
        n = self.turn(token)
        return self._offset(n, token - int(self._first[n]))

    @cached_property
    def _order(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.ids, kind="stable")
        return order, np.searchsorted(self.ids[order], np.arange(len(self._names) + 1))

    def places(self, number: int) -> np.ndarray:
        """The tokens that are a word, in order."""
        order, first = self._order
        return order[first[number]:first[number + 1]]

    def find(self, wanted: list[str], start: int = 0, most: int = 40) -> list[tuple[int, int]]:
        """Token spans at which the words stand in a row, from token `start` on."""
        ids = self.numbers(wanted)
        if not ids or min(ids) < 0 or len(ids) > len(self.ids):
            return []
        _, first = self._order
        rarest = sorted(range(len(ids)), key=lambda i: (int(first[ids[i] + 1] - first[ids[i]]), i))
        at = self.places(ids[rarest[0]]) - rarest[0]
        at = at[(at >= start) & (at <= len(self.ids) - len(ids))]
        for i in rarest[1:]:
            if not len(at):
                return []
            at = at[self.ids[at + i] == ids[i]]
        return [(int(a), int(a) + len(ids)) for a in at[:most]]


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
        self._texts = {d.id: d.text.replace(_SPLIT, " ").replace(_ASIDE, " ") for d in self.documents.values()}
        self._known: dict[int, list[tuple[str, int, int, bool]]] = {}
        self.turns = [(d, t) for d in self.documents.values() for t in d.turns]

    def _pieces(self, n: int) -> list[tuple[int, str]]:
        """The words of a turn as (offset, piece), cut where asides begin and end: every second piece is one."""
        d, t = self.turns[n]
        cuts = [t.body, *(x for pair in t.aside for x in pair), t.end]
        text = self._texts[d.id]
        return [(a, text[a:b]) for a, b in itertools.pairwise(cuts)]

    def _tokens(self, n: int) -> list[tuple[str, int, int, bool]]:
        """The tokens of a turn: as compared, start, end in the document's text, whether in an aside."""
        if n not in self._known:
            self._known[n] = [(w, a + at, b + at, i % 2 == 1) for i, (at, piece) in enumerate(self._pieces(n)) for w, a, b in tokens(piece)]
        return self._known[n]

    @cached_property
    def _all(self) -> tuple[dict[str, int], np.ndarray, np.ndarray]:
        """The vocabulary, every token of every turn as a number with an END behind each turn, and whether it stands in an aside."""
        texts = (_ASIDE.join(x for _, x in self._pieces(n)) if t.aside else self._texts[d.id][t.body:t.end] for n, (d, t) in enumerate(self.turns))
        found = compared("".join(f"{x}{_SPLIT}" for x in texts))
        vocabulary: defaultdict[str, int] = defaultdict(None, {END: 0, "": 1, _ASIDE: 2})
        vocabulary.default_factory = vocabulary.__len__
        ids = np.fromiter(map(vocabulary.__getitem__, found), np.int32, len(found))
        ids[ids == vocabulary[_SPLIT]] = 0
        aside = np.cumsum(ids == 2) % 2 == 1
        keep = (ids != 1) & (ids != 2)
        return dict(vocabulary), ids[keep], aside[keep]

    def _stream(self, asides: bool, punctuation: bool) -> Stream:
        vocabulary, ids, aside = self._all
        keep = np.ones(len(ids), bool) if asides else ~aside
        if not punctuation:
            keep &= np.fromiter((w == END or is_word(w) for w in vocabulary), bool, len(vocabulary))[ids]

        def offset(n: int, i: int) -> tuple[int, int]:
            found = [(a, b) for w, a, b, inside in self._tokens(n) if (asides or not inside) and (punctuation or is_word(w))]
            return found[i] if i < len(found) else (self.turns[n][1].end,) * 2

        return Stream(vocabulary, ids[keep], offset)

    @cached_property
    def strict(self) -> Stream:
        """Words and punctuation, asides too."""
        return self._stream(True, True)

    @cached_property
    def spoken(self) -> Stream:
        """Words and punctuation without asides."""
        return self._stream(False, True)

    @cached_property
    def bare(self) -> Stream:
        """Words only, without asides."""
        return self._stream(False, False)

    def place(self, stream: Stream, first: int, last: int) -> Place:
        """The place of tokens first..last (last excluded) of a stream."""
        n, a, b = stream.turn(first), stream.offset(first)[0], stream.offset(last - 1)[1]
        d, t = self.turns[n]
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
                short = re.fullmatch(r"(?i)(?:informan|narasumber|partisipan|responden|participant|respondent|informant)\s*-?\s*(\w{1,3})", s.label)
                for name in {s.speaker, s.label, HONORIFIC.sub("", s.label), re.sub(r"^[A-Z]{1,3}-", "", s.speaker).title(), *((f"{s.label[:n]} {short.group(1)}" for n in (2, 3, 4)) if short else ())}:  # Inf. 3
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
