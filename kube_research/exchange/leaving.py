"""A study as a project for other programs: every book, text, case, coding and memo, and a list of what they cannot hold."""

from __future__ import annotations

import re
from collections import defaultdict

from lxml import etree

from ..codebook import Code
from ..consent import counts
from ..corpus import Document
from ..journal import fold
from ..ledger import read_bytes
from ..memo import Memos, memos
from ..study import Study
from ..text import digest
from ..words import say
from .kept import RESERVED, Original, Originals, refs, text_of
from .phrasing import ABSENT, book_line, composed, describe, note_text
from .project import Case, Mark, Note, Project, ProjectCode, ProjectSource, Selection, User
from .elements import bare, color
from .refi_write import EPOCH
from .shape import CHILDREN, GUID, attribute, guid, guids, real, tag

SPEAKERS = "speakers"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def date(value: str) -> str:
    return value.replace(".000000Z", "Z") if _DATE.fullmatch(value) else EPOCH


def codes_of(study: Study, project: Project, originals: Originals | None = None) -> None:
    """The codebooks: one branch a book, where there are several; a code that came from elsewhere and is unchanged, as it came."""
    kept = originals or Originals(study, project.losses)
    flat = {o.table.book for o in kept.all if o.table.book}
    for b in study.codebooks():
        top = "" if b.name in flat else guid("book", b.name)
        if top:
            project.codes.append(ProjectCode(top, b.name, "", book_line(b), codable=False))
        for c in b:
            parent = kept.guid("codes", c.parent, "code") if c.parent else top
            code = ProjectCode(kept.guid("codes", c.id, "code"), c.id, parent, describe(c), c.color)
            if (had := kept.had("codes", c.id)) and _unchanged(c, had[1]):
                code.name, code.description = had[1].get("name", ""), text_of(had[1], "Description")
                code.codable = had[1].get("isCodable", "true").lower() not in ("false", "0")
                code.color = code.color or color(had[1].get("color", ""))
            project.codes.append(code)
        if any(c.indicators for c in b):
            project.losses.add("aturan pencarian (indikator), contoh dan kawan palsu sebuah buku kode", "indicators, examples and false friends of a codebook", b.name)


def _unchanged(c: Code, e: etree._Element) -> bool:
    """Whether a code says what the original says of it, and no more."""
    name, text = " ".join(e.get("name", "").split()), text_of(e, "Description").strip()
    return bool(name) and not (c.include or c.exclude or c.source or c.alias) and set(c.name.values()) == {name} and {x for x in c.definition.values() if x} == ({text} if text else set())


