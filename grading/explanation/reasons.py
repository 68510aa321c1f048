"""Why a decision was made, in one sentence: the rule's words with the counts and the voices of this row put in."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from grading.engine.decide import Decision
from grading.engine.methods import METHODS
from grading.engine.tally import Tally
from grading.reference.catalogue import load_catalogue
from grading.reference.decision_reader import PLACEHOLDER
from grading.reference.scale import GRADES, NO_GRADE
from grading.reference.table import ALL, LEAD, PULLS, Group
from grading.writing import in_words, joined, upper

#: quantities that can rest on one another
QUANTITIES = ("eroa", "eroa_volumetric", "regurgitant_volume", "regurgitant_fraction")
UNRULED = "No rule of this table covers these findings; please report the case."


def step_name(group: Group, step: str) -> str:
    """'grade IV (severe)' where steps and grades differ, else 'severe'; 'severe or worse' for an open end."""
    bare = step.rstrip("+-")
    grade = group.steps[bare]
    named = grade.replace("_", " ") if grade == bare else f"grade {bare} ({grade})"
    return named + {"+": " or worse", "-": " or milder"}.get(step[len(bare) :], "")


def label(name: str) -> str:
    """How sentences call a measurement."""
    return load_catalogue()[name].label


def votes(tally: Tally, row: int) -> list[tuple[str, str]]:
    """(measurement, step it argues for) for every row of a group that argues for one."""
    pairs = []
    for criterion in tally.group.rows:
        code = int(tally.bands[criterion.key][row]) if criterion.key in tally.bands else 0
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
    if len(sides) == 2 and tally.agree_low[row] and len(sides[0][1]) > len(sides[1][1]):
        step, names = sides[1]
        return f"{clauses[0]}; {joined(names)} dissents at {step_name(tally.group, step)}"
    return ", ".join(clauses)


def witness(decision: Decision, row: int) -> str:
    """A sentence when several quantities rest on one measurement (one PISA radius, one volumetric study), else ''."""
    filled = decision.filled
    quantified = {name for tally in _counted(decision) for name, _ in votes(tally, row)}
    volume = filled.method("regurgitant_volume", row)
    names, source = ["regurgitant_volume"], "regurgitant volume"
    if volume is not None and volume.name == "PISA":
        names, source = ["eroa", "regurgitant_volume"], "PISA radius" if filled.method("eroa", row) else "EROA"
    elif volume is not None:
        names, source = ["eroa_volumetric", "regurgitant_volume"], "volumetric measurement"
    fraction = filled.method("regurgitant_fraction", row)
    if fraction and (fraction.name != "volumetric" or (volume is not None and volume.name == "volumetric")):
        names.append("regurgitant_fraction")
    shared = [name for name in names if name in quantified and (name != "eroa_volumetric" or filled.method(name, row))]
    if len(shared) < 2:
        return ""
    every, count = {2: ("both", "two"), 3: ("all", "three")}[len(shared)]
    return f"{upper(joined([label(n) for n in shared]))} {every} rest on one {source}: one witness, not {count}."


def sentence(decision: Decision, row: int) -> str:
    """Why row `row` was decided as it was."""
    position = int(decision.rule[row])
    if position == 0:
        return UNRULED
    if decision.led is not None and position == len(decision.table.rules):
        because = _led_sentence(decision, row)
    else:
        because = _put_into(decision.table.rules[position - 1].because, decision, row)
    return f"{upper(because)} {witness(decision, row)}".strip()


def _put_into(text: str, decision: Decision, row: int) -> str:
    """A rule's words with the counts, voices and words of one row."""

    def put_in(placeholder: re.Match[str]) -> str:
        group, _, count = placeholder[1].partition(".")
        if group == "next_test":
            return decision.table.next_test
        word = load_catalogue().words.get(group)
        if word is not None:
            return in_words(word.values[int(decision.filled.columns[group][row]) - 1])
        tally = decision.tallies[group]
        if not count:
            return votes_text(tally, row)
        if count == "measured":
            return f"{tally.measured[row]} of {tally.group.size}"
        return f"{tally.counts[count][row]} of {tally.group.possible(count)}"

    return PLACEHOLDER.sub(put_in, text)


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
        why = _put_into(raised.because, decision, row)
        if undecided or tally.low[row] < raised.step:
            return f"{_apart(voices)} A step of it is raised to {raised.to} because {why}."
        if spread:
            every = "both" if tally.measured[row] == 2 else "all"
            return f"{voices}; {every} lead to {raised.to}: {why}."
        return f"{voices}, raised to {raised.to} because {why}."
    pull = PULLS[led.pull[row]]
    signs = _put_into(f"{{specific.{pull}}} criteria for {pull} are met", decision, row) if led.pull[row] else ""
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


