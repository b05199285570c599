"""The benchmarks' clock: medians of the processor's seconds, and a peer that takes too long is stopped.  Standard library only: the peers' own Pythons use it too."""

from __future__ import annotations

import gc
import signal
import statistics
import time
from collections.abc import Callable
from typing import Any

BUDGET = 2.0  # seconds for the repetitions of one measurement; the first is always whole
PEER = 30.0  # seconds a peer may take; one that takes longer is stopped, and its row says "more than"
SHORT = 0.05  # seconds: below this the processor's clock is too coarse


def timed(name: str, work: Callable[..., Any], prepare: Callable[[], Any] | None = None, most: int = 7) -> tuple[tuple[str, float, int], Any]:
    """The median of up to `most` runs within the budget, in seconds of the processor, and the last answer; of short work the mean of up to a hundred runs.

    `prepare` is not timed; what it gives is the work's argument.
    """
    seconds: list[float] = []
    begun = time.perf_counter()
    while not seconds or (len(seconds) < (most if seconds[0] > SHORT else 100) and time.perf_counter() - begun < BUDGET):
        given = (prepare(),) if prepare else ()
        gc.collect()
        start = time.process_time()
        answer = work(*given)
        seconds.append(time.process_time() - start)
    middle = statistics.median(seconds)
    return (name, middle if middle > SHORT else max(statistics.fmean(seconds), 1e-6), len(seconds)), answer


def alternately(*tasks: tuple[str, Callable[..., Any], Callable[[], Any] | None], most: int = 5, budget: float = 12.0) -> list[tuple[tuple[str, float, int], Any]]:
    """The same of several tasks (name, work, prepare), one after the other in rounds: a machine that is quicker for some seconds is so for all of them."""
    seconds: list[list[float]] = [[] for _ in tasks]
    answers: list[Any] = [None] * len(tasks)
    begun = time.perf_counter()
    for _ in range(most):
        for k, (_, work, prepare) in enumerate(tasks):
            given = (prepare(),) if prepare else ()
            gc.collect()
            start = time.process_time()
            answers[k] = work(*given)
            seconds[k].append(time.process_time() - start)
            del given
        if time.perf_counter() - begun > budget:
            break
    return [((name, max(statistics.median(s), 1e-6), len(s)), a) for (name, *_), s, a in zip(tasks, seconds, answers, strict=True)]


class Stopped(Exception):
    """A peer took longer than it may."""


def peer(name: str, work: Callable[[], Any], most: int = 3, limit: float | None = None) -> tuple[tuple[str, float, int], Any]:
    """The same of a peer, which is stopped after `limit` (PEER) seconds: 0 runs, no answer."""
    limit = PEER if limit is None else limit
    if not hasattr(signal, "setitimer"):  # Windows: nothing stops it but the task's own limit
        return timed(name, work, None, most)

    def stop(*_: object) -> None:
        raise Stopped

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    try:
        return timed(name, work, None, most)
    except Stopped:
        return (name, limit, 0), None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def by_the_clock(name: str, work: Callable[[int], Any], times: int) -> tuple[str, float, int]:
    """The median of seconds on the wall of `work(0)`, `work(1)` …: for what waits for a disk."""
    seconds = []
    for i in range(times):
        start = time.perf_counter()
        work(i)
        seconds.append(time.perf_counter() - start)
    return name, statistics.median(seconds), times
