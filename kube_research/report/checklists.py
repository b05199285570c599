"""COREQ (Tong, Sainsbury & Craig 2007; 32 items) and SRQR (O'Brien et al. 2014; 21): where the evidence is, or "not recorded"; never "met"."""

from __future__ import annotations

from ..corpus import SPOKEN
from .bilingual import Pair, of
from .trust import Known, Point, consent_line, people_of, sample, version_line

_COREQ = (  # number, Indonesian, English; the words are ours
    ("1", "Siapa mewawancarai", "Who interviewed"), ("2", "Gelar peneliti", "Researchers' credentials"), ("3", "Pekerjaan peneliti", "Researchers' occupation"), ("4", "Jenis kelamin peneliti", "Researchers' gender"),
    ("5", "Pengalaman dan pelatihan", "Experience and training"), ("6", "Hubungan sebelum penelitian", "Relationship before the study"), ("7", "Yang diketahui informan tentang peneliti", "What participants knew of the interviewer"),
    ("8", "Sikap dan kepentingan pewawancara", "Interviewer's assumptions and interests"), ("9", "Orientasi metode dan teori", "Methodological orientation and theory"), ("10", "Cara memilih informan", "Sampling"),
    ("11", "Cara mendekati informan", "Method of approach"), ("12", "Banyaknya informan", "Sample size"), ("13", "Yang menolak atau berhenti", "Refusals and drop-outs"), ("14", "Tempat wawancara", "Setting of the interviews"),
    ("15", "Orang lain yang hadir", "Bystanders"), ("16", "Gambaran informan", "Description of the sample"), ("17", "Pedoman wawancara", "Interview guide"), ("18", "Wawancara ulang", "Repeat interviews"), ("19", "Perekaman", "Recording"),
    ("20", "Catatan lapangan", "Field notes"), ("21", "Lamanya wawancara", "Duration"), ("22", "Saturasi", "Saturation"), ("23", "Transkrip dikembalikan kepada informan", "Transcripts returned"), ("24", "Banyaknya pengode", "Number of coders"),
    ("25", "Pohon kode", "Coding tree"), ("26", "Asal tema", "Derivation of themes"), ("27", "Program komputer", "Software"), ("28", "Umpan balik informan", "Participants' checking"), ("29", "Kutipan dengan penanda informan", "Quotations with their speakers"),
    ("30", "Data dan temuan sejalan", "Data and findings consistent"), ("31", "Tema utama jelas", "Major themes clear"), ("32", "Tema kecil dan kasus menyimpang", "Minor themes and deviant cases"),
)
_DOMAINS = {"1": ("Tim peneliti dan refleksivitas", "Research team and reflexivity"), "9": ("Rancangan", "Study design"), "24": ("Analisis dan temuan", "Analysis and findings")}
_SRQR = (
    ("S1", "Judul", "Title"), ("S2", "Abstrak", "Abstract"), ("S3", "Rumusan masalah", "Problem formulation"), ("S4", "Tujuan atau pertanyaan", "Purpose or question"), ("S5", "Pendekatan dan paradigma", "Approach and paradigm"),
    ("S6", "Peneliti dan refleksivitas", "Researchers and reflexivity"), ("S7", "Konteks", "Context"), ("S8", "Pemilihan informan", "Sampling strategy"), ("S9", "Etika", "Ethics"), ("S10", "Cara mengumpulkan data", "Data collection methods"),
    ("S11", "Alat dan teknologi", "Instruments and technologies"), ("S12", "Satuan penelitian", "Units of study"), ("S13", "Pengolahan data", "Data processing"), ("S14", "Analisis data", "Data analysis"), ("S15", "Keterpercayaan", "Trustworthiness"),
    ("S16", "Sintesis dan tafsir", "Synthesis and interpretation"), ("S17", "Hubungan dengan data", "Links to the data"), ("S18", "Kaitan dengan karya lain, keteralihan", "Prior work, transferability"), ("S19", "Keterbatasan", "Limitations"),
    ("S20", "Benturan kepentingan", "Conflicts of interest"), ("S21", "Pendanaan", "Funding"),
)


