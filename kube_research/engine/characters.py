"""Characters: which of them make words, join them or end a sentence, for a million at a time."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np

_PLANE = 0x10000
WORD, DIGIT, JOINER, DECIMAL, STOP, CLAUSE, NEWLINE = 1, 2, 4, 8, 16, 32, 64
MARK = JOINER | DECIMAL | STOP | CLAUSE | NEWLINE


_SIGNS = {c: kind for signs, kind in (("-'’‑", JOINER), ("!?…", STOP), (";:–—\"“”", CLAUSE), ("\n", NEWLINE), (".,", DECIMAL)) for c in signs}
_TWINS = {"’": "'", "‑": "-"}


def look(c: str) -> tuple[int, int]:
    """The kind of a character (bits as above; a digit is also a word) and its lower-case twin of the same length.

    Joiners are - ' ’, decimal marks . and , (they stand inside a word between digits), stops ! ? …, clause marks ; : – — and double quotes.
    """
    if c in _SIGNS:
        return _SIGNS[c], ord(_TWINS.get(c, c))
    if not (c.isalnum() or unicodedata.category(c) == "Mn"):
        return 0, ord(c)
    low = c.lower()
    return WORD | DIGIT if c.isdigit() else WORD, ord(low) if len(low) == 1 else ord(c)


@cache
def _byte_tables() -> tuple[bytes, bytes]:
    """Kinds and twins of the first 256 code points, as `bytes.translate` wants them (no twin of theirs is above 255)."""
    looked = [look(chr(i)) for i in range(256)]
    return bytes(kind for kind, _ in looked), bytes(low if low < 256 else i for i, (_, low) in enumerate(looked))


_KINDS, _LOWER = np.zeros(_PLANE, np.uint8), np.arange(_PLANE, dtype=np.uint16)
_KNOWN = np.zeros(_PLANE, bool)


def _learn(points: np.ndarray) -> None:
    """Look at the characters that have not been seen before."""
    seen = np.zeros(_PLANE, bool)
    seen[points] = True
    for i in np.flatnonzero(seen & ~_KNOWN).tolist():
        _KINDS[i], _LOWER[i] = look(chr(i)) if i else (0, 0)
        _KNOWN[i] = True


def read(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, kinds and lower-case twins of a text; points and twins as bytes where every one fits, else in 16 bits (0 beyond the BMP)."""
    narrow = text.encode("latin-1", "replace")
    kind_table, lower_table = _byte_tables()
    points = np.frombuffer(narrow, np.uint8)
    kind, low = np.frombuffer(narrow.translate(kind_table), np.uint8), np.frombuffer(narrow.translate(lower_table), np.uint8)
    if text.isascii():
        return points, kind, low
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    odd = np.flatnonzero(wide > 127)
    wide = np.where(wide < _PLANE, wide, 0).astype(np.uint16)
    kind = kind.copy()
    _learn(wide[odd])
    kind[odd] = _KINDS[wide[odd]]
    twins = _LOWER[wide[odd]]
    if (twins < 256).all():
        low = low.copy()
    else:
        low = low.astype(np.uint16)
    low[odd] = twins
    return wide, kind, low
