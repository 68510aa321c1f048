"""How grade and range of each patient moved between studies, valve by valve and guideline by guideline.

Nothing here says why: loading, rhythm, blood pressure, treatment and the reader differ between studies as well.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from datetime import time

from grading.columns.headers import place_of
from grading.errors import UsageError
from grading.followup.beyond import Difference, beyond, case_of, differences
from grading.followup.dates import StudyDate, ask_for_order, check_order, read_date
from grading.followup.studies import Studies
from grading.graded_files.counts import grade_columns
from grading.reading.checks import is_missing
from grading.reference.catalogue import check_valve
from grading.reference.guideline import expand, load_guideline
from grading.reference.measurement import VALVES
from grading.rows.tidy import rank
from grading.writing import in_words

#: the study that each is compared with
AGAINST = ("previous", "first")
#: how a range can have moved; '' where nothing is compared
MOVED = ("first", "same", "overlapping", "higher", "lower")
#: whether the measurements differ by more than measurement error, in the direction of the grade where that moved
BEYOND = ("yes", "no", "unknown")
REJECTED = "the row was rejected; its column echograde_issues says why"
_NOTHING_SHARED = "the two studies share no quantity for which the catalogue holds a measurement error"
_BOTH_WAYS = "quantities differ by more than measurement error in both directions"
_OTHER_GRADE = "one of the two grades rests on more than the measurements of its valve in its row"


@dataclass(frozen=True, slots=True)
class Question:
    """The columns that name patient and date, how dates are written, which guidelines and valve are wanted, and which
    study each is compared with."""

    id: str
    date: str
    _: KW_ONLY
    date_order: str = "iso"
    guidelines: tuple[str, ...] = ()
    valve: str | None = None
    against: str = AGAINST[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One study by one guideline for one valve, and how it stands to the earlier one that it is compared with.

    `row` counts the rows of the graded file from 1. `apart` are the quantities that differ by more than measurement
    error. `problem`: the row itself cannot be placed; `note` says that, or why nothing is compared.
    """

    id: str
    valve: str
    guideline: str
    row: int
    date: StudyDate | None
    grade: str
    low: str
    high: str
    earlier: Line | None = None
    moved: str = ""
    beyond: str = ""
    apart: tuple[Difference, ...] = ()
    note: str = ""
    problem: bool = False

    @property
    def days(self) -> int | None:
        """Days since the earlier study."""
        if self.earlier is None or self.date is None or self.earlier.date is None:
            return None
        return (self.date.day - self.earlier.date.day).days


def change(studies: Studies, question: Question) -> list[Line]:
    """A line for every row, valve and guideline: by patient as the file has them, then by valve, guideline and date.

    A study is compared with the one before it, or the first, that has a range of grades. Raises UsageError for columns,
    a valve or guidelines that are not there, and for dates that begin with a day or a month while `date_order` does not
    say which.
    """
    check_order(question.date_order)
    if question.against not in AGAINST:
        raise UsageError(f"expected {' or '.join(AGAINST)}, found {question.against!r}", about="against")
    header = studies.header
    ids = studies.texts(place_of(header, question.id, "id"))
    dates = studies.texts(place_of(header, question.date, "date"))
    if question.date_order == "iso":
        ask_for_order(dates, question.date)
    read = [read_date(text, question.date_order) for text in dates]
    order = {name: place for place, name in enumerate(dict.fromkeys(map(str.strip, ids)))}
    groups: defaultdict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in _lines(studies, question, [name.strip() for name in ids], read):
        groups[line.id, line.valve, line.guideline].append(line)
    guidelines = list(studies.guidelines)
    ranked = sorted(groups, key=lambda key: (order[key[0]], ("", *VALVES).index(key[1]), guidelines.index(key[2])))
    return [line for key in ranked for line in _compared(studies, groups[key], question.against)]


def _lines(
    studies: Studies, question: Question, ids: Sequence[str], dates: Sequence[StudyDate | str]
) -> Iterator[Line]:
    """The studies as they are, not yet compared."""
    columns = grade_columns(studies.header)
    own_valves = studies.valves()
    wanted = check_valve(question.valve) if question.valve is not None else None
    for guideline in _guidelines(studies, question):
        for prefix, place in columns[guideline].items():
            valve = prefix or ("" if own_valves else studies.plan.valves[0])
            if (valve and valve not in load_guideline(guideline).tables) or (wanted and valve not in ("", wanted)):
                continue
            stem = studies.header[place].removesuffix("_grade")
            names = (f"{stem}_{ending}" for ending in ("grade", "grade_low", "grade_high"))
            cells = [studies.texts(studies.header.index(name)) for name in names]
            for row, (grade, low, high) in enumerate(zip(*cells, strict=True)):
                of_row = valve or own_valves[row]
                if wanted in (None, of_row):
                    yield _line(ids[row], of_row, guideline, row, dates[row], grade, low, high)


