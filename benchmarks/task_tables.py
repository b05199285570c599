"""Tables: matrices, co-occurrence, coded passages; beside their peers."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable

import numpy as np

from clock import peer, timed
from common import ROOT, Run, codings


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


def queries(run: Run) -> None:
    from kube_research.codings import Codings
    from kube_research.quotations import quotes

    _, table = codings(run.root)
    codes, cases = table.factor("code").ordered, table.factor("case").ordered
    asked = [(codes[i % len(codes)], cases[i % len(cases)]) for i in range(0, 56, 7)]
    new = lambda: Codings(None, table.corpus, table.books, factors=table._factors, held=table._held)  # noqa: E731 - as the study gives it
    ours, mine = timed("coded passages of 8 queries, with text", lambda c: [sorted(quotes(c.where(code=a, case=b)).frame["quote"]) for a, b in asked], new)
    run.ours_done()
    f = table._frame
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
