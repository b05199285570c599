"""What a supervisor wrote into a chapter in Word: comments, answers and tracked changes, as review threads on the passages they hang on."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..journal import new_id
from ..model import Fault, KubeError
from ..readers import guard
from ..readers.docx import W
from ..study import Study
from ..verify import judge_all
from ..verify.judge import Judgement
from ..verify.outcome import AUTHOR
from ..verify.pages import Paragraph, Walker
from ..verify.sources import Sources
from ..words import say
from . import MOST_TEXT, journal_of, reviews
from .incoming import Received, _clean

_WANT = re.compile(r"^word/(document\d*|styles\d*|footnotes\d*|endnotes\d*|comments|commentsExtended)\.xml$")
_W14, _W15 = "{http://schemas.microsoft.com/office/word/2010/wordml}", "{http://schemas.microsoft.com/office/word/2012/wordml}"
MOST = 10_000


def import_word(study: Study, path: Path | str) -> list[Received]:
    """Bring the comments and tracked changes of a .docx into the study, one `Received` an author; imported twice, nothing is added.

    A comment on a participant's quotation hangs on its coding where there is one; every other comment hangs on its passage, which is
    kept in its words.  Answers become replies, resolved comments closed threads; kube_research's own comments are left out.
    """
    path = Path(path)
    if path.suffix.lower() != ".docx" or not path.is_file():
        raise KubeError(Fault(say("Komentar hanya dibaca dari berkas .docx.", "Comments are read from a .docx file only."), str(path), say("Minta bab itu disimpan sebagai .docx.", "Have the chapter saved as .docx.")))
    data = path.read_bytes()
    parts = guard.unzip(data, path.name, want=_WANT, total=120_000_000)
    if not any(re.fullmatch(r"word/document\d*\.xml", n) for n in parts):
        raise KubeError(say("Tidak ada isi Word (word/document.xml) di dalam berkas ini.", "There is no Word content (word/document.xml) in this file."), path.name, say("Simpan ulang sebagai .docx.", "Save it again as .docx."))
    roots = {n: guard.xml(v, f"{path.name}:{n}") for n, v in parts.items()}
    walker = Walker(roots)
    paragraphs = walker.paragraphs()
    judged = judge_all(paragraphs, Sources(study))
    known: dict[str, set[str]] = {}
    events: dict[str, list[dict[str, object]]] = defaultdict(list)
    had: dict[str, int] = defaultdict(int)

    present: set[str] = set()

    def put(author: str, name: str, **event: object) -> None:
        present.add(str(event["thread"]))
        if author not in known:
            known[author] = {str(e.get("id")) for e in journal_of(study, author).events()[0]}
        if name in known[author]:
            had[author] += 1
        else:
            known[author].add(name)
            events[author].append({"id": name, "by": author, **event})

    for c in _comments(roots, walker, path.name):
        place = c["range"]
        if c["parent"]:
            put(c["author"], _name("reply", c["parent"], c["author"], c["date"], c["text"]), event="reply", thread=c["parent"], text=c["text"], verdict="", written=c["date"], comment=c["id"])
        else:
            put(c["author"], _name("comment", c["id"], c["text"]), event="comment", thread=c["id"], target=_target(study, path.name, paragraphs, judged, *place), text=c["text"], verdict="", written=c["date"], comment=c["id"])
        if c["done"] and not c["parent"]:
            put(c["author"], _name("close", c["id"]), event="close", thread=c["id"], text=say("Ditandai selesai di Word.", "Marked as resolved in Word."))
    for n, at, author, date, text, width in _changes(walker):
        name = _name("tracked", path.stem, author, date, text, paragraphs[n].text[max(0, at - 60):at])
        put(author, _name("comment", name, text), event="comment", thread=name, target=_target(study, path.name, paragraphs, judged, (n, at), (n, at + max(1, width))), text=text, verdict="", written=date, comment=name)
    out, there = [], present | {str(e["thread"]) for found in events.values() for e in found}
    for author in known:
        if events[author]:
            received = {"file": hashlib.sha256(data).hexdigest()[:16], "report": path.name, "by": author, "edited": False}
            journal_of(study, author).append({"id": new_id(), "event": "received", **received}, *events[author])
        out.append(Received(path.name, author, len(events[author]), had[author], False, tuple(_gone(study, author, path.name, there))))
    return out or [Received(path.name, say("siapa pun", "anybody"), 0, 0, False, (say("Tidak ada komentar atau perubahan terlacak di berkas ini.", "There are no comments or tracked changes in this file."),))]


def _gone(study: Study, author: str, file: str, there: set[str]) -> Iterator[str]:
    """An author's earlier comments in this file that stand in it no more, where others of theirs still do: told, never withdrawn by us (a student may have deleted them)."""
    came, report = [], ""
    for e in journal_of(study, author).events()[0]:
        report = str(e.get("report", "")) if e.get("event") == "received" else report
        if e.get("event") == "comment" and report == file:
            came.append(str(e.get("thread")))
    if any(t in there for t in came):
        for t in reviews(study):
            if t.id in came and t.id not in there and not t.closed and t.messages[-1].event != "withdraw":
                yield say(f"Tidak ada lagi di berkas ini: “{t.messages[0].text[:60]}”. Jika {author} menariknya: kube-research reviews --withdraw {t.id[:8]} --by \"{author}\"",
                          f"No longer in this file: “{t.messages[0].text[:60]}”. If {author} took it back: kube-research reviews --withdraw {t.id[:8]} --by \"{author}\"")


