"""What programs mean by the standard where it leaves them free: NVivo's cases that are coded and annotations that are linked, the remarks of
QualCoder and Quirkos on a place, the nameless cases that MAXQDA and Quirkos put a document's variables in."""

from __future__ import annotations

import re

from .project import Project, ProjectSource, Selection

_LOOSE = re.compile(rb"&(?!(?:#\d+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);)|<(?![A-Za-z_/!?])")
_QUOTED = re.compile(rb"</(\w+)'(\w+)>")
_AS_IT_IS = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))", re.S)  # where & and < are what they are
FAVOURED = (("atlas", "+lf"), ("qualcoder", "+lf"))  # who counts a line end once where the file has two: their signs need no majority


def favoured(origin: str) -> str:
    """The way of counting line ends that a program is known for, or ""."""
    return next((ends for name, ends in FAVOURED if name in origin.casefold()), "")


def mended(data: bytes) -> bytes | None:
    """XML with `&` and `<` in texts that somebody forgot to write as entities, or a quotation mark within a closing tag (QualCoder's annotations and recordings), made sound; None where there are none."""
    parts = _AS_IT_IS.split(data)
    parts[::2] = [_LOOSE.sub(lambda m: b"&amp;" if m.group() == b"&" else b"&lt;", _QUOTED.sub(rb"</\1\2>", part)) for part in parts[::2]]
    out = b"".join(parts)
    return out if out != data else None


def settle(p: Project, placed: dict[str, list[tuple[str, int, int]]], links: list[tuple[str, str]]) -> None:
    """Put what a program wrote in its own way where it belongs: `placed` are places that notes name, `links` the ends of links."""
    _file_variables(p)
    _case_codings(p)
    _remarks(p, placed)
    _linked(p, links)


def _file_variables(p: Project) -> None:
    """A case without a name that holds values and one source is that source's variables."""
    sources = {s.guid: s for s in p.sources}
    for c in [c for c in p.cases if not c.name.strip() and c.values and len(c.sources) == 1 and not c.passages and not c.description]:
        s = sources.get(c.sources[0])
        if s is not None:
            for name, value in c.values.items():
                s.values.setdefault(name, value)
            p.cases.remove(c)


def _case_codings(p: Project) -> None:
    """NVivo codes passages at cases as at codes: such a passage belongs to the case; it is no coding."""
    cases = {c.guid: c for c in p.cases}
    if not cases:
        return
    for s in p.sources:
        named: dict[str, list[Selection]] = {}
        for x, m in () if s.columns and s.columns.codes().isdisjoint(cases) else [(x, m) for x in s.selections for m in x.marks if m.code in cases]:
            named.setdefault(m.code, []).append(x)
            x.marks.remove(m)
        whole = [m for m in s.codes if m.code in cases]
        s.codes = [m for m in s.codes if m not in whole]
        for guid in dict.fromkeys([*(m.code for m in whole), *named]):
            c = cases[guid]
            if any(m.code == guid for m in whole) or len(named) == 1 or _covers(s, named.get(guid, [])):
                if s.guid not in c.sources:
                    c.sources.append(s.guid)
                if guid in named and not _covers(s, named[guid]):
                    p.losses.add("kasus yang menunjuk kutipan; kini kasus seluruh sumbernya", "case that points to passages; now the case of their whole source", c.name)
            else:
                p.losses.add("rujukan kasus ke kutipan (tersimpan; ikut lagi saat diekspor)", "reference of a case to passages (kept; goes out again)", f"{c.name}: {s.name}")
        if not named:
            continue
        gone = {x.guid for xs in named.values() for x in xs if not x.marks and not x.notes and not x.description.strip()}
        s.selections = [x for x in s.selections if x.guid not in gone]


def _covers(s: ProjectSource, passages: list[Selection]) -> bool:
    """Whether passages cover nine tenths of a source, in whatever way its places are counted."""
    return sum(abs(x.end - x.start) for x in passages) >= 0.9 * len((s.text or "").strip())


def _remarks(p: Project, placed: dict[str, list[tuple[str, int, int]]]) -> None:
    """A note with a place and one source is a remark on that place of the source."""
    owners: dict[str, list[ProjectSource]] = {}
    for s in p.sources:
        for n in s.notes:
            owners.setdefault(n, []).append(s)
    texts = [s for s in p.sources if s.text]
    for note, places in placed.items():
        n = p.notes[note]
        mine = owners.get(note, [])
        outside = any(end > len(n.text) for _, _, end in places)
        if not mine and outside and len(texts) == 1:  # QualCoder names the source for its first remark only
            mine = texts
        if len(mine) != 1:
            continue
        s = mine[0]
        s.notes = [x for x in s.notes if x != note]
        for guid, start, end in places:
            s.selections.append(Selection(guid, start, end, "", "", n.user, n.created, [], [note]))


def _linked(p: Project, links: list[tuple[str, str]]) -> None:
    """A note that is linked to a passage, a source or a code is a note on it (NVivo's annotations and linked memos)."""
    if not any(a in p.notes or b in p.notes for a, b in links):
        return
    home = {x.guid: (s, x) for s in p.sources for x in s.selections}
    sources, codes = {s.guid: s for s in p.sources}, {c.guid: c for c in p.codes}
    said = {n for s in p.sources for n in s.notes} | {n for c in p.codes for n in c.notes} | {n for s in p.sources for x in s.selections for n in (*x.notes, *(k for m in x.marks for k in m.notes))}
    for a, b in links:
        note, other = (a, b) if a in p.notes else (b, a)
        if note not in p.notes or note in said:
            continue
        if other in home:
            s, x = home[other]
            if x.marks:  # what the coding says of itself stays as it is
                s.selections.append(Selection(f"{x.guid}-note", x.start, x.end, "", "", p.notes[note].user, p.notes[note].created, [], [note]))
            else:
                x.notes.append(note)
        elif other in sources:
            sources[other].notes.append(note)
        elif other in codes:
            codes[other].notes.append(note)
