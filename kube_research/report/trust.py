"""Trustworthiness (Lincoln & Guba 1985) and what examiners ask: each with the evidence there is, or "not recorded"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .. import __version__
from ..codings import Codings
from ..corpus import SPOKEN, evidence
from ..model import KubeError, unknown
from ..study import Study, read_table
from .bilingual import Pair, join, of
from .facts import Trail

NOT = Pair("tidak tercatat", "not recorded")
STATED = Pair("dinyatakan peneliti: ", "stated by the researcher: ")


LG = ("prolonged", "triangulation", "member_check", "negative", "claims", "peer", "cases", "sampling", "sampling_rule", "context", "versions", "agreement", "recode", "order", "programs", "trail", "text", "memos", "suggestions", "blind", "voices", "consent", "pseudonyms")  # items of corpus/methods.csv for the criteria


@dataclass(frozen=True)
class Point:
    """One piece of evidence: the question, what the project can show (None: not recorded), where (an anchor of the page), how it is known."""

    question: Pair
    answer: Pair | None
    anchor: str = ""
    stated: bool = False


@dataclass(frozen=True)
class Known:
    """What the project knows of itself: looked up once, used by the checklists and by the criteria of trustworthiness."""

    study: Study
    people: Codings
    journals: Trail
    statements: Mapping[str, str]  # item → what the researcher states (corpus/methods.csv)
    extra: Mapping[str, Pair]      # what other parts of the report found: agreement, saturation, negative, claims, reviews

    def column(self, *names: str) -> Pair | None:
        """How many documents have one of these columns filled, or None when none has."""
        documents = [d for d in self.study.corpus if d.kind in SPOKEN]
        for name in names:
            n = sum(bool(d.meta.get(name, "").strip()) for d in documents)
            if n:
                return Pair(f"kolom {name} di documents.csv terisi untuk {n} dari {len(documents)} wawancara", f"the column {name} of documents.csv is filled for {n} of {len(documents)} interviews")
        return None

    def stated(self, item: str, question: Pair, answer: Pair | None, anchor: str = "") -> Point:
        """A point with the project's evidence, with the researcher's statement behind it."""
        own = self.statements.get(item, "")
        if own and answer is not None:
            return Point(question, answer + ". " + STATED + own, anchor)
        if own:
            return Point(question, STATED + own, anchor, True)
        return Point(question, answer, anchor if answer is not None else "")


def statements(study: Study) -> dict[str, str]:
    """What the researcher states on items that no data can prove: corpus/methods.csv (item, statement), e.g. coreq.10, srqr.S9, lg.prolonged."""
    known = {"title", *(f"coreq.{n}" for n in range(1, 33)), *(f"srqr.S{n}" for n in range(1, 22)), *(f"lg.{n}" for n in LG)}
    rows = read_table(study.root / "corpus" / "methods.csv", ("item", "statement"))
    faults = [unknown("butir", "item", r["item"], sorted(known), f"corpus/methods.csv:{r['_line']}") for r in rows if r["item"] not in known]
    if faults:
        raise KubeError(faults)
    return {r["item"]: r["statement"] for r in rows if r["statement"]}


def people_of(study: Study) -> dict[str, set[str]]:
    """role → the persons who speak in it (evidence only)."""
    out: dict[str, set[str]] = {}
    for d, t in study.corpus.turns():
        if d.kind in SPOKEN and evidence(d, t):
            out.setdefault(t.role or "?", set()).add(t.speaker or t.label)
    return out


ROLE = {"member": Pair("anggota", "members"), "officer": Pair("pengurus", "officers"), "mentor": Pair("pendamping", "mentors"), "agency": Pair("dinas", "agency"), "family": Pair("keluarga", "family")}


def sample(study: Study) -> Pair:
    """Who was heard, in a line: persons by role, interviews, cases, dates."""
    people = people_of(study)
    n = len(set().union(*people.values())) if people else 0
    roles = join([Pair(f"{len(v)} ", f"{len(v)} ") + ROLE.get(k, of(k)) for k, v in sorted(people.items())])
    interviews = [d for d in study.corpus if d.kind in SPOKEN]
    dates = sorted(d.date for d in interviews if d.date)
    span = f", {dates[0]} – {dates[-1]}" if dates else ""
    return Pair(f"{n} informan (", f"{n} informants (") + roles + Pair(f"), {len(interviews)} wawancara, {len({d.case for d in interviews if d.case})} kasus{span}", f"), {len(interviews)} interviews, {len({d.case for d in interviews if d.case})} cases{span}")


def consent_line(study: Study) -> Pair | None:
    counts: dict[str, int] = {}
    for d in study.corpus:
        if d.kind in SPOKEN:
            c = d.meta.get("consent", "") or "–"
            counts[c] = counts.get(c, 0) + 1
    if set(counts) <= {"–"}:
        return None
    return Pair("persetujuan: ", "consent: ") + ", ".join(f"{k} {v}" for k, v in sorted(counts.items()))


def version_line(study: Study) -> Pair:
    books = list(study.sound_codebooks())
    entries = sum(len(b.changelog) for b in books)
    return Pair(f"{len(books)} buku kode berversi, {entries} catatan perubahan", f"{len(books)} versioned codebooks, {entries} changelog entries")


def criteria(k: Known) -> list[tuple[str, Pair, Pair, list[Point]]]:
    """(id, criterion, question at the defence, points) for Lincoln & Guba's four, and for ethics."""
    study, x, j = k.study, k.extra, k.journals
    cases = study.corpus.cases
    fields = sorted({c for v in cases.values() for c in v} - {"case"})
    empty = sum(not v.get(f, "").strip() for v in cases.values() for f in fields)
    judged = sum(j.decisions.values())
    accepted = sum(n for v, n in j.decisions.items() if v == "accepted")
    first, last = (min((str(r["first"]) for r in j.rows if r["first"]), default=""), max((str(r["last"]) for r in j.rows if r["last"]), default=""))
    same = sum(r["hash"] == "same" for r in j.rows)
    roles = {r for r in people_of(study)}
    kinds = {d.kind for d in study.corpus if d.kind != "chapter"}
    blind = sum(bool(r["blind"]) for r in j.rows)
    return [
        ("credibility", Pair("Kredibilitas", "Credibility"), Pair("Dari mana Anda tahu bahwa ini benar bagi informan?", "How do you know that it is true for the informants?"), [
            k.stated("lg.prolonged", Pair("Keterlibatan di lapangan", "Time in the field"), x.get("field"), "cases"),
            k.stated("lg.triangulation", Pair("Triangulasi sumber", "Triangulation of sources"), Pair(f"{len(roles)} peran dan {len(kinds)} jenis sumber; siapa mengatakan apa, di matriks sumber × tema", f"{len(roles)} roles and {len(kinds)} kinds of source; who says what, in the matrix source × theme") if len(roles) > 1 else None, "triangulation"),
            k.stated("lg.member_check", Pair("Pengecekan anggota", "Member checks"), k.column("returned", "checked", "member_check")),
            k.stated("lg.negative", Pair("Kasus negatif", "Negative cases"), x.get("negative"), "negative"),
            k.stated("lg.claims", Pair("Klaim dan bukti yang menentangnya", "Claims and what speaks against them"), x.get("claims"), "claims"),
            k.stated("lg.peer", Pair("Pembacaan oleh pembimbing", "The supervisor's reading"), x.get("reviews"), "reviews"),
        ]),
        ("transferability", Pair("Keteralihan", "Transferability"), Pair("Di mana lagi ini dapat berlaku?", "Where else could it hold?"), [
            k.stated("lg.cases", Pair("Gambaran kasus", "The cases described"), Pair(f"{len(cases)} kasus × {len(fields)} atribut, {empty} sel kosong", f"{len(cases)} cases × {len(fields)} attributes, {empty} cells empty") if cases else None, "cases"),
            k.stated("lg.sampling", Pair("Siapa yang didengar", "Who was heard"), sample(study), "cases"),
            k.stated("lg.sampling_rule", Pair("Aturan pemilihan informan", "The rule of sampling"), None),
            k.stated("lg.context", Pair("Konteks (tempat, waktu)", "Context (place, time)"), k.column("setting", "place", "location")),
        ]),
        ("dependability", Pair("Kebergantungan", "Dependability"), Pair("Apakah proses yang sama memberi pengodean yang sama?", "Would the same process give the same coding?"), [
            k.stated("lg.versions", Pair("Versi buku kode dan alasannya", "Codebook versions and their reasons"), version_line(study), "codebooks"),
            k.stated("lg.agreement", Pair("Kesepakatan antarpengode", "Agreement between coders"), x.get("agreement"), "agreement"),
            k.stated("lg.recode", Pair("Pengodean ulang oleh pengode yang sama sesudah dua minggu", "Code–recode by the same coder after two weeks"), x.get("recode"), "audit"),
            k.stated("lg.order", Pair("Urutan analisis", "Order of the analysis"), Pair(f"{len(j.events)} keputusan bertanggal, {first} – {last}", f"{len(j.events)} dated decisions, {first} – {last}") if j.events else None, "audit"),
            k.stated("lg.programs", Pair("Program dan benih acak", "Programs and seeds"), Pair(f"kube_research {__version__}; setiap angka acak menyebut benihnya", f"kube_research {__version__}; every random number names its seed"), "audit"),
        ]),
        ("confirmability", Pair("Kepastian", "Confirmability"), Pair("Dari data, atau dari Anda?", "Is it from the data, or from you?"), [
            k.stated("lg.trail", Pair("Jejak audit", "Audit trail"), Pair(f"{len(j.rows)} jurnal; setiap kutipan membuka transkripnya pada tempatnya", f"{len(j.rows)} journals; every quotation opens its transcript at its place") if j.rows else None, "audit"),
            k.stated("lg.text", Pair("Teks tidak disentuh", "The text untouched"), Pair(f"sidik teks cocok dengan catatan pada {same} dari {len(j.rows)} jurnal; {len(study.versions())} pembetulan tercatat", f"the text's digest is the recorded one for {same} of {len(j.rows)} journals; {len(study.versions())} corrections on record") if j.rows else None, "audit"),
            k.stated("lg.memos", Pair("Memo refleksif", "Reflexive memos"), x.get("memos"), "memos"),
            k.stated("lg.suggestions", Pair("Usulan mesin yang diterima", "Machine's suggestions accepted"), Pair(f"{accepted} dari {judged} usulan yang dinilai", f"{accepted} of {judged} suggestions judged") if judged else None, "audit"),
            k.stated("lg.blind", Pair("Pengodean buta", "Blind coding"), Pair(f"tercatat pada {blind} dari {len(j.rows)} jurnal", f"recorded for {blind} of {len(j.rows)} journals") if blind else None, "audit"),
        ]),
        ("ethics", Pair("Kejujuran dan etika", "Authenticity and ethics"), Pair("Suara siapa yang hilang?", "Whose voices are missing?"), [
            k.stated("lg.voices", Pair("Suara per informan", "Voices"), x.get("voices"), "attention"),
            k.stated("lg.consent", Pair("Persetujuan", "Consent"), consent_line(study), "cases"),
            k.stated("lg.pseudonyms", Pair("Penyamaran", "Pseudonyms"), k.column("pseudonymised", "anonymised", "disamarkan")),
        ]),
    ]


