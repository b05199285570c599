"""The judgement on one quotation: verbatim, changed, stitched, wrong speaker, not found, without consent.  Never by a score."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import numpy as np
from rapidfuzz.distance import Indel

from .quoting import Quoted, is_term
from .sources import END, Place, Sources, Stream
from .words import is_negator, is_number, is_word, tokens

VERDICTS = ("verbatim", "changed", "stitched", "wrong-speaker", "not-found", "no-consent", "translation", "literature", "term")
FINDINGS = ("changed", "stitched", "wrong-speaker", "not-found", "no-consent")
_GAP = re.compile(r"\[\s*(?:\.{2,}|…)\s*\]|\(\s*(?:\.{2,}|…)\s*\)")
_SIC = re.compile(r"\[\s*(?:sic|!|sic!|dalam asli(?:nya)?|seperti aslinya)\s*\]", re.I)
_ADDED = re.compile(r"\[[^\[\]]{1,120}\]")
_ROUND = re.compile(r"\([^()]{1,120}\)")
_DOTS = re.compile(r"\.{2,}|…")
_CLOSE = 0.55  # below this share of common words a passage is no candidate; above it, it is still never verbatim
_STOP = frozenset(".?!;")
_MOST = 3000  # words of a quotation that are looked for when it is not verbatim


@dataclass
class Judgement:
    """A verdict with its place, the word diff [(op, words in the source, words in the write-up)], flags and notes."""

    quoted: Quoted
    verdict: str
    place: Place | None = None
    diff: list[tuple[str, str, str]] = field(default_factory=list)
    flags: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    why: str = ""  # consent

    @property
    def finding(self) -> bool:
        return self.verdict in FINDINGS or "line" in self.flags


def judge(q: Quoted, sources: Sources) -> Judgement:
    """Judge one quotation against the study's sources."""
    found = _verbatim(q, sources) or _short(q, sources)
    if found is None:
        if is_term(q):
            return Judgement(q, "term")
        found = _nearest(q, sources)
        if q.literature and (found.verdict == "not-found" or not q.attributed and found.verdict != "no-consent" and _share(found) < 0.8):
            return Judgement(q, "literature")
        if found.verdict == "not-found" and q.block and (not q.attributed or q.lead and len(q.text.split()) > 60) and not q.notes:
            return Judgement(q, "term")  # an indented paragraph of prose
    elif is_term(q) and found.verdict not in ("no-consent",):
        return Judgement(q, "term")
    elif found.verdict == "wrong-speaker":
        own = _nearest(q, sources)
        if own.verdict == "changed" and own.flags == ("punctuation",) and own.place and _fits(q, own.place):
            found = own  # the one who is named said the same words, with another pause
    for place in found.places or ((found.place,) if found.place else ()):
        why = sources.why_not(place)
        if why:
            return replace(found, verdict="no-consent", why=why, diff=[])
    return found


def _share(found: Judgement) -> float:
    same = sum(len(a.split()) for op, a, _ in found.diff if op == "equal")
    return same / max(1, same + sum(len(b.split()) + len(a.split()) for op, a, b in found.diff if op != "equal"))


def _strip(words: list[str]) -> list[str]:
    a, b = 0, len(words)
    while a < b and not is_word(words[a]):
        a += 1
    while b > a and not is_word(words[b - 1]):
        b -= 1
    return words[a:b]


def _words(text: str) -> list[str]:
    return _strip([t for t, _, _ in tokens(text)])


def _fits(q: Quoted, place: Place) -> bool:
    """Whether a place agrees with who and which document the write-up names."""
    if q.documents and place.document not in {d for d, _, _ in q.documents}:
        return False
    if q.people and not any(s == place.speaker for _, s in q.people):
        return False
    return not (place.role == "researcher" and (q.people or q.documents) and "interviewer" not in q.notes)


def _line(q: Quoted, place: Place, sources: Sources) -> bool:
    """Whether the cited line is the place's own (its first or last line, or one beside it)."""
    lines = [(a, b) for d, a, b in q.documents if d == place.document and a]
    last = sources.documents[place.document].line(max(place.start, place.end - 1))
    return not lines or any(a <= last and b >= place.line for a, b in lines)


