"""Roles: who asks and who answers, told from the head, the legend, the labels and above all from the questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..labels import NOTE, RESEARCHER, ROLE_WORDS, STUDENT, key
from ..words import say

_ASKER = re.compile(r"\b(peneliti|pewawancara|penanya|moderator|interviewer|researcher|enumerator|notulis|notulen|observer|pengamat|pencatat|mahasiswa peneliti|asisten peneliti|pemandu diskusi|pengumpul data|tanya|question)\b", re.I)
_LEADER = re.compile(r"\b(fasilitator|facilitator|pemandu)\b", re.I)
_ANSWERER = re.compile(r"\b(informan\w*|narasumber|responden\w*|partisipan|participant|interviewee|respondent|informant|jawab\w*|answer|subjek|subyek|peserta|anggota|ketua|bendahara|sekretaris|pendamping)\b", re.I)
_ASK_KEYS = re.compile(r"^(pewawancara|peneliti|moderator|interviewer|enumerator|penanya|pemandu|notulis|notulen|pencatat|observer|fasilitator|tim peneliti|asisten)", re.I)
_ANSWER_KEYS = re.compile(r"^(informan|narasumber|responden|partisipan|subjek|interviewee|informant|participant|respondent|nama|inf\b|jabatan|status informan|peserta|kode)", re.I)


@dataclass(frozen=True, slots=True)
class Guess:
    """The role of a label, and what it was guessed from."""

    role: str
    reason: str


def description(words: str) -> str:
    """The role that a description names ("" when none): "bendahara kelompok" → officer."""
    if _ASKER.search(words):
        return "researcher"
    for role, pattern in ROLE_WORDS:
        if pattern.search(words):
            return role
    return ""


def guess_roles(turns: list[tuple[str, str]], head: Mapping[str, str], title: str = "") -> dict[str, Guess]:
    """The roles of the labels of a dialogue, given as (label, words) pairs; `head` is what the head says."""
    said: dict[str, list[str]] = {}
    for label, words in turns:
        if label:
            said.setdefault(label, []).append(words)
    notes = {x for x in said if x == NOTE}
    speakers = [x for x in said if x not in notes]
    asks = {x: sum("?" in w for w in said[x]) / len(said[x]) for x in speakers}
    ends = {x: sum(w.rstrip(" \"”')]*_").endswith("?") for w in said[x]) / len(said[x]) for x in speakers}
    told = {x: _told(x, head) for x in speakers}
    out = {x: Guess("researcher", say("bukan ucapan", "nobody's words")) for x in notes}
    students = {x for x in speakers if not told[x][0] and _student(x, head)}
    most = max((asks[x] for x in speakers if x not in students), default=0.0)
    if not any(role == "researcher" for role, _ in told.values()):  # a student interviews, unless somebody else does
        told |= {x: ("researcher", head.get(x, x)) for x in students if asks[x] >= most}
    for x in speakers:
        role, words = told[x]
        if role == "researcher":
            out[x] = Guess("researcher", say(f"disebut di label atau kepala: {words}", f"said by the label or the head: {words}"))
    if not out.keys() - notes:
        ranked = sorted(speakers, key=lambda x: (ends[x] + 0.5 * asks[x] + _prior(x, speakers), len(said[x])), reverse=True)
        free = [x for x in ranked if not told[x][0]]
        leaders = [x for x in free if _LEADER.search(told[x][1])]
        if leaders and len(speakers) > 2:
            free = leaders
        for x in free[:1]:
            rest = max((asks[y] for y in speakers if y != x), default=0.0)
            if asks[x] >= 0.3 and asks[x] > rest or _prior(x, speakers) > 0.2 and asks[x] >= rest - 0.1 or _LEADER.search(told[x][1]) or asks[x] >= 0.2 and len(speakers) == 2 and asks[x] >= rest + 0.1:
                out[x] = Guess("researcher", say(f"{asks[x]:.0%} gilirannya bertanya", f"{asks[x]:.0%} of the turns ask"))
    else:
        for x in list(out):
            other = [y for y in speakers if y not in out and asks[y] >= 0.5 and len(said[y]) >= 4]
            if x in notes or _ASKER.search(told[x][1]) or len(said[x]) < 4 or not other:
                continue
            if asks[x] <= 0.15 and asks[other[0]] - asks[x] >= 0.4:  # "P" is here the participant
                del out[x]
                out[other[0]] = Guess("researcher", say(f"{asks[other[0]]:.0%} gilirannya bertanya", f"{asks[other[0]]:.0%} of the turns ask"))
    for x in speakers:
        if x not in out and not told[x][0] and len(speakers) > 2 and (ends[x] >= 0.6 and len(said[x]) >= 4 or ends[x] == 1 and len(said[x]) >= 3 and x.isupper() and not _after(turns, x) & out.keys()):
            out[x] = Guess("researcher", say(f"{asks[x]:.0%} gilirannya bertanya", f"{asks[x]:.0%} of the turns ask"))
    asking = {key(x) for x in out if x not in notes}
    for x in speakers:  # "P" beside "Peneliti"
        if x not in out and not told[x][0] and RESEARCHER.match(key(x)) and any(a != key(x) and (a.startswith(key(x)) or asks[x] >= 0.3) for a in asking) and not any(y not in out and y != x and key(y).startswith(key(x)) for y in speakers):
            out[x] = Guess("researcher", say("singkatan dari label peneliti", "short for the researcher's label"))
    informants = [x for x in speakers if x not in out]
    for x in informants:
        role, words = told[x]
        why = say(f"disebut di label atau kepala: {words}", f"said by the label or the head: {words}")
        if not role and len(informants) == 1:
            for name, value in head.items():
                if _ANSWER_KEYS.match(name) and (role := _informant(value)):
                    why = say(f"kepala: {name}: {value}", f"head: {name}: {value}")
                    break
            if not role and (role := _informant(title)):
                why = say(f"kepala: {title[:60]}", f"head: {title[:60]}")
        if not role:
            role, why = "member", say("menjawab; tidak ada keterangan lain", "answers; nothing else is said")
        out[x] = Guess(role, why)
    return {x: out[x] for x in said}


def _after(turns: list[tuple[str, str]], label: str) -> set[str]:
    """Who speaks next, whenever somebody has spoken."""
    return {y for (x, _), (y, _) in zip(turns, turns[1:], strict=False) if x == label}


def _student(label: str, head: Mapping[str, str]) -> bool:
    """Whether the brackets behind a name call its bearer a student."""
    return any(STUDENT.match(m.group(1)) for x in (label, head.get(label, "")) if (m := re.search(r"\(([^()]+)\)\s*$", x)))


def _informant(words: str) -> str:
    """The informant's role that a description names, never the researcher's."""
    found = [(m.start(), role) for role, pattern in ROLE_WORDS if (m := pattern.search(words))]
    return min(found)[1] if found else ""


def _prior(label: str, speakers: list[str]) -> float:
    low = key(label)
    if low == "i" and {key(x) for x in speakers} & {"r", "n"}:
        return 0.3
    return 0.3 if RESEARCHER.match(low) else 0.0


def _told(label: str, head: Mapping[str, str]) -> tuple[str, str]:
    """What the label itself, the legend or the head says of it: (role, the words that say so)."""
    low = key(label)
    inside = re.search(r"\(([^()]+)\)\s*$", label)
    if inside and (role := description(inside.group(1))):
        return role, label
    for name, value in head.items():
        if key(name) == low and (len(low) <= 6 or value.startswith(f"{name} (")) and (role := description(value) or ("member" if _ANSWERER.search(value) else "")):
            if _LEADER.search(value) and role == "mentor":
                return "", value
            return role, f"{name} = {value}"
    bare = _bare(label)
    for name, value in head.items():
        if len(bare) >= 2 and re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", value, re.I) and len(low) > 2:
            piece = next((p for p in re.split(r"[;|]|,(?![^()]*\))", value) if re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", p, re.I)), value)
            if _ASK_KEYS.match(name) or _ASKER.search(piece):
                return ("researcher", f"{name}: {piece.strip()}")
            if (role := _informant(piece)) or len(re.split(r"[;|,]", value)) > 1 and (role := _informant(value)):
                return role, f"{name}: {value}"
    if _ASKER.search(low) or RESEARCHER.match(low) and len(low) > 2:
        return "researcher", label
    if (role := _informant(label)):
        return ("", label) if _LEADER.search(label) else (role, label)
    return "", ""


def _bare(label: str) -> str:
    """A name without its title."""
    words = re.sub(r"\([^()]*\)", "", label).split()
    titles = {"bu", "ibu", "pak", "bapak", "mbak", "mas", "kak", "bang", "mak", "tante", "om"}
    return " ".join(w for w in words if w.casefold() not in titles) or label
