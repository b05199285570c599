"""The page: jinja2 templates with autoescape, inert JSON, one hashed inline script, a strict content security policy."""

from __future__ import annotations

import base64
import hashlib
import sys
import traceback
from pathlib import Path
from typing import Any

import jinja2
import jinja2.sandbox
import numpy as np
from markupsafe import Markup

from .. import __version__
from ..claims import claims
from ..codings import Codings
from ..corpus import SPOKEN, evidence
from ..consent import hinders
from ..engine import autocode
from ..matrix import Matrix, cross
from ..memo import memos
from ..model import MACHINE, KubeError, unknown
from ..quotations import negative_cases
from ..review import reviews
from ..study import Study
from ..words import current, say
from . import findings, trust
from .bilingual import Pair, attribute, both, join, of
from .checklists import checklist
from .facts import attention, changes, trail
from .payload import inert, payload

_HERE = Path(__file__).resolve().parent
OPTIONAL = ("rules", "agreement", "saturation", "figures", "checklists", "memos", "claims")
TITLES = {
    "overview": Pair("Ikhtisar", "Overview"), "reviews": Pair("Komentar", "Comments"), "cases": Pair("Kasus dan informan", "Cases and informants"), "claims": Pair("Klaim", "Claims"), "matrices": Pair("Matriks", "Matrices"),
    "quotations": Pair("Kutipan", "Quotations"), "negative": Pair("Kasus negatif", "Negative cases"), "attention": Pair("Perlu dilihat", "To look at"), "agreement": Pair("Kesepakatan", "Agreement"), "saturation": Pair("Saturasi", "Saturation"),
    "codebooks": Pair("Buku kode", "Codebooks"), "memos": Pair("Memo", "Memos"), "trust": Pair("Keterpercayaan", "Trustworthiness"), "checklists": Pair("COREQ dan SRQR", "COREQ and SRQR"), "audit": Pair("Jejak audit", "Audit trail"), "transcripts": Pair("Transkrip", "Transcripts"),
}
_INNER = {"triangulation": Pair("Sumber × tema", "Source × theme")}


