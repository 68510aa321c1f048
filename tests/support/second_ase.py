"""Section 5 of the specification, ASE 2017, read a second time: quantities and the one decision list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from support.second_answer import Answer, clean, grade_certainty, graded, indeterminate, insufficient, number
from support.second_ase_rows import CHAMBERS, MILD, ROWS, SEVERE
from support.second_filling import Filled

STEPS = ("I", "II", "III", "IV")
NAMES = {"I": "mild", "II": "moderate", "III": "moderate", "IV": "severe"}
ORDER = ("none", "trace", "mild", "moderate", "severe")
#: four steps for MR and AR; three, called I, II and IV, for TR and PR
LADDERS = {
    "mitral": STEPS, "aortic": STEPS, "tricuspid": ("I", "II", "IV"), "pulmonic": ("I", "II", "IV"),
}  # fmt: skip
#: "4 or more" of MR and AR; a strict majority of the printed lists of TR (7 and 7) and PR (4 and 5)
MAJORITY = {"mitral": 4, "aortic": 4, "tricuspid": 4, "pulmonic": 3}
#: lower ends of the steps after the first; a step of PR severe begins above 40
CUTS: dict[str, dict[str, tuple[float, ...]]] = {
    "mitral": {"eroa": (0.2, 0.3, 0.4), "regurgitant_volume": (30, 45, 60), "regurgitant_fraction": (30, 40, 50)},
    "aortic": {"eroa": (0.1, 0.2, 0.3), "regurgitant_volume": (30, 45, 60), "regurgitant_fraction": (30, 40, 50)},
    "tricuspid": {"vena_contracta_width": (0.3, 0.7), "eroa": (0.2, 0.4), "regurgitant_volume": (30, 45)},
}


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the decision list of 5.4 asks for."""

    valve: str
    mild: int = 0
    severe: int = 0
    assessed: int = 0
    steps: tuple[str, ...] = ()
    roots: tuple[str, ...] = ()
    #: a severe sign that is not a chamber row
    own_severe: bool = False
    record: str = ""
    discordant: bool = False
    poor: bool = False
    elliptical: bool = False


def step_of(valve: str, name: str, value: float) -> str:
    """The step a quantity is on."""
    if valve == "pulmonic":
        return "I" if clean(value) < 20 else "II" if clean(value) <= 40 else "IV"
    return LADDERS[valve][sum(clean(value) >= cut for cut in CUTS[valve][name])]


def with_stand_ins(valve: str, filled: Filled) -> Filled:
    """The values that the rows see: stand-ins in place, and what a late-systolic leak makes unreliable left out."""
    seen = Filled(filled)
    seen.roots = dict(filled.roots)
    if valve == "mitral" and seen.get("holosystolic") == "no":
        for name in ("eroa", "vena_contracta_width", "vena_contracta_width_biplane", "flow_convergence"):
            seen.pop(name, None)
    pairs = [("eroa", "eroa_volumetric")] if valve in ("mitral", "aortic") else []
    if valve == "tricuspid":
        pairs = [("vena_contracta_width", "vena_contracta_width_biplane")]
    for name, other in pairs:
        if name not in seen and other in seen:
            seen[name], seen.roots[name] = seen[other], seen.roots[other]
    return seen


def ase_situation(valve: str, filled: Filled) -> Situation:
    """Counts and quantities of one valve."""
    seen = with_stand_ins(valve, filled)
    rows = {name: stance for name, stance in ROWS[valve](seen).items() if stance is not None}
    names = ("regurgitant_fraction",) if valve == "pulmonic" else tuple(CUTS[valve])
    measured = {name: value for name in names if (value := number(seen, name)) is not None}
    record = seen.get("regurgitation")
    return Situation(
        valve=valve,
        mild=sum(stance == MILD for stance in rows.values()),
        severe=sum(stance == SEVERE for stance in rows.values()),
        assessed=len(rows),
        steps=tuple(step_of(valve, name, value) for name, value in measured.items()),
        roots=tuple(seen.roots[name] for name in measured),
        own_severe=any(stance == SEVERE and name not in CHAMBERS for name, stance in rows.items()),
        record=str(record) if record in ("none", "trace") else "",
        discordant=seen.get("clinical_discordance") == "yes",
        poor=seen.get("image_quality") == "poor",
        elliptical=valve == "mitral" and seen.get("elliptical_orifice") == "yes",
    )


