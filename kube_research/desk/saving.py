"""Saving: the browser's decisions become journal lines, once each, whatever is sent again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..consent import hinders
from ..corpus import Document
from ..model import POLARITIES, Fault, KubeError
from ..text import context
from ..words import say

KINDS = ("code", "change", "withdraw", "restore", "memo", "decide", "wait")
FIELDS = {
    "code": ("coding", "start", "end", "code", "polarity", "note", "suggestion", "agreed", "codebook"),
    "change": ("coding", "start", "end", "code", "polarity", "note"),
    "withdraw": ("coding", "why"),
    "restore": ("coding",),
    "wait": ("coding",),
    "memo": ("about", "text", "start", "end"),
    "decide": ("suggestion", "verdict", "codings", "code"),
}
_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_CODE = re.compile(r"[A-Za-z0-9][\w.\- ]{0,79}")


def clean(event: Mapping[str, Any], document: Document, coder: str) -> dict[str, Any]:
    """The journal's form of an event from the browser: known fields only, the quotation and its surroundings from the text."""
    kind = str(event.get("event"))
    if kind not in KINDS or not _ID.fullmatch(str(event.get("id", ""))):
        raise KubeError(say("Pesan penyimpanan ini tidak dikenal.", "This message to save is not known."), document.id)
    out: dict[str, Any] = {"id": str(event["id"]), "event": kind}
    out |= {k: event[k] for k in FIELDS[kind] if k in event and event[k] is not None}
    out |= {k: str(event[k])[:40] for k in ("gesture", "via") if event.get(k)}
    for key in ("coding", "code", "polarity", "note", "why", "about", "text", "suggestion", "verdict", "codebook"):
        if key in out:
            out[key] = str(out[key])
    if "polarity" in out and out["polarity"] not in POLARITIES:
        raise KubeError(say(f"Kutub '{out['polarity']}' tidak ada.", f"There is no polarity '{out['polarity']}'."), document.id)
    if "code" in out and not _CODE.fullmatch(out["code"]):
        raise KubeError(say(f"Kode {out['code']!r} tidak dapat dipakai.", f"The code {out['code']!r} cannot be used."), document.id)
    if "start" in out or "end" in out:
        out |= place(event, document)
        if hinders(document, out["start"], out["end"]) == "withdrawn":
            raise KubeError(Fault(say("Orang ini menarik persetujuannya; kata-katanya tidak dapat dikodekan.", "This person withdrew their consent; their words cannot be coded."), document.id))
    if kind == "code":
        out |= {"document": document.id, "coder": coder}
    return out


def place(event: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """Where the passage lies in the text as it is now; found again by its words when the text moved under it."""
    text = document.text
    start, end, quote = int(event.get("start", -1)), int(event.get("end", -1)), str(event.get("quote", ""))
    if not (0 <= start < end <= len(text) and (not quote or text[start:end] == quote)):
        at = _again(text, quote, str(event.get("before", "")))
        if at < 0:
            raise KubeError(Fault(say(f"Teks {document.id} berubah di disk dan kutipan “{quote[:60]}” tidak ditemukan lagi.", f"The text of {document.id} changed on disk and the passage “{quote[:60]}” is no longer found."), "",
                                  say("Pilih ulang bagiannya.", "Select the passage again.")))
        start, end = at, at + len(quote)
    before, after = context(text, start, end)
    return {"start": start, "end": end, "quote": text[start:end], "before": before, "after": after}


def _again(text: str, quote: str, before: str) -> int:
    if not quote:
        return -1
    first = text.find(quote)
    if first < 0 or text.find(quote, first + 1) < 0:
        return first
    at = text.find(before + quote) if before else -1
    return at + len(before) if at >= 0 and text.find(before + quote, at + 1) < 0 else -1


def history(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The coder's gestures in order, each with what undoes it and what does it again: undo goes back over days."""
    fields: dict[str, dict[str, Any]] = {}
    done: list[dict[str, Any]] = []
    undone: list[dict[str, Any]] = []
    ordered = sorted(events, key=lambda e: (str(e.get("time", "")), str(e.get("id"))))
    seen: set[str] = set()
    last, was = "", ""
    for e in ordered:
        if str(e.get("id")) in seen or e.get("event") not in ("code", "change", "withdraw", "restore", "decide", "wait"):
            continue
        seen.add(str(e.get("id")))
        ref, kind = str(e.get("coding")), e["event"]
        if e.get("why") and not e.get("gesture") and kind in ("change", "wait"):  # a correction of the transcript: places in the old text cannot be gone back to
            _unplace(ref, done, undone)
            fields.setdefault(ref, {}).update({k: e[k] for k in ("start", "end") if k in e})
            continue
        if kind == "code":
            fields[ref] = {k: e[k] for k in ("start", "end", "code", "polarity", "note") if k in e}
            step, back = {"event": "restore", "coding": ref}, {"event": "withdraw", "coding": ref}
        elif kind == "wait" or (kind == "change" and e.get("verdict") == "settled"):
            step = {"event": "change", "coding": ref, "settles": True, **{k: e[k] for k in ("start", "end") if k in e}}
            back = {"event": "wait", "coding": ref}
            fields.setdefault(ref, {}).update({k: e[k] for k in ("start", "end") if k in e})
        elif kind == "change":
            new = {k: e[k] for k in ("start", "end", "code", "polarity", "note") if k in e}
            old = {k: fields.get(ref, {}).get(k, "present" if k == "polarity" else "") for k in new}
            fields.setdefault(ref, {}).update(new)
            step, back = {"event": "change", "coding": ref, **new}, {"event": "change", "coding": ref, **old}
        elif kind == "decide":
            step = {"event": "decide", "suggestion": e.get("suggestion"), "verdict": e.get("verdict"), "code": e.get("code")}
            back = {**step, "verdict": "open"}
        else:
            other = "withdraw" if kind == "restore" else "restore"
            step, back = {"event": kind, "coding": ref}, {"event": other, "coding": ref}
        via, gesture = str(e.get("via", "")), str(e.get("gesture") or e["id"])
        if (gesture, via) == (last, was):
            if not via:
                done[-1]["do"].append(step)
                done[-1]["undo"].insert(0, back)
            continue
        last, was = gesture, via
        if via == "undo" and done:
            undone.append(done.pop())
        elif via == "redo" and undone:
            done.append(undone.pop())
        else:
            done.append({"do": [step], "undo": [back]})
            undone.clear()
    return {"done": done, "undone": undone}


def _unplace(coding: str, *stacks: list[dict[str, Any]]) -> None:
    for stack in stacks:
        for gesture in stack:
            for side in ("do", "undo"):
                gesture[side] = [{k: v for k, v in s.items() if k not in ("start", "end") or s.get("coding") != coding} for s in gesture[side]]
                gesture[side] = [s for s in gesture[side] if s["event"] != "change" or len(s) > 2]
        stack[:] = [g for g in stack if g["do"] and g["undo"]]
