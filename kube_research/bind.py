"""Numbers in prose are bound, not typed: `{persons code=gd.cohesion outcome=berhasil}` is counted each time it is read.

Marks, in a Markdown cell of a notebook or in `chapters/*.md`:

    {persons code=… outcome=…}    5 dari 6: persons with such a coding, of the persons who speak in the selection
    {documents …} {segments …} {words …}          documents (of those there are), codings, words in quotations
    {share code=… …}              83%: the persons' share
    {alpha code=… coders=a,b} {kappa …}           agreement of two coders, unit=turn|sentence
    {quote id=3ca0580e} or {quote at=LD04:27 code=…}        the words, with who said them and where
    {table rows=case code=a,b count=persons caption="…"}    a numbered table in a chapter (order=…: these rows, in this order); {figure kind_of=heatmap|dots|diverging …} a figure

Any column or attribute that `Codings.where` knows narrows the selection.  Without `polarity` a coding counts that is present;
`polarity=absent|any`.  `coder=rules` counts the machine's codings.  `form=n` leaves out "of how many".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from .adjudication import independent
from .codings import Codings
from .consent import hinders, withheld
from .matrix import COUNTS, Matrix, _base, _words, cross
from .model import Fault, KubeError, unknown
from .study import Study, write_atomic
from .text import decode, normalise, sentences
from .words import role, say, using

MEASURES = ("persons", "segments", "documents", "words", "share", "kappa", "alpha", "quote", "table", "figure")
_MARK = re.compile(r"(?<!\\)\{([a-z]+)((?:\s+[A-Za-z_][\w-]*=(?:\"[^\"\n]*\"|[^\s\"{}]+))+)\s*\}")
_LIKE = re.compile(rf"(?<!\\)\{{({'|'.join(MEASURES)})\b([^{{}}\n]{{0,300}})\}}")
_PAIR = re.compile(r"([A-Za-z_][\w-]*)=(\"[^\"\n]*\"|[^\s\"{}]+)")
_OWN = {"form", "unit", "coders", "polarity", "of", "id", "at", "count", "rows", "columns", "caption", "label", "coder", "source", "kind_of", "order"}
_ELSE = ("claim",)  # read by `claims`


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: its measure, its keys, its words and span in the text."""

    measure: str
    keys: Mapping[str, str]
    raw: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Value:
    """What a mark stands for now: its mark as written, its value, the sentence it stands in, its line."""

    mark: str
    value: str
    sentence: str
    line: int


