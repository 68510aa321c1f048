"""An independent witness of a run: what went in and what came out, read by other means than the program's own."""

from __future__ import annotations

import csv
import faulthandler
import io
import json
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import pytest

csv.field_size_limit(1 << 30)

#: what a sentence never shows: the inside of the program, or of a library
INSIDE = ("Traceback", "pyarrow", "Arrow", "thrift", "object at 0x", "Errno", ".part")
LONGEST_SENTENCE = 1_000


class Record(NamedTuple):
    """One record of a file: the line it begins on, and its text without the line end."""

    line: int
    text: str


def text_of(data: bytes) -> str:
    """UTF-16 by its mark; everything else one character a byte, so that nothing is lost or mended.

    Excel's line 'sep=;' is left blank.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
    else:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return re.sub(r"\Asep=.\r?\n", "\n", text, flags=re.IGNORECASE)


def records(text: str) -> list[Record]:
    """The records that are not blank: a newline inside quotes ends none, and nothing but a newline ends one."""
    found, lines, is_open = [], text.split("\n"), False
    begin = 0
    for end, line in enumerate(lines, start=1):
        is_open ^= line.count('"') % 2 == 1
        if not is_open or end == len(lines):
            found.append(Record(begin + 1, "\n".join(lines[begin:end]).removesuffix("\r")))
            begin = end
    return [record for record in found if record.text]


def cells(text: str, delimiter: str) -> list[list[str]]:
    """Rows of cells by Python's own reader, which takes a lone carriage return for a line end; blank lines left out."""
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def outputs(target: Path) -> list[Path]:
    """The three files a run writes."""
    return [target, target.with_name(f"{target.stem}.issues.csv"), target.with_name(f"{target.stem}.run.json")]


def check_graded(source: Path, target: Path) -> list[str]:
    """The answer of every row, its grade or else its status, after the laws of a CSV file that was graded.

    Rows in are rows out; every record begins with the bytes it had; every issue names the line its row begins on and
    the cell as typed.
    """
    given = records(text_of(source.read_bytes()))
    text = text_of(target.read_bytes())
    made = records(text)
    assert len(made) == len(given)
    delimiter = made[0].text[len(given[0].text)]
    assert all(out.text.startswith(into.text + delimiter) for into, out in zip(given, made, strict=True))
    header, *rows = cells(text, delimiter)
    assert len(rows) == len(given) - 1
    assert {len(row) for row in rows} <= {len(header)}
    for path in outputs(target):
        assert path.exists(), path.name
    assert json.loads(outputs(target)[2].read_text(encoding="utf-8"))["input"]["rows"] == len(rows)
    _check_issues(outputs(target)[1], given[1:], [dict(zip(header, row, strict=True)) for row in rows])
    return answers([dict(zip(header, row, strict=True)) for row in rows])


def answers(rows: list[dict[str, str]]) -> list[str]:
    """The grade of every row by the default guideline, or its status where it has none."""
    return [row["ase_2017_grade"] or row["echograde_status"] for row in rows]


def _check_issues(path: Path, given: list[Record], rows: list[dict[str, str]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        issues = list(csv.DictReader(file))
    for issue in issues:
        row = int(issue["row"]) - 1
        assert int(issue["line"]) == given[row].line
        assert issue["message"]
        if issue["severity"] == "error" and issue["column"].isascii():
            assert issue["value"] in _spellings(rows[row][issue["column"]])
    rejected = [row for row in rows if row["echograde_status"] == "rejected"]
    assert len({issue["row"] for issue in issues if issue["severity"] == "error"}) == len(rejected)


def _spellings(cell: str) -> list[str]:
    """What a cell read as one character a byte can stand for."""
    if not all(ord(character) < 256 for character in cell):
        return [cell]
    return [cell, *(cell.encode("latin-1").decode(encoding, "replace") for encoding in ("utf-8", "cp1252"))]


def check_sentence(said: str, name: str = "") -> None:
    """One sentence a reader can use: it names the file, fits on a screen, and shows nothing of the inside."""
    assert said.strip()
    assert name in said, f"the sentence does not name {name}: {said[:LONGEST_SENTENCE]}"
    assert len(said) <= LONGEST_SENTENCE, f"{len(said)} characters: {said[:200]}"
    assert not [word for word in INSIDE if word in said], said
    assert said.strip().isprintable(), f"more than a line, or characters a terminal obeys: {said!r}"


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fail where a body would hang; where even that fails, say where it hung and end the run."""

    def late(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"not done after {seconds:g} s")

    if not hasattr(signal, "setitimer"):
        yield
        return
    faulthandler.dump_traceback_later(4 * seconds, exit=True)
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()
