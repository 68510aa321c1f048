"""Who grades or copies a file of studies. Calling a contender imports what it needs and gives its work, to be timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

Work = Callable[[Path, Path], object]


def echograde() -> Work:
    """The command line: graded rows, issues and manifest."""
    from grading.cli.edge import main

    def work(source: Path, target: Path) -> None:
        sys.argv = ["echograde", "grade", str(source), "-o", str(target), "--valve", "mitral", "-q"]
        try:
            main()
        except SystemExit as end:
            # an impossible cell rejects its row
            if end.code not in (None, 0, 1):
                raise

    return work


def pyarrow() -> Work:
    """Streams the file, every column as text, and writes it back."""
    import pyarrow as pa
    from pyarrow import csv

    def work(source: Path, target: Path) -> None:
        with source.open(encoding="utf-8") as lines:
            names = next(lines).rstrip("\n").split(",")
        as_text = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        with csv.open_csv(source, convert_options=as_text) as reader:
            plainly = csv.WriteOptions(quoting_style="needed")
            with csv.CSVWriter(target, reader.schema, write_options=plainly) as writer:
                for batch in reader:
                    writer.write_batch(batch)

    return work


def pandas() -> Work:
    """Reads the file whole, with types as pandas guesses them (quicker here than all as text), and writes it back."""
    import pandas as pd

    return lambda source, target: pd.read_csv(source).to_csv(target, index=False)


def polars() -> Work:
    """The same decision in expressions, scan to sink."""
    from polars_rival import grade_file

    return grade_file


def duckdb() -> Work:
    """The same decision in one statement, COPY to COPY."""
    import duckdb
    from duckdb_rival import copy

    return lambda source, target: duckdb.connect().execute(copy(source, target))


def pyarrow_parquet() -> Work:
    """Reads the Parquet file batch by batch and writes it, with the compression that echograde's has."""
    import pyarrow.parquet as pq

    def work(source: Path, target: Path) -> None:
        with pq.ParquetFile(source) as file, pq.ParquetWriter(target, file.schema_arrow, compression="snappy") as out:
            for batch in file.iter_batches():
                out.write_batch(batch)

    return work


def polars_parquet() -> Work:
    """Scans the Parquet file and sinks it, with the compression that echograde's has."""
    import polars as pl

    return lambda source, target: pl.scan_parquet(source).sink_parquet(target, compression="snappy")


CONTENDERS: dict[str, Callable[[], Work]] = {
    "echograde": echograde,
    "pyarrow": pyarrow,
    "pandas": pandas,
    "polars": polars,
    "duckdb": duckdb,
    "echograde-parquet": echograde,
    "pyarrow-parquet": pyarrow_parquet,
    "polars-parquet": polars_parquet,
}
#: those whose graded files are what is moved, by those that move it without grading
GRADED, MOVING = ("echograde", "echograde-parquet"), ("pyarrow", "pyarrow-parquet", "polars-parquet")
#: those whose output holds answers
ANSWERING = ("echograde", "polars", "duckdb", "echograde-parquet")


def suffix(name: str) -> str:
    """The kind of file a contender reads and writes."""
    return ".parquet" if name.endswith("-parquet") else ".csv"
