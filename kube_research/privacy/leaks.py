"""Leaks: ids, names of the key, and words that may not be quoted, looked for in everything a study could give away."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote

from ..consent import closed, restricted
from ..model import Fault, KubeError
from ..study import Study
from ..text import normalise
from ..words import say
from . import ids, vault
from .names import WORD
from .wordlists import HONORIFICS

ENDINGS = {".txt", ".csv", ".tsv", ".md", ".qmd", ".rst", ".html", ".htm", ".json", ".jsonl", ".ipynb", ".yml", ".yaml", ".svg", ".tex", ".bib", ".typ", ".qde", ".log", ".xml", ".docx", ".xlsx", ".qdpx", ".odt", ".pptx", ".zip", ".torn"}
_ZIPPED = {".docx", ".xlsx", ".qdpx", ".odt", ".pptx", ".zip"}
_SKIP = {".git", ".venv", ".cache", "node_modules", "__pycache__", ".ipynb_checkpoints", ".pytest_cache", ".boot"}
MOST = 16 << 20
RUN = 7  # words in a row that betray a passage which may not be quoted
_SHARED = ("corpus/", "codebooks/")


def files(root: Path) -> Iterator[Path]:
    """Every file of a study that can hold words, outputs too."""
    stack = [root]
    while stack:
        for path in sorted(stack.pop().iterdir()):
            if path.is_symlink():
                continue
            if path.is_dir():
                if path.name not in _SKIP:
                    stack.append(path)
            elif path.suffix.lower() in ENDINGS:
                yield path


def read(path: Path, data: bytes | None = None) -> str:
    """The words of a file: text, the parts of an office file or archive, a notebook's cells and outputs (no pictures)."""
    suffix = path.suffix.lower()
    data = path.read_bytes() if data is None else data
    if len(data) > MOST and suffix not in _ZIPPED:
        data = data[:MOST]
    if suffix in _ZIPPED:
        from ..readers.guard import unzip

        try:
            parts = unzip(data, path.name, want=re.compile(r"(?i).*\.(xml|txt|qde|html?|csv|md|json)$"))
        except (KubeError, zipfile.BadZipFile):
            return ""
        return "\n".join(_plain(p.decode("utf-8", "replace")) if not n.lower().endswith(".txt") else p.decode("utf-8", "replace") for n, p in parts.items())
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    if suffix == ".ipynb":
        try:
            return "\n".join(_notebook(json.loads(text)))
        except (ValueError, TypeError, AttributeError):
            return text
    if suffix in (".jsonl", ".json"):
        return re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)), text).replace("\\n", "\n")
    return _plain(text) if suffix in (".html", ".htm", ".svg", ".xml") else text


def _plain(text: str) -> str:
    import html

    text = re.sub(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]+", "", text)
    drawn: list[str] = []  # what pictures say in words; their paths are numbers of nobody

    def picture(m: re.Match[str]) -> str:
        drawn.append(re.sub(r"<[^<>]*>", " ", unquote(m.group(1))))
        return ""
    text = "\n".join([re.sub(r"data:image/svg\+xml[\w;=-]*,([^\"]*)", picture, text), *drawn])
    return html.unescape(re.sub(r"<[^<>]{0,2000}>", " ", text)).replace("\\u003c", "<")


def _notebook(book: dict) -> Iterator[str]:
    for cell in book.get("cells", []):
        yield "".join(cell.get("source", ""))
        for out in cell.get("outputs", []):
            yield "".join(out.get("text", ""))
            for kind, value in (out.get("data") or {}).items():
                if kind.startswith("text/") or kind.endswith("json"):
                    words = "".join(value) if isinstance(value, (str, list)) else json.dumps(value, ensure_ascii=False)
                    yield _plain(words) if kind == "text/html" else words
            yield "\n".join(map(str, out.get("traceback") or ()))
    for view in ((book.get("metadata") or {}).get("widgets") or {}).values():  # what JupyterLab keeps of widgets when it saves their state
        for model in (view.get("state") or {}).values():
            yield from (_plain(x) for x in _strings(model.get("state")))


