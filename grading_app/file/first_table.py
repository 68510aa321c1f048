"""The first table of a paper, to look at, to copy and to save: counts and medians by grade."""

from __future__ import annotations

import streamlit as st

from grading.batch.in_memory import InMemory
from grading.errors import UsageError
from grading.graded_files.table import GradedTable
from grading.graded_files.table_one import ALL, as_csv, as_text
from grading.writing import in_words, upper
from grading_app.downloads import offer
from grading_app.file.session import PREFIX, SessionFile
from grading_app.file.words import refuse
from grading_app.html.count_bars import heading
from grading_app.html.table import published, web_table
from grading_app.signs import with_signs


def show_first_table(held: SessionFile, graded: InMemory, table: GradedTable) -> None:
    """Which grades and which further columns, and the table of them."""
    first, second, third = st.columns([2, 1, 2])
    names = [table.header[place] for place in table.grade_places()]
    with first:
        grades = st.selectbox("Grade", names, key=f"{PREFIX}first_grades", format_func=heading)
    by_row = table.plan.valve_column is not None
    with second:
        valve = st.selectbox("Valve", table.valves, key=f"{PREFIX}first_valve", format_func=upper) if by_row else None
    with third:
        used = {column.header for column in table.plan.columns}
        others = [header for header in dict.fromkeys(table.given) if header.strip() and header not in used]
        also = st.multiselect(
            "Further columns of the file", others, key=f"{PREFIX}first_also", placeholder="such as age",
            help="One that holds numbers and nothing else, or a few different texts.",
        )  # fmt: skip
    if grades is None or not table.valves:
        st.info("No valve is graded.")
        return
    try:
        found = held.first_table(grades, graded.summary.cell_format, valve, also)
    except UsageError as error:
        refuse(error.sentence)
        return
    about = f"{upper(found.valve)}, {heading(grades)}" if by_row else heading(grades)
    heads = ("", *(upper(in_words(column)) if column == ALL else in_words(column) for column in found.columns))
    rows = [[with_signs(line.name.strip()), *line.cells] for line in found.lines]
    st.html(published(web_table(about, "Shares are of the rows in which something is said.", heads, rows)))
    name = f"{graded.job.target.stem}.table1.csv"
    offer("Table 1 (CSV)", lambda: as_csv(found), name, "text/csv", key=f"{PREFIX}save_first")
    with st.expander("As text, to copy"):
        st.caption("Cells are parted by tabs: pasted into a document or a spreadsheet they become a table.")
        st.code(as_text(found), language=None)
