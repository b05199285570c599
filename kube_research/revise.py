"""Corrections: a transcript's new text is taken in, every coding is carried over or waits in the queue, and the old text stays readable.

Order on disk: old text to corpus/versions, a line in its log, the new text, documents.csv, the journals.  Every step can be run again,
so an update that was cut off is finished by the same call; nothing is deleted at any step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import conflicts, labels, past, synced
from .anchors import Alignment, Verdict
from .corpus import Document
from .journal import Journal, now
from .model import Coding, KubeError, unknown
from .study import TABLES, Study, write_atomic, write_table
from .text import context, digest, normalise
from .words import say

ALIKE = 0.15  # share of word triples below which a text is taken for another document
LOG = ("document", "time", "old", "new")


def verdict_name(verdict: str) -> str:
    """The verdict in the interface language."""
    return {"exact": say("tetap", "exact"), "moved": say("pindah", "moved"), "changed": say("berubah", "changed"), "ambiguous": say("meragukan", "ambiguous"), "lost": say("hilang", "lost"), "split": say("kode dipecah", "code split")}.get(verdict, verdict)


@dataclass(frozen=True)
class Carried:
    """One coding and its old and new words."""

    coding: Coding
    coder: str
    verdict: Verdict
    new_quote: str
    base: str = ""  # digest of the text the coding was anchored in
    silent: bool = False  # its new place is recorded already
    codes: tuple[str, ...] = ()  # of a split: the codes to choose from
    now: str = field(default="", repr=False)  # the present text, for the words around

    def as_dict(self) -> dict[str, object]:
        c, v = self.coding, self.verdict
        return {"coding": c.id, "coder": self.coder, "document": c.document, "code": c.code, "verdict": v.verdict, "certain": v.certain, "score": v.score,
                "old": {"start": c.start, "end": c.end, "quote": c.quote}, "new": {"start": v.start, "end": v.end, "quote": self.new_quote}, "candidates": [list(x) for x in v.candidates], **({"codes": list(self.codes)} if self.codes else {})}

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Where it may stand now, the likeliest first."""
        v = self.verdict
        return tuple(dict.fromkeys(p for p in ((v.start, v.end), *((a, b) for a, b, _ in v.candidates)) if p[1] > p[0]))

    def __str__(self) -> str:
        head = f"{self.coding.id}  {self.coder} · {self.coding.code} · {verdict_name(self.verdict.verdict)}"
        if self.codes:
            return f"{head}\n  {_short(self.coding.quote)}\n  {say('kode mana', 'which code')}: {', '.join(self.codes)}"
        more = [f"  {n}: …{_short(self.now[max(0, a - 30):a], 40)} [{_short(self.now[a:b])}] {_short(self.now[b:b + 30], 40)}…" for n, (a, b) in enumerate(self.places, 1)] if self.now and len(self.places) > 1 else []
        return "\n".join((head, f"  {say('lama', 'old')}: {_short(self.coding.quote)}", f"  {say('baru', 'new')}: {_short(self.new_quote) or '-'}", *more))


