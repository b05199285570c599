"""Codings for programs that analyse or annotate: Parquet, Taguette's codebook, W3C Web Annotation, spaCy DocBin, WebAnno TSV 3; consent is kept."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from bisect import bisect_left, bisect_right
from pathlib import Path

from ..consent import shown
from ..model import KubeError
from ..study import Study, write_atomic
from ..words import say

_TOKEN = re.compile(r"\w+(?:[-'’]\w+)*|[^\w\s]")
_SPECIAL = re.compile(r"([\\\[\]|_;\t\n*]|->)")


def _no_text() -> str:
    return say("teks transkrip, buku kode dan memo", "the transcripts' text, the codebooks and the memos")


def parquet(study: Study, path: Path) -> list[str]:
    """The tidy table of codings as Parquet."""
    out = io.BytesIO()
    study.codings().frame.to_parquet(out, index=False)
    write_atomic(path, out.getvalue())
    return [_no_text()]


def taguette(study: Study, path: Path) -> list[str]:
    """Every code as Taguette's codebook CSV has it: tag, description, number of highlights."""
    counts = study.codings().frame["code"].value_counts()
    rows = [(c.id, next((v for v in (*c.definition.values(), *c.name.values()) if v), ""), int(counts.get(c.id, 0))) for b in study.codebooks() for c in b]
    if not rows:
        raise KubeError(say("Studi ini belum punya buku kode.", "This study has no codebook yet."), "codebooks/")
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("tag", "description", "number of highlights"))
    writer.writerows([("'" + x if isinstance(x, str) and x[:1] in "=+-@" and x else x) for x in row] for row in rows)
    write_atomic(path, text.getvalue().encode("utf-8", "replace"))
    return [say("pengodean, jenjang kode, warna, aturan", "codings, the codes' hierarchy, colours, rules")]


def jsonld(study: Study, path: Path) -> list[str]:
    """One annotation a coding, after the W3C Web Annotation Data Model: the code as tag, the place by position (code points) and by quotation."""
    table = study.codings().full.fillna("")
    texts = {d.id: shown(d) for d in study.corpus}
    items = []
    for id_, document, start, end, code, polarity, coder, note, created in table[["id", "document", "start", "end", "code", "polarity", "coder", "note", "created"]].itertuples(index=False, name=None):
        text = texts[document]
        start, end = int(start), int(end)
        body: list[dict[str, str]] = [{"type": "TextualBody", "purpose": "tagging", "value": code}, {"type": "TextualBody", "purpose": "classifying", "value": f"polarity:{polarity}"}]
        if note:
            body.append({"type": "TextualBody", "purpose": "commenting", "value": note})
        items.append({"id": f"urn:kube:coding:{coder}:{id_}".replace(" ", "-"), "type": "Annotation", "motivation": "tagging", "creator": {"type": "Software" if coder == "rules" else "Person", "name": coder}, **({"created": created} if created else {}), "body": body,
                      "target": {"source": f"urn:kube:document:{document}", "selector": [{"type": "TextPositionSelector", "start": start, "end": end},
                                                                                        {"type": "TextQuoteSelector", "exact": text[start:end], "prefix": text[max(0, start - 32):start], "suffix": text[end:end + 32]}]}})
    page = {"@context": "http://www.w3.org/ns/anno.jsonld", "id": "urn:kube:annotations", "type": "AnnotationPage", "items": items}
    write_atomic(path, (json.dumps(page, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"))
    return [_no_text()]


def docbin(study: Study, path: Path) -> list[str]:
    """All coded documents as a spaCy DocBin."""
    from spacy.tokens import DocBin

    from .spacy_docs import to_doc

    codings = study.codings()
    docs = [to_doc(codings, name, text=shown(codings.corpus[name])) for name in sorted(set(codings.full["document"]))]
    write_atomic(path, DocBin(store_user_data=True, docs=docs).to_bytes())
    return [say("buku kode dan memo; kutipan melebar ke kata utuh (tempat tepatnya ada di user_data)", "the codebooks and memos; passages widen to whole words (exact places are in user_data)")]


def _escape(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", value.replace("\r", " ")) or "_"


def _tsv(text: str, codings: list[tuple[int, int, str, str, str]]) -> str:
    """One document as WebAnno TSV 3.3; a line is a sentence, offsets are UTF-16 units as in Java."""
    wide = [0]
    for c in text:
        wide.append(wide[-1] + (2 if c > "\uffff" else 1))
    tokens = [m.span() for m in _TOKEN.finditer(text)]
    firsts, lasts = [a for a, _ in tokens], [b for _, b in tokens]
    on: dict[int, list[int]] = {}
    for k, (start, end, *_) in enumerate(codings):
        for t in range(bisect_right(lasts, start), bisect_left(firsts, end)):
            on.setdefault(t, []).append(k)
    out = ["#FORMAT=WebAnno TSV 3.3", "#T_SP=custom.Span|code|coder|polarity", "", ""]
    t = number = at = 0
    for line in text.split("\n"):
        end = at + len(line)
        first = t
        while t < len(tokens) and tokens[t][0] < end:
            t += 1
        if t > first:
            number += 1
            a, b = tokens[first][0], tokens[t - 1][1]
            out.append("#Text=" + text[a:b].replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "\\r"))
            for n, i in enumerate(range(first, t), 1):
                x, y = tokens[i]
                marks = on.get(i, [])
                columns = ["|".join(f"{_escape(codings[k][f])}[{k + 1}]" for k in marks) or "_" for f in (2, 3, 4)]
                out.append("\t".join((f"{number}-{n}", f"{wide[x]}-{wide[y]}", text[x:y], *columns)) + "\t")
            out.append("")
        at = end + 1
    return "\n".join(out) + "\n"


def webanno(study: Study, path: Path) -> list[str]:
    """A zip of WebAnno TSV 3.3 files, one a document."""
    frame = study.codings().full
    by: dict[str, list[tuple[int, int, str, str, str]]] = {}
    for document, start, end, code, coder, polarity in frame[["document", "start", "end", "code", "coder", "polarity"]].itertuples(index=False, name=None):
        by.setdefault(document, []).append((int(start), int(end), code, coder, polarity))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for d in study.corpus:
            info = zipfile.ZipInfo(f"{d.id}.tsv", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(info, _tsv(shown(d), sorted(by.get(d.id, []))).encode("utf-8", "replace"))
    write_atomic(path, out.getvalue())
    return [say("buku kode, catatan dan memo; kutipan melebar ke kata utuh; di INCEpTION buatlah lapisan custom.Span (code, coder, polarity; lintas kalimat, boleh bertumpuk)",
                "the codebooks, notes and memos; passages widen to whole words; in INCEpTION make a layer custom.Span (code, coder, polarity; across sentences, stacking allowed)")]
