"""Memos grow into the write-up: a draft out of them, or a chapter that takes in, under its own headings, those it does not hold yet.

In a chapter a memo stands between two comments, `<!-- memo ID, author, date, digest -->` and `<!-- /memo ID -->`: rewrite it as you
like; it is not brought again, and `shrink` takes away only what nobody has touched since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..text import digest, normalise
from ..words import say
from .notes import LINK, Memo, Memos

_BLOCK = re.compile(r"\n?<!-- memo (?P<id>\w+), (?P<author>[^\n]*?), (?P<day>[\d-]*), (?P<sum>[0-9a-f]{8}) -->\n(?P<text>.*?)<!-- /memo (?P=id) -->\n", re.S)
_HELD = re.compile(r"<!-- memo (\w+),")
_HEADING = re.compile(r"^(#{1,6}) +(.*?)(?: +\{[^}\n]*\})? *#* *$", re.M)


@dataclass(frozen=True)
class Grown:
    """A chapter's text with memos taken in or away: `text`, the ids that came, went, or were edited since they came (those stay as they are)."""

    text: str
    came: tuple[str, ...] = ()
    went: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [say(f"{len(self.came)} memo masuk, {len(self.went)} diambil.", f"{len(self.came)} memos taken in, {len(self.went)} taken away.")]
        if self.edited:
            lines.append(say(f"Disunting sejak masuk, tidak disentuh: {', '.join(self.edited)}.", f"Edited since they came, left as they are: {', '.join(self.edited)}."))
        return "\n".join(lines)


def draft(memos: Memos) -> str:
    """The memos as the beginning of a chapter, in Markdown: theory by code in the order of the codebooks, then method, field notes by day; every link to a line as a quotation with its place."""
    out = [f"# {say('Memo', 'Memos')}", "", say("*Draf dari memo; setiap kutipan membawa tempatnya.*", "*A draft out of the memos; every quotation bears its place.*"), ""]
    last = None
    for heading, m in _ordered(memos):
        if heading != last:
            out += [f"## {heading}", ""]
            last = heading
        out += [*_paragraphs(memos, m), f"<!-- memo {m.id[:12]}, {m.author}, {m.time[:10]} -->", ""]
    return "\n".join(out).rstrip() + "\n"


def grow(memos: Memos, text: str = "") -> Grown:
    """A chapter with the memos that it does not hold yet, each at the end of its section (the code's name or id in the heading), else in a new one at the end; nothing that stands there is changed.

    What a memo quotes is bound where somebody coded it ({quote id=…}), so that it follows the coding, the text and the consent; else its words stand there.
    """
    text = normalise(text)
    held = set(_HELD.findall(text))
    came, edited = [], []
    if not text.strip():
        text = f"# {say('Memo', 'Memos')}\n"
    for heading, m in _ordered(memos):
        ident = m.id[:12]
        if ident in held:
            block = next((b for b in _BLOCK.finditer(text) if b["id"] == ident), None)
            if m.edited and block is not None and m.edited[:10] > block["day"]:
                edited.append(ident)
            continue
        body = "\n".join(_paragraphs(memos, m, bound=True)).strip("\n") + "\n\n"
        at = _section(text, heading, m.code)
        if at is None:  # the heading comes, and goes, with its first memo
            at, body = len(text), f"## {heading}\n\n{body}"
        block_text = f"\n<!-- memo {ident}, {m.author}, {(m.edited or m.time)[:10]}, {digest(body)[:8]} -->\n{body}<!-- /memo {ident} -->\n"
        text = text[:at].rstrip("\n") + "\n" + block_text + ("\n" if text[at:].strip() else "") + text[at:].lstrip("\n")
        came.append(ident)
    return Grown(text, tuple(came), (), tuple(edited))


