"""`make bench`: every task beside its peers in one run, at two sizes, into benchmarks/results.md and results.svg.

    python benchmarks/run.py [--large] [--sizes S M] [--limit SECONDS] [--offline]

Peers that are not in our lock come from PyPI into `.cache/bench-venv` (the only use of the network, and only here); one that cannot be had is
named in the results.  Each task runs in a process of its own with a time limit, so that one that fails loses nothing of the others.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import platform
import subprocess
import sys
import time
import venv
from datetime import date
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PEERS = {"bench-venv": ("scikit-learn", "krippendorff", "simpledorff", "ahocorasick-rs"), "bench-qc": ("qualitative-coding>=1.7", "pyrefiqda"), "bench-taguette": ("taguette==1.5.2", "setuptools<80")}
GROWN = {"documents": {250: (250, 50_000), 500: (500, 100_000), 1_000: (1_000, 200_000)}, "codings": {50: (250, 12_500), 200: (250, 50_000), 800: (250, 200_000)}}  # axis → point → documents and codings
sys.path.insert(0, str(HERE))
from clock import PEER  # noqa: E402
from task_programs import PATIENCE  # noqa: E402


def environment(offline: bool) -> str:
    """The peers' environments; a word on what failed, or nothing."""
    uv = next((p for p in ROOT.glob(".boot/*/*") if p.name in ("uv", "uv.exe") and p.is_file()), None)
    failed = []
    for name, packages in PEERS.items():
        folder = ROOT / ".cache" / name
        here = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        try:
            if not here.exists():
                subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, folder], check=True, timeout=60, capture_output=True) if uv else venv.create(folder, with_pip=True)
            if not offline:
                install = [uv, "pip", "install", "--quiet", "--python", here] if uv else [here, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
                subprocess.run([*install, *packages], check=True, timeout=240, capture_output=True)
        except (OSError, subprocess.SubprocessError) as e:
            failed.append(f"{type(e).__name__} while {', '.join(packages)} were installed")
    return "; ".join(failed)


def child(task: str, folder: Path, limit: float) -> dict[str, Any]:
    """One task in a process of its own; {"failed": why} when it gives no answer in time."""
    try:
        done = subprocess.run([sys.executable, str(HERE / "tasks.py"), task, str(folder)], capture_output=True, text=True, timeout=limit, encoding="utf-8", env={**os.environ, "PYTHONIOENCODING": "utf-8"})
        return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {"failed": (done.stderr.strip().splitlines() or ["no word"])[-1]}
    except subprocess.TimeoutExpired:
        return {"failed": f"not done within {limit:g} s"}


def held(row: list[Any]) -> bool | None:
    """Whether a row keeps the issue's limit; None without one."""
    return None if row[6] is None else row[1] <= row[6] * row[4] + row[7]


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.3g} ms"


