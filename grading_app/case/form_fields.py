"""The fields of one case as they are drawn: what is asked first, what stands behind a drawer, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from grading.case import Case
from grading.explanation.value_text import in_unit, report_value
from grading.reading.checks import is_missing, span
from grading.reading.typed import offers
from grading.reading.values import Issue
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import Number, Word
from grading.reference.table import Table
from grading.writing import upper
from grading_app.case import scope
from grading_app.case.entry_form import chosen_units, key_of
from grading_app.case.fields import (
    BY_PISA,
    FieldGroup,
    field_groups,
    field_label,
    leading,
    pisa_strip,
    rows_of_two,
    shown_unit,
)
from grading_app.html.case import glossary_html
from grading_app.signs import with_signs
from grading_app.text import escape_markdown

Issues = Mapping[str, list[Issue]]


def leading_fields(case: Case) -> None:
    """What is asked before all else: the mechanism, and whom the tables are about."""
    asked = leading(case.valve)
    columns = st.columns(len(asked) + len(scope.QUESTIONS), vertical_alignment="bottom")
    for column, measurement in zip(columns, asked, strict=False):
        with column:
            _field(measurement, case.valve, _by_measurement(case))
    for column, question in zip(columns[len(asked) :], scope.QUESTIONS, strict=True):
        with column:
            scope.ask(question, case.valve)


def pisa_fields(case: Case, usable: Case) -> None:
    """The strip of what a PISA needs, in one line, and what it gives; nothing for a valve without PISA. `usable`: the
    case without what was refused."""
    strip = pisa_strip(case.valve)
    if not strip:
        return
    issues = _by_measurement(case)
    with st.container(key="pisa"):
        for column, number in zip(st.columns(len(strip), vertical_alignment="bottom"), strip, strict=True):
            with column:
                _number(number, case.valve)
    # in a place that is always there: what comes and goes above a field would draw it anew, and what is being typed
    # into it would be lost
    with st.container():
        for number in strip:
            _say(number, case.valve, issues)
    st.markdown(escape_markdown(with_signs(_pisa_text(usable, strip))))
    # behind the fields, which are reached in fewer key presses so
    st.html(glossary_html("PISA", _meanings(strip)))


def _pisa_text(case: Case, strip: Sequence[Number]) -> str:
    """'EROA 0.41 cm2, regurgitant volume 62 mL by PISA', or what is still wanted."""
    by_name = {view.measurement: view for view in case.explanation.derived}
    texts = []
    for name in BY_PISA:
        number, view = load_catalogue().numbers[name], by_name.get(name)
        if view and isinstance(view.value, float) and view.method.startswith("PISA"):
            text = report_value(number, view.value, case.table)
            texts.append(f"{number.label} {in_unit(text, shown_unit(number, chosen_units()))}")
    if texts:
        return f"{', '.join(texts)} by PISA."
    return f"EROA and volume follow from {', '.join(number.label for number in strip)}."


def fields(table: Table | None, case: Case) -> None:
    """All further fields in their groups, with the sentence of the checks under a value that is refused or unusual."""
    issues = _by_measurement(case)
    for group in field_groups(table, case.valve):
        st.html(glossary_html(upper(group.name), _meanings((*group.first, *group.more))))
        _grid(group.first, case.valve, issues)
        if group.more:
            _drawer(group, case.valve, issues)


def _drawer(group: FieldGroup, valve: str, issues: Issues) -> None:
    key = f"more.{valve}.{group.name}"
    if any(m.name in issues for m in group.more):
        st.session_state[key] = True
    count = sum(bool(st.session_state.get(key_of(m, valve))) for m in group.more)
    # the count stands beside the drawer: with another label it would be another drawer, and shut
    with st.container():
        if count:
            st.caption(f"{count} filled under More: {group.name}")
    more = st.expander(f"More: {group.name}", key=key, on_change="rerun")
    # fields that nobody sees are not drawn: a page answers the sooner
    if more.open:
        with more:
            _grid(group.more, valve, issues)


def _by_measurement(case: Case) -> Issues:
    issues: dict[str, list[Issue]] = {}
    for issue in case.issues:
        issues.setdefault(issue.column, []).append(issue)
    return issues


def _meanings(measurements: Iterable[Number | Word]) -> list[tuple[str, str]]:
    """What is asked, for the glossary of a group: label, and title, way to measure and usual range."""
    return [(m.label, f"{m.title}. {m.how}{_usual(m)}") for m in measurements]


def _usual(measurement: Number | Word) -> str:
    if isinstance(measurement, Word):
        return ""
    usual = measurement.soft or measurement.hard
    unit = shown_unit(measurement, chosen_units())
    return f" Usual: {span(usual, measurement, unit)}." if usual else ""


def _grid(measurements: Sequence[Number | Word], valve: str, issues: Issues) -> None:
    # a row of columns for each pair: on a narrow screen the fields then keep their order
    for row in rows_of_two(measurements):
        for column, measurement in zip(st.columns(2), row, strict=False):
            with column:
                _field(measurement, valve, issues)


def _field(measurement: Number | Word, valve: str, issues: Issues) -> None:
    if isinstance(measurement, Number):
        _number(measurement, valve)
    else:
        _word(measurement, valve)
    _say(measurement, valve, issues)


def _number(number: Number, valve: str) -> None:
    key = key_of(number, valve)
    st.session_state.setdefault(key, None)
    # the catalogue's labels hold no markup, and a label is also what a screen reader says: nothing is escaped in it
    st.text_input(
        field_label(number, shown_unit(number, chosen_units())), key=key, placeholder="not measured", autocomplete="off"
    )


def _word(word: Word, valve: str) -> None:
    key = key_of(word, valve)
    st.session_state.setdefault(key, None)
    st.selectbox(word.label, word.values, index=None, format_func=word.text, key=key, placeholder="not assessed")


def _say(measurement: Number | Word, valve: str, issues: Issues) -> None:
    """What the checks say of a value, once, and what it may mean."""
    said, key = issues.get(measurement.name, []), key_of(measurement, valve)
    for issue in said:
        show = st.error if issue.severity == "error" else st.warning
        show(escape_markdown(with_signs(f"{issue.message}.")))
    if isinstance(measurement, Word):
        return
    typed = st.session_state.get(key) or ""
    if typed.strip() and is_missing(typed):
        st.caption(f"{measurement.label}: read as not measured.")
    for offer in offers(typed, measurement, shown_unit(measurement, chosen_units())) if said else ():
        st.button(with_signs(f"Use {offer}"), key=f"offer.{key}.{offer}", on_click=_take, args=(key, offer))


def _take(key: str, offer: str) -> None:
    st.session_state[key] = offer
