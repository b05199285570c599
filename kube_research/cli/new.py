"""`new`: a fresh study."""

from __future__ import annotations

import argparse

from ..words import LANGUAGES, say


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", help=say("folder baru untuk studi", "the new study's folder"))
    parser.add_argument("--lang", choices=LANGUAGES, default=None)


def run(args: argparse.Namespace) -> int:
    from ..starter import new_study

    root = new_study(args.folder)
    if (root / ".git").exists():
        from .hook import install

        install(root)
    print(say(f"Studi baru di {root}. Berikutnya:\n  cd {root}\n  kube-research import wawancara.docx\n  kube-research lab", f"A new study in {root}. Next:\n  cd {root}\n  kube-research import interview.docx\n  kube-research lab"))
    return 0
