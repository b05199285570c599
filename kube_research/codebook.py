"""The codebook: codes with definitions, indicators, false friends and examples, read from YAML with every fault told at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from . import conflicts, token_patterns
from .model import POLARITIES, Fault, KubeError, unknown
from .patterns import PatternError, parse
from .words import pick, say

MAX_BYTES, MAX_DEPTH = 4_000_000, 30
PLAIN_TAGS = {"!", *(f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp"))}
UNITS = ("clause", "sentence", "turn")
LANGUAGES = ("id", "en")
BOOK_KEYS = ("codebook", "version", "title", "sources", "masks", "sets", "codes", "changelog", "domain", "notes")
CODE_KEYS = ("id", "name", "definition", "include", "exclude", "source", "automatic", "negation", "indicators", "strike", "false_friends", "examples",
             "codes", "parent", "alias", "color", "retired", "notes")
RULE_KEYS = ("match", "spacy", "not", "polarity", "unit", "note", "negation")


@dataclass(frozen=True, slots=True)
class Indicator:
    """One rule: a pattern, its masks, and what a hit means."""

    code: str
    language: str
    pattern: str
    masks: tuple[str, ...] = ()
    polarity: str = ""  # "" = present, turned by negation; absent = the wording itself says the opposite
    unit: str = "clause"
    negation: str = "general"
    note: str = ""
    line: int = 0
    spacy: bool = False  # the pattern is one of spaCy's Matcher, as JSON; it needs the researcher's own pipeline

    @property
    def rule(self) -> str:
        """How the rule is called in a table: its language and its pattern."""
        return f"{self.language}: {'spacy ' if self.spacy else ''}{self.pattern}"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a codebook."""

    id: str
    name: Mapping[str, str]
    definition: Mapping[str, str]
    includes: Mapping[str, str] = field(default_factory=dict)  # when to use it, by language
    excludes: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    automatic: bool = True
    negation: str = "general"
    indicators: tuple[Indicator, ...] = field(default=(), repr=False)
    strike: tuple[str, ...] = ()
    false_friends: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (language, sentence)
    examples: tuple[tuple[str, str, str], ...] = field(default=(), repr=False)  # (language, sentence, polarity)
    parent: str = ""
    alias: tuple[str, ...] = ()
    color: str = ""
    retired: bool = False
    line: int = 0

    @property
    def label(self) -> str:
        """The name in the interface language."""
        return pick(dict(self.name)) or self.id

    @property
    def include(self) -> str:
        """When to use the code, in the interface language (in the other where that one is missing)."""
        return pick(dict(self.includes))

    @property
    def exclude(self) -> str:
        """When not to use it, and which code to use instead."""
        return pick(dict(self.excludes))


