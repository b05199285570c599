"""Any bytes, any rows, any damage: a project is read or refused with a message, and what is made of it can be opened and written again."""

import io
import sqlite3
import tempfile
import zipfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from kube_research.exchange import refi_write
from kube_research.exchange.landing import land
from kube_research.exchange.leaving import leave
from kube_research.exchange.registry import find
from kube_research.model import KubeError
from kube_research.study import open_study
from tests.exchange.test_carry import FILES, PROJECT, project

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], derandomize=True)
CELL = st.none() | st.integers(-3, 60) | st.text(max_size=12) | st.binary(max_size=6) | st.floats() | st.sampled_from([2 ** 62, "2024-01-02 03:04:05", "polarity.absent", "<p>a\r\n<br>b"])
TABLES = {".sqlite3": {"projects": "id name description created", "documents": "id name description created project_id contents", "tags": "id project_id path description", "highlights": "id document_id start_offset end_offset snippet", "highlight_tags": "highlight_id tag_id", "commands": "date user_login payload"},
          ".qda": {"source": "id name fulltext mediapath memo owner date", "code_name": "cid name memo catid color supercid", "code_cat": "catid name memo owner date supercatid", "code_text": "ctid cid fid seltext pos0 pos1 owner date memo", "cases": "caseid name memo", "case_text": "caseid fid pos0 pos1", "attribute": "name attr_type value id"},
          ".rqda": {"source": "id name file memo owner date status", "freecode": "id name memo color status", "coding": "cid fid seltext selfirst selend owner date memo status", "treecode": "cid catid status", "codecat": "catid name memo status", "caselinkage": "caseid fid status", "cases": "id name memo status"}}


def through(path: Path, folder: Path) -> None:
    """Read, land, open, write and hold against the schema; a KubeError is an answer."""
    try:
        landed = land(find(path, "in")(path), folder / "s")
    except KubeError as e:
        assert str(e)
        return
    study = open_study(landed.root)
    for c in study.codings():
        assert study.corpus[c.document].text[c.start:c.end] == c.quote
    PROJECT.assertValid(etree.fromstring(refi_write.qde(leave(study))))


@SLOW
@given(st.sampled_from(sorted(TABLES)), st.data())
def test_databases_with_any_rows(ending, data):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / f"p{ending}"
        db = sqlite3.connect(path)
        for table, columns in TABLES[ending].items():
            names = columns.split()
            db.execute(f"CREATE TABLE {table} ({', '.join(names)})")
            for row in data.draw(st.lists(st.tuples(*[CELL | st.integers(1, 2)] * len(names)), max_size=4)):
                db.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(names))})", [v.replace("\ud800", "") if isinstance(v, str) else v for v in row])
        db.commit()
        db.close()
        through(path, folder)


@SLOW
@given(st.sampled_from(["qda", "sqlite3", "rqda"]), st.lists(st.tuples(st.integers(0, 8000), st.integers(0, 255)), max_size=30))
def test_damaged_databases(ending, cuts):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / f"p.{ending}"
        db = sqlite3.connect(path)
        for table, columns in TABLES["." + ending].items():
            db.execute(f"CREATE TABLE {table} ({', '.join(columns.split())})")
            db.execute(f"INSERT INTO {table} VALUES ({','.join(['1'] * len(columns.split()))})")
        db.commit()
        db.close()
        raw = bytearray(path.read_bytes())
        for at, value in cuts:
            raw[16 + at % (len(raw) - 16)] = value
        path.write_bytes(bytes(raw))
        through(path, folder)


def packed(path: Path, xml: str) -> None:
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("project.qde", xml.encode("utf-8", "replace"))
        for n, b in FILES:
            z.writestr(n, b)


@SLOW
@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["drop", "twice", "guid", "empty", "number", "move", "text"]), st.sampled_from(["", "-5", "999999999999", "x", "{ABC}", "#12", "\u0000", "true", "2024-13-45T99:00:00Z"])), max_size=6))
@example([(25, "guid", "")])
@example([(167, "number", "-5")])
@example([(381, "twice", "")])
@example([(340, "twice", "")])
@example([(207, "twice", "")])
def test_projects_with_any_damage(damage):
    root = etree.fromstring(project().encode())
    every = list(root.iter())
    for n, kind, value in damage:
        e = every[1 + n % (len(every) - 1)]
        parent = e.getparent()
        value = value.replace("\x00", "")
        if parent is None:
            continue
        if kind == "drop":
            parent.remove(e)
        elif kind == "twice":
            parent.append(etree.fromstring(etree.tostring(e)))
        elif kind == "guid" and e.get("guid"):
            e.set("guid", value)
        elif kind == "empty":
            e.attrib.clear()
        elif kind == "number":
            for k in ("startPosition", "endPosition", "position", "firstX", "begin", "creationDateTime", "color", "targetGUID", "typeOfVariable"):
                if k in e.attrib:
                    e.set(k, value)
        elif kind == "move":
            root.append(e)
        else:
            e.text = value
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        packed(folder / "p.qdpx", etree.tostring(root, encoding="unicode"))
        through(folder / "p.qdpx", folder)


@SLOW
@given(st.binary(max_size=400), st.sampled_from([".qdpx", ".qdc", ".sqlite3", ".qda", ".rqda", ".xlsx", ".csv"]))
def test_any_bytes(data, ending):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"p{ending}").write_bytes(data)
        through(folder / f"p{ending}", folder)


def test_a_cut_archive_at_every_length():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("project.qde", project())
        for n, b in FILES:
            z.writestr(n, b)
    whole = buffer.getvalue()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in range(0, len(whole), max(1, len(whole) // 40)):
            (folder / "p.qdpx").write_bytes(whole[:size])
            through(folder / "p.qdpx", folder)
            assert not (folder / "s").exists()
