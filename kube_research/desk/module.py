"""The desk's browser side as one ES module: the files of `js/`, each after those that it imports, without their import lines."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "js"
_IMPORT = re.compile(r'^import \{ [^}]+ \} from "\./(\w+\.js)";\n+', re.MULTILINE)


def module(folder: Path = FOLDER, entry: str = "desk.js") -> str:
    """What the widget gives to the browser.  Every file is an ES module of its own, too, so that editors and Node read it as it stands.

    The names of all files share one scope here: no two files may export the same one (the browser would refuse the module).
    """
    seen: set[str] = set()
    parts: list[str] = []

    def add(name: str) -> None:
        if name not in seen:
            seen.add(name)
            text = (folder / name).read_text(encoding="utf-8")
            for other in _IMPORT.findall(text):
                add(other)
            parts.append(_IMPORT.sub("", text))

    add(entry)
    return "\n".join(parts)
