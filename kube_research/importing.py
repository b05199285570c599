"""Importing: source files → the corpus of a study; all files of a call, or none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .corpus import SPOKEN
from .journal import safe_name
from .model import KINDS, ROLES, Fault, KubeError, unknown
from .readers import Source, files_in, read
from .readers.docx import made_here
from .study import FOLDERS, TABLES, Study, write_atomic, write_table
from .text import digest
from .turns import NOTE, key
from .words import say


@dataclass(frozen=True)
class Item:
    """What became of one document."""

    file: str
    document: str
    source: Source
    kind: str
    roles: Mapping[str, str]
    status: str = "new"  # new | same
    renamed: bool = False
    known: bool = False  # roles came from speakers.csv

    def as_dict(self) -> dict[str, object]:
        s = self.source
        return {"file": self.file, "document": self.document, "status": self.status, "kind": self.kind, "language": s.language, "convention": s.convention, "encoding": s.encoding, "title": s.title, "author": s.author,
                "year": s.year, "date": s.date, "keywords": {k: list(v) for k, v in s.keywords.items()}, "roles": {x: {"role": r, "reason": s.roles[x].reason if x in s.roles else ""} for x, r in self.roles.items()},
                "dropped": [str(r) for r in s.dropped], "repaired": [str(r) for r in s.repaired], "missing": list(s.missing), "characters": len(s.text)}

    def __str__(self) -> str:
        s = self.source
        lines = [f"{self.file} → {self.document}"]
        if self.status == "same":
            return lines[0] + say(" (sudah ada, tidak diubah)", " (already there, unchanged)")
        if self.renamed:
            lines[0] += say(" (nama disesuaikan)", " (name adapted)")
        what = [self.kind, {"id": say("bahasa Indonesia", "Indonesian"), "en": say("bahasa Inggris", "English"), "id+en": say("Indonesia dan Inggris", "Indonesian and English")}.get(s.language, s.language)]
        if s.convention:
            what.append(say(f"konvensi: {s.convention}", f"convention: {s.convention}"))
        if s.encoding and s.encoding not in ("utf-8", "utf-8-sig"):
            what.append(s.encoding)
        lines.append("  " + ", ".join(w for w in what if w))
        for name, value in ((say("judul", "title"), s.title), (say("penulis", "author"), s.author), (say("tahun", "year"), s.year), (say("tanggal", "date"), s.date)):
            if value:
                lines.append(f"  {name}: {value}")
        for language, words in s.keywords.items():
            lines.append("  " + say("kata kunci", "keywords") + f" ({language}): {', '.join(words)}")
        for label, role in self.roles.items():
            reason = say("dari speakers.csv", "from speakers.csv") if self.known else (s.roles[label].reason if label in s.roles else "")
            lines.append(f"  {label} = {role}" + (f"  ({reason})" if reason else ""))
        for r in s.dropped:
            lines.append("  " + say("dibuang: ", "dropped: ") + str(r))
        for r in s.repaired:
            lines.append("  " + say("diperbaiki: ", "repaired: ") + str(r))
        if s.missing:
            names = {"title": ("judul", "title"), "author": ("penulis", "author"), "year": ("tahun", "year"), "keywords": ("kata kunci", "keywords")}
            lines.append("  " + say("lengkapi: ", "to complete: ") + ", ".join(say(*names[m]) for m in s.missing))
        return "\n".join(lines)


@dataclass(frozen=True)
class Report:
    """What an import read, guessed, dropped and repaired; prints itself in the interface language."""

    items: tuple[Item, ...] = ()
    skipped: tuple[str, ...] = field(default=())
    dry: bool = False

    @property
    def documents(self) -> list[str]:
        return [i.document for i in self.items if i.status == "new"]

    def as_dict(self) -> dict[str, object]:
        return {"documents": [i.as_dict() for i in self.items], "skipped": list(self.skipped), "dry_run": self.dry}

    def __str__(self) -> str:
        lines = [str(i) for i in self.items]
        if self.skipped:
            lines.append(say("tidak dibaca: ", "not read: ") + ", ".join(self.skipped))
        n = len(self.documents)
        lines.append(say(f"{n} dokumen baru" + (" (percobaan; tidak ada yang ditulis)" if self.dry else ""), f"{n} new document{'s' if n != 1 else ''}" + (" (dry run; nothing written)" if self.dry else "")))
        if any(i.roles and not i.known and i.status == "new" for i in self.items) and not self.dry:
            lines.append(say("Periksa peran yang ditebak di corpus/speakers.csv.", "Check the guessed roles in corpus/speakers.csv."))
        return "\n".join(lines)


def slug(name: str) -> str:
    """A document id out of a file's name.

    >>> slug("Wawancara Bu Ani (1)"), slug("Été 2024")
    ('Wawancara-Bu-Ani-1', 'Ete-2024')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", plain).strip("-._")
    plain = re.sub(r"-{2,}", "-", plain)[:72].strip("-.")
    try:
        return safe_name(plain)
    except KubeError:
        return f"dok-{plain}" if plain else f"dok-{digest(name)[:8]}"


