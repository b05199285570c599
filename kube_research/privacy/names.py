"""People and places in transcripts: found by honorific, kin, naming words, labels, frequent given names and cues of places."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ..lexicon import VARIANTS
from . import ids
from . import wordlists as w

WORD = re.compile(r"[^\W\d_]+(?:['’`](?!s\b)[^\W\d_]+)*")
CLITICS = ("nya", "ku", "mu", "lah", "kah", "pun", "mah", "ne", "e")
_VOWEL = re.compile(r"[aeiouyéèê]")
_END = re.compile(r"[.?!…:;\n\"“”„«»(\[)\]*|/]|--|[—–]| - ")
_SHY = frozenset("ama indo ina h aji dr dik bou mas om lik yu yo uni ade adik kali sang gus tuan bang uwa mama abang kakak anak wak bli cik".split())  # honours only when written with a capital, or before a frequent name
_SMALL = frozenset(x for v in VARIANTS.values() for x in v) | frozenset(VARIANTS)  # words of every day, whatever their case


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its place; `opens`: it stands first in a sentence, so that its capital says nothing; `gap`: what stands before it."""

    text: str
    start: int
    end: int
    opens: bool
    gap: str

    @property
    def low(self) -> str:
        return self.text.casefold().replace("’", "'")

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


def tokens(text: str) -> list[Token]:
    """The words of a text."""
    out, end = [], 0
    for m in WORD.finditer(text):
        gap = text[end:m.start()]
        abbreviated = gap.startswith(". ") and out and out[-1].low in w.INITIAL_HONORIFICS
        out.append(Token(m.group(), m.start(), m.end(), not out or bool(_END.search(gap)) and not abbreviated, gap))
        end = m.end()
    return out


def without_capitals(text: str) -> bool:
    """Whether a transcript is written small throughout: then a name's case says nothing."""
    body = re.sub(r"^#.*$", "", text, flags=re.M)
    letters = sum(c.isalpha() for c in body)
    return letters > 100 and sum(c.isupper() for c in body) < 0.01 * letters


@dataclass
class Found:
    """What is known of one name, place or id: where it was seen, in which forms, why it was taken."""

    kind: str  # person | place | one of ids.KINDS
    text: str
    sure: bool = False  # a cue says so; without one the researcher must look
    why: str = ""
    female: int = 0
    male: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    example: str = ""
    mates: set[str] = field(default_factory=set)  # other words of the same full name
    surname: bool = False


