"""Numbers whose code is a maker's own, or that have none: what their name says, when it is one of ours."""

from __future__ import annotations

import re
from functools import cache

from grading.formats.codes import Context, Meaning, fold_name, loinc_meaning
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES


def own_name(text: str, context: Context) -> Meaning | str | None:
    """What a maker's own name says, if it is a name of the catalogue or a LOINC display name."""
    folded = fold_name(text)
    if found := loinc_meaning(text):
        return found
    if own := _leak_names().get(folded):
        return own
    name = _names().get(folded)
    if name is None:
        return None
    if load_catalogue()[name].shared:
        return Meaning(name)
    if context.direction != "regurgitant":
        return "its flow direction is not said" if not context.direction else "its flow direction does not fit"
    return Meaning(name, context.site) if context.site in VALVES else "its site is not said"


@cache
def _names() -> dict[str, str]:
    """Every number's names in the catalogue, folded."""
    catalogue = load_catalogue()
    names = {
        fold_name(name): number.name
        for number in catalogue.numbers.values()
        if number.group != "derived"
        for name in (number.name, number.label, *number.aliases)
    }
    for refused in map(fold_name, catalogue.refused):
        names.pop(refused, None)
    return names


@cache
def _leak_names() -> dict[str, Meaning]:
    """The same names with a leak before them: 'MR PISA radius', 'aortic regurgitation Vmax'."""
    catalogue = load_catalogue()
    refused = set(map(fold_name, catalogue.refused))
    found = {}
    for spelling, valve in catalogue.words["valve"].synonyms.items():
        if not (re.fullmatch("[matp][ri]", spelling) or "regurgitation" in spelling or "insufficiency" in spelling):
            continue
        for name, measurement in _names().items():
            number = catalogue.numbers[measurement]
            folded = fold_name(spelling) + name
            if not number.shared and valve in number.valves and folded not in refused:
                found[folded] = Meaning(measurement, valve)
    return found
