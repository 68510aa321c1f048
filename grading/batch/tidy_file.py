"""The tidy file of a run: one row for each study, valve and guideline, written as the pieces come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from grading.batch.job import Job
from grading.columns.cells import as_text
from grading.columns.headers import place_of
from grading.columns.plan import Plan
from grading.errors import UsageError
from grading.formats.csv_text import as_bytes, quoted, safe
from grading.rows.coded import Coded
from grading.rows.grader import Graded
from grading.rows.tidy import tidy_columns, tidy_names

#: lines put together at a time
_LINES = 65_536


@dataclass(frozen=True, slots=True)
class TidyPiece:
    """The tidy rows of one piece, put together as lines when they are written: as texts and codes they are small."""

    columns: Sequence[Coded]
    excel_safe: bool

    def lines(self) -> Iterator[pa.Buffer]:
        """The lines of the file, some thousand at a time."""
        texts = [pa.array(column.texts, pa.string()) for column in self.columns]
        cells = [quoted(safe(some) if self.excel_safe else some, ",") for some in texts]
        for start in range(0, len(self.columns[0].codes), _LINES):
            codes = [pa.array(column.codes[start : start + _LINES]) for column in self.columns]
            parts = [some.take(code) for some, code in zip(cells, codes, strict=True)]
            lines = pc.binary_join_element_wise(*parts, ",")
            yield as_bytes(pc.binary_join_element_wise(lines, "", "\n"))


@dataclass(frozen=True, slots=True)
class TidyMaker:
    """How the tidy rows of every piece are made. `place` and `header`: the column that names the study, None and ''
    where the input has none."""

    place: int | None
    header: str
    codes: bool
    excel_safe: bool

    @property
    def places(self) -> list[int]:
        """The columns of the input that it needs."""
        return [] if self.place is None else [self.place]

    @property
    def start(self) -> bytes:
        """The header of the file."""
        return (",".join(tidy_names(self.codes)) + "\n").encode()

    def make(
        self, plan: Plan, guidelines: Sequence[str], graded: Graded, cells: Callable[[int], pa.Array], before: int
    ) -> TidyPiece:
        """The tidy rows of a piece. `cells` gives a column of the input, `before` is how many rows stand before it."""
        if self.place is None:
            ids = pa.array([""]).take(pa.array(np.zeros(len(graded.status), np.int32)))
        else:
            ids = as_text(cells(self.place))
        return TidyPiece(tidy_columns(plan, guidelines, graded, ids, before, self.codes), self.excel_safe)


def tidy_maker(job: Job, header: Sequence[str], plan: Plan) -> TidyMaker | None:
    """How the tidy file of a run is made, None where it is not asked for.

    What names the study is the column that the job names, else the first that is not read. Raises UsageError for a
    column that is not there, is there twice, or holds a measurement.
    """
    if job.tidy is None:
        return None
    name = job.tidy.id
    if name is None:
        name = next(iter(plan.unmatched), None)
        place = None if name is None else header.index(name)
    else:
        place = _place(name, header, plan)
    return TidyMaker(place, name or "", job.tidy.codes, job.excel_safe)


def _place(name: str, header: Sequence[str], plan: Plan) -> int:
    place = place_of(header, name, "tidy_id")
    taken = next((column for column in plan.columns if column.header == name), None)
    if taken is not None:
        raise UsageError(
            f"column {name!r} is read as a measurement ({taken.measurement}); name the column that names the study",
            about="tidy_id",
        )
    return place
