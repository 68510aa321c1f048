"""Many mutated inputs of one format in one limited process: `fuzz_child.py FORMAT START COUNT`.

Prints the number of every input before it is read, so that a death tells at which; ends with a line of counts. Whatever is
neither a table nor a sentence is printed with its traceback.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

from grading.errors import UsageError
from grading.formats.compressed import unpacked
from grading.formats.dicom_sr import read_reports
from grading.formats.excel import headed, read_grid
from grading.formats.fhir import read_observations
from grading.formats.kind import kind_of_file
from grading.formats.reader_process import Limits, limit
from grading.formats.statistics_files import read_statistics_file
from grading.formats.upload import Upload
from support import make_observations, make_reports, make_statistics, make_workbooks
from support.mutations import mutated, mutated_archive

LIMITS = Limits(memory=1 << 30, cpu_seconds=500)
#: an input that takes longer is reported
SLOW = 20.0


def read_grid_headed(data: bytes) -> None:
    headed(read_grid(Upload("a", data), isolate=False))


def unpack(data: bytes) -> None:
    kind = kind_of_file(io.BytesIO(data))
    with unpacked(io.BytesIO(data), kind.name if kind and kind.name in ("gzip", "zstd", "zip") else "gzip") as (
        inside,
        _,
    ):
        while inside.read(1 << 20):
            pass


def odd(book: object, sheet: object) -> None:
    sheet.write_formula(4, 0, "=NA()", None, "#N/A")  # type: ignore[attr-defined]
    sheet.write(3, 0, 0.5, book.add_format({"num_format": "0%"}))  # type: ignore[attr-defined]


def files(folder: Path) -> dict[str, list[bytes]]:
    """The seeds of every format."""
    import gzip
    import zipfile

    import pyarrow as pa

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"id,mr_eroa\n1,0.4\n" * 50)
    text = b"id,mr_eroa_cm2\n" + b"1,0.43\n" * 500
    study = make_observations.STUDY
    return {
        "xlsx": [make_workbooks.xlsx(also=odd)],
        "xls": [make_workbooks.xls(errors=[(1, 5, 42)])],
        "ods": [make_workbooks.ods(cell='<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell>')],
        "sav": [make_statistics.spss(folder / "a.sav").read_bytes(), make_statistics.spss(folder / "a.zsav", True).read_bytes()],
        "por": [make_statistics.portable(folder / "a.por").read_bytes()],
        "dta": [make_statistics.stata(folder / "a.dta").read_bytes()],
        "xpt": [make_statistics.transport(folder / "a.xpt").read_bytes()],
        "dicom": [make_reports.older(), make_reports.newer(), make_reports.precoordinated(), make_reports.older(implicit=True)],
        "fhir": [make_observations.bundle(*study), make_observations.lines(*study)],
        "packed": [gzip.compress(text), pa.compress(text, "zstd", asbytes=True), packed.getvalue()],
    }  # fmt: skip


READERS: dict[str, Callable[[bytes], object]] = {
    **dict.fromkeys(("xlsx", "xls", "ods"), read_grid_headed),
    **dict.fromkeys(("sav", "por", "dta", "xpt"), lambda data: read_statistics_file(Upload("a", data), isolate=False)),
    "dicom": lambda data: read_reports(Upload("a", data), isolate=False),
    "fhir": lambda data: read_observations(Upload("a", data), isolate=False),
    "packed": unpack,
}


def main(name: str, start: int, count: int) -> None:
    warnings.simplefilter("error", ResourceWarning)
    read, change = READERS[name], mutated_archive if name in ("xlsx", "ods") else mutated
    with tempfile.TemporaryDirectory() as folder:
        seeds = files(Path(folder))[name]
    limit(LIMITS)
    tables = sentences = 0
    for number in range(start, start + count):
        draw = random.Random(f"{name} {number}")
        data = change(draw.choice(seeds), draw)
        print(number, flush=True)
        began = time.monotonic()
        try:
            read(data)
            tables += 1
        except UsageError:
            sentences += 1
        except BaseException:
            print(f"BROKE at {number}: {traceback.format_exc()}", flush=True)
        if time.monotonic() - began > SLOW:
            print(f"SLOW at {number}: {time.monotonic() - began:.0f} s", flush=True)
    print(f"tables {tables} sentences {sentences}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
