"""Tables, equations and the data dictionary as HTML: whole, well formed, with every digit and every place."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from grading import list_guidelines, load_guideline
from grading.columns.template import header_of
from grading.engine import cmr_formulas, formulas, spare_formulas, stroke_volumes
from grading.engine.methods import METHODS, same
from grading.explanation.report import SEEN
from grading.reference.catalogue import load_catalogue, tables
from grading.reference.guideline import references
from grading.reference.measurement import Number
from grading.reference.scale import NO_GRADE
from grading.writing import in_words, upper
from grading_app.html.dictionary import measurements_html
from grading_app.html.formulas import EXAMPLES, example, formulas_html, spare, worked
from grading_app.html.published import OUR_READING, sources_html, table_html
from grading_app.html.render import typeset
from grading_app.html.table import grade_chip, web_table
from grading_app.palette import GRADE_COLOURS

#: where equations stand
MODULES = (formulas, stroke_volumes, cmr_formulas, spare_formulas)
SHIPPED = [(g, valve) for g in list_guidelines() for valve in load_guideline(g).tables]
FRAGMENTS: dict[str, Callable[[], str]] = {
    **{f"{g}-{v}": (lambda g=g, v=v: table_html(load_guideline(g).tables[v])) for g, v in SHIPPED},
    "formulas": formulas_html,
    "sources": sources_html,
    "measurements": measurements_html,
    "pulmonic measurements": lambda: measurements_html("pulmonic"),
}


def parsed(fragment: str) -> ElementTree.Element:
    return ElementTree.fromstring(str(fragment).replace("<br>", "<br/>"))


def words(element: ElementTree.Element) -> str:
    """What a reader sees of an element, in one line."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: ElementTree.Element) -> Iterator[str]:
    yield " " if element.tag in ("br", "small", "td", "th") else ""
    yield element.text or ""
    for inner in element:
        yield from _texts(inner)
        yield inner.tail or ""


def lines(fragment: str, caption: str) -> list[str]:
    """The lines of one table of a fragment, as a reader sees them."""
    table = next(t for t in parsed(fragment).iter("table") if t.findtext("caption") == caption)
    return [words(line) for line in table.findall("tbody/tr")]


@pytest.mark.parametrize("make", FRAGMENTS.values(), ids=FRAGMENTS)
def test_a_fragment_is_well_formed_and_its_tables_have_captions_and_headers(make: Callable[[], str]) -> None:
    for table in parsed(make()).iter("table"):
        assert (table.findtext("caption") or "").strip()
        assert {th.get("scope") for th in table.findall("thead/tr/th")} == {"col"}
        columns = len(table.findall("thead/tr/th"))
        for line in table.findall("tbody/tr"):
            assert next(cell.get("scope") for cell in line) == "row"
            assert sum(int(cell.get("colspan", "1")) for cell in line) == columns


@pytest.mark.parametrize("make", FRAGMENTS.values(), ids=FRAGMENTS)
def test_a_fragment_holds_nothing_that_runs_or_loads_and_only_the_colours_of_grades(make: Callable[[], str]) -> None:
    fragment = make()
    assert not re.search(r"<script|<img|<a |javascript:|url\(|\son\w+=", fragment)
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", fragment)) <= {*GRADE_COLOURS.values(), "#000000", "#FFFFFF"}


@pytest.mark.parametrize(("guideline", "valve"), SHIPPED)
def test_every_criterion_shows_its_printed_cut_offs_words_and_place(guideline: str, valve: str) -> None:
    table = load_guideline(guideline).tables[valve]
    fragment = table_html(table)
    for group in table.groups.values():
        shown = lines(fragment, group.title)
        assert len(shown) == len(group.rows)
        for row, line in zip(group.rows, shown, strict=True):
            word = load_catalogue().words.get(row.name)
            values = zip(word.values, row.labels, strict=True) if word else ()
            parts = [word.text(value) for value, label in values if word and label != NO_GRADE]
            parts += [row.at, row.reading and f"{OUR_READING}: {row.reading}", row.note]
            cut_offs = set(row.scale.printed if row.scale else ())
            assert cut_offs <= set(re.findall(r"[\d.]+(?<!\.)", line))
            assert [part for part in parts if typeset(part) not in typeset(line)] == []
            assert (OUR_READING in line) == bool(row.reading or row.unless_reading)
            assert ("reproductions only" in line) == (row.rests_on == "reproductions")


