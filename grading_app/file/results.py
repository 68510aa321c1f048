"""What came of a run: problems of rows, which stand before any grade; then counts, downloads, rows, comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from grading.batch.in_memory import InMemory
from grading.formats.csv_text import safe_text
from grading.formats.upload import Upload
from grading.graded_files.table import GradedTable, Problems, Wanted, status_order
from grading.reading.values import ERROR, NOTE, WARNING
from grading.rows.result_columns import STATUSES
from grading.writing import in_words
from grading_app.downloads import offer
from grading_app.file.agreement import show_agreement
from grading_app.file.comparisons import show_distribution, show_reclassification
from grading_app.file.first_table import show_first_table
from grading_app.file.follow_up import show_follow_up
from grading_app.file.session import PREFIX, SessionFile
from grading_app.html.count_bars import beside, count_bars, grade_order, heading
from grading_app.palette import filled
from grading_app.text import height

#: rows that are shown, fewer of them in a table of many columns; the download holds all
_MOST_ROWS, _FEWEST_ROWS, _MOST_CELLS = 1_000, 20, 250_000
#: what can be looked at once a file is graded
TABS = ("Rows", "Table 1", "Values by grade", "Agreement with a reader", "Two guidelines", "Follow-up")
#: how the keys of the controls in them begin
_CHOSEN = tuple(
    f"{PREFIX}{name}" for name in (
        "filter_", "everything", "spread_", "first_", "reader", "agree_", "meaning_", "rows_by", "columns_by", "moved_",
    )
)  # fmt: skip
#: ending of a file to save -> what it is called, and its kind
_FORMS = {
    ".csv": ("CSV", "text/csv"),
    ".zip": ("CSV, zipped", "application/zip"),
    ".json": ("JSON", "application/json"),
}
#: the heights of both tables before they scroll, in pixels
_TALLEST_PROBLEMS, _TALLEST_ROWS = 320, 480


def show_results(held: SessionFile, graded: InMemory, table: GradedTable) -> None:
    """The grades that came of a run."""
    st.subheader("Result")
    _show_counts(graded)
    _show_downloads(graded)
    for key in [key for key in st.session_state if str(key).startswith(_CHOSEN)]:
        # a choice in a tab that is shut would be forgotten
        st.session_state[key] = st.session_state[key]
    # what is not looked at is not worked out
    rows, first, spread, agreement, moves, follow_up = st.tabs(TABS, key=f"{PREFIX}tab", on_change="rerun")
    with rows:
        if rows.open:
            _show_rows(table)
    with first:
        if first.open:
            show_first_table(held, graded, table)
    with spread:
        if spread.open:
            show_distribution(graded, table)
    with agreement:
        if agreement.open:
            show_agreement(held, graded, table)
    with moves:
        if moves.open:
            show_reclassification(graded)
    with follow_up:
        if follow_up.open:
            show_follow_up(held, graded, table)


def show_problems(graded: InMemory, problems: Problems) -> None:
    """Cells that could not be used or look odd, before any grade."""
    counts, rejected = graded.summary.severities, graded.summary.statuses["rejected"]
    st.subheader("Problems in the file")
    if not graded.summary.rows:
        st.warning("The file holds a header and no row below it: there is nothing to grade.")
        return
    if not problems.count:
        st.success("No cell was refused, and none looks odd.")
        return
    numbers = ((counts[severity], severity) for severity in (ERROR, WARNING, NOTE))
    said = ", ".join(f"{number:,} {severity}{'s' * (number > 1)}" for number, severity in numbers if number)
    st.text(f"{said}. {rejected:,} of {graded.summary.rows:,} rows are rejected because of an error.")
    lines = [{name: safe_text(text) for name, text in line.items()} for line in problems.first]
    if problems.count > len(lines):
        most = ", ".join(f"{name or 'no column'} {count:,}" for name, count in list(problems.by_column.items())[:5])
        st.text(
            f"The first {len(lines)} of {problems.count:,}, errors first; the download holds all. By column: {most}."
        )
    frame = pd.DataFrame(lines).rename(columns={"message": "what is wrong, and what to do"})
    st.dataframe(frame, hide_index=True, height=height(len(lines), _TALLEST_PROBLEMS), width="stretch")


def _show_counts(graded: InMemory) -> None:
    """How many rows have which status and which grade, as words, bars and numbers."""
    summary = graded.summary
    blocks = [count_bars(f"Status of {summary.rows:,} rows", status_order(summary.statuses))]
    blocks += [count_bars(heading(name), grade_order(counts)) for name, counts in summary.grades.items()]
    st.html(beside(blocks))


def _bytes_of(file: Upload) -> bytes:
    return file.data


def _show_downloads(graded: InMemory) -> None:
    job = graded.job
    made = Upload(job.manifest_path.name, graded.manifest)
    files = (("Graded rows", graded.graded_file), ("Problems", graded.issues_file), ("How it was made", made))
    for column, (label, file) in zip(st.columns(len(files)), files, strict=True):
        form, kind = _FORMS[file.suffix]
        with column:
            save = f"{label} ({form})"
            offer(save, partial(_bytes_of, file), file.name, kind, key=f"{PREFIX}save_{label}", width="stretch")
    st.caption(
        "Your own cells are in the file byte for byte, but for an apostrophe before those that a spreadsheet would run "
        "as formulas."
    )


def _show_rows(table: GradedTable) -> None:
    """The rows that are asked for."""
    wanted, everything = _filters(table)
    found = table.rows(wanted)
    count = int(np.count_nonzero(found))
    columns = range(len(table.header)) if everything else table.main_columns(wanted.valves)
    most = min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_CELLS // len(columns)))
    shown = f"; the first {most:,} are shown" if count > most else ""
    st.text(f"{count:,} of {len(found):,} rows{shown}.")
    frame = table.shown(found, columns, most).to_pandas()
    grades = [table.header[place] for place in table.grade_places() if place in columns]
    # a styled table has a limit, which many columns of the file can pass
    styled = frame if everything else frame.style.map(filled, subset=grades)
    st.dataframe(styled, hide_index=True, height=height(len(frame), _TALLEST_ROWS), width="stretch", placeholder="")


def _filters(table: GradedTable) -> tuple[Wanted, bool]:
    first, second, third = st.columns(3)
    with first:
        statuses = _several("Status", [status for status in STATUSES if _occurs(table, status)])
    with second:
        grades = _several("Grade", table.grades)
    with third:
        valves = _several("Valve", table.valves)
    fourth, fifth = st.columns([2, 1], vertical_alignment="bottom")
    with fourth:
        text = st.text_input("Text in any column", key=f"{PREFIX}filter_text")
    with fifth:
        everything = st.toggle("All columns", key=f"{PREFIX}everything")
    return Wanted(tuple(statuses), tuple(grades), tuple(valves), text), everything


def _occurs(table: GradedTable, status: str) -> bool:
    return bool(table.rows(Wanted(statuses=(status,))).any())


def _several(label: str, options: Sequence[str]) -> list[str]:
    key = f"{PREFIX}filter_{label}"
    return st.multiselect(label, options, key=key, format_func=in_words, placeholder="any")