@dataclass(frozen=True)
class Update:
    """What became of the codings of a corrected document."""

    document: str
    old: str
    new: str
    items: tuple[Carried, ...] = ()
    dry: bool = False
    same: bool = False  # nothing was left to do
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def waiting(self) -> tuple[Carried, ...]:
        """Those that wait for a decision."""
        return tuple(i for i in self.items if not i.verdict.certain)

    def as_dict(self) -> dict[str, object]:
        return {"document": self.document, "old": self.old, "new": self.new, "same": self.same, "dry_run": self.dry, "labels": dict(self.labels), "waiting": len(self.waiting), "codings": [i.as_dict() for i in self.items]}

    def __str__(self) -> str:
        lines = [f"{self.document}: {self.old[:12]} → {self.new[:12]}"]
        if self.same:
            lines = [say(f"{self.document}: teks ini sudah masuk; tidak ada yang diubah.", f"{self.document}: this text was taken in before; nothing to change.")]
        counts = {v: sum(1 for i in self.items if i.verdict.verdict == v and i.verdict.certain) for v in ("exact", "moved", "changed")}
        if any(counts.values()):
            lines.append("  " + say("terbawa: ", "carried over: ") + ", ".join(f"{n} {verdict_name(v)}" for v, n in counts.items() if n))
        lines += [f"  {i.coder} · {i.coding.code}: {_short(i.coding.quote)} → {_short(i.new_quote)}" for i in self.items if i.verdict.certain and i.verdict.verdict == "changed" and not i.silent]
        lines += ["  " + say(f"label {a} sekarang {b}; baris di speakers.csv ditambahkan", f"the label {a} is now {b}; its line in speakers.csv was added") for a, b in self.labels.items()]
        if self.waiting:
            n = len(self.waiting)
            lines.append("  " + say(f"{n} menunggu keputusan (kube-research queue):", f"{n} wait{'s' if n == 1 else ''} for a decision (kube-research queue):"))
            lines += ["  " + line for i in self.waiting for line in str(i).splitlines()]
        if self.dry:
            lines.append(say("Percobaan; tidak ada yang ditulis.", "A dry run; nothing written."))
        return "\n".join(lines)


def _short(quote: str, width: int = 100) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= width else line[:width - 1] + "…"


# --- update -------------------------------------------------------------------------------------------------------------
def update(study: Study, document: str, new_text: str, *, dry_run: bool = False) -> Update:
    """Take in the corrected text of a document: certain codings move, the others wait; nothing is deleted.  May be run again at any time."""
    text = normalise(new_text)
    conflicts.refuse(text, f"{document}.txt")
    d = study.unveiled(document)
    if not text.strip():
        raise KubeError(say("Teks baru ini kosong.", "The new text is empty."), document, say("Periksa apakah penyimpanannya selesai.", "Check whether it was saved completely."))
    row = next(r for r in study.rows["documents"] if r["document"] == document)
    recorded, present, new = row.get("sha256", ""), d.sha256, digest(text)
    texts = _Texts(study, d, recorded)
    old = present if new != present else recorded or present
    before = texts.get(old)
    alignment = Alignment(before, text) if before is not None and old != new else None
    if alignment is not None and alignment.similarity < ALIKE and new not in texts.known:
        share = round(100 * alignment.similarity)
        raise KubeError(say(f"Ini tampaknya dokumen lain: hanya {share} % rangkaian tiga katanya sama dengan {document}.", f"This seems to be another document: only {share} % of its three-word runs are those of {document}."), document,
                        say("Periksa berkas dan --document; dokumen baru masuk dengan `kube-research import`.", "Check the file and --document; a new document comes in with `kube-research import`."))
    texts.put(new, text)
    log = texts.log
    begun = bool(log) and log[-1]["new"] == new and (old == new or log[-1]["old"] == old)
    time = log[-1]["time"] if begun else now()
    renamed = _labels(study, d, alignment, text)
    journals = _journals(study, document)
    plans = [(j, _plan(j, texts, new, present if old == new else old, alignment)) for j in journals]
    items = tuple(i for _, plan in plans for i in plan)
    pending = [(j, [i for i in plan if not i.silent]) for j, plan in plans]
    same = new == present and recorded in ("", new) and not any(p for _, p in pending)
    if not dry_run and not same:
        if old != new:
            if before is not None:
                _keep(study, document, old, before)
            if not begun:
                write_table(study.root / "corpus" / "versions" / "log.csv", [*study.versions(), {"document": document, "time": time, "old": old, "new": new}], LOG)
            if present not in (old, new):
                _keep(study, document, present, d.text)
            _keep(study, document, new, text)  # a branch may be merged into this one: both its ends stay readable
        if new != present:
            path = study.text_path(document, d.kind)
            write_atomic(path, text)  # type: ignore[arg-type]
        _tables(study, document, new, renamed)
        for journal, plan in pending:
            if plan:
                journal.append(*_events(plan, text, new, time, journal))
        for attribute in ("rows", "_loaded"):
            study.__dict__.pop(attribute, None)
    return Update(document, old, new, items, dry_run, same, renamed)


