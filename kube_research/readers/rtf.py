"""Rich text (.rtf): striprtf for the words, with bold, italic and underline carried through."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ..model import KubeError
from ..words import say
from .rich import Flow, finish
from .source import Source

MAX = 30_000_000
_ON, _OFF = "\ue100", "\ue110"
_KINDS = ("bold", "italic", "underline")
_FIRST, _MOST = 0xF0000, 0x1FFFE  # private characters that stand for a run of plain letters: striprtf takes one by one what it is given
_RUN = re.compile("[\U000f0000-\U0010fffd]")
_AHEAD = 8  # characters of a run behind \\uN that may be what stands for it
_SHORT = 8  # runs that are not worth a sign
_FORGED = re.compile(r"\\uc(?:\d{2,}|9)|\\u\d{6,}")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_WORDS = {"b": 0, "i": 1, "ul": 2}


def read(path: Path, data: bytes) -> list[Source]:
    """Read an .rtf file."""
    if not data.lstrip().startswith(b"{\\rtf"):
        raise KubeError(say("Isi berkas ini bukan RTF.", "The content of this file is not RTF."), path.name, say("Periksa akhiran namanya.", "Check its extension."))
    if len(data) > MAX:
        raise KubeError(say(f"Berkas RTF ini {len(data) // 1_000_000} MB; batasnya {MAX // 1_000_000} MB.", f"This RTF file has {len(data) // 1_000_000} MB; the limit is {MAX // 1_000_000} MB."), path.name, say("Simpan sebagai .docx tanpa gambar.", "Save it as .docx without pictures."))
    from striprtf.striprtf import rtf_to_text

    flow = Flow()
    raw = data.decode("latin-1")
    flow.repaired["cut"] += not data.rstrip(b"\x00\x1a \t\r\n").endswith(b"}")
    raw, pictures = re.subn(r"\{\\\*?\\?(?:pict|object)\b[^{}]*(?:\{[^{}]*\}[^{}]*)*\}", "", raw)
    flow.dropped["pictures"] += pictures
    flow.dropped["comments"] += len(re.findall(r"\{\\\*\\annotation\b", raw))
    raw, hidden = re.subn(r"\{\\(?:v|deleted)(?![a-z0-9])[^{}]*\}", "", raw)
    flow.dropped["hidden"] += hidden
    raw, heads = _groups(raw, r"\{\\(?:header|footer)[lrf]?(?![a-z])", lambda _: "")
    flow.dropped["headers"] += heads
    raw, notes = _groups(raw, r"\{\\footnote(?![a-z])", lambda inner: _note(inner, rtf_to_text))
    flow.repaired["notes"] += notes
    try:
        marked, runs = _marked(raw.replace("{\\field", "\n{\\field"))  # line ends mean nothing here; striprtf looks for a link to the end of the line
        text = _RUN.sub(lambda m: runs[n] if (n := ord(m.group()) - _FIRST) < len(runs) else m.group(), rtf_to_text(marked, errors="replace"))
    except Exception as e:
        raise KubeError(say(f"Berkas RTF ini rusak ({type(e).__name__}: {e}).", f"This RTF file is damaged ({type(e).__name__}: {e})."), path.name, say("Simpan ulang di program asalnya.", "Save it again in its own program.")) from None
    text = re.sub("([\ud800-\udbff])([\udc00-\udfff])", lambda m: chr(0x10000 + ((ord(m.group(1)) - 0xD800) << 10) + ord(m.group(2)) - 0xDC00), text)
    active: set[int] = set()
    for piece in re.split(f"([{_ON}-\ue112])", text):
        if len(piece) == 1 and _ON <= piece <= "\ue102":
            active.add(ord(piece) - ord(_ON))
        elif len(piece) == 1 and _OFF <= piece <= "\ue112":
            active.discard(ord(piece) - ord(_OFF))
        else:
            flow.put(piece, [_KINDS[k] for k in sorted(active)])
    return finish(path.stem, flow)


def _groups(raw: str, opening: str, put: Callable[[str], str]) -> tuple[str, int]:
    """Replace whole groups that begin so, whatever is nested in them; how many there were."""
    out, at, count = [], 0, 0
    for m in re.finditer(opening, raw):
        if m.start() < at:
            continue
        depth, end = 0, len(raw)
        for b in _BRACE.finditer(raw, m.start()):
            depth += {"{": 1, "}": -1}.get(b.group(), 0)
            if not depth:
                end = b.end()
                break
        made = put(raw[m.start():end])
        out += [raw[at:m.start()], made]
        at, count = end, count + 1
    return "".join((*out, raw[at:])), count


def _note(group: str, words: Callable[..., str]) -> str:
    """A footnote in square brackets, as in Word files."""
    try:
        inner = re.sub(r"^\{\\footnote(?:\\ftnalt)?", "", group).removesuffix("}")
        said = " ".join(words("{\\rtf1\\ansi\\ansicpg1252 " + inner + "}", errors="replace").split())
    except Exception:  # striprtf raises what it meets
        said = ""
    if not said:
        return ""
    plain = f"\u00a0[{say('catatan', 'note')}: {said.replace('[', '(').replace(']', ')')}]"
    return "".join("\\u32?" if c == "\u00a0" else c if " " <= c <= "~" and c not in "\\{}" else "".join(f"\\u{u}?" for u in _units(c)) for c in plain)


def _units(c: str) -> list[int]:
    """UTF-16 units as RTF counts them."""
    data = c.encode("utf-16-le", "replace")
    return [int.from_bytes(data[i:i + 2], "little", signed=True) for i in range(0, len(data), 2)]


def _marked(raw: str) -> tuple[str, list[str]]:
    """Put a private character where bold, italic or underline begins and ends (groups end what began in them), and one for each long run of plain letters; the runs, too."""
    out: list[str] = []
    runs: list[str] = []
    short = bool(_FORGED.search(raw))
    stack: list[set[int]] = []
    now: set[int] = set()
    skip = 0  # depth of a destination without text
    at = 0
    ahead = 0
    sign = lambda base, k: chr(ord(base) + k)  # noqa: E731 (as a character, not as \\uN: what stands for that depends on \\uc; it comes behind a word or a brace, where nothing is skipped)
    for m in re.finditer(r"\\(\\|\{|\}|\*|'[0-9a-fA-F]{2})|\\([a-z]{1,32})(-?\d{1,10})? ?|[{}]", raw):
        if m.start() - at > 2 * ahead + _SHORT and not skip and not short and len(runs) < _MOST and raw.find("\\", at, m.start()) < 0:
            out.append(raw[at:at + ahead] + chr(_FIRST + len(runs)))
            runs.append(raw[at + ahead:m.start()].replace("\r", "").replace("\n", ""))
        else:
            out.append(raw[at:m.start()])
        at = m.end()
        token = m.group()
        if token[:2] != "\\'":
            ahead = _AHEAD if m.group(2) == "u" else 0
        if token == "{":
            stack.append(set(now))
            out.append(token)
            continue
        if token == "}":
            before = stack.pop() if stack else set()
            out.append(token)
            if not skip or len(stack) < skip:
                out += [sign(_OFF, k) for k in sorted(now - before)] + [sign(_ON, k) for k in sorted(before - now)]
            if skip and len(stack) < skip:
                skip = 0
            now = before
            continue
        word, number = m.group(2), m.group(3)
        if word in ("fonttbl", "colortbl", "stylesheet", "info", "header", "footer", "listtable", "themedata", "generator") or token == "\\*":
            skip = skip or len(stack)
        out.append(token)
        if skip or word is None:
            continue
        want: set[int] = set(now)
        if word in _WORDS:
            want = now - {_WORDS[word]} if number == "0" else now | {_WORDS[word]}
        elif word == "ulnone":
            want = now - {2}
        elif word == "plain":
            want = set()
        if want != now:
            out += [sign(_OFF, k) for k in sorted(now - want)] + [sign(_ON, k) for k in sorted(want - now)]
            now = want
    out.append(raw[at:])
    return "".join(out), runs
