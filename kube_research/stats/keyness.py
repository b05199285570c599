"""Words that set one group of texts apart, and codes that stand together: always with how widely they are spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..words import say
from .result import Estimate, undefined


@dataclass(frozen=True, slots=True)
class Keyness:
    """Per word, in the order given.

    g2          log-likelihood, signed: negative where the word is rarer in the first group; log_ratio in doublings
    documents   documents of the first group that have the word;  dispersion  Gries' DP there (0 even … 1 in one document)
    n           words in each of the groups
    """

    g2: np.ndarray
    log_ratio: np.ndarray
    documents: np.ndarray | None
    dispersion: np.ndarray | None
    n: tuple[int, int]
    rule: str
    limits: tuple[str, ...]


def keyness(first, first_size: int, second, second_size: int, *, per_document=None, document_sizes=None) -> Keyness:
    """Keyness by log-likelihood G² with the log ratio and the dispersion over documents (Rayson & Garside 2000; Hardie 2014).

    first, second    (words,) frequencies in the two groups; first_size, second_size: all words of each
    per_document     (documents, words) frequencies in the first group's documents; document_sizes (documents,) their lengths
    The log ratio adds half an occurrence to a zero.  Words are not independent: one talkative person makes a key word, so
    read G² only beside `documents` and `dispersion`; there is no p value here.

    >>> k = keyness([52], 50_000, [57], 75_000); round(float(k.g2[0]), 2), round(float(k.log_ratio[0]), 2)      # 3.84 not reached
    (2.65, 0.45)
    """
    a, b = np.atleast_1d(np.asarray(first, float)), np.atleast_1d(np.asarray(second, float))
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError("first and second are frequencies of the same words")
    if first_size <= 0 or second_size <= 0:
        raise ValueError(say("kelompok teks kosong", "a group of texts is empty"))
    share = (a + b) / (first_size + second_size)
    with np.errstate(all="ignore"):
        terms = [np.where(x > 0, x * np.log(x / (n * share)), 0.0) for x, n in ((a, first_size), (b, second_size))]
        g2 = 2 * (terms[0] + terms[1])
        ratio = np.log2(np.where(a > 0, a, 0.5) / first_size) - np.log2(np.where(b > 0, b, 0.5) / second_size)
    g2 = np.where(a / first_size < b / second_size, -g2, g2)
    documents = spread = None
    if per_document is not None:
        table = np.asarray(per_document, float)
        if table.ndim != 2 or table.shape[1] != len(a):
            raise ValueError(f"per_document must be documents × {len(a)} words; it is {table.shape}")
        if not np.array_equal(table.sum(0), a):
            raise ValueError("per_document must add up to the frequencies of the first group")
        documents = (table > 0).sum(0)
        sizes = np.asarray(document_sizes, float) if document_sizes is not None else np.empty(0)
        if sizes.shape != (len(table),):
            raise ValueError("document_sizes must give the length in words of each document of the first group")
        parts = sizes / sizes.sum()
        with np.errstate(all="ignore"):
            spread = np.where(a > 0, np.abs(table / a - parts[:, None]).sum(0) / 2, np.nan)
    notes = (say("G² memperlakukan kata sebagai bebas: bukan p", "G² treats words as independent: not a p value"),)
    return Keyness(g2, ratio, documents, spread, (int(first_size), int(second_size)), say("log-likelihood G² bertanda, rasio log basis 2, DP Gries", "signed log-likelihood G², log ratio base 2, Gries' DP"), notes)


@dataclass(frozen=True, slots=True)
class CoOccurrence:
    """c: the coefficient; of_first, of_second: share of each code's uses that meet the other; overlap: share of the rarer one."""

    c: Estimate
    of_first: float
    of_second: float
    overlap: float


def cooccurrence(together: int, first: int, second: int, *, window: str, unit: str = "segment") -> CoOccurrence:
    """Co-occurrence of two codes, c = n12 / (n1 + n2 − n12), with the shares that c hides.

    together, first, second   meetings, and uses of each code;  window   where two uses count as meeting ("same turn" …),
    which is part of the result.  No p value: overlapping quotations of the same interviews are not independent.

    >>> k = cooccurrence(5, 100, 10, window="same segment"); round(k.c.value, 3), k.of_second              # ATLAS.ti 22: .048
    (0.048, 0.5)
    >>> cooccurrence(3, 1, 3, window="overlap").c.value                    # one long quotation over three short: flagged, not clipped
    3.0
    """
    below = first + second - together
    frame = {"n": int(first + second), "unit": unit, "rule": f"n12/(n1 + n2 - n12), {window}"}
    if min(together, first, second) < 0:
        raise ValueError("counts are not negative")
    notes = []
    if together > min(first, second):
        notes.append(say("satu kutipan panjang bertemu beberapa yang pendek: c dapat melebihi 1", "one long quotation meets several short ones: c can exceed 1"))
    if first and second and max(first, second) > 5 * min(first, second):
        notes.append(say("kedua kode sangat tidak seimbang: baca bagian masing-masing", "the codes are very unequal in number: read the shares"))
    if below <= 0:
        c = undefined("c", say("kode tidak dipakai" if not first + second else "pertemuan terlalu banyak untuk c", "the codes are not used" if not first + second else "too many meetings for c"), **frame)
    else:
        c = Estimate("c", together / below, limits=tuple(notes), **frame)
    nan = float("nan")
    least = min(first, second)
    return CoOccurrence(c, together / first if first else nan, together / second if second else nan, together / least if least else nan)
