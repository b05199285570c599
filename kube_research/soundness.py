"""What is wrong with a study on disk: tables, files, codebooks, labels, anchors, journals, every fault at once with its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from . import conflicts, labels, synced
from .codebook import loads
from .corpus import SPOKEN, Corpus
from .files import FOLDERS
from .model import Fault, KubeError, unknown
from .words import say

if TYPE_CHECKING:
    from .study import Study


def unmerged(root: Path) -> list[Fault]:
    """Every file in which a git merge left its conflict marks, with what to do."""
    out = []
    for folder in ("corpus", "codebooks", "chapters", "notebooks"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".csv", ".jsonl", ".yml", ".txt", ".md", ".json", ".ipynb") or not path.is_file() or path.is_symlink():
                continue
            data = path.read_bytes()
            if not data.startswith(b"<<<<<<<") and b"\n<<<<<<<" not in data:
                continue
            text, where = data.decode("utf-8-sig", "replace"), path.relative_to(root).as_posix()
            found = conflicts.fault(text, where)
            if found and folder == "codebooks" and path.parent == root / folder and path.suffix == ".yml":
                try:
                    loads(text, where)
                except KubeError as e:  # it tells the other side's steps too
                    found = e.faults[0]
            out += [found] if found else []
    return out


def faults(study: Study) -> list[Fault]:
    """Everything that is wrong with the study on disk: tables, files, codebooks, labels, anchors, journals.

    While a git merge is not finished only that is told: nothing else can be known before.
    """
    out = unmerged(study.root)
    if out:
        return out
    out += synced.faults(study.root)
    try:
        corpus, found, _ = study._loaded
        out += found
    except KubeError as e:
        return list(e.faults)
    codes: set[str] = set()
    owners: dict[str, str] = {}
    splits: dict[str, tuple[str, ...]] = {}
    read: dict[str, str] = {}
    for name in study.codebook_names:
        try:
            book = study.codebook(name)
        except KubeError as e:
            out += e.faults
            continue
        for c in book:
            if c.id in owners:
                out.append(Fault(say(f"Kode '{c.id}' ada juga di buku {owners[c.id]}.", f"The code '{c.id}' is in the book {owners[c.id]} too."), f"codebooks/{name}.yml:{c.line}", say("Beri id lain di salah satu buku.", "Give it another id in one of the books.")))
            owners.setdefault(c.id, name)
            if c.id in book.renames():
                out.append(Fault(say(f"Id '{c.id}' pernah dipakai: pengodeannya dibaca sebagai '{book.renames()[c.id]}'.", f"The id '{c.id}' was used before: its codings are read as '{book.renames()[c.id]}'."), f"codebooks/{name}.yml:{c.line}", say("Beri kode ini id lain.", "Give this code another id.")))
        codes |= {c.id for c in book} | set(book.renames())
        splits |= book.splits()
        read |= book.renames()
    listed = {r["document"] for r in study.rows["documents"]}
    for r in study.rows["speakers"]:
        if r["document"] not in listed:
            out.append(Fault(say(f"Dokumen '{r['document']}' tidak ada di documents.csv.", f"The document '{r['document']}' is not in documents.csv."), f"corpus/speakers.csv:{r['_line']}"))
    cases = set(corpus.cases)
    before = {r["document"] for r in study.versions()}  # their old labels stay listed, for the old texts
    for d in corpus:
        folder = FOLDERS.get(d.kind, "transcripts")
        place = f"corpus/{folder}/{d.id}.txt"
        want = d.meta.get("sha256", "")
        if want and want != d.sha256:
            out.append(Fault(say("Teks berubah sejak dicatat di documents.csv.", "The text has changed since documents.csv recorded it."), place, say(f"Jalankan `kube-research update {place}`.", f"Run `kube-research update {place}`."), "finding"))
        if cases and d.case and d.case not in cases:
            out.append(Fault(say(f"Kasus '{d.case}' tidak ada di cases.csv.", f"The case '{d.case}' is not in cases.csv."), "corpus/documents.csv", say("Tambahkan barisnya.", "Add its line."), "finding"))
        if d.kind in SPOKEN:
            roles = {t.label: t.role for t in reversed(d.turns) if t.label and t.label != labels.NOTE}
            known = {s.label for s in d.speakers}
            if not roles and d.kind != "session":
                out.append(Fault(say("Tidak ada pembicara yang dikenali di dokumen ini.", "No speakers are recognised in this document."), place, say("Beri label di awal giliran (P: … N: …), atau ubah jenisnya menjadi note.", "Begin the turns with labels (P: … N: …), or change its kind to note."), "finding"))
            first = {t.label: t.start for t in reversed(d.turns)}
            for label in sorted(x for x in roles if labels.key(x) not in {labels.key(k) for k in known}):
                out.append(Fault(say(f"Label '{label}' tidak ada di speakers.csv.", f"The label '{label}' is not in speakers.csv."), f"{place}:{d.line(first[label])}",
                                    say(f"Tambahkan baris {d.id},{label},…,{roles[label]}.", f"Add the line {d.id},{label},…,{roles[label]}."), "error" if known else "finding"))
            for label in sorted(k for k in known if labels.key(k) not in {labels.key(x) for x in roles} and k != labels.NOTE and d.id not in before):
                out.append(Fault(say(f"Label '{label}' di speakers.csv tidak pernah berbicara di dokumen ini.", f"The label '{label}' of speakers.csv never speaks in this document."), place, "", "finding"))
    out += _journals(study, corpus, codes, listed, splits, read)
    return out


def _journals(study: Study, corpus: Corpus, codes: set[str], listed: set[str], splits: Mapping[str, tuple[str, ...]], read: Mapping[str, str]) -> Iterator[Fault]:
    unsorted: dict[tuple[str, str], list[str]] = {}  # (coder, code that was split) → documents
    strange: dict[tuple[str, str], list[str]] = {}  # (coder, code that no book has) → documents
    for journal, state in study.states():
        place = f"corpus/codings/{journal.coder}/{journal.path.name}"
        for f in state.faults:
            yield Fault(f.what, f"corpus/codings/{journal.coder}/{f.where}", f.remedy, f.level)
        if state.waiting:
            n = len(state.waiting)
            yield Fault(say(f"{n} pengodean menunggu keputusan setelah transkrip dibetulkan; tidak dihitung.", f"{n} coding{'s wait' if n != 1 else ' waits'} for a decision after a correction of the transcript; not counted."), place,
                        say("Lihat `kube-research queue`.", "See `kube-research queue`."), "finding")
        for c in state.codings.values() if splits else ():
            if read.get(c.code, c.code) in splits:
                unsorted.setdefault((journal.coder, read.get(c.code, c.code)), []).append(c.document)
        named, gone = (study.root / "corpus" / "pseudonyms.json").exists(), 0
        for c in state.codings.values():
            if c.document not in corpus:
                if c.document not in listed:
                    yield Fault(say(f"Pengodean di dokumen '{c.document}' yang tidak ada.", f"A coding in the document '{c.document}', which is not there."), place, "", "error")
                continue
            text = study.unveiled(c.document).text
            if text[c.start:c.end] != c.quote and named:
                gone += 1  # its words may be those before names were replaced: not printed
            elif text[c.start:c.end] != c.quote:
                yield Fault(say(f"Jangkar patah: {c.start}–{c.end} bukan lagi '{c.quote[:50]}'.", f"A broken anchor: {c.start}–{c.end} is no longer '{c.quote[:50]}'."), place,
                            say(f"Jalankan `kube-research update` untuk {c.document}.", f"Run `kube-research update` for {c.document}."), "error")
            if codes and c.code not in codes:
                strange.setdefault((journal.coder, c.code), []).append(c.document)
        if gone:
            yield Fault(say(f"{gone} pengodean berdiri di teks yang lain dari teks sekarang; tidak dihitung.", f"{gone} coding{'s stand' if gone != 1 else ' stands'} in another text than the present one; not counted."), place,
                        say("Bila cabang dari sebelum penyamaran nama digabung: `kube-research pseudonymize --apply`, di komputer yang memegang kuncinya; selain itu `kube-research update`.", "If a branch from before names were replaced was merged: `kube-research pseudonymize --apply`, on the computer that holds the key; else `kube-research update`."), "error")
    for (coder, code), places in sorted(unsorted.items()):
        n = len(places)
        yield Fault(say(f"'{code}' dipecah: {n} pengodean di {len(set(places))} dokumen menunggu keputusan, kode mana.", f"'{code}' was split: {n} coding{'s' if n != 1 else ''} in {len(set(places))} document{'s' if len(set(places)) != 1 else ''} wait{'s' if n == 1 else ''} for a decision which code."), f"corpus/codings/{coder}",
                    say("Lihat `kube-research queue`.", "See `kube-research queue`."), "finding")
    for (coder, code), places in sorted(strange.items()):
        f = unknown("kode", "code", code, sorted(codes))
        yield Fault(f.what + say(f" {len(places)} pengodean di {len(set(places))} dokumen.", f" {len(places)} codings in {len(set(places))} documents."), f"corpus/codings/{coder}", f.remedy, "error")
