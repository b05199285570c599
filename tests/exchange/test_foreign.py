"""A project of another program goes through a study and out again: it gains nothing that nobody said."""

import csv
import zipfile

from lxml import etree

from kube_research.exchange.landing import land
from kube_research.exchange.registry import find
from kube_research.study import open_study

G = {k: f"{i}1111111-1111-4111-8111-111111111111" for i, k in enumerate(("user", "code", "s1", "s2", "x", "coding", "case", "other", "variable"), 1)}
QDE = f"""<?xml version="1.0"?><Project xmlns="urn:QDA-XML:project:1.0" name="Asing" origin="Lain 1" creationDateTime="2024-01-01T00:00:00Z"><Users><User guid="{G['user']}" name="Ani"/></Users><CodeBook><Codes><Code guid="{G['code']}" name="kas" isCodable="true"/></Codes></CodeBook>
<Variables><Variable guid="{G['variable']}" name="Desa" typeOfVariable="Text"/></Variables>
<Cases><Case guid="{G['case']}" name="Kelompok Melati"><Description>Berdiri 2011.</Description><VariableValue><VariableRef targetGUID="{G['variable']}"/><TextValue>Sukamaju</TextValue></VariableValue><SourceRef targetGUID="{G['s1']}"/></Case><Case guid="{G['other']}" name="Kelompok Melati"><SourceRef targetGUID="{G['s2']}"/></Case></Cases>
<Sources><TextSource guid="{G['s1']}" name="Wawancara 1" plainTextPath="internal://a.txt"><Description>Di balai desa.</Description><PlainTextSelection guid="{G['x']}" name="kas" startPosition="3" endPosition="6" creatingUser="{G['user']}" creationDateTime="2024-01-01T00:00:00Z"><Coding guid="{G['coding']}" creatingUser="{G['user']}" creationDateTime="2024-01-01T00:00:00Z"><CodeRef targetGUID="{G['code']}"/></Coding></PlainTextSelection>
<VariableValue><VariableRef targetGUID="{G['variable']}"/><TextValue>Sukamaju</TextValue></VariableValue></TextSource>
<TextSource guid="{G['s2']}" name="Catatan" plainTextPath="internal://b.txt"/></Sources></Project>"""
TALK = "N: kas kami dipegang bendahara.\nP: Sejak kapan?\nN: Sejak awal, Bu.\nP: Oh begitu?\n"


def foreign(folder):
    with zipfile.ZipFile(folder / "a.qdpx", "w") as z:
        z.writestr("project.qde", QDE)
        z.writestr("sources/a.txt", TALK)
        z.writestr("sources/b.txt", "Hanya catatan lapangan tentang kas.")
    land(find(folder / "a.qdpx", "in")(folder / "a.qdpx"), folder / "s")
    return folder / "s"


def out(study, path):
    find(path, "out")(open_study(study), path)
    return etree.fromstring(zipfile.ZipFile(path).read("project.qde"))


def said(root):
    """Variables, values, descriptions and names of sources and cases."""
    names = {v.get("guid"): v.get("name") for v in root.iter("{*}Variable")}
    return [(e.get("name"), e.findtext("{*}Description"), [(names[v[0].get("targetGUID")], v[1].text) for v in e.findall("{*}VariableValue")]) for e in [*root.iter("{*}Case"), *root.iter("{*}TextSource")]], sorted(names.values())


def tables(study):
    return {name: (study / "corpus" / f"{name}.csv").read_text() for name in ("documents", "speakers", "cases")}


def test_nothing_is_gained(tmp_path):
    study = foreign(tmp_path)
    assert "interview" in tables(study)["documents"] and "researcher" in tables(study)["speakers"]  # we guess, for our own use
    assert said(out(study, tmp_path / "b.qdpx")) == said(etree.fromstring(QDE.encode()))


def test_and_here_nothing_is_lost(tmp_path):
    study = foreign(tmp_path)
    out(study, tmp_path / "b.qdpx")
    land(find(tmp_path / "b.qdpx", "in")(tmp_path / "b.qdpx"), tmp_path / "s2")
    assert tables(tmp_path / "s2") == tables(study)
    assert said(out(tmp_path / "s2", tmp_path / "c.qdpx")) == said(out(study, tmp_path / "b.qdpx"))


def changed(study, table, change):
    path = study / "corpus" / f"{table}.csv"
    rows = list(csv.DictReader(path.open()))
    change(rows)
    with path.open("w", newline="") as f:
        writer = csv.DictWriter(f, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_what_somebody_set_does_leave(tmp_path):
    study = foreign(tmp_path)
    changed(study, "documents", lambda rows: rows[0].update(kind="focus-group", consent="quote"))
    changed(study, "cases", lambda rows: rows[0].update(outcome="grew"))
    _, variables = said(root := out(study, tmp_path / "b.qdpx"))
    assert variables == sorted(["Desa", "case", "consent", "description", "kind", "language", "outcome", "source", "speakers"])
    values = {name: dict(v) for name, _, v in said(root)[0]}
    assert values[next(n for n in values if n.startswith("Wawancara"))]["kind"] == "focus-group" and not values["Catatan"]
    land(find(tmp_path / "b.qdpx", "in")(tmp_path / "b.qdpx"), tmp_path / "s2")
    assert tables(tmp_path / "s2") == tables(study)


def test_a_role_that_was_mended_leaves_with_its_document(tmp_path):
    study = foreign(tmp_path)
    changed(study, "speakers", lambda rows: rows[0].update(role="officer", speaker="Bu Wati"))
    root = out(study, tmp_path / "b.qdpx")
    assert "speakers" in said(root)[1]
    land(find(tmp_path / "b.qdpx", "in")(tmp_path / "b.qdpx"), tmp_path / "s2")
    assert tables(tmp_path / "s2") == tables(study)
