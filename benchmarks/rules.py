"""Rules against spaCy's PhraseMatcher on the same text in one run: seconds, MB/s and the ratio.

The text is made of the demo study's turns, shuffled with a fixed seed, until the size is reached; 200 two-word phrases out of it are
looked for by both, and both must find the same number.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def make_text(megabytes: float, seed: int = 7) -> list[str]:
    """Documents of about 13 kB, 'P: …' and 'N: …' turns in alternation."""
    from kube_research.study import open_study

    turns = [" ".join(d.text[t.body:t.end].split()) for d in open_study(ROOT).corpus for t in d.turns if d.kind == "interview"]
    turns = [t for t in turns if t]
    rng = random.Random(seed)
    documents, size = [], 0
    while size < megabytes * 1e6:
        lines = [f"{'P' if i % 2 == 0 else 'N'}: {rng.choice(turns)}" for i in range(90)]
        documents.append("\n".join(lines) + "\n")
        size += len(documents[-1])
    return documents


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=float, default=20)
    parser.add_argument("--phrases", type=int, default=200)
    args = parser.parse_args()
    texts = make_text(args.mb)
    size = sum(len(t.encode()) for t in texts) / 1e6
    rng = random.Random(3)
    pairs: set[str] = set()
    while len(pairs) < args.phrases:
        words = rng.choice(texts).lower().split()
        i = rng.randrange(len(words) - 1)
        if words[i].isalpha() and words[i + 1].isalpha() and len(words[i]) > 2 and len(words[i + 1]) > 2:
            pairs.add(f"{words[i]} {words[i + 1]}")
    phrases = sorted(pairs)

    from kube_research.corpus import Corpus, Document
    from kube_research.engine import Engine
    from kube_research.model import Speaker
    from kube_research.patterns import parse

    def document(name: str, text: str) -> Document:  # as a study has it: speakers.csv names the labels
        return Document(name, text, speakers=(Speaker(name, "P", "P", "researcher"), Speaker(name, "N", "N", "member")))

    corpus = Corpus(tuple(document(f"x{i:05}", t) for i, t in enumerate(texts)))
    start = time.perf_counter()
    engine = Engine(corpus, everything=True)
    rows = [parse(" ".join("=" + w for w in p.split())) for p in phrases]
    ours = sum(len(engine.matcher.rows(r)[0]) for r in rows)
    first = time.perf_counter() - start
    start = time.perf_counter()
    for r in rows:
        engine.matcher.rows(r)
    again = time.perf_counter() - start

    import spacy
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("id")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("x", [nlp.make_doc(p) for p in phrases])
    start = time.perf_counter()
    theirs = sum(len(matcher(nlp.make_doc(t))) for t in texts)
    peer = time.perf_counter() - start
    print(f"{size:.1f} MB, {len(texts)} documents, {args.phrases} phrases; hits {ours} (ours), {theirs} (spaCy: other tokens at hyphens and brackets, sentence ends crossed)")
    print("| what | seconds | MB/s | spaCy takes |\n| --- | --- | --- | --- |")
    print(f"| ours, first pass (turns, words, rules) | {first:.2f} | {size / first:.1f} | {peer / first:.1f} × |")
    print(f"| ours, rules again | {again:.3f} | {size / again:.0f} | {peer / again:.0f} × |")
    print(f"| spaCy blank('id') + PhraseMatcher | {peer:.2f} | {size / peer:.1f} | 1 × |")


if __name__ == "__main__":
    main()
