"""Taguette's and QualCoder's databases as each of their versions kept them: the same words, codes, coders and memos come out of all."""

import json

import pytest

from kube_research.memo import memos
from tests.exchange.test_databases import QUOTES, TEXT, base, bring, quotes, utf16

WHEN = "2024-01-15 10:00:00"
# what each version of QualCoder's database added to that of the one before; v4 gave codings an id
STEPS = {
    "v1": """CREATE TABLE project (databaseversion text, date text, memo text, about text);
        CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text, owner text, date text, unique(name));
        CREATE TABLE code_image (imid integer primary key, id integer, x1 integer, y1 integer, width integer, height integer, cid integer, memo text, date text, owner text);
        CREATE TABLE code_av (avid integer primary key, id integer, pos0 integer, pos1 integer, cid integer, memo text, date text, owner text);
        CREATE TABLE annotation (anid integer primary key, fid integer, pos0 integer, pos1 integer, memo text, owner text, date text);
        CREATE TABLE attribute_type (name text primary key, date text, owner text, memo text, caseOrFile text, valuetype text);
        CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text, id integer, date text, owner text);
        CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer, pos1 integer, owner text, date text, memo text);
        CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text, unique(name));
        CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text, supercatid integer, unique(name));
        CREATE TABLE code_text (cid integer, fid integer, seltext text, pos0 integer, pos1 integer, owner text, date text, memo text, unique(cid, fid, pos0, pos1, owner));
        CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text, date text, color text, unique(name));
        CREATE TABLE journal (jid integer primary key, name text, jentry text, date text, owner text);""",
    "v2": "ALTER TABLE code_text ADD avid integer; ALTER TABLE project ADD bookmarkfile integer; ALTER TABLE project ADD bookmarkpos integer;",
    "v3": "ALTER TABLE code_text ADD important integer; ALTER TABLE code_av ADD important integer; ALTER TABLE code_image ADD important integer;",
    "v4": "DROP TABLE code_text; CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text, pos0 integer, pos1 integer, owner text, date text, memo text, avid integer, important integer, unique(cid, fid, pos0, pos1, owner));",
    "v5": "ALTER TABLE project ADD codername text; ALTER TABLE source ADD av_text_id integer; CREATE TABLE stored_sql (title text, description text, grouper text, ssql text, unique(title));",
    "v6": "CREATE TABLE graph (grid integer primary key, name text, description text, date text, scene_width integer, scene_height integer, unique(name)); CREATE TABLE gr_free_text_item (gfreeid integer primary key, grid integer, free_text text);",
    "v7": "ALTER TABLE gr_free_text_item ADD memo_ctid integer;",
    "v8": "CREATE TABLE ris (risid integer, tag text, longtag text, value text); ALTER TABLE source ADD risid integer;",
    "v9": "ALTER TABLE project ADD recently_used_codes text;",
    "v10": "ALTER TABLE code_image ADD pdf_page integer;",
    "v11": "CREATE TABLE gr_pix_item (grpixid integer primary key, grid integer, pdf_page integer);",
    "v12": "CREATE TABLE manage_files_display (mfid integer primary key, name text, tblrows text, tblcolumns text, owner text);",
    "v13": "CREATE TABLE files_filter (filterid integer primary key, name text, filter text, owner text);",
    "v14": """CREATE TABLE coder_names (name text UNIQUE NOT NULL, visibility integer NOT NULL DEFAULT 1 CHECK (visibility IN (0, 1))); INSERT INTO coder_names VALUES ('ani', 1), ('tuti', 0), ('sari', 1);
        CREATE VIEW code_text_visible AS SELECT t.* FROM code_text t WHERE NOT EXISTS (SELECT 1 FROM coder_names c WHERE c.name = t.owner AND c.visibility = 0);""",
    "v15": "ALTER TABLE project ADD avbookmarkfile integer; ALTER TABLE project ADD avbookmarkmsec integer;",
    "v16": "ALTER TABLE code_name ADD supercid integer; UPDATE code_name SET supercid = 1 WHERE cid = 3;",
    "v17": "CREATE TABLE gr_memo_item (gmemoid integer primary key, grid integer, memo_source_type text, memo_source_id integer);",
}
ROWS = f"""INSERT INTO code_cat (catid, name, owner, date, memo) VALUES (1, 'Partisipasi', 'ani', '', '');
    INSERT INTO code_name (cid, name, memo, catid, owner, date, color) VALUES (1, 'ikut', 'Diajak.', 1, 'ani', '', '#FF0000'), (2, 'uang', '', NULL, 'ani', '', ''), (3, 'gratis', '', NULL, 'ani', '', '');
    INSERT INTO cases VALUES (3, 'Mawar', '', 'ani', ''); INSERT INTO case_text VALUES (1, 3, 7, 0, 80, 'ani', '{WHEN}', 'hanya bagian awal');
    INSERT INTO attribute_type VALUES ('desa', '{WHEN}', 'ani', 'menurut ketua', 'case', 'character'); INSERT INTO attribute VALUES (1, 'desa', 'case', 'Sukamaju', 3, '', 'ani');
    INSERT INTO annotation VALUES (1, 7, 0, 5, 'lihat lagi', 'ani', '{WHEN}'); INSERT INTO journal VALUES (1, 'hari pertama', 'hujan', '{WHEN}', 'ani');"""


