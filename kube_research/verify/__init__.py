"""A write-up against its study: every quotation judged, every bound number recomputed, every claim without a segment listed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..bind import Binder, Mark, bind, changes, chapter_text, marks, names_of, sentence_at
from ..claims import claims
from ..matrix import Matrix
from ..model import Fault, KubeError
from ..study import Study
from ..words import say, using
from . import pages
from .judge import Judgement, judge
from .quoting import marked, quoted
from .outcome import Number, Verification
from .retyped import from_chapters, located
from .sources import Sources

Table = tuple[pd.DataFrame, dict[str, str]]  # a matrix, and its rows and columns by what they are shown as


def verify(study: Study, path: Path | str, *, claims_too: bool = True) -> Verification:
    """Verify a thesis, chapter, article or notebook (.docx, .odt, .md, .ipynb) against a study.

    Returns a `Verification`: `.quotations` (verdicts: verbatim, changed, stitched, wrong-speaker, not-found, no-consent; beside them
    translation, literature, term, which are not verified), `.numbers`, `.faults`, `.sound`; `.html()`, `.as_dict()`, `.commented()`.
    A quotation is verbatim only when all its words and inner punctuation stand so in one turn; no score ever decides.
    """
    path = Path(path)
    faults: list[Fault] = []
    if path.suffix.lower() in (".md", ".markdown") and path.is_file():
        text = pages.decode(path.read_bytes(), path.name)
        text = pages.normalise(text)
        bound = bind(study, text, where=path.name)
        faults += [c.fault() for c in changes(path, bound)]
        write_up = pages.flat(path.name, str(bound))
    elif path.suffix.lower() == ".ipynb":
        write_up = pages.read(path)
        faults += _bound_notebook(study, path, write_up)
    else:
        write_up = pages.read(path)
    write_up.paged = any(p.pages for p in write_up.paragraphs)
    judged = judge_all(write_up.paragraphs, Sources(study))
    numbers = tuple(_numbers(study, write_up, faults))
    if claims_too:
        faults += [f for f in claims(study).faults]
    data = path.read_bytes() if path.suffix.lower() == ".docx" else b""
    return Verification(write_up, tuple(judged), numbers, tuple(faults), study.root.resolve().name, data)


def _bound_notebook(study: Study, path: Path, write_up: pages.WriteUp) -> list[Fault]:
    """Fill in the marks of a notebook's Markdown cells in their places; the values that are no longer the accepted ones."""
    bound = bind(study, chapter_text(path), where=path.name)
    values = {v.mark: v.value for v in bound.values}
    for p in write_up.paragraphs:
        for m in reversed(marks(p.text) if p.kind != "output" else []):
            p.text = p.text[:m.start] + values.get(m.raw, m.raw) + p.text[m.end:]
    return [c.fault() for c in changes(path, bound)]


def judge_all(paragraphs: list[pages.Paragraph], sources: Sources) -> list[Judgement]:
    """The judgements on all quotations of paragraphs, in order; a translation is one only beside an original that is verbatim."""
    out: list[Judgement] = []
    at = {id(p): n for n, p in enumerate(paragraphs)}
    for q in quoted(paragraphs, sources):
        j = judge(q, sources)
        inner = [judge(x, sources) for x in marked(paragraphs, at[id(q.paragraph)], sources)] if q.block and j.verdict == "term" else []
        out += inner or [j]  # an indented paragraph of prose may quote between marks
    for i, j in enumerate(out):
        if j.verdict == "not-found" and j.quoted.translation:
            near = [x for x in out[max(0, i - 1):i + 2] if x is not j and abs(x.quoted.paragraph.n - j.quoted.paragraph.n) <= 1]
            if any(x.verdict == "verbatim" for x in near):
                j.verdict = "translation"
    return out


def _numbers(study: Study, write_up: pages.WriteUp, faults: list[Fault]) -> list[Number]:
    """Every bound number of the write-up recomputed; one that was typed over is found by the words around it, and one that is gone is told.

    A write-up that keeps no record of its own is compared with the study's chapters, sentence by sentence.
    """
    own = {r.get("id", ""): r for r in write_up.bound if r.get("mark")}
    binders = {lang: Binder(study, lang) for lang in ("id", "en")}
    cache: dict[str, str] = {}
    tables: dict[str, Table] = {}
    out: list[Number] = []

    def compare(r: dict[str, str], p: pages.Paragraph, start: int, end: int, loose: bool) -> None:
        try:
            now = _now(binders[r.get("lang") if r.get("lang") in binders else "id"], r, cache, tables)
        except KubeError as e:
            faults.extend(Fault(f.what, f"{write_up.name} ({r['mark'][:60]})", f.remedy, "finding") for f in e.faults)
            return
        out.append(Number(p, start, end, r["mark"], " ".join(p.text[start:end].split()), " ".join(r.get("value", "").split()), " ".join(now.split()), sentence_at(p.text, start), loose))

    seen = set()
    for p in write_up.paragraphs:
        for start, end, tag in p.controls:
            if tag in own:
                seen.add(tag)
                compare(own[tag], p, start, end, False)
    lost = [own[tag] for tag in own if tag not in seen]
    chapters = [] if own or write_up.name.endswith((".md", ".ipynb")) else from_chapters(study)
    for r, p, start, end in located(lost or chapters, write_up.paragraphs):
        seen.add(r.get("id", ""))
        compare(r, p, start, end, True)
    for r in lost:
        if r["id"] not in seen:
            faults.append(Fault(say(f"Angka terikat '{r.get('value', '')}' tidak lagi terikat, dan kalimatnya tidak ditemukan lagi.", f"The bound number '{r.get('value', '')}' is no longer bound, and its sentence was not found again."), f"{write_up.name} ({r['mark'][:60]})",
                                say("Buat ulang berkasnya, atau periksa kalimatnya dengan tangan.", "Make the file again, or check its sentence by hand."), "finding"))
    return sorted(out, key=lambda n: (n.paragraph.n, n.start))


def _now(binder: Binder, record: dict[str, str], cache: dict[str, str], tables: dict[str, Table]) -> str:
    """What a record's mark gives now; for a table cell, the cell."""
    found = marks(record["mark"])
    if not found:
        raise KubeError(Fault(say("Tanda itu tidak terbaca.", "The mark cannot be read."), record["mark"][:80], ""))
    mark: Mark = found[0]
    if mark.measure == "table":
        if record["mark"] not in tables:
            matrix = binder.matrix(mark)
            tables[record["mark"]] = matrix.frame, _called(matrix)
        frame, called = tables[record["mark"]]
        row, column = (record.get(k) or called.get(record.get(f"at_{k}", ""), "") for k in ("row", "column"))
        return str(frame.at[row, column]) if row in frame.index and column in frame.columns else "–"
    if record["mark"] not in cache:
        cache[record["mark"]] = binder.quote(mark).words if mark.measure == "quote" else binder.value(mark)
    return cache[record["mark"]]


def _called(matrix: Matrix) -> dict[str, str]:
    """The rows and columns of a matrix by what they are shown as, in either language."""
    called = {str(r): str(r) for r in (*matrix.frame.index, *matrix.frame.columns)}
    for language in ("en", "id"):
        with using(language):
            called |= {label: key for key, label in names_of(matrix).items()}
    return called


__all__ = ["Verification", "judge_all", "verify"]
