"""The faces of the statistics: frames printed, refusals, and figures that a reader can count by hand."""


import numpy as np
import pandas as pd
import pytest

import kube_research as kr
from kube_research.comparison import _least, _powerless

LIPSET = {"dev": [0.81, 0.99, 0.58, 0.16, 0.58, 0.98, 0.89, 0.04, 0.07, 0.72, 0.34, 0.98, 0.02, 0.01, 0.01, 0.03, 0.95, 0.98], "lit": [0.99, 0.98, 0.98, 0.98, 0.99, 0.99, 0.99, 0.13, 0.88, 0.98, 0.41, 0.99, 0.59, 0.01, 0.17, 0.09, 0.99, 0.99],
          "surv": [0.05, 0.95, 0.89, 0.12, 0.77, 0.95, 0.05, 0.06, 0.42, 0.92, 0.05, 0.95, 0.12, 0.05, 0.21, 0.06, 0.95, 0.95]}  # fmt: skip


@pytest.fixture(scope="module")
def study():
    return kr.open_study()


@pytest.fixture(autouse=True)
def english():
    kr.use_language("en")
    yield
    kr.use_language(None)


def stated(f):
    assert all(word in f.note for word in ("Unit:", "n =", "Coders:", "Rule:", "Missing:"))
    assert "may not be concluded" in f.meaning or "may be generalised" in f.meaning or "may not be called" in f.meaning
    assert f.meaning in repr(f)


def test_saturation_counts_new_codes_in_the_order_given(study):
    codings = study.codings(coder="dian", kind="interview")
    order = sorted(d.id for d in codings.corpus)[::-1]
    f = kr.saturation(codings, conception="code", order=order)
    stated(f)
    seen = set()
    for document, new in zip(f.frame["interview"], f.frame["new"], strict=True):
        codes = set(codings.where(document=document).frame["code"])
        assert len(codes - seen) == new
        seen |= codes
    assert f.frame["total"].iloc[-1] == len(seen) and (f.frame["low"] <= f.frame["high"]).all()
    assert [*f.frame["interview"]] == order


def test_saturation_says_what_came_after_the_point(study):
    f = kr.saturation(study.codings(coder="dian", kind="interview"), conception="meaning")
    assert "of them after that point" in f.meaning and "meaning" in f.more


def test_saturation_is_refused(study):
    codings = study.codings(coder="dian")
    with pytest.raises(kr.KubeError, match="reflexive"):
        kr.saturation(codings, conception="code", approach="reflexive")
    with pytest.raises(kr.KubeError, match="conception"):
        kr.saturation(codings, conception="theory")
    with pytest.raises(kr.KubeError, match="LD99"):
        kr.saturation(codings, conception="code", order=["LD99"])
    with pytest.raises(kr.KubeError, match="no codings"):
        kr.saturation(codings.where(code="none"), conception="code")


def test_two_cases_are_described_even_by_person(study):
    codings = study.codings(coder="dian").where(case=["lentera", "sinar"])
    for unit in ("case", "person"):
        f = kr.compare(codings, unit=unit)
        stated(f)
        assert "Description only" in f.meaning and "single case" in f.meaning
        assert list(f.frame.columns) == ["code", "berhasil", "gagal"]


def test_groups_too_small_for_any_test_are_described(study):
    f = kr.compare(study.codings(coder="dian"), groups=("berhasil", "gagal"))
    assert "smallest possible p is 0.333" in f.meaning and "p" not in f.frame
    assert _powerless([3, 3]) and not _powerless([4, 4]) and not _powerless([3, 4])


def test_roles_within_cases_are_tested_with_persons_as_units(study):
    codings = study.codings(coder="dian").where(case=["lentera", "sinar"])
    f = kr.compare(codings, "role", unit="person", groups=("member", "officer"))
    stated(f)
    row = f.frame.set_index("code").loc["part.passive"]
    people = codings.frame.query("code == 'part.passive'").groupby("role")["speaker"].nunique()
    assert row["member"].split("/")[0] == str(people["member"]) and 0 <= row["smallest"] <= row["p"] <= row["q"] <= 1
    assert row["or_low"] < row["odds_ratio"] < row["or_high"]


