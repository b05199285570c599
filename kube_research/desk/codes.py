"""Changes of the code tree, written to the codebook's YAML with its comments kept: new codes, new names, new ids, merges."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from ..codebook import Codebook, loads
from ..model import Fault, KubeError, unknown
from ..study import write_atomic
from ..words import current, say

IN_VIVO = "in_vivo"


def edit(root: Path, books: Iterable[Codebook], wanted: dict[str, Any], coder: str) -> dict[str, Any]:
    """Do one change: what = new | name | rename | merge.  Returns what was made; the file is replaced in one step or not at all."""
    books = tuple(books)
    what = str(wanted.get("what"))
    if what == "new":
        return _new(root, books, wanted, coder)
    code = str(wanted.get("code", ""))
    book = next((b for b in books if code in b), None)
    if book is None or book.path is None:
        raise KubeError(unknown("kode", "code", code, [c.id for b in books for c in b]))
    yaml, data = _read(book.path)
    entry, _, _ = _find(data["codes"], code)
    if what == "name":
        name = _words(wanted.get("name"))
        if not name:
            raise KubeError(say("Nama baru masih kosong.", "The new name is empty."))
        if isinstance(entry.get("name"), dict):
            entry["name"][current()] = name
        else:
            entry["name"] = name
        made = {"what": what, "code": code, "name": name}
    elif what == "rename":
        new = str(wanted.get("to", "")).strip()
        if any(new in b for b in books):
            raise KubeError(say(f"Kode '{new}' sudah ada.", f"The code '{new}' is there already."), "", say("Gabungkan keduanya, atau pilih id lain.", "Merge the two, or choose another id."))
        entry["id"] = new
        for other in _walk(data["codes"]):
            if other.get("parent") == code:
                other["parent"] = new
        _log(data, coder, say(f"ganti id {code} menjadi {new}", f"rename {code} to {new}"), renamed={code: new})
        made = {"what": what, "code": code, "to": new}
    elif what == "merge":
        made = _merge(data, book, code, str(wanted.get("to", "")), coder)
    else:
        raise KubeError(say("Perubahan ini tidak dikenal.", "This change is not known."))
    _write(yaml, data, book.path)
    return made


def _new(root: Path, books: tuple[Codebook, ...], wanted: dict[str, Any], coder: str) -> dict[str, Any]:
    name = _words(wanted.get("name"))[:120]
    if not name:
        raise KubeError(say("Kode baru perlu nama.", "A new code needs a name."))
    ids = {c.id for b in books for c in b}
    parent = str(wanted.get("parent") or "")
    book = next((b for b in books if parent and parent in b), None) or (books[0] if len(books) == 1 else next((b for b in books if b.name == IN_VIVO), None))
    path = book.path if book else root / "codebooks" / f"{IN_VIVO}.yml"
    if path is None:
        raise KubeError(say("Buku kode ini tidak punya berkas.", "This codebook has no file."))
    if not path.exists():
        write_atomic(path, f'codebook: {IN_VIVO}\nversion: "0.1.0"\ntitle: {{id: Kode in vivo, en: In-vivo codes}}\ncodes: []\nchangelog: []\n')
    code = _fresh_id(name, ids, "iv" if wanted.get("vivo") else _prefix(book))
    yaml, data = _read(path)
    entry: dict[str, Any] = {"id": code, "name": {"id": name, "en": name}, "definition": {current(): _words(wanted.get("definition")) or say("Belum ditulis.", "Not yet written.")}, "automatic": False}
    if wanted.get("vivo"):
        entry["source"] = "in vivo"
    if parent:
        entry["parent"] = parent
    data["codes"] = data.get("codes") or []
    data["codes"].append(_flow(entry))
    _log(data, coder, say(f"kode baru {code}", f"new code {code}"))
    _write(yaml, data, path)
    return {"what": "new", "code": code, "name": name, "book": path.stem}


def _merge(data: Any, book: Codebook, code: str, into: str, coder: str) -> dict[str, Any]:
    if into == code or into not in book:
        raise KubeError(unknown("kode untuk digabungi dalam buku ini", "code to merge into in this book", into, [c.id for c in book if c.id != code]))
    at: str = into
    while at:
        if at == code:
            raise KubeError(say(f"'{into}' ada di bawah '{code}'.", f"'{into}' lies under '{code}'."), "", say("Gabungkan ke arah sebaliknya.", "Merge the other way round."))
        at = book[at].parent
    old, siblings, number = _find(data["codes"], code)
    target, _, _ = _find(data["codes"], into)
    for language, rules in (old.get("indicators") or {}).items():  # the rules go on, under the new code
        home = target.setdefault("indicators", {})
        home.setdefault(language, []).extend(rules)
    for key in ("strike", "examples"):
        if old.get(key):
            target.setdefault(key, []).extend(old[key])
    for language, lines in (old.get("false_friends") or {}).items():
        target.setdefault("false_friends", {}).setdefault(language, []).extend(lines)
    for child in old.get("codes") or []:
        target.setdefault("codes", []).append(child)
    for other in _walk(data["codes"]):
        if other.get("parent") == code:
            other["parent"] = into
    del siblings[number]
    _log(data, coder, say(f"gabung {code} ke {into}", f"merge {code} into {into}"), merged={into: [code]})
    return {"what": "merge", "code": code, "to": into}


def _read(path: Path) -> tuple[Any, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = path.read_text(encoding="utf-8-sig")
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 1_000_000
    dash = re.search(r"^codes:[^\n]*\n(?:\s*#[^\n]*\n|\s*\n)*( *)- ", text, re.M)
    offset = len(dash.group(1)) if dash else 2
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    try:
        data = yaml.load(text)
    except YAMLError as e:
        raise KubeError(say("Buku kode tidak dapat dibaca: ", "The codebook cannot be read: ") + str(e).split("\n")[0], path.name) from None
    if not isinstance(data, dict):
        raise KubeError(say("Ini bukan buku kode.", "This is not a codebook."), path.name)
    return yaml, data


def _write(yaml: Any, data: Any, path: Path) -> None:
    """Write the file, after the result has been read as a codebook: a change that would break it is refused."""
    out = io.StringIO()
    yaml.dump(data, out)
    text = out.getvalue()
    loads(text, f"codebooks/{path.name}", path=path)
    write_atomic(path, text)


def _walk(codes: Any) -> Iterator[Any]:
    for c in codes or []:
        yield c
        yield from _walk(c.get("codes"))


def _find(codes: Any, code: str) -> tuple[Any, Any, int]:
    for i, c in enumerate(codes or []):
        if str(c.get("id")) == code:
            return c, codes, i
        try:
            return _find(c.get("codes"), code)
        except KubeError:
            continue
    raise KubeError(Fault(say(f"Kode '{code}' tidak ada lagi dalam berkas.", f"The code '{code}' is no longer in the file.")))


def _flow(entry: dict[str, Any]) -> Any:
    """The new entry with its short texts on one line each, as the books are written."""
    from ruamel.yaml.comments import CommentedMap

    out = CommentedMap(entry)
    for key in ("name", "definition"):
        inner = CommentedMap(entry[key])
        inner.fa.set_flow_style()
        out[key] = inner
    return out


def _log(data: Any, coder: str, why: str, **what: Any) -> None:
    """Note the change in the book's changelog and raise the version's last number."""
    from ruamel.yaml.comments import CommentedMap
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    parts = str(data.get("version") or "0.0.0").split(".")
    if parts[-1].isdigit():
        parts[-1] = str(int(parts[-1]) + 1)
    version = DoubleQuotedScalarString(".".join(parts))
    data["version"] = version
    entry = CommentedMap({"version": version, "date": date.today().isoformat(), "who": coder or "-", "why": why, **what})
    entry.fa.set_flow_style()
    data["changelog"] = data.get("changelog") or []
    data["changelog"].append(entry)


def _words(value: Any) -> str:
    return " ".join(str(value or "").split())


def _prefix(book: Codebook | None) -> str:
    """What the ids of a book begin with, when most share it: part, ment, gd."""
    heads = [c.id.split(".")[0] for c in book if "." in c.id] if book else []
    return max(set(heads), key=heads.count) if heads else "iv"


def _fresh_id(name: str, taken: set[str], prefix: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = "_".join(re.findall(r"[a-z0-9]+", plain))[:32].strip("_") or "code"
    code, n = f"{prefix}.{stem}", 2
    while code in taken:
        code, n = f"{prefix}.{stem}_{n}", n + 1
    return code