@dataclass(frozen=True)
class Codebook:
    """Codes in the order of the file, with the version and the history of the book."""

    name: str
    version: str
    title: Mapping[str, str]
    codes: tuple[Code, ...]
    sources: tuple[str, ...] = ()
    masks: tuple[str, ...] = ()
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    changelog: tuple[Mapping[str, object], ...] = field(default=(), repr=False)
    path: Path | None = field(default=None, repr=False)

    @cached_property
    def by_id(self) -> dict[str, Code]:
        return {c.id: c for c in self.codes}

    def __getitem__(self, code: str) -> Code:
        try:
            return self.by_id[code]
        except KeyError:
            raise KubeError(unknown("kode", "code", code, list(self.by_id), f"codebooks/{self.name}.yml")) from None

    def __contains__(self, code: object) -> bool:
        return code in self.by_id

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def label(self) -> str:
        return pick(dict(self.title)) or self.name

    @property
    def id(self) -> str:
        """Name and version, as a coding bears it: participation@1.0.0."""
        return f"{self.name}@{self.version}"

    def theme(self, code: str) -> str:
        """The theme of a code: its topmost parent, else the codebook."""
        at = self[code]
        while at.parent:
            at = self[at.parent]
        return self.name if at.id == code else at.id

    def indicators(self, language: str | None = None) -> Iterator[Indicator]:
        """The rules of all automatic codes that are not retired."""
        for c in self.codes:
            if c.automatic and not c.retired:
                yield from (i for i in c.indicators if language in (None, i.language))

    def only(self, codes: Iterable[str]) -> Codebook:
        """The book with these codes only."""
        keep = {self[c].id for c in codes}
        return replace(self, codes=tuple(c for c in self.codes if c.id in keep))

    def history(self) -> tuple[Mapping[str, object], ...]:
        """The changelog's entries that hold, oldest first: what was undone is left out (and stays in `changelog`)."""
        undone: set[str] = set()
        out = []
        for entry in reversed(self.changelog):
            if str(entry.get("version")) not in undone:
                out.append(entry)
                if entry.get("undone"):
                    undone.add(str(entry["undone"]))
        return tuple(reversed(out))

    def renames(self) -> dict[str, str]:
        """Old code id → present id, from the changelog's recorded renames and merges."""
        now: dict[str, str] = {}
        for entry in self.history():
            for old, new in _pairs(entry):
                now = {k: (new if v == old else v) for k, v in now.items()} | {old: new}
        return {old: new for old, new in now.items() if old != new}

    def merges(self) -> dict[str, tuple[str, ...]]:
        """Present code → the former ids that are read as it because of a merge."""
        out: dict[str, tuple[str, ...]] = {}
        now = self.renames()
        for entry in self.history():
            for new, olds in _mapping(entry.get("merged")).items():
                code = now.get(new, new)
                out[code] = (*out.get(code, ()), *([olds] if isinstance(olds, str) else olds))
        return out

    def splits(self) -> dict[str, tuple[str, ...]]:
        """Code that was split → the codes its codings are to go to, by decision of a person."""
        out: dict[str, tuple[str, ...]] = {}
        for entry in self.history():
            for old, new in _pairs(entry):
                out = {new if k == old else k: tuple(new if c == old else c for c in v) for k, v in out.items()}
            for old, parts in _mapping(entry.get("split")).items():
                out[old] = tuple(map(str, [parts] if isinstance(parts, str) else parts))
        return {k: v for k, v in out.items() if k in self}

    def back(self, present: Codebook) -> dict[str, str]:
        """How codes of a later version of this book are called here: later id → id in this version ("" where it has none)."""
        known = {str(e.get("version")) for e in self.changelog}
        out: dict[str, str] = {}
        later = [e for e in present.history() if str(e.get("version")) not in known]
        for code in {*(c.id for c in present), *present.renames(), *(x for parts in present.splits().values() for x in parts)}:
            at = self.renames().get(code, code)
            for entry in reversed(later):
                if at in self:
                    break
                at = next((old for old, new in _pairs(entry, merges=False) if new == at), at)
                at = next((str(old) for old, parts in _mapping(entry.get("split")).items() if at in parts), at)
            out[code] = at if at in self else ""
        return out

    def __repr__(self) -> str:
        n = sum(1 for _ in self.indicators())
        k = len(self.codes)
        return f"Codebook({self.id}, {say(f'{k} kode, {n} indikator', f'{k} codes, {n} indicators')})"


def _mapping(value: object) -> Mapping[str, list[str]]:
    return value if isinstance(value, dict) else {}


