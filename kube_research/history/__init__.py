"""The codebook's history: rename, move, merge, split, retire, each one step, recorded in the book and taken back by another.

The desk and the command change a codebook only here.  The YAML is edited in its places (`sheet`); the text before and after every
step is kept in codebooks/versions/<book>/, so that an undo merges line by line and an old version can be read at any time.
People's journals are not touched: codings follow their code through the book's changelog when they are read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ..codebook import LANGUAGES, Codebook, loads, read_yaml
from ..journal import _locked
from ..model import KubeError, unknown
from ..study import Study, write_atomic
from ..words import current, say
from .sheet import Sheet, flow, scalar

IN_VIVO = "in_vivo"


@dataclass(frozen=True)
class Change:
    """One step of a codebook's history: what was done, from which version to which, and what it means for the codings."""

    what: str
    book: str
    old: str  # versions
    new: str
    made: dict[str, Any]
    said: str
    notes: tuple[str, ...] = ()
    diff: str = field(default="", repr=False)
    text: str = field(default="", repr=False)  # the book as it is after the step
    dry: bool = False
    same: bool = False  # nothing was left to do

    def as_dict(self) -> dict[str, Any]:
        return {**self.made, "book": self.book, "from": self.old, "version": self.new, "said": self.said, "notes": list(self.notes), "dry_run": self.dry, "same": self.same}

    def __str__(self) -> str:
        if self.same:
            return f"{self.book}: " + say("sudah begitu; tidak ada yang diubah.", "it is so already; nothing to change.")
        lines = [f"{self.book} {self.old} → {self.new}: {self.said}", *("  " + n for n in self.notes)]
        return "\n".join((*lines, self.diff.rstrip(), say("Percobaan; tidak ada yang ditulis.", "A dry run; nothing written.")) if self.dry else lines)


def apply(study: Study, what: str, who: str, *, books: Iterable[Codebook] | None = None, why: str = "", dry_run: bool = False, **wanted: Any) -> Change:
    """Do one step: what = new | name | rename | move | merge | split | retire | rules | undo.  The file is replaced whole or not at all.

    rename: code, to (the new id).  name: code, name.  move: code, to (the new parent, "" the top).  merge: code, to (the code it becomes
    part of).  rules: code, add ({language, match, polarity, not}), remove ("id: pattern").  split: code, into ({id: name}).  retire: code.  undo: book, version (of the step; "" the last).  new: name, parent, vivo.
    """
    step = _Step(study, tuple(study.sound_codebooks()) if books is None else tuple(books), who.strip(), why, dry_run)
    if what not in _STEPS:
        raise KubeError(unknown("langkah", "step", what, list(_STEPS)))
    return _STEPS[what](step, **wanted)


