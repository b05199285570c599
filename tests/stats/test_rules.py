"""What every module of the statistics core keeps to."""

import ast
import dataclasses
import importlib
import math
import re
from pathlib import Path

import pytest

import kube_research.stats as room
from kube_research import words
from kube_research.stats.result import Estimate, undefined

FOLDER = Path(room.__file__).parent
FILES = sorted(FOLDER.glob("*.py"))
PUBLIC = ("agreement", "unitizing", "saturation", "compare", "qca", "evaluate")


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_numpy_and_scipy_only_no_files_no_prints(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    assert ast.get_docstring(tree)
    allowed = {"numpy", "scipy", "__future__", "collections", "dataclasses", "functools", "itertools", "math", "types"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert {a.name.split(".")[0] for a in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom) and not node.level:
            assert node.module.split(".")[0] in allowed
        elif isinstance(node, ast.ImportFrom) and node.level == 2:
            assert node.module == "words"  # of the rooms below, only the two languages
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"print", "open", "eval", "exec"}


@pytest.mark.parametrize("name", PUBLIC)
def test_everything_public_is_documented(name):
    module = importlib.import_module(f"kube_research.stats.{name}")
    assert len(set(module.__all__)) == len(module.__all__)
    for public in module.__all__:
        thing = getattr(module, public)
        if callable(thing):
            assert thing.__doc__, f"{name}.{public} has no docstring"


@pytest.mark.parametrize("name", PUBLIC)
def test_results_are_frozen(name):
    module = importlib.import_module(f"kube_research.stats.{name}")
    for public in module.__all__:
        thing = getattr(module, public)
        if isinstance(thing, type) and dataclasses.is_dataclass(thing):
            assert thing.__dataclass_params__.frozen, f"{public} can be changed"


def test_undefined_is_nan_with_a_reason():
    with pytest.raises(ValueError, match="needs a reason"):
        Estimate("x", math.nan, 3, "case", "rule")
    nothing = undefined("x", "why")
    assert not nothing.defined
    assert math.isnan(float(nothing))
    assert "why" in repr(nothing)
    with pytest.raises(dataclasses.FrozenInstanceError):
        nothing.value = 1.0


def test_reasons_speak_indonesian_too():
    with words.using("id"):
        assert "satu pengode" in room.agreement.cohen_kappa([[1], [2]]).reason
        assert "tidak ada kode" in room.saturation.guest_namey_chen([[0]] * 8).reason


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_every_rule_speaks_both_languages(path):
    """A rule is a formula, or stands in `say`: what is printed beside a number is read by both readers."""
    english = re.compile(r"\b(of|the|with|from|each|units?|coders?|codes?|interval|test|rounds?|tables?|share|mean|over|odds|fewest|chance)\b")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        values = [node.value] if isinstance(node, ast.Assign) and any(isinstance(n, ast.Name) and n.id == "rule" for t in node.targets for n in ast.walk(t)) else []
        values += [v for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant) and k.value == "rule"] if isinstance(node, ast.Dict) else []
        values += [node.args[-1]] if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_solve" else []
        values += node.args[1:2] if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "estimate" else []
        for value in values:
            spoken = {id(n) for call in ast.walk(value) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "say" for n in ast.walk(call)}
            bare = [n.value for n in ast.walk(value) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in spoken and english.search(n.value)]
            assert not bare, f"{path.name}:{value.lineno}: {bare}"


def test_rules_and_names_in_indonesian():
    with words.using("id"):
        found = room.agreement.cohen_kappa([[1, 1], [2, 1], [2, 2]])
        assert found.rule.startswith("(po - pe)/(1 - pe), pe dari marginal") and "× 2 pengode" in repr(found)
        assert "metrik rasio" in room.agreement.krippendorff_alpha([[1, 1], [2, 3]], metric="ratio").rule
