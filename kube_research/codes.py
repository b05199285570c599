"""The nouns of a codebook: its rules (Indicator), its codes, the book with its version and history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from .model import KubeError, unknown
from .words import pick, say


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
            for old, new in pairs(entry):
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
            for old, new in pairs(entry):
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
                at = next((old for old, new in pairs(entry, merges=False) if new == at), at)
                at = next((str(old) for old, parts in _mapping(entry.get("split")).items() if at in parts), at)
            out[code] = at if at in self else ""
        return out

    def __repr__(self) -> str:
        n = sum(1 for _ in self.indicators())
        k = len(self.codes)
        return f"Codebook({self.id}, {say(f'{k} kode, {n} indikator', f'{k} codes, {n} indicators')})"


def _mapping(value: object) -> Mapping[str, list[str]]:
    return value if isinstance(value, dict) else {}


def pairs(entry: Mapping[str, object], *, merges: bool = True) -> Iterator[tuple[str, str]]:
    """(old id, new id) of an entry's renames and merges."""
    for old, new in _mapping(entry.get("renamed")).items():
        yield old, str(new)
    for new, olds in _mapping(entry.get("merged")).items() if merges else ():
        for old in [olds] if isinstance(olds, str) else olds:
            yield str(old), new
