"""Long tables, one measurement a line: what stands in which cell of the wide one, what is reported, and the same grades."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.paths import EXAMPLE, TESTS

from grading import UsageError, grade_frame
from grading.columns.plan import Options, plan_columns
from grading.columns.unit_slips import check_units
from grading.longtable.pivot import LongColumns, Pivot, Wide, guess_columns
from grading.reading.cells import CellFormat, reading
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES, Number

LONG = TESTS / "data" / "example_studies_long.csv"
WIDE = EXAMPLE


def pivoted(
    text: str, rule: str = "mean", valve: str | None = None, how: CellFormat | None = None, chunk: int = 2, **units: str
) -> Wide:
    """A long table written as CSV text, pivoted; a file without a study_id is one study."""
    header, *rows = csv.reader(io.StringIO(text))
    pivot = Pivot(
        header, guess_columns(header, one_study="study_id" not in header, repeats=rule), valve, how, units=units
    )
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        cells = {role: pa.array([row[index] for row in part]) for role, index in pivot.places.items()}
        pivot.add(cells, np.arange(start + 2, start + 2 + len(part)))
    return pivot.finish()


def of_one_study(lines: str, **options: str) -> Wide:
    """One study's lines 'label,value,unit', separated by semicolons."""
    return pivoted("label,value,unit\n" + lines.replace(";", "\n"), **options)


def said(wide: Wide) -> list[tuple[int, int | None, str, str, str, str]]:
    return [(i.line, i.row, i.column, i.value, i.severity, i.message) for i in wide.issues]


# --- the wide table ----------------------------------------------------------------------------------------------------

CELLS = [
    pytest.param("MR VC,6.0,mm", {"mitral_vena_contracta_width_mm": "6.0"}, id="as typed, in the unit of the line"),
    pytest.param("MR ERO, 0.40 ,cm²", {"mitral_eroa_cm2": " 0.40 "}, id="spaces stay, the unit is folded"),
    pytest.param("EF,0.6,fraction", {"lv_ejection_fraction (fraction)": "0.6"}, id="a unit that only brackets hold"),
    pytest.param("MR VTI ratio MV/AV,1,", None, id="a label that means nothing"),
    pytest.param("VTI ratio MV/AV,1.2,", {"mitral_vti_ratio": "1.2"}, id="a ratio has no unit"),
    pytest.param("MR VC,6,", {"mitral_vena_contracta_width": "6"}, id="no unit given, none in the header"),
    pytest.param("MR VC (mm),6,", {"mitral_vena_contracta_width_mm": "6"}, id="the unit stands in the label"),
    pytest.param("MR VC (mm),6,mm", {"mitral_vena_contracta_width_mm": "6"}, id="in the label and beside it"),
    pytest.param("MR VC (mm),6,cm", {"mitral_vena_contracta_width_cm": "6 cm"}, id="the label says another unit"),
    pytest.param("MR VC,6,furlong", {"mitral_vena_contracta_width_cm": "6 furlong"}, id="no unit of it"),
    pytest.param("MR VC,NA,furlong", {"mitral_vena_contracta_width_cm": "NA"}, id="nothing measured in no unit"),
    pytest.param("MR VC,6 mm,cm", {"mitral_vena_contracta_width_cm": "6 mm"}, id="a value with its own unit"),
    pytest.param("mr_jet_direction,eccentric,n/a", {"mitral_jet_direction": "eccentric"}, id="a word"),
    pytest.param("MR PHT,60,ms", {"mr_pressure_half_time_ms": "60"}, id="mitral_pressure_half_time is the inflow's"),
    pytest.param("pulmonary vein flow,normal,", {"mitral_pulmonary_vein_flow": "normal"}, id="only one valve has it"),
    pytest.param("MR mechanism,primary,", {"mechanism": "primary"}, id="shared, so without its valve"),
    pytest.param("MR VC,6,mm;AR VC,5,mm;LVOT Diam,2,cm;MR ERO,0.4,cm2", {
        "mitral_vena_contracta_width_mm": "6", "aortic_vena_contracta_width_mm": "5", "mitral_eroa_cm2": "0.4",
        "lvot_diameter_cm": "2"}, id="in the order of the catalogue, then of the valves"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "cells"), CELLS)
