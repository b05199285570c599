"""Checkpoints: every finished partition is kept at once, so that a crash loses one partition's work at most.

A manifest says what is being counted (codebooks, columns, package versions).  A folder that was begun otherwise is refused, never mixed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from ..model import Fault, KubeError
from ..files import write_atomic
from ..words import say
from .counts import Counts, Recipe, versions
from .partitions import Partition


class Checkpoint:
    """A folder with `manifest.json` and one file a finished partition, named by the digest of the partition's bytes."""

    def __init__(self, folder: str | Path, recipe: Recipe, parts: Sequence[Partition]):
        self.folder = Path(folder)
        self.digests = {p: p.digest() for p in parts}
        said = {"recipe": recipe.digest, "codebooks": [{"name": name, "version": _version(text)} for name, text, _, _ in recipe.books], "by": list(recipe.by), "text": recipe.text, "packages": versions()}
        path = self.folder / "manifest.json"
        if path.exists():
            self._agree(path, said)
        write_atomic(path, json.dumps({**said, "partitions": {str(p): d for p, d in self.digests.items()}}, ensure_ascii=False, indent=1))

    def _agree(self, path: Path, said: dict) -> None:
        try:
            before = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            before = {}
        changed = []
        if before.get("recipe") != said["recipe"]:
            changed.append(say("buku kode", "the codebook") if (before.get("by"), before.get("text")) == (said["by"], said["text"]) else say("kolom", "the columns"))
        if before.get("packages") != said["packages"]:
            old = before.get("packages") or {}
            changed.append(say("versi paket: ", "package versions: ") + ", ".join(f"{k} {old.get(k, '–')} → {v}" for k, v in said["packages"].items() if old.get(k) != v))
        if changed:
            raise KubeError(Fault(say(f"Sejak checkpoint ini dimulai telah berubah: {'; '.join(changed)}.", f"Since this checkpoint was begun, this has changed: {'; '.join(changed)}."), str(path),
                                  say("Hitungan lama dan baru tidak boleh bercampur: pakai folder lain, atau hapus folder ini.", "Old and new counts must not mix: take another folder, or delete this one.")))

    def _path(self, part: Partition) -> Path:
        return self.folder / f"{self.digests[part]}.json"

    def finished(self) -> dict[Partition, Counts]:
        """The partitions that were counted before, as far as their file is whole."""
        out = {}
        for p in self.digests:
            try:
                out[p] = Counts.from_json(self._path(p).read_text(encoding="utf-8"))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return out

    def keep(self, part: Partition, counts: Counts) -> None:
        """Keep a partition's counts; a full disk is told, and what was kept before stays."""
        try:
            write_atomic(self._path(part), counts.to_json())
        except KubeError as e:
            raise KubeError([Fault(f.what, os.fspath(self._path(part)), say("Partisi yang sudah tersimpan tetap ada: kosongkan ruang disk, lalu jalankan lagi.", "The partitions kept so far stay: free disk space, then run again.")) for f in e.faults]) from e


def _version(text: str) -> str:
    for line in text.splitlines():
        if line.startswith("version:"):
            return line.partition(":")[2].strip().strip("\"'")
    return ""
