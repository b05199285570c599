"""The tasks of `make bench`: each runs us and its peers on one generated study, holds the answers together, and gives medians.

    python benchmarks/tasks.py TASK FOLDER

prints one line of JSON: {"rows": [[ours, seconds, runs, peer, seconds, runs, limit, extra]], "answers": [[what, agrees]], "memory": MB}.  `limit`
is the issue's: ours ≤ limit × peer + extra seconds (null: none).  `agrees` is true, false, or null where the two cannot agree, and the text says why.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import clock  # noqa: E402
from clock import by_the_clock, peer, timed  # noqa: E402

OTHERS = {"taguette": "bench-taguette", "qc": "bench-qc", "pyrefiqda": "bench-qc"}  # program → its environment in .cache
PATIENCE = 5.0  # seconds that one function of another program may take


class Run:
    """What one task found."""

    def __init__(self, root: Path):
        self.root, self.rows, self.answers, self.memory, self.missing = root, [], [], 0.0, []

    def row(self, ours: tuple[str, float, int], peer: tuple[str, float, int], limit: float | None = None, extra: float = 0.0) -> None:
        """A peer of 0 runs was stopped after its seconds."""
        self.rows.append([*ours, *peer, limit, extra])

    def same(self, what: str, agrees: bool | None) -> None:
        self.answers.append([what, None if agrees is None else bool(agrees)])

    def ours_done(self) -> None:
        """Peak memory so far, before any peer has run."""
        import psutil

        if sys.platform == "win32":
            self.memory = psutil.Process().memory_info().peak_wset / 1e6
        else:
            import resource

            self.memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def peers() -> None:
    """Packages of the benchmark's own environment, behind ours."""
    for folder in (ROOT / ".cache/bench-venv").glob("**/site-packages"):
        sys.path.append(str(folder))


def codings(root: Path):
    from kube_research.study import open_study

    study = open_study(root)
    return study, study.codings()


def load(run: Run) -> None:
    from kube_research.study import open_study

    len(open_study(ROOT).codings())  # the program's own start is measured elsewhere
    root = run.root
    for f in (root / "corpus").rglob("*.*"):
        f.read_bytes()  # the disk's part is the same for all: nobody is the first to read
    whole = lambda _=None: len(open_study(root).codings())  # noqa: E731 - the task in one line
    cold, n = timed("load the study, nothing cached", whole, lambda: shutil.rmtree(root / ".cache", ignore_errors=True), 4)
    warm, m = timed("load the study again", whole, None, 5)
    run.ours_done()
    files = sorted((root / "corpus").rglob("*.*"))
    if len(files) > 20_000:  # the rows that lie ready would need more memory than they are worth
        files = files[::10]
        run.same("at this size the peer is given a tenth of the files, and its seconds are multiplied", None)
    times = 10 if len(files) < n / 25 and n > 1_000_000 else 1
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

    floor, a = timed("sha256 of every file + one SQLite transaction of rows that lie ready", bare)
    plain, b = timed("the same, the journals' JSON parsed", parsed, None, 3)
    floor, plain = ((name, t * times, runs) for name, t, runs in (floor, plain))
    run.row(cold, floor, 3)
    run.row(cold, plain)
    run.row(warm, floor, 3)
    run.same(f"{n:,} codings are loaded by all", n == m and (times > 1 or n == a == b))


def apply(run: Run) -> None:
    import kube_research.engine as engine
    from kube_research.codebook import loads as codebook_of
    from kube_research.corpus import Corpus
    from kube_research.engine import edits
    from kube_research.study import open_study

    book = open_study(run.root).codebook("bench")
    fresh = lambda: (engine._ENGINES.clear(), forget(run), open_study(run.root).corpus)[2]  # noqa: E731 - texts read, nothing interned
    code = lambda c: engine.autocode(c, book, everything=True, cues=False)  # noqa: E731
    first, table = timed("apply the codebook with offsets, first pass", code, fresh, 3)
    next_, later = timed("apply the codebook in a new session, words kept", code, lambda: (engine._ENGINES.clear(), open_study(run.root).corpus)[1], 3)
    run.same("the same codings with words that were kept", later._frame.equals(table._frame))
    corpus = later.corpus
    again, _ = timed("apply the codebook again", lambda: code(corpus))
    after = codebook_of((run.root / "codebooks/bench.yml").read_text("utf-8").replace("        - '=", "        - '=yang =ada'\n        - '=", 1))
    edit, change = timed("a rule is added: what is gained and lost", lambda _: edits.edited(corpus, book, after, everything=True, use_cues=False), lambda: (engine.engine(corpus, everything=True)._found.clear(), code(corpus)))
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

    if ahocorasick := present(run, "ahocorasick_rs", "ahocorasick-rs"):
        letters = re.compile(r"\w")
        machine = ahocorasick.AhoCorasick(phrases, matchkind=ahocorasick.MatchKind.Standard)

        def scan() -> int:
            return sum(not ((a and letters.match(t[a - 1])) or (b < len(t) and letters.match(t[b]))) for t in map(str.lower, texts) for _, a, b in machine.find_matches_as_indexes(t, overlapping=True))

        bare, count = peer("ahocorasick-rs + word filter", scan)
        run.row(first, bare, 9)
        run.row(next_, bare)
        run.row(edit, bare, 1)
        run.same(f"ahocorasick-rs: {count or 0:,} places, letters only", None)
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


