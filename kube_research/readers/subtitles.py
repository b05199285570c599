"""Subtitles (.vtt, .srt): timed cues → turns with times."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

from ..model import KubeError
from ..text import sentences
from ..turns import segment
from ..turns.page import hms
from ..words import say
from .encoding import decode, tidy
from .plain import from_text
from .rich import remarks
from .source import Mapped, Remark, Source

_TIME = re.compile(r"((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>")
_SAID = re.compile(r"([^\W\d_][\w.'-]*(?: [\w.'-]+){0,3}) ?[:：]\s+(?=\S)")  # a label in the words of a cue, where others have a voice
UNNAMED = Remark("tidak ada pembicara yang disebut; giliran ditebak dari pertanyaan: periksa, lalu beri label.", "no speaker is named; turns are guessed from the questions: check, and label them.")
NOBODY = Remark("tidak ada pembicara yang disebut, dan giliran tidak dapat ditebak: teksnya per alinea dengan waktunya; pecah per giliran dan beri label (NAMA: …).", "no speaker is named, and no turns can be guessed: the text is in paragraphs, each with its time; part it into turns and label them (NAME: …).")


@dataclass(frozen=True, slots=True)
class Cue:
    """Something said at a time, by whom if that is told."""

    time: str
    label: str
    words: str


def read(path: Path, data: bytes) -> list[Source]:
    """Read a .vtt or .srt file."""
    raw, encoding, fixed = decode(data, path.name)
    text, repaired = tidy(raw)
    found, dropped = cues(text.text)
    if not found:
        raise KubeError(say("Tidak ada teks bertanda waktu (00:00:01.000 --> 00:00:02.000) di berkas ini.", "There are no timed texts (00:00:01.000 --> 00:00:02.000) in this file."), path.name, say("Periksa akhiran namanya.", "Check its extension."))
    del encoding
    return from_cues(path.stem, found, raw, dropped=remarks(dropped), repaired=[*fixed, *repaired])


def cues(text: str) -> tuple[list[Cue], Counter[str]]:
    """The cues of a subtitle file."""
    out: list[Cue] = []
    dropped: Counter[str] = Counter()
    for block in re.split(r"\n\s*\n", text):
        lines = block.strip("\n").split("\n")
        at = next((i for i, line in enumerate(lines) if _TIME.search(line)), None)
        if at is None:
            if re.match(r"(NOTE|STYLE|REGION)\b", lines[0]):
                dropped["comments"] += 1
            continue
        time = hms(_TIME.search(lines[at]).group(1))  # type: ignore[union-attr]
        words = "\n".join(lines[at + 1:])
        parts = _VOICE.split(words)
        pieces = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
        for label, said in pieces:
            said = unescape(re.sub(r"</?[a-zA-Z][^<>\n]{0,60}>|<\d[\d:.]+>|\{\\[^}]*\}", "", said)).strip()
            if said:
                out.append(Cue(time, " ".join(unescape(label).split()), said))
    return out, dropped


def from_cues(name: str, found: Iterable[Cue], raw: str, *, dropped: Iterable[Remark] = (), repaired: Iterable[Remark] = (), title: str = "") -> list[Source]:
    """Sources of timed, perhaps labelled, speech: neighbours of one voice are one turn."""
    found = list(found)
    repaired, dropped = list(repaired), list(dropped)
    if not any(c.label for c in found):
        found = _labelled(found)
    if any(c.label for c in found):
        found = [c if c.label or not (m := _SAID.match(c.words)) else Cue(c.time, m.group(1), c.words[m.end():]) for c in found]
        turns: list[list[str]] = []
        last = None
        for c in found:
            label = re.sub(r"[\[\]:\n]", " ", c.label).strip() or (last or "?")
            if label == last:
                turns[-1].append(c.words)
            else:
                turns.append([f"[{c.time}] {label}: {c.words}" if c.time else f"{label}: {c.words}"])
            last = label
        text = "\n\n".join("\n".join(t) for t in turns) + "\n"
        listed = list(dict.fromkeys(c.label for c in found if c.label))
        from .transcript import transcript

        clean = Mapped.of(text)
        source = transcript(name, clean, raw=raw, dropped=dropped, repaired=repaired, found=segment(text, listed=listed))
        if source:
            return [source]
    words = "\n".join(c.words for c in found)
    if segment(words).convention in ("", "questions", "alternation"):
        words = "\n\n".join(f"[{time}] {said}" if time else said for time, said in _sentences(found))
        made = from_text(name, Mapped.of(words + "\n"), raw=raw, dropped=dropped, repaired=repaired, title=title)
        return [replace(s, repaired=(*s.repaired, UNNAMED if s.convention else NOBODY)) for s in made]
    return from_text(name, Mapped.of(words + "\n"), raw=raw, dropped=dropped, repaired=repaired, title=title)


def _labelled(found: list[Cue]) -> list[Cue]:
    """Cues whose words say who speaks (`P: …`), as cues with a label, so that their times stay."""
    seg = segment("\n".join(c.words for c in found))
    names = {t.label for t in seg.turns} if seg.convention == "colon" else set()
    out = []
    for c in found:
        for line in c.words.split("\n") if names else (c.words,):
            m = _SAID.match(line)
            out.append(Cue(c.time, m.group(1), line[m.end():]) if m and m.group(1) in names else Cue(c.time, "", line))
    return out


def _sentences(found: list[Cue]) -> list[tuple[str, str]]:
    """Cues joined to whole sentences, each piece with the time of the cue in which it begins: a question is a piece, and what stands between two; where nothing is asked, half a minute."""
    said, starts = "", []
    for c in found:
        said += " " * bool(said)
        starts.append(len(said))
        said += " ".join(c.words.split())
    spans = sentences(said)
    asks = [said[a:b].rstrip("\"'”’)]").endswith("?") for a, b in spans]
    out: list[list[str]] = []
    last = begun = 0
    for (a, b), ask in zip(spans, asks, strict=True):
        time = found[bisect_right(starts, a) - 1].time
        new = ask or last if any(asks) else _seconds(time) - begun >= 30
        if out and not new:
            out[-1][1] += f" {said[a:b]}"
        else:
            out.append([time, said[a:b]])
            begun = _seconds(time)
        last = ask
    return [(time, words) for time, words in out]


def _seconds(time: str) -> int:
    """A time hh:mm:ss in seconds."""
    return sum(int(x) * 60 ** n for n, x in enumerate(reversed(time.split(":")))) if time else 0
