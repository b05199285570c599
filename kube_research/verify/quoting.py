"""Where a write-up quotes: between quotation marks (nested ones too), in block quotations; who it says is speaking."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .pages import Paragraph
from .sources import Sources
from .words import plain, tokens

_PAIRS = {"“": "”", "„": "“”", "«": "»", "‟": "”", "‘": "’", "‹": "›", "»": "«"}
_INTERVIEW = re.compile(r"(?i)\b(?:wawancara|interview|fgd|diskusi kelompok|komunikasi pribadi|personal communication|catatan lapangan|field ?notes?)\b")
_SAYING = re.compile(r"(?i)(?:[:：]|\b(?:kata|ujar|tutur|ungkap|ucap|jelas|jawab|berkata|berujar|mengatakan|menjawab|menuturkan|mengungkapkan|bilang|sahut|said|says|answered|replied)\w*(?:\s+(?:bahwa|that))?\s*,?)\s*$")
_LINE = re.compile(r"(?i)\b(?:baris|lines?|b\.|l\.)\s*(?:ke-?\s*)?(\d{1,5})(?:\s*[-–—]\s*(\d{1,5}))?")
_LITERATURE = re.compile(r"\(\s*(?:[^()]*?\b(?:lihat|dalam|see|cf\.?)\s+)?[A-Z][\w'’.&-]+(?:[\s,&]+(?:dkk\.?|et al\.?|dan|and|&|[A-Z][\w'’.-]+))*,?\s*\(?(?:1[89]|20)\d\d[a-z]?\b[^()]*\)")
_ATTRIBUTION = re.compile(r"\s*[.,;]?\s*(?:[—–-]\s*)?(?:\(([^()]{2,160})\)|\[([^\[\]]{2,160})\]|[—–-]\s*([^.\n]{2,80}))")
_TRANSLATION = re.compile(r"(?i)\b(?:artinya|terjemahan|diterjemahkan|yang berarti|berarti|translation|translated|meaning|transl)\b")
_BESIDE = re.compile(r"\s*[(\[/–—-]\s*")  # what stands between an original and its translation
_BESIDE_CITED = re.compile(r"\s*\([^()\n]{2,80}\)\s*[.,]?\s*[(\[]\s*")  # … when who said it comes first
_LONGEST = 1500  # characters between single straight marks, which apostrophes look like
_SHORT = 4  # fewer words without anybody named: a term, not a quotation


@dataclass
class Quoted:
    """One quotation in a write-up: its paragraph, its span there, its words, who and where it is said to come from."""

    paragraph: Paragraph
    start: int
    end: int
    text: str
    block: bool = False
    people: frozenset[tuple[str, str]] = frozenset()  # (document, speaker) pairs that the attribution may mean
    named: str = ""
    documents: tuple[tuple[str, int, int], ...] = ()  # (document, first line, last line)
    literature: str = ""
    translation: bool = False
    lead: bool = False  # attributed only by the words before it
    said: bool = False  # words that somebody is said to say: behind a colon or a verb of saying
    notes: list[str] = field(default_factory=list)

    @property
    def attributed(self) -> bool:
        return bool(self.people or self.documents)


def spans(text: str) -> list[tuple[int, int]]:
    """Spans inside the outermost pairs of quotation marks.  An opened quotation that is never closed runs to the end of the paragraph.

    >>> [("Kata “a ‘b’ c” dan \\"d\\".")[x:y] for x, y in spans("Kata “a ‘b’ c” dan \\"d\\".")]
    ['a ‘b’ c', 'd']
    """
    out: list[tuple[int, int]] = []
    stack: list[tuple[str, int]] = []
    for i, c in enumerate(text):
        before, after = text[i - 1:i], text[i + 1:i + 2]
        if stack and c in stack[-1][0] and not (c == "’" and before.isalpha() and after.isalpha()):
            if c == '"' and len(stack) and stack[-1][0] == '"' and (not before or before.isspace() or before in "([") and after and not after.isspace() and len(stack) == 1 and text.find('"', i + 1) >= 0 and before:
                stack.append(('"', i + 1))  # a nested straight mark opens
                continue
            _, start = stack.pop()
            if not stack:
                out.append((start, i))
        elif c in _PAIRS and not (c == "‘" and before.isalpha()) and not (c == "»" and (stack or not after.strip())):
            if c == "‘" and not stack and not re.match(r"‘[^’]{12,}’", text[i:]):
                continue
            stack.append((_PAIRS[c], i + 1))
        elif c in '"″' and (not stack or stack[-1][0] != '"'):
            stack.append(('"', i + 1))
        elif c == "'" and not stack and (not before or before.isspace() or before in "([:") and after.isalpha() and (m := re.compile(r"'[^'\n]*(?:'(?=\w)[^'\n]*)*'(?!\w)").match(text, i, i + _LONGEST)) and len(m.group()) > 14:
            stack.append(("'", i + 1))
    if stack and len(text) - stack[0][1] > 3:
        out.append((stack[0][1], len(text)))
    return [(a, b) for a, b in out if text[a:b].strip()]


def quoted(paragraphs: list[Paragraph], sources: Sources) -> Iterator[Quoted]:
    """Every quotation of a write-up, in order."""
    for n, p in enumerate(paragraphs):
        text = p.text
        if not text.strip():
            continue
        if p.block and not _wholly_marked(text):
            yield from _block(paragraphs, n, text, sources)
        else:
            yield from marked(paragraphs, n, sources)


def marked(paragraphs: list[Paragraph], n: int, sources: Sources) -> Iterator[Quoted]:
    """The quotations between quotation marks in paragraph n (from 0)."""
    p = paragraphs[n]
    text = p.text
    found = spans(text)
    for i, (a, b) in enumerate(found):
        stop = found[i + 1][0] - 1 if i + 1 < len(found) else len(text)
        q = Quoted(p, a, b, plain(text[a:b]))
        before = text[found[i - 1][1] + 1 if i else 0:max(a - 1, 0)]
        if i + 1 < len(found) and _BESIDE.fullmatch(text[b + 1:stop]):  # its translation follows, then who said it
            behind = text[found[i + 1][1] + 1:found[i + 2][0] - 1 if i + 2 < len(found) else len(text)]
            _attribute(q, re.sub(r"^\s*[)\]]", "", behind), before, sources)
        else:
            _attribute(q, text[b + 1:stop], before, sources)
        if p.kind == "output" and not p.block and (not q.attributed or q.lead or not _ends(text, b)):
            continue  # tables of words around a word, examples, a program's own messages
        if p.block and not q.attributed:
            _attribute(q, _follow(paragraphs, n), _lead(paragraphs, n), sources)
        if not q.attributed and p.speaker:
            _row(q, p.speaker, sources)
        q.said = bool(_SAYING.search(before))
        q.translation = p.translation or bool(i and (_BESIDE.fullmatch(before) or _BESIDE_CITED.fullmatch(before))) or bool(_TRANSLATION.search(text[max(0, a - 40):a]) or _TRANSLATION.search(text[b:min(stop, b + 40)]))
        if p.kind != "heading" or q.attributed:
            yield q


def _row(q: Quoted, words: str, sources: Sources) -> None:
    """Attribute a quotation to who is named in its row of a table."""
    q.people = frozenset().union(frozenset(), *(who for _, _, who in sources.named(words)))
    q.documents = tuple(x[1:] for x in sources.cited(words))
    q.named = words


def _ends(text: str, b: int) -> bool:
    """Whether a quotation was closed, in a line of its own words and not in a shortened one."""
    return b < len(text) and not text[:b].rstrip().endswith(("...", "…"))


def _wholly_marked(text: str) -> bool:
    """Whether a block holds its words between quotation marks, from its beginning (or behind a label) on."""
    found = spans(text)
    return bool(found) and sum(b - a for a, b in found) > 0.5 * len(text) and re.fullmatch(r"\W{0,6}(?:[\w .'-]{1,40}[:：]\s*)?\W{0,3}", text[:found[0][0]]) is not None


def _lead(paragraphs: list[Paragraph], n: int) -> str:
    for p in reversed(paragraphs[:n]):
        if p.block or p.kind in ("footnote", "box"):
            continue
        return p.text if p.text.rstrip().endswith((":", "：")) else ""
    return ""


def _follow(paragraphs: list[Paragraph], n: int) -> str:
    after = next((p.text for p in paragraphs[n + 1:n + 3] if p.text.strip() and p.kind not in ("footnote", "box")), "")
    return after if re.match(r"\s*[(\[—–-]", after) and len(after) < 200 else ""


def _block(paragraphs: list[Paragraph], n: int, text: str, sources: Sources) -> Iterator[Quoted]:
    """A block quotation: its attribution at the end, in the next paragraph or in the lead; a label at its beginning names the speaker."""
    p = paragraphs[n]
    if re.match(r"\s*[(\[—–][^()\[\]]{2,160}[)\]]?\s*$", text):
        return  # only an attribution
    tail = re.search(r"\s*(?:[—–]\s*)?[(\[]([^()\[\]]{2,160})[)\]]\s*\.?\s*$|\s+[—–]\s*([^—–\n]{2,80})\s*$", text)
    end = len(text)
    q = Quoted(p, 0, end, "", True)
    if tail and (sources.named(tail.group()) or sources.cited(tail.group()) or _LITERATURE.search(tail.group())):
        end = tail.start()
        _attribute(q, tail.group(), "", sources)
    label = re.match(r"\s*([^\W\d_][\w .'-]{0,40}?|[A-Z]{1,4}\d{0,3}(?:-[A-Z]+)?)\s*[:：]\s+(?=\S)", text[:end])
    start = 0
    if label and (sources.named(label.group(1)) or len(label.group(1)) <= 3 or re.match(r"(?i)(?:informan|narasumber|peneliti|pewawancara|partisipan)\b", label.group(1))):
        start = label.end()
        if re.match(r"(?i)(?:P|T|Q|peneliti|pewawancara|interviewer)$", label.group(1)):
            q.notes.append("interviewer")
        elif sources.named(label.group(1)):
            q.people, q.named = frozenset().union(*(w for _, _, w in sources.named(label.group(1)))), label.group(1)
    if not q.attributed:
        _attribute(q, _follow(paragraphs, n), _lead(paragraphs, n), sources)
    if not q.attributed and p.speaker:
        _row(q, p.speaker, sources)
    inner = text[start:end]
    lead = len(inner) - len(inner.lstrip(" \t\n\"“„«'‘"))
    q.start, q.end = start + lead, start + len(inner.rstrip(" \t\n\"”»'’"))
    q.text = plain(text[q.start:q.end])
    if tokens(q.text):
        yield q


def _attribute(q: Quoted, after: str, before: str, sources: Sources) -> None:
    """Read who is said to speak: in brackets or behind a dash after the words, else the last name in the sentence before them."""
    if re.match(r"\s*,?\s*(?:(?:1[89]|20)\d\d[a-z]?|tanpa tahun|t\.t\.|n\.d\.)\s*[,;:)]", after):
        q.literature = after[:20].strip()  # a title in a citation: (“Title,” 2018)
        return
    m = _ATTRIBUTION.match(after)
    if m and (inside := next(filter(None, m.groups()), "")):
        named, cited = sources.named(inside), sources.cited(inside)
        if named or cited:
            q.people = frozenset().union(frozenset(), *(who for _, _, who in named))
            q.named, q.documents = inside.strip(), tuple(x[1:] for x in cited) or _lines_of(q.people, inside)
            return
        if not _INTERVIEW.search(inside) and _LITERATURE.match(m.group().lstrip(" .,;")):
            q.literature = inside.strip()
            return
    rest = re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", after, maxsplit=1)[0][:160]
    m = re.match(r"\s*,?\s*(?:kata|ujar|tutur|ungkap|ucap|jelas|jawab|kenang|cerita|sahut|said|says)\w*\s+([^.]{2,80})", rest)
    if m and sources.named(m.group(1)):
        _, q.named, q.people = sources.named(m.group(1))[0]
        q.lead = True
        return
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z])", before.strip())[-1][-240:]
    if _LITERATURE.search(sentence) or re.search(r"\b[A-Z][\w'’-]+(?:\s+(?:dkk\.|et al\.|dan\s+[A-Z]\w+))?\s+\((?:1[89]|20)\d\d[a-z]?(?::\s*\d+)?\)", sentence):
        q.literature = sentence[-60:]
        return
    named = sources.named(sentence)
    if named:
        q.people, q.named, q.lead = frozenset().union(*(w for _, _, w in named)), ", ".join(dict.fromkeys(x[1] for x in named)), True
    cited = sources.cited(sentence)
    if cited:
        q.documents, q.lead = tuple(x[1:] for x in cited), True


def _lines_of(people: frozenset[tuple[str, str]], inside: str) -> tuple[tuple[str, int, int], ...]:
    """The lines that an attribution cites without its document ("Informan 3, baris 41"): of every document in which that person speaks."""
    m = _LINE.search(inside)
    return tuple((d, int(m.group(1)), int(m.group(2) or m.group(1))) for d in sorted({d for d, _ in people})) if m else ()


def is_term(q: Quoted) -> bool:
    """Whether these are a few marked words that nobody is named for: a term, a title, not somebody's speech."""
    return len([1 for t, _, _ in tokens(q.text) if t[:1].isalnum()]) < (2 if q.said and q.attributed else _SHORT) and (not q.attributed or q.lead) and not q.block