def test_smallest_p_of_a_table_is_that_of_fisher():
    from scipy.stats import fisher_exact

    for a, b, hits in ((3, 3, 3), (4, 5, 2), (6, 2, 5)):
        tables = [[[k, a - k], [hits - k, b - hits + k]] for k in range(hits + 1) if k <= a and 0 <= hits - k <= b]
        assert _least(tables[0]) == pytest.approx(min(fisher_exact(t).pvalue for t in tables))


def test_the_same_persons_at_two_times(study):
    codings = study.codings(coder="dian").where(kind="session")
    f = kr.compare(codings, "session", unit="person", groups=("1", "8"), paired=True)
    assert "p" not in f.frame and "smallest possible p 0.125" in f.meaning and f.n == 4
    with pytest.raises(kr.KubeError, match="two groups"):
        kr.compare(codings, "session", unit="person", paired=True)
    assert "paired=True" in kr.compare(codings, "session", unit="person", groups=("1", "8")).meaning


def test_keyness_counts_words_of_informants_only(study):
    f = kr.keyness(study.corpus.where(kind="interview"), groups=("berhasil", "gagal"))
    stated(f)
    assert (f.frame["g2"].diff().dropna() <= 0).all() and f.frame["documents"].min() >= 1 and f.frame["dp"].between(0, 1).all()
    with pytest.raises(kr.KubeError, match="gagl"):
        kr.keyness(study.corpus, groups=("berhasil", "gagl"))


def test_qca_reproduces_lipset_and_names_every_model():
    f = kr.qca(pd.DataFrame(LIPSET), "surv", ["dev", "lit"])
    stated(f)
    necessity = f.more["necessity"].set_index("condition").loc["lit"]
    assert tuple(necessity) == (0.991, 0.643, 0.509)
    assert f.n == 18 and "WARNING" not in f.meaning and "calibration constant 3" in f.note
    models = f.more["models"]
    assert models.empty and "no row has outcome 1" in f.note


def test_qca_reproduces_rihoux_and_de_meur_2009():
    from tests.stats.data import CONDITIONS, CRISP, CRISP_SURVIVED

    data = pd.DataFrame(CRISP, columns=list(CONDITIONS)).assign(SURV=CRISP_SURVIVED)
    models = kr.qca(data, "SURV", list(CONDITIONS)).more["models"].set_index("solution")["formula"]
    assert models["conservative"] == "DEV*~URB*LIT*STB + DEV*LIT*IND*STB → SURV"  # p. 57
    assert models["parsimonious"] == "DEV*STB → SURV"  # p. 60


def test_qca_shows_calibration_and_warns_with_few_cases():
    raw = pd.DataFrame({"gnp": [720, 560, 1098, 350.0], "x": [1, 0, 1, 0], "z": [1, 1, 0, 0]}, index=list("ABCD"))
    three, r = (kr.qca(raw, "z", ["gnp", "x"], anchors={"gnp": (400, 550, 900)}, constant=c).more["memberships"]["gnp"] for c in (3.0, np.log(19)))
    assert three.iloc[0] == pytest.approx(0.811, abs=0.001) and not np.allclose(three, r)
    f = kr.qca(raw, "z", ["gnp", "x"], anchors={"gnp": (400, 550, 900)})
    assert "WARNING: 4 cases for 2 conditions" in f.meaning
    f = kr.qca(raw.assign(z=[1, 1, np.nan, 0]), "z", ["x"])
    assert "C" in f.note and f.n == 3


@pytest.mark.parametrize(("change", "match"), [({"x": [0.5, 0, 1]}, "0.5"), ({"x": [2, 0, 1]}, "memberships"), ({"y": ["a", "b", "c"]}, "not a number")])
def test_qca_refuses(change, match):
    raw = pd.DataFrame({"x": [0.0, 1, 1], "y": [0, 1, 1]}).assign(**change)
    with pytest.raises(kr.KubeError, match=match):
        kr.qca(raw, "y", ["x"])


