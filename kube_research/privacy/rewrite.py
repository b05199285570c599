"""The study with its names replaced: texts, earlier texts, tables, journals and memos in one step, every offset carried over exactly.

What is replaced is known to the character, so nothing has to be found again: a coding's place is computed, in every event of its journal and in
every version of its text.  Nothing here writes; `plan` gives path → (old bytes, new bytes).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from .. import synced
from ..journal import unseal
from ..journal import seal as seal_line
from ..study import Study
from ..text import context, decode, digest, normalise
from .table import Replacer, Shift

_PLACE = re.compile(r"^(?P<d>[^:]+):(?P<a>\d+)-(?P<b>\d+):(?P<rest>.*)$")
_WORDS = ("note", "text", "quote", "before", "after", "summary")
_LEAVE = {"documents.csv": ("document", "kind", "case", "language", "date", "sha256", "consent"), "speakers.csv": ("document", "role", "consent"), "cases.csv": ("case", "outcome"), "checked.csv": ("document", "time"), "methods.csv": ("item",)}


class Texts:
    """Every version of every text of a study with its replacements: by digest, and the present one by document."""

    def __init__(self, study: Study, replacer: Replacer, only: Collection[str] | None = None, former: Iterable[tuple[str, str]] = ()):
        self.only = only
        self.by_digest: dict[str, Shift] = {}
        self.old: dict[str, str] = {}
        self.present: dict[str, str] = {}
        self.versions: dict[str, list[str]] = {}
        self.digests: dict[str, str] = {}
        self.paths: dict[str, str] = {}  # path → digest
        for path, document in text_files(study):
            if only is not None and document not in only:
                continue
            text = normalise(decode(path.read_bytes(), path.name))
            sha = digest(text)
            if sha not in self.by_digest:
                self.by_digest[sha] = Shift(text, replacer.spans(text))
                self.old[sha] = text
            self.digests[sha] = digest(self.by_digest[sha].text)
            self.paths[path.relative_to(study.root).as_posix()] = sha
            if path.parent.parent.name == "versions":
                self.versions.setdefault(document, []).append(sha)
            else:
                self.present[document] = sha
                self.versions.setdefault(document, []).insert(0, sha)
        for document, text in former:  # texts that only the key knows: a branch begun before an earlier step may bring codings of them
            sha = digest(text)
            if document in self.present and sha not in self.by_digest:
                self.by_digest[sha] = Shift(text, replacer.spans(text))
                self.old[sha], self.digests[sha] = text, digest(self.by_digest[sha].text)
                self.versions.setdefault(document, []).append(sha)
        self.short = {a[:12]: b[:12] for a, b in self.digests.items()}

    def where(self, document: str, event: Mapping[str, object]) -> str:
        """The digest of the text that an event's place lies in: where its words stand, with those around them if they are known; "" if nowhere."""
        start, end, quote = int(event["start"]), int(event["end"]), event.get("quote")  # type: ignore[call-overload]
        known = self.versions.get(document, [])
        said = str(event.get("new", ""))
        order = [s for s in (said, *known) if s in self.old]
        if quote is None:
            return order[0] if order and end <= len(self.old[order[0]]) else ""
        before, after = str(event.get("before", "")), str(event.get("after", ""))
        for whole in (True, False):
            for sha in order:
                text = self.old[sha]
                if text[start:end] == quote and (not whole or text[:start].endswith(before) and text.startswith(after, end)):
                    return sha
        return ""


def text_files(study: Study) -> Iterator[tuple[Path, str]]:
    """Every text of a participant: (file, document), the earlier versions too.  Literature (corpus/abstracts) names its authors and is left."""
    mine = sorted((study.root / "corpus" / "transcripts").glob("*.txt"))
    for path in mine:
        yield path, path.stem
    names = {p.stem for p in mine}
    for path in sorted((study.root / "corpus" / "versions").glob("*/*.txt")):
        if path.parent.name in names:
            yield path, path.parent.name


