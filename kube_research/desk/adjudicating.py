"""The differences of two coders with buttons: both coders' words and memos side by side, a click writes the consensus, and can be taken back."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence

import ipywidgets as widgets

from ..adjudication import Adjudication, Difference
from ..model import KubeError
from ..study import Study
from ..words import say
from .spoken import Spoken

PAGE = 5  # differences on a page


class Adjudicate(widgets.VBox):
    """A page of differences after the other; `table` is the whole of them, to look at and to decide without buttons."""

    def __init__(self, study: Study, coders: Sequence[str], who: str, *, document: str = "", codes: Iterable[str] = ()):
        self.table = Adjudication(study, coders, who, document, codes)
        self.done: list[str] = []
        self.first = 0
        self.told = widgets.HTML(layout=widgets.Layout(min_height="1.6em"))
        super().__init__()
        self._show()

    def _show(self) -> None:
        t = self.table
        self.first = max(0, min(self.first, (len(t) - 1) // PAGE * PAGE))
        head = widgets.HTML(f"<p role='status'><b>{html.escape(' ↔ '.join(t.coders))}</b> · {html.escape(t.progress())}</p>")
        bar = [self._button(say(f"Masukkan {len(t.alike)} yang sama", f"Take the {len(t.alike)} alike"), self._agree, "check", not t.alike), self._button(say("Batalkan yang tadi", "Undo the last one"), self._undo, "undo", not self.done),
               self._button(say("Sebelumnya", "Previous"), lambda: self._turn(-PAGE), "arrow-left", self.first == 0), self._button(say("Berikutnya", "Next"), lambda: self._turn(PAGE), "arrow-right", self.first + PAGE >= len(t))]
        cards = [self._card(n, d) for n, d in enumerate(t.items[self.first:self.first + PAGE], self.first + 1)]
        self.children = (head, widgets.HBox(bar, layout=widgets.Layout(flex_flow="row wrap")), self.told, *cards)

    def _card(self, n: int, d: Difference) -> widgets.Widget:
        t = self.table
        cell = "style='text-align:left;vertical-align:top;white-space:normal;width:50%;padding:.3em .6em;line-height:1.5'"
        body = Spoken(f"<table style='width:100%;max-width:70em;border-top:1px solid #999'><caption style='text-align:left'>{n}. <code>{html.escape(d.code)}</code> · {html.escape(d.document)}:{d.line}</caption><thead><tr>"
                            + "".join(f"<th scope='col' {cell}>{html.escape(c)}</th>" for c in t.coders) + "</tr></thead><tbody><tr>" + "".join(f"<td {cell}>{t.side(c)}</td>" for c in d.both) + "</tr></tbody></table>")
        why = widgets.Text(placeholder=say("alasan (boleh kosong)", "reason (may stay empty)"), layout=widgets.Layout(width="22em"))

        def act(whose: str) -> Callable[[], None]:
            return lambda: self._take(d, whose, why.value)

        mine = [self._button(name, act(name), "user") for name, c in zip(t.coders, d.both, strict=True) if c is not None]
        if len(mine) == 2:
            mine.append(self._button(say("keduanya", "both"), act("both"), "users"))
        return widgets.VBox([body, widgets.HBox([*mine, self._button(say("tidak satu pun", "neither"), act("neither"), "ban"), why], layout=widgets.Layout(flex_flow="row wrap"))])

    def _button(self, text: str, act: Callable[[], None], icon: str, disabled: bool = False) -> widgets.Button:
        button = widgets.Button(description=text, icon=icon, disabled=disabled, layout=widgets.Layout(width="auto", flex="0 0 auto"))
        button.on_click(lambda _: act())
        return button

    def _try(self, act: Callable[[], object], said: str) -> bool:
        try:
            act()
        except KubeError as e:
            self.told.value = f"<span role='alert' style='color:#b00020'>{html.escape(str(e))}</span>"
            return False
        self.told.value = f"<span role='status'>{html.escape(said)}</span>"
        return True

    def _take(self, d: Difference, whose: str, why: str) -> None:
        if self._try(lambda: self.table.take(d.key, whose, why), f"{d.code} · {d.document}:{d.line} → {whose}"):
            self.done.append(d.key)
            self._show()

    def _agree(self) -> None:
        n = len(self.table.alike)
        if self._try(self.table.agree, say(f"{n} masuk ke konsensus.", f"{n} are in the consensus.")):
            self._show()

    def _undo(self) -> None:
        if self._try(lambda: self.table.undo(self.done[-1]), say("Belum diputuskan lagi.", "It is open again.")):
            self.done.pop()
            self._show()

    def _turn(self, by: int) -> None:
        self.first += by
        self._show()

    def __repr__(self) -> str:
        return f"Adjudicate({' ↔ '.join(self.table.coders)}, {len(self.table)} open, {self.table.judged} decided)"


def adjudicate(study: Study, *, coders: Sequence[str], who: str, document: str = "", codes: Iterable[str] = ()) -> Adjudicate:
    """Where two coders differ, with both coders' words and memos and buttons: every click is a decision in the journal `<who>-consensus`.

    coders  the two whose codings are compared; theirs stay as they are;  who  the name (or the names, joined) of those who decide
    document, codes  only these.  The desk's compare view writes the same events.  `.table` is the table without buttons:
    `.table.take(1, "dian", why="…")`, `.table.agree()`, `.table.undo(key)`, `.table.decided`.
    Words of people who consented to analysis only are not shown here; the desk shows them without saving them in the notebook.
    """
    return Adjudicate(study, coders, who, document=document, codes=codes)


__all__ = ["Adjudicate", "adjudicate"]