def _pairs(entry: Mapping[str, object], *, merges: bool = True) -> Iterator[tuple[str, str]]:
    """(old id, new id) of an entry's renames and merges."""
    for old, new in _mapping(entry.get("renamed")).items():
        yield old, str(new)
    for new, olds in _mapping(entry.get("merged")).items() if merges else ():
        for old in [olds] if isinstance(olds, str) else olds:
            yield str(old), new


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Every scalar is text: what YAML would take it for is never asked (a third of the time of composing)."""

    def resolve(self, kind: type, value: object, implicit: object) -> str:
        return "tag:yaml.org,2002:str" if kind is yaml.ScalarNode else "tag:yaml.org,2002:seq" if kind is yaml.SequenceNode else "tag:yaml.org,2002:map"


class _Reader:
    """Plain values out of YAML's events, in one pass and with line numbers; every scalar is text."""

    def __init__(self, where: str):
        self.where, self.faults, self.lines = where, [], {}

    def read(self, text: str) -> object:
        self.events = yaml.parse(text, Loader=_Loader)
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        out = self._value(next(self.events), (), 0)
        next(self.events)  # the document ends
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise yaml.composer.ComposerError(None, None, "but found another document", event.start_mark)
        return out

    def _value(self, event: yaml.Event, path: tuple[object, ...], depth: int) -> object:
        line = self.lines[path] = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise KubeError(say("Alias dan jangkar YAML (& dan *) tidak diterima.", "YAML aliases and anchors (& and *) are not accepted."), f"{self.where}:{line}", say("Tulis isinya dua kali.", "Write the content out twice."))
        if event.tag and str(event.tag) not in PLAIN_TAGS:
            raise KubeError(say(f"Tag YAML {event.tag} tidak diterima.", f"The YAML tag {event.tag} is not accepted."), f"{self.where}:{line}", say("Hapus tag itu.", "Delete the tag."))
        if depth == MAX_DEPTH + 1:
            self.fault(say(f"Bersarang lebih dari {MAX_DEPTH} tingkat.", f"Nested more than {MAX_DEPTH} levels deep."), path)
        if isinstance(event, yaml.ScalarEvent):
            return None if not event.style and event.value in ("", "~", "null") else event.value
        if depth > MAX_DEPTH:
            return self._skip()
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[object] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self._value(event, (*path, len(items)), depth + 1))
            return items
        out: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._value(event, (*path, "?"), depth + 1)
            name = event.value if isinstance(event, yaml.ScalarEvent) else str(key)
            if name in out:
                self.fault(say(f"Kunci '{name}' ditulis dua kali.", f"The key '{name}' stands twice."), (*path, name), say("Gabungkan atau hapus salah satu.", "Join them or delete one."), event.start_mark.line + 1)
            out[name] = self._value(next(self.events), (*path, name), depth + 1)
        return out

    def _skip(self) -> None:
        """Pass over a list or mapping that was opened."""
        inside = 1
        while inside:
            event = next(self.events)
            inside += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def fault(self, what: str, path: tuple[object, ...], remedy: str = "", line: int = 0) -> None:
        at = path
        while not line and at and at not in self.lines:
            at = at[:-1]
        self.faults.append(Fault(what, f"{self.where}:{line or self.lines.get(at, 1)}", remedy))


def read_yaml(text: str, where: str) -> tuple[object, _Reader]:
    """Parse YAML into text, lists and dicts: no aliases, no tags, no duplicate keys, size capped; faults carry line numbers."""
    reader = _Reader(where)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise KubeError(say("Berkas lebih besar dari 4 MB.", "The file is larger than 4 MB."), where)
    try:
        return reader.read(text), reader
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None) or getattr(e, "context_mark", None)
        line = mark.line + 1 if mark else 1
        raise KubeError(say("YAML tidak dapat dibaca: ", "The YAML cannot be read: ") + str(getattr(e, "problem", None) or e).split("\n")[0], f"{where}:{line}",
                        say("Periksa tanda titik dua, tanda hubung dan spasi di awal baris.", "Look at the colons, hyphens and the spaces at line starts.")) from None


def load(path: Path | str, shared_sets: Mapping[str, Iterable[str]] | None = None) -> Codebook:
    """Read a codebook; raise KubeError with all its faults, each with file, line and remedy."""
    path = Path(path)
    where = f"{path.parent.name}/{path.name}" if path.parent.name else path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise KubeError(unknown("buku kode", "codebook", path.stem, sorted(p.stem for p in path.parent.glob("*.yml")), str(path.parent))) from None
    except UnicodeDecodeError as e:
        raise KubeError(say("Berkas bukan UTF-8.", "The file is not UTF-8."), f"{where}:{e.object[:e.start].count(10) + 1}", say("Simpan ulang sebagai UTF-8.", "Save it as UTF-8.")) from None
    return loads(text, where, shared_sets, path)


def loads(text: str, where: str = "codebook.yml", shared_sets: Mapping[str, Iterable[str]] | None = None, path: Path | None = None) -> Codebook:
    """Read a codebook from text (see `load`); the same text is read once."""
    return _read(text, where, None, path) if shared_sets is None else _read.__wrapped__(text, where, shared_sets, path)


@lru_cache(maxsize=64)
def _read(text: str, where: str, shared_sets: Mapping[str, Iterable[str]] | None, path: Path | None) -> Codebook:
    unmerged = conflicts.fault(text, where, _theirs(text))
    if unmerged:
        raise KubeError(unmerged)
    data, reader = read_yaml(text, where)
    if not isinstance(data, dict) or "codes" not in data:
        raise KubeError(say("Ini bukan buku kode: tidak ada 'codes:'.", "This is not a codebook: there is no 'codes:'."), f"{where}:1", say("Lihat docs/codebooks.md.", "See docs/codebooks.md."))
    book = _Builder(data, reader, where, shared_sets, path).book()
    if reader.faults:
        raise KubeError(sorted(reader.faults, key=lambda f: int(f.where.rpartition(":")[2] or 0)))
    return book


