"""How grade and range of each patient moved between the studies of a file, and whether beyond measurement error."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from grading.batch.in_memory import InMemory
from grading.errors import UsageError
from grading.followup.change import AGAINST, Line, Question
from grading.followup.dates import ORDERS
from grading.followup.text import HEADER, MEANING, as_csv, cells, report
from grading.formats.csv_text import safe_text
from grading.graded_files.table import GradedTable
from grading.writing import in_words
from grading_app.downloads import offer
from grading_app.file import words
from grading_app.file.session import PREFIX, SessionFile
from grading_app.file.words import refuse
from grading_app.text import height, say

#: rows that are compared on a page: more take minutes, and the command line has them
MOST_ROWS = 5_000
#: lines that are shown; the download holds all
_MOST_LINES, _TALLEST = 1_000, 480


def show_follow_up(held: SessionFile, graded: InMemory, table: GradedTable) -> None:
    """The columns of patient and date, and a line for each study, valve and guideline."""
    if graded.summary.rows > MOST_ROWS:
        st.info(
            f"The file has {graded.summary.rows:,} rows; up to {MOST_ROWS:,} are compared here. Save the graded rows "
            "and how they were made: the command echograde change compares all of them."
        )
        return
    question = _question(table)
    if question is None:
        st.caption("Choose the columns that name the patient and the day of the study.")
        return
    try:
        lines = held.follow(question)
    except UsageError as error:
        refuse(error.sentence)
        return
    *counted, _ = report(lines, question).splitlines()
    say(counted)
    st.caption(MEANING)
    _show_lines(lines)
    name = f"{graded.job.target.stem}.change.csv"
    offer("All lines (CSV)", lambda: as_csv(lines, True), name, "text/csv", key=f"{PREFIX}save_moved")


def _question(table: GradedTable) -> Question | None:
    used = {column.header for column in table.plan.columns}
    columns = [header for header in dict.fromkeys(table.given) if header.strip() and header not in used]
    first, second, third, fourth = st.columns(4)
    choose = "choose a column"
    with first:
        patient = st.selectbox(
            words.PATIENT, columns, index=None, key=f"{PREFIX}moved_id", placeholder="choose a column"
        )
    with second:
        date = st.selectbox(words.DATE, columns, index=None, key=f"{PREFIX}moved_date", placeholder=choose)
    with third:
        order = st.selectbox(words.DATE_ORDER, ORDERS, format_func=ORDERS.__getitem__, key=f"{PREFIX}moved_order")
    with fourth:
        against = st.selectbox(words.AGAINST, AGAINST, format_func=_compared_with, key=f"{PREFIX}moved_against")
    return None if patient is None or date is None else Question(patient, date, date_order=order, against=against)


def _compared_with(against: str) -> str:
    return f"the {against} study"


def _show_lines(lines: list[Line]) -> None:
    rows = [dict(zip(HEADER, map(safe_text, cells(line)), strict=True)) for line in lines[:_MOST_LINES]]
    frame = pd.DataFrame(rows).rename(columns=in_words)
    if len(lines) > len(rows):
        st.text(f"The first {len(rows):,} of {len(lines):,} lines; the download holds all.")
    st.dataframe(frame, hide_index=True, height=height(len(rows), _TALLEST), width="stretch", placeholder="")