def _verdict(q: Quoted, candidates: list[tuple[Place, ...]], flags: tuple[str, ...], sources: Sources) -> Judgement:
    """Choose among the places where all the words stand as quoted."""
    whole = [c for c in candidates if q.paragraph.kind == "output" or not _cut(c[0], sources)]  # a listing of codings bears its own sign of polarity
    cited = [c for c in candidates if q.documents and all(_fits(q, p) for p in c) and _line(q, c[0], sources)]
    if not whole or cited and not any(c in whole for c in cited):
        worst = (cited or candidates)[0]
        return Judgement(q, "changed", worst[0], [("change", _cut(worst[0], sources), ""), ("equal", q.text, q.text)], (*flags, "negation"), worst)
    candidates = whole
    fitting = [c for c in candidates if all(_fits(q, p) for p in c)]
    if not fitting:
        best = next((c for c in candidates if c[0].role != "researcher"), candidates[0])
        return Judgement(q, "wrong-speaker", best[0], [], (*flags, "interviewer") if best[0].role == "researcher" else flags, best)
    lined = [c for c in fitting if _line(q, c[0], sources)]
    allowed = [c for c in lined or fitting if not any(sources.why_not(p) for p in c)]
    best = next((c for c in allowed if c[0].role != "researcher"), (allowed or lined or fitting)[0])
    if best[0].role == "researcher":
        flags = (*flags, "interviewer")
    return Judgement(q, "verbatim", best[0], [], flags if lined else (*flags, "line"), best)


_BETWEEN = frozenset("pernah terlalu begitu selalu bisa akan ada mau ever always really very going be have".split())


def _cut(place: Place, sources: Sources) -> str:
    """The negation right before a place, in its clause, that the quotation leaves out; "" where there is none."""
    d, t = sources.turns[place.turn]
    before = tokens(d.text[max(t.body, place.start - 60):place.start])
    if max(t.body, place.start - 60) > t.body:
        before = before[1:]
    for n in (1, 2):
        if len(before) >= n and is_negator(before[-n][0]) and all(w in _BETWEEN for w, _, _ in before[len(before) - n + 1:]):
            base = max(t.body, place.start - 60)
            return d.text[base + before[-n][1]:place.start].strip()
    return ""


def _verbatim(q: Quoted, sources: Sources) -> Judgement | None:
    """All words and all punctuation inside the quotation as in the source, in one turn; pieces around [...] in order, by one speaker."""
    if "[" in q.text or "(" in q.text:  # brackets that stand in the transcript itself
        found, _ = _ordered(sources.strict, [_words(q.text)], [], sources) if _words(q.text) else ([], ())
        if found:
            return _verdict(q, found, (), sources)
    text = _SIC.sub(" ", q.text)
    for streams, clean, extra in ((("strict", "spoken"), text, ()), (("spoken",), _ROUND.sub(" ", text), ("bracket",))):
        if extra and clean == text:
            break
        pieces, joints = _pieces(clean)
        for name in streams:
            stream: Stream = getattr(sources, name)
            found, flags = _ordered(stream, pieces, joints, sources)
            if found:
                return _verdict(q, found, (*flags, *extra, *(("aside",) if name == "spoken" and not extra else ())), sources)
    if _DOTS.search(_GAP.sub(" ", text)):  # a bare … as a mark of omission
        pieces, joints = _pieces(_DOTS.sub(" [...] ", _GAP.sub(" [...] ", text)))
        found, flags = _ordered(sources.spoken, pieces, joints, sources)
        if found:
            return _verdict(q, found, flags, sources)
    return None


def _short(q: Quoted, sources: Sources) -> Judgement | None:
    """A table's cell that a program cut inside a word ("nunggu kirim..."): all that stands there, and the beginning of the word that follows."""
    m = re.search(r"(\w+)\s?(?:\.\.\.|…)\W*$", q.text) if q.paragraph.kind in ("cell", "output") else None
    if m is None or not (words := _words(q.text[:m.start()])):
        return None
    found, flags = _ordered(sources.strict, [words], [], sources)
    found = [c for c in found if re.match(r"\W*" + re.escape(m.group(1)), sources.documents[c[0].document].text[c[0].end:c[0].end + 200], re.I)]
    return _verdict(q, found, ("omission", *flags), sources) if found else None


def _pieces(text: str) -> tuple[list[list[str]], list[str]]:
    """The pieces between omissions ("gap") and bracketed additions ("added"), and what joins them."""
    pieces: list[list[str]] = []
    joints: list[str] = []
    at = 0
    last = ""
    for m in re.finditer(f"{_GAP.pattern}|{_ADDED.pattern}", text):
        words = _words(text[at:m.start()])
        kind = "gap" if _GAP.fullmatch(m.group()) else "added"
        if words:
            if pieces:
                joints.append(last or "added")
            pieces.append(words)
            last = kind
        elif kind == "gap":
            last = "gap"
        at = m.end()
    words = _words(text[at:])
    if words:
        if pieces:
            joints.append(last)
        pieces.append(words)
    return pieces, joints


