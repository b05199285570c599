"""`diff`: what changed in people's codings between two git commits or two dates, and by whom."""

from __future__ import annotations

import argparse
import json

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("old", metavar="OLD", help=say("commit, cabang, tag, atau tanggal (2026-11-20: akhir hari itu)", "a commit, branch, tag, or date (2026-11-20: the end of that day)"))
    parser.add_argument("new", metavar="NEW", nargs="?", default="", help=say("sama (bawaan: sekarang)", "the same (default: now)"))
    parser.add_argument("--coder", nargs="+", default=None, help=say("hanya pengode ini", "these coders only"))


def run(args: argparse.Namespace) -> int:
    from ..history.changes import coding_diff
    from ..study import Study, find_study

    found = coding_diff(Study(find_study(args.study)), args.old, args.new, coder=args.coder)
    print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) if args.json else str(found))
    return 0
