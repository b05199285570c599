"""Projects kept in SQLite: Taguette, QualCoder, RQDA; code lists; hostile databases leave nothing behind."""

import json
import sqlite3

import pytest

from kube_research.exchange.landing import land
from kube_research.exchange.registry import find
from kube_research.memo import memos
from kube_research.model import KubeError
from kube_research.study import open_study

TEXT = "Rapat 😀 di rumah Bu Ani.\nSaya diajak 🙏 ikut, katanya gratis.\nUangnya dipegang ketua terus.\n"
QUOTES = ["diajak 🙏 ikut", "Uangnya dipegang", "Rapat 😀 di rumah", "katanya gratis"]


def bring(path, into):
    landed = land(find(path, "in")(path), into)
    study = open_study(into)
    assert not [f for f in study.faults() if f.level == "error"]
    return landed, study


def quotes(study):
    return sorted(study.codings().full["quote"])


def base(path, script, *many):
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path)
    db.executescript(script)
    for sql, rows in many:
        db.executemany(sql, rows)
    db.commit()
    db.close()
    return path


def utf16(at):
    return len(TEXT[:at].encode("utf-16-le")) // 2


def qualcoder(path, unit=utf16):
    rows = [(i, 1 + i % 2, 7, q, unit(TEXT.index(q)), unit(TEXT.index(q) + len(q)), "tuti" if i else "ani", "2024-01-15 10:00:00", "ragu" if not i else "", None, 0) for i, q in enumerate(QUOTES)]
    base(path / "data.qda", """
        CREATE TABLE project (databaseversion text, date text, memo text, about text);
        CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text, date text);
        CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer);
        CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text, color text);
        CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer, owner text, date text, memo text, avid integer, important integer);
        CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text, owner text, date text);
        CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
        CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text, date text, memo text);
        CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text, owner text);
        INSERT INTO code_cat VALUES (1, 'Partisipasi', 'ani', '', '', 2), (2, 'Puncak', 'ani', '', '', 1);
        INSERT INTO code_name VALUES (1, 'ikut', 'Diajak.', 1, 'ani', '', '#FF0000'), (2, 'uang', '', NULL, 'ani', '', '');
        INSERT INTO source VALUES (8, 'foto.jpg', NULL, '/images/foto.jpg', '', 'ani', '');
        INSERT INTO cases VALUES (3, 'Mawar', '', 'ani', ''); INSERT INTO case_text VALUES (1, 3, 7, 0, 80, 'ani', '', '');
        INSERT INTO attribute VALUES (1, 'desa', 'case', 'Sukamaju', 3, '', 'ani');
        INSERT INTO annotation VALUES (1, 7, 0, 5, 'lihat lagi', 'ani', '2024-01-15 10:00:00');
        """, ("INSERT INTO source VALUES (7, 'Wawancara', ?, NULL, '', 'ani', '2024-01-01 09:00:00')", [(TEXT,)]), ("INSERT INTO code_text VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows))
    return path


@pytest.mark.parametrize("unit", [utf16, int])
def test_qualcoder(tmp_path, unit):
    landed, study = bring(qualcoder(tmp_path / "p.qda", unit), tmp_path / "s")
    assert quotes(study) == sorted(QUOTES) and set(study.codings().full["coder"]) == {"ani", "tuti"}
    assert study.corpus.cases["Mawar"]["desa"] == "Sukamaju" and study.corpus["Wawancara"].case == "Mawar"
    assert "ragu" in set(study.codings().full["note"]) and "picture" in "\n".join(landed.losses) and "circle" in "\n".join(landed.losses)
    assert "lihat lagi" in {m["text"] for _, s in study.states() for m in s.memos}
    assert bring(tmp_path / "p.qda" / "data.qda", tmp_path / "s2")[0].counts == landed.counts


def test_words_that_differ_are_told(tmp_path):
    path = qualcoder(tmp_path / "p.qda")
    db = sqlite3.connect(path / "data.qda")
    db.execute("UPDATE code_text SET pos0 = pos0 + 3 WHERE ctid = 1")
    db.commit()
    landed, study = bring(path, tmp_path / "s")
    assert "1 × passage counted otherwise; found by its words" in "\n".join(landed.losses)
    assert sorted(study.codings().full["quote"]) == sorted(q for (q,) in db.execute("SELECT seltext FROM code_text"))
    db.execute("UPDATE code_text SET pos0 = pos0 + 3, seltext = 'kata yang tidak pernah diucapkan' WHERE ctid = 1")
    db.commit()
    db.close()
    assert "whose words are not those" in "\n".join(bring(path, tmp_path / "t")[0].losses)


def test_rqda(tmp_path):
    at = [(1, 5, q, TEXT.index(q), TEXT.index(q) + len(q), 1, "tuti", "Sun Mar 10 12:00:00 2019", "") for q in QUOTES] + [(1, 5, "hapus", 0, 5, 0, "tuti", "", "")]
    path = base(tmp_path / "p.rqda", """
        CREATE TABLE source (id integer, name text, file text, memo text, owner text, date text, status integer);
        CREATE TABLE freecode (name text, memo text, owner text, date text, dateM text, id integer, status integer, color text);
        CREATE TABLE codecat (name text, cid integer, catid integer, owner text, date text, dateM text, memo text, status integer);
        CREATE TABLE treecode (cid integer, catid integer, date text, dateM text, memo text, status integer, owner text);
        CREATE TABLE coding (cid integer, fid integer, seltext text, selfirst real, selend real, status integer, owner text, date text, memo text);
        CREATE TABLE cases (name text, memo text, owner text, date text, dateM text, id integer, status integer);
        CREATE TABLE caselinkage (caseid integer, fid integer, selfirst real, selend real, status integer, owner text, date text, memo text);
        CREATE TABLE caseAttr (variable text, value text, caseID integer, date text, dateM text, owner text, status integer);
        INSERT INTO freecode VALUES ('ikut', 'Diajak.', 'tuti', '', '', 1, 1, NULL), ('lama', '', 'tuti', '', '', 2, 0, NULL);
        INSERT INTO codecat VALUES ('Partisipasi', NULL, 1, 'tuti', '', '', '', 1); INSERT INTO treecode VALUES (1, 1, '', '', '', 1, 'tuti');
        INSERT INTO cases VALUES ('Mawar', '', 'tuti', '', '', 2, 1); INSERT INTO caselinkage VALUES (2, 5, 0, 9, 1, 'tuti', '', ''); INSERT INTO caseAttr VALUES ('desa', 'Sukamaju', 2, '', '', 'tuti', 1);
        """, ("INSERT INTO source VALUES (5, 'Wawancara', ?, '', 'tuti', '', 1)", [(TEXT,)]), ("INSERT INTO coding VALUES (?,?,?,?,?,?,?,?,?)", at))
    _, study = bring(path, tmp_path / "s")
    assert quotes(study) == sorted(QUOTES) and {c.id for b in study.codebooks() for c in b} == {"ikut", "Partisipasi"}
    assert study.codings().full["created"].str.startswith("2019-03-10T12:00:00").all() and study.corpus.cases["Mawar"]["desa"] == "Sukamaju"


SAID = [*QUOTES, "cepat balik"]


def rqda(path, text, quotes=SAID):
    """A project as RQDA 0.3 lays it out, with what its users do: an edited file, a second coding, deletions, remarks on a point, files in categories."""
    log = "owner text, date text, dateM text, status integer"
    day = "Sun Mar 10 12:00:00 2019"
    coding = "cid integer, fid integer, seltext text, selfirst real, selend real, status integer, owner text, date text, memo text"
    spot = [(text.index(q), text.index(q) + len(q)) for q in quotes]
    rows = [(1, 5, q, float(a), float(b), 1, "tuti", day, "ragu" if not i else None) for i, (q, (a, b)) in enumerate(zip(quotes, spot, strict=True))]
    rows[-1] = (*rows[-1][:2], text[spot[-1][0] - 1:spot[-1][1]], *rows[-1][3:])  # after an edit R's substr() takes one character more
    rows += [(1, 5, text[:5], 0.0, 5.0, 0, "tuti", day, None), (2, 5, quotes[0], *map(float, spot[0]), 1, "tuti", day, None)]
    return base(path, f"""
        CREATE TABLE project (databaseversion text, date text, dateM text, memo text, about text, imageDir text);
        CREATE TABLE source (name text, id integer, file text, memo text, {log}); CREATE TABLE freecode (name text, memo text, owner text, date text, dateM text, id integer, status integer, color text);
        CREATE TABLE treecode (cid integer, catid integer, date text, dateM text, memo text, status integer, owner text); CREATE TABLE treefile (fid integer, catid integer, date text, dateM text, memo text, status integer, owner text);
        CREATE TABLE filecat (name text, fid integer, catid integer, owner text, date text, dateM text, memo text, status integer); CREATE TABLE codecat (name text, cid integer, catid integer, owner text, date text, dateM text, memo text, status integer);
        CREATE TABLE coding ({coding}); CREATE TABLE coding2 ({coding}); CREATE TABLE cases (name text, memo text, owner text, date text, dateM text, id integer, status integer);
        CREATE TABLE caselinkage (caseid integer, fid integer, selfirst real, selend real, status integer, owner text, date text, memo text); CREATE TABLE attributes (name text, status integer, date text, dateM text, owner text, memo text, class text);
        CREATE TABLE caseAttr (variable text, value text, caseID integer, date text, dateM text, owner text, status integer); CREATE TABLE fileAttr (variable text, value text, fileID integer, date text, dateM text, owner text, status integer);
        CREATE TABLE journal (name text, journal text, {log}); CREATE TABLE annotation (fid integer, position integer, annotation text, {log});
        CREATE TABLE image (name text, id integer, {log}); CREATE TABLE imageCoding (cid integer, iid integer, x1 integer, y1 integer, x2 integer, y2 integer, memo text, {log});
        INSERT INTO project VALUES ('0.2.2', '{day}', NULL, 'catatan proyek', 'RQDA', NULL);
        INSERT INTO freecode VALUES ('ikut', 'Diajak.', 'tuti', '{day}', NULL, 1, 1, 'antiquewhite2'), ('lama', NULL, 'tuti', '{day}', NULL, 2, 0, NULL);
        INSERT INTO codecat VALUES ('Partisipasi', NULL, 1, 'tuti', '{day}', NULL, NULL, 1); INSERT INTO treecode VALUES (1, 1, '{day}', NULL, NULL, 1, 'tuti');
        INSERT INTO filecat VALUES ('Desa', NULL, 1, 'tuti', '', NULL, NULL, 1), ('Kota', NULL, 2, 'tuti', '', NULL, NULL, 0); INSERT INTO treefile VALUES (5, 1, '', NULL, NULL, 1, 'tuti'), (5, 2, '', NULL, NULL, 1, 'tuti');
        INSERT INTO cases VALUES ('Mawar', '', 'tuti', '{day}', NULL, 2, 1); INSERT INTO caselinkage VALUES (2, 5, 0, 9, 1, 'tuti', '', '');
        INSERT INTO caseAttr VALUES ('desa', 'Sukamaju', 2, '', NULL, 'tuti', NULL), ('umur', 'NA', 2, '', NULL, 'tuti', 1); INSERT INTO fileAttr VALUES ('perekam', 'Tuti', 5, '', NULL, 'tuti', 1);
        INSERT INTO annotation VALUES (5, {text.index("gratis") + 2}, 'benarkah?', 'tuti', '{day}', NULL, 1); INSERT INTO journal VALUES ('{day}', 'hari pertama', 'tuti', '{day}', NULL, 1); INSERT INTO imageCoding VALUES (1, 1, 0, 0, 9, 9, '', 'tuti', '', NULL, 1);
        """, ("INSERT INTO source VALUES (CAST(? AS TEXT), 5, ?, NULL, 'tuti', ?, NULL, 1)", [("Wawancara Andr\xe9".encode("cp1252"), text, day)]), ("INSERT INTO coding VALUES (?,?,?,?,?,?,?,?,?)", rows),
        ("INSERT INTO coding2 VALUES (?,?,?,?,?,?,?,?,?)", [(1, 5, quotes[2], *map(float, spot[2]), 1, "tuti", day, None)]))


@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_rqda_as_its_users_leave_it(tmp_path, bom):
    landed, study = bring(rqda(tmp_path / "p.rqda", bom + TEXT + 'Modalnya "cepat balik" begitu.\n'), tmp_path / "s")
    full = study.codings().full
    told = "\n".join(landed.losses)
    assert sorted(full["quote"]) == sorted([*SAID, SAID[2]]) and all(study.corpus[d].text[a:b] == q for d, a, b, q in full[["document", "start", "end", "quote"]].itertuples(index=False, name=None))
    assert set(full["coder"]) == {"tuti", "tuti-2"} and "words are not" not in told and "found by its words" not in told
    row = study.rows["documents"][0]
    assert row["source"] == "Wawancara André" and row["file_category"] == "Desa" and row["perekam"] == "Tuti" and study.corpus.cases["Mawar"]["desa"] == "Sukamaju"
    said = {m.text: m for m in memos(study)}
    assert {"benarkah?", "catatan proyek"} <= set(said) and any("hari pertama" in t for t in said)
    at = said["benarkah?"]
    assert study.corpus[at.document].text[at.start:at.end] == "gratis."
    for line in ("1 × colour that is none: ikut antiquewhite2", "2 × row that was deleted in RQDA", "1 × coding with a code that is not there", "second table", "1 × coding of a picture", "only a part of a source", "1 × text that is not UTF-8"):
        assert line in told, line


def test_taguette(tmp_path):
    html = "<h1>Judul &amp; isi</h1><p>Rapat 😀 di <b>rumah</b> Bu Ani.</p><p>Saya diajak 🙏 ikut,<br>katanya gratis.</p>"
    flat = "Judul & isiRapat 😀 di rumah Bu Ani.Saya diajak 🙏 ikut,katanya gratis."
    picks = ["Rapat 😀 di rumah", "diajak 🙏 ikut", "Bu Ani.Saya", "gratis."]
    at = [(i, 4, len(flat[:flat.index(q)].encode()), len(flat[:flat.index(q) + len(q)].encode()), q) for i, q in enumerate(picks, 1)]
    path = base(tmp_path / "p.sqlite3", """
        CREATE TABLE projects (id integer primary key, name text, description text, created text);
        CREATE TABLE documents (id integer primary key, name text, description text, filename text, created text, project_id integer, text_direction text, contents text);
        CREATE TABLE tags (id integer primary key, project_id integer, path text, description text);
        CREATE TABLE highlights (id integer primary key, document_id integer, start_offset integer, end_offset integer, snippet text);
        CREATE TABLE highlight_tags (highlight_id integer, tag_id integer);
        CREATE TABLE commands (id integer primary key, date text, user_login text, project_id integer, document_id integer, payload text);
        INSERT INTO projects VALUES (1, 'Satu', '', '2024-01-01 00:00:00'), (2, 'Dua', '', '');
        INSERT INTO tags VALUES (1, 1, 'ikut', 'Diajak.'), (2, 1, 'uang', ''); INSERT INTO highlight_tags VALUES (1,1),(1,2),(2,1),(3,2),(4,1);
        """, ("INSERT INTO documents VALUES (4, 'Wawancara', '', 'w.html', '2024-01-01 00:00:00', 1, 'LEFT_TO_RIGHT', ?)", [(html,)]), ("INSERT INTO highlights VALUES (?,?,?,?,?)", at),
        ("INSERT INTO commands VALUES (1, '2024-02-02 10:00:00', 'tuti', 1, 4, ?)", [(json.dumps({"type": "highlight_add", "highlight_id": 1}),)]))
    landed, study = bring(path, tmp_path / "s")
    assert quotes(study) == sorted(["Rapat 😀 di rumah", *[q.replace("Ani.S", "Ani.\nS") for q in picks]])
    assert "Dua" in "\n".join(landed.losses) and "words are not" not in "\n".join(landed.losses) and "tuti" in set(study.codings().full["coder"])
    assert study.corpus["Wawancara"].text.startswith("Judul & isi\nRapat 😀 di rumah Bu Ani.\n")


@pytest.mark.parametrize("ending", [".sqlite3", ".rqda", ".qda"])
@pytest.mark.parametrize("data", [b"", b"hello", b"SQLite format 3\x00" + b"\xff" * 200, "cut", "alien"])
def test_hostile_databases(tmp_path, ending, data):
    path = tmp_path / f"bad{ending}"
    if isinstance(data, bytes):
        path.write_bytes(data)
    else:
        base(path, "CREATE TABLE x (a); CREATE TABLE source (id); CREATE TABLE freecode (id);" if data == "alien" else "CREATE TABLE coding (a);")
        if data == "cut":
            path.write_bytes(path.read_bytes()[:3000])
    before = path.read_bytes()
    with pytest.raises(KubeError) as e:
        bring(path, tmp_path / "s")
    assert path.name in str(e.value) and path.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir()) == [path.name]


def test_a_schema_that_is_no_text_is_refused(tmp_path):  # found by fuzzing
    path = base(tmp_path / "p.sqlite3", "CREATE TABLE documents (id); CREATE TABLE highlights (id); CREATE TABLE tags (id); CREATE TABLE zzzz (id);")
    path.write_bytes(path.read_bytes().replace(b"TABLE zzzz", b"TABLQ z\xb6\xffz").replace(b"zzzz", b"z\xb6\xffz"))
    with pytest.raises(KubeError, match="damaged"):
        land(find(path, "in")(path), tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_lists_of_codes(tmp_path):
    import openpyxl

    (tmp_path / "t.csv").write_text("\ufefftag,description,number of highlights\nikut,Diajak.,3\nuang,,1\n", encoding="utf-8")
    landed, study = bring(tmp_path / "t.csv", tmp_path / "a")
    assert {c.id for b in study.codebooks() for c in b} == {"ikut", "uang"} and "number of highlights" in "\n".join(landed.losses)
    book = openpyxl.Workbook()
    for row in (["Daftar"], ["Name", "Description", "Color"], ["Partisipasi\\Ikut", "Diajak.", "#00ff00"], ["Partisipasi", "", ""]):
        book.active.append(row)
    book.save(tmp_path / "n.xlsx")
    _, study = bring(tmp_path / "n.xlsx", tmp_path / "b")
    codes = {c.id: c for b in study.codebooks() for c in b}
    assert codes["Ikut"].parent == "Partisipasi" and codes["Ikut"].color == "#00ff00"
    for name, data in (("x.csv", b"a,b\n1,2\n"), ("x.xlsx", b"PK\x03\x04cut")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(KubeError):
            find(tmp_path / name, "in")(tmp_path / name)


def test_the_docs_list_what_the_registry_holds():
    from kube_research.exchange.registry import table
    from tests.conftest import ROOT

    assert table() in (ROOT / "docs/exchange.md").read_text(encoding="utf-8")


def test_text_nodes_as_html5lib_has_them():
    from kube_research.exchange.databases import _Words

    w = _Words("<p>a</p>\n<pre>\nb\n</pre>&nbsp;<br>c")
    assert "".join(c for c, at in zip(w.text, w.at, strict=True) if at >= 0) == "a\nb\n\xa0c" and w.bytes == 7
