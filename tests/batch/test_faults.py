"""Runs that are stopped, starved or fed too much: nothing half-written, one sentence, memory bounded."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support.interrupts import hearing
from support.witness import at_most, check_graded, check_sentence, outputs

if not hasattr(os, "fork"):
    pytest.skip("signals and limits are those of POSIX", allow_module_level=True)

from support.forked_command import Ended, end, start

pytestmark = pytest.mark.slow

MOST_MEMORY = 1_500
HEADER = b"id,eroa_cm2,regurgitant_volume_ml,note\n"
HOW = ("--valve", "mitral", "-q")


def rows(count: int) -> bytes:
    """Rows whose every fifth is rejected; no two are equal, so that they do not compress to nothing."""
    draw = random.Random(5)
    cells = ("0.45,62", "0.1,20", "0.3,", "x,45", ",")
    return HEADER + b"".join(
        b"%06d,%s,%x\n" % (row, cells[row % 5].encode(), draw.getrandbits(64)) for row in range(count)
    )


def digests(target: Path) -> list[str | None]:
    """What the three files hold, or None where there is none."""
    return [hashlib.sha256(p.read_bytes()).hexdigest() if p.exists() else None for p in outputs(target)]


def write_old(target: Path) -> None:
    for path in outputs(target):
        path.write_text(f"old {path.name}\n")


@pytest.fixture
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for what runs say, apart from their files."""
    return tmp_path_factory.mktemp("told")


def grade(told: Path, source: Path, target: Path, **limits: int) -> Ended:
    return end(start(told, "grade", source, "-o", target, *HOW, **limits), told)


# --- stopped -----------------------------------------------------------------------------------------------------------