def test_what_stands_in_the_cells(lines: str, cells: dict[str, str] | None) -> None:
    if cells is None:
        with pytest.raises(UsageError, match="no label in column 'label' is a measurement"):
            of_one_study(lines)
        return
    wide = of_one_study(lines)
    assert wide.table.to_pylist() == [cells]
    assert wide.header == wide.table.column_names == list(cells)
    assert set(wide.table.schema.types) == {pa.string()}


STUDIES = """\
study_id,name,value,unit
b,MR VC,6,mm
 a,LVOT Vmax,1,m/s
b,MR ERO,0.40,cm2
,MR VC,9,mm
007,MR ERO,35,mm2
7,MR VC,0.70,cm
 a,,1,
"""


def test_studies_stand_in_the_order_of_their_first_lines() -> None:
    wide = pivoted(STUDIES)
    assert wide.table.to_pydict() == {
        "study_id": ["b", " a", "007", "7"],
        "mitral_vena_contracta_width_cm": ["0.6", "", "", "0.70"],
        "mitral_eroa_cm2": ["0.40", "", "0.35", ""],
    }
    assert wide.lines.tolist() == [2, 3, 6, 7]


@pytest.mark.parametrize("chunk", [1, 3, 100])
def test_chunks_of_any_size_give_the_same(chunk: int) -> None:
    text = LONG.read_text(encoding="utf-8")
    first, second = pivoted(text, chunk=64), pivoted(text, chunk=chunk)
    assert first.table.equals(second.table)
    assert (first.lines.tolist(), first.issues) == (second.lines.tolist(), second.issues)


def test_columns_of_a_parquet_file() -> None:
    how = LongColumns("study", "label", "value", None, None)
    pivot = Pivot(["study", "label", "value"], how, None)
    labels = pa.array(["MR VC", "AR PHT", None]).dictionary_encode()
    values = pa.chunked_array([pa.array([0.7, 300.0, None], pa.float32())])
    pivot.add({"id": pa.array([7, 7, 8]), "name": labels, "value": values}, np.array([1, 2, 3]))
    assert pivot.finish().table.to_pylist() == [
        {"study": "7", "mitral_vena_contracta_width": "0.7", "aortic_pressure_half_time": "300"},
        {"study": "8", "mitral_vena_contracta_width": "", "aortic_pressure_half_time": ""},
    ]


@pytest.mark.parametrize("place", [0, 1, None], ids=["catalogue's unit", "another unit", "no unit"])
def test_every_header_reads_back_as_what_its_lines_said(place: int | None) -> None:
    lines, expected = ["name,value,unit"], set()
    for measurement in load_catalogue().enterable():
        units = measurement.units if isinstance(measurement, Number) else ("",)
        unit = "" if place is None or units[0] == "1" else units[min(place, len(units) - 1)]
        source = "" if not isinstance(measurement, Number) else "header" if unit else "catalogue"
        for token, valve in zip(("MR", "AR", "TR", "PR"), VALVES, strict=True):
            lines.append(f"{token} {measurement.name},1,{unit}")
            expected.add((measurement.name, "" if measurement.shared else valve, unit or units[0], source))
    wide = pivoted("\n".join(lines))
    plan = plan_columns(wide.header, Options())
    assert {(c.measurement, c.valve, c.unit, c.unit_from) for c in plan.columns} == expected
    assert plan.unmatched == ()


# --- valves ------------------------------------------------------------------------------------------------------------

