"""A thesis in Word as people make them: each quotation in another form (box, table, footnote, block, tracked changes, split runs …)."""

from __future__ import annotations

import io
import random
import re
import zipfile
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from docx.shared import Cm

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def autocorrected(text: str) -> str:
    """What Word makes of typed text: curly marks, one sign for three dots, long dashes, hyphens and spaces that do not break."""
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text).replace("...", "…").replace(" - ", " – ").replace(" -- ", " — ")
    text = re.sub(r"\b(\w{2,})-(\1)\b", "\\1\u2011\\2", text)
    return re.sub(r"(\d) (?=\w)", "\\1\u00a0", text)


def hyphenated(text: str) -> str:
    """With Word's optional hyphens in long words."""
    return re.sub(r"\b(\w{4})(\w{4,})\b", "\\1\u00ad\\2", text)


def _r(text: str, props: str = "") -> str:
    return f'<w:r {W}>{f"<w:rPr>{props}</w:rPr>" if props else ""}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


class Thesis:
    """A Word file in the making; `add` puts one quotation with its attribution into it in the form of that number."""

    def __init__(self, seed: int = 3):
        self.d = docx.Document()
        self.d.add_heading("BAB IV HASIL DAN PEMBAHASAN", 1)
        self.notes: list[str] = []
        self.rng = random.Random(seed)
        self.forms = ("plain", "runs", "bold", "tracked", "block", "style", "label", "table", "box", "footnote", "auto", "hyphens", "nested", "straight", "translation", "field", "moved")

    def add(self, n: int, words: str, sign: str) -> str:
        form = self.forms[n % len(self.forms)]
        getattr(self, f"_{form}")(words, sign)
        return form

    def _marks(self, words: str) -> str:
        return re.sub(r"[“”\"]", "'", words)

    def _plain(self, words: str, sign: str) -> None:
        self.d.add_paragraph(f"Hal ini tampak dari ucapan berikut: “{words}” {sign}.")

    def _split(self, words: str, prop) -> str:
        out, at = [], 0
        while at < len(words):
            step = self.rng.randint(1, 9)
            out.append(_r(words[at:at + step], prop(len(out))))
            at += step
        return "".join(out)

    def _runs(self, words: str, sign: str) -> None:
        p = self.d.add_paragraph("Seorang informan menuturkan, “")
        for x in re.findall(r"<w:r .*?</w:r>", self._split(words, lambda i: "<w:lang w:val='id-ID'/>" if i % 2 else "")):
            p._p.append(parse_xml(x))
        p.add_run(f"” {sign}.")

    def _bold(self, words: str, sign: str) -> None:
        p = self.d.add_paragraph("Katanya, “")
        w = words.split(" ")
        for i, x in enumerate(w):
            run = p.add_run(x + (" " if i < len(w) - 1 else ""))
            run.bold, run.italic = i % 3 == 1, i % 4 == 2
        p.add_run(f"” {sign}.")

    def _tracked(self, words: str, sign: str) -> None:
        p = self.d.add_paragraph("Menurutnya, “")
        w = words.split(" ")
        k = len(w) // 2
        p.add_run(" ".join(w[:k]) + " ")
        p._p.append(parse_xml(f'<w:del {W} w:id="7" w:author="x"><w:r><w:delText xml:space="preserve">tidak pernah dua belas </w:delText></w:r></w:del>'))
        p._p.append(parse_xml(f'<w:ins {W} w:id="8" w:author="x">{_r(w[k] + " ")}</w:ins>'))
        p.add_run(" ".join(w[k + 1:]) + f"” {sign}.")

    def _moved(self, words: str, sign: str) -> None:
        p = self.d.add_paragraph("Tuturnya, “")
        p._p.append(parse_xml(f'<w:moveFrom {W} w:id="9" w:author="x">{_r("bukan itu ")}</w:moveFrom>'))
        p._p.append(parse_xml(f'<w:moveTo {W} w:id="10" w:author="x">{_r(words)}</w:moveTo>'))
        p.add_run(f"” {sign}.")

    def _block(self, words: str, sign: str) -> None:
        self.d.add_paragraph("Ungkapan yang sejalan:")
        self.d.add_paragraph(f"{words} {sign}").paragraph_format.left_indent = Cm(1.25)

    def _style(self, words: str, sign: str) -> None:
        self.d.add_paragraph("Ungkapan yang sejalan disampaikan pula:")
        self.d.add_paragraph(f"{words} {sign}", style="Intense Quote")

    def _label(self, words: str, sign: str) -> None:
        who = re.match(r"\(([^,)]+)", sign).group(1)
        self.d.add_paragraph(f"{who}: {words}", style="Quote")

    def _table(self, words: str, sign: str) -> None:
        t = self.d.add_table(2, 3)
        for cell, x in zip([c for r in t.rows for c in r.cells], ["Informan", "Kutipan", "Tema", sign.strip("()"), words, "Kekompakan"], strict=True):
            cell.text = x

    def _box(self, words: str, sign: str) -> None:
        p = self.d.add_paragraph("Lihat kotak.")
        box = f'<w:txbxContent><w:p>{_r(f"“{words}” {sign}")}</w:p></w:txbxContent>'
        shape = f'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml"><mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent>'
        p._p.append(parse_xml(f"<w:r {W}>{shape}</w:r>"))

    def _footnote(self, words: str, sign: str) -> None:
        p = self.d.add_paragraph("Ada pula yang berbeda")
        n = len(self.notes) + 2
        self.notes.append(f'<w:footnote w:id="{n}"><w:p>{_r(f"“{words}” {sign}")}</w:p></w:footnote>')
        p._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="{n}"/></w:r>'))

    def _auto(self, words: str, sign: str) -> None:
        self._plain(autocorrected(words), autocorrected(sign))

    def _hyphens(self, words: str, sign: str) -> None:
        self._plain(hyphenated(words), sign)

    def _nested(self, words: str, sign: str) -> None:
        self.d.add_paragraph(f"Dalam catatan tertulis: ‘{self._marks(words)}’ {sign}." if "'" not in words and len(words) > 20 else f"Dalam catatan tertulis: “{words}” {sign}.")

    def _straight(self, words: str, sign: str) -> None:
        self.d.add_paragraph(f"Katanya \"{words}\" {sign}; begitu pula yang lain.")

    def _translation(self, words: str, sign: str) -> None:
        self.d.add_paragraph(f"Ujarnya: “{words}” (“I told them that this is how it went for all of us”) {sign}.")

    def _field(self, words: str, sign: str) -> None:
        p = self.d.add_paragraph("Kata informan, “")
        p._p.append(parse_xml(f'<w:sdt {W}><w:sdtContent>{_r(words)}</w:sdtContent></w:sdt>'))
        p._p.append(parse_xml(f'<w:hyperlink {W} w:anchor="a">{_r(f"” {sign}.")}</w:hyperlink>'))

    def data(self) -> bytes:
        out = io.BytesIO()
        self.d.save(out)
        if not self.notes:
            return out.getvalue()
        again = io.BytesIO()
        with zipfile.ZipFile(out) as source, zipfile.ZipFile(again, "w") as z:
            for i in source.infolist():
                data = source.read(i)
                if i.filename == "[Content_Types].xml":
                    data = data.replace(b"</Types>", b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"/></Types>')
                if i.filename == "word/_rels/document.xml.rels":
                    data = data.replace(b"</Relationships>", b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/></Relationships>')
                z.writestr(i.filename, data)
            z.writestr("word/footnotes.xml", f"<w:footnotes {W}>{''.join(self.notes)}</w:footnotes>")
        return again.getvalue()
