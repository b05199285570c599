"""Two JupyterLab servers and two browsers at once: on one shared folder, and on two copies that a sync client keeps in step."""

import shutil

import pytest

from kube_research.study import Study
from tests.desk import lab
from tests.desk.lab import codings, desk, press, quotes, saved
from tests.syncing import Synced

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is absent; the desk was not tried in a browser")]
SEEN = "(coder) => [...document.querySelector('.kube-desk').parentElement._kubeDesk.codings.values()].filter(c => c.coder === coder && !c.gone).length"
MINE = "([coder, n]) => [...document.querySelector('.kube-desk').parentElement._kubeDesk.codings.values()].filter(c => c.coder === coder && !c.gone).length === n"


@pytest.fixture
def hands(server):
    made = []

    def new():
        context = server[2].new_context(viewport={"width": 1400, "height": 900})
        made.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda e: page.problems.append(str(e)))
        return page
    yield new
    for context in made:
        context.close()


def test_two_servers_on_one_shared_folder(server, place, hands):
    with lab.jupyterlab(place) as second:
        a, b = hands(), hands()
        desk(a, server, "fina")
        desk(b, second, "gita")
        for _ in range(3):  # in turns, without waiting for the other
            press(a, "j", "1")
            press(b, "j", "2", "ArrowRight", "3")
        saved(a)
        saved(b)
        for page in (a, b):  # each hears of the other by itself
            page.bring_to_front()
            page.wait_for_function(MINE, arg=["fina", 3], timeout=20_000)
            page.wait_for_function(MINE, arg=["gita", 6], timeout=20_000)
        assert len(quotes(place, "fina")) == 3 and len(quotes(place, "gita")) == 6
        # one coder on two laptops: one journal, two servers
        shutil.copy(place / "fina.ipynb", place / "fina2.ipynb")
        c = hands()
        desk(c, second, "fina2")
        press(a, "Home", "j", "j", "j", "2")
        press(c, "Home", "j", "j", "j", "3")
        saved(a)
        saved(c)
        for page in (a, c):
            page.bring_to_front()
            page.wait_for_function(MINE, arg=["fina", 5], timeout=20_000)
        lines = (place / "corpus/codings/fina/a1.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(codings(place, "fina").codings) == 5 and len(lines) == len({x.split('"id":"')[1][:20] for x in lines})
        assert not a.problems and not b.problems and not c.problems


def test_two_copies_kept_in_step_by_a_sync_client(server, place, hands, tmp_path):
    other = tmp_path / "laptop"
    shutil.copytree(place, other, ignore=shutil.ignore_patterns(".ipynb_checkpoints", ".cache"))
    sync = Synced(place, other)
    with lab.jupyterlab(other) as second:
        a, b = hands(), hands()
        desk(a, server, "hani")
        desk(b, second, "hani")
        assert a.evaluate(SEEN, "hani") == b.evaluate(SEEN, "hani") == 0
        made, conflicts = 0, 0
        for _ in range(4):  # both code, the folder is brought into step, both go on
            for page, code in ((a, "1"), (b, "2")):
                page.bring_to_front()
                page.locator(".kd-scroll").focus()
                press(page, "j", code)
                saved(page)
                made += 1
            conflicts += sync.step()
        assert conflicts >= 2
        for page, root in ((a, place), (b, other)):
            page.bring_to_front()
            page.wait_for_function(MINE, arg=["hani", made], timeout=20_000)  # every coding is there, once
            assert len(Study(root).codings(coder="hani")) == made
        notice = a.locator(".kd-notice", has_text="sync-conflict")
        assert notice.count() >= 1
        a.bring_to_front()
        notice.first.get_by_role("button", name="Take it in").click()
        a.wait_for_function("() => [...document.querySelectorAll('.kd-notice')].some(n => n.innerText.includes('of them new'))", timeout=60_000)
        sync.step()
        for root in (place, other):
            assert [p.name for p in (root / "corpus/codings/hani").glob("*.jsonl")] == ["a1.jsonl"]
            assert len(codings(root, "hani").codings) == made
        assert a.evaluate(SEEN, "hani") == made and not a.problems and not b.problems
