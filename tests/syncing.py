"""A synced folder, as Syncthing or Dropbox would keep it: whole files go over; where both sides changed one, the older becomes a conflict copy on both."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

SKIPPED = {".cache", ".ipynb_checkpoints"}


class Synced:
    """Two copies of one folder; `step` brings them together."""

    def __init__(self, a: Path, b: Path, name: str = "{stem}.sync-conflict-20261128-17{n:04d}-ABCDEF7{suffix}", *, keep: bool = True):
        self.a, self.b, self.name, self.keep, self.n = a, b, name, keep, 0
        self.last = self._digests(a)

    def _digests(self, root: Path) -> dict[str, str]:
        found = {}
        for path in root.rglob("*"):
            where = path.relative_to(root)
            if path.is_file() and not SKIPPED & set(where.parts) and path.suffix not in (".lock", ".tmp"):
                found[where.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    @staticmethod
    def _put(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".tmp")
        shutil.copy2(source, beside)
        os.replace(beside, target)

    def step(self) -> int:
        """One round; returns how many conflicts there were."""
        now = self._digests(self.a), self._digests(self.b)
        conflicts = 0
        for where in sorted({*self.last, *now[0], *now[1]}):
            a, b, was = now[0].get(where), now[1].get(where), self.last.get(where)
            if a == b:
                continue
            if a == was or (b is not None and a is None and b != was):  # only b changed, or a deleted what b changed
                self._go(self.b, self.a, where, b)
            elif b == was or b is None:
                self._go(self.a, self.b, where, a)
            else:
                conflicts += 1
                newer, older = (self.a, self.b) if (self.a / where).stat().st_mtime_ns >= (self.b / where).stat().st_mtime_ns else (self.b, self.a)
                if self.keep:
                    self.n += 1
                    path = older / where
                    copy = path.with_name(self.name.format(stem=path.stem, suffix=path.suffix, n=self.n))
                    os.replace(path, copy)
                    self._put(copy, newer / copy.relative_to(older))
                self._put(newer / where, older / where)
        self.last = self._digests(self.a)
        return conflicts

    def _go(self, source: Path, target: Path, where: str, there: str | None) -> None:
        if there is None:
            (target / where).unlink(missing_ok=True)
        else:
            self._put(source / where, target / where)
