"""A codebook over partitions: one digest on every engine, order and cutting, after a crash too; bad input loses nothing."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import kube_research as kr
from kube_research.codebook import load
from kube_research.model import KubeError
from kube_research.scale import checkpoint as keeping
from kube_research.scale import counts as counting
from kube_research.scale.counts import Counts, merge
from tests.conftest import ROOT

SAID = ["Kami kompak.", "Kami tidak kompak lagi.", "Aturannya jelas dan ditaati.", "Tidak ada aturan.", "Pendamping datang tiap minggu membantu kami.", "Pendampingnya tidak pernah datang.", "Kami rapat rutin.", "Modalnya habis.", "Dilatih bikin kue sama pendamping.", "The facilitator never came.", "Penelitian ini tentang kelompok 😀."]


def table(n: int, seed: int) -> pd.DataFrame:
    r = random.Random(seed)
    return pd.DataFrame({"text": [" ".join(r.choices(SAID, k=r.randint(0, 5))) for _ in range(n)], "year": [r.randint(2010, 2014) for _ in range(n)], "place": [r.choice(["Depok", "Kab. Bandung; \"Barat\"", ""]) for _ in range(n)]})


@pytest.fixture
def book():
    return load(ROOT / "codebooks" / "group_dynamics.yml")


@pytest.fixture
def folder(tmp_path):
    """Three partitions in each format."""
    for k in range(3):
        f = table(60, k)
        f.to_parquet(tmp_path / f"p{k}.parquet", row_group_size=[1000, 25, 1000][k])
        f.to_csv(tmp_path / f"p{k}.csv", index=False, sep=",;,"[k])
        f.to_json(tmp_path / f"p{k}.jsonl", orient="records", lines=True, force_ascii=False)
    return tmp_path


def run(source, book, **more):
    return kr.apply_codebook(source, book, by=("year", "place"), progress=False, **{"cues": False, **more})


def expected(book, cues=False, n=60) -> Counts:
    """Counted the long way: one document at a time, out of the tidy table."""
    out = []
    for k in range(3):
        for row in table(n, k).itertuples(index=False):
            group = (str(row.year), row.place)
            cells = {}
            if row.text:
                frame = kr.autocode(kr.Corpus((kr.Document("x", row.text, "abstract"),)), book, cues=cues).frame
                cells = {(group, c): (int((g["polarity"] == "present").any()), int((g["polarity"] == "absent").any()), len(g)) for c, g in frame.groupby("code")}
            out.append(Counts({group: 1}, cells))
    return merge(out)


def test_one_digest_everywhere(folder, book):
    first = run(str(folder / "*.parquet"), book)
    assert first.counts.to_json() == expected(book).to_json()
    assert first.n == 180 and len(first.partitions) == 5 and first.frame["present"].sum() > 20 and first.frame["absent"].sum() > 10
    whole = pd.concat([table(60, k) for k in (2, 0, 1)])
    whole.to_parquet(folder / "whole" , engine="pyarrow")
    os.rename(folder / "whole", folder / "all.parquet")
    sources = [[folder / f"p{k}.parquet" for k in (2, 0, 1)], folder / "all.parquet", str(folder / "*.csv"), str(folder / "*.jsonl"), [folder / "p0.csv", folder / "p1.jsonl", folder / "p2.parquet"]]
    for source in sources:
        for engine in ("local", "polars"):
            assert run(source, book, engine=engine).digest == first.digest, (source, engine)
    assert str(first.n) in first.note and first.digest[:12] in first.note


def test_the_cue_tables_travel_with_the_books(folder, book):
    for k in range(3):
        table(8, k).to_csv(folder / f"p{k}.csv", index=False)
    both = run(str(folder / "*.csv"), [book, load(ROOT / "codebooks" / "mentoring.yml")], cues=True)
    assert both.counts.to_json() != run(str(folder / "*.csv"), book).counts.to_json()
    apart = [expected(load(ROOT / "codebooks" / f"{n}.yml"), True, 8).cells for n in ("group_dynamics", "mentoring")]
    assert both.counts.cells == {**apart[0], **apart[1]} and apart[1]


def test_counts_add_up_in_any_order():
    a, b, c = Counts({("x",): 1}, {(("x",), "k"): (1, 0, 2)}), Counts({("x",): 2, ("y",): 1}, {(("x",), "k"): (1, 1, 3)}), Counts({("y",): 4})
    assert merge([merge([a, b]), c]).to_json() == merge([c, merge([b, a])]).to_json() == merge([b, c, a]).to_json()
    assert Counts.from_json(merge([a, b, c]).to_json()).to_json() == merge([a, b, c]).to_json()


def spoil(folder, name, write):
    path = folder / name
    write(path)
    return path


@pytest.mark.parametrize(("name", "content", "said"), [
    ("bad.csv", b"isi,year,place\nx,2010,A\n", "No column 'text'"),
    ("bad.csv", b"", "empty"),
    ("bad.csv", b"text,year,place\nx,2010\n", "2 fields instead of 3"),
    ("bad.csv", b'text,year,place\n"x,2010,A\ny', "half written"),
    ("bad.csv", b"text,year,place\nx\xff,2010,A\n", "damaged"),
    ("bad.jsonl", b'{"text": "x", "year": 2010, "place": "A"}\n{"text": "y", "ye', "no whole JSON"),
    ("bad.jsonl", b'{"text": "x", "year": 2010, "place": "A"}\n{"text": "y", "year": 2010}\n', "No column 'place'"),
    ("bad.jsonl", b"[1]\n", "no JSON object"),
    ("bad.parquet", b"PAR1 and then nothing", "damaged or half written"),
])
def test_bad_partitions_are_told_and_lose_nothing(folder, book, name, content, said, tmp_path):
    path = folder / name
    path.write_bytes(content)
    with pytest.raises(KubeError) as e:
        run([*sorted(folder.glob("p*.parquet")), path], book, checkpoint=tmp_path / "kept")
    assert said in str(e.value) and name in str(e.value)
    path.unlink()
    again = run(str(folder / "p*.parquet"), book, checkpoint=tmp_path / "kept")
    assert again.digest == run(str(folder / "p*.parquet"), book).digest


def test_a_torn_parquet_is_told(folder, book):
    path = folder / "p0.parquet"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(KubeError, match="p0.parquet"):
        run(str(folder / "*.parquet"), book)


@pytest.mark.parametrize("engine", ["local", "polars"])
@pytest.mark.parametrize(("columns", "said"), [({"isi": ["x"], "year": [1], "place": ["A"]}, "No column 'text'"), ({"text": [["x", "y"]], "year": [1], "place": ["A"]}, "neither text nor number"), ({"text": ["x"], "year": [{"a": 1}], "place": ["A"]}, "neither text nor number")])
def test_parquet_of_another_schema(folder, book, columns, said, engine):
    pq.write_table(pa.table(columns), folder / "z.parquet")
    with pytest.raises(KubeError) as e:
        run(str(folder / "*.parquet"), book, engine=engine)
    assert said in str(e.value) and "z.parquet" in str(e.value) and "p0.parquet" not in str(e.value)


def test_parquet_without_rows_or_bytes(folder, book):
    whole = run(str(folder / "*.parquet"), book).digest
    pq.write_table(pa.table({"text": pa.array([], pa.string()), "year": pa.array([], pa.int64()), "place": pa.array([], pa.string())}), folder / "z.parquet")
    assert run(str(folder / "*.parquet"), book).digest == whole
    (folder / "z.parquet").write_bytes(b"")
    with pytest.raises(KubeError, match="z.parquet"):
        run(str(folder / "*.parquet"), book)


def test_nothing_and_nonsense(folder, book):
    for source, said in ((str(folder / "*.txt"), "no files"), (folder / "none.csv", "not there")):
        with pytest.raises(KubeError, match=said):
            run(source, book)
    with pytest.raises(KubeError, match="no engine"):
        run(folder / "p0.csv", book, engine="spark")


def test_it_goes_on_after_a_crash(folder, book, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    whole = run(str(folder / "*.parquet"), book).digest
    seen = []

    def dying(recipe, part):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(part)
        return counting.count(recipe, part)

    monkeypatch.setattr("kube_research.scale.count", dying)
    with pytest.raises(KeyboardInterrupt):
        run(str(folder / "*.parquet"), book, checkpoint=kept)
    assert len(list(kept.glob("*.json"))) == 3
    torn = sorted(p for p in kept.glob("*.json") if p.name != "manifest.json")[0]
    torn.write_text(torn.read_text()[:30])  # half a checkpoint is none
    seen.clear()
    monkeypatch.setattr("kube_research.scale.count", lambda r, p: seen.append(p) or counting.count(r, p))
    again = run(str(folder / "*.parquet"), book, checkpoint=kept)
    assert again.digest == whole and len(seen) == 4
    table(60, 9).to_parquet(folder / "p0.parquet")  # a partition that changed is counted again, the others not
    seen.clear()
    assert run(str(folder / "*.parquet"), book, checkpoint=kept).digest != whole and len(seen) == 1


def test_another_codebook_or_program_is_refused(folder, book, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    run(str(folder / "*.csv"), book, checkpoint=kept)
    manifest = json.loads((kept / "manifest.json").read_text())
    assert manifest["codebooks"] == [{"name": "group_dynamics", "version": book.version}] and len(manifest["partitions"]) == 3
    changed = tmp_path / "group_dynamics.yml"
    shutil.copy(ROOT / "codebooks" / "group_dynamics.yml", changed)
    changed.write_text(changed.read_text(encoding="utf-8").replace(f'version: "{book.version}"', 'version: "9.9.9"'), encoding="utf-8")
    with pytest.raises(KubeError, match="codebook"):
        run(str(folder / "*.csv"), load(changed), checkpoint=kept)
    monkeypatch.setattr(keeping, "versions", lambda: {"numpy": "0.1"})
    with pytest.raises(KubeError, match="package versions"):
        run(str(folder / "*.csv"), book, checkpoint=kept)


def test_a_rule_changed_between_two_resumes_is_refused(folder, book, tmp_path):
    kept, path = tmp_path / "kept", tmp_path / "group_dynamics.yml"
    shutil.copy(ROOT / "codebooks" / "group_dynamics.yml", path)
    run(str(folder / "*.csv"), load(path), checkpoint=kept)
    assert run(str(folder / "*.csv"), load(path), checkpoint=kept).digest
    before = {p.name: p.read_bytes() for p in kept.iterdir()}
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("    indicators:\n      id:\n", "    indicators:\n      id:\n        - '=yang'\n", 1), encoding="utf-8")  # its version says nothing of it
    assert path.read_text(encoding="utf-8") != text
    with pytest.raises(KubeError, match="codebook"):
        run(str(folder / "*.csv"), load(path), checkpoint=kept)
    assert {p.name: p.read_bytes() for p in kept.iterdir()} == before
    path.write_text(text, encoding="utf-8")
    assert run(str(folder / "*.csv"), load(path), checkpoint=kept).digest == run(str(folder / "*.csv"), load(path)).digest


@pytest.mark.skipif(os.name != "posix", reason="the system's own limit on a file's size")
@pytest.mark.parametrize(("ready", "said"), [(True, "the partitions kept so far stay: free disk space"), (False, "the temporary folder cannot be written")])
def test_a_disk_that_takes_no_more(folder, book, tmp_path, ready, said):
    kept = tmp_path / "kept"
    code = f"""
