"""Labels: which lines open a speaker's turn, and which role a label probably names.

Shared by the corpus (our own `LABEL: ` files) and by the readers (the conventions in which others transcribe).
"""

from __future__ import annotations

import re
from functools import lru_cache

TURN = re.compile(rf"^(?:\[(\d{{1,2}}:\d{{2}}(?::\d{{2}})?)\][ \t]*)?([^\W\d_][^:\n\[\]?!]{{0,39}}?)[ \t]?:(?=[ \t]|$)", re.M)

NOTE = "Catatan"  # the label of what nobody says: a transcriber's notes, headings

HEAD_KEYS = frozenset(
    "tanggal tgl hari waktu jam pukul tempat lokasi alamat informan narasumber responden nama usia umur pekerjaan pendidikan jabatan durasi topik judul tema "
    "pewawancara peneliti kode no nomor status dokumen sumber catatan keterangan file rekaman transkriptor transkriptor/penyunting transkrip metode bahasa "
    "kelompok kube desa kecamatan kabupaten wawancara suasana situasi hadir undangan jenis penulis tahun date time place location interviewer interviewee informant participant title name age "
    "occupation duration topic subject setting legend legenda peserta pencatat notulen acara agenda kegiatan sesi pertemuan lampiran identitas".split()
)
NOT_LABELS = frozenset(
    "katanya kata masalahnya misalnya misal contohnya contoh intinya jadi artinya maksudnya pokoknya terus jawabnya tanyanya bilangnya yaitu yakni seperti antara "
    "pertama kedua ketiga keempat satu dua tiga alasannya hasilnya syaratnya caranya bedanya persoalannya kesimpulan note notes example".split()
)

RESEARCHER = re.compile(
    r"^(p|pn|pw|pwc|pew|t|q|int|iv|ivw|interviewer|moderator|mod|peneliti|penel|pewawancara|penanya|tanya|penulis|mahasiswa|mhs|researcher|enumerator|"
    r"fasilitator fgd|pemandu|moderator fgd|notulis|notulen|pertanyaan|pnl|ptnyaan|question|asisten peneliti|peneliti ?\d|p ?[12]|observer|pengamat|pencatat)$", re.I)
INFORMANT = re.compile(
    r"^(n|j|a|i|r|s|if|inf|nr|ns|narasumber|informan|informant|informan kunci|responden|respondent|subjek|subyek|jawab|jawaban|answer|partisipan|participant|peserta|"
    r"anggota|ibu|bapak|bu|pak|member|warga|resident)( ?(?:\d{1,3}|[a-z]))?$", re.I)
STUDENT = re.compile(r"\s*(?:mahasisw[ai]|mhs|student)\b", re.I)
ROLE_WORDS = (
    ("mentor", re.compile(r"\b(pendamping|penyuluh|mentor|psks|tksk|fasilitator|facilitator|pembina|field ?worker)\b", re.I)),
    ("agency", re.compile(r"\b(dinas|dinsos|kelurahan|lurah|kades|kepala desa|kantor desa|petugas|staf|staff|pegawai|kasi|kabid|kementerian|pejabat|fungsional|kepala (?:bidang|seksi|dinas)|yayasan|lembaga|officer of|agency|perangkat)\b", re.I)),
    ("officer", re.compile(r"\b(ketua|wakil|bendahara|sekretaris|pengurus|treasurer|chair\w*|secretary|manajer|koordinator)\b", re.I)),
    ("family", re.compile(r"\b(suami|istri|isteri|anak|menantu|mertua|keluarga|husband|wife|son|daughter)\b", re.I)),
    ("member", re.compile(r"\b(anggota|member|warga|penerima|resident)\b", re.I)),
)


BRACKET = re.compile(r"\s*(?:\(([^()\n]*)\)|\[([^\[\]\n]*)\])\s*$")
_GESTURE = re.compile(r"(?:dari|sambil|di|ke|dengan|sedang|masih|lalu|tiba-tiba|pelan|lirih|diam|baru|ikut|from|still|(?:ter|ber|men|mem|meng|nge)[a-z]{3,}|[a-z]+(?:ing|s) )\b.{0,40}", re.I)


def persona(label: str) -> str:
    """The words in brackets behind a name that say who somebody is by more than one mark or by an age; "" when there are none.

    >>> persona("Bu Sum (49, jualan pecel)"), persona("Dini (mahasiswa)"), persona("P (tertawa)")
    ('49, jualan pecel', 'mahasiswa', '')
    """
    words = (m.group(1) or m.group(2) or "").strip() if (m := BRACKET.search(label)) else ""
    aged = re.search(r"(?<!\d)\d{2}(?![\d:.])", words) and not re.search(r"\d[:.]\d", words)
    return words if words and (aged or "," in words or STUDENT.match(words) or RESEARCHER.match(words) or any(p.search(words) for _, p in ROLE_WORDS)) else ""


def plain(label: str) -> str:
    """A label without an age, a job or a stage direction in brackets; one word for a role stays.

    >>> plain("Bu Sum (49, jualan pecel)"), plain("Ibu O. (dari dapur)"), plain("Dini (mahasiswa)")
    ('Bu Sum', 'Ibu O.', 'Dini (mahasiswa)')
    """
    m = BRACKET.search(label)
    if not m or not label[:m.start()].strip():
        return label
    words = (m.group(1) or m.group(2) or "").strip()
    many = persona(label) and re.search(r"[\d,]", words) and not re.fullmatch(r"[A-Z\d.-]+", words)
    return label[:m.start()].rstrip() if many or not persona(label) and _GESTURE.fullmatch(words) else label


@lru_cache(maxsize=4096)
def key(label: str) -> str:
    """A label as it is compared: case, dots, spaces and a role in brackets do not count.

    >>> key("P ."), key("Informan  1"), key("IVON (peneliti)")
    ('p', 'informan 1', 'ivon')
    """
    bare = BRACKET.sub("", label) or label
    return re.sub(r"[\s._]+", " ", bare).strip(" .-*#@").casefold()
