"""Structured ids in a text: identity numbers, telephones (spoken ones too), e-mail, accounts, plates, addresses, birthdays, handles."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

_D = r"[0-9](?:[ .\-]?[0-9])"
_BANK = r"(?:no(?:mor|\.)?\s*rek(?:ening)?|rek(?:ening)?(?:nya)?|norek|account(?: number)?|virtual account|va|bri(?:link)?|bca|bni|btn|bsi|mandiri|bpd|dana|ovo|gopay)"
_PLATES = "A|B|D|E|F|G|H|K|L|M|N|P|R|S|T|W|Z|AA|AB|AD|AE|AG|BA|BB|BD|BE|BG|BH|BK|BL|BM|BN|BP|DA|DB|DC|DD|DE|DG|DH|DK|DL|DM|DN|DP|DR|DS|DT|DW|EA|EB|ED|KB|KH|KT|KU|PA|PB"
_NUMERALS = r"(?:nol|kosong|satu|dua|tiga|empat|lima|enam|tujuh|delapan|lapan|sembilan|zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_MONTH = r"(?:januari|februari|maret|april|mei|juni|juli|agustus|september|oktober|november|desember|jan|feb|mar|apr|jun|jul|agu|sep|okt|nov|des)"

# kind → pattern; the group `x`, where there is one, is the id itself.  All are linear: no nested repetition of overlapping parts.
PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[A-Za-z]{2,12}(?!\w)")),
    ("handle", re.compile(r"(?<![\w@.])@[A-Za-z_][\w.]{2,30}|\b(?:https?://)?(?:www\.)?(?:wa\.me|facebook\.com|fb\.com|instagram\.com|t\.me|tiktok\.com)/[\w.@/?=&%+-]{2,80}", re.I)),
    ("nik", re.compile(rf"(?<![\d.,])(?:{_D}{{15}})(?![\d])")),
    ("phone", re.compile(r"(?<![\d.,])(?:\+?62[ .\-]?|\(?0)8\d{1,2}\)?(?:[ .\-]?\d{2,5}){2,4}(?!\d)")),
    ("phone", re.compile(r"(?<![\d.,])\(?0(?:2[1-9]|[3-9]\d)\d?\)?[ .\-]\d{3,4}[ .\-]?\d{3,4}(?!\d)")),
    ("phone", re.compile(rf"\b(?:nol|kosong|zero|oh)(?:[ ,\-]+{_NUMERALS}){{7,14}}\b", re.I)),
    ("account", re.compile(rf"\b{_BANK}\b(?:\s|[:=.,]|\b(?:saya|nya|itu|ini|di|a\.?n\.?|nomor|nomornya|no|bank|bri|bca|bni|btn|bsi|mandiri|kelompok|kube)\b){{0,8}}(?P<x>{_D}{{6,18}})(?!\d)", re.I)),
    ("plate", re.compile(rf"(?<![\w.])(?:{_PLATES})[ -]?\d{{3,4}}[ -]?[A-Z]{{1,3}}(?!\w)")),
    ("plate", re.compile(r"\b(?:plat|nopol|pelat|nomor polisi|plate)(?:nya)?(?: nomor)?[ :]{1,3}(?P<x>[A-Z]{1,2}[ -]?\d{1,4}[ -]?[A-Z]{0,3})(?!\w)", re.I)),
    ("address", re.compile(r"\b(?:(?:Jl|Jln|Gg)\.? ?|(?:Jalan|Gang|jalan|gang) )(?=[A-Z0-9])[A-Z0-9][\w'.]*(?: (?:[A-Z0-9][\w'.]*|Raya)){0,4}(?:,? ?(?:No|Nomor|no|nomor)\.? ?\d{1,4}[A-Za-z]?(?:/\d{1,4})?)?")),
    ("address", re.compile(r"\b(?:RT|Rt|rt)\.? ?0*\d{1,3}(?: ?[/,] ?(?:RW|Rw|rw)?\.? ?0*\d{1,3})?|\b(?:RW|Rw|rw)\.? ?0*\d{1,3}\b")),
    ("address", re.compile(r"\b(?:Blok|blok) [A-Z]{1,2}\d{0,3}(?:[ /-]?(?:No|no)?\.? ?\d{1,4})?\b|\b(?:rumah|Rumah) (?:no|No|nomor)\.? ?\d{1,4}\b")),
    ("birth", re.compile(rf"\b(?:lahir|kelahiran|ttl|born)\b[^\n.?!0-9]{{0,40}}(?P<x>\d{{1,2}}[ \-/](?:\d{{1,2}}|{_MONTH})[ \-/]\d{{2,4}})", re.I)),
)
KINDS = ("nik", "phone", "email", "handle", "account", "plate", "address", "birth")
SURE = ("nik", "phone", "email", "account")  # those that a leak scan reports without any key
_SPOKEN = re.compile(r"[A-Za-z]")


def find(text: str, kinds: Collection[str] = KINDS) -> Iterator[tuple[int, int, str]]:
    """Every structured id (of some kinds) as (start, end, kind), in order, none inside another.

    >>> [(k, "NIK 3201 2345 0178 0001, hp 0812-0000-111"[a:b]) for a, b, k in find("NIK 3201 2345 0178 0001, hp 0812-0000-111")]
    [('nik', '3201 2345 0178 0001'), ('phone', '0812-0000-111')]
    """
    found: list[tuple[int, int, str]] = []
    for kind, pattern in PATTERNS:
        if kind not in kinds:
            continue
        for m in pattern.finditer(text):
            a, b = m.span("x") if "x" in pattern.groupindex else m.span()
            if kind == "phone" and not _SPOKEN.search(m.group()) and not 9 <= sum(c.isdigit() for c in text[a:b]) <= 14:
                continue
            if kind == "nik" and not _like_nik("".join(c for c in text[a:b] if c.isdigit()), text[max(0, a - 40):a]):
                continue
            found.append((a, b, kind))
    end = -1
    for a, b, kind in sorted(found, key=lambda f: (f[0], -f[1])):
        if a >= end:
            yield a, b, kind
            end = b


def _like_nik(digits: str, before: str) -> bool:
    """Sixteen digits are an identity number when its region and birthday are possible, or when the words before say so."""
    day, month = int(digits[6:8]), int(digits[8:10])
    return 11 <= int(digits[:2]) <= 96 and 1 <= (day - 40 if day > 40 else day) <= 31 and 1 <= month <= 12 or bool(re.search(r"\b(?:nik|ktp|kk|kartu keluarga|induk)\b", before, re.I))