def forget(run: Run) -> None:
    """Throw away the interned words that are kept beside the study."""
    for path in (run.root / ".cache").glob("words-*"):
        path.unlink()


def present(run: Run, module: str, package: str):
    try:
        if module == "sklearn":
            import sklearn.feature_extraction.text as found
        else:
            found = __import__(module)
        return found
    except ImportError:
        run.missing.append(package)
        return None


def matrices(run: Run) -> None:
    import pandas as pd

    from kube_research.codings import Codings
    from kube_research.matrix import cross

    import pyarrow as pa
    import pyarrow.ipc as ipc

    _, table = codings(run.root)
    given = dict(table._factors)
    new = lambda: Codings(None, table.corpus, table.books, factors=given, held=table._held)  # noqa: E731 - as the study gives it
    got = {}
    for rows in ("document", "case"):
        got[rows] = timed(f"{rows} × code", lambda c, rows=rows: cross(c, rows, "code", count="segments", every=False).frame, new)
    run.ours_done()
    frame = table._frame
    kept = run.root / ".cache/bench.arrow"
    columns = pa.table({c: pa.array(frame[c]).dictionary_encode() if hasattr(pa.array(frame[c]), "dictionary_encode") else pa.array(frame[c]) for c in ("document", "case", "code")}).unify_dictionaries().combine_chunks()
    with ipc.new_file(str(kept), columns.schema) as writer:
        writer.write_table(columns)
    for rows, (ours, answer) in got.items():
        owner, names = pd.factorize(frame[rows], sort=True)
        code, codes = pd.factorize(frame["code"], sort=True)
        count, cells = timed("numpy bincount, columns numbered already", lambda o=owner, n=len(names), c=code, q=len(codes): np.bincount(o * q + c, minlength=n * q).reshape(n, q))

        def read(rows: str = rows) -> np.ndarray:
            found = ipc.open_file(str(kept)).read_all()
            o, c = (found[k].combine_chunks() for k in (rows, "code"))
            o, c = (x.chunk(0) if isinstance(x, pa.ChunkedArray) else x for x in (o, c))
            q = len(c.dictionary)
            return np.bincount(o.indices.to_numpy().astype(np.int64) * q + c.indices.to_numpy(), minlength=len(o.dictionary) * q).reshape(-1, q)

        bare, _ = timed("the two columns read from an Arrow file + bincount", read)
        tab, other = peer("pandas crosstab", lambda rows=rows: pd.crosstab(frame[rows], frame["code"]))
        run.row(ours, bare, 3)
        run.row(ours, count)
        run.row(ours, tab)
        mine = answer.loc[list(names), list(codes)].to_numpy()
        run.same(f"{rows} × code: every cell", np.array_equal(mine, cells) and (other is None or np.array_equal(mine, other.to_numpy())))


SWEEP = r"""
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
/* codings in order of low; met: a bit for each code that a coding has met (at most 64 codes) */
void sweep(int64_t n, const int64_t *low, const int64_t *high, const int64_t *code, int64_t q, int64_t *out) {
    uint64_t *met = calloc(n, 8);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = i + 1; j < n && low[j] < high[i]; j++) { met[i] |= 1ULL << code[j]; met[j] |= 1ULL << code[i]; }
    for (int64_t i = 0; i < n; i++)
        for (uint64_t m = met[i]; m; m &= m - 1) out[code[i] * q + __builtin_ctzll(m)]++;
    free(met);
}
"""


