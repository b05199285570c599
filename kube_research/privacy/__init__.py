"""Names: found, replaced by consistent surrogates, kept in an encrypted key outside the study, put back with it; and leaks, looked for."""

from __future__ import annotations

import html
import secrets
import subprocess
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .. import cache
from ..journal import now
from ..model import Fault, KubeError
from ..study import Study, write_atomic
from ..text import decode, digest, normalise
from ..words import say
from . import vault as keys
from .leaks import leaks
from .names import Found, Search, tokens
from .rewrite import plan, text_files
from .table import Replacer, Row, Shift, counted, from_csv, propose, sound, to_csv
from .vault import Vault


def recall() -> str:
    """What the search can be expected to find, in plain words; measured by benchmarks/names.py on invented transcripts."""
    return say("Yang dapat diharapkan (diukur pada transkrip rekaan, lihat docs/privacy.md): 94 dari 100 nomor dan alamat, 98 dari 100 penyebutan nama dengan sapaan (Bu, Pak, Mbak …), 9 dari 10 tempat; nama tanpa sapaan: sekitar 7 dari 10 langsung diusulkan, "
               "sisanya kebanyakan ditandai '?' untuk Anda putuskan. Di lapangan kurang dari itu. Bacalah transkrip sekali lagi dengan tabel ini di samping; apa yang dapat ditebak dari cerita (jabatan, kejadian) tidak ditemukan program mana pun.",
               "What to expect (measured on invented transcripts, see docs/privacy.md): 94 of 100 numbers and addresses, 98 of 100 mentions of a name with an honorific (Bu, Pak, Mbak …), 9 of 10 places; of names without one about 7 of 10 are proposed outright, "
               "most others are marked '?' for you to decide. In the field it is less. Read the transcripts once more with this table beside you; what can be guessed from a story (an office, an event) is found by no program.")


@dataclass(frozen=True)
class Pseudonyms:
    """The decisions of a study.  `rows` hold real names: nothing of them is shown unless asked for, so that no notebook keeps them."""

    rows: tuple[Row, ...]
    study: Study

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def frame(self):
        """The table as a DataFrame, with the real names: print it only where the output is not kept."""
        import pandas as pd

        return pd.DataFrame([asdict(r) for r in self.rows])

    def counts(self) -> dict[str, Counter[str]]:
        """Kind → how many rows of each decision."""
        out: dict[str, Counter[str]] = {}
        for r in self.rows:
            out.setdefault(r.kind, Counter())[r.decision] += 1
        return out

    def __repr__(self) -> str:
        names = {"replace": say("diganti", "replaced"), "keep": say("dibiarkan", "kept"), "?": say("belum diputuskan", "not decided")}
        lines = [f"  {kind_name(kind):<24} " + ", ".join(f"{n} {names[d]}" for d, n in sorted(c.items())) for kind, c in sorted(self.counts().items())]
        return "\n".join([say(f"{len(self.rows)} nama, tempat dan nomor:", f"{len(self.rows)} names, places and numbers:"), *lines])

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>"


def kind_name(kind: str) -> str:
    """The kind in the interface language."""
    return {"person": say("orang", "persons"), "place": say("tempat", "places"), "nik": "NIK", "phone": say("telepon", "telephones"), "email": say("surel", "e-mail"), "handle": say("akun", "handles"), "account": say("rekening", "accounts"),
            "plate": say("plat kendaraan", "plates"), "address": say("alamat", "addresses"), "birth": say("tanggal lahir", "birthdays")}.get(kind, kind)


def read_texts(study: Study) -> dict[str, str]:
    """Every transcript and its earlier versions as they stand on disk, withdrawn ones too (they are protected all the more)."""
    return {path.relative_to(study.root / "corpus").with_suffix("").as_posix().removeprefix("transcripts/"): normalise(decode(path.read_bytes(), path.name)) for path, _ in text_files(study)}


def find(study: Study, vault: Vault | None = None) -> Pseudonyms:
    """Names, places and ids of all transcripts with proposed surrogates; what the key holds already stays decided."""
    content = vault.load() if vault else {"rows": []}
    rows = [Row(**r) for r in content["rows"]]
    known = [t for r in rows if r.decision == "replace" for t in r.surrogate.split()] or [str(s) for s in keys.pointer(study.root).get("surrogates", [])]  # type: ignore[attr-defined]
    texts = read_texts(study)
    spoken = {d.id: {s.label for s in d.speakers} | {s.speaker for s in d.speakers} | {t.label for t in d.turns if t.label} for d in study.corpus}
    spoken |= {name: spoken[name.split("/")[1]] for name in texts if name.startswith("versions/") and name.split("/")[1] in spoken}
    found = propose(Search(texts, known, spoken), rows, secrets.token_hex(8))
    return Pseudonyms(tuple(counted(found, texts)), study)


