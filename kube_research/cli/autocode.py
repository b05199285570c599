"""`autocode`: the rules' codings as a table."""

from __future__ import annotations

import argparse
import json

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("--codebook", nargs="+", required=True, metavar="NAME|FILE", help=say("buku kode menurut nama atau berkas", "codebooks by name or file"))
    parser.add_argument("--output", metavar="F.csv|.parquet", help=say("tabel hasil", "the table to write"))
    parser.add_argument("--unit", choices=("clause", "sentence", "turn"), default=None, help=say("satuan pelebaran kutipan (bawaan: klausa)", "what a hit is widened to (default: clause)"))
    parser.add_argument("--everything", action="store_true", help=say("juga kata-kata peneliti dan bab pustaka", "the researcher's words and chapters of literature too"))


def run(args: argparse.Namespace) -> int:
    from ..engine import autocode
    from ..study import open_study

    study = open_study(args.study)
    books = [study.codebook(name) for name in args.codebook]
    hits = autocode(study.corpus, *books, unit=args.unit, everything=args.everything)
    if args.output:
        hits.save(args.output)
    if args.json:
        print(json.dumps({"codings": len(hits), "documents": int(hits.frame["document"].nunique()), "codes": hits.frame["code"].value_counts().sort_index().to_dict()}, ensure_ascii=False))
    elif args.output:
        print(say(f"{len(hits)} pengodean → {args.output}", f"{len(hits)} codings → {args.output}"))
    else:
        print(hits.frame.to_csv(index=False, lineterminator="\n"), end="")
    return 0
