"""The law of the batch command over bytes that nobody wrote: rows in are rows out, or the file is refused in a sentence."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.paths import TESTS
from support.witness import at_most, check_graded, check_sentence, outputs

from grading import UsageError
from grading.batch.job import Job
from grading.batch.run import run
from grading.columns.plan import Options
from grading.formats.csv_file import BLOCK_BYTES

pytestmark = pytest.mark.slow

#: how many files in all; more than the default are drawn at random, see CONTRIBUTING.md
FILES = int(os.environ.get("ECHOGRADE_FUZZ", "10000"))
DRAWN_ANEW = "ECHOGRADE_FUZZ" in os.environ


def share(percent: int) -> settings:
    return settings(
        max_examples=FILES * percent // 100, derandomize=not DRAWN_ANEW, database=None, deadline=None,
        report_multiple_bugs=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of small files are written to it."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def rows_out(place: Path, data: bytes, block_bytes: int = BLOCK_BYTES) -> int | None:
    """How many rows were graded, by the law; None for a file that was refused, by the law."""
    source, target = place / "in.csv", place / "out.csv"
    for path in outputs(target):
        path.unlink(missing_ok=True)
    source.write_bytes(data)
    try:
        with at_most(30):
            summary = run(Job(source, target, options=Options("mitral"), block_bytes=block_bytes))
    except UsageError as error:
        check_sentence(str(error), "in.csv")
        assert list(place.iterdir()) == [source]
        return None
    answers = check_graded(source, target)
    assert (summary.rows, summary.rejected) == (len(answers), answers.count("rejected"))
    return len(answers)


# --- sound files: never refused --------------------------------------------------------------------------------------

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16-le", "utf-16-be", "utf-8")
MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
#: one or two of these are impossible values, which take the program longer
CELLS = (
    "", "0.45", "0.1", "x", "007", "0.35", "0", "2", " 0.2 ", "NA", "a b", ",", ";", "\t", '"', '""', "\n", "\r\n", "\r", "\n\n",
    'say "x"', ',"\n', '";"', '"\r\n"', "ø", "€ é", "²", "\u00a0", "\ufeff", "\u200b0.45", "王", "\u0a0a", "\u2c2c", "\u220a", "😀", "\u2028",
    "\x85", "\x1a", "\x0b", "\x1b[31m", "\x7f", "'0.45", "=1+1", "-0", "+0.45", "4.5e-1", "1,234", "0,45", "1.234,5", "٠.٤٥", "０.４５", "0x1A",
    "nan", "inf", "None", "45%", "0.45 cm2", "<0.2", "sep", "1e400", "id", "#N/A", "\\", "\\n", "x" * 300, "NULL", "TRUE", "1_0", "{", "--",
)  # fmt: skip


def sound(drawn: bytes) -> tuple[bytes, int]:
    """A well-formed file and its number of rows: the first bytes say how it is written, each other one is a cell."""
    delimiter = ",;\t"[drawn[0] % 3]
    end = ("\n", "\r\n")[drawn[1] % 2]
    encoding = ENCODINGS[drawn[2] % len(ENCODINGS)]
    cells = [quoted(CELLS[byte % len(CELLS)], delimiter, byte > 200) for byte in drawn[3:]]
    rows = [delimiter.join(cells[at : at + 3]) for at in range(0, len(cells) - 2, 3)]
    text = end.join([delimiter.join(("id", "eroa_cm2", "note")), *rows]) + end * (drawn[1] % 4 > 1)
    return MARKS.get(encoding, b"") + text.encode(encoding, "ignore"), len(rows)


def quoted(cell: str, delimiter: str, anyway: bool) -> str:
    needed = any(character in cell for character in (delimiter, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if needed or anyway else cell


@share(15)
@given(st.binary(min_size=5, max_size=30))
def test_a_sound_file_is_graded_row_by_row(place: Path, drawn: bytes) -> None:
    data, rows = sound(drawn)
    assert rows_out(place, data) == rows


# --- any other file: graded row by row, or refused --------------------------------------------------------------------

PIECES = (
    b",", b",", b",", b"\n", b"\n", b"\n", b"\r\n", b"\r\n", b"\r", b"\r\r\n", b'"', b'"', b'""', b'","', b'"\n"', b'"\r', b";", b"\t",
    b"0.45", b"0.45", b"0.1", b"x", b"x", b"y,", b"1,0.45,z\n", b'2,"0.1",\n', b"3,abc,\r\n", b" ", b"  ", b"\0", b"\xff", b"\xe9", b"\xc3\xa9",
    b"\xef\xbb\xbf", b"\xff\xfe", b"\x81", b"\xe2\x80", b"\x1a", b"\x0c", b"\x85", b"sep=;\n", b"id,eroa_cm2,note\n", b"'", b"\\", b'\\"',
    b"a" * 200, b"0,45", b"1e400", b"\xed\xa0\x80", b"\n\n", b",,", b",,\n", b",,,\n",
)  # fmt: skip
HEADERS = (
    b"id,eroa_cm2,note\n",
    b"eroa_cm2\n",
    b"id;eroa_cm2;note\r\n",
    b'id,"eroa_cm2",note\n',
    b"",
    b"\xef\xbb\xbfid,eroa_cm2\n",
    b"id\teroa_cm2\n",
)


@share(45)
@given(st.binary(min_size=1, max_size=24))
def test_pieces_in_any_order(place: Path, drawn: bytes) -> None:
    pieces = [PIECES[byte % len(PIECES)] for byte in drawn[1:]]
    rows_out(place, HEADERS[drawn[0] % len(HEADERS)] + b"".join(pieces))


SEEDS = [path.read_bytes() for path in sorted((TESTS / "malformed").glob("*.csv")) if path.stat().st_size < 600]
BYTES = b",;\t\"\n\r\0 \xff\xfe\xef\xe9\x80x0.='"


def mutated(data: bytes, drawn: bytes) -> bytes:
    """A file with a byte changed, put in or taken out, or a stretch doubled, dropped or moved, for each three drawn."""
    for kind, place, value in zip(drawn[0::3], drawn[1::3], drawn[2::3], strict=False):
        at = place * (len(data) + 1) // 256
        before, after, byte = data[:at], data[at:], BYTES[value % len(BYTES)].to_bytes()
        data = (
            before + byte + after[1:],
            before + byte + after,
            before + after[1:],
            before + after[: value % 16] + after,
            before + after[value % 16 :],
            after + before if value < 32 else before + bytes([value]) + after,
        )[kind % 6]
    return data


@pytest.mark.hazard("row-lost")
@share(40)
@given(st.sampled_from(SEEDS), st.binary(min_size=3, max_size=15), st.sampled_from([BLOCK_BYTES] * 7 + [48]))
def test_files_of_the_corpus_with_bytes_changed(place: Path, seed: bytes, drawn: bytes, block_bytes: int) -> None:
    rows_out(place, mutated(seed, drawn), block_bytes)
