"""The file that a session holds: in its own memory, until it is forgotten, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from grading.agreement.question import Answer, Question, answer
from grading.agreement.vocabulary import UNREADABLE
from grading.batch.in_memory import InMemory, run_in_memory, shares
from grading.batch.job import Job
from grading.batch.preview import Preview, preview
from grading.columns.column import Column
from grading.columns.plan import Options
from grading.errors import UsageError
from grading.followup.change import Line, change
from grading.followup.change import Question as FollowUp
from grading.followup.studies import studies_of
from grading.formats.kind import HEAD_BYTES, kind_of
from grading.formats.upload import Upload, together
from grading.graded_files.table import GradedTable, Problems, read_graded, read_problems
from grading.graded_files.table_one import TableOne, table_one
from grading.reading.cells import CellFormat
from grading_app.downloads import release

#: problems that are shown; the download holds all
MOST_PROBLEMS = 200
#: bytes of a file of which every row is checked before it is graded; grading it takes the blink of an eye
CHECKED_AT_ONCE = 5_000_000
#: every key of the page begins so, and none of another page
PREFIX = "file_"
_HELD, _UPLOADS = f"{PREFIX}held", "uploads_of_files"


@dataclass(slots=True)
class SessionFile:
    """A file, corrections of its columns, and the last look, run and comparison with what they were made from.

    `set_aside` names files that were sent with it and are not graded.
    """

    upload: Upload
    set_aside: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)
    corrections: int = 0
    choices: dict[str, Any] = field(default_factory=dict)
    looked: tuple[Job, Preview] | None = None
    failed: tuple[Job, str] | None = None
    graded: InMemory | None = None
    asked: Job | None = None
    table: GradedTable | None = None
    problems: Problems | None = None
    compared: tuple[Question, Answer] | None = None
    skipped: tuple[Question, Answer] | None = None
    first: tuple[tuple[object, ...], TableOne] | None = None
    followed: tuple[FollowUp, list[Line]] | None = None
    offered: Sequence[Column] = ()

    def empty(self) -> None:
        """Let go of all of it: Streamlit keeps what a widget would call back, and so this, until the tab is closed."""
        self.upload, self.offered, self.set_aside = Upload("", b""), (), ()
        self.options, self.choices = Options(), {}
        self.looked = self.failed = self.graded = self.asked = self.table = self.problems = None
        self.compared = self.skipped = self.first = self.followed = None

    def preview(self, job: Job) -> Preview:
        """The look at the file, taken once for each job."""
        if self.looked is None or self.looked[0] != job:
            self.looked = (job, preview(job))
        return self.looked[1]

    def grade(self, job: Job, tell: Callable[[int, float], None]) -> None:
        """Grade it, or keep the sentence for why it cannot be."""
        self.graded = self.table = self.compared = self.skipped = self.first = self.followed = self.failed = None
        try:
            graded = run_in_memory(job, shares(job, tell))
            self.problems = read_problems(graded.issues_file, MOST_PROBLEMS)
            self.table, self.graded = read_graded(graded), graded
        except UsageError as error:
            self.failed = (job, error.sentence)

    @property
    def small(self) -> bool:
        """True when every row can be checked at once, without being asked to."""
        return len(self.upload.data) <= CHECKED_AT_ONCE

    def results(self, job: Job) -> tuple[InMemory, GradedTable, Problems] | None:
        """What came of exactly this job once it was asked for; None before, or where something was changed since."""
        return self.ran(job) if self.asked == job else None

    def ran(self, job: Job) -> tuple[InMemory, GradedTable, Problems] | None:
        """What came of exactly this job, be it to check the rows or to grade them."""
        if self.graded is None or self.table is None or self.problems is None or self.graded.job != job:
            return None
        return self.graded, self.table, self.problems

    def compare(self, question: Question) -> Answer:
        """The answer to a question, worked out once. Raises UsageError."""
        if self.compared is None or self.compared[0] != question:
            self.compared = (question, answer(question))
        return self.compared[1]

    def first_table(self, grades: str, how: CellFormat, valve: str | None, also: Sequence[str]) -> TableOne:
        """The first table of a paper, worked out once. Raises UsageError."""
        asked = (grades, valve, *also)
        if self.first is None or self.first[0] != asked:
            assert self.table is not None
            self.first = (asked, table_one(self.table, grades, how, valve, also))
        return self.first[1]

    def follow(self, question: FollowUp) -> list[Line]:
        """How the grades of each patient moved, worked out once. Raises UsageError."""
        if self.followed is None or self.followed[0] != question:
            assert self.graded is not None
            file, job = self.graded.graded_file, self.graded.job
            studies = studies_of(file, json.loads(self.graded.manifest), job.manifest_path.name)
            self.followed = (question, change(studies, question))
        return self.followed[1]

    def unread(self, question: Question) -> list[tuple[str, int]]:
        """The reader's texts that are no grade as they stand, and how many rows hold each. Raises UsageError."""
        plainly = replace(question, unreadable="skip", bootstrap=0)
        if self.skipped is None or self.skipped[0] != plainly:
            self.skipped = (plainly, answer(plainly))
        texts = self.skipped[1].texts.items()
        return [(text, count) for text, (grade, count) in texts if grade.aside == UNREADABLE]

    def correct(self, options: Options) -> None:
        """Take corrections of the columns; the table that they were made in is drawn anew."""
        self.options = options
        self.corrections += 1


def held() -> SessionFile | None:
    """The file of this session, if there is one."""
    found = st.session_state.get(_HELD)
    return found if isinstance(found, SessionFile) else None


def hold(files: Sequence[Upload]) -> None:
    """Take a file in the place of the one before: reports together, of several tables the last."""
    forget()
    reports = [file for file in files if (kind := kind_of(file.data[:HEAD_BYTES])) and kind.name == "dicom"]
    if len(files) > 1 and len(reports) == len(files):
        st.session_state[_HELD] = SessionFile(together(files, "reports.zip"))
    elif files:
        st.session_state[_HELD] = SessionFile(files[-1], tuple(file.name for file in files[:-1]))


def forget() -> None:
    """Let go of the file, of everything that was made from it, and of what was chosen for it."""
    found = held()
    if found is not None:
        found.empty()
    for key in [key for key in st.session_state if str(key).startswith(PREFIX) and "upload" not in str(key)]:
        del st.session_state[key]
    release()


def empty_field() -> None:
    """Have an empty field for uploads in the place of the one that shows a file."""
    st.session_state[_UPLOADS] = uploads() + 1


def uploads() -> int:
    """How many times the field for uploads was emptied: it is a new one each time."""
    return int(st.session_state.get(_UPLOADS, 0))
