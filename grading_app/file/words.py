"""What the controls of the page 'Grade a file' are called, and sentences of the command line in these words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

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
MISSING = "Further codes for not measured"
DELIMITER, DECIMAL, ENCODING = "Between cells", "Decimal mark", "Text encoding"
COLUMNS = "What the columns are taken for"
NOT_USED = "not used"
READER, READER_SCALE, RANGES = "Column of the reader's grades", "What a bare number means", "A range of grades"
UNREAD, SKIP = "Texts that cannot be read", "Set aside texts that cannot be read"

#: an option of the command line -> where it is on the page; a longer one before one that it begins with
_CONTROLS = (
    ('in a --columns map (measurement = "ignore")', f"in the table “{COLUMNS}” (as {NOT_USED})"),
    ("in a --columns map", f"in the table “{COLUMNS}”"),
    ("name it with --columns", f"name it in the table “{COLUMNS}”"),
    ("--columns names headers of a wide table; in a long one, rename the labels", "In a long table, rename the labels"),
    ("give --valve, add", f"choose “{VALVE}” or a valve in the table “{COLUMNS}”, add"),
    ("--layout long", f"“{LAYOUT}: {LAYOUTS['long']}”"),
    ("--unreadable skip", f"“{SKIP}”"),
    (
        'For other words give --reader-map FILE.toml, with lines such as "text" = "moderate" under [grades].',
        f"Say what other words mean under “{UNREAD}”.",
    ),
    ("texts by --reader-map", "texts as you say"),
    ("--reader-scale", f"“{READER_SCALE}”"),
    ("--reader ", f"“{READER}” "),
    ("--ranges low or high", f"“{RANGES}”"),
    ("--valve-column COLUMN", f"“{ROLES['valve']}”"),
    ("--valve-column", f"“{ROLES['valve']}”"),
    ("--valve", f"“{VALVE}”"),
    ("--unit-column", f"“{ROLES['unit']}”"),
    ("--one-study", f"“{ONE_STUDY}”"),
    ("--id COLUMN", f"“{ROLES['id']}”"),
    ("--id", f"“{ROLES['id']}”"),
    ("--name COLUMN", f"“{ROLES['name']}”"),
    ("--name", f"“{ROLES['name']}”"),
    ("--value COLUMN", f"“{ROLES['value']}”"),
    ("--value", f"“{ROLES['value']}”"),
    ("--repeats", f"“{REPEATS}”"),
    ("--encoding", f"“{ENCODING}”"),
    ("--delimiter", f"“{DELIMITER}”"),
    ("--decimal", f"“{DECIMAL}”"),
    ("--columns", f"the table “{COLUMNS}”"),
    ("--guideline ID", f"“{GUIDELINES}”"),
)
#: a sentence can list every header of a file
_LONGEST = 1_500


def on_page(sentence: str) -> str:
    """A sentence of the command line with its options by the names they have on the page.

    >>> on_page("no column names a valve: give --valve, or use prefixes")
    'no column names a valve: give “Valve of every row”, or use prefixes'
    """
    for option, control in _CONTROLS:
        sentence = sentence.replace(option, control)
    return sentence if len(sentence) <= _LONGEST else f"{sentence[:_LONGEST]} ..."


def refuse(sentence: str) -> None:
    """What stands in the way, and what can be done."""
    st.error(lines(on_page(sentence).splitlines()))
