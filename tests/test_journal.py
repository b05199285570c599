"""The journal: nothing acknowledged is lost, nothing is counted twice, damage is told."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from kube_research.journal import Journal, fold, new_id, safe_name, seal, unseal
from kube_research.model import Coding, KubeError


def coding(n=0, **kw):
    return Coding("", "d", n, n + 4, "kata", "x.y", coder="a", **kw)


def test_code_change_withdraw_restore(tmp_path):
    j = Journal(tmp_path / "a" / "d.jsonl")
    c = j.code(coding())
    j.change(c.id, code="x.z", polarity="absent")
    assert j.state().codings[c.id].code == "x.z" and j.state().codings[c.id].polarity == "absent"
    j.withdraw(c.id, "mistake")
    assert not j.state().codings and j.state().withdrawn[c.id].code == "x.z"
    j.restore(c.id)
    assert list(j.state().codings) == [c.id] and j.state().events == 4


def test_order_and_repetition_of_lines_do_not_matter(tmp_path):
    j = Journal(tmp_path / "d.jsonl")
    for i in range(20):
        c = j.code(coding(i))
        if i % 3 == 0:
            j.withdraw(c.id)
        if i % 4 == 1:
            j.change(c.id, code="n")
    want = j.state()
    lines = j.path.read_text().splitlines()
    random.Random(4).shuffle(lines)
    j.path.write_text("\n".join(lines + lines[:7]) + "\n")
    assert j.state().codings == want.codings and j.state().withdrawn == want.withdrawn and not j.state().faults


def test_torn_last_line_is_kept_aside_and_the_next_line_is_whole(tmp_path):
    j = Journal(tmp_path / "d.jsonl")
    j.code(coding())
    with open(j.path, "ab") as f:
        f.write(b'{"event":"code","coding":"zz","quo')
    assert len(j.state().codings) == 1 and "torn" in j.state().faults[0].what
    j.code(coding(9))
    assert len(j.state().codings) == 2 and not j.state().faults
    assert b'"zz"' in j.path.with_suffix(".torn").read_bytes()


def test_sound_last_line_without_line_end(tmp_path):
    j = Journal(tmp_path / "d.jsonl")
    j.code(coding())
    j.path.write_bytes(j.path.read_bytes().rstrip(b"\n"))
    j.code(coding(5))
    assert len(j.state().codings) == 2 and not j.path.with_suffix(".torn").exists()


def test_damaged_middle_line_is_told_and_left(tmp_path):
    j = Journal(tmp_path / "d.jsonl")
    for i in range(3):
        j.code(coding(i))
    lines = j.path.read_bytes().splitlines()
    lines[1] = lines[1].replace(b"kata", b"kota")
    j.path.write_bytes(b"\n".join(lines) + b"\n")
    state = j.state()
    assert len(state.codings) == 2 and state.faults[0].where == "d.jsonl:2"
    j.code(coding(7))
    assert b"kota" in j.path.read_bytes()


def test_seal_is_checked():
    line = seal({"id": new_id(), "event": "memo", "text": "é😀\u2028"})
    assert unseal(line)["text"] == "é😀\u2028"
    assert unseal(line.replace("memo", "mema")) is None and unseal("{}") is None and unseal("") is None


@pytest.mark.parametrize("name", ["a/b", "..", "", "con", "a\\b", "x" * 81, "a:b", "nul.txt", "dot.", " "])
def test_unsafe_names(name):
    with pytest.raises(KubeError):
        safe_name(name)


def test_until_a_time(tmp_path):
    events = [{"id": "1", "time": "2024-01-01", "event": "code", "coding": "c", "document": "d", "start": 0, "end": 1, "quote": "k", "code": "x"}, {"id": "2", "time": "2024-02-01", "event": "withdraw", "coding": "c"}]
    assert fold(events, until="2024-01-15").codings and not fold(events).codings


def test_full_disk_keeps_what_was_there(tmp_path):
    if not hasattr(os, "fork"):
        pytest.skip("needs a POSIX limit on file size")
    j = Journal(tmp_path / "d.jsonl")
    j.code(coding())
    before = j.path.read_bytes()
    script = ("import resource,signal,sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (%d, %d))\n"
              "from kube_research.journal import Journal; from kube_research.model import *\n"
              "try: Journal(%r).code(Coding('', 'd', 1, 2, 'k'*500, 'x'))\n"
              "except KubeError as e: print('told', e)\n") % (len(before) + 40, len(before) + 40, str(j.path))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "told" in done.stdout, done.stderr
    assert j.path.read_bytes() == before and len(j.state().codings) == 1


WRITER = """
import sys
from kube_research.journal import Journal
from kube_research.model import Coding
j = Journal(sys.argv[1])
for i in range(100000):
    c = j.code(Coding("", "d", i, i + 1, "k", "x", coder=sys.argv[2]))
    print(c.id, flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 is POSIX")
def test_two_writers_and_kill_9(tmp_path):
    """Two processes append to one journal and are killed at random moments: every acknowledged line is there, once."""
    path = tmp_path / "d.jsonl"
    rng = random.Random(1)
    acknowledged: list[str] = []
    for _ in range(5):
        writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], stdout=subprocess.PIPE, text=True) for name in "ab"]
        acknowledged += [w.stdout.readline().strip() for w in writers]  # both are writing, however slow the machine was to start them
        time.sleep(0.1 + rng.random() * 0.2)
        for w in writers:
            w.send_signal(signal.SIGKILL)
        for w in writers:
            acknowledged += [line.strip() for line in w.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
            w.stdout.close()
            w.wait()
    state = Journal(path).state()
    assert len(acknowledged) > 20 and set(acknowledged) <= set(state.codings) and len(set(acknowledged)) == len(acknowledged)


def test_a_sealed_line_that_is_no_whole_coding_is_told_and_nothing_else_is_lost(study, study_dir):
    """Another program's line with a right checksum, but without its coding's id: passed over with its place, in every way of reading."""
    from kube_research.journal import Journal, seal
    from kube_research.study import open_study

    d = study.corpus["a1"]
    quote = "Kasnya sih ada."
    at = d.text.index(quote)
    path = study_dir / "corpus" / "codings" / "ani" / "a1.jsonl"
    good = {"event": "code", "coding": "c1", "document": "a1", "start": at, "end": at + len(quote), "quote": quote, "code": "s.close", "polarity": "present", "coder": "ani"}
    Journal(path).append(good)
    for n, lacking in enumerate(("coding", "start", "quote"), 2):
        with open(path, "ab") as f:
            f.write((seal({**{k: v for k, v in good.items() if k != lacking}, "id": f"e{n}", "time": f"2026-01-0{n}T00:00:00.000000Z"}) + "\n").encode())
        with pytest.raises(KubeError, match="nothing is written|tidak ada yang ditulis"):
            Journal(path).append({k: v for k, v in good.items() if k != lacking})
    events, faults = Journal(path).events()
    assert len(events) == 1 and [f.where for f in faults] == ["a1.jsonl:2", "a1.jsonl:3", "a1.jsonl:4"]
    fresh = open_study(study_dir)
    assert fresh.codings(coder="ani").frame["quote"].tolist() == [quote]
    assert sum("a1.jsonl" in f.where for f in fresh.faults()) == 3


@pytest.mark.parametrize("lacking", ["coding", "document", "start", "end", "quote", "code"])
def test_a_line_that_is_no_whole_coding_is_the_same_alone_as_among_many(study, study_dir, lacking):
    """Read at once (in columns) and one by one, an incomplete line counts for nothing."""
    from kube_research.study import open_study

    d = study.corpus["a1"]
    at = d.text.index("Kasnya")
    line = {"event": "code", "coding": "c1", "document": "a1", "start": at, "end": at + 6, "quote": "Kasnya", "code": "s.close", "coder": "ani", "id": "e1", "time": "2026-01-01T00:00:00.000000Z"}
    path = study_dir / "corpus" / "codings" / "ani" / "a1.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(seal({k: v for k, v in line.items() if k != lacking}) + "\n")
    assert len(open_study(study_dir).codings(coder="ani")) == 0 and Journal(path).events()[0] == []


@pytest.mark.parametrize("written", ["\ud83d", "escaped"])
def test_half_a_character_in_a_note_hides_nothing(study, study_dir, written):
    """A torn emoji, as bytes or as an escape: the codings are read, the note shows a mark, the file stays as it was."""
    import json
    import zlib

    from kube_research.study import open_study

    d = study.corpus["a1"]
    at = d.text.index("Kasnya")
    path = study_dir / "corpus" / "codings" / "ani" / "a1.jsonl"
    good = {"event": "code", "coding": "c1", "document": "a1", "start": at, "end": at + 6, "quote": "Kasnya", "code": "s.close", "coder": "ani", "note": "x \ud83d y"}
    if written == "escaped":
        body = json.dumps({"id": "e1", "time": "2026-01-01T00:00:00.000000Z", **good}, separators=(",", ":"))
        path.parent.mkdir(parents=True)
        path.write_text(f'{body[:-1]},"sum":"{zlib.crc32(body.encode()):08x}"}}\n')
    else:
        Journal(path).append(good)
    before = path.read_bytes()
    for _ in range(2):  # the second reading is the cache's
        assert open_study(study_dir).codings(coder="ani").frame[["quote", "note"]].values.tolist() == [["Kasnya", "x \ufffd y"]]
    assert path.read_bytes() == before
