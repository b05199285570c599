"""Comments files: what a supervisor saved from a report comes into the study, whole or not at all, and once."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..journal import new_id
from ..model import Fault, KubeError, unknown
from ..study import Study
from ..text import whole_characters
from ..words import say
from . import KINDS, MOST_TEXT, VERDICTS, journal_of, reviews

FORMAT, VERSION = "kube-research-comments", 1
WITHDRAW = "withdraw"  # the verdict by which a page says that its reader takes a comment back
MOST_BYTES, MOST_COMMENTS = 8_000_000, 10_000
_ID = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True)
class Received:
    """What a comments file brought: new comments, those already here, whether the file was changed after saving, notes."""

    path: str
    reviewer: str
    new: int
    known: int
    edited: bool
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [say(f"{self.path}: {self.new} komentar baru ({self.reviewer})" + (f", {self.known} sudah ada" if self.known else "") + ".", f"{self.path}: {self.new} new comment{'s' * (self.new != 1)} ({self.reviewer})" + (f", {self.known} already here" if self.known else "") + ".")]
        return "\n".join([*lines, *(f"  {n}" for n in self.notes)])


def is_comments(path: Path) -> bool:
    """Whether a file is (meant as) a comments file saved by a report."""
    if path.suffix.lower() != ".json" or not path.is_file():
        return False
    with open(path, "rb") as f:
        return FORMAT.encode() in f.read(4096)


def crc(comments: list[Mapping[str, object]]) -> str:
    """The checksum that the page puts on its comments (the same fields in the same order as report.js)."""
    text = "\x1e".join("\x1f".join(str(v) for v in (c.get("id", ""), c.get("thread", ""), (c.get("target") or {}).get("key", ""), c.get("verdict", ""), c.get("text", ""), c.get("time", ""))) for c in comments)
    return f"{zlib.crc32(whole_characters(text).encode('utf-8')):08x}"


def _clean(value: object) -> object:
    if isinstance(value, str):
        return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", whole_characters(value))
    return value


def import_comments(study: Study, path: Path | str) -> Received:
    """Bring a comments file into the study as review threads.  Nothing is written when any comment is unsound; imported twice, it adds nothing."""
    path = Path(path)
    data = _read(path)
    comments, faults = data["comments"], []
    known_threads = {t.id for t in reviews(study)}
    for n, c in enumerate(comments, 1):
        faults += [Fault(f.what, f"{path.name} ({say('komentar', 'comment')} {n})", f.remedy) for f in _faults_of(c, known_threads)]
    if len({c.get("id") for c in comments if isinstance(c, dict)}) < len(comments) and not faults:
        faults.append(Fault(say("Dua komentar memakai id yang sama.", "Two comments bear the same id."), path.name, say("Minta berkas itu disimpan ulang dari laporan.", "Have the file saved again from the report.")))
    reviewer = str(_clean(data.get("reviewer", ""))).strip()[:80]
    if not reviewer:
        faults.append(Fault(say("Berkas ini tidak menyebut siapa yang berkomentar.", "The file does not say who comments."), path.name, say("Isi nama di laporan, lalu simpan lagi.", "Fill in the name in the report and save again.")))
    if faults:
        raise KubeError(faults)
    notes = _belongs(study, data, path)
    edited = data.get("sum") != crc(comments)
    if edited:
        notes.append(say("Berkas ini diubah setelah disimpan dari laporan; setiap komentarnya ditandai demikian.", "The file was changed after the report had saved it; each of its comments is marked so."))
    journal = journal_of(study, reviewer)
    have = {str(e.get("id")) for e in journal.events()[0]}
    events = []
    for c in comments:
        fields = {"text": _clean(c.get("text", "")), "verdict": c.get("verdict", ""), "written": str(c.get("time", ""))[:40], "by": reviewer, "comment": c["id"], **({"edited": True} if edited else {})}
        if c.get("verdict") == WITHDRAW:
            fields |= {"text": "", "verdict": ""}
        told = {"event": "withdraw", "thread": c.get("thread") or c["id"]} if c.get("verdict") == WITHDRAW else {"event": "reply", "thread": c["thread"]} if c.get("thread") else {"event": "comment", "thread": c["id"], "target": {k: _clean(v) for k, v in c["target"].items()}}
        name = hashlib.sha256("\x1f".join(map(str, (c["id"], fields["text"], c.get("verdict", ""), reviewer))).encode()).hexdigest()[:26]
        if name not in have:
            events.append({"id": name, **told, **fields})
    if events:
        facts = {"file": hashlib.sha256(path.read_bytes()).hexdigest()[:16], "report": str(data.get("report", ""))[:64], "as_of": str(data.get("as_of", ""))[:40], "books": _strings(data.get("books")), "documents": _strings(data.get("documents")), "by": reviewer, "edited": edited}
        journal.append({"id": new_id(), "event": "received", **facts}, *events)
    return Received(path.name, reviewer, len(events), len(comments) - len(events), edited, tuple(notes))


def _strings(value: object) -> dict[str, str]:
    return {str(k)[:80]: str(v)[:80] for k, v in value.items()} if isinstance(value, dict) else {}


def _read(path: Path) -> dict:
    again = say("Minta berkas itu disimpan ulang dari laporan.", "Have the file saved again from the report.")
    if path.stat().st_size > MOST_BYTES:
        raise KubeError(say("Berkas komentar lebih besar dari 8 MB.", "The comments file is larger than 8 MB."), path.name, again)
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise KubeError(say("Berkas komentar bukan UTF-8.", "The comments file is not UTF-8."), path.name, again) from None
    except json.JSONDecodeError as e:
        raise KubeError(say(f"Berkas komentar rusak: {e.msg}.", f"The comments file is damaged: {e.msg}."), f"{path.name}:{e.lineno}:{e.colno}", again) from None
    except (RecursionError, ValueError):
        raise KubeError(say("Berkas komentar rusak.", "The comments file is damaged."), path.name, again) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT or not isinstance(data.get("comments"), list):
        raise KubeError(say("Ini bukan berkas komentar dari laporan.", "This is no comments file of a report."), path.name, again)
    if data.get("version") != VERSION:
        raise KubeError(say(f"Berkas komentar versi {data.get('version')!r}; program ini membaca versi {VERSION}.", f"A comments file of version {data.get('version')!r}; this program reads version {VERSION}."), path.name, say("Pasang kube_research yang lebih baru.", "Install a newer kube_research."))
    if len(data["comments"]) > MOST_COMMENTS:
        raise KubeError(say(f"Lebih dari {MOST_COMMENTS} komentar.", f"More than {MOST_COMMENTS} comments."), path.name, again)
    return data


def _faults_of(c: object, threads: set[str]) -> Iterator[Fault]:
    mend = say("Berkas diubah dengan tangan? Minta disimpan ulang dari laporan.", "Edited by hand? Have it saved again from the report.")
    if not isinstance(c, dict):
        yield Fault(say("Bukan komentar.", "Not a comment."), "", mend)
        return
    if not isinstance(c.get("id"), str) or not _ID.fullmatch(c["id"]):
        yield Fault(say("Id tidak sah.", "An unsound id."), "", mend)
    if c.get("verdict", "") not in (*VERDICTS, WITHDRAW):
        yield unknown("pendapat", "verdict", str(c.get("verdict")), VERDICTS[1:])
    if not isinstance(c.get("text", ""), str) or len(c.get("text", "")) > MOST_TEXT:
        yield Fault(say(f"Teksnya bukan teks, atau lebih dari {MOST_TEXT} karakter.", f"Its text is no text, or longer than {MOST_TEXT} characters."), "", mend)
    elif not c.get("text", "").strip() and not c.get("verdict"):
        yield Fault(say("Komentar kosong.", "An empty comment."), "", mend)
    if c.get("thread"):
        if c["thread"] not in threads:
            yield Fault(say("Menjawab utas yang tidak ada di studi ini.", "It answers a thread that this study does not have."), "", say("Impor dulu berkas komentar yang lebih awal.", "Import the earlier comments file first."))
        return
    target = c.get("target")
    if not isinstance(target, dict) or not isinstance(target.get("key"), str) or any(not isinstance(v, (str, int, float)) or isinstance(v, str) and len(v) > MOST_TEXT for v in target.values()):
        yield Fault(say("Sasarannya tidak sah.", "An unsound target."), "", mend)
    elif target.get("kind") not in KINDS:
        yield unknown("sasaran", "target", str(target.get("kind")), KINDS)


def _belongs(study: Study, data: Mapping[str, object], path: Path) -> list[str]:
    """Notes on the version of the study that was commented on; raises when it is another study."""
    told = _strings(data.get("documents"))
    texts = {d.id: {d.sha256[:12]} for d in study.corpus}
    for r in study.versions():
        texts.setdefault(r["document"], set()).update((r["old"][:12], r["new"][:12]))
    known = [d for d, sha in told.items() if sha in texts.get(d, ())]
    if told and not known:
        name = str(_clean(str(data.get("study", ""))))[:60]
        raise KubeError(say(f"Komentar ini untuk studi lain ('{name}'): tidak satu pun dari {len(told)} dokumennya ada di sini dengan teks yang sama.", f"These comments are for another study ('{name}'): not one of its {len(told)} documents is here with the same text."), path.name,
                        say("Buka studi itu, atau beri --study foldernya.", "Open that study, or give its folder with --study."))
    notes = []
    changed = [d for d, sha in told.items() if d in study.corpus and sha != study.corpus[d].sha256[:12]]
    if changed:
        notes.append(say(f"Sejak laporan itu {len(changed)} transkrip dibetulkan: {', '.join(changed[:6])}.", f"Since that report {len(changed)} transcripts were corrected: {', '.join(changed[:6])}."))
    lost = [d for d in told if d not in study.corpus]
    if lost:
        notes.append(say(f"{len(lost)} dokumen laporan itu tidak ada lagi: {', '.join(lost[:6])}.", f"{len(lost)} documents of that report are no longer here: {', '.join(lost[:6])}."))
    books = {b.name: b.version for b in study.sound_codebooks()}
    other = [f"{k} {v} → {books.get(k, '–')}" for k, v in _strings(data.get("books")).items() if books.get(k) != v]
    if other:
        notes.append(say(f"Buku kode berubah sejak itu: {', '.join(other)}.", f"Codebooks changed since: {', '.join(other)}."))
    return notes
