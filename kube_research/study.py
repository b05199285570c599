"""The study: the folder that holds corpus/ and codebooks/."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from . import cache, synced
from .codebook import Codebook, load, loads
from .consent import hinders, restricted, veil, visible, withheld
from .corpus import Corpus, Document
from .files import FOLDERS, TABLES, joined, read_table, write_atomic, write_table
from .journal import Journal, State, moment, safe_name, whole_file
from .model import Coding, Fault, KubeError, unknown
from .past import texts
from .text import decode, normalise
from .words import say

if TYPE_CHECKING:
    from .codings import Codings

__all__ = ["FOLDERS", "TABLES", "Study", "find_study", "open_study", "read_table", "write_atomic", "write_table"]
NAMELESS = "\0"  # what a version of a codebook has no code for


def find_study(start: Path | str | None = None) -> Path:
    """The nearest folder, from `start` upwards, that holds corpus/ and codebooks/."""
    at = Path(start or ".").resolve()
    for folder in (at, *at.parents):
        if (folder / "corpus").is_dir() and (folder / "codebooks").is_dir():
            return folder
        if start is not None and folder != at and not (at / "corpus").exists() and folder == at.parent and not at.exists():
            break
    raise KubeError(say(f"Tidak ada studi di {at}: tidak ada folder corpus/ dan codebooks/.", f"There is no study at {at}: no folders corpus/ and codebooks/."), "",
                    say("Buat satu dengan `kube-research new NAMA`, atau pindah ke foldernya.", "Make one with `kube-research new NAME`, or go to its folder."))


class Study:
    """A study on disk: corpus, codebooks, journals.  Opened with `open_study`; reads lazily, keeps nothing but what it read."""

    def __init__(self, root: Path | str):
        self.root = Path(root)
        self._corpus = os.path.join(self.root, "corpus", "")
        self._under = b""  # the cache's stamp when the tables were read

    # --- tables -------------------------------------------------------------------------------------------------------
    @cached_property
    def rows(self) -> dict[str, list[dict[str, str]]]:
        """The rows of documents.csv, speakers.csv and cases.csv."""
        self._under = cache.stamp(self.root / ".cache")  # whoever withdraws from here on is not heard of
        need = {"documents": ("document",), "speakers": ("document", "label", "role"), "cases": ("case",)}
        rows = {name: read_table(self.root / "corpus" / f"{name}.csv", need[name]) for name in TABLES}
        return {name: joined(found) for name, found in rows.items()}

    def text_path(self, document: str, kind: str = "") -> Path | None:
        """The file of a document, or None."""
        folders = dict.fromkeys([FOLDERS.get(kind, "transcripts"), "transcripts", "abstracts"])
        for folder in folders:
            path = self.root / "corpus" / folder / f"{document}.txt"
            if path.exists():
                return path
        return None

    def _file(self, document: str, kind: str) -> tuple[bytes, str] | None:
        """What stands in the file of a document, and where that is in the study."""
        for folder in (FOLDERS.get(kind, "transcripts"), "transcripts", "abstracts"):
            try:
                return whole_file(f"{self._corpus}{folder}{os.sep}{document}.txt"), f"corpus/{folder}/{document}.txt"
            except (FileNotFoundError, NotADirectoryError):
                continue
        return None

    @cached_property
    def _loaded(self) -> tuple[Corpus, tuple[Fault, ...], dict[str, int]]:
        from .loading import documents

        return documents(self)

    @property
    def corpus(self) -> Corpus:
        """Every document that can be read and whose consent is not withdrawn."""
        return self._loaded[0]

    @property
    def withdrawn(self) -> dict[str, int]:
        """How many documents and speakers withdrew their consent and are left out."""
        return self._loaded[2]

    def unveiled(self, document: str) -> Document:
        """A document as its file says, with the words of those who withdrew: only for steps that keep the file whole (a correction, a check)."""
        d = self.corpus[document]
        path = self.text_path(document, d.kind) if d.original else None
        return d if path is None else replace(d, text=normalise(decode(path.read_bytes(), path.name)), original="")

    def words_of(self, coding: Coding) -> str | None:
        """The words of a coding (of any time) as they may be shown; None where the person or the document withdrew."""
        if coding.document not in self.corpus:
            gone = any(r["document"] == coding.document and r.get("consent", "").lower() == "withdrawn" for r in self.rows["documents"])
            return None if gone else coding.quote
        d = self.corpus[coding.document]
        if not restricted(d):
            return coding.quote
        if self.unveiled(d.id).text[coding.start:coding.end] != coding.quote:  # an earlier place: whose words they are is not known for sure
            return withheld("analyse")
        kept = visible(d, [coding])
        why = hinders(d, coding.start, coding.end)
        return None if not kept else withheld(why) if why else kept[0].quote

    # --- versions: texts before a correction ------------------------------------------------------------------------------
    def versions(self, document: str = "") -> list[dict[str, str]]:
        """The recorded corrections (document, time, old, new), oldest first; of one document."""
        rows = read_table(self.root / "corpus" / "versions" / "log.csv", ("document", "time", "old", "new"))
        return sorted((r for r in rows if document in ("", r["document"])), key=lambda r: r["time"])

    def version(self, document: str, sha256: str) -> str | None:
        """An earlier text of a document by its digest, or None."""
        path = self.root / "corpus" / "versions" / safe_name(document) / f"{sha256[:12]}.txt"
        return normalise(decode(path.read_bytes(), f"corpus/versions/{document}/{path.name}")) if path.exists() else None

    def at(self, time: str) -> Corpus:
        """The corpus as its texts stood at a time: what was corrected later is read in its old words."""
        if not time:
            return self.corpus
        first: dict[str, str] = {}
        for r in self.versions():
            if r["time"] > time:
                first.setdefault(r["document"], r["old"])
        old = {name: self.version(name, sha) for name, sha in first.items()}
        return Corpus(tuple(veil(replace(d, text=old[d.id], original="")) if old.get(d.id) is not None else d for d in self.corpus), self.corpus.cases, (), self.corpus.withdrawn)

    # --- codebooks ------------------------------------------------------------------------------------------------------
    @property
    def codebook_names(self) -> list[str]:
        names = {p.stem for p in (self.root / "codebooks").glob("*.yml")}
        return sorted(n for n in names if synced.home(n) not in names)

    def codebook(self, name: str | Path, *, version: str = "") -> Codebook:
        """A codebook by its name in codebooks/, or by the path of a file; in an earlier version with `version` or "name@version".

        An earlier version is read from codebooks/versions/, where every recorded step keeps it, else from git's history.
        """
        path = Path(name)
        if path.suffix in (".yml", ".yaml"):
            return load(path if path.exists() or path.is_absolute() else self.root / path)
        stem, _, at = str(name).partition("@")
        version = version or at
        path = self.root / "codebooks" / f"{stem}.yml"
        if not version:
            return load(path)
        known = []
        for text, where in self._book_texts(stem):
            found = re.search(r"^version:[ \t]*[\"']?([^\"'\s#]+)", text, re.M)
            if found and found.group(1) == version:
                return loads(text, where)
            known.append(found.group(1) if found else "")
        raise KubeError(unknown("versi", "version", version, list(dict.fromkeys(filter(None, known))), f"codebooks/{stem}.yml"))

    def before(self, name: str) -> Codebook:
        """A codebook as it was last kept or committed, where its file differs from that; else as it is."""
        every = list(self._book_texts(name))
        present = every[0][0]
        log = len(loads(present, every[0][1]).changelog)
        for text, where in sorted(every[1:], key=lambda e: e[1].startswith("codebooks/versions"), reverse=True):
            if text != present and (book := loads(text, where)) and len(book.changelog) == log:
                return book
        return loads(*every[0])

    def _book_texts(self, name: str) -> Iterator[tuple[str, str]]:
        """Every text of a codebook that can still be had: the present one, those kept, those in git."""
        path = self.root / "codebooks" / f"{safe_name(name)}.yml"
        if not path.exists():
            load(path)  # says what there is
        kept = sorted((path.parent / "versions" / name).glob("*.yml"), key=lambda p: p.name.endswith(".before.yml"))
        for p in (path, *kept):
            yield p.read_text(encoding="utf-8-sig"), str(p.relative_to(self.root))
        for commit, _, text in texts(path):
            yield text, f"codebooks/{name}.yml ({commit[:10]})"

    def codebooks(self) -> Iterator[Codebook]:
        """Every codebook of the study."""
        for name in self.codebook_names:
            yield self.codebook(name)

    def sound_codebooks(self) -> Iterator[Codebook]:
        """Every codebook that can be read; `check` tells of the others."""
        for name in self.codebook_names:
            try:
                yield self.codebook(name)
            except KubeError:
                continue

    # --- codings --------------------------------------------------------------------------------------------------------
    @property
    def coders(self) -> list[str]:
        folder = self.root / "corpus" / "codings"
        return sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []

    def journal(self, coder: str, document: str) -> Journal:
        """The journal of one coder for one document (made when first written)."""
        name = safe_name(coder, say("pengode", "coder"))
        if document not in self.corpus:
            raise KubeError(unknown("dokumen", "document", document, [d.id for d in self.corpus], "corpus/documents.csv"))
        return Journal(self.root / "corpus" / "codings" / name / f"{document}.jsonl", name)

    def journals(self, coder: str | None = None) -> Iterator[Journal]:
        """Every journal there is (of one coder)."""
        for name in [coder] if coder else self.coders:
            folder = self.root / "corpus" / "codings" / safe_name(name, say("pengode", "coder"))
            for file in synced.journals(folder):
                yield Journal(folder / file, name)

    def states(self, coder: str | None = None, until: str = "") -> Iterator[tuple[Journal, State]]:
        for journal in self.journals(coder):
            yield journal, journal.state(until)

    def codings(self, *, coder: str | Iterable[str] | None = None, until: str = "", under: Codebook | Iterable[Codebook] = (), **criteria: str | Iterable[str]) -> Codings:
        """People's codings as a tidy table: of a coder or several (None: all), optionally as they stood at a time (`until`: "2026-11-20", the end of that day on this computer's clock).

        The table's corpus holds the documents that these coders have a journal for: what nobody has coded yet is not counted as empty.
        Codings that wait for a place after a correction are left out, and `source` says how many; with `until`, texts are read as they were.
        Codes are read as the codebooks call them now, or, with `under`, as another version does (`study.codebook(name, version=…)`): what that
        version has no code for is left out, and `source` says how many.
        """
        until = moment(until) or until
        names = self.coders if coder is None else [coder] if isinstance(coder, str) else list(coder)
        for name in names:
            if name not in self.coders:
                raise KubeError(unknown("pengode", "coder", name, self.coders, "corpus/codings"))
        books = tuple(self.sound_codebooks())
        renames = {old: new for b in books for old, new in b.renames().items()}
        given = {b.name: b for b in ([under] if isinstance(under, Codebook) else under)}
        merged = {to for b in books for to, olds in b.merges().items() if olds}
        if until or given:
            for b in (b for b in books if b.name in given):
                version = given[b.name]
                ids = {c.id for c in b} | set(b.renames())
                renames |= {c: NAMELESS for c in ids} | version.renames() | {c: to or NAMELESS for c, to in version.back(b).items()}
            books = tuple(given.pop(b.name, b) for b in books) + tuple(given.values())
            return self._codings_at(until, names, books, renames, merged).where(**criteria)
        import numpy as np

        from .codings import Codings, once
        from .shelf import shelf

        kept = shelf(self.root, self.coders, self.corpus, renames)
        begun = {d for c, d in kept.waiting if c in names}
        held, factors = kept.of(names)
        whole = Codings(None, self.corpus, factors=factors, held=held)
        document = whole.factor("document")
        if not set(document.names) <= begun:  # a coding that names another document than its journal does
            frame = whole._frame[np.array([n in begun for n in document.names], bool)[document.codes]].reset_index(drop=True)
            whole = Codings(frame, self.corpus)
        waiting = sum(n for (c, _), n in kept.waiting.items() if c in names)
        corpus = Corpus(tuple(d for d in self.corpus if d.id in begun), self.corpus.cases, (), self.corpus.withdrawn, self.corpus.home, self.corpus.stamp)
        away = sum(n for (c, _), n in kept.astray.items() if c in names)
        if merged & set(whole.factor("code").names):
            whole = Codings(once(whole._frame, merged), self.corpus)
        out = Codings(whole.__dict__.get("_frame"), corpus, books, source=_source(names, waiting, away=away), factors=whole._factors, held=whole._held)
        out._rest = kept.rest
        return out.where(**criteria)

    def _codings_at(self, until: str, names: list[str], books: tuple[Codebook, ...], renames: Mapping[str, str], merged: set[str]) -> Codings:
        """The same as the journals stood at a time, or as a version of the codebooks calls it."""
        from .codings import astray, once, tabulate

        found: list[Coding] = []
        begun: set[str] = set()
        waiting = 0
        for name in names:
            for journal, state in self.states(name, until):
                found += state.codings.values()
                waiting += len(state.waiting)
                begun.add(journal.path.stem)
        if renames:
            found = [replace(c, code=renames[c.code]) if c.code in renames else c for c in found]
        nameless = sum(c.code == NAMELESS for c in found)
        texts = self.at(until)
        lost = astray([{"document": c.document, "start": c.start, "end": c.end, "quote": c.quote} for c in found], texts).tolist()
        found = [c for c, away in zip(found, lost, strict=True) if not away]
        corpus = Corpus(tuple(d for d in texts if d.id in begun), self.corpus.cases, (), self.corpus.withdrawn)
        out = tabulate((c for c in found if c.code != NAMELESS), corpus, books, source=_source(names, waiting, nameless, sum(lost)))
        return type(out)(once(out._frame, merged), out.corpus, out.books, source=out.source)

    def summaries(self, name: str) -> dict[tuple[str, str], str]:
        """The written summaries of a framework matrix, kept in corpus/summaries/<name>.csv (row, column, summary): {(row, column): text}."""
        path = self.root / "corpus" / "summaries" / f"{safe_name(name)}.csv"
        return {(r["row"], r["column"]): r["summary"] for r in read_table(path, ("row", "column", "summary"))}

    def summarise(self, name: str, row: str, column: str, summary: str) -> None:
        """Write (or replace) the summary of one cell of a framework matrix."""
        path = self.root / "corpus" / "summaries" / f"{safe_name(name)}.csv"
        cells = {**self.summaries(name), (row, column): summary}
        write_table(path, ({"row": r, "column": c, "summary": t} for (r, c), t in cells.items()), ("row", "column", "summary"))

    # --- check -----------------------------------------------------------------------------------------------------------
    def unmerged(self) -> list[Fault]:
        """Every file in which a git merge left its conflict marks, with what to do."""
        from .soundness import unmerged

        return unmerged(self.root)

    def faults(self) -> list[Fault]:
        """Everything that is wrong with the study on disk: tables, files, codebooks, labels, anchors, journals.

        While a git merge is not finished only that is told: nothing else can be known before.
        """
        from .soundness import faults

        return faults(self)

    @property
    def behind(self) -> dict[str, int]:
        """Document → how many people's codings stand in another text than the present one (a correction or a merged branch that `update` has not seen)."""
        if not self.coders:
            return {}
        from .shelf import shelf

        out: dict[str, int] = {}
        renames = {old: new for b in self.sound_codebooks() for old, new in b.renames().items()}
        for (_, document), n in shelf(self.root, self.coders, self.corpus, renames).astray.items():
            out[document] = out.get(document, 0) + n
        return out

    def __repr__(self) -> str:
        try:
            n, behind = len(self.corpus), sum(self.behind.values())
        except KubeError:
            n, behind = 0, 0
        more = say(f"; {behind} pengodean belum dibawa ke teks sekarang: jalankan `kube-research update`", f"; {behind} codings are not carried over to the present text: run `kube-research update`") if behind else ""
        books, coders = len(self.codebook_names), ", ".join(self.coders) or "-"
        return f"Study({self.root.name!r}: {say(f'{n} dokumen, {books} buku kode, pengode {coders}', f'{n} documents, {books} codebooks, coders {coders}')}{more})"


def _source(names: Iterable[str], waiting: int, nameless: int = 0, away: int = 0) -> str:
    return "".join((", ".join(names), say(f" ({away} di teks yang lain dari teks sekarang, tidak dihitung: jalankan `kube-research update`)", f" ({away} in another text than the present one, not counted: run `kube-research update`)") if away else "", say(f" ({waiting} menunggu, tidak dihitung)", f" ({waiting} waiting, not counted)") if waiting else "",
                    say(f" ({nameless} dengan kode yang tidak ada di versi ini)", f" ({nameless} with codes that this version does not have)") if nameless else ""))


def open_study(folder: Path | str | None = None) -> Study:
    """Open the study in `folder`, or the nearest one above the present folder; faults in its tables are raised, all at once."""
    study = Study(find_study(folder))
    errors = [f for f in study._loaded[1] if f.level == "error"]
    if errors:
        raise KubeError(errors)
    return study
