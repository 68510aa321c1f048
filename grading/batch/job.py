"""What a run is asked to do: what to read, where to write, by which guidelines, how to understand the input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from grading.columns.plan import Options
from grading.errors import OptionWriter, UsageError, as_parameter
from grading.formats.csv_file import BLOCK_BYTES
from grading.formats.upload import Input, Upload
from grading.reference.guideline import DEFAULT_GUIDELINE

#: endings of the parts of one table
TABLES = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Long:
    """The input holds one measurement a line: role -> column, where the user named it, and what repeats come to.

    `more_ids`: columns that name the study together with the one of role `id`; `keep`: columns and labels to keep.
    `unsure`: why a study may be of several patients, so that repeats that are none stop the run.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    one_study: bool = False
    repeats: str = "mean"
    more_ids: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    unsure: str = ""


@dataclass(frozen=True, slots=True)
class Tidy:
    """Beside the graded file one with a row for each study, valve and guideline.

    `id` is the column that names the study, by default the first that is not read; `codes`: with ordinal codes.
    """

    id: str | None = None
    codes: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One run: what to read, where to write, by which guidelines, and how the input is to be understood.

    `sheet`: of a workbook, by name or number from 1. `keep`: what of coded values (a DICOM keyword, subject ...) is a
    column, where the input is long by its kind. `trusted`: a binary file is read in this process, not in one of its
    own; a file made to do so could end it. `threads`: how many may grade, as many as are useful by default.
    `beside`: what the folders of a part say of all its rows (`site=3/`), column -> text, which no output repeats.
    `write_option` puts the options that a sentence in the outputs names as whoever asked for the run knows them.
    """

    source: Input
    target: Path
    _: KW_ONLY
    guidelines: tuple[str, ...] = (DEFAULT_GUIDELINE,)
    options: Options = field(default_factory=Options)
    missing: tuple[str, ...] = ()
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    skip_lines: int = 0
    units_row: bool = False
    sheet: str | None = None
    keep: tuple[str, ...] = ()
    excel_safe: bool = False
    engine: str = "local"
    scheduler: str | None = None
    threads: int | None = None
    beside: Mapping[str, str] = field(default_factory=dict)
    long: Long | None = None
    tidy: Tidy | None = None
    trusted: bool = False
    block_bytes: int = BLOCK_BYTES
    write_option: OptionWriter = as_parameter

    @property
    def to_parquet(self) -> bool:
        """True when a Parquet file is written."""
        return self.target.suffix.lower() == ".parquet"

    @property
    def to_excel(self) -> bool:
        """True when an Excel workbook is written."""
        return self.target.suffix.lower() == ".xlsx"

    @property
    def as_tables(self) -> bool:
        """True when rows are written from tables, not as lines of CSV."""
        return self.to_parquet or self.to_excel

    @property
    def issues_path(self) -> Path:
        """OUT.issues.csv beside OUT.csv."""
        return self.target.with_name(f"{self.target.stem}.issues.csv")

    @property
    def manifest_path(self) -> Path:
        """OUT.run.json beside OUT.csv."""
        return self.target.with_name(f"{self.target.stem}.run.json")

    @property
    def tidy_path(self) -> Path:
        """OUT.tidy.csv beside OUT.csv."""
        return self.target.with_name(f"{self.target.stem}.tidy.csv")

    @property
    def tidy_schema_path(self) -> Path:
        """OUT.tidy.schema.json beside OUT.csv."""
        return self.target.with_name(f"{self.target.stem}.tidy.schema.json")

    @property
    def targets(self) -> tuple[Path, ...]:
        """Every file that is written, the graded one first."""
        tidy = (self.tidy_path, self.tidy_schema_path) if self.tidy is not None else ()
        return (self.target, self.issues_path, self.manifest_path, *tidy)

    @property
    def parts(self) -> Sequence[Input]:
        """The files of the input in order: one, or those of a folder. Raises UsageError for a folder without any."""
        if isinstance(self.source, Upload) or not self.source.is_dir():
            return [self.source]
        files = (path for path in self.source.iterdir() if path.name[0] not in "._")
        found = sorted(path for path in files if path.suffix.lower() in TABLES)
        if not found:
            return self._any_files()
        if len({p.suffix.lower() for p in found}) > 1:
            raise UsageError(f"{self.source} holds both .csv and .parquet files; keep the parts of one table only")
        return found

    def _any_files(self) -> Sequence[Input]:
        """All files of a folder that holds no table, and of the folders below it."""
        assert isinstance(self.source, Path)
        found = sorted(path for path in self.source.rglob("*") if path.is_file() and path.name[0] not in "._")
        if not found:
            raise UsageError(f"{self.source} is a folder without .csv or .parquet files, and without reports")
        return found
