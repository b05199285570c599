"""The desk in a real JupyterLab, by keyboard alone: nothing acknowledged is lost, nothing is doubled, nothing leaks."""

import json
import shutil
import time

import pytest

from tests.desk import lab
from tests.desk.lab import PICTURES, codings, desk, picture, press, quotes, saved

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is absent (Debian: apt install chromium); the desk was not tried in a browser")]


def test_a_day_by_keyboard(page, server, place):
    desk(page, server, "ani")
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    press(page, "j", "j")  # the second turn, as a whole
    press(page, "ArrowRight", "Enter")  # its first sentence
    page.keyboard.type("mee")
    press(page, "Enter", "ArrowRight", ".")  # two keys a coding, sentence by sentence
    press(page, "p", "Shift+ArrowRight", "3", "u", "U", "d")  # absent; two sentences are Money; undo, redo; a stray letter opens the box
    press(page, "Escape", "Shift+Enter", "Control+Enter")
    saved(page)
    text = (place / "corpus/transcripts/a1.txt").read_text(encoding="utf-8")
    assert quotes(place, "ani") == [("Iya, diajak rapat sama ketua.", "s.meet", "present"), ("😀😀 Nggak kompak kok.", "s.meet", "absent"), ("😀😀 Nggak kompak kok. Kasnya sih ada.", "s.money", "present")]
    import unicodedata

    assert all(unicodedata.normalize("NFC", text)[c.start:c.end] == c.quote for c in codings(place, "ani").codings.values())  # behind two emoji
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells, "a key leaked into JupyterLab"
    assert page.evaluate("window.hacked") is None and page.locator(".kd-words b, .kd-words script").count() == 0
    # the margin names them, absent is marked by more than colour
    labels = page.locator(".kd-label").all_inner_texts()
    assert "¬ Meeting" in labels and "Money" in labels
    # undo goes back to the beginning and forth again; each step is a line
    press(page, *["u"] * 9)
    saved(page)
    assert quotes(place, "ani") == []
    press(page, *["U"] * 9)
    saved(page)
    assert len(quotes(place, "ani")) == 3
    # accept one suggestion, reject the next
    press(page, "Home", "a", "a", "x")
    saved(page)
    decided = [d["verdict"] for d in codings(place, "ani").decisions]
    assert decided == ["accepted", "rejected"] and len(quotes(place, "ani")) == 4
    # split, resize, recode, remove
    press(page, "Home", "j", "j", "j", "1", "ArrowRight", "ArrowRight", "s")
    saved(page)
    assert [q for q in quotes(place, "ani") if q[0].startswith("Rapat rutin")] == [("Rapat rutin tiap minggu.", "s.meet", "present")]
    press(page, "Delete")
    # an in-vivo code and a new one from the box, both in the YAML with its comments
    press(page, "End", "i")
    page.wait_for_function("() => [...document.querySelectorAll('.kd-name')].some(e => e.textContent === 'Kompak terus')")
    saved(page)
    book = (place / "codebooks/small.yml").read_text(encoding="utf-8")
    assert "# about meetings" in book and "# our own book" in book and "iv.kompak_terus" in book
    # reload the page: all there, from disk
    n = len(quotes(place, "ani"))
    page.keyboard.press("R")
    desk(page, server, "ani")
    assert page.evaluate("() => [...document.querySelector('.kube-desk').parentElement._kubeDesk.codings.values()].filter(c => !c.gone).length") == n
    press(page, "u")  # the undo history survives, too
    saved(page)
    assert len(quotes(place, "ani")) == n - 1
    assert not page.problems


def test_undo_goes_behind_what_was_sent_at_once(page, server, place):
    lab.notebook(place, "hana", "import kube_research as kr\nfrom kube_research.desk import session\nsession.MOST_PAST = 2\nkr.desk(kr.open_study('.'), coder='hana')")
    desk(page, server, "hana")
    press(page, "Home", "1", "ArrowRight", ".", "ArrowRight", ".", "ArrowRight", ".", "ArrowRight", ".")
    saved(page)
    n = len(quotes(place, "hana"))
    desk(page, server, "hana")  # loaded again: the browser knows two gestures, the journal five
    press(page, *["u"] * 4)
    page.wait_for_function("() => document.querySelector('.kd-voice').textContent && !document.querySelector('.kube-desk').parentElement._kubeDesk.wished.length")
    saved(page)
    assert n == 5 and len(quotes(place, "hana")) == 1
    press(page, *["u"] * 3, *["U"] * 9)  # to the beginning and all the way back
    page.wait_for_function("() => [...document.querySelector('.kube-desk').parentElement._kubeDesk.codings.values()].filter(c => !c.gone && c.coder === 'hana').length === 5")  # the others' codings are shown, too
    saved(page)
    assert len(quotes(place, "hana")) == 5 and not page.problems


