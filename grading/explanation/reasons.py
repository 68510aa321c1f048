"""Why a decision was made, in one sentence: the rule's words with the counts and the voices of this row put in."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from grading.engine.decide import Decision
from grading.engine.methods import METHODS
from grading.engine.tally import Tally
from grading.reference.catalogue import load_catalogue
from grading.reference.scale import NO_GRADE
from grading.reference.table import ALL, Group
from grading.reference.table_reader import PLACEHOLDER
from grading.writing import joined, upper

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


def spoken(tally: Tally, row: int) -> list[tuple[str, str]]:
    """(measurement, step it argues for) for every row of a group that argues for one."""
    said = []
    for criterion in tally.group.rows:
        code = int(tally.bands[criterion.key][row]) if criterion.key in tally.bands else 0
        if code and criterion.labels[code - 1] != NO_GRADE:
            said.append((criterion.name, criterion.labels[code - 1]))
    return said


def voices(tally: Tally, row: int) -> str:
    """Who says what: 'EROA is grade IV (severe), regurgitant volume is grade III (moderate)'; dissent is named."""
    said = spoken(tally, row)
    if not said:
        return "nothing was quantified"
    by_step: dict[str, list[str]] = {}
    for name, step in said:
        by_step.setdefault(step, []).append(label(name))
    parts = sorted(by_step.items(), key=lambda item: -len(item[1]))
    sentences = [f"{joined(n)} {'is' if len(n) == 1 else 'are'} {step_name(tally.group, s)}" for s, n in parts]
    if len(said) == 1:
        return sentences[0].replace(" is ", " alone is ", 1)
    if len(parts) == 2 and tally.agree_low[row] and len(parts[0][1]) > len(parts[1][1]):
        step, names = parts[1]
        return f"{sentences[0]}; {joined(names)} dissents at {step_name(tally.group, step)}"
    return ", ".join(sentences)


def witness(decision: Decision, row: int) -> str:
    """A sentence when several quantities rest on one measurement (one PISA radius, one volumetric study), else ''."""
    filled = decision.filled
    quantified = {name for tally in _counted(decision) for name, _ in spoken(tally, row)}
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

    def put_in(found: re.Match[str]) -> str:
        group, _, asked = found[1].partition(".")
        if group == "next_test":
            return decision.table.next_test
        tally = decision.tallies[group]
        if not asked:
            return voices(tally, row)
        if asked == "measured":
            return f"{tally.measured[row]} of {tally.group.size}"
        return f"{tally.counts[asked][row]} of {tally.group.possible(asked)}"

    because = upper(PLACEHOLDER.sub(put_in, decision.table.rules[position - 1].because))
    return f"{because} {witness(decision, row)}".strip()


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
    asked = [set[str](), *({found[1] for found in PLACEHOLDER.finditer(r.because)} for r in decision.table.rules)]
    parts = [(token, *part) for token in sorted(set().union(*asked)) for part in _put_in(decision, token)]
    parts.append(("", *_witness_situations(decision)))
    keys = [decision.rule.astype(np.int64)]
    sizes = [len(asked)] * len(asked)
    for token, codes, choices in parts:
        # each rule counts in a number system of its own: a digit for every part that its sentence puts in
        spoken_by = [not token or token in words for words in asked]
        grown = [size * (choices if speaks else 1) for size, speaks in zip(sizes, spoken_by, strict=True)]
        if max(grown) > 2**62:
            keys.append(np.zeros(len(decision.rule), np.int64))
            sizes = [1] * len(asked)
            grown = [choices if speaks else 1 for speaks in spoken_by]
        weights = [size if speaks else 0 for size, speaks in zip(sizes, spoken_by, strict=True)]
        keys[-1] += np.array(weights, np.int64)[decision.rule] * codes
        sizes = grown
    return keys


def _put_in(decision: Decision, token: str) -> list[tuple[NDArray[np.integer] | int, int]]:
    """(codes, how many there can be) for what a placeholder says.

    A criterion that no row of this chunk holds has its digit all the same, so that a key means the same in every chunk.
    """
    group, _, asked = token.partition(".")
    if group == "next_test":
        return []
    tally = decision.tallies[group]
    if asked:
        return [(tally.measured if asked == "measured" else tally.counts[asked], len(tally.group.rows) + 1)]
    return [(tally.bands.get(row.key, 0), len(row.labels) + 1) for row in tally.group.rows]


def _witness_situations(decision: Decision) -> tuple[NDArray[np.integer], int]:
    """(codes, how many there can be) for what `witness` looks at."""
    filled, rows = decision.filled, len(decision.rule)
    heard = np.zeros(rows, np.int64)
    for bit, name in enumerate(QUANTITIES):
        speaks = np.zeros(rows, np.bool_)
        for tally in _counted(decision):
            for criterion in tally.group.rows:
                if criterion.name == name and criterion.key in tally.bands:
                    voiced = np.array([False, *(label != NO_GRADE for label in criterion.labels)])
                    speaks |= voiced[tally.bands[criterion.key]]
        heard |= speaks.astype(np.int64) << bit
    size = 1 << len(QUANTITIES)
    for name in QUANTITIES:
        if name in filled.sources:
            heard += size * filled.sources[name].astype(np.int64)
        size *= len(METHODS) + 2
    return heard, size


def _counted(decision: Decision) -> list[Tally]:
    """The tallies whose voices count."""
    return [t for name, t in decision.tallies.items() if t.group.counted and name != ALL]
