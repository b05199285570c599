"""Chapters of theses: sections, citations, sentences torn by page breaks joined again.  Literature, never evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .language import language
from .source import Citation, Mapped, Remark, Source

_TOP = re.compile(r"^\W*(?:BAB|CHAPTER)\s+(?:[IVXL]+|\d{1,2})\b\W*(.*)$", re.I)
_SECTION = re.compile(r"^[#*\s]*(\d{1,2}(?:\.\d{1,2}){1,4})\.?\s+(\S.{0,150})$")
_CAPTION = re.compile(r"^(?:Gambar|Tabel|Bagan|Figure|Table)\s+\d+(?:\.\d+)*\b.{0,120}$")
_YEAR = r"(?:19|20)\d{2}[a-z]?"
_CITED = re.compile(rf"\(([^()]{{0,120}}?)\b({_YEAR})(?:\s*[:,]\s*((?:hal\.?|hlm\.?|pp?\.?)?\s*\d{{1,4}}(?:\s*[-–]\s*\d{{1,4}})?))?\s*\)")
_NAMES = re.compile(r"((?:[A-Z][\w'’.-]+)(?:(?:,?\s+(?:dan|and|&|et al\.?|dkk\.?)\s*|\s*,\s*|\s+)(?:[A-Z][\w'’.-]+|et al\.?|dkk\.?))*)\s*$")
_NOT_NAMES = frozenset("menurut oleh pada dalam sedangkan selanjutnya lebih lanjut kajian penelitian tahun berdasarkan sementara hal ketiga kedua pertama".split())


def read(name: str, text: Mapped, *, raw: str = "", dropped: Iterable[Remark] = (), repaired: Iterable[Remark] = ()) -> Source | None:
    """The Source of a chapter, or None when the text is none."""
    lines = [line.strip() for line in text.text.split("\n") if line.strip()]
    sections = sum(bool(_SECTION.match(line)) for line in lines)
    if not lines or not (_TOP.match(lines[0]) and (sections >= 1 or len(lines) > 8) or sections >= 4 and len(lines) > 20):
        return None
    fixed = list(repaired)
    body = _spelt(_joined(text, fixed), fixed)
    out: list[Mapped | str] = []
    found: list[str] = []
    chapter = ""
    at = 0
    seen_top = False
    for line in body.text.split("\n"):
        part = body.cut(at, at + len(line))
        at += len(line) + 1
        words = line.strip()
        if not seen_top and (top := _TOP.match(words)):
            out += ["# Bab: ", part, "\n"]
            chapter, seen_top = words, True
            continue
        if seen_top and words and words.upper() == words and not found and chapter.count("\n") == 0:
            chapter += "\n" + words
            out += ["# Nama bab: ", part, "\n"]
            continue
        if section := _SECTION.match(words):
            number, heading = section.group(1), section.group(2).strip(" *")
            if not re.search(r"[.;]$", heading) and len(heading.split()) <= 16:
                found.append(f"{number} {heading}")
                out += ["## ", part, "\n"]
                continue
        if re.match(r"\d{1,2}\.\s+[A-Z][^.;:?]{2,60}$", words) or _CAPTION.match(words):
            out += ["### ", part, "\n"]
            continue
        out += [part, "\n"]
    whole = Mapped.join(out)
    whole = whole.replace([(m.start(), m.end(), "\n\n") for m in re.finditer(r"\n(?:[ \t]*\n){2,}", whole.text)])
    whole = Mapped.join([whole.cut(len(whole.text) - len(whole.text.lstrip()), len(whole.text.rstrip())), "\n"])
    return Source(name=name, text=whole.text, kind="chapter", language=language(whole.text), sections=tuple(found), citations=tuple(citations(whole.text)), missing=("title", "author", "year"), meta={"chapter": " ".join(chapter.split())} if chapter else {},
                  dropped=tuple(dropped), repaired=tuple(fixed), raw=raw, map=whole)


def _joined(text: Mapped, repaired: list[Remark]) -> Mapped:
    """Paragraphs torn by a page break are one again: no full stop before, a small letter or a citation's rest behind."""
    changes = []
    for m in re.finditer(r"(?<=[\w,])[ \t]*\n[ \t]*\n(?=[a-z(])(?![a-z][.)]\s)", text.text):
        start = text.text.rfind("\n", 0, m.start()) + 1
        line = text.text[start:m.start()]
        if _SECTION.match(line) or _TOP.match(line) or len(line) < 60:
            continue
        changes.append((m.start(), m.end(), " "))
    for m in re.finditer(r"(?<=\bdari)[ \t]*\n[ \t]*\n(?=[A-Z])|(?<=\bdan)[ \t]*\n[ \t]*\n(?=[A-Z])|(?<=\boleh)[ \t]*\n[ \t]*\n(?=[A-Z])|(?<=\bdi)[ \t]*\n[ \t]*\n(?=[A-Z])", text.text):
        changes.append((m.start(), m.end(), " "))
    if changes:
        repaired.append(Remark(f"{len(changes)} kalimat yang terputus oleh pergantian halaman disambung.", f"{len(changes)} sentences torn by a page break were joined."))
    return text.replace(sorted(set(changes)))


def _spelt(text: Mapped, repaired: list[Remark]) -> Mapped:
    """Put back what line ends took away: the hyphen of doubled words, the space behind a full stop."""
    hyphens = [(m.end(2), m.end(2), "-") for m in re.finditer(r"\b(se|ber)?([a-z]{4,})(?=\2(?:nya|an)?\b)", text.text)]
    if hyphens:
        repaired.append(Remark(f"{len(hyphens)} tanda hubung kata ulang dipulihkan.", f"{len(hyphens)} hyphens of doubled words were restored."))
    spaces = [(m.end(), m.end(), " ") for m in re.finditer(r"(?<=[a-z]{2})\.(?=[A-Z][a-z]{2})", text.text)]
    if spaces:
        repaired.append(Remark(f"{len(spaces)} spasi setelah titik dipulihkan.", f"{len(spaces)} spaces behind full stops were restored."))
    out: list[Mapped | str] = []
    at = 0
    for a, _, new in sorted([*hyphens, *spaces]):
        out += [text.cut(at, a), new]
        at = a
    return Mapped.join([*out, text.cut(at, len(text.text))])


def citations(text: str) -> list[Citation]:
    """The citations in a text, in their order.

    >>> [str(c) for c in citations("Menurut Hermawati (2006:24) dan yang lain (dalam Wulandari, 2017: 60).")]
    ['Hermawati 2006: 24', 'Wulandari 2017: 60']
    """
    out = []
    for m in _CITED.finditer(text):
        inside = re.sub(r"^\s*(?:lihat|dalam|see|in|cf\.)\s+", "", m.group(1)).strip(" ,")
        names = inside
        if not re.search(r"[A-Za-z]", inside):
            before = _NAMES.search(text[max(0, m.start() - 90):m.start()])
            words = before.group(1).split() if before else []
            while words and words[0].casefold().strip(",.") in _NOT_NAMES:
                words = words[1:]
            names = " ".join(words)
        out.append(Citation(names, m.group(2), re.sub(r"\s+", "", m.group(3) or ""), m.start(), m.end()))
    return out
