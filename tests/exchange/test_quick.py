"""What makes a .qdpx of ten thousand codings quick does not make it wrong: lines, checks, escapes, places."""

import gc
import importlib
import io
import json
import signal
import subprocess
import sys
import unicodedata
import uuid
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kube_research.exchange import refi_read, refi_write
from kube_research.exchange.arrivals import Moments, moment
from kube_research.exchange.checking import check
from kube_research.exchange import landed
from kube_research.exchange.landing import land
from kube_research.exchange.leaving import leave
from kube_research.exchange.lines import Escaped
from kube_research.exchange.offsets import within
from kube_research.exchange.project import Case, Mark, Note, Project, ProjectCode, ProjectSource, Selection, User, unswept
from kube_research.exchange.registry import find
from kube_research.exchange.shape import SPACE, guid, guids
from kube_research.journal import Journal, inner, new_ids, seal, sealed, unseal
from kube_research.model import KubeError
from kube_research.study import open_study
from kube_research.text import context

words = st.text(st.characters(exclude_categories=()), max_size=12)


@given(words, words, words, words, words, words)
@settings(max_examples=150, deadline=None)
def test_a_line_is_as_the_journal_itself_would_write_it(before, quote, after, note, code, document):
    event = {"event": "code", "id": "1a", "time": "2026-01-01T00:00:00.000000Z", "coding": "c-1", "document": document, "start": 3, "end": 9, "quote": quote, "before": before, "after": after, "code": code, "polarity": "absent", "coder": "ani"}
    [line] = sealed(document, [(code, "ani", (3, 9), (inner(before), inner(quote), inner(after)), "c-1", "absent", note, "2026-01-01T00:00:00.000000Z")], iter(["1a"]))
    said = line.decode("utf-8", "surrogatepass")
    assert said == seal({**event, **({"note": note} if note else {})}) and unseal(said) is not None


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6))
@settings(max_examples=150, deadline=None)
def test_words_cut_out_of_the_escaped_text_are_the_escaped_words(text, places):
    places = [(min(a, len(text)), min(b, len(text))) for a, b in map(sorted, places)]
    a, b = (np.array([p[k] for p in places], "int64") for k in (0, 1))
    meant = [(inner(before), inner(text[p:q]), inner(after)) for p, q in places for before, after in [context(text, p, q)]]
    assert Escaped(text).words(a, b) == meant


@given(st.lists(st.sampled_from(["2024-05-06T07:08:09Z", "2024-05-06T07:08:09.123456Z", "2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z", "2024-04-31T00:00:00Z", "2024-12-31T23:59:59.000001Z", "2024-05-06T24:00:00Z", "2024-05-06T07:08:09.5Z", "0001-01-01T00:00:00Z", "", "2024-05-06T07:08:09Z\n2024-05-06T07:08:10Z"]), max_size=3))
def test_dates_all_at_once(dates):
    at_once = Moments()
    at_once.fill(dates)
    assert {d: at_once[d] for d in dates} == {d: moment(d) for d in dates}


def test_ids_drawn_together_are_unique_and_in_order():
    drawn = new_ids(7)
    ids = [next(drawn) for _ in range(50)]
    assert len(set(ids)) == 50 and ids == sorted(ids) and {len(x) for x in ids} == {26}


def whole() -> Project:
    """A project with one of everything that is compared."""
    g = [f"{i:08x}-0000-4000-8000-000000000000" for i in range(20)]
    text = "Ani & <Budi> \"berkata\": kas\tkosong 😀\nlagi."
    marks = [Mark(g[5], g[1], g[0], "2026-01-01T00:00:00Z", [g[9]]), Mark(g[6], g[2], g[0], "2026-01-01T00:00:00Z")]
    source = ProjectSource(g[3], "Wawancara \"1\" & <2>", text, g[0], selections=[Selection(g[4], 0, 12, "Ani & <Budi>", "kata & \"kata\"\n<baris>", g[0], "2026-01-01T00:00:00Z", marks), Selection(g[7], 13, 22, "", "", g[0], "", [Mark(g[8], g[1], g[0], "2026-01-02T00:00:00Z")])], values={"desa": "A & B", "kosong": " "})
    source.codes = [Mark(g[10], g[2], g[0], "2026-01-01T00:00:00Z")]
    return Project("Studi & <kas>", "kube_research", users=[User(g[0], "ani")], codes=[ProjectCode(g[1], "kas & uang", "", "id: Kas — <uang> bersama."), ProjectCode(g[2], "rapat", g[1])], sources=[source],
                   cases=[Case(g[11], "Melati", "", {"desa": "A & B"}, [g[3]])], variables={"desa": "Text", "kosong": "Text"}, notes={g[9]: Note(g[9], "memo", "baris satu\r\nbaris <dua> & \"tiga\"", g[0], "2026-01-01T00:00:00Z")}, project_notes=[])


