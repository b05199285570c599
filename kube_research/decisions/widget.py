"""The widget: carries messages between the browser and the session; a name is never a trait, so no notebook keeps it."""

from __future__ import annotations

import html
import os
from pathlib import Path
from typing import Any

import anywidget

from ..study import Study
from .session import Session

_HERE = Path(__file__).resolve().parent


class Table(anywidget.AnyWidget):
    """The table of names in a notebook cell; see `kr.pseudonyms`."""

    _esm = _HERE / "decisions.js"
    _css = _HERE / "decisions.css"

    def __init__(self, study: Study, *, key: str | None = None):
        super().__init__()
        self._session = Session(study, key)
        self.on_msg(self._heard)

    @property
    def session(self) -> Session:
        """What the table knows."""
        return self._session

    def _heard(self, _: object, message: Any, __: object) -> None:
        if isinstance(message, dict):
            for reply in self._session.handle(message):
                self.send({**reply, "ref": message.get("ref")})

    def __repr__(self) -> str:
        return repr(self._session)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        data = {**data, "text/plain": repr(self), "text/html": f"<pre>{html.escape(repr(self))}</pre>"}
        if os.environ.get("KUBE_STATIC"):
            data = {k: v for k, v in data.items() if "widget-view" not in k}
        return data, metadata


__all__ = ["Table"]
