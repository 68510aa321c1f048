"""What echograde is made of: a small base that is loaded late, versions that are audited, and a bill of materials."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.paths import ROOT
from support.project import PINNED, PROJECT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter, beside those of every program."""
    program = f"import sys; before = set(sys.modules)\n{statement}\nprint('\\n'.join(set(sys.modules) - before))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(ran.stdout.split())


def libraries(modules: set[str]) -> set[str]:
    """The libraries among modules: what is neither this project's nor Python's own."""
    own = {"grading", "reference_tables"}
    return {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - own


#: statement -> (the libraries that it loads, the most modules that it may load); Python's own count too
LOADED = {
    "import grading": (set(), 40),
    "import grading; grading.grade('mitral', eroa=0.3).explain()": ({"numpy"}, 320),
    "import grading.cli": (set(), 40),
}


@pytest.mark.parametrize("statement", LOADED)
def test_no_more_is_loaded_than_is_needed(statement: str) -> None:
    allowed, most = LOADED[statement]
    modules = loaded_by(statement)
    assert "grading" in modules
    assert libraries(modules) == allowed
    assert len(modules) <= most


def base() -> dict[str, importlib.metadata.Distribution]:
    """All that `pip install echograde` brings, by name."""
    found: dict[str, importlib.metadata.Distribution] = {}
    wanted = list(map(Requirement, PROJECT["dependencies"]))
    while wanted:
        one = wanted.pop()
        name = canonicalize_name(one.name)
        if name in found or (one.marker is not None and not one.marker.evaluate({"extra": ""})):
            continue
        found[name] = importlib.metadata.distribution(name)
        wanted += map(Requirement, found[name].requires or [])
    return found


def size_of(distribution: importlib.metadata.Distribution) -> int:
    """Bytes of its files, without what Python compiles of them."""
    places = (Path(str(distribution.locate_file(file))) for file in distribution.files or [])
    return sum(place.stat().st_size for place in places if place.suffix != ".pyc" and place.exists())


@pytest.mark.skipif(sys.platform != "linux", reason="the sizes are those of Linux")
def test_the_base_is_as_small_as_the_readme_says() -> None:
    stated = re.search(r"(\d+) packages and about (\d+) MB", README)
    assert stated is not None
    found = base()
    assert len(found) <= int(stated[1])
    assert sum(map(size_of, found.values())) / 1e6 == pytest.approx(int(stated[2]), rel=0.1)
    assert found.keys() <= PINNED.keys()


def test_every_dependency_has_a_lowest_version_that_a_workflow_tries() -> None:
    extras = (text for texts in PROJECT["optional-dependencies"].values() for text in texts)
    named = [one for one in map(Requirement, (*PROJECT["dependencies"], *extras)) if one.name != PROJECT["name"]]
    assert [str(one) for one in named if ">=" not in str(one.specifier)] == []
    weekly = runs("weekly.yml")
    assert any("--resolution lowest-direct" in line for line in weekly["lowest"])
    assert any(line == "python -m pip install --quiet -e '.[test]'" for line in weekly["newest"])


def runs(workflow: str) -> dict[str, list[str]]:
    """What the jobs of a workflow run, by job."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8"))["jobs"]
    return {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in jobs.items()}


def test_versions_are_audited_and_a_release_has_its_bill_of_materials() -> None:
    assert "bash .ci/audit" in runs("weekly.yml")["audit"]
    build = runs("release.yml")["build"]
    order = [
        build.index(line)
        for line in ("bash .ci/audit", "/tmp/tools/bin/python -m build --no-isolation", "bash .ci/bill")
    ]
    assert order == sorted(order)


def test_the_audit_takes_no_silence_for_an_answer_and_the_bill_is_not_published_with_the_wheel() -> None:
    audit = (ROOT / ".ci" / "audit").read_text(encoding="utf-8")
    assert re.search(r"pip-audit\" --strict .*--requirement constraints\.txt", audit)
    bill = (ROOT / ".ci" / "bill").read_text(encoding="utf-8")
    assert re.search(r"cyclonedx-py\" environment .*--output-file \"bill/", bill)
    assert "-c constraints.txt" in bill


@pytest.mark.parametrize("name", ["audit", "bill", "run"])
@pytest.mark.skipif(sys.platform == "win32", reason="there is no bash")
def test_a_script_can_be_read_by_its_shell(name: str) -> None:
    assert subprocess.run(["bash", "-n", str(ROOT / ".ci" / name)], capture_output=True, check=False).returncode == 0
