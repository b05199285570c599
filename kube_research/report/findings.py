"""What the report computes beside the matrices: agreement, saturation, figures, and which report came before."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from urllib.parse import quote

import numpy as np

from ..bind import Binder, fill, language_of
from ..adjudication import independent
from ..claims import Claims
from ..codings import Codings
from ..corpus import SPOKEN
from ..intercoder import Agreement, agreement
from ..matrix import cross
from ..model import KubeError
from ..review import FORMAT, Reviews
from ..stats import saturation as sat
from ..study import Study
from ..words import current, say, using
from .bilingual import Pair, both, join, of


# --- agreement -------------------------------------------------------------------------------------------------------------
def agreements(study: Study, rounds: int = 1000) -> list[tuple[Agreement, Pair]]:
    """Agreement of all coders on the documents they share, or of each pair that shares some (at most six), with its frame in both languages."""
    coders = [c for c in independent(study.coders) if any(True for _ in study.journals(c))]
    if len(coders) < 2:
        return []
    found: list[tuple[Agreement, Pair]] = []
    for group in [tuple(coders)] if len(coders) == 2 else [tuple(coders), *combinations(coders, 2)]:
        try:
            one = agreement(study, group, rounds=rounds)
        except KubeError:
            continue
        other = "en" if current() == "id" else "id"
        with using(other):
            words = replace(agreement(study, group, rounds=2), rounds=one.rounds, seed=one.seed).note
        pair = (one.note, words) if current() == "id" else (words, one.note)
        found.append((one, Pair(*pair)))
        if len(group) == len(coders) or len(found) == 6:
            break
    return found


def recoded(study: Study) -> Pair | None:
    """Code and recode, where a coder has a second journal ("dian-2"): how alike both are, and the days between, which are for the reader to judge."""
    from ..intercoder.again import recode

    told: list[Pair | str] = []
    for coder in study.coders:
        if f"{coder}-2" in study.coders:
            try:
                found = recode(study, coder, again=f"{coder}-2", rounds=2)
            except KubeError:
                continue
            alpha = float(found.frame["alpha"].iloc[-1])
            value, days = f"{alpha:.2f}" if alpha == alpha else "–", int(found.more["days"]["days"].min())
            told.append(Pair(f"{coder} – {coder}-2: α = {value.replace('.', ',')} (semua kode, {len(found.documents)} dokumen, sedikitnya {days} hari di antaranya)", f"{coder} – {coder}-2: α = {value} (all codes, {len(found.documents)} documents, at least {days} days between)"))
    return join(told, "; ") if told else None


# --- saturation ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Saturated:
    """Saturation of the people's codings over the interviews in order of date: the curve, the rule's verdict, bounds, limits."""

    interviews: tuple[str, ...]
    new: tuple[int, ...]
    found: tuple[int, ...]
    low: tuple[float, ...]
    mean: tuple[float, ...]
    high: tuple[float, ...]
    rule: sat.Saturation
    verdict: Pair
    limits: tuple[Pair, ...]
    chao: Pair
    coverage: Pair
    orders: Pair


def saturation(study: Study, people: Codings) -> Saturated | None:
    """Code saturation (no new codes), named as such; None with fewer than two coded interviews."""
    f = people.full
    coded = [d for d in study.corpus if d.kind in SPOKEN and d.id in people.corpus]
    coded.sort(key=lambda d: (d.date or "9999", d.id))
    codes = sorted(set(f["code"]))
    if len(coded) < 2 or not codes:
        return None
    row, column = {d.id: i for i, d in enumerate(coded)}, {c: i for i, c in enumerate(codes)}
    table = np.zeros((len(coded), len(codes)), bool)
    inside = f[f["document"].isin(row)]
    table[inside["document"].map(row), inside["code"].map(column)] = True
    fresh, band = sat.new_codes(table), sat.orders(table)

    def told(i: int) -> str:
        rule = sat.guest_namey_chen(table)
        if i == 0:
            if rule.reason:
                return rule.reason
            if rule.reached is None:
                return say(f"Belum tercapai: tidak ada dua wawancara berturut-turut yang membawa paling banyak 5 % kode dasar ({rule.base_codes} kode dari {rule.base} wawancara pertama).",
                           f"Not reached: no two interviews in a row bring at most 5 % of the base's codes ({rule.base_codes} codes of the first {rule.base} interviews).")
            k = rule.reached - rule.base
            later = int(fresh[rule.reached + rule.run:].sum())
            return say(f"{rule.label}: sesudah {rule.reached} wawancara, {rule.run} wawancara berikutnya membawa {rule.new[k]} kode baru = {rule.ratio[k]:.0%} dari {rule.base_codes} kode dasar." + (f" Tetapi wawancara sesudahnya masih membawa {later} kode baru: aturan ini bergantung pada urutan." if later else ""),
                       f"{rule.label}: after {rule.reached} interviews the next {rule.run} bring {rule.new[k]} new codes = {rule.ratio[k]:.0%} of the base's {rule.base_codes} codes." + (f" Yet the interviews after these still bring {later} new codes: the rule depends on the order." if later else ""))
        if i == 1:
            e = sat.chao2(table)
            return f"{e.value:.1f}" + (f" ({e.low:.1f}–{e.high:.1f})" if not np.isnan(e.low) else "") + (f"; {'; '.join(e.limits)}" if e.limits else "") if not np.isnan(e.value) else e.reason
        if i == 2:
            e = sat.sample_coverage(table)
            return f"{e.value:.1%}" if not np.isnan(e.value) else e.reason
        if i == 3:
            how = say(f"semua {band.orders} urutan", f"all {band.orders} orders") if band.exact else say(f"{band.orders} urutan acak, benih {band.seed}", f"{band.orders} random orders, seed {band.seed}")
            return say(f"Pita: {band.level:.0%} tengah dari {how}.", f"Band: the middle {band.level:.0%} of {how}.")
        return "\x1f".join(sat.guest_namey_chen(table).limits)

    rule, limits = sat.guest_namey_chen(table), both(lambda: told(4))
    notes = tuple(Pair(a, b) for a, b in zip(limits.id.split("\x1f"), limits.en.split("\x1f"), strict=True))
    return Saturated(tuple(d.id for d in coded), tuple(map(int, fresh)), tuple(map(int, np.cumsum(fresh))), tuple(band.low.tolist()), tuple(band.mean.tolist()), tuple(band.high.tolist()), rule,
                     both(lambda: told(0)), notes, both(lambda: told(1)), both(lambda: told(2)), both(lambda: told(3)))


# --- figures ---------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Figure:
    """A picture as a data address with its alternative text, both in both languages."""

    title: Pair
    src: Pair
    alt: Pair


def _drawn(title: Pair, draw) -> Figure:
    """A picture drawn in each language."""
    made = {}
    for language in ("id", "en"):
        with using(language):
            picture = draw()
            made[language] = (address(light(picture)), picture.alt)
    return Figure(title, Pair(made["id"][0], made["en"][0]), Pair(made["id"][1], made["en"][1]))


def figures(people: Codings, books: tuple, progress=None) -> dict[str, Figure]:
    """One chart of diverging bars for each codebook that people used; drawn and described in both languages."""
    from .. import plot

    out = {}
    for book in books:
        mine = people.where(code=[c.id for c in book])
        if not len(mine):
            continue
        mine = mine.where(case=sorted(set(mine.full["case"])))
        mine.books = (book,)
        out[book.name] = _drawn(of(dict(book.title)) if any(book.title.values()) else of(book.name), lambda mine=mine: plot.diverging(mine))
        if progress:
            progress()
    return out


def saturation_figure(found: Saturated) -> Figure:
    """The curve of codes found, in the order of the interviews and over random orders."""
    from .. import plot

    def draw():
        n = np.arange(1, len(found.found) + 1)
        with plot.styled():
            figure, axes = plot.canvas(plot.WIDTH, 2.9)
            axes.fill_between(n, found.low, found.high, color="#dddddd", label=say("90 % tengah dari urutan lain", "middle 90 % of other orders"), linewidth=0)
            axes.plot(n, found.mean, color="#666666", linestyle="--", linewidth=1, label=say("rata-rata semua urutan", "mean over orders"))
            axes.step(n, found.found, where="post", color=plot.PRESENT, linewidth=1.8, label=say("urutan studi ini", "this study's order"))
            if found.rule.reached is not None:
                axes.axvline(found.rule.reached, color=plot.ABSENT, linewidth=1.2, linestyle=":")
                axes.text(found.rule.reached, 0.02, f" {found.rule.label}", transform=axes.get_xaxis_transform(), fontsize=8)
            axes.set_xlim(1, len(n))
            axes.set_ylim(bottom=0)
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.set_xlabel(say("wawancara", "interviews"))
            axes.set_ylabel(say("kode ditemukan", "codes found"))
            axes.legend(frameon=False, fontsize=8, loc="lower right")
        steps = ", ".join(f"{i}: {v}" for i, v in zip(n.tolist(), found.found, strict=True))
        return plot.Picture(figure, say("Kode terkumpul menurut wawancara. ", "Codes found by interview. ") + steps + ".")

    return _drawn(Pair("Kode menurut urutan wawancara", "Codes in the order of the interviews"), draw)


def light(picture) -> str:
    """The picture as SVG with its letters as text: a third of the size of outlines, and readable by machines."""
    import matplotlib

    with matplotlib.rc_context():
        from .. import plot

        before = plot.STYLE["svg.fonttype"]
        plot.STYLE["svg.fonttype"] = "none"
        try:
            text = picture.svg()
        finally:
            plot.STYLE["svg.fonttype"] = before
    return re.sub(r"font: (?:(\d+) )?([\d.]+)px [^;\"]*", lambda m: f"font: {m[1] + ' ' if m[1] else ''}{m[2]}px 'DejaVu Sans', Verdana, sans-serif", text)


def address(svg: str) -> str:
    """An SVG as a data address for an image."""
    return "data:image/svg+xml," + quote(re.sub(r">\s+<", "><", svg), safe=" =:/,;'!()*@&$+?~.-_<>{}|[]^`".replace("<", "").replace(">", "").replace("&", ""))


# --- claims ----------------------------------------------------------------------------------------------------------------
def with_numbers(study: Study, claimed: Claims) -> Claims:
    """The claims with the bound numbers of their sentences filled in, as the chapter says them; [#] stays where one cannot be."""
    binders: dict[str, Binder] = {}
    items = []
    for c in claimed:
        try:
            language = language_of(c.sentence)
            binder = binders.setdefault(language, Binder(study, language))
            items.append(replace(c, text=str(fill(binder, c.sentence)) if "{" in c.sentence else c.text))
        except KubeError:
            items.append(c)
    return Claims(tuple(items), claimed.faults)


# --- the report before -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Before:
    """The earlier report that changes are told from: its moment, the documents and codebooks it showed."""

    as_of: str
    facts: dict[str, object]
    how: Pair


def before(study: Study, threads: Reviews, since: str) -> Before | None:
    """The report that `since` names (a time, an earlier report, a comments file), else the one that the last comments were written on."""
    if not since:
        last = next((r for r in reversed(threads.received) if r.get("as_of")), None)
        if last is None:
            return None
        return Before(str(last["as_of"]), dict(last), Pair(f"laporan yang dikomentari {last.get('by', '')}", f"the report that {last.get('by', '')} commented on"))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}(T[\d:.]+Z?)?", since):
        return Before(since if "T" in since else since + "T00:00:00.000000Z", {}, of(since))
    path = Path(since)
    wrong = KubeError(say(f"'{since}' bukan waktu, laporan, atau berkas komentar.", f"'{since}' is no time, report or comments file."), "--since", say("Contoh: --since 2026-11-01 atau --since laporan-lama.html.", "For example: --since 2026-11-01 or --since old-report.html."))
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError):
        raise wrong from None
    m = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
    try:
        data = json.loads(m.group(1) if m else text)
        documents = data["texts"] if m else data["documents"]
        if not (m or data.get("format") == FORMAT) or not isinstance(data["as_of"], str):
            raise wrong
        return Before(data["as_of"], {"documents": dict(documents), "books": dict(data["books"])}, of(path.name))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise wrong from None


def now_values(study: Study, people: Codings, machine: Codings | None, threads: Reviews) -> dict[str, int]:
    """thread → what its cell counts now, for threads on cells."""
    out: dict[str, int] = {}
    for t in threads.where(kind="cell"):
        source, column, row = (str(t.target.get(k, "")) for k in ("source", "column", "row"))
        codings = machine if source == "rules" else people.where(coder=source) if source in people.coders else None
        if codings is None or t.target.get("rows") not in ("case", "role"):
            continue
        table = cross(codings.where(code=column), str(t.target["rows"]), count="persons", every=False).frame
        out[t.id] = int(table.loc[row, column]) if row in table.index and column in table.columns else 0
    return out