import resource, signal, kube_research as kr
from kube_research.codebook import load
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
book, source = load({str(ROOT / "codebooks/group_dynamics.yml")!r}), {str(folder / "*.parquet")!r}
go = lambda **more: kr.apply_codebook(source, book, by=("year", "place"), progress=False, cues=False, **more)
{"go()" if ready else ""}
resource.setrlimit(resource.RLIMIT_FSIZE, (900, resource.RLIM_INFINITY))
go(checkpoint={str(kept)!r})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, "KUBE_LANG": "en"})
    assert done.returncode and "KubeError" in done.stderr and said in done.stderr.lower(), done.stderr[-500:]
    assert not [p for p in kept.iterdir() if p.suffix != ".json"]  # nothing half written stays
    assert run(str(folder / "*.parquet"), book, checkpoint=kept).digest == run(str(folder / "*.parquet"), book).digest


def test_a_full_disk_keeps_what_there_is(folder, book, tmp_path, monkeypatch):
    kept, written = tmp_path / "kept", []
    real = keeping.write_atomic

    def full(path, content):
        if len(written) == 3:
            raise KubeError("Cannot write: No space left on device.")
        written.append(path)
        real(path, content)

    monkeypatch.setattr(keeping, "write_atomic", full)
    with pytest.raises(KubeError, match="free disk space"):
        run(str(folder / "*.parquet"), book, checkpoint=kept)
    monkeypatch.undo()
    assert len(list(kept.glob("*.json"))) == 3
    assert run(str(folder / "*.parquet"), book, checkpoint=kept).digest == run(str(folder / "*.parquet"), book).digest