def test_escapes_and_every_field_come_back(tmp_path):
    p = whole()
    (tmp_path / "a.qdpx").write_bytes(refi_write.write_qdpx(p))
    check((tmp_path / "a.qdpx").read_bytes(), p)
    back = refi_read.read_qdpx(tmp_path / "a.qdpx")
    assert (back.name, back.users, back.codes, back.cases, back.notes) == (p.name, p.users, p.codes, p.cases, p.notes)
    for a, b in zip(back.sources, p.sources, strict=True):
        assert (a.guid, a.name, a.text, a.selections, a.codes, a.values) == (b.guid, b.name, b.text, b.selections, b.codes, b.values)


def packed(change=None, entry="project.qde") -> bytes:
    """The archive of `whole`, one of its entries changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(refi_write.write_qdpx(whole()))) as z, zipfile.ZipFile(out, "w") as w:
        for name in z.namelist():
            w.writestr(name, change(z.read(name)) if change and name.startswith(entry) else z.read(name))
    return out.getvalue()


@pytest.mark.parametrize(("old", "new"), [
    (b'startPosition="0"', b'startPosition="1"'), (b'endPosition="22"', b'endPosition="21"'), (b'<CodeRef targetGUID="00000001', b'<CodeRef targetGUID="00000002'), (b'creationDateTime="2026-01-02', b'creationDateTime="2026-01-03'),
    (b'<Coding guid="00000006', b'<Coding guid="0000000f'), (b"baris &lt;dua&gt;", b"baris dua"), (b'<TextValue>A &amp; B', b"<TextValue>A B"), (b'<Code guid="00000002', b'<Code guid="0000000e'), (b'<TextSource guid="00000003', b'<TextSource guid="0000000d'),
    (b'<NoteRef targetGUID="00000009', b'<NoteRef targetGUID="00000001')])
def test_a_difference_is_found(old, new):
    check(packed(), whole())
    assert old in refi_write.qde(whole())
    with pytest.raises(KubeError):
        check(packed(lambda data: data.replace(old, new)), whole())


def test_a_coding_in_another_passage_or_another_text_is_found():
    def moved(data: bytes) -> bytes:
        root = etree.fromstring(data)
        first, second = root.findall(".//{*}PlainTextSelection")
        second.insert(0, first.findall("{*}Coding")[1])
        return etree.tostring(root)

    with pytest.raises(KubeError):
        check(packed(moved), whole())
    with pytest.raises(KubeError):
        check(packed(lambda data: data.replace(b"kas", b"Kas"), "sources/"), whole())


@pytest.mark.parametrize("marks", [1, 3])
def test_a_difference_in_any_column_is_found(marks):
    """Passages that are read as columns, with one coding each or several: of everything that is compared nothing may differ, be gone or stand elsewhere."""
    g = [f"{i:08x}-0000-4000-8000-00000000000" for i in range(9)]  # each wants one sign more
    users, notes = [User(f"{g[0]}{n}", f"ani{n}") for n in (0, 1)], {n: Note(n, "memo", "kata") for n in (f"{g[1]}0", f"{g[1]}1")}

    def project() -> Project:
        source = ProjectSource(f"{g[2]}0", "w", "satu dua tiga empat")
        source.selections = [Selection(f"{g[3]}{n}", n, n + 4, "", "", f"{g[0]}0", "2026-01-01T00:00:00Z", [Mark(f"{g[4][:-1]}{n}{k}", f"{g[5]}0", f"{g[0]}0", "2026-01-01T00:00:00Z", [f"{g[1]}0"]) for k in range(marks if n else 1)]) for n in range(4)]
        return Project("s", "kube_research", users=users, codes=[ProjectCode(f"{g[5]}{n}", f"kas{n}") for n in (0, 1)], sources=[source], notes=notes)

    data = refi_write.write_qdpx(project())
    assert refi_read.from_entries(refi_read.unpacked(data)).sources[0].columns
    check(data, project())
    swapped = project()
    swapped.sources[0].selections.reverse()
    check(data, swapped)  # another order is no difference
    for change in [lambda x, m, k=key, v=value: setattr(x, k, v) for key, value in (("guid", f"{g[6]}0"), ("start", 3), ("end", 5), ("user", f"{g[0]}1"), ("user", ""), ("created", "2026-01-02T00:00:00Z"), ("created", ""), ("notes", [f"{g[1]}1"]), ("marks", []))] + [
            lambda x, m, k=key, v=value: setattr(m, k, v) for key, value in (("guid", f"{g[6]}0"), ("code", f"{g[5]}1"), ("user", f"{g[0]}1"), ("user", ""), ("created", "2026-01-02T00:00:00Z"), ("created", ""), ("notes", [f"{g[1]}1"]), ("notes", []), ("notes", [f"{g[1]}0", f"{g[1]}1"]))]:
        other = project()
        x = other.sources[0].selections[2]
        change(x, x.marks[-1])
        with pytest.raises(KubeError):
            check(data, other)


@given(st.lists(st.lists(words, min_size=1, max_size=4), max_size=4))
def test_guids_many_at_once_are_those_one_by_one(things):
    whole = [[part.encode("utf-8", "replace").decode() for part in parts] for parts in things]
    assert guids("\x1f".join(parts) for parts in whole) == [guid(*parts) for parts in whole] == [str(uuid.uuid5(SPACE, "\x1f".join(parts))) for parts in whole]


def test_what_xml_cannot_hold_is_replaced_not_written(tmp_path):
    p = whole()
    p.codes[0].name, p.notes[next(iter(p.notes))].text = "a\x00b\x1f", "x\ud800y\x0b"
    data = refi_write.write_qdpx(p)
    check(data, p)
    assert "a\ufffdb\ufffd" in etree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read("project.qde")).find(".//{*}Code").get("name")


@given(st.text(st.sampled_from("ab1 ,\n’'é字ก😀\u0301A²Ǆ"), max_size=12))
@settings(max_examples=150, deadline=None)
def test_within_a_word_for_all_places_at_once(text):
    letter = [c.isdigit() or unicodedata.category(c) in ("Lu", "Ll") for c in text]
    assert within(text).tolist() == [0 < i < len(text) and letter[i - 1] and letter[i] for i in range(len(text) + 1)]


@pytest.mark.parametrize(("said", "ours"), [("2024-05-06T07:08:09Z", "2024-05-06T07:08:09.000000Z"), ("2024-05-06T07:08:09.5Z", "2024-05-06T07:08:09.500000Z"), ("2024-05-06T07:08:09+07:00", "2024-05-06T00:08:09.000000Z"), ("2024-13-06T07:08:09Z", ""), ("0001-01-01T00:00:00Z", ""), ("kemarin", ""), ("2024-02-30T00:00:00Z", "")])
def test_dates(said, ours):
    assert moment(said) == ours


def test_rubbish_is_looked_for_again_afterwards():
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), unswept():
        assert not gc.isenabled()
        1 / 0  # noqa: B018
    assert gc.isenabled()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()} if folder.exists() else {}


@pytest.mark.parametrize(("module", "call"), [("os", "fsync"), ("builtins", "open")])
@pytest.mark.parametrize("nth", [1, 4, 9])
@pytest.mark.parametrize("begun", [False, True])
def test_a_full_disk_leaves_no_half_study(tmp_path, monkeypatch, module, call, nth, begun):
    """Whichever file the disk has no room for: one error, and the target is as it was, there with git's folder or not there."""
    (tmp_path / "a.qdpx").write_bytes(refi_write.write_qdpx(whole()))
    project = find(tmp_path / "a.qdpx", "in")(tmp_path / "a.qdpx")
    if begun:
        (tmp_path / "s/.git").mkdir(parents=True)
    real, left = getattr(importlib.import_module(module), call), [nth]

    def full(*args, **more):
        left[0] -= call == "fsync" or "w" in str(args[1:])
        if left[0] < 0 or (left[0] == 0 and (call == "fsync" or "w" in str(args[1:]))):
            raise OSError(28, "No space left on device")
        return real(*args, **more)

    monkeypatch.setattr(f"{module}.{call}", full)
    with pytest.raises(KubeError, match="No space left"):
        land(project, tmp_path / "s")
    assert everything(tmp_path / "s") == {} and (tmp_path / "s").exists() is begun and not [p for p in tmp_path.iterdir() if p.name.startswith(".s")]


