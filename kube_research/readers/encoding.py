"""Bytes → text: UTF-8, UTF-16, old Windows encodings, and files in which two of them are mixed."""

from __future__ import annotations

import codecs
import re

from ..model import KubeError
from ..words import say
from .source import Mapped, Remark

_BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_INVISIBLE = re.compile("[\ufeff\u200b\u2060\u00ad\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MOJIBAKE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]{1,3}")
_STRANGE = re.compile("[\x01-\x08\x0e-\x19\x1b-\x1f\ufffd]")
MAX_TEXT = 50_000_000


def decode(data: bytes, where: str, declared: str = "") -> tuple[str, str, list[Remark]]:
    """Text, the name of its encoding, and what had to be repaired."""
    if len(data) > MAX_TEXT:
        raise KubeError(say(f"Berkas teks ini {len(data) // 1_000_000} MB; batasnya {MAX_TEXT // 1_000_000} MB.", f"This text file has {len(data) // 1_000_000} MB; the limit is {MAX_TEXT // 1_000_000} MB."), where,
                        say("Bagi menjadi satu berkas per wawancara.", "Split it into one file an interview."))
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _checked(data.decode(name, "replace"), where), name, []
    if len(data) >= 4:
        even, odd = data[0:4000:2].count(0), data[1:4000:2].count(0)
        half = min(len(data), 4000) // 2
        if odd > 0.4 * half > even * 4:
            return _checked(data.decode("utf-16-le", "replace"), where), "utf-16-le", []
        if even > 0.4 * half > odd * 4:
            return _checked(data.decode("utf-16-be", "replace"), where), "utf-16-be", []
    try:
        return _checked(data.decode("utf-8"), where), "utf-8", []
    except UnicodeDecodeError:
        pass
    if declared:
        try:
            return _checked(data.decode(declared), where), declared.lower(), []
        except (LookupError, UnicodeDecodeError):
            pass
    good = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]+", data))
    bad = 0

    def old(error: UnicodeError) -> tuple[str, int]:
        nonlocal bad
        assert isinstance(error, UnicodeDecodeError)
        bad += 1
        return error.object[error.start:error.start + 1].decode("cp1252", "replace"), error.start + 1

    codecs.register_error("kube-old", old)
    mixed = data.decode("utf-8", "kube-old")
    if good >= max(1, bad):
        return _checked(mixed, where), "utf-8+cp1252", [Remark(f"{bad} huruf bersandi lama (cp1252) di tengah UTF-8 dibaca sebagaimana mestinya.", f"{bad} letters in an old encoding (cp1252) amid UTF-8 were read as what they are.")]
    return _checked("".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data) if len(data) < 1_000_000 else data.decode("cp1252", "replace"), where), "cp1252", [
        Remark("Penyandian lama (Windows-1252) dikenali.", "An old encoding (Windows-1252) was recognised.")]


def _checked(text: str, where: str) -> str:
    text = text.removeprefix("\ufeff")
    sample = text[:20000]
    strange = len(_STRANGE.findall(sample))
    if sample and strange > 0.02 * len(sample) + 2 or sample.count("\x00") > 0.2 * len(sample) > 4:
        raise KubeError(say("Isi berkas ini bukan teks.", "The content of this file is not text."), where, say("Periksa akhiran namanya, atau ekspor ulang dari program asalnya.", "Check its extension, or export it again from its program."))
    return text


def _byte(c: str) -> bytes:
    """The Windows-1252 byte of a character (its five holes stand for themselves)."""
    return bytes([ord(c)]) if "\x80" <= c <= "\x9f" else c.encode("cp1252")


def tidy(raw: str) -> tuple[Mapped, list[Remark]]:
    """The raw text in the project's form (NFC, LF, nothing invisible), with its map, and what was repaired."""
    remarks: list[Remark] = []
    base = Mapped.of(raw)
    lone = [(m.start(), m.end(), "\ufffd") for m in re.finditer("[\ud800-\udfff]", raw)]
    if lone:
        base = base.replace(lone)
        remarks.append(Remark(f"{len(lone)} surogat tunggal diganti �.", f"{len(lone)} lone surrogates were replaced by �."))
    broken = []
    for m in _MOJIBAKE.finditer(base.text):
        try:
            broken.append((m.start(), m.end(), b"".join(_byte(c) for c in m.group()).decode("utf-8")))
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    if broken:
        base = base.replace(broken)
        remarks.append(Remark(f"{len(broken)} huruf rusak karena salah penyandian dipulihkan.", f"{len(broken)} letters garbled by a wrong encoding were restored."))
    hidden = [(m.start(), m.end(), "") for m in _INVISIBLE.finditer(base.text)]
    if hidden:
        base = base.replace(hidden)
        remarks.append(Remark(f"{len(hidden)} tanda tak kasatmata dibuang.", f"{len(hidden)} invisible marks were dropped."))
    controls = [(m.start(), m.end(), "") for m in re.finditer("[\x00-\x08\x0e-\x1f\x7f]", base.text)]
    if controls:
        base = base.replace(controls)
        remarks.append(Remark(f"{len(controls)} karakter kendali dibuang.", f"{len(controls)} control characters were dropped."))
    return base.normalised(), remarks