class _Step:
    """What a step works with: the books, the sheet, and how it ends."""

    def __init__(self, study: Study, books: tuple[Codebook, ...], who: str, why: str, dry: bool):
        self.study, self.books, self.who, self.why, self.dry = study, books, who, why, dry

    def book_of(self, code: str, *, also: Callable[[Codebook], bool] = lambda b: False) -> Codebook:
        book = next((b for b in self.books if code in b or also(b)), None)
        if book is None or book.path is None:
            gone = {old: new for b in self.books for old, new in b.renames().items()}
            if code in gone:
                raise KubeError(say(f"Kode '{code}' sekarang bernama '{gone[code]}'.", f"The code '{code}' is now '{gone[code]}'."))
            raise KubeError(unknown("kode", "code", code, [c.id for b in self.books for c in b]))
        return book

    def fresh(self, code: str) -> None:
        """An id is used once: what it once meant must stay readable."""
        taken = {c.id for b in self.study.sound_codebooks() for c in b}
        if code in taken:
            raise KubeError(say(f"Kode '{code}' sudah ada.", f"The code '{code}' is there already."), "", say("Gabungkan keduanya, atau pilih id lain.", "Merge the two, or choose another id."))
        for b in self.study.sound_codebooks():
            if code in b.renames():
                raise KubeError(say(f"Id '{code}' pernah dipakai; pengodean lamanya dibaca sebagai '{b.renames()[code]}'.", f"The id '{code}' was used before; its old codings are read as '{b.renames()[code]}'."), "", say("Pilih id lain.", "Choose another id."))

    def used(self, *codes: str) -> dict[str, int]:
        """How many codings bear these codes now, by coder."""
        renames = {old: new for b in self.study.sound_codebooks() for old, new in b.renames().items()}
        out: dict[str, int] = {}
        for journal, state in self.study.states():
            n = sum(1 for c in (*state.codings.values(), *state.waiting.values()) if renames.get(c.code, c.code) in codes)
            if n:
                out[journal.coder] = out.get(journal.coder, 0) + n
        return out

    def follow(self, *codes: str) -> str:
        counts = self.used(*codes)
        if not counts:
            return say("tidak ada pengodean orang dengan kode ini", "no person's coding bears this code")
        listed = ", ".join(f"{who} {n}" for who, n in sorted(counts.items()))
        n = sum(counts.values())
        return say(f"{n} pengodean ikut ({listed})", f"{n} coding{'s follow' if n != 1 else ' follows'} ({listed})")

    def same(self, book: Codebook, made: dict[str, Any]) -> Change:
        return Change(str(made["what"]), book.name, book.version, book.version, made, "", dry=self.dry, same=True)

    def finish(self, path: Path, before: str, sheet: Sheet, made: dict[str, Any], said: str, notes: Iterable[str] = (), **record: Any) -> Change:
        """Raise the version, note the step, check the book, keep the texts, write."""
        old = _version(before)
        new = _raised(old)
        sheet.put(("version",), scalar(new))
        sheet.extend(("changelog",), [flow({"version": new, "date": date.today().isoformat(), "who": self.who or "-", "why": self.why or said, **record})])
        after = sheet.text
        loads(after, f"codebooks/{path.name}", path=path)
        diff = "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"{path.name} {old}", f"{path.name} {new}", n=1))
        if not self.dry:
            with _locked(path):
                if path.exists() and path.read_text(encoding="utf-8-sig") != before:
                    raise KubeError(say("Buku kode ini diubah oleh orang atau program lain sementara itu.", "Somebody or something else changed this codebook meanwhile."), path.name, say("Ulangi langkah ini.", "Do the step again."))
                _keep(path, old, new, before, after)
                _cues(path, _mapping(record.get("renamed")))
                write_atomic(path, after)
        return Change(str(made["what"]), path.stem, old, new, made, said, tuple(notes), diff, after, self.dry)


# --- the steps -----------------------------------------------------------------------------------------------------------
def _rename(s: _Step, *, code: str, to: str) -> Change:
    to = to.strip()
    made = {"what": "rename", "code": code, "to": to}
    for b in s.books:
        if code not in b and b.renames().get(code) == to and to in b:
            return s.same(b, made)
    book = s.book_of(code)
    s.fresh(to)
    before, sheet = _open(book)
    for place in sheet.places().values():
        parent = sheet.get(place.node, "parent")
        if parent and parent[1].value == code:
            sheet.put(("parent",), scalar(to), sheet.get(place.node, "id")[1].value)  # type: ignore[index]
    follow = s.follow(code)
    sheet.put(("id",), scalar(to), code)
    return s.finish(book.path, before, sheet, made, say(f"ganti id {code} menjadi {to}", f"rename {code} to {to}"), [follow], renamed={code: to})  # type: ignore[arg-type]


def _name(s: _Step, *, code: str, name: str) -> Change:
    name = _words(name)
    if not name:
        raise KubeError(say("Nama baru masih kosong.", "The new name is empty."))
    book = s.book_of(code)
    made = {"what": "name", "code": code, "name": name}
    if book[code].name.get(current()) == name:
        return s.same(book, made)
    before, sheet = _open(book)
    old = sheet.get(sheet.places()[code].node, "name")
    plain = old is not None and not isinstance(old[1].value, list)
    sheet.put(("name",) if plain else ("name", current()), scalar(name), code)
    return s.finish(book.path, before, sheet, made, say(f"nama {code}: {name}", f"name of {code}: {name}"))  # type: ignore[arg-type]