def kill(told: Path, source: Path, target: Path, moment: float | None) -> bool:
    """Kill a run after `moment` seconds, or as its first file is put in place; False when it was done before."""
    first = outputs(target)[1]
    before = first.stat().st_ino if first.exists() else None
    process = start(told, "grade", source, "-o", target, *HOW)
    if moment is not None:
        process.join(moment)
    else:
        while process.is_alive() and (first.stat().st_ino if first.exists() else None) == before:
            pass
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.mark.hazard("half-output")
def test_a_run_killed_at_any_moment_leaves_the_old_file_or_the_new(tmp_path: Path, told: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(rows(30_000))
    assert grade(told, source, target).code == 1
    begun = time.monotonic()
    assert grade(told, source, target).code == 1
    whole = time.monotonic() - begun
    complete = digests(target)
    draw = random.Random(9)
    moments = [draw.uniform(0, whole) for _ in range(35)] + [draw.uniform(0.9, 1.1) * whole for _ in range(10)]
    killed = 0
    for number, moment in enumerate([*moments, *[None] * 5]):
        for path in outputs(target):
            path.unlink(missing_ok=True)
        if number % 2:
            write_old(target)
        before = digests(target)
        killed += kill(told, source, target, moment)
        found = digests(target)
        assert all(now in (old, new) for now, old, new in zip(found, before, complete, strict=True)), moment
        assert found[0] == before[0] or found == complete, "the graded file is put in place last"
    assert killed > 20
    assert all(path.name.startswith(".") for path in tmp_path.iterdir() if path not in (source, *outputs(target)))
    assert grade(told, source, target).code == 1
    assert digests(target) == complete
    assert len(check_graded(source, target)) == 30_000


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "kill"])
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_run_that_is_told_to_stop_says_so_and_leaves_nothing(
    tmp_path: Path, number: int, code: int, suffix: str
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / f"out{suffix}"
    source.write_bytes(rows(20_000) + rows(20_000).removeprefix(HEADER) * 29)
    write_old(target)
    names, before = sorted(tmp_path.iterdir()), digests(target)
    words = [sys.executable, "-m", "grading", "grade", str(source), "-o", str(target), *HOW]
    with hearing():
        process = subprocess.Popen(words, stderr=subprocess.PIPE, text=True, start_new_session=True)
    with at_most(60):
        while len(list(tmp_path.iterdir())) == len(names) and process.poll() is None:
            time.sleep(0.001)
        # a terminal sends Ctrl-C to the whole group
        os.killpg(process.pid, number)
        _, said = process.communicate()
    assert process.returncode == code
    check_sentence(said)
    assert "nothing was written" in said
    assert (sorted(tmp_path.iterdir()), digests(target)) == (names, before)


# --- starved -----------------------------------------------------------------------------------------------------------

LITTLE = 256 * 1024


@pytest.fixture(params=["a full disk", "a limit on files"])
def starved(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, dict[str, int]]]:
    """A folder in which little can be written, and the limits of the run that shall write there."""
    if request.param == "a limit on files":
        yield tmp_path, {"largest_file": LITTLE}
        return
    mount = ["mount", "-t", "tmpfs", "-o", f"size={LITTLE}", "tmpfs", str(tmp_path)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be mounted by root")
    yield tmp_path, {}
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


BAD_CELLS = HEADER + b"1,not a number,,\n" * 20_000


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("data", [rows(30_000), BAD_CELLS], ids=["many results", "many issues"])
def test_where_nothing_more_can_be_written_the_old_file_stays(
    starved: tuple[Path, dict[str, int]], told: Path, data: bytes, suffix: str
) -> None:
    place, limits = starved
    source, target = told / "in.csv", place / f"out{suffix}"
    source.write_bytes(data)
    write_old(target)
    before = digests(target)
    ended = grade(told, source, target, **limits)
    assert ended.code == 2, ended.said
    check_sentence(ended.said, target.name)
    assert "nothing was written" in ended.said
    assert "No space left" in ended.said or "too large" in ended.said
    assert (digests(target), sorted(place.iterdir())) == (before, sorted(outputs(target)))


# --- fed too much ------------------------------------------------------------------------------------------------------

MEGA = 1_000_000


def write(*parts: bytes | tuple[bytes, int]) -> Callable[[Path], None]:
    """Writes parts one behind the other, a pair so many times."""

    def written(path: Path) -> None:
        with path.open("wb") as file:
            for part in parts:
                piece, times = part if isinstance(part, tuple) else (part, 1)
                for _ in range(times):
                    file.write(piece)

    return written


def wide(columns: int) -> bytes:
    names = ",".join(f"c{number}" for number in range(columns - 1))
    return f"{names},eroa_cm2\n{'x,' * (columns - 1)}0.45\n".encode()


def repeated_text(typed: bool) -> Callable[[Path], None]:
    """A text of 1 MB in a dictionary, and two million rows that name it; `typed`: read as a dictionary again."""

    def written(path: Path) -> None:
        count = 2 * MEGA
        note = pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), pa.array(["x" * MEGA]))
        table = pa.table({"eroa_cm2": pa.array(np.full(count, 0.45)), "note": note})
        pq.write_table(table, path, store_schema=typed, write_statistics=False)

    return written


def pages(length: int, count: int, times: int) -> Callable[[Path], None]:
    """Row groups of so many long texts, written plainly, which zstd packs to almost nothing."""

    def written(path: Path) -> None:
        note = pa.array(["x" * length] * count)
        table = pa.table({"eroa_cm2": pa.nulls(count, pa.float64()), "note": note})
        plain = {"compression": "zstd", "use_dictionary": False, "write_statistics": False}
        with pq.ParquetWriter(path, table.schema, **plain) as file:
            for _ in range(times):
                file.write_table(table)

    return written


