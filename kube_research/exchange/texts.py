"""Where the words of a source stand in an archive: in a text file beside the project, within it, or in a Word file only."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from lxml import etree

from ..model import KubeError
from ..readers import can_read, read
from ..readers.encoding import decode
from ..readers.guard import unzip, xml
from .elements import name_of
from .project import Losses

TEXTS = {"TextSource", "TranscriptSource", "Transcript"}
BLANK = "\ufeff \t\r\n\x00"


def _paragraphs(data: bytes, where: str) -> str:
    """A Word file's paragraphs as programs count them: one line each, nothing tidied."""
    entries = unzip(data, where, want=re.compile(r"word/document\d*\.xml$"))
    lines = []
    for body in entries.values():
        root = xml(body, where)
        for p in root.iter("{*}p"):
            if etree.QName(p).namespace and "wordprocessingml" in etree.QName(p).namespace:
                signs = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
                lines.append("".join(e.text or "" if name_of(e) == "t" else signs.get(name_of(e), "") for e in p.iter() if name_of(e) in ("t", *signs) and (name_of(e) != "tab" or name_of(e.getparent()) == "r")))
    return "\n".join(lines) + "\n" if lines else ""


def composed(name: str) -> str:
    """A name as we compare it: a Mac writes its accents apart."""
    return unicodedata.normalize("NFC", name).casefold()


def _unsigned(name: str) -> str:
    """The name of an entry whose archive does not say that it is UTF-8."""
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


class Texts:
    """The entries of an archive by their names, in lower case."""

    def __init__(self, entries: Mapping[str, tuple[str, bytes]], where: str, losses: Losses):
        self.entries: dict[str, tuple[str, bytes]] = {}
        for k, v in entries.items():
            k = re.sub(r"^(\./)+", "", k.replace("\\", "/"))
            for name in (composed(k), composed(_unsigned(k))):
                self.entries.setdefault(name, v)
        self.where, self.losses = where, losses

    def find(self, path: str) -> tuple[str, bytes] | None:
        """The entry that a path means: internal://x, relative://x, sources/x, ./x or bare."""
        clean = re.sub(r"^(internal|relative|absolute|file)://+|^\./", "", path.strip(), flags=re.I).replace("\\", "/").lstrip("/")
        for said in map(composed, (clean, unquote(clean))):
            for name in (said, f"sources/{said}", f"sources/{PurePosixPath(said).name}", PurePosixPath(said).name):
                if name in self.entries:
                    return self.entries[name]
        return None

    def name(self, path: str) -> str:
        """What the entry is called that a path means: the path itself where there is none."""
        found = self.find(path) if path else None
        return found[0] if found else path

    def of(self, e: etree._Element, inline: etree._Element | None) -> str:
        """The plain text of a source or a note: of its file, else within the project, else of its Word file."""
        plain = ""
        for path in (e.get("plainTextPath"), e.get("richTextPath"), e.get("path") if name_of(e) in TEXTS else None):
            found = self.find(path) if path else None
            if found and not re.search(r"\.(docx|odt|rtf|html?)$", found[0], re.I):
                try:
                    text = decode(found[1], f"{self.where}:{found[0]}")[0]
                except KubeError:
                    self.losses.add("berkas teks yang isinya bukan teks, atau terlalu besar", "text file whose content is no text, or too big", found[0])
                    break
                plain = ("\ufeff" if found[1][:3] == b"\xef\xbb\xbf" or found[1][:2] in (b"\xff\xfe", b"\xfe\xff") else "") + text
                break
        if not plain.strip(BLANK) and inline is not None:
            plain = "".join(inline.itertext())
        rich = next((f for path in (e.get("richTextPath"), e.get("plainTextPath")) if path and (f := self.find(path)) and re.search(r"\.(docx|odt|rtf|html?)$", f[0], re.I)), None)
        if not plain.strip(BLANK) and rich:
            return self.rich(rich)
        return plain

    def rich(self, found: tuple[str, bytes]) -> str:
        """The words of a Word file, where a program wrote no plain text beside it."""
        name = PurePosixPath(found[0]).name
        if not can_read(Path(name)):
            return ""
        if name.lower().endswith(".docx"):
            try:
                text = _paragraphs(found[1], f"{self.where}:{found[0]}")
            except KubeError:
                return ""
            if text.strip(BLANK):
                self.losses.add("sumber tanpa teks polos; teksnya diambil dari berkas Word, tempat kutipan mungkin bergeser", "source without plain text; its words were taken from the Word file, places may have shifted", name)
            return text
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"source{Path(name).suffix}"
            file.write_bytes(found[1])
            try:
                text = "\n".join(s.text for s in read(file))
            except KubeError:
                return ""
        self.losses.add("sumber tanpa teks polos; teksnya diambil dari berkas Word, tempat kutipan mungkin bergeser", "source without plain text; its words were taken from the Word file, places may have shifted", name)
        return text
