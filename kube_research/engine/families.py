"""Word families: the affixed, colloquial forms of an Indonesian root, generated, never stemmed.

A stemmer throws pendapatan, pendapat and dapat together; generation keeps to the root that the codebook names, and the researcher
sees the forms that occur and can strike one.

>>> {"mengajak", "ngajak", "diajak", "diajakin", "ajakan"} <= forms("ajak")
True
>>> {"nyapu", "menyapu", "disapu"} <= forms("sapu")
True
>>> "pendapat" in forms("dapat"), "pendapatan" in forms("dapat")
(False, False)
"""

from __future__ import annotations

import re
from functools import lru_cache

VOWELS = "aiueo"
SUFFIXES = ("", "kan", "i", "an", "in", "ken", "ke", "en", "eun", "ake", "no")
ENGLISH = ("", "s", "es", "ed", "d", "ing", "er", "ers")
# prefixes that change the sense of a root beyond its family are never generated: pe(N)-…-an of "dapat" is income, not "can"
LEXICAL = {
    "dapat": ("pendapat", "pendapatan", "sependapat", "berpendapat", "kedapatan"),
    "untung": ("beruntung", "keberuntungan", "peruntungan"),
    "usaha": ("pengusaha", "perusahaan", "berusaha", "mengusahakan", "diusahakan", "usahakan", "usahain"),
    "sama": ("sesama", "bersamaan"),
    "rapat": ("merapat", "rapatkan", "merapatkan", "kerapatan", "dirapatkan", "rapetin"),
    "serta": ("peserta", "beserta", "disertai", "disertakan", "sertai", "menyertai", "menyertakan"),
    "turut": ("menurut", "menuruti", "nurut", "berturut", "turutan", "penurut", "dituruti", "nuruti", "nurutin", "turuti"),
    "belum": ("sebelum", "sebelumnya"),
    "atur": ("teratur", "aturan", "peraturan"),
    "lihat": ("kelihatan", "terlihat", "penglihatan"),
    "kerja": ("pekerjaan", "kinerja"),
    "ajar": ("belajar", "pelajaran", "pelajar", "kurangajar"),
    "tani": ("pertanian",),
    "kena": (),
    "kata": ("katanya",),
    "anggota": (),
    "datang": ("mendatang", "pendatang"),
    "jalan": ("perjalanan", "pejalan", "jalanan"),
    "bagi": ("kebagian", "bagian", "sebagian", "bagian-bagian", "bagai", "sebagai"),
    "catat": ("tercatat",),
    "pimpin": (),
    "tugas": ("petugas",),
    "duduk": ("penduduk", "kependudukan", "kedudukan"),
    "tanggung": ("tanggungan", "ketanggungan", "pertanggungan"),
    "satu": ("sesuatu", "persatuan"),
    "mau": ("semau", "kemauan", "semaunya", "kemau"),
    "tinggal": ("ketinggalan", "peninggalan", "meninggal"),
    "latih": ("terlatih",),
    "damping": ("berdampingan", "samping"),
    "temu": ("ketemu",),
    "undang": ("undang-undang", "perundangan", "perundang-undangan"),
    "percaya": ("kepercayaan-keagamaan",),
    "musyawarah": (),
    "putus": ("terputus", "putus-putus", "keputusasaan"),
    "hasil": ("penghasilan", "berpenghasilan"),
    "guna": ("berguna", "pengguna", "guna-guna"),
    "modal": ("permodalan",),
    "tua": ("ketua", "orangtua"),
    "ada": ("keadaan", "berada", "adanya"),
}


def nasal(root: str) -> set[str]:
    """The root behind the nasal prefixes (meN-, peN-, and the colloquial N-): {"me…"-less stems such as "ngajak", "nulis"}.

    >>> sorted(nasal("tulis")), sorted(nasal("bantu")), sorted(nasal("ajak"))
    (['nulis'], ['mbantu'], ['ngajak'])
    """
    c = root[:1]
    if not c:
        return set()
    if c in VOWELS:
        return {"ng" + root}
    if root.startswith("kh") or c in "gh":
        return {"ng" + root}
    if c == "k":
        return {"ng" + root[1:]}
    if root.startswith(("sy",)):
        return {"n" + root}
    if c == "s":
        return {"ny" + root[1:]}
    if c == "t":
        return {"n" + root[1:]} if not root.startswith("tr") else {"n" + root[1:], "n" + root}
    if c == "p":
        return {"m" + root[1:]} if not root.startswith(("pr", "pl")) else {"m" + root[1:], "m" + root}
    if c in "bfv":
        return {"m" + root}
    if c in "dcjz":
        return {"n" + root}
    return {root}  # l r m n w y