def objections(k: Known) -> list[Point]:
    """What Indonesian examiners commonly object, with what the project has ready."""
    x = k.extra
    sources = sum(bool(c.source) for b in k.study.sound_codebooks() for c in b)
    codes = sum(1 for b in k.study.sound_codebooks() for _ in b)
    return [
        Point(Pair("“Berapa informan dan mengapa?”", "“How many informants, and why?”"), sample(k.study) + (Pair("; ", "; ") + x["saturation"] if "saturation" in x else of("")), "cases"),
        Point(Pair("“Triangulasinya mana?”", "“Where is the triangulation?”"), Pair("matriks sumber × tema: siapa mengatakan apa", "the matrix source × theme: who says what"), "triangulation"),
        Point(Pair("“Ini kutipan siapa?”", "“Whose quotation is this?”"), Pair("setiap kutipan membawa informan, peran, dokumen dan baris, dan membuka transkripnya", "every quotation bears informant, role, document and line, and opens its transcript"), "quotations"),
        Point(Pair("“Kenapa dihitung, ini kualitatif?”", "“Why count? This is qualitative.”"), Pair("yang dihitung orang, di samping kutipannya; tanpa uji statistik atas kelompok", "persons are counted, beside their quotations; no test on groups"), "matrices"),
        Point(Pair("“Teori siapa?”", "“Whose theory?”"), Pair(f"{sources} dari {codes} kode menyebut sumbernya", f"{sources} of {codes} codes name their source") if sources else None, "codebooks"),
        Point(Pair("“Temuan negatifnya?”", "“And the negative findings?”"), x.get("negative"), "negative"),
    ]
