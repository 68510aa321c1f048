"""Data files of SPSS, Stata and SAS as text."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from support import make_statistics as make

from grading.errors import UsageError
from grading.formats.foreign import CELLS, LABEL
from grading.formats.statistics_files import _refuse_fewer, read_statistics_file, shortened
from grading.formats.upload import Upload

ID, SEEN, FLAIL = ["P1", "P2", "P3"], ["2026-04-03", None, "2025-01-01"], ["1", "0", None]
#: SPSS says what is missing, the others do not
SPSS = {"id": ID, "sex": ["male", "female", None], "mr_eroa": ["0.45", None, "0.12"], "seen": SEEN, "flail": FLAIL}
STATA = SPSS | {"sex": ["male", "female", "9"], "mr_eroa": ["0.45", "-9", "0.12"], "mr_vc": ["0.7", "0.2", None]}
BARE = SPSS | {"sex": ["1", "2", "9"], "mr_eroa": ["0.45", "-9", "0.12"]}
CAPITALS = {name.upper(): cells for name, cells in BARE.items()}

MADE: list[tuple[str, Callable[[Path], Path], dict[str, list[str | None]], str]] = [
    ("a.sav", make.spss, SPSS, "SPSS data file"),
    ("a.zsav", lambda path: make.spss(path, compress=True), SPSS, "SPSS data file"),
    ("a.por", make.portable, CAPITALS, "SPSS portable file"),
    ("a.dta", make.stata, STATA, "Stata data file"),
    ("a.xpt", make.transport, BARE, "SAS transport file"),
]


@pytest.mark.parametrize(("name", "write", "expected", "read_as"), MADE, ids=[made[0] for made in MADE])
@pytest.mark.parametrize("isolate", [False, True], ids=["here", "apart"])
def test_values(
    name: str, write: Callable[[Path], Path], expected: dict[str, list[str | None]], read_as: str, isolate: bool, tmp_path: Path
) -> None:  # fmt: skip
    found = read_statistics_file(write(tmp_path / name), isolate=isolate)
    assert (found.table.to_pydict(), found.lines.to_pylist(), found.read_as) == (expected, [1, 2, 3], read_as)


def test_a_file_in_memory_is_read_alike(tmp_path: Path) -> None:
    path = make.spss(tmp_path / "a.sav")
    assert read_statistics_file(Upload("a.sav", path.read_bytes())).table.equals(read_statistics_file(path).table)


def test_labels_and_kinds_of_columns(tmp_path: Path) -> None:
    schema = read_statistics_file(make.spss(tmp_path / "a.sav"), isolate=False).table.schema
    assert {field.name: (field.metadata[LABEL], field.metadata[CELLS]) for field in schema} == {
        "id": (b"", b""), "sex": (b"", b""), "mr_eroa": (b"MR EROA (cm2)", b"number"), "seen": (b"", b"date"), "flail": (b"", b"number"),
    }  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 3])
def test_rows_come_in_parts(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grading.formats.statistics_files._CELLS", size * 5)
    assert read_statistics_file(make.spss(tmp_path / "a.sav"), isolate=False).table.to_pydict() == SPSS


@pytest.mark.parametrize(("name", "write"), [made[:2] for made in MADE[:4]], ids=[made[0] for made in MADE[:4]])
def test_a_file_cut_short_is_refused(name: str, write: Callable[[Path], Path], tmp_path: Path) -> None:
    data = write(tmp_path / name).read_bytes()
    for end in (len(data) * 9 // 10, len(data) // 2, 100):
        with pytest.raises(UsageError):
            read_statistics_file(Upload(name, data[:end]), isolate=False)


def test_fewer_rows_than_a_file_says() -> None:
    with pytest.raises(UsageError, match="it says that it holds 200 rows, and 0 can be read"):
        _refuse_fewer(0, 200)


def test_several_data_sets_in_a_transport_file(tmp_path: Path) -> None:
    data = make.transport(tmp_path / "a.xpt").read_bytes()
    member = data.index(b"HEADER RECORD*******MEMBER")
    with pytest.raises(UsageError, match=r"a\.xpt: it holds 2 data sets; export the one that is meant"):
        read_statistics_file(Upload("a.xpt", data + data[member:]), isolate=False)


def ieee(value: float, width: int) -> float:
    """A number as SAS keeps it in so many bytes."""
    bits = 8 * width - 12
    fraction, exponent = math.frexp(value)
    return math.ldexp(math.trunc(math.ldexp(fraction, bits + 1)), exponent - bits - 1)


@pytest.mark.parametrize("width", [3, 4, 5, 6, 7])
@pytest.mark.parametrize("text", ["0.7", "0.4", "0.21", "12.5", "310", "-0.3", "0.07"])
def test_numbers_that_sas_shortened(text: str, width: int) -> None:
    assert shortened(ieee(float(text), width), width, "sas7bdat") == text


def test_other_files_are_named() -> None:
    with pytest.raises(UsageError, match=r"a\.sav: this is a PDF document, which is not read"):
        read_statistics_file(Upload("a.sav", b"%PDF-1.7"), isolate=False)