def with_name(rows: Sequence[Row], found: str, texts: dict[str, str], kind: str = "person") -> list[Row]:
    """The rows with one more, for a name (each of its words) or place that the search missed."""
    search = Search(texts, [t for r in rows for t in r.surrogate.split()])
    words = [found] if kind == "place" else [t.text for t in tokens(found)]
    known = {r.found.casefold() for r in rows}
    search.found = {}
    for word in words:
        if word.casefold() not in known:
            search.found[kind, word.casefold()] = Found(kind, word, True, "researcher")
    return counted(propose(search, rows, secrets.token_hex(8)), texts)


@dataclass(frozen=True)
class Done:
    """What a step did, or would do."""

    what: str  # apply | undo
    texts: int
    replaced: int
    journals: int
    codings: int
    widened: int
    files: int
    undecided: int
    dry: bool = False
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def __str__(self) -> str:
        if not self.files:
            return say("Tidak ada yang perlu diganti.", "Nothing is to be replaced.")
        lines = [say(f"{self.replaced} tempat di {self.texts} teks; {self.codings} peristiwa di {self.journals} jurnal ikut pindah; {self.files} berkas.", f"{self.replaced} places in {self.texts} texts; {self.codings} events of {self.journals} journals carried over; {self.files} files.")]
        if self.widened:
            lines.append(say(f"{self.widened} batas pengodean di tengah nama dilebarkan sampai tepi namanya.", f"{self.widened} borders of codings inside a name were widened to the name's edge."))
        if self.undecided:
            lines.append(say(f"{self.undecided} baris belum diputuskan ('?') dan tidak diganti.", f"{self.undecided} rows are not decided yet ('?') and were not replaced."))
        lines += self.warnings
        if self.dry:
            lines.append(say("Percobaan; tidak ada yang ditulis.", "A dry run; nothing written."))
        return "\n".join(lines)


class _Exact(Replacer):
    """A replacer that knows some texts' spans to the character."""

    def __init__(self, rows: Sequence[Row], spans: dict[str, list[list]]):
        super().__init__(rows, reverse=True)
        self.exact = spans

    def spans(self, text: str, *, label: bool = False) -> list[tuple[int, int, str]]:
        known = self.exact.get(digest(text)) if len(text) > 60 else None
        return [(int(a), int(b), str(w)) for a, b, w in known] if known is not None else super().spans(text, label=label)


def apply(study: Study, vault: Vault, rows: Iterable[Row], *, dry_run: bool = False) -> Done:
    """Replace what the rows say, in the whole study, in one step that can be run again and undone.

    Nothing is lost: the files as they were go, encrypted, beside the key before the first is written; a step that was cut off is
    finished by the next call.
    """
    _finish(study, vault)
    rows = tuple(rows)
    faults = sound(rows)
    if faults:
        raise KubeError(faults)
    content = vault.load()
    replacer = Replacer(rows)
    before = read_texts(study)
    files = plan(study, replacer, former=_former(vault, content))
    done = _told("apply", study, files, replacer, sum(r.decision == "?" for r in rows), dry_run)
    if dry_run:
        return done
    content["rows"] = [asdict(replace(r, example="")) for r in rows]
    if files:
        name = "".join(c for c in now() if c.isdigit())
        back = {}
        for text in before.values():
            shift = Shift(text, replacer.spans(text))
            back[digest(shift.text)] = [[na, nb, text[a:b]] for a, b, na, nb in shift.marks]
        content["runs"].append({"id": name, "what": "apply", "state": "begun", "time": now(), "spans": back, "rows": content["rows"]})
        _keep(vault, name, files)
        vault.save(content)
        _write(study, vault, content)
    else:
        vault.save(content)
    return done


