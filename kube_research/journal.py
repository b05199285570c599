"""The journal: every decision of a coder is one line, appended, checked and never rewritten.

A line is a JSON object with `id`, `time`, `event`, its own fields and `sum`, a checksum over the rest.  Events:

    code      a passage is coded             coding, document, start, end, quote, before, after, code, polarity, note, …
    change    a coding is changed            coding, and the fields that change
    withdraw  a coding is taken back         coding (the line that made it stays)
    restore   a withdrawn coding is back     coding
    memo      a note                         about, text
    session   how the coding was done        blind, program, …
    decide    a suggestion was judged        suggestion, verdict
    wait      its place in a corrected text is unsure; it waits until a later `change` says it   coding, verdict, candidates, old, new
    gather    a conflict copy of a synced folder was taken in, and removed   file, sha256, lines, taken

`fold` makes the present state of it; the order of lines does not matter (a merge may swap them), the time of the events does.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import threading
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from . import synced
from .files import sync_folder
from .model import Coding, Fault, KubeError
from .text import whole_characters
from .words import say

FIELDS = tuple(Coding.__dataclass_fields__)
_FORBIDDEN = re.compile(r"[\\/:*?\"<>|\x00-\x1f]|^\.|[. ]$")
_DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.I)


_quoted = json.encoder.encode_basestring  # with json's C part, where there is one
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_last = [0]
_clock = threading.Lock()


def _microseconds() -> int:
    """The time in microseconds, never the same twice within a process."""
    with _clock:
        _last[0] = max(time.time_ns() // 1000, _last[0] + 1)
        return _last[0]


def now() -> str:
    """This moment in UTC, to the microsecond and never the same twice: 2026-11-24T12:00:00.000000Z."""
    t = _microseconds()
    return datetime.fromtimestamp(t // 1_000_000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{t % 1_000_000:06d}Z"


_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z?))?\Z")


def moment(when: str) -> str:
    """A date ("2026-11-20": the end of that day; "2026-11-20 14:30"; both on this computer's clock, with Z in UTC) as a journal's time; "" where it is none.

    >>> moment("2026-11-20T14:30Z"), moment("main")
    ('2026-11-20T14:30:00.000000Z', '')
    """
    found = _DATE.match(when.strip())
    if not found:
        return ""
    day, clock, utc = found.groups()
    try:
        at = datetime.fromisoformat(f"{day}T{clock or '00:00'}")
    except ValueError:
        raise KubeError(say(f"{when!r} bukan tanggal.", f"{when!r} is no date."), "", "2026-11-20") from None
    at = at.replace(tzinfo=timezone.utc) if utc else at.astimezone()
    if not clock:
        at += timedelta(days=1, microseconds=-1)
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def new_id() -> str:
    """A unique id that sorts by time: microseconds and 6 random bytes, hexadecimal."""
    return f"{_microseconds():014x}{secrets.token_hex(6)}"


def new_ids(size: int = 1000) -> Iterator[str]:
    """Ids as `new_id` makes them, without end; `size` of them are drawn at a time."""
    while True:
        with _clock:
            first = max(time.time_ns() // 1000, _last[0] + 1)
            _last[0] = first + size - 1
        noise = secrets.token_hex(6 * size)
        yield from (f"{first + i:014x}{noise[12 * i:12 * i + 12]}" for i in range(size))


def safe_name(name: str, what: str = "") -> str:
    """Return a name that is safe as a file's name on every system, or raise."""
    name = str(name).strip()
    if not name or len(name) > 80 or _FORBIDDEN.search(name) or _DEVICES.match(name):
        raise KubeError(
            say(f"Nama {what or 'berkas'} {name!r} tidak dapat dipakai sebagai nama berkas.", f"The {what or 'file'} name {name!r} cannot be a file's name."),
            "", say("Pakai huruf, angka, tanda hubung atau garis bawah.", "Use letters, digits, hyphens or underscores."))
    return name


def whole_file(path: str) -> bytes:
    """A file's bytes, without the file object that `open` would make: a study is thousands of small files."""
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        parts = []
        while part := os.read(file, 1 << 20 if parts else 1 << 16):
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)
    finally:
        os.close(file)


def seal(event: Mapping[str, object]) -> str:
    """One journal line (without line end) for an event, with its checksum."""
    body = _encode(event)
    return f'{body[:-1]},"sum":"{zlib.crc32(body.encode("utf-8", "surrogatepass")):08x}"}}'


