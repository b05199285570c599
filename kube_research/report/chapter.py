"""A chapter of a thesis in Word or PDF, made from Markdown or a notebook whose numbers, tables and quotations are bound to the study.

`--chapter FILE.md|.ipynb`; without it the case-study chapter that `casestudy` writes.  The head of a chapter (between `---` lines) may
name `bab: 4`, `lang: id`, `bibliography: references.bib`.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..bind import Binder, Bound, Mark, bind, changes, chapter_text, fill, language_of, lock_path, marks, names_of, write_lock
from ..claims import _MARK as CLAIM
from ..matrix import Matrix, _base
from ..model import Fault, KubeError, unknown
from ..study import Study, write_atomic
from ..words import say, using
from . import fields
from . import pandoc as p
from .outputs import Output, outputs
from .pandoc import Node, div, para, raw, words
from .references import citing, gather

_TOKEN = re.compile("\ue000(\\d+)\ue001")
_REFERENCE = re.compile(r"@(tabel|gambar|table|figure):([\w-]+)")
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_FIGURE = re.compile(r"[-–+−]?[\d.,/]*%?")
KINDS = ("heatmap", "dots", "diverging")


@dataclass
class Made:
    """A chapter on its way: its tree, the records of bound numbers, the values, pictures by name."""

    tree: dict[str, Any]
    bound: list[dict[str, str]] = field(default_factory=list)
    values: Bound = field(default_factory=lambda: Bound(""))
    pictures: dict[str, bytes] = field(default_factory=dict)


def write_docx(study: Study, path: Path | str, *, chapter: Path | str = "", accept: bool = True, **_: object) -> Path:
    """Write a chapter as .docx; the same study and chapter give the same bytes.  `accept`: a chapter without a lock gets one."""
    path = Path(path)
    p.pandoc()
    with tempfile.TemporaryDirectory() as folder:
        made = make(study, chapter, "docx", Path(folder))
        from ..verify.pages import of_docx
        from ..verify.retyped import surroundings
        from .reference import reference, rezip

        (Path(folder) / "reference.docx").write_bytes(reference())
        target = Path(folder) / "chapter.docx"
        p.convert(made.tree, "docx", output=target, extra=("--resource-path", folder, "--reference-doc", str(Path(folder) / "reference.docx"), *citing(folder)), epoch=315532800)
        around = surroundings(of_docx(target.read_bytes(), path.name).paragraphs)
        record = _record([{**r, **around.get(r["id"], {})} for r in made.bound])
        data = rezip(target.read_bytes(), change={"word/_rels/document.xml.rels": _related, "word/document.xml": _finish}, add={"customXml/item1.xml": record})
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data)
    if accept:
        _lock(chapter, made)
    return path


def write_pdf(study: Study, path: Path | str, *, chapter: Path | str = "", accept: bool = True, **_: object) -> Path:
    """Write a chapter as PDF (pandoc, then typst, with fonts that come along); the same study and chapter give the same bytes."""
    import datetime

    import matplotlib
    import typst

    path = Path(path)
    p.pandoc()
    with tempfile.TemporaryDirectory() as folder:
        made = make(study, chapter, "typst", Path(folder))
        body = p.convert(made.tree, "typst", extra=citing(folder))
        (Path(folder) / "chapter.typ").write_text((Path(__file__).parent / "thesis.typ").read_text(encoding="utf-8").replace("LANGUAGE", str(made.tree["meta"]["lang"]["c"][0]["c"])) + "\n" + body, encoding="utf-8")
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        try:
            data = typst.compile(str(Path(folder) / "chapter.typ"), root=folder, font_paths=[str(fonts)], ignore_system_fonts=True, timestamp=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
        except RuntimeError as e:
            raise KubeError(Fault(say(f"Typst menolak bab ini: {str(e).strip()[:300]}", f"Typst refuses this chapter: {str(e).strip()[:300]}"), str(path), say("Periksa babnya.", "Look at the chapter."))) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, data)
    if accept:
        _lock(chapter, made)
    return path


def _lock(chapter: Path | str, made: Made) -> None:
    """The first making of a chapter accepts its values; later ones leave the lock, so that a change is seen."""
    if chapter and made.values.values and not lock_path(Path(chapter)).exists():
        write_lock(Path(chapter), made.values)


def changed(study: Study, chapter: Path | str) -> list[Fault]:
    """The bound values of a chapter that are no longer the accepted ones."""
    text = chapter_text(Path(chapter))
    return [c.fault() for c in changes(Path(chapter), bind(study, text, where=Path(chapter).name))]


# --- from Markdown to the tree -------------------------------------------------------------------------------------------
def make(study: Study, chapter: Path | str, form: str, folder: Path) -> Made:
    """The tree of a chapter for a form ("docx" or "typst"), its pictures and references written into a folder."""
    if chapter:
        path = Path(chapter)
        name = path.name
        notebook = path.suffix.lower() == ".ipynb"
        text = outputs(path)[0] if notebook else chapter_text(path)
    else:
        from .casestudy import generate

        path, text, name, notebook = study.root / "chapters" / "x.md", generate(study), "", False
    language = language_of(text)
    with using(language):
        return _Maker(study, text, name, language, form, folder, path.parent, outputs(path)[1] if notebook else {}).made()


class _Maker:
    def __init__(self, study: Study, text: str, name: str, language: str, form: str, folder: Path, home: Path, shown: dict[str, Output]):
        self.study, self.language, self.form, self.folder, self.home, self.name = study, language, form, folder, home, name
        head = re.match(r"\A---\n(.*?)\n---\n", text, re.S)
        self.meta = dict(re.findall(r"^([\w-]+):\s*\"?(.*?)\"?\s*$", head.group(1), re.M)) if head else {}
        self.text = text[head.end():] if head else text
        self.shift = text.count("\n", 0, head.end()) if head else 0
        self.number = int(self.meta["bab"]) if self.meta.get("bab", "").isdigit() else 4
        self.binder = Binder(study, language)
        self.values = fill(self.binder, text, name)
        self.out = Made({}, values=self.values)
        self.shown = shown
        self.marked: dict[str, str] = {}  # the words of a reference → the bookmark they point to
        self.counters = {"tabel": 0, "gambar": 0, 2: 0, 3: 0, 4: 0}
        self.places: dict[str, str] = {}

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
            _as_typed(blocks)
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
        level, attributes, inlines = b["c"]
        inlines = self._inlines(inlines)
        if level == 1:
            title = words(p.plain(inlines).upper())
            start = words(f"BAB {_ROMAN[self.number] if self.number < len(_ROMAN) else self.number}" if self.language == "id" else f"CHAPTER {self.number}")
            inlines = [*start, raw("typst", "#linebreak()") if self.form == "typst" else {"t": "LineBreak"}, *title]
            if p.plain(b["c"][2]).upper() in ("DAFTAR PUSTAKA", "REFERENCES"):
                inlines = title
        elif level in (2, 3, 4):
            self.counters[level] += 1
            for deeper in range(level + 1, 5):
                self.counters[deeper] = 0
            label = ".".join(str(x) for x in (self.number, *(self.counters[k] for k in range(2, level + 1))))
            inlines = [{"t": "Str", "c": label}, {"t": "Space"}, *inlines]
        return {"t": "Header", "c": [level, attributes, inlines]}

    def _quote(self, n: int, mark: Mark) -> Iterator[Node]:
        q = self.binder.quote(mark)
        if q.withheld:
            yield para(words(q.words))
        else:
            yield {"t": "BlockQuote", "c": [para([*words(q.words), {"t": "Space"}, *words(f"({_unbroken(q.source)})")])]}

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
        yield self._styled("Table Caption", self._caption("tabel", mark.keys.get("label", ""), mark.keys.get("caption", "") or say(f"Jumlah {unit}", f"Number of {unit}")), "table-caption")
        columns, rows = list(m.frame.columns), list(m.frame.index)
        head = [words(_title(m.rows)), *(words(str(names.get(c, c))) for c in columns)]
        body = []
        for r in rows:
            body.append([words(str(names.get(r, r))), *(self._bound(str(m.frame.at[r, c]), mark, row=str(r), column=str(c)) for c in columns)])
        base = self._bases(m, columns)
        if base:
            body.append([[{"t": "Emph", "c": words(base[0])}], *([{"t": "Emph", "c": words(str(x))}] for x in base[1])])
        first = 0.34 if len(columns) < 6 else 0.26
        yield p.table(head, body, [first, *[(1 - first) / len(columns)] * len(columns)], ["AlignLeft", *["AlignCenter"] * len(columns)])
        note = re.sub(r" n \([^)]*\): .*?\.(?= (?:Saringan|Filter):)", "", m.note) if base else m.note
        yield self._styled("Sumber", words(say("Keterangan: ", "Note: ") + note), "note")

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
            yield from self._image(o.data, o.alt or o.caption, o.caption or _short(o.alt), o.label)
        elif o.kind == "quotations":
            for said, source in o.rows:
                yield {"t": "BlockQuote", "c": [para([*words(said), *([{"t": "Space"}, *words(f"({_unbroken(source)})")] if source else [])])]}
        else:
            rows = o.rows
            if len(rows) * 2 < len(rows[0]) and _columns(rows)[2] and all(_FIGURE.fullmatch(c) for r in rows[1:] for c in r[1:]):
                rows = tuple(zip(*(("", *rows[0][1:]), *rows[1:]), strict=True))  # a few rows of many numbers stand better upright
            head, *body = rows
            yield self._styled("Table Caption", self._caption("tabel", o.label, o.caption or say("Keluaran notebook", "Output of the notebook")), "table-caption")
            widths, aligns, small = _columns(rows)
            yield p.table([words(c) for c in head], [[words(c) for c in r] for r in body], widths, aligns, small=self.form if small else "")
            yield self._styled("Sumber", words(say("Keterangan: ", "Note: ") + (o.note or say("dihitung di notebook.", "counted in the notebook."))), "note")

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

    def _value(self, n: int) -> list[Node]:
        mark = self.marks[n]
        if mark.measure == "quote":
            q = self.binder.quote(mark)
            return words(q.words if q.withheld else f"“{q.words}” ({_unbroken(q.source)})")
        if mark.measure in ("table", "figure"):
            raise KubeError(Fault(say("Tabel dan gambar berdiri sendiri dalam satu paragraf.", "A table or figure stands alone in its paragraph."), mark.raw[:80], say("Beri baris kosong di atas dan di bawahnya.", "Put an empty line above and below it.")))
        return self._bound(self.binder.value(mark), mark)

    def _bound(self, value: str, mark: Mark, **place: str) -> list[Node]:
        """A value; in Word inside a content control whose record says what it was counted from."""
        if self.form != "docx":
            return words(value)
        tag = f"kube{len(self.out.bound) + 1}"
        self.out.bound.append({"id": tag, "mark": mark.raw, "value": value, "lang": self.language, **place})
        alias = _escape(re.sub(r"[{}]", "", mark.raw)[:60])
        return [raw("openxml", f'<w:sdt><w:sdtPr><w:alias w:val="{alias}"/><w:tag w:val="{tag}"/></w:sdtPr><w:sdtContent><w:r><w:t xml:space="preserve">{_escape(value)}</w:t></w:r></w:sdtContent></w:sdt>')]

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


def _short(alt: str) -> str:
    """The beginning of a picture's description, as its caption."""
    first = re.split(r"(?<=[^\W\d])[.:](?= )", alt, maxsplit=1)[0]
    return first if len(first) <= 140 else first[:140].rsplit(" ", 1)[0] + " …"


