"""`lab`: JupyterLab opened on the study."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from ..words import current, say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--no-browser", action="store_true", help=say("jangan buka peramban", "do not open a browser"))
    parser.add_argument("--port", type=int, default=None)


def run(args: argparse.Namespace) -> int:
    from ..study import find_study

    root = find_study(args.study)
    start = next((n for n in ("coding.ipynb", "start-here.ipynb") if (root / "notebooks" / n).exists()), "")
    jupyter = Path(__file__).resolve().parents[1] / "desk" / "jupyter"  # the coding page in the launcher, run when it opens; no question about news
    env = {**os.environ, "KUBE_LANG": current(), "JUPYTER_CONFIG_PATH": os.pathsep.join(p for p in (str(jupyter / "config"), os.environ.get("JUPYTER_CONFIG_PATH", "")) if p)}
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}", "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", f"--LabApp.extra_labextensions_path={jupyter / 'labextensions'}"]
    if start:
        command.append(f"--LabApp.default_url=/lab/tree/notebooks/{start}")
    if args.no_browser:
        command.append("--no-browser")
    if args.port:
        command.append(f"--port={args.port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    print(say("JupyterLab dibuka; hentikan dengan Ctrl+C.", "JupyterLab is opening; stop it with Ctrl+C."), flush=True)
    try:
        return subprocess.call(command, cwd=root, env=env)
    except KeyboardInterrupt:  # that is how it is stopped
        return 0
