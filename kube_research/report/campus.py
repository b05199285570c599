"""A campus's own form of a chapter, in the study's templates/report/: reference.docx (styles of Word), thesis.typ (of the PDF), citations.csl."""

from __future__ import annotations

import re
from pathlib import Path

from ..model import Fault, KubeError
from ..readers import guard
from ..readers.docx import W
from ..study import Study
from ..text import decode
from ..words import say

_HERE = Path(__file__).parent
FILES = {"reference.docx": "", "thesis.typ": "thesis.typ", "citations.csl": "apa-dkk.csl"}  # a campus's file → ours


def own(study: Study, name: str) -> Path | None:
    """The campus's file of a name, where there is one."""
    path = study.root / "templates" / "report" / name
    return path if path.is_file() and not path.is_symlink() else None


def word(study: Study) -> tuple[bytes, bool] | None:
    """The campus's Word document whose styles a chapter takes, and whether its headings are numbered by Word; None: ours."""
    path = own(study, "reference.docx")
    if path is None:
        return None
    data, where = path.read_bytes(), "templates/report/reference.docx"
    parts = guard.unzip(data, where, want=re.compile(r"^word/(document|styles|numbering)\.xml$"))
    if "word/styles.xml" not in parts or "word/document.xml" not in parts:
        raise KubeError(Fault(say("Ini bukan dokumen Word dengan gaya.", "This is no Word document with styles."), where, say("Simpan template kampus sebagai .docx.", "Save the campus's template as .docx.")))
    styles = guard.xml(parts["word/styles.xml"], f"{where}:word/styles.xml")
    numbered = False
    for style in styles.iter(f"{W}style"):
        called = style.find(f"{W}name")
        if called is not None and called.get(f"{W}val", "").lower() == "heading 1":
            number = style.find(f"{W}pPr/{W}numPr/{W}numId")
            numbered = number is not None and number.get(f"{W}val") != "0"
    return data, numbered


def text(study: Study, name: str) -> str:
    """A text file of the form, the campus's or ours; what would reach for the network is refused."""
    path = own(study, name)
    if path is None:
        return (_HERE / FILES[name]).read_text(encoding="utf-8")
    found, where = decode(path.read_bytes(), name), f"templates/report/{name}"
    if re.search(r"[\"']@[\w-]+/", found) or "independent-parent" in found:
        raise KubeError(Fault(say("Berkas ini mengambil paket atau gaya lain dari jaringan.", "This file fetches a package or another style from the network."), where,
                              say("Salin isinya ke dalam berkas ini; kube_research tidak memakai jaringan.", "Copy its content into this file; kube_research uses no network.")))
    return found
