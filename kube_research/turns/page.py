"""A page: the lines of a text, and what their form says about each (style, indent, number, time, bullet)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate

OPEN_ROW, CELL, ROW = "\x1d", "\x1f", "\x1e"  # how readers hand over tables: before a row, between its cells, at its end
SPACE = " \t\xa0\u2007\u202f\u3000"
_S = rf"[{SPACE}]"

Mark = tuple[int, int, str]

CLOCK = r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d{1,3})?(?:\s?[AaPp][Mm]\b)?"
_FEET = r"\d{1,3}\s?['’′]\s?\d{1,2}\s?(?:[\"”″]|''|’’)?"
_DATE = r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},?\s+"
STAMP = re.compile(
    rf"(?P<open>[\[(<{{#]?)\s*(?:(?P<d>{_DATE})?(?P<t>{CLOCK})|(?P<f>{_FEET}))(?:\s*(?:-+>?|–|—|to|s\.?/?d\.?|sampai)\s*(?:{CLOCK}|{_FEET}))?(?:-\d)?(?:\s*(?P<close>[\])>}}#]))?"
    r"(?P<tail>\s*[-–—|:,]?(?=\s|$))?", re.I)
_NUMBER = re.compile(r"(?:No\.?\s?)?\(?(\d{1,4})(?:[.)\]]{1,2}(?=\s|$|[^\W\d])|(?=\s))")
_BULLET = re.compile(r"[-–—•·▪◦‣●○■►❖✓➢](?=\s|[^\W\d])|o(?=\t)|[^\w\s\"“”„‘’'()\[\]{}#_|/\\.,:;…\ufffd]{1,3}(?=[ \t])")
_QUOTE = re.compile(r">+(?=\s|$|[^\W\d])")
_HEADING = re.compile(r"#{1,6}(?=\s)")
_TAG = re.compile(r"</?(?:b|strong|i|em|u|br|p|div|span|hr|mark|font)\b[^<>\n]{0,80}>", re.I)
_WRAP = (
    ("bold", re.compile(r"(\*\*\*|___)(?=\S)((?:(?!\1).)+?)(?<=\S)\1")),
    ("bold", re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).)+?)(?<=\S)\1")),
    ("italic", re.compile(r"(\*)(?=[^\s*])([^*\n]+?)(?<=\S)\1(?!\w)")),
    ("italic", re.compile(r"(_)(?=[^\s_])([^_\n]+?)(?<=\S)\1(?!\w)")),
    ("italic", re.compile(r"(/)(?=[^\s/])([^/\n]+?)(?<=\S)\1$")),
    ("strike", re.compile(r"(~~)(?=\S)(.+?)(?<=\S)\1")),
)
_BEHIND = re.compile(rf"[^\W_][^:\[(<\n]{{0,39}}?[ \t]*([\[(<]({CLOCK})[\])>])(?=[ \t]*[:：∶>=–—-])")  # "P [00:12]: …"
_QUOTES = ("\"“”„«»‘’'", "\"“”«»‘’'")


@dataclass(slots=True)
class Line:
    """One line: a..b without its line end; p where its words begin behind indent, number, time and bullet."""

    n: int
    a: int
    b: int
    p: int = 0
    indent: int = 0
    number: int | None = None
    number_at: int = 0
    time: str = ""
    stamp: tuple[int, int] | None = None
    features: set[str] = field(default_factory=set)
    lead: int = 0  # where a bold or italic beginning ends, when it ends inside the line
    after_blank: bool = True
    opens: bool = True  # may begin a paragraph: behind an empty line, or in a text whose lines are not wrapped

    @property
    def blank(self) -> bool:
        return self.p >= self.b


@dataclass(slots=True)
class Page:
    """A text with its lines.  `shadow` has the same length; marks of form in it are blank, so that offsets agree."""

    text: str
    shadow: str
    lines: list[Line]
    marks: list[Mark]
    blanked: list[tuple[int, int]]

    def words(self, line: Line) -> str:
        return self.shadow[line.p:line.b].strip()


def hms(raw: str) -> str:
    """A time as hh:mm:ss, or "".

    >>> hms("1:02"), hms("00.01.05"), hms("12'30"), hms("01:02:03,250")
    ('00:01:02', '00:01:05', '00:12:30', '01:02:03')
    """
    digits = [int(d) for d in re.findall(r"\d+", re.sub(r"[.,]\d{3}\b", "", raw))][:3]
    if len(digits) == 3:
        h, m, s = digits
    elif len(digits) == 2:
        h, (m, s) = 0, digits
    else:
        return ""
    total = h * 3600 + m * 60 + s
    return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}" if total < 360000 else ""


def page(text: str, marks: Iterable[Mark] = ()) -> Page:
    """Look at the form of every line of `text` (with the marks that a reader of rich text adds)."""
    marks = sorted(marks)
    blanked: list[tuple[int, int]] = []
    shadow = re.sub(rf"[{SPACE[1:]}]", lambda m: "\t" if m.group() == "\t" else " ", text)
    if "<" in shadow:
        closed = {x.lower() for x in re.findall(r"</(\w+)\s*>", shadow)} - _labelled_tags(shadow) | {"br", "hr"}
        ends = [m.span() for m in re.finditer(r"</[^\W\d][\w ]{0,20}>(?=\s*$)", shadow, re.M)]
        shadow = _blank(shadow, ends)
        tags = [(m.start(), m.end(), m.group().lower()) for m in _TAG.finditer(shadow) if re.sub(r"[</>]|\s.*", "", m.group()).lower() in closed]
        shadow = _blank(shadow, [(a, b) for a, b, _ in tags])
        blanked += [*ends, *((a, b) for a, b, _ in tags)]
        marks = sorted(marks + _tag_marks(tags))
    lines, rows, at, was_blank = [], shadow.split("\n"), 0, True
    for n, row in enumerate(rows):
        line = Line(n, at, at + len(row), after_blank=was_blank)
        rows[n] = _look(line, row, marks, blanked)
        was_blank = line.blank
        lines.append(line)
        at += len(row) + 1
    shadow = "\n".join(rows)
    _styles(lines, text, marks)
    _numbers(lines)
    _opens(lines)
    return Page(text, shadow, lines, marks, blanked)


def _blank(words: str, spans: Iterable[tuple[int, int]]) -> str:
    """Words with spaces in these spans, which stand in order and apart."""
    out, at = [], 0
    for a, b in spans:
        out += [words[at:a], " " * (b - a)]
        at = b
    return "".join((*out, words[at:]))


def _labelled_tags(shadow: str) -> set[str]:
    """Names that look like tags of HTML and are labels: `<P>…</P>` beside `<N>…</N>`, each around a whole line."""
    around = {m.group(1).lower() for m in re.finditer(r"^\s*<(\w+)>.*</\1>\s*$", shadow, re.M | re.I)}
    return around if around - {"b", "i", "p", "u", "em", "strong", "div", "span", "mark", "font", "br", "hr"} else set()


def _tag_marks(tags: list[tuple[int, int, str]]) -> list[Mark]:
    out, open_ = [], {}
    kinds = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "mark": "highlight"}
    for a, b, tag in tags:
        name = re.sub(r"[</>]|\s.*", "", tag)
        if name in kinds:
            if tag.startswith("</"):
                if name in open_:
                    out.append((open_.pop(name), a, kinds[name]))
            else:
                open_[name] = b
    return out


def _look(line: Line, row: str, marks: list[Mark], blanked: list[tuple[int, int]]) -> str:
    """Peel indent, quote marks, headings, bullets, numbers, times and emphasis off the beginning of the line `row`; the offsets told are the text's."""
    a, b = line.a, len(row)
    p = _lead(row, 0, b)
    line.indent = len(row[:p].expandtabs(4))
    wrapped: set[str] = set()
    cuts: list[tuple[int, int]] = []
    while p < b:
        if not line.features and (m := _QUOTE.match(row, p, b)):
            line.features.add("quote")
        elif "heading" not in line.features and (m := _HEADING.match(row, p, b)):
            line.features.add("heading")
        elif line.stamp is None and (m := STAMP.match(row, p, b)) and _stamp_ok(m):
            line.time, line.stamp = hms(m.group("t") or m.group("f") or ""), (a + m.start(), a + m.end())
        elif "bullet" not in line.features and not wrapped and (m := _BULLET.match(row, p, b)):
            line.features |= {"bullet", f"bullet {m.group()}"}
        elif line.number is None and (m := _NUMBER.match(row, p, b)):
            line.number, line.number_at = int(m.group(1)), a + p
            if row[m.end() - 1] in ".)]":
                line.features.add("number")
        else:
            for kind, pattern in _WRAP:
                if kind not in wrapped and (w := pattern.match(row, p, b)):
                    width = len(w.group(1))
                    signs = [(w.start(), w.start() + width), (w.end() - width, w.end())]
                    cuts += [(a + x, a + y) for x, y in signs]
                    row = _blank(row, signs)
                    marks.append((a + w.start() + width, a + w.end() - width, kind))
                    wrapped.add(kind)
                    p += width
                    break
            else:
                break
            continue
        p = m.end() + _lead(row, m.end(), b)
    if line.stamp is None and (m := _BEHIND.match(row, p, b)):
        line.time = hms(m.group(2))
        row = _blank(row, [m.span(1)])
    blanked += cuts
    line.p = a + p
    body = row[p:b].strip()
    letters = [c for c in body if c.isalpha()]
    if len(letters) >= 2 and sum(c.isupper() for c in letters) >= 0.9 * len(letters):
        line.features.add("caps")
    if len(body) > 2 and body[0] in _QUOTES[0] and body[-1] in _QUOTES[1]:
        line.features.add("quoted")
    if len(body) > 2 and (body[0], body[-1]) in (("(", ")"), ("[", "]"), ("{", "}")):
        line.features.add("bracketed")
    return row


