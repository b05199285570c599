"""The ground: frozen records and errors.  Standard library only."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .words import say

KINDS = ("interview", "focus-group", "abstract", "note", "session", "chapter")
ROLES = ("researcher", "member", "officer", "mentor", "agency", "family")
POLARITIES = ("present", "absent")
COLUMNS = ("document", "start", "end", "quote", "code", "polarity", "turn", "speaker", "role", "case", "coder", "rule", "note", "created")
CONSENTS = ("", "analyse", "quote", "quote-after-check", "withdrawn")
MACHINE = "rules"  # the coder's name that a rule's coding bears


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what it is, where it stands, and how to mend it."""

    what: str
    where: str = ""
    remedy: str = ""
    level: str = "error"  # error | finding

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        cure = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{cure}"


class KubeError(Exception):
    """Bad input: one or more faults, told all at once."""

    def __init__(self, faults: Fault | str | Iterable[Fault], where: str = "", remedy: str = ""):
        if isinstance(faults, str):
            faults = Fault(faults, where, remedy)
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(f) for f in self.faults))


def unknown(what_id: str, what_en: str, name: str, known: Sequence[str], where: str = "") -> Fault:
    """A fault for a name that is not there: says what there is and what was probably meant."""
    close = difflib.get_close_matches(str(name), list(known), 1, 0.6)
    if close:
        remedy = say(f"Maksudnya '{close[0]}'?", f"Did you mean '{close[0]}'?")
    else:
        listed = ", ".join(list(known)[:12]) + (" …" if len(known) > 12 else "")
        remedy = say(f"Yang ada: {listed or '(kosong)'}.", f"There is: {listed or '(nothing)'}.")
    return Fault(say(f"Tidak ada {what_id} '{name}'.", f"No {what_en} '{name}'."), where, remedy)


@dataclass(frozen=True, slots=True)
class Turn:
    """One speaker's turn.  Offsets are code points in the document's text, half open.

    start..end is the whole turn with its label; body..end the words.  `aside` lists spans inside the body that are not the
    speaker's words (the interviewer's interjection, a transcriber's note in brackets, a timestamp).
    """

    n: int
    start: int
    body: int
    end: int
    label: str = ""
    speaker: str = ""
    role: str = ""
    time: str = ""
    aside: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Coding:
    """One coding: a passage of a document, a code, its polarity, and who gave it."""

    id: str
    document: str
    start: int
    end: int
    quote: str
    code: str
    polarity: str = "present"
    coder: str = ""
    note: str = ""
    created: str = ""
    before: str = ""
    after: str = ""
    rule: str = ""
    codebook: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Which label in which document is which (pseudonymous) person, and their role."""

    document: str
    label: str
    speaker: str
    role: str
    consent: str = ""