def render(study: Study, *, rules: bool = True, without: tuple[str, ...] = (), since: str = "") -> str:
    """The whole page as text, in both languages, beginning in the interface language."""
    for name in without:
        if name not in OPTIONAL:
            raise KubeError(unknown("bagian", "part", name, OPTIONAL))
    steps = _Steps()
    books = tuple(study.codebooks())
    journals, threads = trail(study), reviews(study)
    people = study.codings()
    people.books = books
    steps()
    machine = autocode(study.corpus, *books) if rules and "rules" not in without else None
    everything = people + machine if machine is not None else people
    steps()
    agreed = [] if "agreement" in without else findings.agreements(study)
    steps()
    saturated = None if "saturation" in without else findings.saturation(study, people)
    drawn = {} if "figures" in without else findings.figures(people, books, steps)
    claimed = findings.with_numbers(study, claims(study, people))
    against = negative_cases(people)
    notices = attention(study, people)
    noted = [] if "memos" in without else memos_of(study)
    earlier = findings.before(study, threads, since)
    as_of = max(journals.as_of, max((r["time"] for r in study.versions()), default=""), max((m.time for t in threads for m in t.messages), default=""), max((m.edited or m.time for m in memos(study)), default=""))

    extra = _extra(study, people, agreed, saturated, against, claimed, notices, threads, noted)
    stated = trust.statements(study)
    title = stated.get("title") or study.root.resolve().name
    known = trust.Known(study, people, journals, stated, extra)
    lists = [] if "checklists" in without else [("coreq", Pair("COREQ (32 butir)", "COREQ (32 items)"), checklist(known, "coreq")), ("srqr", Pair("SRQR (21 butir)", "SRQR (21 items)"), checklist(known, "srqr"))]
    sources = [*((c, people.where(coder=c)) for c in people.coders), *([(MACHINE, machine)] if machine is not None else [])]
    matrices = [m for book in books for m in _matrices(study, book, sources, drawn)]
    weight = {b.name: int(people.full["code"].isin([c.id for c in b]).sum()) for b in books}
    matrices.sort(key=lambda m: (m["source"] == MACHINE, -weight[m["book"]]))
    ids = {i: n for n, i in enumerate(everything.full["id"])}
    data = payload(study, everything, threads, {
        "study": title, "as_of": as_of, "language": current(), "version": __version__,
        "tables": {m["key"]: {"source": m["source"], "book": m["book"], "rows": "case", "count": "persons", "cells": {f"{c['id']}|{v['row']}": [v["n"], v["absent"]] for c in m["columns"] for v in c["cells"]}, "n": {r["id"]: r["n"] for r in m["rows"]}} for m in matrices},
        "negative": [ids[i] for i in against.full["id"]], "claims": {c.id: {"for": [ids[i] for i in c.support.full["id"]], "against": [ids[i] for i in c.against.full["id"]]} for c in claimed}, "now": findings.now_values(study, people, machine, threads),
    })
    shown = [s for s in TITLES if not (s in without or s == "checklists" and not lists or s == "memos" and "memos" in without)]
    counts = {"quotations": len(everything), "negative": len(against), "claims": len(claimed), "reviews": len(threads) or None, "cases": len(study.corpus.cases), "codebooks": len(books), "memos": len(noted), "transcripts": len(data["documents"]), "attention": sum(len(n.items) for n in notices)}
    environment = environment_of(study)
    script, style = (_HERE / "report.js").read_text(encoding="utf-8"), _style(study)
    spoken = [d for d in study.corpus if d.kind in SPOKEN]
    steps()
    out = _filled(
        environment, study, t=Pair, say=say, attr=attribute, number=_number, shade=_shade, language=current(), version=__version__, title=title, script=script, style=style, script_hash=_hash(script), style_hash=_hash(style), data=inert(data), report=data["report"],
        sections=[{"id": s, "title": TITLES[s], "count": counts.get(s)} for s in shown], titles={**TITLES, **_INNER}, as_of=as_of, synthetic=sum(d.synthetic for d in study.corpus), people=people, machine=machine, notices=notices,
        counts={"documents": len(study.corpus), "interviews": len(spoken), "words": sum(d.words() for d in study.corpus), "informants": len(set().union(*trust.people_of(study).values(), set()))},
        earlier=earlier, changes=changes(study, journals, threads, earlier.as_of, earlier.facts) if earlier else [], gone=study.withdrawn, sample=trust.sample(study), consent=trust.consent_line(study),
        cases=study.corpus.cases, case_rows=_cases(study), case_fields=[f for f in dict.fromkeys(k for v in study.corpus.cases.values() for k in v) if f not in ("case", "name")], **_roles(people, books),
        claims=claimed, matrices=matrices, agreements=agreed, code_names={c.id: _name(c) for b in books for c in b}, saturated=saturated, saturation_picture=findings.saturation_figure(saturated) if saturated and "figures" not in without else None,
        books=[_book(b, people, matrices) for b in books], memos=noted, criteria=trust.criteria(known), objections=trust.objections(known), checklists=lists, audit=journals.rows, waiting=journals.waiting, versions=study.versions())
    steps.end()
    return out


def _filled(environment: jinja2.Environment, study: Study, **values: Any) -> str:
    """The page of its templates; a fault in a campus's own template is told with its file and line."""
    try:
        return environment.get_template("report.html.j2").render(**values)
    except jinja2.TemplateError as e:
        own = study.root / "templates" / "report"
        at = [(f.filename, f.lineno) for f in traceback.extract_tb(e.__traceback__) if Path(f.filename).is_relative_to(own)]
        if isinstance(e, jinja2.TemplateSyntaxError) and e.filename and Path(e.filename).is_relative_to(own):
            at = [(e.filename, e.lineno)]
        if not at:
            raise
        raise KubeError(say(f"Template kampus salah: {e.message}.", f"The campus's template is wrong: {e.message}."), f"{Path(at[-1][0]).relative_to(study.root).as_posix()}:{at[-1][1]}",
                        say("Perbaiki atau hapus berkas itu; tanpa berkas itu dipakai template bawaan.", "Mend or delete that file; without it ours is used.")) from e


class _Steps:
    """A progress bar on the error stream, for what takes longer than a second."""

    def __init__(self) -> None:
        from tqdm import tqdm

        self.bar = tqdm(desc=say("laporan", "report"), file=sys.stderr, delay=1, leave=False, disable=not sys.stderr.isatty())

    def __call__(self) -> None:
        self.bar.update()

    def end(self) -> None:
        self.bar.close()


