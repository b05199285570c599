"""A finding: a table of numbers that never stands without its frame and one sentence that says what it means."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from .words import current, say

# columns and table names as programs read them → as an Indonesian reader reads them
HEADS = {
    "code": "kode", "codes": "kode", "units": "satuan", "unit": "satuan", "both": "keduanya", "percent": "setuju", "polarity": "kutub", "alpha": "alfa", "low": "bawah", "high": "atas", "document": "dokumen", "documents": "dokumen", "line": "baris",
    "coded by": "dikode oleh", "not by": "tidak oleh", "words": "kata-kata", "reason": "alasan", "domain": "ranah", "domains": "ranah", "several codes": "beberapa kode pada satu satuan", "mv_alpha": "mv_alfa", "alpha_u": "alfa_u", "char_kappa": "kappa_karakter", "spans": "rentang", "coverage": "cakupan", "characters": "karakter", "precision": "presisi",
    "interview": "wawancara", "new": "baru", "total": "jumlah", "expected": "harapan", "summary": "ringkasan", "value": "nilai", "meaning": "makna", "theme": "tema", "interview no.": "wawancara ke", "measure": "ukuran",
    "word": "kata", "first": "pertama", "second": "kedua", "log_ratio": "rasio_log", "smallest": "terkecil", "permutation": "permutasi", "gained": "muncul", "lost": "hilang", "odds_ratio": "rasio_odds", "or_low": "ro_bawah", "or_high": "ro_atas",
    "case": "kasus", "cases": "kasus", "outcome": "hasil", "consistency": "konsistensi", "contradictory": "bertentangan", "models": "model", "solution": "solusi", "formula": "rumus", "assumptions": "anggapan", "necessity": "keperluan", "condition": "kondisi", "memberships": "keanggotaan",
    "p_low": "p_bawah", "p_high": "p_atas", "r_low": "r_bawah", "r_high": "r_atas", "human_f1": "f1_manusia", "sampling plan": "rencana sampel", "found": "temuan", "pool": "sisa", "check": "periksa", "folds": "lipatan", "fold": "lipatan", "ceiling": "langit-langit",
    "days": "hari", "earlier": "dahulu", "later": "kemudian", "coder": "pengode", "kept": "tetap", "note": "keterangan", "disagreements": "perbedaan", "agreement": "kesepakatan", "bound": "batas", "way": "cara", "ways": "cara", "checked": "diperiksa", "check_1": "periksa_1", "f1_there": "f1_di_sana", "misses": "terlewat", "codes in domain": "kode dalam ranah",
}  # fmt: skip
CELLS = {"conservative": "konservatif", "parsimonious": "hemat", "intermediate": "antara", "yes": "ya", "all codes": "semua kode", "any code": "kode apa pun", "as given": "seperti adanya", "learned anew": "dipelajari ulang", "rules alone": "aturan saja"}
SPOKEN = ("solution", "contradictory", "code", "theme", "domain", "way")  # columns whose cells may hold our words


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A table as a reader sees it: heads, and the words of ours in its cells, in the interface language; no reasons, no column for them."""
    if "reason" in table.columns and len(table) and not table["reason"].any():
        table = table.drop(columns="reason")
    if current() != "id":
        return table
    out = table.copy()
    for name in SPOKEN:
        if name in out.columns:
            out[name] = out[name].map(lambda v: CELLS.get(v, v) if isinstance(v, str) else v)
    return out.rename(columns=lambda c: HEADS.get(c, c) if isinstance(c, str) else c)


def head(name: str) -> str:
    """One head or table name in the interface language."""
    return HEADS.get(name, name) if current() == "id" else name


@dataclass(frozen=True, repr=False)
class Finding:
    """frame: the table; unit, n, rule, coders, missing, limits: its frame; meaning: what it says and what may not be concluded.

    more: further tables by name.  Columns and names of tables are English words for programs; what is shown has them in the language
    chosen now.  Sentences are in the language that was chosen when it was computed.
    """

    frame: pd.DataFrame
    unit: str
    n: int
    rule: str
    meaning: str
    coders: tuple[str, ...] = ()
    missing: str = ""
    limits: tuple[str, ...] = ()
    more: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def note(self) -> str:
        """Unit, n, coders, rule, what is missing, limits."""
        none = say("tidak ada", "none")
        parts = [f"{say('Satuan', 'Unit')}: {self.unit}; n = {self.n}", f"{say('Pengode', 'Coders')}: {', '.join(self.coders) or none}", f"{say('Aturan', 'Rule')}: {self.rule}", f"{say('Yang hilang', 'Missing')}: {self.missing or none}"]
        if self.limits:
            parts.append(f"{say('Batas', 'Limits')}: {'; '.join(dict.fromkeys(x.rstrip('.') for x in self.limits))}")
        return ". ".join(p.rstrip(".") for p in parts) + "."

    def __repr__(self) -> str:
        tables = [shown(self.frame).to_string(index=False), *(f"[{head(name)}]\n{shown(t).to_string(index=False)}" for name, t in self.more.items())]
        return "\n\n".join([*tables, self.note + "\n" + self.meaning])

    def _repr_html_(self) -> str:
        def table(t: pd.DataFrame) -> str:
            return shown(t).to_html(index=False, escape=True, border=0, na_rep="–")

        more = "".join(f"<h4>{html.escape(head(name))}</h4>{table(t)}" for name, t in self.more.items())
        return f"{table(self.frame)}{more}<p>{html.escape(self.meaning)}</p><p><small>{html.escape(self.note)}</small></p>"


__all__ = ["CELLS", "HEADS", "Finding", "head", "shown"]
