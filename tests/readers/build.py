"""Builds small source files in every format."""

from __future__ import annotations

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>'


def zipped(**parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(name, content)
    return out.getvalue()


def docx(body: str, *, styles: str = "", footnotes: str = "", comments: str = "", **more) -> bytes:
    """A .docx of raw XML: paragraphs as `<w:p>…</w:p>`."""
    names = f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    parts = {"[Content_Types].xml": TYPES, "word/document.xml": f'<?xml version="1.0" encoding="UTF-8"?><w:document {names}><w:body>{body}</w:body></w:document>'}
    for name, content, root in (("styles", styles, "styles"), ("footnotes", footnotes, "footnotes"), ("comments", comments, "comments")):
        if content:
            parts[f"word/{name}.xml"] = f"<w:{root} {names}>{content}</w:{root}>"
    return zipped(**parts, **more)


def p(words: str, run: str = "", paragraph: str = "") -> str:
    """A Word paragraph with run and paragraph properties."""
    return f'<w:p>{f"<w:pPr>{paragraph}</w:pPr>" if paragraph else ""}<w:r>{f"<w:rPr>{run}</w:rPr>" if run else ""}<w:t xml:space="preserve">{words}</w:t></w:r></w:p>'


def odt(body: str, styles: str = "", **more) -> bytes:
    names = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("fo", "xsl-fo-compatible"), ("draw", "drawing")))
    content = f'<?xml version="1.0"?><office:document-content {names}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>'
    return zipped(**{"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content}, **more)


def pdf(source: str) -> bytes:
    """A PDF set by typst."""
    import typst

    return typst.compile(source.encode("utf-8"))
