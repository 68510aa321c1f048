"""The numbers of one DICOM structured report, each with what qualifies it.

A report is a tree of containers; modifiers stand on a number or on any container above it, and the nearest one counts.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grading.formats.coded_values import SEX
from grading.formats.codes import load_codes

#: columns of the records: all of them text
RECORD = (
    "code", "meaning", "value", "unit", "absent", "site", "direction", "method", "point", "view",
    "by_name", "chosen", "derivation",
)  # fmt: skip
_OLD_SNOMED = ("SRT", "SNM3", "99SDM")
_CHOSEN = ("121410 DCM", "121411 DCM", "121412 DCM")
_SELECTION, _DERIVATION = "121404 DCM", "121401 DCM"
_DERIVATIONS = {"373098007 SCT": "mean"}
_MODIFYING = ("HAS CONCEPT MOD", "HAS ACQ CONTEXT")
#: what a stage of a stress test is called, whose numbers are not of the study at rest
_STRESSED = re.compile(r"\b(?:stress|exercise|dobutamine|dose|recovery|pacing)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Qualifiers:
    """What holds for a number: the words of the code table, or the code where the table has no word."""

    site: str = ""
    direction: str = ""
    method: str = ""
    point: str = ""
    view: str = ""
    by_name: str = ""
    derivation: str = ""
    stage: str = ""


def records_of(dataset: Any) -> Iterator[tuple[str, ...]]:
    """Every number of a report, in its order, without a limit to the depth of the tree."""
    waiting = [(dataset, _Qualifiers())]
    while waiting:
        item, above = waiting.pop()
        children = list(item.get("ContentSequence") or ())
        own = _qualified(above, children)
        kind = item.get("ValueType", "CONTAINER")
        if kind == "NUM":
            yield _number(item, own, children)
        elif kind == "CODE" and (record := _word(item)):
            yield record
        # the beats below a mean are none themselves
        below = replace(own, derivation="") if kind == "NUM" else own
        waiting += [(child, below) for child in reversed(children)]


def _qualified(above: _Qualifiers, children: Sequence[Any]) -> _Qualifiers:
    """What holds below a container or a number; two values of one modifier contradict each other."""
    words: dict[str, set[str]] = defaultdict(set)
    by_name = False
    for child in children:
        if child.get("ValueType") != "CODE" or child.get("RelationshipType") not in _MODIFYING:
            continue
        concept, value = first_item(child, "ConceptNameCodeSequence"), first_item(child, "ConceptCodeSequence")
        if code_of(concept) == _DERIVATION:
            words["derivation"].add(_DERIVATIONS.get(code_of(value)) or _meaning_of(value).casefold() or "unknown")
            continue
        if _STRESSED.search(_meaning_of(value)):
            words["stage"].add(_meaning_of(value))
            continue
        modifier, called = load_codes().modifier(code_of(concept), _meaning_of(concept))
        if modifier:
            word, named = load_codes().word(modifier, code_of(value), _meaning_of(value))
            words[modifier].add(word)
            by_name |= called or named
    changes = {name: " or ".join(sorted(found)) for name, found in words.items()}
    if by_name:
        changes["by_name"] = "1"
    return replace(above, **changes) if changes else above


def _number(item: Any, own: _Qualifiers, children: Sequence[Any]) -> tuple[str, ...]:
    concept = first_item(item, "ConceptNameCodeSequence")
    measured = first_item(item, "MeasuredValueSequence")
    absent = first_item(item, "NumericValueQualifierCodeSequence")
    why_not, value = _meaning_of(absent), _value(measured)
    if own.stage:
        why_not, value = f"none at rest: it is of the stage {own.stage!r}", ""
    unit = first_item(measured, "MeasurementUnitsCodeSequence") if measured is not None else None
    chosen = any(
        code_of(first_item(child, "ConceptNameCodeSequence")) == _SELECTION
        and code_of(first_item(child, "ConceptCodeSequence")) in _CHOSEN
        for child in children
    )
    return (
        code_of(concept), _meaning_of(concept), value, str(unit.get("CodeValue", "")) if unit else "",
        why_not, own.site, own.direction, own.method, own.point, own.view, own.by_name,
        "1" if chosen else "", own.derivation,
    )  # fmt: skip


def _value(measured: Any) -> str:
    """A measured value as it was written; both of its forms when they contradict each other."""
    if measured is None:
        return ""
    texts = [_raw(measured, "NumericValue"), _raw(measured, "FloatingPointValue")]
    written = [text for text in texts if text]
    if len(written) == 2:
        try:
            one, other = map(float, written)
        except ValueError:
            return " / ".join(written)
        if abs(one - other) > 1e-6 * max(abs(one), abs(other)):
            return " / ".join(written)
    return written[0] if written else ""


def _raw(dataset: Any, keyword: str) -> str:
    """An element as it was written, whether or not it is a number."""
    try:
        element = dataset.get_item(keyword)
    except KeyError:
        return ""
    value = element.value if element is not None else None
    if isinstance(value, bytes) and keyword == "NumericValue":
        return value.decode("ascii", "replace").strip(" \0").partition("\\")[0]
    value = dataset.get(keyword)
    return "" if value is None else str(value)


def _word(item: Any) -> tuple[str, ...]:
    """The record of a coded answer that is used: the patient's sex, a reader's grade."""
    concept, value = first_item(item, "ConceptNameCodeSequence"), first_item(item, "ConceptCodeSequence")
    code = code_of(concept)
    if code != SEX and code.removesuffix(" LN") not in load_codes().grades:
        return ()
    known = code_of(value)
    word = known if code == SEX or known in load_codes().severity else _meaning_of(value)
    return (code, _meaning_of(concept), word, *[""] * (len(RECORD) - 3))


def first_item(item: Any, keyword: str) -> Any:
    """The first item of a sequence; None where there is none."""
    sequence = item.get(keyword) if item is not None else None
    return sequence[0] if isinstance(sequence, Sequence) and len(sequence) else None


def code_of(item: Any) -> str:
    """A code as '59102-4 LN'; one of the older SNOMED schemes as the SCT code of the same concept. '' for none."""
    from pydicom.sr._snomed_dict import mapping

    if item is None:
        return ""
    value = str(item.get("CodeValue") or item.get("LongCodeValue") or item.get("URNCodeValue") or "").strip()
    scheme = str(item.get("CodingSchemeDesignator", "")).strip().upper()
    if scheme in _OLD_SNOMED:
        return f"{mapping['SRT'][value]} SCT" if value in mapping["SRT"] else f"{value} SRT"
    return f"{value} {scheme}".strip()


def _meaning_of(item: Any) -> str:
    return " ".join(str(item.get("CodeMeaning", "")).split())[:100] if item is not None else ""
