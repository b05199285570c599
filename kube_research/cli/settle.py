"""`settle`: decide what waits in the queue; each decision is one event in its coder's journal, and can be taken back."""

from __future__ import annotations

import argparse
import json
import sys

from ..model import Fault, KubeError
from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("coding", nargs="*", metavar="ID", help=say("pengodean yang diputuskan (awal idnya cukup); tanpa ID: ditanya satu per satu", "the codings to decide (the beginning of an id is enough); without ID: asked one by one"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--candidate", type=int, nargs="?", const=1, default=0, metavar="N", help=say("tempatnya calon ke-N (1: yang paling mungkin)", "it stands at candidate N (1: the likeliest)"))
    what.add_argument("--at", default="", metavar="START:END", help=say("tempatnya rentang ini dalam teks sekarang", "it stands at this span of the present text"))
    what.add_argument("--quote", default="", metavar="WORDS", help=say("tempatnya kata-kata ini, yang hanya sekali ada", "it stands at these words, which occur once"))
    what.add_argument("--code", default="", metavar="CODE", help=say("sesudah pemecahan: kodenya ini", "after a split: its code is this one"))
    what.add_argument("--withdraw", action="store_true", help=say("tidak berlaku lagi (tetap dalam jurnal)", "it no longer holds (and stays in the journal)"))
    what.add_argument("--undo", action="store_true", help=say("batalkan keputusan yang terakhir atas pengodean ini", "take the last decision on this coding back"))
    parser.add_argument("--who", default="", metavar=say("NAMA", "NAME"), help=say("siapa yang memutuskan (bawaan: nama pengguna git)", "who decides (default: git's user name)"))
    parser.add_argument("--document", default="", metavar="ID", help=say("hanya dokumen ini", "this document only"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from ..study import Study, find_study
    from ..waiting import queue, settle
    from .code import person

    study = Study(find_study(args.study))
    who = args.who or person(study.root)
    wanted: dict[str, object] = {k: v for k, v in (("candidate", args.candidate), ("quote", args.quote), ("code", args.code), ("withdraw", args.withdraw), ("undo", args.undo)) if v}
    if args.at:
        start, _, end = args.at.partition(":")
        if not (start.isdigit() and end.isdigit()):
            raise KubeError(Fault(say("--at ditulis START:END, misalnya 120:155.", "--at is written START:END, for instance 120:155."), args.at))
        wanted["span"] = (int(start), int(end))
    if not args.coding:
        if wanted or args.json or not sys.stdin.isatty():
            raise KubeError(Fault(say("Sebut id pengodeannya.", "Name the id of the coding."), "", say("Lihat `kube-research queue`.", "See `kube-research queue`.")))
        return ask(study, args.document, who)
    if not wanted:
        raise KubeError(Fault(say("Sebut keputusannya.", "Name the decision."), "", "--candidate N | --at START:END | --quote … | --code … | --withdraw | --undo"))
    waiting = queue(study)
    said = [settle(study, c, who=who, dry_run=args.dry_run, among=waiting, **wanted) for c in dict.fromkeys(args.coding)]  # type: ignore[arg-type]
    left = len(queue(study, args.document))
    if args.json:
        print(json.dumps({"decided": said, "waiting": left, "dry_run": args.dry_run}, ensure_ascii=False, indent=1))
    else:
        print("\n".join(said))
        print(say("Percobaan; tidak ada yang ditulis.", "A dry run; nothing written.") if args.dry_run else say(f"{left} masih menunggu.", f"{left} still wait{'s' if left == 1 else ''}."))
    return 0


def ask(study, document: str, who: str) -> int:
    """Show one waiting coding after the other and ask; nothing is decided by an empty answer."""
    from ..waiting import queue, settle

    later: set[str] = set()
    last = ""
    while True:
        items = [i for i in queue(study, document) if i.coding.id not in later]
        if not items:
            print(say("Selesai; yang ditunda tetap menunggu.", "Done; what was put off still waits.") if later else say("Tidak ada pengodean yang menunggu.", "No coding waits."))
            return 1 if later else 0
        item = items[0]
        print(f"\n[{len(items)}] {item.coding.document}: {item}")
        choices = dict(enumerate(item.codes, 1)) if item.codes else dict(enumerate(item.places, 1))
        if item.codes:
            print("  " + "   ".join(f"{n}: {c}" for n, c in choices.items()))
        answer = input(say("Nomor, kata-katanya, t = tarik, b = batalkan yang tadi, kosong = nanti, q = berhenti: ", "A number, the words, w = withdraw, u = undo the last one, empty = later, q = stop: ")).strip()
        try:
            if answer == "q":
                return 1
            if not answer:
                later.add(item.coding.id)
                continue
            if answer in ("b", "u"):
                print(settle(study, last, undo=True, who=who) if last else say("Belum ada keputusan.", "No decision yet."))
                continue
            if answer in ("t", "w"):
                said = settle(study, item.coding.id, withdraw=True, who=who)
            elif answer.isdigit():
                said = settle(study, item.coding.id, code=str(choices.get(int(answer), answer)), who=who) if item.codes else settle(study, item.coding.id, candidate=int(answer), who=who)
            else:
                said = settle(study, item.coding.id, **{"code" if item.codes else "quote": answer}, who=who)
            print("  " + said)
            last = item.coding.id
        except KubeError as e:
            print(f"  {e}")
        except EOFError:
            return 1
