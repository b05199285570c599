"""A write-up against its study: every quotation judged, every bound number recomputed, every claim without a segment listed."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..bind import Binder, Mark, bind, changes, marks, sentence_at
from ..claims import claims
from ..model import Fault, KubeError
from ..study import Study
from ..words import say
from . import pages
from .judge import Judgement, judge
from .quoting import quoted
from .outcome import Number, Verification
from .sources import Sources


def verify(study: Study, path: Path | str, *, claims_too: bool = True) -> Verification:
    """Verify a thesis, chapter or article (.docx, .odt, .md) against a study.

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
    else:
        write_up = pages.read(path)
    write_up.paged = any(p.pages for p in write_up.paragraphs)
    judged = judge_all(write_up.paragraphs, Sources(study))
    numbers = tuple(_numbers(study, write_up, faults))
    if claims_too:
        faults += [f for f in claims(study).faults]
    data = path.read_bytes() if path.suffix.lower() == ".docx" else b""
    return Verification(write_up, tuple(judged), numbers, tuple(faults), study.root.resolve().name, data)


def judge_all(paragraphs: list[pages.Paragraph], sources: Sources) -> list[Judgement]:
    """The judgements on all quotations of paragraphs, in order; a translation is one only beside an original that is verbatim."""
    out: list[Judgement] = []
    for q in quoted(paragraphs, sources):
        out.append(judge(q, sources))
    for i, j in enumerate(out):
        if j.verdict == "not-found" and j.quoted.translation:
            near = [x for x in out[max(0, i - 1):i + 2] if x is not j and abs(x.quoted.paragraph.n - j.quoted.paragraph.n) <= 1]
            if any(x.verdict == "verbatim" for x in near):
                j.verdict = "translation"
    return out


def _numbers(study: Study, write_up: pages.WriteUp, faults: list[Fault]) -> list[Number]:
    """Every content control of the write-up that a record binds, recomputed; records whose control is gone are told."""
    records = {r.get("id", ""): r for r in write_up.bound if r.get("mark")}
    if not records:
        return []
    binders = {lang: Binder(study, lang) for lang in ("id", "en")}
    cache: dict[str, str] = {}
    tables: dict[str, pd.DataFrame] = {}
    out, seen = [], set()
    for p in write_up.paragraphs:
        for start, end, tag in p.controls:
            r = records.get(tag)
            if r is None:
                continue
            seen.add(tag)
            try:
                now = _now(binders[r.get("lang") if r.get("lang") in binders else "id"], r, cache, tables)
            except KubeError as e:
                faults += [Fault(f.what, f"{write_up.name} ({r['mark'][:60]})", f.remedy, "finding") for f in e.faults]
                continue
            out.append(Number(p, start, end, r["mark"], " ".join(p.text[start:end].split()), " ".join(r.get("value", "").split()), " ".join(now.split()), sentence_at(p.text, start)))
    for tag in records.keys() - seen:
        r = records[tag]
        faults.append(Fault(say(f"Angka terikat '{r.get('value', '')}' tidak lagi terikat atau terhapus.", f"The bound number '{r.get('value', '')}' is no longer bound, or was deleted."), f"{write_up.name} ({r['mark'][:60]})", say("Buat ulang berkasnya, atau periksa kalimatnya dengan tangan.", "Make the file again, or check its sentence by hand."), "finding"))
    return out


def _now(binder: Binder, record: dict[str, str], cache: dict[str, str], tables: dict[str, pd.DataFrame]) -> str:
    """What a record's mark gives now; for a table cell, the cell."""
    found = marks(record["mark"])
    if not found:
        raise KubeError(Fault(say("Tanda itu tidak terbaca.", "The mark cannot be read."), record["mark"][:80], ""))
    mark: Mark = found[0]
    if mark.measure == "table":
        if record["mark"] not in tables:
            tables[record["mark"]] = binder.matrix(mark).frame
        frame, row, column = tables[record["mark"]], record.get("row", ""), record.get("column", "")
        return str(frame.at[row, column]) if row in frame.index and column in frame.columns else "–"
    if record["mark"] not in cache:
        cache[record["mark"]] = binder.quote(mark).words if mark.measure == "quote" else binder.value(mark)
    return cache[record["mark"]]


__all__ = ["Verification", "judge_all", "verify"]
