"""The tidy table of codings: one row a coding, always the same columns in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .consent import VEIL, hinders, restricted, withheld
from .corpus import Corpus, Document, evidence
from .model import COLUMNS, Coding, KubeError
from .spans import named, taken
from .text import context
from .words import say

if TYPE_CHECKING:
    import pyarrow as pa

    from .codebook import Codebook

EXTRA = ("id", "before", "after", "codebook")
FIELDS_OF = (*COLUMNS, *EXTRA)
_INTS = ("start", "end", "turn")
_WORDS = ("quote", "before", "after", "id", "created", "note")  # columns of many distinct values


@dataclass(frozen=True, eq=False)
class Factor:
    """A column as numbers into its distinct values."""

    codes: np.ndarray
    names: tuple[str, ...]

    @classmethod
    def of(cls, values: pd.Series) -> Factor:
        """The factor of a column, its values in the order in which they come."""
        codes, names = pd.factorize(values)
        if len(codes) and codes.min() < 0:  # a missing value is an empty word
            codes, names = pd.factorize(values.fillna(""))
        return cls(codes, tuple(str(n) for n in names))

    @classmethod
    def arrow(cls, values: pa.ChunkedArray) -> Factor:
        """The same of a column of Arrow, which may be numbered already."""
        import pyarrow as pa

        chunk = values.combine_chunks()
        chunk = pa.concat_arrays(chunk.chunks) if isinstance(chunk, pa.ChunkedArray) else chunk
        chunk = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        return cls(chunk.indices.to_numpy(zero_copy_only=False), tuple(chunk.dictionary.to_pylist()))

    @cached_property
    def place(self) -> dict[str, int]:
        """Value → its number."""
        return {n: i for i, n in enumerate(self.names)}

    @cached_property
    def ordered(self) -> list[str]:
        """The values in their order."""
        return sorted(self.names)

    def index(self, names: list[str], called: str) -> pd.Index:
        """Values as an index of a table; that of all values in their order is made once."""
        return self._index_of_all.rename(called) if names is self.ordered else pd.Index(names, name=called)

    @cached_property
    def _index_of_all(self) -> pd.Index:
        return pd.Index(self.ordered)

    @cached_property
    def _places(self) -> np.ndarray:
        return np.array([self.place[n] for n in self.ordered], np.int64)

    def places(self, names: Sequence[str]) -> np.ndarray:
        """The number of each of these values, -1 where there is none; those of all values in their order are kept."""
        return self._places if names is self.ordered else np.array([self.place.get(n, -1) for n in names], np.int64)

    @cached_property
    def _index(self) -> tuple[np.ndarray, np.ndarray]:
        """The rows in the order of their numbers, and where each number's begin."""
        codes = self.codes
        order = np.arange(len(codes)) if bool((codes[1:] >= codes[:-1]).all()) else np.argsort(codes.astype(np.uint16) if len(self.names) < 1 << 16 else codes, kind="stable")
        return order, np.append(0, np.cumsum(np.bincount(codes, minlength=len(self.names))))

    def rows(self, names: Iterable[str]) -> np.ndarray:
        """The rows that have any of these values, in order; found in an index that is made once."""
        order, bounds = self._index
        found = [order[bounds[i]:bounds[i + 1]] for n in dict.fromkeys(names) if (i := self.place.get(n, -1)) >= 0]
        return found[0] if len(found) == 1 else np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)

    def take(self, rows: np.ndarray) -> Factor:
        """The factor of some rows."""
        return Factor(self.codes[rows], self.names).used()

    def used(self) -> Factor:
        """Without the values that no row has."""
        there = np.bincount(self.codes, minlength=len(self.names)) > 0 if len(self.names) else np.zeros(0, bool)
        if there.all():
            return self
        return Factor((np.cumsum(there, dtype=np.int32) - 1)[self.codes], tuple(self.names[i] for i in np.flatnonzero(there).tolist()))

    def map(self, lookup: Mapping[str, str], default: str | None = None) -> Factor:
        """Each value replaced by what `lookup` says of it (itself, or `default`, where it says nothing)."""
        told = [lookup.get(n, n if default is None else default) for n in self.names]
        names = {n: i for i, n in enumerate(dict.fromkeys(told))}
        return Factor(np.array([names[t] for t in told], np.int64)[self.codes] if told else self.codes, tuple(names))

    def among(self, names: Sequence[str]) -> np.ndarray:
        """Per row: its place in a list of names, -1 where it has none."""
        return self.numbers(names)[self.codes] if self.names else np.zeros(len(self.codes), np.int64)

    def numbers(self, names: Sequence[str]) -> np.ndarray:
        """Per value: its place in a list of names, -1 where it has none."""
        place = {n: i for i, n in enumerate(names)}
        return np.array([place.get(n, -1) for n in self.names], np.int64)

    def values(self) -> np.ndarray:
        return np.array(self.names, dtype=object)[self.codes] if self.names else np.zeros(0, object)