def test_a_disk_that_fails_after_the_moving_leaves_no_half_study(tmp_path, monkeypatch):
    """In a folder that is there already the files are moved one by one: where the disk does not take them there, none stays."""
    (tmp_path / "a.qdpx").write_bytes(refi_write.write_qdpx(whole()))
    project = find(tmp_path / "a.qdpx", "in")(tmp_path / "a.qdpx")
    (tmp_path / "s/.git").mkdir(parents=True)
    real, calls = landed.to_disk, []

    def full(root):
        calls.append(root)
        if len(calls) == 3:
            raise KubeError("No space left", str(root))
        real(root)

    monkeypatch.setattr(landed, "to_disk", full)
    with pytest.raises(KubeError, match="No space left"):
        land(project, tmp_path / "s")
    assert [p.name for p in (tmp_path / "s").iterdir()] == [".git"] and not [p for p in tmp_path.iterdir() if p.name.startswith(".s")]


KILL = """
import os, pathlib, sys
from kube_research.exchange.landing import land
from kube_research.exchange.registry import find
path, target, step, nth = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
project = find(path, "in")(path)
left = [nth]
def stop(event, args):
    if event == step and (event != "open" or str(target.name) in str(args[0])):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), 9)
sys.addaudithook(stop)
land(project, target)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is POSIX")
@pytest.mark.parametrize(("step", "nth"), [("open", 1), ("open", 5), ("open", 12), ("open", 16), ("open", 25), ("os.mkdir", 4), ("os.rename", 1), ("", 1)])
def test_kill_9_leaves_all_or_nothing(tmp_path, step, nth):
    """Killed while it writes, while the disk takes the files, at the renaming: the study is not there, or all of it is."""
    (tmp_path / "a.qdpx").write_bytes(refi_write.write_qdpx(whole()))
    done = subprocess.run([sys.executable, "-c", KILL, tmp_path / "a.qdpx", tmp_path / "study", step, str(nth)], capture_output=True, text=True, check=False)
    assert done.returncode == (-9 if step else 0), done.stderr
    if step:
        assert not (tmp_path / "study").exists()
        land(find(tmp_path / "a.qdpx", "in")(tmp_path / "a.qdpx"), tmp_path / "study")  # what is left of the first attempt is in no one's way
    study = open_study(tmp_path / "study")
    assert not study.faults() and len(study.codings()) == 4


def test_a_coding_taken_back_is_told_also_where_the_last_line_has_no_end(tmp_path):
    """As an editor or a merge may leave it: the line is sound, and counts."""
    (tmp_path / "a.qdpx").write_bytes(refi_write.write_qdpx(whole()))
    land(refi_read.read_qdpx(tmp_path / "a.qdpx"), tmp_path / "s")
    path = next((tmp_path / "s/corpus/codings").rglob("*.jsonl"))
    assert "coding that was taken back" not in leave(open_study(tmp_path / "s")).losses
    Journal(path).append({"event": "withdraw", "coding": next(iter(Journal(path).state().codings))})
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert "coding that was taken back" in leave(open_study(tmp_path / "s")).losses


def test_journals_that_came_in_are_journals(tmp_path):
    (tmp_path / "a.qdpx").write_bytes(refi_write.write_qdpx(whole()))
    land(refi_read.read_qdpx(tmp_path / "a.qdpx"), tmp_path / "s")
    study = open_study(tmp_path / "s")
    assert not study.faults() and len(study.codings()) == 4
    lines = [x for p in Path(tmp_path / "s/corpus/codings").rglob("*.jsonl") for x in p.read_text().splitlines()]
    assert all(seal({k: v for k, v in json.loads(x).items() if k != "sum"}) == x for x in lines)
    check(refi_write.write_qdpx(p := leave(study)), p)