VALVE = [
    ("mitral", "vena contracta", None, "mitral_vena_contracta_width"),
    ("MR", "Vmax", None, "mitral_peak_velocity"),
    ("mitral regurgitation", "RV", None, "mitral_regurgitant_volume"),
    ("AV", "VTI", None, "aortic_vti"),
    ("", "MR VC", None, "mitral_vena_contracta_width"),
    ("mitral", "MR VC", None, "mitral_vena_contracta_width"),
    ("Jet Quantification", "MR VC", None, "mitral_vena_contracta_width"),
    ("aortic", "lvot_diameter", None, "lvot_diameter"),
    ("NA", "eroa", "tricuspid", "tricuspid_eroa"),
    ("mitral", "EROA_pre", None, "mitral_eroa"),
    ("aortic", "eroa", "tricuspid", "aortic_eroa"),
    ("mitral", "PHT", None, "label 'PHT' of the mitral valve is not used: the pressure half-time of the inflow"),
    ("TV", "DecT", None, "label 'DecT' of the tricuspid valve is not used: the deceleration time of the inflow"),
    ("aortic", "MR VC", None, "label 'MR VC' is about the mitral valve and its line about the aortic"),
    ("", "eroa", None, "label 'eroa' does not say which valve it is about: name the valve of all lines"),
    ("left", "eroa", "mitral", "label 'eroa': valve 'left' is none of: mitral, aortic"),
    ("", "valve", None, "label 'valve' names the valve"),
]


@pytest.mark.hazard("wrong-valve")
@pytest.mark.parametrize(("cell", "label", "valve", "answer"), VALVE)
def test_the_valve_of_a_line(cell: str, label: str, valve: str | None, answer: str) -> None:
    wide = pivoted(f"valve,label,value\n,AR cw_jet,dense\n{cell},{label},7\n", valve=valve)
    found = [name for name in wide.header if name != "aortic_cw_jet"]
    assert (found or [i.message for i in wide.issues if i.message.startswith(answer)])[0].startswith(answer)


def test_a_fixed_valve_leaves_the_labels_of_others_alone() -> None:
    wide = of_one_study("eroa,0.4,cm2;AR ERO,0.1,cm2", valve="mitral")
    plan = plan_columns(wide.header, Options(valve="mitral"))
    assert [c.header for c in plan.columns] == ["mitral_eroa_cm2"]
    assert plan.unmatched == ("aortic_eroa_cm2",)


# --- repeats -----------------------------------------------------------------------------------------------------------

REPEATS = [
    pytest.param("MR RV,62,ml;MR RV,59,ml;MR RV,60,ml",
                 {"mean": "60.333333333", "first": "62", "last": "60", "max": "62"}, "given 3 times (62, 59, 60)", id="numbers"),
    pytest.param("MR ERO,0.10,cm2;MR ERO,0.2,cm2",
                 {"mean": "0.15", "first": "0.10", "last": "0.2", "max": "0.2"}, "given 2 times (0.10, 0.2)", id="no float noise"),
    pytest.param("MR VC,3,mm;MR VC,4,mm", {"mean": "3.5", "max": "4"}, "given 2 times (3, 4)", id="mean in their own unit"),
    pytest.param("MR VC,6,mm;MR VC,0.80,cm",
                 {"mean": "0.7", "first": "0.6", "last": "0.80", "max": "0.80"}, "(6 mm, 0.80 cm)", id="units differ"),
    pytest.param("EF Biplane,55,%;EF,45,%",
                 {"mean": "50", "first": "55", "last": "45", "max": "55"}, "('EF Biplane' 55, 'EF' 45)", id="labels differ"),
    pytest.param("MR VC,6,mm;MR VC,,mm;MR VC,NA,mm", dict.fromkeys(("mean", "first", "last", "max"), "6"), None, id="not measured is no repeat"),
    pytest.param("MR VC,NA,mm;MR VC,,mm", dict.fromkeys(("mean", "last"), "NA"), None, id="never measured"),
    pytest.param("MR ERO,0.40,cm2;MR ERO,0.4,cm2;MR ERO,40,mm2", dict.fromkeys(("mean", "first", "max"), "0.40"), None, id="equal"),
    pytest.param("MR ERO,<0.2,cm2;MR ERO,<0.2,cm2", dict.fromkeys(("mean", "last"), "<0.2"), None, id="equally unreadable"),
    pytest.param("MR ERO,0.3,cm2;MR ERO,<0.2,cm2;MR ERO,0.4,cm2", dict.fromkeys(("mean", "first", "last", "max"), "<0.2"),
                 "'<0.2' cannot be used, so none is taken", id="one unreadable"),
    pytest.param("AR PHT,400,ms;AR PHT,4,ms", dict.fromkeys(("mean", "first", "max"), "4"), "'4' cannot be used", id="one impossible"),
    pytest.param("MR VC,6,mm;MR VC,7,ml", dict.fromkeys(("mean", "first"), "7 ml"), "'7 ml' cannot be used", id="one in no unit of it"),
    pytest.param("mr_flail,yes,;mr_flail,y,", dict.fromkeys(("mean", "last"), "yes"), None, id="equal words"),
    pytest.param("mr_flail,yes,;mr_flail,no,", {"first": "yes", "last": "no"}, "given 2 times (yes, no)", id="words differ"),
    pytest.param("mr_flail,yes,;mr_flail,no,", dict.fromkeys(("mean", "max"), "yes / no"), "so none is taken; take the first or the last", id="no mean of words"),
]  # fmt: skip


