"""echograde: grades valvular regurgitation from echocardiogram measurements by published tables, and says why.

For education and research; not a medical device.

>>> from grading import grade
>>> grade("aortic", vena_contracta_width="6 mm").grade
'insufficient_data'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grading.case import Case, grade
from grading.errors import TableError, UsageError
from grading.reading.values import Issue
from grading.reference.guideline import list_guidelines, load_guideline
from grading.version import VERSION

if TYPE_CHECKING:
    from grading.rows.frame import grade_frame

__version__ = VERSION
__all__ = [
    "Case",
    "Issue",
    "TableError",
    "UsageError",
    "grade",
    "grade_frame",
    "list_guidelines",
    "load_guideline",
]


def __getattr__(name: str) -> Any:
    """`grade_frame` brings pandas with it, so it is imported when first asked for."""
    if name == "grade_frame":
        from grading.rows.frame import grade_frame

        return grade_frame
    raise AttributeError(f"module 'grading' has no attribute {name!r}")
