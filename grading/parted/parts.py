"""The parts of a table in a folder, and what their folders say of their rows (`site=3/valve=mitral/`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from grading.batch.job import TABLES
from grading.errors import UsageError
from grading.parted.place import DiskFolder, Folder

#: the folder name of rows without a value
_NO_VALUE: Final = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a folder, by its name in it, and its length [bytes]."""

    name: str
    size: int

    @property
    def beside(self) -> Mapping[str, str]:
        """What its folders say of all its rows.

        >>> Part("site=3/mechanism=__HIVE_DEFAULT_PARTITION__/a%20b/0.csv", 0).beside
        {'site': '3', 'mechanism': ''}
        """
        pairs = (folder.split("=", 1) for folder in PurePosixPath(self.name).parts[:-1] if "=" in folder)
        return {unquote(key): "" if value == _NO_VALUE else unquote(value) for key, value in pairs}

    @property
    def suffix(self) -> str:
        """'.csv' or '.parquet'."""
        return PurePosixPath(self.name).suffix.lower()


def parts_of(folder: Folder) -> list[Part]:
    """The parts of a folder in the order of their names. Raises UsageError for none, and for two kinds."""
    if isinstance(folder, DiskFolder) and not folder.path.is_dir():
        problem = "is a file, and no folder of parts" if folder.path.exists() else "is not there"
        raise UsageError(f"{folder} {problem}; for one file, name a file to write")
    try:
        files = folder.files()
    except OSError as error:
        raise UsageError(f"cannot read {folder}: {error.strerror or error}") from error
    found = [Part(name, files[name]) for name in tables_in(files)]
    if not found:
        raise UsageError(f"{folder} holds no .csv and no .parquet files")
    if len({part.suffix for part in found}) > 1:
        raise UsageError(f"{folder} holds both .csv and .parquet files; keep the parts of one table only")
    return found


def tables_in(files: Iterable[str]) -> list[str]:
    """The names that are parts of a table: no word of theirs begins with a mark of what is kept beside one."""
    return sorted(
        name for name in files
        if PurePosixPath(name).suffix.lower() in TABLES and not any(w[0] in "._" for w in PurePosixPath(name).parts)
    )  # fmt: skip
