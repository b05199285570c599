"""A document with its codings as a spaCy `Doc` with span groups, shown by displaCy; and back; and DocBin for those who train models."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..codings import Codings, make
from ..consent import shown
from ..corpus import Corpus
from ..model import Coding
from ..words import say

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

KEY = "codes"


def to_doc(codings: Codings, document: str, *, key: str = KEY, text: str = "") -> Doc:
    """The document as a spaCy Doc; `doc.spans[key]` holds a span a coding, label = code, id = polarity and coder.

    Spans are widened to whole tokens (spaCy knows no others); `doc.user_data` keeps the exact characters.
    Words that may not be quoted (consent) are as many ░.  `text` stands in for the document's own; it must be as long.
    """
    from spacy.tokens import SpanGroup

    d = codings.corpus[document]
    doc = _tokenizer("en" if d.language == "en" else "id")(text or shown(d))
    spans, exact = [], []
    for c in codings.where(document=document):
        span = doc.char_span(c.start, c.end, label=c.code, alignment_mode="expand", span_id=f"{c.polarity}/{c.coder}")
        if span is not None:
            spans.append(span)
            exact.append((c.start, c.end, c.code, c.polarity, c.coder))
    doc.spans[key] = SpanGroup(doc, name=key, spans=spans)
    doc.user_data["document"] = document
    doc.user_data["exact"] = exact
    return doc


@lru_cache(maxsize=2)
def _tokenizer(language: str) -> Language:
    """A pipeline of nothing but a tokenizer; Indonesian takes more than a second to make."""
    import spacy

    return spacy.blank(language)


def from_doc(doc: Doc, corpus: Corpus, *, coder: str, document: str = "", key: str = KEY) -> list[Coding]:
    """Codings of a Doc's span group: exact characters where the Doc kept them, else the tokens' edges."""
    name = document or doc.user_data.get("document", "")
    exact = doc.user_data.get("exact")
    if exact and len(exact) == len(doc.spans.get(key, ())):
        return [make(corpus, name, a, b, code, polarity=polarity, coder=coder or who) for a, b, code, polarity, who in exact]
    out = []
    for span in doc.spans.get(key, ()):
        polarity = span.id_.split("/")[0] if span.id_.split("/")[0] in ("present", "absent") else "present"
        out.append(make(corpus, name, span.start_char, span.end_char, span.label_, polarity=polarity, coder=coder))
    return out


def displacy(codings: Codings, document: str, *, codes: Iterable[str] | None = None) -> str:
    """HTML of a document with its codings as displaCy draws overlapping spans; the transcript's words are escaped."""
    import html

    from spacy import displacy as viewer

    d = codings.corpus[document]
    chosen = set(codes) if codes else None
    doc = to_doc(codings, document)
    text = shown(d)
    tokens = [text[t.idx:t.idx + len(t.text_with_ws)] for t in doc]  # displaCy escapes tokens itself (a test holds it to that)
    spans = [{"start": s.start_char, "end": s.end_char, "start_token": s.start, "end_token": s.end, "label": html.escape(s.label_)} for s in doc.spans[KEY] if chosen is None or s.label_ in chosen]
    if not spans:
        return f"<p>{html.escape(say(f'{document}: tidak ada pengodean.', f'{document}: no codings.'))}</p>"
    return viewer.render({"text": text, "spans": spans, "tokens": tokens}, style="span", manual=True, jupyter=False)


def save_docbin(codings: Codings, path: Path | str, *, key: str = KEY) -> Path:
    """Write all coded documents as one DocBin (.spacy), span groups and user data included."""
    from spacy.tokens import DocBin

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    DocBin(store_user_data=True, docs=[to_doc(codings, name, key=key) for name in sorted(set(codings.full["document"]))]).to_disk(path)
    return path
