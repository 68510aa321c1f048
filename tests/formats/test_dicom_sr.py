"""Structured reports in the shapes of three makers, as a long table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import make_reports as make

from grading.errors import UsageError
from grading.formats.dicom_sr import read_reports
from grading.formats.foreign import LongTable
from grading.formats.upload import Upload

NUM = make.number
RADIUS, AREA, MITRAL = make.RADIUS, make.NEW["area"], make.qualified(make.NEW, "mitral")
LEAK = make.qualified(make.NEW, "mitral", "regurgitant", "pisa")


def read(data: bytes, **options: Any) -> LongTable:
    return read_reports(Upload("a.dcm", data), isolate=False, **options)


def lines(found: LongTable) -> set[tuple[str, str, str]]:
    """Measurement, value and unit of every line but the patient's sex."""
    rows = found.table.select(["measurement", "value", "unit"]).to_pylist()
    return {tuple(row.values()) for row in rows if row["measurement"] != "sex"}  # type: ignore[misc]


OLDER = {
    ("mr_eroa", "0.4214182135591", "cm2"), ("mr_pisa_radius", "0.9", "cm"), ("mr_aliasing_velocity", "40", "cm/s"),
    ("mr_peak_velocity", "5.2", "m/s"), ("height", "172", "cm"), ("body_surface_area", "1.9", "m2"),
}  # fmt: skip
NEWER = {("ar_regurgitant_vti", "190", "cm"), ("lvot_vti", "21.5", "cm"), ("ar_pressure_half_time", "310", "ms")}
PRECOORDINATED = {
    ("tr_vena_contracta_width", "0.72", "cm"), ("tr_vena_contracta_width", "7.2", "mm"), ("tr_pisa_radius", "0.7", "cm"),
    ("ra_area", "24.5", "cm2"), ("lv_end_diastolic_diameter", "52", "mm"), ("tr_eroa", "0.41", "cm2"),
}  # fmt: skip
OWN = {("mr_pisa_radius", "0.8", "cm"), ("mr_vena_contracta_width", "6", "mm")}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(make.older(), OLDER, id="older codes, chosen duplicates"),
        pytest.param(make.older(implicit=True), OLDER, id="implicit VR"),
        pytest.param(make.older(bare=True), OLDER, id="without preamble"),
        pytest.param(make.newer(), NEWER, id="newer codes, beats and mean"),
        pytest.param(make.precoordinated(), PRECOORDINATED, id="TID 5300"),
        pytest.param(make.own_codes(), OWN, id="a maker's own codes"),
    ],
)
def test_shapes(data: bytes, expected: set[tuple[str, str, str]]) -> None:
    found = read(data)
    assert (lines(found), set(found.table["study"].to_pylist())) == (expected, {"1"})


def area(*modifiers: Any, value: str = "0.43", unit: str = "cm2", **options: Any) -> bytes:
    return make.report(NUM(AREA, value, unit, *modifiers, **options), NUM(make.RADIUS, "0.9", "cm", *LEAK))


BOTH, NONE = {("mr_eroa", "0.43", "cm2"), ("mr_pisa_radius", "0.9", "cm")}, {("mr_pisa_radius", "0.9", "cm")}
VOLUMETRIC = {("mr_eroa_volumetric", "0.43", "cm2"), *NONE}
#: a code that no table has, but the name of one that every table has
RENAMED = make.word(("D1", "99MAKER", "Flow Direction"), ("R1", "99MAKER", "Regurgitant Flow"))
CONTINUITY = make.word(make.NEW["method"], ("125215", "DCM", "Continuity Equation by Velocity Time Integral"))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(area(*LEAK), BOTH, id="all said"),
        pytest.param(area(*LEAK[:2]), BOTH, id="method not said"),
        pytest.param(area(*LEAK[:2], CONTINUITY), VOLUMETRIC, id="another method"),
        pytest.param(area(MITRAL[0]), NONE, id="direction not said"),
        pytest.param(area(*make.qualified(make.NEW, "mitral", "antegrade", "pisa")), NONE, id="antegrade"),
        pytest.param(area(*make.qualified(make.NEW, "regurgitant", "pisa")), NONE, id="site not said"),
        pytest.param(area(*LEAK, *make.qualified(make.NEW, "aortic")), NONE, id="two sites"),
        pytest.param(area(*LEAK[:1], RENAMED), BOTH, id="direction by its name"),
        pytest.param(area(*LEAK, unit="mm[Hg]"), NONE, id="unit of another kind"),
        pytest.param(area(*LEAK, unit=""), NONE, id="no unit"),
        pytest.param(area(*LEAK, unit="1"), NONE, id="no dimension"),
        pytest.param(area(*LEAK, value="43", unit="mm2"), {("mr_eroa", "43", "mm2"), *NONE}, id="mm2"),
        pytest.param(
            area(*LEAK).replace(b"0.43", b"O.43"), {("mr_eroa", "O.43", "cm2"), *NONE}, id="no number stays as written"
        ),
        pytest.param(
            area(*LEAK, floating=0.9), {("mr_eroa", "0.43 / 0.9", "cm2"), *NONE}, id="two forms that contradict"
        ),
        pytest.param(area(*LEAK, floating=0.43), BOTH, id="two forms that agree"),
    ],
)
def test_what_qualifies_a_number(data: bytes, expected: set[tuple[str, str, str]]) -> None:
    assert lines(read(data)) == expected


