"""The case-study chapter that a study writes of itself: Markdown in which every number, table and quotation is a bound mark."""

from __future__ import annotations

import re

from ..adjudication import independent
from ..codings import Codings
from ..consent import hinders
from ..quotations import negative_cases
from ..study import Study
from ..words import current, say

MOST_CODES, MOST_BOOKS = 3, 6


def generate(study: Study) -> str:
    """The chapter as Markdown, in the interface language; a draft to be written on, not an interpretation."""
    language = current()
    coder = _busiest(study)
    if not coder:
        return "\n".join([f"---\nlang: {language}\nbab: 4\n---\n", "# " + say("Hasil dan pembahasan", "Results and discussion"), "", say("Belum ada pengodean dalam studi ini.", "Nothing has been coded in this study yet."), ""])
    codings = study.codings(coder=coder)
    of = f"coder={coder}"
    cases = [c for c in study.corpus.cases if any(d.case == c for d in codings.corpus)]
    lines = [f"---\nlang: {language}\nbab: 4\n---\n", "# " + say("Hasil dan pembahasan", "Results and discussion"), ""]
    lines += ["## " + say("Data dan pengodean", "Data and coding"), ""]
    if study.corpus.documents and all(d.synthetic for d in codings.corpus):
        lines += [say("**Seluruh data dalam bab ini rekaan (sintetis): tidak ada orang, kelompok, atau tempat nyata di dalamnya.**", "**All data in this chapter are invented (synthetic): no person, group or place in it is real.**"), ""]
    lines += [say(f"Bab ini disusun oleh kube_research dari pengodean {_plain(coder)}: {{segments {of} polarity=any}} segmen dari {{documents {of} polarity=any}} dokumen, dengan sedikitnya satu segmen dari {{persons {of} polarity=any}} orang yang berbicara. "
                  "Setiap angka dihitung ulang dari data; setiap kutipan menunjuk dokumen dan barisnya. Penafsirannya adalah tugas peneliti.",
                  f"This chapter was drawn up by kube_research from the codings of {_plain(coder)}: {{segments {of} polarity=any}} segments of {{documents {of} polarity=any}} documents, with at least one segment by {{persons {of} polarity=any}} persons who speak. "
                  "Every number is counted from the data; every quotation names its document and line. To interpret them is the researcher's part."), ""]
    if cases:
        lines += ["## " + say("Gambaran kasus", "The cases"), ""]
        for c in cases:
            row = study.corpus.cases[c]
            told = [f"**{_plain(row.get('name') or c)}**"] + ([say(f" (hasil: {_plain(row['outcome'])})", f" (outcome: {_plain(row['outcome'])})")] if row.get("outcome") else [])
            note = _plain(row.get("note", "")).rstrip(".")
            lines += ["".join(told) + (f". {note[0].upper()}{note[1:]}." if note else ".") + say(f" Yang berbicara dan dikodekan: {{persons {of} case={c} polarity=any}} orang.", f" Who speak and are coded: {{persons {of} case={c} polarity=any}} persons."), ""]
    for book in _books(study, codings):
        lines += _book(study, codings, book, of, cases)
    lines += _against(study, codings, of)
    lines += _limits(study, codings)
    return "\n".join(lines)


def _busiest(study: Study) -> str:
    sizes = {c: len(study.codings(coder=c)) for c in study.coders}
    return max(sizes, key=lambda c: (sizes[c], c)) if any(sizes.values()) else ""


def _books(study: Study, codings: Codings) -> list:
    counts = codings._frame["code"].value_counts().to_dict()
    sized = [(sum(counts.get(c.id, 0) for c in b), b) for b in codings.books]
    return [b for n, b in sorted(sized, key=lambda x: -x[0])[:MOST_BOOKS] if n]


