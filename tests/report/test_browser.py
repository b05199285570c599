"""The report in a real browser, with the network off and by keyboard alone."""

import json
import shutil

import pytest

import kube_research as kr
from kube_research.cli import main
from kube_research.report import write
from kube_research.words import using
from tests.report.studies import small

playwright = pytest.importorskip("playwright.sync_api")
expect, sync_playwright = playwright.expect, playwright.sync_playwright
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="Chromium is absent (Debian: apt install chromium); the report was not tried in a browser")]


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as p:
        b = p.chromium.launch(executable_path=CHROMIUM)
        yield b
        b.close()


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return kr.open_study(small(tmp_path_factory.mktemp("browser") / "study"))


@pytest.fixture(scope="module")
def file(study, tmp_path_factory):
    with using("en"):
        return write(study, tmp_path_factory.mktemp("out") / "study.html")


@pytest.fixture
def tab(browser, file):
    yield from opened(browser, file)


def opened(browser, file, **options):
    context = browser.new_context(offline=True, accept_downloads=True, **{"viewport": {"width": 1280, "height": 900}, **options})
    page = context.new_page()
    page.troubles = []
    page.on("console", lambda m: page.troubles.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: page.troubles.append(str(e)))
    page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else page.troubles.append(r.url))
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    yield page
    assert page.troubles == []
    assert page.evaluate("window.hacked") is None and page.locator("main img:not([src^='data:image/svg'])").count() == 0
    context.close()


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def tab_to(page, selector, most=400):
    """Press Tab until the focus is on the selector."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def test_from_a_cell_to_the_place_in_the_transcript_and_back_by_keyboard(tab):
    tab_to(tab, ".cell[data-cell]")
    assert "1 of 2 persons" in tab.evaluate("document.activeElement.getAttribute('aria-label')")
    press(tab, "ArrowRight", "ArrowLeft")
    cell = tab.evaluate("document.activeElement.dataset.cell")
    press(tab, "Enter")
    assert tab.locator("#drawer[open] .quote").count() > 0
    assert tab.evaluate("document.activeElement.id") == "drawer-title"
    tab_to(tab, "#drawer .acts > .link")
    said = tab.evaluate("document.activeElement.closest('.quote').querySelector('blockquote').textContent")
    press(tab, "Enter")
    marked = tab.locator("#reader[open] mark.here")
    assert "".join(marked.all_text_contents()) == said == "<b>diajak</b> rapat"
    box = marked.first.bounding_box()
    assert 0 < box["y"] < 900
    press(tab, "Escape")
    assert tab.locator("#reader[open]").count() == 0 and tab.locator("#drawer[open]").count() == 1
    press(tab, "Escape")
    assert tab.evaluate("document.activeElement.dataset.cell") == cell


def test_overlapping_codes_are_drawn_in_layers_at_the_right_letters(tab):
    tab.locator("#documents button", has_text="a1").click()
    marks = tab.locator("#text mark")
    both = [m for m in marks.all() if len(m.evaluate("m => m.codings.map(c => c[3]).filter((x, i, a) => a.indexOf(x) === i)")) > 1]
    assert [m.text_content() for m in both] == ["kompak terus"]  # after two emoji
    assert both[0].evaluate("m => getComputedStyle(m).backgroundImage").count("gradient") == 3
    text = tab.locator("#text").text_content()
    assert "<script>window.hacked = 1</script>" in text and "{{ 7*7 }}" in text and "RAHASIA" not in text and "no consent to quote" in text


def test_filters(tab):
    form = tab.locator("#filters")
    form.locator("[name=code]").select_option("s.meet")
    form.locator("[name=polarity]").select_option("absent")
    form.locator("[name=case]").select_option("A")
    expect(tab.locator("#list .quote")).to_have_count(5)
    assert tab.locator("#count").text_content() == "5 quotations"
    form.locator("[name=coder]").select_option("budi")
    form.locator("[name=word]").fill("NGGAK")
    expect(tab.locator("#list .quote")).to_have_count(1)
    form.locator("[type=reset]").click()
    expect(tab.locator("#list .quote")).to_have_count(22)


def test_figures_in_both_languages(tab):
    shown = "[...document.querySelectorAll('main figure img')].filter(i => getComputedStyle(i).display !== 'none')"
    english = tab.evaluate(f"{shown}.map(i => i.alt)")
    assert english and all(a.startswith(("Diverging", "Codes found")) for a in english), english
    tab.locator("[data-language=id]").press("Enter")
    indonesian = tab.evaluate(f"{shown}.map(i => i.alt)")
    assert len(indonesian) == len(english) and all(a.startswith(("Batang", "Kode terkumpul")) for a in indonesian)
    assert all("orang" in s and "persons" not in s for s in tab.evaluate(f"{shown}.slice(0, 1).map(i => decodeURIComponent(i.src))"))


def test_both_languages(tab):
    assert tab.locator("#h-negative").inner_text() == "Negative cases"
    tab.locator("[data-language=id]").press("Enter")
    assert tab.evaluate("document.documentElement.lang") == "id"
    assert tab.locator("#h-negative").inner_text() == "Kasus negatif" and "orang" in tab.locator(".cell[data-cell]").first.get_attribute("aria-label")
    assert "hadir" in tab.locator("#list .quote").first.inner_text() and "kutipan" in tab.locator("#count").inner_text()


def comment(page, verdict, text):
    """Fill in the open comment form by keyboard."""
    expect(page.locator(".comment input:checked")).to_be_focused()
    press(page, *{"agree": ("ArrowUp", "ArrowUp"), "disagree": ("ArrowUp",), "": ()}[verdict])
    press(page, "Tab")
    page.keyboard.type(text)
    press(page, "Control+Enter")


def test_comments_by_keyboard_into_the_study_and_into_the_next_report(browser, study, file, tmp_path, capsys):
    pages = opened(browser, file)
    page = next(pages)
    tab_to(page, "#claims .claim .talk")
    press(page, "Enter")
    comment(page, "disagree", "Buktinya satu orang")
    assert page.evaluate("document.activeElement.className") == "link talk"  # the focus comes back
    tab_to(page, ".cell[data-cell]")
    press(page, "Enter")
    tab_to(page, "#drawer .inside > .host .talk")
    press(page, "Enter")
    comment(page, "", "Mengapa <b>satu</b>? 😀")
    tab_to(page, "#drawer .quote .talk")
    press(page, "Enter")
    comment(page, "agree", "Kutipan yang kuat")
    press(page, "Escape")
    page.evaluate("document.querySelectorAll('#codebooks details').forEach(d => d.open = true)")
    page.locator("#codebooks .talk").first.focus()
    press(page, "Enter")
    comment(page, "agree", "")
    assert page.locator("#unsaved").text_content() == "4 · not saved"
    # kept when the page is loaded again; a warning before it is left
    warned = []
    page.on("dialog", lambda d: (warned.append(d.type), d.accept()))
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert warned == ["beforeunload"] and page.locator("#threads li").count() == 4
    # saving asks for a name first
    page.locator("#saving button").press("Enter")
    assert page.evaluate("document.activeElement.id") == "reviewer"
    page.keyboard.type("Dr. Ratna, M.Si.")
    with page.expect_download() as download:
        press(page, "Enter")
    assert download.value.suggested_filename == "study-Dr-Ratna-M-Si-comments.json"
    path = tmp_path / "comments.json"
    download.value.save_as(path)
    assert path.stat().st_size < 4000 and page.locator("#unsaved").text_content() == "4"
    warned.clear()
    page.reload()
    assert warned == []
    page.wait_for_selector("html[data-ready]")
    next(pages, None)

    assert main(["import", str(path), "--study", str(study.root)]) == 0, capsys.readouterr()  # the page's checksum is ours
    found = kr.reviews(study)
    assert sorted(t.kind for t in found) == ["cell", "claim", "code", "quotation"] and {t.place for t in found} == {"here"}
    assert found.where(kind="cell").threads[0].messages[0].text == "Mengapa <b>satu</b>? 😀"
    quotation = found.where(kind="quotation").threads[0].target
    assert study.corpus[quotation["document"]].text.startswith(quotation["quote"], quotation["start"])  # code points again
    claim = found.where(kind="claim").threads[0]
    found.answer(claim.id, "Saya tambah dua.", by="ani").close(found.where(kind="code").threads[0].id, "Baik", by="ani")
    for n in (0, 2, 3):
        study.journal("ani", "a1").withdraw(f"a1ani{n}".ljust(26, "0"), "salah")

    with using("en"):
        after = write(kr.open_study(study.root), tmp_path / "next.html")
    pages = opened(browser, after)
    page = next(pages)
    changes = page.locator("#changes").inner_text()
    assert "Dr. Ratna, M.Si. commented on" in changes and "ani: 3 codings withdrawn" in changes and "4 threads, 1 answered, 1 closed" in changes and "new documents" not in changes
    thread = page.locator("#claim-k1 .thread").inner_text()
    assert "Buktinya satu orang" in thread and "Saya tambah dua." in thread and "answered" in thread
    assert " → 0" in page.locator("#threads li", has_text="Mengapa").inner_text()  # what the cell counted then, and counts now
    page.locator("#claim-k1 .thread button").press("Enter")
    comment(page, "agree", "Cukup")
    page.locator("#reviewer").fill("Dr. Ratna, M.Si.")
    with page.expect_download() as download:
        page.locator("#saving button").press("Enter")
    download.value.save_as(path)
    next(pages, None)
    assert main(["import", str(path), "--study", str(study.root)]) == 0
    assert [m.text for m in kr.reviews(study)[claim.id].messages] == ["Buktinya satu orang", "Saya tambah dua.", "Cukup"]
    assert json.loads(path.read_text(encoding="utf-8"))["comments"][0]["thread"] == claim.id

    # in a later report its author changes one comment and takes another back
    with using("en"):
        later = write(kr.open_study(study.root), tmp_path / "later.html")
    pages = opened(browser, later)
    page = next(pages)
    assert page.locator(".thread .own").count() == 0  # another reader's comments are not this one's to change
    page.locator("#reviewer").fill("Dr. Ratna, M.Si.")
    press(page, "Tab")
    first = page.locator("#claim-k1 .thread .own").first
    first.get_by_role("button", name="Edit").press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("Buktinya dua orang")
    press(page, "Control+Enter")
    assert page.locator("#claim-k1 .thread .words").all_inner_texts() == ["Buktinya dua orang", "Saya tambah dua.", "Cukup"]
    page.locator("#claim-k1 .thread .own").last.get_by_role("button", name="Take back").press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON" and "taken back" in page.locator("#claim-k1 .thread").inner_text()
    with page.expect_download() as download:
        page.locator("#saving button").press("Enter")
    download.value.save_as(path)
    page.locator("#claim-k1 .thread .own").last.get_by_role("button", name="Undo").press("Enter")
    assert "Cukup" in page.locator("#claim-k1 .thread").inner_text()
    next(pages, None)
    assert main(["import", str(path), "--study", str(study.root)]) == 0
    assert [(m.text, m.event) for m in kr.reviews(study)[claim.id].messages] == [("Buktinya dua orang", "comment"), ("Saya tambah dua.", "reply"), ("", "withdraw")]


@pytest.mark.parametrize(("width", "scheme", "language"), [(1280, "light", "id"), (1280, "dark", "en"), (400, "light", "en"), (400, "dark", "id")])
def test_axe_finds_no_violation_and_nothing_runs_over_the_edge(browser, file, width, scheme, language):
    from axe_playwright_python.sync_playwright import Axe

    pages = opened(browser, file, viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = next(pages)
    page.locator(f"[data-language={language}]").click()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")

    def sound():
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    page.locator("#claim-k1 .talk").click()
    sound()
    page.locator(".cell[data-cell]").first.click()
    sound()
    page.locator("#drawer .acts > .link").first.click()
    page.locator("#text .chip").first.click()
    sound()
    page.evaluate("window.onbeforeunload = null")
    next(pages, None)


def test_what_is_told_is_seen_above_an_open_dialog(tab):
    tab.locator(".cell[data-cell]").first.click()
    tab.locator("#drawer .talk").first.click()
    tab.locator("#drawer form button[type=submit]").first.click()
    said = tab.locator("#said")
    expect(said).to_have_text("Choose a verdict or write a comment.")
    box = said.bounding_box()
    assert said.evaluate("(e, at) => document.elementFromPoint(at.x, at.y) === e", {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2})
    press(tab, "Escape", "Escape")
    tab.evaluate("window.onbeforeunload = null")


def test_it_prints_with_everything_folded_open(tab, tmp_path):
    import pypdf

    path = tmp_path / "print.pdf"
    tab.pdf(path=path, prefer_css_page_size=True)
    text = "".join(p.extract_text() for p in pypdf.PdfReader(path).pages)
    for words in ("They stand together.", "Lincoln & Guba", "text hash", "diajak</b> rapat"):
        assert words in text
    assert "Save comments" not in text and "Contents" not in text


def test_without_a_memory_the_comments_stay_on_the_page(browser, file):
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })")
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]")
    page.locator("#reviews .host .talk").click()
    comment(page, "agree", "Baik")
    assert "Baik" in page.locator("#threads").inner_text()
    expect(page.locator("#said")).not_to_be_empty()
    context.close()