class Search:
    """Everything found in some texts.  `found`: (kind, text in small letters) → Found; `small`: how often a word is written small."""

    def __init__(self, texts: Mapping[str, str], surrogates: Iterable[str] = (), labels: Mapping[str, Iterable[str]] = MappingProxyType({})):
        self.texts, self.labels = texts, labels
        self.known = {s.casefold() for s in surrogates}
        self.tokens = {d: tokens(t) for d, t in texts.items()}
        self.small: Counter[str] = Counter()
        self.big: Counter[str] = Counter()  # with a capital though no sentence opens there
        self.flat = {d for d, t in texts.items() if without_capitals(t)}
        for d, ts in self.tokens.items():
            for t in ts:
                if not t.capital:
                    self.small[t.low] += d not in self.flat
                elif not t.opens:
                    self.big[t.low] += 1
        self.found: dict[tuple[str, str], Found] = {}
        self.taken: dict[str, list[tuple[int, int]]] = {}
        for d, text in texts.items():
            spans = list(ids.find(text))
            self.taken[d] = [(a, b) for a, b, _ in spans]
            for a, b, kind in spans:
                f = self._add(kind, text[a:b], d, a, True, kind)
                f.forms[text[a:b]] += 1
                f.documents[d] += 1
        for step in (self._called, self._labels, self._places, self._bare, self._openers):
            for d in texts:
                step(d)
        for _ in range(2):  # who stands beside a name found now may be one too
            self._acting()
        self._drop_doubtful()

    def _add(self, kind: str, text: str, d: str, at: int, sure: bool, why: str) -> Found:
        key = (kind, text.casefold())
        f = self.found.setdefault(key, Found(kind, text))
        if sure and not f.sure or not f.why:
            f.why, f.example = why, " ".join(self.texts[d][max(0, at - 45):at + len(text) + 45].split())
        f.sure = f.sure or sure
        if text[:1].isupper() and not f.text[:1].isupper():
            f.text = text
        return f

    def _free(self, d: str, t: Token) -> bool:
        return not any(a < t.end and t.start < b for a, b in self.taken[d])

    def common(self, low: str) -> bool:
        """Whether a word is an everyday word too ("Melati", "Bunga"): then its capital alone does not make it a name."""
        return low in _SMALL or self.small[low] > self.big[low]

    def _may_be_name(self, t: Token) -> bool:
        low = t.low
        bare = low.removesuffix("nya")
        return len(low) >= 2 and bool(_VOWEL.search(low)) and low.partition("'")[0] not in w.PLAIN and bare not in w.TITLES and bare not in w.PLAIN and low not in w.TITLES and low not in w.PLAIN and low not in w.HONORIFICS and low not in w.WIDE and low not in self.known and not any(low.endswith(c) and low[:-len(c)] in self.known for c in CLITICS) and not (t.text.isupper() and len(low) <= 4)

    # --- people ---------------------------------------------------------------------------------------------------------
    def _name_at(self, d: str, ts: list[Token], j: int, why: str, gender: str = "") -> int:
        """Take the name whose first word is ts[j]; returns the index behind it (j: there is none)."""
        parts = []
        k = j
        while k < len(ts) and len(parts) < 4:
            t = ts[k]
            if parts and t.low in ("bin", "binti") and t.gap == " ":
                k += 1
                continue
            if parts and (t.gap not in (" ", ". ", "-") or t.gap == ". " and len(ts[k - 1].text) > 2 or t.opens and len(ts[k - 1].text) > 2):
                break
            if not t.capital or not self._may_be_name(t) or not self._free(d, t):
                break
            if parts and (self.common(t.low) and t.low not in w.GIVEN or t.low in w.KIN):
                break
            parts.append(t)
            k += 1
        for n, t in enumerate(parts):
            if len(t.low) < 2:
                continue
            f = self._add("person", t.text, d, t.start, True, why)
            f.mates |= {x.low for x in parts if x.low != t.low and len(x.low) > 1}
            f.surname = f.surname or n > 0
            f.female += gender == "f"
            f.male += gender == "m"
        return k

    def _called(self, d: str) -> None:
        ts = self.tokens[d]
        for i, t in enumerate(ts[:-1]):
            low = t.low
            if low in w.HONORIFICS or low in w.CALLED:
                self._honoured(d, ts, i)
            elif low in w.KIN or low in w.NAMED:
                self._related(d, ts, i)

    def _honoured(self, d: str, ts: list[Token], i: int) -> None:
        first, j = ts[i], i + 1
        gender = "f" if first.low in w.FEMALE else "m" if first.low in w.MALE else ""
        if j < len(ts) and ts[j].low in w.HONORIFICS and ts[j].gap in (" ", ". ") and j + 1 < len(ts):  # Pak Haji Mansur, Bu Hj. Nur
            j += 1
        nxt = ts[j]
        if nxt.gap not in (" ", ". ", "  ", "-") or nxt.gap == ". " and ts[j - 1].low not in w.INITIAL_HONORIFICS:
            return
        why = f"{first.text} …"
        if nxt.capital and (not nxt.opens or nxt.gap == ". ") and (first.capital or first.low not in _SHY or nxt.low in w.GIVEN):
            self._name_at(d, ts, j, why, gender)
        elif d in self.flat and self._may_be_name(nxt) and len(nxt.low) > 3 and nxt.low not in _SMALL and nxt.low not in w.KIN and nxt.low not in w.CALLED and not self.small[nxt.low]:
            f = self._add("person", nxt.text, d, nxt.start, True, why)
            f.female += gender == "f"
            f.male += gender == "m"
        elif not nxt.capital and nxt.low in w.GIVEN and not self.common(nxt.low) and len(nxt.low) > 2 and self._free(d, nxt) and not (first.low in _SHY and not first.capital):
            f = self._add("person", nxt.text, d, nxt.start, True, why)  # a transcript without capitals
            f.female += gender == "f"
            f.male += gender == "m"

    def _related(self, d: str, ts: list[Token], i: int) -> None:
        j, why = i + 1, f"{ts[i].text} …"
        skip = w.OWNERS | w.CALLED | {"saja", "aja", "itu", "adalah", "yang", "kan", "ya", "is", "lengkap", "panggilan", "asli"}
        while j < len(ts) and j - i <= 3 and ts[j].low in skip and ts[j].gap in (" ", ", "):
            j += 1
        if j < len(ts) and ts[j].gap in (" ", ", ", ": ", " : ") and ts[j].capital and ts[j].low not in w.KIN and (ts[i].low in w.NAMED or not self.common(ts[j].low)):
            self._name_at(d, ts, j, why)

    def _labels(self, d: str) -> None:
        """Labels that open many lines and are no role: LINA: …, Rosma : …; and those that speakers.csv and the reader of turns know."""
        for label in self.labels.get(d, ()):
            for t in tokens(label):
                if t.capital and len(t.low) > 3 and self._may_be_name(t) and (not self.common(t.low) or t.low in w.GIVEN) and not (t.text.isupper() and len(t.low) < 5 and t.low not in w.GIVEN):
                    self._add("person", t.text.capitalize() if t.text.isupper() else t.text, d, max(0, self.texts[d].find(label)), True, "label")
        seen: Counter[str] = Counter(m.group(1) for m in re.finditer(r"^\W{0,4}(?:\[[\d:.]+\] *)?([A-Z][A-Za-z' .]{1,30}?)[*_]{0,2} *[:：]", self.texts[d], re.M))
        for label, n in seen.items():
            ts = tokens(label)
            if n >= 2 and ts and all(self._may_be_name(t) or t.low in w.HONORIFICS for t in ts) and any(len(t.low) > 2 and t.low not in w.HONORIFICS for t in ts) and len(ts) <= 3:
                for t in ts:
                    if self._may_be_name(t) and len(t.low) > 2 and t.capital and (not self.common(t.low) or t.low in w.GIVEN):
                        self._add("person", t.text.capitalize() if t.text.isupper() else t.text, d, self.texts[d].find(label), True, "label")

    # --- places ---------------------------------------------------------------------------------------------------------
    def _places(self, d: str) -> None:
        ts = self.tokens[d]
        for i, t in enumerate(ts[:-1]):
            cue = t.low in w.PLACE_CUES
            if not cue and t.low not in w.IN:
                continue
            parts = []
            for nxt in ts[i + 1:i + 4]:
                if nxt.gap not in (" ", ". ") or nxt.gap == ". " and t.low not in ("kp", "kel", "kec", "kab", "jl", "jln", "gg") or not nxt.capital or nxt.opens and nxt.gap != ". " or not self._free(d, nxt):
                    break
                low = nxt.low
                if low in w.PLAIN or low in w.HONORIFICS or low in w.TITLES or low in self.known or ("person", low) in self.found and not cue or nxt.text.isupper() and len(low) <= 4:
                    break
                if (low in w.PLACE_CUES or not cue and self.common(low)) and not parts:
                    break
                parts.append(nxt)
            if not parts:
                continue
            whole = self.texts[d][parts[0].start:parts[-1].end]
            wide = all(p.low in w.WIDE for p in parts)
            if not cue and not wide and parts[0].low in w.GIVEN:
                continue
            f = self._add("place", whole, d, parts[0].start, True, f"{t.text} …")
            if wide:
                f.why = "wide"

    # --- names without a cue ----------------------------------------------------------------------------------------------
    def _bare(self, d: str) -> None:
        ts = self.tokens[d]
        placed = {p for (k, text) in self.found if k == "place" for p in text.split()}
        for i, t in enumerate(ts):
            low = t.low
            if not t.capital or ("person", low) in self.found or low in placed or not self._may_be_name(t) or not self._free(d, t) or len(low) < 3 or low in w.PLACE_CUES or low in w.KIN:
                continue
            if t.text.isupper() or any(low.endswith(c) and ("person", low[:-len(c)]) in self.found for c in CLITICS):
                continue
            if low in w.GIVEN and not self.common(low):
                k = self._name_at(d, ts, i, "given")
                if k > i:
                    continue
            if not t.opens and not self.small[low] and low not in _SMALL and not (i and ts[i - 1].capital and t.gap == " " and ("person", ts[i - 1].low) in self.found):
                self._add("person", t.text, d, t.start, False, "capital")

    def _openers(self, d: str) -> None:
        """Words that are written with a capital three times in a document, only where sentences open, and never small anywhere: to be looked at."""
        seen = Counter(t.low for t in self.tokens[d] if t.capital and len(t.low) > 2 and not t.text.isupper())
        for t in self.tokens[d]:
            low = t.low
            if seen[low] >= 3 and t.capital and not self.small[low] and low not in _SMALL and ("person", low) not in self.found and ("place", low) not in self.found and self._may_be_name(t) and low not in w.KIN and low not in w.PLACE_CUES and self._free(d, t):
                self._add("person", t.text, d, t.start, False, "capital")

    def _acting(self) -> None:
        """A word with a capital and no cue is a name where it does what only a person does, or stands in a row with names: "Sartje bilang", "kata Olin", "Wati, Ine dan Olin"."""
        doubtful = {low: f for (kind, low), f in self.found.items() if kind == "person" and not f.sure and f.why == "capital"}
        told: Counter[str] = Counter()
        for ts in self.tokens.values():
            for i, t in enumerate(ts):
                if not t.capital or t.low not in doubtful:
                    continue
                before, after = ts[i - 1] if i and not t.opens else None, ts[i + 1] if i + 1 < len(ts) and not ts[i + 1].opens else None
                if before is not None and t.gap == " " and (before.low in w.IN or before.low in w.PLACE_CUES or before.low in ("kube", "kelompok", "koperasi", "group")):
                    told[t.low] -= 2
                told[t.low] += after is not None and after.gap == " " and after.low in w.ACTS
                told[t.low] += before is not None and t.gap == " " and before.low in w.TOLD
                told[t.low] += any(self._certain(ts[k]) for k in self._row(ts, i))
        for low, n in told.items():
            if n > 0:
                doubtful[low].sure, doubtful[low].why = True, "acts"

    def _certain(self, t: Token) -> bool:
        f = self.found.get(("person", t.low))
        return t.capital and f is not None and f.sure

    @staticmethod
    def _row(ts: list[Token], i: int) -> list[int]:
        """The words that stand in a row with a word: across a comma, or a comma's "dan"."""
        out = []
        for step in (-1, 1):
            k = i + step
            if not 0 <= k < len(ts):
                continue
            gap = ts[max(i, k)].gap
            if gap == ", ":
                out.append(k)
            elif gap == " " and ts[k].low in ("dan", "and", "sama") and 0 <= k + step < len(ts) and ts[max(k, k + step)].gap in (" ", ", "):
                out.append(k + step)
        return out

    def _drop_doubtful(self) -> None:
        """The same word as two kinds: the surer, else the person; and what stands mostly elsewhere than behind "ke" or "dari" is no place."""
        inside = Counter(t.low for ts in self.tokens.values() for i, t in enumerate(ts) if i and (ts[i - 1].low in w.IN or ts[i - 1].low in w.PLACE_CUES))
        for (kind, low), f in list(self.found.items()):
            if kind == "place" and f.why.split()[0].casefold() in w.IN and " " not in low and self.big[low] + sum(t.low == low and t.opens and t.capital for ts in self.tokens.values() for t in ts) > 2 * inside[low] and low not in w.WIDE:
                del self.found[kind, low]
                self.found.setdefault(("person", low), f).kind = "person"
        for kind, low in list(self.found):
            if kind == "place" and ("person", low) in self.found:
                person, place = self.found["person", low], self.found["place", low]
                del self.found[("person", low) if place.sure and not person.sure else ("place", low)]


def names_in(texts: Iterable[str]) -> set[str]:
    """The words (in small letters) that are parts of people's and places' names in some texts, everyday words left out."""
    search = Search({str(n): t for n, t in enumerate(texts)})
    return {part for kind, low in search.found if kind in ("person", "place") for part in low.split() if not search.common(part)}