def typed(line: str) -> str:
    """A line with the signs it was typed with."""
    return line.replace("≥", ">=").replace("≤", "<=").replace("²", "2")


@pytest.mark.parametrize(("guideline", "valve"), SHIPPED)
def test_every_rule_caution_and_stage_is_shown_in_order_with_where_it_stands(guideline: str, valve: str) -> None:
    table = load_guideline(guideline).tables[valve]
    fragment = table_html(table)
    shown = lines(fragment, "Decision")
    numbers = [line.split()[1] for line in shown]
    assert list(dict.fromkeys(numbers)) == list(dict.fromkeys(str(rule.number) for rule in table.rules))
    for rule in table.rules:
        own = [typed(line) for number, line in zip(numbers, shown, strict=True) if number == str(rule.number)]
        assert any(rule.at in line and rule.reading in line for line in own)
    for items, caption in ((table.cautions, "Cautions"), (table.stages, "Stages")):
        below = lines(fragment, caption) if items else []
        assert [item.at in line for item, line in zip(items, below, strict=True)] == [True] * len(items)


@pytest.mark.parametrize(
    ("guideline", "valve", "caption", "line"),
    [
        ("ase-2017", "mitral", "Quantitative grades", "Regurgitant volume < 30 mL ≥ 30 and < 45 mL ≥ 45 and < 60 mL ≥ 60 mL Table 8 and Figure 18, p 333"),
        ("ase-2017", "mitral", "Specific criteria", "Flail leaflet yes Figure 18, p 333"),
        ("ase-2017", "mitral", "Decision", "Rule 7 at least 4 criteria for severe (Specific criteria) severe definite Figure 18, p 333"),
        ("ase-2017", "mitral", "Where the quantities lead", "IV otherwise: severe [P]; signs for severe: severe [R]; signs for mild: indeterminate, mild to severe [P]"),
        ("ase-2017-cmr", "tricuspid", "By cardiac magnetic resonance", "CMR regurgitant fraction < 16 % ≥ 16 and < 26 % moderate or worse: ≥ 26 and ≤ 48 % > 48 % p 353 our reading: printed ≤ 15, 16-25, 25-48, > 48: 25 stands in two bands and is read as moderate; 26 to 48 leaves moderate to severe"),
        ("tvarc-2023", "tricuspid", "Parameters", "Volumetric EROA < 75 mm² moderate or milder ≥ 75 and < 95 mm² ≥ 95 and < 115 mm² ≥ 115 mm² Table 4"),
        ("esc-2021", "mitral", "Quantitative criteria for severe", "EROA only if mechanism = secondary and elliptical orifice = yes secondary regurgitation only < 30 mm² ≥ 30 mm² Table 7"),
        ("acc-aha-2020", "mitral", "Stages", "D severe symptoms = yes Table 17"),
    ],
    ids=["steps", "word", "rule", "lead", "open band", "span", "guards", "stage"],
)  # fmt: skip
def test_lines_read_as_written(guideline: str, valve: str, caption: str, line: str) -> None:
    shown = lines(table_html(load_guideline(guideline).tables[valve]), caption)
    assert line in shown


def test_every_method_and_every_other_equation_is_shown_once() -> None:
    shown = lines(formulas_html(), "Values worked out from other values")
    labels = [load_catalogue()[method.target].label for method in METHODS]
    heads = [line.casefold().startswith(label.casefold()) for line, label in zip(shown, labels, strict=True)]
    assert heads == [True] * len(METHODS)
    named = Counter(f.__name__ for f in (*{m.function for m in METHODS if m.function is not same}, *spare()))
    written = {name for module in MODULES for name, f in vars(module).items() if hasattr(f, "formula")}
    assert named == Counter(written)
    assert len(lines(formulas_html(), "Equations not used by default")) == len(spare())


