"""`kube-research lab`: the coding page is there by itself, two clicks to the first coding; a notebook that somebody changed is not run."""

import shutil
import sys

import pytest

from kube_research.cli import main
from tests.desk import lab
from tests.desk.lab import ROOT, press, quotes, saved

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is absent; the desk was not tried in a browser")]


@pytest.fixture
def hands_page():
    with lab.chromium() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.problems = []
        page.on("pageerror", lambda e: page.problems.append(str(e)))
        yield page


def test_two_clicks_from_the_start(place, hands_page):
    (place / "notebooks").mkdir(exist_ok=True)
    shutil.copy(ROOT / "notebooks/coding.ipynb", place / "notebooks/coding.ipynb")
    with lab.jupyterlab(place, page=True) as (base, token):
        page = hands_page
        page.goto(f"{base}/lab/tree/notebooks/coding.ipynb?token={token}", wait_until="domcontentloaded")
        page.wait_for_selector(".kube-desk .kd-page", timeout=90_000)  # nobody ran a cell
        assert not page.locator(".jp-FileBrowser").is_visible() and page.get_by_text("Jupyter news").count() == 0
        page.get_by_label("Coder's name").fill("lina")
        page.get_by_role("button", name="a1").click()
        page.wait_for_selector(".kube-desk[data-ready='a1']", timeout=60_000)
        page.wait_for_function("() => document.activeElement.classList.contains('kd-scroll')", timeout=60_000)
        press(page, "j", "j", "1")
        saved(page)
        assert len(quotes(place, "lina")) == 1
        # the launcher has it, and goes to it
        page.keyboard.press("Escape")
        page.evaluate("() => { jupyterapp.commands.execute('launcher:create'); }")
        card = page.locator(".jp-LauncherCard", has_text="Coding")
        card.wait_for(timeout=20_000)
        card.click()
        page.wait_for_selector(".kube-desk[data-ready='a1']", timeout=20_000)
        assert page.locator(".kube-desk").count() == 1 and not page.problems
        # somebody changed the notebook: it opens, and waits
        lab.notebook(place / "notebooks", "coding", "print(1)\nimport kube_research as kr\nkr.coding_page()")
        other = page.context.new_page()
        other.goto(f"{base}/lab/workspaces/other/tree/notebooks/coding.ipynb?token={token}", wait_until="domcontentloaded")
        other.wait_for_selector(".jp-CodeCell", timeout=60_000)
        other.wait_for_function(lab.READY, timeout=60_000, polling=100)
        other.wait_for_timeout(1500)
        assert other.locator(".kube-desk").count() == 0 and other.evaluate("() => [...jupyterapp.shell.currentWidget.content.model.cells].every(c => c.executionCount === null)")


def test_how_it_is_started(monkeypatch, study_dir):
    heard = {}
    monkeypatch.setattr("kube_research.cli.lab.subprocess.call", lambda command, **k: heard.update(command=command, **k) or 0)
    (study_dir / "notebooks/coding.ipynb").write_text("{}")
    assert main(["lab", "--study", str(study_dir), "--no-browser"]) == 0
    given = next(c for c in heard["command"] if "extra_labextensions_path" in c).partition("=")[2]
    assert heard["command"][0] == sys.executable and (ROOT / given / "kube-research/package.json").exists() and "--LabApp.default_url=/lab/tree/notebooks/coding.ipynb" in heard["command"]

    def stopped(*_, **__):
        raise KeyboardInterrupt
    for language in ("id", "en"):  # the kernels speak the language that was asked for
        assert main(["lab", "--study", str(study_dir), "--no-browser", "--lang", language]) == 0 and heard["env"]["KUBE_LANG"] == language
    monkeypatch.setattr("kube_research.cli.lab.subprocess.call", stopped)
    assert main(["lab", "--study", str(study_dir)]) == 0  # Ctrl+C is how it is stopped
