"""The queue with buttons in a real JupyterLab: old and new words are read, a place is decided, and the saved notebook, its widget state too, holds no word of anybody."""

from __future__ import annotations

import os

import pytest

from kube_research import revise, waiting
from kube_research.codings import make
from kube_research.study import Study
from tests.conftest import BOOK
from tests.desk import lab

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is absent (Debian: apt install chromium); the queue was not tried in a browser")]
TALK = "P: Bagaimana kelompoknya?\nN: Kompak sekali, tidak pernah bertengkar soal uang.\nP: Rapatnya?\nN: Ya.\n"


def test_a_decision_leaves_no_word_in_the_notebook(tmp_path):
    root = tmp_path / "study"
    for name in ("corpus/transcripts", "corpus/codings", "codebooks"):
        (root / name).mkdir(parents=True)
    (root / "corpus/transcripts/t1.txt").write_text(TALK, encoding="utf-8")
    (root / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\nt1,interview,A,id,,,,\n", encoding="utf-8")
    (root / "corpus/speakers.csv").write_text("document,label,speaker,role\nt1,P,R1,researcher\nt1,N,N1,member\n", encoding="utf-8")
    (root / "codebooks/small.yml").write_text(BOOK, encoding="utf-8")
    study = Study(root)
    for quote in ("tidak pernah bertengkar", "Ya."):
        at = TALK.index(quote)
        study.journal("ani", "t1").code(make(study.corpus, "t1", at, at + len(quote), "s.close"))
    revise.update(study, "t1", TALK.replace("tidak pernah", "pernah").replace("N: Ya.", "N: Iya."))
    assert len(waiting.queue(Study(root))) == 2
    lab.notebook(root, "queue", "import kube_research as kr\nkr.decide(kr.open_study('.'), who='ani')")
    with lab.jupyterlab(root) as (base, token), lab.chromium() as browser:
        page = browser.new_context(viewport={"width": 1200, "height": 800}).new_page()
        problems = []
        page.on("pageerror", lambda e: problems.append(str(e)))
        lab.open_notebook(page, base, token, "queue")
        page.get_by_text("pernah bertengkar").first.wait_for(timeout=60_000)
        if os.environ.get("KUBE_PICTURES"):
            page.screenshot(path=os.path.join(os.environ["KUBE_PICTURES"], "decide.png"))
        page.get_by_role("button", name="Place 1").click()
        page.get_by_text("1 waiting").wait_for()
        page.get_by_text("Iya.").first.wait_for()
        if os.environ.get("KUBE_PICTURES"):
            page.screenshot(path=os.path.join(os.environ["KUBE_PICTURES"], "decide2.png"))
        lab.command(page, "@jupyter-widgets/jupyterlab-manager:saveWidgetState")
        page.wait_for_timeout(800)
        lab.command(page, "docmanager:save")
        page.wait_for_timeout(1500)
        kept = (root / "queue.ipynb").read_text(encoding="utf-8")
        assert "widget" in kept and not [w for w in ("bertengkar", "Iya", "Kompak") if w in kept] and not problems
    assert len(waiting.queue(Study(root))) == 1
