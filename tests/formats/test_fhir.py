"""FHIR observations as a long table, and a graded case as a Bundle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import make_observations as make

from grading import grade
from grading.errors import UsageError
from grading.formats.fhir import read_observations
from grading.formats.fhir_bundle import bundle
from grading.formats.foreign import LongTable
from grading.formats.upload import Upload

OBS = make.observation


def read(data: bytes, **options: Any) -> LongTable:
    return read_observations(Upload("a.json", data), isolate=False, **options)


def lines(found: LongTable) -> list[tuple[str | None, ...]]:
    columns = found.table.select(["study", "measurement", "value", "unit"]).to_pylist()
    return [tuple(row.values()) for row in columns]


STUDY = [("1", "mr_eroa", "0.43", "cm2"), ("1", "mr_pisa_radius", "9", "mm"), ("1", "mr_grade", "severe", None)]
SITE = {"bodySite": make.concept((make.SNOMED, "91134007"))}
PEAK = make.concept((make.LOINC, "20355-4"))
LEAK = {
    "code": make.concept((make.SNOMED, "260674002")),
    "valueCodeableConcept": make.concept((make.SNOMED, "397417004")),
}
PANEL = {
    "component": [
        {"code": make.concept((make.LOINC, "80071-4")), "valueQuantity": make.quantity(0.43, "cm2")},
        {"code": make.concept((make.LOINC, "80059-9")), "valueQuantity": make.quantity(9, "mm")},
    ]
}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(make.bundle(*make.STUDY), STUDY, id="bundle"),
        pytest.param(make.lines(*make.STUDY), STUDY, id="one a line"),
        pytest.param(b"\xef\xbb\xbf" + make.lines(*make.STUDY), STUDY, id="with a mark"),
        pytest.param(make.lines(json.loads(make.bundle(*make.STUDY))), STUDY, id="a bundle on a line"),
        pytest.param(json.dumps(make.STUDY).encode(), STUDY, id="a list"),
        pytest.param(make.bundle(OBS("85353-1", **PANEL)), STUDY[:2], id="components"),
        pytest.param(make.bundle(OBS(PEAK, 5.2, "m/s", **SITE, component=[LEAK])), [("1", "mr_peak_velocity", "5.2", "m/s")], id="concept with site and direction"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS(PEAK, 1.1, "m/s", **SITE)), STUDY[:1], id="no direction, not used"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", 9, "mm", status="entered-in-error")), STUDY[:1], id="entered in error"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", 9, "mm", modifierExtension=[{"url": "x"}])), STUDY[:1], id="modifier extension"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", valueQuantity={"value": 9, "unit": "mm", "system": make.UCUM, "code": "cm"})), STUDY[:1], id="units contradict"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", valueQuantity={"value": 9})), STUDY[:1], id="no unit"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", dataAbsentReason=make.concept(text="not done"))), STUDY[:1], id="absent"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", valueQuantity={**make.quantity(9, "mm"), "comparator": "<"})), [*STUDY[:1], ("1", "mr_pisa_radius", "<9", "mm")], id="comparator stays, to be refused"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", 9, "mm", bodySite=make.concept((make.SNOMED, "34202007")))), STUDY[:1], id="code and site contradict"),
        pytest.param(make.bundle(OBS(make.concept(("http://lab.example", "X1"), (make.LOINC, "80071-4")), 0.43, "cm2")), STUDY[:1], id="two codings"),
        pytest.param(make.bundle(OBS(make.concept(text="MR EROA"), 0.43, "cm2")), STUDY[:1], id="a name alone"),
        pytest.param(make.bundle(OBS("80071-4", component=[{"code": make.concept((make.DICOM, "121401")), "valueCodeableConcept": make.concept((make.SNOMED, "56851009"))}, {"code": make.concept((make.LOINC, "80059-9")), "valueQuantity": make.quantity(9, "mm")}], valueQuantity=make.quantity(0.5, "cm2")), *make.STUDY[:1]), STUDY[:1], id="a maximum is not used"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", valueRange={"low": 1})), STUDY[:1], id="a range is not read"),
        pytest.param(make.bundle(*make.STUDY[:1], OBS("80059-9", valueString="9 mm")), STUDY[:1], id="a text has no unit"),
        pytest.param(make.bundle(*make.STUDY[:1], {"resourceType": "Patient", "id": "1", "gender": "female"}), [*STUDY[:1], ("1", "sex", "female", None)], id="sex of the patient"),
    ],
)  # fmt: skip
def test_observations(data: bytes, expected: list[tuple[str | None, ...]]) -> None:
    assert lines(read(data)) == expected


def test_a_number_stays_as_it_is_written() -> None:
    data = make.bundle(OBS("80071-4", 0.4, "cm2")).replace(b'"value": 0.4', b'"value": 0.40000')
    assert lines(read(data)) == [("1", "mr_eroa", "0.40000", "cm2")]


EROA, RADIUS = ("80071-4", 0.43, "cm2"), ("80059-9", 9, "mm")


@pytest.mark.parametrize(
    ("resources", "studies"),
    [
        pytest.param([OBS(*EROA), OBS(*RADIUS)], [1, 1], id="one subject, one time"),
        pytest.param([OBS(*EROA), OBS(*RADIUS, at="2025-04-03")], [1, 2], id="two times"),
        pytest.param([OBS(*EROA), OBS(*RADIUS, subject="Patient/2")], [1, 2], id="two subjects"),
        pytest.param([OBS(*EROA, subject="", at=""), OBS(*RADIUS, subject="", at="")], [1, 1], id="none named"),
        pytest.param(
            [OBS(*EROA, id="a", at="2026-04-03T10:00:00Z"), OBS(*RADIUS, id="b", at="2026-04-03T10:00:09Z"), {"resourceType": "DiagnosticReport", "result": [{"reference": "Observation/a"}, {"reference": "Observation/b"}]}],
            [1, 1],
            id="one report",
        ),
        pytest.param(
            [OBS(*EROA, id="a"), OBS(*RADIUS, id="b", subject="Patient/2"), {"resourceType": "DiagnosticReport", "result": [{"reference": "Observation/a"}, {"reference": "Observation/b"}]}],
            [1, 2],
            id="a report never joins two subjects",
        ),
    ],
)  # fmt: skip
def test_studies(resources: list[Any], studies: list[int]) -> None:
    assert [int(study) for study in read(make.bundle(*resources)).table["study"].to_pylist()] == studies


def test_no_subject_shows_unless_asked_for() -> None:
    data = make.bundle(
        OBS(*EROA, subject="Patient/SECRET", at="1999-09-09"), OBS(*RADIUS, subject="Patient/SECRET", at="1999-09-09")
    )
    found = read(data)
    text = str(found.table.to_pylist()) + str(found.issues)
    kept = read(data, keep=["subject", "effective"]).table.select(["subject", "effective"]).to_pylist()
    assert ("SECRET" in text, "1999" in text) == (False, False)
    assert kept == [{"subject": "Patient/SECRET", "effective": "1999-09-09"}] * 2


def test_issues() -> None:
    data = make.bundle(*make.STUDY, OBS(PEAK, 1.1, "m/s", **SITE), {"resourceType": "Encounter"})
    assert [(one.severity, one.message) for one in read(data).issues] == [
        ("note", "passed over: a resource of type Encounter (1)"),
        ("warning", "20355-4 LN, mitral: not used, for its flow direction is not said (1 value in 1 study)"),
        ("note", "18113-1 LN: read as mitral grade (1 value in 1 study)"),
        ("note", "80058-1 LN: not a measurement used for grading (1 value in 1 study)"),
        ("note", "80059-9 LN: read as mitral pisa_radius (1 value in 1 study)"),
        ("note", "80071-4 LN: read as mitral eroa (1 value in 1 study)"),
    ]


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ([OBS(*EROA), OBS(*RADIUS, subject="")], "1 study names no subject; check that each is of one patient"),
        ([OBS(*EROA, at=""), OBS(*RADIUS, at="")], "1 studies have no time: all observations of a subject without one are taken together"),
        ([OBS(*EROA, at="2026-04-03T10:00"), OBS(*RADIUS, at="2026-04-03T11:00")], "1 subjects have observations at several times of one day, each taken as a study of its own; give the observations of one study the same time"),
        ([OBS(*EROA), OBS("80058-1", 1, "mm[Hg]", at="2025-01-01")], "the study holds no measurement used for grading"),
    ],
    ids=["no subject", "no time", "times of one day", "a study of no use"],
)  # fmt: skip
def test_what_may_mix_or_part_studies_is_said(resources: list[Any], message: str) -> None:
    assert [one.message for one in read(make.bundle(*resources)).issues if one.severity == "warning"] == [message]


LOOSE = {"subject": "", "at": ""}
AT = [{"encounter": {"reference": f"Encounter/{place}"}, "device": {"display": f"Probe {place}"}} for place in (1, 2)]


@pytest.mark.parametrize(
    ("resources", "what"),
    [
        ([OBS(*EROA, subject=""), OBS(*RADIUS, subject="", at="2025-01-01")], "time"),
        ([OBS(*EROA, subject=""), OBS(*RADIUS, **LOOSE)], "time"),
        ([OBS(*EROA, **LOOSE, encounter=AT[0]["encounter"]), OBS(*RADIUS, **LOOSE, encounter=AT[1]["encounter"])], "encounter"),
        ([OBS(*EROA, subject="", **AT[0]), OBS(*RADIUS, subject="", **AT[1])], "encounter and device"),
        ([OBS(*EROA, **LOOSE, device=AT[0]["device"]), OBS(*EROA, **LOOSE, device=AT[1]["device"])], "device"),
    ],
    ids=["two times", "a time and none", "two visits", "two visits of one day", "two devices"],
)  # fmt: skip
def test_observations_without_a_subject_that_may_be_of_several_are_refused(resources: list[Any], what: str) -> None:
    with pytest.raises(UsageError, match=f"name no subject and are not all of one {what}, so they may be of several"):
        read(make.bundle(*resources))


def test_observations_without_a_subject_are_put_together_by_reports() -> None:
    both = [OBS(*EROA, **LOOSE, id="a"), OBS(*RADIUS, subject="", id="b"), OBS(*EROA, subject="", at="2025", id="c")]
    reports: list[Any] = [
        {"resourceType": "DiagnosticReport", "result": [{"reference": f"Observation/{one}"} for one in names]}
        for names in ("ab", "c")
    ]
    assert [row[0] for row in lines(read(make.bundle(*both, *reports)))] == ["1", "1", "2"]
    with pytest.raises(UsageError, match="name no subject"):
        read(make.bundle(*both, *reports[:1]))


def test_what_is_not_used_for_grading_asks_for_no_subject() -> None:
    data = make.bundle(OBS(*EROA, subject=""), OBS("80058-1", 1, "mm[Hg]", subject="", at="2025-01-01"))
    assert lines(read(data))[:1] == STUDY[:1]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "this is no JSON that can be read"),
        (b"[" * 100_000, "is nested too deeply to be read"),
        (b'{"a": ' * 100_000, "is nested too deeply to be read"),
        (b'{"a": 1, "a": 2}', "a JSON object gives 'a' twice; correct it"),
        (b'{"resourceType": "Observation", "valueQuantity": {"value": NaN}}', "NaN is no number in JSON"),
        (make.bundle(*make.STUDY, kind="history"), "a Bundle of type history holds old versions"),
        (make.bundle(), "no observation is a measurement used for grading (found: no observation)"),
        (make.bundle(OBS("80058-1", 110, "mm[Hg]")), "80058-1 LN: not a measurement used for grading"),
        (make.lines(*make.STUDY) + b"\n{", "line 5 is no JSON that can be read"),
        ("é".encode("latin-1"), "JSON is written in UTF-8"),
        (b'{"resourceType": "Observation", "valueQuantity": {"value": ' + b"9" * 5000 + b"}}", "no observation is a measurement"),
    ],
    ids=["nothing", "deep list", "deep object", "a key twice", "NaN", "history", "empty", "no use", "broken line", "Latin-1", "long number"],
)  # fmt: skip
def test_refusals(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as error:
        read(data)
    assert message in str(error.value)


def test_what_cannot_be_kept() -> None:
    with pytest.raises(UsageError, match="'name' cannot be kept of an observation; expected one of subject, effective"):
        read(make.bundle(*make.STUDY), keep=["name"])


def test_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(make.bundle(*make.STUDY))
    assert read_observations(path).table.equals(read_observations(path, isolate=False).table)


CASES: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (
        ("mitral",),
        {"eroa": 0.45, "regurgitant_volume": 62, "peak_velocity": "5 m/s", "cw_jet": "dense", "lvot_diameter": 2},
    ),
    (("mitral",), {"eroa": "30 mm2", "regurgitant_fraction": "0.45 fraction"}),
    (("mitral",), {"pisa_radius": 1.0, "aliasing_velocity": 38, "peak_velocity": 500, "vena_contracta_width": "7 mm"}),
    (("mitral",), {"eroa": 0.41, "vena_contracta_width": 0.2, "cw_jet": "faint"}),
    (("mitral",), {"eroa": "35 cm2"}),
    (("pulmonic",), {}),
    (("tricuspid", "tvarc-2023"), {"eroa": "80 mm2"}),
    (("aortic", "tvarc-2023"), {"eroa": 0.1}),
]


@pytest.mark.parametrize(("how", "values"), CASES, ids=[f"{how[0]} {'-'.join(values)}" for how, values in CASES])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_bundle_is_valid_and_says_the_grade(how: tuple[str, ...], values: dict[str, Any]) -> None:
    from fhir.resources.R4B.bundle import Bundle

    case = grade(*how, **values)
    found = bundle(case)
    Bundle.model_validate(found)
    last = found["entry"][-1]["resource"]
    answer = last.get("valueCodeableConcept") or last["dataAbsentReason"]
    graded = case.grade if case.status == "graded" else case.status.replace("_", " ")
    assert answer["text"].partition(" (")[0] == graded
    assert (len(found["entry"]) - 1, bundle(case)) == (
        len(case.to_dict()["entered"] + case.to_dict()["derived"]),
        found,
    )
    assert case.guideline in last["method"]["text"] and case.reason == last["note"][0]["text"]


def test_a_bundle_reads_back() -> None:
    values = {"eroa": "30 mm2", "vena_contracta_width": 0.6, "lvot_diameter": 2.1}
    found = read(json.dumps(bundle(grade("mitral", **values))).encode())
    assert lines(found) == [
        ("1", "mr_eroa", "30", "mm2"), ("1", "mr_vena_contracta_width", "0.6", "cm"), ("1", "lvot_diameter", "2.1", "cm"),
        ("1", "mr_grade", "moderate", None),
    ]  # fmt: skip