def shrink(text: str) -> Grown:
    """The chapter without the memos that were taken in and not touched since; those that were rewritten stay, without being counted."""
    text = normalise(text)
    went = []
    for b in reversed(list(_BLOCK.finditer(text))):
        if digest(b["text"])[:8] == b["sum"]:
            went.append(b["id"])
            head, tail = _HEADING.match(b["text"]), text[b.end():].lstrip("\n")
            kept = f"\n{head[0]}\n" if head and tail and not re.match(rf"(?:<!-- memo [^\n]*\n)?#{{1,{len(head[1])}}} ", tail) else ""  # somebody's words stand below it
            text = text[:b.start()].rstrip("\n") + "\n" + kept + ("\n" + tail if tail else "")
    return Grown(text, (), tuple(reversed(went)), tuple(b["id"] for b in _BLOCK.finditer(text)))


def _ordered(memos: Memos) -> Iterable[tuple[str, Memo]]:
    """(heading, memo) in the order of a chapter."""
    codes = memos._codes
    order = {c: n for n, c in enumerate(codes)}
    theory = sorted((m for m in memos if m.kind == "theory" or m.target == "code" or m.kind == "" and m.target in ("coding", "passage", "case", "document")), key=lambda m: (order.get(m.code, len(order)), m.code or m.about, m.time))
    for m in theory:
        yield (f"{codes.get(m.code, m.code)} ({m.code})" if m.code else memos.title(m)), m
    for kind, name in (("method", say("Metode", "Method")), ("field", say("Catatan lapangan", "Field notes")), ("", say("Hari demi hari", "Day by day"))):
        for m in memos:
            if m not in theory and m.kind == kind:
                yield name, m


def _section(text: str, heading: str, code: str) -> int | None:
    """Where a section ends whose heading is this one, or names the code; None where there is none."""
    found = list(_HEADING.finditer(text))
    name = heading.removesuffix(f" ({code})").casefold() if code else heading.casefold()
    for n, h in enumerate(found):
        said = h[2].casefold()
        if said in (heading.casefold(), name) or code and re.search(rf"(?<![\w.]){re.escape(code.casefold())}(?![\w.])", said):
            return next((x.start() for x in found[n + 1:] if len(x[1]) <= len(h[1])), len(text))
    return None


def _paragraphs(memos: Memos, m: Memo, *, bound: bool = False) -> list[str]:
    quotes: list[str] = []
    corpus = memos.study.corpus

    def quoted(words: str, place: str, coding: str = "") -> None:
        ident = (coding or _coding_at(memos, place)) if bound else ""
        quotes.append(f"{{quote id={ident}}}" if ident else f"> “{words}” ({_who(memos, place)})")

    def put(x: re.Match[str]) -> str:
        found = memos.link(x.group(1).strip())
        if found.target == "line":
            quoted(found.shown, found.place)
            return x.group(2) or found.place
        return x.group(2) or found.shown or x.group(1)

    if m.quote and m.start >= 0 and m.document in corpus:
        quoted(" ".join(m.quote.split()), f"{m.document}:{corpus[m.document].line(m.start)}", m.key if m.target == "coding" and m.key in memos._standing else "")
    text = LINK.sub(put, m.text)
    lines = [re.sub(r"^#{1,4} ", lambda h: "##" + h.group(), line) for line in text.splitlines()]
    return [*lines, "", *[x for q in dict.fromkeys(quotes) for x in (q, "")]]


def _coding_at(memos: Memos, place: str) -> str:
    """The one coding that stands on a line, if there is just one passage coded on it; "" else."""
    name, _, n = place.rpartition(":")
    found = memos._coded.get((name, int(n)), {})
    return next(iter(found.values())) if len(found) == 1 else ""


def _who(memos: Memos, place: str) -> str:
    name, _, n = place.rpartition(":")
    d = memos.study.corpus[name]
    turn = d.turn_at(d.lines.starts[int(n) - 1])
    return f"{turn.speaker or turn.label}, {place}" if turn and (turn.speaker or turn.label) else place


__all__ = ["Grown", "draft", "grow", "shrink"]
