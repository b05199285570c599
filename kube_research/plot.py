"""Pictures of codings: colour-blind safe, legible in grey print, each with its alternative text, in both languages.

Every function returns a Picture: shown in a notebook as an image with alternative text, saved as PNG and SVG by `save`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .finding import Finding
from .matrix import Matrix, axis
from .meeting import Cooccurrence
from .model import KubeError, unknown
from .picture import ABSENT, DARK, DASHES, LIGHT, LINES, MARKS, PRESENT, STYLE, WIDTH, Picture, canvas, foot, save, styled, wrap
from .words import say

if TYPE_CHECKING:
    from .codebook import Codebook
    from .codings import Codings

__all__ = ["ABSENT", "PRESENT", "STYLE", "WIDTH", "Picture", "canvas", "code_tree", "diverging", "dots", "foot", "heatmap", "network", "portrait", "run_chart", "save", "slope", "stage_strip", "styled", "xy"]


def _names(codings: Codings) -> dict[str, str]:
    return {c.id: c.label for b in codings.books for c in b} | {b.name: b.label for b in codings.books}


def _case_names(codings: Codings) -> dict[str, str]:
    return {"": say("(tidak disebut)", "(not stated)")} | {k: v.get("name") or k for k, v in codings.corpus.cases.items()}


def heatmap(table: Matrix, *, title: str = "", share: bool = False) -> Picture:
    """A heat map of a matrix, codes down and rows across; every cell bears its number, so that grey print is enough."""
    names = _names(table.codings)
    frame = table.share() if share else table.frame
    data = frame.T
    rows = [names.get(str(r), str(r)) for r in data.index]
    columns = [_case_names(table.codings).get(str(c), str(c)) for c in data.columns]
    with styled():
        left = 0.065 * max([len(line) for r in rows for line in wrap(r, 34).split("\n")], default=0) + 0.2
        room = max(0.22, min(0.9, (WIDTH - left) / max(1, len(columns))))  # inches a column; a table of many columns takes a page across
        letters = int(room / 0.064)
        level = all(len(word) <= letters for c in columns for word in c.split()) and len(columns) <= 8
        figure, ax = canvas(max(3.2, left + room * len(columns)), 0.9 + (0.34 if any(len(r) > 34 for r in rows) else 0.27) * max(2, len(rows)) + (0 if level else 0.5))
        values = data.to_numpy(dtype=float)
        balance = table.polarity == "balance"
        top = float(np.nanmax(np.abs(values))) if values.size and np.isfinite(values).any() else 1.0
        image = ax.imshow(values, aspect="auto", cmap="PuOr" if balance else "Blues", vmin=-top if balance else 0, vmax=top or 1)
        ax.set_xticks(range(len(columns)), [wrap(c, letters if level else 18) for c in columns], rotation=0 if level else 50, ha="center" if level else "right", rotation_mode="default" if level else "anchor", fontsize=8)
        ax.set_yticks(range(len(rows)), [wrap(r, 34) for r in rows], fontsize=8)
        ax.tick_params(length=0)
        ax.set_xticks(np.arange(-0.5, len(columns)), minor=True)
        ax.set_yticks(np.arange(-0.5, len(rows)), minor=True)
        ax.grid(which="minor", color="white", linewidth=1.5)
        ax.tick_params(which="minor", length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        for (i, j), v in np.ndenumerate(values):
            if math.isfinite(v):
                red, green, blue, _ = image.cmap(image.norm(v))
                dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
                shown = f"{v:.0%}" if share else f"{v:+.0f}" if balance and v else f"{v:.0f}"
                ax.text(j, i, shown, ha="center", va="center", fontsize=8, color="white" if dark else DARK)
        ax.set_title(title or _heat_title(table))
        foot(figure, table.note)
    filled = [(str(r), str(c), data.loc[r, c]) for r in data.index for c in data.columns if data.loc[r, c]]
    strongest = sorted(filled, key=lambda x: -abs(x[2]))[:3]
    said = "; ".join(f"{names.get(r, r)} × {_case_names(table.codings).get(c, c)}: {v:.0%}" if share else f"{names.get(r, r)} × {_case_names(table.codings).get(c, c)}: {v:g}" for r, c, v in strongest)
    return Picture(figure, say(f"Peta panas {len(rows)} × {len(columns)}: {title or _heat_title(table)}. Terbesar: {said or 'tidak ada'}. {table.note}",
                               f"Heat map {len(rows)} × {len(columns)}: {title or _heat_title(table)}. Largest: {said or 'none'}. {table.note}"))


def _heat_title(table: Matrix) -> str:
    unit = {"persons": say("Jumlah orang", "Persons"), "segments": say("Jumlah segmen", "Segments"), "documents": say("Jumlah dokumen", "Documents"), "words": say("Jumlah kata", "Words")}[table.count]
    return say(f"{unit} menurut {axis(table.rows)} dan {axis(table.columns)}", f"{unit} by {axis(table.rows)} and {axis(table.columns)}")


def diverging(codings: Codings, *, rows: str = "case", title: str = "", codes: Sequence[str] | None = None) -> Picture:
    """Diverging bars, code by code: of the persons of each row, how many say it holds (right) and how many that it does not (left)."""
    from .matrix import cross

    present, absent = cross(codings, rows, count="persons", polarity="present"), cross(codings, rows, count="persons", polarity="absent")
    groups = [str(r) for r in present.frame.index]
    codes = list(codes or [c for c in present.frame.columns if present.frame[c].sum() + absent.frame[c].sum()])
    names, cases = _names(codings), _case_names(codings)
    with styled():
        across = len(groups) if len(groups) <= 2 else min(3, math.ceil(len(groups) / math.ceil(len(groups) / 3)))
        down = math.ceil(max(1, len(groups)) / max(1, across))
        tall = 0.36 if any("\n" in wrap(names.get(c, c), 30) for c in codes) else 0.27
        figure, axes = canvas(WIDTH if across < 3 else WIDTH + 1, 0.6 + down * (0.6 + tall * max(2, len(codes))), nrows=down, ncols=max(1, across), sharey=True, squeeze=False)
        for ax in axes.flat[len(groups):]:
            ax.set_visible(False)
        lines = []
        for ax, g in zip(axes.flat, groups, strict=False):
            n = int(present.base.get(g, 0))
            yes = present.frame.loc[g, codes].to_numpy(dtype=float)
            no = absent.frame.loc[g, codes].to_numpy(dtype=float)
            y = np.arange(len(codes))
            ax.barh(y, yes, color=PRESENT, label=say("hadir", "present"), height=0.7)
            ax.barh(y, -no, color=ABSENT, hatch="////", edgecolor="white", label=say("tidak hadir", "absent"), height=0.7)
            for k in range(len(codes)):
                if yes[k]:
                    ax.text(yes[k] + 0.1, k, f"{yes[k]:.0f}", va="center", fontsize=7.5)
                if no[k]:
                    ax.text(-no[k] - 0.1, k, f"{no[k]:.0f}", va="center", ha="right", fontsize=7.5)
                lines.append(f"{names.get(codes[k], codes[k])}, {cases.get(g, g)}: {yes[k]:.0f}/{no[k]:.0f}")
            ax.axvline(0, color=DARK, linewidth=0.8)
            reach = max(n, 1) + 0.8
            ax.set_xlim(-reach, reach)
            ticks = sorted({-n, 0, n})
            ax.set_xticks(ticks, [str(abs(t)) for t in ticks])
            ax.set_title(f"{wrap(cases.get(g, g), 18)}\nn = {n}", fontsize=9)
            ax.set_yticks(y, [wrap(names.get(c, c), 30) for c in codes], fontsize=8)
            ax.tick_params(axis="y", length=0)
        if len(codes):
            axes[0][0].invert_yaxis()
        handles, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=2, frameon=False, fontsize=8)
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
        foot(figure, say("Jumlah orang yang mengatakan hadir (kanan) dan tidak hadir (kiri); seorang dapat mengatakan keduanya. ", "Persons who say present (right) and absent (left); one person may say both. ") + cross(codings, rows, count="persons").note)
    return Picture(figure, say("Batang berlawanan arah, orang yang mengatakan hadir/tidak hadir. ", "Diverging bars, persons who say present/absent. ") + "; ".join(lines) + ".")


def slope(before: Mapping[str, float], after: Mapping[str, float], *, groups: Mapping[str, str] | None = None, levels: Sequence[str] | None = None, title: str = "", note: str = "") -> Picture:
    """A slope chart, one line a person from before to after, a panel a group; `levels` names the values 0, 1, 2 … of the scale."""
    people = [p for p in before if p in after]
    panels = sorted({(groups or {}).get(p, "") for p in people})
    with styled():
        figure, axes = canvas(WIDTH, 3.1, ncols=max(1, len(panels)), sharey=True, squeeze=False)
        counts = []
        for ax, panel in zip(axes[0], panels, strict=False):
            members = [p for p in people if (groups or {}).get(p, "") == panel]
            seen: dict[tuple[float, float], int] = {}
            left: dict[float, list[str]] = {}
            for p in members:
                pair = (before[p], after[p])
                k = seen[pair] = seen.get(pair, -1) + 1
                shift = 0.06 * k
                way = np.sign(pair[1] - pair[0])
                color, dash = {1: (PRESENT, "-"), -1: ("#D55E00", "--"), 0: ("#555555", ":")}[int(way)]
                ax.plot([0, 1], [pair[0] + shift, pair[1] + shift], color=color, linestyle=dash, marker="o", markersize=4, linewidth=1.6)
                left.setdefault(pair[1] + shift, []).append(p)
            for y, who in left.items():
                ax.text(1.05, y, ", ".join(who), fontsize=6.5, va="center")
            up, same, down = (sum(np.sign(after[p] - before[p]) == s for p in members) for s in (1, 0, -1))
            counts.append(say(f"{panel or 'semua'}: naik {up}, tetap {same}, turun {down}", f"{panel or 'all'}: up {up}, same {same}, down {down}"))
            ax.set_title(f"{wrap(panel, 28)} (n = {len(members)})", fontsize=9)
            ax.set_xticks([0, 1], [say("sebelum", "before"), say("sesudah", "after")])
            ax.set_xlim(-0.1, 1.5)
        if levels:
            axes[0][0].set_yticks(range(len(levels)), [wrap(x, 18) for x in levels])
        if title:
            figure.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
        foot(figure, note + " " + say("Garis penuh: naik; putus-putus: turun; titik-titik: tetap.", "Solid: up; dashed: down; dotted: same."))
    return Picture(figure, say("Grafik lereng sebelum–sesudah. ", "Slope chart, before and after. ") + "; ".join(counts) + ". " + note)


def stage_strip(table: pd.DataFrame, *, title: str = "", note: str = "") -> Picture:
    """A strip of stages (columns, in order) with the counts of each form (rows) as discs whose area is the count."""
    with styled():
        figure, ax = canvas(WIDTH, 1.3 + 0.42 * len(table.index))
        top = max(1.0, float(table.to_numpy().max(initial=0)))
        for i, form in enumerate(table.index):
            for j, stage in enumerate(table.columns):
                v = float(table.loc[form, stage])
                if v:
                    ax.scatter(j, i, s=520 * v / top, color=LINES[i % len(LINES)], alpha=0.85, edgecolor=DARK, linewidth=0.6)
                ax.text(j, i, f"{v:g}", ha="center", va="center", fontsize=8, color=DARK, bbox={"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.75})
        for j in range(len(table.columns) - 1):
            ax.annotate("", (j + 0.72, len(table.index) - 0.35), (j + 0.28, len(table.index) - 0.35), arrowprops={"arrowstyle": "->", "color": "#666666"})
        ax.set_xticks(range(len(table.columns)), [wrap(c, 16) for c in table.columns])
        ax.set_yticks(range(len(table.index)), [wrap(r, 26) for r in table.index])
        ax.set_xlim(-0.6, len(table.columns) - 0.4)
        ax.set_ylim(len(table.index) - 0.2, -0.6)
        ax.tick_params(length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        ax.set_title(title or say("Tahap dan bentuk", "Stages and forms"))
        foot(figure, note)
    cells = "; ".join(f"{r} / {c}: {table.loc[r, c]:g}" for r in table.index for c in table.columns if table.loc[r, c])
    return Picture(figure, say("Strip tahap. ", "Stage strip. ") + cells + ". " + note)


def run_chart(series: pd.DataFrame, *, title: str = "", ylabel: str = "", note: str = "", xlabel: str = "") -> Picture:
    """A run chart: one line a column over the ordered rows, with each line's median; marks and dashes tell the lines apart without colour."""
    with styled():
        figure, axes = canvas(WIDTH, 1.0 + 1.25 * len(series.columns), nrows=max(1, len(series.columns)), sharex=True, squeeze=False)
        said = []
        for k, (ax, name) in enumerate(zip(axes[:, 0], series.columns, strict=False)):
            values = series[name].to_numpy(dtype=float)
            x = np.arange(len(values))
            ax.plot(x, values, color=LINES[k % len(LINES)], marker=MARKS[k % len(MARKS)], linestyle=DASHES[k % len(DASHES)])
            median = float(np.nanmedian(values))
            ax.axhline(median, color="#888888", linewidth=0.8, linestyle=":")
            ax.text(len(values) - 0.9, median, f"{say('median', 'median')} {median:.3g}", fontsize=6.5, va="bottom", color="#555555")
            for i, v in zip(x, values, strict=True):
                ax.annotate(f"{v:.0%}" if 0 < np.nanmax(values) <= 1 else f"{v:g}", (i, v), xytext=(0, 5), textcoords="offset points", ha="center", fontsize=7)
            ax.set_ylabel(wrap(name, 18), fontsize=8)
            ax.margins(y=0.3)
            ax.set_ylim(bottom=min(0, float(np.nanmin(values))))
            said.append(f"{name}: " + ", ".join(f"{v:.3g}" for v in values))
        axes[-1, 0].set_xticks(range(len(series.index)), [str(i) for i in series.index])
        axes[-1, 0].set_xlabel(xlabel or str(series.index.name or ""))
        axes[0, 0].set_title(title or say("Grafik urutan", "Run chart"))
        if ylabel:
            figure.supylabel(ylabel, fontsize=8)
        foot(figure, note)
    return Picture(figure, say("Grafik urutan. ", "Run chart. ") + "; ".join(said) + ". " + note)