def test_reading_around(page, server, place):
    desk(page, server, "budi")
    press(page, "j", "j", "ArrowRight", "2")
    page.keyboard.press("/")
    page.keyboard.type("~ajak")
    page.keyboard.press("Enter")
    page.wait_for_selector(".kd-results button")
    hits = page.locator(".kd-results b").all_inner_texts()
    assert "ngajak" in hits and "diajak" in hits
    press(page, "End", "Enter")  # the last hit lies in the other document
    page.wait_for_selector(".kube-desk[data-ready='b1']")
    assert page.evaluate("() => document.activeElement.className").startswith("kd-scroll")
    press(page, "F6", "F6")
    page.evaluate("() => { const d = document.querySelector('.kube-desk').parentElement._kubeDesk; d.listDocs(); d.tree(); }")  # news while the hands are on the list of documents
    assert page.evaluate("() => document.activeElement.dataset.id") == "b1"
    press(page, "F6")
    saved(page)
    press(page, "Escape", "?")
    assert page.locator(".kd-help").is_visible()
    press(page, "Escape")
    # retrieval: a code's quotations across documents; Enter goes to the place
    page.locator(".kd-go", has_text="Closeness").focus()
    press(page, "Enter")
    page.wait_for_function("() => document.querySelector('.kd-results b')?.innerText.includes('Iya, diajak rapat')")
    press(page, "Escape")
    assert not page.problems


def test_kernel_killed_and_back(page, server, place):
    desk(page, server, "cici")
    press(page, "j", "j", "1")
    saved(page)
    page.evaluate("() => { jupyterapp.shell.currentWidget.sessionContext.session.kernel.shutdown(); }")
    page.wait_for_function("() => document.querySelector('.kube-desk')?.dataset.lost === 'yes'", timeout=60_000)
    page.locator(".kd-scroll").focus()
    press(page, "j", "2", "j", "j", "3")
    assert "NOT SAVED" in page.locator(".kd-state").inner_text()
    assert len(quotes(place, "cici")) == 1
    desk(page, server, "cici")  # the page is loaded anew, the cell run again: what the browser kept is sent
    saved(page)
    assert len(quotes(place, "cici")) == 3
    raw = (place / "corpus/codings/cici/a1.jsonl").read_text(encoding="utf-8").splitlines()
    ids = [json.loads(line)["id"] for line in raw]
    assert len(ids) == len(set(ids))


def test_two_tabs_and_two_coders(page, server, place):
    desk(page, server, "dodi")
    press(page, "j", "j", "1")
    saved(page)
    other = page.context.new_page()
    lab.open_notebook(other, server[0], server[1], "cici")  # another notebook, another kernel, another coder
    other.wait_for_selector(".kube-desk[data-ready='a1']")
    other.locator(".kd-scroll").focus()
    seen = "() => [...document.querySelector('.kube-desk').parentElement._kubeDesk.codings.values()].filter(c => c.coder === 'dodi').length"
    assert other.evaluate(seen) == 1
    page.bring_to_front()
    page.locator(".kd-scroll").focus()
    press(page, "j", "2")
    saved(page)
    other.bring_to_front()
    other.locator(".kd-scroll").focus()
    other.keyboard.press("R")
    other.wait_for_function(f"({seen})() === 2", timeout=8_000)
    # compare the two and write a consensus
    other.get_by_role("tab", name="Compare").click()
    for side, coder in zip(other.locator(".kd-pair select").all(), ("cici", "dodi"), strict=True):
        side.select_option(coder)
    other.locator(".kd-pair button").first.click()
    other.wait_for_selector(".kd-diff")
    if PICTURES:
        other.screenshot(path=picture("compare"))
    before = quotes(place, "cici"), quotes(place, "dodi")
    n = other.evaluate("() => document.querySelector('.kube-desk').parentElement._kubeDesk.cmp.items.length")
    other.locator(".kd-scroll").focus()
    press(other, "2", *["0"] * n)
    saved(other)
    assert codings(place, "cici-consensus").decisions and (quotes(place, "cici"), quotes(place, "dodi")) == before  # both are kept


