"""Pictures of the demo study: no words lie over other words, and what is left out is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import kube_research as kr
from kube_research import plot
from kube_research.study import open_study
from kube_research.words import using

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def study():
    return open_study(ROOT)


def crowded(figure) -> list[str]:
    """Words that lie over other words."""
    figure.canvas.draw()
    told = [t for ax in figure.axes for t in (*ax.texts, ax.title, *((*ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label, ax.yaxis.label) if ax.axison else ()))]
    told = [t for t in (*told, *figure.texts) if t.get_visible() and t.get_text().strip() and not t.get_rotation()]  # words at a slant are side by side though their boxes are not
    low, high = (np.array([getattr(t.get_window_extent(), k) for t in told]) for k in ("min", "max"))
    over = (np.minimum(high[:, None], high) - np.maximum(low[:, None], low) > 1).all(axis=2)
    return [f"{told[i].get_text()!r} / {told[j].get_text()!r}" for i, j in np.argwhere(np.triu(over, 1)).tolist()]


def pictures(study):
    people = study.codings(coder="dian")
    group = people.where(code=[c.id for c in study.codebook("group_dynamics")])
    yield "network", plot.network(kr.cooccurrence(group, "turn"))
    yield "network of all", plot.network(kr.cooccurrence(study.codings(), "turn"))
    yield "heatmap", plot.heatmap(kr.cross(group, "case", "code"))
    yield "diverging", plot.diverging(group)
    yield "tree", plot.code_tree(study.codebook("participation"), people)
    yield "tree of empowerment", plot.code_tree(study.codebook("empowerment"), people)
    yield "portrait", plot.portrait(group, group.frame["document"].iloc[0])
    yield "dots", plot.dots(kr.cross(group, "role", "code"))


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_words_of_a_picture_lie_over_others(study, lang):
    found = {}
    with using(lang):
        for name, picture in pictures(study):
            if over := crowded(picture.figure):
                found[name] = over
    assert not found


def test_a_network_draws_the_codes_that_meet_most_and_says_so(study):
    table = kr.cooccurrence(study.codings(), "turn")
    with using("en"):
        picture = plot.network(table, most=5)
    drawn = [t.get_text() for t in picture.figure.axes[0].texts if "(" in t.get_text()]
    assert len(drawn) == 5 and f"Of {len(table.frame)} codes the 5 that meet most are drawn." in " ".join(t.get_text() for t in picture.figure.texts).replace("\n", " ")
    whole = plot.network(table, most=len(table.frame))
    assert len([t for t in whole.figure.axes[0].texts if "(" in t.get_text()]) == len(table.frame)
