"""A number that is all but zero is never taken for zero, which would say that nothing was seen: in every way in."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from grading import grade, grade_frame
from grading.batch.in_memory import job_of, run_in_memory
from grading.batch.job import Long
from grading.formats.upload import Upload
from grading.writing import plain

#: a text, and whether it says 0
TEXTS = {
    "0": True, "0.000": True, "0e-400": True, "-0": True, "0e9": True,
    "1e-400": False, "5e-324": False, "-1e-400": False, "2e-324": False, "1e-320": False, "1E-330": False, "9e-99": False,
    "0." + "0" * 60 + "1": False, "0." + "0" * 400 + "1": False,
}  # fmt: skip


def statuses(name: str, data: bytes, **options: object) -> list[str]:
    return sorted(run_in_memory(job_of(Upload(name, data), **options)).summary.statuses.elements())


def in_csv(text: str, unit: str) -> list[str]:
    return statuses("in.csv", f"valve,eroa_{unit}\nMR,{text}\n".encode())


def beside_text(text: str, unit: str) -> list[str]:
    found = statuses("in.csv", f"valve,eroa_{unit}\nMR,{text}\nMR,x\n".encode())
    found.remove("rejected")
    return found


def with_decimal_comma(text: str, unit: str) -> list[str]:
    data = f"valve;eroa_{unit}\nMR;{text.replace('.', ',')}\n".encode()
    return statuses("in.csv", data, decimal=",")


def in_long(text: str, unit: str) -> list[str]:
    data = f"study,label,value,unit\n1,mr_eroa,{text},{unit}\n".encode()
    return statuses("in.csv", data, long=Long())


def in_parquet(cells: pa.Array, unit: str) -> list[str]:
    file = io.BytesIO()
    pq.write_table(pa.table({"valve": ["MR"], f"eroa_{unit}": cells}), file)
    return statuses("in.parquet", file.getvalue())


def in_frame(cell: object, unit: str) -> list[str]:
    frame = pd.DataFrame({"valve": ["MR"], f"eroa_{unit}": [cell]})
    return list(grade_frame(frame)["echograde_status"])


OF_TEXT: dict[str, Callable[[str, str], list[str]]] = {
    "a case": lambda text, unit: [grade("mitral", eroa=f"{text} {unit}").status],
    "a CSV file of numbers": in_csv,
    "a CSV file of texts": beside_text,
    "a decimal comma": with_decimal_comma,
    "a long file": in_long,
    "texts of a Parquet file": lambda text, unit: in_parquet(pa.array([text]), unit),
    "texts of a frame": in_frame,
}
OF_NUMBER: dict[str, Callable[[float, str], list[str]]] = {
    "a case": lambda value, unit: [grade("mitral", eroa=f"{value} {unit}").status],
    "a bare number": lambda value, unit: [grade("mitral", eroa=value).status],
    "numbers of a Parquet file": lambda value, unit: in_parquet(pa.array([value]), unit),
    "numbers of a frame": in_frame,
    "numpy numbers of a case": lambda value, unit: [grade("mitral", eroa=np.float64(value)).status],
}


@pytest.mark.hazard("all-but-zero")
@pytest.mark.parametrize("unit", ["cm2", "mm2"])
@pytest.mark.parametrize("way", OF_TEXT)
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
def test_a_text(text: str, way: str, unit: str) -> None:
    assert ("rejected" not in OF_TEXT[way](text, unit)) == TEXTS[text]


@pytest.mark.hazard("all-but-zero")
@pytest.mark.parametrize("unit", ["cm2", "mm2"])
@pytest.mark.parametrize("way", OF_NUMBER)
@pytest.mark.parametrize("value", [0.0, -0.0, 5e-324, 1e-320, 1e-99])
def test_a_number(value: float, way: str, unit: str) -> None:
    assert ("rejected" not in OF_NUMBER[way](value, unit)) == (value == 0)


@pytest.mark.parametrize("value", [5e-324, 1e-13, 1e-12, 2e-5, 1e16, 1.5e300, 0.1 + 0.2, -3e-9])
def test_a_number_as_it_is_written_reads_back_as_itself(value: float) -> None:
    assert float(plain(value)) == value
