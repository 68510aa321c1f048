"""The heart panel: the chambers at the leaking valve, its leaflets and the leak; lengths in cm are to scale."""

from __future__ import annotations

from collections.abc import Iterable

from grading.case import Case
from grading.reference.catalogue import load_catalogue
from grading.writing import quantity, upper
from grading_app.drawings.findings import belongs, is_known, number, printed, word
from grading_app.drawings.heart_notes import ROW, Note, chamber_notes, jet_words, note_places, notes
from grading_app.drawings.heart_outline import BASE, HEIGHT, SCALE, WIDTH, Heart, gap_width, heart_of, width_name
from grading_app.drawings.jet import jet_of, jet_shapes
from grading_app.drawings.svg import JET, LETTER, TEXT, Point, arrow, dash, element, line, path, smooth, straight, text
from grading_app.palette import Theme

_TOP = 62.0
_PHASES = {True: "systole", False: "diastole"}


def heart_panel(case: Case, theme: Theme) -> str:
    """The heart panel of a case, `HEIGHT` high."""
    heart = heart_of(case)
    jet = jet_of(case, heart)
    shapes = [_heading(heart, case.valve, theme), _walls(heart, case, theme), _names(heart, theme)]
    shapes += [jet_shapes(jet, heart, theme)] if jet else []
    shapes += [_shell(heart, case, theme), _neighbour(heart, theme), _leaflets(heart, case, theme)]
    shapes += [_width_mark(heart, case, theme), _notes(heart, notes(heart, jet, case), theme), _scale_bar(heart, theme)]
    return "".join(shapes)


def _heading(heart: Heart, valve: str, theme: Theme) -> str:
    words = f"{upper(valve)} valve in {_PHASES[heart.site.inlet]}"
    vessel = heart.place([(sum(heart.outlet) / 2, 48.0)])[0]
    anchor = "middle" if heart.site.vessel == "aorta" else "end" if vessel[0] > WIDTH / 2 else "start"
    edge = {"middle": vessel[0], "end": WIDTH - 8, "start": 8.0}[anchor]
    name = text((edge, 48.0), heart.site.vessel, theme.ink, anchor)
    return text((8.0, 24.0), words, theme.ink, font_size=18.0, font_weight="bold") + name


def _walls(heart: Heart, case: Case, theme: Theme) -> str:
    muscle = 7.0 if heart.site.right_heart else 14.0
    chambers = (
        (heart.ventricle, heart.site.ventricle_size, muscle),
        (heart.atrium, heart.site.atrium_size, 6.0),
    )
    vessel = "".join(
        _tissue(heart.place(wall), 6.0, theme) + path(smooth(heart.place(wall)), stroke=theme.faint)
        for wall in _vessel(heart)
    )
    return vessel + "".join(
        _tissue(heart.place(points), width, theme) + _edge(heart.place(points), case, size, theme)
        for points, size, width in chambers
    )


def _names(heart: Heart, theme: Theme) -> str:
    """The names of the chambers where there is room: an atrium that takes the leak is named beside the heart."""
    middle, inlet = (heart.outlet[0] + heart.inlet[1]) / 2, sum(heart.inlet) / 2
    rows = [(heart.site.ventricle, (middle, BASE + 138))]
    if not heart.site.inlet:
        words = heart.site.atrium.split()
        rows += [(name, (inlet, BASE - 62 + ROW * row)) for row, name in enumerate(words)]
    return "".join(text(heart.place([place])[0], name, theme.ink, "middle") for name, place in rows)


def _tissue(points: list[Point], width: float, theme: Theme) -> str:
    return path(smooth(points), stroke=theme.tissue, stroke_width=width, stroke_linecap="round")


def _edge(points: list[Point], case: Case, size: str, theme: Theme) -> str:
    """The edge of a chamber: broken where its size matters and was not entered, faint where it does not matter."""
    if not belongs(case, size):
        return path(smooth(points), stroke=theme.faint, stroke_width=1.0)
    return path(smooth(points), stroke=theme.ink, stroke_width=1.5, **dash(is_known(case, size)))


def _vessel(heart: Heart) -> list[list[Point]]:
    """Both walls of the great vessel, with the bulge above its valve."""
    walls = zip(heart.outlet, (-1, 1), strict=True)
    return [[(x, BASE), (x + 5 * s, BASE - 16), (x + 3 * s, BASE - 34), (x, BASE - 48), (x, 64.0)] for x, s in walls]


def _leaflets(heart: Heart, case: Case, theme: Theme) -> str:
    """The leaflets of the leaking valve in the phase in which it should be closed."""
    points = leaflet_points(heart, word(case, "coaptation_defect") == "yes", word(case, "flail_leaflet") == "yes")
    return "".join(
        path(smooth(heart.place(one)), stroke=theme.ink, stroke_width=4.0, stroke_linecap="round") for one in points
    )


def leaflet_points(heart: Heart, apart: bool, flail: bool) -> list[list[Point]]:
    """Both leaflets from hinge to tip: they meet along a length, end short of each other, or one overshoots."""
    left, right = heart.leaking
    x, y = heart.orifice
    meet = 0.0 if apart else -8.0 * heart.back
    sag = BASE + (6 if heart.site.inlet else 12)
    one = [(left, BASE), ((left + x - heart.gap) / 2, sag), (x - heart.gap - 2, y), (x - heart.gap - 2, y + meet)]
    other = [(2 * x - a + (left + right - 2 * x), b) for a, b in one]
    if flail:
        tip = y + 34 * heart.back
        other = [(right, BASE), ((right + x) / 2 + 14, y + 12 * heart.back), (x + heart.gap + 12, tip)]
        other.append((x + heart.gap + 2, tip - 8 * heart.back))
    return [one, other]


