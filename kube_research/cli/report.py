"""`report`: the supervisor's copy, one file; its ending says the form."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..words import say
from . import add_common

if TYPE_CHECKING:
    from ..study import Study


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--output", required=True, metavar="F.html|.docx|.pdf", help=say("berkas laporan; akhirannya menentukan bentuknya", "the report's file; its ending says the form"))
    parser.add_argument("--no-rules", action="store_true", help=say("tanpa pengodean oleh aturan", "without the codings by rules"))
    parser.add_argument("--without", nargs="+", default=[], metavar="PART", help=say("bagian yang tidak disertakan: agreement, saturation, figures, checklists, memos", "parts to leave out: agreement, saturation, figures, checklists, memos"))
    parser.add_argument("--since", default="", metavar="TIME|F", help=say("perubahan sejak waktu ini, atau sejak laporan atau berkas komentar ini", "changes since this time, or since this report or comments file"))
    parser.add_argument("--chapter", default="", metavar="FILE", help=say("untuk .docx dan .pdf: bab ini (.md atau .ipynb); tanpa ini, bab studi kasus disusun dari data", "for .docx and .pdf: this chapter (.md or .ipynb); without it a case-study chapter is drawn up from the data"))


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
    study = open_study(args.study)
    if args.output.lower().endswith((".docx", ".pdf")):
        return chapter(study, args)
    if args.chapter:
        from ..model import Fault, KubeError

        raise KubeError(Fault(say("--chapter dipakai dengan .docx atau .pdf.", "--chapter goes with .docx or .pdf."), args.output, say("Beri berkas hasil akhiran .docx atau .pdf.", "Give the output the ending .docx or .pdf.")))
    path = write(study, args.output, **options)
    print(say(f"Laporan: {path} ({path.stat().st_size / 1e6:.1f} MB). Klik dua kali untuk membukanya; tidak memakai jaringan.", f"Report: {path} ({path.stat().st_size / 1e6:.1f} MB). Open it by a double click; it uses no network."))
    return 0


def chapter(study: Study, args: argparse.Namespace) -> int:
    """A chapter in Word or PDF; bound values that are no longer the accepted ones are told on stderr, exit 1."""
    from pathlib import Path

    from ..bind import Binder, chapter_text, language_of
    from ..report import write
    from ..report.chapter import changed
    from . import report_faults

    binder = Binder(study, language_of(chapter_text(Path(args.chapter)))) if args.chapter else None  # what both need is counted once
    found = changed(study, args.chapter, binder) if args.chapter else []
    path = write(study, args.output, chapter=args.chapter, binder=binder)
    report_faults(found)
    print(say(f"Bab: {path} ({path.stat().st_size / 1e3:.0f} kB).", f"Chapter: {path} ({path.stat().st_size / 1e3:.0f} kB)."))
    return 1 if found else 0
