"""A study as a project for other programs: every book, text, case, coding and memo, and a list of what they cannot hold."""

from __future__ import annotations

import re
from collections import defaultdict

from ..consent import counts
from ..model import KubeError
from ..readers.guard import xml
from ..study import Study
from ..words import say
from .phrasing import ABSENT, book_line, describe, note_text
from .project import Case, Mark, Note, Project, ProjectCode, ProjectSource, Selection, User
from .refi_write import EPOCH, guid

SPEAKERS = "speakers"
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def date(value: str) -> str:
    return value if _DATE.fullmatch(value) else EPOCH


def codes_of(study: Study, project: Project) -> None:
    """The codebooks: one branch a book, where there are several."""
    books = list(study.codebooks())
    for b in books:
        top = guid("book", b.name)
        project.codes.append(ProjectCode(top, b.name, "", book_line(b), codable=False))
        project.codes += [ProjectCode(guid("code", c.id), c.id, guid("code", c.parent) if c.parent else top, describe(c), c.color) for c in b]
        if any(c.indicators for c in b):
            project.losses.add("aturan pencarian (indikator), contoh dan kawan palsu sebuah buku kode", "indicators, examples and false friends of a codebook", b.name)


_BESIDE = {"Set": ("himpunan", "set"), "Link": ("tautan", "link"), "Graph": ("bagan", "graph"), "PictureSelection": ("pengodean gambar", "picture coding"), "PDFSelection": ("pengodean halaman PDF", "PDF coding"),
           "AudioSelection": ("pengodean rekaman suara", "audio coding"), "VideoSelection": ("pengodean video", "video coding")}


def beside(study: Study, project: Project) -> None:
    """Name what only the kept originals of imported REFI-QDA projects hold, and an export therefore leaves out."""
    for path in sorted((study.root / "corpus" / "imported").glob("*.qde")):
        try:
            root = xml(path.read_bytes(), path.name)
        except (OSError, KubeError):
            project.losses.add("berkas asli yang tidak terbaca lagi; yang hanya ada di dalamnya tidak ikut keluar", "original that cannot be read any more; what only it holds is not written", path.name)
            continue
        for tag, (indonesian, english) in _BESIDE.items():
            if times := sum(1 for _ in root.iter(f"{{*}}{tag}")):
                project.losses.add(f"{indonesian} yang hanya ada di berkas asli", f"{english} that only the original holds", f"corpus/imported/{path.name}", times)


def leave(study: Study) -> Project:
    """The study as a project."""
    p = Project(name=study.root.resolve().name, origin="kube_research")
    beside(study, p)
    codes_of(study, p)
    table = study.codings().full
    known = {c.guid for c in p.codes}
    for code in sorted(set(table["code"])):
        if guid("code", code) not in known:
            p.codes.append(ProjectCode(guid("code", code), code))
            p.losses.add("kode yang tidak ada di buku mana pun", "code that is in no codebook", code)
    p.users = [User(guid("user", c), c) for c in study.coders]
    documents = {r["document"]: r for r in study.rows["documents"]}
    variables: dict[str, str] = {}
    for d in study.corpus:
        values = {k: v for k, v in documents[d.id].items() if v and k not in ("document", "_line", "sha256")}
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
        variables.update(dict.fromkeys(values))
        p.sources.append(ProjectSource(guid("source", d.id), d.id, text, values=values))
    by = {s.name: s for s in p.sources}
    _selections(p, table, by)
    _memos(p, study, by)
    sources = defaultdict(list)
    for d in study.corpus:
        sources[d.case].append(by[d.id].guid)
    for name, row in study.corpus.cases.items():
        values = {k: v for k, v in row.items() if v}
        variables.update(dict.fromkeys(values))
        p.cases.append(Case(guid("case", name), row.get("name") or name, "", values, sources.get(name, [])))
    p.variables = dict.fromkeys(variables, "Text")
    p.created = max((date(c) for c in table["created"]), default=EPOCH)
    n = study.withdrawn.get("documents", 0)
    if n:
        p.losses.add("dokumen yang persetujuannya ditarik (tidak ikut)", "document whose consent was withdrawn (left out)", times=n)
    return p


