"""A graded case as a FHIR R4 Bundle of Observations: what was entered, what was worked out, and the grade with its
reason.

It names no patient and no time, for a case has none; the same case gives the same Bundle.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from grading.formats.codes import load_codes
from grading.reading.values import ERROR

_LOINC, _SNOMED, _UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
_ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
#: the catalogue's units in UCUM, where they differ
_UCUM_CODES = {"fraction": "1"}
_OWN = uuid.uuid5(uuid.NAMESPACE_URL, "urn:echograde:observation")

Resource = dict[str, Any]


class Explained(Protocol):
    """A graded case, as far as it is needed here."""

    def to_dict(self) -> dict[str, Any]:
        """What the case says of itself, ready for JSON."""


def bundle(case: Explained) -> Resource:
    """A Bundle of type collection: an Observation for each value entered and each derived, the grade last.

    The grade is 'preliminary': a program's reading, with the guideline as its method, its reason as a note and the
    others as what it is derived from.
    """
    explanation = case.to_dict()
    valve = explanation["valve"]
    entered = [_entry(_entered(one, valve)) for one in explanation["entered"]]
    derived = [_entry(_derived(one, valve)) for one in explanation["derived"]]
    grade = _grade(explanation, [entry["fullUrl"] for entry in (*entered, *derived)])
    return {"resourceType": "Bundle", "type": "collection", "entry": [*entered, *derived, _entry(grade)]}


def _entry(resource: Resource) -> Resource:
    name = json.dumps(resource, sort_keys=True, ensure_ascii=False)
    return {"fullUrl": f"urn:uuid:{uuid.uuid5(_OWN, name)}", "resource": resource}


def _observation(status: str, code: Resource, **more: Any) -> Resource:
    category = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "imaging"}]}
    return {"resourceType": "Observation", "status": status, "category": [category], "code": code, **more}


def _entered(one: Mapping[str, Any], valve: str) -> Resource:
    if "unit" not in one:
        return _observation("final", _code(one, valve), valueString=str(one["typed"]))
    return _observation("final", _code(one, valve), valueQuantity=_quantity(one["typed"], one["unit"]))


def _derived(one: Mapping[str, Any], valve: str) -> Resource:
    how = {"method": {"text": one["method"]}, "note": [{"text": f"from {one['from']}"}]}
    if one["unit"] is None:
        return _observation("preliminary", _code(one, valve), valueString=str(one["value"]), **how)
    return _observation("preliminary", _code(one, valve), valueQuantity=_quantity(one["value"], one["unit"]), **how)


def _quantity(value: Any, unit: str) -> Resource:
    number = float(value)
    whole = number.is_integer() and abs(number) < 1e15
    return {
        "value": int(number) if whole else number,
        "unit": unit,
        "system": _UCUM,
        "code": _UCUM_CODES.get(unit, unit),
    }


def _code(one: Mapping[str, Any], valve: str) -> Resource:
    """The LOINC code of a measurement where there is one, and its name."""
    found = _loinc_codes().get((one["measurement"], valve)) or _loinc_codes().get((one["measurement"], ""))
    coding = [{"system": _LOINC, "code": found[0], **({"display": found[1]} if found[1] else {})}] if found else []
    own = (one["measurement"], "") in _loinc_codes()
    name = one["label"] if own else f"{one['label']}, {valve} valve"
    return {**({"coding": coding} if coding else {}), "text": name}


@cache
def _loinc_codes() -> dict[tuple[str, str], tuple[str, str]]:
    """Measurement and valve -> the first LOINC code that means just them, and its name."""
    codes = load_codes()
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for code, meaning in codes.loinc.items():
        if not (meaning.second or meaning.narrower):
            key = meaning.measurement, meaning.valve
            found.setdefault(key, (code, codes.meanings.get(f"{code} LN", "")))
    return found


def _grade(explanation: Mapping[str, Any], from_: Sequence[str]) -> Resource:
    """The Observation of the grade."""
    codes, valve = load_codes(), explanation["valve"]
    loinc = next((code for code, named in codes.grades.items() if named == valve), None)
    coding = [{"system": _LOINC, "code": loinc}] if loinc else []
    code = {**({"coding": coding} if coding else {}), "text": f"{valve} regurgitation, grade by echocardiography"}
    more: Resource = {
        "method": {"text": f"{explanation['guideline']}: {explanation['citation']}"},
        "note": [{"text": text} for text in _notes(explanation)],
        **_answer(explanation),
    }
    if from_:
        more["derivedFrom"] = [{"reference": address} for address in from_]
    if explanation["grade_low"] and explanation["grade_low"] != explanation["grade_high"]:
        more["component"] = [
            {"code": {"text": f"{end} grade that the findings allow"}, "valueCodeableConcept": _word(explanation[key])}
            for end, key in (("mildest", "grade_low"), ("most severe", "grade_high"))
        ]
    return _observation("preliminary", code, **more)


def _answer(explanation: Mapping[str, Any]) -> Resource:
    """The grade as a coded word; without one, why there is none."""
    if explanation["status"] == "graded":
        return {"valueCodeableConcept": _word(explanation["grade"])}
    if explanation["status"] == "indeterminate":
        low, high = explanation["grade_low"], explanation["grade_high"]
        between = f" ({low} to {high})" if low and high and low != high else ""
        return {"valueCodeableConcept": {"text": f"indeterminate{between}"}}
    why = {"rejected": "error", "not_covered": "unsupported"}.get(explanation["status"], "unknown")
    text = explanation["status"].replace("_", " ")
    return {"dataAbsentReason": {"coding": [{"system": _ABSENT, "code": why}], "text": text}}


def _word(grade: str) -> Resource:
    codes = load_codes()
    found = [code.partition(" ")[0] for code, word in codes.severity.items() if word == grade]
    coding = [{"system": _SNOMED, "code": code, "display": grade.capitalize()} for code in found]
    return {**({"coding": coding} if coding else {}), "text": grade}


def _notes(explanation: Mapping[str, Any]) -> list[str]:
    """The reason, the rule and how sure it is, what was odd, and what the program is not for."""
    rule = explanation["rule"]
    source = explanation["rule_source"] or {}
    place = source.get("at") or source.get("reading")
    ruled = f"Rule {rule}{f' ({place})' if place else ''}; certainty: {explanation['certainty']}." if rule else ""
    cautions = [one["text"] for one in explanation["cautions"]]
    odd = [f"{one['severity']}: {one['message']}" for one in explanation["issues"] if one["severity"] != ERROR]
    by = f"echograde {explanation['echograde']}, guideline table {explanation['guideline']}. {explanation['notice']}"
    return [text for text in (explanation["reason"], ruled, *cautions, *odd, by) if text]
