"""Adjudication: where two coders differ, and the consensus that a third step writes beside both; their own codings stay as they are.

A decision is one `decide` event in `corpus/codings/<who>-consensus/<document>.jsonl`, with copies of the codings that were taken: the same
events that the desk's compare view writes, so that what was begun in one can be finished in the other.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .consent import hinders, visible
from .corpus import Document
from .journal import Journal, State, new_id, safe_name
from .model import MACHINE, Coding, Fault, KubeError, unknown
from .study import Study
from .text import context
from .words import say

VERDICTS = ("both", "neither")
CONSENSUS = "-consensus"  # how the name of a consensus ends
AROUND = 80  # characters shown on each side


def is_consensus(coder: str) -> bool:
    """Whether a coder's name is that of a consensus, which was made out of others' codings."""
    return coder.endswith(CONSENSUS)


def independent(coders: Iterable[str]) -> list[str]:
    """Coders that can be compared as different persons: no consensus, and no second coding of one of them ("dian-2" beside "dian")."""
    names = list(coders)
    return [c for c in names if not is_consensus(c) and first_of(c, names) == c]


def first_of(coder: str, coders: Iterable[str]) -> str:
    """The name under which the same person coded first: "dian" for "dian-2" where there is a "dian"."""
    first, dash, number = coder.rpartition("-")
    return first if dash and number.isdigit() and first in coders else coder


def disagreements(document: Document, a: list[Coding], b: list[Coding]) -> dict[str, Any]:
    """Codings of one coder without an overlapping coding of the other by the same code, or with the other polarity; in the text's order."""
    items, agreed, seen = [], [], set()
    for mine, theirs, side in ((a, b, "a"), (b, a, "b")):
        for c in mine:
            same = [d for d in theirs if d.code == c.code and d.start < c.end and c.start < d.end]
            alike = [d for d in same if d.polarity == c.polarity]
            if alike:
                agreed += [c.id] if side == "a" else []
                continue
            other = same[0] if same else None
            pair = tuple(sorted(x.id for x in (c, other) if x))
            if pair in seen:
                continue
            seen.add(pair)
            both = {side: c.id, ("b" if side == "a" else "a"): other.id if other else ""}
            start, end = min(x.start for x in (c, other) if x), max(x.end for x in (c, other) if x)
            items.append({"key": "+".join(pair), "kind": "polarity" if other else "only", "a": both["a"], "b": both["b"], "code": c.code, "start": start, "end": end, "line": document.line(start), "quote": document.text[start:end][:300]})
    return {"items": sorted(items, key=lambda i: (i["start"], i["end"], i["code"])), "agreed": len(agreed), "alike": agreed}


@dataclass(frozen=True)
class Difference:
    """One place where two coders differ: only one coded it, or they gave it different poles."""

    key: str
    document: str
    line: int
    code: str
    kind: str
    start: int
    end: int
    first: Coding | None
    second: Coding | None

    @property
    def both(self) -> tuple[Coding | None, Coding | None]:
        return self.first, self.second


