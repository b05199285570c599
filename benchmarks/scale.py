"""A codebook over generated abstracts, on every engine: seconds, memory and the digest of the counts, kept in benchmarks/scale.json.

    python benchmarks/scale.py [--count 200000] [--part 10000] [--engines local polars dask]

The abstracts are invented words (`corpora.abstracts`), the same bytes every time; notebooks/08-skala.ipynb shows what was recorded.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]


def generate(folder: Path, count: int, part: int) -> int:
    """Write `count` abstracts as Parquet files of `part` rows; returns their bytes of text."""
    import pyarrow as pa
    import pyarrow.parquet as pq
    from corpora import abstracts

    size = 0
    for n, first in enumerate(range(0, count, part)):
        made = abstracts(min(part, count - first), n)
        size += sum(map(len, made["text"]))
        pq.write_table(pa.table(made), folder / f"part-{n:04d}.parquet")
    return size


def measure(engine: str, folder: Path, book, cues: bool) -> dict[str, object]:
    import psutil

    import kube_research as kr

    start, spent = time.perf_counter(), time.process_time()
    found = kr.apply_codebook(str(folder / "*.parquet"), book, by=("year",), engine=engine, cues=cues, progress=False)
    me = psutil.Process()
    return {"engine": engine, "seconds": round(time.perf_counter() - start, 1), "processor": round(time.process_time() - spent, 1) if engine != "dask" else None,
            "memory": round(me.memory_info().rss / 1e6), "digest": found.digest[:16]}


def main(argv: list[str] | None = None) -> int:
    import kube_research as kr

    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--count", type=int, default=200_000)
    p.add_argument("--part", type=int, default=10_000)
    p.add_argument("--engines", nargs="+", default=["local", "polars", "dask"])
    p.add_argument("--cues", action="store_true", help="let the cue table decide, as kr.apply_codebook does by itself (slower)")
    p.add_argument("--out", type=Path, default=HERE / "scale.json")
    a = p.parse_args(argv)
    book = kr.open_study(HERE.parent).codebook("group_dynamics")
    with tempfile.TemporaryDirectory() as folder:
        size = generate(Path(folder), a.count, a.part)
        runs = []
        for engine in a.engines:
            runs.append(measure(engine, Path(folder), book, a.cues))
            print(runs[-1], flush=True)
            load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
            told = {"date": date.today().isoformat(), "abstracts": a.count, "megabytes": round(size / 1e6), "rows_a_file": a.part, "codebook": book.id, "cues": a.cues, "cores": os.cpu_count(), "python": platform.python_version(), "load": load and round(load, 1), "runs": runs}
            a.out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return int(len({r["digest"] for r in runs}) > 1)


if __name__ == "__main__":
    raise SystemExit(main())