def leave(study: Study) -> Project:
    """The study as a project."""
    p = Project(name=study.root.resolve().name, origin="kube_research")
    kept = p.originals = Originals(study, p.losses)
    if len(kept.all) == 1 and kept.all[0].table.name:
        p.name = kept.all[0].table.name
    codes_of(study, p, kept)
    table = study.codings().full
    known = {c.guid for c in p.codes}
    for code in sorted(table["code"].unique()):
        if kept.guid("codes", code, "code") not in known:
            p.codes.append(ProjectCode(kept.guid("codes", code, "code"), code))
            p.losses.add("kode yang tidak ada di buku mana pun", "code that is in no codebook", code)
    noted = memos(study)
    p.users = [User(kept.guid("coders", c, "user"), c) for c in sorted({*study.coders, *(m.author for m in noted), *(c for o in kept.all for c in o.table.coders)})]
    documents = {r["document"]: r for r in study.rows["documents"]}
    variables: dict[str, str] = {}
    called = _called(kept)
    for d in study.corpus:
        values = {called.get(k, k): v for k, v in documents[d.id].items() if v and k not in ("document", "_line", "sha256")}
        speakers = "\n".join(f"{s.label}|{s.speaker}|{s.role}" + (f"|consent={s.consent}" if s.consent else "") for s in d.speakers if s.role != "withdrawn")
        if speakers:
            values[SPEAKERS] = speakers
        text = d.text
        for t in d.turns:
            if t.role == "withdrawn":  # their words do not leave: as many characters, none of them theirs
                text = text[:t.start] + re.sub(r"\S", "█", text[t.start:t.end]) + text[t.end:]
                p.losses.add("giliran orang yang menarik persetujuannya (dihitamkan)", "turn of a person who withdrew consent (blackened)", d.id)
        if any(counts([d]).values()):
            p.losses.add("dokumen yang (sebagian) hanya boleh dianalisis atau belum diperiksa ikut keluar; simpan berkas ini baik-baik", "document that is (in part) for analysis only, or not checked yet, leaves with the rest: keep this file safe", d.id)
        source = ProjectSource(kept.guid("documents", d.id, "source"), d.id, text, values=values)
        _held(kept, d, source)
        variables.update(dict.fromkeys(source.values))
        p.sources.append(source)
    by = {d.id: s for d, s in zip(study.corpus, p.sources, strict=True)}
    _selections(p, kept, table, by)
    _memos(p, kept, noted, by)
    sources = defaultdict(list)
    for d in study.corpus:
        sources[d.case].append(by[d.id].guid)
    for name, row in study.corpus.cases.items():
        values, about = {called.get(k, k): v for k, v in row.items() if v}, ""
        if (had := kept.had("cases", name)) and (row.get("name") or name) == (had[1].get("name") or name):
            values.pop("case", None), values.pop("name", None)  # their project has them as the case itself
            if (told := text_of(had[1], "Description")) and told == row.get("description"):
                about = values.pop("description")
        variables.update(dict.fromkeys(values))
        p.cases.append(Case(kept.guid("cases", name, "case"), row.get("name") or name, about, values, sources.get(name, [])))
    order = dict.fromkeys(called.get(k, k) for row in (*documents.values(), *study.corpus.cases.values()) for k in row)
    p.variables = dict.fromkeys([*(v for v in order if v in variables), *variables], "Text")
    columns = {name: column for column, name in called.items()}
    p.variable_guids = {name: kept.guid("variables", columns.get(name, name), "variable") for name in p.variables}
    n = study.withdrawn.get("documents", 0)
    if n:
        p.losses.add("dokumen yang persetujuannya ditarik (tidak ikut)", "document whose consent was withdrawn (left out)", times=n)
    for journal in study.journals():
        data = read_bytes(str(journal.path))
        if data.count(b'"event":"code"') == data.count(b"\n") + (not data.endswith(b"\n")):  # nothing but codings: it is not taken apart
            continue
        state = fold(*journal.read(data))
        for what, indonesian, english in ((state.withdrawn, "pengodean yang ditarik kembali", "coding that was taken back"), (state.waiting, "pengodean yang menunggu tempatnya", "coding that waits for its place"),
                                          (state.sessions, "catatan sesi (buta atau tidak)", "record of a session (blind or not)"), (state.decisions, "keputusan atas saran", "verdict on a suggestion")):
            if what:
                p.losses.add(indonesian, english, journal.coder, times=len(what))
    return p


def _called(kept: Originals) -> dict[str, str]:
    """Our columns → what their programs called them, but for names that mean something else here."""
    out: dict[str, str] = {}
    for o in kept.all:
        for column in o.table.variables:
            had = kept.had("variables", column)
            name = had[1].get("name", "") if had else ""
            if name.strip() and name not in RESERVED and name not in out.values():
                out[column] = name
    return out


def _held(kept: Originals, d: Document, source: ProjectSource) -> None:
    """A document that came from elsewhere: out of a picture, a PDF or a recording it goes back into it (not where somebody in it withdrew); what we guessed of it, and nobody touched, does not leave."""
    row = next((o.table.documents[d.id] for o in kept.all if d.id in o.table.documents), None)
    source.clean = not any(s.role == "withdrawn" for s in d.speakers)
    if row and row.get("part") and source.clean:
        outer = bare(str(row.get("guid", "")))
        around = next((tag(o.by[outer]) for o in kept.all if outer in o.by), "")  # a PDF without a GUID is not found again, and has one text
        if outer != row.get("part_guid") and row["part"] in CHILDREN.get(around, ()) and (row["part"] == "Transcript" or not row.get("later")):
            source.guid, source.part, source.part_guid = real(outer), str(row["part"]), real(str(row.get("part_guid") or guid("part", d.id)))
    source.same = bool(row) and row.get("sha256") == digest(d.text)
    guessed = row.get("guessed") if row and source.same else None
    if isinstance(guessed, dict) and all(source.values.get(str(k), "") == v for k, v in guessed.items()):
        source.description = str(guessed.get("description", ""))
        source.values = {k: v for k, v in source.values.items() if k not in guessed}
    if row and source.same and isinstance(row.get("sync"), list):
        source.sync = [(real(str(x[0])) if x[0] else guid("sync", d.id, str(n)), str(attribute("timeStamp", str(x[1])) or ""), x[2]) for n, x in enumerate(row["sync"]) if isinstance(x, list) and len(x) == 3 and isinstance(x[2], int)]


def _cells(table, name: str) -> list:
    """A column as a list, with "" for what is not there."""
    column = table[name]
    return (column.fillna("") if column.hasnans else column).to_numpy(object).tolist()


_COLUMNS = ("document", "start", "end", "coder", "polarity", "note", "id", "quote", "code", "created", "rule", "codebook")


