"""One study of a file as values by valve, as a person would type them: what `explain` needs of a report."""

from __future__ import annotations

import contextlib

from grading.batch.job import Job
from grading.batch.open_source import open_source
from grading.batch.piece import cells_of
from grading.batch.run import as_wide
from grading.columns.plan import plan_columns
from grading.errors import UsageError
from grading.reference.measurement import VALVES


def study_values(job: Job) -> dict[str, dict[str, str]]:
    """valve -> measurement -> value with its unit, of the one study of a file; what serves every valve stands in each.

    Raises UsageError for a file that cannot be read, or that holds no study or several.
    """
    with contextlib.ExitStack() as stack:
        source, options = as_wide(job, open_source(job, stack), stack)
        plan = plan_columns(source.header, options)
        pieces = [piece for piece in source.pieces() if len(piece)]
        rows = sum(map(len, pieces))
        if rows != 1:
            raise UsageError(f"{source.name}: it holds {rows} studies; one can be explained, or grade them as a file")
        cells = cells_of(pieces[0], [column.index for column in plan.columns])
        values: dict[str, dict[str, str]] = {valve: {} for valve in plan.valves}
        for column in plan.columns:
            text = cells[column.index][0].as_py()
            for valve in plan.valves if not column.valve else [column.valve]:
                if text is not None:
                    values[valve][column.measurement] = f"{text} {column.unit}".strip() if column.unit != "1" else text
        return {valve: values[valve] for valve in VALVES if values.get(valve)}
