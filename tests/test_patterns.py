"""The pattern language: what a pattern means, and every way in which it can be wrong."""

import pytest

from kube_research.patterns import MAX_ROWS, PatternError, parse


@pytest.mark.parametrize(("pattern", "rows"), [
    ("rapat", ["rapat"]), ("Urun REMBUG", ["urun rembug"]), ("a ..3 b", ["a ..3 b"]), ("a|=b|~c d", ["a|=b|~c d"]), ("a b? c", ["a b c", "a c"]),
    ("(a|b c) d", ["a d", "b c d"]), ("a &2 b", ["a ..2 b", "b ..2 a"]), ("@we x", ["i|kita x", "orang sini x"]), ("^ a $", ["^ a $"]), ("a _ b", ["a _ b"]), ("x (a|b)?", ["x a|b", "x"]),
])
def test_rows(pattern, rows):
    found = [repr(r)[4:-1] for r in parse(pattern, {"we": ["i", "kita", "orang sini"]})]
    assert sorted(found) == sorted(rows)


@pytest.mark.parametrize("pattern", ["", "  ", "_", "_ a", "a ..", "a ..3", "a ..13 b", "(a", "a)", "()", "@nobody", "*", "~", "a||b", "a & b", "a & b &2 c", "[a]", "a{2}", "a+ b", "x" * 601, "a &2 b &2 c"])
def test_bad_patterns_say_what_in_both_languages(pattern):
    with pytest.raises(PatternError) as e:
        parse(pattern, {})
    assert e.value.indonesian and e.value.english and e.value.indonesian != e.value.english


def test_a_set_that_names_itself():
    with pytest.raises(PatternError, match="names itself"):
        parse("@a", {"a": ["@b"], "b": ["@a"]})


def test_no_pattern_can_explode():
    big = " ".join(f"(a{i}|b{i} c{i})?" for i in range(20))
    with pytest.raises(PatternError, match=str(MAX_ROWS)):
        parse(big)
