"""What was written is read again, as any project is, and held against what was meant, before it counts as written."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import KubeError
from ..words import say
from .project import Project, ProjectSource
from .refi_read import from_entries, unpacked
from .refi_write import file_of, variable
from .shape import clean


def check(data: bytes, p: Project) -> None:
    """Hold a .qdpx against the project it was made of; a difference is an error, not a remark."""
    entries = unpacked(data)
    back = from_entries(entries)
    here = {(s.guid, s.part_guid): s for s in back.sources}
    here |= {at: here[at[1], ""] for s in p.sources if (at := (s.guid, s.part_guid)) not in here and (at[1], "") in here}  # its recording stays behind: it stands as a text
    same = (len(back.sources) >= len(p.sources) and {c.guid for c in p.codes} <= {c.guid for c in back.codes}
            and all(n.guid in back.notes and back.notes[n.guid].text == clean(n.text) for n in p.notes.values())
            and all(entries.get(f"sources/{file_of(s)}") == (s.text or "").encode() and (s.guid, s.part_guid) in here and _alike(s, here[s.guid, s.part_guid], {k: back.variable_guids.get(variable(p, k), k) for k in s.values}) for s in p.sources))
    if not same:
        raise KubeError(say("Berkas yang ditulis tidak terbaca kembali dengan isi yang sama.", "The file that was written does not read back with the same content."), "", say("Laporkan ini sebagai kesalahan program.", "Report this as a fault of the program."))


def _alike(meant: ProjectSource, written: ProjectSource, called: dict[str, str]) -> bool:
    """Whether places, codes, users, dates, notes and values of a source came back; another program's original may have brought passages of its own, and its names of variables (`called`)."""
    a, b = list(_codings(meant)), list(_codings(written))
    if a != b and sorted(a) != sorted(b) or _bare(meant) - _bare(written):
        return False
    return [m.code for m in meant.codes] == [m.code for m in written.codes] and {called[k]: clean(v) for k, v in meant.values.items()} == written.values


def _codings(s: ProjectSource) -> Iterator[tuple[object, ...]]:
    return ((x.guid, x.start, x.end, x.user, x.created, x.notes, m.guid, m.code, m.user, m.created, m.notes) for x in s.selections for m in x.marks)


def _bare(s: ProjectSource) -> set[tuple[str, int, int]]:
    """Passages without a code."""
    return {(x.guid, x.start, x.end) for x in s.selections if not x.marks}