def environment_of(study: Study) -> jinja2.Environment:
    """Our templates, each of which a campus can replace by one of the same name in the study's templates/report/; sandboxed, since these came with data."""
    return jinja2.sandbox.SandboxedEnvironment(loader=jinja2.ChoiceLoader([jinja2.FileSystemLoader(study.root / "templates" / "report"), jinja2.FileSystemLoader(_HERE)]), autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)


def _style(study: Study) -> str:
    """Our style, with the campus's own behind it (templates/report/report.css)."""
    own = study.root / "templates" / "report" / "report.css"
    extra = own.read_text(encoding="utf-8-sig").replace("\r\n", "\n") if own.exists() else ""
    if "</" in extra:
        raise KubeError(say("Gaya kampus memuat '</'.", "The campus's style holds '</'."), "templates/report/report.css", say("Tulis hanya aturan CSS.", "Write CSS rules only."))
    return (_HERE / "report.css").read_text(encoding="utf-8") + extra


def memos_of(study: Study) -> list[dict[str, Any]]:
    """The memos as they stand: who, when, about what, and the place they hang on where its words may be shown."""
    out, found = [], memos(study)
    for m in found:
        place = f"{m.document}:{study.corpus[m.document].line(m.start)}" if m.document in study.corpus and m.start >= 0 else m.document
        quote = m.quote if m.quote and m.document in study.corpus and not hinders(study.corpus[m.document], m.start, m.end) else ""
        out.append({"by": m.author, "time": (m.edited or m.time)[:10], "about": "" if m.target in ("coding", "passage", "study") else m.about, "place": place, "text": m.text, "html": Markup(found.html(m, buttons=True)), "quote": quote, "kind": m.kind})  # noqa: S704 escaped by memo.html
    return out


def _name(code) -> Pair:
    return of(dict(code.name)) if any(code.name.values()) else of(code.id)


def _shade(value: int, base: int) -> int:
    """0 … 5: the share of n in fifths, for the cell's tint."""
    return 0 if not value else max(1, min(5, int(np.ceil(5 * value / base)))) if base else 1


def _number(value: float, digits: int) -> str | Pair:
    if value != value:
        return "–"
    english = f"{value:.{digits}f}"
    english = english.removeprefix("-") if not float(english) else english
    return Pair(english.replace(".", ","), english)


def _matrices(study: Study, book, sources: list[tuple[str, Codings]], drawn: dict) -> list[dict[str, Any]]:
    """The matrices of a codebook, one a source: persons by code and case, with those who say the opposite."""
    out = []
    for source, codings in sources:
        mine = codings.where(code=[c.id for c in book])
        if not len(mine):
            continue
        mine.books = (book,)
        table, absent = cross(mine, "case", count="persons"), cross(mine, "case", count="persons", polarity="absent")
        cases = [r for r in study.corpus.cases if r in table.frame.index] + [r for r in table.frame.index if r not in study.corpus.cases]
        columns = []
        for c in table.frame.columns:
            cells = [{"row": r, "n": int(table.frame.loc[r, c]), "absent": int(absent.frame.loc[r, c]) if r in absent.frame.index and c in absent.frame.columns else 0, "shade": _shade(int(table.frame.loc[r, c]), int(table.base.get(r, 0)))} for r in cases]
            columns.append({"id": c, "name": _name(book[c]) if c in book else of(c), "cells": cells})
        first = not any(m["book"] == book.name for m in out)
        out.append({"key": f"{book.name}.{source}", "book": book.name, "source": source, "title": of(dict(book.title)) if any(book.title.values()) else of(book.name), "rows": [{"id": r, "name": study.corpus.cases.get(r, {}).get("name") or r, "n": int(table.base.get(r, 0))} for r in cases],
                    "columns": columns, "note": both(lambda table=table: table.note.replace(table.codings.describe(), _described(table))), "figure": drawn.get(book.name) if first and source != MACHINE else None})
    return out


def _described(table: Matrix) -> str:
    """The filter without the list of the book's own codes."""
    parts = [f"{k}={'/'.join(v)}" for k, v in table.codings.filters if k != "code"]
    return ", ".join([*parts, say("kode buku ini", "the codes of this book")])


def _roles(people: Codings, books: tuple) -> dict[str, Any]:
    """The matrix source × theme: persons by role and codebook theme."""
    table = cross(people, "role", "theme", count="persons")
    keep = [c for c in table.frame.columns if table.frame[c].sum()]
    names = {b.name: of(dict(b.title)) if any(b.title.values()) else of(b.name) for b in books} | {c.id: _name(c) for b in books for c in b}
    return {"roles": Matrix(table.frame[keep], table.codings, table.rows, table.columns, table.count, table.polarity, table.keys), "role_names": trust.ROLE, "theme_names": names, "roles_note": both(lambda: table.note)}