def import_files(study: Study, files: Iterable[Path | str], *, case: str = "", kind: str = "", roles: Mapping[str, str] | None = None, dry_run: bool = False) -> Report:
    """Read source files (and folders of them) into the corpus of `study`: every file, or on an error none."""
    roles = dict(roles or {})
    faults: list[Fault] = []
    if kind and kind not in KINDS:
        faults.append(unknown("jenis", "kind", kind, KINDS))
    faults += [unknown("peran", "role", r, ROLES) for r in roles.values() if r not in ROLES]
    if faults:
        raise KubeError(faults)
    paths, skipped = _expand(files)
    tables = {name: [dict(r) for r in rows] for name, rows in study.rows.items()}
    taken = {r["document"].casefold(): r for r in tables["documents"]}
    items: list[Item] = []
    for path in paths:
        if not kind and made_here(path):
            faults.append(Fault(say("Ini bab buatan kube_research, bukan sumber: kalimat Anda sendiri akan terbaca sebagai data.", "This is a chapter that kube_research made, no source: your own sentences would be read as data."), str(path),
                                say("Komentar pembimbing di dalamnya dibaca dengan `--reviews`; untuk tetap memasukkannya: `--kind chapter`.", "The supervisor's comments in it are read with `--reviews`; to take it in all the same: `--kind chapter`.")))
            continue
        try:
            found = read(path)
        except KubeError as e:
            faults += e.faults
            continue
        for source in (half for s in found for half in s.split()):
            items.append(_place(study, path, source, kind, roles, taken, tables, items, case))
    if not paths and not faults:
        faults.append(Fault(say("Tidak ada berkas yang dapat dibaca.", "There is no file that can be read."), ", ".join(skipped[:5])))
    every = sorted({x for i in items for x in i.source.roles})
    known_keys = {key(x) for x in every}
    for label in sorted(x for x in roles if key(x) not in known_keys):
        faults.append(unknown("label", "label", label, every, "--roles"))
    if faults:
        if items and len(paths) > 1:
            whole = len({i.file for i in items})
            faults.append(Fault(say(f"Tidak ada yang diimpor; {whole} berkas lain terbaca baik.", f"Nothing was imported; {whole} other files read well."), "", say("Perbaiki atau keluarkan berkas di atas, lalu ulangi.", "Mend the files above or take them out, then import again.")))
        raise KubeError(faults)
    if not dry_run:
        _write(study, items, tables, case)
    return Report(tuple(items), tuple(skipped), dry_run)


def _expand(files: Iterable[Path | str]) -> tuple[list[Path], list[str]]:
    paths, skipped = [], []
    for f in files:
        path = Path(f)
        if path.is_dir():
            good, other = files_in(path)
            paths += good
            skipped += [p.name for p in other]
        else:
            paths.append(path)
    return list(dict.fromkeys(paths)), skipped


