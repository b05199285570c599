"""`hook`: git looks for names and numbers before every commit; installed, removed, or run by git."""

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
    parser.add_argument("what", choices=("install", "remove", "run"), help=say("install: pasang; remove: lepas; run: dijalankan git sebelum menyimpan", "install, remove, or run: what git calls before a commit"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from ..study import find_study

    root = find_study(args.study)
    return scan(root) if args.what == "run" else install(root, remove=args.what == "remove", dry_run=args.dry_run)


def hooks_folder(root: Path) -> Path:
    """Where git looks for the hooks of the repository that holds the study."""
    from ..model import KubeError

    try:
        said = subprocess.run(["git", "-C", str(root), "rev-parse", "--git-path", "hooks"], capture_output=True, text=True, encoding="utf-8", timeout=20, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        raise KubeError(say("Studi ini bukan repositori git.", "This study is no git repository."), str(root), say("Jalankan `git init` di foldernya, lalu pasang lagi.", "Run `git init` in its folder, then install again.")) from None
    return (root / said).resolve()


def script(root: Path) -> str:
    """Our part of the hook: for git's own shell, on Windows too; the interpreter that installed it, else the command on the path."""
    python, study = shlex.quote(Path(sys.executable).as_posix()), shlex.quote(root.resolve().as_posix())
    return "\n".join([BEGIN, f"if [ -x {python} ]; then {python} -m kube_research hook run --study {study} || exit 1",
                      f"elif command -v kube-research >/dev/null 2>&1; then kube-research hook run --study {study} || exit 1",
                      "else echo 'kube_research is not installed here: names are not looked for.' >&2; fi", END, ""])


def install(root: Path, *, remove: bool = False, dry_run: bool = False) -> int:
    """Put our part into the pre-commit hook, or take it out; what others wrote there stays."""
    import re

    path = hooks_folder(root) / "pre-commit"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    rest = re.sub(rf"{re.escape(BEGIN)}.*?{re.escape(END)}\n", "", before, flags=re.S)
    if remove:
        after = "" if rest.strip() in ("", "#!/bin/sh") else rest
    else:
        first, _, tail = rest.partition("\n") if rest.startswith("#!") else ("#!/bin/sh", "", rest)
        after = f"{first}\n{script(root)}{tail}"
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
