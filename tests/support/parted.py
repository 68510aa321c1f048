"""The example studies in parts, the command that grades them, and what a folder then holds."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from typer.testing import CliRunner, Result

from grading.cli.main import app
from support.paths import EXAMPLE

#: 60 studies as text
STUDIES = pacsv.read_csv(EXAMPLE, convert_options=pacsv.ConvertOptions(
    column_types=dict.fromkeys(EXAMPLE.read_text(encoding="utf-8").split("\n")[0].split(","), pa.string()),
    strings_can_be_null=False,
))  # fmt: skip
NAMES = ("year=2024/0", "year=2024/1", "year=2025/0")


def echograde(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def write_part(table: pa.Table, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    else:
        pacsv.write_csv(table, path)


def parted(folder: Path, ending: str, names: tuple[str, ...] = NAMES) -> Path:
    """The sixty studies in parts of equal length."""
    rows = len(STUDIES) // len(names)
    for place, name in enumerate(names):
        write_part(STUDIES.slice(rows * place, rows), folder / f"{name}.{ending}")
    return folder


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def spoil(path: Path) -> bytes:
    """Cut a part short; what it was."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if path.suffix == ".parquet" else whole[:-1] + b",one cell too many\n")
    return whole