def plan(study: Study, replacer: Replacer, only: Collection[str] | None = None, former: Iterable[tuple[str, str]] = ()) -> dict[str, tuple[bytes, bytes | None]]:
    """What must be written: path in the study → (bytes now, bytes then; None: the file gives way to one of another name).

    former: (document, text) as texts were before earlier steps; codings that a merged branch brings from them are moved too.
    only: these documents, with their rows and journals; what belongs to no document (cases, chapters, memos) is planned all the same.
    """
    out: dict[str, tuple[bytes, bytes | None]] = {}
    texts = Texts(study, replacer, only, former)
    corpus = study.root / "corpus"

    def put(path: Path, new: bytes) -> None:
        old = path.read_bytes() if path.exists() else b""
        if old != new:
            out[path.relative_to(study.root).as_posix()] = (old, new)

    for name, sha in texts.paths.items():
        path, shift = study.root / name, texts.by_digest[sha]
        if not shift.marks:
            continue
        new = shift.text.encode("utf-8", "surrogatepass")
        if path.parent.parent.name == "versions":
            out[name] = (path.read_bytes(), None)
            put(path.with_name(f"{texts.digests[sha][:12]}.txt"), new)
        else:
            put(path, new)
    for name in _LEAVE:
        path = corpus / name
        if path.exists():
            put(path, _table(path, texts, replacer, _LEAVE[name], ("label", "speaker") if name == "speakers.csv" else ()))
    log = corpus / "versions" / "log.csv"
    if log.exists():
        put(log, _table(log, texts, replacer, ("document", "time", "old", "new"), ()))
    for path in sorted((corpus / "summaries").glob("*.csv")):
        put(path, _table(path, texts, replacer, ("row", "column"), ()))
    for path in sorted((study.root / "chapters").glob("**/*.md")):  # what the write-up says and quotes goes along
        put(path, _words(path.read_bytes(), replacer))
    for path in sorted((corpus / "codings").glob("*/*")):
        if path.suffix in (".jsonl", ".torn") and (only is None or {path.stem, synced.owner(path)} & set(only)):
            put(path, _journal(path, texts, replacer))
    for path in sorted([*(corpus / "memos").glob("**/*.jsonl"), *(corpus / "reviews").glob("**/*.jsonl")]):
        put(path, _journal(path, texts, replacer))
    for path in sorted((corpus / "imported").glob("*")) if replacer.words or replacer.literal else ():
        if path.suffix in (".txt", ".md"):
            put(path, _words(path.read_bytes(), replacer))
        elif not replacer.reverse and path.is_file():  # another program's project as it came: into the key, whole
            out[path.relative_to(study.root).as_posix()] = (path.read_bytes(), None)
    return out


def _words(raw: bytes, replacer: Replacer) -> bytes:
    """A text file's bytes with its words replaced, its BOM and line ends kept; as they were where it is not UTF-8."""
    if not _readable(raw):
        return raw
    return replacer.replace(raw.decode("utf-8", "surrogatepass")).encode("utf-8", "surrogatepass")


def _table(path: Path, texts: Texts, replacer: Replacer, leave: tuple[str, ...], names: tuple[str, ...]) -> bytes:
    """A CSV file with its words replaced, its dialect kept; bytes as they were where nothing changed."""
    raw = path.read_bytes()
    text = decode(raw, path.name)
    bom = "\ufeff" if raw.startswith(b"\xef\xbb\xbf") else ""
    body = text.lstrip("\ufeff")
    head = ""
    if body.startswith("sep="):
        head, _, body = body.partition("\n")
        head += "\n"
    delimiter = max(",;\t", key=body.lstrip("\n").partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=delimiter))
    if not rows:
        return raw
    columns = [c.strip() for c in rows[0]]
    changed, home = False, columns.index("document") if "document" in columns else None
    for row in rows[1:]:
        if texts.only is not None and home is not None and (row[home] if home < len(row) else "") not in texts.only:
            continue
        for i, value in enumerate(row):
            column = columns[i] if i < len(columns) else ""
            new = texts.digests.get(value, value) if column in ("sha256", "old", "new") else value if column in leave else replacer.replace(value, label=column in names)
            changed = changed or new != value
            row[i] = new
    if not changed:
        return raw
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n" if "\r\n" in body else "\n").writerows(rows)
    return (bom + head + out.getvalue()).encode("utf-8")