def _journals(study: Study, document: str) -> list[Journal]:
    """The journals of a document, whoever's."""
    paths = ((c, study.root / "corpus" / "codings" / c / f"{document}.jsonl") for c in study.coders)
    return [Journal(path, c) for c, path in paths if path.exists() or synced.copies(path)]


def undo(study: Study, document: str, *, dry_run: bool = False) -> Update:
    """Take the last correction of a document back: its text before, every coding where it stood, what was withdrawn for it restored.

    It is recorded as a correction of its own, so that a second undo brings the newer text again.
    """
    d = study.unveiled(document)
    last = next((r for r in reversed(study.versions(document)) if r["new"] == d.sha256), None)
    if last is None:
        raise KubeError(say("Tidak ada pembetulan yang dapat dibatalkan: teks sekarang bukan hasil `kube-research update`.", "No correction to undo: the present text is not one that `kube-research update` took in."), document)
    text = _Texts(study, d, "").get(last["old"])
    if text is None:
        raise KubeError(say("Teks sebelum pembetulan ini tidak tersimpan.", "The text before this correction is not kept."), document, say("Pulihkan corpus/versions dari salinan.", "Restore corpus/versions from a copy."))
    if not dry_run:
        for journal in _journals(study, document):
            gone: dict[str, dict[str, object]] = {}
            for e in sorted(journal.events()[0], key=lambda e: (str(e.get("time", "")), str(e.get("id")))):
                if e.get("event") in ("withdraw", "restore"):
                    gone[str(e["coding"])] = e
            back = [k for k, e in gone.items() if e["event"] == "withdraw" and e.get("why") == "update" and e.get("new") == d.sha256]
            if back:
                journal.append(*({"event": "restore", "coding": k, "why": f"undo update {last['old'][:12]}→{last['new'][:12]}"} for k in back))
    return update(study, document, text, dry_run=dry_run)


class _Texts:
    """The present and earlier texts of a document, by digest."""

    def __init__(self, study: Study, document: Document, recorded: str):
        self.study, self.document = study, document
        self.log = study.versions(document.id)
        self.recorded = recorded
        self._texts: dict[str, str | None] = {document.sha256: document.text}
        self._alignments: dict[tuple[str, str], Alignment] = {}
        self.known = {h for r in self.log for h in (r["old"], r["new"])}

    def put(self, sha: str, text: str) -> None:
        self._texts[sha] = text

    def get(self, sha: str) -> str | None:
        if sha and sha not in self._texts:
            text = self.study.version(self.document.id, sha)
            self._texts[sha] = text if text is not None and digest(text) == sha else self._from_git(sha)
        return self._texts.get(sha)

    def _from_git(self, sha: str) -> str | None:
        """The text out of git's history, where it was edited in its place."""
        path = self.study.text_path(self.document.id, self.document.kind)
        found = (normalise(text) for _, _, text in past.texts(path, 60)) if path is not None else ()
        return next((text for text in found if digest(text) == sha), None)

    def in_force(self, time: str) -> str:
        """The digest of the text as it was at a time."""
        later = next((r["old"] for r in self.log if r["time"] > time), "")
        return later or (self.log[-1]["new"] if self.log else self.recorded or self.document.sha256)

    def bases(self, c: Coding, last: tuple[str, str]) -> list[str]:
        """The digests of the texts a coding may be anchored in, the likeliest first: by what its journal says, by its time, else by where its words stand.

        Several where nothing says which (two branches that were merged): then all of them have to agree.
        """
        time, said = last
        order = [said, self.in_force(time), self.document.sha256, *(h for r in reversed(self.log) for h in (r["new"], r["old"])), self.recorded]
        for whole in (True, False):
            found = []
            for sha in dict.fromkeys(filter(None, order)):
                text = self.get(sha)
                if text is not None and text[c.start:c.end] == c.quote and (not whole or text[:c.start].endswith(c.before) and text.startswith(c.after, c.end)):
                    if sha == said:
                        return [sha]
                    found.append(sha)
            if found:
                return found
        return []

    def alignment(self, old: str, new: str) -> Alignment:
        if (old, new) not in self._alignments:
            self._alignments[old, new] = Alignment(self.get(old) or "", self.get(new) or "")
        return self._alignments[old, new]


