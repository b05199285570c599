"""Questions without labels: told from the answers by bold or italic print, indent, quotation marks, dashes, or mere alternation."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from .dialogue import furniture, note_of
from .page import Page

_ASK = "?？"
_FORMS = ("bold", "italic", "underline", "highlight", "heading", "quote", "quoted", "caps", "numbered", "number", "bullet")
_THANKS = re.compile(r"\b(terima ?kasih|makasih|trims|matur ?nuwun|hatur ?nuhun|thank|mauliate|assalamu\W?alaikum|permisi|selamat (?:pagi|siang|sore|malam))", re.I)


@dataclass(slots=True)
class Block:
    """A paragraph (or a styled part of one): a..b are its words."""

    a: int
    b: int
    features: set[str] = field(default_factory=set)
    first: int = 0
    asks: bool = False
    words: int = 0
    ruled: bool = False  # a drawn line stands above it


def blocks(page: Page) -> list[Block]:
    """Cut a text into paragraphs; a change of style or a new bullet begins one too."""
    full = [x for x in page.lines if not x.blank and not furniture(page.text[x.a:x.b])]
    rules = [x.n for x in page.lines if x.b - x.a >= 3 and furniture(page.text[x.a:x.b]) and not any(c.isdigit() for c in page.text[x.a:x.b])]
    if not full:
        return []
    indents = {x.indent for x in full}
    out: list[Block] = []
    before: set[str] = set()
    for x in full:
        form = {f for f in x.features if f in _FORMS or f.startswith(("color", "style", "indent", "align", "bullet "))}
        if len(indents) > 1 and x.indent >= 2:
            form.add("indent")
        joined, previous = ({f for f in kinds if f not in ("bullet", "number", "numbered", "quoted", "caps") and not f.startswith("bullet ")} for kinds in (form, before))
        new = not out or x.opens or joined != previous or form & {"bullet", "numbered"} or bool(x.lead) or note_of(page.words(x))
        if x.lead:
            kinds = {f[5:] for f in x.features if f.startswith("lead-")}
            out.append(Block(x.p, x.lead, form | kinds, x.n))
            rest = x.lead
            while rest < x.b and not page.shadow[rest].isalnum() and page.shadow[rest] not in "\"“'(":
                rest += 1
            if rest < x.b:
                out.append(Block(rest, x.b, form, x.n))
        elif new:
            out.append(Block(x.p, x.b, form, x.n))
        else:
            out[-1].b = x.b
            out[-1].features &= form | {f for f in out[-1].features if f in ("number", "numbered") or f.startswith("bullet")}
        before = form
    out = _answered(page, out)
    for before, block in zip([None, *out], out, strict=False):
        block.ruled = any((before.first if before else -1) < n < block.first for n in rules)
        whole = page.shadow[block.a:block.b].strip().rstrip("*_ ")
        words = whole.rstrip("\"”’')] .…")
        block.asks = words.endswith(tuple(_ASK)) and not (whole[-1:] in "\"”’'" and whole[:1] not in "\"“‘'")  # not what somebody is said to have asked
        block.words = len(words.split())
    return out


_ANSWERED = re.compile(r"\?[\"”’)*_]*[ \t]*(?:[–—→|/»>=~]{1,2}|-{1,2}>?)[ \t]+(?=\S)")


def _answered(page: Page, found: list[Block]) -> list[Block]:
    """Cut "Sudah lama, Bu? — Sudah." in two where most paragraphs are written so."""
    hits = [_ANSWERED.search(page.shadow, b.a, b.b) for b in found]
    if sum(map(bool, hits)) < max(3, 0.5 * len(found)):
        return found
    sign = Counter(m.group().strip("?\"”’)*_ \t") for m in hits if m).most_common(1)[0][0]
    other = re.compile(rf"(?<=[.!…])[ \t]*(?:^|(?<=\s)){re.escape(sign)}[ \t]+(?=\S)")
    out = []
    for b, m in zip(found, hits, strict=True):
        m = m or other.search(page.shadow, b.a, b.b)
        if m:
            out += [Block(b.a, m.start() + 1, b.features | {"asked"}, b.first), Block(m.end(), b.b, b.features - {"asked"}, b.first)]
        else:
            out.append(b)
    return out


def _bracketed(page: Page, block: Block) -> bool:
    words = page.shadow[block.a:block.b].strip()
    return "bracketed" in block.features or words[:1] in "([{" and words[-1:] in ")]}"


def _told(page: Page, block: Block) -> bool:
    """Whether a block is a note, by its first line."""
    return note_of(page.shadow[block.a:block.b].strip().partition("\n")[0].strip())


def _note(page: Page, block: Block) -> bool:
    return _bracketed(page, block) or _told(page, block) and not block.asks


def classify(page: Page, found: list[Block]) -> tuple[list[str], str]:
    """Say of each block whether it is a question ("P"), an answer ("N") or neither (""), and by which form; ([], "") when it is no dialogue."""
    talk = [b for b in found if not _note(page, b)]
    asides = [b for b in found if _bracketed(page, b)]
    if len(asides) >= 4 and sum(b.asks for b in asides) >= 0.4 * len(asides) and len(asides) >= 0.25 * len(found):
        return ["P" if _bracketed(page, b) else "" if _told(page, b) else "N" for b in found], "brackets"
    if len(talk) < 4:
        return [], ""
    kinds, form = _classify(page, found, talk)
    return (_without_notes(page, found, kinds, form), form) if kinds else ([], "")


def _without_notes(page: Page, found: list[Block], kinds: list[str], form: str) -> list[str]:
    """Take out what nobody says: notes and what stands below their heading, a line in italics among plain ones, what follows a rule at the end."""
    out = list(kinds)
    last = max(i for i, k in enumerate(kinds) if k == "P") if "P" in kinds else 0
    italic = form != "italic" and sum("italic" in b.features for b, k in zip(found, kinds, strict=True) if k == "N") <= 0.25 * max(1, kinds.count("N"))
    below = False
    for i, b in enumerate(found):
        told = _told(page, b)
        if kinds[i] == "P" and not told:
            below = False
        elif i > last and kinds[i - 1] != "P" and (b.ruled or told):
            below = True
        elif told and b.words <= 4:
            below = True
        if below or told and not b.asks and (kinds[i] == "N" or i > last) or italic and "italic" in b.features and kinds[i] == "N" and not b.asks:
            out[i] = ""
    return out


def _classify(page: Page, found: list[Block], talk: list[Block]) -> tuple[list[str], str]:
    for form in ("bullet", "number", "numbered", "quoted"):
        starts = [b for b in talk if form in b.features]
        if len(starts) >= max(6, 0.4 * len(talk)) and (kinds := _parity(page, found, starts)):
            return kinds, form
    best: tuple[float, str, bool] = (0.0, "", True)
    for form in {f for b in talk for f in b.features}:
        inside = [b for b in talk if form in b.features]
        outside = [b for b in talk if form not in b.features]
        if len(inside) < 2 or len(outside) < 2:
            continue
        q_in, q_out = (sum(b.asks for b in part) / len(part) for part in (inside, outside))
        turns = sum((form in x.features) != (form in y.features) for x, y in zip(talk, talk[1:], strict=False)) / (len(talk) - 1)
        separation = abs(q_in - q_out)
        if separation >= 0.35 and turns >= 0.3 and max(q_in, q_out) >= 0.4 and (score := separation + 0.5 * turns) > best[0]:
            best = (score, form, q_in >= q_out)
    if best[1]:
        form, inside_asks = best[1], best[2]
        kinds = []
        for b in found:
            if _note(page, b) and form != "bracketed":
                kinds.append("")
            else:
                kinds.append("P" if (form in b.features) == inside_asks else "N")
        return _doubt(found, kinds), form
    return _alternate(page, found, talk)


def _speech(page: Page, block: Block) -> bool:
    """Whether a block is something said and not a title or a line of the head."""
    words = page.shadow[block.a:block.b].strip()
    return words.endswith((".", "!", "?", "…", '."', "...")) and block.words >= 3 and not re.match(r"[^:.?!]{2,40}:\s", words) and not block.features & {"heading", "caps", "italic"}


def _doubt(found: list[Block], kinds: list[str]) -> list[str]:
    """A short paragraph among the answers that only asks is a question somebody forgot to mark."""
    out = list(kinds)
    for i, (b, k) in enumerate(zip(found, kinds, strict=True)):
        if k == "N" and b.asks and b.words <= 30 and (i + 1 < len(found) and kinds[i + 1] == "N") and (i == 0 or kinds[i - 1] == "N"):
            out[i] = "P"
    return out


def _parity(page: Page, found: list[Block], starts: list[Block]) -> list[str]:
    """Kinds of blocks when every other start asks, but for a few that speak twice; blocks between starts go on with the one before; [] when it is not so."""
    first = next((i for i, b in enumerate(starts) if b.asks or _speech(page, b)), None)
    if first is None or not any(b.asks for b in starts):
        return []
    part = starts[first:]
    after_note = {id(y) for x, y in zip(found, found[1:], strict=False) if _note(page, x)}
    turns = _in_turn(page, part, {i for i, b in enumerate(part) if id(b) in after_note})
    if "P" in turns:
        part, turns = part[turns.index("P"):], turns[turns.index("P"):]
    ask, answer = ([b for b, k in zip(part, turns, strict=True) if k == kind] for kind in "PN")
    if len(part) < 4 or not ask or not answer or sum(x == y for x, y in zip(turns, turns[1:], strict=False)) > max(1, 0.08 * len(part)):
        return []
    q_ask, q_answer = (sum(b.asks for b in side) / len(side) for side in (ask, answer))
    longer = sum(b.words for b in answer) / len(answer) > 1.3 * sum(b.words for b in ask) / len(ask)
    loose = longer and len(starts) < len([b for b in found if not _note(page, b)])
    if q_ask - q_answer < (0.3 if loose else 0.5) or q_ask < (0.5 if loose else 0.6) or not loose and q_answer > 0.2:
        return []
    kind = {id(b): k for b, k in zip(part, turns, strict=True)}
    kinds, last, on = [], "", False
    for b in found:
        on = on or b is part[0]
        if _note(page, b) or not on:
            kinds.append("")
            continue
        last = kind.get(id(b), last)
        kinds.append(last)
    return kinds


_TWICE = {"P": 4.5, "N": 2.5}  # what it costs to speak twice: an informant's wife or neighbour puts in a word


def _odd(page: Page, b: Block) -> dict[str, float]:
    """What it costs that the interviewer ("P"), or an informant ("N"), says this: the one asks and is short, the other seldom asks."""
    asked = 1.0 if b.asks else 0.5 if any(c in page.shadow[b.a:b.b] for c in _ASK) else 0.0
    return {"P": 1.0 - asked + 0.8 * (b.words > 25), "N": 1.6 * asked}


def _in_turn(page: Page, part: list[Block], apart: set[int]) -> list[str]:
    """Who speaks, "P" or "N", when two speak in turn: the cheapest reading (Viterbi), in which nobody speaks twice without need.

    `apart`: the numbers of the blocks before which a note stands, or what somebody calls in between: there it costs half.
    """
    cost = _odd(page, part[0])
    back: list[dict[str, str]] = []
    for n, b in enumerate(part[1:], 1):
        odd, twice = _odd(page, b), {k: c * (0.5 if n in apart else 1) for k, c in _TWICE.items()}
        if b.asks and part[n - 1].asks:
            twice["P"] = min(twice["P"], 3.5)  # two interviewers: less than that an informant asks, then answers
        came = {k: min("PN", key=lambda j, k=k: cost[j] + twice[k] * (j == k)) for k in "PN"}
        cost = {k: cost[came[k]] + twice[k] * (came[k] == k) + odd[k] for k in "PN"}
        back.append(came)
    out = [min("PN", key=lambda k: cost[k])]
    for came in reversed(back):
        out.append(came[out[-1]])
    return out[::-1]


def _alternate(page: Page, found: list[Block], talk: list[Block]) -> tuple[list[str], str]:
    if kinds := _parity(page, found, talk):
        return kinds, "alternation"
    share = sum(b.asks for b in talk) / len(talk)
    follows = sum(1 for x, y in zip(talk, talk[1:], strict=False) if x.asks and not y.asks)
    asks = sum(b.asks for b in talk)
    if asks >= 3 and 0.15 <= share <= 0.7 and follows >= 0.7 * asks:
        kinds: list[str] = []
        for b in found:  # a short paragraph behind an answer may be the other's "Oh begitu": better lost than told as an informant's
            before = next((k for k in reversed(kinds) if k), "")
            doubtful = before in ("N", "R") and b.words <= 12 or b.words <= 8 and _THANKS.search(page.shadow[b.a:b.b])
            kinds.append("" if _note(page, b) else "P" if b.asks else "R" if doubtful else "N")
        return ["P" if k == "R" else k for k in kinds], "questions"
    return [], ""
