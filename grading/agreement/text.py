"""An agreement in words: its sections for a terminal of 80 columns, and a long CSV table of everything counted."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from grading.agreement.categories import Scheme
from grading.agreement.question import Answer
from grading.agreement.statistics import RANGE, Estimate
from grading.agreement.vocabulary import STEPS, ReadGrade, vocabulary
from grading.explanation.report import NOTICE
from grading.explanation.terminal import wrapped
from grading.formats.csv_text import safe_text
from grading.version import VERSION
from grading.writing import in_words, joined, upper

#: why rows are set aside; {by} is by whom they are graded
REASON_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "other_valve": "about another valve",
        "rejected": "rejected when graded: a cell could not be used",
        "not_covered": "not covered by {by}",
        "insufficient_data": "insufficient data by {by}",
        "indeterminate": "indeterminate by {by}",
        "missing": "the reader's grade is missing",
        "not_graded": "seen by the reader but not graded (present, can't qualify)",
        "unreadable": "the reader's text cannot be read",
        "range": "the reader names a range of grades",
    }
)
#: the statistics of an Agreement by field: what they are called, and whether they are shares of the compared rows
STATISTICS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "exact": ("exact agreement", True),
        "within_one": ("within one grade", True),
        "kappa": ("kappa, unweighted", False),
        "kappa_linear": ("kappa, linear weights", False),
        "kappa_quadratic": ("kappa, quadratic weights", False),
    }
)
_CSV_HEADER = ("statistic", "first", "second", "value", "low", "high", "note")
_TEXTS_LISTED = 5


def title(answer: Answer) -> str:
    """'Mitral regurgitation: ASE 2017 and the reader (column mr_reader)'."""
    scale, reader = answer.agreement.categories, answer.question.reader
    second = scale.second.name if reader is None else f"the reader (column {reader})"
    return f"{upper(f'{answer.valve} regurgitation'.strip())}: {scale.first.name} and {second}"


def text(answer: Answer) -> str:
    """The whole agreement for a terminal."""
    found, aside = answer.agreement, sum(answer.agreement.aside.values())
    counted = f"{found.rows} rows in {answer.question.path.name}: {found.compared} compared, {aside} set aside."
    lines = [*wrapped(title(answer)), "", *wrapped(counted)]
    lines += [line for sentence in scale_sentences(answer) for line in wrapped(sentence)]
    lines += ["", *_matrix_lines(answer), "", *_statistic_lines(answer)]
    lines += _section("Set aside (each row once, under the first that holds)", aside_sentences(answer))
    lines += _section("Ranges", range_sentences(answer))
    lines += _section("How the reader's texts were read", reading_sentences(answer))
    return "\n".join([*lines, "", *wrapped(NOTICE)])


def _section(heading: str, sentences: list[str]) -> list[str]:
    return ["", heading, *(line for s in sentences for line in wrapped(s, "  ", "  "))] if sentences else []


def scale_sentences(answer: Answer) -> list[str]:
    """Both schemes, what they are compared on, and every grade that is not compared under its own name."""
    scale = answer.agreement.categories
    sides = (scale.first, scale.second)
    sentences = [f"{_scheme_name(side)}: {', '.join(map(in_words, side.grades))}." for side in sides]
    sentences.append(f"Compared on: {' < '.join(scale.names)}.")
    stands_for = ((by, name, joined(grades)) for by, name, grades in scale.merged())
    return sentences + [f"Here {name!r} stands for {grades} of {_the(by)}." for by, name, grades in stands_for]


def _scheme_name(scheme: Scheme) -> str:
    if not scheme.reader_scale:
        return scheme.name
    declared = vocabulary().scales.get(scheme.reader_scale)
    numbers = declared.title if declared else "no numbers alone"
    mapped = f"; {len(scheme.own_words)} texts as their map says" if scheme.own_words else ""
    return f"Reader (words; {numbers}{mapped})"


def _the(name: str) -> str:
    return "the reader" if name == "reader" else name


def _matrix_lines(answer: Answer) -> list[str]:
    """The confusion matrix with its sums: rows by the first scheme, columns by the second."""
    scale, matrix = answer.agreement.categories, answer.agreement.matrix
    head = [f"{scale.first.name} \\ {scale.second.name}", *scale.names, "all"]
    rows = [[name, *map(str, row), str(sum(row))] for name, row in zip(scale.names, matrix, strict=True)]
    rows.append(["all", *(str(sum(column)) for column in zip(*matrix, strict=True)), str(answer.agreement.compared)])
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    return [
        "  ".join(cell.rjust(width) if place else cell.ljust(width) for place, (cell, width) in enumerate(
            zip(row, widths, strict=True))).rstrip()
        for row in (head, *rows)
    ]  # fmt: skip


def told(answer: Answer) -> list[str]:
    """The statistics that say something: with two categories every row is within one, and weights change nothing."""
    return [name for name in STATISTICS if len(answer.agreement.matrix) > 2 or name in ("exact", "kappa")]


def _statistic_lines(answer: Answer) -> list[str]:
    shown = told(answer)
    lines = [f"{upper(STATISTICS[name][0]):<26}{estimate_text(answer, name)}" for name in shown]
    return [part for line in (*lines, *statistic_notes(answer)) for part in wrapped(line, "", " " * 2)]


def statistic_notes(answer: Answer) -> list[str]:
    """How the intervals were made, and why some statistics are not shown."""
    found, notes = answer.agreement, []
    if any(getattr(found, name).low is not None for name in STATISTICS):
        notes.append(f"95 % intervals: percentile bootstrap, {found.bootstrap} resamples, seed {found.seed}.")
    if len(told(answer)) < len(STATISTICS):
        notes.append("With two categories every row is within one grade, and weights do not change kappa.")
    return notes


def estimate_text(answer: Answer, name: str) -> str:
    """'82.8 % (24 of 29), 95 % interval 69.0 to 93.1 %', or why there is no value or no interval."""
    estimate: Estimate = getattr(answer.agreement, name)
    if estimate.value is None:
        return f"not defined: {estimate.why}"
    is_share = STATISTICS[name][1]
    number = digits(estimate.value, is_share)
    if is_share:
        number += f" % ({round(estimate.value * answer.agreement.compared)} of {answer.agreement.compared})"
    if estimate.low is None or estimate.high is None:
        return f"{number}; {estimate.why}"
    low, high = (digits(end, is_share) for end in (estimate.low, estimate.high))
    return f"{number}, 95 % interval {low} to {high}{' %' if is_share else ''}"


def digits(value: float, is_share: bool) -> str:
    """A kappa with two decimals, a share [1] as percent with one; more where fewer would make it 0 or 1."""
    for decimals in range(2, 10):
        if value in (0, 1) or round(value, decimals + is_share) not in (0, 1):
            break
    return f"{value * 100:.{decimals - 1}f}" if is_share else f"{value:.{decimals}f}"


def aside_sentences(answer: Answer) -> list[str]:
    """Every reason for which rows are not compared, with their number."""
    scale, sentences = answer.agreement.categories, []
    by = scale.first.name if answer.question.reader is not None else f"{scale.first.name} or {scale.second.name}"
    for reason, count in answer.agreement.aside.items():
        if count:
            sentences.append(f"{count:>5}  {REASON_TEXTS[reason].format(by=by)}")
    return sentences


def range_sentences(answer: Answer) -> list[str]:
    """Which ranges the reader named, how they were taken, and how often the other side lies in them."""
    ranges = answer.agreement.ranges
    if not ranges.rows:
        return []
    taken = {"low": "taken as their mildest grade", "high": "taken as their most severe grade"}
    named = ", ".join(f"{count} {name}" for name, count in _ranges_named(answer).most_common())
    how = taken.get(ranges.taken, "set aside")
    first = answer.agreement.categories.first.name
    near = f", and within one grade of it in {ranges.within_one}" if len(answer.agreement.matrix) > 2 else ""
    return [
        f"The reader names a range in {ranges.rows} of the rows ({named}): {how}.",
        f"{first} is inside the range in {ranges.exact} of {ranges.rows}{near}.",
    ]


def _ranges_named(answer: Answer) -> Counter[str]:
    place = answer.agreement.categories.place
    named: Counter[str] = Counter()
    for pair, count in answer.pairs.items():
        for grade in pair:
            if not any(one.aside for one in pair) and place(grade.low) != place(grade.high):
                named[grade.text] += count
    return named


def reading_sentences(answer: Answer) -> list[str]:
    """What every text of the reader was read as, the most frequent texts first."""
    read: dict[ReadGrade, list[str]] = {}
    for shown, (grade, count) in answer.texts.items():
        read.setdefault(grade, []).append(f"{quoted_text(shown)} {count}")
    order = sorted(read, key=lambda g: (bool(g.aside), STEPS.index(g.low) if g.low else 0, len(g.text)))
    sentences = []
    for grade in order:
        more = len(read[grade]) - _TEXTS_LISTED
        listed = [*read[grade][:_TEXTS_LISTED], *([f"and {more} more" if more > 0 else ""])]
        sentences.append(f"{grade.text}: {', '.join(filter(None, listed))}")
    return sentences


def quoted_text(shown: str) -> str:
    """A text of the reader as it can be printed: quoted, control characters spelled out, cut at 40 characters."""
    return repr(shown if len(shown) <= 40 else f"{shown[:39]}…") if shown else "(blank)"


def as_csv(answer: Answer) -> str:
    """A long table: the statistics with intervals, the matrix, the rows set aside, and every pair that was said."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV_HEADER)
    writer.writerows([safe_text(cell) if isinstance(cell, str) else cell for cell in row] for row in _csv_rows(answer))
    return out.getvalue()


