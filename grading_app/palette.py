"""The colours of grades, and the inks of figures in light and dark. A word always stands beside a colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: grade -> its colour; they darken from mild to severe and stay apart for protan, deutan and tritan eyes
GRADE_COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "none": "#D9D9D9",
        "trace": "#D9D9D9",
        "mild": "#7FB2E5",
        "not_severe": "#B9C9D6",
        "progressive": "#C77700",
        "moderate": "#C77700",
        "severe": "#7A0177",
        "massive": "#560054",
        "torrential": "#330033",
    }
)


@dataclass(frozen=True, slots=True)
class Theme:
    """What a figure is drawn with: paper, lines and text, lines that matter less, the tissue of the heart and its rim,
    and blood rich and poor in oxygen."""

    paper: str
    ink: str
    faint: str
    tissue: str
    rim: str
    rich: str
    poor: str


#: the two themes, by the name that Streamlit gives them
THEMES: Mapping[str, Theme] = MappingProxyType(
    {
        "light": Theme(
            paper="#FFFFFF",
            ink="#1F2328",
            faint="#626973",
            tissue="#EBC0B6",
            rim="#B0695F",
            rich="#FDF2F0",
            poor="#EEF3FB",
        ),
        "dark": Theme(
            paper="#0E1117",
            ink="#F2F3F5",
            faint="#A3ABB6",
            tissue="#6B423C",
            rim="#C48A80",
            rich="#241719",
            poor="#151D2D",
        ),
    }
)


def luminance(colour: str) -> float:
    """Relative luminance of '#RRGGBB' as WCAG 2.2 defines it, 0 black to 1 white."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG 2.2, 1 to 21.

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(colour: str) -> str:
    """Black or white, whichever is better read on a colour."""
    return max(("#000000", "#FFFFFF"), key=lambda ink: contrast(colour, ink))


def filled(grade: str) -> str:
    """The style of a grade's word on its colour; '' for what has none.

    >>> filled("mild"), filled("indeterminate")
    ('background-color:#7FB2E5;color:#000000', '')
    """
    colour = GRADE_COLOURS.get(grade)
    return f"background-color:{colour};color:{ink_on(colour)}" if colour else ""
