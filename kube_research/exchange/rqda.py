"""RQDA projects (.rqda), read directly: the layout of its versions 0.1.5 to 0.3."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from .databases import Base, closed, coders, counted, noted, number, opened, ordered, placed
from .project import Case, Mark, Project, ProjectCode, ProjectSource, Selection
from .elements import color

FILED = "file_category"  # the column that holds the categories of files


def read_rqda(path: Path) -> Project:
    """Read an RQDA project; rows that RQDA marked as deleted stay out, and are counted."""
    base, p = opened(path, ("source", "freecode", "coding"), "RQDA", path.stem)
    try:
        _Rqda(base, p).read()
    finally:
        closed(base, p)
    return p


def date(value: object) -> str:
    """R's `Sun Mar 10 12:00:00 2019` as ISO; what is not such a date stays.

    >>> date("Sun Mar 10 12:00:00 2019"), date("kemarin")
    ('2019-03-10T12:00:00', 'kemarin')
    """
    try:
        return datetime.strptime(str(value), "%a %b %d %H:%M:%S %Y").isoformat()
    except ValueError:
        return str(value)


class _Rqda:
    def __init__(self, base: Base, p: Project):
        self.base, self.p = base, p
        self.sources: dict[object, ProjectSource] = {}
        self.cases: dict[object, Case] = {}

    def read(self) -> None:
        base, p = self.base, self.p
        for (memo,) in base.rows("project", "memo"):
            p.project_notes += noted(p, "project-memo", memo, name="study")
        self.codes()
        for id_, name, text, memo, owner, when in base.live("source", "id", "name", "file", "memo", "owner", "date"):
            coders(p, owner)
            s = self.sources[id_] = ProjectSource(f"source-{id_}", str(name), str(text) or None, str(owner), date(when))
            s.space = "code-points+file" + "+bom" * str(text).startswith("\ufeff")  # GTK's text buffer counts characters
            s.notes = noted(p, f"source-memo-{id_}", memo, str(owner), date(when), str(name))
            p.sources.append(s)
        self.codings("coding", "")
        self.codings("coding2", "-2")
        self.annotations()
        self.people()
        for n, (name, entry, when, owner) in enumerate(base.live("journal", "name", "journal", "date", "owner")):
            coders(p, owner)
            p.project_notes += noted(p, f"journal-{n}", entry, str(owner), date(when), str(name))
        counted(base, p, ("imageCoding", "cid", "pengodean pada gambar", "coding of a picture"), ("image", "id", "gambar", "picture"))
        for table, column in (("source", "id"), ("freecode", "id"), ("coding", "cid"), ("coding2", "cid"), ("cases", "id")):
            gone = sum(1 for _ in base.rows(table, column)) - sum(1 for _ in base.live(table, column))
            if gone:
                p.losses.add("baris yang sudah dihapus di RQDA (tidak ikut)", "row that was deleted in RQDA (left out)", table, gone)

    def codes(self) -> None:
        base, p = self.base, self.p
        for id_, name, memo in base.live("codecat", "catid", "name", "memo"):
            p.codes.append(ProjectCode(f"cat-{id_}", str(name), "", str(memo), codable=False))
        inside: dict[object, str] = {}
        for cid, cat in base.live("treecode", "cid", "catid"):
            if cid in inside:
                p.losses.add("kode di beberapa kategori; yang pertama dipakai", "code in several categories; the first was taken", f"code {cid}")
            inside.setdefault(cid, f"cat-{cat}")
        for id_, name, memo, said in base.live("freecode", "id", "name", "memo", "color"):
            tint = color(str(said))
            if str(said).strip() and not tint:
                p.losses.add("warna yang tidak dikenal", "colour that is none", f"{name} {said}")
            p.codes.append(ProjectCode(f"code-{id_}", str(name), inside.get(id_, ""), str(memo), tint))
        p.codes = ordered(p)

    def codings(self, table: str, suffix: str) -> None:
        """The codings of a table; those of the second, which RQDA has for a second coding, are a coder of their own."""
        p = self.p
        for n, (cid, fid, words, a, b, owner, when, memo) in enumerate(self.base.live(table, "cid", "fid", "seltext", "selfirst", "selend", "owner", "date", "memo")):
            s = self.sources.get(fid)
            if s is None:
                p.losses.add("kutipan dari sumber yang tidak ada", "passage of a source that is not there", f"{table} {n + 1}")
            elif (at := placed(p, s.name, a, b)) is not None:
                who, day, id_ = f"{owner}{suffix}", date(when), f"{table}-{n}"
                if suffix:
                    p.losses.add("pengodean dari tabel kedua RQDA; menjadi pengode sendiri", "coding of RQDA's second table; became a coder of its own", who)
                coders(p, who)
                mark = Mark(f"coding-{id_}", f"code-{cid}", who, day, noted(p, f"coding-memo-{id_}", memo, who, day))
                s.selections.append(Selection(f"selection-{id_}", *at, str(words), "", who, day, [mark], quote=self.quote(s, str(words), *at)))

    @staticmethod
    def quote(s: ProjectSource, words: str, start: int, end: int) -> str:
        """The words that RQDA keeps; after an edit of the file it writes them one character early, while the place is right."""
        text = s.text or ""
        return text[start:end] if 0 < start < end and words == text[start - 1:end] else words

    def annotations(self) -> None:
        """Remarks hang on a point: they become memos on the word there."""
        p = self.p
        for n, (fid, point, words, owner, when) in enumerate(self.base.live("annotation", "fid", "position", "annotation", "owner", "date")):
            s = self.sources.get(fid)
            if s is None or not str(words).strip():
                continue
            coders(p, owner)
            at, text = number(point), s.text or ""
            notes = noted(p, f"annotation-{n}", words, str(owner), date(when))
            found = next(((m.start(), m.end()) for m in re.finditer(r"\S+", text[max(0, at - 200):at + 200]) if m.end() > min(at, 200)), None) if at is not None and 0 <= at < len(text) else None
            if found is None:
                s.notes += notes
            else:
                skipped = max(0, (at or 0) - 200)
                s.selections.append(Selection(f"annotated-{n}", skipped + found[0], skipped + found[1], "", "", str(owner), date(when), [], notes))

    def people(self) -> None:
        """Cases, what belongs to them, attributes of cases and files, categories of files."""
        base, p = self.base, self.p
        self.cases = {id_: Case(f"case-{id_}", str(name), str(memo)) for id_, name, memo in base.live("cases", "id", "name", "memo")}
        for case, fid, a, b in base.live("caselinkage", "caseid", "fid", "selfirst", "selend"):
            if case in self.cases and fid in self.sources:
                c, s = self.cases[case], self.sources[fid]
                if s.guid not in c.sources:
                    c.sources.append(s.guid)
                if (number(a) or 0) > 0 or 0 < (number(b) or 0) < len(s.text or "") - 1:
                    p.losses.add("kasus yang hanya sebagian sebuah sumber; kini seluruhnya", "case that is only a part of a source; now the whole", c.name)
        filed: dict[object, list[str]] = {}
        names = dict(base.live("filecat", "catid", "name"))
        for fid, cat in base.live("treefile", "fid", "catid"):
            if fid in self.sources and cat in names:
                filed.setdefault(fid, []).append(str(names[cat]))
        for fid, said in filed.items():
            self.sources[fid].values[FILED] = "; ".join(dict.fromkeys(said))
            p.variables[FILED] = "Text"
        for table, owners, key in (("caseattr", self.cases, "caseID"), ("fileattr", self.sources, "fileID")):
            for name, value, id_ in base.live(table, "variable", "value", key):
                if id_ in owners and value not in ("", "NA"):
                    owners[id_].values[str(name)] = str(value)
                    p.variables[str(name)] = "Text"
        p.cases = list(self.cases.values())
