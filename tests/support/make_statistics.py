"""Data files of SPSS, Stata and SAS made in the test run by pyreadstat and pandas."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

FRAME = pd.DataFrame(
    {
        "id": ["P1", "P2", "P3"],
        "sex": [1.0, 2.0, 9.0],
        "mr_eroa": [0.45, -9.0, 0.12],
        "seen": [datetime.date(2026, 4, 3), None, datetime.date(2025, 1, 1)],
        "flail": [1.0, 0.0, np.nan],
    }
)
SEXES = {"sex": {1: "male", 2: "female"}}


def spss(path: Path, compress: bool = False) -> Path:
    """A .sav or .zsav file: labels of values and of a variable, missing values declared by the user."""
    pyreadstat.write_sav(
        FRAME, path, compress=compress, variable_value_labels=SEXES, column_labels={"mr_eroa": "MR EROA (cm2)"},
        missing_ranges={"sex": [9], "mr_eroa": [-9]},
    )  # fmt: skip
    return path


def portable(path: Path) -> Path:
    """A .por file."""
    pyreadstat.write_por(FRAME, path)
    return path


def stata(path: Path) -> Path:
    """A .dta file with a column in single precision."""
    frame = FRAME.assign(mr_vc=np.array([0.7, 0.2, np.nan], np.float32), seen=pd.to_datetime(FRAME["seen"]))
    frame.to_stata(path, write_index=False, value_labels=SEXES, convert_dates={"seen": "td"})
    return path


def transport(path: Path) -> Path:
    """A .xpt file."""
    pyreadstat.write_xport(FRAME, path, file_format_version=5)
    return path