def _ordered(stream: Stream, pieces: list[list[str]], joints: list[str], sources: Sources) -> tuple[list[tuple[Place, ...]], tuple[str, ...]]:
    """Places where the pieces stand one behind the other in one document, by one speaker; none where an omission hides a negation."""
    if not pieces:
        return [], ()
    flags = tuple(dict.fromkeys({"gap": "omission", "added": "bracket"}[j] for j in joints))
    out: list[tuple[Place, ...]] = []
    for first in stream.find(pieces[0]):
        chain = [first]
        who = _voice(stream, first[0], sources)
        for words, joint in zip(pieces[1:], joints, strict=True):
            nxt = next((s for s in stream.find(words, chain[-1][1], 60) if _voice(stream, s[0], sources) == who and _sound(stream.words(chain[-1][1], s[0]), joint)), None)
            if nxt is None:
                break
            chain.append(nxt)
        else:
            out.append(tuple(sources.place(stream, a, b) for a, b in chain))
    return out, flags


def _voice(stream: Stream, token: int, sources: Sources) -> tuple[str, str]:
    d, t = sources.turns[stream.turn(token)]
    return d.id, t.speaker or t.label


def _sound(gap: list[str], joint: str) -> bool:
    """Whether leaving out these words is fair: an addition in brackets replaces at most five, and no number; no negation is cut out of a clause that stays."""
    if joint == "added" and (len(gap) > 5 or END in gap or any(map(is_number, gap))):
        return False
    stops = [i for i, w in enumerate(gap) if w in _STOP or w == END]
    if not stops:
        return not any(map(is_negator, gap))
    tail = gap[stops[-1] + 1:]
    tail = tail[max((i for i, w in enumerate(tail) if w == ","), default=-1) + 1:]
    return not any(map(is_negator, (*gap[:min(3, stops[0])], *tail)))


# --- what is not verbatim ------------------------------------------------------------------------------------------------
def _nearest(q: Quoted, sources: Sources) -> Judgement:
    """The passage that the words come from, with a word diff; stitched when several passages explain them better; else not found."""
    text = _ADDED.sub(" ", _GAP.sub(" ", _SIC.sub(" ", q.text)))
    wanted = [t for t, _, _ in tokens(text) if is_word(t)][:_MOST]
    if not wanted:
        return Judgement(q, "not-found")
    runs = _runs(wanted, sources)
    window = _window(wanted, sources, q)
    if window is None and not runs:
        return Judgement(q, "not-found")
    share, place, same = 0.0, None, 0
    if window is not None:
        a, b = window
        ops = Indel.opcodes(sources.bare.words(a, b), wanted)
        same = sum(o.src_end - o.src_start for o in ops if o.tag == "equal")
        share = 2 * same / (b - a + len(wanted))
        place = sources.place(sources.bare, a, b)
    covered = sum(n for _, n, _ in runs)
    turns = {sources.bare.turn(p) for _, _, p in runs}
    if len(turns) > 1 and covered >= 0.7 * len(wanted) and covered > same + 1 and min(n for _, n, _ in runs) >= 3:
        places = tuple(sources.place(sources.bare, p, p + n) for _, n, p in runs)
        diff = [("equal", " ".join(wanted[i:i + n]), f"{places[k].document}:{places[k].line} {places[k].speaker}") for k, (i, n, _) in enumerate(runs)]
        return Judgement(q, "stitched", places[0], diff, ("unmarked",) if not _GAP.search(q.text) else (), places)
    if place is None or share < _CLOSE:
        return Judgement(q, "not-found")
    diff, flags = _diff(q, place, sources)
    if flags == ("pseudonym",):
        return _verdict(q, [(place,)], flags, sources)
    wrong = q.attributed and not _fits(q, place)
    return Judgement(q, "changed", place, diff, (*flags, *(("speaker",) if wrong else ())), (place,))


def _runs(wanted: list[str], sources: Sources, least: int = 3) -> list[tuple[int, int, int]]:
    """The quotation cut greedily into the longest runs of words that stand somewhere in a turn: (at, words, token in the source)."""
    stream = sources.bare
    numbers, ids = stream.ids, stream.numbers(wanted)
    out: list[tuple[int, int, int]] = []
    i = 0
    while i < len(ids):
        if ids[i] < 0:
            i += 1
            continue
        at = stream.places(ids[i])
        n, kept = 1, at
        while i + n < len(ids) and ids[i + n] >= 0:
            following = at[(at + n < len(numbers))]
            following = following[numbers[following + n] == ids[i + n]]
            if not len(following):
                break
            at = kept = following
            n += 1
        if n >= least:
            out.append((i, n, int(kept[0])))
            i += n
        else:
            i += 1
    return out


