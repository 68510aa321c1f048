"""The list of readings: complete against the files themselves, with ids that do not meet and do not move."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from support.paths import ROOT

from grading import UsageError
from grading.explanation.readings import every_reading, readings_of, readings_text
from grading.reference.guideline import list_guidelines, load_guideline

TABLES = ROOT / "reference_tables"
READINGS = every_reading()
SAYS = " ".join(one.says for one in READINGS)


def marks(part: Any) -> Iterator[str]:
    """Every text that a file marks as a reading, however deep."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("reading", "unless_reading") and isinstance(value, str):
                yield value
            elif key == "at" and isinstance(value, str) and value.startswith("reading: "):
                yield value.removeprefix("reading: ")
            else:
                yield from marks(value)
    elif isinstance(part, list):
        for value in part:
            yield from marks(value)


FILES = [file for file in sorted(TABLES.rglob("*.toml")) if file.name not in ("TEMPLATE.toml", "teaching_cases.toml")]
MARKS = {file.relative_to(TABLES).as_posix(): set(marks(tomllib.loads(file.read_text("utf-8")))) for file in FILES}


@pytest.mark.parametrize("file", [name for name, found in MARKS.items() if found])
def test_what_a_file_marks_is_listed(file: str) -> None:
    # a text that a table puts into a shared list stands in its own file
    assert [text for text in MARKS[file] if text and "{" not in text and text not in SAYS] == []


def test_there_are_marks_in_every_kind_of_file() -> None:
    marked = {name for name, found in MARKS.items() if found}
    assert {"measurements.toml", "derived.toml", "cautions.toml", "long_tables.toml"} <= marked
    assert {"decisions/concordance.toml", "ase-2017/mitral.toml"} <= marked


def test_what_a_table_puts_into_a_shared_list_is_listed() -> None:
    own = tomllib.loads((TABLES / "ase-2017" / "tricuspid.toml").read_text("utf-8"))["decision"]["some_reading"]
    assert own
    assert own in next(one.says for one in READINGS if one.id == "ase-2017/tricuspid/rule-12")


def test_ids_do_not_meet() -> None:
    assert [name for name, count in Counter(one.id for one in READINGS).items() if count > 1] == []


@pytest.mark.hazard("reading-as-paper")
def test_outcomes_that_no_paper_prints_are_listed() -> None:
    tables = [table for name in list_guidelines() for table in load_guideline(name).tables.values()]
    for table in tables:
        steps = list(table.groups[table.lead.group].steps) if table.lead else []
        ours = {
            f"{table.guideline}/{table.valve}/lead-{step}"
            for step, outcomes in zip(steps, table.lead.outcomes if table.lead else (), strict=True)
            if any(one.mark == "R" for one in (outcomes if table.lead and table.lead.pulls else outcomes[:1]))
        }
        assert ours == {one.id for one in readings_of(table) if "/lead-" in one.id}


#: ids that somebody may have written down; they may be added to, and not changed
KNOWN = [
    "ase-2017/mitral/vena_contracta_width/unless",
    "ase-2017/mitral/vena_contracta_width_biplane",
    "ase-2017/mitral/rule-13",
    "ase-2017/mitral/lead-III",
    "ase-2017/mitral/caution-left_heart-regurgitation",
    "ase-2017/tricuspid/quantitative.vena_contracta_width_biplane",
    "tvarc-2023/tricuspid/rule-5",
    "acc-aha-2020/aortic/rule-6",
    "acc-aha-2020/aortic/own-rule-6",
    "derived/jet_direction",
    "measurements/eroa/possible",
    "long-tables/repeats",
]


@pytest.mark.parametrize("name", KNOWN)
def test_an_id_stays(name: str) -> None:
    assert name in {one.id for one in READINGS}


@pytest.mark.parametrize(
    ("guideline", "valve", "starts"),
    [
        ("ase-2017", None, "ase-2017/"),
        ("ase-2017", "mitral", "ase-2017/mitral/"),
        ("esc-2021", "tricuspid", "esc-2021/tricuspid/"),
    ],
)
def test_a_list_is_of_its_tables(guideline: str, valve: str | None, starts: str) -> None:
    expected = [one for one in READINGS if one.id.startswith(starts)]
    assert expected
    assert every_reading(guideline, valve) == expected


def test_a_valve_alone_is_of_every_guideline() -> None:
    found = every_reading(valve="pulmonic")
    assert {one.valve for one in found} == {"pulmonic"}
    assert {one.guideline for one in found} == {"ase-2017", "ase-2017-cmr"}


def test_an_unknown_guideline_is_refused() -> None:
    with pytest.raises(UsageError, match="no guideline 'ase-2018'"):
        every_reading("ase-2018")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grading", "readings", *words], capture_output=True, text=True, check=False
    )


def test_the_command_prints_them() -> None:
    ran = run("--guideline", "esc-2025", "--valve", "MR")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == readings_text(every_reading("esc-2025", "mitral")) + "\n"
    assert all(len(line) <= 80 or " " not in line.strip() for line in ran.stdout.splitlines())


def test_the_command_prints_them_as_data() -> None:
    assert json.loads(run("--json").stdout) == [one.to_dict() for one in READINGS]


@pytest.mark.parametrize(
    ("words", "said"),
    [(["--guideline", "ase2017"], "Did you mean ase-2017?"), (["--valve", "left"], "no valve 'left'")],
)
def test_a_wrong_word_is_told(words: list[str], said: str) -> None:
    ran = run(*words)
    assert ran.returncode == 2
    assert said in ran.stderr
