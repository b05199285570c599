"""An edit to a rule: gained and lost are exactly the difference of two whole codings; the engine forgets nothing it should look for again."""

from __future__ import annotations

from pathlib import Path

import kube_research as kr
from kube_research.codebook import loads
from kube_research.engine import edits, engine
from kube_research.study import open_study

ROOT = Path(__file__).resolve().parent.parent
BOOK = """
codebook: uji
version: "{version}"
title: {{id: Uji, en: Test}}
codes:
  - id: x.meet
    name: {{id: Rapat, en: Meeting}}
    definition: {{id: Rapat., en: A meeting.}}
    indicators:
      id: [{meet}]
  - id: x.money
    name: {{id: Uang, en: Money}}
    definition: {{id: Uang., en: Money.}}
    indicators:
      id: ['uang', 'modal', '~bayar']
"""


def book(meet: str, version: str = "1.0.0"):
    return loads(BOOK.format(meet=meet, version=version), "uji.yml")


def rows(codings):
    return set(codings._frame[["document", "start", "end", "code", "polarity"]].itertuples(index=False, name=None))


def test_gained_and_lost_are_the_difference():
    corpus = open_study(ROOT).corpus.where(kind=("interview", "focus-group"))
    versions = [book("'rapat'"), book("'rapat', '~kumpul'"), book("'=rapat ..3 ~rutin'"), book("'rapat', {match: '~kumpul', polarity: absent}")]
    for a in versions:
        for b in versions:
            told = edits.edited(corpus, a, b)
            x, y = rows(kr.autocode(corpus, a)), rows(kr.autocode(corpus, b))
            assert rows(told.gained) == y - x and rows(told.lost) == x - y
            assert told.codes == (() if a is b else ("x.meet",))
    assert len(edits.edited(corpus, versions[0], versions[1]).gained) > 5


def test_with_cue_tables_too():
    study = open_study(ROOT)
    corpus, after = study.corpus.where(kind="interview"), study.codebook("group_dynamics")
    before = after.only([c.id for c in after if c.id != "gd.goal"])
    told = edits.edited(corpus, before, after)
    x, y = rows(kr.autocode(corpus, before)), rows(kr.autocode(corpus, after))
    assert rows(told.gained) == y - x and rows(told.lost) == x - y and y - x


def test_only_what_the_edit_touches_is_looked_for(monkeypatch):
    corpus = open_study(ROOT).corpus.where(kind="interview")
    kr.autocode(corpus, book("'rapat'"))
    looked = []
    e = engine(corpus)
    real = e._places
    monkeypatch.setattr(e, "_places", lambda rule, *more: looked.append(rule.pattern) or real(rule, *more), raising=False)
    edits.edited(corpus, book("'rapat'"), book("'rapat', 'musyawarah'", "1.1.0"))
    assert looked == ["musyawarah"]


def test_the_same_documents_share_an_engine():
    study = open_study(ROOT)
    assert engine(study.corpus.where(kind="interview")) is engine(study.corpus.where(kind="interview"))
    assert engine(study.corpus.where(kind="interview", role="member")) is not engine(study.corpus.where(kind="interview"))
