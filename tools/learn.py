"""Learn the shipped cue tables (codebooks/*.cues.csv): from the banks of snippets, the demo study's journals and the development transcripts.

The weights see neither half of `tests/autocoding/heldout`; its first half sets how far the thresholds are raised, its second half is for the report alone.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BOOKS = ("participation", "mentoring", "group_dynamics")
PRECISION, CALIBRATED = 0.70, 0.78


def main() -> None:
    from kube_research.engine import autocode
    from kube_research.engine.cues import ABSENT, THRESHOLD, CueModel
    from kube_research.learning import learn_cues, read_bank
    from kube_research.study import open_study
    from tests.test_autocoding import compare, gold_set

    study = open_study(ROOT)
    manifest = [c.id for name in BOOKS for c in study.codebook(name)]
    codings = study.codings(code=manifest)
    documents = [d for d in codings.corpus if d.id.startswith(("LD", "SK"))]
    spans = [(r.document, r.start, r.end, r.code, r.polarity) for r in codings.full.itertuples(index=False)]
    for path in sorted((ROOT / "tools" / "bank").glob("*.jsonl")):
        more, found = read_bank(path)
        documents, spans = documents + more, spans + found
    with tempfile.TemporaryDirectory() as folder:
        dev, gold = gold_set("dev", Path(folder) / "dev")
        judged = [d.id for d in dev.corpus]
        documents += list(dev.corpus)
        spans += [g[:5] for g in gold]
        learned = {}
        for name in BOOKS:
            learned[name] = learn_cues(documents, spans, study.codebook(name), precision=PRECISION, judged=judged)
            print(name, learned[name], flush=True)
        held, truth = gold_set("heldout", Path(folder) / "held")
        first = held.corpus.where(document=[f"h{i:02}" for i in range(1, 7)])
        truth = [t for t in truth if t[0] in first]
        for shift in [x / 10 for x in range(-5, 21)]:
            books = []
            for name in BOOKS:
                weights = {c: dict(w) if c == ABSENT else {**w, THRESHOLD: w[THRESHOLD] + shift} for c, w in learned[name].model.weights.items()}
                CueModel(weights).save(ROOT / "codebooks" / f"{name}.cues.csv")
                books.append(replace(study.codebook(name)))
            result = compare(autocode(first, *books), truth)
            print(f"shift {shift:+.1f}: {result}", flush=True)
            if result.precision >= CALIBRATED:
                break


if __name__ == "__main__":
    main()
