"""Git's conflict marks in a file of the study: told once, with the one sentence that says what to do."""

from __future__ import annotations

import re

from .model import Fault, KubeError
from .words import say

_BEGIN, _END = re.compile(r"^<{7}(?: \S.*)?\r?$", re.M), re.compile(r"^>{7}(?: \S.*)?\r?$", re.M)
_HUNK = re.compile(r"^<{7}[^\n]*\n(?P<ours>.*?)(?:^\|{7}[^\n]*\n.*?)?^={7}\r?\n(?P<theirs>.*?)^>{7}[^\n]*(?:\n|\Z)", re.M | re.S)


def mark(text: str) -> int:
    """The line of the first conflict mark, 0 where there is none.

    >>> mark("a\\n<<<<<<< HEAD\\nb\\n=======\\nc\\n>>>>>>> budi\\n"), mark("a <<<<<<< b")
    (2, 0)
    """
    first = _BEGIN.search(text) if "<<<<<<<" in text else None
    return text.count("\n", 0, first.start()) + 1 if first and _END.search(text, first.end()) else 0


def sides(text: str) -> tuple[str, str]:
    """A file with marks as one side has it, and as the other.

    >>> sides("a\\n<<<<<<< HEAD\\nb\\n=======\\nc\\n>>>>>>> budi\\nd\\n")
    ('a\\nb\\nd\\n', 'a\\nc\\nd\\n')
    """
    return _HUNK.sub(lambda m: m["ours"], text), _HUNK.sub(lambda m: m["theirs"], text)


def fault(text: str, where: str, more: str = "") -> Fault | None:
    """The fault of a file with conflict marks; `where` is its path in the study and decides the remedy."""
    line = mark(text)
    if not line:
        return None
    return Fault(say("Penggabungan git di berkas ini belum selesai (<<<<<<<, =======, >>>>>>>).", "The git merge of this file is not finished (<<<<<<<, =======, >>>>>>>)."), f"{where}:{line}", f"{remedy(where)}{' ' + more if more else ''}")


def refuse(text: str, where: str) -> None:
    """Raise where a file holds conflict marks."""
    found = fault(text, where)
    if found:
        raise KubeError(found)


def remedy(where: str) -> str:
    """What to do, by what the file is."""
    if where.startswith("codebooks/versions/"):
        return say(f"Pilih salah satu sisi: `git checkout --ours {where}`, lalu `git add`.", f"Keep either side: `git checkout --ours {where}`, then `git add`.")
    if where.startswith("codebooks/") and where.endswith(".csv"):
        return say(f"Pilih salah satu sisi (`git checkout --ours {where}`), atau belajar ulang dengan `kube-research learn`.", f"Keep either side (`git checkout --ours {where}`), or learn it anew with `kube-research learn`.")
    if where.startswith("codebooks/"):
        return say(f"Pilih satu sisi (`git checkout --ours {where}`, lalu `git add`), lalu ulangi langkah sisi yang lain dengan `kube-research code`.", f"Keep one side (`git checkout --ours {where}`, then `git add`), then repeat the other side's steps with `kube-research code`.")
    if where.endswith((".jsonl", ".csv")):
        return say("Hapus hanya ketiga baris tanda itu dan simpan baris kedua sisi: keduanya berlaku. Agar git melakukannya sendiri, salin .gitattributes dari studi baru (`kube-research new`).", "Delete only the three lines of marks and keep the lines of both sides: both count. For git to do it by itself, copy .gitattributes from a new study (`kube-research new`).")
    if where.endswith(".txt"):
        return say("Pilih kata-kata yang benar, hapus ketiga baris tanda itu, lalu jalankan `kube-research update`.", "Choose the right words, delete the three lines of marks, then run `kube-research update`.")
    if where.endswith(".ipynb"):
        return say(f"Pilih satu sisi (`git checkout --ours {where}`), lalu jalankan notebook itu lagi.", f"Keep one side (`git checkout --ours {where}`), then run the notebook again.")
    return say("Pilih isi yang benar dan hapus ketiga baris tanda itu.", "Choose what is right and delete the three lines of marks.")