CHOSEN = "() => { const d = document.querySelector('.kube-desk').parentElement._kubeDesk; return d.sel && d.text.slice(d.sel.s, d.sel.e); }"
AT = """([t, off]) => { const d = document.querySelector('.kube-desk').parentElement._kubeDesk, i = d.text.indexOf(t) + off, r = d.range(i, i + 1).getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; }"""


def drag(page, a, b):
    """Press the mouse at one place and release it at another: (words, offset in them) or a point."""
    (x, y), (x2, y2) = (page.evaluate(AT, list(p)) if isinstance(p[0], str) else p for p in (a, b))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + x2) / 2, (y + y2) / 2)
    page.mouse.move(x2, y2)
    page.mouse.up()
    return page.evaluate(CHOSEN)


def test_mouse_two_tabs_and_a_corrected_transcript(page, server, place):
    desk(page, server, "eka", "a1")
    at = page.evaluate(AT, ["pernah", 2])
    page.mouse.dblclick(*at)
    assert page.evaluate(CHOSEN) == "Nggak pernah ada yang ngajak saya urunan."
    page.mouse.click(*at, click_count=3)
    assert page.evaluate(CHOSEN) == "Nggak pernah ada yang ngajak saya urunan. Rapat rutin tiap minggu."
    press(page, "Escape")
    assert drag(page, ("ngajak", 3), ("saya urunan", 2)) == "ngajak saya"  # snaps to whole words
    press(page, "Escape")
    assert drag(page, ("saya urunan", 2), ("ngajak", 3)) == "ngajak saya"  # backwards, too
    press(page, "1", "Escape")
    area = page.locator(".kd-scroll").bounding_box()
    y = page.evaluate(AT, ["ngajak", 2])[1]
    assert drag(page, ("pernah", 2), (area["x"] + area["width"] + 60, y)).startswith("pernah ada yang ngajak")  # released outside the text
    press(page, "Escape")
    page.mouse.click(*page.evaluate(AT, ["Terus?", 2]))
    page.keyboard.down("Shift")
    page.mouse.click(*page.evaluate(AT, ["pernah", 2]))
    page.keyboard.up("Shift")
    assert page.evaluate(CHOSEN) == "Terus?\n[00:01:09] N: Nggak pernah"  # Shift and a click extend
    saved(page)
    assert quotes(place, "eka") == [("ngajak saya", "s.meet", "present")]
    # the same coder in a second notebook and kernel: the first hears of it by itself
    other = page.context.new_page()
    shutil.copy(place / "eka.ipynb", place / "eka2.ipynb")
    desk(other, server, "eka2", "a1")
    press(other, "Home", "j", "2")
    saved(other)
    other.close()
    page.bring_to_front()
    page.wait_for_function("() => [...document.querySelector('.kube-desk').parentElement._kubeDesk.codings.values()].filter(c => c.coder === 'eka').length === 2", timeout=60_000)
    # the transcript is corrected on disk: told by itself, carried over by a button, settled by a digit, undone by u
    text = place / "corpus/transcripts/a1.txt"
    was = text.read_text(encoding="utf-8")
    text.write_text(was.replace("yang ngajak saya urunan", "yang meminta kami semua membayar urunan"), encoding="utf-8")
    page.get_by_role("button", name="Carry the codings over").click(timeout=60_000)
    page.wait_for_function("() => document.querySelector('.kube-desk').parentElement._kubeDesk.waits().length === 1")
    press(page, "W")
    page.wait_for_selector(".kd-places")
    assert page.locator(".kd-diff blockquote b").inner_text() == "ngajak saya"
    if PICTURES:
        page.screenshot(path=picture("waiting"))
    page.evaluate("() => { const d = document.querySelector('.kube-desk').parentElement._kubeDesk, i = d.text.indexOf('meminta kami'); d.select(i, i + 12); }")
    press(page, "=")
    saved(page)
    assert "meminta kami" in [q[0] for q in quotes(place, "eka")]
    press(page, "u")
    saved(page)
    assert codings(place, "eka").waiting
    press(page, "U")
    saved(page)
    assert not codings(place, "eka").waiting and not page.problems
    text.write_text(was, encoding="utf-8")


