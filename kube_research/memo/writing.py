"""Memos written: added, changed, taken away, brought back; each is one event, and nothing is overwritten."""

from __future__ import annotations

from ..journal import Journal, new_id, safe_name
from ..model import Fault, KubeError, unknown
from ..study import Study
from ..words import say
from .about import KINDS, resolve
from .notes import Memo
from .reading import journals, memos


def add(study: Study, about: str, text: str, *, author: str, kind: str = "", dry_run: bool = False) -> Memo:
    """Write a memo; the same words on the same thing by the same person are written once.  Returns it (dry_run: as it would be)."""
    if not text.strip():
        raise KubeError(say("Memo ini kosong.", "This memo is empty."))
    if kind not in KINDS:
        raise KubeError(unknown("jenis memo", "kind of memo", kind, KINDS[1:]))
    author = safe_name(author, say("penulis", "author"))
    target, key = resolve(study, about)
    same = [m for m in memos(study) if (m.author, m.text.strip()) == (author, text.strip()) and (m.target == target and (m.key == key or target == "passage" and about == f"{m.document}:{_line(study, m)}"))]
    if same:
        return same[-1]
    event: dict[str, object] = {"event": "memo", "id": new_id(), "about": target if target in ("study", "passage", "document") else f"{target}:{key}", "text": text, **({"kind": kind} if kind else {})}
    event["memo"] = event["id"]
    document = key if target == "document" else ""
    if target == "passage":
        document, _, n = key.rpartition(":")
        d = study.corpus[document]
        a = d.lines.starts[int(n) - 1]
        b = d.text.find("\n", a) if d.text.find("\n", a) >= 0 else len(d.text)
        turn = d.turn_at(a)
        a = turn.body if turn and a < turn.body < b else a
        event |= {"start": a, "end": b, "quote": d.text[a:b]}
    elif target == "coding":
        document = next(s.codings[key].document for _, s in study.states() if key in s.codings)
    if dry_run:
        return Memo(str(event["id"]), author, target, key, text, "", "", kind, document)
    journal = study.journal(author, document) if document else Journal(study.root / "corpus" / "memos" / f"{author}.jsonl", author)
    journal.append(event)
    return next(m for m in memos(study) if m.id == event["id"])


def _line(study: Study, m: Memo) -> int:
    return study.corpus[m.document].line(m.start) if m.document in study.corpus and m.start >= 0 else 0


def edit(study: Study, memo: str, text: str, *, dry_run: bool = False) -> None:
    """Change a memo's words (by its id or the beginning of it); an empty text takes it away.  The earlier words stay in the journal."""
    journal, own, e, about = _find(study, memo)
    if str(e.get("text", "")) == text or dry_run:
        return
    journal.append({"event": "memo", "memo": own, "about": about, "text": text, **{k: e[k] for k in ("kind", "start", "end", "quote") if k in e}})


def restore(study: Study, memo: str, *, dry_run: bool = False) -> str:
    """Bring back the words before the last change, or a memo that was taken away; returns them."""
    journal, own, e, about = _find(study, memo)
    texts = [str(x.get("text", "")) for x in _history(journal, own)]
    before = next((t for t in reversed(texts[:-1]) if t.strip() and t != texts[-1]), None)
    if before is None:
        raise KubeError(say("Memo ini tidak mempunyai kata-kata sebelumnya.", "This memo has no earlier words."), memo)
    if not dry_run:
        journal.append({"event": "memo", "memo": own, "about": about, "text": before, **{k: e[k] for k in ("kind", "start", "end", "quote") if k in e}})
    return before


def _history(journal: Journal, own: str) -> list[dict[str, object]]:
    events = [e for e in journal.events()[0] if e.get("event") == "memo"]
    return sorted((e for e in events if own in (str(e.get("memo", "")), str(e["id"]))), key=lambda e: (str(e.get("time", "")), str(e["id"])))


def _find(study: Study, memo: str) -> tuple[Journal, str, dict[str, object], str]:
    found: dict[str, Journal] = {}
    for journal, _ in journals(study):
        for e in journal.events()[0]:
            own = str(e.get("memo") or e.get("id"))
            if e.get("event") == "memo" and len(memo) >= 6 and own.startswith(memo):
                found[own] = journal
    if len(found) != 1:
        raise KubeError(unknown("memo", "memo", memo, sorted({m.id[:14] for m in memos(study)})) if not found else Fault(say("Awal id ini cocok dengan beberapa memo.", "Several memos begin with this id."), memo, say("Tulis lebih banyak hurufnya.", "Write more of it.")))
    own, journal = next(iter(found.items()))
    events = _history(journal, own)
    return journal, own, events[-1], str(events[0].get("about", ""))
