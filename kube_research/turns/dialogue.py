"""The dialogue: turns between openers, with what is not the speaker's inside them told apart."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from ..labels import BRACKET, NOTE, RESEARCHER, key, plain as bare
from .page import STAMP, Line, Page, hms
from .schemes import Opener, is_head_key, known

_NOTE = re.compile(
    r"\W*(?:(?:catatan|refleksi|observasi|hasil observasi|hasil pengamatan|keterangan|ket|memo|komentar|notes?|field ?notes?|kesan|analisis|kesimpulan|deskripsi|interpretasi|lampiran|dokumentasi|peneliti mencatat|koding|coding|"
    r"ringkasan|rangkuman|summary|tanda tangan|observation|reflection|researcher'?s? notes?)\b[^:\n?!.]{0,40}(?::|$)"
    r"|(?:di)?transkrip(?:si|tor|sikan)? oleh\b|transcribed by\b|transkriptor\b[^:\n]{0,20}:|mengetahui\b\s*[,:]?|(?:hormat|pembimbing|penulis|pewawancara|informan|narasumber)\s*,?\s*$)", re.I)
_ENDS = re.compile(r"\W*(?:(?:wawancara|rekaman|transkrip\w*|fgd|diskusi|sesi|interview|recording|akhir|end of|selesai|tamat|the end|bersambung|jeda|istirahat|break)\b[^?\n]{0,80})$", re.I)
_RULE = re.compile(r"\W{3,}$|[_=*~-]{3,}.{0,40}[_=*~-]{3,}$")
_FURNITURE = re.compile(r"\W*(?:(?:hal(?:aman)?\.?|page|hlm\.?)\s*\d{1,4}(?:\s*(?:dari|of|/)\s*\d{1,4})?|[-–—]\s*\d{1,4}\s*[-–—])\W*$", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """One turn: start..body its label and time, body..end its words, `skips` marks of form inside them."""

    start: int
    body: int
    end: int
    label: str
    time: str = ""
    skips: tuple[tuple[int, int], ...] = ()


def assemble(page: Page, opens: list[Opener], *, alone: bool = False) -> list[Said]:
    """The turns between openers.  `alone`: only one party is labelled, so paragraphs without label are the other's."""
    shown = Counter(o.label for o in opens)
    display: dict[str, str] = {}
    forms = Counter(key(x) for x in shown)
    for label, n in shown.most_common():
        one = forms[key(label)] < 3 or n > 0.5 * sum(m for x, m in shown.items() if key(x) == key(label))
        display.setdefault(key(label), bare(label) if one else BRACKET.sub("", label) or label)  # "(tertawa)", "(diam)" …: what varies is no part of a name
    numbered = sum(1 for x in page.lines if x.number is not None and "number" not in x.features) > 0.6 * len(page.lines)
    turns: list[Said] = []
    for i, o in enumerate(opens):
        line = page.lines[o.line]
        stop = opens[i + 1].line if i + 1 < len(opens) else len(page.lines)
        label = clean(display[key(o.label)])
        time = line.time or _own_time(page, line, o) or _time_above(page, o.line)
        body = o.body
        if o.sign != "own" and (m := STAMP.match(page.shadow, body, line.b)) and m.group("open") and m.group("close"):
            time = time or hms(m.group("t") or m.group("f") or "")
            body = m.end()
        turns += _fill(page, line, page.lines[o.line + 1:stop], Said(line.a, body, line.b, label, time), numbered, alone, i + 1 == len(opens))
    return _inline(page, turns, {key(o.label): display[key(o.label)] for o in opens}, opens[0].sign)


def clean(label: str) -> str:
    """A label as our own form can write it."""
    label = re.sub(r"[:\[\]\n?!]", " ", label)
    label = re.sub(r"\s+", " ", label).strip(" .*_@#")
    if len(label) > 40:  # a name keeps as much of what stands behind its commas as fits
        label = label[:41].rpartition(",")[0] or label
    return (label if label[:1].isalpha() else f"S{label}")[:40].strip()


def _own_time(page: Page, line: Line, o: Opener) -> str:
    if o.sign != "own":
        return ""
    m = re.search(r"[\[(<]?(\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)[\])>]?\s*$", page.shadow[line.p:line.b])
    return hms(m.group(1)) if m else ""


def _time_above(page: Page, n: int) -> str:
    """The time on a line of its own above line n."""
    for line in reversed(page.lines[max(0, n - 2):n]):
        if line.stamp and not page.shadow[line.stamp[1]:line.b].strip():
            return line.time
        if not line.blank:
            return ""
    return ""


def note_of(words: str) -> bool:
    """Whether a paragraph is a transcriber's note, a heading of notes or a closing line, and nobody's speech."""
    head = re.match(r"([^:\n]{2,40}):\s", words)
    return bool(_NOTE.match(words) or _ENDS.fullmatch(words) and len(words) < 90 or head and is_head_key(head.group(1)) and not known(head.group(1)) and not re.search(r"[.!?]$", words))


def _heading(words: str, line: Line) -> bool:
    """Whether a line between turns is a heading ("B. Pendampingan")."""
    if len(words.split()) > 10 or re.search(r"[.?!,…;\"”]$", words):
        return False
    return bool(line.features & {"bold", "caps", "heading", "underline"} or re.match(r"(?:[A-Z]|[IVX]{1,4}|\d{1,2})[.)]\s+[A-Z]", words) or re.match(r"(?:topik|tema|bagian|sesi|babak|pokok bahasan|topic|theme|section|part)\b", words, re.I))


