"""A case as a picture: the heart at the leaking valve, the Doppler signal of the leak, and the flow beside it.

What was measured in cm, m/s or ms is drawn to scale; the rest is schematic, and broken lines say what was not entered.
No cut-off is drawn.
"""

from __future__ import annotations

from grading.case import Case
from grading.writing import upper
from grading_app.drawings.doppler import HEIGHT as DOPPLER_HEIGHT
from grading_app.drawings.doppler import doppler_panel, doppler_sentences
from grading_app.drawings.flow import HEIGHT as FLOW_HEIGHT
from grading_app.drawings.flow import flow_panel, flow_sentences, recorded
from grading_app.drawings.heart import heart_panel, heart_sentences
from grading_app.drawings.heart_outline import HEIGHT as HEART_HEIGHT
from grading_app.drawings.heart_outline import WIDTH
from grading_app.drawings.svg import Drawing, document, element
from grading_app.drawings.views import USUAL, View
from grading_app.palette import Theme


def drawing(case: Case, theme: Theme, view: View = USUAL) -> Drawing:
    """The picture of a case, `WIDTH` wide, with its panels one above the other.

    A case that was not graded is drawn from what was entered.

    >>> from grading import grade
    >>> from grading_app.palette import THEMES
    >>> drawing(grade("mitral", vena_contracta_width="7 mm"), THEMES["light"]).title
    'Mitral regurgitation, a schematic drawing'
    """
    panels = [(HEART_HEIGHT, heart_panel(case, theme, view)), (DOPPLER_HEIGHT, doppler_panel(case, theme))]
    panels += [(FLOW_HEIGHT, flow_panel(case, theme))] if recorded(case) else []
    shapes, height = [], 0.0
    for tall, panel in panels:
        shapes.append(element("g", panel, transform=f"translate(0 {height:g})"))
        height += tall
    title = f"{upper(case.valve)} regurgitation, a schematic drawing"
    return document(title, described(case, view), (WIDTH, height), theme, shapes)


def described(case: Case, view: View = USUAL) -> str:
    """The picture in sentences."""
    said = [*heart_sentences(case, view), *doppler_sentences(case), *flow_sentences(case)]
    return " ".join(f"{upper(sentence)}." for sentence in said)
