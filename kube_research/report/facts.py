"""What a supervisor asks first: who coded what and when, whose voices are missing, which themes rest on one person."""

from __future__ import annotations

from dataclasses import dataclass

from ..codings import Codings
from ..corpus import SPOKEN, evidence
from ..journal import fold
from ..review import Reviews
from ..study import Study
from .bilingual import Pair, of

SHARE, LEAST = 0.4, 5  # nobody should supply more than this share of a code's quotations (codes with at least LEAST of them)


@dataclass(frozen=True)
class Trail:
    """The journals read once: one row a journal, all event times, suggestions judged, every event with its coder."""

    rows: tuple[dict[str, object], ...]
    events: tuple[tuple[str, str, dict[str, object]], ...]  # (coder, document, event)
    decisions: dict[str, int]
    waiting: int

    @property
    def as_of(self) -> str:
        """The time of the last event: what the report is a picture of."""
        return max((str(e.get("time", "")) for _, _, e in self.events), default="")


def trail(study: Study) -> Trail:
    """Read every coder's journal."""
    rows, events, decisions, waiting = [], [], {}, 0
    for journal in study.journals():
        found, faults = journal.events()
        state, document = fold(found, faults), journal.path.stem
        if document not in study.corpus:
            continue
        events += [(journal.coder, document, e) for e in found]
        times = sorted(str(e.get("time", "")) for e in found if e.get("event") in ("code", "change", "withdraw", "restore"))
        for verdict in {str(d.get("suggestion")): str(d.get("verdict", "")) for d in state.decisions}.values():
            if verdict not in ("", "open"):
                decisions[verdict] = decisions.get(verdict, 0) + 1
        waiting += len(state.waiting)
        d = study.corpus[document]
        recorded = d.meta.get("sha256", "")
        rows.append({"coder": journal.coder, "document": document, "codings": len(state.codings), "changed": sum(e.get("event") == "change" for e in found), "withdrawn": len(state.withdrawn), "first": times[0][:10] if times else "", "last": times[-1][:10] if times else "",
                     "blind": any(s.get("blind") for s in state.sessions), "books": ", ".join(sorted({c.codebook for c in state.codings.values() if c.codebook})), "sha256": d.sha256[:12],
                     "hash": "same" if recorded == d.sha256 else "none" if not recorded else "other", "faults": len(faults)})
    return Trail(tuple(rows), tuple(events), decisions, waiting)


@dataclass(frozen=True)
class Notice:
    """One kind of thing to look at, with what was found; an item's `open` are the filters that show its quotations."""

    id: str
    title: Pair
    rule: Pair
    items: tuple[tuple[Pair, dict[str, str] | None], ...]


