"""`export`: the study for another program, with a list of what that program cannot hold."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    from ..exchange.registry import listing

    add_common(parser, json_=True)
    parser.add_argument("file", metavar="FILE", help=listing("out").replace("%", "%%"))


def run(args: argparse.Namespace) -> int:
    from ..exchange.registry import find
    from ..study import open_study

    path = Path(args.file)
    write = find(path, "out")
    losses = write(open_study(args.study), path)
    if args.json:
        print(json.dumps({"file": path.name, "losses": losses}, ensure_ascii=False, indent=1))
        return 0
    print(say(f"→ {path}", f"→ {path}"))
    if losses:
        print(say("tidak ikut, atau tidak akan diambil program lain:", "not carried, or not taken over by other programs:"))
        print("\n".join(f"  {x}" for x in losses))
    return 0