def _strings(value: object) -> Iterator[str]:
    """Every string inside a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for x in value.values() if isinstance(value, dict) else value:
            yield from _strings(x)


def allowed(root: Path) -> tuple[list[str], frozenset[str]]:
    """What `.kube-leaks` in the study's folder excuses: path patterns (lines with / or *) and words or numbers that may stand; # is a remark."""
    path = root / ".kube-leaks"
    lines = [line.strip() for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines()] if path.exists() else []
    lines = [line for line in lines if line and not line.startswith("#")]
    return [x for x in lines if "/" in x or "*" in x], frozenset(x for x in lines if "/" not in x and "*" not in x)


class Scanner:
    """What is looked for: ids, the key's names (by their fingerprints), and runs of words that may not be quoted."""

    def __init__(self, study: Study, key: Path | None = None):
        self.root = study.root
        try:
            folder = vault.folder_of(study.root, key)
        except KubeError:
            folder = None
        self.marks = vault.Marks(folder)
        self.lost = bool(vault.pointer(study.root)) and not self.marks
        self.paths, self.fine = allowed(study.root)
        self.runs: dict[str, str] = {}
        for document, body in _closed(study):
            words = [m.group().casefold() for m in WORD.finditer(body)]
            for i in range(len(words) - RUN + 1):
                self.runs.setdefault(" ".join(words[i:i + RUN]), document)

    def faults(self, text: str, where: str) -> Iterator[Fault]:
        """The findings in a text; the found words themselves are never printed whole."""
        lines = None

        def line(at: int) -> int:
            nonlocal lines
            if lines is None:
                lines = [m.start() for m in re.finditer("\n", text)]
            from bisect import bisect_left

            return bisect_left(lines, at) + 1

        numeric = where.endswith((".svg", ".lock", ".json")) or where.startswith(("requirements/", "benchmarks/"))
        for a, b, kind in ids.find(text, ids.SURE) if not numeric else ():
            if text[a:b] not in self.fine and not _only_a_number(text, a, b, kind):
                yield Fault(say(f"Tampaknya {_kind(kind)}: {_mask(text[a:b])}.", f"Seems to be {_kind(kind)}: {_mask(text[a:b])}."), f"{where}:{line(a)}", say("Ganti dengan `kube-research pseudonymize`.", "Replace it with `kube-research pseudonymize`."), "finding")
        if self.marks:
            yield from self._names(text, where, line)
        if self.runs and not where.startswith(_SHARED):
            yield from self._passages(text, where, line)

    def _names(self, text: str, where: str, line) -> Iterator[Fault]:
        seen: dict[str, tuple[int, int]] = {}
        words = list(WORD.finditer(text))
        for i, m in enumerate(words):
            called = i > 0 and words[i - 1].group().casefold() in HONORIFICS
            if not m.group()[0].isupper() and not called and not where.endswith(".cues.csv"):  # cue tables are learned in small letters
                continue
            for n in (1, 2, 3):
                if i + n > len(words):
                    break
                part = text[m.start():words[i + n - 1].end()]
                if n > 1 and not part[len(m.group()):].replace(" ", "").replace("-", "").isalpha():
                    break
                if part not in self.fine and self.marks.holds(part, called=called):
                    count, at = seen.get(part, (0, m.start()))
                    seen[part] = (count + 1, at)
        for a, b, _ in ids.find(text, [k for k in ids.KINDS if k not in ids.SURE]):  # an address, a plate: only where the key holds it
            if text[a:b] not in self.fine and self.marks.holds(text[a:b]):
                seen[text[a:b]] = (seen.get(text[a:b], (0, a))[0] + 1, a)
        for part, (n, at) in seen.items():
            yield Fault(say(f"Nama atau nomor dari kunci: {_mask(part)}, {n} kali.", f"A name or number of the key: {_mask(part)}, {n} time{'s' if n > 1 else ''}."), f"{where}:{line(at)}", say("Jalankan `kube-research pseudonymize --apply` lagi, atau buat ulang keluaran ini.", "Run `kube-research pseudonymize --apply` again, or make this output anew."), "finding")

    def _passages(self, text: str, where: str, line) -> Iterator[Fault]:
        words = list(WORD.finditer(text))
        low = [m.group().casefold() for m in words]
        told: set[str] = set()
        for i in range(len(words) - RUN + 1):
            document = self.runs.get(" ".join(low[i:i + RUN]))
            if document and document not in told:
                told.add(document)
                yield Fault(say(f"Kata-kata dari {document} yang tidak boleh dikutip (persetujuan).", f"Words of {document} that may not be quoted (consent)."), f"{where}:{line(words[i].start())}", say("Buat ulang keluaran ini atau hapus kutipannya.", "Make this output anew, or remove the quotation."), "finding")


