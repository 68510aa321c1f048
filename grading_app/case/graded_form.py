"""The case that a form holds, graded: as a whole, and without what was refused, so that the rest stays on view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grading.case import Case, grade
from grading.reading.values import ERROR
from grading.reference.catalogue import load_catalogue
from grading.writing import joined
from grading_app.case.fields import waits_for
from grading_app.case.scope import why_outside, with_scope


@dataclass(frozen=True, slots=True)
class GradedForm:
    """What was typed, as a case; `usable` is the same without what was refused.

    `refused`: the names of the refused measurements. `outside`: why no table grades it, or ''. `is_empty`: nothing
    was measured.
    """

    case: Case
    usable: Case
    said: Mapping[str, str]
    refused: tuple[str, ...]
    outside: str
    is_empty: bool

    @property
    def refused_labels(self) -> str:
        """'EROA and peak velocity'."""
        return joined([load_catalogue()[name].label for name in self.refused])

    @property
    def waiting(self) -> dict[str, str]:
        """Measurement -> the labels of the refused values that it waits for."""
        labels: dict[str, list[str]] = {}
        for name in self.refused:
            for waits in sorted(waits_for([name], self.case.valve)):
                labels.setdefault(waits, []).append(load_catalogue()[name].label)
        return {name: joined(found) for name, found in labels.items()}

    @property
    def gives_a_grade(self) -> bool:
        """True where there is an answer to take away."""
        return not (self.is_empty or self.outside or self.refused)


def graded_form(valve: str, guideline: str, typed: Mapping[str, str], said: Mapping[str, str]) -> GradedForm:
    """Grade what was typed; `said` are the answers about the scope."""
    case = grade(valve, guideline=guideline, **typed)
    refused = tuple(dict.fromkeys(issue.column for issue in case.issues if issue.severity == ERROR))
    is_empty = not case.reading.entered and not case.issues
    kept = {name: value for name, value in typed.items() if name not in refused}
    usable = grade(valve, guideline=guideline, **kept) if refused else case
    usable.explanation = with_scope(usable.explanation, said)
    return GradedForm(case, usable, said, refused, why_outside(said), is_empty)
