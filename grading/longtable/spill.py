"""Record batches that wait on disk, in a file without a name: nobody else can open it, and no end of the program leaves
it behind."""

from __future__ import annotations

import tempfile
from threading import Lock
from types import TracebackType
from typing import IO, NamedTuple

import pyarrow as pa


class Place(NamedTuple):
    """Where a batch lies in the file."""

    start: int
    size: int
    schema: pa.Schema


class SpillFile:
    """Takes record batches and gives them back; safe to use from several threads. `with` closes it.

    It lies in the folder for temporary files (TMPDIR). Raises OSError when the disk is full.

    >>> with SpillFile() as spill:
    ...     spill.read(spill.write(pa.record_batch({"a": [1, 2]}))).to_pydict()
    {'a': [1, 2]}
    """

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="echograde-")  # noqa: SIM115
        self._end = 0
        self._lock = Lock()

    def __enter__(self) -> SpillFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, batch: pa.RecordBatch) -> Place:
        """Put a batch behind the others."""
        data = batch.serialize()
        with self._lock:
            place = Place(self._end, data.size, batch.schema)
            self._file.seek(self._end)
            self._file.write(data)
            self._end += data.size
        return place

    def read(self, place: Place) -> pa.RecordBatch:
        """A batch as it was written."""
        with self._lock:
            self._file.seek(place.start)
            data = self._file.read(place.size)
        return pa.ipc.read_record_batch(pa.py_buffer(data), place.schema)

    def close(self) -> None:
        """Give the space back."""
        self._file.close()
