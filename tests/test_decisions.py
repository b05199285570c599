"""The table of names in a notebook: decisions by messages, nothing of the names in the notebook."""

from __future__ import annotations

import pytest

from kube_research import open_study, pseudonyms
from tests.test_privacy import PASS, REAL, everything, files, named  # noqa: F401


@pytest.fixture
def table(named):  # noqa: F811
    return pseudonyms(open_study(named))


def test_decided_applied_and_undone_by_messages(table, named):  # noqa: F811
    before = files(named)
    shown = repr(table) + str(table._repr_mimebundle_())
    assert not any(n in shown for n in REAL) and "persons" in shown and not any(n in str(table.get_state()) for n in REAL)
    s = table.session
    state = s.handle({"kind": "start"})[0]
    names = {r[2]: r for r in state["rows"]}
    assert {"Sulastri", "Mulyono", "Pagerwangi"} <= set(names) and not state["exists"] and "never be read again" in state["loss"]
    told = s.handle({"kind": "change", "rows": {str(names["Mulyono"][0]): {"surrogate": names["Sulastri"][3]}}})
    assert told[0]["level"] == "warning" and "same surrogate" in told[0]["text"]
    s.handle({"kind": "change", "rows": {str(names["Mulyono"][0]): {"surrogate": "Wirasaba"}}})
    assert "A dry run" in s.handle({"kind": "apply", "dry": True})[0]["text"] and files(named) == before
    for m in ({"passphrase": PASS, "again": PASS}, {"passphrase": PASS, "again": "lain", "understood": True}, {"passphrase": "x", "again": "x", "understood": True}):
        assert s.handle({"kind": "apply", **m})[0]["level"] == "error" and files(named) == before
    assert "is in no transcript" in s.handle({"kind": "add", "found": "Bukanorang"})[0]["text"]
    assert any(r[2] == "galak" for r in s.handle({"kind": "add", "found": "galak"})[0]["rows"])
    s.handle({"kind": "change", "rows": {str(next(n for n, r in enumerate(s.rows) if r.found == "galak")): {"decision": "keep"}}})
    done = s.handle({"kind": "apply", "passphrase": PASS, "again": PASS, "understood": True})
    assert done[0]["level"] == "good" and done[1]["undoable"] and "Pak Wirasaba" in everything(named) and not [n for n in REAL if n in everything(named)]
    fresh = pseudonyms(open_study(named)).session
    assert fresh.handle({"kind": "start"})[0]["locked"] and not fresh.handle({"kind": "start"})[0]["rows"]
    assert fresh.handle({"kind": "open", "passphrase": "salah sekali"})[0]["level"] == "error"
    assert fresh.handle({"kind": "open", "passphrase": PASS})[0]["rows"]
    assert fresh.handle({"kind": "undo"})[0]["level"] == "good" and files(named) == before
