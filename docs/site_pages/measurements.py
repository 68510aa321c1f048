"""A page for every group of measurements: how each is measured, what can be entered, and every name it goes by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from grading.columns.template import header_of
from grading.formats.codes import Condition, load_codes
from grading.reading.checks import span
from grading.reference.catalogue import load_catalogue
from grading.reference.guideline import covering, references
from grading.reference.languages import load_languages
from grading.reference.measurement import Number, Range, Word
from grading.reference.uses import criteria_of
from grading.writing import plain, quantity, upper
from site_pages.markdown import cell, table, toctree


def groups() -> Mapping[str, list[Number | Word]]:
    """What can be entered, by group, in the order of the catalogue."""
    found: dict[str, list[Number | Word]] = {}
    for measurement in load_catalogue().enterable():
        found.setdefault(measurement.group, []).append(measurement)
    return found


def _file(group: str) -> str:
    return group.casefold().replace(" ", "-")


def measurement_pages() -> Iterator[tuple[str, str]]:
    """(file, content) of the page of every group."""
    for group, measurements in groups().items():
        text = f"# {upper(group)}\n\n" + "\n".join(map(_section, measurements))
        yield f"reference/measurements/{_file(group)}.md", text


def list_of_measurements() -> str:
    """Every measurement with its section."""
    rows = [
        [f"[{cell(m.title)}](#{_anchor(m)})", f"`{m.name}`", ", ".join(m.valves), group]
        for group, measurements in groups().items()
        for m in measurements
    ]
    heads = ["Measurement", "Name", "Valves", "Group"]
    return table(heads, rows) + "\n" + toctree(f"measurements/{_file(group)}" for group in groups())


def _anchor(measurement: Number | Word) -> str:
    return f"measurement-{measurement.name.replace('_', '-')}"


def _section(measurement: Number | Word) -> str:
    first, *rows = [(head, text) for head, text in _facts(measurement) if text]
    body = table(first, ([f"**{head}**", text] for head, text in rows))
    return f"({_anchor(measurement)})=\n\n## {measurement.title}\n\n{cell(measurement.how)}\n\n{body}\n"


def _facts(measurement: Number | Word) -> Iterator[tuple[str, str]]:
    yield "Name", f"`{measurement.name}`"
    yield "Header of a file", f"`{header_of(measurement)}`"
    yield (
        "Valves",
        ", ".join(measurement.valves) + ("; one value serves every valve of a row" if measurement.shared else ""),
    )
    yield from _of_word(measurement) if isinstance(measurement, Word) else _of_number(measurement)
    yield "Criterion of", "; ".join(_criterion_of(measurement))
    yield "Other headers", ", ".join(f"`{name}`" for name in measurement.aliases)
    yield "Beside a valve's name", ", ".join(f"`{name}`" for name in measurement.valve_aliases)
    yield "As programs write it", ", ".join(_spelling(name, valve) for name, valve in measurement.spellings)
    yield "In other languages", "; ".join(_elsewhere(measurement.name))


def _of_number(number: Number) -> Iterator[tuple[str, str]]:
    yield (
        "Unit",
        ", ".join("a ratio" if unit == "1" else f"`{unit}`" for unit in number.units)
        + ("; the first where none is written" if number.also else ""),
    )
    if number.hard:
        yield "Possible", f"{_possible(number.hard, number)}: {cell(number.hard.why)}. Else the value is refused."
    if number.soft:
        yield (
            "Usual",
            f"{cell(span(number.soft, number, number.unit))}: {cell(number.soft.why)}. Else it is graded and flagged.",
        )
    for valve, limits in number.soft_of.items():
        yield f"Usual, {valve}", f"{cell(span(limits, number, number.unit))}: {cell(limits.why)}."
    if number.error:
        yield "Error, one SD", f"{cell(number.error.text(number.unit))} ({cell(number.error.source)})"
    yield "LOINC", ", ".join(f"{code} ({valve})" for valve, code in number.loinc.items())
    yield "DICOM concepts", "; ".join(_concepts(number.name))


def _of_word(word: Word) -> Iterator[tuple[str, str]]:
    for value in word.values:
        spelled = [s for s, meant in word.synonyms.items() if meant == value and s != value.replace("_", " ")]
        yield f"`{value}`", "also " + ", ".join(f"`{cell(s)}`" for s in spelled) if spelled else "as it is"


def _possible(limits: Range, number: Number) -> str:
    zero = "0 or " if limits.zero else ""
    return quantity(f"{zero}{plain(limits.low)} to {plain(limits.high)}", number.unit)


def _criterion_of(measurement: Number | Word) -> Iterator[str]:
    for valve in measurement.valves:
        papers = [g for g in covering(valve) if measurement.name in criteria_of((g,), valve)]
        if papers:
            names = (f"[{references()[g]['short']}](../tables/{g}-{valve}.md)" for g in papers)
            yield f"{valve}: {', '.join(names)}"


def _spelling(name: str, valve: str) -> str:
    return f"`{name}`" + (f" ({valve})" if valve else "")


def _elsewhere(name: str) -> Iterator[str]:
    for language in load_languages():
        spelled = [s for names in (language.headers, language.beside) for s, meant in names.items() if meant == name]
        if spelled:
            yield f"{language.name}: {', '.join(f'`{s}`' for s in spelled)}"


def _concepts(name: str) -> Iterator[str]:
    codes = load_codes()
    for code, conditions in codes.concepts.items():
        for condition in conditions:
            if condition.meaning.measurement == name:
                yield f"{cell(codes.meanings[code])} ({code}){_modifiers(condition)}"


def _modifiers(condition: Condition) -> str:
    said = [
        *(" or ".join(filter(None, part)) for part in (condition.sites, condition.methods, condition.views)),
        condition.direction if condition.direction != "any" else "",
        " or ".join(filter(None, condition.points)),
    ]
    text = cell(", ".join(filter(None, said)))
    return f" with {text}" if text else ""
