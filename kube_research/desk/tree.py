"""The code tree: every change of a codebook that the desk offers is one step of `history`, told with what it means for the codings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .. import history
from ..codebook import Codebook
from ..consent import hinders
from ..corpus import Document
from ..model import Coding, KubeError
from ..study import Study
from ..words import say

STEPS: dict[str, tuple[str, ...]] = {  # and what the browser says of each
    "new": ("name", "parent", "vivo", "definition", "book"), "name": ("code", "name"), "define": ("code", "definition", "include", "exclude"), "rename": ("code", "to"), "move": ("code", "to"),
    "merge": ("code", "to"), "split": ("code", "into"), "retire": ("code",), "undo": ("book", "version")}
MOST = 200  # steps listed


def change(study: Study, coder: str, books: Iterable[Codebook], m: dict[str, Any]) -> dict[str, Any]:
    """Do the step of a message; what was made, in words, and how it can be taken back (book and version; "" where nothing was left to do)."""
    what = str(m.get("what"))
    if what not in STEPS:
        raise KubeError(say("Perubahan ini tidak dikenal.", "This change is not known."))
    if m.get("vivo") and m.get("at"):  # the name of an in-vivo code quotes, and a codebook travels
        where, start, end = m["at"]
        if hinders(study.corpus[str(where)], int(start), int(end)):
            raise KubeError(say("Kode in vivo mengutip informan di dalam buku kode; bagian ini tidak boleh dikutip.", "An in-vivo code quotes the informant in the codebook; this passage may not be quoted."), str(where), say("Beri kode itu nama sendiri.", "Give the code a name of your own."))
    wanted: dict[str, Any] = {k: str(m[k]) for k in STEPS[what] if m.get(k) is not None}
    if what == "split":
        wanted["into"] = [str(n)[:120] for n in m.get("into") or ()][:9]
    done = history.apply(study, what, coder, books=tuple(books), **wanted)
    return {**done.made, "said": str(done) if done.same else f"{done.book} {done.new}: {done.said}", "notes": list(done.notes), "book": done.book, "version": "" if done.same else done.new}


def steps(books: Iterable[Codebook], name: str) -> dict[str, Any]:
    """The history of one book for the desk (of the only one, or the first, when no name is given)."""
    books = list(books)
    book = next((b for b in books if b.name == name), books[0] if books else None)
    if book is None:
        raise KubeError(say("Belum ada buku kode.", "There is no codebook yet."))
    return {"book": book.name, "books": [b.name for b in books], "version": book.version, "steps": history.steps(book)[:MOST]}


def undecided(books: Iterable[Codebook], codings: Iterable[Coding]) -> list[dict[str, Any]]:
    """The codings whose code was split, with the codes to choose from; they stand under the split code until then."""
    splits = {code: parts for b in books for code, parts in b.splits().items()}
    found = sorted((c for c in codings if c.code in splits), key=lambda c: (c.start, c.end)) if splits else []
    return [{"id": c.id, "code": c.code, "polarity": c.polarity, "note": c.note, "quote": c.quote, "before": c.before[-40:], "after": c.after[:40], "places": [], "start": c.start, "end": c.end, "codes": list(splits[c.code])} for c in found]


def decided(event: dict[str, Any], was: Coding | None, document: Document) -> dict[str, Any]:
    """A change that gives a coding of a split code its new one, as `waiting.settle` writes it."""
    if was is None:
        raise KubeError(say("Pengodean ini tidak ada lagi.", "This coding is no longer there."), document.id)
    return {**event, "split": was.code, "why": "split"}
