"""`import-project`: a project of another program becomes a study; the vote on its offsets and all losses are shown."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    from ..exchange.offsets import SPACES
    from ..exchange.registry import listing

    add_common(parser, json_=True)
    parser.add_argument("file", metavar="FILE", help=listing("in").replace("%", "%%"))
    parser.add_argument("--into", required=True, metavar="DIR", help=say("folder studi baru (kosong atau belum ada)", "folder of the new study (empty or not there yet)"))
    parser.add_argument("--offsets", nargs="+", default=[], metavar="[SOURCE=]SPACE", help=say(f"ruang offset, untuk satu sumber atau semua: {', '.join(SPACES)}", f"offset space, for one source or all: {', '.join(SPACES)}"))
    parser.add_argument("--groups", default="", metavar="COLUMN|case", help=say("himpunan dokumen (document groups) menjadi kolom ini di documents.csv; 'case': menjadi kasus", "sets of documents (document groups) become this column of documents.csv; 'case': become cases"))


def run(args: argparse.Namespace) -> int:
    from ..exchange.landing import land
    from ..exchange.registry import find

    path = Path(args.file)
    read = find(path, "in")
    given = {}
    for item in args.offsets:
        source, _, space = item.rpartition("=")
        given[source] = space
    landed = land(read(path), Path(args.into), given, args.groups)
    print(json.dumps(landed.as_dict(), ensure_ascii=False, indent=1) if args.json else str(landed))
    return 0
