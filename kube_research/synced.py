"""Conflict copies: what a synced folder (Dropbox, Syncthing, OneDrive, Google Drive, Nextcloud …) leaves beside a file that two computers wrote at once.

A journal's copies are read together with it (`Journal.events`): each event counts once, so every coding is there, once, before anybody tidies up.
"""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

from .model import Fault
from .words import say

_NAMED = re.compile(r"""(?P<home>.+?)(?:
    \.sync-conflict-\d{8}-\d{6}(?:-\w+)?                                                     # Syncthing
  | [ ._-]*\([^()]*(?:conflict|konflik|bertentangan|bentrok)[^()]*(?:\(\d+\))?[^()]*\)       # Dropbox, Nextcloud
  | [ ]*\[conflict[^\]]*\]                                                                   # Google Drive
  | _conflict-\d{8}-\d{6} | \.conflict )""", re.X | re.I)
_WORDS = ("conflict", "konflik", "bertentangan", "bentrok")
_HEAD = 1 << 18  # bytes of a journal looked at for the document it is about
_lists: dict[str, tuple[int, float, dict[str, tuple[Path, ...]]]] = {}


def home(stem: str) -> str:
    """The name of the file (without ending) of which a file's name says that it is a conflict copy; "" where it says nothing of the kind.

    >>> home("a1 (Budi's conflicted copy 2026-11-28)"), home("a1.sync-conflict-20261128-171833-ABC2DEF"), home("village-conflict")
    ('a1', 'a1', '')
    """
    low = stem.lower()
    found = _NAMED.fullmatch(stem) if any(w in low for w in _WORDS) else None
    return (home(found["home"]) or found["home"]) if found else ""


def copies(path: Path | str) -> tuple[Path, ...]:
    """The conflict copies of a journal, by name."""
    folder, name = os.path.split(path)
    return _copies(folder).get(name, ())


def beside(folder: Path | str) -> dict[str, tuple[Path, ...]]:
    """The journals of a folder that have conflict copies, and these: for who reads many of them."""
    return _copies(str(folder))


def owner(path: Path) -> str:
    """The name (without ending) of the journal that a file of its folder is a copy of; its own where it is none."""
    return next((name[:-6] for name, kept in _copies(str(path.parent)).items() if path in kept), path.stem)


def journals(folder: Path | str) -> list[str]:
    """The names of the journals in a folder, sorted; copies go with the journal they are of, which may be missing itself."""
    found = _copies(str(folder))
    others = {p.name for kept in found.values() for p in kept}
    return sorted({*found, *(n for n in os.listdir(folder) if n.endswith(".jsonl") and n not in others)}) if os.path.isdir(folder) else []


def faults(root: Path) -> list[Fault]:
    """Every conflict copy in a study, with what to do; those of journals are counted already."""
    found = []
    for top in ("corpus", "codebooks", "notebooks", "chapters"):
        for folder, _, names in os.walk(root / top):
            if Path(folder).parent == root / "corpus" / "codings" and home(Path(folder).name):
                of = home(Path(folder).name)
                found.append(Fault(say(f"Salinan konflik dari folder pengode '{of}' (folder sinkron); isinya terhitung sebagai pengode lain.", f"A conflict copy of the folder of coder '{of}' (synced folder); what it holds counts as another coder's."), Path(folder).relative_to(root).as_posix(),
                                   say(f"Pindahkan berkasnya ke corpus/codings/{of} (nama yang sama: tambahkan ' (conflict)' sebelum .jsonl), lalu jalankan `kube-research gather`.", f"Move its files to corpus/codings/{of} (where a name is taken: add ' (conflict)' before .jsonl), then run `kube-research gather`."), "finding"))
            beside = {p.name for kept in _copies(folder).values() for p in kept} if top == "corpus" else set()
            for name in sorted(names):
                stem, ending = os.path.splitext(name)
                where = Path(folder, name).relative_to(root).as_posix()
                if name in beside:
                    found.append(Fault(say("Salinan konflik dari folder sinkron; isinya sudah ikut dihitung, sekali.", "A conflict copy of a synced folder; what it holds is counted, once."), where, say("Jalankan `kube-research gather`.", "Run `kube-research gather`."), "finding"))
                elif ending in (".csv", ".yml", ".txt", ".md", ".ipynb") and home(stem) and f"{home(stem)}{ending}" in names:  # "interview (land conflict)" alone is a name like others
                    found.append(Fault(say(f"Salinan konflik dari {home(stem)}{ending} (folder sinkron): dua komputer mengubahnya sekaligus. Tidak dibaca.", f"A conflict copy of {home(stem)}{ending} (synced folder): two computers changed it at once. It is not read."), where,
                                       say(f"Bandingkan keduanya, pindahkan yang kurang ke {home(stem)}{ending}, lalu hapus salinan itu.", f"Compare the two, bring what is missing into {home(stem)}{ending}, then delete the copy."), "finding"))
    return found


def _copies(folder: str) -> dict[str, tuple[Path, ...]]:
    """Journal → its copies; a folder is listed again when it changed."""
    try:
        stamp = os.stat(folder or ".").st_mtime_ns
    except OSError:
        return {}
    kept = _lists.get(folder)
    age = time.time() - kept[1] if kept else 0.0
    if kept and kept[0] == stamp and 0 <= age < 30 and (kept[1] - stamp / 1e9 > 2.5 or age < 0.3):  # what was listed at once after a change may have missed the next one; not every disk tells a folder's time
        return kept[2]
    at, found = time.time(), _listed(folder)
    if len(_lists) > 500:
        _lists.clear()
    _lists[folder] = stamp, at, found
    return found


def _listed(folder: str) -> dict[str, tuple[Path, ...]]:
    stems = {n[:-6] for n in os.listdir(folder or ".") if n.endswith(".jsonl")}
    found: dict[str, list[Path]] = {}
    for stem in sorted(stems):
        named = home(stem)
        of = named or next((s for s in _shorter(stem) if s in stems), "")  # "a1-LAPTOP7", "a1 (1)", "a1 2": a copy where its lines say so
        if not of:
            continue
        path = Path(folder, f"{stem}.jsonl")
        about = _about(path)
        if named:
            own = about == stem or _text(folder, stem) and not _text(folder, of)
        else:
            own = about != of and not (about is None and _first(path) and _first(path) == _first(Path(folder, f"{of}.jsonl")))
        if not own:
            found.setdefault(f"{of}.jsonl", []).append(path)
    return {k: tuple(v) for k, v in found.items()}


def _text(folder: str, document: str) -> bool:
    """Whether the study has a text of this name: a coder's journals stand two folders below the corpus."""
    return any(os.path.exists(os.path.join(folder, os.pardir, os.pardir, kind, f"{document}.txt")) for kind in ("transcripts", "abstracts"))


def _shorter(stem: str) -> list[str]:
    """What a copy's name may begin with, the longest first."""
    return [stem[:m.start()] for m in reversed(list(re.finditer(r"[ ._\-(\[~]+", stem))) if m.start()]


def _about(path: Path) -> str | None:
    """The document that a journal's first coding names; None where no coding is near its beginning."""
    for line in _head(path).split(b"\n"):
        if b'"event":"code"' in line:
            try:
                return str(json.loads(line)["document"])
            except (ValueError, KeyError, TypeError):
                continue
    return None


def _first(path: Path) -> bytes:
    return _head(path).split(b"\n", 1)[0].strip()


def _head(path: Path) -> bytes:
    try:
        with open(path, "rb") as f:
            return f.read(_HEAD)
    except OSError:
        return b""
