"""Columns of a long table told by what stands in them, whatever they are called: units, directions, dates, chosen values."""

from __future__ import annotations

import pytest
from support.long_files import graded, table

from grading import UsageError
from grading.batch.job import Long
from grading.longtable.contents import are_of_one_study, holds_dates, holds_units
from grading.longtable.roles import guess_columns
from grading.longtable.vocabulary import parse_vocabulary, vocabulary
from grading.reference.catalogue import read_toml, tables

# --- units -------------------------------------------------------------------------------------------------------------

NAMES = [
    "uom", "valueuom", "measurement_unit", "Einheit", "unit_of_measure", "unité", "result_unit", "UNIDAD", "col7", "dim",
    "birim", "ед. изм.", "单位", "units of the value", "display", "x",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_column_of_units_is_used_whatever_it_is_called(name: str) -> None:
    text = table(f"study_id,measurement,value,{name}", "A,TR VC,2,mm", "B,TR VC,8,mm", "C,TR VC,0.2,cm", "C,HR,70,bpm")
    found = graded(text)
    assert found.column("tricuspid_ase_2017_grade") == ["mild", "severe", "mild"]
    assert found.column("tricuspid_vena_contracta_width_cm") == ["0.2", "0.8", "0.2"]


def test_the_column_of_units_may_stand_anywhere_and_be_partly_blank() -> None:
    text = table(
        "study_id,u,confidence,name,value,frame", "1,mm,0.9,MR VC,3,0", "1,,0.9,mr_flail,no,1", "1,%,.5,EF,60,2"
    )
    assert graded(text).rows[0]["mitral_vena_contracta_width_mm"] == "3"


HOLDING = [
    pytest.param({"mm": 3, "cm²": 2, "mmHg": 9}, True, id="units of other measurements too"),
    pytest.param({"mm": 3, "n/a": 40}, True, id="not given"),
    pytest.param({"mm": 3, "unitless": 40}, True, id="said to have none"),
    pytest.param({"M": 3, "S": 2}, False, id="letters alone are codes"),
    pytest.param({"M": 3, "F": 2}, False, id="sex"),
    pytest.param({"none": 3}, False, id="a finding"),
    pytest.param({"1": 3, "2": 2}, False, id="numbers"),
    pytest.param({"mm": 1, "mild": 9}, False, id="words"),
    pytest.param({}, False, id="blank"),
]


@pytest.mark.parametrize(("texts", "answer"), HOLDING)
def test_what_holds_units(texts: dict[str, int], answer: bool) -> None:
    assert holds_units(texts) == answer


STOPS = [
    pytest.param("study_id,name,value,u1,u2", ["1,MR VC,3,mm,mm", "1,AR VC,3,mm,cm"], "columns 'u1' and 'u2' could each hold the unit", id="two columns that differ"),
    pytest.param("study_id,name,value,u", ["1,MR VC,0.3,"] * 40_000 + ["2,MR VC,3,mm"], "column 'u' is blank in the first lines and holds 'mm' in line 40002", id="units far below"),
    pytest.param("study_id,name,value,way", ["1,MR VC,0.3,"] * 40_000 + ["2,MR VC,3,antegrade"], "column 'way' is blank in the first lines and holds 'antegrade'", id="a direction far below"),
]  # fmt: skip


@pytest.mark.hazard("wrong-unit")
@pytest.mark.parametrize(("header", "lines", "complaint"), STOPS)
def test_a_unit_that_stands_in_the_file_is_used_or_the_run_stops(header: str, lines: list[str], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        graded(table(header, *lines))


@pytest.mark.hazard("wrong-unit")
def test_a_line_without_a_unit_is_not_assumed_to_be_in_another_than_its_neighbours() -> None:
    found = graded(table("study_id,name,value,unit", "1,TR VC,2,mm", "2,TR VC,2,", "3,TR VC,3,mm"))
    assert found.column("echograde_status") == ["graded", "rejected", "graded"]
    assert found.column("tricuspid_vena_contracta_width_mm") == ["2", "2 (no unit)", "3"]
    assert [(i["row"], i["severity"]) for i in found.issues] == [("", "warning"), ("2", "error")]


def test_a_line_without_a_unit_may_stand_beside_the_unit_that_is_assumed() -> None:
    found = graded(table("study_id,name,value,unit", "1,TR VC,0.2,cm", "2,TR VC,0.3,"))
    assert found.column("tricuspid_vena_contracta_width") == ["0.2", "0.3"]


# --- direction ---------------------------------------------------------------------------------------------------------

FLOWS = [
    pytest.param("Flow", "Regurgitant Flow", "Antegrade Flow", id="as reports say it"),
    pytest.param("direction", "retrograde", "anterograde", id="other words"),
    pytest.param("Flussrichtung", "retrograd", "antegrad", id="in German"),
    pytest.param("sens", "rétrograde", "antérograde", id="in French"),
    pytest.param("x", "rev", "fwd", id="in short"),
    pytest.param("FlowDirection", "R-42E61", "R-42047", id="codes"),
    pytest.param("modifier", "Peak; Regurgitant flow", "Peak; Forward flow", id="among other modifiers"),
    pytest.param("c3", "regurgitation", "inflow", id="any name"),
]


@pytest.mark.parametrize("label", ["Peak velocity", "Vmax", "peak_velocity"])
@pytest.mark.parametrize(("column", "back", "forth"), FLOWS)
def test_forward_and_regurgitant_velocity_are_two_measurements(column: str, back: str, forth: str, label: str) -> None:
    lines = [f"S1,Mitral Valve,{way},{label},{speed},m/s" for way, speed in ((back, 5.2), (forth, 1.1))]
    found = graded(table(f"study_id,site,{column},name,value,unit", *lines), Long({"valve": "site"}))
    assert found.column("mitral_peak_velocity_m_s") == ["5.2"]


@pytest.mark.hazard("wrong-direction")
def test_a_valve_alone_does_not_say_which_velocity_is_meant() -> None:
    text = table("study_id,valve,name,value,unit", "1,Mitral Valve,Peak velocity,1.1,m/s", "1,mitral,EROA,0.3,cm2")
    found = graded(text)
    assert "mitral_peak_velocity_m_s" not in found.rows[0]
    assert [issue["severity"] for issue in found.issues] == ["warning"]


CONTRADICTIONS = [
    pytest.param("MR Vmax,antegrade", None, id="a jet that flows forward"),
    pytest.param("PISA radius,Antegrade Flow", None, id="a stenosis"),
    pytest.param("E wave,Regurgitant Flow", None, id="an inflow that flows back"),
    pytest.param("E wave,antegrade", "mitral_e_wave_velocity_cm_s", id="an inflow"),
    pytest.param("VTI,regurgitant", "mitral_regurgitant_vti_cm", id="the VTI of the jet"),
    pytest.param("Peak velocity (regurgitant flow),", "mitral_peak_velocity_m_s", id="the label says it"),
    pytest.param("antegrade peak velocity,", None, id="the label says it is forward"),
]


@pytest.mark.hazard("wrong-direction")
@pytest.mark.parametrize(("line", "header"), CONTRADICTIONS)
def test_the_direction_of_a_line_decides_what_its_label_is(line: str, header: str | None) -> None:
    label, way = line.split(",")
    unit = {"VTI": "cm", "PISA radius": "cm", "E wave": "cm/s"}.get(label, "m/s")
    text = table("study_id,valve,name,flow,value,unit", f"1,mitral,{label},{way},50,{unit}", "1,AR,VC,,3,mm")
    found = graded(text.replace(",50,m/s", ",5,m/s"))
    names = [name for name in found.rows[0] if name.startswith("mitral") and "ase_2017" not in name]
    assert names[:1] == ([] if header is None else [header])


# --- dates and what tells studies apart --------------------------------------------------------------------------------

DATES = [
    ("2024-01-02", True), ("2.1.2024", True), ("01/02/24", True), ("20240102", True), ("2024-01-02T08:15:00Z", True),
    ("2 Jan 2024", True), ("January 2, 2024", True), ("2180-05-06 10:11:00", True), ("20240102081500", True),
    ("08:15", False), ("2024", False), ("0.4", False), ("12345678", False), ("A4C", False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), DATES, ids=[text for text, _ in DATES])
def test_what_is_a_date(text: str, answer: bool) -> None:
    assert holds_dates({text: 1}) == answer


TOGETHER = [
    (["2024-01-02", "2024-01-02"], True), (["2024-01-02", "2024-01-03"], False), (["2.1.2024", "3.1.2024"], False),
    (["2024-01-02 08:00", "2024-01-02 19:00"], True), (["2024-01-02 23:50", "2024-01-03 00:20"], True),
    (["2024-01-02 12:00", "2024-01-03 12:00"], False), (["20240102235000", "20240103001000"], True),
    (["visit 1", "visit 2"], False), (["Doe, J", "DOE,  J"], True), (["1", ""], True), (["1", "NA"], True),
]  # fmt: skip


@pytest.mark.hazard("another-visit")
@pytest.mark.parametrize(("texts", "answer"), TOGETHER, ids=[" and ".join(texts) for texts, _ in TOGETHER])
def test_what_may_stand_in_the_lines_of_one_study(texts: list[str], answer: bool) -> None:
    assert are_of_one_study(texts) == answer


APART = [
    "StudyDate", "visit", "VisitNumber", "exam_dt", "encounter_id", "StudyInstanceUID", "AccessionNumber", "session",
    "timepoint", "follow_up", "redcap_event_name", "subject_id", "PatientID", "MRN", "hadm_id", "date of exam",
]  # fmt: skip
BESIDE = [
    "SOPInstanceUID",
    "redcap_repeat_instance",
    "frame",
    "exam_view",
    "study_type",
    "operator",
    "comment",
    "series",
]


@pytest.mark.parametrize("header", [*APART, *BESIDE])
def test_which_headers_tell_studies_apart(header: str) -> None:
    assert vocabulary().tells_studies_apart(header) == (header in APART)


CHOSEN = [
    pytest.param("selected", ["", "yes"], "0.45", id="yes"),
    pytest.param("is_selected", ["0", "1"], "0.45", id="one"),
    pytest.param("Selection Status", ["", "User chosen value"], "0.45", id="as DICOM says it"),
    pytest.param("preferred", ["x", ""], "0.1", id="a cross"),
    pytest.param("derivation", ["", "Mean"], "0.45", id="the mean of the device"),
    pytest.param("selected", ["A4C", "A2C"], "0.1 / 0.45", id="no marks"),
    pytest.param("selected", ["no", "no"], "0.1 / 0.45", id="none chosen"),
]


@pytest.mark.parametrize(("column", "marks", "cell"), CHOSEN)
def test_the_repeat_that_a_device_marks_as_chosen_wins(column: str, marks: list[str], cell: str) -> None:
    lines = [f"1,MR ERO,{value},cm2,{mark}" for value, mark in zip(("0.1", "0.45"), marks, strict=True)]
    assert graded(table(f"study_id,name,value,unit,{column}", *lines)).column("mitral_eroa_cm2") == [cell]


# --- names and the table of words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("study_id,code,value,unit", "code"),
        ("study_id,code,name,value", "name"),
        ("study_id,concept,code,value", "concept"),
    ],
    ids=["a code", "a name is preferred", "a concept is preferred"],
)
def test_a_less_usual_name_counts_where_no_usual_one_is_there(header: str, name: str) -> None:
    assert guess_columns(header.split(",")).name == name


