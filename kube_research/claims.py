"""Claims: sentences of chapters and notebooks that say which codings they rest on; those without a segment are listed.

A claim is marked behind its sentence, in a Markdown cell of a notebook or in `chapters/*.md`:

    Kekompakan menopang KUBE yang berhasil. {claim id=k1 code=gd.cohesion outcome=berhasil}

Keys: `id`; any column or attribute that `Codings.where` knows (several values with commas); `at=LD01:59,LD03:41` keeps the
codings on these lines; `note="…"`.  Without `polarity` a claim rests on codings that are present; those of the other polarity speak against it.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from .codings import Codings
from .model import Fault, KubeError
from .study import Study
from .text import decode, normalise, sentences
from .words import say

_MARK = re.compile(r"\{claim\b([^{}\n]{0,2000})\}")
_PAIR = re.compile(r"([A-Za-z_][\w-]*)=(\"[^\"]*\"|[^\s\"]+)\s*")
_OTHER = re.compile(r"\{[a-z]+\b[^{}\n]*\}")


@dataclass(frozen=True)
class Claim:
    """One claim: its sentence, where it is written, the criteria of its evidence, the codings for and against it."""

    id: str
    text: str
    where: str
    criteria: Mapping[str, tuple[str, ...]]
    places: tuple[str, ...]
    note: str
    support: Codings = field(repr=False)
    against: Codings = field(repr=False)
    sentence: str = ""  # the same sentence with its marks, for `bind` to fill in; `text` has [#] in their places


@dataclass(frozen=True)
class Claims:
    """The claims of a study.  `items`; `faults`: marks that cannot be read, claims without a segment; `frame`: one row a claim."""

    items: tuple[Claim, ...]
    faults: tuple[Fault, ...]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Columns claim, text, where, segments, persons, cases, against (segments of the other polarity), places (document:line, the first three)."""
        rows = []
        for c in self.items:
            f = c.support.full
            places = [f"{d}:{c.support.corpus[d].line(s)}" for d, s in zip(f["document"].head(3), f["start"].head(3), strict=True)]
            rows.append({"claim": c.id, "text": c.text, "where": c.where, "segments": len(f), "persons": f["speaker"].nunique(), "cases": f["case"].nunique(), "against": len(c.against), "places": ", ".join(places)})
        return pd.DataFrame(rows, columns=["claim", "text", "where", "segments", "persons", "cases", "against", "places"])

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.items)

    def __getitem__(self, claim: str) -> Claim:
        for c in self.items:
            if c.id == claim:
                return c
        raise KeyError(claim)

    @property
    def note(self) -> str:
        return say("Satuan: segmen (pengodean orang); klaim tanpa segmen tidak terbukti oleh data.", "Unit: segments (people's codings); a claim without a segment is not borne out by the data.")

    def __repr__(self) -> str:
        lines = [f"{r.claim}: {r.text} [{r.segments} {say('segmen', 'segments')}, {r.persons} {say('orang', 'persons')}; {say('melawan', 'against')} {r.against}] {r.places}" for r in self.frame.itertuples()]
        return "\n".join([*lines, *(f"! {f}" for f in self.faults)]) or say("(tidak ada klaim)", "(no claims)")

    def _repr_html_(self) -> str:
        faults = "".join(f"<li>{html.escape(str(f))}</li>" for f in self.faults)
        return self.frame.to_html(index=False, escape=True, border=0) + (f"<ul>{faults}</ul>" if faults else "") + f"<p><small>{html.escape(self.note)}</small></p>"


