"""README and docs: every block is run as a reader runs it and says what is stated; options exist, links lead somewhere."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
import typer
from support.documents import Reader, blocks
from support.paths import EXAMPLE, ROOT
from typer.testing import CliRunner

from grading.cli.main import app

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in DOCUMENTS}
RUN = [name for name, text in TEXTS.items() if list(blocks(text))]
#: files of a checkout that documents name
IN_A_CHECKOUT = ("grading_app/example_studies.csv", "tests/data")


def follow(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow a document from its first block to its last, in a folder that holds what a checkout holds."""
    for part in IN_A_CHECKOUT:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, folder / part)
    monkeypatch.chdir(folder)
    reader = Reader(folder)
    reader.settle()
    for block in blocks(TEXTS[name]):
        reader.follow(block)


@cache
def has_r() -> bool:
    """True where R is there with the one package that a page uses, and where it may not be missing."""
    if os.environ.get("ECHOGRADE_R"):
        return True
    asked = ["Rscript", "-e", "library(jsonlite)"]
    return (
        shutil.which("Rscript") is not None and not subprocess.run(asked, capture_output=True, check=False).returncode
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize("name", RUN)
def test_a_document_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    if any(block.language == "r" for block in blocks(TEXTS[name])) and not has_r():
        pytest.skip("R, or its package jsonlite, is not installed")
    follow(name, tmp_path, monkeypatch)


WRONG = {
    "a command that fails": ("```sh\nfalse\n```\n", "ended with 1"),
    "another exit code": ("<!-- exit: 2 -->\n```sh\nechograde explain mitral eroa=35cm2\n```\n", "ended with 1"),
    "something else is said": ("```sh\necho one\n```\n\n```text\ntwo\n```\n", "not said"),
    "nothing is stated": ("```sh\necho one\n```\n\n```text\n...\n```\n", "states nothing"),
    "another result": ("```python\n>>> 1 + 1\n3\n```\n", "Expected"),
    "an extra that is not there": ("```sh\npip install '.[everything]'\n```\n", "ended with 1"),
    "a language that nothing runs": ("```perl\nprint 1\n```\n", "nothing runs"),
    "an option that is not there": ("```sh\nechograde app --public\n```\n", "ended with 2"),
}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_a_document_that_is_wrong_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setitem(TEXTS, "wrong.md", text)
    with pytest.raises(AssertionError, match=said):
        follow("wrong.md", tmp_path, monkeypatch)


def test_hardly_a_block_is_left_to_others() -> None:
    left = {
        (name, block.language, block.value)
        for name, text in TEXTS.items()
        for block in blocks(text)
        if block.key == "run by"
    }
    assert left == {
        ("CONTRIBUTING.md", "sh", "whoever has an hour"),
        ("README.md", "sh", ".ci/run"),
        ("README.md", "sh", "tests/batch/test_first_files.py"),
        ("README.md", "sh", "tests/docs/test_site.py"),
        ("README.md", "powershell", "test_repository.py"),
        ("docs/data/README.md", "sh", "tests/test_data_sets.py"),
        ("docs/research/notebook.md", "sh", "tests/test_notebook.py"),
        *(("docs/start/hosting.md", language, "whoever hosts it") for language in ("sh", "ini", "toml")),
    }


def test_the_tables_of_a_document_are_what_the_command_prints(tmp_path: Path) -> None:
    graded = tmp_path / "graded.csv"
    options = ["--guideline", "ase-2017", "--guideline", "esc-2025", "--quiet"]
    CliRunner().invoke(app, ["grade", str(EXAMPLE), *options, "-o", str(graded)])
    printed = CliRunner().invoke(app, ["reclassify", str(graded), "ase-2017", "esc-2025"]).stdout
    assert printed.count("\n|") > 20
    assert printed.strip() in TEXTS["docs/research/reclassification.md"]


def test_the_readme_is_short_and_leads_to_the_site() -> None:
    assert len(TEXTS["README.md"].splitlines()) <= 150


#: commands in the middle of a sentence
INLINE = [
    (name, " ".join(command.split()))
    for name, text in TEXTS.items()
    for command in re.findall(r"(?<!`)`(echograde [^`]+)`(?!`)", text)
]


@pytest.mark.parametrize(("name", "line"), INLINE, ids=[f"{name}: {line[:60]}" for name, line in INLINE])
def test_the_options_of_a_command_exist(name: str, line: str) -> None:
    _, command, *words = shlex.split(line, comments=True)
    if command == "--version":
        return
    known = typer.main.get_group(app).commands[command]
    options = {option for parameter in known.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if re.match(r"-{1,2}[a-z]", word)} <= options


#: pages of the site link to pages that are made when it is built: there `test_site.py` looks
LINKS = [
    (name, link)
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")
    for link in re.findall(r"\]\(([^)#]+)\)", TEXTS[name])
    if "://" not in link
]


@pytest.mark.parametrize(("name", "link"), LINKS, ids=[f"{name} to {link}" for name, link in LINKS])
def test_a_link_leads_to_a_file(name: str, link: str) -> None:
    assert ((ROOT / name).parent / link).exists()