def _theirs(text: str) -> str:
    """The steps that the other side of a git merge made, where they can be read."""
    if not conflicts.mark(text):
        return ""
    try:
        ours, theirs = (loads(side).changelog for side in conflicts.sides(text))
    except KubeError:
        return ""
    steps = [e for e in theirs if e not in ours]
    listed = "; ".join(f"{e.get('why') or e.get('version')} ({', '.join(str(e[k]) for k in ('who', 'date') if e.get(k))})" for e in steps)
    return say(f"Langkah sisi yang lain: {listed}.", f"The other side's steps: {listed}.") if listed else ""


def sets_key(own: Mapping[str, Iterable[str]]) -> str:
    """A name for a book's word lists on top of the shared ones, for `patterns.parse`."""
    return "shared" + repr(sorted((k, tuple(v)) for k, v in own.items()))


class _Builder:
    """Build a Codebook out of plain values, noting every fault on the way."""

    def __init__(self, data: dict, reader: _Reader, where: str, shared_sets: Mapping[str, Iterable[str]] | None, path: Path | None):
        self.data, self.reader, self.where, self.path = data, reader, where, path
        self.fault = reader.fault
        own = data.get("sets") or {}
        if not isinstance(own, dict):
            self.fault(say("'sets' harus berupa daftar bernama.", "'sets' must be named lists."), ("sets",))
            own = {}
        if shared_sets is None:
            from .lexicon import sets as shared

            shared_sets = shared()
        self.own_sets = {k: tuple(str(w) for w in self._list(v, ("sets", k))) for k, v in own.items()}
        self.sets = {**{k: tuple(v) for k, v in shared_sets.items()}, **self.own_sets}
        self.key = sets_key(self.own_sets)
        self.seen: dict[str, int] = {}
        self.codes: list[Code] = []

    def book(self) -> Codebook:
        d = self.data
        self._keys(d, BOOK_KEYS, ())
        name = str(d.get("codebook") or (self.path.stem if self.path else "codebook"))
        if self.path and "codebook" in d and name != self.path.stem:
            self.fault(say(f"Buku ini bernama '{name}' tetapi berkasnya {self.path.name}.", f"The book is called '{name}' but its file {self.path.name}."), ("codebook",), say("Samakan keduanya.", "Make them the same."))
        for set_name in self.own_sets:
            self._pattern("@" + set_name, ("sets", set_name))
        for i, c in enumerate(self._list(d.get("codes"), ("codes",))):
            self._code(c, ("codes", i), "")
        ids = {c.id for c in self.codes}
        for c in self.codes:
            if c.parent and c.parent not in ids:
                f = unknown("kode induk", "parent code", c.parent, sorted(ids))
                self.fault(f.what, (), f.remedy, c.line)
        self._cycles()
        changelog = self._list(d.get("changelog"), ("changelog",))
        return Codebook(name, str(d.get("version") or "0"), self._texts(d.get("title"), ("title",), name), tuple(self.codes), tuple(map(str, self._list(d.get("sources"), ("sources",)))),
                        tuple(map(str, self._list(d.get("masks"), ("masks",)))), self.own_sets, tuple(c for c in changelog if isinstance(c, dict)), self.path)

    def _cycles(self) -> None:
        parents = {c.id: c.parent for c in self.codes}
        for c in self.codes:
            seen, at = {c.id}, c.parent
            while at:
                if at in seen:
                    self.fault(say(f"Kode '{c.id}' menjadi induknya sendiri.", f"The code '{c.id}' is its own ancestor."), (), say("Perbaiki 'parent'.", "Mend 'parent'."), c.line)
                    break
                seen.add(at)
                at = parents.get(at, "")

    def _code(self, c: object, path: tuple[object, ...], parent: str) -> None:
        if not isinstance(c, dict):
            self.fault(say("Sebuah kode harus berupa 'id: …' dan seterusnya.", "A code must be 'id: …' and so on."), path)
            return
        self._keys(c, CODE_KEYS, path)
        code = str(c.get("id") or "")
        line = self.reader.lines.get((*path, "id"), self.reader.lines.get(path, 1))
        if not code:
            self.fault(say("Kode tanpa 'id'.", "A code without 'id'."), path, say("Beri id, misalnya part.decision.", "Give it an id, such as part.decision."))
        elif not re.fullmatch(r"[A-Za-z0-9][\w.\- ]{0,79}", code):
            self.fault(say(f"Id kode {code!r} berisi tanda yang tidak boleh.", f"The code id {code!r} holds a character that cannot be used."), (*path, "id"), say("Pakai huruf, angka, titik, garis bawah.", "Use letters, digits, dots, underscores."))
        elif code in self.seen:
            self.fault(say(f"Id kode '{code}' sudah dipakai di baris {self.seen[code]}.", f"The code id '{code}' is already used on line {self.seen[code]}."), (*path, "id"), say("Beri id lain.", "Give it another id."))
        self.seen.setdefault(code, line)
        negation = str(c.get("negation") or "general")
        if negation not in ("general", "own"):
            self.fault(say(f"'negation' bernilai general atau own, bukan {negation!r}.", f"'negation' is general or own, not {negation!r}."), (*path, "negation"))
        rules = tuple(self._rules(c, code, negation, path))
        strike = tuple(str(s).lower() for s in self._list(c.get("strike"), (*path, "strike")))
        self.codes.append(Code(
            code, self._texts(c.get("name"), (*path, "name"), code), self._texts(c.get("definition"), (*path, "definition"), ""), self._limit(c, "include", path), self._limit(c, "exclude", path),
            self._text(c.get("source")), self._bool(c.get("automatic"), True, (*path, "automatic")), negation, rules, strike, tuple(self._friends(c, path)), tuple(self._examples(c, path)),
            str(c.get("parent") or parent), tuple(map(str, self._list(c.get("alias"), (*path, "alias")))), str(c.get("color") or ""), self._bool(c.get("retired"), False, (*path, "retired")), line))
        for i, child in enumerate(self._list(c.get("codes"), (*path, "codes"))):
            self._code(child, (*path, "codes", i), code)

    def _rules(self, c: dict, code: str, negation: str, path: tuple[object, ...]) -> Iterator[Indicator]:
        found = c.get("indicators") or {}
        if not isinstance(found, dict):
            self.fault(say("'indicators' dibagi menurut bahasa: id, en.", "'indicators' are grouped by language: id, en."), (*path, "indicators"))
            return
        self._keys(found, LANGUAGES, (*path, "indicators"))
        for language in LANGUAGES:
            base = (*path, "indicators", language)
            for i, rule in enumerate(self._list(found.get(language), base)):
                at = (*base, i)
                if isinstance(rule, str):
                    rule = {"match": rule}
                if not isinstance(rule, dict) or bool(rule.get("match")) == bool(rule.get("spacy")):
                    self.fault(say("Indikator memerlukan 'match' atau 'spacy' (salah satu).", "An indicator needs 'match' or 'spacy' (one of them)."), at, say("Tulis polanya, atau match: dan polanya.", "Write the pattern, or match: and the pattern."))
                    continue
                self._keys(rule, RULE_KEYS, at)
                polarity, unit, neg = str(rule.get("polarity") or ""), str(rule.get("unit") or "clause"), str(rule.get("negation") or negation)
                if polarity and polarity not in POLARITIES:
                    self._choice("polarity", polarity, POLARITIES, at)
                if unit not in UNITS:
                    self._choice("unit", unit, UNITS, at)
                if neg not in ("general", "own"):
                    self._choice("negation", neg, ("general", "own"), at)
                masks = rule.get("not")
                masks = tuple(str(m) for m in ([masks] if isinstance(masks, str) else self._list(masks, (*at, "not"))))
                pattern = self._tokens(rule["spacy"], at) if rule.get("spacy") else " ".join(str(rule["match"]).split())
                if not rule.get("spacy"):
                    self._pattern(pattern, at)
                for m in masks:
                    self._pattern(m, (*at, "not"))
                yield Indicator(code, language, pattern, masks, polarity, unit, neg, self._text(rule.get("note")), self.reader.lines.get(at, 0), bool(rule.get("spacy")))

    def _choice(self, key: str, value: str, allowed: Iterable[str], path: tuple[object, ...]) -> None:
        listed = ", ".join(allowed)
        self.fault(say(f"'{key}' bernilai {value!r}; pilihannya {listed}.", f"'{key}' is {value!r}; the choice is {listed}."), (*path, key))

    def _pattern(self, pattern: str, path: tuple[object, ...]) -> None:
        try:
            parse(pattern, self.sets, key=self.key)
        except PatternError as e:
            self.fault(say(f"Pola '{pattern}': {e.indonesian}", f"The pattern '{pattern}': {e.english}"), path, say("Lihat docs/codebooks.md.", "See docs/codebooks.md."))

    def _tokens(self, value: object, path: tuple[object, ...]) -> str:
        try:
            return token_patterns.read(value)
        except PatternError as e:
            self.fault(say(e.indonesian, e.english), path, say("Lihat docs/codebooks.md.", "See docs/codebooks.md."))
            return "[]"

    def _friends(self, c: dict, path: tuple[object, ...]) -> Iterator[tuple[str, str]]:
        found = c.get("false_friends") or {}
        if not isinstance(found, dict):
            self.fault(say("'false_friends' dibagi menurut bahasa: id, en.", "'false_friends' are grouped by language: id, en."), (*path, "false_friends"))
            return
        for language, items in found.items():
            for s in self._list(items, (*path, "false_friends", language)):
                yield language, str(s)

    def _examples(self, c: dict, path: tuple[object, ...]) -> Iterator[tuple[str, str, str]]:
        for i, e in enumerate(self._list(c.get("examples"), (*path, "examples"))):
            if isinstance(e, str):
                e = {"id": e}
            if not isinstance(e, dict):
                continue
            polarity = str(e.get("polarity") or "present")
            if polarity not in POLARITIES:
                self._choice("polarity", polarity, POLARITIES, (*path, "examples", i))
            for language in LANGUAGES:
                if e.get(language):
                    yield language, str(e[language]), polarity

    def _keys(self, found: dict, allowed: Iterable[str], path: tuple[object, ...]) -> None:
        allowed = list(allowed)
        for key in found:
            if key not in allowed:
                close = difflib.get_close_matches(key, allowed, 1)
                remedy = say(f"Maksudnya '{close[0]}'?", f"Did you mean '{close[0]}'?") if close else say(f"Yang dikenal: {', '.join(allowed)}.", f"Known are: {', '.join(allowed)}.")
                self.fault(say(f"Kunci '{key}' tidak dikenal.", f"The key '{key}' is not known."), (*path, key), remedy)

    def _list(self, value: object, path: tuple[object, ...]) -> list:
        if value is None:
            return []
        if isinstance(value, list):
            return value
        if isinstance(value, str):
            return [value]
        self.fault(say("Di sini harus ada daftar.", "A list must stand here."), path)
        return []

    def _texts(self, value: object, path: tuple[object, ...], default: str) -> dict[str, str]:
        if isinstance(value, str):
            return {"id": value, "en": value}
        if isinstance(value, dict):
            return {k: self._text(v) for k, v in value.items()}
        return {"id": default, "en": default} if default else {}

    def _limit(self, c: dict, key: str, path: tuple[object, ...]) -> dict[str, str]:
        """Include or exclude: a text in one language, or {id: …, en: …}."""
        value = c.get(key)
        if isinstance(value, dict):
            self._keys(value, LANGUAGES, (*path, key))
        texts = {k: self._text(value.get(k) if isinstance(value, dict) else value) for k in LANGUAGES}
        return {k: v for k, v in texts.items() if v}

    @staticmethod
    def _text(value: object) -> str:
        if isinstance(value, dict):
            return "; ".join(f"{k}: {v}" for k, v in value.items())
        if isinstance(value, list):
            return "; ".join(map(str, value))
        return " ".join(str(value).split()) if value is not None else ""

    def _bool(self, value: object, default: bool, path: tuple[object, ...]) -> bool:
        if value is None:
            return default
        if str(value).lower() in ("true", "yes", "ya", "1"):
            return True
        if str(value).lower() in ("false", "no", "tidak", "0"):
            return False
        self.fault(say(f"Di sini true atau false, bukan {value!r}.", f"true or false here, not {value!r}."), path)
        return default
