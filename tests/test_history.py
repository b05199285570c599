"""The codebook's history: steps recorded, codings follow, comments and order stay byte for byte, every step taken back."""

import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kube_research as kr
from kube_research.cli import main
from kube_research.codings import make
from kube_research.history import apply
from kube_research.history.compare import codebook_diff
from kube_research.history.sheet import Sheet
from kube_research.model import KubeError
from kube_research.study import Study
from tests.conftest import BOOK, ROOT

COMMENTED = "# our book 😀, by hand\n" + BOOK.replace("  - id: s.close", "\n  # close: about the mood\n  - id: s.close").replace("[\"~ajak ..3 rapat\"", "['~ajak ..3 rapat'").replace(
    "  - id: s.none\n", "  - id: s.none   # not asked\n") + '# the end\nchangelog:\n  - {version: "1.0.0", date: 2024-01-01, who: ani, why: first}\n'


@pytest.fixture
def coded(study, study_dir):
    (study_dir / "codebooks/small.yml").write_text(COMMENTED, encoding="utf-8")
    text = study.corpus["a1"].text
    for coder, quote, code, polarity in (("ana", "diajak rapat sama ketua", "s.meet", "present"), ("ana", "Nggak kompak kok", "s.close", "absent"), ("budi", "Nggak kompak kok", "s.close", "absent"), ("budi", "Nggak kompak kok", "s.none", "present"), ("budi", "Kasnya", "s.close", "present"), ("budi", "Kasnya", "s.meet", "present")):
        at = text.index(quote)
        study.journal(coder, "a1").code(make(study.corpus, "a1", at, at + len(quote), code, polarity=polarity))
    return Study(study_dir)


def codes(study, **kw):
    return sorted((c.coder, c.quote, c.code) for c in Study(study.root).codings(**kw))


def book(study):
    return Study(study.root).codebook("small")


def path(study):
    return study.root / "codebooks/small.yml"


def changed(before, after):
    """The lines that went and came, without version and changelog."""
    a, b = ([x for x in t.split("\n") if not x.startswith(("version:", "  - {version"))] for t in (before, after))
    return [x for x in a if x not in b], [x for x in b if x not in a]


def test_rename_touches_its_line_only_and_codings_follow(coded):
    journals = {p: p.read_bytes() for p in coded.root.rglob("*.jsonl")}
    done = apply(coded, "rename", "ani", code="s.close", to="s.warm", why="warmer")
    assert changed(COMMENTED, path(coded).read_text()) == (["  - id: s.close"], ["  - id: s.warm"])
    assert ("ana", "Nggak kompak kok", "s.warm") in codes(coded) and not [c for c in codes(coded) if c[2] == "s.close"]
    assert "3 codings follow (ana 1, budi 2)" in str(done) and {p: p.read_bytes() for p in journals} == journals
    last = book(coded).changelog[-1]
    assert (last["who"], last["why"], last["renamed"], last["version"]) == ("ani", "warmer", {"s.close": "s.warm"}, "1.0.1") and last["date"]
    assert apply(Study(coded.root), "rename", "ani", code="s.close", to="s.warm").same and book(coded).version == "1.0.1"
    with pytest.raises(KubeError, match="used before"):
        apply(Study(coded.root), "rename", "ani", code="s.meet", to="s.close")
    with pytest.raises(KubeError, match=r"now 's\.warm'"):
        apply(Study(coded.root), "retire", "ani", code="s.close")
    assert not [f for f in Study(coded.root).faults() if f.level == "error"]


def test_every_step_undone_gives_the_same_bytes(coded):
    before, table = path(coded).read_text(), codes(coded)
    for what, options in (("rename", {"code": "s.meet", "to": "s.assembly"}), ("move", {"code": "s.close", "to": "s.meet"}), ("merge", {"code": "s.close", "to": "s.meet"}), ("split", {"code": "s.close", "into": {"s.a": "A", "s.b": ""}}),
                          ("retire", {"code": "s.none"}), ("name", {"code": "s.none", "name": "Alone"}), ("new", {"name": "Kas"})):
        dry = apply(Study(coded.root), what, "ani", dry_run=True, **options)
        held = path(coded).read_text()
        assert dry.dry and "+" in dry.diff and "nothing written" in str(dry)
        apply(Study(coded.root), what, "ani", **options)
        assert path(coded).read_text() != held
        apply(Study(coded.root), "undo", "ani", book="small")
        assert changed(before, path(coded).read_text()) == ([], []), what
        assert codes(coded) == table, what
    assert len(book(coded).changelog) == 15 and [e["version"] for e in book(coded).history() if not e.get("undone")] == ["1.0.0"]


