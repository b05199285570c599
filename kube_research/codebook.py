"""The codebook as its file says it: codes with definitions, indicators, false friends and examples, with every fault told at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from . import conflicts, token_patterns
from .codes import Code, Codebook, Indicator
from .model import POLARITIES, KubeError, unknown
from .patterns import PatternError, parse
from .plain_yaml import Reader, read_yaml
from .words import say

__all__ = ["LANGUAGES", "Code", "Codebook", "Indicator", "load", "loads", "read_yaml", "sets_key"]
UNITS = ("clause", "sentence", "turn")
LANGUAGES = ("id", "en")
BOOK_KEYS = ("codebook", "version", "title", "sources", "masks", "sets", "codes", "changelog", "domain", "notes")
CODE_KEYS = ("id", "name", "definition", "include", "exclude", "source", "automatic", "negation", "indicators", "strike", "false_friends", "examples",
             "codes", "parent", "alias", "color", "retired", "notes")
RULE_KEYS = ("match", "spacy", "not", "polarity", "unit", "note", "negation")


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

    def __init__(self, data: dict, reader: Reader, where: str, shared_sets: Mapping[str, Iterable[str]] | None, path: Path | None):
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