def code_tree(book: Codebook, codings: Codings | None = None, *, title: str = "") -> Picture:
    """The tree of a codebook, with the number of codings and persons behind each code."""
    segments = codings._frame["code"].value_counts() if codings is not None else pd.Series(dtype=int)
    persons = codings._frame.groupby("code")["speaker"].nunique() if codings is not None else pd.Series(dtype=int)
    with styled():
        figure, ax = canvas(WIDTH, 0.8 + 0.26 * len(book))
        top = max(1, int(segments.max()) if len(segments) else 1)
        depth: dict[str, int] = {}
        place = {c.id: i for i, c in enumerate(book)}
        for i, c in enumerate(book):
            depth[c.id] = depth[c.parent] + 1 if c.parent in depth else 0
            x = 0.04 * (depth[c.id] + 1)
            origin = place[c.parent] if c.parent in place else -1
            ax.plot([x - 0.025, x - 0.025, x - 0.005], [origin + (0.3 if origin >= 0 else 0.5), i, i], color="#999999", linewidth=0.8)
            ax.text(x, i, f"{c.label}", va="center", fontsize=8, style="normal" if c.automatic else "italic")
            ax.text(0.62, i, c.id, va="center", fontsize=6.5, color="#555555")
            n = int(segments.get(c.id, 0))
            ax.barh(i, 0.16 * n / top, left=0.8, height=0.6, color=PRESENT)
            if codings is not None:
                ax.text(0.81 + 0.16 * n / top, i, say(f"{n} ({int(persons.get(c.id, 0))} orang)", f"{n} ({int(persons.get(c.id, 0))} persons)"), va="center", fontsize=7)
        ax.set_ylim(len(book) - 0.3, -0.9)
        ax.set_xlim(0, 1.14)
        ax.axis("off")
        ax.set_title(title or f"{book.label} · {book.version}")
    said = "; ".join(f"{c.label} {int(segments.get(c.id, 0))}" for c in book)
    return Picture(figure, say(f"Pohon kode {book.label}, jumlah pengodean: {said}.", f"Code tree {book.label}, codings: {said}."))


