"""Readers: source files → Sources, one file a format; the registry is what commands, documents and messages are made from.

>>> can_read(Path("wawancara.docx")), can_read(Path("foto.pages"))
(True, False)
"""

from __future__ import annotations

import importlib
from dataclasses import replace
from pathlib import Path

from ..model import Fault, KubeError
from ..words import say
from .guard import MAX_FILE
from .source import Guess, Mapped, Remark, Source

__all__ = ["REGISTRY", "Guess", "Mapped", "Remark", "Source", "can_read", "extensions", "files_in", "read"]

# extension → (module, Indonesian, English)
REGISTRY: dict[str, tuple[str, str, str]] = {
    ".txt": ("plain", "teks", "plain text"), ".md": ("plain", "Markdown", "Markdown"), ".markdown": ("plain", "Markdown", "Markdown"), ".text": ("plain", "teks", "plain text"),
    ".html": ("html", "halaman HTML", "HTML page"), ".htm": ("html", "halaman HTML", "HTML page"),
    ".docx": ("docx", "Word", "Word"), ".odt": ("odt", "LibreOffice", "LibreOffice"), ".rtf": ("rtf", "RTF", "RTF"), ".pdf": ("pdf", "PDF", "PDF"),
    ".vtt": ("subtitles", "teks film WebVTT", "WebVTT subtitles"), ".srt": ("subtitles", "teks film SRT", "SRT subtitles"), ".json": ("speech_json", "transkrip mesin (Whisper)", "machine transcript (Whisper)"), ".otr": ("speech_json", "oTranscribe", "oTranscribe"), ".eaf": ("elan", "ELAN", "ELAN"),
    ".csv": ("tables", "tabel CSV", "CSV table"), ".tsv": ("tables", "tabel TSV", "TSV table"), ".xlsx": ("tables", "tabel Excel", "Excel table"),
    ".ris": ("bibliography", "catatan pustaka RIS", "RIS records"), ".bib": ("bibliography", "catatan pustaka BibTeX", "BibTeX records"), ".xml": ("bibliography", "catatan pustaka Dublin Core", "Dublin Core records"),
}


def extensions() -> str:
    """The readable extensions in a row, for messages."""
    return " ".join(REGISTRY)


def can_read(path: Path) -> bool:
    return path.suffix.lower() in REGISTRY


def files_in(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files of a folder (and below) that can be read, and those that cannot."""
    found = sorted(p for p in folder.rglob("*") if p.is_file() and not any(part.startswith((".", "~$")) for part in p.relative_to(folder).parts))
    return [p for p in found if can_read(p)], [p for p in found if not can_read(p)]


def read(path: Path | str) -> list[Source]:
    """Read one source file: a Source for every document in it."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in REGISTRY:
        raise KubeError(say(f"Tidak dapat membaca {suffix or path.name}; yang dapat dibaca: {extensions()}.", f"Cannot read {suffix or path.name}; can read {extensions()}."), path.name,
                        say("Simpan dari program asalnya dalam salah satu format itu (.docx paling lengkap).", "Save it from its program in one of these formats (.docx keeps most)."))
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            raise KubeError(say(f"Berkas ini {size // 1_000_000} MB; batasnya {MAX_FILE // 1_000_000} MB.", f"This file has {size // 1_000_000} MB; the limit is {MAX_FILE // 1_000_000} MB."), path.name, say("Bagi menjadi beberapa berkas.", "Split it into several files."))
        data = path.read_bytes()
    except OSError as e:
        raise KubeError(say(f"Berkas ini tidak dapat dibuka: {e.strerror or e}.", f"This file cannot be opened: {e.strerror or e}."), str(path), say("Periksa nama dan foldernya.", "Check its name and folder.")) from None
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise KubeError(say("Berkas ini kosong.", "This file is empty."), path.name, say("Periksa apakah penyimpanannya selesai.", "Check whether it was saved completely."))
    module = importlib.import_module(f".{REGISTRY[suffix][0]}", __name__)
    found: list[Source] = [replace(s, name=s.name or path.stem) for s in module.read(path, data)]
    if not found or not any(s.text.strip() for s in found):
        raise KubeError(Fault(say("Tidak ada kata-kata di dalam berkas ini.", "There are no words in this file."), path.name, say("Kalau ini hasil pindai, jalankan pengenalan huruf (OCR) dulu.", "If it is a scan, run character recognition (OCR) first.")))
    return found
