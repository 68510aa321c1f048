"""The values of one FHIR observation, each with its code and what qualifies it."""

from __future__ import annotations

from typing import Any

from grading.formats.coded_values import CodedValue
from grading.formats.codes import Context, load_codes
from grading.reference.units import read_unit

_SYSTEMS = {
    "http://loinc.org": "LN", "urn:oid:2.16.840.1.113883.6.1": "LN", "http://snomed.info/sct": "SCT",
    "urn:oid:2.16.840.1.113883.6.96": "SCT", "http://dicom.nema.org/resources/ontology/DCM": "DCM",
    "http://dicom.nema.org/resources/ontology/dcm": "DCM", "urn:oid:1.2.840.10008.2.16.4": "DCM",
}  # fmt: skip
_UCUM = ("http://unitsofmeasure.org", "urn:oid:2.16.840.1.113883.6.8", "")

Resource = dict[str, Any]


class Written(str):
    """A number of a JSON text, as it was written."""

    __slots__ = ()


def values_of(observation: Resource) -> list[CodedValue]:
    """The value of an observation, where it has one, and those of its components, with what qualifies them.

    A component that is a modifier (a finding site, a direction of flow) qualifies the others.
    """
    components = [one for one in list_of(observation.get("component")) if isinstance(one, dict)]
    words = {"site": _words(observation, "bodySite", "site"), "method": _words(observation, "method", "method")}
    derivation = ""
    numbers = []
    for component in components:
        code = _code(component)[0]
        if name := load_codes().modifiers.get(code):
            words[name] = _words(component, "valueCodeableConcept", name)
        elif code == "121401 DCM":
            derivation = _derivation(component)
        else:
            numbers.append(component)
    context = Context(**words)
    parts = [observation, *numbers] if _has_value(observation) or not components else numbers
    return [_value(part, context, derivation) for part in parts]


def _derivation(component: Resource) -> str:
    codings = _codings(component.get("valueCodeableConcept"))
    return "mean" if "373098007 SCT" in [code for code, _ in codings] else "another value"


def _has_value(one: Resource) -> bool:
    return "dataAbsentReason" in one or any(key.startswith("value") for key in one)


def _value(one: Resource, context: Context, derivation: str) -> CodedValue:
    code, meaning = _code(one)
    quantity = one.get("valueQuantity")
    if isinstance(quantity, dict):
        number = quantity.get("value")
        value = f"{text_at(quantity, 'comparator')}{number}" if isinstance(number, Written) else ""
        absent = "" if value else "its value is no number"
        return CodedValue(code, meaning, value, _unit(quantity), context, False, derivation, absent)
    for key in ("valueInteger", "valueString", "valueCodeableConcept"):
        if key in one:
            found = one[key] if isinstance(one[key], str) else _coded_word(one[key])
            return CodedValue(code, meaning, found, "", context, False, derivation)
    other = next((key for key in one if key.startswith("value")), "")
    absent = _coded_word(one.get("dataAbsentReason")) or (f"{other[:30]} is not read" if other else "")
    return CodedValue(code, meaning, "", "", context, False, derivation, absent)


def _coded_word(concept: Any) -> str:
    """A coded answer: the code that the table knows, else its text."""
    codings = _codings(concept)
    known = next((code for code, _ in codings if code in load_codes().severity), "")
    text = text_at(concept, "text") if isinstance(concept, dict) else ""
    return known or text or next((meaning for _, meaning in codings), "")


def _unit(quantity: Resource) -> str:
    """The unit of a quantity; both of its forms when they contradict each other."""
    text, code = text_at(quantity, "unit"), text_at(quantity, "code")
    if text_at(quantity, "system") not in _UCUM or not code:
        return text
    one, other = read_unit(code), read_unit(text)
    return f"{code} / {text}" if one and other and one != other else code


def _code(one: Resource) -> tuple[str, str]:
    """The code of an observation, a known one before others, and its name."""
    codings = _codings(one.get("code"))
    concept = one.get("code")
    text = text_at(concept, "text") if isinstance(concept, dict) else ""
    known = [coding for coding in codings if _is_known(coding[0])]
    code, meaning = (known or codings or [("", "")])[0]
    return code, meaning or text


def _is_known(code: str) -> bool:
    codes, (value, _, scheme) = load_codes(), code.rpartition(" ")
    return code in codes.concepts or (scheme == "LN" and (value in codes.loinc or value in codes.grades))


def _codings(concept: Any) -> list[tuple[str, str]]:
    """Code and display of every coding; a system that is not known counts as private."""
    found = []
    for one in list_of(concept.get("coding")) if isinstance(concept, dict) else []:
        if isinstance(one, dict) and (code := text_at(one, "code")):
            scheme = _SYSTEMS.get(text_at(one, "system").rstrip("/"), "99")
            found.append((f"{code[:64]} {scheme}", " ".join(text_at(one, "display").split())[:100]))
    return found


def _words(one: Resource, key: str, modifier: str) -> str:
    """The table's word for a modifier's value; '' where it is not said, else the code or text."""
    concept = one.get(key)
    codings, values = _codings(concept), load_codes().values[modifier]
    known = {values[code] for code, _ in codings if code in values}
    if len(known) == 1:
        return known.pop()
    text = text_at(concept, "text") if isinstance(concept, dict) else ""
    return " or ".join(sorted(known)) or next((code for code, _ in codings), "") or text


def text_at(one: Any, key: str) -> str:
    """A text under a key; '' where there is none."""
    value = one.get(key) if isinstance(one, dict) else None
    return value if isinstance(value, str) else ""


def list_of(value: Any) -> list[Any]:
    """A list as it is, anything else as none."""
    return value if isinstance(value, list) else []
