"""Studies with far more lines than a study has: their id names something else, and they would not fit into memory."""

from __future__ import annotations

from collections import Counter

import numpy as np

from grading.errors import UsageError, option
from grading.longtable.block import Block

#: lines of one study, and different texts about it, that are put together
MOST_LINES = 1_000_000
#: what a study has less of than this share of those in one block is not counted over several blocks
_FEW = 1 / 16


class StudySizes:
    """Counts the lines of large studies over blocks that go to disk one by one."""

    def __init__(self) -> None:
        self._lines: Counter[tuple[str, ...]] = Counter()

    def check(self, block: Block, gone: bool) -> None:
        """Look at a block with each of its studies once; what is `gone` to disk counts in later ones too.

        Raises UsageError for a study with more than MOST_LINES lines.
        """
        sizes = np.bincount(block.lines.studies, minlength=len(block.studies))
        sizes += np.bincount(block.facts.studies, minlength=len(block.studies))
        for study in np.flatnonzero(sizes > MOST_LINES * _FEW).tolist():
            name = tuple(column[study].as_py() for column in block.studies.ids)
            lines = self._lines[name] + int(sizes[study])
            if lines > MOST_LINES:
                raise UsageError(_too_many(name))
            if gone:
                self._lines[name] = lines


def _too_many(name: tuple[str, ...]) -> str:
    what = f"study {' and '.join(map(repr, name))} has" if name else "the file has"
    way = f"give {option('id')} the column that names the study, several times where several do"
    return f"{what} more than {MOST_LINES:,} lines; a study has some hundreds. {way[0].upper()}{way[1:]}"
