"""A step taken back: three texts of the book are merged line by line, so that what was edited since stays."""

from __future__ import annotations

from typing import Any

from ..codebook import Codebook
from ..model import KubeError, unknown
from ..words import say
from .kept import bare, dressed, kept, mapping, merge3, renames_of
from .sheet import Sheet, flow
from .step import Change, Step, opened


def steps(book: Codebook) -> list[dict[str, Any]]:
    """The steps of a book, the latest first: version, date, who, why, and whether each can be undone (its texts are kept and it still holds)."""
    holds = {str(e.get("version")) for e in book.history()}
    return [{**{k: str(e.get(k, "")) for k in ("version", "date", "who", "why")}, "undone": str(e.get("version")) not in holds,
             "can": str(e.get("version")) in holds and book.path is not None and kept(book.path, str(e.get("version"))) is not None} for e in reversed(book.changelog)]


def undo(s: Step, *, book: str, version: str = "") -> Change:
    found = next((b for b in s.books if b.name == book), None)
    if found is None or found.path is None:
        raise KubeError(unknown("buku kode", "codebook", book, [b.name for b in s.books]))
    done = [e for e in found.history() if kept(found.path, str(e.get("version")))]
    if version:
        entry = next((e for e in reversed(found.changelog) if str(e.get("version")) == version), None)
        if entry is None:
            raise KubeError(unknown("versi", "version", version, [str(e.get("version")) for e in found.changelog]))
        if entry not in found.history():
            return s.same(found, {"what": "undo", "version": version})
        if entry not in done:
            raise KubeError(say(f"Langkah {version} dibuat dengan tangan; teks sebelumnya tidak tersimpan.", f"The step {version} was made by hand; its earlier text is not kept."), found.path.name)
    else:
        done = [e for e in done if not e.get("undone")]
        if not done:
            raise KubeError(say("Tidak ada langkah yang dapat dibatalkan di buku ini.", "This book has no step that can be undone."), found.path.name)
        entry = done[-1]
    version = str(entry["version"])
    before, after = kept(found.path, version)  # type: ignore[misc]
    present, _ = opened(found)
    text = merge3(bare(after), bare(before), bare(present))
    if text is None:
        raise KubeError(say(f"Baris-baris langkah {version} sudah diubah lagi sesudahnya.", f"The lines of step {version} were changed again later."), found.path.name,
                        say(f"Batalkan dahulu langkah sesudahnya, atau ambil dari codebooks/versions/{found.name}/.", f"Undo the later steps first, or take them from codebooks/versions/{found.name}/."))
    sheet = Sheet(dressed(text, present), f"codebooks/{found.path.name}")
    record: dict[str, Any] = {}
    if mapping(entry.get("renamed")):
        record["renamed"] = {new: old for old, new in mapping(entry["renamed"]).items()}
    there = set(sheet.places())
    for old, parts in mapping(entry.get("split")).items():
        record.setdefault("merged", {})[old] = [p for p in parts if p not in there]
    trial = Sheet(sheet.text, sheet.where)
    trial.extend(("changelog",), [flow({"version": "", "undone": version, **record})])
    to = renames_of(trial.text)
    lost = {c.id: n for c in found if c.id not in there and to.get(c.id) not in there and (n := sum(s.used(c.id).values()))}
    if lost:
        raise KubeError(
            say(f"Pengodean memakai kode yang akan hilang: {', '.join(f'{c} ({n})' for c, n in lost.items())}.", f"Codings bear codes that would be gone: {', '.join(f'{c} ({n})' for c, n in lost.items())}."), found.path.name,
            say("Gabungkan atau pensiunkan kode itu.", "Merge or retire that code instead."))
    made = {"what": "undo", "version": version}
    said = say(f"batalkan {version} ({entry.get('why', '')})", f"undo {version} ({entry.get('why', '')})")
    try:
        return s.finish(found.path, present, sheet, made, said, undone=version, **record)
    except KubeError as e:
        raise KubeError(say(f"Langkah {version} tidak dapat dibatalkan sendirian: ", f"The step {version} cannot be undone by itself: ") + e.faults[0].what, found.path.name,
                        say("Batalkan dahulu langkah sesudahnya yang bertumpu padanya.", "Undo first the later steps that build on it.")) from None