def _neighbour(heart: Heart, theme: Theme) -> str:
    """The other valve, open, with the flow through it."""
    left, right = heart.outlet if heart.site.inlet else heart.inlet
    forward = -1.0 if heart.site.inlet else 1.0
    middle = (left + right) / 2
    leaflets = [[(left, BASE), (left + 5, BASE + 26 * forward)], [(right, BASE), (right - 5, BASE + 26 * forward)]]
    shapes = [path(straight(heart.place(one)), stroke=theme.ink, stroke_width=3.0) for one in leaflets]
    way = heart.place([(middle, BASE - 32 * forward), (middle, BASE + 10 * forward), (middle, BASE + 46 * forward)])
    return "".join(shapes) + arrow(way, theme.faint, 5.0)


def _shell(heart: Heart, case: Case, theme: Theme) -> str:
    """The shell of flow convergence before the orifice, a half circle of the measured radius."""
    radius = (number(case, "pisa_radius") or 0.0) * SCALE if belongs(case, "pisa_radius") else 0.0
    if not radius:
        return ""
    x, y = heart.place([heart.orifice])[0]
    sweep = 0 if heart.site.inlet else 1
    shape = f"M{x - radius:.2f} {y:.2f} A{radius:.2f} {radius:.2f} 0 0 {sweep} {x + radius:.2f} {y:.2f} Z"
    return path(shape, fill=JET[1], fill_opacity=0.55, stroke=theme.ink, stroke_width=1.5, class_="shell")


def _width_mark(heart: Heart, case: Case, theme: Theme) -> str:
    """The measured width of the vena contracta between two marks."""
    width = gap_width(case)
    if not width:
        return ""
    x, y = heart.place([heart.orifice])[0]
    bar = line((x - width / 2, y), (x + width / 2, y), theme.ink, stroke_width=2.5, class_="vena-contracta")
    ends = (x - width / 2, x + width / 2)
    return bar + "".join(line((end, y - 6), (end, y + 6), theme.ink, stroke_width=1.5) for end in ends)


def _notes(heart: Heart, found: Iterable[Note], theme: Theme) -> str:
    """Notes in the order of what they point at, so that their lines do not cross."""
    ordered = sorted(found, key=lambda note: note.point[1])
    places = note_places(ordered, _TOP if heart.site.notes_left else _TOP - 14)
    return "".join(_note(heart, note, y, theme) for note, y in zip(ordered, places, strict=True))


def _note(heart: Heart, note: Note, y: float, theme: Theme) -> str:
    ink = theme.ink if note.known else theme.faint
    x, anchor, side = (8.0, "start", 1) if heart.site.notes_left else (WIDTH - 8, "end", -1)
    lines = "".join(text((x, y + ROW * row), said, ink, anchor) for row, said in enumerate(note.lines))
    middle = y - TEXT / 3 + ROW * (len(note.lines) - 1) / 2
    start = (x + side * (LETTER * max(map(len, note.lines)) + 4), middle)
    end = heart.place([note.point])[0]
    dot = element("circle", cx=end[0], cy=end[1], r=2.5, fill=theme.ink)
    return lines + line(start, end, theme.ink, stroke_width=1.0) + dot


def _scale_bar(heart: Heart, theme: Theme) -> str:
    unit = load_catalogue().numbers["vena_contracta_width"].unit
    x = WIDTH - 8 - SCALE if heart.site.notes_left else 8.0
    y = HEIGHT - 14
    ends = "".join(line((end, y - 4), (end, y + 4), theme.ink, stroke_width=1.5) for end in (x, x + SCALE))
    bar = line((x, y), (x + SCALE, y), theme.ink, stroke_width=2.0, class_="scale") + ends
    beside, anchor = (x - 8, "end") if heart.site.notes_left else (x + SCALE + 8, "start")
    return bar + text((beside, y + 5), quantity("1", unit), theme.ink, anchor)


def heart_sentences(case: Case) -> list[str]:
    """The heart panel in words: what is drawn with which values, and what is only schematic."""
    heart = heart_of(case)
    jet, site = jet_of(case, heart), heart.site
    said = [f"{upper(site.ventricle)}, {site.atrium} and {site.vessel} in {_PHASES[site.inlet]}"]
    said[0] += f"; the leak runs back into the {site.receiving}"
    said += [" ".join(note.parts) for note in chamber_notes(heart, case)]
    said += [", ".join(" ".join(pair) for pair in jet_words(case, jet)) if jet else "no jet is drawn"]
    width = width_name(case) or "vena_contracta_width"
    names = (width, "pisa_radius", "aliasing_velocity", "flail_leaflet", "coaptation_defect")
    said += [" ".join(printed(case, name)) for name in names if belongs(case, name)]
    measured = [name for name in ("vena contracta", "shell of flow convergence") if belongs(case, width)]
    scaled = f"{' and '.join(measured)} are to the scale of the bar; " if measured else ""
    return [*said, f"{scaled}chambers, leaflets and jet are schematic"]
