"""FHIR R4 observations made in the test run."""

from __future__ import annotations

import json
from typing import Any

LOINC, SNOMED, UCUM = "http://loinc.org", "http://snomed.info/sct", "http://unitsofmeasure.org"
DICOM = "http://dicom.nema.org/resources/ontology/DCM"
Resource = dict[str, Any]


def concept(*codes: tuple[str, str], text: str = "") -> Resource:
    """A CodeableConcept of (system, code) pairs."""
    coding = [{"system": system, "code": code} for system, code in codes]
    return {**({"coding": coding} if coding else {}), **({"text": text} if text else {})}


def quantity(value: Any, unit: str, code: str | None = None) -> Resource:
    """A Quantity in a UCUM unit, or in two that contradict each other."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code or unit}


def observation(
    code: str | Resource, value: Any = None, unit: str = "", subject: str = "Patient/1", at: str = "2026-04-03", **more: Any
) -> Resource:  # fmt: skip
    """An Observation of a LOINC code (or a whole CodeableConcept)."""
    found: Resource = {"resourceType": "Observation", "status": "final"}
    found["code"] = concept((LOINC, code)) if isinstance(code, str) else code
    found |= {"subject": {"reference": subject}} if subject else {}
    found |= {"effectiveDateTime": at} if at else {}
    found |= {"valueQuantity": quantity(value, unit)} if value is not None else {}
    return {**found, **more}


def bundle(*resources: Resource, kind: str = "collection") -> bytes:
    """A Bundle as bytes."""
    return json.dumps(
        {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}
    ).encode()


def lines(*resources: Resource) -> bytes:
    """One resource a line."""
    return "\n".join(json.dumps(one) for one in resources).encode()


#: a study of one patient: EROA, radius, a grade of the reader, and a number of no use
STUDY = (
    observation("80071-4", 0.43, "cm2"),
    observation("80059-9", 9, "mm"),
    observation("18113-1", valueCodeableConcept=concept((SNOMED, "24484000"), text="Severe")),
    observation("80058-1", 110, "mm[Hg]"),
)
