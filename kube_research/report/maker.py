"""The tree of a chapter: Markdown or a notebook's cells, in which every mark becomes a bound value, a table, a figure or a quotation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..bind import Binder, Bound, Mark, chapter_text, fill, language_of, marks, names_of
from ..claims import _MARK as CLAIM
from ..matrix import Matrix, _base
from ..model import Fault, KubeError, unknown
from ..study import Study
from ..words import say, using
from . import fields
from . import pandoc as p
from .layout import FIGURE, as_typed, columns_of, short, title, unbroken
from .outputs import Output, outputs
from .pandoc import Node, div, para, raw, words
from .references import gather

_TOKEN = re.compile("\ue000(\\d+)\ue001")
_REFERENCE = re.compile(r"@(tabel|gambar|table|figure):([\w-]+)")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
KINDS = ("heatmap", "dots", "diverging")
WHOLE = 24  # rows of a table that no page cuts
UNNUMBERED = ("DAFTAR PUSTAKA", "REFERENCES")  # chapters' heads that bear no number


@dataclass
class Made:
    """A chapter on its way: its tree, the records of bound numbers, the values, pictures by name."""

    tree: dict[str, Any]
    bound: list[dict[str, str]] = field(default_factory=list)
    values: Bound = field(default_factory=lambda: Bound(""))
    pictures: dict[str, bytes] = field(default_factory=dict)
    number: int = 4
    language: str = "id"


def make(study: Study, chapter: Path | str, form: str, folder: Path, binder: Binder | None = None, *, typed: bool = False) -> Made:
    """The tree of a chapter for a form ("docx" or "typst"), its pictures and references written into a folder.  `binder`: one that has counted already; `typed`: numbers of headings are text."""
    if chapter:
        path = Path(chapter)
        name = path.name
        notebook = path.suffix.lower() == ".ipynb"
        text = text_of(path)
    else:
        from .casestudy import generate

        path, text, name, notebook = study.root / "chapters" / "x.md", generate(study), "", False
    language = language_of(text)
    with using(language):
        return _Maker(study, text, name, language, form, folder, path.parent, outputs(path)[1] if notebook else {}, binder, typed).made()


def text_of(chapter: Path) -> str:
    """The Markdown of a chapter, with the outputs of a notebook in their places."""
    return outputs(chapter)[0] if chapter.suffix.lower() == ".ipynb" else chapter_text(chapter)


Cell = tuple[str, list[Node]]  # the words of a table's cell, and how they are set


def _cell(text: str) -> Cell:
    return text, words(text)


class _Maker:
    def __init__(self, study: Study, text: str, name: str, language: str, form: str, folder: Path, home: Path, shown: dict[str, Output], binder: Binder | None, typed: bool):
        self.study, self.language, self.form, self.folder, self.home, self.name = study, language, form, folder, home, name
        head = re.match(r"\A---\n(.*?)\n---\n", text, re.S)
        self.meta = dict(re.findall(r"^([\w-]+):\s*\"?(.*?)\"?\s*$", head.group(1), re.M)) if head else {}
        self.text = text[head.end():] if head else text
        self.shift = text.count("\n", 0, head.end()) if head else 0
        self.number = int(self.meta["bab"]) if self.meta.get("bab", "").isdigit() else 4
        self.binder = binder or Binder(study, language)
        self.values = fill(self.binder, text, name)
        self.out = Made({}, values=self.values, number=self.number, language=language)
        self.shown = shown
        self.marked: dict[str, str] = {}  # the words of a reference → the bookmark they point to
        self.counters = {"tabel": 0, "gambar": 0, 2: 0, 3: 0, 4: 0}
        self.places: dict[str, str] = {}
        self.typed = typed
        self.begun = False  # whether the head that bears the chapter's number has been met

    def made(self) -> Made:
        text = CLAIM.sub("", self.text)
        self.marks: list[Mark] = marks(text, self.name)
        parts, at = [], 0
        for n, m in enumerate(self.marks):
            parts += [text[at:m.start], f"\ue000{n}\ue001"]
            at = m.end
        text = "".join([*parts, text[at:]])
        if "\ue002" not in text:
            for n, (kind, label) in enumerate(dict.fromkeys(_REFERENCE.findall(text))):
                text = re.sub(rf"@{kind}:{re.escape(label)}\b(?![\w-])", f"\ue002{n}\ue003", text)
                self.places[f"\ue002{n}\ue003"] = label
        tree = p.parse(text)
        self.labels: dict[str, str] = {}
        blocks = [b for block in tree["blocks"] for b in self.block(block)]
        self.resolve(blocks)
        blocks = [self._styled("Lead In", b["c"], "lead") if b["t"] == "Para" and b["c"][0]["t"] != "RawInline" and i + 1 < len(blocks) and blocks[i + 1]["t"] == "BlockQuote" else b for i, b in enumerate(blocks)]
        cited = any(n["t"] == "Cite" for n in p.walk(blocks))
        meta: dict[str, Any] = {"lang": {"t": "MetaInlines", "c": words("id" if self.language == "id" else "en")}}
        if cited:
            meta["reference-section-title"] = {"t": "MetaInlines", "c": words(say("DAFTAR PUSTAKA", "REFERENCES"))}
            gather(self.study, self.home, self.meta.get("bibliography", ""), self.folder, self.name)
        if self.form == "typst":
            as_typed(blocks)
        self.out.tree = {"pandoc-api-version": tree["pandoc-api-version"], "meta": meta, "blocks": blocks}
        return self.out

    # --- blocks ---------------------------------------------------------------------------------------------------------
    def block(self, b: Node) -> Iterator[Node]:
        kind = b["t"]
        alone = self._alone(b) if kind == "Para" else None
        if alone is not None:
            yield from getattr(self, f"_{alone[1].measure}", self._inline_alone)(*alone)
        elif kind == "Para" and len(b["c"]) == 1 and b["c"][0]["t"] == "Image" or kind == "Figure":
            yield from self._picture(next(n for n in p.walk(b) if n["t"] == "Image"))
        elif kind == "Header":
            yield self._heading(b)
        elif kind == "BlockQuote":
            yield {"t": "BlockQuote", "c": [x for c in b["c"] for x in self.block(c)]}
        elif kind in ("BulletList", "Div"):
            inner = b["c"] if kind == "BulletList" else b["c"][1]
            if kind == "BulletList":
                yield {"t": kind, "c": [[x for c in item for x in self.block(c)] for item in inner]}
            else:
                yield {"t": kind, "c": [b["c"][0], [x for c in inner for x in self.block(c)]]}
        elif kind == "OrderedList":
            yield {"t": kind, "c": [b["c"][0], [[x for c in item for x in self.block(c)] for item in b["c"][1]]]}
        else:
            yield self._inlines(b)

    def _alone(self, b: Node) -> tuple[int, Mark] | None:
        if len(b["c"]) == 1 and b["c"][0]["t"] == "Str" and (m := _TOKEN.fullmatch(b["c"][0]["c"])):
            mark = self.marks[int(m.group(1))]
            return (int(m.group(1)), mark) if mark.measure in ("quote", "table", "figure") else None
        return None

    def _inline_alone(self, n: int, mark: Mark) -> Iterator[Node]:
        yield para(self._value(n))

    def _heading(self, b: Node) -> Node:
        """A heading; in Word the numbers are those of its style, which Word counts itself, in the PDF they are text."""
        level, attributes, inlines = b["c"]
        inlines, numbered, typed = self._inlines(inlines), level <= 4, self.typed
        if level == 1:
            title = words(p.plain(inlines).upper())
            numbered = not self.begun and p.plain(inlines).upper() not in UNNUMBERED
            self.begun |= numbered
            start = words(f"BAB {_ROMAN[self.number] if self.number < len(_ROMAN) else self.number}" if self.language == "id" else f"CHAPTER {self.number}") if typed else []
            inlines = [*start, raw("typst", "#linebreak()") if self.form == "typst" else {"t": "LineBreak"}, *title] if numbered else title
        elif numbered:
            self.counters[level] += 1
            for deeper in range(level + 1, 5):
                self.counters[deeper] = 0
            if typed:
                inlines = [*words(".".join(str(x) for x in (self.number, *(self.counters[k] for k in range(2, level + 1))))), {"t": "Space"}, *inlines]
        return {"t": "Header", "c": [level, attributes, inlines]}

    def _quote(self, n: int, mark: Mark) -> Iterator[Node]:
        q = self.binder.quote(mark)
        if q.withheld:
            yield para(words(q.words))
        else:
            yield {"t": "BlockQuote", "c": [para([*words(q.words), {"t": "Space"}, *self._source(q.source)])]}

    def _caption(self, kind: str, mark_label: str, caption: str) -> list[Node]:
        """"Tabel 4.1 …": in Word the number is a field that Word counts itself, under a bookmark; in the PDF a place that can be linked to."""
        self.counters[kind] += 1
        name = {"tabel": say("Tabel", "Table"), "gambar": say("Gambar", "Figure")}[kind]
        number = self.counters[kind]
        label = f"{name} {self.number}.{number}"
        anchor = f"_Ref_{kind}_{self.number}_{number}"
        if mark_label:
            if mark_label in self.labels:
                raise KubeError(Fault(say(f"Label '{mark_label}' dipakai dua kali.", f"The label '{mark_label}' is used twice."), self.name, say("Beri label sendiri-sendiri.", "Give each a label of its own.")))
            self.labels[mark_label], self.marked[label] = label, anchor
        if self.form == "docx":
            return [raw("openxml", fields.caption(name, self.number, number, anchor)), {"t": "Space"}, *words(caption)]
        return [*words(label), raw("typst", f" #metadata(none) <{anchor}>"), {"t": "Space"}, *words(caption)]

    def _table(self, n: int, mark: Mark) -> Iterator[Node]:
        m = self.binder.matrix(mark)
        names = names_of(m)
        unit = {"persons": say("orang", "persons"), "segments": say("segmen", "segments"), "documents": say("dokumen", "documents"), "words": say("kata", "words")}[m.count]
        columns = list(m.frame.columns)
        grid = [[_cell(title(m.rows)), *(_cell(str(names.get(c, c))) for c in columns)]]
        for r in m.frame.index:
            grid.append([_cell(str(names.get(r, r))), *((v, self._bound(v, mark, row=str(r), column=str(c))) for c in columns for v in [str(m.frame.at[r, c])])])
        base = self._bases(m, columns)
        if base:
            grid.append([(x, [{"t": "Emph", "c": words(x)}]) for x in (base[0], *map(str, base[1]))])
        note = re.sub(r" n \([^)]*\): .*?\.(?= (?:Saringan|Filter):)", "", m.note) if base else m.note
        yield from self._set(mark.keys.get("caption", "") or say(f"Jumlah {unit}", f"Number of {unit}"), mark.keys.get("label", ""), grid, note)

    def _set(self, caption: str, label: str, grid: list[list[Cell]], note: str) -> Iterator[Node]:
        """A table with its caption above and its note below; the first row of the grid is its head."""
        texts = tuple(tuple(t for t, _ in row) for row in grid)
        if len(texts) * 2 < len(texts[0]) and columns_of(texts)[2] and all(FIGURE.fullmatch(c) for r in texts[1:] for c in r[1:]):
            grid = [list(column) for column in zip(*([_cell(""), *grid[0][1:]], *grid[1:]), strict=True)]  # a few rows of many numbers stand better upright
            texts = tuple(tuple(t for t, _ in row) for row in grid)
        widths, aligns, small = columns_of(texts)
        head, *body = [[nodes for _, nodes in row] for row in grid]
        whole = self.form == "typst" and len(grid) <= WHOLE
        if whole:
            yield raw("typst", "#block(breakable: false, width: 100%, above: 1.6em, below: 1.6em)[", block=True)
        yield self._styled("Table Caption", self._caption("tabel", label, caption), "table-caption")
        yield p.table(head, body, widths, aligns, self.form, small=small)
        yield self._styled("Sumber", words(say("Keterangan: ", "Note: ") + note), "note")
        if whole:
            yield raw("typst", "]", block=True)

    def _bases(self, m: Matrix, columns: list[str]) -> tuple[str, list[int]] | None:
        """The last row of a table whose columns are cases: how many persons speak in each."""
        if m.columns in ("code", "theme", "polarity", "coder") or m.count not in ("persons", "documents"):
            return None
        base = _base(m.codings, m.columns, m.count)
        return say("Orang yang berbicara" if m.count == "persons" else "Dokumen", "Persons who speak" if m.count == "persons" else "Documents"), [int(base.get(c, 0)) for c in columns]

    def _figure(self, n: int, mark: Mark) -> Iterator[Node]:
        from .. import plot

        kind = mark.keys.get("kind_of", "heatmap")
        if kind not in KINDS:
            raise KubeError(unknown("jenis gambar", "kind of figure", kind, KINDS, mark.raw[:80]))
        m = self.binder.matrix(mark)
        picture = plot.diverging(m.codings, rows=m.rows) if kind == "diverging" else getattr(plot, kind)(m)
        yield from self._image(picture.png(200), picture.alt, mark.keys.get("caption", "") or picture.alt, mark.keys.get("label", ""))

    def _picture(self, image: Node) -> Iterator[Node]:
        target = image["c"][2][0]
        caption = p.plain(image["c"][1])
        if target in self.shown:
            yield from self._output(self.shown[target])
            return
        place = (self.home / target).resolve()
        if re.match(r"[a-z][a-z0-9+.-]*:", target, re.I) or not place.is_relative_to(self.study.root.resolve()) or not place.is_file() or place.suffix.lower() not in (".png", ".jpg", ".jpeg"):
            raise KubeError(Fault(say(f"Gambar '{target[:80]}' tidak dapat dipakai.", f"The picture '{target[:80]}' cannot be used."), self.name, say("Simpan sebagai .png atau .jpg di dalam folder studi.", "Keep it as .png or .jpg inside the study's folder.")))
        yield from self._image(place.read_bytes(), caption, caption, suffix=place.suffix)

    def _output(self, o: Output) -> Iterator[Node]:
        """An output of a notebook's cell."""
        if o.kind == "picture":
            yield from self._image(o.data, o.alt or o.caption, o.caption or short(o.alt), o.label)
        elif o.kind == "quotations":
            for said, source in o.rows:
                yield {"t": "BlockQuote", "c": [para([*words(said), *([{"t": "Space"}, *self._source(source)] if source else [])])]}
        else:
            yield from self._set(o.caption or say("Keluaran notebook", "Output of the notebook"), o.label, [[_cell(c) for c in row] for row in o.rows], o.note or say("dihitung di notebook.", "counted in the notebook."))

    def _image(self, data: bytes, alt: str, caption: str, label: str = "", suffix: str = ".png") -> Iterator[Node]:
        name = f"picture-{len(self.out.pictures) + 1}{suffix}"
        self.out.pictures[name] = data
        (self.folder / name).write_bytes(data)
        yield self._styled("Figure", [{"t": "Image", "c": [["", [], [["width", "14cm"]]], words(alt), [name, ""]]}], "picture")
        yield self._styled("Image Caption", self._caption("gambar", label, caption), "image-caption")

    def _styled(self, style: str, inlines: list[Node], function: str) -> Node:
        """A paragraph in a style of the thesis form."""
        if self.form == "docx":
            return div(style, [para(inlines)])
        return para([raw("typst", f"#{function}["), *inlines, raw("typst", "]")])

    # --- inlines --------------------------------------------------------------------------------------------------------
    def _inlines(self, node: Any) -> Any:
        """A copy of a node in which every placeholder is its value."""
        if isinstance(node, list):
            out: list[Any] = []
            for x in node:
                if isinstance(x, dict) and x.get("t") == "Str" and _TOKEN.search(x["c"]):
                    at = 0
                    for m in _TOKEN.finditer(x["c"]):
                        if x["c"][at:m.start()]:
                            out.append({"t": "Str", "c": x["c"][at:m.start()]})
                        out += self._value(int(m.group(1)))
                        at = m.end()
                    if x["c"][at:]:
                        out.append({"t": "Str", "c": x["c"][at:]})
                elif isinstance(x, dict) and x.get("t") in ("RawInline", "RawBlock"):
                    continue
                else:
                    out.append(self._inlines(x))
            return out
        if isinstance(node, dict):
            return {k: self._inlines(v) for k, v in node.items()}
        return node

    def _source(self, source: str) -> list[Node]:
        """An informant's code and a place in brackets, which no line end cuts."""
        shown = words(f"({unbroken(source)})")
        return [raw("typst", "#text(hyphenate: false)["), *shown, raw("typst", "]")] if self.form == "typst" else shown

    def _value(self, n: int) -> list[Node]:
        mark = self.marks[n]
        if mark.measure == "quote":
            q = self.binder.quote(mark)
            return words(q.words) if q.withheld else [*words(f"“{q.words}”"), {"t": "Space"}, *self._source(q.source)]
        if mark.measure in ("table", "figure"):
            raise KubeError(Fault(say("Tabel dan gambar berdiri sendiri dalam satu paragraf.", "A table or figure stands alone in its paragraph."), mark.raw[:80], say("Beri baris kosong di atas dan di bawahnya.", "Put an empty line above and below it.")))
        return self._bound(self.binder.value(mark), mark)

    def _bound(self, value: str, mark: Mark, **place: str) -> list[Node]:
        """A value; in Word inside a content control whose record says what it was counted from."""
        if self.form != "docx":
            return words(value)
        tag = f"kube{len(self.out.bound) + 1}"
        self.out.bound.append({"id": tag, "mark": mark.raw, "value": value, "lang": self.language, **place})
        return [raw("openxml", fields.control(tag, re.sub(r"[{}]", "", mark.raw)[:60], value))]

    def resolve(self, blocks: list[Node]) -> None:
        """Put "Tabel 4.1" where the text refers to a label: in Word a field that follows the caption's number, in the PDF a link."""
        for n in p.walk(blocks):
            if isinstance(n.get("c"), list) and any(_refers(x) for x in n["c"]):
                n["c"] = [y for x in n["c"] for y in (self._referred(x["c"]) if _refers(x) else [x])]

    def _referred(self, text: str) -> list[Node]:
        out: list[Node] = []
        for part in re.split("(\ue002\\d+\ue003)", text):
            if part in self.places:
                label = self.places[part]
                if label not in self.labels:
                    raise KubeError(unknown("label tabel atau gambar", "label of a table or figure", label, list(self.labels), self.name))
                shown = self.labels[label]
                out += [raw("openxml", fields.reference(shown, self.marked[shown]))] if self.form == "docx" else [raw("typst", f"#link(<{self.marked[shown]}>)["), *words(shown), raw("typst", "]")]
            elif part:
                out.append({"t": "Str", "c": part})
        return out


def _refers(node: Any) -> bool:
    return isinstance(node, dict) and node.get("t") == "Str" and "\ue002" in str(node["c"])


__all__ = ["KINDS", "UNNUMBERED", "Made", "make", "text_of"]