def _journal(path: Path, texts: Texts, replacer: Replacer) -> bytes:
    """A journal with every event on the new texts; a damaged line has its words replaced and stays damaged."""
    raw, stem = path.read_bytes(), synced.owner(path)  # a conflict copy is about its journal's document
    out, places = [], {}
    for line in raw.split(b"\n"):
        text = line.decode("utf-8", "surrogatepass") if _readable(line) else None
        event = unseal(text.rstrip("\r")) if text else None
        if event is None:
            out.append(line if text is None else replacer.replace(text).encode("utf-8", "surrogatepass"))
            continue
        new = _event(stem, event, texts, replacer, places)
        out.append(line if new == event else seal_line(new).encode("utf-8", "surrogatepass"))
    return b"\n".join(out)


def _readable(line: bytes) -> bool:
    try:
        line.decode("utf-8", "surrogatepass")
        return True
    except UnicodeDecodeError:
        return False


def _event(stem: str, event: dict[str, object], texts: Texts, replacer: Replacer, places: dict[str, str]) -> dict[str, object]:
    new = dict(event)
    document = str(event.get("document") or stem)
    for key in _WORDS:
        if isinstance(new.get(key), str):
            new[key] = replacer.replace(str(new[key]))
    if isinstance(event.get("target"), dict):  # a review's thread keeps the words that it speaks of
        new["target"] = _deep(event["target"], replacer)
    if isinstance(event.get("start"), int) and isinstance(event.get("end"), int):
        sha = texts.where(document, event)
        if sha:
            shift = texts.by_digest[sha]
            a, b = shift.span(int(event["start"]), int(event["end"]))  # type: ignore[call-overload]
            new["start"], new["end"] = a, b
            if "quote" in event:
                new["quote"] = shift.text[a:b]
                before, after = context(shift.text, a, b)
                new |= {k: v for k, v in (("before", before), ("after", after)) if k in event}
            if "coding" in event:
                places[str(event["coding"])] = sha
    if isinstance(event.get("candidates"), list) and str(event.get("new", "")) in texts.by_digest:
        shift = texts.by_digest[str(event["new"])]
        new["candidates"] = [[*shift.span(int(c[0]), int(c[1])), *c[2:]] for c in event["candidates"]]  # type: ignore[attr-defined]
    for key in ("old", "new"):
        if isinstance(event.get(key), str):
            new[key] = texts.digests.get(str(event[key]), event[key])
    if isinstance(event.get("why"), str):
        new["why"] = re.sub(r"[0-9a-f]{12}", lambda m: texts.short.get(m.group(), m.group()), replacer.replace(str(event["why"])))
    for key in ("suggestion", "about"):  # a rule's coding is called by its place
        m = _PLACE.match(str(event.get(key, "")))
        if m and m["d"] in texts.present:
            a, b = texts.by_digest[texts.present[m["d"]]].span(int(m["a"]), int(m["b"]))
            new[key] = f"{m['d']}:{a}-{b}:{m['rest']}"
    return new


def _deep(value: object, replacer: Replacer) -> object:
    """The words inside a record replaced; its keys and ids stay."""
    if isinstance(value, dict):
        return {k: _deep(v, replacer) if k not in ("kind", "key", "document", "code", "coder", "case", "row", "column") else v for k, v in value.items()}
    if isinstance(value, list):
        return [_deep(v, replacer) for v in value]
    return replacer.replace(value) if isinstance(value, str) else value


__all__ = ["Texts", "plan", "text_files"]
