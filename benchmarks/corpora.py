"""Deterministic corpora for the benchmarks: the same seed gives the same bytes.

`study` writes a whole study: transcripts made of the demo study's turns in random order, five coders' journals, one codebook of 60 codes
and 300 indicators.  `abstracts` gives invented abstracts as a table, by the partition.
"""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
CODERS = ("ani", "budi", "citra", "dewi", "eko")


@dataclass(frozen=True)
class Size:
    """How large a corpus is; `codings` are those of all coders together."""

    documents: int
    characters: int
    codings: int
    coders: int = 5
    cases: int = 20
    kind: str = "transcript"


SIZES = {"S": Size(30, 13_500, 10_000), "M": Size(1_000, 13_500, 200_000), "L": Size(100_000, 2_230, 2_000_000, kind="abstract")}


def turns() -> list[str]:
    """What is said in the demo study's interviews, turn by turn."""
    from kube_research.study import open_study

    found = [" ".join(d.text[t.body:t.end].split()) for d in open_study(ROOT).corpus for t in d.turns if d.kind == "interview"]
    return [t for t in found if t]


def transcript(said: list[str], characters: int, rng: random.Random) -> str:
    """One transcript of turns "P: …" and "N: …" in alternation."""
    lines, size, i = [], 0, 0
    while size < characters:
        lines.append(f"{'PN'[i % 2]}: {rng.choice(said)}")
        size += len(lines[-1]) + 1
        i += 1
    return "\n".join(lines) + "\n"


