"""Shared by the tests: a small study on disk, the seeds where they are present, the language of the interface."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("KUBE_LANG", "en")
os.environ.setdefault("PYTHONHASHSEED", "0")
os.environ.setdefault("MPLBACKEND", "agg")

ROOT = Path(__file__).resolve().parent.parent

# what takes longest is begun first, so that no core idles at the end; browsers wait for much and stand apart from what computes
LONGEST = (
    "tests/desk/test_desk_browser.py", "tests/desk/test_synced_browser.py", "tests/scale/test_apply.py", "tests/test_history.py", "tests/desk/test_bad_input_browser.py", "tests/test_bench.py", "tests/test_shelf.py",
    "tests/report/test_browser.py", "tests/test_blocks.py", "tests/desk/test_spoken_browser.py", "tests/test_words_kept.py", "tests/report/test_page.py", "tests/desk/test_coding_page_browser.py", "tests/test_branch_names.py",
    "tests/desk/test_tree_browser.py", "tests/test_branches.py", "tests/test_decisions_browser.py", "tests/test_every_step.py", "tests/desk/test_deciding_browser.py", "notebooks/06-metode.ipynb", "tests/desk/test_notebook7_browser.py",
    "tests/desk/test_desk.py", "notebooks/07-metode-pada-studi.ipynb", "tests/test_chapter.py", "tests/test_privacy.py", "tests/test_codebook.py", "tests/exchange/test_annotations.py", "notebooks/08-skala.ipynb",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: i for i, name in enumerate(LONGEST)}

    def place(item: pytest.Item) -> int:
        name = item.nodeid.partition("::")[0]
        return rank.get(name, len(rank) + (0 if name.endswith(".ipynb") or "browser" in name else 1))

    items.sort(key=place)

BOOK = """codebook: small
version: "1.0.0"
title: {id: Kecil, en: Small}
masks: [KUBE Kompak Jaya]
codes:
  - id: s.meet
    name: {id: Rapat, en: Meeting}
    definition: {id: Rapat diadakan., en: A meeting is held.}
    indicators:
      id: ["~ajak ..3 rapat", "rapat rutin", "~kumpul ..3 (tiap|saban) minggu"]
      en: ["we met ..2 every"]
  - id: s.close
    name: {id: Kompak, en: Close}
    definition: {id: Kompak., en: Close.}
    indicators:
      id: ["~kompak", {match: masing-masing aja, polarity: absent}]
  - id: s.none
    name: {id: Tidak diajak, en: Not asked}
    definition: {id: Tidak diajak., en: Not asked.}
    negation: own
    indicators:
      id: ["@neg pernah ..3 ~ajak"]
"""

TRANSCRIPT_A = """# Status: sintetis (synthetic)

P: Apa Ibu diajak rapat?
N: Iya, diajak rapat sama ketua. (P: kompak ya?) Nggak kompak kok. 😀 Kasnya sih ada.

[00:01:05] P: Katanya rapat rutin. Terus?
[00:01:09] N: Nggak pernah ada yang ngajak saya urunan. KUBE Kompak Jaya itu namanya.
"""
TRANSCRIPT_B = """# Status: sintetis (synthetic)

P: Bagaimana kelompoknya?
N: Kompak banget. Kumpul di rumah saya saban minggu, rapat rutin mah jalan terus.
Ketua: Sekarang masing-masing aja sih.
"""


@pytest.fixture
def study_dir(tmp_path: Path) -> Path:
    """A study of two interviews and one codebook."""
    root = tmp_path / "study"
    for name in ("corpus/transcripts", "corpus/codings", "codebooks", "notebooks"):
        (root / name).mkdir(parents=True)
    (root / "corpus/transcripts/a1.txt").write_text(TRANSCRIPT_A, encoding="utf-8", newline="\n")
    (root / "corpus/transcripts/b1.txt").write_text(TRANSCRIPT_B, encoding="utf-8", newline="\n")
    (root / "corpus/documents.csv").write_text("document,kind,case,language,date,source,sha256,consent\na1,interview,A,id,2024-01-01,,,\nb1,interview,B,id,2024-01-02,,,\n", encoding="utf-8")
    (root / "corpus/speakers.csv").write_text("document,label,speaker,role\na1,P,R1,researcher\na1,N,SITI,member\nb1,P,R1,researcher\nb1,N,TUTI,member\nb1,Ketua,KARTO,officer\n", encoding="utf-8")
    (root / "corpus/cases.csv").write_text("case,name,outcome\nA,KUBE A,gagal\nB,KUBE B,berhasil\n", encoding="utf-8")
    (root / "codebooks/small.yml").write_text(BOOK, encoding="utf-8")
    return root


@pytest.fixture
def study(study_dir: Path):
    from kube_research.study import open_study

    return open_study(study_dir)


@pytest.fixture(autouse=True)
def _english():
    from kube_research import words

    with words.using("en"):
        yield


@pytest.fixture
def seeds() -> Path:
    """The folder of the five seed documents, where it lies beside the project."""
    folder = ROOT.parent / "shared" / "seeds"
    if not folder.is_dir():
        pytest.skip("the seed documents are not beside this checkout")
    return folder
