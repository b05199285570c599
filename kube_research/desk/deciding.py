"""The queue with buttons: one waiting coding after the other, old and new words side by side, a button for every decision."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets as widgets

from ..model import KubeError
from ..revise import Carried, verdict_name
from ..study import Study
from ..waiting import candidate, queue, settle, side_old
from ..words import say
from .spoken import Spoken


class Decide(widgets.VBox):
    """Shows what waits; every click is one decision in the journal, and the last ones can be taken back."""

    def __init__(self, study: Study, *, who: str = "", document: str = ""):
        self.study, self.who, self.document = study, who, document
        self.later: list[str] = []
        self.done: list[str] = []
        self.told = widgets.HTML(layout=widgets.Layout(min_height="1.6em"))
        super().__init__()
        self._show()

    @property
    def items(self) -> list[Carried]:
        """What still waits, those put off behind the others."""
        found = list(queue(self.study, self.document))
        return sorted(found, key=lambda i: self.later.index(i.coding.id) + 1 if i.coding.id in self.later else 0)

    def _show(self) -> None:
        items = self.items
        back = self._button(say("Batalkan yang tadi", "Undo the last one"), self._undo, "undo", not self.done)
        if not items:
            self.children = (Spoken(f"<p>{html.escape(str(queue(self.study, self.document)))}</p>"), back, self.told)
            return
        i = items[0]
        head = widgets.HTML(f"<p><b>{html.escape(i.coding.document)}</b> · {html.escape(i.coder)} · <code>{html.escape(i.coding.code)}</code> · {html.escape(verdict_name(i.verdict.verdict))} · {say(f'{len(items)} menunggu', f'{len(items)} waiting')}</p>")
        old = Spoken(f"<div style='max-width:60em;line-height:1.5'><b>{say('Bagian yang dikodekan' if i.codes else 'Kata lama', 'The coded passage' if i.codes else 'Old words')}</b><br>{side_old(i)}</div>")
        rows: list[widgets.Widget] = []
        if i.codes:
            rows = [widgets.HBox([self._button(code, lambda code=code: self._settle(i, code=code), "tag") for code in i.codes], layout=widgets.Layout(flex_flow="row wrap"))]
        for n, (a, b) in enumerate(i.places if not i.codes else (), 1):
            words = Spoken(f"<div style='max-width:52em;line-height:1.5'>{candidate(i, a, b)}</div>")
            rows.append(widgets.HBox([self._button(say(f"Tempat {n}", f"Place {n}"), lambda n=n: self._settle(i, candidate=n), "check"), words]))
        if not i.codes:
            own = widgets.Text(placeholder=say("kata-katanya dalam teks sekarang", "its words in the present text"), layout=widgets.Layout(width="30em"))
            rows.append(widgets.HBox([self._button(say("Kata-kata ini", "These words"), lambda: self._settle(i, quote=own.value), "quote-left"), own]))
        rest = widgets.HBox([self._button(say("Tarik", "Withdraw"), lambda: self._settle(i, withdraw=True), "times"), self._button(say("Nanti", "Later"), lambda: self._put_off(i), "clock-o"), back])
        self.children = (head, old, *rows, rest, self.told)

    def _button(self, text: str, act: Any, icon: str, disabled: bool = False) -> widgets.Button:
        button = widgets.Button(description=text, icon=icon, disabled=disabled, layout=widgets.Layout(width="auto", flex="0 0 auto"))
        button.on_click(lambda _: act())
        return button

    def _settle(self, item: Carried, **wanted: Any) -> None:
        try:
            if wanted.get("quote") == "":
                raise KubeError(say("Tulis kata-katanya dahulu.", "Write the words first."))
            settle(self.study, item.coding.id, who=self.who, **wanted)
            self.done.append(item.coding.id)
            self._tell(say("Diputuskan.", "Decided."))
        except KubeError as e:
            self._tell(str(e), error=True)
            return
        self._show()

    def _undo(self) -> None:
        try:
            settle(self.study, self.done.pop(), undo=True, who=self.who)
            self._tell(say("Menunggu lagi.", "It waits again."))
        except KubeError as e:
            self._tell(str(e), error=True)
        self._show()

    def _put_off(self, item: Carried) -> None:
        self.later = [x for x in self.later if x != item.coding.id] + [item.coding.id]
        self._show()

    def _tell(self, text: str, *, error: bool = False) -> None:
        self.told.value = f"<span role='status'{' style=color:#b00020' if error else ''}>{html.escape(text)}</span>"

    def __repr__(self) -> str:
        return f"Decide({self.study.root.name!r}, {len(self.items)} waiting)"


def decide(study: Study, *, who: str = "", document: str = "") -> Decide:
    """The queue with buttons in a notebook: every click decides one waiting coding, by one event; `who` is the name it bears."""
    return Decide(study, who=who, document=document)
