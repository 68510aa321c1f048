"""The tab that shows how the grade moves with measurement error."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from grading.case import Case
from grading.errors import UsageError
from grading.reading.typed import typed_error
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number
from grading.reference.variability import Variability
from grading.uncertainty.answer import MEANING, Uncertainty
from grading.uncertainty.draws import uncertainty
from grading.uncertainty.sweep import steps
from grading.uncertainty.tipping import tipping_points
from grading.writing import plain
from grading_app.case.entry_form import ERRORS, chosen_units
from grading_app.case.fields import VARIED_FIRST, shown_unit
from grading_app.html.case import listed
from grading_app.html.sensitivity import chances_html, quantities_html, steps_html, tipping_texts
from grading_app.signs import with_signs
from grading_app.text import escape_markdown


def tab(case: Case) -> None:
    """The chance of each grade under measurement error, and one measurement a step either way."""
    if case.decision is None:
        st.markdown(escape_markdown(with_signs(case.reason)))
        return
    numbers = [load_catalogue().numbers[n] for n in case.reading.entered if n in load_catalogue().numbers]
    if not numbers:
        st.markdown("Enter a number, and this shows how far the grade depends on it.")
        return
    _one_step(case, numbers)
    st.markdown("**Chance of each grade under measurement error**")
    shown = st.container()
    errors = _errors(numbers)
    if errors is None:
        shown.markdown("Not worked out while a measurement error below cannot be read.")
        return
    try:
        found = uncertainty(case, errors)
    except UsageError as error:
        shown.warning(escape_markdown(str(error)))
        return
    with shown:
        _chances(found)


def _one_step(case: Case, numbers: list[Number]) -> None:
    names = [number.name for number in numbers]
    first = names.index(VARIED_FIRST) if VARIED_FIRST in names else 0
    st.markdown("**One measurement, a step either way**")
    name = st.selectbox(
        "Measurement",
        names,
        index=first,
        format_func=lambda n: load_catalogue()[n].label,
        key="sensitivity.name",
        label_visibility="collapsed",
    )
    units = {n: shown_unit(number, chosen_units()) for n, number in load_catalogue().numbers.items()}
    st.html(steps_html(steps(case, name), name, units))
    points = tipping_texts(tipping_points(case, name), units[name])
    label = load_catalogue()[name].label
    st.html(listed("Where the grade tips", points or [f"Nowhere: no usual value of {label} alone changes this grade."]))


def _chances(found: Uncertainty) -> None:
    st.caption(escape_markdown(MEANING))
    st.html(chances_html(found))
    if found.quantities:
        st.html(quantities_html(found.quantities))
    st.caption(escape_markdown(f"{found.draws:,} draws with seed {found.seed}; the same again each time."))
    held = [f"{one.label} {one.typed}: {one.why}" for one in found.held]
    if held:
        st.html(listed("Not varied", held))


def _errors(numbers: list[Number]) -> Mapping[str, Variability] | None:
    """The errors as the user set them: one standard deviation, in percent or in the measurement's unit; None while one
    of them cannot be read."""
    chosen: dict[str, Variability] = {}
    readable = True
    with st.expander("Measurement errors: one standard deviation each"):
        for number in numbers:
            if number.error is None:
                continue
            relative = number.error.percent is not None
            value = float((number.error.percent if relative else number.error.sd) or 0)
            given = _error(number, number.error.source, value, "%" if relative else number.unit)
            readable = readable and given is not None
            if given is not None and given != value:
                chosen[number.name] = Variability(percent=given) if relative else Variability(sd=given)
    return chosen if readable else None


def _error(number: Number, source: str, value: float, unit: str) -> float | None:
    """The error typed for a number, the catalogue's own for an empty field, None for what is no error."""
    key = f"{ERRORS}{number.name}"
    st.session_state.setdefault(key, plain(value))
    typed = st.text_input(
        with_signs(f"{number.label} ± ({unit})"), key=key, help=escape_markdown(source), autocomplete="off"
    )
    if not typed or not typed.strip():
        return value
    given = typed_error(typed, unit)
    if given is None:
        expected = f"expected a number in {unit}, 0 or more"
        st.error(escape_markdown(with_signs(f"The error {typed!r} of {number.label} is not read: {expected}.")))
    return given
