"""The cache beside a study: columns that can be thrown away at any time, `.cache/` in the study's folder.

A file names what it was made from by digest: the bytes read, and the program's own source.  Another digest, a damaged or half-written
file: it is not used, and made anew.  Files are moved into place whole, so two kernels can write; where nothing can be written (a full
disk, a folder that may only be read) the work goes on without.
"""

from __future__ import annotations

import contextlib
import hashlib
import mmap
import os
import secrets
import struct
import threading
from collections.abc import Callable, Iterable
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


def kept(folder: Path, kind: str) -> list[Path]:
    """The files of a kind, the newest first."""
    try:
        return [Path(e.path) for e in sorted((e for e in os.scandir(folder) if e.name.startswith(f"{kind}-")), key=lambda e: -e.stat().st_mtime_ns)]
    except OSError:
        return []


def read(folder: Path, kind: str, made_from: bytes | None = None, *, sound: bool = False) -> memoryview | None:
    """What is kept of a kind under a key (None: the newest there is); None when there is none, or it is damaged.

    The file is mapped: its pages come into memory when they are looked at.  Whoever holds it keeps it, also when another kernel throws it away.
    sound: it was written a moment ago, and its sum is not taken again.
    """
    for path in kept(folder, kind) if made_from is None else [folder / _name(kind, made_from)]:
        try:
            with open(path, "rb") as f:
                head = f.read(_HEAD.size)
                magic, key_, sum_, size = _HEAD.unpack(head) if len(head) == _HEAD.size else (b"", b"", 0, 0)
                if magic != MAGIC or os.fstat(f.fileno()).st_size != _HEAD.size + size or made_from not in (None, key_):
                    continue
                whole = _Sum()
                while not sound and (piece := f.read(_Sum.BLOCK)):
                    whole.add(piece)
                if sound or whole.told() == sum_:
                    return memoryview(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ))[_HEAD.size:]
        except (OSError, ValueError):
            continue
    return None


def rest(content: memoryview) -> None:
    """Put a mapped content out of memory; what is looked at again comes again."""
    with contextlib.suppress(AttributeError, OSError, ValueError):  # not on Windows, which does so by itself
        content.obj.madvise(mmap.MADV_DONTNEED)


def _name(kind: str, made_from: bytes) -> str:
    return f"{kind}-{made_from.hex()[:16]}"


def consent(folder: Path) -> bytes:
    """What names the set of people who had withdrawn when the cache was last emptied; b"" for nobody."""
    try:
        return (folder / "consent").read_bytes()
    except OSError:
        return b""


def stamp(folder: Path) -> bytes:
    """What tells a cache from the one before it was thrown away; b"" where it never was.

    Whoever read the study under another stamp writes nothing there any more.  (Who deletes `.cache` by hand deletes the stamp too.)
    """
    try:
        return (folder / "stamp").read_bytes()
    except OSError:
        return b""


def renew(folder: Path) -> None:
    """Throw the cache away, for the texts are others now, and no words of before shall come back: not from another kernel either, which has them open."""
    if folder.is_dir():
        _throw_away(folder, "consent")


def purge(folder: Path, withdrawn: bytes) -> None:
    """Throw the cache away when another set of people has withdrawn than when it was made: their words stay in no file that only we would read again.

    withdrawn: what names that set; b"" when nobody withdrew.
    """
    if consent(folder) == withdrawn:
        return
    with contextlib.suppress(OSError):
        folder.mkdir(exist_ok=True)
        if _throw_away(folder):
            (folder / "consent").write_bytes(withdrawn)


def _throw_away(folder: Path, *but: str) -> bool:
    """Remove what is kept in a folder, under a new stamp from the first moment on; a file that cannot be removed is emptied.  False where another program holds one: it is tried again the next time."""
    with contextlib.suppress(OSError):
        new = folder / f".stamp.{os.getpid()}.{threading.get_ident()}.tmp"
        new.write_bytes(secrets.token_bytes(16))
        os.replace(new, folder / "stamp")
    gone = True
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.parent == folder and path.name in ("stamp", *but):
            continue
        try:
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        except OSError:
            try:
                _blank(path)
            except OSError:
                gone = False
    return gone


def _blank(path: Path) -> None:
    """Zeros over a file's bytes; its length stays, so that whoever has it mapped goes on."""
    if not path.is_dir():
        with open(path, "r+b") as f:
            left = os.fstat(f.fileno()).st_size
            while left:
                left -= f.write(bytes(min(left, 1 << 20)))


def write(folder: Path, kind: str, made_from: Callable[[], bytes], parts: Iterable[bytes | memoryview], most: int = 2, *, under: bytes) -> bytes | None:
    """Keep a content, whole or not at all, under a key that is asked for when all parts are there; returns the key.  Of a kind the newest `most` files stay.

    under: the stamp under which the study was read; nothing is written where there is another now (somebody withdrew since, or names were replaced).
    """
    if stamp(folder) != under:
        return None
    temporary = folder / f".{kind}.{os.getpid()}.{threading.get_ident()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as f:
            f.write(bytes(_HEAD.size))
            whole = _Sum()
            for part in parts:
                whole.add(part)
                f.write(part)
            key_ = made_from()
            f.seek(0)
            f.write(_HEAD.pack(MAGIC, key_, whole.told(), whole.size))
        if stamp(folder) != under:
            temporary.unlink(missing_ok=True)
            return None
        os.replace(temporary, folder / _name(kind, key_))
        if stamp(folder) != under:  # since a moment ago
            (folder / _name(kind, key_)).unlink(missing_ok=True)
            return None
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        return None
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    for old in kept(folder, kind)[most:]:
        with contextlib.suppress(OSError):
            old.unlink(missing_ok=True)
    return key_
