"""The demo study through other programs and back: `python benchmarks/interchange.py [--offline]`.

Taguette (its own code opens our database, reads every highlight, and copies the project into a new database), pyrefiqda (reads our .qdpx), Exegete
(writes a QualCoder 4.0 project; QualCoder itself is not on PyPI) come from PyPI into `.cache/interchange-venv`.  Last, a .qdpx of 10,000 codings
against a bare pass of zip and expat over the same file, as ratios of the same run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
import unicodedata
import venv
import zipfile
from collections import Counter
from pathlib import Path
from xml.parsers import expat

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PEERS = ("taguette==1.5.2", "setuptools<80", "exegete", "pyrefiqda")
FOLDER = ROOT / ".cache/interchange-venv"

TAGUETTE = """
import json, sys
from taguette import database, extract
from taguette.database import models as m, copy
import bs4
db = database.connect("sqlite:///" + sys.argv[1])()
out = []
for h in db.query(m.Highlight).all():
    words = bs4.BeautifulSoup(extract.extract(h.document.contents, h.start_offset, h.end_offset), "html5lib").get_text()
    out += [[h.document.name, words, t.path] for t in h.tags]
new = database.connect("sqlite:///" + sys.argv[2])()
if not new.query(m.User).filter_by(login="admin").first():
    new.add(m.User(login="admin")); new.commit()
copy.copy_project(db, new, 1, "admin")
new.commit()
print(json.dumps(out))
"""
PYREFIQDA = """
import json, sys
from pyrefiqda import RefiProject
p = RefiProject.load(sys.argv[1], extract_dir=sys.argv[2])
RefiProject.save(p, sys.argv[3], sys.argv[2])
print(json.dumps("read and written again"))
"""
QUALCODER = """
import json, sqlite3, sys
from pathlib import Path
from exegete import new_project
folder = Path(sys.argv[1]); folder.mkdir()
rows = json.loads(Path(sys.argv[2]).read_text())
new_project.build_database(folder / "data.qda", new_project.creation_statements("tuti", new_project.about_line("1"), "2024-01-02 03:04:05"))
db = sqlite3.connect(folder / "data.qda")
for i, (name, text) in enumerate(rows["texts"].items(), 1):
    db.execute("INSERT INTO source (id,name,fulltext,memo,owner,date) VALUES (?,?,?,?,?,?)", (i, name, text, "", "tuti", "2024-01-02 03:04:05"))
ids = {n: i for i, n in enumerate(rows["texts"], 1)}
codes = {c: i for i, c in enumerate(sorted({r[4] for r in rows["codings"]}), 1)}
db.executemany("INSERT INTO code_name (cid,name,memo,owner,date,color) VALUES (?,?,'','tuti','2024-01-02 03:04:05','#FF0000')", [(i, c) for c, i in codes.items()])
for d, a, b, q, c, who in rows["codings"]:
    db.execute("INSERT OR IGNORE INTO code_text (cid,fid,seltext,pos0,pos1,owner,date,memo) VALUES (?,?,?,?,?,?,?,'')", (codes[c], ids[d], q, a, b, who, "2024-01-02 03:04:05"))
