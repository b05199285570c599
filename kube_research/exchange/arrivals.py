"""Who, when and what: the users, the dates and the variables of a program that we read, as ours."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from itertools import count

from ..importing import slug
from ..model import MACHINE
from .books import unique
from .kept import RESERVED
from .project import Project

_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z")
_DAY = "(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
_DATES = re.compile(rf"(?:[12][0-9]{{3}}-{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{6}})?Z(?:\n|\Z))+")


def moment(value: str) -> str:
    """A program's date as ours, or ""."""
    try:
        if _PLAIN.fullmatch(value) and datetime.fromisoformat(value[:19]).year > 1:  # as most programs write it
            return f"{value[:19]}.{value[20:-1]:0<6}Z"
        t = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        t = t.replace(tzinfo=timezone.utc) if t.tzinfo is None else t.astimezone(timezone.utc)
        return t.strftime("%Y-%m-%dT%H:%M:%S") + f".{t.microsecond:06d}Z" if t.year > 1 else ""
    except (ValueError, OverflowError):
        return ""


class Moments(dict[str, str]):
    """A program's date → ours, worked out once for each."""

    def __missing__(self, said: str) -> str:
        self[said] = ours = moment(said)
        return ours

    def fill(self, dates: list[str]) -> None:
        """Many dates at once, where all are written as most programs write them."""
        new = [d for d in set(dates) if d and d not in self]
        if new and _DATES.fullmatch(said := "\n".join(new)) and said.count("\n") < len(new):
            self.update((d, d if "." in d else f"{d[:-1]}.000000Z") for d in new)


class Columns(dict[str, str]):
    """A program's variable → our column; `ours`: a study of ours comes back, whose columns mean what they say."""

    def __init__(self, ours: bool):
        super().__init__()
        self.ours = ours

    def __missing__(self, name: str) -> str:
        flat = re.sub(r"\W+", "_", name.strip()).strip("_") or "variable"
        mine = flat in RESERVED or flat in ("name", "outcome")
        if not (mine and self.ours) and flat.casefold() in RESERVED | {"name", "outcome"}:
            flat = f"var_{flat}"
        taken = set(self.values())
        self[name] = column = next(c for n in count(1) if (c := f"{flat}_{n}" if n > 1 else flat) not in taken)
        return column


class Coders:
    """A user's GUID → the coder's name; things of nobody are given to one who is unknown, and that is told."""

    def __init__(self, p: Project):
        self.p, self.names, taken = p, {}, {MACHINE}
        for u in p.users:
            wanted = slug(u.name) if u.name.strip() else "coder"
            self.names[u.guid] = unique(wanted, taken)
        self.called = {u.name.strip().casefold(): self.names[u.guid] for u in reversed(p.users) if u.name.strip()}  # some programs name the user
        self.spare = unique("unknown", taken)

    def __getitem__(self, user: str) -> str:
        found = self.names.get(user, self.called.get(user.casefold()))
        if found is None:
            self.p.losses.add(f"pengodean atau catatan tanpa pengguna; menjadi milik '{self.spare}'", f"coding or note without a user; given to '{self.spare}'")
        return found or self.spare
