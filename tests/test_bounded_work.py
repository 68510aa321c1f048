"""The work on what a user gives grows no faster than what is given: counted in steps, calls and characters."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.backtracking import MOST, parser, pumps, steps

import grading
from grading import UsageError, grade, grade_frame
from grading.agreement.read_grade import read_grade
from grading.columns.plan import Options, plan_columns
from grading.errors import nearest
from grading.formats.csv_piece import Dialect
from grading.formats.formula_cells import formula_places
from grading.formats.kind import kind_of
from grading.longtable.labels import Labels
from grading.reference.similar import similar_measurement
from grading.reference.units import read_unit
from grading_app.case.link import read_query

#: a pattern whose steps grow with the square of the text is never given more of it
MOST_CHARACTERS = 300
#: what may stand behind a text that a pattern takes almost
ENDS = ("\x00", "a1", " 1", "\n")
FUNCTIONS = ("compile", "fullmatch", "match", "search", "split", "sub", "finditer", "findall")


@cache
def modules() -> tuple[ModuleType, ...]:
    names = [module.name for module in pkgutil.walk_packages(grading.__path__, "grading.")]
    return tuple(importlib.import_module(name) for name in names if not name.endswith("__main__"))


def patterns_in(module: ModuleType) -> Iterator[tuple[str, int, bool]]:
    """(pattern, flags, whether it is looked for anywhere in a text) of every pattern that a module applies."""
    tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
    for call in (
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ):
        if not isinstance(call.func.value, ast.Name) or call.func.attr not in FUNCTIONS:
            continue
        owner = vars(module).get(call.func.value.id)
        if isinstance(owner, re.Pattern):
            yield as_text(owner.pattern), owner.flags, call.func.attr not in ("match", "fullmatch")
        elif owner is re and call.func.attr != "compile":
            try:
                text = eval(compile(ast.Expression(call.args[0]), "pattern", "eval"), vars(module))
            except NameError:
                continue  # a pattern made of what is at hand then
            yield as_text(text), 0, call.func.attr not in ("match", "fullmatch")


def as_text(pattern: str | bytes) -> str:
    return pattern if isinstance(pattern, str) else pattern.decode("latin-1")


PATTERNS = sorted({pattern for module in modules() for pattern in patterns_in(module)})


@cache
def growth(pattern: str, flags: int, anywhere: bool) -> float:
    """How many times the steps, at worst, for twice the text: 2 is linear, 4 quadratic."""
    flags &= re.IGNORECASE | re.DOTALL | re.ASCII | re.MULTILINE
    tree = parser.parse(pattern, flags)
    worst = 0.0
    for lead, pump in dict.fromkeys(pumps(list(tree), tree.state.flags)):
        for end in ENDS:
            short, long = (steps(pattern, flags, lead + pump * times + end, anywhere) for times in (24, 48))
            worst = max(worst, float("inf") if long == MOST else long / short)
    return worst


@pytest.mark.parametrize(("pattern", "flags", "anywhere"), PATTERNS, ids=[pattern for pattern, *_ in PATTERNS])
def test_no_pattern_is_worse_than_quadratic(pattern: str, flags: int, anywhere: bool) -> None:
    assert growth(pattern, flags, anywhere) < 5


# --- what the patterns are given, and how often --------------------------------------------------------------------------


class Meter:
    """What is given to patterns while it is asked, and how many calls are made."""

    def __init__(self) -> None:
        self.longest: Counter[tuple[str, int, bool]] = Counter()
        self.calls = 0

    def note(self, pattern: re.Pattern[Any], method: str, text: Any) -> None:
        key = (as_text(pattern.pattern), pattern.flags, method not in ("match", "fullmatch"))
        self.longest[key] = max(self.longest[key], len(text))

    def __enter__(self) -> Meter:
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _count(self, frame: object, event: str, argument: object) -> None:
        self.calls += event in ("call", "c_call")


class MeteredPattern:
    """A pattern that tells the meter what it is given."""

    def __init__(self, pattern: re.Pattern[Any], meter: Meter) -> None:
        self._pattern, self._meter = pattern, meter

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._pattern, name)
        if name not in FUNCTIONS:
            return found

        def applied(*arguments: Any, **options: Any) -> Any:
            self._meter.note(self._pattern, name, arguments[1] if name == "sub" else arguments[0])
            return found(*arguments, **options)

        return applied


class MeteredRe:
    """The module `re`, whose patterns tell the meter what they are given."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def __getattr__(self, name: str) -> Any:
        if name not in FUNCTIONS or name == "compile":
            return getattr(re, name)

        def applied(pattern: Any, *arguments: Any, flags: int = 0) -> Any:
            return getattr(MeteredPattern(re.compile(pattern, flags), self._meter), name)(*arguments)

        return applied


