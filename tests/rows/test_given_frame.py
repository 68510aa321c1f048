"""What `grade_frame` takes: a frame of any library that speaks Arrow, with what its columns say of one another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from grading import UsageError, grade, grade_frame

WIDTHS, UNITS = [2.0, 8.0], ["mm", "mm"]


def views(texts: list[str]) -> pa.DictionaryArray:
    """Texts by codes, as polars gives its categories."""
    coded = pa.array(texts).dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices.cast(pa.uint32()), coded.dictionary.cast(pa.string_view()))


FRAMES: dict[str, Any] = {
    "pandas": pd.DataFrame({"tr_vc": WIDTHS, "uom": UNITS}),
    "pandas categories": pd.DataFrame({"tr_vc": WIDTHS, "uom": pd.Categorical(UNITS)}),
    "pandas texts": pd.DataFrame({"tr_vc": ["2", "8"], "uom": UNITS}),
    "Arrow": pa.table({"tr_vc": WIDTHS, "uom": UNITS}),
    "Arrow by codes": pa.table({"tr_vc": WIDTHS, "uom": pa.array(UNITS).dictionary_encode()}),
    "categories of polars": pa.table({"tr_vc": WIDTHS, "uom": views(UNITS)}),
    "numbers as categories": pa.table({"tr_vc": views(["2", "8"]), "uom": UNITS}),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_column_of_units_is_used_in_a_frame_of_any_library(frame: Any) -> None:
    assert grade_frame(frame)["tricuspid_ase_2017_grade"].tolist() == ["mild", "severe"]


def test_a_frame_that_ends_in_its_means_is_refused() -> None:
    frame = pd.DataFrame({"id": ["1", "2", "Mean"], "mr_eroa_cm2": [0.1, 0.5, 0.3]})
    with pytest.raises(UsageError, match=r"the last row \('Mean'\) sums up the others"):
        grade_frame(frame)


@pytest.mark.parametrize("prosthesis", [[1, 0], [1.0, 0.0], ["yes", "no"], ["MitraClip", "native"]], ids=str)
def test_a_prosthesis_in_a_frame_is_not_graded(prosthesis: list[Any]) -> None:
    result = grade_frame(pd.DataFrame({"mr_eroa_cm2": [0.5, 0.5], "mitral_prosthesis": prosthesis}))
    assert result["echograde_status"].tolist() == ["rejected", "graded"]


@pytest.mark.parametrize("values", [[2.0, 3.0, 1.0], [2, 8], ["2", "8"]], ids=["plausible in cm", "one not", "texts"])
def test_a_unit_that_a_frame_leaves_open_is_asked_for(values: list[Any]) -> None:
    with pytest.raises(UsageError, match=r"'tr_vc' names no unit, and .*its values .* may (as well )?be in mm"):
        grade_frame(pd.DataFrame({"tr_vc": values}))


NO_FRAMES: dict[str, tuple[Any, str]] = {
    "a column": (pd.Series([0.4], name="mr_eroa_cm2"), "got a Series; give pandas.DataFrame"),
    "a dictionary": ({"mr_eroa_cm2": [0.4]}, "got a dict; give pandas.DataFrame"),
    "rows": ([{"mr_eroa_cm2": 0.4}], "got a list"),
    "an array": (np.zeros((2, 2)), "got a ndarray"),
    "a name": ("studies.csv", "got a str; read the file first"),
    "a path": (Path("studies.csv"), "read the file first"),
    "nothing": (None, "got a NoneType"),
}


@pytest.mark.parametrize(("given", "sentence"), NO_FRAMES.values(), ids=NO_FRAMES)
def test_what_is_no_frame_is_named_in_a_sentence(given: Any, sentence: str) -> None:
    with pytest.raises(UsageError) as error:
        grade_frame(given)
    assert "takes a data frame" in str(error.value) and sentence in str(error.value)


@pytest.mark.parametrize("values", [{"vc_mm": 8}, {"VC": 0.8}, {"vc": "8 mm"}, {"tr_vc_mm": "8"}, {"vc_cm": "0.8 cm"}])
def test_one_case_takes_the_names_of_a_column(values: dict[str, Any]) -> None:
    assert grade("tricuspid", **values).grade == grade("tricuspid", vena_contracta_width=0.8).grade == "severe"
