"""Take in what a synced folder left beside a journal: the lines that the journal lacks are written into it, with a record; then the copy is removed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from . import synced
from .journal import Journal
from .model import Fault, KubeError
from .study import Study
from .words import say


@dataclass(frozen=True)
class Taken:
    """One conflict copy: which journal it belongs to, how many lines it has, and how many of them the journal lacked."""

    copy: str
    journal: str
    lines: int
    taken: int
    damaged: int = 0

    def __str__(self) -> str:
        more = say(f"; {self.damaged} baris rusak disimpan di .torn", f"; {self.damaged} damaged lines kept in .torn") if self.damaged else ""
        return say(f"{self.copy} → {self.journal}: {self.lines} baris, {self.taken} di antaranya baru{more}", f"{self.copy} → {self.journal}: {self.lines} line{'s' if self.lines != 1 else ''}, {self.taken} of them new{more}")


def journals(study: Study, coder: str | None = None) -> list[Journal]:
    """Every journal of the study that has conflict copies: of codings (of one coder), of memos and of reviews."""
    if coder is not None and coder not in study.coders:
        raise KubeError(Fault(say(f"Tidak ada pengode bernama {coder!r}.", f"There is no coder named {coder!r}."), "corpus/codings", say(f"Pengode studi ini: {', '.join(study.coders) or '-'}.", f"The coders of this study: {', '.join(study.coders) or '-'}.")))
    found = list(study.journals(coder))
    if coder is None:
        for name in ("memos", "reviews"):
            folder = study.root / "corpus" / name
            found += [Journal(folder / file, file[:-6]) for file in synced.journals(folder)]
    return [j for j in found if synced.copies(j.path)]


def gather(study: Study, *, coder: str | None = None, dry_run: bool = False) -> list[Taken]:
    """Take in the conflict copies of all journals (of one coder), each with a `gather` event in its journal.

    A copy is removed only when every one of its lines stands in the journal on disk; a damaged line goes to the journal's `.torn`.
    """
    found = (take(j, copy, study.root, dry_run=dry_run) for j in journals(study, coder) for copy in synced.copies(j.path))
    return [taken for taken in found if taken]


def take(journal: Journal, copy: Path, root: Path, *, dry_run: bool = False) -> Taken | None:
    """Take in one copy (None where it is gone meanwhile)."""
    try:
        data = copy.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as e:
        raise KubeError(say(f"Salinan konflik tidak dapat dibaca: {e.strerror or e}.", f"The conflict copy cannot be read: {e.strerror or e}."), str(copy)) from e
    events = [e for e in journal.read(data, copy.name)[0] if e.get("id")]
    known = {e.get("id") for e in journal.read(journal.path.read_bytes() if journal.path.exists() else b"")[0]}
    missing = list({str(e["id"]): e for e in events if e.get("id") not in known}.values())
    raw = [line for line in data.split(b"\n") if line.strip()]
    damaged = [line for line in raw if not any(e.get("id") for e in journal.read(line + b"\n")[0])]
    result = Taken(copy.relative_to(root).as_posix(), journal.path.relative_to(root).as_posix(), len(raw), len(missing), len(damaged))
    if dry_run:
        return result
    journal.append(*missing, {"event": "gather", "file": copy.name, "sha256": hashlib.sha256(data).hexdigest(), "lines": len(raw), "taken": len(missing)})
    if damaged:
        aside = journal.path.with_suffix(".torn")
        try:
            with open(aside, "ab") as file:
                file.write(b"\n".join(damaged) + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as e:
            raise KubeError(Fault(say(f"Baris rusak tidak dapat disimpan di {aside.name}: {e.strerror or e}.", f"The damaged lines cannot be kept in {aside.name}: {e.strerror or e}."), str(copy), say("Beri izin tulis atau ruang disk, lalu jalankan lagi; salinannya tidak dihapus.", "Make it writable or make room on the disk, then run it again; the copy is not removed."))) from e
    there = {e.get("id") for e in journal.read(journal.path.read_bytes())[0]}
    try:
        after = copy.read_bytes()
    except FileNotFoundError:  # another `gather` took it in at the same time
        after = data
    if after != data or not {e.get("id") for e in events} <= there:
        raise KubeError(say("Salinan itu berubah sementara dibaca; tidak dihapus.", "The copy changed while it was read; it is not removed."), str(copy), say("Jalankan sekali lagi setelah sinkronisasi selesai.", "Run it again when the folder is in step."))
    try:
        copy.unlink(missing_ok=True)
    except OSError as e:
        raise KubeError(say(f"Isinya sudah masuk, tetapi salinan konflik tidak dapat dihapus: {e.strerror or e}.", f"It was taken in, but the conflict copy cannot be removed: {e.strerror or e}."), str(copy), say("Hapus berkas itu sendiri.", "Remove that file yourself.")) from e
    return result
