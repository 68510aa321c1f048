"""Headers as people write them."""

from __future__ import annotations

import pytest

from grading import grade
from grading.columns.headers import match, refusal
from grading.columns.measurement_names import by_catalogue_name
from grading.columns.plan import Options, plan_columns
from grading.columns.template import FORMATS, as_csv, header_of
from grading.errors import UsageError, written
from grading.reference.catalogue import load_catalogue

MATCHED = [
    ("eroa", "eroa", "", None),
    ("eroa_mm2", "eroa", "", "mm2"),
    ("EROA (cm²)", "eroa", "", "cm2"),
    ("mr_vc_mm", "vena_contracta_width", "mitral", "mm"),
    ("MR ERO", "eroa", "mitral", None),
    ("MRERO", "eroa", "mitral", None),
    ("mrEroa", "eroa", "mitral", None),
    ("eroa_mr", "eroa", "mitral", None),
    ("vc_ao", "vena_contracta_width", "aortic", None),
    ("AI P1/2t", "pressure_half_time", "aortic", None),
    ("TR Rad", "pisa_radius", "tricuspid", None),
    ("MR Als.Vel", "aliasing_velocity", "mitral", None),
    ("MR RV", "regurgitant_volume", "mitral", None),
    ("pulmonic_cw_jet", "cw_jet", "pulmonic", None),
    ("pr_index", "pr_index", "", None),
    ("pisa_radius_cm", "pisa_radius", "", "cm"),
    ("PISA半径", "pisa_radius", "", None),
    ("RF (%)", "regurgitant_fraction", "", "%"),
    ("LVOT Diam", "lvot_diameter", "", None),
    ("la_volume_index_ml_m2", "la_volume_index", "", "mL/m2"),
    ("EROA_pre", "eroa", "", None),
    ("TR Vmax m/s", "peak_velocity", "tricuspid", "m/s"),
    ("MR-VC-mm", "vena_contracta_width", "mitral", "mm"),
    ("mr.vc.mm", "vena_contracta_width", "mitral", "mm"),
    ("rvol_cc", "regurgitant_volume", "", "mL"),
    ("pht_msec", "pressure_half_time", "", "ms"),
    ("rf_percent", "regurgitant_fraction", "", "%"),
    ("VC in mm", "vena_contracta_width", "", "mm"),
    ("eroa mm^2", "eroa", "", "mm2"),
    ("Mitral valve effective regurgitant orifice area (PISA)", "eroa", "mitral", None),
]


@pytest.mark.parametrize(("header", "measurement", "valve", "unit"), MATCHED)
def test_a_header_is_recognised(header: str, measurement: str, valve: str, unit: str | None) -> None:
    found = match(header)
    assert found is not None
    assert (found.measurement, found.valve, found.unit) == (measurement, valve, unit)


@pytest.mark.hazard("wrong-quantity")
@pytest.mark.parametrize("header", ["mr_pisa", "RV", "AR", "MR", "mr_severity", "TR maxPG", "VC-based EROA cm2"])
def test_an_ambiguous_header_is_refused_with_a_reason(header: str) -> None:
    assert match(header) is None
    assert refusal(header)


@pytest.mark.parametrize("header", ["comment", "age", "army", "mrn", "primary_key", "area", "price_cm", ""])
def test_other_columns_are_left_alone(header: str) -> None:
    assert match(header) is None
    assert refusal(header) is None


@pytest.mark.hazard("wrong-quantity")
def test_every_name_label_and_alias_leads_to_its_own_measurement() -> None:
    for measurement in load_catalogue().enterable():
        for spelling in (measurement.name, header_of(measurement), *measurement.aliases):
            found = match(spelling)
            assert found is not None, spelling
            assert found.measurement == measurement.name, spelling
        for spelling in (measurement.name, *measurement.valve_aliases):
            found = match(f"MR {spelling}")
            assert found is not None, spelling
            assert (found.measurement, found.valve) == (measurement.name, "mitral"), spelling


