"""Drawings: well-formed images that hold to their scale, say what was not entered, and can be read."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from grading import UsageError, grade
from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES
from grading_app.drawings.case import drawing
from grading_app.drawings.circulation import normal_and_leak
from grading_app.drawings.heart_outline import heart_of
from grading_app.drawings.jet import jet_of, outline
from grading_app.drawings.svg import JET, LETTER, TEXT, Drawing, area, document, text
from grading_app.palette import GRADE_COLOURS, THEMES, contrast

LIGHT = THEMES["light"]
SVG = "{http://www.w3.org/2000/svg}"

#: values as a person types them, from nothing to more than one heart has
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    **{f"{valve}, nothing": (valve, {}) for valve in VALVES},
    "mitral, none": ("mitral", {"regurgitation": "none"}),
    "mitral, nothing seen": ("mitral", {"vena_contracta_width": 0, "pisa_radius": 0, "jet_area_ratio": 0}),
    "mitral, mild": ("mitral", {"vena_contracta_width": "2 mm", "colour_jet": "small", "la_size": "normal", "cw_jet": "faint"}),
    "mitral, severe": ("mitral", {"vena_contracta_width": "8 mm", "pisa_radius": "11 mm", "aliasing_velocity": 38, "jet_area_ratio": 55, "flail_leaflet": "yes", "la_size": "dilated", "lv_size": "dilated", "cw_jet": "dense_triangular", "peak_velocity": 480, "pulmonary_vein_flow": "systolic_reversal"}),
    "mitral, all at its most": ("mitral", {"vena_contracta_width": "4 cm", "pisa_radius": "3 cm", "aliasing_velocity": 150, "jet_area_ratio": 100, "colour_jet": "eccentric_wall_impinging", "jet_direction": "eccentric", "flail_leaflet": "yes", "coaptation_defect": "yes", "la_size": "dilated", "lv_size": "dilated", "cw_jet": "faint", "holosystolic": "no", "peak_velocity": 900}),
    "mitral, rejected": ("mitral", {"eroa": "35 cm2", "vena_contracta_width": "7 mm"}),
    "aortic, mild": ("aortic", {"vena_contracta_width": "2 mm", "jet_width_ratio": 15, "lv_size": "normal", "pressure_half_time": 620, "cw_jet": "faint", "peak_velocity": "4 m/s", "descending_aorta_reversal": "brief"}),
    "aortic, severe": ("aortic", {"vena_contracta_width": "7 mm", "pisa_radius": "8 mm", "aliasing_velocity": 38, "jet_csa_ratio": 64, "lv_size": "dilated", "pressure_half_time": 180, "cw_jet": "dense", "peak_velocity": 420, "descending_aorta_reversal": "holodiastolic", "abdominal_aorta_reversal": "holodiastolic"}),
    "aortic, all at its most": ("aortic", {"vena_contracta_width": "2.5 cm", "pisa_radius": "2 cm", "aliasing_velocity": 150, "jet_width_ratio": 100, "jet_direction": "eccentric", "flail_leaflet": "yes", "coaptation_defect": "yes", "pressure_half_time": 3000, "peak_velocity": 30}),
    "tricuspid, mild": ("tricuspid", {"vena_contracta_width": "2 mm", "jet_area": 3, "ra_size": "normal", "hepatic_vein_flow": "normal"}),
    "tricuspid, severe": ("tricuspid", {"vena_contracta_width": "1.2345", "pisa_radius": "10 mm", "aliasing_velocity": 28, "jet_area_ratio": 60, "jet_direction": "eccentric", "coaptation_defect": "yes", "flail_leaflet": "yes", "ra_size": "dilated", "rv_size": "dilated", "cw_jet": "sine_wave", "peak_velocity": 180, "hepatic_vein_flow": "reversed"}),
    "pulmonic, mild": ("pulmonic", {"colour_jet": "small", "deceleration_rate": "slow", "cw_jet": "faint"}),
    "pulmonic, severe": ("pulmonic", {"jet_width_ratio": 75, "rv_size": "dilated", "pressure_half_time": 80, "early_termination": "yes", "cw_jet": "dense", "peak_velocity": 180, "pa_branch_reversal": "yes"}),
    "pulmonic, long deceleration": ("pulmonic", {"deceleration_time": 1450, "pr_index": 0.5, "deceleration_rate": "intermediate", "peak_velocity": 200}),
}  # fmt: skip

#: the words that one panel is drawn from, together; words of different panels do not meet
PANELS = (
    ("colour_jet", "jet_direction", "flail_leaflet", "coaptation_defect", "regurgitation"),
    ("la_size", "lv_size", "ra_size", "rv_size", "colour_jet"),
    ("cw_jet", "holosystolic", "deceleration_rate", "early_termination"),
    (
        "pulmonary_vein_flow",
        "hepatic_vein_flow",
        "descending_aorta_reversal",
        "abdominal_aorta_reversal",
        "pa_branch_reversal",
    ),
)


def pictures(theme: str) -> Iterator[tuple[str, Drawing]]:
    """Every picture of the table, and those of the healthy heart."""
    yield from ((name, drawing(grade(valve, **values), THEMES[theme])) for name, (valve, values) in CASES.items())
    yield from ((f"healthy and {valve}", normal_and_leak(valve, THEMES[theme])) for valve in VALVES)


PICTURES = [
    pytest.param(picture, theme, id=f"{name}, {theme}") for theme in THEMES for name, picture in pictures(theme)
]


def one(case: Case, kind: str) -> dict[str, str]:
    """The attributes of the one shape of a class."""
    (found,) = (e for e in ElementTree.fromstring(drawing(case, LIGHT).svg).iter() if e.get("class") == kind)
    return dict(found.attrib)


def none_of(case: Case, kind: str) -> bool:
    return all(e.get("class") != kind for e in ElementTree.fromstring(drawing(case, LIGHT).svg).iter())


def words(picture: Drawing) -> list[tuple[ElementTree.Element, float, float]]:
    """Every text with the shift of the panel it stands in."""
    root = ElementTree.fromstring(picture.svg)
    found = []
    for panel in root:
        shift = re.findall(r"[\d.]+", panel.get("transform", "0 0"))
        found += [(e, float(shift[0]), float(shift[1])) for e in panel.iter(f"{SVG}text")]
    return found


def box(element: ElementTree.Element, right: float, down: float) -> tuple[float, float, float, float]:
    """About where a text lies: left, top, right, bottom."""
    size = float(element.attrib["font-size"])
    width = len(element.text or "") * size * LETTER / TEXT * 0.9
    x = (
        right
        + float(element.attrib["x"])
        - {"start": 0.0, "middle": 0.5, "end": 1.0}[element.attrib["text-anchor"]] * width
    )
    y = down + float(element.attrib["y"])
    return x, y - 0.7 * size, x + width, y + 0.1 * size


@pytest.mark.parametrize(("picture", "theme"), PICTURES)
def test_a_drawing_is_one_safe_image(picture: Drawing, theme: str) -> None:
    root = ElementTree.fromstring(picture.svg)
    names = {e.get("id"): e.text for e in root if e.get("id")}
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert [names[name] for name in root.attrib["aria-labelledby"].split()] == [picture.title, picture.description]
    assert not {e.tag for e in root.iter()} & {
        f"{SVG}{tag}" for tag in ("script", "image", "a", "foreignObject", "use")
    }
    assert re.findall(r"https?:|href|url\((?!#)|\son\w+=", picture.svg) == ["http:"]


@pytest.mark.parametrize(("picture", "theme"), PICTURES)
def test_words_can_be_read(picture: Drawing, theme: str) -> None:
    for element, _, _ in words(picture):
        assert contrast(element.attrib["fill"], THEMES[theme].paper) >= 4.5, element.text
        assert float(element.attrib["font-size"]) >= 14, element.text


@pytest.mark.parametrize(("picture", "theme"), [p for p in PICTURES if "light" in str(p.id)])
def test_words_lie_inside_the_picture_and_not_on_each_other(picture: Drawing, theme: str) -> None:
    width, height = (float(n) for n in ElementTree.fromstring(picture.svg).attrib["viewBox"].split()[2:])
    boxes = [(box(*found), found[0].text) for found in words(picture) if found[0].text]
    outside = [
        said for (left, top, right, bottom), said in boxes if left < 0 or top < 0 or right > width or bottom > height
    ]
    assert outside == []
    meet = [
        (said, other)
        for (a, said), (b, other) in itertools.combinations(boxes, 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]
    assert meet == []


@pytest.mark.parametrize("valve", ["mitral", "aortic", "tricuspid"])
@pytest.mark.parametrize(
    ("small", "large", "times"),
    [("0.6 cm", "1.2 cm", 2.0), ("6 mm", "0.6 cm", 1.0), ("0.3 cm", "1.5 cm", 5.0)],
    ids=["double", "another unit", "five times"],
)
def test_lengths_in_cm_are_to_one_scale(valve: str, small: str, large: str, times: float) -> None:
    little = grade(valve, pisa_radius=small, vena_contracta_width=small)
    big = grade(valve, pisa_radius=large, vena_contracta_width=large)
    bar = one(little, "scale")
    centimetre = float(bar["x2"]) - float(bar["x1"])
    shells = [float(one(case, "shell")["d"].split("A")[1].split()[0]) for case in (little, big)]
    widths = [float(m["x2"]) - float(m["x1"]) for m in (one(case, "vena-contracta") for case in (little, big))]
    assert shells[1] == pytest.approx(times * shells[0])
    assert widths[1] == pytest.approx(times * widths[0])
    entered = float(little.reading.entered["pisa_radius"].value)
    assert (shells[0], widths[0]) == pytest.approx((entered * centimetre, entered * centimetre))


@pytest.mark.parametrize("valve", ["aortic", "pulmonic"])
@pytest.mark.parametrize(
    ("half_time", "peak", "height"),
    [("180 ms", "4.2 m/s", 2.970), ("0.5 s", "400 cm/s", 2.828), (80, 180, 1.273), (3000, 500, 3.536)],
    ids=["short", "in seconds", "slow jet", "longest"],
)
def test_the_half_time_is_marked_at_its_place(valve: str, half_time: Any, peak: Any, height: float) -> None:
    case = grade(valve, pressure_half_time=half_time, peak_velocity=peak, cw_jet="dense")
    mark = one(case, "half-time")
    labels = [(e.text or "", float(e.attrib["x"]), float(e.attrib["y"])) for e, _, _ in words(drawing(case, LIGHT))]
    (end_time,) = ((float(t.split()[0]), x) for t, x, _ in labels if re.fullmatch(r"\d+ ms", t))
    (end_speed,) = ((float(t.split()[0]), y) for t, _, y in labels if re.fullmatch(r"[\d.]+ m/s", t))
    zero_time = max(x for t, x, _ in labels if t == "0")
    zero_speed = min(y for t, _, y in labels if t == "0")
    time = (float(mark["cx"]) - zero_time) / (end_time[1] - zero_time) * end_time[0]
    speed = (float(mark["cy"]) + 5 - zero_speed) / (end_speed[1] - zero_speed) * end_speed[0]
    assert time == pytest.approx(case.reading.entered["pressure_half_time"].value, rel=0.01)
    assert speed == pytest.approx(height, rel=0.01)


@pytest.mark.parametrize(
    ("valve", "values", "said"),
    [
        ("mitral", {}, ["Left atrium: size not entered.", "Left ventricle: size not entered.", "Jet not entered.", "Vena contracta width not entered.", "PISA radius not entered.", "CW jet not entered.", "Peak velocity not entered.", "Pulmonary vein flow not entered."]),
        ("mitral", {"vena_contracta_width_biplane": "8 mm"}, ["Biplane vena contracta width 0.80 cm."]),
        ("mitral", {"regurgitation": "none"}, ["No jet is drawn."]),
        ("mitral", {"jet_area_ratio": 55, "jet_direction": "central"}, ["Jet area / atrial area 55 %, jet direction central."]),
        ("mitral", {"la_volume_index": 50}, ["Left atrium: size dilated."]),
        ("mitral", {"eroa": "35 cm2", "vena_contracta_width": "7 mm"}, ["Vena contracta width 0.70 cm."]),
        ("aortic", {"pressure_half_time": 180}, ["Pressure half-time 180 ms.", "Descending aorta reversal not entered.", "the leak runs back into the left ventricle."]),
        ("aortic", {"peak_velocity": "4.2 m/s"}, ["Peak velocity 4.2 m/s.", "Pressure half-time not entered.", "Time of the signal is schematic."]),
        ("tricuspid", {"cw_jet": "sine_wave"}, ["CW jet sine wave.", "Right atrium: size not entered."]),
        ("pulmonic", {"early_termination": "yes"}, ["Early termination yes.", "Chambers, leaflets and jet are schematic."]),
    ],
    ids=["nothing", "biplane", "no leak", "jet", "derived size", "rejected", "half-time", "peak only", "sine", "pulmonic"],
)  # fmt: skip
def test_the_description_says_what_is_drawn_and_what_was_not_entered(
    valve: str, values: dict[str, Any], said: list[str]
) -> None:
    description = drawing(grade(valve, **values), LIGHT).description
    assert [sentence for sentence in said if sentence not in description] == []


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({}, ["shell", "vena-contracta", "half-time"]),
        ({"pisa_radius": 0, "vena_contracta_width": 0}, ["shell", "vena-contracta"]),
        ({"regurgitation": "none"}, ["jet"]),
        ({"jet_area_ratio": 0}, ["jet"]),
    ],
    ids=["nothing entered", "nothing seen", "no leak", "no jet"],
)
def test_what_is_not_there_is_not_drawn(values: dict[str, Any], kinds: list[str]) -> None:
    assert [kind for kind in kinds if not none_of(grade("mitral", **values), kind)] == []


@pytest.mark.parametrize("valve", ["mitral", "tricuspid"])
@pytest.mark.parametrize("share", [5, 20, 45, 70])
def test_a_free_jet_takes_its_share_of_the_atrium(valve: str, share: int) -> None:
    case = grade(valve, jet_area_ratio=share, jet_direction="central")
    heart = heart_of(case)
    jet = jet_of(case, heart)
    assert jet is not None
    assert area(outline(jet, heart)) == pytest.approx(share / 100 * area(heart.atrium), rel=0.25)


@pytest.mark.parametrize("valve", ["mitral", "tricuspid"])
def test_a_dilated_chamber_is_larger(valve: str) -> None:
    sizes = ("la_size", "lv_size") if valve == "mitral" else ("ra_size", "rv_size")
    usual = heart_of(grade(valve, **dict.fromkeys(sizes, "normal")))
    large = heart_of(grade(valve, **dict.fromkeys(sizes, "dilated")))
    assert area(large.atrium) > 1.2 * area(usual.atrium)
    assert area(large.ventricle) > 1.2 * area(usual.ventricle)


@pytest.mark.parametrize("valve", VALVES)
@pytest.mark.parametrize("panel", PANELS, ids=["leak", "chambers", "signal", "flow"])
def test_every_combination_of_words_is_drawn(valve: str, panel: tuple[str, ...]) -> None:
    catalogue = load_catalogue()
    names = [name for name in panel if valve in catalogue[name].valves]
    seen = set()
    for chosen in itertools.product(*((None, *catalogue.words[name].values) for name in names)):
        picture = drawing(grade(valve, **dict(zip(names, chosen, strict=True))), LIGHT)
        ElementTree.fromstring(picture.svg)
        seen.add(picture.description)
    assert len(seen) > 1


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "a & b", '"><image href="x">'])
def test_what_a_person_types_is_never_markup(typed: str) -> None:
    picture = drawing(grade("mitral", colour_jet=typed, vena_contracta_width=typed), LIGHT)
    assert not re.search(r"<(script|image)", picture.svg)
    root = ElementTree.fromstring(document(typed, typed, (10, 10), LIGHT, [text((0, 0), typed, LIGHT.ink)]).svg)
    assert [e.text for e in root.iter() if e.text] == [typed, typed, typed]


def test_a_jet_has_no_colour_of_a_grade() -> None:
    assert set(JET).isdisjoint(GRADE_COLOURS.values())


@pytest.mark.parametrize(
    ("valve", "into"),
    [("mitral", "left atrium"), ("aortic", "left ventricle"), ("tricuspid", "right atrium"), ("pulmonic", "right ventricle"), ("MR", "left atrium")],
)  # fmt: skip
def test_the_healthy_heart_stands_beside_the_one_that_leaks(valve: str, into: str) -> None:
    picture = normal_and_leak(valve, LIGHT)
    assert f"runs back into the {into}" in picture.description
    hearts = [e for e in ElementTree.fromstring(picture.svg) if e.get("transform")]
    assert [sum(e.get("class") == "leak" for e in heart.iter()) for heart in hearts] == [0, 1]
    name = "mitral" if valve == "MR" else valve
    tips = [[float(e.attrib["x2"]) for e in heart.iter() if e.get("class") == f"{name}-leaflet"] for heart in hearts]
    assert [left < right for left, right in tips] == [False, True]


def test_a_valve_that_does_not_exist_has_no_picture() -> None:
    with pytest.raises(UsageError, match="no valve 'aorta'"):
        normal_and_leak("aorta", LIGHT)
