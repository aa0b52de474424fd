"""The arrows of the house (README, "How it is built"): who may import whom, read from the source."""

from __future__ import annotations

import ast
import graphlib
import importlib.metadata
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cxresearch"

# Every room of the house, and the rooms that it may import. Above the table line code knows text and
# offsets; below it (analysis, figures) code knows data frames, so nothing there reads a text.
TEXT_SIDE = {"xlsx", "version", "codebook", "corpus", "events"}
ROOMS = {
    "version": set(),
    "codebook": set(),
    "xlsx": set(),
    "events": {"codebook", "xlsx"},
    "codings": {"codebook"},
    "tables": set(),
    "validation": TEXT_SIDE | {"reading", "runs", "analysis", "codings", "tables", "study", "concordance"},
    "privacy": {"codebook", "corpus"},
    "corpus": {"version", "codebook"},
    "reading": TEXT_SIDE,
    "runs": TEXT_SIDE | {"reading"},
    "analysis": {"codebook", "events"},
    "figures": {"codebook", "events", "analysis"},
    "attempt": set(),
    "errors": set(),
    "study": TEXT_SIDE | {"reading", "runs", "analysis"},
    "units": TEXT_SIDE | {"reading"},
    "overview": TEXT_SIDE | {"study"},
    "concordance": TEXT_SIDE | {"reading", "analysis"},
    "show": TEXT_SIDE | {"reading", "analysis", "figures"},
    "exchange": TEXT_SIDE | {"reading", "analysis"},
    "report": TEXT_SIDE | {"reading", "analysis", "show", "study"},
    "packet": TEXT_SIDE | {"analysis", "codings", "study", "report"},
}
ROOMS["cli"] = set(ROOMS) | {"__init__"}
ROOMS["__init__"] = set(ROOMS) - {"cli"}
ROOMS["__main__"] = {"cli"}
for rooms in ROOMS.values():
    rooms.add("errors")  # the one family of errors, known to all

# Inside the reading, a step imports only steps before it; helpers that are not listed go where they like.
READING_STEPS = (
    "text",
    "rule",
    "rules",
    "matcher",
    "lexicon",
    "extract",
    "subject",
    "context",
    "realis",
    "qualify",
    "acts",
    "parse",
)

LONGEST = 400  # lines; 300 is the aim


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {
    module_name(path): (path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))
}


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Everything under a node, save `_repr_html_`: how a value shows itself in a notebook is no arrow."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.FunctionDef) and child.name == "_repr_html_"):
            yield from statements(child)


def imports(module: str) -> Iterator[str]:
    """Every module that this one imports, wherever in the file it does so."""
    path, tree = TREES[module]
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    for node in statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            names = [f"{origin}.{alias.name}" for alias in node.names]
            yield from (name if name in TREES else origin for name in names)


def own_imports(module: str) -> set[str]:
    return {name for name in imports(module) if name.split(".")[0] == "cxresearch"}


def room(module: str) -> str:
    """The part of the house: `reading` of `cxresearch.reading.text`, `__init__` of `cxresearch`."""
    return [*module.split("."), "__init__"][1]


@pytest.mark.parametrize("module", TREES)
def test_the_arrows_run_one_way(module: str) -> None:
    here = room(module)
    assert here in ROOMS, f"{module} has no room: give it one in ROOMS, with the rooms that it may import"
    against = {name for name in own_imports(module) if room(name) not in ROOMS[here] | {here}}
    assert against == set(), f"{module} may import of this package only {sorted(ROOMS[here] | {here})}"


@pytest.mark.parametrize("step", READING_STEPS)
def test_a_step_of_the_reading_imports_only_steps_before_it(step: str) -> None:
    module = f"cxresearch.reading.{step}"
    if module not in TREES:
        pytest.skip(f"there is no {module}")
    later = READING_STEPS[READING_STEPS.index(step) + 1 :]
    assert own_imports(module) & {f"cxresearch.reading.{name}" for name in later} == set()


def test_no_cycles() -> None:
    graph = {module: own_imports(module) - {module} for module in TREES}
    tuple(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the cycle


def test_the_public_face_defines_nothing() -> None:
    _, tree = TREES["cxresearch"]
    for number, node in enumerate(tree.body):
        docstring = number == 0 and isinstance(node, ast.Expr)
        listed = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        assert docstring or listed or isinstance(node, ast.Import | ast.ImportFrom), ast.unparse(node)


def test_no_module_outgrows_its_reader() -> None:
    lines = {module: path.read_text(encoding="utf-8").count("\n") for module, (path, _) in TREES.items()}
    assert {module: count for module, count in lines.items() if count > LONGEST} == {}


def test_everything_imported_is_declared() -> None:
    """In the dependencies or an extra that a user may install: so neither a GPL nor a test package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for_users = [extras[name] for name in extras.keys() - {"bench", "test"}]
    declared = [Requirement(line) for lines in [project["dependencies"], *for_users] for line in lines]
    names = {canonicalize_name(requirement.name) for requirement in declared}
    distributions = importlib.metadata.packages_distributions()
    undeclared = {
        f"{module}: {top}"
        for module in TREES
        for top in (name.split(".")[0] for name in imports(module))
        if top not in sys.stdlib_module_names | {"cxresearch"}
        and names.isdisjoint(canonicalize_name(name) for name in distributions.get(top, [top]))
    }
    assert undeclared == set()
