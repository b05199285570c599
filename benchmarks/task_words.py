"""Words: a study loaded, a codebook applied, words in context; beside their peers."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sqlite3

import numpy as np

from clock import alternately, peer, timed
from common import ROOT, Run, codings, forget, present

from kube_research.codings import Codings


def load(run: Run) -> None:
    from kube_research.study import open_study

    len(open_study(ROOT).codings())  # the program's own start is measured elsewhere
    root = run.root
    for f in (root / "corpus").rglob("*.*"):
        f.read_bytes()  # the disk's part is the same for all: nobody is the first to read
    whole = lambda _=None: len(open_study(root).codings())  # noqa: E731 - the task in one line
    gone = lambda: shutil.rmtree(root / ".cache", ignore_errors=True)  # noqa: E731
    gone()
    whole(), whole()
    run.ours_done()
    files, times = sorted((root / "corpus").rglob("*.*")), 1
    if len(files) > 20_000:  # the rows that lie ready would need more memory than they are worth
        files, times = files[::10], 10
        run.same("at this size the peer is given a tenth of the files, and its seconds are multiplied", None)
    table = [(e["document"], e["start"], e["end"], e["code"], e["coder"]) for f in files if f.suffix == ".jsonl" for e in map(json.loads, f.read_text("utf-8").splitlines())]

    def insert(rows: list[tuple]) -> int:
        db = sqlite3.connect(":memory:")
        with db:
            db.execute("create table c (document, start, end, code, coder)")
            db.executemany("insert into c values (?, ?, ?, ?, ?)", rows)
        return db.execute("select count(*) from c").fetchone()[0]

    def bare() -> int:
        for f in files:
            hashlib.sha256(f.read_bytes()).digest()
        return insert(table)

    def parsed() -> int:
        rows = []
        for f in files:
            data = f.read_bytes()
            hashlib.sha256(data).digest()
            if f.suffix == ".jsonl":
                rows += [(e["document"], e["start"], e["end"], e["code"], e["coder"]) for e in map(json.loads, data.decode().splitlines())]
        return insert(rows)

    (cold, n), (warm, m), (floor, a) = alternately(("load the study, nothing cached", whole, gone), ("load the study again", whole, None), ("sha256 of every file + one SQLite transaction of rows that lie ready", bare, None))
    plain, b = timed("the same, the journals' JSON parsed", parsed, None, 3)
    floor, plain = ((name, t * times, runs) for name, t, runs in (floor, plain))
    run.row(cold, floor, 3)
    run.row(cold, plain)
    run.row(warm, floor, 3)
    run.same(f"{n:,} codings are loaded by all", n == m and (times > 1 or n == a == b))


def _numbers(table: Codings) -> bytes:
    """The digest of a table of codings, its words not made: places, and what they are coded as."""
    whole = hashlib.sha256()
    for name in ("start", "end", "turn"):
        whole.update(np.ascontiguousarray(table._numbers(name)).data)
    for name in ("document", "code", "polarity", "speaker", "role", "rule"):
        factor = table.factor(name)
        whole.update(repr(factor.names).encode() + np.ascontiguousarray(factor.codes).data)
    return whole.digest()


def apply(run: Run) -> None:
    import kube_research.engine as engine
    from kube_research.codebook import loads as codebook_of
    from kube_research.corpus import Corpus
    from kube_research.engine import edits
    from kube_research.study import open_study

    book = open_study(run.root).codebook("bench")
    fresh = lambda: (engine._ENGINES.clear(), engine._BLOCKS.clear(), forget(run), open_study(run.root).corpus)[3]  # noqa: E731 - texts read, nothing interned
    code = lambda c: engine.autocode(c, book, everything=True, cues=False)  # noqa: E731
    before = _numbers(code(fresh()))
    next_, later = timed("apply the codebook in a new session, words kept", code, lambda: (engine._ENGINES.clear(), engine._BLOCKS.clear(), open_study(run.root).corpus)[2], 3)
    run.same("the same codings with words that were kept", _numbers(later) == before)
    corpus = later.corpus
    del later
    again, _ = timed("apply the codebook again", lambda: code(corpus))
    after = codebook_of((run.root / "codebooks/bench.yml").read_text("utf-8").replace("        - '=", "        - '=yang =ada'\n        - '=", 1))
    edit, change = timed("a rule is added: what is gained and lost", lambda _: edits.edited(corpus, book, after, everything=True, use_cues=False), lambda: ([e._found.clear() for e in engine.engines(corpus, everything=True)], code(corpus)))
    run.ours_done()
    some = corpus if len(corpus) <= 20_000 else Corpus(corpus.documents[::10], corpus.cases)  # where the answers are held together, place by place
    if some is not corpus:
        run.same("at this size answers are held together on every tenth document", None)
    whole = [{(r.document, r.start, r.end, r.polarity) for r in engine.autocode(some, b.only(change.codes), everything=True, cues=False)._frame.itertuples()} for b in (book, after)]
    told = [{(r.document, r.start, r.end, r.polarity) for r in part._frame.itertuples() if r.document in some} for part in (change.lost, change.gained)]
    run.same(f"the edit of one rule: {len(told[1]):,} gained and {len(told[0]):,} lost, as the two whole codings differ; {edit[1] * 1000:.0f} ms (asked for at M: below 50)", told == [whole[0] - whole[1], whole[1] - whole[0]])
    from kube_research.patterns import parse

    stands = {(h.document, h.start, h.end) for h in engine.hits(some, book)}
    e, found = engine.engine(some, everything=True), set()
    for rule in (p.pattern for c in book for p in c.indicators):  # the places themselves, before the verdict on what is asked, supposed or denied
        first_word, last_word = e.matcher.rows(parse(rule), hidden=~e.words.speaking)
        place = e.words.places(first_word, last_word)
        found |= {(some.documents[d].id, a, b) for d, a, b in zip(place.document.tolist(), place.start.tolist(), place.end.tolist(), strict=True)}
    phrases = sorted({p.pattern.replace("=", "") for c in book for p in c.indicators})
    texts = [d.text for d in corpus]
    import spacy
    from spacy.matcher import PhraseMatcher

    nlp = spacy.blank("id")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("x", [nlp.make_doc(p) for p in phrases])

    def search() -> list[tuple[str, int, int]]:
        out = []
        for d in corpus:
            doc = nlp.make_doc(d.text)
            out += [(d.id, doc[a:b].start_char, doc[a:b].end_char) for _, a, b in matcher(doc)]
        return out

    first = None
    if ahocorasick := present(run, "ahocorasick_rs", "ahocorasick-rs"):
        letters = re.compile(r"\w")
        machine = ahocorasick.AhoCorasick(phrases, matchkind=ahocorasick.MatchKind.Standard)

        def scan() -> int:
            return sum(not ((a and letters.match(t[a - 1])) or (b < len(t) and letters.match(t[b]))) for t in map(str.lower, texts) for _, a, b in machine.find_matches_as_indexes(t, overlapping=True))

        (first, _), (bare, count) = alternately(("apply the codebook with offsets, first pass", code, fresh), ("ahocorasick-rs + word filter", lambda _: scan(), lambda: None))
        run.row(first, bare, 9)
        run.row(next_, bare)
        run.row(edit, bare, 1)
        run.same(f"ahocorasick-rs: {count or 0:,} places, letters only", None)
    first = first or timed("apply the codebook with offsets, first pass", code, fresh, 3)[0]
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"})
    ruler.add_patterns([{"label": "x", "pattern": p} for p in phrases])
    ents, _ = peer("spaCy EntityRuler", lambda: sum(len(doc.ents) for doc in nlp.pipe(texts)), 1)
    run.row(first, ents)
    nlp.remove_pipe("entity_ruler")
    theirs, places = peer("spaCy PhraseMatcher, with offsets", search, 1)
    run.row(first, theirs)
    run.row(again, theirs)
    if places is not None:
        places = {p for p in places if p[0] in some}
        shared = len(found & places) / max(1, len(places))
        run.same(f"places: {len(found):,} ours, {len(places):,} spaCy's, {shared:.1%} of spaCy's are ours too; the two cut words at hyphens and sentences differently", None if shared > 0.97 else False)
    run.same(f"of our places {len(stands):,} count as hits of the codebook, all of them among the places: the others are supposed, asked or struck out by the rules' verdict, which no peer gives", True if stands <= found else False)
    if sklearn := present(run, "sklearn", "scikit-learn"):
        counter = sklearn.CountVectorizer(vocabulary=phrases, ngram_range=(2, 2), token_pattern=r"(?u)\b\w+\b")
        bare, counts = peer("scikit-learn CountVectorizer, no offsets", lambda: counter.transform(texts))
        run.row(first, bare)
        run.row(again, bare)
        run.same(f"scikit-learn counts {int(counts.sum()) if counts is not None else 0:,}: it also counts across the end of a sentence or a turn", None)


def kwic(run: Run) -> None:
    import kube_research.engine as engine
    from kube_research.search import kwic as concordance
    from kube_research.study import open_study

    seen: dict[str, int] = {}
    for w in re.findall(r"[a-z]{5,}", " ".join(d.text for d in open_study(run.root).corpus.documents[:30]).lower()):
        seen[w] = seen.get(w, 0) + 1
    words = sorted(seen, key=lambda w: (-seen[w], w))[20:120:5]
    session = lambda: (engine._ENGINES.clear(), engine._BLOCKS.clear(), open_study(run.root).corpus)[2]  # noqa: E731
    fresh = lambda: (forget(run), session())[1]  # noqa: E731
    look = lambda c: [len(concordance(c, f"={w}")) for w in words]  # noqa: E731
    cold, mine = timed("words in context, 20 words, cold", look, fresh, 3)
    next_, others = timed("words in context, 20 words, a new session, words kept", look, session, 3)
    run.same("as many lines with words that were kept", mine == others)
    corpus = session()
    look(corpus)
    warm, _ = timed("words in context, 20 words, warm", lambda: look(corpus), None, 5)
    run.ours_done()
    texts = [d.text for d in corpus]
    wanted = re.compile("|".join(rf"\b{w}\b" for w in words), re.I)

    def lines() -> int:
        n = 0
        for t in texts:
            for m in wanted.finditer(t):
                a, b = m.span()
                n += bool((t[max(0, a - 40):a], t[a:b], t[b:b + 40]))
        return n

    plain, count = peer("one regular expression over the texts, lines cut", lines)
    run.row(cold, plain)
    run.row(next_, plain)
    run.same(f"lines: {sum(mine):,} ours, {count or 0:,} by the regular expression, which also counts inside hyphenated words", None)
    from nltk.text import Text
    from nltk.tokenize import wordpunct_tokenize

    index = lambda: Text([w for t in texts for w in wordpunct_tokenize(t)])  # noqa: E731
    find = lambda t: [len(t.concordance_list(w, width=80, lines=10**9)) for w in words]  # noqa: E731
    slow, other = peer("NLTK Text.concordance_list, cold", lambda: find(index()), 1)
    run.row(cold, slow)
    if other is None:
        return
    text = index()
    find(text)
    quick, _ = peer("NLTK Text.concordance_list, warm", lambda: find(text))
    run.row(warm, quick)
    near = sum(mine) / max(1, sum(other))
    run.same(f"lines: {sum(mine):,} ours, {sum(other):,} NLTK's; NLTK cuts a hyphened word in two, we do not", None if 0.9 < near <= 1.001 else False)
