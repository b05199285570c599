"""What the benchmark's tasks share: what one found, our packages and the peers', the study's codings."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


class Run:
    """What one task found."""

    def __init__(self, root: Path):
        self.root, self.rows, self.answers, self.memory, self.missing = root, [], [], 0.0, []

    def row(self, ours: tuple[str, float, int], peer: tuple[str, float, int], limit: float | None = None, extra: float = 0.0) -> None:
        """A peer of 0 runs was stopped after its seconds."""
        self.rows.append([*ours, *peer, limit, extra])

    def same(self, what: str, agrees: bool | None) -> None:
        self.answers.append([what, None if agrees is None else bool(agrees)])

    def ours_done(self) -> None:
        """Peak memory so far, before any peer has run."""
        import psutil

        if sys.platform == "win32":
            self.memory = psutil.Process().memory_info().peak_wset / 1e6
        else:
            import resource

            self.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def peers() -> None:
    """Packages of the benchmark's own environment, behind ours."""
    for folder in (ROOT / ".cache/bench-venv").glob("**/site-packages"):
        sys.path.append(str(folder))


def codings(root: Path):
    from kube_research.study import open_study

    study = open_study(root)
    return study, study.codings()


def forget(run: Run) -> None:
    """Throw away the interned words that are kept beside the study."""
    for path in [*(run.root / ".cache").glob("words-*"), *(run.root / ".cache").glob("block-*")]:
        path.unlink()


def present(run: Run, module: str, package: str):
    try:
        if module == "sklearn":
            import sklearn.feature_extraction.text as found
        else:
            found = __import__(module)
        return found
    except ImportError:
        run.missing.append(package)
        return None