db.commit()
print(json.dumps(db.execute("SELECT count(*) FROM code_text").fetchone()[0]))
"""


def peer(script: str, *arguments: str) -> object:
    """What a peer prints as JSON; its last lines where it fails."""
    python = FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = subprocess.run([python, "-c", script, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        return "failed: " + done.stderr.strip()[-300:].replace("\n", " ")
    return json.loads(done.stdout.strip().splitlines()[-1])


def rows(study, *columns: str) -> list[tuple]:
    return sorted(study.codings().full[list(columns)].itertuples(index=False, name=None))


def flat(words: str) -> str:
    return "".join(unicodedata.normalize("NFC", words).split())


def main() -> int:
    from kube_research.exchange.landing import land
    from kube_research.exchange.registry import find
    from kube_research.study import open_study

    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--offline", action="store_true", help="install nothing; peers that are not there are left out")
    options = p.parse_args()
    if not FOLDER.exists() and not options.offline:
        venv.create(FOLDER, with_pip=True)
        subprocess.run([FOLDER / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PEERS], check=True, stderr=subprocess.DEVNULL)
    study = open_study(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        t = Path(folder)
        if FOLDER.exists():
            lost = find(t / "d.sqlite3", "out")(study, t / "d.sqlite3")
            theirs = peer(TAGUETTE, str(t / "d.sqlite3"), str(t / "copied.sqlite3"))
            if isinstance(theirs, str):
                print("Taguette", theirs)
            else:
                mine = Counter((d, flat(q), c) for d, q, c in rows(study, "document", "quote", "code"))
                same = sum((mine & Counter((d, flat(q), c) for d, q, c in theirs)).values())
                print(f"Taguette reads {same} of {sum(mine.values())} codings on the same words and code in the database we write")
                landed = land(find(t / "copied.sqlite3", "in")(t / "copied.sqlite3"), t / "s1")
                back = rows(open_study(t / "s1"), "document", "start", "end", "quote", "code", "polarity")
                meant = rows(study, "document", "start", "end", "quote", "code", "polarity")
                print(f"copied by Taguette into a new database and back here: {sum((Counter(back) & Counter(meant)).values())} of {len(meant)} codings the same (document, place, words, code, polarity)")
                print("  told at export: " + "; ".join(lost))
                print("  told at import: " + ("; ".join(landed.losses) or "nothing"))
            find(t / "d.qdpx", "out")(study, t / "d.qdpx")
            said = peer(PYREFIQDA, str(t / "d.qdpx"), str(t / "extracted"), str(t / "again.qdpx"))
            if (t / "again.qdpx").exists():
                land(find(t / "again.qdpx", "in")(t / "again.qdpx"), t / "s3")
                columns = ("document", "start", "end", "quote", "code", "polarity", "coder", "created")
                said = f"{sum((Counter(rows(open_study(t / 's3'), *columns)) & Counter(rows(study, *columns))).values())} of {len(study.codings())} codings the same after it read and wrote our .qdpx"
            print("pyrefiqda:", said)
            texts = {d.id: d.text for d in study.corpus}
            codings = [[d, len(texts[d][:a].encode("utf-16-le")) // 2, len(texts[d][:b].encode("utf-16-le")) // 2, q, c, who] for d, a, b, q, c, who in rows(study, "document", "start", "end", "quote", "code", "coder")]
            (t / "rows.json").write_text(json.dumps({"texts": texts, "codings": codings}), encoding="utf-8")
            n = peer(QUALCODER, str(t / "q.qda"), str(t / "rows.json"))
            if isinstance(n, str):
                print("QualCoder layout:", n)
            else:
                land(find(t / "q.qda", "in")(t / "q.qda"), t / "s2")
                back = set(rows(open_study(t / "s2"), "document", "start", "end", "quote", "code", "coder"))
                meant = set(rows(study, "document", "start", "end", "quote", "code", "coder"))
                print(f"QualCoder 4.0 layout written by Exegete, read here: {len(back & meant)} of {n} codings the same")
        else:
            print("Peers missing: run once without --offline.")
        speed(t)
    return 0


def speed(t: Path) -> None:
    """10,000 codings in and out, beside a bare pass over the same file."""
    from benchmarks import corpora
    from kube_research.exchange.landing import land
    from kube_research.exchange.registry import find
    from kube_research.study import open_study

    corpora.study(t / "big", corpora.SIZES["S"])
    study = open_study(t / "big")
    path = t / "big.qdpx"

    def bare() -> float:
        began = time.perf_counter()
        with zipfile.ZipFile(path) as z:
            data = {n: z.read(n) for n in z.namelist()}
        expat.ParserCreate().Parse(data["project.qde"], True)
        with zipfile.ZipFile(t / "bare.zip", "w", zipfile.ZIP_DEFLATED) as z:
            for n, b in data.items():
                z.writestr(n, b)
        return time.perf_counter() - began

    began = time.perf_counter()
    find(path, "out")(study, path)
    out = time.perf_counter() - began
    began = time.perf_counter()
    project = find(path, "in")(path)
    read = time.perf_counter() - began
    land(project, t / "back")
    come = time.perf_counter() - began
    base = min(bare() for _ in range(3))
    print(f"10,000 codings: bare zip and expat, in and out, 1; reading {read / base:.1f}; reading and storing as a study {come / base:.1f}; export, read back and compared {out / base:.1f}  (bare: {base * 1000:.0f} ms)")


if __name__ == "__main__":
    raise SystemExit(main())
