"""What was written is read again, as any project is, and held against what was meant, before it counts as written."""

from __future__ import annotations

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
    a, b = _codings(meant), _codings(written)
    if a != b and sorted(zip(*a, strict=True)) != sorted(zip(*b, strict=True)) or _bare(meant) - _bare(written):
        return False
    return [m.code for m in meant.codes] == [m.code for m in written.codes] and {called[k]: clean(v) for k, v in meant.values.items()} == written.values


def _codings(s: ProjectSource) -> list[list[object]]:
    """All that is said of codings, as columns: of their passages GUID, start, end, user, date and notes; of themselves GUID, code, user, date and notes."""
    if run := s.columns:
        of, (guids, codes, users, dates, notes) = run.flat()
        passages = [run.guids[0], *s.places(), run.passage("creatingUser"), run.passage("creationDateTime"), _listed(run.note)]
        return [*([column[i] for i in of] for column in passages), guids, codes, users, dates, _listed(notes)]
    coded, marks = [x for x in s.selections for _ in x.marks], [m for x in s.selections for m in x.marks]
    return [[x.guid for x in coded], [x.start for x in coded], [x.end for x in coded], [x.user for x in coded], [x.created for x in coded], [x.notes for x in coded],
            [m.guid for m in marks], [m.code for m in marks], [m.user for m in marks], [m.created for m in marks], [m.notes for m in marks]]


def _listed(notes: list[str]) -> list[list[str]]:
    return [[n] if n else [] for n in notes]


def _bare(s: ProjectSource) -> set[tuple[str, int, int]]:
    """Passages without a code."""
    return set() if s.columns else {(x.guid, x.start, x.end) for x in s.selections if not x.marks}  # what is in columns has codings