def test_a_site_nearer_to_the_number_wins() -> None:
    aortic = make.container(
        make.FINDINGS, *make.qualified(make.NEW, "aortic", "regurgitant"), NUM(AREA, "0.43", "cm2", *LEAK)
    )
    assert lines(read(make.report(aortic))) == {("mr_eroa", "0.43", "cm2")}


def test_beats_below_a_mean_are_not_means() -> None:
    beats = [NUM(AREA, value, "cm2") for value in ("0.3", "0.5")]
    for beat in beats:
        beat.RelationshipType = "INFERRED FROM"
    mean = NUM(AREA, "0.4", "cm2", *LEAK, make.word(make.DERIVATION, make.NEW["mean"]), *beats)
    assert lines(read(make.report(mean))) == {("mr_eroa", "0.4", "cm2")}


def test_repeats_that_nobody_chose_all_stay() -> None:
    beats = [NUM(AREA, value, "cm2", *LEAK) for value in ("0.3", "0.5", "0.3")]
    assert lines(read(make.report(*beats))) == {("mr_eroa", "0.3", "cm2"), ("mr_eroa", "0.5", "cm2")}


@pytest.mark.hazard("another-visit")
def test_what_was_measured_under_stress_is_not_of_the_study_at_rest() -> None:
    stage = ("121001", "DCM", "Stage")
    rest = make.container(make.GROUP, make.word(stage, ("X1", "99A", "Baseline")), NUM(AREA, "0.2", "cm2", *LEAK))
    peak = make.container(make.GROUP, make.word(stage, ("X2", "99A", "Peak Stress")), NUM(AREA, "0.25", "cm2", *LEAK))
    found = read(make.report(rest, peak))
    assert lines(found) == {("mr_eroa", "0.2", "cm2")}
    said = [issue.message for issue in found.issues if issue.severity == "warning"]
    assert len(said) == 1 and "it is of the stage 'Peak Stress'" in said[0]


SEVERE = make.word(("18113-1", "LN", "Regurgitation degree"), ("24484000", "SCT", "Severe"), "CONTAINS")
MALE = make.word(("121032", "DCM", "Subject Sex"), ("M", "DCM", "Male"), "CONTAINS")
MILDISH = make.word(("18112-3", "LN", "Regurgitation degree"), ("X", "99MAKER", "1+ of 4"), "CONTAINS")


def test_coded_words() -> None:
    found = read(make.report(NUM(AREA, "0.43", "cm2", *LEAK), SEVERE, MALE, MILDISH)).table
    rows = [tuple(row.values()) for row in found.select(["measurement", "valve", "value"]).to_pylist()]
    assert rows == [
        ("mr_eroa", "mitral", "0.43"), ("mr_grade", "mitral", "severe"), ("sex", None, "male"), ("ar_grade", "aortic", "1+ of 4"),
    ]  # fmt: skip


def test_a_number_without_any_value_and_one_in_two_texts() -> None:
    empty = NUM(RADIUS, "0.9", "cm", *LEAK)
    del empty.MeasuredValueSequence[0].NumericValue
    both = area(*LEAK, floating=0.5).replace(b"0.43", b"O.43")
    assert lines(read(make.report(empty, NUM(AREA, "0.43", "cm2", *LEAK)))) == {("mr_eroa", "0.43", "cm2")}
    assert lines(read(both)) == {("mr_eroa", "O.43 / 0.5", "cm2"), *NONE}


def test_issues_name_codes() -> None:
    found = read(make.own_codes())
    said = {(one.severity, one.label, one.message) for one in found.issues if one.label}
    assert said == {
        ("note", "MR1 99MAKER", "MR1 99MAKER (MR PISA radius): read as mitral pisa_radius, by its name, for the code is the maker's own (1 value in 1 study)"),
        ("warning", "PV 99MAKER", "PV 99MAKER (Peak velocity), mitral: not used, for its flow direction is not said (1 value in 1 study)"),
        ("note", "VC 99MAKER", "VC 99MAKER (Vena contracta), mitral, regurgitant: read as mitral vena_contracta_width, by its name, for the code is the maker's own (1 value in 1 study)"),
        ("note", "X9 99MAKER", "X9 99MAKER (Swirl): not a measurement used for grading (1 value in 1 study)"),
        ("note", "121032 DCM", "121032 DCM: read as sex (1 value in 1 study)"),
    }  # fmt: skip


