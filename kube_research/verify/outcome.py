"""The result of verifying a write-up: as text, JSON, an HTML page, and as comments in a copy of the Word file."""

from __future__ import annotations

import html
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..consent import withheld
from ..model import Fault, KubeError
from ..words import current, say
from .judge import VERDICTS, Judgement
from .pages import Paragraph, Walker, WriteUp
from .retyped import same
from .words import flag_words


def verdict_words() -> dict[str, str]:
    """The verdicts in words."""
    return {"verbatim": say("sesuai", "verbatim"), "changed": say("berubah", "changed"), "stitched": say("disambung", "stitched"), "wrong-speaker": say("pembicara keliru", "wrong speaker"), "not-found": say("tidak ditemukan", "not found"),
            "no-consent": say("tanpa persetujuan", "without consent"), "translation": say("terjemahan di samping aslinya", "translation beside its original"), "literature": say("kutipan pustaka, tidak diperiksa", "from the literature, not verified"), "term": say("istilah, tidak diperiksa", "a term, not verified")}


@dataclass(frozen=True)
class Number:
    """A bound number in the write-up: what it says, what was bound, what the data say now."""

    paragraph: Paragraph
    start: int
    end: int
    mark: str
    written: str
    recorded: str
    now: str
    sentence: str
    loose: bool = False  # no longer in its content control: found by the words around it

    @property
    def finding(self) -> bool:
        return not same(self.written, self.now) if self.loose else self.now != self.written

    def words(self) -> str:
        if not self.finding:
            return say(f"{self.written}: cocok dengan data", f"{self.written}: agrees with the data") + (say(" (tidak lagi terikat)", " (no longer bound)") if self.loose else "")
        hand = say(" (diketik ulang)", " (typed over)") if not same(self.written, self.recorded) else ""
        if hand and not same(self.recorded, self.now):
            hand += say(f", semula '{self.recorded}'", f", at first '{self.recorded}'")
        return say(f"Tertulis '{self.written}'{hand}; data sekarang memberi '{self.now}'. {self.mark}", f"Written '{self.written}'{hand}; the data now give '{self.now}'. {self.mark}")


