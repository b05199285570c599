"""Cue tables: the weights of cues, one row a cue and one column a code, as a person can read and edit them (`engine.cues` says what a cue is)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from ..files import write_atomic
from ..model import Fault, KubeError
from ..words import say
from . import reader as sentence_reader
from .bundles import FILE, Bundles
from .reader import Reader

BIAS, THRESHOLD, ABSENT, READS, OUTPUT = "(bias)", "(threshold)", "(absent)", "(reads from)", "(reader's code)"
BESIDE = (FILE, sentence_reader.FILE)
READER = "(reader "  # and four signs of the reader's digest


@dataclass(frozen=True)
class CueModel:
    """Weights of cues: `table` is cues × codes (the last code may be "(absent)"), with a bias and a threshold for each code."""

    codes: tuple[str, ...]
    cues: Mapping[str, int]
    table: np.ndarray
    bias: np.ndarray
    threshold: np.ndarray
    bundles: Bundles | None = None  # words that speak together; each bundle is a cue of the table
    reader: Reader | None = None  # what it says of a code counts `heed` times, in sentences whose cues come to `reads` for any code
    heed: np.ndarray = field(default_factory=lambda: np.zeros(0))
    reads: np.ndarray = field(default_factory=lambda: np.zeros(0))
    output: np.ndarray = field(default_factory=lambda: np.zeros(0))  # which of the reader's codes each column is, from 1 on (0: none); a code may have been renamed since

    def __repr__(self) -> str:
        return f"CueModel({len(self.codes)} codes, {len(self.cues)} cues)"

    def save(self, path: Path | str) -> None:
        """Write the table as CSV, the cues that weigh most first (weights that come to less than 0.01 are left empty), and its bundles beside it."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("cue", *self.codes))
        for name, row in ((BIAS, self.bias), (THRESHOLD, self.threshold), *(((f"{READER}{self.reader.mark})", self.heed), (READS, self.reads), (OUTPUT, self.output)) if self.reader else ())):
            writer.writerow((name, *(str(x) if row.dtype.kind == "i" else f"{x:.2f}" for x in row)))
        weight = np.abs(self.table).max(1) if len(self.cues) else np.zeros(0)
        for name, i in sorted(self.cues.items(), key=lambda cue: (-round(float(weight[cue[1]]), 2), cue[0])):
            writer.writerow((name, *(_short(float(x)) for x in self.table[i])))
        if self.bundles is not None:
            self.bundles.save(Path(path).with_name(FILE))
        write_atomic(Path(path), out.getvalue())

    @classmethod
    def load(cls, path: Path | str) -> CueModel:
        """Read a cue table (CSV: cue, then one column a code); faults carry their line."""
        path = Path(path)
        return _load(path, *_stamp(path), *(x for name in BESIDE for x in (_stamp(path.parent / name) if (path.parent / name).exists() else (0, 0))))

    @property
    def beside(self) -> tuple[str, ...]:
        """The files beside the table that it names."""
        return tuple(name for name, part in zip(BESIDE, (self.bundles, self.reader), strict=True) if part is not None)

    @cached_property
    def listened(self) -> np.ndarray:
        """The reader's codes × the table's: how much what is said of one counts for the other."""
        assert self.reader is not None
        out = np.zeros((len(self.reader.codes) + 1, len(self.codes)))
        out[self.output, np.arange(len(self.codes))] = self.heed
        return out[1:]

    @cached_property
    def mix(self) -> np.ndarray:
        """Bundles × codes: what each bundle says for each code (nothing where the table does not name it)."""
        names = self.bundles.names if self.bundles else ()
        return np.array([self.table[self.cues[n]] if n in self.cues else np.zeros(len(self.codes)) for n in names]).reshape(len(names), len(self.codes))


