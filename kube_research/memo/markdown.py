"""A memo's Markdown as HTML: everything else in it is escaped, nothing is ever loaded."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..words import say

if TYPE_CHECKING:
    from .notes import Link


def rendered(text: str, links: Mapping[str, Link], buttons: bool = False) -> str:
    """Markdown to HTML with mistune: HTML in it is escaped, pictures become their words, web addresses stay text (nothing is ever loaded)."""
    import mistune

    class Renderer(mistune.HTMLRenderer):
        def image(self, text: str, url: str, title: str | None = None) -> str:
            return html.escape(text or url)

        def link(self, text: str, url: str, title: str | None = None) -> str:
            return f"{text} ({html.escape(url)})" if text != url else html.escape(url)

        def heading(self, text: str, level: int, **attrs: object) -> str:
            return f"<p><strong>{text}</strong></p>\n"

    made = str(mistune.create_markdown(renderer=Renderer(escape=True), plugins=["strikethrough", "table"])(text))

    def chip(x: re.Match[str]) -> str:
        found = links.get(html.unescape(x.group(1)))
        label = x.group(2) or x.group(1)
        if found is None or not found.target:
            return f"<span class='memo-link memo-broken' title='{html.escape(say('tidak ditemukan', 'not found'))}'>{label}</span>"
        shown = html.escape(" ".join(found.shown.split())[:300], quote=True)
        if found.target == "line":
            tag = "button type='button'" if buttons else "span"
            return f"<{tag} class='{'link' if buttons else 'memo-link'}' data-place='{html.escape(found.place, quote=True)}'>{label}</{tag.split()[0]}> <q>{shown}</q>"
        return f"<span class='memo-link' data-{found.target}='{x.group(1)}' title='{shown}'>{x.group(2) or (shown if found.target != 'memo' else label)}</span>"

    return re.sub("\ue000([^\ue001]*)\ue001([^\ue002]*)\ue002", chip, made)
