"""Text: NFC with LF, code-point offsets, lines, sentences and clauses of Indonesian and English.

Nothing here changes a text after it was normalised: everything speaks of places in it.
"""

from __future__ import annotations

import bisect
import hashlib
import re
import unicodedata
from functools import lru_cache
from itertools import accumulate

from .model import Fault, KubeError
from .words import say

SENTENCE_END = ".!?…"
ABBREVIATIONS = frozenset(
    "dkk dll dsb dst dgn yg bpk bp ibu sdr sdri tn ny jl jln gg no nomor rt rw kel kec kab prov prof dr drs dra ir hj h s.sos s.e s.h s.ag s.pd m.si "
    "m.pd m.sc ph.d tgl hlm hal vol ed eds al et cf mr mrs ms st vs e.g i.e etc rp tlp telp hp a.n u.p s.d p.m a.m q a p n".split()
)
CLAUSE_WORDS = (
    "tapi tetapi namun melainkan sedangkan sementara karena soalnya sebab gara-gara makanya jadinya akhirnya terus trus lalu kemudian "
    "walaupun meskipun padahal cuman cuma sehingga supaya biar kecuali but because so although though while whereas then"
).split()
_CLAUSE_BREAK = re.compile(r"[,;:–—]|\s-\s|\.\.\.?|\b(?:" + "|".join(CLAUSE_WORDS) + r")\b", re.I)


def normalise(raw: str) -> str:
    """Return `raw` as the project keeps text: no BOM, LF line ends, NFC, no NUL.

    >>> normalise("\\ufeffe\\u0301\\r\\nb") == "é\\nb"
    True
    """
    text = raw.removeprefix("\ufeff")
    if "\r" in text or "\x00" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def decode(data: bytes, where: str = "") -> str:
    """Decode a text file's bytes: UTF-8 (with or without BOM), UTF-16 with BOM; anything else is an error with its line."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as e:
        line = data[: e.start].count(b"\n") + 1
        raise KubeError(
            say(f"Baris {line} bukan UTF-8 (byte {data[e.start]:#04x}).", f"Line {line} is not UTF-8 (byte {data[e.start]:#04x})."),
            f"{where}:{line}" if where else "",
            say("Simpan ulang sebagai UTF-8, atau pakai `kube-research import`, yang mengenali penyandian lama.",
                "Save it again as UTF-8, or use `kube-research import`, which recognises older encodings."),
        ) from None


def whole_characters(text: str) -> str:
    """Text without halves of characters (lone surrogates), as a browser's TextEncoder writes it.

    >>> whole_characters("x \\ud83d y")
    'x � y'
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def digest(text: str) -> str:
    """SHA-256 of the text as UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Lines:
    """Line numbers (from 1) of a text's offsets.

    >>> Lines("ab\\ncd").number(3)
    2
    """

    def __init__(self, text: str):
        self.starts = [0, *accumulate(len(line) + 1 for line in text.split("\n")[:-1])]

    def number(self, offset: int) -> int:
        return bisect.bisect_right(self.starts, offset)


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Spans of the sentences of a piece of text, without the white space around them.

    >>> [("Pak RT. 05 datang. Terus pulang.")[a:b] for a, b in sentences("Pak RT. 05 datang. Terus pulang.")]
    ['Pak RT. 05 datang.', 'Terus pulang.']
    """
    found, start = [], 0
    for m in re.finditer(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n\s*\n", text):
        stop = m.end()
        if m.group()[0] == ".":
            if m.group().startswith("..") and not re.match(r"\s+[A-Z]", text[stop:stop + 3]):
                continue
            word = re.search(r"[\w.]+$", text[max(0, m.start() - 20):m.start()])
            token = word.group().lower() if word else ""
            follows = text[stop:stop + 3].lstrip()
            if len(m.group()) == 1 and (token in ABBREVIATIONS or (len(token) == 1 and token.isalpha())) and follows:
                continue
            if follows and follows[0].islower() and token in ABBREVIATIONS:
                continue
        found.append((start, stop))
        start = stop
    if start < len(text):
        found.append((start, len(text)))
    return tuple(s for s in (trim(text, a, b) for a, b in found) if s[0] < s[1])


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of the clauses of the sentence text[start:end]: cut at commas, dashes and conjunctions that open a clause."""
    cuts = [start]
    for m in _CLAUSE_BREAK.finditer(text, start, end):
        at = m.end() if not m.group()[0].isalpha() else m.start()
        if m.group() in ",." and text[m.end():m.end() + 1].isdigit():
            continue
        if at - cuts[-1] > 1:
            cuts.append(at)
    cuts.append(end)
    return [s for s in (trim(text, a, b) for a, b in zip(cuts, cuts[1:], strict=False)) if s[0] < s[1]]


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Shrink a span over the white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def context(text: str, start: int, end: int, width: int = 40) -> tuple[str, str]:
    """The words before and after a span, `width` characters at most."""
    return text[max(0, start - width):start], text[end:end + width]


def check_span(text: str, start: int, end: int, where: str = "") -> None:
    """Raise unless 0 ≤ start < end ≤ len(text)."""
    if not (0 <= start < end <= len(text)):
        raise KubeError(Fault(say(f"Rentang {start}–{end} di luar teks ({len(text)} karakter).", f"The span {start}–{end} lies outside the text ({len(text)} characters)."), where))
