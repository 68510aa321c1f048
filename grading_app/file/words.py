"""What the controls of the page 'Grade a file' are called, and sentences of the library in these words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import streamlit as st

from grading.errors import in_pairs, written
from grading.formats.csv_piece import DELIMITERS
from grading.reference.catalogue import load_catalogue
from grading_app.signs import with_signs
from grading_app.text import lines

GUIDELINES = "Guidelines"
VALVE = "Valve of every row"
LAYOUT = "Layout"
LAYOUTS: Mapping[str, str] = MappingProxyType(
    {"wide": "a study or a valve in each row", "long": "one measurement in each row"}
)
ONE_STUDY = "The whole file is one study"
REPEATS = "Repeated measurements come to their"
#: role of a column in a long table -> the control that names it
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "id": "Column of the study",
        "name": "Column of the name",
        "value": "Column of the value",
        "unit": "Column of the unit",
        "valve": "Column of the valve",
    }
)
MORE_IDS = "Further columns that name the study"
KEEP = "Columns to keep beside the grades"
MISSING = "Further codes for not measured"
DELIMITER, DECIMAL, ENCODING = "Between cells", "Decimal mark", "Text encoding"
SKIP_LINES, UNITS_ROW, SHEET = "Lines above the header", "The line below the header holds units", "Sheet of a workbook"
#: what can stand between cells -> what it is called
MARKS: Mapping[str, str] = MappingProxyType({**DELIMITERS, "|": "vertical bar"})
COLUMNS = "What the columns are taken for"
NOT_USED = "not used"
READER, READER_SCALE, RANGES = "Column of the reader's grades", "What a bare number means", "A range of grades"
PATIENT, DATE, DATE_ORDER, AGAINST = "Column of the patient", "Column of the date", "Dates are", "Compared with"
UNREAD, SKIP = "Texts that cannot be read", "Set aside texts that cannot be read"

#: an option -> what its control is called
_CONTROLS: Mapping[str, str] = MappingProxyType(
    {
        "valve": VALVE,
        "guidelines": GUIDELINES,
        "layout": LAYOUT,
        "one_study": ONE_STUDY,
        "repeats": REPEATS,
        "id": ROLES["id"],
        "keep": KEEP,
        "name": ROLES["name"],
        "value": ROLES["value"],
        "unit_column": ROLES["unit"],
        "valve_column": ROLES["valve"],
        "missing": MISSING,
        "delimiter": DELIMITER,
        "decimal": DECIMAL,
        "encoding": ENCODING,
        "skip_lines": SKIP_LINES,
        "units_row": UNITS_ROW,
        "sheet": SHEET,
        "date": DATE,
        "date_order": DATE_ORDER,
        "against": AGAINST,
        "reader": READER,
        "reader_scale": READER_SCALE,
        "reader_map": UNREAD,
        "unreadable": SKIP,
        "ranges": RANGES,
    }
)
#: a sentence can list every header of a file
_LONGEST = 1_500


def as_control(name: str, values: Sequence[str]) -> str:
    """An option of the library as the control of the page that gives it.

    >>> as_control("valve", []), as_control("missing", ["NM"])
    ('“Valve of every row”', '“Further codes for not measured”: NM')
    """
    if name in ("columns", "units", "constants"):
        entries = ", ".join(
            f"{header!r} as {NOT_USED if text == 'ignore' else text}" for header, text in in_pairs(values)
        )
        return f"the table “{COLUMNS}”" + (f" ({entries})" if entries else "")
    control = f"“{_CONTROLS.get(name, name.replace('_', ' '))}”"
    return f"{control}: {', '.join(values)}" if values and name != "unreadable" else control


def measurement_label(name: str) -> str:
    """A measurement as the catalogue calls it, or what else a column can be.

    >>> measurement_label("vena_contracta_width"), measurement_label("valve")
    ('vena contracta width', 'valve')
    """
    return next((one.label for one in load_catalogue().enterable() if one.name == name), name)


def unit_label(unit: str) -> str:
    """A unit in the signs of print.

    >>> unit_label("mm2"), unit_label("1")
    ('mm²', 'ratio')
    """
    return "ratio" if unit == "1" else with_signs(unit)


def on_page(sentence: str) -> str:
    """A sentence of the library with its options by the names they have on the page.

    >>> from grading.errors import option
    >>> on_page(f"no column names a valve: give {option('valve')}, or use prefixes")
    'no column names a valve: give “Valve of every row”, or use prefixes'
    """
    sentence = written(sentence, as_control)
    return sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST]} ..."


def refuse(sentence: str) -> None:
    """What stands in the way, and what can be done."""
    st.error(lines(on_page(sentence).splitlines()))
