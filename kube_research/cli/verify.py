"""`verify`: every quotation and bound number of a write-up against the study."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("thesis", metavar="THESIS", help=say("naskah: .docx, .odt, .md atau .ipynb", "the write-up: .docx, .odt, .md or .ipynb"))
    parser.add_argument("--output", nargs="+", default=[], metavar="F", help=say("tulis hasilnya ke F.html, F.json dan/atau salinan berkomentar F.docx", "write the result to F.html, F.json and/or a commented copy F.docx"))
    parser.add_argument("--accept", action="store_true", help=say("terima angka-angka terikat sebuah bab .md seperti sekarang", "accept the bound numbers of a .md chapter as they are now"))
    parser.add_argument("--all", action="store_true", help=say("perlihatkan juga kutipan yang sesuai", "show the verbatim quotations too"))


def run(args: argparse.Namespace) -> int:
    from ..bind import bind, chapter_text, write_lock
    from ..model import Fault, KubeError
    from ..study import open_study, write_atomic
    from ..verify import verify
    from ..verify.outcome import explain, place_of

    path = Path(args.thesis)
    for name in args.output:
        if Path(name).suffix.lower() not in (".html", ".json", ".docx"):
            raise KubeError(Fault(say(f"Akhiran {Path(name).suffix!r} tidak dikenal untuk hasil pemeriksaan.", f"The ending {Path(name).suffix!r} is not known for a result."), name, say("Pakai .html, .json atau .docx.", "Use .html, .json or .docx.")))
        if Path(name).resolve() == path.resolve():
            raise KubeError(Fault(say("Hasil tidak boleh menimpa naskahnya sendiri.", "The result must not overwrite the write-up itself."), name, say("Beri nama lain.", "Give it another name.")))
    study = open_study(args.study)
    if args.accept:
        if path.suffix.lower() not in (".md", ".ipynb"):
            raise KubeError(Fault(say("--accept berlaku untuk bab .md atau .ipynb.", "--accept is for a chapter in .md or .ipynb."), path.name, say("Jalankan pada babnya, lalu buat ulang berkas Word-nya.", "Run it on the chapter, then make the Word file again.")))
        bound = bind(study, chapter_text(path), where=path.name)
        print(say(f"{len(bound.values)} angka diterima: {write_lock(path, bound)}", f"{len(bound.values)} numbers accepted: {write_lock(path, bound)}"))
    found = verify(study, path)
    for name in args.output:
        target = Path(name)
        write_atomic(target, {".html": found.html, ".json": lambda: json.dumps(found.as_dict(), ensure_ascii=False, indent=1) + "\n", ".docx": found.commented}[target.suffix.lower()]())
    if args.json:
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    else:
        print(found)
        if args.all:
            print("\n".join(f"{place_of(j.quoted.paragraph, found.write_up, j.quoted.start)}: {explain(j)}" for j in found.quotations if not j.finding))
    return 0 if found.sound else 1
