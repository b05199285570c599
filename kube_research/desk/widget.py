"""The widget: carries messages between the browser and a session; text and codings never become traits."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import anywidget

from ..model import KubeError
from ..study import Study
from . import still
from .chooser import Chooser
from .module import module
from .packed import packed
from .session import Session

_HERE = Path(__file__).resolve().parent


class Desk(anywidget.AnyWidget):
    """The desk in a notebook cell; see `kr.desk`."""

    _esm = module()
    _css = _HERE / "desk.css"

    def __init__(self, study: Study | None, *, folder: str | None = None, **options: Any):
        super().__init__()
        self._chooser = Chooser(folder) if study is None else None
        self._session = None if study is None else Session(study, **options)
        self.on_msg(self._heard)

    @property
    def session(self) -> Session | None:
        """What the desk knows (None until a study is chosen)."""
        return self._session

    def _heard(self, _: object, message: Any, __: object) -> None:
        for reply in self.answer(message):
            self.send(packed(reply))

    def answer(self, message: Any) -> list[dict[str, Any]]:
        """The replies to one message of the browser."""
        if not isinstance(message, dict):
            return []
        view = message.get("view")
        try:
            if self._chooser is not None and (self._session is None or message.get("kind") in ("choices", "choose")):
                session, replies = self._chooser.handle(message)
                if session is not None:
                    self._session = session
                    replies += session.handle({**message, "kind": "hello"})
                return [{"view": view, **r} for r in replies]
            return self._session.handle(message) if self._session else []
        except KubeError as e:
            return [{"view": view, "kind": "told", "level": "error", "text": str(e)}]

    def __repr__(self) -> str:
        return repr(self._session) if self._session else repr(self._chooser)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle or {}, {})
        data = {**data, "text/plain": repr(self), "text/html": still.page(self._session) if self._session else still.invitation(self._chooser)}
        if os.environ.get("KUBE_STATIC"):  # a notebook that is only printed
            data = {k: v for k, v in data.items() if "widget-view" not in k}
        return data, metadata


__all__ = ["Desk"]