def test_a_line_that_is_the_mean_of_the_others_wins_whatever_its_column_is_called() -> None:
    lines = ["1,1,AR EROA,0.1,cm2", "1,2,AR EROA,0.5,cm2", "1,Avg,AR EROA,0.31,cm2"]
    assert graded(table("id,beat,name,value,unit", *lines)).column("aortic_eroa_cm2") == ["0.31"]


def test_two_columns_that_may_say_how_a_value_was_made_are_no_error() -> None:
    text = table("id,derivation,statistic,name,value,unit", "1,single,,AR EROA,0.2,cm2", "1,single,,AR EROA,0.2,cm2")
    assert graded(text).column("aortic_eroa_cm2") == ["0.2"]


# --- limits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["operator", "qualifier", "x"])
def test_a_mark_in_a_column_of_its_own_makes_a_limit_of_its_value(column: str) -> None:
    lines = ["1,AR EROA,<,0.2,cm2", "2,AR EROA,=,0.4,cm2", "3,AR EROA,,0.4,cm2", "4,AR EROA,≥,0.4,cm2"]
    found = graded(table(f"id,name,{column},value,unit", *lines))
    assert found.column("aortic_eroa_cm2") == ["<0.2", "0.4", "0.4", "≥0.4"]
    assert found.column("echograde_status") == ["rejected", "graded", "graded", "rejected"]
    assert all("is a limit, not a value" in issue["message"] for issue in found.issues)


