"""The table of codes: its codes are ones, its meanings are those of the standard, and it says what the catalogue says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from pydicom.sr._concepts_dict import concepts

from grading.errors import TableError
from grading.formats.coded_values import LEAKS, shortest, unit_of
from grading.formats.codes import Context, Meaning, graded_valve, load_codes, loinc_meaning, parse_codes
from grading.formats.own_names import own_name
from grading.longtable.labels import Labels
from grading.reference.catalogue import load_catalogue, read_toml, tables

TABLE = read_toml(tables() / "measurement_codes.toml")
LOINC = [*TABLE["loinc"], *TABLE["grades"]]
QUALIFIED = [
    *TABLE["concepts"], *TABLE["severity"],
    *(code for one in TABLE["modifiers"].values() for code in one["codes"]),
    *(code for one in TABLE["modifiers"].values() for codes in one["values"].values() for code in codes),
]  # fmt: skip


def luhn(code: str) -> bool:
    """The check digit of a LOINC code."""
    digits = [int(digit) for digit in code.replace("-", "")]
    doubled = [2 * digit if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(sum(divmod(digit, 10)) for digit in doubled) % 10 == 0


def verhoeff(code: str) -> bool:
    """The check digit of a SNOMED CT code: multiplication in the dihedral group of ten, digits permuted by their place."""
    turned = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    total = 0
    for place, digit in enumerate(reversed(code)):
        value = int(digit)
        for _ in range(place % 8):
            value = turned[value]
        flips, other = total >= 5, value >= 5
        shift = (total - value if flips else total + value) % 5
        total = shift + 5 if flips != other else shift
    return total == 0


@pytest.mark.parametrize("code", LOINC)
def test_loinc_check_digits(code: str) -> None:
    assert luhn(code)


@pytest.mark.parametrize("code", sorted({code for code in QUALIFIED if code.endswith(" SCT")}))
def test_snomed_check_digits(code: str) -> None:
    assert verhoeff(code.partition(" ")[0])


def known(code: str) -> set[str]:
    """The meanings that DICOM's context groups give a code."""
    value, _, scheme = code.partition(" ")
    return {found[value][0].casefold() for found in concepts[scheme].values() if value in found}


@pytest.mark.parametrize(("code", "meaning"), load_codes().meanings.items())
def test_meanings_are_those_of_the_context_groups(code: str, meaning: str) -> None:
    found = known(code)
    assert not found or meaning.casefold() in found


@pytest.mark.parametrize("code", sorted({code for code in QUALIFIED if not code.endswith(" LN")}))
def test_concepts_and_modifiers_stand_in_the_context_groups(code: str) -> None:
    assert known(code)


MEANT = {
    *load_codes().loinc.values(),
    *(
        Meaning(one.meaning.measurement, one.meaning.valve or (site if site in LEAKS else ""))
        for conditions in load_codes().concepts.values()
        for one in conditions
        for site in one.sites or ("",)
    ),
}


@pytest.mark.parametrize("meaning", sorted({(one.measurement, one.valve) for one in MEANT}))
def test_every_line_reads_back_as_what_it_is(meaning: tuple[str, str]) -> None:
    measurement, valve = meaning
    label = f"{LEAKS[valve]}_{measurement}" if valve else measurement
    read = Labels().read(label, valve)
    assert (read.measurement, read.valve, read.problem) == (measurement, valve, "")


def test_a_grade_reads_as_no_evidence() -> None:
    assert {Labels().read(f"{leak}_grade", valve).measurement for valve, leak in LEAKS.items()} == {""}


def test_the_catalogue_gives_the_same_codes() -> None:
    own = {
        (number.name, "" if valve == "any" else valve): code
        for number in load_catalogue().numbers.values()
        for valve, code in number.loinc.items()
    }
    first = {
        code: (one.measurement, one.valve)
        for code, one in load_codes().loinc.items()
        if not (one.second or one.narrower)
    }
    assert [(key, code) for key, code in own.items() if first.get(code) != key] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("80071-4", ("eroa", "mitral")), (" 80071-4 ", ("eroa", "mitral")), ("LOINC:80071-4", ("eroa", "mitral")),
        ("LN 80071-4", ("eroa", "mitral")), ("http://loinc.org/80071-4", ("eroa", "mitral")),
        ("mitral valve effective regurgitant orifice area (PISA)", ("eroa", "mitral")),
        ("80028-4", ("lvot_diameter", "")), ("80058-1", None), ("80071-5", None), ("", None), ("8", None),
        ("a b c 80071-4", None),
    ],
)  # fmt: skip
def test_loinc(text: str, expected: tuple[str, str] | None) -> None:
    found = loinc_meaning(text)
    assert (found and (found.measurement, found.valve)) == expected