@lru_cache(maxsize=4096)
def forms(root: str) -> frozenset[str]:
    """Every generated form of a root, without clitics and reduplication (the vocabulary's index knows those)."""
    root = root.lower().strip("-'")
    syllables = len(re.findall(f"[{VOWELS}]+", root))
    bases = {root}
    out: set[str] = set()
    nas = nasal(root)
    active = {"me" + n for n in nas} | nas | {"nge" + root, "nge" + root.removeprefix("me"), "m" + root if root[0] in "b" else "ng" + root if root[0] in VOWELS + "gh" else root}
    if root[0] in "cj":
        active |= {"ny" + root[1:] if root[0] == "c" else "n" + root, "nge" + root}
    if root[0] in "lrwy":
        active |= {"nga" + root, "nge" + root, "ng" + root}
    if syllables == 1:
        active |= {"menge" + root, "nge" + root}
    agents = {"pe" + n for n in nas} | {"pe" + root, "peng" + root if root[0] in VOWELS else "pe" + root}
    if syllables == 1:
        agents |= {"penge" + root}
    r = "be" if root.startswith("r") or re.match(r"[^aiueo]+er", root) else "ber"
    verbs = {root, *active, "di" + root, "ter" + root, "ke" + root, "ku" + root, "kau" + root, "tak" + root, "dak" + root, "ti" + root, "ta" + root, "te" + root}
    for v in verbs:
        out |= {v + s for s in SUFFIXES}
    causative = {"per" + root, "pe" + root} if not root.startswith("r") else {"pe" + root}
    for p in causative:
        for prefix in ("mem", "di", "ter", "", "m"):
            out |= {prefix + p + s for s in ("", "kan", "i", "in", "an")}
    out |= {r + root + s for s in ("", "an", "kan")} | {"be" + root, "ba" + root, "bar" + root, "mar" + root, "ma" + root}
    for a in agents:
        out |= {a, a + "an"}
        out |= {"ber" + a + "an", "se" + a}
    out |= {"per" + root + "an", "ke" + root + "an", "keber" + root + "an", "kese" + root + "an", "se" + root, "se" + root + "an", "ber" + "ke" + root + "an"}
    out |= {"ku" + x for x in (root, root + "in", root + "kan")}
    out |= {"di" + root + s for s in SUFFIXES} | {"dipang" + root + "keun", "nga" + root, "pang" + root}
    if root.endswith("k"):
        out |= {x[:-1] for x in ()}
    if re.fullmatch(r"[a-z]+", root) and not root.endswith(("e",)):
        pass
    bases |= out
    return frozenset(b for b in bases if len(b) >= max(3, len(root) - 1)) - frozenset(LEXICAL.get(root, ()))


@lru_cache(maxsize=1024)
def english(root: str) -> frozenset[str]:
    """The inflected forms of an English word: vote, votes, voted, voting, voter.

    >>> sorted(english("vote"))
    ['vote', 'voted', 'voter', 'voters', 'votes', 'voting']
    """
    out = {root, root + "s"}
    if root.endswith("e"):
        out |= {root + "d", root[:-1] + "ing", root + "r", root + "rs"}
    elif re.search(r"[^aeiou]y$", root):
        out |= {root[:-1] + "ies", root[:-1] + "ied", root + "ing", root[:-1] + "ier"}
        out.discard(root + "s")
    else:
        out |= {root + s for s in ("ed", "ing", "er", "ers")}
        if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", root):
            out |= {root + root[-1] + s for s in ("ed", "ing", "er", "ers")}
        if re.search(r"(s|x|z|ch|sh)$", root):
            out |= {root + "es"}
    return frozenset(out)
