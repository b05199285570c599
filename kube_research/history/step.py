"""One step of a codebook's history: what it works with, what it tells, and how it ends (version raised, noted, checked, kept, written)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ..codebook import Codebook, loads
from ..journal import _locked
from ..model import KubeError, unknown
from ..study import Study, write_atomic
from ..words import say
from .kept import cues_follow, keep, mapping, raised, version_of
from .sheet import Sheet, flow, scalar


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


class Step:
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

    def taken(self) -> set[str]:
        """Every id that stands for a code, or once did."""
        return {x for b in self.study.sound_codebooks() for x in (*(c.id for c in b), *b.renames())}

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
        old = version_of(before)
        new = raised(old)
        sheet.put(("version",), scalar(new))
        sheet.extend(("changelog",), [flow({"version": new, "date": date.today().isoformat(), "who": self.who or "-", "why": self.why or said, **record})])
        after = sheet.text
        loads(after, f"codebooks/{path.name}", path=path)
        diff = "".join(difflib.unified_diff(before.splitlines(True), after.splitlines(True), f"{path.name} {old}", f"{path.name} {new}", n=1))
        if not self.dry:
            with _locked(path):
                if path.exists() and path.read_text(encoding="utf-8-sig") != before:
                    raise KubeError(say("Buku kode ini diubah oleh orang atau program lain sementara itu.", "Somebody or something else changed this codebook meanwhile."), path.name, say("Ulangi langkah ini.", "Do the step again."))
                keep(path, old, new, before, after)
                cues_follow(path, mapping(record.get("renamed")))
                write_atomic(path, after)
        return Change(str(made["what"]), path.stem, old, new, made, said, tuple(notes), diff, after, self.dry)


def opened(book: Codebook) -> tuple[str, Sheet]:
    text = book.path.read_text(encoding="utf-8-sig")  # type: ignore[union-attr]
    loads(text, f"codebooks/{book.path.name}", path=book.path)  # type: ignore[union-attr]
    return text, Sheet(text, f"codebooks/{book.path.name}")  # type: ignore[union-attr]


def words(value: object) -> str:
    return " ".join(str(value or "").split())