@pytest.fixture
def meter(monkeypatch: pytest.MonkeyPatch) -> Meter:
    meter = Meter()
    for module in modules():
        for name, value in list(vars(module).items()):
            if isinstance(value, re.Pattern):
                monkeypatch.setattr(module, name, MeteredPattern(value, meter))
            elif value is re:
                monkeypatch.setattr(module, name, MeteredRe(meter))
    return meter


def header(text: str) -> None:
    plan_columns(["valve", "eroa_cm2", text], Options())


def mapped(text: str) -> None:
    with pytest.raises(UsageError):
        plan_columns(["valve", "eroa_cm2"], Options(columns={text: "eroa"}))


def cell(text: str) -> None:
    rows = {"valve": ["MR", text], "eroa": [text, "0.4"], "cw_jet": [text, "dense"], "eroa_unit": [text, "cm2"]}
    try:
        grade_frame(pd.DataFrame(rows))
    except UsageError:
        return


def case(text: str) -> None:
    grade("mitral", eroa=text, cw_jet=text)


def link(text: str) -> None:
    read_query([("valve", text), ("eroa", text), (text, "1")])


def formulas(text: str) -> None:
    formula_places(f'-{text},"-{text}",+{text}\n'.encode(), Dialect(",", "utf-8"))


def file(text: str) -> None:
    kind_of(text.encode())


def label(text: str) -> None:
    Labels().read(text, text, text, text)


WAYS: tuple[Callable[[str], object], ...] = (
    header, mapped, cell, case, link, formulas, label, read_grade, read_unit, similar_measurement,
    lambda text: nearest(text, ["eroa", text[1:] + "x"]),
)  # fmt: skip
#: parts that are doubled, and what stands before and behind them
ATTACKS = [
    ("", "a___", "-"), ("", "1", "a1"), ("1", " ", "1"), ("<", "1", "\n"), ("", " ", "x"), ("", "(", ""), ("(", "a", ""),
    ("", "mr ", ""), ("", "1.", "x"), ("", "a-", ")"), ("", "+", "x"), ("", "mild to ", ""), ("", "\t", "=1"), ("-", "1", "a"),
    ("", "[(", "]"), ("", "²", ""), ("x (", "cm ", ")"), ("eroa ", "(cm2) ", "!"), ("", "aA", ""), ("", "<!---->", "x"),
    ("", "IV/", ""), ("", "Ж", ""), ("", "\u0301", ""), ("", "eroa_", ""), ("0.", "0", "1"), ("1e", "9", ""),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_long_text_costs_no_more_than_its_length(meter: Meter, way: Callable[[str], object]) -> None:
    way("warm up")
    calls = {}
    for times in (500, 1_000):
        for attack, (before, part, behind) in enumerate(ATTACKS):
            meter.calls = 0
            with meter:
                way(before + part * times + behind)
            calls[attack, times] = meter.calls
    for attack, parts in enumerate(ATTACKS):
        assert calls[attack, 1_000] <= 2.2 * calls[attack, 500] + 2_000, parts
    long = [key for key, length in meter.longest.items() if length > MOST_CHARACTERS]
    assert [key for key in long if growth(*key) > 2.6] == []


class CountedText(str):
    """A text that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        CountedText.compared += 1
        return str.__eq__(self, other)


MANY = {
    "near misses": lambda i: f"eora_{i}",
    "near misses by another letter": lambda i: f"regurgitant_volum{chr(97 + i % 26)}{i}",
    "words": lambda i: f"some patient comment of visit {i}",
    "of a valve": lambda i: f"mr thing {i} (mm)",
    "checkboxes": lambda i: f"mr_mechanism___{i}",
    "blank": lambda i: " " * i,
}  # fmt: skip


@pytest.mark.parametrize("name", MANY.values(), ids=MANY)
def test_many_headers_cost_no_more_than_their_number(meter: Meter, name: Callable[[int], str]) -> None:
    work = {}
    for count in (50, 300, 600):
        headers = [CountedText(text) for text in ("valve", "eroa_cm2", *map(name, range(count)))]
        CountedText.compared, meter.calls = 0, 0
        with meter:
            plan = plan_columns(headers, Options())
        work[count] = np.array([meter.calls, CountedText.compared])
        assert len(plan.notes) <= 60
    assert (work[600] <= 2.2 * work[300] + 5_000).all(), work


def test_many_cells_that_are_no_value_cost_no_more_than_their_number(meter: Meter) -> None:
    work = {}
    for count in (50, 500, 1_000):
        frame = pd.DataFrame({"valve": "MR", "eroa": [f"{row}a1" for row in range(count)]})
        meter.calls = 0
        with meter:
            grade_frame(frame)
        work[count] = meter.calls
    assert work[1_000] <= 2.2 * work[500] + 5_000, work