def _window(wanted: list[str], sources: Sources, q: Quoted) -> tuple[int, int] | None:
    """The token span that shares most words with the quotation, in nearly the same order: votes of its rarer words, then a trim."""
    stream = sources.bare
    votes: list[np.ndarray] = []
    weights: list[np.ndarray] = []
    for i, w in enumerate(stream.numbers(wanted)):
        if w < 0:
            continue
        at = stream.places(w)
        if len(at) > 3000:
            continue
        votes.append(at - i)
        weights.append(np.full(len(at), 1.0 / (1 + np.log1p(len(at)))))
    if not votes:
        return None
    where, weight = np.concatenate(votes), np.concatenate(weights)
    width = max(4, len(wanted) // 4)
    low = int(where.min())
    tally = np.bincount((where - low) // width, weight)
    tally = tally + np.concatenate((tally[1:], [0]))
    likely = np.argpartition(tally, -4)[-4:] if len(tally) > 4 else np.arange(len(tally))
    best: tuple[float, int, int] | None = None
    for bucket in sorted(map(int, likely), key=lambda k: (-tally[k], -k)):
        a = max(0, low + bucket * width - 4)
        b = min(len(stream), a + len(wanted) + 2 * width + 12)
        span = _trim(wanted, stream.words(a, b), a)
        if span is None:
            continue
        same = Indel.similarity(stream.words(*span), wanted) / 2
        place = sources.place(stream, *span)
        score = 2 * same / (span[1] - span[0] + len(wanted)) + (0.05 if q.attributed and _fits(q, place) else 0)
        if best is None or score > best[0]:
            best = (score, *span)
    return best[1:] if best else None


def _trim(wanted: list[str], words: list[str], a: int) -> tuple[int, int] | None:
    """Narrow a window that begins at token `a` to the turn that holds most of the common words, from the first to the last of them."""
    best: tuple[int, int, int] | None = None
    start = 0
    for end in [i for i, w in enumerate(words) if w == END] + [len(words)]:
        if end > start:
            ops = [o for o in Indel.opcodes(words[start:end], wanted) if o.tag == "equal"]
            same = sum(o.src_end - o.src_start for o in ops)
            if ops and (best is None or same > best[0]):
                head, tail = ops[0].dest_start, len(wanted) - ops[-1].dest_end  # words in front of and behind the common ones
                best = (same, a + max(start, start + ops[0].src_start - head), a + min(end, start + ops[-1].src_end + tail))
        start = end + 1
    return best[1:] if best else None


def _diff(q: Quoted, place: Place, sources: Sources) -> tuple[list[tuple[str, str, str]], tuple[str, ...]]:
    """The word diff of source and quotation with its flags: negation, number, punctuation, words, pseudonym."""
    document = sources.documents[place.document]
    source = document.text[place.start:place.end]
    here, there = tokens(source), tokens(_SIC.sub(" ", q.text))
    while there and not is_word(there[-1][0]):
        there.pop()
    while there and not is_word(there[0][0]):
        there.pop(0)
    text = _SIC.sub(" ", q.text)
    out: list[tuple[str, str, str]] = []
    flags: set[str] = set()
    for o in Indel.opcodes([t for t, _, _ in here], [t for t, _, _ in there]):
        mine = source[here[o.src_start][1]:here[o.src_end - 1][2]] if o.src_end > o.src_start else ""
        yours = text[there[o.dest_start][1]:there[o.dest_end - 1][2]] if o.dest_end > o.dest_start else ""
        if out and out[-1][0] == "change" and o.tag != "equal":
            out[-1] = ("change", f"{out[-1][1]} {mine}".strip(), f"{out[-1][2]} {yours}".strip())
        else:
            out.append(("equal" if o.tag == "equal" else "change", mine, yours))
    for op, mine, yours in out:
        if op == "equal":
            continue
        a, b = [t for t, _, _ in tokens(mine)], [t for t, _, _ in tokens(yours)]
        if mine and yours and _same_person(mine, yours, sources):
            flags.add("pseudonym")
            continue
        if [t for t in a if is_negator(t)] != [t for t in b if is_negator(t)]:
            flags.add("negation")
        if [t for t in a if is_number(t)] != [t for t in b if is_number(t)]:
            flags.add("number")
        if any(is_word(t) and not is_negator(t) and not is_number(t) for t in (*a, *b)):
            flags.add("words")
        elif not any(map(is_word, (*a, *b))):
            flags.add("punctuation")
    return out, tuple(f for f in ("negation", "number", "words", "punctuation", "pseudonym") if f in flags)


def _same_person(a: str, b: str, sources: Sources) -> bool:
    """Whether two names stand for one person (a name replaced by a code)."""
    mine, yours = sources.named(a), sources.named(b.strip("[]() "))
    people = {s for _, _, who in mine for _, s in who} & {s for _, _, who in yours for _, s in who}
    return bool(people) and all(len(w.split()) <= 3 for w in (a, b))
