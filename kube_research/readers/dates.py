"""Dates as people write them → yyyy-mm-dd, and nothing that is not said."""

from __future__ import annotations

import re

_MONTHS = {m: i for i, names in enumerate((
    "januari january jan", "februari february feb pebruari", "maret march mar", "april apr", "mei may", "juni june jun", "juli july jul", "agustus august agu aug agt",
    "september sep sept", "oktober october okt oct", "november nov nopember", "desember december des dec"), 1) for m in names.split()}


def iso(words: str) -> str:
    """The first full date in a piece of text, or "".

    >>> iso("Jumat, 3 Mei 2024"), iso("2024-05-03"), iso("03/05/2024"), iso("minggu kedua")
    ('2024-05-03', '2024-05-03', '2024-05-03', '')
    """
    if m := re.search(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", words):
        y, mo, d = map(int, m.groups())
    elif (m := re.search(r"\b(\d{1,2})\s+([A-Za-z]+)\.?,?\s+(\d{4})\b", words)) and m.group(2).lower() in _MONTHS:
        y, mo, d = int(m.group(3)), _MONTHS[m.group(2).lower()], int(m.group(1))
    elif (m := re.search(r"\b([A-Za-z]+)\s+(\d{1,2}),\s+(\d{4})\b", words)) and m.group(1).lower() in _MONTHS:
        y, mo, d = int(m.group(3)), _MONTHS[m.group(1).lower()], int(m.group(2))
    elif m := re.search(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b", words):
        d, mo, y = map(int, m.groups())
    else:
        return ""
    return f"{y:04d}-{mo:02d}-{d:02d}" if 1 <= mo <= 12 and 1 <= d <= 31 else ""
