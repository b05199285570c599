"""The desk in Notebook 7: run by key, coded by key, and no key reaches the notebook around it."""

import importlib.util

import pytest

from tests.desk import lab
from tests.desk.lab import press, quotes, saved

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM or not importlib.util.find_spec("notebook"), reason="Chromium or Notebook 7 is absent; the desk was not tried in it")]


def test_coding_by_keyboard_in_notebook_7(place, tmp_path_factory):
    with lab.jupyterlab(place, app="notebook") as (base, token), lab.chromium() as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(f"{base}/notebooks/budi.ipynb?token={token}", wait_until="domcontentloaded")
        page.wait_for_selector(".jp-Notebook .jp-Cell .cm-content", timeout=90_000)
        page.wait_for_function("() => { const w = window.jupyterapp?.shell.currentWidget; return w?.sessionContext?.isReady && w.sessionContext.session?.kernel?.status === 'idle'; }", timeout=90_000)
        page.locator(".jp-Cell .cm-content").first.click()
        press(page, "Shift+Enter")
        page.wait_for_selector(".kube-desk[data-ready='a1']", timeout=60_000)
        page.wait_for_function("() => document.activeElement.classList.contains('kd-scroll')", timeout=60_000)  # the hands are on the text by itself
        cells = page.locator(".jp-Cell").count()
        press(page, "j", "j", "ArrowRight", "Enter")
        page.keyboard.type("mee")
        press(page, "Enter", "ArrowRight", ".", "p", "ArrowRight", "3", "u", "U", "d")
        press(page, "Escape", "Shift+Enter")
        saved(page)
        assert [q[1:] for q in quotes(place, "budi")] == [("s.meet", "present"), ("s.money", "present"), ("s.meet", "absent")]
        page.locator(".kd-go").nth(1).click()
        page.wait_for_selector(".kd-panel .kd-filters, .kd-panel .kd-quiet")
        press(page, "m", "Escape", "Escape")
        assert page.locator(".jp-Cell").count() == cells and page.locator(".jp-MarkdownCell").count() == 0, "a key leaked into the notebook"
