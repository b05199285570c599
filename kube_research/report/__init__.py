"""The supervisor's copy: one self-contained HTML file in which every number opens the words behind it; other endings beside it."""

from __future__ import annotations

import importlib
from pathlib import Path

from ..model import KubeError
from ..study import Study, write_atomic
from ..words import say

# ending → (module, function): function(study, path, **options) writes the file and returns its path
WRITERS = {".html": ("", "write_html"), ".htm": ("", "write_html"), ".docx": ("chapter", "write_docx"), ".pdf": ("chapter", "write_pdf")}


def write(study: Study, path: Path | str, **options: object) -> Path:
    """Write the report of a study in the form that the file's ending names."""
    path = Path(path)
    found = WRITERS.get(path.suffix.lower())
    if not found:
        raise KubeError(say(f"Akhiran {path.suffix!r} tidak dikenal untuk laporan.", f"The ending {path.suffix!r} is not known for a report."), str(path), say(f"Pakai {', '.join(WRITERS)}.", f"Use {', '.join(WRITERS)}."))
    module, function = found
    return getattr(importlib.import_module(f".{module}" if module else __name__, __name__ if module else None), function)(study, path, **options)


def write_html(study: Study, path: Path | str, *, rules: bool = True, without: tuple[str, ...] = (), since: str = "") -> Path:
    """Write the report as one HTML file; the same study gives the same bytes.

    rules: with the machine's codings; without: parts left out (`page.OPTIONAL`); since: a time, or the place of an earlier report
    or comments file, from which changes are told (default: the report that the last imported comments were written on).
    """
    from .page import render

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, render(study, rules=rules, without=without, since=since))
    return path
