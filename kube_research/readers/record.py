"""Library records and abstracts: catalogue pages, abstract pages, key|value tables; language halves told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ..turns.page import CELL, OPEN_ROW
from .language import language
from .source import Mapped, Remark, Source

_HEADING = re.compile(r"^\W*(abstra[ck]t?s?|abstraksi|abtraksi|abstrak|intisari|ringkasan|summary)\b\W*$", re.I)
_INLINE = re.compile(r"^\W*(abstra[ck]t?|abstraksi|abtraksi|intisari|summary)\b\s*[:.—–-]?\s+(?=\S)", re.I)
_KEYWORDS = re.compile(r"^\W*(?P<k>kata[ -]?kata kunci|kata kunci|key ?words?)\s*[:：=-]\s*(?P<v>.+)$", re.I)
_KEY = re.compile(r"^\s*([A-Z][\w ]{1,30}):\s?\|")
_PAIR = re.compile(r"^\W*(judul|title|penulis|oleh|pengarang|author|by|nama penulis|tahun|year|tahun terbit|published|terbit|penerbit|publisher|url|sumber|source|deskripsi lengkap|npm|nim|pembimbing|program studi|fakultas|universitas)\s*[:：]\s*(.*)$", re.I)
_TAG = re.compile(r"</?(?:b|i|em|strong|br|hr|p|u|sup|sub|h\d)\b[^<>]{0,40}/?>", re.I)
_RULE = re.compile(r"\W*")
_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
NEEDED = ("title", "author", "year", "keywords")


def keyed(text: str) -> list[str]:
    """The keys of a key|value table of a catalogue that came as table cells."""
    return re.findall(f"{OPEN_ROW}\\s*((?:Main Author|Author|Title|Format|Language|Published|Series|Online Access|Summary|Description|ISSN|ISBN|Subjects)):?\\s*{CELL}", text)


def read(name: str, text: Mapped, *, raw: str = "", dropped: Iterable[Remark] = (), repaired: Iterable[Remark] = ()) -> Source | None:
    """The Source of a library record or an abstract page, or None when the text is neither."""
    first = [line for line in text.text.split("\n") if line.strip()][:40]
    if sum(bool(_KEY.match(line)) for line in first) >= 3:
        return _table(name, text, raw, list(dropped), list(repaired))
    bare = [_bare(line) for line in first[:16]]
    catalogue = any(re.search(r",\s*author$", line) for line in bare) or any(line.startswith("Deskripsi Lengkap") for line in bare)
    if catalogue or any(_HEADING.match(line) for line in bare) or any(_INLINE.match(line) and len(line) > 200 for line in bare[:6]):
        return _page(name, text, raw, list(dropped), list(repaired))
    return None


def _bare(line: str) -> str:
    return re.sub(r"^[#*\s]+|[*\s]+$", "", _TAG.sub("", line)).strip()


def _lines(text: Mapped) -> list[Mapped]:
    out, at = [], 0
    for line in text.text.split("\n"):
        out.append(text.cut(at, at + len(line)))
        at += len(line) + 1
    return out


def _clean(line: Mapped) -> Mapped:
    """A line without tags, Markdown heading marks and outer space."""
    line = line.replace([(m.start(), m.end(), "") for m in _TAG.finditer(line.text)])
    lead = re.match(r"#{1,6}\s+|\s+", line.text)
    line = line.cut(lead.end() if lead else 0, len(line.text))
    return line.cut(0, len(line.text.rstrip()))


def _page(name: str, text: Mapped, raw: str, dropped: list[Remark], repaired: list[Remark]) -> Source:
    """A catalogue page or an abstract page: lines above the first heading are the record, each heading opens a half."""
    above: list[str] = []
    facts: dict[str, str] = {}
    halves: list[list[Mapped]] = []
    keywords: dict[str, tuple[str, ...]] = {}
    for raw_line in _lines(text):
        line = _clean(raw_line)
        words = line.text.strip()
        if not words or _RULE.fullmatch(words):
            continue
        if _HEADING.match(words):
            if not halves or halves[-1]:
                halves.append([])
            continue
        if found := _KEYWORDS.match(words):
            language_ = "en" if found.group("k").lower().startswith("key") else "id"
            keywords[language_] = split_keywords(found.group("v"))
            continue
        inline = _INLINE.match(line.text) if not halves or len(line.text) > 200 else None
        if inline and (not halves or halves[-1]):
            halves.append([line.cut(inline.end(), len(line.text))])
            continue
        if not halves:
            pair = _PAIR.match(words)
            if pair and pair.group(2):
                facts.setdefault(pair.group(1).lower(), pair.group(2).strip(" <>"))
            elif m := re.match(r"(.+?),\s*(?:author|penulis|pengarang)$", words, re.I):
                facts.setdefault("author", m.group(1).strip())
            else:
                above.append(words)
            continue
        halves[-1].append(line)
    if not halves and len(above) > 1:  # a record whose abstract has no heading
        cut = next((i for i, w in enumerate(above) if i and len(w) > 200), len(above))
        above, rest = above[:cut], above[cut:]
        halves = [[Mapped.of(w) for w in rest]]
    title = next((facts[k] for k in ("judul", "title") if k in facts), above[0] if above else "")
    author = next((facts[k] for k in ("author", "penulis", "oleh", "pengarang", "by", "nama penulis") if k in facts), "")
    year = next((m.group() for k in ("tahun", "year", "tahun terbit", "terbit", "published") if k in facts and (m := _YEAR.search(facts[k]))), "")
    url = next((facts[k] for k in ("deskripsi lengkap", "url", "sumber", "source") if k in facts and facts[k].startswith("http")), "")
    meta = {"url": url, **({"record": m.group(1)} if (m := re.search(r"[?&]id=(\w+)", url)) else {}), **({"publisher": facts["penerbit"]} if "penerbit" in facts else {})}
    return build(name, title=title, author=author, year=year, parts=[p for p in halves if p], keywords=keywords, meta=meta, raw=raw, dropped=dropped, repaired=repaired)


def _table(name: str, text: Mapped, raw: str, dropped: list[Remark], repaired: list[Remark]) -> Source:
    """A key|value table (VuFind): a value goes on until the next `Key: |`."""
    above: list[str] = []
    values: dict[str, list[Mapped]] = {}
    key = ""
    for line in _lines(text):
        if found := _KEY.match(line.text):
            key = found.group(1)
            line = line.cut(found.end(), len(line.text))
            values.setdefault(key, [])
        if re.fullmatch(r"[\s|:-]*", line.text):
            continue
        end = re.search(r"\s*\|?\s*$", line.text)
        lead = re.match(r"\s*", line.text)
        line = line.cut(lead.end() if lead else 0, end.start() if end else len(line.text))
        if key:
            values[key].append(line)
        else:
            above.append(line.text.strip())
    words = {k: " ".join(v.text.strip() for v in vs).strip() for k, vs in values.items()}
    summary = values.get("Summary") or values.get("Description") or values.get("Abstract") or []
    title = words.get("Title") or (above[0] if above else "")
    body = " ".join(p.text for p in summary)
    for teaser in above[1:]:
        cut = _INLINE.sub("", teaser).rstrip(". …")
        if cut and cut[:200] in body:
            dropped.append(Remark("cuplikan abstrak yang terpotong dibuang (awal ringkasan yang sama).", "the cut-off teaser of the abstract was dropped (the beginning of the same summary)."))
    keywords: dict[str, tuple[str, ...]] = {}
    paragraphs = []
    for line in summary:
        if _HEADING.match(line.text):
            continue
        if found := _KEYWORDS.match(line.text):
            keywords["en" if found.group("k").lower().startswith("key") else "id"] = split_keywords(found.group("v"))
            continue
        paragraphs.append(line)
    published = [p.text.strip() for p in values.get("Published", values.get("Publication Date", []))]
    year = next((m.group() for p in published if (m := _YEAR.search(p))), "")
    meta = {"publisher": next((p for p in published if not _YEAR.search(p)), ""), "series": words.get("Series", ""), "url": words.get("Online Access", ""), "issn": " ".join(re.findall(r"\d{4}-\d{3}[\dX]", words.get("ISSN", ""))), "format": words.get("Format", "")}
    return build(name, title=title, author=words.get("Main Author", "") or words.get("Author", ""), year=year, parts=[paragraphs] if paragraphs else [], keywords=keywords, meta=meta, raw=raw, dropped=dropped, repaired=repaired)


def split_keywords(words: str) -> tuple[str, ...]:
    """Keywords in a row.

    >>> split_keywords("KUBE, Pemberdayaan; Bogor.")
    ('KUBE', 'Pemberdayaan', 'Bogor')
    """
    return tuple(w.strip(" .*_|") for w in re.split(r"[,;•]", words) if w.strip(" .*_|"))


def mended(part: Mapped, repaired: list[Remark]) -> Mapped:
    """Mend what character recognition lost for certain (community?s), and name what looks misread."""
    lost = [(m.start(1), m.end(1), "'") for m in re.finditer(r"(?<=[a-z])(\?)(?=s\b)", part.text)]
    if lost:
        repaired.append(Remark(f"{len(lost)} apostrof yang hilang dipulihkan (huruf?s → huruf's).", f"{len(lost)} lost apostrophes were restored (letter?s → letter's)."))
    doubtful = re.findall(r"\b[A-Z]{2,}!(?=\s+[A-Z])|\bI\d\b|\b[a-z]+-[a-z]+(?=\?s\b)", part.text)
    if doubtful:
        listed = ", ".join(f"'{w}'" for w in doubtful[:5])
        repaired.append(Remark(f"mungkin salah baca OCR, dibiarkan: {listed}.", f"possibly misread by OCR, left as it is: {listed}."))
    return part.replace(lost)


def build(name: str, *, title: str = "", author: str = "", year: str = "", parts: list[list[Mapped]], keywords: Mapping[str, tuple[str, ...]], meta: Mapping[str, str], raw: str = "", dropped: list[Remark], repaired: list[Remark], kind: str = "abstract") -> Source:
    """The Source of a record: head lines, then a half for each language."""
    title = re.sub(r"\s*:\s*", " : ", re.sub(r"\s+", " ", _TAG.sub("", title))).strip() if " :" in title else re.sub(r"\s+", " ", title).strip()
    halves: dict[str, list[Mapped]] = {}
    for part in parts:
        halves.setdefault(language(" ".join(p.text for p in part)), []).extend(mended(p, repaired) for p in part)
    head = [("Judul", title), ("Penulis", author), ("Tahun", year), ("Sumber", meta.get("url", "")), ("Penerbit", meta.get("publisher", "")), *((("Kata kunci" if k == "id" else "Keywords"), "; ".join(v)) for k, v in keywords.items())]
    out: list[Mapped | str] = [f"# {k}: {v}\n" for k, v in head if v]
    out += ["\n"] if out else []
    spans: dict[str, tuple[int, int]] = {}
    at = sum(len(p) if isinstance(p, str) else len(p.text) for p in out)
    for n, (tongue, paragraphs) in enumerate(halves.items()):
        lead = ("\n" if n else "") + ("## Abstrak\n\n" if tongue == "id" else "## Abstract\n\n")
        out.append(lead)
        start = at = at + len(lead)
        for i, p in enumerate(paragraphs):
            piece: list[Mapped | str] = ["\n\n"] if i else []
            piece.append(p)
            out += piece
            at += sum(len(x) if isinstance(x, str) else len(x.text) for x in piece)
        spans[tongue] = (start, at)
        out.append("\n")
        at += 1
    text = Mapped.join(out)
    known = {"title": title, "author": author, "year": year, "keywords": keywords}
    return Source(name=name, text=text.text, kind=kind, language="+".join(sorted(halves, reverse=True)) if len(halves) != 1 else next(iter(halves)), title=title, author=author, year=year, keywords=dict(keywords),
                  meta={k: v for k, v in meta.items() if v}, halves=spans, missing=tuple(k for k in NEEDED if not known[k]), dropped=tuple(dropped), repaired=tuple(repaired), raw=raw, map=text)
