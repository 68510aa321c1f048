"""Drawings: well-formed images that hold to their scale, say what was not entered, and can be read."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from support.drawn_cases import CASES

from grading import UsageError, grade
from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES
from grading.teaching.cases import TeachingCase, graded, load_teaching_cases, stage_pair
from grading_app.drawings import callouts
from grading_app.drawings.beat import hearts
from grading_app.drawings.beat_drawing import beat_drawing
from grading_app.drawings.case import drawing
from grading_app.drawings.circulation import normal_and_leak
from grading_app.drawings.curves import at_shares, turned
from grading_app.drawings.echo_picture import echo_picture
from grading_app.drawings.heart_outline import Heart, heart_of
from grading_app.drawings.jet import jet_of, outline
from grading_app.drawings.mechanisms import mechanisms
from grading_app.drawings.operations import operations
from grading_app.drawings.svg import JET, Drawing, area, document, inside, text
from grading_app.drawings.typeface import REGULAR, TEXT
from grading_app.drawings.valves import HELD, cords
from grading_app.drawings.views import LEAFLETS, View
from grading_app.palette import GRADE_COLOURS, THEMES, contrast

LIGHT = THEMES["light"]
SVG = "{http://www.w3.org/2000/svg}"

#: the words that one panel is drawn from, together; words of different panels do not meet
PANELS = (
    ("colour_jet", "jet_direction", "flail_leaflet", "coaptation_defect"),
    ("colour_jet", "regurgitation"),
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
    for name, (valve, values) in CASES.items():
        for view in (View("up", "posterior"), View("down", "anterior")):
            case = grade(valve, **values)
            yield f"{name}, {view.apex}", drawing(case, THEMES[theme], view, wide=view.apex == "down")
    yield from ((f"healthy and {valve}", normal_and_leak(valve, THEMES[theme])) for valve in VALVES)
    for picture in (mechanisms(THEMES[theme]), operations(THEMES[theme]), echo_picture(THEMES[theme])):
        yield picture.title, picture
    for valve in VALVES:
        yield f"beat, {valve}", beat_drawing(graded(stage_pair(valve)[1]), THEMES[theme])


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
        shift = re.findall(r"-?[\d.]+", panel.get("transform", "0 0"))
        found += [(e, float(shift[0]), float(shift[1])) for e in panel.iter(f"{SVG}text")]
    return found


def box(element: ElementTree.Element, right: float, down: float) -> tuple[float, float, float, float]:
    """Where a text lies: left, top, right, bottom; one that is turned, where it lies at its widest."""
    size, weight = float(element.attrib["font-size"]), int(element.get("font-weight", REGULAR))
    foot = float(element.attrib["x"]), float(element.attrib["y"])
    left, top, far, bottom = callouts.box(foot, element.text or "", element.attrib["text-anchor"], size, weight)
    if turn := re.fullmatch(r"rotate\(([-\d.]+) .*\)", element.get("transform", "")):
        corners = [turned((x - foot[0], y - foot[1]), float(turn[1])) for x in (left, far) for y in (top, bottom)]
        xs, ys = [foot[0] + x for x, _ in corners], [foot[1] + y for _, y in corners]
        left, top, far, bottom = min(xs), min(ys), max(xs), max(ys)
    return right + left, down + top, right + far, down + bottom


def leaders(picture: Drawing) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The lines from words to what they name; all are in the first panel, which is not shifted."""
    found = [e.attrib for e in ElementTree.fromstring(picture.svg).iter() if e.get("class") == "leader"]
    return [((float(e["x1"]), float(e["y1"])), (float(e["x2"]), float(e["y2"]))) for e in found]


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
    assert re.findall(r"https?:|href|url\((?!#|data:font/woff2;base64,)|\son\w+=", picture.svg) == ["http:"]
    assert len({e.get("id") for e in root.iter() if e.get("id")}) == len([e for e in root.iter() if e.get("id")])


@pytest.mark.parametrize(("picture", "theme"), PICTURES)
def test_words_can_be_read(picture: Drawing, theme: str) -> None:
    inks = THEMES[theme]
    black = [inks.paper] if "echocardiogram" not in picture.title else ["#000000"]
    for element, _, _ in words(picture):
        grounds = [inks.rich, inks.poor, inks.tissue] if element.get("class") == "name" else black
        assert min(contrast(element.attrib["fill"], ground) for ground in grounds) >= 4.5, element.text
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


