"""An agreement as a figure: a page of HTML or a drawing in SVG, without scripts and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from grading.agreement.question import Answer
from grading.agreement.text import (
    STATISTICS,
    as_csv,
    aside_sentences,
    estimate_text,
    range_sentences,
    reading_sentences,
    scale_sentences,
    statistic_notes,
    title,
    told,
)
from grading.errors import UsageError, why
from grading.explanation.report import NOTICE
from grading.formats.whole_file import permissions_of, write_whole
from grading.writing import upper


@dataclass(frozen=True, slots=True)
class Distance:
    """How far two grades are apart: the word, its colour, and the colour of text on it."""

    word: str
    fill: str
    ink: str


#: by grades apart; darker is farther
_DISTANCES = (
    Distance("agree", "#DCEAF7", "#000000"),
    Distance("one apart", "#F3C969", "#000000"),
    Distance("two or more apart", "#A1440B", "#FFFFFF"),
)
_BLANK = Distance("", "#FFFFFF", "#111111")
_CELL_WIDTH, _CELL_HEIGHT, _LETTER = 104, 44, 8


@dataclass(frozen=True, slots=True)
class Cell:
    """Rows of the file in one cell of the matrix, and the place of its distance."""

    count: int
    apart: int


def as_html(answer: Answer) -> str:
    """The whole agreement as one page; every text of the file is escaped. Raises UsageError without jinja2."""
    found = answer.agreement
    counted = f"{found.rows} rows in {answer.question.path.name}: {found.compared} compared, the others set aside."
    return _filled(
        "figure.html",
        **_matrix(answer),
        counted=[counted, *scale_sentences(answer)],
        statistics=_statistics(answer),
        notes=statistic_notes(answer),
        lists=[
            ("Set aside, each row once, under the first that holds", aside_sentences(answer)),
            ("Ranges", range_sentences(answer)),
            ("How the texts of the reader were read", reading_sentences(answer)),
        ],
        notice=NOTICE,
    )


def as_svg(answer: Answer) -> str:
    """The matrix with its statistics as a drawing. Raises UsageError without jinja2."""
    scale = answer.agreement.categories
    compared = f"{answer.agreement.compared} of {answer.agreement.rows} rows compared."
    statistics = [f"{name}: {estimate}" for name, estimate in _statistics(answer)]
    lines = [*statistics, compared, *scale_sentences(answer), NOTICE]
    left = _LETTER * max(len(f"{scale.first.name}: {name}") for name in scale.names) + 20
    top, size = 84, len(scale.names)
    return _filled(
        "figure.svg",
        **_matrix(answer),
        lines=lines,
        left=left,
        top=top,
        width=max(left + size * _CELL_WIDTH, _LETTER * max(map(len, (*lines, title(answer))))) + 20,
        height=top + size * _CELL_HEIGHT + 24 * len(lines) + 40,
        cell_width=_CELL_WIDTH,
        cell_height=_CELL_HEIGHT,
        blank=_BLANK,
    )


def _matrix(answer: Answer) -> dict[str, Any]:
    """What both figures draw: the title, both scales, and the cells."""
    scale, matrix = answer.agreement.categories, answer.agreement.matrix
    return {
        "title": title(answer),
        "first": scale.first.name,
        "second": scale.second.name,
        "names": scale.names,
        "cells": [
            [Cell(count, min(abs(i - j), len(_DISTANCES) - 1)) for j, count in enumerate(row)]
            for i, row in enumerate(matrix)
        ],
        "distances": _DISTANCES,
    }


def _statistics(answer: Answer) -> list[tuple[str, str]]:
    return [(upper(STATISTICS[name][0]), estimate_text(answer, name)) for name in told(answer)]


def _filled(template: str, **data: object) -> str:
    """A template of this package filled with data; it escapes every text."""
    # nothing but a figure needs the library: the command starts without it
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        install = "pip install 'echograde[agree]'"
        raise UsageError(f"a figure is drawn by jinja2, which is not installed; run: {install}") from error
    templates = Environment(
        loader=PackageLoader("grading.agreement"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template(template).render(**data)


FIGURES: Mapping[str, Callable[[Answer], str]] = MappingProxyType({".html": as_html, ".svg": as_svg})


def check_targets(graded: Path, table: Path | None, figure: Path | None) -> None:
    """Raises UsageError for an export that is a folder, of another kind, or the graded file itself."""
    kinds = (("csv", table, (".csv",)), ("figure", figure, tuple(FIGURES)))
    for subject, target, endings in kinds:
        if target is not None and target.suffix.lower() not in endings:
            raise UsageError(f"{target.name} should end in {' or '.join(endings)}", about=subject)
        if target is not None and _is_taken(target, graded):
            raise UsageError(f"{target} is a folder or the graded file itself; name another file", about=subject)


def _is_taken(target: Path, graded: Path) -> bool:
    try:
        return target.is_dir() or target.resolve() == graded.resolve()
    except (OSError, RuntimeError) as error:
        raise UsageError(f"cannot write {target}: {why(error)}") from error


def export(answer: Answer, table: Path | None, figure: Path | None) -> None:
    """Write what was asked for, no more open than the graded file. Raises UsageError when a file cannot be written."""
    permissions = permissions_of(answer.question.path)
    if table is not None:
        _write(table, as_csv(answer), permissions)
    if figure is not None:
        _write(figure, FIGURES[figure.suffix.lower()](answer), permissions)


def _write(target: Path, text: str, permissions: int | None) -> None:
    try:
        write_whole(target, text.encode("utf-8", "backslashreplace"), permissions)
    except OSError as error:
        raise UsageError(f"cannot write {target}: {why(error)}") from error