def test_undo_keeps_what_was_edited_by_hand_in_between(coded):
    apply(coded, "merge", "ani", code="s.none", to="s.meet")
    path(coded).write_text(path(coded).read_text().replace("A meeting is held.", "Held."))
    apply(Study(coded.root), "undo", "ani", book="small", version="1.0.1")
    assert "Held." in path(coded).read_text() and "s.none" in book(coded) and "@neg pernah ..3 ~ajak" in {i.pattern for i in book(coded)["s.none"].indicators}
    assert apply(Study(coded.root), "undo", "ani", book="small", version="1.0.1").same
    apply(Study(coded.root), "undo", "ani", book="small", version="1.0.2")  # the undo is undone: merged again
    assert "s.none" not in book(coded) and book(coded).renames() == {"s.none": "s.meet"} and "Held." in path(coded).read_text()
    apply(Study(coded.root), "rename", "ani", code="s.meet", to="s.m")
    path(coded).write_text(path(coded).read_text().replace("  - id: s.m\n", "  - id: s.mm\n"))
    held = path(coded).read_text()
    with pytest.raises(KubeError, match="changed again"):
        apply(Study(coded.root), "undo", "ani", book="small", version="1.0.4")
    assert path(coded).read_text() == held


def test_a_merge_of_codes_that_both_stood_on_a_passage(coded):
    done = apply(coded, "merge", "ani", code="s.close", to="s.meet")
    assert "1 passage bears both codes by one coder: counted once" in str(done)
    table = codes(coded)
    assert table.count(("budi", "Kasnya", "s.meet")) == 1 and ("ana", "Nggak kompak kok", "s.meet") in table and ("budi", "Nggak kompak kok", "s.meet") in table
    done = apply(Study(coded.root), "merge", "ani", code="s.none", to="s.meet")
    assert "1 of them contradict in polarity" in str(done) and "budi/a1:" in str(done)
    both = [c for c in Study(coded.root).codings(coder="budi") if c.quote == "Nggak kompak kok"]
    assert sorted(c.polarity for c in both) == ["absent", "present"]  # nothing is decided for the coder
    rules = {i.pattern for i in book(coded)["s.meet"].indicators}
    assert rules == {"~ajak ..3 rapat", "rapat rutin", "~kumpul ..3 (tiap|saban) minggu", "we met ..2 every", "~kompak", "masing-masing aja", "@neg pernah ..3 ~ajak"}
    text = path(coded).read_text()
    assert "# close: about the mood" in text and "# our book 😀, by hand" in text and "# the end" in text
    for wrong in ({"code": "s.meet", "to": "s.meet"}, {"code": "s.meet", "to": "nix"}, {"code": "nix", "to": "s.meet"}):
        with pytest.raises(KubeError):
            apply(Study(coded.root), "merge", "ani", **wrong)
    assert path(coded).read_text() == text


def test_old_codings_under_the_new_book_and_new_ones_under_an_old(coded):
    old = codes(coded)
    apply(coded, "rename", "ani", code="s.close", to="s.warm")
    apply(Study(coded.root), "merge", "ani", code="s.none", to="s.meet")
    apply(Study(coded.root), "new", "ani", name="Kas")
    study = Study(coded.root)
    at = study.corpus["a1"].text.index("Kasnya")
    study.journal("ana", "a1").code(make(study.corpus, "a1", at, at + 6, "s.kas"))
    study.journal("ana", "a1").code(make(study.corpus, "a1", at, at + 6, "s.warm"))
    study = Study(coded.root)
    first = study.codebook("small", version="1.0.0")
    under = study.codings(under=first)
    assert sorted((c.coder, c.quote, c.code) for c in under) == sorted([*old, ("ana", "Kasnya", "s.close")])
    assert "1 with codes that this version does not have" in under.source
    assert study.codebook("small@1.0.1").version == "1.0.1" and "s.warm" in study.codebook("small", version="1.0.1")
    table = kr.cross(under, rows="case", count="segments")
    assert set(table.frame.columns) == {"s.meet", "s.close", "s.none"} and "s.kas" in kr.cross(study.codings(), rows="case", count="segments").frame.columns
    assert codes(study, under=study.codebook("small")) == codes(study)
    with pytest.raises(KubeError, match=r"No version '9'.*1\.0\.3"):
        study.codebook("small", version="9")
    shutil.rmtree(coded.root / "codebooks/versions")
    with pytest.raises(KubeError, match="No version"):
        study.codebook("small", version="1.0.0")