def _selections(p: Project, table, by: dict[str, ProjectSource]) -> None:
    """One selection a coder and passage, one Coding a code."""
    selections: dict[tuple[str, int, int, str], Selection] = {}
    columns = ["id", "document", "start", "end", "quote", "code", "polarity", "coder", "note", "created", "rule", "codebook"]
    seen: set[str] = set()
    for id_, document, start, end, quote, code, polarity, coder, note, created, rule, book in table[columns].fillna("").itertuples(index=False, name=None):
        key = (document, start, end, coder)
        at = selections.get(key)
        user = guid("user", coder)
        if at is None:
            name = re.sub(r"\s+", " ", quote).strip()
            at = selections[key] = Selection(guid("selection", *map(str, key)), start, end, name[:80] + ("…" if len(name) > 80 else ""), "", user, date(created))
            by[document].selections.append(at)
        mark = guid("coding", coder, document, id_)
        if mark in seen:
            mark = guid("coding", coder, document, id_, str(start), str(end), code)
        seen.add(mark)
        said = note_text(polarity, note)
        notes = []
        if said:
            n = guid("note", mark)
            p.notes[n] = Note(n, ABSENT if polarity == "absent" else said.partition("\n")[0][:60], said, user, date(created))
            notes.append(n)
        at.marks.append(Mark(mark, guid("code", code), user, date(created), notes))
        if rule or book:
            p.losses.add("versi buku atau aturan yang dipakai sebuah pengodean", "codebook version or rule behind a coding")


def _memos(p: Project, study: Study, by: dict[str, ProjectSource]) -> None:
    codes = {c.guid: c for c in p.codes}
    for journal, state in study.states():
        user, source = guid("user", journal.coder), by.get(journal.path.stem)
        latest: dict[str, dict[str, object]] = {}
        for i, m in enumerate(state.memos):  # a later memo about the same thing replaces the earlier, but for passages
            latest[str(m.get("about", "")) if "start" not in m else f"#{i}"] = m
        for m in latest.values():
            text, about = str(m.get("text", "")), str(m.get("about", ""))
            if not text.strip():
                continue
            n = guid("memo", journal.coder, journal.path.stem, str(m.get("id")))
            p.notes[n] = Note(n, about[:60] or "memo", text, user, date(str(m.get("time", ""))))
            code = codes.get(guid("code", about[5:])) if about.startswith("code:") else None
            start, end = m.get("start"), m.get("end")
            if code:
                code.notes.append(n)
            elif source and isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(source.text or ""):
                source.selections.append(Selection(guid("passage", n), start, end, (source.text or "")[start:end][:60], "", user, date(str(m.get("time", ""))), [], [n]))
            elif source:
                source.notes.append(n)
            else:
                p.project_notes.append(n)
        for kind, indonesian, english in ((state.withdrawn, "pengodean yang ditarik kembali", "coding that was taken back"), (state.waiting, "pengodean yang menunggu tempatnya", "coding that waits for its place"),
                                          (state.sessions, "catatan sesi (buta atau tidak)", "record of a session (blind or not)"), (state.decisions, "keputusan atas saran", "verdict on a suggestion")):
            if kind:
                p.losses.add(indonesian, english, times=len(kind))


TARGETS = {
    "Taguette": (("catatan pada pengodean, dan dengan itu kutubnya", "notes of codings, and with them the polarity"), ("siapa yang mengodekan", "who coded"), ("kasus dan peubah", "cases and variables")),
    "QualCoder": (("waktu sampai mikrodetik", "times to the microsecond"),),
}


def check(written: Project, meant: Project) -> None:
    """Compare what was read back with what was meant; a difference is an error, not a remark."""
    def flat(p: Project) -> list[tuple[str, ...]]:
        return sorted((s.name, str(x.start), str(x.end), m.code, m.user, m.created, "\n".join(p.notes[n].text for n in m.notes)) for s in p.sources for x in s.selections for m in x.marks)

    same = flat(written) == flat(meant) and [(s.name, s.text or "", s.values) for s in written.sources] == [(s.name, s.text or "", s.values) for s in meant.sources] and {c.guid for c in written.codes} == {c.guid for c in meant.codes}
    if not same:
        raise KubeError(say("Berkas yang ditulis tidak terbaca kembali dengan isi yang sama.", "The file that was written does not read back with the same content."), "", say("Laporkan ini sebagai kesalahan program.", "Report this as a fault of the program."))


def target_losses(p: Project) -> list[str]:
    """What each known program will not take over, where this project has it."""
    has = {"notes of codings, and with them the polarity": any(m.notes for s in p.sources for x in s.selections for m in x.marks), "who coded": len(p.users) > 1, "cases and variables": bool(p.cases or p.variables)}
    return [f"{name}: " + "; ".join(say(*w) for w in what if has.get(w[1], True)) for name, what in TARGETS.items() if any(has.get(w[1], True) for w in what)]
