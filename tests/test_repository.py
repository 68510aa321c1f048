"""What surrounds the code: versions that are pinned, workflows that run what the README says, a release that agrees."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.paths import ROOT
from support.project import PINNED, PROJECT


def named(extra: str) -> set[str]:
    """The packages of an extra, and of those it names."""
    wanted = [Requirement(text) for text in PROJECT["optional-dependencies"][extra]]
    own = {inner for one in wanted if one.name == PROJECT["name"] for inner in one.extras}
    names = {canonicalize_name(one.name) for one in wanted if one.name != PROJECT["name"]}
    return names.union(*(named(inner) for inner in own))


def test_all_that_the_tests_install_has_an_exact_version() -> None:
    dependencies = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert dependencies | named("test") <= PINNED.keys()


def test_the_linter_of_a_commit_is_that_of_the_tests() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    asked = {package for hook in hooks for package in hook.get("additional_dependencies", [])}
    assert asked == {f"ruff=={PINNED['ruff']}"}


# --- files that only run elsewhere -----------------------------------------------------------------------------------

SCHEMAS = [
    *(("github-workflows", path) for path in sorted((ROOT / ".github" / "workflows").iterdir())),
    *(("github-issue-forms", path) for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*_*.yml"))),
    ("github-issue-config", ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"),
    ("citation-file-format", ROOT / "CITATION.cff"),
]


@pytest.mark.parametrize(("schema", "path"), SCHEMAS, ids=lambda value: getattr(value, "name", value))
def test_a_file_is_as_its_reader_wants_it(schema: str, path: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


README = (ROOT / "README.md").read_text(encoding="utf-8")
WHOLE = next(line for line in README.splitlines() if line.startswith("python3 -m venv") and "pytest" in line)
INSTALL = next(part for part in WHOLE.split(" && ") if "'.[test]'" in part)


def commands(workflow: str) -> str:
    """All that a workflow runs."""
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text(encoding="utf-8"))["jobs"]
    return "\n".join(step["run"] for job in jobs.values() for step in job["steps"] if "run" in step)


def test_the_workflow_runs_the_commands_of_the_readme() -> None:
    ran = commands("tests.yml")
    quick = re.search(r'`\.venv/bin/(python -m pytest .*?-m "not slow")`', README)
    assert quick is not None
    assert INSTALL.replace(".venv/bin/pip", "python -m pip") in ran
    assert quick[1] in ran
    assert "bash .ci/run" in ran


def test_windows_is_told_the_same_commands() -> None:
    block = re.search(r"```powershell\n(.*?)```", README, re.DOTALL)
    assert block is not None
    windows = block[1].splitlines()[-1].replace("\\", "/").replace(".venv/Scripts", ".venv/bin").replace('"', "'")
    assert windows.split("; ")[1:] == WHOLE.split(" && ")[1:]


# --- a release -------------------------------------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Version 1.2.0, ready to be released."""
    (tmp_path / "grading").mkdir()
    (tmp_path / "grading" / "version.py").write_text('"""The version."""\n\nVERSION = "1.2.0"\n')
    (tmp_path / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 1.2.0\n")
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n## 1.2.0 (2027-01-31)\n\n## 1.1.0 (2026-12-01)\n"
    )
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "check_release.py", tmp_path / ".ci")
    return tmp_path


RELEASES = {
    "all agree": ("v1.2.0", "", "", []),
    "another tag": ("v1.3.0", "", "", ["grading/version.py says 1.2.0, the tag 1.3.0", "CITATION.cff says 1.2.0, the tag 1.3.0", "CHANGELOG.md says 1.2.0, the tag 1.3.0"]),
    "no version": ("1.2", "", "", ["the tag is '1.2'; expected one such as v0.2.0"]),
    "an old citation": ("v1.2.0", "CITATION.cff", "cff-version: 1.2.0\nversion: 1.1.0\n", ["CITATION.cff says 1.1.0, the tag 1.2.0"]),
    "an old changelog": ("v1.2.0", "CHANGELOG.md", "## Unreleased\n\n## 1.1.0 (2026-12-01)\n", ["CHANGELOG.md says 1.1.0, the tag 1.2.0"]),
    "no date": ("v1.2.0", "CHANGELOG.md", "## 1.2.0\n", ["CHANGELOG.md names no version; expected 1.2.0"]),
}  # fmt: skip


@pytest.mark.parametrize(("tag", "name", "text", "said"), RELEASES.values(), ids=RELEASES)
def test_a_release_agrees_with_its_tag(checkout: Path, tag: str, name: str, text: str, said: list[str]) -> None:
    if name:
        (checkout / name).write_text(text)
    ran = subprocess.run(
        [sys.executable, ".ci/check_release.py", tag], cwd=checkout, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr.splitlines()) == (1 if said else 0, said)


RELEASE = (ROOT / ".ci" / "release.txt").read_text(encoding="utf-8")


def test_a_release_is_built_with_tools_of_known_digests() -> None:
    ran = commands("release.yml")
    assert "--require-hashes -r .ci/release.txt" in ran and "build --no-isolation" in ran
    tools = [
        Requirement(line).name
        for line in (ROOT / ".ci" / "release.in").read_text("utf-8").splitlines()
        if line[0] != "#"
    ]
    pins = re.findall(r"(?m)^([\w.-]+)==\S+ \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", RELEASE)
    assert set(tools) <= {name for name, _ in pins}
    assert len(pins) == len(re.findall(r"(?m)^[\w.-]+==", RELEASE))


def test_the_places_that_a_release_compares_are_there() -> None:
    spec = importlib.util.spec_from_file_location("check_release", ROOT / ".ci" / "check_release.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    version = re.search(
        module.PLACES["grading/version.py"], (ROOT / "grading" / "version.py").read_text(encoding="utf-8")
    )
    cited = re.search(module.PLACES["CITATION.cff"], (ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert version is not None and cited is not None
    assert version[1] == cited[1]