def _place(study: Study, path: Path, source: Source, kind: str, roles: Mapping[str, str], taken: dict[str, dict[str, str]], tables: dict[str, list[dict[str, str]]], items: list[Item], case: str) -> Item:
    """Give a source its id, its rows and its roles."""
    name = slug(source.name)
    sha = digest(source.text)
    kind = kind or source.kind
    document, n = name, 1
    while document.casefold() in taken:
        row = taken[document.casefold()]
        if row.get("sha256") == sha and row.get("source", "") in ("", path.name) or row.get("source") == path.name and row.get("sha256") == sha:
            return Item(path.name, row["document"], source, row.get("kind") or kind, {}, "same")
        if not row.get("sha256") and not row.get("source") and study.text_path(row["document"], row.get("kind", "")) is None:
            break  # a row prepared by hand waits for its file
        n += 1
        document = f"{name}-{n}"
    waiting = taken.get(document.casefold())
    known = {r["label"]: r for r in tables["speakers"] if r["document"] == document}
    mine: dict[str, str] = {}
    if kind in SPOKEN:
        for label, guess in source.roles.items():
            given = next((r for x, r in roles.items() if x == label), None) or next((r for x, r in roles.items() if key(x) == key(label)), None)
            row = known.get(label) or next((r for x, r in known.items() if key(x) == key(label)), None)
            mine[label] = given or (row["role"] if row else guess.role)
            if row is None:
                tables["speakers"].append({"document": document, "label": label, "speaker": slug(f"{document}-{label}") if label != NOTE else f"{document}-catatan", "role": mine[label]})
            else:
                row["label"] = label
                row["role"] = mine[label]
    row = {"document": document, "kind": kind, "case": case, "language": source.language or "id", "date": source.date or source.year, "source": path.name, "sha256": sha, "consent": "", "title": source.title,
           **({"author": source.author} if source.author else {}), **({"keywords": "; ".join(w for v in source.keywords.values() for w in v)} if source.keywords else {}), **source.meta_columns()}
    if waiting is not None:
        for k, v in row.items():
            if not waiting.get(k) or k in ("source", "sha256"):
                waiting[k] = v
        kind = waiting["kind"]
    else:
        tables["documents"].append(row)
        taken[document.casefold()] = row
    return Item(path.name, document, source, kind, mine, "new", document != source.name, bool(known))


def _write(study: Study, items: list[Item], tables: dict[str, list[dict[str, str]]], case: str) -> None:
    """Write texts, then tables; on a failure take the texts back."""
    fresh = [i for i in items if i.status == "new"]
    if case and fresh and case not in {r["case"] for r in tables["cases"]}:
        tables["cases"].append({"case": case, "name": case, "outcome": ""})
    root = study.root / "corpus"
    written: list[Path] = []
    before = {name: (root / f"{name}.csv").read_bytes() if (root / f"{name}.csv").exists() else None for name in TABLES}
    try:
        for i in fresh:
            path = root / FOLDERS.get(i.kind, "transcripts") / f"{i.document}.txt"
            if path.exists():
                raise KubeError(say("Berkas ini sudah ada tetapi tidak tercatat di documents.csv.", "This file is there already, yet documents.csv does not list it."), f"corpus/{path.parent.name}/{path.name}",
                                say("Catat di documents.csv atau hapus berkasnya.", "List it in documents.csv, or delete the file."))
            written.append(path)
            write_atomic(path, i.source.text)
        if fresh:
            for name, columns in TABLES.items():
                write_table(root / f"{name}.csv", tables[name], columns)
    except (KubeError, OSError):
        for path in written:
            if not isinstance(path, Path):
                continue
            path.unlink(missing_ok=True)
        for name, old in before.items():
            if old is not None:
                write_atomic(root / f"{name}.csv", old)
        raise
    for attribute in ("rows", "_loaded"):
        study.__dict__.pop(attribute, None)