def _lead(shadow: str, a: int, b: int) -> int:
    n = 0
    while a + n < b and shadow[a + n] in " \t":
        n += 1
    return n


def _stamp_ok(m: re.Match[str]) -> bool:
    """Whether a time is a time mark and not a number that somebody says ("10.30 saya berangkat")."""
    if m.group("open") and m.group("close"):
        return True
    raw = m.group("t") or m.group("f") or ""
    return m.group("tail") is not None and bool(raw.count(":") or raw.count(".") == 2 or m.group("d") or m.group("f"))


def _styles(lines: list[Line], text: str, marks: list[Mark]) -> None:
    """Say of each line which styles cover nearly all of its letters, and where a styled beginning ends."""
    if not marks:
        return
    marks.sort()
    at = 0
    total = [0, *accumulate(map(str.isalnum, text))]  # letters and digits before each place
    for line in lines:
        while at < len(marks) and marks[at][1] <= line.a and all(m[1] <= line.a for m in marks[at:at + 1]):
            at += 1
        letters = total[line.b] - total[line.p]
        if letters <= 0:
            continue
        cover: dict[str, list[tuple[int, int]]] = {}
        for n in range(at, len(marks)):
            a, b, kind = marks[n]
            if a >= line.b:
                break
            if b > line.p:
                cover.setdefault(kind, []).append((max(a, line.p), min(b, line.b)))
        for kind, spans in cover.items():
            inside, behind = 0, line.p
            for a, b in sorted(spans):
                if b > behind:
                    inside, behind = inside + total[b] - total[max(a, behind)], b
            if inside >= 0.85 * letters:
                line.features.add(kind)
            elif kind in ("bold", "italic", "underline", "highlight") or kind.startswith(("color", "style")):
                end = line.p
                for a, b in sorted(spans):
                    if a <= end or total[a] == total[end]:
                        end = max(end, b)
                if total[end] > total[line.p]:
                    line.lead = max(line.lead, end)
                    line.features.add("lead-" + kind)


