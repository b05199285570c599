"""Words of quotations as they are compared: quotation marks, dashes and case levelled; words and punctuation kept apart."""

from __future__ import annotations

import re
import unicodedata

from ..words import say

_LEVEL = {**dict.fromkeys("“”„‟«»″", '"'), **dict.fromkeys("‘’‚‛′`´ʼ", "'"), **dict.fromkeys("‐‑‒–—―−", "-"), "…": "..."}
_GONE = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
TOKEN = re.compile(r"\d+(?:[.,:]\d+)*(?!\w)|\w+(?:(?:[-'’‐‑]|[\xad\u200b-\u200d\u2060]+)\w+)*|\.{2,}|[-‐‑‒–—―−]{2,}|[^\w\s]")
_FRACTIONS = {"½": ("1", "/", "2"), "¼": ("1", "/", "4"), "¾": ("3", "/", "4")}  # as Word writes them by itself
_TABLE = {**str.maketrans(_LEVEL), **_GONE}
NEGATORS = frozenset("tidak tak tiada belum bukan tanpa jangan nggak enggak ngga engga gak ga kagak kaga ndak nda nggk gk tdk blm bkn jgn ora mboten durung teu henteu ulah can lain not no never none neither nor without cannot can't don't doesn't didn't won't isn't aren't wasn't weren't".split()) - {"can", "lain"}
_NUMBERS = frozenset("nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas seratus seribu sejuta belas puluh ratus ribu juta miliar milyar setengah separuh seperempat pertama kedua ketiga keempat kelima "
                     "zero one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand million half".split())


def plain(text: str) -> str:
    """NFC text without soft hyphens, joiners and direction marks."""
    return unicodedata.normalize("NFC", text).translate(_GONE)


def level(token: str) -> str:
    """One token as it is compared.

    >>> level("Ibu‑ibu"), level("…"), level("“")
    ('ibu-ibu', '..', '"')
    """
    token = token.translate(_TABLE).casefold()  # "" for what counts as nothing
    if token == "'":
        return '"'  # single and double marks are a matter of nesting
    return ".." if token.startswith("..") else "-" if token.startswith("--") else token


class _Levelled(dict[str, str]):
    """Tokens as compared, each worked out once."""

    def __missing__(self, token: str) -> str:
        self[token] = value = level(token)
        return value


_known = _Levelled()


def tokens(text: str) -> list[tuple[str, int, int]]:
    """(token as compared, start, end) of the words and punctuation marks of a text; direction marks and the like count as nothing.

    >>> [t for t, _, _ in tokens("Nggak, Bu… Rp20.000 -- ½!")]
    ['nggak', ',', 'bu', '..', 'rp20', '.', '000', '-', '1', '/', '2', '!']
    """
    found = [(w, *m.span()) for m in TOKEN.finditer(text) if (w := _known[m.group()])]
    if any(f in text for f in _FRACTIONS):
        found = [(w, a, b) for t, a, b in found for w in _FRACTIONS.get(t, (t,))]
    return found


def compared(text: str) -> list[str]:
    """The tokens of a text as compared, as `tokens` gives them but for their places; "" where a mark counts as nothing."""
    found = list(map(_known.__getitem__, TOKEN.findall(text)))
    if any(f in text for f in _FRACTIONS):
        found = [w for t in found for w in _FRACTIONS.get(t, (t,))]
    return found


def is_word(token: str) -> bool:
    return token[:1].isalnum()


def is_negator(token: str) -> bool:
    return token in NEGATORS


def is_number(token: str) -> bool:
    """A number in digits or in words.

    >>> is_number("20.000"), is_number("dua"), is_number("ibu")
    (True, True, False)
    """
    return any(c.isdigit() for c in token) or token in _NUMBERS or token.partition("-")[0] in _NUMBERS


def flag_words() -> dict[str, str]:
    """What a flag says, in words."""
    return {"negation": say("kata ingkar hilang atau bertambah", "a negation was dropped or added"), "number": say("bilangan berubah", "a number was changed"), "punctuation": say("hanya tanda baca berbeda", "only punctuation differs"),
            "words": say("kata berubah", "words were changed"), "line": say("nomor baris tidak cocok", "the line number does not agree"), "order": say("potongan di luar urutan", "pieces out of order"),
            "interviewer": say("kata-kata pewawancara", "the interviewer's words"), "aside": say("catatan transkrip dilewati", "a transcriber's note is left out"), "bracket": say("tambahan peneliti dalam kurung", "the researcher's addition in brackets"),
            "pseudonym": say("nama diganti kode orang yang sama", "a name replaced by the same person's code"), "omission": say("dipotong dengan tanda", "shortened with a mark"), "unmarked": say("potongan disambung tanpa tanda [...]", "pieces joined without [...]")}