def _move(s: _Step, *, code: str, to: str = "") -> Change:
    book = s.book_of(code)
    made = {"what": "move", "code": code, "to": to}
    if to and to not in book:
        raise KubeError(unknown("kode induk dalam buku ini", "parent code in this book", to, [c.id for c in book if c.id != code]))
    _not_below(book, to, code)
    if book[code].parent == to:
        return s.same(book, made)
    before, sheet = _open(book)
    if sheet.places()[code].parent:  # nested: its lines move
        sheet.drop(code, "parent")
        sheet.lift(code, to)
    elif to:
        sheet.put(("parent",), scalar(to), code)
    else:
        sheet.drop(code, "parent")
    said = say(f"pindahkan {code} ke bawah {to}" if to else f"pindahkan {code} ke tingkat teratas", f"move {code} under {to}" if to else f"move {code} to the top")
    return s.finish(book.path, before, sheet, made, said, moved={code: to})  # type: ignore[arg-type]


def _merge(s: _Step, *, code: str, to: str) -> Change:
    made = {"what": "merge", "code": code, "to": to}
    for b in s.books:
        if code not in b and b.renames().get(code) == to and to in b:
            return s.same(b, made)
    book = s.book_of(code)
    if to == code or to not in book:
        raise KubeError(unknown("kode untuk digabungi dalam buku ini", "code to merge into in this book", to, [c.id for c in book if c.id != code]))
    _not_below(book, to, code)
    before, sheet = _open(book)
    notes = [s.follow(code), *_both(s, code, to)]
    paths = [(key, language) for key in ("indicators", "false_friends") for language in ("id", "en")] + [("strike",), ("examples",)]
    for path in paths:  # the rules go on, under the new code
        sheet.extend(path, list(sheet.rules(code, path)), to)
    for child, place in list(sheet.places().items()):
        if place.parent == code:
            sheet.lift(child, to)
    for other, place in list(sheet.places().items()):
        parent = sheet.get(place.node, "parent")
        if parent and parent[1].value == code:
            sheet.put(("parent",), scalar(to), other)
    sheet.cut(code)
    return s.finish(book.path, before, sheet, made, say(f"gabung {code} ke {to}", f"merge {code} into {to}"), notes, merged={to: [code]})  # type: ignore[arg-type]


def _both(s: _Step, code: str, to: str) -> list[str]:
    """What a merge does where one coder gave both codes to one passage."""
    renames = {old: new for b in s.books for old, new in b.renames().items()}
    twice, against = 0, []
    for journal, state in s.study.states():
        spans: dict[tuple[int, int], dict[str, set[str]]] = {}
        for c in state.codings.values():
            if renames.get(c.code, c.code) in (code, to):
                spans.setdefault((c.start, c.end), {}).setdefault(renames.get(c.code, c.code), set()).add(c.polarity)
        for (start, _), found in spans.items():
            if len(found) == 2:
                twice += 1
                if found[code] != found[to]:
                    against.append(f"{journal.coder}/{journal.path.stem}:{start}")
    out = []
    if twice:
        out.append(say(f"{twice} bagian memuat kedua kode dari satu pengode: dihitung sekali", f"{twice} passage{'s bear' if twice != 1 else ' bears'} both codes by one coder: counted once"))
    if against:
        listed = ", ".join(against[:5]) + (" …" if len(against) > 5 else "")
        out.append(say(f"{len(against)} di antaranya berlawanan polaritas; keduanya tetap, putuskan di meja: {listed}", f"{len(against)} of them contradict in polarity; both stay, decide at the desk: {listed}"))
    return out


