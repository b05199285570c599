"""`rules`: a rule change before it is kept: segments gained and lost, precision and recall against people; `--keep` records it."""

from __future__ import annotations

import argparse
import json

from ..model import Fault, KubeError
from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("book", metavar=say("BUKU", "BOOK"), help=say("buku kode; tanpa --add dan --remove: berkasnya sekarang dibandingkan dengan versi lama", "a codebook; without --add and --remove: its file as it is now against an older version"))
    parser.add_argument("--against", default="", metavar="V|FILE.yml", help=say("versi lama atau berkas (bawaan: yang terakhir tersimpan atau di git)", "the older version or a file (default: the last one kept or in git)"))
    parser.add_argument("--code", default="", metavar="CODE", help=say("kode yang aturannya diubah", "the code whose rules change"))
    parser.add_argument("--add", nargs="+", default=[], metavar="'id: PATTERN'", help=say("aturan baru, dengan bahasanya", "new rules, with their language"))
    parser.add_argument("--remove", nargs="+", default=[], metavar="'id: PATTERN'", help=say("aturan yang dibuang", "rules to take away"))
    parser.add_argument("--absent", action="store_true", help=say("aturan baru itu berarti 'tidak ada'", "the new rules mean 'absent'"))
    parser.add_argument("--coder", nargs="+", default=None, help=say("pengode pembanding (bawaan: semua)", "the coders to compare with (default: all)"))
    parser.add_argument("--rules-only", action="store_true", help=say("aturan saja, tanpa tabel isyarat di samping buku kode", "the rules alone, without the cue table beside the codebook"))
    parser.add_argument("--keep", action="store_true", help=say("simpan perubahan ini dalam buku kode", "keep this change in the codebook"))
    parser.add_argument("--why", default="", help=say("alasan, dicatat dalam buku kode", "the reason, recorded in the codebook"))
    parser.add_argument("--who", default="", help=say("siapa yang memutuskan", "who decides"))
    parser.add_argument("--dry-run", action="store_true", help=say("sama dengan tanpa --keep", "the same as without --keep"))


def run(args: argparse.Namespace) -> int:
    from ..codebook import load, loads
    from ..history import apply
    from ..preview import rule_change
    from ..study import open_study
    from .code import person

    study = open_study(args.study)
    book = study.codebook(args.book)
    change = None
    if args.add or args.remove:
        if not args.code:
            raise KubeError(Fault(say("Sebut kodenya dengan --code.", "Name the code with --code."), args.book))
        add = [{"language": language.strip(), "match": pattern.strip(), "polarity": "absent" if args.absent else ""} for language, _, pattern in (a.partition(":") for a in args.add)]
        options = {"code": args.code, "add": add, "remove": args.remove, "why": args.why, "books": [book]}
        change = apply(study, "rules", args.who or person(study.root), dry_run=True, **options)
        old, new = book, loads(change.text, f"{args.book}.yml") if change.text else book
    elif args.against.endswith((".yml", ".yaml")):
        old, new = load(args.against), book
    else:
        old, new = study.codebook(args.book, version=args.against) if args.against else study.before(args.book), book
    found = rule_change(study, old, new, coder=args.coder, cues=not args.rules_only)
    if change is not None and args.keep and not args.dry_run and not change.same:
        change = apply(study, "rules", args.who or person(study.root), **options)
    if args.json:
        print(json.dumps({**found.as_dict(), **({"change": change.as_dict()} if change else {})}, ensure_ascii=False, indent=1))
        return 0
    print(found)
    if change is not None:
        print(str(change) if not change.dry or change.same else say("Belum disimpan; ulangi dengan --keep bila baik.", "Not kept yet; say it again with --keep if it is good."))
    return 0
