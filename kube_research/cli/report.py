"""`report`: the supervisor's copy, one file; its ending says the form."""

from __future__ import annotations

import argparse

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--output", required=True, metavar="F.html", help=say("berkas laporan; akhirannya menentukan bentuknya", "the report's file; its ending says the form"))
    parser.add_argument("--no-rules", action="store_true", help=say("tanpa pengodean oleh aturan", "without the codings by rules"))
    parser.add_argument("--without", nargs="+", default=[], metavar="PART", help=say("bagian yang tidak disertakan: agreement, saturation, figures, checklists, memos", "parts to leave out: agreement, saturation, figures, checklists, memos"))
    parser.add_argument("--since", default="", metavar="TIME|F", help=say("perubahan sejak waktu ini, atau sejak laporan atau berkas komentar ini", "changes since this time, or since this report or comments file"))


def run(args: argparse.Namespace) -> int:
    from ..report import write
    from ..study import open_study

    options: dict[str, object] = {}
    if args.no_rules:
        options["rules"] = False
    if args.without:
        options["without"] = tuple(args.without)
    if args.since:
        options["since"] = args.since
    path = write(open_study(args.study), args.output, **options)
    print(say(f"Laporan: {path} ({path.stat().st_size / 1e6:.1f} MB). Klik dua kali untuk membukanya; tidak memakai jaringan.", f"Report: {path} ({path.stat().st_size / 1e6:.1f} MB). Open it by a double click; it uses no network."))
    return 0
