"""The words of the desk in Indonesian and English; the browser is sent those of the interface language."""

from __future__ import annotations

from typing import Any

from ..words import current

WORDS: dict[str, tuple[str, str]] = {
    "desk": ("Meja pengodean: {0}", "Coding desk: {0}"),
    "toggleLeft": ("Tampilkan atau sembunyikan dokumen dan kode", "Show or hide documents and codes"),
    "toggleRight": ("Tampilkan atau sembunyikan panel kanan", "Show or hide the right panel"),
    "previousDocument": ("Dokumen sebelumnya (<)", "Previous document (<)"),
    "nextDocument": ("Dokumen berikutnya (>)", "Next document (>)"),
    "undo": ("Urungkan", "Undo"), "redo": ("Ulangi", "Redo"), "undone": ("Diurungkan", "Undone"), "redone": ("Diulangi", "Done again"),
    "nothingToUndo": ("Tidak ada lagi yang dapat diurungkan", "Nothing more to undo"), "nothingToRedo": ("Tidak ada lagi yang dapat diulangi", "Nothing more to redo"),
    "refresh": ("Muat ulang dari disk", "Read again from disk"), "fullscreen": ("Layar penuh", "Full screen"), "keys": ("Tombol", "Keys"),
    "documents": ("Dokumen", "Documents"), "codes": ("Kode", "Codes"), "documentsAndCodes": ("Dokumen dan kode", "Documents and codes"), "noDocuments": ("Studi ini belum punya dokumen yang dapat dibaca.", "This study has no document that can be read yet."),
    "findCode": ("Cari kode", "Find a code"), "codeCard": ("Kode yang dipilih", "The chosen code"), "newCode": ("Kode baru", "New code"),
    "transcript": ("Transkrip", "Transcript"), "map": ("Peta: letak kode dalam dokumen", "Map: where codes fall in the document"),
    "panels": ("Panel", "Panels"), "passageAndReading": ("Bagian terpilih dan bacaan", "Passage and reading"),
    "passage": ("Bagian", "Passage"), "quotations": ("Kutipan", "Quotations"), "search": ("Cari", "Search"), "compare": ("Banding", "Compare"),
    "coderIs": ("Pengode: {0}", "Coder: {0}"), "blind": ("buta", "blind"),
    "saving": ("menyimpan …", "saving …"), "savedAt": ("Tersimpan {0}", "Saved {0}"), "nothingToSave": ("Semua tersimpan", "Everything is saved"),
    "notSaved": ("BELUM TERSIMPAN ({0}): kernel tidak menjawab. Pengodean Anda ditahan di peramban ini; jalankan lagi selnya.", "NOT SAVED ({0}): the kernel does not answer. Your codings are kept in this browser; run the cell again."),
    "notSavedWhy": ("BELUM TERSIMPAN ({0}): {1} Ditahan di peramban ini dan dicoba lagi.", "NOT SAVED ({0}): {1} Kept in this browser and tried again."),
    "kernelGone": ("Kernel tidak menjawab. Yang Anda kodekan sekarang BELUM TERSIMPAN sampai selnya dijalankan lagi; ditahan di peramban ini.", "The kernel does not answer. What you code now is NOT SAVED until the cell is run again; it is kept in this browser."),
    "kernelBusy": ("Kernel sibuk; {0} pengodean menunggu disimpan.", "The kernel is busy; {0} codings wait to be saved."),
    "noStore": ("Peramban ini tidak mau menyimpan apa pun; jangan tutup halaman sebelum tertulis Tersimpan.", "This browser refuses to keep anything; do not close the page before it says Saved."),
    "readonly": ("Hanya membaca", "Reading only"), "close": ("Tutup", "Close"), "ok": ("Simpan", "Save"), "cancel": ("Batal", "Cancel"),
    "hint": ("→ kalimat · j giliran · Enter kode · . ulang · 1–9 favorit · u urung · ? semua tombol", "→ sentence · j turn · Enter code · . again · 1–9 favourites · u undo · ? all keys"),
    "hintRead": ("→ kalimat · j giliran · / cari · ? semua tombol", "→ sentence · j turn · / search · ? all keys"),
    "hintSplit": ("1–9: kode · Del: cabut · j/k: lewati · Esc: selesai", "1–9: code · Del: withdraw · j/k: skip · Esc: leave"),
    "hintSettle": ("1–9: tempat baru · = : pilihan saya · Del: cabut · j/k: lewati · Esc: selesai", "1–9: new place · = : my selection · Del: withdraw · j/k: skip · Esc: leave"),
    "waiting": ("Menunggu", "Waiting"), "waitingHere": ("{0} pengodean Anda menunggu tempatnya sejak transkrip ini dibetulkan.", "{0} of your codings wait for their place since this transcript was corrected."), "waitingN": ("{0} pengodean menunggu keputusan", "{0} codings wait for a decision"), "waitingSplit": ("{0} pengodean Anda menunggu kodenya: kodenya dipecah.", "{0} of your codings wait for their code: it was split."), "waitingBoth": ("{0} pengodean Anda menunggu keputusan: transkripnya dibetulkan, atau kodenya dipecah.", "{0} of your codings wait for a decision: the transcript was corrected, or their code was split."), "whichCode": ("Kode mana yang cocok?", "Which code fits?"), "splitWaits": ("Angka memilih kode; u mengurungkan. Sampai diputuskan, pengodean ini dihitung di kode lama.", "A digit takes the code; u undoes. Till decided, the coding counts under the old code."), "waitingOf": ("Menunggu keputusan: {0} dari {1}", "Waiting for a decision: {0} of {1}"),
    "settleNow": ("Putuskan (W)", "Settle (W)"), "noneWaits": ("Tidak ada yang menunggu", "Nothing waits"), "oldWords": ("Kata lama", "Old words"), "newWords": ("Tempat baru", "New place"), "noPlace": ("Kata-kata ini tidak ditemukan lagi.", "These words are no longer found."),
    "settleHere": ("Bagian yang sekarang saya pilih", "The passage that I selected"), "letGo": ("Cabut pengodean ini", "Withdraw this coding"), "settled": ("{0} kini di tempat baru", "{0} now has its new place"), "settleHow": ("Kata baru digarisbawahi, kata yang hilang dicoret. Tak ada yang dihapus dari jurnal; u mengurungkan.", "New words are underlined, lost words struck through. Nothing is deleted from the journal; u undoes."),
    "gather": ("Masukkan", "Take it in"),
    "again": ("Tulis lagi", "Write them again"),
    "carry": ("Bawa pengodean ke teks baru", "Carry the codings over"),
    "hintCompare": ("j/k: perbedaan berikutnya/sebelumnya · 1, 2, 3, 0: putuskan · Esc: selesai", "j/k: next/previous difference · 1, 2, 3, 0: decide · Esc: leave"),
    "codeSelection": ("Kodekan bagian terpilih", "Code the selection"), "codeWith": ("kode …", "code …"), "codeBox": ("Kode untuk bagian ini", "Code for this passage"),
    "typeCode": ("huruf pertama kode …", "first letters of a code …"), "recodeTo": ("ganti kodenya dengan …", "recode to …"), "boxHint": ("↑↓ pilih · Enter pakai · Esc batal", "↑↓ choose · Enter take · Esc leave"),
    "enterAgain": ("Enter sekali lagi membuat kode baru ini", "Enter once more makes this new code"),
    "newCodeNamed": ("Kode baru “{0}”", "New code “{0}”"), "codeMade": ("Kode baru {0} ({1}) ditulis ke buku kode", "New code {0} ({1}) written to the codebook"),
    "already": ("Sudah berkode {0}", "Already coded {0}"), "codedAs": ("Dikodekan {0}", "Coded {0}"), "coded": ("Kode:", "Codes:"), "removed": ("{0} dihapus", "{0} removed"),
    "noneInHand": ("Tidak ada pengodean Anda di sini. v memilih yang berikutnya.", "None of your codings is here. v takes the next one."),
    "splitHow": ("Pilih kalimat tempat pengodean ini harus dibelah.", "Select the sentence at which this coding is to be split."),
    "noSuggestions": ("Tidak ada usulan di dokumen ini", "No suggestions in this document"), "lastSuggestion": ("Itu usulan terakhir", "That was the last suggestion"),
    "suggested": ("diusulkan", "suggested"), "suggestions": ("usulan aturan", "suggestions of rules"), "rule": ("Aturan", "Rule"), "accept": ("Terima", "Accept"), "reject": ("Tolak", "Reject"),
    "favourite": ("favorit {0}", "favourite {0}"), "favouriteSet": ("{1} kini favorit {0}", "{1} is now favourite {0}"), "noFavourite": ("Favorit {0} kosong", "Favourite {0} is empty"),
    "noCodes": ("Belum ada kode. Tekan +, atau i untuk kode dari kata-kata informan.", "No codes yet. Press +, or i for a code in the informant's own words."), "noneFound": ("Tidak ada yang ditemukan.", "Nothing found."),
    "codeWithThis": ("Kodekan dengan {0}", "Code with {0}"), "codeWithIt": ("Kodekan", "Code"), "rename": ("Ganti nama …", "Rename …"), "newId": ("Ganti id …", "Change the id …"), "mergeInto": ("Gabungkan ke …", "Merge into …"), "newBelow": ("Subkode baru …", "New subcode …"),
    "changeCode": ("Ubah kode …", "Change the code …"), "editDefinition": ("Tulis definisi …", "Write the definition …"), "moveUnder": ("Pindahkan ke bawah …", "Move under …"), "splitCode": ("Pecah …", "Split …"), "retire": ("Berhenti memakai", "Stop using it"), "retired": ("tidak dipakai lagi", "no longer used"),
    "moveWhich": ("Pindahkan {0} ke bawah …", "Move {0} under …"), "topLevel": ("tingkat teratas", "the top level"), "splitWhich": ("Pecah {0} menjadi", "Split {0} into"), "partName": ("Kode {0}", "Code {0}"), "oneMore": ("Satu lagi", "One more"), "name": ("Nama", "Name"),
    "splitMeans": ("Pengodeannya tidak hilang: satu per satu menunggu keputusan, kode mana yang cocok.", "Its codings are not lost: one by one they wait for a decision which code fits."), "definitionOf": ("Definisi {0}", "Definition of {0}"),
    "bookHistory": ("Riwayat buku kode", "History of the codebook"), "undoStep": ("Batalkan langkah ini", "Undo this step"), "isUndone": ("dibatalkan", "undone"), "noSteps": ("Buku kode ini belum diubah di sini.", "This codebook has not been changed here yet."),
    "newName": ("Nama baru untuk {0}", "New name for {0}"), "newIdFor": ("Id baru untuk {0}", "New id for {0}"), "mergeWhich": ("Gabungkan {0} ke kode …", "Merge {0} into the code …"), "newCodeUnder": ("Nama subkode di bawah {0}", "Name of the subcode under {0}"),
    "definition": ("Definisi", "Definition"), "noDefinition": ("Belum ada definisi.", "No definition yet."), "include": ("Termasuk:", "Include:"), "exclude": ("Tidak termasuk:", "Exclude:"), "example": ("Contoh:", "Example:"), "source": ("Sumber:", "Source:"),
    "memo": ("Memo", "Memo"), "memoHere": ("memo …", "memo …"), "memoOn": ("Memo tentang {0}", "Memo on {0}"), "memoOnDocument": ("Memo tentang dokumen {0}", "Memo on the document {0}"),
    "present": ("ada", "present"), "absent": ("tidak ada", "absent"), "polarity": ("Kutub", "Polarity"), "recode": ("Ganti kode", "Recode"), "split": ("Belah", "Split"), "resizeTo": ("Ubah batas ke pilihan", "Resize to selection"), "remove": ("Hapus", "Remove"),
    "consent.analyse": ("hanya untuk analisis – jangan dikutip", "analysis only – not to be quoted"), "consent.quote-after-check": ("jangan dikutip sebelum diperiksa narasumber", "not to be quoted before the participant has checked it"), "consent.withdrawn": ("persetujuan ditarik – kata-katanya disembunyikan", "consent withdrawn – the words are hidden"),
    "tag.analyse": ("hanya analisis", "analysis only"), "tag.quote-after-check": ("perlu diperiksa", "to be checked"), "tag.withdrawn": ("ditarik", "withdrawn"), "notAllQuotable": ("tidak semuanya boleh dikutip", "not all of it may be quoted"),
    "noVivo": ("Kode in vivo mengutip kata-kata informan dalam buku kode; bagian ini: {0}. Beri nama sendiri (Enter).", "An in-vivo code quotes the informant in the codebook; this passage: {0}. Give it a name of your own (Enter)."),
    "lineNo": ("baris {0}", "line {0}"), "notCoded": ("Belum dikodekan.", "Not coded yet."), "turnsCoded": ("{0} dari {1} giliran terkode", "{0} of {1} turns coded"), "alsoShow": ("Tampilkan juga", "Also show"),
    "start1": ("Tekan → untuk memilih kalimat, lalu ketik huruf pertama sebuah kode dan Enter. Dengan tetikus: seret, klik dua kali untuk kalimat, tiga kali untuk giliran.", "Press → to select a sentence, then type the first letters of a code and Enter. With the mouse: drag, double click for a sentence, triple for a turn."),
    "start2": ("Tombol ? menampilkan semua tombol.", "The key ? shows all keys."),
    "quotesHow": ("Klik sebuah kode di kiri untuk melihat kutipannya di semua dokumen.", "Click a code on the left to see its quotations in all documents."), "times": ("{0} kali", "{0} times"), "more": ("… dan {0} lagi", "… and {0} more"), "all": ("semua", "all"),
    "by.case": ("Kasus", "Case"), "by.role": ("Peran", "Role"), "by.polarity": ("Kutub", "Polarity"), "by.coder": ("Pengode", "Coder"),
    "role.researcher": ("peneliti", "researcher"), "role.member": ("anggota", "member"), "role.officer": ("pengurus", "officer"), "role.mentor": ("pendamping", "mentor"), "role.agency": ("dinas", "agency"), "role.family": ("keluarga", "family"), "role.withdrawn": ("ditarik", "withdrawn"),
    "searchWords": ("Cari kata atau keluarga kata", "Search words or a word family"), "onlyHere": ("hanya dokumen ini", "this document only"),
    "searchHow": ("~damping menemukan pendamping, didampingi, mendampingi …; di rapat ..4 ~usul menemukan kata yang berdekatan.", "~damping finds pendamping, didampingi, mendampingi …; di rapat ..4 ~usul finds words near each other."),
    "coderNo": ("Pengode {0}", "Coder {0}"), "compareGo": ("Bandingkan", "Compare"), "leave": ("Selesai", "Leave"), "differences": ("Beda: {0}, sama: {1}", "Different: {0}, alike: {1}"),
    "compareHow": ("Dua pengode berdampingan; lompat dari perbedaan ke perbedaan dan tulis kesepakatannya. Pengodean keduanya tetap ada.", "Two coders side by side; jump from difference to difference and write the consensus. Both their codings stay."),
    "take": ("{0}", "{0}"), "takeBoth": ("keduanya", "both"), "takeNeither": ("tidak satu pun", "neither"), "allAgreed": ("Tidak ada perbedaan tersisa.", "No difference is left."), "takeAgreed": ("Masukkan {0} yang sama ke kesepakatan", "Take the {0} alike into the consensus"),
    "consensusWhere": ("Kesepakatan ditulis ke jurnal {0}-consensus.", "The consensus is written to the journal {0}-consensus."),
    "codingPage": ("Pengodean", "Coding"), "study": ("Studi", "Study"), "yourName": ("Nama pengode", "Coder's name"), "codebook": ("Buku kode", "Codebook"), "allCodebooks": ("semua buku kode", "all codebooks"), "withSuggestions": ("dengan usulan aturan", "with suggestions of rules"),
    "blindLong": ("buta: tanpa melihat pengodean orang lain", "blind: without seeing the codings of others"), "chooseDocument": ("Pilih dokumen", "Choose a document"), "nameFirst": ("Isi nama pengode dulu.", "Fill in the coder's name first."), "opening": ("Membuka …", "Opening …"),
}
KEYS: tuple[tuple[str, str, str], ...] = (
    ("→ ← ↑ ↓", "kalimat berikutnya, sebelumnya", "next, previous sentence"), ("Shift+→", "perluas pilihan", "extend the selection"), ("j k", "giliran berikutnya, sebelumnya (J K memperluas)", "next, previous turn (J K extend)"),
    ("[ ] { }", "geser akhir / awal pilihan satu kata", "move the end / start of the selection by a word"), ("Enter c", "kotak kode: huruf pertama, lalu Enter", "code box: first letters, then Enter"),
    ("b d e f g h l m o q t w y z", "huruf lain langsung membuka kotak kode", "any other letter opens the code box at once"), (".", "ulangi kode terakhir", "the last code again"), ("1 – 9", "kode favorit (tekan angka pada kode di pohon untuk mengaturnya)", "favourite codes (press a digit on a code in the tree to set it)"),
    ("i", "kode in vivo dari kata-katanya", "in-vivo code from the words"), ("n", "memo", "memo"), ("p", "kutub: ada / tidak ada", "polarity: present / absent"), ("v", "pengodean berikutnya di tempat ini", "next coding at this place"),
    ("r", "ganti kode", "recode"), ("s", "belah di awal pilihan", "split at the start of the selection"), ("=", "ubah batas ke pilihan", "resize to the selection"), ("Delete", "hapus pengodean", "remove the coding"),
    ("a x", "terima, tolak usulan, lalu ke berikutnya", "accept, reject the suggestion and go to the next"), ("u U", "urungkan, ulangi, tanpa batas", "undo, redo, without limit"), ("/", "cari, juga keluarga kata: ~damping", "search, word families too: ~damping"),
    ("< >", "dokumen sebelumnya, berikutnya", "previous, next document"), ("W", "pengodean yang menunggu sejak transkrip dibetulkan", "codings that wait since the transcript was corrected"), ("R", "muat ulang dari disk", "read again from disk"), ("F6", "pindah panel", "go to the next pane"), ("m F2 Delete u", "pada kode di pohon: semua perubahan, ganti nama, berhenti memakai, riwayat dan batal", "on a code in the tree: all changes, rename, stop using, history and undo"), ("Esc", "kembali ke teks", "back to the text"), ("?", "tombol-tombol ini", "these keys"),
)


def phrases() -> dict[str, Any]:
    """Every word of the desk in the interface language."""
    n = 0 if current() == "id" else 1
    return {**{k: v[n] for k, v in WORDS.items()}, "keyTable": [[k, (i, e)[n]] for k, i, e in KEYS]}
