"""The heart panel: the chambers at the leaking valve, its leaflets and the leak; lengths in cm are to scale."""

from __future__ import annotations

from collections.abc import Iterable

from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.writing import joined, quantity, upper
from grading_app.drawings.callouts import Callout, Column, arranged, callout_shapes, leader, lines_of, tall
from grading_app.drawings.curves import fine
from grading_app.drawings.findings import belongs, printed
from grading_app.drawings.heart_names import Taken, names, taken_by
from grading_app.drawings.heart_notes import Note, anatomy_notes, chamber_notes, jet_words, notes, side_sentences
from grading_app.drawings.heart_outline import HEIGHT, SCALE, SITES, TOP, WIDTH, Heart, heart_of, notes_edge, width_name
from grading_app.drawings.heart_walls import fading, neighbours, walls
from grading_app.drawings.jet import Jet, jet_of, jet_shapes, outline
from grading_app.drawings.svg import Point, Shape, arrow, heading, line, text
from grading_app.drawings.valves import chordae, cords, leaflet_shapes, shell, shell_radius, stream, width_mark
from grading_app.drawings.views import USUAL, View
from grading_app.palette import Theme

_PHASES = {True: "systole", False: "diastole"}
#: valve -> the view it is drawn in
_VIEWS = {
    "mitral": "a schematic apical five-chamber view, the apex",
    "aortic": "a schematic apical five-chamber view, the apex",
    "tricuspid": "a schematic apical four-chamber view, the apex",
    "pulmonic": "a schematic short-axis view of the great vessels, the right ventricle",
}


def heart_panel(case: Case, theme: Theme, view: View = USUAL) -> str:
    """The heart panel of a case with its heading, `HEIGHT` high."""
    site = SITES[case.valve]
    return heading(f"{upper(case.valve)} valve in {_PHASES[site.inlet]}", theme.ink) + heart_alone(case, theme, view)


def heart_alone(case: Case, theme: Theme, view: View = USUAL) -> str:
    """The heart and its notes, from `TOP` to `HEIGHT`."""
    heart = heart_of(case, view)
    jet = jet_of(case, heart, view)
    column = _column(case.valve, heart.site.notes_left)
    placed = arranged(_callouts(heart, jet, case, view, column, theme), column)
    leaders = [leader(one, top, column) for one, top in placed]
    shapes = (
        heart_shapes(heart, jet, case, theme),
        names(heart, _taken(heart, jet, case, leaders), theme),
        callout_shapes(placed, column, theme.ink, theme.paper),
        _scale_bar(heart, theme),
    )
    return "".join(shapes)


def heart_shapes(heart: Heart, jet: Jet | None, case: Case, theme: Theme) -> str:
    """The heart without words."""

    def drawn(shapes: Iterable[Shape]) -> str:
        return "".join(shape.svg for shape in shapes)

    return "".join(
        (
            fading(heart, drawn(neighbours(heart, theme))),
            drawn(walls(heart, case, theme)),
            "".join(arrow(heart.place(way), theme.faint, 5.0, stroke_opacity=0.75) for way in stream(heart)),
            drawn(leaflet_shapes(heart.others, heart, theme, "other-leaflet")),
            jet_shapes(jet, heart, theme) if jet else "",
            shell(heart, case, theme),
            drawn(chordae(heart, theme)),
            drawn(leaflet_shapes(heart.leaflets, heart, theme)),
            width_mark(heart, case, theme),
        )
    )


def _column(valve: str, left: bool) -> Column:
    """Where the notes stand: above the scale bar."""
    return Column(notes_edge(valve), 8.0 if left else WIDTH - 6, TOP + 4, HEIGHT - 40, left)


def _callouts(heart: Heart, jet: Jet | None, case: Case, view: View, column: Column, theme: Theme) -> list[Callout]:
    """What is measured, and what is only there as far as there is room."""
    found = [_callout(note, heart, column, theme) for note in notes(heart, jet, case, view)]
    for note in anatomy_notes(heart, cords(heart)):
        more = [*found, _callout(note, heart, column, theme)]
        found = more if tall(more) < column.bottom - column.top else found
    return found


def _callout(note: Note, heart: Heart, column: Column, theme: Theme) -> Callout:
    lines = tuple(row for label, value in note.parts for row in lines_of(label, value, column.room))
    return Callout(lines, heart.place([note.point])[0], theme.ink if note.known else theme.faint)


def _taken(heart: Heart, jet: Jet | None, case: Case, leaders: list[tuple[Point, Point]]) -> Taken:
    """What the names inside the heart may not lie on."""
    radius = shell_radius(case)
    ends = [heart.leak.at(0.0, -radius), heart.leak.at(-radius, 0.0), heart.leak.at(0.0, radius)]
    areas = [heart.place(muscle.outline) for muscle in heart.anatomy.papillaries]
    areas += [heart.place(outline(jet, heart))] if jet else []
    areas += [heart.place(fine(ends))] if radius else []
    lines = [heart.place(one) for one in (*heart.leaflets, *heart.others, *heart.anatomy.cusps)]
    lines += [heart.place(one) for one in cords(heart)] + [heart.place(way) for way in stream(heart)]
    return taken_by([*lines, *leaders], areas)


def _scale_bar(heart: Heart, theme: Theme) -> str:
    unit = load_catalogue().numbers["vena_contracta_width"].unit
    x = 8.0 if heart.site.notes_left else WIDTH - 8 - SCALE
    y = HEIGHT - 14
    ends = "".join(line((end, y - 4), (end, y + 4), theme.ink, stroke_width=1.5) for end in (x, x + SCALE))
    bar = line((x, y), (x + SCALE, y), theme.ink, stroke_width=2.0, class_="scale") + ends
    beside, anchor = (x + SCALE + 8, "start") if heart.site.notes_left else (x - 8, "end")
    return bar + text((beside, y + 5), quantity("1", unit), theme.ink, anchor)


def heart_sentences(case: Case, view: View = USUAL) -> list[str]:
    """The heart panel in words: what is drawn with which values, and what is only schematic."""
    heart = heart_of(case, view)
    jet, site = jet_of(case, heart, view), heart.site
    parts = [site.ventricle, site.atrium, *([site.vessel] if heart.anatomy.vessel else [])]
    sentences = [f"{upper(joined(parts))} in {_PHASES[site.inlet]}"]
    sentences[0] += f"; the leak runs back into the {site.receiving}"
    sentences.append(f"{_VIEWS[case.valve]} {view.apex}")
    sentences += [" ".join(part) for note in chamber_notes(heart, case) for part in note.parts]
    sentences += [", ".join(" ".join(pair) for pair in jet_words(case, jet)) if jet else "no jet is drawn"]
    sentences += side_sentences(case, heart, jet, view)
    width = width_name(case) or "vena_contracta_width"
    names = (width, "pisa_radius", "aliasing_velocity", "flail_leaflet", "coaptation_defect")
    sentences += [" ".join(printed(case, name)) for name in names if belongs(case, name)]
    measured = [name for name in ("vena contracta", "shell of flow convergence") if belongs(case, width)]
    scaled = f"{' and '.join(measured)} are to the scale of the bar; " if measured else ""
    return [*sentences, f"{scaled}chambers, leaflets and jet are schematic"]
