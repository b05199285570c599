"""What all readers of exchange files share: a file's bytes, GUIDs, colours, an element's children by their names."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from ..model import KubeError
from ..readers import guard
from ..words import say


def load(path: Path) -> bytes:
    """A file's bytes, size checked."""
    try:
        size = path.stat().st_size
        if size > guard.MAX_FILE:
            raise KubeError(say(f"Berkas ini {size // 1_000_000} MB; batasnya {guard.MAX_FILE // 1_000_000} MB.", f"This file has {size // 1_000_000} MB; the limit is {guard.MAX_FILE // 1_000_000} MB."), path.name)
        return path.read_bytes()
    except OSError as e:
        raise KubeError(say(f"Berkas ini tidak dapat dibuka: {e.strerror or e}.", f"This file cannot be opened: {e.strerror or e}."), path.name, say("Periksa nama dan foldernya.", "Check its name and folder.")) from None


class Names(dict[object, str]):
    """An element's tag → its name without namespace, worked out once for each."""

    def __missing__(self, said: object) -> str:
        self[said] = name = said[said.rfind("}") + 1:] if isinstance(said, str) else ""
        return name


class Bares(dict["str | None", str]):
    """A GUID that many things point to → as we compare it."""

    def __missing__(self, said: str | None) -> str:
        self[said] = plain = bare(said)
        return plain


def name_of(e: etree._Element) -> str:
    name = e.tag
    return name[name.rfind("}") + 1:] if isinstance(name, str) else ""


def kids(e: etree._Element | None, *names: str) -> list[etree._Element]:
    if e is None or not len(e):
        return []
    return [k for k in e if isinstance(t := k.tag, str) and t[t.rfind("}") + 1:] in names]


def kid(e: etree._Element | None, name: str) -> etree._Element | None:
    found = kids(e, name)
    return found[0] if found else None


def inside(e: etree._Element | None, box: str, *names: str) -> list[etree._Element]:
    """What stands in all boxes of this name; one of several is no less than the first."""
    return [k for b in kids(e, box) for k in (kids(b, *names) if names else (k for k in b if name_of(k)))]


def words_of(e: etree._Element | None, name: str) -> str:
    k = kid(e, name)
    return "".join(k.itertext()) if k is not None else ""


def lines_of(text: str) -> str:
    """A file's text without its mark, lines ended as we end them."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def whole(said: str | None) -> int | None:
    """A place as a program writes it, or None."""
    return int(said) if said and re.fullmatch(r"\s*\d{1,15}\s*", said) else None


def bare(guid: str | None) -> str:
    """A GUID as we compare them: no braces, lower case."""
    return (guid or "").strip().strip("{}").lower()


def color(said: str) -> str:
    """A colour as #rrggbb: #RGB, #AARRGGBB, #00GGBBFF as #RRGGBBAA (nothing is wholly transparent), "255,0,0", rgb(…) and bare hexadecimals are understood; "" for what is none.

    >>> color("#F00"), color("rgb(255, 0, 0)"), color("ff0000"), color("#80FF0000"), color("#00AA00FF"), color("#800000FF"), color("merah")
    ('#ff0000', '#ff0000', '#ff0000', '#ff0000', '#00aa00', '#0000ff', '')
    """
    said = said.strip().lower()
    if m := re.fullmatch(r"#?(00[0-9a-f]{4})ff", said) or re.fullmatch(r"#?(?:[0-9a-f]{2})?([0-9a-f]{6})", said):
        return f"#{m.group(1)}"
    if m := re.fullmatch(r"#?([0-9a-f])([0-9a-f])([0-9a-f])", said):
        return "#" + "".join(2 * x for x in m.groups())
    if (m := re.fullmatch(r"(?:rgba?\()?\s*(\d{1,3})\s*[,; ]\s*(\d{1,3})\s*[,; ]\s*(\d{1,3})\s*(?:[,; ].*)?\)?", said)) and all(int(x) < 256 for x in m.groups()):
        return "#" + "".join(f"{int(x):02x}" for x in m.groups())
    return ""