def _split(s: _Step, *, code: str, into: dict[str, str]) -> Change:
    made = {"what": "split", "code": code, "into": list(into)}
    book = s.book_of(code)
    if tuple(into) == book.splits().get(code):
        return s.same(book, made)
    if len(into) < 2:
        raise KubeError(say("Pecah menjadi sedikitnya dua kode.", "Split into two codes at least."), code, say("Satu kode: ganti idnya dengan rename.", "For one code there is rename."))
    for new in into:
        s.fresh(new)
    before, sheet = _open(book)
    place = sheet.places()[code]
    automatic = "\0  automatic: false\n" if not place.home.flow_style else ""
    parent = f"\0  parent: {scalar(book[code].parent)}\n" if book[code].parent and not place.parent else ""
    items = [f"id: {scalar(new)}\n\0  name: {flow({'id': name or new, 'en': name or new})}\n\0  definition: {flow({current(): say(f'Belum ditulis; dipecah dari {code}.', f'Not yet written; split from {code}.')})}\n{automatic}{parent}".rstrip("\n")
             for new, name in into.items()]
    sheet.insert(place.home, place.number + 1, items)
    sheet.put(("retired",), "true", code)
    counts = s.used(code)
    n = sum(counts.values())
    notes = [say(f"{n} pengodean menunggu keputusan, kode mana (kube-research queue); sampai itu tetap di {code}", f"{n} coding{'s wait' if n != 1 else ' waits'} for a decision which code (kube-research queue); till then counted under {code}")]
    rules = len(book[code].indicators)
    if rules:
        notes.append(say(f"{rules} indikator tinggal di {code} dan tidak berlaku lagi: pindahkan dengan tangan ke kode yang baru", f"{rules} indicators rest in {code} and no longer apply: move them by hand to the new codes"))
    return s.finish(book.path, before, sheet, made, say(f"pecah {code} menjadi {', '.join(into)}", f"split {code} into {', '.join(into)}"), notes, split={code: list(into)})  # type: ignore[arg-type]


def _retire(s: _Step, *, code: str) -> Change:
    book = s.book_of(code)
    made = {"what": "retire", "code": code}
    if book[code].retired:
        return s.same(book, made)
    before, sheet = _open(book)
    sheet.put(("retired",), "true", code)
    n = sum(s.used(code).values())
    note = say(f"{n} pengodeannya tetap dan tetap dihitung; aturannya tidak berlaku lagi", f"its {n} coding{'s stay' if n != 1 else ' stays'} and still count{'' if n != 1 else 's'}; its rules no longer apply")
    return s.finish(book.path, before, sheet, made, say(f"pensiunkan {code}", f"retire {code}"), [note], retired=[code])  # type: ignore[arg-type]


def _rules(s: _Step, *, code: str, add: Iterable[Mapping[str, object]] = (), remove: Iterable[str] = ()) -> Change:
    book = s.book_of(code)
    made = {"what": "rules", "code": code}
    before, sheet = _open(book)
    known = {i.rule for i in book[code].indicators}
    wanted = []
    for rule in add:
        language, pattern = str(rule["language"]), " ".join(str(rule["match"]).split())
        if language not in LANGUAGES:
            raise KubeError(unknown("bahasa", "language", language, LANGUAGES))
        more = {k: v for k, v in rule.items() if k not in ("language", "match") and v}
        if f"{language}: {pattern}" not in known:
            sheet.extend(("indicators", language), [flow({"match": pattern, **more}) if more else flow(pattern)], code)
            wanted.append(f"+ {language}: {pattern}")
    for rule in remove:
        language, _, pattern = rule.partition(": ")
        if rule not in known:
            if wanted or not any(rule in i for e in book.history() for i in _mapping(e.get("rules")).get(code, ())):
                raise KubeError(unknown("aturan", "rule", rule, sorted(known)))
            continue
        mine = [i.pattern for i in book[code].indicators if i.language == language]
        gone = sum(1 for w in wanted if w.startswith(f"- {language}: ") and mine.index(w.partition(": ")[2]) < mine.index(pattern))
        sheet.remove(("indicators", language), mine.index(pattern) - gone, code)
        wanted.append(f"- {rule}")
    if not wanted:
        return s.same(book, made)
    said = say(f"aturan {code}: ", f"rules of {code}: ") + "; ".join(wanted)
    return s.finish(book.path, before, sheet, made, said, rules={code: wanted})  # type: ignore[arg-type]


