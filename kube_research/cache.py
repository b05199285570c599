"""The cache beside a study: columns that can be thrown away at any time, `.cache/` in the study's folder.

A file names what it was made from by digest: the bytes read, and the program's own source.  Another digest, a damaged or half-written
file: it is not used, and made anew.  Files are moved into place whole, so two kernels can write; where nothing can be written (a full
disk, a folder that may only be read) the work goes on without.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path

MAGIC = b"kube-columns-2\n\x00"
_HEAD = struct.Struct("<16s32sQQ")


@cache
def program() -> bytes:
    """Digest of the program's source as far as it decides what a cache holds: another version never reads an older one's."""
    here = Path(__file__).parent
    whole = hashlib.sha256()
    for path in sorted([*here.glob("*.py"), *(here / "turns").glob("*.py"), *(here / "engine").glob("*.py")]):
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.digest()


def key(*parts: bytes | str) -> bytes:
    """The digest of what a cache is made from, the program among it."""
    whole = hashlib.sha256(program())
    for p in parts:
        data = p.encode("utf-8", "surrogatepass") if isinstance(p, str) else p
        whole.update(struct.pack("<Q", len(data)))
        whole.update(data)
    return whole.digest()


class _Sum:
    """A sum over bytes that tells a torn or damaged file: of eights of bytes, each by its place, block by block; read at the memory's speed."""

    BLOCK = 1 << 20

    def __init__(self) -> None:
        self.value, self.size, self._left = 1, 0, b""

    def add(self, part: bytes | memoryview) -> None:
        data = memoryview(part).cast("B") if not isinstance(part, bytes) else memoryview(part)
        self.size += len(data)
        if self._left:
            take = self.BLOCK - len(self._left)
            self._left += bytes(data[:take])
            data = data[take:]
            if len(self._left) < self.BLOCK:
                return
            self._block(self._left)
            self._left = b""
        for at in range(0, len(data), self.BLOCK):
            piece = data[at:at + self.BLOCK]
            if len(piece) < self.BLOCK:
                self._left = bytes(piece)
            else:
                self._block(piece)

    def _block(self, piece: bytes | memoryview) -> None:
        import numpy as np

        eights = np.frombuffer(piece, "<u8")
        told = int(np.add.reduce(eights)) ^ int(np.dot(eights, _places()[:len(eights)]))
        self.value = (self.value * 0x9E3779B97F4A7C15 + told) & 0xFFFFFFFFFFFFFFFF

    def told(self) -> int:
        if self._left:
            self._block(self._left + bytes(-len(self._left) % 8))
            self._left = b""
        return self.value


@cache
def _places():
    import numpy as np

    return np.arange(1, _Sum.BLOCK // 8 + 1, dtype="<u8")


def read(path: Path) -> tuple[bytes, memoryview] | None:
    """Key and content of a cache file; None when there is none, or it is damaged."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if len(data) < _HEAD.size:
        return None
    magic, made_from, sum_, size = _HEAD.unpack_from(data)
    body = memoryview(data)[_HEAD.size:]
    if magic != MAGIC or len(body) != size:
        return None
    whole = _Sum()
    whole.add(body)
    if whole.told() != sum_:
        return None
    return made_from, body


def purge(folder: Path, consent: bytes) -> None:
    """Throw the cache away when another set of people has withdrawn than when it was made: their words stay in no file that only we would read again.

    consent: what names that set; b"" when nobody withdrew.  Where a file cannot be removed it is emptied.
    """
    stamp = folder / "consent"
    known = stamp.read_bytes() if stamp.exists() else b""
    if known == consent or not folder.is_dir():
        return
    for path in sorted(folder.rglob("*"), reverse=True):
        try:
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        except OSError:
            with contextlib.suppress(OSError):
                path.write_bytes(b"")
    with contextlib.suppress(OSError):
        stamp.write_bytes(consent)


def write(path: Path, made_from: bytes, parts: Iterable[bytes | memoryview]) -> None:
    """Keep a content under its key, whole or not at all; older files of the same kind (name before the dash) go beyond three."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as f:
            f.write(bytes(_HEAD.size))
            whole = _Sum()
            for part in parts:
                whole.add(part)
                f.write(part)
            f.seek(0)
            f.write(_HEAD.pack(MAGIC, made_from, whole.told(), whole.size))
        os.replace(temporary, path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        return
    kind, dash, _ = path.name.partition("-")
    if dash:
        with contextlib.suppress(OSError):
            for old in sorted(path.parent.glob(f"{kind}-*"), key=lambda p: p.stat().st_mtime_ns)[:-3]:
                old.unlink(missing_ok=True)