def compiled(run: Run) -> Callable[..., np.ndarray] | None:
    """The sweep over codings in C; None, and a word on it, where nothing compiles."""
    import ctypes
    import subprocess

    folder = ROOT / ".cache"
    folder.mkdir(exist_ok=True)
    (folder / "sweep.c").write_text(SWEEP)
    try:
        subprocess.run([os.environ.get("CC", "gcc"), "-O2", "-shared", "-fPIC", "-o", folder / "sweep.so", folder / "sweep.c"], check=True, capture_output=True, timeout=60)
        library = ctypes.CDLL(str(folder / "sweep.so"))
    except (OSError, subprocess.SubprocessError):
        run.missing.append("a C compiler (for the sweep)")
        return None

    def sweep(document: np.ndarray, start: np.ndarray, end: np.ndarray, code: np.ndarray, q: int, reach: int) -> np.ndarray:
        stride = int(end.max()) + reach + 2
        low = document * stride + start
        high = document * stride + end + reach
        if not bool((low[1:] >= low[:-1]).all()):
            order = np.argsort(low, kind="stable")
            low, high, code = low[order], high[order], code[order]
        arrays = [np.ascontiguousarray(a, np.int64) for a in (low, high, code)]
        out = np.zeros((q, q), np.int64)
        point = lambda a: a.ctypes.data_as(ctypes.c_void_p)  # noqa: E731
        library.sweep(ctypes.c_int64(len(low)), *map(point, arrays), ctypes.c_int64(q), point(out))
        return out

    return sweep


