"""A study in a synced folder: conflict copies are counted once, told, and taken in with a record; nothing that was saved is lost."""

import json
import os
import random
import shutil

import pytest

from kube_research import synced
from kube_research.cli import main
from kube_research.desk.session import Session
from kube_research.gather import gather, take
from kube_research.journal import Journal, seal
from kube_research.model import Coding, KubeError
from kube_research.privacy.rewrite import plan
from kube_research.privacy.table import Replacer
from kube_research.study import Study, open_study
from tests.syncing import Synced

NAMES = ["{stem}.sync-conflict-20261128-17{n:04d}-ABCDEF7{suffix}", "{stem} (Budi's conflicted copy 2026-11-28 ({n})){suffix}", "{stem} (conflicted copy 2026-11-28 17{n:04d}){suffix}", "{stem}-LAPTOP{n}{suffix}", "{stem} ({n}){suffix}",
         "{stem}_conflict-20261128-17{n:04d}{suffix}", "{stem} {n}{suffix}", "{stem} (salinan konflik Budi {n}){suffix}"]


def coded(root, n, coder="ani", document="a1", code="s.meet"):
    text = Study(root).corpus[document].text
    at = text.index("Iya") if document == "a1" else text.index("Kompak")
    return Journal(root / f"corpus/codings/{coder}/{document}.jsonl", coder).code(Coding(f"c{n:011d}", document, at, at + 3 + n % 5, text[at:at + 3 + n % 5], code, "present", coder))


def told(root):
    return [f for f in Study(root).faults() if "conflict copy" in f.what]


