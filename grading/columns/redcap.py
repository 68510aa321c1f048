"""A data dictionary of REDCap: what its variables are called, and what the codes of their choices mean."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grading.columns.headers import LONGEST_HEADER, Match, match
from grading.errors import UsageError
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.units import read_unit

#: the headers of a dictionary that are needed, as REDCap has written them since its first versions
NAME, LABEL = "Variable / Field Name", "Field Label"
_CHOICES = "Choices, Calculations, OR Slider Labels"
_NOTE, _TYPE = "Field Note", "Field Type"
#: a dictionary is short; more bytes than this are another file
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RedcapField:
    """One variable: its name, its label without markup, its type, its choices (code -> label), its note."""

    name: str
    label: str
    type: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    note: str = ""

    def values(self) -> Mapping[str, str]:
        """What the codes in its cells mean."""
        return dict(self.choices)

    def meaning(self) -> Match | None:
        """What it measures, by its name or its label; a unit may stand in its note."""
        meaning = match(self.name) or match(self.label)
        if meaning is None or meaning.unit or not isinstance(load_catalogue()[meaning.measurement], Number):
            return meaning and meaning._replace(matched_by="data dictionary")
        unit = read_unit(re.sub(r"^\s*(unit|units|in)\b\s*:?\s*", "", self.note, flags=re.IGNORECASE))
        return meaning._replace(unit=unit, matched_by="data dictionary")


def read_dictionary(path: Path) -> Mapping[str, RedcapField]:
    """The fields of a dictionary file by variable name and by label; a label of two fields is left out.

    Raises UsageError for a file that is none.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{path.name} is too large for a data dictionary", about="redcap_dictionary")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}", about="redcap_dictionary") from error
    return parse_dictionary(text, path.name)


def parse_dictionary(text: str, name: str) -> Mapping[str, RedcapField]:
    """The fields of a dictionary by variable name and by label. Raises UsageError for a text that is none.

    >>> first = 'Variable / Field Name,Field Label,"Choices, Calculations, OR Slider Labels"'
    >>> fields = parse_dictionary(f'{first}\\nsx,Patient sex,"1, Male | 2, Female"', "d.csv")
    >>> fields["Patient sex"].values()
    {'1': 'Male', '2': 'Female'}
    """
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
    except csv.Error as error:
        raise UsageError(f"{name}: {error}", about="redcap_dictionary") from error
    if not rows or NAME not in rows[0] or LABEL not in rows[0]:
        expected = f"expected a data dictionary of REDCap, with the columns {NAME!r} and {LABEL!r}"
        raise UsageError(f"{name}: {expected}", about="redcap_dictionary")
    fields = [_field(row) for row in rows]
    labels = [field.label for field in fields]
    by_label = {field.label: field for field in fields if labels.count(field.label) == 1}
    return by_label | {field.name: field for field in fields}


def _field(row: Mapping[str, str]) -> RedcapField:
    return RedcapField(
        name=(row[NAME] or "").strip(),
        label=" ".join(re.sub(r"<[^>]*>", " ", row[LABEL] or "").split()),
        type=(row.get(_TYPE) or "").strip().casefold(),
        choices=_choices(row.get(_CHOICES) or ""),
        note=(row.get(_NOTE) or "").strip(),
    )


def _choices(text: str) -> tuple[tuple[str, str], ...]:
    """The choices of a field: '1, Male | 2, Female'; none for a calculation."""
    pairs = [part.partition(",") for part in text.split("|")]
    return tuple((code.strip(), label.strip()) for code, comma, label in pairs if comma and label.strip())


def field_of(header: str, fields: Mapping[str, RedcapField]) -> RedcapField | None:
    """The field that a header is about: by its name, its label, or as one choice of a checkbox (`name___1`)."""
    base = re.fullmatch(r"(.+?)___\w+", header) if len(header) <= LONGEST_HEADER else None
    return fields.get(header) or fields.get(header.strip()) or (fields.get(base[1]) if base else None)


def checkbox(header: str, field: RedcapField | None) -> Match | None:
    """The finding that a checkbox with a single choice ticks: `mr_flail___1`, 'MR flail (choice=Yes)'; None for any
    other header, and where one choice of several is ticked."""
    if len(header) > LONGEST_HEADER:
        return None
    box = re.fullmatch(r"(.*\S)\s*\(choice=([^)]*)\)\s*", header)
    base, choice = (box[1], box[2]) if box else (re.sub(r"___\w+$", "", header), "")
    if base == header:
        return None
    meaning = match(base) or (field.meaning() if field is not None else None)
    word = load_catalogue()[meaning.measurement] if meaning else None
    if meaning is None or not isinstance(word, Word) or word.read("1") is None:
        return None
    alone = word.read(choice) == word.read("1") if box else field is not None and len(field.choices) == 1
    return meaning if alone else None
