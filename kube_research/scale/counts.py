"""Counts: one pure function from a partition to its counts, and how counts are added; the order never matters."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from .. import cache
from ..codebook import Codebook, load
from ..model import Fault, KubeError
from ..text import normalise
from ..words import say
from .partitions import Partition, batches

if TYPE_CHECKING:
    import pandas as pd

    from ..engine.cue_table import CueModel

Group = tuple[str, ...]
NUMBERS = ("present", "absent", "segments")


@dataclass(frozen=True)
class Recipe:
    """What is counted, complete enough to be sent to another machine: the codebooks' text, cue tables with what lies beside them (bundles, reader), columns."""

    books: tuple[tuple[str, str, str, tuple[str, ...]], ...]  # name, YAML, cue table, codes
    by: tuple[str, ...]
    text: str
    unit: str | None
    cues: bool
    reader: str
    beside: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)  # files that the cue tables name

    @classmethod
    def of(cls, books: Sequence[Codebook], by: tuple[str, ...], text: str, unit: str | None, cues: bool, reader: str) -> Recipe:
        from ..engine.cue_table import CueModel, table_path

        out: list[tuple[str, str, str, tuple[str, ...]]] = []
        beside: dict[str, bytes] = {}
        for b in books:
            codes = tuple(c.id for c in b)
            if b.path is None or load(b.path).only(codes) != b:
                raise KubeError(Fault(say(f"Buku kode '{b.name}' tidak sama dengan berkasnya.", f"The codebook '{b.name}' is not what its file says."), str(b.path or ""), say("Simpan bukunya, buka lagi, lalu jalankan.", "Save the book, open it again, then run.")))
            table = table_path(b) if cues else None
            for name in CueModel.load(table).beside if table else ():
                data = (table.parent / name).read_bytes()
                if beside.setdefault(name, data) != data:
                    raise KubeError(Fault(say(f"Buku-buku kode ini memakai {name} yang berbeda.", f"These codebooks use different {name} files."), str(table.parent / name), say("Jalankan buku dari tiap folder sendiri-sendiri.", "Run the books of each folder by themselves.")))
            out.append((b.path.stem, b.path.read_text(encoding="utf-8-sig"), table.read_text(encoding="utf-8-sig") if table else "", codes))
        return cls(tuple(out), by, text, unit, cues, reader, tuple(sorted(beside.items())))

    @property
    def digest(self) -> str:
        """Of all that decides the counts (not of the reader: every reader reads the same)."""
        return hashlib.sha256(json.dumps((self.books, self.by, self.text, self.unit, self.cues, [(name, hashlib.sha256(data).hexdigest()) for name, data in self.beside]), ensure_ascii=False).encode()).hexdigest()


@lru_cache(maxsize=4)
def _books(recipe: Recipe) -> tuple[tuple[Codebook, CueModel | None], ...]:
    """The recipe's codebooks with their cue models, read on this machine."""
    from ..engine.cue_table import CueModel

    out = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text, cues, codes in recipe.books:
            path = Path(folder) / f"{name}.yml"
            try:
                for beside, data in recipe.beside if not out else ():
                    (Path(folder) / beside).write_bytes(data)
                path.write_text(text, encoding="utf-8")
                if cues:
                    path.with_suffix(".cues.csv").write_text(cues, encoding="utf-8")
            except OSError as e:
                raise KubeError(say(f"Folder sementara tidak dapat ditulis: {e.strerror or e}.", f"The temporary folder cannot be written: {e.strerror or e}."), folder, say("Kosongkan ruang disk, lalu jalankan lagi.", "Free disk space, then run again.")) from e
            out.append((load(path).only(codes), CueModel.load(path.with_suffix(".cues.csv")) if cues else None))
    return tuple(out)


