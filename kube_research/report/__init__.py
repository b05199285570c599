"""The supervisor's copy: one self-contained HTML file in which every number opens the words behind it."""

from __future__ import annotations

from pathlib import Path

from ..study import Study, write_atomic


def write_html(study: Study, path: Path | str, *, rules: bool = True) -> Path:
    """Write the report of a study; `rules=False` leaves the machine's codings out.  The same study gives the same bytes."""
    from .page import render

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, render(study, rules=rules))
    return path
