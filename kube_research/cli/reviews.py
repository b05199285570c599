"""`reviews`: the supervisor's comments: show them, answer one, close one."""

from __future__ import annotations

import argparse
import json

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("--open", action="store_true", help=say("hanya yang belum selesai", "only those not closed"))
    act = parser.add_mutually_exclusive_group()
    act.add_argument("--answer", nargs=2, metavar=("THREAD", "TEXT"), help=say("jawab sebuah utas (awal id-nya cukup)", "answer a thread (the beginning of its id will do)"))
    act.add_argument("--close", nargs="+", metavar=("THREAD", "TEXT"), help=say("selesaikan sebuah utas, dengan keterangan", "close a thread, with a word on it"))
    act.add_argument("--reopen", nargs="+", metavar=("THREAD", "TEXT"), help=say("buka lagi sebuah utas", "open a thread again"))
    act.add_argument("--withdraw", metavar="THREAD", help=say("tarik kembali kata terakhir --by di sebuah utas", "take back the last thing that --by said in a thread"))
    parser.add_argument("--by", default="", metavar="NAME", help=say("siapa yang menjawab atau menyelesaikan", "who answers or closes"))


def run(args: argparse.Namespace) -> int:
    from ..review import reviews
    from ..study import open_study

    found = reviews(open_study(args.study))
    for name in ("answer", "close", "reopen"):
        given = getattr(args, name)
        if given:
            found = getattr(found, name)(given[0], " ".join(given[1:]), by=args.by)
    if args.withdraw:
        found = found.withdraw(args.withdraw, by=args.by)
    if args.open:
        found = found.where(closed=False)
    for f in found.faults:
        from . import report_faults

        report_faults([f])
    print(json.dumps(found.frame.to_dict("records"), ensure_ascii=False, indent=1) if args.json else found)
    return 1 if found.faults else 0
