"""A recipe: a Spark data frame graded by parts, with the answers that `grade_frame` gives for all rows at once.

    from pyspark.sql import SparkSession
    from spark_recipe import graded

    studies = SparkSession.builder.getOrCreate().read.parquet("studies.parquet")
    graded(studies, valve="mitral").write.parquet("graded.parquet")

Needs PySpark 4 and Java, and the same echograde wherever a worker runs. No row is lost or doubled when Spark repeats a
part, for what comes of a part depends on its rows alone. Spark keeps no order; keep an id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame

from grading import grade_frame

#: what Spark calls a column of pandas by the letter of its kind; the rest is text
SPARK_TYPES = {"f": "double", "i": "smallint"}


def graded(studies: DataFrame, **options: Any) -> DataFrame:
    """The rows of `studies` with their results behind them.

    Args:
        studies: one study or one valve a row; numbers, or text as in a CSV file.
        options: what `grade_frame` takes besides the rows: guidelines, valve, columns, units, constants, missing.
    Raises:
        UsageError: when the columns do not say what to grade. When a column of one part looks to be in another unit,
        the sentence stands within Spark's own error: say the unit, for few rows tell less than all.
    """
    results = grade_frame(studies.limit(0).toPandas(), **options).dtypes
    named = ", ".join(f"`{name}` {SPARK_TYPES.get(kind.kind, 'string')}" for name, kind in results.items())

    def part_by_part(parts: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for part in parts:
            yield pd.concat([part, grade_frame(part, **options)], axis=1)

    given = ", ".join(f"`{field.name}` {field.dataType.simpleString()}" for field in studies.schema)
    return studies.mapInPandas(part_by_part, f"{given}, {named}")
