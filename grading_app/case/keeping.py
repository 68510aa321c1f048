"""What keeps a case: the address that holds one, when that is wanted, and the browser's tab, as long as it is open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import list_guidelines
from grading.reference.measurement import VALVES, Word
from grading_app.case import entry_form, scope
from grading_app.case.browser_parts import kept_by_tab
from grading_app.case.entry_form import GUIDELINE, IN_ADDRESS, UNITS, VALVE
from grading_app.case.fields import unit_choices
from grading_app.case.link import LONGEST_VALUE, query, read_query
from grading_app.signs import with_signs
from grading_app.text import escape_markdown

#: what the address was last made to hold; that the tab was asked what it kept
WRITTEN, BEGUN = "address", "begun"
_TAB = "tab_memory"


def take_link() -> str:
    """Put a link's case into the form, and take it out of the address again unless it is to stay; the link."""
    link = _address()
    if not link or link == st.session_state.get(WRITTEN):
        return link
    pairs = [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]
    linked = read_query(pairs)
    st.query_params.clear()
    if linked.valve:
        st.session_state[VALVE], st.session_state[GUIDELINE] = linked.valve, linked.guideline
        # a link without values names a valve and a guideline only: what was typed stays
        if linked.values:
            entry_form.fill(linked.valve, linked.values)
        for question in scope.QUESTIONS:
            if question.name in linked.said:
                st.session_state[scope.key_of(question, linked.valve)] = linked.said[question.name]
    for sentence in linked.refused:
        st.warning(escape_markdown(with_signs(sentence)))
    return link


def address_switch() -> None:
    """Whether the address holds the case."""
    st.session_state.setdefault(IN_ADDRESS, False)
    st.toggle("Keep the case in the address", key=IN_ADDRESS)


def keep_case(case: Case, said: dict[str, str], link: str) -> None:
    """Write the case into the address when that is wanted, and give it to the tab."""
    wanted = _in_order(link_of(case, said)) if st.session_state.get(IN_ADDRESS) else ""
    st.session_state[WRITTEN] = wanted
    if wanted != _address():
        st.query_params.from_dict(dict(parse_qsl(wanted)))
    begun = bool(st.session_state.get(BEGUN))
    kept_by_tab(begun, _snapshot(wanted), link, _TAB, _restore)
    st.session_state[BEGUN] = True


def _address() -> str:
    """The query of the address, its parts in order."""
    return urlencode(sorted((name, value) for name in st.query_params for value in st.query_params.get_all(name)))


def _in_order(link: str) -> str:
    return urlencode(sorted(parse_qsl(link)))


def link_of(case: Case, said: dict[str, str]) -> str:
    """The query of a link to a case, with the answers about the scope."""
    return query(case) + "".join(f"&{urlencode({name: answer})}" for name, answer in said.items())


def _snapshot(address: str) -> dict[str, Any]:
    return {
        VALVE: st.session_state.get(VALVE),
        GUIDELINE: st.session_state.get(GUIDELINE),
        UNITS: entry_form.chosen_units(),
        "fields": entry_form.held(),
        IN_ADDRESS: bool(st.session_state.get(IN_ADDRESS)),
        WRITTEN: address,
    }


def _restore() -> None:
    """Put back what the tab kept. It comes from a browser, so only what a form can hold is taken of it."""
    try:
        kept = json.loads(st.session_state[_TAB].found)
    except (AttributeError, KeyError, TypeError, ValueError):
        return
    if not isinstance(kept, dict) or kept.get(VALVE) not in VALVES or kept.get(GUIDELINE) not in list_guidelines():
        return
    st.session_state[VALVE], st.session_state[GUIDELINE] = kept[VALVE], kept[GUIDELINE]
    units = kept.get(UNITS)
    choices = {switch: allowed for valve in VALVES for switch, allowed in unit_choices(valve).items()}
    if isinstance(units, dict):
        st.session_state[UNITS] = {name: unit for name, unit in units.items() if unit in choices.get(name, ())}
    fields = kept.get("fields")
    if isinstance(fields, dict):
        allowed = dict(_fields())
        for key, value in fields.items():
            words = allowed.get(key)
            if words is not None and isinstance(value, str) and _fits(value, words):
                st.session_state[key] = value
    st.session_state[IN_ADDRESS] = kept.get(IN_ADDRESS) is True


def _fields() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The key of every field, with the words it takes; none for a number."""
    for valve in VALVES:
        for measurement in load_catalogue().enterable(valve):
            words = measurement.values if isinstance(measurement, Word) else ()
            yield entry_form.key_of(measurement, valve), words
        for question in scope.QUESTIONS:
            yield scope.key_of(question, valve), question.answers


def _fits(value: str, words: tuple[str, ...]) -> bool:
    return value in words if words else len(value) <= LONGEST_VALUE