def written(found: dict[str, dict[str, dict[str, Any]]], sizes: dict[str, Any], took: float, note: str, grown: dict[str, dict[str, float]] | None = None) -> str:
    """The results as Markdown; `found` is by size and task."""
    missing = sorted({m for tasks in found.values() for t in tasks.values() for m in t.get("missing", ())})
    version = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("numpy", "pandas", "scipy", "spacy", "nltk"))
    out = ["# Benchmarks", "", f"Written by `make bench` on {date.today():%d %B %Y} in {took:.0f} s: {os.cpu_count()} cores ({platform.machine()}, {platform.system()}), Python {platform.python_version()}, {version}. "
           f"The machine was shared with other work while this ran (load {os.getloadavg()[0]:.1f} at the end): read the ratios, which were taken in one process, and not the seconds. Seconds are the processor's own, medians (what waits is not counted; of what takes less than 50 ms the mean of up to a hundred runs; saving is by the clock); a peer that took longer than {PEER:g} of them was stopped: its row says >." if hasattr(os, "getloadavg") else "", "",
           "*Ratio* is ours ÷ theirs: below 1 we are quicker. The data are invented (`corpora.py`, the same bytes every time): "
           + "; ".join(f"**{n}** {s.documents:,} {s.kind}s of {s.characters:,} characters, {s.codings:,} codings by {s.coders} coders" for n, s in sizes.items()) + "; 60 codes, 300 phrases.", "",
           f"Peers missing: {', '.join(missing) or 'none of those that were asked for'}{' (' + note + ')' if note else ''}. Not run here: QualCoder (not on PyPI). Of whole programs (Taguette, qc, pyrefiqda) the own functions are run, in a Python of their own, over a database that is filled in bulk beforehand; one that took longer than {PATIENCE:g} seconds was stopped.", "",
           "![Ratios at size M](results.svg)", "", "*The picture: " + described(found) + "*", ""]
    for size, tasks in found.items():
        out += [f"## {size}", "", "| task | ours | beside | theirs | ratio | limit | held |", "| --- | --- | --- | --- | --- | --- | --- |"]
        for name, t in tasks.items():
            if "failed" in t:
                out.append(f"| {name} | **failed**: {t['failed'].replace('|', '/')} | | | | | |")
            for r in t.get("rows", ()):
                limit = "" if r[6] is None else f"≤ {r[6]:g} ×" + (f" + {r[7] * 1000:g} ms" if r[7] else "")
                out.append(f"| {r[0]} | {seconds(r[1])} | {r[3]} | {'' if r[5] else '> '}{seconds(r[4])} | {'' if r[5] else '< '}{r[1] / r[4]:.3g} | {limit} | {({None: '', True: 'yes', False: '**no**'})[held(r)]} |")
        out += ["", "Peak memory of our part: " + ", ".join(f"{n} {t['memory']:.0f} MB" for n, t in tasks.items() if "memory" in t) + ".", "", "Answers:", ""]
        out += [f"- {({True: 'identical', False: '**DIFFERENT**', None: 'not the same by design'})[a]}: {what}" for t in tasks.values() for what, a in t.get("answers", ())] + [""]
    return "\n".join(out + growth(grown or {})).rstrip() + "\n"


def exponent(sizes: list[int], took: list[float]) -> float:
    """The slope of log seconds over log sizes, by least squares."""
    x, y = [math.log(n) for n in sizes], [math.log(t) for t in took]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True)) / sum((a - mx) ** 2 for a in x)


def growth(grown: dict[str, dict[str, float]]) -> list[str]:
    """How seconds grow: in documents (with as many codings each), and in codings per document (as many documents), apart."""
    if not grown:
        return []
    axes = {axis: [(int(at), f"{axis} {at}") for at in points] for axis, points in GROWN.items()}
    out = ["## Growth", "", "Our seconds where only the documents grow (200 codings each), and where only the codings of each document grow (250 documents): three points each, transcripts of 13,500 characters, and the exponent through them (1 is linear; asked for: at most 1.1 and 1.2). "
           "*Fixed* is the same task on a study of one document with ten codings: what it costs at all; at S it is much of every ratio.", "",
           "| task | fixed | " + " | ".join(f"{n:,}" for n, _ in axes["documents"]) + " documents | exponent | " + " | ".join(f"{n:,}" for n, _ in axes["codings"]) + " codings each | exponent |", "| --- |" + " --- |" * (len(axes["documents"]) + len(axes["codings"]) + 3)]
    for task in grown["one"]:
        cells = [seconds(grown["one"][task])]
        for axis, most in (("documents", 1.1), ("codings", 1.2)):
            took = [grown[key][task] for _, key in axes[axis]]
            slope = exponent([n for n, _ in axes[axis]], took)
            cells += [*map(seconds, took), f"{slope:.2f}" if slope <= most else f"**{slope:.2f}**"]
        out.append(f"| {task} | " + " | ".join(cells) + " |")
    return [*out, ""]


def ratios(found: dict[str, dict[str, dict[str, Any]]]) -> list[tuple[str, float]]:
    last = "M" if "M" in found else list(found)[-1] if found else ""  # at M all tasks are run
    return [(f"{r[0].split(' (')[0]}\nbeside {r[3]}", r[1] / r[4]) for t in found.get(last, {}).values() for r in t.get("rows", ())]


def described(found: dict[str, dict[str, dict[str, Any]]]) -> str:
    """The picture in words."""
    pairs = ratios(found)
    quick, slow = [p for p in pairs if p[1] < 1], [p for p in pairs if p[1] >= 1]
    say = lambda ps: "; ".join(f"{n.replace(chr(10), ' ')} {v:.2g}" for n, v in ps) or "none"  # noqa: E731
    return f"seconds of ours by the peer's, a bar each on a logarithmic scale with a line at 1. Quicker than the peer: {say(quick)}. Slower: {say(slow)}."