def _reader(path: Path, name: str) -> Reader:
    """The sentence reader that a cue table names: the file beside it."""
    beside = path.parent / sentence_reader.FILE
    place = f"{path.parent.name}/{path.name}"
    if not beside.exists():
        raise KubeError(Fault(say(f"Tabel isyarat ini memakai pembaca kalimat, tetapi {beside.name} tidak ada di sampingnya.", f"This cue table uses the sentence reader, but {beside.name} does not lie beside it."), place, say(f"Salin {beside.name} dari tempat asal tabel ini, atau buat lagi tabelnya dengan `kube-research learn`.", f"Copy {beside.name} from where the table came from, or make the table again with `kube-research learn`.")))
    found = Reader.load(beside)
    if name != f"{READER}{found.mark})":
        raise KubeError(Fault(say(f"Tabel isyarat ini dibuat dengan pembaca kalimat lain: {name}; {beside.name} ialah {found.mark}.", f"This cue table was made with another sentence reader: {name}; {beside.name} is {found.mark}."), place, say(f"Salin tabel dan {beside.name} dari tempat yang sama, atau buat lagi tabelnya dengan `kube-research learn`.", f"Copy the table and {beside.name} from one place, or make the table again with `kube-research learn`.")))
    return found


def _layer(path: Path, named: list[str]) -> Bundles:
    """The bundles that a cue table names: in the file beside it."""
    beside = path.parent / FILE
    place = f"{path.parent.name}/{path.name}"
    if not beside.exists():
        raise KubeError(Fault(say(f"Tabel isyarat ini memakai ikatan kata, tetapi {FILE} tidak ada di sampingnya.", f"This cue table uses word bundles, but {FILE} does not lie beside it."), place, say(f"Salin {FILE} dari tempat asal tabel ini, atau buat lagi tabelnya dengan `kube-research learn`.", f"Copy {FILE} from where the table came from, or make the table again with `kube-research learn`.")))
    bundles = Bundles.load(beside)
    if strange := sorted(set(named) - set(bundles.names)):
        raise KubeError(Fault(say(f"Tabel isyarat ini dibuat dengan ikatan kata lain ({strange[0]} tidak ada di {FILE}).", f"This cue table was made with other word bundles ({strange[0]} is not in {FILE})."), place, say(f"Salin tabel dan {FILE} dari tempat yang sama, atau buat lagi tabelnya dengan `kube-research learn`.", f"Copy the table and {FILE} from one place, or make the table again with `kube-research learn`.")))
    return bundles


def _short(weight: float) -> str:
    text = f"{weight:.2f}"
    return "" if text in ("0.00", "-0.00") else text.replace("0.", ".", 1) if abs(weight) < 1 else text


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=32)
def _load(path: Path, *_stamps: int) -> CueModel:
    place = f"{path.parent.name}/{path.name}"
    from ..text import decode

    text = decode(path.read_bytes(), place).removeprefix("\ufeff")
    head = next(csv.reader(io.StringIO(text, newline="")), [])
    if len(head) < 2 or head[0] != "cue":
        raise KubeError(Fault(say("Ini bukan tabel isyarat: baris pertamanya harus `cue,<kode>,…`.", "This is no cue table: its first line must be `cue,<code>,…`."), f"{place}:1", say("Buat lagi dengan `kube-research learn`.", "Make it again with `kube-research learn`.")))
    names, table = _quickly(text, head) or _line_by_line(text, head, place)
    bias, threshold = (table[names[x]] if x in names else np.zeros(len(head) - 1) for x in (BIAS, THRESHOLD))
    spoken, *others = [c for c in names if c.startswith(READER)] or [""]
    if spoken and (others or OUTPUT not in names):
        raise KubeError(Fault(say(f"Tabel isyarat ini menyebut dua pembaca kalimat: {spoken}, {others[0]}.", f"This cue table names two sentence readers: {spoken}, {others[0]}.") if others else say(f"Tabel isyarat ini memakai pembaca kalimat, tetapi baris {OUTPUT} tidak ada.", f"This cue table uses the sentence reader, but has no row {OUTPUT}."),
                              place, say(f"Salin lagi tabelnya dari tempat asalnya; atau hapus juga baris {spoken}, untuk mengode tanpa pembaca kalimat.", f"Copy the table again from where it came from; or delete the row {spoken} too, to code without the sentence reader.")))
    cues = {c: i for c, i in names.items() if c not in (BIAS, THRESHOLD, READS, OUTPUT, spoken)}
    named = [c for c in cues if c.startswith("&")]
    model = CueModel(tuple(head[1:]), cues, table, bias, threshold, _layer(path, named) if named else None)
    if not spoken:
        return model
    reader = _reader(path, spoken)
    output = table[names[OUTPUT]]
    if not np.isin(output, np.arange(len(reader.codes) + 1)).all():
        raise KubeError(Fault(say(f"Baris {OUTPUT} memuat nomor yang tidak ada pada pembaca kalimat (0–{len(reader.codes)}).", f"The row {OUTPUT} holds a number that the sentence reader has not (0–{len(reader.codes)})."), place, say("Buat lagi tabelnya dengan `kube-research learn`.", "Make the table again with `kube-research learn`.")))
    return replace(model, reader=reader, heed=table[names[spoken]], reads=table[names[READS]] if READS in names else np.full(len(model.codes), -1e6), output=output.astype(int))