class Adjudication:
    """The differences of two coders that are not decided yet, as a table; decisions are methods, each one block in the consensus journal.

    `which` is a row's number (1 is the first) or its key.  Every method returns the table that is left.
    """

    def __init__(self, study: Study, coders: Sequence[str], who: str, document: str = "", codes: Iterable[str] = ()):
        coders = tuple(dict.fromkeys([coders] if isinstance(coders, str) else coders))
        if len(coders) != 2:
            raise KubeError(Fault(say(f"Perbandingan untuk konsensus adalah antara dua pengode, bukan {len(coders)}.", f"A consensus is made between two coders, not {len(coders)}."), "coders", say("Sebut dua; pengode ketiga dibandingkan dengan konsensus sesudahnya.", "Name two; compare a third coder with the consensus afterwards.")))
        for name in coders:
            if name not in study.coders:
                raise KubeError(unknown("pengode", "coder", name, study.coders, "corpus/codings"))
        self.who = safe_name(who, say("pemutus", "adjudicator"))
        if self.who == MACHINE:
            raise KubeError(say("Nama 'rules' milik aturan; pakai nama Anda sendiri.", "The name 'rules' belongs to the rules; use your own."))
        if document and document not in study.corpus:
            raise KubeError(unknown("dokumen", "document", document, [d.id for d in study.corpus]))
        self.study, self.coders, self.document, self.codes = study, coders, document, tuple(codes)

    @property
    def consensus(self) -> str:
        """The name under which the consensus is kept: a coder like any other in `study.codings`."""
        return f"{self.who}{CONSENSUS}"

    # --- what is there ----------------------------------------------------------------------------------------------------
    @cached_property
    def _found(self) -> tuple[tuple[Difference, ...], tuple[Coding, ...], int]:
        """Differences still open, codings alike and not taken yet, how many differences are decided."""
        renames = {old: new for b in self.study.sound_codebooks() for old, new in b.renames().items()}
        begun = [{j.path.stem for j in self.study.journals(c)} for c in self.coders]
        open_, alike, judged = [], [], 0
        for d in self.study.corpus:
            if d.id not in begun[0] or d.id not in begun[1] or self.document not in ("", d.id):
                continue
            sides = [[replace(c, code=renames.get(c.code, c.code)) for c in visible(d, self.study.journal(who, d.id).state().codings.values())] for who in self.coders]
            if self.codes:
                sides = [[c for c in side if c.code in self.codes] for side in sides]
            state = self._state(d.id)
            last = _verdicts(state)
            found = disagreements(d, *sides)
            by = {c.id: c for side in sides for c in side}
            for f in found["items"]:
                judged += f["key"] in last
                if f["key"] not in last:
                    open_.append(Difference(f["key"], d.id, f["line"], f["code"], f["kind"], f["start"], f["end"], by.get(f["a"]), by.get(f["b"])))
            taken = set(state.codings) | set(state.withdrawn)
            alike += [by[i] for i in found["alike"] if f"con-a-{i}" not in taken]
        return tuple(open_), tuple(alike), judged

    @property
    def items(self) -> tuple[Difference, ...]:
        """The differences that are open."""
        return self._found[0]

    @property
    def alike(self) -> tuple[Coding, ...]:
        """The first coder's codings on which both agree and that the consensus does not hold yet."""
        return self._found[1]

    @property
    def judged(self) -> int:
        """How many differences are decided."""
        return self._found[2]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.items)

    def _journal(self, document: str) -> Journal:
        return self.study.journal(self.consensus, document)

    def _state(self, document: str) -> State:
        return self._journal(document).state()

    # --- decisions --------------------------------------------------------------------------------------------------------
    def take(self, which: int | str, whose: str, why: str = "") -> Adjudication:
        """Decide one difference: a coder's name (their coding holds), "both" or "neither"; `why` is kept with the decision."""
        if whose not in (*self.coders, *VERDICTS):
            raise KubeError(unknown("keputusan", "decision", whose, [*self.coders, *VERDICTS]))
        d = self._row(which)
        if whose in self.coders and d.both[self.coders.index(whose)] is None:
            raise KubeError(Fault(say(f"{whose} tidak mengode tempat ini dengan {d.code}.", f"{whose} did not code this place with {d.code}."), f"{d.document}:{d.line}", say('Maksudnya "neither" (kode ini tidak berlaku)?', 'Do you mean "neither" (the code does not hold)?')))
        chosen = [c for name, c in zip(self.coders, d.both, strict=True) if c is not None and whose in (name, "both")]
        verdict = {self.coders[0]: "a", self.coders[1]: "b"}.get(whose, whose)
        event: dict[str, object] = {"event": "decide", "suggestion": d.key, "verdict": verdict, "codings": [c.id for c in d.both if c], "taken": [c.id for c in chosen], "code": d.code, "coders": list(self.coders), "who": self.who, **({"text": why.strip()} if why.strip() else {})}
        self._write(d.document, [(c, f"con-d-{c.id}") for c in chosen], event)
        return self._again()

    def agree(self, document: str = "") -> Adjudication:
        """Take everything on which both agree into the consensus (the first coder's ends of the passage)."""
        for d in dict.fromkeys(c.document for c in self.alike if document in ("", c.document)):
            self._write(d, [(c, f"con-a-{c.id}") for c in self.alike if c.document == d])
        return self._again()

    def undo(self, key: str) -> Adjudication:
        """Open a decided difference again, by its key; the copies it made are withdrawn, nothing is deleted."""
        for d in self.study.corpus:
            state = self._state(d.id)
            standing = _verdicts(state)
            if key in standing:
                needed = {i for k, e in standing.items() if k != key and e.get("verdict") != "neither" for i in e.get("taken", k.split("+"))}
                mine = [f"con-d-{i}" for i in key.split("+") if i not in needed and f"con-d-{i}" in state.codings]
                last = [e for e in state.decisions if e.get("suggestion") == key][-1]
                self._append(d.id, [*({"event": "withdraw", "coding": i} for i in mine), {"event": "decide", "suggestion": key, "verdict": "open", "code": last.get("code", ""), "who": self.who}])
                return self._again()
        raise KubeError(Fault(say("Perbedaan ini belum diputuskan.", "This difference is not decided."), key, say("Kuncinya ada pada `.decided`.", "Its key stands in `.decided`.")))

    @property
    def decided(self) -> list[dict[str, str]]:
        """The decisions that stand: document, key, code, verdict (a coder's name, both, neither), why, time."""
        rows = []
        for d in self.study.corpus:
            state = self._state(d.id)
            for key, e in _verdicts(state).items():
                names = e.get("coders") if isinstance(e.get("coders"), list) else list(self.coders)
                verdict = {"a": names[0], "b": names[1]}.get(str(e["verdict"]), str(e["verdict"]))
                rows.append({"document": d.id, "key": key, "code": str(e.get("code", "")), "verdict": str(verdict), "why": str(e.get("text", "")), "time": str(e.get("time", ""))})
        return sorted(rows, key=lambda r: r["time"])

    def _row(self, which: int | str) -> Difference:
        if isinstance(which, int):
            if not 1 <= which <= len(self.items):
                raise KubeError(say(f"Tidak ada baris {which}; ada {len(self.items)}.", f"There is no row {which}; there are {len(self.items)}."))
            return self.items[which - 1]
        for d in self.items:
            if d.key == which:
                return d
        raise KubeError(unknown("perbedaan", "difference", which, [d.key for d in self.items]))

    def _write(self, document: str, copies: Sequence[tuple[Coding, str]], *events: dict[str, object]) -> None:
        """Copies of codings as they stand, and the decision, as one block; a copy that an undo withdrew is restored."""
        state, d, out = self._state(document), self.study.unveiled(document), []
        for c, ident in copies:
            if ident in state.withdrawn:
                out.append({"event": "restore", "coding": ident})
            elif ident not in state.codings:
                before, after = context(d.text, c.start, c.end)
                out.append({"event": "code", "coding": ident, "document": document, "start": c.start, "end": c.end, "quote": d.text[c.start:c.end], "before": before, "after": after, "code": c.code, "polarity": c.polarity, "coder": self.consensus, "agreed": [c.id], **({"note": c.note} if c.note else {})})
        self._append(document, [*out, *events])

    def _append(self, document: str, events: list[dict[str, object]]) -> None:
        journal, gesture = self._journal(document), new_id()
        head = [] if journal.state().sessions else [{"event": "session", "blind": False, "program": "kube_research adjudicate", "coders": list(self.coders)}]
        journal.append(*head, *({**e, "gesture": gesture} for e in events))

    def _again(self) -> Adjudication:
        self.__dict__.pop("_found", None)
        return self

    # --- shown --------------------------------------------------------------------------------------------------------------
    def words(self, c: Coding | None) -> tuple[str, str, str, str]:
        """Words before, the quotation, words after, and the memos on it, as they may be shown; a person's words for analysis only are none of it."""
        if c is None:
            return "", "", "", ""
        d = self.study.corpus[c.document]
        if hinders(d, max(0, c.start - AROUND), min(len(d.text), c.end + AROUND)):
            why = self.study.words_of(c) or ""
            closed = bool(hinders(d, c.start, c.end))
            return "", why, "", say("(memo tidak diperlihatkan)", "(memo not shown)") if closed and self._memos(c) else "" if closed else self._memos(c)
        return d.text[max(0, c.start - AROUND):c.start], d.text[c.start:c.end], d.text[c.end:c.end + AROUND], self._memos(c)

    def _memos(self, c: Coding) -> str:
        on = [str(m.get("text", "")) for m in self.study.journal(c.coder, c.document).state().memos if m.get("about") in (f"coding:{c.id}", c.id)]
        return " · ".join(x for x in (c.note, *on) if x.strip())

    def progress(self) -> str:
        """How far it is, in words."""
        return say(f"{len(self)} perbedaan belum diputuskan, {self.judged} sudah; {len(self.alike)} yang sama belum masuk konsensus ({self.consensus}).", f"{len(self)} differences are open, {self.judged} decided; {len(self.alike)} alike are not in the consensus yet ({self.consensus}).")

    def side(self, c: Coding | None) -> str:
        """One coder's cell, as escaped HTML."""
        if c is None:
            return f"<em>{say('tidak dikode', 'not coded')}</em>"
        before, quote, after, memo = self.words(c)
        pole = say("hadir", "present") if c.polarity == "present" else say("tidak hadir", "absent")
        around = "<span style='opacity:.65'>{}</span>"
        cell = around.format(_flat(before)) + f"<mark style='background:#fde8a0;color:#000'>{_flat(quote)}</mark>" + around.format(_flat(after))
        return f"<b>{pole}</b><br>{cell}" + (f"<br>✎ {_flat(memo)}" if memo else "")

    def __repr__(self) -> str:
        rows = [f"{n}. {d.document}:{d.line} {d.code}  {self.coders[0]}: {_pole(d.first)}  {self.coders[1]}: {_pole(d.second)}" for n, d in enumerate(self.items[:20], 1)]
        return "\n".join([self.progress(), *rows, *([f"… {len(self) - 20}"] if len(self) > 20 else [])])

    def _repr_html_(self) -> str:
        heads = ("#", say("tempat", "place"), say("kode", "code"), *self.coders)
        style = "text-align:left;vertical-align:top;white-space:normal;max-width:28em"
        rows = [f"<tr><td style='{style}'>{n}</td><td style='{style}'>{html.escape(d.document)}:{d.line}</td><td style='{style}'>{html.escape(d.code)}</td><td style='{style}'>{self.side(d.first)}</td><td style='{style}'>{self.side(d.second)}</td></tr>" for n, d in enumerate(self.items, 1)]
        head = "".join(f"<th scope='col' style='text-align:left'>{html.escape(h)}</th>" for h in heads)
        return f"<table><caption style='text-align:left'>{html.escape(self.progress())}</caption><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _flat(text: str) -> str:
    return html.escape(" ".join(text.split())) if text.strip() else ""


def _pole(c: Coding | None) -> str:
    return "–" if c is None else "+" if c.polarity == "present" else "−"


def _verdicts(state: State) -> dict[str, dict[str, Any]]:
    """The decisions that stand (one that was undone is "open")."""
    last = {str(e.get("suggestion")): e for e in state.decisions}
    return {k: e for k, e in last.items() if e.get("verdict") != "open"}


__all__ = ["Adjudication", "Difference", "disagreements", "first_of", "independent", "is_consensus"]
