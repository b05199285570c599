"""A planted set: quotations cut out of the demo's transcripts, as they are and altered in fifteen ways."""

from __future__ import annotations

import random
import re

from kube_research.corpus import evidence
from kube_research.text import sentences

NEG = re.compile(r"\b(?:tidak|nggak|belum|bukan|jangan|ndak|enggak|tanpa)\b", re.I)
NUMBER = re.compile(r"\b(?:dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|puluh|ratus|ribu|juta|\d+)\b", re.I)


def passages(study, least=5, most=32):
    """(document, turn, words) of one or two sentences of participants, without asides."""
    out = []
    for d in study.corpus:
        if d.kind not in ("interview", "focus-group", "session"):
            continue
        for t in d.turns:
            if not evidence(d, t) or t.aside:
                continue
            body = d.text[t.body:t.end]
            spans = sentences(body)
            for i, (a, b) in enumerate(spans):
                for stop in (b, spans[i + 1][1] if i + 1 < len(spans) else b):
                    words = body[a:stop]
                    if least <= len(words.split()) <= most and not re.search(r"[\[\]()“”\"…—–]|\.\.", words) and "\n" not in words:
                        out.append((d, t, words))
    return list(dict.fromkeys((d.id, t.n, w) for d, t, w in out)), {d.id: d for d in study.corpus}


def _sign(study, document, n):
    t = study.corpus[document].turns[n - 1]
    return f"({t.speaker}, {document})"


def _cut_behind_negation(d, t, words):
    at = d.text.find(words, t.body)
    return bool(NEG.search(d.text[max(t.body, at - 20):at]))


def unaltered(study, n, seed=1):
    """Paragraphs of a thesis with one true quotation each, in several typographies."""
    rng = random.Random(seed)
    found, by = passages(study)
    found = [x for x in found if not _cut_behind_negation(by[x[0]], by[x[0]].turns[x[1] - 1], x[2])]
    out = []
    for k, (d, t, words) in enumerate(rng.sample(found, n)):
        q = words.rstrip(".") if k % 2 else words
        if k % 5 == 1 and len(q.split()) > 12 and not NEG.search(q):
            w = q.split()
            q = " ".join([*w[:5], "[…]" if k % 2 else "[...]", *w[8:]])
        if k % 7 == 2:
            w = q.split()
            q = " ".join([*w[:3], "[sic]", *w[3:]])
        a, b = ("“", "”") if k % 3 else ('"', '"')
        out.append(f"Hal ini tampak dari ucapan berikut: {a}{q.replace(chr(39), '’')}{b} {_sign(study, d, t)}.")
    return out


def altered(study, n, seed=2):
    """(kind, paragraph) with one altered quotation each; none of the altered texts stands so in any transcript."""
    rng = random.Random(seed)
    found, by = passages(study)
    levelled = " ".join(re.sub(r"[^\w\s-]", " ", " \x1f ".join(d.text for d in study.corpus)).casefold().split())
    vocabulary = sorted({w for _, _, x in found for w in x.split() if w.isalpha() and len(w) > 3})
    out = []

    def other(document, turn, same):
        while True:
            d, t, x = rng.choice(found)
            who = by[d].turns[t - 1].speaker
            if (who == by[document].turns[turn - 1].speaker) is same and (d, t) != (document, turn):
                return x

    def swap(w, i):
        return [*w[:i], w[i + 1], w[i], *w[i + 2:]]

    kinds = {
        "negation dropped": lambda d, t, x: NEG.sub("", x, count=1) if NEG.search(x) else "",
        "negation hidden by [...]": lambda d, t, x: NEG.sub("[...]", x, count=1) if (m := NEG.search(x)) and 0 < m.start() and m.end() < len(x) - 6 else "",
        "negation hidden by brackets": lambda d, t, x: NEG.sub("[memang]", x, count=1) if (m := NEG.search(x)) and 0 < m.start() and m.end() < len(x) - 6 else "",
        "negation added": lambda d, t, x: x.replace(" ", " tidak ", 1),
        "number changed": lambda d, t, x: NUMBER.sub("dua belas", x, count=1) if NUMBER.search(x) else "",
        "two speakers stitched": lambda d, t, x: f"{x} {other(d, t, False)}",
        "two speakers around [...]": lambda d, t, x: f"{x} [...] {other(d, t, False)}",
        "one speaker stitched": lambda d, t, x: f"{x} {other(d, t, True)}" if sum(by[a].turns[b - 1].speaker == by[d].turns[t - 1].speaker for a, b, _ in found) > 3 else "",
        "words swapped": lambda d, t, x: " ".join(swap(x.split(), 2)),
        "word replaced": lambda d, t, x: " ".join([*x.split()[:2], rng.choice(vocabulary), *x.split()[3:]]),
        "word left out": lambda d, t, x: " ".join([*x.split()[:2], *x.split()[3:]]),
        "ending cut": lambda d, t, x: re.sub(r"(\w{3,})nya\b", r"\1", x, count=1) if re.search(r"\w{3,}nya\b", x) else "",
        "cut inside a word": lambda d, t, x: x.rstrip(".?!")[:-2] if x.rstrip(".?!")[-3:].isalpha() else "",
        "question made a statement": lambda d, t, x: x.replace("?", ".", 1) if "? " in x else "",
        "wrong speaker": lambda d, t, x: x,
        "pieces out of order": lambda d, t, x: f"{' '.join(x.split()[len(x.split()) // 2:])} [...] {' '.join(x.split()[:len(x.split()) // 2])}" if len(x.split()) > 9 else "",
    }
    names = list(kinds)
    while len(out) < n:
        kind = names[len(out) % len(names)]
        d, t, x = rng.choice(found)
        y = " ".join(kinds[kind](d, t, x).split())
        flat = " ".join(re.sub(r"[^\w\s-]", " ", y).casefold().split())
        if not y or y == x and kind != "wrong speaker" or kind not in ("wrong speaker", "question made a statement") and f" {flat} " in f" {levelled} ":
            continue
        sign = _sign(study, d, t)
        if kind == "wrong speaker":
            who = by[d].turns[t - 1].speaker
            if levelled.count(flat) > 1:
                continue
            wrong = rng.choice(sorted({u.speaker for b in by.values() for u in b.turns if u.speaker and u.role not in ("researcher", "") and u.speaker != who}))
            sign = f"({wrong})"
        out.append((kind, f"Hal ini tampak dari ucapan berikut: “{y}” {sign}."))
    return out
