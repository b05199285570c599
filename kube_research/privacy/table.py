"""The table of decisions: one row a name, place or id, with its surrogate; and the places in a text where it must be put.

A full name is replaced word by word, so that "Bu Siti Aminah", "Bu Siti", "Siti" and "SITI:" stay one person everywhere.
"""

from __future__ import annotations

import csv
import io
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from ..model import Fault, KubeError, unknown
from ..words import say
from . import ids
from . import wordlists as w
from .names import CLITICS, Found, Search, Token, tokens, without_capitals

DECISIONS = ("replace", "keep", "?")
BRACKET = {"nik": "NIK", "phone": "telepon", "email": "surel", "handle": "akun", "account": "rekening", "plate": "plat", "address": "alamat", "birth": "lahir"}


@dataclass(frozen=True)
class Row:
    """One decision: `found` becomes `surrogate` where decision is "replace"; "?" has still to be decided and is left as it is."""

    kind: str
    found: str
    surrogate: str
    decision: str = "replace"
    person: str = ""
    count: int = 0
    documents: str = ""
    forms: str = ""
    why: str = ""
    example: str = ""
    common: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.found.casefold()


COLUMNS = tuple(f.name for f in fields(Row))


def propose(search: Search, rows: Iterable[Row] = (), seed: str = "") -> list[Row]:
    """Rows for what a search found: those already decided stay as they are, the others get surrogates that no text of the study holds."""
    kept = {r.key: r for r in rows}
    taken = {t for ts in search.tokens.values() for x in ts for t in (x.low,)} | {t.low for r in kept.values() for t in tokens(r.surrogate)}
    chance = random.Random(seed)  # noqa: S311 the seed is secret; the choice only has to be without a pattern
    pools = {k: [n for n in names.split() if n.casefold() not in taken] for k, names in w.POOL.items()}
    for pool in pools.values():
        chance.shuffle(pool)
    out: list[Row] = []
    persons = _persons(search)
    numbers: Counter[str] = Counter(r.kind for r in kept.values())
    given: dict[str, str] = {r.found.casefold(): r.surrogate for r in kept.values() if r.kind == "person"}
    order = sorted(search.found.items(), key=lambda kv: (kv[1].kind != "person", len(kv[1].text) < 5, kv[0]))
    for key, f in order:
        if key in kept:
            continue
        decision = "keep" if f.why == "wide" else "replace" if f.sure else "?"
        if f.kind in ids.KINDS:
            numbers[f.kind] += 1
            surrogate = f"[{BRACKET[f.kind]}-{numbers[f.kind]}]"
        elif f.kind == "place":
            surrogate = _draw(pools["place"], taken, chance)
        else:
            surrogate = _short_form(key[1], given, persons, taken) or _draw(pools["female" if f.female > f.male else "male" if f.male > f.female or f.surname else ("female", "male")[chance.randrange(2)]], taken, chance)
            given[key[1]] = surrogate
        taken |= {t.low for t in tokens(surrogate)}
        out.append(Row(f.kind, f.text, surrogate, decision, persons.get(key[1], "") if f.kind == "person" else "", why=f.why, example=f.example, common=f.kind == "person" and search.common(key[1])))
    return [*kept.values(), *out]


def _draw(pool: list[str], taken: set[str], chance: random.Random) -> str:
    while pool:
        name = pool.pop()
        if name.casefold() not in taken:
            return name
    while True:  # the pool is used up: syllables
        name = "".join(chance.choice(("ba", "ca", "da", "ga", "ja", "ka", "la", "ma", "na", "pa", "ra", "sa", "ta", "wa", "ri", "mi", "di", "lu", "ru", "no")) for _ in range(3)) + chance.choice(("n", "s", "r", "h", ""))
        if name not in taken:
            return name.capitalize()


def _persons(search: Search) -> dict[str, str]:
    """Name word → person (P1, P2 …): words of one full name, and a short form that fits exactly one longer name of its documents."""
    names = {low: f for (kind, low), f in search.found.items() if kind == "person"}
    home: dict[str, set[str]] = defaultdict(set)
    for d, ts in search.tokens.items():
        for t in ts:
            if t.low in names:
                home[t.low].add(d)
    top = {n: n for n in names}

    def root(n: str) -> str:
        while top[n] != n:
            n = top[n]
        return n

    for n, f in names.items():
        for mate in f.mates & set(names):
            top[root(mate)] = root(n)
    for n in names:
        longer = [m for m in names if len(m) >= len(n) + 2 and len(n) >= 3 and (m.startswith(n) or m.endswith(n)) and home[m] & home[n]]
        if len(longer) == 1 and not names[n].mates:
            top[root(n)] = root(longer[0])
    number: dict[str, str] = {}
    for n in sorted(names):
        number.setdefault(root(n), f"P{len(number) + 1}")
    return {n: number[root(n)] for n in names}


