"""`learn`: the cue table of a codebook, from the codings of people."""

from __future__ import annotations

import argparse

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--codebook", nargs="+", required=True, metavar="NAME", help=say("buku kode; yang dipelajari bersama memakai satu ambang", "codebooks; those learned together share one threshold"))
    parser.add_argument("--coder", nargs="+", default=None, help=say("pengode (bawaan: semua)", "coders (default: all)"))
    parser.add_argument("--bank", nargs="*", default=[], metavar="F.jsonl", help=say("bank potongan yang sudah dikodekan", "banks of coded snippets"))
    parser.add_argument("--precision", type=float, default=0.7, help=say("presisi yang dituju (bawaan: 0.7)", "precision aimed at (default: 0.7)"))


def run(args: argparse.Namespace) -> int:
    from ..learning import learn_cues, read_bank
    from ..privacy.names import names_in
    from ..study import open_study

    study = open_study(args.study)
    codings = study.codings(coder=args.coder)
    documents = list(codings.corpus.documents)
    spans = [(r.document, r.start, r.end, r.code, r.polarity) for r in codings.full.itertuples(index=False)]
    for path in args.bank:
        more, found = read_bank(path)
        documents += more
        spans += found
    left_out = names_in(d.text for d in documents)
    books = [study.codebook(name) for name in args.codebook]
    for book, learned in zip(books, learn_cues(documents, spans, *books, precision=args.precision, leave_out=left_out), strict=True):
        target = study.root / "codebooks" / f"{book.name}.cues.csv"
        learned.model.save(target)
        print(f"{book.name}: {learned} → {target.name}")
    return 0
