"""The words beside the heart: what is drawn with which value, where they point, and how they find room."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading_app.drawings.findings import belongs, first_known, is_known, number, printed, value_text, word
from grading_app.drawings.heart_outline import HEIGHT, NOTES_WIDTH, SCALE, Heart, width_name
from grading_app.drawings.jet import Jet, outline
from grading_app.drawings.svg import LETTER, Point

#: the height of a line of a note, and the room between two notes
ROW, APART = 17.0, 7.0


@dataclass(frozen=True, slots=True)
class Note:
    """Words beside the heart, each part on lines of its own, and the point of the drawing they belong to."""

    parts: tuple[str, ...]
    point: Point
    known: bool = True

    @property
    def lines(self) -> list[str]:
        """The words as lines that fit beside the heart."""
        letters = int((NOTES_WIDTH - 8) / LETTER)
        return [row for part in self.parts for row in textwrap.wrap(part, letters)]


def notes(heart: Heart, jet: Jet | None, case: Case) -> list[Note]:
    """What stands beside the heart, and where it points."""
    x, y = heart.orifice
    side = 1 if heart.site.inlet else -1
    found = [*chamber_notes(heart, case), *_jet_notes(heart, jet, case)]
    name = width_name(case)
    found += [Note(printed(case, name), (x + side * heart.gap, y))] if name else []
    radius = (number(case, "pisa_radius") or 0.0) * SCALE
    if first_known(case, ("pisa_radius",)):
        found.append(Note(shell_words(case), (x + side * 0.8 * radius, y - heart.back * 0.6 * radius)))
    tips = {
        "flail_leaflet": (x + heart.gap + 12, y + 32 * heart.back),
        "coaptation_defect": (x + side * heart.gap, y + 3),
    }
    seen = [finding for finding in tips if belongs(case, finding) and word(case, finding) == "yes"]
    return found + [Note((load_catalogue()[finding].label,), tips[finding]) for finding in seen]


def shell_words(case: Case) -> tuple[str, ...]:
    """'r 0.90 cm,' and 'Va 40 cm/s', without what was not measured."""
    catalogue = load_catalogue()
    marks = (("r", "pisa_radius"), ("Va", "aliasing_velocity"))
    said = [f"{mark} {value_text(case, catalogue[name])}" for mark, name in marks if is_known(case, name)]
    return (*(f"{words}," for words in said[:-1]), said[-1])


def chamber_notes(heart: Heart, case: Case) -> list[Note]:
    """The size of each chamber that matters to the valve, with its name."""
    atrium, ventricle = heart.atrium[3], heart.ventricle[2 if heart.site.inlet else -4]
    chambers = (
        (heart.site.atrium, heart.site.atrium_size, atrium),
        (heart.site.ventricle, heart.site.ventricle_size, ventricle),
    )
    catalogue = load_catalogue()
    return [
        Note((f"{chamber}:", f"size {value_text(case, catalogue[size])}"), point, is_known(case, size))
        for chamber, size, point in chambers
        if belongs(case, size)
    ]


def _jet_notes(heart: Heart, jet: Jet | None, case: Case) -> list[Note]:
    if jet is None:
        return []
    points = outline(jet, heart)
    (x, y), (other_x, other_y) = points[2], points[-3]
    parts = tuple(part for pair in jet_words(case, jet) for part in pair)
    return [Note(parts, ((x + other_x) / 2, (y + other_y) / 2), jet.source is not None)]


def jet_words(case: Case, jet: Jet) -> tuple[tuple[str, ...], ...]:
    """What is known of a jet as label and value: its size and its direction; or 'jet not entered'."""
    course = "colour_jet" if jet.course == "wall" else "jet_direction"
    names = [name for name in (jet.source, course) if name and is_known(case, name)]
    said = tuple(printed(case, name) for name in dict.fromkeys(names))
    return said if jet.source else (("jet not entered",), *said)


def note_places(ordered: Sequence[Note], top: float) -> list[float]:
    """The foot of every note's first line: beside its point where there is room, never on another note."""
    heights = [ROW * len(note.lines) + APART for note in ordered]
    places: list[float] = []
    free = top
    for note, height in zip(ordered, heights, strict=True):
        places.append(max(free, note.point[1] - height / 2 + ROW))
        free = places[-1] + height
    limit = HEIGHT
    for row in reversed(range(len(places))):
        limit = min(places[row], limit - heights[row])
        places[row] = limit
    return places
