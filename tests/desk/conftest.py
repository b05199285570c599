"""A study of two interviews, a JupyterLab on it and a page of Chromium."""

import pytest

from tests.desk import lab
from tests.desk.lab import BOOK, TEXT


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    root = tmp_path_factory.mktemp("lab")
    for name in ("corpus/transcripts", "corpus/codings", "codebooks"):
        (root / name).mkdir(parents=True)
    (root / "corpus/transcripts/a1.txt").write_text(TEXT, encoding="utf-8")
    (root / "corpus/transcripts/b1.txt").write_text(TEXT.replace("Kasnya", "Uangnya"), encoding="utf-8")
    (root / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\na1,interview,A,id,,,,quote\nb1,interview,B,id,,,,quote\n")
    (root / "corpus/speakers.csv").write_text("document,label,speaker,role\na1,P,R,researcher\na1,N,SITI,member\nb1,P,R,researcher\nb1,N,TUTI,officer\n")
    (root / "codebooks/small.yml").write_text(BOOK, encoding="utf-8")
    start = "import kube_research as kr\nstudy = kr.open_study('.')\nbook = study.codebook('small')\n"
    for coder in ("ani", "budi", "cici", "dodi", "eka", "fina", "gita", "hani"):
        lab.notebook(root, coder, start + f"kr.desk(study, codebook=book, coder='{coder}', suggestions=kr.autocode(study.corpus, book))")
    lab.notebook(root, "page", "import kube_research as kr\nkr.coding_page()")
    return root


@pytest.fixture(scope="module")
def server(place):
    with lab.jupyterlab(place) as there, lab.chromium() as browser:
        yield *there, browser


@pytest.fixture
def page(server):
    context = server[2].new_context(viewport={"width": 1400, "height": 900})
    p = context.new_page()
    p.problems = []
    p.on("pageerror", lambda e: p.problems.append(str(e)))
    yield p
    context.close()
