"""`gather`: take in the conflict copies that a synced folder (Dropbox, Syncthing, OneDrive …) left beside the journals."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("--coder", default=None, metavar=say("NAMA", "NAME"), help=say("hanya jurnal pengode ini", "this coder's journals only"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from .. import synced
    from ..gather import gather
    from ..study import Study, find_study

    study = Study(find_study(args.study))
    done = gather(study, coder=args.coder, dry_run=args.dry_run)
    left = [f for f in synced.faults(study.root) if not f.where.endswith(".jsonl")]
    if args.json:
        print(json.dumps({"taken": [asdict(t) for t in done], "left": [{"where": f.where, "what": f.what, "remedy": f.remedy} for f in left], "dry_run": args.dry_run}, ensure_ascii=False, indent=1))
        return 1 if left else 0
    print("\n".join(map(str, done)) or say("Tidak ada salinan konflik di antara jurnal.", "No conflict copies among the journals."))
    if done:
        print(say("Percobaan; tidak ada yang ditulis.", "A dry run; nothing written.") if args.dry_run else say("Setiap baris kini ada di jurnalnya, sekali; salinannya dihapus dan dicatat.", "Every line stands in its journal now, once; the copies are removed, with a record."))
    for f in left:
        print(f)
    return 1 if left else 0
