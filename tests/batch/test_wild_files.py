"""Files as people send them: none is graded by what the program assumed while the file said otherwise."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grading.cli.main import app
from grading.columns.headers import match
from grading.reference.catalogue import load_catalogue

GRADE, STATUS = "mitral_ase_2017_grade", "echograde_status"


def graded(place: Path, text: str, *words: object) -> tuple[Result, list[dict[str, str]], list[dict[str, str]]]:
    """A file graded by the command: what it said, its rows, its issues."""
    (place / "in.csv").write_text(text, encoding="utf-8")
    target = place / "out.csv"
    ran = CliRunner().invoke(app, ["grade", str(place / "in.csv"), "-o", str(target), *map(str, words)])
    return ran, *(_rows(path) if path.exists() else [] for path in (target, target.with_suffix(".issues.csv")))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        first = file.readline()
        file.seek(0)
        return list(csv.DictReader(file, delimiter="|" if "|" in first else ","))


def column(header: str, values: str, others: str = "") -> str:
    """A file of one column, and if need be of some that are the same in every row ('header=value ...')."""
    pairs = [pair.split("=") for pair in others.split()]
    head = ",".join(["id", header, *(name for name, _ in pairs)])
    rows = [",".join([str(n), value, *(text for _, text in pairs)]) for n, value in enumerate(values.split())]
    return "\n".join([head, *rows, ""])


# --- units ------------------------------------------------------------------------------------------------------------

ASKED = {
    # a column without a unit whose values may as well be of another
    "widths of mild leaks, in mm": (column("tr_vc", "2.5 1 2 1.5 3 2"), "tr_vc=mm"),
    "a few of them": (column("mr_vc", "2 1.5 3"), "mr_vc=mm"),
    "one": (column("tr_vc", "2"), "tr_vc=mm"),
    "two, of which one cannot be in cm": (column("tr_vc", "2 8"), "tr_vc=mm"),
    "beside a quantity": (column("mr_vc_width", "1.8 2.2 1.2 2 2.4", "mr_eroa_cm2=0.1"), "mr_vc_width=mm"),
    "biplane widths": (column("mr_biplane_vc", "2 3 2.5 1.5 2 3"), "mr_biplane_vc=mm"),
    "small shells, in mm": (
        column("mr_pisa_radius", "2.5 2 3 2.2 1.8", "mr_va_cm_s=40 mr_vmax_m_s=5"),
        "mr_pisa_radius=mm",
    ),
    "trivial orifices, in mm2": (column("mr_eroa", "2 4 3 1.5 2.5 4.5"), "mr_eroa=mm2"),
    # a column without a unit that cannot be in the assumed one
    "orifices in mm2": (column("ar_eroa", "20 35 12 41 30 18"), "ar_eroa=mm2"),
    "heights in inches": (column("height", "65 70 62 68 71 66", "weight=70 mr_eroa_cm2=0.3"), "height=in"),
    # some rows in one unit, some in another
    "widths from two machines": (column("mr_vc", "0.4 0.6 6 0.5 0.8 7 0.3 5"), "mr_vc=mm"),
    "shells from two machines": (column("tr_pisa_radius", "0.8 0.6 9 0.7 8 0.5 0.9 0.4"), "tr_pisa_radius=mm"),
    "fractions and percentages": (column("mr_rf", "45 0.5 52 0.3 38 0.42 55"), "mr_rf=fraction"),
    # a unit in the header that hardly any value fits
    "widths that are not in cm": (column("MR VC (cm)", "2 5 9 6 4 7 3"), "'MR VC (cm)=mm'"),
    "orifices that are not in mm2": (column("mr_eroa_mm2", "0.4 0.2 0.3 0.45 0.1 0.5"), "mr_eroa_mm2=cm2"),
    "half of the widths in mm": (column("TR VC [cm]", "0.6 8 0.5 7 0.4 6"), "'TR VC [cm]=mm'"),
}


@pytest.mark.hazard("wrong-unit")
@pytest.mark.parametrize(("text", "option"), ASKED.values(), ids=ASKED)
def test_a_unit_that_the_values_leave_open_is_asked_for(tmp_path: Path, text: str, option: str) -> None:
    ran, rows, _ = graded(tmp_path, text)
    assert (ran.exit_code, rows) == (2, []), ran.output
    assert f"--unit {option}" in ran.output


#: values without a unit, and what is true of them in the assumed one
TRUE_OF_THEM = {
    "all impossible": (column("lvedd", "55 48 60", "sex=male mr_vc_cm=0.5"), "(48 to 60) cannot be in cm, and may be in mm"),
    "one impossible": (column("tr_vc", "2 8"), "1 of 2 of its values (2 to 8) cannot be in cm, and may be in mm"),
    "a share": (column("mr_rf", "0.55 0.2 0.35"), "(0.2 to 0.55) cannot be in %, and may be fractions"),
    "all unusual": (column("tr_vc", "3 2.8 3.5"), "(2.8 to 3.5) are unusual in cm, and may be in mm"),
    "all ordinary": (column("tr_vc", "2 1.5 2.2"), "(1.5 to 2.2) may as well be in mm as in cm"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), TRUE_OF_THEM.values(), ids=TRUE_OF_THEM)
def test_what_asks_for_a_unit_is_true_of_the_values(tmp_path: Path, text: str, sentence: str) -> None:
    assert sentence in graded(tmp_path, text)[0].output


LIMITS = {
    "under the name of its measurement": "id,mr_eroa_qual,x,mr_eroa_cm2\n1,<,a,0.4\n2,=,b,0.4\n",
    "beside it": "id,operator,mr_eroa_cm2\n1,,0.4\n2,>=,0.4\n",
    "behind it": "id,mr_eroa_cm2,\n1,0.4,≥\n2,0.1,\n",
}


@pytest.mark.hazard("wrong-quantity")
@pytest.mark.parametrize("text", LIMITS.values(), ids=LIMITS)
def test_a_column_of_marks_makes_limits_of_the_values_beside_it(tmp_path: Path, text: str) -> None:
    ran, rows, _ = graded(tmp_path, text)
    assert (ran.exit_code, rows) == (2, [])
    assert "holds marks of limits" in ran.output and "put each mark into the cell of its number" in ran.output


def test_marks_that_are_of_nothing_that_is_graded_are_passed_through(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('[columns]\n"mr_eroa_qual" = "ignore"\n')
    map_ = ("--columns", tmp_path / "map.toml")
    assert graded(tmp_path, "id,mr_eroa_qual,mr_eroa_cm2\n1,<,0.4\n", *map_)[0].exit_code == 0
    assert graded(tmp_path, "id,mr_eroa_cm2,mr_eroa_ref_op,ref\n1,0.4,<,0.2\n")[0].exit_code == 0
    assert graded(tmp_path, "mr_eroa_cm2,id,bnp_operator,bnp\n0.4,1,<,100\n")[0].exit_code == 0


HONEST = {
    "orifices": column("mr_eroa", "0.1 0.6 0.4 0.22 0.3 0.18 0.45"),
    "orifices in mm2, and said so": column("eroa_mm2", "10 45 30 22 38 5", "valve=MR"),
    "trivial orifices in mm2, and said so": column("mr_eroa_mm2", "2 4 3 1.5 2.5 4.5"),
    "widths": column("tr_vc", "0.3 0.7 0.5 0.9 0.6 1.2 0.4"),
    "widths in mm, and said so": column("tr_vc_mm", "2 1.5 3 2 1 2"),
    "large widths in cm, and said so": column("TR VC (cm)", "1.5 1.2 2 1.8 1.1 1.4"),
    "shells": column("mr_pisa_radius", "0.9 1.1 0.6 0.8 1 0.7", "mr_va_cm_s=40 mr_vmax_m_s=5"),
    "areas of large leaks": column("tr_3d_vca", "1.2 1.5 0.9 2 1.1 1.4"),
    "jets": column("mr_vmax", "450 510 480 530 495 470"),
    "jet areas": column("mr_jet_area", "4 8 12 6 10 3"),
    "integrals": column("mr_vti", "140 165 120 180 150", "mr_eroa_cm2=0.3"),
    "times": column("ar_pht", "250 420 510 330 600 480"),
    "heavy patients": column("weight", "80 95 110 72 120 64 150", "height_cm=170 mr_eroa_cm2=0.3"),
    "a single typing error": column("mr_eroa", "0.4 35 0.3 0.2 0.1 0.5"),
}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_an_honest_column_is_not_questioned(tmp_path: Path, text: str) -> None:
    ran, rows, _ = graded(tmp_path, text)
    assert ran.exit_code in (0, 1), ran.output
    assert len(rows) == text.count("\n") - 1


def test_a_unit_that_matters_to_no_grade_is_not_asked_for(tmp_path: Path) -> None:
    text = column("weight", "120 118 115 125 119", "mr_eroa_cm2=0.3")
    assert graded(tmp_path, text)[0].exit_code == 0


def test_a_unit_is_insisted_on_by_giving_it(tmp_path: Path) -> None:
    ran, rows, _ = graded(tmp_path, column("MR VC (cm)", "2 3.5 2.5 3 3.2"), "--unit", "MR VC (cm)=cm")
    assert (ran.exit_code, len(rows)) == (0, 5), ran.output


#: a header, a value, and the value of the catalogue's unit that it is
SPELLED = [
    ("MR EROA (square millimetres)", "40", "mr_eroa_cm2", "0.4"), ("MR EROA mm^2", "40", "mr_eroa_cm2", "0.4"),
    ("MR EROA [sq mm]", "40", "mr_eroa_cm2", "0.4"), ("MR VC (Millimeter)", "7", "mr_vc_cm", "0.7"),
    ("MR VC {mm}", "7", "mr_vc_cm", "0.7"), ("VC (mm) MR", "7", "mr_vc_cm", "0.7"),
    ("MR VC (2D, mm)", "7", "", ""), ("MR EROA (PISA, mm²)", "40", "mr_eroa_cm2", "0.4"),
    ("TR Vmax mps", "3", "tr_vmax_m_s", "3"), ("AR PHT (milliseconds)", "300", "ar_pht_ms", "300"),
    ("MR RVol (cm³)", "65", "mr_rvol_ml", "65"), ("MR RF (per cent)", "55", "mr_rf_pct", "55"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "value", "plain", "same"), SPELLED, ids=[row[0] for row in SPELLED])
def test_a_unit_is_read_however_it_is_spelled(
    tmp_path: Path, header: str, value: str, plain: str, same: str
) -> None:  # fmt: skip
    ran, rows, _ = graded(tmp_path, f'id,mr_cw_jet,"{header}"\n1,dense,{value}\n')
    if not plain:
        assert f"'{header}' is not used" in ran.output
        return
    expected = graded(tmp_path, f"id,mr_cw_jet,{plain}\n1,dense,{same}\n")[1]
    own = [name for name in rows[0] if "_ase_2017_" in name or "derived" in name]
    assert [rows[0][name] for name in own] == [expected[0][name] for name in own]


UNIT_COLUMNS = {
    "beside its measurement": ("id,tr_vc,tr_vc_unit\n1,8,mm\n2,0.8,cm\n3,2,mm\n", "severe severe mild"),
    "before it": ("id,Unit of MR VC,MR VC\n1,mm,8\n2,cm,0.8\n3,mm,2\n", "severe severe mild"),
    "under no name of its own": ("id,valve,vc,uom\n1,TR,8,mm\n2,TR,0.8,cm\n3,TR,2,mm\n", "severe severe mild"),
    "of the only column with such units": ("id,mr_eroa_cm2,x,tr_vc,y,z\n1,,9,8,b,mm\n2,,9,2,b,mm\n", "severe mild"),
    "in brackets": ("id,tr_vc,unit\n1,8,[mm]\n2,2,(mm)\n3,2,in mm\n", "severe mild mild"),
    "in another language": ("id,tr_vc,Einheit\n1,8,Millimeter\n2,2,Millimeter\n", "severe mild"),
    "under the name of what it measures, without its valve": ("id,tr_vc,unit_vc\n1,8,mm\n2,2,mm\n", "severe mild"),
    "under the name of its kind": ("id,length_unit,tr_vc,tr_cw_jet\n1,mm,8,\n2,mm,2,\n", "severe mild"),
    "where some rows hold nothing": ("id,tr_vc,tr_vc_units\n1,8,mm\n2,,\n3,2,mm\n", "severe insufficient_data mild"),
}


@pytest.mark.parametrize(("text", "grades"), UNIT_COLUMNS.values(), ids=UNIT_COLUMNS)
def test_a_column_of_units_is_used_row_by_row(tmp_path: Path, text: str, grades: str) -> None:
    text = text.replace("MR VC", "TR VC")
    ran, rows, _ = graded(tmp_path, text)
    assert ran.exit_code == 0, ran.output
    grade = next(name for name in rows[0] if name.endswith("ase_2017_grade") and "mitral" not in name)
    assert " ".join(row[grade] for row in rows) == grades


REFUSED_UNITS = {
    "none of its units": (
        "id,tr_vc,tr_vc_unit\n1,8,mm\n2,8,kg\n",
        "is in 'kg' by 'tr_vc_unit', which is not one of its units",
    ),
    "blank": ("id,tr_vc,tr_vc_unit\n1,8,mm\n2,8,\n", "has no unit: 'tr_vc_unit' is blank in its row"),
    "another than the header's": ("id,tr_vc_cm,tr_vc_unit\n1,0.8,cm\n2,8,mm\n", "and in cm by its header"),
}


@pytest.mark.hazard("wrong-unit")
@pytest.mark.parametrize(("text", "sentence"), REFUSED_UNITS.values(), ids=REFUSED_UNITS)
def test_a_value_whose_unit_cannot_be_used_is_rejected(tmp_path: Path, text: str, sentence: str) -> None:
    ran, rows, issues = graded(tmp_path, text)
    assert ran.exit_code == 1
    assert [row[STATUS] for row in rows] == ["graded", "rejected"]
    assert [(issue["row"], sentence in issue["message"]) for issue in issues] == [("2", True)]


@pytest.mark.parametrize("header", ["measure", "length_unit", "vc_unit"])
def test_units_that_could_be_of_two_columns_stop_the_run(tmp_path: Path, header: str) -> None:
    ran, rows, _ = graded(tmp_path, f"id,mr_vc,x,tr_vc,y,{header}\n1,7,a,8,b,mm\n2,6,a,9,b,mm\n")
    assert (ran.exit_code, rows) == (2, [])
    assert "holds units ('mm') and does not say of which column ('mr_vc', 'tr_vc')" in ran.output


def test_units_of_a_column_that_is_not_read_are_of_no_other(tmp_path: Path) -> None:
    ran, rows, _ = graded(tmp_path, "id,annulus,annulus_unit,mr_vc_cm,mr_eroa_cm2\n1,35,mm,0.7,0.45\n2,40,mm,0.2,0.1\n")
    assert ran.exit_code == 0, ran.output
    assert [row["mitral_ase_2017_grade"] for row in rows] == ["severe", "mild"]


@pytest.mark.parametrize(
    ("header", "way"),
    [
        ("tr_max_velocity_ms", "if it means m/s, give --unit tr_max_velocity_ms=m/s"),
        ("MR Vmax (ms)", "if it means m/s, give --unit 'MR Vmax (ms)=m/s'"),
        ("mr_vc_cms", "give --unit mr_vc_cms=cm or --unit mr_vc_cms=mm"),
        ("MR VC (inch)", "is not a unit of vena_contracta_width (cm, mm)"),
    ],
)
def test_a_unit_of_another_quantity_shows_the_way_out(tmp_path: Path, header: str, way: str) -> None:
    ran, *_ = graded(tmp_path, f"id,mr_eroa_cm2,{header}\n1,0.4,2.6\n")
    assert ran.exit_code == 2
    assert way in ran.output


# --- headers ----------------------------------------------------------------------------------------------------------

#: headers that are not used, and what is said of them
NOTED = {
    "MR VC (furlong)": "its name says mitral vena contracta width, and 'furlong' is not understood (units: cm, mm)",
    "echo_mr_rvol_ml": 'if it holds the mitral regurgitant volume, name it with a --columns map ("echo_mr_rvol_ml"',
    "RVol of MR (ml)": "if it holds the mitral regurgitant volume",
    "shell MR radius": "if it holds the mitral PISA radius",
    "MR VC final read": "if it holds the mitral vena contracta width",
    "hepatic vein systolic blunting": "Did you mean hepatic_vein_flow?",
    "pulmonary vein systolic reversal": "Did you mean pulmonary_vein_flow?",
    "regurgitent fraction": "Did you mean regurgitant_fraction?",
    "Surface d'ORE (mm²)": "not used, though a unit stands in the header",
    "Rvolume1 (ml)": "not used, though a unit stands in the header",
    "Mitral Peak Velocity (m/s)": "usually the forward flow through the valve",
    "Peak velocity": "it may be of forward flow or of a regurgitant jet",
    "Peak Velocity Aortic": "usually the forward flow through the valve",
    "AV peak velocity (m/s)": "usually the forward flow through the valve",
    "max vel MV": "usually the forward flow through the valve",
    "TV VTI": "may be of the forward flow or of the regurgitant jet",
    "mitral regurgitation severity": "a reader's grade of the regurgitation, not a measurement",
    "Grade of mitral regurgitation": "a reader's grade of the regurgitation, not a measurement",
}


@pytest.mark.hazard("wrong-quantity")
@pytest.mark.parametrize(("header", "note"), NOTED.items(), ids=NOTED)
def test_a_header_that_could_be_one_of_ours_gets_a_note(tmp_path: Path, header: str, note: str) -> None:
    ran, *_ = graded(tmp_path, f'id,mr_eroa_cm2,"{header}"\n1,0.2,1\n')
    assert ran.exit_code == 0
    notes = [line for line in ran.output.splitlines() if line.startswith("note: ")]
    assert len(notes) == 1, ran.output
    assert note in notes[0]


@pytest.mark.parametrize(
    "header",
    ["comment", "IVSd", "age", "E/e'", "LV mass", "LVEDVi", "vc_area", "study date", "status", "LVESVi", "MR dP/dt"],
)
def test_other_columns_pass_without_a_word(tmp_path: Path, header: str) -> None:
    ran, *_ = graded(tmp_path, f'id,mr_eroa_cm2,"{header}"\n1,0.2,1\n')
    assert "note: " not in ran.output


MISPLACED = {
    "a title": ("Department of echo 2026\n\nid,mr_eroa_cm2\n1,0.42\n", "--skip-lines 2"),
    "two title lines with commas": (
        "Export, all\nby site, 3\nid,mr_eroa_cm2,mr_rvol_ml\n1,0.42,61\n",
        "--skip-lines 2",
    ),
    "pipes": ("id|mr_eroa_cm2|mr_rvol_ml\n1|0.42|61\n", "--delimiter '|'"),
    "a title above pipes": ("Export\nid|mr_eroa_cm2\n1|0.42\n", "--skip-lines 1 and --delimiter '|'"),
}


@pytest.mark.parametrize(("text", "ways"), MISPLACED.values(), ids=MISPLACED)
def test_a_header_that_is_not_the_first_line_is_found(tmp_path: Path, text: str, ways: str) -> None:
    ran, rows, _ = graded(tmp_path, text)
    assert (ran.exit_code, rows) == (2, [])
    assert f"give {ways}" in ran.output
    ran, rows, _ = graded(tmp_path, text, *ways.replace(" and", "").replace("'", "").split())
    assert [row[GRADE] for row in rows] == ["severe"], ran.output


OTHER_SHAPES = {
    "a long table": ("study_id,measurement,value,unit\n0,MR EROA,0.1,cm2\n1,MR EROA,0.4,cm2\n", "give --layout long"),
    "a turned table": ("measurement,P1,P2\nMR EROA (cm2),0.45,0.1\nMR VC (mm),8,2\n", "turn the table"),
    "a header of two lines": ("id,MR,,TR\n,EROA (cm2),RVol (mL),VC (mm)\n1,0.42,61,3\n", "as in 'MR EROA (cm2)'"),
    "one with doubled valves": ("id,MR,MR\n,EROA (cm2),RVol (mL)\n1,0.42,61\n", "as in 'MR EROA (cm2)'"),
    "a title above words": ("Export 2026\nvalve,AF,eroa_cm2\nmitral,AF,0.42\nmitral,AF,0.1\n", "give --skip-lines 1"),
}


@pytest.mark.parametrize(("text", "way"), OTHER_SHAPES.values(), ids=OTHER_SHAPES)
def test_a_table_of_another_shape_is_not_taken_for_one_with_a_title(tmp_path: Path, text: str, way: str) -> None:
    ran, rows, _ = graded(tmp_path, text)
    assert (ran.exit_code, rows) == (2, [])
    assert way in ran.output
    assert ("--skip-lines" in ran.output) == ("--skip-lines" in way)


UNIT_ROWS = {
    "a unit for each": "id,MR EROA,MR RVol\n,mm2,ml\n1,42,61\n2,12,12\n",
    "beside words": "id,MR EROA,MR RVol,sex\n-,mm²,mL,\n1,42,61,f\n2,12,12,m\n",
}


@pytest.mark.parametrize("text", UNIT_ROWS.values(), ids=UNIT_ROWS)
def test_a_line_of_units_below_the_header(tmp_path: Path, text: str) -> None:
    ran, rows, _ = graded(tmp_path, text)
    assert (ran.exit_code, rows) == (2, [])
    assert "line 2 holds units (MR EROA mm" in ran.output and "--units-row" in ran.output
    ran, rows, _ = graded(tmp_path, text, "--units-row")
    assert [(row["id"], row[GRADE]) for row in rows] == [("1", "severe"), ("2", "mild")], ran.output
    columns = json.loads((tmp_path / "out.run.json").read_text())["columns"]
    assert {c["measurement"]: (c["unit"], c["unit_from"]) for c in columns if c["unit"]} == {
        "eroa": ("mm2", "header"), "regurgitant_volume": ("mL", "header"),
    }  # fmt: skip


def test_a_line_of_units_that_contradicts_the_header_stops_the_run(tmp_path: Path) -> None:
    ran, *_ = graded(tmp_path, "id,mr_eroa_cm2\n,mm2\n1,42\n", "--units-row")
    assert ran.exit_code == 2
    assert "the line of units says mm2, and the header cm2" in ran.output


# --- cells ------------------------------------------------------------------------------------------------------------

CELLS = {
    "04-Mar": "reads as a date: a spreadsheet has turned the value into one",
    "02. Apr": "reads as a date",
    "2026-03-04": "reads as a date",
    "3/4/2026": "reads as a date",
    "0.3-0.4": "is a range or two values",
    "0.3 to 0.4": "is a range or two values",
    "0.2/0.3": "is a range or two values",
    "-999": "or give --missing -999 if it means not measured",
    "9999": "or give --missing 9999 if it means not measured",
    "NM": "or give --missing NM if it means not measured",
    "not obtained": "or give --missing 'not obtained' if it means not measured",
    "n/k": "or give --missing n/k if it means not measured",
}


@pytest.mark.hazard("turned-cell")
@pytest.mark.parametrize(("cell", "sentence"), CELLS.items(), ids=CELLS)
def test_a_cell_says_its_cause_and_the_way_out(tmp_path: Path, cell: str, sentence: str) -> None:
    ran, rows, issues = graded(tmp_path, f"id,mr_eroa_cm2\n1,{cell}\n2,0.4\n")
    assert (ran.exit_code, [row[STATUS] for row in rows]) == (1, ["rejected", "graded"])
    assert [sentence in issue["message"] for issue in issues] == [True], issues


#: a finding, what is typed of it, and the value that is read
SAID = [
    ("mr_flail_leaflet", "no flail", "no"), ("mr_flail_leaflet", "without flail leaflet", "no"),
    ("mr_flail_leaflet", "Flail leaflet", "yes"), ("AF", "no AF", "no"), ("holosystolic", "late-systolic", "no"),
    ("holosystolic", "not holosystolic", "no"), ("symptoms", "without symptoms", "no"),
    ("mr_regurgitation", "no MR", "none"), ("mr_coaptation_defect", "no evidence of coaptation defect", "no"),
]  # fmt: skip


@pytest.mark.parametrize(("header", "typed", "value"), SAID, ids=[row[1] for row in SAID])
def test_a_finding_that_is_denied_in_words_is_a_no(tmp_path: Path, header: str, typed: str, value: str) -> None:
    ran, *_ = graded(tmp_path, f"id,mr_eroa_cm2,{header}\n1,0.3,{typed}\n")
    assert ran.exit_code == 0, ran.output
    meaning = match(header)
    assert meaning is not None
    word = load_catalogue().words[meaning.measurement]
    assert word.read(typed) == word.code(value)


#: cells for which no value may be suggested: what they deny, or two values at once
NOT_MEANT = [
    ("mr_pulmonary_vein_flow", "no systolic reversal"), ("mr_pulmonary_vein_flow", "systolic reversal absent"),
    ("mr_pulmonary_vein_flow", "systolic reversal?"), ("mr_cw_jet", "not dense"), ("mr_colour_jet", "large eccentric"),
    ("mr_mechanism", "not secondary"),
]  # fmt: skip


@pytest.mark.hazard("wrong-reason")
@pytest.mark.parametrize(("header", "typed"), NOT_MEANT, ids=[typed for _, typed in NOT_MEANT])
def test_nothing_is_suggested_that_the_cell_denies(tmp_path: Path, header: str, typed: str) -> None:
    _, _, issues = graded(tmp_path, f"id,mr_eroa_cm2,{header}\n1,0.3,{typed}\n")
    assert [("is none of" in issue["message"], "Did you mean" in issue["message"]) for issue in issues] == [
        (True, False)
    ]


@pytest.mark.parametrize(("header", "code"), [("sex", "1"), ("mr_flail_leaflet", "9"), ("valve", "2")])
def test_a_code_in_place_of_a_word_shows_where_its_meaning_is_said(tmp_path: Path, header: str, code: str) -> None:
    _, _, issues = graded(
        tmp_path, f"id,{header},vc_cm,x\n1,{code},0.5,a\n", *(("--valve", "mitral") if header != "valve" else ())
    )
    assert [f"or say what {code} means, as values of the column in --columns" in i["message"] for i in issues] == [True]


CODED = {
    "times": (
        "ar_pht_ms",
        "999 999 450 320",
        "999 stands in 2 cells of column 'ar_pht_ms', whose other values are 320 to 450",
    ),
    "volumes": (
        "mr_rvol_ml",
        "99 20 99 45",
        "99 stands in 2 cells of column 'mr_rvol_ml', whose other values are 20 to 45",
    ),
    "one value": ("mr_rvol_ml", "99 20 60 45", ""),
    "among others": ("mr_rvol_ml", "99 99 95 92 45", ""),
    "no code": ("mr_rvol_ml", "98 98 20 45", ""),
}


@pytest.mark.hazard("code-as-value")
@pytest.mark.parametrize(("header", "values", "sentence"), CODED.values(), ids=CODED)
def test_a_code_that_could_be_a_value_is_a_warning(tmp_path: Path, header: str, values: str, sentence: str) -> None:
    ran, _, issues = graded(tmp_path, column(header, values))
    found = [issue["message"] for issue in issues if "stands in" in issue["message"]]
    assert (ran.exit_code, len(found)) == (0, int(bool(sentence)))
    assert all(one.startswith(sentence) and "give --missing 99" in one for one in found)
    code = values.split()[0]
    assert not [
        i for i in graded(tmp_path, column(header, values), "--missing", code)[2] if "stands in" in i["message"]
    ]


# --- rows that are no patients ----------------------------------------------------------------------------------------

SUMMED_UP = {
    "means and totals": (
        "id,mr_eroa_cm2\n1,0.4\n2,0.1\nMean,0.25\nSD,0.2\nTotal,0.5\n",
        "the last 3 rows ('Mean', 'SD', 'Total')",
    ),
    "above a footnote": ("id,mr_eroa_cm2\n1,0.4\n2,0.1\nMean ± SD,0.25\n* in cm2,\n", "the last row ('Mean ± SD')"),
    "beside a blank id": ("id,site,mr_eroa_cm2\n1,a,0.4\n,Mittelwert,0.4\n", "the last row ('Mittelwert')"),
    "initials": ("id,mr_eroa_cm2\nAB,0.4\nSD,0.1\n", ""),
    "a mean of each patient": ("id,beat,mr_eroa_cm2\nA,1,0.4\nA,2,0.5\nA,mean,0.45\n", ""),
    "all of them": ("statistic,mr_eroa_cm2\nmean,0.4\nmedian,0.4\n", ""),
}


@pytest.mark.hazard("wrong-quantity")
@pytest.mark.parametrize(("text", "which"), SUMMED_UP.values(), ids=SUMMED_UP)
def test_rows_that_sum_up_the_others_are_no_patients(tmp_path: Path, text: str, which: str) -> None:
    ran, rows, _ = graded(tmp_path, text)
    assert (ran.exit_code, bool(rows)) == ((2, False) if which else (0, True)), ran.output
    assert f"{which} sum" in ran.output if which else True


# --- what is no native valve ------------------------------------------------------------------------------------------

NO_NATIVE_VALVE = {
    "of what kind": ("id,valve,valve_type,eroa_cm2\n1,MR,MitraClip,0.45\n2,MR,native,0.45\n", "rejected graded"),
    "whether": ("id,mr_eroa_cm2,prosthesis\n1,0.45,yes\n2,0.45,no\n", "rejected graded"),
    "which valve": ("id,mr_eroa_cm2,Klappenprothese\n1,0.45,Mitralklappe\n2,0.45,Aortenklappe\n", "rejected graded"),
    "in the valve's name": ("id,valve,eroa_cm2\n1,mitral (clip),0.45\n2,mitral,0.45\n", "rejected graded"),
    "of another valve": ("id,mr_eroa_cm2,TAVI\n1,0.45,1\n2,0.45,0\n", "graded graded"),
    "before it": (
        "id,mr_eroa_cm2,intended,comment\n1,0.45,x,candidate for TEER\n2,0.4,y,no prosthesis\n",
        "graded graded",
    ),
    "of a recording": ("id,mr_eroa_cm2,clip\n1,0.45,1\n2,0.45,2\n", "graded graded"),
}


@pytest.mark.hazard("no-native-valve")
@pytest.mark.parametrize(("text", "statuses"), NO_NATIVE_VALVE.values(), ids=NO_NATIVE_VALVE)
def test_a_prosthesis_clip_or_repair_is_not_graded(tmp_path: Path, text: str, statuses: str) -> None:
    _, rows, issues = graded(tmp_path, text)
    assert " ".join(row[STATUS] for row in rows) == statuses
    assert ["a prosthesis, a clip or a repair is outside every table" in issue["message"] for issue in issues] == [
        True
    ] * statuses.count("rejected")


def test_only_the_valve_that_is_named_is_not_graded(tmp_path: Path) -> None:
    text = "id,mr_eroa_cm2,ar_eroa_cm2,prior valve surgery\n1,0.45,0.3,bioprosthetic AVR\n2,0.45,0.3,prosthesis\n"
    _, rows, issues = graded(tmp_path, text)
    assert [(row["mitral_status"], row["aortic_status"]) for row in rows] == [
        ("graded", "rejected"),
        ("graded", "graded"),
    ]
    assert [(issue["row"], issue["severity"]) for issue in issues] == [("1", "error"), ("2", "warning")]


def test_a_comment_about_one_is_a_warning(tmp_path: Path) -> None:
    _, rows, issues = graded(tmp_path, 'id,mr_eroa_cm2,comment\n1,0.45,"No AF, s/p TEER"\n2,0.45,\n')
    assert [row[STATUS] for row in rows] == ["graded", "graded"]
    assert [(i["row"], i["severity"], "check that the graded valve is native" in i["message"]) for i in issues] == [
        ("1", "warning", True)
    ]


BEHIND = {
    ("mr_eroa_cm2", "40mm2"): "is in mm2, and its column in cm2: write only the number, in the column's unit (0.4 cm2)",
    ("mr_vc", "7 mm"): "is in mm, and its column in cm: write only the number, in the column's unit (0.7 cm)",
    ("MR VC (mm)", "7 Millimeter"): "is a number with its unit behind it: write only the number",
    ("mr_vc_mm", "7 kg"): "is a number with something behind it",
}


@pytest.mark.parametrize(("header", "cell"), BEHIND, ids=map(" ".join, BEHIND))
def test_a_unit_in_a_cell_is_held_against_its_columns(tmp_path: Path, header: str, cell: str) -> None:
    ran, rows, issues = graded(tmp_path, f"id,{header}\n1,{cell}\n")
    assert (ran.exit_code, [row[STATUS] for row in rows]) == (1, ["rejected"])
    assert BEHIND[header, cell] in issues[0]["message"]


CODES = {
    "1.0 beside blanks": ("id,mr_eroa_cm2,mr_flail_leaflet\n1,0.3,1.0\n2,0.3,\n3,0.3,0.0\n", ()),
    "checked and unchecked": ("id,mr_eroa_cm2,MR flail leaflet\n1,0.3,Checked\n2,0.3,\n3,0.3,Unchecked\n", ()),
    "a checkbox of one choice": ("id,mr_eroa_cm2,MR flail leaflet (choice=Yes)\n1,0.3,Checked\n2,0.3,\n3,0.3,Unchecked\n", ()),
    "codes by a map": ("id,mr_eroa_cm2,torn\n1,0.3,2\n2,0.3,9\n3,0.3,1\n", ("--columns", "map.toml")),
    "codes by a dictionary": ("id,mr_eroa_cm2,mr_tear\n1,0.3,2\n2,0.3,9\n3,0.3,1\n", ("--redcap-dictionary", "dictionary.csv")),
    "labels by a dictionary": ("id,mr_eroa_cm2,MR flail leaflet?\n1,0.3,2\n2,0.3,9\n3,0.3,1\n", ("--redcap-dictionary", "dictionary.csv")),
}  # fmt: skip
MAP = '[columns]\ntorn = { measurement = "mr_flail_leaflet", values = { "1" = "no", "2" = "yes", "9" = "" } }\n'
DICTIONARY = (
    'Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels",Field Note\n'
    'mr_tear,echo,radio,MR flail leaflet?,"1, No | 2, Yes | 9, Unknown",\n'
)


@pytest.mark.hazard("code-as-value")
@pytest.mark.parametrize(("text", "words"), CODES.values(), ids=CODES)
def test_codes_mean_what_the_file_or_the_user_says(tmp_path: Path, text: str, words: tuple[str, ...]) -> None:
    (tmp_path / "map.toml").write_text(MAP)
    (tmp_path / "dictionary.csv").write_text(DICTIONARY)
    ran, rows, _ = graded(tmp_path, text, *(word if word.startswith("--") else tmp_path / word for word in words))
    expected = graded(tmp_path, "id,mr_eroa_cm2,mr_flail_leaflet\n1,0.3,yes\n2,0.3,\n3,0.3,no\n")[1]
    assert ran.exit_code == 0, ran.output
    assert [row["mitral_ase_2017_severe_criteria"] for row in rows] == [
        row["mitral_ase_2017_severe_criteria"] for row in expected
    ]
    assert rows[0]["mitral_ase_2017_severe_criteria"] != rows[2]["mitral_ase_2017_severe_criteria"]


def test_a_unit_in_a_header_counts_where_the_user_says_what_it_measures(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('[columns]\n"SOR (mm²)" = "mr_eroa"\n')
    _, rows, _ = graded(tmp_path, "id,SOR (mm²)\n1,42\n", "--columns", tmp_path / "map.toml")
    assert [row[GRADE] for row in rows] == ["severe"]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [('{ "1" = "torn" }', "'1' = 'torn': expected one of no, yes"), ('"yes"', "expected measurement, and if need be")],
)
def test_a_map_of_values_that_cannot_be_used_is_refused(tmp_path: Path, values: str, complaint: str) -> None:
    text = f'[columns]\ntorn = {{ measurement = "mr_flail_leaflet", values = {values} }}\n'
    (tmp_path / "map.toml").write_text(text)
    ran, *_ = graded(tmp_path, "id,mr_eroa_cm2,torn\n1,0.3,1\n", "--columns", tmp_path / "map.toml")
    assert ran.exit_code == 2
    assert complaint in ran.output


# --- readers ----------------------------------------------------------------------------------------------------------

READERS = {
    "numbers": ("Tricuspid Regurgitation", "0 1 2 3 4"),
    "pluses": ("Aortic regurgitation", "1+ 2+ 3+"),
    "Roman numerals": ("MR regurgitation", "I II III IV"),
    "words": ("mitral regurgitation", "none trace mild severe"),
    "fractions": ("mr_regurgitation", "1/4 2/4"),
}


@pytest.mark.parametrize(("header", "texts"), READERS.values(), ids=READERS)
def test_a_column_of_grades_is_a_readers_whatever_it_is_called(tmp_path: Path, header: str, texts: str) -> None:
    ran, rows, issues = graded(tmp_path, column(header, texts, "mr_eroa_cm2=0.1"))
    assert (ran.exit_code, issues) == (0, []), ran.output
    assert {row[GRADE] for row in rows} == {"mild"}
    assert f"column '{header}' is not used: a reader's grade" in ran.output


def test_a_record_of_none_trace_and_present_is_evidence(tmp_path: Path) -> None:
    _, rows, _ = graded(tmp_path, "id,mr_regurgitation,mr_eroa_cm2\n1,none,\n2,present,0.45\n")
    assert [row[GRADE] for row in rows] == ["none", "severe"]


# --- context ----------------------------------------------------------------------------------------------------------

WORDS = {
    "etiology": ("mixed", "ischaemic", "degenerative"), "symptoms": ("NYHA class III", "asymptomatic", "perhaps"),
    "rhythm": ("paroxysmal", "NSR", "paced"), "sex": ("1", "F", "diverse"),
}  # fmt: skip


@pytest.mark.parametrize(("header", "word"), [(h, w) for h, words in WORDS.items() for w in words])
def test_a_word_that_only_refines_never_rejects_what_decides(tmp_path: Path, header: str, word: str) -> None:
    text = f"id,valve,eroa_mm2,rvol_ml,height,{header}\n1,MR,45,65,170,{word}\n"
    ran, rows, issues = graded(tmp_path, text)
    assert (ran.exit_code, rows[0]["ase_2017_grade"]) == (0, "severe"), ran.output
    assert {issue["severity"] for issue in issues} <= {"warning"}
    assert all("it counts as not assessed" in issue["message"] and "--columns" in issue["message"] for issue in issues)


@pytest.mark.hazard("wrong-direction")
@pytest.mark.parametrize(("header", "word", "value"), [("mr_vmax_m_s", "1.4", True), ("ar_vmax_m_s", "1.4", True),
    ("mr_vmax_m_s", "5", False), ("tr_vmax_m_s", "1.9", False), ("mr_peak_velocity_cm_s", "140", True)])  # fmt: skip
def test_a_jet_as_slow_as_forward_flow_is_a_warning(tmp_path: Path, header: str, word: str, value: bool) -> None:
    _, _, issues = graded(tmp_path, f"id,{header},mr_eroa_cm2\n1,{word},0.1\n")
    assert ["forward flow is as slow" in issue["message"] for issue in issues] == [True] * value