def test_coding_page_two_clicks(page, server, place):
    lab.open_notebook(page, server[0], server[1], "page")
    page.get_by_label("Coder's name").fill("ani")
    page.get_by_role("button", name="b1").click()
    page.wait_for_selector(".kube-desk[data-ready='b1']")


def test_accessible(page, server, place):
    from axe_playwright_python.sync_playwright import Axe

    desk(page, server, "ani")
    press(page, "Home", "j", "j", "Enter")
    found = [_axe(Axe(), page)]
    press(page, "Escape", "?")
    found.append(_axe(Axe(), page))
    press(page, "Escape")
    page.evaluate("() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'}).then(() => {})")
    page.wait_for_function("() => document.body.dataset.jpThemeLight === 'false'")
    time.sleep(0.5)
    found.append(_axe(Axe(), page))
    assert [f for group in found for f in group] == []
    page.set_viewport_size({"width": 700, "height": 450})  # 1400 × 900 at 200 %
    box = page.locator(".kd-scroll").bounding_box()
    assert box["width"] > 300 and page.evaluate("() => { const r = document.querySelector('.kube-desk'); return r.scrollWidth <= r.clientWidth + 1; }")
    # a low window (1280 × 800 at 200 %): the desk is no taller than what the notebook shows, its dialogs fit in it, F6 opens the drawers
    page.set_viewport_size({"width": 640, "height": 400})
    page.wait_for_function("() => { const r = document.querySelector('.kube-desk'), o = r.closest('.jp-WindowedPanel-outer'); return r.dataset.low === 'yes' && r.offsetHeight <= o.clientHeight; }", timeout=10_000)
    assert not page.locator(".kd-left").is_visible()
    page.locator(".kd-scroll").focus()
    press(page, "Shift+F6")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Find a code" and page.locator(".kd-left").is_visible()
    press(page, "Escape", "?")
    inside = "() => { const a = document.querySelector('.kd-help').getBoundingClientRect(), b = document.querySelector('.kube-desk').getBoundingClientRect(); return a.top >= b.top && a.bottom <= b.bottom; }"
    assert page.evaluate(inside) and not page.locator(".kd-left").is_visible()


def _axe(axe, page):
    out = axe.run(page, context={"include": [[".kube-desk"]]}, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}})
    return [(v["id"], n["target"], n.get("failureSummary", "")[:200]) for v in out.response["violations"] for n in v["nodes"]]


@pytest.mark.skipif(not PICTURES, reason="pictures are taken when KUBE_PICTURES=1")
def test_pictures(server, place, tmp_path):
    demo = place / "demo"
    for part in ("corpus", "codebooks"):
        shutil.copytree(lab.ROOT / part, demo / part, ignore=shutil.ignore_patterns("*.lock"))
    code = "import kube_research as kr\nstudy = kr.open_study('demo')\nhits = kr.autocode(study.corpus, *study.codebooks())\nkr.desk(study, coder='dian', document='LD01', suggestions=hits)"
    lab.notebook(place, "picture", code)
    for theme in ("Light", "Dark"):
        context = server[2].new_context(viewport={"width": 1500, "height": 960})
        page = context.new_page()
        lab.open_notebook(page, server[0], server[1], "picture")
        page.wait_for_selector(".kube-desk[data-ready]", timeout=60_000)
        lab.command(page, "application:toggle-left-area")
        page.evaluate("(t) => jupyterapp.commands.execute('apputils:change-theme', {theme: t}).then(() => {})", f"JupyterLab {theme}")
        page.wait_for_function(f"() => document.body.dataset.jpThemeLight === '{'true' if theme == 'Light' else 'false'}'")
        page.locator(".kd-scroll").focus()
        press(page, *["j"] * 11, "ArrowRight")
        time.sleep(1)
        page.screenshot(path=picture(theme.lower()))
        if theme == "Light":
            press(page, "g")
            time.sleep(0.3)
            page.screenshot(path=picture("code-box"))
            press(page, "Escape")
            page.locator(".kd-go").nth(3).click()
            page.wait_for_selector(".kd-results button")
            page.screenshot(path=picture("quotations"))
            page.set_viewport_size({"width": 720, "height": 900})
            time.sleep(1)
            page.screenshot(path=picture("narrow"))
        context.close()
    assert codings(demo, "dian", "LD01").faults == ()
