"""DICOM structured reports made in the test run, in the shapes of three makers: older codes with chosen duplicates, newer
codes with beats and their mean, and TID 5300 with one code for each measurement. Every value and name is invented."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, generate_uid

Code = tuple[str, str, str]

COMPREHENSIVE_SR, US_IMAGE = "1.2.840.10008.5.1.4.1.1.88.33", "1.2.840.10008.5.1.4.1.1.6.1"
ECHO: Code = ("125200", "DCM", "Adult Echocardiography Procedure Report")
SECRETS = ("DOE^JANE", "PAT-4711", "19560203", "ACC-99")

# what qualifies a number, in the older codes and in the newer ones
OLD: dict[str, Code] = {
    "site": ("G-C0E3", "SRT", "Finding Site"), "mitral": ("T-35300", "SRT", "Mitral Valve"),
    "aortic": ("T-35400", "SRT", "Aortic Valve"), "tricuspid": ("T-35100", "SRT", "Tricuspid Valve"),
    "lvot": ("T-32650", "SRT", "Left Ventricle Outflow Tract"),
    "direction": ("G-C048", "SRT", "Flow Direction"), "regurgitant": ("G-0367", "SRT", "Regurgitant Flow"),
    "antegrade": ("R-42047", "SRT", "Antegrade Flow"),
    "method": ("G-C036", "SRT", "Measurement Method"), "pisa": ("125216", "DCM", "Proximal Isovelocity Surface Area"),
    "area": ("G-038E", "SRT", "Cardiovascular Orifice Area"), "mean": ("R-00317", "SRT", "Mean"),
}  # fmt: skip
NEW: dict[str, Code] = {
    "site": ("363698007", "SCT", "Finding Site"), "mitral": ("91134007", "SCT", "Mitral Valve"),
    "aortic": ("34202007", "SCT", "Aortic Valve"), "tricuspid": ("46030003", "SCT", "Tricuspid Valve"),
    "lvot": ("13418002", "SCT", "Left Ventricle Outflow Tract"),
    "direction": ("260674002", "SCT", "Flow Direction"), "regurgitant": ("397417004", "SCT", "Regurgitant Flow"),
    "antegrade": ("263677008", "SCT", "Antegrade Flow"),
    "method": ("370129005", "SCT", "Measurement Method"), "pisa": ("125216", "DCM", "Proximal Isovelocity Surface Area"),
    "area": ("399367004", "SCT", "Cardiovascular Orifice Area"), "mean": ("373098007", "SCT", "Mean"),
}  # fmt: skip
RADIUS: Code = ("59102-4", "LN", "Flow Radius")
ALIASING: Code = ("59130-5", "LN", "Alias velocity")
PEAK: Code = ("20355-4", "LN", "Peak Blood Velocity")
VTI: Code = ("20354-7", "LN", "Velocity Time Integral")
CHOSEN: Code = ("121404", "DCM", "Selection Status")
USER_CHOSEN: Code = ("121410", "DCM", "User chosen value")
DERIVATION: Code = ("121401", "DCM", "Derivation")
FINDINGS: Code = ("121070", "DCM", "Findings")
GROUP: Code = ("125007", "DCM", "Measurement Group")


def coded(code: Code) -> Dataset:
    """A code as an item of a sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code
    return item


def word(concept: Code, value: Code, relation: str = "HAS CONCEPT MOD") -> Dataset:
    """A coded answer, a modifier for one."""
    item = Dataset()
    item.RelationshipType, item.ValueType = relation, "CODE"
    item.ConceptNameCodeSequence, item.ConceptCodeSequence = [coded(concept)], [coded(value)]
    return item


def number(concept: Code, value: str | None, unit: str, *children: Dataset, floating: float | None = None) -> Dataset:
    """A measured number; None for one that is absent."""
    item = Dataset()
    item.RelationshipType, item.ValueType, item.ConceptNameCodeSequence = "CONTAINS", "NUM", [coded(concept)]
    measured = Dataset()
    if value is not None:
        measured.add_new("NumericValue", "DS", value)
    if floating is not None:
        measured.FloatingPointValue = floating
    measured.MeasurementUnitsCodeSequence = [coded((unit, "UCUM", unit))]
    item.MeasuredValueSequence = [measured] if value is not None or floating is not None else []
    if value is None and floating is None:
        item.NumericValueQualifierCodeSequence = [coded(("114006", "DCM", "Measurement failure"))]
    if children:
        item.ContentSequence = list(children)
    return item


def container(concept: Code, *children: Dataset) -> Dataset:
    """A container with what is in it."""
    item = Dataset()
    item.RelationshipType, item.ValueType, item.ConceptNameCodeSequence = "CONTAINS", "CONTAINER", [coded(concept)]
    item.ContentSequence = list(children)
    return item


