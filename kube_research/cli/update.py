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
    parser.add_argument("file", metavar="FILE", help=say("teks yang dibetulkan (.txt), atau berkas baru dari pentranskrip (.docx, …)", "the corrected text (.txt), or the transcriber's new file (.docx, …)"))
    parser.add_argument("--document", default="", metavar="ID", help=say("dokumen yang dibetulkan (bawaan: menurut nama berkas)", "the document it corrects (default: by the file's name)"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from ..revise import update, which
    from ..study import Study, find_study

    study, file = Study(find_study(args.study)), Path(args.file)
    if not file.is_file():
        raise KubeError(Fault(say("Berkas ini tidak ada.", "There is no such file."), str(file)))
    document = args.document or which(study, file)
    result = update(study, document, text_of(study, document, file), dry_run=args.dry_run)
    print(json.dumps(result.as_dict(), ensure_ascii=False, indent=1) if args.json else str(result))
    return 1 if result.waiting else 0


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
