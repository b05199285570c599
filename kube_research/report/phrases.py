"""The words that the report's script says, in both languages."""

from __future__ import annotations

_PAIRS = {
    "all": ("semua", "all"), "present": ("hadir", "present"), "absent": ("tidak hadir", "absent"), "quotations": ("kutipan", "quotations"), "quotation": ("kutipan", "quotation"), "line": ("baris", "line"),
    "none": ("Tidak ada kutipan.", "No quotations."), "hidden": ("(tidak boleh ditampilkan: belum ada persetujuan untuk mengutip)", "(may not be shown: no consent to quote)"), "more": ("Tampilkan lagi", "Show more"), "onpaper": ("yang lain ada di berkas laporannya.", "the others are in the report's file."),
    "open": ("Buka di transkrip", "Open in the transcript"), "rule": ("aturan", "rule"), "note": ("memo", "memo"), "shown": ("ditampilkan", "shown"), "close": ("Tutup", "Close"), "person": ("orang", "person"), "persons": ("orang", "persons"),
    "comment": ("Komentar", "Comment"), "reply": ("Balas", "Reply"), "agree": ("Setuju", "Agree"), "disagree": ("Tidak setuju", "Disagree"), "noverdict": ("Hanya komentar", "Comment only"), "verdict": ("Pendapat", "Verdict"),
    "yourcomment": ("Komentar Anda", "Your comment"), "keep": ("Simpan di halaman ini", "Keep on this page"), "cancel": ("Batal", "Cancel"), "remove": ("Hapus", "Remove"), "edit": ("Ubah", "Edit"), "you": ("Anda, belum disimpan ke berkas", "you, not yet saved to a file"),
    "yousaved": ("Anda", "you"), "save": ("Simpan komentar", "Save comments"), "nothing": ("Belum ada komentar.", "No comments yet."), "saved": ("Berkas komentar disimpan: kirimkan kepada peneliti.", "The comments file is saved: send it to the researcher."),
    "needname": ("Isi nama Anda dulu.", "Fill in your name first."), "needtext": ("Pilih pendapat atau tulis komentar.", "Choose a verdict or write a comment."), "kept": ("Disimpan di halaman ini.", "Kept on this page."), "removed": ("Dihapus.", "Removed."),
    "unsaved": ("belum disimpan", "not saved"), "threadopen": ("terbuka", "open"), "threadclosed": ("selesai", "closed"), "answered": ("dijawab", "answered"), "moved": ("berpindah", "moved"), "changed": ("berubah sejak dikomentari", "changed since the comment"), "gone": ("tidak ada lagi", "no longer there"),
    "withdraw": ("Tarik kembali", "Take back"), "withdrawn": ("ditarik kembali", "taken back"), "undo": ("Urungkan", "Undo"),
    "edited": ("berkas diubah setelah disimpan", "file changed after it was saved"), "closedit": ("menyelesaikan", "closed it"), "reopened": ("membuka lagi", "opened it again"), "transcript": ("Transkrip", "Transcript"), "allcoders": ("semua pengode", "all coders"),
    "researcher": ("peneliti", "researcher"), "member": ("anggota", "member"), "officer": ("pengurus", "officer"), "mentor": ("pendamping", "mentor"), "agency": ("dinas", "agency"), "family": ("keluarga", "family"), "cell": ("sel", "cell"), "code": ("kode", "code"), "claim": ("klaim", "claim"), "study": ("seluruh studi", "the whole study"),
    "of": ("dari", "of"), "showquotations": ("Tampilkan kutipannya", "Show its quotations"), "go": ("Ke tempatnya", "Go to its place"), "memory": ("Peramban ini tidak dapat mengingat komentar: simpan ke berkas sebelum menutup.", "This browser cannot remember comments: save them to a file before closing."), "nocodings": ("Tanpa pengodean.", "No codings."), "for": ("mendukung", "for"), "against": ("menentang", "against"),
}
PHRASES = {"id": {k: v[0] for k, v in _PAIRS.items()}, "en": {k: v[1] for k, v in _PAIRS.items()}}
