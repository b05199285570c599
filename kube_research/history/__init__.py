"""The codebook's history: rename, move, merge, split, retire, each one step, recorded in the book and taken back by another.

The desk and the command change a codebook only here.  The YAML is edited in its places (`sheet`); the text before and after every
step is kept in codebooks/versions/<book>/, so that an undo merges line by line and an old version can be read at any time.
People's journals are not touched: codings follow their code through the book's changelog when they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ..codebook import Codebook
from ..model import KubeError, unknown
from ..study import Study
from .growth import IN_VIVO, define, new, rules
from .shape import merge, move, name_, rename, retire, split
from .step import Change, Step
from .undoing import steps, undo

STEPS: dict[str, Callable[..., Change]] = {"new": new, "name": name_, "define": define, "rename": rename, "move": move, "merge": merge, "split": split, "retire": retire, "rules": rules, "undo": undo}


def apply(study: Study, what: str, who: str, *, books: Iterable[Codebook] | None = None, why: str = "", dry_run: bool = False, **wanted: Any) -> Change:
    """Do one step: what = new | name | define | rename | move | merge | split | retire | rules | undo.  The file is replaced whole or not at all.

    rename: code, to (the new id).  name: code, name.  define: code, definition, include, exclude (None: as it is).  move: code, to (the new parent, "" the top).  merge: code, to (the code it becomes
    part of).  rules: code, add ({language, match, polarity, not}), remove ("id: pattern").  split: code, into ({id: name}, or names alone).  retire: code.  undo: book, version (of the step; "" the last).  new: name, parent, vivo.
    """
    step = Step(study, tuple(study.sound_codebooks()) if books is None else tuple(books), who.strip(), why, dry_run)
    if what not in STEPS:
        raise KubeError(unknown("langkah", "step", what, list(STEPS)))
    return STEPS[what](step, **wanted)


__all__ = ["IN_VIVO", "Change", "apply", "steps"]