def report(
    *children: Dataset, study: str = "1.2.3.4", root: Code = ECHO, complete: bool = True, date: str = "20260403",
    sex: str = "F", sop: str = COMPREHENSIVE_SR, charset: str = "ISO_IR 192", implicit: bool = False, bare: bool = False,
) -> bytes:  # fmt: skip
    """A file of a report, with a patient who must not show. `bare`: without preamble and meta header."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop, generate_uid(entropy_srcs=[study, date])
    meta.TransferSyntaxUID = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SpecificCharacterSet = charset
    dataset.SOPClassUID, dataset.SOPInstanceUID = sop, meta.MediaStorageSOPInstanceUID
    dataset.Modality, dataset.StudyInstanceUID = "SR", study
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate, dataset.AccessionNumber = SECRETS
    dataset.PatientSex = sex
    dataset.StudyDate = dataset.ContentDate = date
    dataset.ContentTime = "101112"
    dataset.CompletionFlag, dataset.VerificationFlag = "COMPLETE" if complete else "PARTIAL", "UNVERIFIED"
    dataset.ValueType, dataset.ConceptNameCodeSequence = "CONTAINER", [coded(root)]
    dataset.ContentSequence = list(children)
    stream = io.BytesIO()
    dataset.save_as(stream, enforce_file_format=True)
    data = stream.getvalue()
    if not bare:
        return data
    length = int.from_bytes(data[140:144], "little")
    return data[144 + length :]


def qualified(codes: dict[str, Code], *words: str) -> list[Dataset]:
    """Modifiers of a number by their words: 'mitral', 'regurgitant', 'pisa'."""
    asked = {"regurgitant": "direction", "antegrade": "direction", "pisa": "method"}
    return [word(codes[asked.get(name, "site")], codes[name]) for name in words]


def older(**options: Any) -> bytes:
    """The first maker's shape: SRT codes, the site on a container, the chosen value written a second time."""
    leak = qualified(OLD, "regurgitant", "pisa")

    def twice(concept: Code, value: str, unit: str) -> Sequence[Dataset]:
        chosen = word(CHOSEN, USER_CHOSEN, "HAS PROPERTIES")
        return number(concept, value, unit, *leak, chosen), number(concept, value, unit, *leak)

    mitral = container(
        FINDINGS, word(OLD["site"], OLD["mitral"]),
        container(
            GROUP, *twice(OLD["area"], "0.4214182135591", "cm2"), *twice(RADIUS, "0.9", "cm"),
            *twice(ALIASING, "40", "cm/s"), number(PEAK, "5.2", "m/s", *qualified(OLD, "regurgitant")),
            number(PEAK, "1.1", "m/s", *qualified(OLD, "antegrade")), number(PEAK, "2.2", "m/s"),
        ),
    )  # fmt: skip
    return report(mitral, container(("121118", "DCM", "Patient Characteristics"), height(), size()), **options)


def height() -> Dataset:
    return number(("8302-2", "LN", "Patient Height"), "172", "cm")


def size() -> Dataset:
    return number(("8277-6", "LN", "Body Surface Area"), "1.9", "m2")


def newer(**options: Any) -> bytes:
    """The second maker's shape: SCT codes, modifiers on every number, each beat and their mean."""
    leak = qualified(NEW, "aortic", "regurgitant")
    beats = [number(VTI, value, "cm", *leak) for value in ("180", "190", "200")]
    mean = number(VTI, "190", "cm", *leak, word(DERIVATION, NEW["mean"]))
    spread = number(VTI, "10", "cm", *leak, word(DERIVATION, ("386136009", "SCT", "Standard Deviation")))
    outflow = number(VTI, "21.5", "cm", *qualified(NEW, "lvot"))
    half = number(("20280-4", "LN", "Pressure Half-Time"), "310", "ms", *leak)
    return report(
        container(("59776-5", "LN", "Findings"), container(GROUP, *beats, mean, spread, outflow, half)), **options
    )


def precoordinated(**options: Any) -> bytes:
    """The third maker's shape: TID 5300, one LOINC code a measurement, and some by property, site and direction."""
    single = container(
        ("125301", "DCM", "Pre-coordinated Measurements"),
        number(("79933-8", "LN", "Tricuspid regurgitation vena contracta width"), None, "cm", floating=0.72),
        number(("79932-0", "LN", "Tricuspid regurgitation PISA radius"), "0.69999998807907", "cm"),
        number(("80075-5", "LN", "Right atrial end systolic area 4C"), "24.5", "cm2"),
        number(("29436-3", "LN", "Left Ventricle Internal End Diastolic Dimension"), "5.4", "cm"),
        number(("80007-8", "LN", "Left ventricular internal diastolic dimension - 2D"), "52", "mm"),
    )
    several = container(
        ("125302", "DCM", "Post-coordinated Measurements"),
        number(("125334", "DCM", "Vena Contracta Width"), "7.2", "mm", *qualified(NEW, "tricuspid")),
        number(("125326", "DCM", "Effective Orifice Area"), "0.41", "cm2", *qualified(NEW, "tricuspid", "regurgitant")),
        number(("125334", "DCM", "Vena Contracta Width"), None, "mm", *qualified(NEW, "mitral")),
    )
    return report(single, several, **options)


def own_codes(**options: Any) -> bytes:
    """Codes of a maker's own scheme: names of ours, one that needs a direction, and one that nobody knows."""
    children = (
        number(("MR1", "99MAKER", "MR PISA radius"), "0.8", "cm"),
        number(("PV", "99MAKER", "Peak velocity"), "5.1", "m/s", *qualified(NEW, "mitral")),
        number(("VC", "99MAKER", "Vena contracta"), "6", "mm", *qualified(NEW, "mitral", "regurgitant")),
        number(("X9", "99MAKER", "Swirl"), "3", "cm"),
    )
    return report(*children, **options)


def image(**options: Any) -> bytes:
    """A DICOM file that is no report."""
    return report(sop=US_IMAGE, **options)
