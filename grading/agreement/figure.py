"""An agreement as a figure: a page of HTML or a drawing in SVG, without scripts and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from types import MappingProxyType

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

#: by how far two grades are apart: the word, its colour, and the colour of text on it; darker is farther
_APART = (
    ("agree", "#DCEAF7", "#000000"),
    ("one apart", "#F3C969", "#000000"),
    ("two or more apart", "#A1440B", "#FFFFFF"),
)
_STYLE = (
    "body{font:16px/1.45 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "table{border-collapse:collapse;margin:1em 0}th,td{border:1px solid #999;padding:.4em .8em;text-align:right}"
    "th[scope=row],td.text{text-align:left}td small{display:block}caption{text-align:left;padding:.3em 0}"
    + "".join(f".apart{i}{{background:{fill};color:{ink}}}" for i, (_, fill, ink) in enumerate(_APART))
)
_CELL_WIDTH, _CELL_HEIGHT, _LETTER = 104, 44, 8


def _apart(row: int, column: int) -> int:
    return min(abs(row - column), len(_APART) - 1)


def as_html(answer: Answer) -> str:
    """The whole agreement as one page; every text of the file is escaped."""
    heading = escape(title(answer))
    found = answer.agreement
    statistics = "".join(
        f'<tr><th scope="row">{escape(upper(STATISTICS[name][0]))}</th>'
        f'<td class="text">{escape(estimate_text(answer, name))}</td></tr>'
        for name in told(answer)
    )
    counted = f"{found.rows} rows in {answer.question.path.name}: {found.compared} compared, the others set aside."
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f'<meta name="viewport" content="width=device-width"><title>{heading}</title><style>{_STYLE}</style></head>\n'
        f"<body><h1>{heading}</h1>{_paragraphs([counted, *scale_sentences(answer)])}\n{_html_matrix(answer)}\n"
        f"<table><caption>Agreement in the compared rows</caption>{statistics}</table>\n"
        f"{_paragraphs(statistic_notes(answer))}"
        f"{_listed('Set aside, each row once, under the first that holds', aside_sentences(answer))}"
        f"{_listed('Ranges', range_sentences(answer))}"
        f"{_listed('How the texts of the reader were read', reading_sentences(answer))}"
        f"<p><strong>{escape(NOTICE)}</strong></p></body></html>\n"
    )


def _paragraphs(sentences: Iterable[str]) -> str:
    return "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)


def _listed(heading: str, sentences: list[str]) -> str:
    items = "".join(f"<li>{escape(sentence.strip())}</li>" for sentence in sentences)
    return f"<h2>{escape(heading)}</h2><ul>{items}</ul>\n" if sentences else ""


def _html_matrix(answer: Answer) -> str:
    scale, matrix = answer.agreement.categories, answer.agreement.matrix
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in scale.names)
    rows = ""
    for i, name in enumerate(scale.names):
        cells = "".join(_html_cell(count, _apart(i, j)) for j, count in enumerate(matrix[i]))
        rows += f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>'
    corner = f'<th scope="col">{escape(scale.first.name)} \\ {escape(scale.second.name)}</th>'
    caption = f"Rows: {scale.first.name}. Columns: {scale.second.name}. Each cell counts rows of the file."
    return f"<table><caption>{escape(caption)}</caption><tr>{corner}{heads}</tr>{rows}</table>"


def _html_cell(count: int, apart: int) -> str:
    return f'<td class="apart{apart}">{count}<small>{_APART[apart][0]}</small></td>' if count else "<td>0</td>"


def as_svg(answer: Answer) -> str:
    """The matrix with its statistics as a drawing."""
    scale, matrix = answer.agreement.categories, answer.agreement.matrix
    lines = [f"{upper(STATISTICS[name][0])}: {estimate_text(answer, name)}" for name in told(answer)]
    compared = f"{answer.agreement.compared} of {answer.agreement.rows} rows compared."
    lines += [compared, *scale_sentences(answer), NOTICE]
    left = _LETTER * max(len(f"{scale.first.name}: {name}") for name in scale.names) + 20
    top, size = 84, len(matrix)
    width = max(left + size * _CELL_WIDTH, _LETTER * max(map(len, (*lines, title(answer))))) + 20
    height = top + size * _CELL_HEIGHT + 24 * len(lines) + 40
    parts = [_svg_text(10, 26, title(answer), "start", 18), _svg_text(left, 52, f"{scale.second.name}:", "start")]
    for i, name in enumerate(scale.names):
        y = top + i * _CELL_HEIGHT
        parts.append(_svg_text(left - 10, y + 26, f"{scale.first.name}: {name}", "end"))
        parts.append(_svg_text(left + (i + 0.5) * _CELL_WIDTH, top - 10, name, "middle"))
        parts += [_svg_cell(left + j * _CELL_WIDTH, y, count, _apart(i, j)) for j, count in enumerate(matrix[i])]
    below = top + size * _CELL_HEIGHT + 30
    parts += [_svg_text(10, below + 24 * place, line, "start") for place, line in enumerate(lines)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="sans-serif"><title>{escape(title(answer))}</title>'
        f'<rect width="100%" height="100%" fill="#FFFFFF"/>{"".join(parts)}</svg>\n'
    )


def _svg_text(x: float, y: float, words: str, anchor: str, size: int = 14, ink: str = "#111111") -> str:
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}" font-size="{size}" fill="{ink}"'
    return f"<text {place}>{escape(words)}</text>"


def _svg_cell(x: float, y: float, count: int, apart: int) -> str:
    word, fill, ink = _APART[apart] if count else ("", "#FFFFFF", "#111111")
    box = f'<rect x="{x:g}" y="{y:g}" width="{_CELL_WIDTH}" height="{_CELL_HEIGHT}" fill="{fill}" stroke="#999999"/>'
    middle = x + _CELL_WIDTH / 2
    number = _svg_text(middle, y + 20, str(count), "middle", ink=ink)
    return box + number + _svg_text(middle, y + 36, word, "middle", 10, ink)


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
