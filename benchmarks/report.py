"""The supervisor's copy of 100 interviews with 10,000 codings: made by the program, opened in Chromium with the network off.

    python benchmarks/report.py [INTERVIEWS CODINGS]

Prints how long the page takes from its opening to its last drawn list (its own clock), beside a page of the same size that draws
nothing and beside a study of a tenth: only the ratios are worth quoting on a shared machine.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import kube_research as kr  # noqa: E402
from kube_research.report import write  # noqa: E402
from tests.report.studies import large  # noqa: E402


def opened(browser, path: Path, rounds: int = 5) -> dict[str, float]:
    """Median milliseconds from navigation to the page being ready, and to the first paint after it."""
    ready, painted, cell = [], [], []
    for _ in range(rounds):
        page = browser.new_page()
        page.goto(path.as_uri(), wait_until="load")
        ready.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd || performance.now()"))
        painted.append(page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"))
        if page.locator(".cell[data-cell]").count():
            cell.append(page.evaluate("(() => { const t = performance.now(); document.querySelector('.cell[data-cell].s3, .cell[data-cell].s5, .cell[data-cell]').click(); return performance.now() - t; })()"))
        page.close()
    return {"ready": statistics.median(ready), "painted": statistics.median(painted), "cell": statistics.median(cell) if cell else float("nan")}


def main(interviews: int = 100, codings: int = 10_000) -> None:
    from playwright.sync_api import sync_playwright

    folder = Path(tempfile.mkdtemp())
    try:
        made = {}
        for name, n, k in (("tenth", max(2, interviews // 10), max(20, codings // 10)), ("whole", interviews, codings)):
            study = kr.open_study(large(folder / name, n, k))
            start = time.perf_counter()
            made[name] = write(study, folder / f"{name}.html")
            print(f"{name}: {n} interviews, {k} codings: made in {time.perf_counter() - start:.1f} s, {made[name].stat().st_size / 1e6:.1f} MB")
        bare = folder / "bare.html"
        bare.write_text("<!doctype html><title>bare</title><pre>" + "x" * made["whole"].stat().st_size + "</pre>", encoding="utf-8")
        with sync_playwright() as p:
            browser = p.chromium.launch(executable_path=shutil.which("chromium") or shutil.which("google-chrome"))
            context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
            results = {name: opened(context, path) for name, path in (("bare", bare), *made.items())}
            browser.close()
        for name, r in results.items():
            print(f"{name}: ready {r['ready']:.0f} ms, painted {r['painted']:.0f} ms, a cell opened in {r['cell']:.0f} ms")
        print(f"whole / tenth: {results['whole']['painted'] / results['tenth']['painted']:.1f} × the time for 10 × the study; under two seconds: {results['whole']['painted'] < 2000}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
