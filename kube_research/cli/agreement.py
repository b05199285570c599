"""`agreement`: how far coders agree, code by code."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("--coders", nargs="+", required=True, metavar="NAME")
    parser.add_argument("--unit", choices=("turn", "sentence", "span"), default="turn", help=say("satuan (bawaan: giliran bicara)", "unit (default: turn)"))
    parser.add_argument("--codes", nargs="+", default=None, metavar="CODE")
    parser.add_argument("--rounds", type=int, default=1000, help=say("putaran bootstrap", "bootstrap rounds"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", metavar="F.csv|.xlsx")


def run(args: argparse.Namespace) -> int:
    from ..intercoder import agreement
    from ..study import open_study, write_atomic
    from ..tables import workbook

    result = agreement(open_study(args.study), args.coders, unit=args.unit, codes=args.codes, rounds=args.rounds, seed=args.seed)
    if args.output and Path(args.output).suffix == ".xlsx":
        import pandas as pd

        workbook(args.output, {say("kesepakatan", "agreement"): result.frame, say("perbedaan", "disagreements"): result.disagreements, say("keterangan", "note"): pd.DataFrame({say("keterangan", "note"): [result.note]})})
    elif args.output:
        write_atomic(Path(args.output), "\ufeff" + result.frame.to_csv(index=False, lineterminator="\n"))
    if args.json:
        print(json.dumps({"unit": result.unit, "coders": result.coders, "n": result.n, "documents": result.documents, "note": result.note, "codes": json.loads(result.frame.to_json(orient="records"))}, ensure_ascii=False))
    else:
        print(result)
    return 0
