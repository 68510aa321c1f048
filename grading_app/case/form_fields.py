"""The fields of one case as they are drawn: what is asked first, what stands behind a drawer, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from grading.case import Case
from grading.reading.checks import is_missing, span
from grading.reading.typed import offers
from grading.reading.values import Issue
from grading.reference.measurement import Number, Word
from grading.reference.table import Table
from grading.writing import in_words, upper
from grading_app.case.entry_form import chosen_units, key_of
from grading_app.case.fields import field_groups, field_label, shown_unit
from grading_app.signs import with_signs
from grading_app.text import escape_markdown


def fields(table: Table | None, case: Case) -> None:
    """All fields in their groups, with the sentence of the checks under a value that is refused or unusual."""
    issues: dict[str, list[Issue]] = {}
    for issue in case.issues:
        issues.setdefault(issue.column, []).append(issue)
    for group in field_groups(table, case.valve):
        # the count stands beside the drawer: with another label it would be another drawer, and shut
        st.markdown(f"**{upper(group.name)}**{_filled(group.more, case.valve)}")
        _grid(group.first, case.valve, issues)
        if group.more:
            key = f"more.{case.valve}.{group.name}"
            if any(m.name in issues for m in group.more):
                st.session_state[key] = True
            more = st.expander(f"More: {group.name}", key=key, on_change="rerun")
            # fields that nobody sees are not drawn: a page answers the sooner
            if more.open:
                with more:
                    _grid(group.more, case.valve, issues)


def _filled(measurements: Iterable[Number | Word], valve: str) -> str:
    """How many fields of a drawer hold a value, as words to follow a heading; '' for none."""
    count = sum(bool(st.session_state.get(key_of(m, valve))) for m in measurements)
    return f" · {count} filled under More" if count else ""


def _grid(measurements: Iterable[Number | Word], valve: str, issues: Mapping[str, list[Issue]]) -> None:
    # a row of columns for each pair: on a narrow screen the fields then keep their order
    for place, measurement in enumerate(measurements):
        if place % 2 == 0:
            columns = st.columns(2)
        with columns[place % 2]:
            if isinstance(measurement, Number):
                _number(measurement, valve, issues.get(measurement.name, []))
            else:
                _word(measurement, valve)
                _say(issues.get(measurement.name, []))


def _number(number: Number, valve: str, issues: list[Issue]) -> None:
    unit = shown_unit(number, chosen_units())
    usual = number.soft or number.hard
    allowed = f" Usual: {span(usual, number, unit)}." if usual else ""
    key = key_of(number, valve)
    st.session_state.setdefault(key, None)
    # the catalogue's labels hold no markup, and a label is also what a screen reader says: nothing is escaped in it
    typed = st.text_input(
        field_label(number, unit),
        key=key,
        help=escape_markdown(with_signs(f"{number.title}. {number.how}{allowed}")),
        placeholder="not measured",
        autocomplete="off",
    )
    _say(issues)
    if issues:
        for offer in offers(typed or "", number, unit):
            st.button(with_signs(f"Use {offer}"), key=f"offer.{key}.{offer}", on_click=_take, args=(key, offer))
    elif typed and is_missing(typed):
        st.caption("Read as not measured.")


def _take(key: str, offer: str) -> None:
    st.session_state[key] = offer


def _say(issues: Iterable[Issue]) -> None:
    for issue in issues:
        show = st.error if issue.severity == "error" else st.warning
        show(escape_markdown(with_signs(f"{issue.message}.")))


def _word(word: Word, valve: str) -> None:
    key = key_of(word, valve)
    st.session_state.setdefault(key, None)
    st.selectbox(
        word.label,
        word.values,
        index=None,
        format_func=in_words,
        key=key,
        help=escape_markdown(f"{word.title}. {word.how}"),
        placeholder="not assessed",
    )
