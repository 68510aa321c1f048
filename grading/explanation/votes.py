"""Who argues for what in a decision: names of steps, and the criteria of a group that speak."""

from __future__ import annotations

from grading.engine.decide import Decision
from grading.engine.tally import Tally
from grading.reference.catalogue import load_catalogue
from grading.reference.scale import NO_GRADE
from grading.reference.table import ALL, Group
from grading.writing import joined

#: how an open end is written
OPEN_ENDS = {"+": " or worse", "-": " or milder"}


def step_name(group: Group, step: str) -> str:
    """'grade IV (severe)' where steps and grades differ, else 'severe'; 'severe or worse' for an open end."""
    bare = step.rstrip("+-")
    grade = group.steps[bare]
    named = grade.replace("_", " ") if grade == bare else f"grade {bare} ({grade})"
    return named + OPEN_ENDS.get(step[len(bare) :], "")


def step_text(step: str) -> str:
    """A step as it stands in a list of cut-offs: 'IV', 'not severe', 'severe or worse'."""
    bare = step.rstrip("+-")
    return bare.replace("_", " ") + OPEN_ENDS.get(step[len(bare) :], "")


def label(name: str) -> str:
    """How sentences call a measurement."""
    return load_catalogue()[name].label


def votes(tally: Tally, row: int) -> list[tuple[str, str]]:
    """(measurement, step it argues for) for every counted criterion of a group that argues for one."""
    pairs = []
    for criterion in tally.group.rows:
        code = int(tally.bands[criterion.key][row]) if criterion.key in tally.bands and not criterion.weak else 0
        if code and criterion.labels[code - 1] != NO_GRADE:
            pairs.append((criterion.name, criterion.labels[code - 1]))
    return pairs


def votes_text(tally: Tally, row: int) -> str:
    """Who says what: 'EROA is grade IV (severe), regurgitant volume is grade III (moderate)'; dissent is named."""
    pairs = votes(tally, row)
    if not pairs:
        return "nothing was quantified"
    by_step: dict[str, list[str]] = {}
    for name, step in pairs:
        by_step.setdefault(step, []).append(label(name))
    sides = sorted(by_step.items(), key=lambda side: -len(side[1]))
    clauses = [f"{joined(n)} {'is' if len(n) == 1 else 'are'} {step_name(tally.group, s)}" for s, n in sides]
    if len(pairs) == 1:
        return clauses[0].replace(" is ", " alone is ", 1)
    if len(sides) == 2 and tally.agree_low[row] and tally.dispute[row] and len(sides[0][1]) > len(sides[1][1]):
        step, names = sides[1]
        dissent = "dissents" if len(names) == 1 else "dissent"
        return f"{clauses[0]}; {joined(names)} {dissent} at {step_name(tally.group, step)}"
    return ", ".join(clauses)


def counted(decision: Decision) -> list[Tally]:
    """The tallies whose criteria count, group by group."""
    return [tally for name, tally in decision.tallies.items() if tally.group.counted and name != ALL]
