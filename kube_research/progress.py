"""A progress bar for what takes longer than two seconds: on a terminal, and in a notebook that a person has open; never in one that is run by a program."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def steps(things: Iterable[T], what: str, *, shown: bool | None = None) -> Iterator[T]:
    """The things one by one, with a bar named `what` on the error stream.  shown: None, where somebody is looking."""
    from tqdm import tqdm

    if shown is None:
        shown = sys.stderr.isatty() or "JPY_SESSION_NAME" in os.environ  # JupyterLab names the session of a kernel; nbconvert and nbval do not
    yield from tqdm(things, desc=what, file=sys.stderr, delay=2, leave=False, disable=not shown)
