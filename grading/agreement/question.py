"""What `echograde agree` asks of a graded file: which columns, of which valve, and how the reader's texts are read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path

from grading.agreement.categories import common, guideline_scheme, reader_scheme
from grading.agreement.named_valves import named_valves
from grading.agreement.read_grade import NUMBER_ALONE, read_grade
from grading.agreement.statistics import OTHER_VALVE, Agreement, agreement_of_counts, check_options
from grading.agreement.vocabulary import (
    NO_OWN_WORDS,
    STEPS,
    UNREADABLE,
    WORDS,
    ReadGrade,
    check_reader_scale,
    fold,
    parse_reader_map,
    vocabulary,
)
from grading.columns.headers import match, place_of
from grading.errors import UsageError, option
from grading.formats.small_file import read_toml_file
from grading.formats.upload import Input
from grading.graded_files.counts import Counted, count_rows, grade_columns, opened
from grading.reference.catalogue import check_valve, valve_of
from grading.reference.guideline import expand, load_guideline
from grading.reference.measurement import VALVES
from grading.writing import joined

#: what becomes of a reader's text that cannot be read: the run stops, or its rows are set aside
UNREADABLE_WAYS = ("stop", "skip")
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Question:
    """One comparison: a file, one guideline and a reader's column or two guidelines, and how texts are taken."""

    path: Input
    _: KW_ONLY
    guidelines: tuple[str, ...] = ()
    reader: str | None = None
    valve: str | None = None
    reader_scale: str = WORDS
    own_words: Mapping[str, ReadGrade] = field(default_factory=lambda: NO_OWN_WORDS)
    unreadable: str = "stop"
    ranges: str = "apart"
    bootstrap: int = 2000
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The agreement, its valve ('' where the file does not say), all pairs said, and the reader's own texts."""

    question: Question
    valve: str
    agreement: Agreement
    pairs: Mapping[tuple[ReadGrade, ReadGrade], int]
    texts: Mapping[str, tuple[ReadGrade, int]]


def read_map(path: Path) -> Mapping[str, ReadGrade]:
    """A map of a reader's texts, as a file. Raises UsageError when it cannot be read."""
    return parse_reader_map(read_toml_file(path, "reader_map"))


def answer(question: Question) -> Answer:
    """Compare two columns of a file, which streams by and is kept as counts only.

    Raises UsageError for columns that are not there or not unique, a valve or guideline left open, and texts that
    cannot be read.
    """
    _check(question)
    with opened(question.path) as source:
        columns = grade_columns(source.header)
        guidelines = _guidelines(question, columns)
        prefix = _prefix(question, guidelines, columns)
        places = [columns[guideline][prefix] for guideline in guidelines]
        if question.reader is not None:
            places.append(place_of(source.header, question.reader, "reader"))
        valve_place = None if prefix else _valve_column(source.header)
        group = places if valve_place is None else [*places, valve_place]
        counted = count_rows(source, [group], question.path.name)[0]
    valve = prefix or _valve_of_rows(question, guidelines, counted, valve_place is not None)
    _refuse_other_valve(question, valve)
    return _compare(question, guidelines, valve, counted)


def _check(question: Question) -> None:
    check_options(question.ranges, question.bootstrap)
    check_reader_scale(question.reader_scale)
    if question.unreadable not in UNREADABLE_WAYS:
        expected = f"expected {' or '.join(UNREADABLE_WAYS)}"
        raise UsageError(f"{expected}, found {question.unreadable!r}", about="unreadable")


def _guidelines(question: Question, columns: Mapping[str, Mapping[str, int]]) -> list[str]:
    """One guideline beside a reader, else two: those asked for, or those of the file when nothing else fits."""
    name, needed = question.path.name, 1 if question.reader is not None else 2
    if not columns:
        raise UsageError(f"{name} holds no grades; grade it first: echograde grade {name} -o graded.csv")
    asked = expand(question.guidelines)
    for guideline in asked:
        if guideline not in columns:
            raise UsageError(f"{name} holds no grades by {guideline} (it holds: {', '.join(columns)})")
    chosen = asked or list(columns)
    if len(chosen) != needed:
        wanted = f"{option('reader')} and a column, or two different {option('guidelines')}"
        wanted = f"one {option('guidelines')} beside {option('reader')}" if needed == 1 else wanted
        raise UsageError(f"{name} holds grades by {joined(list(columns))}; give {wanted}")
    return chosen


def _prefix(question: Question, guidelines: Sequence[str], columns: Mapping[str, Mapping[str, int]]) -> str:
    """The valve whose columns are compared, '' for the columns of a file of one valve a row."""
    shared = [valve for valve in ("", *VALVES) if all(valve in columns[guideline] for guideline in guidelines)]
    name, by = question.path.name, joined(guidelines)
    if question.valve is not None:
        asked = check_valve(question.valve)
        fitting = [valve for valve in shared if valve in ("", asked)]
    else:
        fitting = [v for v in shared if not v or all(v in load_guideline(g).tables for g in guidelines)]
    if not fitting:
        raise UsageError(f"{name} holds no grades of {question.valve or 'any valve'} by {by}")
    if len(fitting) > 1 and question.valve is None:
        valves = ", ".join(filter(None, fitting))
        raise UsageError(f"{name} holds grades of several valves by {by}; give {option('valve')} ({valves})")
    return fitting[-1]


def _valve_column(header: Sequence[str]) -> int | None:
    found = [match(name) for name in header]
    return next((place for place, m in enumerate(found) if m is not None and m.measurement == "valve"), None)