def _former(vault: Vault, content: dict[str, list]) -> list[tuple[str, str]]:
    """The texts as they were before the steps that hold, out of the key: (document, text)."""
    out = []
    for run in content.get("runs", []):
        if run["what"] == "apply" and run["state"] == "done":
            for path, kept in vault.get(run["id"]).items():
                at = Path(path)
                if at.suffix == ".txt" and path.startswith(("corpus/transcripts/", "corpus/versions/")) and kept["old"]:
                    out.append((at.stem if at.parent.name == "transcripts" else at.parent.name, normalise(decode(str(kept["old"]).encode("latin-1"), path))))
    return out


def undo(study: Study, vault: Vault, *, dry_run: bool = False) -> Done:
    """Put the names back that the last step replaced; codings and corrections made since are carried over."""
    _finish(study, vault)
    content = vault.load()
    run = next((r for r in reversed(content["runs"]) if r["what"] == "apply" and r["state"] == "done"), None)
    if run is None:
        raise KubeError(say("Tidak ada langkah yang dapat dibatalkan dengan kunci ini.", "There is no step that this key could undo."))
    reverse = _Exact([Row(**r) for r in run["rows"]], run["spans"])
    step = vault.get(run["id"])
    mine = {p.rpartition("/")[2].removesuffix(".txt") for p in step if p.startswith("corpus/transcripts/")}
    earlier = any(r["what"] == "apply" and r["state"] == "done" and r["id"] != run["id"] for r in content["runs"])
    files = {p: f for p, f in plan(study, reverse, mine).items() if not earlier or p in step or p.startswith(("corpus/codings/", "corpus/versions/"))}
    for path, kept in step.items():  # what nobody touched since comes back byte by byte
        at = study.root / path
        current = at.read_bytes() if at.exists() else None
        old, new = (None if kept[k] is None else str(kept[k]).encode("latin-1") for k in ("old", "new"))
        if new is None and current is None:
            files[path] = (b"", old)
        elif new is not None and current == new:
            files[path] = (current, old or None)
    files = {p: f for p, f in files.items() if f[1] != f[0] and not (f[1] is None and not (study.root / p).exists())}
    done = _told("undo", study, files, reverse, 0, dry_run)
    if not dry_run:
        name = "".join(c for c in now() if c.isdigit())
        content["runs"].append({"id": name, "what": "undo", "state": "begun", "time": now(), "undoes": run["id"]})
        _keep(vault, name, files)
        vault.save(content)
        _write(study, vault, content)
    return done


def held(vault: Vault) -> list[Row]:
    """The decisions that the key holds."""
    return [Row(**r) for r in vault.load()["rows"]]


def _keep(vault: Vault, name: str, files: dict[str, tuple[bytes, bytes | None]]) -> None:
    vault.put(name, {p: {"old": a.decode("latin-1"), "new": None if b is None else b.decode("latin-1")} for p, (a, b) in files.items()})


def _finish(study: Study, vault: Vault) -> None:
    """Finish a step that was cut off."""
    content = vault.load()
    if content["runs"] and content["runs"][-1]["state"] == "begun":
        _write(study, vault, content)


def _write(study: Study, vault: Vault, content: dict[str, list]) -> None:
    """Write the files of the step that has begun: first what is new, last what gives way."""
    run = content["runs"][-1]
    files = vault.get(run["id"])
    strange, written = [], False
    for path, f in files.items():
        at = study.root / path
        current = at.read_bytes().decode("latin-1") if at.exists() else None
        if current == f["new"] and current is not None:
            written = True
        elif current is not None and f["new"] and f["old"] != current and path.endswith(".jsonl") and current.startswith(f["new"]):
            f["new"] = current  # written by us before, and coded in since
        elif current not in (f["old"], f["new"]) and not (current is None and f["old"] == ""):
            strange.append(Fault(say("Berkas ini berubah sementara langkah sebelumnya terputus.", "This file changed while an earlier step was cut off."), path,
                                 say("Pulihkan isinya dari riwayat git atau tutup program yang menulisnya, lalu jalankan lagi.", "Restore it from git's history, or close the program that writes it, then run again.")))
    if strange and not written:  # nothing is written yet: the step is as if it had not been begun
        run["state"] = "given up"
        vault.save(content)
        raise KubeError([Fault(say("Berkas ini berubah pada saat yang sama; tidak ada yang diganti.", "This file changed at the same moment; nothing was replaced."), f.where, say("Tutup meja kerja, lalu jalankan lagi.", "Close the desk, then run again.")) for f in strange])
    if strange:
        raise KubeError(strange)
    for path, f in files.items():
        if f["new"] is not None:
            write_atomic(study.root / path, f["new"].encode("latin-1"))
    for path, f in files.items():
        if f["new"] is None:
            (study.root / path).unlink(missing_ok=True)
    cache.renew(study.root / ".cache")
    run["state"] = "done"
    if run["what"] == "undo":
        for r in content["runs"]:
            if r["id"] == run["undoes"]:
                r["state"] = "undone"
    _point(study, vault, content)
    vault.save(content)
    for attribute in ("rows", "_loaded"):
        study.__dict__.pop(attribute, None)


