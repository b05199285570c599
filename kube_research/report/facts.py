"""What a supervisor asks first: who coded what and when, whose voices are missing, which themes rest on one person."""

from __future__ import annotations

from ..codings import Codings
from ..corpus import evidence
from ..study import Study
from ..words import say

SHARE = 0.4  # nobody should supply more than this share of a theme's quotations


def audit(study: Study) -> list[dict[str, object]]:
    """One row a journal: coder, document, codings, withdrawn, first and last time, blind, hash of the text."""
    rows = []
    for journal, state in study.states():
        times = sorted(c.created for c in (*state.codings.values(), *state.withdrawn.values()) if c.created)
        document = journal.path.stem
        rows.append({"coder": journal.coder, "document": document, "codings": len(state.codings), "withdrawn": len(state.withdrawn), "first": times[0][:10] if times else "", "last": times[-1][:10] if times else "",
                     "blind": any(s.get("blind") for s in state.sessions), "sha256": study.corpus[document].sha256[:12] if document in study.corpus else ""})
    return rows


def warnings_of(study: Study, codings: Codings) -> list[tuple[str, list[str]]]:
    """Things to look at: single-source themes, one voice over 40 %, unused codes, silent informants, codes without a definition."""
    f = codings.full
    names = {c.id: c.label for b in study.codebooks() for c in b}
    out = []
    persons = f.groupby("code")["speaker"].nunique() if len(f) else {}
    single = [f"{names.get(c, c)} ({c})" for c, n in dict(persons).items() if n == 1]
    out.append((say("Tema yang bersandar pada satu orang", "Themes that rest on one person"), single))
    loud = []
    for code, group in f.groupby("code"):
        top = group["speaker"].value_counts()
        if len(group) >= 5 and top.iloc[0] / len(group) > SHARE:
            loud.append(f"{names.get(code, code)}: {top.index[0]} {top.iloc[0]}/{len(group)}")
    out.append((say("Satu orang memberi lebih dari 40 % kutipan sebuah tema", "One person gives more than 40 % of a theme's quotations"), loud))
    used = set(f["code"])
    begun = {b.name for b in study.codebooks() if any(c.id in used for c in b)}
    out.append((say("Kode yang tidak dipakai dalam buku yang dipakai", "Unused codes of the books in use"), [f"{c.label} ({c.id})" for b in study.codebooks() if b.name in begun for c in b if c.id not in used and not c.retired]))
    heard = set(f["speaker"])
    silent = sorted({t.speaker or t.label for d, t in codings.corpus.turns() if evidence(d, t)} - heard)
    out.append((say("Informan tanpa satu pun kutipan (dalam dokumen yang sudah dikodekan)", "Informants without any quotation (in the documents coded)"), silent))
    out.append((say("Kode tanpa definisi", "Codes without a definition"), [c.id for b in study.codebooks() for c in b if not any(c.definition.values())]))
    gone = study.withdrawn
    if any(gone.values()):
        out.append((say("Persetujuan ditarik", "Consent withdrawn"), [say(f"{gone['documents']} dokumen, {gone['speakers']} pembicara tidak dihitung dan tidak dikutip", f"{gone['documents']} documents, {gone['speakers']} speakers are neither counted nor quoted")]))
    return out
