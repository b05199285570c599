"""Characters: which of them make words, join them or end a sentence, for a million at a time."""

from __future__ import annotations

from functools import cache

import numpy as np

_PLANE = 0x10000
WORD, DIGIT, JOINER, DECIMAL, STOP, CLAUSE, NEWLINE = 1, 2, 4, 8, 16, 32, 64
MARK = JOINER | DECIMAL | STOP | CLAUSE | NEWLINE


@cache
def tables() -> tuple[np.ndarray, np.ndarray]:
    """Per code point (BMP): its kind (bits as above; a digit is also a word) and its lower-case twin of the same length.

    Joiners are - ' ’, decimal marks . and , (they stand inside a word between digits), stops ! ? …, clause marks ; : – — and double quotes.
    """
    import unicodedata

    kinds = np.zeros(_PLANE, np.uint8)
    lower = np.arange(_PLANE, dtype=np.uint16)
    for i in range(_PLANE):
        c = chr(i)
        if c.isalnum() or unicodedata.category(c) == "Mn":
            kinds[i] = WORD | DIGIT if c.isdigit() else WORD
            low = c.lower()
            if len(low) == 1:
                lower[i] = ord(low)
    for characters, kind in (("-'’‑", JOINER), ("!?…", STOP), (";:–—\"“”", CLAUSE), ("\n", NEWLINE), (".,", DECIMAL)):
        for c in characters:
            kinds[ord(c)] = kind
    lower[ord("’")] = ord("'")
    lower[ord("‑")] = ord("-")
    return kinds, lower


@cache
def _byte_tables() -> tuple[bytes, bytes]:
    """The same for the first 256 code points, as `bytes.translate` wants them (a twin above 255 is the character itself; see `read`)."""
    kinds, lower = tables()
    low = lower[:256]
    return kinds[:256].tobytes(), np.where(low < 256, low, np.arange(256)).astype(np.uint8).tobytes()


def read(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, kinds and lower-case twins of a text; points and twins as bytes where every one fits, else in 16 bits (0 beyond the BMP)."""
    kinds, lower = tables()
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
    kind[odd] = kinds[wide[odd]]
    twins = lower[wide[odd]]
    if (twins < 256).all():
        low = low.copy()
    else:
        low = low.astype(np.uint16)
    low[odd] = twins
    return wide, kind, low
