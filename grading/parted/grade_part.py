"""The work on one part, wherever it is done: fetched, graded by the run that grades a file, put in its place."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from grading.batch.agreed import Agreed
from grading.batch.job import Job
from grading.batch.run import run_into
from grading.errors import UsageError, why
from grading.parted.parts import Part
from grading.parted.place import Folder, NewFile
from grading.parted.receipt import Failure, Receipt, issues_name, receipt_name, receipt_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGrader:
    """How every part of a run is graded. `identity` names the run by all that decides what comes of a part; `resume`
    leaves a part that such a run has done."""

    job: Job
    agreed: Agreed
    source: Folder
    target: Folder
    identity: str
    resume: bool

    def apply(self, part: Part) -> Receipt | Failure:
        """Grade a part, or say why it is not graded."""
        try:
            with tempfile.TemporaryDirectory(prefix="echograde-") as scratch:
                return self._graded(part, Path(scratch))
        except UsageError as error:
            sentence = error.sentence
        except OSError as error:
            sentence = f"it cannot be read or written: {why(error)}"
        except MemoryError:
            sentence = "memory ran out; give the workers more, or smaller parts"
        return Failure(part.name, sentence.removeprefix(f"{Path(part.name).name}: "))

    def _graded(self, part: Part, scratch: Path) -> Receipt:
        file = self.source.fetched(part.name, scratch)
        receipt = receipt_of(self.target, part) if self.resume else None
        if receipt is not None and self._is_done(receipt, part, file):
            return receipt
        if self.resume:
            # what was made of another input, or in another way, is not to stay where this fails
            for name in (receipt_name(part.name), part.name, issues_name(part.name)):
                self.target.remove(name)
        job = part_job(self.job, part, file)
        written: list[PartDestination] = []

        def place(stack: contextlib.ExitStack, permissions: int | None) -> PartDestination:
            written.append(PartDestination(self.target, part, scratch, stack, permissions))
            return written[0]

        summary = run_into(job, lambda rows, size: None, place, self.agreed)
        files = self._sizes(part)
        receipt = Receipt(
            part=part.name, identity=self.identity, graded_bytes=files[0], issues_bytes=files[1],
            manifest=json.loads(written[0].manifest),
        )  # fmt: skip
        if not (summary.rows == summary.statuses.total() == self._rows_in_place(part, receipt.rows)):
            raise UsageError("other rows came out than went in; please report this")
        receipt.write(self.target)
        return receipt

    def _is_done(self, receipt: Receipt, part: Part, file: Path) -> bool:
        """True where an earlier run has graded the same part alike, and what it wrote is there."""
        if receipt.identity != self.identity or receipt.sha256 != _sha256(file):
            return False
        try:
            whole = self._sizes(part) == (receipt.graded_bytes, receipt.issues_bytes)
            return whole and self._rows_in_place(part, receipt.rows) == receipt.rows
        except (OSError, UsageError):
            return False

    def _sizes(self, part: Part) -> tuple[int, int]:
        """How long the graded part and its issues are [bytes]. Raises OSError."""
        graded, issues = (self._size(name) for name in (part.name, issues_name(part.name)))
        return graded, issues

    def _size(self, name: str) -> int:
        with self.target.opened(name) as stream:
            return stream.seek(0, 2)

    def _rows_in_place(self, part: Part, rows: int) -> int:
        """How many rows a graded part says that it has, as it lies there; `rows` for CSV, which says nothing."""
        if part.suffix != ".parquet":
            return rows
        import pyarrow.parquet as pq

        try:
            with self.target.opened(part.name) as stream:
                return int(pq.read_metadata(stream).num_rows)
        except ValueError as error:
            raise UsageError("what was written cannot be read back; try again") from error


class PartDestination:
    """The graded part and its issues, put in their place together once both are whole; the manifest is kept."""

    def __init__(
        self, target: Folder, part: Part, scratch: Path, stack: contextlib.ExitStack, permissions: int | None
    ) -> None:
        self.manifest = b""
        self._files: list[NewFile] = []
        stack.callback(self._discard)
        for name in (issues_name(part.name), part.name):
            self._files.append(target.create(name, scratch, permissions))
        self.issues: IO[bytes] = self._files[0].stream
        self.out: IO[bytes] = self._files[1].stream
        # tidy rows are of one file, and come to nothing here
        self.tidy: IO[bytes] = self.issues

    def finish(self, manifest: bytes, tidy_schema: bytes = b"") -> None:
        """Put both in their place, the graded part last."""
        self.manifest = manifest
        for file in self._files:
            file.finish()
        for file in self._files:
            file.put_in_place()

    def _discard(self) -> None:
        for file in self._files:
            file.discard()


def part_job(job: Job, part: Part, file: Path) -> Job:
    """The run of a part by itself."""
    return replace(job, source=file, target=Path(f"graded{part.suffix}"), beside=dict(part.beside))


def identity_of(job: Job, agreed: Agreed, edition: str) -> str:
    """A digest of all that decides what comes of a part, but for the part itself."""
    asked = (
        job.guidelines, sorted(job.options.redcap.items()), job.excel_safe, job.skip_lines, job.units_row,
        job.encoding, job.delimiter, job.missing,
    )  # fmt: skip
    understood = (agreed.header, agreed.delimiter, agreed.beside, agreed.plan, agreed.names, agreed.cell_format.decimal)
    return hashlib.sha256(repr((edition, asked, understood)).encode()).hexdigest()


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
