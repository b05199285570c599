"""`hook`: git looks for names and numbers before every commit, and says after a merge when codings are to be carried over."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

from ..words import say
from . import add_common

BEGIN, END = "# >>> kube_research", "# <<< kube_research"


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("what", choices=("install", "remove", "run", "merged"), help=say("install: pasang; remove: lepas; run: dijalankan git sebelum menyimpan; merged: sesudah penggabungan", "install, remove; run: what git calls before a commit; merged: after a merge"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from ..study import find_study

    root = find_study(args.study)
    if args.what == "merged":
        return merged(root)
    return scan(root) if args.what == "run" else install(root, remove=args.what == "remove", dry_run=args.dry_run)


def hooks_folder(root: Path) -> Path:
    """Where git looks for the hooks of the repository that holds the study."""
    from ..model import KubeError

    try:
        said = subprocess.run(["git", "-C", str(root), "rev-parse", "--git-path", "hooks"], capture_output=True, text=True, encoding="utf-8", timeout=20, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        raise KubeError(say("Studi ini bukan repositori git.", "This study is no git repository."), str(root), say("Jalankan `git init` di foldernya, lalu pasang lagi.", "Run `git init` in its folder, then install again.")) from None
    return (root / said).resolve()


HOOKS = {"pre-commit": "run", "post-merge": "merged"}


def script(root: Path, what: str = "run") -> str:
    """Our part of a hook: for git's own shell, on Windows too; the interpreter that installed it, else the command on the path."""
    python, study = shlex.quote(Path(sys.executable).as_posix()), shlex.quote(root.resolve().as_posix())
    otherwise = "echo 'kube_research is not installed here: names are not looked for.' >&2" if what == "run" else ":"
    return "\n".join([BEGIN, f"if [ -x {python} ]; then {python} -m kube_research hook {what} --study {study} || exit 1",
                      f"elif command -v kube-research >/dev/null 2>&1; then kube-research hook {what} --study {study} || exit 1",
                      f"else {otherwise}; fi", END, ""])


def install(root: Path, *, remove: bool = False, dry_run: bool = False) -> int:
    """Put our part into git's hooks, or take it out; what others wrote there stays."""
    import re

    for name, what in HOOKS.items():
        path = hooks_folder(root) / name
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        rest = re.sub(rf"{re.escape(BEGIN)}.*?{re.escape(END)}\n", "", before, flags=re.S)
        if remove:
            after = "" if rest.strip() in ("", "#!/bin/sh") else rest
        else:
            first, _, tail = rest.partition("\n") if rest.startswith("#!") else ("#!/bin/sh", "", rest)
            after = f"{first}\n{script(root, what)}{tail}"
        if not dry_run and after != before:
            if after:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(after, encoding="utf-8", newline="\n")
                os.chmod(path, 0o755)
            else:
                path.unlink(missing_ok=True)
    print((say("Percobaan: ", "Dry run: ") if dry_run else "") + (say("Git tidak lagi mencari nama.", "Git looks for names no longer.") if remove else say("Git mencari nama dan nomor sebelum setiap penyimpanan.", "Git looks for names and numbers before every commit.")))
    return 0


def scan(root: Path) -> int:
    """Look through what is staged: exit 1 refuses the commit."""
    from ..privacy import leaks
    from ..study import Study
    from . import report_faults

    def git(*words: str) -> bytes:
        return subprocess.run(["git", "-C", str(root), *words], capture_output=True, timeout=60, check=True).stdout

    names = [n for n in git("diff", "--cached", "--name-only", "--diff-filter=ACMR", "-z", "--relative").decode("utf-8", "replace").split("\0") if n]
    found = leaks(Study(root), paths=((n, git("show", f":./{n}")) for n in names))
    report_faults(found)
    if found:
        print(say("Penyimpanan ditolak: ada yang tampaknya nama atau nomor orang. Jika memang boleh: git commit --no-verify", "The commit is refused: there seem to be names or numbers of persons. If they may stand: git commit --no-verify"), file=sys.stderr)
    return 1 if found else 0


def merged(root: Path) -> int:
    """After a merge: one sentence when something is left to do; the merge itself stands whatever is found."""
    from ..model import KubeError
    from ..study import Study

    try:
        behind = Study(root).behind
    except KubeError as e:
        print(e, file=sys.stderr)
        return 0
    if behind:
        n, listed = sum(behind.values()), ", ".join(behind)
        print(say(f"kube-research: {n} pengodean di {listed} belum dibawa ke teks yang digabung. Ketik: kube-research update", f"kube-research: {n} codings in {listed} are not carried over to the merged text. Type: kube-research update"), file=sys.stderr)
    return 0
