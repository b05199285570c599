"""Labels: which lines open a speaker's turn, and which role a label probably names.

Shared by the corpus (our own `LABEL: ` files) and by the readers (the conventions in which others transcribe).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

STAMP = r"[\[(<]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[.,]\d{1,3})?[\])>]?"
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
ROLE_WORDS = (
    ("mentor", re.compile(r"\b(pendamping|penyuluh|mentor|psks|tksk|fasilitator|facilitator|pembina|field ?worker)\b", re.I)),
    ("agency", re.compile(r"\b(dinas|dinsos|kelurahan|lurah|kades|kepala desa|kantor desa|petugas|staf|staff|pegawai|kasi|kabid|kementerian|yayasan|lembaga|officer of|agency|perangkat)\b", re.I)),
    ("officer", re.compile(r"\b(ketua|wakil|bendahara|sekretaris|pengurus|treasurer|chair\w*|secretary|manajer|koordinator)\b", re.I)),
    ("family", re.compile(r"\b(suami|istri|isteri|anak|menantu|mertua|keluarga|husband|wife|son|daughter)\b", re.I)),
    ("member", re.compile(r"\b(anggota|member|warga|penerima|resident)\b", re.I)),
)


def key(label: str) -> str:
    """A label as it is compared: case, dots, spaces and a role in brackets do not count.

    >>> key("P ."), key("Informan  1"), key("IVON (peneliti)")
    ('p', 'informan 1', 'ivon')
    """
    bare = re.sub(r"\s*\([^()]*\)\s*$", "", label) or label
    return re.sub(r"[\s._]+", " ", bare).strip(" .-*#@").casefold()


def plausible(label: str) -> bool:
    """Whether a piece of text before a colon could be a speaker's label at all."""
    words = label.replace(".", " ").split()
    return bool(words) and len(words) <= 5 and words[0].lower() not in NOT_LABELS and not re.search(r"[,;\"]", label)


def found(text: str) -> Counter[str]:
    """Count the labels that open lines of `text`."""
    return Counter(m.group(2).strip() for m in TURN.finditer(text) if plausible(m.group(2)))


def openers(counts: Mapping[str, int], listed: Iterable[str] = ()) -> set[str]:
    """Labels that open turns: those listed for the document, and those that recur or are a known speaker's mark.

    >>> sorted(openers({"P": 3, "N": 3, "Tanggal": 1, "Masalah kita": 1}))
    ['N', 'P']
    """
    listed = set(listed)
    keep = {label for label in counts if label in listed}
    for label, n in counts.items():
        low = label.lower()
        first = low.split()[0].strip(".")
        if low in HEAD_KEYS and n < 3 or first in HEAD_KEYS and n < 2 and not RESEARCHER.match(low) and not INFORMANT.match(low):
            continue
        if RESEARCHER.match(low) or INFORMANT.match(low) or n >= 2 and (label[0].isupper() or len(label) <= 3):
            keep.add(label)
    return keep


def role_of_words(words: str) -> str:
    """The role that a description such as "Bu Sarmi (bendahara)" names, or ""."""
    for role, pattern in ROLE_WORDS:
        if pattern.search(words):
            return role
    return ""


def guess(label: str, labels: Iterable[str] = (), default: str = "member") -> str:
    """The role that `label` probably names, given all labels of its document.

    >>> guess("P", ["P", "N"]), guess("N", ["P", "N"]), guess("Bu Titi (bendahara)"), guess("I", ["I", "R"])
    ('researcher', 'member', 'officer', 'researcher')
    """
    low, others = label.lower().strip(" ."), {x.lower().strip(" .") for x in labels}
    if low == "i" and ("r" in others or "n" in others) and not others & {"p", "t", "q"}:
        return "researcher"
    if low == "a" and "q" not in others and "p" not in others and "b" in others:
        return default
    if low == "t" and "t" in others and not others & {"j", "n", "i"} and "p" in others:
        return default
    if RESEARCHER.match(low):
        return "researcher"
    return role_of_words(label) or default
