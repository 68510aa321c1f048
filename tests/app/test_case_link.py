"""A link holds a case and nothing else, and what comes in by one is checked like anything typed."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from grading import grade
from grading_app.case.link import LONGEST_VALUE, query, read_query

ROUND_TRIPS = [
    ("mitral", "ase-2017", {"eroa": "40.7 mm2", "regurgitant_volume": 57, "cw_jet": "dense"}),
    ("aortic", "esc-2025", {"vena_contracta_width": "6.1 mm", "peak_velocity": "4.5 m/s", "flail_leaflet": True}),
    ("tricuspid", "tvarc-2023", {"regurgitant_fraction": "50 %", "pisa_radius": 0}),
    ("pulmonic", "ase-2017", {"pr_index": 0.7, "regurgitation": "trace"}),
]


@pytest.mark.parametrize(("valve", "guideline", "values"), ROUND_TRIPS, ids=[r[0] for r in ROUND_TRIPS])
def test_a_case_comes_back_from_its_link(valve: str, guideline: str, values: dict[str, object]) -> None:
    case = grade(valve, guideline, **values)
    linked = read_query(parse_qsl(query(case)))
    assert (linked.valve, linked.guideline, linked.refused) == (valve, guideline, ())
    again = grade(linked.valve, linked.guideline, **linked.values)
    assert {n: e.value for n, e in again.reading.entered.items()} == {
        n: e.value for n, e in case.reading.entered.items()
    }
    assert again.to_dict()["grade"] == case.to_dict()["grade"]


REFUSED = [
    # what stands in the link, and what the sentence says
    ({"name": "Smith"}, "'name', which is no measurement of the mitral valve"),
    ({"tapse": "2"}, "'tapse', which is no measurement of the mitral valve"),
    ({"left_heart": "normal"}, "'left_heart', which is no measurement"),
    ({"cw_jet": "<script>"}, "CW jet '<script>'"),
    ({"eroa": "<0.2"}, "'<0.2'"),
    (
        {"eroa": "0,35"},
        "The link gives EROA as '0,35': expected a number with a decimal point, in cm2 or mm2; it was left out.",
    ),
    ({"eroa": "0,35 cm2"}, "as '0,35 cm2': expected a number"),
    ({"vti_ratio": "high"}, "as 'high': expected a number with a decimal point; "),
    ({"eroa": "3 furlong"}, "as '3 furlong': expected a number with a decimal point, in cm2 or mm2"),
    ({"eroa": "1" * (LONGEST_VALUE + 1)}, "holds 41 characters for EROA"),
    ({"valve": "appendix"}, "no valve 'appendix'"),
    ({"guideline": "ase-1917"}, "ase-1917"),
    ({"guideline": "tvarc-2023"}, "TVARC 2023 has no table for the mitral valve"),
]


@pytest.mark.parametrize(("parts", "sentence"), REFUSED, ids=[next(iter(r[0])) + str(i) for i, r in enumerate(REFUSED)])
def test_what_a_link_may_not_hold_is_refused_in_a_sentence(parts: dict[str, str], sentence: str) -> None:
    linked = read_query({"regurgitant_volume": "40", **parts}.items())
    assert len(linked.refused) == 1 and sentence in linked.refused[0]
    assert not set(linked.values) & set(parts)
    assert "valve" in parts or "guideline" in parts or linked.values == {"regurgitant_volume": "40"}


TWICE = [
    (
        "eroa=0.4&eroa=0.5",
        "The link gives EROA more than once; it was left out. Give it once.",
        {"regurgitant_volume": "40"},
    ),
    (
        "cw_jet=dense&cw_jet=",
        "The link gives CW jet more than once; it was left out. Give it once.",
        {"regurgitant_volume": "40"},
    ),
    ("valve=aortic&valve=mitral", "The link was not used: it gives the valve more than once; give it once.", {}),
    (
        "guideline=ase-2017&guideline=esc-2021",
        "The link was not used: it gives the guideline more than once; give it once.",
        {},
    ),
]


@pytest.mark.parametrize(("twice", "sentence", "left"), TWICE, ids=[row[0] for row in TWICE])
def test_what_a_link_gives_twice_is_refused_and_neither_is_taken(
    twice: str, sentence: str, left: dict[str, str]
) -> None:
    linked = read_query(parse_qsl(f"{twice}&regurgitant_volume=40", keep_blank_values=True))
    assert (dict(linked.values), linked.refused) == (left, (sentence,))


def test_a_number_out_of_range_reaches_the_form_which_refuses_it_in_place() -> None:
    linked = read_query([("eroa", "35")])
    assert (dict(linked.values), linked.refused) == ({"eroa": "35"}, ())
    assert grade(linked.valve, linked.guideline, **linked.values).status == "rejected"


def test_a_blank_is_not_measured() -> None:
    linked = read_query([("eroa", ""), ("cw_jet", "NA")])
    assert (dict(linked.values), linked.refused) == ({}, ())
