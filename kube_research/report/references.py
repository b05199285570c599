"""The references of a chapter: a file beside it and the study's own abstracts, for pandoc's citeproc."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ..model import Fault, KubeError
from ..study import Study
from ..words import say
from .campus import text


def gather(study: Study, home: Path, name: str, folder: Path, where: str) -> None:
    """Copy the references into a folder: a .bib, CSL-JSON or RIS file that the chapter names, and the study's abstracts (by their document's name)."""
    listed = [_abstract(d) for d in study.corpus if d.kind in ("abstract", "chapter")]
    (folder / "abstracts.json").write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    beside = home / (name or "references.bib")
    if beside.is_file() and beside.resolve().is_relative_to(study.root.resolve()) and beside.suffix in (".bib", ".json", ".ris"):
        (folder / f"references{beside.suffix}").write_bytes(beside.read_bytes())
    elif name:
        raise KubeError(Fault(say(f"Daftar pustaka '{name}' tidak ada.", f"The bibliography '{name}' is missing."), where, say("Simpan berkas .bib di samping babnya.", "Keep the .bib file beside the chapter.")))


def _abstract(d: Any) -> dict[str, Any]:
    people = [a.strip() for a in re.split(r";|\bdan\b", d.meta.get("author", "")) if a.strip()]
    out: dict[str, Any] = {"id": d.id, "type": "report", "title": re.sub(r"\s+:", ":", d.title), "author": [_person(a) for a in people]}
    if not people:
        out["title-short"] = " ".join(out["title"].split()[:3])
    if re.fullmatch(r"\d{4}", d.meta.get("year", "")):
        out["issued"] = {"date-parts": [[int(d.meta["year"])]]}
    if d.meta.get("source", "").startswith("http"):
        out["URL"] = d.meta["source"]
    return out


def _person(name: str) -> dict[str, str]:
    if "," in name:
        family, _, given = name.partition(",")
        return {"family": family.strip(), "given": given.strip()}
    given, _, family = name.rpartition(" ")
    return {"family": family, "given": given} if given else {"literal": name}


def citing(study: Study, folder: str) -> tuple[str, ...]:
    """Pandoc's options for the references in a folder."""
    files = sorted(Path(folder).glob("abstracts.json")) + sorted(f for f in Path(folder).glob("references.*") if f.suffix != ".docx")
    (Path(folder) / "citations.csl").write_text(text(study, "citations.csl"), encoding="utf-8")
    return ("--csl", str(Path(folder) / "citations.csl"), *(x for f in files for x in ("--bibliography", str(f))))
