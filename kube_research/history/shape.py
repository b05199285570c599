"""Steps that change the shape of a codebook: name, rename, move, merge, split, retire.  Codings follow; none is touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..codebook import Codebook
from ..model import KubeError, unknown
from ..words import current, say
from .growth import fresh_id, prefix
from .sheet import flow, scalar
from .step import Change, Step, opened, words


def rename(s: Step, *, code: str, to: str) -> Change:
    to = to.strip()
    made = {"what": "rename", "code": code, "to": to}
    for b in s.books:
        if code not in b and b.renames().get(code) == to and to in b:
            return s.same(b, made)
    book = s.book_of(code)
    s.fresh(to)
    before, sheet = opened(book)
    for place in sheet.places().values():
        parent = sheet.get(place.node, "parent")
        if parent and parent[1].value == code:
            sheet.put(("parent",), scalar(to), sheet.get(place.node, "id")[1].value)  # type: ignore[index]
    follow = s.follow(code)
    sheet.put(("id",), scalar(to), code)
    return s.finish(book.path, before, sheet, made, say(f"ganti id {code} menjadi {to}", f"rename {code} to {to}"), [follow], renamed={code: to})  # type: ignore[arg-type]


def name_(s: Step, *, code: str, name: str) -> Change:
    name = words(name)
    if not name:
        raise KubeError(say("Nama baru masih kosong.", "The new name is empty."))
    book = s.book_of(code)
    made = {"what": "name", "code": code, "name": name}
    if book[code].name.get(current()) == name:
        return s.same(book, made)
    before, sheet = opened(book)
    old = sheet.get(sheet.places()[code].node, "name")
    plain = old is not None and not isinstance(old[1].value, list)
    sheet.put(("name",) if plain else ("name", current()), scalar(name), code)
    return s.finish(book.path, before, sheet, made, say(f"nama {code}: {name}", f"name of {code}: {name}"))  # type: ignore[arg-type]


def move(s: Step, *, code: str, to: str = "") -> Change:
    book = s.book_of(code)
    made = {"what": "move", "code": code, "to": to}
    if to and to not in book:
        raise KubeError(unknown("kode induk dalam buku ini", "parent code in this book", to, [c.id for c in book if c.id != code]))
    _not_below(book, to, code)
    if book[code].parent == to:
        return s.same(book, made)
    before, sheet = opened(book)
    if sheet.places()[code].parent:  # nested: its lines move
        sheet.drop(code, "parent")
        sheet.lift(code, to)
    elif to:
        sheet.put(("parent",), scalar(to), code)
    else:
        sheet.drop(code, "parent")
    said = say(f"pindahkan {code} ke bawah {to}" if to else f"pindahkan {code} ke tingkat teratas", f"move {code} under {to}" if to else f"move {code} to the top")
    return s.finish(book.path, before, sheet, made, said, moved={code: to})  # type: ignore[arg-type]


def merge(s: Step, *, code: str, to: str) -> Change:
    made = {"what": "merge", "code": code, "to": to}
    for b in s.books:
        if code not in b and b.renames().get(code) == to and to in b:
            return s.same(b, made)
    book = s.book_of(code)
    if to == code or to not in book:
        raise KubeError(unknown("kode untuk digabungi dalam buku ini", "code to merge into in this book", to, [c.id for c in book if c.id != code]))
    _not_below(book, to, code)
    before, sheet = opened(book)
    notes = [s.follow(code), *_both(s, code, to)]
    paths = [(key, language) for key in ("indicators", "false_friends") for language in ("id", "en")] + [("strike",), ("examples",)]
    for path in paths:  # the rules go on, under the new code
        sheet.extend(path, list(sheet.rules(code, path)), to)
    for child, place in list(sheet.places().items()):
        if place.parent == code:
            sheet.lift(child, to)
    for other, place in list(sheet.places().items()):
        parent = sheet.get(place.node, "parent")
        if parent and parent[1].value == code:
            sheet.put(("parent",), scalar(to), other)
    sheet.cut(code)
    return s.finish(book.path, before, sheet, made, say(f"gabung {code} ke {to}", f"merge {code} into {to}"), notes, merged={to: [code]})  # type: ignore[arg-type]


def _both(s: Step, code: str, to: str) -> list[str]:
    """What a merge does where one coder gave both codes to one passage."""
    renames = {old: new for b in s.books for old, new in b.renames().items()}
    twice, against = 0, []
    for journal, state in s.study.states():
        spans: dict[tuple[int, int], dict[str, set[str]]] = {}
        for c in state.codings.values():
            if renames.get(c.code, c.code) in (code, to):
                spans.setdefault((c.start, c.end), {}).setdefault(renames.get(c.code, c.code), set()).add(c.polarity)
        for (start, _), found in spans.items():
            if len(found) == 2:
                twice += 1
                if found[code] != found[to]:
                    against.append(f"{journal.coder}/{journal.path.stem}:{start}")
    out = []
    if twice:
        out.append(say(f"{twice} bagian memuat kedua kode dari satu pengode: dihitung sekali", f"{twice} passage{'s bear' if twice != 1 else ' bears'} both codes by one coder: counted once"))
    if against:
        listed = ", ".join(against[:5]) + (" …" if len(against) > 5 else "")
        out.append(say(f"{len(against)} di antaranya berlawanan polaritas; keduanya tetap, putuskan di meja: {listed}", f"{len(against)} of them contradict in polarity; both stay, decide at the desk: {listed}"))
    return out


def split(s: Step, *, code: str, into: Mapping[str, str] | Iterable[str]) -> Change:
    book = s.book_of(code)
    if not isinstance(into, Mapping):  # names alone
        taken, named = s.taken(), {}
        for name in filter(None, map(words, into)):
            named[fresh_id(name, {*taken, *named}, code.rpartition(".")[0] or prefix(book))] = name
        into = named
    made = {"what": "split", "code": code, "into": list(into)}
    if tuple(into) == book.splits().get(code):
        return s.same(book, made)
    if len(into) < 2:
        raise KubeError(say("Pecah menjadi sedikitnya dua kode.", "Split into two codes at least."), code, say("Satu kode: ganti idnya dengan rename.", "For one code there is rename."))
    for new in into:
        s.fresh(new)
    before, sheet = opened(book)
    place = sheet.places()[code]
    automatic = "\0  automatic: false\n" if not place.home.flow_style else ""
    parent = f"\0  parent: {scalar(book[code].parent)}\n" if book[code].parent and not place.parent else ""
    items = [f"id: {scalar(new)}\n\0  name: {flow({'id': name or new, 'en': name or new})}\n\0  definition: {flow({current(): say(f'Belum ditulis; dipecah dari {code}.', f'Not yet written; split from {code}.')})}\n{automatic}{parent}".rstrip("\n")
             for new, name in into.items()]
    sheet.insert(place.home, place.number + 1, items)
    sheet.put(("retired",), "true", code)
    counts = s.used(code)
    n = sum(counts.values())
    notes = [say(f"{n} pengodean menunggu keputusan, kode mana (kube-research queue); sampai itu tetap di {code}", f"{n} coding{'s wait' if n != 1 else ' waits'} for a decision which code (kube-research queue); till then counted under {code}")]
    rules = len(book[code].indicators)
    if rules:
        notes.append(say(f"{rules} indikator tinggal di {code} dan tidak berlaku lagi: pindahkan dengan tangan ke kode yang baru", f"{rules} indicator{'s rest' if rules != 1 else ' rests'} in {code} and no longer appl{'y: move them' if rules != 1 else 'ies: move it'} by hand to the new codes"))
    return s.finish(book.path, before, sheet, made, say(f"pecah {code} menjadi {', '.join(into)}", f"split {code} into {', '.join(into)}"), notes, split={code: list(into)})  # type: ignore[arg-type]


def retire(s: Step, *, code: str) -> Change:
    book = s.book_of(code)
    made = {"what": "retire", "code": code}
    if book[code].retired:
        return s.same(book, made)
    before, sheet = opened(book)
    sheet.put(("retired",), "true", code)
    n = sum(s.used(code).values())
    note = say(f"{n} pengodeannya tetap dan tetap dihitung; aturannya tidak berlaku lagi", f"its {n} coding{'s stay' if n != 1 else ' stays'} and still count{'' if n != 1 else 's'}; its rules no longer apply")
    return s.finish(book.path, before, sheet, made, say(f"pensiunkan {code}", f"retire {code}"), [note], retired=[code])  # type: ignore[arg-type]


def _not_below(book: Codebook, at: str, code: str) -> None:
    low = at
    while at:
        if at == code:
            raise KubeError(say(f"'{low}' ada di bawah '{code}'." if low != code else "Sebuah kode tidak dapat menjadi induknya sendiri.", f"'{low}' lies under '{code}'." if low != code else "A code cannot be its own parent."), "", say("Pilih arah sebaliknya.", "Choose the other way round."))
        at = book[at].parent