def sealed(document: str, rows: Iterable[tuple[str, str, tuple[int, int], tuple[str, str, str], str, str, str, str]], ids: Iterator[str]) -> Iterator[bytes]:
    """The lines (without line ends) of codings of one document, as `seal` writes them, ten times as quickly (for thousands at once).

    A row: code, coder, (start, end), the words (before, in, behind) as `inner` has them, the coding's id, polarity, note, time; id, polarity and
    time are plain ASCII.  `ids` gives the events theirs.

    >>> event = {"event": "code", "id": "1", "time": "2026", "coding": "c", "document": "d", "start": 3, "end": 6, "quote": 'ab"', "before": "x", "after": "é", "code": "k", "polarity": "present", "note": "n", "coder": "a"}
    >>> [line] = sealed("d", [("k", "a", (3, 6), (inner("x"), inner('ab"'), inner("é")), "c", "present", "n", "2026")], iter(["1"]))
    >>> line.decode() == seal(event)
    True
    """
    document, checksum, known = _quoted(document), zlib.crc32, _Quoted()
    for code, coder, (start, end), (before, quote, after), coding, polarity, note, when in rows:
        said = f'"note":{_quoted(note)},' if note else ""
        body = (f'{{"after":"{after}","before":"{before}","code":{known[code]},"coder":{known[coder]},"coding":"{coding}","document":{document},"end":{end},"event":"code","id":"{next(ids)}",'
                f'{said}"polarity":"{polarity}","quote":"{quote}","start":{start},"time":"{when}"}}').encode("utf-8", "surrogatepass")
        yield b'%b,"sum":"%08x"}' % (body[:-1], checksum(body))


class _Quoted(dict[str, str]):
    """What stands in many lines (codes, coders) as JSON, worked out once."""

    def __missing__(self, said: str) -> str:
        self[said] = quoted = _quoted(said)
        return quoted


def inner(words: str) -> str:
    """A text as it stands between the quotation marks of JSON."""
    return _quoted(words)[1:-1]


def unseal(line: str) -> dict[str, object] | None:
    """The event of a line, or None when the line is damaged."""
    head, mark, tail = line.rpartition(',"sum":"')
    if not mark or len(tail) != 10 or not tail.endswith('"}'):
        return None
    body = head + "}"
    try:
        if f'{zlib.crc32(body.encode("utf-8", "surrogatepass")):08x}' != tail[:8]:
            return None
        event = json.loads(body)
    except ValueError:
        return None
    return event if isinstance(event, dict) else None


def whole(event: Mapping[str, object]) -> bool:
    """Does an event say all that its kind must say?  A coding without its id, place, words or code is none."""
    return event.get("event") != "code" or all(event.get(k) is not None for k in ("coding", "document", "start", "end", "quote", "code"))


@dataclass(frozen=True)
class State:
    """What a journal says now: codings by id, those withdrawn, memos, sessions, decisions, faults found; and, apart, the codings that wait for a place."""

    codings: dict[str, Coding] = field(default_factory=dict)
    withdrawn: dict[str, Coding] = field(default_factory=dict)
    memos: tuple[dict[str, object], ...] = ()
    sessions: tuple[dict[str, object], ...] = ()
    decisions: tuple[dict[str, object], ...] = ()
    faults: tuple[Fault, ...] = ()
    events: int = 0
    waiting: dict[str, Coding] = field(default_factory=dict)
    waits: dict[str, dict[str, object]] = field(default_factory=dict)  # coding → its wait event


@dataclass(frozen=True, slots=True)
class Settled:
    """What events come to, before it is made records: codings by id as fields, those gone, those that wait, and the rest in order of time."""

    made: dict[str, dict[str, object]]
    gone: set[str]
    waits: dict[str, dict[str, object]]
    others: dict[str, list[dict[str, object]]]
    events: int

    def standing(self) -> list[dict[str, object]]:
        """The fields of the codings that stand."""
        return [c for k, c in self.made.items() if k not in self.gone and k not in self.waits]

    def waiting(self) -> int:
        """How many wait for a place."""
        return sum(k in self.made and k not in self.gone for k in self.waits)