def furniture(words: str) -> bool:
    """Whether a line is a page number or a rule."""
    return bool(_FURNITURE.fullmatch(words.strip()) or _RULE.fullmatch(words.strip()))


def _fill(page: Page, line: Line, rest: list[Line], said: Said, numbered: bool, alone: bool, last: bool) -> list[Said]:
    """Give a turn its lines; notes and the unlabelled party's paragraphs become turns of their own."""
    skips = [s for s in page.blanked if said.body <= s[0] < line.b]
    out: list[Said] = []
    current, end = said, line.b
    plain = bool(page.shadow[said.body:line.b].strip())
    ruled = False
    for i, x in enumerate(rest):
        if x.a == x.b:
            continue
        words = page.shadow[x.p:x.b].strip()
        if not words or furniture(page.text[x.a:x.b]):
            ruled = ruled or bool(words) and not _FURNITURE.fullmatch(words)
            skips.append((x.a, x.b))
            continue
        kind = ""
        if current.label != NOTE and plain and (x.opens or last and note_of(words)):
            if note_of(words) or "heading" in x.features or ruled and last:
                kind = NOTE
            elif x.after_blank and _heading(words, x) and all(y.blank for y in rest[i + 1:i + 2]):
                kind = "once"
            elif "italic" in x.features and "italic" not in line.features and "?" not in words:
                kind = "once"
            elif alone and current.label == said.label and "bracketed" not in x.features:
                kind = "N" if _asking(said.label) else "P"
        elif current.label == NOTE and current.time == "once" and x.opens:
            kind = said.label
        if kind:
            out.append(_close(current, end, skips))
            own = re.compile(rf"{NOTE}[ \t]*:[ \t]*").match(page.shadow, x.p, x.b) if kind in (NOTE, "once") else None
            current, skips = Said(x.a, own.end() if own else x.p, x.b, NOTE if kind == "once" else kind, "once" if kind == "once" else ""), []
        start = x.p if numbered and x.number is not None else x.a
        if x.a < start and not kind:
            skips.append((x.a, start))
        skips += [s for s in page.blanked if x.p <= s[0] < x.b or s[1] == x.p and s[0] >= x.a]
        end = x.b
        plain = True
    out.append(_close(current, end, skips))
    return [replace(t, time="") if t.time == "once" else t for t in out]


def _asking(label: str) -> bool:
    return bool(RESEARCHER.match(key(label)))


def _close(said: Said, end: int, skips: list[tuple[int, int]]) -> Said:
    inside = sorted({(a, b) for a, b in skips if a >= said.body and b <= max(end, said.body)})
    return replace(said, end=max(end, said.body), skips=tuple(inside))


def _inline(page: Page, turns: list[Said], labels: dict[str, str], sign: str) -> list[Said]:
    """Split turns in which another speaker's label stands in the middle of a line ("… P: Oh ya? N: Iya")."""
    if sign not in ("colon", "own", "gt", "bracket:", "bracket"):
        return turns
    names = sorted({re.escape(v) for v in labels.values()} | {re.escape(clean(v)) for v in labels.values()}, key=len, reverse=True)
    listed = "|".join(names)
    pattern = {"colon": rf"(?P<l>{listed})[ \t]*[:：∶꞉](?=\s)", "own": rf"(?P<l>{listed})[ \t]*[:：∶꞉](?=\s)", "gt": rf"(?P<l>{listed})[ \t]*>+(?=\s)",
               "bracket:": rf"[\[(<{{](?P<l>{listed})[\])>}}][ \t]*[:：∶꞉]", "bracket": rf"[\[<{{](?P<l>{listed})[\]>}}](?=\s)"}[sign]
    search = re.compile(rf"(?<=[\s/]){pattern}")
    out = []
    for t in turns:
        cuts = []
        for m in search.finditer(page.shadow, t.body, t.end):
            before = page.text[t.body:m.start()]
            if _between_marks(page.text, m.start(), t.end):
                continue
            if before.count("(") > before.count(")") or before.count("[") > before.count("]"):
                continue
            last = before.rstrip()[-1:]
            if not last:
                continue
            if last in ".?!…\"”’)]}/;–—-" or len(m.group("l")) <= 2 or "\n" in before[len(before.rstrip()):]:
                cuts.append(m)
        at = t
        for m in cuts:
            out.append(_part(at, m.start()))
            at = Said(m.start(), m.end(), t.end, clean(labels.get(key(m.group("l")), m.group("l"))), "", t.skips)
        out.append(_part(at, t.end))
    return out


def _between_marks(text: str, at: int, end: int) -> bool:
    """Whether an interjection at `at` stands between marks ("// P: oh ya? //"), inside the other's turn."""
    before = re.search(r"(//?|\*\*?|<|\{|—|–|(?<=\s)-|~|\|)[ \t]*$", text[max(0, at - 6):at])
    if not before:
        return False
    mark = {"<": ">", "{": "}"}.get(before.group(1), before.group(1))
    stop = min([end, at + 300, *(x for x in [text.find("\n\n", at)] if x >= 0)])
    return text.find(mark, at, stop) >= 0


def _part(t: Said, end: int) -> Said:
    return replace(t, end=end, skips=tuple((a, b) for a, b in t.skips if a >= t.body and b <= end))
