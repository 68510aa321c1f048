"""Two cases on one page to print: what each is, its grade, its drawing, and what every criterion says."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from grading.explanation.explanation import Explanation
from grading.explanation.report import NOTICE, signed
from grading.explanation.sentences import citation
from grading_app.html.case import verdict_html
from grading_app.html.render import render, style_html
from grading_app.html.side_by_side import lights_html
from grading_app.palette import THEMES


@dataclass(frozen=True, slots=True)
class Side:
    """One case of a handout: its name, its story ('' for none), its explanation, and its drawing as HTML."""

    name: str
    story: str
    case: Explanation
    picture: Markup

    @property
    def verdict(self) -> Markup:
        """The grade in its frame."""
        return verdict_html(self.case)


def handout(pair: tuple[Side, Side]) -> Markup:
    """A whole page to print; both cases are graded by the same table."""
    left, right = pair
    html = render(
        "handout_page.html",
        layout="eg-upright eg-handout",
        style=style_html(THEMES["light"]),
        title=f"{left.name} beside {right.name}",
        sides=pair,
        lights=lights_html((left.case, right.case), (left.name, right.name)),
        citation=citation(left.case),
        signed=signed(),
        notice=NOTICE,
    )
    return html + "\n"
