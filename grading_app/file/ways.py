"""What a sentence about a file says can be done, as buttons: one click each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import streamlit as st

from grading.batch.preview import Preview
from grading.columns.plan import IGNORED, Column, Options, read_header
from grading.errors import UsageError, in_pairs, ways_out
from grading.longtable.roles import ROLES
from grading.reference.measurement import VALVES
from grading_app.file import words
from grading_app.file.corrections import with_unit, with_valve
from grading_app.file.session import PREFIX, SessionFile
from grading_app.text import escape_markdown

#: buttons that are offered at once
_MOST = 12
#: letters of a header on a button
_LONGEST = 40

Way = tuple[str, Callable[[], None]]


def offer(held: SessionFile, sentences: Iterable[str], about: str) -> None:
    """A button for every option that the sentences give whole; `about` tells these buttons from others."""
    found = dict.fromkeys(one for sentence in sentences for one in ways_out(sentence))
    _buttons([way for name, values in found for way in _ways(held, name, values)][:_MOST], about)


def offer_valve(held: SessionFile, looked: Preview) -> None:
    """Which valve the columns are about that do not say so: that of all others, or one of the four."""
    if len(looked.named_valves) == 1:
        valve = looked.named_valves[0]
        st.info(f"Every other column that names a valve names the {valve} valve.")
        given = with_valve(held.options, looked.nameless, valve)
        names = ", ".join(f"“{_short(column.header)}”" for column in looked.nameless[:3])
        more = f" and {len(looked.nameless) - 3} more" if len(looked.nameless) > 3 else ""
        _buttons([(f"{names}{more}: {valve} too", lambda: held.correct(given))], "valve")
    elif not looked.named_valves:
        _buttons([(f"Every row is {valve}", _control("valve", valve)) for valve in VALVES], "valve")


def _buttons(ways: Sequence[Way], about: str) -> None:
    with st.container(horizontal=True):
        for place, (label, act) in enumerate(ways):
            st.button(escape_markdown(label), key=f"{PREFIX}way_{about}_{place}", on_click=act)


def _ways(held: SessionFile, name: str, values: Sequence[str]) -> list[Way]:
    """The buttons of one option; none where it has no control on the page."""
    if name == "columns":
        return [way for header, text in in_pairs(values) for way in _column(held, header, text)]
    if name == "units":
        return [_unit(held, header, unit) for header, unit in in_pairs(values)]
    if name == "skip_lines":
        lines = f"{values[0]} line{'s' * (values[0] != '1')}"
        return [(f"Pass over {lines} above the header", _control(name, int(values[0])))]
    if name == "units_row":
        return [("The line below the header holds units", _control(name, True))]
    if name == "delimiter":
        mark = "\t" if values[0] == "tab" else values[0]
        return [(f"Between cells: {words.MARKS.get(mark, mark)}", _control(name, mark))]
    role = next((role for role, control in ROLES.items() if control == name), None)
    return [(f"{words.ROLES[role]}: {_short(values[0])}", _control(f"role_{role}", values[0]))] if role else []


def _unit(held: SessionFile, header: str, unit: str) -> Way:
    options = with_unit(held.options, header, unit)
    return f"“{_short(header)}” is in {words.unit_label(unit)}", lambda: held.correct(options)


def _column(held: SessionFile, header: str, text: str) -> list[Way]:
    """A column taken for a measurement, for the valve of its row, or for nothing."""
    options = replace(held.options, columns={**held.options.columns, header: text})
    try:
        column = read_header(0, header, Options(columns={header: text}))
    except UsageError:
        return []
    label = f"Do not use “{_short(header)}”" if text == IGNORED else f"Use “{_short(header)}” as {_about(column)}"
    return [(label, lambda: held.correct(options))]


def _about(column: Column | None) -> str:
    """What a column holds, in words: 'mitral EROA (mm²)'."""
    if column is None:
        return words.NOT_USED
    unit = f"({words.unit_label(column.unit)})" if column.unit else ""
    return " ".join(filter(None, (column.valve, words.measurement_label(column.measurement), unit)))


def _control(name: str, value: object) -> Callable[[], None]:
    """Set a control of the page."""

    def act() -> None:
        st.session_state[f"{PREFIX}{name}"] = value

    return act


def _short(header: str) -> str:
    return header if len(header) <= _LONGEST else f"{header[: _LONGEST - 3]}..."
