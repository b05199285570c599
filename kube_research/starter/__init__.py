"""A fresh study: the folders, the starter codebooks and the first notebook.

The codebooks and the notebook lie once in the project (`codebooks/`, `notebooks/start-here.ipynb`); the wheel carries them here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ..model import KubeError
from ..study import TABLES, write_table
from ..words import say

_HERE = Path(__file__).resolve().parent
_PROJECT = _HERE.parent.parent
GITIGNORE = "outputs/\n.ipynb_checkpoints/\n*.lock\n.cache/\n"
GITATTRIBUTES = "corpus/codings/**/*.jsonl merge=union text eol=lf\ncorpus/reviews/*.jsonl merge=union text eol=lf\ncorpus/memos/*.jsonl merge=union text eol=lf\ncorpus/*.csv merge=union text eol=lf\ncorpus/versions/log.csv merge=union text eol=lf\ncorpus/**/*.txt text eol=lf\ncodebooks/*.yml text eol=lf\ncodebooks/versions/** -merge text eol=lf\n"


def source(name: str) -> Path:
    """Where a starter file or folder lies: in the wheel, else in the project."""
    for place in (_HERE / name, _PROJECT / name):
        if place.exists():
            return place
    raise KubeError(say(f"Berkas awal '{name}' tidak ada dalam pemasangan ini.", f"The starter file '{name}' is missing from this installation."), "", say("Pasang ulang kube_research.", "Install kube_research again."))


def new_study(folder: Path | str) -> Path:
    """Make a complete study in an empty (or not yet existing) folder and return it."""
    root = Path(folder)
    if root.exists() and (not root.is_dir() or any(p.name != ".git" for p in root.iterdir())):
        raise KubeError(say(f"Folder {root} sudah berisi sesuatu.", f"The folder {root} is not empty."), "", say("Pilih nama lain; tidak ada yang ditimpa.", "Choose another name; nothing is overwritten."))
    for name in ("corpus/transcripts", "corpus/abstracts", "corpus/codings", "codebooks", "notebooks"):
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, columns in TABLES.items():
        write_table(root / "corpus" / f"{name}.csv", [], columns)
    for path in sorted(p for p in source("codebooks").iterdir() if p.suffix in (".yml", ".csv", ".parquet", ".npz", ".md")):
        shutil.copyfile(path, root / "codebooks" / path.name)
    for name in ("start-here.ipynb", "coding.ipynb"):
        shutil.copyfile(source(f"notebooks/{name}"), root / "notebooks" / name)
    (root / ".gitignore").write_text(GITIGNORE, encoding="utf-8", newline="\n")
    (root / ".gitattributes").write_text(GITATTRIBUTES, encoding="utf-8", newline="\n")
    (root / "README.md").write_text(README, encoding="utf-8", newline="\n")
    return root


README = """# Studi ini / This study

Dibuat dengan kube_research. Langkah pertama:

    kube-research import wawancara.docx --case KASUS-1
    kube-research check
    kube-research lab

- `corpus/` transkrip, tabel dokumen, pembicara dan kasus; `corpus/codings/` jurnal para pengode
- `codebooks/` buku kode (YAML)
- `notebooks/start-here.ipynb` mulai di sini
- `outputs/` dibuat oleh `kube-research run`, tidak perlu disimpan

Made with kube_research. Transcripts, tables and journals lie in `corpus/`, codebooks in `codebooks/`; start with `notebooks/start-here.ipynb`.
"""
