"""Long tables of any size: what waits on disk gives the same as what stays in memory, and is gone at the end."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from support.interrupts import hearing
from support.witness import at_most, check_sentence
from typer.testing import CliRunner

from grading import UsageError
from grading.batch import long_source
from grading.cli.main import app
from grading.longtable import crowded, store
from grading.longtable.block import Studies
from grading.longtable.pivot import Pivot, Wide, guess_columns
from grading.longtable.spill import SpillFile
from grading.longtable.store import part_of_studies
from grading.reading.cells import reading

HEADER = ["study_id", "site", "name", "value", "unit", "direction", "selected", "operator"]
LABELS = [
    "MR ERO", "MR RV", "MR VC", "TR VC", "MR VC (mm)", "mr_flail", "mr_jet_direction", "AR PHT", "LVOT Diam", "nothing",
    "MR Alias Vel", "EF", "Peak velocity", "reader", "80071-4", "",
]  # fmt: skip
UNITS = ["cm", "mm", "cm2", "mm²", "ml", "", "furlong", "%", "ms", "none"]
VALUES = [
    "0.4",
    "0.40",
    "0.1",
    "6",
    "60",
    "55",
    "NA",
    "",
    "<0.2",
    "yes",
    "no",
    "central",
    "400",
    "35",
    "-999",
    "unknown",
]


def lines_of(seed: int) -> list[list[str]]:
    """Lines as no export has them: every label with every unit and value, in no order."""
    draw = random.Random(seed)
    studies = draw.choice([1, 3, 20, 100])
    return [
        [
            str(draw.randrange(studies)) if draw.random() > 0.02 else "", draw.choice(["v1", "v2"]), draw.choice(LABELS),
            draw.choice(VALUES), draw.choice(UNITS), draw.choice(["", "regurgitant", "forward flow"]),
            draw.choice(["", "", "yes"]), draw.choice(["", "A", "B"]),
        ]
        for _ in range(draw.choice([5, 60, 400]))
    ]  # fmt: skip


def pivoted(lines: list[list[str]], chunk: int, spill: Callable[[], SpillFile] | None, most: int, seed: int) -> Wide:
    draw = random.Random(seed)
    rule = draw.choice(["mean", "first", "last", "max"])
    keep = draw.choice([(), ("operator",), ("reader", "operator")])
    how = guess_columns(HEADER, repeats=rule, also=draw.choice([(), ("site",)]), keep=keep)
    pivot = Pivot(HEADER, how, "mitral", reading(["-999"]), {}, spill, most)
    for first in range(0, len(lines), chunk):
        part = lines[first : first + chunk]
        cells = {role: pa.array([line[index] for line in part]) for role, index in pivot.places.items()}
        pivot.add(cells, np.arange(first + 2, first + 2 + len(part)))
    return pivot.finish()


def answer(*asked: object) -> tuple[object, ...]:
    try:
        wide = pivoted(*asked)  # type: ignore[arg-type]
    except UsageError as error:
        return (str(error),)
    issues = sorted(
        (i.line, i.row is not None, i.row or 0, i.column, i.value, i.severity, i.message) for i in wide.issues
    )
    return wide.header, wide.table.to_pydict(), wide.lines.tolist(), issues


@pytest.mark.parametrize("seed", range(25))
def test_what_waits_on_disk_gives_the_same_as_what_stays_in_memory(seed: int) -> None:
    lines = lines_of(seed)
    with contextlib.ExitStack() as stack:

        def spill() -> SpillFile:
            return stack.enter_context(SpillFile())

        expected = answer(lines, 10**6, None, 0, seed)
        for chunk, most in ((len(lines) // 5 + 1, 1), (7, 3_000)):
            assert answer(lines, chunk, spill, most, seed) == expected


def test_the_parts_of_studies_are_of_like_size_and_told_by_the_id_alone() -> None:
    ids = pa.array([f"1.2.840.{number}" for number in range(50_000)])
    numbers = np.arange(len(ids))
    parts = part_of_studies(Studies(ids=(ids,), numbers=numbers, lines=numbers), 128)
    counts = np.bincount(parts, minlength=128)
    assert (counts.min() > 250, counts.max() < 550) == (True, True)
    few = part_of_studies(Studies(ids=(ids.slice(40, 9),), numbers=numbers[:9], lines=numbers[:9]), 128)
    assert few.tolist() == parts[40:49].tolist()


def long_file(path: Path, studies: int) -> Path:
    """Studies of twelve lines, the lines of each far apart in the file."""
    labels = [
        ("MR ERO", "0.43", "cm2"), ("MR RV", "62", "ml"), ("MR VC", "7", "mm"), ("TR VC", "3", "mm"), ("EF", "60", "%"),
        ("AR PHT", "420", "ms"), ("HR", "70", "bpm"), ("MR Rad", "0.9", "cm"), ("MR Alias Vel", "38", "cm/s"),
        ("MR Vmax", "5.2", "m/s"), ("LVOT Diam", "2.0", "cm"), ("LVOT VTI", "21", "cm"),
    ]  # fmt: skip
    with path.open("w", encoding="utf-8") as file:
        file.write("study_id,exam_date,name,value,unit\n")
        for label, value, unit in labels:
            file.writelines(f"{study:08d},2150-01-01,{label},{value},{unit}\n" for study in range(studies))
    return path


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines go to disk by the megabyte."""
    monkeypatch.setattr(store, "MOST_BYTES", 1 << 20)