def claims(study: Study, codings: Codings | None = None) -> Claims:
    """Every claim written in the study's notebooks and chapters, with the people's codings for and against it."""
    codings = study.codings() if codings is None else codings
    items: list[Claim] = []
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    for where, text in texts(study.root, faults):
        for m in _MARK.finditer(text):
            place = f"{where}:{text.count(chr(10), 0, m.start()) + 1}"
            pairs = {k: v.strip('"') for k, v in _PAIR.findall(m.group(1))}
            if _PAIR.sub("", m.group(1)).strip():
                faults.append(Fault(say(f"Tanda klaim tidak terbaca: {m.group()[:60]}", f"A claim's mark cannot be read: {m.group()[:60]}"), place, say("Tulis {claim id=k1 code=… case=…}.", "Write {claim id=k1 code=… case=…}.")))
                continue
            name, note = pairs.pop("id", ""), pairs.pop("note", "")
            if not name or name in seen:
                faults.append(Fault(say(f"Id klaim '{name}' sudah dipakai di {seen[name]}.", f"The claim id '{name}' is taken at {seen[name]}.") if name else say("Klaim tanpa id.", "A claim without id."), place, say("Beri id sendiri.", "Give it an id of its own.")))
                continue
            seen[name] = place
            at = tuple(p for p in pairs.pop("at", "").split(",") if p)
            criteria = {k: tuple(x.strip() for x in v.split(",") if x.strip()) for k, v in pairs.items()}
            try:
                support, against = _evidence(codings, criteria, at)
            except (KubeError, ValueError, KeyError) as e:
                faults.append(Fault(say(f"Bukti klaim '{name}' tidak dapat dicari: {e}", f"The evidence of claim '{name}' cannot be looked up: {e}"), place))
                continue
            items.append(Claim(name, _sentence(text, m.start()), place, criteria, at, note, support, against, _sentence(text, m.start(), marks=True)))
            if not len(support):
                faults.append(Fault(say(f"Klaim '{name}' tidak punya satu segmen pun.", f"The claim '{name}' has no segment."), place, say("Periksa kriterianya, kodekan buktinya, atau ubah klaimnya.", "Look at its criteria, code its evidence, or change the claim."), "finding"))
    return Claims(tuple(items), tuple(faults))


def texts(root: Path, faults: list[Fault]) -> Iterator[tuple[str, str]]:
    """(place, Markdown) of each chapter and of each notebook's Markdown cells."""
    for path in sorted((root / "chapters").glob("*.md")):
        yield f"chapters/{path.name}", normalise(decode(path.read_bytes(), f"chapters/{path.name}"))
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            texts = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
        except (ValueError, KeyError, TypeError, RecursionError, OSError):
            faults.append(Fault(say("Notebook tidak dapat dibaca.", "The notebook cannot be read."), f"notebooks/{path.name}", say("Buka dan simpan lagi di JupyterLab.", "Open and save it again in JupyterLab."), "finding"))
            continue
        for n, text in enumerate(texts, 1):
            yield f"notebooks/{path.name}#{n}", normalise(text)


def _sentence(text: str, end: int, *, marks: bool = False) -> str:
    """The sentence before `end`: within its paragraph, without marks and Markdown's emphasis."""
    blank, earlier = text.rfind("\n\n", 0, end), text.rfind("{claim", 0, end)
    start = max(blank + 2 if blank >= 0 else 0, text.find("}", earlier, end) + 1 if earlier >= 0 else 0)
    kept = _OTHER.findall(text[start:end])
    block = _OTHER.sub("[#]", text[start:end]).strip()
    spans = sentences(block)
    last = block[spans[-1][0]:spans[-1][1]] if spans else block
    clean = " ".join(re.sub(r"^[\s>#*-]+|(?<!\w)[*_]+|[*_]+(?!\w)", "", last).split())
    if marks:
        mine = iter(kept[len(kept) - clean.count("[#]"):])
        clean = re.sub(r"\[#\]", lambda m: next(mine, m[0]), clean)
    return clean


def _evidence(codings: Codings, criteria: Mapping[str, tuple[str, ...]], at: tuple[str, ...]) -> tuple[Codings, Codings]:
    rest = {k: v for k, v in criteria.items() if k != "polarity"}
    polarity = criteria.get("polarity", ("present",))
    if not rest and not at:
        return codings.where(document=()), codings.where(document=())
    known = {"document", "kind", "case", "language", "date", *codings.full.columns, *(k for d in codings.corpus for k in d.meta), *(k for v in codings.corpus.cases.values() for k in v)}
    strange = [k for k in rest if k not in known]
    if strange:
        raise KubeError(say(f"tidak ada kolom atau atribut {', '.join(strange)}", f"no column or attribute {', '.join(strange)}"))
    found = codings.where(**rest)
    if at:
        f = found.full
        keep = []
        for d, a, b in zip(f["document"], f["start"], f["end"], strict=True):
            document = found.corpus[d]
            keep.append(any(p in at for p in (f"{d}:{n}" for n in range(document.line(a), document.line(max(a, b - 1)) + 1))))
        found = Codings(f[pd.Series(keep, index=f.index, dtype=bool)], found.corpus, found.books, found.filters, found.source)
    other = tuple({"present", "absent"} - set(polarity))
    return found.where(polarity=polarity), found.where(polarity=other)
