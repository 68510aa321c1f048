"""How a file is to be understood: guidelines, valve, layout, and how it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from grading.batch.amount import is_parquet
from grading.batch.in_memory import job_of
from grading.batch.job import Job, Long
from grading.columns.plan import Options
from grading.longtable.repeats import RULES
from grading.longtable.roles import ROLES
from grading.reference.guideline import DEFAULT_GUIDELINE, list_guidelines, references
from grading.reference.measurement import VALVES
from grading_app.file import words
from grading_app.file.session import PREFIX, SessionFile

_DECIMALS = {".": "point", ",": "comma"}
#: the controls whose choices belong to the file
_CHOICES = tuple(
    f"{PREFIX}{name}" for name in (
        "guidelines", "valve", "delimiter", "decimal", "encoding", "skip_lines", "units_row", "sheet", "missing",
        "layout", "one_study", "repeats", "more_ids", "keep",
        *(f"role_{role}" for role in ROLES),
    )
)  # fmt: skip
_ENCODINGS = ("utf-8", "cp1252", "latin-1", "utf-16")


def job_options(held: SessionFile) -> Job:
    """The controls, and the run that they ask for."""
    _recall(held)
    first, second = st.columns(2)
    with first:
        guidelines = st.multiselect(
            words.GUIDELINES, list_guidelines(), key=f"{PREFIX}guidelines",
            format_func=lambda name: references()[name]["short"], help="Two of them can be compared.",
        )  # fmt: skip
    with second:
        valve = st.selectbox(
            words.VALVE, VALVES, index=None, key=f"{PREFIX}valve", placeholder="as the file says",
            help="Leave it open where headers begin with mr_, ar_, tr_ or pr_, or where there is a column valve.",
        )  # fmt: skip
    with st.expander("How the file is written"):
        written = _written() if not is_parquet(held.upload) else {}
        missing = st.text_input(
            words.MISSING, key=f"{PREFIX}missing", placeholder="-999, n/k",
            help="Blank, NA and the like are known already. Put a comma between several.",
        )  # fmt: skip
        long = _layout(_header(held))
    held.choices = {key: st.session_state[key] for key in _CHOICES if key in st.session_state}
    codes = tuple(code.strip() for code in missing.split(",") if code.strip())
    corrected = held.options if long is None else Options()
    options = Options(valve=valve, columns=corrected.columns, units=corrected.units)
    return job_of(
        held.upload, guidelines=tuple(guidelines), missing=codes, long=long, options=options,
        write_option=words.as_control, **written,
    )  # fmt: skip


def _recall(held: SessionFile) -> None:
    """Put back what was chosen for this file before another page was visited."""
    for key, choice in {f"{PREFIX}guidelines": [DEFAULT_GUIDELINE], **held.choices}.items():
        if key not in st.session_state:
            st.session_state[key] = choice


def _header(held: SessionFile) -> Sequence[str]:
    """The headers of the file, as far as it was looked at."""
    return held.looked[1].header if held.looked is not None else ()


def _written() -> dict[str, Any]:
    """How the text of a file is written, where that is not to be detected."""
    first, second, third = st.columns(3)
    with first:
        delimiter = st.selectbox(
            words.DELIMITER, list(words.MARKS), index=None, key=f"{PREFIX}delimiter", placeholder="detected",
            format_func=lambda mark: words.MARKS[mark],
        )  # fmt: skip
    with second:
        decimal = st.selectbox(
            words.DECIMAL, list(_DECIMALS), index=None, key=f"{PREFIX}decimal", placeholder="detected",
            format_func=lambda mark: _DECIMALS[mark],
        )  # fmt: skip
    with third:
        encoding = st.selectbox(words.ENCODING, _ENCODINGS, index=None, key=f"{PREFIX}encoding", placeholder="detected")
    first, second, third = st.columns(3, vertical_alignment="bottom")
    with first:
        above = st.number_input(
            words.SKIP_LINES, min_value=0, value=0, key=f"{PREFIX}skip_lines", help="Such as a title."
        )
    with second:
        units_row = st.checkbox(words.UNITS_ROW, key=f"{PREFIX}units_row")
    with third:
        sheet = st.text_input(
            words.SHEET, key=f"{PREFIX}sheet", placeholder="the first", help="Its name, or its number from 1.",
        )  # fmt: skip
    return {
        "delimiter": delimiter, "decimal": decimal, "encoding": encoding, "skip_lines": int(above),
        "units_row": units_row, "sheet": sheet.strip() or None,
    }  # fmt: skip


def _layout(header: Sequence[str]) -> Long | None:
    """Whether rows are studies or single measurements, and in the latter case which columns hold what."""
    layout = st.radio(
        words.LAYOUT, list(words.LAYOUTS), key=f"{PREFIX}layout", format_func=lambda name: words.LAYOUTS[name]
    )
    if layout == "wide":
        return None
    one_study = st.checkbox(words.ONE_STUDY, key=f"{PREFIX}one_study")
    roles = [role for role in ROLES if not (one_study and role == "id")]
    named = {}
    for column, role in zip(st.columns(len(roles)), roles, strict=True):
        with column:
            named[role] = st.selectbox(
                words.ROLES[role], list(dict.fromkeys(header)), index=None, key=f"{PREFIX}role_{role}",
                placeholder="by its name",
            )  # fmt: skip
    every = list(dict.fromkeys(header))
    more_ids = [] if one_study else st.multiselect(words.MORE_IDS, every, key=f"{PREFIX}more_ids")
    keep = st.multiselect(words.KEEP, every, key=f"{PREFIX}keep")
    repeats = st.selectbox(words.REPEATS, list(RULES), key=f"{PREFIX}repeats")
    return Long(
        columns={role: name for role, name in named.items() if name is not None}, one_study=one_study,
        repeats=repeats or "mean", more_ids=tuple(more_ids), keep=tuple(keep),
    )  # fmt: skip