@pytest.mark.hazard("repeats")
@pytest.mark.parametrize(("lines", "cells", "note"), REPEATS)
def test_repeats_are_resolved_by_the_rule_and_reported(lines: str, cells: dict[str, str], note: str | None) -> None:
    for rule, cell in cells.items():
        wide = of_one_study(lines, rule=rule)
        assert wide.table.column(0).to_pylist() == [cell], rule
        notes = [(i.line, i.row, i.column, i.value) for i in wide.issues if note is not None and note in i.message]
        assert notes == ([] if note is None else [(2, 0, wide.header[0], cell)]), said(wide)
        assert not [i for i in wide.issues if note is None and "times" in i.message]


@given(st.integers(1, 40), st.integers(1, 40))
def test_millimetres_and_centimetres_are_one_value(first: int, second: int) -> None:
    wide = of_one_study(f"MR VC,{first},mm;MR VC,{second / 10:g},cm")
    assert len(wide.issues) == (first != second)
    (cell,) = wide.table.column("mitral_vena_contracta_width_cm").to_pylist()
    assert float(cell) == round((first + second) / 20, 9)


# --- what is reported --------------------------------------------------------------------------------------------------

ISSUES = [
    pytest.param("study_id,name,value,unit\n1,MR VC,6,mm\n ,MR VC,6,mm\n,MR VC,6,mm\n",
                 [(3, None, "study_id", "", "error", "no study is named, so 2 lines cannot be used (3, 4); fill in 'study_id'")], id="blank ids"),
    pytest.param("name,value,unit\nMR VC,6,mm\n,6,mm\n",
                 [(3, None, "name", "", "warning", "no measurement is named, so 1 line cannot be used (3); fill in 'name'")], id="blank name"),
    pytest.param("name,value,unit\nLVOT Vmax,1,m/s\nMR VC,6,mm\nLVOT Vmax,2,m/s\n",
                 [(2, None, "LVOT Vmax", "", "note", "label 'LVOT Vmax' is not a measurement used for grading (2 lines)")], id="unknown label"),
    pytest.param("name,value,unit\nMR VC,6,mm\nmr eora,1,cm2\n",
                 [(3, None, "mr eora", "", "warning", "label 'mr eora' is not used. Did you mean eroa? Correct the label (1 line)")], id="misspelt label"),
    pytest.param("name,value,unit\nMR VC,6,mm\nSV,60,ml\n",
                 [(3, None, "SV", "", "warning", "label 'SV' is not used: a stroke volume, worked out here; give the diameter and VTI of the site, or the LV volumes (1 line)")], id="refused label"),
    pytest.param("name,value,unit\nMR VC,6,mm\nMR ERO,0.4,\nMR ERO,,\n",
                 [(3, None, "mitral_eroa", "", "note", "label 'MR ERO' gives no unit: cm2 is assumed (1 line)")], id="no unit"),
    pytest.param("name,value,unit\nMR VC,6,mm\nMR ERO,NA,kg\nMR ERO,0.4,kg\n",
                 [(4, None, "mitral_eroa_cm2", "kg", "warning", "label 'MR ERO': 'kg' is not a unit of EROA (cm2, mm2); correct the unit (1 line)"),
                  (4, 0, "mitral_eroa_cm2", "0.4 kg", "error", "label 'MR ERO': 'kg' is not a unit of EROA (cm2, mm2); correct the unit")], id="unit of something else"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "issues"), ISSUES)
