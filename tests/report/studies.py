"""Studies to report on: a small one whose transcripts are as hostile as text can be, and a large one."""

from __future__ import annotations

from pathlib import Path

from kube_research.journal import Journal
from kube_research.model import Coding
from kube_research.text import normalise

BOOK = """codebook: small
version: "1.0.0"
title: {id: "Kecil <b>", en: "Small <b>"}
codes:
  - id: s.meet
    name: {id: Rapat, en: Meeting}
    definition: {id: "Rapat </script><script>window.hacked=1</script> diadakan.", en: "A meeting {{ 7*7 }} is held."}
    source: "Slamet 2001"
    indicators: {id: ["rapat rutin"]}
  - id: s.close
    name: {id: Kompak, en: Closeness}
    definition: {id: Mereka kompak., en: They stand together.}
  - id: s.money
    name: {id: Kas, en: Money}
    definition: {id: Uang kas., en: The group's money.}
changelog:
  - {version: "1.0.0", date: 2026-01-01, who: ani, why: "<img src=x onerror=window.hacked=1>"}
"""
HOSTILE = """# Status: sintetis (synthetic)

P: Apa kabar? <script>window.hacked = 1</script></script><!-- {{ 7*7 }} {% raw %} ]]>
N: 😀😀 Iya, <b>diajak</b> rapat & "kas" *tebal* `x` 😀 kompak terus. \u202eterbalik\u202c Cafe\u0301 \u2028 baris.
S: RAHASIASEKALI tidak boleh dikutip.
W: DITARIKSEKALI sudah mundur.
N: Nggak pernah ada rapat rutin. <img src=x onerror="window.hacked=1">
P: שלום?
N: Kompak terus.
"""
CLOSED = "# Status: sintetis (synthetic)\n\nP: Apa?\nN: HANYAANALISIS saja, kompak.\n"


