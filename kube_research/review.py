"""Review: what a supervisor says of a study, as threads that are kept, answered and closed.

`corpus/reviews/<person>.jsonl` is an append-only journal, one file a person, in the form of the coders' journals.  Events:

    received  a comments file came in       file, report, as_of, books, documents, edited
    comment   a thread begins, or its first words are changed by their author      thread, target, verdict, text, written
    reply     an answer in a thread         thread, text, verdict
    close     the thread is closed          thread, text
    reopen    … and open again              thread, text

A target is a dict with `kind` and `key`: study, claim, code, cell (of a matrix), quotation (a coding).
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from .importing import slug
from .journal import Journal, new_id
from .matrix import Matrix
from .model import Fault, KubeError, unknown
from .study import Study
from .words import say

FORMAT, VERSION = "kube-research-comments", 1
KINDS = ("study", "claim", "code", "quotation", "cell")
VERDICTS = ("", "agree", "disagree")
MOST_BYTES, MOST_COMMENTS, MOST_TEXT = 8_000_000, 10_000, 20_000
_ID = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said in a thread.  event: comment, reply, close, reopen; edited: its file was changed after the page had saved it."""

    by: str
    time: str
    text: str
    verdict: str = ""
    event: str = "comment"
    edited: bool = False


@dataclass(frozen=True)
class Thread:
    """A thread: its target, its messages in order, open or closed, and whether its place is still there (`place`: here, moved, changed, gone)."""

    id: str
    target: Mapping[str, object]
    messages: tuple[Message, ...]
    closed: bool = False
    place: str = "here"
    where: str = ""  # the place in words: document:line, code, row × column, claim

    @property
    def kind(self) -> str:
        return str(self.target.get("kind", "study"))

    @property
    def key(self) -> str:
        return str(self.target.get("key", "study"))

    @property
    def verdict(self) -> str:
        """The last verdict given: agree, disagree or ""."""
        return next((m.verdict for m in reversed(self.messages) if m.verdict), "")

    @property
    def answered(self) -> bool:
        """Whether somebody else than its author spoke last."""
        return bool(self.messages) and self.messages[-1].by != self.messages[0].by


@dataclass(frozen=True)
class Reviews:
    """The review threads of a study, or some of them (`where`, `at`).  Shown in a notebook; `answer`, `close`, `reopen` append to the journal."""

    threads: tuple[Thread, ...]
    study: Study = field(repr=False)
    received: tuple[Mapping[str, object], ...] = field(default=(), repr=False)
    faults: tuple[Fault, ...] = ()

    def __len__(self) -> int:
        return len(self.threads)

    def __iter__(self) -> Iterator[Thread]:
        return iter(self.threads)

    def __getitem__(self, thread: str) -> Thread:
        found = [t for t in self.threads if t.id.startswith(thread)] if thread else []
        if len(found) != 1:
            raise KubeError(unknown("utas", "thread", thread, [t.id[:12] for t in self.threads]))
        return found[0]

    def where(self, *, kind: str = "", code: str = "", document: str = "", closed: bool | None = None) -> Reviews:
        """The threads of a kind (study, claim, code, quotation, cell), on a code, in a document, open or closed."""
        keep = tuple(t for t in self.threads if (not kind or t.kind == kind) and (not code or code in (t.target.get("code"), t.target.get("column"))) and (not document or t.target.get("document") == document)
                     and (closed is None or t.closed == closed))
        return replace(self, threads=keep)

    def at(self, matrix: Matrix) -> Reviews:
        """The threads on the cells of a matrix with these rows and columns."""
        rows, columns = set(map(str, matrix.frame.index)), set(map(str, matrix.frame.columns))
        keep = tuple(t for t in self.threads if t.kind == "cell" and t.target.get("row") in rows and t.target.get("column") in columns and t.target.get("rows") == matrix.rows and t.target.get("count") == matrix.count)
        return replace(self, threads=keep)

    def answer(self, thread: str, text: str, *, by: str) -> Reviews:
        """Answer a thread (its id, or the beginning of it)."""
        return self._append(thread, "reply", text, by)

    def close(self, thread: str, text: str = "", *, by: str) -> Reviews:
        """Close a thread, saying what was done."""
        return self._append(thread, "close", text, by)

    def reopen(self, thread: str, text: str = "", *, by: str) -> Reviews:
        """Open a closed thread again."""
        return self._append(thread, "reopen", text, by)

    def _append(self, thread: str, event: str, text: str, by: str) -> Reviews:
        found = self[thread]
        if event == "reply" and not text.strip():
            raise KubeError(say("Jawaban itu kosong.", "The answer is empty."), "", say("Tulis jawabannya.", "Write the answer."))
        journal_of(self.study, by).append({"event": event, "thread": found.id, "text": text[:MOST_TEXT], "by": by})
        return reviews(self.study)

    @property
    def frame(self) -> pd.DataFrame:
        """One row a message: thread, kind, where, place, state, event, by, time, verdict, text."""
        rows = [{"thread": t.id[:12], "kind": t.kind, "where": t.where, "place": t.place, "state": "closed" if t.closed else "open", "event": m.event, "by": m.by, "time": m.time[:16], "verdict": m.verdict, "text": m.text}
                for t in self.threads for m in t.messages]
        return pd.DataFrame(rows, columns=["thread", "kind", "where", "place", "state", "event", "by", "time", "verdict", "text"])

    def __repr__(self) -> str:
        lines = []
        for t in self.threads:
            lines.append(f"{t.id[:12]} [{state_word(t)}] {t.where}{place_word(t.place)}")
            lines += [f"    {m.by} {m.time[:10]}{verdict_word(m.verdict)}: {' '.join(m.text.split())}" for m in t.messages]
        return "\n".join(lines) or say("(tidak ada komentar)", "(no comments)")

    def _repr_html_(self) -> str:
        e = html.escape
        parts = []
        for t in self.threads:
            said = "".join(f"<p style='margin:.2em 0 .2em 1em'><strong>{e(m.by)}</strong> <small>{e(m.time[:10])}{e(verdict_word(m.verdict))}{' · ' + e(say('berkas diubah setelah disimpan', 'file changed after it was saved')) if m.edited else ''}</small><br><bdi>{e(m.text)}</bdi></p>" for m in t.messages)
            parts.append(f"<section style='border-left:3px solid {'#888' if t.closed else '#0b5a94'};padding:.1em .8em;margin:.6em 0;text-align:left'><p style='margin:.2em 0'>{e(t.where)} <small>{e(state_word(t))}{e(place_word(t.place))} · {e(t.id[:12])}</small></p>{said}</section>")
        return "".join(parts) or f"<p>{e(say('Tidak ada komentar.', 'No comments.'))}</p>"