def test_what_is_reported(text: str, issues: list[tuple[int, int | None, str, str, str, str]]) -> None:
    assert said(pivoted(text)) == issues


def test_many_lines_without_a_study_are_counted() -> None:
    wide = pivoted("study_id,name,value,unit\n1,MR VC,6,mm\n" + ",MR VC,6,mm\n" * 9)
    assert "9 lines cannot be used (3, 4, 5, 6, 7 and 4 more)" in wide.issues[0].message


# --- how values are written --------------------------------------------------------------------------------------------


def test_missing_codes_and_the_decimal_comma() -> None:
    how = reading(["-999"], decimal=",")
    wide = of_one_study('MR VC,"0,5",cm;MR VC,6,mm;MR ERO,-999,cm2;MR RV,"60,0",ml', how=how)
    assert wide.table.to_pylist() == [
        {"mitral_vena_contracta_width_cm": "0,55", "mitral_eroa_cm2": "-999", "mitral_regurgitant_volume_ml": "60,0"}
    ]


def test_a_unit_is_said_for_the_lines_that_give_none() -> None:
    wide = of_one_study("MR VC,6,;MR VC,0.8,cm;AR VC,5,", vena_contracta_width="mm")
    assert wide.table.to_pylist() == [{"mitral_vena_contracta_width_cm": "0.7", "aortic_vena_contracta_width_mm": "5"}]
    with pytest.raises(UsageError, match="no label or measurement 'eora'"):
        of_one_study("MR ERO,0.4,", eora="mm2")
    with pytest.raises(UsageError, match="'kg' is not a unit of EROA"):
        of_one_study("MR ERO,0.4,", eroa="kg")


def test_a_column_without_units_is_still_checked_for_another_one() -> None:
    wide = pivoted("study_id,name,value\n" + "".join(f"{n},MR VC,{n}\n" for n in range(3, 13)))
    plan = plan_columns(wide.header, Options())
    with pytest.raises(UsageError, match=r"units=\{'mitral_vena_contracta_width': 'mm'\}"):
        check_units(plan, lambda index: [wide.table.column(index)], CellFormat())


# --- the same grades ---------------------------------------------------------------------------------------------------


def answers(graded: pd.DataFrame) -> pd.DataFrame:
    """The columns that do not depend on how the input is called."""
    endings = (
        "_grade",
        "_certainty",
        "_grade_low",
        "_grade_high",
        "_rule",
        "_reason",
        "_criteria",
        "_status",
        "_assessed",
    )
    return graded[[name for name in graded.columns if name.endswith(endings)]]


def test_the_example_gives_the_grades_of_its_wide_file_and_of_a_pandas_pivot() -> None:
    wide = pivoted(LONG.read_text(encoding="utf-8"))
    ours = answers(grade_frame(wide.table.to_pandas()))
    long = pd.read_csv(LONG, dtype=str, keep_default_na=False)
    header = (long["valve"] + " " + long["name"] + " (" + long["unit"] + ")").str.replace(" ()", "").str.strip()
    recipe = long.assign(header=header).pivot(index="study_id", columns="header", values="value").fillna("")
    studies = pd.read_csv(WIDE, dtype=str, keep_default_na=False).head(20)
    assert wide.table["study_id"].to_pylist() == studies["study_id"].tolist() == list(recipe.index)
    assert len(ours.columns) == 4 * 11 + 1
    for other in (grade_frame(recipe), grade_frame(studies)):
        pd.testing.assert_frame_equal(ours, answers(other).reset_index(drop=True)[list(ours.columns)])


def test_cells_that_no_line_could_fill_are_rejected_in_a_sentence() -> None:
    lines = "1,MR VC,6,kg\n2,mr_flail,yes,\n2,mr_flail,no,\n3,MR ERO,0.3,cm2\n3,MR ERO,~0.2,cm2\n4,MR ERO,0.3,cm2\n"
    wide = pivoted("study_id,name,value,unit\n" + lines)
    graded = grade_frame(wide.table.to_pandas())
    assert graded["echograde_status"].tolist() == ["rejected", "rejected", "rejected", "graded"]
    assert [i.value for i in graded.attrs["issues"]] == ["6 kg", "yes / no", "~0.2"]


