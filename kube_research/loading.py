"""Documents out of a study's tables and texts: speakers, roles, consent; the words of those who withdrew are veiled, and what cannot be read is told."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from . import cache, conflicts
from .consent import veil
from .corpus import Corpus, Document
from .files import FOLDERS, read_table
from .journal import safe_name
from .model import CONSENTS, KINDS, ROLES, Fault, KubeError, Speaker, unknown
from .text import decode, normalise
from .words import say

if TYPE_CHECKING:
    from .study import Study


_OWN = frozenset(("document", "kind", "case", "language", "date", "_line"))


def documents(study: Study) -> tuple[Corpus, tuple[Fault, ...], dict[str, int]]:
    """The corpus, every fault that was met, and how many documents and speakers withdrew."""
    faults: list[Fault] = []
    speakers: dict[str, list[Speaker]] = {}
    gone = {r["speaker"] for r in study.rows["speakers"] if r.get("consent", "").lower() == "withdrawn" and r.get("speaker")}  # a person withdraws everywhere
    for r in study.rows["speakers"]:
        consent = "withdrawn" if r.get("speaker") in gone else r.get("consent", "").lower()
        if consent not in CONSENTS:
            f = unknown("persetujuan", "consent", consent, CONSENTS[1:])
            faults.append(Fault(f.what, f"corpus/speakers.csv:{r['_line']}", f.remedy))
        role = r["role"].lower()
        if role not in ROLES:
            f = unknown("peran", "role", r["role"], ROLES)
            faults.append(Fault(f.what, f"corpus/speakers.csv:{r['_line']}", f.remedy))
        if consent == "withdrawn":
            role = "withdrawn"
        speakers.setdefault(r["document"], []).append(Speaker(r["document"], r["label"], r.get("speaker") or r["label"], role, consent))
    checked: dict[str, list[str]] = {}
    for r in read_table(study.root / "corpus" / "checked.csv", ("document", "quote")):
        checked.setdefault(r["document"], []).append(" ".join(r["quote"].split()))
    found, seen, withdrawn = [], {}, 0
    metas: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
    what = say("dokumen", "document")
    for r in study.rows["documents"]:
        name, where = r["document"], f"corpus/documents.csv:{r['_line']}"
        if name in seen:
            faults.append(Fault(say(f"Dokumen '{name}' tercantum dua kali (baris {seen[name]}).", f"The document '{name}' is listed twice (line {seen[name]})."), where, say("Hapus salah satu baris.", "Delete one of the lines.")))
            continue
        seen[name] = r["_line"]
        try:
            safe_name(name, what)
        except KubeError as e:
            faults += [Fault(f.what, where, f.remedy) for f in e.faults]
            continue
        kind, consent = r.get("kind", "").lower() or "interview", r.get("consent", "").lower()
        if kind not in KINDS:
            f = unknown("jenis", "kind", kind, KINDS)
            faults.append(Fault(f.what, where, f.remedy))
        if consent not in CONSENTS:
            f = unknown("persetujuan", "consent", r["consent"], CONSENTS[1:])
            faults.append(Fault(f.what, where, f.remedy))
        if consent == "withdrawn":
            withdrawn += 1
            continue
        file = study._file(name, kind)
        if file is None:
            faults.append(Fault(say(f"Berkas dokumen '{name}' tidak ada.", f"The file of the document '{name}' is missing."), where,
                                say(f"Letakkan di corpus/{FOLDERS.get(kind, 'transcripts')}/{name}.txt atau hapus barisnya.", f"Put it at corpus/{FOLDERS.get(kind, 'transcripts')}/{name}.txt or delete the line.")))
            continue
        data, place = file
        try:
            text = normalise(decode(data, place))
        except KubeError as e:
            faults += e.faults
            continue
        if unmerged := conflicts.fault(text, place):
            faults.append(unmerged)
            continue
        if not text or text.isspace():
            faults.append(Fault(say("Berkas ini kosong.", "This file is empty."), place, say("Isi berkasnya atau hapus barisnya dari documents.csv.", "Fill the file, or delete its line of documents.csv.")))
            continue
        told = tuple([(k, v) for k, v in r.items() if k not in _OWN])
        meta = metas.get(told)  # the same of many documents is kept once
        if meta is None:
            meta = metas[told] = MappingProxyType(dict(told))
        found.append(veil(Document(name, text, kind, r.get("case", ""), r.get("language", "") or "id", r.get("date", ""), meta, tuple(speakers.get(name, ())), tuple(checked.get(name, ())))))
    cases = {r["case"]: {k: v for k, v in r.items() if k != "_line"} for r in study.rows["cases"]}
    closed = sorted({("d", r["document"]) for r in study.rows["documents"] if r.get("consent", "").lower() == "withdrawn"} | {("s", s.document + "\0" + s.label) for group in speakers.values() for s in group if s.role == "withdrawn"})
    place, under = study.root / ".cache", b"none"  # where somebody withdrew, or names were replaced, while the study was read, nothing is kept of what was read
    if cache.stamp(place) == study._under:
        cache.purge(place, hashlib.sha256(repr(closed).encode("utf-8", "surrogatepass")).digest() if closed else b"")
        under = cache.stamp(place)
    withdrawn_speakers = len({s.speaker for group in speakers.values() for s in group if s.role == "withdrawn"})
    return Corpus(tuple(found), MappingProxyType(cases), (), (withdrawn, withdrawn_speakers), str(study.root), under), tuple(faults), {"documents": withdrawn, "speakers": withdrawn_speakers}