def calculated(line: str) -> tuple[float, float, float]:
    """A worked line by hand: what its left side comes to, what it says, and half a unit of its last digit."""
    left, _, right = line.rpartition(" = ")
    number = right.split()[0]
    for sign, python in (("√", "__import__('math').sqrt"), ("π", "3.14159265"), ("×", "*"), ("−", "-"), ("^", "**")):
        left = left.replace(sign, python)
    return eval(left), float(number), 0.5 * 10 ** -len(number.partition(".")[2])


WORKED = [
    (m.target, m.function, m.inputs, v) for m in METHODS if m.function is not same for v in m.valves if v in EXAMPLES
]


@pytest.mark.parametrize(
    ("target", "function", "inputs", "valve"),
    [row for row in WORKED if all(name in example(row[3]) for name in row[2])],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_worked_line_is_right_by_its_own_numbers(
    target: str, function: Callable[..., Any], inputs: tuple[str, ...], valve: str
) -> None:
    found, said, half = calculated(worked(target, function, inputs, valve))
    assert abs(found - said) <= half * (1 + 1e-6)


def test_the_lines_on_the_page_are_right_by_their_own_numbers() -> None:
    shown = re.sub(r"<sup>([\d.]+)</sup>", r"^\1", formulas_html())
    found = re.findall(r"Worked: (.+?)</small>", shown)
    assert len(found) == sum(method.function is not same for method in METHODS) + len(spare())
    assert [
        line for line in found if abs(calculated(line)[0] - calculated(line)[1]) > calculated(line)[2] * (1 + 1e-6)
    ] == []


@pytest.mark.parametrize("valve", EXAMPLES)
def test_examples_are_ordinary_values(valve: str) -> None:
    for name, value in EXAMPLES[valve].items():
        for limits in (load_catalogue().numbers[name].hard, load_catalogue().numbers[name].soft):
            assert limits is None or max(limits.low, 0) <= value <= limits.high, name


def test_every_word_that_is_worked_out_is_shown_with_its_place() -> None:
    derived = tomllib.loads((tables() / "derived.toml").read_text(encoding="utf-8"))["words"]
    shown = lines(formulas_html(), "Words read off numbers and other words")
    for (name, written), line in zip(derived.items(), sorted_as(derived, shown), strict=True):
        place = written.get("at", "").replace("ase-2015", references()["ase-2015"]["short"])
        assert place in line, name
        assert typed(written.get("reading", "")) in typed(line), name


def sorted_as(derived: dict[str, Any], shown: list[str]) -> list[str]:
    """The shown lines in the order of the file."""
    labels = [load_catalogue()[name].label.casefold() for name in derived]
    return [next(line for line in shown if line.casefold().startswith(f"{label} ")) for label in labels]


def test_every_paper_is_shown_with_its_doi() -> None:
    """With its tables, and how each was seen."""
    shown = lines(sources_html(), "Papers")
    for (name, paper), line in zip(references().items(), shown, strict=True):
        assert paper["citation"] in line and paper["doi"] in line
        for valve, table in load_guideline(name).tables.items() if name in list_guidelines() else ():
            assert f"{upper(valve)}: {', '.join(map(in_words, table.grades))}; {SEEN[table.rests_on]}" in line


@pytest.mark.parametrize("valve", [None, "mitral", "aortic", "tricuspid", "pulmonic"])
def test_the_dictionary_has_every_measurement_that_can_be_entered(valve: str | None) -> None:
    entered = load_catalogue().enterable(valve)
    shown = re.findall(r"<code>(.+?)</code>", measurements_html(valve))
    assert sorted(shown) == sorted(header_of(measurement) for measurement in entered)
    numbers = [measurement for measurement in entered if isinstance(measurement, Number)]
    reasons = {limits.why for number in numbers for limits in (number.hard, number.soft) if limits}
    assert [why for why in reasons if f"<small>{typeset(why)}</small>" not in measurements_html(valve)] == []


def test_text_never_becomes_markup() -> None:
    found = parsed(web_table("<b>", "a & b", ["<i>"], [["<script>alert(1)</script>"]]))
    assert [element.tag for element in found.iter() if element.tag in ("b", "i", "script")] == []
    assert parsed(f"<p>{grade_chip('<b>')}</p>").text == "<b>"
