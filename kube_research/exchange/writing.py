"""Writers: a study into one file; each returns what is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..matrix import cross
from ..model import KubeError
from ..study import Study, write_atomic
from ..tables import workbook
from ..words import say
from . import refi_write
from .checking import check
from .kept import Originals
from .leaving import codes_of, leave, target_losses
from .project import Project, unswept


@unswept()
def qdpx(study: Study, path: Path) -> list[str]:
    """A REFI-QDA project, read back before it counts as written."""
    project = leave(study)
    data = refi_write.write_qdpx(project)
    check(data, project)
    write_atomic(path, data)
    return [*project.losses.lines(), *target_losses(project)]


def qdc(study: Study, path: Path) -> list[str]:
    """The codebooks as one REFI-QDA codebook."""
    project = Project()
    project.originals = Originals(study, project.losses)
    codes_of(study, project, project.originals)
    if not project.codes:
        raise KubeError(say("Studi ini belum punya buku kode.", "This study has no codebook yet."), "codebooks/")
    write_atomic(path, refi_write.write_qdc(project))
    return project.losses.lines()


def xlsx(study: Study, path: Path) -> list[str]:
    """Codings, codebook and matrices, one sheet each."""
    codings = study.codings()
    rows = [{"codebook": b.name, "version": b.version, "code": c.id, "parent": c.parent, "name_id": c.name.get("id", ""), "name_en": c.name.get("en", ""), "definition_id": c.definition.get("id", ""),
             "definition_en": c.definition.get("en", ""), **{f"{k}_{x}": v.get(x, "") for k, v in (("include", c.includes), ("exclude", c.excludes)) for x in ("id", "en")}, "color": c.color} for b in study.codebooks() for c in b]
    sheets = {say("pengodean", "codings"): codings.frame, say("buku kode", "codebook"): pd.DataFrame(rows, columns=list(rows[0]) if rows else ["code"])}
    if len(codings):
        for by, indonesian, english in (("case", "kasus x kode", "case x code"), ("document", "dokumen x kode", "document x code"), ("role", "peran x kode", "role x code")):
            frame = cross(codings, by).frame
            sheets[say(indonesian, english)] = frame.rename_axis(by).reset_index()
    workbook(path, sheets)
    return [say("teks transkrip (hanya kutipannya yang ikut)", "the transcripts' text (only the quotations go along)")]


def csv(study: Study, path: Path) -> list[str]:
    """The tidy table of codings; cells that a spreadsheet would take for a formula get an apostrophe."""
    frame = study.codings().frame
    for column in frame.columns:
        if frame[column].dtype == object:
            frame[column] = [f"'{v}" if isinstance(v, str) and v[:1] in "=+-@\t\r" and v else v for v in frame[column]]
    write_atomic(path, frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig", "replace"))
    return [say("teks transkrip, buku kode dan memo", "the transcripts' text, the codebooks and the memos")]
