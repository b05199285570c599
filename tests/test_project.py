"""The project itself: pins in step, rooms and direction of imports, quick imports, public names documented, no stray paths."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

PACKAGE = ROOT / "kube_research"
# the rooms, from the ground up; a module may import from its own room's own folder and from any room below
ROOMS = [
    {"words", "model", "conflicts", "synced", "patterns", "token_patterns", "lexicon", "text", "spans", "sweep", "labels", "turns", "cache", "progress"},
    {"study", "files", "loading", "soundness", "corpus", "codebook", "codes", "plain_yaml", "codings", "journal", "consent", "shelf", "ledger", "forms", "past"},
    {"readers", "importing", "engine", "learning", "fitting", "anchors", "alignment", "revise", "waiting", "history", "memo", "tables", "finding", "adjudication", "gather", "recount"},
    {"matrix", "meeting", "quotations", "stats", "intercoder", "standing", "saturation", "comparison", "evaluate", "qca", "search", "privacy", "preview", "review", "verify", "bind", "claims"},
    {"plot", "picture", "report", "exchange", "scale", "desk", "decisions"},
    {"pipeline", "starter"},
    {"cli", "__main__", "__init__"},
]
LEVEL = {name: i for i, room in enumerate(ROOMS) for name in room}
# questions never import each other, but for these, each with its reason
ALLOWED = {("preview", "stats"), ("preview", "intercoder"), ("comparison", "stats"), ("intercoder", "stats"), ("saturation", "stats"), ("qca", "stats"), ("evaluate", "stats"), ("evaluate", "intercoder"), ("evaluate", "privacy"), ("meeting", "matrix"), ("qca", "matrix"), ("review", "matrix"), ("review", "claims"), ("review", "quotations"), ("bind", "matrix"), ("verify", "quotations"), ("verify", "bind"), ("verify", "claims"), ("verify", "matrix"), ("bind", "intercoder"), ("review", "verify"), ("standing", "review")}


def pins(path):
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", (ROOT / path).read_text(), re.M))


def test_pins_are_in_step():
    lock, constraints = pins("requirements/lock.txt"), pins("requirements/constraints.txt")
    assert lock == constraints
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip = next(d["pip"] for d in environment["dependencies"] if isinstance(d, dict))
    for name in ("jupyterlab", "pandas", "spacy", "nltk", "matplotlib", "nbval"):
        assert f"{name}=={lock[name]}" in pip
    assert "-c requirements/constraints.txt" in pip and "-e ." in pip
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], *(d for v in project["project"]["optional-dependencies"].values() for d in v)]
    for requirement in wanted:
        assert re.split(r"[<>=\[ ]", requirement)[0].lower().replace(".", "-").replace("_", "-") in {n.replace(".", "-") for n in lock}, requirement


def test_the_lock_is_hashed_and_names_no_host():
    for name in ("requirements/lock.txt", "requirements/boot.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text and text.count("--hash=sha256:") > text.count("==")


def test_environment_yml_is_the_locks():
    sys.path.insert(0, str(ROOT / "tools"))
    import environment

    assert environment.render((ROOT / "requirements/lock.txt").read_text()) == (ROOT / "environment.yml").read_text()


def test_no_copyleft_dependency():
    from importlib.metadata import distributions

    lock = pins("requirements/lock.txt")
    bad = []
    for d in distributions():
        meta = d.metadata
        name = (meta["Name"] or "").lower().replace("_", "-")
        said = " ".join([meta.get("License-Expression") or "", (meta.get("License") or "")[:60], *(c for c in meta.get_all("Classifier") or [] if c.startswith("License"))])
        if name in lock and re.search(r"\b(A?GPL)|General Public|NonCommercial|BY-NC", said) and not re.search(r"LGPL|Lesser|MPL| OR ", said):
            bad.append((name, said))
    assert not bad


def modules():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize(("path", "room"), list(modules()), ids=lambda p: str(p.relative_to(PACKAGE)) if isinstance(p, Path) else p)
def test_imports_go_downwards_only(path, room):
    assert room in LEVEL, f"{room} has no room: say where it belongs in ROOMS and docs/architecture.md"
    depth = len(path.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        up = depth - node.level  # 0: the package itself
        if up > 0:
            continue
        names = [node.module.split(".")[0]] if node.module else [a.name for a in node.names]
        for name in names:
            if name not in LEVEL or name == room:
                continue
            ok = LEVEL[name] < LEVEL[room] or (LEVEL[name] == LEVEL[room] and (LEVEL[room] not in (3,) or (room, name) in ALLOWED)) and LEVEL[room] != 0 or LEVEL[room] == 0
            assert ok, f"{room} imports {name}, which is not below it (line {node.lineno})"


def test_every_module_has_a_caption():
    missing = [str(p.relative_to(ROOT)) for p, _ in modules() if not ast.get_docstring(ast.parse(p.read_text(encoding="utf-8")))]
    assert not missing


def test_public_names_are_documented():
    import kube_research as kr

    for readme in ("README.md", "README.id.md"):
        table = re.findall(r"^\| `kr\.([A-Za-z_]+)", (ROOT / readme).read_text(encoding="utf-8"), re.M)
        assert sorted(table) == sorted(set(kr.__all__) - {"__version__"}), readme
    for name in kr.__all__:
        assert getattr(kr, name) is not None and (name == "__version__" or getattr(kr, name).__doc__), name


def test_import_is_quick():
    code = "import sys, kube_research; print(sorted(m for m in ('pandas', 'numpy', 'spacy', 'matplotlib', 'scipy', 'nltk') if m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    code = code.replace("import sys, kube_research;", "import sys; from kube_research.cli import main; main(['--help']);")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip().endswith("[]")


def test_a_study_is_opened_without_the_heavy_libraries():
    code = "import sys, kube_research as kr; study = kr.open_study(); assert len(study.corpus) > 9; print(sorted(m for m in ('pandas', 'numpy', 'pyarrow', 'spacy', 'matplotlib', 'scipy', 'nltk', 'lxml', 'IPython') if m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() == "[]"
    code = code.replace("print(", "study.codings(); kr.cross(study.codings(), 'case', count='persons'); kr.quotes(study.codings()).frame; print(").replace("'pandas', 'numpy', 'pyarrow', ", "")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout.strip() == "[]"


def test_no_path_of_a_machine_and_no_registry_host():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    bad = []
    for name in filter(None, files):
        path = ROOT / name
        if path.suffix in (".png", ".svg", ".docx", ".qdpx") or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if re.search(r"/(?:work|root|home)/[a-z.]|pypi\.org|files\.pythonhosted", text) and name != "tests/test_project.py":
            bad.append(name)
    assert not bad


def test_notebooks_have_been_run():
    import json

    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code" and "".join(c["source"]).strip()]
        assert cells and all(c["execution_count"] for c in cells), f"{path.name}: run `make notebooks`"


def test_a_submodule_never_hides_the_public_function_of_its_name():
    code = "import kube_research as kr, kube_research.verify.outcome, kube_research.claims, kube_research.desk; print(callable(kr.claims), callable(kr.verify), callable(kr.bind), callable(kr.desk), kr.plot.__name__)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["True"] * 4 + ["kube_research.plot"]
