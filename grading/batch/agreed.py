"""How the parts of one table are read: settled on one of them, kept to by all."""

from __future__ import annotations

from dataclasses import dataclass

from grading.batch.source import Source
from grading.columns.plan import Plan
from grading.errors import UsageError, listed
from grading.reading.cells import CellFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What holds in every part: `header` and `delimiter` of the part called `first`, the columns that its folders name,
    what the columns are, the names of the results, and how cells are written."""

    first: str
    header: tuple[str, ...]
    delimiter: str
    beside: tuple[str, ...]
    plan: Plan
    names: tuple[str, ...]
    cell_format: CellFormat

    def refuse_other(self, source: Source) -> None:
        """Raises UsageError for a part with other columns."""
        if tuple(source.header) != self.header or source.delimiter != self.delimiter:
            raise UsageError(f"its header is not that of {self.first}; parts of one table need the same")
        if (beside := tuple(source.beside)) != self.beside:
            found, expected = (listed(names) or "nothing" for names in (beside, self.beside))
            raise UsageError(f"its folders name {found}, and those of {self.first} {expected}; parts need the same")