def _selections(p: Project, kept: Originals, table, by: dict[str, ProjectSource]) -> None:
    """One selection a coder, passage and note, one Coding a code; what came from elsewhere stays in the selection it came in."""
    cells = {name: _cells(table, name) for name in _COLUMNS}
    hads: list[tuple[Original, etree._Element] | None] = [kept.coding(id_) for id_ in cells["id"]] if kept.all else [None] * len(table)
    told = [note_text(q, n) if n or q != "present" else "" for q, n in zip(cells["polarity"], cells["note"], strict=True)]
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, (document, start, end, coder, had) in enumerate(zip(*(cells[n] for n in _COLUMNS[:4]), hads, strict=True)):
        if had is None or (above := had[1].getparent()) is None:
            groups.setdefault((document, start, end, coder, False, told[i]), []).append(i)
            continue
        whole = tag(above).endswith("Source") and start == 0 and end == len(by[document].text or "")
        ours = bare(above.get("guid")) if tag(above) in ("PlainTextSelection", "TranscriptSelection") or whole else ""
        groups.setdefault((document, start, end, ours or coder, whole, "" if ours or whole else told[i]), []).append(i)
    seen: set[str] = set()
    coders, quotes, ids = cells["coder"], cells["quote"], cells["id"]
    user_of, code_of = {c: kept.guid("coders", c, "user") for c in set(coders)}, {c: kept.guid("codes", c, "code") for c in set(cells["code"])}
    users, codes, times = {u.guid for u in p.users}, cells["code"], list(map(date, cells["created"]))
    p.created = max(times, default=EPOCH)
    passages = guids(f"selection\x1f{document}\x1f{start}\x1f{end}\x1f{coders[rows[0]]}" + (f"\x1f{words}" if words else "") for (document, start, end, _, _, words), rows in groups.items())
    codings = guids(map("coding\x1f{}\x1f{}\x1f{}".format, coders, cells["document"], ids))
    for passage, ((document, start, end, ours, whole, words), rows) in zip(passages, groups.items(), strict=True):
        i = rows[0]
        had, coder, name = hads[i], coders[i], " ".join(quotes[i].split())
        at = Selection(passage, start, end, f"{name[:80]}…" if len(name) > 80 else name, "", user_of[coder], times[i])
        original = had[1].getparent() if had and not whole else None
        if original is not None and ours not in seen and GUID.fullmatch(ours):
            seen.add(ours)
            at.guid = ours
            if by[document].clean:
                at.name = original.get("name", "")
            who = bare(original.get("creatingUser") or original.get("modifyingUser"))
            at.user, at.created = (who if who in users else at.user), attribute("creationDateTime", original.get("creationDateTime") or original.get("modifiedDateTime") or "") or ""
        back = original is not None and all(_as_it_came(cells["polarity"][i], cells["note"][i], hads[i], original) for i in rows)
        if back:
            at.description, at.notes = text_of(original, "Description"), [n for n in refs(original) if _carry(p, kept, n)]
        elif len(rows) == 1 or len({told[i] for i in rows}) == 1:
            at.description = told[i]  # beside the note of each coding: QualCoder and others read only this
        marks = by[document].codes if whole else at.marks
        for i in rows:
            had, coder = hads[i], coders[i]
            mark = ids[i] if had else codings[i]
            if mark in seen:
                mark = guid("coding", coder, document, ids[i], str(start), str(end), codes[i])
            seen.add(mark)
            made = Mark(mark, code_of[codes[i]], user_of[coder], times[i])
            if back:
                made.notes = [n for n in refs(had[1]) if _carry(p, kept, n)]
            elif text := told[i]:
                n = guid("note", mark)
                p.notes[n] = Note(n, ABSENT if cells["polarity"][i] == "absent" else text.partition("\n")[0][:60], text, made.user, made.created)
                made.notes.append(n)
            marks.append(made)
        if not whole:
            by[document].selections.append(at)
    if ruled := sum(1 for r, b in zip(cells["rule"], cells["codebook"], strict=True) if r or b):
        p.losses.add("versi buku atau aturan yang dipakai sebuah pengodean", "codebook version or rule behind a coding", times=ruled)


def _as_it_came(polarity: str, note: str, had: tuple[Original, etree._Element] | None, selection: etree._Element) -> bool:
    """Whether a coding still says what its notes and the description of its passage said when it came."""
    if not had:
        return False
    notes = had[0].table.notes
    said = [had[0].said(n) for n in dict.fromkeys([*refs(had[1]), *refs(selection)]) if n in notes]
    return composed(said, text_of(selection, "Description")) == (polarity, note)