def _short_form(low: str, given: Mapping[str, str], persons: Mapping[str, str], taken: set[str]) -> str:
    """The surrogate of a short form: the same end of the long form's surrogate."""
    for long, surrogate in given.items():
        if persons.get(long) == persons.get(low) and len(long) >= len(low) + 2 and (long.startswith(low) or long.endswith(low)):
            for n in range(len(low), len(surrogate)):
                short = surrogate[:n] if long.startswith(low) else surrogate[-n:].capitalize()
                if len(short) >= 3 and short.casefold() not in taken and short.isalpha():
                    return short
    return ""


# --- where it must be put -------------------------------------------------------------------------------------------------
class Replacer:
    """Finds in any text the places of the rows that are to be replaced.  `reverse` goes from the surrogates back."""

    def __init__(self, rows: Sequence[Row], *, reverse: bool = False):
        self.reverse = reverse
        self.words: dict[str, list[tuple[tuple[str, ...], str, str, bool]]] = defaultdict(list)
        self.literal: list[tuple[str, str]] = []
        for r in rows:
            if r.decision != "replace" or not r.found or not r.surrogate:
                continue
            a, b = (r.surrogate, r.found) if reverse else (r.found, r.surrogate)
            if r.kind in ids.KINDS or not tokens(a):
                self.literal.append((a, b))
                continue
            parts = tuple(t.low for t in tokens(a))
            self.words[parts[0]].append((parts, a, b, r.common and not reverse))
        for forms in self.words.values():
            forms.sort(key=lambda f: -len(f[0]))
        self.literal.sort(key=lambda x: -len(x[0]))
        self.names = {parts[0] for forms in self.words.values() for parts, *_ in forms}

    def spans(self, text: str, *, label: bool = False) -> list[tuple[int, int, str]]:
        """(start, end, new words), in order and apart.  label: the text is a name as a table holds it, so everyday words count too."""
        out = []
        flat = not self.reverse and without_capitals(text)
        for old, new in self.literal:
            at = text.find(old)
            while at >= 0:
                if not (at and text[at - 1].isalnum() and old[0].isalnum()) and not (text[at + len(old):at + len(old) + 1].isalnum() and old[-1].isalnum()):
                    out.append((at, at + len(old), new))
                at = text.find(old, at + len(old))
        ts = tokens(text)
        i = 0
        while i < len(ts):
            hit = self._at(text, ts, i, label or flat and len(ts[i].text) > 3)
            if hit:
                out.append(hit[1])
                i += hit[0]
            else:
                i += 1
        kept, end = [], 0
        for a, b, new in sorted(out, key=lambda s: (s[0], -s[1])):
            if a >= end:
                kept.append((a, b, new))
                end = b
        return kept

    def _at(self, text: str, ts: list[Token], i: int, label: bool) -> tuple[int, tuple[int, int, str]] | None:
        t = ts[i]
        low = t.low
        cut = 0
        if low not in self.words:
            for clitic in CLITICS:
                if low.endswith(clitic) and low[:-len(clitic)] in self.words:
                    cut = len(clitic)
                    break
            else:
                return None
        for parts, old, new, common in self.words[low[:len(low) - cut] if cut else low]:
            n = len(parts)
            if n > 1 and (cut or [x.low for x in ts[i:i + n]] != list(parts) or any(not x.gap.isspace() for x in ts[i + 1:i + n])):
                continue
            end = ts[i + n - 1].end - cut
            word = text[t.start:end]
            if not self.reverse and not label:
                before = ts[i - 1].low if i and t.gap in (" ", ". ", ", ", "-") else ""
                called = before in w.HONORIFICS or before in w.CALLED or before in w.NAMED or before in w.KIN
                if not t.capital and not (called and before not in w.KIN):
                    continue
                if common and not (called or not t.opens or text[end:end + 3].lstrip(" *_").startswith((":", "："))):
                    near = [x for x in (ts[i - 1] if i else None, ts[i + 1] if i + 1 < len(ts) else None) if x is not None and x.low in self.names and x.capital and (x.gap == " " if x.start > t.start else t.gap == " ")]
                    if not near:
                        continue
            return n, (t.start, end, _cased(word, old, new))
        return None

    def replace(self, text: str, *, label: bool = False) -> str:
        """The text with its replacements made."""
        return Shift(text, self.spans(text, label=label)).text


def _cased(word: str, old: str, new: str) -> str:
    if word.islower():
        return new.lower()
    if word == old:
        return new
    if word.isupper() and len(word) > 1 and not old.isupper():
        return new.upper()
    if word[:1].isupper() and not old[:1].isupper():
        return new[:1].upper() + new[1:]
    return new


class Shift:
    """A text with spans replaced, and where its old offsets lie now."""

    def __init__(self, text: str, spans: Sequence[tuple[int, int, str]]):
        parts, at, new = [], 0, 0
        self.marks: list[tuple[int, int, int, int]] = []
        for a, b, word in spans:
            parts += [text[at:a], word]
            start = new + a - at
            self.marks.append((a, b, start, start + len(word)))
            at, new = b, start + len(word)
        self.text = "".join([*parts, text[at:]])
        self._starts = [m[0] for m in self.marks]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The new place of start..end; an end inside a replaced name goes to the name's border, so that no name is half coded."""
        return self._move(start, False), self._move(end, True)

    def _move(self, at: int, last: bool) -> int:
        from bisect import bisect_right

        i = bisect_right(self._starts, at) - 1
        if i < 0:
            return at
        a, b, na, nb = self.marks[i]
        if at >= b:
            return nb + at - b
        return (na if not last else nb) if at > a else na