def _book(study: Study, codings: Codings, book, of: str, cases: list[str]) -> list[str]:
    f = codings._frame
    counts = f[f["code"].isin([c.id for c in book])].groupby("code")["speaker"].nunique().sort_values(ascending=False, kind="stable")
    codes = sorted(counts.index, key=lambda c: [x.id for x in book].index(c))
    lines = ["## " + _plain(book.label), ""]
    label = f"t-{book.name.replace('_', '-')}"
    rows = f"{{table rows=code columns=case {of} code={','.join(codes)} count=persons label={label} caption=\"{_plain(book.label)}: {say('orang menurut kode dan kasus', 'persons by code and case')}\"}}"
    lines += [say(f"@tabel:{label} memuat jumlah orang yang berbicara tentang setiap kode, hadir atau tidak.", f"@table:{label} gives the number of persons who speak of each code, present or absent."), "", rows, ""]
    names = {c.id: c for c in book}
    for code in sorted(counts.index, key=lambda c: (-counts[c], c))[:MOST_CODES]:
        c = names[code]
        lines += ["### " + _plain(c.label), ""]
        definition = c.definition.get(current()) or next(iter(c.definition.values()), "")
        parts = []
        for case in [x for x in cases if len(f[(f["code"] == code) & (f["case"] == x)])]:
            name = _plain(study.corpus.cases[case].get("name") or case)
            parts.append(say(f"di {name} {{persons {of} code={code} case={case}}} orang menyatakannya dan {{persons {of} code={code} case={case} polarity=absent form=n}} orang menyatakan yang sebaliknya",
                             f"in {name} {{persons {of} code={code} case={case}}} persons say that it holds and {{persons {of} code={code} case={case} polarity=absent form=n}} that it does not"))
        lines += [f"{_plain(definition)} " + say("Menurut data, ", "By the data, ") + "; ".join(parts) + ".", ""]
        for polarity, opening in (("present", say("Misalnya:", "For example:")), ("absent", say("Sebaliknya:", "On the other side:"))):
            found = _one(study, codings, code, polarity)
            if found:
                lines += [opening, "", f"{{quote id={found}}}", ""]
    return lines


def _one(study: Study, codings: Codings, code: str, polarity: str) -> str:
    """A coding that shows a code: of those that may be quoted, the one whose length is nearest to 25 words."""
    f = codings._frame
    f = f[(f["code"] == code) & (f["polarity"] == polarity)]
    best = sorted((abs(len(q.split()) - 25), d, int(a), int(b), i) for q, d, a, b, i in zip(f["quote"], f["document"], f["start"], f["end"], f["id"], strict=True) if i)
    return next((i for _, d, a, b, i in best if not hinders(study.corpus[d], a, b)), "")


def _against(study: Study, codings: Codings, of: str) -> list[str]:
    found = negative_cases(codings)
    lines = ["## " + say("Kasus tandingan", "Negative cases"), ""]
    if not len(found):
        return [*lines, say("Tidak ada segmen yang berlawanan dengan mayoritas kasusnya.", "No segment speaks against the majority of its case."), ""]
    lines += [say("Segmen-segmen berikut berlawanan dengan kebanyakan segmen kode itu dalam kasus yang sama, dan perlu dijelaskan.", "The following segments speak against most segments of their code in the same case, and want an explanation."), ""]
    shown = 0
    for d, a, b, i, code in zip(found._frame["document"], found._frame["start"], found._frame["end"], found._frame["id"], found._frame["code"], strict=True):
        if shown < 4 and i and 8 <= b - a <= 400 and not hinders(study.corpus[d], int(a), int(b)):
            label = next((c.label for book in codings.books for c in book if c.id == code), code)
            lines += [_plain(label) + ":", "", f"{{quote id={i}}}", ""]
            shown += 1
    return lines


def _limits(study: Study, codings: Codings) -> list[str]:
    lines = ["## " + say("Batas", "Limits"), ""]
    f = codings._frame
    people = f.groupby("code")["speaker"].nunique()
    single = sorted(people[people == 1].index)
    names = {c.id: c.label for b in codings.books for c in b}
    if single:
        lines += [say("Kode yang bersandar pada satu orang saja: ", "Codes that rest on one person only: ") + ", ".join(_plain(names.get(c, c)) for c in single) + ".", ""]
    pairs = sorted(independent(study.coders))
    begun = [{d.id for d in study.codings(coder=c).corpus} for c in pairs] if len(pairs) == 2 else []
    shared = begun[0] & begun[1] if begun else set()
    if shared:
        lines += [say(f"Kesepakatan dua pengode atas {len(shared)} dokumen yang dikodekan keduanya: alfa Krippendorff {{alpha coders={','.join(pairs)}}} (satuan: giliran bicara, semua kode).", f"Agreement of the two coders on the {len(shared)} documents that both coded: Krippendorff's alpha {{alpha coders={','.join(pairs)}}} (unit: turns, all codes)."), ""]
    else:
        lines += [say("Kesepakatan antarpengode belum dihitung.", "Agreement between coders has not been computed."), ""]
    return lines


def _plain(text: str) -> str:
    """Text of a study's tables inside Markdown: nothing in it is markup, a mark, or a citation."""
    return re.sub(r"([\\`*_\[\]<>#|$^~@!-])", r"\\\1", re.sub(r"[{}\ue000-\uf8ff\"]", "", " ".join(text.split())))