def test_a_split_decides_nothing(coded):
    done = apply(coded, "split", "ani", code="s.close", into={"s.mood": "Mood", "s.ties": "Ties"})
    assert "3 codings wait" in str(done) and "2 indicators rest in s.close" in str(done)
    b = book(coded)
    assert [c.id for c in b] == ["s.meet", "s.close", "s.mood", "s.ties", "s.none"] and b["s.close"].retired and b.splits() == {"s.close": ("s.mood", "s.ties")}
    assert len([c for c in codes(coded) if c[2] == "s.close"]) == 3
    assert "s.close" in kr.cross(Study(coded.root).codings(), rows="case", count="segments").frame.columns  # not lost while it waits
    apply(Study(coded.root), "rename", "ani", code="s.ties", to="s.bonds")
    assert book(coded).splits() == {"s.close": ("s.mood", "s.bonds")}
    assert sum("which code" in f.what for f in Study(coded.root).faults()) == 2
    with pytest.raises(KubeError, match="two codes"):
        apply(Study(coded.root), "split", "ani", code="s.meet", into={"s.x": ""})


def test_memos_follow_their_code(coded):
    from kube_research import memo

    memo.add(coded, "code:s.close", "Warm or not? See [[s.close]].", author="ana")
    apply(Study(coded.root), "rename", "ani", code="s.close", to="s.warm")
    study = Study(coded.root)
    found = memo.memos(study, about="code:s.warm")
    assert len(found) == 1 and found[0].code == "s.warm" and found.link("s.close").target == "code"


def test_an_id_written_in_again_by_hand_is_told(coded):
    apply(coded, "rename", "ani", code="s.close", to="s.warm")
    path(coded).write_text(path(coded).read_text().replace("  - id: s.none", '  - {id: s.close, name: x, definition: y}\n  - id: s.none'))
    assert any("was used before" in f.what for f in Study(coded.root).faults())


def test_diff_of_two_versions(coded):
    apply(coded, "rename", "ani", code="s.close", to="s.warm")
    apply(Study(coded.root), "merge", "ani", code="s.none", to="s.meet")
    apply(Study(coded.root), "move", "ani", code="s.warm", to="s.meet")
    study = Study(coded.root)
    found = kr.codebook_diff(study.codebook("small", version="1.0.0"), study.codebook("small"))
    assert [r[:3] for r in found if r[0] in ("renamed", "merged", "moved")] == [("merged", "s.meet", "s.none"), ("renamed", "s.warm", "s.close"), ("moved", "s.warm", "-")]
    assert ("rule", "s.meet", "", "id: @neg pernah ..3 ~ajak") in found.rows
    assert not codebook_diff(study.codebook("small"), study.codebook("small")) and "no difference" in str(codebook_diff(study.codebook("small"), study.codebook("small")))
    assert "<script" not in found._repr_html_()


def test_commands(coded, capsys):
    where = ["--study", str(coded.root)]
    assert main(["code", "rename", "s.close", "s.warm", "--who", "ani", "--why", "warmer", "--dry-run", *where]) == 0
    assert "+  - id: s.warm" in capsys.readouterr().out and path(coded).read_text() == COMMENTED
    assert main(["code", "rename", "s.close", "s.warm", "--who", "ani", "--why", "warmer", *where]) == 0
    assert main(["code", "split", "s.warm", "--into", "s.a=Alpha", "s.b", "--json", *where]) == 0
    out = capsys.readouterr().out
    assert json.loads(out[out.index("{"):])["version"] == "1.0.2" and book(coded)["s.a"].label == "Alpha"
    assert main(["code", "history", "small", *where]) == 0 and "warmer" in capsys.readouterr().out
    assert main(["code", "undo", "small", *where]) == 0 and "s.a" not in book(coded)
    assert main(["code", "history", "small", *where]) == 0 and "undone" in capsys.readouterr().out
    assert main(["code", "diff", "small", "1.0.0", *where]) == 0 and "renamed" in capsys.readouterr().out
    assert main(["code", "move", "s.warm", "--under", "nix", *where]) == 2
    assert main(["code", *where]) == 2 and main(["code", "rename", "nix", "s.x", *where]) == 2