def _guidelines(studies: Studies, question: Question) -> list[str]:
    """The guidelines that are wanted, of those in the file. Raises UsageError for one that is not."""
    there = studies.guidelines
    asked = expand(question.guidelines) or list(there)
    for guideline in asked:
        if guideline not in there:
            raise UsageError(f"the file holds no grades by {guideline} (it holds: {', '.join(there)})")
    return asked


def _line(
    name: str, valve: str, guideline: str, row: int, date: StudyDate | str, grade: str, low: str, high: str
) -> Line:
    read, problem = (date, "") if isinstance(date, StudyDate) else (None, date)
    problem = "no patient is named" if is_missing(name) else problem
    note = problem or (REJECTED if not grade else "" if low else f"no range of grades: {in_words(grade)}")
    return Line(
        id=name, valve=valve, guideline=guideline, row=row + 1, date=read, grade=grade, low=low, high=high, note=note,
        problem=bool(problem),
    )  # fmt: skip


def _compared(studies: Studies, lines: Sequence[Line], against: str) -> Iterator[Line]:
    """The studies of one patient by one guideline and valve, each beside an earlier one; undated ones stand last."""
    dated = sorted((line for line in lines if not line.problem), key=_moment)
    together = set(_of_one_moment(dated))
    before: Line | None = None
    for line in dated:
        if line.row in together:
            note = "another study of this patient is of the same day, and nothing tells which came first"
            yield replace(line, note=note, problem=True)
        elif line.note:
            yield line
        else:
            yield replace(line, moved="first") if before is None else _step(studies, before, line)
            before = line if before is None or against == "previous" else before
    yield from (line for line in lines if line.problem)


def _moment(line: Line) -> tuple[int, time, int]:
    assert line.date is not None
    return line.date.day.toordinal(), line.date.at or time.min, line.row


def _of_one_moment(dated: Sequence[Line]) -> Iterator[int]:
    """The rows of days on which the order of studies is not known."""
    by_day: defaultdict[int, list[Line]] = defaultdict(list)
    for line in dated:
        by_day[_moment(line)[0]].append(line)
    for lines in by_day.values():
        known = [one.date.comes_before(other.date) for one, other in _pairs(lines) if one.date and other.date]
        if None in known:
            yield from (line.row for line in lines)


def _pairs(lines: Sequence[Line]) -> Iterable[tuple[Line, Line]]:
    return ((one, other) for place, one in enumerate(lines) for other in lines[place + 1 :])


def _step(studies: Studies, earlier: Line, line: Line) -> Line:
    """A study beside the one before it."""
    ends = (earlier.low, earlier.high, line.low, line.high)
    before_low, before_high, low, high = (rank(line.guideline, line.valve, end) for end in ends)
    if before_low is None or before_high is None or low is None or high is None:
        return replace(line, note="a grade of the file is none of its guideline's; grade the file again")
    if (low, high) == (before_low, before_high):
        moved = "same"
    elif low <= before_high and before_low <= high:
        moved = "overlapping"
    else:
        moved = "higher" if low > before_high else "lower"
    return _beyond(studies, replace(line, earlier=earlier, moved=moved), earlier)


def _beyond(studies: Studies, line: Line, earlier: Line) -> Line:
    """Whether the measurements of two studies differ by more than measurement error."""
    keys = [studies.case_key(one.row - 1, one.valve, one.guideline) for one in (earlier, line)]
    for key, one in zip(keys, (earlier, line), strict=True):
        case = case_of(key)
        if (case.grade, case.grade_low, case.grade_high) != (one.grade, one.low, one.high):
            return replace(line, beyond="unknown", note=_OTHER_GRADE)
    shared = differences(keys[0], keys[1])
    apart = tuple(beyond(shared))
    directions = {one.towards_severe for one in apart}
    line = replace(line, apart=apart)
    if not shared or len(directions) > 1:
        return replace(line, beyond="unknown", note=_BOTH_WAYS if shared else _NOTHING_SHARED)
    wanted = {"higher": True, "lower": False}.get(line.moved)
    return replace(line, beyond="yes" if directions and wanted in (None, *directions) else "no")


def counts(lines: Iterable[Line]) -> dict[tuple[str, str], Counter[tuple[str, str]]]:
    """How many lines moved how, and whether by more than measurement error, by valve and guideline."""
    found: defaultdict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for line in lines:
        found[line.valve, line.guideline][line.moved, line.beyond] += 1
    return dict(found)
