"""Why a decision was made, in one sentence: the rule's words with the counts and the voices of this row put in."""

from __future__ import annotations

import re

from grading.engine.decide import Decision
from grading.explanation.votes import step_name, votes_text
from grading.explanation.witness import witness
from grading.reference.catalogue import load_catalogue
from grading.reference.decision_reader import PLACEHOLDER
from grading.reference.scale import GRADES
from grading.reference.table import PULLS, Group
from grading.writing import upper

#: '1 of 6 criteria for severe are', which is said of one
_ONE_OF = re.compile(r"\b(1 of \d+(?: criteria)?(?: for \w+)?) are\b")
UNRULED = "No rule of this table covers these findings; please report the case."


def sentence(decision: Decision, row: int) -> str:
    """Why row `row` was decided as it was."""
    position = int(decision.rule[row])
    if position == 0:
        return UNRULED
    if decision.led is not None and position == len(decision.table.rules):
        because = _led_sentence(decision, row)
    else:
        because = put_into(decision.table.rules[position - 1].because, decision, row)
    return f"{upper(because)} {witness(decision, row)}".strip()


def put_into(text: str, decision: Decision, row: int) -> str:
    """A rule's words with the counts, voices and words of one row."""

    def put_in(placeholder: re.Match[str]) -> str:
        group, _, count = placeholder[1].partition(".")
        if group == "next_test":
            return decision.table.next_test
        word = load_catalogue().words.get(group)
        if word is not None:
            return word.text(word.values[int(decision.filled.columns[group][row]) - 1])
        tally = decision.tallies[group]
        if not count:
            return votes_text(tally, row)
        if count == "measured":
            return _share(int(tally.measured[row]), tally.group.size)
        return _share(int(tally.counts[count][row]), tally.group.possible(count))

    return _ONE_OF.sub(r"\1 is", PLACEHOLDER.sub(put_in, text))


def _share(count: int, possible: int) -> str:
    """'3 of 7', or 'none'."""
    return f"{count} of {possible}" if count else "none"


def _led_sentence(decision: Decision, row: int) -> str:
    """Where the quantities of a row lead, and what the signs make of it."""
    led, lead = decision.led, decision.table.lead
    assert led is not None and lead is not None
    tally = decision.tallies[lead.group]
    voices = votes_text(tally, row)
    undecided = GRADES[led.grade[row]] == "indeterminate"
    spread = int(tally.measured[row]) > 1 and tally.low[row] != tally.high[row]
    if led.raised[row]:
        raised = lead.raises[led.raised[row] - 1]
        why = put_into(raised.because, decision, row)
        if undecided or tally.low[row] < raised.step:
            step = step_name(tally.group, list(tally.group.steps)[raised.step - 1])
            return f"{_apart(voices)} {upper(step)} is raised to {raised.to} because {why}."
        if spread:
            every = "both" if tally.measured[row] == 2 else "all"
            return f"{voices}; {every} lead to {raised.to}: {why}."
        return f"{voices}, raised to {raised.to} because {why}."
    pull = PULLS[led.pull[row]]
    signs = put_into(f"{{specific.{pull}}} criteria for {pull} are met", decision, row) if led.pull[row] else ""
    one_outcome = not spread or tally.agree_low[row] != 0
    if undecided:
        return (
            f"{voices}, but {signs}."
            if signs and one_outcome
            else _apart(voices) + (f" {upper(signs)}." if signs else "")
        )
    widened = signs and GRADES[led.low[row]] != GRADES[led.high[row]]
    return f"{voices}; {signs}, which widens the range." if widened else f"{voices}."


def _apart(voices: str) -> str:
    return f"The quantities disagree and none outvotes the others: {voices}."


def agreement_text(group: Group, low: int, high: int) -> str:
    """The steps a group agrees on: 'IV', 'II-III', or 'unresolved' for none (0)."""
    steps = list(group.steps)
    if low == 0:
        return "unresolved"
    return steps[low - 1] if low == high else f"{steps[low - 1]}-{steps[high - 1]}"


def quantitative_grade(decision: Decision, row: int) -> str:
    """The step the quantities agree on: 'IV', 'II-III', 'unresolved', or '' when nothing was quantified."""
    group = decision.table.group("quantitative")
    if group is None or decision.tallies[group.name].measured[row] == 0:
        return ""
    tally = decision.tallies[group.name]
    return agreement_text(group, int(tally.agree_low[row]), int(tally.agree_high[row]))