def test_codes_on_one_line_are_refused(coded):
    path(coded).write_text('codebook: small\nversion: "1"\ncodes: [{id: s.meet, name: a, definition: b}, {id: s.close, name: c, definition: d}]\n')
    held = path(coded).read_text()
    with pytest.raises(KubeError, match="one line"):
        apply(Study(coded.root), "merge", "ani", code="s.close", to="s.meet")
    assert path(coded).read_text() == held
    apply(Study(coded.root), "rename", "ani", code="s.close", to="s.warm")  # what needs no lines of its own works
    assert "{id: s.warm," in path(coded).read_text() and "changelog:" in path(coded).read_text()


CUES = 'cue,s.close,s.meet,(absent)\n(bias),-1.00,-1.00,-9.00\n==s.close,1.50,,\n=s.close: id: ~kompak,,.50,\n"=s.close: id: kompak, sekali",.10,,\n@s.close,,,.30\n#no1 @s.close,,,.20\n'


def test_the_cue_table_follows_a_rename(coded):
    """What was coded as the old code is coded as the new one, with its cues."""
    from kube_research.engine import autocode

    (coded.root / "codebooks/small.cues.csv").write_text(CUES)

    def found(code):
        return [(r.document, r.start, r.end, r.polarity, r.rule.replace(code, "?")) for r in autocode(Study(coded.root).corpus, Study(coded.root).codebook("small")).frame.itertuples() if r.code == code]

    before = found("s.close")
    apply(coded, "rename", "ani", code="s.close", to="s.warm")
    assert before and found("s.warm") == before and not found("s.close")


@pytest.mark.parametrize("told", ["\ufeff" + CUES.replace("\n", "\r\n"), CUES.replace("cue,s.close,s.meet,(absent)", '"cue","s.close","s.meet","(absent)"'), "cue,s.meet,s.close\r\n(bias),-1.00,-1.00\r\n==s.close,,1.50\r\n"])
def test_a_cue_table_that_another_program_saved_follows_a_rename(coded, told):
    """Byte order mark, line ends and quotation marks are Excel's or R's."""
    from kube_research.engine.cue_table import CueModel

    beside = coded.root / "codebooks/small.cues.csv"
    beside.write_bytes(told.encode())
    before = CueModel.load(beside)
    apply(coded, "rename", "ani", code="s.close", to="s.warm")
    after = CueModel.load(beside)
    assert "s.close" in before.codes and after.codes == tuple(c.replace("s.close", "s.warm") for c in before.codes) and list(after.cues) == [c.replace("s.close", "s.warm") for c in before.cues] and (after.table == before.table).all()


def test_a_cue_table_in_an_old_encoding_is_told(coded):
    beside = coded.root / "codebooks/small.cues.csv"
    beside.write_bytes(CUES.replace("kompak", "kompák").encode("cp1252"))
    with pytest.raises(KubeError, match=r"small\.cues\.csv:4.*UTF-8"):
        apply(coded, "rename", "ani", code="s.close", to="s.warm")
    assert path(coded).read_text() == COMMENTED


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("fault", [InterruptedError, KubeError("No space left on device")])
def test_cut_off_at_any_write_and_done_again(coded, monkeypatch, step, fault):
    """The n-th write never happens: the book is the old one or the new one, and the same step again finishes."""
    from kube_research.history import kept
    from kube_research.history import step as ending

    (coded.root / "codebooks/small.cues.csv").write_text(CUES)
    done, write = [0], kept.write_atomic

    def guarded(*a):
        if done[0] == step:
            raise fault
        done[0] += 1
        write(*a)

    with monkeypatch.context() as m:
        for module in (kept, ending):
            m.setattr(module, "write_atomic", guarded)
        with pytest.raises((InterruptedError, KubeError)):
            apply(coded, "rename", "ani", code="s.close", to="s.warm")
    assert path(coded).read_text() == COMMENTED
    apply(Study(coded.root), "rename", "ani", code="s.close", to="s.warm")
    assert book(coded).version == "1.0.1" and (coded.root / "codebooks/small.cues.csv").read_text() == CUES.replace("s.close", "s.warm")
    apply(Study(coded.root), "undo", "ani", book="small")
    assert (coded.root / "codebooks/small.cues.csv").read_text() == CUES and changed(COMMENTED, path(coded).read_text()) == ([], [])


