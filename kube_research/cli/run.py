"""`run`: the main job."""

from __future__ import annotations

import argparse

from ..words import say
from . import add_common, report_faults


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--output", default=None, metavar="DIR", help=say("folder hasil (bawaan: outputs/ di studi)", "folder of the results (default: outputs/ in the study)"))
    parser.add_argument("--no-notebooks", action="store_true", help=say("tanpa menjalankan notebook", "without running the notebooks"))


def run(args: argparse.Namespace) -> int:
    from ..pipeline import run_study
    from ..study import open_study

    faults = run_study(open_study(args.study), args.output, notebooks=not args.no_notebooks)
    report_faults(faults)
    return 1 if faults else 0