@pytest.mark.parametrize(("picture", "theme"), [p for p in PICTURES if "light" in str(p.id)])
def test_no_line_to_a_part_crosses_another_or_runs_through_words(picture: Drawing, theme: str) -> None:
    lines = leaders(picture)
    assert [pair for pair in itertools.combinations(lines, 2) if callouts.crossing(*pair)] == []
    boxes = [(box(*found), found[0].text) for found in words(picture)]
    struck = [
        text
        for start, end in lines
        for step in range(3, 101)
        for (left, top, right, bottom), text in boxes
        if left < start[0] + (end[0] - start[0]) * step / 100 < right
        and top < start[1] + (end[1] - start[1]) * step / 100 < bottom
    ]
    assert struck == []


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
    marks = [one(case, "vena-contracta") for case in (little, big)]
    widths = [math.hypot(*(float(m[f"{axis}2"]) - float(m[f"{axis}1"]) for axis in "xy")) for m in marks]
    assert shells[1] == pytest.approx(times * shells[0], abs=0.02)
    assert widths[1] == pytest.approx(times * widths[0], abs=0.1)
    entered = float(little.reading.entered["pisa_radius"].value)
    assert (shells[0], widths[0]) == pytest.approx((entered * centimetre, entered * centimetre), abs=0.02)


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
        ("mitral", {"vena_contracta_width_biplane": "8 mm"}, ["Biplane vena contracta width 0.8"]),
        ("mitral", {"regurgitation": "none"}, ["No jet is drawn."]),
        ("mitral", {"jet_area_ratio": 55, "jet_direction": "central"}, ["Jet area / atrial area 55 %, jet direction central."]),
        ("mitral", {"la_volume_index": 50}, ["Left atrium: size dilated."]),
        ("mitral", {"eroa": "35 cm2", "vena_contracta_width": "7 mm"}, ["Vena contracta width 0.7"]),
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


@pytest.mark.parametrize(
    ("valve", "values", "view", "towards", "words"),
    [
        ("mitral", {"flail_leaflet": "yes"}, View(), "left", "towards the septum and the aorta"),
        ("mitral", {"flail_leaflet": "yes"}, View(leaflet="anterior"), "right", "towards the lateral and posterior wall"),
        ("mitral", {"flail_leaflet": "yes", "jet_direction": "eccentric"}, View(apex="down"), "left", "towards the septum and the aorta"),
        ("mitral", {"flail_leaflet": "yes", "colour_jet": "eccentric_wall_impinging"}, View(), "left", "towards the septum and the aorta"),
        ("mitral", {"flail_leaflet": "yes", "colour_jet": "eccentric_wall_impinging"}, View("down", "anterior"), "right", "towards the lateral and posterior wall"),
        ("mitral", {"colour_jet": "eccentric_wall_impinging", "mechanism": "secondary"}, View(), "right", "towards the lateral and posterior wall"),
        ("mitral", {"jet_direction": "eccentric", "mechanism": "primary"}, View(), "left", "towards the septum and the aorta"),
        ("tricuspid", {"flail_leaflet": "yes"}, View(), "right", "towards the septum"),
        ("aortic", {"jet_direction": "eccentric"}, View(), "right", "towards the anterior mitral leaflet"),
    ],
    ids=["posterior flail", "anterior flail", "apex down", "posterior, wall", "anterior, wall", "secondary", "prolapse", "tricuspid", "aortic"],
)  # fmt: skip
def test_a_jet_leans_away_from_the_leaflet_that_fails(
    valve: str, values: dict[str, Any], view: View, towards: str, words: str
) -> None:
    case = grade(valve, **values)
    heart = heart_of(case, view)
    jet = jet_of(case, heart, view)
    assert jet is not None
    ring = heart.anatomy.inlet if heart.site.inlet else heart.anatomy.outlet
    assert ring is not None
    near = [point for point in outline(jet, heart) if math.dist(point, heart.leak.middle) < 2.2]
    leaning = [(x - heart.leak.middle[0]) * ring.along[0] + (y - heart.leak.middle[1]) * ring.along[1] for x, y in near]
    assert (sum(leaning) > 0) == (towards == "right")
    assert words in drawing(case, LIGHT, view).description


