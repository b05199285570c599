"""Codebooks: every fault at once, each with line and remedy; YAML that cannot hurt; the ten books of the contract."""

import re

import pytest

from kube_research import words
from kube_research.codebook import load, loads
from kube_research.engine import sentence_hits
from kube_research.exchange.phrasing import describe, parts
from kube_research.history.compare import codebook_diff
from kube_research.model import KubeError
from tests.conftest import BOOK, ROOT

TEN = {"participation": 9, "mentoring": 9, "group_dynamics": 9, "empowerment": 15, "power": 9, "success": 10, "welfare": 7, "abcd_ai": 10, "social_capital": 11, "stages": 6}


def faults(text):
    with pytest.raises(KubeError) as e:
        loads(text, "codebooks/x.yml")
    return e.value.faults


def test_all_faults_at_once_with_line_and_remedy():
    found = faults("""codebook: x
versoin: "1"
codes:
  - id: a.b
    naem: {id: A}
    indicators:
      id: ["(open", {match: ok, polarity: maybe}, {unit: clause}]
  - id: a.b
  - id: c.d
    parent: a.z
  - name: nameless
""")
    said = {f.where.rpartition(":")[2]: str(f) for f in found}
    assert "Did you mean 'version'?" in said["2"] and "Did you mean 'name'?" in said["5"]
    assert "bracket" in " ".join(map(str, found)) and "maybe" in " ".join(map(str, found)) and "needs 'match' or 'spacy'" in " ".join(map(str, found))
    assert "already used on line 4" in said["8"] and "Did you mean 'a.b'?" in " ".join(map(str, found)) and "without 'id'" in " ".join(map(str, found))
    assert len(found) == 8 and all(f.where.startswith("codebooks/x.yml:") for f in found)


@pytest.mark.parametrize(("text", "said"), [
    ("a: &x [1]\ncodes: [*x]\n", "aliases"), ("codes: !!python/object:os.system {}\n", "tag"), ("codes: [\n", "cannot be read"), ("hello", "not a codebook"), ("", "not a codebook"),
    ("codes:\n  - id: a\n    id: b\n", "stands twice"), ("codes: {a: b}\n", "list"), ("codes:\n  - id: a/b\n", "cannot be used"), ("x: " + "[" * 60 + "]" * 60 + "\ncodes: []\n", "30 levels"),
    ("codes:\n  - id: a\n    parent: b\n  - id: b\n    parent: a\n", "own ancestor"), ("codes:\n  - id: a\n    automatic: maybe\n", "true or false"),
])
def test_yaml_that_is_refused(text, said):
    assert said in " ".join(map(str, faults(text)))


def test_too_large_a_file_is_refused():
    assert "4 MB" in str(faults("# " + "x" * 4_000_001)[0])


def test_scalars_stay_as_typed():
    book = loads("codebook: x\nversion: 1.10\ncodes:\n  - id: no\n    name: on\n    include: 0117\n")
    assert (book.version, book["no"].name["id"], book["no"].include) == ("1.10", "on", "0117")


def test_unknown_code_suggests():
    with pytest.raises(KubeError, match="Did you mean 's.meet'"):
        loads(BOOK)["s.meat"]


def test_nesting_themes_and_renames():
    book = loads("""codebook: x
codes:
  - id: top
    codes: [{id: top.a, codes: [{id: top.a.b}]}]
  - id: alone
changelog:
  - {version: "2", renamed: {old: mid}}
  - {version: "3", renamed: {mid: top.a}, merged: {alone: [p, q]}}
""")
    assert [c.parent for c in book] == ["", "top", "top.a", ""] and book.theme("top.a.b") == "top" and book.theme("alone") == "x"
    assert book.renames() == {"old": "top.a", "mid": "top.a", "p": "alone", "q": "alone"}


@pytest.mark.parametrize("name", sorted(TEN))
def test_the_ten_books_are_sound_and_complete(name):
    book = load(ROOT / "codebooks" / f"{name}.yml")
    assert len(book) == TEN[name]
    for code in book:
        assert code.name["id"] and code.name["en"] and code.definition["id"] and code.definition["en"] and code.source, code.id
        if code.automatic:
            assert {i.language for i in code.indicators} == {"id", "en"}, code.id
            assert {e[0] for e in code.examples} == {"id", "en"} and {f[0] for f in code.false_friends} == {"id", "en"}, code.id
    assert book.changelog and book.version


@pytest.mark.parametrize("name", sorted(TEN))
def test_examples_hit_their_code_and_false_friends_miss(name):
    book = load(ROOT / "codebooks" / f"{name}.yml")
    wrong = []
    for code in book:
        only = book.only([code.id])
        for _, sentence, polarity in code.examples if code.automatic else ():
            if polarity not in {h.polarity for h in sentence_hits(sentence, only)}:
                wrong.append(f"{code.id} misses ({polarity}): {sentence}")
        for _, sentence in code.false_friends:
            for h in sentence_hits(sentence, only):
                wrong.append(f"{code.id} [{h.indicator.pattern}] falsely hits: {sentence}")
    assert not wrong, "\n".join(wrong)


LIMITS = """codebook: x
version: "1.0.0"
codes:
  - id: a
    name: {id: A, en: A}
    include: {id: Hadir dan bersuara., en: Present and heard.}
    exclude: {en: Being told (b).}
  - id: b
    include: |
      Hanya
      diberi tahu.
"""


def test_include_and_exclude_in_one_language_or_two():
    book = loads(LIMITS)
    said = {}
    for language in ("id", "en"):
        with words.using(language):
            said[language] = [(c.include, c.exclude) for c in book]
    assert said["id"] == [("Hadir dan bersuara.", "Being told (b)."), ("Hanya diberi tahu.", "")]  # where a language is missing, the other one
    assert said["en"] == [("Present and heard.", "Being told (b)."), ("Hanya diberi tahu.", "")]
    assert "Did you mean 'id'?" in str(faults(LIMITS.replace("include: {id:", "include: {idn:"))[0])
    rows = [r[:2] for r in codebook_diff(book, loads(LIMITS.replace("Hadir dan", "Datang lalu"))).rows]
    assert rows == [("include", "a")]


def test_include_and_exclude_come_back_out_of_a_description():
    book = loads(LIMITS)
    back = {c.id: parts(describe(c)) for c in book if c.id == "a"}
    assert back["a"]["include"] == {"id": "Hadir dan bersuara.", "en": "Present and heard."} and back["a"]["exclude"] == {"en": "Being told (b)."}
    assert "include: Hanya diberi tahu." in describe(book["b"])  # one text for both stands once


@pytest.mark.parametrize("name", TEN)
def test_the_ten_books_say_in_both_languages_when_a_code_is_used(name):
    book = load(ROOT / "codebooks" / f"{name}.yml")
    known = {c.id for n in TEN for c in load(ROOT / "codebooks" / f"{n}.yml")}
    for c in book:
        for texts in (c.includes, c.excludes):
            assert set(texts) == {"id", "en"} and texts["id"] != texts["en"], c.id
            named = [set(re.findall(r"\b(?:abcd|emp|gd|ment|part|pow|sc|life|stage|succ|welf|welfare)\.(?:\w+|\*)", t)) for t in texts.values()]
            assert named[0] == named[1] and all(n in known or n.endswith(".*") and any(k.startswith(n[:-1]) for k in known) for n in named[0]), c.id
