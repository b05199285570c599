"""The report as a file: the same bytes, nothing from outside, nobody's withheld words, what is not proven "not recorded"."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

import kube_research as kr
from kube_research.cli import main
from kube_research.journal import Journal
from kube_research.report.page import render
from kube_research.words import using
from tests.report.studies import small


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return kr.open_study(small(tmp_path_factory.mktemp("report") / "study"))


@pytest.fixture(scope="module")
def page(study):
    with using("en"):
        return render(study)


def data_of(page):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S).group(1))


def rows_of(page, anchor):
    part = page[page.index(f'id="{anchor}"'):]
    return re.findall(r"<tr>.*?</tr>", part[:part.index("</table>")], re.S)


def test_the_same_study_gives_the_same_bytes(study, page, tmp_path):
    with using("en"):
        assert render(kr.open_study(study.root)) == page


def test_one_file_strict_policy_and_nothing_from_outside(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    scripts, styles = re.findall(r"<script>(.*?)</script>", page, re.S), re.findall(r"<style>(.*?)</style>", page, re.S)
    assert len(scripts) == len(styles) == 1
    for part, name in ((scripts[0], "script-src"), (styles[0], "style-src")):
        assert f"{name} 'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'" in policy
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert not re.search(r'(?:src|href)="(?!#|data:image/svg)', page) and not re.search(r"\son\w+=|style=\"", re.sub(r"<script.*?</script>|src=\"data[^\"]*\"", "", page, flags=re.S).replace("&lt;img src=x onerror=window.hacked=1&gt;", ""))
    assert page.count("</script>") == 2


def test_withheld_words_are_nowhere_in_the_file(page):
    for words in ("RAHASIASEKALI", "DITARIKSEKALI", "HANYAANALISIS"):
        assert words not in page
    assert "WATI" not in page  # who withdrew is not named
    assert "A1-SRI" in page  # who may not be quoted is still counted


def test_offsets_are_utf16(page):
    data = data_of(page)
    found = {data["documents"][c[0]]["text"].encode("utf-16-le")[2 * c[1]:2 * c[2]].decode("utf-16-le") for c in data["codings"]}
    assert {"<b>diajak</b> rapat", "😀 kompak terus", "Nggak pernah ada rapat rutin"} <= found
    assert all(not f.strip("░ ") for f in found if "░" in f) and any("░" in f for f in found)


def test_coreq_and_srqr_never_say_met(study, page):
    assert len(rows_of(page, "coreq")) == 33 and len(rows_of(page, "srqr")) == 22  # with the head
    part = page[page.index('id="checklists"'):page.index('id="audit"')]
    assert not re.search(r"\bmet\b|\bfulfilled\b|terpenuhi|compliant", part, re.I)
    for number in (*range(1, 9), 9, 10, 11, 13, 15):  # what only a person can state
        row = next(r for r in rows_of(page, "coreq") if f'<td class="num">{number}</td>' in r)
        assert "not recorded" in row, row
    for number, says in ((12, "informants"), (24, "ani, budi"), (27, "kube_research"), (29, "quotations"), (30, "2 claims, 1 without a segment")):
        assert says in next(r for r in rows_of(page, "coreq") if f'<td class="num">{number}</td>' in r)


def test_what_the_researcher_states_is_said_to_be_stated(study):
    path = study.root / "corpus/methods.csv"
    path.write_text("item,statement\ncoreq.10,purposive <b>\nlg.prolonged,three months\n", encoding="utf-8")
    try:
        page = render(kr.open_study(study.root), without=("figures", "agreement", "rules"))
        path.write_text("item,statement\ncoreq.33,x\n", encoding="utf-8")
        with pytest.raises(kr.KubeError, match=r"methods.csv:2.*'coreq.33'"):
            render(study, without=("figures", "agreement", "rules"))
    finally:
        path.unlink()
    row = next(r for r in rows_of(page, "coreq") if '<td class="num">10</td>' in r)
    assert "stated by the researcher: purposive &lt;b&gt;" in row
    assert "three months" in page


def test_trustworthiness_points_to_evidence(page):
    part = page[page.index('id="trust"'):page.index('id="checklists"')]
    for name in ("credibility", "transferability", "dependability", "confirmability"):
        assert f'id="lg-{name}"' in part
    assert "Triangulasinya mana?" in part and "codings against the majority" in part
    anchors = set(re.findall(r'<a href="#([\w-]+)"', part))
    assert anchors and all(f'id="{a}"' in page for a in anchors)


def test_what_a_supervisor_asks_first(study):
    from kube_research.report.facts import attention

    with using("en"):
        found = {n.id: [str(t) for t, _ in n.items] for n in attention(study, study.codings())}
    assert found["unused"] == ["Money (s.money)"] and found["silent"] == []
    assert found["undefined"] == [] and "2 speakers" in found["withdrawn"][0]


@pytest.mark.parametrize("name", ["rules", "agreement", "saturation", "figures", "checklists", "memos", "claims"])
def test_parts_can_be_left_out(study, name):
    page = render(study, without=(name, "figures", "agreement", "rules"))
    assert ('id="checklists"' in page) == (name != "checklists") and ('id="memos"' in page) == (name != "memos")
    if name in ("agreement", "saturation"):
        assert f'id="{name}"' not in page


def test_bad_options(study, tmp_path, capsys):
    for arguments, says in ((["--without", "agrement"], "agreement"), (["--since", "yesterday"], "no time, report or comments file"), (["--output", str(tmp_path / "x.odt")], ".html")):
        full = ["report", "--study", str(study.root), "--no-rules", *(["--output", str(tmp_path / "x.html")] if "--output" not in arguments else []), *arguments]
        assert main(full) == 2 and says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_changes_since_a_time_and_since_an_earlier_report(study, page, tmp_path):
    with using("en"):
        told = render(study, since="2026-02-02", without=("figures", "agreement", "rules"))
        part = told[told.index('id="changes"'):told.index('class="glance"')]
        assert "budi: " in part and "ani: " not in part
        old = tmp_path / "old.html"
        old.write_text(page.replace('"small":"1.0.0"', '"small":"0.9.0"'), encoding="utf-8")
        told = render(study, since=str(old), without=("figures", "agreement", "rules"))
        part = told[told.index('id="changes"'):told.index('class="glance"')]
        assert "codebook small: 0.9.0 → 1.0.0" in part and "new coding" not in part


def test_a_campus_replaces_a_template_and_adds_to_the_style(study):
    folder = study.root / "templates/report/parts"
    folder.mkdir(parents=True)
    try:
        (folder / "foot.html.j2").write_text("<footer class='page'>Universitas {{ title }} {{ ''.__class__.__mro__ if false }}</footer>", encoding="utf-8")
        (folder.parent / "report.css").write_text("h1 { color: maroon; }", encoding="utf-8")
        page = render(study, without=("figures", "agreement", "rules"))
        assert "Universitas study" in page and "h1 { color: maroon; }</style>" in page
        (folder / "foot.html.j2").write_text("{{ ''.__class__.__mro__ }}", encoding="utf-8")
        with pytest.raises(kr.KubeError, match="foot.html.j2"):
            render(study, without=("figures", "agreement", "rules"))
        (folder / "foot.html.j2").write_text("{% if", encoding="utf-8")
        with pytest.raises(kr.KubeError, match="foot.html.j2"):
            render(study, without=("figures", "agreement", "rules"))
        (folder / "foot.html.j2").unlink()
        (folder.parent / "report.css").write_text("</style><script>", encoding="utf-8")
        with pytest.raises(kr.KubeError, match="report.css"):
            render(study, without=("figures", "agreement", "rules"))
    finally:
        import shutil

        shutil.rmtree(study.root / "templates")


def test_an_empty_study_has_a_report(tmp_path):
    for name in ("corpus", "codebooks"):
        (tmp_path / "s" / name).mkdir(parents=True)
    (tmp_path / "s/corpus/documents.csv").write_text("document\n")
    assert "No codings yet." in render(kr.open_study(tmp_path / "s"))


def test_both_languages_are_in_the_page(page):
    texts = re.findall(r'<span class="l-id" lang="id">(.*?)</span><span class="l-en" lang="en">(.*?)</span>', page, re.S)
    assert len(texts) > 100 and all(a and b for a, b in texts)


def test_a_claim_is_shown_with_its_bound_numbers(study, page):
    words = re.findall(r'<p class="words"><bdi>(.*?)</bdi></p>', page)
    assert words[0] == f"Kelompok &lt;i&gt;yang&lt;/i&gt; rapat: {kr.bind(study, '{persons code=s.meet}', language='id')}." and words[1] == "Tanpa bukti apa pun."


def test_memos_stand_in_the_report(study):
    study.journal("ani", "a1").append({"event": "memo", "about": "document", "text": "Terlihat <b>lelah</b>."})
    study.journal("ani", "a1").append({"event": "memo", "about": "code:s.meet", "text": "Apa itu rapat?"})
    page = render(study, without=("figures", "agreement", "rules"))
    part = page[page.index('id="memos"'):page.index('id="trust"')]
    assert "Terlihat &lt;b&gt;lelah&lt;/b&gt;." in part and "code:s.meet" in part
    assert "2 memo" in page[page.index('id="lg-confirmability"'):]


def test_another_process_gives_the_same_bytes_too(study, tmp_path):
    import os
    import subprocess
    import sys

    made = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.html"
        subprocess.run([sys.executable, "-m", "kube_research", "report", "--study", str(study.root), "--output", str(path)], env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_code_and_recode_is_evidence_where_a_coder_has_a_second_journal(tmp_path):
    import shutil

    study = kr.open_study(small(tmp_path / "study"))
    known = render(study, without=("figures", "saturation"))
    row = known[known.index("Code–recode"):][:400]
    assert "not recorded" in row
    shutil.copytree(study.root / "corpus/codings/ani", study.root / "corpus/codings/ani-2")
    for path in (study.root / "corpus/codings/ani-2").glob("*.jsonl"):
        path.unlink()
    for d in ("a1", "b1"):
        for c in study.journals("ani"):
            if c.path.stem == d:
                state = c.state()
                for coding in state.codings.values():
                    Journal(study.root / f"corpus/codings/ani-2/{d}.jsonl", "ani-2").code(replace(coding, id=coding.id[::-1], coder="ani-2"))
    again = render(kr.open_study(study.root), without=("figures", "saturation"))
    row = again[again.index("Code–recode"):][:500]
    assert "ani – ani-2: α = 1.00" in row and "2 documents" in row and "not recorded" not in row