def _point(study: Study, vault: Vault, content: dict[str, list]) -> None:
    """What the study itself says: which key, which names are surrogates (no real one), when."""
    import json

    active = [r for r in content["runs"] if r["what"] == "apply" and r["state"] == "done"]
    surrogates = sorted({str(x["surrogate"]) for r in active for x in r["rows"] if x["decision"] == "replace"})
    data = {"key": vault.folder.name, "surrogates": surrogates, "steps": [{k: r[k] for k in ("time", "what", "state")} for r in content["runs"]]}
    write_atomic(study.root / keys.POINTER, json.dumps(data, ensure_ascii=False, indent=1) + "\n")


def _told(what: str, study: Study, files: dict[str, tuple[bytes, bytes | None]], replacer: Replacer, undecided: int, dry: bool) -> Done:
    texts = [(p, f) for p, f in files.items() if p.endswith(".txt") and f[1] is not None and "/versions/" not in p]
    journals = [(p, f) for p, f in files.items() if p.endswith(".jsonl")]
    replaced, widened, moved = 0, 0, 0
    for path, (old, _) in texts:
        replaced += len(replacer.spans(normalise(decode(old, path))))
    for path, (old, new) in journals:
        a, b = old.split(b"\n"), (new or b"").split(b"\n")
        moved += sum(x != y for x, y in zip(a, b, strict=False))
        if what == "apply":
            widened += _widened(a, b, replacer)
    warnings = []
    if what == "apply" and files and in_history(study):
        warnings.append(say("Perhatian: riwayat git studi ini sudah memuat teks dan jurnal lama dengan nama asli. Langkah ini tidak mengubah riwayat. Simpan salinannya di luar, lalu mulailah repositori baru (hapus folder .git, `git init`) sebelum membagikannya.",
                            "Mind: this study's git history holds the earlier texts and journals with the real names. This step does not change history. Keep a copy of it outside, then begin a new repository (remove the folder .git, `git init`) before you share it."))
    return Done(what, len(texts), replaced, len(journals), moved, widened, len(files), undecided, dry, tuple(warnings))


def _widened(old: list[bytes], new: list[bytes], replacer: Replacer) -> int:
    """How many codings hold more characters than their own words' replacements explain."""
    import json

    n = 0
    for a, b in zip(old, new, strict=False):
        if a != b and b'"quote"' in a:
            try:
                before, after = json.loads(a), json.loads(b)
            except ValueError:
                continue
            n += str(after.get("quote", "")) not in (str(before.get("quote", "")), replacer.replace(str(before.get("quote", ""))))
    return n


def in_history(study: Study) -> bool:
    """Whether git holds transcripts or journals of the study already."""
    try:
        done = subprocess.run(["git", "-C", str(study.root), "log", "-1", "--format=%H", "--", "corpus/transcripts", "corpus/codings", "corpus/versions"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0 and bool(done.stdout.strip())


def write_proposal(pseudonyms: Pseudonyms, path: Path) -> Path:
    """The table as CSV, outside the repository, for its owner's eyes."""
    path = keys.outside(pseudonyms.study.root, path)
    keys._private(path, to_csv(sorted(pseudonyms.rows, key=lambda r: (r.decision != "?", r.kind, r.person, r.found.casefold()))))
    return path


def read_proposal(study: Study, path: Path) -> list[Row]:
    """An edited table."""
    path = keys.outside(study.root, path)
    if not path.is_file():
        raise KubeError(say("Tabel keputusan tidak ada.", "The table of decisions is not there."), str(path), say("Jalankan dulu `kube-research pseudonymize`.", "Run `kube-research pseudonymize` first."))
    return from_csv(decode(path.read_bytes(), path.name), path.name)


__all__ = ["Done", "Pseudonyms", "Vault", "apply", "find", "held", "in_history", "leaks", "read_proposal", "read_texts", "recall", "sound", "undo", "with_name", "write_proposal"]
