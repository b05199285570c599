"""What an import made: counts, votes, losses; and the folder in which it is made before anybody sees it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..files import sync_folder, to_disk
from ..model import KubeError
from ..words import say
from .offsets import Vote


@dataclass(frozen=True)
class Landed:
    """What an import made: counts, the votes on offsets, what was lost or repaired."""

    root: Path
    counts: Mapping[str, int]
    votes: tuple[Vote, ...]
    losses: tuple[str, ...]
    kept: str = ""

    def as_dict(self) -> dict[str, object]:
        return {"counts": dict(self.counts), "losses": list(self.losses), "kept": self.kept,
                "offsets": [{"source": v.source, "space": v.chosen, "ends": v.ends, "tally": dict(v.tally), "given": v.overruled} for v in self.votes]}

    def __str__(self) -> str:
        c = self.counts
        lines = [say(f"{c['documents']} dokumen, {c['codes']} kode, {c['codings']} pengodean, {c['coders']} pengode, {c['memos']} memo, {c['cases']} kasus",
                     f"{c['documents']} documents, {c['codes']} codes, {c['codings']} codings, {c['coders']} coders, {c['memos']} memos, {c['cases']} cases")]
        if self.votes:
            lines.append(say("ruang offset menurut suara kutipan: ujung di batas kata, nama yang mengulang kutipannya (--offsets SUMBER=RUANG mengalahkannya):", "offset space by the vote of the passages: ends on word boundaries, names that repeat the passage (--offsets SOURCE=SPACE overrules it):"))
            lines += [f"  {v}" for v in self.votes]
        lines.append(say("hilang atau diperbaiki:", "lost or repaired:") if self.losses else say("Tidak ada yang hilang.", "Nothing was lost."))
        lines += [f"  {x}" for x in self.losses]
        if self.kept:
            lines.append(say(f"Aslinya disimpan di {self.kept}.", f"The original is kept at {self.kept}."))
        return "\n".join(lines)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A folder to build in; it becomes `target` when all went well, else it vanishes."""
    if target.exists() and (not target.is_dir() or any(p.name != ".git" for p in target.iterdir())):
        raise KubeError(say(f"Folder {target.name} sudah berisi sesuatu.", f"The folder {target.name} is not empty."), str(target), say("Pilih nama lain; tidak ada yang ditimpa.", "Choose another name; nothing is overwritten."))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as e:
        raise KubeError(say(f"Tidak dapat menulis: {e.strerror or e}.", f"Cannot write: {e.strerror or e}."), str(target)) from None
    try:
        yield folder
        to_disk(folder)
        _move(folder, target)
    except BaseException:
        with suppress(OSError):
            shutil.rmtree(folder)
        raise


def _move(folder: Path, target: Path) -> None:
    """One renaming, so that a crash leaves all or nothing; in a folder that is there already (empty, or git's) the corpus, which makes it a study, comes last."""
    moved: list[Path] = []
    try:
        if target.exists():
            for p in sorted(folder.iterdir(), key=lambda p: p.name == "corpus"):
                shutil.move(p, target / p.name)
                moved.append(target / p.name)
                to_disk(target / p.name)  # the target may be another disk
            folder.rmdir()
        else:
            folder.chmod(0o755)
            folder.rename(target)
    except (OSError, KubeError) as e:
        for p in moved:
            shutil.rmtree(p, ignore_errors=True)
        if isinstance(e, KubeError):
            raise
        raise KubeError(say(f"Tidak dapat menulis: {e.strerror or e}.", f"Cannot write: {e.strerror or e}."), str(target), say("Tutup folder itu di program lain, lalu ulangi.", "Close that folder in the other program, then try again.")) from None
    sync_folder(target.parent if not moved else target)
