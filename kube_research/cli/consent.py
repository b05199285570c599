"""`consent`: who may be analysed, quoted, quoted after a check, or withdrew; and the quotations that were checked."""

from __future__ import annotations

import argparse
import json

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("what", nargs="?", default="list", choices=("list", "check", "uncheck"), help=say("list: siapa menyetujui apa; check: narasumber sudah memeriksa kutipan ini; uncheck: batalkan", "list: who consented to what; check: the participant has checked this quotation; uncheck: take it back"))
    parser.add_argument("document", nargs="?", default="", metavar="DOCUMENT")
    parser.add_argument("quote", nargs="*", metavar="QUOTE", help=say("kata-kata yang diperiksa", "the words that were checked"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from ..consent import RANK, remark
    from ..journal import now
    from ..model import KubeError
    from ..study import open_study, read_table, write_table

    study = open_study(args.study)
    corpus = study.corpus
    if args.what == "list":
        documents = {k: sorted(r["document"] for r in study.rows["documents"] if r.get("consent", "").lower() == k) for k in RANK}
        speakers = {k: sorted({r.get("speaker") or r["label"] for r in study.rows["speakers"] if r.get("consent", "").lower() == k and r["role"] != "researcher"}) for k in RANK}
        if args.json:
            print(json.dumps({"documents": documents, "speakers": speakers, "withdrawn": study.withdrawn}, ensure_ascii=False, indent=1))
            return 0
        for k in RANK:
            name = k or say("(tidak dicatat)", "(not noted)")
            if documents[k] or speakers[k]:
                print(f"{name:<20} " + say(f"{len(documents[k])} dokumen, {len(speakers[k])} orang", f"{len(documents[k])} documents, {len(speakers[k])} persons") + (f": {', '.join(speakers[k][:12])}" if k and speakers[k] else ""))
        if said := remark(corpus, corpus.withdrawn):
            print(said)
        return 0
    words = " ".join(" ".join(args.quote).split())
    d = corpus[args.document]
    path = study.root / "corpus" / "checked.csv"
    rows = read_table(path, ("document", "quote"))
    same = [r for r in rows if r["document"] == d.id and " ".join(r["quote"].split()) == words]
    if not words or (args.what == "check" and words not in " ".join(d.text.split())):
        raise KubeError(say("Kata-kata ini tidak ada di dokumen itu.", "These words are not in that document."), d.id, say("Salin kutipannya dari transkrip, huruf demi huruf.", "Copy the quotation from the transcript, letter for letter."))
    if args.what == "check" and not same:
        rows.append({"document": d.id, "quote": words, "time": now()[:10]})
    if args.what == "uncheck":
        if not same:
            raise KubeError(say("Kutipan ini tidak tercatat sudah diperiksa.", "This quotation is not noted as checked."), d.id)
        rows = [r for r in rows if r not in same]
    if not args.dry_run:
        write_table(path, rows, ("document", "quote", "time"))
    print((say("Percobaan: ", "Dry run: ") if args.dry_run else "") + say(f"{len(rows)} kutipan tercatat sudah diperiksa.", f"{len(rows)} quotations are noted as checked."))
    return 0
