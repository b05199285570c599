"""Code and recode: one coder's earlier codings against a later coding of the same documents, by a date in one journal or by a second journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import pandas as pd

from ..codings import tabulate
from ..journal import moment as date_of
from ..journal import Journal, State
from ..model import Coding, Fault, KubeError, unknown
from ..study import Study
from ..words import say
from . import Agreement, compute

WEEKS = 14  # days that should lie between the two (methods books ask for two weeks or more)


def moment(when: str) -> str:
    """A date (the end of that day on this computer's clock), or a date and time, as a journal writes times."""
    found = date_of(str(when))
    if not found:
        raise KubeError(say(f"{when!r} bukan tanggal.", f"{when!r} is no date."), "split", "2026-11-20")
    return found


def recode(study: Study, coder: str, *, split: str = "", again: str = "", unit: str = "turn", codes: Iterable[str] | None = None, rounds: int = 1000, seed: int = 1) -> Agreement:
    """Agreement of one coder with themselves: documents coded, and coded again later.

    split   a date: what stood in the coder's journals at the end of that day, against what was coded after it and stands now
    again   the name of a second journal of the same person ("dian-2"), which is the better way: the first codings are not seen
    Columns as in `agreement`; `more` holds, document by document, when each coding was done and how many days lie between.
    Raises KubeError when no document was coded at both times.
    """
    if bool(split) == bool(again):
        raise KubeError(Fault(say("Sebut tepat satu: tanggal pemisah, atau jurnal kedua.", "Name exactly one: a date that splits the journal, or a second journal."), "recode", 'split="2026-03-01" | again="dian-2"'))
    for name in filter(None, (coder, again)):
        if name not in study.coders:
            raise KubeError(unknown("pengode", "coder", name, study.coders, "corpus/codings"))
    if again == coder:
        raise KubeError(Fault(say("Jurnal kedua sama dengan yang pertama.", "The second journal is the first one."), "again", say("Sebut nama jurnal yang lain, atau pakai split.", "Name another journal, or use split.")))
    sides, times, lost = _two(study, coder, again) if again else _split(study, coder, moment(split))
    first, second = (coder, again) if again else (f"{coder} ≤ {split}", f"{coder} > {split}")
    shared = [d.id for d in study.corpus if d.id in times]
    if not shared:
        raise KubeError(Fault(say(f"Tidak ada dokumen yang dikodekan {coder} dua kali.", f"No document was coded twice by {coder}."), "corpus/codings",
                              say("Kodekan ulang beberapa dokumen setelah dua minggu, sebaiknya dengan nama kedua dan meja buta (blind=True).", "Code some documents again after two weeks, best under a second name at a blind desk (blind=True).")))
    rows = [{"document": d, "earlier": times[d][0][:10], "later": times[d][1][:10], "days": _days(*times[d])} for d in shared]
    least = min(r["days"] for r in rows)
    blind = say("Pengode ini sama: catatan buta tidak berlaku antarwaktu.", "It is the same coder: the record of blindness does not apply between the two times.")
    missing = say(f"{lost} pengodean lama tanpa tempat pasti dalam teks sekarang", f"{lost} earlier codings without a sure place in the present text") if lost else ""
    begun = {first: set(shared), second: set(shared)}
    found = compute(study, dict(zip((first, second), (s[s["document"].isin(shared)] for s in sides), strict=True)), shared, blind, missing, unit=unit, codes=codes, begun=begun, rounds=rounds, seed=seed)
    limits = [*found.limits, say(f"paling sedikit {least} hari di antaranya", f"at least {least} days lie between")]
    if least < WEEKS:
        limits.append(say(f"kurang dari {WEEKS} hari: pengode mungkin masih ingat", f"under {WEEKS} days: the coder may still remember"))
    if split:
        limits.append(say("satu jurnal: meja memperlihatkan pengodean lama saat mengode ulang, jadi kedua waktu mungkin tidak saling bebas", "one journal: the desk shows the old codings while coding again, so the two times may not be independent"))
    a = float(found.frame["alpha"].iloc[-1]) if "alpha" in found.frame else float("nan")
    value = f"{a:.3f}" if a == a else "–"
    meaning = say(f"{coder} dengan dirinya sendiri, {len(shared)} dokumen, paling sedikit {least} hari di antaranya: alfa semua kode {value}. Kestabilan seorang pengode adalah syarat yang paling lemah; tidak boleh disimpulkan bahwa orang lain akan mengode sama.",
                  f"{coder} with themselves, {len(shared)} documents, at least {least} days between: alpha over all codes {value}. One coder's stability is the weakest condition; it may not be concluded that another person would code the same.")
    return replace(found, meaning=meaning, limits=tuple(limits), more={"days": pd.DataFrame(rows), **found.more})


def _days(earlier: str, later: str) -> int:
    return (datetime.fromisoformat(later.replace("Z", "+00:00")) - datetime.fromisoformat(earlier.replace("Z", "+00:00"))).days


def _when(journal: Journal) -> list[str]:
    return sorted(str(e.get("time", "")) for e in journal.events()[0] if e.get("event") in ("code", "session"))


def _table(study: Study, codings: list[Coding]) -> pd.DataFrame:
    renames = {old: new for b in study.sound_codebooks() for old, new in b.renames().items()}
    return tabulate([replace(c, code=renames.get(c.code, c.code)) for c in codings], study.corpus).full


def _two(study: Study, coder: str, again: str) -> tuple[tuple[pd.DataFrame, pd.DataFrame], dict[str, tuple[str, str]], int]:
    """Two journals of one person; the times: the end of the earlier, the beginning of the later coding of each document."""
    first, second = ({j.path.stem: _when(j) for j in study.journals(n)} for n in (coder, again))
    times = {}
    for d in first.keys() & second.keys():
        if first[d] and second[d]:
            a, b = sorted((first[d], second[d]))
            times[d] = (a[-1] if a[-1] <= b[0] else a[0], b[0])
    return (study.codings(coder=coder).full, study.codings(coder=again).full), times, 0


def _split(study: Study, coder: str, until: str) -> tuple[tuple[pd.DataFrame, pd.DataFrame], dict[str, tuple[str, str]], int]:
    """One journal: the codings that stood at a moment (placed in the present text), and those made after it that stand now."""
    times, old, new, lost = {}, [], [], 0
    for journal in study.journals(coder):
        made = _when(journal)
        before, after = [t for t in made if t <= until], [t for t in made if t > until]
        document = journal.path.stem
        if not before or not after or document not in study.corpus:
            continue
        now, then = journal.state(), journal.state(until)
        text = study.unveiled(document).text
        fresh = [c for c in now.codings.values() if c.created > until]
        if not fresh:
            continue
        times[document] = (before[-1], after[0])
        for c in then.codings.values():
            placed = _placed(c, now, text)
            lost += placed is None
            old += [placed] if placed else []
        new += fresh
    return (_table(study, old), _table(study, new)), times, lost


def _placed(c: Coding, now: State, text: str) -> Coding | None:
    """A coding of an earlier time where its words stand in the present text; None where that is not sure."""
    every: Mapping[str, Coding] = {**now.withdrawn, **now.codings}
    for k in (c, every.get(c.id)):
        if k is not None and text[k.start:k.end] == k.quote:
            return replace(c, start=k.start, end=k.end, quote=k.quote)
    return None


__all__ = ["recode"]
