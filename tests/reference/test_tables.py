"""The loader refuses every table that cannot be trusted, and the tables we ship hold what they must."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from support.paths import TESTS

from grading import TableError, UsageError, list_guidelines, load_guideline
from grading.engine.decide import decide
from grading.reference.catalogue import load_catalogue, parse_catalogue, read_toml, tables
from grading.reference.guideline import references
from grading.reference.outside import parse_outside
from grading.reference.table import Row
from grading.reference.table_reader import read_table, shared_cautions

BROKEN = sorted((TESTS / "broken_tables").glob("*.toml"))
SOUND = {"sound": ["eroa", "cw_jet"], "sound_lead": ["eroa"]}
SHIPPED = [(g, valve) for g in list_guidelines() for valve in load_guideline(g).tables]


@pytest.mark.parametrize("path", [p for p in BROKEN if p.stem not in SOUND], ids=lambda path: path.stem)
def test_a_broken_table_is_refused_with_its_file_and_row(path: Path) -> None:
    complaint = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    with pytest.raises(TableError) as refused:
        read_table(path)
    assert complaint in str(refused.value)
    assert path.name in str(refused.value)


@pytest.mark.parametrize(("name", "rows"), SOUND.items())
def test_the_sound_twins_of_the_broken_tables_load(name: str, rows: list[str]) -> None:
    table = read_table(next(p for p in BROKEN if p.stem == name))
    assert [row.name for _, row in table.rows()] == rows


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"valves": ["mitrall"]}, "no valve 'mitrall'. Did you mean mitral?"),
        ({"guidelines": ["ase-2018"]}, "no guideline 'ase-2018'. Did you mean ase-2017?"),
        ({"colour": "red"}, "unknown key 'colour'"),
        ({"at": None}, "'at' is missing"),
    ],
)
def test_a_broken_shared_caution_is_refused(row: dict[str, object], complaint: str) -> None:
    data = read_toml(tables() / "cautions.toml")
    data["cautions"][3] = {k: v for k, v in (data["cautions"][3] | row).items() if v is not None}
    with pytest.raises(TableError, match=re.escape(complaint)):
        shared_cautions(data)


@pytest.mark.parametrize(
    ("where", "row", "complaint"),
    [
        (("numbers", "eroa"), {"unit": "furlong"}, "unknown unit 'furlong'"),
        (("numbers", "eroa"), {"also": ["mL"]}, "measures"),
        (("numbers", "eroa"), {"colour": "red"}, "unknown key 'colour'"),
        (("numbers", "eroa"), {"hard": {"low": 1}}, "'high' is missing"),
        (
            ("words", "cw_jet"),
            {"values": {"dense": ["thick"], "faint_or_incomplete": ["thick"]}},
            "claimed by two values",
        ),
    ],
)
def test_a_broken_catalogue_is_refused(where: tuple[str, str], row: dict[str, object], complaint: str) -> None:
    measured, derived = (read_toml(tables() / name) for name in ("measurements.toml", "derived.toml"))
    measured[where[0]][where[1]] |= row
    with pytest.raises(TableError, match=complaint):
        parse_catalogue(measured, derived)


@pytest.mark.parametrize(
    ("word", "row", "complaint"),
    [
        ("la_size", {"at": "", "lines": None}, "exactly one of"),
        ("lv_size", {"claims": {"normal": ["sex = male"]}}, "exactly one of"),
        ("left_heart", {"otherwise": "huge"}, "has no value 'huge'"),
    ],
)
def test_a_broken_derivation_is_refused(word: str, row: dict[str, object], complaint: str) -> None:
    measured, derived = (read_toml(tables() / name) for name in ("measurements.toml", "derived.toml"))
    changed = derived["words"][word] | row
    derived["words"][word] = {key: value for key, value in changed.items() if value is not None}
    with pytest.raises(TableError, match=complaint):
        parse_catalogue(measured, derived)


@pytest.mark.parametrize(("guideline", "valve"), SHIPPED)
def test_every_line_says_where_it_stands(guideline: str, valve: str) -> None:
    table = load_guideline(guideline).tables[valve]
    assert all(row.at or row.reading for _, row in table.rows())
    assert all(rule.at or rule.reading for rule in table.rules)
    assert all(caution.at for caution in table.cautions)
    assert guideline in references()


@pytest.mark.parametrize(("guideline", "valve"), SHIPPED)
def test_printed_cut_offs_are_held_as_printed(guideline: str, valve: str) -> None:
    """The TOML text of a line and what was read of it say the same, digit for digit and word for word."""
    data = tomllib.loads((tables() / guideline / f"{valve}.toml").read_text(encoding="utf-8"))
    table = load_guideline(guideline).tables[valve]
    lines = 0
    for group, row in table.rows():
        written = data["groups"][group.name]["rows"][row.key]
        line = {"words" if ":" in written else "scale": written} if isinstance(written, str) else written
        if "scale" in line and row.scale:
            assert f"{row.scale.chain('1')} {'' if row.unit == '1' else row.unit}".rstrip() == line["scale"]
        elif row.scale:
            original = group.row(row.instead_of)
            assert (row.scale, row.unit) == (original.scale, original.unit)
        else:
            assert words_of(row, data["groups"][group.name].get("otherwise", "-")) == line["words"]
        lines += 1
    assert lines == sum(len(group["rows"]) for group in data["groups"].values())


def words_of(row: Row, otherwise: str) -> str:
    """The words of a line as a table writes them, mildest step first as in the file: 'none, small: mild; large: severe'."""
    values = load_catalogue().words[row.name].values
    by_step: dict[str, list[str]] = {}
    for value, label in zip(values, row.labels, strict=True):
        if label != otherwise:
            by_step.setdefault(label, []).append(value)
    return "; ".join(f"{', '.join(values)}: {step}" for step, values in by_step.items())


def test_an_unknown_guideline_is_a_usage_error_with_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean ase-2017"):
        load_guideline("ase-2018")


def test_the_template_is_a_sound_table() -> None:
    table = read_table(tables() / "TEMPLATE.toml")
    columns = {"eroa": np.array([0.45, 0.45]), "regurgitant_volume": np.array([65.0, 20.0])}
    decision = decide(table, columns, 2)
    assert [table.rules[i - 1].number for i in decision.rule] == [3, 2]


@pytest.mark.parametrize(
    ("key", "row", "complaint"),
    [
        ("stems", [], "stems: expected words"),
        ("phrases", ["TEER", "!"], "phrases: expected words"),
        ("of_valve", {"left": ["TAVI"]}, "unknown key 'left'"),
        ("words", {"not_so": ["no"]}, "'asking' is missing"),
    ],
)
def test_a_broken_table_of_what_is_no_native_valve_names_its_row(key: str, row: object, complaint: str) -> None:
    with pytest.raises(TableError, match=rf"outside.toml: .*{complaint}"):
        parse_outside({**read_toml(tables() / "outside.toml"), key: row})
