"""A Spark frame is graded as one frame would be. It needs `pip install 'echograde[spark]'` and Java, and is left out
without them, but where ECHOGRADE_SPARK=required says that they are there."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from support.paths import EXAMPLE, ROOT

from grading import UsageError, grade_frame

ABSENT = importlib.util.find_spec("pyspark") is None or shutil.which("java") is None
pytestmark = [
    pytest.mark.skipif(ABSENT and os.environ.get("ECHOGRADE_SPARK") != "required", reason="needs PySpark and Java"),
    pytest.mark.slow,
    # PySpark 4.3 says of pandas 3 that it does not fully support it
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        session = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "7").getOrCreate()
        yield session
        session.stop()


STUDIES = pd.read_csv(EXAMPLE, dtype=str, keep_default_na=False)
STUDIES.insert(0, "place", range(len(STUDIES)))
NUMBERS = pd.DataFrame({
    "place": range(40),
    "mr_pisa_radius_cm": [0.4 + row / 50 for row in range(40)],
    "mr_aliasing_velocity_cm_s": [38.0] * 40,
    "mr_peak_velocity_cm_s": [510.0, None] * 20,
    "mr_rvol_ml": [20 + row for row in range(40)],
    "mr_mechanism": ["secondary", None] * 20,
})  # fmt: skip


def as_text(frame: pd.DataFrame) -> list[list[str]]:
    return [
        ["" if pd.isna(cell) else f"{cell:g}" if isinstance(cell, int | float) else str(cell) for cell in row]
        for row in frame.to_numpy(object).tolist()
    ]


@pytest.mark.parametrize("guidelines", ["ase-2017", ["esc-2021", "acc-aha-2020"]], ids=str)
@pytest.mark.parametrize("studies", [STUDIES, NUMBERS], ids=["text", "numbers"])
def test_parts_are_graded_as_the_whole(spark: Any, studies: pd.DataFrame, guidelines: Any) -> None:
    from grading.spark import grade

    parted = spark.createDataFrame(studies).repartition(3)
    graded = grade(parted, guidelines, columns={"place": "ignore"})
    found = graded.toPandas().sort_values("place", ignore_index=True)
    whole = pd.concat([studies, grade_frame(studies, guidelines, columns={"place": "ignore"})], axis=1)
    assert graded.columns == list(found) == list(whole)
    assert as_text(found) == as_text(whole)
    assert len(found) == len(studies)


def test_types_are_known_before_a_row_is_graded(spark: Any, tmp_path: Path) -> None:
    from grading.spark import grade

    graded = grade(spark.createDataFrame(NUMBERS), columns={"place": "ignore"})
    types = {field.name: field.dataType.simpleString() for field in graded.schema}
    assert types["mitral_ase_2017_grade"] == types["mitral_ase_2017_reason"] == types["echograde_status"] == "string"
    assert types["mitral_ase_2017_rule"] == types["mitral_ase_2017_severe_criteria"] == "smallint"
    assert types["mitral_derived_eroa_cm2"] == "double"
    graded.write.parquet(str(tmp_path / "graded"))
    again = spark.read.parquet(str(tmp_path / "graded"))
    assert again.schema.simpleString() == graded.schema.simpleString()
    assert again.count() == 40


def test_a_worker_says_what_cannot_be_used(spark: Any) -> None:
    from grading.spark import grade

    studies = pd.DataFrame({"mr_eroa_mm2": ["45", "<20", "4500000"], "mr_rvol_ml": ["62", "20", "30"]})
    found = grade(spark.createDataFrame(studies)).toPandas()
    assert found["echograde_status"].tolist() == ["graded", "rejected", "rejected"]
    assert "<20" in found["echograde_issues"][1]


REFUSED = [
    ({"note": ["a"]}, {}, "no column names a valve"),
    ({"mr_eroa": [45.0 + row for row in range(20)]}, {}, "units="),
    ({"mr_eroa": [0.4], "mitral_ase_2017_grade": ["severe"]}, {}, "already has a column 'mitral_ase_2017_grade'"),
    ({"mr_eroa": [0.4]}, {"guidelines": "ase-2071"}, "ase-2017"),
]


@pytest.mark.parametrize(("columns", "options", "said"), REFUSED, ids=[row[-1] for row in REFUSED])
def test_what_cannot_be_graded_is_said_before_anything_runs(
    spark: Any, columns: dict[str, list[Any]], options: dict[str, Any], said: str
) -> None:
    from grading.spark import grade

    with pytest.raises(UsageError, match=said):
        grade(spark.createDataFrame(pd.DataFrame(columns)), **options)
