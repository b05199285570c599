"""`check`: everything that is wrong with a study, at once."""

from __future__ import annotations

import argparse

from ..study import Study, find_study
from ..words import say
from . import add_common, report_faults


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)


def run(args: argparse.Namespace) -> int:
    study = Study(find_study(args.study))
    faults = study.faults()
    if not study.unmerged() and not any(f.level == "error" for f in study._loaded[1]):
        from ..bind import faults as bound
        from ..claims import claims
        from ..memo import memos
        from ..privacy import leaks
        from ..review import reviews

        faults = [*faults, *claims(study).faults, *bound(study), *reviews(study).faults, *memos(study).faults(), *leaks(study)]
    report_faults(faults, args.json)
    if not args.json and not faults:
        print(say("Tidak ada kesalahan.", "No faults found."))
    return 1 if faults else 0
