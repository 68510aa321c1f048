"""How a guideline agrees with a column in which a person graded the same rows."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from grading.agreement.question import Answer, Question
from grading.agreement.statistics import RANGES
from grading.agreement.text import (
    STATISTICS,
    as_csv,
    aside_sentences,
    estimate_text,
    range_sentences,
    reading_sentences,
    scale_sentences,
    statistic_notes,
    title,
    told,
)
from grading.agreement.vocabulary import MISSING, NOT_GRADED, STEPS, WORDS, parse_reader_map, vocabulary
from grading.batch.in_memory import InMemory
from grading.batch.preview import likely_readers
from grading.errors import UsageError
from grading.graded_files.table import GradedTable
from grading.reference.guideline import references
from grading.writing import in_words, upper
from grading_app.downloads import offer
from grading_app.file import words
from grading_app.file.session import PREFIX, SessionFile
from grading_app.file.words import refuse
from grading_app.html.cross_table import cross_table
from grading_app.text import escape_markdown, say

#: texts of the reader that can be given a meaning here
_MOST_TEXTS = 24


def show_agreement(held: SessionFile, graded: InMemory, table: GradedTable) -> None:
    """The reader's column, how its texts are read, and how it agrees."""
    reader = st.selectbox(
        words.READER, likely_readers(table.given), index=None, key=f"{PREFIX}reader", placeholder="choose a column"
    )
    if reader is None:
        st.caption("A person's own grades: words such as trivial, Mod [2+] or moderate-to-severe, or numbers.")
        return
    question = _question(graded, table, reader)
    try:
        _show_answer(held.compare(_with_own_words(held, question)))
    except UsageError as error:
        refuse(error.sentence)


def _question(graded: InMemory, table: GradedTable, reader: str) -> Question:
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    with first:
        guideline = st.selectbox(
            "Guideline", graded.job.guidelines, key=f"{PREFIX}agree_guideline",
            format_func=lambda name: references()[name]["short"],
        )  # fmt: skip
    with second:
        valve = st.selectbox("Valve", table.valves, key=f"{PREFIX}agree_valve")
    with third:
        scales = vocabulary().scales
        scale = st.selectbox(
            words.READER_SCALE, [WORDS, *scales], key=f"{PREFIX}agree_scale",
            format_func=lambda name: f"{name}: {scales[name].title}" if name in scales else "nothing: grades are words",
        )  # fmt: skip
    with fourth:
        ranges = st.selectbox(
            words.RANGES, RANGES, key=f"{PREFIX}agree_ranges",
            format_func=lambda name: {"apart": "is set aside"}.get(name, f"counts as its {name} end"),
        )  # fmt: skip
    skip = st.checkbox(words.SKIP, key=f"{PREFIX}agree_skip")
    return Question(
        graded.graded_file,
        guidelines=(guideline,),
        reader=reader,
        valve=valve,
        reader_scale=scale,
        unreadable="skip" if skip else "stop",
        ranges=ranges,
    )


def _with_own_words(held: SessionFile, question: Question) -> Question:
    """The question with what the user says of texts that cannot be read. Raises UsageError."""
    unread = held.unread(question)
    if not unread:
        return question
    meanings = [*STEPS, NOT_GRADED, MISSING]
    meanings_of: dict[str, str] = {}
    with st.expander(words.UNREAD, expanded=True):
        st.caption(f"{len(unread)} of the reader's texts. Say what they mean, or set them aside.")
        places = st.columns(3)
        for place, (text, count) in enumerate(unread[:_MOST_TEXTS]):
            with places[place % len(places)]:
                label = escape_markdown(f"{text[:60]} ({count:,} row{'s' * (count > 1)})")
                key = f"{PREFIX}meaning_{question.reader_scale}_{question.reader}_{place}"
                meaning = st.selectbox(label, meanings, index=None, key=key, format_func=in_words, placeholder="?")
            if meaning is not None:
                meanings_of[text] = meaning
    return replace(question, own_words=parse_reader_map({"grades": meanings_of})) if meanings_of else question


def _show_answer(answer: Answer) -> None:
    found = answer.agreement
    st.markdown(f"**{escape_markdown(title(answer))}**")
    aside = sum(found.aside.values())
    st.text(f"{found.rows:,} rows: {found.compared:,} compared, {aside:,} set aside.")
    names, scale = found.categories.names, found.categories
    counts = {(one, other): found.matrix[i][j] for i, one in enumerate(names) for j, other in enumerate(names)}
    st.html(cross_table((scale.first.name, scale.second.name), names, names, counts))
    frame = {upper(STATISTICS[name][0]): estimate_text(answer, name) for name in told(answer)}
    say([*(f"{name}: {text}" for name, text in frame.items()), *statistic_notes(answer)])
    for heading, sentences in (
        ("Set aside, each row once, under the first that holds", aside_sentences(answer)),
        ("Ranges", range_sentences(answer)),
        ("How the reader's texts were read", reading_sentences(answer)),
        ("What is compared", scale_sentences(answer)),
    ):
        if sentences:
            with st.expander(heading):
                say(sentences)
    name = f"{answer.question.path.stem.removesuffix('.csv')}.agreement.csv"
    offer("Agreement (CSV)", lambda: as_csv(answer), name, "text/csv", key=f"{PREFIX}save_agreement")