@dataclass(frozen=True)
class Counts:
    """texts: group → how many; cells: (group, code) → texts present, texts absent, segments."""

    texts: Mapping[Group, int] = field(default_factory=dict)
    cells: Mapping[tuple[Group, str], tuple[int, int, int]] = field(default_factory=dict)

    def to_json(self) -> str:
        """One canonical form: sorted, so that equal counts are equal bytes."""
        return json.dumps({"texts": sorted([list(g), n] for g, n in self.texts.items()), "cells": sorted([list(g), c, *n] for (g, c), n in self.cells.items())}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Counts:
        found = json.loads(text)
        return cls({tuple(g): n for g, n in found["texts"]}, {(tuple(g), c): (a, b, n) for g, c, a, b, n in found["cells"]})


def merge(many: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    texts: dict[Group, int] = {}
    cells: dict[tuple[Group, str], tuple[int, int, int]] = {}
    for c in many:
        for g, n in c.texts.items():
            texts[g] = texts.get(g, 0) + n
        for k, (a, b, n) in c.cells.items():
            x, y, z = cells.get(k, (0, 0, 0))
            cells[k] = (x + a, y + b, z + n)
    return Counts(texts, cells)


def count(recipe: Recipe, part: Partition) -> Counts:
    """The counts of one partition: a pure function of its rows and the recipe."""
    return merge(_counted(recipe, texts, groups) for texts, groups in batches(part, recipe.text, recipe.by, recipe.reader))


def _counted(recipe: Recipe, texts: list[str], groups: list[Group]) -> Counts:
    import numpy as np

    from ..corpus import Corpus, Document
    from ..engine import Engine, passages

    names: dict[Group, int] = {}
    group = np.array([names.setdefault(g, len(names)) for g in groups], np.int64)
    total = np.bincount(group, minlength=len(names)).tolist()
    documents = tuple(Document(str(i), normalise(t), "abstract") for i, t in enumerate(texts) if t)
    cells: dict[tuple[Group, str], tuple[int, int, int]] = {}
    e = Engine(Corpus(documents), everything=True)
    w = e.words
    listed = list(names)
    row = group[[int(d.id) for d in w.documents]] if w.documents else np.zeros(0, np.int64)
    for book, model in _books(recipe):
        p = passages(e, book, recipe.unit, model)
        if not len(p.first):
            continue
        codes, code = p.code.names, p.code.codes
        document = w.owners[w.segment[p.first], 0]
        cell = row[document] * len(codes) + code
        size = len(names) * len(codes)
        sides = []
        for side in (~p.absent, p.absent):
            pair = np.unique((document[side] * len(codes) + code[side]))
            sides.append(np.bincount(row[pair // len(codes)] * len(codes) + pair % len(codes), minlength=size))
        segments = np.bincount(cell, minlength=size)
        for k in np.flatnonzero(segments).tolist():
            key = (listed[k // len(codes)], codes[k % len(codes)])
            cells[key] = (int(sides[0][k]), int(sides[1][k]), int(segments[k]))
    return Counts({g: total[i] for g, i in names.items()}, cells)


@dataclass(frozen=True)
class Applied:
    """What apply_codebook found.  `frame`: the groups' columns, code, present, absent, segments, texts (of the group), share (present / texts)."""

    counts: Counts = field(repr=False)
    recipe: Recipe = field(repr=False)
    books: tuple[Codebook, ...] = field(repr=False)
    partitions: tuple[str, ...] = field(repr=False)
    resumed: int = 0

    @cached_property
    def frame(self) -> pd.DataFrame:
        import pandas as pd

        rows = []
        for g, texts in sorted(self.counts.texts.items()):
            for b in self.books:
                for c in b:
                    if not c.retired and c.automatic:
                        a, n, s = self.counts.cells.get((g, c.id), (0, 0, 0))
                        rows.append((*g, c.id, a, n, s, texts, a / texts if texts else float("nan")))
        return pd.DataFrame(rows, columns=[*self.recipe.by, "code", *NUMBERS, "texts", "share"])

    @property
    def n(self) -> int:
        """How many texts were read."""
        return sum(self.counts.texts.values())

    @property
    def digest(self) -> str:
        """SHA-256 of the counts in their canonical form: equal on every engine, in every order, for every cutting into files."""
        return hashlib.sha256(self.counts.to_json().encode()).hexdigest()

    @property
    def note(self) -> str:
        books = ", ".join(f"{b.name} {b.version}" for b in self.books)
        by = ", ".join(self.recipe.by) or say("tanpa kelompok", "no groups")
        return say(f"Satuan: teks (satu teks dihitung sekali per kode dan polaritas). n = {self.n} teks dalam {len(self.partitions)} partisi. Kelompok: {by}. Buku kode: {books}. Dikodekan oleh aturan, bukan orang. Sidik: {self.digest[:12]}.",
                   f"Unit: texts (a text counts once for a code and polarity). n = {self.n} texts in {len(self.partitions)} partitions. Groups: {by}. Codebook: {books}. Coded by rules, not by people. Digest: {self.digest[:12]}.")

    def __repr__(self) -> str:
        return f"{self.frame.head(20).to_string(index=False)}\n{self.note}"

    def _repr_html_(self) -> str:
        import html

        return self.frame.head(60).to_html(index=False, escape=True, border=0) + f"<p><small>{html.escape(self.note)}</small></p>"


def versions() -> dict[str, str]:
    """The packages that decide the counts, for the manifest; `program` is the digest of our own source."""
    import platform
    from importlib.metadata import version

    return {"python": platform.python_version(), **{p: version(p) for p in ("numpy", "pyarrow", "scipy")}, "program": cache.program().hex()[:16]}
