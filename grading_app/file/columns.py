"""What a file is taken for before it is graded, and where a person corrects it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from grading.batch.job import Job
from grading.batch.preview import ColumnPreview, Preview, ordered_columns
from grading.columns.plan import Column, Options
from grading.columns.unit_slips import Slip
from grading.errors import listed
from grading.formats.csv_text import safe_text
from grading.longtable.roles import looks_long
from grading.reference.catalogue import load_catalogue
from grading.reference.measurement import VALVES, Number
from grading.writing import upper
from grading_app.file import words
from grading_app.file.corrections import with_edits, with_unit
from grading_app.file.session import PREFIX, SessionFile
from grading_app.file.ways import offer, offer_valve
from grading_app.file.words import refuse
from grading_app.text import escape_markdown, height

_NOTHING = "-"
#: the height of the table of columns before it scrolls, in pixels
_TALLEST = 460


def show_look(held: SessionFile, job: Job) -> str:
    """How the file is read, what stands in the way, and what its columns are taken for, which is folded away once it is
    graded. Returns what is to be answered before it can be graded, '' where nothing is."""
    looked = held.preview(job)
    if looked.read_as:
        st.text(f"Read as: {looked.read_as}.")
    if looked.refusal:
        refuse(looked.refusal)
        if job.long is None and looks_long(looked.header):
            st.info("It looks like a table with one measurement in each row.")
            st.button("Read it so", key=f"{PREFIX}as_long", type="primary", on_click=_read_as_long)
        offer(held, [looked.refusal], "refusal")
        if looked.nameless and job.long is None:
            offer_valve(held, looked)
    for place, slip in enumerate(looked.slips):
        _show_slip(held, slip, place)
    if looked.columns:
        with st.expander(words.COLUMNS, expanded=held.results(job) is None):
            _show_columns(held, looked, job)
    if looked.first:
        with st.expander("The first rows of the file"):
            names = [f"{name} ({place})" for place, name in enumerate(looked.header, 1)]
            st.dataframe(pd.DataFrame(looked.first, columns=names), hide_index=True)
    return _waits_for(looked)


def _waits_for(looked: Preview) -> str:
    """Why the file cannot be graded yet."""
    if looked.refusal:
        return "It waits for an answer to what is said above in red."
    headers = listed([slip.header for slip in looked.slips], 3)
    return f"It waits for the unit of {headers}: choose one above." if headers else ""


def _read_as_long() -> None:
    st.session_state[f"{PREFIX}layout"] = "long"


def _show_slip(held: SessionFile, slip: Slip, place: int) -> None:
    """A column in another unit: its correction is one click away, and so is insisting on what was assumed."""
    st.warning(escape_markdown(f"{upper(str(slip))}. Say which before the file is graded."))
    first, second, _ = st.columns([1, 1, 2])
    for where, unit in ((first, slip.other), (second, slip.assumed)):
        with where:
            st.button(
                escape_markdown(f"The values are in {unit}"), key=f"{PREFIX}slip_{place}_{unit}", width="stretch",
                type="primary" if unit == slip.other else "secondary",
                on_click=_take_unit, args=(held, slip.header, unit),
            )  # fmt: skip


def _take_unit(held: SessionFile, header: str, unit: str) -> None:
    held.correct(with_unit(held.options, header, unit))


def _show_columns(held: SessionFile, looked: Preview, job: Job) -> None:
    """The table of columns; of a wide one it can be corrected."""
    columns = ordered_columns(looked.columns)
    if looked.plan is not None:
        about = ", ".join(looked.plan.valves) or "the valve that each row names"
        st.text(f"{sum(one.used for one in columns)} of {len(columns)} columns are used. Graded: {about}.")
    frame = pd.DataFrame([_as_row(one) for one in columns])
    tall = height(len(columns), _TALLEST)
    if job.long is None:
        _offer_corrections(held, [one.column for one in columns], frame, tall)
        offer(held, [one.note for one in columns], "note")
        if held.options.columns or held.options.units:
            st.button("Undo all corrections", key=f"{PREFIX}undo", on_click=_undo, args=(held,))
        return
    st.caption("The table that the long one is turned into; to change it, rename the labels or name other columns.")
    if looked.long:
        st.text(f"{len(looked.long):,} labels or lines are noted; grading lists them first.")
    frame["measurement"] = frame["measurement"].map(lambda name: upper(words.measurement_label(name)))
    frame["unit"] = frame["unit"].map(words.unit_label)
    st.dataframe(frame, hide_index=True, height=tall, width="stretch")


def _offer_corrections(held: SessionFile, columns: Sequence[Column], frame: pd.DataFrame, tall: int) -> None:
    """The table of columns, in which measurement, unit and valve are chosen."""
    st.caption("To correct a column, click a measurement, unit or valve, click it again or press Enter, and choose.")
    key = f"{PREFIX}columns_{held.corrections}"
    held.offered = columns
    known = sorted(load_catalogue().enterable(), key=lambda one: one.label.casefold())
    names = [measurement.name for measurement in known]
    units = dict.fromkeys(unit for number in known if isinstance(number, Number) for unit in number.units)
    st.data_editor(
        frame, key=key, hide_index=True, height=tall, width="stretch",
        disabled=["column", "cells", "known by", "note"],
        column_config={
            "measurement": st.column_config.SelectboxColumn(
                options=[words.NOT_USED, "valve", *names], required=True,
                format_func=lambda name: upper(words.measurement_label(str(name))),
            ),
            "unit": st.column_config.SelectboxColumn(
                options=[_NOTHING, *units], required=True, width="small",
                format_func=lambda unit: words.unit_label(str(unit)),
            ),
            "valve": st.column_config.SelectboxColumn(options=[_NOTHING, *VALVES], required=True, width="small"),
            "cells": st.column_config.TextColumn(width="medium"),
            "note": st.column_config.TextColumn(width="medium"),
        },
        on_change=_take_edits, args=(held, key),
    )  # fmt: skip


def _as_row(one: ColumnPreview) -> dict[str, str]:
    column = one.column
    assumed = "no unit in the header: assumed" if column.unit_from == "catalogue" else ""
    note = words.on_page(one.note) or assumed
    known = {"columns": "you", "units": "you"}
    by = known.get(column.unit_from) or known.get(column.matched_by, column.matched_by)
    return {
        "column": safe_text(column.header),
        "measurement": column.measurement or words.NOT_USED,
        "unit": column.unit or _NOTHING,
        "valve": column.valve or _NOTHING,
        "cells": safe_text(", ".join(one.examples)),
        "note": note,
        "known by": by,
    }


def _take_edits(held: SessionFile, key: str) -> None:
    meant = {words.NOT_USED: "", _NOTHING: ""}
    edits = {
        row: {name: meant.get(text, text) for name, text in changed.items()}
        for row, changed in st.session_state[key]["edited_rows"].items()
    }
    held.correct(with_edits(held.options, held.offered, edits))


def _undo(held: SessionFile) -> None:
    held.correct(Options())
