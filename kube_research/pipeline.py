"""The main job: check, code by rules, count, draw, run the notebooks, write the report."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .engine import autocode
from .matrix import cross
from .model import Fault, KubeError
from .study import Study
from .words import say


def run_study(study: Study, output: Path | str | None = None, *, notebooks: bool = True, quiet: bool = False) -> list[Fault]:
    """Make outputs/: notebooks executed, matrices, figures, report, chapters.  Returns the faults found by the check (level "finding" too)."""
    from tqdm import tqdm

    out = Path(output) if output else study.root / "outputs"
    out.mkdir(parents=True, exist_ok=True)
    faults = study.faults()
    steps: list[tuple[str, Callable[[], object]]] = [
        (say("aturan dan matriks", "rules and matrices"), lambda: tables(study, out)),
        (say("gambar", "figures"), lambda: figures(study, out)),
        (say("laporan", "report"), lambda: report(study, out)),
        (say("bab", "chapters"), lambda: faults.extend(chapters(study, out))),
    ]
    paths = sorted((study.root / "notebooks").glob("*.ipynb")) if notebooks else []
    with ThreadPoolExecutor(2) as beside, tqdm(total=len(steps) + len(paths), desc="kube_research", disable=quiet, file=sys.stderr, delay=1) as bar:
        running = [beside.submit(execute, path, out / "notebooks" / path.name, study.root) for path in paths]  # their kernels work beside the report, and on both cores after it
        try:
            for name, step in steps:
                bar.set_postfix_str(name)
                step()
                bar.update()
            for path, notebook in zip(paths, running, strict=True):
                bar.set_postfix_str(path.stem)
                notebook.result()
                bar.update()
        except BaseException:
            beside.shutdown(cancel_futures=True)
            raise
    if not quiet:
        print(say(f"Selesai. Buka {out / 'report.html'}", f"Done. Open {out / 'report.html'}"))
    return faults


def tables(study: Study, out: Path) -> None:
    """Codings and matrices of the rules and of every coder: CSV, and Excel with the quotations behind each cell."""
    books = [b for b in study.codebooks()]
    hits = autocode(study.corpus, *books)
    hits.save(out / "codings" / "rules.csv")
    found = {"rules": hits}
    for coder in study.coders:
        found[coder] = study.codings(coder=coder)
        found[coder].save(out / "codings" / f"{coder}.csv")
    for book in books:
        codes = [c.id for c in book]
        for source, codings in found.items():
            mine = codings.where(code=codes)
            if not len(mine):
                continue
            mine.books = (book,)
            for count in ("persons", "segments"):
                table = cross(mine, "case", count=count)
                table.save(out / "matrices" / f"{book.name}-case-{count}-{source}.csv")
                if count == "persons":
                    table.save(out / "matrices" / f"{book.name}-case-{count}-{source}.xlsx")


def figures(study: Study, out: Path) -> None:
    """Four pictures a codebook, PNG and SVG: heat map and code tree of the rules; balance and meeting of codes as people coded them."""
    from . import plot
    from .meeting import cooccurrence

    hits = autocode(study.corpus, *study.codebooks())
    people = study.codings()
    for book in study.codebooks():
        codes = [c.id for c in book]
        machine, human = hits.where(code=codes), people.where(code=codes)
        machine.books = human.books = (book,)
        pictures = {}
        if len(machine):
            pictures["heatmap"] = plot.heatmap(cross(machine, "case", count="persons"))
            pictures["tree"] = plot.code_tree(book, machine)
        if len(human):
            pictures["balance"] = plot.diverging(human.where(case=sorted(set(human.full["case"]))))  # a case that nobody coded with this book says nothing
            pictures["network"] = plot.network(cooccurrence(human, "turn"))
        for name, picture in pictures.items():
            plot.save(picture, out / "figures" / f"{book.name}-{name}")


def report(study: Study, out: Path) -> None:
    """The supervisor's copy."""
    from .report import write_html

    write_html(study, out / "report.html")


def chapters(study: Study, out: Path) -> list[Fault]:
    """Every chapter of chapters/ in Word, where pandoc is installed; the faults of one that cannot be made."""
    import importlib.util

    from .report import write

    found: list[Fault] = []
    for path in sorted((study.root / "chapters").glob("*.md")) if importlib.util.find_spec("pypandoc") else []:
        try:
            write(study, out / "chapters" / f"{path.stem}.docx", chapter=path, accept=False)
        except KubeError as e:
            found += e.faults
    return found


def execute(path: Path, target: Path, root: Path) -> None:
    """Run a notebook in its folder and save it with its outputs."""
    import nbformat
    from nbclient import NotebookClient

    target.parent.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(path, as_version=4)
    os.environ.setdefault("PYTHONHASHSEED", "0")
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}, store_widget_state=False,
                            extra_arguments=["--IPKernelApp.log_level=40"])  # its notice about unencrypted local sockets would be taken for a fault
    client.execute()
    nbformat.write(notebook, target)