def _new(s: _Step, *, name: str, parent: str = "", vivo: bool = False, definition: str = "", book: str = "") -> Change:
    name = _words(name)[:120]
    if not name:
        raise KubeError(say("Kode baru perlu nama.", "A new code needs a name."))
    if book and book not in {b.name for b in s.books}:
        raise KubeError(unknown("buku kode", "codebook", book, [b.name for b in s.books]))
    home = next((b for b in s.books if b.name == book), None) or next((b for b in s.books if parent and parent in b), None) or (s.books[0] if len(s.books) == 1 else next((b for b in s.books if b.name == IN_VIVO), None))
    if parent and (home is None or parent not in home):
        raise KubeError(unknown("kode induk", "parent code", parent, [c.id for b in s.books for c in b]))
    path = home.path if home else s.study.root / "codebooks" / f"{IN_VIVO}.yml"
    if path is None:
        raise KubeError(say("Buku kode ini tidak punya berkas.", "This codebook has no file."))
    text = path.read_text(encoding="utf-8-sig") if path.exists() else f'codebook: {IN_VIVO}\nversion: "0.1.0"\ntitle: {{id: Kode in vivo, en: In-vivo codes}}\ncodes: []\nchangelog: []\n'
    taken = {c.id for b in s.study.sound_codebooks() for c in b} | {old for b in s.study.sound_codebooks() for old in b.renames()}
    code = _fresh_id(name, taken, "iv" if vivo else _prefix(home))
    sheet = Sheet(text, f"codebooks/{path.name}")
    lines = [f"id: {scalar(code)}", f"name: {flow({'id': name, 'en': name})}", f"definition: {flow({current(): _words(definition) or say('Belum ditulis.', 'Not yet written.')})}", "automatic: false"]
    lines += ["source: in vivo"] if vivo else []
    lines += [f"parent: {scalar(parent)}"] if parent else []
    codes = sheet.get(sheet.root, "codes")
    if codes is None:
        raise KubeError(say("Buku ini tidak punya daftar kode.", "This book has no list of codes."), path.name)
    if codes[1].value:
        sheet.insert(codes[1], len(codes[1].value), ["\n\0  ".join(lines)])
    else:
        start, end = sheet.span(codes[0])[1], max(sheet.span(codes[1])[1], sheet.span(codes[0])[1] + 1)
        sheet._splice(start, end, ":\n  - " + "\n    ".join(lines))
    return s.finish(path, text, sheet, {"what": "new", "code": code, "name": name, "book": path.stem}, say(f"kode baru {code}", f"new code {code}"))


