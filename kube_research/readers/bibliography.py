"""Bibliographic files: RIS, BibTeX, Dublin Core XML → one record each."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from ..model import KubeError
from ..words import say
from . import guard, record
from .encoding import decode, tidy
from .language import language
from .source import Mapped, Source

_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
_RIS = re.compile(r"^([A-Z][A-Z0-9])  ?-\s?(.*)$")
_ACCENTS = {"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "=": "\u0304", "c": "\u0327"}
Record = dict[str, list[str]]


def read(path: Path, data: bytes) -> list[Source]:
    """Read a .ris, .bib or .xml file of records."""
    suffix = path.suffix.lower()
    if suffix == ".xml":
        found, raw = _dublin_core(data, path.name), data.decode("utf-8", "replace")
    else:
        raw, _, _ = decode(data, path.name)
        text = tidy(raw)[0].text
        found = ris(text) if suffix == ".ris" else bibtex(text)
    if not found:
        raise KubeError(say("Tidak ada catatan pustaka di berkas ini.", "There are no bibliographic records in this file."), path.name, say("Periksa akhiran namanya, atau ekspor ulang.", "Check its extension, or export it again."))
    return [_source(path.stem if len(found) == 1 else f"{path.stem}-{n}", r, raw) for n, r in enumerate(found, 1)]


def _source(name: str, r: Record, raw: str) -> Source:
    one = lambda *keys: next((r[k][0] for k in keys if r.get(k)), "")  # noqa: E731
    keywords: dict[str, tuple[str, ...]] = {}
    words = [w for k in ("keywords",) for v in r.get(k, []) for w in record.split_keywords(v)]
    if words:
        keywords[language(" ".join(words))] = tuple(dict.fromkeys(words))
    parts: list[list[Mapped]] = []
    tongue = ""
    for value in r.get("abstract", []):
        for paragraph in re.split(r"\n+|(?=\bABSTRACT\b)|(?<=\.)\s+(?=(?:Abstract|Abstrak)\b[:. ])", value):
            paragraph = re.sub(r"^\W*(?:abstra[ck]t?|abstraksi|intisari)\b\s*[:.–—-]?\s*", "", paragraph.strip(), flags=re.I)
            if len(paragraph) < 2:
                continue
            if m := re.match(r"(?:kata kunci|keywords?)\s*:\s*(.+)", paragraph, re.I):
                keywords.setdefault("en" if paragraph.lower().startswith("key") else "id", record.split_keywords(m.group(1)))
                continue
            if not parts or language(paragraph) != tongue:
                parts.append([])
                tongue = language(paragraph)
            parts[-1].append(Mapped(paragraph, ((0, 0, 0, False),)))
    year = next((m.group() for k in ("year", "date") for v in r.get(k, []) if (m := _YEAR.search(v))), "")
    url = one("url") or (f"https://doi.org/{one('doi')}" if one("doi") else "")
    meta = {"url": url, "publisher": one("publisher", "school", "institution"), "series": one("journal"), "issn": one("issn"), "record": one("id")}
    return record.build(name, title=one("title"), author="; ".join(r.get("author", [])), year=year, parts=parts, keywords=keywords, meta=meta, raw=raw, dropped=[], repaired=[])


_TAGS = {"TI": "title", "T1": "title", "AU": "author", "A1": "author", "PY": "year", "Y1": "year", "DA": "date", "AB": "abstract", "N2": "abstract", "KW": "keywords", "UR": "url", "L2": "url", "PB": "publisher", "SN": "issn",
         "JO": "journal", "T2": "journal", "JF": "journal", "DO": "doi", "ID": "id", "CT": "title", "BT": "title"}


def ris(text: str) -> list[Record]:
    """The records of a RIS file."""
    out: list[Record] = []
    now: Record = defaultdict(list)
    last = ""
    for line in text.split("\n"):
        m = _RIS.match(line.strip("\ufeff \r"))
        if not m:
            if last and line.strip() and now[last]:
                now[last][-1] += "\n" + line.strip()
            continue
        tag, value = m.group(1), m.group(2).strip()
        if tag == "ER":
            if any(now.values()):
                out.append(dict(now))
            now, last = defaultdict(list), ""
            continue
        last = _TAGS.get(tag, "")
        if last and value:
            now[last].append(value)
        elif not value:
            last = ""
    if any(v for k, v in now.items() if k != "id"):
        out.append(dict(now))
    return out


def bibtex(text: str) -> list[Record]:
    """The records of a BibTeX file."""
    out = []
    for m in re.finditer(r"@(\w+)\s*[{(]\s*([^,\s{}]*)\s*,", text):
        if m.group(1).lower() in ("comment", "string", "preamble"):
            continue
        r: Record = defaultdict(list)
        if m.group(2):
            r["id"].append(m.group(2))
        at = m.end()
        while field := re.compile(r"\s*,?\s*([\w-]+)\s*=\s*").match(text, at):
            value, at = _value(text, field.end())
            name = {"keyword": "keywords", "institution": "institution", "booktitle": "journal"}.get(field.group(1).lower(), field.group(1).lower())
            value = _latex(value)
            if not value:
                continue
            r[name] += re.split(r"\s+and\s+", value) if name == "author" else [value]
        out.append(dict(r))
    return out


def _value(text: str, at: int) -> tuple[str, int]:
    """A braced, quoted or bare value, and where it ends."""
    if at >= len(text):
        return "", at
    if text[at] == "{":
        depth = 0
        for i in range(at, len(text)):
            if text[i] == "{" and text[i - 1] != "\\":
                depth += 1
            elif text[i] == "}" and text[i - 1] != "\\":
                depth -= 1
                if not depth:
                    return text[at + 1:i], i + 1
        return text[at + 1:], len(text)
    if text[at] == '"':
        stop = re.compile(r'(?<!\\)"(?=\s*[,}\n])|(?<!\\)"').search(text, at + 1)
        return (text[at + 1:stop.start()], stop.end()) if stop else (text[at + 1:], len(text))
    m = re.compile(r"[^,}\n]*").match(text, at)
    return (m.group().strip(), m.end()) if m else ("", at + 1)


def _latex(value: str) -> str:
    import unicodedata

    value = re.sub(r"\{?\\(['`\"^~=c])\s*\{?([A-Za-z])\}?\}?", lambda m: unicodedata.normalize("NFC", m.group(2) + _ACCENTS[m.group(1)]), value)
    value = re.sub(r"\\([&%$#_{}])", r"\1", value).replace("``", "\u201c").replace("''", "\u201d")
    return "\n".join(" ".join(p.split()) for p in re.split(r"\n\s*\n", re.sub(r"[{}]", "", value))).strip()


def _dublin_core(data: bytes, where: str) -> list[Record]:
    root = guard.xml(data, where)
    names = {"title": "title", "creator": "author", "date": "date", "description": "abstract", "abstract": "abstract", "subject": "keywords", "identifier": "url", "publisher": "publisher", "source": "journal", "issued": "date"}
    groups: dict[object, Record] = {}
    for e in root.iter():
        if isinstance(e.tag, str) and "purl.org/dc/" in e.tag:
            name = names.get(e.tag.rpartition("}")[2].lower())
            value = " ".join("".join(str(t) for t in e.itertext()).split())
            if name and value and not (name == "url" and not value.startswith("http")):
                groups.setdefault(e.getparent(), defaultdict(list))[name].append(value)
    return [dict(r) for r in groups.values() if r.get("title") or r.get("abstract")]