def attention(study: Study, people: Codings) -> list[Notice]:
    """Single-source themes, voices over 40 %, unused codes, silent informants, codes without a definition, withdrawn consent."""
    f, books = people.full, tuple(study.sound_codebooks())
    names = {c.id: of(c.name) if any(c.name.values()) else of(c.id) for b in books for c in b}
    single, loud = [], []
    for code, group in f.groupby("code"):
        top = group["speaker"].value_counts()
        name = names.get(code, of(code))
        if len(top) == 1:
            single.append((name + Pair(f": {top.index[0]}, {len(group)} kutipan", f": {top.index[0]}, {len(group)} quotation{'s' * (len(group) != 1)}"), {"code": code}))
        elif len(group) >= LEAST and top.iloc[0] / len(group) > SHARE:
            loud.append((name + Pair(f": {top.index[0]} {top.iloc[0]} dari {len(group)} ({top.iloc[0] / len(group):.0%})", f": {top.index[0]} {top.iloc[0]} of {len(group)} ({top.iloc[0] / len(group):.0%})"), {"code": code, "speaker": top.index[0]}))
    used = set(f["code"])
    begun = {b.name for b in books if any(c.id in used for c in b)}
    unused = [(of(c.name) + f" ({c.id})", None) for b in books if b.name in begun for c in b if c.id not in used and not c.retired]
    heard = set(f["speaker"])
    silent = sorted({(t.speaker or t.label, d.id) for d, t in people.corpus.turns() if d.kind in SPOKEN and evidence(d, t)} - {(s, d) for s, d in zip(f["speaker"], f["document"], strict=True)})
    silent = [(s, d) for s, d in silent if s not in heard]
    bare = [(of(c.id), None) for b in books for c in b if not any(c.definition.values())]
    gone = study.withdrawn
    out = [
        Notice("single", Pair("Tema yang bersandar pada satu orang", "Themes that rest on one person"), Pair("kode yang semua kutipannya dari satu informan", "codes whose quotations all come from one informant"), tuple(single)),
        Notice("loud", Pair("Satu suara di atas 40 %", "One voice over 40 %"), Pair(f"seorang informan memberi lebih dari 40 % kutipan sebuah kode; kode dengan sedikitnya {LEAST} kutipan", f"one informant gives more than 40 % of a code's quotations; codes with at least {LEAST}"), tuple(loud)),
        Notice("silent", Pair("Informan tanpa kutipan", "Silent informants"), Pair("berbicara dalam dokumen yang sudah dikodekan, tetapi tak satu pun kutipannya dikodekan", "they speak in documents that were coded, yet no word of theirs is"), tuple((of(f"{s} ({d})"), None) for s, d in silent)),
        Notice("unused", Pair("Kode yang tidak dipakai", "Unused codes"), Pair("kode dalam buku yang sudah mulai dipakai orang", "codes of books that people have begun to use"), tuple(unused)),
        Notice("undefined", Pair("Kode tanpa definisi", "Codes without a definition"), Pair("semua buku kode", "all codebooks"), tuple(bare)),
    ]
    if any(gone.values()):
        out.append(Notice("withdrawn", Pair("Persetujuan ditarik", "Consent withdrawn"), Pair("tidak dihitung dan tidak dikutip", "neither counted nor quoted"),
                          ((Pair(f"{gone['documents']} dokumen, {gone['speakers']} pembicara", f"{gone['documents']} document{'s' * (gone['documents'] != 1)}, {gone['speakers']} speaker{'s' * (gone['speakers'] != 1)}"), None),)))
    return out


def changes(study: Study, journals: Trail, threads: Reviews, since: str, before: dict[str, object]) -> list[Pair]:
    """What changed after a time: codings, corrected and new transcripts, codebook versions, threads.  `before`: documents and books of the earlier report."""
    out: list[Pair] = []
    tally: dict[tuple[str, str], int] = {}
    for coder, _, e in journals.events:
        if str(e.get("time", "")) > since and e.get("event") in ("code", "change", "withdraw", "restore"):
            key = (coder, str(e["event"]))
            tally[key] = tally.get(key, 0) + 1
    said = {"code": ("pengodean baru", "new coding"), "change": ("pengodean diubah", "coding changed"), "withdraw": ("pengodean ditarik", "coding withdrawn"), "restore": ("pengodean dipulihkan", "coding restored")}
    for (coder, event), n in sorted(tally.items()):
        indonesian, english = said[event]
        words = english.split(" ")
        out.append(Pair(f"{coder}: {n} {indonesian}", f"{coder}: {n} {' '.join(w + 's' * (n != 1) if w == 'coding' else w for w in words)}"))
    old = {str(k): str(v) for k, v in dict(before.get("documents") or {}).items()}
    fixed = sorted({r["document"] for r in study.versions() if r["time"] > since} | {d.id for d in study.corpus if d.id in old and old[d.id] != d.sha256[:12]})
    if fixed:
        out.append(Pair(f"transkrip dibetulkan: {', '.join(fixed)}", f"transcripts corrected: {', '.join(fixed)}"))
    fresh = [d.id for d in study.corpus if old and d.id not in old]
    if fresh:
        out.append(Pair(f"dokumen baru: {', '.join(fresh)}", f"new documents: {', '.join(fresh)}"))
    books = {b.name: b.version for b in study.sound_codebooks()}
    for name, version in dict(before.get("books") or {}).items():
        if books.get(name) != version:
            out.append(Pair(f"buku kode {name}: {version} → {books.get(name, '–')}", f"codebook {name}: {version} → {books.get(name, '–')}"))
    answered = sum(t.answered for t in threads if not t.closed)
    closed = sum(t.closed for t in threads)
    if len(threads):
        out.append(Pair(f"komentar: {len(threads)} utas, {answered} dijawab, {closed} selesai", f"comments: {len(threads)} threads, {answered} answered, {closed} closed"))
    return out
