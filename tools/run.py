"""Set up and run the project with nothing but Python and pip: `python tools/run.py run` (Windows: `python tools\\run.py run`).

Standard library only.  `make` calls this file; on Windows it is called directly.  What it makes lies in `.boot` (the
installer), `.venv` (the project's packages) and is made anew only when the lock files change.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOT, VENV = ROOT / ".boot", ROOT / ".venv"
LOCK, BOOT_LOCK = ROOT / "requirements" / "lock.txt", ROOT / "requirements" / "boot.txt"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
EXE = ".exe" if WINDOWS else ""

TASKS = {
    "setup": "install the pinned packages into .venv",
    "run": "notebooks, matrices, figures and report into outputs/ (the main job)",
    "test": "every test, with the notebooks run again",
    "lab": "JupyterLab on the study, opened on the coding page",
    "bench": "the benchmarks, beside other programs, into benchmarks/results.md",
    "notebooks": "execute and save the notebooks in place (before a commit)",
    "lock": "resolve the dependencies again and write the lock files and environment.yml",
    "clean": "remove outputs, caches and environments",
}


def environment() -> dict[str, str]:
    """Variables that keep the installer on this machine's Python and notebooks reproducible."""
    env = dict(os.environ)
    env.update(UV_PYTHON_DOWNLOADS="never", UV_NO_CONFIG="1", PYTHONHASHSEED="0", PYTHONUTF8="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    env.pop("VIRTUAL_ENV", None)
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # every notebook starts a kernel: without bytecode each compiles pandas and matplotlib anew
    env["PATH"] = str(BIN) + os.pathsep + env.get("PATH", "")
    return env


def call(*command: object, **kwargs: object) -> None:
    try:
        done = subprocess.run([str(c) for c in command], cwd=ROOT, env=environment(), check=False, **kwargs)  # type: ignore[call-overload]
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    if done.returncode:
        raise SystemExit(done.returncode)


def uv() -> Path:
    for name in ("bin", "Scripts"):
        if (BOOT / name / f"uv{EXE}").exists():
            return BOOT / name / f"uv{EXE}"
    print("Installing the installer (uv) into .boot …", flush=True)
    call(sys.executable, "-m", "pip", "install", "--quiet", "--target", BOOT, "--require-hashes", "--no-deps", "-r", BOOT_LOCK)
    return uv()


def setup() -> None:
    """Install the locked packages unless the stamp says that they are there already."""
    if sys.version_info < (3, 11):
        raise SystemExit(f"kube_research needs Python 3.11 or newer; this is {sys.version.split()[0]}. Install a newer Python and try again.")
    stamp = VENV / ".kube-lock"
    want = hashlib.sha256(LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode() + str(ROOT).encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == want:
        return
    installer = uv()
    print("Installing the pinned packages into .venv …", flush=True)
    if not (VENV / "pyvenv.cfg").exists():
        call(installer, "venv", "--quiet", "--python", sys.executable, VENV)
    python = BIN / f"python{EXE}"
    call(installer, "pip", "sync", "--quiet", "--python", python, "--require-hashes", LOCK)
    call(installer, "pip", "install", "--quiet", "--python", python, "--no-deps", "--no-build-isolation", "-e", ROOT)
    stamp.write_text(want)


def python(*args: object) -> None:
    call(BIN / f"python{EXE}", *args)


def lock() -> None:
    installer = uv()
    common = ["--universal", "--python-version", "3.11", "--no-emit-index-url", "--no-header", "--quiet"]
    project = ["pyproject.toml", "--all-extras", "--group", "dev"]
    call(installer, "pip", "compile", *common, "--generate-hashes", *project, "-o", LOCK)
    call(installer, "pip", "compile", *common, "--no-annotate", *project, "-c", LOCK, "-o", ROOT / "requirements" / "constraints.txt")
    call(installer, "pip", "compile", *common, "--generate-hashes", "requirements/boot.in", "-o", BOOT_LOCK)
    call(sys.executable, "tools/environment.py")


def clean() -> None:
    import shutil

    for name in ("outputs", ".cache", ".venv", ".boot", ".pytest_cache", "build", "dist"):
        shutil.rmtree(ROOT / name, ignore_errors=True)


def main(argv: list[str]) -> None:
    task, rest = (argv[0] if argv else "help"), argv[1:]
    if task not in TASKS:
        print(__doc__)
        print("\n".join(f"  {name:<10} {what}" for name, what in TASKS.items()))
        raise SystemExit(0 if task in ("help", "-h", "--help") else 2)
    if task == "lock":
        return lock()
    if task == "clean":
        return clean()
    setup()
    if task == "run":
        python("-m", "kube_research", "run", *rest)
    elif task == "lab":
        python("-m", "kube_research", "lab", *rest)
    elif task == "bench":
        python("benchmarks/run.py", *rest)
    elif task == "notebooks":
        python("tools/notebooks.py", *rest)
    elif task == "test":
        # three on two cores: a browser's test waits half of its time; the order is that of tests/conftest.py
        python("-m", "pytest", *(rest or ["-n", "3", "--dist", "loadfile", "--no-loadscope-reorder"]))
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
