"""A codebook's YAML edited in its places: what a change does not touch stays byte for byte, comments, order and quotes included."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import yaml

from ..model import Fault, KubeError
from ..plain_yaml import Loader
from ..words import say

PLAIN = re.compile(r"[A-Za-z_][\w./ -]*\Z")
WORDS = frozenset("true false yes no on off null ya tidak y n".split())


def scalar(value: str) -> str:
    """A value as YAML: bare where that is safe, else double-quoted.

    >>> scalar("part.decision"), scalar("no"), scalar('say "x": y')
    ('part.decision', '"no"', '"say \\\\"x\\\\": y"')
    """
    bare = PLAIN.match(value) and value == value.strip() and value.casefold() not in WORDS
    return value if bare else json.dumps(value, ensure_ascii=False)


def flow(value: object) -> str:
    """A value on one line: {version: "1.0.1", who: ani}."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(k))}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else scalar(str(value))


@dataclass(frozen=True)
class Place:
    """A code's node: its mapping, the list it stands in and its number there, its parent by nesting."""

    node: yaml.MappingNode
    home: yaml.SequenceNode
    number: int
    parent: str


class Sheet:
    """The text of a codebook; every method changes `text` in one place."""

    def __init__(self, text: str, where: str):
        self.where = where
        self._set(text)

    def _set(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(m.end() for m in re.finditer("\n", text))]
        self.__dict__.pop("root", None)

    @cached_property
    def root(self) -> yaml.MappingNode:
        """The book's nodes, composed when they are looked at."""
        node = yaml.compose(self.text, Loader=Loader)
        if not isinstance(node, yaml.MappingNode):
            raise KubeError(say("Ini bukan buku kode.", "This is not a codebook."), self.where)
        return node

    def _splice(self, start: int, end: int, new: str) -> None:
        self._set(self.text[:start] + new + self.text[end:])

    # --- places -------------------------------------------------------------------------------------------------------
    def _at(self, mark) -> int:
        return self._starts[mark.line] + mark.column

    def span(self, node: yaml.Node) -> tuple[int, int]:
        """Where a node's own words begin and end (comments and empty lines behind it do not belong to it)."""
        start, end = self._at(node.start_mark), self._at(node.end_mark)
        if isinstance(node, yaml.ScalarNode):
            return start, start + len(self.text[start:end].rstrip()) if node.style in ("|", ">") else end
        if node.flow_style:
            return start, end
        parts = [n for pair in node.value for n in pair] if isinstance(node, yaml.MappingNode) else node.value
        return start, max((self.span(n)[1] for n in parts), default=start)

    def _line(self, at: int) -> tuple[int, int]:
        """The line of a place: its start and the start of the next one."""
        n = bisect_right(self._starts, at) - 1
        return self._starts[n], self._starts[n + 1] if n + 1 < len(self._starts) else len(self.text)

    @staticmethod
    def get(node: yaml.Node | None, key: str) -> tuple[yaml.Node, yaml.Node] | None:
        """A key's node and its value's."""
        if isinstance(node, yaml.MappingNode):
            return next(((k, v) for k, v in node.value if k.value == key), None)
        return None

    def places(self) -> dict[str, Place]:
        """Every code of the book, by id."""
        out: dict[str, Place] = {}

        def walk(node: yaml.Node | None, parent: str) -> None:
            if not isinstance(node, yaml.SequenceNode):
                return
            for i, item in enumerate(node.value):
                found = self.get(item, "id")
                if found:
                    out[found[1].value] = Place(item, node, i, parent)
                    children = self.get(item, "codes")
                    walk(children[1] if children else None, found[1].value)

        top = self.get(self.root, "codes")
        walk(top[1] if top else None, "")
        return out

    def _dash(self, item: yaml.Node) -> int:
        at = self.text.rfind("-", 0, self._at(item.start_mark))
        line = self._line(at)[0] if at >= 0 else 0
        if at < 0 or self.text[line:at].strip() or self.text[at + 1:self._at(item.start_mark)].strip():
            raise KubeError(Fault(say("Kode-kode di sini tertulis dalam satu baris.", "The codes here are written on one line."), f"{self.where}:{item.start_mark.line + 1}",
                                  say("Tulis tiap kode mulai di baris sendiri, dengan '- id: …'.", "Begin each code on a line of its own, with '- id: …'.")))
        return at

    def block(self, item: yaml.Node) -> tuple[int, int]:
        """The lines of a list's item, from its dash on."""
        return self._line(self._dash(item))[0], self._line(self.span(item)[1] - 1)[1]

    # --- changes ------------------------------------------------------------------------------------------------------
    def put(self, path: tuple[str, ...], value: str, code: str = "") -> None:
        """Set a value (YAML on one line) under the keys of `path`, of a code or of the book."""
        node: yaml.Node = self.places()[code].node if code else self.root
        for n, key in enumerate(path):
            found = self.get(node, key)
            if found is None:
                for outer in reversed(path[n + 1:]):
                    value = f"{{{outer}: {value}}}"
                return self._new_key(node, key, value, first=n == 0 and bool(code))
            if n == len(path) - 1 or not isinstance(found[1], yaml.MappingNode):
                for outer in reversed(path[n + 1:]):
                    value = f"{{{outer}: {value}}}"
                return self._value(found, value)
            node = found[1]
        return None

    def _value(self, found: tuple[yaml.Node, yaml.Node], value: str) -> None:
        key, old = found
        start, end = self.span(old)
        colon = self.text.index(":", self.span(key)[1]) + 1
        if not self.text[start:end].strip() or start < colon:  # a key without a value
            return self._splice(colon, colon, " " + value)
        if isinstance(old, yaml.ScalarNode) and old.style not in ("|", ">") or getattr(old, "flow_style", False):
            return self._splice(start, end, value)
        return self._splice(colon, end, " " + value)

    def _new_key(self, node: yaml.Node, key: str, value: str, *, first: bool = False) -> None:
        """A new key at the end of a mapping; of a code: right behind its id."""
        last = self.get(node, "id")[1] if first and self.get(node, "id") else node.value[-1][1]  # type: ignore[index]
        end = max(self.span(last)[1], self.span(node.value[-1][0])[1] + 1 if last is node.value[-1][1] else 0)
        if node.flow_style:
            return self._splice(end, end, f", {key}: {value}")
        at = self._line(end - 1)[1]
        mark = "" if self.text[:at].endswith("\n") else "\n"
        return self._splice(at, at, f"{mark}{' ' * node.start_mark.column}{key}: {value}\n")

    def drop(self, code: str, key: str) -> None:
        """Take a key away from a code."""
        node = self.places()[code].node
        found = self.get(node, key)
        if found is None:
            return
        start, end = self.span(found[0])[0], max(self.span(found[1])[1], self.span(found[0])[1] + 1)
        if node.flow_style:
            rest = re.compile(r"\s*,\s*").match(self.text, end)
            if rest:
                return self._splice(start, rest.end(), "")
            comma = self.text.rfind(",", 0, start)
            return self._splice(comma, end, "")
        line, after = self._line(start)[0], self._line(end - 1)[1]
        if self.text[line:start].strip():  # it stands behind the dash
            following = self.text[after:]
            return self._splice(start, after + len(following) - len(following.lstrip(" ")), "")
        return self._splice(line, after, "")

    def extend(self, path: tuple[str, ...], items: Iterable[str], code: str = "") -> None:
        """Put items (YAML on one line each) at the end of a list, which is made where it is missing."""
        items = list(items)
        if not items:
            return None
        node: yaml.Node = self.places()[code].node if code else self.root
        found = None
        for key in path:
            found = self.get(node, key)
            if found is None:
                break
            node = found[1]
        if found is None or isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null"):
            return self.put(path, "[" + ", ".join(items) + "]", code) if code or not path[-1:] == ("changelog",) else self._tail(items)
        if isinstance(node, yaml.ScalarNode):
            start, end = self.span(node)
            return self._value(found, "[" + ", ".join([self.text[start:end] if node.style not in ("|", ">") else scalar(node.value), *items]) + "]")
        start, end = self.span(node)
        if node.flow_style and not node.value and not code:
            if path == ("changelog",):
                return self._splice(self._line(start)[0], self._line(end - 1)[1], "changelog:\n" + "".join(f"  - {i}\n" for i in items))
            return self._splice(start, end, "\n" + "\n".join(f"  - {i}" for i in items))
        if node.flow_style:
            inner = self.text[start + 1:end - 1]
            comma = ", " if node.value and not inner.rstrip().endswith(",") else ""
            return self._splice(end - 1, end - 1, comma + ", ".join(items))
        self.insert(node, len(node.value), items)
        return None

    def _tail(self, items: list[str]) -> None:
        text = self.text if self.text.endswith("\n") else self.text + "\n"
        self._set(text + "changelog:\n" + "".join(f"  - {i}\n" for i in items))

    def insert(self, home: yaml.Node, number: int, items: Iterable[str]) -> None:
        """Put items into a block list before its item `number`, behind the one in front of it."""
        if not home.value:
            start, end = self.span(home)
            return self._splice(start, end, "\n" + "\n".join(f"  - {i}" for i in items))
        near = home.value[max(0, number - 1)]
        start, end = self.block(near)
        pad = " " * (self._dash(near) - self._line(self._dash(near))[0])
        lines = "".join(f"{pad}- {i}\n".replace("\0", pad) for i in items)
        at = end if number else start
        return self._splice(at, at, ("" if not at or self.text[at - 1] == "\n" else "\n") + lines)

    def cut(self, code: str) -> str:
        """Take a code (with its children) out of its list; returns its lines."""
        place = self.places()[code]
        start, end = self.block(place.node)
        lines = self.text[start:end]
        if len(place.home.value) == 1:  # the list would be empty
            if place.parent:
                self.drop(place.parent, "codes")
            else:
                key = self.get(self.root, "codes")[0]  # type: ignore[index]
                colon = self.span(key)[1]
                self._splice(start, end, "")
                self._splice(colon, colon + 1, ": []")
        else:
            self._splice(start, end, "")
        return lines

    def lift(self, code: str, parent: str) -> None:
        """Move a code that is nested in another one to the end of the book's list or of another code's children."""
        lines = self.cut(code)
        places = self.places()
        old = len(lines) - len(lines.lstrip(" "))
        home = self.get(places[parent].node, "codes") if parent else self.get(self.root, "codes")
        if home and isinstance(home[1], yaml.SequenceNode) and home[1].value:
            last = home[1].value[-1]
            at = self.block(last)[1]
            pad = self._dash(last) - self._line(self._dash(last))[0]
        elif parent:
            node = places[parent].node
            if node.flow_style:
                raise KubeError(say(f"'{parent}' tertulis dalam satu baris.", f"'{parent}' is written on one line."), self.where, say("Tulis dalam beberapa baris dahulu.", "Write it on several lines first."))
            pad = node.start_mark.column + 2
            at = self.block(node)[1]
            if not home:
                self._splice(at, at, f"{' ' * node.start_mark.column}codes:\n")
                at = self._line(at)[1]
        else:
            raise KubeError(say("Buku ini tidak punya daftar kode.", "This book has no list of codes."), self.where)
        shift = pad - old
        moved = "".join((" " * shift + line if shift > 0 else line[min(-shift, len(line) - len(line.lstrip(" "))):]) if line.strip() else line for line in lines.splitlines(True))
        self._splice(at, at, ("" if self.text[:at].endswith("\n") else "\n") + moved)

    def remove(self, path: tuple[str, ...], number: int, code: str) -> None:
        """Take one item out of a code's list."""
        node: yaml.Node = self.places()[code].node
        for key in path:
            node = self.get(node, key)[1]  # type: ignore[index]
        if isinstance(node, yaml.ScalarNode) or len(node.value) == 1:
            return self.put(path, "[]", code)
        if not node.flow_style:
            return self._splice(*self.block(node.value[number]), "")
        start, end = self.span(node.value[number])
        if number:
            return self._splice(self.span(node.value[number - 1])[1], end, "")
        return self._splice(start, self.span(node.value[1])[0], "")

    def rules(self, code: str, path: tuple[str, ...]) -> Iterator[str]:
        """The items of a code's list, each as YAML on one line."""
        node: yaml.Node = self.places()[code].node
        for key in path:
            found = self.get(node, key)
            if found is None:
                return
            node = found[1]
        if isinstance(node, yaml.ScalarNode):
            if node.value:
                yield self._one_line(node)
            return
        for item in node.value:
            yield self._one_line(item)

    def _one_line(self, node: yaml.Node) -> str:
        if isinstance(node, yaml.ScalarNode):
            raw = self.text[slice(*self.span(node))]
            quoted = node.style in ("'", '"')
            return raw if "\n" not in raw and (quoted or not re.search(r"[,\[\]{}]", raw) and not node.style) else json.dumps(node.value, ensure_ascii=False)
        if isinstance(node, yaml.SequenceNode):
            return "[" + ", ".join(map(self._one_line, node.value)) + "]"
        return "{" + ", ".join(f"{k.value}: {self._one_line(v)}" for k, v in node.value) + "}"
