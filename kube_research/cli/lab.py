"""`lab`: JupyterLab opened on the study."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--no-browser", action="store_true", help=say("jangan buka peramban", "do not open a browser"))
    parser.add_argument("--port", type=int, default=None)


def run(args: argparse.Namespace) -> int:
    from ..study import find_study

    root = find_study(args.study)
    start = next((n for n in ("coding.ipynb", "start-here.ipynb") if (root / "notebooks" / n).exists()), "")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}", "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if start:
        command.append(f"--LabApp.default_url=/lab/tree/notebooks/{start}")
    if args.no_browser:
        command.append("--no-browser")
    if args.port:
        command.append(f"--port={args.port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    print(say("JupyterLab dibuka; hentikan dengan Ctrl+C.", "JupyterLab is opening; stop it with Ctrl+C."), flush=True)
    return subprocess.call(command, cwd=root)
