"""The words beside the heart: what is drawn with which value, and where they point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading_app.drawings.curves import at_share, mixed
from grading_app.drawings.findings import belongs, first_known, is_known, number, printed, value_text, word
from grading_app.drawings.heart_outline import Heart, width_name
from grading_app.drawings.jet import Jet, jet_middle, jet_side
from grading_app.drawings.svg import Point
from grading_app.drawings.views import LEAFLETS, View

#: valve -> side of the drawing -> what lies there
_TOWARDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "mitral": {"left": "the septum and the aorta", "right": "the lateral and posterior wall"},
        "aortic": {"left": "the septum", "right": "the anterior mitral leaflet"},
        "tricuspid": {"left": "the free wall", "right": "the septum"},
        "pulmonic": {"left": "the septum", "right": "the free wall"},
    }
)


@dataclass(frozen=True, slots=True)
class Note:
    """Labels with their values, and the point of the heart they belong to, in cm."""

    parts: tuple[tuple[str, str], ...]
    point: Point
    known: bool = True


def notes(heart: Heart, jet: Jet | None, case: Case, view: View) -> list[Note]:
    """What stands beside the heart, and where it points."""
    side = -1 if heart.site.notes_left else 1
    found = [*chamber_notes(heart, case), *_jet_notes(heart, jet, case)]
    name = width_name(case)
    if name:
        found.append(Note((printed(case, name),), heart.leak.at(0.0, side * heart.leak.half)))
    radius = number(case, "pisa_radius") or 0.0
    if first_known(case, ("pisa_radius",)):
        found.append(Note(shell_words(case), heart.leak.at(-0.6 * radius, side * 0.8 * radius)))
    return [*found, *_defects(heart, case, view)]


def _defects(heart: Heart, case: Case, view: View) -> list[Note]:
    """A flail leaflet, and leaflets that do not meet."""
    leaflet = heart.leaflets[1 if heart.closing.flail == "right" else 0]
    which = f"drawn: {flail_name(case.valve, view)}"
    found = [("flail_leaflet", which, at_share(leaflet, 0.95))]
    side = 0 if heart.site.notes_left else 1
    found.append(("coaptation_defect", "", at_share(heart.leaflets[side], 0.7)))
    return [
        Note(((load_catalogue()[name].label, words),), point)
        for name, words, point in found
        if belongs(case, name) and word(case, name) == "yes"
    ]


def flail_name(valve: str, view: View) -> str:
    """The leaflet that is drawn flail.

    >>> from grading_app.drawings.views import View
    >>> flail_name("mitral", View(leaflet="anterior")), flail_name("aortic", View())
    ('anterior leaflet', 'right cusp')
    """
    if valve == "aortic":
        return "right cusp"
    return f"{view.leaflet if valve == 'mitral' else LEAFLETS[1]} leaflet"


def shell_words(case: Case) -> tuple[tuple[str, str], ...]:
    """'PISA' with 'r 0.90 cm' and 'Va 40 cm/s', without what was not measured."""
    catalogue = load_catalogue()
    marks = (("r", "pisa_radius"), ("Va", "aliasing_velocity"))
    words = [f"{mark} {value_text(case, catalogue[name])}" for mark, name in marks if is_known(case, name)]
    return (("PISA", ", ".join(words)),)


def chamber_notes(heart: Heart, case: Case) -> list[Note]:
    """The size of each chamber that matters to the valve, with its name."""
    atrium, ventricle = _edge_points(heart)
    chambers = (
        (heart.site.atrium, heart.site.atrium_size, atrium),
        (heart.site.ventricle, heart.site.ventricle_size, ventricle),
    )
    catalogue = load_catalogue()
    return [
        Note(((f"{chamber}:", f"size {value_text(case, catalogue[size])}"),), point, is_known(case, size))
        for chamber, size, point in chambers
        if belongs(case, size)
    ]


def _edge_points(heart: Heart) -> tuple[Point, Point]:
    """The points of both chambers' walls that lie towards the notes."""
    if heart.site.notes_left:
        return at_share(heart.atrium, 0.72), at_share(heart.ventricle, 0.62)
    ventricle = at_share(heart.ventricle, 0.32 if heart.site.vessel == "aorta" else 0.14)
    return at_share(heart.atrium, 0.3), ventricle


def _jet_notes(heart: Heart, jet: Jet | None, case: Case) -> list[Note]:
    if jet is None:
        return []
    return [Note(jet_words(case, jet), jet_middle(jet, heart), jet.source is not None)]


def jet_words(case: Case, jet: Jet) -> tuple[tuple[str, str], ...]:
    """What is known of a jet as label and value: its size and its direction; or 'jet not entered'."""
    course = "colour_jet" if jet.course == "wall" else "jet_direction"
    names = [name for name in (jet.source, course) if name and is_known(case, name)]
    words = tuple(printed(case, name) for name in dict.fromkeys(names))
    return words if jet.source else (("jet", "not entered"), *words)


def anatomy_notes(heart: Heart, cords: Sequence[Sequence[Point]]) -> list[Note]:
    """What is not measured, to be named where there is room: papillary muscles and chordae."""
    muscles = heart.anatomy.papillaries
    if not muscles:
        return []
    words = "papillary muscles" if len(muscles) > 1 else "papillary muscle"
    base = mixed(muscles[0].outline[0], muscles[0].outline[-1], 0.5)
    found = [Note(((words, ""),), mixed(muscles[0].tip, base, 0.35))]
    return [*found, *(Note((("chordae tendineae", ""),), one[1]) for one in cords[:1])]


def side_sentences(case: Case, heart: Heart, jet: Jet | None, view: View) -> list[str]:
    """The sides that no measurement names: of a flail leaflet, and of a jet that is not central."""
    sentences = []
    if heart.closing.flail:
        sentences.append(f"the flail leaflet is drawn as the {flail_name(case.valve, view)}, which no value says")
    side = jet_side(case, view) if heart.closing.flail else jet.side if jet else ""
    if jet and side:
        sentences.append(f"the jet is drawn towards {_TOWARDS[case.valve][side]}")
    return sentences