def test_a_book_that_its_file_no_longer_says(folder, book, tmp_path):
    path = tmp_path / "group_dynamics.yml"
    shutil.copy(ROOT / "codebooks" / "group_dynamics.yml", path)
    mine = load(path)
    path.write_text(path.read_text(encoding="utf-8").replace("version:", "# edited\nversion:").replace(book.version, "7.0.0", 1), encoding="utf-8")
    with pytest.raises(KubeError, match="not what its file says"):
        run(folder / "p0.csv", mine)


def test_without_the_extra_the_line_that_installs_it(folder, book, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for engine in ("polars", "dask"):
        with pytest.raises(KubeError, match=r"pip install 'kube_research\[scale\]'"):
            run(folder / "p0.csv", book, engine=engine)


def _slowly(recipe, part):
    time.sleep(0.5)
    return counting.count(recipe, part)


def _deadly(recipe, part):
    if part.path.endswith("p1.csv"):
        os.kill(os.getpid(), signal.SIGKILL)
    return counting.count(recipe, part)


@pytest.fixture(scope="module")
def cluster():
    """One cluster for all tests on Dask: starting it is what takes long."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as made:
        yield made


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_partition_that_kills_every_worker(folder, book, monkeypatch, tmp_path, cluster):
    from distributed import Client

    import kube_research.scale as scale

    with Client(cluster) as client:
        monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
        monkeypatch.setattr(scale, "attempt", _deadly)
        with pytest.raises(KubeError, match="p1.csv: Every worker died"):
            run(str(folder / "*.csv"), book, engine=client, checkpoint=tmp_path / "kept")
    assert (tmp_path / "kept" / "manifest.json").exists()
    monkeypatch.undo()
    assert run(str(folder / "*.csv"), book, checkpoint=tmp_path / "kept").digest == run(str(folder / "*.csv"), book).digest


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_worker_is_killed(folder, book, monkeypatch, cluster):
    from distributed import Client

    import kube_research.scale as scale

    whole = run(str(folder / "*.parquet"), book).digest
    with Client(cluster) as client:
        client.wait_for_workers(2, timeout=60)
        recipe = counting.Recipe.of((book,), ("year", "place"), "text", None, False, "arrow")
        parts = scale.partitions(str(folder / "*.parquet"), ("text",))
        monkeypatch.setattr(scale, "attempt", _slowly)
        results = scale._on_client(client, recipe, parts)
        found = [next(results)]
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        found += list(results)
        assert sorted(p for p, _ in found) == sorted(parts)
        assert merge(c for _, c in found).to_json() == run(str(folder / "*.parquet"), book, engine=client).counts.to_json()
        assert run(str(folder / "*.csv"), book, engine=client).digest == whole


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_books_travel_to_a_cluster_once(folder, book, monkeypatch, cluster):
    """Not with every partition: three books with their word bundles are 12 MB."""
    from distributed import Client

    import kube_research.scale as scale

    sent = []
    with Client(cluster) as client:
        submit = client.submit
        monkeypatch.setattr(client, "submit", lambda f, *args, **more: sent.extend(x for x in args if isinstance(x, counting.Recipe)) or submit(f, *args, **more))
        assert run(str(folder / "*.parquet"), book, engine=client).digest == run(str(folder / "*.parquet"), book).digest
        assert len(scale.partitions(str(folder / "*.parquet"), ("text",))) > 1
    assert len(sent) == 1
