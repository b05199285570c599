"""HTML pages: words, styles, tables; scripts and hidden parts are dropped and said so."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree
from lxml import html as lhtml

from ..model import KubeError
from ..words import say
from .encoding import decode
from .rich import Flow, finish
from .source import Source

_BLOCKS = frozenset("address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre section summary table tbody tfoot thead tr ul caption".split())
_DROP = frozenset("script style noscript template head svg math object embed iframe canvas audio video select button input textarea".split())
_STYLES = {"b": "bold", "strong": "bold", "th": "bold", "i": "italic", "em": "italic", "cite": "italic", "u": "underline", "mark": "highlight", "blockquote": "quote", "q": "quoted"}


def read(path: Path, data: bytes) -> list[Source]:
    """Read an .html page."""
    declared = re.search(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,20})", data[:4000], re.I)
    raw, _, _ = decode(data, path.name, declared.group(1).decode("ascii") if declared else "")
    return from_html(path.stem, raw, path.name)


def from_html(name: str, raw: str, where: str = "") -> list[Source]:
    """Sources of HTML text."""
    raw = re.sub(r"^\s*<\?xml[^>]*\?>", "", raw).replace("\x00", "")
    if not raw.strip():
        return []
    parser = lhtml.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = lhtml.document_fromstring(raw.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as e:
        raise KubeError(say(f"Halaman HTML ini tidak dapat dibaca ({e}).", f"This HTML page cannot be read ({e})."), where, say("Simpan ulang dari peramban sebagai teks atau HTML.", "Save it again from the browser as text or HTML.")) from None
    flow = Flow()
    _walk(root, flow, (), False, 0)
    title = (root.findtext(".//title") or "").strip()
    author = next((m.get("content", "") for m in root.iter("meta") if (m.get("name") or "").lower() == "author"), "")
    return finish(name, flow, title=" ".join(title.split()), author=author)


def _hidden(element: etree._Element) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return element.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


def _styles(element: etree._Element) -> tuple[str, ...]:
    out = []
    if isinstance(element.tag, str) and element.tag in _STYLES:
        out.append(_STYLES[element.tag])
    if re.fullmatch(r"h[1-6]", str(element.tag)):
        out.append("heading")
    style = (element.get("style") or "").replace(" ", "").lower()
    if re.search(r"font-weight:(bold|[6-9]00)", style):
        out.append("bold")
    if "font-style:italic" in style:
        out.append("italic")
    if m := re.search(r"(?:^|;)color:([^;]+)", style):
        out.append(f"color:{m.group(1)}")
    if m := re.search(r"(?:margin|padding)-left:(\d+)", style):
        out.append(f"indent:{m.group(1)}")
    if element.tag == "font" and element.get("color"):
        out.append(f"color:{element.get('color')}")
    if element.get("class") and element.tag not in ("body", "html", "table", "tbody", "tr"):
        out.append("style:" + " ".join(sorted(element.get("class", "").split()))[:60])
    return tuple(out)


def _walk(element: etree._Element, flow: Flow, styles: tuple[str, ...], pre: bool, depth: int) -> None:
    if not isinstance(element.tag, str):
        return
    tag = element.tag
    if tag in _DROP or depth > 400:
        if tag in ("script", "style", "noscript", "template"):
            flow.dropped["scripts"] += 1
        elif tag in ("object", "embed", "iframe", "audio", "video"):
            flow.dropped["objects"] += 1
        return
    if tag == "img":
        flow.dropped["pictures"] += 1
        return
    if _hidden(element):
        flow.dropped["hidden"] += 1
        return
    if tag == "br":
        flow.put("\n")
        return
    if tag == "hr":
        flow.paragraph()
        flow.put("---")
        flow.paragraph()
        return
    mine = tuple(dict.fromkeys((*styles, *_styles(element))))
    if tag in ("del", "s", "strike"):
        flow.repaired["struck"] += 1
    block = tag in _BLOCKS
    if tag == "tr":
        _row(element, flow, mine, pre, depth)
        return
    if block and flow.length and flow.last() not in "\n":
        flow.paragraph()
    elif tag == "span" and styles != mine and flow.last().strip() and element.getprevious() is not None and element.getprevious().tail is None and element.getprevious().tag == "span":
        flow.put(" ")
    if tag == "li" and element.getparent() is not None and element.getparent().tag == "ol":
        mine = (*mine, "number")
    keep = pre or tag == "pre"
    _text(element.text, flow, mine, keep)
    for child in element:
        _walk(child, flow, mine, keep, depth + 1)
        _text(child.tail, flow, mine, keep)
    if block and flow.last() not in "\n":
        flow.paragraph()


def _row(element: etree._Element, flow: Flow, styles: tuple[str, ...], pre: bool, depth: int) -> None:
    cells = [c for c in element if c.tag in ("td", "th")]
    if not cells:
        return
    if flow.length and flow.last() not in "\n":
        flow.put("\n")
    flow.row()
    for i, c in enumerate(cells):
        if i:
            flow.cell()
        mine = (*styles, *_styles(c))
        _text(c.text, flow, mine, pre)
        for child in c:
            _walk(child, flow, mine, pre, depth + 1)
            _text(child.tail, flow, mine, pre)
    flow.end_row()


def _text(text: str | None, flow: Flow, styles: tuple[str, ...], pre: bool) -> None:
    if not text:
        return
    if not pre:
        text = re.sub(r"[ \t\n\r\f]+", " ", text)
        if text.startswith(" ") and (not flow.length or flow.last() in " \n\x1d\x1f"):
            text = text[1:]
    flow.put(text, styles)