def _undo(s: _Step, *, book: str, version: str = "") -> Change:
    found = next((b for b in s.books if b.name == book), None)
    if found is None or found.path is None:
        raise KubeError(unknown("buku kode", "codebook", book, [b.name for b in s.books]))
    done = [e for e in found.history() if _kept(found.path, str(e.get("version")))]
    if version:
        entry = next((e for e in reversed(found.changelog) if str(e.get("version")) == version), None)
        if entry is None:
            raise KubeError(unknown("versi", "version", version, [str(e.get("version")) for e in found.changelog]))
        if entry not in found.history():
            return s.same(found, {"what": "undo", "version": version})
        if entry not in done:
            raise KubeError(say(f"Langkah {version} dibuat dengan tangan; teks sebelumnya tidak tersimpan.", f"The step {version} was made by hand; its earlier text is not kept."), found.path.name)
    else:
        done = [e for e in done if not e.get("undone")]
        if not done:
            raise KubeError(say("Tidak ada langkah yang dapat dibatalkan di buku ini.", "This book has no step that can be undone."), found.path.name)
        entry = done[-1]
    version = str(entry["version"])
    before, after = _kept(found.path, version)  # type: ignore[misc]
    present, _ = _open(found)
    text = _merge3(_bare(after), _bare(before), _bare(present))
    if text is None:
        raise KubeError(say(f"Baris-baris langkah {version} sudah diubah lagi sesudahnya.", f"The lines of step {version} were changed again later."), found.path.name,
                        say(f"Batalkan dahulu langkah sesudahnya, atau ambil dari codebooks/versions/{found.name}/.", f"Undo the later steps first, or take them from codebooks/versions/{found.name}/."))
    sheet = Sheet(_dressed(text, present), f"codebooks/{found.path.name}")
    record: dict[str, Any] = {}
    if _mapping(entry.get("renamed")):
        record["renamed"] = {new: old for old, new in _mapping(entry["renamed"]).items()}
    there = set(sheet.places())
    for old, parts in _mapping(entry.get("split")).items():
        record.setdefault("merged", {})[old] = [p for p in parts if p not in there]
    trial = Sheet(sheet.text, sheet.where)
    trial.extend(("changelog",), [flow({"version": "", "undone": version, **record})])
    to = _renames_of(trial.text)
    lost = {c.id: n for c in found if c.id not in there and to.get(c.id) not in there and (n := sum(s.used(c.id).values()))}
    if lost:
        raise KubeError(
            say(f"Pengodean memakai kode yang akan hilang: {', '.join(f'{c} ({n})' for c, n in lost.items())}.", f"Codings bear codes that would be gone: {', '.join(f'{c} ({n})' for c, n in lost.items())}."), found.path.name,
            say("Gabungkan atau pensiunkan kode itu.", "Merge or retire that code instead."))
    made = {"what": "undo", "version": version}
    said = say(f"batalkan {version} ({entry.get('why', '')})", f"undo {version} ({entry.get('why', '')})")
    try:
        return s.finish(found.path, present, sheet, made, said, undone=version, **record)
    except KubeError as e:
        raise KubeError(say(f"Langkah {version} tidak dapat dibatalkan sendirian: ", f"The step {version} cannot be undone by itself: ") + e.faults[0].what, found.path.name,
                        say("Batalkan dahulu langkah sesudahnya yang bertumpu padanya.", "Undo first the later steps that build on it.")) from None


_STEPS: dict[str, Callable[..., Change]] = {"new": _new, "name": _name, "rename": _rename, "move": _move, "merge": _merge, "split": _split, "retire": _retire, "rules": _rules, "undo": _undo}


# --- texts ---------------------------------------------------------------------------------------------------------------
def _open(book: Codebook) -> tuple[str, Sheet]:
    text = book.path.read_text(encoding="utf-8-sig")  # type: ignore[union-attr]
    loads(text, f"codebooks/{book.path.name}", path=book.path)  # type: ignore[union-attr]
    return text, Sheet(text, f"codebooks/{book.path.name}")  # type: ignore[union-attr]


def _version(text: str) -> str:
    found = re.search(r"^version:[ \t]*[\"']?([^\"'\s#]+)", text, re.M)
    return found.group(1) if found else "0.0.0"


def _raised(version: str) -> str:
    head, dot, last = version.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdigit() else f"{version}.1"


def _folder(path: Path) -> Path:
    return path.parent / "versions" / path.stem


def _keep(path: Path, old: str, new: str, before: str, after: str) -> None:
    """Keep both texts of a step: <new>.yml, and <old>.yml (or <new>.before.yml where the book was edited by hand since)."""
    folder = _folder(path)
    first = folder / f"{_file(old)}.yml"
    if not first.exists():
        write_atomic(first, before)
    elif first.read_text(encoding="utf-8") != before:
        write_atomic(folder / f"{_file(new)}.before.yml", before)
    write_atomic(folder / f"{_file(new)}.yml", after)


def _kept(path: Path, version: str) -> tuple[str, str] | None:
    """The texts before and after a step, where they were kept."""
    after = _folder(path) / f"{_file(version)}.yml"
    if not after.exists():
        return None
    text = after.read_text(encoding="utf-8")
    log = loads(text, after.name).changelog
    if not log or str(log[-1].get("version")) != version:
        return None
    special = _folder(path) / f"{_file(version)}.before.yml"
    olds = [special] if special.exists() else [p for p in sorted(_folder(path).glob("*.yml")) if not p.name.endswith(".before.yml") and _raised(_version(p.read_text(encoding="utf-8"))) == version]
    return (olds[0].read_text(encoding="utf-8"), text) if olds else None


