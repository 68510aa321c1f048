"""What the hand-written rivals share: the columns they read, what is possible, and the sentence of every rule.

Both decide as echograde does (ASE 2017, mitral) and write the same answers; their sentences are shorter than
echograde's, and they keep no list of issues and no source of derived values.
"""

from __future__ import annotations

import re

from study_files import UNITS

from grading.reference.catalogue import load_catalogue

ANSWERS = ("grade", "certainty", "grade_low", "grade_high", "rule")
#: words of the table that the files do not hold
UNRECORDED = ("flail_leaflet", "pulmonary_vein_flow", "elliptical_orifice")
QUANTITIES = {"qe": "EROA", "qv": "regurgitant volume", "qf": "regurgitant fraction"}
STEPS = ("I (mild)", "II (moderate)", "III (moderate)", "IV (severe)")
#: rule -> its sentence; `ns`, `nm`, `ms`: criteria met for severe, for mild, assessed; `said`: the quantities
REASONS = {
    5: "{ns} of 6 criteria for severe and {nm} of 6 for mild are met at once, and nothing was quantified.",
    6: "{ns} of 6 criteria for severe are met, but the quantities disagree: {said}.",
    7: "{ns} of 6 specific criteria for severe are met; four are enough.",
    8: "{nm} of 6 criteria for mild are met, but the quantities disagree: {said}.",
    9: "{nm} of 6 specific criteria for mild are met; four are enough.",
    10: "{ns} of 6 criteria for severe are met, more than half of {ms}, none for mild, and nothing was quantified.",
    11: "{nm} of 6 criteria for mild are met, more than half of {ms}, none for severe, and nothing was quantified.",
    12: "Some criteria are met ({ns} of 6 for severe, {nm} of 6 for mild), too few of a kind to settle it, and nothing "
    "was quantified.",
    13: "{ms} of 8 criteria were assessed, with {ns} of 6 met for severe and {nm} of 6 for mild, and nothing was "
    "quantified: probably moderate.",
    14: "Nothing was quantified, and of the specific criteria only {ms} of 8 were assessed ({ns} of 6 met for severe, "
    "{nm} of 6 for mild).",
    15: "{said}, with {ns} of 6 criteria met for severe and {nm} of 6 for mild.",
}  # fmt: skip


def header(name: str) -> str:
    """The header of a number in the files: 'eroa_cm2'."""
    return f"{name}_{UNITS[name]}"


def hard(name: str) -> tuple[float, float, bool]:
    """The least and the largest possible value of a measurement, and whether 0 is possible below the least."""
    limits = load_catalogue().numbers[name].hard
    assert limits is not None
    return limits.low, limits.high, limits.zero


def codes(name: str) -> dict[str, int]:
    """The values of a word in order, from 1."""
    return {value: code for code, value in enumerate(load_catalogue().words[name].values, 1)}


def pieces(template: str) -> list[str]:
    """A sentence cut at its placeholders: text, name, text, name, text."""
    return re.split(r"\{(\w+)\}", template)