def test_two_writers_do_not_overwrite_each_other(coded, monkeypatch):
    from kube_research.history import shape

    opened = shape.opened

    def slow(b):
        out = opened(b)
        monkeypatch.setattr(shape, "opened", opened)
        apply(Study(coded.root), "retire", "budi", code="s.none")  # between reading and writing
        return out

    monkeypatch.setattr(shape, "opened", slow)
    with pytest.raises(KubeError, match="meanwhile"):
        apply(coded, "retire", "ani", code="s.meet")
    assert book(coded)["s.none"].retired and not book(coded)["s.meet"].retired


def test_nested_codes_move_with_their_lines(coded):
    path(coded).write_text('codebook: small\nversion: "1.0"\ncodes:\n- id: s.meet\n  name: a\n  definition: b\n  codes:\n    - id: s.in   # inner\n      name: i\n      definition: |\n        two\n        lines\n    # about the next\n    - id: s.next\n      name: n\n      definition: n\n- id: s.close\n  name: c\n  definition: d\n- id: s.none\n  name: n\n  definition: n\n')
    apply(Study(coded.root), "move", "ani", code="s.in", to="s.close")
    b = book(coded)
    assert b["s.in"].parent == "s.close" and b["s.in"].definition["en"].split() == ["two", "lines"] and "# inner" in path(coded).read_text() and "# about the next" in path(coded).read_text()
    apply(Study(coded.root), "move", "ani", code="s.next", to="")
    apply(Study(coded.root), "merge", "ani", code="s.close", to="s.meet")
    b = book(coded)
    assert b["s.in"].parent == "s.meet" and b["s.next"].parent == "" and "s.close" not in b and b.version == "1.3"


BOOKS = sorted((ROOT / "codebooks").glob("*.yml"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_row_of_steps_on_the_real_books(data, tmp_path_factory):
    """Whatever is done, in whatever order: the book stays readable, untouched lines stay, and undoing all of it gives the first bytes."""
    root = tmp_path_factory.mktemp("books")
    (root / "corpus").mkdir()
    (root / "codebooks").mkdir()
    source = data.draw(st.sampled_from(BOOKS))
    target = root / "codebooks" / source.name
    shutil.copyfile(source, target)
    first = target.read_text(encoding="utf-8")
    done = 0
    for n in range(data.draw(st.integers(1, 5))):
        study = Study(root)
        here = [c.id for c in study.codebook(source.stem)]
        code, other = data.draw(st.sampled_from(here)), data.draw(st.sampled_from(here))
        what = data.draw(st.sampled_from(["rename", "move", "merge", "split", "retire", "name", "new"]))
        options = {"rename": {"code": code, "to": f"x.{n}"}, "move": {"code": code, "to": data.draw(st.sampled_from(["", other]))}, "merge": {"code": code, "to": other}, "split": {"code": code, "into": {f"y.{n}": "no", f"z.{n}": 'a "b": #c'}},
                   "retire": {"code": code}, "name": {"code": code, "name": data.draw(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20))}, "new": {"name": "Kas: {baru}", "parent": code}}[what]
        held = target.read_text(encoding="utf-8")
        try:
            done += not apply(study, what, "ani", **options).same
        except KubeError:
            assert target.read_text(encoding="utf-8") == held
        Study(root).codebook(source.stem)
    for _ in range(done):
        apply(Study(root), "undo", "ani", book=source.stem)
    assert changed(first, target.read_text(encoding="utf-8")) == ([], [])


def test_a_sheet_edits_all_forms():
    s = Sheet('a: 1\ncodes:\n  - {id: x, name: "X", indicators: {id: [a, "b"]}}\n  - id: y\n    strike: one\n    examples:\n', "t")
    s.extend(("indicators", "id"), ["c"], "x")
    s.extend(("indicators", "en"), ['"d: e"'], "x")
    s.extend(("strike",), ["two"], "y")
    s.extend(("examples",), ["{id: z}"], "y")
    s.put(("retired",), "true", "x")
    s.drop("x", "name")
    assert s.text == 'a: 1\ncodes:\n  - {id: x, retired: true, indicators: {id: [a, "b", c], en: ["d: e"]}}\n  - id: y\n    strike: [one, two]\n    examples: [{id: z}]\n'
