"""The page before the desk: which study, which coder, which codebook, which document."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Any

from ..journal import safe_name
from ..model import KubeError
from ..study import Study, find_study
from ..words import current, say
from . import scene
from .phrases import phrases
from .session import Session


class Chooser:
    """Finds the studies around a folder and opens one."""

    def __init__(self, folder: str | Path | None = None):
        self.folder = Path(folder) if folder else Path.cwd()

    def studies(self) -> list[Path]:
        """The study that holds the folder, and those beside and below it."""
        found: list[Path] = []
        try:
            found.append(find_study(self.folder))
        except KubeError:
            pass
        around = [found[0].parent, found[0]] if found else [self.folder.resolve()]
        for place in around:
            try:
                found += sorted(p for p in place.iterdir() if (p / "corpus").is_dir() and (p / "codebooks").is_dir() and p not in found)
            except OSError:
                continue
        return found[:50]

    def handle(self, message: dict[str, Any]) -> tuple[Session | None, list[dict[str, Any]]]:
        """The session that was chosen (or None), and replies."""
        studies = self.studies()
        if message.get("kind") == "choose":
            number = int(message.get("study", 0))
            if not 0 <= number < len(studies):
                raise KubeError(say("Studi itu tidak ada lagi.", "That study is no longer there."))
            study = Study(studies[number])
            book = study.codebook(str(message["codebook"])) if message.get("codebook") else None
            suggestions = None
            if message.get("suggest"):
                from ..engine import autocode

                suggestions = autocode(study.corpus, *([book] if book else study.codebooks()))
            return Session(study, codebook=book, coder=str(message.get("coder", "")), document=message.get("document"), suggestions=suggestions, blind=bool(message.get("blind"))), []
        rows, told = [], []
        for path in studies:
            study = Study(path)
            try:
                rows.append({"name": path.name, "documents": scene.documents(study.corpus), "coders": study.coders, "codebooks": study.codebook_names})
                told += [str(f) for f in study._loaded[1] if f.level == "error"][:5]
            except KubeError as e:
                rows.append({"name": path.name, "documents": [], "coders": [], "codebooks": []})
                told.append(f"{path.name}: {e}")
        if not rows:
            told.append(say("Tidak ada studi di sini. Buat satu dengan `kube-research new NAMA`.", "There is no study here. Make one with `kube-research new NAME`."))
        return None, [{"kind": "choices", "me": _me(), "studies": rows, "told": told, "words": phrases(), "language": current()}]

    def __repr__(self) -> str:
        return "Halaman pengodean: jalankan sel ini (Shift+Enter), lalu pilih dokumen. / Coding page: run this cell (Shift+Enter), then choose a document."


def _me() -> str:
    """The name of whoever uses this computer, as a coder's name; "" where it says nothing.  Never somebody who coded here before: two clicks would put codings under a stranger's name."""
    try:
        name = safe_name(getpass.getuser().lower())
    except (KubeError, OSError, KeyError, ImportError):
        return ""
    return "" if name in ("root", "admin", "administrator", "user", "pengguna", "owner", "jovyan") else name