def test_an_unprefixed_column_of_one_valve_only_needs_no_prefix() -> None:
    plan = plan_columns(["mr_eroa", "pulmonary_vein_flow", "lv_size"], Options())
    assert [(c.measurement, c.valve) for c in plan.columns] == [
        ("eroa", "mitral"),
        ("pulmonary_vein_flow", "mitral"),
        ("lv_size", ""),
    ]


@pytest.mark.hazard("wrong-valve")
def test_other_valves_pass_through_when_the_valve_is_fixed() -> None:
    plan = plan_columns(["mr_eroa", "ar_eroa"], Options(valve="aortic"))
    assert [c.header for c in plan.columns] == ["ar_eroa"]
    assert plan.unmatched == ("mr_eroa",)
    assert not plan.prefixed


CHECKBOXES = [
    ("mr_mechanism___1", ["write the choice in words ('primary', 'secondary') into a column 'mr_mechanism'"]),
    (
        "mr_flail_leaflet___1",
        ["if its 1 means yes, name it with columns={'mr_flail_leaflet___1': 'mr_flail_leaflet'}"],
    ),
    ("mr_vc___2", ["write the number into a column 'mr_vc'"]),
    ("consent___1", []),
    (
        "mr_mechanism_1",
        ["if it holds the mitral mechanism, name it with columns={'mr_mechanism_1': 'mitral_mechanism'}"],
    ),
]


@pytest.mark.parametrize(("header", "notes"), CHECKBOXES)
def test_a_redcap_checkbox_is_told_how_to_be_used(header: str, notes: list[str]) -> None:
    plan = plan_columns(["mr_eroa", header], Options())
    assert plan.unmatched == (header,)
    assert len(plan.notes) == len(notes)
    assert all(written(note).endswith(said) for note, said in zip(plan.notes, notes, strict=True))


def test_a_redcap_checkbox_of_yes_and_no_can_be_mapped() -> None:
    plan = plan_columns(["mr_flail_leaflet___1"], Options(columns={"mr_flail_leaflet___1": "mr_flail_leaflet"}))
    assert [(column.measurement, column.valve) for column in plan.columns] == [("flail_leaflet", "mitral")]


@pytest.mark.parametrize("valve", [None, "mitral", "aortic", "tricuspid", "pulmonic"])
def test_the_template_is_a_file_that_can_be_read(valve: str | None) -> None:
    headers = as_csv(valve).strip().split(",")
    plan = plan_columns(headers, Options(valve=valve))
    assert {c.measurement for c in plan.columns} == {m.name for m in load_catalogue().enterable(valve)}
    assert plan.unmatched == ("id",)
    assert all(c.unit_from in ("header", "") or c.unit == "1" for c in plan.columns)


@pytest.mark.parametrize("form", FORMATS)
def test_every_measurement_is_in_every_dictionary(form: str) -> None:
    text = FORMATS[form](None)
    assert all(header_of(m) in text for m in load_catalogue().enterable())


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("vc_mm", 7, "7 mm"), ("vc_mm", "7 mm", "7 mm"), ("eroa_mm2", "40 mm²", "40 mm²"), ("vc_mm", "7,5", "7,5"),
        ("vc_mm", None, None), ("vc_mm", True, True), ("vc_mm", "NA", "NA"), ("eroa", "40 mm2", "40 mm2"),
    ],
)  # fmt: skip
def test_a_value_has_the_unit_of_its_name(name: str, value: object, read: object) -> None:
    assert list(by_catalogue_name({name: value}, "mitral").values()) == [read]


@pytest.mark.hazard("wrong-unit")
@pytest.mark.parametrize(("name", "value"), [("eroa_cm2", "40 mm2"), ("vc_mm", "0.7 cm"), ("vc_mm", "7 kg")])
def test_a_value_in_another_unit_than_its_name_says_is_refused(name: str, value: str) -> None:
    named, given = name.split("_")[1], value.split()[1]
    with pytest.raises(UsageError, match=f"{name}='{value}': the name says {named} and the value {given}; correct one"):
        grade("mitral", **{name: value})