def drawn(found: dict[str, dict[str, dict[str, Any]]], target: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "bench", "font.size": 8})
    import matplotlib.pyplot as plt

    pairs = ratios(found)
    if not pairs:
        return
    fig, ax = plt.subplots(figsize=(8, 0.42 * len(pairs) + 0.9), layout="constrained")
    for i, (_, v) in enumerate(pairs):
        ax.barh(i, math.log10(v), color="#0072B2" if v < 1 else "#E69F00", hatch="" if v < 1 else "///", edgecolor="#222222", linewidth=0.6)
        ax.annotate(f"{v:.2g}", (math.log10(v), i), xytext=(4 if v >= 1 else -4, 0), textcoords="offset points", va="center", ha="left" if v >= 1 else "right")
    ax.set_yticks(range(len(pairs)), [n for n, _ in pairs])
    ax.invert_yaxis()
    ax.axvline(0, color="black", linewidth=1)
    ax.margins(x=0.25, y=0.01)
    ticks = [t for t in range(-4, 5) if ax.get_xlim()[0] <= t <= ax.get_xlim()[1]]
    ax.set_xticks(ticks, [f"{10.0**t:g} ×" for t in ticks])
    ax.set_xlabel("our seconds ÷ the peer's (hatched: slower)")
    ax.spines[["top", "right"]].set_visible(False)
    fig.savefig(target, metadata={"Date": None, "Title": "Our seconds by the peers'"})
    plt.close(fig)


