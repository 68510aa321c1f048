"""The wide table of a long one, piece by piece in the order of the studies' first lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from grading.errors import UsageError, option
from grading.longtable.block import Block
from grading.longtable.facts import Difference, differences, kept_texts
from grading.longtable.line_issue import LineIssue
from grading.longtable.merge import PartWriter, merged
from grading.longtable.piece import WidePiece
from grading.longtable.roles import LongColumns
from grading.longtable.spill import SpillFile
from grading.longtable.store import BlockStore
from grading.longtable.widen import Widener
from grading.reading.values import WARNING

__all__ = ["WidePiece", "WideTable"]

#: studies in a piece, and in one that waits on disk
STUDIES, WAITING_STUDIES = 32_768, 2_048
#: parts that are made wide at a time
_THREADS = 2


class WideTable:
    """The header, the issues that are about no single study, and the pieces.

    Raises UsageError when a column that is kept has the name of another.
    """

    def __init__(
        self, how: LongColumns, kept_labels: Sequence[str], widener: Widener, store: BlockStore,
        issues: Sequence[LineIssue], spill: Callable[[], SpillFile] | None,
    ) -> None:  # fmt: skip
        self._how, self._widener, self._store, self._spill = how, widener, store, spill
        columns = [name for name in how.keep if name not in kept_labels]
        #: places of the facts that tell studies apart, and of those that are kept
        self._of_a_study = range(len(how.of_a_study))
        self._kept = range(len(how.of_a_study), len(how.of_a_study) + len(how.keep))
        self.kept = (*columns, *kept_labels)
        self.header = [*how.ids, *self.kept, *(column.header for column in widener.columns)]
        twice = next((name for name in self.kept if self.header.count(name) > 1), None)
        if twice is not None:
            raise UsageError(f"column {twice!r} is in the output already", about="keep")
        self.schema = pa.schema([pa.field(name, pa.string()) for name in self.header])
        self._issues = sorted(issues, key=lambda issue: issue.line)
        self._several: dict[int, Difference] = {}
        self._whole: Block | None = None
        self._results: SpillFile | None = None
        self._parts: list[PartWriter] = []
        self._check()

    @property
    def issues(self) -> list[LineIssue]:
        """Issues that are about no single study, in the order of their lines."""
        several = [self._several[fact] for fact in sorted(self._several)]
        return [*self._issues, *(_several_texts(self.kept[one.fact - self._kept.start], one) for one in several)]

    def pieces(self) -> Iterator[WidePiece]:
        """The pieces, asked for once."""
        if self._whole is not None:
            whole, self._whole = self._whole, None
            yield from self._cut(whole, STUDIES)
            return
        yield from merged(self._parts, self.schema, STUDIES)
        self.close()

    def close(self) -> None:
        """Give the space on disk back."""
        self._store.close()
        if self._results is not None:
            self._results.close()

    def _check(self) -> None:
        """Put the studies together, and refuse lines of one id that are of several studies."""
        apart: dict[int, Difference] = {}
        if not self._store.parted:
            self._whole = next(iter(self._store.whole_studies()))()
            self._note(self._whole, apart)
        else:
            assert self._spill is not None
            self._results = self._spill()
            with ThreadPoolExecutor(_THREADS) as pool:
                for part, block_differences in pool.map(self._part, self._store.whole_studies()):
                    self._parts.append(part)
                    for one, of_a_study in block_differences:
                        _add(apart if of_a_study else self._several, one)
            self._store.close()
        if apart:
            raise UsageError(self._several_studies(apart[min(apart)]))

    def _part(self, read: Callable[[], Block]) -> tuple[PartWriter, list[tuple[Difference, bool]]]:
        """One part made wide, and what is not the same in its studies."""
        assert self._results is not None
        block = read()
        found = [(one, of_a_study) for one, of_a_study in self._differences(block)]
        writer = PartWriter(self._results)
        if not any(of_a_study for _, of_a_study in found):
            for piece in self._cut(block, WAITING_STUDIES):
                writer.add(piece)
        return writer, found

    def _differences(self, block: Block) -> Iterator[tuple[Difference, bool]]:
        for facts, of_a_study in ((self._of_a_study, True), (self._kept, False)):
            for one in differences(block, facts, of_a_study):
                yield one, of_a_study

    def _note(self, block: Block, apart: dict[int, Difference]) -> None:
        for one, of_a_study in self._differences(block):
            _add(apart if of_a_study else self._several, one)

    def _cut(self, block: Block, size: int) -> Iterator[WidePiece]:
        """A block of whole studies made wide, so many studies at a time."""
        lines = block.lines
        if (np.diff(lines.studies) < 0).any():
            lines = lines.take(np.argsort(lines.studies, kind="stable"))
        kept = [kept_texts(block, fact) for fact in self._kept]
        for start in range(0, len(block.studies), size):
            end = min(start + size, len(block.studies))
            first, last = np.searchsorted(lines.studies, (start, end)).tolist()
            some = lines.take(slice(first, last))
            some = some.of_studies_from(start)
            cells = self._widener.widen(some, end - start)
            texts = [column.slice(start, end - start) for column in (*block.studies.ids, *kept)]
            yield WidePiece(
                table=pa.table([*texts, *cells.columns], schema=self.schema),
                numbers=block.studies.numbers[start:end], lines=block.studies.lines[start:end],
                issues=cells.issues, doubts=cells.doubts,
            )  # fmt: skip

    def _several_studies(self, one: Difference) -> str:
        column, ids = self._how.of_a_study[one.fact], self._how.ids
        key = " ".join(option("id", name) for name in (*ids, column))
        what = "one id" if ids else "the file"
        return (
            f"lines of {what} differ in column {column!r}: {one.text()}. If they are of several studies, give {key}; "
            f"if they are of one, take the column out of the file"
        )


def _add(found: dict[int, Difference], one: Difference) -> None:
    found[one.fact] = found[one.fact].and_more(one) if one.fact in found else one


def _several_texts(name: str, one: Difference) -> LineIssue:
    message = f"{name!r} is kept, and differs within a study: {one.text()}. All its texts are kept, parted by ' / '"
    return LineIssue(1, None, name, "", WARNING, message)
