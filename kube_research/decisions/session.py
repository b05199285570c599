"""What stands behind the table: answers to the browser's messages.  No widget is needed to test it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .. import privacy
from ..model import KubeError
from ..privacy import vault as keys
from ..privacy.table import DECISIONS, Row
from ..study import Study
from ..words import say

Reply = dict[str, Any]
WORDS = {
    "title": ("Nama samaran", "Pseudonyms"), "passphrase": ("Kata sandi", "Passphrase"), "again": ("Kata sandi sekali lagi", "Passphrase once more"), "open": ("Buka kunci", "Open the key"), "locked": ("Studi ini sudah mempunyai kunci. Kata sandinya membuka tabel.", "This study has a key already. Its passphrase opens the table."),
    "decision": ("keputusan", "decision"), "found": ("ditemukan", "found"), "surrogate": ("pengganti", "surrogate"), "person": ("orang", "person"), "count": ("kali", "times"), "forms": ("bentuk", "forms"), "where": ("dokumen", "documents"), "example": ("contoh", "example"), "kind": ("jenis", "kind"),
    "replace": ("ganti", "replace"), "keep": ("biarkan", "keep"), "?": ("belum diputuskan", "not decided"), "all": ("semua", "all"), "search": ("cari", "search"), "try": ("Coba dulu", "Try it first"), "apply": ("Ganti di seluruh studi", "Replace in the whole study"),
    "undo": ("Kembalikan langkah terakhir", "Put back the last step"), "understood": ("Saya mengerti apa arti kata sandi yang hilang", "I understand what a lost passphrase means"), "undecided": ("baris belum diputuskan dan tidak akan diganti", "rows are not decided and will not be replaced"),
    "busy": ("Sebentar …", "One moment …"), "shown": ("baris", "rows"), "close": ("Tutup meja kerja dan tab lain yang menulis ke studi ini lebih dulu.", "First close the desk and other tabs that write to this study."),
    "allReplace": ("Yang tampak: ganti", "Those shown: replace"), "allKeep": ("Yang tampak: biarkan", "Those shown: keep"), "add": ("Tambah nama yang terlewat", "Add a name that was missed"), "none": ("Tidak ada yang ditemukan.", "Nothing was found."),
}


class Session:
    """The rows as they are decided so far; nothing is written but by `apply` and `undo`."""

    def __init__(self, study: Study, key: str | None = None):
        self.study = study
        self.folder = keys.folder_of(study.root, key)
        self.vault: keys.Vault | None = None
        self.rows: list[Row] = []
        if not self.exists:
            self._find()

    @property
    def exists(self) -> bool:
        return (self.folder / "key").exists()

    def _find(self) -> None:
        self.rows = sorted(privacy.find(self.study, self.vault).rows, key=lambda r: (r.decision != "?", r.kind, r.person, r.found.casefold()))

    def handle(self, message: Mapping[str, Any]) -> list[Reply]:
        """Answer one message; a fault becomes a sentence."""
        answers = {"start": self._start, "open": self._open, "change": self._change, "apply": self._apply, "undo": self._undo, "add": self._add}
        answer = answers.get(str(message.get("kind")))
        if answer is None:
            return []
        try:
            return answer(message)
        except KubeError as e:
            return [{"kind": "told", "level": "error", "text": str(e)}]
        except OSError as e:
            return [{"kind": "told", "level": "error", "text": say(f"Tidak dapat ditulis: {e.strerror or e}.", f"Cannot be written: {e.strerror or e}.")}]

    def _start(self, _: Mapping[str, Any]) -> list[Reply]:
        return [{"kind": "state", "words": {k: say(*v) for k, v in WORDS.items()}, "kinds": {r.kind: privacy.kind_name(r.kind) for r in self.rows}, "recall": privacy.recall(), "loss": keys.loss(), "exists": self.exists, "locked": self.exists and self.vault is None, "folder": str(self.folder),
                 "history": privacy.in_history(self.study), "undoable": self._undoable(), "least": keys.LEAST, "rows": [self._shown(n, r) for n, r in enumerate(self.rows)]}]

    @staticmethod
    def _shown(n: int, r: Row) -> list[Any]:
        return [n, r.kind, r.found, r.surrogate, r.decision, r.person, r.count, r.forms, r.documents, r.example]

    def _undoable(self) -> bool:
        return self.vault is not None and any(r["what"] == "apply" and r["state"] == "done" for r in self.vault.load()["runs"])

    def _open(self, m: Mapping[str, Any]) -> list[Reply]:
        self.vault = keys.Vault.open(self.folder, str(m.get("passphrase", "")))
        self._find()
        return self._start(m)

    def _change(self, m: Mapping[str, Any]) -> list[Reply]:
        for n, fields in dict(m.get("rows") or {}).items():
            i = int(n)
            if 0 <= i < len(self.rows) and isinstance(fields, dict):
                decision = fields.get("decision", self.rows[i].decision)
                self.rows[i] = replace(self.rows[i], decision=decision if decision in DECISIONS else "?", surrogate=" ".join(str(fields.get("surrogate", self.rows[i].surrogate)).split())[:80])
        faults = privacy.sound(self.rows)
        return [{"kind": "told", "level": "warning" if faults else "quiet", "text": "\n".join(map(str, faults[:5]))}]

    def _add(self, m: Mapping[str, Any]) -> list[Reply]:
        """A name that the search did not find: it gets a row, as a name or, written as "place: …", a place."""
        found = " ".join(str(m.get("found", "")).split())[:80]
        texts = privacy.read_texts(self.study)
        if not found or not any(found.casefold() in t.casefold() for t in texts.values()):
            raise KubeError(say(f"'{found}' tidak ada di transkrip mana pun.", f"'{found}' is in no transcript."))
        if not any(r.found.casefold() == found.casefold() for r in self.rows):
            self.rows = privacy.with_name(self.rows, found, texts)
        return self._start(m)

    def _apply(self, m: Mapping[str, Any]) -> list[Reply]:
        dry = bool(m.get("dry"))
        if dry:
            done = privacy.apply(self.study, self.vault or keys.Unmade(), self.rows, dry_run=True)
            return [{"kind": "told", "level": "quiet", "text": str(done)}]
        if self.vault is None:
            first, second = str(m.get("passphrase", "")), str(m.get("again", ""))
            if not m.get("understood"):
                raise KubeError(say("Centang dahulu bahwa Anda mengerti.", "Tick first that you understand."))
            if first != second:
                raise KubeError(say("Kedua kata sandi tidak sama; tidak ada yang dibuat.", "The two passphrases differ; nothing was made."))
            faults = privacy.sound(self.rows)
            if faults:
                raise KubeError(faults)
            self.vault = keys.Vault.make(self.folder, first)
        done = privacy.apply(self.study, self.vault, self.rows)
        self._find()
        return [{"kind": "told", "level": "good", "text": str(done)}, *self._start(m)]

    def _undo(self, m: Mapping[str, Any]) -> list[Reply]:
        if self.vault is None:
            raise KubeError(say("Buka dulu kuncinya.", "Open the key first."))
        done = privacy.undo(self.study, self.vault, dry_run=bool(m.get("dry")))
        self._find()
        return [{"kind": "told", "level": "good", "text": str(done)}, *self._start(m)]

    def __repr__(self) -> str:
        if self.exists and self.vault is None:
            return say("Nama samaran: kunci ada, belum dibuka.", "Pseudonyms: there is a key, not opened yet.")
        return repr(privacy.Pseudonyms(tuple(self.rows), self.study))
