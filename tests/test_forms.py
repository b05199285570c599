"""Journal lines cut at their quotation marks say what a JSON parser says; what is not quite of a form is left to it."""

from __future__ import annotations

import json
import random

import pyarrow as pa
import pytest

from kube_research import forms, ledger
from kube_research.journal import seal, unseal

SIGNS = ["a", " ", "é", "😀", '"', "\\", "\n", "\t", "/", ",", ":", "{", "}", '","', '":', "null", "\x7f", "\u2028"]


def words(r: random.Random, signs: list[str] = SIGNS) -> str:
    return "".join(r.choices(signs, k=r.choice((0, 1, 3, 12, 40))))


def event(r: random.Random, signs: list[str] = SIGNS) -> dict[str, object]:
    start = r.choice((0, 7, 123, 99_999_999, 123_456_789))
    made = {"event": "code", "id": f"{r.getrandbits(60):015x}", "time": "2026-01-01T00:00:00.000000Z", "coding": f"{r.getrandbits(60):015x}", "document": r.choice(("d1", "dokumen-panjang-sekali", "é")), "start": start, "end": start + r.choice((1, 90)),
            "quote": words(r, signs), "before": words(r, signs), "after": words(r, signs), "code": r.choice(("gd.goal", "part.implementation")), "polarity": r.choice(("present", "absent")), "coder": r.choice(("ani", "b"))}
    for key in ("note", "rule", "created", "why"):
        if r.random() < 0.2:
            made[key] = words(r, ["x", "y", '"']) if key == "note" else "x"
    return made


def block(lines: list[str]) -> forms.Signs:
    return forms.Signs("".join(x + "\n" for x in lines).encode("utf-8", "surrogatepass"))


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(forms, "FEWEST", 1)
    monkeypatch.setattr(forms, "_MOST", 1_000)


@pytest.mark.parametrize("seed", range(6))
def test_lines_say_what_json_says(seed):
    r = random.Random(seed)
    signs = SIGNS if seed % 2 else [s for s in SIGNS if s != "\\"]
    events = [event(r, signs) for _ in range(300)]
    table, rows = forms.parsed(block([seal(e) for e in events]), ledger._CUT)
    assert rows.tolist() == sorted(set(rows.tolist()))
    usual = [i for i, e in enumerate(events) if not any("\\" in str(v) for v in e.values()) and e["end"] < 10**8]
    assert set(usual) <= set(rows.tolist()) and len(usual) > 30
    for got, i in zip(table.to_pylist(), rows.tolist(), strict=True):
        assert got == {name: events[i].get(name) for name in ledger._CUT.names}


@pytest.mark.parametrize("harm", [lambda s: s.replace('","end":', '" ,"end":'), lambda s: s.replace('"end":1', '"end":01'), lambda s: s.replace('"end":1', '"end":-1'), lambda s: s.replace('"end":1', '"end":1.'), lambda s: s.replace('"end":1', '"end":1e'), lambda s: s.replace('"end":1', '"end":'),
                                  lambda s: s.replace('"coder":', '"cuder":'), lambda s: s.replace('"quote":"', '"quote":"\\x'), lambda s: s.replace('"quote":"', '"quote":"\x01'), lambda s: s.replace('"quote":"', '"quote":"\\u0041'), lambda s: s.replace('"quote":"', '"quote":"\\\\'),
                                  lambda s: s.replace('"event":"code"', '"event":"memo"'), lambda s: s.replace('"code":"', '"code":"\\n'), lambda s: s.replace('","', '";"', 1), lambda s: s.replace('"document":"', '"document":""'), lambda s: s.replace('"coder":"ani"', '"coder":null'), lambda s: s.replace('"time"', '"coder":"b","time"'), lambda s: s[1:], lambda s: s[:-1]])
def test_what_is_not_quite_of_a_form_is_left(harm):
    r = random.Random(1)
    good = [seal({**event(r, ["a", "é", "\n"]), "coder": "ani", "start": 0, "end": 1}) for _ in range(20)]
    bad = harm(good[7])
    assert bad != good[7]
    table, rows = forms.parsed(block([*good[:7], bad, *good[8:]]), ledger._CUT)
    left = set(range(20)) - set(rows.tolist())
    assert left == {7} or (left == set() and '"cuder"' in bad)  # a key that nobody knows has a form of its own
    for got, i in zip(table.to_pylist(), rows.tolist(), strict=True):
        assert all(got[k] == json.loads((bad if i == 7 else good[i])).get(k) for k in ledger._CUT.names)


def test_a_block_of_others_and_an_empty_one():
    session = seal({"event": "session", "id": "s", "time": "2026"})
    assert forms.parsed(block([session] * 9), ledger._CUT)[1].tolist() == []
    r = random.Random(2)
    lines = [seal(event(r, ["a"])), session, seal(event(r, ["b"])), session]
    assert set(forms.parsed(block([lines[i % 4] for i in range(40)]), ledger._CUT)[1].tolist()) <= {i for i in range(40) if i % 2 == 0}
    assert forms.parsed(block([session]), ledger._CUT)[0].num_rows == 0


def test_the_ledger_puts_forms_and_other_lines_in_their_order(tmp_path):
    r = random.Random(3)
    events = []
    for i in range(200):
        e = event(r, ["a", "é", '"', "\n", "\\"])
        events.append({**e, "id": f"{i:04d}", "coding": f"c{i:04d}", "time": f"2026-01-01T00:00:{i:03d}", "end": 5} if i % 5 else {"event": "session", "id": f"{i:04d}", "time": f"2026-01-01T00:00:{i:03d}"})
    data = "".join(seal(e) + "\n" for e in events).encode()
    assert all(unseal(x) for x in data.decode().splitlines() if "\u2028" not in x)
    found = ledger.ledger([("p", "ani", data)])
    made = [e for e in events if e["event"] == "code"]
    assert found.table["id"].to_pylist() == [e["coding"] for e in made]
    for name in ("quote", "before", "after", "code", "note", "document"):
        assert pa.array(found.table[name].to_pylist()).to_pylist() == [e.get(name, "") for e in made]
