"""A project as programs exchange it: users, codes, sources with selections, cases, variables, notes; what every reader makes and every writer takes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..words import say

if TYPE_CHECKING:
    from .bulk import Run
    from .kept import Originals


@contextmanager
def unswept() -> Iterator[None]:
    """While tens of thousands of passages come into being, none of which is waste: Python does not look for waste among them."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@dataclass
class User:
    guid: str
    name: str


@dataclass
class ProjectCode:
    guid: str
    name: str
    parent: str = ""
    description: str = ""
    color: str = ""
    codable: bool = True
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Mark:
    """One code given to a selection by one user."""

    guid: str
    code: str
    user: str = ""
    created: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Selection:
    """A passage; start and end are in the source's own offset space until `offsets` has placed them."""

    guid: str
    start: int
    end: int
    name: str = ""
    description: str = ""
    user: str = ""
    created: str = ""
    marks: list[Mark] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    quote: str = ""  # the words, where a program keeps them beside the place


@dataclass
class ProjectSource:
    guid: str
    name: str
    text: str | None = None  # as it stands in the file, line ends and BOM included
    user: str = ""
    created: str = ""
    description: str = ""
    space: str = ""  # known offset space, "" = to be voted on
    selections: list[Selection] = field(default_factory=list)
    codes: list[Mark] = field(default_factory=list)  # codings of the source as a whole
    notes: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    part: str = ""  # the element that holds the text within a picture, a PDF or a recording
    part_guid: str = ""
    sync: list[tuple[str, str, int]] = field(default_factory=list)  # sync points of a transcript: guid, time stamp, place
    same: bool = False  # leaving: the text is as it came
    clean: bool = True  # leaving: nobody in it withdrew

    def wait(self, run: Run) -> None:
        """Hold all selections as columns; they become objects when somebody asks for them."""
        self.__dict__["run"] = run
        del self.selections

    @property
    def columns(self) -> Run | None:
        """The selections as columns, where nobody has made objects of them yet."""
        return self.__dict__.get("run")

    def places(self) -> tuple[list[int], list[int]]:
        """Where the selections start and end, in the source's own counting."""
        if run := self.columns:
            return list(map(int, run.passage("startPosition"))), list(map(int, run.passage("endPosition")))
        return [x.start for x in self.selections], [x.end for x in self.selections]

    def names(self) -> list[str]:
        return run.passage("name") if (run := self.columns) else [x.name for x in self.selections]

    def __getattr__(self, name: str) -> list[Selection]:
        if name != "selections" or "run" not in self.__dict__:
            raise AttributeError(name)
        self.selections = made = self.__dict__.pop("run").selections()
        return made


@dataclass(slots=True)
class Note:
    guid: str
    name: str = ""
    text: str = ""
    user: str = ""
    created: str = ""
    about: str = ""  # what ATLAS.ti says of a memo beside its text

    @property
    def words(self) -> str:
        """All that the note says."""
        return f"{self.text.rstrip()}\n\n{self.about}" if self.about else self.text or self.name


@dataclass
class Case:
    guid: str
    name: str
    description: str = ""
    values: dict[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    passages: list[str] = field(default_factory=list)  # selections that belong to the case


@dataclass
class Project:
    name: str = ""
    origin: str = ""
    created: str = ""
    description: str = ""
    users: list[User] = field(default_factory=list)
    codes: list[ProjectCode] = field(default_factory=list)
    sources: list[ProjectSource] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)  # name → type
    variable_guids: dict[str, str] = field(default_factory=dict)  # coming: guid → name; leaving: name → guid
    notes: dict[str, Note] = field(default_factory=dict)
    project_notes: list[str] = field(default_factory=list)
    groups: dict[str, list[str]] = field(default_factory=dict)  # sets of sources: name → GUIDs
    raw: bytes = b""
    raw_name: str = "project.qde"
    media: dict[str, bytes] = field(default_factory=dict)  # pictures, recordings, PDF and Word files of the archive, by name
    originals: Originals | None = None  # leaving: what other programs' projects held that we do not
    losses: Losses = field(default_factory=lambda: Losses())


class Losses:
    """What was lost, repaired or left beside: each kind with its count and a few examples; prints itself in the interface language."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], list[str]] = {}

    def add(self, indonesian: str, english: str, where: str = "", times: int = 1) -> None:
        self.found.setdefault((indonesian, english), []).extend([where] * times)

    def __len__(self) -> int:
        return len(self.found)

    def lines(self) -> list[str]:
        out = []
        for (indonesian, english), places in self.found.items():
            named = [p for p in dict.fromkeys(places) if p]
            shown = ", ".join(named[:3]) + (" …" if len(named) > 3 else "")
            out.append(f"{len(places)} × {say(indonesian, english)}" + (f": {shown}" if shown else ""))
        return out

    def __contains__(self, english: str) -> bool:
        return any(english in e for _, e in self.found)
