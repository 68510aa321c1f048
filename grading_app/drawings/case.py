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
from grading_app.drawings.heart import heart_alone, heart_panel, heart_sentences
from grading_app.drawings.heart_outline import HEIGHT as HEART_HEIGHT
from grading_app.drawings.heart_outline import TOP, WIDTH
from grading_app.drawings.svg import Drawing, document, element
from grading_app.drawings.views import USUAL, View
from grading_app.palette import Theme

#: between panels that stand side by side
_GUTTER = 24.0


def drawing(case: Case, theme: Theme, view: View = USUAL, wide: bool = False) -> Drawing:
    """The picture of a case: its panels one above the other, `WIDTH` wide, or the signals beside the heart (`wide`).

    A case that was not graded is drawn from what was entered.

    >>> from grading import grade
    >>> from grading_app.palette import THEMES
    >>> drawing(grade("mitral", vena_contracta_width="7 mm"), THEMES["light"]).title
    'Mitral regurgitation, a schematic drawing'
    """
    signals = [(DOPPLER_HEIGHT, doppler_panel(case, theme))]
    signals += [(FLOW_HEIGHT, flow_panel(case, theme))] if recorded(case) else []
    heart = heart_panel(case, theme, view)
    left, top = (WIDTH + _GUTTER, 0.0) if wide else (0.0, HEART_HEIGHT)
    shapes = [_panel(heart, 0.0, 0.0)]
    for tall, panel in signals:
        shapes.append(_panel(panel, left, top))
        top += tall
    size = (2 * WIDTH + _GUTTER, max(HEART_HEIGHT, top)) if wide else (WIDTH, top)
    title = f"{upper(case.valve)} regurgitation, a schematic drawing"
    return document(title, described(case, view), size, theme, shapes)


def heart_drawing(case: Case, theme: Theme, view: View = USUAL) -> Drawing:
    """The heart of a case with its words, without a heading and without signals, for a frame that has little height."""
    title = f"{upper(case.valve)} regurgitation, a schematic drawing"
    heart = _panel(heart_alone(case, theme, view), 0.0, -TOP)
    sentences = " ".join(f"{upper(sentence)}." for sentence in heart_sentences(case, view))
    return document(title, sentences, (WIDTH, HEART_HEIGHT - TOP), theme, [heart])


def _panel(panel: str, left: float, top: float) -> str:
    return element("g", panel, transform=f"translate({left:g} {top:g})")


def described(case: Case, view: View = USUAL) -> str:
    """The picture in sentences."""
    sentences = [*heart_sentences(case, view), *doppler_sentences(case), *flow_sentences(case)]
    return " ".join(f"{upper(sentence)}." for sentence in sentences)