def _name(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:26]


def _comments(roots: dict[str, Any], walker: Walker, file: str) -> list[dict[str, Any]]:
    root = roots.get("word/comments.xml")
    if root is None:
        return []
    found = list(root.iter(f"{W}comment"))
    if len(found) > MOST:
        raise KubeError(say(f"Lebih dari {MOST} komentar.", f"More than {MOST} comments."), file)
    extended = roots.get("word/commentsExtended.xml")
    links = {e.get(f"{_W15}paraId", ""): (e.get(f"{_W15}paraIdParent", ""), e.get(f"{_W15}done", "0")) for e in extended.iter(f"{_W15}commentEx")} if extended is not None else {}
    by_para: dict[str, str] = {}
    out = []
    for e in found:
        author = str(_clean(e.get(f"{W}author", ""))).strip()[:80] or say("tanpa nama", "unnamed")
        text = "\n".join("".join(t.text or "" for t in p.iter(f"{W}t")) for p in e.iter(f"{W}p")).strip()[:MOST_TEXT]
        paras = [p.get(f"{_W14}paraId", "") for p in e.iter(f"{W}p")]
        date = e.get(f"{W}date", "")[:40]
        span = walker.ranges.get(e.get(f"{W}id", ""), [])
        name = _name("word", author, date, " ".join(_text(walker.out, *span[:2]).split()) if len(span) > 1 else "", e.get(f"{W}id", "") if not date else "")
        parent, done = links.get(paras[-1] if paras else "", ("", "0"))
        by_para |= {p: name for p in paras if p}
        if author != AUTHOR and text:
            out.append({"id": name, "author": author, "date": date, "text": text, "range": (span[0], span[1]) if len(span) > 1 else ((0, 0), (0, 0)), "parent": parent, "done": done in ("1", "true")})
    kept = {c["id"] for c in out}
    for c in out:  # an answer to a comment of `verify` begins a thread of its own
        c["parent"] = name if (name := by_para.get(c["parent"], "")) in kept else ""
    return out


def _changes(walker: Walker) -> list[tuple[int, int, str, str, str, int]]:
    """Tracked changes as sentences: (paragraph, offset, author, date, text, width); a deletion beside an insertion is a replacement."""
    out = []
    skip = -1
    changes = walker.changes[:MOST]
    for i, (n, at, kind, author, date, words) in enumerate(changes):
        if i == skip or not words.strip() or author == AUTHOR:
            continue
        after = changes[i + 1] if i + 1 < len(changes) else None
        if kind == "del" and after and after[:4] == (n, at, "ins", author) and after[5].strip():
            text, width, skip = say(f"Mengganti “{words}” dengan “{after[5]}”.", f"Replaces “{words}” by “{after[5]}”."), len(after[5]), i + 1
        else:
            text, width = (say(f"Menghapus “{words}”.", f"Deletes “{words}”."), 1) if kind == "del" else (say(f"Menyisipkan “{words}”.", f"Inserts “{words}”."), len(words))
        out.append((n, at, author.strip()[:80] or say("tanpa nama", "unnamed"), date[:40], str(_clean(text))[:MOST_TEXT], width))
    return out


def _text(paragraphs: list[Paragraph], start: tuple[int, int], end: tuple[int, int]) -> str:
    chosen = paragraphs[start[0]:end[0] + 1]
    return "\n".join(p.text[start[1] if i == 0 else 0:end[1] if i == len(chosen) - 1 else None] for i, p in enumerate(chosen))


def _target(study: Study, file: str, paragraphs: list[Paragraph], judged: list[Judgement], start: tuple[int, int], end: tuple[int, int]) -> dict[str, object]:
    """What a comment hangs on: a coding whose words are quoted there, else the passage."""
    n = min(start[0], len(paragraphs) - 1)
    p = paragraphs[n]
    for j in judged:
        if j.quoted.paragraph is p and start[0] == end[0] and j.quoted.start < max(end[1], start[1] + 1) and j.quoted.end > start[1] and j.place and j.verdict == "verbatim":
            f = study.codings(document=j.place.document).full
            f = f[(f["start"] < j.place.end) & (f["end"] > j.place.start)]
            if len(f):
                best = f.iloc[(f["start"] - j.place.start).abs().add((f["end"] - j.place.end).abs()).argmin()]
                return {"kind": "quotation", "key": f"quotation:{best['id']}", "coding": best["id"], "document": j.place.document, "start": int(best["start"]), "line": j.place.line, "code": best["code"], "polarity": best["polarity"], "coder": best["coder"], "quote": best["quote"]}
    words = " ".join(_text(paragraphs, start, end).split()) or " ".join(p.text.split())
    return {"kind": "passage", "key": f"passage:{_name(file, words)[:16]}", "file": file, "text": str(_clean(words[:400])), "paragraph": p.n, "page": p.page(start[1])}
