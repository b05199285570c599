"""A project of another program becomes a study: texts, codebook, journals, cases, memos; and a report of votes, repairs and losses.

Everything is made in a folder beside the target and moved there at the end: on an error the target is as it was.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import compress
from operator import itemgetter
from pathlib import Path

import numpy as np

from ..files import put
from ..importing import slug
from ..journal import inner, new_id, new_ids, now, seal, sealed
from ..model import KINDS, POLARITIES, ROLES, KubeError, unknown
from ..readers import Mapped, Source
from ..readers.plain import from_text
from ..study import FOLDERS, TABLES, write_table
from ..text import context, digest, normalise
from ..turns import NOTE
from . import kept
from .arrivals import Coders, Columns, Moments
from .books import codebooks, unique
from .bulk import Run
from .dialects import favoured
from .landed import Landed, beside
from .lines import Escaped, Marks
from .offsets import LAST, SPACES, Text, hint, space, vote, within
from .phrasing import composed, titled
from .project import Case, Mark, Project, ProjectSource, Selection, unswept
from .shape import guid

_OURS = "kube_research"
_PRESENT = ("present", "")
_VALUE = re.compile(r"([^:]{1,60}?)\s*(?:::|:\s)\s*([^:\s][^:]*)")  # a document group that says what its documents are ("umur: 40"; not "Rapat 10:30")
_PLAIN_ID = re.compile(r"[0-9a-z-]+")
_SPEAKER = re.compile(rf"\s*([^|\n]+?)\|([^|\n]*)\|({'|'.join(ROLES)})(?:\|consent=([\w-]+))?(?=\s|$)")


@unswept()
def land(p: Project, target: Path, given: Mapping[str, str] | None = None, groups: str = "") -> Landed:
    """Make a study of a project in `target`, an empty or new folder; `groups`: a column for its sets of sources, or "case" to make cases of them."""
    grouped(p, groups)
    given = {k: space(v) for k, v in (given or {}).items()}
    names = [s.name for s in p.sources]
    for k in given:
        if k and k not in names:
            raise KubeError(unknown("sumber", "source", k, names, "--offsets"))
    with beside(target) as root:
        for name in ("corpus/transcripts", "corpus/abstracts", "corpus/codings", "codebooks", "notebooks"):
            (root / name).mkdir(parents=True, exist_ok=True)
        landed = _Landing(p, root, given).run()
        put(root / "corpus" / "imported" / f"{slug(p.name)}.txt", str(landed) + "\n")
    return Landed(target, landed.counts, landed.votes, landed.losses, landed.kept)


class _Landing:
    def __init__(self, p: Project, root: Path, given: Mapping[str, str]):
        self.p, self.root, self.given = p, root, given
        self.coders = Coders(p)
        self.lines: defaultdict[tuple[str, str], list[tuple[str, bytes]]] = defaultdict(list)  # (coder, document) → a journal's times and lines
        self.fresh, self.moments = new_ids(), Moments()
        self.used: set[str] = set()  # notes that found a place
        self.ids: set[str] = set()
        self.counts = dict.fromkeys(("documents", "codes", "codings", "coders", "memos", "cases"), 0)
        self.rows: dict[str, list[dict[str, str]]] = {name: [] for name in TABLES}
        self.documents: dict[str, str] = {}  # source guid → document
        self.ours = p.origin == _OURS or _came_from_us(p)
        self.columns = Columns(self.ours)
        self.table = kept.Table(p.name, variables={self.columns[v]: g for g, v in p.variable_guids.items()}, notes={g: [n.name, n.text, *([n.about] if n.about else [])] for g, n in p.notes.items()})

    def run(self) -> Landed:
        p, losses = self.p, self.p.losses
        self.codes = codebooks(p, self.root, self.table)
        self.counts["codes"] = len(self.codes)
        texted = [s for s in p.sources if s.text and s.text.strip("\ufeff\n\r\t \x00")]
        told = {id(s) for s in texted}
        for s in p.sources:
            if id(s) not in told:
                n = len(s.selections)
                if n:
                    losses.add("kutipan dari sumber yang teksnya tidak ada", "passage of a source whose text is not there", s.name, n)
        texts = [Text(s.text or "") for s in texted]
        places = [tuple(np.array(x, "int64") for x in s.places()) for s in texted]
        votes = vote([(s.name, t, a, b, [] if s.space else [hint(x) for x in s.names()], s.space) for s, t, (a, b) in zip(texted, texts, places, strict=True)], self.given, favoured(p.origin))
        for v in votes.values():
            if v.weak and v.ends:
                losses.add("sumber yang suaranya lemah; periksa kutipannya", "source whose vote on offsets is weak; check its passages", v.source)
        self._cases()
        taken: set[str] = set()
        for i, s in enumerate(texted):
            name = unique(slug(s.name or f"source-{i + 1}"), taken)
            self.table.documents[name] = {"guid": s.guid, "part": s.part, "part_guid": s.part_guid, "later": s.guid in self.documents, "sha256": digest(texts[i].text), "sync": self._sync(s, texts[i], votes[i].chosen)}
            self.documents[s.guid] = name
            self._document(s, name, texts[i].text)
            self._codings(s, name, texts[i], votes[i].chosen, *places[i])
        self._notes()
        for (coder, document), lines in sorted(self.lines.items()):
            lines.sort(key=itemgetter(0))
            put(self.root / "corpus" / ("codings" if document else "memos") / (f"{coder}/{document}.jsonl" if document else f"{coder}.jsonl"), b"\n".join([line for _, line in lines]) + b"\n")
        order = {self.columns[v]: i for i, v in enumerate(p.variables)}
        for name, columns in TABLES.items():
            extra = {k: None for r in self.rows[name] for k in r}
            write_table(self.root / "corpus" / f"{name}.csv", self.rows[name], [*columns, *sorted(extra, key=lambda k: order.get(k, -1))], put)
        self.counts |= {"documents": len(texted), "coders": len({c for c, _ in self.lines}), "cases": len(self.rows["cases"])}
        self.table.coders = {name: g for g, name in self.coders.names.items()}
        for name in sorted(set(self.table.coders) - {c for c, _ in self.lines}):
            losses.add("pengguna tanpa pengodean atau catatan (tersimpan; ikut lagi saat diekspor)", "user without codings or notes (kept; goes out again)", name)
        original = kept.keep(self.root, p, self.table)
        return Landed(self.root, self.counts, tuple(v for i, v in sorted(votes.items()) if len(places[i][0])), tuple(losses.lines()), original)

    @staticmethod
    def _sync(s: ProjectSource, t: Text, chosen: str) -> list[list[object]]:
        """A transcript's sync points in our counting."""
        if not s.sync:
            return []
        at = t.final(t.place(chosen, np.array([p for *_, p in s.sync], "int64"))[0]).tolist()
        return [[g, stamp, place] for (g, stamp, _), place in zip(s.sync, at, strict=True)]

    def _cases(self) -> None:
        p, taken = self.p, set()
        self.case_of: dict[str, str] = {}
        for n, c in enumerate(p.cases, 1):
            if not c.name.strip():
                p.losses.add("kasus tanpa nama diberi nama", "case without a name was given one", f"case-{n}")
            values = {self.columns[k]: v for k, v in c.values.items()}
            name = unique(values.pop("case", "") if self.ours and c.values.get("case") else slug(c.name) if c.name.strip() else f"case-{n}", taken)
            self.rows["cases"].append({"case": name, "name": c.name or name, "outcome": "", **({"description": c.description} if c.description else {}), **values})
            for s in c.sources:
                if s in self.case_of:
                    p.losses.add("sumber yang milik beberapa kasus; yang pertama dipakai", "source that belongs to several cases; the first was taken", c.name)
                self.case_of.setdefault(s, name)
            self.table.cases[name] = c.guid
        home = {x.guid: s.guid for s in p.sources for x in s.selections} if any(c.passages for c in p.cases) else {}
        whose: dict[str, set[str]] = {}
        for name, c in zip([r["case"] for r in self.rows["cases"]], p.cases, strict=True):
            for x in c.passages:
                whose.setdefault(home.get(x, ""), set()).add(name)
        for s, names in whose.items():
            if s and s not in self.case_of and len(names) == 1:
                self.case_of[s] = next(iter(names))
                p.losses.add("kasus yang menunjuk kutipan; kini kasus seluruh sumbernya", "case that points to passages; now the case of their whole source", self.case_of[s])
            elif self.case_of.get(s) not in names or len(names) > 1:
                p.losses.add("rujukan kasus ke kutipan (tersimpan; ikut lagi saat diekspor)", "reference of a case to passages (kept; goes out again)", ", ".join(sorted(names)))

    def _document(self, s: ProjectSource, name: str, text: str) -> None:
        values = {self.columns[k]: v for k, v in s.values.items()}
        ours = self.ours and "kind" in values  # a document that came here from elsewhere goes on without our columns
        known = ours and values.get("kind") in KINDS and (values.get("speakers") or values.get("language"))
        guess = None if known else next(iter(_guess(name, text)), None)  # who speaks is the dearest question of an import
        kind = values.pop("kind", "") if ours else ""
        kind = kind if kind in KINDS else (guess.kind if guess else "note")
        speakers = values.pop("speakers", "") if ours else ""
        row = {"document": name, "kind": kind, "case": self.case_of.get(s.guid, ""), "language": guess.language if guess else "", "date": "", "source": s.name, "sha256": digest(text), "consent": ""}
        if s.description.strip():
            row["description"] = s.description.strip()
        if self.ours:
            said = values.pop("case", "")
            row["case"] = row["case"] or (said if any(r["case"] == said for r in self.rows["cases"]) else "")  # where a program let go of the case's sources
        if ours:
            row["source"] = ""
        self.rows["documents"].append({**row, **values})
        put(self.root / "corpus" / FOLDERS.get(kind, "transcripts") / f"{name}.txt", text)
        if speakers:
            for label, person, role, consent in _SPEAKER.findall(speakers):  # some programs turn the line ends into blanks
                self.rows["speakers"].append({"document": name, "label": label, "speaker": person, "role": role, **({"consent": consent} if consent else {})})
        elif not ours:
            people = [{"document": name, "label": label, "speaker": slug(f"{name}-{label}") if label != NOTE else f"{name}-catatan", "role": g.role} for label, g in (guess.roles if guess else {}).items()]
            self.rows["speakers"] += people
            said = {k: row[k] for k in ("kind", "case", "language", "source", "description") if row.get(k)}
            self.table.documents[name]["guessed"] = {**said, "speakers": "\n".join(f"{p['label']}|{p['speaker']}|{p['role']}" for p in people)}

    def _codings(self, s: ProjectSource, name: str, t: Text, chosen: str, starts: np.ndarray, ends: np.ndarray) -> None:
        losses, text, swift = self.p.losses, t.text, False
        if len(starts):
            back = starts > ends
            cuts = within(text)
            a, real_a = t.place(chosen, np.minimum(starts, ends))
            b, real_b = t.place(chosen, np.maximum(starts, ends))
            b = np.minimum(b + chosen.endswith(LAST), len(t.canonical))
            size = int(t.starts(chosen)[-1])
            a, b = t.final(a), t.final(b)
            low, high = np.minimum(starts, ends), np.maximum(starts, ends)
            sound = ~back & (low >= 0) & (high <= size) & real_a & real_b & (a < b)
            odd = np.flatnonzero(sound & (cuts[a] | cuts[b])).tolist()
            swift = bool(sound.all()) and s.columns is not None and self._run(s, s.columns, name, text, a, b)
            plain = sound.tolist()
            if not swift:
                easy = self._easy(s, plain)
                self._simple(s, name, text, easy, a, b)
                odd = [i for i in odd if not s.selections[i].quote]
            a, b = a.tolist(), b.tolist()
            for n, i in enumerate(odd[:4]):  # no more are shown
                self._cut(s, (int(starts[i]), int(ends[i])), text, a[i], b[i], 1 if n < 3 else len(odd) - 3)
        for i, x in enumerate(() if swift else s.selections):
            if easy[i]:
                continue
            start, end = a[i], b[i]
            if plain[i] and not x.quote:
                self._passage(s, x, name, text, start, end)
                continue
            who = f"{s.name} {x.start}–{x.end}"
            if back[i]:
                losses.add("kutipan terbalik; dibalik lagi", "reversed passage; turned round", who)
            if x.end > size or x.start > size or x.start < 0:
                losses.add("kutipan melewati akhir teks; dipotong", "passage past the end of the text; cut", who)
            elif not (real_a[i] and real_b[i]):
                losses.add("kutipan yang mulai atau berakhir di tengah sebuah karakter; digeser", "passage that began or ended within a character; moved", who)
            if x.quote and "".join(x.quote.split()) != "".join(text[start:end].split()) and (found := self._said(t, x)):
                start, end = found
                losses.add("kutipan yang dihitung lain; ditemukan lewat kata-katanya", "passage counted otherwise; found by its words", who)
            if start >= end:
                losses.add("kutipan kosong; dilewati", "empty passage; left out", who)
                continue
            if cuts[start] or cuts[end]:
                self._cut(s, (x.start, x.end), text, start, end)
            if x.quote and "".join(x.quote.split()) != "".join(text[start:end].split()):
                losses.add("kutipan yang kata-katanya lain daripada yang disimpan programnya; periksa", "passage whose words are not those that its program kept; check it", who)
            self._passage(s, x, name, text, start, end)
        for m in s.codes:
            losses.add("kode pada sumber utuh; kini pada seluruh teksnya", "code of a source as a whole; now on its whole text", s.name)
            self._mark(m, name, text, 0, len(text), [], s.user)
        for n in s.notes:
            self._memo(n, name, "document")

    def _cut(self, s: ProjectSource, said: tuple[int, int], text: str, start: int, end: int, times: int = 1) -> None:
        self.p.losses.add("kutipan yang mulai atau berakhir di tengah kata; dibiarkan seperti di programnya", "passage that begins or ends within a word; left as its program has it", f"{s.name} {said[0]}–{said[1]} {text[start:min(start + 12, end)]}…{text[max(end - 12, start):end]}", times)

    def _run(self, s: ProjectSource, run: Run, name: str, text: str, a: np.ndarray, b: np.ndarray) -> bool:
        """The codings of a text whose passages are columns, all together; False, and nothing done, where one needs a closer look."""
        m, own, said = Marks.of_run(run, s.user), run.note, run.description
        notes = {*m.notes, *own} - {""}
        self.moments.fill(m.created)
        if not (self.codes.keys() >= set(m.code) and self.coders.names.keys() >= set(m.user) and self.p.notes.keys() >= notes and all(map(self.moments.__getitem__, set(m.created)))):
            return False
        if len(ids := set(m.guid)) < len(m.guid) or not self.ids.isdisjoint(ids) or not _PLAIN_ID.fullmatch("-".join(m.guid) or "-"):
            return False
        self.ids |= ids
        told: dict[int, tuple[str, str]] = {}
        if notes or any(said):
            told = {j: self._told([n] if n else [], [own[i]] if own[i] else [], said[i], name) for j, (n, i) in enumerate(zip(m.notes, m.of, strict=True)) if n or own[i] or said[i]}
            self.used |= notes
        places, words = list(zip(a.tolist(), b.tolist(), strict=True)), Escaped(text).words(a, b)
        if len(m.of) > len(places) or not isinstance(m.of, range):
            places, words = [places[i] for i in m.of], [words[i] for i in m.of]
        pairs = [told.get(j, _PRESENT) for j in range(len(places))] if told else [_PRESENT] * len(places)
        coders, times = list(map(self.coders.names.__getitem__, m.user)), list(map(self.moments.__getitem__, m.created))
        rows = zip(map(self.codes.__getitem__, m.code), coders, places, words, m.guid, *zip(*pairs, strict=True), times, strict=True)
        for coder, when, line in zip(coders, times, sealed(name, rows, self.fresh), strict=True):
            self.lines[coder, name].append((when, line))
        self.counts["codings"] += len(times)
        return True

    def _easy(self, s: ProjectSource, plain: list[bool]) -> list[bool]:
        """Which passages need no repair and no word: every code, user, date and note known, no id of theirs twice or odd."""
        codes, coders, moments, notes, own = self.codes, self.coders.names, self.moments, self.p.notes, s.user
        moments.fill([m.created or x.created for x in s.selections for m in x.marks])
        out = [p and bool(x.marks) and not x.quote and all([m.code in codes and (m.user or x.user or own) in coders and moments[m.created or x.created] and (not (m.notes or x.notes) or all([n in notes for n in (*m.notes, *x.notes)])) for m in x.marks])
               for p, x in zip(plain, s.selections, strict=True)]
        ids = [m.guid for x, e in zip(s.selections, out, strict=True) if e for m in x.marks]
        if len(set(ids)) < len(ids) or not self.ids.isdisjoint(ids) or not _PLAIN_ID.fullmatch("-".join(ids) or "-"):
            return [False] * len(out)
        self.ids.update(ids)
        return out

    def _simple(self, s: ProjectSource, name: str, text: str, easy: list[bool], a: np.ndarray, b: np.ndarray) -> None:
        """The codings of such passages, all together."""
        codes, coders, moments, own, rows = self.codes, self.coders.names, self.moments, s.user, []
        a, b = a[easy], b[easy]
        for x, place, words in zip(compress(s.selections, easy), zip(a.tolist(), b.tolist(), strict=True), Escaped(text).words(a, b), strict=True):
            for m in x.marks:
                polarity, note = self._told(m.notes, x.notes, x.description, name) if x.notes or m.notes or x.description else ("present", "")
                rows.append((codes[m.code], coders[m.user or x.user or own], place, words, m.guid, polarity, note, moments[m.created or x.created]))
            if x.notes:
                self.used.update(x.notes)
        for row, line in zip(rows, sealed(name, rows, self.fresh), strict=True):
            self.lines[row[1], name].append((row[7], line))
        self.counts["codings"] += len(rows)

    def _told(self, mine: list[str], notes: list[str], description: str, name: str) -> tuple[str, str]:
        """(polarity, note) that the notes of a coding and of its passage, and its description, tell."""
        every = dict.fromkeys([*mine, *notes])
        said = [titled(self.p.notes[n].name, self.p.notes[n].words) for n in every if n in self.p.notes]
        if len(said) < len(every):
            self.p.losses.add("rujukan ke catatan yang tidak ada", "reference to a note that is not there", name)
        self.used.update(mine)
        polarity, note = composed(said, description)
        return polarity if polarity in POLARITIES else "present", note

    @staticmethod
    def _said(t: Text, x: Selection) -> tuple[int, int] | None:
        """Where a passage's own words stand: at its place counted in another way, or where they stand but once."""
        wanted = normalise(x.quote.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
        for name in SPACES:
            places, real = t.place(name, np.array([min(x.start, x.end), max(x.start, x.end)]))
            if real.all():
                a, b = t.final(places).tolist()
                if wanted.strip() and t.text[a:b].strip() == wanted.strip():
                    return a, b
        a = t.text.find(wanted) if len(wanted) > 3 else -1
        return (a, a + len(wanted)) if a >= 0 and t.text.find(wanted, a + 1) < 0 else None

    def _passage(self, s: ProjectSource, x: Selection, name: str, text: str, start: int, end: int) -> None:
        if not x.marks:
            self.p.losses.add("kutipan tanpa kode; menjadi memo", "passage without a code; became a memo", s.name)
            if not x.notes:
                self._memo_event(x.user or s.user, name, {"memo": unique(x.guid, self.ids), "about": "passage", "text": x.description or text[start:end], "start": start, "end": end}, x.created)
                self.counts["memos"] += 1
            for n in x.notes:
                self._memo(n, name, "passage", start=start, end=end)
        for m in x.marks:
            self._mark(m, name, text, start, end, x.notes, x.user or s.user, x.created, x.description)
        if x.marks:
            self.used.update(x.notes)

    def _mark(self, m: Mark, name: str, text: str, start: int, end: int, notes: list[str], user: str, created: str = "", description: str = "") -> None:
        code = self.codes.get(m.code)
        if code is None:
            self.p.losses.add("pengodean dengan kode yang tidak ada", "coding with a code that is not there", m.code[:12])
            return
        polarity, note = self._told(m.notes, notes, description, name) if notes or m.notes or description else ("present", "")
        id_ = m.guid if _PLAIN_ID.fullmatch(m.guid) else re.sub(r"[^0-9a-z-]", "", m.guid) or new_id()
        if id_ in self.ids:
            id_ = unique(id_, self.ids)
        self.ids.add(id_)
        when = self.moments[m.created or created]
        if not when:
            self.p.losses.add("pengodean tanpa tanggal; kini tanggal impor", "coding without a date; dated now", name)
        before, after = context(text, start, end)
        row = (code, self.coders[m.user or user], (start, end), (inner(before), inner(text[start:end]), inner(after)), id_, polarity, note, when or now())
        self.lines[row[1], name].extend((row[7], line) for line in sealed(name, [row], self.fresh))
        self.counts["codings"] += 1

    def _memo_event(self, user: str, document: str, event: dict[str, object], created: str) -> None:
        when = self.moments[created] or now()
        self.lines[self.coders[user], document].append((when, seal({"event": "memo", "id": next(self.fresh), "time": when, **event}).encode("utf-8", "surrogatepass")))

    def _memo(self, note: str, document: str, about: str, **place: int) -> None:
        n = self.p.notes.get(note)
        if n is None:
            self.p.losses.add("rujukan ke catatan yang tidak ada", "reference to a note that is not there", document)
            return
        if note in self.used:
            self.p.losses.add("catatan yang dirujuk dari beberapa tempat; ditulis di tiap tempat", "note that several places point to; written at each", n.name)
        self.used.add(note)
        if not (n.text or n.name).strip():
            return
        text = titled(n.name, n.words)
        self._memo_event(n.user, document, {"memo": unique(note, self.ids), "about": about, "text": text, **place}, n.created)
        self.counts["memos"] += 1

    def _notes(self) -> None:
        """Notes of codes and of the project are memos of the study; so is a note that hangs on something else, and that is told."""
        codes = {n: self.codes.get(c.guid, "") for c in self.p.codes for n in c.notes}
        for guid, n in self.p.notes.items():
            if guid in self.used or not (n.text or n.name).strip():
                continue
            ours = n.name if self.ours and re.match(r"(case|day):", n.name) else "study"
            self._memo(guid, "", f"code:{codes[guid]}" if codes.get(guid) else ours)
            if not codes.get(guid) and guid not in self.p.project_notes:
                self.p.losses.add("catatan yang tidak bergantung pada teks mana pun; kini memo studi", "note that hangs on no text; now a memo on the study", n.name)


def grouped(p: Project, how: str) -> None:
    """Turn sets of sources (document groups of MAXQDA and ATLAS.ti) into cases, where a source has none yet, or into a column that names them; ATLAS.ti's `gender: female` is a value of a column of its own."""
    had = {g for c in p.cases for g in c.sources}
    by = {s.guid: s for s in p.sources}
    for n, (name, members) in enumerate(p.groups.items() if how else (), 1):
        pair = _VALUE.fullmatch(name)
        if how == "case" and not pair:
            if mine := [g for g in dict.fromkeys(members) if g not in had]:
                p.cases.append(Case(guid("group", str(n), name), name, sources=mine))
            continue
        column, value = pair.groups() if pair else (how, name)
        p.variables.setdefault(column, "Text")
        for s in [by[g] for g in dict.fromkeys(members) if g in by]:
            s.values[column] = f"{s.values[column]}; {value}" if s.values.get(column) else value


def _came_from_us(p: Project) -> bool:
    """Whether another program passes on a project of ours: its sources have our kinds and languages as variables."""
    said = [s.values["kind"].strip() for s in p.sources if s.values.get("kind", "").strip()]
    return "language" in p.variables and bool(said) and set(said) <= set(KINDS)


def _guess(name: str, text: str) -> list[Source]:
    try:
        return from_text(name, Mapped.of(text))
    except (KubeError, ValueError, IndexError):
        return []
