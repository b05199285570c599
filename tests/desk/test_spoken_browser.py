"""What a screen reader is given (Chromium's accessibility tree by CDP), in both languages: every control has a role and a name, the passage and what was done are spoken, "saved" is a live region."""

import pytest

from kube_research.desk.phrases import WORDS
from tests.desk import lab
from tests.desk.lab import desk, press, saved

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is absent; the desk was not tried in a browser")]
CONTROLS = {"button", "textbox", "searchbox", "checkbox", "combobox", "tab", "option", "listbox", "menu", "menuitem", "link", "dialog", "application", "region", "navigation", "complementary", "tablist", "tabpanel", "toolbar", "image", "DisclosureTriangle"}


def tree(page):
    """(role, name, properties) of every node of the desk that is not ignored."""
    cdp = page.context.new_cdp_session(page)
    node = cdp.send("Runtime.evaluate", {"expression": "document.querySelector('.kube-desk')"})["result"]["objectId"]
    nodes = cdp.send("Accessibility.queryAXTree", {"objectId": node})["nodes"]
    cdp.detach()
    return [(n["role"]["value"], n.get("name", {}).get("value", ""), {p["name"]: p["value"].get("value") for p in n.get("properties", ())}) for n in nodes if not n.get("ignored") and "role" in n]


def voice(page):
    return page.locator(".kd-main ~ .kd-voice").inner_text() if page.locator(".kd-main ~ .kd-voice").count() else page.locator(".kd-foot + .kd-voice").inner_text()


@pytest.mark.parametrize("language", ["en", "id"])
def test_every_control_is_named_and_what_happens_is_spoken(page, server, place, language):
    n = 1 if language == "en" else 0
    lab.notebook(place, f"spoken-{language}", f"import kube_research as kr\nkr.use_language('{language}')\nstudy = kr.open_study('.')\nbook = study.codebook('small')\nkr.desk(study, codebook=book, coder='nina-{language}', suggestions=kr.autocode(study.corpus, book))")
    desk(page, server, f"spoken-{language}")
    press(page, "j", "j")
    assert "Iya, diajak rapat sama ketua." in voice(page)  # the passage
    meeting = ("Rapat", "Meeting")[n]
    press(page, "1")
    assert WORDS["codedAs"][n].format(meeting) in voice(page)
    press(page, "p")
    assert WORDS["absent"][n] in voice(page) and meeting in voice(page)
    press(page, "u")
    assert WORDS["undone"][n].split("{")[0].strip() in voice(page)
    saved(page)
    seen: dict[str, set[str]] = {}
    for step in ([], ["Enter"], ["Escape", "n"], ["Escape", "?"], ["Escape", "/"]):
        press(page, *step)
        page.wait_for_timeout(250)
        nodes = tree(page)
        nameless = [(r, p) for r, name, p in nodes if r in CONTROLS and not name.strip() and r not in ("tabpanel",)]
        assert not nameless, (step, nameless)
        for role, name, _ in nodes:
            seen.setdefault(role, set()).add(name)
    press(page, "Escape")
    page.locator(".kd-go").first.focus()
    press(page, "m")
    menu = tree(page)
    assert {name for role, name, _ in menu if role == "menuitem"} >= {WORDS["rename"][n], WORDS["mergeInto"][n], WORDS["splitCode"][n]}
    press(page, "Escape")
    status = [p for role, _, p in tree(page) if role == "status"]
    assert status and all(p.get("live") == "polite" for p in status)
    assert page.get_by_role("status").filter(has_text=("Tersimpan", "Saved")[n]).count() == 1
    assert {WORDS["undo"][n] + " (u)", WORDS["keys"][n]} <= seen["button"] and {WORDS["passage"][n], WORDS["search"][n]} <= seen["tab"]
    if language == "id":  # and nothing of it in English
        english = {e for i, e in WORDS.values() if i != e and "{" not in e}
        assert not {name for role in CONTROLS for name in seen.get(role, ())} & english
    assert page.locator(".kube-desk").get_attribute("lang") == language and not page.problems