class Codings:
    """Codings with the corpus they lie in.  `frame` is the tidy table; `where` gives fewer; nothing is changed in place."""

    def __init__(self, frame: pd.DataFrame | None, corpus: Corpus, books: tuple[Codebook, ...] = (), filters: tuple[tuple[str, tuple[str, ...]], ...] = (), source: str = "", factors: Mapping[str, Factor] | None = None, parts: tuple[Codings, np.ndarray] | None = None, held: Mapping[str, Any] | None = None):
        self.corpus, self.books, self.filters, self.source = corpus, books, filters, source
        self._factors: dict[str, Factor] = dict(factors or {})
        self._parts = parts  # of which larger table, and which of its rows; its own is made when it is asked for
        self._rest: Callable[[], None] | None = None  # puts what was read of a mapped file out of memory again
        self._held: dict[str, Any] = dict(held or {})  # columns as arrays, as far as they were asked for (or all that are no factors); or what gives the array of some rows
        if frame is not None:
            self.__dict__["_frame"] = frame

    @cached_property
    def _frame(self) -> pd.DataFrame:
        whole, rows = self._whole()
        if "_frame" in whole.__dict__ and rows is not None:
            return whole._frame.take(rows)
        return pd.DataFrame({n: self._array(n) for n in FIELDS_OF}, copy=False, index=rows)

    def _whole(self, rows: np.ndarray | None = None) -> tuple[Codings, np.ndarray | None]:
        """The larger table that this one (some of its rows) is a part of and that holds the columns, and which of its rows are meant (None: all)."""
        whole = self
        while whole._parts is not None and "_frame" not in whole.__dict__:
            whole, mine = whole._parts
            rows = mine if rows is None else mine[rows]
        return whole, rows

    def _array(self, name: str, rows: np.ndarray | None = None) -> Any:
        """A column (of some rows) as an array, as it is; the others are not touched."""
        whole, rows = self._whole(rows)
        if name not in whole._held and "_frame" not in whole.__dict__:
            factor = whole._factors[name]
            part = factor if rows is None else factor.take(rows)  # few rows have few of many names
            return named(part.codes, part.names)
        if name not in whole._held:
            whole._held[name] = whole._frame[name].array
        if callable(whole._held[name]):  # words that are cut out of the texts for the rows asked for
            return whole._held[name](rows)
        if rows is None:
            return whole._held[name]
        found = taken(whole._held[name], rows)
        if whole._rest:
            whole._rest()
        return found

    def _numbers(self, name: str) -> np.ndarray:
        """A column of numbers."""
        return np.asarray(self._array(name))

    def _columns(self, names: Sequence[str], rows: np.ndarray | None = None) -> dict[str, Any]:
        """Some columns (of some rows) of what may be shown, as arrays; the others are not touched."""
        if self._closed():
            frame = self._shown()
            return {n: frame[n].array if rows is None else frame[n].array.take(rows) for n in names}
        return {n: self._array(n, rows) for n in names}

    def factor(self, column: str) -> Factor:
        """A column of the table as numbers, made once."""
        if column not in self._factors:
            whole = self._parts[0]._factors if self._parts else {}
            self._factors[column] = whole[column].take(self._parts[1]) if self._parts and column in whole else Factor.of(pd.Series(self._array(column)))
        return self._factors[column]

    @property
    def frame(self) -> pd.DataFrame:
        """The tidy table: columns document start end quote code polarity turn speaker role case coder rule note created."""
        return self._shown()[list(COLUMNS)].copy()

    @property
    def full(self) -> pd.DataFrame:
        """The tidy table with id, words before and after, and codebook version behind it."""
        return self._shown().copy()

    def _shown(self) -> pd.DataFrame:
        """The table with a remark in place of words that may not be quoted (consent); `_frame` keeps them, for counting."""
        frame, closed = self._frame, self._closed()
        at = np.flatnonzero(frame["document"].isin(closed)) if closed else ()
        if not len(at):
            return frame
        frame = frame.copy()
        part = frame.iloc[at]
        found = [(i, why) for i, d, a, b in zip(at, part["document"], part["start"], part["end"], strict=True) if (why := hinders(closed[d], int(a), int(b)))]
        rows = [i for i, _ in found]
        frame.iloc[rows, frame.columns.get_loc("quote")] = [withheld(why) for _, why in found]
        for column in ("before", "after"):
            frame.iloc[rows, frame.columns.get_loc(column)] = ""
        return frame

    def _closed(self) -> dict[str, Document]:
        """The documents in which something may not be quoted; found once a selection."""
        kept = self.corpus.__dict__
        if "_closed" not in kept:
            kept["_closed"] = {d.id: d for d in self.corpus if restricted(d)}
        return kept["_closed"]

    def where(self, **criteria: str | Iterable[str]) -> Codings:
        """Keep the codings that fit: any column of the table (code, polarity, coder, role, case, …) or an attribute of the document.

        A criterion on documents or speakers narrows the corpus too, so that a matrix counts n and rows among these only.
        """
        corpus, added = self.corpus, []
        asked: list[tuple[Factor, set[str]]] = []
        keep: np.ndarray | None = None
        for key, value in criteria.items():
            values = (value,) if isinstance(value, str) else tuple(str(v) for v in value)
            added.append((key, values))
            if key in _WORDS:
                mine = self._frame[key].astype(str).isin(values).to_numpy()
                keep = mine if keep is None else keep & mine
            elif key in FIELDS_OF:
                asked.append((self.factor(key), set(values)))
            else:
                asked.append((self.factor("document"), {d.id for d in self.corpus if self.corpus.attribute(d, key) in values}))
            if key not in FIELDS_OF or key in ("document", "case", "role", "speaker"):
                corpus = corpus.where(**{key: values})
        rows = np.flatnonzero(keep) if keep is not None else None
        for factor, names in sorted(asked, key=lambda a: len(a[1]) / max(1, len(a[0].names))):  # the narrowest first
            if rows is None:
                rows = factor.rows(names)
            else:
                rows = rows[np.array([n in names for n in factor.names], bool)[factor.codes[rows]]] if len(rows) else rows
        if rows is None or len(rows) == len(self):
            same = Codings(self.__dict__.get("_frame"), corpus, self.books, (*self.filters, *added), self.source, self._factors, self._parts, self._held)
            same._rest = self._rest
            return same
        return Codings(None, corpus, self.books, (*self.filters, *added), self.source, parts=(self, rows))

    def __len__(self) -> int:
        return len(self._frame) if "_frame" in self.__dict__ else len(self._parts[1]) if self._parts else len(self._held["start"])

    def __iter__(self) -> Iterator[Coding]:
        names = [f for f in Coding.__dataclass_fields__ if f in self._frame.columns]
        for row in self._shown()[names].itertuples(index=False, name=None):
            yield Coding(**dict(zip(names, row, strict=True)))

    def __add__(self, other: Codings) -> Codings:
        """Both tables in one (people's codings and the rules', say)."""
        books = tuple({b.id: b for b in (*self.books, *other.books)}.values())
        source = " + ".join(dict.fromkeys(s for s in (self.source, other.source) if s))
        return Codings(pd.concat([self._frame, other._frame], ignore_index=True), self.corpus, books, self.filters, source)

    @property
    def coders(self) -> list[str]:
        return sorted(self.factor("coder").names)

    def describe(self) -> str:
        """Source and filter in words, as matrices print them."""
        parts = dict.fromkeys(f"{k}={'/'.join(v)}" if len(v) <= 4 else say(f"{k}: {len(v)} nilai", f"{k}: {len(v)} values") for k, v in (*self.corpus.filters, *((k, tuple(sorted(v))) for k, v in self.filters)))
        return ", ".join(parts) or say("tanpa saringan", "no filter")

    def save(self, path: Path | str) -> Path:
        """Write the tidy table as .csv or .parquet."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".parquet":
            self.frame.to_parquet(path, index=False)
        elif path.suffix == ".csv":
            self.frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
        else:
            raise KubeError(say(f"Akhiran {path.suffix!r} tidak dikenal untuk tabel pengodean.", f"The ending {path.suffix!r} is not known for a table of codings."), str(path), say("Pakai .csv atau .parquet.", "Use .csv or .parquet."))
        return path

    def __repr__(self) -> str:
        n = len(self.factor("document").names)
        shown = ", ".join(f"{k}={v[0] if len(v) == 1 else v!r}" for k, v in self.filters)
        k = len(self.factor("code").names)
        return f"Codings({say(f'{len(self)} pengodean, {k} kode, {n} dokumen', f'{len(self)} codings of {k} codes in {n} documents')}{' | ' + shown if shown else ''})"

    def _repr_html_(self) -> str:
        shown = self.frame[["document", "turn", "speaker", "quote", "code", "polarity", "coder"]].head(20)
        shown = shown.assign(quote=[" ".join(q.split()) for q in shown["quote"]])  # pandas writes a line end as "\\n"
        more = len(self) - len(shown)
        tail = f"<p>… {more} {say('lagi', 'more')}</p>" if more > 0 else ""
        return shown.to_html(index=False, escape=True, border=0) + tail


def empty() -> pd.DataFrame:
    return pd.DataFrame({c: pd.Series(dtype="int64" if c in _INTS else "object") for c in (*COLUMNS, *EXTRA)})


def tabulate(codings: Iterable[Coding], corpus: Corpus, books: tuple[Codebook, ...] = (), source: str = "", *, only_kept: bool = True) -> Codings:
    """Make the tidy table of codings: turn, speaker, role and case are looked up in the corpus.

    Codings in documents, or (with filters on turns) in turns, that the corpus does not hold are left out.
    """
    rows = [c for c in codings if c.document in corpus]
    if not rows:
        return Codings(empty(), corpus, books, source=source)
    data: dict[str, object] = {name: [getattr(c, name) for c in rows] for name in Coding.__dataclass_fields__}
    return Codings(tidy(pd.DataFrame(data), corpus, only_kept=only_kept), corpus, books, source=source)


def tidy(frame: pd.DataFrame, corpus: Corpus, more: tuple[str, ...] = (), *, only_kept: bool = True) -> pd.DataFrame:
    """Give a table of codings' own fields its turns, speakers, roles and cases, its order and its columns (and `more` of them)."""
    frame["start"] = frame["start"].astype("int64")
    frame["end"] = frame["end"].astype("int64")
    place = locate(corpus, frame["document"].to_numpy(), frame["start"].to_numpy())
    for column, values in place.items():
        frame[column] = values
    if only_kept and any(k in corpus._TURN_KEYS for k, _ in corpus.filters):
        keep = np.ones(len(frame), bool)
        for key, values in corpus.filters:
            if key in corpus._TURN_KEYS and key in frame:
                keep &= frame[key].isin(values).to_numpy()
        frame = frame[keep]
    frame = frame[~(frame["role"] == "withdrawn")]
    veiled = {d.id: d.text for d in corpus if d.original}
    if veiled:  # a journal keeps the words as they were; what is shown comes from the veiled text
        for i in frame.index[frame["document"].isin(veiled)]:
            text, a, b = veiled[frame.at[i, "document"]], int(frame.at[i, "start"]), int(frame.at[i, "end"])
            frame.at[i, "quote"] = text[a:b]
            frame.at[i, "before"], frame.at[i, "after"] = context(text, a, b)
    frame = frame.sort_values(["document", "start", "end", "code", "coder"], kind="stable", ignore_index=True)
    return frame[[*COLUMNS, *EXTRA, *more]]


