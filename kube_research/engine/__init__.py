"""Rules: apply a codebook's indicators to a corpus; explain a hit; show the word families found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from ..codebook import Codebook, Indicator, sets_key
from ..codings import Codings, Factor
from ..consent import hinders, withheld
from ..corpus import Corpus, Document, let_go
from ..lexicon import NEGATORS, WEAK
from ..model import Coding, Fault, KubeError
from ..patterns import parse
from ..progress import steps
from ..words import say
from . import cue_table, cues
from .kept import stale
from .match import Matcher
from .polarity import Polarity
from .table import tabled
from .tokens import unread
from .verdict import Verdict, judge
from .words import Words, plain

UNITS = ("clause", "sentence", "turn")
WHOLE = 32 << 20  # characters of a selection whose words are held all at once
BLOCK = 4 << 20  # characters coded at a time where there are more
MOST_RULES = 5_000  # whose places stay with a block
KEPT_WORDS = 8_000_000  # engines are kept for the next question up to so many words in all
Pipeline = Callable[..., Any]  # a spaCy Language
_ENGINES: dict[tuple[object, ...], "Engine"] = {}
HELD = 128  # blocks whose files stay open: a system gives a program so many and no more
_BLOCKS: dict[tuple[object, ...], dict[tuple[int, int], "Engine"]] = {}  # of the last selection that was read in blocks, by the documents it begins and ends with, which it holds


@dataclass(frozen=True)
class Hit:
    """One hit of one rule, as the engine found it: word numbers, negator, the rule."""

    document: str
    start: int
    end: int
    indicator: Indicator
    words: str
    polarity: str
    negator: str = ""
    aspect: str = ""


class Engine:
    """Interned words of a corpus selection with everything that rules need; one per selection, reused by every codebook."""

    def __init__(self, corpus: Corpus, *, everything: bool = False, blocks: int = 0):
        self.corpus = corpus
        self.words = Words(corpus, everything=everything, blocks=blocks)
        self.matcher = Matcher(self.words)
        self.polarity = Polarity(self.matcher)
        self._found: dict[tuple[object, ...], tuple[np.ndarray, np.ndarray]] = {}  # a rule's places, so that only what an edit touches is looked for again
        self._parsed: dict[tuple[object, ...], Mapping[str, tuple[np.ndarray, np.ndarray]]] = {}  # what a spaCy pipeline found

    def find(self, book: Codebook, nlp: Pipeline | None = None) -> tuple[list[Indicator], np.ndarray]:
        """All hits of a book: its rules, and an array of columns rule, first word, last word, negator (-1), absent (0/1).  Without a pipeline spaCy's patterns find nothing."""
        sets, key = _all_sets(book), sets_key(book.sets)
        w = self.words
        rules = list(book.indicators())
        if not len(w):
            return rules, np.zeros((0, 5), np.int64)
        hidden = ~w.speaking
        for name in book.masks:
            a, b = self.matcher.rows(parse(_name(name)))
            for i, j in zip(a, b, strict=True):
                hidden[i:j + 1] = True
        strikes = {c.id: c.strike for c in book}
        found = []
        parsed = self._through(rules, nlp)
        for n, rule in enumerate(rules):
            if rule.spacy and nlp is None:
                continue
            known = (rule.pattern, key, strikes[rule.code], rule.masks, book.masks, nlp if rule.spacy else None)
            if known not in self._found:
                a, b = self._places(rule, sets, key, strikes[rule.code], hidden, parsed)
                self._found[known] = a.astype(np.int32), b.astype(np.int32)
            a, b = self._found[known]
            if len(a):
                found.append(np.column_stack((np.full(len(a), n), a, b)))
        if not found:
            return rules, np.zeros((0, 5), np.int64)
        hits = np.concatenate(found)
        sentence = w.sentence[hits[:, 1]]
        reply = np.where(self.polarity.asked[sentence], self.polarity.answered(hits[:, 2]), -1)
        keep = ~self.polarity.unreal[w.clause[hits[:, 1]]] & ~self.polarity.unreal[w.clause[hits[:, 2]]] & (reply > -2)
        hits, reply = hits[keep], reply[keep]
        own = np.array([r.negation == "own" for r in rules])
        fixed = np.array([r.polarity == "absent" for r in rules])
        forced = np.array([r.polarity == "present" for r in rules])
        wording = np.array([not r.spacy and _negates(r.pattern, key, sets) for r in rules])
        _, by = self.polarity.judge(hits[:, 1], hits[:, 2], wording[hits[:, 0]])
        by = np.where((reply >= 0) & (by < 0), reply, by)
        by[own[hits[:, 0]] | forced[hits[:, 0]]] = -1
        absent = np.where(fixed[hits[:, 0]], by < 0, by >= 0)
        return rules, np.column_stack((hits, by, absent.astype(np.int64)))

    def _places(self, rule: Indicator, sets: Mapping[str, tuple[str, ...]], key: str, strike: tuple[str, ...], hidden: np.ndarray, parsed: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
        """First and last word of what a rule's pattern means, without what its masks cover."""
        if rule.spacy:
            a, b = parsed[rule.pattern]
            before = np.append(0, np.cumsum(hidden))
            keep = before[a] == before[b + 1]
            a, b = a[keep], b[keep]
        else:
            a, b = self.matcher.rows(parse(rule.pattern, sets, key=key), strike, hidden)
        for m in rule.masks if len(a) else ():
            ma, mb = self.matcher.rows(parse(m, sets, key=key))
            if len(ma):
                keep = ~_overlaps(a, b, ma, mb)
                a, b = a[keep], b[keep]
        return a, b

    def _through(self, rules: list[Indicator], nlp: Pipeline | None) -> Mapping[str, tuple[np.ndarray, np.ndarray]]:
        """The places of all spaCy patterns: the turns are read once, by the pipeline given."""
        from . import tokens

        wanted = [r for r in rules if r.spacy]
        key = (nlp, tuple(r.pattern for r in wanted))
        if nlp is not None and wanted and key not in self._parsed:
            self._parsed[key] = tokens.places(self.words, wanted, nlp)
        return self._parsed.get(key, {})

    def rest(self) -> None:
        """Let go of what is found again in the words, and of their pages; rules' places stay."""
        self.__dict__.pop("features", None)
        self.polarity.__dict__.pop("sizes", None)
        self.matcher.rest()
        if len(self._found) > MOST_RULES:
            self._found.clear()
        for name in ("text", "flat", "speaking", "lookup", "keys", "parts"):
            self.words.__dict__.pop(name, None)
        self.words.rest()

    @cached_property
    def features(self) -> cues.Features:
        return cues.Features(self.words, self.polarity.negators)

    def told(self, rules: list[Indicator], hits: np.ndarray) -> cues.Told:
        """The hits of rules as a cue model hears them."""
        return cues.Told(tuple((r.code, r.rule) for r in rules), self.words.sentence[hits[:, 1]].astype(np.int64), hits[:, 0], hits[:, 4] == 1)

    def weigh(self, rules: list[Indicator], hits: np.ndarray, model: cue_table.CueModel, book: Codebook) -> tuple[np.ndarray, Verdict]:
        """Let a cue model decide: the hits of rules that it does not name, and the sentences that it codes."""
        codes = {c.id for c in book if c.automatic and not c.retired}
        alone = np.array([r.code not in model.codes or cues.rule_cue(r.code, r.rule) not in model.cues for r in rules], dtype=bool)
        wanted = np.array([c in codes for c in model.codes], dtype=bool)
        verdict = judge(model, self.features, self.told(rules, hits), wanted, ~self.polarity.asked)
        return hits[alone[hits[:, 0]]] if len(hits) else hits, verdict

    def spans(self, hits: np.ndarray, rules: list[Indicator], unit: str | None) -> tuple[np.ndarray, np.ndarray]:
        """First and last word of the unit around each hit."""
        w = self.words
        units = np.array([UNITS.index(unit or r.unit) for r in rules], dtype=np.int64)[hits[:, 0]]
        first, last = hits[:, 1], hits[:, 2]
        starts, ends = first.copy(), last.copy()
        for number, border in ((0, w.clause), (1, w.sentence), (2, w.segment)):
            chosen = units == number
            starts[chosen] = np.searchsorted(border, border[first[chosen]], "left")
            ends[chosen] = np.searchsorted(border, border[last[chosen]], "right") - 1
        return starts, ends


def _selection(corpus: Corpus, everything: bool) -> tuple[object, ...]:
    """What names a selection in this session: an engine holds its documents, so their ids stay theirs."""
    return tuple(map(id, corpus.documents)), tuple(f for f in corpus.filters if f[0] in corpus._TURN_KEYS), everything


def engine(corpus: Corpus, *, everything: bool = False) -> Engine:
    """The engine of a corpus selection, made once: the same documents and turns, the same engine."""
    key = _selection(corpus, everything)
    kept = _ENGINES.pop(key, None)
    if kept is None or kept.words.mapped and stale(corpus):
        kept = Engine(corpus, everything=everything)
    while _ENGINES and sum(len(e.words) for e in _ENGINES.values()) + len(kept.words) > KEPT_WORDS:
        del _ENGINES[next(iter(_ENGINES))]
    _ENGINES[key] = kept
    return kept


def autocode(corpus: Corpus, *books: Codebook, unit: str | None = None, everything: bool = False, cues: bool = True, nlp: Pipeline | None = None) -> Codings:
    """Code a corpus by the indicators of one or more codebooks.

    Only informants' turns are read (not the researcher's, nor chapters of literature) unless `everything`.  A hit is widened to the
    clause it stands in, or to what the indicator says, or to `unit` ("clause", "sentence", "turn").  Hits of one code that come to
    the same passage are one coding.  Where a cue table lies beside the codebook (see `engine.cues`) its rules do not code alone:
    sentences are coded whose cues add up; `cues=False` lets every rule code alone.  `nlp`: a spaCy pipeline for
    the indicators that are patterns of spaCy's Matcher; without one they code nothing, and the source says how many.  Returns Codings with `rule` and the codebook's
    version; the coder is "rules".
    """
    if unit is not None and unit not in UNITS:
        raise KubeError(Fault(say(f"Satuan {unit!r} tidak ada.", f"There is no unit {unit!r}."), "", say(f"Pilihannya: {', '.join(UNITS)}.", f"The choice is: {', '.join(UNITS)}.")))
    label = say("aturan", "rules") + " " + ", ".join(b.id for b in books)
    waiting = unread(books) if nlp is None else 0
    if waiting:
        label += say(f" ({waiting} pola spaCy tidak dipakai: tanpa pipeline)", f" ({waiting} spaCy patterns not applied: no pipeline)")
    models = [cue_table.CueModel.load(path) if cues and (path := cue_table.table_path(b)) is not None else None for b in books]
    coded = ((e.words, [(b, passages(e, b, unit, m, nlp)) for b, m in zip(books, models, strict=True)]) for e in engines(corpus, everything=everything))
    return tabled(corpus, coded, books, label)


def engines(corpus: Corpus, *, everything: bool = False) -> Iterator[Engine]:
    """The engine of a selection; of one too large for memory an engine for one block of documents after the other.

    A block's words lie in a file beside the study, which is mapped: its engine stays, with the places of its rules, negators and questions, and what else
    is in memory of it goes.  Where no file can be written it is kept no longer than it works.
    """
    sizes = np.cumsum([0, *(len(d.text) for d in corpus.documents)])
    if sizes[-1] <= WHOLE:
        yield engine(corpus, everything=everything)
        return
    edges = np.unique(np.append(np.searchsorted(sizes, np.arange(0, sizes[-1], BLOCK)), len(corpus.documents))).tolist()
    key = _selection(corpus, everything)
    if key not in _BLOCKS or stale(corpus):
        _BLOCKS.clear()
    held = _BLOCKS.setdefault(key, {})
    for a, b in steps(list(pairwise(edges)), say("membaca blok dokumen", "reading blocks of documents")):
        e = held.get((a, b)) or Engine(replace(corpus, documents=corpus.documents[a:b]), everything=everything, blocks=len(edges) - 1)
        yield e
        if e.words.mapped:
            e.rest()
            if len(held) < HELD:
                held[a, b] = e
        let_go(corpus.documents[a:b])


@dataclass(frozen=True)
class Passages:
    """The passages that a book codes in an engine's words: first and last word, code, whether absent, and the rule of each."""

    first: np.ndarray
    last: np.ndarray
    code: Factor
    absent: np.ndarray
    rule: Factor

    def at(self, rows: np.ndarray) -> Passages:
        """Some of them."""
        return Passages(self.first[rows], self.last[rows], Factor(self.code.codes[rows], self.code.names), self.absent[rows], Factor(self.rule.codes[rows], self.rule.names))


def passages(e: Engine, book: Codebook, unit: str | None = None, model: cue_table.CueModel | None = None, nlp: Pipeline | None = None) -> Passages:
    """What a book codes: its rules, or, with a cue model, the sentences whose cues add up."""
    rules, hits = e.find(book, nlp)
    w = e.words
    verdict = None
    if model is not None and len(w):
        hits, verdict = e.weigh(rules, hits, model, book)
    said = say("isyarat: ", "cues: ")
    reasons = [said + why for why in verdict.why] if verdict else []
    codes = {c: i for i, c in enumerate(sorted({r.code for r in rules} | ({verdict.codes[j] for j in np.unique(verdict.code).tolist()} if verdict else set())))}
    names = {r: i for i, r in enumerate(dict.fromkeys([*(r.rule for r in rules), *reasons]))}
    parts = [tuple(np.zeros(0, kind) for kind in (np.int64, np.int64, np.int64, bool, np.int64))]
    if len(hits):
        starts, ends = e.spans(hits, rules, unit)
        code = np.array([codes[r.code] for r in rules])[hits[:, 0]]
        chosen = _one_each(code, starts, ends, hits)
        parts.append((starts[chosen], ends[chosen], code[chosen], hits[chosen, 4] == 1, np.array([names[r.rule] for r in rules])[hits[chosen, 0]]))
    if verdict and reasons:
        border, place = (w.segment, w.segment[np.searchsorted(w.sentence, verdict.sentence, "left")]) if unit == "turn" else (w.sentence, verdict.sentence)
        code = np.array([codes.get(c, -1) for c in verdict.codes], dtype=np.int64)[verdict.code]
        parts.append((np.searchsorted(border, place, "left"), np.searchsorted(border, place, "right") - 1, code, verdict.absent, np.array([names[r] for r in reasons], dtype=np.int64)))
    first, last, code, absent, rule = (np.concatenate([p[k] for p in parts]) for k in range(5))
    return Passages(first, last, Factor(code, tuple(codes)), absent, Factor(rule, tuple(names)))


def _one_each(code: np.ndarray, starts: np.ndarray, ends: np.ndarray, hits: np.ndarray) -> np.ndarray:
    """Of several hits of a code in one passage the longest wording speaks, then the first; a passage inside a longer one is left out."""
    order = np.lexsort((hits[:, 1], hits[:, 1] - hits[:, 2], ends, starts, code))
    keep = np.ones(len(order), bool)
    o = order
    keep[1:] = (code[o][1:] != code[o][:-1]) | (starts[o][1:] != starts[o][:-1]) | (ends[o][1:] != ends[o][:-1])
    return _drop_inside(o[keep], code, starts, ends)


def _drop_inside(chosen: np.ndarray, code: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Leave out a passage that lies inside a longer one of the same code."""
    if len(chosen) < 2:
        return chosen
    c = chosen[np.lexsort((-ends[chosen], starts[chosen], code[chosen]))]
    reach = code[c].astype(np.int64) * (int(ends[c].max()) + 1) + ends[c]  # codes one behind the other on one line
    return c[np.append(True, reach[1:] > np.maximum.accumulate(reach)[:-1])]


_NEGATES: dict[tuple[str, str], bool] = {}


def _negates(pattern: str, key: str, sets: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a pattern names a negator itself."""
    known = _NEGATES.get((pattern, key))
    if known is None:
        known = _NEGATES[pattern, key] = any(names_negator(x) for row in parse(pattern, sets, key=key) for s in row.steps for x in s.words)
    return known


@lru_cache(maxsize=65536)
def names_negator(word: str) -> bool:
    """Whether a word of a pattern is itself a negator (or a weak one)."""
    return plain(word.lstrip("=")) in NEGATORS or word in WEAK


def _name(name: str) -> str:
    return " ".join("=" + part.lower() for part in name.replace("(", " ").replace(")", " ").split())


def _overlaps(a: np.ndarray, b: np.ndarray, ma: np.ndarray, mb: np.ndarray) -> np.ndarray:
    """Which of the spans a..b touch any of the spans ma..mb (all inclusive; ma sorted)."""
    reach = np.maximum.accumulate(mb)
    i = np.searchsorted(ma, b, "right") - 1
    return (i >= 0) & (reach[np.maximum(i, 0)] >= a)


def explain(hit: Coding | pd.Series | dict, book: Codebook, corpus: Corpus, *, nlp: Pipeline | None = None) -> str:
    """Say in words why a passage was coded: rule, words found, family forms, negator."""
    get = hit.get if isinstance(hit, (dict, pd.Series)) else lambda k, d=None: getattr(hit, k, d)
    document, start, end, code = str(get("document")), int(get("start")), int(get("end")), str(get("code"))
    rule = str(get("rule") or "")
    if rule.startswith(("isyarat: ", "cues: ")):
        line = corpus[document].line(start)
        denied = get("polarity") == "absent"
        why = hinders(corpus[document], start, end)
        heaviest, moved = (withheld(why), "") if why else (rule.partition(": ")[2], _moved(book, corpus[document], start, end, code))
        return "; ".join([say(f"{code} ({book[code].label}) di {document}:{line}", f"{code} ({book[code].label}) at {document}:{line}"),
                          say(f"kalimat ini melewati ambang kode itu; isyarat terberat: {heaviest}", f"this sentence passes the code's threshold; the heaviest cues: {heaviest}"),
                          say("“?” berarti kata dari pertanyaan sebelumnya", "“?” marks a word of the question before"),
                          *([say(f"“(pembaca)” ialah pembaca kalimat; kata yang menggerakkannya: {moved}", f"“(reader)” is the sentence reader; the words that moved it: {moved}")] if moved else []), _where(book),
                          say("maka: ", "hence: ") + ("absent" if denied else "present")])
    if nlp is None and any(r.spacy and r.rule == rule for r in book[code].indicators):
        return say(f"{code} ({book[code].label}): pola spaCy “{rule}”; beri pipeline-nya (nlp=…) supaya katanya dapat disebut.", f"{code} ({book[code].label}): the spaCy pattern “{rule}”; give its pipeline (nlp=…) for the words to be named.")
    for h in hits(Corpus((corpus[document],), corpus.cases), book.only([code]), nlp=nlp):
        if h.start < end and start < h.end and (not get("rule") or h.indicator.rule == get("rule")):
            line, why = corpus[document].line(h.start), hinders(corpus[document], h.start, h.end)
            said = withheld(why) if why else h.words
            parts = [say(f"{code} ({book[code].label}) di {document}:{line}", f"{code} ({book[code].label}) at {document}:{line}"),
                     say(f"aturan “{h.indicator.pattern}” ({h.indicator.language}, baris {h.indicator.line} di {book.name}.yml)", f"rule “{h.indicator.pattern}” ({h.indicator.language}, line {h.indicator.line} of {book.name}.yml)"),
                     say(f"kata yang kena: “{said}”", f"words found: “{said}”")]
            if h.negator:
                parts.append(say(f"dibalik oleh “{h.negator}”", f"turned by “{h.negator}”"))
            if h.indicator.polarity == "absent":
                parts.append(say("bunyi aturan ini sendiri berarti tidak ada", "the wording of this rule itself means absent"))
            parts.append(say("maka: ", "hence: ") + h.polarity)
            if h.indicator.note:
                parts.append(h.indicator.note)
            return "; ".join(parts)
    return say(f"Tidak ada aturan {book.id} yang kena di {document}:{start}–{end} untuk {code}.", f"No rule of {book.id} hits {document}:{start}–{end} for {code}.")


def _moved(book: Codebook, document: Document, start: int, end: int, code: str) -> str:
    """The words that moved the sentence reader in a passage of a document (in the sentence of it that moved it most), as "uang +0.4 · pegang +0.3"."""
    path = cue_table.table_path(book)
    model = cue_table.CueModel.load(path) if path is not None else None
    if model is None or model.reader is None or code not in model.codes:
        return ""
    e, j = Engine(Corpus((document,)), everything=True), model.codes.index(code)
    sentences = np.unique(e.words.sentence[np.searchsorted(e.words.end, start, "right"):np.searchsorted(e.words.start, end, "left")]).astype(np.int64)
    if not len(sentences) or not model.output[j]:
        return ""
    reading, output = e.features.reading(model.reader), int(model.output[j]) - 1
    most = int((reading.says(sentences)[:, output] * model.heed[j]).argmax()) if len(sentences) > 1 else 0
    word, _, share = reading.moved(sentences[[most]], np.array([output]))
    said = pd.Series(share * model.heed[j]).groupby([e.words.types[i] for i in e.words.ids[word]], sort=False).sum().sort_values(ascending=False, kind="stable")
    return " · ".join(f"{w} +{x:.1f}" for w, x in said.head(4).items() if x >= 0.05)


def _where(book: Codebook) -> str:
    """Where the weights that coded a sentence can be read."""
    path = cue_table.table_path(book)
    model = cue_table.CueModel.load(path) if path is not None else None
    more = [*([say(f"untuk kata yang biasa diucapkan bersama, di codebooks/{cue_table.FILE}", f"for words that are often said together, in codebooks/{cue_table.FILE}")] if model and model.bundles else []),
            *([say(f"untuk kata dalam konteksnya, di pembaca kalimat codebooks/{cue_table.BESIDE[1]}", f"for words in their context, in the sentence reader codebooks/{cue_table.BESIDE[1]}")] if model and model.reader else [])]
    return say(" dan, ", " and, ").join([say(f"bobotnya ada di codebooks/{book.name}.cues.csv", f"the weights stand in codebooks/{book.name}.cues.csv"), *more])


def hits(corpus: Corpus, book: Codebook, *, everything: bool = True, nlp: Pipeline | None = None) -> list[Hit]:
    """Every single hit of every rule, before hits are joined and widened: the words, the negator, the verdict.  Rule by rule; of a large selection block by block."""
    small = sum(len(d.text) for d in corpus.documents) <= WHOLE
    out = []
    for e in [Engine(corpus, everything=everything)] if small else engines(corpus, everything=everything):  # a sentence's is not kept
        rules, found = e.find(book, nlp)
        w = e.words
        for n, a, b, by, absent in found.tolist():
            document, start = w.place(int(w.start[a]))
            end = start + int(w.end[b] - w.start[a])
            negator = w.text[int(w.start[by]):int(w.end[by])] if by >= 0 else ""
            out.append(Hit(document.id, start, end, rules[n], document.text[start:end], "absent" if absent else "present", negator))
    return out


def families(book: Codebook, corpus: Corpus) -> pd.DataFrame:
    """The word families of a book as found in a corpus: code, root, form, count; `struck` forms match nothing."""
    sets, key = _all_sets(book), sets_key(book.sets)
    roots = {c.id: sorted({word for i in c.indicators if not i.spacy for r in parse(i.pattern, sets, key=key) for s in r.steps for word in s.words if word.startswith("~")}) for c in book}
    found: dict[str, dict[str, int]] = {}  # root → form → how often
    for e in engines(corpus):
        for root in {r for some in roots.values() for r in some}:
            forms = found.setdefault(root, {})
            for t in e.matcher.types(root).tolist():
                forms[e.words.types[t]] = forms.get(e.words.types[t], 0) + int(e.words.counts[t])
    rows = [(code.id, root[1:], form, n, form in code.strike) for code in book for root in roots[code.id] for form, n in found.get(root, {}).items()]
    return pd.DataFrame(rows, columns=["code", "root", "form", "count", "struck"]).sort_values(["code", "root", "count", "form"], ascending=[True, True, False, True], ignore_index=True)


def _all_sets(book: Codebook) -> dict[str, tuple[str, ...]]:
    from ..lexicon import sets as shared

    return {**shared(), **{k: tuple(v) for k, v in book.sets.items()}}


def sentence_hits(text: str, book: Codebook) -> list[Hit]:
    """The hits in a piece of text as if an informant had said it (for examples and false friends)."""
    return hits(Corpus((Document("sentence", text, "note"),)), book)


__all__ = ["Engine", "Hit", "Passages", "autocode", "engine", "engines", "explain", "families", "hits", "passages", "sentence_hits"]