@pytest.fixture
def two(study_dir, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(study_dir, other)
    return study_dir, other


@pytest.mark.parametrize("name", NAMES)
def test_one_coder_on_two_laptops(two, name, capsys):
    a, b = two
    coded(a, 0)
    sync = Synced(a, b, name)
    sync.last.clear()
    sync.step()
    for n in range(1, 7):  # both at once, then in turns
        coded((a, b)[n % 2], n)
        if n % 2 == 0:
            assert sync.step() == 1
    for root in two:
        frame = Study(root).codings().frame
        assert sorted(frame["document"]) == ["a1"] * 7 and len(Study(root).codings(coder="ani")) == 7  # all there, once, before anybody tidies up
        assert sum(1 for _ in Study(root).journals()) == 1
        assert len(told(root)) == 3 and all("kube-research gather" in f.remedy for f in told(root))
    assert main(["gather", "--study", str(a), "--dry-run", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["taken"]) == 3 and len(told(a)) == 3
    assert main(["gather", "--study", str(a)]) == 0
    assert "of them new" in capsys.readouterr().out
    path = a / "corpus/codings/ani/a1.jsonl"
    lines = [json.loads(x) for x in path.read_text().splitlines()]
    assert sorted(e["coding"] for e in lines if e["event"] == "code") == [f"c{n:011d}" for n in range(7)]
    records = [e for e in lines if e["event"] == "gather"]
    assert len(records) == 3 and all(len(r["sha256"]) == 64 and r["lines"] for r in records)
    assert not told(a) and [p.name for p in path.parent.glob("*.jsonl")] == ["a1.jsonl"]
    sync.step()
    for root in two:
        assert len(Study(root).codings()) == 7 and not told(root)
    assert main(["gather", "--study", str(a)]) == 0 and "No conflict copies" in capsys.readouterr().out


@pytest.mark.parametrize("seed", range(4))
def test_a_month_of_syncing_loses_and_doubles_nothing(two, seed):
    a, b = two
    rng, sync, n = random.Random(seed), Synced(*two), 0
    for _ in range(60):
        act = rng.random()
        root = rng.choice(two)
        if act < 0.6:
            coded(root, n, rng.choice(["ani", "budi"]), rng.choice(["a1", "b1"]))
            n += 1
        elif act < 0.9:
            sync.step()
        else:
            gather(Study(root))
    sync.step()
    sync.step()
    for root in two:
        assert sorted(c.id for _, s in Study(root).states() for c in s.codings.values()) == [f"c{i:011d}" for i in range(n)] and len(Study(root).codings()) == n
    gather(Study(a))
    sync.step()
    assert len(Study(b).codings()) == n and not told(b)


def test_documents_whose_names_begin_alike_are_no_copies(study_dir):
    folder = study_dir / "corpus/codings/ani"
    for name in ("PA01", "PA01-2", "PA01 (2)", "PA01 (conflict)"):
        Journal(folder / f"{name}.jsonl", "ani").append({"event": "session"}, {"event": "code", "coding": f"c-{name}", "document": name, "start": 0, "end": 1, "quote": "x", "code": "s.meet"})
    assert synced.journals(folder) == ["PA01 (2).jsonl", "PA01 (conflict).jsonl", "PA01-2.jsonl", "PA01.jsonl"] and not synced.copies(folder / "PA01.jsonl")
    (folder / "PA01 (conflicted copy).jsonl").write_text(seal({"id": "e1", "time": "t", "event": "memo"}) + "\n")
    assert [p.name for p in synced.copies(folder / "PA01.jsonl")] == ["PA01 (conflicted copy).jsonl"]


def test_a_copy_alone_damaged_or_changing(study_dir):
    coded(study_dir, 1)
    path = study_dir / "corpus/codings/ani/a1.jsonl"
    copy = path.with_name("a1 (conflicted copy).jsonl")
    os.replace(path, copy)  # the journal itself has not come over yet
    assert len(Study(study_dir).codings()) == 1 and len(open_study(study_dir).journal("ani", "a1").state().codings) == 1
    with open(copy, "a") as f:
        f.write('{"half a li\n')
    coded(study_dir, 2)
    assert any("damaged" in f.what and f.where.endswith("a1 (conflicted copy).jsonl:2") for f in Study(study_dir).faults())
    taken = gather(Study(study_dir))
    assert [(t.lines, t.taken, t.damaged) for t in taken] == [(2, 1, 1)] and path.with_suffix(".torn").read_text() == '{"half a li\n'
    assert len(Study(study_dir).codings()) == 2 and not copy.exists()
    assert take(Journal(path), copy, study_dir) is None  # somebody else took it in meanwhile


def test_what_gather_cannot_do_is_said(study_dir, capsys):
    """A coder that there is not; damaged lines that cannot be put aside: the copy stays, and what it holds is counted as before."""
    coded(study_dir, 1)
    assert main(["gather", "--study", str(study_dir), "--lang", "en", "--coder", "anni"]) == 2 and "no coder named 'anni'" in capsys.readouterr().err
    path = study_dir / "corpus/codings/ani/a1.jsonl"
    copy = path.with_name("a1.sync-conflict-20261128-170001-ABCDEF7.jsonl")
    copy.write_bytes(path.read_bytes() + b"{damaged\n")
    path.with_suffix(".torn").mkdir()  # not writable, on any system
    assert main(["gather", "--study", str(study_dir), "--lang", "en"]) == 2
    assert "cannot be kept in a1.torn" in capsys.readouterr().err and copy.exists() and len(open_study(study_dir).codings()) == 1


def test_two_gathers_at_once(study_dir, monkeypatch):
    coded(study_dir, 1)
    path = study_dir / "corpus/codings/ani/a1.jsonl"
    copy = path.with_name("a1 (conflicted copy).jsonl")
    os.replace(path, copy)
    coded(study_dir, 2)
    append = Journal.append

    def slow(journal, *events):
        monkeypatch.setattr(Journal, "append", append)
        assert take(Journal(path, "ani"), copy, study_dir).taken == 1  # the other window is quicker
        return append(journal, *events)

    monkeypatch.setattr(Journal, "append", slow)
    assert take(Journal(path, "ani"), copy, study_dir).taken == 1
    assert not copy.exists() and sorted(c.id for c in Study(study_dir).codings()) == ["c00000000001", "c00000000002"]


def test_a_name_about_conflicts_is_no_copy(study_dir):
    corpus = study_dir / "corpus"
    text = corpus / "transcripts/wawancara (konflik lahan).txt"
    shutil.copy(corpus / "transcripts/a1.txt", text)
    shutil.copy(study_dir / "codebooks" / f"{Study(study_dir).codebook_names[0]}.yml", study_dir / "codebooks/warga (konflik lahan).yml")
    Journal(corpus / "codings/ani" / f"{text.stem}.jsonl", "ani").append({"event": "session"})  # nothing coded yet
    assert not told(study_dir) and not gather(Study(study_dir)) and "warga (konflik lahan)" in Study(study_dir).codebook_names
    assert f"{text.stem}.jsonl" in synced.journals(corpus / "codings/ani")
    shutil.copy(text, corpus / "transcripts/wawancara.txt")
    assert [f.where for f in told(study_dir) if f.where.endswith(".txt")] == [f"corpus/transcripts/{text.name}"]


def test_copies_of_memos_tables_and_codebooks(study_dir):
    memos = study_dir / "corpus/memos"
    for name, n in (("ani", 1), ("ani.sync-conflict-20261128-171833-ABCDEF7", 2)):
        Journal(memos / f"{name}.jsonl").append({"event": "memo", "about": "day:2026-11-28", "text": f"memo {n}"})
    shutil.copy(study_dir / "codebooks/small.yml", study_dir / "codebooks/small (conflicted copy).yml")
    shutil.copy(study_dir / "corpus/documents.csv", study_dir / "corpus/documents.sync-conflict-20261128-171833-ABCDEF7.csv")
    study = Study(study_dir)
    assert study.codebook_names == ["small"]
    assert sorted(f.where for f in told(study_dir)) == ["codebooks/small (conflicted copy).yml", "corpus/documents.sync-conflict-20261128-171833-ABCDEF7.csv", "corpus/memos/ani.sync-conflict-20261128-171833-ABCDEF7.jsonl"]
    assert main(["gather", "--study", str(study_dir)]) == 1  # what only a person can compare is left, and said
    assert len(Journal(memos / "ani.jsonl").events()[0]) == 3 and [p.name for p in memos.glob("*.jsonl")] == ["ani.jsonl"]


def test_a_coding_that_cannot_be_kept_is_not_called_saved(study_dir, monkeypatch):
    """Another file takes the journal's place each time: an error, not silence."""
    monkeypatch.setattr(Journal, "_write", lambda self, block: False)
    with pytest.raises(KubeError, match="not saved"):
        coded(study_dir, 0)


def test_a_coders_folder_copied_whole_is_told_and_comes_home(study_dir, capsys):
    coded(study_dir, 1)
    other = study_dir / "corpus/codings/ani (conflicted copy 2026-11-28)"
    coded(study_dir, 2, coder=other.name)
    note = next(f for f in told(study_dir) if f.where == f"corpus/codings/{other.name}")
    assert "another coder's" in note.what and "kube-research gather" in note.remedy
    os.replace(other / "a1.jsonl", study_dir / "corpus/codings/ani/a1 (conflict).jsonl")  # as the remedy says
    shutil.rmtree(other)
    assert main(["gather", "--study", str(study_dir)]) == 0
    assert len(open_study(study_dir).journal("ani", "a1").state().codings) == 2 and not told(study_dir)


def test_names_are_replaced_in_copies_too(study_dir):
    coded(study_dir, 1)
    folder = study_dir / "corpus/codings/ani"
    copy = folder / "a1.sync-conflict-20261128-171833-ABCDEF7.jsonl"
    shutil.copy(folder / "a1.jsonl", copy)
    study = Study(study_dir)
    text = study.corpus["a1"].text
    at = text.index("Kasnya sih ada.")
    Journal(copy).change("c00000000001", start=at, end=at + 15, quote="Kasnya sih ada.")  # behind the name; no line of it says which document
    replacer = Replacer([])
    replacer.literal.append(("ketua", "seorang pengurus"))
    planned = plan(study, replacer, only=["a1"])
    new = planned["corpus/transcripts/a1.txt"][1].decode()
    moved = [e for e in Journal(copy).read(planned[copy.relative_to(study_dir).as_posix()][1])[0] if e["event"] == "change"]
    assert [new[e["start"]:e["end"]] for e in moved] == ["Kasnya sih ada."] and moved[0]["start"] == at + len("seorang pengurus") - len("ketua")


def test_a_file_put_in_the_place_of_a_journal_while_it_is_written(study_dir, monkeypatch):
    coded(study_dir, 1)
    path = study_dir / "corpus/codings/ani/a1.jsonl"
    before, real, turns = path.read_bytes(), os.fsync, iter([True])

    def fsync(fd):
        real(fd)
        if next(turns, False):  # the sync client renames its file over ours at the worst moment
            path.with_suffix(".tmp").write_bytes(before)
            os.replace(path.with_suffix(".tmp"), path)

    monkeypatch.setattr("kube_research.journal.os.fsync", fsync)
    coded(study_dir, 2)
    assert len(Study(study_dir).codings()) == 2


def test_the_desk_tells_and_takes_in(two):
    a, b = two
    coded(a, 0)
    sync = Synced(a, b)
    sync.last.clear()
    sync.step()
    s = Session(Study(a), coder="ani")
    assert not [r for r in s.handle({"kind": "open", "document": "a1", "view": "v"}) if r["kind"] == "told"]
    s.handle({"kind": "look", "document": "a1", "view": "v"})
    coded(b, 1)
    text = s.corpus["a1"].text
    at = text.index("Kasnya")
    s.handle({"kind": "save", "view": "v", "document": "a1", "events": [{"id": "event00000009", "event": "code", "coding": "coding00000009", "start": at, "end": at + 6, "quote": "Kasnya", "code": "s.close"}]})
    assert sync.step() == 1
    replies = s.handle({"kind": "look", "document": "a1", "view": "v"})  # it comes by itself
    layer, note = next(r for r in replies if r["kind"] == "layer"), next(r for r in replies if r["kind"] == "told")
    assert len(layer["codings"]) == 3 and note["act"] == "gather" and "sync-conflict" in note["text"]
    assert [r["kind"] for r in s.handle({"kind": "look", "document": "a1", "view": "v"})] == ["looked"]
    done = s.handle({"kind": "gather", "document": "a1", "view": "v"})
    assert any("of them new" in r.get("text", "") for r in done) and not synced.copies(a / "corpus/codings/ani/a1.jsonl")
    assert len(Study(a).codings()) == 3 and not [r for r in s.handle({"kind": "open", "document": "a1"}) if r["kind"] == "told"]


def test_the_last_writer_wins_and_the_desk_brings_its_own_back(two):
    a, b = two
    sync = Synced(a, b, keep=False)
    s = Session(Study(a), coder="ani")
    s.handle({"kind": "open", "document": "a1", "view": "v"})
    s.handle({"kind": "look", "document": "a1", "view": "v"})
    text = s.corpus["a1"].text
    for n, word in enumerate(("Kasnya", "urunan")):
        at = text.index(word)
        s.handle({"kind": "save", "view": "v", "document": "a1", "events": [{"id": f"event0000000{n}", "event": "code", "coding": f"coding0000000{n}", "start": at, "end": at + 6, "quote": word, "code": "s.close"}]})
    coded(b, 1)
    sync.step()  # a client without conflict copies: ours are gone from the disk
    assert len(Study(a).codings()) == 1
    note = next(r for r in s.handle({"kind": "look", "document": "a1", "view": "v"}) if r["kind"] == "told")
    assert note["act"] == "again" and "(2 codings)" in note["text"]
    s.handle({"kind": "again", "document": "a1", "view": "v"})
    state = Study(a).journal("ani", "a1").state()
    assert len(state.codings) == 3 and state.sessions[-1]["again"] == 3
    assert not [r for r in s.handle({"kind": "open", "document": "a1"}) if r["kind"] == "told"]
    # the words of a person who withdrew do not come back
    (a / "corpus/codings/ani/a1.jsonl").write_text("")
    (a / "corpus/documents.csv").write_text((a / "corpus/documents.csv").read_text().replace("2024-01-01,,,", "2024-01-01,,,withdrawn"))
    s.handle({"kind": "refresh", "document": "a1", "view": "v"})
    s.handle({"kind": "again", "document": "a1", "view": "v"})
    assert (a / "corpus/codings/ani/a1.jsonl").read_text() == ""