def _carry(p: Project, kept: Originals, note: str) -> bool:
    """Take a note of an original along as it came; False where it is not there."""
    found = kept.note(note)
    if found:
        name, text = found[0].table.notes[note][:2]
        e = found[1]
        p.notes.setdefault(note, Note(note, name, text, *(attribute(k, e.get(k, "")) or "" for k in ("creatingUser", "creationDateTime"))))
    return bool(found)


def _memos(p: Project, kept: Originals, noted: Memos, by: dict[str, ProjectSource]) -> None:
    codes, cases = {c.guid: c for c in p.codes}, 0
    known = {u.guid for u in p.users}
    used: set[str] = set()  # passages of the originals that a memo has taken
    for m in noted:
        user, source = kept.guid("coders", m.author, "user"), by.get(m.document)
        found = kept.by(m.id)
        if found and tag(found[1]) == "PlainTextSelection" and source and not refs(found[1]) and (text_of(found[1], "Description") or m.text) == m.text and not found[1].findall("{*}Coding"):  # a passage without a code, as it came
            source.selections.append(Selection(m.id, m.start, m.end, found[1].get("name", ""), text_of(found[1], "Description"), who if (who := bare(found[1].get("creatingUser"))) in known else "", attribute("creationDateTime", found[1].get("creationDateTime", "")) or ""))
            continue
        n = m.id if (came := kept.note(m.id)) and came[0].said(m.id) == m.text and GUID.fullmatch(m.id) else guid("memo", m.author, m.document, m.id)
        if n != m.id or not _carry(p, kept, n):
            p.notes[n] = Note(n, (m.about if m.target != "passage" else "passage")[:60] or "memo", m.text, user, date(m.time))
        code = codes.get(kept.guid("codes", m.code, "code")) if m.target == "code" else None
        if code:
            code.notes.append(n)
        elif source and m.target in ("passage", "coding") and 0 <= m.start < m.end <= len(source.text or ""):
            at = Selection(guid("passage", n), m.start, m.end, (source.text or "")[m.start:m.end][:60], m.text, user, date(m.time), [], [n])
            home, linked = kept.homes.get(n, (None, False)) if n == m.id else (None, False)
            if home is not None and GUID.fullmatch(bare(home.get("guid"))) and bare(home.get("guid")) not in used:
                at.guid, at.name, at.description, at.notes = bare(home.get("guid")), home.get("name", ""), text_of(home, "Description"), [] if linked else [n]
                used.add(at.guid)
            source.selections.append(at)
        elif source:
            source.notes.append(n)
        elif n not in kept.elsewhere:
            p.project_notes.append(n)
        cases += m.target in ("case", "day")
    if cases:
        p.losses.add("memo tentang kasus atau hari (menjadi catatan proyek)", "memo on a case or a day (becomes a note of the project)", times=cases)


TARGETS = {
    "NVivo, MAXQDA, ATLAS.ti": (("kutub, yang berdiri di catatan dan komentar sebagai polarity: absent", "polarity, which stands in notes and comments as polarity: absent"),),
    "QualCoder": (("memo tentang kode dan dokumen", "memos on codes and documents"), ("himpunan kode, tautan dan bagan", "sets of codes, links and graphs")),
    "qc 1.7.8": (("catatan pada pengodean, dan dengan itu kutubnya", "notes of codings, and with them the polarity"), ("kasus dan peubah", "cases and variables"),
                 ("tempat: pembacanya menaruh setiap pengodean pada baris pertama dokumennya, dan berhenti di tengah kecuali PYTHONBREAKPOINT=0 disetel", "places: its reader puts every coding on the first line of its document, and stops midway unless PYTHONBREAKPOINT=0 is set")),
    "Taguette": (("semuanya, karena tidak membaca .qdpx; ekspor ke .sqlite3", "everything, for it does not read .qdpx; export to .sqlite3"),),
}


def target_losses(p: Project) -> list[str]:
    """What each known program will not take over, where this project has it."""
    marks = [m for s in p.sources for x in s.selections for m in x.marks]
    has = {"notes of codings, and with them the polarity": any(m.notes for m in marks), "cases and variables": bool(p.cases or p.variables), "sets of codes, links and graphs": bool(p.originals and any(True for o in p.originals.all for n in ("Sets", "Links", "Graphs") for _ in o.box(n))),
           "polarity, which stands in notes and comments as polarity: absent": any(p.notes[n].name == ABSENT for m in marks for n in m.notes),
           "memos on codes and documents": any(c.notes for c in p.codes) or any(s.notes for s in p.sources)}
    return [f"{name}: " + "; ".join(say(*w) for w in what if has.get(w[1], True)) for name, what in TARGETS.items() if any(has.get(w[1], True) for w in what)]