def _quickly(text: str, head: list[str]) -> tuple[dict[str, int], np.ndarray] | None:
    """The cues and weights of a table in which nothing is amiss; None where a closer look is wanted."""
    import pandas as pd

    kinds = {i: "str" if i == 0 else "float64" for i in range(len(head))}
    try:
        frame = pd.read_csv(io.StringIO(text), header=None, skiprows=1, names=range(len(head)), dtype=kinds, keep_default_na=False, na_values={i: [""] for i in range(1, len(head))}, index_col=False, on_bad_lines="error")
    except (ValueError, pd.errors.ParserWarning):
        return None
    table = frame.iloc[:, 1:].to_numpy(np.float64, copy=True)
    names = {c: i for i, c in enumerate(frame[0])}
    bare = re.sub(r'"[^"]*"', "", text)
    empty = np.isnan(table)
    if bare.count(",") != (len(head) - 1) * (len(frame) + 1) or len(names) < len(frame) or len(re.findall(r",(?=[,\n]|$)", bare)) != empty.sum() or np.isinf(table).any():
        return None  # pandas fills up a line that is too short, and reads "nan"
    return names, np.nan_to_num(table, copy=False)


def _line_by_line(text: str, head: list[str], place: str) -> tuple[dict[str, int], np.ndarray]:
    """The same with a fault for every line that is amiss."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    faults: list[Fault] = []
    names: dict[str, int] = {}
    values: list[list[float | None]] = []
    for n, row in enumerate(rows[1:], 2):
        if not row:
            continue
        if len(row) != len(head):
            faults.append(Fault(say(f"Baris ini memiliki {len(row)} kolom, bukan {len(head)}.", f"This line has {len(row)} columns, not {len(head)}."), f"{place}:{n}", say("Isyarat yang memuat koma ditulis di antara tanda kutip; atau buat lagi tabelnya dengan `kube-research learn`.", "A cue with a comma stands between quotation marks; or make the table again with `kube-research learn`.")))
            continue
        numbers = [_number(x) for x in row[1:]]
        if None in numbers:
            bad = row[1 + numbers.index(None)]
            faults.append(Fault(say(f"Bobot {bad!r} bukan angka.", f"The weight {bad!r} is not a number."), f"{place}:{n}", say("Tulis misalnya 0.75.", "Write 0.75, for instance.")))
            continue
        names[row[0]] = len(values)
        values.append(numbers)
    if faults:
        raise KubeError(faults)
    return names, np.array(values, dtype=np.float64).reshape(-1, len(head) - 1)


def _number(cell: str) -> float | None:
    """A weight; None where it is no finite number."""
    try:
        weight = float(cell or 0)
    except ValueError:
        return None
    return weight if np.isfinite(weight) else None


def table_path(book: object) -> Path | None:
    """The cue table beside a codebook (participation.yml → participation.cues.csv), if there is one."""
    path = getattr(book, "path", None)
    if path is None:
        return None
    beside = Path(path).with_suffix("").with_suffix(".cues.csv")
    return beside if beside.exists() else None
