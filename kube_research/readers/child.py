"""A child process for parsers of untrusted files: limited time and memory, nothing but words comes back."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

from ..model import Fault, KubeError
from ..words import current, say, use
from .rich import Flow

SECONDS, MEMORY = 60, 1_500_000_000
PARSERS = {"docx": "docx", "pdf": "pdf"}


def parse(parser: str, data: bytes, where: str, seconds: float = SECONDS) -> tuple[Flow, dict[str, str]]:
    """Run a parser on bytes in a child process; its Flow and metadata, or its error."""
    environment = {**os.environ, "KUBE_LANG": current(), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", __name__, parser, where]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise KubeError(say(f"Membaca berkas ini makan waktu lebih dari {seconds:.0f} detik.", f"Reading this file takes more than {seconds:.0f} seconds."), where,
                        say("Simpan ulang di program asalnya, atau bagi menjadi beberapa berkas.", "Save it again in its own program, or split it into several files.")) from None
    except OSError as e:
        raise KubeError(say(f"Proses pembaca tidak dapat dijalankan: {e}.", f"The reading process cannot be started: {e}."), where) from None
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        raise KubeError(say("Berkas ini membuat pembacanya berhenti (terlalu besar atau rusak).", "This file made its reader stop (too large or damaged)."), where,
                        say("Simpan ulang di program asalnya.", "Save it again in its own program.")) from None
    if "faults" in answer:
        raise KubeError([Fault(*f) for f in answer["faults"]])
    flow = Flow()
    flow.parts, flow.length = [answer["text"]], len(answer["text"])
    flow.marks = [(a, b, k) for a, b, k in answer["marks"]]
    flow.dropped, flow.repaired = Counter(answer["dropped"]), Counter(answer["repaired"])
    return flow, dict(answer["meta"])


def _limit() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> int:
    import importlib

    _limit()
    use(os.environ.get("KUBE_LANG") or None)
    parser, where = arguments
    data = sys.stdin.buffer.read()
    try:
        flow, meta = importlib.import_module(f".{PARSERS[parser]}", __package__).flow(data, where)
        answer: dict[str, object] = {"text": flow.text(), "marks": flow.marks, "dropped": flow.dropped, "repaired": flow.repaired, "meta": meta}
    except KubeError as e:
        answer = {"faults": [(f.what, f.where, f.remedy, f.level) for f in e.faults]}
    except MemoryError:
        answer = {"faults": [(say("Berkas ini butuh terlalu banyak memori.", "This file needs too much memory."), where, say("Bagi menjadi beberapa berkas.", "Split it into several files."), "error")]}
    except Exception as e:  # a parser's own crash on a damaged file
        answer = {"faults": [(say(f"Berkas ini rusak ({type(e).__name__}: {e}).", f"This file is damaged ({type(e).__name__}: {e})."), where, say("Simpan ulang di program asalnya.", "Save it again in its own program."), "error")]}
    sys.stdout.write(json.dumps(answer, ensure_ascii=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