def test_xy_plot_shows_every_case_and_both_fits():
    """Lipset, conservative formula at cut .80: the fit under the picture is R QCA's .8698 and .6585."""
    from tests.stats.data import CONDITIONS, COUNTRIES, LIPSET_FUZZY

    f = kr.qca(pd.DataFrame(LIPSET_FUZZY, index=COUNTRIES), "SURV", list(CONDITIONS), pri=0)
    picture = kr.plot.xy(f, f.more["models"].set_index("solution")["formula"]["conservative"])
    assert "consistency 0.870, coverage 0.658" in picture.alt and all(c in picture.alt for c in COUNTRIES) and "5 of 18 cases below" in picture.alt
    assert picture.png()[:4] == b"\x89PNG" and "title" in picture.svg()
    with pytest.raises(kr.KubeError, match="DEV"):
        kr.plot.xy(f, "DEVV*STB")
    with pytest.raises(kr.KubeError, match="no memberships"):
        kr.plot.xy(kr.Finding(pd.DataFrame(), "case", 0, "", ""), "A")


def test_heads_and_cells_are_indonesian_where_they_are_shown():
    f = kr.qca(pd.DataFrame(LIPSET), "surv", ["dev", "lit"], consistency=0.7)
    assert "solution" in f.more["models"].columns
    kr.use_language("id")
    page = f._repr_html_()
    assert "<th>solusi</th>" in page and "konservatif" in page and "<h4>keperluan</h4>" in page and "<th>consistency</th>" not in page
    assert "konsistensi" in repr(f)


def test_every_head_that_can_be_shown_has_an_indonesian_word(study):
    """Column names are English for programs; each has a word in Indonesian, or is the same in both."""
    from kube_research.finding import HEADS

    same = {"n", "p", "q", "v", "kappa", "pi", "conger", "fleiss", "bp", "ac1", "recall", "f1", "tp", "fp", "fn", "pri", "ron", "model", "g2", "dp", "mid_p", "mv_alpha", "alpha_u", "char_kappa", "u", "|u", "cu", "ku", "gamma"}
    dian = study.codings(coder="dian")
    hits = kr.autocode(study.corpus.where(case="lentera", kind="interview"), study.codebook("mentoring"))
    found = [kr.agreement(study, ["dian", "raka"], rounds=2), kr.agreement(study, ["dian", "raka"], unit="span", codes=["gd.goal", "gd.task"], gamma=True), kr.saturation(dian, conception="meaning", rounds=20), kr.compare(dian, "role", unit="person", groups=("member", "officer")),
             kr.compare(dian.where(kind="session"), "session", unit="person", groups=("1", "8"), paired=True), kr.keyness(study.corpus, groups=("berhasil", "gagal")), kr.qca(dian, "outcome", ["sc.trust"], success=("berhasil",)), kr.evaluate(hits, study.codings())]
    data = {"berhasil", "gagal", "member", "officer", "1", "8", "sc.trust", "outcome"}
    columns = {c for f in found for t in (f.frame, *f.more.values()) for c in t.columns} | {k for f in found for k in f.more}
    assert columns - same - data - set(HEADS) == set()


def test_qca_of_codings_takes_cases(study):
    f = kr.qca(study.codings(coder="dian"), "outcome", ["gd.goal", "sc.trust"], success=("berhasil",))
    assert f.n == 6 and f.frame["n"].sum() == 6 and (f.frame["contradictory"] == "yes").any()
    with pytest.raises(kr.KubeError, match="success"):
        kr.qca(study.codings(coder="dian"), "outcome", ["gd.goal"])