def astray(found: Sequence[Mapping[str, object]], corpus: Corpus) -> np.ndarray:
    """Which codings (given as fields) have words that do not stand at their place in the present text: their text was corrected without `update`, or a branch was merged.

    Where somebody withdrew only what can be seen is compared.  A coding without words is never astray.
    """
    out = np.zeros(len(found), bool)
    texts: dict[str, tuple[str, bool]] = {}
    for i, c in enumerate(found):
        name, quote = str(c["document"]), str(c.get("quote") or "")
        if name not in texts:
            texts[name] = (corpus[name].text, bool(corpus[name].original)) if name in corpus else ("", True)
        text, veiled = texts[name]
        if not quote or text.startswith(quote, a := int(c["start"])) and int(c["end"]) - a == len(quote):  # type: ignore[call-overload]
            continue
        there = text[a:int(c["end"])]  # type: ignore[call-overload]
        out[i] = name in corpus and not (veiled and len(there) == len(quote) and all(x in (y, VEIL) for x, y in zip(there, quote, strict=True)))
    return out


def once(frame: pd.DataFrame, codes: set[str]) -> pd.DataFrame:
    """Where two codes that were merged both stood on a passage, by one coder and in one polarity, the passage counts once."""
    mine = frame["code"].isin(codes) if codes and len(frame) else None
    if mine is None or not mine.any():
        return frame
    twice = mine & frame.duplicated(["document", "start", "end", "code", "polarity", "coder"])
    return frame[~twice].reset_index(drop=True) if twice.any() else frame


