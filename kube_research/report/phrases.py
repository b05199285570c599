"""The words that the report's script says, in the interface language."""

from __future__ import annotations

from ..words import say


def phrases() -> dict[str, str]:
    return {
        "all": say("semua", "all"), "present": say("hadir", "present"), "absent": say("tidak hadir", "absent"), "quotations": say("kutipan", "quotations"), "line": say("baris", "line"),
        "none": say("Tidak ada kutipan.", "No quotations."), "hidden": say("(tidak boleh dikutip: persetujuan hanya untuk analisis)", "(may not be quoted: consent for analysis only)"),
        "more": say("tampilkan lagi", "show more"), "open": say("buka di transkrip", "open in the transcript"), "rule": say("aturan", "rule"), "note": say("memo", "memo"), "researcher": say("peneliti", "researcher"),
        "shown": say("ditampilkan", "shown"), "close": say("tutup", "close"),
    }
