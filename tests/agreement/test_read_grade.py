"""What readers write: every spelling read onto the scale, set aside with a reason, or refused with a sentence."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading import TableError, UsageError
from grading.agreement.read_grade import read_grade
from grading.agreement.vocabulary import STEPS, parse_reader_map, parse_vocabulary
from grading.reference.catalogue import read_toml, tables


def said(text: str, scale: str = "words") -> str:
    return read_grade(text, scale).text


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("Physiologic", "trace"),
        ("Trivial", "trace"),
        ("Trace", "trace"),
        ("Trace (NL for prosthesis)", "trace"),
        ("Mild [1+]", "mild"),
        ("Mild (1+)", "mild"),
        ("Mild-mod [1-2+]", "mild to moderate"),
        ("Mild-moderate (1-2+)", "mild to moderate"),
        ("Mod [2+]", "moderate"),
        ("Mod-severe [3+]", "moderate to severe"),
        ("Moderate-severe (3+)", "moderate to severe"),
        ("Severe [4+]", "severe"),
        ("Severe (4+)", "severe"),
        ("Present, can't qualify", "not graded"),
        ("Present", "not graded"),
    ],
)
def test_the_labels_of_a_public_echo_archive(text: str, meaning: str) -> None:
    assert said(text) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("none", "none"),
        ("No MR", "none"),
        ("absent", "none"),
        ("no regurgitation", "none"),
        ("TRIVIAL", "trace"),
        ("Trace (physiologic)", "trace"),
        ("minimal", "trace"),
        ("none to trace", "none to trace"),
        ("  mild  ", "mild"),
        ("Mild.", "mild"),
        ("MR: mild", "mild"),
        ("mild mitral regurgitation", "mild"),
        ("1+ (mild)", "mild"),
        ("Grade 2+ (moderate)", "moderate"),
        ("moderate (II)", "moderate"),
        ("mild to moderate", "mild to moderate"),
        ("mild–moderate", "mild to moderate"),
        ("MILD-TO-MODERATE", "mild to moderate"),
        ("mild/moderate", "mild to moderate"),
        ("mild or moderate", "mild to moderate"),
        ("mod. to sev.", "moderate to severe"),
        ("moderately severe", "moderate to severe"),
        ("moderate−to−severe [3+]", "moderate to severe"),
        ("Not severe", "none to moderate"),
        ("non-severe", "none to moderate"),
        ("massive", "massive"),
        ("Torrential (5+)", "torrential"),
        ("", "missing"),
        ("N/A", "missing"),
        ("Present, can’t quantify", "not graded"),
        ("unable to assess", "not graded"),
    ],
)
def test_words_in_their_spellings(text: str, meaning: str) -> None:
    assert said(text) == meaning


@pytest.mark.parametrize(
    ("text", "scale", "meaning"),
    [
        ("0", "0-4", "none to trace"),
        ("1+", "0-4", "mild"),
        ("1-2+", "0-4", "mild to moderate"),
        ("1+ to 2+", "0-4", "mild to moderate"),
        ("2.0", "0-4", "moderate"),
        ("3+", "0-4", "moderate to severe"),
        ("3", "0-3", "severe"),
        ("grade 4", "0-4", "severe"),
        ("IV", "0-4", "severe"),
        ("I", "I-IV", "mild"),
        ("II–III", "I-IV", "moderate"),
        ("Ⅳ", "I-IV", "severe"),
        ("5", "0-5", "torrential"),
        ("Mod-severe [3+]", "0-4", "moderate to severe"),
    ],
)
def test_numbers_on_a_declared_scale(text: str, scale: str, meaning: str) -> None:
    assert said(text, scale) == meaning


@pytest.mark.hazard("reader-misread")
@pytest.mark.parametrize(
    ("text", "scale", "why"),
    [
        ("3", "words", "a number alone, and its scale is not declared"),
        ("III", "words", "a number alone, and its scale is not declared"),
        ("4", "0-3", "4 is not on the declared scale 0-3"),
        ("Severe [1+]", "words", "the words say severe, and no scale calls 1 that"),
        ("Moderate (1+)", "0-4", "the words say moderate, and the declared scale 0-4 does not call 1 that"),
        ("present (2+)", "words", "the words say not graded, and no scale calls 2 that"),
        ("moderate (mild)", "words", "it says moderate and mild"),
        ("moderate (severe)", "words", "it says moderate and severe"),
        ("mild [mod", "words", "not known as a grade"),
        ("1+ 3+", "0-4", "it says several numbers"),
        ("grade", "words", "it says no grade"),
        ("no significant MR", "words", "not known as a grade"),
        ("mild+", "words", "not known as a grade"),
        ("-1", "0-4", "not known as a grade"),
        ("1.5", "0-4", "not known as a grade"),
        ("25", "0-4", "not known as a grade"),
        ("mild to moderate to severe", "words", "not known as a grade"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, scale: str, why: str) -> None:
    found = read_grade(text, scale)
    assert (found.aside, found.why) == ("unreadable", why)


def test_a_map_goes_before_everything_else() -> None:
    own = parse_reader_map({"grades": {"3": "severe", "++": ["mild", "moderate"], "UNK": "missing", "Mild": "trace"}})
    assert [read_grade(text, own_words=own).text for text in ("3", " ++ ", "unk", "MILD", "moderate")] == [
        "severe", "mild to moderate", "missing", "trace", "moderate",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({}, "expected one section"),
        ({"grades": {}, "scale": {}}, "expected one section"),
        ({"grades": {"3": "sever"}}, "'3' = 'sever': expected one or two of none, trace"),
        ({"grades": {"3": 3}}, "'3' = 3: expected"),
        ({"grades": {"3": []}}, "expected one or two"),
        ({"grades": {"3": ["mild", "missing"]}}, "expected one or two"),
        ({"grades": {"3": ["mild", "moderate", "severe"]}}, "expected one or two"),
    ],
)
def test_a_map_that_is_wrong_is_refused(data: dict[str, object], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint.replace("[", r"\[")):
        parse_reader_map(data)


def test_an_unknown_scale_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no scale 'I-V'. There are: words, 0-4, 0-3, I-IV, 0-5"):
        read_grade("mild", "I-V")


@pytest.mark.parametrize(
    ("section", "key", "value", "complaint"),
    [
        ("spellings", "sever", ["bad"], "no grade 'sever'. Did you mean severe"),
        ("ranges", "so so", ["mild", "medium"], "no grade 'medium'"),
        ("spellings", "severe", ["mild"], "'mild' is claimed by two grades"),
        ("scales", "0-9", {"title": "x", "steps": {"1": ["mild"]}, "step": {}}, "unknown key 'step'"),
    ],
)
def test_a_broken_vocabulary_names_what_is_wrong(section: str, key: str, value: object, complaint: str) -> None:
    data = copy.deepcopy(read_toml(tables() / "reader_words.toml"))
    data[section][key] = value
    with pytest.raises(TableError, match=complaint):
        parse_vocabulary(data)


@given(st.text(max_size=20), st.sampled_from(["words", "0-4", "0-3", "I-IV", "0-5"]))
def test_every_text_is_a_grade_or_set_aside_with_a_reason(text: str, scale: str) -> None:
    found = read_grade(text, scale)
    if found.aside:
        assert (found.low, found.high) == ("", "")
        assert bool(found.why) == (found.aside == "unreadable")
    else:
        assert STEPS.index(found.low) <= STEPS.index(found.high)