def sentence_keys(decision: Decision) -> list[NDArray[np.int64]]:
    """What the sentence of every row says, as one or more numbers: rows that share them all share their sentence, in
    this chunk and in any other of its table.

    They count only what the sentence of the row's rule puts in, and which quantities rest on one witness. A table
    whose sentences can say more than one 64-bit number can tell apart gets a further number.
    """
    tokens_by_rule = [set[str](), *(_placeholders(decision, place) for place in range(len(decision.table.rules)))]
    parts = [(token, *part) for token in sorted(set().union(*tokens_by_rule)) for part in _put_in(decision, token)]
    parts.append(("", *_witness_situations(decision)))
    keys = [decision.rule.astype(np.int64)]
    sizes = [len(tokens_by_rule)] * len(tokens_by_rule)
    for token, codes, choices in parts:
        # each rule counts in a number system of its own: a digit for every part that its sentence puts in
        put_in_by = [not token or token in tokens for tokens in tokens_by_rule]
        grown = [size * (choices if puts_in else 1) for size, puts_in in zip(sizes, put_in_by, strict=True)]
        if max(grown) > 2**62:
            keys.append(np.zeros(len(decision.rule), np.int64))
            sizes = [1] * len(tokens_by_rule)
            grown = [choices if puts_in else 1 for puts_in in put_in_by]
        weights = [size if puts_in else 0 for size, puts_in in zip(sizes, put_in_by, strict=True)]
        keys[-1] += np.array(weights, np.int64)[decision.rule] * codes
        sizes = grown
    return keys


def _placeholders(decision: Decision, place: int) -> set[str]:
    """What the sentence of one rule puts in; that of the lead rests on the signs, the pull and the raise as well."""
    texts, lead = [decision.table.rules[place].because], decision.table.lead
    if lead is not None and place == len(decision.table.rules) - 1:
        texts += [f"{{{LEAD}}}", *(raised.because for raised in lead.raises)]
        texts += [f"{{specific.{PULLS[pull]}}}" for pull, _ in lead.pulls]
    return {match[1] for text in texts for match in PLACEHOLDER.finditer(text)}


def _put_in(decision: Decision, token: str) -> list[tuple[NDArray[np.integer] | int, int]]:
    """(codes, how many there can be) for what a placeholder says.

    A criterion that no row of this chunk holds has its digit all the same, so that a key means the same in every chunk.
    """
    group, _, count = token.partition(".")
    if group == "next_test":
        return []
    if group == LEAD:
        return _led_codes(decision)
    word = load_catalogue().words.get(group)
    if word is not None:
        return [(decision.filled.columns.get(group, 0), len(word.values) + 1)]
    tally = decision.tallies[group]
    if count:
        return [(tally.measured if count == "measured" else tally.counts[count], len(tally.group.rows) + 1)]
    return [(tally.bands.get(row.key, 0), len(row.labels) + 1) for row in tally.group.rows]


def _led_codes(decision: Decision) -> list[tuple[NDArray[np.integer] | int, int]]:
    """(codes, how many there can be) for where the quantities lead."""
    led, lead = decision.led, decision.table.lead
    assert led is not None and lead is not None
    grades = len(GRADES)
    return [
        (led.pull, len(PULLS)),
        (led.raised, len(lead.raises) + 1),
        *((c, grades) for c in (led.grade, led.low, led.high)),
    ]


def _witness_situations(decision: Decision) -> tuple[NDArray[np.integer], int]:
    """(codes, how many there can be) for what `witness` looks at."""
    filled, rows = decision.filled, len(decision.rule)
    heard = np.zeros(rows, np.int64)
    for bit, name in enumerate(QUANTITIES):
        votes_for_grade = np.zeros(rows, np.bool_)
        for tally in _counted(decision):
            for criterion in tally.group.rows:
                if criterion.name == name and criterion.key in tally.bands:
                    voiced = np.array([False, *(label != NO_GRADE for label in criterion.labels)])
                    votes_for_grade |= voiced[tally.bands[criterion.key]]
        heard |= votes_for_grade.astype(np.int64) << bit
    size = 1 << len(QUANTITIES)
    for name in QUANTITIES:
        if name in filled.sources:
            heard += size * filled.sources[name].astype(np.int64)
        size *= len(METHODS) + 2
    return heard, size


def _counted(decision: Decision) -> list[Tally]:
    """The tallies whose voices count."""
    return [t for name, t in decision.tallies.items() if t.group.counted and name != ALL]
