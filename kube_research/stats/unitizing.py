"""Agreement on free spans: Krippendorff's u-alpha family, NVivo's per-character figures, span precision and recall.

A continuum is `length` characters of one text.  Spans are half open (start, end, code), one list per coder; offsets must be
characters of the same normalised text for all coders.  Snap spans to words first, or trailing blanks change the lengths.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import scipy

from ..words import say
from .agreement import cohen_kappa, from_table
from .alpha import krippendorff_alpha
from .gamma import Gamma, gamma_agreement
from .result import NAN, Estimate, undefined

__all__ = [
    "CharacterAgreement", "Gamma", "SpanScores", "UAlpha", "character_agreement", "concatenate", "gamma_agreement", "merge_spans", "span_scores",
    "u_alpha",
]  # fmt: skip

Span = tuple[int, int, Hashable]


def merge_spans(spans: Sequence[Span]) -> list[Span]:
    """Spans sorted, those of one code that overlap made one; spans that only touch stay apart.

    >>> merge_spans([(5, 9, "a"), (0, 6, "a"), (9, 12, "a"), (2, 3, "b")])
    [(0, 9, 'a'), (2, 3, 'b'), (9, 12, 'a')]
    """
    last: dict[Hashable, int] = {}
    out: list[Span] = []
    for start, end, code in sorted(spans, key=lambda s: (s[0], s[1])):
        if code in last and start < out[last[code]][1]:
            begin, stop, _ = out[last[code]]
            out[last[code]] = (begin, max(stop, end), code)
        else:
            last[code] = len(out)
            out.append((start, end, code))
    return out


def concatenate(documents: Sequence[tuple[int, Sequence[Sequence[Span]]]]) -> tuple[int, list[list[Span]]]:
    """Several documents (length, spans per coder) as one continuum; their ends are boundaries because no span crosses one.

    >>> concatenate([(10, [[(0, 4, "a")], []]), (5, [[(1, 2, "b")], [(0, 5, "a")]])])
    (15, [[(0, 4, 'a'), (11, 12, 'b')], [(10, 15, 'a')]])
    """
    coders = max((len(s) for _, s in documents), default=0)
    out: list[list[Span]] = [[] for _ in range(coders)]
    at = 0
    for length, spans in documents:
        if len(spans) != coders:
            raise ValueError("every document needs a list of spans for every coder (empty if the coder found nothing)")
        for line, own in zip(out, spans, strict=True):
            _inside(own, length)
            line.extend((at + s, at + e, c) for s, e, c in own)
        at += length
    return at, out


def _inside(spans: Sequence[Span], length: int) -> None:
    wrong = [s for s in spans if not 0 <= s[0] < s[1] <= length]
    if wrong:
        raise ValueError(say(f"rentang di luar teks 0..{length} atau kosong: {wrong[0]}", f"a span outside the text 0..{length}, or empty: {wrong[0]}"))


@dataclass(frozen=True, slots=True)
class UAlpha:
    """The u-alpha family of one continuum.

    u         agreement on units and their codes together;  binary  |u-alpha: relevant matter or not
    coding    cu-alpha: the codes, only where both coded;  codes     code → (k)u-alpha, its `n` the code's characters
    coverage  code → share of its length that met some code of another coder;  covered  the same over all codes
    """

    u: Estimate
    binary: Estimate
    coding: Estimate
    codes: MappingProxyType
    coverage: MappingProxyType
    covered: float


def u_alpha(coders: Sequence[Sequence[Span]], length: int) -> UAlpha:
    """Krippendorff, Mathet, Bouvry & Widlöcher 2016 (Quality & Quantity 50), Krippendorff 2019 ch. 12.6.

    coders   one list of spans (start, end, code) per coder; an empty list is a coder who found nothing
    length   characters of the continuum
    One coder's spans of different codes may not overlap (then: not defined, compute per code or domain); spans of the same
    code that overlap are merged and the count is said.

    >>> alex = [(0, 7, 1), (7, 13, 2), (30, 32, 5), (32, 37, 6), (37, 44, 6), (44, 60, 7)]       # Krippendorff 2019, fig. 12.11
    >>> paul = [(0, 7, 1), (7, 13, 3), (13, 21, 5), (32, 44, 6)]
    >>> suzan = [(0, 7, 1), (7, 13, 4), (13, 21, 5), (32, 37, 6), (37, 41, 6), (41, 44, 6)]
    >>> a = u_alpha([alex, paul, suzan], 60)
    >>> [round(e.value, 3) for e in (a.u, a.binary, a.coding)], round(a.coverage[5], 2)                # .510 .413 .724, 44 %
    ([0.51, 0.414, 0.724], 0.44)
    """
    m = len(coders)
    spans = [merge_spans(s) for s in coders]
    for own in spans:
        _inside(own, length)
    merged = sum(map(len, coders)) - sum(map(len, spans))
    notes = (say(f"{merged} rentang sekode yang bertumpuk digabung", f"{merged} overlapping span{'s' * (merged != 1)} of one code {'was' if merged == 1 else 'were'} merged"),) if merged else ()
    labels = sorted({c for own in spans for _, _, c in own}, key=str)
    frame = {"n": int(length), "unit": say("karakter", "character"), "coders": m, "limits": notes}
    clash = sorted({str(c) for own in spans for a, b in zip(own, own[1:], strict=False) if b[0] < a[1] for c in (a[2], b[2])})
    if m < 2:
        why = say("hanya ada satu pengode", "there is only one coder")
    elif clash:
        listed = ", ".join(clash)
        why = say(f"rentang seorang pengode bertumpuk ({listed}): hitung per kode atau per ranah", f"a coder's spans overlap ({listed}): compute per code or domain")
    elif not labels or not length:
        why = say("tidak ada rentang yang dikode", "nobody coded a span")
    else:
        why = ""
    if why:
        none = [undefined(name, why, **frame) for name in ("u-alpha", "|u-alpha", "cu-alpha")]
        empty = {c: none[2].but(name=f"({c})u-alpha") for c in labels}
        return UAlpha(*none, MappingProxyType(empty), MappingProxyType(dict.fromkeys(labels, NAN)), NAN)
    return _family(spans, int(length), labels, m, frame)


def _family(spans, length: int, labels: list, m: int, frame: dict) -> UAlpha:
    place = {c: i + 1 for i, c in enumerate(labels)}  # 0: a gap
    cuts = np.array(sorted({0, length} | {x for own in spans for s in own for x in s[:2]}))
    size, q = np.diff(cuts).astype(float), len(labels) + 1
    value = np.zeros((m, len(size)), int)
    own_length = np.zeros(q)  # what a unit shares with itself: its length squared; a gap: its length
    pieces: list[tuple[int, int, slice]] = []
    for g, own in enumerate(spans):
        for start, end, code in own:
            part = slice(int(np.searchsorted(cuts, start)), int(np.searchsorted(cuts, end)))
            value[g, part] = place[code]
            own_length[place[code]] += (end - start) ** 2
            pieces.append((g, place[code], part))
    own_length[0] = (size * (value == 0)).sum()
    seen = np.zeros((q, q))
    for g in range(m):
        for h in range(m):
            if g != h:
                np.add.at(seen, (value[g], value[h]), size / (m - 1))
    margin = seen.sum(1)
    total = margin.sum()
    with np.errstate(all="ignore"):
        chance = total * (np.outer(margin, margin) - np.diag(own_length)) / (total**2 - own_length.sum())

    def estimate(name, rule, observed, expected, **more) -> Estimate:
        if not expected > 1e-12:
            reason = say("ketidaksepakatan yang diharapkan nol: tidak ada variasi", "expected disagreement is zero: there is no variation")
            return undefined(name, reason, rule=rule, **(frame | more))
        return Estimate(name, float(1 - observed / expected), rule=rule, observed=float(observed), expected=float(expected), **(frame | more))

    u = estimate("u-alpha", say("1 - Do/De atas satuan dan sela, pers. 34", "1 - Do/De over units and gaps, eq. 34"), total - np.trace(seen), total - np.trace(chance))
    binary = estimate("|u-alpha", say("semua satuan bersama terhadap sela, pers. 35", "units taken together against gaps, eq. 35"), margin[0] - seen[0, 0], chance[0].sum() - chance[0, 0])

    both = seen[1:, 1:]
    met, sum_met = both.sum(1), both.sum()
    shared = np.zeros(q - 1)
    for g, code, part in pieces:
        overlap = sum((size[part] * (value[h, part] > 0)).sum() for h in range(m) if h != g)
        shared[code - 1] += (overlap / (m - 1)) ** 2
    with np.errstate(all="ignore"):
        expected = (np.outer(met, met) - np.diag(shared)) / (sum_met - shared.sum() / sum_met)
        coverage = met / margin[1:]
    notes = (*frame["limits"], say("tidak menilai letak satuan, hanya kodenya", "says nothing of where units lie, only of their codes"))
    rule = say("kode di tempat satuan pengode beririsan, pers. 36-37", "codes where coders' units intersect, eq. 36-37")
    coding = estimate("cu-alpha", rule, sum_met - np.trace(both), np.nan_to_num(sum_met - np.trace(expected)), n=int(sum_met / m), limits=notes)
    codes = {}
    for i, c in enumerate(labels):
        name, about = f"({c})u-alpha", frame | {"n": int(margin[i + 1]), "rule": say("satu kode terhadap yang lain, di tempat satuan beririsan, pers. 38", "one code against the others, where units intersect, eq. 38")}
        if met[i] <= 0:
            codes[c] = undefined(name, say("kode ini tidak beririsan dengan satuan pengode lain", "this code meets no unit of another coder"), **about)
            continue
        row = expected[i].sum()
        apart, by_chance = (met[i] - both[i, i]) / met[i], (row - expected[i, i]) / row
        if not by_chance > 1e-12:
            codes[c] = undefined(name, say("hanya kode ini yang beririsan: tidak ada variasi", "only this code intersects: there is no variation"), **about)
        else:
            codes[c] = Estimate(name, float(1 - apart / by_chance), observed=float(apart), expected=float(by_chance), **about)
    return UAlpha(u, binary, coding, MappingProxyType(codes), MappingProxyType(dict(zip(labels, map(float, coverage), strict=True))), float(sum_met / total))


@dataclass(frozen=True, slots=True)
class CharacterAgreement:
    """NVivo's figures for one code: characters both, only one, or nobody coded; agreement and kappa without an interval."""

    both: int
    first: int
    second: int
    neither: int
    percent: float
    kappa: Estimate
    alpha: Estimate


