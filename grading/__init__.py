"""echograde: grades valvular regurgitation from echocardiogram measurements by published tables, and says why.

For education and research; not a medical device.

>>> from grading import grade
>>> grade("aortic", vena_contracta_width="6 mm").grade
'insufficient_data'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from grading.errors import TableError, UsageError
from grading.version import VERSION

if TYPE_CHECKING:
    from grading.case import Case, grade
    from grading.reading.values import Issue
    from grading.reference.guideline import list_guidelines, load_guideline
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

#: name -> its module; imported when first asked for, so that the command, and the processes that it starts, are there
#: before numpy and pandas are
_HOMES = {
    "Case": "grading.case",
    "grade": "grading.case",
    "Issue": "grading.reading.values",
    "list_guidelines": "grading.reference.guideline",
    "load_guideline": "grading.reference.guideline",
    "grade_frame": "grading.rows.frame",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'grading' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