def _closed(study: Study) -> Iterator[tuple[str, str]]:
    """The words that may not be quoted: of those who withdrew, of "analyse", and of "quote-after-check" until checked."""
    for r in study.rows["documents"]:
        if r.get("consent", "").lower() == "withdrawn":
            path = study.text_path(r["document"], r.get("kind", ""))
            if path is not None:
                yield r["document"], normalise(path.read_bytes().decode("utf-8-sig", "replace"))
    for d in study.corpus:
        if restricted(d):
            whole = study.unveiled(d.id)
            asked = {t.body for t in d.turns if t.role == "researcher"}
            yield from ((d.id, whole.text[a:b]) for a, b in closed(d) if a not in asked)


def _only_a_number(text: str, a: int, b: int, kind: str) -> bool:
    """Whether digits are part of a hash, a time stamp or an address on the web rather than a person's number."""
    around = text[max(0, a - 1):a] + text[b:b + 1]
    token = re.search(r"[\w./:%?=&-]*$", text[max(0, a - 80):a])
    return any(c.isalnum() or c in "_/=-" for c in around) and kind != "email" or bool(token and re.search(r"https?:|doi|10\.\d{4}", token.group())) or kind == "email" and text[a:b].lower().endswith((".example", "@example.org", "@example.com"))


def _kind(kind: str) -> str:
    return {"nik": say("sebuah NIK", "an identity number (NIK)"), "phone": say("sebuah nomor telepon", "a telephone number"), "email": say("sebuah alamat surel", "an e-mail address"), "account": say("sebuah nomor rekening", "an account number")}.get(kind, kind)


def _mask(words: str) -> str:
    """The first sign of each word, so that the finding itself gives nothing away."""
    return " ".join(p[:1] + "•" * min(6, len(p) - 1) for p in words.split())


def leaks(study: Study, *, key: Path | None = None, paths: Iterable[tuple[str, bytes | None]] | None = None) -> list[Fault]:
    """Findings in all files of a study (or only in `paths`: path in the study and bytes, or None to read it)."""
    scanner = Scanner(study, key)
    out = []
    if scanner.lost:
        out.append(Fault(say("Sidik nama dari kunci tidak ada di komputer ini; nama tidak dapat dicari, hanya nomor.", "The fingerprints of the key's names are not on this computer; names cannot be looked for, only numbers."), vault.POINTER, say("Salin folder kuncinya ke sini, atau sebut dengan KUBE_KEYS.", "Copy the key's folder here, or name it with KUBE_KEYS."), "finding"))
    chosen = ((p.relative_to(study.root).as_posix(), None) for p in files(study.root)) if paths is None else paths
    for name, data in chosen:
        path = study.root / name
        if path.suffix.lower() not in ENDINGS or name == vault.POINTER or any(fnmatch(name, p) for p in scanner.paths):
            continue
        try:
            text = read(path, data)
        except OSError:
            continue
        out += scanner.faults(text, name)
        if scanner.marks:
            out += [Fault(say("Nama dari kunci di nama berkas.", "A name of the key in a file's name."), name, say("Beri nama lain.", "Rename it."), "finding")] if any(scanner.marks.holds(m.group().capitalize()) for m in WORD.finditer(path.stem)) else []
    return out


__all__ = ["Scanner", "files", "leaks", "read"]