def test_a_jet_never_runs_through_the_flail_leaflet() -> None:
    for leaflet in LEAFLETS:
        case = grade("mitral", flail_leaflet="yes", colour_jet="eccentric_wall_impinging", vena_contracta_width="8 mm")
        heart = heart_of(case, View(leaflet=leaflet))
        jet = jet_of(case, heart, View(leaflet=leaflet))
        assert jet is not None
        flail = heart.leaflets[1 if leaflet == "posterior" else 0]
        assert [point for point in flail if inside(point, outline(jet, heart))] == []


@pytest.mark.parametrize("valve", VALVES)
def test_the_apex_lies_where_it_was_chosen(valve: str) -> None:
    case = grade(valve)
    for apex, sign in (("up", -1), ("down", 1)):
        heart = heart_of(case, View(apex=apex))
        (_, base), (_, tip) = heart.place([heart.leak.middle, heart.anatomy.apex])
        assert (tip - base) * sign > 0


@pytest.mark.parametrize(("apex", "leaflet"), [("left", "posterior"), ("up", "septal")])
def test_a_view_that_does_not_exist_is_refused(apex: str, leaflet: str) -> None:
    with pytest.raises(UsageError, match="there are: "):
        View(apex, leaflet)


@pytest.mark.parametrize("valve", ["mitral", "aortic", "tricuspid"])
def test_muscles_and_cords_hold_the_leaflets_but_for_a_flail_one(valve: str) -> None:
    sound, flail = (heart_of(grade(valve, flail_leaflet=word)) for word in ("no", "yes"))
    held = [
        {which for which in (0, 1) for cord in cords(heart) if cord[-1] in tips(heart, which)}
        for heart in (sound, flail)
    ]
    assert held == [{0, 1}, {0, 1} if valve == "aortic" else {0 if valve == "mitral" else 1}]
    assert all(inside(muscle.tip, sound.ventricle) for muscle in sound.anatomy.papillaries)


def tips(heart: Heart, which: int) -> list[tuple[float, float]]:
    """Where chordae end at a leaflet of the inlet."""
    leaflet = (heart.leaflets if heart.site.inlet else heart.others)[which]
    return at_shares(leaflet, HELD)


@pytest.mark.parametrize("valve", ["mitral", "tricuspid"])
def test_a_dilated_chamber_is_larger(valve: str) -> None:
    sizes = ("la_size", "lv_size") if valve == "mitral" else ("ra_size", "rv_size")
    usual = heart_of(grade(valve, **dict.fromkeys(sizes, "normal")))
    large = heart_of(grade(valve, **dict.fromkeys(sizes, "dilated")))
    assert area(large.atrium) > 1.2 * area(usual.atrium)
    assert area(large.ventricle) > 1.2 * area(usual.ventricle)


@pytest.mark.parametrize("valve", VALVES)
@pytest.mark.parametrize("panel", PANELS, ids=["leak", "recorded", "chambers", "signal", "flow"])
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
    assert [e.text for e in root.iter() if e.text and e.tag != f"{SVG}style"] == [typed, typed, typed]


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
    tips = [
        [float(e.attrib["d"].split()[-2]) for e in heart.iter() if e.get("class") == f"{name}-leaflet"]
        for heart in hearts
    ]
    assert [left < right for left, right in tips] == [False, True]


def test_a_valve_that_does_not_exist_has_no_picture() -> None:
    with pytest.raises(UsageError, match="no valve 'septum'"):
        normal_and_leak("septum", LIGHT)


@pytest.mark.parametrize("case", load_teaching_cases(), ids=lambda case: case.id)
def test_no_name_of_a_beating_heart_lies_on_a_papillary_muscle(case: TeachingCase) -> None:
    """At no moment of the beat."""
    shown = graded(case)
    drawn = beat_drawing(shown, THEMES["light"]).svg
    names = [(float(x), float(y)) for x, y in re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*class="name"', drawn)]
    assert len(names) == 4
    muscles = [one.place(muscle.outline) for one in hearts(shown, View()) for muscle in one.anatomy.papillaries]
    # the foot of a name lies at its middle
    assert [(x, y) for x, y in names for muscle in muscles if inside((x, y - TEXT / 3), muscle)] == []
