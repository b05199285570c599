"""Turns: who speaks where in a transcript, whatever the convention it was written in.

>>> found = segment("P: Sudah lama, Bu?\\nN: Sudah.\\nP: Senang?\\nN: Iya.")
>>> [(t.label, found.words(t)) for t in found.turns][:2]
[('P', 'Sudah lama, Bu?'), ('N', 'Sudah.')]
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..labels import NOTE, key, persona, plain
from . import tables, unlabelled
from .dialogue import Said, assemble, clean
from .head import head_stop, legend
from .page import Mark, Page, page
from .schemes import Opener, known, labelled, running

__all__ = ["NOTE", "Said", "Segmentation", "key", "segment"]


@dataclass(frozen=True)
class Segmentation:
    """The turns of a text, by which convention they were found, and where the dialogue begins."""

    text: str
    convention: str = ""
    turns: tuple[Said, ...] = ()
    start: int = 0
    legend: dict[str, str] = field(default_factory=dict)
    page: Page | None = field(default=None, repr=False, compare=False)

    def words(self, turn: Said) -> str:
        """What a turn says, without the marks of form inside it."""
        out, at = [], turn.body
        for a, b in turn.skips:
            out.append(self.text[at:a])
            at = max(at, b)
        return "".join((*out, self.text[at:turn.end])).strip()


def segment(text: str, marks: Iterable[Mark] = (), listed: Iterable[str] = (), start: int = 0) -> Segmentation:
    """Find the turns of `text` from offset `start` on; `marks` are the styles of rich text, `listed` labels known beforehand."""
    seen = page(text, marks)
    if start:
        for line in seen.lines:
            if line.b <= start:
                line.p = line.b
    listed = list(listed)
    table = tables.rows(seen)
    if table:
        inner = tables.column(seen, table, 0.8)
        found = segment(inner, listed=listed, start=start) if inner else Segmentation("")
        if found.convention == "colon" and len({t.label for t in found.turns}) >= 2:
            return replace(found, text=text)
        cells = tables.cells(seen, table)
        covered = sum(c.end - c.body for c in cells)
        if cells and covered >= 0.3 * len(text[start:].strip()):
            turns = [Said(c.start, c.body, c.end, c.label, c.time, tuple(_inside(text, c.body, c.end))) for c in cells]
            return Segmentation(text, "table", tuple(turns), turns[0].start, legend(seen, turns[0].start), seen)
        inner = tables.column(seen, table, 0.5)
        if inner and (found := segment(inner, listed=listed, start=start)).turns:
            return replace(found, text=text)
    opens = labelled(seen, listed)
    if opens:
        stop = head_stop(seen, opens)
        opens = [o for o in opens if o.start >= stop]
    opens = _one_party(seen, opens, listed)
    if len({key(o.label) for o in opens}) >= 2 or opens and listed:
        turns = _records(text, assemble(seen, opens))
        return Segmentation(text, opens[0].sign, tuple(turns), turns[0].start, {**_persons(opens), **legend(seen, turns[0].start)}, seen)
    if (bare := _uncoded(text)) and (found := segment(bare, marks, listed, start)).convention not in ("", "questions", "alternation"):
        return replace(found, text=text)
    blocks = unlabelled.blocks(seen)
    kinds, form = unlabelled.classify(seen, blocks)
    if opens and (len(opens) >= 3 or not kinds):
        turns = assemble(seen, opens, alone=True)
        return Segmentation(text, opens[0].sign, tuple(turns), turns[0].start, legend(seen, turns[0].start), seen)
    flow = running(seen) if not kinds or form in ("questions", "alternation") else []
    if flow:
        ends = [*(o.start for o in flow[1:]), len(text)]
        turns = [Said(o.start, o.body, end, clean(o.label)) for o, end in zip(flow, ends, strict=True)]
        return Segmentation(text, "running", tuple(turns), flow[0].start, legend(seen, flow[0].start), seen)
    if kinds:
        turns = _of_blocks(seen, blocks, kinds)
        if turns:
            return Segmentation(text, form, tuple(turns), turns[0].start, legend(seen, turns[0].start), seen)
    return Segmentation(text, "", (), len(text), {}, seen)


_CODE = re.compile(r"^[ \t]*(?:[A-Z][\w./-]{0,14}\d[\w./-]{0,6}|[(\[][A-Z\d][\w./,; -]{0,18}\d[)\]])[.)]?[ \t]+(?=\S)", re.M)


def _uncoded(text: str) -> str:
    """The text with the code at the beginning of each line ("W1-S2-014 P: …") blank; "" when there are none."""
    full = [line for line in text.split("\n") if line.strip()]
    codes = [m.group().strip() for line in full if (m := _CODE.match(line))]
    if len(codes) < 6 or len(codes) < 0.5 * len(full) or len(set(codes)) < 0.8 * len(codes):
        return ""
    return _CODE.sub(lambda m: " " * len(m.group()), text)


_WHO = re.compile(r"(?:pembicara|penutur|speaker|nama|name|oleh|who|pelaku|partisipan)$", re.I)
_WHAT = re.compile(r"(?:isi|ucapan|teks|text|ujaran|tuturan|transkrip|pernyataan|utterance|content|kata|pesan|dialog)$", re.I)


def _records(text: str, turns: list[Said]) -> list[Said]:
    """Pairs of lines "Pembicara: Bu Ani" and "Isi: …" as the turns they mean."""
    labels = {t.label for t in turns}
    who, what = next((x for x in labels if _WHO.match(x)), ""), next((x for x in labels if _WHAT.match(x)), "")
    if not who or not what or len(labels - {who, what, NOTE}) > 2:
        return turns
    out, name, start = [], "", 0
    for t in turns:
        if t.label == who:
            name, start = clean(text[t.body:t.end].strip().partition("\n")[0]), t.start
        elif t.label == what and name:
            out.append(replace(t, start=start, label=name))
            start = t.end
    return out if len({t.label for t in out}) >= 2 else turns


def _persons(opens: list[Opener]) -> dict[str, str]:
    """What the labels themselves say of those who speak: {"Bu Sum": "Bu Sum (49, jualan pecel)"}."""
    out: dict[str, str] = {}
    for o in opens:
        if persona(o.label) and plain(o.label) != o.label:
            out.setdefault(clean(plain(o.label)), o.label)
    return out


def _one_party(seen: Page, opens: list[Opener], listed: list[str]) -> list[Opener]:
    """Where one label opens nearly all labelled turns and as many paragraphs bear none, the rare others are no labels."""
    counts = Counter(key(o.label) for o in opens)
    if len(counts) < 2 or listed:
        return opens
    top, n = counts.most_common(1)[0]
    free = sum(1 for x in seen.lines if not x.blank and x.opens and x.a > opens[0].start) - len(opens)
    rare = {k for k, c in counts.items() if k != top and not (known(k) and c >= 0.2 * n)}
    if n >= 4 and n >= 0.7 * len(opens) and free >= 0.7 * n and len(rare) == len(counts) - 1:
        return [o for o in opens if key(o.label) == top]
    return opens


def _inside(text: str, a: int, b: int) -> list[tuple[int, int]]:
    """Marks of form inside a cell: emphasis around the whole of it."""
    for mark in ("***", "**", "__", "*", "_"):
        n = len(mark)
        if b - a > 2 * n and text.startswith(mark, a) and text.endswith(mark, a, b) and mark not in text[a + n:b - n]:
            return [(a, a + n), (b - n, b)]
    return []


def _of_blocks(seen: Page, blocks: list[unlabelled.Block], kinds: list[str]) -> list[Said]:
    """Turns of unlabelled blocks: neighbours of one kind are one turn; what comes before the first question is the head."""
    turns: list[Said] = []
    first = next((i for i, k in enumerate(kinds) if k == "P"), None)
    if first is None:
        return []
    for block, kind in list(zip(blocks, kinds, strict=True))[first:]:
        label = kind or (turns[-1].label if turns else "")
        if not kind and turns:
            label = NOTE
        skips = [s for s in seen.blanked if block.a <= s[0] < block.b]
        start = seen.lines[block.first].a if seen.lines[block.first].p == block.a else block.a
        if turns and turns[-1].label == label:
            before = turns[-1]
            gap = [(before.end, before.end)] if before.end == start else []
            between = _gap(seen, before.end, block.a)
            turns[-1] = Said(before.start, before.body, block.b, label, before.time, tuple(sorted({*before.skips, *gap, *between, *skips})))
        else:
            turns.append(Said(start, block.a, block.b, label, seen.lines[block.first].time, tuple(sorted(set(skips)))))
    return turns


def _gap(seen: Page, a: int, b: int) -> list[tuple[int, int]]:
    """The marks of form (not the line ends) between two blocks of one turn."""
    out, at = [], a
    while at < b:
        if seen.text[at] in "\n":
            at += 1
            continue
        stop = at
        while stop < b and seen.text[stop] != "\n":
            stop += 1
        if seen.text[at:stop].strip():
            out.append((at, stop))
        at = stop
    return out