def test_evaluate_against_a_person_with_the_ceiling(study):
    hits = kr.autocode(study.corpus.where(kind="interview"), study.codebook("mentoring"))
    f = kr.evaluate(hits, study.codings())
    stated(f)
    assert f.coders == ("dian", "raka") and "Sampling plan" in f.meaning
    rows = f.frame.iloc[:-1]
    assert (rows["p_low"].dropna() <= rows["precision"].dropna()).all() and f.frame.iloc[-1]["tp"] == rows["tp"].sum()
    same = kr.evaluate(study.codings(coder="dian"), study.codings(coder="dian"))
    assert same.frame.iloc[-1]["f1"] == 1 and "ceiling is not known" in same.meaning
    with pytest.raises(kr.KubeError, match="coder"):
        kr.evaluate(hits, study.codings(), against="nobody")
    with pytest.raises(kr.KubeError, match="no codings by people"):
        kr.evaluate(hits, study.codings(coder="dian").where(code="none"))


def test_a_finding_escapes_what_it_shows_and_speaks_indonesian(study):
    kr.use_language("id")
    f = kr.compare(study.codings(coder="dian").where(case=["lentera", "sinar"]))
    assert "Hanya deskripsi" in f.meaning and "Satuan: kasus" in f.note
    odd = kr.Finding(pd.DataFrame({"a": ["<script>"]}), "<b>", 1, "r", "<i>m</i>")
    assert "<script>" not in odd._repr_html_() and "<i>" not in odd._repr_html_() and "<b>" not in odd._repr_html_()


# --- how good is the machine ------------------------------------------------------------------------------------------------


def _coded(study, coder, places):
    from kube_research.codings import make

    for document, words, code in places:
        text = study.corpus[document].text
        a = text.index(words)
        study.journal(coder, document).code(make(study.corpus, document, a, a + len(words), code))


@pytest.fixture
def judged(study_dir):
    """Informants' turns: a1 two, b1 two.  ani: s.close on a1/1, b1/1, b1/2; budi: a1/1, b1/1 and s.meet on b1/1."""
    study = kr.open_study(study_dir)
    _coded(study, "ani", [("a1", "Nggak kompak", "s.close"), ("b1", "Kompak banget", "s.close"), ("b1", "masing-masing", "s.close"), ("b1", "rapat rutin", "s.meet")])
    _coded(study, "budi", [("a1", "Nggak kompak", "s.close"), ("b1", "Kompak", "s.close")])
    return kr.open_study(study_dir)


def test_the_human_ceiling_is_the_second_persons_f1(judged):
    """budi against ani by hand: s.close 2 of 3 found, none wrong: F1 = 2·2/(3 + 2) = .8; s.meet 0 of 1: 0; all codes 2·2/(4 + 2) = .667."""
    hits = kr.autocode(judged.corpus, judged.codebook("small"))
    f = kr.evaluate(hits, judged.codings(), against="ani")
    assert f.frame.set_index("code")["human_f1"].dropna().to_dict() == {"s.close": 0.8, "s.meet": 0.0, "all codes": 0.667}
    assert f.coders == ("ani", "budi") and "F1 of two people (ani, budi) 0.67" in f.meaning and "rests on 2 of 2 documents" in f.note
    swapped = kr.evaluate(hits, judged.codings(), against="budi").frame.set_index("code")["human_f1"]
    assert swapped["s.close"] == 0.8  # F1 does not mind who is the reference


def test_the_machine_is_measured_on_the_ceilings_documents_too(judged):
    hits = kr.autocode(judged.corpus, judged.codebook("small"))
    only = judged.codings(coder="budi").where(document="a1") + judged.codings(coder="ani")
    f = kr.evaluate(hits, only, against="ani").frame.set_index("code")
    assert f.loc["s.close", "human_f1"] == 1 and "rests on 1 of 2" in kr.evaluate(hits, only, against="ani").note
    alone = kr.evaluate(hits, only.where(document="a1"), against="ani").frame.set_index("code")
    assert f.loc["s.close", "f1_there"] == alone.loc["s.close", "f1"]


