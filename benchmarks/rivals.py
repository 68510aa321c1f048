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
CONTRADICTION = "The quantities say {said}, but {%s} of 6 criteria for %s are met."
#: rule -> its sentence; `ns`, `nm`, `ms`: criteria met for severe, for mild, assessed; `said`: the quantities
REASONS = {
    2: "{ns} of 6 criteria for severe and {nm} of 6 for mild are met at once.",
    3: "{ns} of 6 criteria for severe are met, but the quantities disagree: {said}.",
    4: "{ns} of 6 specific criteria for severe are met; four are enough.",
    5: "{nm} of 6 criteria for mild are met, but the quantities disagree: {said}.",
    6: "{nm} of 6 specific criteria for mild are met; four are enough.",
    7: "Some criteria are met ({ns} of 6 for severe, {nm} of 6 for mild) but fewer than four of a kind, and nothing "
    "was quantified: measure EROA, regurgitant volume or regurgitant fraction.",
    8: "{ms} of 8 criteria were assessed, with {ns} of 6 met for severe and {nm} of 6 for mild, and nothing was "
    "quantified: probably moderate.",
    9: "Nothing was quantified, and of the specific criteria only {ms} of 8 were assessed ({ns} of 6 met for severe, "
    "{nm} of 6 for mild).",
    10: "The quantities disagree and none outvotes the others: {said}.",
    11: CONTRADICTION % ("nm", "mild"),
    12: CONTRADICTION % ("ns", "severe"),
    14: "{said}, and {ns} of 6 criteria for severe are met: grade III with three makes it severe.",
    15: "{said}, and the orifice is elliptical, where PISA underestimates: grade III makes it severe.",
    13: "{said}.", 16: "{said}.", 17: "{said}.",
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
