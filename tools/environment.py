"""Write environment.yml (conda users) from the lock: the same versions, conda brings only Python and pip."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = ("jupyterlab", "pandas", "spacy", "nltk", "matplotlib", "nbval")


def pins(text: str) -> dict[str, str]:
    """Return {package: version} of a requirements file (hashes and markers ignored)."""
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", text, re.M))


def render(lock: str) -> str:
    found = pins(lock)
    lines = "\n".join(f"      - {name}=={found[name]}" for name in NAMED)
    return f"""# conda env create -f environment.yml   (made by tools/environment.py from requirements/lock.txt: do not edit)
name: kube_research
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - pip
  - pip:
      - -c requirements/constraints.txt
{lines}
      - -e .
"""


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(render((ROOT / "requirements" / "lock.txt").read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
