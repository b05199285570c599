"""`matrix`: a coded matrix as CSV or Excel."""

from __future__ import annotations

import argparse

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--codebook", nargs="+", required=True, metavar="NAME|FILE", help=say("buku kode menurut nama atau berkas", "codebooks by name or file"))
    parser.add_argument("--rows", default="case", help=say("case, document, speaker, role, atau nama atribut", "case, document, speaker, role, or an attribute"))
    parser.add_argument("--columns", default="code", choices=("code", "theme"))
    parser.add_argument("--count", default="segments", choices=("persons", "segments", "documents", "words"))
    parser.add_argument("--polarity", default="any", choices=("any", "present", "absent", "balance"))
    parser.add_argument("--source", default="rules", help=say("rules, atau nama pengode", "rules, or a coder's name"))
    parser.add_argument("--until", default="", metavar=say("TANGGAL", "DATE"), help=say("seperti pada waktu itu: pengodean dan teks sebelum dibetulkan (2026-11-20: akhir hari itu)", "as it stood then: the codings, and the texts before they were corrected (2026-11-20: the end of that day)"))
    parser.add_argument("--output", metavar="F.csv|.xlsx")


def run(args: argparse.Namespace) -> int:
    from ..codings import Codings
    from ..engine import autocode
    from ..matrix import cross
    from ..journal import moment
    from ..model import MACHINE, KubeError
    from ..study import open_study

    study = open_study(args.study)
    until = moment(args.until)
    if args.until and not until:
        raise KubeError(say(f"{args.until!r} bukan tanggal.", f"{args.until!r} is no date."), "--until", "2026-11-20")
    books = [study.codebook(name) for name in args.codebook]
    if args.source == MACHINE:
        codings = autocode(study.at(until), *books)
    else:
        found = study.codings(coder=args.source, under=books, until=until)
        own = {c.id for b in books for c in b}
        codings = Codings(found._frame[found._frame["code"].isin(own)], found.corpus, tuple(books), source=found.source)
    table = cross(codings, args.rows, args.columns, count=args.count, polarity=args.polarity)
    if args.output:
        table.save(args.output)
    print(table)
    if until:
        print(say(f"Seperti pada {until[:19]}Z.", f"As it stood at {until[:19]}Z."))
    return 0