def _cases(study: Study) -> list[dict[str, Any]]:
    heard: dict[str, set[str]] = {}
    talks: dict[str, int] = {}
    for d in study.corpus:
        if d.kind in SPOKEN:
            talks[d.case] = talks.get(d.case, 0) + 1
            heard.setdefault(d.case, set()).update(t.speaker or t.label for t in d.turns if evidence(d, t))
    return [{"id": k, "name": v.get("name") or k, "fields": v, "informants": len(heard.get(k, ())), "interviews": talks.get(k, 0)} for k, v in study.corpus.cases.items()]


def _book(book, people: Codings, matrices: list) -> dict[str, Any]:
    f = people.full
    used = f[f["code"].isin([c.id for c in book])].groupby("code")["speaker"].agg(["size", "nunique"])
    codes = []
    for c in book:
        depth, at = 0, c
        while at.parent and depth < 6:
            at, depth = book[at.parent], depth + 1
        n, persons = (int(x) for x in used.loc[c.id]) if c.id in used.index else (0, 0)
        codes.append({"id": c.id, "name": _name(c), "definition": of(dict(c.definition)) if any(c.definition.values()) else None, "include": of(c.includes) if c.includes else None, "exclude": of(c.excludes) if c.excludes else None, "source": c.source, "retired": c.retired, "automatic": c.automatic, "depth": depth, "n": n, "persons": persons})
    return {"name": book.name, "title": of(dict(book.title)) if any(book.title.values()) else of(book.name), "version": book.version, "sources": book.sources, "codes": codes, "changelog": [dict(e) for e in book.changelog], "open": False}


def _extra(study: Study, people: Codings, agreed: list, saturated, against: Codings, claimed, notices: list, threads, noted: list) -> dict[str, Pair]:
    """What the other parts found, in a phrase each; a part that found nothing is absent."""
    out: dict[str, Pair] = {}
    dates = sorted(d.date for d in study.corpus if d.kind in SPOKEN and d.date)
    if dates:
        n = sum(d.kind in SPOKEN for d in study.corpus)
        out["field"] = Pair(f"{n} wawancara, {dates[0]} – {dates[-1]}, {len(set(dates))} hari", f"{n} interviews, {dates[0]} – {dates[-1]}, {len(set(dates))} days")
    if agreed:
        a = agreed[0][0]
        alpha = float(a.frame["alpha"].iloc[-1])
        value = f"α = {alpha:.2f}" if alpha == alpha else "α –"
        out["agreement"] = Pair(f"{' – '.join(a.coders)}: {value.replace('.', ',')} (semua kode, n = {a.n} giliran, {len(a.documents)} dokumen)", f"{' – '.join(a.coders)}: {value} (all codes, n = {a.n} turns, {len(a.documents)} documents)")
    if again := findings.recoded(study):
        out["recode"] = again
    if saturated:
        out["saturation"] = Pair("saturasi kode: ", "code saturation: ") + saturated.verdict
    if len(people):
        out["negative"] = Pair(f"{len(against)} pengodean melawan kebanyakan dalam kasusnya", f"{len(against)} codings against the majority of their case")
        loud, silent = (next(len(n.items) for n in notices if n.id == k) for k in ("loud", "silent"))
        out["voices"] = Pair(f"{loud} kode dengan satu suara di atas 40 %, {silent} informan tanpa kutipan", f"{loud} codes with one voice over 40 %, {silent} informants without a quotation")
    if len(claimed):
        bare, contra = sum(not len(c.support) for c in claimed), sum(bool(len(c.against)) for c in claimed)
        out["claims"] = Pair(f"{len(claimed)} klaim, {bare} tanpa segmen, {contra} dengan bukti yang menentang", f"{len(claimed)} claims, {bare} without a segment, {contra} with evidence against")
    if len(threads):
        out["reviews"] = Pair(f"{len(threads)} utas, {sum(t.closed for t in threads)} selesai", f"{len(threads)} threads, {sum(t.closed for t in threads)} closed")
    if noted:
        out["memos"] = Pair(f"{len(noted)} memo", f"{len(noted)} memos")
    return out


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()


__all__ = ["OPTIONAL", "environment_of", "join", "render"]
