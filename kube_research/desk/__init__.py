"""The desk: read and code in JupyterLab or Notebook 7, with the keyboard alone if you like.

`kr.desk(study, codebook=book, coder="a")` shows it in a cell; `kr.coding_page()` lets you choose study, document and coder first.
The Python side answers messages (`session`, on its `ground`), the browser side is one ES module, put together from `js/` by `module`, and one stylesheet (`desk.css`).
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ..model import KubeError
from ..words import say

if TYPE_CHECKING:
    from ..codebook import Codebook
    from ..codings import Codings
    from ..study import Study


def _widgets() -> Any:
    try:
        from . import widget
    except ImportError as e:
        raise KubeError(say(f"Meja kerja memerlukan paket yang belum terpasang ({e.name}).", f"The desk needs a package that is not installed ({e.name})."), "",
                        say("Pasang dengan: pip install anywidget", "Install it with: pip install anywidget")) from None
    return widget


def desk(study: Study, *, codebook: Codebook | None = None, coder: str = "", document: str | None = None, suggestions: Codings | None = None, blind: bool = False) -> Any:
    """The desk on a study: documents, transcript, codes; every decision one line in `corpus/codings/<coder>/<document>.jsonl`.

    codebook     the codes to code with (None: every codebook of the study)
    coder        whose journal is written; without a name the desk is for reading
    document     the document to open first (None: the first one)
    suggestions  codings of rules (`kr.autocode`), shown dotted, to accept with `a` or reject with `x`
    blind        hide the other coders' codings; the journal records that the coding was blind
    """
    return _widgets().Desk(study, codebook=codebook, coder=coder, document=document, suggestions=suggestions, blind=blind)


def coding_page(folder: str | None = None) -> Any:
    """The page that `kube-research lab` opens: choose a study, a coder and a document, then code."""
    return _widgets().Desk(None, folder=folder)


class _Callable(ModuleType):
    """`kr.desk` is this package and the function at once, whichever was imported first."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.desk(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