def locate(corpus: Corpus, documents: np.ndarray, starts: np.ndarray) -> dict[str, np.ndarray]:
    """Turn number, speaker, role and case of places: arrays as long as `starts` (turn 0 and "" where no turn is)."""
    codes, names = pd.factorize(np.asarray(documents, dtype=object))
    return {k: v.values() if isinstance(v, Factor) else v for k, v in found_in(corpus, Factor(codes, tuple(names)), np.asarray(starts)).items()}


def found_in(corpus: Corpus, document: Factor, starts: np.ndarray) -> dict[str, Factor | np.ndarray]:
    """The same, speaker, role and case as factors, of places whose documents are one."""
    line = corpus.turn_line([corpus[n] for n in document.names])
    at = line.base[document.codes] + starts if len(starts) else np.zeros(0, np.int64)
    turn = np.searchsorted(line.start, at, "right") - 1
    ok = (turn >= 0) & (starts >= 0)
    held = np.maximum(turn, 0)
    ok &= (at < line.end[held]) & (line.owner[held] == document.codes) if len(line.start) else False
    voice = np.where(ok, line.voice[held] if len(line.start) else 0, len(line.voices))
    names = [*((speaker or label, role) for label, speaker, role in line.voices), ("", "")]
    out: dict[str, Factor | np.ndarray] = {"turn": np.where(ok, turn - line.first[document.codes] + 1, 0) if len(starts) else np.zeros(0, np.int64)}
    for k, name in enumerate(("speaker", "role")):
        out[name] = Factor(voice, tuple(str(i) for i in range(len(names)))).map({str(i): n[k] for i, n in enumerate(names)}).used()
    out["case"] = document.map({n: corpus[n].case for n in document.names})
    return out