def _file(version: str) -> str:
    return re.sub(r"[^\w.-]", "_", version)


def _renames_of(text: str) -> dict[str, str]:
    data, _ = read_yaml(text, "")
    log = data.get("changelog") if isinstance(data, dict) else None
    return Codebook("", "", {}, (), changelog=tuple(e for e in log or () if isinstance(e, dict))).renames()


_LOG = re.compile(r"^changelog:[^\n]*\n?(?:(?:[ \t\-#][^\n]*)?(?:\n|\Z))*", re.M)
_NUMBER = re.compile(r"^version:[^\n]*$", re.M)


def _bare(text: str) -> list[str]:
    """The lines of a book without its version and changelog, which every step changes."""
    text = text if text.endswith("\n") else text + "\n"
    text = _NUMBER.sub("version:\0", text, count=1)
    text = _LOG.sub("changelog:\0\n", text, count=1) if _LOG.search(text) else text + "changelog:\0\n"
    return text.splitlines(True)


def _dressed(lines: list[str], present: str) -> str:
    text = "".join(lines)
    log, number = _LOG.search(present), _NUMBER.search(present)
    text = text.replace("changelog:\0\n", log.group() if log else "")
    return text.replace("version:\0", number.group() if number else "version: 0.0.0")


def _merge3(base: list[str], ours: list[str], theirs: list[str]) -> list[str] | None:
    """Both changes of a text in one, or None where they touch the same lines."""
    def changes(other: list[str]) -> list[tuple[int, int, list[str]]]:
        return [(a, b, other[c:d]) for tag, a, b, c, d in difflib.SequenceMatcher(None, base, other, autojunk=False).get_opcodes() if tag != "equal"]

    mine, others = changes(ours), changes(theirs)
    for a, b, new in mine:
        if any(a < d and c < b or (a == b or c == d) and a <= d and c <= b for c, d, other in others if (c, d, other) != (a, b, new)):
            return None
    out = list(base)
    for a, b, new in sorted(mine + [c for c in others if c not in mine], key=lambda c: c[0], reverse=True):
        out[a:b] = new
    return out


def _cues(path: Path, renamed: dict[str, str]) -> None:
    """The learned weights beside the book follow a rename."""
    beside = path.with_suffix("").with_suffix(".cues.csv")
    if not renamed or not beside.exists():
        return
    text = beside.read_text(encoding="utf-8")
    for old, new in renamed.items():
        text = re.sub(rf"^(\"?){re.escape(old)}(?=\"?,)", lambda m, new=new: m.group(1) + new, text, flags=re.M)
        text = re.sub(rf"^([^,\n]*,\"?==?){re.escape(old)}(?=[:,\"])", lambda m, new=new: m.group(1) + new, text, flags=re.M)
    write_atomic(beside, text)


# --- small ---------------------------------------------------------------------------------------------------------------
def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _not_below(book: Codebook, at: str, code: str) -> None:
    low = at
    while at:
        if at == code:
            raise KubeError(say(f"'{low}' ada di bawah '{code}'." if low != code else "Sebuah kode tidak dapat menjadi induknya sendiri.", f"'{low}' lies under '{code}'." if low != code else "A code cannot be its own parent."), "", say("Pilih arah sebaliknya.", "Choose the other way round."))
        at = book[at].parent


def _words(value: object) -> str:
    return " ".join(str(value or "").split())


def _prefix(book: Codebook | None) -> str:
    """What the ids of a book begin with, when most share it: part, ment, gd."""
    heads = [c.id.split(".")[0] for c in book if "." in c.id] if book else []
    return max(set(heads), key=heads.count) if heads else "iv"


def _fresh_id(name: str, taken: set[str], prefix: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = "_".join(re.findall(r"[a-z0-9]+", plain))[:32].strip("_") or "code"
    code, n = f"{prefix}.{stem}", 2
    while code in taken:
        code, n = f"{prefix}.{stem}_{n}", n + 1
    return code