def test_grades() -> None:
    assert [graded_valve(text) for text in ("18113-1", "LOINC 18115-6", "18114-9")] == ["mitral", "tricuspid", None]


LEAK = Context(site="mitral", direction="regurgitant")


@pytest.mark.parametrize(
    ("code", "context", "unit", "expected"),
    [
        ("20355-4 LN", LEAK, "m/s", Meaning("peak_velocity", "mitral")),
        ("20355-4 LN", Context("mitral", "antegrade"), "m/s", "its flow direction does not fit"),
        ("20355-4 LN", Context("mitral", "", "", "e_wave"), "m/s", Meaning("e_wave_velocity", "mitral")),
        ("20355-4 LN", Context("pulmonic", "regurgitant", "", "end_diastole"), "m/s", "its cardiac phase does not fit"),
        ("20354-7 LN", Context("lvot"), "cm", Meaning("lvot_vti")),
        ("20354-7 LN", Context("lvot", "regurgitant"), "cm", "its flow direction does not fit"),
        ("20354-7 LN", Context("hepatic vein"), "cm", "its site does not fit"),
        ("399367004 SCT", LEAK, "cm2", Meaning("eroa", "mitral", second=True)),
        ("399367004 SCT", Context("mitral", "regurgitant", "planimetry"), "cm2", "its method does not fit"),
        ("399027007 SCT", LEAK, "cm", "its site does not fit"),
        ("399235004 SCT", Context(), "mL/m2", Meaning("la_volume_index")),
        ("399235004 SCT", Context(), "mL", "its unit does not fit"),
        ("80062-3 LN", Context("aortic"), "m/s", "the code is of the mitral valve, its site is the aortic valve"),
        ("80062-3 LN", Context("mitral", "antegrade"), "m/s", "the code and its flow direction contradict each other"),
        ("1 LN", LEAK, "cm", ""),
    ],
)  # fmt: skip
def test_meaning(code: str, context: Context, unit: str, expected: Meaning | str) -> None:
    assert load_codes().meaning(code, context, unit) == expected


@pytest.mark.parametrize(
    ("text", "context", "expected"),
    [
        ("MR PISA radius", Context(), Meaning("pisa_radius", "mitral")),
        ("Aortic regurgitation Vmax", Context(), Meaning("peak_velocity", "aortic")),
        ("Vena contracta", LEAK, Meaning("vena_contracta_width", "mitral")),
        ("Vena contracta", Context("mitral"), "its flow direction is not said"),
        ("LVOT diameter", Context(), Meaning("lvot_diameter")),
        ("TRV", Context("tricuspid", "regurgitant"), None),
        ("MV VTI", Context("mitral", "regurgitant"), Meaning("mitral_annulus_vti")),
        ("Swirl", LEAK, None),
    ],
)
def test_own_names(text: str, context: Context, expected: Meaning | str | None) -> None:
    assert own_name(text, context) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.69999998807907", "0.7"), ("0.2000000029802", "0.2"), ("4.2141821355915", "4.2141821355915"), ("0.40", "0.40"), ("500.0000", "500.0000"), ("1e400", "1e400"), ("x", "x"), ("-0.699999988", "-0.7")],
)  # fmt: skip
def test_single_precision(text: str, expected: str) -> None:
    assert shortest(text) == expected


@pytest.mark.parametrize(
    ("unit", "name", "expected"),
    [("ml", "regurgitant_volume", "mL"), ("1", "regurgitant_fraction", "fraction"), ("no units", "pr_index", "1"), ("mm[Hg]", "eroa", "mm[Hg]")],
)  # fmt: skip
def test_units(unit: str, name: str, expected: str) -> None:
    assert unit_of(unit, load_catalogue().numbers[name]) == expected


def changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    table: dict[str, Any] = read_toml(tables() / "measurement_codes.toml")
    change(table)
    return table


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.update(loincs={}), "unknown key 'loincs'"),
        (lambda table: table["loinc"]["80059-9"].update(measurement="pisa"), "there is no number 'pisa'"),
        (lambda table: table["loinc"]["80059-9"].update(valve="pulmonic"), "pisa_radius is not measured at 'pulmonic'"),
        (lambda table: table["concepts"]["59102-4 LN"]["is"][0].update(sites=["mitrale"]), "unknown site 'mitrale'"),
        (lambda table: table["concepts"]["59102-4 LN"]["is"][0].update(direction="back"), "direction 'back'"),
        (lambda table: table["concepts"]["59102-4 LN"]["is"][0].update(unit="ell"), "unknown unit 'ell'"),
        (lambda table: table["modifiers"]["site"]["values"].update(other=["91134007 SCT"]), "91134007 SCT stands for two words"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_trusted(change: Callable[[dict[str, Any]], None], message: str) -> None:
    with pytest.raises(TableError, match=re.escape(message)):
        parse_codes(changed(change))
