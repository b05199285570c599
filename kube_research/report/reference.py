"""The thesis form as a Word reference document made by code: A4, margins 4-4-3-3 cm, Times 12 pt, 1.5 spacing, as Indonesian theses want."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

STAMP = (1980, 1, 1, 0, 0, 0)


def reference(chapter: int = 4, language: str = "id") -> bytes:
    """The reference document of a chapter of this number ("BAB IV", "CHAPTER 4"); the same bytes every time."""
    import docx
    from docx.enum.style import WD_STYLE_TYPE
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    d = docx.Document()
    s = d.sections[0]
    s.page_width, s.page_height = Cm(21), Cm(29.7)
    s.left_margin, s.top_margin, s.right_margin, s.bottom_margin = Cm(4), Cm(4), Cm(3), Cm(3)
    s.header_distance, s.footer_distance = Cm(2), Cm(1.5)
    s.different_first_page_header_footer = True  # the chapter's first page bears its number at the foot, the others at the top right
    for p, side in ((s.header.paragraphs[0], ALIGN.RIGHT), (s.first_page_footer.paragraphs[0], ALIGN.CENTER)):
        p.alignment = side
        _page_number(p)

    def style(name: str, *, base: str = "Normal", size: float = 12, spacing: float = 1.5, before: float = 0, after: float = 0, first: float = 0, left: float = 0, right: float = 0, align: Any = ALIGN.JUSTIFY, bold: bool = False, italic: bool = False,
              hanging: float = 0, keep: bool = False) -> None:
        st = d.styles[name] if name in [x.name for x in d.styles] else d.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        if name != "Normal":
            st.base_style = d.styles[base]
        st.font.name, st.font.size, st.font.bold, st.font.italic, st.font.color.rgb = "Times New Roman", Pt(size), bold, italic, RGBColor(0, 0, 0)
        fonts = st.element.get_or_add_rPr().get_or_add_rFonts()
        for a in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{a}"), None)
        for a in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{a}"), "Times New Roman")
        f = st.paragraph_format
        f.line_spacing, f.space_before, f.space_after, f.alignment = spacing, Pt(before), Pt(after), align
        f.left_indent, f.right_indent, f.first_line_indent, f.keep_with_next = Cm(left + hanging), Cm(right), Cm(-hanging if hanging else first), keep
        f.page_break_before = name == "Heading 1"
        f.widow_control = True
        st.quick_style = True

    style("Normal", align=ALIGN.JUSTIFY)
    style("Body Text", first=1.25)
    style("First Paragraph", base="Body Text", first=1.25)
    style("Lead In", base="Body Text", first=1.25, keep=True)
    style("Compact", size=11, spacing=1.0, align=ALIGN.LEFT, before=1, after=1, keep=True)
    style("Table Head", base="Compact", size=11, spacing=1.0, align=ALIGN.LEFT, before=1, after=1, bold=True, keep=True)
    style("Table Small", base="Compact", size=8, spacing=1.0, align=ALIGN.LEFT, before=1, after=1, keep=True)
    style("Table Head Small", base="Table Small", size=8, spacing=1.0, align=ALIGN.LEFT, before=1, after=1, bold=True, keep=True)
    style("Block Text", spacing=1.0, left=1.25, right=1.25, before=6, after=10)
    style("Table Caption", align=ALIGN.CENTER, spacing=1.0, before=12, after=4, bold=True, keep=True)
    style("Image Caption", align=ALIGN.CENTER, spacing=1.0, before=4, after=12, bold=True)
    style("Figure", align=ALIGN.CENTER, spacing=1.0, before=12, keep=True)
    style("Captioned Figure", base="Figure", align=ALIGN.CENTER, spacing=1.0, before=12, keep=True)
    style("Sumber", size=10, spacing=1.0, before=3, after=12, align=ALIGN.LEFT)
    style("Bibliography", spacing=1.0, after=8, hanging=1.25, align=ALIGN.LEFT)
    style("Footnote Text", size=10, spacing=1.0)
    style("Title", align=ALIGN.CENTER, bold=True, size=14, after=12)
    style("Heading 1", align=ALIGN.CENTER, bold=True, size=14, after=18, keep=True)
    style("Heading 2", align=ALIGN.LEFT, bold=True, before=12, after=4, keep=True)
    style("Heading 3", align=ALIGN.LEFT, bold=True, before=8, after=2, keep=True)
    style("Heading 4", align=ALIGN.LEFT, bold=True, italic=True, before=6, keep=True)
    for name in ("Heading 1", "Heading 2", "Heading 3", "Heading 4", "Title"):
        for border in d.styles[name].element.iter(qn("w:pBdr")):
            border.getparent().remove(border)
    if "Table" not in [x.name for x in d.styles]:
        t = d.styles.add_style("Table", WD_STYLE_TYPE.TABLE)
        t.base_style = d.styles["Normal Table"]
        t.element.append(_xml('<w:tblPr><w:jc w:val="center"/><w:tblBorders><w:top w:val="single" w:sz="8" w:color="000000"/><w:bottom w:val="single" w:sz="8" w:color="000000"/><w:insideH w:val="single" w:sz="2" w:color="BFBFBF"/></w:tblBorders>'
                               '<w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'))
        t.element.append(_xml('<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="6" w:color="000000"/></w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr>'))
    _numbered_headings(d, chapter, language)
    for spoken in d.styles.element.iter(qn("w:lang")):
        spoken.set(qn("w:val"), "id-ID" if language == "id" else "en-GB")
    out = io.BytesIO()
    d.save(out)
    return rezip(out.getvalue())


def _numbered_headings(d: Any, chapter: int, language: str) -> None:
    """Word numbers the headings itself: one list of several levels, whose levels are the heading styles.

    The chapter's number stands in the levels below as it is: LibreOffice would write "IV.1" where Word is told (`isLgl`) to write 4.1.
    """
    from docx.oxml.ns import qn

    first = f'<w:start w:val="{chapter}"/><w:numFmt w:val="{"upperRoman" if language == "id" else "decimal"}"/><w:pStyle w:val="Heading1"/><w:suff w:val="nothing"/><w:lvlText w:val="{"BAB" if language == "id" else "CHAPTER"} %1"/>'
    levels = [first, *(f'<w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading{n}"/><w:suff w:val="space"/><w:lvlText w:val="{".".join([str(chapter), *(f"%{k}" for k in range(2, n + 1))])}"/>' for n in (2, 3, 4))]
    held = "".join(f'<w:lvl w:ilvl="{i}">{level}<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>' for i, level in enumerate(levels))
    numbering = d.part.numbering_part.element
    for old in list(numbering):
        numbering.remove(old)
    numbering.append(_xml(f'<w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="multilevel"/>{held}</w:abstractNum>'))
    numbering.append(_xml('<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'))
    for n in (1, 2, 3, 4):
        properties = d.styles[f"Heading {n}"].element.get_or_add_pPr()
        for old in properties.findall(qn("w:numPr")):
            properties.remove(old)
        properties._insert_numPr(_xml(f'<w:numPr><w:ilvl w:val="{n - 1}"/><w:numId w:val="1"/></w:numPr>'))


def _xml(text: str) -> Any:
    from docx.oxml import parse_xml

    return parse_xml(re.sub(r"^<(w:\w+)", r'<\1 xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"', text))


def _page_number(paragraph: Any) -> None:
    for part in ('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', '<w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>', '<w:r><w:fldChar w:fldCharType="separate"/></w:r>', "<w:r><w:t>1</w:t></w:r>", '<w:r><w:fldChar w:fldCharType="end"/></w:r>'):
        paragraph._p.append(_xml(part))


def rezip(data: bytes, *, change: dict[str, Any] | None = None, add: dict[str, bytes] | None = None) -> bytes:
    """The archive again with one time stamp for all entries; `change`: name → function(bytes) → bytes; `add`: new entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        entries = {i.filename: source.read(i) for i in source.infolist() if not i.is_dir()}
        for name, function in (change or {}).items():
            if name in entries:
                entries[name] = function(entries[name])
        for name, content in {**entries, **(add or {})}.items():
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            z.writestr(info, content)
    return out.getvalue()