def state_word(thread: Thread) -> str:
    """Open, answered or closed, in words."""
    return say("selesai", "closed") if thread.closed else say("dijawab", "answered") if thread.answered else say("terbuka", "open")


def verdict_word(verdict: str) -> str:
    return {"agree": say(" · setuju", " · agrees"), "disagree": say(" · tidak setuju", " · disagrees")}.get(verdict, "")


def place_word(place: str) -> str:
    return {"moved": say(" · berpindah", " · moved"), "changed": say(" · berubah sejak dikomentari", " · changed since the comment"), "gone": say(" · tidak ada lagi", " · no longer there")}.get(place, "")


def journal_of(study: Study, person: str) -> Journal:
    """The review journal of a person, one file a person."""
    if not person.strip():
        raise KubeError(say("Siapa yang berbicara?", "Who speaks?"), "--by", say("Sebutkan nama.", "Give a name."))
    return Journal(study.root / "corpus" / "reviews" / f"{slug(person)}.jsonl", person)


def reviews(study: Study) -> Reviews:
    """The review threads of a study, oldest first, with whether each one's place is still there."""
    events: dict[str, dict[str, object]] = {}
    faults: list[Fault] = []
    for path in sorted((study.root / "corpus" / "reviews").glob("*.jsonl")):
        found, wrong = Journal(path).events()
        events |= {str(e.get("id")): e for e in found}
        faults += [Fault(f.what, f"corpus/reviews/{f.where}", f.remedy, f.level) for f in wrong]
    ordered = sorted(events.values(), key=lambda e: (str(e.get("time", "")), str(e.get("id"))))
    threads: dict[str, dict] = {}
    for e in ordered:
        name = str(e.get("thread", ""))
        if e.get("event") == "comment" and isinstance(e.get("target"), dict):
            threads.setdefault(name, {"target": e["target"], "messages": {}, "closed": False})
    for e in ordered:
        kind, at = e.get("event"), threads.get(str(e.get("thread", "")))
        if at is None or kind not in ("comment", "reply", "close", "reopen"):
            continue
        message = Message(str(e.get("by", "")), str(e.get("written") or e.get("time", "")), str(e.get("text", "")), str(e.get("verdict", "")), str(kind), bool(e.get("edited")))
        at["messages"][f"{message.by}\x1f{e.get('comment') or e['id']}"] = message  # a comment saved again in other words replaces its former words
        if kind in ("close", "reopen"):
            at["closed"] = kind == "close"
    find = _Places(study)
    made = []
    for name, t in threads.items():
        place, where = find(t["target"])
        made.append(Thread(name, t["target"], tuple(t["messages"].values()), t["closed"], place, where))
    return Reviews(tuple(made), study, tuple(e for e in ordered if e.get("event") == "received"), tuple(faults))