class Bound(str):
    """A text whose marks were filled in; `values` tells each.  Shown as Markdown in a notebook."""

    values: tuple[Value, ...]

    def __new__(cls, text: str, values: tuple[Value, ...] = ()) -> Bound:
        made = super().__new__(cls, text)
        made.values = values
        return made

    def _repr_markdown_(self) -> str:
        return re.sub(r"([<>&`|])", lambda m: {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(m.group(), "\\" + m.group()), self)


@dataclass(frozen=True)
class Quote:
    """A participant's words for a chapter: the words, who said them (pseudonymous code), document and line."""

    words: str
    speaker: str
    document: str
    line: int
    withheld: bool = False

    @property
    def source(self) -> str:
        return f"{self.speaker}, {self.document}:{self.line}"


def marks(text: str, where: str = "") -> list[Mark]:
    """The marks of a text in order; unknown measures and unreadable marks are errors, all at once."""
    found, faults, seen = [], [], set()
    for m in _MARK.finditer(text):
        seen.add(m.start())
        line = text.count("\n", 0, m.start()) + 1
        if m.group(1) in _ELSE:
            continue
        if m.group(1) not in MEASURES:
            f = unknown("ukuran", "measure", m.group(1), MEASURES)
            faults.append(Fault(f.what, f"{where}:{line}" if where else str(line), f.remedy))
            continue
        found.append(Mark(m.group(1), {k: v.strip('"') for k, v in _PAIR.findall(m.group(2))}, m.group(), m.start(), m.end()))
    for m in _LIKE.finditer(text):
        if m.start() not in seen:
            line = text.count("\n", 0, m.start()) + 1
            faults.append(Fault(say(f"Tanda tidak terbaca: {m.group()[:60]}", f"A mark cannot be read: {m.group()[:60]}"), f"{where}:{line}" if where else str(line),
                                say("Tulis {persons code=gd.cohesion outcome=berhasil}; nilai dengan spasi di antara tanda kutip.", "Write {persons code=gd.cohesion outcome=berhasil}; a value with spaces between quotation marks.")))
    if faults:
        raise KubeError(faults)
    return found


class Binder:
    """Computes the marks of a study; codings are read once.  `language`: of the values ("5 dari 6" or "5 of 6")."""

    def __init__(self, study: Study, language: str = "id"):
        self.study, self.language = study, language
        self._codings: dict[str, Codings] = {}
        self._values: dict[str, str] = {}
        self._agreements: dict[tuple[str, str], pd.DataFrame] = {}

    def codings(self, coder: str = "") -> Codings:
        """People's codings, of one coder or (with commas) several; "rules": the machine's."""
        if coder not in self._codings:
            if coder == "rules":
                from .engine import autocode

                self._codings[coder] = autocode(self.study.corpus, *self.study.codebooks())
            else:
                self._codings[coder] = self.study.codings(coder=[c for c in coder.split(",") if c] or None)
        return self._codings[coder]

    def selection(self, mark: Mark, *, polarity: str = "present") -> Codings:
        """The codings that a mark counts."""
        codings = self.codings(mark.keys.get("coder", mark.keys.get("source", "")))
        wanted = {k: tuple(x for x in v.split(",") if x) for k, v in mark.keys.items() if k not in _OWN}
        known = {"document", "kind", "case", "language", "date", *codings._frame.columns, *(k for d in codings.corpus for k in d.meta), *(k for v in codings.corpus.cases.values() for k in v)}
        faults = [unknown("kolom atau atribut", "column or attribute", k, sorted(known)) for k in wanted if k not in known]
        codes = {c.id for b in codings.books for c in b} | set(codings._frame["code"])
        faults += [unknown("kode", "code", c, sorted(codes)) for c in wanted.get("code", ()) if c not in codes]
        for k, values in wanted.items():
            if k in known and k not in codings._frame.columns or k in ("case", "document"):
                there = {self.study.corpus.attribute(d, k) for d in self.study.corpus}
                faults += [unknown("nilai", "value", v, sorted(there - {""})) for v in values if v not in there]
        if faults:
            raise KubeError([Fault(f.what, mark.raw[:80], f.remedy) for f in faults])
        chosen = mark.keys.get("polarity", polarity)
        found = codings.where(**wanted)
        if chosen not in ("any", "present", "absent"):
            raise KubeError(unknown("polaritas", "polarity", chosen, ("present", "absent", "any"), mark.raw[:80]))
        return found if chosen == "any" else found.where(polarity=chosen)

    def value(self, mark: Mark) -> str:
        """The value of a mark as the chapter prints it."""
        if mark.raw not in self._values:
            with using(self.language):
                self._values[mark.raw] = getattr(self, f"_{mark.measure}")(mark)
        return self._values[mark.raw]

    def _of(self, n: int, base: int, mark: Mark) -> str:
        if mark.keys.get("form", "of") == "n":
            return self._number(n)
        return say(f"{self._number(n)} dari {self._number(base)}", f"{self._number(n)} of {self._number(base)}")

    def _number(self, n: int) -> str:
        return f"{n:,}".replace(",", say(".", ","))

    def _decimal(self, x: float) -> str:
        return "–" if x != x else f"{x:.2f}".replace(".", say(",", "."))

    def _persons(self, mark: Mark) -> str:
        found = self.selection(mark)
        return self._of(found._frame["speaker"].nunique(), int(_base(found, "code", "persons").sum()), mark)

    def _share(self, mark: Mark) -> str:
        found = self.selection(mark)
        base = int(_base(found, "code", "persons").sum())
        return f"{round(100 * found._frame['speaker'].nunique() / base)}%" if base else "–"

    def _documents(self, mark: Mark) -> str:
        found = self.selection(mark)
        return self._of(found._frame["document"].nunique(), int(_base(found, "code", "documents").sum()), mark)

    def _segments(self, mark: Mark) -> str:
        return self._number(len(self.selection(mark)))

    def _words(self, mark: Mark) -> str:
        import numpy as np

        f = self.selection(mark)._frame
        return self._number(int(_words(f, np.zeros(len(f), np.int64), 1)[0]))

    def _alpha(self, mark: Mark) -> str:
        return self._agreement(mark, "alpha")

    def _kappa(self, mark: Mark) -> str:
        return self._agreement(mark, "kappa")

    def _agreement(self, mark: Mark, column: str) -> str:
        from .intercoder import agreement

        coders, unit = mark.keys.get("coders", ",".join(independent(self.study.coders))), mark.keys.get("unit", "turn")
        if (coders, unit) not in self._agreements:
            self._agreements[coders, unit] = agreement(self.study, [c for c in coders.split(",") if c], unit=unit, rounds=1).frame
        frame = self._agreements[coders, unit]
        code = mark.keys.get("code", "")
        row = frame[frame["code"] == code] if code else frame.tail(1)
        if not len(row) or column not in row:
            raise KubeError(Fault(unknown("kode", "code", code, list(frame["code"])).what, mark.raw[:80], say("Kedua pengode harus pernah memakainya.", "Both coders must have used it.")))
        return self._decimal(float(row[column].iloc[0]))

    def quote(self, mark: Mark) -> Quote:
        """The words that a quote mark names, by the beginning of a coding's id, or by document:line and code."""
        name, at = mark.keys.get("id", ""), mark.keys.get("at", "")
        if name:
            f = self.codings(mark.keys.get("coder", ""))._frame
            f = f[f["id"].str.startswith(name)] if len(name) >= 6 else f[f["id"] == name]
        else:
            f = self.selection(mark, polarity="any")._frame
            line = [self.study.corpus[d].line(a) for d, a in zip(f["document"], f["start"], strict=True)]
            ends = [self.study.corpus[d].line(max(a, b - 1)) for d, a, b in zip(f["document"], f["start"], f["end"], strict=True)]
            document, _, number = at.rpartition(":")
            f = f[[d == document and number.isdigit() and a <= int(number) <= b for d, a, b in zip(f["document"], line, ends, strict=True)]]
        if not len(f):
            raise KubeError(Fault(say("Tidak ada kutipan yang dikodekan di tempat itu.", "No coded quotation is there."), mark.raw[:80], say("Pakai id pengodean, atau at=DOKUMEN:BARIS dengan code=….", "Use a coding's id, or at=DOCUMENT:LINE with code=….")))
        if name and f["id"].nunique() > 1 or len(f[["start", "end"]].drop_duplicates()) > 1:
            raise KubeError(Fault(say(f"Ada {len(f)} kutipan yang cocok.", f"{len(f)} quotations match."), mark.raw[:80], say(f"Sebutkan satu: {', '.join(x[:10] for x in f['id'].head(5))}.", f"Name one: {', '.join(x[:10] for x in f['id'].head(5))}.")))
        r = f.iloc[0]
        d = self.study.corpus[r["document"]]
        why = hinders(d, int(r["start"]), int(r["end"]))
        return Quote(withheld(why) if why else " ".join(d.text[r["start"]:r["end"]].split()), r["speaker"], d.id, d.line(int(r["start"])), bool(why))

    def _quote(self, mark: Mark) -> str:
        q = self.quote(mark)
        return q.words if q.withheld else f"“{q.words}” ({q.source})"

    def matrix(self, mark: Mark) -> Matrix:
        """The matrix of a table mark."""
        count = mark.keys.get("count", "persons")
        if count not in COUNTS:
            raise KubeError(unknown("satuan hitung", "count", count, COUNTS, mark.raw[:80]))
        found = cross(self.selection(mark, polarity="any"), mark.keys.get("rows", "case"), mark.keys.get("columns", "code"), count=count, polarity=mark.keys.get("polarity", "any"))
        wanted = [x for x in mark.keys.get("order", "").split(",") if x]
        faults = [Fault(unknown("baris", "row", x, [str(r) for r in found.frame.index]).what, mark.raw[:80]) for x in wanted if x not in found.frame.index]
        if faults:
            raise KubeError(faults)
        return replace(found, frame=found.frame.loc[wanted], base=found.base.loc[wanted]) if wanted else found

    def _table(self, mark: Mark) -> str:
        frame = self.matrix(mark).frame
        return "; ".join(f"{r}/{c}={frame.at[r, c]}" for r in frame.index for c in frame.columns)

    def _figure(self, mark: Mark) -> str:
        return self._table(mark)


def names_of(matrix: Matrix) -> dict[str, str]:
    """The codes, cases and roles of a matrix as a table of a chapter names them."""
    roles = {str(r): role(str(r)) for axis, names in ((matrix.rows, matrix.frame.index), (matrix.columns, matrix.frame.columns)) if axis == "role" for r in names}
    return roles | {c.id: c.label for b in matrix.codings.books for c in b} | {k: v.get("name") or k for k, v in matrix.codings.corpus.cases.items()}


def bind(study: Study, text: str, *, language: str | None = None, where: str = "") -> Bound:
    """Fill in the marks of a text (one mark, a sentence, a whole chapter); every fault is told at once.

    language: "id" or "en" for the values; None: Indonesian, unless the interface speaks English and the text has no `lang:` line.
    """
    return fill(Binder(study, language or language_of(text)), text, where)


def fill(binder: Binder, text: str, where: str = "") -> Bound:
    """Fill in the marks of a text with a binder; see `bind`."""
    found, faults, values, out, at = marks(text, where), [], [], [], 0
    for m in found:
        try:
            value = binder.value(m)
        except KubeError as e:
            faults += [Fault(f.what, f"{where}:{text.count(chr(10), 0, m.start) + 1}" if where else m.raw[:80], f.remedy) for f in e.faults]
            continue
        out += [text[at:m.start], value]
        at = m.end
        values.append(Value(m.raw, value, "", text.count("\n", 0, m.start) + 1))
    if faults:
        raise KubeError(faults)
    whole = "".join([*out, text[at:]])
    placed, shift = [], 0
    for m, v in zip(found, values, strict=True):
        start = m.start + shift
        shift += len(v.value) - (m.end - m.start)
        placed.append(Value(v.mark, v.value, sentence_at(whole, start), v.line))
    return Bound(whole, tuple(placed))


def language_of(text: str) -> str:
    """The language that a chapter's head names (`lang: en`), else Indonesian."""
    m = re.match(r"\A---\n(?:.*\n)*?lang:\s*\"?(id|en)\b", text)
    return m.group(1) if m else "id"


def sentence_at(text: str, at: int) -> str:
    """The sentence of a text that holds an offset."""
    start = text.rfind("\n\n", 0, at) + 2 if "\n\n" in text[:at] else 0
    end = text.find("\n\n", at)
    block = text[start:end if end >= 0 else len(text)]
    spans = [s for s in sentences(block) if s[0] <= at - start < s[1]] or [(0, len(block))]
    return " ".join(re.sub(r"\{claim[^{}]*\}", "", block[spans[0][0]:spans[0][1]]).split())[:400]


# --- the lock: the values that were seen last ----------------------------------------------------------------------------
@dataclass(frozen=True)
class Change:
    """A bound number that is another than when the chapter was last accepted."""

    mark: str
    sentence: str
    old: str
    new: str
    where: str

    def fault(self) -> Fault:
        if self.mark.startswith(("{table", "{figure")):
            return self._cells()
        return Fault(say(f"'{self.old}' sekarang '{self.new}': {self.sentence}", f"'{self.old}' is now '{self.new}': {self.sentence}"), self.where,
                     say("Baca kalimatnya lagi; terima dengan `kube-research verify BAB.md --accept`.", "Read the sentence again; accept it with `kube-research verify CHAPTER.md --accept`."), "finding")


    def _cells(self) -> Fault:
        """Of a table or figure the cells that differ, not all of them."""
        was, now = (dict(x.rpartition("=")[::2] for x in v.split("; ") if x) for v in (self.old, self.new))
        cells = [k for k in {**was, **now} if was.get(k) != now.get(k)]
        told = "; ".join(f"{k.replace('/', ' × ')}: {was.get(k, '–')} → {now.get(k, '–')}" for k in cells[:8]) + (f" … (+{len(cells) - 8})" if len(cells) > 8 else "")
        name = dict(_PAIR.findall(self.mark)).get("caption", "").strip('"')
        what = (say("Tabel", "Table") if self.mark.startswith("{table") else say("Gambar", "Figure")) + (f" “{name}”" if name else "")
        return Fault(say(f"{what} berubah: {told}.", f"{what} has changed: {told}."), self.where, say("Baca kalimat di sekitarnya lagi; terima dengan `kube-research verify BAB.md --accept`.", "Read the sentences around it again; accept it with `kube-research verify CHAPTER.md --accept`."), "finding")


def chapter_text(path: Path) -> str:
    """The Markdown of a chapter: a .md file, or the Markdown cells of a notebook (its code cells' text outputs are left out)."""
    if path.suffix.lower() == ".ipynb":
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            return normalise("\n\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown"))
        except (ValueError, KeyError, TypeError, RecursionError, OSError) as e:
            raise KubeError(Fault(say("Notebook tidak dapat dibaca.", "The notebook cannot be read."), path.name, say("Buka dan simpan lagi di JupyterLab.", "Open and save it again in JupyterLab."))) from e
    if not path.is_file():
        raise KubeError(Fault(say("Berkas bab ini tidak ada.", "There is no such chapter."), str(path), say("Buat di chapters/, berakhiran .md atau .ipynb.", "Make it in chapters/, ending in .md or .ipynb.")))
    return normalise(decode(path.read_bytes(), path.name))