# --- what is no native valve -------------------------------------------------------------------------------------------

NO_NATIVE_VALVE = {
    "a label": ["1,MR EROA,0.45,cm2,", "1,Mitral prosthesis,yes,,", "2,MR EROA,0.45,cm2,", "2,Mitral prosthesis,no,,"],
    "a column": ["1,MR EROA,0.45,cm2,mitral valve replacement", "2,MR EROA,0.45,cm2,native"],
}


@pytest.mark.hazard("no-native-valve")
@pytest.mark.parametrize("lines", NO_NATIVE_VALVE.values(), ids=NO_NATIVE_VALVE)
@pytest.mark.parametrize("keep", [(), ("valve status",)], ids=["", "kept"])
def test_a_prosthesis_in_a_long_table_is_not_graded(lines: list[str], keep: tuple[str, ...]) -> None:
    found = graded(table("id,measurement,value,unit,valve status", *lines), Long(keep=keep))
    assert found.column("echograde_status") == ["rejected", "graded"]


# --- valves ------------------------------------------------------------------------------------------------------------


def test_a_column_of_valves_under_another_name_is_pointed_out() -> None:
    text = table("id,structure,name,value,unit", "1,MV,EROA,0.4,cm2", "1,TV,EROA,0.1,cm2")
    with pytest.raises(UsageError, match="Column 'structure' holds names of valves: use it with valve_column="):
        graded(text)


BROKEN = [
    ("flow", {"forward": ["e_wave"], "either": []}, "no measurement 'e_wave'"),
    ("directions", {"regurgitant": ["leak"], "antegrade": ["Leak"], "beside": []}, "leak stands for both"),
    ("repeats", {"errors": 0, "hours": 6, "reading": "x"}, "expected positive numbers"),
    ("units", {"others": []}, "'none' is missing"),
    ("names", {"study": []}, "unknown key 'study'"),
]


@pytest.mark.parametrize(("section", "row", "complaint"), BROKEN, ids=[section for section, _, _ in BROKEN])
def test_a_broken_table_of_words_names_its_row(section: str, row: dict[str, object], complaint: str) -> None:
    table_ = {**read_toml(tables() / "long_tables.toml"), section: row}
    with pytest.raises(ValueError, match=rf"long_tables.toml: .*{complaint}"):
        parse_vocabulary(table_)
