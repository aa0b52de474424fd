"""The files around the package say the same thing, and nothing is in them that should not be."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]


def read_lock(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines)


LOCK = read_lock("requirements.lock")
BENCH_LOCK = read_lock("requirements-bench.lock")


def repository_files() -> list[Path]:
    """What is committed or would be: nothing of it where this is not a checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def repository_texts() -> list[tuple[str, str]]:
    texts = []
    for path in repository_files():
        try:
            texts.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue  # a picture, a Parquet file, a text in another encoding
    return texts


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-bench.lock"])
def test_a_lock_holds_names_and_versions_only(lock: str) -> None:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line)] == []
    names = [line.split("==")[0] for line in lines]
    assert names == sorted(set(names))


def test_the_set_up_stays_light_and_free_of_copyleft_that_binds() -> None:
    """No torch (several gigabytes); krippendorff and clinlp are GPL, pm4py is AGPL."""
    unwanted = re.compile(r"torch.*|triton|nvidia-.*|cuda-.*|sentence-transformers|krippendorff|clinlp|pm4py")
    assert [name for name in LOCK if unwanted.fullmatch(name)] == []
    unwanted = re.compile(unwanted.pattern.replace("|clinlp", ""))
    assert [name for name in BENCH_LOCK if unwanted.fullmatch(name)] == []


@pytest.mark.parametrize(
    ("requirements", "lock"),
    [
        pytest.param(PROJECT["dependencies"], LOCK, id="dependencies"),
        pytest.param(EXTRAS["lab"], LOCK, id="lab"),
        pytest.param(EXTRAS["topics"], LOCK, id="topics"),
        pytest.param(EXTRAS["test"], LOCK, id="test"),
        pytest.param(PROJECT["dependencies"] + EXTRAS["bench"], BENCH_LOCK, id="bench"),
    ],
)
def test_a_lock_satisfies_pyproject(requirements: list[str], lock: dict[str, str]) -> None:
    for requirement in map(Requirement, requirements):
        version = lock.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in the lock: run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement}, locked {version}: run `make lock`"


def test_the_bench_measures_with_the_versions_of_the_package() -> None:
    both = LOCK.keys() & BENCH_LOCK.keys()
    assert {name: BENCH_LOCK[name] for name in both} == {name: LOCK[name] for name in both}


def test_what_is_installed_is_what_the_lock_says() -> None:
    """An environment that was not made by `make` may differ; then this says in what."""
    installed = {canonicalize_name(d.metadata["Name"]): d.version for d in importlib.metadata.distributions()}
    both = LOCK.keys() & installed.keys()
    assert {name: installed[name] for name in both} == {name: LOCK[name] for name in both}


def test_nothing_is_missing_but_what_is_left_out_on_purpose() -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"]
    check = subprocess.run(command, capture_output=True, text=True, check=False)
    if "No module named pip" in check.stderr:
        pytest.skip("this environment has no pip")
    left_out = "bertopic 0.17.4 requires sentence-transformers, which is not installed."
    assert set(check.stdout.splitlines()) <= {left_out, "No broken requirements found."}


def test_conda_users_get_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    assert conda == ["python=3.11", "pip"]
    assert pip == {"pip": ["-r requirements.lock", "-e ."]}


def test_one_version_everywhere() -> None:
    import cxresearch

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    named = {PROJECT["version"], str(citation["version"]), headings[0], cxresearch.__version__}
    assert named == {PROJECT["version"]}


def test_the_readme_names_commands_that_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`) *make ([a-z]+)", readme, re.MULTILINE))
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert {"report", "test"} <= named <= targets


def test_the_example_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    monkeypatch.chdir(ROOT)
    exec(example, {})
    assert capsys.readouterr().out


def test_ci_runs_the_tests_that_everybody_runs() -> None:
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == "make test"
    assert (ROOT / ".ci/run").stat().st_mode & 0o100


def test_no_file_names_a_place_on_one_machine() -> None:
    """A path of somebody's machine, or the address of a package index."""
    place = re.compile(
        r"(?<![\w.:/])/(?:work|farm|root|home|Users|tmp)/[\w./-]+|https?://[\w.]*(?:pypi|pythonhosted)\.org"
    )
    found = {name: hit.group() for name, text in repository_texts() if (hit := place.search(text))}
    found.pop("tests/test_project.py", None)
    assert found == {}


def test_nothing_is_taken_over_from_the_shared_narratives(shared: Path) -> None:
    """Seven words in a row are a quotation: their authors were not asked."""
    length = 7

    def sequences(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return set(zip(*(words[i:] for i in range(length)), strict=False))

    seeds = [path.read_text(encoding="utf-8") for path in sorted(shared.glob("seeds/*.txt"))]
    theirs = set().union(*map(sequences, seeds))
    assert theirs, "the shared folder holds no seeds"
    found = {name: hits for name, text in repository_texts() if (hits := sequences(text) & theirs)}
    assert found == {}
