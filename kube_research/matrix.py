"""Matrices of codings: who speaks of what, counted by person, segment, document or word, every cell with its quotations."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .codings import FIELDS_OF, Codings, Factor
from .consent import remark
from .model import KubeError, unknown
from .recount import ATTRIBUTE, mark
from .spans import words_behind
from .words import role, say

COUNTS = ("persons", "segments", "documents", "words")
POLARITY = ("any", "present", "absent", "balance")


def _count_words() -> dict[str, str]:
    return {"persons": say("orang", "persons"), "segments": say("segmen", "segments"), "documents": say("dokumen", "documents"), "words": say("kata", "words")}


def _polarity_words() -> dict[str, str]:
    return {"any": say("hadir atau tidak", "present or absent"), "present": say("hadir", "present"), "absent": say("tidak hadir", "absent"), "balance": say("hadir dikurangi tidak hadir", "present minus absent")}


@dataclass(frozen=True)
class Matrix:
    """A matrix of counts with what it counts: rows, columns, unit, rule, filter, source.  `cell` hands back the quotations."""

    frame: pd.DataFrame
    codings: Codings = field(repr=False)
    rows: str
    columns: str
    count: str
    polarity: str
    keys: tuple[Factor, Factor] = field(repr=False)  # row and column of every coding
    every: bool = field(default=True, repr=False)  # whether rows and columns without a coding were kept

    @cached_property
    def base(self) -> pd.Series:
        """How many persons speak in each row (documents there are, where those are counted)."""
        return _base(self.codings, self.rows, "documents" if self.count == "documents" else "persons").reindex(self.frame.index, fill_value=0).rename_axis(None)

    def cell(self, row: str, column: str) -> Codings:
        """The codings behind a cell, as a table with its quotations."""
        for name, known, what in ((row, list(self.frame.index), ("baris", "row")), (column, list(self.frame.columns), ("kolom", "column"))):
            if name not in known:
                raise KubeError(unknown(*what, str(name), [str(k) for k in known]))
        keep = (self.keys[0].among([row]) == 0) & (self.keys[1].among([column]) == 0)
        if self.polarity in ("present", "absent"):
            keep &= (self.codings._frame["polarity"] == self.polarity).to_numpy()
        c = self.codings
        return Codings(c._frame[keep], c.corpus, c.books, (*c.filters, (self.rows, (str(row),)), (self.columns, (str(column),))), c.source)

    @property
    def note(self) -> str:
        """What the numbers are: unit, rule, n, filter, source, in the interface language."""
        unit, polarity = _count_words()[self.count], _polarity_words()[self.polarity]
        source = self.codings.source or say("tanpa sumber", "no source")
        base = ", ".join(f"{(role(k) if self.rows == 'role' else k) or say('(tidak disebut)', '(not stated)')} {v}" for k, v in self.base.items()) if len(self.base) <= 12 else str(int(self.base.sum()))
        rule = {"persons": say("setiap orang dihitung sekali dalam satu sel", "each person counts once in a cell"),
                "segments": say("setiap pengodean dihitung", "every coding counts"),
                "documents": say("setiap dokumen dihitung sekali dalam satu sel", "each document counts once in a cell"),
                "words": say("kata dalam kutipan yang dikodekan; tumpang-tindih dihitung sekali", "words in the coded quotations; overlaps count once")}[self.count]
        n = {"persons": say("orang yang berbicara", "persons who speak"), "documents": say("dokumen", "documents"), "segments": say("orang yang berbicara", "persons who speak"), "words": say("orang yang berbicara", "persons who speak")}[self.count]
        consent = remark(self.codings.corpus, self.codings.corpus.withdrawn)
        return (say(f"Satuan: {unit} ({rule}). Polaritas: {polarity}. n ({n}): {base}. Saringan: {self.codings.describe()}. Sumber: {source}.",
                   f"Unit: {unit} ({rule}). Polarity: {polarity}. n ({n}): {base}. Filter: {self.codings.describe()}. Source: {source}.") + " " + consent).strip()

    @property
    def mark(self) -> str:
        """The mark that counts this matrix again in a chapter (`{table …}`); "" where none can."""
        return mark(self.codings, self.rows, self.columns, count=self.count, polarity=self.polarity, order=[str(r) for r in self.frame.index]) if self.every else ""

    def labels(self) -> pd.DataFrame:
        """The frame with the names of codes and roles instead of their ids."""
        roles = {r: role(r) for r in self.frame.index} if self.rows == "role" else {}
        names = {c.id: c.label for b in self.codings.books for c in b} | {b.name: b.label for b in self.codings.books}
        return self.frame.rename(columns=names, index=names if self.rows == "code" else roles)

    def share(self) -> pd.DataFrame:
        """Counts as a share of each row's base (0–1); NaN where the base is 0."""
        return self.frame.div(self.base.replace(0, np.nan), axis=0)

    def empty_cells(self) -> list[tuple[str, str]]:
        """Cells without any coding: (row, column)."""
        r, c = self.keys
        width = max(1, len(c.names))
        filled = {(r.names[k // width], c.names[k % width]) for k in np.flatnonzero(np.bincount(r.codes * width + c.codes)).tolist()} if len(r.codes) else set()
        return [(r, c) for r in self.frame.index for c in self.frame.columns if (r, c) not in filled]

    def order(self, by: str) -> Matrix:
        """Sort the rows by an attribute of their case (a case-ordered display), e.g. `order("outcome")`."""
        corpus = self.codings.corpus
        value = {r: corpus.cases.get(str(r), {}).get(by, "") for r in self.frame.index}
        rows = sorted(self.frame.index, key=lambda r: (value[r], str(r)))
        return Matrix(self.frame.loc[rows], self.codings, self.rows, self.columns, self.count, self.polarity, self.keys, self.every)

    def save(self, path: Path | str) -> Path:
        """Write as .csv (counts) or .xlsx (counts, the note, and the quotations behind every cell)."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":
            self.frame.to_csv(path, encoding="utf-8-sig", lineterminator="\n")
        elif path.suffix == ".xlsx":
            from .tables import workbook

            quotes = self.codings.frame.assign(**{say("baris", "row"): self.keys[0].values(), say("kolom", "column"): self.keys[1].values()})
            workbook(path, {say("matriks", "matrix"): self.frame.reset_index(), say("kutipan", "quotations"): quotes, say("keterangan", "note"): pd.DataFrame({say("keterangan", "note"): [self.note]})})
        else:
            raise KubeError(say(f"Akhiran {path.suffix!r} tidak dikenal untuk matriks.", f"The ending {path.suffix!r} is not known for a matrix."), str(path), say("Pakai .csv atau .xlsx.", "Use .csv or .xlsx."))
        return path

    def __repr__(self) -> str:
        return f"{shown(self.frame).to_string()}\n{self.note}"

    def _repr_html_(self) -> str:
        table = shown(self.labels()).to_html(escape=True, border=0)
        if self.mark:
            table = table.replace("<table", f'<table {ATTRIBUTE}="{html.escape(self.mark)}"', 1)
        return table + f"<p><small>{html.escape(self.note)}</small></p>"


def axis(name: Any) -> Any:
    """The name of a matrix' rows or columns in the interface language (an attribute is called as its column)."""
    return {"case": say("kasus", "case"), "code": say("kode", "code"), "theme": say("tema", "theme"), "document": say("dokumen", "document"), "speaker": say("pembicara", "speaker"), "role": say("peran", "role"),
            "coder": say("pengode", "coder"), "kind": say("jenis", "kind"), "outcome": say("hasil", "outcome"), "polarity": say("polaritas", "polarity")}.get(name, name)


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its axes called as the reader calls them; the frame itself keeps its names."""
    return frame.rename_axis(index=axis, columns=axis)


def cross(codings: Codings, rows: str = "case", columns: str = "code", *, count: str = "segments", polarity: str = "any", every: bool = True) -> Matrix:
    """Cross codings by case, document, speaker, role, coder or any attribute (rows) and by code or theme (columns).

    count: "persons", "segments", "documents" or "words".  polarity: "any", "present", "absent", or "balance" (present minus absent;
    a person who says both counts on both sides).  every: keep the codes and rows that have no coding at all.
    """
    if count not in COUNTS:
        raise KubeError(unknown("satuan hitung", "count", count, COUNTS))
    if polarity not in POLARITY:
        raise KubeError(unknown("polaritas", "polarity", polarity, POLARITY))
    r = _row_values(codings, rows)
    c = _column_values(codings, columns)
    row_names = _order(r, _all_rows(codings, rows) if every else ())
    column_names = _order(c, _all_columns(codings, columns) if every else ())
    if polarity == "balance":
        values = _tally(codings, r, c, row_names, column_names, count, "present") - _tally(codings, r, c, row_names, column_names, count, "absent")
    else:
        values = _tally(codings, r, c, row_names, column_names, count, polarity)
    out = pd.DataFrame(values, index=r.index(row_names, rows), columns=c.index(column_names, columns), copy=False)
    return Matrix(out, codings, rows, columns, count, polarity, (r, c), every)


def _row_values(codings: Codings, rows: str) -> Factor:
    if rows in FIELDS_OF:
        return codings.factor(rows)
    corpus = codings.corpus
    known = {"document", "kind", "case", "language", "date", *(k for d in corpus for k in d.meta), *(k for v in corpus.cases.values() for k in v)}
    if rows not in known:
        raise KubeError(unknown("kolom atau atribut", "column or attribute", rows, sorted(known | {"speaker", "role", "coder"})))
    return codings.factor("document").map({d.id: corpus.attribute(d, rows) for d in corpus}, "")


def _column_values(codings: Codings, columns: str) -> Factor:
    if columns == "theme":
        return codings.factor("code").map({c.id: b.theme(c.id) for b in codings.books for c in b})
    return _row_values(codings, columns)


def _order(found: Factor, first: Iterable[str]) -> list[str]:
    if not (listed := list(dict.fromkeys(first))):
        return found.ordered
    return listed + sorted(set(found.names) - set(listed))


def _all_rows(codings: Codings, rows: str) -> list[str]:
    corpus = codings.corpus
    if rows in ("code", "polarity", "coder", "rule"):
        return []
    if rows in ("speaker", "role"):
        return sorted({(speaker or label) if rows == "speaker" else role for _, (label, speaker, role) in corpus.voices} - {""})
    return sorted({corpus.attribute(d, rows) for d in {id(d): d for d, _ in corpus.voices}.values()} - {""})


def _all_columns(codings: Codings, columns: str) -> list[str]:
    if columns not in ("code", "theme"):
        return []
    chosen = {v for k, values in codings.filters if k == "code" for v in values}
    used = set(_column_values(codings, columns).names)
    names = [(b, b.theme(c.id) if columns == "theme" else c.id, c) for b in codings.books for c in b]
    books_used = {b.name for b, name, _ in names if name in used}
    return [name for b, name, c in names if (not c.retired or name in used) and (not chosen or c.id in chosen) and (b.name in books_used or len(codings.books) == 1)]


def _tally(codings: Codings, r: Factor, c: Factor, row_names: list[str], column_names: list[str], count: str, polarity: str) -> np.ndarray:
    if count == "segments":  # counted as they are numbered, then put in their places
        at = [f.places(names) for f, names in ((r, row_names), (c, column_names))]
        row, column = r.codes, c.codes
        if len(r.names) * len(c.names) > len(row) and len(at[1]) == len(c.names) and not (at[1] < 0).any():  # a table larger than what is counted is put in its places before
            place = np.empty(len(c.names), np.int64)
            place[at[1]] = np.arange(len(place))
            column, at[1] = place[column], np.arange(len(place))
        cells = row.astype(np.int64)
        cells *= len(c.names)
        cells += column
        whole = np.bincount(cells if polarity == "any" else cells[codings.factor("polarity").among([polarity]) == 0], minlength=len(r.names) * len(c.names)).reshape(len(r.names), len(c.names))
        if not whole.size:
            return np.zeros((len(row_names), len(column_names)), np.int64)
        if all(len(a) == n and bool((a == np.arange(n)).all()) for a, n in zip(at, whole.shape, strict=True)):
            return whole  # they stand so already
        values = whole[np.ix_(*at)]
        values[at[0] < 0] = 0
        values[:, at[1] < 0] = 0
        return values
    ri, ci = r.among(row_names), c.among(column_names)
    keep = (ri >= 0) & (ci >= 0)
    if polarity != "any":
        keep &= codings.factor("polarity").among([polarity]) == 0
    cells = ri[keep] * max(1, len(column_names)) + ci[keep]
    size = len(row_names) * len(column_names)
    if count == "words":
        values = _words(codings._frame[keep], cells, size)
    else:
        unit = codings.factor("document" if count == "documents" else "speaker")
        values = _distinct(cells, unit.codes[keep], size, len(unit.names))
    return values.reshape(len(row_names), len(column_names))


def _distinct(cells: np.ndarray, units: np.ndarray, size: int, many: int) -> np.ndarray:
    """How many distinct units each cell holds."""
    pairs = cells * max(1, many) + units
    if size * many <= 1 << 26:
        there = np.zeros(size * max(1, many), bool)
        there[pairs] = True
        return there.reshape(size, -1).sum(1) if size else np.zeros(0, np.int64)
    pairs = np.sort(pairs)
    return np.bincount(pairs[np.append(True, pairs[1:] != pairs[:-1])] // many, minlength=size)


STRIDE = 1 << 16  # quotations whose words are counted at a time


def _words(frame: pd.DataFrame, cells: np.ndarray, size: int) -> np.ndarray:
    """Words in the quotations of each cell; passages that overlap within a cell and document are counted once."""
    out = np.zeros(size, np.int64)
    if frame.empty:
        return out
    document = pd.factorize(frame["document"])[0]
    start, end = frame["start"].to_numpy(), frame["end"].to_numpy()
    order = np.lexsort((start, document, cells))
    start, end, document, cells = start[order], end[order], document[order], cells[order]
    group = np.cumsum(np.append(0, (cells[1:] != cells[:-1]) | (document[1:] != document[:-1])))
    wide = int(end.max()) + 1
    seen = np.append(-1, np.maximum.accumulate(group * wide + end)[:-1]) - group * wide  # how far the passages before it in its group reach; below 0: there are none
    fresh = np.where(start >= seen, 0, seen - start)
    quotes = frame["quote"].array
    for at in range(0, len(order), STRIDE):
        n = words_behind(quotes.take(order[at:at + STRIDE]), fresh[at:at + STRIDE])
        np.add.at(out, cells[at:at + STRIDE], n)
    return out


def _base(codings: Codings, rows: str, unit: str) -> pd.Series:
    """How many persons speak (documents there are) in each row of the selection."""
    corpus = codings.corpus
    kept = corpus.__dict__.setdefault("_bases", {})  # asked again for every matrix of the selection
    if (rows, unit) in kept:
        return kept[rows, unit].copy()
    pairs = set()
    for d, (label, speaker, role) in corpus.voices:
        who = speaker or label or d.id
        row = {"speaker": who, "role": role}.get(rows) or ("" if rows in ("code", "coder", "polarity", "rule") else corpus.attribute(d, rows))
        pairs.add((row, d.id if unit == "documents" else who))
    counts: dict[str, int] = {}
    for row, _ in pairs:
        counts[row] = counts.get(row, 0) + 1
    kept[rows, unit] = pd.Series(counts, dtype="int64").sort_index()
    return kept[rows, unit].copy()


@dataclass(frozen=True)
class Framework:
    """A framework matrix (Ritchie & Spencer 1994): cells hold a written summary, the counts and the places behind them."""

    matrix: Matrix
    summaries: Mapping[tuple[str, str], str]

    def missing(self) -> list[tuple[str, str]]:
        """Cells with codings that nobody has summarised yet."""
        empty = set(self.matrix.empty_cells())
        return [(r, c) for r in self.matrix.frame.index for c in self.matrix.frame.columns if (r, c) not in empty and not self.summaries.get((r, c))]

    @property
    def frame(self) -> pd.DataFrame:
        """Text of every cell: summary, then n and up to three places (document:line)."""
        out = pd.DataFrame("", index=self.matrix.frame.index, columns=self.matrix.frame.columns, dtype=object)
        for r in out.index:
            for c in out.columns:
                found = self.matrix.cell(r, c)
                if not len(found):
                    out.loc[r, c] = "—"
                    continue
                places = ", ".join(f"{d}:{found.corpus[d].line(s)}" for d, s in zip(found._frame["document"].head(3), found._frame["start"].head(3), strict=True))
                summary = self.summaries.get((r, c), "") or say("(belum diringkas)", "(not summarised yet)")
                out.loc[r, c] = f"{summary} [n={len(found)}: {places}]"
        return out

    def _repr_html_(self) -> str:
        names = {c.id: c.label for b in self.matrix.codings.books for c in b}
        with pd.option_context("display.max_colwidth", None):
            return shown(self.frame.rename(columns=names)).to_html(escape=True, border=0) + f"<p><small>{html.escape(self.note)}</small></p>"

    @property
    def note(self) -> str:
        empty = self.matrix.empty_cells()
        return self.matrix.note + " " + say(f"Sel kosong: {len(empty)}; belum diringkas: {len(self.missing())}.", f"Empty cells: {len(empty)}; not yet summarised: {len(self.missing())}.")

    def __repr__(self) -> str:
        return f"{shown(self.frame).to_string()}\n{self.note}"


def framework(codings: Codings, summaries: Mapping[tuple[str, str], str] | None = None, *, rows: str = "case", columns: str = "code") -> Framework:
    """A framework matrix of codings with the written summaries {(row, column): text} kept in the study (`study.summaries()`)."""
    return Framework(cross(codings, rows, columns, count="segments"), summaries or {})


__all__ = ["Cooccurrence", "Framework", "Matrix", "cooccurrence", "cross", "framework", "meeting_pairs"]