def test_folds_of_fixed_rules_show_the_spread_and_say_that_nothing_was_learned(judged):
    hits = kr.autocode(judged.corpus, judged.codebook("small"))
    plain, folded = kr.evaluate(hits, judged.codings(), against="ani"), kr.evaluate(hits, judged.codings(), against="ani", folds=5)
    assert plain.frame.equals(folded.frame) and "nothing is learned" in folded.note and "ways" not in folded.more
    folds = folded.more["folds"]
    assert sorted(folds["documents"]) == ["a1", "b1"] and folds["tp"].sum() == plain.frame["tp"].iloc[-1] and folds["units"].sum() == plain.n
    for wanted, says in (({"folds": 1}, "two folds"), ({"folds": 2, "by": "person"}, "grouping"), ({"target": 1.0}, "between 0 and 1")):
        with pytest.raises(kr.KubeError, match=says):
            kr.evaluate(hits, judged.codings(), **wanted)
    with pytest.raises(kr.KubeError, match="two documents or more"):
        kr.evaluate(kr.autocode(judged.corpus.where(document="a1"), judged.codebook("small")), judged.codings(), folds=2)


def test_cross_validation_never_learns_from_the_fold(judged, monkeypatch):
    """The cue table is learned anew for every fold, of documents outside it only; the marks of a fold come from its own model."""
    import kube_research.learning as learning
    from kube_research.engine.cue_table import CueModel

    book = judged.codebook("small")
    path = book.path.with_suffix("").with_suffix(".cues.csv")
    table = CueModel(("s.close", "~absent"), {"kompak": 0}, np.array([[9.0, 0.0]]), np.array([-5.0, -9.0]), np.array([0.0, 0.0]))
    table.save(path)
    seen = []

    def learn(documents, spans, book, **more):
        seen.append(({d.id for d in documents}, {s[0] for s in spans}, set(more["judged"])))
        return (learning.Learned(CueModel.load(path), 1, {}, 1.0, 1.0, 1),)

    monkeypatch.setattr(learning, "learn_cues", learn)
    hits = kr.autocode(judged.corpus, judged.codebook("small"))
    assert hits._frame["rule"].str.startswith(("cues: ", "isyarat: ")).any()
    f = kr.evaluate(hits, judged.codings(), against="ani", folds=2)
    assert seen == [({d}, {d}, {d}) for d in (x for fold in f.more["folds"]["documents"] for x in {"a1", "b1"} - {fold})]
    assert list(f.more["ways"]["way"]) == ["as given", "learned anew", "rules alone"] and "not learned anew" in f.note


def test_cross_validation_really_learns(tmp_path):
    """Twelve small interviews in which a word that no pattern names goes with the code: learned cues find it in the held-out document."""
    from kube_research.learning import learn_cues

    root = tmp_path / "s"
    for name in ("corpus/transcripts", "codebooks"):
        (root / name).mkdir(parents=True)
    (root / "codebooks/c.yml").write_text('codebook: c\nversion: "1.0.0"\ntitle: {id: C, en: C}\ncodes:\n  - id: c.x\n    name: {id: X, en: X}\n    definition: {id: X., en: X.}\n    indicators: {id: ["zzzz"]}\n', encoding="utf-8")
    lines = ["Kami bergotongroyong membersihkan saluran pagi itu.", "Hujan turun sampai sore di kampung kami.", "Bergotongroyong lagi minggu depannya bersama tetangga.", "Warung tutup lebih awal hari Jumat."]
    rows = "document,kind,case,language,date,source,sha256,consent\n"
    for n in range(12):
        (root / f"corpus/transcripts/d{n:02d}.txt").write_text("# Status: sintetis\n\nP: Ya?\n" + "".join(f"N: {line}\nP: Lalu?\n" for line in lines), encoding="utf-8", newline="\n")
        rows += f"d{n:02d},interview,A,id,,,,\n"
    (root / "corpus/documents.csv").write_text(rows, encoding="utf-8")
    (root / "corpus/speakers.csv").write_text("document,label,speaker,role\n" + "".join(f"d{n:02d},P,R,researcher\nd{n:02d},N,S{n},member\n" for n in range(12)), encoding="utf-8")
    (root / "corpus/cases.csv").write_text("case,name,outcome\nA,A,baik\n", encoding="utf-8")
    study = kr.open_study(root)
    for n in range(12):
        _coded(study, "ani", [(f"d{n:02d}", lines[0], "c.x"), (f"d{n:02d}", lines[2], "c.x")])
    study = kr.open_study(root)
    people = study.codings()
    spans = list(people.full[["document", "start", "end", "code", "polarity"]].itertuples(index=False, name=None))
    learn_cues(list(people.corpus), spans, study.codebook("c"), folds=3)[0].model.save(root / "codebooks/c.cues.csv")
    f = kr.evaluate(kr.autocode(study.corpus, study.codebook("c")), people, folds=3)
    ways = f.more["ways"].set_index("way")
    assert ways.loc["learned anew", "f1"] == 1 and ways.loc["rules alone", "tp"] == 0