def _valve_of_rows(question: Question, guidelines: Sequence[str], counted: Counted, named: bool) -> str:
    """The one valve that the rows are about; '' where nothing says it."""
    if question.valve is not None:
        return check_valve(question.valve)
    if not named and (graded := _valve_of_run(question.path)):
        return graded
    seen = {valve_of(texts[-1]) for texts in counted.counts} if named else set()
    valves = [v for v in VALVES if v in seen and all(v in load_guideline(g).tables for g in guidelines)]
    if len(valves) > 1:
        give = f"give {option('valve')} ({', '.join(valves)})"
        raise UsageError(f"{question.path.name} holds rows of several valves; {give}")
    return valves[0] if valves else ""


def _valve_of_run(path: Input) -> str:
    """The valve of all rows, as the manifest beside a graded file says; '' where there is none that can be read."""
    if not isinstance(path, Path):
        return ""
    try:
        manifest = json.loads(path.with_suffix(".run.json").read_bytes())
        return valve_of(str(manifest["options"]["valve"])) or ""
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""


def _refuse_other_valve(question: Question, valve: str) -> None:
    """Refuse a reader's column that is by its name about another valve, unless the valve was asked for."""
    named = named_valves(fold(question.reader or ""))
    if valve and question.valve is None and len(named) == 1 and valve not in named:
        problem = f"column {question.reader!r} is by its name about the {joined(sorted(named))} valve"
        give = option("valve", valve)
        raise UsageError(f"{problem}, and the grades are of the {valve}; give {give} if it is about that one")


def _compare(question: Question, guidelines: Sequence[str], valve: str, counted: Counted) -> Answer:
    """Read both sides of every distinct row and compare them."""
    own, others = _own_rows(counted, valve)
    schemes = [guideline_scheme(guideline, valve or None) for guideline in guidelines]
    texts: dict[str, tuple[ReadGrade, int]] = {}
    if question.reader is not None:
        texts = _reader_texts(question, own, valve)
        five = any(grade.high in STEPS[STEPS.index("severe") + 1 :] for grade, _ in texts.values() if grade.high)
        schemes.append(reader_scheme(question.reader_scale, question.own_words, five, valve))
    pairs: Counter[tuple[ReadGrade, ReadGrade]] = Counter()
    for (left, right), count in own.counts.items():
        try:
            pairs[schemes[0].read(left), schemes[1].read(right)] += count
        except UsageError as error:
            raise UsageError(f"{question.path.name}: row {own.first_rows[left, right]}: {error}") from error
    if others:
        pairs[(ReadGrade(aside=OTHER_VALVE),) * 2] = others
    scale = common(schemes[0], schemes[1])
    found = agreement_of_counts(pairs, scale, ranges=question.ranges, bootstrap=question.bootstrap, seed=question.seed)
    return Answer(question, valve, found, pairs, texts)


def _own_rows(counted: Counted, valve: str) -> tuple[Counted, int]:
    """The pairs of texts of the rows of one valve (or of none), and how many rows are about another valve."""
    own, others = Counted(), 0
    for texts, count in counted.counts.items():
        if valve and len(texts) > 2 and valve_of(texts[2]) not in (valve, None):
            others += count
            continue
        own.counts[texts[:2]] += count
        row = counted.first_rows[texts]
        own.first_rows[texts[:2]] = min(row, own.first_rows.get(texts[:2], row))
    return own, others


def _reader_texts(question: Question, own: Counted, valve: str) -> dict[str, tuple[ReadGrade, int]]:
    """Every text of the reader, how it is read, and how many rows hold it; the most frequent first.

    Raises UsageError naming those that cannot be read, unless they are to be skipped.
    """
    counts: Counter[str] = Counter()
    rows: dict[str, int] = {}
    for (_, text), count in own.counts.items():
        counts[text] += count
        row = own.first_rows[_, text]
        rows[text] = min(row, rows.get(text, row))
    about = set[str]().union(*(named_valves(fold(text)) for text in counts)) if not valve else set()
    if len(about) > 1:
        several = joined([name for name in VALVES if name in about])
        problem = f"its texts are about the {several} valves, and the file does not say which of them was graded"
        raise UsageError(f"{option('reader', question.reader or '')}: {problem}; give {option('valve')}")
    read = {t: (read_grade(t, question.reader_scale, question.own_words, valve), n) for t, n in counts.most_common()}
    lost = {text: (grade.why, count) for text, (grade, count) in read.items() if grade.aside == UNREADABLE}
    if lost and question.unreadable == "stop":
        lines = [f"{t!r}: {why} ({n} row{'s' * (n > 1)}, first row {rows[t]})" for t, (why, n) in lost.items()]
        raise UsageError(_not_read(question, lines, any(why == NUMBER_ALONE for why, _ in lost.values())))
    return read


def _not_read(question: Question, lines: list[str], numbers: bool) -> str:
    """Which texts cannot be read, and what can be done."""
    reader = option("reader", question.reader or "")
    sentences = [f"{reader}: {len(lines)} of its texts cannot be read as a grade:"]
    sentences += [f"  {line}" for line in lines[:_MOST_LISTED]]
    if len(lines) > _MOST_LISTED:
        sentences.append(f"  and {len(lines) - _MOST_LISTED} more")
    if numbers:
        sentences.append("Declare what a number means:")
        scales = vocabulary().scales.items()
        sentences += [f"  {option('reader_scale', name)}: {scale.title}" for name, scale in scales]
    sentences.append(f"For other words give {option('reader_map')}, which says what each text means.")
    return "\n".join([*sentences, f"Or set these rows aside: {option('unreadable', 'skip')}."])
