"""Both languages in one page: a text is written twice and the page shows one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from ..words import current, using


@dataclass(frozen=True, slots=True)
class Pair:
    """A text in Indonesian and English.  In a template it becomes two spans, of which the page hides one."""

    id: str
    en: str

    def __html__(self) -> str:
        if self.id == self.en:
            return str(escape(self.id))
        return f'<span class="l-id" lang="id">{escape(self.id)}</span><span class="l-en" lang="en">{escape(self.en)}</span>'

    def __str__(self) -> str:
        return self.id if current() == "id" else self.en

    def __add__(self, other: Pair | str) -> Pair:
        other = of(other)
        return Pair(self.id + other.id, self.en + other.en)


def of(value: Pair | str | Mapping[str, str]) -> Pair:
    """A Pair of a text, or of a codebook's {"id": …, "en": …} (the other language where one is missing)."""
    if isinstance(value, Pair):
        return value
    if isinstance(value, str):
        return Pair(value, value)
    a, b = value.get("id", ""), value.get("en", "")
    return Pair(a or b, b or a)


def both(make: Callable[[], Any]) -> Pair:
    """The Pair of what `make` says in each language."""
    with using("id"):
        a = make()
    with using("en"):
        b = make()
    return Pair(str(a), str(b))


def join(parts: list[Pair | str], by: str = ", ") -> Pair:
    parts = [of(p) for p in parts]
    return Pair(by.join(p.id for p in parts), by.join(p.en for p in parts))


def attribute(name: str, indonesian: str, english: str) -> Markup:
    """An HTML attribute in the report's language, which the page's script turns into the other."""
    now = indonesian if current() == "id" else english
    return Markup(f'{name}="{escape(now)}" data-l="{name}" data-l-id="{escape(indonesian)}" data-l-en="{escape(english)}"')
