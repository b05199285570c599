"""The head: metadata above the dialogue, some of whose lines look like turns, and the legend of labels."""

from __future__ import annotations

import re

from ..labels import INFORMANT, RESEARCHER, ROLE_WORDS, key
from .page import Page
from .schemes import Opener, is_head_key

_PAIR = re.compile(r"^[#*_|>\s-]*([^\W\d_][^:=\n|]{0,38}?)[ \t*_]*[:=|][ \t*_|]*(.+?)[\s*_|]*$")
_LEGEND = re.compile(r"(?<![\w.])([A-Z][A-Za-z]{0,4}\.?\s?\d{0,2})\s*(?:[:=–—-]|adalah|untuk)\s*([A-Za-z][\w '’/.-]{1,40}(?:\([^)]{1,40}\))?)")
_NAMEY = re.compile(r"[^.?!]{1,60}\.?$")


def _namelike(value: str) -> bool:
    """Whether a value is a name, a role or a place rather than something said."""
    words = re.sub(r"\([^()]*\)", "", value).split()
    if not value or "?" in value or "!" in value or len(words) > 8:
        return False
    if re.search(r"[.…]$", value) and not re.search(r"\b(?:th|thn|tahun|dkk|dll|[A-Z])\.$", value):
        return False
    low = value.casefold()
    if RESEARCHER.match(low) or INFORMANT.match(low) and len(words) <= 3 or any(p.search(value) for _, p in ROLE_WORDS):
        return len(words) <= 8
    strong = [w for w in words if w[:1].isupper() or w[:1].isdigit()]
    return len(words) >= 1 and len(strong) >= 0.7 * len(words) and len(words) <= 6


def head_stop(page: Page, opens: list[Opener]) -> int:
    """Offset from which labelled lines are turns; what stands above is the head (`Informan: Bu X (anggota)`)."""
    by_line = {o.line: o for o in opens}
    seen_head = 0
    stop = opens[0].start
    counts: dict[str, int] = {}
    for o in opens:
        counts[key(o.label)] = counts.get(key(o.label), 0) + 1
    used: set[str] = set()
    for line in page.lines:
        if line.blank:
            continue
        o = by_line.get(line.n)
        words = page.shadow[line.p:line.b].strip()
        if o is None:
            pair = _PAIR.match(words)
            if pair and is_head_key(pair.group(1)):
                seen_head += 1
                if line.n > opens[0].line and opens[0].start <= stop and _only_heads(page, opens, line.n):
                    stop = line.b
            continue
        value = page.shadow[o.body:line.b].strip(" \t*_")
        if o.sign == "own":
            break
        if "?" not in words and not re.search(r"[.…!]$", words) and sum(_legend_value(m.group(2)) or key(m.group(1)) in counts for m in _LEGEND.finditer(words)) >= 2 and key(o.label) not in used:
            used.add(key(o.label))
            stop = line.b
            continue
        if _namelike(value) and (is_head_key(o.label) or _legend_value(value)) and key(o.label) not in used:
            used.add(key(o.label))
            if counts[key(o.label)] > 1 or seen_head or is_head_key(o.label):
                stop = line.b
                continue
        break
    return stop


def _legend_value(value: str) -> bool:
    low = re.sub(r"\([^()]*\)", "", value).strip(" .;,").casefold()
    return bool(RESEARCHER.match(low) or re.match(r"(narasumber|informan|responden|partisipan|subjek|informant|respondent|participant|interviewee)\b", low) or any(p.search(value) for _, p in ROLE_WORDS))


def _only_heads(page: Page, opens: list[Opener], n: int) -> bool:
    """Whether every opener above line n is head-like (a name or role behind a head's key)."""
    return all(_namelike(page.shadow[o.body:page.lines[o.line].b].strip(" \t*_")) for o in opens if o.line < n)


def legend(page: Page, start: int) -> dict[str, str]:
    """What the head says of labels and persons: {"I": "Interviewer", "Informan": "Bu Sarmi (bendahara)"}."""
    out: dict[str, str] = {}
    for line in page.shadow[:start].split("\n"):
        for piece in re.split(r"\s*[;|\t]\s*|(?<=[a-z)])\.\s+(?=[A-Z])", line.strip(" #*_>-")):
            if m := _PAIR.match(piece):
                out.setdefault(m.group(1).strip(), m.group(2).strip(" .*_"))
                piece = m.group(2) if is_head_key(m.group(1)) else piece
            for m in _LEGEND.finditer(piece):
                if _legend_value(m.group(2)):
                    out.setdefault(m.group(1).strip(), m.group(2).strip(" ."))
    return out
