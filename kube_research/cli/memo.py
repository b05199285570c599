"""`memo`: notes on a coding, a code, a document, a case, a day; written, listed, searched, drafted into a chapter."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from ..words import say
from . import add_common

WHAT = ("add", "list", "search", "edit", "remove", "restore", "draft")


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("what", choices=WHAT)
    parser.add_argument("words", nargs="*", metavar="WORDS", help=say("add: tentang apa, lalu kata-katanya (gd.goal \"…\"; LD01, LD01:41, case:lentera, 2026-11-28, study); search: yang dicari; edit, remove, restore: id memo", "add: about what, then the words (gd.goal \"…\"; LD01, LD01:41, case:lentera, 2026-11-28, study); search: what to look for; edit, remove, restore: the memo's id"))
    parser.add_argument("--about", default="", metavar="X", help=say("hanya memo tentang ini", "only memos about this"))
    parser.add_argument("--author", "--coder", dest="author", default="", metavar="NAME", help=say("penulis (bawaan: KUBE_CODER atau nama pengguna komputer)", "the author (default: KUBE_CODER, or your name on this computer)"))
    parser.add_argument("--kind", default="", choices=("", "theory", "method", "field"), metavar="KIND", help="theory, method, field")
    parser.add_argument("--output", default="", metavar="F.md", help=say("berkas untuk draf", "the file for the draft"))
    parser.add_argument("--into", default="", metavar="BAB.md", help=say("draft: masukkan memo yang belum ada ke bab ini, di bawah judul kodenya; tulisan yang sudah ada tidak disentuh", "draft: put the memos that this chapter does not hold yet under their code's heading; what stands there is not touched"))
    parser.add_argument("--undo", action="store_true", help=say("draft --into: ambil kembali memo yang belum Anda sunting di bab itu", "draft --into: take back the memos that you have not edited in the chapter"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from .. import memo as room
    from ..model import KubeError
    from ..study import open_study, write_atomic

    study = open_study(args.study)
    words = list(args.words)
    if args.what in ("list", "search", "draft"):
        found = room.memos(study, about=args.about, search=" ".join(words), author=args.author, kind=args.kind)
        if args.what == "draft":
            if args.into:
                return into(room, found, Path(args.into), undo=args.undo, dry_run=args.dry_run, as_json=args.json)
            text = found.draft()
            if args.output and not args.dry_run:
                if Path(args.output).exists() and Path(args.output).read_text(encoding="utf-8-sig", errors="replace") != text:
                    raise KubeError(say("Berkas ini sudah ada; tulisan Anda di dalamnya akan hilang.", "This file is there already; what you wrote in it would be lost."), args.output, say("Biarkan ia tumbuh dengan --into, atau pilih nama lain.", "Let it grow with --into, or choose another name."))
                write_atomic(Path(args.output), text)
                print(f"→ {args.output}")
            else:
                print(text, end="")
            return 0
        print(json.dumps([asdict(m) for m in found], ensure_ascii=False, indent=1) if args.json else found)
        return 0
    if not words:
        raise KubeError(say("Memo ini tentang apa?", "What is this memo about?"), "", "kube-research memo add gd.goal \"…\"" if args.what == "add" else f"kube-research memo {args.what} ID")
    subject, text = words[0], " ".join(words[1:])
    if args.what in ("add", "edit") and not text:
        if sys.stdin.isatty():
            print(say("Tulis memonya; akhiri dengan Ctrl-D (Windows: Ctrl-Z, Enter).", "Write the memo; end with Ctrl-D (Windows: Ctrl-Z, Enter)."), file=sys.stderr)
        text = sys.stdin.read().strip()
    if args.what == "add":
        memo = room.add(study, subject, text, author=args.author or os.environ.get("KUBE_CODER", "") or getpass.getuser(), kind=args.kind, dry_run=args.dry_run)
        print(json.dumps(asdict(memo), ensure_ascii=False, indent=1) if args.json else room.Memos(study, [memo]))
    elif args.what == "restore":
        print(room.restore(study, subject, dry_run=args.dry_run))
    else:
        if args.what == "edit" and not text:
            raise KubeError(say("Memo ini kosong.", "This memo is empty."), subject, say("Untuk menghapusnya: kube-research memo remove ID", "To take it away: kube-research memo remove ID"))
        room.edit(study, subject, "" if args.what == "remove" else text, dry_run=args.dry_run)
        print(say("Memo diambil kembali; kata-katanya tetap di jurnal (memo restore).", "The memo is taken away; its words stay in the journal (memo restore).") if args.what == "remove" else say("Memo diubah.", "The memo is changed."))
    if args.dry_run:
        print(say("Percobaan; tidak ada yang ditulis.", "A dry run; nothing written."))
    return 0


def into(room, found, path: Path, *, undo: bool, dry_run: bool, as_json: bool) -> int:
    """Let a chapter grow by the memos that it does not hold yet, or take them out again."""
    import difflib

    from ..files import write_atomic
    from ..text import decode, normalise

    before = normalise(decode(path.read_bytes(), path.name)) if path.exists() else ""
    grown = room.shrink(before) if undo else room.grow(found, before)
    if grown.text != before and not dry_run:
        write_atomic(path, grown.text)
    if as_json:
        print(json.dumps({"file": str(path), "came": grown.came, "went": grown.went, "edited": grown.edited, "dry_run": dry_run}, ensure_ascii=False, indent=1))
        return 0
    print(f"{path}: {grown}")
    if dry_run:
        print("".join(difflib.unified_diff(before.splitlines(True), grown.text.splitlines(True), str(path), str(path), n=1)), end="")
        print(say("Percobaan; tidak ada yang ditulis.", "A dry run; nothing written."))
    return 0