def small(root: Path) -> Path:
    """Two cases, three interviews, two coders, a chapter with claims; one speaker withdrew, one and a whole document may not be quoted."""
    for name in ("corpus/transcripts", "corpus/codings", "codebooks", "notebooks", "chapters"):
        (root / name).mkdir(parents=True)
    (root / "codebooks/small.yml").write_text(BOOK, encoding="utf-8")
    texts = {"a1": HOSTILE, "b1": HOSTILE.replace("kas", "uang"), "c1": CLOSED}
    for name, text in texts.items():
        (root / f"corpus/transcripts/{name}.txt").write_text(text, encoding="utf-8", newline="\n")
    (root / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent,title\na1,interview,A,id,2026-01-01,,,quote,<i>Judul</i>\nb1,interview,B,id,2026-01-02,,,quote,\nc1,interview,B|2,id,2026-01-03,,,analyse,\n", encoding="utf-8")
    rows = [f"{d},{label},{who},{role},{consent}" for d in ("a1", "b1") for label, who, role, consent in (("P", "R", "researcher", ""), ("N", f"{d.upper()}-SITI", "member", ""), ("S", f"{d.upper()}-SRI", "officer", "analyse"), ("W", f"{d.upper()}-WATI", "member", "withdrawn"))]
    (root / "corpus/speakers.csv").write_text("document,label,speaker,role,consent\n" + "\n".join(rows) + "\nc1,P,R,researcher,\nc1,N,C1-TUTI,member,\n", encoding="utf-8")
    (root / "corpus/cases.csv").write_text("case,name,outcome\nA,KUBE <u>Anggrek</u>,berhasil\nB,KUBE Bakung,gagal\nB|2,Bakung dua,gagal\n", encoding="utf-8")
    for coder, shift in (("ani", 0), ("budi", 1)):
        for d, text in ((d, normalise(t)) for d, t in texts.items()):
            journal, n = Journal(root / f"corpus/codings/{coder}/{d}.jsonl", coder), 0
            for words, code, polarity in (("<b>diajak</b> rapat", "s.meet", "present"), ("😀 kompak terus", "s.close", "present"), ("kompak terus", "s.meet", "absent"), ("Nggak pernah ada rapat rutin", "s.meet", "absent"), ("RAHASIASEKALI", "s.close", "present"), ("HANYAANALISIS", "s.close", "present")):
                at = text.find(words)
                if at >= 0 and (not shift or n != 1):
                    journal.append({"id": f"{coder}{d}{n:020d}"[:26], "time": f"2026-02-0{1 + shift}T0{n}:00:00.000000Z", "event": "code", "coding": f"{d}{coder}{n}".ljust(26, "0"), "document": d, "start": at, "end": at + len(words), "quote": words, "code": code, "polarity": polarity, "coder": coder, "note": "</script><b>memo" if n == 0 else ""})
                n += 1
    (root / "chapters/bab4.md").write_text("# Bab IV\n\nAda {persons code=s.meet} orang rapat. Kelompok <i>yang</i> rapat: {persons code=s.meet}. {claim id=k1 code=s.meet}\n\nTanpa bukti apa pun. {claim id=k2 code=s.money}\n", encoding="utf-8")
    return root


def large(root: Path, interviews: int = 100, codings: int = 10_000, words: int = 4000) -> Path:
    """Interviews of invented words with codings spread over them, ten cases, twenty codes, two coders."""
    import random

    draw = random.Random(7)
    stock = "kami rapat tiap minggu di rumah ketua lalu simpan uang kas untuk modal usaha keripik dan lele tetapi anggota ada yang diam saja karena malu kepada pengurus".split()
    for name in ("corpus/transcripts", "corpus/codings", "codebooks"):
        (root / name).mkdir(parents=True)
    codes = [f"x.c{i:02d}" for i in range(20)]
    (root / "codebooks/x.yml").write_text('codebook: x\nversion: "1.0.0"\ntitle: {id: Besar, en: Large}\ncodes:\n' + "".join(f"  - id: {c}\n    name: {{id: Kode {c}, en: Code {c}}}\n    definition: {{id: Definisi., en: Definition.}}\n" for c in codes), encoding="utf-8")
    documents, speakers = ["document,kind,case,language,date,source,sha256,consent"], ["document,label,speaker,role"]
    for i in range(interviews):
        name, lines = f"d{i:03d}", ["# Status: sintetis (synthetic)", ""]
        while sum(len(x.split()) for x in lines) < words:
            lines += ["P: Lalu bagaimana?", "N: " + " ".join(draw.choices(stock, k=60)) + "."]
        text = "\n".join(lines) + "\n"
        (root / f"corpus/transcripts/{name}.txt").write_text(text, encoding="utf-8", newline="\n")
        documents.append(f"{name},interview,k{i % 10},id,2026-01-{1 + i % 28:02d},,,quote")
        speakers += [f"{name},P,R,researcher", f"{name},N,N{i:03d},member"]
        at = [m for m, line in enumerate(text.split("\n")) if line.startswith("N: ")]
        starts, offset = [], 0
        for line in text.split("\n"):
            starts.append(offset)
            offset += len(line) + 1
        for c, coder in enumerate(("ani", "budi")):
            journal, events = Journal(root / f"corpus/codings/{coder}/{name}.jsonl", coder), []
            for n in range(codings // interviews // 2):
                a = starts[draw.choice(at)] + 3 + draw.randrange(100)
                events.append(Coding(f"{i:04d}{c}{n:05d}".ljust(26, "0"), name, a, a + 80, text[a:a + 80], draw.choice(codes), draw.choice(("present", "present", "absent")), coder))
            journal.append(*({"event": "code", "coding": e.id, **{k: getattr(e, k) for k in ("document", "start", "end", "quote", "code", "polarity", "coder")}} for e in events))
    (root / "corpus/documents.csv").write_text("\n".join(documents) + "\n", encoding="utf-8")
    (root / "corpus/speakers.csv").write_text("\n".join(speakers) + "\n", encoding="utf-8")
    (root / "corpus/cases.csv").write_text("case,name,outcome\n" + "".join(f"k{i},KUBE {i},{'berhasil' if i % 2 else 'gagal'}\n" for i in range(10)), encoding="utf-8")
    return root
