"""Whether a grade depends on the unit of a column: its first rows graded in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pyarrow as pa

from grading.columns.column import Column
from grading.columns.plan import Plan
from grading.columns.unit_slips import Matters, Sample
from grading.reading.cells import CellFormat
from grading.rows.grader import Grader


def unit_matters(plan: Plan, guidelines: Sequence[str], cell_format: CellFormat, sample: Sample) -> Matters:
    """A question: does any result of the first rows differ when a column of the plan is in another unit?"""

    def matters(column: Column, unit: str) -> bool:
        columns = tuple(replace(c, unit=unit) if c is column else c for c in plan.columns)
        data = {index: _whole(sample(index)) for index in plan.indexes}
        rows = min(map(len, data.values()), default=0)
        answers = [
            {c.name: c.arrow() for c in Grader(p, guidelines, cell_format).grade(data.__getitem__, rows).columns[:-1]}
            for p in (plan, replace(plan, columns=columns))
        ]
        return any(not answers[0][name].equals(answers[1][name]) for name in answers[0])

    return matters


def _whole(parts: Iterable[pa.Array]) -> pa.Array:
    arrays = list(parts)
    return arrays[0] if len(arrays) == 1 else pa.chunked_array(arrays).combine_chunks()
