"""A session at the desk: an answer to every message of the browser.  No widget is needed to test it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import __version__
from ..consent import visible
from ..corpus import Document
from ..journal import State
from ..model import KubeError
from ..study import Study
from ..words import current, say
from . import reading, saving, scene, settling, syncing, tree
from .ground import Ground, Reply, offer, renamed, stamp_of
from .phrases import phrases

AHEAD = 20  # documents read ahead
MOST_PAST = 200  # gestures sent at once; the rest comes when it is asked for


class Session(Ground):
    """What the desk's Python side knows.  `handle` takes a message and returns replies; nothing is kept that is not on disk."""

    def handle(self, message: dict[str, Any]) -> list[Reply]:
        """Answer one message; a fault becomes a sentence, never a silence."""
        view = message.get("view")
        answers: dict[str, Callable[[dict[str, Any]], list[Reply]]] = {
            "hello": self._hello, "open": self._open, "save": self._save, "refresh": self._refresh, "progress": self._progress, "quotes": self._quotes, "search": self._search,
            "compare": self._compare, "past": self._past, "book": self._book, "steps": self._steps, "look": self._look, "carry": self._carry, "gather": self._beside, "again": self._beside, "ping": lambda m: [{"kind": "pong"}]}
        answer = answers.get(str(message.get("kind")))
        if answer is None:
            return []
        with self._lock:
            try:
                replies = answer(message)
            except KubeError as e:
                replies = [{"kind": "told", "level": "error", "text": str(e), "to": message.get("kind")}]
            except Exception as e:  # the desk must say what happened rather than fall silent
                replies = [{"kind": "told", "level": "error", "to": message.get("kind"), "text": say(f"Kesalahan tak terduga: {type(e).__name__}: {e}.", f"An unexpected error: {type(e).__name__}: {e}.")}]
            if message.get("kind") == "save" and replies[0]["kind"] == "told":  # what was to be saved is not: the browser keeps it and tries again
                replies = [{"kind": "refused", "ids": [str(e.get("id")) for e in message.get("events", []) if isinstance(e, dict)], "text": replies[0]["text"]}, *replies]
        return [{"view": view, "ref": message.get("ref"), **r} for r in replies]

    def _hello(self, m: dict[str, Any]) -> list[Reply]:
        self._load_books()
        start = {"kind": "start", "words": phrases(), "language": current(), "study": self.study.root.name, "key": self.key, "coder": self.coder, "coders": self.coders,
                 "blind": self.blind, "readonly": self.readonly, "documents": scene.documents(self.corpus), "codes": scene.codes(self.books), "notices": list(self.notices),
                 "rules": self.suggestions is not None, "book": self.books[0].name if len(self.books) == 1 else "", "attributes": reading.choices(self.corpus)}
        return [start, *(self._open({"document": self.document, "view": m.get("view")}) if self.document else [])]

    def _open(self, m: dict[str, Any]) -> list[Reply]:
        changed = self._reread()
        document = self.corpus[str(m.get("document"))]
        self.document = document.id
        self._seen[str(m.get("view"))] = self._glance(document.id)  # before it is read: what comes meanwhile is news
        told = self._moved(document)
        document = self.corpus[document.id]
        if not told and settling.unrecorded(document) and any(self._journal_state(c, document.id)[0] for c in self.study.coders):
            told = [offer(document.id, say(f"Transkrip {document.id} dibetulkan sejak dikodekan; pengodean lama belum dibawa ke teks baru.", f"The transcript {document.id} was corrected since it was coded; its codings are not carried over yet."))]
        return [*changed, {"kind": "document", **scene.transcript(document), **self._layer(document), "goto": m.get("goto")}, *told, *syncing.told(self, document.id)]

    def _carry(self, m: dict[str, Any]) -> list[Reply]:
        """Carry the codings over to the corrected text, as `kube-research update` does."""
        document = str(m.get("document") or self.document)
        study = Study(self.study.root)
        done = settling.carry(study, document)
        self.study = Study(self.study.root)
        self.corpus = self.study.corpus
        self._states.clear()
        return [*self._open({"document": document}), {"kind": "told", "level": "info", "text": done}, {"kind": "changed", "view": None, "document": document, "from": m.get("view")}]

    def _beside(self, m: dict[str, Any]) -> list[Reply]:
        """What a synced folder left beside the journal is taken in (`gather`), or what it took away is written again (`again`)."""
        document = str(m.get("document") or self.document)
        done = (syncing.gathered if m["kind"] == "gather" else syncing.rewritten)(self, document)
        return [*self._refresh({**m, "document": document}), {"kind": "told", "level": "info", "text": done}, {"kind": "changed", "view": None, "document": document, "from": m.get("view")}]

    def _look(self, m: dict[str, Any]) -> list[Reply]:
        """What changed on disk since this view looked last: codebooks, the text, the journals that it shows.  Mostly nothing."""
        document = str(m.get("document") or self.document)
        if document not in self.corpus:
            return [{"kind": "looked"}]
        now = self._glance(document)
        before, self._seen[str(m.get("view"))] = self._seen.get(str(m.get("view"))), now
        if before is None or before == now or before[0] != document:
            self._ahead(document)
            return [{"kind": "looked"}]
        return [{"kind": "looked"}, *self._refresh(m)]

    def _ahead(self, document: str) -> None:
        """Read one document more, from the next one on, while nobody waits: it will open at once."""
        ids = [d.id for d in self.corpus]
        at = ids.index(document)
        for name in [*ids[at + 1:], *ids[:at]][:AHEAD]:
            key = name, self.corpus[name].sha256
            if key not in self._read_ahead:
                self._read_ahead.add(key)
                scene.transcript(self.corpus[name])
                for coder in self.visible():
                    self._journal_state(coder, name)
                return

    def _layer(self, document: Document) -> Reply:
        """What lies on the text: everybody's visible codings, one's own memos and the code given last, suggestions still open."""
        rows, faults, memos, judged, queue, last = [], [], [], set(), [], ""
        renames = self.renames
        for coder in self.visible():
            state = self._journal_state(coder, document.id)[1]
            rows += [scene.coding(renamed(c, renames)) for c in visible(document, state.codings.values())]
            faults += [str(f) for f in state.faults]
            if coder == self.coder:
                rows += [scene.coding(renamed(c, renames), gone=True) for c in visible(document, state.withdrawn.values())]
                last = max((c for kept in (state.codings, state.withdrawn) for c in kept.values()), key=lambda c: c.created, default=None)
                last = renames.get(last.code, last.code) if last else ""
                memos = [{"about": m.get("about", ""), "text": m.get("text", ""), "time": m.get("time", "")} for m in state.memos]
                judged, queue = _judged(state), settling.rows(self.study, document, self.coder) if state.waiting else []
                queue += tree.undecided(self.books, self.codings(document.id, coder))
        text = document.text
        broken = sum(1 for r in rows if not r[7] and not 0 <= r[1] < r[2] <= len(text))
        if broken:
            faults.append(say(f"{broken} pengodean menunjuk ke luar teks.", f"{broken} codings point outside the text."))
        return {"codings": rows, "last": last, "memos": memos, "suggestions": self._suggested(document.id, judged), "faults": faults, "waiting": queue}

    def _past(self, m: dict[str, Any]) -> list[Reply]:
        """What this coder did in a document, the latest MOST_PAST gestures of it: asked for when nobody waits, and again when undo has come to its end."""
        document = self.corpus[str(m.get("document"))].id
        past: dict[str, Any] = {"done": [], "undone": []}
        if self.coder:
            events = self._journal_state(self.coder, document)[0]
            stamp, kept = self._states[self.coder, document][0], self._pasts.get((self.coder, document))
            past = kept[1] if kept and kept[0] == stamp else saving.history(events)
            self._pasts[self.coder, document] = stamp, past
        return [{"kind": "past", "document": document, **{k: v[-MOST_PAST:] for k, v in past.items()}, "more": {k: len(v) > MOST_PAST for k, v in past.items()}}]

    def _save(self, m: dict[str, Any]) -> list[Reply]:
        """Write the browser's events, one fsynced line each; events that the journal has already are only confirmed."""
        if self.readonly:
            return [{"kind": "refused", "ids": [str(e.get("id")) for e in m.get("events", [])], "text": self.notices[0] if self.notices else ""}]
        changed = self._reread()
        document = self.corpus[str(m.get("document"))]
        told = [*changed, *self._moved(document)]
        moved, document = bool(changed) or any(t.get("level") == "warning" for t in told), self.corpus[document.id]
        coder = f"{self.coder}-consensus" if m.get("consensus") else self.coder
        if (coder, document.id) not in self._known or self._appended.get((coder, document.id)) != stamp_of(self.journal(coder, document.id).path):  # another notebook wrote, too
            self._journal_state(coder, document.id)
            if (coder, document.id) in self._appended:
                self._seen = {v: (document.id, ["news"]) for v in self._seen}
        known = self._known[coder, document.id]
        fresh, done, refused = [], [], []
        for e in m.get("events", []):
            ident = str(e.get("id"))
            if ident in known:
                done.append(ident)
                continue
            try:
                clean = saving.clean(e, document, coder)
                if clean["event"] == "wait":
                    fresh += settling.unsettled(clean, self.journal(coder, document.id).events()[0])
                elif clean["event"] == "change" and e.get("settles") and "code" in clean:
                    fresh.append(tree.decided(clean, self._journal_state(coder, document.id)[1].codings.get(str(clean["coding"])), document))
                elif clean["event"] == "change" and e.get("settles"):
                    fresh.append(settling.settled(clean, self.journal(coder, document.id).events()[0], document, coder))
                else:
                    fresh.append(clean)
            except (KubeError, TypeError, ValueError) as fault:
                refused.append({"kind": "refused", "ids": [ident], "final": True, "text": str(fault)})
        if fresh:
            head = [] if (coder, document.id) in self._sessions else [self._session_event()]
            try:
                full = self.journal(coder, document.id).append(*head, *fresh)
            except (KubeError, OSError) as fault:
                return [*told, *refused, {"kind": "refused", "ids": [e["id"] for e in fresh], "text": str(fault)}]
            self._sessions.add((coder, document.id))
            self._appended[coder, document.id] = stamp_of(self.journal(coder, document.id).path)
            self._written.setdefault((coder, document.id), []).extend(full)
            known |= {e["id"] for e in fresh}
            done += [e["id"] for e in fresh]
        saved: Reply = {"kind": "saved", "ids": done, "document": document.id}
        if moved:
            return [saved, *refused, {"kind": "document", **scene.transcript(document), **self._layer(document)}, *told]
        # the other views of this desk hear of it too
        return [saved, *refused, *told, *([{"kind": "changed", "view": None, "document": document.id, "from": m.get("view")}] if fresh else [])]

    def _session_event(self) -> dict[str, Any]:
        return {"event": "session", "blind": self.blind, "program": f"kube_research desk {__version__}", "codebook": " ".join(b.id for b in self.books), "suggestions": self.suggestions is not None}

    def _refresh(self, m: dict[str, Any]) -> list[Reply]:
        """Everything as it is on disk now: books, this document's text if it moved, everybody's codings."""
        told: list[Reply] = [{"kind": "told", "level": "error", "text": t} for t in self._load_books()]
        out: list[Reply] = [{"kind": "codes", "codes": scene.codes(self.books), "coders": self.coders}]
        changed, name = self._reread(), str(m.get("document") or self.document)
        out += changed
        if name not in self.corpus:
            told.append({"kind": "told", "level": "warning", "text": say(f"Dokumen {name} tidak lagi bagian dari studi ini (persetujuan ditarik, atau berkasnya hilang).", f"The document {name} is no longer part of this study (consent withdrawn, or its file is gone).")})
            return [*out, *(self._open({"document": next(d.id for d in self.corpus)}) if len(self.corpus) else []), *told]
        if name in self.corpus:
            moved = self._moved(self.corpus[name])
            document = self.corpus[name]
            if changed or any(t["level"] == "warning" for t in moved):
                out.append({"kind": "document", **scene.transcript(document), **self._layer(document)})
            else:
                out.append({"kind": "layer", "id": name, **self._layer(document)})
            told += [*moved, *syncing.told(self, name)]
        return [*out, *told]

    def _progress(self, _: dict[str, Any]) -> list[Reply]:
        """How far each document is coded by this coder, and how often each code was given in all documents."""
        far, counts, faults = {}, {}, []
        for document in self.corpus:
            mine = self.codings(document.id, self.coder) if self.coder else []
            far[document.id] = scene.progress(document, mine)
            if self.coder:
                far[document.id]["waiting"] = len(self._journal_state(self.coder, document.id)[1].waiting) + len(tree.undecided(self.books, mine))
                faults += [str(f) for f in self._journal_state(self.coder, document.id)[1].faults]
            for c in mine:
                counts[c.code] = counts.get(c.code, 0) + 1
        return [{"kind": "progress", "documents": far, "codes": counts, "faults": faults[:5], "names": self._other_names()}]

    # --- reading around, teams, the code tree -----------------------------------------------------------------------------
    def _quotes(self, m: dict[str, Any]) -> list[Reply]:
        every = [c for coder in self.visible() for d in self.corpus for c in self.codings(d.id, coder)]
        return [{"kind": "quotes", **reading.quotations(self.corpus, every, m)}]

    def _search(self, m: dict[str, Any]) -> list[Reply]:
        return [{"kind": "hits", **reading.search(self.corpus, str(m.get("pattern", "")), str(m.get("only") or ""))}]

    def _compare(self, m: dict[str, Any]) -> list[Reply]:
        if self.blind:
            raise KubeError(say("Meja ini buta: pengodean orang lain tidak diperlihatkan.", "This desk is blind: the codings of others are not shown."))
        a, b = str(m.get("a")), str(m.get("b"))
        document = self.corpus[str(m.get("document") or self.document)]
        settled = self._journal_state(f"{self.coder}-consensus", document.id)[1] if self.coder else State()
        judged, taken = _judged(settled), set(settled.codings) | set(settled.withdrawn)
        found = reading.disagreements(document, self.codings(document.id, a), self.codings(document.id, b))
        return [{"kind": "compare", "a": a, "b": b, "document": document.id, "items": [f for f in found["items"] if f["key"] not in judged], "agreed": found["agreed"], "judged": len(judged),
                 "alike": [c for c in found["alike"] if f"con-a-{c}" not in taken]}]

    def _book(self, m: dict[str, Any]) -> list[Reply]:
        """A change of the code tree, written to its YAML."""
        broken = self._load_books()
        if broken:
            raise KubeError(broken[0])
        made = tree.change(self.study, self.coder, self.books, m)
        self._load_books()
        self._names = None
        layer = [{"kind": "layer", "id": self.document, **self._layer(self.corpus[self.document])}] if made["what"] not in ("new", "define", "name") and self.document else []
        return [{"kind": "codes", "codes": scene.codes(self.books), "coders": self.coders, "made": made, "then": m.get("then")}, *layer]

    def _steps(self, m: dict[str, Any]) -> list[Reply]:
        self._load_books()
        return [{"kind": "steps", **tree.steps(self.books, str(m.get("book") or ""))}]

    def __repr__(self) -> str:
        return f"Desk({self.study.root.name!r}, coder={self.coder!r}, document={self.document!r}{', blind=True' if self.blind else ''})"


def _judged(state: State) -> set[str]:
    """The suggestions whose last verdict stands (an undone verdict is "open")."""
    last = {str(d.get("suggestion")): d.get("verdict") for d in state.decisions}
    return {k for k, v in last.items() if v != "open"}
