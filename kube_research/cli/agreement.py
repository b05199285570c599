"""`agreement`: how far coders agree, code by code, or one coder with an earlier coding of the same documents."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("--coders", nargs="+", required=True, metavar="NAME", help=say("pengode; satu saja bersama --split atau --again", "coders; a single one with --split or --again"))
    parser.add_argument("--unit", choices=("turn", "sentence", "span"), default="turn", help=say("satuan (bawaan: giliran bicara)", "unit (default: turn)"))
    parser.add_argument("--codes", nargs="+", default=None, metavar="CODE")
    parser.add_argument("--overlap", choices=("all", "two"), default="all", help=say("dokumen yang dikodekan semua pengode, atau sedikitnya dua", "documents that all coders coded, or at least two"))
    parser.add_argument("--split", metavar="DATE", default="", help=say("kode–kode ulang: jurnal seorang pengode dipisah pada tanggal ini", "code and recode: one coder's journal split at this date"))
    parser.add_argument("--again", metavar="NAME", default="", help=say("kode–kode ulang: jurnal kedua orang yang sama", "code and recode: a second journal of the same person"))
    parser.add_argument("--gamma", action="store_true", help=say("dengan --unit span: juga gamma per dokumen", "with --unit span: also gamma by document"))
    parser.add_argument("--rounds", type=int, default=1000, help=say("putaran bootstrap", "bootstrap rounds"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output", metavar="F.csv|.xlsx")


def run(args: argparse.Namespace) -> int:
    import pandas as pd

    from ..finding import head, shown
    from ..intercoder import agreement
    from ..intercoder.again import recode
    from ..model import Fault, KubeError
    from ..study import open_study, write_atomic
    from ..tables import workbook

    study = open_study(args.study)
    common = {"unit": args.unit, "codes": args.codes, "rounds": args.rounds, "seed": args.seed}
    if args.rounds < 1:
        raise KubeError(Fault(say("Putaran bootstrap harus sedikitnya 1.", "Bootstrap rounds must be at least 1."), "--rounds", "--rounds 1000"))
    if args.output and Path(args.output).suffix not in (".csv", ".xlsx"):
        raise KubeError(Fault(say(f"Akhiran {Path(args.output).suffix!r} tidak dikenal.", f"The ending {Path(args.output).suffix!r} is not known."), args.output, say("Pakai .csv atau .xlsx.", "Use .csv or .xlsx.")))
    if args.split or args.again:
        if len(args.coders) != 1:
            raise KubeError(Fault(say("Kode–kode ulang adalah tentang satu pengode.", "Code and recode is about a single coder."), "--coders", say("Sebut satu nama.", "Name one.")))
        result = recode(study, args.coders[0], split=args.split, again=args.again, **common)
    else:
        result = agreement(study, args.coders, overlap=args.overlap, gamma=args.gamma, **common)
    if args.output and Path(args.output).suffix == ".xlsx":
        sheets = {head("agreement"): shown(result.frame), **{head(k): shown(t) for k, t in result.more.items()}, head("disagreements"): shown(result.disagreements)}
        workbook(args.output, {**sheets, head("note"): pd.DataFrame({head("note"): [result.note, result.meaning]})})
    elif args.output:
        write_atomic(Path(args.output), "\ufeff" + result.frame.to_csv(index=False, lineterminator="\n"))
    if args.json:
        tables = {k: json.loads(t.to_json(orient="records")) for k, t in result.more.items()}
        print(json.dumps({"unit": args.unit, "coders": result.coders, "n": result.n, "documents": result.documents, "note": result.note, "meaning": result.meaning, "codes": json.loads(result.frame.to_json(orient="records")), "more": tables}, ensure_ascii=False))
    else:
        print(result)
    return 0