def _columns(rows: tuple[tuple[str, ...], ...]) -> tuple[list[float], list[str], bool]:
    """Of a table's columns the widths (no word cut, what is left by the usual length), the alignments (numbers centred); whether it must be set small."""
    columns = list(zip(*rows, strict=True))
    least = [max(len(w) for c in column for w in (c.split() or [""])) + 3 for column in columns]
    small = sum(least) > 70  # characters of 11 pt in a line
    left = max(0.0, (100 if small else 70) - sum(least))
    usual = [min(60.0, sum(map(len, column[1:])) / max(1, len(column) - 1)) + 1 for column in columns]
    width = [a + left * b / sum(usual) for a, b in zip(least, usual, strict=True)]
    figures = [all(_FIGURE.fullmatch(c) for c in column[1:]) for column in columns]
    return [w / sum(width) for w in width], ["AlignCenter" if f else "AlignLeft" for f in figures], small


def _refers(node: Any) -> bool:
    return isinstance(node, dict) and node.get("t") == "Str" and "\ue002" in str(node["c"])


def _as_typed(blocks: list[Node]) -> None:
    """Words that typst would set otherwise ("..." as one sign, "--" as a dash) become strings, which it leaves alone."""
    for n in p.walk(blocks):
        if n["t"] == "Str" and re.search(r"\.\.|--|-\?", n["c"]):
            n["t"], n["c"] = "RawInline", ["typst", "#" + json.dumps(n["c"], ensure_ascii=False) + ";"]


def _unbroken(source: str) -> str:
    """A speaker's code and a place that no line end cuts."""
    return source.replace("-", "\u2011")


def _title(name: str) -> str:
    return {"case": say("Kasus", "Case"), "code": say("Kode", "Code"), "outcome": say("Hasil", "Outcome"), "speaker": say("Informan", "Informant"), "role": say("Peran", "Role"), "document": say("Dokumen", "Document"), "theme": say("Tema", "Theme")}.get(name, name)


def _escape(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _record(bound: list[dict[str, str]]) -> bytes:
    from ..verify.pages import BOUND

    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{BOUND}>{_escape(json.dumps(bound, ensure_ascii=False))}</{BOUND}>'.encode()


def _related(rels: bytes) -> bytes:
    link = b'<Relationship Id="rIdKubeBound" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml" Target="../customXml/item1.xml"/>'
    return rels.replace(b"</Relationships>", link + b"</Relationships>")


def _finish(document: bytes) -> bytes:
    """No row of a table is cut in two."""
    return re.sub(rb"<w:tr>(?!<w:trPr>)", b"<w:tr><w:trPr><w:cantSplit/></w:trPr>", document)


__all__ = ["Made", "changed", "make", "write_docx", "write_pdf"]