@dataclass(frozen=True)
class Verification:
    """What verifying found: `quotations` (judged, in order), `numbers`, `faults` (claims without a segment, numbers that changed)."""

    write_up: WriteUp
    quotations: tuple[Judgement, ...]
    numbers: tuple[Number, ...] = ()
    faults: tuple[Fault, ...] = ()
    study: str = ""
    data: bytes = field(default=b"", repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """How many quotations got each verdict."""
        found = Counter(j.verdict for j in self.quotations)
        return {v: found[v] for v in VERDICTS if found[v]}

    @property
    def sound(self) -> bool:
        """Whether nothing was found: every quotation judged is verbatim, every bound number agrees, every claim has a segment."""
        return not (any(j.finding for j in self.quotations) or any(n.finding for n in self.numbers) or self.faults)

    def __repr__(self) -> str:
        words = verdict_words()
        lines = [", ".join(f"{n} {words[v]}" for v, n in self.counts.items()) or say("tidak ada kutipan", "no quotations")]
        if self.numbers:
            lines[0] += say(f"; {len(self.numbers)} angka terikat, {sum(n.finding for n in self.numbers)} tidak cocok", f"; {len(self.numbers)} bound numbers, {sum(n.finding for n in self.numbers)} do not agree")
        for j in self.quotations:
            if j.finding:
                lines.append(f"{place_of(j.quoted.paragraph, self.write_up, j.quoted.start)}: {explain(j)}")
        lines += [f"{place_of(n.paragraph, self.write_up, n.start)}: {n.words()}" for n in self.numbers if n.finding]
        return "\n".join([*lines, *(str(f) for f in self.faults)])

    def as_dict(self) -> dict[str, object]:
        """For JSON: file, study, counts, sound, quotations, numbers, faults."""
        def one(j: Judgement) -> dict[str, object]:
            p = j.quoted.paragraph
            hidden = j.verdict == "no-consent"
            return {"verdict": j.verdict, "finding": j.finding, "flags": list(j.flags), "paragraph": p.n, "page": p.page(j.quoted.start) or None, "cell": p.cell or None, "kind": p.kind, "quote": withheld(j.why) if hidden else j.quoted.text, "attributed": j.quoted.named,
                    "document": j.place.document if j.place else None, "line": j.place.line if j.place else None, "start": j.place.start if j.place else None, "end": j.place.end if j.place else None, "speaker": j.place.speaker if j.place else None,
                    "diff": [list(d) for d in j.diff]}
        return {"file": self.write_up.name, "study": self.study, "sound": self.sound, "counts": self.counts, "quotations": [one(j) for j in self.quotations],
                "numbers": [{"mark": n.mark, "written": n.written, "recorded": n.recorded, "now": n.now, "finding": n.finding, "bound": not n.loose, "sentence": n.sentence, "paragraph": n.paragraph.n, "page": n.paragraph.page(n.start) or None} for n in self.numbers],
                "faults": [{"what": f.what, "where": f.where, "remedy": f.remedy, "level": f.level} for f in self.faults]}

    def html(self) -> str:
        """The page-by-page result as one self-contained page."""
        return page(self)

    def commented(self) -> bytes:
        """A copy of the Word file with every finding as a comment at its place."""
        return comment(self)


def place_of(p: Paragraph, write_up: WriteUp, offset: int = 0) -> str:
    """Page and paragraph in words."""
    kind = {"footnote": say(", catatan kaki", ", footnote"), "box": say(", kotak teks", ", text box"), "cell": say(", tabel", ", table"), "output": say(", keluaran", ", output")}.get(p.kind, "")
    number = p.page(offset)
    if p.cell:
        return say(f"sel {p.cell}", f"cell {p.cell}") + kind
    return (say(f"hlm. {number}, ", f"p. {number}, ") if number else "") + say(f"paragraf {p.n}", f"paragraph {p.n}") + kind


def explain(j: Judgement) -> str:
    """One line: verdict, flags, the words, where they stand in the study."""
    words, flags = verdict_words(), flag_words() | {"speaker": say("pembicara atau dokumen lain", "another speaker or document")}
    told = words[j.verdict] + (f" ({'; '.join(flags[f] for f in j.flags)})" if j.flags else "")
    if j.verdict == "no-consent":
        return f"{told}: {withheld(j.why)}"
    shown = " ".join(j.quoted.text.split())
    text = f"{told}: “{shown[:90]}{'…' if len(shown) > 90 else ''}”"
    if j.verdict == "wrong-speaker" and j.place:
        text += say(f" — di naskah: {j.quoted.named or '?'}; di transkrip: {j.place.speaker}, {j.place.document}:{j.place.line}", f" — written: {j.quoted.named or '?'}; in the transcript: {j.place.speaker}, {j.place.document}:{j.place.line}")
    elif j.verdict == "stitched":
        text += " — " + "; ".join(f"“{a[:40]}” {where}" for _, a, where in j.diff)
    elif j.diff:
        text += " — " + diff_words(j.diff)
    if j.place and j.verdict in ("changed", "verbatim"):
        text += f" [{j.place.speaker}, {j.place.document}:{j.place.line}]"
    return text


def diff_words(diff: Iterable[tuple[str, str, str]]) -> str:
    """The changes of a diff in a line: [-source-] {+write-up+}."""
    return " ".join(filter(None, (" ".join(filter(None, (f"[-{a}-]" if a else "", f"{{+{b}+}}" if b else ""))) for op, a, b in diff if op != "equal")))


# --- HTML ---------------------------------------------------------------------------------------------------------------
_STYLE = """body{font:16px/1.55 Georgia,'Times New Roman',serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b;background:#fff}h1{font-size:1.5rem}h2{font-size:1.1rem;border-bottom:1px solid #999;margin-top:2rem}
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.25rem .6rem;text-align:left}td.n{text-align:right}caption{white-space:nowrap;text-align:left}article{border-left:.35rem solid #767676;padding:.1rem 0 .1rem .8rem;margin:1rem 0}article.finding{border-left-style:double;border-left-color:#8a1c1c}
article.sound{border-left-color:#1c5c8a}.verdict{font-weight:bold}.where,small{color:#4a4a4a;font-size:.88rem}blockquote{margin:.3rem 0}del{background:#fbe3e3;color:#7a1010;text-decoration:line-through}ins{background:#e0ecf8;color:#0b3d66;text-decoration:underline}
p{margin:.3rem 0}@media print{article{break-inside:avoid}}"""


def page(v: Verification) -> str:
    """The HTML page: a summary, the findings and all quotations page by page."""
    e = html.escape
    words = verdict_words()
    summary = "".join(f"<tr><td>{e(words[k])}</td><td class='n'>{n}</td></tr>" for k, n in v.counts.items())
    if v.numbers:
        summary += f"<tr><td>{e(say('angka terikat yang cocok', 'bound numbers that agree'))}</td><td class='n'>{sum(not n.finding for n in v.numbers)}</td></tr><tr><td>{e(say('angka terikat yang tidak cocok', 'bound numbers that do not agree'))}</td><td class='n'>{sum(n.finding for n in v.numbers)}</td></tr>"
    groups: dict[int, list[str]] = {}
    listed: list[str] = []
    entries = [(j.quoted.paragraph, j.quoted.start, _article(j, v), explain(j) if j.finding else "") for j in v.quotations if j.verdict != "term"] + [(n.paragraph, n.start, _number(n, v), n.words() if n.finding else "") for n in v.numbers]
    for p, at, text, told in sorted(entries, key=lambda x: (x[0].n, x[1])):
        if told:
            listed.append(f"<li><a href='#f{len(listed) + 1}'>{e(place_of(p, v.write_up, at))}</a>: {e(told.partition(' — ')[0])}</li>")
            text = text.replace("<article ", f"<article id='f{len(listed)}' ", 1)
        groups.setdefault(p.page(at) if v.write_up.paged else 0, []).append(text)
    body = "".join((f"<h2>{e(say('Halaman', 'Page'))} {n}</h2>" if n else f"<h2>{e(say('Menurut urutan paragraf', 'By paragraph'))}</h2>") + "".join(items) for n, items in sorted(groups.items()))
    faults = "".join(f"<li>{e(str(f))}</li>" for f in v.faults)
    title = say(f"Pemeriksaan {v.write_up.name}", f"Verification of {v.write_up.name}")
    good = say("Tidak ada temuan: semua kutipan yang diperiksa sesuai kata demi kata.", "No findings: every quotation that was verified is word for word.") if v.sound else say("Ada temuan; yang bergaris ganda perlu dilihat.", "There are findings; look at those with a double line.")
    return (f"<!doctype html><html lang='{current()}'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'><meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; style-src 'unsafe-inline'\"><title>{e(title)}</title><style>{_STYLE}</style></head><body><main>"
            f"<h1>{e(title)}</h1><p>{e(say('Studi', 'Study'))}: {e(v.study)}. {e(good)}</p><table><caption><small>{e(say('Satuan: kutipan dalam naskah', 'Unit: quotations in the write-up'))}</small></caption><tbody>{summary}</tbody></table>"
            + (f"<h2>{e(say('Temuan', 'Findings'))} ({len(listed)})</h2><ol>{''.join(listed)}</ol>" if listed else "") + (f"<h2>{e(say('Klaim dan angka', 'Claims and numbers'))}</h2><ul>{faults}</ul>" if faults else "") + body
            + f"<p><small>{e(say('Dicoret: ada di transkrip, tidak ada di naskah. Digaris bawah: ada di naskah, tidak ada di transkrip. Perbedaan huruf besar dan bentuk tanda kutip tidak dihitung.', 'Struck out: in the transcript, not in the write-up. Underlined: in the write-up, not in the transcript. Case and the shape of quotation marks do not count.'))}</small></p></main></body></html>\n")


def _article(j: Judgement, v: Verification) -> str:
    e = html.escape
    flags = flag_words() | {"speaker": say("pembicara atau dokumen lain", "another speaker or document")}
    told = verdict_words()[j.verdict] + (f" ({'; '.join(flags[f] for f in j.flags)})" if j.flags else "")
    if j.verdict == "no-consent":
        quote = f"<em>{e(withheld(j.why))}</em>"
    elif j.diff and j.verdict == "changed":
        quote = " ".join(e(a) if op == "equal" else (f"<del>{e(a)}</del> " if a else "") + (f"<ins>{e(b)}</ins>" if b else "") for op, a, b in j.diff)
    elif j.verdict == "stitched":
        quote = " ".join(f"{e(a)} <small>[{e(where)}]</small>" for _, a, where in j.diff)
    else:
        quote = e(j.quoted.text)
    source = f"{j.place.speaker}, {j.place.document}:{j.place.line}" if j.place else ""
    said = " · ".join(filter(None, (say(f"di naskah: {j.quoted.named}", f"written: {j.quoted.named}") if j.quoted.named else "", say(f"di transkrip: {source}", f"in the transcript: {source}") if source else "")))
    kind = "finding" if j.finding else "sound" if j.verdict == "verbatim" else "other"
    return f"<article class='{kind}'><p><span class='verdict'>{e(told)}</span> <span class='where'>{e(place_of(j.quoted.paragraph, v.write_up, j.quoted.start))}</span></p><blockquote dir='auto'>{quote}</blockquote><p class='where'>{e(said)}</p></article>"


def _number(n: Number, v: Verification) -> str:
    e = html.escape
    p = n.paragraph
    where = f"{p.row} × {p.column}" if p.column else n.sentence  # of a table's cell the words around it say nothing
    return f"<article class='{'finding' if n.finding else 'sound'}'><p><span class='verdict'>{e(n.words())}</span> <span class='where'>{e(place_of(n.paragraph, v.write_up, n.start))}</span></p><blockquote>{e(where)}</blockquote></article>"


# --- Word ---------------------------------------------------------------------------------------------------------------
AUTHOR, INITIALS = "kube_research", "KR"


def comment(v: Verification) -> bytes:
    """The Word file with a comment at every finding (and one at its head with the counts)."""
    import docx
    from docx.text.run import Run

    if not v.data:
        raise KubeError(Fault(say("Komentar hanya dapat ditulis ke salinan berkas .docx.", "Comments can only be written into a copy of a .docx file."), v.write_up.name, say("Simpan naskahnya sebagai .docx.", "Save the write-up as .docx.")))
    document = docx.Document(io.BytesIO(v.data))
    roots = {"word/document.xml": document.element}
    for rel in document.part.rels.values():
        name = str(rel.reltype).rpartition("/")[2]
        if not rel.is_external and name in ("styles", "footnotes", "endnotes"):
            part = rel.target_part
            roots[f"word/{name}.xml"] = part.element if hasattr(part, "element") else __import__("lxml.etree").etree.fromstring(part.blob)
    paragraphs = Walker(roots).paragraphs()

    def hang(p: Paragraph, start: int, end: int, text: str) -> None:
        twin = paragraphs[p.n - 1] if p.n <= len(paragraphs) else None
        if twin is None:
            return
        runs = [twin.anchor] if twin.anchor is not None else [r for a, b, r in twin.runs if a < end and b > start]
        if runs:
            made = document.add_comment([Run(r, document._body) for r in (runs[0], runs[-1])], text=_clean(text), author=AUTHOR, initials=INITIALS)
            made._comment_elm.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}date", _now())

    first = next((p for p in paragraphs if p.runs and p.anchor is None), None)
    if first is not None:
        hang(first, 0, len(first.text), repr(v).split("\n", 1)[0] + ("\n" + "\n".join(str(f) for f in v.faults) if v.faults else ""))
    for j in v.quotations:
        if j.finding:
            hang(j.quoted.paragraph, j.quoted.start, j.quoted.end, explain(j))
    for n in v.numbers:
        if n.finding:
            hang(n.paragraph, n.start, max(n.end, n.start + 1), n.words())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _clean(text: str) -> str:
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


def _now() -> str:
    import os

    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ["Number", "Verification", "comment", "explain", "page", "place_of", "verdict_words"]
