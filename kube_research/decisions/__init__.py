"""The table of names in a notebook: every name, place and number found, its surrogate, the researcher's decision; applied and undone from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..model import KubeError
from ..words import say

if TYPE_CHECKING:
    from ..study import Study


def pseudonyms(study: Study, *, key: str | None = None) -> Any:
    """Show the table of names of a study in a cell: decide, replace in the whole study, put back.

    key  the key's folder, outside the study (None: kube_research-keys in the user's home)

    The real names travel to the browser by messages and are never part of the notebook; the printed cell holds counts only.
    """
    try:
        from .widget import Table
    except ImportError as e:
        raise KubeError(say(f"Tabel ini memerlukan paket yang belum terpasang ({e.name}).", f"This table needs a package that is not installed ({e.name})."), "", say("Pasang dengan: pip install anywidget", "Install it with: pip install anywidget")) from None
    return Table(study, key=key)


__all__ = ["pseudonyms"]