class _Places:
    """Where targets stand now.  Looks things up once, and only when a thread asks."""

    def __init__(self, study: Study):
        self.study = study
        self._codings: dict | None = None
        self._codes: dict[str, str] | None = None
        self._renames: dict[str, str] = {}

    def __call__(self, target: Mapping[str, object]) -> tuple[str, str]:
        kind = target.get("kind")
        return getattr(self, f"_{kind}", self._study)(target) if kind in KINDS else ("gone", str(target.get("key", "")))

    def _study(self, target: Mapping[str, object]) -> tuple[str, str]:
        return "here", say("seluruh studi", "the whole study")

    def codes(self) -> dict[str, str]:
        if self._codes is None:
            books = list(self.study.sound_codebooks())
            self._codes = {c.id: c.label for b in books for c in b}
            self._renames = {old: new for b in books for old, new in b.renames().items()}
        return self._codes

    def _code(self, target: Mapping[str, object]) -> tuple[str, str]:
        name, known = str(target.get("code", "")), self.codes()
        now = self._renames.get(name, name)
        return ("here" if name in known else "moved" if now in known else "gone"), f"{known.get(now, now)} ({now})"

    def _cell(self, target: Mapping[str, object]) -> tuple[str, str]:
        row, column = str(target.get("row", "")), str(target.get("column", ""))
        place = self._code({"code": column})
        case = self.study.corpus.cases.get(row, {})
        return place[0], f"{case.get('name') or row} × {place[1]} ({target.get('source', '')}, {target.get('value', '')})"

    def _claim(self, target: Mapping[str, object]) -> tuple[str, str]:
        from .claims import _texts

        mark, name = re.compile(r"\{claim\b[^{}\n]*\bid=\"?" + re.escape(str(target.get("claim", ""))) + r"\"?[\s}]"), str(target.get("claim", ""))
        return ("here" if name and any(mark.search(text) for _, text in _texts(self.study.root, [])) else "gone"), f"{name}: {target.get('text', '')}"

    def _quotation(self, target: Mapping[str, object]) -> tuple[str, str]:
        if self._codings is None:
            self._codings = {c.id: c for _, state in self.study.states() for c in state.codings.values()}
        document, start, quote = str(target.get("document", "")), target.get("start"), str(target.get("quote", ""))
        label = self._code({"code": target.get("code", "")})[1]
        coding = self._codings.get(str(target.get("coding", "")))
        if document not in self.study.corpus:
            return "gone", f"{document} · {label}"
        text = self.study.corpus[document].text
        if coding is not None and coding.document == document:
            place = "moved" if coding.start != start else "here"
            if (coding.code, coding.polarity) != (target.get("code"), target.get("polarity")) or quote and coding.quote != quote:
                place = "changed"
            at = coding.start
        elif target.get("coder") in self.study.coders:
            return "gone", f"{document} · {label}"
        elif isinstance(start, int) and quote and text.startswith(quote, start):
            place, at = "here", start
        elif quote and text.count(quote) == 1:
            place, at = "moved", text.index(quote)
        else:
            return "gone", f"{document} · {label}"
        return place, f"{document}:{self.study.corpus[document].line(at)} · {label}"


# --- comments files ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Received:
    """What a comments file brought: new comments, those already here, whether the file was changed after saving, notes."""

    path: str
    reviewer: str
    new: int
    known: int
    edited: bool
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [say(f"{self.path}: {self.new} komentar baru ({self.reviewer})" + (f", {self.known} sudah ada" if self.known else "") + ".", f"{self.path}: {self.new} new comment{'s' * (self.new != 1)} ({self.reviewer})" + (f", {self.known} already here" if self.known else "") + ".")]
        return "\n".join([*lines, *(f"  {n}" for n in self.notes)])