def quoted(found: dict[str, dict[str, dict[str, Any]]], root: Path) -> list[str]:
    """Write this run's figures into the lines of the READMEs and of docs/scale.md that quote them; returns which could not be written, and why."""
    rows = [r for t in found.get("M", {}).values() for r in t.get("rows", ())]

    def of(ours: str, theirs: str) -> float:
        return next(r[1] / r[4] for r in rows if r[0].startswith(ours) and r[3].startswith(theirs))

    first = "apply the codebook with offsets, first pass"
    try:
        edit = 1000 * next(r[1] for r in rows if r[0].startswith("a rule is added"))
        x = {"phrase": 1 / of(first, "spaCy PhraseMatcher"), "ruler": 1 / of(first, "spaCy EntityRuler"), "alphas": 1 / of("61 alphas and kappas", "krippendorff"), "tab": 1 / of("document × code", "pandas"), "load": of("load the study, nothing cached", "sha256"),
             "ahead": of(first, "ahocorasick"), "kept": of("apply the codebook in a new session", "ahocorasick"), "kwic": of("words in context, 20 words, cold", "one regular"), "next": of("words in context, 20 words, a new session", "one regular")}
    except StopIteration:
        return ["READMEs and docs/scale.md: a row that they quote is missing"]
    day, cores = date.today(), os.cpu_count()
    bahasa = ("Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split())[day.month - 1]
    comma = lambda v: f"{v:.1f}".replace(".", ",")  # noqa: E731
    kept = [r for r in rows if held(r)]
    not_kept = "; ".join(f"{r[0].split(' (')[0]} {r[1] / r[4]:.2g} × {r[3]} ({r[6]:g})" for r in rows if held(r) is False)
    lines = {
        "README.md": ("**Speed.** `make bench`", f"**Speed.** `make bench` ({day.day} {day:%B %Y}, {cores} cores, ratios of one run, size M = 1,000 transcripts and 200,000 codings): a codebook's first pass {x['phrase']:.0f} times faster than spaCy PhraseMatcher and {x['ruler']:.0f} times faster than EntityRuler; an edited rule {edit:.0f} ms; 61 alphas {x['alphas']:.0f} times faster than `krippendorff`; document × code {x['tab']:.0f} times faster than pandas crosstab; loading codings with nothing cached {x['load']:.1f} times slower than a bare SQLite transaction with sha256. The whole table, the limits kept and not kept: [benchmarks/results.md](benchmarks/results.md)."),
        "README.id.md": ("**Kecepatan.** `make bench`", f"**Kecepatan.** `make bench` ({day.day} {bahasa} {day.year}, {cores} inti, nisbah dalam satu kali jalan, ukuran M = 1.000 transkrip dan 200.000 pengodean): penerapan pertama buku kode {x['phrase']:.0f} kali lebih cepat daripada spaCy PhraseMatcher dan {x['ruler']:.0f} kali lebih cepat daripada EntityRuler; satu aturan yang disunting {edit:.0f} ms; 61 alfa {x['alphas']:.0f} kali lebih cepat daripada `krippendorff`; dokumen × kode {x['tab']:.0f} kali lebih cepat daripada pandas crosstab; memuat pengodean tanpa singgahan {comma(x['load'])} kali lebih lambat daripada satu transaksi SQLite polos dengan sha256. Tabel lengkap, batas yang dipenuhi dan yang tidak: [benchmarks/results.md](benchmarks/results.md) (bahasa Inggris)."),
        "docs/scale.md": ("**Measured** (", f"**Measured** ({day.day} {day:%B %Y}, `make bench`, {cores} cores, size M): a codebook's first pass {x['ahead']:.1f} × ahocorasick-rs with a word filter, {x['kept']:.1f} × in a new session with the words kept; an edited rule {edit:.0f} ms with what is gained and lost; words in context {x['kwic']:.2g} × one regular expression, {x['next']:.2g} × in a new session. {len(kept)} of the issue's limits are kept at M. **Not** kept: {not_kept or 'none'}."),
    }
    failed = []
    for name, (begins, line) in lines.items():
        path = root / name
        old = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
        at = [i for i, text in enumerate(old) if text.startswith(begins)]
        if len(at) != 1:
            failed.append(f"{name}: not one line that begins with {begins}")
            continue
        old[at[0]] = line
        path.write_text("\n".join(old), encoding="utf-8", newline="\n")
    return failed


def grow(limit: float) -> dict[str, dict[str, float]]:
    """Our seconds at every point of growth; empty where one gives no answer."""
    from corpora import Size, study

    points = {f"{axis} {at}": at_ for axis, of in GROWN.items() for at, at_ in of.items()} | {"one": (1, 10)}
    done: dict[tuple[int, int], dict[str, float]] = {}
    for documents, codings in dict.fromkeys(points.values()):
        folder = study(ROOT / f".cache/bench/{documents}-{codings}", Size(documents, 13_500, codings, cases=min(documents, 20)))
        done[documents, codings] = found = child("grow", folder, limit)
        print(f"growth {documents:,} documents, {codings:,} codings: " + (found["failed"] if "failed" in found else "; ".join(f"{n} {seconds(t)}" for n, t in found.items())), flush=True)
        if "failed" in found:
            return {}
    return {name: done[p] for name, p in points.items()}


def main(argv: list[str] | None = None) -> int:
    from corpora import SIZES, study
    from tasks import TASKS

    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--sizes", nargs="+", default=["S", "M"], choices=list(SIZES))
    p.add_argument("--large", action="store_true", help="size L too: many minutes, and 3 GB of disk")
    p.add_argument("--limit", type=float, default=0, help="seconds for a task (600; L: 1,800)")
    p.add_argument("--tasks", nargs="+", choices=list(TASKS), help="only these")
    p.add_argument("--offline", action="store_true", help="install no peers")
    p.add_argument("--out", type=Path, default=HERE)
    a = p.parse_args(argv)
    begun, found = time.perf_counter(), {}
    note = environment(a.offline)
    for size in dict.fromkeys([*a.sizes, *(["L"] if a.large else [])]):
        folder = study(ROOT / ".cache/bench" / size, SIZES[size])
        found[size] = {}
        for task in a.tasks or TASKS:
            if size == "L" and task in ("intervals", "programs") or task == "qdpx" and size != "S":
                continue  # no limit is asked for there; a .qdpx of 10,000 codings is
            found[size][task] = t = child(task, folder, a.limit or (1_800 if size == "L" else 600))
            print(f"{size} {task}: " + (t.get("failed") or "; ".join(f"{r[0]} {r[1] / r[4]:.3g} × {r[3]}" for r in t["rows"]) or "no peer"), flush=True)
    grown = {} if a.tasks or "M" not in found else grow(a.limit or 600)
    a.out.mkdir(parents=True, exist_ok=True)
    drawn(found, a.out / "results.svg")
    (a.out / "results.md").write_text(written(found, {n: SIZES[n] for n in found}, time.perf_counter() - begun, note, grown), encoding="utf-8", newline="\n")
    print(a.out / "results.md")
    if "M" in found and not a.tasks and a.out == HERE:
        for line in quoted(found, ROOT):
            print(line, file=sys.stderr)
    return int(any("failed" in t or any(ok is False for _, ok in t["answers"]) for tasks in found.values() for t in tasks.values()))


if __name__ == "__main__":
    raise SystemExit(main())