# --- the table as CSV ---------------------------------------------------------------------------------------------------
def to_csv(rows: Iterable[Row]) -> str:
    """The table as Excel opens it; a cell that begins like a formula gets a quotation mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in rows:
        writer.writerow(["'" + v if (v := str(getattr(r, c)))[:1] in "=+-@" and len(v) > 1 else v for c in COLUMNS])
    return "\ufeff" + out.getvalue()


def from_csv(text: str, where: str = "") -> list[Row]:
    """The rows of an edited table; faults are told all at once."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=max(",;\t", key=first.count))
    faults, rows = [], []
    missing = {"kind", "found", "surrogate", "decision"} - {(n or "").strip() for n in reader.fieldnames or []}
    if missing:
        raise KubeError(say(f"Kolom {', '.join(sorted(missing))} tidak ada.", f"The column {', '.join(sorted(missing))} is missing."), where)
    for line in reader:
        values = {(k or "").strip(): (v or "").strip().removeprefix("'") for k, v in line.items() if isinstance(v, str) or v is None}
        if not values.get("found"):
            continue
        decision = values.get("decision", "").lower() or "?"
        if decision not in DECISIONS:
            f = unknown("keputusan", "decision", decision, DECISIONS)
            faults.append(Fault(f.what, f"{where}:{reader.line_num}", f.remedy))
        rows.append(Row(values["kind"], values["found"], values["surrogate"], decision, values.get("person", ""), int(values.get("count") or 0) if (values.get("count") or "0").isdigit() else 0, values.get("documents", ""), values.get("forms", ""),
                        values.get("why", ""), values.get("example", ""), values.get("common", "").lower() == "true"))
    faults += sound(rows, where)
    if faults:
        raise KubeError(faults)
    return rows


def sound(rows: Sequence[Row], where: str = "") -> list[Fault]:
    """Faults of a table: two names with one surrogate (it could not be undone), a surrogate that is itself a name found, an empty one."""
    faults = []
    used: dict[str, str] = {}
    names = {r.found.casefold() for r in rows if r.decision == "replace"}
    for r in rows:
        if r.decision != "replace":
            continue
        key = r.surrogate.casefold()
        if not key or (r.kind in ("person", "place") and (not tokens(r.surrogate) or r.kind == "person" and len(tokens(r.surrogate)) > 1)):
            faults.append(Fault(say(f"'{r.found}' memerlukan pengganti satu kata.", f"'{r.found}' needs a surrogate of one word."), where))
        elif key in used and used[key] != r.found.casefold():
            faults.append(Fault(say(f"'{used[key]}' dan '{r.found}' mempunyai pengganti yang sama, {r.surrogate}.", f"'{used[key]}' and '{r.found}' have the same surrogate, {r.surrogate}."), where,
                                say("Dua nama yang berbeda memerlukan dua pengganti, kalau tidak langkah ini tidak dapat dibatalkan.", "Two names need two surrogates, else the step could not be undone.")))
        elif key in names:
            faults.append(Fault(say(f"Pengganti {r.surrogate} adalah nama yang sendiri akan diganti.", f"The surrogate {r.surrogate} is a name that is to be replaced itself."), where, say("Pilih yang lain.", "Choose another.")))
        used.setdefault(key, r.found.casefold())
    return faults


def counted(rows: Sequence[Row], texts: Mapping[str, str]) -> list[Row]:
    """The rows with how often and where they stand, and in which forms."""
    out = []
    by_surrogate = {r.surrogate.casefold(): n for n, r in enumerate(rows)}
    counts, homes, forms = Counter[int](), defaultdict(Counter), defaultdict(Counter)
    all_rows = [replace(r, decision="replace") for r in rows]
    finder = Replacer(all_rows)
    for d, text in texts.items():
        for a, b, new in finder.spans(text):
            n = by_surrogate.get(new.casefold())
            if n is not None:
                counts[n] += 1
                homes[n][d] += 1
                head = text[max(0, a - 14):a].split()
                forms[n][(f"{head[-1]} " if head and head[-1].strip(".").casefold() in w.HONORIFICS | w.CALLED else "") + text[a:b]] += 1
    for n, r in enumerate(rows):
        out.append(replace(r, count=counts[n], documents=" ".join(sorted(homes[n])), forms="; ".join(f"{k} ×{v}" for k, v in forms[n].most_common(6))))
    return out


__all__ = ["BRACKET", "COLUMNS", "DECISIONS", "Found", "Replacer", "Row", "Shift", "counted", "from_csv", "propose", "sound", "to_csv"]