def _csv_rows(answer: Answer) -> Iterator[tuple[str | int | float | None, ...]]:
    found, scale = answer.agreement, answer.agreement.categories
    yield ("notice", "", "", None, None, None, f"{NOTICE} echograde {VERSION}")
    yield ("scale", scale.first.name, scale.second.name, None, None, None, " ".join(scale_sentences(answer)))
    yield ("rows", "", "", found.rows, None, None, answer.question.path.name)
    yield ("compared", "", "", found.compared, None, None, title(answer))
    for name in STATISTICS:
        one: Estimate = getattr(found, name)
        yield (name, "", "", *(None if v is None else round(v, 9) for v in (one.value, one.low, one.high)), one.why)
    yield ("bootstrap", "", "", found.bootstrap, None, None, f"seed {found.seed}")
    for left, row in zip(scale.names, found.matrix, strict=True):
        for right, count in zip(scale.names, row, strict=True):
            yield ("matrix", left, right, count, None, None, "")
    for reason, count in found.aside.items():
        yield (f"aside_{reason}", "", "", count, None, None, f"ranges {found.ranges.taken}" if reason == RANGE else "")
    for name in ("rows", "exact", "within_one"):
        yield (f"ranges_{name}", "", "", getattr(found.ranges, name), None, None, f"ranges {found.ranges.taken}")
    for (one_, other), count in sorted(answer.pairs.items(), key=lambda item: -item[1]):
        yield ("said", scale.first.say(one_), scale.second.say(other), count, None, None, "")
    for shown, (grade, count) in answer.texts.items():
        yield ("reader_text", shown, grade.text, count, None, None, grade.why)