@pytest.mark.parametrize("version", STEPS)
def test_every_version_of_qualcoder(tmp_path, version):
    steps = list(STEPS)[:list(STEPS).index(version) + 1]
    columns = "cid, fid, seltext, pos0, pos1, owner, date, memo"
    rows = [(1 + i % 2, 7, q, utf16(TEXT.index(q)), utf16(TEXT.index(q) + len(q)), "tuti" if i else "ani", WHEN, f"ragu {i}" if i < 2 else "") for i, q in enumerate(QUOTES)]
    script = "".join(STEPS[s] for s in steps if s != "v16") + ROWS + (STEPS["v16"] if "v16" in steps else "")
    base(tmp_path / "p.qda/data.qda", script, ("INSERT INTO source (id, name, fulltext, mediapath, memo, owner, date) VALUES (7, 'Wawancara', ?, NULL, 'bising', 'ani', '')", [(TEXT,)]),
         (f"INSERT INTO code_text ({columns}) VALUES (?,?,?,?,?,?,?,?)", rows), ("INSERT INTO project (databaseversion, date, memo, about) VALUES (?, '', 'memo proyek', '')", [(version,)]))
    landed, study = bring(tmp_path / "p.qda", tmp_path / "s")
    f = study.codings().full
    assert quotes(study) == sorted(QUOTES) and sorted(n for n in f["note"] if n) == ["ragu 0", "ragu 1"] and set(f["coder"]) == {"ani", "tuti"} and len(set(f["id"])) == 4
    assert set(f.loc[f["note"] == "ragu 1", "quote"]) == {QUOTES[1]}  # each memo on its own coding
    assert {m.text.rpartition("\n")[2] for m in memos(study)} == {"memo proyek", "bising", "lihat lagi", "hujan", "hanya bagian awal", "menurut ketua"}
    assert {c.id: c.parent for b in study.codebooks() for c in b} == {"Partisipasi": "", "ikut": "Partisipasi", "uang": "", "gratis": "ikut" if "v16" in steps else ""}
    assert study.corpus.cases["Mawar"]["desa"] == "Sukamaju" and [d.case for d in study.corpus] == ["Mawar"]
    assert not [x for x in landed.losses if "words are not" in x]


# Taguette: what was there before 2018-11 (0.1), 2021-06 (1.0: names in the log, document groups gone), 2021-07 (direction of a text), 2024-10 (tags below tags)
@pytest.mark.parametrize("version", ["0.1", "1.0", "1.1", "1.5"])
def test_every_version_of_taguette(tmp_path, version):
    old, html = version == "0.1", "<p>Saya diajak 🙏 ikut, katanya gratis.</p>"
    flat = "Saya diajak 🙏 ikut, katanya gratis."
    direction, column = ("", "") if version < "1.1" else ("text_direction text, ", "'LEFT_TO_RIGHT', ")
    picks = ["diajak 🙏 ikut", "gratis"]
    at = [(i, 4, len(flat[:flat.index(q)].encode()), len(flat[:flat.index(q) + len(q)].encode()), q) for i, q in enumerate(picks, 1)]
    key = "id" if old else "highlight_id"
    said = [(i, WHEN, "tuti", 1, 4, json.dumps({"type": "highlight_add", key: i, "start_offset": 1, "end_offset": 2, "tags": [1]})) for i in (1, 2)] + [(3, "2024-03-01 00:00:00", "ani", 1, 4, json.dumps({"type": "highlight_add", key: 1})), (4, WHEN, "ani", 1, None, json.dumps({"type": "tag_add", "id" if old else "tag_id": 2}))]
    path = base(tmp_path / "p.sqlite3", f"""
        CREATE TABLE projects (id integer primary key, name text, description text, created text);
        CREATE TABLE documents (id integer primary key, name text, description text, filename text, created text, project_id integer, {direction}contents text);
        CREATE TABLE tags (id integer primary key, project_id integer, path text, description text);
        CREATE TABLE highlights (id integer primary key, document_id integer, start_offset integer, end_offset integer, snippet text);
        CREATE TABLE highlight_tags (highlight_id integer, tag_id integer);
        CREATE TABLE commands (id integer primary key, date text, user_login text, project_id integer, document_id integer, payload text);
        INSERT INTO projects VALUES (1, 'Satu', '', '');
        INSERT INTO tags VALUES (1, 1, 'ikut', 'Diajak.'), (2, 1, 'ikut.gratis', ''); INSERT INTO highlight_tags VALUES (1, 1), (2, 2);
        """ + ("CREATE TABLE groups (id integer primary key, project_id integer, path text, description text); CREATE TABLE document_groups (document_id integer, group_id integer); INSERT INTO groups VALUES (1, 1, 'gelombang 1', ''); INSERT INTO document_groups VALUES (4, 1);" if old else "")
        + ("ALTER TABLE tags ADD parent_id integer; UPDATE tags SET parent_id = 1 WHERE id = 2;" if version == "1.5" else ""),
        (f"INSERT INTO documents VALUES (4, 'Wawancara', '', 'w.html', '', 1, {column}?)", [(html,)]), ("INSERT INTO highlights VALUES (?,?,?,?,?)", at), ("INSERT INTO commands VALUES (?,?,?,?,?,?)", said))
    landed, study = bring(path, tmp_path / "s")
    f = study.codings().full
    assert quotes(study) == sorted(picks) and set(f["coder"]) == {"tuti"} and set(f["created"]) == {"2024-01-15T10:00:00.000000Z"}
    assert {c.id: c.parent for b in study.codebooks() for c in b} == {"ikut": "", "ikut.gratis": "ikut" if version == "1.5" else ""}
    assert next(iter(study.rows["documents"])).get("document_group", "") == ("gelombang 1" if old else "")
    assert not [x for x in landed.losses if "without" in x]