def lock_path(chapter: Path) -> Path:
    """Where the accepted values of a chapter are kept: beside it, NAME.lock.json."""
    return chapter.with_name(chapter.stem + ".lock.json")


def write_lock(chapter: Path, bound: Bound) -> Path:
    """Accept the values of a chapter."""
    rows = [{"mark": v.mark, "value": v.value, "sentence": v.sentence} for v in bound.values]
    write_atomic(lock_path(chapter), json.dumps({"format": "kube-research-lock", "values": rows}, ensure_ascii=False, indent=1) + "\n")
    return lock_path(chapter)


def accepted(chapter: Path) -> dict[str, list[str]]:
    """Mark → the values that were accepted last, one for each time it stands in the chapter; empty without a lock."""
    path = lock_path(chapter)
    if not path.is_file():
        return {}
    try:
        old: dict[str, list[str]] = {}
        for r in json.loads(path.read_text(encoding="utf-8"))["values"]:
            old.setdefault(str(r["mark"]), []).append(str(r["value"]))
        return old
    except (ValueError, KeyError, TypeError, RecursionError):
        raise KubeError(Fault(say("Berkas nilai terikat rusak.", "The file of bound values is damaged."), path.name, say("Pulihkan dari git, atau hapus lalu terima lagi dengan `verify --accept`.", "Restore it from git, or delete it and accept again with `verify --accept`."))) from None


def changes(chapter: Path, bound: Bound) -> list[Change]:
    """The values that differ from the accepted ones; marks that are new or gone are no change.  Without a lock: none."""
    old = accepted(chapter)
    out = []
    for v in bound.values:
        was = old.get(v.mark)
        before = was.pop(0) if was and len(was) > 1 else was[0] if was else v.value
        if before != v.value:
            out.append(Change(v.mark, v.sentence, before, v.value, f"{chapter.name}:{v.line}"))
    return out


def faults(study: Study) -> Iterator[Fault]:
    """What `check` tells of the chapters in chapters/: marks that cannot be computed, values that changed since they were accepted."""
    for path in sorted((study.root / "chapters").glob("*.md")):
        try:
            yield from (c.fault() for c in changes(path, fill(Binder(study, language_of(chapter_text(path))), chapter_text(path), path.name)))
        except KubeError as e:
            yield from e.faults


__all__ = ["Binder", "Bound", "Change", "Mark", "Quote", "Value", "bind", "changes", "faults", "marks", "write_lock"]