def test_sampling_plans_code_by_code(judged):
    from kube_research.stats.evaluate import elusion_sample, recall_bound

    hits = kr.autocode(judged.corpus, judged.codebook("small"))
    plan = kr.evaluate(hits, judged.codings(), against="ani").more["sampling plan"].set_index("code")
    close = plan.loc["s.close"]
    assert close["check"] == elusion_sample(close["found"], close["pool"], 0.8) and plan.index[-1] == "any code"
    from kube_research.evaluate import _plan

    gold, machine = np.zeros((2120, 1), bool), np.zeros((2120, 1), bool)
    gold[:120] = machine[:120] = True
    found, said = _plan(gold, machine, ["x"], 0.8)
    assert (found.loc[0, "check"], found.loc[0, "found"], found.loc[0, "pool"]) == (199, 120, 2000) and "if 199 of the 2000 units" in said
    k = found.loc[0, "check_1"]
    assert recall_bound(120, 2000, k, 1).low >= 0.8 > recall_bound(120, 2000, k - 1, 1).low
    nothing, said = _plan(gold, np.zeros_like(machine), ["x"], 0.8)
    assert nothing.loc[0, "check"] == "–" and "no true hit" in said


def test_the_elusion_sample_is_drawn_and_then_bounded(judged):
    hits = kr.autocode(judged.corpus, judged.codebook("small"))
    draw = kr.elusion(hits, "s.close", precision=1.0)
    coded = {(r.document, r.turn) for r in hits.frame[hits.frame["code"] == "s.close"].itertuples()}
    turns = {(d.id, " ".join(d.text[t.body:t.end].split())) for d in judged.corpus for t in d.turns if (d.id, t.n) not in coded and t.role != "researcher"}
    assert set(zip(draw.frame["document"], draw.frame["words"], strict=True)) <= turns and draw.n == len(draw.frame) > 0
    assert draw.frame.equals(kr.elusion(hits, "s.close", precision=1.0).frame)
    bound = kr.elusion(hits, "s.close", precision=1.0, checked=draw.n)
    assert "not shown" in bound.meaning or bound.frame["bound"].iloc[0] >= 0.8
    assert all(word in draw.note for word in ("Unit:", "n =", "Rule:", "Limits:")) and "Nothing may be concluded before" in draw.meaning
    for wanted, says in (({"precision": 0}, "between 0 and 1"), ({"precision": 1.0, "checked": 99}, "misses"), ({"precision": 0.1}, "no true hit")):
        with pytest.raises(kr.KubeError, match=says):
            kr.elusion(hits, "s.close", **wanted)
    with pytest.raises(kr.KubeError, match="Did you mean"):
        kr.elusion(hits, "s.clos", precision=1.0)


def test_long_work_shows_its_progress_where_somebody_looks(monkeypatch, capsys):
    from kube_research.progress import steps

    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    now = iter(range(1000))
    monkeypatch.setattr("tqdm.std.time", lambda: float(next(now)))
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert list(steps(range(4), "cross-validation")) == [0, 1, 2, 3] and capsys.readouterr().err == ""  # run by a program
    assert list(steps(range(4), "cross-validation", shown=True)) == [0, 1, 2, 3] and "cross-validation" in capsys.readouterr().err