def settle(events: Iterable[Mapping[str, object]], until: str = "") -> Settled:
    """Each event once, whatever the order or repetition of the lines (until a time, if given)."""
    unique = {str(e.get("id")): e for e in events if not until or str(e.get("time", "")) <= until}
    ordered = sorted(unique.values(), key=lambda e: (str(e.get("time", "")), str(e.get("id"))))
    made: dict[str, dict[str, object]] = {}
    gone: set[str] = set()
    waits: dict[str, dict[str, object]] = {}
    others: dict[str, list[dict[str, object]]] = {"memo": [], "session": [], "decide": []}
    later = []
    for e in ordered:
        if e.get("event") == "code":
            made.setdefault(str(e["coding"]), {**{k: e[k] for k in FIELDS if k in e}, "id": str(e["coding"]), "created": e.get("created") or e.get("time", "")})
        else:
            later.append(e)
    for e in later:
        kind, ref = e.get("event"), str(e.get("coding", ""))
        if kind == "change" and ref in made:
            made[ref].update({k: e[k] for k in FIELDS if k in e and k not in ("id", "created")})
            if "start" in e:
                waits.pop(ref, None)
        elif kind == "wait" and ref in made:
            waits[ref] = dict(e)
        elif kind == "withdraw":
            gone.add(ref)
        elif kind == "restore":
            gone.discard(ref)
        elif kind in others:
            others[str(kind)].append(dict(e))
    return Settled(made, gone, waits, others, len(unique))


def fold(events: Iterable[Mapping[str, object]], faults: Iterable[Fault] = (), until: str = "") -> State:
    """The state after all events (until a time, if given).  Each event counts once, whatever the order or repetition of the lines."""
    s = settle(events, until)
    codings = {k: Coding(**v) for k, v in s.made.items()}  # type: ignore[arg-type]
    return State(
        {k: c for k, c in codings.items() if k not in s.gone and k not in s.waits}, {k: c for k, c in codings.items() if k in s.gone},
        tuple(s.others["memo"]), tuple(s.others["session"]), tuple(s.others["decide"]), tuple(faults), s.events, {k: c for k, c in codings.items() if k in s.waits and k not in s.gone}, s.waits)