def _plan(journal: Journal, texts: _Texts, new: str, old: str, alignment: Alignment | None) -> list[Carried]:
    """What is to become of each coding of a journal (withdrawn ones too: they may be restored)."""
    state = journal.state()
    places: dict[str, list[tuple[str, str, int, int, str]]] = {}  # coding → (time, digest of the text, start, end, quote), oldest first
    for e in sorted(journal.events()[0], key=lambda e: (str(e.get("time", "")), str(e.get("id")))):
        if e.get("event") in ("code", "change") and "start" in e:
            places.setdefault(str(e["coding"]), []).append((str(e.get("time", "")), str(e.get("new", "")), int(e["start"]), int(e["end"]), str(e.get("quote", ""))))  # type: ignore[call-overload]
    text = texts.get(new) or ""
    out: list[Carried] = []
    for c in {**state.codings, **state.waiting, **state.withdrawn}.values():
        wait = state.waits.get(c.id)
        live = c.id not in state.withdrawn
        if wait and wait.get("new") == new:
            if live:
                out.append(_waiting(c, journal.coder, wait, text))
            continue
        time, said, *_ = places[c.id][-1]
        if not wait and said == new:
            if live:
                out.append(Carried(c, journal.coder, Verdict(c.start, c.end, "exact", 1.0, (), True), c.quote, new, True))
            continue
        bases = [str(wait.get("old", ""))] if wait else texts.bases(c, (time, said))
        base = bases[0] if bases else ""
        back = next((p for p in reversed(places[c.id]) if new in (p[1], p[1] or texts.in_force(p[0])) and text[p[2]:p[3]] == p[4]), None)
        others = {(o.start, o.end) for s in bases if s != base for o in [texts.alignment(s, new).carry(c.start, c.end)]}
        if base == new and not wait and not others - {(c.start, c.end)}:
            if live:
                out.append(Carried(c, journal.coder, Verdict(c.start, c.end, "exact", 1.0, (), True), c.quote, new, True))
            continue
        if back is not None:  # the text was this one before: the place is known
            v = Verdict(back[2], back[3], "exact", 1.0, (), True)
        elif base == new:
            v = Verdict(c.start, c.end, "exact", 1.0, (), True)
        elif base and texts.get(base) is not None:
            v = (alignment if alignment is not None and base == old else texts.alignment(base, new)).carry(c.start, c.end)
        else:
            v = _by_context(c, text)
        if back is None and others - {(v.start, v.end)}:
            v = Verdict(v.start, v.end, "ambiguous", v.score, ((v.start, v.end, v.score), *((a, b, 0.0) for a, b in sorted(others) if (a, b) != (v.start, v.end))), False)
        if live or v.certain or not wait:
            out.append(Carried(c, journal.coder, v, text[v.start:v.end], base, now=text))
    return out


def _by_context(c: Coding, text: str) -> Verdict:
    """Where no text is left that the coding was made in: its words with those around them, certain when they stand there once."""
    whole = c.before[-25:] + c.quote + c.after[:25]
    if len(whole) > len(c.quote) + 10 and text.count(whole) == 1:
        a = text.index(whole) + len(c.before[-25:])
        return Verdict(a, a + len(c.quote), "exact", 1.0, (), True)
    v = Alignment(c.before + c.quote + c.after, text).carry(len(c.before), len(c.before) + len(c.quote))
    return Verdict(v.start, v.end, v.verdict, v.score, v.candidates, False)