def folder(place: Path, **files: bytes) -> Path:
    """A folder with files, some of them in a folder below it."""
    for name, data in files.items():
        path = place / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return place


def test_a_folder(tmp_path: Path) -> None:
    place = folder(
        tmp_path, a=make.older(study="1.1"), b__c=make.newer(study="1.2"), b__image=make.image(study="1.2"), notes=b"x",
        zz=make.older(study="1.3")[:2001], hidden=b"",
        other=make.report(NUM(("113723", "DCM", "CTDIvol"), "3", "mGy"), root=("113701", "DCM", "Dose"), study="1.9"),
    )  # fmt: skip
    found = read_reports(place, isolate=False)
    studies = sorted(set(zip(found.table["study"].to_pylist(), found.table["file"].to_pylist(), strict=True)))
    said = sorted(one.message for one in found.issues if not one.label)
    assert studies == [("1", "a"), ("2", "b/c")]
    assert said == [
        "passed over: a DICOM file that is no report of measurements (an image, say) (1 file)",
        "passed over: a file of another kind (2 files)",
        "passed over: a structured report without measurements of an echo study (1 file)",
        "zz: it is damaged or cut short",
    ]


@pytest.mark.parametrize(
    ("files", "used"),
    [
        pytest.param({"a": make.newer(date="20260101"), "b": make.older(date="20260202")}, "b", id="the latest"),
        pytest.param({"a": make.older(), "b": make.newer(date="20270101", complete=False)}, "a", id="a complete one"),
        pytest.param({"a": make.older(), "b": make.report(date="20270101")}, "a", id="one with measurements"),
    ],
)
def test_several_reports_of_one_study(files: dict[str, bytes], used: str, tmp_path: Path) -> None:
    found = read_reports(folder(tmp_path, **files), isolate=False)
    warned = [one.value for one in found.issues if one.message.startswith("several reports")]
    assert (set(found.table["file"].to_pylist()), warned) == ({used}, [used])


def test_no_patient_shows_unless_asked_for(tmp_path: Path) -> None:
    place = folder(tmp_path, a=make.older(study="1.2.840.77"), b=make.own_codes(study="1.2.840.78"), c=make.image())
    text = str(read_reports(place, isolate=False).table.to_pylist()) + str(read_reports(place, isolate=False).issues)
    assert [secret for secret in (*make.SECRETS, "1.2.840.77", "1.2.840.78", "20260403") if secret in text] == []
    kept = read_reports(place, keep=["PatientID", "StudyDate"], isolate=False).table
    assert set(zip(kept["PatientID"].to_pylist(), kept["StudyDate"].to_pylist(), strict=True)) == {
        ("PAT-4711", "20260403")
    }


@pytest.mark.parametrize("charset", ["ISO_IR 100", "ISO_IR 192", "GB18030", "ISO 2022 IR 13\\ISO 2022 IR 87"])
def test_character_sets(charset: str) -> None:
    names = {"GB18030": "二尖瓣", "ISO_IR 100": "Größe", "ISO_IR 192": "размер"}
    code = ("59102-4", "LN", names.get(charset, "半径"))
    data = make.report(NUM(code, "0.9", "cm", *LEAK), charset=charset.split("\\"))
    assert lines(read(data)) == NONE


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "this is no structured report that can be read: it is a file of another kind"),
        (make.image(), "it is a DICOM file that is no report of measurements (an image, say)"),
        (make.older()[:2001], "it is damaged or cut short"),
        (make.report(), "no report holds a measurement used for grading"),
        (make.report(NUM(AREA, "0.4", "cm2")), "399367004 SCT (Cardiovascular Orifice Area): not used, for its site is not said"),
    ],
    ids=["nothing", "an image", "cut short", "no number", "nothing usable"],
)  # fmt: skip
def test_refusals(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read(data)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no structured report of measurements is there (found: no file)"),
        ({"a": b"x", "b": make.older()[:3000]}, "(found: a file of another kind (1), files that cannot be read (1))"),
    ],
    ids=["nothing", "nothing usable"],
)
def test_a_folder_without_reports(files: dict[str, bytes], message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as error:
        read_reports(folder(tmp_path, **files), isolate=False)
    assert message in str(error.value)


def test_a_report_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading.formats.dicom_tree.LARGEST_REPORT", 1 << 10)
    with pytest.raises(UsageError, match="it is larger than 0 MB, which no report is"):
        read(make.older())


def test_a_keyword_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match=r"no DICOM attribute 'patientid'. Did you mean PatientID\?"):
        read(make.older(), keep=["patientid"])


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    place = folder(tmp_path, a=make.older(), b=make.newer(study="1.9"))
    apart, here = read_reports(place), read_reports(place, isolate=False)
    assert (apart.table.to_pylist(), apart.issues) == (here.table.to_pylist(), here.issues)
