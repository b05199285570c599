"""`update`: a corrected transcript is taken in; its codings are carried over or wait."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..model import Fault, KubeError
from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("file", metavar="FILE", nargs="?", default="", help=say("teks yang dibetulkan (.txt), atau berkas baru dari pentranskrip (.docx, …); tanpa berkas: semua transkrip yang berubah di tempatnya, misalnya sesudah git merge", "the corrected text (.txt), or the transcriber's new file (.docx, …); without one: every transcript that changed in its place, after a git merge for instance"))
    parser.add_argument("--document", default="", metavar="ID", help=say("dokumen yang dibetulkan (bawaan: menurut nama berkas)", "the document it corrects (default: by the file's name)"))
    parser.add_argument("--undo", default="", metavar="ID", help=say("batalkan pembetulan terakhir dokumen ini", "take the last correction of this document back"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from ..revise import undo, update, which
    from ..study import Study, find_study

    study, file = Study(find_study(args.study)), Path(args.file)
    unmerged = [f for f in study.unmerged() if f.where.startswith(("corpus/transcripts/", "corpus/abstracts/", "corpus/versions/"))]
    if unmerged:
        raise KubeError(unmerged)
    if args.undo and (args.file or args.document):
        raise KubeError(Fault(say("--undo berdiri sendiri, dengan id dokumennya.", "--undo stands by itself, with the document's id."), args.undo))
    if args.undo:
        results = [undo(study, args.undo, dry_run=args.dry_run)]
    elif not args.file:
        names = [args.document] if args.document else [d.id for d in study.corpus]
        results = [update(study, n, study.unveiled(n).text, dry_run=args.dry_run) for n in names]
        results = [r for r in results if not r.same] or results[:1] if args.document else [r for r in results if not r.same]
    else:
        if not file.is_file():
            raise KubeError(Fault(say("Berkas ini tidak ada.", "There is no such file."), str(file)))
        document = args.document or which(study, file)
        results = [update(study, document, text_of(study, document, file), dry_run=args.dry_run)]
    if args.json:
        found = [r.as_dict() for r in results]
        print(json.dumps(found if not args.file and not args.undo else found[0], ensure_ascii=False, indent=1))
    else:
        print("\n".join(map(str, results)) or say("Semua transkrip sudah sama dengan catatannya.", "Every transcript is as recorded."))
    return 1 if any(r.waiting for r in results) else 0


def text_of(study, document: str, file: Path) -> str:
    """The words of a file in the study's form: a .txt as it stands, or as the readers rewrite it, whichever is nearer to the present text."""
    from ..anchors import Alignment
    from ..readers import read
    from ..text import decode, normalise

    present = study.corpus[document].text
    plain = normalise(decode(file.read_bytes(), file.name)) if file.suffix.lower() == ".txt" else ""
    if plain:
        lines = set(present.split("\n"))
        if sum(1 for line in plain.split("\n") if line in lines) > 0.3 * len(lines) or not plain.strip():
            return plain
    elif file.suffix.lower() == ".txt":
        return ""
    try:
        found = [half.text for s in read(file) for half in s.split()]
    except KubeError:
        if plain:
            return plain
        raise
    return max([plain, *found] if plain else found, key=lambda t: Alignment(present, t).similarity)
