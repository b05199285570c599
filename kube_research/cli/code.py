"""`code`: one step of a codebook's history, recorded with date, who and why; codings follow, and every step can be undone."""

from __future__ import annotations

import argparse
import json

from ..model import KubeError
from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    from . import Parser

    steps = parser.add_subparsers(dest="step", required=True, metavar=say("LANGKAH", "STEP"), parser_class=Parser)

    def step(name: str, indonesian: str, english: str, *arguments: tuple[str, dict[str, object]]) -> argparse.ArgumentParser:
        p = steps.add_parser(name, help=say(indonesian, english), description=say(indonesian, english))
        for flag, options in arguments:
            p.add_argument(flag, **options)  # type: ignore[arg-type]
        if name not in ("history", "diff"):
            p.add_argument("--why", default="", metavar=say("ALASAN", "REASON"), help=say("alasan, dicatat dalam buku kode", "the reason, recorded in the codebook"))
            p.add_argument("--who", default="", metavar=say("NAMA", "NAME"), help=say("siapa yang memutuskan (bawaan: nama pengguna git)", "who decides (default: git's user name)"))
            p.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))
        add_common(p, json_=True)
        return p

    code = ("code", {"metavar": "CODE"})
    book = ("book", {"metavar": say("BUKU", "BOOK")})
    step("rename", "ganti id sebuah kode", "give a code another id", code, ("to", {"metavar": "NEW-ID"}))
    step("name", "ganti nama sebuah kode", "give a code another name", code, ("name", {"metavar": "NAME"}))
    step("move", "pindahkan kode ke bawah kode lain, atau ke tingkat teratas", "move a code under another one, or to the top", code, ("--under", {"default": "", "metavar": "PARENT", "help": say("kode induk (bawaan: tingkat teratas)", "the parent code (default: the top)")}))
    step("merge", "gabungkan sebuah kode ke kode lain dalam buku yang sama", "make a code part of another one of the same book", code, ("--into", {"required": True, "metavar": "CODE"}))
    step("split", "pecah sebuah kode; pengodeannya menunggu keputusan satu per satu", "split a code; its codings wait for a decision one by one", code, ("--into", {"required": True, "nargs": "+", "metavar": "ID[=NAME]"}))
    step("retire", "berhenti memakai sebuah kode; pengodeannya tetap", "stop using a code; its codings stay", code)
    step("new", "kode baru", "a new code", ("name", {"metavar": "NAME"}), ("--book", {"required": True, "metavar": "BOOK"}), ("--under", {"default": "", "metavar": "PARENT"}), ("--definition", {"default": ""}))
    step("undo", "batalkan sebuah langkah (bawaan: yang terakhir)", "take a step back (default: the last one)", book, ("--version", {"default": "", "metavar": "V", "help": say("langkah yang menghasilkan versi ini", "the step that made this version")}))
    step("history", "riwayat sebuah buku kode", "the history of a codebook", book)
    step("diff", "beda dua versi sebuah buku kode", "what differs between two versions of a codebook", book, ("old", {"metavar": "V1"}), ("new", {"metavar": "V2", "nargs": "?", "default": ""}))


def run(args: argparse.Namespace) -> int:
    from ..history import apply
    from ..history.compare import codebook_diff, log
    from ..study import Study, find_study

    study = Study(find_study(args.study))
    if args.step in ("history", "diff"):
        book = study.codebook(args.book)
        found = log(book) if args.step == "history" else codebook_diff(study.codebook(args.book, version=args.old), study.codebook(args.book, version=args.new))
        print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) if args.json else str(found))
        return 0
    wanted = {"rename": ("code", "to"), "name": ("code", "name"), "merge": ("code",), "move": ("code",), "split": ("code",), "retire": ("code",), "new": ("name", "book", "definition"), "undo": ("book", "version")}[args.step]
    options = {k: getattr(args, k) for k in wanted}
    if args.step == "move":
        options["to"] = args.under
    elif args.step == "merge":
        options["to"] = args.into
    elif args.step == "new":
        options["parent"] = args.under
    elif args.step == "split":
        options["into"] = dict((i.strip(), n.strip()) for i, _, n in (x.partition("=") for x in args.into))
    change = apply(study, args.step, args.who or person(study.root), why=args.why, dry_run=args.dry_run, **options)
    print(json.dumps(change.as_dict(), ensure_ascii=False, indent=1) if args.json else str(change))
    return 0


def person(root) -> str:
    """Who works here: git's user name, else the name of the account."""
    import getpass

    from ..past import git

    try:
        name = git(root, "config", "user.name").decode().strip()
    except KubeError:
        name = ""
    if name:
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such account
        return ""
