"""What every module of the statistics core keeps to."""

import ast
import dataclasses
import importlib
import math
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
