"""The README's worked example is run, and prints what the README says."""

import contextlib
import io
import re

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("name", ["README.md", "README.id.md"])
def test_worked_example(name, monkeypatch):
    text = (ROOT / name).read_text(encoding="utf-8")
    code, want = re.search(r"```python\n(.*?)```", text, re.S).group(1), re.search(r"```text\n(.*?)```", text, re.S).group(1)
    monkeypatch.chdir(ROOT)
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, name, "exec"), {})
    assert [line.rstrip() for line in out.getvalue().strip().splitlines()] == [line.rstrip() for line in want.strip().splitlines()]


@pytest.mark.parametrize("name", ["README.md", "README.id.md"])
def test_every_kind_of_file_beside_the_codebooks_is_told(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    files = [p.name for p in (ROOT / "codebooks").iterdir() if p.is_file()]
    assert "reader.npz" in files
    for file in files:
        assert any(said in text for said in (file, "*." + file.partition(".")[2])), file


@pytest.mark.parametrize("name", ["README.md", "README.id.md"])
def test_links_and_pictures_are_there(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
    for alt in re.findall(r"!\[([^\]]*)\]", text):
        assert len(alt) > 20
