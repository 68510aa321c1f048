"""The lines of a follow-up as a CSV file, and what is said of them on the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from grading.errors import UsageError, why
from grading.followup.beyond import CHANCE
from grading.followup.change import MOVED, Line, Question, counts
from grading.formats.csv_text import as_bytes, csv_lines
from grading.formats.whole_file import permissions_of, write_whole
from grading.reference.guideline import references

HEADER = (
    "id", "valve", "guideline", "row", "date", "grade", "low", "high", "earlier_row", "earlier_date", "days",
    "earlier_grade", "earlier_low", "earlier_high", "moved", "beyond_error", "beyond_by", "note",
)  # fmt: skip
#: what the words of the output mean; it stands wherever they are shown
MEANING = (
    "Beyond measurement error: a quantity that both studies have differs by more than two readings of one leak do in "
    f"{1 - CHANCE:.0%} of pairs, by the errors of the catalogue, and towards the grade where that moved. It does not "
    "say why: blood pressure, loading, rhythm, treatment and reader differ between studies too."
).replace("%", " %")


def as_csv(lines: Sequence[Line], excel_safe: bool = False) -> bytes:
    """The lines as a CSV file."""
    columns = [pa.array(column, pa.string()) for column in zip(*map(cells, lines), strict=True)]
    return (",".join(HEADER) + "\n").encode() + (bytes(as_bytes(csv_lines(columns, excel_safe))) if columns else b"")


def cells(line: Line) -> tuple[str, ...]:
    """What stands in a line of the file, under HEADER."""
    before = line.earlier
    earlier = ("",) * 6
    if before is not None:
        date = before.date.text if before.date else ""
        earlier = (str(before.row), date, str(line.days), before.grade, before.low, before.high)
    return (
        line.id, line.valve, line.guideline, str(line.row), line.date.text if line.date else "",
        line.grade, line.low, line.high, *earlier, line.moved, line.beyond,
        "; ".join(one.text for one in line.apart), line.note,
    )  # fmt: skip


def report(lines: Sequence[Line], question: Question) -> str:
    """What came of it, in counts: no patient is named."""
    rows = {line.row for line in lines}
    patients = {line.id for line in lines if line.id}
    said = [f"{len(rows):,} rows of {len(patients):,} patients by {question.id!r}, dates in {question.date!r}"]
    for (valve, guideline), moved in counts(lines).items():
        if valve:
            said.append(f"{valve} by {references()[guideline]['short']}: {_moved(moved)}")
    notes = Counter(note for _, note in {(line.row, line.note) for line in lines if line.problem})
    said += [f"{number:,} row{'s' * (number > 1)} not compared: {note}" for note, number in notes.most_common(10)]
    more = notes.total() - sum(number for _, number in notes.most_common(10))
    said += [f"{more:,} more rows not compared; the column note says why"] if more else []
    return "\n".join([*said, MEANING])


def _moved(counted: Counter[tuple[str, str]]) -> str:
    """'3 first studies; of 7 later ones 4 same, 1 overlapping, 2 higher (1 beyond measurement error)'."""
    first = sum(number for (moved, _), number in counted.items() if moved == MOVED[0])
    parts, later = [], 0
    for how in MOVED[1:]:
        number = sum(n for (moved, _), n in counted.items() if moved == how)
        later += number
        yes, unknown = counted[how, "yes"], counted[how, "unknown"]
        beyond = [f"{yes} beyond measurement error"] if how in ("higher", "lower") and number else []
        beyond += [f"{unknown} unknown"] if unknown else []
        aside = f" ({', '.join(beyond)})" if beyond else ""
        parts += [f"{number} {how}{aside}"] if number else []
    compared = f"of {later} later ones {', '.join(parts)}" if later else "none to compare"
    return f"{first} first stud{'y' if first == 1 else 'ies'}; {compared}"


def refuse_target(target: Path, *inputs: Path) -> None:
    """Raises UsageError for a target that is a folder, no .csv, or one of the inputs."""
    if target.suffix.lower() != ".csv":
        raise UsageError(f"{target.name} should end in .csv", about="out")
    try:
        taken = target.is_dir() or target.resolve() in {path.resolve() for path in inputs}
    except (OSError, RuntimeError) as error:
        raise UsageError(f"cannot write {target}: {why(error)}", about="out") from error
    if taken:
        raise UsageError(f"{target} is a folder or one of the inputs; name another file", about="out")


def write(target: Path, data: bytes, source: Path) -> None:
    """Write the file, no more open than the graded one. Raises UsageError when it cannot be written."""
    try:
        write_whole(target, data, permissions_of(source))
    except OSError as error:
        raise UsageError(f"cannot write {target}: {why(error)}", about="out") from error
