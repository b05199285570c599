"""What a session at the desk stands on: the study, its codebooks and journals, read anew when they changed on disk."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from dataclasses import replace
from typing import Any

from .. import synced
from ..codebook import Codebook
from ..codings import Codings
from ..consent import visible
from ..corpus import Corpus, Document
from ..journal import Journal, State, fold, safe_name
from ..model import MACHINE, Coding, Fault, KubeError
from ..study import Study
from ..text import decode, digest, normalise
from ..words import say
from . import scene, settling, syncing

Reply = dict[str, Any]


class Ground:
    """The study, one coder, and what was read of them; nothing is kept that is not on disk."""

    def __init__(self, study: Study, *, codebook: Codebook | str | None = None, coder: str = "", document: str | None = None, suggestions: Codings | None = None, blind: bool = False):
        self.study, self.blind, self.suggestions = study, bool(blind), suggestions
        self.given = codebook
        self.notices: list[str] = []
        self.readonly = False
        self.coder = ""
        self._lock = threading.RLock()
        self._states: dict[tuple[str, str], tuple[Any, list[dict[str, Any]], State]] = {}
        self.vanished: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}  # saved here, and no longer on disk
        self._written: dict[tuple[str, str], list[dict[str, Any]]] = {}  # since the journal was read last
        self._known: dict[tuple[str, str], set[str]] = {}
        self._texts: dict[str, tuple[int, int]] = {}
        self._sessions: set[tuple[str, str]] = set()
        self._book_stamps: dict[str, tuple[int, int]] = {}
        self.books: tuple[Codebook, ...] = ()
        self._names: dict[str, str] | None = None
        self._appended: dict[tuple[str, str], tuple[int, int]] = {}
        self._seen: dict[str, Any] = {}
        self._pasts: dict[tuple[str, str], tuple[Any, dict[str, Any]]] = {}
        self._tables: Any = None
        self._read_ahead: set[tuple[str, str]] = set()
        self._name(coder)
        self._load_books()
        self.corpus: Corpus = self._corpus()
        ids = [d.id for d in self.corpus]
        if document and document not in ids:
            self.notices.append(say(f"Tidak ada dokumen '{document}'; dibuka yang pertama.", f"There is no document '{document}'; the first one is open."))
            document = None
        self.document = document or (ids[0] if ids else "")

    # --- what it starts from ------------------------------------------------------------------------------------------
    def _name(self, coder: str) -> None:
        try:
            if not str(coder).strip():
                self.readonly = True
                self.notices.append(say("Tanpa nama pengode meja ini hanya untuk membaca: kr.desk(study, coder=\"nama\").", "Without a coder's name this desk is for reading only: kr.desk(study, coder=\"name\")."))
                return
            self.coder = safe_name(coder, say("pengode", "coder"))
            if self.coder == MACHINE:
                self.coder, self.readonly = "", True
                self.notices.append(say("Nama 'rules' milik aturan; pakai nama Anda sendiri.", "The name 'rules' belongs to the rules; use your own."))
        except KubeError as e:
            self.readonly = True
            self.notices.append(str(e) + " " + say("Sampai itu dibenahi, meja ini hanya untuk membaca.", "Until that is mended this desk is for reading only."))

    def _corpus(self) -> Corpus:
        self._tables = self._stamps()
        try:
            corpus, faults = self.study._loaded[0], self.study._loaded[1]
            self.notices += [str(f) for f in faults if f.level == "error"][:5]
            return corpus
        except KubeError as e:
            self.notices.append(str(e))
            return Corpus(())

    def _stamps(self) -> list[tuple[int, int]]:
        return [stamp_of(self.study.root / "corpus" / f"{n}.csv") for n in ("documents", "speakers", "checked")]

    def _reread(self) -> list[Reply]:
        """The study anew when its tables changed (consent, roles, documents); what the browser must know of it."""
        if self._stamps() == self._tables:
            return []
        self.study, before = Study(self.study.root), set(self.notices)
        self.corpus = self._corpus()
        fresh, self.notices = [n for n in self.notices if n not in before], [n for n in self.notices if n in before]
        return [{"kind": "documents", "documents": scene.documents(self.corpus)}, *({"kind": "told", "level": "error", "text": n} for n in fresh)]

    def _load_books(self) -> list[str]:
        """Read the codebooks whose file changed; a broken one is told, and the codes known so far stay."""
        told: list[str] = []
        if isinstance(self.given, Codebook) and self.given.path is None:
            self.books = (self.given,)
            return told
        if isinstance(self.given, Codebook):
            paths = [self.given.path] if self.given.path else []
        elif self.given:
            paths = [self.study.root / "codebooks" / f"{self.given}.yml"]
        else:
            paths = [self.study.root / "codebooks" / f"{n}.yml" for n in self.study.codebook_names]
        kept = {b.path: b for b in self.books}
        books = []
        for path in paths:
            stamp = stamp_of(path)
            if path in kept and self._book_stamps.get(str(path)) == stamp:
                books.append(kept[path])
                continue
            try:
                books.append(self.study.codebook(path) if path.exists() or path not in kept else kept[path])
                self._book_stamps[str(path)] = stamp
            except KubeError as e:
                told.append(str(e) + " " + say("Pengodean berlanjut dengan kode yang sudah dikenal.", "Coding goes on with the codes known so far."))
                if path in kept:
                    books.append(kept[path])
                elif isinstance(self.given, Codebook):
                    books.append(self.given)
        self.books = tuple(books)
        return told

    @property
    def renames(self) -> dict[str, str]:
        return {old: new for b in self.books for old, new in b.renames().items()}

    @property
    def key(self) -> str:
        """A name for the browser's store: this study, without its path."""
        return hashlib.sha256(str(self.study.root.resolve()).encode()).hexdigest()[:12]

    # --- journals -----------------------------------------------------------------------------------------------------
    def journal(self, coder: str, document: str) -> Journal:
        return Journal(self.study.root / "corpus" / "codings" / safe_name(coder) / f"{document}.jsonl", coder)

    def _journal_state(self, coder: str, document: str) -> tuple[list[dict[str, Any]], State]:
        journal = self.journal(coder, document)
        stamp = (stamp_of(journal.path), *((p.name, stamp_of(p)) for p in synced.copies(journal.path)))
        kept = self._states.get((coder, document))
        if kept and kept[0] == stamp:
            return kept[1], kept[2]
        try:
            events, faults = journal.events()
        except OSError as e:
            events, faults = [], [Fault(say(f"Jurnal tidak dapat dibaca: {e.strerror or e}.", f"The journal cannot be read: {e.strerror or e}."), f"{coder}/{document}.jsonl")]
        state = fold(events, faults)
        self._states[coder, document] = (stamp, events, state)
        known = self._known[coder, document] = {str(e.get("id")) for e in events}
        before = [*self.vanished.get((coder, document), {}).values(), *(kept[1] if kept else ()), *self._written.pop((coder, document), ())] if coder == self.coder else []
        self.vanished[coder, document] = syncing.missing(before, known)
        return events, state

    @property
    def coders(self) -> list[str]:
        """Everybody with a journal, and oneself."""
        return sorted({*self.study.coders, *([self.coder] if self.coder else [])})

    def visible(self) -> list[str]:
        """The coders whose codings are shown: only one's own when blind."""
        others = [] if self.blind else self.study.coders
        return list(dict.fromkeys([*([self.coder] if self.coder else []), *others]))

    def codings(self, document: str, coder: str) -> list[Coding]:
        renames = self.renames
        found = visible(self.corpus[document], self._journal_state(coder, document)[1].codings.values())
        return [renamed(c, renames) for c in found] if renames else list(found)

    # --- what changed, and what else is known ---------------------------------------------------------------------------
    def _glance(self, document: str) -> tuple[str, list[Any]]:
        """The stamps of all that a view of a document shows; what was saved here is no news."""
        text, own = self.study.text_path(document, self.corpus[document].kind), self.journal(self.coder or "-", document).path
        stamps = [*enumerate(self._stamps()), *((p, stamp_of(p)) for p in (*sorted((self.study.root / "codebooks").glob("*.yml")), text, *(f for c in self.visible() for j in [self.journal(c, document).path] for f in (j, *synced.copies(j)))) if p)]
        mine = self._appended.setdefault((self.coder, document), stamp_of(own))
        return document, [(p, None if p == own and s == mine else s) for p, s in stamps]

    def _moved(self, document: Document) -> list[Reply]:
        """Whether the transcript's file changed since it was read; reads it again and says so."""
        path = self.study.text_path(document.id, document.kind)
        if path is None:
            return [{"kind": "told", "level": "error", "text": say(f"Berkas {document.id} hilang dari disk; pengodean berlanjut pada teks yang sudah dibaca.", f"The file of {document.id} is gone from the disk; coding goes on with the text that was read.")}]
        stamp = stamp_of(path)
        before = self._texts.get(document.id)
        self._texts[document.id] = stamp
        if before in (None, stamp) and before is not None:
            return []
        fresh = Study(self.study.root)
        if before is None:
            try:
                if digest(normalise(decode(path.read_bytes(), path.name))) == document.sha256:
                    return []
            except KubeError as e:
                return [{"kind": "told", "level": "error", "text": str(e)}]
        try:
            now = fresh.corpus[document.id]
        except KubeError as e:
            return [{"kind": "told", "level": "error", "text": str(e)}]
        if now.sha256 == document.sha256:
            return []
        with contextlib.suppress(OSError):
            settling.keep(self.study, document)
        self.study, self.corpus = fresh, fresh.corpus
        return [offer(document.id, say(f"Transkrip {document.id} berubah di disk dan dibaca ulang; pengodean lama belum dibawa ke teks baru.", f"The transcript {document.id} changed on disk and was read again; its codings are not carried over yet."))]

    def _suggested(self, document: str, judged: set[str]) -> list[list[Any]]:
        if self.suggestions is None:
            return []
        frame = self.suggestions._frame
        frame = frame[frame["document"] == document]
        columns = ("id", "start", "end", "code", "polarity", "rule")
        return [list(r) for r in zip(*(frame[c].tolist() for c in columns), strict=True) if r[0] not in judged]

    def _other_names(self) -> dict[str, str]:
        """The names of the study's codes outside the chosen codebook, for other coders' codings."""
        if self._names is None:
            known, self._names = {b.name for b in self.books}, {}
            for name in self.study.codebook_names:
                with contextlib.suppress(KubeError):
                    self._names |= {c.id: c.label for c in self.study.codebook(name)} if name not in known else {}
        return self._names


def offer(document: str, text: str) -> Reply:
    """A warning with its remedy as a button."""
    return {"kind": "told", "level": "warning", "text": text, "act": "carry", "document": document}


def renamed(c: Coding, renames: dict[str, str]) -> Coding:
    return replace(c, code=renames[c.code]) if c.code in renames else c


def stamp_of(path: Any) -> tuple[int, int]:
    try:
        s = path.stat()
        return s.st_mtime_ns, s.st_size
    except OSError:
        return 0, -1
