"""The options of `echograde grade` as a run takes them; what cannot be is a UsageError."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from grading.errors import UsageError

if TYPE_CHECKING:
    from grading.batch.job import Long


def check_decimal(mark: str | None) -> None:
    """Raises UsageError for what is no decimal mark."""
    if mark not in (None, ".", ","):
        raise UsageError(f"expected '.' or ',', found {mark!r}", about="decimal")


def delimiter_of(mark: str | None) -> str | None:
    """The delimiter as a character; None where it is to be detected."""
    if mark in ("\\t", "tab"):
        return "\t"
    if mark is not None and len(mark) != 1:
        raise UsageError(f"expected one character (or tab), found {mark!r}", about="delimiter")
    return mark


def long_of(
    layout: str, columns: dict[str, str], one_study: bool, repeats: str | None, more_ids: tuple[str, ...],
    keep: tuple[str, ...],
) -> Long | None:  # fmt: skip
    """How a long file is read; None for a wide one."""
    from grading.batch.job import Long

    if layout not in ("wide", "long"):
        raise UsageError(f"expected wide or long, found {layout!r}", about="layout")
    if layout == "long":
        return Long(columns, one_study, repeats or "mean", more_ids, keep)
    if columns or one_study or repeats or keep:
        raise UsageError(
            "--id, --one-study, --name, --value, --unit-column, --valve-column, --direction-column, --chosen-column, "
            "--keep and --repeats: give --layout long"
        )
    return None


def default_target(source: Path) -> Path:
    """IN.graded.csv or IN.graded.parquet beside IN; standard output for standard input."""
    from grading.batch.amount import is_parquet

    if source == Path("-"):
        return source
    # the folder one is in has no name as it is given
    source = source if source.name not in ("", "..") else source.resolve()
    if not source.name:
        raise UsageError(f"{source} has no name to write beside; name a file to write", about="out")
    return source.with_name(f"{source.stem}.graded{'.parquet' if is_parquet(source) else '.csv'}")


def map_of(path: Path | None) -> tuple[dict[str, Any], dict[str, str]]:
    """A --columns map: [columns] header = measurement, [set] name = value."""
    if path is None:
        return {}, {}
    from grading.formats.small_file import read_toml_file

    sections = read_toml_file(path, "columns")
    for key, section in sections.items():
        problem = ""
        if key not in ("columns", "set"):
            problem = f"unknown section [{key}]; allowed: [columns], [set]"
        elif not isinstance(section, dict):
            problem = f"{key} is not a section; write [{key}] on a line of its own"
        if problem:
            raise UsageError(f"{path.name}: {problem}", about="columns")
    return sections.get("columns", {}), {name: str(value) for name, value in sections.get("set", {}).items()}
