"""The command `kube-research`: one module a command, imported when it is called.

Exit 0: fine; 1: findings; 2: bad input.  Errors go to stderr: what, where, how to mend.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ..model import Fault, KubeError
from ..words import LANGUAGES, say, use

# command → (module, Indonesian, English)
COMMANDS = {
    "new": ("new", "studi baru dengan susunan folder, buku kode awal dan notebook pertama", "a fresh study: folders, starter codebooks, a first notebook"),
    "import": ("import_", "berkas sumber (Word, teks, PDF, …) masuk ke korpus", "source files (Word, text, PDF, …) into the corpus"),
    "update": ("update", "transkrip yang dibetulkan: setiap pengodean terbawa atau menunggu keputusan", "a corrected transcript: every coding is carried over, or waits for a decision"),
    "queue": ("queue", "pengodean yang menunggu keputusan setelah transkrip dibetulkan", "the codings that wait for a decision after a correction"),
    "settle": ("settle", "putuskan pengodean yang menunggu; setiap keputusan dapat dibatalkan", "decide the codings that wait; every decision can be taken back"),
    "gather": ("gather", "salinan konflik dari folder sinkron masuk ke jurnalnya, dengan catatan", "what a synced folder left in conflict copies goes into its journal, with a record"),
    "diff": ("diff", "pengodean yang berubah antara dua commit atau tanggal: ditambah, ditarik, kode lain, oleh siapa", "the codings that changed between two commits or dates: added, withdrawn, recoded, by whom"),
    "rules": ("rules", "pratinjau perubahan aturan: segmen yang didapat dan hilang, presisi dan recall", "a rule change before it is kept: segments gained and lost, precision and recall"),
    "code": ("code", "riwayat buku kode: ganti id, pindah, gabung, pecah, pensiun, batal", "a codebook's history: rename, move, merge, split, retire, undo"),
    "check": ("check", "semua kesalahan studi sekaligus: jangkar, buku kode, label, persetujuan", "every fault of the study at once: anchors, codebooks, labels, consent"),
    "consent": ("consent", "siapa menyetujui apa; kutipan yang sudah diperiksa narasumber", "who consented to what; the quotations that participants have checked"),
    "pseudonymize": ("pseudonymize", "nama, tempat dan nomor diganti nama samaran di seluruh studi; kuncinya terenkripsi di luar", "names, places and numbers become surrogates in the whole study; the key lies encrypted outside"),
    "memo": ("memo", "memo pada pengodean, kode, dokumen, kasus, atau hari: tulis, daftar, cari, jadikan draf bab", "memos on a coding, a code, a document, a case or a day: write, list, search, draft a chapter"),
    "hook": ("hook", "git mencari nama dan nomor sebelum setiap penyimpanan", "git looks for names and numbers before every commit"),
    "autocode": ("autocode", "kodekan korpus dengan indikator buku kode", "code the corpus by the codebooks' indicators"),
    "learn": ("learn", "belajar bobot isyarat sebuah buku kode dari pengodean orang", "learn the cue weights of a codebook from people's codings"),
    "matrix": ("matrix", "matriks pengodean: kasus, dokumen, orang atau atribut menurut kode", "a coded matrix: cases, documents, persons or attributes by code"),
    "agreement": ("agreement", "kesepakatan antarpengode, kode demi kode", "agreement between coders, code by code"),
    "report": ("report", "salinan untuk pembimbing: satu berkas, tanpa jaringan", "the supervisor's copy: one file, no network"),
    "verify": ("verify", "setiap kutipan dan angka terikat dalam naskah diperiksa terhadap data", "every quotation and bound number of a write-up against the study"),
    "reviews": ("reviews", "komentar pembimbing: lihat, jawab, selesaikan", "the supervisor's comments: show, answer, close"),
    "export": ("export", "studi untuk program lain: REFI-QDA, Excel, CSV, dengan daftar apa yang tidak ikut", "the study for another program: REFI-QDA, Excel, CSV, with a list of what is lost"),
    "import-project": ("import_project", "proyek NVivo, MAXQDA, ATLAS.ti, QualCoder atau Taguette menjadi studi", "a project of NVivo, MAXQDA, ATLAS.ti, QualCoder or Taguette becomes a study"),
    "run": ("run", "pekerjaan utama: notebook, matriks, gambar dan laporan ke outputs/", "the main job: notebooks, matrices, figures and report into outputs/"),
    "lab": ("lab", "JupyterLab dibuka pada studi ini", "JupyterLab opened on the study"),
}


class Parser(argparse.ArgumentParser):
    """argparse with our exit code and our sentence."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        raise KubeError(Fault(message, self.prog, say(f"Lihat `{self.prog} --help`.", f"See `{self.prog} --help`.")))


def add_common(parser: argparse.ArgumentParser, *, json_: bool = False) -> None:
    """The options every command of a study has."""
    parser.add_argument("--study", metavar="DIR", default=None, help=say("folder studi (bawaan: folder ini atau di atasnya)", "the study's folder (default: this one or above)"))
    parser.add_argument("--lang", choices=LANGUAGES, default=None, help=say("bahasa antarmuka", "language of the interface"))
    if json_:
        parser.add_argument("--json", action="store_true", help=say("hasil sebagai JSON", "result as JSON"))


def usage() -> str:
    lines = [say("kube-research PERINTAH …   (kube-research PERINTAH --help untuk rinciannya)", "kube-research COMMAND …   (kube-research COMMAND --help for its options)"), ""]
    lines += [f"  {name:<15} {say(indonesian, english)}" for name, (_, indonesian, english) in COMMANDS.items()]
    return "\n".join(lines)


def report_faults(faults: Sequence[Fault], as_json: bool = False) -> None:
    """Print faults to stderr (or as JSON to stdout)."""
    if as_json:
        print(json.dumps([{"what": f.what, "where": f.where, "remedy": f.remedy, "level": f.level} for f in faults], ensure_ascii=False, indent=1))
        return
    for f in faults:
        print(f"kube-research: {f}", file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    argv = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if "--lang" in argv[:-1] and argv[argv.index("--lang") + 1] in LANGUAGES:
        use(argv[argv.index("--lang") + 1])
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if argv[0] in ("--version", "-V"):
        from .. import __version__

        print(f"kube_research {__version__}")
        return 0
    try:
        if argv[0] not in COMMANDS:
            from ..model import unknown

            raise KubeError(unknown("perintah", "command", argv[0], list(COMMANDS)))
        module, indonesian, english = COMMANDS[argv[0]]
        command = importlib.import_module(f".{module}", __name__)
        parser = Parser(prog=f"kube-research {argv[0]}", description=say(indonesian, english))
        command.add(parser)
        parse = parser.parse_args if parser._subparsers else parser.parse_intermixed_args  # argparse cannot intermix a command's steps
        return int(command.run(parse(argv[1:])) or 0)
    except KubeError as e:
        report_faults(e.faults)
        return 2
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w")
        return 0
    except KeyboardInterrupt:
        print(say("Dihentikan.", "Stopped."), file=sys.stderr)
        return 130
