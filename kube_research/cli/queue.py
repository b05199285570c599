"""`queue`: the codings that wait for a decision after a correction, old and new words side by side."""

from __future__ import annotations

import argparse
import json

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("--document", default="", metavar="ID", help=say("hanya dokumen ini", "this document only"))


def run(args: argparse.Namespace) -> int:
    from ..waiting import queue
    from ..study import Study, find_study

    waiting = queue(Study(find_study(args.study)), args.document)
    print(json.dumps([i.as_dict() for i in waiting], ensure_ascii=False, indent=1) if args.json else str(waiting))
    return 1 if waiting else 0