def _numbers(lines: list[Line]) -> None:
    """Keep the numbers at the beginnings of lines only where they count lines or turns; otherwise somebody says them."""
    for want in (lambda x: True, lambda x: "number" in x.features):
        chosen = [x for x in lines if x.number is not None and want(x)]
        full = [x for x in lines if x.b > x.a and x.p < x.b]
        rising = sum(1 for x, y in zip(chosen, chosen[1:], strict=False) if 0 < y.number - x.number <= 5)  # type: ignore[operator]
        if len(chosen) >= 4 and rising >= 0.8 * (len(chosen) - 1) and len(chosen) >= 0.3 * len(full):
            for x in lines:
                if x.number is not None and not want(x):
                    _unnumber(x)
            return
    for x in lines:
        if x.number is not None:
            x.features.add("numbered")
            if "number" not in x.features:
                _unnumber(x)


def _unnumber(line: Line) -> None:
    line.number = None
    line.features.discard("numbered")
    line.p = line.number_at


def wrapped(lines: list[Line]) -> int:
    """The width at which lines were broken by hand, or 0.

    A text is wrapped when many lines end near one common width.
    """
    widths = sorted(x.b - x.a for x in lines if not x.blank)
    if len(widths) < 8:
        return 0
    top = widths[int(len(widths) * 0.97)]
    return top if 30 <= top <= 130 and sum(0.8 * top <= w <= top + 4 for w in widths) >= 0.35 * len(widths) else 0


def _opens(lines: list[Line]) -> None:
    """Say which lines may begin a paragraph."""
    width = wrapped(lines)
    full = [x for x in lines if not x.blank]
    gaps = sum(x.after_blank for x in full)
    loose = gaps >= 0.3 * len(full) or width and gaps >= 0.1 * len(full)
    before: Line | None = None
    for x in full:
        if loose:
            x.opens = x.after_blank
        elif width:
            x.opens = before is None or x.after_blank or before.b - before.a < width - 18 or x.indent != before.indent
        before = x
