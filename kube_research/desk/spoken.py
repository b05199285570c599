"""A participant's words in a notebook's widgets: they travel by message and are no trait, so that neither the notebook nor its saved widget state keeps them."""

from __future__ import annotations

from typing import Any

import anywidget

_ESM = """
export default { render({ model, el }) {
  const show = m => { if (m && typeof m.html === "string") el.innerHTML = m.html; };
  model.on("msg:custom", show);
  model.send({ ready: true });
  return () => model.off("msg:custom", show);
} };
"""


class Spoken(anywidget.AnyWidget):
    """HTML (escaped by whoever made it) that is sent when the page asks for it; in place of `ipywidgets.HTML` where people's words stand."""

    _esm = _ESM

    def __init__(self, markup: str):
        super().__init__()
        self._markup = markup
        self.on_msg(self._heard)

    def _heard(self, _: object, message: Any, __: object) -> None:
        if isinstance(message, dict) and message.get("ready"):
            self.send({"html": self._markup})

    def __repr__(self) -> str:
        return "Spoken(…)"


__all__ = ["Spoken"]
