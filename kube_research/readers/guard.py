"""The guard before every archive and XML: entries, total and ratio are counted while inflating; nothing unsafe goes on."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from lxml import etree

from ..model import KubeError
from ..words import say

MAX_ENTRIES, MAX_TOTAL, MAX_RATIO, MAX_FILE = 5000, 300_000_000, 200, 250_000_000
RATIO_FROM = 10_000_000  # small files may be packed tightly
_CHUNK = 1 << 18


def _bad(where: str, indonesian: str, english: str) -> KubeError:
    return KubeError(say(indonesian, english), where, say("Buka di program asalnya dan simpan ulang; berkas dari orang asing sebaiknya tidak dibuka.", "Open it in its own program and save it again; better not open files from strangers."))


def unzip(data: bytes, where: str, *, want: re.Pattern[str] | None = None, total: int = MAX_TOTAL) -> dict[str, bytes]:
    """The entries of a zip archive (those whose name `want` matches), or an error that names the file and the entry."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError, EOFError, KeyError, IndexError) as e:
        if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
            raise KubeError(say("Berkas ini dikunci kata sandi atau dalam format Word lama.", "This file is locked by a password or in Word's old format."), where,
                            say("Hapus kata sandinya, atau simpan sebagai .docx.", "Remove the password, or save it as .docx.")) from None
        raise _bad(where, f"Arsip zip di dalam berkas ini rusak atau terpotong ({e}).", f"The zip archive in this file is damaged or cut off ({e}).") from None
    if len(infos) > MAX_ENTRIES:
        raise _bad(where, f"Arsip ini berisi {len(infos)} berkas; batasnya {MAX_ENTRIES}.", f"This archive holds {len(infos)} entries; the limit is {MAX_ENTRIES}.")
    seen: set[str] = set()
    out: dict[str, bytes] = {}
    used = 0
    for info in infos:
        name = info.filename
        if unsafe(name):
            raise _bad(where, f"Nama '{name[:80]}' di dalam arsip menunjuk ke luar arsip.", f"The name '{name[:80]}' in the archive leads outside of it.")
        if name.casefold() in seen:
            raise _bad(where, f"Nama '{name[:80]}' ada dua kali di dalam arsip.", f"The name '{name[:80]}' stands twice in the archive.")
        seen.add(name.casefold())
        if info.flag_bits & 1:
            raise KubeError(say("Berkas ini dikunci kata sandi.", "This file is locked by a password."), f"{where}:{name}", say("Hapus kata sandinya di program asalnya.", "Remove the password in its own program."))
        if info.is_dir() or want is not None and not want.search(name):
            continue
        parts = []
        size = 0
        try:
            with archive.open(info) as f:
                while chunk := f.read(_CHUNK):
                    size += len(chunk)
                    used += len(chunk)
                    if used > total or size > RATIO_FROM and size > MAX_RATIO * max(1, info.compress_size):
                        raise _bad(f"{where}:{name}", "Arsip ini mengembang di luar batas (bom zip).", "This archive inflates beyond all bounds (a zip bomb).")
                    parts.append(chunk)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as e:
            raise _bad(f"{where}:{name}", f"Bagian ini rusak ({e}).", f"This part is damaged ({e}).") from None
        out[name] = b"".join(parts)
    return out


def unsafe(name: str) -> bool:
    """Whether an entry's name leads out of the archive."""
    return bool(not name or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name) or ".." in re.split(r"[/\\]", name) or "\x00" in name)


def xml(data: bytes, where: str) -> etree._Element:
    """Parse XML with entities off; a DOCTYPE is refused."""
    no_doctype(data, where)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise _bad(where, f"XML ini rusak: {e}", f"This XML is damaged: {e}") from None


def no_doctype(data: bytes, where: str) -> None:
    """Refuse XML with a DOCTYPE, in any encoding."""
    probe = data
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        probe = data.replace(b"\x00", b"")
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", probe, re.I):
        raise _bad(where, "XML ini memuat DOCTYPE, yang tidak diterima.", "This XML holds a DOCTYPE, which is refused.")