def character_agreement(first: Sequence[tuple], second: Sequence[tuple], length: int) -> CharacterAgreement:
    """Per-character agreement of two coders on one code, as NVivo prints it.

    first, second   spans (start, end, …) of that code; length: characters of the text
    Characters are not independent: no standard error, no interval.

    >>> c = character_agreement([(0, 100)], [(50, 150)], 1000); c.percent, (c.both, c.first + c.second, c.neither)
    (0.9, (50, 100, 850))
    """
    marks = np.zeros((2, int(length)), bool)
    for row, own in zip(marks, (first, second), strict=True):
        _inside([(s[0], s[1], None) for s in own], length)
        for s in own:
            row[s[0] : s[1]] = True
    a, b = marks
    both, one, other, none = int((a & b).sum()), int((a & ~b).sum()), int((~a & b).sum()), int((~a & ~b).sum())
    ratings = from_table([[none, other], [one, both]])
    note = say("karakter tidak saling bebas: tanpa selang kepercayaan", "characters are not independent: no interval")
    character = say("karakter", "character")
    kappa = cohen_kappa(ratings, [0, 1], unit=character).but(se=NAN, low=NAN, high=NAN, level=NAN, limits=(note,))
    alpha = krippendorff_alpha(ratings, [0, 1], unit=character).but(limits=(note,))
    return CharacterAgreement(both, one, other, none, (both + none) / length if length else NAN, kappa, alpha)


