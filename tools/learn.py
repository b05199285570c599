"""Learn the shipped cue tables (codebooks/*.cues.csv, codebooks/bundles.parquet): from the banks of snippets, the demo study's journals and coded transcripts.

The weights see `tests/autocoding/dev`, never `judged` or `heldout` beside it.  The threshold is set where the precision asked for is reached in
the transcripts of the three writers who wrote no bank and whose errors shaped no indicator, judged by weights that have seen nothing by them.  Then `tools/learn_reader.py weigh` sets the reader's rows and the threshold of the tables.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
BOOKS = ("participation", "mentoring", "group_dynamics")
PRECISION = 0.72
JUDGED = ("o", "p", "s")  # first letters of the transcripts that set the threshold


def main() -> None:
    from kube_research.learning import learn_cues, read_bank
    from kube_research.privacy.names import names_in
    from kube_research.study import open_study
    from tests.test_autocoding import gold_set

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
        documents += list(dev.corpus)
        spans += [g[:5] for g in gold]
        judged = {d.id: "judged" for d in dev.corpus if d.id.startswith(JUDGED)}
        left_out = names_in(d.text for d in documents)
        books = [study.codebook(name) for name in BOOKS]
        for book, learned in zip(books, learn_cues(documents, spans, *books, precision=PRECISION, judged=judged, folds=judged, leave_out=left_out, bundles=True), strict=True):
            learned.model.save(ROOT / "codebooks" / f"{book.name}.cues.csv")
            print(book.name, learned, flush=True)


if __name__ == "__main__":
    main()
