"""The page 'Grade a file': a table of studies in, graded rows out, all in the memory of this session."""

from __future__ import annotations

from functools import partial
from importlib.resources import files
from typing import Literal

import pyarrow as pa
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from grading.batch.job import Job
from grading.columns.template import FORMATS
from grading.errors import listed
from grading.formats.upload import Upload
from grading.reference.measurement import VALVES
from grading_app.downloads import offer
from grading_app.file import words
from grading_app.file.columns import show_look
from grading_app.file.options import job_options
from grading_app.file.results import show_problems, show_results
from grading_app.file.session import PREFIX, SessionFile, empty_field, forget, held, hold, uploads
from grading_app.file.words import refuse
from grading_app.text import escape_markdown

_EXAMPLE = "example_studies.csv"
#: endings of files that can be chosen
KINDS = [
    "csv", "tsv", "txt", "parquet", "xlsx", "xlsm", "xls", "ods", "gz", "zst", "zip", "sav", "zsav", "por",
    "dta", "xpt", "sas7bdat", "dcm", "json", "ndjson",
]  # fmt: skip
#: blank files are offered in these forms: what they are called, and their ending
_FORMS = {
    "csv": ("Blank CSV file", "csv"),
    "markdown": ("What each column means", "md"),
    "redcap": ("REDCap data dictionary", "csv"),
}


def page() -> None:
    """Show the page, and give back what memory it needed for that alone."""
    try:
        _show_page()
    finally:
        pa.default_memory_pool().release_unused()


def _show_page() -> None:
    st.title("Grade a file")
    key = f"{PREFIX}upload_{uploads()}"
    st.file_uploader(
        "A table of studies: CSV, Parquet, Excel; or reports: DICOM (several, or a zip of them), FHIR",
        KINDS,
        key=key,
        accept_multiple_files=True,
        on_change=_take_upload,
        args=(key,),
    )
    found = held()
    if found is None:
        _show_start()
        return
    _show_file(found)
    job = job_options(found)
    if not job.guidelines:
        st.info(f"Choose at least one of {words.GUIDELINES}.")
        return
    waits_for = show_look(found, job)
    if not waits_for:
        _check(found, job)
    _offer_run(found, job, waits_for)
    results = found.results(job)
    if results is not None:
        show_results(found, *results[:2])
    elif found.asked is not None:
        st.info("Something was changed since the last run. Grade again to see its results.")


def _take_upload(key: str) -> None:
    hold([Upload(sent.name, sent.getvalue()) for sent in st.session_state.get(key) or ()])


def _take_example() -> None:
    hold([Upload(_EXAMPLE, (files("grading_app") / _EXAMPLE).read_bytes())])


def _show_start() -> None:
    """What a file needs, an example and a blank one."""
    st.markdown(
        "- **Rows:** one study, with columns such as `mr_eroa_mm2`, `ar_vc_mm`, `AR PHT (ms)`; or one valve, with a "
        "column `valve`.\n"
        "- **Headers:** some 500 spellings are known, with the unit at the end; the others can be matched here.\n"
        "- **Cells:** numbers or words as measured, blank where nothing was. Other columns are kept as they are.\n"
        "- **Privacy:** the file stays in the memory of this session. Nothing is written to disk."
    )
    st.button("Use the example file", key=f"{PREFIX}example", type="primary", on_click=_take_example)
    st.caption("60 invented studies; six of them hold a cell that cannot be used.")
    st.subheader("A blank file to fill in")
    valve = st.selectbox("Its valve", VALVES, index=None, key=f"{PREFIX}blank", placeholder="any, in a column valve")
    for column, (form, (label, ending)) in zip(st.columns(len(_FORMS)), _FORMS.items(), strict=True):
        with column:
            name = f"echograde-{valve or 'template'}-{form}.{ending}"
            make = partial(FORMATS[form], valve)
            offer(label, make, name, "text/plain", key=f"{PREFIX}form_{form}", width="stretch")


def _show_file(found: SessionFile) -> None:
    first, second = st.columns([3, 1], vertical_alignment="center")
    with first:
        st.text(f"{found.upload.name}, {len(found.upload.data):,} bytes, in the memory of this session only")
    with second:
        st.button("Forget this file", key=f"{PREFIX}forget", on_click=_forget, width="stretch")
    if found.set_aside:
        st.info(
            escape_markdown(
                f"One table is graded at a time, the last that was chosen. Set aside: {listed(found.set_aside)}."
            )
        )


def _forget() -> None:
    """Forget the file here, and where Streamlit keeps what was uploaded."""
    context = get_script_run_ctx()
    if context is not None and hasattr(context.uploaded_file_mgr, "remove_file"):
        for sent in st.session_state.get(f"{PREFIX}upload_{uploads()}") or ():
            context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=sent.file_id)
    forget()
    empty_field()


def _check(found: SessionFile, job: Job) -> None:
    """The problems of the rows, before any grade is shown; those of a large file come with its grades."""
    if found.small and found.ran(job) is None and not (found.failed and found.failed[0] == job):
        with st.spinner("Checking every row"):
            found.grade(job, lambda rows, share: None)
    checked = found.ran(job)
    if checked is not None:
        graded, _, problems = checked
        show_problems(graded, problems)
    elif not found.small:
        st.caption("Problems of single rows are listed here once the file is graded.")


def _offer_run(found: SessionFile, job: Job, waits_for: str) -> None:
    """The button that grades, beside it what it waits for, how far it is, and why it failed."""
    kind: Literal["primary", "secondary"] = "primary" if found.results(job) is None else "secondary"
    with st.container(horizontal=True, vertical_alignment="center"):
        asked = st.button("Grade", key=f"{PREFIX}grade", type=kind, disabled=bool(waits_for))
        if waits_for:
            st.text(waits_for)
    # there in every run, so that what stands below keeps its place, and an open tab stays open
    place = st.empty()
    if asked and found.ran(job) is not None:
        found.asked = job
        st.rerun()
    if asked:
        bar = place.progress(0.0, "Reading")

        def tell(rows: int, share: float) -> None:
            bar.progress(share, f"{rows:,} rows graded")

        found.grade(job, tell)
        found.asked = job
        st.rerun()
    if found.failed is not None and found.failed[0] == job:
        with place:
            refuse(found.failed[1])
