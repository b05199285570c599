"""`import`: source files (Word, text, PDF, …) into the corpus; a supervisor's comments file into the review threads."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from ..model import KINDS, Fault, KubeError
from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("files", nargs="+", metavar="FILE", help=say("berkas atau folder", "files or folders"))
    parser.add_argument("--case", default="", metavar="ID", help=say("kasus asal dokumen-dokumen ini", "the case that these documents belong to"))
    parser.add_argument("--kind", default="", choices=("", *KINDS), metavar="K", help=say(f"jenis ({', '.join(KINDS)}); bawaan: ditebak", f"kind ({', '.join(KINDS)}); default: guessed"))
    parser.add_argument("--roles", nargs="+", default=[], metavar="LABEL=ROLE", help=say("peran label, mis. P=researcher 'Bu Ani=officer'", "roles of labels, e.g. P=researcher 'Bu Ani=officer'"))
    parser.add_argument("--reviews", action="store_true", help=say("baca komentar dan perubahan terlacak pembimbing dari bab .docx", "read the supervisor's comments and tracked changes out of a chapter in .docx"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from ..importing import import_files
    from ..review import import_comments, is_comments
    from ..study import Study, find_study

    if args.reviews:
        from ..review.word import import_word

        study = Study(find_study(args.study))
        received = [r for f in args.files for r in import_word(study, f)]
        print(json.dumps([asdict(r) for r in received], ensure_ascii=False, indent=1) if args.json else "\n".join(map(str, received)))
        return 0
    roles = {}
    for pair in args.roles:
        label, sign, role = pair.rpartition("=")
        if not sign or not label.strip() or not role.strip():
            raise KubeError(Fault(say(f"'{pair}' bukan LABEL=PERAN.", f"'{pair}' is not LABEL=ROLE."), "--roles", say("Contoh: --roles P=researcher N=member", "Example: --roles P=researcher N=member")))
        roles[label.strip()] = role.strip()
    comments = [p for p in map(Path, args.files) if is_comments(p)]
    if comments:
        study = Study(find_study(args.study))
        received = [import_comments(study, p) for p in comments]
        print(json.dumps([asdict(r) for r in received], ensure_ascii=False, indent=1) if args.json else "\n".join(map(str, received)))
        args.files = [f for f in args.files if Path(f) not in comments]
        if not args.files:
            return 1 if any(r.edited for r in received) else 0
    report = import_files(Study(find_study(args.study)), args.files, case=args.case, kind=args.kind, roles=roles, dry_run=args.dry_run)
    print(json.dumps(report.as_dict(), ensure_ascii=False, indent=1) if args.json else str(report))
    return 0