def test_the_command_writes_the_same_files_from_disk(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source = long_file(tmp_path / "in.csv", 9_000)

    def outputs() -> list[bytes]:
        target = tmp_path / "out.csv"
        assert (
            CliRunner().invoke(app, ["grade", str(source), "--layout", "long", "-o", str(target), "-q"]).exit_code == 0
        )
        return [path.read_bytes() for path in sorted(tmp_path.glob("out.*"))]

    in_memory = outputs()
    request.getfixturevalue("little_memory")
    assert outputs() == in_memory
    assert len(in_memory) == 3


def test_studies_that_are_several_stop_a_run_from_disk_too(tmp_path: Path, little_memory: None) -> None:
    source = long_file(tmp_path / "in.csv", 20_000)
    with source.open("a", encoding="utf-8") as file:
        file.write("00000007,2151-01-01,MR ERO,0.1,cm2\n00000005,2151-01-01,MR ERO,0.1,cm2\n")
    ended = CliRunner().invoke(app, ["grade", str(source), "--layout", "long"])
    assert ended.exit_code == 2
    assert "'00000005' has '2150-01-01' and '2151-01-01', and 1 more differ" in ended.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv"]


def test_a_file_that_waits_has_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with SpillFile() as spill:
        places = [spill.write(pa.record_batch({"a": pa.array(range(size))})) for size in (3, 100_000, 1)]
        assert os.listdir(tmp_path) == [] or sys.platform == "win32"
        assert [len(spill.read(place)) for place in reversed(places)] == [1, 100_000, 3]
    assert os.listdir(tmp_path) == []


def crowd(path: Path, id_: str, lines: int, different: int) -> Path:
    """Lines of one id with so many different values, and as many studies of one line."""
    with path.open("w", encoding="utf-8") as file:
        file.write("study_id,name,value,unit\n")
        file.writelines(
            f"{id_},MR ERO,0.{number % different + 10},cm2\n{number},TR VC,3,mm\n" for number in range(lines)
        )
    return path


@pytest.mark.parametrize("most_bytes", [1 << 21, 1 << 26], ids=["from disk", "in memory"])
def test_an_id_with_more_lines_than_a_study_has_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr(store, "MOST_BYTES", most_bytes)
    monkeypatch.setattr(crowded, "MOST_LINES", 150_000)
    monkeypatch.setattr(long_source, "LINES", 8_192)
    for lines, code in ((200_000, 2), (140_000, 0)):
        source = crowd(tmp_path / "in.csv", "ward 7", lines, 1)
        ended = CliRunner().invoke(app, ["grade", str(source), "--layout", "long", "-q"])
        assert (ended.exit_code, "study 'ward 7' has more than 150,000 lines" in ended.output) == (code, code == 2)


def test_a_sentence_names_only_some_of_many_values(tmp_path: Path) -> None:
    source = crowd(tmp_path / "in.csv", "ward 7", 40, 40)
    CliRunner().invoke(app, ["grade", str(source), "--layout", "long", "-q"])
    issues = (tmp_path / "in.graded.issues.csv").read_text(encoding="utf-8")
    assert "0.28, 0.29 and 20 more): they lie further apart" in issues
    assert "0.28 / 0.29 / ..." in issues


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="tells by /proc which files a process has open")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "kill"])
def test_a_run_that_is_stopped_while_lines_wait_on_disk_leaves_nothing(tmp_path: Path, number: int, code: int) -> None:
    source, scratch = long_file(tmp_path / "in.csv", 100_000), tmp_path / "scratch"
    scratch.mkdir()
    script = "import grading.longtable.store as s; s.MOST_BYTES = 1 << 20; from grading.cli.edge import main; main()"
    words = [
        sys.executable,
        "-c",
        script,
        "grade",
        str(source),
        "--layout",
        "long",
        "-o",
        str(tmp_path / "out.csv"),
        "-q",
    ]
    with hearing():
        process = subprocess.Popen(
            words, stderr=subprocess.PIPE, text=True, start_new_session=True,
            env={**os.environ, "TMPDIR": str(scratch)},
        )  # fmt: skip
    with at_most(60):
        while process.poll() is None and not waiting_files(process.pid, scratch):
            time.sleep(0.01)
        assert os.listdir(scratch) == []
        os.killpg(process.pid, number)
        _, sentence = process.communicate()
    assert process.returncode == code
    check_sentence(sentence)
    assert (os.listdir(scratch), sorted(os.listdir(tmp_path))) == ([], ["in.csv", "scratch"])


def waiting_files(process: int, folder: Path) -> list[str]:
    """The open files of a process that lie in a folder, named or not."""
    found = []
    for path in Path(f"/proc/{process}/fd").glob("*"):
        with contextlib.suppress(OSError):
            found.append(os.readlink(path))
    return [name for name in found if name.startswith(str(folder))]
