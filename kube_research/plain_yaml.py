"""Plain values out of YAML: no aliases, no tags, no duplicate keys, size and depth capped, every scalar text, every fault with its line."""

from __future__ import annotations

import yaml

from .model import Fault, KubeError
from .words import say

MAX_BYTES, MAX_DEPTH = 4_000_000, 30
PLAIN_TAGS = {"!", *(f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null", "seq", "map", "timestamp"))}


class Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """Every scalar is text: what YAML would take it for is never asked (a third of the time of composing)."""

    def resolve(self, kind: type, value: object, implicit: object) -> str:
        return "tag:yaml.org,2002:str" if kind is yaml.ScalarNode else "tag:yaml.org,2002:seq" if kind is yaml.SequenceNode else "tag:yaml.org,2002:map"


class Reader:
    """Plain values out of YAML's events, in one pass and with line numbers; every scalar is text."""

    def __init__(self, where: str):
        self.where, self.faults, self.lines = where, [], {}

    def read(self, text: str) -> object:
        self.events = yaml.parse(text, Loader=Loader)
        next(self.events)  # the stream begins
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        out = self._value(next(self.events), (), 0)
        next(self.events)  # the document ends
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise yaml.composer.ComposerError(None, None, "but found another document", event.start_mark)
        return out

    def _value(self, event: yaml.Event, path: tuple[object, ...], depth: int) -> object:
        line = self.lines[path] = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise KubeError(say("Alias dan jangkar YAML (& dan *) tidak diterima.", "YAML aliases and anchors (& and *) are not accepted."), f"{self.where}:{line}", say("Tulis isinya dua kali.", "Write the content out twice."))
        if event.tag and str(event.tag) not in PLAIN_TAGS:
            raise KubeError(say(f"Tag YAML {event.tag} tidak diterima.", f"The YAML tag {event.tag} is not accepted."), f"{self.where}:{line}", say("Hapus tag itu.", "Delete the tag."))
        if depth == MAX_DEPTH + 1:
            self.fault(say(f"Bersarang lebih dari {MAX_DEPTH} tingkat.", f"Nested more than {MAX_DEPTH} levels deep."), path)
        if isinstance(event, yaml.ScalarEvent):
            return None if not event.style and event.value in ("", "~", "null") else event.value
        if depth > MAX_DEPTH:
            return self._skip()
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[object] = []
            while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
                items.append(self._value(event, (*path, len(items)), depth + 1))
            return items
        out: dict[str, object] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._value(event, (*path, "?"), depth + 1)
            name = event.value if isinstance(event, yaml.ScalarEvent) else str(key)
            if name in out:
                self.fault(say(f"Kunci '{name}' ditulis dua kali.", f"The key '{name}' stands twice."), (*path, name), say("Gabungkan atau hapus salah satu.", "Join them or delete one."), event.start_mark.line + 1)
            out[name] = self._value(next(self.events), (*path, name), depth + 1)
        return out

    def _skip(self) -> None:
        """Pass over a list or mapping that was opened."""
        inside = 1
        while inside:
            event = next(self.events)
            inside += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)

    def fault(self, what: str, path: tuple[object, ...], remedy: str = "", line: int = 0) -> None:
        at = path
        while not line and at and at not in self.lines:
            at = at[:-1]
        self.faults.append(Fault(what, f"{self.where}:{line or self.lines.get(at, 1)}", remedy))


def read_yaml(text: str, where: str) -> tuple[object, Reader]:
    """Parse YAML into text, lists and dicts: no aliases, no tags, no duplicate keys, size capped; faults carry line numbers."""
    reader = Reader(where)
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise KubeError(say("Berkas lebih besar dari 4 MB.", "The file is larger than 4 MB."), where)
    try:
        return reader.read(text), reader
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None) or getattr(e, "context_mark", None)
        line = mark.line + 1 if mark else 1
        raise KubeError(say("YAML tidak dapat dibaca: ", "The YAML cannot be read: ") + str(getattr(e, "problem", None) or e).split("\n")[0], f"{where}:{line}",
                        say("Periksa tanda titik dua, tanda hubung dan spasi di awal baris.", "Look at the colons, hyphens and the spaces at line starts.")) from None
