"""What the sentence of a row depends on, as numbers: rows that share them share their sentence."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from grading.engine.decide import Decision
from grading.explanation.witness import witness_situations
from grading.reference.catalogue import load_catalogue
from grading.reference.decision_reader import PLACEHOLDER
from grading.reference.scale import GRADES
from grading.reference.table import LEAD, PULLS


def sentence_keys(decision: Decision) -> list[NDArray[np.int64]]:
    """What the sentence of every row says, as one or more numbers: rows that share them all share their sentence, in
    this chunk and in any other of its table.

    They count only what the sentence of the row's rule puts in, and which quantities rest on one witness. A table
    whose sentences can say more than one 64-bit number can tell apart gets a further number.
    """
    tokens_by_rule = [frozenset[str](), *(_placeholders(decision, place) for place in range(len(decision.table.rules)))]
    parts = [(token, *part) for token in sorted(set().union(*tokens_by_rule)) for part in _put_in(decision, token)]
    parts.append(("", *witness_situations(decision)))
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


def _placeholders(decision: Decision, place: int) -> frozenset[str]:
    """What the sentence of one rule puts in; that of the lead rests on the signs, the pull and the raise as well."""
    texts, lead = [decision.table.rules[place].because], decision.table.lead
    if lead is not None and place == len(decision.table.rules) - 1:
        texts += [f"{{{LEAD}}}", *(raised.because for raised in lead.raises)]
        texts += [f"{{specific.{PULLS[pull]}}}" for pull, _ in lead.pulls]
    return _in_texts(tuple(texts))


@cache
def _in_texts(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(match[1] for text in texts for match in PLACEHOLDER.finditer(text))


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
