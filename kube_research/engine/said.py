"""What a sentence reader said, beside the study (`.cache/read-…`): of each sentence the digest of the words it was given, and what it said, in thousandths.

A sentence is known again wherever it stands between the same question and the same sentence before: in another selection, after a transcript joined the study,
in another kernel.  One file a reader; what two kernels add is put together.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np

from .. import cache

MOST = 500_000  # sentences in a file; past it only those of the selection that is read stay
NAME = np.dtype("S16")


def name(*words: str) -> bytes:
    """What a sentence is called that stands after these words."""
    return hashlib.blake2b("\0".join(words).encode("utf-8", "surrogatepass"), digest_size=NAME.itemsize).digest()


def known(folder: Path, digest: str, codes: int) -> tuple[np.ndarray, np.ndarray]:
    """The sentences that a reader has read, in the order of their names, and what it said of each: sentences × codes."""
    body = cache.read(folder, "read", _key(digest, codes))
    width = NAME.itemsize + 4 * codes
    rows = np.frombuffer(bytes(body), np.uint8).reshape(-1, width) if body is not None and len(body) % width == 0 else np.zeros((0, width), np.uint8)
    return np.ascontiguousarray(rows[:, :NAME.itemsize]).view(NAME).ravel(), np.ascontiguousarray(rows[:, NAME.itemsize:]).view(np.int32)


def add(folder: Path, digest: str, names: np.ndarray, said: np.ndarray, under: bytes) -> None:
    """Keep what a reader said of these sentences beside what is kept already (`under`: see `cache.write`)."""
    codes = said.shape[1]
    older, before = known(folder, digest, codes)
    every, first = np.unique(np.concatenate((names, older)), return_index=True)
    if len(every) > MOST:
        every, first = np.unique(names, return_index=True)
    rows = np.concatenate((every.view(np.uint8).reshape(len(every), -1), np.concatenate((said, before))[first].view(np.uint8)), axis=1)
    cache.write(folder, "read", lambda: _key(digest, codes), (rows.reshape(-1).data,), most=6, under=under)


def found(wanted: np.ndarray, names: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which of the names wanted are among sorted names, and where."""
    at = np.minimum(np.searchsorted(names, wanted), max(0, len(names) - 1))
    there = names[at] == wanted if len(names) else np.zeros(len(wanted), bool)
    return there, at[there]


def _key(digest: str, codes: int) -> bytes:
    return cache.key("read", sys.byteorder, digest, str(codes))
