"""What `pseudonymize` finds, against gold lists: recall per kind and mention, and what it proposes beyond them.

Run from the project's folder: `python -m benchmarks.names`.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from kube_research.corpus import Document
from kube_research.privacy import wordlists as w
from kube_research.privacy.ids import KINDS
from kube_research.privacy.names import Search
from kube_research.privacy.table import Replacer, propose

ROOT = Path(__file__).resolve().parent.parent
SETS = {"dev (the rules were written with these in sight)": ("tests/autocoding/dev", "tests/privacy/gold-dev.csv"), "new (written after the rules; two repairs since)": ("tests/privacy", "tests/privacy/gold.csv")}


def measure(folder: Path, gold_file: Path) -> tuple[dict[str, Counter[str]], list[str], int]:
    """Kind → counts of mentions: all, replaced (proposed for replacement), seen (those and the ones marked "?"); the missed; proposals in no gold list."""
    texts = {p.stem: p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.txt"))}
    labels = {d: {t.label for t in Document(d, text, "interview").turns if t.label} for d, text in texts.items()}
    rows = propose(Search(texts, labels=labels), seed="1")
    sure, seen = Replacer(rows), Replacer([r if r.decision == "keep" else replace(r, decision="replace") for r in rows])
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    missed = []
    gold = list(csv.DictReader(gold_file.open(encoding="utf-8")))
    for g in gold:
        text = texts[g["document"]]
        spans = {name: r.spans(text) for name, r in (("replaced", sure), ("seen", seen))}
        for m in re.finditer(rf"(?<!\w){re.escape(g['text'])}(?!\w)", text):
            before = re.findall(r"[^\W\d_]+", text[max(0, m.start() - 14):m.start()])
            called = bool(before) and before[-1].casefold() in w.HONORIFICS | w.CALLED
            kind = "ids" if g["kind"] in KINDS else g["kind"] if g["kind"] != "person" else "person, called" if called else "person, bare"
            counts[kind]["all"] += 1
            for name, found in spans.items():
                hit = any(a < m.end() and m.start() < b for a, b, _ in found)
                counts[kind][name] += hit
                if not hit and name == "seen":
                    missed.append(f"{g['document']}: {g['text']} ({kind})")
    names = {word for g in gold for word in g["text"].casefold().split()}
    extra = sum(r.decision == "replace" and r.kind in ("person", "place") and r.found.casefold() not in names and not set(r.found.casefold().split()) & names for r in rows)
    return counts, missed, extra


def main() -> None:
    for title, (folder, gold) in SETS.items():
        counts, missed, extra = measure(ROOT / folder, ROOT / gold)
        print(title)
        for kind, c in sorted(counts.items()):
            print(f"  {kind:<16} mentions {c['all']:>4}   replaced {c['replaced'] / c['all']:.2f}   replaced or asked {c['seen'] / c['all']:.2f}")
        print(f"  proposed beyond the gold list: {extra}")
        print("  missed: " + ("; ".join(sorted(set(missed))) or "-"))


if __name__ == "__main__":
    main()
