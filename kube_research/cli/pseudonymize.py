"""`pseudonymize`: names found, decided in a table, replaced in the whole study; put back with the key."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from pathlib import Path

from ..words import say
from . import add_common


def add(parser: argparse.ArgumentParser) -> None:
    add_common(parser, json_=True)
    parser.add_argument("--apply", action="store_true", help=say("ganti menurut tabel keputusan", "replace as the table of decisions says"))
    parser.add_argument("--undo", action="store_true", help=say("kembalikan nama yang diganti langkah terakhir", "put back the names that the last step replaced"))
    parser.add_argument("--table", default="", metavar="F.csv", help=say("tabel keputusan, di luar studi (bawaan: di samping kunci)", "the table of decisions, outside the study (default: beside the key)"))
    parser.add_argument("--key", default=None, metavar="DIR", help=say("folder kunci, di luar studi (bawaan: kube_research-keys di folder pengguna)", "the key's folder, outside the study (default: kube_research-keys in your home)"))
    parser.add_argument("--passphrase-file", default="", metavar="F", help=say("baca kata sandi dari baris pertama berkas ini (atau dari KUBE_PASSPHRASE); tanpa itu ditanyakan", "read the passphrase from this file's first line (or from KUBE_PASSPHRASE); without it you are asked"))
    parser.add_argument("--change-passphrase", action="store_true", help=say("kata sandi lain untuk kunci yang sama", "another passphrase for the same key"))
    parser.add_argument("--yes", action="store_true", help=say("saya tahu arti kata sandi yang hilang", "I know what a lost passphrase means"))
    parser.add_argument("--dry-run", action="store_true", help=say("perlihatkan saja, jangan tulis apa-apa", "show only, write nothing"))


def run(args: argparse.Namespace) -> int:
    from .. import privacy
    from ..model import KubeError
    from ..privacy import vault as keys
    from ..study import Study, find_study

    if args.apply + args.undo + args.change_passphrase > 1:
        raise KubeError(say("Pilih satu: --apply, --undo atau --change-passphrase.", "Choose one: --apply, --undo or --change-passphrase."))
    study = Study(find_study(args.study))
    folder = keys.folder_of(study.root, args.key)
    table = Path(args.table) if args.table else folder / "decisions.csv"
    exists = (folder / "key").exists()
    if keys.pointer(study.root).get("steps") and not exists:
        raise KubeError(say("Studi ini sudah disamarkan, tetapi kuncinya tidak ada di sini.", "This study is pseudonymised, but its key is not here."), str(folder), say("Sebut foldernya dengan --key atau KUBE_KEYS.", "Name its folder with --key or KUBE_KEYS."))
    if args.change_passphrase:
        vault = keys.Vault.open(folder, passphrase(args.passphrase_file))
        print(keys.loss())
        vault.rewrap(passphrase("", new=True, variable="KUBE_NEW_PASSPHRASE"))
        print(say("Kata sandi diganti.", "The passphrase is changed."))
        return 0
    if args.undo:
        done = privacy.undo(study, keys.Vault.open(folder, passphrase(args.passphrase_file)), dry_run=args.dry_run)
        print(json.dumps(done.as_dict(), ensure_ascii=False, indent=1) if args.json else str(done))
        return 0
    if not args.apply:
        vault = keys.Vault.open(folder, passphrase(args.passphrase_file)) if exists else None
        found = privacy.find(study, vault)
        if not args.dry_run:
            privacy.write_proposal(found, table)
        if args.json:
            print(json.dumps({"table": "" if args.dry_run else table.name, "counts": {k: dict(v) for k, v in found.counts().items()}}, ensure_ascii=False, indent=1))
        else:
            print(found)
            print(privacy.recall())
            if not args.dry_run:
                print(say(f"Tabel keputusan (memuat nama asli, di luar studi): {table}\nSunting kolom decision (replace, keep, ?) dan surrogate di Excel, lalu: kube-research pseudonymize --apply", f"The table of decisions (holds real names, outside the study): {table}\nEdit the columns decision (replace, keep, ?) and surrogate in Excel, then: kube-research pseudonymize --apply"))
            if privacy.in_history(study):
                print(say("Perhatian: riwayat git sudah memuat transkrip ini.", "Mind: git's history holds these transcripts already."))
        return 1 if any(r.decision == "?" for r in found.rows) else 0
    again = exists and not args.table and not table.is_file()  # nothing new to decide: what the key holds, once more
    rows = [] if again else privacy.read_proposal(study, table)
    if exists:
        vault = keys.Vault.open(folder, passphrase(args.passphrase_file))
        rows = privacy.held(vault) if again else rows
    elif args.dry_run:
        vault = keys.Unmade()  # type: ignore[assignment]
    else:
        print(keys.loss(), file=sys.stderr)
        if not args.yes:
            if not sys.stdin.isatty():
                raise KubeError(say("Kunci baru memerlukan persetujuan Anda.", "A new key needs your consent."), "", say("Bacalah kalimat di atas, lalu ulangi dengan --yes.", "Read the sentences above, then repeat with --yes."))
            if input(say("Saya mengerti (ketik ya): ", "I understand (type yes): ")).strip().lower() not in ("ya", "yes"):
                return 2
        vault = keys.Vault.make(folder, passphrase(args.passphrase_file, new=True))
    done = privacy.apply(study, vault, rows, dry_run=args.dry_run)
    if not args.dry_run and not args.table:
        table.unlink(missing_ok=True)  # its content is in the key now
    print(json.dumps(done.as_dict(), ensure_ascii=False, indent=1) if args.json else str(done))
    if not args.dry_run and not args.json:
        print(say(f"Kunci: {folder} (terenkripsi; tabelnya ada di dalamnya). Buat cadangannya, terpisah dari studi.", f"Key: {folder} (encrypted; the table is in it). Back it up, apart from the study."))
    return 0


def passphrase(file: str = "", *, new: bool = False, variable: str = "KUBE_PASSPHRASE") -> str:
    """The passphrase from a file, the environment, or the keyboard (twice for a new key); never from the command line."""
    from ..model import KubeError

    if file:
        try:
            lines = Path(file).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as e:
            raise KubeError(say(f"Berkas kata sandi tidak terbaca: {e}.", f"The passphrase file cannot be read: {e}."), file) from None
        said = lines[0].strip() if lines else ""
    elif variable in os.environ:
        said = os.environ[variable]
    elif sys.stdin.isatty():
        said = getpass.getpass(say("Kata sandi: ", "Passphrase: "))
        if new and getpass.getpass(say("Sekali lagi: ", "Once more: ")) != said:
            raise KubeError(say("Keduanya tidak sama; tidak ada yang dibuat.", "The two differ; nothing was made."))
    else:
        raise KubeError(say("Kata sandi diperlukan.", "A passphrase is needed."), "", say("Jalankan di terminal, atau pakai --passphrase-file atau KUBE_PASSPHRASE.", "Run it in a terminal, or use --passphrase-file or KUBE_PASSPHRASE."))
    if not said:
        raise KubeError(say("Kata sandi kosong.", "The passphrase is empty."))
    return said