# --- which column is which ---------------------------------------------------------------------------------------------

GUESSED = [
    pytest.param("study_id,valve,name,value,unit", ("study_id", "name", "value", "unit", "valve"), id="our example"),
    pytest.param("subject_id,measurement_id,study_id,test_type,measurement,measurement_description,result,unit",
                 ("study_id", "measurement", "result", "unit", None), id="structured measurements"),
    pytest.param("Exam,Label,Result", ("Exam", "Label", "Result", None, None), id="capitals, no unit"),
    pytest.param("Study ID,affected valve,Parameter,Value,Units", ("Study ID", "Parameter", "Value", "Units", "affected valve"), id="spaces"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "found"), GUESSED)
def test_columns_are_found_by_their_usual_names(header: str, found: tuple[str | None, ...]) -> None:
    columns = guess_columns(header.split(","))
    assert (columns.id, columns.name, columns.value, columns.unit, columns.valve) == found


def test_named_columns_and_one_study() -> None:
    header = ["section", "label", "value", "unit", "name"]
    found = guess_columns(header, {"name": "label", "valve": "section"}, one_study=True, repeats="max")
    assert found == LongColumns(None, "label", "value", "unit", "section", "max", rest=("name",))


@pytest.mark.parametrize(
    ("header", "given", "one_study", "complaint"),
    [
        ("label,value,unit", {}, False, "to hold the id (found: label, value, unit); give id=, or one_study= when"),
        ("study_id,value", {}, False, "to hold the name (found: study_id, value); give name="),
        ("study_id,name", {}, False, "to hold the value"),
        ("id,study_id,name,value", {}, False, "columns 'id' and 'study_id' could each hold the id; say which one with id="),
        ("study_id,name,label,value", {}, False, "columns 'name' and 'label' could each hold the name"),
        ("study_id,name,value", {"id": "study_id"}, True, "id='study_id' and one_study= contradict each other"),
    ],
)  # fmt: skip
def test_columns_that_cannot_be_told_apart_are_a_sentence(
    header: str, given: dict[str, str], one_study: bool, complaint: str
) -> None:
    with pytest.raises(UsageError) as error:
        guess_columns(header.split(","), given, one_study)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("how", "complaint"),
    [
        (LongColumns("id", "name", "valeu", None, None), "value=: column 'valeu' is not there. Did you mean value?"),
        (LongColumns("id", "name", "twice", None, None), "value=: column 'twice' appears 2 times; rename one"),
        (LongColumns("id", "name", "name", None, None), "one column is named for two things: id 'id', name 'name', value 'name'"),
        (LongColumns("weight", "name", "value", None, None), "id=: column 'weight' reads as weight; rename it"),
        (LongColumns("id", "name", "value", None, None, "median"), "repeats=: expected one of mean, first, last, max, found 'median'"),
    ],
)  # fmt: skip
def test_columns_that_do_not_fit_the_file_are_a_sentence(how: LongColumns, complaint: str) -> None:
    with pytest.raises(UsageError) as error:
        Pivot(["id", "name", "value", "twice", "twice", "weight"], how, None)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("name,value\n", r"no label in column 'name' .* \(found: none\)"),
        ("name,value\nAge,50\nLVOT Vmax,1\n", r"\(found: 'Age', 'LVOT Vmax'\); give name="),
        ("name,value\neroa,0.4\n", r"\(found: 'eroa'\). The first: label 'eroa' does not say which valve"),
        ("name,value\n" + "".join(f"text {n},1\n" for n in range(10_001)), "10,001 different texts in column 'name': too many"),
    ],
    ids=["no lines", "none of ours", "no valve", "free text"],
)  # fmt: skip
def test_a_table_without_measurements_is_a_sentence(text: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        pivoted(text, chunk=1000)


def test_a_valve_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="no valve 'ileocaecal'"):
        of_one_study("eroa,0.4,cm2", valve="ileocaecal")
