"""The heart of a case through one beat, as one SVG image that moves (SMIL): walls, valves, blood and the leak."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grading.case import Case
from grading.writing import upper
from grading_app.drawings.beat import TIMES, Window, forward_windows, hearts, leak_window
from grading_app.drawings.beat_strip import STRIP, strip
from grading_app.drawings.curves import beside, fine, spaced
from grading_app.drawings.heart_names import Taken, chamber_names, taken_by
from grading_app.drawings.heart_outline import HEIGHT, SITES, WIDTH, Heart, notes_edge
from grading_app.drawings.heart_walls import fading, neighbours, walls
from grading_app.drawings.jet import Jet, jet_defs, jet_of, jet_points, jet_room, outline
from grading_app.drawings.svg import BLOOD, JET, Drawing, Point, Shape, document, element, heading, smooth
from grading_app.drawings.valves import before, chordae, cords, leaflet_shapes, shell_look, shell_radius, streams
from grading_app.drawings.views import USUAL, View
from grading_app.palette import Theme

#: how long a beat is shown, slower than it is [s]
SECONDS = 5.0
#: points of a moving outline, drops of blood in one stream, and how long one is on its way (shares of a beat)
_POINTS, _DROPS, _FLIGHT = 80, 6, 0.15


def beat_drawing(case: Case, theme: Theme, view: View = USUAL) -> Drawing:
    """The moving picture of a case, with a strip below that says when what happens."""
    found = hearts(case, view)
    heart, site = found[0], SITES[case.valve]
    jet = jet_of(case, heart, view)
    shift = notes_edge(case.valve) / 2 if site.notes_left else (WIDTH - notes_edge(case.valve)) / 2
    body = (
        fading(heart, moving([neighbours(one, theme) for one in found])),
        moving([walls(one, case, theme) for one in found]),
        _leak(found, jet, case, theme) if jet and jet.source else "",
        _shell(found, jet, case, theme),
        moving([chordae(one, theme) for one in found]),
        moving([leaflet_shapes(one.leaflets, one, theme) for one in found]),
        moving([leaflet_shapes(one.others, one, theme, "other-leaflet") for one in found]),
        _blood(found, jet, case),
        chamber_names(found[4], _taken(found, jet), theme),
    )
    left = -shift if site.notes_left else shift
    shapes = [
        heading(f"{upper(case.valve)} regurgitation over one beat", theme.ink),
        element("g", "".join(body), transform=f"translate({left:g} 0)"),
        element("g", strip(case, SECONDS, theme), transform=f"translate(0 {HEIGHT:g})"),
    ]
    title = f"{upper(case.valve)} regurgitation over one beat, a schematic moving drawing"
    return document(title, _sentences(case, jet), (WIDTH, HEIGHT + STRIP), theme, shapes)


def _taken(found: Sequence[Heart], jet: Jet | None) -> Taken:
    """What is in the way of names at some moment."""
    squeezing, filling = found[4], found[9]
    leaflets = [line for one in (squeezing, filling) for line in (*one.leaflets, *one.others, *cords(one))]
    lines = [*leaflets, *(lane for way in _ways(filling, squeezing) for lane in _lanes(way))]
    areas = [squeezing.place(outline(jet, squeezing))] if jet else []
    areas += [one.place(muscle.outline) for one in found for muscle in one.anatomy.papillaries]
    return taken_by([squeezing.place(line) for line in lines], areas)


def _sentences(case: Case, jet: Jet | None) -> str:
    site, window = SITES[case.valve], leak_window(case)
    whole = "systole" if site.inlet else "diastole"
    leak = f"blood leaks back into the {site.receiving} in {whole}"
    leak += f", from {window.start:.0%} to {window.end:.0%} of the beat"
    return (
        f"The {site.ventricle} fills, squeezes and fills again. {upper(leak) if jet else 'No leak is drawn'}. "
        "Timing, chambers and flow are schematic; the beat is shown slower than it is."
    )


def moving(frames: Sequence[Sequence[Shape]]) -> str:
    """Shapes that take the outline of every moment in turn; the moments hold the same shapes."""
    return "".join(_moving(list(shapes)) for shapes in zip(*frames, strict=True))


def _moving(shapes: list[Shape]) -> str:
    first = shapes[0]
    if len(first.points) > _POINTS:
        shapes = [replace(shape, points=spaced(_ring(shape), _POINTS)) for shape in shapes]
    look = "".join(element("path", animated("d", [shape.way for shape in shapes]), d=shapes[0].way, **_look(first)))
    return look if len({shape.way for shape in shapes}) > 1 else first.svg


def _ring(shape: Shape) -> Sequence[Point]:
    return [*shape.points, shape.points[0]] if shape.closed else shape.points


def _look(shape: Shape) -> dict[str, str | float]:
    return {"fill": "none", **shape.look}


def animated(name: str, values: Iterable[str], times: Iterable[float] = TIMES) -> str:
    """An attribute that takes values at times of every beat (shares of it), and all that lies between."""
    return element(
        "animate",
        attributeName=name,
        dur=f"{SECONDS:g}s",
        repeatCount="indefinite",
        keyTimes=";".join(f"{time:.3f}" for time in times),
        values=";".join(values),
    )


def _leak(found: Sequence[Heart], jet: Jet, case: Case, theme: Theme) -> str:
    """The jet, which grows and fades with the leak, inside its chamber."""
    window = leak_window(case)
    grown = [replace(jet, share=jet.share * (0.2 + 0.8 * window.amount(time))) for time in TIMES]
    edges = [Shape(jet_points(one, heart), {}, closed=True) for one, heart in zip(grown, found, strict=True)]
    rooms = [
        [Shape(heart.place(ring), {"fill": theme.ink}, closed=True) for ring in jet_room(heart)] for heart in found
    ]
    clip = element("clipPath", moving(rooms), id="chamber")
    way = animated("d", [edge.way for edge in edges])
    soft = element("path", way, d=edges[0].way, fill="url(#flow)", filter="url(#soft)")
    patches = element("path", way, d=edges[0].way, fill=JET[1], filter="url(#mosaic)", opacity=0.45)
    fade = element("g", soft + patches + _fading(window), opacity=0.0, class_="jet")
    return element("defs", clip + jet_defs(found[4])) + element("g", fade, clip_path="url(#chamber)")


def _rooms(heart: Heart, rings: Iterable[Sequence[Point]], theme: Theme) -> list[Shape]:
    """Rings that clip what is drawn."""
    return [Shape(heart.place(ring), {"fill": theme.ink}, closed=True) for ring in rings]


def _fading(window: Window) -> str:
    """Opacity that follows a window of flow."""
    start, end = max(0.001, window.start), min(0.999, window.end)
    times = (0.0, start, min(start + 0.03, end), max(end - 0.03, start), end, 1.0)
    if times[2] >= times[3]:
        times = (0.0, start, (start + end) / 2 - 0.001, (start + end) / 2 + 0.001, end, 1.0)
    return animated("opacity", ("0", "0", "1", "1", "0", "0"), times)


def _shell(found: Sequence[Heart], jet: Jet | None, case: Case, theme: Theme) -> str:
    """The shell of flow convergence while blood leaks."""
    radius = shell_radius(case)
    if not radius or jet is None:
        return ""
    arc = [(0.0, -1.0), (-0.5, -0.866), (-0.866, -0.5), (-1.0, 0.0), (-0.866, 0.5), (-0.5, 0.866), (0.0, 1.0)]
    arcs = [one.place(fine([one.leak.at(along * radius, across * radius) for along, across in arc])) for one in found]
    shells = [[Shape(points, shell_look(theme), closed=True)] for points in arcs]
    rooms = [_rooms(one, [spaced(before(one), _POINTS)], theme) for one in found]
    clip = element("defs", element("clipPath", moving(rooms), id="before"))
    fade = element("g", moving(shells) + _fading(leak_window(case)), opacity=0.0)
    return clip + element("g", fade, clip_path="url(#before)")


def _blood(found: Sequence[Heart], jet: Jet | None, case: Case) -> str:
    """Drops of blood on their ways: in, out, and back through the leak."""
    filling, squeezing = found[9], found[4]
    colour = BLOOD[filling.anatomy.ventricle.rich]
    ways = zip(
        (filling, squeezing), (streams(filling, 1.7)[0], streams(squeezing, 1.7)[1]), forward_windows(), strict=True
    )
    drops = "".join(
        _stream(heart.place(lane), window, colour)
        for heart, way, windows in ways
        for window in windows
        for lane in _lanes(way)
    )
    if jet is None:
        return drops
    heart = squeezing if filling.site.inlet else found[10]
    way = [heart.leak.at(-1.6, 0.0), heart.leak.at(-0.6, 0.0), heart.leak.at(0.0, 0.0), *_core(jet, heart)]
    return drops + _stream(heart.place(way), leak_window(case), JET[0])


def _ways(filling: Heart, squeezing: Heart) -> tuple[list[Point], list[Point]]:
    """The ways in and out; they are longer in a ventricle that is cut along its length."""
    reach = 1.7 if filling.anatomy.papillaries else 1.0
    return streams(filling, reach)[0], streams(squeezing, reach)[1]


def _lanes(way: list[Point]) -> list[list[Point]]:
    """Three ways side by side."""
    return [beside(way, [side] * len(way)) for side in (-0.34, 0.0, 0.34)] if way else []


def _core(jet: Jet, heart: Heart) -> list[Point]:
    """The middle of a jet from its neck to its tip."""
    edge = spaced(fine(outline(jet, heart)), 41)
    pairs = [(edge[place], edge[-1 - place]) for place in (6, 11, 15)]
    return [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairs]


def _stream(way: Sequence[Point], window: Window, colour: str) -> str:
    """Drops that leave one after the other while a window is open."""
    flight = min(_FLIGHT, 0.9 * (window.end - window.start))
    last = window.end - flight - window.start
    starts = [window.start + last * drop / (_DROPS - 1) for drop in range(_DROPS)]
    return "".join(_drop(smooth(way), start, start + flight, colour) for start in starts)


def _drop(way: str, start: float, end: float, colour: str) -> str:
    times = (0.0, max(0.001, start), min(0.999, end), 1.0)
    listed = ";".join(f"{time:.3f}" for time in times)
    motion = element(
        "animateMotion",
        path=way,
        dur=f"{SECONDS:g}s",
        repeatCount="indefinite",
        calcMode="linear",
        keyPoints="0;0;1;1",
        keyTimes=listed,
    )
    seen = animated("opacity", ("0", "0", "1", "1", "0", "0"), _seen(times[1], times[2]))
    return element("circle", motion + seen, r=4.0, fill=colour, stroke="#FFFFFF", stroke_width=0.8, opacity=0.0,
                   class_="drop")  # fmt: skip


def _seen(start: float, end: float) -> tuple[float, ...]:
    step = min(0.015, (end - start) / 3)
    return (0.0, start, start + step, end - step, end, 1.0)
