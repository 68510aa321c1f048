"""Graded rows against their values, a reader's grades, and a second guideline."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from grading.batch.in_memory import InMemory
from grading.graded_files.distribution import Spread, numbers_of, spreads
from grading.graded_files.reclassify import covered_pairs, read_pairs
from grading.graded_files.table import GradedTable
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import references
from grading.reference.measurement import Number
from grading.writing import in_words, upper
from grading_app.file import words
from grading_app.file.session import PREFIX
from grading_app.html.count_bars import heading
from grading_app.html.cross_table import cross_table, sides
from grading_app.palette import GRADE_COLOURS
from grading_app.text import theme

#: height of one grade in the figure, in pixels
_BAND = 44


def show_distribution(graded: InMemory, table: GradedTable) -> None:
    """The values of one measurement in each grade."""
    columns = {column.header: column for column in numbers_of(table)}
    names = [table.header[place] for place in table.grade_places()]
    first, second = st.columns(2)
    with first:
        header = st.selectbox("Measurement", list(columns), key=f"{PREFIX}spread_of")
    column = columns.get(header or "")
    valves = [column.valve] if column is not None and column.valve else []
    own = [table.header[place] for place in table.grade_places(valves)] or names
    with second:
        grades = st.selectbox("Grade", own, key=f"{PREFIX}spread_by_{'_'.join(valves)}", format_func=heading)
    if column is None or grades is None:
        st.info("No column of numbers is used.")
        return
    found = spreads(table, column, grades, graded.summary.cell_format)
    measurement = load_catalogue()[column.measurement]
    assert isinstance(measurement, Number)
    if not found:
        st.info("No row has both a usable value and a grade.")
        return
    axis = f"{upper(measurement.label)} ({measurement.unit})"
    st.altair_chart(_figure(found, axis), width="stretch")
    st.caption(
        "Box: quartiles and median. Line: from the least to the most. Strokes: single values, at most 150 a grade."
    )
    st.dataframe(pd.DataFrame([_summary(one, measurement.unit) for one in found]), hide_index=True)


def _summary(one: Spread, unit: str) -> dict[str, str | float]:
    quartiles = {"lower quartile": one.lower, "median": one.median, "upper quartile": one.upper}
    numbers = {"least": one.least, **quartiles, "most": one.most}
    return {
        "grade": in_words(one.grade),
        "rows": one.count,
        **{f"{k} ({unit})": round(v, 3) for k, v in numbers.items()},
    }


def _figure(found: Sequence[Spread], axis: str) -> alt.LayerChart:
    """A box for each grade in its colour, with its word at the axis."""
    order = [in_words(one.grade) for one in found]
    boxes = pd.DataFrame(
        {
            "grade": order,
            **{name: [getattr(one, name) for one in found] for name in ("least", "lower", "median", "upper", "most")},
        }
    )
    strokes = pd.DataFrame(
        [(in_words(one.grade), value) for one in found for value in one.values], columns=["grade", "value"]
    )
    ink = theme()
    colours = [GRADE_COLOURS.get(one.grade, ink.faint) for one in found]
    y = alt.Y("grade:N", sort=order, title=None, axis=alt.Axis(labelLimit=200))
    colour = alt.Color("grade:N", scale=alt.Scale(domain=order, range=colours), legend=None)
    base = alt.Chart(boxes)
    line = base.mark_rule(color=ink.faint).encode(x=alt.X("least:Q", title=axis), x2="most:Q", y=y)
    box = base.mark_bar(size=18, stroke=ink.faint).encode(
        x=alt.X("lower:Q", title=axis), x2="upper:Q", y=y, color=colour
    )
    middle = base.mark_tick(size=24, thickness=3, color=ink.ink).encode(x=alt.X("median:Q", title=axis), y=y)
    single = (
        alt.Chart(strokes).mark_tick(size=8, thickness=1, color=ink.ink, opacity=0.6, yOffset=-15)
        .encode(x=alt.X("value:Q", title=axis), y=y)
    )  # fmt: skip
    figure: alt.LayerChart = (line + box + middle + single).properties(height=_BAND * (len(found) + 1))
    return figure


def show_reclassification(graded: InMemory) -> None:
    """How rows move between two guidelines."""
    asked = graded.job.guidelines
    if len(asked) <= 1:
        st.caption(f"Choose two or more {words.GUIDELINES} and grade again to see how rows move between them.")
        return
    first, second = st.columns(2)
    names = {name: references()[name]["short"] for name in asked}
    with first:
        one = st.selectbox("Rows", asked, key=f"{PREFIX}rows_by", format_func=names.__getitem__)
    with second:
        others = [name for name in asked if name != one]
        other = st.selectbox("Columns", others, key=f"{PREFIX}columns_by", format_func=names.__getitem__)
    pairs = covered_pairs(read_pairs(graded.graded_file, one, other))
    if not pairs:
        st.info("No valve of the file is covered by both.")
    for valve, counted in pairs.items():
        st.markdown(f"**{valve.capitalize() or 'All rows'}**")
        st.html(cross_table((names[one], names[other]), *sides(counted), counted))
