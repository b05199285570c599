"""`make bench`: every benchmark, each beside its peers in one run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    for name in sys.argv[1:] or ["rules.py", "desk.py", "report.py", "verify.py"]:
        print(f"## {name}\n", flush=True)
        subprocess.run([sys.executable, str(HERE / name)], check=False)