def meeting(run: Run) -> None:
    from scipy.sparse import csr_matrix

    from kube_research.codings import Codings
    from kube_research.meeting import cooccurrence

    _, table = codings(run.root)
    new = lambda: Codings(None, table.corpus, table.books, factors=table._factors, held=table._held)  # noqa: E731 - as the study gives it
    got = {w: timed(f"co-occurrence, {name}", lambda c, w=w: cooccurrence(c, w).frame.to_numpy(), new) for w, name in (("overlap", "overlap"), (200, "within 200 characters"), ("turn", "same turn"))}
    run.ours_done()
    f = table._frame
    names, code = np.unique(f["code"].to_numpy(str), return_inverse=True)
    _, document = np.unique(f["document"].to_numpy(str), return_inverse=True)
    start, end, q = f["start"].to_numpy(), f["end"].to_numpy(), len(names)

    def listed(reach: int) -> np.ndarray:
        stride = int(end.max()) + reach + 2
        low = document * stride + start
        order = np.argsort(low, kind="stable")
        low, high, c = low[order], (document * stride + end + reach)[order], code[order]
        many = np.maximum(np.searchsorted(low, high, "left") - np.arange(len(low)) - 1, 0)
        i = np.repeat(np.arange(len(low)), many)
        j = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many) + i + 1
        pair = np.unique(np.concatenate((i * q + c[j], j * q + c[i])))
        return np.bincount(c[pair // q] * q + pair % q, minlength=q * q).reshape(q, q)

    def product() -> np.ndarray:
        _, group = np.unique(document * (int(f["turn"].max()) + 1) + f["turn"].to_numpy(), return_inverse=True)
        m = csr_matrix((np.ones(len(code), np.int64), (group, code)), shape=(group.max() + 1, q))
        return np.asarray((m.T @ (m > 0).astype(np.int64)).todense())

    sweep = compiled(run)
    for w, (ours, answer) in got.items():
        if sweep and w != "turn":
            count = lambda w=w: sweep(document, start, end, code, q, 0 if w == "overlap" else w)  # noqa: E731
            quick, cells = timed("a sweep in C, compiled here", count)
            run.row(ours, quick, 4 if len(code) < 1_000_000 else 8)
            run.same(f"co-occurrence ({w}): every cell as the sweep in C counts it", np.array_equal(answer[~np.eye(q, dtype=bool)], cells[~np.eye(q, dtype=bool)]))
        if len(code) > 1_000_000 and w != "turn":
            continue  # every pair listed would need many times the memory
        theirs, other = peer("sparse product (scipy)" if w == "turn" else "numpy, every pair listed", product if w == "turn" else lambda w=w: listed(0 if w == "overlap" else w), 5)
        run.row(ours, theirs, 2 if w == "turn" else None)
        off = ~np.eye(q, dtype=bool)
        run.same(f"co-occurrence ({w}): every cell off the diagonal", np.array_equal(answer[off], other[off]) if other is not None else None)


def alphas(run: Run) -> None:
    from kube_research.intercoder import marks, units_of
    from kube_research.stats.bulk import binary_agreement

    study, table = codings(run.root)
    corpus = study.corpus
    spans = [(d.id, a, b) for d in corpus for a, b in units_of(d, corpus, "turn")]
    f = table._frame
    coders, names = sorted(f["coder"].unique()), sorted(f["code"].unique())
    index = {c: i for i, c in enumerate(names)}
    parts = [marks(spans, f[f["coder"] == c], index) for c in coders]
    unit, code = (np.concatenate([p[k] for p in parts]) for k in (0, 1))
    coder = np.repeat(np.arange(len(coders)), [len(p[0]) for p in parts])
    ours, answer = timed(f"{len(names) + 1} alphas and kappas ({len(spans):,} turns, {len(coders)} coders)", lambda: binary_agreement(unit, coder, code, units=len(spans), coders=len(coders), codes=len(names)))
    run.ours_done()
    if not (k := present(run, "krippendorff", "krippendorff")):
        return
    put = np.zeros((len(names), len(coders), len(spans)))
    put[code, coder, unit] = 1
    tables = [*put, put.transpose(1, 0, 2).reshape(len(coders), -1)]
    theirs, other = peer("krippendorff, a call for each, tables made already", lambda: [k.alpha(reliability_data=t, level_of_measurement="nominal") for t in tables])
    run.row(ours, theirs)
    run.same("alpha of every code and of all pooled, to 9 decimals", np.allclose(answer.alpha, other, atol=1e-9) if other is not None else None)


def intervals(run: Run) -> None:
    """Alphas with bootstrap intervals, 1,000 rounds over documents; the peers, which have no interval, give each alpha once."""
    from kube_research.intercoder import marks, units_of
    from kube_research.stats.agreement import agreement_per_code, krippendorff_alpha

    study, table = codings(run.root)
    corpus = study.corpus
    spans = [(d.id, a, b) for d in corpus for a, b in units_of(d, corpus, "turn")]
    f = table._frame
    coders, names = sorted(f["coder"].unique()), sorted(f["code"].unique())
    put = np.zeros((len(spans), len(coders), len(names)), bool)
    for k, c in enumerate(coders):
        u, j = marks(spans, f[f["coder"] == c], {n: i for i, n in enumerate(names)})
        put[u, k, j] = True
    where = np.array([s[0] for s in spans])
    ours, found = timed(f"{len(names) + 1} alphas, each with an interval of 1,000 rounds over documents", lambda: agreement_per_code(put, codes=names, documents=where, rounds=1000, seed=1), None, 3)
    units = min(len(spans), 4_000)
    few = put[:units, :, 0].astype(float)
    one, alpha = timed("one alpha of a code, without an interval", lambda: krippendorff_alpha(few, [0.0, 1.0]).value)
    run.ours_done()
    if k := present(run, "krippendorff", "krippendorff"):
        tables = [put[:, :, j].T.astype(float) for j in range(len(names))]
        theirs, other = timed(f"krippendorff, the {len(names)} alphas once, no interval, tables made already", lambda: [k.alpha(reliability_data=t, level_of_measurement="nominal") for t in tables], None, 3)
        run.row(ours, theirs)
        run.same("alpha of every code, to 9 decimals", np.allclose([c.alpha.value for c in found[:-1]], other, atol=1e-9))
    rows = [(f"c{g}", f"u{i}", "yes" if few[i, g] else "no") for i in range(units) for g in range(len(coders))]
    from nltk.metrics.agreement import AnnotationTask

    theirs, other = timed("nltk AnnotationTask.alpha, the same code, its task made already", lambda t: t.alpha(), lambda: AnnotationTask(rows), 3)
    run.row(one, theirs)
    run.same(f"nltk's alpha of one code on {units:,} turns, to 9 decimals", abs(alpha - other) < 1e-9)
    if s := present(run, "simpledorff", "simpledorff"):
        import pandas as pd

        frame = pd.DataFrame(rows, columns=["who", "unit", "label"])
        theirs, other = timed("simpledorff, the same code", lambda: s.calculate_krippendorffs_alpha_for_df(frame, experiment_col="unit", annotator_col="who", class_col="label"), None, 3)
        run.row(one, theirs)
        run.same("simpledorff's alpha of the same, to 9 decimals", abs(alpha - other) < 1e-9)


def kwic(run: Run) -> None:
    import kube_research.engine as engine
    from kube_research.search import kwic as concordance
    from kube_research.study import open_study

    texts = [d.text for d in open_study(run.root).corpus]
    seen: dict[str, int] = {}
    for w in re.findall(r"[a-z]{5,}", " ".join(texts[:30]).lower()):
        seen[w] = seen.get(w, 0) + 1
    words = sorted(seen, key=lambda w: (-seen[w], w))[20:120:5]
    session = lambda: (engine._ENGINES.clear(), open_study(run.root).corpus)[1]  # noqa: E731
    fresh = lambda: (forget(run), session())[1]  # noqa: E731
    look = lambda c: [len(concordance(c, f"={w}")) for w in words]  # noqa: E731
    cold, mine = timed("words in context, 20 words, cold", look, fresh, 3)
    next_, others = timed("words in context, 20 words, a new session, words kept", look, session, 3)
    run.same("as many lines with words that were kept", mine == others)
    corpus = session()
    look(corpus)
    warm, _ = timed("words in context, 20 words, warm", lambda: look(corpus), None, 5)
    run.ours_done()
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


def queries(run: Run) -> None:
    from kube_research.codings import Codings
    from kube_research.quotations import quotes

    _, table = codings(run.root)
    f = table._frame
    codes, cases = sorted(f["code"].unique()), sorted(f["case"].unique())
    asked = [(codes[i % len(codes)], cases[i % len(cases)]) for i in range(0, 56, 7)]
    new = lambda: Codings(None, table.corpus, table.books, factors=table._factors, held=table._held)  # noqa: E731 - as the study gives it
    ours, mine = timed("coded passages of 8 queries, with text", lambda c: [sorted(quotes(c.where(code=a, case=b)).frame["quote"]) for a, b in asked], new)
    run.ours_done()
    db = sqlite3.connect(":memory:")
    db.execute("create table c (code, caseid, document, start, quote)")
    db.executemany("insert into c values (?, ?, ?, ?, ?)", zip(*(f[c].astype(object).tolist() for c in ("code", "case", "document", "start", "quote")), strict=True))
    db.execute("create index i on c (code, caseid)")
    theirs, other = timed("SQLite, indexed, every quotation stored", lambda: [sorted(q for (q,) in db.execute("select quote from c where code = ? and caseid = ?", pair)) for pair in asked])
    db.execute("create table d (document primary key, text)")
    db.executemany("insert into d values (?, ?)", ((d.id, d.text) for d in table.corpus))
    db.execute("create table p (code, caseid, document, start, end)")
    db.executemany("insert into p values (?, ?, ?, ?, ?)", zip(*(f[c].astype(object).tolist() for c in ("code", "case", "document", "start", "end")), strict=True))
    db.execute("create index j on p (code, caseid)")
    cut, third = timed("SQLite, indexed, passages cut from the texts", lambda: [sorted(q for (q,) in db.execute("select substr(text, start + 1, end - start) from p join d using (document) where code = ? and caseid = ?", pair)) for pair in asked])
    run.row(ours, cut, 2)
    run.row(ours, theirs)
    run.same(f"the same {sum(map(len, mine)):,} quotations", mine == other == third)


def qdpx(run: Run) -> None:
    """10,000 codings through REFI-QDA, beside a bare pass over the same file, and beside the least that does the same: a row a coding stored, an f-string a coding zipped."""
    from kube_research.exchange.landing import land
    from kube_research.exchange.registry import find
    from kube_research.study import open_study

    folder = run.root / ".cache/qdpx"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    path, study = folder / "all.qdpx", open_study(run.root)
    n = len(study.codings())
    write, read = find(path, "out"), find(path, "in")
    out, _ = timed(f"{n:,} codings out as .qdpx, read back and held against what was meant", lambda: write(study, path), None, 3)
    into, project = timed(f"{n:,} codings of a .qdpx read", lambda: read(path), None, 3)
    targets = iter(range(99))
    landed, _ = timed(f"{n:,} codings of a .qdpx read and stored as a study", lambda: land(read(path), folder / f"back{next(targets)}"), None, 2)
    run.ours_done()
    bare = Bare(path, folder)
    plain, _ = timed("expat and unzip", bare.parse)
    kept, _ = timed("expat and unzip, texts written, a row a coding in one SQLite transaction", bare.store)
    both, _ = timed("the same bytes zipped, unzipped and read by expat", lambda: (bare.pack(bare.data), bare.parse()))
    rows = list(study.codings()._frame[["document", "start", "end", "code", "coder", "created", "quote"]].itertuples(index=False, name=None))
    said, _ = timed("an f-string a coding, zipped with the texts", lambda: bare.written(rows))
    run.row(into, plain, 2)
    run.row(landed, kept, 2)
    run.row(out, said, 1.5)
    run.row(out, both, 2)
    back = open_study(folder / "back0").codings()
    columns = ["document", "start", "end", "quote", "code", "polarity", "coder"]
    mine, theirs = (sorted(c._frame[columns].itertuples(index=False, name=None)) for c in (study.codings(), back))
    run.same(f"{sum(len(s.selections) for s in project.sources):,} passages; every coding comes back (document, place, words, code, polarity, coder)", mine == theirs)
    shutil.rmtree(folder, ignore_errors=True)


class Bare:
    """The least that a program can do with a .qdpx: nothing is checked, nobody's consent asked, no other program's oddity known."""

    def __init__(self, path: Path, folder: Path):
        import zipfile

        self.path, self.folder, self.zip = path, folder, zipfile.ZipFile
        self.method = zipfile.ZIP_DEFLATED
        with self.zip(path) as z:
            self.data = {n: z.read(n) for n in z.namelist()}

    def parse(self, hear: Callable[[str, dict[str, str]], None] | None = None) -> dict[str, bytes]:
        from xml.parsers import expat

        with self.zip(self.path) as z:
            data = {n: z.read(n) for n in z.namelist()}
        parser = expat.ParserCreate()
        if hear:
            parser.StartElementHandler = hear
        parser.Parse(data["project.qde"], True)
        return data

    def store(self) -> None:
        """Every text a file, every coding a row: source, place, user, date, code."""
        rows: list[tuple[str, ...]] = []
        at: dict[str, str] = {}

        def hear(tag: str, a: dict[str, str]) -> None:
            if tag == "TextSource":
                at["source"] = a["guid"]
            elif tag == "PlainTextSelection":
                at.update(start=a["startPosition"], end=a["endPosition"])
            elif tag == "Coding":
                at.update(guid=a["guid"], user=a["creatingUser"], date=a["creationDateTime"])
            elif tag == "CodeRef":
                rows.append((at["guid"], at["source"], at["start"], at["end"], at["user"], at["date"], a["targetGUID"]))

        for name, body in self.parse(hear).items():
            if name != "project.qde":
                (self.folder / "text").write_bytes(body)
        with sqlite3.connect(self.folder / "rows.sqlite") as db:
            db.execute("drop table if exists c")
            db.execute("create table c (guid, source, start, end, user, date, code)")
            db.executemany("insert into c values (?, ?, ?, ?, ?, ?, ?)", rows)
        db.close()

    def pack(self, data: dict[str, bytes]) -> None:
        with self.zip(self.folder / "bare.zip", "w", self.method) as z:
            for name, body in data.items():
                z.writestr(name, body)

    def written(self, rows: list[tuple[Any, ...]]) -> None:
        """The codings alone, as lines of XML; the codebook, the cases and the users are not written."""
        from uuid import uuid4
        from xml.sax.saxutils import quoteattr

        code, user = ({x: uuid4() for x in {r[k] for r in rows}} for k in (3, 4))
        lines = [f'<PlainTextSelection guid="{uuid4()}" name={quoteattr(quote[:80])} startPosition="{start}" endPosition="{end}" creatingUser="{user[coder]}" creationDateTime="{created}"><Coding guid="{uuid4()}" creatingUser="{user[coder]}" creationDateTime="{created}"><CodeRef targetGUID="{code[named]}"/></Coding></PlainTextSelection>\n'
                 for _, start, end, named, coder, created, quote in rows]
        self.pack(self.data | {"project.qde": "".join(lines).encode()})


def save(run: Run) -> None:
    from kube_research.journal import Journal, seal

    made = next(iter(sorted((run.root / "corpus/codings").rglob("*.jsonl"))))
    folder = run.root / ".cache/saved"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "ani").mkdir(parents=True)
    journal, event = Journal(shutil.copy(made, folder / "ani/d.jsonl")), json.loads(made.read_text("utf-8").splitlines()[0])
    event = {k: v for k, v in event.items() if k not in ("id", "time", "sum", "check")}
    before = len(journal.events()[0])
    plain, line, mine, theirs = open(folder / "plain", "ab", buffering=0), (seal(event) + "\n").encode(), [], []
    for _ in range(40):  # turn about, so that both meet the same disk
        start = time.perf_counter()
        journal.append(event)
        mid = time.perf_counter()
        plain.write(line)
        os.fsync(plain.fileno())
        mine.append(mid - start)
        theirs.append(time.perf_counter() - mid)
    run.ours_done()
    run.row(("one coding saved durably", statistics.median(mine), 40), ("one append + fsync", statistics.median(theirs), 40), 2, 0.001)
    run.same("all 40 stand in the journal", len(journal.events()[0]) == before + 40)


def other(run: Run, program: str, data: dict[str, Any]) -> dict[str, Any]:
    """What another program's own functions need and answer, in its own Python; empty, and a word on it, where it is not there or fails."""
    import subprocess

    folder = ROOT / ".cache" / OTHERS[program]
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    given = run.root / f".cache/{program}.json"
    given.parent.mkdir(exist_ok=True)
    given.write_text(json.dumps({**data, "limit": PATIENCE}), encoding="utf-8")
    try:
        done = subprocess.run([python, Path(__file__).with_name("others.py"), program, given], capture_output=True, text=True, encoding="utf-8", timeout=240, stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
        if done.returncode == 0:
            return json.loads(done.stdout.strip().splitlines()[-1])
        why = (done.stderr.strip().splitlines() or ["no word"])[-1][:150]
    except (OSError, subprocess.SubprocessError) as e:
        why = "" if isinstance(e, FileNotFoundError) else type(e).__name__
    finally:
        given.unlink()
    run.missing.append(f"{program}: {why}" if why else program)
    return {"rows": {}, "answers": {}}


def programs(run: Run) -> None:
    """Whole programs' own functions on the same study: Taguette, qc; and at 10,000 codings pyrefiqda on the .qdpx we write."""
    from kube_research.codings import Codings, lines
    from kube_research.exchange.registry import find
    from kube_research.matrix import cross
    from kube_research.meeting import cooccurrence
    from kube_research.quotations import quotes
    from kube_research.study import open_study

    clock.BUDGET = min(clock.BUDGET, 1.0)
    study, table = codings(run.root)
    cooccurrence(table, "turn")  # what a first use brings in is no part of it
    f = table._frame
    codes = sorted(f["code"].unique())[:8]
    new = lambda: Codings(None, table.corpus, table.books, factors=table._factors, held=table._held)  # noqa: E731 - as the study gives it
    ours: dict[str, Any] = {"load": timed("load the study, nothing cached", lambda _: len(open_study(run.root).codings()), lambda: [p.unlink() for p in (run.root / ".cache").glob("codings-*")], 3),
                            "again": timed("load the study again", lambda: len(open_study(run.root).codings()), None, 5), "cross": timed("document × code", lambda c: cross(c, "document", "code", count="segments", every=False).frame, new),
                            "meeting": timed("co-occurrence, same turn", lambda c: cooccurrence(c, "turn").frame, new), "queries": timed("every passage of 8 codes, with text", lambda c: [sorted(quotes(c.where(code=a)).frame["quote"]) for a in codes], new)}
    from kube_research.journal import Journal

    folder = run.root / ".cache/programs"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "ani").mkdir(parents=True)
    first = next(iter(sorted((run.root / "corpus/codings").rglob("*.jsonl"))))
    event = {k: v for k, v in json.loads(first.read_text("utf-8").splitlines()[0]).items() if k not in ("id", "time", "sum")}
    journal = Journal(shutil.copy(first, folder / "ani/d.jsonl"))
    ours["save"] = by_the_clock("one coding saved durably", lambda _: journal.append(event), 40), None
    path = folder / "all.qdpx"
    if len(f) <= 20_000:
        write, read = find(path, "out"), find(path, "in")
        ours["out"] = timed(f"{len(f):,} codings out as .qdpx, read back and held against what was meant", lambda: write(study, path), None, 3)
        ours["in"] = timed(f"{len(f):,} codings of a .qdpx read", lambda: read(path), None, 3)
    run.ours_done()
    data = {"documents": {d.id: str(study.text_path(d.id, d.kind).resolve()) for d in study.corpus}, "codes": codes, "qdpx": str(path.resolve()) if path.exists() else "",
            "rows": list(zip(*(f[n].tolist() for n in ("document", "start", "end", "code", "coder")), lines(table).tolist(), strict=True))}
    for program in OTHERS:
        found = other(run, program, data)
        for what, row in found["rows"].items():
            run.row(ours["again" if (program, what) == ("qc", "load") else what][0], tuple(row))
        told = found["answers"]
        if told.get("load") is not None:
            run.same(f"{program}: {told['load']:,} codings", told["load"] == len(f))
        if told.get("queries") is not None:
            run.same(f"{program}: the same {sum(map(len, told['queries'])):,} passages of 8 codes", told["queries"] == ours["queries"][1])
        if told.get("cross") is not None:
            mine = ours["cross"][1]
            run.same(f"{program}: document × code, every cell", all(told["cross"][d].get(c, 0) == n for d, row in mine.to_dict("index").items() for c, n in row.items()))
        if told.get("meeting"):
            run.same(f"{program}: codes meet on the same line, ours in the same turn", None)
        if isinstance(told.get("in"), str):
            run.same(told["in"], None)
        elif told.get("in") is not None:
            run.same(f"{program}: {told['in']:,} passages of our .qdpx", told["in"] == len(f))
    shutil.rmtree(folder, ignore_errors=True)


def grow(root: Path) -> dict[str, float]:
    """Our seconds for the tasks on one study: for growth, and on a study of one document for what a task costs at all."""
    import kube_research.engine as engine
    from kube_research.codings import Codings
    from kube_research.intercoder import marks, units_of
    from kube_research.journal import Journal
    from kube_research.matrix import cross
    from kube_research.meeting import cooccurrence
    from kube_research.quotations import quotes
    from kube_research.search import kwic as concordance
    from kube_research.stats.bulk import binary_agreement
    from kube_research.study import open_study

    clock.BUDGET = min(clock.BUDGET, 0.6)
    run, demo = Run(root), open_study(ROOT)
    demo.codings()
    engine.autocode(demo.corpus, demo.codebook("success"), everything=True, cues=False)  # the program's own start is no part of it
    cache = root / ".cache"
    out = [timed("load the study, nothing cached", lambda _: len(open_study(root).codings()), lambda: shutil.rmtree(cache, ignore_errors=True), 3)[0],
           timed("load the study again", lambda: len(open_study(root).codings()), None, 3)[0]]
    study, table = codings(root)
    corpus, book, f = study.corpus, study.codebook("bench"), table._frame
    fresh = lambda: (engine._ENGINES.clear(), forget(run), open_study(root).corpus)[2]  # noqa: E731 - texts read, nothing interned
    new = lambda: Codings(None, table.corpus, table.books, factors=table._factors, held=table._held)  # noqa: E731 - as the study gives it
    out.append(timed("apply the codebook with offsets, first pass", lambda c: engine.autocode(c, book, everything=True, cues=False), fresh, 3)[0])
    out.append(timed("words in context, cold", lambda c: len(concordance(c, "=yang")), fresh, 3)[0])
    out.append(timed("document × code", lambda c: cross(c, "document", "code", count="segments", every=False), new)[0])
    out += [timed(f"co-occurrence, {name}", lambda c, w=w: cooccurrence(c, w), new)[0] for w, name in (("overlap", "overlap"), (200, "within 200 characters"), ("turn", "same turn"))]
    spans = [(d.id, a, b) for d in corpus for a, b in units_of(d, corpus, "turn")]
    coders, names = sorted(f["coder"].unique()), {c: i for i, c in enumerate(sorted(f["code"].unique()))}
    parts = [marks(spans, f[f["coder"] == c], names) for c in coders]
    unit, code = (np.concatenate([p[k] for p in parts]) for k in (0, 1))
    coder = np.repeat(np.arange(len(coders)), [len(p[0]) for p in parts])
    out.append(timed("61 alphas and kappas", lambda: binary_agreement(unit, coder, code, units=len(spans), coders=len(coders), codes=len(names)))[0])
    asked = [(c, case) for c, case in zip(sorted(names)[:8], sorted(f["case"].unique()) * 8, strict=False)]
    out.append(timed("coded passages of 8 queries, with text", lambda c: [quotes(c.where(code=a, case=b)).frame for a, b in asked], new)[0])
    first = next(iter(sorted((root / "corpus/codings").rglob("*.jsonl"))))
    event = {k: v for k, v in json.loads(first.read_text("utf-8").splitlines()[0]).items() if k not in ("id", "time", "sum")}
    shutil.rmtree(cache / "saved", ignore_errors=True)
    (cache / "saved").mkdir(parents=True)
    journal = Journal(shutil.copy(first, cache / "saved/d.jsonl"))
    out.append(by_the_clock("one coding saved durably", lambda _: journal.append(event), 40))
    return {name: seconds for name, seconds, _ in out}


TASKS = {t.__name__: t for t in (load, apply, matrices, meeting, alphas, intervals, kwic, queries, qdpx, save, programs)}


def measure(task: str, root: Path) -> dict[str, Any]:
    run = Run(root)
    TASKS[task](run)
    return {"rows": run.rows, "answers": run.answers, "memory": run.memory, "missing": run.missing}


if __name__ == "__main__":
    peers()
    print(json.dumps(grow(Path(sys.argv[2])) if sys.argv[1] == "grow" else measure(sys.argv[1], Path(sys.argv[2]))))