def is_comments(path: Path) -> bool:
    """Whether a file is (meant as) a comments file saved by a report."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with open(path, "rb") as f:
        return FORMAT.encode() in f.read(4096)


def crc(comments: list[Mapping[str, object]]) -> str:
    """The checksum that the page puts on its comments (the same fields in the same order as report.js)."""
    text = "\x1e".join("\x1f".join(str(v) for v in (c.get("id", ""), c.get("thread", ""), (c.get("target") or {}).get("key", ""), c.get("verdict", ""), c.get("text", ""), c.get("time", ""))) for c in comments)
    return f"{zlib.crc32(_whole(text).encode('utf-8')):08x}"


def _whole(text: str) -> str:
    """Text without lone surrogates, as a browser's TextEncoder writes it."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _clean(value: object) -> object:
    if isinstance(value, str):
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", _whole(value))
    return value


def import_comments(study: Study, path: Path | str) -> Received:
    """Bring a comments file into the study as review threads.  Nothing is written when any comment is unsound; imported twice, it adds nothing."""
    path = Path(path)
    data = _read(path)
    comments, faults = data["comments"], []
    known_threads = {t.id for t in reviews(study)}
    for n, c in enumerate(comments, 1):
        faults += [Fault(f.what, f"{path.name} ({say('komentar', 'comment')} {n})", f.remedy) for f in _faults_of(c, known_threads)]
    if len({c.get("id") for c in comments if isinstance(c, dict)}) < len(comments) and not faults:
        faults.append(Fault(say("Dua komentar memakai id yang sama.", "Two comments bear the same id."), path.name, say("Minta berkas itu disimpan ulang dari laporan.", "Have the file saved again from the report.")))
    reviewer = str(_clean(data.get("reviewer", ""))).strip()[:80]
    if not reviewer:
        faults.append(Fault(say("Berkas ini tidak menyebut siapa yang berkomentar.", "The file does not say who comments."), path.name, say("Isi nama di laporan, lalu simpan lagi.", "Fill in the name in the report and save again.")))
    if faults:
        raise KubeError(faults)
    notes = _belongs(study, data, path)
    edited = data.get("sum") != crc(comments)
    if edited:
        notes.append(say("Berkas ini diubah setelah disimpan dari laporan; setiap komentarnya ditandai demikian.", "The file was changed after the report had saved it; each of its comments is marked so."))
    journal = journal_of(study, reviewer)
    have = {str(e.get("id")) for e in journal.events()[0]}
    events = []
    for c in comments:
        fields = {"text": _clean(c.get("text", "")), "verdict": c.get("verdict", ""), "written": str(c.get("time", ""))[:40], "by": reviewer, "comment": c["id"], **({"edited": True} if edited else {})}
        told = {"event": "reply", "thread": c["thread"]} if c.get("thread") else {"event": "comment", "thread": c["id"], "target": {k: _clean(v) for k, v in c["target"].items()}}
        name = hashlib.sha256("\x1f".join(map(str, (c["id"], fields["text"], fields["verdict"], reviewer))).encode()).hexdigest()[:26]
        if name not in have:
            events.append({"id": name, **told, **fields})
    if events:
        facts = {"file": hashlib.sha256(path.read_bytes()).hexdigest()[:16], "report": str(data.get("report", ""))[:64], "as_of": str(data.get("as_of", ""))[:40], "books": _strings(data.get("books")), "documents": _strings(data.get("documents")), "by": reviewer, "edited": edited}
        journal.append({"id": new_id(), "event": "received", **facts}, *events)
    return Received(path.name, reviewer, len(events), len(comments) - len(events), edited, tuple(notes))


def _strings(value: object) -> dict[str, str]:
    return {str(k)[:80]: str(v)[:80] for k, v in value.items()} if isinstance(value, dict) else {}


def _read(path: Path) -> dict:
    again = say("Minta berkas itu disimpan ulang dari laporan.", "Have the file saved again from the report.")
    if path.stat().st_size > MOST_BYTES:
        raise KubeError(say("Berkas komentar lebih besar dari 8 MB.", "The comments file is larger than 8 MB."), path.name, again)
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise KubeError(say("Berkas komentar bukan UTF-8.", "The comments file is not UTF-8."), path.name, again) from None
    except json.JSONDecodeError as e:
        raise KubeError(say(f"Berkas komentar rusak: {e.msg}.", f"The comments file is damaged: {e.msg}."), f"{path.name}:{e.lineno}:{e.colno}", again) from None
    except (RecursionError, ValueError):
        raise KubeError(say("Berkas komentar rusak.", "The comments file is damaged."), path.name, again) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("comments"), list):
        raise KubeError(say("Ini bukan berkas komentar dari laporan.", "This is no comments file of a report."), path.name, again)
    if data.get("version") != VERSION:
        raise KubeError(say(f"Berkas komentar versi {data.get('version')!r}; program ini membaca versi {VERSION}.", f"A comments file of version {data.get('version')!r}; this program reads version {VERSION}."), path.name, say("Pasang kube_research yang lebih baru.", "Install a newer kube_research."))
    if len(data["comments"]) > MOST_COMMENTS:
        raise KubeError(say(f"Lebih dari {MOST_COMMENTS} komentar.", f"More than {MOST_COMMENTS} comments."), path.name, again)
    return data


