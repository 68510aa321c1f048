"""One patient, one valve: read what was typed, grade it as a one-row batch, keep everything an explanation needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, overload

from grading.columns.measurement_names import by_catalogue_name
from grading.engine.uses import used_by
from grading.explanation.comparison import compare, comparison_text
from grading.explanation.describe import as_dict, describe
from grading.explanation.explanation import Explanation
from grading.explanation.graded import GradedCase
from grading.explanation.terminal import explanation_text
from grading.reading.values import read_values
from grading.reference.catalogue import check_valve, load_catalogue
from grading.reference.guideline import DEFAULT_GUIDELINE


class Case(GradedCase):
    """The graded case, and what can be asked of it."""

    @cached_property
    def explanation(self) -> Explanation:
        """Every criterion, its band and place, the rule, what disagrees; what one more value could change is worked
        out when it is asked for."""
        return describe(self)

    def explain(self) -> str:
        """Every criterion, its band and place, the rule, what is missing and what would change it, for a terminal."""
        return explanation_text(self.explanation)

    def compare(self, guidelines: Sequence[str] | None = None) -> str:
        """The same values by every guideline that covers the valve (or by those named): where they differ, and why."""
        return comparison_text(compare(self, guidelines))

    def to_dict(self) -> dict[str, Any]:
        """The same as `explain`, as plain dictionaries and lists ready for JSON."""
        return as_dict(self.explanation)


@overload
def grade(valve: str, guideline: str = DEFAULT_GUIDELINE, **values: Any) -> Case: ...
@overload
def grade(valve: str, guideline: Sequence[str], **values: Any) -> list[Case]: ...
def grade(valve: str, guideline: str | Sequence[str] = DEFAULT_GUIDELINE, **values: Any) -> Case | list[Case]:
    """Grade one valve of one patient.

    Args:
        valve: mitral, aortic, tricuspid or pulmonic.
        guideline: an id of `list_guidelines()`; a list of ids gives a list of Cases.
        values: measurements by catalogue name or alias (`vc`, `vc_mm`); a number is in the catalogue's unit unless the
            name ends in another, and a text may carry its own ('45 mm2').
    Returns:
        A Case; an impossible or unreadable value gives status 'rejected' with the sentence in `issues`.
    Raises:
        UsageError: for a valve, guideline or measurement that does not exist.

    >>> case = grade("mitral", eroa=0.45, regurgitant_volume=62, regurgitant_fraction=52)
    >>> case.grade, case.certainty, case.rule
    ('severe', 'quantified', 15)
    >>> grade("mitral", eroa="35 cm2").status
    'rejected'
    >>> grade("tricuspid", vc_mm=8).grade == grade("tricuspid", vena_contracta_width=0.8).grade
    True
    """
    valve = check_valve(valve)
    guidelines = [guideline] if isinstance(guideline, str) else guideline or [DEFAULT_GUIDELINE]
    named = by_catalogue_name(values, valve)
    used = used_by(tuple(guidelines), valve)
    unused = [name for name in named if name in load_catalogue() and load_catalogue()[name].shared and name not in used]
    reading = read_values(named, valve, guidelines, unused)
    if isinstance(guideline, str) or guideline is None:
        return Case.of(valve, guideline, reading)
    return [Case.of(valve, each, reading) for each in guideline]
