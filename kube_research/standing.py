"""The status of the data behind an analysis: invented or real, who coded, how blind, which codebook, what was left out."""

from __future__ import annotations

import html
from dataclasses import dataclass

from .codings import Codings
from .review import reviews, verdict_word
from .study import Study
from .words import say

MOST_THREADS = 8  # open threads that are shown with the status


@dataclass(frozen=True)
class Status:
    """Lines that say what the data are."""

    lines: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        return "\n".join(f"{k}: {v}" for k, v in self.lines)

    def _repr_html_(self) -> str:
        rows = "".join(f"<tr><th style='text-align:left'>{html.escape(k)}</th><td style='text-align:left'>{html.escape(v)}</td></tr>" for k, v in self.lines)
        return f"<table>{rows}</table>"


def status(study: Study, codings: Codings) -> Status:
    """The status of the data behind `codings`: documents, invented or real, coders, blindness, codebooks, withdrawn, open review threads."""
    used = sorted(set(codings.full["document"]))
    documents = [study.corpus[d] for d in used]
    synthetic = sum(d.synthetic for d in documents)
    kinds = {}
    for d in documents:
        kinds[d.kind] = kinds.get(d.kind, 0) + 1
    people = [c for c in codings.coders if c in study.coders]
    blind = sum(any(s.get("blind") for s in state.sessions) for c in people for j, state in study.states(c) if j.path.stem in used)
    journals = sum(1 for c in people for j, _ in study.states(c) if j.path.stem in used)
    books = [b.id for b in codings.books if any(c.id in set(codings.full["code"]) for c in b)]
    gone = study.withdrawn
    threads = reviews(study).where(closed=False)
    heard = []
    if len(threads):
        here = {t.id for t in threads.at(codings)}
        heard.append((say("komentar pembimbing", "supervisor's comments"), say(f"{len(threads)} terbuka, {len(here)} di antaranya pada pengodean ini: kr.reviews(study)", f"{len(threads)} open, {len(here)} of them on these codings: kr.reviews(study)")))
        heard += [(f"  {t.messages[0].by}", f"{t.where}{verdict_word(t.verdict)}: {' '.join(t.messages[0].text.split())[:160]} [{t.id[:8]}]") for t in threads if t.id in here][:MOST_THREADS]
    return Status((
        (say("dokumen", "documents"), f"{len(documents)} ({', '.join(f'{k} {n}' for k, n in sorted(kinds.items()))})"),
        (say("status data", "status of the data"), say(f"{synthetic} dari {len(documents)} dokumen rekaan (sintetis): angka di bawah hanya contoh", f"{synthetic} of {len(documents)} documents invented (synthetic): the numbers below are an example only") if synthetic
         else say("data lapangan", "field data")),
        (say("dikodekan oleh", "coded by"), ", ".join(codings.coders) or "-"),
        (say("buta", "blind"), say(f"tercatat pada {blind} dari {journals} jurnal", f"recorded for {blind} of {journals} journals")),
        (say("buku kode", "codebooks"), ", ".join(books) or "-"),
        (say("pengodean", "codings"), str(len(codings))),
        (say("persetujuan ditarik", "consent withdrawn"), say(f"{gone['documents']} dokumen, {gone['speakers']} pembicara", f"{gone['documents']} documents, {gone['speakers']} speakers")),
        *heard,
    ))