BEGIN = HEADER + b"1,0.45,62,x\n2,0.1,,"
# what, the input, how it is made, the output, what is said
TOO_MUCH = [
    ("a cell of 10 MB", "in.csv", write(BEGIN, (b"x" * MEGA, 10), b"\n"), "out.csv", ("line 3", "8 MB")),
    ("a cell of 10 MB to Parquet", "in.csv", write(BEGIN, (b"x" * MEGA, 10), b"\n"), "out.parquet", ("line 3", "8 MB")),
    ("a quoted cell of 10 MB", "in.csv", write(BEGIN, b'"', (b"x\n" * MEGA, 5), b'"\n3,0.1,,y\n'), "out.csv", ("line 3", "8 MB")),
    ("a last line of 300 MB", "in.csv", write(BEGIN, (b"x" * MEGA, 300)), "out.csv", ("line 3", "8 MB")),
    ("a line of 300 MB of cells", "in.csv", write(BEGIN, (b"x," * (MEGA // 2), 300), b"\n"), "out.csv", ("line 3", "8 MB or cells")),
    ("a header of 300 MB", "in.csv", write(b"eroa_cm2,", (b"x" * MEGA, 300), b"\n0.45,x\n"), "out.csv", ("line 1", "8 MB")),
    ("a header of 300 MB of names", "in.csv", write(b"eroa_cm2,", (b"abcdefghi," * 100_000, 300)), "out.csv", ("line 1", "8 MB or columns")),
    ("a quote open for 300 MB", "in.csv", write(BEGIN, b'"', (b"open,\n" * 100_000, 500)), "out.csv", ("line 3", "quote")),
    ("100,000 columns", "in.csv", write(wide(100_000)), "out.csv", ("100,000 columns", "16,384")),
    ("16,385 columns", "in.csv", write(wide(16_385)), "out.csv", ("16,385 columns", "16,384")),
    ("a million columns without names", "in.csv", write(b"," * MEGA, b"\n"), "out.csv", ("columns or blank",)),
    ("a text of 1 MB two million times", "in.parquet", repeated_text(typed=False), "out.csv", ("'note'",)),
    ("a text of 1 MB two million times to Parquet", "in.parquet", repeated_text(typed=False), "out.parquet", ("'note'",)),
    ("a dictionary of 1 MB two million times", "in.parquet", repeated_text(typed=True), "out.csv", ("'note'",)),
    ("pages of 900 MB in 100 kB", "in.parquet", pages(100_000, 300, times=30), "out.parquet", ("'note'",)),
    ("a page of four texts of 64 MB", "in.parquet", pages(64 * MEGA, 4, times=1), "out.parquet", ("'note'",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "made", "out", "said"), [row[1:] for row in TOO_MUCH], ids=[row[0] for row in TOO_MUCH]
)
def test_what_is_too_much_is_refused_in_bounded_memory(
    tmp_path: Path, told: Path, name: str, made: Callable[[Path], None], out: str, said: tuple[str, ...]
) -> None:
    source, target = tmp_path / name, tmp_path / out
    made(source)
    ended = end(start(told, "grade", source, "-o", target, *HOW), told, seconds=15)
    source.unlink()
    assert ended.code == 2, ended
    check_sentence(ended.said, name)
    for item in said:
        assert any(option in ended.said for option in item.split(" or ")), f"{item!r} not in: {ended.said}"
    assert list(tmp_path.iterdir()) == []
    assert ended.peak < MOST_MEMORY


ENOUGH = [
    ("a cell of 7 MB", write(BEGIN, (b"x" * MEGA, 7), b"\n"), 2),
    ("16,384 columns", write(wide(16_384)), 1),
    ("20 MB of blank lines", write(BEGIN, (b"\n" * MEGA, 20), b"3,0.1,,y\n"), 3),
    ("60 MB in records of 6 MB", write(BEGIN, b"x", (b"\n4,,," + b"x" * 6 * MEGA, 10)), 12),
]


@pytest.mark.parametrize(("made", "count"), [row[1:] for row in ENOUGH], ids=[row[0] for row in ENOUGH])
def test_what_is_not_too_much_is_graded_in_bounded_memory(
    tmp_path: Path, told: Path, made: Callable[[Path], None], count: int
) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    made(source)
    ended = end(start(told, "grade", source, "-o", target, *HOW), told, seconds=120)
    assert ended.code == 0, ended
    assert target.read_bytes().count(b"\n") == count + 1
    assert ended.peak < MOST_MEMORY