def lead(situation: Situation, step: str) -> tuple[str, str, str]:
    """Where one quantity leads, with the signs at hand: (grade or indeterminate, low, high)."""
    nm, ns = situation.mild, situation.severe
    to_severe, to_mild = ns >= 2 and nm < 2, nm >= 2 and ns < 2
    if step == "IV":
        return ("indeterminate", "mild", "severe") if to_mild else ("severe",) * 3
    if step == "III":
        if to_mild:
            return "indeterminate", "mild", "moderate"
        if ns >= 3 or situation.elliptical:
            return "severe", "severe", "severe"
        return ("moderate", "moderate", "severe") if to_severe else ("moderate",) * 3
    if step == "II":
        if to_severe:
            return "indeterminate", "moderate", "severe"
        return ("moderate", "mild", "moderate") if to_mild else ("moderate",) * 3
    return ("indeterminate", "mild", "severe") if to_severe else ("mild",) * 3


def quantities_lead(situation: Situation, counts: dict[str, Any]) -> Answer:
    """Rule 15."""
    ladder = LADDERS[situation.valve]
    steps = sorted(situation.steps, key=ladder.index)
    outcomes = [lead(situation, step) for step in steps]
    low = min((outcome[1] for outcome in outcomes), key=ORDER.index)
    high = max((outcome[2] for outcome in outcomes), key=ORDER.index)
    grade = "indeterminate"
    if len({outcome[0] for outcome in outcomes}) == 1:
        grade = outcomes[0][0]
    elif len(steps) == 3 and ladder.index(steps[-1]) - ladder.index(steps[0]) == 1:
        grade = outcomes[1][0]
    if grade == "indeterminate":
        return indeterminate(15, low, high, **counts)
    agree = low == high and all(outcome[0] == grade for outcome in outcomes)
    return graded(15, grade, grade_certainty(list(situation.roots), agree), low, high, **counts)


def ase_decision(situation: Situation) -> Answer:
    """The decision list of 5.4: the first rule that holds."""
    nm, ns, ms, steps = situation.mild, situation.severe, situation.assessed, situation.steps
    majority, ladder = MAJORITY[situation.valve], LADDERS[situation.valve]
    ordered = sorted(steps, key=ladder.index)
    lowest, highest = (ordered[0], ordered[-1]) if ordered else ("", "")
    counts: dict[str, Any] = {"mild": nm, "severe": ns, "assessed": ms}
    counts |= {"quantitative_low": lowest, "quantitative_high": highest, "roots": frozenset(situation.roots)}
    if situation.discordant:
        return indeterminate(1, "mild", "severe", **counts)
    if situation.record:
        return _record(situation, highest, counts)
    if situation.poor:
        return indeterminate(4, "mild", "severe", **counts)
    if not steps and ns >= majority and nm >= majority:
        return indeterminate(5, "mild", "severe", **counts)
    if ns >= majority:
        at_most_ii = highest in ("I", "II") or (nm >= majority and lowest in ("I", "II"))
        if steps and at_most_ii:
            return indeterminate(6, NAMES[lowest], "severe", **counts)
        return graded(7, "severe", "definite", **counts)
    if nm >= majority and ns < 2:
        if steps and (lowest in ("III", "IV") or highest == "IV"):
            return indeterminate(8, "mild", NAMES[highest], **counts)
        return graded(9, "mild", "definite", **counts)
    if steps:
        return quantities_lead(situation, counts)
    return _without_quantities(situation, counts)


def _record(situation: Situation, highest: str, counts: dict[str, Any]) -> Answer:
    """Rules 2 and 3: a recorded none or trace."""
    if highest in ("", "I") and not situation.own_severe:
        certainty = "single_parameter" if situation.poor else "definite"
        return graded(2, situation.record, certainty, **counts)
    return indeterminate(3, situation.record, "severe" if situation.own_severe else NAMES[highest], **counts)


def _without_quantities(situation: Situation, counts: dict[str, Any]) -> Answer:
    """Rules 10 to 14: signs alone."""
    nm, ns, ms = situation.mild, situation.severe, situation.assessed
    if nm == 0 and ns >= (2 if situation.valve == "pulmonic" else 3) and 2 * ns > ms:
        return graded(10, "severe", "probable", "moderate", "severe", **counts)
    if ns == 0 and nm >= 2 and 2 * nm > ms:
        return graded(11, "mild", "probable", "mild", "moderate", **counts)
    if ns >= 2 or nm >= 2:
        low = "moderate" if nm < 2 else "mild"
        return indeterminate(12, low, "moderate" if ns < 2 else "severe", **counts)
    low = "moderate" if (nm, ns) == (0, 1) else "mild"
    high = "moderate" if (nm, ns) == (1, 0) else "severe"
    if ms >= 4 or (ms == 3 and nm == ns == 0):
        return graded(13, "moderate", "probable", low, high, **counts)
    if ms == 3:
        return indeterminate(13, low, high, **counts)
    return insufficient(14, **counts)