def phrases(texts: list[str], count: int, seed: int = 3) -> list[str]:
    """Pairs of neighbouring words out of the texts."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        words = rng.choice(texts).lower().split()
        i = rng.randrange(len(words) - 1)
        if all(w.isalpha() and w.isascii() and len(w) > 2 for w in words[i:i + 2]):
            found[f"{words[i]} {words[i + 1]}"] = None
    return sorted(found)


def codebook(pairs: list[str], codes: int = 60) -> str:
    """A codebook (YAML) whose codes share the pairs out among them, each an exact phrase."""
    per = len(pairs) // codes
    body = "".join(
        f"  - id: bench.c{n:02d}\n    name: {{id: Kode {n}, en: Code {n}}}\n    definition: {{id: Tentang {n}., en: About {n}.}}\n    indicators:\n      id:\n"
        + "".join(f"        - '={a} ={b}'\n" for a, b in (p.split() for p in pairs[n * per:(n + 1) * per])) for n in range(codes))
    return f'codebook: bench\nversion: "1.0.0"\ntitle: {{id: Uji, en: Bench}}\ncodes:\n{body}'


def study(root: Path, size: Size, seed: int = 7) -> Path:
    """Write a study; returns its folder.  It is left alone when it is there already."""
    from kube_research.journal import seal

    if (root / "made").exists():
        return root
    for name in ("corpus/transcripts", "codebooks"):
        (root / name).mkdir(parents=True, exist_ok=True)
    if size.kind == "abstract":
        return _abstracts(root, size, seed)
    rng, place = random.Random(seed), np.random.default_rng(seed)
    said = turns()
    coders, per = CODERS[:size.coders], size.codings // size.documents // size.coders
    for c in coders:
        (root / "corpus/codings" / c).mkdir(parents=True, exist_ok=True)
    rows, speakers, texts, serial = ["document,kind,case,language,date,source,sha256,consent"], ["document,label,speaker,role"], [], 0
    for n in range(size.documents):
        name, text = f"d{n:05d}", transcript(said, size.characters, rng)
        texts.append(text)
        (root / f"corpus/transcripts/{name}.txt").write_text(text, encoding="utf-8", newline="\n")
        rows.append(f"{name},interview,K{n % size.cases:02d},id,2026-01-01,,,")
        speakers += [f"{name},P,R,researcher", f"{name},N,N{n:05d},member"]
        starts = np.sort(place.integers(0, len(text) - 120, (len(coders), per)), axis=1)
        ends = starts + place.integers(15, 110, starts.shape)
        codes = place.integers(0, 60, starts.shape)
        for k, coder in enumerate(coders):
            with open(root / f"corpus/codings/{coder}/{name}.jsonl", "w", encoding="utf-8", newline="\n") as f:
                for a, b, c in zip(starts[k].tolist(), ends[k].tolist(), codes[k].tolist(), strict=True):
                    serial += 1
                    f.write(seal({"id": f"{serial:014x}{k:012x}", "time": f"2026-01-01T00:{serial // 60000 % 60:02d}:{serial // 1000 % 60:02d}.{serial % 1000:03d}000Z", "event": "code", "coding": f"{serial:014x}", "document": name, "start": a, "end": b,
                                  "quote": text[a:b], "before": text[max(0, a - 40):a], "after": text[b:b + 40], "code": f"bench.c{c:02d}", "polarity": "absent" if serial % 9 == 0 else "present", "coder": coder}) + "\n")
    cases = ["case,name,outcome"] + [f"K{n:02d},Kelompok {n},{'ya' if n % 2 else 'tidak'}" for n in range(size.cases)]
    for table, lines in (("documents", rows), ("speakers", speakers), ("cases", cases)):
        (root / f"corpus/{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "codebooks/bench.yml").write_text(codebook(phrases(texts, 300)), encoding="utf-8")
    (root / "made").write_text("")
    return root


def _abstracts(root: Path, size: Size, seed: int) -> Path:
    """A study of abstracts; each is coded by one of the coders in turn."""
    from kube_research.journal import seal

    place, per = np.random.default_rng(seed), size.codings // size.documents
    coders = CODERS[:size.coders]
    for c in coders:
        (root / "corpus/codings" / c).mkdir(parents=True, exist_ok=True)
    (root / "corpus/abstracts").mkdir(exist_ok=True)
    rows, some, serial = ["document,kind,case,language,date,source,sha256,consent"], [], 0
    for block in range(0, size.documents, 1_000):
        texts = abstracts(min(1_000, size.documents - block), block // 1_000, size.characters * 10 // 77)["text"]
        some += texts[:3]
        for n, text in enumerate(texts, block):
            name, coder = f"a{n:06d}", coders[n % len(coders)]
            (root / f"corpus/abstracts/{name}.txt").write_text(text + "\n", encoding="utf-8", newline="\n")
            rows.append(f"{name},abstract,K{n % size.cases:02d},id,2026-01-01,,,")
            starts = np.sort(place.integers(0, len(text) - 120, per))
            lines = []
            for a, long, c in zip(starts.tolist(), place.integers(15, 110, per).tolist(), place.integers(0, 60, per).tolist(), strict=True):
                serial += 1
                b = a + long
                lines.append(seal({"id": f"{serial:014x}{n:012x}", "time": f"2026-01-01T{serial // 3_600_000 % 24:02d}:{serial // 60000 % 60:02d}:{serial // 1000 % 60:02d}.{serial % 1000:03d}000Z", "event": "code", "coding": f"{serial:014x}", "document": name, "start": a, "end": b,
                                   "quote": text[a:b], "before": text[max(0, a - 40):a], "after": text[b:b + 40], "code": f"bench.c{c:02d}", "polarity": "absent" if serial % 9 == 0 else "present", "coder": coder}))
            (root / f"corpus/codings/{coder}/{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    cases = ["case,name,outcome"] + [f"K{n:02d},Kelompok {n},{'ya' if n % 2 else 'tidak'}" for n in range(size.cases)]
    for table, lines in (("documents", rows), ("speakers", ["document,label,speaker,role"]), ("cases", cases)):
        (root / f"corpus/{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "codebooks/bench.yml").write_text(codebook(phrases(some, 300)), encoding="utf-8")
    (root / "made").write_text("")
    return root


WORDS = (
    "penelitian ini bertujuan untuk mengetahui dinamika kelompok usaha bersama di desa kecamatan pendampingan anggota pengurus rapat modal bantuan sosial pemberdayaan masyarakat partisipasi "
    "metode kualitatif wawancara mendalam observasi dokumentasi hasil menunjukkan bahwa faktor pendukung penghambat keberhasilan kegagalan pendapatan keluarga penerima manfaat program dinas sosial "
    "pendamping kurang tidak belum sudah aktif berkembang macet simpan pinjam ternak warung dagang kerajinan pelatihan keterampilan kepemimpinan kekompakan kepercayaan aturan tujuan bersama tabungan "
    "informan teknik analisis data reduksi penyajian simpulan saran pemerintah daerah kabupaten kota perempuan miskin kemiskinan kesejahteraan the study group members business assistance facilitator "
    "meeting decision income family village empowerment participation conflict trust leadership success failure program not never").split()


def abstracts(count: int, seed: int = 0, words: int = 300) -> dict[str, list]:
    """Invented abstracts as columns: id, text, year, university, province.  Words are drawn at random: it is a load, not a text to read."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, len(WORDS) + 1) ** 0.6
    order = np.random.default_rng(1).permutation(len(WORDS))
    drawn = rng.choice(len(WORDS), (count, words), p=weights / weights.sum())
    pool = np.array([WORDS[i] for i in order], dtype=object)
    texts = []
    for row in pool[drawn]:
        texts.append(" ".join(" ".join(row[i:i + 15]).capitalize() + "." for i in range(0, words, 15)))
    return {"id": [f"a{seed:04d}-{i:06d}" for i in range(count)], "text": texts, "year": (2005 + rng.integers(0, 20, count)).tolist(),
            "university": [f"U{n:02d}" for n in rng.integers(0, 40, count)], "province": [f"P{n:02d}" for n in rng.integers(0, 34, count)]}
