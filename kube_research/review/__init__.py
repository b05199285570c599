"""Review: what a supervisor says of a study, as threads that are kept, answered and closed.

`corpus/reviews/<person>.jsonl` is an append-only journal, one file a person, in the form of the coders' journals.  Events:

    received  a comments file came in       file, report, as_of, books, documents, edited
    comment   a thread begins, or its first words are changed by their author      thread, target, verdict, text, written
    reply     an answer in a thread         thread, text, verdict
    close     the thread is closed          thread, text
    reopen    … and open again              thread, text
    withdraw  its author takes a message back     thread, comment

A target is a dict with `kind` and `key`: study, claim, code, cell (of a matrix), quotation (a coding), passage (of a chapter in Word).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from .. import synced
from ..claims import Claims
from ..codings import Codings
from ..importing import slug
from ..journal import Journal
from ..matrix import Matrix
from ..model import Fault, KubeError, unknown
from ..quotations import Quotations
from ..study import Study
from ..words import say

KINDS = ("study", "claim", "code", "quotation", "cell", "passage")
VERDICTS = ("", "agree", "disagree")
MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said in a thread.  event: comment, reply, close, reopen, withdraw (taken back by its author: its words are gone here, and kept in the journal); edited: its file was changed after the page had saved it."""

    by: str
    time: str
    text: str
    verdict: str = ""
    event: str = "comment"
    edited: bool = False
    comment: str = ""  # what its author may change or take back


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
        said = [m for m in self.messages if m.event != "withdraw"]
        return bool(said) and said[-1].by != self.messages[0].by


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

    def at(self, shown: Matrix | Codings | Quotations | Claims) -> Reviews:
        """The threads on what is shown: the cells of a matrix, codings (or their codes) behind a table or a list of quotations, claims."""
        if isinstance(shown, Claims):
            names = {c.id for c in shown}
            return replace(self, threads=tuple(t for t in self.threads if t.kind == "claim" and t.target.get("claim") in names))
        if not isinstance(shown, Matrix):
            f = (shown.codings if isinstance(shown, Quotations) else shown)._frame
            ids, codes = set(f["id"]) - {""}, set(f["code"])
            return replace(self, threads=tuple(t for t in self.threads if t.target.get("coding") in ids or t.kind == "code" and t.target.get("code") in codes))
        matrix = shown
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

    def withdraw(self, thread: str, *, by: str) -> Reviews:
        """Take back the last thing that somebody said in a thread; the journal keeps it, nobody is shown it."""
        found = self[thread]
        last = next((m for m in reversed(found.messages) if m.by == by and m.event in ("comment", "reply")), None)
        if last is None:
            raise KubeError(say(f"{by or '?'} tidak berkata apa-apa di utas itu.", f"{by or '?'} has said nothing in that thread."), found.id[:12], say("Sebutkan nama persis seperti yang tercatat.", "Give the name exactly as it is recorded."))
        journal_of(self.study, by).append({"event": "withdraw", "thread": found.id, "comment": last.comment, "by": by})
        return reviews(self.study)

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
            lines += [f"    {m.by} {m.time[:10]}{verdict_word(m.verdict)}: {' '.join(text_of(m).split())}" for m in t.messages]
        return "\n".join(lines) or say("(tidak ada komentar)", "(no comments)")

    def _repr_html_(self) -> str:
        e = html.escape
        parts = []
        for t in self.threads:
            said = "".join(f"<p style='margin:.2em 0 .2em 1em'><strong>{e(m.by)}</strong> <small>{e(m.time[:10])}{e(verdict_word(m.verdict))}{' · ' + e(say('berkas diubah setelah disimpan', 'file changed after it was saved')) if m.edited else ''}</small><br><bdi>{e(text_of(m))}</bdi></p>" for m in t.messages)
            parts.append(f"<section style='border-left:3px solid {'#888' if t.closed else '#0b5a94'};padding:.1em .8em;margin:.6em 0;text-align:left'><p style='margin:.2em 0'>{e(t.where)} <small>{e(state_word(t))}{e(place_word(t.place))} · {e(t.id[:12])}</small></p>{said}</section>")
        return "".join(parts) or f"<p>{e(say('Tidak ada komentar.', 'No comments.'))}</p>"


def text_of(message: Message) -> str:
    """The words of a message, or that it was taken back."""
    return say("(ditarik kembali oleh penulisnya)", "(taken back by its author)") if message.event == "withdraw" else message.text


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
    folder = study.root / "corpus" / "reviews"
    for name in synced.journals(folder):
        found, wrong = Journal(folder / name).events()
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
        if at is None or kind not in ("comment", "reply", "close", "reopen", "withdraw"):
            continue
        key = f"{e.get('by', '')}\x1f{e.get('comment') or e['id']}"
        if kind == "withdraw" and key not in at["messages"]:
            continue  # nobody takes back what another said
        message = Message(str(e.get("by", "")), str(e.get("written") or e.get("time", "")), str(e.get("text", "")), str(e.get("verdict", "")), str(kind), bool(e.get("edited")), str(e.get("comment") or e["id"]))
        at["messages"][key] = message  # a comment saved again in other words replaces its former words
        if kind in ("close", "reopen"):
            at["closed"] = kind == "close"
    find = _Places(study)
    made = []
    for name, t in threads.items():
        place, where = find(t["target"])
        taken = all(m.event == "withdraw" for m in t["messages"].values())
        made.append(Thread(name, t["target"], tuple(t["messages"].values()), t["closed"] or taken, place, where))
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
        from ..claims import texts

        mark, name = re.compile(r"\{claim\b[^{}\n]*\bid=\"?" + re.escape(str(target.get("claim", ""))) + r"\"?[\s}]"), str(target.get("claim", ""))
        return ("here" if name and any(mark.search(text) for _, text in texts(self.study.root, [])) else "gone"), f"{name}: {target.get('text', '')}"

    def _passage(self, target: Mapping[str, object]) -> tuple[str, str]:
        """A passage of a write-up in Word, as it was when it was commented on."""
        words = " ".join(str(target.get("text", "")).split())
        page = say(f"hlm. {target['page']}", f"p. {target['page']}") if target.get("page") else say(f"paragraf {target.get('paragraph', '?')}", f"paragraph {target.get('paragraph', '?')}")
        return "here", f"{target.get('file', '')}, {page}: “{words[:80]}{'…' if len(words) > 80 else ''}”"

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


from .incoming import FORMAT, Received, crc, import_comments, is_comments  # noqa: E402  (it needs the threads above)

__all__ = ["FORMAT", "KINDS", "Message", "Received", "Reviews", "Thread", "crc", "import_comments", "is_comments", "reviews"]
