"""Steps by which a codebook grows: a new code, its definition written, rules added or taken away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

from ..codebook import LANGUAGES, Codebook
from ..model import KubeError, unknown
from ..words import current, say
from .kept import mapping
from .sheet import Sheet, flow, scalar
from .step import Change, Step, opened, words

IN_VIVO = "in_vivo"


def new(s: Step, *, name: str, parent: str = "", vivo: bool = False, definition: str = "", book: str = "") -> Change:
    name = words(name)[:120]
    if not name:
        raise KubeError(say("Kode baru perlu nama.", "A new code needs a name."))
    if book and book not in {b.name for b in s.books}:
        raise KubeError(unknown("buku kode", "codebook", book, [b.name for b in s.books]))
    home = next((b for b in s.books if b.name == book), None) or next((b for b in s.books if parent and parent in b), None) or (s.books[0] if len(s.books) == 1 else next((b for b in s.books if b.name == IN_VIVO), None))
    if parent and (home is None or parent not in home):
        raise KubeError(unknown("kode induk", "parent code", parent, [c.id for b in s.books for c in b]))
    path = home.path if home else s.study.root / "codebooks" / f"{IN_VIVO}.yml"
    if path is None:
        raise KubeError(say("Buku kode ini tidak punya berkas.", "This codebook has no file."))
    text = path.read_text(encoding="utf-8-sig") if path.exists() else f'codebook: {IN_VIVO}\nversion: "0.1.0"\ntitle: {{id: Kode in vivo, en: In-vivo codes}}\ncodes: []\nchangelog: []\n'
    code = fresh_id(name, s.taken(), "iv" if vivo else prefix(home))
    sheet = Sheet(text, f"codebooks/{path.name}")
    lines = [f"id: {scalar(code)}", f"name: {flow({'id': name, 'en': name})}", f"definition: {flow({current(): words(definition) or say('Belum ditulis.', 'Not yet written.')})}", "automatic: false"]
    lines += ["source: in vivo"] if vivo else []
    lines += [f"parent: {scalar(parent)}"] if parent else []
    codes = sheet.get(sheet.root, "codes")
    if codes is None:
        raise KubeError(say("Buku ini tidak punya daftar kode.", "This book has no list of codes."), path.name)
    if codes[1].value:
        sheet.insert(codes[1], len(codes[1].value), ["\n\0  ".join(lines)])
    else:
        start, end = sheet.span(codes[0])[1], max(sheet.span(codes[1])[1], sheet.span(codes[0])[1] + 1)
        sheet._splice(start, end, ":\n  - " + "\n    ".join(lines))
    return s.finish(path, text, sheet, {"what": "new", "code": code, "name": name, "book": path.stem}, say(f"kode baru {code}", f"new code {code}"))


def define(s: Step, *, code: str, definition: str | None = None, include: str | None = None, exclude: str | None = None) -> Change:
    book = s.book_of(code)
    made, c = {"what": "define", "code": code}, book[code]
    now = {"definition": str(c.definition.get(current(), "")), "include": c.include, "exclude": c.exclude}
    new = {k: words(v) for k, v in (("definition", definition), ("include", include), ("exclude", exclude)) if v is not None and words(v) != words(now[k])}
    if not new:
        return s.same(book, made)
    if new.get("definition") == "":
        raise KubeError(say("Definisi masih kosong.", "The definition is empty."), code)
    before, sheet = opened(book)
    for key, value in new.items():
        old = sheet.get(sheet.places()[code].node, key)
        localised = key == "definition" if old is None else isinstance(old[1].value, list)
        sheet.put((key, current()) if localised else (key,), scalar(value), code)
    return s.finish(book.path, before, sheet, made, say(f"ubah {', '.join(new)} {code}", f"{', '.join(new)} of {code} written"))  # type: ignore[arg-type]


def rules(s: Step, *, code: str, add: Iterable[Mapping[str, object]] = (), remove: Iterable[str] = ()) -> Change:
    book = s.book_of(code)
    made = {"what": "rules", "code": code}
    before, sheet = opened(book)
    known = {i.rule for i in book[code].indicators}
    wanted = []
    for rule in add:
        language, pattern = str(rule["language"]), " ".join(str(rule["match"]).split())
        if language not in LANGUAGES:
            raise KubeError(unknown("bahasa", "language", language, LANGUAGES))
        more = {k: v for k, v in rule.items() if k not in ("language", "match") and v}
        if f"{language}: {pattern}" not in known:
            sheet.extend(("indicators", language), [flow({"match": pattern, **more}) if more else flow(pattern)], code)
            wanted.append(f"+ {language}: {pattern}")
    for rule in remove:
        language, _, pattern = rule.partition(": ")
        if rule not in known:
            if wanted or not any(rule in i for e in book.history() for i in mapping(e.get("rules")).get(code, ())):
                raise KubeError(unknown("aturan", "rule", rule, sorted(known)))
            continue
        mine = [i.pattern for i in book[code].indicators if i.language == language]
        gone = sum(1 for w in wanted if w.startswith(f"- {language}: ") and mine.index(w.partition(": ")[2]) < mine.index(pattern))
        sheet.remove(("indicators", language), mine.index(pattern) - gone, code)
        wanted.append(f"- {rule}")
    if not wanted:
        return s.same(book, made)
    said = say(f"aturan {code}: ", f"rules of {code}: ") + "; ".join(wanted)
    return s.finish(book.path, before, sheet, made, said, rules={code: wanted})  # type: ignore[arg-type]


def prefix(book: Codebook | None) -> str:
    """What the ids of a book begin with, when most share it: part, ment, gd."""
    heads = [c.id.split(".")[0] for c in book if "." in c.id] if book else []
    return max(set(heads), key=heads.count) if heads else "iv"


def fresh_id(name: str, taken: set[str], prefix: str) -> str:
    """An id made of a name: prefix.words_of_it, with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = "_".join(re.findall(r"[a-z0-9]+", plain))[:32].strip("_") or "code"
    code, n = f"{prefix}.{stem}", 2
    while code in taken:
        code, n = f"{prefix}.{stem}_{n}", n + 1
    return code
