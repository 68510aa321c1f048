"""The page of one case, driven as a user drives it, and compared with what `grade` says."""

from __future__ import annotations

import re
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest
from support.paths import SCRIPT

from grading import grade
from grading.explanation.report import NOTICE
from grading.explanation.sentences import verdict
from grading.formats.fhir_bundle import bundle
from grading.reference.guideline import load_guideline
from grading.reference.measurement import VALVES
from grading.teaching.cases import examples, graded
from grading_app.case import scope
from grading_app.case.fields import field_groups, leading, pisa_strip, unit_choices
from grading_app.case.graded_form import graded_form
from grading_app.case.results import TABS
from grading_app.html.case import page as whole_page
from grading_app.router import FAILED
from grading_app.signs import with_signs

APP = str(SCRIPT)
LENGTHS = "vena contracta and PISA radius"


def opened(tab: str = "Why", **link: str | list[str]) -> AppTest:
    """The page with every field in sight and one of its tabs open."""
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["tab"] = tab
    for valve in VALVES:
        for group in field_groups(None, valve):
            app.session_state[f"more.{valve}.{group.name}"] = True
    for name, value in link.items():
        app.query_params[name] = value
    return app.run()


def said(app: AppTest) -> str:
    """What the page shows as HTML, as text."""
    assert not app.exception
    assert FAILED not in [e.value for e in app.error]
    html = " ".join(h.value for h in app.get("html"))
    return " ".join(unescape(re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", html)).split())


def enter(app: AppTest, name: str, typed: str, valve: str = "mitral") -> AppTest:
    return app.text_input(key=f"case.{valve}.{name}").set_value(typed).run()


@pytest.mark.parametrize("valve", VALVES)
def test_an_untouched_form_invites_and_has_no_grade(valve: str) -> None:
    app = opened(valve=valve)
    start = "a regurgitant fraction or a sign" if valve == "pulmonic" else "a vena contracta, a PISA or an EROA"
    assert f"Enter {start}, or try an example." in said(app)
    assert "INSUFFICIENT" not in said(app)
    assert all(field.value is None for field in app.text_input)
    assert all(field.value is None for field in app.selectbox if field.key.startswith("case."))


def test_the_notice_stands_above_the_page_and_only_there() -> None:
    said_in_small = [caption.value.replace("\\", "") for caption in opened().caption]
    assert said_in_small[0] == NOTICE
    assert not any(NOTICE in said for said in said_in_small[1:])


def test_the_grade_follows_what_is_typed() -> None:
    app = enter(opened(), "eroa", "0.407")
    assert "SEVERE (single parameter)" in said(app)
    app = enter(app, "regurgitant_volume", "57")
    page = said(app)
    assert "INDETERMINATE: moderate to severe" in page
    assert grade("mitral", eroa=0.407, regurgitant_volume=57).reason in page
    assert "SEVERE (single parameter)" in said(enter(app, "regurgitant_volume", ""))


def test_a_word_is_offered_as_a_sentence_writes_it() -> None:
    inflow = next(box for box in opened().selectbox if box.label == "mitral inflow")
    assert "E-wave dominant" in inflow.options


def test_a_word_and_its_absence() -> None:
    app = opened()
    field = app.selectbox(key="case.mitral.flail_leaflet")
    assert field.value is None
    assert "1 of 6 for severe" in said(field.select("yes").run())
    assert "or try an example." in said(app.selectbox(key="case.mitral.flail_leaflet").set_value(None).run())


def test_a_unit_switch_converts_what_was_typed() -> None:
    app = enter(enter(enter(opened(), "eroa", "0.35"), "pisa_radius", "0.6"), "peak_velocity", "5.12")
    before = said(app)
    for switch, unit in (("orifice area", "mm2"), (LENGTHS, "mm"), ("peak and E wave velocity", "cm/s")):
        app.segmented_control(key=f"unit.{switch}").set_value(unit).run()
    shown = {n: app.text_input(key=f"case.mitral.{n}").value for n in ("eroa", "pisa_radius", "peak_velocity")}
    assert shown == {"eroa": "35", "pisa_radius": "6", "peak_velocity": "512"}
    assert "35 mm² = 0.35 cm² is grade III (moderate)" in said(app)
    for switch, unit in (("orifice area", "cm2"), (LENGTHS, "cm"), ("peak and E wave velocity", "m/s")):
        app.segmented_control(key=f"unit.{switch}").set_value(unit).run()
    assert said(app) == before


def test_a_unit_switch_leaves_the_other_fields_and_what_was_typed_with_a_unit() -> None:
    app = enter(enter(enter(opened(), "regurgitant_vti", "150"), "pisa_radius", "9 mm"), "eroa", "abc")
    for switch, choices in unit_choices("mitral").items():
        app.segmented_control(key=f"unit.{switch}").set_value(choices[1]).run()
    fields = {n: app.text_input(key=f"case.mitral.{n}") for n in ("regurgitant_vti", "pisa_radius", "eroa")}
    assert {n: field.value for n, field in fields.items()} == {
        "regurgitant_vti": "150", "pisa_radius": "9 mm", "eroa": "abc",
    }  # fmt: skip
    assert fields["regurgitant_vti"].label == "regurgitant VTI (cm)"
    assert app.text_input(key="case.mitral.aliasing_velocity").label == "aliasing velocity (cm/s)"


@pytest.mark.parametrize("valve", ["mitral", "aortic", "tricuspid", "pulmonic"])
def test_a_boundary_value_survives_the_switch_and_back(valve: str) -> None:
    app = (
        opened(valve=valve, pisa_radius="0.3 cm", vena_contracta_width="0.3 cm")
        if valve != "pulmonic"
        else opened(valve=valve)
    )
    before = said(app)
    for switch, choices in unit_choices(valve).items():
        for unit in choices[::-1]:
            app.segmented_control(key=f"unit.{switch}").set_value(unit).run()
    assert said(app) == before


def test_a_value_out_of_range_is_refused_in_place_with_the_sentence_of_the_checks() -> None:
    app = enter(opened(), "eroa", "35")
    sentence = grade("mitral", eroa=35.0).reason
    assert "35 mm2 would be plausible" in sentence
    assert [e.value.replace("\\", "") for e in app.error] == [with_signs(sentence)]
    assert "Not graded: check EROA" in said(app)


@pytest.mark.parametrize(
    ("name", "typed", "entered"),
    [
        ("peak_velocity", "5.2 m/s", "5.2 m/s"),
        ("peak_velocity", "5,2", "5.2 m/s"),
        ("peak_velocity", "520 cm/s", "520 cm/s"),
        ("pisa_radius", "7 mm", "7 mm"),
        ("eroa", "0,45", "0.45 cm2"),
        ("eroa", ".45", ".45 cm2"),
        ("eroa", "0.45 cm2", "0.45 cm2"),
        ("eroa", " 45 mm² ", "45 mm²"),
        ("regurgitant_fraction", "45 %", "45 %"),
        ("regurgitant_fraction", "45,5", "45.5 %"),
    ],
)
def test_a_field_reads_what_people_type(name: str, typed: str, entered: str) -> None:
    app = enter(opened(), name, typed)
    assert not app.error
    assert app.text_input(key=f"case.mitral.{name}").value == typed
    assert grade("mitral", **{name: entered}).reason in said(app)


@pytest.mark.parametrize(
    ("name", "typed", "sentence", "offered"),
    [
        ("pisa_radius", "9.5", "PISA radius 9.5 cm is outside 0-3 cm; 9.5 mm would be plausible", ["9.5 mm"]),
        ("peak_velocity", "520", "520 m/s is outside 0.3-9 m/s; 520 cm/s would be plausible", ["520 cm/s"]),
        ("regurgitant_volume", "<30", "'<30' is a limit, not a value", []),
        ("eroa", "<0.3", "'<0.3' is a limit, not a value", []),
        ("eroa", "-0,3", "EROA -0.3 cm² is outside", []),
        ("regurgitant_fraction", "0,45", "0.45 % is below 1 %", ["0.45 fraction"]),
        ("lv_end_diastolic_volume", "1,250", "'1,250' can be read in two ways: write '1.250' or '1250'", []),
        ("eroa", "0,4,5", "'0,4,5' is not a number", []),
        ("eroa", "about 0.4", "'about 0.4' is not a number", []),
        ("eroa", "0.3 furlong", "'furlong' is not one of its units", []),
        ("eroa", "0.3-0.4", "'0.3-0.4' is a range or two values, not one: enter the measured number", []),
        ("pisa_radius", "8 to 9 mm", "'8 to 9 mm' is a range or two values, not one", []),
        ("eroa", "9" * 200, "is not a number: a text of 200 characters", []),
    ],
)
def test_a_refused_value_stays_with_its_sentence_and_what_it_may_mean(
    name: str, typed: str, sentence: str, offered: list[str]
) -> None:
    owner = "heart" if name.startswith("lv_") else "mitral"
    app = enter(opened(), name, typed, owner)
    assert app.text_input(key=f"case.{owner}.{name}").value == typed
    assert [sentence in error.value.replace("\\", "") for error in app.error] == [True]
    # a form has no cells
    assert "cell" not in app.error[0].value
    assert "Not graded: check " in said(app)
    buttons = [button for button in app.button if button.key.startswith("offer.")]
    assert [button.label for button in buttons] == [f"Use {offer}" for offer in offered]
    for button, offer in zip(buttons, offered, strict=True):
        button.click().run()
        assert not app.error
        assert app.text_input(key=f"case.{owner}.{name}").value == offer


def test_what_stands_for_not_measured_is_said_to_be_read_as_that() -> None:
    app = enter(opened(), "eroa", "NA")
    assert not app.error
    assert "EROA: read as not measured." in [caption.value for caption in app.caption]


def test_an_unusual_value_is_graded_and_flagged() -> None:
    app = enter(opened(), "eroa", "2.5")
    assert "possible but unusual" in app.warning[0].value.replace("\\", "")
    assert "SEVERE" in said(app)


def test_what_belongs_to_one_leak_does_not_reach_another_valve_and_what_is_shared_does() -> None:
    app = enter(opened(), "eroa", "0.45")
    app.selectbox(key="case.heart.lv_size").select("dilated").run()
    app.segmented_control(key="valve").set_value("aortic").run()
    assert app.text_input(key="case.aortic.eroa").value is None
    assert app.selectbox(key="case.heart.lv_size").value == "dilated"
    assert "Aortic regurgitation by ASE 2017" in said(app)
    app.segmented_control(key="valve").set_value("mitral").run()
    assert app.text_input(key="case.mitral.eroa").value == "0.45"


def test_clear_empties_everything() -> None:
    app = enter(opened(), "eroa", "0.45")
    app.button(key="clear").click().run()
    assert "or try an example." in said(app)


def test_what_was_cleared_or_replaced_is_undone() -> None:
    app = opened()
    assert not [button for button in app.button if button.key == "undo"]
    app = enter(app, "eroa", "0,45")
    app.selectbox(key="case.mitral.valve_state").select("native_valve").run()
    for lose in ("clear", f"example.{examples('mitral')[0].id}"):
        app.button(key=lose).click().run()
        assert app.text_input(key="case.mitral.eroa").value != "0,45"
        app.button(key="undo").click().run()
        assert app.text_input(key="case.mitral.eroa").value == "0,45"
        assert app.selectbox(key="case.mitral.valve_state").value == "native_valve"
        assert "SEVERE (single parameter)" in said(app)


def test_undo_brings_back_the_guideline_that_an_example_changed() -> None:
    app = enter(opened(valve="tricuspid", guideline="esc-2021"), "eroa", "0.45", "tricuspid")
    other = next(example for example in examples("tricuspid") if example.guideline != "esc-2021")
    app.button(key=f"example.{other.id}").click().run()
    assert app.selectbox(key="guideline").value == other.guideline
    app.button(key="undo").click().run()
    assert app.selectbox(key="guideline").value == "esc-2021"


def test_one_refused_value_greys_what_waits_for_it_and_leaves_the_rest() -> None:
    app = enter(enter(opened(), "vena_contracta_width", "0.72"), "pisa_radius", "9.5")
    page = said(app)
    assert "Not graded: check PISA radius" in page
    assert "supports severe vena contracta width : 0.72 cm supports severe" in page
    assert "not counted EROA : until PISA radius is corrected" in page
    assert "not counted flow convergence : until PISA radius is corrected" in page
    assert "not counted colour jet" not in page
    assert [button.label for button in app.get("download_button")] == []
    app.button(key="offer.case.mitral.pisa_radius.9.5 mm").click().run()
    assert "not counted" not in said(app)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_stays_while_a_value_is_refused(tab: str) -> None:
    app = enter(enter(opened(tab), "regurgitant_volume", "65"), "eroa", "35")
    assert "Without EROA, which waits to be corrected:" in " ".join(m.value.replace("\\", "") for m in app.markdown)
    shown = said(app) + " ".join(code.value for code in app.code)
    assert {"Why": "grade IV (severe)", "Sensitivity": "severe", "Other guidelines": "ESC 2021"}.get(tab, "") in shown
    assert "Severe mitral regurgitation" not in shown


@pytest.mark.parametrize("state", ["prosthesis", "clip", "repair"])
def test_a_valve_that_is_not_native_is_not_graded_anywhere(state: str) -> None:
    app = enter(opened(), "eroa", "0.45")
    app.selectbox(key="case.mitral.valve_state").select(state).run()
    page = said(app)
    assert f"A valve with a {state} is outside every table here, and is not graded" in page
    assert "SEVERE" not in page and "supports" not in page
    assert not app.tabs and not app.get("download_button") and not app.code
    app.selectbox(key="case.mitral.valve_state").select("native_valve").run()
    assert "SEVERE (single parameter)" in said(app)


def test_an_acute_leak_is_graded_with_a_word_of_caution_wherever_the_grade_goes() -> None:
    app = enter(opened(TABS[3]), "eroa", "0.45")
    app.selectbox(key="case.mitral.onset").select("acute").run()
    assert "SEVERE (single parameter)" in said(app) and scope.ACUTE in said(app)
    assert scope.ACUTE_REPORT in app.code[0].value
    assert app.code[1].value.endswith("&onset=acute")
    form = graded_form("mitral", "ase-2017", {"eroa": "0.45 cm2"}, {"onset": "acute"})
    assert scope.ACUTE in " ".join(form.case.explain().split())
    assert any(scope.ACUTE in caution["text"] for caution in form.case.to_dict()["cautions"])
    assert any(note["text"] == scope.ACUTE for note in bundle(form.case)["entry"][-1]["resource"]["note"])
    assert scope.ACUTE in whole_page(form.case.explanation)


def test_a_link_holds_the_answers_about_the_scope_and_no_others() -> None:
    app = opened(valve="aortic", eroa="0.35 cm2", valve_state="clip")
    assert "is outside every table here" in said(app)
    app = opened(valve="aortic", eroa="0.35 cm2", valve_state="brand new")
    assert ["'valve_state'" in warning.value.replace("\\", "") for warning in app.warning] == [True]


def test_the_strip_says_at_once_what_a_pisa_gives() -> None:
    app = opened(pisa_radius="9 mm", aliasing_velocity="40 cm/s", peak_velocity="5 m/s")
    assert "EROA 0.41 cm² by PISA." in [m.value.replace("\\", "") for m in app.markdown]
    app = enter(app, "regurgitant_vti", "150")
    assert "EROA 0.41 cm², regurgitant volume 61 mL by PISA." in [m.value.replace("\\", "") for m in app.markdown]
    app.segmented_control(key="unit.orifice area").set_value("mm2").run()
    assert "EROA 41 mm², regurgitant volume 61 mL by PISA." in [m.value.replace("\\", "") for m in app.markdown]


def test_what_could_change_is_said_in_the_units_of_the_form() -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.session_state["tab"], app.session_state["changes"] = TABS[0], True
    app.query_params["pisa_radius"], app.query_params["aliasing_velocity"] = "0.9 cm", "40 cm/s"
    page = said(app.run())
    assert "peak velocity: 1 to 5 m/s: severe; 5.1 to 7 m/s: moderate" in page


def test_a_step_either_way_is_said_in_the_units_of_the_form() -> None:
    app = opened(TABS[1], pisa_radius="9 mm", aliasing_velocity="40 cm/s", peak_velocity="500 cm/s")
    app.selectbox(key="sensitivity.name").set_value("peak_velocity").run()
    page = said(app)
    assert "4.9 m/s" in page and "5 m/s (as entered)" in page and "below 5.09 m/s: severe" in page


def test_the_case_is_in_the_address_when_that_is_wanted_and_only_then() -> None:
    app = enter(opened(TABS[3]), "eroa", "0.45")
    assert not app.query_params
    app.toggle(key="in_address").set_value(True).run()
    assert dict(app.query_params.items()) == {
        "valve": "mitral", "guideline": "ase-2017", "eroa": "0.45 cm2",
    }  # fmt: skip
    app = enter(app, "eroa", "0.25")
    assert app.query_params["eroa"] == "0.25 cm2"
    assert app.text_input(key="case.mitral.eroa").value == "0.25"
    app.toggle(key="in_address").set_value(False).run()
    assert not app.query_params


def test_the_valve_of_one_page_is_that_of_the_next() -> None:
    app = opened()
    app.segmented_control(key="valve").set_value("aortic").run()
    for page in ("stage", "slider"):
        other = AppTest.from_string(
            f"from grading_app.case import entry_form\nentry_form.keep()\nentry_form.valve_switch('{page}.valve')\n"
        )
        other.session_state["valve"] = app.session_state["valve"]
        other.run()
        assert other.segmented_control(key=f"{page}.valve").value == "aortic"
        other.segmented_control(key=f"{page}.valve").set_value("tricuspid").run()
        assert other.session_state["valve"] == "tricuspid"


def test_a_guideline_that_does_not_cover_the_valve_is_not_offered() -> None:
    app = opened(valve="tricuspid", guideline="tvarc-2023")
    assert app.selectbox(key="guideline").value == "tvarc-2023"
    app.segmented_control(key="valve").set_value("pulmonic").run()
    assert app.selectbox(key="guideline").value == "ase-2017"
    assert not any("TVARC" in option for option in app.selectbox(key="guideline").options)


def test_a_link_fills_the_form_and_what_it_may_not_hold_is_named() -> None:
    app = opened(valve="mitral", eroa="40.7 mm2", cw_jet="dense", name="Smith", regurgitant_volume="9000")
    assert app.text_input(key="case.mitral.eroa").value == "0.407"
    assert app.selectbox(key="case.mitral.cw_jet").value == "dense"
    warnings = [w.value.replace("\\", "") for w in app.warning]
    assert warnings == ["The link names 'name', which is no measurement of the mitral valve; it was left out."]
    assert "regurgitant volume 9000 mL is outside" in app.error[0].value.replace("\\", "")
    assert not app.query_params


def test_what_a_link_may_hold_is_named_whole_and_with_the_signs_of_print() -> None:
    wrong = opened(guideline="x" * 300).warning[0].value.replace("\\", "")
    assert "…'. There are: acc-aha-2020" in wrong and wrong.endswith("tvarc-2023.") and len(wrong) < 300
    assert "in cm² or mm²" in opened(eroa="much").warning[0].value.replace("\\", "")


def test_what_a_link_gives_twice_is_named_and_left_empty() -> None:
    app = opened(eroa=["0.4 cm2", "0.5 cm2"], regurgitant_volume="40")
    assert app.text_input(key="case.mitral.eroa").value is None
    assert app.text_input(key="case.mitral.regurgitant_volume").value == "40"
    assert ["EROA more than once" in warning.value for warning in app.warning] == [True]


def test_an_address_without_values_leaves_what_was_typed() -> None:
    app = enter(opened(), "eroa", "0.45")
    app.query_params["guideline"] = "esc-2021"
    app.run()
    assert app.text_input(key="case.mitral.eroa").value == "0.45"
    assert "Mitral regurgitation by ESC 2021" in said(app)


def test_the_link_shown_holds_the_case() -> None:
    app = opened(TABS[3], valve="aortic", vena_contracta_width="6.1 mm")
    link = app.code[1].value.partition("?")[2]
    assert link == "valve=aortic&guideline=ase-2017&vena_contracta_width=0.61+cm"


def test_the_report_is_signed() -> None:
    app = enter(opened(TABS[3]), "eroa", "0.45")
    assert app.code[0].value.startswith(
        "Severe mitral regurgitation (grade IV) by ASE 2017, by a single parameter: EROA 0.45 cm2."
    )
    for part in ("10.1016/j.echo.2017.01.007", "echograde 0.1.0", "Not a medical device"):
        assert part in app.code[0].value


def test_markup_from_a_link_stays_text() -> None:
    app = opened(valve="mitral", **{"<script>alert(1)</script>": "1", "cw_jet": "[x](http://example.org)"})
    shown = [w.value for w in app.warning]
    assert len(shown) == 2
    assert all("<script>" not in text and "](http" not in text for text in shown)


@pytest.mark.parametrize("valve", ["mitral", "aortic", "tricuspid", "pulmonic"])
def test_the_form_asks_everything_once_and_shows_little_first(valve: str) -> None:
    groups = field_groups(load_guideline("ase-2017").tables[valve], valve)
    names = [m.name for g in groups for m in (*g.first, *g.more)]
    names += [m.name for m in (*leading(valve), *pisa_strip(valve))]
    assert len(names) == len(set(names))
    first = [m.name for g in groups for m in g.first]
    assert 5 <= len(first) <= 20
    app = opened(valve=valve)
    keys = [field.key for field in (*app.text_input, *app.selectbox) if field.key.startswith("case.")]
    assert {key.rpartition(".")[2] for key in keys} == {*names, "valve_state", "onset"}
    assert len(keys) == len(names) + 2


def test_fields_out_of_sight_vote_and_come_into_sight_with_a_wrong_value() -> None:
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["eroa_volumetric"] = "0.45 cm2"
    app.run()
    shown = [field.key for field in app.text_input]
    assert "case.mitral.eroa" in shown and "case.mitral.eroa_volumetric" not in shown
    assert "SEVERE (single parameter)" in said(app)
    assert "1 filled under More: volumetric" in [caption.value for caption in app.caption]
    app.query_params["eroa_volumetric"] = "45 cm2"
    app.run()
    assert app.text_input(key="case.mitral.eroa_volumetric").value == "45"
    assert "45 mm² would be plausible" in app.error[0].value.replace("\\", "")


def test_sensitivity_says_how_a_millimetre_and_an_error_move_the_grade() -> None:
    app = opened(TABS[1], pisa_radius="9 mm", aliasing_velocity="40 cm/s", peak_velocity="500 cm/s")
    page = said(app)
    for shown in (
        "0.8 cm",
        "0.9 cm (as entered)",
        "1.0 cm",
        "below 0.893 cm: moderate; from there on: severe",
        "0.41 ± 0.08 cm²",
    ):
        assert shown in page
    before = page
    app.text_input(key="error.pisa_radius").set_value("0").run()
    app.text_input(key="error.peak_velocity").set_value("0").run()
    assert "severe: 100 %" in said(app) and said(app) != before


def test_other_guidelines_stand_beside_each_other() -> None:
    page = said(opened(TABS[2], valve="tricuspid", vena_contracta_width="7 mm"))
    assert "severe in ASE 2017 (≥ 0.7 cm) and ESC 2025 (≥ 7 mm), not in ESC 2021 (> 7 mm)" in page


@pytest.mark.parametrize("valve", VALVES)
def test_examples_fill_the_form(valve: str) -> None:
    app = opened(valve=valve)
    for example in examples(valve):
        app.button(key=f"example.{example.id}").click().run()
        assert verdict(graded(example).explanation) in said(app)


def test_downloads_hold_the_case() -> None:
    app = opened(TABS[3], eroa="0.45 cm2")
    names = [button.proto.label for button in app.get("download_button")]
    assert names == ["Whole report", "Page to print", "JSON", "FHIR", "Explanation as text"]


def test_an_error_is_read_as_it_is_typed_or_refused_with_a_sentence() -> None:
    app = opened(TABS[1], eroa="0.45 cm2")
    app.text_input(key="error.eroa").set_value("0,05 cm2").run()
    assert "0.05" in said(app)
    app.text_input(key="error.eroa").set_value("five").run()
    sentences = [error.value.replace("\\", "") for error in app.error]
    assert sentences == ["The error 'five' of EROA is not read: expected a number in cm², 0 or more."]
    assert "Not worked out while a measurement error below cannot be read." in [m.value for m in app.markdown]


def test_an_error_that_was_set_is_there_again_when_its_tab_is() -> None:
    app = opened(TABS[1], pisa_radius="9 mm", aliasing_velocity="40 cm/s", peak_velocity="500 cm/s")
    app.text_input(key="error.pisa_radius").set_value("20 %").run()
    wide = said(app)
    app.session_state["tab"] = TABS[0]
    app.run()
    app.session_state["tab"] = TABS[1]
    app.run()
    assert said(app) == wide
    assert app.text_input(key="error.pisa_radius").value == "20 %"
