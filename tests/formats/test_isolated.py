"""However a reader ends, its caller gets a table or a sentence, and nothing is left running."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grading.errors import UsageError
from grading.formats.isolated import Reading
from grading.formats.reader_process import Limits

CUT = "; save the file anew with the program that wrote it, or as CSV UTF-8"
needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="this system has no such limits")


def reading(reader: str, source: bytes | Path = b"", isolate: bool = True, **limits: float) -> Reading:
    bounds = Limits(**{"memory": 1 << 30, "cpu_seconds": 30, **limits})  # type: ignore[arg-type]
    return Reading(
        reader=f"support.misbehaving:{reader}",
        source=source,
        name="a.xyz",
        what="an odd file",
        limits=bounds,
        isolate=isolate,
    )


@pytest.mark.parametrize("isolate", [True, False], ids=["apart", "here"])
@pytest.mark.parametrize("size", [0, 10, 3_000_000])
def test_a_file_and_bytes_are_read_alike(size: int, isolate: bool, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(size))
    for source in (path, bytes(size)):
        with reading("well", source, isolate) as found:
            tables = [table.to_pydict() for table in found]
        assert (tables, found.facts["size"], found.facts["again"]) == ([{"a": ["1", None, "3"]}], size, size)


def test_the_child_does_without_pandas() -> None:
    with reading("well") as found:
        list(found)
    assert found.facts["pandas"] is False


ENDS = [
    ("abort", {}, "a.xyz: the reader broke off (SIGABRT), as a damaged file makes it do, reading an odd file" + CUT),
    ("segfault", {}, "a.xyz: the reader broke off (SIGSEGV), as a damaged file makes it do, reading an odd file" + CUT),
    ("leave", {}, "a.xyz: the reader ended early (exit 3), reading an odd file" + CUT),
    ("half_a_frame", {}, "a.xyz: the reader ended early (exit 0), reading an odd file" + CUT),
    ("loop", {"cpu_seconds": 1}, "a.xyz: the reader needed more than 1 s, reading an odd file" + CUT),
    ("sleep", {"silent_seconds": 1.0}, "a.xyz: the reader gave no sign of life for 1 s, reading an odd file" + CUT),
    ("fill", {}, "a.xyz: needs more memory to be read than is allowed" + CUT),
    ("arrow_fill", {}, "a.xyz: needs more memory to be read than is allowed" + CUT),
    ("nest", {}, "a.xyz: is nested too deeply to be read" + CUT),
    ("break_off", {}, "a.xyz: cannot be read (damaged, cut short or not what it seems: 'a\\nkey')" + CUT),
]  # fmt: skip


@pytest.mark.hazard("damaged-file")
@needs_limits
@pytest.mark.parametrize(("reader", "limits", "message"), ENDS, ids=[end[0] for end in ENDS])
def test_every_end_is_a_sentence(reader: str, limits: dict[str, float], message: str) -> None:
    start = time.monotonic()
    with pytest.raises(UsageError) as error, reading(reader, b"x" * 1_000_000, **limits) as found:
        list(found)
    assert (str(error.value), time.monotonic() - start < 30) == (message, True)


@pytest.mark.parametrize("reader", ["nest", "break_off"])
def test_errors_are_the_same_in_this_process(reader: str) -> None:
    message = next(end[2] for end in ENDS if end[0] == reader)
    with pytest.raises(UsageError) as error:
        list(reading(reader, isolate=False))
    assert str(error.value) == message


def test_a_caller_that_stops_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = Reading._start

    def noted(self: Reading) -> subprocess.Popen[bytes]:
        started.append(start(self))
        return started[-1]

    monkeypatch.setattr(Reading, "_start", noted)
    with reading("endless", b"x" * 1_000_000) as found:
        next(iter(found))
    assert [child.returncode is not None for child in started] == [True]
    assert [thread.name for thread in threading.enumerate() if isinstance(thread, threading.Timer)] == []


def test_a_folder_is_no_place_to_take_modules_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    with reading("well") as found:
        assert len(list(found)) == 1