def lines(codings: Codings) -> np.ndarray:
    """Line number (from 1) of each coding's start."""
    document, start = codings.factor("document"), codings._numbers("start")
    order = None if bool((document.codes[1:] >= document.codes[:-1]).all()) else np.argsort(document.codes, kind="stable")
    start = start if order is None else start[order]
    edges = np.cumsum(np.bincount(document.codes, minlength=len(document.names))).tolist()
    corpus, parts, a = codings.corpus.by_id, [], 0
    for name, b in zip(document.names, edges, strict=True):
        parts.append(corpus[name].breaks.searchsorted(start[a:b]))
        a = b
    found = np.concatenate(parts) + 1 if parts else np.zeros(0, np.int64)
    if order is None:
        return found
    out = np.empty_like(found)
    out[order] = found
    return out


def make(corpus: Corpus, document: str, start: int, end: int, code: str, **fields: str) -> Coding:
    """A coding with its quotation and the words around it taken from the document."""
    text = corpus[document].text
    before, after = context(text, start, end)
    return Coding(id=fields.pop("id", ""), document=document, start=start, end=end, quote=text[start:end], code=code, before=before, after=after, **fields)


def attributes(corpus: Corpus, documents: Iterable[str], key: str) -> Mapping[str, str]:
    """Document id → attribute value."""
    return {d: corpus.attribute(corpus[d], key) for d in set(documents)}


__all__ = ["Codings", "Factor", "astray", "attributes", "empty", "evidence", "lines", "locate", "make", "once", "tabulate", "tidy"]
