"""Scale: a codebook over partitions of a table of texts, on this machine or past it; the same counts on every engine.

>>> counts = kr.apply_codebook("abstracts/*.parquet", book, by=("year",), checkpoint="outputs/abstracts")   # doctest: +SKIP
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..codebook import Codebook
from ..model import Fault, KubeError
from ..words import say
from .checkpoint import Checkpoint
from .counts import Applied, Counts, Recipe, count, merge
from .partitions import Partition, partitions

if TYPE_CHECKING:
    from distributed import Client

ENGINES = ("local", "polars", "dask")


def apply_codebook(source: str | Path | Iterable[str | Path], book: Codebook | Sequence[Codebook], by: str | Sequence[str] = (), *, text: str = "text", engine: str | Client = "local", checkpoint: str | Path | None = None,
                   unit: str | None = None, cues: bool = True, progress: bool = True) -> Applied:
    """Count, group by group, in how many texts a codebook's codes are present and absent.

    source: a Parquet, CSV or JSONL file, a folder, a glob, or a list of them; one row a text, in the column `text`.  by: columns whose values
    make the groups.  engine: "local" (this process), "polars" (reads with Polars), "dask" (a cluster of this machine's cores) or a
    `distributed.Client` (a cluster of your own; its dashboard shows the work).  checkpoint: a folder in which every finished partition is
    kept at once; the same call goes on from there after a crash.

    A text counts once for a code in each polarity; `segments` counts the passages.  The counts and their digest are the same on every engine,
    in any order, however the rows are cut into files.  All faults of all partitions are raised together, after the sound ones were counted.
    """
    books = (book,) if isinstance(book, Codebook) else tuple(book)
    name = engine if isinstance(engine, str) else "client"
    if name not in (*ENGINES, "client"):
        raise KubeError(Fault(say(f"Mesin '{name}' tidak ada.", f"There is no engine '{name}'."), "", say(f"Pilihannya: {', '.join(ENGINES)}, atau sebuah distributed.Client.", f"The choice is: {', '.join(ENGINES)}, or a distributed.Client.")))
    by = (by,) if isinstance(by, str) else tuple(by)
    recipe = Recipe.of(books, by, text, unit, cues, "polars" if name == "polars" else "arrow")
    parts = partitions(source, (text, *by))
    kept = Checkpoint(checkpoint, recipe, parts) if checkpoint is not None else None
    done: dict[Partition, Counts] = kept.finished() if kept else {}
    left = [p for p in parts if p not in done]
    run = {"local": _local, "polars": _polars, "dask": _dask}.get(name) or (lambda r, p: _on_client(engine, r, p))
    faults: list[Fault] = []
    for part, result in _watched(run(recipe, left), len(parts), len(done), progress):
        if isinstance(result, Counts):
            done[part] = result
            if kept:
                kept.keep(part, result)
        else:
            faults += result
    if faults:
        raise KubeError(sorted(faults, key=lambda f: f.where))
    return Applied(merge(done.values()), recipe, books, tuple(str(p) for p in parts), sum(p in done for p in parts) - len(left))


Result = tuple[Partition, "Counts | list[Fault]"]


def attempt(recipe: Recipe, part: Partition) -> Counts | list[Fault]:
    """The counts of a partition, or its faults."""
    try:
        return count(recipe, part)
    except KubeError as e:
        return list(e.faults)


def _local(recipe: Recipe, parts: list[Partition]) -> Iterator[Result]:
    for p in parts:
        yield p, attempt(recipe, p)


def _polars(recipe: Recipe, parts: list[Partition]) -> Iterator[Result]:
    needed("polars")
    yield from _local(recipe, parts)


def _dask(recipe: Recipe, parts: list[Partition]) -> Iterator[Result]:
    needed("distributed")
    import os

    from distributed import Client, LocalCluster

    if not parts:
        return
    with LocalCluster(n_workers=min(len(parts), os.cpu_count() or 1), threads_per_worker=1, dashboard_address=":0") as cluster, Client(cluster) as client:
        yield from _on_client(client, recipe, parts)


def _on_client(client: Any, recipe: Recipe, parts: list[Partition]) -> Iterator[Result]:
    """On a Dask cluster: a worker that dies is replaced and its partition counted again; one that kills every worker is a fault."""
    needed("distributed")
    from copy import copy

    from dask import config
    from distributed import KilledWorker, as_completed

    with config.set({"distributed.admin.large-graph-warning-threshold": "256 MiB"}):  # three books with bundles and reader are 30 MB
        sent = client.submit(copy, recipe, pure=False)  # once, not once a partition; made again where the worker that holds it dies
    futures = {client.submit(attempt, sent, p, pure=False, retries=2): p for p in parts}
    for future in as_completed(futures):
        part = futures[future]
        try:
            yield part, future.result()
        except KilledWorker:
            yield part, [Fault(say("Setiap pekerja mati pada partisi ini.", "Every worker died on this partition."), str(part), say("Biasanya memori kurang: bagi berkasnya, atau beri pekerja lebih banyak memori. Partisi lain sudah tersimpan bila ada checkpoint.",
                                                                                                                                       "Usually memory is short: cut the file up, or give the workers more memory. The other partitions are kept where there is a checkpoint."))]
        future.release()


def needed(package: str) -> None:
    """Raise with the line that installs it unless an optional package is there."""
    from importlib.util import find_spec

    if find_spec(package) is None:
        raise KubeError(Fault(say(f"Paket '{package}' belum terpasang.", f"The package '{package}' is not installed."), "", say("Pasang dengan: pip install 'kube_research[scale]'", "Install it with: pip install 'kube_research[scale]'")))


def _watched(results: Iterable[Result], total: int, done: int, progress: bool) -> Iterator[Result]:
    from tqdm import tqdm

    with tqdm(total=total, initial=done, desc=say("partisi", "partitions"), disable=not progress, file=sys.stderr, delay=2) as bar:
        for item in results:
            yield item
            bar.update()


__all__ = ["Applied", "Counts", "Partition", "Recipe", "apply_codebook", "attempt", "count", "merge", "partitions"]