def _faults_of(c: object, threads: set[str]) -> Iterator[Fault]:
    mend = say("Berkas diubah dengan tangan? Minta disimpan ulang dari laporan.", "Edited by hand? Have it saved again from the report.")
    if not isinstance(c, dict):
        yield Fault(say("Bukan komentar.", "Not a comment."), "", mend)
        return
    if not isinstance(c.get("id"), str) or not _ID.fullmatch(c["id"]):
        yield Fault(say("Id tidak sah.", "An unsound id."), "", mend)
    if c.get("verdict", "") not in VERDICTS:
        yield unknown("pendapat", "verdict", str(c.get("verdict")), VERDICTS[1:])
    if not isinstance(c.get("text", ""), str) or len(c.get("text", "")) > MOST_TEXT:
        yield Fault(say(f"Teksnya bukan teks, atau lebih dari {MOST_TEXT} karakter.", f"Its text is no text, or longer than {MOST_TEXT} characters."), "", mend)
    elif not c.get("text", "").strip() and not c.get("verdict"):
        yield Fault(say("Komentar kosong.", "An empty comment."), "", mend)
    if c.get("thread"):
        if c["thread"] not in threads:
            yield Fault(say("Menjawab utas yang tidak ada di studi ini.", "It answers a thread that this study does not have."), "", say("Impor dulu berkas komentar yang lebih awal.", "Import the earlier comments file first."))
        return
    target = c.get("target")
    if not isinstance(target, dict) or not isinstance(target.get("key"), str) or any(not isinstance(v, (str, int, float)) or isinstance(v, str) and len(v) > MOST_TEXT for v in target.values()):
        yield Fault(say("Sasarannya tidak sah.", "An unsound target."), "", mend)
    elif target.get("kind") not in KINDS:
        yield unknown("sasaran", "target", str(target.get("kind")), KINDS)


def _belongs(study: Study, data: Mapping[str, object], path: Path) -> list[str]:
    """Notes on the version of the study that was commented on; raises when it is another study."""
    told = _strings(data.get("documents"))
    texts = {d.id: {d.sha256[:12]} for d in study.corpus}
    for r in study.versions():
        texts.setdefault(r["document"], set()).update((r["old"][:12], r["new"][:12]))
    known = [d for d, sha in told.items() if sha in texts.get(d, ())]
    if told and not known:
        name = str(_clean(str(data.get("study", ""))))[:60]
        raise KubeError(say(f"Komentar ini untuk studi lain ('{name}'): tidak satu pun dari {len(told)} dokumennya ada di sini dengan teks yang sama.", f"These comments are for another study ('{name}'): not one of its {len(told)} documents is here with the same text."), path.name,
                        say("Buka studi itu, atau beri --study foldernya.", "Open that study, or give its folder with --study."))
    notes = []
    changed = [d for d, sha in told.items() if d in study.corpus and sha != study.corpus[d].sha256[:12]]
    if changed:
        notes.append(say(f"Sejak laporan itu {len(changed)} transkrip dibetulkan: {', '.join(changed[:6])}.", f"Since that report {len(changed)} transcripts were corrected: {', '.join(changed[:6])}."))
    lost = [d for d in told if d not in study.corpus]
    if lost:
        notes.append(say(f"{len(lost)} dokumen laporan itu tidak ada lagi: {', '.join(lost[:6])}.", f"{len(lost)} documents of that report are no longer here: {', '.join(lost[:6])}."))
    books = {b.name: b.version for b in study.sound_codebooks()}
    other = [f"{k} {v} → {books.get(k, '–')}" for k, v in _strings(data.get("books")).items() if books.get(k) != v]
    if other:
        notes.append(say(f"Buku kode berubah sejak itu: {', '.join(other)}.", f"Codebooks changed since: {', '.join(other)}."))
    return notes


__all__ = ["FORMAT", "KINDS", "Message", "Received", "Reviews", "Thread", "crc", "import_comments", "is_comments", "reviews"]
