"""An invented interview and focus group, written in many conventions; every character knows whose word it is."""

from __future__ import annotations

import random
import re
import textwrap
from dataclasses import dataclass, field

PAIR = [
    ("P", "Punten, Bu. Saya rekam ya, boleh?"),
    ("N", "Boleh, boleh. Tapi jangan keras-keras, ada yang tidur. Duduk dulu atuh, kopinya baru diseduh."),
    ("P", "Kelompok keripiknya mulai kapan?"),
    ("N", "Wah, kapan ya. Pas banjir besar itu lho, berarti lima tahun. Awalnya cuma bertiga, masaknya di dapur saya, terus tetangga pada ikut-ikutan."),
    ("P", "Siapa yang mengajak?"),
    ("N", "Bu RT. Dia bilang, \"ayo bikin apa kek, daripada ngerumpi.\" Ya kita mah hayu saja. Modalnya patungan, dua puluh ribu seorang."),
    ("P", "Oh begitu."),
    ("N", "Iya."),
    ("P", "Bantuannya datang tahun berapa?"),
    ("N", "Tahun ketiga. Wajan dua, kompor satu, sama uang tiga juta. Orang dinasnya datang, difoto-foto, pulang. Habis itu nggak pernah nongol lagi."),
    ("P", "Waduh."),
    ("N", "Makanya. Kompornya malah bocor, kita betulin sendiri pakai uang kas. Untung suaminya Neng Iis tukang las."),
    ("P", "Kalau kumpul tiap kapan, Bu?"),
    ("N", "Saban Jumat habis magrib. Yang nggak datang ya bayar dua ribu, itu juga hasil omongan bareng-bareng."),
    ("P", "Ada yang protes?"),
    ("N", "Ada satu, tapi bayar juga. Malu kali dia sama yang lain."),
    ("P", "Hasil jualannya dibagi bagaimana?"),
    ("N", "Dihitung dulu modalnya, sisanya dibagi rata. Bukunya ada, siapa saja boleh lihat. Pernah saya itung sendiri, pas kok."),
    ("P", "Terima kasih banyak, Bu."),
    ("N", "Sama-sama. Ini keripiknya dibawa, jangan lupa."),
]
GROUP = [
    ("Dian", "Siapa yang mau mulai cerita?"), ("Bu Kasti", "Neng Iis saja, yang paling rajin."), ("Neng Iis", "Ah, saya mah ikut-ikutan. Dulu diajak Bu Kasti, disuruh bawa baskom."),
    ("Dian", "Terus modalnya dari mana?"), ("Mak Onih", "Patungan. Saya malah jual ayam dua ekor."), ("Bu Kasti", "Iya, ayamnya yang jago itu, sayang sebenarnya."), ("Dian", "Wah, sampai jual ayam."),
    ("Neng Iis", "Sekarang mah sudah kebeli lagi, tiga malah."), ("Dian", "Ada yang keluar dari kelompok?"), ("Mak Onih", "Dua orang. Yang satu pindah, yang satu lagi ngambek gara-gara giliran."),
    ("Bu Kasti", "Bukan ngambek, capek dia. Anaknya kecil-kecil."), ("Dian", "Giliran apa maksudnya, Mak?"), ("Mak Onih", "Giliran ngupas. Tangan sampai gatal semua."), ("Dian", "Sekarang siapa yang pegang uang?"),
    ("Neng Iis", "Saya. Dicatat di buku tulis, tiap Jumat dibacain."), ("Bu Kasti", "Kalau kurang seribu saja, ribut (tertawa)."),
]
ASKS = {"P", "Dian"}
HEAD = "Transkrip wawancara 4\nTanggal : 3 Mei 2024\nInforman : Bu Entin (anggota)\nPewawancara : Dian\n\n"


@dataclass
class Page:
    """A text under way: its characters, and for each whose it is (P asks, N answers, X nobody)."""

    text: str = ""
    own: list[str] = field(default_factory=list)

    def put(self, words: str, whose: str = "") -> None:
        for part in re.split(r"(⟦[PNX]:.*?⟧)", words, flags=re.S):
            m = re.fullmatch(r"⟦([PNX]):(.*)⟧", part, re.S)
            said, who = (m.group(2), m.group(1)) if m else (part, whose)
            self.text += said
            self.own += [who] * len(said)


def written(turns, form, *, names=("P", "N"), sep="\n", head="", wrap=0, answer=None, keep=False):
    """Turns written by a form: `%L` label, `%n` number, `%T` time, `@` the words; `answer` is the answers' own form."""
    page = Page()
    page.put(head, "X")
    informants = [x for x, _ in dict.fromkeys((label, 0) for label, _ in turns) if x not in ASKS]
    for n, (label, words) in enumerate(turns, 1):
        asks = label in ASKS
        name = label if keep else names[0] if asks else names[1] + (str(informants.index(label) + 1) if len(informants) > 1 else "")
        before, after = (form if asks or answer is None else answer).split("@")
        seconds = n * 7
        for sign, value in (("%L", name), ("%U", name.upper()), ("%n", str(n)), ("%T", f"00:{seconds // 60:02d}:{seconds % 60:02d}"), ("%t", f"{seconds // 60:02d}:{seconds % 60:02d}")):
            before, after = before.replace(sign, value), after.replace(sign, value)
        page.put(before)
        if wrap:
            words = "\n".join(textwrap.wrap(words, wrap, break_on_hyphens=False))
        page.put(words, "P" if asks else "N")
        page.put(after + sep)
    return page


def leaks(page, turns):
    """Letters of the interviewer (or of nobody) that come out as an informant's; and informants' letters that are lost."""
    heard = set()
    for t in turns:
        if t.role and t.role != "researcher":
            inside = set(range(t.body, t.end))
            for a, b in t.aside:
                inside -= set(range(a, b))
            heard |= inside
    letters = [i for i, c in enumerate(page.text) if c.isalnum()]
    leaked = "".join(page.text[i] for i in letters if page.own[i] in ("P", "X") and i in heard)
    mine = [i for i in letters if page.own[i] == "N"]
    lost = sum(i not in heard for i in mine) / max(1, len(mine))
    return leaked, lost


def interjected(turns, form, seed=1):
    """The interviewer's interjections inside the answers."""
    rng = random.Random(seed)
    out = []
    for label, words in turns:
        parts = words.split(", ")
        if label not in ASKS and len(parts) > 2:
            words = parts[0] + ", " + form.replace("@", "⟦P:" + rng.choice(["oh ya?", "he eh", "wah, sampai segitu ya uangnya?"]) + "⟧") + " " + ", ".join(parts[1:])
        out.append((label, words))
    return out
