"""The code tree by keyboard alone: every step of a codebook, its comments kept, each taken back; the codings of a split code decided at the desk."""

import pytest

from kube_research.study import open_study
from tests.desk import lab
from tests.desk.lab import desk, press, quotes, saved

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is absent (Debian: apt install chromium); the desk was not tried in a browser")]
NAMES = "() => [...document.querySelectorAll('.kd-codes .kd-name')].map(e => e.textContent)"
INKS = "() => Object.fromEntries([...document.querySelector('.kube-desk').parentElement._kubeDesk.codes.values()].map(c => [c.id, c.hue]))"


def tree(page, code):
    """The hands go from wherever they are to a code in the tree."""
    page.wait_for_function("() => !document.querySelector('.kd-veil')")
    page.keyboard.press("Escape")  # the text
    press(page, "Shift+F6")
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')") == "Find a code"
    press(page, "Tab", "Home")
    for _ in range(20):
        if page.evaluate("() => document.activeElement._code") == code:
            return
        press(page, "ArrowDown")
    raise AssertionError(f"{code} was not reached by keyboard")


def told(page, words):
    page.wait_for_function("(w) => [...document.querySelectorAll('.kd-notice, .kd-voice')].some(n => n.textContent.includes(w))", arg=words, timeout=10_000)


def focused(page):
    return page.evaluate("() => document.activeElement._code || document.activeElement.tagName")


def test_every_step_of_the_codebook_by_keyboard(page, server, place):
    book = lambda: open_study(place).codebook("small")  # noqa: E731 - read anew each time
    desk(page, server, "fina")
    press(page, "j", "j", "ArrowRight", "2", "ArrowRight", "2", "ArrowRight", "3")
    saved(page)
    colours = page.evaluate(INKS)
    # a new code with its definition
    tree(page, "s.close")
    press(page, "m", "b")
    page.keyboard.type("Akrab")
    press(page, "Tab")
    page.keyboard.type("Mereka akrab: “dekat”.")
    press(page, "Enter")
    told(page, "s.akrab")
    assert book()["s.akrab"].parent == "s.close" and book()["s.akrab"].definition["en"] == "Mereka akrab: “dekat”." and focused(page) == "s.akrab"
    # renamed, its definition written, moved to the top and back
    press(page, "F2")
    page.keyboard.type("Warm")
    press(page, "Enter")
    told(page, "Warm")
    press(page, "m", "d", "Tab")
    page.keyboard.type("hangat, dekat")
    press(page, "Enter")
    told(page, "include of s.akrab")
    press(page, "m", "v")
    page.keyboard.type("top")
    press(page, "Enter")
    told(page, "move s.akrab to the top")
    assert (book()["s.akrab"].name["en"], book()["s.akrab"].include, book()["s.akrab"].parent) == ("Warm", "hangat, dekat", "")
    press(page, "m", "v")
    page.keyboard.type("mee")
    press(page, "Enter")
    told(page, "move s.akrab under s.meet")
    # another id
    press(page, "m", "i")
    page.keyboard.type("s.warm")
    press(page, "Enter")
    told(page, "rename s.akrab to s.warm")
    assert book()["s.warm"].parent == "s.meet" and focused(page) == "s.warm"
    # merged into Closeness, taken back from the history
    press(page, "m", "g")
    page.keyboard.type("close")
    press(page, "Enter")
    told(page, "merge s.warm into s.close")
    assert "s.warm" not in book() and "Warm" not in page.evaluate(NAMES) and focused(page) == "s.close"
    press(page, "u")
    page.wait_for_selector(".kd-steps li")
    assert page.evaluate("() => document.activeElement.textContent") == "Undo this step"
    if lab.PICTURES:
        page.screenshot(path=lab.picture("history"))
    press(page, "Enter")
    told(page, "undo 1.0.7")
    assert "s.warm" in book()
    # retired: it leaves the tree where nobody used it, and comes back
    tree(page, "s.warm")
    press(page, "Delete")
    told(page, "retire s.warm")
    assert book()["s.warm"].retired and "Warm" not in page.evaluate(NAMES)
    press(page, "u")
    page.wait_for_selector(".kd-steps li")
    press(page, "Enter")
    told(page, "undo 1.0.9")
    assert not book()["s.warm"].retired
    # split: its codings wait, and are decided by digits
    tree(page, "s.close")
    press(page, "m", "s")
    page.keyboard.type("Rukun")
    press(page, "Tab")
    page.keyboard.type("Setia kawan")
    press(page, "Enter")
    told(page, "2 of your codings wait for their code")
    assert book().splits() == {"s.close": ("s.rukun", "s.setia_kawan")}
    press(page, "Escape", "W")
    page.wait_for_selector(".kd-places")
    if lab.PICTURES:
        page.screenshot(path=lab.picture("split"))
    press(page, "1")
    saved(page)
    assert [q[1] for q in quotes(place, "fina")].count("s.rukun") == 1
    press(page, "u", "W", "2", "1")
    saved(page)
    assert sorted(q[1] for q in quotes(place, "fina")) == ["s.money", "s.rukun", "s.setia_kawan"]
    text = (place / "codebooks/small.yml").read_text(encoding="utf-8")
    assert "# our own book" in text and "  # about meetings\n" in text and text.count("who: fina") == len(book().changelog) == 11
    inks = page.evaluate(INKS)
    assert len(set(inks.values())) == len(inks) and {k: v for k, v in inks.items() if k in colours} == colours  # a code keeps its colour, and no two share one
    # reading around: who follows a list of quotations into another document keeps the list; Esc leaves a dialog for where one was
    tree(page, "s.money")
    press(page, "m", "v", "Escape")
    assert focused(page) == "s.money"
    press(page, "Enter")
    page.wait_for_selector(".kd-results button")
    page.evaluate("() => document.querySelector('.kube-desk').parentElement._kubeDesk.visit({ document: 'b1', start: 50, end: 60 })")
    page.wait_for_selector(".kube-desk[data-ready='b1']")
    assert page.locator(".kd-results button").count() == 1 and page.locator(".kd-tabs [aria-selected=true]").inner_text() == "Quotations"
    aria = page.locator(".kube-desk").aria_snapshot()
    for words in ('region "Coding desk', 'navigation "Documents and codes"', 'searchbox "Find a code"', 'button "Meeting, favourite 1', 'tab "Quotations" [selected]', 'application "Transcript"', 'combobox "Polarity"'):
        assert words in aria, (words, aria[-2500:])
    assert page.get_by_role("status").filter(has_text="Saved").count() == 1  # the live region says it
    # what cannot be is told, and nothing is written
    tree(page, "s.meet")
    press(page, "m", "i")
    page.keyboard.type("s.money")
    press(page, "Enter")
    told(page, "is there already")
    assert (place / "codebooks/small.yml").read_text(encoding="utf-8") == text and not page.problems