class Journal:
    """One coder's journal of one document: `corpus/codings/<coder>/<document>.jsonl`."""

    def __init__(self, path: Path | str, coder: str = ""):
        self.path = Path(path)
        self.coder = coder or self.path.parent.name

    def events(self) -> tuple[list[dict[str, object]], list[Fault]]:
        """All sound events, those of its conflict copies once among them, and a fault for each damaged line (which stays in the file)."""
        found = self._of(self.path)
        for copy in synced.copies(self.path):
            known, more = {e.get("id") for e in found[0]}, self._of(copy)
            found = [*found[0], *(e for e in more[0] if e.get("id") not in known)], [*found[1], *more[1]]
        return found

    def _of(self, path: Path) -> tuple[list[dict[str, object]], list[Fault]]:
        try:
            return self.read(path.read_bytes(), path.name)
        except FileNotFoundError:
            return [], []

    def read(self, data: bytes, name: str = "") -> tuple[list[dict[str, object]], list[Fault]]:
        """The same of a journal's bytes."""
        name = name or self.path.name
        events, faults = [], []
        lines = data.split(b"\n")
        torn = lines.pop() if lines else b""
        for n, raw in enumerate(lines, 1):
            if not raw.strip():
                continue
            event = _readable(raw)
            if event is None:
                faults.append(Fault(say("Baris jurnal rusak; dilewati, tidak dihapus.", "A damaged journal line; passed over, not deleted."), f"{name}:{n}",
                                    say("Pulihkan baris itu dari salinan atau riwayat git.", "Restore that line from a copy or from git's history."), "finding"))
            elif not whole(event):
                faults.append(Fault(say("Baris jurnal ini tidak lengkap (id, tempat, kutipan atau kode); dilewati, tidak dihapus.", "This journal line is not complete (id, place, words or code); passed over, not deleted."), f"{name}:{n}",
                                    say("Kodekan lagi bagian itu.", "Code the passage again."), "finding"))
            else:
                events.append(event)
        if torn.strip():
            event = _readable(torn)
            if event is not None and whole(event):
                events.append(event)
            else:
                faults.append(Fault(say("Baris terakhir jurnal terpotong (komputer mati saat menyimpan); tidak dihitung.", "The journal's last line is torn (power lost while saving); not counted."),
                                    f"{name}:{len(lines) + 1}", "", "finding"))
        return events, faults

    def state(self, until: str = "") -> State:
        return fold(*self.events(), until=until)

    def append(self, *events: Mapping[str, object]) -> list[dict[str, object]]:
        """Write events as one block, fsynced before this returns.  Missing `id` and `time` are filled in."""
        full = [{"id": new_id(), "time": now(), **e} for e in events]
        if not all(map(whole, full)):
            raise KubeError(say("Pengodean ini tidak lengkap (id, tempat, kutipan atau kode); tidak ada yang ditulis.", "This coding is not complete (id, place, words or code); nothing is written."), str(self.path), say("Pilih lagi bagian dan kodenya.", "Choose the passage and its code again."))
        block = "".join(seal(e) + "\n" for e in full).encode("utf-8", "surrogatepass")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self.path.exists()
        with _locked(self.path):
            for _ in range(20):
                if self._write(block):
                    break
            else:
                raise KubeError(say("Pengodean belum tersimpan: program sinkron terus mengganti berkas jurnal.", "The coding is not saved: a sync program keeps replacing the journal's file."), str(self.path), say("Tunggu sampai sinkronisasi selesai, lalu coba lagi.", "Wait until the folder is in step, then try again."))
            if fresh:
                sync_folder(self.path.parent)
        return full

    def _write(self, block: bytes) -> bool:
        """Write at the end; False where a sync client put another file in its place meanwhile (Windows does not let it)."""
        with _open(self.path) as f:
            self._mend_tail(f)
            size = f.seek(0, os.SEEK_END)
            try:
                written = 0
                while written < len(block):
                    written += f.write(block[written:])
                os.fsync(f.fileno())
            except OSError as e:
                with contextlib.suppress(OSError):
                    f.truncate(size)
                raise KubeError(say(f"Pengodean belum tersimpan: {e.strerror or e}.", f"The coding is not saved: {e.strerror or e}."), str(self.path),
                                say("Kosongkan ruang disk atau perbaiki izin berkas, lalu coba lagi.", "Free disk space or mend the file's permissions, then try again.")) from e
            try:
                return os.name == "nt" or os.path.samestat(os.fstat(f.fileno()), os.stat(self.path))
            except OSError:
                return False

    def _mend_tail(self, f) -> None:
        """Put a torn last line aside (kept in `<name>.torn`) before anything is appended behind it."""
        size = f.seek(0, os.SEEK_END)
        if not size:
            return
        f.seek(size - 1)
        if f.read(1) == b"\n":
            return
        back = min(size, 1 << 20)
        f.seek(size - back)
        tail = f.read(back).rpartition(b"\n")[2]
        if _utf8(tail) and unseal(tail.decode("utf-8", "surrogatepass")) is not None:
            f.write(b"\n")  # a sound line whose line end was lost
            return
        with open(self.path.with_suffix(".torn"), "ab") as aside:
            aside.write(tail + b"\n")
            aside.flush()
            os.fsync(aside.fileno())
        f.truncate(size - len(tail))

    def code(self, coding: Coding) -> Coding:
        """Record a coding; returns it with its id and time."""
        fields = {k: getattr(coding, k) for k in FIELDS if getattr(coding, k) not in ("", None) and k != "id"}
        event = self.append({"event": "code", "coding": coding.id or new_id(), **fields, "coder": coding.coder or self.coder})[0]
        return next(iter(fold([event]).codings.values()))

    def change(self, coding: str, **fields: object) -> None:
        self.append({"event": "change", "coding": coding, **fields})

    def withdraw(self, coding: str, why: str = "") -> None:
        self.append({"event": "withdraw", "coding": coding, **({"why": why} if why else {})})

    def restore(self, coding: str) -> None:
        self.append({"event": "restore", "coding": coding})


def _open(path: Path):
    """Open a journal for appending, unbuffered, or say why not."""
    try:
        return open(path, "ab+", buffering=0)
    except OSError as e:
        raise KubeError(say(f"Jurnal tidak dapat ditulis: {e.strerror or e}.", f"The journal cannot be written: {e.strerror or e}."), str(path),
                        say("Periksa izin berkas itu.", "Check the file's permissions.")) from e


def _readable(raw: bytes) -> dict[str, object] | None:
    """The event of a line's bytes, or None; half a character (from a torn emoji) is shown as �, and stays in the file as it was written."""
    event = unseal(raw.decode("utf-8", "surrogatepass").rstrip("\r")) if _utf8(raw) else None
    if event is not None and (b"\xed" in raw or b"\\ud" in raw.lower()):
        event = {k: whole_characters(v) if isinstance(v, str) else v for k, v in event.items()}
    return event


def _utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8", "surrogatepass")
        return True
    except UnicodeDecodeError:
        return False


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the writers' lock of a journal: two kernels append one after the other."""
    lock = path.with_suffix(".lock")
    with _open(lock) as handle:
        if os.name == "nt":  # pragma: no cover - Windows only
            import msvcrt

            handle.seek(0)
            for _ in range(600):
                try:
                    msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
                    break
                except OSError:
                    time.sleep(0.05)
            try:
                yield
            finally:
                handle.seek(0)
                with contextlib.suppress(OSError):
                    msvcrt.locking(handle.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(handle, fcntl.LOCK_UN)
