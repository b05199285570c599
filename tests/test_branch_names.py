"""A branch that began before names were replaced, merged after: told, found, and mended by running the step again."""

from __future__ import annotations

from kube_research import privacy
from kube_research.cli import main
from kube_research.privacy import vault as keys
from kube_research.privacy.leaks import leaks
from kube_research.privacy.table import Replacer, Shift
from kube_research.study import Study
from tests.test_branches import code, commit, git, live, pytestmark, shared, sound, words  # noqa: F401

PASS = "lima kata acak yang panjang"


def test_a_branch_from_before_the_names_were_replaced(shared, tmp_path, monkeypatch, capsys):  # noqa: F811
    """The old names come back in its journal lines: `check` says so and prints none of them; the step again moves every coding to its exact place under the surrogates."""
    monkeypatch.setenv("KUBE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("KUBE_PASSPHRASE", PASS)
    git(shared, "switch", "-qc", "budi", "main")
    new = {code(shared, "budi", line[:30].strip(), "gd.task"): i for i, line in enumerate(words(shared)) if 0 < i < 15}
    other = code(shared, "citra", words(shared)[4][:40].strip())  # a journal that the other branch does not have
    before = {k: c for k, (_, c) in live(shared).items()}
    text = Study(shared).corpus["PA01"].text
    commit(shared, "budi")
    git(shared, "switch", "-q", "main")
    vault = keys.Vault.make(keys.folder_of(shared), PASS)
    rows = privacy.find(Study(shared)).rows
    privacy.apply(Study(shared), vault, rows)
    names = {r.found for r in rows if r.decision == "replace" and r.kind == "person" and len(r.found) > 3}
    assert names and not [n for n in names if n in Study(shared).corpus["PA01"].text]
    commit(shared, "names")
    git(shared, "merge", "-q", "--no-edit", "budi")
    journals = [shared / f"corpus/codings/{who}/PA01.jsonl" for who in ("ana", "budi", "citra")]

    def leaked():
        return sorted({n for n in names for p in journals if n in p.read_text(encoding="utf-8")})

    assert leaked()
    assert main(["check", "--study", str(shared)]) == 1
    said = capsys.readouterr().err
    assert "codings stand in another text than the present one" in said and "pseudonymize --apply" in said and "A name or number of the key" in said and not [n for n in names if n in said]
    assert sum(Study(shared).behind.values()) and not [n for n in names if n in Study(shared).codings().full.to_csv()]
    assert main(["pseudonymize", "--apply", "--dry-run", "--study", str(shared)]) == 0 and leaked()
    assert main(["pseudonymize", "--apply", "--study", str(shared)]) == 0
    assert not leaked() and not [f for f in leaks(Study(shared)) if f.where.startswith("corpus/")] and sound(shared) and not Study(shared).behind
    after = {k: c for k, (_, c) in live(shared).items()}
    assert set(after) == set(before) >= {*new, other}
    step = Shift(text, Replacer(rows).spans(text))
    assert {k: (c.start, c.end) for k, c in after.items()} == {k: step.span(c.start, c.end) for k, c in before.items()}
    held = [p.read_bytes() for p in journals]
    assert main(["pseudonymize", "--apply", "--study", str(shared)]) == 0 and [p.read_bytes() for p in journals] == held  # twice is once
    privacy.undo(Study(shared), vault)
    assert leaked() and set(live(shared)) == set(before)