def network(table: Cooccurrence, *, title: str = "", least: int = 2, most: int = 20) -> Picture:
    """A network of the codes that meet: on a circle, the line as thick as the meetings; pairs under `least` are left out (and counted), and of
    more than `most` codes those that meet least."""
    names = _names(table.codings)
    codes = list(table.frame.index)
    meetings = table.frame.to_numpy(float)
    meetings = np.maximum(meetings, meetings.T)
    np.fill_diagonal(meetings, 0)
    kept = np.sort(np.argsort(-np.where(meetings >= least, meetings, 0).sum(axis=1), kind="stable")[:most])
    fewer = say(f" Dari {len(codes)} kode digambar {len(kept)} yang paling sering bertemu.", f" Of {len(codes)} codes the {len(kept)} that meet most are drawn.") if len(kept) < len(codes) else ""
    diagonal = np.diag(table.frame.to_numpy()).astype(float)[kept]
    meetings, codes = meetings[np.ix_(kept, kept)].astype(int), [codes[i] for i in kept]
    n = len(codes)
    angle = [2 * math.pi * i / max(1, n) + math.pi / 2 for i in range(n)]
    edges = [(i, j, int(meetings[i, j])) for i in range(n) for j in range(i + 1, n)]
    shown = [e for e in edges if e[2] >= least]
    left = sum(1 for e in edges if 0 < e[2] < least)
    with styled():
        figure, ax = canvas(WIDTH, 5.2)
        top = max((e[2] for e in shown), default=1)
        for i, j, w in sorted(shown, key=lambda e: e[2]):
            a, b = (math.cos(angle[i]), math.sin(angle[i])), (math.cos(angle[j]), math.sin(angle[j]))
            ax.plot([a[0], b[0]], [a[1], b[1]], color=PRESENT, alpha=0.25 + 0.6 * w / top, linewidth=0.5 + 5 * w / top, zorder=1)
            if w >= 0.5 * top:
                ax.text((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, str(w), fontsize=7, ha="center", va="center", bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none"})
        for i, c in enumerate(codes):
            x, y = math.cos(angle[i]), math.sin(angle[i])
            size = 40 + 260 * diagonal[i] / max(1.0, diagonal.max(initial=1))
            ax.scatter(x, y, s=size, color="white", edgecolor=DARK, zorder=2)
            away, side, level = math.sqrt(size) / 2 + 4, abs(x) > 0.1, abs(y) < 0.9  # points from the circle's middle to its name, which stands beside it or, at top and bottom, outside
            ax.annotate(f"{wrap(names.get(c, c), 26 if side else 18)}\n({int(diagonal[i])})", (x, y), (math.copysign(away, x) if level else x * away, y * away), textcoords="offset points",
                        ha=("left" if x > 0 else "right") if side else "center", va="center" if level else "bottom" if y > 0 else "top", fontsize=7.5)
        ax.set_xlim(-2.0, 2.0)
        ax.set_ylim(-1.35, 1.35)
        ax.set_aspect("equal")
        ax.axis("off")
        ax.set_title(title or say("Kode yang muncul bersama", "Codes that occur together"))
        foot(figure, table.note + " " + say(f"Garis: sedikitnya {least} pertemuan; {left} pasangan di bawahnya tidak digambar.", f"Lines: at least {least} meetings; {left} pairs below that are not drawn.") + fewer)
    strongest = sorted(shown, key=lambda e: -e[2])[:4]
    said = "; ".join(f"{names.get(codes[i], codes[i])} – {names.get(codes[j], codes[j])}: {w}" for i, j, w in strongest)
    return Picture(figure, say("Jaringan kode yang muncul bersama. Terkuat: ", "Network of codes that occur together. Strongest: ") + (said or "-") + "." + fewer + " " + table.note)


def portrait(codings: Codings, document: str, *, title: str = "") -> Picture:
    """A document's portrait: where in the interview each code falls; the strip on top shows whose turn it is."""
    d = codings.corpus[document]
    f = codings._frame[codings._frame["document"] == document]
    names = _names(codings)
    order = [c.id for b in codings.books for c in b if c.id in set(f["code"])] or sorted(f["code"].unique())
    span = max(1, len(d.text))
    with styled():
        figure, ax = canvas(WIDTH, 1.3 + 0.25 * max(1, len(order)))
        for t in d.turns:
            ax.barh(-1, (t.end - t.start) / span, left=t.start / span, height=0.7, color=LIGHT if t.role == "researcher" else "#666666")
        for i, code in enumerate(order):
            ax.axhline(i, color="#EEEEEE", linewidth=0.8, zorder=0)
            for r in f[f["code"] == code].itertuples():
                absent = r.polarity == "absent"
                ax.barh(i, max(0.006, (r.end - r.start) / span), left=r.start / span, height=0.62, color=ABSENT if absent else PRESENT, hatch="////" if absent else None, edgecolor="white", linewidth=0.3)
        ax.set_yticks([-1, *range(len(order))], [say("giliran", "turns"), *(wrap(names.get(c, c), 34) for c in order)], fontsize=8)
        ax.set_ylim(len(order) - 0.4, -1.6)
        ax.set_xlim(0, 1)
        lines = d.text.count("\n") + 1
        marks = [0, 0.25, 0.5, 0.75, 1]
        ax.set_xticks(marks, [str(d.line(int(m * (span - 1)))) for m in marks])
        ax.set_xlabel(say("baris", "line"), fontsize=8)
        ax.tick_params(axis="y", length=0)
        ax.set_title(title or f"{d.id} · {d.title}")
        foot(figure, say("Biru: hadir; jingga bergaris: tidak hadir. Strip atas: gelap informan, terang peneliti. Sumber: ", "Blue: present; hatched orange: absent. Top strip: dark informant, light researcher. Source: ") + codings.source)
    said = "; ".join(f"{names.get(c, c)} {int((f['code'] == c).sum())}" for c in order)
    return Picture(figure, say(f"Potret dokumen {document} ({lines} baris): {said}.", f"Portrait of the document {document} ({lines} lines): {said}."))


def dots(table: Matrix, *, title: str = "") -> Picture:
    """A dot plot: for each code, the share of the persons of each row (role, say) who speak of it."""
    share, names = table.share(), _names(table.codings)
    codes = [c for c in share.columns if table.frame[c].sum()]
    with styled():
        figure, ax = canvas(WIDTH, 1.3 + 0.3 * max(2, len(codes)))
        said = []
        for k, row in enumerate(share.index):
            xs = share.loc[row, codes].to_numpy(dtype=float)
            n = int(table.base.get(row, 0))
            ax.scatter(xs, np.arange(len(codes)) + (k - (len(share.index) - 1) / 2) * 0.16, marker=MARKS[k % len(MARKS)], color=LINES[k % len(LINES)], s=36, label=f"{_role(str(row))} (n = {n})", zorder=3)
            said += [f"{names.get(c, c)}, {_role(str(row))}: {int(table.frame.loc[row, c])}/{n}" for c in codes]
        ax.set_yticks(range(len(codes)), [wrap(names.get(c, c), 32) for c in codes], fontsize=8)
        ax.set_ylim(len(codes) - 0.5, -0.5)
        ax.set_xlim(-0.03, 1.03)
        ax.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
        ax.grid(axis="y", color="#DDDDDD", linewidth=0.8)
        ax.legend(loc="upper center", bbox_to_anchor=(0.4, -0.1), ncols=3, frameon=False, fontsize=8)
        ax.set_title(title or say("Bagian orang yang membicarakannya", "Share of persons who speak of it"))
        foot(figure, table.note)
    return Picture(figure, say("Diagram titik. ", "Dot plot. ") + "; ".join(said) + ".")


def xy(finding: Finding, x: str, *, outcome: str = "", title: str = "") -> Picture:
    """An XY plot of `kr.qca`'s cases: membership in a condition or a formula ("A*~B + C") against membership in the outcome.

    Cases on or above the diagonal speak for sufficiency (x ≤ y), those on or below it for necessity; consistency and coverage of both
    readings stand under the picture.  x: a condition, or a formula of them (Ragin 2008; Schneider & Wagemann 2012).
    """
    from .stats.qca import membership, necessity, sufficiency

    members = finding.more.get("memberships")
    if members is None:
        raise KubeError(say("Hasil ini tidak memuat keanggotaan kasus.", "This finding holds no memberships of cases."), "", "kr.plot.xy(kr.qca(…), …)")
    table = members.set_index("case")
    outcome = outcome or str(table.columns[-1])
    x = x.partition("→")[0].strip()
    try:
        values, y = (membership(f, table.to_dict("list")) for f in (x, outcome))
    except KeyError as e:
        raise KubeError(unknown("kondisi", "condition", str(e.args[0]), list(table.columns))) from None
    s, n = sufficiency(values, y), necessity(values, y)
    with styled():
        figure, ax = canvas(5.2, 5.4)
        ax.plot([0, 1], [0, 1], color=DARK, linewidth=1)
        ax.axhline(0.5, color="#BBBBBB", linewidth=0.8, linestyle=":", zorder=0)
        ax.axvline(0.5, color="#BBBBBB", linewidth=0.8, linestyle=":", zorder=0)
        above = values <= y + 1e-9
        ax.scatter(values[above], y[above], marker="o", color=PRESENT, s=42, zorder=5, clip_on=False, label="x ≤ y")
        ax.scatter(values[~above], y[~above], marker="X", color=ABSENT, s=48, zorder=5, clip_on=False, label="x > y")
        clusters: list[list[int]] = []  # cases so near each other that they share one label
        for i in np.lexsort((values, y)).tolist():
            near = next((c for c in clusters if any(abs(values[i] - values[j]) < 0.1 and abs(y[i] - y[j]) < 0.05 for j in c)), None)
            near.append(i) if near else clusters.append([i])
        for c in clusters:
            a, b = float(values[c].mean()), float(y[c].max() if y[c].mean() <= 0.5 else y[c].min())
            ax.annotate(wrap(", ".join(str(table.index[i]) for i in c), 20), (a, b), textcoords="offset points", xytext=(0, 7 if b <= 0.5 else -7), ha="right" if a > 0.85 else "left" if a < 0.15 else "center", va="bottom" if b <= 0.5 else "top", fontsize=8, zorder=4, bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.5})
        ax.set_xlim(-0.03, 1.03)
        ax.set_ylim(-0.03, 1.03)
        ax.set_aspect("equal")
        ax.set_xlabel(wrap(x, 60))
        ax.set_ylabel(outcome)
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=2, frameon=False, fontsize=8)
        ax.set_title(title or f"{wrap(x, 40)} → {outcome}")
        fit = say(f"Cukup: konsistensi {s.consistency:.3f}, cakupan {s.coverage:.3f}. Perlu: konsistensi {n.consistency:.3f}, cakupan {n.coverage:.3f}, RoN {n.ron:.3f}.", f"Sufficient: consistency {s.consistency:.3f}, coverage {s.coverage:.3f}. Necessary: consistency {n.consistency:.3f}, coverage {n.coverage:.3f}, RoN {n.ron:.3f}.")
        foot(figure, fit + " " + say(f"n = {len(y)} kasus.", f"n = {len(y)} cases."))
    told = "; ".join(f"{case} {a:.2f}, {b:.2f}" for case, a, b in zip(table.index, values, y, strict=True))
    return Picture(figure, say(f"Diagram XY, {x} terhadap {outcome}: {int((~above).sum())} dari {len(y)} kasus di bawah diagonal. {fit} Kasus (x, y): {told}.", f"XY plot, {x} against {outcome}: {int((~above).sum())} of {len(y)} cases below the diagonal. {fit} Cases (x, y): {told}."))


def _role(role: str) -> str:
    return {"member": say("anggota", "members"), "officer": say("pengurus", "officers"), "mentor": say("pendamping", "mentors"), "agency": say("lembaga", "agency"), "family": say("keluarga", "family"),
            "researcher": say("peneliti", "researchers")}.get(role, role)