@dataclass(frozen=True, slots=True)
class SpanScores:
    """Spans of a reference found by another coder.  pairs: indices (reference, found) of the one-to-one matching."""

    precision: Estimate
    recall: Estimate
    f1: Estimate
    pairs: tuple[tuple[int, int], ...]
    iou: float


def span_scores(reference: Sequence[Span], found: Sequence[Span], *, iou: float = 0.5) -> SpanScores:
    """Precision, recall and F1 of spans: a span counts as found when one of the same code overlaps it by IoU ≥ `iou`.

    Matching is one to one and leaves as few as possible alone; iou=1 asks for equal ends.  Report the threshold.

    >>> gold = [(0, 10, "a"), (20, 30, "a"), (40, 50, "b"), (60, 70, "b"), (80, 90, "c")]
    >>> other = [(0, 10, "a"), (22, 30, "a"), (40, 50, "b"), (60, 72, "b"), (80, 90, "d")]
    >>> span_scores(gold, other, iou=1).f1.value, span_scores(gold, other).f1.value
    (0.4, 0.8)
    """
    if not 0 < iou <= 1:
        raise ValueError(f"iou lies in (0, 1], not {iou}")
    rule, unit = say(f"pasangan satu-satu, kode sama, IoU >= {iou:g}", f"one-to-one matching, same code, IoU >= {iou:g}"), say("rentang", "span")
    pairs: tuple[tuple[int, int], ...] = ()
    if reference and found:
        a, b = (np.array([(s[0], s[1]) for s in x], float) for x in (reference, found))
        shared = np.minimum(a[:, None, 1], b[:, 1]) - np.maximum(a[:, None, 0], b[:, 0])
        union = (a[:, 1] - a[:, 0])[:, None] + (b[:, 1] - b[:, 0]) - np.maximum(shared, 0)
        ratio = np.divide(np.maximum(shared, 0), union, out=np.zeros_like(shared), where=union > 0)
        same = np.array([[r[2] == f[2] for f in found] for r in reference])
        good = same & (ratio >= iou - 1e-12)
        rows, columns = scipy.optimize.linear_sum_assignment(np.where(good, 1 + ratio / (1 + min(len(a), len(b))), 0.0), maximize=True)
        pairs = tuple((int(i), int(j)) for i, j in zip(rows, columns, strict=True) if good[i, j])
    hits, wanted, given = len(pairs), len(reference), len(found)

    def share(name: str, top: float, n: int, why: str) -> Estimate:
        return Estimate(name, top / n, n, unit, rule) if n else undefined(name, why, 0, unit, rule)

    precision = share("precision", hits, given, say("tidak ada rentang yang ditemukan", "no span was found"))
    recall = share("recall", hits, wanted, say("tidak ada rentang acuan", "there is no reference span"))
    f1 = share("F1", 2 * hits, wanted + given, say("tidak ada rentang sama sekali", "there is no span at all"))
    return SpanScores(precision, recall, f1, pairs, iou)
