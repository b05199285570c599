"""What goes wrong while somebody codes, in a real browser: each is told in a sentence, coding that can go on goes on, and nothing is lost."""

import os

import pytest

from tests.desk import lab
from tests.desk.lab import BOOK, codings, desk, press, quotes, saved

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not lab.CHROMIUM, reason="Chromium is absent (Debian: apt install chromium); the desk was not tried in a browser")]
RUN = """(code) => jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code, store_history: false }).done.then((r) => r.content.status)"""
LONG = "N: " + "Kompak itu penting sekali bagi kami 😀 semua. " * 12_500 + "Selesai \u05e9\u05dc\u05d5\u05dd Cafe\u0301 <img src=x onerror=hacked()>. Tamat."


def state(page, words):
    page.wait_for_function("(w) => document.querySelector('.kd-state').textContent.includes(w)", arg=words, timeout=60_000)


def notice(page, words):
    page.wait_for_function("(w) => [...document.querySelectorAll('.kd-notice')].some(n => n.textContent.includes(w))", arg=words, timeout=20_000)


def test_the_disk_is_full_and_the_journal_read_only(page, server, place):
    desk(page, server, "gita")
    press(page, "j", "j", "1")
    saved(page)
    full = "import os; real = os.fsync\ndef full(fd): raise OSError(28, 'No space left on device')\nos.fsync = full"
    assert page.evaluate(RUN, full) == "ok"
    press(page, "j", "2", "j", "j", "3")  # hands go on
    state(page, "No space left on device")
    assert page.locator(".kube-desk").get_attribute("data-saved") == "no" and len(quotes(place, "gita")) == 1
    if lab.PICTURES:
        page.screenshot(path=lab.picture("not-saved"))
    assert page.evaluate(RUN, "os.fsync = real") == "ok"
    saved(page)  # tried again by itself
    assert len(quotes(place, "gita")) == 3
    path = place / "corpus/codings/gita/a1.jsonl"
    refuse = "from kube_research import journal; was = journal._open\ndef ro(p):\n    raise journal.KubeError('The journal cannot be written: Permission denied.', str(p))\njournal._open = ro"
    if os.geteuid():
        path.chmod(0o444)
    else:  # root writes anywhere: the system's answer is put in its place
        assert page.evaluate(RUN, refuse) == "ok"
    press(page, "u")
    state(page, "Permission denied")
    path.chmod(0o644)
    assert page.evaluate(RUN, "journal._open = was" if not os.geteuid() else "pass") == "ok"
    saved(page)
    assert len(quotes(place, "gita")) == 2 and not page.problems


def test_codebook_broken_lines_torn_and_swapped_while_it_is_open(page, server, place):
    desk(page, server, "gita", "a1")
    press(page, "End", "1")
    saved(page)
    book = place / "codebooks/small.yml"
    book.write_text("codes: [unclosed", encoding="utf-8")
    notice(page, "Coding goes on with the codes known so far")
    press(page, "ArrowLeft", "2")
    saved(page)
    book.write_text(BOOK, encoding="utf-8")
    # a merge swaps two lines, the power fails in a third: all that was acknowledged is there
    before = quotes(place, "gita")
    path = place / "corpus/codings/gita/a1.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1], lines[-1] = lines[-1], lines[1]
    path.write_text("\n".join([*lines, lines[2][:60]]), encoding="utf-8")
    notice(page, "torn")
    assert quotes(place, "gita") == before
    press(page, "Home", "3")
    saved(page)
    assert len(quotes(place, "gita")) == len(before) + 1 and path.with_suffix(".torn").exists() and not codings(place, "gita").faults
    assert not page.problems


def test_a_turn_of_100_000_words_and_a_name_that_is_none(page, server, place):
    (place / "corpus/transcripts/long.txt").write_text(LONG, encoding="utf-8")
    with open(place / "corpus/documents.csv", "a") as f:
        f.write("long,interview,A,id,,,,quote\n")
    with open(place / "corpus/speakers.csv", "a") as f:
        f.write("long,N,SITI,member\n")
    lab.notebook(place, "slash", "import kube_research as kr\nkr.desk(kr.open_study('.'), coder='ani/../budi')")
    lab.open_notebook(page, server[0], server[1], "slash")
    page.wait_for_selector(".kube-desk[data-ready]", timeout=30_000)
    notice(page, "cannot be a file's name")
    assert "Reading only" in page.locator(".kd-state").inner_text() and not list(place.glob("corpus/codings/ani*"))
    lab.notebook(place, "long", "import kube_research as kr\nkr.desk(kr.open_study('.'), coder='hadi', document='long')")
    desk(page, server, "long", "long")
    assert page.evaluate("() => { const d = document.querySelector('.kube-desk').parentElement._kubeDesk; return d.opened; }") < 3000
    press(page, "End", "1", "ArrowLeft", "2")
    saved(page)
    assert [q[0] for q in quotes(place, "hadi", "long")] == ["Selesai \u05e9\u05dc\u05d5\u05dd Caf\u00e9 <img src=x onerror=hacked()>.", "Tamat."]
    assert page.locator(".kd-words img").count() == 0
    if lab.PICTURES:
        page.screenshot(path="/tmp/desk/long.png")
    assert not page.problems
