"""`autocode`: the rules' codings as a table."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from ..model import Fault, KubeError
from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("--codebook", nargs="+", required=True, metavar="NAME|FILE", help=say("buku kode menurut nama atau berkas", "codebooks by name or file"))
    parser.add_argument("--output", metavar="F.csv|.parquet", help=say("tabel hasil", "the table to write"))
    parser.add_argument("--unit", choices=("clause", "sentence", "turn"), default=None, help=say("satuan pelebaran kutipan (bawaan: klausa)", "what a hit is widened to (default: clause)"))
    parser.add_argument("--pipeline", metavar="NAME", help=say("pipeline spaCy yang terpasang, untuk indikator berpola spaCy", "an installed spaCy pipeline, for indicators that are spaCy patterns"))
    parser.add_argument("--everything", action="store_true", help=say("juga kata-kata peneliti dan bab pustaka", "the researcher's words and chapters of literature too"))


def run(args: argparse.Namespace) -> int:
    from ..engine import autocode
    from ..engine.tokens import unread
    from ..study import open_study

    study = open_study(args.study)
    books = [study.codebook(name) for name in args.codebook]
    hits = autocode(study.corpus, *books, unit=args.unit, everything=args.everything, nlp=_pipeline(args.pipeline))
    if not args.pipeline and unread(books):
        print(say(f"{unread(books)} pola spaCy tidak dipakai; beri --pipeline NAMA.", f"{unread(books)} spaCy patterns were not applied; give --pipeline NAME."), file=sys.stderr)
    if args.output:
        hits.save(args.output)
    if args.json:
        print(json.dumps({"codings": len(hits), "documents": int(hits.frame["document"].nunique()), "codes": hits.frame["code"].value_counts().sort_index().to_dict()}, ensure_ascii=False))
    elif args.output:
        print(say(f"{len(hits)} pengodean → {args.output}", f"{len(hits)} codings → {args.output}"))
    else:
        print(hits.frame.to_csv(index=False, lineterminator="\n"), end="")
    return 0


def _pipeline(name: str | None) -> Any:
    """The spaCy pipeline of that name ("blank:id" for a bare tokenizer); None without a name."""
    if not name:
        return None
    import spacy

    try:
        return spacy.blank(name.removeprefix("blank:")) if name.startswith("blank:") else spacy.load(name)
    except (OSError, ImportError):
        raise KubeError(Fault(say(f"Pipeline spaCy {name!r} tidak terpasang.", f"The spaCy pipeline {name!r} is not installed."), "--pipeline",
                              say("Pasang paketnya dengan pip, atau beri blank:id.", "Install its package with pip, or give blank:id."))) from None
