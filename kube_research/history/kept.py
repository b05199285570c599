"""The texts kept beside a codebook: before and after every step, so that an old version can be read, and a step undone line by line."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

from ..codebook import Codebook, read_yaml
from ..model import KubeError
from ..files import write_atomic
from ..text import decode


def version_of(text: str) -> str:
    found = re.search(r"^version:[ \t]*[\"']?([^\"'\s#]+)", text, re.M)
    return found.group(1) if found else "0.0.0"


def raised(version: str) -> str:
    head, dot, last = version.rpartition(".")
    return f"{head}{dot}{int(last) + 1}" if last.isdigit() else f"{version}.1"


def _folder(path: Path) -> Path:
    return path.parent / "versions" / path.stem


def keep(path: Path, old: str, new: str, before: str, after: str) -> None:
    """Keep both texts of a step: <new>.yml, and <old>.yml (or <new>.before.yml where the book was edited by hand since)."""
    folder = _folder(path)
    first = folder / f"{_file(old)}.yml"
    if not first.exists():
        write_atomic(first, before)
    elif first.read_text(encoding="utf-8") != before:
        write_atomic(folder / f"{_file(new)}.before.yml", before)
    write_atomic(folder / f"{_file(new)}.yml", after)


def kept(path: Path, version: str) -> tuple[str, str] | None:
    """The texts before and after a step, where they were kept."""
    after = _folder(path) / f"{_file(version)}.yml"
    if not after.exists():
        return None
    text = after.read_text(encoding="utf-8")
    log = _log(text, after.name)
    if not log or str(log[-1].get("version")) != version:
        return None
    special = _folder(path) / f"{_file(version)}.before.yml"
    olds = [special] if special.exists() else [p for p in sorted(_folder(path).glob("*.yml")) if not p.name.endswith(".before.yml") and raised(version_of(p.read_text(encoding="utf-8"))) == version]
    return (olds[0].read_text(encoding="utf-8"), text) if olds else None


def _file(version: str) -> str:
    return re.sub(r"[^\w.-]", "_", version)


def renames_of(text: str) -> dict[str, str]:
    return Codebook("", "", {}, (), changelog=_log(text)).renames()


def _log(text: str, where: str = "") -> tuple[dict[str, object], ...]:
    """A book's changelog out of its text, without the rest of the book."""
    block = re.search(r"^changelog:.*(?:\n(?:[ #-].*)?)*", text, re.M)
    try:
        data, _ = read_yaml(block[0] if block else text, where)
    except KubeError:
        if block is None:
            raise
        data, _ = read_yaml(text, where)
    log = data.get("changelog") if isinstance(data, dict) else None
    return tuple(e for e in log or () if isinstance(e, dict))


_LOG = re.compile(r"^changelog:[^\n]*\n?(?:(?:[ \t\-#][^\n]*)?(?:\n|\Z))*", re.M)
_NUMBER = re.compile(r"^version:[^\n]*$", re.M)


def bare(text: str) -> list[str]:
    """The lines of a book without its version and changelog, which every step changes."""
    text = text if text.endswith("\n") else text + "\n"
    text = _NUMBER.sub("version:\0", text, count=1)
    text = _LOG.sub("changelog:\0\n", text, count=1) if _LOG.search(text) else text + "changelog:\0\n"
    return text.splitlines(True)


def dressed(lines: list[str], present: str) -> str:
    text = "".join(lines)
    log, number = _LOG.search(present), _NUMBER.search(present)
    text = text.replace("changelog:\0\n", log.group() if log else "")
    return text.replace("version:\0", number.group() if number else "version: 0.0.0")


def merge3(base: list[str], ours: list[str], theirs: list[str]) -> list[str] | None:
    """Both changes of a text in one, or None where they touch the same lines."""
    def changes(other: list[str]) -> list[tuple[int, int, list[str]]]:
        return [(a, b, other[c:d]) for tag, a, b, c, d in difflib.SequenceMatcher(None, base, other, autojunk=False).get_opcodes() if tag != "equal"]

    mine, others = changes(ours), changes(theirs)
    for a, b, new in mine:
        if any(a < d and c < b or (a == b or c == d) and a <= d and c <= b for c, d, other in others if (c, d, other) != (a, b, new)):
            return None
    out = list(base)
    for a, b, new in sorted(mine + [c for c in others if c not in mine], key=lambda c: c[0], reverse=True):
        out[a:b] = new
    return out


def cues_follow(path: Path, renamed: dict[str, str]) -> None:
    """The learned weights beside the book follow a rename."""
    beside = path.with_suffix("").with_suffix(".cues.csv")
    if not renamed or not beside.exists():
        return
    head, _, rows = decode(beside.read_bytes(), f"codebooks/{beside.name}").replace("\r\n", "\n").partition("\n")
    head = ",".join(renamed.get(code.strip('"'), code) for code in head.split(","))
    old = "|".join(map(re.escape, sorted(renamed, key=len, reverse=True)))
    rows = re.sub(rf"^(\"?(?:==?|(?:\S+ )?@))({old})(?=[:,\"])", lambda m: m[1] + renamed[m[2]], rows, flags=re.M)  # a rule's hit, any rule's hit, what is denied of the code
    write_atomic(beside, f"{head}\n{rows}")


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
