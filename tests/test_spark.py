"""The Spark recipe gives the answers of one frame. It needs `pip install 'echograde[spark]'` and Java, and is left out
without them."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from support.paths import EXAMPLE, ROOT

from grading import grade_frame

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("pyspark") is None or shutil.which("java") is None, reason="needs PySpark and Java"
    ),
    # PySpark 4.3 says of pandas 3 that it does not fully support it
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.syspath_prepend(ROOT / "docs" / "python")
    session = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    yield session
    session.stop()


def test_parts_of_a_spark_frame_are_graded_as_the_whole(spark: Any) -> None:
    from spark_recipe import graded

    studies = pd.read_csv(EXAMPLE, dtype=str, keep_default_na=False)
    studies.insert(0, "place", range(len(studies)))
    parted = spark.createDataFrame(studies).repartition(3)
    found = graded(parted, columns={"place": "ignore"}).toPandas().sort_values("place", ignore_index=True)
    whole = pd.concat([studies, grade_frame(studies, columns={"place": "ignore"})], axis=1)
    assert list(found) == list(whole)
    assert len(found) == len(studies) > 50
    as_text = [[["" if pd.isna(cell) else f"{cell:g}" if isinstance(cell, int | float) else str(cell) for cell in row]
                for row in frame.to_numpy(object).tolist()] for frame in (found, whole)]  # fmt: skip
    assert as_text[0] == as_text[1]
