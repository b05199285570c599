"""Comparison with few cases: the case or the person is the unit, two cases are described, never tested."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import product
from math import comb, factorial, prod

import numpy as np
import pandas as pd

from .codings import Codings
from .corpus import Corpus, evidence
from .finding import Finding
from .model import Fault, KubeError, unknown
from .words import say

UNITS = ("case", "person")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_Who = tuple[str, str, str]  # case, person, group


def _voices(corpus: Corpus, by: str) -> list[_Who]:
    """Who speaks in which case and group, each once."""
    found = set()
    for d, (label, speaker, role) in corpus.voices:
        who = speaker or label or d.id
        group = {"role": role, "speaker": who}.get(by) or corpus.attribute(d, by)
        if group:
            found.add((d.case, who, group))
    return sorted(found)


def _groups(voices: Sequence[_Who], groups: Sequence[str] | None, by: str) -> list[str]:
    there = sorted({g for _, _, g in voices})
    for g in groups or ():
        if g not in there:
            raise KubeError(unknown("kelompok", "group", g, there))
    chosen = list(dict.fromkeys(groups or there))
    if len(chosen) < 2:
        raise KubeError(Fault(say(f"Perbandingan menurut {by!r} membutuhkan dua kelompok; ada {len(chosen)}.", f"Comparing by {by!r} needs two groups; there are {len(chosen)}."), by, say(f"Yang ada: {', '.join(there) or '-'}.", f"There is: {', '.join(there) or '-'}.")))
    return chosen


def compare(codings: Codings, by: str = "outcome", *, unit: str = "case", groups: Sequence[str] | None = None, codes: Sequence[str] | None = None, polarity: str = "any", paired: bool = False) -> Finding:
    """Which codes set groups apart; a unit counts once, however often it says a thing.

    by      attribute of documents or cases, or "role";  groups: which of its values, in which order (default: all)
    unit    "case" or "person".  Where all of a group's persons come from one case, or whole cases make up the groups, persons
            are not independent: then there is description only, and `meaning` says why
    paired  the same persons in two groups (before/after, first and last session): exact McNemar test on those who speak in both
    Columns: code, a count "x/n" a group, then (where a test is allowed) p, smallest (the least p these margins allow), q
    (Benjamini–Hochberg), v (Cramér's V), odds_ratio, or_low, or_high (two groups), permutation (of codings a unit, two groups).
    """
    if unit not in UNITS:
        raise KubeError(unknown("satuan", "unit", unit, UNITS))
    if polarity not in ("any", "present", "absent"):
        raise KubeError(unknown("polaritas", "polarity", polarity, ("any", "present", "absent")))
    voices = _voices(codings.corpus, by)
    chosen = _groups(voices, groups, by)
    if paired and len(chosen) != 2:
        raise KubeError(Fault(say(f"Berpasangan: perlu tepat dua kelompok, ada {len(chosen)}.", f"Paired: needs exactly two groups, there are {len(chosen)}."), by, say("Sebut keduanya: groups=(…, …).", "Name them: groups=(…, …).")))
    voices = [v for v in voices if v[2] in chosen]
    frame = codings._frame if polarity == "any" else codings._frame[codings._frame["polarity"] == polarity]
    frame = frame[frame["role"] != "researcher"]
    names = list(codes) if codes is not None else sorted(frame["code"].unique())
    for code in names:
        if codes is not None and code not in (known := {c.id for b in codings.books for c in b} | set(codings._frame["code"])):
            raise KubeError(unknown("kode", "code", code, sorted(known)))
    key = 0 if unit == "case" else 1
    units = {g: sorted({v[key] for v in voices if v[2] == g} - {""}) for g in chosen}
    value = {d.id: codings.corpus.attribute(d, by) for d in codings.corpus}
    group_of = frame["role"] if by == "role" else frame["speaker"] if by == "speaker" else frame["document"].map(value)
    hits = Counter(zip(group_of, frame["case" if unit == "case" else "speaker"], frame["code"], strict=True))
    if paired:
        return _paired(codings, names, chosen, units, hits, by, unit)
    why = _untestable(voices, chosen, units, unit) or _powerless([len(units[g]) for g in chosen])
    return _table(codings, names, chosen, units, hits, by, unit, why)


def _untestable(voices: Sequence[_Who], chosen: Sequence[str], units: dict[str, list[str]], unit: str) -> str:
    """Why these groups may only be described; "" where a test is allowed."""
    cases = {g: {v[0] for v in voices if v[2] == g} for g in chosen}
    nested = not any(cases[a] & cases[b] for i, a in enumerate(chosen) for b in chosen[i + 1:])
    total = len(set().union(*cases.values()))
    if nested and min(map(len, cases.values())) < 2:
        return say(f"sedikitnya satu kelompok hanya satu kasus ({total} kasus dalam {len(chosen)} kelompok): beda antarkelompok tidak terpisah dari beda antarkasus, berapa pun orang yang berbicara",
                   f"at least one group is a single case ({total} cases in {len(chosen)} groups): a difference of groups cannot be told from a difference of cases, however many persons speak")
    if nested and unit == "person":
        return say("kelompok terdiri atas kasus utuh, dan orang dalam satu kasus tidak saling bebas: pakai unit=\"case\"", "the groups are made of whole cases, and persons of one case are not independent: use unit=\"case\"")
    if any(set(units[a]) & set(units[b]) for i, a in enumerate(chosen) for b in chosen[i + 1:]):
        return say("satuan yang sama ada di kedua kelompok: pakai paired=True", "the same units stand in both groups: use paired=True")
    return ""


def _powerless(sizes: Sequence[int]) -> str:
    """Why groups of these sizes may only be described: their smallest possible p is above .05; "" where it is not."""
    same = prod(map(factorial, Counter(sizes).values()))
    least = min(1.0, same * prod(map(factorial, sizes)) / factorial(sum(sizes)))
    if least <= 0.05:
        return ""
    return say(f"dengan {' + '.join(map(str, sizes))} satuan, p terkecil yang mungkin {least:.3f}: uji apa pun tidak dapat menunjukkan beda", f"with {' + '.join(map(str, sizes))} units the smallest possible p is {least:.3f}: no test could show a difference")


def _table(codings: Codings, names: list[str], chosen: list[str], units: dict[str, list[str]], hits: Counter, by: str, unit: str, why: str) -> Finding:
    from .stats.compare import benjamini_hochberg, cramers_v, fisher_exact, odds_ratio, permutation_test, smallest_p

    rows, limits = [], []
    two = len(chosen) == 2
    for code in names:
        counts = {g: [hits[g, u, code] for u in units[g]] for g in chosen}
        yes = {g: sum(x > 0 for x in counts[g]) for g in chosen}
        row: dict[str, object] = {"code": code, **{g: f"{yes[g]}/{len(units[g])}" for g in chosen}}
        if not why:
            table = [[yes[g], len(units[g]) - yes[g]] for g in chosen]
            row |= {"p": fisher_exact(table, unit=unit).value, "smallest": _least(table), "q": np.nan, "v": cramers_v(table, unit=unit).value}
            if two:
                ratio = odds_ratio(table, unit=unit)
                test = permutation_test([*counts[chosen[0]], *counts[chosen[1]]], [False] * len(counts[chosen[0]]) + [True] * len(counts[chosen[1]]), unit=unit)
                row |= {"odds_ratio": ratio.value, "or_low": ratio.low, "or_high": ratio.high, "permutation": test.p.value}
        rows.append(row)
    out = pd.DataFrame(rows, columns=["code", *chosen] if not rows else None)
    size = ", ".join(f"{g} {len(units[g])}" for g in chosen)
    if why:
        rule = say(f"hitungan satuan per kelompok menurut {by} ({size}); tanpa uji", f"counts of units a group by {by} ({size}); no test")
        meaning = say(f"Hanya deskripsi: {why}. Tidak boleh disimpulkan bahwa kelompok berbeda di luar kasus-kasus ini, atau bahwa {by} disebabkan oleh kode.", f"Description only: {why}. It may not be concluded that the groups differ beyond these cases, nor that a code causes {by}.")
    else:
        if rows:
            out["q"] = benjamini_hochberg(out["p"].to_numpy(float)).p
        few = int((out["q"] <= 0.05).sum()) if rows else 0
        rule = say(f"menurut {by} ({size}); Fisher eksak dua sisi, odds ratio bersyarat dengan selang eksak, V Cramér, Benjamini–Hochberg", f"by {by} ({size}); Fisher exact two-sided, conditional odds ratio with exact interval, Cramér's V, Benjamini–Hochberg")
        if two:
            least = smallest_p(*(len(units[g]) for g in chosen))
            limits.append(say(f"p permutasi terkecil yang mungkin {least:.3g}", f"smallest possible permutation p {least:.3g}"))
        meaning = say(f"{few} dari {len(rows)} kode berbeda antarkelompok pada q ≤ 0,05. Tidak adanya beda yang tampak bukan bukti kesamaan, dan kasus yang dipilih dengan sengaja bukan sampel acak: tidak boleh digeneralisasi.",
                      f"{few} of {len(rows)} codes differ between groups at q ≤ .05. No visible difference is no evidence of equality, and cases chosen on purpose are no random sample: nothing may be generalised.")
    limits.append(say("kode yang tidak muncul bisa berarti tidak ditanyakan", "a code that is absent may mean it was not asked about"))
    return Finding(out.round(4), _unit(unit), sum(map(len, units.values())), rule, meaning, tuple(codings.coders), _silent(units, hits), tuple(limits))


def _least(table: list[list[int]]) -> float:
    """Smallest Fisher p that a table with these margins could give (two columns: every way to place the successes)."""
    sizes, hits = [sum(r) for r in table], sum(r[0] for r in table)
    if prod(s + 1 for s in sizes) > 50_000:
        return 0.0 if 0 < hits < sum(sizes) else 1.0
    whole = comb(sum(sizes), hits)
    ways = [prod(comb(s, k) for s, k in zip(sizes, ks, strict=True)) for ks in product(*(range(s + 1) for s in sizes)) if sum(ks) == hits]
    least = min(ways)
    return ways.count(least) * least / whole


def _paired(codings: Codings, names: list[str], chosen: list[str], units: dict[str, list[str]], hits: Counter, by: str, unit: str) -> Finding:
    from .stats.compare import benjamini_hochberg, mcnemar_exact

    first, last = chosen
    both = sorted(set(units[first]) & set(units[last]))
    if not both:
        raise KubeError(Fault(say(f"Tidak ada satuan yang berbicara pada {first} dan {last}.", f"Nobody speaks in both {first} and {last}."), by, say("Pilih dua waktu dengan orang yang sama.", "Choose two times with the same persons.")))
    rows = []
    for code in names:
        before, after = ([hits[g, u, code] > 0 for u in both] for g in chosen)
        up, down = sum(y and not x for x, y in zip(before, after, strict=True)), sum(x and not y for x, y in zip(before, after, strict=True))
        test = mcnemar_exact(up, down, unit=unit)
        rows.append({"code": code, first: f"{sum(before)}/{len(both)}", last: f"{sum(after)}/{len(both)}", "gained": up, "lost": down, "p": test.p.value, "mid_p": test.mid_p, "smallest": test.smallest})
    out = pd.DataFrame(rows)
    if rows:
        out["q"] = benjamini_hochberg(out["p"].to_numpy(float)).p
    few = int((out["q"] <= 0.05).sum()) if rows else 0
    least = min(1.0, 2 * 0.5 ** len(both))
    if least > 0.05:  # whatever they say, no test could show a change
        out = out.drop(columns=["p", "mid_p", "smallest", "q"], errors="ignore")
    missing = sorted(set(units[first]) ^ set(units[last]))
    meaning = say(f"{few} dari {len(rows)} kode berubah pada q ≤ 0,05 di antara {len(both)} satuan yang sama. Perubahan yang dibicarakan bukan perubahan yang diukur, dan tanpa pembanding tidak boleh disebut akibat program.",
                  f"{few} of {len(rows)} codes changed at q ≤ .05 among the same {len(both)} units. A change in what is said is not a change measured, and without a comparison it may not be called an effect of the programme.")
    if least > 0.05:
        meaning = say(f"Hanya deskripsi: {len(both)} satuan yang sama, p terkecil yang mungkin {least:.3f}. Perubahan yang dibicarakan bukan perubahan yang diukur, dan tidak boleh disebut akibat program.", f"Description only: {len(both)} same units, smallest possible p {least:.3f}. A change in what is said is not a change measured, and it may not be called an effect of the programme.")
    limits = (say("satu wawancara yang menceritakan sebelum dan sesudah adalah satu pengukuran, bukan dua", "one interview that tells of before and after is one measurement, not two"), say("orang dalam satu kasus tidak saling bebas", "persons of one case are not independent"))
    return Finding(out.round(4), _unit(unit), len(both), say(f"McNemar eksak, {by}: {first} → {last}; Benjamini–Hochberg", f"exact McNemar, {by}: {first} → {last}; Benjamini–Hochberg"), meaning, tuple(codings.coders),
                   say(f"{len(missing)} satuan hanya berbicara pada satu waktu", f"{len(missing)} units speak at one time only") if missing else "", limits)


def _unit(unit: str) -> str:
    return say("kasus", "case") if unit == "case" else say("orang yang berbicara", "person who speaks")


def _silent(units: dict[str, list[str]], hits: Counter) -> str:
    spoke = {(g, u) for g, u, _ in hits}
    gone = [u for g, us in units.items() for u in us if (g, u) not in spoke]
    return say(f"tanpa satu pun kode: {', '.join(gone)}", f"without any code: {', '.join(gone)}") if gone else ""


def keyness(corpus: Corpus, by: str = "outcome", *, groups: Sequence[str], least: int = 5, top: int = 20) -> Finding:
    """Words that informants of one group use more than those of another: G², log ratio, documents, dispersion; no p value.

    groups  two values of the attribute `by`: the first against the second;  least: uses in both together; top: rows
    Columns: word, first, second (uses), g2 (signed), log_ratio (doublings), documents, dp (Gries' DP in the first: 0 even, 1 clumped).
    """
    from .stats.keyness import keyness as core

    if len(groups) != 2:
        raise KubeError(Fault(say("Keyness membandingkan tepat dua kelompok.", "Keyness compares exactly two groups."), "groups", say("Sebut keduanya: groups=(…, …).", "Name them: groups=(…, …).")))
    said: dict[str, dict[str, Counter]] = {g: defaultdict(Counter) for g in groups}
    for d in corpus:
        group = corpus.attribute(d, by)
        if group in said:
            for t in d.turns:
                if corpus.keeps(t) and evidence(d, t):
                    said[group][d.id].update(w.lower() for w in _WORD.findall(d.text, t.body, t.end))
    there = sorted({corpus.attribute(d, by) for d in corpus} - {""})
    for g in groups:
        if not any(said[g].values()):
            raise KubeError(unknown("kelompok", "group", g, there))
    a, b = (sum(said[g].values(), Counter()) for g in groups)
    vocabulary = sorted(w for w in a.keys() | b.keys() if a[w] + b[w] >= least)
    per = np.array([[c[w] for w in vocabulary] for c in said[groups[0]].values()], float)
    k = core([a[w] for w in vocabulary], a.total(), [b[w] for w in vocabulary], b.total(), per_document=per, document_sizes=[c.total() for c in said[groups[0]].values()])
    out = pd.DataFrame({"word": vocabulary, "first": [a[w] for w in vocabulary], "second": [b[w] for w in vocabulary], "g2": k.g2.round(2), "log_ratio": k.log_ratio.round(2), "documents": k.documents, "dp": k.dispersion.round(2)})
    out = out.sort_values(["g2", "word"], ascending=[False, True], ignore_index=True).head(top)
    meaning = say(f"Kata yang lebih sering pada {groups[0]} daripada {groups[1]}; baca hanya yang tersebar (banyak dokumen, DP rendah). Tidak boleh disimpulkan bahwa kelompok berpikir berbeda: satu orang yang banyak bicara membuat kata kunci.",
                  f"Words more frequent in {groups[0]} than in {groups[1]}; read only those that are spread (many documents, low DP). It may not be concluded that the groups think differently: one talkative person makes a key word.")
    return Finding(out, say("kata informan", "informants' word"), a.total() + b.total(), k.rule + say(f"; sedikitnya {least} kali", f"; at least {least} uses"), meaning, (), "", k.limits)
