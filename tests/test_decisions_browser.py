"""The table of names in a real JupyterLab: decided, replaced, put back; no name in the saved notebook."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.conftest import BOOK, ROOT
from tests.desk import lab

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is absent (Debian: apt install chromium); the table was not tried in a browser")]
PASS = "lima kata acak yang panjang"


def test_decide_replace_and_put_back(tmp_path, monkeypatch):
    monkeypatch.setenv("KUBE_KEYS", str(tmp_path / "keys"))
    root = tmp_path / "study"
    for name in ("corpus/transcripts", "corpus/codings", "codebooks"):
        (root / name).mkdir(parents=True)
    names = ("n01", "n02", "n09")
    for n in names:
        shutil.copyfile(ROOT / f"tests/privacy/{n}.txt", root / f"corpus/transcripts/{n}.txt")
    (root / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\n" + "".join(f"{n},interview,A,id,,,,\n" for n in names), encoding="utf-8")
    (root / "corpus/speakers.csv").write_text("document,label,speaker,role\n", encoding="utf-8")
    (root / "codebooks/small.yml").write_text(BOOK, encoding="utf-8")
    lab.notebook(root, "names", "import kube_research as kr\nstudy = kr.open_study('.')\nkr.pseudonyms(study)")
    text = root / "corpus/transcripts/n02.txt"
    before = text.read_bytes()
    with lab.jupyterlab(root) as (base, token), lab.chromium() as browser:
        page = browser.new_context(viewport={"width": 1360, "height": 1000}).new_page()
        problems = []
        page.on("pageerror", lambda e: problems.append(str(e)))
        lab.open_notebook(page, base, token, "names")
        page.wait_for_selector(".kn tbody tr", timeout=60_000)
        page.get_by_label("decision: Sudarmaji").wait_for()
        page.get_by_label("surrogate: Sudarmaji").fill("Wirasaba")
        page.get_by_label("surrogate: Sudarmaji").press("Tab")
        page.get_by_role("searchbox", name="search").fill("parlan")
        assert page.locator(".kn tbody tr").count() == 1
        page.get_by_role("searchbox", name="search").fill("")
        page.keyboard.type("ddaa")  # no key reaches the notebook
        page.get_by_role("searchbox", name="search").fill("")
        assert page.locator(".jp-Notebook .jp-Cell").count() == 1
        page.get_by_role("button", name="Try it first").click()
        page.get_by_text("A dry run; nothing written.").wait_for()
        assert text.read_bytes() == before
        page.get_by_role("button", name="Replace in the whole study").click()
        page.get_by_text("Tick first that you understand.").wait_for()
        if os.environ.get("KUBE_PICTURES"):
            page.locator(".kn").screenshot(path=str(tmp_path / "table.png"))
        page.get_by_label("I understand what a lost passphrase means").check()
        page.get_by_label("Passphrase", exact=True).fill(PASS)
        page.get_by_label("Passphrase once more").fill(PASS)
        page.get_by_role("button", name="Replace in the whole study").click()
        page.get_by_role("button", name="Put back the last step").wait_for()
        assert "Wirasaba" in text.read_text(encoding="utf-8") and "Sudarmaji" not in text.read_text(encoding="utf-8")
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(page, context=".kn").response["violations"]
        assert not found, [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found]
        if os.environ.get("KUBE_PICTURES"):
            page.locator(".kn").screenshot(path=str(tmp_path / "done.png"))
        lab.command(page, "docmanager:save")
        page.wait_for_timeout(1500)
        saved = (root / "names.ipynb").read_text(encoding="utf-8")
        assert "persons" in saved and not any(n in saved for n in ("Sudarmaji", "Wiryo", "Rohayah", PASS))
        lab.command(page, "notebook:run-all-cells")
        page.get_by_text("has a key already").wait_for(timeout=30_000)
        page.get_by_label("Passphrase", exact=True).fill(PASS)
        page.get_by_role("button", name="Open the key").click()
        page.get_by_role("button", name="Put back the last step").click()
        page.wait_for_function("() => !document.querySelector('.kn')?.textContent.includes('Put back the last step')", timeout=30_000)
        assert text.read_bytes() == before and not problems