def _waiting(c: Coding, coder: str, wait: Mapping[str, object], text: str) -> Carried:
    found = tuple(tuple(x) for x in wait.get("candidates", ()))  # type: ignore[attr-defined]
    a, b = (int(found[0][0]), int(found[0][1])) if found else (0, 0)
    return Carried(c, coder, Verdict(a, b, str(wait.get("verdict", "lost")), float(found[0][2]) if found else 0.0, found, False), text[a:b], str(wait.get("old", "")), True, now=text)  # type: ignore[arg-type]


def _events(plan: list[Carried], text: str, new: str, time: str, journal: Journal) -> Iterator[dict[str, object]]:
    """The journal's events; they bear the update's time, so that the state at any time fits its text."""
    last: dict[str, str] = {}
    for e in journal.events()[0]:
        ref = str(e.get("coding", ""))
        last[ref] = max(last.get(ref, ""), str(e.get("time", "")))
    for i in plan:
        v, at = i.verdict, time if time > last.get(i.coding.id, "") else now()
        common = {"coding": i.coding.id, "time": at, "verdict": v.verdict, "old": i.base, "new": new, "why": f"update {i.base[:12]}→{new[:12]}"}
        if v.certain:
            before, after = context(text, v.start, v.end)
            yield {"event": "change", **common, "start": v.start, "end": v.end, "quote": text[v.start:v.end], "before": before, "after": after}
        else:
            found = [(v.start, v.end, v.score)] if v.end > v.start else []
            yield {"event": "wait", **common, "candidates": [list(x) for x in dict.fromkeys((*found, *v.candidates))]}


def _labels(study: Study, d: Document, alignment: Alignment | None, text: str) -> dict[str, str]:
    """Turn labels that only their name changed, as speakers.csv writes them: old → new."""
    if alignment is None:
        return {}
    out = {}
    for r in study.rows["speakers"]:
        name = alignment.labels.get(r["label"].casefold()) if r["document"] == d.id else None
        if name:
            at = text.casefold().find(f"{name}:")
            label = text[at:at + len(name)] if at >= 0 and len(text.casefold()) == len(text) else name
            if not any(labels.key(s["label"]) == labels.key(label) for s in study.rows["speakers"] if s["document"] == d.id):
                out[r["label"]] = label
    return out


def _keep(study: Study, document: str, sha: str, text: str) -> None:
    path = study.root / "corpus" / "versions" / document / f"{sha[:12]}.txt"
    if not path.exists():
        write_atomic(path, text)


def _tables(study: Study, document: str, new: str, renamed: Mapping[str, str]) -> None:
    rows = {name: [dict(r) for r in study.rows[name]] for name in ("documents", "speakers")}
    for r in rows["documents"]:
        if r["document"] == document and r.get("sha256") != new:
            r["sha256"] = new
            write_table(study.root / "corpus" / "documents.csv", rows["documents"], TABLES["documents"])
    more = [{**r, "label": renamed[r["label"]]} for r in rows["speakers"] if r["document"] == document and r["label"] in renamed]
    if more:
        write_table(study.root / "corpus" / "speakers.csv", [*rows["speakers"], *more], TABLES["speakers"])


def which(study: Study, file: Path) -> str:
    """The document that a file is a new text of: by its place in the corpus, its name in documents.csv, or its own name."""
    path = file.resolve()
    ids = [d.id for d in study.corpus]
    for d in study.corpus:
        own = study.text_path(d.id, d.kind)
        if own is not None and own.resolve() == path:
            return d.id
    named = [r["document"] for r in study.rows["documents"] if r.get("source") == file.name]
    if len(named) == 1 and named[0] in ids:
        return named[0]
    if path.parent.parent == (study.root / "corpus" / "versions").resolve() and path.parent.name in ids:
        return path.parent.name
    if file.stem in ids:
        return file.stem
    f = unknown("dokumen", "document", file.stem, ids)
    raise KubeError(f.what, file.name, f.remedy + " " + say("Sebut dengan --document.", "Name it with --document."))