def _evidence(k: Known) -> dict[str, tuple[Pair | None, str]]:
    """item → what the project can show and where; the items that data cannot prove are absent."""
    study, x = k.study, k.extra
    spoken = [d for d in study.corpus if d.kind in SPOKEN]
    times: dict[str, int] = {}
    for d in spoken:
        for s in {t.speaker or t.label for t in d.turns if t.role not in ("researcher", "withdrawn", "")}:
            times[s] = times.get(s, 0) + 1
    repeated = sum(n > 1 for n in times.values())
    notes = sum(d.kind in ("note", "session") for d in study.corpus)
    stamped = sum(any(t.time for t in d.turns) for d in spoken)
    books = list(study.sound_codebooks())
    codes = sum(len(b) for b in books)
    sourced = sum(bool(c.source) for b in books for c in b)
    coders = k.people.coders
    quoted = k.people.full
    draft = Pair(" (rancangan: peneliti menegaskan)", " (a draft: the researcher confirms)")
    units = Pair("satuan: orang dan kasus; ", "units: persons and cases; ") + sample(study)
    coded_by = Pair(f"{len(coders)}: {', '.join(coders)}", f"{len(coders)}: {', '.join(coders)}") if coders else None
    tree = Pair(f"{len(books)} buku, {codes} kode dengan definisi", f"{len(books)} books, {codes} codes with definitions") if codes else None
    from .. import __version__

    software = of(f"kube_research {__version__}")
    links = Pair(f"{len(quoted)} kutipan, masing-masing dengan dokumen, baris dan informan", f"{len(quoted)} quotations, each with document, line and informant") if len(quoted) else None
    attributes = len({c for v in study.corpus.cases.values() for c in v} - {"case"})
    return {
        "10": (None, ""), "12": (sample(study) if spoken else None, "cases"), "14": (k.column("setting", "place", "location"), "cases"),
        "16": (Pair(f"peran {len(people_of(study))}, atribut kasus {attributes}", f"{len(people_of(study))} roles, {attributes} attributes of cases") if spoken else None, "cases"),
        "17": (k.column("guide"), ""), "18": (Pair(f"{repeated} dari {len(times)} informan diwawancarai lebih dari sekali", f"{repeated} of {len(times)} informants were interviewed more than once") if times else None, "cases"),
        "19": (k.column("recording", "audio"), "") if k.column("recording", "audio") else (Pair(f"{stamped} transkrip bertanda waktu", f"{stamped} transcripts bear times") if stamped else None, "transcripts"),
        "20": (Pair(f"{notes} catatan atau sesi di korpus", f"{notes} notes or sessions in the corpus") if notes else None, "transcripts"), "21": (k.column("duration", "minutes"), ""), "22": (x.get("saturation"), "saturation"),
        "23": (k.column("returned"), ""), "24": (coded_by, "audit"), "25": (tree, "codebooks"), "26": (Pair(f"{sourced} dari {codes} kode menyebut sumber teorinya", f"{sourced} of {codes} codes name their theory's source") + draft if sourced else None, "codebooks"),
        "27": (software, "audit"), "28": (k.column("checked", "member_check"), ""), "29": (links, "quotations"), "30": (x["claims"] + draft if "claims" in x else None, "claims"),
        "31": (Pair("matriks orang menurut kode", "matrices of persons by code") + draft if len(quoted) else None, "matrices"), "32": (x["negative"] + draft if "negative" in x else None, "negative"),
        "S8": (sample(study) if spoken else None, "cases"), "S9": (consent_line(study), "cases"), "S10": (x.get("field"), "cases"), "S11": (k.column("recording", "audio", "guide"), ""), "S12": (units if spoken else None, "cases"),
        "S13": (Pair(f"{len(study.versions())} pembetulan transkrip tercatat; sidik setiap teks di jejak audit", f"{len(study.versions())} corrections of transcripts on record; every text's digest in the audit trail"), "audit"),
        "S14": (version_line(study) + "; " + Pair(f"{len(k.journals.events)} keputusan pengodean bertanggal", f"{len(k.journals.events)} dated coding decisions"), "audit"),
        "S15": (x["agreement"] + "; " + Pair("jejak audit", "audit trail") if "agreement" in x else Pair("jejak audit", "audit trail"), "trust"), "S17": (links, "quotations"),
    }


def checklist(k: Known, which: str) -> list[tuple[str, Pair | None, Point]]:
    """(number, domain that begins here, point) for "coreq" or "srqr"."""
    found = _evidence(k)
    rows = []
    for number, indonesian, english in _COREQ if which == "coreq" else _SRQR:
        answer, anchor = found.get(number, (None, ""))
        domain = Pair(*_DOMAINS[number]) if which == "coreq" and number in _DOMAINS else None
        rows.append((number, domain, k.stated(f"{which}.{number}", Pair(indonesian, english), answer, anchor)))
    return rows
